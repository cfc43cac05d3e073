//! CSV and TSV.

use super::*;
use crate::domain::item::ContentKind;

const HEADER: &str = "id,input,output";

fn cell(column: &str, cell: &str) -> Vec<Row> {
    csv(format!("{HEADER},{column}\n1,q,a,\"{}\"\n", cell.replace('"', "\"\"")))
}

#[test]
fn rows_know_their_line_and_their_bytes() {
    let rows =
        csv(format!("\u{feff}\r\n{HEADER}\r\n1,\"two\r\nlines\",a\r\n\r\n2,q,\"say \"\"hi\"\"\"\r\n3,q\r\n4,q,a"));
    let seen: Vec<_> = rows.iter().map(line_and_bytes).collect();
    assert_eq!(
        seen,
        [(3, &b"1,\"two\r\nlines\",a"[..]), (6, &b"2,q,\"say \"\"hi\"\"\""[..]), (7, &b"3,q"[..]), (8, &b"4,q,a"[..]),]
    );
    let Row::Reject(reject) = &rows[2] else { panic!("a short row is in") };
    assert_eq!(reject.reason, "the number of cells is 2, and there are 3 columns");
    assert_eq!(record(rows.into_iter().nth(1).unwrap()).item.output.text, r#"say "hi""#);
}

#[test]
fn cells_become_what_their_field_holds() {
    for (cell, kind) in [
        (r#"{"a":1}"#, ContentKind::Json),
        (r#"[{"role":"user"}]"#, ContentKind::Chat),
        ("{not json}", ContentKind::Text),
        (r#"["\ud800"]"#, ContentKind::Text),
        ("12", ContentKind::Text),
        ("", ContentKind::Text),
    ] {
        let output = record(only(csv(format!("{HEADER}\n1,q,\"{}\"", cell.replace('"', "\"\""))))).item.output;
        assert_eq!((output.kind, output.text.as_str()), (kind, cell));
    }
    let tags = |text| record(only(cell("tags", text))).item.tags;
    assert_eq!(tags("a; b;;c"), ["a", "b", "c"]);
    assert_eq!(tags(r#"["a;b"]"#), ["a;b"]);
    let context = |text| record(only(cell("context", text))).item.context;
    assert_eq!(context("[1] Smith, 2020")[0].text, "[1] Smith, 2020");
    assert_eq!(context(r#"["x",{"text":"y"}]"#).len(), 2);
    assert_eq!(record(only(cell("latency_ms", " 12.5 "))).item.latency_ms, Some(12.5));
    assert_eq!(record(only(cell("attempt", "2.0"))).item.attempt, 2);
    assert_eq!(record(only(cell("attempt", ""))).item.attempt, 1);
    assert_eq!(record(only(cell("team \"a\"\u{1}", "1.0"))).item.meta.unwrap(), r#"{"team \"a\"\u0001":"1.0"}"#);
}

#[test]
fn bad_cells_name_their_column_and_reason() {
    for (column, text, reason) in [
        ("latency_ms", "fast", "must be a number"),
        ("latency_ms", "inf", "is too large a number"),
        ("cost_usd", "NaN", "must be a number"),
        ("tokens_in", "1.5", "must be an integer"),
        ("created_at", "yesterday", "must be a time with its zone"),
        ("meta", "{broken", "must be an object, not text"),
        ("model", "a\0b", "holds U+0000"),
        ("other", "a\0b", "holds U+0000"),
    ] {
        let (field, found) = fault(cell(column, text));
        assert_eq!(field.as_deref(), Some(column));
        assert!(found.starts_with(reason), "{column}: {found}");
    }
    assert_eq!(fault(csv(format!("{HEADER}\n1,,a"))), (Some("input".into()), "is required and missing".into()));
    let (field, reason) = fault(csv(b"id,input,output,team\n1,q,a,x\xff"));
    assert_eq!((field.as_deref(), reason.as_str()), (Some("team"), "invalid UTF-8 at byte 2 of the cell"));
}

#[test]
fn a_bad_header_is_one_error_for_the_file() {
    let error = |text: &str| read_as(Some("csv"), 100, text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error("id,prompt,answer\n1,q,a"),
        "`a file` has no column input, output; its columns are id, prompt, answer, and these are needed: id, input, output"
    );
    assert!(error("id,input,output,id,x,x\n").contains("more than one column called id, x;"));
    assert!(error("").contains("is empty"));
    assert!(error(&format!("id,\"{}", "x".repeat(200))).contains("it does not end"));
    assert!(read_as(Some("csv"), 100, b"id,input,output,\xff\n").unwrap_err().to_string().contains("UTF-8"));
}

#[test]
fn columns_without_a_name_are_called_by_their_place() {
    let row = only(csv(",id, input ,output\n0,1,q,a"));
    assert_eq!(record(row).item.meta.unwrap(), r#"{"column 1":"0"}"#);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_rejected() {
    let rows = csv(format!("{HEADER}\n1,q,a\n2,q,\"cut of"));
    let Row::Reject(reject) = &rows[1] else { panic!("a cut output is in") };
    assert_eq!(
        (reject.origin.place.line(), reject.reason.as_str()),
        (3, "a quotation mark is opened and never closed")
    );
    assert_eq!(csv(format!("{HEADER}\n2,q,\"whole\"")).len(), 1);
}

#[test]
fn a_row_over_the_limit_is_spilled_and_the_next_is_read() {
    let text = format!("{HEADER}\n1,q,\"{}\"\n2,q,a\n", "line\n".repeat(100));
    let rows = read_as(Some("csv"), 100, text.as_bytes()).unwrap();
    assert!(matches!(
        rows[0],
        Row::Reject(Reject { origin: Origin { place: Place::Line(2), .. }, raw: RawRecord::Spilled(_), .. })
    ));
    assert_eq!(line_and_bytes(&rows[1]), (103, &b"2,q,a"[..]));
}
