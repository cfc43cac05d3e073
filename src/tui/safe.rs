//! Model output is hostile until proven otherwise: any text in, displayable pieces out.

use std::borrow::Cow;
use std::ops::Range;

/// What is shown for a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Safe to write to a terminal.
    pub text: Cow<'a, str>,
    /// Stands for something that must not be shown as it is.
    pub marked: bool,
    /// Columns on screen, at least 1.
    pub width: usize,
    /// The bytes of the text that it stands for.
    pub range: Range<usize>,
}

/// Takes a line apart into displayable pieces, which cover it without gaps.
pub fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    line.char_indices().map(|(start, c)| Piece {
        text: Cow::Owned(if c.is_control() { '␛' } else { c }.to_string()),
        marked: c.is_control(),
        width: 1,
        range: start..start + c.len_utf8(),
    })
}

/// One line of displayable text, for titles, names and notes; line breaks are shown as `⏎`.
pub fn plain(text: &str) -> Cow<'_, str> {
    Cow::Owned(pieces(text).map(|piece| piece.text).collect())
}
