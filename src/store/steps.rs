//! Undo and redo. A step is what one key did: a decision, a deferral, a change of the
//! golden set, or the same done to many items (`bulk.rs`). The newest standing step of a
//! reviewer is what undo takes back; redo brings back the one that was undone last,
//! unless the reviewer has done something new since.

use super::engine::{Lock, params};
use super::events::{EventKind, Subject};
use super::view::{Change, Queue, Reverted, Seq};
use super::{Result, Store};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::time::UtcMillis;
use serde_json::json;

pub(super) struct Step {
    pub seq: i64,
    /// Of a bulk: the first.
    pub item: Seq,
    pub kind: StepKind,
    /// The event of its undo.
    undone_by: Option<i64>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepKind {
    Decision,
    Deferral,
    Golden,
    BulkDecision,
    BulkDeferral,
    BulkTags,
    BulkPriority,
    BulkGolden,
    /// A decision that came with a merge when its reviewer had decided later here: there is
    /// nothing to take back.
    Merged,
}

impl StepKind {
    const ALL: [StepKind; 9] = [
        StepKind::Decision,
        StepKind::Deferral,
        StepKind::Golden,
        StepKind::BulkDecision,
        StepKind::BulkDeferral,
        StepKind::BulkTags,
        StepKind::BulkPriority,
        StepKind::BulkGolden,
        StepKind::Merged,
    ];

    /// As the database keeps it: of a bulk, `bulk_` and what it does to each item.
    fn as_str(self) -> &'static str {
        match self {
            StepKind::Decision => "decision",
            StepKind::Deferral => "deferral",
            StepKind::Golden => "golden",
            StepKind::BulkDecision => "bulk_decision",
            StepKind::BulkDeferral => "bulk_deferral",
            StepKind::BulkTags => "bulk_tags",
            StepKind::BulkPriority => "bulk_priority",
            StepKind::BulkGolden => "bulk_golden",
            StepKind::Merged => "merged",
        }
    }

    /// What it changed of an item.
    pub fn noun(self) -> &'static str {
        self.as_str().trim_start_matches("bulk_")
    }

    pub fn is_bulk(self) -> bool {
        self.as_str().starts_with("bulk_")
    }
}

/// Which steps an undo or a redo looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Whatever the reviewer did last.
    Anything,
    /// The reviewer's last decision, passing over everything else.
    Decisions,
    /// The reviewer's last change of the golden set.
    Golden,
}

impl Scope {
    /// The kind of the steps, whether of one item or of many; `None`: any.
    fn kind(self) -> Option<&'static str> {
        match self {
            Scope::Anything => None,
            Scope::Decisions => Some("decision"),
            Scope::Golden => Some("golden"),
        }
    }
}

impl Store {
    pub(super) fn add_step(&self, queue: i64, reviewer: &str, kind: StepKind, item: Seq) -> Result<i64> {
        self.number(
            "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (?1, ?2, ?3, ?4) RETURNING seq",
            params![queue, reviewer, kind.as_str(), item],
        )
    }

    /// Sets an item aside for the reviewer. The claim by `token` is given up.
    pub fn defer(&self, queue: &Queue, seq: Seq, token: &str, reviewer: &str, now: UtcMillis) -> Result<()> {
        self.write(|| {
            if !self.drop_claim(seq, token)? {
                return Err(self.claim_lost(seq)?);
            }
            let step = self.add_step(queue.id, reviewer, StepKind::Deferral, seq)?;
            self.set_deferral(queue, seq, reviewer, step, now)?;
            let subject = Subject { queue: queue.id, item: Some(seq), actor: reviewer, now };
            self.log(subject, EventKind::Deferred, &json!({}))
        })
    }

    /// One that stands already stays with its own step, so that the undo of a second
    /// leaves the item deferred.
    pub(super) fn set_deferral(
        &self,
        queue: &Queue,
        seq: Seq,
        reviewer: &str,
        step: i64,
        now: UtcMillis,
    ) -> Result<()> {
        let sql =
            "INSERT INTO deferral (item_seq, reviewer, queue_id, step_seq, deferred_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (item_seq, reviewer) DO NOTHING";
        self.execute(sql, params![seq, reviewer, queue.id, step, now]).map(drop)
    }

    /// Takes the reviewer's last step back and shows its item again; the body of an
    /// undone decision comes back as the draft, unless there is one. `None`: there is nothing to undo.
    pub fn undo(&mut self, queue: &Queue, reviewer: &str, scope: Scope, now: UtcMillis) -> Result<Option<Reverted>> {
        let newest = self.newest_step(queue, reviewer, scope)?;
        if let Some(step) = newest.filter(|step| step.kind.is_bulk()) {
            return self.revert_bulk(queue, reviewer, &step, false, now);
        }
        self.revert(queue, reviewer, now, |store| {
            let newest = || store.newest_step(queue, reviewer, scope);
            let Some(step) = store.locked(newest)? else { return Ok(None) };
            let change = store.undo_step(queue, reviewer, &step, now)?;
            Ok(Some((step.item, change)))
        })
    }

    /// Brings back what was undone last. `None`: there is nothing to redo.
    pub fn redo(&mut self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<Option<Reverted>> {
        let last = self.last_undone(queue, reviewer, Scope::Anything)?;
        if let Some(step) = last.filter(|step| step.kind.is_bulk()) {
            return self.revert_bulk(queue, reviewer, &step, true, now);
        }
        self.revert(queue, reviewer, now, |store| {
            let last = || store.last_undone(queue, reviewer, Scope::Anything);
            let Some(step) = store.locked(last)? else { return Ok(None) };
            if step.kind == StepKind::Decision && store.is_replaced_since(&step, step.item)? {
                return Ok(None); // it was a decision on other content
            }
            let change = store.redo_step(queue, reviewer, &step, now)?;
            Ok(Some((step.item, change)))
        })
    }

    fn revert_bulk(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        step: &Step,
        stands: bool,
        now: UtcMillis,
    ) -> Result<Option<Reverted>> {
        let items = self.turn_bulk(queue, reviewer, step, stands, now)?;
        self.ahead = None; // its tags may be others now
        self.revert(queue, reviewer, now, |_| Ok(Some((step.item, Change::Bulk { what: step.kind.noun(), items }))))
    }

    fn revert(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        now: UtcMillis,
        body: impl Fn(&Store) -> Result<Option<(Seq, Change)>>,
    ) -> Result<Option<Reverted>> {
        let reverted = self.write(|| {
            let Some((seq, change)) = body(self)? else { return Ok(None) };
            Ok(Some((seq, change, self.hold(queue, seq, reviewer, now)?)))
        })?;
        let Some((seq, change, hold)) = reverted else { return Ok(None) };
        // A server moves the counters at the end of a transaction.
        Ok(Some(Reverted { change, served: self.served(seq, reviewer, hold)?, counts: self.counts(queue)? }))
    }

    /// The step as it is once its item is locked: another program of the reviewer may have
    /// turned it meanwhile.
    pub(super) fn locked(&self, find: impl Fn() -> Result<Option<Step>>) -> Result<Option<Step>> {
        let Some(step) = find()? else { return Ok(None) };
        self.engine.lock(Lock::Items(&[step.item]))?;
        find()
    }

    /// Whether an import has replaced the item since the step was undone.
    pub(super) fn is_replaced_since(&self, step: &Step, item: Seq) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM event WHERE item_seq = ?1 AND kind = ?2 AND seq > ?3";
        let kind = EventKind::ItemUpdated.as_str();
        Ok(self.number(sql, params![item, kind, step.undone_by])? > 0)
    }

    pub(super) fn undo_step(&self, queue: &Queue, reviewer: &str, step: &Step, now: UtcMillis) -> Result<Change> {
        let subject = Subject { queue: queue.id, item: Some(step.item), actor: reviewer, now };
        match step.kind {
            StepKind::Deferral => {
                self.execute("DELETE FROM deferral WHERE step_seq = ?1", params![step.seq])?;
                let event = self.log_numbered(subject, EventKind::Undone, &json!({ "what": "deferral" }))?;
                self.mark_step(step.seq, Some(event))?;
                return Ok(Change::Deferral);
            }
            StepKind::Golden => {
                let event = self.log_numbered(subject, EventKind::Undone, &json!({ "what": "golden" }))?;
                return self.turn_golden_step(queue, step, Some(event));
            }
            _ => {}
        }
        let (decision, stands) = self.turn(step, false)?;
        if self.draft(step.item, reviewer)?.is_none() {
            self.put_draft(step.item, reviewer, &decision.judgement.draft, now)?;
        }
        let event = self.log_numbered(subject, EventKind::Undone, &told(&decision, stands))?;
        self.mark_step(step.seq, Some(event))?;
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    pub(super) fn redo_step(&self, queue: &Queue, reviewer: &str, step: &Step, now: UtcMillis) -> Result<Change> {
        let subject = Subject { queue: queue.id, item: Some(step.item), actor: reviewer, now };
        self.mark_step(step.seq, None)?;
        match step.kind {
            StepKind::Deferral => {
                self.set_deferral(queue, step.item, reviewer, step.seq, now)?;
                self.log(subject, EventKind::Redone, &json!({ "what": "deferral" }))?;
                return Ok(Change::Deferral);
            }
            StepKind::Golden => {
                self.log(subject, EventKind::Redone, &json!({ "what": "golden" }))?;
                return self.turn_golden_step(queue, step, None);
            }
            _ => {}
        }
        let (decision, stands) = self.turn(step, true)?;
        // What undo put there goes; what the reviewer has written since stays.
        if self.draft(step.item, reviewer)?.as_ref() == Some(&decision.judgement.draft) {
            self.drop_draft(step.item, reviewer)?;
        }
        self.log(subject, EventKind::Redone, &told(&decision, stands))?;
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    /// Makes the step's decision stand or not; the one it superseded does the opposite.
    fn turn(&self, step: &Step, stands: bool) -> Result<(Decision, Option<Verdict>)> {
        let sql = "SELECT seq FROM decision WHERE step_seq = ?1";
        let found = self.first(sql, params![step.seq], |row| row.need_int(0))?;
        let seq = found.ok_or_else(|| super::StoreError::Damaged("a step lacks its decision".into()))?;
        self.turn_decision(step.item, seq, stands)
    }

    pub(super) fn turn_decision(&self, item: Seq, decision: i64, stands: bool) -> Result<(Decision, Option<Verdict>)> {
        self.set_standing(decision, stands)?;
        let sql = "SELECT supersedes FROM decision WHERE seq = ?1";
        if let Some(earlier) = self.first(sql, params![decision], |row| row.int(0))?.flatten() {
            self.set_standing(earlier, !stands)?;
        }
        Ok((self.decision(decision)?, self.settle(item)?))
    }

    fn turn_golden_step(&self, queue: &Queue, step: &Step, undone_by: Option<i64>) -> Result<Change> {
        let example = || Ok(self.golden(step.item)?.map(|golden| golden.example));
        let before = example()?;
        self.mark_step(step.seq, undone_by)?;
        self.turn_golden(queue.id, step.seq)?;
        Ok(Change::Golden { before, after: example()? })
    }

    pub(super) fn mark_step(&self, step: i64, undone_by: Option<i64>) -> Result<()> {
        self.execute("UPDATE step SET undone_by = ?2 WHERE seq = ?1", params![step, undone_by]).map(drop)
    }

    pub(super) fn newest_step(&self, queue: &Queue, reviewer: &str, scope: Scope) -> Result<Option<Step>> {
        let sql = "SELECT seq, item_seq, kind, undone_by FROM step WHERE queue_id = ?1 AND reviewer = ?2 AND undone_by IS NULL
            AND (kind IN (?3, 'bulk_' || ?3) OR CAST(?3 AS TEXT) IS NULL AND kind <> 'merged') ORDER BY seq DESC LIMIT 1";
        self.first(sql, params![queue.id, reviewer, scope.kind()], step)
    }

    /// The step undone last, if it was undone after the reviewer's newest step was made:
    /// then that one is undone too, and was so before it. (`undone_by` counts up.)
    pub(super) fn last_undone(&self, queue: &Queue, reviewer: &str, scope: Scope) -> Result<Option<Step>> {
        let sql = "SELECT seq, item_seq, kind, undone_by FROM step WHERE queue_id = ?1 AND reviewer = ?2 AND undone_by IS NOT NULL
            AND (kind IN (?3, 'bulk_' || ?3) OR CAST(?3 AS TEXT) IS NULL AND kind <> 'merged')
            AND undone_by >= (SELECT s.undone_by FROM step s WHERE s.queue_id = ?1 AND s.reviewer = ?2
                AND s.undone_by IS NOT NULL AND (s.kind IN (?3, 'bulk_' || ?3) OR CAST(?3 AS TEXT) IS NULL AND s.kind <> 'merged')
                AND s.seq > COALESCE((SELECT MAX(t.seq) FROM step t
                    WHERE t.queue_id = ?1 AND t.reviewer = ?2 AND t.undone_by IS NULL
                    AND (t.kind IN (?3, 'bulk_' || ?3) OR CAST(?3 AS TEXT) IS NULL AND t.kind <> 'merged')), 0)
                ORDER BY s.seq DESC LIMIT 1)
            ORDER BY undone_by DESC LIMIT 1";
        self.first(sql, params![queue.id, reviewer, scope.kind()], step)
    }
}

fn step(row: &dyn super::engine::Row) -> Result<Step> {
    let word = row.need_text(2)?;
    let kind = StepKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let kind = kind.ok_or_else(|| super::StoreError::Damaged(format!("`{word}` is no kind of step")))?;
    Ok(Step { seq: row.need_int(0)?, item: row.need_int(1)?, kind, undone_by: row.int(3)? })
}

pub(super) fn told(decision: &Decision, stands: Option<Verdict>) -> serde_json::Value {
    json!({
        "what": "decision",
        "decision": decision.id,
        "verdict": decision.judgement.verdict.as_str(),
        "stands": stands.map(Verdict::as_str),
    })
}
