//! Lines and columns of a text.

/// A place in a text as editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line number, from 1.
    pub line: usize,
    /// Column, from 1, in characters. A byte order mark at the beginning of the text does not
    /// count.
    pub column: usize,
}

impl Position {
    /// The place of a byte. Inside a character it is that character's, behind the text its end.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = &text[..text.floor_char_boundary(offset)];
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// The byte of a JSON text at which its parser stopped.
pub fn json_error_offset(text: &str, error: &serde_json::Error) -> usize {
    let breaks = error.line().checked_sub(2);
    let line_start = breaks.and_then(|breaks| Some(text.match_indices('\n').nth(breaks)?.0 + 1));
    text.floor_char_boundary(line_start.unwrap_or(0) + error.column().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: usize) -> (usize, usize) {
        let place = Position::of(text, offset);
        (place.line, place.column)
    }

    #[test]
    fn columns_count_characters_from_one() {
        assert_eq!(position("a\nгде x", "a\nгде ".len()), (2, 5));
        assert_eq!(position("\u{feff}x", 3), (1, 1));
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(position("ab\n", 99), (2, 1));
        assert_eq!(position("é", 1), (1, 1), "inside a character");
    }

    #[test]
    fn a_json_parser_stops_at_a_byte() {
        for (text, rest) in [("{\"é\": x}", "x}"), ("[1,\n\n  tru]", "]"), ("[1] 2", "2"), ("[", "["), ("", "")] {
            let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
            assert_eq!(&text[json_error_offset(text, &error)..], rest, "{text}: {error}");
        }
    }
}
