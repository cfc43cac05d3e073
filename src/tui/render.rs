//! Texts as sections to read: by what they are, or as they came.
//!
//! Every renderer gives a [`page::Page`]: what is shown, its styles, and where each
//! stretch of it stands in the source.

mod chat;
mod code;
pub mod difference;
mod json;
mod log;
mod markdown;
mod page;
mod table;

pub use code::warm_up;

use super::paper::{Part, Section, Source, SourceMap};
use super::theme::Role;
use crate::domain::item::{Content, ContentKind, Item};
pub use page::Page;

/// How texts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// As they came.
    pub raw: bool,
    /// JSON is folded below this level.
    pub fold: Option<usize>,
}

/// A longer text is shown as it came: rendering it would be felt at the key.
const MOST_RENDERED: usize = 512 * 1024;

/// The content under a heading. What does not parse is shown as it came, and says why.
pub fn sections(heading: &str, content: &Content, part: Option<Part>, look: Look) -> Vec<Section> {
    let text = content.text.as_str();
    match content.kind {
        _ if text.is_empty() => vec![empty(heading)],
        _ if look.raw => vec![raw(heading, text, part, None)],
        _ if text.len() > MOST_RENDERED => {
            let why = format!("{:.1} MB, shown as it came", text.len() as f64 / 1e6);
            vec![raw(heading, text, part, Some(why))]
        }
        ContentKind::Text => vec![of_text(heading, text, part)],
        ContentKind::Json => vec![of_json(heading, text, part, look)],
        ContentKind::Chat => chat::sections(heading, text, part, look),
    }
}

/// The text of a content, for comparing: JSON an entry a line, a chat a message after
/// the other.
pub fn as_text(content: &Content) -> String {
    if content.kind == ContentKind::Text || content.text.len() > MOST_RENDERED {
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

/// How many levels of JSON an item has at the most.
pub fn depth_of(item: &Item) -> usize {
    let contents = [Some(&item.input), Some(&item.output), item.reference.as_ref()];
    let json = contents.into_iter().flatten().filter(|content| content.kind != ContentKind::Text);
    json.map(|content| json::depth(&content.text)).max().unwrap_or_default()
}

/// A text under a heading, by what it is.
pub fn text(heading: &str, text: &str, part: Option<Part>, look: Look) -> Section {
    let content = Content::text(text);
    sections(heading, &content, part, look).pop().unwrap_or_default()
}

fn empty(heading: &str) -> Section {
    let body = format!("(empty {})", heading.to_lowercase());
    Section { heading: Some(heading.into()), body, role: Role::Dim, ..Section::default() }
}

fn raw(heading: &str, text: &str, part: Option<Part>, detail: Option<String>) -> Section {
    let source = part.map(|part| Source { part, map: SourceMap::verbatim(0, text.len()) });
    Section { heading: Some(heading.into()), detail, body: text.into(), source, ..Section::default() }
}

fn of_text(heading: &str, text: &str, part: Option<Part>) -> Section {
    match page_of(text) {
        Some(page) => page.into_section(heading, part),
        None => raw(heading, text, part, None),
    }
}

/// A text that is more than plain, laid out; `None` for one that is to be read as it is.
fn page_of(text: &str) -> Option<Page> {
    log::render(text).or_else(|| markdown::render(text)).or_else(|| code::render(text))
}

fn of_json(heading: &str, text: &str, part: Option<Part>, look: Look) -> Section {
    match json::check(text) {
        Ok(()) => json::render(text, look.fold).into_section(heading, part),
        Err(error) => {
            let mut section = raw(heading, text, part, Some(format!("shown as it came: {error}")));
            section.inks = error.ink(text).into_iter().collect();
            section
        }
    }
}

#[cfg(test)]
mod tests;
