//! Sections cut to some rows.

use super::{Fit, RichText, RowAt, Section, StyleSpan};
use crate::tui::theme::Role;
use std::ops::Range;

impl RichText {
    /// The rows of some sections at a width; no more than `most` are counted.
    pub fn rows(&self, sections: Range<usize>, fit: Fit, most: usize) -> usize {
        let first = |section: usize| self.sections.get(section).map_or(self.lines, |placed| placed.first);
        let mut rows = 0;
        for line in first(sections.start)..first(sections.end) {
            if rows >= most {
                break;
            }
            rows += self.layout(line, fit).rows();
        }
        rows.min(most)
    }
}

impl Section {
    /// Its rows at a width; no more than `most` are counted.
    pub fn rows(&self, fit: Fit, most: usize) -> usize {
        RichText::new(vec![self.clone()]).rows(0..1, fit, most)
    }

    /// The first rows at a width, and a last one that says, as a warning, how many were left
    /// out; the whole of it where it is no higher.
    pub fn folded(mut self, rows: usize, fit: Fit, remark: impl FnOnce(usize) -> String) -> Section {
        let text = RichText::new(vec![self.clone()]);
        let all = text.rows(0..1, fit, MOST_COUNTED);
        let kept = rows.saturating_sub(1).max(1);
        if all <= rows.max(1) {
            return self;
        }
        let place = text.down(RowAt::default(), kept, fit);
        let line = text.line(place.line);
        // A row of a table is cut off whole: its columns would end at different words.
        let row = if self.table_at(line.at).is_some() { 0 } else { place.row };
        let kept = kept - (place.row - row);
        self.cut(line.at + text.layout(place.line, fit).row_start(row).byte);
        let end = self.body.len();
        self.body.push_str(&remark(all - kept));
        if let (Ok(start), Ok(end)) = (u32::try_from(end), u32::try_from(self.body.len())) {
            self.styles.push(StyleSpan { range: start..end, role: Role::Warning });
        }
        self
    }

    /// Keeps the bytes of the body before one, as whole lines.
    fn cut(&mut self, byte: usize) {
        self.body.truncate(byte);
        self.body.truncate(self.body.trim_end().len());
        if !self.body.is_empty() {
            self.body.push('\n');
        }
        let end = self.body.len() as u32; // no database holds a text that long
        self.styles.retain(|span| span.range.start < end);
        self.styles.iter_mut().for_each(|span| span.range.end = span.range.end.min(end));
        self.code.retain(|code| code.range.start < end);
        self.code.iter_mut().for_each(|code| code.range.end = code.range.end.min(end));
        self.tables.retain(|table| table.range.start < end);
        self.tables.iter_mut().for_each(|table| table.range.end = table.range.end.min(end));
        if let Some(source) = &mut self.source {
            source.map.cut(self.body.len());
        }
    }
}

/// Rows of what is left out are counted up to this number.
const MOST_COUNTED: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::rich_text::{Part, Wrap};

    const TEN: Fit = Fit { width: 10, wrap: Wrap::All };

    fn folded(text: &str, rows: usize) -> Section {
        Section::verbatim("Input", text, Part::Input).folded(rows, TEN, |rows| format!("⋯ {rows} rows"))
    }

    #[test]
    fn a_text_is_cut_where_a_row_ends_and_says_how_much_is_missing() {
        let section = folded("one two three four five six\nseven", 4);
        assert_eq!(section.body, "one two\nthree four\n⋯ 2 rows".replacen("two\nthree", "two three", 1));
        assert_eq!(section.rows(TEN, 99), 4, "as high as was asked for");
        assert_eq!(section.styles.last().map(|span| span.role), Some(Role::Warning));
        assert_eq!(section.source.and_then(|source| source.map.reach()), Some(0..19));
    }

    #[test]
    fn what_has_room_stays_whole() {
        assert_eq!(folded("one\ntwo", 3).body, "one\ntwo");
    }
}
