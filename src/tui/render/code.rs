//! Code. Its colours are found where it is seen, by its grammar.

use super::page::Page;
use crate::tui::syntax_highlight::Language;
use crate::tui::theme::Role;
use std::ops::Range;

/// Beginnings of lines that give a language away.
const BEGINNINGS: [(&str, &[&str]); 8] = [
    (
        "python",
        &["def ", "import ", "from ", "class ", "elif ", "return", "if __name__", "async def ", "for ", "with "],
    ),
    ("js", &["const ", "let ", "var ", "function ", "export ", "import ", "return", "async ", "await ", "if ("]),
    ("rust", &["fn ", "pub ", "let ", "use ", "impl ", "struct ", "match ", "mod "]),
    ("go", &["func ", "package ", "import ", "type ", "return", "defer ", "if err"]),
    ("java", &["public ", "private ", "protected ", "import ", "package ", "return", "class ", "@Override"]),
    ("c", &["#include", "#define", "int ", "void ", "char ", "static ", "struct ", "return", "printf("]),
    (
        "sql",
        &["SELECT ", "FROM ", "WHERE ", "INSERT ", "UPDATE ", "CREATE ", "JOIN ", "LEFT JOIN ", "GROUP BY", "ORDER BY"],
    ),
    ("html", &["<html", "<head", "<body", "<div", "</", "<p>", "<ul", "<li", "<script", "<table", "<tr", "<td"]),
];

/// Lines that are looked at.
const SAMPLE: usize = 100;

/// A text that is code as a whole; `None` for any other.
pub(super) fn render(source: &str) -> Option<Page> {
    let first = source.lines().next()?;
    let says_so = ["#!", "<?", "<!DOCTYPE", "<!doctype"].iter().any(|sign| first.starts_with(sign));
    let language = if says_so { Language::of_first_line(first) } else { None };
    let language = language.or_else(|| Language::named(guess(source)?))?;
    let mut page = Page::default();
    write(&mut page, source, 0..source.len(), Some(language), "");
    Some(page)
}

/// The language whose beginnings fit best, where it claims some of the lines, and half of
/// them are like code: prose begins a line with "for" now and then.
fn guess(source: &str) -> Option<&'static str> {
    let lines = source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '/']));
    let lines: Vec<&str> = lines.take(SAMPLE).collect();
    let claims = |begin: &[&str]| lines.iter().filter(|line| begin.iter().any(|sign| line.starts_with(sign))).count();
    let counted = BEGINNINGS.iter().map(|(language, begin)| (*language, claims(begin)));
    let (language, claimed) = counted.rev().max_by_key(|(_, claimed)| *claimed)?;
    let ends = ['{', '}', ';', '(', ')', ']', '>', ':', '='];
    let like_code = lines.iter().filter(|line| line.ends_with(ends)).count();
    let is_fenced = lines.iter().any(|line| line.starts_with("```") || line.starts_with("~~~"));
    let is_code = claimed >= 2 && claimed * 8 >= lines.len() && (claimed + like_code) * 2 >= lines.len();
    (is_code && !is_fenced).then_some(language)
}

/// Writes a stretch of the source as code of a language, by its name or file ending,
/// each line behind a prefix.
pub(super) fn write_as(page: &mut Page, source: &str, range: Range<usize>, language: &str, prefix: &str) {
    write(page, source, range, Language::named(language), prefix);
}

fn write(page: &mut Page, source: &str, range: Range<usize>, language: Option<Language>, prefix: &str) {
    let written = page.text.len();
    let mut start = range.start;
    for line in source[range].split_inclusive('\n') {
        page.add(prefix, Role::Dim);
        page.copy(source, start..start + line.len(), Role::Code);
        start += line.len();
    }
    if let Some(language) = language {
        page.is_code(written, prefix.len(), language);
    }
}
