//! What reviewers have declined in a copy, and what they have taken back of that there.

use super::Meeting;
use crate::domain::event::{Declined, EventKind, Reversal, StepWhat};
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use crate::store::engine::{Lock, params};
use crate::store::events::Subject;
use crate::store::steps::StepKind;
use crate::store::undo::Turn;
use crate::store::{Result, Store};

/// An item that a reviewer has declined, by names that both workspaces know.
struct Left {
    item: String,
    reviewer: String,
    why: String,
    at: UtcMillis,
}

impl Store {
    /// Declines what was declined in the copy, and takes back what was taken back there.
    pub(super) fn merge_declines(&self, meeting: &Meeting, now: UtcMillis) -> Result<()> {
        let Some(ours) = &meeting.ours else { return Ok(()) };
        for left in meeting.other.declined_in(&meeting.theirs)? {
            self.decline_as_there(meeting, ours, &left)?;
        }
        for left in self.declined_in(ours)? {
            if meeting.other.tells_decline(&meeting.theirs, &left)? && !meeting.other.stands(&meeting.theirs, &left)? {
                self.take_back_as_there(meeting, ours.actor(&left.reviewer, now), &left)?;
            }
        }
        Ok(())
    }

    fn declined_in(&self, queue: &Queue) -> Result<Vec<Left>> {
        let sql = "SELECT i.id, x.reviewer, x.why, x.at FROM declined x JOIN item i ON i.seq = x.item_seq
            WHERE x.queue_id = ?1 ORDER BY x.at, x.item_seq, x.reviewer";
        self.all(sql, params![queue.id], |row| {
            Ok(Left { item: row.string(0)?, reviewer: row.string(1)?, why: row.string(2)?, at: row.need_int(3)? })
        })
    }

    /// The log tells that the item was declined at that time.
    fn tells_decline(&self, queue: &Queue, left: &Left) -> Result<bool> {
        let Some((item, _)) = self.find_item(queue.id, &left.item)? else { return Ok(false) };
        let sql = "SELECT COUNT(*) FROM event_by_item e
            WHERE e.item_seq = ?1 AND e.kind = 'declined' AND e.actor = ?2 AND e.at = ?3";
        Ok(self.number(sql, params![item, &left.reviewer, left.at])? > 0)
    }

    fn stands(&self, queue: &Queue, left: &Left) -> Result<bool> {
        match self.find_item(queue.id, &left.item)? {
            Some((item, _)) => self.has_declined(item, &left.reviewer),
            None => Ok(false),
        }
    }

    fn decline_as_there(&self, meeting: &Meeting, ours: &Queue, left: &Left) -> Result<()> {
        let Some((item, _)) = self.find_item(ours.id, &left.item)? else { return Ok(()) };
        let actor = ours.actor(&left.reviewer, left.at);
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            let is_here = tx.has_declined(item, actor.reviewer)? || tx.tells_decline(ours, left)?;
            if is_here || tx.is_decided_by(item, actor.reviewer)? {
                return Ok(());
            }
            let step = tx.add_step(actor, StepKind::Decline, item)?;
            tx.set_declined(actor, item, step, &left.why)?;
            let declined = Declined { merged: Some(meeting.name.into()), ..Declined::new(&left.why) };
            tx.log(Subject::of(actor, Some(item)), &EventKind::Declined(declined))
        })
    }

    fn take_back_as_there(&self, meeting: &Meeting, actor: Actor, left: &Left) -> Result<()> {
        let Some((item, _)) = self.find_item(actor.queue.id, &left.item)? else { return Ok(()) };
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            let Some(step) = tx.decline_step(item, actor.reviewer)? else { return Ok(()) };
            let reversal = Reversal { merged: Some(meeting.name.into()), ..Reversal::new(StepWhat::Decline) };
            tx.turn_decline(actor, &step, Turn::Undo, reversal)
        })
    }
}
