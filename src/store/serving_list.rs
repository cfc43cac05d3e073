//! Serving by an order and a filter of the reviewer's own: along a list that is made once,
//! when it is asked for.
//!
//! The list is row numbers in memory, so that the next item is found as fast at a million
//! items as at a hundred, whatever the order: a claim looks at a few of them. What was
//! imported since, and what was passed over, comes with a new list at the end of the old
//! one.
//!
//! Open items are served, and by a filter that asks for decided ones (`verdict:escalate`) those
//! that it finds: each until somebody decides it, and none twice to the same reviewer.

use super::claims::{ClaimOutcome, INSERT, TAKE_OVER, TAKEN, new_claim};
use super::engine::{Param, params};
use super::listing::{By, Condition, Sort, Value};
use super::opinions::{self, next_slot};
use super::pick::Pick;
use super::serving::WITHOUT_DEFERRED;
use super::stage;
use super::{Result, Store};
use crate::domain::claim::Claim;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::order::{Order, Serving};
use crate::domain::queue::Actor;
use crate::domain::record::RecordField;

/// Items of the list that one statement looks at.
const BATCH: usize = 32;

/// Batches that one transaction looks at: others wait for it.
const BATCHES: usize = 64;

/// Items after which a list in the order of bars is made anew, where it is not long: what others
/// have passed over meanwhile comes first then, for it counts against the bar.
const RENEWED_AFTER: usize = 50;
const NOT_LONG: usize = 100_000;

/// The items that a reviewer is served, in their order, and how far it has come.
pub(super) struct ServingList {
    serving: Serving,
    items: Vec<Seq>,
    among: Among,
    /// How far it has been served.
    at: usize,
    /// Nothing was served of it yet.
    is_fresh: bool,
}

/// Which items are served.
#[derive(Clone, Copy)]
enum Among {
    Open,
    /// All that the filter finds, by the newest decision there was when the reviewer was first
    /// served by it, and when the list was made.
    Found {
        at_first: i64,
        at_list: i64,
    },
}

impl Among {
    /// SQL: the item `i` of the list is still to be served, and free for the reviewer.
    fn free(self, adjudicates: &str) -> String {
        match self {
            Among::Open => opinions::free_for_reviewer(adjudicates),
            Among::Found { at_list, .. } => {
                opinions::free_of_those(&format!("COALESCE(i.decision_seq, 0) <= {at_list}"))
            }
        }
    }

    /// The condition on the items of the list; `adjudicates` says of a marker whether its reviewer settles
    /// disagreements.
    fn narrow(self, mut condition: Condition, reviewer: &str, adjudicates: impl Fn(&str) -> String) -> Condition {
        let me = condition.bind(Value::Text(reviewer.into()));
        match self {
            // Own opinions that wait for another's would be passed over at each serving.
            Among::Open => {
                let asks = opinions::asks(&me, &adjudicates(&me));
                condition.and(&format!("{} AND {asks}", stage::is_open("i")))
            }
            Among::Found { at_first, .. } => condition.and(&format!(
                "NOT EXISTS (SELECT 1 FROM decision o WHERE o.item_seq = i.seq AND o.reviewer = {me}
                        AND o.standing = 1 AND o.seq > {at_first})"
            )),
        }
    }
}

impl ServingList {
    /// The next items from a place in the list on.
    fn batch(&self, at: usize) -> &[Seq] {
        let rest = self.items.get(at..).unwrap_or_default();
        &rest[..rest.len().min(BATCH)]
    }
}

impl Store {
    /// Serves the reviewer by this order and filter from now on.
    pub fn serve_by(&mut self, actor: Actor, serving: &Serving) -> Result<()> {
        self.list = match serving.is_plain() {
            true => None,
            false => Some(self.serving_list(actor, serving, None)?),
        };
        self.grounded_to = Some(0);
        if self.ground_at_first(actor.queue)? {
            self.list = Some(self.serving_list(actor, serving, None)?);
        }
        Ok(())
    }

    /// Serves the reviewer what follows an item among those that were found by this filter
    /// already, in their order; at their end what the filter finds then, in its own.
    pub fn serve_found(&mut self, serving: &Serving, found: &[Seq], item: Seq) -> Result<()> {
        let at = found.iter().position(|seq| *seq == item).map_or(0, |at| at + 1);
        let among = self.among(&serving.filter, None)?;
        let items = found.to_vec();
        self.list = Some(ServingList { serving: serving.clone(), items, among, at, is_fresh: false });
        Ok(())
    }

    /// How the reviewer is served.
    pub fn serving(&self) -> Serving {
        self.list.as_ref().map(|list| list.serving.clone()).unwrap_or_default()
    }

    /// Whether the reviewer has chosen an order or a filter: then nothing else comes between.
    pub(super) fn is_served_by_choice(&self) -> bool {
        self.list.as_ref().is_some_and(|list| !list.serving.is_stream())
    }

    /// How far the list has been served; 0: there is none.
    pub(super) fn place_in_list(&self) -> usize {
        self.list.as_ref().map_or(0, |list| list.at)
    }

    /// The next item is of a new list.
    pub(super) fn renew_list(&mut self) {
        if let Some(list) = &mut self.list {
            (list.at, list.is_fresh) = (usize::MAX, false);
        }
    }

    /// Goes back to the head of the list, for what was deferred there.
    pub(super) fn restart_list(&mut self) {
        if let Some(list) = &mut self.list {
            list.at = 0;
        }
    }

    /// A new list, after one that served `before` where there was one.
    fn serving_list(
        &self,
        Actor { queue, reviewer, now, .. }: Actor,
        serving: &Serving,
        before: Option<Among>,
    ) -> Result<ServingList> {
        let filter = self.resolve(queue, &serving.filter, now)?;
        let among = self.among(filter.filter(), before)?;
        let adjudicates = |me: &str| self.adjudicates(queue, me);
        let condition = among.narrow(self.condition(queue, &filter, reviewer)?, reviewer, adjudicates);
        let sort = sort(serving.order);
        let items = match among {
            Among::Open => self.listing_of_open(queue, condition, sort)?,
            Among::Found { .. } => self.whole_listing(queue, condition, sort)?.seqs().to_vec(),
        };
        Ok(ServingList { serving: serving.clone(), items, among, at: 0, is_fresh: true })
    }

    fn among(&self, filter: &Filter, before: Option<Among>) -> Result<Among> {
        if !filter.asks_for_decided() {
            return Ok(Among::Open);
        }
        let at_list = self.number("SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM decision", &[])?;
        match before {
            Some(Among::Found { at_first, .. }) => Ok(Among::Found { at_first, at_list }),
            _ => Ok(Among::Found { at_first: at_list, at_list }),
        }
    }

    /// Tries the next items of the list, in a transaction or by itself.
    pub(super) fn claim_on_list(&self, list: &ServingList, actor: Actor, pick: Pick) -> Result<ClaimOutcome> {
        let mut at = list.at;
        for _ in 0..BATCHES {
            let batch = list.batch(at);
            if batch.is_empty() {
                break;
            }
            let claimed = self.claim_one_of(batch, list.among, actor, pick)?;
            let place = claimed.as_ref().and_then(|(seq, _)| batch.iter().position(|other| other == seq));
            at += place.map_or(batch.len(), |place| place + 1);
            if claimed.is_some() {
                return Ok(ClaimOutcome { claimed, at });
            }
        }
        Ok(ClaimOutcome { claimed: None, at })
    }

    /// Notes the outcome of an attempt to claim, once it is on disk; where it found nothing yet,
    /// continues the search in transactions of its own.
    pub(super) fn follow_list(
        &mut self,
        outcome: ClaimOutcome,
        actor: Actor,
        pick: Pick,
    ) -> Result<Option<(Seq, Claim)>> {
        let ClaimOutcome { mut claimed, at } = outcome;
        let Some(list) = &mut self.list else { return Ok(claimed) };
        list.at = at;
        let may_go_on = self.share_reached(actor)?.is_none() && self.stopped(actor)?.is_none();
        while may_go_on && claimed.is_none() && self.prepare_list(actor)? {
            let Some(list) = &self.list else { break };
            let outcome = self.claim_on_list(list, actor, pick)?;
            claimed = outcome.claimed;
            self.list.iter_mut().for_each(|list| list.at = outcome.at);
        }
        self.list.iter_mut().for_each(|list| list.is_fresh = false);
        let is_due =
            |list: &ServingList| list.serving.is_stream() && list.at >= RENEWED_AFTER && list.items.len() <= NOT_LONG;
        if self.list.as_ref().is_some_and(is_due) {
            self.renew_list();
        }
        Ok(claimed)
    }

    /// Makes sure that the list has items left; a new one is made at most once. `false`: no item
    /// is left.
    fn prepare_list(&mut self, actor: Actor) -> Result<bool> {
        let Some(list) = &self.list else { return Ok(false) };
        if list.batch(list.at).is_empty() {
            if list.is_fresh {
                return Ok(false);
            }
            self.list = Some(self.serving_list(actor, &list.serving, Some(list.among))?);
        }
        Ok(self.list.as_ref().is_some_and(|list| !list.batch(0).is_empty()))
    }

    /// Makes the list anew where that is due: else the next claim does, and somebody waits for it.
    pub(super) fn renew_due_list(&mut self, actor: Actor) -> Result<()> {
        if self.list.as_ref().is_some_and(|list| list.at == usize::MAX) {
            self.prepare_list(actor)?;
            self.list.iter_mut().for_each(|list| list.is_fresh = false); // more may come in before the claim
        }
        Ok(())
    }

    /// The item of the list that would be served next, after the present one.
    pub(super) fn next_on_list(
        &self,
        list: &ServingList,
        Actor { queue, reviewer, now, .. }: Actor,
        present: Seq,
    ) -> Result<Option<Seq>> {
        let sql = format!(
            "SELECT i.seq FROM {} JOIN item i ON i.seq = v.column2 WHERE {} AND i.seq <> ?5
             ORDER BY v.column1 LIMIT 1",
            numbered(6),
            list.among.free(&self.adjudicates(queue, "?3"))
        );
        let mut values = params![queue.id, now, reviewer, WITHOUT_DEFERRED, present].to_vec();
        values.extend(padded(list.batch(list.at)));
        self.first(&sql, &values, |row| row.need_int(0))
    }

    /// The first free item of the batch, chosen and taken by one statement.
    fn claim_one_of(
        &self,
        batch: &[Seq],
        among: Among,
        Actor { queue, reviewer, now, .. }: Actor,
        pick: Pick,
    ) -> Result<Option<(Seq, Claim)>> {
        let claim = new_claim(now);
        let sql = format!(
            "{INSERT} SELECT i.seq, {}, i.queue_id, ?3, ?5, ?6, ?7 FROM {} JOIN item i ON i.seq = v.column2
             WHERE {} ORDER BY v.column1 LIMIT 1 {} {TAKE_OVER} claim.expires_at <= ?2 {TAKEN}",
            next_slot("?3", "?2"),
            numbered(8),
            among.free(&self.adjudicates(queue, "?3")),
            self.engine.dialect().skip_locked("i")
        );
        let choice = params![queue.id, now, reviewer, i64::from(pick.deferred)];
        let mut values = choice.to_vec();
        values.extend_from_slice(params![&self.session, &claim.token, claim.expires_at]);
        values.extend(padded(batch));
        Ok(self.take_claim(&sql, &values, &claim.token)?.map(|seq| (seq, claim)))
    }
}

/// A batch as rows `v` of place and row number; its markers count from `first`.
fn numbered(first: usize) -> String {
    let rows: Vec<String> = (0..BATCH).map(|place| format!("({place}, CAST(?{} AS BIGINT))", first + place)).collect();
    format!("(VALUES {}) v", rows.join(", "))
}

/// The batch at its full length, so that one statement serves every length.
fn padded<'p>(batch: &[Seq]) -> impl Iterator<Item = Param<'p>> {
    batch.iter().map(|seq| Param::Int(*seq)).chain(std::iter::repeat(Param::Null)).take(BATCH)
}

fn sort(order: Order) -> Sort {
    let by = |by, descending| Sort { by, descending };
    match order {
        Order::Priority => by(By::Field(const { RecordField::item("priority") }), true),
        Order::Newest => by(By::Age, true),
        Order::Oldest => by(By::Age, false),
        Order::Waiting => by(By::Imported, false),
        Order::Grounded => by(By::Support, false),
        Order::Shuffled(seed) => by(By::Shuffled(seed), false),
        Order::Stream => by(By::Stream, false),
    }
}
