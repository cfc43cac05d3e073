//! Texts as sections to read: by what they are, or as they came.
//!
//! Every renderer gives a [`page::Page`]: what is shown, its styles, and where each
//! stretch of it stands in the source.

mod chat;
mod code;
mod colour_codes;
pub mod difference;
mod json;
mod markdown;
pub mod output;
mod page;
pub mod source;
mod table;

use super::rich_text::{Part, Section, Source, SourceMap};
use super::theme::Role;
use crate::domain::item::{Content, ContentKind, Item};
pub use page::Page;

/// The way in which texts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Texts are shown as they came.
    pub raw: bool,
    /// JSON is folded below this level.
    pub fold: Option<usize>,
}

/// A longer text is shown as it came: laying it out would be felt at the key.
const MOST_LAID_OUT: usize = 512 * 1024;

/// Bytes of the messages of a chat, or the documents of a context, above which they are shown as
/// they came.
pub const MOST_OF_SEVERAL: usize = 2 * MOST_LAID_OUT;

/// The content under a heading. What does not parse is shown as it came, and says why.
pub fn sections(heading: &str, content: &Content, part: Option<Part>, look: Look) -> Vec<Section> {
    let text = content.text.as_str();
    match content.kind {
        _ if text.is_empty() => vec![empty(heading)],
        _ if text.trim().is_empty() => vec![blank(heading, text)],
        _ if look.raw => vec![raw(heading, text, part, None)],
        _ if is_too_long(content) => vec![as_it_came(heading, text, part, text.len())],
        ContentKind::Chat => chat::sections(heading, text, part, look),
        _ if chat::is_meant(text) => chat::sections(heading, text, part, look),
        ContentKind::Text => vec![of_text(heading, text, part, look)],
        ContentKind::Json => vec![of_json(heading, text, part, look)],
    }
}

/// The text of a content, for comparing: JSON an entry a line, a chat a message after
/// the other.
pub fn as_text(content: &Content) -> String {
    if content.kind == ContentKind::Text || is_too_long(content) {
        return content.text.clone();
    }
    let sections = sections("", content, None, Look::default());
    let texts = sections.into_iter().map(|section| match content.kind {
        ContentKind::Chat => {
            format!("{}\n{}\n", section.heading.unwrap_or_default().trim_start_matches(" · "), section.body)
        }
        _ => section.body,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The number of levels of the deepest JSON in an item.
pub fn depth_of(item: &Item) -> usize {
    let contents = [Some(&item.input), Some(&item.output), item.reference.as_ref()];
    let is_json = |content: &&Content| content.kind != ContentKind::Text || json::is_meant(&content.text);
    let json = contents.into_iter().flatten().filter(is_json);
    json.map(|content| json::depth(&content.text)).max().unwrap_or_default()
}

/// A text under a heading, by what it is.
pub fn text(heading: &str, text: &str, part: Option<Part>, look: Look) -> Section {
    match text {
        "" => empty(heading),
        _ if look.raw => raw(heading, text, part, None),
        _ if text.len() > MOST_LAID_OUT => as_it_came(heading, text, part, text.len()),
        _ => of_text(heading, text, part, look),
    }
}

/// A text that is one of several which together are too long to be laid out.
pub fn as_it_came(heading: &str, text: &str, part: Option<Part>, in_all: usize) -> Section {
    raw(heading, text, part, Some(format!("{:.1} MB, shown as it came", in_all as f64 / 1e6)))
}

/// The text is JSON, or was meant to be.
pub fn is_json(text: &str) -> bool {
    json::is_meant(text)
}

fn is_too_long(content: &Content) -> bool {
    let most = if content.kind == ContentKind::Chat { MOST_OF_SEVERAL } else { MOST_LAID_OUT };
    content.text.len() > most
}

fn empty(heading: &str) -> Section {
    unseen(heading, format!("(empty {})", heading.to_lowercase()))
}

/// A text in which there is nothing to see says so.
fn blank(heading: &str, text: &str) -> Section {
    let characters = match text.chars().count() {
        1 => "1 character".into(),
        several => format!("{several} characters"),
    };
    unseen(heading, format!("(white space alone: {characters})"))
}

/// What is said in the place of a text in which there is nothing to see.
fn unseen(heading: &str, body: String) -> Section {
    Section { heading: Some(heading.into()), body, role: Role::Dim, ..Section::default() }
}

fn raw(heading: &str, text: &str, part: Option<Part>, detail: Option<String>) -> Section {
    let source = part.map(|part| Source { part, map: SourceMap::verbatim(0, text.len()) });
    Section { heading: Some(heading.into()), detail, body: text.into(), source, ..Section::default() }
}

fn of_text(heading: &str, text: &str, part: Option<Part>, look: Look) -> Section {
    match page_of(text, look) {
        Some(page) if page.text.trim().is_empty() => unseen(heading, "(codes of colours alone)".into()),
        Some(page) => page.into_section(heading, part),
        None if json::is_meant(text) => of_json(heading, text, part, look),
        None => raw(heading, text, part, None),
    }
}

/// A text that is more than plain, laid out; `None` for one that is to be read as it is. Codes of
/// colours do not make a text another: without them it is what it is.
fn page_of(text: &str, look: Look) -> Option<Page> {
    match colour_codes::left_out(text) {
        Some(plain) => Some(plain.laid_out(|text| page_without_colours(text, look))),
        None => page_without_colours(text, look),
    }
}

fn page_without_colours(text: &str, look: Look) -> Option<Page> {
    if json::is_meant(text) {
        return json::check(text).ok().map(|()| json::render(text, look.fold));
    }
    code::render(text).or_else(|| markdown::render(text))
}

fn of_json(heading: &str, text: &str, part: Option<Part>, look: Look) -> Section {
    match json::check(text) {
        Ok(()) => json::render(text, look.fold).into_section(heading, part),
        Err(error) => {
            let mut section = raw(heading, text, part, Some(error.describe(text)));
            section.styles = error.span(text).into_iter().collect();
            section
        }
    }
}

#[cfg(test)]
mod tests;
