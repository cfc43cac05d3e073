//! What the home screen tells of a queue, from kept figures: as quick in a large one as in a
//! small one.

use super::calibrating;
use super::decisions::OF_RECORD;
use super::drafts::IS_WRITTEN;
use super::engine::{Row, params};
use super::golden::IS_GOLDEN;
use super::groups::GroupKind;
use super::items::verdict;
use super::stage;
use super::{Result, Store};
use crate::domain::decision::Verdict;
use crate::domain::queue::{Actor, Counts, Queue};
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;

/// A queue at a glance. Verdicts are those of record; groups may be a second behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dashboard {
    /// The queue's name.
    pub queue: String,
    /// What the spec asks of each item.
    pub question: String,
    pub owner: Option<String>,
    pub spec_version: i64,
    pub counts: Counts,
    /// Open items that the reviewer has deferred.
    pub deferred: i64,
    /// Open items that the reviewer has declined.
    pub declined: i64,
    /// Items on which the reviewer has put something down that is not decided yet.
    pub drafts: i64,
    /// Disputed items, where the reviewer settles disagreements.
    pub disputed: i64,
    /// By model and prompt version, most decided first.
    pub made: Vec<Group>,
    /// By failure category, commonest first; the name stands in [`Group::name`].
    pub categories: Vec<Group>,
    pub reviewers: Vec<Group>,
    /// The routes of the spec, and how many escalations wait there.
    pub desks: Vec<Desk>,
    /// Decisions of the last 14 days, oldest first.
    pub days: Vec<i64>,
    pub golden_examples: i64,
    pub golden_version: i64,
    /// Items that could join them, up to [`Dashboard::MAX_CANDIDATES`].
    pub golden_candidates: i64,
    pub newest: Vec<Newest>,
    /// Decisions that are in no group yet, and all that there are.
    pub uncounted: (i64, i64),
}

impl Dashboard {
    /// Candidates are counted up to so many.
    pub const MAX_CANDIDATES: i64 = 100;
}

/// Decisions of record that have something in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The model, the category's key, the reviewer; empty where it is not known.
    pub key: String,
    /// The prompt version of a model; empty where it is not known.
    pub sub: String,
    pub name: String,
    pub accepted: i64,
    pub decided: i64,
    /// Of a model: the last days that [`Dashboard::days`] has.
    pub days: Vec<Day>,
}

/// What was decided on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    pub accepted: i64,
    pub decided: i64,
}

/// Where escalations go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// The route's key.
    pub key: String,
    pub name: String,
    pub waiting: i64,
    /// How many should have been answered by now.
    pub overdue: i64,
    /// The time of the escalation that waits longest, to the minute.
    pub oldest: Option<UtcMillis>,
    /// The time by which the next one is due that is not yet overdue.
    pub next_due: Option<UtcMillis>,
}

/// A decision made lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    pub item: String,
    /// `None`: it is kept from the reader.
    pub verdict: Option<Verdict>,
    pub reviewer: String,
    pub at: UtcMillis,
}

/// Groups that are read of a kind.
const MAX_GROUPS: i64 = 12;

/// Newest decisions that are read.
const MAX_NEWEST: i64 = 5;

/// Days that are told of.
const DAYS: usize = 14;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

impl Store {
    /// The queue at a glance, for a reviewer.
    pub fn dashboard(&self, actor: Actor) -> Result<Dashboard> {
        let Actor { queue, reviewer, now, .. } = actor;
        let spec = &queue.spec.spec;
        let mut categories = self.groups(queue, GroupKind::Category)?;
        self.withhold_categories(queue, reviewer, &mut categories)?;
        for group in &mut categories {
            group.name = spec.failure(&group.key).map_or_else(|| group.key.clone(), |failure| failure.name.clone());
        }
        let mut made = self.groups(queue, GroupKind::Made)?;
        let days = self.days(queue, now, &mut made)?;
        let counts = self.counts(queue)?;
        let disputed = counts.at(Stage::Disputed);
        let golden = format!("SELECT COUNT(*) FROM golden g WHERE g.queue_id = ?1 AND {IS_GOLDEN}");
        Ok(Dashboard {
            queue: queue.name.clone(),
            question: spec.decision.clone(),
            owner: spec.owner.clone(),
            spec_version: queue.spec.version,
            counts,
            disputed: if disputed > 0 && self.may_adjudicate(actor)? { disputed } else { 0 },
            deferred: self.count_deferred(queue, reviewer)?,
            declined: self.count_declined(queue, reviewer)?,
            drafts: self.count_drafts(queue, reviewer)?,
            made,
            categories,
            reviewers: self.groups(queue, GroupKind::Reviewer)?,
            desks: self.desks(queue, now)?,
            days,
            golden_examples: self.number(&golden, params![queue.id])?,
            golden_version: self.golden_version(queue.id)?,
            golden_candidates: self.count_golden_candidates(queue, Dashboard::MAX_CANDIDATES)?,
            newest: self.newest_decisions(queue, reviewer)?,
            uncounted: self.uncounted()?,
        })
    }

    /// Open items that the reviewer has deferred.
    pub(super) fn count_deferred(&self, queue: &Queue, reviewer: &str) -> Result<i64> {
        let sql = format!(
            "SELECT COUNT(*) FROM deferral f JOIN item i ON i.seq = f.item_seq
             WHERE f.queue_id = ?1 AND f.reviewer = ?2 AND ({} OR {})",
            stage::is_open("i"),
            calibrating::is_served("?2")
        );
        self.number(&sql, params![queue.id, reviewer])
    }

    fn count_drafts(&self, queue: &Queue, reviewer: &str) -> Result<i64> {
        // `+ 0`: by the few drafts, not by the queue's items, of which there are millions.
        let sql = format!(
            "SELECT COUNT(*) FROM draft w JOIN item i ON i.seq = w.item_seq
             WHERE w.reviewer = ?2 AND {IS_WRITTEN} AND i.queue_id + 0 = ?1"
        );
        self.number(&sql, params![queue.id, reviewer])
    }

    /// The largest groups of a kind.
    fn groups(&self, queue: &Queue, kind: GroupKind) -> Result<Vec<Group>> {
        let sql = "SELECT key, sub, CAST(SUM(accepted) AS BIGINT), CAST(SUM(accepted + rejected + escalated) AS BIGINT)
            FROM group_count WHERE queue_id = ?1 AND kind = ?2 GROUP BY key, sub ORDER BY 4 DESC, key, sub LIMIT ?3";
        self.all(sql, params![queue.id, kind.as_str(), MAX_GROUPS], |row| {
            let (accepted, decided) = (row.need_int(2)?, row.need_int(3)?);
            Ok(Group { key: row.string(0)?, sub: row.string(1)?, accepted, decided, ..Group::default() })
        })
    }

    /// The routes in the order of the spec; then what waits where the spec has a route no more.
    fn desks(&self, queue: &Queue, now: UtcMillis) -> Result<Vec<Desk>> {
        let routes = &queue.spec.spec.routes;
        let desk = |key: &str, name: &str| Desk { key: key.into(), name: name.into(), ..Desk::default() };
        let mut desks: Vec<Desk> = routes.iter().map(|route| desk(&route.key, &route.name)).collect();
        let sql = "SELECT key, at, due, escalated FROM group_count WHERE queue_id = ?1 AND kind = ?2 ORDER BY at";
        let waiting = self.all(sql, params![queue.id, GroupKind::Desk.as_str()], |row| {
            Ok((row.string(0)?, row.need_int(1)?, row.need_int(2)?, row.need_int(3)?))
        })?;
        for (key, at, due, count) in waiting {
            let place = desks.iter().position(|desk| desk.key == key).unwrap_or_else(|| {
                desks.push(desk(&key, if key.is_empty() { "no route" } else { &key }));
                desks.len() - 1
            });
            let desk = &mut desks[place];
            desk.waiting += count;
            desk.oldest.get_or_insert(at);
            match due {
                0 => {} // no time was set
                due if due <= now => desk.overdue += count,
                due => desk.next_due = Some(desk.next_due.map_or(due, |next| next.min(due))),
            }
        }
        Ok(desks)
    }

    /// Decisions of the last days, oldest first; those of the models are put to them.
    fn days(&self, queue: &Queue, now: UtcMillis, made: &mut [Group]) -> Result<Vec<i64>> {
        let first = now.div_euclid(DAY_MILLIS) - (DAYS as i64 - 1);
        let sql = "SELECT key, sub, at, accepted, accepted + rejected + escalated FROM group_count
            WHERE queue_id = ?1 AND kind = ?2 AND at >= ?3";
        let found = self.all(sql, params![queue.id, GroupKind::Made.as_str(), first * DAY_MILLIS], |row| {
            let day = Day { accepted: row.need_int(3)?, decided: row.need_int(4)? };
            Ok((row.string(0)?, row.string(1)?, row.need_int(2)?, day))
        })?;
        let mut days = vec![0; DAYS];
        made.iter_mut().for_each(|group| group.days = vec![Day::default(); DAYS]);
        for (key, sub, at, day) in found {
            let place = usize::try_from(at / DAY_MILLIS - first).ok().filter(|place| *place < DAYS);
            let Some(place) = place else { continue }; // of a clock that runs ahead
            days[place] += day.decided;
            if let Some(group) = made.iter_mut().find(|group| group.key == key && group.sub == sub) {
                group.days[place] = day;
            }
        }
        Ok(days)
    }

    /// Takes the categories of escalations out of the figures that are kept from the reviewer: those
    /// are of record while the opinions on their items are open.
    fn withhold_categories(&self, queue: &Queue, reviewer: &str, categories: &mut Vec<Group>) -> Result<()> {
        let sql = format!(
            "SELECT c.category, COUNT(*) FROM escalation e JOIN item i ON i.seq = e.item_seq AND i.opinions > 1
             JOIN decision d ON {OF_RECORD} JOIN group_counted n ON n.decision_seq = d.seq
             JOIN decision_category c ON c.decision_seq = d.seq
             WHERE e.queue_id = ?1 AND {} GROUP BY c.category",
            self.is_kept("d", "?2")
        );
        for (key, kept) in self.all(&sql, params![queue.id, reviewer], |row| Ok((row.string(0)?, row.need_int(1)?)))? {
            if let Some(group) = categories.iter_mut().find(|group| group.key == key) {
                group.decided -= kept;
            }
        }
        categories.retain(|group| group.decided > 0);
        categories.sort_by_key(|group| std::cmp::Reverse(group.decided));
        Ok(())
    }

    fn newest_decisions(&self, queue: &Queue, reviewer: &str) -> Result<Vec<Newest>> {
        let sql = format!(
            "SELECT i.id, CASE WHEN d.verdict = 'escalate' OR NOT {} THEN d.verdict END, d.reviewer, d.decided_at, d.seq
             FROM (SELECT l.seq, l.decided_at FROM decision_by_time l WHERE l.queue_id = ?1 AND l.standing = 1
                 ORDER BY l.decided_at DESC, l.seq DESC LIMIT ?2) l
             JOIN decision d ON d.seq = l.seq JOIN item i ON i.seq = d.item_seq
             ORDER BY l.decided_at DESC, l.seq DESC",
            self.is_kept("d", "?3")
        );
        let readable = |row: &dyn Row| self.readable("decision", &row.need_int(4)?, newest(row));
        Ok(self.all(&sql, params![queue.id, MAX_NEWEST, reviewer], readable)?.into_iter().flatten().collect())
    }
}

fn newest(row: &dyn Row) -> Result<Newest> {
    Ok(Newest { item: row.string(0)?, verdict: verdict(row, 1)?, reviewer: row.string(2)?, at: row.need_time(3)? })
}
