//! When a bar was told, and what was looked at again since: who knows what a bar comes to may look again at
//! what stands in its way, and only at that.

use super::Asked;
use super::kept::Changes;
use crate::analysis::bar::Said;
use crate::domain::bar::{Bar, Outcome};
use crate::domain::event::{BarTold, EventKind};
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use crate::store::bars::BarReport;
use crate::store::engine::{Param, params};
use crate::store::events::Subject;
use crate::store::simulating::item_with;
use crate::store::{Result, Store, StoreError};
use std::collections::HashMap;

/// What was said of an item when a bar had been told, where another decision counts now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Earlier {
    pub id: String,
    pub said: Said,
}

/// When a bar was told on its present terms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Told {
    pub first: Moment,
    pub last: Moment,
    /// What was told last.
    pub outcome: Outcome,
}

/// When something was told: the time, and the event's number in the log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    at: UtcMillis,
    event: i64,
}

/// Where several write at once, an event has its number a little before or after its time.
const NUMBERED_AT_ONCE: i64 = 256;

impl Store {
    /// Notes in the log what is told of a bar, where that is another outcome than was told last. Who may not
    /// write is told all the same.
    pub fn note_told(&self, actor: Actor, report: &BarReport) -> Result<()> {
        let outcome = report.recount.outcome;
        if self.only_reads {
            return Ok(());
        }
        if self.told(actor.queue, &report.bar)?.is_some_and(|told| told.outcome == outcome) {
            return Ok(());
        }
        let (bar, terms) = (report.bar.key.clone(), report.bar.hash());
        let told = EventKind::BarTold(BarTold { bar, terms, outcome: outcome.as_str().into() });
        match self.write(|tx| tx.log(Subject::of(actor, None), &told)) {
            Err(StoreError::Forbidden(_) | StoreError::ReadOnly { .. }) => Ok(()),
            done => done,
        }
    }

    pub(super) fn told(&self, queue: &Queue, bar: &Bar) -> Result<Option<Told>> {
        let sql =
            "SELECT e.at, e.data, e.seq FROM event e WHERE e.queue_id = ?1 AND e.kind = 'bar_told' ORDER BY e.seq";
        let (mut told, terms): (Option<Told>, _) = (None, bar.hash());
        self.engine.query(sql, params![queue.id], &mut |row| {
            let data = serde_json::from_str(row.need_text(1)?).unwrap_or_default();
            if let EventKind::BarTold(found) = EventKind::read("bar_told", &data)
                && found.bar == bar.key
                && found.terms == terms
                && let Ok(outcome) = found.outcome.parse()
            {
                let at = Moment { at: row.need_int(0)?, event: row.need_int(2)? };
                told = Some(Told { first: told.map_or(at, |told| told.first), last: at, outcome });
            }
            Ok(())
        })?;
        Ok(told)
    }

    /// What people had said by then of the items that the bar speaks of, where another decision of theirs counts
    /// since, or none.
    pub(super) fn said_by(&self, queue: &Queue, asked: &Asked, moment: Moment) -> Result<HashMap<Seq, Earlier>> {
        let Moment { at, event } = moment;
        let changed = match self.changes_since(queue, event, NUMBERED_AT_ONCE)? {
            Changes::Items(items) if items.is_empty() => return Ok(HashMap::new()),
            Changes::Items(items) => serde_json::json!(items).to_string(),
            Changes::All => String::new(),
        };
        let mut values = asked.values(queue);
        let (from, is_it) = if changed.is_empty() {
            ("decision o".into(), "")
        } else {
            values.push(Param::Text(&changed));
            let dialect = self.engine.dialect();
            let members = dialect.json_members(&format!("?{}", values.len()), None);
            let seq = dialect.json_text("e");
            let from = format!("(SELECT CAST({seq} AS BIGINT) AS seq FROM {members}) x CROSS JOIN decision o");
            (from, "o.item_seq = x.seq AND ")
        };
        let counts = |decision: &str| {
            format!(
                "{decision}.arrived_at <= {at} AND {decision}.reviewer_kind = 'person'
                    AND {decision}.purpose IN ('opinion', 'adjudication', 'answer')
                    AND {decision}.verdict IN ('accept', 'reject')"
            )
        };
        // Where several opinions were asked, it was settled by then only if it was put back or asked again since.
        let was_settled = format!(
            "(o.standing = 1 OR o.stood_until > {at}) AND (m.opinions = 1 OR EXISTS (SELECT 1 FROM event_by_item x
                WHERE x.item_seq = m.seq AND x.kind IN ('asked_again', 'reopened') AND x.at > {at}))"
        );
        let sql = format!(
            "SELECT i.seq, i.id, CASE WHEN {} THEN 1 ELSE 0 END FROM
                (SELECT {} FROM {from} JOIN item m ON m.seq = o.item_seq
                 WHERE {is_it}o.queue_id = ?1 AND {} AND COALESCE(m.decision_seq, 0) <> o.seq AND {was_settled}
                    AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.item_seq = o.item_seq AND n.seq > o.seq AND {})) i
             WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND {}",
            asked.good,
            item_with("m", "o"),
            counts("o"),
            counts("n"),
            asked.among
        );
        let mut said = HashMap::new();
        self.engine.query(&sql, &values, &mut |row| {
            let is_good = row.need_int(2)? == 1;
            let earlier = Earlier { id: row.string(1)?, said: if is_good { Said::Good } else { Said::Bad } };
            said.insert(row.need_int(0)?, earlier);
            Ok(())
        })?;
        Ok(said)
    }
}
