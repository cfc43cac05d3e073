//! How much of what is settled one reviewer holds, where the spec says how much that may be.

use super::engine::params;
use super::groups::GroupKind;
use super::{Result, Store};
use crate::domain::check::CHECK_REVIEWER;
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
        let (held, settled) = self.held(queue.id, reviewer)?;
        let is_reached = settled >= COUNTED_FROM && held as f64 > most * settled as f64;
        Ok(is_reached.then_some(Share { held, settled, most }))
    }

    /// Items whose decision of record accepts or rejects and is the reviewer's, and anybody's but a check's: those
    /// that are counted, and the few that are not yet.
    fn held(&self, queue: i64, reviewer: &str) -> Result<(i64, i64)> {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN x.reviewer = ?2 THEN x.items ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(x.items), 0) AS BIGINT)
            FROM (SELECT g.key AS reviewer, g.accepted + g.rejected AS items FROM group_count g
                    WHERE g.queue_id = ?1 AND g.kind = ?3 AND g.key NOT LIKE '{CHECK_REVIEWER}%'
                UNION ALL SELECT l.reviewer, 1 FROM decision l JOIN item i ON i.seq = l.item_seq
                    WHERE l.queue_id = ?1 AND l.seq > (SELECT m.decision_seq FROM group_mark m)
                    AND l.reviewer_kind <> 'check' AND i.decision_seq = l.seq AND i.verdict IN ('accept', 'reject')) x"
        );
        let values = params![queue, reviewer, GroupKind::Reviewer.as_str()];
        let found = self.first(&sql, values, |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        Ok(found.unwrap_or_default())
    }
}
