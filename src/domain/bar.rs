//! Bars: how good outputs must be before they may be used, as a spec says it.

use super::policy::words;
use sha2::{Digest, Sha256};
use std::fmt::{self, Display};
use std::str::FromStr;

/// How good some outputs must be, and with how much certainty people's judgements must show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    pub key: String,
    /// The sentence that holds where the bar is met.
    pub name: Option<String>,
    /// Filter over an item and its decision of record: what it finds is good.
    pub of: String,
    /// Whether people's judgements decide it; else it follows from what the items bring.
    pub is_judged: bool,
    /// Filter over what an import fixes: which items; empty for all.
    pub among: String,
    pub target: Target,
    /// Probability, at least a half, with which each side of a statement holds.
    pub confidence: f64,
    pub method: Method,
    pub population: Population,
    /// How many are reviewed: exactly so many by [`Method::Fixed`], at most so many otherwise.
    pub reviews: Option<u32>,
    /// Without which the bar is undecided.
    pub needs: Vec<Need>,
    /// A person, or the key of a group.
    pub owner: Option<String>,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// This share is good, above 0.
    AtLeast(f64),
    /// The share that is good is no more than `margin` (from 0, below 1) under that of the baseline, a
    /// filter over what an import fixes.
    Against { baseline: String, margin: f64 },
}

words! {
    /// When a bar may be decided.
    #[derive(Default)]
    Method, "method of a bar" {
        /// At any time: it may be looked at after every review.
        #[default]
        Sequential = "sequential",
        /// Once, when a number of reviews that was fixed beforehand is done.
        Fixed = "fixed",
    }
}

words! {
    /// What a bar speaks of.
    #[derive(Default)]
    Population, "population of a bar" {
        /// What is made as these outputs were, now and later: they are a sample of it.
        #[default]
        Model = "model",
        /// The outputs that the queue has and no others: once what is unread can change nothing, nothing is left
        /// to chance.
        Queue = "queue",
    }
}

words! {
    /// Where a bar stands.
    Outcome, "outcome of a bar" {
        Met = "met",
        Failed = "failed",
        /// What is known shows neither.
        Undecided = "undecided",
        /// Somebody answers for it until a day.
        Waived = "waived",
    }
}

/// A condition on how far the judgements may be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    pub figure: Figure,
    pub limit: Limit,
    pub than: f64,
}

/// On which side of a number a figure must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Limit {
    /// All, those with the longer signs first.
    const ALL: [Limit; 4] = [Limit::AtLeast, Limit::AtMost, Limit::Above, Limit::Below];

    /// The sign in a spec.
    pub fn sign(self) -> &'static str {
        match self {
            Limit::AtLeast => ">=",
            Limit::AtMost => "<=",
            Limit::Above => ">",
            Limit::Below => "<",
        }
    }

    /// Whether the figure lies on that side of the number.
    pub fn holds(self, figure: f64, than: f64) -> bool {
        match self {
            Limit::AtLeast => figure >= than,
            Limit::AtMost => figure <= than,
            Limit::Above => figure > than,
            Limit::Below => figure < than,
        }
    }
}

/// What a [`Need`] is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Figure {
    /// How far people agree on the verdict, on the category or on the criterion of this key.
    Agreement(Coefficient, String),
    /// The share of the decisions that were made under a spec whose sentences for what they judge
    /// have changed since.
    Stale,
}

words! {
    /// How agreement is measured.
    Coefficient, "measure of agreement" {
        /// Gwet's AC1; AC2 for levels.
        Ac1 = "ac1",
        /// Krippendorff's alpha.
        Alpha = "alpha",
        /// The share of pairs that are the same.
        Raw = "raw",
    }
}

/// The key by which a [`Need`] asks for agreement on the verdict.
pub const VERDICT: &str = "verdict";

/// Why a text is no [`Need`], and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedError {
    pub reason: String,
    pub hint: String,
}

impl Bar {
    /// The sentence that holds where the bar is met; its key where nobody has written one.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.key)
    }

    /// What tells one wording of the bar's terms from another: 16 hexadecimal digits. Its name and its
    /// owner are no terms.
    pub fn hash(&self) -> String {
        let needs = self.needs.iter().map(Need::to_string).collect::<Vec<_>>().join("\n");
        let reviews = self.reviews.map(|reviews| reviews.to_string()).unwrap_or_default();
        let (confidence, target) = (self.confidence.to_string(), self.target.to_string());
        let terms = [&self.key, &self.of, &self.among, &target, &confidence, self.method.as_str(), &reviews, &needs];
        // What the log has of bars of before there was a choice stays comparable.
        let population = (self.population != Population::Model).then_some(self.population.as_str());
        let mut hash = Sha256::new();
        for term in terms.into_iter().chain(population) {
            hash.update((term.len() as u64).to_be_bytes());
            hash.update(term);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Display for Target {
    /// `at least 0.95`; `against prompt_version:v7 less 0.02`
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Target::AtLeast(share) => write!(f, "at least {share}"),
            Target::Against { baseline, margin } => write!(f, "against {baseline} less {margin}"),
        }
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Figure::Agreement(coefficient, key) => write!(f, "{coefficient}.{key}"),
            Figure::Stale => f.write_str(STALE),
        }
    }
}

impl Display for Need {
    /// `ac1.verdict >= 0.6`, as a spec has it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.figure, self.limit.sign(), self.than)
    }
}

const STALE: &str = "stale";

impl FromStr for Need {
    type Err = NeedError;

    fn from_str(text: &str) -> Result<Self, NeedError> {
        let error = |reason: String, hint: &str| NeedError { reason, hint: hint.into() };
        let split = |limit: Limit| Some((limit, text.split_once(limit.sign())?));
        let Some((limit, (figure, than))) = Limit::ALL.into_iter().find_map(split) else {
            let reason = format!("`{text}` compares nothing");
            return Err(error(reason, "write a figure, >=, >, <= or <, and a number, as in: ac1.verdict >= 0.6"));
        };
        let (figure, than) = (figure.trim(), than.trim());
        let number = than.parse::<f64>().ok().filter(|number| (-1.0..=1.0).contains(number));
        let Some(than) = number else {
            let reason = format!("`{than}` is no number from -1 to 1");
            return Err(error(reason, "agreement lies between -1 and 1, and a share between 0 and 1"));
        };
        Ok(Need { figure: figure.parse()?, limit, than })
    }
}

impl FromStr for Figure {
    type Err = NeedError;

    fn from_str(text: &str) -> Result<Self, NeedError> {
        if text == STALE {
            return Ok(Figure::Stale);
        }
        let named = text.split_once('.').filter(|(_, key)| !key.is_empty());
        let read = named.and_then(|(word, key)| Some(Figure::Agreement(word.parse().ok()?, key.to_owned())));
        read.ok_or_else(|| NeedError {
            reason: format!("`{text}` is no figure that a bar can need"),
            hint: "write ac1.KEY, alpha.KEY or raw.KEY, where KEY is `verdict`, a category or a criterion; or stale"
                .into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar() -> Bar {
        Bar {
            key: "faithful".into(),
            name: None,
            of: "not category:wrong".into(),
            is_judged: true,
            among: String::new(),
            target: Target::AtLeast(0.95),
            confidence: 0.95,
            method: Method::Sequential,
            population: Population::Model,
            reviews: None,
            needs: Vec::new(),
            owner: None,
        }
    }

    #[test]
    fn a_need_is_printed_as_it_is_read() {
        for text in ["ac1.verdict >= 0.6", "stale <= 0.1", "alpha.tone > 0.667", "raw.wrong < 1"] {
            assert_eq!(text.parse::<Need>().unwrap().to_string(), text);
        }
        assert_eq!("raw.tone>=.9".parse::<Need>().unwrap().to_string(), "raw.tone >= 0.9");
    }

    #[test]
    fn what_is_no_need_is_told_by_its_part() {
        for (text, reason) in [
            ("ac1.verdict", "`ac1.verdict` compares nothing"),
            ("ac1.verdict >= high", "`high` is no number from -1 to 1"),
            ("stale <= 2", "`2` is no number from -1 to 1"),
            ("kappa.verdict >= 0.6", "`kappa.verdict` is no figure that a bar can need"),
            ("ac1. >= 0.6", "`ac1.` is no figure that a bar can need"),
        ] {
            assert_eq!(text.parse::<Need>().unwrap_err().reason, reason);
        }
    }

    /// A bar that asks for the same is the same bar, whatever it is called and whoever owns it.
    #[test]
    fn only_other_terms_make_another_bar() {
        let named = Bar { name: Some("All replies are true".into()), owner: Some("ana".into()), ..bar() };
        assert_eq!(named.hash(), bar().hash());
        assert_eq!(bar().hash(), "10afb15f93f38a90", "what the log has of a bar stays comparable");
        for other in [
            Bar { target: Target::AtLeast(0.9), ..bar() },
            Bar { confidence: 0.9, ..bar() },
            Bar { among: "model:a".into(), ..bar() },
            Bar { reviews: Some(9), ..bar() },
            Bar { population: Population::Queue, ..bar() },
            Bar { needs: vec!["stale < 0.5".parse().unwrap()], ..bar() },
            Bar { target: Target::Against { baseline: "model:b".into(), margin: 0.0 }, ..bar() },
        ] {
            assert_ne!(other.hash(), bar().hash());
        }
    }
}
