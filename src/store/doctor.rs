//! Checking a workspace: what is kept against what is counted.

use super::damaged::DamagedRow;
use super::engine::params;
use super::items::document_ids_of;
use super::migrate::MIGRATIONS;
use super::repair::{Fault, FaultKind};
use super::{Result, Store, StoreError};
use crate::domain::queue::{Counts, Queue};
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;
use crate::text::plural::count;
use std::collections::HashSet;

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CheckResult {
    pub check: &'static str,
    pub ok: bool,
    /// What was found, as a sentence.
    pub detail: String,
    /// [`Store::repair`] puts it right.
    #[serde(skip)]
    pub can_be_repaired: bool,
    /// The rows that cannot be read, of the check of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<DamagedRow>,
}

impl CheckResult {
    pub(super) fn new(check: &'static str, ok: bool, detail: impl Into<String>) -> Self {
        Self { check, ok, detail: detail.into(), can_be_repaired: false, rows: Vec::new() }
    }

    /// What a repair puts right, with the items that are concerned.
    fn of_faults(check: &'static str, sound: &str, kinds: &[(&str, Vec<&Fault>)]) -> Self {
        let wrong: Vec<String> = kinds.iter().filter(|(_, faults)| !faults.is_empty()).map(told_faults).collect();
        let detail = if wrong.is_empty() { sound.into() } else { wrong.join("; ") };
        Self { can_be_repaired: true, ..Self::new(check, wrong.is_empty(), detail) }
    }

    /// The workspace is so damaged that the checks themselves fail.
    pub fn unreadable(error: &StoreError) -> Self {
        Self::new("reading", false, error.to_string())
    }
}

/// Items of a result that are named.
const NAMED: usize = 8;

/// Checks that count rows which must not be: name, what such a row is, statement.
const RULES: &[(&str, &str, &str)] = &[
    (
        "stages",
        "items that do not stand where their decisions put them",
        "SELECT COUNT(*) FROM item i JOIN item_outcome o ON o.item_seq = i.seq
            WHERE i.stage <> o.stage OR i.asked_of <> o.asked_of",
    ),
    (
        "one standing decision",
        "reviewers with two standing decisions on one item",
        "SELECT COUNT(*) FROM (SELECT 1 FROM decision WHERE standing = 1 GROUP BY item_seq, reviewer HAVING COUNT(*) > 1) x",
    ),
    (
        "texts",
        "items without their texts",
        "SELECT COUNT(*) FROM item i WHERE NOT EXISTS (SELECT 1 FROM item_text t WHERE t.seq = i.seq)",
    ),
    (
        "steps",
        "decisions without the step that undo takes back, or undone and yet standing",
        "SELECT COUNT(*) FROM decision d LEFT JOIN step s ON s.seq = d.step_seq
            WHERE s.seq IS NULL OR (s.undone_by IS NOT NULL AND d.standing = 1)",
    ),
    (
        "bulk steps",
        "items of a bulk that was undone, on which it stands",
        "SELECT COUNT(*) FROM step_item b JOIN step s ON s.seq = b.step_seq
            WHERE s.undone_by IS NOT NULL AND b.stands = 1",
    ),
    (
        "declined items",
        "items that are declined though that was taken back, or are not though it was not",
        "SELECT (SELECT COUNT(*) FROM declined x WHERE NOT EXISTS (SELECT 1 FROM step s WHERE s.seq = x.step_seq
                AND s.undone_by IS NULL))
            + (SELECT COUNT(*) FROM step s WHERE s.kind = 'decline' AND s.undone_by IS NULL
                AND NOT EXISTS (SELECT 1 FROM declined x WHERE x.step_seq = s.seq))",
    ),
    (
        "golden examples",
        "examples that stand though their step is undone or a newer one stands, or do not and should",
        "SELECT COUNT(*) FROM golden g JOIN step s ON s.seq = g.step_seq
            WHERE g.standing <> CASE WHEN s.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM golden n
                JOIN step t ON t.seq = n.step_seq WHERE n.item_seq = g.item_seq AND n.seq > g.seq
                AND t.undone_by IS NULL) THEN 1 ELSE 0 END",
    ),
    (
        "decisions on examples",
        "examples that were served of which other decisions are noted than were made on them",
        "SELECT COUNT(*) FROM calibration x JOIN decision d ON d.seq = x.decision_seq JOIN step s ON s.seq = d.step_seq
            WHERE d.item_seq <> x.item_seq OR d.reviewer <> x.reviewer OR d.purpose <> 'golden' OR d.standing = 1
            OR (s.kind = 'calibration' AND s.undone_by IS NOT NULL)",
    ),
    (
        "judgements",
        "judgements of another queue's items, or under a version of the spec that there is not",
        "SELECT COUNT(*) FROM judgement j JOIN item i ON i.seq = j.item_seq WHERE i.queue_id <> j.queue_id
            OR NOT EXISTS (SELECT 1 FROM spec v WHERE v.queue_id = j.queue_id AND v.version = j.spec_version)",
    ),
    (
        "golden sets",
        "items of which the newest version of the golden set says other than their example",
        "SELECT COUNT(*) FROM golden_change c WHERE c.set_version = (SELECT MAX(x.set_version) FROM golden_change x
                WHERE x.item_seq = c.item_seq)
            AND COALESCE(c.golden_seq, 0) <> COALESCE((SELECT g.seq FROM golden g
                WHERE g.item_seq = c.item_seq AND g.standing = 1 AND g.removed = 0), 0)",
    ),
    (
        "frozen sets",
        "frozen golden sets that have not as many examples as they say",
        "SELECT COUNT(*) FROM golden_set s WHERE s.examples <> (SELECT COUNT(*) FROM golden_set_example e
            JOIN golden_text x ON x.digest = e.digest WHERE e.set_seq = s.seq)",
    ),
];

impl Store {
    /// Runs every check; a sound workspace has only results that are `ok`.
    pub fn doctor(&self, now: UtcMillis) -> Result<Vec<CheckResult>> {
        self.read(|| {
            let mut results = vec![self.check_integrity()?, self.check_schema()?];
            for name in self.queue_names()? {
                let queue = match self.queue(&name) {
                    Err(StoreError::NoSpec { why, .. }) => {
                        let detail = format!("{name}: {why}; `karat spec apply FILE` gives it one");
                        results.push(CheckResult::new("spec", false, detail));
                        continue;
                    }
                    queue => queue?,
                };
                results.push(self.check_counters(&queue)?);
                results.push(self.check_policy(&queue)?);
                results.extend(self.check_retry_filter(&queue)?);
                results.extend(self.check_kept_bars(&queue)?);
            }
            let rows = self.damaged_rows()?;
            let unreadable = rows.iter().filter(|row| row.what == "decision").map(|row| row.key.clone()).collect();
            results.push(check_rows(rows));
            results.push(self.check_set_aside()?);
            results.push(self.check_record()?);
            results.push(self.check_standing()?);
            for &(check, what, sql) in RULES {
                let count = self.number(sql, &[])?;
                let result = CheckResult::new(check, count == 0, format!("{count} {what}"));
                // It is set with the verdict of record.
                results.push(CheckResult { can_be_repaired: check == "stages", ..result });
            }
            results.push(self.check_judged(&unreadable)?);
            results.push(self.check_log()?);
            results.push(self.check_context()?);
            results.push(self.check_index()?);
            results.push(self.check_groups()?);
            results.push(self.check_claims(now)?);
            Ok(results)
        })
    }

    fn check_integrity(&self) -> Result<CheckResult> {
        let problems = self.engine.integrity()?;
        let detail = if problems.is_empty() { "the database is sound".into() } else { problems.join("; ") };
        Ok(CheckResult::new("integrity", problems.is_empty(), detail))
    }

    fn check_schema(&self) -> Result<CheckResult> {
        let (found, known) = (self.engine.schema_version()?, MIGRATIONS.len() as i64);
        Ok(CheckResult::new("schema version", found == known, format!("schema {found}; this karat knows {known}")))
    }

    /// Rows that were set aside are no fault.
    fn check_set_aside(&self) -> Result<CheckResult> {
        let detail = format!("{} that could not be read", count(self.count_set_aside()? as usize, "row"));
        Ok(CheckResult::new("set aside", true, detail))
    }

    fn check_counters(&self, queue: &Queue) -> Result<CheckResult> {
        let kept = self.counts(queue)?;
        let counted = self.recount(queue)?;
        let detail = match kept == counted {
            true => format!("{}: {}", queue.name, describe(&kept)),
            false => format!("{}: kept {}; counted {}", queue.name, describe(&kept), describe(&counted)),
        };
        Ok(CheckResult::new("counters", kept == counted, detail))
    }

    /// The rules that each version of the spec left in the database are those that it says.
    fn check_policy(&self, queue: &Queue) -> Result<CheckResult> {
        let wrong = self.versions_with_other_policy(queue)?;
        let detail = match &wrong[..] {
            [] => format!("{}: the rules kept are those of the spec", queue.name),
            wrong => format!("{}: other rules are kept than {} of the spec says", queue.name, versions(wrong)),
        };
        Ok(CheckResult::new("policy", wrong.is_empty(), detail))
    }

    /// Each item says of itself what the filter of `[retry]` finds, where a version of the spec has one.
    fn check_retry_filter(&self, queue: &Queue) -> Result<Option<CheckResult>> {
        let Some(wrong) = self.marked_otherwise(queue)? else { return Ok(None) };
        let detail =
            format!("{}: {wrong} rejections are made again, or are not, otherwise than its filter says", queue.name);
        Ok(Some(CheckResult::new("retry filter", wrong == 0, detail)))
    }

    /// What is kept of the queue's bars is what they read; `None`: nothing is kept.
    fn check_kept_bars(&self, queue: &Queue) -> Result<Option<CheckResult>> {
        let Some(count) = self.kept_bars_difference(queue)? else { return Ok(None) };
        let detail = format!("{}: {count} outputs are kept for its bars otherwise than they are", queue.name);
        Ok(Some(CheckResult { can_be_repaired: true, ..CheckResult::new("bars", count == 0, detail) }))
    }

    /// The groups of the home screen are what their decisions add up to.
    fn check_groups(&self) -> Result<CheckResult> {
        let (count, (left, _)) = (self.group_difference()?, self.uncounted()?);
        let detail =
            format!("{count} groups and decisions are counted otherwise than they are; {left} are still to be");
        let result = CheckResult::new("groups", count == 0, detail);
        Ok(CheckResult { can_be_repaired: true, ..result })
    }

    /// Scores and categories have the rows that the bodies of their decisions say, but for those
    /// decisions that cannot be read.
    fn check_judged(&self, unreadable: &HashSet<String>) -> Result<CheckResult> {
        let dialect = self.engine.dialect();
        let is_json = dialect.is_json("d.body"); // `rows` tells of what is none
        let body = format!("CASE WHEN {is_json} THEN d.body END");
        let scores = dialect.json_members(&body, Some("scores"));
        let categories = dialect.json_members(&body, Some("categories"));
        let sql = format!(
            "SELECT d.seq FROM decision d WHERE {is_json} AND ((SELECT COUNT(DISTINCT e.key) FROM {scores})
                <> (SELECT COUNT(*) FROM decision_score s WHERE s.decision_seq = d.seq)
             OR (SELECT COUNT(DISTINCT e.value) FROM {categories})
                <> (SELECT COUNT(*) FROM decision_category c WHERE c.decision_seq = d.seq))"
        );
        let wrong = self.all(&sql, &[], |row| row.need_int(0))?;
        let count = wrong.iter().filter(|seq| !unreadable.contains(&seq.to_string())).count();
        let detail = format!("{count} decisions whose scores or categories are not counted as they say");
        Ok(CheckResult::new("scores and categories", count == 0, detail))
    }

    fn check_record(&self) -> Result<CheckResult> {
        let faults = self.faults_of_record()?;
        let sound = "each item's is what its standing decisions add up to";
        let what = "not what the standing decisions add up to";
        Ok(CheckResult::of_faults("verdicts of record", sound, &[(what, faults.iter().collect())]))
    }

    fn check_standing(&self) -> Result<CheckResult> {
        let faults = self.faults_of_standing()?;
        let sound = "what stands was neither undone, superseded nor reopened";
        let what = "standing though undone, superseded or reopened, or the other way round";
        Ok(CheckResult::of_faults("standing decisions", sound, &[(what, faults.iter().collect())]))
    }

    fn check_log(&self) -> Result<CheckResult> {
        let faults = self.faults_of_log()?;
        let of = |is_it: fn(&FaultKind) -> bool| faults.iter().filter(|fault| is_it(&fault.kind)).collect();
        let kinds = [
            ("with data that is no JSON", of(|kind| matches!(kind, FaultKind::Unreadable { .. }))),
            ("told twice", of(|kind| matches!(kind, FaultKind::ToldTwice { .. }))),
            ("told and never recorded", of(|kind| matches!(kind, FaultKind::Unfounded { .. }))),
            ("not told", of(|kind| matches!(kind, FaultKind::Untold { .. }))),
            ("deferred, declined, reopened, undone or redone and not told", of(is_untold_turn)),
            ("not told item by item", of(|kind| matches!(kind, FaultKind::BulkInPart { .. }))),
        ];
        Ok(CheckResult::of_faults("log", "each decision is told once", &kinds))
    }

    /// Every item's context documents are there.
    fn check_context(&self) -> Result<CheckResult> {
        let documents: HashSet<i64> =
            self.all("SELECT id FROM document", &[], |row| row.need_int(0))?.into_iter().collect();
        let mut missing = 0;
        self.engine.stream("SELECT context FROM item_text WHERE context IS NOT NULL", &[], &mut |row| {
            let ids = document_ids_of(row.need_text(0)?).unwrap_or_default(); // `rows` tells of what is none
            missing += ids.iter().filter(|id| !documents.contains(id)).count();
            Ok(())
        })?;
        Ok(CheckResult::new("context", missing == 0, format!("{missing} context documents are missing")))
    }

    /// Compares the index with the texts. An incomplete one is no fault: it is filled when the
    /// program is idle.
    fn check_index(&self) -> Result<CheckResult> {
        let (misfiled, indexed) = (self.index_difference()?, self.indexed()?);
        let detail = format!("{misfiled} texts are misfiled; {}% of all are filed", indexed.percent());
        Ok(CheckResult::new("full-text index", misfiled == 0, detail))
    }

    /// Expired claims are no fault: the next reviewer takes their items.
    fn check_claims(&self, now: UtcMillis) -> Result<CheckResult> {
        let sql = "SELECT COUNT(CASE WHEN expires_at > ?1 THEN 1 END), COUNT(CASE WHEN expires_at <= ?1 THEN 1 END) FROM claim";
        let counts = self.first(sql, params![now], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let (live, expired) = counts.unwrap_or_default();
        Ok(CheckResult::new("claims", true, format!("{live} live, {expired} expired")))
    }
}

/// `version 2, 3`
fn versions(numbers: &[i64]) -> String {
    format!("version {}", numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", "))
}

/// Every row can be read, by those who read it.
fn check_rows(rows: Vec<DamagedRow>) -> CheckResult {
    let detail = match rows.len() {
        0 => "each can be read".into(),
        found => format!("{} cannot be read; lists and exports are without them", count(found, "row")),
    };
    CheckResult { ok: rows.is_empty(), rows, ..CheckResult::new("rows", true, detail) }
}

fn is_untold_turn(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::StepUntold | FaultKind::TurnUntold(_) | FaultKind::BulkTurnUntold { .. })
}

/// `9 items, 4 accepted, 2 rejected, 0 escalated`; of other stages those that have items.
fn describe(counts: &Counts) -> String {
    let mut told = format!("{} items", counts.items);
    for stage in Stage::ALL.into_iter().filter(|stage| *stage != Stage::Waiting) {
        let items = counts.at(stage);
        if items != 0 || matches!(stage, Stage::Accepted | Stage::Rejected | Stage::Escalated) {
            told.push_str(&format!(", {items} {}", stage.phrase()));
        }
    }
    if counts.by_check != 0 {
        told.push_str(&format!(", {} by checks", counts.by_check));
    }
    told
}

/// `2 told twice (i3, i7)`
fn told_faults((what, faults): &(&str, Vec<&Fault>)) -> String {
    let ids: Vec<&str> = faults.iter().take(NAMED).map(|fault| fault.id.as_str()).collect();
    let more = faults.len() - ids.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {what} ({}{more})", faults.len(), ids.join(", "))
}
