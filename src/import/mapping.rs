//! Records of another shape: the values of an item's fields are taken from where a mapping says they
//! are. What no field was taken from goes into `meta`.

mod at;
mod left_over;

pub(super) use at::{Found, at};
pub(super) use left_over::left_over;

use super::fault::{Fault, Faults};
use super::item::item;
use super::json::{members, repeated};
use super::line::object_of_line;
use super::row::Parsed;
use super::scalar::decimal;
use super::value::Value;
use crate::domain::mapping::{Mapping, Path, TakenFrom, Target};
use crate::domain::record::{FieldType, IMPORTED, ItemField, item_field};
use std::borrow::Cow;
use std::ops::Range;

/// Stands for an id that is made from the content, until that is known.
const OPEN_ID: &str = "open";

/// The item of the JSON object `source`; its id, where that is made from the content, is left open.
/// `are_cells` where a text may stand for another value, as a cell does.
pub(super) fn mapped(mapping: &Mapping, source: &[u8], are_cells: bool) -> Result<Parsed, Faults> {
    let source = object_of_line(source)?.trim_ascii();
    // Paths are followed in what is an object: where it breaks off says more than what is not found.
    members(source, |_, _| Ok(()))?;
    let (taken, mut faults) = Taken::from(mapping, source);
    let mut own: [Option<Cow<str>>; IMPORTED] = [const { None }; IMPORTED];
    let mut others = Vec::new();
    // Where what was asked has another name, `prompt` may be that of anything: of an input that was made too.
    let input = item_field("input").and_then(|input| mapping.get(Target::of(input)));
    let asks_elsewhere =
        input.is_some_and(|from| !matches!(from, TakenFrom::Path(path) if path.to_string() == ".input"));
    for (name, value) in left_over(source, &taken.places)? {
        let is_own = |field: &&'static ItemField| {
            mapping.get(Target::of(field)).is_none() && !(field.name == "prompt" && asks_elsewhere)
        };
        match item_field(&name).filter(is_own) {
            None => others.push((name, value)),
            Some(field) if own[field.number].is_some() => faults.keep(Err(repeated(&name))),
            Some(field) => own[field.number] = Some(value),
        }
    }
    if are_cells {
        others.retain(|(_, value)| !matches!(&**value, "\"\"" | "null"));
    }
    let own = own.each_ref().map(|value| Value::from_slot(value.as_deref()));
    let values = taken.values.each_ref().map(|value| {
        let value = value.as_ref().map(|value| value.as_ref().map_err(Fault::clone).and_then(Source::value));
        value.transpose()
    });
    let get = |field: &ItemField| {
        let is_content = matches!(field.holds, FieldType::Content | FieldType::Id | FieldType::Name);
        let (value, is_cell) = match &values[field.number] {
            Ok(None) => (&own[field.number], are_cells),
            value => (value, are_cells || !is_content),
        };
        match value {
            Ok(Some(Value::Text(cell))) if is_cell => of_cell(field, cell),
            value => value.clone(),
        }
    };
    item(get, Ok(others), faults)
}

/// A text that stands for what its field holds; an empty one for nothing, unless the field may be
/// empty text.
fn of_cell<'a>(field: &ItemField, cell: &'a str) -> Result<Option<Value<'a>>, Fault> {
    if cell.is_empty() && !(field.holds == FieldType::Content && field.is_required) {
        return Ok(None);
    }
    Value::from_cell(field.holds, cell).map(Some)
}

/// What was taken from a record.
struct Taken<'a> {
    /// By the numbers of the fields; the fault of one that is not where it should be.
    values: [Option<Result<Source<'a>, Fault>>; IMPORTED],
    /// The stretches of the record that were taken.
    places: Vec<Range<usize>>,
}

/// A value of a field, as it was written.
enum Source<'a> {
    Json(Cow<'a, str>),
    Text(&'a str),
}

impl Source<'_> {
    fn value(&self) -> Result<Value<'_>, Fault> {
        match self {
            Source::Json(json) => Value::from_json(json),
            Source::Text(text) => Value::from_text(text),
        }
    }
}

impl<'a> Taken<'a> {
    /// All values of the object `source`, and the faults of its documents.
    fn from(mapping: &'a Mapping, source: &'a str) -> (Self, Faults) {
        let mut taken = Self { values: [const { None }; IMPORTED], places: Vec::new() };
        let mut faults = Faults::default();
        for (target, from) in mapping.fields().iter().filter(|(target, _)| target.part.is_none()) {
            let json = |json: Result<Option<Cow<'a, str>>, Fault>| json.map(|json| json.map(Source::Json)).transpose();
            let value = match from {
                TakenFrom::Hash => Some(Ok(Source::Text(OPEN_ID))),
                TakenFrom::Set(text) => Some(Ok(Source::Text(text))),
                TakenFrom::Nowhere => None,
                TakenFrom::Path(path) => match target.field.holds {
                    FieldType::Documents => json(Ok(faults.keep(taken.documents(mapping, *target, path, source)))),
                    FieldType::Words => json(taken.at(path, source).map(Found::json)),
                    _ => json(taken.value(path, source)),
                },
            };
            taken.values[target.field.number] = value;
        }
        (taken, faults)
    }

    fn at(&mut self, path: &Path, source: &'a str) -> Result<Found<'a>, Fault> {
        let found = at(path, source)?;
        self.places.extend(found.places(source));
        Ok(found)
    }

    /// The value at the path, in another unit where the path says so. A path of many that gives one means it.
    fn value(&mut self, path: &Path, source: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
        let json = self.at(path, source)?.one_or_list();
        match (json, path.factor) {
            (Some(json), Some(factor)) => multiplied(&json, factor).map(|number| Some(number.into())),
            (json, _) => Ok(json),
        }
    }

    /// The documents as one JSON value, each with the parts that have a path of their own.
    fn documents(
        &mut self,
        mapping: &Mapping,
        target: Target,
        path: &Path,
        source: &'a str,
    ) -> Result<Option<Cow<'a, str>>, Faults> {
        let within = |fault: Fault, part| Faults::from(fault.within(&Target { part, ..target }.to_string()));
        let texts = self.at(path, source).map_err(|fault| within(fault, None))?;
        let is_part = |(other, _): &&(Target, TakenFrom)| other.field.name == target.field.name && other.part.is_some();
        let parts: Vec<_> = mapping.fields().iter().filter(is_part).collect();
        if parts.is_empty() {
            return Ok(texts.json());
        }
        let mut documents: Vec<String> =
            texts.each().map(|text| format!("\"text\":{}", text.unwrap_or("null".into()))).collect();
        for (Target { part, .. }, from) in parts {
            let TakenFrom::Path(path) = from else { continue };
            let found: Vec<_> = self.at(path, source).map_err(|fault| within(fault, *part))?.each().collect();
            if found.len() != documents.len() {
                let reason = format!("`{path}` gives {} values to {} documents", found.len(), documents.len());
                return Err(within(Fault::new(reason), *part));
            }
            for (document, value) in documents.iter_mut().zip(found) {
                value.iter().for_each(|value| document.push_str(&format!(",\"{}\":{value}", part.unwrap_or_default())));
            }
        }
        Ok(Some(
            format!("[{}]", documents.iter().map(|members| format!("{{{members}}}")).collect::<Vec<_>>().join(","))
                .into(),
        ))
    }
}

/// A number, or a text that is one, times the factor.
pub(super) fn multiplied(json: &str, factor: f64) -> Result<String, Fault> {
    let number = match Value::from_json(json)? {
        Value::Null => return Ok(json.to_owned()),
        Value::Number(digits) => decimal(digits),
        Value::Text(text) if text.is_empty() => return Ok("null".into()),
        Value::Text(text) => decimal(text.trim()),
        other => return Err(other.mistyped("a number")),
    };
    let number = number.map(|number| number * factor).filter(|number| number.is_finite());
    number.map(|number| number.to_string()).ok_or_else(|| Fault::new("must be a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_breaks_off_says_so_wherever_the_path_goes() {
        let mut mapping = Mapping::default();
        mapping.extend(Mapping::read_map("output=."));
        for source in ["\"", "{\"a\": [", "{\"m..\"odd}", "[-{", ""] {
            let fault = mapped(&mapping, source.as_bytes(), false).map(|_| ()).unwrap_err().to_string();
            assert!(fault.starts_with("broken JSON"), "{source}: {fault}");
        }
    }
}
