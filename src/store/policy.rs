//! What the database needs of a version of a spec to say where an item stands: the tables `policy`,
//! `policy_score` and `policy_failure`, which the view `item_outcome` reads. Written with the
//! version, and never changed: applying another moves nothing that is settled.

use super::engine::params;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::policy::Agree;
use crate::domain::queue::Queue;
use crate::domain::spec::{Severity, Spec};

/// The rules of a version of a spec, as its rows hold them.
#[derive(Debug, PartialEq, Eq)]
struct Policy {
    agree: Agree,
    /// The word of what settles a disagreement.
    settle: String,
    /// The role or person who settles one.
    adjudicator: String,
    /// More opinions than one may be asked of an item after its first.
    asks_more: bool,
    /// Others' opinions are kept from who gave one until they are settled.
    blind: bool,
    retry: Option<RetryPolicy>,
    /// By their keys.
    failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Eq)]
struct RetryPolicy {
    /// The word of which rejections are retried.
    when: String,
    attempts: i64,
    route: Option<String>,
    due_hours: Option<i64>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    key: String,
    severity: i64,
    retryable: bool,
}

impl Policy {
    /// The rules of a spec; `None` where it says nothing of them.
    fn of(spec: &Spec) -> Option<Self> {
        if spec.review.is_none() && spec.retry.is_none() {
            return None;
        }
        let review = spec.review.clone().unwrap_or_default();
        let retry = spec.retry.as_ref().map(|terms| {
            let route = terms.then.as_deref().and_then(|key| spec.route(key));
            RetryPolicy {
                when: terms.when.word().to_owned(),
                attempts: terms.attempts.into(),
                route: route.map(|route| route.key.clone()),
                due_hours: route.and_then(|route| route.due_hours).map(i64::from),
            }
        });
        let failures = spec.failures.iter().map(|failure| Failure {
            key: failure.key.clone(),
            severity: grade(failure.severity),
            retryable: failure.retryable,
        });
        let mut failures: Vec<Failure> = failures.collect();
        failures.sort();
        Some(Self {
            asks_more: review.asks_more(),
            blind: !review.shows_opinions,
            settle: review.settle.to_string(),
            adjudicator: review.adjudicator.word().into(),
            agree: review.agree,
            retry,
            failures,
        })
    }
}

/// The number of a severity in the database.
fn grade(severity: Severity) -> i64 {
    match severity {
        Severity::Minor => 1,
        Severity::Major => 2,
        Severity::Critical => 3,
    }
}

impl Store {
    /// The versions of the queue's spec whose rows are not what they say, oldest first.
    pub(super) fn versions_with_other_policy(&self, queue: &Queue) -> Result<Vec<i64>> {
        let sql = "SELECT version FROM spec WHERE queue_id = ?1 ORDER BY version";
        let mut wrong = Vec::new();
        for version in self.all(sql, params![queue.id], |row| row.need_int(0))? {
            let Some(spec) = self.readable_spec(queue, version)? else { continue };
            if self.policy(queue.id, version)? != Policy::of(&spec) {
                wrong.push(version);
            }
        }
        Ok(wrong)
    }

    fn policy(&self, queue: i64, version: i64) -> Result<Option<Policy>> {
        let of = params![queue, version];
        let sql =
            "SELECT agree_verdict, agree_severity, agree_categories, COALESCE(settle, ''), COALESCE(adjudicator, ''),
                asks_more, retry, retry_attempts, retry_route, retry_due_hours, blind
            FROM policy WHERE queue_id = ?1 AND spec_version = ?2";
        let policy = self.first(sql, of, |row| {
            let flag = |column| row.need_int(column).map(|number| number == 1);
            let when = row.opt_string(6)?;
            Ok(Policy {
                agree: Agree {
                    verdict: flag(0)?,
                    severity: flag(1)?,
                    categories: flag(2)?,
                    scores: Vec::new(), // rows of their own
                },
                settle: row.string(3)?,
                adjudicator: row.string(4)?,
                asks_more: flag(5)?,
                blind: flag(10)?,
                retry: when
                    .map(|when| {
                        let (attempts, route) = (row.need_int(7)?, row.opt_string(8)?);
                        Ok(RetryPolicy { when, attempts, route, due_hours: row.int(9)? })
                    })
                    .transpose()?,
                failures: Vec::new(),
            })
        })?;
        let Some(mut policy) = policy else { return Ok(None) };
        let sql = "SELECT criterion FROM policy_score WHERE queue_id = ?1 AND spec_version = ?2 ORDER BY criterion";
        policy.agree.scores = self.all(sql, of, |row| row.string(0))?;
        let sql = "SELECT key, severity, retryable FROM policy_failure
            WHERE queue_id = ?1 AND spec_version = ?2 ORDER BY key";
        policy.failures = self.all(sql, of, |row| {
            Ok(Failure { key: row.string(0)?, severity: row.need_int(1)?, retryable: row.need_int(2)? == 1 })
        })?;
        Ok(Some(policy))
    }
}

impl Tx<'_> {
    /// Writes who answers on which route by a version of a spec, and what becomes of it there, for
    /// a server to enforce it; what is there already stays.
    pub(super) fn add_routes(&self, queue: i64, version: i64, spec: &Spec) -> Result<()> {
        let sql = "INSERT INTO policy_route (queue_id, spec_version, key, overdue, overdue_due_hours, returns)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (queue_id, spec_version, key) DO NOTHING";
        let owner = "INSERT INTO policy_owner (queue_id, spec_version, route, person) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (queue_id, spec_version, route, person) DO NOTHING";
        for route in &spec.routes {
            let next = route.overdue.as_deref();
            let hours = next.and_then(|key| spec.route(key)?.due_hours).map(i64::from);
            self.execute(sql, params![queue, version, &route.key, next, hours, i64::from(route.returns)])?;
            for person in spec.owners(route) {
                self.execute(owner, params![queue, version, &route.key, person])?;
            }
        }
        Ok(())
    }

    /// Writes the rules of a new version of a spec.
    pub(super) fn add_policy(&self, queue: i64, version: i64, spec: &Spec) -> Result<()> {
        let Some(policy) = Policy::of(spec) else { return Ok(()) };
        let Policy { agree, settle, adjudicator, asks_more, blind, retry, failures } = &policy;
        let retry = retry.as_ref();
        self.execute(
            "INSERT INTO policy (queue_id, spec_version, agree_verdict, agree_severity, agree_categories, settle,
                adjudicator, asks_more, retry, retry_attempts, retry_route, retry_due_hours, blind)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                queue,
                version,
                i64::from(agree.verdict),
                i64::from(agree.severity),
                i64::from(agree.categories),
                settle,
                adjudicator,
                i64::from(*asks_more),
                retry.map(|retry| &retry.when),
                retry.map(|retry| retry.attempts),
                retry.and_then(|retry| retry.route.as_ref()),
                retry.and_then(|retry| retry.due_hours),
                i64::from(*blind)
            ],
        )?;
        for criterion in &agree.scores {
            let sql = "INSERT INTO policy_score (queue_id, spec_version, criterion) VALUES (?1, ?2, ?3)";
            self.execute(sql, params![queue, version, criterion])?;
        }
        for Failure { key, severity, retryable } in failures {
            let sql = "INSERT INTO policy_failure (queue_id, spec_version, key, severity, retryable)
                VALUES (?1, ?2, ?3, ?4, ?5)";
            self.execute(sql, params![queue, version, key, *severity, i64::from(*retryable)])?;
        }
        Ok(())
    }
}
