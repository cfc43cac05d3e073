//! Steps. A step is what one key did: a decision, a deferral, a refusal (`declined.rs`), a
//! reopening (`reopening.rs`), a change of the golden set, or the same done to many items (`bulk.rs`). Undo takes it back, and redo brings it back
//! (`undo.rs`).

use super::engine::params;
use super::events::Subject;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::event::{EventKind, StepWhat};
use crate::domain::item::Seq;
use crate::domain::queue::Actor;

pub(super) struct Step {
    pub seq: i64,
    /// The item; the first one of a bulk.
    pub item: Seq,
    pub kind: StepKind,
    /// The event of its undo.
    undone_by: Option<i64>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepKind {
    Decision,
    /// A decision that was made once more.
    Repeat,
    /// A decision on a golden example that was served as if it were new.
    Calibration,
    Deferral,
    Decline,
    Reopening,
    Golden,
    BulkDecision,
    BulkDeferral,
    BulkTags,
    BulkPriority,
    BulkGolden,
    /// A decision that came with a merge when its reviewer had decided later here: there is
    /// nothing to take back.
    Merged,
    /// A decision that could not be read, and was set aside: it stays undone.
    SetAside,
}

impl StepKind {
    pub(super) const ALL: [StepKind; 14] = [
        StepKind::Decision,
        StepKind::Repeat,
        StepKind::Calibration,
        StepKind::Deferral,
        StepKind::Decline,
        StepKind::Reopening,
        StepKind::Golden,
        StepKind::BulkDecision,
        StepKind::BulkDeferral,
        StepKind::BulkTags,
        StepKind::BulkPriority,
        StepKind::BulkGolden,
        StepKind::Merged,
        StepKind::SetAside,
    ];

    /// The kind as the database stores it: for a bulk, `bulk_` and its effect on each item.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            StepKind::Decision => "decision",
            StepKind::Repeat => "repeat",
            StepKind::Calibration => "calibration",
            StepKind::Deferral => "deferral",
            StepKind::Decline => "decline",
            StepKind::Reopening => "reopening",
            StepKind::Golden => "golden",
            StepKind::BulkDecision => "bulk_decision",
            StepKind::BulkDeferral => "bulk_deferral",
            StepKind::BulkTags => "bulk_tags",
            StepKind::BulkPriority => "bulk_priority",
            StepKind::BulkGolden => "bulk_golden",
            StepKind::Merged => "merged",
            StepKind::SetAside => "set_aside",
        }
    }

    /// What it changed of an item.
    pub(super) fn what(self) -> StepWhat {
        match self {
            StepKind::Decision
            | StepKind::Repeat
            | StepKind::Calibration
            | StepKind::BulkDecision
            | StepKind::SetAside => StepWhat::Decision,
            StepKind::Deferral | StepKind::BulkDeferral => StepWhat::Deferral,
            StepKind::Decline => StepWhat::Decline,
            StepKind::Reopening => StepWhat::Reopening,
            StepKind::Golden | StepKind::BulkGolden => StepWhat::Golden,
            StepKind::BulkTags => StepWhat::Tags,
            StepKind::BulkPriority => StepWhat::Priority,
            StepKind::Merged => StepWhat::Merged,
        }
    }

    pub(super) fn is_bulk(self) -> bool {
        self.as_str().starts_with("bulk_")
    }
}

/// SQL: the decision was made with many others at once.
pub(super) fn is_bulk(decision: &str) -> String {
    let kind = StepKind::BulkDecision.as_str();
    format!("{decision}.step_seq IN (SELECT s.seq FROM step s WHERE s.kind = '{kind}')")
}

/// SQL: the decision `d` of the step `s` was taken back, with its step or alone of many.
pub(super) const TAKEN_BACK: &str = "(s.undone_by IS NOT NULL OR (s.kind = 'bulk_decision' AND EXISTS
    (SELECT 1 FROM step_item b WHERE b.step_seq = s.seq AND b.item_seq = d.item_seq AND b.stands = 0)))";

/// Which steps an undo or a redo looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum UndoScope {
    /// The reviewer's newest step, of any kind.
    Anything,
    /// What the reviewer decided, declined or reopened last, passing over everything else.
    Decisions,
    /// The reviewer's last change of the golden set.
    Golden,
}

impl UndoScope {
    fn covers(self, kind: StepKind) -> bool {
        match self {
            UndoScope::Anything => !matches!(kind, StepKind::Merged | StepKind::SetAside),
            UndoScope::Decisions => {
                use StepKind::{BulkDecision, Calibration, Decision, Decline, Reopening, Repeat};
                matches!(kind, Decision | Repeat | Calibration | BulkDecision | Decline | Reopening)
            }
            UndoScope::Golden => matches!(kind, StepKind::Golden | StepKind::BulkGolden),
        }
    }

    /// SQL: the scope covers `step`.
    fn sql(self, step: &str) -> String {
        let kinds = StepKind::ALL.into_iter().filter(|kind| self.covers(*kind));
        let kinds: Vec<String> = kinds.map(|kind| format!("'{}'", kind.as_str())).collect();
        format!("{step}.kind IN ({})", kinds.join(", "))
    }
}

impl Store {
    /// Defers an item for the reviewer. The claim by `token` is given up.
    pub fn defer(&self, actor: Actor, seq: Seq, token: &str) -> Result<()> {
        self.write(|tx| {
            if !tx.drop_claim(seq, token)? && !tx.is_example_token(seq, token)? {
                return Err(tx.claim_lost(seq)?);
            }
            let step = tx.add_step(actor, StepKind::Deferral, seq)?;
            tx.set_deferral(actor, seq, step)?;
            tx.log(Subject::of(actor, Some(seq)), &EventKind::Deferred { bulk: None })
        })
    }

    pub(super) fn is_deferred(&self, item: Seq, reviewer: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM deferral WHERE item_seq = ?1 AND reviewer = ?2";
        Ok(self.number(sql, params![item, reviewer])? > 0)
    }

    /// Whether an import has replaced the item since the step was undone.
    pub(super) fn is_replaced_since(&self, step: &Step, item: Seq) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM event_by_item WHERE item_seq = ?1 AND kind = 'item_updated' AND seq > ?2";
        Ok(self.number(sql, params![item, step.undone_by])? > 0)
    }

    pub(super) fn newest_step(&self, Actor { queue, reviewer, .. }: Actor, scope: UndoScope) -> Result<Option<Step>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM step_by_reviewer s WHERE s.queue_id = ?1 AND s.reviewer = ?2 AND s.undone_by IS NULL
             AND {} AND NOT {} ORDER BY s.seq DESC LIMIT 1",
            scope.sql("s"),
            was_ended("s")
        );
        self.first(&sql, params![queue.id, reviewer], step)
    }

    /// The step to redo: of those that were undone since the reviewer's newest standing
    /// step was made, the one undone last.
    pub(super) fn last_undone(&self, Actor { queue, reviewer, .. }: Actor, scope: UndoScope) -> Result<Option<Step>> {
        let newest_standing = format!(
            "SELECT t.seq FROM step_by_reviewer t WHERE t.queue_id = ?1 AND t.reviewer = ?2 AND t.undone_by IS NULL
             AND {} ORDER BY t.seq DESC LIMIT 1",
            scope.sql("t")
        );
        // Undo takes the newest step back: when the newest of all was undone, those that
        // were undone later (`undone_by` counts up) were older ones, and wait for redo too.
        let first_undone = format!(
            "SELECT u.undone_by FROM step u WHERE u.queue_id = ?1 AND u.reviewer = ?2 AND u.undone_by IS NOT NULL
             AND {} AND u.seq > COALESCE(({newest_standing}), 0) ORDER BY u.seq DESC LIMIT 1",
            scope.sql("u")
        );
        let sql = format!(
            "SELECT {COLUMNS} FROM step s WHERE s.queue_id = ?1 AND s.reviewer = ?2 AND s.undone_by IS NOT NULL
             AND {} AND s.undone_by >= ({first_undone}) ORDER BY s.undone_by DESC LIMIT 1",
            scope.sql("s")
        );
        self.first(&sql, params![queue.id, reviewer], step)
    }
}

impl Tx<'_> {
    pub(super) fn add_step(&self, Actor { queue, reviewer, .. }: Actor, kind: StepKind, item: Seq) -> Result<i64> {
        self.number(
            "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (?1, ?2, ?3, ?4) RETURNING seq",
            params![queue.id, reviewer, kind.as_str(), item],
        )
    }

    /// Defers an item. A deferral that stands already stays with its own step, so that the
    /// undo of a second leaves the item deferred.
    pub(super) fn set_deferral(&self, Actor { queue, reviewer, now, .. }: Actor, item: Seq, step: i64) -> Result<()> {
        let sql =
            "INSERT INTO deferral (item_seq, reviewer, queue_id, step_seq, deferred_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (item_seq, reviewer) DO NOTHING";
        self.execute(sql, params![item, reviewer, queue.id, step, now]).map(drop)
    }

    /// Marks a step as undone by an event, or as standing again.
    pub(super) fn mark_step(&self, step: i64, undone_by: Option<i64>) -> Result<()> {
        self.execute("UPDATE step SET undone_by = ?2 WHERE seq = ?1", params![step, undone_by]).map(drop)
    }
}

/// SQL: a reopening that stands has ended the decision of the step. Of a bulk that is asked item by
/// item.
fn was_ended(step: &str) -> String {
    format!(
        "({step}.kind = 'decision' AND EXISTS (SELECT 1 FROM decision d JOIN reopened r ON r.decision_seq = d.seq
            JOIN step t ON t.seq = r.step_seq
            WHERE d.item_seq = {step}.item_seq AND d.step_seq = {step}.seq AND t.undone_by IS NULL))"
    )
}

/// The columns that [`step()`] reads; `s` is step.
pub(super) const COLUMNS: &str = "s.seq, s.item_seq, s.kind, s.undone_by";

pub(super) fn step(row: &dyn super::engine::Row) -> Result<Step> {
    let word = row.need_text(2)?;
    let kind = StepKind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let kind = kind.ok_or_else(|| super::StoreError::Damaged(format!("`{word}` is no kind of step")))?;
    Ok(Step { seq: row.need_int(0)?, item: row.need_int(1)?, kind, undone_by: row.int(3)? })
}
