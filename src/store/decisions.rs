//! Recording decisions, and the verdict of record that follows from them.

use super::claims::DROP_CLAIM;
use super::columns;
use super::drafts::{from_json, to_json};
use super::engine::{Lock, Param, Row, params};
use super::events::{EventKind, Subject};
use super::items::verdict;
use super::steps::StepKind;
use super::view::{Hold, Next, Queue, Seq};
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Judgement, Verdict};
use crate::domain::record::DECISION;
use crate::domain::time::UtcMillis;
use serde_json::json;
use std::sync::LazyLock;
use uuid::Uuid;

/// The columns that [`decision()`] reads; `d` is decision. The body comes first: it holds
/// every field without columns of its own.
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let columns = columns::names(DECISION).map(|name| format!(", d.{name}"));
    "d.body".to_owned() + &columns.collect::<String>()
});

/// How many columns [`COLUMNS`] has.
pub(super) const WIDTH: usize = 1 + columns::width(DECISION);

/// What a decision's row says beside [`COLUMNS`].
const PLACE: [&str; 7] = ["step_seq", "queue_id", "item_seq", "supersedes", "second_opinion", "standing", "body"];

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = PLACE.into_iter().chain(columns::names(DECISION)).collect();
    let markers: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!("INSERT INTO decision ({}) VALUES ({}) RETURNING seq", columns.join(", "), markers.join(", "))
});

impl Store {
    /// Records a decision on an item that the reviewer holds by `token`, and serves
    /// the next one, in one transaction: when this returns, both are on disk. The decision
    /// takes its id from the claim, which makes one and no more: asked again by somebody
    /// who does not know what became of it, it is found and not recorded twice.
    pub fn decide(
        &mut self,
        queue: &Queue,
        seq: Seq,
        token: &str,
        judgement: &Judgement,
        reviewer: &str,
        now: UtcMillis,
    ) -> Result<(Decision, Next)> {
        let decision = Decision { id: token.into(), ..self.checked(queue, judgement, reviewer, now)? };
        let attempted = self.write_decision(|| {
            self.engine.lock(Lock::Items(&[seq]))?;
            let before = self.before(queue, seq, token, reviewer)?;
            if before.is_held {
                before.checks_spec(queue)?;
                self.post(DROP_CLAIM, params![seq, token])?;
                self.record(queue, seq, before.standing, &decision)?;
            } else if !self.is_recorded(seq, token)? {
                return Err(self.claim_lost(seq)?);
            }
            self.claim_next(queue, reviewer, None, false, now)
        })?;
        // The decision is on disk: what fails in the search for the next says nothing of it.
        let claimed = self.follow_course(attempted, queue, reviewer, false, now).unwrap_or_default();
        Ok((decision, self.serve_next(queue, reviewer, claimed, now)?))
    }

    /// What a decision on the locked item meets.
    fn before(&self, queue: &Queue, item: Seq, token: &str, reviewer: &str) -> Result<Before> {
        let sql = "SELECT q.spec_version,
                (SELECT d.seq FROM decision d WHERE d.item_seq = ?2 AND d.reviewer = ?3 AND d.standing = 1),
                (SELECT COUNT(*) FROM claim c WHERE c.item_seq = ?2 AND c.token = ?4)
            FROM queue q WHERE q.id = ?1";
        let before = self.first(sql, params![queue.id, item, reviewer, token], |row| {
            Ok(Before { spec: row.need_int(0)?, standing: row.int(1)?, is_held: row.need_int(2)? == 1 })
        })?;
        before.ok_or_else(|| StoreError::Damaged(format!("the queue {} is gone", queue.name)))
    }

    /// For what looks up by itself whether the decision is there: where it is not known
    /// whether it was saved, it is run again.
    fn write_decision<T>(&self, mut record: impl FnMut() -> Result<T>) -> Result<T> {
        match self.write(&mut record) {
            Err(StoreError::Unsettled) => self.write(record),
            outcome => outcome,
        }
    }

    fn is_recorded(&self, item: Seq, id: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM decision WHERE id = ?1 AND item_seq = ?2";
        Ok(self.number(sql, params![id, item])? > 0)
    }

    /// Records one decision without a screen, by the same rules. It is refused while
    /// somebody else holds the item.
    pub fn decide_at_once(
        &self,
        queue: &Queue,
        item: &str,
        judgement: &Judgement,
        reviewer: &str,
        now: UtcMillis,
    ) -> Result<Decision> {
        let decision = self.checked(queue, judgement, reviewer, now)?;
        let seq = self.seq_of(queue, item)?;
        self.write_decision(|| {
            self.engine.lock(Lock::Items(&[seq]))?;
            if self.is_recorded(seq, &decision.id)? {
                return Ok(());
            }
            match self.hold(queue, seq, reviewer, now)? {
                Hold::Other { reviewer, until } => Err(StoreError::Held { reviewer, until }),
                Hold::Mine(claim) => {
                    self.drop_claim(seq, &claim.token)?;
                    self.record(queue, seq, self.standing_seq(seq, reviewer)?, &decision)
                }
            }
        })?;
        Ok(decision)
    }

    pub(super) fn checked(
        &self,
        queue: &Queue,
        judgement: &Judgement,
        reviewer: &str,
        now: UtcMillis,
    ) -> Result<Decision> {
        let violations = judgement.violations(&queue.spec.spec);
        if !violations.is_empty() {
            return Err(StoreError::Rules(violations));
        }
        Ok(Decision {
            id: Uuid::now_v7().to_string(),
            judgement: judgement.clone(),
            reviewer: reviewer.into(),
            decided_at: now,
            spec_version: queue.spec.version,
        })
    }

    /// Writes the decision with everything that follows from it: it supersedes the
    /// reviewer's earlier one, ends the draft, moves the verdict of
    /// record and the counters, and stands in the log.
    fn record(&self, queue: &Queue, seq: Seq, supersedes: Option<i64>, decision: &Decision) -> Result<()> {
        let step = self.add_step(queue.id, &decision.reviewer, StepKind::Decision, seq)?;
        self.record_under(queue, seq, step, supersedes, false, decision).map(drop)
    }

    /// The same under a step that there is; gives the decision's row.
    pub(super) fn record_under(
        &self,
        queue: &Queue,
        seq: Seq,
        step: i64,
        supersedes: Option<i64>,
        is_bulk: bool,
        decision: &Decision,
    ) -> Result<i64> {
        let reviewer = &decision.reviewer;
        if let Some(old) = supersedes {
            self.set_standing(old, false)?;
        }
        let row = self.insert_decision(queue, seq, step, supersedes, false, decision)?;
        // The newest that stands, and no second opinion: `settle` would find this one.
        self.set_record(seq, Some(row), Some(decision.judgement.verdict))?;
        self.drop_draft(seq, reviewer)?;
        let subject = Subject { queue: queue.id, item: Some(seq), actor: reviewer, now: decision.decided_at };
        let mut data = json!({
            "decision": decision.id,
            "verdict": decision.judgement.verdict.as_str(),
            "categories": decision.judgement.draft.categories,
            "superseded": supersedes.is_some(),
        });
        if let Some(seen) = decision.judgement.lens {
            data["lens"] = if seen { "shown" } else { "hidden" }.into();
        }
        if is_bulk {
            data["bulk"] = step.into();
        }
        self.log(subject, EventKind::Decided, &data)?;
        Ok(row)
    }

    pub(super) fn insert_decision(
        &self,
        queue: &Queue,
        seq: Seq,
        step: i64,
        supersedes: Option<i64>,
        second_opinion: bool,
        decision: &Decision,
    ) -> Result<i64> {
        let body = to_json(&*decision.judgement.draft);
        let place = params![step, queue.id, seq, supersedes, i64::from(second_opinion), 1, &body];
        let mut fields = Vec::with_capacity(WIDTH);
        DECISION.iter().for_each(|field| columns::bind(field, decision, &mut fields));
        let values: Vec<Param> = place.iter().copied().chain(fields.iter().map(Param::from)).collect();
        self.number(&INSERT, &values)
    }

    /// Makes the item's verdict of record what its decisions add up to (until a review
    /// path says otherwise: the newest standing one that is no second opinion, else the
    /// newest of those). The counters follow it by themselves, by a trigger.
    pub(super) fn settle(&self, seq: Seq) -> Result<Option<Verdict>> {
        let newest = "SELECT seq, verdict FROM decision WHERE item_seq = ?1 AND standing = 1
            ORDER BY second_opinion, seq DESC LIMIT 1";
        let standing = self.first(newest, params![seq], |row| Ok((row.need_int(0)?, verdict(row, 1)?)))?;
        let (record, stands) = standing.map_or((None, None), |(decision, verdict)| (Some(decision), verdict));
        self.set_record(seq, record, stands)?;
        Ok(stands)
    }

    fn set_record(&self, item: Seq, decision: Option<i64>, verdict: Option<Verdict>) -> Result<()> {
        let sql = "UPDATE item SET verdict = ?2, decision_seq = ?3 WHERE seq = ?1";
        self.post(sql, params![item, verdict.map(Verdict::as_str), decision])
    }

    pub(super) fn set_standing(&self, decision: i64, standing: bool) -> Result<()> {
        let sql = "UPDATE decision SET standing = ?2 WHERE seq = ?1";
        self.post(sql, params![decision, i64::from(standing)])
    }

    pub(super) fn standing_seq(&self, item: Seq, reviewer: &str) -> Result<Option<i64>> {
        let sql = "SELECT seq FROM decision WHERE item_seq = ?1 AND reviewer = ?2 AND standing = 1";
        self.first(sql, params![item, reviewer], |row| row.need_int(0))
    }

    pub(super) fn is_decided_by(&self, item: Seq, reviewer: &str) -> Result<bool> {
        self.standing_seq(item, reviewer).map(|seq| seq.is_some())
    }

    pub(super) fn decision(&self, seq: i64) -> Result<Decision> {
        let sql = format!("SELECT {} FROM decision d WHERE d.seq = ?1", *COLUMNS);
        self.first(&sql, params![seq], |row| decision(row, 0))?
            .ok_or_else(|| StoreError::Damaged(format!("the decision row {seq} is gone")))
    }

    /// The item that the reviewer decided before `before`, newest first; the newest
    /// without it.
    pub fn earlier(&self, queue: &Queue, reviewer: &str, before: Option<Seq>) -> Result<Option<Seq>> {
        let sql = "SELECT item_seq FROM decision WHERE queue_id = ?1 AND reviewer = ?2 AND standing = 1
            AND seq < ?3 ORDER BY seq DESC LIMIT 1";
        let mark = match before {
            Some(item) => self.standing_seq(item, reviewer)?.unwrap_or(i64::MAX),
            None => i64::MAX,
        };
        self.first(sql, params![queue.id, reviewer, mark], |row| row.need_int(0))
    }

    /// How many standing decisions the queue has, and how many of them a test touches.
    pub fn count_decisions(&self, queue: &Queue, touches: impl Fn(&Judgement) -> bool) -> Result<(i64, i64)> {
        let sql = format!("SELECT {} FROM decision d WHERE d.queue_id = ?1 AND d.standing = 1", *COLUMNS);
        let (mut all, mut touched) = (0, 0);
        self.engine.stream(&sql, params![queue.id], &mut |row| {
            all += 1;
            touched += i64::from(touches(&decision(row, 0)?.judgement));
            Ok(())
        })?;
        Ok((all, touched))
    }
}

/// What a decision meets.
struct Before {
    /// The version of the spec in force.
    spec: i64,
    /// The reviewer's decision on the item that stands.
    standing: Option<i64>,
    /// The reviewer holds the item, by the token.
    is_held: bool,
}

impl Before {
    /// A reviewer decides by the rubric that is in force.
    fn checks_spec(&self, queue: &Queue) -> Result<()> {
        match (queue.spec.version, self.spec) {
            (from, to) if from == to => Ok(()),
            (from, to) => Err(StoreError::SpecChanged { from, to }),
        }
    }
}

/// A decision from [`COLUMNS`], which start at column `at`.
pub(super) fn decision(row: &dyn Row, at: usize) -> Result<Decision> {
    let draft = from_json(row.need_text(at)?)?;
    let judgement = Judgement::new(Verdict::Accept, draft); // the verdict is a field, and read with the others
    let mut decision =
        Decision { id: String::new(), judgement, reviewer: String::new(), decided_at: 0, spec_version: 0 };
    columns::read(DECISION, row, at + 1, &mut decision)?;
    Ok(decision)
}
