//! Code. Its colours are found where it is seen, by its grammar.

use super::page::Page;
use crate::tui::grammar::Grammar;
use crate::tui::theme::Role;
use std::ops::Range;

/// A text whose first line says that it is code; `None` for any other.
pub fn render(source: &str) -> Option<Page> {
    let first = source.lines().next()?;
    if !["#!", "<?", "<!DOCTYPE", "<!doctype"].iter().any(|sign| first.starts_with(sign)) {
        return None;
    }
    let grammar = Grammar::of_first_line(first)?;
    let mut page = Page::default();
    write(&mut page, source, 0..source.len(), Some(grammar), "");
    Some(page)
}

/// Writes a stretch of the source as code of a language, by its name or file ending,
/// each line behind a prefix.
pub fn write_as(page: &mut Page, source: &str, range: Range<usize>, language: &str, prefix: &str) {
    write(page, source, range, Grammar::named(language), prefix);
}

fn write(page: &mut Page, source: &str, range: Range<usize>, grammar: Option<Grammar>, prefix: &str) {
    let written = page.text.len();
    let mut start = range.start;
    for line in source[range].split_inclusive('\n') {
        page.add(prefix, Role::Dim);
        page.copy(source, start..start + line.len(), Role::Code);
        start += line.len();
    }
    if let Some(grammar) = grammar {
        page.is_code(written, prefix.len(), grammar);
    }
}
