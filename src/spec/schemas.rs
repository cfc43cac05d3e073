//! The JSON Schemas that checks name: read from their files, and made part of the spec.

use super::document::Document;
use super::name::shown;
use super::problem::Problems;
use crate::check;
use crate::domain::spec::Schema;
use std::io;
use std::path::Path;
use toml::Spanned;

/// Gives the text of a file that a spec names.
pub(super) type Files<'f> = &'f dyn Fn(&str) -> io::Result<String>;

/// Bytes of a schema, at most.
const MAX_BYTES: usize = 1 << 20;

const REMARK: &str = "\n# The schemas that the checks name, as they were when this was applied.\n";

/// Adds the schemas that do not stand in the spec yet. Gives what to add to its source.
pub(super) fn add(document: &mut Document, file: Files, problems: &mut Problems) -> String {
    let mut added = String::new();
    for path in std::mem::take(&mut document.schemas_named) {
        let known = document.spec.schemas.iter().find(|schema| schema.path == *path.get_ref());
        let text = match known {
            Some(schema) => Ok(schema.text.clone()),
            None => from_file(path.get_ref(), file),
        };
        let is_new = known.is_none();
        match text.and_then(|text| check::validator(&text).map(|_| text)) {
            Ok(text) if is_new => {
                added.push_str(if added.is_empty() { REMARK } else { "\n" });
                added.push_str(&table(path.get_ref(), &text));
                document.spec.schemas.push(Schema { path: path.into_inner(), text });
            }
            Ok(_) => {}
            Err(reason) => report(&path, &reason, problems),
        }
    }
    added
}

fn report(path: &Spanned<String>, reason: &str, problems: &mut Problems) {
    let reason = format!("the schema {} cannot be used: {}", shown(path.get_ref()), reason);
    let hint = "name a JSON Schema beside the spec; it may refer to nothing outside of itself";
    problems.push(path.span().start, reason, hint);
}

/// The schema in a file, on one line.
fn from_file(path: &str, file: Files) -> Result<String, String> {
    if path.is_empty() || Path::new(path).is_absolute() {
        return Err("its path is not relative to the spec".into());
    }
    let text = file(path).map_err(|error| error.to_string())?;
    if text.len() > MAX_BYTES {
        return Err("it is longer than 1 MiB".into());
    }
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("it is no JSON: {error}"))?;
    Ok(value.to_string())
}

/// The table of a schema, as it stands in a spec.
fn table(path: &str, text: &str) -> String {
    let [path, text] = [path, text].map(|value| toml::Value::from(value).to_string());
    format!("[[schema]]\npath = {path}\ntext = {text}\n")
}
