//! Counters by group: the decisions of record of a queue by model, prompt version and day, by
//! category, by reviewer and, of waiting escalations, by desk. They are counted after the commit, in slices,
//! by whoever files the index of texts, so that a decision pays nothing for them.

use super::drafts::from_json;
use super::engine::{Param, Row, params};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::time::UtcMillis;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Items counted in one transaction, at most.
const BATCH: i64 = 256;

/// What the decisions of a queue are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GroupKind {
    /// Model, prompt version, and the day of the decision in UTC, by its first millisecond.
    Made,
    /// A failure category's key; a decision is in several.
    Category,
    Reviewer,
    /// Of waiting escalations: the route's key, and the minutes at which it was decided and is due.
    Desk,
}

impl GroupKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            GroupKind::Made => "made",
            GroupKind::Category => "category",
            GroupKind::Reviewer => "reviewer",
            GroupKind::Desk => "desk",
        }
    }
}

/// A group: what its decisions have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    queue: i64,
    kind: GroupKind,
    key: String,
    sub: String,
    at: UtcMillis,
    due: UtcMillis,
}

/// Decisions by verdict: accepted, rejected, escalated.
type Tally = [i64; 3];

/// A decision that is to be counted, or no more.
struct Change {
    seq: i64,
    /// 1 or -1.
    by: i64,
    verdict: Verdict,
    groups: Vec<Group>,
}

/// SQL: 1 where the decision `d` is of record on its item `i`, else 0.
const IS_OF_RECORD: &str = "CASE WHEN i.decision_seq = d.seq AND d.reviewer_kind = 'person' THEN 1 ELSE 0 END";

/// The columns that [`read()`] reads, behind a number: `d` is decision, `i` its item.
const COLUMNS: &str =
    "d.seq, d.verdict, d.queue_id, i.model, i.prompt_version, d.reviewer, d.decided_at, d.due_at, d.body";

impl Store {
    /// Counts what was decided or undone since the counters were brought up last, for about
    /// `budget`; `true`: more is left.
    pub fn count_groups(&self, budget: Duration) -> Result<bool> {
        let start = Instant::now();
        while !self.only_reads && self.has_uncounted()? && self.may_count()? {
            let is_last = self.write(|tx| tx.count_batch(BATCH))?;
            if is_last || start.elapsed() >= budget {
                return Ok(!is_last);
            }
        }
        Ok(false)
    }

    /// Decisions that are not looked at yet, roughly, and all.
    pub(super) fn uncounted(&self) -> Result<(i64, i64)> {
        let sql = "SELECT COALESCE((SELECT MAX(seq) FROM decision), 0), m.decision_seq,
            (SELECT COUNT(*) FROM group_stale) FROM group_mark m";
        let found = self.first(sql, &[], |row| Ok((row.need_int(0)?, row.need_int(1)?, row.need_int(2)?)))?;
        let (newest, mark, stale) = found.unwrap_or_default();
        Ok(((newest - mark).max(0) + stale, newest))
    }

    /// Whether nobody else counts, or keeps others from it.
    fn may_count(&self) -> Result<bool> {
        let unlocked = self.engine.dialect().skip_locked("m");
        Ok(self.first(&format!("SELECT 1 FROM group_mark m {unlocked}"), &[], |_| Ok(()))?.is_some())
    }

    fn has_uncounted(&self) -> Result<bool> {
        Ok(self.uncounted()?.0 > 0)
    }
}

impl Tx<'_> {
    /// The item stands otherwise than before: it is to be counted anew.
    pub(super) fn forget_count(&self, item: Seq) -> Result<()> {
        self.pipeline("INSERT INTO group_stale (item_seq) VALUES (?1)", params![item])
    }

    /// Counts an item that is about to be replaced anew: by what it was when it was counted.
    pub(super) fn count_before_change(&self, item: Seq) -> Result<()> {
        let sql = "SELECT 1 FROM decision WHERE item_seq = ?1 LIMIT 1";
        if self.first(sql, params![item], |_| Ok(()))?.is_some() {
            self.hold_mark()?;
            self.count(&[item])?;
        }
        Ok(())
    }

    /// Counts at most so many of the next items; `true`: they were the last ones.
    fn count_batch(&self, most: i64) -> Result<bool> {
        let mark = self.hold_mark()?;
        let to = self.engine.visible_horizon("decision", "seq")?;
        let decided = "SELECT seq, item_seq FROM decision WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
        let decided = self.all(decided, params![mark, to, most], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        // Those that are removed here were committed: what is read below is what they tell of.
        let stale = "DELETE FROM group_stale WHERE item_seq <= (SELECT MAX(x.item_seq) FROM
            (SELECT item_seq FROM group_stale ORDER BY item_seq LIMIT ?1) x) RETURNING item_seq";
        let stale = self.all(stale, params![most], |row| row.need_int(0))?;
        let is_last = decided.len() < most as usize && stale.len() < most as usize;
        if let Some((newest, _)) = decided.last() {
            self.pipeline("UPDATE group_mark SET decision_seq = ?1", params![*newest])?;
        }
        let mut items: Vec<Seq> = decided.into_iter().map(|(_, item)| item).chain(stale).collect();
        items.sort_unstable();
        items.dedup();
        self.count(&items)?;
        Ok(is_last)
    }

    /// The newest decision that was looked at. Nobody else counts until this transaction ends.
    fn hold_mark(&self) -> Result<i64> {
        self.number("UPDATE group_mark SET decision_seq = decision_seq RETURNING decision_seq", &[])
    }

    /// Makes the counters say what is of record on these items.
    fn count(&self, items: &[Seq]) -> Result<()> {
        let mut tallies = BTreeMap::new();
        for change in self.changes(items)? {
            let sql = match change.by {
                1 => "INSERT INTO group_counted (decision_seq) VALUES (?1)",
                _ => "DELETE FROM group_counted WHERE decision_seq = ?1",
            };
            self.pipeline(sql, params![change.seq])?;
            add(&mut tallies, change);
        }
        tallies.iter().try_for_each(|(group, tally)| self.add_to_group(group, *tally))
    }

    fn changes(&self, items: &[Seq]) -> Result<Vec<Change>> {
        let sql = format!(
            "SELECT {IS_OF_RECORD} - CASE WHEN c.decision_seq IS NULL THEN 0 ELSE 1 END, {COLUMNS}
             FROM decision d JOIN item i ON i.seq = d.item_seq LEFT JOIN group_counted c ON c.decision_seq = d.seq
             WHERE d.item_seq = ?1"
        );
        let values: Vec<Vec<Param>> = items.iter().map(|item| params![*item].to_vec()).collect();
        let mut changes = Vec::new();
        self.engine.query_each(&sql, &values, &mut |_, row| {
            let change = self.readable("decision", &row.need_int(1)?, read(row))?;
            changes.extend(change.filter(|change| change.by != 0));
            Ok(())
        })?;
        Ok(changes)
    }

    fn add_to_group(&self, group: &Group, tally: Tally) -> Result<()> {
        let key = params![group.queue, group.kind.as_str(), &group.key, &group.sub, group.at, group.due];
        let sql = "INSERT INTO group_count (queue_id, kind, key, sub, at, due, accepted, rejected, escalated)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (queue_id, kind, key, sub, at, due) DO UPDATE SET
                accepted = group_count.accepted + excluded.accepted,
                rejected = group_count.rejected + excluded.rejected,
                escalated = group_count.escalated + excluded.escalated";
        self.pipeline(sql, &[key.as_slice(), &tally.map(Param::Int)].concat())?;
        if tally.iter().all(|change| *change >= 0) {
            return Ok(());
        }
        let sql = "DELETE FROM group_count WHERE queue_id = ?1 AND kind = ?2 AND key = ?3 AND sub = ?4 AND at = ?5
            AND due = ?6 AND accepted = 0 AND rejected = 0 AND escalated = 0";
        self.pipeline(sql, key)
    }

    /// Begins to count all over again.
    pub(super) fn reset_groups(&self) -> Result<()> {
        self.hold_mark()?;
        for table in ["group_count", "group_counted", "group_stale"] {
            self.execute(&format!("DELETE FROM {table}"), &[])?;
        }
        self.execute("UPDATE group_mark SET decision_seq = 0", &[]).map(drop)
    }
}

/// For [`Store::doctor`].
impl Store {
    /// How many groups are kept otherwise than the decisions that are counted add up to, and how
    /// many decisions are counted or left out wrongly.
    pub(super) fn group_difference(&self) -> Result<i64> {
        let (mut kept, mut counted) = (BTreeMap::new(), BTreeMap::new());
        let sql = "SELECT queue_id, kind, key, sub, at, due, accepted, rejected, escalated FROM group_count";
        self.engine.stream(sql, &[], &mut |row| {
            let key: (i64, String, String, String, i64, i64) =
                (row.need_int(0)?, row.string(1)?, row.string(2)?, row.string(3)?, row.need_int(4)?, row.need_int(5)?);
            kept.insert(key, [row.need_int(6)?, row.need_int(7)?, row.need_int(8)?]);
            Ok(())
        })?;
        let sql = format!(
            "SELECT 1, {COLUMNS} FROM group_counted c JOIN decision d ON d.seq = c.decision_seq
             JOIN item i ON i.seq = d.item_seq"
        );
        self.engine.stream(&sql, &[], &mut |row| {
            let change = self.readable("decision", &row.need_int(1)?, read(row))?;
            change.into_iter().for_each(|change| add(&mut counted, change));
            Ok(())
        })?;
        let counted: BTreeMap<_, Tally> = counted
            .into_iter()
            .map(|(group, tally)| {
                let Group { queue, kind, key, sub, at, due } = group;
                ((queue, kind.as_str().to_owned(), key, sub, at, due), tally)
            })
            .collect();
        let differing = kept.keys().chain(counted.keys()).filter(|key| kept.get(key) != counted.get(key));
        let differing = differing.collect::<std::collections::BTreeSet<_>>().len() as i64;
        let sql = format!(
            "SELECT 1, {COLUMNS} FROM decision d JOIN item i ON i.seq = d.item_seq
             LEFT JOIN group_counted c ON c.decision_seq = d.seq
             WHERE d.seq <= (SELECT decision_seq FROM group_mark)
             AND {IS_OF_RECORD} <> CASE WHEN c.decision_seq IS NULL THEN 0 ELSE 1 END
             AND NOT EXISTS (SELECT 1 FROM group_stale s WHERE s.item_seq = d.item_seq)
             AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.item_seq = d.item_seq
                AND n.seq > (SELECT decision_seq FROM group_mark))"
        );
        let uncounted = self.all(&sql, &[], |row| self.readable("decision", &row.need_int(1)?, read(row)))?;
        Ok(differing + uncounted.iter().flatten().count() as i64)
    }
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
const MINUTE_MILLIS: i64 = 60 * 1000;

/// A decision from a number and [`COLUMNS`], with the groups that it is in.
fn read(row: &dyn Row) -> Result<Change> {
    let verdict: Verdict = row.need_text(2)?.parse().map_err(StoreError::Damaged)?;
    let (queue, decided_at, due_at) = (row.need_int(3)?, row.need_int(7)?, row.int(8)?);
    let draft = from_json(row.need_text(9)?)?;
    let text = |at: usize| row.opt_string(at).map(Option::unwrap_or_default);
    let group = |kind, key: String| Group { queue, kind, key, sub: String::new(), at: 0, due: 0 };
    let day = decided_at.div_euclid(DAY_MILLIS) * DAY_MILLIS;
    let mut groups = vec![
        Group { sub: text(5)?, at: day, ..group(GroupKind::Made, text(4)?) },
        group(GroupKind::Reviewer, text(6)?),
    ];
    groups.extend(draft.categories.into_iter().map(|key| group(GroupKind::Category, key)));
    if verdict == Verdict::Escalate {
        let minute = |at: UtcMillis| at.div_euclid(MINUTE_MILLIS) * MINUTE_MILLIS;
        let (at, due) = (minute(decided_at), due_at.map_or(0, minute));
        groups.push(Group { at, due, ..group(GroupKind::Desk, draft.route.unwrap_or_default()) });
    }
    Ok(Change { seq: row.need_int(1)?, by: row.need_int(0)?, verdict, groups })
}

fn add(tallies: &mut BTreeMap<Group, Tally>, change: Change) {
    let place = Verdict::ALL.iter().position(|verdict| *verdict == change.verdict).unwrap_or_default();
    for group in change.groups {
        tallies.entry(group).or_default()[place] += change.by;
    }
}
