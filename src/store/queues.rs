//! Queues, their specs and their counters.

use super::engine::{Lock, params};
use super::events::Subject;
use super::items::IN_QUEUE;
use super::sampling::Resampled;
use super::stage::stage_of;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::claim::Claimant;
use crate::domain::event::EventKind;
use crate::domain::queue::{Counts, Queue, SpecVersion};
use crate::domain::spec::Spec;
use crate::domain::time::{HOUR_MILLIS, UtcMillis};
use crate::text::hex::hex;
use sha2::{Digest, Sha256};

/// What applying a spec did.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    Created,
    Unchanged {
        version: i64,
        resampled: Resampled,
    },
    Changed {
        from: i64,
        to: i64,
        before: Box<Spec>,
        resampled: Resampled,
    },
    /// The queue had no spec that could be read.
    Mended {
        to: i64,
        resampled: Resampled,
    },
}

/// A line of the home screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSummary {
    pub name: String,
    pub title: String,
    pub counts: Counts,
    /// Live claims, by reviewer.
    pub claimants: Vec<Claimant>,
    /// The reviewer who decided last, and the time.
    pub last: Option<(String, UtcMillis)>,
    /// Decisions standing that were made in the last 60 minutes.
    pub last_hour: i64,
}

/// The word of the counter that is none of a stage.
const BY_CHECK: &str = "by_check";

impl Store {
    /// Makes the queue that the spec names, or gives it a new version of its spec.
    /// The source that is in force already changes nothing, but that what an interrupted one left
    /// of sampling is done.
    pub fn apply_spec(&self, spec: &Spec, source: &str, actor: &str, now: UtcMillis) -> Result<Applied> {
        let resampled = Resampled::default();
        let mut applied = self.write(|tx| match tx.find_queue(&spec.name) {
            Ok(None) => tx.create_queue(spec, source, actor, now),
            Ok(Some(queue)) if queue.spec.source == source => {
                let version = queue.spec.version;
                tx.add_routes(queue.id, version, spec).map(|()| Applied::Unchanged { version, resampled })
            }
            Ok(Some(Queue { id, spec: SpecVersion { version: from, spec: before, .. }, .. })) => {
                let to = tx.change_spec(id, spec, source, actor, now)?;
                Ok(Applied::Changed { from, to, before: Box::new(before), resampled })
            }
            Err(StoreError::NoSpec { .. }) => {
                let id = tx.number("SELECT id FROM queue WHERE name = ?1", params![&spec.name])?;
                Ok(Applied::Mended { to: tx.change_spec(id, spec, source, actor, now)?, resampled })
            }
            Err(error) => Err(error),
        })?;
        if let Applied::Unchanged { resampled, .. }
        | Applied::Changed { resampled, .. }
        | Applied::Mended { resampled, .. } = &mut applied
        {
            *resampled = self.sample_again(self.queue(&spec.name)?.actor(actor, now))?;
        }
        Ok(applied)
    }

    /// The queue with the spec in force.
    pub fn queue(&self, name: &str) -> Result<Queue> {
        match self.find_queue(name)? {
            Some(queue) => Ok(queue),
            None => Err(StoreError::NoQueue { name: name.into(), names: self.queue_names()? }),
        }
    }

    /// An error where the spec in force cannot be read: the queue is there.
    pub fn find_queue(&self, name: &str) -> Result<Option<Queue>> {
        let sql = "SELECT q.id, q.spec_version, s.source FROM queue q
            LEFT JOIN spec s ON s.queue_id = q.id AND s.version = q.spec_version WHERE q.name = ?1";
        self.first(sql, params![name], |row| {
            let version = row.need_int(1)?;
            let source =
                row.opt_string(2)?.ok_or_else(|| StoreError::Damaged(format!("version {version} is not there")));
            let spec = source.and_then(|source| spec_version(version, source)).map_err(|error| match error {
                StoreError::Damaged(why) => StoreError::NoSpec { queue: name.into(), why },
                other => other,
            });
            Ok(Queue { id: row.need_int(0)?, name: name.into(), spec: spec? })
        })
    }

    pub(super) fn queue_names(&self) -> Result<Vec<String>> {
        self.all("SELECT name FROM queue ORDER BY name", &[], |row| row.string(0))
    }

    /// A version of the queue's spec, in force or not.
    pub fn spec_at(&self, queue: &Queue, version: i64) -> Result<SpecVersion> {
        let sql = "SELECT source FROM spec WHERE queue_id = ?1 AND version = ?2";
        let source = self.first(sql, params![queue.id, version], |row| row.string(0))?;
        spec_version(version, source.ok_or_else(|| StoreError::Damaged(format!("spec version {version} is gone")))?)
    }

    /// What a version of the queue's spec says; `None` where it cannot be read: that is noted.
    pub fn readable_spec(&self, queue: &Queue, version: i64) -> Result<Option<Spec>> {
        let spec = self.readable("spec", &format!("{version} of {}", queue.name), self.spec_at(queue, version))?;
        Ok(spec.map(|spec| spec.spec))
    }

    /// Every queue of which the spec can be read, by name.
    pub fn queues(&self, now: UtcMillis) -> Result<Vec<QueueSummary>> {
        self.read(|| {
            let names = self.queue_names()?;
            let queues = names.iter().map(|name| self.readable("queue", name, self.queue(name)));
            queues.filter_map(Result::transpose).map(|queue| self.summary(&queue?, now)).collect()
        })
    }

    fn summary(&self, queue: &Queue, now: UtcMillis) -> Result<QueueSummary> {
        let last = "SELECT reviewer, decided_at, seq FROM decision_by_time WHERE queue_id = ?1 AND standing = 1
            ORDER BY decided_at DESC, seq DESC LIMIT 1";
        let hour = "SELECT COUNT(*) FROM decision_by_time WHERE queue_id = ?1 AND decided_at > ?2 AND standing = 1";
        Ok(QueueSummary {
            name: queue.name.clone(),
            title: queue.spec.spec.title.clone(),
            counts: self.counts(queue)?,
            claimants: self.claimants(queue, None, now)?,
            last: self.first(last, params![queue.id], |row| Ok((row.string(0)?, row.need_int(1)?)))?,
            last_hour: self.number(hour, params![queue.id, now - HOUR_MILLIS])?,
        })
    }

    /// The kept counters.
    pub fn counts(&self, queue: &Queue) -> Result<Counts> {
        let sql = "SELECT q.items, c.stage, CAST(SUM(c.n) AS BIGINT)
            FROM queue q LEFT JOIN queue_counter c ON c.queue_id = q.id WHERE q.id = ?1 GROUP BY q.items, c.stage";
        let (mut items, mut by_check) = (None, 0);
        let mut stages = Vec::new();
        self.engine.query(sql, params![queue.id], &mut |row| {
            items = row.int(0)?;
            match row.text(1)? {
                None => {}
                Some(BY_CHECK) => by_check = row.need_int(2)?,
                // An item whose stage is no word of ours counts nowhere: `doctor` names it.
                Some(word) => stages.extend(stage_of(word).ok().zip(row.int(2)?)),
            }
            Ok(())
        })?;
        let items = items.ok_or_else(|| StoreError::Damaged(format!("the queue {} is gone", queue.name)))?;
        Ok(Counts::of_stages(items, stages).by_check(by_check))
    }

    /// What [`Store::counts`] gives, counted item by item.
    pub(super) fn recount(&self, queue: &Queue) -> Result<Counts> {
        let sql = format!("SELECT stage, COUNT(*) FROM item i WHERE {IN_QUEUE} GROUP BY stage");
        let stages =
            self.all(&sql, params![queue.id], |row| Ok((stage_of(row.need_text(0)?).ok(), row.need_int(1)?)))?;
        let items = stages.iter().map(|(_, items)| items).sum();
        let by_check = format!(
            "SELECT COUNT(*) FROM item i WHERE {IN_QUEUE} AND i.settled_by = 'check'
            AND i.stage <> 'replaced'"
        );
        let by_check = self.number(&by_check, params![queue.id])?;
        let known = stages.into_iter().filter_map(|(stage, items)| Some((stage?, items)));
        Ok(Counts::of_stages(items, known).by_check(by_check))
    }
}

impl Tx<'_> {
    fn create_queue(&self, spec: &Spec, source: &str, actor: &str, now: UtcMillis) -> Result<Applied> {
        let sql = "INSERT INTO queue (name, spec_version, created_at) VALUES (?1, 1, ?2) RETURNING id";
        let id = self.number(sql, params![&spec.name, now])?;
        let subject = Subject { queue: id, item: None, actor, now };
        self.log(subject, &EventKind::QueueCreated { name: spec.name.clone() })?;
        self.add_spec((id, 1), spec, source, actor, now)?;
        Ok(Applied::Created)
    }

    /// Gives the queue the next version of its spec; gives its number.
    fn change_spec(&self, queue: i64, spec: &Spec, source: &str, actor: &str, now: UtcMillis) -> Result<i64> {
        // What an import takes meanwhile goes by the version before, and is sampled again.
        self.lock(Lock::Import)?;
        self.lock(Lock::Queue(queue))?;
        let newest = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM spec WHERE queue_id = ?1";
        let to = self.number(newest, params![queue])? + 1;
        self.execute("UPDATE queue SET spec_version = ?2 WHERE id = ?1", params![queue, to])?;
        self.add_spec((queue, to), spec, source, actor, now)?;
        if spec.calibrate.is_none() {
            self.lift_all(Subject { queue, item: None, actor, now })?;
        }
        Ok(to)
    }

    fn add_spec(
        &self,
        (queue, version): (i64, i64),
        spec: &Spec,
        source: &str,
        actor: &str,
        now: UtcMillis,
    ) -> Result<()> {
        let hash = hex(Sha256::digest(source.as_bytes()));
        self.execute(
            "INSERT INTO spec (queue_id, version, hash, source, applied_at, applied_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![queue, version, &hash, source, now, actor],
        )?;
        self.add_policy(queue, version, spec)?;
        self.add_routes(queue, version, spec)?;
        self.add_bars(queue, version, spec)?;
        let subject = Subject { queue, item: None, actor, now };
        let bars = spec.bars.iter().map(|bar| (bar.key.clone(), bar.hash())).collect();
        self.log(subject, &EventKind::SpecApplied { version, sha256: hash, bars })?;
        Ok(())
    }
}

fn spec_version(version: i64, source: String) -> Result<SpecVersion> {
    let spec = crate::spec::parse(&source).map_err(|problems| {
        let first = problems.first().map_or("", |problem| &problem.reason);
        StoreError::Damaged(format!("version {version} does not parse: {first}"))
    })?;
    Ok(SpecVersion { version, spec, source })
}
