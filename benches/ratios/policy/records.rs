//! The generated records with outputs that are JSON, and a schema of their twenty fields.

use color_eyre::eyre::{OptionExt, Result};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Fields of an output.
const FIELDS: usize = 20;

/// The file beside the generated one, written where it is not there yet.
pub(super) fn file(generated: &Path) -> Result<PathBuf> {
    let path = generated.with_extension("json-outputs.jsonl");
    if path.exists() {
        return Ok(path);
    }
    eprintln!("  writing {} ...", path.display());
    let part = path.with_extension("part");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&part)?);
    for (nth, line) in BufReader::with_capacity(1 << 20, File::open(generated)?).lines().enumerate() {
        let mut record: Map<String, Value> = serde_json::from_str(&line?)?;
        let words = record.get("output").and_then(Value::as_str).ok_or_eyre("a record has an output")?;
        let output = output(nth, words);
        record.insert("output".into(), output);
        serde_json::to_writer(&mut out, &record)?;
        out.write_all(b"\n")?;
    }
    out.into_inner()?.sync_all()?;
    std::fs::rename(part, &path)?;
    Ok(path)
}

/// Twenty fields: words of the generated output, numbers, a choice and a list. One in five hundred
/// lacks a field.
fn output(nth: usize, words: &str) -> Value {
    let mut words = words.split_whitespace().chain(std::iter::repeat("none"));
    let mut fields = Map::new();
    for field in 0..FIELDS {
        let value = match field % 4 {
            0 => json!(words.by_ref().take(6).collect::<Vec<_>>().join(" ")),
            1 => json!((nth * 7 + field) % 1000),
            2 => json!(["open", "closed", "waiting"][(nth + field) % 3]),
            _ => json!([words.next(), words.next()]),
        };
        fields.insert(name(field), value);
    }
    if nth % 500 == 499 {
        fields.remove(&name(1));
    }
    Value::Object(fields)
}

/// The JSON Schema of an output.
pub(super) fn schema() -> String {
    let property = |field: usize| {
        let is = match field % 4 {
            0 => json!({ "type": "string", "minLength": 1, "maxLength": 400 }),
            1 => json!({ "type": "integer", "minimum": 0, "maximum": 1000 }),
            2 => json!({ "enum": ["open", "closed", "waiting"] }),
            _ => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 4 }),
        };
        (name(field), is)
    };
    let properties: Map<String, Value> = (0..FIELDS).map(property).collect();
    let required: Vec<String> = (0..FIELDS).map(name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
        .to_string()
}

fn name(field: usize) -> String {
    format!("field_{field:02}")
}
