//! Attempts that take the place of rejected outputs.

use super::checks::{FOUND, found};
use super::claims::{INSERT, TAKE_OVER, new_claim};
use super::engine::{Lock, params};
use super::events::Subject;
use super::listing::Condition;
use super::outgoing::{Outgoing, Rows};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::check::FailedCheck;
use crate::domain::claim::Claim;
use crate::domain::event::EventKind;
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
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

/// SQL: the number of the next attempt at the case `?2` of the queue `?1`, whose first item may
/// name none: then its id is the case.
const NEXT_ATTEMPT: &str = "(SELECT MAX(a.attempt) + 1 FROM
    (SELECT n.attempt FROM item n WHERE n.case_id = ?2 AND n.queue_id + 0 = ?1
     UNION ALL SELECT o.attempt FROM item o WHERE o.queue_id = ?1 AND o.id = ?2 AND o.case_id IS NULL) a)";

/// An item that is to be made again.
pub struct ToRetry<'r> {
    /// With its decision of record.
    pub rejected: Outgoing<'r>,
    pub case: String,
    /// The number of the attempt to make: one above the greatest of the case.
    pub attempt: i64,
    /// What checks found on it.
    pub checks: Vec<FailedCheck>,
}

impl Condition {
    /// The condition, and that the item is to be made again.
    pub fn to_retry(self) -> Self {
        self.and(&format!("i.stage = '{}'", Stage::ToRetry.as_str()))
    }
}

impl Store {
    /// Hands over the items that are to be made again and keep the condition, in the order of
    /// import, as they stood at one moment. What cannot be read is left out. Ends with the first
    /// error that `each` gives.
    pub fn to_retry<E: From<StoreError>>(
        &self,
        queue: &Queue,
        condition: Condition,
        mut each: impl FnMut(ToRetry) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.outgoing(queue, Rows::Items, &[], &condition.to_retry(), None, |rejected| {
            let case = rejected.case().to_owned();
            let (attempt, checks) = self.next_attempt(queue, rejected.id(), &case)?;
            each(ToRetry { rejected, case, attempt, checks })
        })
    }

    /// Claims an item that is to be made again while a program makes its next attempt. `None`: it is
    /// not any more, or somebody has claimed it.
    pub fn claim_retry(&self, Actor { queue, reviewer, now, .. }: Actor, item: Seq) -> Result<Option<Claim>> {
        let claim = new_claim(now);
        let sql = format!(
            "{INSERT} SELECT i.seq, 1, ?2, ?3, ?4, ?5, ?6 FROM item i WHERE i.seq = ?1 AND i.stage = '{}'
             {TAKE_OVER} claim.expires_at <= ?7 RETURNING item_seq",
            Stage::ToRetry.as_str()
        );
        let values = params![item, queue.id, reviewer, &self.session, &claim.token, claim.expires_at, now];
        let taken = self.write(|tx| tx.first(&sql, values, |row| row.need_int(0)))?;
        Ok(taken.map(|_| claim))
    }

    /// The number of the next attempt at an item's case, and what checks found on the item.
    fn next_attempt(&self, queue: &Queue, id: &str, case: &str) -> Result<(i64, Vec<FailedCheck>)> {
        let sql = format!("SELECT {NEXT_ATTEMPT}, {FOUND} FROM item i WHERE i.queue_id = ?1 AND i.id = ?3");
        let values = params![queue.id, case, id];
        let read = self.first(&sql, values, |row| Ok((row.need_int(0)?, found(row.text(1)?)?)))?;
        read.ok_or_else(|| StoreError::Damaged(format!("the item {id} is gone")))
    }
}

impl Tx<'_> {
    /// Lets the items that came in from the row `first` on take the place of rejected attempts;
    /// gives of how many.
    pub(super) fn replace_retried(&self, queue: &Queue, first: Seq, subject: Subject) -> Result<u64> {
        if self.counts(queue)?.at(Stage::ToRetry) == 0 {
            return Ok(0);
        }
        let pairs = self.all(REPLACING, params![first, queue.id], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        if pairs.is_empty() {
            return Ok(0);
        }
        let earlier: Vec<Seq> = pairs.iter().map(|(earlier, _)| *earlier).collect();
        self.lock(Lock::Items(&earlier))?;
        let mut replaced = 0;
        for (earlier, later) in pairs {
            replaced += u64::from(self.replace_attempt(earlier, later, subject)?);
        }
        Ok(replaced)
    }

    /// `false` where the earlier one is no more to be made again.
    pub(super) fn replace_attempt(&self, earlier: Seq, later: Seq, subject: Subject) -> Result<bool> {
        // Its reviewer may have decided again before it was locked.
        if !self.is_to_retry(earlier)? {
            return Ok(false);
        }
        self.keep_before(earlier, subject.now)?;
        self.pipeline("UPDATE item SET replaced_by = ?2 WHERE seq = ?1", params![earlier, later])?;
        let sql = "UPDATE item SET line_attempt = (SELECT o.line_attempt + 1 FROM item o WHERE o.seq = ?1)
            WHERE seq = ?2";
        self.pipeline(sql, params![earlier, later])?;
        self.recompute_record(earlier)?;
        let by = self.replaced_by(earlier)?.unwrap_or_default();
        self.log(Subject { item: Some(earlier), ..subject }, &EventKind::Replaced { by })?;
        Ok(true)
    }

    pub(super) fn is_to_retry(&self, item: Seq) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM item WHERE seq = ?1 AND stage = ?2";
        Ok(self.number(sql, params![item, Stage::ToRetry.as_str()])? == 1)
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
