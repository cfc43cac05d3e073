//! What of an item a check looks at.

use super::Fault;
use crate::domain::check::CheckedField;
use crate::domain::item::{Content, ContentKind, Item};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;

/// A text of an item.
pub(super) struct Part<'i> {
    /// What it is called in a sentence.
    pub name: String,
    pub kind: ContentKind,
    /// Text as it is, of JSON its source.
    pub text: Cow<'i, str>,
}

/// The texts of a field: none where the item does not have it, and of the context each document.
pub(super) fn parts<'i>(field: &CheckedField, item: &'i Item) -> Vec<Part<'i>> {
    match field {
        CheckedField::Output => vec![Part::of("the output", &item.output)],
        CheckedField::Input => vec![Part::of("the input", &item.input)],
        CheckedField::Reference => item.reference.iter().map(|content| Part::of("the reference", content)).collect(),
        CheckedField::Context => {
            let documents = item.context.iter().zip(1..);
            let part = documents.map(|(document, number)| {
                let text = Cow::Borrowed(document.text.as_str());
                Part { name: format!("document {number}"), kind: ContentKind::Text, text }
            });
            part.collect()
        }
        CheckedField::Meta(key) => item.meta.iter().filter_map(|meta| member(meta, key)).collect(),
    }
}

/// A member of the metadata.
fn member<'i>(meta: &'i str, key: &str) -> Option<Part<'i>> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(meta).ok()?;
    let source = members.get(key)?.get();
    let (kind, text) = match serde_json::from_str::<String>(source) {
        Ok(text) => (ContentKind::Text, Cow::Owned(text)),
        Err(_) => (ContentKind::Json, Cow::Borrowed(source)),
    };
    Some(Part { name: format!("meta.{key}"), kind, text })
}

impl<'i> Part<'i> {
    fn of(name: &str, content: &'i Content) -> Self {
        Self { name: name.into(), kind: content.kind, text: Cow::Borrowed(&content.text) }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        let text = self.text.trim();
        text.is_empty() || (self.kind == ContentKind::Json && text == "null")
    }

    /// The value of the text, which fails where it is no JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        let read = serde_json::from_str(&self.text);
        read.map_err(|error| Fault::Failed(format!("{} is no JSON: {error}", self.name)))
    }
}
