//! JSON Lines and JSON: a row as an object, the item as it would be imported again, then its
//! decision. The two differ in what stands around the objects.

use super::{Files, Format, RowWriter, Setting};
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use std::io;

pub(super) const JSON_LINES: Objects =
    Objects { name: "jsonl", about: "an object a line", start: "", before: ["", ""], after: "\n", end: "" };

pub(super) const JSON: Objects = Objects {
    name: "json",
    about: "one list of the objects of JSON Lines",
    start: "[",
    before: ["\n", ",\n"],
    after: "",
    end: "\n]\n",
};

/// A format of one object a row.
pub(super) struct Objects {
    name: &'static str,
    about: &'static str,
    start: &'static str,
    /// What stands before the first row, and before each other one.
    before: [&'static str; 2],
    /// What stands after each row.
    after: &'static str,
    end: &'static str,
}

impl Format for Objects {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extension(&self) -> &'static str {
        self.name
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn writer(&self, _: &Setting) -> io::Result<Box<dyn RowWriter>> {
        let Objects { start, before: [first, next], after, end, .. } = *self;
        Ok(Box::new(Writer { start, before: first, next, after, end, keys: Vec::new() }))
    }
}

struct Writer {
    start: &'static str,
    before: &'static str,
    next: &'static str,
    after: &'static str,
    end: &'static str,
    /// The keys of the objects, each with the punctuation before it.
    keys: Vec<String>,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        let key = |(at, column): (usize, &ExportColumn)| {
            let name = serde_json::Value::from(column.name.as_str());
            format!("{}{name}:", if at == 0 { '{' } else { ',' })
        };
        self.keys = columns.iter().enumerate().map(key).collect();
        files.main.extend_from_slice(self.start.as_bytes());
        Ok(())
    }

    /// Every row has the same members: what is not known is `null`.
    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let out = &mut files.main;
        out.extend_from_slice(std::mem::replace(&mut self.before, self.next).as_bytes());
        let start = out.len();
        for (key, cell) in self.keys.iter().zip(cells) {
            out.extend_from_slice(key.as_bytes());
            cell.write_json(out)?;
        }
        escape_line_ends(out, start);
        out.push(b'}');
        out.extend_from_slice(self.after.as_bytes());
        Ok(())
    }

    fn end(&mut self, files: &mut Files) -> io::Result<()> {
        files.main.extend_from_slice(self.end.as_bytes());
        Ok(())
    }
}

/// Escapes what some readers take for the end of a line, and so of a record, from `start` on:
/// U+0085, U+2028 and U+2029, which JSON allows within its texts and nowhere else.
fn escape_line_ends(out: &mut Vec<u8>, start: usize) {
    let escape = |bytes: &[u8]| match bytes {
        [0xc2, 0x85, ..] => Some(("\\u0085", 2)),
        [0xe2, 0x80, 0xa8, ..] => Some(("\\u2028", 3)),
        [0xe2, 0x80, 0xa9, ..] => Some(("\\u2029", 3)),
        _ => None,
    };
    let mut from = start;
    while let Some(at) = memchr::memchr2(0xc2, 0xe2, &out[from..]).map(|count| from + count) {
        from = match escape(&out[at..]) {
            Some((escaped, length)) => {
                out.splice(at..at + length, escaped.bytes());
                at + escaped.len()
            }
            None => at + 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_of_unicode_are_escaped() {
        let mut out = "\u{2028}[\"a\u{2028}b\u{85}c\u{2029}\", \"\u{201c}é\u{a3}\u{201d}\"]".as_bytes().to_vec();
        escape_line_ends(&mut out, 3);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\u{2028}[\"a\\u2028b\\u0085c\\u2029\", \"\u{201c}é\u{a3}\u{201d}\"]");
    }
}
