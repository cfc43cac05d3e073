//! Conversations: messages by their roles, the content of each laid out by what it is.

use super::page::Page;
use super::{Look, json, of_json, page_of};
use crate::tui::rich_text::{Part, Section, SourceMap};
use crate::tui::theme::Role;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// An object as it stands: its members in their order, those that stand twice too, each value a
/// stretch of the source.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, raw)| raw.get())
    }

    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.get(name)?).ok()
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Key(key), raw)) = map.next_entry()? {
                    members.push((key, raw));
                }
                Ok(Object(members))
            }
        }
        from.deserialize_map(Members)
    }
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a list of messages; `None` when it is none.
fn messages(source: &str) -> Option<Vec<Object<'_>>> {
    serde_json::from_str(source).ok()
}

/// Whether a text is a list of messages, each with a role.
pub(super) fn is_meant(text: &str) -> bool {
    let begins = text.trim_start().strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    let has_role = |message: &Object| message.text("role").is_some();
    begins && messages(text).is_some_and(|messages| messages.iter().all(has_role))
}

/// A section a message.
pub(super) fn sections(heading: &str, source: &str, part: Option<Part>, look: Look) -> Vec<Section> {
    match messages(source) {
        Some(messages) => messages.iter().map(|message| turn(heading, source, message, part, look)).collect(),
        None => vec![of_json(heading, source, part, look)],
    }
}

fn turn(heading: &str, source: &str, message: &Object, part: Option<Part>, look: Look) -> Section {
    let mut page = Page::default();
    for (key, raw) in &message.0 {
        match (&**key, raw.get()) {
            ("role", role) if role.starts_with('"') => {}
            (_, "null") => {}
            ("content", raw) => content(&mut page, source, raw, look),
            ("tool_calls" | "function_call", raw) if calls(&mut page, source, raw, look) => {}
            (key, raw) => member(&mut page, source, key, raw, look),
        }
    }
    let role = message.text("role");
    page.into_section(&format!("{heading} · {}", role.as_deref().unwrap_or("?")), part)
}

/// Writes a member on a line of its own.
fn member(page: &mut Page, source: &str, key: &str, raw: &str, look: Look) {
    page.end_line();
    page.add(key, Role::Name);
    page.add(": ", Role::Text);
    page.append(value(source, raw, look));
}

/// Writes a message's content: a text, or a list of parts.
fn content(page: &mut Page, source: &str, raw: &str, look: Look) {
    match serde_json::from_str::<Vec<&RawValue>>(raw) {
        Ok(parts) => parts.into_iter().for_each(|part| content_part(page, source, part.get(), look)),
        Err(_) => {
            page.end_line();
            page.append(value(source, raw, look));
        }
    }
}

/// Writes a part of a content: a text by itself, a call of a tool and what it gave by their
/// names, anything else as JSON.
fn content_part(page: &mut Page, source: &str, raw: &str, look: Look) {
    page.end_line();
    let object = serde_json::from_str::<Object>(raw).ok();
    let kind = object.as_ref().and_then(|object| object.text("type"));
    match (object, kind.as_deref()) {
        (Some(part), None | Some("text" | "input_text" | "output_text")) if part.text("text").is_some() => {
            for (key, raw) in &part.0 {
                match &**key {
                    "type" => {}
                    "text" => page.append(value(source, raw.get(), look)),
                    key => member(page, source, key, raw.get(), look),
                }
            }
        }
        (Some(part), Some("tool_result")) => {
            page.add("tool result", Role::Dim);
            for (key, raw) in &part.0 {
                match &**key {
                    "type" => {}
                    "content" => content(page, source, raw.get(), look),
                    key => member(page, source, key, raw.get(), look),
                }
            }
        }
        _ if call(page, source, raw, look) => {}
        _ => page.append(value(source, raw, look)),
    }
}

/// Writes calls of tools, where each of the list is one.
fn calls(page: &mut Page, source: &str, raw: &str, look: Look) -> bool {
    let list = serde_json::from_str::<Vec<&RawValue>>(raw).ok();
    let calls = list.map_or_else(|| vec![raw], |list| list.into_iter().map(RawValue::get).collect());
    let mut written = Page::default();
    let are_calls = calls.into_iter().all(|raw| call(&mut written, source, raw, look));
    if are_calls {
        page.end_line();
        page.append(written);
    }
    are_calls
}

/// Writes a call of a tool: its name, then what it was called with. `false` when it is none.
fn call(page: &mut Page, source: &str, raw: &str, look: Look) -> bool {
    let Ok(outer) = serde_json::from_str::<Object>(raw) else { return false };
    let inner = outer.get("function").and_then(|raw| serde_json::from_str::<Object>(raw).ok());
    let function = inner.as_ref().unwrap_or(&outer);
    let is_call = ["arguments", "input"].iter().any(|name| function.get(name).is_some());
    let Some(name) = function.get("name").filter(|name| is_call && name.starts_with('"')) else { return false };
    page.end_line();
    page.add("tool call ", Role::Dim);
    page.append(plain(source, name, Role::Name));
    for (key, raw) in outer.0.iter().chain(inner.iter().flat_map(|inner| &inner.0)) {
        match &**key {
            "type" | "name" => {}
            "function" if inner.is_some() => {}
            "arguments" | "input" => {
                page.end_line();
                page.append(value(source, raw.get(), look));
            }
            key => member(page, source, key, raw.get(), look),
        }
    }
    true
}

/// A value: what a string says, laid out; anything else as JSON.
fn value(source: &str, raw: &str, look: Look) -> Page {
    if !raw.starts_with('"') {
        let map = SourceMap::verbatim(start_of(raw, source), raw.len());
        return json::render(raw, look.fold).through(&map);
    }
    let (text, map) = unquoted(raw, start_of(raw, source));
    page_of(&text, look).map_or_else(|| plain(source, raw, Role::Text), |page| page.through(&map))
}

/// What a JSON string says, as it is.
fn plain(source: &str, raw: &str, role: Role) -> Page {
    let (text, map) = unquoted(raw, start_of(raw, source));
    let mut page = Page::default();
    page.copy(&text, 0..text.len(), role);
    page.through(&map)
}

/// First byte of a stretch that is borrowed from the source.
fn start_of(raw: &str, source: &str) -> usize {
    raw.as_ptr() as usize - source.as_ptr() as usize
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
