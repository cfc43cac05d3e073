//! Decisions as rows, and the verdict of record that follows from them.

use super::columns;
use super::drafts::{from_json, to_json};
use super::engine::{Param, Row, params};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Judgement, Part, Verdict};
use crate::domain::item::Seq;
use crate::domain::pace::{self, Timed};
use crate::domain::policy::Purpose;
use crate::domain::queue::{Actor, Queue};
use crate::domain::record::{DECISION, DecisionField};
use crate::domain::time::UtcMillis;
use std::sync::LazyLock;

/// The columns that [`decision()`] reads; `d` is decision. The body comes first: it holds
/// every field without columns of its own.
pub(super) static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let columns = columns::names(DECISION).map(|name| format!(", d.{name}"));
    "d.body".to_owned() + &columns.collect::<String>()
});

/// SQL: the decision `d` stands; it is neither superseded nor undone.
pub(super) const STANDING: &str = "d.standing = 1";

/// SQL: the decision `d` is that of record of the item `i`.
pub(super) const OF_RECORD: &str = "d.seq = i.decision_seq";

/// SQL: `decision` is the one of the reviewer on the item that stands.
pub(super) fn own_standing(decision: &str, item: &str, reviewer: &str) -> String {
    format!("{decision}.item_seq = {item} AND {decision}.reviewer = {reviewer} AND {decision}.standing = 1")
}

/// How many columns [`COLUMNS`] has.
pub(super) const WIDTH: usize = 1 + columns::width(DECISION);

/// What a decision's row says beside [`COLUMNS`].
const PLACE: [&str; 8] =
    ["step_seq", "queue_id", "item_seq", "supersedes", "standing", "arrived_at", "stood_from", "body"];

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = PLACE.into_iter().chain(columns::names(DECISION)).collect();
    let markers: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    format!("INSERT INTO decision ({}) VALUES ({}) RETURNING seq", columns.join(", "), markers.join(", "))
});

/// Decisions of a sitting that are read at once.
const SITTING_SLICE: usize = 200;

/// More than anybody decides without a pause: a program that decides under a name does.
const MOST_IN_SITTING: usize = 20_000;

/// The newest `?4` of the reviewer's decisions before `?3`. Were the view itself joined, all of them would
/// be put in order.
const NEWEST: &str = "SELECT d.id, d.decided_at, d.active_millis, d.seq
    FROM (SELECT seq FROM decision_by_reviewer WHERE queue_id = ?1 AND reviewer = ?2 AND standing = 1
        AND seq < ?3 ORDER BY seq DESC LIMIT ?4) l
    JOIN decision d ON d.seq = l.seq ORDER BY l.seq DESC";

/// Where a decision comes in, and when.
#[derive(Clone, Copy)]
pub(super) struct Coming<'a> {
    pub queue: &'a Queue,
    pub seq: Seq,
    pub step: i64,
    pub supersedes: Option<i64>,
    /// Later than it was made where it comes with a merge.
    pub at: UtcMillis,
}

impl Store {
    /// The decision of the reviewer on the item that stands, of those made for this purpose.
    pub(super) fn standing_seq(&self, item: Seq, reviewer: &str, purpose: Purpose) -> Result<Option<i64>> {
        let sql = format!("SELECT d.seq FROM decision d WHERE {} AND d.purpose = ?3", own_standing("d", "?1", "?2"));
        self.first(&sql, params![item, reviewer, purpose.as_str()], |row| row.need_int(0))
    }

    /// Whether a decision of the reviewer stands on the item.
    pub fn is_decided_by(&self, item: Seq, reviewer: &str) -> Result<bool> {
        let sql = format!("SELECT d.seq FROM decision d WHERE {}", own_standing("d", "?1", "?2"));
        Ok(self.first(&sql, params![item, reviewer], |row| row.need_int(0))?.is_some())
    }

    pub(super) fn decision(&self, seq: i64) -> Result<Decision> {
        let sql = format!("SELECT {} FROM decision d WHERE d.seq = ?1", *COLUMNS);
        self.first(&sql, params![seq], |row| decision(row, 0))?
            .ok_or_else(|| StoreError::Damaged(format!("the decision row {seq} is gone")))
    }

    /// The item that the reviewer decided before `before`, newest first; the newest
    /// without it.
    pub fn earlier(&self, queue: &Queue, reviewer: &str, before: Option<Seq>) -> Result<Option<Seq>> {
        let sql = "SELECT item_seq, seq FROM decision_by_reviewer WHERE queue_id = ?1 AND reviewer = ?2
            AND standing = 1 AND seq < ?3 ORDER BY seq DESC LIMIT 1";
        let mark = match before {
            Some(item) => self.standing_seq(item, reviewer, Purpose::Opinion)?.unwrap_or(i64::MAX),
            None => i64::MAX,
        };
        self.first(sql, params![queue.id, reviewer, mark], |row| row.need_int(0))
    }

    /// The reviewer's decisions of the sitting that is under way, oldest first: those that stand
    /// and took time on screen, back to a pause that ended a sitting, and with them what they have
    /// decided on probes.
    pub fn sitting(&self, actor: Actor) -> Result<Vec<Timed>> {
        let mut found = self.standing_sitting(actor)?;
        let since = found.first().map_or(actor.now, |first| first.at) - pace::MAX_PAUSE_MILLIS;
        found.extend(self.probed_since(actor, since)?);
        found.sort_by_key(|decision| decision.at);
        Ok(found)
    }

    fn standing_sitting(&self, Actor { queue, reviewer, now, .. }: Actor) -> Result<Vec<Timed>> {
        let (mut found, mut next_at, mut past) = (Vec::new(), now, i64::MAX);
        'sitting: loop {
            let values = params![queue.id, reviewer, past, SITTING_SLICE as i64];
            let slice = self.all(NEWEST, values, |row| {
                let seq = row.need_int(3)?;
                Ok((self.readable("decision", &seq, timed(row))?, seq))
            })?;
            let is_last = slice.len() < SITTING_SLICE;
            for (decision, seq) in slice {
                past = seq;
                let Some(decision) = decision else { continue };
                if next_at - decision.at > pace::MAX_PAUSE_MILLIS {
                    break 'sitting;
                }
                next_at = decision.at;
                // One of many at once, or of the command line, took no time.
                found.extend(Some(decision).filter(|decision| decision.millis > 0));
            }
            if is_last || found.len() >= MOST_IN_SITTING {
                break;
            }
        }
        found.reverse();
        Ok(found)
    }

    /// What the reviewer has decided on probes since a time, and not taken back.
    fn probed_since(&self, Actor { queue, reviewer, .. }: Actor, since: UtcMillis) -> Result<Vec<Timed>> {
        let sql = "SELECT d.id, d.decided_at, d.active_millis, d.seq FROM (
                SELECT decision_seq AS seq FROM calibration WHERE queue_id = ?1 AND reviewer = ?2
                UNION ALL SELECT repeated_seq FROM repetition WHERE queue_id = ?1 AND reviewer = ?2) p
            JOIN decision d ON d.seq = p.seq WHERE d.decided_at >= ?3 AND d.active_millis > 0";
        let read = |row: &dyn Row| self.readable("decision", &row.need_int(3)?, timed(row));
        Ok(self.all(sql, params![queue.id, reviewer, since], read)?.into_iter().flatten().collect())
    }

    /// How many standing decisions the queue has, and how many of them a test touches.
    pub fn count_decisions(&self, queue: &Queue, touches: impl Fn(&Judgement) -> bool) -> Result<(i64, i64)> {
        let sql = format!("SELECT {}, d.seq FROM decision d WHERE d.queue_id = ?1 AND {STANDING}", *COLUMNS);
        let (mut all, mut touched) = (0, 0);
        self.engine.stream(&sql, params![queue.id], &mut |row| {
            all += 1;
            let decision = self.readable("decision", &row.need_int(WIDTH)?, decision(row, 0))?;
            touched += i64::from(decision.is_some_and(|decision| touches(&decision.judgement)));
            Ok(())
        })?;
        Ok((all, touched))
    }
}

impl Tx<'_> {
    /// Writes a decision, which stands from now on.
    pub(super) fn insert_decision(&self, coming: Coming, decision: &Decision) -> Result<i64> {
        let Coming { queue, seq, step, supersedes, at } = coming;
        let body = to_json(&decision.judgement.draft);
        let place = params![step, queue.id, seq, supersedes, 1, at, at, &body];
        let mut fields = Vec::with_capacity(WIDTH);
        DECISION.iter().for_each(|field| columns::bind(field, decision, &mut fields));
        let values: Vec<Param> = place.iter().copied().chain(fields.iter().map(Param::from)).collect();
        self.number(&INSERT, &values)
    }

    /// Makes a decision stand, or stand no more, from a time on; the span of time in which it
    /// stood before is kept.
    pub(super) fn set_standing(&self, decision: i64, standing: bool, now: UtcMillis) -> Result<()> {
        if !standing {
            let sql = "UPDATE decision SET standing = 0, stood_until = ?2 WHERE seq = ?1 AND standing = 1";
            return self.pipeline(sql, params![decision, now]);
        }
        // One that ended when it began is no span.
        let sql = "INSERT INTO decision_span (decision_seq, stood_from, stood_until)
            SELECT seq, stood_from, stood_until FROM decision WHERE seq = ?1 AND stood_from < stood_until";
        self.pipeline(sql, params![decision])?;
        let sql = "UPDATE decision SET standing = 1, stood_from = ?2, stood_until = NULL WHERE seq = ?1";
        self.pipeline(sql, params![decision, now])
    }

    /// Takes it back that a decision which has just come in stands: its reviewer has decided
    /// later.
    pub(super) fn never_stood(&self, decision: i64) -> Result<()> {
        let sql = "UPDATE decision SET standing = 0, stood_from = NULL WHERE seq = ?1";
        self.pipeline(sql, params![decision])
    }
}

fn timed(row: &dyn Row) -> Result<Timed> {
    Ok(Timed { id: row.string(0)?, at: row.need_int(1)?, millis: row.need_int(2)? })
}

/// A decision from [`COLUMNS`], which start at column `at`.
pub(super) fn decision(row: &dyn Row, at: usize) -> Result<Decision> {
    read(DECISION, row, at)
}

/// A decision from its body, in column `at`, and the columns of these fields behind it.
pub(super) fn read(
    fields: impl IntoIterator<Item = &'static DecisionField> + Clone,
    row: &dyn Row,
    at: usize,
) -> Result<Decision> {
    let draft = from_json(row.need_text(at)?)?;
    let judgement = Judgement::new(Verdict::Accept, draft); // the verdict is a field, and read with the others
    let mut decision = Decision {
        id: String::new(),
        judgement,
        reviewer: String::new(),
        decided_at: 0,
        spec_version: 0,
        due_at: None,
        part: Part::default(),
    };
    columns::read(fields, row, at + 1, &mut decision)?;
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[test]
    fn a_sitting_is_read_without_putting_all_decisions_in_order() {
        let plan = plan(NEWEST, 4);
        assert!(plan.contains("MERGE (UNION ALL)") && !plan.contains("MATERIALIZE decision_by_reviewer"), "{plan}");
    }
}
