//! Waivers: somebody answers for a bar until a day, whatever it comes to. A waiver is an event, and
//! ends by itself.

use super::engine::params;
use super::events::Subject;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::bar::Bar;
use crate::domain::event::{EventKind, Waived};
use crate::domain::queue::{Actor, Queue};
use crate::domain::spec::Spec;
use crate::domain::team::Role;
use crate::domain::time::{HOUR_MILLIS, UtcMillis, day};

/// Days for which a bar may be waived, beside that on which it is.
const MOST_DAYS: i64 = 90;

/// A waiver in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    pub by: String,
    /// The first moment at which it is over.
    pub until: UtcMillis,
    pub why: String,
}

impl Waiver {
    /// The last day of it: `2026-12-01`.
    pub fn last_day(&self) -> String {
        day(self.until - 1)
    }
}

impl Store {
    /// Waives a bar to the end of the day `until` (its first moment): by its owner, or a lead.
    pub fn waive(&self, actor: Actor, bar: &Bar, until: UtcMillis, why: &str) -> Result<Waiver> {
        let day_millis = 24 * HOUR_MILLIS;
        if until + day_millis <= actor.now {
            return Err(StoreError::Refused {
                reason: format!("{} is over", day(until)),
                hint: "name today or a day to come".into(),
            });
        }
        let last = actor.now - actor.now.rem_euclid(day_millis) + MOST_DAYS * day_millis;
        if until > last {
            return Err(StoreError::Refused {
                reason: format!("a bar is waived for {MOST_DAYS} days at most"),
                hint: format!("name {} or a day before it; a waiver may be given again", day(last)),
            });
        }
        let waiver = Waiver { by: actor.reviewer.into(), until: until + day_millis, why: why.into() };
        self.write(|tx| tx.waive(actor, bar, &waiver))?;
        Ok(waiver)
    }

    /// The waiver of the bar that is in force: the newest, given for the same terms.
    pub(super) fn waiver(&self, queue: &Queue, bar: &Bar, now: UtcMillis) -> Result<Option<Waiver>> {
        let sql = "SELECT e.seq, e.actor, e.data FROM event e WHERE e.queue_id = ?1 AND e.kind = 'waived' ORDER BY e.seq DESC";
        let mut found = None;
        self.engine.query(sql, params![queue.id], &mut |row| {
            let data = serde_json::from_str(row.need_text(2)?).unwrap_or_default();
            if let EventKind::Waived(waived) = EventKind::read("waived", &data)
                && found.is_none()
                && waived.bar == bar.key
            {
                let is_in_force = waived.terms == bar.hash() && now < waived.until;
                let by = row.string(1)?;
                found = Some(is_in_force.then_some(Waiver { by, until: waived.until, why: waived.why }));
            }
            Ok(())
        })?;
        Ok(found.flatten())
    }
}

impl Tx<'_> {
    fn waive(&self, actor: Actor, bar: &Bar, waiver: &Waiver) -> Result<()> {
        let spec = &actor.queue.spec.spec;
        let owners = bar.owner.as_deref().map(|owner| spec.people(owner)).unwrap_or_default();
        if !owners.contains(&actor.reviewer) && !self.is_lead(actor.reviewer)? {
            let owner = bar.owner.as_deref().map_or("has no owner".into(), |owner| format!("is owned by {owner}"));
            return Err(StoreError::Forbidden(format!(
                "the bar {} {owner}, and is waived by its owner or a lead alone",
                bar.key
            )));
        }
        let Waiver { until, why, .. } = waiver.clone();
        let waived = Waived { bar: bar.key.clone(), terms: bar.hash(), until, why };
        self.log(Subject::of(actor, None), &EventKind::Waived(waived))
    }

    /// Whether the person leads here; anybody does where there is no team.
    fn is_lead(&self, person: &str) -> Result<bool> {
        match self.need(person, Role::Lead) {
            Ok(()) => Ok(self.engine.rights().is_none_or(|rights| {
                rights.is_owner().unwrap_or(false) || rights.own().ok().flatten() == Some(Role::Lead)
            })),
            Err(StoreError::Forbidden(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes who owns the bars of a version of a spec, for a server to enforce it.
    pub(super) fn add_bars(&self, queue: i64, version: i64, spec: &Spec) -> Result<()> {
        let sql = "INSERT INTO policy_bar (queue_id, spec_version, bar, person) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (queue_id, spec_version, bar, person) DO NOTHING";
        for bar in &spec.bars {
            for person in bar.owner.as_deref().map(|owner| spec.people(owner)).unwrap_or_default() {
                self.execute(sql, params![queue, version, &bar.key, person])?;
            }
        }
        Ok(())
    }
}
