//! Cells as JSON: as the exports write them, and as they are imported again.

use super::Cell;
use crate::domain::item::{ContentKind, Document};
use crate::domain::time::format_rfc3339;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::io;
use std::sync::Arc;

impl Cell<'_> {
    /// Appends the cell to `out` as a JSON value in one line. What is not known is `null`.
    /// Fails where `out` does.
    pub fn write_json(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(text) | Cell::Content(ContentKind::Text, text) => serde_json::to_writer(out, text)?,
            Cell::Integer(number) => serde_json::to_writer(out, number)?,
            Cell::Real(number) => serde_json::to_writer(out, number)?,
            Cell::Time(at) => serde_json::to_writer(out, &format_rfc3339(*at))?,
            Cell::Content(ContentKind::Json | ContentKind::Chat, json) | Cell::Json(json) => one_line(json, out),
            Cell::Words(words) => serde_json::to_writer(out, words)?,
            Cell::Documents(documents) => write_documents(documents, out)?,
            Cell::Scores(scores) => serde_json::to_writer(out, scores)?,
            Cell::Marks(marks) => serde_json::to_writer(out, marks)?,
        }
        Ok(())
    }

    /// The cell as a JSON value.
    pub fn to_json(&self) -> io::Result<Value> {
        let mut json = Vec::new();
        self.write_json(&mut json)?;
        Ok(serde_json::from_slice(&json)?)
    }
}

/// JSON as it was written, but for its line breaks: inside strings they can only be escaped,
/// so these stand between values and may as well be spaces.
fn one_line(json: &str, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(json.as_bytes());
    for byte in &mut out[start..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

fn write_documents(documents: &[Arc<Document>], out: &mut Vec<u8>) -> io::Result<()> {
    let documents = documents.iter().map(|document| DocumentJson::from(&**document));
    Ok(serde_json::Serializer::new(out).collect_seq(documents)?)
}

/// A context document as it would be imported again.
#[derive(Serialize)]
struct DocumentJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
}

impl<'a> From<&'a Document> for DocumentJson<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            title: document.title.as_deref(),
            text: &document.text,
            url: document.url.as_deref(),
            id: document.id.as_deref(),
            updated_at: document.updated_at.map(format_rfc3339),
        }
    }
}
