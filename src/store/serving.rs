//! Serving by an order and a filter of the reviewer's own: along a line that is made
//! once, when it is asked for.
//!
//! A line is a list of row numbers in memory, so that the next item is found as fast at
//! a million items as at a hundred, whatever the order: a claim looks at a few of the
//! line. What was imported since, and what was passed over, comes with a new line at
//! the end of the old one.

use super::claims::new_claim;
use super::engine::{Param, params};
use super::filter::Asker;
use super::line::{By, Line, Sort};
use super::view::{Queue, Seq};
use super::{Result, Store};
use crate::domain::claim::Claim;
use crate::domain::filter::{Filter, Term};
use crate::domain::order::{Order, Serving};
use crate::domain::time::UtcMillis;

/// Items of the line that one statement looks at.
const BATCH: usize = 32;

/// Batches that one transaction looks at: others wait for it.
const BATCHES: usize = 64;

/// A line on its way.
pub(super) struct Course {
    serving: Serving,
    line: Line,
    /// How far it has been served.
    at: usize,
    /// Nothing was served of it yet.
    is_fresh: bool,
}

impl Course {
    /// The next items from a place in the line on.
    fn batch(&self, at: usize) -> &[Seq] {
        let rest = self.line.seqs().get(at..).unwrap_or_default();
        &rest[..rest.len().min(BATCH)]
    }
}

/// What an attempt to claim came to.
pub(super) struct Attempted {
    pub claimed: Option<(Seq, Claim)>,
    /// How far the line was looked at.
    pub at: usize,
}

impl Store {
    /// From now on serves the reviewer by this order and filter.
    pub fn serve_by(&mut self, queue: &Queue, serving: &Serving, reviewer: &str, now: UtcMillis) -> Result<()> {
        self.course = match serving.is_plain() {
            true => None,
            false => Some(self.course(queue, serving, reviewer, now)?),
        };
        self.grounded_to = Some(0);
        if self.ground_at_first(queue)? {
            self.course = Some(self.course(queue, serving, reviewer, now)?);
        }
        Ok(())
    }

    /// How the reviewer is served.
    pub fn serving(&self) -> Serving {
        self.course.as_ref().map(|course| course.serving.clone()).unwrap_or_default()
    }

    /// The next item is of a new line.
    pub(super) fn renew_course(&mut self) {
        if let Some(course) = &mut self.course {
            (course.at, course.is_fresh) = (usize::MAX, false);
        }
    }

    /// Goes back to the head of the line, for what was set aside there.
    pub(super) fn restart_course(&mut self) {
        if let Some(course) = &mut self.course {
            course.at = 0;
        }
    }

    fn course(&self, queue: &Queue, serving: &Serving, reviewer: &str, now: UtcMillis) -> Result<Course> {
        let undecided = Filter::all([Term::Verdict(None).into(), serving.filter.clone()]);
        let condition = self.condition(queue, &undecided, Asker { reviewer, now })?;
        let line = self.whole_line(queue, condition, sort(serving.order))?;
        Ok(Course { serving: serving.clone(), line, at: 0, is_fresh: true })
    }

    /// Tries the next items of the line, in a transaction or by itself.
    pub(super) fn claim_on_course(
        &self,
        course: &Course,
        queue: &Queue,
        reviewer: &str,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Attempted> {
        let mut at = course.at;
        for _ in 0..BATCHES {
            let batch = course.batch(at);
            if batch.is_empty() {
                break;
            }
            let claimed = self.claim_one_of(batch, queue, reviewer, deferred, now)?;
            let place = claimed.as_ref().and_then(|(seq, _)| batch.iter().position(|other| other == seq));
            at += place.map_or(batch.len(), |place| place + 1);
            if claimed.is_some() {
                return Ok(Attempted { claimed, at });
            }
        }
        Ok(Attempted { claimed: None, at })
    }

    /// Notes what an attempt, once it is on disk, has come to; goes on where it found
    /// nothing yet, in transactions of its own.
    pub(super) fn follow_course(
        &mut self,
        attempted: Attempted,
        queue: &Queue,
        reviewer: &str,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Option<(Seq, Claim)>> {
        let Attempted { mut claimed, at } = attempted;
        let Some(course) = &mut self.course else { return Ok(claimed) };
        course.at = at;
        while claimed.is_none() && self.prepare_course(queue, reviewer, now)? {
            let Some(course) = &self.course else { break };
            let attempted = self.claim_on_course(course, queue, reviewer, deferred, now)?;
            claimed = attempted.claimed;
            self.course.iter_mut().for_each(|course| course.at = attempted.at);
        }
        self.course.iter_mut().for_each(|course| course.is_fresh = false);
        Ok(claimed)
    }

    /// Sees to it that the line has items left; a new one is made once. `false`: there
    /// are none.
    fn prepare_course(&mut self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<bool> {
        let Some(course) = &self.course else { return Ok(false) };
        if course.batch(course.at).is_empty() {
            if course.is_fresh {
                return Ok(false);
            }
            self.course = Some(self.course(queue, &course.serving, reviewer, now)?);
        }
        Ok(self.course.as_ref().is_some_and(|course| !course.batch(0).is_empty()))
    }

    /// The item of the line that would be served next, after the present one.
    pub(super) fn ahead_on_course(
        &self,
        course: &Course,
        queue: &Queue,
        reviewer: &str,
        present: Seq,
        now: UtcMillis,
    ) -> Result<Option<Seq>> {
        let batch = course.batch(course.at);
        let sql = format!(
            "SELECT i.seq FROM {} JOIN item i ON i.seq = v.column2
             WHERE i.queue_id = ?1 AND i.verdict IS NULL AND i.seq <> ?2
             AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > ?3)
             AND NOT EXISTS (SELECT 1 FROM deferral d WHERE d.item_seq = i.seq AND d.reviewer = ?4)
             ORDER BY v.column1 LIMIT 1",
            numbered(5)
        );
        let mut values = params![queue.id, present, now, reviewer].to_vec();
        values.extend(padded(batch));
        self.first(&sql, &values, |row| row.need_int(0))
    }

    /// The first free item of the batch, chosen and taken by one statement.
    fn claim_one_of(
        &self,
        batch: &[Seq],
        queue: &Queue,
        reviewer: &str,
        deferred: bool,
        now: UtcMillis,
    ) -> Result<Option<(Seq, Claim)>> {
        let claim = new_claim(now);
        let sql = format!(
            "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
             SELECT i.seq, i.queue_id, ?2, ?3, ?4, ?5 FROM {} JOIN item i ON i.seq = v.column2
             WHERE i.queue_id = ?1 AND i.verdict IS NULL
             AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > ?6)
             AND (?7 = 1 OR NOT EXISTS (SELECT 1 FROM deferral d WHERE d.item_seq = i.seq AND d.reviewer = ?2))
             ORDER BY v.column1 LIMIT 1 {}
             ON CONFLICT (item_seq) DO UPDATE SET reviewer = excluded.reviewer, session = excluded.session,
                 token = excluded.token, expires_at = excluded.expires_at
             WHERE claim.expires_at <= ?6
             RETURNING item_seq",
            numbered(8),
            self.engine.spelling().skip_held("i")
        );
        let session = &self.session;
        let deferred = i64::from(deferred);
        let mut values = params![queue.id, reviewer, session, &claim.token, claim.expires_at, now, deferred].to_vec();
        values.extend(padded(batch));
        Ok(self.first(&sql, &values, |row| row.need_int(0))?.map(|seq| (seq, claim)))
    }
}

/// A batch as rows `v` of place and row number; its markers count from `first`.
fn numbered(first: usize) -> String {
    let rows: Vec<String> = (0..BATCH).map(|place| format!("({place}, CAST(?{} AS BIGINT))", first + place)).collect();
    format!("(VALUES {}) v", rows.join(", "))
}

/// The batch at its full length, so that one statement serves every length.
fn padded<'p>(batch: &[Seq]) -> impl Iterator<Item = Param<'p>> {
    batch.iter().map(|seq| Param::Int(*seq)).chain(std::iter::repeat(Param::Null)).take(BATCH)
}

fn sort(order: Order) -> Sort {
    let by = |by, descending| Sort { by, descending };
    match order {
        Order::Priority => by(By::Priority, true),
        Order::Newest => by(By::Age, true),
        Order::Oldest => by(By::Age, false),
        Order::Waiting => by(By::Imported, false),
        Order::Grounded => by(By::Support, false),
        Order::Shuffled(seed) => by(By::Shuffled(seed), false),
    }
}
