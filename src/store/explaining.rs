//! Why an item stands where it stands: the facts, each from its row.

use super::checks::{FOUND, found};
use super::declined::Declined;
use super::engine::{Row, params};
use super::items::{stage, verdict};
use super::{Result, Store, StoreError};
use crate::domain::check::FailedCheck;
use crate::domain::decision::Verdict;
use crate::domain::item::{Item, Seq};
use crate::domain::queue::Queue;
use crate::domain::sampling::drawn_by;
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;

/// What put an item where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    pub item: Item,
    pub stage: Stage,
    pub chance: Option<f64>,
    /// Key of the rule that set the chance, and its version of the spec.
    pub rule: Option<String>,
    pub rule_version: Option<i64>,
    /// Its case is one of the first of the rule, which are all taken.
    pub is_first: bool,
    pub is_pulled: bool,
    /// Opinions that were given, and that are asked.
    pub opinions: i64,
    pub opinions_asked: i64,
    /// Who made the decision of record, and what it is.
    pub decided: Option<(String, Verdict)>,
    pub settled_by: Option<String>,
    /// Which attempt it is along its line, from 1.
    pub attempt: i64,
    /// Id of the attempt that stands for it.
    pub replaced_by: Option<String>,
    /// What waits for an answer, or came back with one.
    pub question: Option<Question>,
    /// Who has claimed it now.
    pub claimed_by: Option<String>,
    /// Checks that it failed, or that flagged it.
    pub checks: Vec<FailedCheck>,
    /// Who has declined it.
    pub declined: Vec<Declined>,
    /// Everybody on the team has declined it, or given an opinion.
    pub is_left_to_nobody: bool,
    /// For whom it was put back, who has neither decided nor declined it yet.
    pub reserved_for: Option<String>,
    /// Who reopened it last, and why.
    pub reopened: Option<(String, String)>,
}

/// A question to the owner of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Key of the route; empty where there is none.
    pub route: String,
    pub asked_by: String,
    pub due_at: Option<UtcMillis>,
}

impl Store {
    /// What put the item where it stands at the time `now`.
    pub fn explained(&self, queue: &Queue, id: &str, now: UtcMillis) -> Result<Explained> {
        let seq = self.seq_of(queue, id)?;
        let item = self.peek(seq)?;
        let sql = format!(
            "SELECT i.stage, i.chance, i.rule, i.rule_version, i.pulled, i.opinions, i.settled_by, i.line_attempt,
                (SELECT n.id FROM item n WHERE n.seq = i.replaced_by), d.reviewer, d.verdict,
                (SELECT COUNT(*) FROM weighed_decision w WHERE w.item_seq = i.seq AND w.weight = 2),
                e.route, e.asked_by, e.due_at,
                (SELECT COUNT(*) FROM sample_case s
                    WHERE s.queue_id = i.queue_id AND s.rule = i.rule AND s.case_id = ?2), {FOUND}
            FROM item i LEFT JOIN decision d ON d.seq = i.decision_seq LEFT JOIN escalation e ON e.item_seq = i.seq
            WHERE i.seq = ?1"
        );
        let gone = || StoreError::Damaged(format!("the item row {seq} is gone"));
        let case = drawn_by(&item).to_owned();
        let explained = self.first(&sql, params![seq, &case], |row| read(row, item.clone()))?;
        let explained = explained.ok_or_else(gone)?;
        Ok(Explained {
            claimed_by: self.who_has(seq, now)?,
            declined: self.who_declined(seq)?,
            is_left_to_nobody: self.is_left_to_nobody(queue, seq)?,
            reserved_for: self.reserved_for(seq)?,
            reopened: self.reopened(seq)?,
            ..explained
        })
    }

    fn who_has(&self, seq: Seq, now: UtcMillis) -> Result<Option<String>> {
        let sql = "SELECT reviewer FROM claim WHERE item_seq = ?1 AND expires_at > ?2 ORDER BY slot LIMIT 1";
        self.first(sql, params![seq, now], |row| row.string(0))
    }
}

fn read(row: &dyn Row, item: Item) -> Result<Explained> {
    let question = match row.opt_string(12)? {
        Some(route) => Some(Question { route, asked_by: row.string(13)?, due_at: row.int(14)? }),
        None => None,
    };
    Ok(Explained {
        item,
        stage: stage(row, 0)?,
        chance: row.real(1)?,
        rule: row.opt_string(2)?,
        rule_version: row.int(3)?,
        is_pulled: row.need_int(4)? == 1,
        opinions_asked: row.need_int(5)?,
        settled_by: row.opt_string(6)?,
        attempt: row.need_int(7)?,
        replaced_by: row.opt_string(8)?,
        decided: row.opt_string(9)?.zip(verdict(row, 10)?),
        opinions: row.need_int(11)?,
        question,
        is_first: row.need_int(15)? > 0,
        claimed_by: None,
        checks: found(row.text(16)?)?,
        declined: Vec::new(),
        is_left_to_nobody: false,
        reserved_for: None,
        reopened: None,
    })
}
