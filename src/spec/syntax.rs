//! Lines that are no TOML. They are reported and set aside, so that the rest of
//! the file can be read in the same run.

use super::problem::Problems;
use std::borrow::Cow;
use std::ops::Range;
use toml::de::{DeTable, Error};

/// The message that the toml crate has for a second use of a key.
const DUPLICATE: &str = "duplicate key";

/// A source without its broken statements. What is left stands at the same offsets.
pub(crate) struct Sound<'s> {
    pub text: Cow<'s, str>,
    /// Where each `[[...]]` begins.
    headers: Vec<usize>,
    broken: Vec<(usize, &'s str)>,
}

impl<'s> Sound<'s> {
    /// Reports the errors of syntax in `source`, and takes out the statements that have
    /// one. `None` when no statement can be blamed alone: then nothing else is certain.
    /// A duplicate key leaves the rest readable, so it is left for later.
    pub(crate) fn of(source: &'s str, problems: &mut Problems) -> Option<Self> {
        let (_, errors) = DeTable::parse_recoverable(source);
        if errors.iter().all(|error| error.message() == DUPLICATE) {
            return Some(Self { text: Cow::Borrowed(source), headers: Vec::new(), broken: Vec::new() });
        }
        let sound = Self::without_broken_statements(source, problems);
        if sound.broken.is_empty() {
            report(source, &errors, problems);
            return None;
        }
        Some(sound)
    }

    fn without_broken_statements(source: &'s str, problems: &mut Problems) -> Self {
        let statements = statements(source);
        let is_header = |range: &Range<usize>| source[range.clone()].trim_start().starts_with('[');
        let headers = statements.iter().filter(|range| is_header(range)).map(|range| range.start).collect();
        let mut sound = Self { text: Cow::Borrowed(source), headers, broken: Vec::new() };
        for range in &statements {
            let statement = &source[range.clone()];
            let (_, errors) = DeTable::parse_recoverable(statement);
            if !errors.is_empty() {
                report_within(source, range, &errors, problems);
                sound.broken.push((range.start, statement.trim_start()));
                sound.set_aside(range, is_header(range));
            }
        }
        sound
    }

    /// Blanks out a range. Without its header a block would run into the one before it, so it is
    /// blanked as a whole.
    fn set_aside(&mut self, range: &Range<usize>, whole_block: bool) {
        let text = self.text.to_mut();
        let next_header = self.headers.iter().copied().find(|&start| start > range.start);
        let end = if whole_block { next_header.unwrap_or(text.len()) } else { range.end };
        text.replace_range(range.start..end, &" ".repeat(end - range.start));
    }

    /// Whether a line that could not be read may hold `key`, in the block whose header
    /// stands at `header`; without one, at the top of the file.
    pub(crate) fn hides(&self, header: Option<usize>, key: &str) -> bool {
        let number = |at: usize| self.headers.partition_point(|&start| start <= at);
        let block = header.map_or(0, number);
        self.broken.iter().any(|&(at, text)| number(at) == block && text.starts_with(key))
    }

    /// Whether a whole block could not be read.
    pub(crate) fn hides_a_block(&self) -> bool {
        self.broken.iter().any(|(_, text)| text.starts_with('['))
    }
}

/// Reports what the toml crate found. Of the errors on one line the later ones follow
/// from the first, save for duplicate keys.
pub(crate) fn report(source: &str, errors: &[Error], problems: &mut Problems) {
    report_within(source, &(0..source.len()), errors, problems);
}

fn report_within(source: &str, range: &Range<usize>, errors: &[Error], problems: &mut Problems) {
    let mut errors: Vec<(usize, &Error)> = errors
        .iter()
        .map(|error| (error.span().map_or(range.start, |span| range.start + span.start).min(range.end), error))
        .collect();
    errors.sort_by_key(|(at, _)| *at);
    errors.dedup_by(|later, first| later.1.message() != DUPLICATE && problems.line(later.0) == problems.line(first.0));
    for (at, error) in errors {
        problems.push(at, error.message(), hint(error.message(), line_at(source, at)));
    }
}

fn line_at(source: &str, at: usize) -> &str {
    let at = source.floor_char_boundary(at);
    let start = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..].lines().next().unwrap_or_default()
}

fn hint(message: &str, line: &str) -> Cow<'static, str> {
    const HINTS: [(&str, &str); 9] = [
        ("string values must be quoted", "put text in \"quotation marks\"; numbers, true and false go without"),
        ("invalid boolean", "write true or false, in lower-case letters and without quotation marks"),
        ("unexpected key or value", "end the line here; a quotation mark inside a text is written \\\""),
        ("missing comma", "put a comma between the entries of a list, and ] at its end"),
        ("unclosed array", "end the list with ]"),
        ("missing escaped value", "write a backslash inside a text as \\\\"),
        ("key with no value", "write the line as key = value; begin a comment with #"),
        ("unquoted key", "write the line as key = value; a key has only letters, digits and _"),
        ("string", "end the text with a quotation mark on its own line; one inside it is written \\\""),
    ];
    if message == DUPLICATE && line.trim_start().starts_with('[') {
        return "begin every entry with double brackets, as in [[criterion]]".into();
    }
    if message == DUPLICATE {
        return "remove one of the two lines; a new entry begins with its [[...]] line".into();
    }
    if line.contains(['“', '”', '„']) {
        return "use straight quotation marks, \"like these\"".into();
    }
    if message.contains("unclosed array table") || message.contains("unclosed table") {
        return format!("write the header as {}", closed(line)).into();
    }
    let known = HINTS.iter().find(|(part, _)| message.contains(part));
    known.map_or("write the line as key = value, as a [[...]] header, or as a # comment", |(_, hint)| *hint).into()
}

/// A header with as many brackets at its end as at its beginning.
fn closed(line: &str) -> String {
    let header = line.trim_start();
    let name = header.trim_start_matches('[');
    let depth = (header.len() - name.len()).min(2);
    let name: String = name.trim_start().chars().take_while(|&c| c.is_ascii_alphanumeric() || c == '_').collect();
    format!("{}{name}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Cuts a source where a line looks like the beginning of a `key = value` or of a
/// header. A part ends before the comments that introduce the next one.
fn statements(source: &str) -> Vec<Range<usize>> {
    // Lines of a text over several lines may look like statements.
    if source.contains("\"\"\"") || source.contains("'''") {
        return Vec::new();
    }
    let mut starts = vec![0];
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        if at > 0 && begins_statement(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([source.len()]);
    starts.iter().zip(ends).map(|(&start, end)| start..start + without_trailing_remarks(&source[start..end])).collect()
}

fn begins_statement(line: &str) -> bool {
    let line = line.trim_start();
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    match line.strip_prefix('[') {
        Some(header) => header.trim_start_matches(['[', ' ']).starts_with(bare),
        None => line.starts_with(bare) && line.trim_start_matches(bare).trim_start().starts_with('='),
    }
}

fn without_trailing_remarks(part: &str) -> usize {
    let mut end = 0;
    let mut at = 0;
    for line in part.split_inclusive('\n') {
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            end = at + line.trim_end().len();
        }
        at += line.len();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(source: &str) -> Vec<String> {
        let mut problems = Problems::new(source);
        Sound::of(source, &mut problems);
        problems.finish().into_iter().map(|p| format!("{}:{} {} | {}", p.line, p.column, p.reason, p.hint)).collect()
    }

    #[track_caller]
    fn expect(source: &str, expected: &[&str]) {
        let found = problems_of(source);
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            let (place, words) = expected.split_once(' ').unwrap_or((expected, ""));
            assert!(found.starts_with(&format!("{place} ")) && found.contains(words), "{found}\nis not {expected}");
        }
    }

    #[test]
    fn several_broken_lines_are_several_problems() {
        let source = "name support\ntitle = x\n\n[[route]\nkey = \"a\"\nlevels = [\"a\" \"b\"]\n";
        expect(source, &["1:6 key = value", "2:9 quotation marks", "4:9 [[route]]", "6:15 comma"]);
    }

    #[test]
    fn a_list_left_open_is_one_problem_at_its_end() {
        expect("levels = [\"a\", \"b\"\n\n# next\nrequired = 1\n", &["1:19 end the list with ]"]);
    }

    #[test]
    fn curly_quotation_marks_are_named() {
        expect("name = “x”\n", &["1:8 straight quotation marks"]);
    }

    #[test]
    fn an_open_text_over_several_lines_is_reported_once() {
        expect("name = \"\"\"\nkey = 1\n", &["3:1 end the text"]);
    }

    #[test]
    fn a_broken_header_takes_its_block_along() {
        let source = "[[route]\nkey = 1\n[[route]]\nkey = 2\n";
        let sound = Sound::of(source, &mut Problems::new(source)).unwrap();
        assert_eq!(sound.text.trim_start(), "[[route]]\nkey = 2\n");
        assert_eq!(sound.text.len(), source.len());
        assert!(sound.hides_a_block());
    }

    #[test]
    fn a_broken_line_hides_its_key_in_its_own_block_alone() {
        let source = "name = x\n  [[route]]\nkey = x\n[[route]]\n";
        let sound = Sound::of(source, &mut Problems::new(source)).unwrap();
        assert!(sound.hides(None, "name") && !sound.hides(None, "key"));
        assert!(sound.hides(Some(11), "key") && !sound.hides(Some(29), "key"));
    }
}
