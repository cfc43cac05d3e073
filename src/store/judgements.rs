//! What models, code and people elsewhere said of items. It stands in a table of its own, beside the decisions:
//! no stage, counter, verdict of record, precedent or search sees it.

use super::blind::SHOWS_JUDGEMENTS;
use super::claims::id_at;
use super::engine::{Lock, Param, Row, params};
use super::events::Subject;
use super::import::{ImportOptions, ImportOutcome};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::event::{EventKind, Judged};
use crate::domain::imported::Record;
use crate::domain::item::Seq;
use crate::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use crate::domain::queue::{Actor, Queue};
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A judgement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptJudgement {
    /// UUID (version 7).
    pub id: String,
    pub judgement: ImportedJudgement,
    /// The version of the spec that was in force when it came.
    pub spec_version: i64,
    pub arrived_at: UtcMillis,
}

/// The import of a file of judgements.
pub struct JudgementImport {
    queue: Queue,
    actor: String,
    options: ImportOptions,
    /// What the file has said so far: the item, and the hash of the judge.
    seen: HashSet<(Seq, u64)>,
    told: Judged,
}

/// What became of a judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JudgedOutcome {
    New,
    Unchanged,
    /// It took the place of what the judge had said before.
    Replaced,
    Refused {
        field: &'static str,
        reason: String,
    },
}

/// The columns of a new row.
const NEW: [&str; 10] =
    ["id", "queue_id", "item_seq", "judge", "version", "kind", "verdict", "body", "spec_version", "arrived_at"];

/// The columns that [`kept`] reads; `j` is judgement.
pub(super) const COLUMNS: &str = "j.id, j.judge, j.version, j.verdict, j.body, j.spec_version, j.arrived_at, j.kind";

/// How many these are.
pub(super) const WIDTH: usize = 8;

/// The word that is kept for a verdict; empty where none is said.
const NO_VERDICT: &str = "";

/// Judgements, each with the row of its item.
type OfItems = Vec<(Seq, ImportedJudgement)>;

/// Items that one statement looks up.
const LOOKED_UP: usize = 500;

fn otherwise(judge: &Judge) -> String {
    format!("`{judge}` has judged this item otherwise; --update replaces that, and another `version` stands beside it")
}

impl Store {
    /// What judges say of the item, by their kinds and names. Whether it may be seen is for the caller.
    pub(super) fn judgements_of(&self, item: Seq) -> Result<Vec<KeptJudgement>> {
        let sql = format!(
            "SELECT {COLUMNS}, j.seq FROM judgement j WHERE j.item_seq = ?1
            ORDER BY j.judge, j.version"
        );
        let found =
            self.all(&sql, params![item], |row| self.readable("judgement", &row.need_int(WIDTH)?, kept(row)))?;
        let mut found: Vec<KeptJudgement> = found.into_iter().flatten().collect();
        found.sort_by_key(|kept| kept.judgement.kind);
        Ok(found)
    }

    /// What judges say of the item, as far as that may be seen.
    pub(super) fn judgements_shown(&self, item: Seq) -> Result<Vec<KeptJudgement>> {
        let sql = format!("SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND {SHOWS_JUDGEMENTS}");
        if self.number(&sql, params![item])? == 0 { Ok(Vec::new()) } else { self.judgements_of(item) }
    }

    /// Whether any judge has judged anything in the queue.
    pub fn has_judgements(&self, queue: &Queue) -> Result<bool> {
        let sql = "SELECT 1 FROM judgement WHERE queue_id = ?1 LIMIT 1";
        Ok(self.first(sql, params![queue.id], |_| Ok(()))?.is_some())
    }

    /// What the items' judges say.
    pub(super) fn said_of(&self, items: &[Seq]) -> Result<HashMap<(Seq, Judge), Said>> {
        let markers: Vec<String> = (1..=LOOKED_UP).map(|place| format!("?{place}")).collect();
        let sql = format!(
            "SELECT item_seq, judge, version, kind, verdict, body FROM judgement WHERE item_seq IN ({})",
            markers.join(", ")
        );
        let mut found = HashMap::new();
        for some in items.chunks(LOOKED_UP) {
            let mut values: Vec<Param> = some.iter().map(|seq| Param::Int(*seq)).collect();
            // Rows count from 1.
            values.resize(LOOKED_UP, Param::Int(0));
            self.engine.query(&sql, &values, &mut |row| {
                let judge = Judge { name: row.string(1)?, version: row.string(2)? };
                let said = Said { kind: row.string(3)?, verdict: row.string(4)?, body: row.string(5)? };
                found.insert((row.need_int(0)?, judge), said);
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// Those of a record's judgements that its item, which is here, does not have; or why the record
    /// stays out.
    pub(super) fn new_judgements<'r>(
        &self,
        item: Seq,
        record: &'r Record,
        options: ImportOptions,
    ) -> Result<std::result::Result<Vec<&'r ImportedJudgement>, ImportOutcome>> {
        if record.judgements.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let said = self.said_of(&[item])?;
        let mut new = Vec::new();
        for judgement in &record.judgements {
            match said.get(&(item, judgement.judge.clone())) {
                Some(said) if said.is(judgement) => {}
                Some(_) if !options.update => {
                    return Ok(Err(ImportOutcome::RefusedJudgement(otherwise(&judgement.judge))));
                }
                _ => new.push(judgement),
            }
        }
        Ok(Ok(new))
    }

    /// Begins an import of judgements, which only a lead may do.
    pub fn begin_judgements(&self, actor: Actor, options: ImportOptions) -> Result<JudgementImport> {
        if !options.dry_run {
            self.need(actor.reviewer, Role::Lead)?;
        }
        Ok(JudgementImport {
            queue: actor.queue.clone(),
            actor: actor.reviewer.into(),
            options,
            seen: HashSet::new(),
            told: Judged::default(),
        })
    }

    /// Imports judgements, each with the id of its item, in one transaction; gives the outcome of
    /// each, in order.
    pub fn import_judgements(
        &self,
        session: &mut JudgementImport,
        lines: &[(&str, &ImportedJudgement)],
        now: UtcMillis,
    ) -> Result<Vec<JudgedOutcome>> {
        if session.options.dry_run {
            return self.read_once(|| self.meet_judgements(session, lines).map(|(outcomes, _)| outcomes));
        }
        self.write_once(|tx| {
            tx.lock(Lock::Import)?;
            let (outcomes, new) = tx.meet_judgements(session, lines)?;
            tx.keep_judgements(&session.queue, &new, now)?;
            Ok(outcomes)
        })
    }

    /// Ends the import; the log tells it.
    pub fn end_judgements(&self, session: JudgementImport, source: &str, now: UtcMillis) -> Result<()> {
        let JudgementImport { queue, actor, told, .. } = session;
        if session.options.dry_run || told.judges.is_empty() {
            return Ok(());
        }
        let kind = EventKind::Judged(Judged { source: source.into(), ..told });
        self.write(|tx| tx.log(Subject::of(queue.actor(&actor, now), None), &kind))
    }

    /// What becomes of each of the lines, and those that are to be kept.
    fn meet_judgements(
        &self,
        session: &mut JudgementImport,
        lines: &[(&str, &ImportedJudgement)],
    ) -> Result<(Vec<JudgedOutcome>, OfItems)> {
        let ids: Vec<&str> = lines.iter().map(|(item, _)| *item).collect();
        let known = self.known(session.queue.id, &ids)?;
        let items: Vec<Seq> = known.values().map(|(seq, _)| *seq).collect();
        let said = self.said_of(&items)?;
        let mut new = Vec::new();
        let outcomes = lines.iter().map(|(item, judgement)| {
            let refused = |field, reason| JudgedOutcome::Refused { field, reason };
            let Some((seq, _)) = known.get(*item) else {
                return refused("id", "the queue has no item of this id".into());
            };
            if !session.seen.insert((*seq, hash(&judgement.judge))) {
                return refused(
                    "judge",
                    format!("`{}` has judged this item earlier in the same file", judgement.judge),
                );
            }
            let outcome = match said.get(&(*seq, judgement.judge.clone())) {
                None => JudgedOutcome::New,
                Some(said) if said.is(judgement) => return JudgedOutcome::Unchanged,
                Some(_) if session.options.update => JudgedOutcome::Replaced,
                Some(_) => return refused("judge", otherwise(&judgement.judge)),
            };
            *session.told.judges.entry(judgement.judge.to_string()).or_default() += 1;
            session.told.replaced += u64::from(outcome == JudgedOutcome::Replaced);
            new.push((*seq, (*judgement).clone()));
            outcome
        });
        let outcomes = outcomes.collect();
        Ok((outcomes, new))
    }
}

impl Tx<'_> {
    /// Keeps judgements on items of the queue, in the place of what their judges said of them until now.
    pub(super) fn keep_judgements(
        &self,
        queue: &Queue,
        new: &[(Seq, ImportedJudgement)],
        now: UtcMillis,
    ) -> Result<()> {
        let kept = |judgement: &ImportedJudgement| KeptJudgement {
            id: id_at(now).to_string(),
            judgement: judgement.clone(),
            spec_version: queue.spec.version,
            arrived_at: now,
        };
        let rows: Vec<_> = new.iter().map(|(item, judgement)| (*item, kept(judgement))).collect();
        self.keep_judgement_rows(queue.id, &rows)
    }

    pub(super) fn keep_judgement_rows(&self, queue: i64, rows: &[(Seq, KeptJudgement)]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let items: Vec<Seq> = rows.iter().map(|(item, _)| *item).collect();
        let said = self.said_of(&items)?;
        let before = "INSERT INTO judgement_before (seq, id, queue_id, item_seq, judge, version, kind, verdict, body,
                spec_version, arrived_at, until)
            SELECT seq, id, queue_id, item_seq, judge, version, kind, verdict, body, spec_version, arrived_at, ?4
            FROM judgement WHERE item_seq = ?1 AND judge = ?2 AND version = ?3";
        let gone = "DELETE FROM judgement WHERE item_seq = ?1 AND judge = ?2 AND version = ?3";
        let mut load = self.load("judgement", &NEW)?;
        for (item, KeptJudgement { id, judgement, spec_version, arrived_at }) in rows {
            let judge = &judgement.judge;
            if said.contains_key(&(*item, judge.clone())) {
                self.execute(before, params![*item, &judge.name, &judge.version, *arrived_at])?;
                self.execute(gone, params![*item, &judge.name, &judge.version])?;
            }
            let body = judgement.body();
            let (kind, verdict) = (judgement.kind.as_str(), word(judgement.verdict));
            let (name, version) = (&judge.name, &judge.version);
            load.add_new(params![id, queue, *item, name, version, kind, verdict, &body, *spec_version, *arrived_at])?;
        }
        load.flush()
    }

    /// What judges have said of other content.
    pub(super) fn forget_judgements(&self, item: Seq) -> Result<()> {
        self.execute("DELETE FROM judgement WHERE item_seq = ?1", params![item]).map(drop)
    }
}

/// What a judge says of an item, as it is kept.
pub(super) struct Said {
    kind: String,
    verdict: String,
    body: String,
}

impl Said {
    /// Whether the judgement says the same.
    fn is(&self, judgement: &ImportedJudgement) -> bool {
        let is_same_verdict = self.kind == judgement.kind.as_str() && self.verdict == word(judgement.verdict);
        let read = || {
            ImportedJudgement::from_body(judgement.judge.clone(), judgement.kind, judgement.verdict, &self.body)
                .is_ok_and(|kept| judgement.says_what(&kept))
        };
        is_same_verdict && (self.body == judgement.body() || read())
    }
}

fn word(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or(NO_VERDICT, Verdict::as_str)
}

/// Reads what [`word`] wrote.
pub(super) fn verdict_said(word: &str) -> Result<Option<Verdict>> {
    match word {
        NO_VERDICT => Ok(None),
        word => word.parse().map(Some).map_err(StoreError::Damaged),
    }
}

/// Reads [`COLUMNS`].
pub(super) fn kept(row: &dyn Row) -> Result<KeptJudgement> {
    let judge = Judge { name: row.string(1)?, version: row.string(2)? };
    let kind: JudgeKind = row.need_text(7)?.parse().map_err(StoreError::Damaged)?;
    let verdict = verdict_said(row.need_text(3)?)?;
    let judgement =
        ImportedJudgement::from_body(judge, kind, verdict, row.need_text(4)?).map_err(StoreError::Damaged)?;
    Ok(KeptJudgement { id: row.string(0)?, judgement, spec_version: row.need_int(5)?, arrived_at: row.need_int(6)? })
}

fn hash(judge: &Judge) -> u64 {
    let mut hasher = DefaultHasher::new();
    judge.hash(&mut hasher);
    hasher.finish()
}
