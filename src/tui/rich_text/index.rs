//! The beginnings of a text's lines. A long line is cut into chunks, so that
//! nothing that is done with a line takes longer than a chunk does.

use memchr::{memchr_iter, memrchr};
use unicode_segmentation::UnicodeSegmentation;

/// Most bytes of a line; a longer one is cut.
pub const LONGEST_LINE: usize = 4096;

/// The lines of a text, by their first bytes. Four bytes a line keep the index
/// of a text of short lines small; no database holds a text that they cannot reach.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Lines {
        let mut starts = Vec::new();
        let mut start = 0;
        let ends = memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1).chain([text.len()]);
        for end in ends.filter(|end| u32::try_from(*end).is_ok()) {
            if start < end {
                cut(text, start, end, &mut starts);
            }
            start = end;
        }
        Lines { starts }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// First byte of the line.
    pub(super) fn start(&self, line: usize) -> usize {
        self.starts.get(line).map_or(0, |start| *start as usize)
    }

    /// The line that a byte stands on.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }

    /// The line without its line break.
    pub(super) fn get<'a>(&self, text: &'a str, line: usize) -> &'a str {
        let end = self.starts.get(line + 1).map_or(text.len(), |end| *end as usize);
        strip_break(&text[self.start(line)..end])
    }
}

fn strip_break(line: &str) -> &str {
    line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line))
}

/// Adds the chunks of the line from `start` to `end`.
fn cut(text: &str, mut start: usize, end: usize, starts: &mut Vec<u32>) {
    let end = start + strip_break(&text[start..end]).len();
    loop {
        starts.push(start as u32); // `of` keeps to what fits
        if end - start <= LONGEST_LINE {
            return;
        }
        start += cut_point(&text[start..text.floor_char_boundary(start + LONGEST_LINE)]);
    }
}

/// The end of a chunk: after a space towards its end, else before its last
/// grapheme, which may go on; a grapheme as long as a chunk is cut through.
fn cut_point(window: &str) -> usize {
    let tail = LONGEST_LINE * 3 / 4;
    let space = memrchr(b' ', &window.as_bytes()[tail.min(window.len())..window.len() - 1]).map(|at| tail + at);
    if let Some(space) = space.filter(|at| window[*at..].graphemes(true).next() == Some(" ")) {
        return space + 1;
    }
    match window.grapheme_indices(true).next_back() {
        Some((at, _)) if at > 0 => at,
        _ => window.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        let lines = Lines::of(text);
        (0..lines.len()).map(|line| lines.get(text, line)).collect()
    }

    #[test]
    fn lines_end_as_they_do_in_files() {
        let cases: [(&str, &[&str]); 7] = [
            ("", &[]),
            ("a", &["a"]),
            ("a\n", &["a"]),
            ("a\r\nb", &["a", "b"]),
            ("a\n\nb\n\n", &["a", "", "b", ""]),
            ("a\rb", &["a\rb"]),
            ("a\r", &["a\r"]),
        ];
        for (text, expected) in cases {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_between_words_or_graphemes() {
        let words = lines(&"word ".repeat(3000)).concat();
        assert_eq!(words, "word ".repeat(3000));
        for (unit, count) in [("word ", 3000), ("日", 5000), ("👩‍💻", 2000), ("x", 9000), ("e\u{301}\u{302}", 3000)]
        {
            let text = unit.repeat(count);
            let chunks = lines(&text);
            assert!(chunks.len() > 1 && chunks.concat() == text);
            for chunk in chunks {
                assert!(chunk.len() <= LONGEST_LINE && chunk.len() % unit.len() == 0, "{unit}");
            }
        }
    }

    #[test]
    fn a_grapheme_of_any_length_is_cut_through() {
        let text = format!("e{}\nnext", "\u{301}".repeat(100_000));
        let chunks = lines(&text);
        assert_eq!(chunks.last(), Some(&"next"));
        assert!(chunks.iter().all(|chunk| chunk.len() <= LONGEST_LINE));
    }

    #[test]
    fn a_break_after_a_full_chunk_is_no_line_of_its_own() {
        let text = format!("{}\r\n{}\n", "x".repeat(LONGEST_LINE), "y".repeat(LONGEST_LINE + 1));
        assert_eq!(lines(&text).iter().map(|line| line.len()).collect::<Vec<_>>(), [LONGEST_LINE, LONGEST_LINE - 1, 2]);
    }
}
