//! Adjudication: the opinions that who settles a disagreement is shown as sides, and how opinions
//! were settled, for who gave them.

use super::decisions::{COLUMNS, WIDTH, decision, own_standing};
use super::drafts::from_json;
use super::engine::{Row, params};
use super::items::verdict;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::adjudication::{Side, order};
use crate::domain::decision::{Decision, Part, Verdict};
use crate::domain::item::Seq;
use crate::domain::policy::{Cause, Purpose, SettledBy};
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;

/// How opinions on an item were settled, as it is told to who gave one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub seq: Seq,
    /// The item's id.
    pub item: String,
    /// The verdict of the reader's own opinion; `None`: they gave none.
    pub own: Option<Verdict>,
    /// The verdict of record, and what it rests on.
    pub verdict: Verdict,
    pub by: SettledBy,
    /// Who made the decision of record, and when.
    pub who: String,
    pub at: UtcMillis,
    /// Why the opinions disagreed, as who settled them says.
    pub cause: Option<Cause>,
    /// The note of the decision of record.
    pub note: String,
    /// Whose opinion the adjudication took whole; `None`: nobody's, or it is none.
    pub taken_from: Option<String>,
}

impl Settlement {
    /// The verdict of the reader's own opinion is not that of record.
    pub fn is_other(&self) -> bool {
        self.own.is_some_and(|own| own != self.verdict)
    }
}

/// SQL: opinions on the item `i` were settled by more than that they agree. The index
/// `item_settled` has these items; its condition says the same words.
const SETTLED: &str = "(i.settled_by = 'adjudicated' OR i.settled_by = 'majority' OR i.settled_by = 'strictest'
    OR i.settled_by = 'answer')";

impl Store {
    /// How the reviewer's own opinions were settled that others', or an answer, had to settle: what
    /// was settled last comes first.
    pub fn settlements(&self, queue: &Queue, reviewer: &str, limit: usize) -> Result<Vec<Settlement>> {
        let found =
            self.all(&settlements(), params![reviewer, queue.id, limit as i64], |row| self.settlement_in(row))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// How the opinions on an item were settled; `None`: they are not, or one alone was asked and
    /// nobody was asked about it.
    pub(super) fn settlement(&self, item: Seq, reviewer: &str) -> Result<Option<Settlement>> {
        let own = format!(
            "(SELECT o.verdict FROM decision o WHERE {} AND o.purpose = 'opinion')",
            own_standing("o", "i.seq", "?1")
        );
        let sql = format!("{} WHERE i.seq = ?2 AND ({SETTLED} OR i.settled_by = 'unanimous')", settlement_of(&own));
        Ok(self.first(&sql, params![reviewer, item], |row| self.settlement_in(row))?.flatten())
    }

    fn settlement_in(&self, row: &dyn Row) -> Result<Option<Settlement>> {
        self.readable("item", &row.need_int(0)?, settlement(row))
    }

    /// The opinions on a disputed item without names, A first, for who may settle them; and for who
    /// has, while that stands. Nobody else is shown any.
    pub fn sides(&self, actor: Actor, item: Seq) -> Result<Vec<Side>> {
        if !self.settles(actor, item)? {
            return Ok(Vec::new());
        }
        Ok(self.shown(actor.queue, item)?.into_iter().map(Side::of).collect())
    }

    /// Whether the reviewer has settled the opinions on the item, or may: they gave none.
    fn settles(&self, Actor { queue, reviewer, .. }: Actor, item: Seq) -> Result<bool> {
        let own = own_standing("d", "i.seq", "CAST(?2 AS TEXT)");
        let sql = format!(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM decision d WHERE {own} AND d.purpose = '{}')
                OR (i.stage = 'disputed' AND {} AND NOT EXISTS (SELECT 1 FROM decision d WHERE {own}))
                THEN 1 ELSE 0 END FROM item i WHERE i.seq = ?1",
            Purpose::Adjudication,
            self.adjudicates(queue, "CAST(?2 AS TEXT)")
        );
        Ok(self.number(&sql, params![item, reviewer])? == 1)
    }

    /// The opinions that count on an item, in the order in which they are shown.
    pub(super) fn shown(&self, queue: &Queue, item: Seq) -> Result<Vec<Decision>> {
        let sql = format!(
            "SELECT {}, d.seq, COALESCE(i.case_id, i.id) FROM decision d JOIN item i ON i.seq = d.item_seq
                WHERE d.item_seq = ?1 AND d.standing = 1 AND d.purpose = 'opinion' AND d.reviewer_kind = 'person'
                AND d.slot IS NOT NULL ORDER BY d.slot",
            *COLUMNS
        );
        let found = self.all(&sql, params![item], |row| {
            let opinion = self.readable("decision", &row.need_int(WIDTH)?, decision(row, 0))?;
            Ok((opinion, row.string(WIDTH + 1)?))
        })?;
        let Some(case) = found.first().map(|(_, case)| case.clone()) else { return Ok(Vec::new()) };
        let mut opinions: Vec<Option<Decision>> = found.into_iter().map(|(opinion, _)| opinion).collect();
        let order = order(&queue.name, &case, opinions.len());
        Ok(order.into_iter().filter_map(|at| opinions[at].take()).collect())
    }
}

/// SQL: settlements of the opinions of the reviewer `?1` in the queue `?2`, the last `?3` of them.
fn settlements() -> String {
    format!(
        "{} JOIN decision o ON {} AND o.purpose = 'opinion'
            WHERE i.queue_id = ?2 AND {SETTLED} ORDER BY i.decision_seq DESC LIMIT ?3",
        settlement_of("o.verdict"),
        own_standing("o", "i.seq", "?1"),
    )
}

/// SQL: settlements from the items `i` and their decisions of record `r`, with the reader's own
/// verdict.
fn settlement_of(own: &str) -> String {
    format!(
        "SELECT i.seq, i.id, {own}, i.verdict, i.settled_by, r.reviewer, r.decided_at, r.cause, r.body,
            CASE WHEN r.purpose = 'adjudication' THEN (SELECT t.reviewer FROM decision t
                WHERE t.item_seq = i.seq AND t.standing = 1 AND t.purpose = 'opinion' AND t.slot IS NOT NULL
                AND t.verdict = r.verdict AND t.body = r.body AND COALESCE(t.correction, '') = COALESCE(r.correction, '')
                ORDER BY t.slot LIMIT 1) END
        FROM item i JOIN decision r ON r.seq = i.decision_seq"
    )
}

fn settlement(row: &dyn Row) -> Result<Settlement> {
    let cause = row.text(7)?.map(|cause| cause.parse().map_err(StoreError::Damaged)).transpose()?;
    Ok(Settlement {
        seq: row.need_int(0)?,
        item: row.string(1)?,
        own: verdict(row, 2)?,
        verdict: row.need_text(3)?.parse().map_err(StoreError::Damaged)?,
        by: row.need_text(4)?.parse().map_err(StoreError::Damaged)?,
        who: row.string(5)?,
        at: row.need_int(6)?,
        cause,
        note: from_json(row.need_text(8)?)?.note,
        taken_from: row.opt_string(9)?,
    })
}

impl Tx<'_> {
    /// Adds to the part of an adjudication which opinions it settles, in the order in which they
    /// are shown.
    pub(super) fn with_sides(&self, queue: &Queue, item: Seq, part: Part) -> Result<Part> {
        if part.purpose != Purpose::Adjudication {
            return Ok(part);
        }
        let ids: Vec<String> = self.shown(queue, item)?.into_iter().map(|opinion| opinion.id).collect();
        Ok(Part { sides: Some(serde_json::json!(ids).to_string()), ..part })
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[test]
    fn what_was_settled_last_is_found_by_an_index_in_its_order() {
        let plan = plan(&settlements(), 3);
        assert!(plan.contains("item_settled"), "{plan}");
        assert!(!plan.contains("SCAN i\n"), "{plan}");
    }
}
