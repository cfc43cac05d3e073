//! Declining: a reviewer leaves an item to others, and is not offered it again until they take
//! that back. Nothing is counted, and where the item stands does not change.

use super::calibrating;
use super::decisions::own_standing;
use super::engine::{Lock, params};
use super::events::Subject;
use super::items;
use super::stage;
use super::steps::{self, Step, StepKind};
use super::team::PRESENT;
use super::transaction::Tx;
use super::undo::Turn;
use super::{Result, Store, StoreError};
use crate::domain::decline::MAX_WHY;
use crate::domain::event::{self, EventKind, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::{Actor, Queue};
use crate::domain::spec::Adjudicator;
use crate::domain::stage::Stage;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;

/// A reviewer who has declined an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    pub reviewer: String,
    /// The word or the words of the reason ([`crate::domain::decline::told`]).
    pub why: String,
    pub at: UtcMillis,
}

/// What somebody meets who declines an item.
struct Before {
    stage: Stage,
    has_decided: bool,
    declined: Option<String>,
}

impl Store {
    /// Declines an item for the reviewer, who gives up what they have claimed of it. Refused where
    /// the item asks for no judgement, where one of theirs stands, and where they have declined it.
    pub fn decline(&self, actor: Actor, item: Seq, why: &str) -> Result<()> {
        let why = why.trim();
        if why.is_empty() || why.chars().count() > MAX_WHY {
            let reason = format!("a reason to decline has 1 to {MAX_WHY} characters");
            return Err(StoreError::NotDeclined { reason, hint: None });
        }
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            let probe = tx.probe(item, actor.reviewer)?;
            if probe == Some(Purpose::Repeat) {
                // Refused, it would be told from what is new; it is not served to them once more.
                tx.drop_repeat(item, actor.reviewer)?;
                return tx
                    .execute("DELETE FROM claim WHERE item_seq = ?1 AND reviewer = ?2", params![item, actor.reviewer])
                    .map(drop);
            }
            let before = tx.before_declining(actor, item)?;
            if probe.is_none() || before.declined.is_some() {
                before.check()?;
            }
            let sql = "DELETE FROM claim WHERE item_seq = ?1 AND reviewer = ?2";
            tx.execute(sql, params![item, actor.reviewer])?;
            let step = tx.add_step(actor, StepKind::Decline, item)?;
            tx.set_declined(actor, item, step, why)?;
            tx.log(Subject::of(actor, Some(item)), &EventKind::Declined(event::Declined::new(why)))
        })
    }

    /// Takes it back that the reviewer has declined an item, whatever they have done since.
    /// `false`: they have not declined it.
    pub fn take_decline_back(&self, actor: Actor, item: Seq) -> Result<bool> {
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            let Some(step) = tx.decline_step(item, actor.reviewer)? else { return Ok(false) };
            tx.turn_decline(actor, &step, Turn::Undo, Reversal::new(StepWhat::Decline))?;
            Ok(true)
        })
    }

    /// The step by which the reviewer has declined the item.
    pub(super) fn decline_step(&self, item: Seq, reviewer: &str) -> Result<Option<Step>> {
        let sql = format!(
            "SELECT {} FROM step s JOIN declined x ON x.step_seq = s.seq WHERE x.item_seq = ?1 AND x.reviewer = ?2",
            steps::COLUMNS
        );
        self.first(&sql, params![item, reviewer], steps::step)
    }

    fn before_declining(&self, Actor { reviewer, .. }: Actor, item: Seq) -> Result<Before> {
        let sql = format!(
            "SELECT i.stage, CASE WHEN EXISTS (SELECT 1 FROM decision o WHERE {}) THEN 1 ELSE 0 END, {}
             FROM item i WHERE i.seq = ?1",
            own_standing("o", "i.seq", "?2"),
            stage::why_declined("i", "?2")
        );
        let found = self.first(&sql, params![item, reviewer], |row| {
            Ok(Before {
                stage: items::stage(row, 0)?,
                has_decided: row.need_int(1)? == 1,
                declined: row.opt_string(2)?,
            })
        })?;
        found.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))
    }

    /// Who has declined an item, in that order.
    pub(super) fn who_declined(&self, item: Seq) -> Result<Vec<Declined>> {
        let sql = "SELECT reviewer, why, at FROM declined WHERE item_seq = ?1 ORDER BY at, reviewer";
        self.all(sql, params![item], |row| {
            Ok(Declined { reviewer: row.string(0)?, why: row.string(1)?, at: row.need_int(2)? })
        })
    }

    /// Whether the reviewer has declined the item.
    pub(super) fn has_declined(&self, item: Seq, reviewer: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM declined WHERE item_seq = ?1 AND reviewer = ?2";
        Ok(self.number(sql, params![item, reviewer])? > 0)
    }

    /// Open items that the reviewer has declined.
    pub(super) fn count_declined(&self, queue: &Queue, reviewer: &str) -> Result<i64> {
        let sql = format!(
            "SELECT COUNT(*) FROM declined x JOIN item i ON i.seq = x.item_seq
             WHERE x.queue_id = ?1 AND x.reviewer = ?2 AND ({} OR {})",
            stage::is_open("i"),
            calibrating::is_served("?2")
        );
        self.number(&sql, params![queue.id, reviewer])
    }

    /// Open items that nobody on the team is left for.
    pub(super) fn count_left_to_nobody(&self, queue: &Queue) -> Result<i64> {
        let sql = format!(
            "SELECT COUNT(DISTINCT x.item_seq) FROM declined x JOIN item i ON i.seq = x.item_seq
             WHERE x.queue_id = ?1 AND {}",
            is_left_to_nobody(queue)
        );
        self.number(&sql, params![queue.id])
    }

    /// Whether an item was declined, and nobody on the team is left for it.
    pub(super) fn is_left_to_nobody(&self, queue: &Queue, item: Seq) -> Result<bool> {
        let sql = format!(
            "SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND EXISTS (SELECT 1 FROM declined x WHERE x.item_seq = i.seq)
             AND {}",
            is_left_to_nobody(queue)
        );
        Ok(self.number(&sql, params![item])? > 0)
    }
}

/// SQL: the open item `i` waits, and everybody on the team whose judgement it could be has declined
/// it or given an opinion on it. Where nobody was granted anything, anybody could come.
fn is_left_to_nobody(queue: &Queue) -> String {
    let roles = |least: Role| {
        let roles = Role::ALL.into_iter().filter(|role| *role >= least).map(|role| format!("'{role}'"));
        format!("p.role IN ({})", roles.collect::<Vec<_>>().join(", "))
    };
    let settles = match queue.spec.spec.adjudicator() {
        Adjudicator::Role(role) => roles(role),
        Adjudicator::Person(name) => format!("p.name = '{}'", name.replace('\'', "''")),
    };
    format!(
        "{} AND i.stage <> 'returned' AND EXISTS (SELECT 1 FROM person) AND NOT EXISTS (
            SELECT 1 FROM person p WHERE {PRESENT} AND {} AND (i.stage <> 'disputed' OR {settles})
            AND NOT EXISTS (SELECT 1 FROM declined y WHERE y.item_seq = i.seq AND y.reviewer = p.name)
            AND NOT EXISTS (SELECT 1 FROM decision o WHERE {}))",
        stage::is_open("i"),
        roles(Role::Reviewer),
        own_standing("o", "i.seq", "p.name")
    )
}

impl Before {
    fn check(self) -> Result<()> {
        let refuse = |reason: String, hint: &str| Err(StoreError::NotDeclined { reason, hint: Some(hint.into()) });
        match self {
            Before { declined: Some(why), .. } => Err(StoreError::Declined { why }),
            Before { has_decided: true, .. } => refuse(
                "a decision of yours stands on this item".into(),
                "undo takes it back; then the item can be declined",
            ),
            Before { stage, .. } if !stage.is_open() => refuse(
                format!("this item asks for nobody's judgement: {}", stage.detail()),
                "`karat explain QUEUE ITEM` tells what it waits for",
            ),
            Before { .. } => Ok(()),
        }
    }
}

impl Tx<'_> {
    pub(super) fn set_declined(
        &self,
        Actor { queue, reviewer, now, .. }: Actor,
        item: Seq,
        step: i64,
        why: &str,
    ) -> Result<()> {
        let sql =
            "INSERT INTO declined (item_seq, reviewer, queue_id, why, at, step_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.execute(sql, params![item, reviewer, queue.id, why, now, step]).map(drop)
    }

    /// Takes it back that an item was declined, or declines it again for the same reason.
    pub(super) fn turn_decline(&self, actor: Actor, step: &Step, turn: Turn, reversal: Reversal) -> Result<()> {
        match turn {
            Turn::Undo => drop(self.execute("DELETE FROM declined WHERE step_seq = ?1", params![step.seq])?),
            Turn::Redo => {
                let (why, at) = self.last_declined(actor, step.item)?;
                self.set_declined(Actor { now: at, ..actor }, step.item, step.seq, &why)?;
            }
        }
        self.end_turn(actor, Some(step.item), step, turn, reversal)
    }

    /// The reason that the reviewer gave last, and when, as the log has it.
    fn last_declined(&self, actor: Actor, item: Seq) -> Result<(String, UtcMillis)> {
        let sql =
            "SELECT e.data, e.at FROM event_by_item e WHERE e.item_seq = ?1 AND e.kind = 'declined' AND e.actor = ?2
            ORDER BY e.seq DESC LIMIT 1";
        let told = self.first(sql, params![item, actor.reviewer], |row| Ok((row.string(0)?, row.need_int(1)?)))?;
        let (data, at) = told.unwrap_or_default();
        match EventKind::read("declined", &serde_json::from_str(&data).unwrap_or_default()) {
            EventKind::Declined(declined) => Ok((declined.why, at)),
            _ => Err(StoreError::Damaged("the log does not tell why an item was declined".into())),
        }
    }
}
