//! The filter language: one way to say which items, in the browser, the review, the
//! export and the list.
//!
//! ```text
//! verdict:reject category:tone score.tone<3 created>2026-11-01 "refund window" -urgent
//! ```
//!
//! [`parse()`] reads it, `Display` prints what parses to an equal [`Filter`],
//! [`complete()`] helps while it is typed, and [`Filter::resolved`] makes it a
//! [`ResolvedFilter`], which is what the store asks with. What a filter means stands beside each term;
//! `store/filter.rs` says the same in SQL.

mod complete;
mod error;
mod field;
mod lexis;
mod of_item;
mod parse;
mod pattern;
mod print;
mod resolve;
mod when;
mod words;

pub use complete::{Completion, Suggestion, complete};
pub use error::FilterError;
pub use field::{FIELDS, FilterField, Has, Is, Kind, Moment};
use of_item::CHANGED;
pub use of_item::ItemFilter;
pub use parse::{parse, parse_under};
pub use pattern::{Pattern, Phrase, Piece};
pub use resolve::{ResolvedFilter, SavedFilters};
pub use when::{Span, Unit, When};
pub use words::{Word, Words};

use super::decision::Verdict;
use super::record::{Compare, RecordField, Scope, SpecKey};
use super::spec::Severity;
use super::stage::Stage;

/// A condition on items. Every term is true or false of an item, never unknown: what an item
/// does not have is neither equal to a value nor less nor more.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Conjunction, true when it has no parts. Made by [`Filter::all`].
    All(Vec<Filter>),
    /// Disjunction. Made by [`Filter::any`].
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Term(Term),
}

/// What a filter asks of an item.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A word of the item or of its decision of record: one of them, where it has several.
    Word(RecordField, Pattern),
    /// The verdict of record; `None`: undecided.
    Verdict(Option<Verdict>),
    /// The severity of one of the item's categories.
    Severity(Comparison, Severity),
    Number(RecordField, Comparison, f64),
    /// The score on the criterion of this key.
    Score(String, Comparison, f64),
    Time(Moment, Comparison, When),
    /// Time since the item was created, or since it was imported where that is not known.
    Age(Comparison, Span),
    Has(Has),
    Is(Is),
    /// The text has the phrase.
    Text(Scope, Phrase),
    /// A member of the item's own metadata, as text. Its name is as it is written, and
    /// [`member_path`] takes it apart.
    Meta(String, Pattern),
    /// A member of the item's own metadata that is a number.
    MetaNumber(String, Comparison, f64),
    /// What a judge says of it, once people have settled it. Its name is as it is written, and
    /// [`judge_name`] reads it.
    Judge(String, Verdict),
    /// A saved filter, by its name.
    Saved(String),
}

impl Term {
    /// Whether it looks for words in texts, so that it needs their index.
    pub fn is_text(&self) -> bool {
        matches!(self, Term::Text(..))
    }

    /// Why a rule of a spec cannot ask it.
    fn unfit_for_rule(&self) -> Option<&'static str> {
        match self {
            Term::Text(..) => Some("words in texts are found only some time after a decision"),
            Term::Saved(_) => Some("a saved filter is no part of a spec"),
            Term::Is(Is::Decided | Is::Retryable) => None,
            Term::Judge(..) => Some("a rule goes by what came with an item and what people say here, not by judges"),
            Term::Is(_) | Term::Has(Has::Draft) => {
                Some("a rule asks for nothing that follows from it or from who asks")
            }
            Term::Word(..)
            | Term::Verdict(_)
            | Term::Severity(..)
            | Term::Number(..)
            | Term::Score(..)
            | Term::Time(..)
            | Term::Age(..)
            | Term::Has(Has::Value(_))
            | Term::Meta(..)
            | Term::MetaNumber(..) => None,
        }
    }

    /// Whether it may hold at one time and not at another though the decision of record is the same.
    fn changes_beside_decision(&self) -> bool {
        match self {
            Term::Word(field, _) | Term::Number(field, ..) | Term::Has(Has::Value(field)) => match field {
                RecordField::Item(of) => CHANGED.contains(&of.name),
                RecordField::Standing(of) => of.name != "checks",
                RecordField::Decision(_) => false,
            },
            Term::Time(_, _, when) => !matches!(when, When::Day(_) | When::Month(_) | When::Moment(_)),
            Term::Age(..) => true,
            _ => false,
        }
    }

    /// Whether it is true of no undecided item.
    fn needs_decision(&self) -> bool {
        match self {
            Term::Word(field, _) | Term::Number(field, ..) | Term::Has(Has::Value(field)) => field.is_of_decision(),
            Term::Time(Moment::Of(field), ..) => field.is_of_decision(),
            Term::Verdict(verdict) => verdict.is_some(),
            Term::Severity(..) | Term::Score(..) | Term::Judge(..) | Term::Text(Scope::Note, _) => true,
            Term::Is(Is::Stage(stage)) => !stage.is_open() && *stage != Stage::HeldBack,
            Term::Is(is) => matches!(is, Is::Decided | Is::Mine | Is::Overdue | Is::Retryable),
            Term::Time(Moment::Imported, ..)
            | Term::Age(..)
            | Term::Has(Has::Draft)
            | Term::Text(..)
            | Term::Meta(..)
            | Term::MetaNumber(..)
            | Term::Saved(_) => false,
        }
    }
}

/// Reads a filter of a spec's rule, over an item and its decision of record. It finds the same
/// whoever asks, as soon as the decision is made.
pub fn parse_rule(text: &str, words: &Words) -> Result<Filter, FilterError> {
    let filter = parse_under(text, words)?;
    match filter.terms().into_iter().find_map(Term::unfit_for_rule) {
        Some(why) => Err(FilterError::new(0..0, why).with_hint("name values of the item or of the decision")),
        None => Ok(filter),
    }
}

/// Reads a filter of a spec that says which rejections are to be made again, or what a bar counts as
/// good. What it finds of an item stays as it is while the decision of record does.
pub fn parse_lasting(text: &str, words: &Words) -> Result<Filter, FilterError> {
    let filter = parse_under(text, words)?;
    if let Some(why) = filter.terms().into_iter().find_map(Term::unfit_for_rule) {
        return Err(FilterError::new(0..0, why));
    }
    match filter.terms().into_iter().find(|term| term.changes_beside_decision()) {
        Some(term) => {
            let term = Filter::from(term.clone());
            Err(FilterError::new(0..0, format!("`{term}` may change while the decision stands"))
                .with_hint("ask for what comes with the record or is said by the decision, such as category:tone"))
        }
        None => Ok(filter),
    }
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    pub const ALL: [Comparison; 5] =
        [Comparison::Equal, Comparison::Less, Comparison::AtMost, Comparison::More, Comparison::AtLeast];

    /// The sign in a filter.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => ":",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::More => ">",
            Comparison::AtLeast => ">=",
        }
    }

    /// Whether `one` compares to `other` in this way.
    pub fn holds<T: PartialOrd>(self, one: &T, other: &T) -> bool {
        match self {
            Comparison::Equal => one == other,
            Comparison::Less => one < other,
            Comparison::AtMost => one <= other,
            Comparison::More => one > other,
            Comparison::AtLeast => one >= other,
        }
    }

    /// The comparison with its sides exchanged: `a < b` is `b > a`.
    pub fn turned(self) -> Self {
        match self {
            Comparison::Equal => Comparison::Equal,
            Comparison::Less => Comparison::More,
            Comparison::AtMost => Comparison::AtLeast,
            Comparison::More => Comparison::Less,
            Comparison::AtLeast => Comparison::AtMost,
        }
    }
}

/// The names on the way to a member of the metadata, from the outermost in: `a."b c"` is `b c` in
/// `a`. What is written without quotes may also be one name with dots in it.
pub fn member_path(written: &str) -> Vec<String> {
    lexis::path(written)
}

/// The name of a judge, alone or with its version (`tone@v3`), which is written in quotes where it has
/// other signs than a name: `"tone@v3"`.
pub fn judge_name(written: &str) -> String {
    lexis::path(written).join(".")
}

/// Whether a filter may be saved under this name: then `@name` refers to it.
pub fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.chars().count()) && name.chars().all(lexis::is_of_name)
}

/// Characters in the name of a saved filter.
const LONGEST_NAME: usize = 40;

impl Default for Filter {
    /// Every item.
    fn default() -> Self {
        Filter::All(Vec::new())
    }
}

impl From<Term> for Filter {
    fn from(term: Term) -> Self {
        Filter::Term(term)
    }
}

impl Filter {
    /// Whether every item passes.
    pub fn is_everything(&self) -> bool {
        matches!(self, Filter::All(all) if all.is_empty())
    }

    /// Conjunction of `parts` in its normal form: no list in a list, no list of one.
    pub fn all(parts: impl IntoIterator<Item = Filter>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Filter::All(inner) => inner,
            other => vec![other],
        });
        let mut flat: Vec<Filter> = flat.collect();
        if flat.len() == 1 { flat.remove(0) } else { Filter::All(flat) }
    }

    /// Disjunction of `parts`, of which there must be one, in its normal form.
    pub fn any(parts: impl IntoIterator<Item = Filter>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Filter::Any(inner) => inner,
            other => vec![other],
        });
        let mut flat: Vec<Filter> = flat.collect();
        if flat.len() == 1 { flat.remove(0) } else { Filter::Any(flat) }
    }

    /// Negation of `part`.
    pub fn negated(part: Filter) -> Self {
        Filter::Not(Box::new(part))
    }

    /// Whether it asks for decided items: one of its terms, and no `-` before it, is true of
    /// none that waits for a decision.
    pub fn asks_for_decided(&self) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().any(Filter::asks_for_decided),
            Filter::Not(part) => matches!(**part, Filter::Term(Term::Verdict(None))),
            Filter::Term(term) => term.needs_decision(),
        }
    }

    /// The terms, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().flat_map(Filter::terms).collect(),
            Filter::Not(part) => part.terms(),
            Filter::Term(term) => vec![term],
        }
    }

    /// The names of the saved filters in it.
    pub fn saved(&self) -> impl Iterator<Item = &str> {
        self.terms().into_iter().filter_map(|term| match term {
            Term::Saved(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Replaces every term; stops at the first error.
    pub fn map<E>(self, each: &mut impl FnMut(Term) -> Result<Filter, E>) -> Result<Filter, E> {
        let mut list = |parts: Vec<Filter>| parts.into_iter().map(|part| part.map(each)).collect::<Result<Vec<_>, E>>();
        Ok(match self {
            Filter::All(parts) => Filter::all(list(parts)?),
            Filter::Any(parts) => Filter::any(list(parts)?),
            Filter::Not(part) => Filter::negated(part.map(each)?),
            Filter::Term(term) => each(term)?,
        })
    }
}

#[cfg(test)]
mod tests;
