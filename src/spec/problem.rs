//! What is wrong with a spec: where, why, and what to do about it.

use crate::text::position::Position;
use std::fmt::{self, Display};

/// A fault of a spec. Problems order by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// A sentence without its full stop; hidden characters are written out.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

impl Problem {
    /// The problem as printed: `file:line:column: reason`, and the hint below it.
    pub fn located(&self, file: impl Display) -> impl Display {
        fmt::from_fn(move |f| {
            writeln!(f, "{file}:{}:{}: {}", self.line, self.column, self.reason)?;
            write!(f, "    hint: {}", self.hint)
        })
    }
}

/// Collects problems by byte offset.
pub(crate) struct Problems<'s> {
    source: &'s str,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self { source, found: Vec::new() }
    }

    pub(crate) fn push(&mut self, at: usize, reason: impl Into<String>, hint: impl Into<String>) {
        let Position { line, column } = Position::of(self.source, at);
        self.found.push(Problem { line, column, reason: reason.into(), hint: hint.into() });
    }

    /// The line of a byte offset, counted from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        Position::of(self.source, at).line
    }

    /// Everything collected, ordered by place and without repetitions.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_print_as_compilers_print_them() {
        let problem = Problem { line: 12, column: 5, reason: "`title` is empty".into(), hint: "write one".into() };
        assert_eq!(problem.located("a.toml").to_string(), "a.toml:12:5: `title` is empty\n    hint: write one");
    }

    #[test]
    fn problems_come_in_the_order_of_the_file() {
        let mut problems = Problems::new("a\nb\n");
        problems.push(2, "second", "");
        problems.push(0, "first", "");
        problems.push(2, "second", "");
        let reasons: Vec<_> = problems.finish().into_iter().map(|p| p.reason).collect();
        assert_eq!(reasons, ["first", "second"]);
    }
}
