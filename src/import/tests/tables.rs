//! Tables that other programs wrote (`tests/tables/make.py`).

use super::*;
use std::path::{Path, PathBuf};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables").join(name)
}

fn read(name: &str) -> (Vec<Record>, Option<String>) {
    let reader = Reader::open(&path(name), Options::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let note = reader.note();
    (reader.map(|row| record(row.unwrap())).collect(), note)
}

#[cfg(all(feature = "compressed", feature = "parquet", feature = "xlsx"))]
#[test]
fn one_table_is_the_same_items_whoever_wrote_it() {
    let first_time = crate::domain::time::parse_rfc3339("2026-11-01T08:30:00Z");
    for name in [
        "pandas.parquet",
        "pyarrow.parquet",
        "duckdb.parquet",
        "pandas.feather",
        "pyarrow.arrows",
        "pandas.xlsx",
        "pandas.ods",
        "pandas.csv.gz",
        "excel.csv",
        "windows.csv",
        "pandas.jsonl.zst",
        "frames.jsonl.zst",
        "pretty.json",
        "several.zip/data/outputs.jsonl",
        "several.zip",
    ] {
        let items: Vec<Item> = read(name).0.into_iter().map(|record| record.item).collect();
        let ids: Vec<_> = items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["r0", "r1", "r2"], "{name}");
        let outputs: Vec<_> = items.iter().map(|item| item.output.text.as_str()).collect();
        assert_eq!(outputs, ["Grüße", "line one\nline two", "- 1+1"], "{name}");
        let item = &items[0];
        assert_eq!(item.input.text, "Question 0, “quoted”", "{name}");
        assert_eq!(item.created_at, first_time, "{name}");
        assert_eq!(
            items[1].tags.concat(),
            "ab;c".replace(';', if items[1].tags.len() == 2 { ";" } else { "" }),
            "{name}"
        );
        assert_eq!(
            (item.latency_ms, items[1].latency_ms, items[2].latency_ms),
            (Some(12.5), None, Some(3.0)),
            "{name}"
        );
        assert_eq!(item.context[0].text, "Source 0", "{name}");
    }
}

#[cfg(feature = "parquet")]
#[test]
fn decimals_and_maps_of_duckdb_keep_what_they_are() {
    let meta = read("duckdb.parquet").0[2].item.meta.clone();
    assert_eq!(meta.as_deref(), Some(r#"{"map":{"k":3},"price":3.00,"score":3}"#));
}

#[cfg(feature = "xlsx")]
#[test]
fn a_sheet_of_openpyxl_has_its_days_and_a_formula_that_nobody_worked_out_is_empty() {
    let (records, note) = read("openpyxl.xlsx");
    assert_eq!(note.as_deref(), Some("the names of the columns stand in row 2"));
    let meta = |at: usize| records[at].item.meta.clone().unwrap();
    assert_eq!(meta(0), r#"{"day":"2026-11-01"}"#);
    assert_eq!(meta(1), r#"{"day":"2026-11-01T09:30:00","sum":2.5}"#);
    assert_eq!(records[1].item.output.text, "true");
    assert_eq!(records[1].origin.to_string(), format!("{}:Sheet:4", path("openpyxl.xlsx").display()));
}

#[cfg(feature = "compressed")]
#[test]
fn what_is_within_an_archive_says_so() {
    let (records, _) = read("several.zip");
    let archive = path("several.zip");
    assert_eq!(records[2].origin.to_string(), format!("{}:data/outputs.jsonl:3", archive.display()));
}
