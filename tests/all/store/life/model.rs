//! The life of items in plain code, written from the rules of review: who may do what, and what
//! comes of it.

mod claims;
mod coming;
mod merge;

use crate::store::outcome::{self, Decision, Made, Outcome, Rules};
use claims::{Claim, REPEAT};
pub(super) use coming::New;
use karat::domain::decision::Verdict::{self, Escalate, Reject};
use karat::domain::sampling::{AUDIT, REPEAT as REPEATED, draw};
use karat::domain::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use support::fixture::T0;

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// Settled items from which on shares are counted.
pub(super) const COUNTED_FROM: i64 = 50;

/// Owns the route `lead`, where an answer is due in four hours, which may send an item back, and
/// from which it goes on to `desk`. In a file a lead.
pub(super) const LEE: &str = "lee";
/// Owns the route `desk`, where an answer is due in two hours.
pub(super) const LI: &str = "li";
pub(super) const PEOPLE: [&str; 5] = ["ana", "ben", "cy", LEE, LI];

/// A verdict, with a category where it rejects.
pub(super) type Judged = (Verdict, Option<&'static str>);

/// The level of tone that is scored with it.
pub(super) fn tone(judged: Judged) -> Option<i64> {
    match judged {
        (Escalate, _) => None,
        (_, Some("cold")) => Some(1),
        _ => Some(3),
    }
}

/// What differs between the specs of a walk.
#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub(super) rules: Option<Rules>,
    /// A second opinion is asked where the first rejects for what is critical.
    pub(super) asks_second: bool,
    /// The share of cases of which a second opinion is asked anyway.
    pub(super) audit: Option<f64>,
    /// Anybody settles disagreements, and not lee alone.
    pub(super) anybody_settles: bool,
    pub(super) sampling: Option<Sampling>,
    /// The share of cases that their reviewers are asked once more a day after.
    pub(super) repeat: Option<f64>,
    /// The most that one reviewer may hold of what is settled.
    pub(super) max_share: Option<f64>,
}

#[derive(Debug, Clone)]
pub(super) struct Sampling {
    /// Of prompt version v8: the rate, and the opinions that are asked.
    pub(super) v8: f64,
    pub(super) opinions: i64,
    /// How many cases of v8 are all taken.
    pub(super) first: Option<usize>,
    /// Of all others.
    pub(super) rest: f64,
}

/// What a check of the spec finds on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// It is rejected for what is critical.
    Shape,
    /// It is rejected for what can be made again.
    Tidy,
    /// It is escalated to the desk.
    Law,
    /// It is flagged.
    Long,
}

impl Found {
    pub(super) fn key(self) -> Option<&'static str> {
        match self {
            Found::Nothing => None,
            Found::Shape => Some("shape"),
            Found::Tidy => Some("tidy"),
            Found::Law => Some("law"),
            Found::Long => Some("long"),
        }
    }

    fn decides(self) -> Option<(&'static str, Verdict, Option<&'static str>)> {
        match self {
            Found::Nothing | Found::Long => None,
            Found::Shape => Some(("check:shape", Reject, Some("wrong"))),
            Found::Tidy => Some(("check:tidy", Reject, Some("cold"))),
            Found::Law => Some(("check:law", Escalate, None)),
        }
    }
}

/// A decision on an item.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) who: &'static str,
    pub(super) decision: Decision,
    pub(super) undone: bool,
    /// A reopening has ended it.
    ended: bool,
    version: i64,
    at: i64,
    supersedes: Option<usize>,
    id: Id,
    /// It was made for many items at once.
    is_bulk: bool,
}

/// What a decision is known by here and in a copy: where it was made, and as which.
pub(super) type Id = (u8, usize);

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Made,
    Undone,
    Redone,
}

#[derive(Clone)]
pub(super) struct Question {
    /// Place of the decision that asks, or whose attempts are used up.
    of: usize,
    pub(super) by: &'static str,
    pub(super) route: &'static str,
    pub(super) due: i64,
    pub(super) returned: bool,
}

#[derive(Clone, Copy)]
struct Moved {
    at: i64,
    route: &'static str,
    due: i64,
}

#[derive(Clone)]
pub(super) struct Item {
    pub(super) id: String,
    case: Option<String>,
    /// Which output of its case it is.
    number: i64,
    model: &'static str,
    is_v8: bool,
    pub(super) chance: Option<f64>,
    pub(super) rule: Option<&'static str>,
    held_back: bool,
    pulled: bool,
    pub(super) opinions: i64,
    /// Which output it is of those that were made one in place of the other.
    attempt: i64,
    /// The next of these.
    pub(super) replaced_by: Option<usize>,
    /// In the order in which they were made.
    pub(super) given: Vec<Given>,
    pub(super) found: Found,
    pub(super) question: Option<Question>,
    /// Where a question went on to last.
    moved: Option<Moved>,
    /// What became of its decisions, in that order.
    log: Vec<(Became, Id)>,
    deferred: BTreeSet<&'static str>,
    /// When they declined it.
    declined: BTreeMap<&'static str, i64>,
    /// All that have, whether they took it back or not.
    told_declined: Vec<(&'static str, i64)>,
    /// Who is asked once more, from when on, and whether they were.
    repeats: BTreeMap<&'static str, (i64, bool)>,
    /// How many decisions there were when shares were counted, and whose was of record.
    counted: (usize, Option<&'static str>),
    /// For whom it was put back, by which of lee's steps.
    reserved: Option<(&'static str, usize)>,
}

impl Item {
    /// The case that it is an output of.
    fn case(&self) -> &str {
        self.case.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Clone)]
enum Step {
    Decision {
        item: usize,
        at: usize,
    },
    /// A decision that was made once more.
    Repeat {
        item: usize,
        at: usize,
    },
    Deferral {
        item: usize,
        before: bool,
    },
    Decline {
        item: usize,
    },
    /// Decisions on an item that stand no more, and for whom it is.
    Reopening {
        item: usize,
        ended: Vec<usize>,
        to: Option<&'static str>,
    },
    /// Decisions on many items; `true`: it stands.
    Bulk(Vec<(usize, usize, bool)>),
}

/// What somebody did.
#[derive(Clone)]
struct Done {
    step: Step,
    /// Which of all undos took it back.
    undone: Option<usize>,
}

#[derive(Clone)]
pub(super) struct Model {
    /// 0 here, and 1 in a copy.
    place: u8,
    /// How many decisions were made, here and in what it is a copy of.
    made: usize,
    /// Lee is a lead of the team; on a server the walk is its owner's, whom it lets do everything.
    is_team: bool,
    pub(super) now: i64,
    version: i64,
    pub(super) specs: BTreeMap<i64, Spec>,
    pub(super) items: Vec<Item>,
    /// In the order in which they were made.
    steps: BTreeMap<&'static str, Vec<Done>>,
    /// How many steps were taken back.
    undos: usize,
    claims: Vec<Claim>,
    /// How many claims were made.
    claimed: usize,
    /// How often the program was started.
    session: usize,
    /// The cases that a rule has taken as its first.
    first_cases: BTreeMap<&'static str, BTreeSet<String>>,
    /// The rules that still take first cases.
    filling: BTreeSet<&'static str>,
}

impl Model {
    pub(super) fn new(is_team: bool) -> Self {
        Self {
            place: 0,
            made: 0,
            is_team,
            now: T0,
            version: 0,
            specs: BTreeMap::new(),
            items: Vec::new(),
            steps: BTreeMap::new(),
            undos: 0,
            claims: Vec::new(),
            claimed: 0,
            session: 0,
            first_cases: BTreeMap::new(),
            filling: BTreeSet::new(),
        }
    }

    /// From now on it is that of a copy.
    pub(super) fn leave(&mut self) {
        self.place += 1;
    }

    fn spec(&self) -> &Spec {
        &self.specs[&self.version]
    }

    fn leads(&self, who: &str) -> bool {
        self.is_team && who == LEE
    }

    /// Whether what only a lead may is this person's to do.
    fn has_lead(&self, who: &str) -> bool {
        who == LEE || !self.is_team
    }

    fn adjudicates(&self, who: &str) -> bool {
        match &self.spec().rules {
            None => self.has_lead(who),
            Some(_) => self.spec().anybody_settles || who == LEE,
        }
    }

    fn answers(&self, who: &str, route: &str) -> bool {
        self.leads(who) || who == if route == "lead" { LEE } else { LI }
    }

    fn outcome(&self, item: usize) -> Outcome {
        let item = &self.items[item];
        let plain = outcome::Item {
            opinions: item.opinions,
            held_back: item.held_back,
            replaced: item.replaced_by.is_some(),
            attempt: item.attempt,
            decisions: item.given.iter().map(|given| given.decision.clone()).collect(),
        };
        outcome::outcome(&plain, |at| self.specs[&item.given[at].version].rules.as_ref())
    }

    pub(super) fn stage(&self, item: usize) -> Stage {
        self.outcome(item).0
    }

    /// The decision of record, and what it rests on.
    pub(super) fn record(&self, item: usize) -> (Option<&Given>, Option<&'static str>) {
        let (stage, chosen, by) = self.outcome(item);
        let record = chosen.filter(|_| stage != Stage::Returned);
        (record.map(|at| &self.items[item].given[at]), by)
    }

    /// What is asked follows where the item stands.
    fn settle(&mut self, item: usize) {
        let (stage, chosen, _) = self.outcome(item);
        let Some(at) = chosen.filter(|_| matches!(stage, Stage::Escalated | Stage::Returned)) else {
            self.items[item].question = None;
            return;
        };
        let given = &self.items[item].given[at];
        let moved = self.items[item].moved.filter(|moved| moved.at > given.at);
        let asked = match given.decision.verdict {
            Escalate if given.decision.made == Made::Check => (given.who, "desk", given.at + 2 * HOUR),
            Escalate => (given.who, "lead", given.at + 4 * HOUR),
            _ => ("program", "desk", given.at + 2 * HOUR),
        };
        let question = &mut self.items[item].question;
        if question.as_ref().is_none_or(|question| question.of != at) {
            let (by, route, due) = asked;
            // Asked once more, it is where it had gone on to.
            let (route, due) = moved.map_or((route, due), |moved| (moved.route, moved.due));
            *question = Some(Question { of: at, by, route, due, returned: false });
        }
        question.as_mut().unwrap().returned = stage == Stage::Returned;
    }

    fn standing(&self, item: usize) -> impl Iterator<Item = (usize, &Given)> {
        self.items[item].given.iter().enumerate().filter(|(_, given)| given.decision.stands)
    }

    fn own(&self, who: &str, item: usize, made: Made) -> Option<usize> {
        self.standing(item).find(|(_, given)| given.who == who && given.decision.made == made).map(|(at, _)| at)
    }

    /// Another has settled the item, after the decision at this place where there is one.
    fn is_settled_by_another(&self, who: &str, item: usize, since: Option<usize>) -> bool {
        self.standing(item).filter(|(at, _)| Some(*at) > since).any(|(_, given)| {
            let decision = &given.decision;
            let settles =
                decision.made == Made::Adjudication || (decision.made == Made::Answer && decision.verdict != Escalate);
            given.who != who && settles
        })
    }

    /// The lowest opinion that is asked and that no other has given.
    fn free_slot(&self, who: &str, item: usize) -> Option<i64> {
        (1..=self.items[item].opinions).find(|slot| self.is_free_slot(who, item, *slot))
    }

    fn is_free_slot(&self, who: &str, item: usize, slot: i64) -> bool {
        let is_taken = self.standing(item).any(|(_, given)| given.who != who && given.decision.slot == Some(slot));
        (1..=self.items[item].opinions).contains(&slot) && !is_taken
    }

    fn is_free_for(&self, who: &str, item: usize) -> bool {
        if self.items[item].deferred.contains(who)
            || self.has_declined(who, item)
            || self.own(who, item, Made::Answer).is_some()
        {
            return false;
        }
        if self.reserved_for(item).is_some_and(|person| person != who && !self.has_met(person, item)) {
            return false;
        }
        let gave_none = self.standing(item).all(|(_, given)| given.who != who);
        let stage = self.stage(item);
        if self.items[item].opinions > 1 && matches!(stage, Stage::Waiting | Stage::NeedsOpinion) {
            let has_claimed = self.live(item).any(|claim| claim.who == who);
            return gave_none && !has_claimed && self.unclaimed_slot(item).is_some();
        }
        if self.live(item).next().is_some() {
            return false;
        }
        match stage {
            Stage::Returned => self.items[item].question.as_ref().unwrap().by == who,
            Stage::Disputed => self.adjudicates(who) && gave_none,
            Stage::Waiting => gave_none,
            _ => false,
        }
    }

    fn reserved_for(&self, item: usize) -> Option<&'static str> {
        self.items[item].reserved.map(|(person, _)| person)
    }

    /// Somebody has decided the item or left it to others.
    fn has_met(&self, who: &str, item: usize) -> bool {
        self.has_declined(who, item) || self.standing(item).any(|(_, given)| given.who == who)
    }

    /// What is served next: what is to be decided once more while something else waits, what came back to
    /// who asked, what was put back for this person, then the others in their order. Who holds too much is
    /// served what is theirs alone.
    pub(super) fn next(&self, who: &str) -> Option<usize> {
        const OF_OTHERS: u8 = 2;
        let rank = |item: usize| match self.stage(item) {
            Stage::Returned => 0,
            _ if self.reserved_for(item) == Some(who) => 1,
            _ => OF_OTHERS,
        };
        let free = (0..self.items.len()).filter(|item| self.is_free_for(who, *item));
        let first = free.map(|item| (rank(item), item)).min();
        if self.holds_too_much(who) {
            return first.filter(|(rank, _)| *rank < OF_OTHERS).map(|(_, item)| item);
        }
        let (_, first) = first?;
        Some(self.to_repeat(who).unwrap_or(first))
    }

    /// The item that somebody is to decide once more.
    fn to_repeat(&self, who: &str) -> Option<usize> {
        self.spec().repeat?;
        let due =
            |item: &usize| self.items[*item].repeats.get(who).filter(|(_, is_done)| !is_done).map(|(due, _)| *due);
        let is_due = |item: &usize| due(item).is_some_and(|due| due <= self.now);
        let is_settled = |item: &usize| {
            let (record, _) = self.record(*item);
            record.is_some_and(|record| record.decision.verdict != Escalate) && self.items[*item].replaced_by.is_none()
        };
        let is_theirs = |item: &usize| {
            let gave = self.own(who, *item, Made::Opinion).is_some();
            gave && self.live(*item).next().is_none() && !self.items[*item].deferred.contains(who)
        };
        let items = (0..self.items.len()).filter(|item| is_due(item) && is_theirs(item) && is_settled(item));
        items.min_by_key(|item| (due(item), *item))
    }

    /// Whose verdict settles an item; a check's is nobody's.
    fn settler(&self, item: usize) -> Option<&'static str> {
        let (record, by) = self.record(item);
        record.filter(|record| record.decision.verdict != Escalate && by != Some("check")).map(|record| record.who)
    }

    /// Somebody holds more of what is settled than the rules let one hold: as it was counted, and what was
    /// decided since.
    fn holds_too_much(&self, who: &str) -> bool {
        let Some(most) = self.spec().max_share else { return false };
        let is_new = |item: usize| {
            let record = self.record(item).0.map(|record| record.id);
            self.items[item].given[self.items[item].counted.0..].iter().any(|given| Some(given.id) == record)
        };
        let holders = (0..self.items.len()).flat_map(|item| {
            [self.items[item].counted.1, self.settler(item).filter(|_| is_new(item))].into_iter().flatten()
        });
        let (held, settled) = holders.fold((0, 0), |(held, all), holder| (held + i64::from(holder == who), all + 1));
        settled >= COUNTED_FROM && held as f64 > most * settled as f64
    }

    /// Shares are counted up to now.
    pub(super) fn count(&mut self) {
        for item in 0..self.items.len() {
            self.items[item].counted = (self.items[item].given.len(), self.settler(item));
        }
    }

    pub(super) fn waiting_deferred(&self, who: &str) -> i64 {
        let is_open = |item| self.stage(item).is_open() && self.items[item].deferred.contains(who);
        (0..self.items.len()).filter(|item| is_open(*item)).count() as i64
    }

    /// What part a decision has, made with a claim of this slot; `None`: it is refused.
    fn part(&self, who: &str, item: usize, verdict: Verdict, claimed: Option<i64>) -> Option<(Made, Option<i64>)> {
        if self.items[item].replaced_by.is_some() || self.has_declined(who, item) {
            return None;
        }
        let has_opinion = self.own(who, item, Made::Opinion);
        if self.is_returned_to_another(who, item) {
            return None;
        }
        let (record, by) = self.record(item);
        if self.own(who, item, Made::Answer).is_some() && (by == Some("answer") || has_opinion.is_none()) {
            return None;
        }
        let others = record.filter(|record| record.who != who);
        let escalated = others.is_some_and(|record| record.decision.verdict == Escalate);
        if escalated && verdict != Escalate && has_opinion.is_none() {
            let question = self.items[item].question.as_ref().unwrap();
            if self.answers(who, question.route) {
                return Some((Made::Answer, None));
            }
        }
        if others.is_some_and(|record| record.decision.made == Made::Check) && !escalated && !self.has_lead(who) {
            return None;
        }
        if self.is_settled_by_another(who, item, None) {
            return None;
        }
        if self.own(who, item, Made::Adjudication).is_some() {
            return Some((Made::Adjudication, None));
        }
        if self.items[item].opinions == 1 {
            return Some((Made::Opinion, Some(1)));
        }
        // One too many that came from a copy stays one too many, and its maker settles nothing.
        if let Some(own) = has_opinion {
            return Some((Made::Opinion, self.items[item].given[own].decision.slot));
        }
        let claimed = claimed.filter(|slot| self.is_free_slot(who, item, *slot));
        match claimed.or(self.free_slot(who, item)) {
            Some(slot) => Some((Made::Opinion, Some(slot))),
            None if self.stage(item) == Stage::Disputed && self.adjudicates(who) => Some((Made::Adjudication, None)),
            None => None,
        }
    }

    /// One opinion is asked, and who asked about the item has it back with an answer.
    fn is_returned_to_another(&self, who: &str, item: usize) -> bool {
        let question = self.items[item].question.as_ref().filter(|question| question.returned);
        self.items[item].opinions == 1 && question.is_some_and(|question| question.by != who)
    }

    /// Decides an item under a claim; `false`: it is refused.
    pub(super) fn decide(&mut self, who: &'static str, item: usize, claim: usize, judged: Judged) -> bool {
        let Some(slot) = self.claimed_slot(claim) else { return false };
        if slot == REPEAT {
            self.drop_claim(claim);
            let at = self.give(item, who, Made::Repeat, None, judged.0, judged.1);
            self.items[item].given[at].decision.stands = false;
            self.set_repeated(who, item, true);
            self.did(who, Step::Repeat { item, at });
            return true;
        }
        let Some((made, slot)) = self.part(who, item, judged.0, Some(slot)) else { return false };
        self.drop_claim(claim);
        let at = self.make(who, item, (made, slot), judged);
        self.did(who, Step::Decision { item, at });
        true
    }

    fn set_repeated(&mut self, who: &str, item: usize, is_done: bool) {
        if let Some(repeat) = self.items[item].repeats.get_mut(who) {
            repeat.1 = is_done;
        }
    }

    /// Claims an item and decides it; `false`: it is refused.
    pub(super) fn decide_at_once(&mut self, who: &'static str, item: usize, judged: Judged) -> bool {
        let before = self.claims.clone();
        let is_decided = self.claim(who, item).is_some_and(|claim| self.decide(who, item, claim, judged));
        if !is_decided {
            self.claims = before;
        }
        is_decided
    }

    /// Decides those of the items that wait, and those that the person has decided; gives how many.
    pub(super) fn bulk(&mut self, who: &'static str, items: &[usize], judged: Judged) -> i64 {
        let mut done = Vec::new();
        for &item in items {
            let is_open = self.stage(item).is_open() || self.own(who, item, Made::Opinion).is_some();
            if !is_open || self.live(item).any(|claim| claim.who != who) {
                continue;
            }
            let Some(part) = self.part(who, item, judged.0, None) else { continue };
            self.claims.retain(|claim| claim.item != item || claim.who != who);
            let at = self.make(who, item, part, judged);
            self.items[item].given[at].is_bulk = true;
            done.push((item, at, true));
        }
        let changed = done.len() as i64;
        if changed > 0 {
            self.did(who, Step::Bulk(done));
        }
        changed
    }

    /// `false`: it is refused.
    pub(super) fn answer(&mut self, who: &'static str, item: usize, judged: Judged) -> bool {
        let Some(question) = self.items[item].question.as_ref().filter(|question| !question.returned) else {
            return false;
        };
        let is_by_person = PEOPLE.contains(&question.by);
        if judged.0 == Escalate && !(is_by_person && question.route == "lead") {
            return false;
        }
        let gave = self.own(who, item, Made::Opinion).is_some();
        if question.by == who || gave || self.has_declined(who, item) || !self.answers(who, question.route) {
            return false;
        }
        let Some(claim) = self.claim(who, item) else { return false };
        self.drop_claim(claim);
        let at = self.make(who, item, (Made::Answer, None), judged);
        self.did(who, Step::Decision { item, at });
        true
    }

    /// Records a decision with what follows from it; gives its place.
    fn make(
        &mut self,
        who: &'static str,
        item: usize,
        (made, slot): (Made, Option<i64>),
        (verdict, category): Judged,
    ) -> usize {
        let supersedes = self.own(who, item, made);
        let at = self.give(item, who, made, slot, verdict, category);
        self.items[item].given[at].supersedes = supersedes;
        if let Some(earlier) = supersedes {
            self.items[item].given[earlier].decision.stands = false;
        }
        let opinions = self.standing(item).filter(|(_, given)| given.decision.slot.is_some()).count();
        if slot.is_some() && opinions == 1 && self.items[item].opinions == 1 && self.asks_second(item, category) {
            self.items[item].opinions = 2;
        }
        self.settle(item);
        if made == Made::Opinion && self.is_repeated(item) {
            let due = self.now + DAY;
            let repeat = self.items[item].repeats.entry(who).or_insert((due, false));
            *repeat = if repeat.1 { *repeat } else { (due, false) };
        }
        at
    }

    fn is_repeated(&self, item: usize) -> bool {
        self.spec().repeat.is_some_and(|share| draw(REPEATED, "replies", self.items[item].case()) < share)
    }

    fn asks_second(&self, item: usize, category: Option<&str>) -> bool {
        let is_drawn = |share| draw(AUDIT, "replies", self.items[item].case()) < share;
        self.spec().audit.is_some_and(is_drawn) || (self.spec().asks_second && category == Some("wrong"))
    }

    fn give(
        &mut self,
        item: usize,
        who: &'static str,
        made: Made,
        slot: Option<i64>,
        verdict: Verdict,
        category: Option<&'static str>,
    ) -> usize {
        let tone = tone((verdict, category)).filter(|_| made != Made::Check);
        let decision = Decision { made, verdict, slot, categories: category.into_iter().collect(), tone, stands: true };
        let (version, at) = (self.version, self.now);
        self.made += 1;
        let id = (self.place, self.made);
        let given =
            Given { who, decision, undone: false, ended: false, version, at, supersedes: None, id, is_bulk: false };
        self.items[item].log.push((Became::Made, id));
        self.items[item].given.push(given);
        self.items[item].given.len() - 1
    }

    fn did(&mut self, who: &'static str, step: Step) {
        self.steps.entry(who).or_default().push(Done { step, undone: None });
    }

    /// Declines an item that asks for a judgement; `false`: it is refused.
    pub(super) fn decline(&mut self, who: &'static str, item: usize) -> bool {
        if self.claims.iter().any(|claim| claim.is_to_repeat(who, item)) {
            // It is not asked once more, and nothing tells it from what is new.
            self.claims.retain(|claim| claim.item != item || claim.who != who);
            self.items[item].repeats.retain(|person, (_, is_done)| *person != who || *is_done);
            return true;
        }
        let gave = self.standing(item).any(|(_, given)| given.who == who);
        if self.has_declined(who, item) || gave || !self.stage(item).is_open() {
            return false;
        }
        self.claims.retain(|claim| claim.item != item || claim.who != who);
        self.set_declined(who, item, self.now);
        self.did(who, Step::Decline { item });
        true
    }

    fn set_declined(&mut self, who: &'static str, item: usize, at: i64) {
        self.items[item].declined.insert(who, at);
        self.items[item].told_declined.push((who, at));
    }

    pub(super) fn has_declined(&self, who: &str, item: usize) -> bool {
        self.items[item].declined.contains_key(who)
    }

    pub(super) fn waiting_declined(&self, who: &str) -> i64 {
        (0..self.items.len()).filter(|item| self.stage(*item).is_open() && self.has_declined(who, *item)).count() as i64
    }

    pub(super) fn defer(&mut self, who: &'static str, item: usize) {
        let before = !self.items[item].deferred.insert(who);
        self.did(who, Step::Deferral { item, before });
    }

    /// The item whose step was turned; an error where it is refused.
    pub(super) fn undo(&mut self, who: &'static str) -> Result<Option<usize>, ()> {
        let Some(place) = self.to_undo(who) else { return Ok(None) };
        let mut step = self.steps[who][place].step.clone();
        let turned = match &mut step {
            Step::Deferral { item, before } => {
                if !*before {
                    self.items[*item].deferred.remove(who);
                }
                *item
            }
            Step::Decline { item } => {
                self.items[*item].declined.remove(who);
                *item
            }
            Step::Reopening { item, ended, .. } => {
                if self.items[*item].replaced_by.is_some() || self.standing(*item).next().is_some() {
                    return Err(());
                }
                let reserved = &mut self.items[*item].reserved;
                *reserved = reserved.filter(|(_, step)| *step != place);
                for &mut at in ended {
                    let given = &mut self.items[*item].given[at];
                    (given.ended, given.decision.stands) = (false, !given.undone);
                }
                self.settle(*item);
                *item
            }
            Step::Repeat { item, at } => {
                self.items[*item].given[*at].undone = true;
                self.tell(*item, *at, Became::Undone);
                self.set_repeated(who, *item, false);
                *item
            }
            Step::Decision { item, at } => {
                if self.rests(who, *item, *at) {
                    return Err(());
                }
                self.turn(*item, *at, false);
                *item
            }
            Step::Bulk(items) => {
                let before = items.clone();
                for (item, at, stands) in items.iter_mut().filter(|(.., stands)| *stands) {
                    *stands = !self.was_ended(*item, *at) && self.rests(who, *item, *at);
                    if !*stands {
                        self.turn(*item, *at, false);
                    }
                }
                let (first, is_left) = (items[0].0, items.iter().any(|(.., stands)| *stands));
                if is_left {
                    if *items == before {
                        return Err(());
                    }
                    // The step stands for what is left.
                    self.steps.get_mut(who).unwrap()[place].step = step;
                    self.look(who, first);
                    return Ok(Some(first));
                }
                first
            }
        };
        self.undos += 1;
        self.steps.get_mut(who).unwrap()[place] = Done { step, undone: Some(self.undos) };
        self.look(who, turned);
        Ok(Some(turned))
    }

    /// Something of another's rests on a decision of this person.
    fn rests(&self, who: &str, item: usize, at: usize) -> bool {
        let question = self.items[item].question.as_ref();
        question.is_some_and(|question| question.returned && question.of == at)
            || self.is_settled_by_another(who, item, Some(at))
            || self.items[item].replaced_by.is_some()
    }

    /// What is brought back must still be asked.
    pub(super) fn redo(&mut self, who: &'static str) -> Result<Option<usize>, ()> {
        let Some(place) = self.to_redo(who) else { return Ok(None) };
        let mut step = self.steps[who][place].step.clone();
        let turned = match &mut step {
            Step::Deferral { item, .. } => {
                self.items[*item].deferred.insert(who);
                *item
            }
            Step::Decline { item } => {
                let of = &mut self.items[*item];
                let (_, at) = *of.told_declined.iter().rfind(|(person, _)| *person == who).unwrap();
                of.declined.insert(who, at);
                *item
            }
            Step::Repeat { item, at } => {
                self.items[*item].given[*at].undone = false;
                self.tell(*item, *at, Became::Redone);
                self.set_repeated(who, *item, true);
                *item
            }
            Step::Reopening { item, ended, to } => {
                let given = &self.items[*item].given;
                let expected: BTreeSet<usize> = ended.iter().copied().filter(|at| !given[*at].undone).collect();
                let standing: BTreeSet<usize> = self.standing(*item).map(|(at, _)| at).collect();
                if self.items[*item].replaced_by.is_some() || standing != expected {
                    return Err(());
                }
                self.end(*item, ended);
                self.items[*item].reserved = to.map(|person| (person, place));
                *item
            }
            Step::Decision { item, at } => {
                if !self.is_still_asked(who, *item, *at) {
                    return Err(());
                }
                self.turn(*item, *at, true);
                *item
            }
            Step::Bulk(items) => {
                for (item, at, stands) in items.iter_mut().filter(|(.., stands)| !*stands) {
                    *stands = self.was_ended(*item, *at) || self.is_still_asked(who, *item, *at);
                    if *stands {
                        self.turn(*item, *at, true);
                    }
                }
                items[0].0
            }
        };
        self.steps.get_mut(who).unwrap()[place] = Done { step, undone: None };
        self.look(who, turned);
        Ok(Some(turned))
    }

    fn is_still_asked(&self, who: &str, item: usize, at: usize) -> bool {
        if self.is_settled_by_another(who, item, Some(at)) || self.items[item].replaced_by.is_some() {
            return false;
        }
        let given = &self.items[item].given[at];
        match given.decision.made {
            Made::Answer => {
                let question = self.items[item].question.as_ref();
                question.is_some_and(|question| !question.returned && question.of < at)
            }
            Made::Adjudication => given.supersedes.is_some() || self.stage(item) == Stage::Disputed,
            _ if self.items[item].opinions == 1 => !self.is_returned_to_another(who, item),
            _ => self.standing(item).all(|(_, other)| other.who == who || other.decision.slot != given.decision.slot),
        }
    }

    fn turn(&mut self, item: usize, at: usize, stands: bool) {
        let given = &mut self.items[item].given;
        given[at].undone = !stands;
        if given[at].ended {
            return;
        }
        given[at].decision.stands = stands;
        if let Some(earlier) = given[at].supersedes.filter(|earlier| !given[*earlier].ended) {
            given[earlier].decision.stands = !stands;
        }
        self.tell(item, at, if stands { Became::Redone } else { Became::Undone });
        self.settle(item);
    }

    fn tell(&mut self, item: usize, at: usize, became: Became) {
        let id = self.items[item].given[at].id;
        self.items[item].log.push((became, id));
    }

    /// The newest step that was not taken back, but for decisions that a reopening has ended.
    fn to_undo(&self, who: &str) -> Option<usize> {
        let is_ended = |step: &Step| matches!(step, Step::Decision { item, at } if self.was_ended(*item, *at));
        self.steps.get(who)?.iter().rposition(|done| done.undone.is_none() && !is_ended(&done.step))
    }

    /// The step that was taken back last, unless something newer stands.
    fn to_redo(&self, who: &str) -> Option<usize> {
        let steps = self.steps.get(who)?;
        let newest = steps.last()?.undone;
        let first = newest?;
        let undone = steps.iter().enumerate().filter_map(|(place, done)| Some((done.undone?, place)));
        undone.filter(|(order, _)| *order >= first).max().map(|(_, place)| place)
    }

    fn was_ended(&self, item: usize, at: usize) -> bool {
        self.items[item].given[at].ended
    }

    /// Lee puts an item back; `false`: it is refused.
    pub(super) fn reopen(&mut self, item: usize, to: Option<&'static str>) -> bool {
        let ended: Vec<usize> = self.standing(item).map(|(at, _)| at).collect();
        let is_reserved = self.items[item].reserved.is_some();
        if (ended.is_empty() && !is_reserved) || self.items[item].replaced_by.is_some() {
            return false;
        }
        if to.is_some_and(|person| self.has_declined(person, item)) {
            return false;
        }
        self.claims.retain(|claim| claim.item != item);
        self.end(item, &ended);
        let place = self.steps.get(LEE).map_or(0, Vec::len);
        self.items[item].reserved = to.map(|person| (person, place));
        self.did(LEE, Step::Reopening { item, ended, to });
        true
    }

    fn end(&mut self, item: usize, decisions: &[usize]) {
        for &at in decisions {
            let given = &mut self.items[item].given[at];
            given.ended = true;
            given.decision.stands = false;
        }
        self.settle(item);
    }

    /// The item is the last attempt that rules may allow.
    pub(super) fn is_last_attempt(&mut self, item: usize) {
        self.items[item].attempt = 3;
    }

    /// Whether a check decides the item.
    pub(super) fn check(&mut self, item: usize, found: Found) -> bool {
        if !matches!(self.stage(item), Stage::Waiting | Stage::HeldBack) {
            return false;
        }
        self.items[item].found = found;
        let Some((who, verdict, category)) = found.decides() else { return false };
        self.give(item, who, Made::Check, None, verdict, category);
        self.settle(item);
        true
    }

    /// The items whose questions go on to the next route.
    pub(super) fn tick(&mut self, hours: i64) -> Vec<String> {
        self.now += hours * HOUR;
        let mut moved = Vec::new();
        for item in &mut self.items {
            let Some(question) = item.question.as_mut() else { continue };
            if question.route == "lead" && !question.returned && question.due < self.now {
                (question.route, question.due) = ("desk", self.now + 2 * HOUR);
                item.moved = Some(Moved { at: self.now, route: question.route, due: question.due });
                moved.push(item.id.clone());
            }
        }
        moved
    }

    /// What is in somebody's inbox: item, route, who asks, when an answer is due.
    pub(super) fn inbox(&self, who: &str) -> BTreeSet<(String, &'static str, &'static str, i64)> {
        let asked = self.items.iter().filter_map(|item| Some((item, item.question.as_ref()?)));
        let own = asked.filter(|(_, question)| !question.returned && self.answers(who, question.route));
        own.map(|(item, question)| (item.id.clone(), question.route, question.by, question.due)).collect()
    }
}
