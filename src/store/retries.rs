//! Attempts that take the place of rejected outputs.

use super::engine::{Lock, params};
use super::events::Subject;
use super::transaction::Tx;
use super::{Result, StoreError};
use crate::domain::event::EventKind;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::stage::Stage;

/// Each item of the queue `?2` from the row `?1` on, with the earlier attempt at its case that it
/// replaces; the case of an item that names none is its id. Where several may be meant, that is the one whose id its own names, else the latest of
/// the same model and prompt version, else the latest. What came in with one import stands side by
/// side.
const REPLACING: &str = "SELECT earlier, later FROM (
    SELECT p.earlier, p.later,
        ROW_NUMBER() OVER (PARTITION BY p.later ORDER BY p.kinship, p.earlier_attempt DESC, p.earlier) AS of_later,
        ROW_NUMBER() OVER (PARTITION BY p.earlier ORDER BY p.kinship, p.later_attempt, p.later) AS of_earlier
    FROM (SELECT o.seq AS earlier, o.attempt AS earlier_attempt, n.seq AS later, n.attempt AS later_attempt,
            CASE WHEN n.id = o.id || '~' || n.attempt THEN 1
                WHEN n.model IS NOT DISTINCT FROM o.model AND n.prompt_version IS NOT DISTINCT FROM o.prompt_version
                THEN 2 ELSE 3 END AS kinship
        FROM item n JOIN item o ON (o.case_id = n.case_id AND o.queue_id + 0 = ?2)
            OR (o.queue_id = ?2 AND o.id = n.case_id AND o.case_id IS NULL)
        WHERE n.seq >= ?1 AND n.queue_id + 0 = ?2 AND o.attempt < n.attempt AND o.stage = 'to_retry'
            AND o.import_id <> n.import_id) p) r
    WHERE r.of_later = 1 AND r.of_earlier = 1 ORDER BY r.earlier";

impl Tx<'_> {
    /// Lets the items that came in from the row `first` on take the place of rejected attempts.
    pub(super) fn replace_retried(&self, queue: &Queue, first: Seq, subject: Subject) -> Result<()> {
        if self.counts(queue)?.at(Stage::ToRetry) == 0 {
            return Ok(());
        }
        let pairs = self.all(REPLACING, params![first, queue.id], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        if pairs.is_empty() {
            return Ok(());
        }
        let earlier: Vec<Seq> = pairs.iter().map(|(earlier, _)| *earlier).collect();
        self.lock(Lock::Items(&earlier))?;
        pairs.into_iter().try_for_each(|(earlier, later)| self.replace_attempt(earlier, later, subject))
    }

    fn replace_attempt(&self, earlier: Seq, later: Seq, subject: Subject) -> Result<()> {
        // Its reviewer may have decided again before it was locked.
        let sql = "UPDATE item SET replaced_by = ?2 WHERE seq = ?1 AND stage = 'to_retry'";
        if self.execute(sql, params![earlier, later])? == 0 {
            return Ok(());
        }
        let sql = "UPDATE item SET line_attempt = (SELECT o.line_attempt + 1 FROM item o WHERE o.seq = ?1)
            WHERE seq = ?2";
        self.pipeline(sql, params![earlier, later])?;
        self.recompute_record(earlier)?;
        let by = self.replaced_by(earlier)?.unwrap_or_default();
        self.log(Subject { item: Some(earlier), ..subject }, &EventKind::Replaced { by })
    }

    /// The id of the attempt that has taken the item's place.
    pub(super) fn replaced_by(&self, item: Seq) -> Result<Option<String>> {
        let sql = "SELECT n.id FROM item i JOIN item n ON n.seq = i.replaced_by WHERE i.seq = ?1";
        self.first(sql, params![item], |row| row.string(0))
    }

    /// Refuses to decide on an item in whose place a later attempt stands.
    pub(super) fn is_not_replaced(&self, item: Seq) -> Result<()> {
        self.replaced_by(item)?.map_or(Ok(()), |by| Err(StoreError::Replaced { by }))
    }
}
