//! Inputs, outputs and references: which kind of content a value is.

use super::fault::Fault;
use super::json::{elements, members};
use super::scan;
use super::value::Value;
use crate::domain::item::{Content, ContentKind};
use std::borrow::Cow;

/// Text is text; a list of objects that each have a `role` is a chat; every other
/// value is JSON, exactly as it was written.
pub(super) fn content(value: Value) -> Result<Content, Fault> {
    let (kind, source) = match value {
        Value::Text(text) => (ContentKind::Text, text),
        Value::Null => (ContentKind::Json, "null".into()),
        Value::Bool(source) | Value::Number(source) => (ContentKind::Json, source.into()),
        Value::Object(source) => (ContentKind::Json, checked(source)?),
        Value::List(source) => (list_kind(&source), checked(source)?),
    };
    Ok(Content { kind, text: source.into_owned() })
}

fn checked(source: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    scan::check(&source).map(|()| source)
}

fn list_kind(list: &str) -> ContentKind {
    let mut messages = 0;
    let all = elements(list, |_, element| {
        messages += 1;
        if has_role(element) { Ok(()) } else { Err(Fault::new("not a message")) }
    });
    if all.is_ok() && messages > 0 { ContentKind::Chat } else { ContentKind::Json }
}

fn has_role(element: &str) -> bool {
    let mut found = false;
    let walked = members(element, |name, value| {
        found |= name == "role" && value.starts_with('"');
        Ok(())
    });
    walked.is_ok() && found
}
