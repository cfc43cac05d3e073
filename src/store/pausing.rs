//! Pauses: a reviewer whose answers on golden examples speak against the share that should be right is
//! served and decides nothing more in the queue, or is told, until a lead lifts it.

use super::engine::{Row, params};
use super::events::Subject;
use super::golden::IS_GOLDEN;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::analysis::reviewer::Paused;
use crate::analysis::stats::sequential::ln_e_failed;
use crate::domain::event::{EventKind, Lifted};
use crate::domain::queue::{Actor, Queue};
use crate::domain::team::Role;

/// The evidence from which on something follows: a hundred to one against the share that should be right.
const EVIDENCE: f64 = 100.0;

/// Characters of a reason, at most.
const MAX_WHY: usize = 10_000;

/// SQL: the answers `d` on examples `g` that are right or wrong, of the reviewer `?2` in the queue `?1`.
/// Right is the verdict of the example as it is now; an escalation of what is not to be escalated is neither.
pub(super) fn answers() -> String {
    format!(
        "calibration x JOIN decision d ON d.seq = x.decision_seq JOIN golden g ON g.item_seq = x.item_seq
            AND {IS_GOLDEN}
         WHERE x.queue_id = ?1 AND x.reviewer = ?2 AND (d.verdict <> 'escalate' OR g.verdict = 'escalate')"
    )
}

const COLUMNS: &str = "reviewer, paused_at, good, bad, pass, stops, seq";

impl Store {
    /// What speaks against a reviewer of the queue and was not lifted.
    pub fn paused(&self, queue: &Queue, reviewer: &str) -> Result<Option<Paused>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM pause WHERE queue_id = ?1 AND reviewer = ?2 AND lifted_at IS NULL
             ORDER BY seq DESC LIMIT 1"
        );
        self.first(&sql, params![queue.id, reviewer], paused)
    }

    /// The pause by which the reviewer is served nothing, where the spec in force has `[calibrate]`.
    pub(super) fn stopped(&self, Actor { queue, reviewer, .. }: Actor) -> Result<Option<Paused>> {
        if queue.spec.spec.calibrate.is_none() {
            return Ok(None);
        }
        Ok(self.paused(queue, reviewer)?.filter(|paused| paused.stops))
    }

    pub(super) fn is_not_stopped(&self, actor: Actor) -> Result<()> {
        self.stopped(actor)?.map_or(Ok(()), |paused| Err(StoreError::Paused(Box::new(paused))))
    }

    /// Lets a reviewer of the queue be served again, from whom answers are counted anew. Fails where
    /// nothing stands against them, and where they would lift it themselves on a team.
    pub fn lift(&self, actor: Actor, reviewer: &str, why: &str) -> Result<Paused> {
        let why = why.trim();
        let refuse = |reason: String, hint: &str| Err(StoreError::NotLifted { reason, hint: hint.into() });
        if why.is_empty() || why.chars().count() > MAX_WHY {
            return refuse(
                format!("a reason to lift a pause has 1 to {MAX_WHY} characters"),
                "say what was talked about",
            );
        }
        self.write(|tx| {
            tx.need(actor.reviewer, Role::Lead)?;
            let Some(paused) = tx.paused(actor.queue, reviewer)? else {
                let hint = format!("`karat people {}` tells who is paused", actor.queue.name);
                return refuse(format!("`{reviewer}` is not paused in {}", actor.queue.name), &hint);
            };
            tx.lift(Subject::of(actor, None), &paused, why)?;
            Ok(paused)
        })
    }
}

impl Tx<'_> {
    fn lift(&self, by: Subject, paused: &Paused, why: &str) -> Result<()> {
        let Paused { reviewer, seq, .. } = paused;
        if reviewer == by.actor && self.has_rules()? && self.owner()?.as_deref() != Some(reviewer) {
            return Err(StoreError::NotLifted {
                reason: "nobody lifts their own pause".into(),
                hint: "ask another lead: `karat team list` tells who leads".into(),
            });
        }
        self.log(by, &EventKind::Lifted(Lifted { reviewer: reviewer.clone(), why: why.into() }))?;
        let sql = "UPDATE pause SET lifted_at = ?2, lifted_by = ?3, why = ?4 WHERE seq = ?1 AND lifted_at IS NULL";
        self.execute(sql, params![*seq, by.now, by.actor, why]).map(drop)
    }

    /// Lifts all pauses of the queue: its spec asks for no right answers any more.
    pub(super) fn lift_all(&self, by: Subject) -> Result<()> {
        let sql = format!("SELECT {COLUMNS} FROM pause WHERE queue_id = ?1 AND lifted_at IS NULL ORDER BY seq");
        let standing = self.all(&sql, params![by.queue], paused)?;
        standing.iter().try_for_each(|paused| self.lift(by, paused, "the spec has no [calibrate] any more"))
    }

    /// Weighs the reviewer's answers on examples since the last pause, after one more.
    pub(super) fn weigh_answers(&self, actor: Actor, answer: i64) -> Result<()> {
        let Actor { queue, reviewer, now, .. } = actor;
        let Some(terms) = &queue.spec.spec.calibrate else { return Ok(()) };
        if self.paused(queue, reviewer)?.is_some() {
            return Ok(());
        }
        let sql = format!(
            "SELECT COUNT(CASE WHEN d.verdict = g.verdict THEN 1 END), COUNT(CASE WHEN d.verdict <> g.verdict THEN 1 END)
             FROM {} AND d.seq > COALESCE((SELECT MAX(p.decision_seq) FROM pause p
                WHERE p.queue_id = ?1 AND p.reviewer = ?2), 0)",
            answers()
        );
        let counts = self.first(&sql, params![queue.id, reviewer], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let (good, bad) = counts.unwrap_or_default();
        let evidence = ln_e_failed(good.unsigned_abs(), bad.unsigned_abs(), terms.pass);
        if good + bad < i64::from(terms.least) || evidence < EVIDENCE.ln() {
            return Ok(());
        }
        let sql = "INSERT INTO pause (queue_id, reviewer, decision_seq, good, bad, pass, stops, paused_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let stops = i64::from(terms.pauses);
        self.execute(sql, params![queue.id, reviewer, answer, good, bad, terms.pass, stops, now])?;
        self.log(Subject::of(actor, None), &EventKind::Paused { stops: terms.pauses })
    }
}

fn paused(row: &dyn Row) -> Result<Paused> {
    Ok(Paused {
        reviewer: row.string(0)?,
        at: row.need_int(1)?,
        good: row.need_int(2)?,
        bad: row.need_int(3)?,
        pass: row.real(4)?.unwrap_or_default(),
        stops: row.need_int(5)? == 1,
        seq: row.need_int(6)?,
    })
}
