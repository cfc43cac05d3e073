//! How much of what is settled one reviewer holds, where the spec says how much that may be.

use super::engine::params;
use super::groups::GroupKind;
use super::{Result, Store};
use crate::domain::decision::Verdict;
use crate::domain::queue::Actor;

/// Settled items from which on shares are counted.
const COUNTED_FROM: i64 = 50;

/// How much a reviewer holds of what people have settled in a queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub held: i64,
    pub settled: i64,
    /// The greatest share that one reviewer may hold.
    pub most: f64,
}

impl Store {
    /// The reviewer's share, where it is greater than the spec lets one hold: they are served only
    /// what nobody else may decide.
    pub fn share_reached(&self, Actor { queue, reviewer, .. }: Actor) -> Result<Option<Share>> {
        let Some(most) = queue.spec.spec.review.as_ref().and_then(|review| review.max_share) else { return Ok(None) };
        let counts = self.counts(queue)?;
        let settled = counts.of(Verdict::Accept) + counts.of(Verdict::Reject) - counts.by_check;
        if settled < COUNTED_FROM {
            return Ok(None);
        }
        let held = self.held(queue.id, reviewer)?;
        Ok((held as f64 > most * settled as f64).then_some(Share { held, settled, most }))
    }

    /// Accepted and rejected items whose decision of record is the reviewer's: those that are counted,
    /// and the few that are not yet.
    fn held(&self, queue: i64, reviewer: &str) -> Result<i64> {
        let sql = "SELECT CAST(COALESCE((SELECT SUM(g.accepted + g.rejected) FROM group_count g
                WHERE g.queue_id = ?1 AND g.kind = ?3 AND g.key = ?2), 0) AS BIGINT)
            + (SELECT COUNT(*) FROM decision_by_reviewer l JOIN item i ON i.seq = l.item_seq
                WHERE l.queue_id = ?1 AND l.reviewer = ?2 AND l.seq > (SELECT m.decision_seq FROM group_mark m)
                AND i.decision_seq = l.seq AND i.verdict IN ('accept', 'reject'))";
        self.number(sql, params![queue, reviewer, GroupKind::Reviewer.as_str()])
    }
}
