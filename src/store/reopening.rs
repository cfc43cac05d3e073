//! Reopening: a lead puts an item back. What stood on it stands no more, and stays in its history;
//! the item asks for judgements as it did at first.

use super::engine::{Lock, params};
use super::events::Subject;
use super::opinions::is_reserved_for_another;
use super::stage::MAY_BE_REOPENED;
use super::steps::{Step, StepKind};
use super::transaction::Tx;
use super::undo::Turn;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::event::{EventKind, Reopened, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::Actor;
use crate::domain::team::Role;

/// Characters of a reason, at most.
const MAX_WHY: usize = 10_000;

impl Store {
    /// Puts an item back, for anybody or for one person; gives how many decisions stand no more.
    /// What was put back and not decided since may be put back for somebody else. Refused where a
    /// later attempt stands in the item's place, and where there is nothing to put back.
    pub fn reopen(&self, actor: Actor, item: Seq, why: &str, to: Option<&str>) -> Result<usize> {
        let why = why.trim();
        if why.is_empty() || why.chars().count() > MAX_WHY {
            let reason = format!("a reason to reopen an item has 1 to {MAX_WHY} characters");
            return Err(StoreError::NotReopened { reason, hint: None });
        }
        self.write(|tx| {
            tx.need(actor.reviewer, Role::Lead)?;
            tx.lock(Lock::Items(&[item]))?;
            tx.is_not_replaced(item)?;
            if !tx.may_be_reopened(item)? {
                let reason = "nothing was decided on this item".into();
                return Err(StoreError::NotReopened { reason, hint: Some("it waits as it is".into()) });
            }
            to.map_or(Ok(()), |to| tx.may_be_given(item, to))?;
            let ended = tx.decisions_that_stand(item)?;
            tx.execute("DELETE FROM claim WHERE item_seq = ?1", params![item])?;
            let step = tx.add_step(actor, StepKind::Reopening, item)?;
            for decision in &ended {
                let sql = "INSERT INTO reopened (step_seq, decision_seq) VALUES (?1, ?2)";
                tx.execute(sql, params![step, *decision])?;
            }
            tx.end_decisions(actor, &ended)?;
            tx.reserve(actor, item, step, to)?;
            tx.recompute_record(item)?;
            let reopened = Reopened { why: why.into(), to: to.map(str::to_owned) };
            tx.log(Subject::of(actor, Some(item)), &EventKind::Reopened(reopened))?;
            Ok(ended.len())
        })
    }

    /// The decisions that stand on an item: those that rest on others first.
    fn decisions_that_stand(&self, item: Seq) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT seq FROM decision WHERE item_seq = ?1 AND standing = 1
             ORDER BY CASE purpose WHEN '{}' THEN 1 ELSE 0 END, seq DESC",
            Purpose::Opinion
        );
        self.all(&sql, params![item], |row| row.need_int(0))
    }

    /// The decisions that a reopening has ended and their makers have not undone since, in the same order.
    fn decisions_ended_by(&self, step: &Step) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT d.seq FROM reopened r JOIN decision d ON d.seq = r.decision_seq JOIN step s ON s.seq = d.step_seq
             WHERE r.step_seq = ?1 AND s.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM step_item b
                WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0)
             ORDER BY CASE d.purpose WHEN '{}' THEN 1 ELSE 0 END, d.seq DESC",
            Purpose::Opinion
        );
        self.all(&sql, params![step.seq], |row| row.need_int(0))
    }

    /// Whether a reopening that was not undone has ended the decision.
    pub(super) fn was_reopened(&self, decision: i64) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM reopened r JOIN step s ON s.seq = r.step_seq
            WHERE r.decision_seq = ?1 AND s.undone_by IS NULL";
        Ok(self.number(sql, params![decision])? > 0)
    }

    fn may_be_reopened(&self, item: Seq) -> Result<bool> {
        let sql = format!("SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND {MAY_BE_REOPENED}");
        Ok(self.number(&sql, params![item])? > 0)
    }

    /// For whom an item was put back, who has neither decided nor declined it yet.
    pub(super) fn reserved_for(&self, item: Seq) -> Result<Option<String>> {
        let nobody = "''"; // has no item
        let sql = format!(
            "SELECT r.reviewer FROM reserved r JOIN item i ON i.seq = r.item_seq WHERE i.seq = ?1 AND {}",
            is_reserved_for_another(nobody)
        );
        self.first(&sql, params![item], |row| row.string(0))
    }

    /// Who has reopened the item last, and why; `None`: nobody, or that was taken back.
    pub(super) fn reopened(&self, item: Seq) -> Result<Option<(String, String)>> {
        let sql = "SELECT e.actor, e.kind, e.data FROM event_by_item e WHERE e.item_seq = ?1
            AND e.kind IN ('reopened', 'undone', 'redone') ORDER BY e.seq DESC";
        let mut told = None;
        let mut is_undone = None;
        for (actor, kind, data) in
            self.all(sql, params![item], |row| Ok((row.string(0)?, row.string(1)?, row.string(2)?)))?
        {
            match EventKind::read(&kind, &serde_json::from_str(&data).unwrap_or_default()) {
                EventKind::Undone(turn) if turn.what == StepWhat::Reopening => is_undone = is_undone.or(Some(true)),
                EventKind::Redone(turn) if turn.what == StepWhat::Reopening => is_undone = is_undone.or(Some(false)),
                EventKind::Reopened(reopened) => told = told.or(Some((actor, reopened.why))),
                _ => {}
            }
            if told.is_some() {
                break;
            }
        }
        Ok(told.filter(|_| is_undone != Some(true)))
    }

    /// Refuses to put an item back for somebody who would not be served it.
    fn may_be_given(&self, item: Seq, to: &str) -> Result<()> {
        let refuse = |reason: String, hint: &str| Err(StoreError::NotReopened { reason, hint: Some(hint.into()) });
        if self.has_declined(item, to)? {
            return refuse(format!("`{to}` has declined this item"), "name somebody else");
        }
        let may_decide = self.team()?.iter().any(|grant| grant.person == to && grant.role >= Some(Role::Reviewer));
        if may_decide || !self.has_rules()? || self.owner()?.as_deref() == Some(to) {
            return Ok(());
        }
        refuse(format!("`{to}` may not decide here"), "`karat team list` tells who may")
    }

    /// The event that tells of the reopening of a step's maker on its item, the newest.
    fn last_reopened(&self, actor: Actor, item: Seq) -> Result<Reopened> {
        let sql = "SELECT e.data FROM event_by_item e WHERE e.item_seq = ?1 AND e.kind = 'reopened' AND e.actor = ?2
            ORDER BY e.seq DESC LIMIT 1";
        let data = self.first(sql, params![item, actor.reviewer], |row| row.string(0))?.unwrap_or_default();
        match EventKind::read("reopened", &serde_json::from_str(&data).unwrap_or_default()) {
            EventKind::Reopened(reopened) => Ok(reopened),
            _ => Err(StoreError::Damaged("the log does not tell why an item was reopened".into())),
        }
    }
}

impl Tx<'_> {
    fn end_decisions(&self, actor: Actor, decisions: &[i64]) -> Result<()> {
        decisions.iter().try_for_each(|decision| self.set_standing(*decision, false, actor.now))
    }

    /// Keeps the item for one person, or for nobody more than for others.
    fn reserve(&self, actor: Actor, item: Seq, step: i64, to: Option<&str>) -> Result<()> {
        self.execute("DELETE FROM reserved WHERE item_seq = ?1", params![item])?;
        let Some(to) = to else { return Ok(()) };
        let sql = "INSERT INTO reserved (item_seq, queue_id, reviewer, step_seq) VALUES (?1, ?2, ?3, ?4)";
        self.execute(sql, params![item, actor.queue.id, to, step]).map(drop)
    }

    /// Lets what a reopening has ended stand again, or ends it once more. Refused where something
    /// else was decided since.
    pub(super) fn turn_reopening(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Option<Verdict>> {
        self.is_not_replaced(step.item)?;
        let (mut standing, mut ended) = (self.decisions_that_stand(step.item)?, self.decisions_ended_by(step)?);
        let (present, expected) = match turn {
            Turn::Undo => (&standing[..], &[][..]),
            Turn::Redo => (&standing[..], &ended[..]),
        };
        if present != expected {
            return Err(self.decided_since(&standing)?);
        }
        match turn {
            Turn::Undo => {
                ended.reverse(); // what others rest on first
                ended.iter().try_for_each(|decision| self.set_standing(*decision, true, actor.now))?;
                self.execute("DELETE FROM reserved WHERE step_seq = ?1", params![step.seq])?;
            }
            Turn::Redo => {
                self.end_decisions(actor, &std::mem::take(&mut standing))?;
                let to = self.last_reopened(actor, step.item)?.to;
                self.reserve(actor, step.item, step.seq, to.as_deref())?;
            }
        }
        let stands = self.recompute_record(step.item)?;
        let reversal = Reversal { stands: Some(stands), ..Reversal::new(StepWhat::Reopening) };
        self.end_turn(actor, Some(step.item), step, turn, reversal)?;
        Ok(stands)
    }

    fn decided_since(&self, standing: &[i64]) -> Result<StoreError> {
        let by = standing.first().map(|decision| self.decision(*decision)).transpose()?;
        let who = by.map_or_else(|| "somebody".into(), |decision| decision.reviewer);
        let reason = format!("`{who}` has decided this item since");
        Ok(StoreError::NotReopened { reason, hint: Some("`karat reopen` puts it back once more".into()) })
    }
}
