//! The reference of the fields, as docs/fields.md has it.

use super::{DECISION, Field, FieldType, ITEM, STANDING};

impl FieldType {
    /// What a field of the type holds, in words.
    fn words(self) -> &'static str {
        match self {
            FieldType::Id | FieldType::Text => "text",
            FieldType::Name => "text or an integer",
            FieldType::Integer { .. } => "integer",
            FieldType::Real => "number",
            FieldType::Time => "time (RFC 3339)",
            FieldType::Content => "text or JSON",
            FieldType::Documents => "documents",
            FieldType::Words => "list of texts",
            FieldType::Keys => "list of keys",
            FieldType::Scores => "levels by key",
            FieldType::Marks => "list of marks",
            FieldType::Object => "JSON object",
        }
    }
}

/// A table of the fields of an item.
pub fn item_reference() -> String {
    table(ITEM)
}

/// A table of the fields of a decision.
pub fn decision_reference() -> String {
    table(DECISION)
}

/// A table of the fields of where an item stands.
pub fn standing_reference() -> String {
    table(STANDING)
}

fn table<R>(fields: &[Field<R>]) -> String {
    let rows: String = fields.iter().map(row).collect();
    format!("\n| field | holds | in a filter | as an order | |\n|---|---|---|---|---|\n{rows}")
}

fn row<R>(field: &Field<R>) -> String {
    let Field { name, holds, about, uses, .. } = field;
    let code = |name: String| format!("`{name}`");
    let filter = uses.filter.map(|filter| code(filter.name.replace('.', ".KEY"))).unwrap_or_default();
    let order = uses.order.map(|order| code(order.into())).unwrap_or_default();
    format!("| `{name}` | {} | {filter} | {order} | {about} |\n", holds.words())
}
