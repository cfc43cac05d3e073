//! A field: what it holds, where it stands, and what is done with it.

use super::cell::Cell;
use super::uses::{Compare, Exported, FieldFilter, Heading, Uses};
use super::{DECISION, ITEM, STANDING};
use crate::domain::decision::Decision;
use crate::domain::item::Item;
use crate::domain::spec::Spec;
use crate::domain::stage::Standing;
use std::fmt;

/// A field of an item or of a decision.
pub struct Field<R: 'static> {
    /// The name in files.
    pub name: &'static str,
    pub holds: FieldType,
    /// What it means, in a sentence for the reference.
    pub about: &'static str,
    pub(super) access: Access<R>,
    /// A record without it is no record.
    pub is_required: bool,
    /// An output may be `null` or empty text: an extraction that found nothing says so.
    pub null_is_a_value: bool,
    /// Number of the field among those that are imported, fixed for good: faults are reported in
    /// this order, and it is the field's tag in the fingerprint of an item. A new field takes
    /// the next one.
    pub number: usize,
    pub uses: Uses,
}

pub type ItemField = Field<Item>;
pub type DecisionField = Field<Decision>;
pub type StandingField = Field<Standing>;

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
    /// Whether a value may be megabytes long: such a field is kept beside the narrow rows that
    /// lists read.
    pub const fn is_large(self) -> bool {
        matches!(self, FieldType::Content | FieldType::Documents | FieldType::Object)
    }

    pub const fn is_number(self) -> bool {
        matches!(self, FieldType::Integer { .. } | FieldType::Real)
    }

    /// A list, which is empty where nothing is known.
    pub const fn is_list(self) -> bool {
        matches!(self, FieldType::Documents | FieldType::Words | FieldType::Keys | FieldType::Marks)
    }
}

pub(super) type Get<R> = for<'r> fn(&'r R) -> Cell<'r>;
type Set<R> = fn(&mut R, Cell) -> Result<(), String>;

pub(super) enum Access<R: 'static> {
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
    /// The row number of a content in the table `prompt`, which items share.
    Shared(&'static str),
    /// Whole milliseconds, which files write as seconds.
    Millis(&'static str),
    /// The place of the word among these, from 0.
    Choice(&'static str, &'static [&'static str]),
    /// In other tables: the store knows how it is read.
    Elsewhere(&'static str),
}

impl StoreColumn {
    /// What the store calls it: one name, or the two of a content.
    pub const fn names(&self) -> &[&'static str] {
        match self {
            StoreColumn::Plain(name)
            | StoreColumn::Negated(name)
            | StoreColumn::Documents(name)
            | StoreColumn::Shared(name)
            | StoreColumn::Millis(name)
            | StoreColumn::Choice(name, _)
            | StoreColumn::Elsewhere(name) => std::slice::from_ref(name),
            StoreColumn::Content(names) => names,
        }
    }
}

/// What a row of a table says.
impl<R> Field<R> {
    pub(super) const fn new(name: &'static str, holds: FieldType, access: Access<R>, about: &'static str) -> Self {
        let uses = Uses::NONE;
        Self { name, holds, about, access, is_required: false, null_is_a_value: false, number: 0, uses }
    }

    pub(super) const fn number(self, number: usize) -> Self {
        Self { number, ..self }
    }

    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(super) const fn or_null(self) -> Self {
        Self { null_is_a_value: true, ..self }
    }

    /// Filtered by a name and compared so; what it finds, and a term for example.
    pub(super) const fn filtered(
        self,
        name: &'static str,
        compare: Compare,
        about: &'static str,
        example: &'static str,
    ) -> Self {
        let filter = Some(FieldFilter { name, compare, about, example });
        Self { uses: Uses { filter, ..self.uses }, ..self }
    }

    /// Asked for with `has:`, by its name in a filter.
    pub(super) const fn optional(self, presence: &'static str) -> Self {
        Self { uses: Uses { presence: Some(presence), ..self.uses }, ..self }
    }

    /// An order of this name.
    pub(super) const fn sorted(self, order: &'static str) -> Self {
        Self { uses: Uses { order: Some(order), ..self.uses }, ..self }
    }

    /// A column of the browser, of at most so many cells.
    pub(super) const fn browsed(self, title: &'static str, width: usize) -> Self {
        let heading = Some(Heading { title, width });
        Self { uses: Uses { heading, ..self.uses }, ..self }
    }

    /// Hidden until the item is decided, where the spec says so.
    pub(super) const fn may_be_hidden(self) -> Self {
        Self { uses: Uses { may_be_hidden: true, ..self.uses }, ..self }
    }

    /// What its reviewer thinks, kept from others until the item is settled.
    pub(super) const fn opinion(self) -> Self {
        Self { uses: Uses { is_opinion: true, ..self.uses }, ..self }
    }

    /// A column of these exports.
    pub(super) const fn exported(self, exported: Exported) -> Self {
        Self { uses: Uses { exported, ..self.uses }, ..self }
    }

    /// A member of `karat list --json`, in this place.
    pub(super) const fn listed(self, place: usize) -> Self {
        Self { uses: Uses { member: Some(place), ..self.uses }, ..self }
    }
}

impl<R> Field<R> {
    /// Columns of the field in the store, where it has some.
    pub const fn kept(&self) -> Option<&Kept<R>> {
        match &self.access {
            Access::Kept(kept) => Some(kept),
            Access::Body(_) | Access::Derived(_) => None,
        }
    }

    /// Whether it is a member of the decision's body.
    pub const fn is_in_body(&self) -> bool {
        matches!(self.access, Access::Body(_))
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

/// A field of either record, for what goes by names: filters, orders, columns.
#[derive(Clone, Copy)]
pub enum RecordField {
    Item(&'static ItemField),
    /// A field of the decision of record.
    Decision(&'static DecisionField),
    /// Of where the item stands.
    Standing(&'static StandingField),
}

impl RecordField {
    /// All of a decision's, then all of an item's, then those of where it stands.
    pub fn all() -> impl Iterator<Item = RecordField> {
        let of_decision = DECISION.iter().map(RecordField::Decision);
        of_decision.chain(ITEM.iter().map(RecordField::Item)).chain(STANDING.iter().map(RecordField::Standing))
    }

    /// The field of an item that has this name, for a constant: a name that is none does
    /// not compile.
    pub const fn item(name: &str) -> Self {
        RecordField::Item(named(ITEM, name))
    }

    /// The field of a decision that has this name, for a constant.
    pub const fn decision(name: &str) -> Self {
        RecordField::Decision(named(DECISION, name))
    }

    pub const fn name(self) -> &'static str {
        match self {
            RecordField::Item(field) => field.name,
            RecordField::Decision(field) => field.name,
            RecordField::Standing(field) => field.name,
        }
    }

    pub const fn holds(self) -> FieldType {
        match self {
            RecordField::Item(field) => field.holds,
            RecordField::Decision(field) => field.holds,
            RecordField::Standing(field) => field.holds,
        }
    }

    pub const fn uses(self) -> &'static Uses {
        match self {
            RecordField::Item(field) => &field.uses,
            RecordField::Decision(field) => &field.uses,
            RecordField::Standing(field) => &field.uses,
        }
    }

    pub const fn is_of_decision(self) -> bool {
        matches!(self, RecordField::Decision(_))
    }

    /// Whether the spec hides the field from a reviewer, of whom is known whether their own decision
    /// on the item stands.
    pub fn is_hidden(self, spec: &Spec, is_decided: bool) -> bool {
        !is_decided && spec.hide.contains(&self.name())
    }

    /// The name in a filter.
    pub fn filter_name(self) -> &'static str {
        self.uses().filter.map_or(self.name(), |filter| filter.name)
    }
}

impl PartialEq for RecordField {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() // no two of both tables are called alike
    }
}

impl Eq for RecordField {}

impl std::hash::Hash for RecordField {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for RecordField {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The field of this name. Past the last one there is none, which stops the compiler.
const fn named<R>(fields: &'static [Field<R>], name: &str) -> &'static Field<R> {
    let mut at = 0;
    while !is_same(fields[at].name, name) {
        at += 1;
    }
    &fields[at]
}

/// Equality of texts, which no trait has in a constant.
const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
