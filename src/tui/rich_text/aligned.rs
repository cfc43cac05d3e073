//! Lines that stand in columns: printed tables, invoices read from a page, logs. To wrap one
//! would tear its columns apart.

/// A line that is longer is a paragraph, whatever gaps it has.
pub(super) const LONGEST: usize = 400;

/// Widest columns, on the average, of what is printed in columns.
const WIDEST_COLUMN: usize = 40;

/// Fewest signs in a row that are a rule.
const RULE: usize = 4;

/// Words that say how grave a line of a log is.
const GRAVITIES: [&str; 9] = ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL"];

/// Whether a line stands in columns: it has gaps, or is a rule, and so does a line near it.
pub(super) fn is_aligned<'t>(line: &str, mut near: impl Iterator<Item = &'t str>) -> bool {
    has_columns(line) && near.any(has_columns)
}

fn has_columns(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t', '│']);
    let columns = 1 + gaps(line).max(bars(line));
    is_rule(line) || columns > 1 && line.chars().count() <= columns * WIDEST_COLUMN || is_logged(line)
}

/// Gaps between words: a tab, or blanks of which there are several, but for the two behind a sentence.
fn gaps(line: &str) -> usize {
    let mut gaps = 0;
    let mut rest = line;
    while let Some(at) = rest.find([' ', '\t']) {
        let before = &rest[..at];
        let behind = rest[at..].trim_start_matches([' ', '\t']);
        let gap = &rest[at..rest.len() - behind.len()];
        let ends_sentence = gap == "  " && before.ends_with(['.', '!', '?', ':']);
        gaps += usize::from((gap.len() > 1 || gap.contains('\t')) && !ends_sentence && !behind.is_empty());
        rest = behind;
    }
    gaps
}

fn bars(line: &str) -> usize {
    line.chars().filter(|c| matches!(c, '|' | '┃' | '║')).count().saturating_sub(1)
}

fn is_rule(line: &str) -> bool {
    line.chars().count() >= RULE && line.chars().all(|c| "-=_+|*~─━═┼┬┴├┤ ".contains(c))
}

/// Whether a line of a log: a time of day, then how grave it is.
fn is_logged(line: &str) -> bool {
    let mut words = line.split_whitespace().take(6);
    let is_time = |word: &str| {
        word.bytes().filter(|byte| *byte == b':').count() >= 2 && word.contains(|c: char| c.is_ascii_digit())
    };
    let is_gravity = |word: &str| GRAVITIES.contains(&word.trim_matches(|c: char| !c.is_ascii_alphabetic()));
    words.any(is_time) && words.any(is_gravity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(lines: [&str; 2]) -> bool {
        is_aligned(lines[0], [lines[1]].into_iter())
    }

    #[test]
    fn what_stands_in_columns_is_told_from_prose() {
        for lines in [
            ["Item        Qty   Price", "Gasket        5    0.35"],
            ["Gasket        5    0.35", "-----------------------"],
            ["a\tb", "1\t2"],
            ["| a | b |", "+---+---+"],
            ["2026-01-02T10:11:12Z INFO it began", "2026-01-02T10:11:13Z ERROR it broke off"],
        ] {
            assert!(aligned(lines), "{lines:?}");
        }
        let long = format!("It was  said {}", "over and over ".repeat(12));
        for lines in [
            ["One sentence.  Another one.", "A third.  And so on."],
            [long.as_str(), long.as_str()],
            ["10:11:12 Ana: hello there", "10:11:19 Ben: hello to you"],
            ["Total    5.00", "Thank you for your order"],
            ["    indented", "    as well"],
        ] {
            assert!(!aligned(lines), "{lines:?}");
        }
    }
}
