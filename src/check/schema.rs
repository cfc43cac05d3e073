//! JSON Schemas: nothing is fetched for one, and its patterns match in linear time.

use super::subject::Part;
use super::{Fault, LONGEST_BYTES, PATTERN_BYTES};
use crate::domain::check::Undecided;
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// Faults of one value that are told.
const TOLD: usize = 3;

/// Characters of a fault that are told: it may repeat a whole value.
const TOLD_CHARS: usize = 200;

/// Reads a JSON Schema; an error says why it cannot be used. What a `$ref` names must stand in it.
pub fn validator(text: &str) -> Result<Validator, String> {
    let schema: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES);
    let options = jsonschema::options().offline().with_pattern_options(patterns);
    options.build(&schema).map_err(|error| shortened(&error.to_string()))
}

/// Tests a text against a schema.
pub(super) fn test(schema: &Validator, part: &Part) -> Result<(), Fault> {
    if part.text.len() > LONGEST_BYTES {
        return Err(Fault::Undecided(Undecided::TooLong));
    }
    let value: Value = part.json()?;
    if schema.is_valid(&value) {
        return Ok(());
    }
    let mut faults = schema.iter_errors(&value).map(|error| {
        let place = error.instance_path().as_str();
        let place = if place.is_empty() { String::new() } else { format!(" at {place}") };
        shortened(&format!("{}{place}: {error}", part.name))
    });
    let told: Vec<String> = faults.by_ref().take(TOLD).collect();
    let more = if faults.next().is_some() { "; and more" } else { "" };
    Err(Fault::Failed(format!("{}{more}", told.join("; "))))
}

fn shortened(told: &str) -> String {
    match told.char_indices().nth(TOLD_CHARS) {
        Some((end, _)) => format!("{}…", &told[..end]),
        None => told.to_owned(),
    }
}
