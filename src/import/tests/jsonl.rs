//! Lines, and the files they come in.

use super::*;
use std::io::{Read, Seek};

const GOOD: &str = r#"{"id":"1","input":"q","output":"a"}"#;

#[test]
fn bom_crlf_and_blank_lines_are_accepted() {
    let rows = jsonl(format!("\u{feff}{GOOD}\r\n\r\n  \n{GOOD}\n\n{GOOD}"));
    let seen: Vec<_> = rows.iter().map(line_and_bytes).collect();
    assert_eq!(seen, [(1, GOOD.as_bytes()), (4, GOOD.as_bytes()), (6, GOOD.as_bytes())]);
    assert!(rows.into_iter().all(|row| record(row).item.id == "1"));
}

#[test]
fn bad_lines_are_rejected_whole_and_the_others_are_in() {
    let mut text = format!("{GOOD}\nnot json\n[1]\n{}\n", &GOOD[..20]).into_bytes();
    text.extend(b"{\"id\":\"\xff\"}\n");
    text.extend(GOOD.as_bytes());
    let rows = jsonl(&text);
    let reasons: Vec<_> = rows.iter().filter_map(|row| if let Row::Reject(r) = row { Some(r) } else { None }).collect();
    let found: Vec<_> = reasons.iter().map(|r| (r.origin.place.line(), r.faults.to_string())).collect();
    assert_eq!(
        found,
        [
            (2, "broken JSON at column 2: no JSON value begins here"),
            (3, "must be an object, not a list"),
            (4, "broken JSON at column 20: it ends here, within a text"),
            (5, "invalid UTF-8 at byte 8"),
        ]
        .map(|(line, told)| (line, told.to_owned()))
    );
    assert_eq!(line_and_bytes(&rows[4]).1, b"{\"id\":\"\xff\"}");
    assert_eq!(record(rows.into_iter().next_back().unwrap()).origin.place.line(), 6);
}

#[test]
fn a_million_brackets_are_a_reject_and_no_crash() {
    let brackets = "[".repeat(1_000_000);
    assert!(fault(jsonl(&brackets)).1.starts_with("broken JSON"));
    assert!(fault(jsonl(format!(r#"{{"id":1,"input":{brackets}"#))).1.starts_with("broken JSON"));
    let closed = format!(r#"{{"id":1,"input":{brackets}{},"output":1}}"#, "]".repeat(1_000_000));
    assert_eq!(fault(jsonl(closed)), (Some("input".into()), "is nested deeper than 120 levels".into()));
    let objects = format!(r#"{{"id":1,"input":"","output":{}1"#, r#"{"role":"#.repeat(1_000_000));
    assert!(fault(jsonl(objects)).1.starts_with("broken JSON"));
}

#[test]
fn a_line_over_the_limit_is_spilled_and_the_next_is_read() {
    let at_limit = GOOD.len();
    let long = format!("{GOOD} ");
    for end in ["\n", "\r\n"] {
        let text = format!("{GOOD}{end}{long}{end}{}{end}{GOOD}", long.repeat(50));
        let rows = read_as(Some("jsonl"), at_limit, text.as_bytes()).unwrap();
        assert!(
            matches!(rows.as_slice(), [Row::Record(_), Row::Reject(_), Row::Reject(_), Row::Record(_)]),
            "{rows:?}"
        );
        for (row, copies) in rows.into_iter().skip(1).zip([1, 50]) {
            let Row::Reject(Reject { raw: RawRecord::Spilled(mut file), faults, .. }) = row else {
                panic!("kept in memory");
            };
            assert_eq!(faults.to_string(), format!("the record is longer than {at_limit} bytes"));
            let mut spilled = String::new();
            file.rewind().unwrap();
            file.read_to_string(&mut spilled).unwrap();
            assert_eq!(spilled.trim_end_matches('\r'), long.repeat(copies));
        }
    }
}

#[test]
fn an_over_long_last_line_without_an_end_is_one_reject() {
    let rows = read_as(Some("jsonl"), 10, "x".repeat(12).as_bytes()).unwrap();
    assert!(matches!(
        only(rows),
        Row::Reject(Reject { origin: Origin { place: Place::Line(1), .. }, raw: RawRecord::Spilled(_), .. })
    ));
}

#[test]
fn a_file_of_another_kind_is_refused_with_what_to_do() {
    for (bytes, what, instead) in [
        (&b"SQLite format 3\0\x10\0"[..], "is an SQLite database", "duckdb"),
        (b"%PDF-1.7\n", "is a PDF", "CSV"),
        (b"BZh91AY&SY", "is compressed with bzip2", "bunzip2"),
    ] {
        let error = read_as(None, 100, bytes).unwrap_err().to_string();
        assert!(error.contains(what) && error.contains(instead), "{error}");
    }
}

#[test]
fn the_format_is_told_by_name_or_by_content() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("a.jsonl", GOOD),
        ("a.json", GOOD),
        ("a.NDJSON", GOOD),
        ("a", GOOD),
        ("a.csv", "id,input,output\n1,q,a"),
        ("a.txt", "id,input,output\n1,q,a"),
        ("a.tsv", "id\tinput\toutput\n1\tq\ta"),
        ("a.dat", "\u{feff}id\tinput\toutput\n1\tq\ta"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let mut reader = Reader::open(&path, Options::default()).unwrap();
        assert_eq!(record(reader.next().unwrap().unwrap()).item.output.text, "a", "{name}");
        assert!(reader.next().is_none());
        assert_eq!(reader.total_bytes(), Some(reader.bytes_read()), "{name}");
        assert_eq!(reader.name(), path.display().to_string());
    }
}

#[test]
fn a_path_that_cannot_be_read_says_which_and_why() {
    let error = Reader::open("/no/such/file.jsonl".as_ref(), Options::default()).err().unwrap();
    assert_eq!(error.to_string(), "cannot read `/no/such/file.jsonl`");
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(cause.starts_with("No such file"), "{cause}");
    assert!(Reader::open("/".as_ref(), Options::default()).is_err());
}

#[test]
fn empty_input_is_told() {
    for text in ["", "\n\n", "\u{feff}"] {
        for format in [None, Some("jsonl"), Some("csv"), Some("json")] {
            let error = read_as(format, 100, text.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), "`a file` is empty");
        }
    }
}

#[test]
fn a_mark_before_a_line_is_no_part_of_it() {
    let mark = "\u{feff}";
    for rows in [
        jsonl(format!("{mark}{mark}{GOOD}\n{mark}\n{mark}{GOOD}\n")),
        read_as(None, 1000, format!("{mark}{GOOD}\r{mark}{GOOD}\r").as_bytes()).unwrap(),
    ] {
        assert_eq!(rows.into_iter().map(|row| record(row).item.id).collect::<Vec<_>>(), ["1", "1"]);
    }
}

#[test]
fn all_that_is_wrong_with_a_record_is_told_at_once() {
    let line = r#"{"id":"a\u200bb","output":"a","priority":"high","created_at":"yesterday","tags":["a",1,2],
        "context":[{"title":7},{"text":"t","updated_at":"now"}],"model":"a","model":"b"}"#;
    let Row::Reject(reject) = only(jsonl(line.replace('\n', " "))) else { panic!("accepted") };
    let fields: Vec<_> = reject.faults.iter().map(|fault| fault.field.as_deref().unwrap()).collect();
    let context = ["context[0].title", "context[0].text", "context[1].updated_at"];
    assert_eq!(fields[..3], ["model", "id", "input"]);
    assert_eq!(fields[3..6], context);
    assert_eq!(fields[6..], ["priority", "created_at", "tags[1]", "tags[2]"]);
    assert!(reject.faults.to_string().contains("; priority: must be a number, not text; "), "{reject:?}");
}
