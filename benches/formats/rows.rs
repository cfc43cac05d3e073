//! Made-up rows as tables of each format.

use crate::Bench;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use color_eyre::eyre::{Result, eyre};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rust_xlsxwriter::Workbook;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The columns of each table.
pub(crate) const COLUMNS: [&str; 6] = ["id", "input", "output", "model", "latency_ms", "team"];

/// Rows that are made at once.
const AT_ONCE: u64 = 10_000;

/// The most rows of a sheet, less that of the names.
const SHEET_ROWS: u64 = (1 << 20) - 1;

/// A row of a table.
pub(crate) struct Row {
    pub texts: [String; 4],
    pub latency: f64,
    pub team: String,
}

/// The table in the format of that extension, which is made where it is not there yet.
pub(crate) fn table(bench: &Bench, extension: &str) -> Result<PathBuf> {
    let path = bench.dir.join(format!("rows-{}.{extension}", bench.rows));
    if !path.exists() {
        let rows = (0..bench.rows).step_by(AT_ONCE as usize).map(|start| batch(start..bench.rows.min(start + AT_ONCE)));
        match extension {
            "csv" => csv(&path, rows),
            "jsonl" => jsonl(&path, rows),
            "parquet" => parquet(&path, rows),
            "arrow" => arrow(&path, rows),
            "xlsx" => xlsx(&path, rows.take((SHEET_ROWS / AT_ONCE) as usize)),
            other => Err(eyre!("no table of {other}")),
        }?;
    }
    Ok(path)
}

fn batch(range: std::ops::Range<u64>) -> Vec<Row> {
    let row = |n: u64| Row {
        texts: [format!("r{n}"), prose(n, 60), prose(n.wrapping_mul(7), 110), "a-large".into()],
        latency: (n % 977) as f64,
        team: format!("team {}", n % 7),
    };
    range.map(row).collect()
}

fn csv(path: &Path, rows: impl Iterator<Item = Vec<Row>>) -> Result<()> {
    let mut lines = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    lines.write_record(COLUMNS)?;
    for Row { texts: [id, input, output, model], latency, team } in rows.flatten() {
        lines.write_record([id, input, output, model, latency.to_string(), team])?;
    }
    Ok(lines.flush()?)
}

fn jsonl(path: &Path, rows: impl Iterator<Item = Vec<Row>>) -> Result<()> {
    let mut lines = BufWriter::new(File::create(path)?);
    for Row { texts: [id, input, output, model], latency, team } in rows.flatten() {
        let row = serde_json::json!({"id": id, "input": input, "output": output, "model": model,
            "latency_ms": latency, "team": team});
        writeln!(lines, "{row}")?;
    }
    Ok(lines.flush()?)
}

fn typed(rows: &[Row]) -> Result<RecordBatch> {
    let latencies: ArrayRef = Arc::new(rows.iter().map(|row| Some(row.latency)).collect::<Float64Array>());
    let teams: ArrayRef = Arc::new(rows.iter().map(|row| Some(row.team.as_str())).collect::<StringArray>());
    let text = |at: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(row.texts[at].as_str())).collect::<StringArray>())
    };
    let columns = [text(0), text(1), text(2), text(3), latencies, teams];
    Ok(RecordBatch::try_from_iter(COLUMNS.into_iter().zip(columns))?)
}

fn parquet(path: &Path, rows: impl Iterator<Item = Vec<Row>>) -> Result<()> {
    let schema = typed(&[])?.schema();
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema, Some(properties))?;
    for rows in rows {
        writer.write(&typed(&rows)?)?;
    }
    writer.close()?;
    Ok(())
}

fn arrow(path: &Path, rows: impl Iterator<Item = Vec<Row>>) -> Result<()> {
    let mut writer = FileWriter::try_new(BufWriter::new(File::create(path)?), &typed(&[])?.schema())?;
    for rows in rows {
        writer.write(&typed(&rows)?)?;
    }
    Ok(writer.finish()?)
}

fn xlsx(path: &Path, rows: impl Iterator<Item = Vec<Row>>) -> Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.write_row(0, 0, COLUMNS)?;
    for (number, Row { texts, latency, team }) in (1..).zip(rows.flatten()) {
        sheet.write_row(number, 0, &texts)?;
        sheet.write(number, 4, latency)?;
        sheet.write(number, 5, &team)?;
    }
    Ok(workbook.save(path)?)
}

/// So many words, which differ from row to row; now and then with a quotation mark or a line end.
pub(crate) fn prose(seed: u64, words: u64) -> String {
    const WORDS: [&str; 16] = [
        "the",
        "model",
        "answers",
        "with",
        "a",
        "source",
        "that",
        "does",
        "not",
        "hold",
        "what",
        "was",
        "asked,",
        "said \"so\"",
        "and",
        "then\n",
    ];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let word = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 60) as usize]
    };
    (0..words).map(word).collect::<Vec<_>>().join(" ")
}
