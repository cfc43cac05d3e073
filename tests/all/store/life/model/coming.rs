//! Outputs that come in: which are taken, which take the place of rejected ones, and what a new
//! version of the spec takes in.

use super::{Found, Item, Model, Spec};
use karat::domain::sampling::{SAMPLE, draw};
use karat::domain::stage::Stage;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// An output that comes in.
pub(in super::super) struct New {
    pub(in super::super) id: String,
    pub(in super::super) case: Option<String>,
    /// Which output of its case it is.
    pub(in super::super) number: i64,
    pub(in super::super) model: &'static str,
    pub(in super::super) is_v8: bool,
    pub(in super::super) found: Found,
}

#[derive(Clone, Copy)]
struct Rule {
    key: &'static str,
    rate: f64,
    opinions: i64,
    first: Option<usize>,
}

type Chance = (f64, Option<&'static str>);

impl Model {
    /// A version of the spec is in force: what it gives a greater chance is raised.
    pub(in super::super) fn apply(&mut self, version: i64, spec: &Spec) {
        self.version = version;
        self.specs.insert(version, spec.clone());
        self.begin_filling();
        for item in 0..self.items.len() {
            let is_undecided = matches!(self.stage(item), Stage::Waiting | Stage::HeldBack);
            let case = self.items[item].case().to_owned();
            let rule = self.rule(self.items[item].is_v8);
            let chance = self.own_chance(rule, &case);
            self.count_first(rule, &case);
            if self.items[item].chance.is_some_and(|before| before < chance.0) {
                self.raise(&case, chance);
            }
            if is_undecided {
                let of = &mut self.items[item];
                of.opinions = of.opinions.max(rule.map_or(1, |rule| rule.opinions));
            }
            self.settle(item);
        }
    }

    fn rule(&self, is_v8: bool) -> Option<Rule> {
        let sampling = self.spec().sampling.as_ref()?;
        Some(match is_v8 {
            true => Rule { key: "v8", rate: sampling.v8, opinions: sampling.opinions, first: sampling.first },
            false => Rule { key: "rest", rate: sampling.rest, opinions: 1, first: None },
        })
    }

    /// What the rules give a case by themselves.
    fn own_chance(&self, rule: Option<Rule>, case: &str) -> Chance {
        let Some(rule) = rule else { return (1.0, None) };
        let is_first = rule.first.is_some_and(|most| {
            let counted = self.first_cases.get(rule.key).cloned().unwrap_or_default();
            self.filling.contains(rule.key) && (counted.len() < most || counted.contains(case))
        });
        (if is_first { 1.0 } else { rule.rate }, Some(rule.key))
    }

    /// A rule that has taken all of its first cases before takes no more.
    fn begin_filling(&mut self) {
        let counted = self.first_cases.get("v8").map_or(0, BTreeSet::len);
        let most = self.rule(true).and_then(|rule| rule.first).unwrap_or(0);
        self.filling = (counted < most).then_some("v8").into_iter().collect();
    }

    fn count_first(&mut self, rule: Option<Rule>, case: &str) {
        let Some(rule) = rule.filter(|rule| self.filling.contains(rule.key)) else { return };
        let counted = self.first_cases.entry(rule.key).or_default();
        if counted.len() < rule.first.unwrap_or(0) {
            counted.insert(case.to_owned());
        }
    }

    fn raise(&mut self, case: &str, (chance, rule): Chance) {
        let is_taken = draw(SAMPLE, "replies", case) < chance;
        for item in self.of_case(case) {
            let of = &mut self.items[item];
            if of.chance.is_some_and(|before| before < chance) {
                (of.chance, of.rule) = (Some(chance), rule);
                of.held_back &= !is_taken;
                of.pulled &= !is_taken;
                self.settle(item);
            }
        }
    }

    fn of_case(&self, case: &str) -> Vec<usize> {
        (0..self.items.len()).filter(|item| self.items[*item].case() == case).collect()
    }

    /// Which output of a case the next is, and the id of the one before: of one that is to be made
    /// again, where there is such.
    pub(in super::super) fn next_of_case(&self, case: &str) -> (i64, Option<String>) {
        let of_case = self.of_case(case);
        let to_retry = of_case.iter().rfind(|item| self.stage(**item) == Stage::ToRetry);
        let last = to_retry.or(of_case.last()).map(|item| self.items[*item].id.clone());
        (1 + of_case.len() as i64, last)
    }

    /// The outputs come in with one import.
    pub(in super::super) fn bring(&mut self, batch: &[New]) {
        let first = self.items.len();
        self.begin_filling();
        batch.iter().for_each(|new| self.bring_one(new));
        self.replace(first);
        for (new, item) in batch.iter().zip(first..) {
            self.check(item, new.found);
        }
    }

    fn bring_one(&mut self, new: &New) {
        let case = new.case.as_deref().unwrap_or(&new.id);
        let rule = self.rule(new.is_v8);
        let own = self.own_chance(rule, case);
        self.count_first(rule, case);
        let others = self.of_case(case);
        let of_other = |item: &usize| (self.items[*item].chance.unwrap_or(1.0), self.items[*item].rule);
        let greatest = others.iter().map(of_other).fold(own, |best, other| if other.0 > best.0 { other } else { best });
        let is_taken = draw(SAMPLE, "replies", case) < greatest.0;
        let pulled = !is_taken && others.iter().any(|item| self.items[*item].pulled);
        let is_sampled = rule.is_some();
        self.items.push(Item {
            id: new.id.clone(),
            case: new.case.clone(),
            number: new.number,
            model: new.model,
            is_v8: new.is_v8,
            chance: is_sampled.then_some(greatest.0),
            rule: greatest.1.filter(|_| is_sampled),
            held_back: is_sampled && !is_taken && !pulled,
            pulled: is_sampled && pulled,
            opinions: rule.map_or(1, |rule| rule.opinions),
            attempt: 1,
            replaced_by: None,
            given: Vec::new(),
            found: Found::Nothing,
            question: None,
            moved: None,
            log: Vec::new(),
            deferred: BTreeSet::new(),
            declined: BTreeMap::new(),
            told_declined: Vec::new(),
            repeats: BTreeMap::new(),
            counted: (0, None),
            reserved: None,
        });
        if is_sampled {
            self.raise(case, greatest);
        }
    }

    /// Each of the outputs that came in from this one on takes the place of one of its case that is
    /// to be made again, where each is the nearest to the other.
    fn replace(&mut self, first: usize) {
        let new = first..self.items.len();
        let nearest = |later: usize| {
            let to_retry = self.before(first, later).into_iter().filter(|of| self.stage(*of) == Stage::ToRetry);
            to_retry.min_by_key(|of| (self.distance(*of, later), Reverse(self.items[*of].number), *of))
        };
        let found: Vec<_> = new.clone().filter_map(|later| Some((nearest(later)?, later))).collect();
        for (earlier, later) in found {
            let rivals = new.clone().filter(|rival| self.before(first, *rival).contains(&earlier));
            let nearest =
                rivals.min_by_key(|rival| (self.distance(earlier, *rival), self.items[*rival].number, *rival));
            if nearest == Some(later) {
                self.items[earlier].replaced_by = Some(later);
                self.items[later].attempt = self.items[earlier].attempt + 1;
                self.settle(earlier);
            }
        }
    }

    /// The earlier outputs of its case that came before an import.
    fn before(&self, first: usize, later: usize) -> Vec<usize> {
        let mut of_case = self.of_case(self.items[later].case());
        of_case.retain(|of| *of < first && self.items[*of].number < self.items[later].number);
        of_case
    }

    fn distance(&self, earlier: usize, later: usize) -> u8 {
        let (of, new) = (&self.items[earlier], &self.items[later]);
        match (new.model, new.is_v8) == (of.model, of.is_v8) {
            _ if new.id == format!("{}~{}", of.id, new.number) => 1,
            true => 2,
            false => 3,
        }
    }

    pub(in super::super) fn pull(&mut self, item: usize) -> bool {
        let of = &mut self.items[item];
        let is_pulled = std::mem::take(&mut of.held_back);
        of.pulled |= is_pulled;
        self.settle(item);
        is_pulled
    }
}
