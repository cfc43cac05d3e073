//! Tables of other programs, and what is packed, from the file to the queue and to the rejects.

use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::io::{Cursor, Write};
use support::program::{Program, assert_tells, items};
use zip::write::{SimpleFileOptions, ZipWriter};

/// A table that `tests/tables/make.py` wrote.
fn made(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/tables/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_table_is_told_by_its_content_and_comes_in_once_whoever_wrote_it() {
    let program = Program::with_queue();
    for name in ["pandas.parquet", "pandas.feather", "pyarrow.arrows"] {
        program.write("wrong.csv", made(name));
        let (counts, code) = program.import(&["wrong.csv"]);
        assert_eq!((counts.2, code), (0, Some(0)), "{name}");
    }
    assert_eq!(program.queue()["items"], 3);
    let outcome = program.run_with(&["import", "replies", "-", "--json"], made("pandas.parquet"));
    assert_eq!(outcome.out, "{\"imported\":0,\"unchanged\":3,\"rejected\":0}\n", "a pipe will do: {outcome:#?}");
    program.assert_sound();
}

#[test]
fn a_file_within_a_zip_is_named_though_it_comes_through_a_pipe() {
    let program = Program::with_queue();
    let both = zip(&[("one.jsonl", &items([1])), ("other.jsonl", &items([2, 3]))]);
    let several = program.run_with(&["import", "replies", "-"], both.clone());
    assert_tells(
        &several.err,
        &["more than one file that can be read: one.jsonl, other.jsonl", "`--member one.jsonl`"],
    );
    let outcome = program.run_with(&["import", "replies", "-", "--member", "other.jsonl", "--json"], both.clone());
    assert_eq!(outcome.out, "{\"imported\":2,\"unchanged\":0,\"rejected\":0}\n", "{outcome:#?}");
    let wrong = program.run_with(&["import", "replies", "-", "--member", "third.jsonl"], both);
    assert_tells(&wrong.err, &["holds no file called `third.jsonl`: it has one.jsonl, other.jsonl"]);
    program.write("items.jsonl", items([4]));
    let plain = program.fails(&["import", "replies", "items.jsonl", "--member", "x"]);
    assert_tells(&plain, &["is no zip archive, so nothing within it can be named"]);
}

#[test]
fn a_rejected_row_of_a_sheet_is_json_and_comes_in_when_it_is_mended() {
    let program = Program::with_queue();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Outputs").unwrap();
    let rows = [
        ["id", "input", "output", "latency_ms", "tags"],
        ["1", "q", "a", "12", "a; b"],
        ["2", "q", "b", "fast", "c; d"],
        ["3", "q", "", "", ""],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    program.write("outputs.xlsx", workbook.save_to_buffer().unwrap());
    let outcome = program.run(&["import", "replies", "outputs.xlsx"]);
    assert_eq!(outcome.code, Some(3));
    assert_tells(&outcome.err, &["outputs.xlsx:Outputs:3: latency_ms", "outputs.xlsx:Outputs:4: output: is required"]);
    let rejects = program.read("outputs.xlsx.rejects.jsonl");
    let told: Vec<Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&told[0]["row"], &told[0]["entry"], &told[0]["line"]), (&3.into(), &"Outputs".into(), &Value::Null));
    let record: Value = serde_json::from_str(told[0]["record"].as_str().unwrap()).unwrap();
    assert_eq!(record["latency_ms"], "fast");
    program.write("mended.jsonl", rejects.replace("fast", "7").lines().next().unwrap());
    assert_eq!(program.import(&["mended.jsonl"]), ((1, 0, 0), Some(0)));
    program.accept("2");
    let exported = program.ok(&["export", "replies", "--to", "jsonl", "--out", "-"]);
    let item: Value = serde_json::from_str(exported.lines().next().unwrap_or_default()).unwrap_or_default();
    assert_eq!((&item["latency_ms"], &item["tags"]), (&Value::from(7.0), &serde_json::json!(["c", "d"])), "{exported}");
}

#[test]
fn a_file_within_an_archive_is_named_like_one_in_a_folder() {
    let program = Program::with_queue();
    program.write("all.zip", zip(&[("a/one.jsonl", &items(1..=2)), ("two.csv", "id,input,output\nx,q,a\ny,q\n")]));
    let error = program.fails(&["import", "replies", "all.zip"]);
    assert_tells(&error, &["more than one file that can be read: a/one.jsonl, two.csv", "`all.zip/a/one.jsonl`"]);
    assert_eq!(program.import(&["all.zip/a/one.jsonl"]), ((2, 0, 0), Some(0)));
    assert_eq!(program.import(&["all.zip/a/one.jsonl"]), ((0, 2, 0), Some(0)));
    assert_eq!(program.import(&["all.zip/two.csv"]), ((1, 0, 1), Some(3)));
    assert_tells(&program.read("all.zip.two.csv.rejects.jsonl"), &["\"entry\":\"two.csv\",\"line\":3"]);
    assert_tells(&program.fails(&["import", "replies", "all.zip/no.csv"]), &["holds no file called `no.csv`"]);
}

#[test]
fn of_a_packed_file_that_was_cut_off_what_came_before_is_in() {
    let program = Program::with_queue();
    let whole = gzip(&items(1..=3_000));
    program.write("items.jsonl.gz", &whole);
    program.write("cut.jsonl.gz", &whole[..whole.len() / 2]);
    let error = program.fails(&["import", "replies", "cut.jsonl.gz"]);
    assert_tells(
        &error,
        &["cut.jsonl.gz: stopped after: imported ", "the gzip data ends too early, after ", "import again"],
    );
    let some = program.queue()["items"].as_u64().unwrap();
    assert!(some > 300 && some < 3_000, "{some}");
    let ((imported, unchanged, _), code) = program.import(&["items.jsonl.gz"]);
    assert_eq!((imported + unchanged, unchanged, code), (3_000, some, Some(0)));
}
