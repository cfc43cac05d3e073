//! What is wrong with a spec: where, why, and how to mend it.

use std::fmt::{self, Display};

/// One thing wrong with a spec. Problems order by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// A sentence without its full stop; hidden characters are written out.
    pub reason: String,
    /// What to do about it.
    pub mend: String,
}

impl Problem {
    /// The problem as printed: `file:line:column: reason`, and the mend below it.
    pub fn located(&self, file: impl Display) -> impl Display {
        fmt::from_fn(move |f| {
            writeln!(f, "{file}:{}:{}: {}", self.line, self.column, self.reason)?;
            write!(f, "    mend: {}", self.mend)
        })
    }
}

/// Collects problems by byte offset, and turns offsets into lines and columns.
pub(super) struct Problems<'s> {
    source: &'s str,
    line_starts: Vec<usize>,
    found: Vec<Problem>,
}

impl<'s> Problems<'s> {
    pub fn new(source: &'s str) -> Self {
        let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        Self { source, line_starts: std::iter::once(0).chain(breaks).collect(), found: Vec::new() }
    }

    pub fn push(&mut self, at: usize, reason: impl Into<String>, mend: impl Into<String>) {
        let (line, column) = self.place(at);
        self.found.push(Problem { line, column, reason: reason.into(), mend: mend.into() });
    }

    /// The line of a byte offset, counted from 1.
    pub fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at)
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let at = self.source.floor_char_boundary(at);
        let line = self.line(at);
        let before = &self.source[self.line_starts[line - 1]..at];
        // Editors do not count a byte order mark.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        (line, before.chars().count() + 1)
    }

    /// Everything collected, ordered by place and without repetitions.
    pub fn finish(mut self) -> Vec<Problem> {
        self.found.sort();
        self.found.dedup();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &str, at: usize) -> (usize, usize) {
        Problems::new(source).place(at)
    }

    #[test]
    fn columns_count_characters_from_one() {
        assert_eq!(place("a\nгде x", "a\nгде ".len()), (2, 5));
        assert_eq!(place("\u{feff}x", 3), (1, 1));
        assert_eq!(place("", 0), (1, 1));
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(place("ab\n", 99), (2, 1));
        assert_eq!(place("é", 1), (1, 1), "inside a character");
    }

    #[test]
    fn problems_print_as_compilers_print_them() {
        let problem = Problem { line: 12, column: 5, reason: "`title` is empty".into(), mend: "write one".into() };
        assert_eq!(problem.located("a.toml").to_string(), "a.toml:12:5: `title` is empty\n    mend: write one");
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
