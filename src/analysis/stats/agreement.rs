//! How far people agree in what they judged: the general family of coefficients for any number of
//! raters, with missing judgements and weights, from counts of labels by item and never from pairs
//! of judgements.
//!
//! Notation of the formulas below: `n` items with at least one judgement, `n'` of them with at least
//! two; `q` levels that could have been given; `r_ik` judgements put item i on level k, `r_i` in all;
//! `w_kl` is how close two levels are, from 0 to 1, with `w_kk = 1`.
//!
//! K. L. Gwet, "Handbook of Inter-Rater Reliability", 4th edition (2014), chapters 2 to 6, and the
//! program irrCAC by the same author, whose conventions hold here: items with one judgement count
//! for how often each level is given, and the interval is that of Student's t with `n - 1` degrees of
//! freedom.

mod benchmark;
mod closeness;
mod coverage;
mod effect;
mod family;
mod krippendorff;
mod ratings;
mod specific;
mod two_raters;
#[cfg(test)]
mod worked;

pub use benchmark::chance_of_at_least;
pub use closeness::{Scale, Set, Weights};
pub use ratings::{Given, Ratings};
pub use specific::Specific;

use super::interval::Interval;
use super::special::t_quantile;
use effect::{Effect, Spread};

/// What a set of judgements comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Items with at least one judgement.
    pub items: u64,
    /// Items with at least two.
    pub judged_twice: u64,
    /// Of those, items on which all say the same.
    pub unanimous: u64,
    pub raters: usize,
    /// The share of the most frequent level in the judgements on items judged twice; 0 of none.
    pub most_frequent: f64,
    /// The mean over the items judged twice of the share of pairs of judgements on them that say the
    /// same, whatever the weights; `None` where nothing was judged twice.
    pub raw: Option<f64>,
    pub specific: Specific,
    pub coefficients: Coefficients,
}

/// Agreement beyond what chance would bring, each by its own idea of chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficients {
    /// Of two raters, each with their own habits.
    pub cohen: Coefficient,
    /// Of two raters with habits in common.
    pub scott: Coefficient,
    /// Of any number of raters, each with their own habits.
    pub conger: Coefficient,
    /// Of any number of raters with habits in common.
    pub fleiss: Coefficient,
    /// By the distance of the scale, of the items that were judged twice alone.
    pub krippendorff: Coefficient,
    /// AC1, and with weights AC2.
    pub gwet: Coefficient,
    /// As if chance gave each level alike.
    pub brennan_prediger: Coefficient,
}

/// Under so many items judged by two or more, people are told counts and no coefficients.
pub const ENOUGH: u64 = 10;

/// Under so many, they are told that these are few.
pub const MANY: u64 = 30;

/// What people call the coefficient of a key, with weights other than identity or without.
pub fn name(key: &str, is_weighted: bool) -> &'static str {
    match key {
        "cohen" => "Cohen's kappa",
        "scott" => "Scott's pi",
        "conger" => "Conger's kappa",
        "fleiss" => "Fleiss' kappa",
        "krippendorff" => "Krippendorff's alpha",
        "gwet" if is_weighted => "Gwet's AC2",
        "gwet" => "Gwet's AC1",
        _ => "Brennan-Prediger",
    }
}

impl Agreement {
    /// In which share of simulations the interval of a coefficient, by its key, held the truth where it is
    /// of 95 % and held less than 92: of judgements about as many and as lopsided as these.
    pub fn shortfall(&self, key: &str) -> Option<f64> {
        coverage::shortfall(key, self.items, self.most_frequent)
    }
}

impl Coefficients {
    /// Each with its key, which is also that of the printed object.
    pub fn each(&self) -> [(&'static str, &Coefficient); 7] {
        [
            ("cohen", &self.cohen),
            ("scott", &self.scott),
            ("conger", &self.conger),
            ("fleiss", &self.fleiss),
            ("krippendorff", &self.krippendorff),
            ("gwet", &self.gwet),
            ("brennan_prediger", &self.brennan_prediger),
        ]
    }
}

/// A coefficient of agreement: 1 where all agree, 0 where they agree as by chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Coefficient {
    pub value: Option<f64>,
    /// The standard error.
    pub se: Option<f64>,
    /// Of 95 %; the upper end is cut at 1.
    pub interval: Option<Interval>,
    /// Why there is no value, or no interval.
    pub why: Option<Undefined>,
}

/// Why a coefficient, or its interval, is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// No item has two judgements.
    NothingJudgedTwice,
    /// All judgements give the same level: nothing tells agreement from habit.
    AllSay { judgements: u64, level: usize },
    /// The coefficient is that of two raters, and there are so many.
    NotTwoRaters(usize),
    /// An interval needs a second item, or a second case.
    OneItem,
    /// The coefficient is of single labels, and these are sets of them.
    Sets,
}

impl Undefined {
    /// The reason as a phrase; `levels` are the names of the levels.
    pub fn told(self, levels: &[String]) -> String {
        match self {
            Self::NothingJudgedTwice => "undefined: no item was judged by two".into(),
            Self::AllSay { judgements, level } => {
                let level = levels.get(level).map_or("the same", String::as_str);
                format!("undefined: all {judgements} say {level}")
            }
            Self::NotTwoRaters(raters) => format!("it is of two raters, and there are {raters}"),
            Self::OneItem => "no interval: it rests on one item".into(),
            Self::Sets => "it is of single labels, and these are sets".into(),
        }
    }
}

/// All coefficients of the judgements: those of chance by `weights`, Krippendorff's by the distance
/// of `scale`. Where items belong to cases of which one has several, the standard errors are of
/// whole cases. Of sets there is Krippendorff's alone.
pub fn agreement(ratings: &Ratings, scale: &Scale, weights: Weights) -> Agreement {
    Agreement {
        items: ratings.items(),
        judged_twice: ratings.judged_twice(),
        unanimous: ratings.unanimous(),
        raters: ratings.raters(),
        most_frequent: ratings.most_frequent(),
        raw: ratings.raw_agreement(),
        specific: Specific::of(ratings),
        coefficients: coefficients(ratings, scale, weights),
    }
}

fn coefficients(ratings: &Ratings, scale: &Scale, weights: Weights) -> Coefficients {
    let krippendorff = krippendorff::alpha(ratings, &scale.closeness(ratings));
    if let Scale::Sets(_) = scale {
        let none = || Coefficient { why: Some(Undefined::Sets), ..Coefficient::default() };
        return Coefficients {
            cohen: none(),
            scott: none(),
            conger: none(),
            fleiss: none(),
            krippendorff,
            gwet: none(),
            brennan_prediger: none(),
        };
    }
    let closeness = weights.closeness(ratings.levels());
    let family = family::Family::of(ratings, &closeness);
    Coefficients {
        cohen: two_raters::cohen(ratings, &closeness),
        scott: two_raters::scott(ratings, &closeness),
        conger: family.conger(),
        fleiss: family.fleiss(),
        krippendorff,
        gwet: family.gwet(),
        brennan_prediger: family.brennan_prediger(),
    }
}

impl Coefficient {
    fn undefined(why: Undefined) -> Self {
        Self { why: Some(why), ..Self::default() }
    }

    /// Agreement without anything to tell it from habit, by a coefficient that has a value there.
    fn whole(why: Undefined) -> Self {
        Self { value: Some(1.0), why: Some(why), ..Self::default() }
    }

    /// The value with the interval that follows from what each item does to it.
    fn estimated(value: f64, effects: &[Effect], spread: Spread) -> Self {
        let Some((se, freedom)) = effect::standard_error(effects, spread) else {
            return Self { value: Some(value), why: Some(Undefined::OneItem), ..Self::default() };
        };
        let reach = t_quantile(0.975, freedom) * se;
        let interval = Interval { low: value - reach, high: (value + reach).min(1.0) };
        Self { value: Some(value), se: Some(se), interval: Some(interval), why: None }
    }
}
