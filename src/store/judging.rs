//! What the report on judges is made of: their judgements beside what people decided.

use super::blind::SHOWS_JUDGEMENTS;
use super::checks::BY_PERSON;
use super::drafts::from_json;
use super::engine::{Param, Row, params};
use super::items::verdict;
use super::judgements::verdict_said;
use super::listing::Condition;
use super::steps::StepKind;
use super::{Result, Store, StoreError};
use crate::analysis::judging::{JudgeReport, JudgedOutput, LeftOut, People};
use crate::analysis::opinions::Opinions;
use crate::domain::check::CHECK_REVIEWER;
use crate::domain::decision::{Draft, Verdict};
use crate::domain::item::Seq;
use crate::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use crate::domain::queue::Queue;
use std::collections::{BTreeSet, HashMap, HashSet};

/// An item on which a judge and people disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    pub seq: Seq,
    /// The item's id.
    pub id: String,
    pub judgement: ImportedJudgement,
    /// The verdict of the judge.
    pub said: Verdict,
    /// People's verdict of record, with its categories and note.
    pub people: Verdict,
    pub draft: Draft,
}

/// The report on a judge, and what is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeFigures {
    pub report: JudgeReport,
    /// Judged outputs that are not counted: a check decided them, or an earlier attempt at the case is.
    pub by_check: u64,
    pub later_attempts: u64,
}

impl Store {
    /// The report on each judge of the queue of this kind, in each of its versions, by their names: on those that
    /// `wanted` says, over the items that keep the condition.
    pub fn judge_figures(
        &self,
        queue: &Queue,
        kind: JudgeKind,
        wanted: impl Fn(&Judge) -> bool,
        condition: &Condition,
    ) -> Result<Vec<JudgeFigures>> {
        let opinions = drawn_verdicts(&self.opinions_given(queue, &Condition::default(), None)?);
        self.read(|| {
            let judges = self.judges(queue, kind)?;
            // A person who judged elsewhere may decide here under the same name.
            let programs = [self.judges(queue, JudgeKind::Model)?, self.judges(queue, JudgeKind::Code)?].concat();
            let names: HashSet<String> = programs.iter().flat_map(names_of).collect();
            let categories: Vec<String> = queue.spec.spec.failures.iter().map(|failure| failure.key.clone()).collect();
            let mut found = Vec::new();
            for judge in judges.into_iter().filter(|judge| wanted(judge)) {
                let Judged { outputs, by_check, later_attempts } =
                    self.judged(queue, (kind, &judge), &names, condition)?;
                let report = JudgeReport::of(judge, &outputs, &categories, &opinions);
                found.push(JudgeFigures { report, by_check, later_attempts });
            }
            Ok(found)
        })
    }

    /// The judges of a kind that have given verdicts in the queue, by their names.
    pub fn judges(&self, queue: &Queue, kind: JudgeKind) -> Result<Vec<Judge>> {
        let sql = "SELECT DISTINCT judge, version FROM judgement WHERE queue_id = ?1 AND kind = ?2 AND verdict <> ''
            ORDER BY judge, version";
        self.all(sql, params![queue.id, kind.as_str()], |row| {
            Ok(Judge { name: row.string(0)?, version: row.string(1)? })
        })
    }

    /// The judges of the queue by which a filter may ask, each by its name and with its version: one look at
    /// the index each.
    pub(super) fn judge_names(&self, queue: &Queue) -> Result<Vec<String>> {
        let mut names = BTreeSet::new();
        for kind in JudgeKind::ALL {
            let mut last = Judge::default();
            let sql = "SELECT judge, version FROM judgement WHERE queue_id = ?1 AND kind = ?2
                AND (judge, version) > (?3, ?4) ORDER BY judge, version LIMIT 1";
            let judge = |row: &dyn Row| Ok(Judge { name: row.string(0)?, version: row.string(1)? });
            while let Some(found) =
                self.first(sql, params![queue.id, kind.as_str(), &last.name, &last.version], judge)?
            {
                names.insert(found.name.clone());
                names.insert(found.to_string());
                last = found;
            }
        }
        Ok(names.into_iter().collect())
    }

    /// What the judge says and what people say of the items, in this order; an item that is open again
    /// is left out.
    pub fn disagreements(&self, judge: &Judge, items: &[Seq]) -> Result<Vec<Disagreement>> {
        let sql = format!(
            "SELECT j.verdict, j.body, i.id, i.verdict, d.body, j.seq, j.kind FROM judgement j JOIN item i ON i.seq = j.item_seq
             JOIN decision d ON d.seq = i.decision_seq
             WHERE j.item_seq = ?1 AND j.judge = ?2 AND j.version = ?3 AND {SHOWS_JUDGEMENTS}"
        );
        let mut found = Vec::new();
        for &seq in items {
            let read = self.first(&sql, params![seq, &judge.name, &judge.version], |row| {
                self.readable("judgement", &row.need_int(5)?, disagreement(row, seq, judge))
            })?;
            found.extend(read.flatten());
        }
        Ok(found)
    }

    /// What the judge has judged, the first attempt at each case.
    fn judged(
        &self,
        queue: &Queue,
        (kind, judge): (JudgeKind, &Judge),
        names: &HashSet<String>,
        condition: &Condition,
    ) -> Result<Judged> {
        let mut values = params![queue.id, i64::MIN, i64::MAX].to_vec();
        values.extend(condition.values.iter().map(Param::from));
        values.extend(params![kind.as_str(), &judge.name, &judge.version]);
        let (kind, name, version) = (values.len() - 2, values.len() - 1, values.len());
        let test = if condition.sql.is_empty() { String::new() } else { format!("AND ({})", condition.sql) };
        let sql = format!(
            "SELECT j.verdict, j.body, i.seq, i.case_id, i.verdict, i.settled_by, i.chance, i.held_back, i.pulled,
                d.reviewer, CASE WHEN {BY_PERSON} THEN 1 ELSE 0 END, s.kind, d.body, j.seq
             FROM judgement j JOIN item i ON i.seq = j.item_seq
             LEFT JOIN decision d ON d.seq = i.decision_seq LEFT JOIN step s ON s.seq = d.step_seq
             WHERE j.queue_id = ?1 AND j.kind = ?{kind} AND j.judge = ?{name} AND j.version = ?{version} AND j.verdict <> ''
                AND i.seq >= ?2 AND i.seq <= ?3 {test}
             ORDER BY i.case_id, i.attempt, i.seq"
        );
        let (mut found, mut last) = (Judged::default(), None);
        self.engine.stream(&sql, &values, &mut |row| {
            let case = row.opt_string(3)?;
            if case.is_some() && case == last {
                found.later_attempts += 1;
                return Ok(());
            }
            last = case;
            match self.readable("judgement", &row.need_int(13)?, output(row, names))? {
                None => {}
                Some(None) => found.by_check += 1,
                Some(Some(output)) => found.outputs.push(output),
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// Verdicts that people gave unseen on the items that several were drawn for, people by their numbers.
fn drawn_verdicts(opinions: &Opinions) -> HashMap<Seq, Vec<(usize, Verdict)>> {
    let drawn = opinions.each().filter(|(item, _)| item.is_drawn);
    drawn
        .map(|(item, given)| {
            (item.seq, given.iter().filter_map(|one| Some((one.reviewer as usize, one.verdict?))).collect())
        })
        .collect()
}

#[derive(Default)]
struct Judged {
    outputs: Vec<JudgedOutput>,
    by_check: u64,
    later_attempts: u64,
}

/// The names that a judge may decide under.
fn names_of(judge: &Judge) -> [String; 2] {
    [judge.name.to_lowercase(), judge.to_string().to_lowercase()]
}

/// `None`: a check has decided the item.
fn output(row: &dyn Row, names: &HashSet<String>) -> Result<Option<JudgedOutput>> {
    let judged = verdict_of(row, 0)?;
    let categories = ImportedJudgement::categories_of(row.need_text(1)?).map_err(StoreError::Damaged)?;
    let is_drawn = row.need_int(7)? == 0 && row.need_int(8)? == 0;
    let people = match (row.text(5)?, verdict(row, 4)?) {
        (None, _) | (_, None) => People::Open,
        (Some(_), Some(of_record)) => {
            let is_by_person = row.need_int(10)? == 1;
            if !is_by_person && row.text(9)?.is_some_and(|name| name.starts_with(CHECK_REVIEWER)) {
                return Ok(None);
            }
            let is_model = !is_by_person || row.text(9)?.is_some_and(|name| names.contains(&name.to_lowercase()));
            match is_model {
                true => People::LeftOut(LeftOut::Model),
                false if row.text(11)? == Some(StepKind::BulkDecision.as_str()) => People::LeftOut(LeftOut::Bulk),
                false => {
                    let Draft { categories, .. } = from_json(row.need_text(12)?)?;
                    People::Settled { is_good: of_record == Verdict::Accept, categories }
                }
            }
        }
    };
    let item = row.need_int(2)?;
    Ok(Some(JudgedOutput { item, verdict: judged, categories, people, chance: row.real(6)?, is_drawn }))
}

fn disagreement(row: &dyn Row, seq: Seq, judge: &Judge) -> Result<Disagreement> {
    let kind: JudgeKind = row.need_text(6)?.parse().map_err(StoreError::Damaged)?;
    let verdict = verdict_said(row.need_text(0)?)?;
    let read = ImportedJudgement::from_body(judge.clone(), kind, verdict, row.need_text(1)?);
    Ok(Disagreement {
        seq,
        id: row.string(2)?,
        judgement: read.map_err(StoreError::Damaged)?,
        said: verdict_of(row, 0)?,
        people: verdict_of(row, 3)?,
        draft: from_json(row.need_text(4)?)?,
    })
}

fn verdict_of(row: &dyn Row, at: usize) -> Result<Verdict> {
    row.need_text(at)?.parse().map_err(StoreError::Damaged)
}
