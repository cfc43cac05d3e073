//! The rejects file.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;

fn reject(raw: RawRecord) -> Reject {
    let origin = Origin::of_line("a.jsonl", 12);
    let faults = crate::import::fault::Fault::new("must not be \"negative\"").within("latency_ms").into();
    Reject { origin, faults, raw }
}

fn written(raw: RawRecord) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    let mut writer = RejectWriter::create(&path).unwrap();
    writer.write(&reject(raw), None).unwrap();
    assert_eq!(writer.finish().unwrap(), RejectFile { path: path.clone(), count: 1 });
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches('\n').count(), 1);
    serde_json::from_str(&text).unwrap()
}

fn spilled(bytes: &[u8]) -> RawRecord {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    RawRecord::Spilled(file)
}

#[test]
fn a_reject_has_its_place_its_reason_and_the_record() {
    let record = r#"{"id":"é\n", "latency_ms":-1}"#;
    let expected = json!({
        "file": "a.jsonl", "line": 12, "field": "latency_ms", "reason": "must not be \"negative\"", "record": record,
    });
    assert_eq!(written(RawRecord::Bytes(record.into())), expected);
    assert_eq!(written(spilled(record.as_bytes())), expected);
}

#[test]
fn bytes_that_are_not_text_come_back_from_base64() {
    for bytes in [&b"{\"id\":\"\xff\x00\"}"[..], b"cut \xe2\x82", &[0x80; 100_001]] {
        for raw in [RawRecord::Bytes(bytes.to_vec()), spilled(bytes)] {
            let line = written(raw);
            assert_eq!(STANDARD.decode(line["record_base64"].as_str().unwrap()).unwrap(), bytes);
            assert!(line.get("record").is_none());
        }
    }
}

#[test]
fn characters_over_the_edge_of_a_piece_stay_whole() {
    for offset in 0..4 {
        let text = format!("{}{}", "x".repeat(offset), "🦀\"\u{1}é".repeat(40_000));
        assert_eq!(written(spilled(text.as_bytes()))["record"], text.as_str());
    }
}

#[test]
fn an_older_file_is_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    fs::write(&path, "older and longer than what follows".repeat(100)).unwrap();
    let mut writer = RejectWriter::create(&path).unwrap();
    writer.write(&reject(RawRecord::Bytes(b"x".to_vec())), None).unwrap();
    writer.flush().unwrap();
    assert!(fs::read_to_string(&path).unwrap().ends_with("\"record\":\"x\"}\n"), "a crash now would lose nothing");
    assert!(!fs::read_to_string(&path).unwrap().contains("older"));
}

/// The rejects file of all rejects among the rows of a table or of lines.
fn rejects_of(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    let mut writer = RejectWriter::create(&path).unwrap();
    let mut reader = Reader::from_read("a file", Cursor::new(text.to_owned()), Options::default()).unwrap();
    let header = reader.header().map(str::to_owned);
    for row in reader.by_ref() {
        if let Row::Reject(reject) = row.unwrap() {
            writer.write(&reject, header.as_deref()).unwrap();
        }
    }
    writer.finish().unwrap();
    fs::read(path).unwrap()
}

#[test]
fn what_a_rejects_file_holds_is_read_again_and_rejected_for_the_same_reason() {
    let bad_line = r#"{"id":"é","input":"q","output":"a","latency_ms":"fast"}"#;
    let bad_row = "é,\"q, q\",a,fast";
    let header = "id,\"input\",output,latency_ms";
    let table = format!("{header}\ngood,q,a,1\n{bad_row}\n");
    for (text, record) in [(bad_line.to_owned(), bad_line.to_owned()), (table, format!("{header}\n{bad_row}"))] {
        let once = rejects_of(&text);
        let rows = read_as(None, MAX_RECORD_BYTES, &once).unwrap();
        let Row::Reject(reject) = only(rows) else { panic!("accepted") };
        assert_eq!(reject.origin.place.to_string(), "line 1");
        assert!(reject.faults.to_string().starts_with("latency_ms: "), "{reject:?}");
        assert!(matches!(&reject.raw, RawRecord::Bytes(bytes) if bytes == record.as_bytes()), "{reject:?}");
        let twice = rejects_of(std::str::from_utf8(&once).unwrap());
        assert_eq!(fault(read_as(None, MAX_RECORD_BYTES, &twice).unwrap()).0.as_deref(), Some("latency_ms"));
        let mended = String::from_utf8(once).unwrap().replace("\\\"fast\\\"", "1").replace("fast", "1");
        assert_eq!(record_of(&mended).id, "é");
    }
}

fn record_of(rejects: &str) -> crate::domain::item::Item {
    super::record(only(read_as(None, MAX_RECORD_BYTES, rejects.as_bytes()).unwrap())).item
}

#[test]
fn lines_that_are_no_rejects_stay_rejects_as_they_stood() {
    let good = json!({ "line": 1, "field": null, "reason": "x", "record": r#"{"id":"1","input":"q","output":"a"}"# });
    let bad_bytes = json!({ "reason": "x", "record_base64": STANDARD.encode(b"{\"id\":\"\xff\"}") });
    let text = format!("\n{good}\nbroken\n{bad_bytes}\n{{\"id\":\"2\",\"input\":\"q\",\"output\":\"a\"}}\n");
    let rows = read_as(None, MAX_RECORD_BYTES, text.as_bytes()).unwrap();
    let reasons = rows.iter().map(|row| match row {
        Row::Record(record) => record.item.id.clone(),
        Row::Reject(reject) => reject.faults.to_string(),
        Row::PassedOver(..) => panic!("passed over"),
    });
    let reasons = reasons.collect::<Vec<_>>();
    assert_eq!(reasons, ["1", "is no reject of an import", "invalid UTF-8 at byte 8", "is no reject of an import"]);
    let broken_first = format!("{{\"reason\": \"x\n{good}\n");
    let rows = read_as(None, MAX_RECORD_BYTES, broken_first.as_bytes()).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(super::record(rows.into_iter().next_back().unwrap()).item.id, "1");
    let reader = Reader::from_read("a file", Cursor::new(text), Options::default()).unwrap();
    assert_eq!(reader.note().as_deref(), Some("the records are those that an earlier import rejected"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    fs::write(&path, "older").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let mut writer = RejectWriter::create(&path).unwrap();
    writer.write(&reject(RawRecord::Bytes(b"x".to_vec())), None).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_record_that_the_store_refuses_keeps_its_bytes() {
    let line = r#"{"id":"1","input":"q","output":"a"}"#;
    let reject = Reject::refused(&record(only(jsonl(line))), "id", "is on line 1 already");
    assert_eq!((reject.origin.place.line(), reject.faults.to_string()), (1, "id: is on line 1 already".into()));
    assert!(matches!(reject.raw, RawRecord::Bytes(bytes) if bytes == line.as_bytes()));
}

#[test]
fn a_line_that_was_torn_swallows_no_reject_that_follows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects.jsonl");
    let append = || {
        let mut writer = RejectWriter::append(&path, LookBack::LastLines).unwrap();
        for record in ["one", "two"] {
            writer.write(&reject(RawRecord::Bytes(record.into())), None).unwrap();
        }
        writer.finish().unwrap();
        fs::read_to_string(&path).unwrap()
    };
    let whole = append();
    for cut in 1..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(append(), whole, "after {cut} bytes");
    }
    fs::write(&path, "a line of somebody else").unwrap();
    assert_eq!(append(), format!("a line of somebody else\n{whole}"));
}
