//! Model output is hostile until proven otherwise: any text in, displayable
//! pieces out.
//!
//! What could move the cursor, reorder the line or hide (escape sequences,
//! bidirectional controls, zero-width characters, towers of accents) becomes a
//! visible mark. Joiners and variation selectors stay where a script or an
//! emoji needs them.

mod conceal;

use std::borrow::Cow;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const TAB: usize = 4;

/// Most accents, joiners and the like on one character, and most letters that
/// grow together: enough for every language, and a cell stays a cell.
const MAX_IN_PIECE: usize = 8;

/// What is shown for a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// May be written to a terminal as it is.
    pub text: Cow<'a, str>,
    /// Stands for something that must not be shown as it is.
    pub marked: bool,
    /// Columns on screen, at least 1.
    pub width: usize,
    /// The bytes of the text that it stands for.
    pub range: Range<usize>,
}

/// Takes a line apart into displayable pieces, which cover it without gaps: a
/// grapheme each, or a mark. A line break is a mark too.
pub fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    Pieces { line, at: 0, cluster_end: 0, column: 0, full: false }
}

/// Displayable text on a single line, for titles, names and notes, on screen and on the command
/// line; line breaks are shown as `⏎`.
pub fn line(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let shown: String = pieces(text).map(|piece| piece.text).collect();
    if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
}

/// Runs of characters that nobody sees, or that move or hide others; line breaks are none.
pub fn hidden(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut marks = pieces(text).filter(|piece| piece.marked && !piece.text.starts_with('⏎')).peekable();
    std::iter::from_fn(move || {
        let mut run = marks.next()?.range;
        while let Some(next) = marks.next_if(|next| next.range.start == run.end) {
            run.end = next.range.end;
        }
        Some(run)
    })
}

/// The JSON with everything escaped in it that would drive a terminal: it says the same.
pub fn json(json: &str) -> Cow<'_, str> {
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(json);
    }
    let (mut escaped, mut done) = (String::with_capacity(json.len()), 0);
    for range in hidden(json) {
        escaped.push_str(&json[done..range.start]);
        for unit in json[range.clone()].encode_utf16() {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
        done = range.end;
    }
    escaped.push_str(&json[done..]);
    Cow::Owned(escaped)
}

/// Whether the character is never seen by itself.
pub fn is_unseen(c: char) -> bool {
    conceal::is_hidden(None, c, None)
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

struct Pieces<'a> {
    line: &'a str,
    at: usize,
    /// Where the grapheme cluster ends that `at` is in.
    cluster_end: usize,
    column: usize,
    /// The cluster went on after a piece that took all it may.
    full: bool,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let piece = self.plain().or_else(|| self.any())?;
        self.at = piece.range.end;
        self.column += piece.width;
        Some(piece)
    }
}

impl<'a> Pieces<'a> {
    /// A character of plain English, which needs no tables.
    fn plain(&self) -> Option<Piece<'a>> {
        let bytes = self.line.as_bytes();
        let alone = bytes.get(self.at + 1).is_none_or(u8::is_ascii);
        let range = self.at..self.at + 1;
        (is_plain(*bytes.get(self.at)?) && alone).then(|| Piece {
            text: Cow::Borrowed(&self.line[range.clone()]),
            marked: false,
            width: 1,
            range,
        })
    }

    fn any(&mut self) -> Option<Piece<'a>> {
        let rest = &self.line[self.at..];
        if self.at >= self.cluster_end {
            self.cluster_end = self.at + rest.graphemes(true).next()?.len();
            self.full = false;
        }
        let c = rest.chars().next()?;
        let end = self.at + c.len_utf8();
        Some(match c {
            '\t' => self.tab(end),
            '\n' => self.mark("⏎", end),
            '\r' if rest.starts_with("\r\n") => self.mark("⏎", self.cluster_end),
            c if conceal::is_hidden(None, c, self.char_at(end)) => self.mark(conceal::name(c), end),
            c if self.full && !is_base(c) => self.excess(),
            _ => match conceal::flag(rest) {
                Some(bytes) => self.piece(self.at + bytes),
                None => self.cluster(),
            },
        })
    }

    fn tab(&self, end: usize) -> Piece<'a> {
        let width = TAB - self.column % TAB;
        Piece { text: Cow::Borrowed(&"    "[..width]), marked: false, width, range: self.at..end }
    }

    fn mark(&self, text: impl Into<Cow<'a, str>>, end: usize) -> Piece<'a> {
        let text = text.into();
        Piece { marked: true, width: text.width(), range: self.at..end, text }
    }

    /// The text up to `end`, shown as it is.
    fn piece(&self, end: usize) -> Piece<'a> {
        let text = &self.line[self.at..end];
        match text.width() {
            // Without a letter to stand on it would melt into the cell before.
            0 => self.mark(format!("◌{text}"), end),
            width => Piece { text: Cow::Borrowed(text), marked: false, width, range: self.at..end },
        }
    }

    /// A character with what belongs to it, as far as it may go.
    fn cluster(&mut self) -> Piece<'a> {
        let (mut bases, mut others) = (0, 0);
        let (mut before, mut end) = (None, self.at);
        self.full = false;
        while let Some(c) = self.char_at(end).filter(|_| end < self.cluster_end) {
            let next = end + c.len_utf8();
            if conceal::is_hidden(before, c, self.char_at(next)) {
                break;
            }
            let count = if is_base(c) { &mut bases } else { &mut others };
            if *count == MAX_IN_PIECE {
                self.full = true;
                break;
            }
            *count += 1;
            (before, end) = (Some(c), next);
        }
        if self.full && before == Some(conceal::ZWJ) {
            end -= conceal::ZWJ.len_utf8(); // or it would join what is drawn apart
        }
        self.piece(end)
    }

    /// The accents that a character has too many.
    fn excess(&self) -> Piece<'a> {
        let (mut count, mut end) = (0, self.at);
        while let Some(c) = self.char_at(end).filter(|c| end < self.cluster_end && !is_base(*c)) {
            if conceal::is_hidden(None, c, None) {
                break;
            }
            count += 1;
            end += c.len_utf8();
        }
        self.mark(format!("⟨+{count}⟩"), end)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.line[at..].chars().next()
    }
}

/// Takes columns of its own.
fn is_base(c: char) -> bool {
    c.width().is_some_and(|width| width > 0)
}

#[cfg(test)]
pub(crate) mod tests;
