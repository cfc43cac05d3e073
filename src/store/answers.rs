//! Escalations: what waits for an answer and whose it is, what an answer does, and what becomes of
//! a question that nobody answers in time.

use super::deciding::{self, Recording};
use super::engine::{Lock, params};
use super::escalations::{COLUMNS, WIDTH, escalation};
use super::events::Subject;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::claim::Claimed;
use crate::domain::decision::{Decision, Escalation, Judgement, Part, Verdict};
use crate::domain::event::{EventKind, Moved};
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::{Actor, Queue};
use crate::domain::spec::{Route, Spec};
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;

/// Escalations that are moved in one transaction.
const BATCH: i64 = 500;

/// Questions that are counted, at most; a longer inbox has "more than" these.
const COUNTED: i64 = 1000;

/// SQL: the question `e` waits for an answer.
const WAITS: &str = "e.returned_at IS NULL";

/// A question in an inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub queue: String,
    pub seq: Seq,
    /// The item's id.
    pub item: String,
    pub asked: Escalation,
}

impl Asked {
    /// Whether an answer had to come before this time.
    pub fn is_overdue(&self, now: UtcMillis) -> bool {
        self.asked.due_at.is_some_and(|at| at < now)
    }
}

/// How much is in an inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxSize {
    pub questions: i64,
    pub overdue: i64,
}

/// The routes whose questions somebody may answer.
enum Answers {
    All,
    Of(Vec<String>),
}

impl Store {
    /// What waits for an answer of this person in all queues, on a route where one is given: by
    /// when it is due, so that what is overdue comes first; `limit` questions at most.
    pub fn inbox(&self, person: &str, route: Option<&str>, limit: usize) -> Result<Vec<Asked>> {
        self.read(|| {
            let mut found = Vec::new();
            for (queue, routes) in self.asked_of(person)? {
                for key in routes.iter().filter(|key| route.is_none_or(|route| route == *key)) {
                    found.extend(self.questions(&queue, key, limit)?);
                }
            }
            found.sort_by_key(|question| (question.asked.due_at.unwrap_or(i64::MAX), question.asked.at, question.seq));
            found.truncate(limit);
            Ok(found)
        })
    }

    /// How much waits for an answer of this person, counted up to a thousand on each route.
    pub fn inbox_size(&self, person: &str, now: UtcMillis) -> Result<InboxSize> {
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN w.due_at < ?3 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM
                (SELECT e.due_at FROM escalation e WHERE e.queue_id = ?1 AND e.route = ?2 AND {WAITS}
                 ORDER BY e.due_at LIMIT {COUNTED}) w"
        );
        self.read(|| {
            let mut size = InboxSize::default();
            for (queue, routes) in self.asked_of(person)? {
                for key in &routes {
                    let values = params![queue.id, key, now];
                    let of_route = self.first(&sql, values, |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
                    let (questions, overdue) = of_route.unwrap_or_default();
                    size.questions += questions;
                    size.overdue += overdue;
                }
            }
            Ok(size)
        })
    }

    /// The queues in which something waits for this person, each with the routes on which it does.
    fn asked_of(&self, person: &str) -> Result<Vec<(Queue, Vec<String>)>> {
        let mut found = Vec::new();
        for queue in self.queues_with_questions()? {
            let mut routes = self.routes_with_questions(&queue)?;
            if let Answers::Of(own) = self.answers_of(&queue.spec.spec, person)? {
                routes.retain(|route| own.contains(route));
            }
            found.extend((!routes.is_empty()).then_some((queue, routes)));
        }
        Ok(found)
    }

    fn queues_with_questions(&self) -> Result<Vec<Queue>> {
        let sql = format!(
            "SELECT q.name FROM queue q WHERE EXISTS (SELECT 1 FROM escalation e WHERE e.queue_id = q.id AND {WAITS})
             ORDER BY q.name"
        );
        let names = self.all(&sql, &[], |row| row.string(0))?;
        names.iter().map(|name| self.queue(name)).collect()
    }

    /// The keys of the routes on which something waits: one look at the index each.
    fn routes_with_questions(&self, queue: &Queue) -> Result<Vec<String>> {
        let after = |test: &str| {
            format!(
                "SELECT e.route FROM escalation e WHERE e.queue_id = ?1 AND e.route {test} ?2 AND {WAITS}
                ORDER BY e.route LIMIT 1"
            )
        };
        let mut routes: Vec<String> = Vec::new();
        loop {
            let (sql, last) = match routes.last() {
                Some(last) => (after(">"), last.as_str()),
                None => (after(">="), ""),
            };
            match self.first(&sql, params![queue.id, last], |row| row.string(0))? {
                Some(route) => routes.push(route),
                None => return Ok(routes),
            }
        }
    }

    /// The questions on a route, by when they are due; what is never due comes last.
    fn questions(&self, queue: &Queue, route: &str, limit: usize) -> Result<Vec<Asked>> {
        let mut found = Vec::new();
        for due in ["e.due_at IS NOT NULL", "e.due_at IS NULL"] {
            let sql = format!(
                "SELECT {COLUMNS}, i.seq, i.id FROM escalation e JOIN item i ON i.seq = e.item_seq
                 WHERE e.queue_id = ?1 AND e.route = ?2 AND {WAITS} AND {due}
                 ORDER BY e.due_at, e.item_seq LIMIT ?3"
            );
            let left = limit - found.len();
            found.extend(self.all(&sql, params![queue.id, route, left as i64], |row| {
                Ok(Asked {
                    queue: queue.name.clone(),
                    seq: row.need_int(WIDTH)?,
                    item: row.string(WIDTH + 1)?,
                    asked: escalation(row, 0)?,
                })
            })?);
        }
        Ok(found)
    }

    /// Which questions are this person's to answer: those of the routes that they own; all of them
    /// for a lead, and where nobody was granted anything.
    fn answers_of(&self, spec: &Spec, person: &str) -> Result<Answers> {
        if !self.has_rules()? || self.leads(person)? {
            return Ok(Answers::All);
        }
        let own = spec.routes.iter().filter(|route| spec.owners(route).contains(&person));
        Ok(Answers::Of(own.map(|route| route.key.clone()).collect()))
    }

    /// What waits on an item.
    fn question(&self, item: Seq) -> Result<Escalation> {
        let sql = format!("SELECT {COLUMNS} FROM escalation e WHERE e.item_seq = ?1 AND {WAITS}");
        let found = self.first(&sql, params![item], |row| escalation(row, 0))?;
        found.ok_or_else(|| StoreError::Unasked("this item waits for no answer".into()))
    }

    /// Refuses an answer that is not this person's to give. A server refuses by itself, by the
    /// same rules (`may_answer`).
    fn checks_answer(&self, actor: Actor, item: Seq, asked: &Escalation, verdict: Verdict) -> Result<()> {
        let spec = &actor.queue.spec.spec;
        let route = asked.route.as_deref().and_then(|key| spec.route(key));
        let refused = |why: String| Err(StoreError::Unasked(why));
        if verdict == Verdict::Escalate && !asked.is_by_person() {
            return refused("nobody asked who could have it back: accept or reject".into());
        }
        if verdict == Verdict::Escalate && !route.is_some_and(|route| route.returns) {
            return refused(format!("{} sends nothing back: accept or reject", called(route)));
        }
        if self.has_declined(item, actor.reviewer)? {
            return refused("who has declined the item does not answer either".into());
        }
        if !self.has_rules()? {
            return Ok(());
        }
        if asked.by == actor.reviewer {
            return refused("who asked does not answer too".into());
        }
        if self.standing_seq(item, actor.reviewer, Purpose::Opinion)?.is_some() {
            return refused("who gave an opinion on the item does not answer too".into());
        }
        let owners = route.map(|route| spec.owners(route)).unwrap_or_default();
        if owners.contains(&actor.reviewer) || self.leads(actor.reviewer)? {
            return Ok(());
        }
        let owners = if owners.is_empty() { String::new() } else { format!("{}, or ", owners.join(", ")) };
        refused(format!("{} is answered by {owners}a lead", called(route)))
    }

    /// Whether what waits on the item is asked of this person: a lead, or an owner of its route.
    pub(super) fn is_to_answer(&self, actor: Actor, item: Seq) -> Result<bool> {
        let spec = &actor.queue.spec.spec;
        let route = self.question(item)?.route;
        let route = route.as_deref().and_then(|key| spec.route(key));
        let owns = route.is_some_and(|route| spec.owners(route).contains(&actor.reviewer));
        Ok(owns || self.leads(actor.reviewer)?)
    }

    /// Answers what waits on an item: an acceptance or a rejection settles it, an escalation sends
    /// it back with its note to who asked, whose new decision ends that.
    pub fn answer(&self, actor: Actor, item: &str, judgement: &Judgement) -> Result<Decision> {
        let seq = self.seq_of(actor.queue, item)?;
        let mut judgement = judgement.clone();
        if judgement.verdict == Verdict::Escalate {
            judgement.draft_mut().route = self.question(seq)?.route;
        }
        deciding::check(actor.queue, &judgement)?;
        let decision = Decision { part: Part::answer(), due_at: None, ..deciding::decision(actor, &judgement) };
        self.write_idempotent(|tx| {
            tx.lock(Lock::Items(&[seq]))?;
            if tx.is_recorded(seq, &decision.id)? {
                return Ok(());
            }
            let asked = tx.question(seq)?;
            tx.checks_answer(actor, seq, &asked, judgement.verdict)?;
            match tx.claim(actor, seq)? {
                Claimed::Other { reviewer, until } => return Err(StoreError::Claimed { reviewer, until }),
                Claimed::Nobody => return Err(StoreError::ClaimLost { by: None, decided: None }),
                Claimed::Mine(claim) => tx.drop_claim(seq, &claim.token)?,
            };
            let over = tx.of_record(seq)?.map(|record| record.id);
            let over = over.as_deref();
            // One that they gave to an earlier question.
            let supersedes = tx.standing_seq(seq, actor.reviewer, Purpose::Answer)?;
            let recording = Recording { queue: actor.queue, seq, bulk: None, supersedes, over, is_alone: false };
            tx.record(recording, &decision).map(drop)
        })?;
        Ok(decision)
    }

    /// Does what is due: every escalation that nobody has answered in time goes on to the route
    /// that the spec names, once, however many programs do it at the same time. Gives what moved.
    pub fn tick(&self, actor: &str, now: UtcMillis) -> Result<Vec<Asked>> {
        let mut moved = Vec::new();
        if self.only_reads || !self.decides {
            return Ok(moved);
        }
        for queue in self.queues_with_questions()? {
            let spec = &queue.spec.spec;
            for route in &spec.routes {
                let Some(next) = route.overdue.as_deref().and_then(|key| spec.route(key)) else { continue };
                while self.is_overdue(&queue, route, now)? {
                    let batch = self.write(|tx| tx.move_overdue(queue.actor(actor, now), route, next))?;
                    if batch.is_empty() {
                        break; // another program moves them
                    }
                    moved.extend(batch);
                }
            }
        }
        Ok(moved)
    }

    /// How many questions are overdue on each route on which they stay until somebody answers: by the
    /// queue's name and the route's key, which is empty where there is none.
    pub fn overdue_for_good(&self, now: UtcMillis) -> Result<Vec<(String, String, i64)>> {
        let sql = format!("SELECT COUNT(*) FROM escalation e WHERE {}", overdue());
        self.read(|| {
            let mut stay = Vec::new();
            for queue in self.queues_with_questions()? {
                for key in self.routes_with_questions(&queue)? {
                    if queue.spec.spec.route(&key).is_some_and(|route| route.overdue.is_some()) {
                        continue;
                    }
                    let questions = self.number(&sql, params![queue.id, &key, now])?;
                    stay.extend((questions > 0).then(|| (queue.name.clone(), key, questions)));
                }
            }
            Ok(stay)
        })
    }

    fn is_overdue(&self, queue: &Queue, route: &Route, now: UtcMillis) -> Result<bool> {
        let sql = format!("SELECT 1 FROM escalation e WHERE {} LIMIT 1", overdue());
        Ok(self.first(&sql, params![queue.id, &route.key, now], |_| Ok(()))?.is_some())
    }
}

impl Tx<'_> {
    /// Moves escalations that are overdue on a route to the next, and tells the log. Who is told
    /// that one moved is the only one.
    fn move_overdue(&self, actor: Actor, route: &Route, next: &Route) -> Result<Vec<Asked>> {
        self.need(actor.reviewer, Role::Reviewer)?;
        let Actor { queue, now, .. } = actor;
        let (overdue, due) = (overdue(), next.due_at(now));
        let sql = format!(
            "UPDATE escalation SET route = ?4, due_at = ?5, moved_at = ?3 WHERE item_seq IN
                (SELECT e.item_seq FROM escalation e JOIN item i ON i.seq = e.item_seq WHERE {overdue}
                    ORDER BY e.due_at, e.item_seq LIMIT {BATCH} {})
             AND route = ?2 AND returned_at IS NULL RETURNING item_seq",
            // The item, which does not change: what another has just moved on would be waited for.
            self.engine.dialect().skip_locked("i")
        );
        let values = params![queue.id, &route.key, now, &next.key, due];
        let mut moved = Vec::new();
        for seq in self.all(&sql, values, |row| row.need_int(0))? {
            let event = Moved { from: route.key.clone(), to: next.key.clone(), due };
            self.log(Subject::of(actor, Some(seq)), &EventKind::Moved(event))?;
            let asked = self.question(seq)?;
            moved.push(Asked { queue: queue.name.clone(), seq, item: self.id_of(seq)?, asked });
        }
        Ok(moved)
    }
}

/// SQL: the question `e` of the queue `?1` waits on the route `?2` and is overdue at the time `?3`.
fn overdue() -> String {
    format!("e.queue_id = ?1 AND e.route = ?2 AND e.due_at < ?3 AND {WAITS}")
}

fn called(route: Option<&Route>) -> String {
    route.map_or_else(|| "what has no route".into(), |route| format!("the route `{}`", route.key))
}
