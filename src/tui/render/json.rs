//! JSON, an entry a line. Only space between the tokens changes: numbers keep their
//! digits, and a key that stands twice is seen twice.

use super::page::Page;
use crate::text::position::json_error_offset;
use crate::tui::rich_text::StyleSpan;
use crate::tui::theme::Role;
use serde::de::IgnoredAny;

/// Characters before the place of a fault that are shown with it.
const BEFORE: usize = 24;

/// A list of words and numbers that is no longer stands on one line.
const SHORT: usize = 72;

/// Deeper levels are indented no further.
const DEEPEST: usize = 20;

/// The place and the reason at which a text stops being JSON.
#[derive(Debug)]
pub(super) struct Fault {
    error: serde_json::Error,
}

impl Fault {
    /// A description of what is wrong, where, and what stands before: the place may be far down.
    pub(super) fn describe(&self, source: &str) -> String {
        let before = &source[..json_error_offset(source, &self.error)];
        let shown = before.char_indices().rev().nth(BEFORE).map_or(before, |(at, _)| &before[at..]);
        let gap = if shown.len() < before.len() { "…" } else { "" };
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        let behind = if shown.is_empty() { String::new() } else { format!(", behind `{gap}{shown}`") };
        format!("not valid JSON: {}{behind}", self.error)
    }

    /// The character at which reading stopped; at the end, the last one.
    pub(super) fn span(&self, source: &str) -> Option<StyleSpan> {
        let stop = json_error_offset(source, &self.error);
        let here = source[stop..].chars().next().map(|c| (stop, c));
        let (at, c) = here.or_else(|| source.char_indices().next_back())?;
        Some(StyleSpan { range: u32::try_from(at).ok()?..u32::try_from(at + c.len_utf8()).ok()?, role: Role::Fault })
    }
}

/// Whether a text was meant as JSON: it is a list or an object, or begins as one.
pub(super) fn is_meant(text: &str) -> bool {
    let text = text.trim_start();
    let begins = |sign, with: &[char]| text.strip_prefix(sign).is_some_and(|rest| rest.trim_start().starts_with(with));
    begins('{', &['"', '}']) || begins('[', &['{']) || text.starts_with('[') && check(text).is_ok()
}

/// Whether a text is JSON.
pub(super) fn check(source: &str) -> Result<(), Fault> {
    serde_json::from_str::<IgnoredAny>(source).map(drop).map_err(|error| Fault { error })
}

/// The number of levels in a JSON text.
pub(super) fn depth(source: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for token in tokens(source) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Lays sound JSON out; of what lies below the level `fold` the beginning is shown, and its size.
pub(super) fn render(source: &str, fold: Option<usize>) -> Page {
    let mut page = Page::default();
    let mut level = 0usize;
    let mut tokens = tokens(source).peekable();
    while let Some(token) = tokens.next() {
        let range = token.start..token.end;
        match token.kind {
            Kind::Open => {
                page.copy(source, range, Role::Text);
                let is_empty = tokens.peek().is_some_and(|next| next.kind == Kind::Close);
                level += 1;
                if is_empty {
                    continue;
                }
                if fold.is_some_and(|fold| level > fold) {
                    fold_away(&mut page, source, &mut tokens);
                    continue;
                }
                if is_short_list(&source[token.start..]) {
                    level -= 1;
                    on_one_line(&mut page, source, &mut tokens);
                    continue;
                }
                break_line(&mut page, level);
            }
            Kind::Close => {
                level = level.saturating_sub(1);
                if !page.text.ends_with(['{', '[', '…', ' ']) {
                    break_line(&mut page, level);
                }
                page.copy(source, range, Role::Text);
            }
            Kind::Comma => {
                page.copy(source, range, Role::Text);
                break_line(&mut page, level);
            }
            Kind::Colon => {
                page.copy(source, range, Role::Text);
                page.add(" ", Role::Text);
            }
            Kind::String if tokens.peek().is_some_and(|next| next.kind == Kind::Colon) => {
                page.copy(source, range, Role::Name);
            }
            Kind::String | Kind::Scalar => page.copy(source, range, token.role()),
        }
    }
    page
}

/// Writes the first members of a container, as many as fit the row, and how many more there are.
fn fold_away(page: &mut Page, source: &str, tokens: &mut std::iter::Peekable<impl Iterator<Item = Token>>) {
    let entries = entries(tokens);
    let line = page.text.rsplit('\n').next().map_or(0, |line| line.chars().count());
    let mut room = SHORT.saturating_sub(line + " … 9999 more }".len());
    let mut shown = 0;
    for entry in &entries {
        let mut folded = folded_entry(source, entry);
        let mut wide = folded.text.chars().count() + 2;
        if wide > room {
            let begun = if shown == 0 { begin_of_entry(source, entry, room.saturating_sub(2)) } else { None };
            let Some(begun) = begun else { break };
            (folded, wide) = (begun, room);
        }
        room -= wide;
        page.add(if shown > 0 { ", " } else { " " }, Role::Text);
        page.append(folded);
        shown += 1;
    }
    match entries.len() - shown {
        0 => page.add(" ", Role::Text),
        more if shown > 0 => page.add(&format!(", … {more} more "), Role::Dim),
        all => page.add(&format!(" … {all} "), Role::Dim),
    }
}

/// The entries of a container, up to its end.
fn entries(tokens: &mut std::iter::Peekable<impl Iterator<Item = Token>>) -> Vec<Vec<Token>> {
    let mut level = 0usize;
    let mut entries = vec![Vec::new()];
    while let Some(token) = tokens.next_if(|token| token.kind != Kind::Close || level > 0) {
        match token.kind {
            Kind::Comma if level == 0 => {
                entries.push(Vec::new());
                continue;
            }
            Kind::Open => level += 1,
            Kind::Close => level -= 1,
            _ => {}
        }
        if let Some(entry) = entries.last_mut() {
            entry.push(token);
        }
    }
    entries
}

/// An entry on one line; of what it holds, the number.
fn folded_entry(source: &str, entry: &[Token]) -> Page {
    let mut page = Page::default();
    let mut tokens = entry.iter().copied().peekable();
    while let Some(token) = tokens.next() {
        let is_name = token.kind == Kind::String && tokens.peek().is_some_and(|next| next.kind == Kind::Colon);
        page.copy(source, token.start..token.end, if is_name { Role::Name } else { token.role() });
        match token.kind {
            Kind::Colon => page.add(" ", Role::Text),
            Kind::Open if tokens.peek().is_some_and(|next| next.kind != Kind::Close) => {
                let count = entries(&mut tokens).len();
                page.add(&format!(" … {count} "), Role::Dim);
            }
            _ => {}
        }
    }
    page
}

/// The beginning of an entry whose text is too long for the room, up to the end of a word.
fn begin_of_entry(source: &str, entry: &[Token], room: usize) -> Option<Page> {
    let (value, name) = entry.split_last().filter(|(value, _)| value.kind == Kind::String)?;
    let mut page = folded_entry(source, name);
    let room = room.checked_sub(page.text.chars().count() + "…".len())?;
    let text = &source[value.start..value.end];
    let (end, _) = text.char_indices().nth(room)?;
    let end = text[..end].rfind(' ').filter(|end| *end > 1)?;
    page.copy(source, value.start..value.start + end, value.role());
    page.add(" …", Role::Dim);
    Some(page)
}

/// A list of nothing but words and numbers, and short; or of numbers alone, for they wrap well.
fn is_short_list(source: &str) -> bool {
    let mut words = false;
    for token in tokens(source).skip(usize::from(source.starts_with('['))) {
        words |= token.kind == Kind::String;
        match token.kind {
            Kind::Close => return true,
            Kind::Open | Kind::Colon => return false,
            _ if words && token.end > SHORT => return false,
            _ => {}
        }
    }
    false
}

/// Writes a list from behind its bracket to its end.
fn on_one_line(page: &mut Page, source: &str, tokens: &mut impl Iterator<Item = Token>) {
    for token in tokens {
        page.copy(source, token.start..token.end, token.role());
        match token.kind {
            Kind::Comma => page.add(" ", Role::Text),
            Kind::Close => return,
            _ => {}
        }
    }
}

fn break_line(page: &mut Page, level: usize) {
    page.add("\n", Role::Text);
    page.add(&"  ".repeat(level.min(DEEPEST)), Role::Text);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Comma,
    Colon,
    String,
    Scalar,
}

#[derive(Debug, Clone, Copy)]
struct Token {
    kind: Kind,
    start: usize,
    end: usize,
}

impl Token {
    fn role(self) -> Role {
        match self.kind {
            Kind::String => Role::Literal,
            Kind::Scalar => Role::Number,
            _ => Role::Text,
        }
    }
}

/// The tokens of sound JSON.
fn tokens(source: &str) -> impl Iterator<Item = Token> {
    let bytes = source.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = at;
        let kind = match bytes.get(at)? {
            b'{' | b'[' => Kind::Open,
            b'}' | b']' => Kind::Close,
            b',' => Kind::Comma,
            b':' => Kind::Colon,
            b'"' => Kind::String,
            _ => Kind::Scalar,
        };
        at += match kind {
            Kind::String => string_len(&bytes[at..]),
            Kind::Scalar => bytes[at..].iter().take_while(|byte| !b",:]}\"[{ \t\r\n".contains(byte)).count().max(1),
            _ => 1,
        };
        Some(Token { kind, start, end: at })
    })
}

/// Bytes of the string that begins here, with its quotes.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}
