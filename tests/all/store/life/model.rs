//! The life of items in plain code, written from the rules of review: who may do what, and what
//! comes of it.

use crate::store::outcome::{self, Decision, Made, Outcome, Rules};
use karat::domain::decision::Verdict::{self, Escalate, Reject};
use karat::domain::sampling::{SAMPLE, draw};
use karat::domain::stage::Stage;
use std::collections::{BTreeMap, BTreeSet};
use support::fixture::T0;

pub(super) const HOUR: i64 = 3_600_000;

/// Owns the route `lead`, where an answer is due in four hours, which may send an item back, and
/// from which it goes on to `desk`. In a file a lead.
pub(super) const LEE: &str = "lee";
/// Owns the route `desk`, where an answer is due in two hours.
pub(super) const LI: &str = "li";
pub(super) const PEOPLE: [&str; 5] = ["ana", "ben", "cy", LEE, LI];

/// What differs between the specs of a walk.
#[derive(Debug, Clone, Default)]
pub(super) struct Spec {
    pub(super) rules: Option<Rules>,
    /// A second opinion is asked where the first rejects for what is critical.
    pub(super) asks_second: bool,
    /// Anybody settles disagreements, and not lee alone.
    pub(super) anybody_settles: bool,
    pub(super) sampling: Option<Sampling>,
}

#[derive(Debug, Clone)]
pub(super) struct Sampling {
    /// Of prompt version v8: the rate, and the opinions that are asked.
    pub(super) v8: f64,
    pub(super) opinions: i64,
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
pub(super) struct Given {
    pub(super) who: &'static str,
    pub(super) decision: Decision,
    pub(super) undone: bool,
    version: i64,
    at: i64,
    supersedes: Option<usize>,
}

pub(super) struct Question {
    /// Place of the decision that asks, or whose attempts are used up.
    of: usize,
    pub(super) by: &'static str,
    pub(super) route: &'static str,
    pub(super) due: i64,
    pub(super) returned: bool,
}

pub(super) struct Item {
    pub(super) id: String,
    is_v8: bool,
    pub(super) chance: Option<f64>,
    pub(super) rule: Option<&'static str>,
    held_back: bool,
    pulled: bool,
    pub(super) opinions: i64,
    attempt: i64,
    /// In the order in which they were made.
    pub(super) given: Vec<Given>,
    pub(super) found: Found,
    pub(super) question: Option<Question>,
    deferred: BTreeSet<&'static str>,
}

#[derive(Clone, Copy)]
enum Step {
    Decision { item: usize, at: usize },
    Deferral { item: usize, before: bool },
}

#[derive(Default)]
struct Steps {
    done: Vec<Step>,
    undone: Vec<Step>,
}

pub(super) struct Model {
    /// Lee is a lead of the team; on a server the walk is its owner's, whom it lets do everything.
    is_team: bool,
    pub(super) now: i64,
    version: i64,
    specs: BTreeMap<i64, Spec>,
    pub(super) items: Vec<Item>,
    steps: BTreeMap<&'static str, Steps>,
}

impl Model {
    pub(super) fn new(is_team: bool) -> Self {
        Self { is_team, now: T0, version: 0, specs: BTreeMap::new(), items: Vec::new(), steps: BTreeMap::new() }
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
            replaced: false,
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
        let asked = match given.decision.verdict {
            Escalate if given.decision.made == Made::Check => (given.who, "desk", given.at + 2 * HOUR),
            Escalate => (given.who, "lead", given.at + 4 * HOUR),
            _ => ("program", "desk", given.at + 2 * HOUR),
        };
        let question = &mut self.items[item].question;
        if question.as_ref().is_none_or(|question| question.of != at) {
            let (by, route, due) = asked;
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
        let is_taken =
            |slot| self.standing(item).any(|(_, given)| given.who != who && given.decision.slot == Some(slot));
        (1..=self.items[item].opinions).find(|slot| !is_taken(*slot))
    }

    fn is_free_for(&self, who: &str, item: usize) -> bool {
        if self.items[item].deferred.contains(who) || self.own(who, item, Made::Answer).is_some() {
            return false;
        }
        let gave_none = self.standing(item).all(|(_, given)| given.who != who);
        match self.stage(item) {
            Stage::Returned => self.items[item].question.as_ref().unwrap().by == who,
            Stage::Disputed => self.adjudicates(who) && gave_none,
            Stage::Waiting | Stage::NeedsOpinion => gave_none && self.free_slot(who, item).is_some(),
            _ => false,
        }
    }

    /// What is served next: what came back to who asked, then the others in their order.
    pub(super) fn next(&self, who: &str) -> Option<usize> {
        let mut free: Vec<usize> = (0..self.items.len()).filter(|item| self.is_free_for(who, *item)).collect();
        free.sort_by_key(|item| self.stage(*item) != Stage::Returned);
        free.first().copied()
    }

    pub(super) fn waiting_deferred(&self, who: &str) -> i64 {
        let is_open = |item| self.stage(item).is_open() && self.items[item].deferred.contains(who);
        (0..self.items.len()).filter(|item| is_open(*item)).count() as i64
    }

    /// What part a decision has; `None`: it is refused.
    fn part(&self, who: &str, item: usize, verdict: Verdict) -> Option<(Made, Option<i64>)> {
        let has_opinion = self.own(who, item, Made::Opinion);
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
        let slot = has_opinion.and_then(|at| self.items[item].given[at].decision.slot);
        match slot.or(self.free_slot(who, item)) {
            Some(slot) => Some((Made::Opinion, Some(slot))),
            None if self.stage(item) == Stage::Disputed && self.adjudicates(who) => Some((Made::Adjudication, None)),
            None => None,
        }
    }

    /// `false`: it is refused.
    pub(super) fn decide(
        &mut self,
        who: &'static str,
        item: usize,
        verdict: Verdict,
        category: Option<&'static str>,
    ) -> bool {
        let Some((made, slot)) = self.part(who, item, verdict) else { return false };
        self.record_step(who, item, (made, slot, verdict, category));
        let is_first = self.standing(item).filter(|(_, given)| given.decision.made == Made::Opinion).count() == 1;
        let asks = self.spec().asks_second && made == Made::Opinion && is_first && category == Some("wrong");
        if asks && self.items[item].opinions == 1 {
            self.items[item].opinions = 2;
            self.settle(item);
        }
        true
    }

    pub(super) fn answer(
        &mut self,
        who: &'static str,
        item: usize,
        verdict: Verdict,
        category: Option<&'static str>,
    ) -> bool {
        let Some(question) = self.items[item].question.as_ref().filter(|question| !question.returned) else {
            return false;
        };
        let is_by_person = PEOPLE.contains(&question.by);
        if verdict == Escalate && !(is_by_person && question.route == "lead") {
            return false;
        }
        let gave = self.own(who, item, Made::Opinion).is_some();
        if question.by == who || gave || !self.answers(who, question.route) {
            return false;
        }
        self.record_step(who, item, (Made::Answer, None, verdict, category));
        true
    }

    fn record_step(
        &mut self,
        who: &'static str,
        item: usize,
        (made, slot, verdict, category): (Made, Option<i64>, Verdict, Option<&'static str>),
    ) {
        let supersedes = match made {
            Made::Answer => None,
            _ => self.own(who, item, made),
        };
        let at = self.give(item, who, made, slot, verdict, category);
        self.items[item].given[at].supersedes = supersedes;
        if let Some(earlier) = supersedes {
            self.items[item].given[earlier].decision.stands = false;
        }
        self.did(who, Step::Decision { item, at });
        self.settle(item);
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
        let decision =
            Decision { made, verdict, slot, categories: category.into_iter().collect(), tone: None, stands: true };
        let (version, at) = (self.version, self.now);
        let given = &mut self.items[item].given;
        given.push(Given { who, decision, undone: false, version, at, supersedes: None });
        given.len() - 1
    }

    fn did(&mut self, who: &'static str, step: Step) {
        let steps = self.steps.entry(who).or_default();
        steps.done.push(step);
        steps.undone.clear();
    }

    pub(super) fn defer(&mut self, who: &'static str, item: usize) {
        let before = !self.items[item].deferred.insert(who);
        self.did(who, Step::Deferral { item, before });
    }

    /// The item whose step was turned; an error where it is refused.
    pub(super) fn undo(&mut self, who: &'static str) -> Result<Option<usize>, ()> {
        let Some(step) = self.steps.entry(who).or_default().done.last().copied() else { return Ok(None) };
        let turned = match step {
            Step::Deferral { item, before } => {
                if !before {
                    self.items[item].deferred.remove(who);
                }
                item
            }
            Step::Decision { item, at } => {
                let question = self.items[item].question.as_ref();
                let came_back = question.is_some_and(|question| question.returned && question.of == at);
                if came_back || self.is_settled_by_another(who, item, Some(at)) {
                    return Err(());
                }
                self.turn(item, at, false);
                item
            }
        };
        let steps = self.steps.entry(who).or_default();
        steps.undone.extend(steps.done.pop());
        Ok(Some(turned))
    }

    /// What is brought back must still be asked.
    pub(super) fn redo(&mut self, who: &'static str) -> Result<Option<usize>, ()> {
        let Some(step) = self.steps.entry(who).or_default().undone.last().copied() else { return Ok(None) };
        let turned = match step {
            Step::Deferral { item, .. } => {
                self.items[item].deferred.insert(who);
                item
            }
            Step::Decision { item, at } => {
                if !self.is_still_asked(who, item, at) {
                    return Err(());
                }
                self.turn(item, at, true);
                item
            }
        };
        let steps = self.steps.entry(who).or_default();
        steps.done.extend(steps.undone.pop());
        Ok(Some(turned))
    }

    fn is_still_asked(&self, who: &str, item: usize, at: usize) -> bool {
        if self.is_settled_by_another(who, item, Some(at)) {
            return false;
        }
        let given = &self.items[item].given[at];
        match given.decision.made {
            Made::Answer => {
                let question = self.items[item].question.as_ref();
                question.is_some_and(|question| !question.returned && question.of < at)
            }
            Made::Adjudication => given.supersedes.is_some() || self.stage(item) == Stage::Disputed,
            _ if self.items[item].opinions == 1 => true,
            _ => self.standing(item).all(|(_, other)| other.who == who || other.decision.slot != given.decision.slot),
        }
    }

    fn turn(&mut self, item: usize, at: usize, stands: bool) {
        let given = &mut self.items[item].given;
        (given[at].decision.stands, given[at].undone) = (stands, !stands);
        if let Some(earlier) = given[at].supersedes {
            given[earlier].decision.stands = !stands;
        }
        self.settle(item);
    }

    /// A version of the spec is in force: what it gives a greater chance is raised.
    pub(super) fn apply(&mut self, version: i64, spec: &Spec) {
        self.version = version;
        self.specs.insert(version, spec.clone());
        for item in 0..self.items.len() {
            let is_undecided = matches!(self.stage(item), Stage::Waiting | Stage::HeldBack);
            let (rate, rule, opinions) = self.sampled(self.items[item].is_v8).unwrap_or((1.0, None, 1));
            let of = &mut self.items[item];
            if of.chance.is_some_and(|chance| chance < rate) {
                (of.chance, of.rule) = (Some(rate), rule);
                let is_taken = draw(SAMPLE, "replies", &of.id) < rate;
                of.held_back &= !is_taken;
                of.pulled &= !is_taken;
            }
            if is_undecided {
                of.opinions = of.opinions.max(opinions);
            }
            self.settle(item);
        }
    }

    fn sampled(&self, is_v8: bool) -> Option<(f64, Option<&'static str>, i64)> {
        let sampling = self.spec().sampling.as_ref()?;
        Some(if is_v8 { (sampling.v8, Some("v8"), sampling.opinions) } else { (sampling.rest, Some("rest"), 1) })
    }

    pub(super) fn bring(&mut self, id: &str, is_v8: bool, found: Found) {
        let sampled = self.sampled(is_v8);
        let held_back = sampled.is_some_and(|(rate, ..)| draw(SAMPLE, "replies", id) >= rate);
        self.items.push(Item {
            id: id.into(),
            is_v8,
            chance: sampled.map(|(rate, ..)| rate),
            rule: sampled.and_then(|(_, rule, _)| rule),
            held_back,
            pulled: false,
            opinions: sampled.map_or(1, |(.., opinions)| opinions),
            attempt: 1,
            given: Vec::new(),
            found: Found::Nothing,
            question: None,
            deferred: BTreeSet::new(),
        });
        self.check(self.items.len() - 1, found);
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

    pub(super) fn pull(&mut self, item: usize) -> bool {
        let of = &mut self.items[item];
        let is_pulled = std::mem::take(&mut of.held_back);
        of.pulled |= is_pulled;
        self.settle(item);
        is_pulled
    }

    /// The items whose questions go on to the next route.
    pub(super) fn tick(&mut self, hours: i64) -> Vec<String> {
        self.now += hours * HOUR;
        let mut moved = Vec::new();
        for item in &mut self.items {
            let Some(question) = item.question.as_mut() else { continue };
            if question.route == "lead" && !question.returned && question.due < self.now {
                (question.route, question.due) = ("desk", self.now + 2 * HOUR);
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
