//! Judgements, by item.

/// One judgement on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The number of the rater, from 0.
    pub rater: u32,
    /// The number of the level, from 0.
    pub level: u32,
}

/// Judgements by item, counted by level as they come.
#[derive(Debug, Clone, Default)]
pub struct Ratings {
    levels: usize,
    raters: usize,
    items: Vec<Item>,
    given: Vec<Given>,
    /// By item and level, without levels that nobody gave.
    counts: Vec<(u32, f64)>,
}

#[derive(Debug, Clone)]
struct Item {
    times: u64,
    case: Option<u32>,
    given_end: usize,
    counts_end: usize,
}

/// An item, or several with the same judgements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'r> {
    /// How many such items there are.
    pub times: f64,
    pub case: Option<u32>,
    pub given: &'r [Given],
    /// The levels that were given, each with how often.
    pub counts: &'r [(u32, f64)],
}

impl Judged<'_> {
    /// How many judgements there are on the item.
    pub(super) fn size(&self) -> f64 {
        self.given.len() as f64
    }

    pub(super) fn is_judged_twice(&self) -> bool {
        self.given.len() > 1
    }
}

impl Ratings {
    /// No judgements yet, where each may give one of so many `levels`.
    pub fn new(levels: usize) -> Self {
        Self { levels, ..Self::default() }
    }

    /// Adds an item with what was said of it, by nobody twice; an item of no judgements is none.
    pub fn add(&mut self, given: &[Given]) {
        self.push(given, 1, None);
    }

    /// Adds so many items with the same judgements.
    pub fn add_times(&mut self, given: &[Given], times: u64) {
        self.push(given, times, None);
    }

    /// Adds an item of a case, by its number: items of one case do not vary on their own.
    pub fn add_of_case(&mut self, given: &[Given], case: u32) {
        self.push(given, 1, Some(case));
    }

    fn push(&mut self, given: &[Given], times: u64, case: Option<u32>) {
        if given.is_empty() || times == 0 {
            return;
        }
        self.given.extend_from_slice(given);
        let mut levels: Vec<u32> = given.iter().map(|given| given.level).collect();
        levels.sort_unstable();
        self.counts.extend(levels.chunk_by(|one, other| one == other).map(|same| (same[0], same.len() as f64)));
        let most = given.iter().map(|given| given.rater as usize + 1).max().unwrap_or(0);
        self.raters = self.raters.max(most);
        self.items.push(Item { times, case, given_end: self.given.len(), counts_end: self.counts.len() });
    }

    /// How many levels could have been given.
    pub fn levels(&self) -> usize {
        self.levels
    }

    pub fn raters(&self) -> usize {
        self.raters
    }

    /// How many items have a judgement.
    pub fn items(&self) -> u64 {
        self.items.iter().map(|item| item.times).sum()
    }

    /// How many items have two judgements or more.
    pub(super) fn judged_twice(&self) -> u64 {
        self.judged().filter(Judged::is_judged_twice).map(|item| item.times as u64).sum()
    }

    /// On how many of those all judgements are the same.
    pub(super) fn unanimous(&self) -> u64 {
        let is_unanimous = |item: &Judged| item.is_judged_twice() && item.counts.len() == 1;
        self.judged().filter(is_unanimous).map(|item| item.times as u64).sum()
    }

    /// The share of the most frequent level in the judgements on items judged twice.
    pub(super) fn most_frequent(&self) -> f64 {
        let totals = self.totals(2);
        let all: f64 = totals.iter().sum();
        if all > 0.0 { totals.iter().copied().fold(0.0, f64::max) / all } else { 0.0 }
    }

    pub(super) fn judged(&self) -> impl Iterator<Item = Judged<'_>> {
        let (mut given, mut counts) = (0, 0);
        self.items.iter().map(move |item| {
            let from = (std::mem::replace(&mut given, item.given_end), std::mem::replace(&mut counts, item.counts_end));
            Judged {
                times: item.times as f64,
                case: item.case,
                given: &self.given[from.0..item.given_end],
                counts: &self.counts[from.1..item.counts_end],
            }
        })
    }

    /// How often each level was given, on items with so many judgements or more.
    pub(super) fn totals(&self, least: usize) -> Vec<f64> {
        let mut totals = vec![0.0; self.levels];
        for item in self.judged().filter(|item| item.given.len() >= least) {
            for (level, count) in item.counts {
                totals[*level as usize] += count * item.times;
            }
        }
        totals
    }

    pub(super) fn raw_agreement(&self) -> Option<f64> {
        let (mut same, mut items) = (0.0, 0.0);
        for item in self.judged().filter(Judged::is_judged_twice) {
            let pairs: f64 = item.counts.iter().map(|(_, count)| count * (count - 1.0)).sum();
            same += item.times * pairs / (item.size() * (item.size() - 1.0));
            items += item.times;
        }
        (items > 0.0).then(|| same / items)
    }
}
