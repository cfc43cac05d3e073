//! A text in a file of its own, as editors save it.

/// The text that a file holds: the byte order mark before it, and the line end of its last line,
/// belong to the file, but where the text that was there `before` has them itself.
pub fn text_of_file<'t>(written: &'t str, before: &str) -> &'t str {
    let text = if before.starts_with('\u{feff}') { written } else { written.trim_start_matches('\u{feff}') };
    if before.ends_with(['\n', '\r']) {
        return text;
    }
    text.strip_suffix("\r\n").or(text.strip_suffix('\n')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_files_comes_off() {
        for (written, before, text) in [
            ("\u{feff}better\r\n", "", "better"),
            ("better\n", "worse", "better"),
            ("better\n\n", "worse", "better\n"),
            ("better", "worse\n", "better"),
            ("better\r\n", "worse\r\n", "better\r\n"),
            ("\u{feff}better\n", "\u{feff}worse", "\u{feff}better"),
        ] {
            assert_eq!(text_of_file(written, before), text, "{written:?} after {before:?}");
        }
    }
}
