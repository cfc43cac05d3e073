//! What is known of the people who review a queue: each sees their own, and a lead sees all.

use super::engine::{Row, params};
use super::golden::{IS_GOLDEN, words};
use super::pausing::answers;
use super::{Result, Store, StoreError};
use crate::analysis::reviewer::{Answer, Person, ReviewerFigures};
use crate::domain::decision::Verdict;
use crate::domain::queue::{Actor, Queue};
use crate::domain::spec::CalibrateTerms;
use crate::domain::team::Role;

impl Store {
    /// The figures of the people of a queue that the actor may see, the actor's own first and the others by
    /// name: a lead sees everybody's. `of` is one person alone.
    pub fn people(&self, actor: Actor, of: Option<&str>) -> Result<Vec<Person>> {
        let Actor { queue, reviewer, .. } = actor;
        let leads = self.may_see_all(reviewer)?;
        if of.is_some_and(|of| of != reviewer && !leads) {
            return Err(StoreError::Forbidden("what is known of a person is for them and for leads".into()));
        }
        let mut names = vec![reviewer.to_owned()];
        if leads {
            names.extend(self.people_measured(queue)?.into_iter().filter(|name| name != reviewer));
        }
        names.retain(|name| of.is_none_or(|of| of == name));
        if let Some(of) = of.filter(|_| names.is_empty()) {
            names.push(of.to_owned());
        }
        self.read(|| names.iter().map(|name| self.person(queue, name.clone())).collect())
    }

    /// Whether somebody sees the figures of others, and lifts pauses.
    pub fn may_see_all(&self, reviewer: &str) -> Result<bool> {
        let leads = self.has_role(Role::Lead, "n.name");
        let sql = format!("SELECT CASE WHEN {leads} THEN 1 ELSE 0 END FROM (SELECT CAST(?1 AS TEXT) AS name) n");
        Ok(self.number(&sql, params![reviewer])? == 1)
    }

    /// Whoever was served an example, or has decided an item twice, by name.
    fn people_measured(&self, queue: &Queue) -> Result<Vec<String>> {
        let sql = "SELECT reviewer FROM calibration WHERE queue_id = ?1
            UNION SELECT reviewer FROM repetition WHERE queue_id = ?1 AND repeated_seq IS NOT NULL ORDER BY 1";
        self.all(sql, params![queue.id], |row| row.string(0))
    }

    fn person(&self, queue: &Queue, reviewer: String) -> Result<Person> {
        let sql = format!(
            "SELECT COUNT(*), COUNT(CASE WHEN d.verdict = 'escalate' AND COALESCE(g.verdict, '') <> 'escalate'
                THEN 1 END)
            FROM calibration x LEFT JOIN decision d ON d.seq = x.decision_seq LEFT JOIN golden g ON g.item_seq = x.item_seq
                AND {IS_GOLDEN} WHERE x.queue_id = ?1 AND x.reviewer = ?2"
        );
        let counts = self.first(&sql, params![queue.id, &reviewer], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let (served, escalated) = counts.unwrap_or_default();
        let categories: Vec<String> = queue.spec.spec.failures.iter().map(|failure| failure.key.clone()).collect();
        let (answers, twice) = (self.answers(queue, &reviewer)?, self.decided_twice(queue, &reviewer)?);
        let pass = queue.spec.spec.calibrate.as_ref().map_or(CalibrateTerms::PASS, |terms| terms.pass);
        let figures = ReviewerFigures::of(&answers, &twice, &categories, pass);
        Ok(Person { paused: self.paused(queue, &reviewer)?, reviewer, served, escalated, figures })
    }

    /// The reviewer's answers that are right or wrong, oldest first.
    fn answers(&self, queue: &Queue, reviewer: &str) -> Result<Vec<Answer>> {
        let sql = format!(
            "SELECT d.decided_at, g.verdict, d.verdict, g.categories, d.body, d.seq FROM {} ORDER BY d.seq",
            answers()
        );
        let read = |row: &dyn Row| self.readable("decision", &row.need_int(5)?, answer(row));
        Ok(self.all(&sql, params![queue.id, reviewer], read)?.into_iter().flatten().collect())
    }

    /// What the reviewer decided of items first, by the newest opinion before, and again.
    fn decided_twice(&self, queue: &Queue, reviewer: &str) -> Result<Vec<(Verdict, Verdict)>> {
        let sql = "SELECT o.verdict, d.verdict FROM repetition r JOIN decision d ON d.seq = r.repeated_seq
             JOIN decision o ON o.seq = (SELECT MAX(b.seq) FROM decision b WHERE b.item_seq = r.item_seq
                AND b.reviewer = r.reviewer AND b.purpose = 'opinion' AND b.seq < d.seq)
             WHERE r.queue_id = ?1 AND r.reviewer = ?2 ORDER BY d.seq";
        self.all(sql, params![queue.id, reviewer], |row| Ok((verdict(row, 0)?, verdict(row, 1)?)))
    }
}

fn answer(row: &dyn Row) -> Result<Answer> {
    let expected = verdict(row, 1)?;
    let there = words(row.need_text(3)?)?;
    Ok(Answer {
        at: row.need_int(0)?,
        expected,
        said: verdict(row, 2)?,
        // A rejection without categories leaves open what is wrong.
        there: (expected == Verdict::Accept || !there.is_empty()).then_some(there),
        named: super::drafts::from_json(row.need_text(4)?)?.categories,
    })
}

fn verdict(row: &dyn Row, at: usize) -> Result<Verdict> {
    row.need_text(at)?.parse().map_err(StoreError::Damaged)
}
