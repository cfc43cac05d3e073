//! An item from the values of its fields, whichever format they are from.

use super::content::content;
use super::context::{Context, context};
use super::fault::Fault;
use super::json::{Member, is_json, slots};
use super::meta;
use super::scalar::{amount, id, integer, name, text, time, words};
use super::value::{Value, optional};
use crate::domain::item::{Content, Item};
use crate::domain::record::{BY_NUMBER, Cell, FieldType, IMPORTED, ItemField, item_field};
use std::borrow::Cow;

/// The item of a record that is one JSON object.
pub(super) fn from_object(source: &[u8]) -> Result<Item, Fault> {
    let source = std::str::from_utf8(source)
        .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {}", error.valid_up_to() + 1)))?;
    let record = source.trim_ascii();
    if !record.starts_with('{') && is_json(record) {
        return Err(Value::from_json(record).map_or_else(|fault| fault, |value| value.mistyped("an object")));
    }
    let slots = slots::<IMPORTED>(source, |name| item_field(name).map(|field| field.number))?;
    item(|field| Value::from_slot(slots.known[field.number]), slots.others)
}

/// Applies the rules of every field. `get` gives a field's value; `others` are the fields
/// without a place of their own. Where several are at fault, the first in the order of the
/// fields' numbers, not of the file, is reported.
pub(super) fn item<'a>(
    get: impl Fn(&ItemField) -> Result<Option<Value<'a>>, Fault>,
    others: Vec<Member<'a>>,
) -> Result<Item, Fault> {
    let mut item = Item::new(String::new(), Content::default(), Content::default());
    let (mut own_meta, mut parts) = (None, Vec::new());
    for field in BY_NUMBER {
        match field.holds {
            // What is not a document's goes into `meta`, and `meta` into one object with it.
            FieldType::Documents => {
                let Context { documents, others } = optional(field.name, get(field), context)?.unwrap_or_default();
                (item.context, parts) = (documents, others);
            }
            FieldType::Object => own_meta = optional(field.name, get(field), object)?,
            _ => {
                let cell = cell(field, get(field))?;
                if let (Some(kept), Some(cell)) = (field.kept(), cell) {
                    (kept.set)(&mut item, cell).map_err(|reason| Fault::new(reason).within(field.name))?;
                }
            }
        }
    }
    item.meta = meta::merge(own_meta.as_deref(), parts, others)?;
    Ok(item)
}

/// The field's value by its rule; `None` where it is absent, and may be.
fn cell<'a>(field: &ItemField, value: Result<Option<Value<'a>>, Fault>) -> Result<Option<Cell<'a>>, Fault> {
    if field.null_is_a_value && value == Ok(Some(Value::Null)) {
        return content(Value::Null).map(|null| Some(Cell::from(null)));
    }
    match optional(field.name, value, |value| rule(field.holds, value))? {
        None if field.is_required => Err(Fault::new("is required and missing").within(field.name)),
        // A name of no letters is none.
        Some(Cell::Text(text)) if text.is_empty() => Ok(None),
        cell => Ok(cell),
    }
}

fn rule<'a>(holds: FieldType, value: Value<'a>) -> Result<Cell<'a>, Fault> {
    Ok(match holds {
        FieldType::Id => Cell::Text(id(value)?.into()),
        FieldType::Name => Cell::Text(name(value)?.into()),
        FieldType::Text => Cell::Text(text(value)?.into()),
        FieldType::Integer { least } => Cell::Integer(integer(least)(value)?),
        FieldType::Real => Cell::Real(amount(value)?),
        FieldType::Time => Cell::Time(time(value)?),
        FieldType::Content => content(value)?.into(),
        FieldType::Words | FieldType::Keys => Cell::Words(words(value)?.into()),
        FieldType::Object | FieldType::Documents | FieldType::Scores | FieldType::Marks => {
            return Err(value.mistyped("a value of one field"));
        }
    })
}

fn object(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    match value {
        Value::Object(source) => Ok(source),
        other => Err(other.mistyped("an object")),
    }
}
