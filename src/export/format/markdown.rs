//! A table in Markdown, as GitHub and most others show it.

use super::flat::text_of;
use super::{Files, Format, RowWriter, Setting};
use crate::domain::record::{Cell, FieldType};
use crate::export::columns::ExportColumn;
use std::io;

pub(super) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "a table in Markdown, with `<br>` for line ends; `--columns` makes it one to read"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn writer(&self, _: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(Writer { columns: Vec::new() }))
    }
}

struct Writer {
    columns: Vec<FieldType>,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        self.columns = columns.iter().map(|column| column.holds).collect();
        let out = &mut files.main;
        columns.iter().for_each(|column| put(&column.name, out));
        out.extend_from_slice(b"|\n");
        let rule = |holds: &FieldType| if holds.is_number() { "|---:" } else { "|---" };
        self.columns.iter().for_each(|holds| out.extend_from_slice(rule(holds).as_bytes()));
        out.extend_from_slice(b"|\n");
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        for (cell, holds) in cells.iter().zip(&self.columns) {
            put(&text_of(cell, *holds)?.unwrap_or_default(), &mut files.main);
        }
        files.main.extend_from_slice(b"|\n");
        Ok(())
    }

    fn end(&mut self, _: &mut Files) -> io::Result<()> {
        Ok(())
    }
}

/// Appends a cell with what stands before it. What would be markup is shown as it is.
fn put(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"| ");
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\n' => out.extend_from_slice(b"<br>"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            // Within a word it is none.
            '_' if before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric()) => {
                out.push(b'_');
            }
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => out.extend_from_slice(&[b'\\', c as u8]),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        before = c;
    }
    out.push(b' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser};

    #[test]
    fn a_cell_is_shown_as_it_was_written() {
        let text = "a|b `c` *d* _e_ snake_case <b>&amp;</b> [x](y) ~~z~~ \\| #1";
        let mut table = b"|h|\n|---|\n".to_vec();
        put(text, &mut table);
        table.extend_from_slice(b"|\n");
        let table = String::from_utf8(table).unwrap();
        let events = Parser::new_ext(&table, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
        let texts =
            events.filter_map(|event| if let Event::Text(text) = event { Some(text.to_string()) } else { None });
        let shown: String = texts.collect();
        assert_eq!(shown, format!("h{text}"));
    }

    #[test]
    fn a_line_end_stays_within_its_cell() {
        let mut out = Vec::new();
        put("one\r\ntwo\nthree", &mut out);
        assert_eq!(out, b"| one<br>two<br>three ");
    }
}
