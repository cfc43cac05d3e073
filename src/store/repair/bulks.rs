//! Bulks against the log: what became of each item is told by an event of its own, and every undo
//! or redo of the whole by one more, with the number of items.

use super::{Fault, FaultKind};
use crate::domain::event::{EventKind, Repair, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::store::engine::Row;
use crate::store::steps::{self, StepKind};
use crate::store::undo::Turn;
use crate::store::{Result, Store};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A bulk as its step has it, and as the log has it.
struct Bulk {
    queue: i64,
    reviewer: String,
    kind: StepKind,
    is_undone: bool,
    items: i64,
    told: Told,
}

/// What the log tells of a bulk.
#[derive(Default)]
struct Told {
    /// Items that were deferred, tagged or put to another priority.
    done: HashSet<Seq>,
    /// Items undone, and redone, since the whole was undone last.
    undone: HashSet<Seq>,
    redone: HashSet<Seq>,
    /// What was told last of the whole.
    last: Option<Turn>,
    /// Undos and redos of the whole that were followed by another and are not told, with their items.
    untold: Vec<(Turn, i64)>,
    /// Events that tell what an earlier one tells, with their items.
    twice: Vec<(i64, Option<Seq>)>,
    /// Undos and redos of the whole that were of more items than are told, and how many more.
    in_part: Vec<(i64, i64)>,
    /// How many items of an event, or of the bulk itself, a repair has marked as not told.
    marked: HashMap<Option<i64>, i64>,
}

impl Told {
    /// Nothing of it was brought back since the whole was undone.
    fn stands_undone(&self) -> bool {
        self.last == Some(Turn::Undo) && self.redone.is_empty()
    }

    fn item(&mut self, event: i64, item: Seq, turn: Turn) {
        let is_new = match turn {
            Turn::Undo => !self.stands_undone() && self.undone.insert(item),
            Turn::Redo => self.redone.insert(item),
        };
        if !is_new {
            self.twice.push((event, Some(item)));
        }
    }

    /// An undo or a redo of the whole, which has so many items.
    fn whole(&mut self, event: i64, reversal: &Reversal, turn: Turn, of: i64) {
        let missing = self.untold.iter().position(|(untold, _)| reversal.repaired && *untold == turn);
        if let Some(missing) = missing {
            self.untold.remove(missing);
            return;
        }
        let (undone, redone) = (self.undone.len() as i64, self.redone.len() as i64);
        let told = match turn {
            Turn::Undo if self.stands_undone() => return self.twice.push((event, None)),
            Turn::Redo if self.last == Some(Turn::Redo) => return self.twice.push((event, None)),
            Turn::Undo => undone,
            Turn::Redo => redone,
        };
        match turn {
            // A redo that was killed is of fewer items, and nothing tells of the whole.
            Turn::Undo if self.last == Some(Turn::Undo) && redone == of => self.untold.push((Turn::Redo, redone)),
            Turn::Redo if self.last.is_none() => self.untold.push((Turn::Undo, undone)),
            Turn::Undo | Turn::Redo => {}
        }
        // An undo that was killed goes on with the items that are left: more may be told.
        let items = reversal.items.unwrap_or_default();
        if told < items {
            self.in_part.push((event, items - told));
        }
        if turn == Turn::Undo {
            self.undone.clear();
            self.redone.clear();
        }
        self.last = Some(turn);
    }

    fn unmarked(&self, event: Option<i64>, items: i64) -> i64 {
        items.saturating_sub(self.marked.get(&event).copied().unwrap_or_default())
    }
}

impl Bulk {
    /// Whether an event of its own tells each item; of a decision and an example other checks do.
    fn is_told_by_item(&self) -> bool {
        matches!(self.kind.what(), StepWhat::Deferral | StepWhat::Tags | StepWhat::Priority)
    }

    /// With their items.
    fn faults(&self, bulk: i64) -> Vec<(Option<Seq>, FaultKind)> {
        let told = &self.told;
        let twice = |&(event, item): &_| (item, FaultKind::ToldTwice { event, decision: None });
        let mut faults: Vec<_> = told.twice.iter().map(twice).collect();
        let of_bulk = if self.is_told_by_item() { self.items - told.done.len() as i64 } else { 0 };
        let in_part = told.in_part.iter().map(|&(event, items)| (Some(event), items)).chain([(None, of_bulk)]);
        faults.extend(in_part.filter_map(|(event, items)| {
            let items = told.unmarked(event, items);
            (items > 0).then_some((None, FaultKind::BulkInPart { bulk, event, items }))
        }));
        let (undone, redone) = (told.undone.len() as i64, told.redone.len() as i64);
        let newest = match self.is_undone {
            true => (!told.stands_undone()).then_some((Turn::Undo, undone)),
            false => {
                (told.last == Some(Turn::Undo) && !(1..self.items).contains(&redone)).then_some((Turn::Redo, redone))
            }
        };
        let untold = told.untold.iter().copied().chain(newest);
        faults.extend(untold.map(|(turn, items)| (None, FaultKind::BulkTurnUntold { bulk, turn, items })));
        faults
    }
}

impl Store {
    /// Events of bulks, and of their undos and redos, that are there twice, or missing.
    pub(super) fn faults_of_bulks(&self) -> Result<Vec<Fault>> {
        let mut bulks = self.bulks()?;
        self.read_told_of_bulks(&mut bulks)?;
        let mut faults = Vec::new();
        for (step, bulk) in bulks {
            for (item, kind) in bulk.faults(step) {
                let id = item.map_or(Ok(format!("bulk {step}")), |item| self.id_of(item))?;
                let step = Some((bulk.reviewer.clone(), bulk.kind.what(), None));
                faults.push(Fault { queue: bulk.queue, item, id, step, kind });
            }
        }
        Ok(faults)
    }

    fn bulks(&self) -> Result<BTreeMap<i64, Bulk>> {
        let sql = format!(
            "SELECT {}, s.queue_id, s.reviewer, COALESCE(b.items, 0) FROM step s
             LEFT JOIN (SELECT step_seq, COUNT(*) AS items FROM step_item GROUP BY step_seq) b ON b.step_seq = s.seq
             WHERE s.kind LIKE 'bulk%'",
            steps::COLUMNS
        );
        let read = |row: &dyn Row| {
            let (step, is_undone) = (steps::step(row)?, row.int(3)?.is_some());
            let (queue, reviewer, items) = (row.need_int(4)?, row.string(5)?, row.need_int(6)?);
            Ok((step.seq, Bulk { queue, reviewer, kind: step.kind, is_undone, items, told: Told::default() }))
        };
        let bulks = self.all(&sql, &[], |row| self.readable("step", &row.need_int(0)?, read(row)))?;
        Ok(bulks.into_iter().flatten().collect())
    }

    fn read_told_of_bulks(&self, bulks: &mut BTreeMap<i64, Bulk>) -> Result<()> {
        let sql = "SELECT e.seq, e.item_seq, e.kind, e.data FROM event e
            WHERE e.kind IN ('deferred', 'tagged', 'prioritised', 'undone', 'redone', 'repaired') ORDER BY e.seq";
        let mut duplicates = HashSet::new();
        self.engine.stream(sql, &[], &mut |row| {
            let (event, item) = (row.need_int(0)?, row.int(1)?);
            let data = serde_json::from_str(row.need_text(3)?).unwrap_or_default();
            match (EventKind::read(row.need_text(2)?, &data), item) {
                (EventKind::Deferred { bulk: Some(bulk) }, Some(item)) => done(bulks, bulk, event, item),
                (EventKind::Tagged(changed) | EventKind::Prioritised(changed), Some(item)) => {
                    done(bulks, changed.bulk, event, item);
                }
                (EventKind::Undone(reversal), item) => turned(bulks, event, item, &reversal, Turn::Undo),
                (EventKind::Redone(reversal), item) => turned(bulks, event, item, &reversal, Turn::Redo),
                (EventKind::Repaired(Repair::BulkItems { bulk, event, items }), _) => {
                    if let Some(bulk) = bulks.get_mut(&bulk) {
                        let marked = bulk.told.marked.entry(event).or_default();
                        *marked = marked.saturating_add(items);
                    }
                }
                (EventKind::Repaired(Repair::Duplicate { event, .. }), _) => drop(duplicates.insert(event)),
                _ => {}
            }
            Ok(())
        })?;
        for bulk in bulks.values_mut() {
            bulk.told.twice.retain(|(event, _)| !duplicates.contains(event));
        }
        Ok(())
    }
}

fn done(bulks: &mut BTreeMap<i64, Bulk>, bulk: i64, event: i64, item: Seq) {
    let Some(bulk) = bulks.get_mut(&bulk) else { return };
    if !bulk.told.done.insert(item) {
        bulk.told.twice.push((event, Some(item)));
    }
}

fn turned(bulks: &mut BTreeMap<i64, Bulk>, event: i64, item: Option<Seq>, reversal: &Reversal, turn: Turn) {
    let Some(bulk) = reversal.bulk.and_then(|bulk| bulks.get_mut(&bulk)) else { return };
    match item {
        Some(item) => bulk.told.item(event, item, turn),
        None => bulk.told.whole(event, reversal, turn, bulk.items),
    }
}
