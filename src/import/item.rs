//! An item from the values of its fields, whichever format it is from.

use super::content::content;
use super::context::{Context, context};
use super::exported::without_review;
use super::fault::{Fault, Faults};
use super::json::{Member, slots};
use super::judgement;
use super::line::object_of_line;
use super::meta;
use super::remark::of_zone;
use super::row::Parsed;
use super::scalar::{amount, id, integer, name, text, time, words};
use super::value::{Value, is_python, optional, unless_empty};
use crate::domain::imported::Remark;
use crate::domain::item::{Content, ContentKind, Item};
use crate::domain::record::{BY_NUMBER, Cell, FieldType, IMPORTED, ItemField, item_field};
use std::borrow::Cow;

/// The item of a record that is one JSON object.
pub(super) fn from_object(source: &[u8]) -> Result<Parsed, Faults> {
    let source = object_of_line(source)?;
    let slots = slots::<IMPORTED>(source, |name| item_field(name).map(|field| field.number))?;
    item(|field| Value::from_slot(slots.known[field.number]), Ok(slots.others), slots.faults)
}

/// The item of a record that is one JSON object whose texts are cells.
pub(super) fn from_sheet(source: &[u8]) -> Result<Parsed, Faults> {
    let source = object_of_line(source)?;
    let slots = slots::<IMPORTED>(source, |name| item_field(name).map(|field| field.number))?;
    let values = slots.known.map(Value::from_slot);
    let get = |field: &ItemField| match &values[field.number] {
        Ok(Some(Value::Text(cell))) => Value::from_cell(field.holds, cell).map(Some),
        other => other.clone(),
    };
    let others = slots.others.into_iter().filter(|(_, value)| !matches!(&**value, "\"\"" | "null")).collect();
    item(get, Ok(others), slots.faults)
}

/// Applies the rules of every field. `get` gives a field's value, `others` are the fields
/// without a place of their own, `faults` what was found before. All faults are told, in the
/// order of the fields' numbers, not of the file.
pub(super) fn item<'a>(
    get: impl Fn(&ItemField) -> Result<Option<Value<'a>>, Fault>,
    others: Result<Vec<Member<'a>>, Faults>,
    mut faults: Faults,
) -> Result<Parsed, Faults> {
    let get = |field: &ItemField| match field.holds {
        FieldType::Content | FieldType::Id => get(field),
        _ => unless_empty(get(field)),
    };
    let mut item = Item::new(String::new(), Content::default(), Content::default());
    let (mut remarks, mut own_meta, mut parts) = (Vec::new(), None, Vec::new());
    for field in BY_NUMBER {
        let value = get(field);
        if !field.is_required && matches!(value, Ok(None)) {
            continue;
        }
        match field.holds {
            // What is not a document's goes into `meta`, and `meta` into one object with it.
            FieldType::Documents => {
                let read = faults.keep(optional(field.name, value, context)).unwrap_or_default();
                let Context { documents, others, remarks: told } = read;
                (item.context, parts) = (documents, others);
                remarks.extend(told);
            }
            FieldType::Object => own_meta = faults.keep(optional(field.name, value, object)),
            _ => {
                let cell = faults.keep(cell(field, value, &mut remarks));
                if let (Some(kept), Some(cell)) = (field.kept(), cell) {
                    let set = (kept.set)(&mut item, cell).map_err(|reason| Fault::new(reason).within(field.name));
                    faults.keep(set);
                }
            }
        }
    }
    let mut others = faults.keep(others);
    let judgements = faults.keep(judgement::taken_from(&mut others));
    let mut meta = |parts, others| faults.keep(meta::merge(own_meta.as_deref(), parts, others));
    let bare_meta = without_review(&others).map(|others| meta(parts.clone(), others));
    item.meta = meta(parts, others);
    faults.finish(Parsed { item, judgements, bare_meta, remarks })
}

/// The field's value by its rule; `None` where it is absent, and may be.
fn cell<'a>(
    field: &'static ItemField,
    value: Result<Option<Value<'a>>, Fault>,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Cell<'a>>, Faults> {
    if field.null_is_a_value && value == Ok(Some(Value::Null)) {
        return Ok(content(Value::Null).map(|null| Some(Cell::from(null)))?);
    }
    match optional(field.name, value, |value| rule(field, value, remarks))? {
        None if field.is_required => Err(Fault::new("is required and missing").within(field.name).into()),
        cell => Ok(cell),
    }
}

fn rule<'a>(field: &'static ItemField, value: Value<'a>, remarks: &mut Vec<Remark>) -> Result<Cell<'a>, Faults> {
    let cell = match field.holds {
        FieldType::Id => Cell::Text(id(value)?.into()),
        FieldType::Name => Cell::Text(name(value)?.into()),
        FieldType::Text => Cell::Text(text(value)?.into()),
        FieldType::Integer { least } => Cell::Integer(integer(least)(value)?),
        FieldType::Real => Cell::Real(amount(value)?),
        FieldType::Time => {
            let time = time(value)?;
            remarks.extend(of_zone(field.name, time.zone));
            Cell::Time(time.at)
        }
        FieldType::Content => content(value)?.into(),
        FieldType::Words | FieldType::Keys => Cell::Words(words(value)?.into()),
        FieldType::Object | FieldType::Documents | FieldType::Scores | FieldType::Marks => {
            return Err(value.mistyped("a value of one field").into());
        }
    };
    let is_python = match &cell {
        Cell::Content(ContentKind::Text, text) => is_python(text),
        Cell::Words(words) => words.iter().any(|word| is_python(word)),
        _ => false,
    };
    remarks.extend(is_python.then_some(Remark::PythonText(field.name)));
    Ok(cell)
}

fn object(value: Value<'_>) -> Result<Cow<'_, str>, Fault> {
    match value {
        Value::Object(source) => Ok(source),
        Value::Text(text) if is_python(&text) => {
            Err(Fault::new("must be a JSON object, not one as Python prints it; write it with json.dumps"))
        }
        other => Err(other.mistyped("an object")),
    }
}
