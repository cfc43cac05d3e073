//! JSON, an entry a line. Only space between the tokens changes: numbers keep their
//! digits, and a key that stands twice is seen twice.

use super::page::Page;
use crate::tui::paper::Ink;
use crate::tui::theme::Role;
use serde::de::IgnoredAny;
use std::fmt;

/// Where and why a text is no JSON.
#[derive(Debug)]
pub struct Fault {
    error: serde_json::Error,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Fault {
    /// The character at which reading stopped.
    pub fn ink(&self, source: &str) -> Option<Ink> {
        let line_start = match self.error.line().checked_sub(2) {
            Some(breaks) => source.match_indices('\n').nth(breaks)?.0 + 1,
            None => 0,
        };
        let at = source.floor_char_boundary(line_start + self.error.column().saturating_sub(1));
        let end = at + source[at..].chars().next()?.len_utf8();
        Some(Ink { range: u32::try_from(at).ok()?..u32::try_from(end).ok()?, role: Role::Warning })
    }
}

/// Whether a text is JSON.
pub fn check(source: &str) -> Result<(), Fault> {
    serde_json::from_str::<IgnoredAny>(source).map(drop).map_err(|error| Fault { error })
}

/// How many levels a JSON text has.
pub fn depth(source: &str) -> usize {
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

/// Lays sound JSON out; what lies below the level `fold` is told by its size.
pub fn render(source: &str, fold: Option<usize>) -> Page {
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
                    fold_away(&mut page, &mut tokens);
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
            Kind::String => page.copy(source, range, Role::Literal),
            Kind::Scalar => page.copy(source, range, Role::Number),
        }
    }
    page
}

/// Passes over what a container holds, and tells how much it is.
fn fold_away(page: &mut Page, tokens: &mut std::iter::Peekable<impl Iterator<Item = Token>>) {
    let (mut level, mut entries) = (0usize, 1usize);
    while let Some(token) = tokens.peek() {
        match token.kind {
            Kind::Close if level == 0 => break,
            Kind::Open => level += 1,
            Kind::Close => level -= 1,
            Kind::Comma if level == 0 => entries += 1,
            _ => {}
        }
        tokens.next();
    }
    page.add(&format!(" … {entries} "), Role::Dim);
}

fn break_line(page: &mut Page, level: usize) {
    page.add("\n", Role::Text);
    page.add(&"  ".repeat(level), Role::Text);
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
