//! Fingerprints.

use super::*;
use crate::domain::digest::Digest;

fn hash(line: &str) -> Digest {
    record(only(jsonl(line))).digest
}

const PLAIN: &str = r#"{"id":"1","input":"q","output":"a"}"#;

#[test]
fn the_hash_is_the_same_in_every_version() {
    let line = r#"{"id":"1","input":"q","output":{"n":1.50},"context":[{"title":"T","text":"doc","id":"d1"},"plain"],
        "reference":"r","case":"c","attempt":2,"priority":1,"model":"m","prompt_version":"p","latency_ms":12.5,
        "cost_usd":0.25,"tokens_in":3,"tokens_out":4,"created_at":"2026-11-01T09:30:00Z","tags":["x","y"],"z":0}"#;
    let record = record(only(jsonl(line.replace('\n', " "))));
    assert_eq!(record.digest, Digest(0x71f3_4d38_8d67_26d4, 0x37cd_545b_8cf2_f4d4));
    let documents: Vec<i64> = record.document_digests.iter().map(|digest| digest.0).collect();
    assert_eq!(documents, [9_019_991_238_986_150_446, 2_671_262_761_231_199_614]);
}

#[test]
fn order_defaults_and_ways_to_write_a_number_do_not_matter() {
    for same in [
        r#"{"output":"a","input":"q","id":"1"}"#,
        r#" { "id" : "2", "input":"\u0071","output":"a","attempt":1,"priority":0,"tags":[],"context":[],"model":null}"#,
    ] {
        assert_eq!(hash(same), hash(PLAIN), "{same}");
    }
    let numbers = |n: &str| hash(&PLAIN.replace('}', &format!(r#","tokens_in":{n},"latency_ms":{n},"b":1,"a":2}}"#)));
    assert_eq!(numbers("100"), numbers("1e2"));
    let others = |fields: &str| hash(&PLAIN.replace('}', &format!(",{fields}}}")));
    assert_eq!(others(r#""a":1,"b":2"#), others(r#""b":2,"a":1"#));
}

#[test]
fn every_difference_in_content_matters() {
    let variants = [
        PLAIN.to_owned(),
        PLAIN.replace(r#""a""#, r#"{"a":1}"#),
        PLAIN.replace(r#""a""#, r#"{"a": 1}"#),
        PLAIN.replace(r#""a""#, r#""{\"a\":1}""#),
        PLAIN.replace(r#""a""#, r#""a","reference":"q""#),
        PLAIN.replace(r#""a""#, r#""a","case":"q""#),
        PLAIN.replace(r#""a""#, r#""a","context":"q""#),
        PLAIN.replace(r#""a""#, r#""a","context":[{"text":"q","title":"t"}]"#),
        PLAIN.replace(r#""a""#, r#""a","tags":["x","y"]"#),
        PLAIN.replace(r#""a""#, r#""a","tags":["xy"]"#),
        PLAIN.replace(r#""a""#, r#""a","tokens_in":1"#),
        PLAIN.replace(r#""a""#, r#""a","tokens_out":1"#),
        PLAIN.replace(r#""a""#, r#""a","extra":1"#),
        PLAIN.replace(r#""q""#, r#""qa""#).replace(r#""a""#, r#""""#),
    ];
    let mut hashes: Vec<_> = variants.iter().map(|line| hash(line)).collect();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), variants.len());
}
