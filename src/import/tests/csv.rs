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
    assert_eq!(reject.faults.to_string(), "the number of cells is 2, and there are 3 columns");
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
        ("latency_ms", "inf", "must be a number, and inf is none; leave it out"),
        ("latency_ms", "1e999", "is too large a number"),
        ("cost_usd", "NaN", "must be a number, and NaN is none; leave it out"),
        ("tokens_in", "nan", "must be a number, and nan is none; leave it out"),
        ("tokens_in", "1.5", "must be an integer"),
        ("created_at", "yesterday", "must be a time"),
        ("meta", "{broken", "must be an object, not text"),
        ("model", "a\0b", "holds U+0000"),
        ("other", "a\0b", "holds U+0000"),
    ] {
        let (field, found) = fault(cell(column, text));
        assert_eq!(field.as_deref(), Some(column));
        assert!(found.starts_with(reason), "{column}: {found}");
    }
    assert_eq!(fault(csv(format!("{HEADER}\n,q,a"))), (Some("id".into()), "is required and missing".into()));
    let (field, reason) = fault(csv(b"id,input,output,team\n1,q,\xc3\xa9,x\xff"));
    assert_eq!((field.as_deref(), reason.as_str()), (Some("team"), "invalid UTF-8 at byte 2 of the cell"));
}

#[test]
fn a_bad_header_is_one_error_for_the_file() {
    let error = |text: &str| read_as(Some("csv"), 100, text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error("id,prompt,answer\n1,q,a"),
        "`a file` has no column input, output; its columns are id, prompt, answer, and these are needed: id, input, output; rename them in its first line"
    );
    assert!(error("id,input,output,id,x,x\n").contains("more than one column called id;"));
    assert!(error("").contains("is empty"));
    assert!(error(&format!("id,\"{}", "x".repeat(200))).contains("it does not end"));
    assert!(read_as(Some("csv"), 100, b"id,input,output,\xc3\xa9\xff\n").unwrap_err().to_string().contains("UTF-8"));
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
        (reject.origin.place.line(), reject.faults.to_string()),
        (3, "output: a quotation mark is opened and never closed".into())
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

/// The ids of the records, and the place and the reason of what is none.
fn told(rows: Vec<Row>) -> Vec<String> {
    let each = |row| match row {
        Row::Record(record) => record.item.id,
        Row::Reject(Reject { origin, faults, .. }) => format!("{}: {faults}", origin.place),
        Row::PassedOver(origin, remark) => format!("{}: {remark:?}", origin.place),
    };
    rows.into_iter().map(each).collect()
}

#[test]
fn text_after_a_closing_quotation_mark_is_rejected_and_reading_goes_on() {
    let followed = "text follows the closing quotation mark; one within a cell is written twice";
    for bad in [r#"1,"say "hi" to",a"#, r#"1,q,"{\"a\": 1}""#, r#"1,q,"a" "#, r#"1,q,""a"""#] {
        let rows = told(csv(format!("{HEADER}\n{bad}\n2,q,a\n")));
        let [reject, next] = rows.as_slice() else { panic!("{rows:?}") };
        assert!(reject.starts_with("line 2: ") && reject.ends_with(followed), "{bad}: {reject}");
        assert_eq!(next, "2");
    }
    assert_eq!(record(only(csv(format!("{HEADER}\n1,q, \"it\" is 6\" long")))).item.output.text, " \"it\" is 6\" long");
    let rows = csv(format!("{HEADER}\n1,q,\"two\nlines \"here\" too\"\n2,q,a\n"));
    assert_eq!(line_and_bytes(&rows[0]), (2, &b"1,q,\"two\nlines \"here\" too\""[..]), "whole");
    assert_eq!(told(rows), [format!("line 2: output: {followed} (lines 2 to 3)"), "2".into()]);
}

#[test]
fn a_stray_quotation_mark_swallows_no_rows() {
    let alone =
        "output: a quotation mark opens the cell and is not closed; the lines that follow are rows of their own";
    for rest in ["2,q,a\n3,q,a\n", "2,q,a\n3,q,\"b\"\n", "2,q,a\n\n3,q,\"b\n"] {
        let rows = told(csv(format!("{HEADER}\n1,q,\"6 inches\n{rest}")));
        assert_eq!(rows[..2], [format!("line 2: {alone}"), "2".into()], "{rest}");
        assert!(rows[2] == "3" || rows[2].starts_with("line 5: "), "{rows:?}");
    }
    let cut = told(csv(format!("{HEADER}\n1,q,\"Dear Ana,\nthank you, all\nof you, and bye")));
    assert_eq!(cut, ["line 2: output: a quotation mark is opened and never closed (lines 2 to 4)"]);
    let long = format!("{HEADER}\n1,q,\"6 inches\n{}", "2,q,a\n".repeat(50));
    let rows = read_as(Some("csv"), 100, long.as_bytes()).unwrap();
    assert_eq!(rows.len(), 51, "also over the limit of a record");
}

#[test]
fn quotation_marks_in_tsv_are_text_unless_they_enclose_a_cell() {
    let outputs = |text: &str| {
        let rows = read_as(Some("tsv"), 60, format!("id\tinput\toutput\n{text}").as_bytes()).unwrap();
        rows.into_iter().map(|row| record(row).item.output.text).collect::<Vec<_>>()
    };
    assert_eq!(outputs("1\tq\t\"a\tb\n\"\"c\"\"\"\n"), ["a\tb\n\"c\""]);
    assert_eq!(outputs("1\tq\t\"Yes\" is right\n2\tq\tb\n"), ["\"Yes\" is right", "b"]);
    assert_eq!(outputs("1\tq\t\"open\n2\tq\tb\n3\tq\t6\" wide\n"), ["\"open", "b", "6\" wide"]);
    assert_eq!(outputs(&format!("1\tq\t\"open\n{}", "2\tq\tb\n".repeat(30))).len(), 31, "over the limit");
    assert_eq!(outputs("1\tq\t\"\"\n2\tq\t\"\"\"\"\n"), ["", "\""]);
}

#[test]
fn quotation_marks_of_two_rows_of_a_tsv_do_not_make_one_of_them() {
    let outputs = |text: &str| {
        let rows = read_as(Some("tsv"), 200, format!("id\tinput\toutput\n{text}").as_bytes()).unwrap();
        rows.into_iter().map(|row| record(row).item.output.text).collect::<Vec<_>>()
    };
    for end in ["\n", "\r\n", "\r"] {
        let text = ["1\tq\t\"I went home.", "2\tq\tso", "3\tq\tThen I left.\"", "4\tq\t\"b\""].join(end);
        assert_eq!(outputs(&text), ["\"I went home.", "so", "Then I left.\"", "b"], "{end:?}");
    }
    assert_eq!(outputs("1\tq\t\"two\nlines\"\n"), ["two\nlines"]);
    assert_eq!(outputs("1\tq\t\"a\tb\tc\nd\te\tf\"\n"), ["a\tb\tc\nd\te\tf"]);
}

#[test]
fn delimiters_are_told_by_the_column_names() {
    for (text, cell) in [
        ("id;input;output\n1;a, b;c\n", "c"),
        ("sep=;\r\nid;input;output\r\n1;a;\"c;d\"\r\n", "c;d"),
        ("sep=#\nid#input#output\n1#a;b,c#d\n", "d"),
        ("\"sep=;\"\nid;input;output\n1;a,b;d\n", "d"),
        ("SEP=;\nid;input;output\n1;a,b;d\n", "d"),
        ("id|input|output\n1|a,b|c\n", "c"),
        ("id\tinput\toutput\n1\ta,b\tc\n", "c"),
        ("\"id\";\"input, the\";\"input\";\"output\"\n1;2;3;c\n", "c"),
    ] {
        for format in [None, Some("csv")] {
            let rows = read_as(format, MAX_RECORD_BYTES, text.as_bytes()).unwrap();
            assert_eq!(record(only(rows)).item.output.text, cell, "{text}");
        }
    }
}

#[test]
fn what_spreadsheets_leave_behind_is_passed_over() {
    let rows = csv(format!("{HEADER},\n1,a,b,\n,,,\n , ,\n2,a,b\n3,a,b,,,\n4,a,b,,x\n"));
    assert_eq!(
        told(rows),
        [
            "1",
            "line 3: EmptyRow",
            "line 4: EmptyRow",
            "2",
            "3",
            "line 7: the number of cells is 5, and there are 3 columns",
        ]
    );
    let rows = csv(format!("{HEADER},x\n1,a,b,,\n{HEADER},x\n2,a,b,c\n"));
    assert_eq!(told(rows), ["1", "line 3: RepeatedHeader", "2"]);
    let Row::Record(record) = csv(format!("{HEADER}\n1,a,b,\n")).remove(0) else { panic!("rejected") };
    assert_eq!(record.remarks, [crate::domain::imported::Remark::SpareDelimiters]);
}

#[test]
fn columns_of_one_name_are_kept_apart() {
    let meta = record(only(csv(format!("{HEADER},score,score,score\n1,q,a,x,y,z\n")))).item.meta.unwrap();
    assert_eq!(meta, r#"{"score":"x","score (column 5)":"y","score (column 6)":"z"}"#);
    let meta = record(only(csv(format!("{HEADER},x,x,x (column 5),,column 7\n1,q,a,1,2,3,4,5\n")))).item.meta.unwrap();
    assert_eq!(
        meta,
        r#"{"column 7":"5","column 7 (column 7)":"4","x":"1","x (column 5)":"3","x (column 5) (column 5)":"2"}"#
    );
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    let rows = csv("id,input,output\r1,\"a\rb\",c\r\r2,a\r3,a,b\r\n4,a\n");
    assert_eq!(rows.iter().map(Row::place).collect::<Vec<_>>(), ["line 2", "line 5", "line 6", "line 7"]);
}

#[test]
fn text_of_windows_is_read() {
    let utf_16 =
        |text: &str| [&[0xff, 0xfe][..], &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat();
    for text in ["id\tinput\toutput\r\n1\tq\tcafé 🦀\r\n", "{\"id\":\"1\",\"input\":\"q\",\"output\":\"café 🦀\"}\r\n"]
    {
        let rows = read_as(None, MAX_RECORD_BYTES, &utf_16(text)).unwrap();
        assert_eq!(record(only(rows)).item.output.text, "café 🦀");
    }
    let options = Options { format: format::by_name("csv"), ..Options::default() };
    let reader =
        Reader::from_read("a file", Cursor::new(&b"id;input;output\n1;q;caf\xe9 5 \x80\n"[..]), options).unwrap();
    assert_eq!(reader.note().as_deref(), Some("is not UTF-8, and is read as Windows-1252"));
    assert_eq!(record(only(reader.map(Result::unwrap).collect())).item.output.text, "café 5 €");
}

#[test]
fn an_encoding_is_told_however_late_it_shows_and_can_be_named() {
    let mut rows = String::from("id;input;output\n");
    (0..20_000).for_each(|n| rows.push_str(&format!("{n};q;a\n")));
    let late = [rows.as_bytes(), b"x;caf\xe9;5 \x80\n"].concat();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &late).unwrap();
    let reader = Reader::open(file.path(), Options::default()).unwrap();
    assert_eq!(reader.note().as_deref(), Some("is not UTF-8, and is read as Windows-1252"));
    let last = record(reader.last().unwrap().unwrap()).item;
    assert_eq!((last.input.text.as_str(), last.output.text.as_str()), ("café", "5 €"));
    let option = format::options().find(|option| option.name == "encoding").unwrap();
    let named = |label: &str| {
        let mut options = Options { format: format::by_name("csv"), ..Options::default() };
        options.given.add(option, label);
        let bytes = b"id,input,output\n1,q,\x8b\xe0\n".to_vec();
        Reader::from_read("a file", Cursor::new(bytes), options).map(|reader| reader.map(Result::unwrap).collect())
    };
    assert_eq!(record(only(named("shift_jis").unwrap())).item.output.text, "金");
    assert_eq!(record(only(named("windows-1251").unwrap())).item.output.text, "‹а");
    assert!(named("ebcdic").unwrap_err().to_string().contains("`ebcdic` is no encoding that karat knows"));
}

#[test]
fn a_delimiter_within_quotation_marks_is_none() {
    let text = "\"what, exactly, was asked\";id;input;output\nx;1;q, r, s;a\n";
    let item = record(only(read_as(None, MAX_RECORD_BYTES, text.as_bytes()).unwrap())).item;
    assert_eq!((item.id.as_str(), item.input.text.as_str()), ("1", "q, r, s"));
    let foreign = "\"prompt, or question\";\"answer, or not\"\na;b\n";
    let error = read_as(Some("csv"), MAX_RECORD_BYTES, foreign.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("its columns are prompt, or question, answer, or not"), "{error}");
}

#[test]
fn a_mark_before_a_record_is_no_part_of_it() {
    let mark = "\u{feff}";
    let rows = csv(format!("{mark}{mark}{HEADER}\n{mark}1,q,a\n{mark}{HEADER}\n{mark}\"2\",q,a\n{mark}\n"));
    assert_eq!(told(rows), ["1", "line 3: RepeatedHeader", "2"]);
}

#[test]
fn an_empty_question_is_one_as_in_json_lines() {
    let item = record(only(csv(format!("{HEADER}\n1,,\n")))).item;
    assert_eq!((item.input.text.as_str(), item.output.text.as_str()), ("", ""));
}
