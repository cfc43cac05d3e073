//! Filters over what an import fixes of an item, evaluated in memory: what such a filter finds
//! never changes, whatever people do with the item.

use super::{Comparison, Filter, FilterError, Has, Moment, Term, When, member_path, parse};
use crate::domain::item::Item;
use crate::domain::record::{Cell, RecordField};
use serde_json::Value;
use std::fmt;

/// A filter that asks for what an import fixes, and nothing else. In SQL it finds the same items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ItemFilter(Filter);

impl ItemFilter {
    /// Reads one as it is written.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Self::new(parse(text)?).map_err(|error| FilterError { at: 0..text.len(), ..error })
    }

    /// Fails at the first term that asks for more than an import fixes; the error points at no place.
    pub fn new(filter: Filter) -> Result<Self, FilterError> {
        let unfixed = filter.terms().into_iter().find_map(|term| Some((term, why_unfixed(term)?)));
        let Some((term, hint)) = unfixed else { return Ok(Self(filter)) };
        let term = Filter::from(term.clone());
        Err(FilterError::new(0..0, format!("`{term}` may change after an import")).with_hint(hint))
    }

    pub fn finds(&self, item: &Item) -> bool {
        finds(&self.0, item)
    }

    /// Whether it asks for more of an item than its narrow row: for metadata, or whether it has a text.
    pub fn asks_for_texts(&self) -> bool {
        self.0.terms().into_iter().any(|term| match term {
            Term::Meta(..) | Term::MetaNumber(..) => true,
            Term::Has(Has::Value(field)) => field.holds().is_large(),
            _ => false,
        })
    }

    /// Whether it is seen from its terms that every item that it finds is found by `other` too.
    pub fn implies(&self, other: &ItemFilter) -> bool {
        let parts = |filter: &Filter| match filter {
            Filter::All(parts) => parts.clone(),
            one => vec![one.clone()],
        };
        let own = parts(&self.0);
        parts(&other.0).iter().all(|part| own.contains(part))
    }
}

impl fmt::Display for ItemFilter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Fields of an item that people change.
pub(super) const CHANGED: [&str; 2] = ["tags", "priority"];

/// What to write instead of a term that asks for more than an import fixes; `None`: it does not.
fn why_unfixed(term: &Term) -> Option<&'static str> {
    const OTHER: &str = "ask for what comes with the record, such as prompt_version:v8, model:a-*, attempt>1, \
        cost_usd>0.01, created>=2026-11-01, has:reference or meta.tier:gold";
    let is_fixed = |field: &RecordField| matches!(field, RecordField::Item(of) if !CHANGED.contains(&of.name));
    match term {
        Term::Word(field, _) | Term::Number(field, ..) | Term::Has(Has::Value(field)) => {
            (!is_fixed(field)).then_some(OTHER)
        }
        Term::Time(Moment::Of(field), _, When::Day(_) | When::Month(_) | When::Moment(_)) => {
            (!is_fixed(field)).then_some(OTHER)
        }
        Term::Time(Moment::Of(_), ..) | Term::Age(..) => {
            Some("this moves with the time; write a day, such as created>=2026-11-01")
        }
        Term::Text(..) => {
            Some("words are looked for in an index, which is made after an import; ask for a field or for meta.KEY")
        }
        Term::Saved(_) => Some("a saved filter changes without the spec; write here what it asks for"),
        Term::Meta(..) | Term::MetaNumber(..) => None,
        Term::Time(Moment::Imported, ..)
        | Term::Verdict(_)
        | Term::Severity(..)
        | Term::Score(..)
        | Term::Judge(..)
        | Term::Has(Has::Draft)
        | Term::Is(_) => Some(OTHER),
    }
}

fn finds(filter: &Filter, item: &Item) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| finds(part, item)),
        Filter::Any(parts) => parts.iter().any(|part| finds(part, item)),
        Filter::Not(part) => !finds(part, item),
        Filter::Term(term) => fits(term, item),
    }
}

fn fits(term: &Term, item: &Item) -> bool {
    match term {
        Term::Word(field, pattern) => matches!(cell(*field, item), Cell::Text(word) if pattern.covers(&word)),
        Term::Number(field, comparison, than) => match cell(*field, item) {
            Cell::Integer(number) => comparison.holds(&(number as f64), than),
            Cell::Real(number) => comparison.holds(&number, than),
            _ => false,
        },
        Term::Time(Moment::Of(field), comparison, when) => {
            let stretch = when.stretch(0); // it does not move
            matches!(cell(*field, item), Cell::Time(at) if match comparison {
                Comparison::Equal => stretch.contains(&at),
                Comparison::Less => at < stretch.start,
                Comparison::AtMost => at < stretch.end,
                Comparison::More => at >= stretch.end,
                Comparison::AtLeast => at >= stretch.start,
            })
        }
        Term::Has(Has::Value(field)) => match cell(*field, item) {
            Cell::Null => false,
            Cell::Documents(documents) => !documents.is_empty(),
            _ => true,
        },
        Term::Meta(key, pattern) => members(item, key).iter().filter_map(text).any(|text| pattern.covers(&text)),
        Term::MetaNumber(key, comparison, than) => {
            members(item, key).iter().filter_map(number).any(|number| comparison.holds(&number, than))
        }
        _ => false, // no such filter is made
    }
}

fn cell(field: RecordField, item: &Item) -> Cell<'_> {
    match field {
        RecordField::Item(of) => of.own(item),
        RecordField::Decision(_) | RecordField::Standing(_) => Cell::Null,
    }
}

/// The members of the item's metadata that a name means: one of a plain name, which may have dots
/// in it, and one at the path that is written so.
fn members(item: &Item, written: &str) -> Vec<Value> {
    let Some(meta) = item.meta.as_deref().and_then(|meta| serde_json::from_str::<Value>(meta).ok()) else {
        return Vec::new();
    };
    let path = member_path(written);
    let at_path = path.iter().try_fold(&meta, |value, name| value.get(name));
    let plain = if path.len() > 1 && !written.contains('"') { meta.get(written) } else { None };
    at_path.into_iter().chain(plain).cloned().collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn number(value: &Value) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
    match value {
        Value::Number(number) => number.to_string().parse().ok(), // however large
        Value::String(text) if text.trim().chars().all(plain) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn what_may_change_after_an_import_is_refused_by_its_term() {
        for (text, term) in [
            ("prompt_version:v8 verdict:reject", "verdict:reject"),
            ("reviewer:ana", "reviewer:ana"),
            ("model:a or note:late", "note:late"),
            ("-tag:red", "tag:red"),
            ("priority>3", "priority>3"),
            ("has:draft", "has:draft"),
            ("is:golden", "is:golden"),
            ("created>7d", "created>7d"),
            ("age<2h", "age<2h"),
            ("imported>=2026-11-01", "imported>=2026-11-01"),
            ("refund", "refund"),
            ("@late", "@late"),
            ("rule:v8", "rule:v8"),
        ] {
            let message = ItemFilter::parse(text).unwrap_err().message;
            assert_eq!(message, format!("`{term}` may change after an import"), "{text}");
        }
        for text in ["", "id:a* case:x", "created>=2026-11-01", "has:context meta.a.b:1", "tokens_in>3 or attempt:1"] {
            assert_eq!(ItemFilter::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_filter_with_more_terms_implies_one_with_fewer() {
        let implies = |one, other| ItemFilter::parse(one).unwrap().implies(&ItemFilter::parse(other).unwrap());
        assert!(implies("model:a attempt>1", "attempt>1") && implies("model:a", "") && implies("model:a", "model:a"));
        assert!(!implies("model:a", "model:a attempt>1") && !implies("", "model:a"));
    }
}
