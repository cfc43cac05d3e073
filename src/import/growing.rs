//! Files that are read while they grow: which can be, and where what has come of one ends.

use super::encoding;
use super::fault::ImportError;
use super::format::Format;
use super::input::{HEAD_BYTES, Input, is_no_text};
use super::json::is_json;
use super::reader::{Options, Reader};
use super::row::Row;
use super::text_input::LineEnds;
use std::io::{Cursor, Read};
use std::path::Path;

/// How a file is to be followed.
pub enum Shape {
    /// Too little of it has come to tell.
    Untold,
    /// Its records can be read as they come.
    Growing(Growing),
    /// It is read once it is whole.
    Whole,
}

/// A file whose records can be read as they come: each ends with a line.
#[derive(Clone)]
pub struct Growing {
    format: &'static dyn Format,
    /// The line of column names with its end, which belongs to every part.
    head: Vec<u8>,
}

/// Whole records at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub bytes: u64,
    /// Line ends in them.
    pub lines: u64,
}

/// Tells how a file is to be followed, by its name and its first bytes: those that have come, or [`HEAD_BYTES`] of them.
/// Where the file `has_ended`, its last line needs no end.
pub fn shape(path: &Path, head: &[u8], has_ended: bool, options: &Options) -> Shape {
    let is_text = !is_no_text(head) && encoding::utf_16(head).is_none() && !head.contains(&0);
    if head.trim_ascii().is_empty() {
        return Shape::Untold;
    }
    let end = memchr::memrchr(b'\n', head).map(|at| at + 1);
    let whole_lines = &head[..end.unwrap_or(head.len())];
    let Some(reader) = is_text.then(|| opened(path, whole_lines, options)).and_then(Result::ok) else {
        return Shape::Whole;
    };
    match reader.head_of_parts() {
        None => Shape::Whole,
        Some(_) if end.is_none() && head.len() < HEAD_BYTES && !has_ended => Shape::Untold,
        Some(bytes) => {
            let head = whole_lines[..whole_lines.len().min(bytes as usize)].to_vec();
            // Names of columns to which more may be written.
            if !head.is_empty() && !head.ends_with(b"\n") && !head.ends_with(b"\r") {
                return Shape::Untold;
            }
            Shape::Growing(Growing { format: reader.format(), head })
        }
    }
}

fn opened(path: &Path, bytes: &[u8], options: &Options) -> Result<Reader, ImportError> {
    let mut input = Input::made(path.display().to_string(), Cursor::new(bytes.to_vec()))?;
    input.path = Some(path.to_owned());
    Reader::of_input(input, options.clone())
}

impl Growing {
    /// The whole records, at most so many, at the beginning of what stands in the file from `position` on.
    pub fn part(&self, position: u64, bytes: &[u8], most: usize) -> Part {
        let head = if position == 0 { &self.head[..self.head.len().min(bytes.len())] } else { &[] };
        let whole = head.len() + self.format.whole_records(&self.head, &bytes[head.len()..], most);
        Part { bytes: whole as u64, lines: LineEnds::default().count(&bytes[..whole]) }
    }

    /// Whether a line without its end is a record all the same: one JSON object, which nothing can follow.
    pub fn is_record(&self, line: &[u8]) -> bool {
        let line = std::str::from_utf8(line).unwrap_or_default().trim_ascii();
        self.head.is_empty() && line.starts_with('{') && is_json(line)
    }

    /// Whether a line without its end may be the last row of a table: no cell is open, and none is missing.
    pub fn is_row(&self, line: &[u8]) -> bool {
        !self.head.is_empty() && self.format.is_row(&self.head, line)
    }

    /// The whole lines at the beginning of what stands behind `position`, where the first has a quotation mark that was
    /// never meant to open a cell: it is rejected, and those after it are rows of their own.
    pub fn behind_stray_mark(&self, position: u64, bytes: &[u8], options: &Options) -> Option<Part> {
        let end = memchr::memrchr(b'\n', bytes).filter(|_| !self.head.is_empty())? + 1;
        let part = Cursor::new(bytes[..end].to_vec());
        let mut rows = self.read("", (position, 0), part, options).ok()?;
        let is_stray = matches!((rows.next(), rows.next()), (Some(Ok(_)), Some(Ok(Row::Record(_)))));
        is_stray.then(|| Part { bytes: end as u64, lines: LineEnds::default().count(&bytes[..end]) })
    }

    /// Reads a part of the file that begins at `position`, behind `lines` line ends; the origins of its rows are those
    /// of the file.
    pub fn read(
        &self,
        name: &str,
        (position, lines): (u64, u64),
        part: impl Read + Send + 'static,
        options: &Options,
    ) -> Result<Reader, ImportError> {
        let head = if position == 0 { Vec::new() } else { self.head.clone() };
        let own = LineEnds::default().count(&head);
        let input = Input::made(name.to_owned(), Cursor::new(head).chain(part))?;
        let options = Options { format: Some(self.format), ..options.clone() };
        Ok(Reader::of_input(input, options.clone())?.mapped(&options.mapping)?.moved_by(lines as i64 - own as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "{\"id\":\"1\",\"input\":\"q\",\"output\":\"a\"}\n";

    fn told(name: &str, head: &[u8]) -> &'static str {
        match shape(Path::new(name), head, false, &Options::default()) {
            Shape::Untold => "untold",
            Shape::Growing(_) => "growing",
            Shape::Whole => "whole",
        }
    }

    #[test]
    fn what_grows_by_lines_is_told_from_what_is_read_whole() {
        let otlp = "{\"resourceSpans\":[]}\n";
        for (name, head, shape) in [
            ("a.jsonl", "", "untold"),
            ("a.jsonl", "\n\n", "untold"),
            ("a.jsonl", &LINE[..20], "untold"),
            ("a.jsonl", LINE, "growing"),
            ("a.csv", "id,input,output", "untold"),
            ("a.csv", "id,input,output\n", "growing"),
            ("a.tsv", "id\tinput\toutput\n1\tq\ta\n", "growing"),
            ("a.json", "[{\"id\":\"1\"},\n", "whole"),
            ("a.json", "{\n \"id\": \"1\",\n", "whole"),
            ("spans", &otlp.repeat(2), "growing"),
            ("runs", "{\"post\":[{\"id\":\"1\",\"run_type\":\"llm\",\"inputs\":{}}]}\n", "whole"),
            ("a.parquet", "PAR1 and more", "whole"),
        ] {
            assert_eq!(told(name, head.as_bytes()), shape, "{name}: {head:?}");
        }
        assert_eq!(told("a.jsonl.gz", &[0x1f, 0x8b, 8, 0]), "whole");
        let ended = |name: &str, head: &str| shape(Path::new(name), head.as_bytes(), true, &Options::default());
        assert!(matches!(ended("a.json", LINE.trim_end()), Shape::Growing(_) | Shape::Whole));
        assert!(matches!(ended("a.csv", "id,input,output\r1,q,a\r"), Shape::Growing(_)));
        assert!(matches!(ended("a.csv", "id,input,output"), Shape::Untold));
        let letters: Vec<u8> = LINE.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(told("a.jsonl", &letters), "whole");
    }

    fn growing(head: &str) -> Growing {
        match shape(Path::new("a"), head.as_bytes(), true, &Options::default()) {
            Shape::Growing(growing) => growing,
            _ => panic!("{head:?} does not grow"),
        }
    }

    #[test]
    fn a_part_ends_with_a_record() {
        let lines = growing(LINE);
        let text = LINE.repeat(3) + "{\"id\"";
        let whole = LINE.len() as u64;
        assert_eq!(lines.part(0, text.as_bytes(), 10), Part { bytes: 3 * whole, lines: 3 });
        assert_eq!(lines.part(whole, text.as_bytes(), 2), Part { bytes: 2 * whole, lines: 2 });
        assert_eq!(lines.part(0, b"{\"id\"", 10), Part { bytes: 0, lines: 0 });
        assert!(lines.is_record(b" {\"id\":1} ") && !lines.is_record(b"{\"id\":1") && !lines.is_record(b"7"));

        let head = "id,input,output\r\n";
        let table = growing(head);
        let row = "1,\"q\r\nq\",a\r\n";
        let part = |text: &str| table.part(0, text.as_bytes(), 10);
        assert_eq!(
            part(&(head.to_owned() + row + "2,\"q\r\n")),
            Part { bytes: (head.len() + row.len()) as u64, lines: 3 }
        );
        assert_eq!(table.part(17, b"2,\"q\n", 10), Part { bytes: 0, lines: 0 });
        assert!(!table.is_record(b"{}"));
        assert!(table.is_row(b"2,q,\"a\"") && table.is_row(b"2,\"q\r\nq\",a"));
        assert!(!table.is_row(b"2,q") && !table.is_row(b"2,q,\"a") && !table.is_row(b"2,q,a,b"));
    }

    #[test]
    fn rows_behind_a_stray_quotation_mark_are_told_from_a_cell_of_many_lines() {
        let table = growing("id,input,output\n");
        let bytes = |text: &str| {
            table.behind_stray_mark(16, text.as_bytes(), &Options::default()).map(|part| (part.bytes, part.lines))
        };
        assert_eq!(bytes("1,\"q,a\n2,q,a\n3,q"), Some((13, 2)));
        assert_eq!(bytes("1,\"q,a\n2,"), None);
        assert_eq!(bytes("1,\"q,a\nand more of it\nand more\n"), None);
        assert_eq!(growing(LINE).behind_stray_mark(16, b"{\n{\n", &Options::default()), None);
    }

    #[test]
    fn rows_of_a_part_say_where_they_stand_in_the_file() {
        let table = growing("id,input,output\n1,q,a\n");
        let part = Cursor::new("5,\"q\nq\",a\n6,q\n7,q,a\n");
        let reader = table.read("a.csv", (100, 6), part, &Options::default()).unwrap();
        let rows: Vec<_> = reader.map(Result::unwrap).collect();
        let told = |row: &Row| match row {
            Row::Record(record) => format!("{} {}", record.origin, record.item.id),
            Row::Reject(reject) => reject.origin.to_string(),
            Row::PassedOver(..) => "passed over".into(),
        };
        assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["a.csv:7 5", "a.csv:9", "a.csv:10 7"]);
    }
}
