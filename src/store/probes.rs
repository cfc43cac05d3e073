//! Probes: items that a reviewer is served as if they were new, to learn of the reviewer and not of
//! the item. One of their own that they decide once more (`repeats.rs`), and a golden example whose
//! verdict is known (`calibrating.rs`). What is decided on either never stands, and until then the
//! screen tells it from an ordinary item by nothing.

use super::calibrating;
use super::engine::params;
use super::pick::Pick;
use super::repeats::{self, REPEAT_SLOT};
use super::steps::StepKind;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::claim::Claim;
use crate::domain::decision::Part;
use crate::domain::event::EventKind;
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::Actor;

/// SQL: whether the item `i` is served to the reviewer as a probe, by the claim or serving with this
/// token: 0 no, 1 to repeat a decision, 2 as a golden example. [`purpose`] reads it.
pub(super) fn served_as(reviewer: &str, token: &str) -> String {
    format!(
        "CASE WHEN {} THEN 1 WHEN {} THEN 2 ELSE 0 END",
        repeats::is_repeat(token),
        calibrating::is_served_by(reviewer, token)
    )
}

/// What [`served_as`] says.
pub(super) fn purpose(served_as: i64) -> Option<Purpose> {
    match served_as {
        1 => Some(Purpose::Repeat),
        2 => Some(Purpose::Golden),
        _ => None,
    }
}

/// What part a decision has that is made on a probe.
pub(super) fn part(purpose: Purpose) -> Part {
    Part { purpose, slot: None, ..Part::default() }
}

/// The step that a decision is which was made for this purpose.
pub(super) fn step_of(purpose: Purpose) -> StepKind {
    match purpose {
        Purpose::Repeat => StepKind::Repeat,
        Purpose::Golden => StepKind::Calibration,
        _ => StepKind::Decision,
    }
}

/// Whether the event can be in the history of an item that nobody has decided: that of a probe shows
/// no others.
pub(super) fn may_precede_decisions(kind: &EventKind) -> bool {
    !kind.is_opinion() && !matches!(kind, EventKind::Reopened(_) | EventKind::Replaced { .. } | EventKind::Moved(_))
}

impl Store {
    /// Serves a probe in the place of an ordinary item, where one is due.
    pub(super) fn claim_probe(&self, actor: Actor, pick: Pick) -> Result<Option<(Seq, Claim)>> {
        match self.serve_example(actor, pick)? {
            None => self.claim_repeat(actor, pick.after),
            found => Ok(found),
        }
    }

    /// As what the reviewer has the item before them, if it is a probe: until they decide it they are
    /// told of no opinion on it, their own among them.
    pub(super) fn probe(&self, item: Seq, reviewer: &str) -> Result<Option<Purpose>> {
        let sql = format!(
            "SELECT CASE WHEN {} THEN 2 WHEN EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq
                AND c.slot = {REPEAT_SLOT} AND c.reviewer = ?2) THEN 1 ELSE 0 END FROM item i WHERE i.seq = ?1",
            calibrating::is_served("?2")
        );
        Ok(purpose(self.first(&sql, params![item, reviewer], |row| row.need_int(0))?.unwrap_or(0)))
    }

    /// Whether an ordinary item is free beside a probe: alone it would be told from what is new.
    pub(super) fn is_another_free(&self, actor: Actor) -> Result<bool> {
        const NOTHING: Seq = -1; // rows count from 1
        let found = match &self.list {
            Some(list) => self.next_on_list(list, actor, NOTHING)?,
            None => self.next_free(actor, None)?,
        };
        Ok(found.is_some())
    }
}

impl Tx<'_> {
    /// Notes by which decision the reviewer has decided a probe; `None`: they have taken it back.
    pub(super) fn set_probed(&self, purpose: Purpose, actor: Actor, item: Seq, decision: Option<i64>) -> Result<()> {
        match purpose {
            Purpose::Golden => self.set_calibrated(actor, item, decision),
            _ => self.set_repeated(item, actor.reviewer, decision),
        }
    }
}
