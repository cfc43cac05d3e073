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

/// The first records of a file, and what is said of how it is read.
fn looked_at(text: &str) -> (Vec<String>, String) {
    let mut reader = Reader::look_at("a file", text);
    (reader.samples(9).unwrap().into_iter().map(|sample| sample.object).collect(), reader.note().unwrap_or_default())
}

#[test]
fn a_document_gives_the_records_that_it_holds_further_in() {
    let row = r#"{"question":"q","answer":"a"}"#;
    for (text, note) in [
        (
            format!("{{\"run\":{{\"cases\":[{row},{row}],\"n\":2}},\"v\":1}}"),
            "the records are those of /run/cases; left out: v",
        ),
        (
            format!("{{\"v\":1,\"a/b\":{{\"c\":{{\"d\":[{row},\n{row}]}}}}}}"),
            "the records are those of /a~1b/c/d; left out: v",
        ),
        (
            format!("{{\"results\":[{row},{row}],\"errors\":[{{\"n\":1}}]}}"),
            "the records are those of /results; left out: errors",
        ),
        (
            format!("{{\"features\":[{{\"name\":\"q\"}}],\"rows\":[{{\"n\":1,\"row\":{row}}},{{\"n\":2}}]}}"),
            "the records are those of /rows; left out: features",
        ),
        (r#"{"conversations":[{"s":1,"turns":[]},{"s":2}]}"#.to_owned(), "the records are those of /conversations"),
    ] {
        for text in [text.clone(), text.replace(",", ",\n")] {
            let (records, said) = looked_at(&text);
            assert_eq!((records.len(), &*said), (2, note), "{text}");
        }
    }
    for one in [
        r#"{"request":{"model":"m","messages":[{"role":"user","content":"q"}]},"response":{"id":"r","model":"m"}}"#
            .to_owned(),
        "{\"id\":7,\n\"response\":{\"choices\":[{\"message\":{\"content\":\"a\"}}]}}".to_owned(),
        format!("{{\n\"a\":{{\"x\":[{row}]}}}}\n{{\n\"a\":{{\"x\":[{row}]}}}}"),
    ] {
        assert_eq!(looked_at(&one).1, "", "{one}");
    }
    let several = format!("{{\"m1\":{{\"t\":[{row}]}},\n\"m2\":{{\"t\":[{row}]}}}}");
    let error = read_as(None, 1_000, several.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("/m1/t, /m2/t") && error.contains("--at /m1/t"), "{error}");
}

#[test]
fn the_members_of_a_document_are_its_records_under_their_ids() {
    let text = "{\"q 1\":{\"pred\":\"a\",\"gold\":1},\n\"q/2\":{\"pred\":\"b\",\"gold\":2, \"id\": 7}, \"q3\": {\"gold\": 3, \"pred\": null}}";
    let (records, note) = looked_at(&format!("{text}\n"));
    assert_eq!(note, "each member is a record, and its name the id");
    assert_eq!(
        records,
        [
            r#"{"id":"q 1","pred":"a","gold":1}"#,
            r#"{"key":"q/2","pred":"b","gold":2, "id": 7}"#,
            r#"{"id":"q3","gold": 3, "pred": null}"#
        ]
    );
    let (rows, failure) = read("a.json", text.as_bytes());
    assert_eq!((rows[1].place(), rows.len(), failure), ("line 2, /q~12".to_owned(), 3, None));
    let (records, note) = looked_at(r#"{"573a1": "maria", "573a2": "september 1876"}"#);
    assert_eq!(note, "each member is an output, and its name the id");
    assert_eq!(records[1], r#"{"id":"573a2","output":"september 1876"}"#);
    let (rows, failure) = read("a.json", &text.as_bytes()[..text.len() - 1]);
    assert_eq!(rows.len(), 3);
    assert!(failure.unwrap().contains("within the object that begins on line 1"));
    for record in [r#"{"question": "q", "answer": "a"}"#, r#"{"prompt": {"a": 1}, "response": {"a": 1}}"#] {
        assert_eq!(looked_at(record), (vec![record.to_owned()], String::new()), "it is one record");
    }
}

#[test]
fn columns_are_put_together_to_records() {
    let lists = r#"{"question": ["q1", "q2"], "answer": ["a1", "a2"], "contexts": [["d"], []], "n": [1.50, null]}"#;
    let numbered = r#"{"question": {"0": "q1", "1": "q2"}, "answer": {"0": "a1", "1": "a2"}}"#;
    let (records, note) = looked_at(lists);
    assert!(note.starts_with("its members are columns") && note.contains("question, answer, contexts, n"), "{note}");
    assert_eq!(
        records,
        [
            r#"{"question":"q1","answer":"a1","contexts":["d"],"n":1.50}"#,
            r#"{"question":"q2","answer":"a2","contexts":[],"n":null}"#
        ]
    );
    assert_eq!(looked_at(numbered).0[1], r#"{"question":"q2","answer":"a2"}"#);
    let many: Vec<_> = (0..9_000).map(|n| format!("\"text {n}\"")).collect();
    let long = format!("{{\n\"prompt\": [{0}],\n \"response\": [{0}]}}", many.join(","));
    let reader = Reader::look_at("a file", &long);
    assert!(reader.note().unwrap().contains("prompt, response"));
    let one = r#"{"input": ["q"], "output": ["a", "b"]}"#;
    assert_eq!(looked_at(one).0, [one], "it is one record");
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
            assert_eq!(record.raw.bytes(), line.as_bytes());
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
    assert!(matches!(open(&format!("\"more\": [{A}]")), Err(ImportError::SeveralLists { .. })));
    assert_eq!(
        open("\"more\": [{}]").unwrap().note().unwrap(),
        "the records are those of /rows; left out: version, more"
    );
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
