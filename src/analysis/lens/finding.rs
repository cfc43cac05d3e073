//! Findings: the places of an output that a reader should check.

use super::Place;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub grade: Grade,
    pub subject: Subject,
    /// Bytes of the output.
    pub range: Range<usize>,
    /// The reason, as a sentence for the reader.
    pub why: String,
    /// The passage that says otherwise, or that has the parts of a sum.
    pub source: Option<Place>,
}

/// How a fact of the output stands to the source, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The source has another value in the same place.
    Contradicted,
    /// The source has no such value.
    Unsupported,
    /// What follows from the source: a sum, a difference, a share, a count.
    Derivable,
}

/// What was checked, in the order of its weight with readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Negation,
    /// A word whose opposite the source has.
    Opposite,
    Number,
    Date,
    Time,
    Name,
    Quotation,
    /// A word that weakens a statement, or bounds a number, on one side only.
    Hedge,
    Identifier,
    Link,
    Email,
    /// Characters that nobody sees.
    Invisible,
    /// A whole sentence of which the source has next to nothing.
    Sentence,
}

impl Grade {
    pub fn word(self) -> &'static str {
        match self {
            Grade::Contradicted => "contradicted",
            Grade::Unsupported => "unsupported",
            Grade::Derivable => "derivable",
        }
    }
}

impl Subject {
    pub const ALL: [Subject; 13] = [
        Subject::Negation,
        Subject::Opposite,
        Subject::Number,
        Subject::Date,
        Subject::Time,
        Subject::Name,
        Subject::Quotation,
        Subject::Hedge,
        Subject::Identifier,
        Subject::Link,
        Subject::Email,
        Subject::Invisible,
        Subject::Sentence,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Subject::Negation => "negation",
            Subject::Opposite => "opposite",
            Subject::Number => "number",
            Subject::Date => "date",
            Subject::Time => "time",
            Subject::Name => "name",
            Subject::Quotation => "quotation",
            Subject::Hedge => "hedge",
            Subject::Identifier => "identifier",
            Subject::Link => "link",
            Subject::Email => "email",
            Subject::Invisible => "invisible",
            Subject::Sentence => "sentence",
        }
    }
}

impl Finding {
    /// A sentence of which the source has next to nothing.
    pub fn invented(range: Range<usize>) -> Self {
        let why = "the source has next to nothing of this".into();
        Self { grade: Grade::Unsupported, subject: Subject::Sentence, range, why, source: None }
    }

    /// Grade and subject as one key, such as `unsupported_number`.
    pub fn kind(&self) -> String {
        format!("{}_{}", self.grade.word(), self.subject.word())
    }

    /// Sort key: the worst first, among equals the first in the text.
    pub fn rank(&self) -> (Grade, Subject, usize) {
        (self.grade, self.subject, self.range.start)
    }
}
