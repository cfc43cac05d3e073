//! Item and decision, described once, field by field.
//!
//! The import reads, the store keeps, the export writes and the reference explains what
//! stands here. A new field is a member of the struct, a row of its table and a migration.

mod cell;
mod json;
mod reference;

pub use cell::{Cell, FromCell, ToCell};
pub use reference::{decision_reference, item_reference};

use super::decision::Decision;
use super::item::Item;
use super::spec::Spec;

/// A field of an item or of a decision.
pub struct Field<R: 'static> {
    /// The name in files.
    pub name: &'static str,
    pub holds: FieldType,
    /// What it means, in a sentence for the reference.
    pub about: &'static str,
    access: Access<R>,
    /// A record without it is no record.
    pub is_required: bool,
    /// An output may be `null` or empty text: an extraction that found nothing says so.
    pub null_is_a_value: bool,
    /// Its number among the fields that are imported, given for good: faults are told in
    /// this order, and it is the field's tag in the fingerprint of an item. A new field
    /// takes the next one.
    pub number: usize,
}

pub type ItemField = Field<Item>;
pub type DecisionField = Field<Decision>;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// The item's own name: not empty, without control characters.
    Id,
    /// Text, or an integer whose digits are kept.
    Name,
    Text,
    Integer {
        least: i64,
    },
    /// A number that is not negative.
    Real,
    /// UTC, in milliseconds.
    Time,
    /// Text or a JSON value.
    Content,
    Documents,
    /// A list of texts.
    Words,
    /// A list of keys of the spec.
    Keys,
    /// Levels by the keys of the criteria.
    Scores,
    Marks,
    /// A JSON object, as it was written.
    Object,
}

impl FieldType {
    /// It may be megabytes: kept beside the narrow rows that lists read.
    pub const fn is_large(self) -> bool {
        matches!(self, FieldType::Content | FieldType::Documents | FieldType::Object)
    }
}

use FieldType::{Content, Documents, Id, Integer, Keys, Marks, Name, Object, Real, Scores, Text, Time, Words};
use StoreColumn::{Choice, Millis, Negated, Plain};

type Get<R> = for<'r> fn(&'r R) -> Cell<'r>;
type Set<R> = fn(&mut R, Cell) -> Result<(), String>;

enum Access<R: 'static> {
    Kept(Kept<R>),
    /// A member of the decision's body.
    Body(Get<R>),
    /// Kept nowhere: it follows from the record and its spec.
    Derived(fn(&R, &Spec) -> Cell<'static>),
}

/// A field that has columns of its own in the store.
pub struct Kept<R: 'static> {
    pub column: StoreColumn,
    pub get: Get<R>,
    pub set: Set<R>,
}

/// How a field's value stands in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreColumn {
    Plain(&'static str),
    /// The opposite number, so that what is higher comes first in an ascending index.
    Negated(&'static str),
    /// The letter of its kind, and its text.
    Content([&'static str; 2]),
    /// A JSON list of row numbers of documents, which are shared.
    Documents(&'static str),
    /// Whole milliseconds, which files write as seconds.
    Millis(&'static str),
    /// The place of the word among these, from 0.
    Choice(&'static str, &'static [&'static str]),
}

impl StoreColumn {
    /// What the store calls it: one name, or the two of a content.
    pub const fn names(&self) -> &[&'static str] {
        match self {
            StoreColumn::Plain(name)
            | StoreColumn::Negated(name)
            | StoreColumn::Documents(name)
            | StoreColumn::Millis(name)
            | StoreColumn::Choice(name, _) => std::slice::from_ref(name),
            StoreColumn::Content(names) => names,
        }
    }
}

impl<R> Field<R> {
    const fn new(name: &'static str, holds: FieldType, access: Access<R>, about: &'static str) -> Self {
        Self { name, holds, about, access, is_required: false, null_is_a_value: false, number: 0 }
    }

    const fn number(self, number: usize) -> Self {
        Self { number, ..self }
    }

    const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    const fn or_null(self) -> Self {
        Self { null_is_a_value: true, ..self }
    }

    /// Its columns in the store, where it has some.
    pub const fn kept(&self) -> Option<&Kept<R>> {
        match &self.access {
            Access::Kept(kept) => Some(kept),
            Access::Body(_) | Access::Derived(_) => None,
        }
    }

    /// The value that the record has; what follows from its spec it has not.
    pub fn own<'r>(&self, record: &'r R) -> Cell<'r> {
        match &self.access {
            Access::Kept(Kept { column, get, .. }) => match (column, get(record)) {
                (StoreColumn::Millis(_), Cell::Integer(millis)) => Cell::Real(millis as f64 / 1000.0),
                (_, cell) => cell,
            },
            Access::Body(get) => get(record),
            Access::Derived(_) => Cell::Null,
        }
    }

    /// The value of a record that was made under this spec.
    pub fn cell<'r>(&self, record: &'r R, spec: &Spec) -> Cell<'r> {
        match &self.access {
            Access::Derived(derive) => derive(record, spec),
            _ => self.own(record),
        }
    }
}

/// A table of fields: the name in files, what it holds, where it stands, what it means.
macro_rules! fields {
    ($record:ty: $($name:literal $holds:expr => $access:expr, $about:literal
        $(, $flag:ident ($($value:literal)?))*;)*) => {
        &[$(Field::<$record>::new($name, $holds, $access, $about)$(.$flag($($value)?))*),*]
    };
}

/// A field with columns, and the place in the struct that it is read from and written to.
macro_rules! kept {
    ($column:expr, $($place:ident).+) => {
        Access::Kept(Kept {
            column: $column,
            get: |record| record.$($place).+.to_cell(),
            set: |record, cell| FromCell::from_cell(cell).map(|value| record.$($place).+ = value),
        })
    };
}

/// A point in time with its column: the number of its milliseconds is no number to files.
macro_rules! time {
    ($column:literal, $($place:ident).+) => {
        Access::Kept(Kept {
            column: Plain($column),
            get: |record| Cell::time(record.$($place).+),
            set: |record, cell| FromCell::from_cell(cell).map(|value| record.$($place).+ = value),
        })
    };
}

/// A member of the decision's body, which is kept as a whole.
macro_rules! body {
    ($place:ident) => {
        Access::Body(|decision| decision.judgement.draft.$place.to_cell())
    };
}

/// The words of whether the lens was seen, by their numbers in the store.
const LENS: &[&str] = &["hidden", "shown"];

/// The fields of an item, in the order of the exported columns.
pub static ITEM: &[ItemField] = fields! { Item:
    "id" Id => kept!(Plain("id"), id), "Unique in its queue", number(0), required();
    "case" Name => kept!(Plain("case_id"), case), "The question behind the item: a regenerated output shares it", number(5);
    "attempt" Integer { least: 1 } => kept!(Plain("attempt"), attempt), "Which output to its case it is, from 1", number(6);
    // The lowest number of all has no opposite.
    "priority" Integer { least: -i64::MAX } => kept!(Negated("rank"), priority), "Higher is served first; 0 by default", number(7);
    "input" Content => kept!(StoreColumn::Content(["input_kind", "input"]), input), "What the model was asked", number(1), required();
    "output" Content => kept!(StoreColumn::Content(["output_kind", "output"]), output), "What the model answered; may be `null`", number(2), required(), or_null();
    "reference" Content => kept!(StoreColumn::Content(["reference_kind", "reference"]), reference), "An expected output", number(4);
    "context" Documents => kept!(StoreColumn::Documents("context"), context), "The source documents that the output must agree with", number(3);
    "model" Text => kept!(Plain("model"), model), "The model that wrote the output", number(8);
    "prompt_version" Text => kept!(Plain("prompt_version"), prompt_version), "The prompt that it was asked with", number(9);
    "latency_ms" Real => kept!(Plain("latency_ms"), latency_ms), "How long the model took, in milliseconds", number(10);
    "cost_usd" Real => kept!(Plain("cost_usd"), cost_usd), "What the output cost, in US dollars", number(11);
    "tokens_in" Integer { least: 0 } => kept!(Plain("tokens_in"), tokens_in), "Tokens of the input", number(12);
    "tokens_out" Integer { least: 0 } => kept!(Plain("tokens_out"), tokens_out), "Tokens of the output", number(13);
    "created_at" Time => time!("created_at", created_at), "When the output was made", number(14);
    "tags" Words => kept!(Plain("tags"), tags), "Words to find items by", number(15);
    "meta" Object => kept!(Plain("meta"), meta), "Whatever else is known, with every field of a record that has no place of its own", number(16);
};

/// The correction stands in columns of its own, beside the body that it belongs to.
const CORRECTION: Access<Decision> = Access::Kept(Kept {
    column: StoreColumn::Content(["correction_kind", "correction"]),
    get: |decision| decision.judgement.draft.correction.to_cell(),
    set: |decision, cell| {
        FromCell::from_cell(cell).map(|correction| decision.judgement.draft_mut().correction = correction)
    },
});

/// The fields of a decision, in the order of the exported columns.
pub static DECISION: &[DecisionField] = fields! { Decision:
    "verdict" Text => kept!(Plain("verdict"), judgement.verdict), "accept, reject or escalate", required();
    "categories" Keys => body!(categories), "The failure categories, in the order of the spec";
    "worst_severity" Text => Access::Derived(worst_severity), "Of the categories, by the spec that it was made under";
    "route" Text => body!(route), "Where it was escalated to";
    "scores" Scores => body!(scores), "The levels, from 1, by the keys of the criteria";
    "note" Text => body!(note), "What the reviewer wrote";
    "correction" Content => CORRECTION, "The output as it should have been";
    "marks" Marks => body!(marks), "Stretches of the output's text, and what is wrong with each";
    "reviewer" Text => kept!(Plain("reviewer"), reviewer), "Who decided", required();
    "decided_at" Time => time!("decided_at", decided_at), "When", required();
    "seconds" Real => kept!(Millis("active_millis"), judgement.active_millis), "Active time on the item", required();
    "lens" Text => SEEN_LENS, "Whether the grounding lens was `shown` or `hidden`; empty where there was none to see";
    "spec_version" Integer { least: 1 } => kept!(Plain("spec_version"), spec_version), "The version of the spec that it was made under", required();
    "decision_id" Text => kept!(Plain("id"), id), "Unique, on every engine and in every copy", required();
};

const SEEN_LENS: Access<Decision> = Access::Kept(Kept {
    column: Choice("lens_shown", LENS),
    get: |decision| decision.judgement.lens.map_or(Cell::Null, |seen| LENS[usize::from(seen)].into()),
    set: |decision, cell| {
        Option::<String>::from_cell(cell).map(|word| decision.judgement.lens = word.map(|word| word == LENS[1]))
    },
});

fn worst_severity(decision: &Decision, spec: &Spec) -> Cell<'static> {
    spec.worst_severity(&decision.judgement.draft.categories).map_or(Cell::Null, |severity| severity.as_str().into())
}

/// The number of fields that an import knows.
pub const IMPORTED: usize = ITEM.len();

/// The fields of an item by their numbers.
pub static BY_NUMBER: [&ItemField; IMPORTED] = by_number();

const fn by_number() -> [&'static ItemField; IMPORTED] {
    let mut fields = [&ITEM[0]; IMPORTED];
    let mut at = 0;
    while at < IMPORTED {
        fields[ITEM[at].number] = &ITEM[at];
        at += 1;
    }
    fields
}

/// The field of an item that has this name in files.
pub fn item_field(name: &str) -> Option<&'static ItemField> {
    ITEM.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_given_once() {
        for (number, field) in BY_NUMBER.iter().enumerate() {
            assert_eq!(field.number, number, "{}", field.name);
        }
    }
}
