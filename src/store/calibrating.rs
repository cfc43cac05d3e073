//! Golden examples among what is served. Which servings they take the place of is drawn from what no
//! screen shows, and which example comes from the names of the reviewer and the item. Nobody claims
//! one: several people may have it before them at once.

use super::claims::{new_claim, served_claim};
use super::decisions::own_standing;
use super::engine::{Param, params};
use super::golden::{IS_GOLDEN, conditions};
use super::pick::Pick;
use super::stage::{is_declined, is_open};
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::claim::Claim;
use crate::domain::golden::Narrow;
use crate::domain::item::Seq;
use crate::domain::queue::Actor;
use crate::domain::sampling::{GOLDEN, draw};
use crate::domain::spec::CalibrateTerms;
use std::collections::HashSet;

/// Markers before those of [`conditions`].
const OWN_MARKERS: usize = 3;

/// SQL: the item `i` is before the reviewer as an example that they have not decided.
pub(super) fn is_served(reviewer: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM calibration x WHERE x.item_seq = i.seq AND x.reviewer = {reviewer}
            AND x.decision_seq IS NULL)"
    )
}

/// SQL: the same, by this token.
pub(super) fn is_served_by(reviewer: &str, token: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM calibration x WHERE x.item_seq = i.seq AND x.reviewer = {reviewer}
            AND x.token = {token} AND x.decision_seq IS NULL)"
    )
}

/// SQL: the example `g` of the item `i` is served in no other way.
fn is_example() -> String {
    format!("{IS_GOLDEN} AND i.replaced_by IS NULL AND NOT {}", is_open("i"))
}

/// SQL: the reviewer has kept, decided, declined, deferred or seen the item `i`, or has it before them.
fn is_known_to(reviewer: &str, now: &str) -> String {
    let rows = ["decision", "calibration", "declined", "deferral", "draft"];
    let of = rows
        .map(|table| format!("EXISTS (SELECT 1 FROM {table} k WHERE k.item_seq = i.seq AND k.reviewer = {reviewer})"));
    format!(
        "({} OR EXISTS (SELECT 1 FROM golden k WHERE k.item_seq = i.seq AND k.kept_by = {reviewer})
            OR EXISTS (SELECT 1 FROM claim k WHERE k.item_seq = i.seq AND k.reviewer = {reviewer}
                AND k.expires_at > {now}))",
        of.join(" OR ")
    )
}

impl Store {
    /// Serves the reviewer an example: one that they have not decided since it was served, else a new
    /// one where it is drawn and an ordinary item is free beside it.
    pub(super) fn serve_example(&self, actor: Actor, pick: Pick) -> Result<Option<(Seq, Claim)>> {
        let Some(terms) = &actor.queue.spec.spec.calibrate else { return Ok(None) };
        if self.serving().filter.asks_for_decided() {
            return Ok(None); // what that finds shows its verdicts
        }
        let found = match self.waiting_example(actor, pick)? {
            None if pick.deferred || !self.is_example_due(actor, terms)? || !self.is_another_free(actor)? => None,
            None => self.new_example(actor, terms, pick)?,
            found => found,
        };
        Ok(found.map(|(item, token)| (item, served_claim(token, actor.now))))
    }

    /// What was served and not decided comes again, as an ordinary item does.
    fn waiting_example(&self, actor: Actor, pick: Pick) -> Result<Option<(Seq, String)>> {
        let Actor { queue, reviewer, .. } = actor;
        let sql = format!(
            "SELECT x.item_seq, x.token FROM calibration x JOIN item i ON i.seq = x.item_seq
             JOIN golden g ON g.item_seq = i.seq
             WHERE x.queue_id = ?1 AND x.reviewer = ?2 AND x.decision_seq IS NULL AND i.seq <> ?3 AND {}
             AND NOT {} AND NOT EXISTS (SELECT 1 FROM decision o WHERE {})
             AND (?4 = 1 OR NOT EXISTS (SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?2))
             ORDER BY x.served_at, x.item_seq",
            is_example(),
            is_declined("i", "?2"),
            own_standing("o", "i.seq", "?2")
        );
        let values = params![queue.id, reviewer, pick.after.unwrap_or(-1), i64::from(pick.deferred)];
        let waiting = self.all(&sql, values, |row| Ok((row.need_int(0)?, row.string(1)?)))?;
        let found = self.found_by_list(actor, &waiting.iter().map(|(item, _)| *item).collect::<Vec<_>>())?;
        Ok(waiting.into_iter().find(|(item, _)| found.contains(item)))
    }

    /// Whether an example takes the place of the reviewer's next serving. It is drawn from the id of
    /// their newest decision, which is random and on no screen, and from how many examples they were
    /// served: to start anew or to skip draws the same.
    fn is_example_due(&self, Actor { queue, reviewer, .. }: Actor, terms: &CalibrateTerms) -> Result<bool> {
        let sql = "SELECT d.id FROM decision d WHERE d.seq = (SELECT l.seq FROM decision_by_reviewer l
            WHERE l.queue_id = ?1 AND l.reviewer = ?2 AND l.standing = 1 ORDER BY l.seq DESC LIMIT 1)";
        let newest = self.first(sql, params![queue.id, reviewer], |row| row.string(0))?.unwrap_or_default();
        let sql = "SELECT COUNT(*) FROM calibration WHERE queue_id = ?1 AND reviewer = ?2";
        let served = self.number(sql, params![queue.id, reviewer])?;
        Ok(draw(GOLDEN, &queue.name, &format!("{reviewer}\n{newest}\n{served}")) < terms.share)
    }

    /// Chooses among the examples that are new to the reviewer, and notes that it is served.
    fn new_example(&self, actor: Actor, terms: &CalibrateTerms, pick: Pick) -> Result<Option<(Seq, String)>> {
        let Actor { queue, reviewer, now, .. } = actor;
        let mut narrowed = Vec::new();
        let narrow = conditions(&Narrow::parse(&terms.golden), &mut narrowed, OWN_MARKERS);
        let sql = format!(
            "SELECT i.seq, i.id FROM golden g JOIN item i ON i.seq = g.item_seq
             WHERE g.queue_id = ?1 AND {} AND NOT {}{narrow}",
            is_example(),
            is_known_to("?2", "?3")
        );
        let values: Vec<Param> =
            params![queue.id, reviewer, now].iter().copied().chain(narrowed.iter().map(Param::from)).collect();
        let mut examples = self.all(&sql, &values, |row| {
            let (item, id) = (row.need_int(0)?, row.string(1)?);
            Ok((item, draw(GOLDEN, &queue.name, &format!("{reviewer}\n{id}"))))
        })?;
        examples.retain(|(item, _)| Some(*item) != pick.after);
        examples.sort_by(|one, other| one.1.total_cmp(&other.1));
        let items: Vec<Seq> = examples.into_iter().map(|(item, _)| item).collect();
        let found = self.found_by_list(actor, &items)?;
        let Some(item) = items.into_iter().find(|item| found.contains(item)) else { return Ok(None) };
        let claim = new_claim(now);
        let sql = "INSERT INTO calibration (item_seq, reviewer, queue_id, token, served_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (item_seq, reviewer) DO NOTHING RETURNING item_seq";
        let values = params![item, reviewer, queue.id, &claim.token, now];
        Ok(self.first(sql, values, |row| row.need_int(0))?.map(|item| (item, claim.token)))
    }

    /// Those of the items that the reviewer's own filter finds: others would stand out.
    fn found_by_list(&self, actor: Actor, items: &[Seq]) -> Result<HashSet<Seq>> {
        let serving = self.serving();
        if serving.filter.is_everything() {
            return Ok(items.iter().copied().collect());
        }
        let filter = self.resolve(actor.queue, &serving.filter, actor.now)?;
        let condition = self.condition(actor.queue, &filter, actor.reviewer)?;
        let sql =
            format!("SELECT i.seq FROM item i WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND {}", condition.sql);
        let mut found = HashSet::new();
        for item in items {
            let own = params![actor.queue.id, *item, *item];
            let values: Vec<Param> = own.iter().copied().chain(condition.values.iter().map(Param::from)).collect();
            found.extend(self.first(&sql, &values, |row| row.need_int(0))?);
        }
        Ok(found)
    }

    /// The token by which the item is before the reviewer as an example.
    pub(super) fn example_token(&self, item: Seq, reviewer: &str) -> Result<Option<String>> {
        let sql = "SELECT token FROM calibration WHERE item_seq = ?1 AND reviewer = ?2 AND decision_seq IS NULL";
        self.first(sql, params![item, reviewer], |row| row.string(0))
    }

    /// Whether the token is that of an example which is before somebody.
    pub(super) fn is_example_token(&self, item: Seq, token: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM calibration WHERE item_seq = ?1 AND token = ?2 AND decision_seq IS NULL";
        Ok(self.number(sql, params![item, token])? > 0)
    }
}

impl Tx<'_> {
    /// Notes that somebody was served an example in a copy.
    pub(super) fn note_served(&self, actor: Actor, item: Seq, token: &str) -> Result<()> {
        let sql = "INSERT INTO calibration (item_seq, reviewer, queue_id, token, served_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (item_seq, reviewer) DO NOTHING";
        self.execute(sql, params![item, actor.reviewer, actor.queue.id, token, actor.now]).map(drop)
    }

    /// Notes what the reviewer has decided on an example, the first of it; `None`: they have taken it
    /// back, and have it before them again.
    pub(super) fn set_calibrated(&self, actor: Actor, item: Seq, decision: Option<i64>) -> Result<()> {
        let Some(decision) = decision else {
            let sql = "UPDATE calibration SET decision_seq = NULL, token = ?3 WHERE item_seq = ?1 AND reviewer = ?2";
            let claim = new_claim(actor.now);
            return self.pipeline(sql, params![item, actor.reviewer, &claim.token]);
        };
        let sql = "UPDATE calibration SET decision_seq = ?3 WHERE item_seq = ?1 AND reviewer = ?2
            AND decision_seq IS NULL";
        self.pipeline(sql, params![item, actor.reviewer, decision])
    }
}
