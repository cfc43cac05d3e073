//! The opinions that people gave on the same items, for how far they agree: one pass over the rows.

use super::blind::SHOWS_JUDGEMENTS;
use super::decisions::OF_RECORD;
use super::engine::{Param, Row, params};
use super::items::IN_QUEUE;
use super::judgements::{self, KeptJudgement};
use super::listing::{Condition, Value};
use super::steps::{StepKind, TAKEN_BACK};
use super::{Result, Store, StoreError};
use crate::analysis::opinions::{AskedItem, Body, LeftOut, Opinion, Opinions, Subject, Which};
use crate::domain::bar::Coefficient;
use crate::domain::decision::{Decision, Scores, Verdict};
use crate::domain::item::Seq;
use crate::domain::judge::JudgeKind;
use crate::domain::policy::Cause;
use crate::domain::queue::{Queue, SpecVersion};
use crate::domain::sampling::{AUDIT, draw};
use crate::domain::spec::Spec;
use crate::domain::team::Role;
use crate::spec::{Change, Touched, changes};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The versions of a queue's spec, and what each changed.
pub struct SpecVersions {
    /// In their order; `None`: it cannot be read any more.
    specs: Vec<(i64, Option<Spec>)>,
}

impl SpecVersions {
    /// The spec of a version.
    fn of(&self, version: i64) -> Option<&Spec> {
        self.specs.iter().find(|(number, _)| *number == version).and_then(|(_, spec)| spec.as_ref())
    }

    /// The first and the last version.
    pub fn whole(&self) -> (i64, i64) {
        let number = |spec: Option<&(i64, Option<Spec>)>| spec.map_or(0, |spec| spec.0);
        (number(self.specs.first()), number(self.specs.last()))
    }

    /// Each version as a span of its own.
    pub fn each(&self) -> Vec<(i64, i64)> {
        self.specs.iter().map(|(version, _)| (*version, *version)).collect()
    }

    /// The spans of versions, the first and the last of each, in which the sentences of the subject read
    /// the same: opinions of two spans are not compared.
    pub fn spans(&self, subject: &Subject) -> Vec<(i64, i64)> {
        let mut spans: Vec<(i64, i64)> = Vec::new();
        for (at, (version, spec)) in self.specs.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| self.specs[before].1.as_ref());
            match (before, spec, spans.last_mut()) {
                (Some(before), Some(spec), Some(span)) if !is_touched(subject, before, spec) => span.1 = *version,
                _ => spans.push((*version, *version)),
            }
        }
        spans
    }
}

fn is_touched(subject: &Subject, before: &Spec, after: &Spec) -> bool {
    let touches = |change: &Change| match (change.touches(), subject) {
        (Touched::All, _) | (Touched::CarryingCategory(_), Subject::Categories) => true,
        (Touched::ScoresOn(key), Subject::Criterion(own))
        | (Touched::CarryingCategory(key), Subject::Category(own)) => key == own,
        _ => false,
    };
    let keys = |spec: &Spec| -> HashSet<String> { spec.failures.iter().map(|failure| failure.key.clone()).collect() };
    let is_other_set = *subject == Subject::Categories && keys(before) != keys(after);
    is_other_set || changes(before, after).iter().any(touches)
}

impl Store {
    /// The opinions on items of which several were asked and that keep the condition. Those that are kept
    /// from `reader` are left out, and counted; without one nothing is.
    pub fn opinions_given(&self, queue: &Queue, condition: &Condition, reader: Option<&str>) -> Result<Opinions> {
        self.read_once(|| self.opinions_now(queue, condition, reader))
    }

    /// The same, on the state of the workspace that is being read.
    fn opinions_now(&self, queue: &Queue, condition: &Condition, reader: Option<&str>) -> Result<Opinions> {
        let versions = self.spec_versions(queue)?;
        let reopened = self.all(REOPENED, params![queue.id], |row| row.need_int(0))?;
        let mut condition = condition.clone();
        let kept = match reader {
            Some(reader) => self.is_blind(&condition.bind(Value::Text(reader.into()))),
            None => "1 = 0".into(),
        };
        let mut reading = Reading::default();
        self.read_given(queue, &condition, &kept, ASKED_OF_SEVERAL, &mut reading)?;
        let mut asked: HashSet<Seq> = reopened.into_iter().collect();
        asked.extend(self.asked_again(&reading.unsure(queue, &versions))?);
        Ok(reading.finish(queue, &versions, &asked))
    }

    /// What people said elsewhere of items that are settled here and keep the condition, with the opinions that
    /// reviewers gave of these items here. Those of open items are left out, and counted.
    pub fn imported_opinions(&self, queue: &Queue, condition: &Condition) -> Result<Opinions> {
        self.read_once(|| {
            let mut reading = Reading::default();
            let elsewhere = self.said_elsewhere(queue, condition, &mut reading)?;
            let items = format!(
                "{SHOWS_JUDGEMENTS} AND i.seq IN (SELECT m.item_seq FROM judgement m WHERE m.queue_id = ?1 AND m.kind = '{}')",
                JudgeKind::Person
            );
            self.read_given(queue, condition, "1 = 0", &items, &mut reading)?;
            Ok(elsewhere.with(reading.finish(queue, &self.spec_versions(queue)?, &HashSet::new())))
        })
    }

    fn said_elsewhere(&self, queue: &Queue, condition: &Condition, reading: &mut Reading) -> Result<Elsewhere> {
        let (record, test) = with_record(condition);
        let sql = format!(
            "SELECT {}, j.seq, i.seq, COALESCE(i.case_id, i.id), i.model, CASE WHEN {SHOWS_JUDGEMENTS} THEN 1 ELSE 0 END
             FROM judgement j JOIN item i ON i.seq = j.item_seq {record}
             WHERE j.queue_id = ?1 AND j.kind = '{}' AND i.seq BETWEEN ?2 AND ?3 AND ({test}) ORDER BY i.seq, j.seq",
            judgements::COLUMNS,
            JudgeKind::Person
        );
        let (mut found, mut people) = (Elsewhere::default(), Names::default());
        self.engine.stream(&sql, &any_item(queue, condition), &mut |row| {
            let at = judgements::WIDTH;
            let item = row.need_int(at + 1)?;
            if row.need_int(at + 4)? == 0 {
                found.open.insert(item);
                return Ok(());
            }
            let read = self.readable("judgement", &row.need_int(at)?, judgements::kept(row))?;
            let Some(KeptJudgement { judgement, spec_version, .. }) = read else { return Ok(()) };
            let (categories, scores) = judgement.under(&queue.spec.spec);
            let body = reading.body(&format!("{categories:?}\n{scores:?}"), || Ok(Body { categories, scores }))?;
            let opinion = Opinion {
                reviewer: people.number(&judgement.judge.to_string()),
                verdict: judgement.verdict,
                version: spec_version,
                body,
            };
            let case = reading.cases.number(row.need_text(at + 2)?);
            let model = row.text(at + 3)?.map(|model| reading.models.number(model));
            found.said.entry(item).or_insert_with(|| (case, model, Vec::new())).2.push(opinion);
            Ok(())
        })?;
        found.people = people.names;
        Ok(found)
    }

    /// Reads the opinions on the `items` of the queue, by a condition on the item `i`, that keep another condition.
    fn read_given(
        &self,
        queue: &Queue,
        condition: &Condition,
        kept: &str,
        items: &str,
        reading: &mut Reading,
    ) -> Result<()> {
        let sql = self.given_sql(condition, kept, items);
        self.engine.stream(&sql, &any_item(queue, condition), &mut |row| {
            self.readable("decision", &row.need_int(1)?, reading.add(row)).map(drop)
        })?;
        reading.told.sort_unstable_by_key(|told| (told.item, told.decision));
        Ok(())
    }

    /// Those of the items of which a second opinion was asked because a bar hangs on them.
    fn asked_again(&self, items: &[Seq]) -> Result<Vec<Seq>> {
        let sql = "SELECT v.item_seq FROM event_by_item v WHERE v.item_seq = ?1 AND v.kind = 'asked_again' LIMIT 1";
        let values: Vec<Vec<Param>> = items.iter().map(|item| vec![Param::Int(*item)]).collect();
        let found = self.first_of_each(sql, &values, |row| row.need_int(0))?;
        Ok(found.into_iter().flatten().collect())
    }

    fn given_sql(&self, condition: &Condition, kept: &str, items: &str) -> String {
        let dialect = self.engine.dialect();
        let (categories, scores) =
            (dialect.json_member("o.body", "categories"), dialect.json_member("o.body", "scores"));
        let (record, test) = with_record(condition);
        format!(
            "SELECT i.seq, o.seq, COALESCE(i.case_id, i.id), i.rule, i.model, i.opinions, o.reviewer, o.verdict,
                o.spec_version, CASE WHEN n.slot IS NULL THEN 1 ELSE 0 END, o.after_seen, s.kind, {categories}, {scores},
                CASE WHEN {kept} THEN 1 ELSE 0 END, CASE WHEN i.verdict IN ('accept', 'reject') THEN 1 ELSE 0 END,
                n.after_seen
             FROM item i JOIN decision n ON n.item_seq = i.seq AND n.standing = 1 AND n.purpose = 'opinion'
                AND n.reviewer_kind = 'person'
             JOIN decision o ON o.seq = CASE WHEN n.after_seen = 0 THEN n.seq ELSE COALESCE(({}), n.seq) END
             JOIN step s ON s.seq = o.step_seq {record}
             WHERE {IN_QUEUE} AND i.seq BETWEEN ?2 AND ?3 AND ({items}) AND ({test})",
            before_seen("n")
        )
    }

    /// All versions of the queue's spec.
    pub fn spec_versions(&self, queue: &Queue) -> Result<SpecVersions> {
        let sql = "SELECT version FROM spec WHERE queue_id = ?1 ORDER BY version";
        let numbers = self.all(sql, params![queue.id], |row| row.need_int(0))?;
        let spec = |version: i64| match self.spec_at(queue, version) {
            Ok(SpecVersion { spec, .. }) => Ok((version, Some(spec))),
            Err(StoreError::Damaged(_)) => Ok((version, None)),
            Err(error) => Err(error),
        };
        Ok(SpecVersions { specs: numbers.into_iter().map(spec).collect::<Result<_>>()? })
    }

    /// How far people agree on what has this key, of the items that keep the condition, by the opinions that
    /// were drawn, under the sentences in force; on the state of the workspace that is being read. `None`: it
    /// is undefined, or the spec has no such key.
    pub fn agreement_figure(
        &self,
        queue: &Queue,
        coefficient: Coefficient,
        key: &str,
        condition: &Condition,
    ) -> Result<Option<f64>> {
        let Some(subject) = Subject::named(key, &queue.spec.spec) else { return Ok(None) };
        let which = Which {
            drawn: true,
            versions: self.spec_versions(queue)?.spans(&subject).last().copied(),
            ..Which::default()
        };
        let found = self.opinions_now(queue, condition, None)?.compare(&queue.spec.spec, &subject, &which).agreement;
        Ok(match coefficient {
            Coefficient::Raw => found.raw,
            Coefficient::Ac1 => found.coefficients.gwet.value,
            Coefficient::Alpha => found.coefficients.krippendorff.value,
        })
    }

    /// Why opinions disagreed, as who settled them said, the most frequent first; and how many that were
    /// settled so have no cause.
    pub fn causes(&self, queue: &Queue) -> Result<(Vec<(Cause, i64)>, i64)> {
        let sql = "SELECT cause, COUNT(*) FROM decision WHERE queue_id = ?1 AND standing = 1
            AND purpose = 'adjudication' GROUP BY cause ORDER BY COUNT(*) DESC, cause";
        let found = self.all(sql, params![queue.id], |row| Ok((row.opt_string(0)?, row.need_int(1)?)))?;
        let without = found.iter().filter(|(cause, _)| cause.is_none()).map(|(_, times)| times).sum();
        let named = |(cause, times): &(Option<String>, i64)| Some((cause.as_ref()?.parse().ok()?, *times));
        Ok((found.iter().filter_map(named).collect(), without))
    }

    /// The opinions that count on an item, in the order of their sides, each with its maker's name once they
    /// are settled; none where they are kept from the reader, who sees none of an item on which they gave no
    /// opinion, but where they lead.
    pub fn opinions_on(&self, queue: &Queue, item: Seq, reader: &str) -> Result<Vec<(Option<String>, Decision)>> {
        if self.keeps_opinions(item, reader)? || !(self.compares_people(reader)? || self.is_decided_by(item, reader)?) {
            return Ok(Vec::new());
        }
        let sql = "SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND i.verdict IN ('accept', 'reject')";
        let is_settled = self.number(sql, params![item])? > 0;
        let named = |decision: Decision| (is_settled.then(|| decision.reviewer.clone()), decision);
        Ok(self.shown(queue, item)?.into_iter().map(named).collect())
    }

    /// The ids of items.
    pub fn ids_of(&self, items: &[Seq]) -> Result<HashMap<Seq, String>> {
        let list = serde_json::to_string(items).unwrap_or_default(); // numbers: it cannot fail
        let sql = format!(
            "SELECT i.seq, i.id FROM {} JOIN item i ON i.seq = CAST(e.value AS BIGINT)",
            self.engine.dialect().json_members("?1", None)
        );
        Ok(self.all(&sql, params![&list], |row| Ok((row.need_int(0)?, row.string(1)?)))?.into_iter().collect())
    }

    /// Whether the person may see how others agree one by one: leads may, and where there is no team
    /// everybody.
    pub fn compares_people(&self, person: &str) -> Result<bool> {
        let who = "FROM (SELECT CAST(?1 AS TEXT) AS name) n";
        let sql = format!("SELECT CASE WHEN {} THEN 1 ELSE 0 END {who}", self.has_role(Role::Lead, "n.name"));
        Ok(self.number(&sql, params![person])? == 1)
    }
}

/// SQL: several opinions were asked of the item `i`, or came together.
const ASKED_OF_SEVERAL: &str = "i.opinions > 1 OR i.seq IN (SELECT m.item_seq
    FROM decision m WHERE m.queue_id = ?1 AND m.standing = 1 AND m.purpose = 'opinion' AND m.slot IS NULL)";

/// The join that a condition needs, and the condition, which all items keep where there is none.
fn with_record(condition: &Condition) -> (String, &str) {
    match condition.sql.as_str() {
        "" => (String::new(), "1 = 1"),
        test => (format!("LEFT JOIN decision d ON {OF_RECORD}"), test),
    }
}

/// The values of a statement over all items of the queue, with those of the condition.
fn any_item<'c>(queue: &Queue, condition: &'c Condition) -> Vec<Param<'c>> {
    let mut values = params![queue.id, i64::MIN, i64::MAX].to_vec();
    values.extend(condition.values.iter().map(Param::from));
    values
}

/// SQL: items of the queue `?1` that a lead has put back: what is said of them now follows from what
/// was said before.
const REOPENED: &str = "SELECT DISTINCT o.item_seq FROM reopened r JOIN step s ON s.seq = r.step_seq
    JOIN decision o ON o.seq = r.decision_seq WHERE o.queue_id = ?1 AND s.undone_by IS NULL";

/// SQL: the row of the opinion that its maker had before the decision, from when others' could not be seen
/// yet; none where they took it back or a lead did.
fn before_seen(decision: &str) -> String {
    format!(
        "SELECT MAX(d.seq) FROM decision d JOIN step s ON s.seq = d.step_seq
         WHERE d.item_seq = {decision}.item_seq AND d.reviewer = {decision}.reviewer AND d.purpose = 'opinion'
            AND d.reviewer_kind = 'person' AND d.after_seen = 0 AND d.seq < {decision}.seq AND s.kind <> '{}'
            AND NOT {TAKEN_BACK} AND NOT EXISTS (SELECT 1 FROM reopened r JOIN step t ON t.seq = r.step_seq
                WHERE r.decision_seq = d.seq AND t.undone_by IS NULL)",
        StepKind::Merged.as_str()
    )
}

/// An opinion as its row tells it.
struct Told {
    item: Seq,
    decision: i64,
    case: u32,
    rule: Option<u32>,
    model: Option<u32>,
    opinions: i64,
    has_no_slot: bool,
    /// It was given when others' could be seen.
    after_seen: bool,
    /// It was changed when they could, and counts as it was before.
    is_changed: bool,
    is_bulk: bool,
    is_kept: bool,
    is_settled: bool,
    opinion: Opinion,
}

/// What people said elsewhere.
#[derive(Default)]
struct Elsewhere {
    people: Vec<String>,
    /// By item: the numbers of its case and its model, and who said what, by the numbers of people.
    said: BTreeMap<Seq, (u32, Option<u32>, Vec<Opinion>)>,
    open: HashSet<Seq>,
}

impl Elsewhere {
    /// Puts it behind the opinions that were given here.
    fn with(self, here: Opinions) -> Opinions {
        let first = here.reviewers.len() as u32;
        let mut both = Opinions {
            reviewers: [&here.reviewers[..], &self.people].concat(),
            first_elsewhere: Some(first),
            left_out: LeftOut { open: self.open.len() as u64, ..here.left_out },
            ..Opinions::default()
        };
        let given: HashMap<Seq, &[Opinion]> = here.each().map(|(item, given)| (item.seq, given)).collect();
        for (seq, (case, model, said)) in self.said {
            both.given.extend_from_slice(given.get(&seq).copied().unwrap_or_default());
            both.given.extend(said.iter().map(|own| Opinion { reviewer: first + own.reviewer, ..*own }));
            let end = both.given.len();
            both.items.push(AskedItem { seq, case, model, is_drawn: true, is_settled: true, end });
        }
        Opinions { models: here.models, bodies: here.bodies, ..both }
    }
}

/// Names by number.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }
}

/// The opinions as their rows come, in any order.
#[derive(Default)]
struct Reading {
    reviewers: Names,
    models: Names,
    rules: Names,
    cases: Names,
    /// The bodies, by their categories and scores as they are written.
    bodies: Names,
    read: Vec<Body>,
    told: Vec<Told>,
}

impl Reading {
    /// The place of the body that is written so.
    fn body(&mut self, written: &str, read: impl FnOnce() -> Result<Body>) -> Result<u32> {
        if let Some(known) = self.bodies.numbers.get(written) {
            return Ok(*known);
        }
        self.read.push(read()?);
        Ok(self.bodies.number(written))
    }

    fn add(&mut self, row: &dyn Row) -> Result<()> {
        let written = format!("{}\n{}", row.text(12)?.unwrap_or_default(), row.text(13)?.unwrap_or_default());
        let place = self.body(&written, || body(row, 12))?;
        let verdict: Verdict = row.need_text(7)?.parse().map_err(StoreError::Damaged)?;
        let opinion = Opinion {
            reviewer: self.reviewers.number(row.need_text(6)?),
            verdict: Some(verdict),
            version: row.need_int(8)?,
            body: place,
        };
        self.told.push(Told {
            item: row.need_int(0)?,
            decision: row.need_int(1)?,
            case: self.cases.number(row.need_text(2)?),
            rule: row.text(3)?.map(|rule| self.rules.number(rule)),
            model: row.text(4)?.map(|model| self.models.number(model)),
            opinions: row.need_int(5)?,
            has_no_slot: row.need_int(9)? == 1,
            after_seen: row.need_int(10)? == 1,
            is_changed: row.need_int(16)? == 1,
            is_bulk: row.need_text(11)? == StepKind::BulkDecision.as_str(),
            is_kept: row.need_int(14)? == 1,
            is_settled: row.need_int(15)? == 1,
            opinion,
        });
        Ok(())
    }

    fn drawing<'d>(&'d self, queue: &'d Queue, versions: &'d SpecVersions) -> Drawing<'d> {
        Drawing { queue: &queue.name, versions, rules: &self.rules.names, cases: &self.cases.names }
    }

    /// The items whose further opinions may have been asked for by hand.
    fn unsure(&self, queue: &Queue, versions: &SpecVersions) -> Vec<Seq> {
        let drawing = self.drawing(queue, versions);
        let firsts = self.told.chunk_by(|one, other| one.item == other.item).map(|item| &item[0]);
        firsts.filter(|first| first.opinions > 1 && drawing.draws(first).is_none()).map(|first| first.item).collect()
    }

    /// The opinions by item, where of those that were `asked` for the further ones were not drawn.
    fn finish(mut self, queue: &Queue, versions: &SpecVersions, asked: &HashSet<Seq>) -> Opinions {
        let mut opinions = Opinions {
            reviewers: std::mem::take(&mut self.reviewers.names),
            models: std::mem::take(&mut self.models.names),
            bodies: std::mem::take(&mut self.read),
            ..Opinions::default()
        };
        let drawing = self.drawing(queue, versions);
        for item in self.told.chunk_by(|one, other| one.item == other.item) {
            let first = &item[0];
            if first.is_kept {
                opinions.left_out.kept += 1;
                continue;
            }
            let is_asked = asked.contains(&first.item) || drawing.draws(first) == Some(false);
            let is_drawn = first.opinions > 1 && !is_asked;
            let start = opinions.given.len();
            for (at, told) in item.iter().enumerate() {
                let shows = || versions.of(told.opinion.version).is_some_and(shows_opinions);
                match () {
                    // One too many here, that came with a merge: it was asked for by nobody.
                    () if told.has_no_slot && first.opinions > 1 => {}
                    () if told.is_bulk => opinions.left_out.bulk += 1,
                    () if told.after_seen || (at > 0 && shows()) => opinions.left_out.seen += 1,
                    () => {
                        opinions.left_out.seen += u64::from(told.is_changed);
                        opinions.given.push(told.opinion);
                    }
                }
            }
            let end = opinions.given.len();
            if end > start {
                let Told { item, case, model, is_settled, .. } = *first;
                opinions.items.push(AskedItem { seq: item, case, model, is_drawn, is_settled, end });
            }
        }
        opinions
    }
}

fn shows_opinions(spec: &Spec) -> bool {
    spec.review.as_ref().is_some_and(|review| review.shows_opinions)
}

/// What tells whether further opinions on an item were drawn, or asked for because of its first.
struct Drawing<'d> {
    queue: &'d str,
    versions: &'d SpecVersions,
    rules: &'d [String],
    cases: &'d [String],
}

impl Drawing<'_> {
    /// By the versions of the spec up to that of the first opinion: the audit draws the case, or the rule that
    /// took the item asks for several, whatever the first says. `None`: nothing in the spec asked for a second
    /// by what the first says, so that it was drawn, unless somebody asked by hand.
    fn draws(&self, first: &Told) -> Option<bool> {
        let audit = self.versions.of(first.opinion.version).and_then(|spec| spec.review.as_ref()?.audit);
        if audit.is_some_and(|share| draw(AUDIT, self.queue, &self.cases[first.case as usize]) < share) {
            return Some(true);
        }
        let until = |spec: &&(i64, Option<Spec>)| spec.0 <= first.opinion.version;
        let specs = || self.versions.specs.iter().take_while(until).filter_map(|(_, spec)| spec.as_ref());
        let rule = first.rule.map(|rule| self.rules[rule as usize].as_str());
        let takes =
            |spec: &Spec| spec.samples.iter().any(|sample| sample.opinions > 1 && Some(sample.key.as_str()) == rule);
        let asks = |spec: &Spec| spec.review.as_ref().is_some_and(|review| review.second_opinion.is_some());
        match specs().any(takes) {
            true => Some(true),
            false if specs().any(asks) => Some(false),
            false => None,
        }
    }
}

/// The categories and the scores of an opinion, from two columns of JSON.
fn body(row: &dyn Row, at: usize) -> Result<Body> {
    fn read<T: serde::de::DeserializeOwned + Default>(json: Option<&str>) -> Result<T> {
        let read = json.map(serde_json::from_str).transpose();
        read.map(Option::unwrap_or_default)
            .map_err(|error| StoreError::Damaged(format!("what an opinion says: {error}")))
    }
    let scores: Scores = read(row.text(at + 1)?)?;
    Ok(Body { categories: Some(read(row.text(at)?)?), scores })
}
