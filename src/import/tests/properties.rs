//! What holds for any file.

use super::*;
use crate::domain::digest::Digest;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::io;

/// Pieces that make bytes look like records, so that the readers get past the first one.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "\\u",
        "d83d",
        "0000",
        ",",
        ":",
        "\n",
        "\r\n",
        " ",
        "1",
        "-",
        "1e9",
        "null",
        ";",
        "\"id\":\"1\"",
        "\"input\":",
        "\"output\":",
        "{\"id\":1,\"input\":\"q\",\"output\":\"a\"}\n",
        "é",
        "\u{feff}",
    ];
    let word = prop_oneof![
        8 => prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(word, 0..40).prop_map(|words| words.concat())
}

/// A stream that gives a few bytes at a time.
struct InPieces {
    text: Cursor<Vec<u8>>,
    size: usize,
}

impl io::Read for InPieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        io::Read::read(&mut self.text, &mut buffer[..size])
    }
}

impl Row {
    /// What came of it.
    fn told(&self) -> String {
        match self {
            Row::Record(record) => record.item.id.clone(),
            Row::Reject(reject) => reject.faults.to_string(),
            Row::PassedOver(_, remark) => format!("{remark:?}"),
        }
    }
}

/// A byte order mark between records is no part of one.
fn without_marks(mut bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    while let Some(at) = memchr::memmem::find(bytes, byte_order_mark::BYTE_ORDER_MARK) {
        kept.extend_from_slice(&bytes[..at]);
        bytes = &bytes[at + byte_order_mark::BYTE_ORDER_MARK.len()..];
    }
    kept.extend_from_slice(bytes);
    kept
}

fn lines_that_are_not_blank(bytes: &[u8]) -> Vec<(u64, &[u8])> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n")).unwrap_or(line) // a `\r` alone ends nothing
    });
    (1..).zip(lines).filter(|(_, line)| !byte_order_mark::without_mark(line).trim_ascii().is_empty()).collect()
}

/// Text that a CSV cell gives back as it was: not empty, and no JSON.
fn text() -> impl Strategy<Value = String> {
    "[a-zé🦀 \",;\n\t]{0,8}[a-z]".prop_map(String::from)
}

/// A record whose every value can be said in CSV.
fn fields() -> impl Strategy<Value = Map<String, Value>> {
    let content = prop_oneof![
        text().prop_map(Value::from),
        (text(), any::<i32>()).prop_map(|(text, number)| json!({ "a": text, "b": [number] })),
        text().prop_map(|text| json!([{ "role": "user", "content": text }])),
    ];
    let context = prop_oneof![
        text().prop_map(Value::from),
        vec((text(), text()), 1..3)
            .prop_map(|all| all.into_iter().map(|(title, text)| json!({ "title": title, "text": text })).collect()),
    ];
    let required = ("[a-z0-9é-]{1,9}", content.clone(), content.clone());
    let optional = (
        prop::option::of(content),
        prop::option::of(context),
        prop::option::of(vec(text(), 0..3)),
        prop::option::of(1..9_i64),
        prop::option::of(0.0..9e9_f64),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(text().prop_map(|text| json!({ "k": text }))),
    );
    (required, optional).prop_map(
        |((id, input, output), (reference, context, tags, attempt, cost, model, extra, meta))| {
            let all = json!({
                "id": id, "input": input, "output": output, "reference": reference, "context": context, "tags": tags,
                "attempt": attempt, "cost_usd": cost, "model": model, "team": extra, "meta": meta,
                "created_at": "2026-11-01T09:30:00Z",
            });
            let Value::Object(all) = all else { unreachable!("it is written as an object") };
            all.into_iter().filter(|(_, value)| !value.is_null()).collect()
        },
    )
}

const COLUMNS: [&str; 12] = [
    "team",
    "id",
    "input",
    "output",
    "reference",
    "context",
    "tags",
    "attempt",
    "cost_usd",
    "model",
    "meta",
    "created_at",
];

fn as_csv(records: &[Map<String, Value>]) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    for record in records {
        let cells = COLUMNS.map(|column| match record.get(column) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}

fn items(rows: Vec<Row>) -> Vec<(Item, Digest, Vec<Digest>)> {
    rows.into_iter().map(record).map(|record| (record.item, record.digest, record.document_digests)).collect()
}

proptest! {
    #[test]
    fn no_line_is_lost_or_out_of_order(bytes in pieces()) {
        let bytes = [b"\n", bytes.as_slice()].concat(); // a line end first: the start may be any mark
        if let Ok(rows) = read_as(Some("jsonl"), MAX_RECORD_BYTES, &bytes) {
            let seen: Vec<_> = rows.iter().map(line_and_bytes).collect();
            prop_assert_eq!(seen, lines_that_are_not_blank(&bytes));
        }
    }

    /// What is no bracket of a list, comma or blank between records stands in one of them.
    #[test]
    fn no_byte_of_a_json_file_is_lost(bytes in pieces()) {
        let options = Options { format: format::by_name("json"), ..Options::default() };
        if let Ok(reader) = Reader::from_read("a file", Cursor::new(bytes.clone()), options)
            && reader.note().is_none()
        {
            let matters = |bytes: &[u8]| -> Vec<u8> {
                let between = |byte: &u8| byte.is_ascii_whitespace() || b"[],".contains(byte);
                without_marks(bytes).into_iter().filter(|byte| !between(byte)).collect()
            };
            let rows: Vec<Row> = reader.map_while(Result::ok).collect();
            let seen: Vec<u8> = rows.iter().flat_map(|row| matters(line_and_bytes(row).1)).collect();
            prop_assert_eq!(seen, matters(&bytes));
        }
    }

    #[test]
    fn json_gives_the_items_of_json_lines(records in vec(fields(), 1..4), pretty in any::<bool>(), in_list in any::<bool>()) {
        let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
        let written = |record| if pretty { serde_json::to_string_pretty(record) } else { serde_json::to_string(record) };
        let values: Vec<String> = records.iter().map(|record| written(record).unwrap()).collect();
        let text = if in_list { format!("[{}]", values.join(",")) } else { values.concat() };
        let (lines, values) = (jsonl(lines.join("\n")), read_as(Some("json"), MAX_RECORD_BYTES, text.as_bytes()).unwrap());
        let ids = |rows: Vec<Row>| items(rows).into_iter().map(|(item, ..)| (item.id, item.model, item.tags)).collect::<Vec<_>>();
        prop_assert_eq!(ids(lines), ids(values));
    }

    #[test]
    fn any_bytes_are_rows_or_an_error_and_never_a_panic(bytes in prop_oneof![pieces(), vec(any::<u8>(), 0..200)]) {
        for format in [None, Some("jsonl"), Some("csv"), Some("tsv"), Some("json")] {
            let options = Options { format: format.and_then(format::by_name), max_record_bytes: 50, ..Options::default() };
            if let Ok(reader) = Reader::from_read("a file", Cursor::new(bytes.clone()), options) {
                reader.take_while(Result::is_ok).for_each(drop);
            }
        }
    }

    #[test]
    fn every_byte_of_a_csv_row_is_in_its_row(bytes in pieces()) {
        let text = ["id,input,output,é\n".as_bytes(), bytes.as_slice()].concat(); // which is UTF-8, broken or not
        let rows = read_as(Some("csv"), MAX_RECORD_BYTES, &text).unwrap();
        let records = rows.iter().filter(|row| !matches!(row, Row::PassedOver(..)));
        // Rows of nothing but commas, and of empty cells in quotation marks, are passed over.
        let ink = |bytes: &[u8]| -> Vec<u8> {
            let is_ink = |byte: &u8| !byte.is_ascii_whitespace() && !b",\"".contains(byte);
            without_marks(bytes).into_iter().filter(is_ink).collect()
        };
        let kept: Vec<u8> = records.flat_map(|row| ink(line_and_bytes(row).1)).collect();
        prop_assert_eq!(kept, ink(&bytes));
    }

    #[test]
    fn rows_are_the_same_in_whatever_pieces_they_come(bytes in pieces(), size in 1..9_usize, limit in 10..60_usize) {
        for (format, header) in [("csv", "id,input,output\n"), ("tsv", "id\tinput\toutput\n"), ("jsonl", ""), ("json", "")] {
            let text = [header.as_bytes(), bytes.as_slice()].concat();
            let told = |size: usize| {
                let pieces = InPieces { text: Cursor::new(text.clone()), size };
                let options =
                    Options { format: format::by_name(format), max_record_bytes: limit, ..Options::default() };
                let rows = Reader::from_read("a file", pieces, options).ok()?;
                Some(rows.map_while(Result::ok).map(|row| (row.place(), row.told())).collect::<Vec<_>>())
            };
            // Of a stream the first line alone tells the encoding.
            if std::str::from_utf8(&text).is_ok() {
                prop_assert_eq!(told(size), told(usize::MAX), "{}", format);
            }
        }
    }

    #[test]
    fn jsonl_and_csv_of_the_same_records_are_the_same_items(records in vec(fields(), 1..5)) {
        let lines: String = records.iter().map(|record| format!("{}\n", json!(record))).collect();
        prop_assert_eq!(items(jsonl(lines)), items(csv(as_csv(&records))));
    }
}
