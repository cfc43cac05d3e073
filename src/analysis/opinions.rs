//! Opinions of people on the same items, and how far they agree on what was judged.

mod disagreement;

pub use disagreement::{Differing, Disagreement, Pair, Sentence, Talk};

use super::stats::agreement::{Agreement, Given, Ratings, Scale, Set, Weights, agreement};
use crate::domain::bar::VERDICT;
use crate::domain::decision::{Scores, Verdict};
use crate::domain::item::Seq;
use crate::domain::spec::Spec;
use std::collections::{BTreeMap, HashMap};

/// The key of the whole set of failure categories.
pub const CATEGORIES: &str = "categories";

/// What opinions are compared on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Accepted or rejected; an escalation is neither.
    Verdict,
    /// The failure categories of an opinion, as a set.
    Categories,
    /// Whether an opinion has the category of this key.
    Category(String),
    /// The level on the criterion of this key.
    Criterion(String),
}

impl Subject {
    /// All that a spec has: the verdict, the set of categories, each category, each criterion.
    pub fn all(spec: &Spec) -> Vec<Self> {
        let categories = spec.failures.iter().map(|failure| Self::Category(failure.key.clone()));
        let criteria = spec.criteria.iter().map(|criterion| Self::Criterion(criterion.key.clone()));
        let set = (!spec.failures.is_empty()).then_some(Self::Categories);
        [Self::Verdict].into_iter().chain(set).chain(categories).chain(criteria).collect()
    }

    /// The one of this key: `verdict`, `categories`, a category, or a criterion.
    pub fn named(key: &str, spec: &Spec) -> Option<Self> {
        Self::all(spec).into_iter().find(|subject| subject.key() == key)
    }

    pub fn key(&self) -> &str {
        match self {
            Self::Verdict => VERDICT,
            Self::Categories => CATEGORIES,
            Self::Category(key) | Self::Criterion(key) => key,
        }
    }

    /// What it is, as the printed object says it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Verdict => VERDICT,
            Self::Categories => CATEGORIES,
            Self::Category(_) => "category",
            Self::Criterion(_) => "criterion",
        }
    }

    /// The key as people are told it: a category and a criterion of one key are told apart.
    pub fn told(&self, spec: &Spec) -> String {
        match self {
            Self::Category(key) if spec.criteria.iter().any(|criterion| criterion.key == *key) => {
                format!("{key} (category)")
            }
            subject => subject.key().to_owned(),
        }
    }

    /// What the labels are, and the word for their weights.
    pub fn scale(&self) -> (&'static str, &'static str) {
        match self {
            Self::Verdict | Self::Category(_) => ("nominal", "identity"),
            Self::Categories => ("set", "identity"),
            Self::Criterion(_) => ("ordinal", "quadratic"),
        }
    }
}

/// Opinions on items of which several were asked, or of which people judged elsewhere.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opinions {
    /// Their makers.
    pub reviewers: Vec<String>,
    /// The place of the first who judged elsewhere, of whom there are none before; `None`: nobody did.
    pub first_elsewhere: Option<u32>,
    /// The distinct names of models.
    pub models: Vec<String>,
    /// What opinions say beside the verdict, each once.
    pub bodies: Vec<Body>,
    pub items: Vec<AskedItem>,
    /// By item, in the order in which they were given.
    pub given: Vec<Opinion>,
    pub left_out: LeftOut,
}

/// What an opinion says beside its verdict.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// `None`: nothing is said of categories.
    pub categories: Option<Vec<String>>,
    pub scores: Scores,
}

/// An item of which several opinions were asked, with at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedItem {
    pub seq: Seq,
    /// The number of its case.
    pub case: u32,
    /// The place of its model's name.
    pub model: Option<u32>,
    /// The further opinions were drawn, whatever the first said; else they were asked for because of it.
    pub is_drawn: bool,
    /// It has a verdict that accepts or rejects: from then on it is told who said what.
    pub is_settled: bool,
    /// Where its opinions end.
    pub end: usize,
}

/// An opinion that was given unseen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opinion {
    /// The place of the reviewer's name.
    pub reviewer: u32,
    /// `None`: whoever judged elsewhere said neither good nor bad.
    pub verdict: Option<Verdict>,
    /// The version of the spec; of a judgement from elsewhere that in force when it came.
    pub version: i64,
    /// The place of its body.
    pub body: u32,
}

/// What is not compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Opinions that were given, or changed, when others could be seen.
    pub seen: u64,
    /// Opinions given to many items at once.
    pub bulk: u64,
    /// Items whose opinions are kept from the reader until they are settled.
    pub kept: u64,
    /// Items of which people judged elsewhere, that are not settled here.
    pub open: u64,
}

/// Which opinions are compared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Which {
    /// Of items whose opinions were drawn; else of those that were asked for.
    pub drawn: bool,
    /// The first and the last version of the spec; `None`: any.
    pub versions: Option<(i64, i64)>,
    /// The model's place.
    pub model: Option<u32>,
    pub between: Between,
}

/// Whose opinions on an item are compared, by the places of their names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Between {
    /// All.
    #[default]
    Everybody,
    /// One reviewer's with every other, each pair for itself.
    One(u32),
    /// Two reviewers'.
    Two(u32, u32),
    /// Those of people who judged elsewhere, with each other; of one of them with every other, each pair for itself.
    Elsewhere(Option<u32>),
    /// Those of people who judged elsewhere, or of one of them, with each reviewer's here, but not with their own
    /// name's; each pair for itself.
    ElsewhereAndHere(Option<u32>),
}

/// What opinions on a subject come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What could have been said.
    pub levels: Vec<String>,
    /// What was said as it is told: of sets whole sets.
    pub names: Vec<String>,
    pub agreement: Agreement,
}

impl Opinions {
    /// Each item with its opinions.
    pub fn each(&self) -> impl Iterator<Item = (&AskedItem, &[Opinion])> {
        let mut start = 0;
        self.items.iter().map(move |item| (item, &self.given[std::mem::replace(&mut start, item.end)..item.end]))
    }

    /// How far the opinions agree on a subject of the spec.
    pub fn compare(&self, spec: &Spec, subject: &Subject, which: &Which) -> Compared {
        let said = self.said(spec, subject);
        let mut ratings = Ratings::new(said.names.len());
        // Who says nothing on the subject is no rater of it.
        let mut raters: HashMap<u32, u32> = HashMap::new();
        let mut given: Vec<(u32, u32)> = Vec::new();
        for (item, opinions) in self.each() {
            if item.is_drawn != which.drawn || which.model.is_some_and(|model| item.model != Some(model)) {
                continue;
            }
            // Under which sentences somebody judged elsewhere is not known.
            let is_within = |opinion: &&Opinion| {
                self.is_elsewhere(opinion.reviewer)
                    || which.versions.is_none_or(|(first, last)| (first..=last).contains(&opinion.version))
            };
            given.clear();
            given.extend(opinions.iter().filter(is_within).filter_map(|own| Some((own.reviewer, said.level(own)?))));
            if which.between == Between::Elsewhere(None) {
                given.retain(|(reviewer, _)| self.is_elsewhere(*reviewer));
            }
            match which.between {
                Between::Everybody | Between::Elsewhere(None) => {
                    let mut rater = |(reviewer, level): &(u32, u32)| {
                        let next = raters.len() as u32;
                        Given { rater: *raters.entry(*reviewer).or_insert(next), level: *level }
                    };
                    let item_given: Vec<Given> = given.iter().map(&mut rater).collect();
                    ratings.add_of_case(&item_given, item.case);
                }
                between => {
                    let pairs = given.iter().flat_map(|own| given.iter().map(move |other| (own, other)));
                    for (own, other) in pairs.filter(|(own, other)| self.is_pair(between, own.0, other.0)) {
                        let pair = [Given { rater: 0, level: own.1 }, Given { rater: 1, level: other.1 }];
                        ratings.add_of_case(&pair, item.case);
                    }
                }
            }
        }
        let weights = if matches!(subject, Subject::Criterion(_)) { Weights::Quadratic } else { Weights::Identity };
        let agreement = agreement(&ratings, &said.scale, weights);
        Compared { levels: said.levels, names: said.names, agreement }
    }

    /// Whether the person of this place judged elsewhere.
    fn is_elsewhere(&self, reviewer: u32) -> bool {
        self.first_elsewhere.is_some_and(|first| reviewer >= first)
    }

    /// Whether the opinion of `one` is compared with that of `other` as a pair.
    fn is_pair(&self, between: Between, one: u32, other: u32) -> bool {
        let name = |place: u32| self.reviewers[place as usize].to_lowercase();
        match between {
            Between::Everybody | Between::Elsewhere(None) => false,
            Between::Elsewhere(Some(wanted)) => one == wanted && other != wanted && self.is_elsewhere(other),
            Between::One(wanted) => one == wanted && other != wanted,
            Between::Two(first, second) => (one, other) == (first, second),
            Between::ElsewhereAndHere(wanted) => {
                self.is_elsewhere(one)
                    && !self.is_elsewhere(other)
                    && wanted.is_none_or(|wanted| one == wanted)
                    && name(one) != name(other)
            }
        }
    }

    /// What each body says on a subject.
    fn said(&self, spec: &Spec, subject: &Subject) -> Said {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let by_body = |level: &dyn Fn(&Body) -> Option<u32>| self.bodies.iter().map(level).collect();
        match subject {
            Subject::Verdict => {
                let names = words(&[Verdict::Accept.as_str(), Verdict::Reject.as_str()]);
                Said { scale: Scale::Nominal, levels: names.clone(), names, of_body: None }
            }
            Subject::Category(key) => {
                let names = words(&["yes", "no"]);
                let of_body = by_body(&|body| Some(u32::from(!body.categories.as_ref()?.contains(key))));
                Said { scale: Scale::Nominal, levels: names.clone(), names, of_body: Some(of_body) }
            }
            Subject::Criterion(key) => {
                let count =
                    spec.criteria.iter().find(|criterion| criterion.key == *key).map_or(0, |it| it.levels.len());
                let names: Vec<String> = (1..=count).map(|level| level.to_string()).collect();
                let level = |body: &Body| body.scores.get(key).map(|level| u32::from(*level) - 1);
                let of_body = by_body(&|body| level(body).filter(|level| (*level as usize) < count));
                Said { scale: Scale::Ordinal, levels: names.clone(), names, of_body: Some(of_body) }
            }
            Subject::Categories => self.sets(spec),
        }
    }

    fn sets(&self, spec: &Spec) -> Said {
        let mut levels: Vec<String> = spec.failures.iter().map(|failure| failure.key.clone()).collect();
        let (mut sets, mut names, mut places) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut of_body = Vec::new();
        for body in &self.bodies {
            let number = |key: &String| match levels.iter().position(|level| level == key) {
                Some(place) => place as u32,
                None => {
                    levels.push(key.clone());
                    levels.len() as u32 - 1
                }
            };
            let Some(named) = &body.categories else {
                of_body.push(None);
                continue;
            };
            let set = Set::new(named.iter().map(number).collect::<Vec<_>>());
            let place = *places.entry(set.clone()).or_insert_with(|| {
                let keys: Vec<&str> = set.labels().iter().map(|label| levels[*label as usize].as_str()).collect();
                names.push(if keys.is_empty() { "no category".to_owned() } else { keys.join("|") });
                sets.push(set);
                sets.len() as u32 - 1
            });
            of_body.push(Some(place));
        }
        Said { scale: Scale::Sets(sets), levels, names, of_body: Some(of_body) }
    }
}

/// What opinions say on a subject, as levels.
struct Said {
    scale: Scale,
    levels: Vec<String>,
    names: Vec<String>,
    /// The level of each body; `None`: the verdict is the level.
    of_body: Option<Vec<Option<u32>>>,
}

impl Said {
    /// An escalation asks, and says nothing yet.
    fn level(&self, opinion: &Opinion) -> Option<u32> {
        match (opinion.verdict, &self.of_body) {
            (Some(Verdict::Escalate), _) => None,
            (verdict, None) => Some(u32::from(verdict? == Verdict::Reject)),
            (_, Some(levels)) => levels[opinion.body as usize],
        }
    }
}
