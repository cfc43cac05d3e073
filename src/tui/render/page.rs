//! The page that a renderer writes on: text, its styles and where it came from.

use crate::tui::rich_text::{Code, Part, Section, Source, SourceMap, StyleSpan, Table};
use crate::tui::syntax_highlight::Language;
use crate::tui::theme::Role;
use std::ops::Range;

/// A text laid out.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub text: String,
    styles: Vec<StyleSpan>,
    code: Vec<Code>,
    pub tables: Vec<Table>,
    map: SourceMap,
    /// The line under the heading.
    pub detail: Option<String>,
}

impl Page {
    /// Writes what stands nowhere in the source.
    pub fn add(&mut self, text: &str, role: Role) {
        let start = self.text.len();
        self.text.push_str(text);
        self.style(start, role);
    }

    /// Writes a stretch of the source as it is.
    pub fn copy(&mut self, source: &str, range: Range<usize>, role: Role) {
        let start = self.text.len();
        self.map.push(start, range.start, range.len());
        self.text.push_str(&source[range]);
        self.style(start, role);
    }

    /// Writes another page.
    pub fn append(&mut self, page: Page) {
        let start = self.text.len();
        self.text.push_str(&page.text);
        self.map.append(&page.map, start);
        let shift = |at: u32| at + start as u32;
        self.styles.extend(page.styles.into_iter().map(|span| {
            let range = shift(span.range.start)..shift(span.range.end);
            StyleSpan { range, ..span }
        }));
        self.code.extend(page.code.into_iter().map(|code| {
            let range = shift(code.range.start)..shift(code.range.end);
            Code { range, ..code }
        }));
        self.tables.extend(page.tables.into_iter().map(|table| {
            let range = shift(table.range.start)..shift(table.range.end);
            let bars = table.bars.into_iter().map(shift).collect();
            Table { range, bars, rule: shift(table.rule), ..table }
        }));
    }

    /// The page of a text that was itself taken from a source by a map.
    pub fn through(mut self, outer: &SourceMap) -> Self {
        self.map = self.map.through(outer);
        self
    }

    /// The page's text laid out, where `layout` makes more of it; its line under the heading stays.
    pub fn laid_out(self, layout: impl FnOnce(&str) -> Option<Page>) -> Self {
        match layout(&self.text) {
            Some(page) => Self { detail: self.detail, ..page.through(&self.map) },
            None => self,
        }
    }

    pub fn into_section(self, heading: &str, part: Option<Part>) -> Section {
        let source = part.map(|part| Source { part, map: self.map });
        let Page { text: body, styles, code, tables, detail, .. } = self;
        let heading = Some(heading.into());
        Section { heading, detail, body, styles, code, tables, hangs: true, source, ..Section::default() }
    }

    /// Makes code of what was written from `start` on, behind a prefix on each line.
    pub fn is_code(&mut self, start: usize, prefix: usize, language: Language) {
        if let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) {
            self.code.push(Code { range: start..end, prefix, language });
        }
    }

    /// Everything written from `start` on has the role.
    fn style(&mut self, start: usize, role: Role) {
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) else { return };
        match self.styles.last_mut() {
            _ if role == Role::Text || start == end => {}
            Some(last) if last.role == role && last.range.end == start => last.range.end = end,
            _ => self.styles.push(StyleSpan { range: start..end, role }),
        }
    }

    /// The byte that is written next.
    pub fn here(&self) -> u32 {
        self.text.len() as u32 // what is laid out is much shorter
    }

    /// Ends the line that is being written.
    pub fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}
