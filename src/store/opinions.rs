//! Opinions as slots: which of those that are asked of an item a reviewer may give or claim, what
//! part their decision has in settling it, and who settles opinions that disagree.
//!
//! A claim holds one slot of an item. An adjudication claims the slot [`ADJUDICATION`].

use super::decisions::own_standing;
use super::engine::{Param, params};
use super::filter::unreadable;
use super::listing::Condition;
use super::stage::{is_claimed, is_declined, is_open, stage_of};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Part, Verdict};
use crate::domain::filter::{self, SavedFilters, Words};
use crate::domain::item::Seq;
use crate::domain::policy::{Cause, Purpose};
use crate::domain::queue::{Actor, Queue};
use crate::domain::sampling::{AUDIT, draw};
use crate::domain::spec::Adjudicator;
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;

/// The slot that is claimed for no opinion: to settle those that are there.
pub(super) const ADJUDICATION: i64 = 0;

/// SQL: one opinion is asked of the item `i`, and nobody has settled others' with a decision.
pub(super) const IS_PLAIN: &str = "(i.opinions = 1 AND NOT EXISTS
    (SELECT 1 FROM decision s WHERE s.seq = i.decision_seq AND s.purpose <> 'opinion'))";

/// SQL: the lowest opinion asked of the item `i` that nobody has given or claimed at the time
/// `now`; NULL: all are.
fn free_slot(now: &str) -> String {
    format!(
        "(SELECT MIN(n.column1) FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)) n WHERE n.column1 <= i.opinions
            AND NOT EXISTS (SELECT 1 FROM decision o WHERE o.item_seq = i.seq AND o.slot = n.column1 AND o.standing = 1)
            AND NOT EXISTS (SELECT 1 FROM claim c
                WHERE c.item_seq = i.seq AND c.slot = n.column1 AND c.expires_at > {now}))"
    )
}

/// SQL: the slot of the item `i`, which is free for a reviewer, that they claim at the time `now`:
/// their own where it came back to them.
pub(super) fn next_slot(reviewer: &str, now: &str) -> String {
    format!(
        "CASE WHEN i.stage = 'disputed' THEN {ADJUDICATION} WHEN i.opinions = 1 THEN 1
            WHEN i.stage = 'returned' THEN COALESCE((SELECT o.slot FROM decision o WHERE {}), {ADJUDICATION})
            ELSE COALESCE({}, 1) END",
        own_standing("o", "i.seq", reviewer),
        free_slot(now)
    )
}

/// SQL: the slot of the item `i` that a reviewer claims who is shown it, free or not, at the time
/// `now`: the one that they have, else a free one, else one of another's that comes free next.
pub(super) fn shown_slot(reviewer: &str, session: &str, now: &str) -> String {
    format!(
        "CASE WHEN i.opinions = 1 THEN 1 ELSE COALESCE(
            (SELECT c.slot FROM claim c WHERE c.item_seq = i.seq AND c.reviewer = {reviewer}
                AND (c.expires_at > {now} OR c.session = {session}) ORDER BY c.expires_at DESC LIMIT 1),
            (SELECT o.slot FROM decision o WHERE {}),
            CASE WHEN i.stage = 'disputed' THEN {ADJUDICATION} END,
            {},
            (SELECT c.slot FROM claim c WHERE c.item_seq = i.seq AND c.expires_at > {now} ORDER BY c.expires_at LIMIT 1),
            {ADJUDICATION}) END",
        own_standing("o", "i.seq", reviewer),
        free_slot(now)
    )
}

/// SQL: the open item `i` asks for a judgement of the reviewer, whoever has claimed it; `adjudicates` says
/// whether they settle disagreements. The same for all items with the same `asked_of`.
pub(super) fn asks(reviewer: &str, adjudicates: &str) -> String {
    let gave = format!("EXISTS (SELECT 1 FROM decision o WHERE {})", own_standing("o", "i.seq", reviewer));
    format!(
        "CASE i.stage WHEN 'waiting' THEN i.opinions = 1 OR NOT {gave}
            WHEN 'returned' THEN {}
            WHEN 'disputed' THEN {adjudicates} AND NOT {gave}
            ELSE NOT {gave} END",
        is_answered_for(reviewer)
    )
}

/// SQL: what was asked about the item `i` is the reviewer's own question.
fn is_answered_for(reviewer: &str) -> String {
    format!("EXISTS (SELECT 1 FROM escalation e WHERE e.item_seq = i.seq AND e.asked_by = {reviewer})")
}

/// SQL: who alone decides the item `i`, which came back to them with an answer and of which one opinion is
/// asked; NULL: it did not, or to the reviewer. (Where more are asked, those that nobody has given stay open.)
pub(super) fn returned_to_another(reviewer: &str) -> String {
    format!(
        "(SELECT q.asked_by FROM escalation q WHERE q.item_seq = i.seq AND i.stage = 'returned' AND i.opinions = 1
            AND NOT {})",
        is_answered_for(reviewer)
    )
}

/// SQL: the open item `i` [`asks`] for a judgement of the reviewer, and nobody has claimed that at the
/// time `now`.
pub(super) fn is_asked_of(reviewer: &str, now: &str, adjudicates: &str) -> String {
    format!(
        "{} AND CASE WHEN i.opinions = 1 OR i.stage IN ('disputed', 'returned') THEN NOT {}
            ELSE NOT EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.reviewer = {reviewer}
                    AND c.expires_at > {now})
                AND {} IS NOT NULL END",
        asks(reviewer, adjudicates),
        is_claimed("i", now),
        free_slot(now)
    )
}

/// SQL: the item `i` is free for a reviewer: of the queue `?1`, open, it asks for a judgement of
/// `?3` that nobody has claimed at the time `?2`, and it is theirs to decide: neither declined nor deferred,
/// nor put back for another;
/// where `?4` is 1, also deferred. `adjudicates` says whether they settle disagreements.
pub(super) fn free_for_reviewer(adjudicates: &str) -> String {
    let asked = is_asked_of("?3", "?2", adjudicates);
    format!("i.queue_id = ?1 AND {} AND {asked} AND {}", is_open("i"), is_wanted())
}

/// SQL: the item `i` of those that meet a condition, open or not, is claimed by nobody and neither
/// declined nor deferred, as [`free_for_reviewer`] says.
pub(super) fn free_of_those(which: &str) -> String {
    format!("i.queue_id = ?1 AND {which} AND NOT {} AND {}", is_claimed("i", "?2"), is_wanted())
}

fn is_wanted() -> String {
    let deferral = "SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?3";
    format!(
        "NOT {} AND NOT {} AND (?4 = 1 OR NOT EXISTS ({deferral}))",
        is_declined("i", "?3"),
        is_reserved_for_another("?3")
    )
}

/// SQL: the item `i` was put back for another than the reviewer, who has neither decided nor declined
/// it yet.
pub(super) fn is_reserved_for_another(reviewer: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM reserved v WHERE v.item_seq = i.seq AND v.reviewer <> {reviewer} AND NOT {}
            AND NOT EXISTS (SELECT 1 FROM decision z WHERE {}))",
        is_declined("i", "v.reviewer"),
        own_standing("z", "i.seq", "v.reviewer")
    )
}

/// A decision that stands on an item.
struct Given {
    reviewer: String,
    verdict: Verdict,
    purpose: Purpose,
    slot: Option<i64>,
}

impl Given {
    /// Opinions have come to this decision, and it rests on them.
    fn settles(&self) -> bool {
        self.purpose.settles() && self.verdict != Verdict::Escalate
    }
}

impl Store {
    /// SQL: the reviewer at the marker settles disagreements under the spec in force.
    pub(super) fn adjudicates(&self, queue: &Queue, reviewer: &str) -> String {
        match queue.spec.spec.adjudicator() {
            Adjudicator::Role(role) => self.has_role(role, reviewer),
            Adjudicator::Person(name) => format!("{reviewer} = '{}'", name.replace('\'', "''")),
        }
    }

    pub(super) fn may_adjudicate(&self, Actor { queue, reviewer, .. }: Actor) -> Result<bool> {
        // Not every rule names the reviewer.
        let who = "FROM (SELECT CAST(?1 AS TEXT) AS name) n";
        let sql = format!("SELECT CASE WHEN {} THEN 1 ELSE 0 END {who}", self.adjudicates(queue, "n.name"));
        Ok(self.number(&sql, params![reviewer])? == 1)
    }

    /// How many opinions are asked of an item.
    pub(super) fn asked(&self, item: Seq) -> Result<i64> {
        self.number("SELECT opinions FROM item WHERE seq = ?1", params![item])
    }

    /// Who alone decides an item that came back with an answer, where that is another than the reviewer.
    pub(super) fn returned_to_another(&self, item: Seq, reviewer: &str) -> Result<Option<String>> {
        let sql = format!("SELECT {} FROM item i WHERE i.seq = ?1", returned_to_another("?2"));
        Ok(self.first(&sql, params![item, reviewer], |row| row.opt_string(0))?.flatten())
    }

    /// The decisions that stand on an item.
    fn given(&self, item: Seq) -> Result<Vec<Given>> {
        let sql = "SELECT reviewer, verdict, purpose, slot FROM decision WHERE item_seq = ?1 AND standing = 1";
        self.all(sql, params![item], |row| {
            let verdict = row.need_text(1)?.parse().map_err(StoreError::Damaged)?;
            let purpose = row.need_text(2)?.parse().map_err(StoreError::Damaged)?;
            Ok(Given { reviewer: row.string(0)?, verdict, purpose, slot: row.int(3)? })
        })
    }
}

impl Tx<'_> {
    /// What part the reviewer's decision has on the locked item: their opinion once more, the one
    /// of the slot that they have claimed or else a free one, or what settles them. Fails where it
    /// would have none.
    pub(super) fn part(&self, actor: Actor, item: Seq, claimed: Option<i64>, cause: Option<Cause>) -> Result<Part> {
        let sql = "SELECT opinions, stage FROM item WHERE seq = ?1";
        let found = self.first(sql, params![item], |row| Ok((row.need_int(0)?, stage_of(row.need_text(1)?)?)))?;
        let (asked, stage) = found.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))?;
        let given = self.given(item)?;
        let (own, others): (Vec<Given>, _) = given.into_iter().partition(|given| given.reviewer == actor.reviewer);
        if let Some(by) = others.iter().find(|given| given.settles()) {
            return Err(StoreError::Settled { by: by.reviewer.clone() });
        }
        let mut part = match own.first() {
            Some(own) => Part { purpose: own.purpose, slot: own.slot, ..Part::default() },
            None if asked == 1 => Part::default(),
            None => match claimed.filter(|slot| is_free(*slot, asked, &others)).or(free_opinion(asked, &others)) {
                Some(slot) => Part { slot: Some(slot), ..Part::default() },
                None if stage == Stage::Disputed => self.adjudication(actor)?,
                None => return Err(StoreError::NoOpinionAsked { given: asked }),
            },
        };
        part.after_seen = part.purpose.is_opinion() && asked > 1 && self.changes_after_seen(item, actor.reviewer)?;
        match cause {
            Some(_) if part.purpose != Purpose::Adjudication => Err(StoreError::NotDisputed),
            _ => self.with_sides(actor.queue, item, part),
        }
    }

    fn adjudication(&self, actor: Actor) -> Result<Part> {
        if !self.may_adjudicate(actor)? {
            let who = actor.queue.spec.spec.adjudicator();
            return Err(StoreError::Forbidden(format!("opinions on this item disagree, and {who} settles that")));
        }
        Ok(Part { purpose: Purpose::Adjudication, slot: None, ..Part::default() })
    }

    /// The slot of an opinion that comes in from a copy: its reviewer's, the one that it had there
    /// or another that is free; `None`: it counts nowhere.
    pub(super) fn slot_for(&self, item: Seq, reviewer: &str, there: i64) -> Result<Option<i64>> {
        let asked = self.asked(item)?;
        if asked == 1 {
            return Ok(Some(there));
        }
        let (own, others): (Vec<Given>, _) =
            self.given(item)?.into_iter().partition(|given| given.reviewer == reviewer);
        let own = own.first().and_then(|given| given.slot);
        let there = Some(there).filter(|slot| is_free(*slot, asked, &others));
        Ok(own.or(there).or(free_opinion(asked, &others)))
    }

    /// Asks for a second opinion on the item, where the spec says so of its first or the item is
    /// drawn for an audit, and no other is there; `true`: one is asked that was not.
    pub(super) fn ask_more(&self, actor: Actor, item: Seq) -> Result<bool> {
        let Some(review) = &actor.queue.spec.spec.review else { return Ok(false) };
        if let Some(share) = review.audit
            && self.is_drawn(AUDIT, actor.queue, item, share)?
        {
            return self.ask_second(actor, item, &Condition { sql: "1 = 1".into(), values: Vec::new() });
        }
        let Some(text) = &review.second_opinion else { return Ok(false) };
        let words = Words::of([&actor.queue.spec.spec]);
        let rule = filter::parse_rule(text, &words).map_err(|error| unreadable(text, error))?;
        let rule = rule.resolved(&SavedFilters::new(), actor.now).map_err(|error| unreadable(text, error))?;
        self.ask_second(actor, item, &self.condition_under(words, &rule, actor.reviewer))
    }

    /// The item's case, or else its id, is among the share that is drawn by the word.
    pub(super) fn is_drawn(&self, word: &str, queue: &Queue, item: Seq, share: f64) -> Result<bool> {
        let sql = "SELECT COALESCE(case_id, id) FROM item WHERE seq = ?1";
        let case = self.first(sql, params![item], |row| row.string(0))?;
        Ok(case.is_some_and(|case| draw(word, &queue.name, &case) < share))
    }

    fn ask_second(&self, actor: Actor, item: Seq, Condition { sql, values }: &Condition) -> Result<bool> {
        let sql = format!(
            "SELECT COUNT(*) FROM item i WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND i.opinions = 1
                AND (SELECT COUNT(*) FROM decision o WHERE o.item_seq = ?2 AND o.standing = 1 AND o.slot IS NOT NULL) = 1
                AND {sql}"
        );
        let values: Vec<Param> =
            params![actor.queue.id, item, item].iter().copied().chain(values.iter().map(Param::from)).collect();
        let is_asked = self.number(&sql, &values)? == 1;
        if is_asked {
            self.ask_as_many(item, 2, actor.now)?;
        }
        Ok(is_asked)
    }

    /// Asks so many opinions of the item from now on, where those are more: what was of record
    /// alone is one of them then. Gives whether it asks for more.
    pub(super) fn ask_as_many(&self, item: Seq, asked: i64, now: UtcMillis) -> Result<bool> {
        if self.asked(item)? >= asked {
            return Ok(false);
        }
        self.keep_before(item, now)?;
        self.pipeline("UPDATE item SET opinions = ?2 WHERE seq = ?1", params![item, asked])?;
        Ok(true)
    }

    /// Refuses to take a decision back, or to bring it back, where another has settled the item
    /// since, or the next attempt has taken its place: that rests on what stands.
    pub(super) fn nothing_rests(&self, item: Seq, decision: i64) -> Result<()> {
        let sql = "SELECT s.reviewer FROM decision o JOIN decision s ON s.item_seq = o.item_seq
            WHERE o.seq = ?2 AND s.item_seq = ?1 AND s.standing = 1 AND s.reviewer <> o.reviewer AND s.seq > o.seq
            AND s.purpose IN ('adjudication', 'answer') AND s.verdict <> 'escalate'";
        self.refuse_settled(sql, item, decision)?;
        self.is_not_replaced(item)
    }

    /// Refuses to take a question back that somebody has sent back with an answer.
    pub(super) fn no_answer_rests(&self, item: Seq, decision: i64) -> Result<()> {
        let sql = "SELECT e.returned_by FROM escalation e
            WHERE e.item_seq = ?1 AND e.decision_seq = ?2 AND e.returned_at IS NOT NULL";
        self.refuse_settled(sql, item, decision)
    }

    fn refuse_settled(&self, sql: &str, item: Seq, decision: i64) -> Result<()> {
        match self.first(sql, params![item, decision], |row| row.string(0))? {
            Some(by) => Err(StoreError::Settled { by }),
            None => Ok(()),
        }
    }

    /// Refuses to bring a decision back that is asked no more: another has given the opinion, the
    /// opinions agree, or the question has gone or is another.
    pub(super) fn is_still_asked(&self, item: Seq, decision: i64) -> Result<()> {
        let sql = format!(
            "SELECT o.purpose, CASE WHEN CASE o.purpose
                WHEN 'answer' THEN EXISTS (SELECT 1 FROM escalation e WHERE e.item_seq = i.seq
                    AND e.returned_at IS NULL AND COALESCE(e.decision_seq, i.decision_seq) < o.seq)
                WHEN 'adjudication' THEN i.stage = 'disputed' OR o.supersedes IS NOT NULL
                ELSE (o.purpose <> 'opinion' OR {} IS NULL)
                    AND (i.opinions = 1 OR NOT EXISTS (SELECT 1 FROM decision n WHERE n.item_seq = i.seq
                    AND n.standing = 1 AND n.slot = o.slot AND n.reviewer <> o.reviewer)) END
                THEN 1 ELSE 0 END
            FROM decision o JOIN item i ON i.seq = o.item_seq WHERE o.seq = ?2 AND i.seq = ?1",
            returned_to_another("o.reviewer")
        );
        let found = self.first(&sql, params![item, decision], |row| {
            let purpose: Purpose = row.need_text(0)?.parse().map_err(StoreError::Damaged)?;
            Ok((row.need_int(1)? == 0).then_some(purpose))
        })?;
        let Some(purpose) = found.flatten() else { return Ok(()) };
        let why = match purpose {
            Purpose::Answer => "this item waits for no such answer any more",
            Purpose::Adjudication => "the opinions on this item do not disagree any more",
            _ => "another has given this opinion meanwhile, or the item came back to who asked about it",
        };
        Err(StoreError::Unasked(why.into()))
    }
}

/// The lowest of the opinions asked that nobody has given.
fn free_opinion(asked: i64, given: &[Given]) -> Option<i64> {
    (1..=asked).find(|slot| is_free(*slot, asked, given))
}

/// The opinion is asked, and nobody has given it.
fn is_free(slot: i64, asked: i64, given: &[Given]) -> bool {
    (1..=asked).contains(&slot) && given.iter().all(|given| given.slot != Some(slot))
}
