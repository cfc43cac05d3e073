//! The reference of the fields, as docs/fields.md has it.

use super::{DECISION, Field, FieldType, ITEM};

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

fn table<R>(fields: &[Field<R>]) -> String {
    let row = |field: &Field<R>| format!("| `{}` | {} | {} |\n", field.name, field.holds.words(), field.about);
    format!("\n| field | holds | |\n|---|---|---|\n{}", fields.iter().map(row).collect::<String>())
}
