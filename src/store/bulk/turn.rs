//! Undo and redo of a bulk. What others, or an import, have changed since stays as it is, and so does
//! a decision on which that of another rests.

use super::CHUNK;
use super::swap::Column;
use crate::domain::event::Reversal;
use crate::domain::item::Seq;
use crate::domain::queue::Actor;
use crate::store::engine::{Lock, params};
use crate::store::events::Subject;
use crate::store::steps::{Step, StepKind};
use crate::store::transaction::Tx;
use crate::store::undo::Turn;
use crate::store::{Result, Store, StoreError};
use serde_json::Value;

/// A bulk that is taken back or brought back.
struct BulkTurn<'t> {
    actor: Actor<'t>,
    step: &'t Step,
    turn: Turn,
}

/// What has become of some items.
struct Turned {
    /// The last one, where there are more.
    last: Option<Seq>,
    tally: Tally,
    /// Why the first of those that had to stay had to.
    refused: Option<StoreError>,
}

/// How many items of a bulk were turned, and how many had to stay as they are.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::store) struct Tally {
    pub changed: i64,
    pub kept: i64,
}

/// What a bulk did to one item.
struct StepItem {
    seq: Seq,
    decision: Option<i64>,
    before: Value,
    after: Value,
}

impl Store {
    /// Takes a bulk back, or brings it back. Where decisions had to stay that were to be taken back, so does its
    /// step, for the next time.
    pub(in crate::store) fn turn_bulk(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Tally> {
        let bulk = BulkTurn { actor, step, turn };
        if step.kind == StepKind::BulkGolden {
            return Ok(Tally { changed: self.write(|tx| bulk.golden(tx))?, kept: 0 });
        }
        let (mut past, mut tally, mut refused) = (Some(i64::MIN), Tally::default(), None);
        while let Some(seq) = past {
            let turned = self.write(|tx| bulk.chunk(tx, seq, tally))?;
            (past, tally, refused) = (turned.last, turned.tally, refused.or(turned.refused));
        }
        match refused {
            Some(why) if tally.changed == 0 && turn == Turn::Undo => Err(why),
            _ => Ok(tally),
        }
    }
}

impl BulkTurn<'_> {
    /// Turns the next items, after others.
    fn chunk(&self, tx: &Tx, past: Seq, mut tally: Tally) -> Result<Turned> {
        if self.turn == Turn::Redo {
            tx.mark_step(self.step.seq, None)?;
        }
        let items = self.items(tx, past)?;
        let seqs: Vec<Seq> = items.iter().map(|item| item.seq).collect();
        tx.lock(Lock::Items(&seqs))?;
        let mut refused = None;
        for item in &items {
            match self.refusal(tx, item)? {
                Some(why) => {
                    tally.kept += 1;
                    refused = refused.or(Some(why));
                }
                None => tally.changed += i64::from(self.one(tx, item)?),
            }
        }
        let last = seqs.last().copied().filter(|_| items.len() == CHUNK);
        if last.is_none() && (tally.kept == 0 || self.turn == Turn::Redo) {
            self.end(tx, tally.changed)?;
        }
        Ok(Turned { last, tally, refused })
    }

    /// Why the decision on an item has to stay as it is.
    fn refusal(&self, tx: &Tx, item: &StepItem) -> Result<Option<StoreError>> {
        let Some(decision) = item.decision else { return Ok(None) };
        if tx.was_reopened(decision)? {
            return Ok(None); // it stands no more anyway
        }
        match tx.may_turn(item.seq, decision, self.turn) {
            Ok(()) => Ok(None),
            Err(why @ (StoreError::Settled { .. } | StoreError::Replaced { .. } | StoreError::Unasked(_))) => {
                Ok(Some(why))
            }
            Err(error) => Err(error),
        }
    }

    /// A golden set changes as a whole, from one version to the next.
    fn golden(&self, tx: &Tx) -> Result<i64> {
        let sql = "UPDATE step_item SET stands = ?2 WHERE step_seq = ?1 RETURNING item_seq";
        let values = params![self.step.seq, i64::from(self.turn.stands())];
        let items = tx.all(sql, values, |row| row.need_int(0))?;
        for item in &items {
            self.log(tx, *item, self.reversal())?;
        }
        self.end(tx, items.len() as i64)?;
        tx.settle_goldens(self.actor, self.step.seq)?;
        Ok(items.len() as i64)
    }

    fn end(&self, tx: &Tx, changed: i64) -> Result<()> {
        let reversal = Reversal { items: Some(changed), ..self.reversal() };
        tx.end_turn(self.actor, None, self.step, self.turn, reversal)
    }

    fn items(&self, tx: &Tx, past: Seq) -> Result<Vec<StepItem>> {
        let sql = "SELECT item_seq, decision_seq, before, after FROM step_item
            WHERE step_seq = ?1 AND item_seq > ?2 AND stands = ?3 ORDER BY item_seq LIMIT ?4";
        let value =
            |text: Option<&str>| text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_default());
        let values = params![self.step.seq, past, i64::from(!self.turn.stands()), CHUNK as i64];
        tx.all(sql, values, |row| {
            let (before, after) = (value(row.text(2)?), value(row.text(3)?));
            Ok(StepItem { seq: row.need_int(0)?, decision: row.int(1)?, before, after })
        })
    }

    /// `false` when the item has to stay as it is.
    fn one(&self, tx: &Tx, item: &StepItem) -> Result<bool> {
        tx.turn_step_item(self.step.seq, item.seq, self.turn)?;
        let is_changed = match self.step.kind {
            StepKind::BulkDecision => return self.decision(tx, item),
            StepKind::BulkDeferral => self.deferral(tx, item.seq)?,
            StepKind::BulkTags => self.column(tx, item, Column::Tags)?,
            StepKind::BulkPriority => self.column(tx, item, Column::Rank)?,
            StepKind::BulkGolden
            | StepKind::Decision
            | StepKind::Repeat
            | StepKind::Calibration
            | StepKind::Deferral
            | StepKind::Decline
            | StepKind::Reopening
            | StepKind::Golden
            | StepKind::Merged
            | StepKind::SetAside => {
                return Err(StoreError::Misuse("this step is not turned item by item".into()));
            }
        };
        if is_changed {
            self.log(tx, item.seq, self.reversal())?;
        }
        Ok(is_changed)
    }

    fn decision(&self, tx: &Tx, item: &StepItem) -> Result<bool> {
        let Some(decision) = item.decision else { return Ok(false) };
        if self.turn == Turn::Redo && tx.is_replaced_since(self.step, item.seq)? {
            return Ok(false);
        }
        if tx.was_reopened(decision)? {
            return Ok(false);
        }
        let before = tx.draft_before(decision)?;
        let (decision, of_record) = tx.turn_decision(item.seq, decision, self.turn, self.actor.now)?;
        if let Some(before) = before {
            tx.turn_draft(self.actor, item.seq, &decision, &before, self.turn)?;
        }
        self.log(tx, item.seq, Reversal::decision(&decision, of_record).in_bulk(self.step.seq))?;
        Ok(true)
    }

    fn deferral(&self, tx: &Tx, item: Seq) -> Result<bool> {
        match self.turn {
            Turn::Redo => tx.set_deferral(self.actor, item, self.step.seq).map(|()| true),
            Turn::Undo => {
                let sql = "DELETE FROM deferral WHERE item_seq = ?1 AND reviewer = ?2 AND step_seq = ?3";
                Ok(tx.execute(sql, params![item, self.actor.reviewer, self.step.seq])? > 0)
            }
        }
    }

    fn column(&self, tx: &Tx, item: &StepItem, column: Column) -> Result<bool> {
        match self.turn {
            Turn::Undo => tx.replace_column(item.seq, column, &item.after, &item.before),
            Turn::Redo => tx.replace_column(item.seq, column, &item.before, &item.after),
        }
    }

    fn reversal(&self) -> Reversal {
        Reversal::new(self.step.kind.what()).in_bulk(self.step.seq)
    }

    fn log(&self, tx: &Tx, item: Seq, reversal: Reversal) -> Result<()> {
        tx.log(Subject::of(self.actor, Some(item)), &self.turn.event(reversal))
    }
}

impl Tx<'_> {
    /// Notes whether what a step on many items did to one stands.
    pub(in crate::store) fn turn_step_item(&self, step: i64, item: Seq, turn: Turn) -> Result<()> {
        let sql = "UPDATE step_item SET stands = ?3 WHERE step_seq = ?1 AND item_seq = ?2";
        self.execute(sql, params![step, item, i64::from(turn.stands())]).map(drop)
    }
}
