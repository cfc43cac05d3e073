//! Claims: taken, extended, given up, left behind.

use super::engine::{Param, params};
use super::opinions::shown_slot;
use super::stage;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::claim::{CLAIM_MILLIS, Claim, Claimant, Claimed};
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use uuid::{Timestamp, Uuid};

/// A claim in SQL: the VALUES or the SELECT of its columns follow.
pub(super) const INSERT: &str = "INSERT INTO claim (item_seq, slot, queue_id, reviewer, session, token, expires_at)";

/// Replaces the item's present claim if the condition that follows is true; stands after
/// [`INSERT`].
pub(super) const TAKE_OVER: &str = "ON CONFLICT (item_seq, slot) DO UPDATE SET reviewer = excluded.reviewer,
    session = excluded.session, token = excluded.token, expires_at = excluded.expires_at WHERE";

/// The end of a statement for [`Store::take_claim`].
pub(super) const TAKEN: &str = "RETURNING item_seq, (SELECT i.opinions FROM item i WHERE i.seq = claim.item_seq)";

/// Deletes a claim by its token, which is unique to it.
pub(super) const DROP_CLAIM: &str = "DELETE FROM claim WHERE item_seq = ?1 AND token = ?2";

/// Attempts to claim an item where transactions run side by side and another reviewer was faster
/// each time.
pub(super) const RACES: usize = 400;

/// Outcome of an attempt to claim the next item.
pub(super) struct ClaimOutcome {
    pub claimed: Option<(Seq, Claim)>,
    /// How far the serving list was looked at.
    pub at: usize,
}

impl Store {
    /// The reviewers with claims on open items now; `except` leaves one out.
    pub(super) fn claimants(&self, queue: &Queue, except: Option<&str>, now: UtcMillis) -> Result<Vec<Claimant>> {
        let sql = format!(
            "SELECT c.reviewer, COUNT(*), CAST(MIN(c.expires_at) AS BIGINT) FROM claim c
             JOIN item i ON i.seq = c.item_seq
             WHERE c.queue_id = ?1 AND c.expires_at > ?2 AND c.reviewer <> ?3 AND {}
             GROUP BY c.reviewer ORDER BY c.reviewer",
            stage::is_open("i")
        );
        self.all(&sql, params![queue.id, now, except.unwrap_or_default()], |row| {
            Ok(Claimant { reviewer: row.string(0)?, items: row.need_int(1)?, first_free_at: row.need_int(2)? })
        })
    }

    /// Runs a statement that chooses an item and claims a slot of it for the token; gives the item. It
    /// ends with [`TAKEN`].
    /// Where transactions run side by side, somebody may have given that opinion while the item was
    /// chosen: then it chooses once more.
    pub(super) fn take_claim(&self, sql: &str, values: &[Param], token: &str) -> Result<Option<Seq>> {
        let given = "SELECT COUNT(*) FROM decision o JOIN claim c ON c.item_seq = o.item_seq AND c.slot = o.slot
            WHERE c.item_seq = ?1 AND c.token = ?2 AND o.standing = 1 AND o.reviewer <> c.reviewer";
        for _ in 0..RACES {
            let taken = self.first(sql, values, |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
            let Some((seq, asked)) = taken else { return Ok(None) };
            if asked == 1 || self.number(given, params![seq, token])? == 0 {
                return Ok(Some(seq));
            }
            self.first(&format!("{DROP_CLAIM} RETURNING item_seq"), params![seq, token], |_| Ok(()))?;
        }
        Err(StoreError::Busy)
    }

    /// Extends a claim; gives the new expiry. An expired one that nobody took is revived.
    pub fn extend(&self, seq: Seq, token: &str, now: UtcMillis) -> Result<UtcMillis> {
        let expires_at = now + CLAIM_MILLIS;
        let sql = "UPDATE claim SET expires_at = ?3 WHERE item_seq = ?1 AND token = ?2";
        match self.write(|tx| tx.execute(sql, params![seq, token, expires_at]))? {
            1 => Ok(expires_at),
            _ if self.is_example_token(seq, token)? => Ok(expires_at),
            _ => Err(self.claim_lost(seq)?),
        }
    }

    /// Gives a claim up; one that is lost already is none to give up.
    pub fn release(&self, seq: Seq, token: &str) -> Result<()> {
        self.write(|tx| tx.drop_claim(seq, token)).map(drop)
    }

    /// Gives up whatever this program has claimed.
    pub fn release_all(&self) -> Result<()> {
        if self.only_reads {
            return Ok(());
        }
        self.write(|tx| tx.execute("DELETE FROM claim WHERE session = ?1", params![&tx.session])).map(drop)
    }

    /// Frees the claims of programs on this machine that ended without freeing them, so that a
    /// reviewer who starts again after a crash continues where they stopped.
    pub fn free_abandoned(&self, queue: &Queue) -> Result<()> {
        let sql = "SELECT DISTINCT session FROM claim WHERE queue_id = ?1";
        let sessions = self.all(sql, params![queue.id], |row| row.string(0))?;
        let gone: Vec<String> = sessions.into_iter().filter(|session| is_abandoned(session)).collect();
        if gone.is_empty() || self.only_reads {
            return Ok(());
        }
        self.write(|tx| {
            for session in &gone {
                tx.execute("DELETE FROM claim WHERE session = ?1", params![session])?;
            }
            Ok(())
        })
    }

    /// The error that says who has the item now, or has decided it. Where several opinions are asked
    /// and one is left, nobody has that.
    pub(super) fn claim_lost(&self, seq: Seq) -> Result<StoreError> {
        let sql = "SELECT c.reviewer FROM claim c JOIN item i ON i.seq = c.item_seq WHERE c.item_seq = ?1
            AND (i.opinions = 1 OR i.opinions <= (SELECT COUNT(*) FROM claim n WHERE n.item_seq = i.seq)
                + (SELECT COUNT(*) FROM decision o WHERE o.item_seq = i.seq AND o.standing = 1 AND o.slot IS NOT NULL))
            ORDER BY c.expires_at LIMIT 1";
        let by = self.first(sql, params![seq], |row| row.string(0))?;
        Ok(StoreError::ClaimLost { by, decided: self.of_record(seq)?.map(Box::new) })
    }
}

impl Tx<'_> {
    /// Claims a given item. The reviewer's own claim of this session is renewed; an example that is
    /// before them is theirs as it is.
    pub(super) fn claim(&self, actor: Actor, seq: Seq) -> Result<Claimed> {
        let Actor { queue, reviewer, now, .. } = actor;
        self.need(reviewer, Role::Reviewer)?;
        self.is_not_stopped(actor)?;
        if let Some(token) = self.example_token(seq, reviewer)? {
            return Ok(Claimed::Mine(served_claim(token, now)));
        }
        let claim = new_claim(now);
        let sql = format!(
            "{INSERT} SELECT i.seq, {}, ?2, ?3, ?4, ?5, ?6 FROM item i WHERE i.seq = ?1
             {TAKE_OVER} claim.expires_at <= ?7
                OR (claim.session = excluded.session AND claim.reviewer = excluded.reviewer)
             RETURNING item_seq",
            shown_slot("?3", "?4", "?7")
        );
        let values = params![seq, queue.id, reviewer, &self.session, &claim.token, claim.expires_at, now];
        if self.first(&sql, values, |row| row.need_int(0))?.is_some() {
            return Ok(Claimed::Mine(claim));
        }
        let other = "SELECT reviewer, expires_at FROM claim WHERE item_seq = ?1 ORDER BY expires_at";
        self.first(other, params![seq], |row| Ok(Claimed::Other { reviewer: row.string(0)?, until: row.need_int(1)? }))?
            .ok_or(StoreError::ClaimLost { by: None, decided: None })
    }

    /// Claims an item that is shown again; who is paused looks at it alone.
    pub(super) fn claim_to_show(&self, actor: Actor, seq: Seq) -> Result<Claimed> {
        match self.claim(actor, seq) {
            Err(StoreError::Paused(_)) => Ok(Claimed::Nobody),
            claimed => claimed,
        }
    }

    /// Removes the claim if the token is still its own: `true` when it was.
    pub(super) fn drop_claim(&self, seq: Seq, token: &str) -> Result<bool> {
        Ok(self.execute(DROP_CLAIM, params![seq, token])? == 1)
    }
}

/// An id that sorts by time, as far as the clock is right: one before 1970 counts as 1970.
pub(super) fn id_at(now: UtcMillis) -> Uuid {
    let millis = u64::try_from(now).unwrap_or(0);
    let nanos = (millis % 1000) as u32 * 1_000_000;
    Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos))
}

pub(super) fn new_claim(now: UtcMillis) -> Claim {
    Claim { token: id_at(now).to_string(), expires_at: now + CLAIM_MILLIS }
}

/// What a screen knows as the claim on an example, from which nobody is kept.
pub(super) fn served_claim(token: String, now: UtcMillis) -> Claim {
    Claim { token, expires_at: now + CLAIM_MILLIS }
}

/// `machine/process/uuid`: unique, and on its own machine enough to tell whether it still runs.
pub(super) fn session(now: UtcMillis) -> String {
    let machine = machine().or_else(|| whoami::hostname().ok()).unwrap_or_else(|| "unknown".into());
    let process = std::process::id();
    let started = started(process).unwrap_or_default();
    format!("{machine}/{process}.{started}/{}", id_at(now))
}

/// Where a process has its number: this boot of this kernel, and the process namespace, which no
/// two containers share. A host's name would not do: many have the same. `None` where the system
/// does not tell; the claims of such programs are left to expire.
fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}:{}", boot.trim(), namespace.to_str()?.trim_start_matches("pid:")))
}

/// When a process was started, in the kernel's ticks since it booted: with its number it names a
/// process, for numbers are given again.
fn started(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?; // a name may have blanks in it
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// A program of this machine that no longer runs. Those of others are left to expire.
fn is_abandoned(session: &str) -> bool {
    let mut parts = session.splitn(3, '/');
    let (Some(on), Some(process)) = (parts.next(), parts.next()) else { return false };
    let Some((Ok(process), Ok(start))) = process.split_once('.').map(|(id, at)| (id.parse(), at.parse())) else {
        return false;
    };
    machine().is_some_and(|here| on == here) && has_ended(process, start)
}

fn has_ended(process: u32, start: u64) -> bool {
    match started(process) {
        Some(at) => at != start,
        None => !is_running(process), // it may be hidden
    }
}

#[cfg(unix)]
fn is_running(process: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) else { return false };
    // A process of another user answers "not permitted", and runs.
    !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_running(_process: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_claim_belongs_to_one_process_of_one_machine() {
        let own = session(0);
        assert!(!is_abandoned(&own), "it runs: {own}");
        let [machine, process, uuid] = own.splitn(3, '/').collect::<Vec<_>>()[..] else { panic!("{own}") };
        let (number, start) = process.split_once('.').unwrap();
        assert!(is_abandoned(&format!("{machine}/999999999.{start}/{uuid}")), "no such process");
        assert!(is_abandoned(&format!("{machine}/{number}.1/{uuid}")), "its number was given to another");
        let elsewhere = machine.replace('[', "[1");
        assert!(!is_abandoned(&format!("{elsewhere}/999999999.{start}/{uuid}")), "another container's");
        let host = whoami::hostname().unwrap();
        assert!(!is_abandoned(&format!("{host}/999999999/{uuid}")), "of a program that named the host");
    }
}
