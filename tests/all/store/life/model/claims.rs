//! Claims: who has which opinion of an item before them.

use super::{Made, Model};
use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::stage::Stage;
use std::collections::BTreeMap;

/// The slot of a claim that is for no opinion.
const NO_OPINION: i64 = 0;
/// The slot of a claim for a decision that is made once more.
pub(super) const REPEAT: i64 = -1;

#[derive(Clone)]
pub(super) struct Claim {
    number: usize,
    pub(super) item: usize,
    slot: i64,
    pub(super) who: &'static str,
    until: i64,
    session: usize,
}

impl Claim {
    /// It is for a decision that its owner makes once more.
    pub(super) fn is_to_repeat(&self, who: &str, item: usize) -> bool {
        (self.who, self.item, self.slot) == (who, item, REPEAT)
    }
}

impl Model {
    /// The claims on an item that have not expired.
    pub(super) fn live(&self, item: usize) -> impl Iterator<Item = &Claim> {
        self.claims.iter().filter(move |claim| claim.item == item && claim.until > self.now)
    }

    /// The lowest opinion that is asked, and that nobody has given or claimed.
    pub(super) fn unclaimed_slot(&self, item: usize) -> Option<i64> {
        let is_given = |slot| self.standing(item).any(|(_, given)| given.decision.slot == Some(slot));
        let is_claimed = |slot| self.live(item).any(|claim| claim.slot == slot);
        (1..=self.items[item].opinions).find(|slot| !is_given(*slot) && !is_claimed(*slot))
    }

    /// The opinion that somebody has given.
    fn own_slot(&self, who: &str, item: usize) -> Option<i64> {
        self.own(who, item, Made::Opinion).and_then(|at| self.items[item].given[at].decision.slot)
    }

    /// Takes the item that is served next; gives the number of the claim.
    pub(in super::super) fn take(&mut self, who: &'static str, item: usize) -> usize {
        let slot = match self.stage(item) {
            _ if self.to_repeat(who) == Some(item) => REPEAT,
            Stage::Disputed => NO_OPINION,
            _ if self.items[item].opinions == 1 => 1,
            Stage::Returned => self.own_slot(who, item).unwrap_or(NO_OPINION),
            _ => self.unclaimed_slot(item).unwrap(),
        };
        self.put(who, item, slot)
    }

    /// Claims an item that is shown; `None`: another has it.
    pub(in super::super) fn claim(&mut self, who: &'static str, item: usize) -> Option<usize> {
        let slot = self.slot_of_shown(who, item);
        let present = self.claims.iter().find(|claim| claim.item == item && claim.slot == slot);
        let is_other = |claim: &Claim| claim.until > self.now && (claim.session, claim.who) != (self.session, who);
        if present.is_some_and(is_other) { None } else { Some(self.put(who, item, slot)) }
    }

    fn slot_of_shown(&self, who: &str, item: usize) -> i64 {
        if self.items[item].opinions == 1 {
            return 1;
        }
        let of_item = || self.claims.iter().filter(|claim| claim.item == item);
        let own = of_item().filter(|claim| claim.who == who);
        let own = own.filter(|claim| claim.until > self.now || claim.session == self.session);
        let is_disputed = self.stage(item) == Stage::Disputed;
        let first_to_expire = || self.live(item).min_by_key(|claim| claim.until).map(|claim| claim.slot);
        own.max_by_key(|claim| claim.until)
            .map(|claim| claim.slot)
            .or(self.own_slot(who, item))
            .or(is_disputed.then_some(NO_OPINION))
            .or(self.unclaimed_slot(item))
            .or_else(first_to_expire)
            .unwrap_or(NO_OPINION)
    }

    fn put(&mut self, who: &'static str, item: usize, slot: i64) -> usize {
        self.claims.retain(|claim| (claim.item, claim.slot) != (item, slot));
        self.claimed += 1;
        let (number, until, session) = (self.claimed, self.now + CLAIM_MILLIS, self.session);
        self.claims.push(Claim { number, item, slot, who, until, session });
        number
    }

    /// Looks at an item, and lets it go.
    pub(super) fn look(&mut self, who: &'static str, item: usize) {
        if let Some(claim) = self.claim(who, item) {
            self.drop_claim(claim);
        }
    }

    /// `None`: the claim is lost.
    pub(super) fn claimed_slot(&self, number: usize) -> Option<i64> {
        self.claims.iter().find(|claim| claim.number == number).map(|claim| claim.slot)
    }

    pub(in super::super) fn drop_claim(&mut self, number: usize) {
        self.claims.retain(|claim| claim.number != number);
    }

    /// The program ends without letting anything go, and is started again.
    pub(in super::super) fn start_again(&mut self) {
        self.session += 1;
    }

    /// How many open items each of the others has claimed.
    pub(in super::super) fn claimants(&self, but: &str) -> BTreeMap<String, i64> {
        let mut found = BTreeMap::new();
        for item in (0..self.items.len()).filter(|item| self.stage(*item).is_open()) {
            for claim in self.live(item).filter(|claim| claim.who != but) {
                *found.entry(claim.who.to_owned()).or_default() += 1;
            }
        }
        found
    }

    pub(in super::super) fn claimed_by(&self, item: usize) -> Vec<&'static str> {
        self.live(item).map(|claim| claim.who).collect()
    }
}
