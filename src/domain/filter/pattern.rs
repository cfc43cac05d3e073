//! Words as they are looked for: whole, or with `*` for anything.

/// A word with wildcards: pieces in a row. No two of a kind stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// `*`: any characters, or none.
    Any,
}

impl Pattern {
    pub fn literal(text: impl Into<String>) -> Self {
        Self::of([Piece::Literal(text.into())])
    }

    /// Pattern of the pieces in a row; equal ones are joined and empty ones left out.
    pub fn of(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
                (Some(Piece::Any), Piece::Any) => {}
                (_, Piece::Literal(text)) if text.is_empty() => {}
                (_, piece) => joined.push(piece),
            }
        }
        Self(joined)
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// The word, where it has no wildcard.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the whole text is such a word; case matters.
    pub fn covers(&self, text: &str) -> bool {
        let (mut rest, mut is_free) = (text, false);
        for (at, piece) in self.0.iter().enumerate() {
            let is_last = at + 1 == self.0.len();
            match piece {
                Piece::Any => {
                    is_free = true;
                    continue;
                }
                Piece::Literal(literal) if is_free && is_last => return rest.ends_with(literal.as_str()),
                Piece::Literal(literal) => {
                    let found =
                        if is_free { rest.find(literal.as_str()) } else { rest.starts_with(literal).then_some(0) };
                    let Some(start) = found else { return false };
                    rest = &rest[start + literal.len()..];
                }
            }
            is_free = false;
        }
        is_free || rest.is_empty()
    }
}

/// Words that stand in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub text: String,
    /// Whether the last word may be continued: `refund*`.
    pub open: bool,
}

impl Phrase {
    /// Whether it may be the beginning of an id: where it is open, and where a digit shows that it
    /// is no word of a language.
    pub fn may_begin_id(&self) -> bool {
        self.open || self.text.contains(|c: char| c.is_ascii_digit())
    }
}
