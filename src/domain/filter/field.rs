//! The fields that a filter may name: those of the record, and a few that no record has.

use crate::domain::record::{Compare, FieldFilter, RecordField};
use crate::domain::stage::Stage;
use std::sync::LazyLock;

/// A field that a filter may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterField {
    /// The name as it is written; a key follows `score.` and `meta.`.
    pub name: &'static str,
    pub kind: Kind,
    /// Meaning of the field, for completion and the documents.
    pub detail: &'static str,
    /// A term with the field.
    pub example: &'static str,
}

/// Type of a field's values, which decides what may follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A field of the record, compared as its row says.
    Of(RecordField, Compare),
    Imported,
    Age,
    Judge,
    Has,
    Is,
}

/// A moment in an item's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A time in its record, or in its decision of record.
    Of(RecordField),
    Imported,
}

impl Moment {
    /// The name of the field in a filter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Moment::Of(field) => field.filter_name(),
            Moment::Imported => "imported",
        }
    }
}

/// Things that an item may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// A value in its record, or in its decision of record.
    Value(RecordField),
    /// Work in progress of the person who asks.
    Draft,
}

impl Has {
    pub fn all() -> impl Iterator<Item = Has> {
        let optional = RecordField::all().filter(|field| field.uses().presence.is_some());
        optional.map(Has::Value).chain([Has::Draft])
    }

    /// The word in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Has::Value(field) => field.filter_name().trim_end_matches('.'),
            Has::Draft => "draft",
        }
    }

    /// Meaning for an item.
    pub fn detail(self) -> &'static str {
        match self {
            Has::Value(field) => field.uses().presence.unwrap_or_default(),
            Has::Draft => "work of yours under way",
        }
    }
}

/// States that an item may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    Decided,
    Mine,
    Deferred,
    Declined,
    Claimed,
    Overdue,
    Golden,
    Retryable,
    /// It stands there.
    Stage(Stage),
}

impl Is {
    pub fn all() -> impl Iterator<Item = Is> {
        let stages = Stage::ALL.into_iter().map(Is::Stage);
        let apart = [Is::Decided, Is::Mine, Is::Deferred, Is::Declined, Is::Claimed, Is::Overdue, Is::Golden];
        apart.into_iter().chain([Is::Retryable]).chain(stages)
    }

    /// The word in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Is::Decided => "decided",
            Is::Mine => "mine",
            Is::Deferred => "deferred",
            Is::Declined => "declined",
            Is::Claimed => "claimed",
            Is::Overdue => "overdue",
            Is::Golden => "golden",
            Is::Retryable => "retryable",
            Is::Stage(stage) => stage.as_str(),
        }
    }

    /// Meaning for an item.
    pub fn detail(self) -> &'static str {
        match self {
            Is::Decided => "it has a verdict of record",
            Is::Mine => "you have decided it",
            Is::Deferred => "you have deferred it",
            Is::Declined => "you have declined it",
            Is::Claimed => "a reviewer has claimed it now",
            Is::Overdue => "it was escalated, and nobody answered in time",
            Is::Golden => "it is kept as a golden example",
            Is::Retryable => "it is rejected for a reason that is retryable",
            Is::Stage(stage) => stage.detail(),
        }
    }
}

/// Fields of no single field of a record: the time of an import is that of all its items, an age
/// follows from one of two times and grows, judges stand beside the record, and how an item stands
/// depends on who asks, on claims and on the golden set.
const APART: [FilterField; 5] = [
    apart("imported", Kind::Imported, "when its import began", "imported:today"),
    apart("age", Kind::Age, "since it was created, or else imported", "age>7d"),
    apart("judge.", Kind::Judge, "what the judge of this name says, once people have settled it", "judge.tone:reject"),
    apart("has", Kind::Has, "whether there is one", "has:note"),
    apart("is", Kind::Is, "how it stands", "is:deferred"),
];

const fn apart(name: &'static str, kind: Kind, detail: &'static str, example: &'static str) -> FilterField {
    FilterField { name, kind, detail, example }
}

/// Every field: of decisions, of items, and of no record.
pub static FIELDS: LazyLock<Vec<FilterField>> =
    LazyLock::new(|| RecordField::all().filter_map(of).chain(APART).collect());

fn of(field: RecordField) -> Option<FilterField> {
    let FieldFilter { name, compare, about, example } = field.uses().filter?;
    Some(FilterField { name, kind: Kind::Of(field, compare), detail: about, example })
}

impl FilterField {
    /// The field of this name, and the key that follows the name where it takes one.
    pub fn find(name: &str) -> Option<(&'static FilterField, &str)> {
        FIELDS.iter().find_map(|field| match field.takes_key() {
            true => name.strip_prefix(field.name).filter(|key| !key.is_empty()).map(|key| (field, key)),
            false => (field.name == name).then_some((field, "")),
        })
    }

    /// The name of the one field that compares so.
    pub(super) fn comparing(compare: Compare) -> &'static str {
        let compares = |field: &&FilterField| matches!(field.kind, Kind::Of(_, by) if by == compare);
        FIELDS.iter().find(compares).map_or("", |field| field.name)
    }

    pub fn takes_key(&self) -> bool {
        self.name.ends_with('.')
    }

    /// Whether the field is ordered, so that `<` and `>` make sense.
    pub fn has_order(&self) -> bool {
        match self.kind {
            Kind::Of(_, compare) => compare.has_order(),
            Kind::Imported | Kind::Age => true,
            Kind::Judge | Kind::Has | Kind::Is => false,
        }
    }
}
