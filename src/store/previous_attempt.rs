//! The attempt at a case before an item's own: its output, and why it was rejected.

use super::decisions::{OF_RECORD, own_standing};
use super::engine::{Row, params};
use super::items::content;
use super::{Result, Store};
use crate::domain::decision::Decision;
use crate::domain::item::{Content, Seq};
use crate::domain::queue::Queue;

/// The attempt before an item's own: the one that it replaces, else the last one at its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousAttempt {
    pub id: String,
    pub attempt: i64,
    pub output: Content,
    /// The decision of record that rejected it, where the reviewer may know of it.
    pub rejection: Option<Decision>,
}

/// The row of the attempt before the item `?2` in the queue `?1`. All outputs of the case are read
/// only where the item replaces one of them.
const BEFORE: &str = "SELECT COALESCE(
    CASE WHEN n.line_attempt > 1 THEN COALESCE(
        (SELECT o.seq FROM item o WHERE o.replaced_by = n.seq AND o.case_id = n.case_id AND o.queue_id + 0 = ?1),
        (SELECT o.seq FROM item o WHERE o.replaced_by = n.seq AND o.queue_id = ?1 AND o.id = n.case_id
            AND o.case_id IS NULL)) END,
    (SELECT o.seq FROM item o WHERE o.queue_id + 0 = ?1 AND (o.case_id, o.attempt) < (n.case_id, n.attempt)
        AND o.case_id = n.case_id ORDER BY o.attempt DESC, o.seq DESC LIMIT 1))
    FROM item n WHERE n.seq = ?2";

/// SQL: the attempt `i`, with its decision of record `d`, is done with for who reviews the later
/// one: another has taken its place, or it was rejected before the later one came. Why is told
/// then: that one was made to do better.
pub(super) fn is_done_with(later: &str) -> String {
    format!(
        "(i.replaced_by IS NOT NULL OR i.verdict = 'reject' AND EXISTS (SELECT 1 FROM item n
            JOIN import b ON b.id = n.import_id
            WHERE n.seq = {later} AND i.attempt < n.attempt AND d.stood_from < b.started_at))"
    )
}

impl Store {
    /// The attempt before the item's own, with why it was rejected where that is the reviewer's own
    /// decision or settled for good: see [`PreviousAttempt::rejection`].
    pub fn previous_attempt(&self, queue: &Queue, item: Seq, reviewer: &str) -> Result<Option<PreviousAttempt>> {
        self.read(|| {
            let before = self.first(BEFORE, params![queue.id, item], |row| row.int(0))?.flatten();
            let Some(before) = before else { return Ok(None) };
            let sql = format!(
                "SELECT i.id, i.attempt, t.output_kind, t.output, CASE WHEN i.verdict = 'reject' AND ({} OR
                    (SELECT COUNT(*) FROM decision own WHERE {}) > 0) THEN i.decision_seq END
                 FROM item i JOIN item_text t ON t.seq = i.seq LEFT JOIN decision d ON {OF_RECORD} WHERE i.seq = ?1",
                is_done_with("?2"),
                own_standing("own", "i.seq", "?3")
            );
            let Some((mut found, told)) = self.first(&sql, params![before, item, reviewer], previous)? else {
                return Ok(None);
            };
            found.rejection = told.map(|decision| self.decision(decision)).transpose()?;
            Ok(Some(found))
        })
    }
}

/// The attempt without the decision that rejected it, and that decision's row, where it may be told.
fn previous(row: &dyn Row) -> Result<(PreviousAttempt, Option<i64>)> {
    let output = content(row, 2, 3)?.unwrap_or_default();
    let attempt = PreviousAttempt { id: row.string(0)?, attempt: row.need_int(1)?, output, rejection: None };
    Ok((attempt, row.int(4)?))
}
