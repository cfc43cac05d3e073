//! Claims: what is served next, to whom, for how long.

use super::decisions::{self, decision};
use super::drafts::draft;
use super::engine::{Lock, Row, params};
use super::golden::{self, Golden};
use super::items::{self, document_ids};
use super::serving::Attempted;
use super::view::{End, Hold, Next, Queue, Seq, Served};
use super::{Result, Store, StoreError};
use crate::domain::claim::{CLAIM_MILLIS, Claim};
use crate::domain::decision::{Decision, Draft};
use crate::domain::digest::Digest;
use crate::domain::item::Item;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use std::time::Duration;
use uuid::Uuid;

/// The items that are free for a reviewer: of the queue `?1` at the time `?2` for `?3`,
/// also those that the reviewer deferred where `?4` is 1, past the place `?5`, `?6`.
const FREE: &str = "FROM item i
    WHERE i.queue_id = ?1 AND i.verdict IS NULL AND (i.rank, i.seq) > (?5, ?6)
    AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > ?2)
    AND (?4 = 1 OR NOT EXISTS (SELECT 1 FROM deferral d WHERE d.item_seq = i.seq AND d.reviewer = ?3))";

/// By its token, which another claim on the item has not.
pub(super) const DROP_CLAIM: &str = "DELETE FROM claim WHERE item_seq = ?1 AND token = ?2";

/// Where transactions run side by side, another one may take the item that was chosen: so
/// often it is chosen anew, with a pause in which the other one ends.
const RACES: usize = 400;
const RACE: Duration = Duration::from_millis(2);

/// Sorts before every item of a queue.
const HEAD: (i64, Seq) = (i64::MIN, i64::MIN);

impl Store {
    /// Serves the reviewer the first free item of the queue: undecided, held by
    /// nobody, not deferred by the reviewer unless `deferred`. It is held for the
    /// reviewer from then on. `after` starts past an item; at the end it starts over.
    pub fn next(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        after: Option<Seq>,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Next> {
        if deferred && after.is_none() {
            self.restart_course();
        }
        // One statement is a transaction of its own, without the two round trips of one.
        let attempted = self.claim_next(queue, reviewer, after, deferred, now)?;
        let claimed = self.follow_course(attempted, queue, reviewer, deferred, now)?;
        self.serve_next(queue, reviewer, claimed, now)
    }

    /// Claims the next item, in a transaction or by itself; what it comes to goes to
    /// [`Store::follow_course`] afterwards.
    pub(super) fn claim_next(
        &self,
        queue: &Queue,
        reviewer: &str,
        after: Option<Seq>,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Attempted> {
        self.need(reviewer, Role::Reviewer)?;
        if let Some(course) = &self.course {
            return self.claim_on_course(course, queue, reviewer, deferred, now);
        }
        let claimed = self.claim_by_priority(queue, reviewer, after, deferred, now)?;
        Ok(Attempted { claimed, at: 0 })
    }

    fn claim_by_priority(
        &self,
        queue: &Queue,
        reviewer: &str,
        after: Option<Seq>,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Option<(Seq, Claim)>> {
        let Some(after) = after else { return self.claim_past(queue, reviewer, HEAD, deferred, now) };
        let place = self.place(after)?;
        match self.claim_past(queue, reviewer, place, deferred, now)? {
            None => self.claim_past(queue, reviewer, HEAD, deferred, now),
            found => Ok(found),
        }
    }

    /// One statement chooses and takes: two reviewers cannot be given one item.
    fn claim_past(
        &self,
        queue: &Queue,
        reviewer: &str,
        (rank, seq): (i64, Seq),
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Option<(Seq, Claim)>> {
        let claim = new_claim(now);
        let deferred = i64::from(deferred);
        let sql = format!(
            "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
             SELECT i.seq, i.queue_id, ?3, ?7, ?8, ?9 {FREE} ORDER BY i.rank, i.seq LIMIT 1 {}
             ON CONFLICT (item_seq) DO UPDATE SET reviewer = excluded.reviewer, session = excluded.session,
                 token = excluded.token, expires_at = excluded.expires_at
             WHERE claim.expires_at <= ?2
             RETURNING item_seq",
            self.engine.spelling().skip_held("i")
        );
        let free = params![queue.id, now, reviewer, deferred, rank, seq];
        let values = [free.as_slice(), params![&self.session, &claim.token, claim.expires_at]].concat();
        for _ in 0..RACES {
            if let Some(seq) = self.first(&sql, &values, |row| row.need_int(0))? {
                return Ok(Some((seq, claim)));
            }
            let is_one_free = format!("SELECT 1 {FREE} LIMIT 1");
            if self.first(&is_one_free, free, |_| Ok(()))?.is_none() {
                return Ok(None);
            }
            std::thread::sleep(RACE); // somebody else was faster with the one that was chosen
        }
        Err(StoreError::Busy)
    }

    /// Reads what was claimed, or why nothing could be.
    pub(super) fn serve_next(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        claimed: Option<(Seq, Claim)>,
        now: UtcMillis,
    ) -> Result<Next> {
        match claimed {
            Some((seq, claim)) => Ok(Next::Item(Box::new(self.served(seq, reviewer, Hold::Mine(claim))?))),
            None => Ok(Next::End(self.end(queue, reviewer, now)?)),
        }
    }

    fn end(&self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<End> {
        let deferred = "SELECT COUNT(*) FROM deferral d JOIN item i ON i.seq = d.item_seq
            WHERE d.queue_id = ?1 AND d.reviewer = ?2 AND i.verdict IS NULL";
        Ok(End {
            counts: self.counts(queue)?,
            held: self.holders(queue, Some(reviewer), now)?,
            deferred: self.number(deferred, params![queue.id, reviewer])?,
        })
    }

    /// Reads into memory what [`Store::next`] would serve after `present`, without
    /// claiming it.
    pub fn look_ahead(&mut self, queue: &Queue, reviewer: &str, present: Seq, now: UtcMillis) -> Result<()> {
        if let Some(course) = &self.course {
            let next = self.ahead_on_course(course, queue, reviewer, present, now)?;
            return next.map_or(Ok(()), |seq| self.read_ahead(seq));
        }
        match self.next_free(queue, reviewer, Some(present), now)? {
            Some(seq) => self.read_ahead(seq),
            None => Ok(()),
        }
    }

    /// The first item by priority that is free for the reviewer, but for the one on screen.
    /// It is not claimed.
    pub fn next_free(
        &self,
        queue: &Queue,
        reviewer: &str,
        present: Option<Seq>,
        now: UtcMillis,
    ) -> Result<Option<Seq>> {
        let sql = "SELECT i.seq FROM item i WHERE i.queue_id = ?1 AND i.verdict IS NULL AND i.seq <> ?4
            AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > ?2)
            AND NOT EXISTS (SELECT 1 FROM deferral d WHERE d.item_seq = i.seq AND d.reviewer = ?3)
            ORDER BY i.rank, i.seq LIMIT 1";
        let nothing = -1; // rows count from 1
        self.first(sql, params![queue.id, now, reviewer, present.unwrap_or(nothing)], |row| row.need_int(0))
    }

    /// Shows a given item, held for the reviewer where it is free.
    pub fn show(&mut self, queue: &Queue, seq: Seq, reviewer: &str, now: UtcMillis) -> Result<Served> {
        let hold = self.write(|| {
            self.engine.lock(Lock::Items(&[seq]))?;
            self.hold(queue, seq, reviewer, now)
        })?;
        self.served(seq, reviewer, hold)
    }

    /// Claims a given item, inside the caller's transaction. The reviewer's own
    /// claim of this session is renewed.
    pub(super) fn hold(&self, queue: &Queue, seq: Seq, reviewer: &str, now: UtcMillis) -> Result<Hold> {
        self.need(reviewer, Role::Reviewer)?;
        let claim = new_claim(now);
        let sql = "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (item_seq) DO UPDATE SET reviewer = excluded.reviewer, session = excluded.session,
                token = excluded.token, expires_at = excluded.expires_at
            WHERE claim.expires_at <= ?7 OR (claim.session = excluded.session AND claim.reviewer = excluded.reviewer)
            RETURNING item_seq";
        let values = params![seq, queue.id, reviewer, &self.session, &claim.token, claim.expires_at, now];
        if self.first(sql, values, |row| row.need_int(0))?.is_some() {
            return Ok(Hold::Mine(claim));
        }
        let holder = "SELECT reviewer, expires_at FROM claim WHERE item_seq = ?1";
        self.first(holder, params![seq], |row| Ok(Hold::Other { reviewer: row.string(0)?, until: row.need_int(1)? }))?
            .ok_or(StoreError::ClaimLost { by: None })
    }

    /// Extends a claim; gives the new expiry. An expired one that nobody took is revived.
    pub fn extend(&self, seq: Seq, token: &str, now: UtcMillis) -> Result<UtcMillis> {
        let expires_at = now + CLAIM_MILLIS;
        let sql = "UPDATE claim SET expires_at = ?3 WHERE item_seq = ?1 AND token = ?2";
        match self.write(|| self.execute(sql, params![seq, token, expires_at]))? {
            1 => Ok(expires_at),
            _ => Err(self.claim_lost(seq)?),
        }
    }

    /// Gives a claim up; one that is lost already is none to give up.
    pub fn release(&self, seq: Seq, token: &str) -> Result<()> {
        self.write(|| self.drop_claim(seq, token)).map(drop)
    }

    /// Gives up whatever this program holds.
    pub fn release_all(&self) -> Result<()> {
        if self.only_reads {
            return Ok(());
        }
        self.write(|| self.execute("DELETE FROM claim WHERE session = ?1", params![&self.session])).map(drop)
    }

    /// Frees the claims of programs on this machine that are gone without a goodbye,
    /// so that a reviewer who starts again after a crash goes on where they stopped.
    pub fn free_abandoned(&self, queue: &Queue) -> Result<()> {
        let sql = "SELECT DISTINCT session FROM claim WHERE queue_id = ?1";
        let sessions = self.all(sql, params![queue.id], |row| row.string(0))?;
        let gone: Vec<String> = sessions.into_iter().filter(|session| is_abandoned(session)).collect();
        if gone.is_empty() || self.only_reads {
            return Ok(());
        }
        self.write(|| {
            for session in &gone {
                self.execute("DELETE FROM claim WHERE session = ?1", params![session])?;
            }
            Ok(())
        })
    }

    /// Removes the claim if the token is still its own: `true` when it was.
    pub(super) fn drop_claim(&self, seq: Seq, token: &str) -> Result<bool> {
        Ok(self.execute(DROP_CLAIM, params![seq, token])? == 1)
    }

    /// The error that says who has the item now.
    pub(super) fn claim_lost(&self, seq: Seq) -> Result<StoreError> {
        let sql = "SELECT reviewer FROM claim WHERE item_seq = ?1";
        Ok(StoreError::ClaimLost { by: self.first(sql, params![seq], |row| row.string(0))? })
    }

    fn place(&self, seq: Seq) -> Result<(i64, Seq)> {
        let rank = self.first("SELECT rank FROM item WHERE seq = ?1", params![seq], |row| row.need_int(0))?;
        Ok(rank.map_or(HEAD, |rank| (rank, seq)))
    }

    /// All that a reviewer sees of an item: one answer, and one more for its context. What
    /// was read ahead is not read again, unless an import has replaced it since.
    pub(super) fn served(&mut self, seq: Seq, reviewer: &str, hold: Hold) -> Result<Served> {
        let ahead = self.ahead.take().filter(|ahead| ahead.seq == seq);
        let (texts, join, at) = match ahead {
            Some(_) => (String::new(), "", 0),
            None => (format!("{}, ", *items::COLUMNS), "JOIN item_text t ON t.seq = i.seq", items::WIDTH),
        };
        let sql = format!(
            "SELECT {texts} i.hash_a, i.hash_b, {}, {}, w.body, w.correction_kind, w.correction, f.item_seq
             FROM item i {join}
             LEFT JOIN decision d ON d.item_seq = i.seq AND d.reviewer = ?2 AND d.standing = 1
             LEFT JOIN golden g ON g.item_seq = i.seq AND g.standing = 1 AND g.removed = 0
             LEFT JOIN draft w ON w.item_seq = i.seq AND w.reviewer = ?2
             LEFT JOIN deferral f ON f.item_seq = i.seq AND f.reviewer = ?2 AND i.verdict IS NULL
             WHERE i.seq = ?1",
            *decisions::COLUMNS,
            golden::COLUMNS
        );
        let found = self.first(&sql, params![seq, reviewer], |row| {
            let read = if at > 0 { Some((items::item(row)?, document_ids(row)?)) } else { None };
            Ok((Around::read(row, at)?, read))
        })?;
        let (around, read) = found.ok_or_else(|| StoreError::Damaged(format!("the item row {seq} is gone")))?;
        let item = match (ahead, read) {
            (Some(ahead), _) if ahead.digest == around.digest => ahead.item,
            (_, Some((item, documents))) => Item { context: self.documents(&documents)?, ..item },
            _ => self.peek(seq)?,
        };
        let Around { mine, golden, draft, deferred, .. } = around;
        let golden = golden.filter(|golden| mine.is_some() || golden.kept_by == reviewer);
        Ok(Served { seq, item, hold, draft, mine, golden, deferred })
    }
}

/// What stands around an item for a reviewer.
struct Around {
    digest: Digest,
    mine: Option<Decision>,
    golden: Option<Golden>,
    draft: Option<Draft>,
    deferred: bool,
}

impl Around {
    /// From the columns of [`Store::served`] that start at `at`.
    fn read(row: &dyn Row, at: usize) -> Result<Self> {
        const MINE: usize = 2;
        const GOLDEN: usize = MINE + decisions::WIDTH;
        const DRAFT: usize = GOLDEN + golden::WIDTH;
        let is_there = |column: usize| row.text(at + column).map(|text| text.is_some());
        Ok(Self {
            digest: Digest(row.need_int(at)?, row.need_int(at + 1)?),
            mine: is_there(MINE)?.then(|| decision(row, at + MINE)).transpose()?,
            golden: row.int(at + GOLDEN)?.map(|_| golden::golden(row, at + GOLDEN)).transpose()?,
            draft: is_there(DRAFT)?.then(|| draft(row, at + DRAFT, at + DRAFT + 1)).transpose()?,
            deferred: row.int(at + DRAFT + 3)?.is_some(),
        })
    }
}

pub(super) fn new_claim(now: UtcMillis) -> Claim {
    Claim { token: Uuid::now_v7().to_string(), expires_at: now + CLAIM_MILLIS }
}

/// `host/process/uuid`: unique, and on its own host enough to tell whether it still runs.
pub(super) fn session() -> String {
    format!("{}/{}/{}", host(), std::process::id(), Uuid::now_v7())
}

fn host() -> String {
    whoami::hostname().unwrap_or_else(|_| "unknown".into())
}

/// A program of this host that no longer runs. Those of other hosts are left to expire.
fn is_abandoned(session: &str) -> bool {
    let mut parts = session.splitn(3, '/');
    let (Some(on), Some(process)) = (parts.next(), parts.next()) else { return false };
    on == host() && process.parse().is_ok_and(|id| !is_running(id))
}

#[cfg(unix)]
fn is_running(process: i32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = Pid::from_raw(process) else { return false };
    // A process of another user answers "not permitted", and runs.
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_running(_process: i32) -> bool {
    true
}
