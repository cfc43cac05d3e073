//! What is wrong with a filter, and where.

use crate::text::suggest::nearest;
use std::fmt;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Bytes of the filter that the error is about; empty where something is missing.
    pub at: Range<usize>,
    /// The reason, as a sentence without its full stop.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl FilterError {
    pub fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The message, the filter `text` and carets below the place. `show` sanitises the text.
    pub fn pointing<'a>(&'a self, text: &'a str, show: impl Fn(&str) -> String + 'a) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            let [before, place, after] =
                [&text[..self.at.start], &text[self.at.clone()], &text[self.at.end..]].map(&show);
            writeln!(f, "{}\n", show(&self.message))?;
            writeln!(f, "  {before}{place}{after}")?;
            write!(f, "  {}{}", " ".repeat(before.width()), "^".repeat(place.width().max(1)))
        })
    }
}

/// Hint for an unknown word: the nearest known one, else all of them.
pub(super) fn hint<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(word) = nearest(wrong, known.clone()) {
        return Some(format!("did you mean `{word}`?"));
    }
    let known: Vec<&str> = known.into_iter().take(MOST_LISTED).collect();
    (!known.is_empty()).then(|| format!("it is one of {}", known.join(", ")))
}

/// Words that a hint lists, at most.
const MOST_LISTED: usize = 12;
