//! Chat messages by their roles, the content of each laid out by what it is.

use super::page::Page;
use super::{Look, json, of_json, page_of};
use crate::tui::rich_text::{Part, Section, SourceMap};
use crate::tui::theme::Role;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A message, of which each member is a stretch of the source.
type Message<'a> = BTreeMap<&'a str, &'a RawValue>;

/// Reads a list of messages; `None` when it is none.
fn messages(source: &str) -> Option<Vec<Message<'_>>> {
    serde_json::from_str(source).ok()
}

/// A section a message.
pub(super) fn sections(heading: &str, source: &str, part: Option<Part>, look: Look) -> Vec<Section> {
    match messages(source) {
        Some(messages) => messages.iter().map(|message| turn(heading, source, message, part, look)).collect(),
        None => vec![of_json(heading, source, part, look)],
    }
}

/// The text of the last message.
pub(super) fn last(chat: &str) -> Option<String> {
    let messages = messages(chat)?;
    Some(content(chat, messages.last()?.get("content")?.get(), Look::default()).text)
}

fn turn(heading: &str, source: &str, message: &Message, part: Option<Part>, look: Look) -> Section {
    let role = message.get("role").and_then(|raw| String::deserialize(*raw).ok());
    let mut page = message.get("content").map(|raw| content(source, raw.get(), look)).unwrap_or_default();
    let others = message.iter().filter(|(key, raw)| !["role", "content"].contains(key) && raw.get() != "null");
    for (key, raw) in others {
        page.end_line();
        page.add(key, Role::Name);
        page.add(": ", Role::Text);
        page.append(value(source, raw.get(), look));
    }
    page.into_section(&format!("{heading} · {}", role.as_deref().unwrap_or("?")), part)
}

/// A message's content: a text, or a list of parts that may have one.
fn content(source: &str, raw: &str, look: Look) -> Page {
    if raw == "null" {
        return Page::default();
    }
    let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(raw) else { return value(source, raw, look) };
    let mut page = Page::default();
    for part in parts {
        page.end_line();
        let text = serde_json::from_str::<Message>(part.get()).ok();
        let text = text.as_ref().and_then(|part| part.get("text")).map(|text| text.get());
        page.append(value(source, text.unwrap_or(part.get()), look));
    }
    page
}

/// A value: what a string says, laid out; anything else as JSON.
fn value(source: &str, raw: &str, look: Look) -> Page {
    let start = raw.as_ptr() as usize - source.as_ptr() as usize; // `raw` is borrowed from `source`
    if !raw.starts_with('"') {
        return json::render(raw, look.fold).through(&SourceMap::verbatim(start, raw.len()));
    }
    let (text, map) = unquoted(raw, start);
    let page = page_of(&text, look).unwrap_or_else(|| {
        let mut page = Page::default();
        page.copy(&text, 0..text.len(), Role::Text);
        page
    });
    page.through(&map)
}

/// The text of a JSON string, and where each stretch of it stands.
fn unquoted(raw: &str, start: usize) -> (String, SourceMap) {
    let inner = &raw[1..raw.len() - 1];
    let (mut text, mut map) = (String::with_capacity(inner.len()), SourceMap::default());
    let mut rest = 0;
    while rest < inner.len() {
        let plain = inner[rest..].find('\\').unwrap_or(inner.len() - rest);
        map.push(text.len(), start + 1 + rest, plain);
        text.push_str(&inner[rest..rest + plain]);
        rest += plain;
        let escape = escape_len(&inner[rest..]);
        match &inner[rest..rest + escape] {
            "\\n" => text.push('\n'),
            "\\\"" => text.push('"'),
            other => text.push_str(&serde_json::from_str::<String>(&format!("\"{other}\"")).unwrap_or_default()),
        }
        rest += escape;
    }
    (text, map)
}

/// Bytes of the escape that begins here; a surrogate pair is one.
fn escape_len(rest: &str) -> usize {
    let is_high = |digits: &str| u16::from_str_radix(digits, 16).is_ok_and(|unit| (0xd800..0xdc00).contains(&unit));
    match rest.as_bytes() {
        [] => 0,
        [b'\\', b'u', ..] if rest.get(2..6).is_some_and(is_high) => rest.len().min(12),
        [b'\\', b'u', ..] => rest.len().min(6),
        _ => rest.len().min(2),
    }
}
