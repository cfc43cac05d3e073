//! Items: one model output each, with its input, its context and its metadata.

use super::time::UtcMillis;
use std::borrow::Cow;
use std::sync::Arc;

/// An item's row number in its workspace: given at import, never reused.
pub type Seq = i64;

/// What kind of value a content holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ContentKind {
    /// Plain or marked-up text.
    #[default]
    Text,
    /// A JSON value.
    Json,
    /// A JSON list of objects that each have a `role`.
    Chat,
}

/// An input, an output or a reference: text as it was, or JSON exactly as it was
/// written (numbers keep their digits, objects their order).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub kind: ContentKind,
    /// The text itself for [`ContentKind::Text`], else the JSON source.
    pub text: String,
}

impl Content {
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: ContentKind::Text, text: text.into() }
    }

    /// JSON of the content: a quoted string for text, else its source as it was written.
    pub fn to_json(&self) -> Cow<'_, str> {
        match self.kind {
            ContentKind::Text => Cow::Owned(serde_json::Value::from(self.text.as_str()).to_string()),
            ContentKind::Json | ContentKind::Chat => Cow::Borrowed(&self.text),
        }
    }
}

impl ContentKind {
    /// The letter that stands for the kind in the database.
    pub fn code(self) -> &'static str {
        match self {
            ContentKind::Text => "t",
            ContentKind::Json => "j",
            ContentKind::Chat => "c",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [ContentKind::Text, ContentKind::Json, ContentKind::Chat].into_iter().find(|kind| kind.code() == code)
    }
}

/// A source document that an output must agree with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    pub title: Option<String>,
    pub text: String,
    pub url: Option<String>,
    /// The document's id in the system it came from.
    pub id: Option<String>,
    pub updated_at: Option<UtcMillis>,
}

/// A model output under review, as it was imported.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// Unique in its queue.
    pub id: String,
    pub input: Content,
    pub output: Content,
    /// Shared by all items that have it, where they are read together.
    pub context: Vec<Arc<Document>>,
    pub reference: Option<Content>,
    /// The question behind the item; a regenerated output shares it.
    pub case: Option<String>,
    /// Number of the output among those of its case, from 1.
    pub attempt: i64,
    /// Higher is served first.
    pub priority: i64,
    pub model: Option<String>,
    pub prompt_version: Option<String>,
    pub latency_ms: Option<f64>,
    pub cost_usd: Option<f64>,
    pub tokens_in: Option<i64>,
    pub tokens_out: Option<i64>,
    pub created_at: Option<UtcMillis>,
    pub tags: Vec<String>,
    /// Source of a JSON object: `meta` and every field that karat does not know.
    pub meta: Option<String>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub session_id: Option<String>,
    pub user_id: Option<String>,
    /// What the model was told beside what was asked, or the template of what was asked. Many items share it.
    pub prompt: Option<Content>,
}

impl Item {
    /// An item with only what is required.
    pub fn new(id: impl Into<String>, input: Content, output: Content) -> Self {
        Self { id: id.into(), input, output, attempt: 1, ..Self::default() }
    }
}
