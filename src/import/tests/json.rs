//! JSON: lists, objects one after the other, and objects that hold a list.

use super::*;

const A: &str = r#"{"id":"a","input":"q","output":"1"}"#;
const PRETTY: &str = "{\n  \"id\": \"b\",\n  \"input\": \"q [\",\n  \"output\": {\"n\": [1, 2]}\n}";

/// The rows, and what reading ended with.
fn read(name: &str, bytes: &[u8]) -> (Vec<Row>, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let (mut rows, mut failure) = (Vec::new(), None);
    for row in Reader::open(&path, Options::default()).unwrap() {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    (rows, failure)
}

/// The id or the reason of each row, and where it stands.
fn told(rows: Vec<Row>) -> Vec<(String, String)> {
    let told = |row| match row {
        Row::Record(record) => (record.item.id, record.origin.place.to_string()),
        Row::Reject(reject) => (reject.faults.to_string(), reject.origin.place.to_string()),
        Row::PassedOver(origin, remark) => (format!("{remark:?}"), origin.place.to_string()),
    };
    rows.into_iter().map(told).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(one, other)| ((*one).into(), (*other).into())).collect()
}

#[test]
fn every_shape_gives_its_records_with_their_places() {
    for (text, expected) in [
        (format!("[{A},{PRETTY}]"), [("a", "line 1, /0"), ("b", "line 1, /1")]),
        (format!("\u{feff}\r\n[\r\n{A},\r\n{PRETTY}\r\n]\r\n"), [("a", "line 3, /0"), ("b", "line 4, /1")]),
        (format!("{PRETTY}{A}"), [("b", "line 1"), ("a", "line 5")]),
        (format!("[{A}]\n[{A}]"), [("a", "line 1, /0"), ("a", "line 2, /0")]),
        (
            format!("{{\"n\": 2, \"of/x\": [\n{A},\n{A}], \"at\": {{}}}}"),
            [("a", "line 2, /of~1x/0"), ("a", "line 3, /of~1x/1")],
        ),
        (format!("{{\"rows\":[{A},{A}]}}"), [("a", "line 1, /rows/0"), ("a", "line 1, /rows/1")]),
    ] {
        for name in ["a.json", "a"] {
            let (rows, failure) = read(name, text.as_bytes());
            assert_eq!((told(rows), failure), (pairs(&expected), None), "{text}");
        }
    }
    for empty in ["[]", " [ ] ", "{\"rows\": [\n]}\n"] {
        assert!(read_as(Some("json"), 100, empty.as_bytes()).unwrap().len() <= 1, "{empty}");
    }
}

#[test]
fn lines_stay_lines_under_any_name() {
    for text in [
        format!("{A}\nbroken\n{A}"),
        format!("{{\"id\":\"x\",\"out\n{A}\n{A}"),
        format!("{{\"turns\":[{{}}]}}\n{A}\n{A}"),
    ] {
        let (rows, _) = read("a", text.as_bytes());
        assert_eq!(rows.len(), 3, "{text}");
        assert_eq!(rows[2].place(), "line 3", "{text}");
    }
}

#[test]
fn a_broken_record_is_rejected_whole_and_the_others_are_in() {
    let broken = [
        r#"{"id": nope, "input": "]}", "output": "x"}"#,
        r#"{"id": "m", "input": [1, "output": "x"}"#,
        r#"{"id": "m", "input": 1]}"#,
        "{\"id\": \"m\", \"input\": \"a\nb\", \"output\": \"x\"}",
        "{\"id\": \"\u{fffd}\", \"input\": 1}",
        "12.5",
        r#""text""#,
        "}",
        "[[1], 2]",
    ];
    for record in broken {
        let (rows, failure) = read("a.json", format!("[\n{A},\n{record}\n,{A}]").as_bytes());
        assert_eq!((rows.len(), failure), (3, None), "{record}");
        assert_eq!(rows[1].place(), "line 3, /1");
        let Row::Reject(Reject { raw: RawRecord::Bytes(raw), .. }) = &rows[1] else { panic!("{record} is in") };
        assert_eq!(raw, record.as_bytes());
        assert!(matches!(&rows[2], Row::Record(record) if record.item.id == "a"), "{record}");
    }
}

#[test]
fn words_that_json_does_not_have_are_named() {
    for word in ["-NaN", "nan", "-inf", "None", "True", "False", "undefined"] {
        let line = format!(r#"{{"id":"n","input":"q","output":"a","cost_usd":{word}}}"#);
        for rows in [jsonl(&line), read("a.json", format!("[\n{line}]").as_bytes()).0] {
            let (field, reason) = fault(rows);
            assert!(field.is_none() && reason.contains(&format!(": {word} is no JSON")), "{reason}");
        }
    }
    for word in ["NaN", "Infinity", "-Infinity"] {
        let line = format!(r#"{{"id":"n","input":"q","output":"a","cost_usd":{word},"score":[{word}]}}"#);
        for rows in [jsonl(&line), read("a.json", format!("[\n{line}]").as_bytes()).0] {
            let record = record(only(rows));
            assert_eq!((record.item.cost_usd, record.item.meta.as_deref()), (None, Some(r#"{"score":[null]}"#)));
            assert_eq!(record.remarks, [crate::domain::imported::Remark::NoNumber]);
            assert_eq!(record.raw, line.as_bytes());
        }
    }
    let over_lines = "[{\"id\": \"n\",\n  \"input\": NaN}]";
    assert_eq!(
        fault(read("a.json", over_lines.as_bytes()).0).1,
        "broken JSON at its line 2 column 12: NaN is no JSON; write null instead"
    );
}

#[test]
fn a_file_that_was_cut_off_says_where() {
    let whole = format!("[\n{A},\n{PRETTY}\n]");
    for end in 1..whole.len() {
        let (rows, failure) = read("a.json", &whole.as_bytes()[..end]);
        let last_is_cut = matches!(rows.last(), Some(Row::Reject(reject)) if reject.faults.to_string() == "the file ends within this record");
        assert!(last_is_cut != failure.is_some(), "{end}: {rows:?} {failure:?}");
        let told = failure.unwrap_or_else(|| "list that begins on line 1".into());
        assert!(told.contains("list that begins on line 1"), "{told}");
    }
}

#[test]
fn which_of_several_lists_is_meant_is_asked() {
    let text = format!("{{\"old\": [{A}],\n \"new rows\": [{A}]}}");
    let error = read_as(None, 1_000, text.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("/old, /new rows") && error.contains("--at /old"), "{error}");
}

fn read_at(pointer: &str, text: &str) -> Result<Vec<Row>, ImportError> {
    let option = format::options().find(|option| option.name == "at").unwrap();
    let mut options = Options::default();
    options.given.add(option, pointer);
    Ok(Reader::from_read("a file", Cursor::new(text.to_owned().into_bytes()), options)?.map(Result::unwrap).collect())
}

#[test]
fn a_pointer_names_the_list_of_records_however_deep() {
    let text = format!("{{\"a/b\": [[{A}], {{\"x\": 1, \"rows\": [\n{A},\n{PRETTY}]}}], \"rows\": [{{}}]}}");
    let pointers: [(&str, &[(&str, &str)]); 3] = [
        ("/a~1b/1/rows", &[("a", "line 2, /a~1b/1/rows/0"), ("b", "line 3, /a~1b/1/rows/1")]),
        ("/a~1b/0", &[("a", "line 1, /a~1b/0/0")]),
        (
            "/rows",
            &[(
                "id: is required and missing; input: is required and missing; output: is required and missing",
                "line 7, /rows/0",
            )],
        ),
    ];
    for (pointer, expected) in pointers {
        assert_eq!(told(read_at(pointer, &text).unwrap()), pairs(expected), "{pointer}");
    }
    assert_eq!(told(read_at("", &format!("[{A}] [{A}]")).unwrap()), pairs(&[("a", "line 1, /0")]));
}

#[test]
fn a_pointer_that_names_no_list_is_an_error() {
    let text = format!("{{\"rows\": [{A}], \"n\": {{\"x\": 1}}}}");
    for pointer in ["/nothing", "/n", "/n/x", "/rows/0", "/rows/1", "/rows/x", "", "/rows/0/id/deeper"] {
        assert!(matches!(read_at(pointer, &text), Err(ImportError::NoList { .. })), "{pointer}");
    }
    assert!(matches!(read_at("rows", &text), Err(ImportError::NoPointer(_))));
    assert!(matches!(read_at("/rows", "id,input,output\n"), Err(ImportError::NoList { .. })));
    assert!(matches!(read_at("/rows", "{\"rows\": {\"a\""), Err(ImportError::NoList { .. })), "cut off");
}

/// The second list is told though it comes after what is looked at first, even of a pipe.
#[test]
fn a_large_holder_is_read_to_its_end_before_its_first_record() {
    let many = vec![A; 5_000].join(",\n");
    let open = |end: &str| {
        let text = format!("{{\"version\": 3, \"rows\": [{many}], {end}}}");
        Reader::from_read("a pipe", Cursor::new(text.into_bytes()), Options::default())
    };
    let reader = open("\"config\": {\"rows\": []}").unwrap();
    assert_eq!(reader.note().as_deref(), Some("the records are those of /rows; left out: version, config"));
    assert_eq!(reader.map(Result::unwrap).filter(|row| matches!(row, Row::Record(_))).count(), 5_000);
    assert!(matches!(open("\"more\": [{}]"), Err(ImportError::SeveralLists { .. })));
}

#[test]
fn an_element_over_the_limit_is_spilled_and_the_next_is_read() {
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(200));
    let rows = read_as(None, 100, format!("[{A},{long},{A}]").as_bytes()).unwrap();
    assert!(matches!(
        rows.as_slice(),
        [Row::Record(_), Row::Reject(Reject { raw: RawRecord::Spilled(_), .. }), Row::Record(_)]
    ));
}

#[test]
fn a_million_brackets_are_a_reject_and_no_crash() {
    for text in ["[{".repeat(500_000), "{\"a\":".repeat(500_000), format!("[{}", "}".repeat(100_000))] {
        let (rows, _) = read("a.json", text.as_bytes());
        assert!(!rows.is_empty() && rows.iter().all(|row| matches!(row, Row::Reject(_))));
    }
}
