//! Two versions of a queue's outputs, each found by a filter: read in one pass, at one moment.

use super::decisions::OF_RECORD;
use super::drafts::from_json;
use super::engine::{Param, Row, params};
use super::items::{IN_QUEUE, verdict};
use super::steps::is_bulk;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::filter::{Filter, Pattern, Piece, ResolvedFilter, Term};
use crate::domain::policy::{ReviewerKind, SettledBy};
use crate::domain::queue::{Actor, Queue};
use crate::domain::record::RecordField;
use crate::domain::versions::{Basis, Judged, Output, Pairing, Remarks, Version, Versions};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

impl Store {
    /// The versions that the queue's items name, as filters: of their prompts, then of their models. Looked for at
    /// both ends of the queue.
    pub fn known_versions(&self, queue: &Queue) -> Result<Vec<String>> {
        let mut filters = Vec::new();
        for field in [RecordField::item("prompt_version"), RecordField::item("model")] {
            let named =
                |value: String| Filter::from(Term::Word(field, Pattern::of([Piece::Literal(value)]))).to_string();
            filters.extend(self.known_values(queue, field, "")?.into_iter().map(named));
        }
        Ok(filters)
    }

    /// The items of the queue that keep `within` and one of two filters, by case. Items and decisions
    /// that cannot be read are left out.
    pub fn versions(
        &self,
        Actor { queue, reviewer, .. }: Actor,
        [a, b]: [&ResolvedFilter; 2],
        within: &ResolvedFilter,
    ) -> Result<Versions> {
        let (conditions, own) = self.conditions(queue, [a, b, within], reviewer)?;
        let sql = statement(conditions);
        let mut values = params![queue.id, i64::MIN, i64::MAX].to_vec(); // any item
        values.extend(own.iter().map(Param::from));
        let mut reader = Reader::default();
        self.read_once(|| {
            self.engine
                .stream(&sql, &values, &mut |row| self.readable("item", &row.need_int(2)?, reader.read(row)).map(drop))
        })?;
        Ok(reader.pairing.finish())
    }
}

/// The rows of the items `i` that keep the third condition and one of the others; which of these is
/// told first. Nothing is kept from anybody of what is read: an item with a verdict that accepts or
/// rejects is settled.
fn statement([a, b, within]: [String; 3]) -> String {
    format!(
        "SELECT CASE WHEN {a} THEN 1 ELSE 0 END, CASE WHEN {b} THEN 1 ELSE 0 END, i.seq, COALESCE(i.case_id, i.id),
            i.attempt, i.latency_ms, i.cost_usd, CAST(length(t.output) AS BIGINT),
            i.verdict, d.reviewer_kind, CASE WHEN {} THEN 1 ELSE 0 END, d.reviewer, i.settled_by,
            d.spec_version, d.body, i.id
         FROM item i JOIN item_text t ON t.seq = i.seq LEFT JOIN decision d ON {OF_RECORD}
         WHERE {IN_QUEUE} AND i.seq >= ?2 AND i.seq <= ?3 AND ({within}) AND ({a} OR {b})",
        is_bulk("d")
    )
}

#[derive(Default)]
struct Reader {
    pairing: Pairing,
    /// What was read before: most reviewers and remarks are like others.
    reviewers: HashSet<Arc<str>>,
    remarks: HashSet<Arc<Remarks>>,
    /// What bodies say, the first of them.
    bodies: HashMap<Box<str>, Arc<Remarks>>,
}

/// Bodies that are remembered: most decisions are an accept with nothing to it.
const MOST_BODIES: usize = 4096;

impl Reader {
    fn read(&mut self, row: &dyn Row) -> Result<()> {
        let version = match (row.need_int(0)?, row.need_int(1)?) {
            (1, 1) => {
                self.pairing.add_under_both();
                return Ok(());
            }
            (1, _) => Version::A,
            _ => Version::B,
        };
        let output = Output {
            seq: row.need_int(2)?,
            id: row.need_text(15)?.into(),
            attempt: row.need_int(4)?,
            latency_ms: row.real(5)?,
            cost_usd: row.real(6)?,
            length: row.need_int(7)?,
            judged: self.judged(row)?,
        };
        self.pairing.add(version, row.need_text(3)?, output);
        Ok(())
    }

    fn judged(&mut self, row: &dyn Row) -> Result<Option<Judged>> {
        let is_accepted = match verdict(row, 8)? {
            Some(Verdict::Accept) => true,
            Some(Verdict::Reject) => false,
            Some(Verdict::Escalate) | None => return Ok(None),
        };
        let basis = match (row.need_text(9)? == ReviewerKind::Person.as_str(), row.need_int(10)?) {
            (false, _) => Basis::Check,
            (true, 1) => Basis::Bulk,
            (true, _) => Basis::Person,
        };
        let settled_by = row.text(12)?.map(str::parse).transpose().map_err(StoreError::Damaged)?;
        let is_by_several = matches!(
            settled_by,
            Some(SettledBy::Unanimous | SettledBy::Majority | SettledBy::Strictest | SettledBy::Adjudicated)
        );
        Ok(Some(Judged {
            is_accepted,
            basis,
            reviewer: shared(&mut self.reviewers, row.need_text(11)?),
            is_by_several,
            spec_version: row.need_int(13)?,
            remarks: self.remarks(row.need_text(14)?)?,
        }))
    }

    fn remarks(&mut self, body: &str) -> Result<Arc<Remarks>> {
        if let Some(known) = self.bodies.get(body) {
            return Ok(known.clone());
        }
        let draft = from_json(body)?;
        let remarks = shared(&mut self.remarks, Remarks { categories: draft.categories, scores: draft.scores });
        if self.bodies.len() < MOST_BODIES {
            self.bodies.insert(body.into(), remarks.clone());
        }
        Ok(remarks)
    }
}

/// The value as it was met before, else kept for the next.
fn shared<T: ?Sized + std::hash::Hash + Eq, V: std::borrow::Borrow<T> + Into<Arc<T>>>(
    known: &mut HashSet<Arc<T>>,
    value: V,
) -> Arc<T> {
    if let Some(found) = known.get(value.borrow()) {
        return found.clone();
    }
    let value: Arc<T> = value.into();
    known.insert(value.clone());
    value
}
