//! Tables read by karat beside the bare loops of the crates that decode them, with the memory that each takes:
//! `cargo bench --bench tables -- [--rows N] [--dir FOLDER]`.
//!
//! karat makes items of what it reads, with every rule of every field; the bare loop looks at each value and
//! throws it away. Each runs in a process of its own, the fastest of three counts.

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, StringArray};
use clap::{Parser, Subcommand};
use color_eyre::eyre::{Result, eyre};
use karat::import::{Options, Reader, Row};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

/// Rows that are written at once.
const AT_ONCE: u64 = 10_000;

#[derive(Parser)]
struct Arguments {
    /// Rows of each table, of about 1 KB
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// Where the tables go
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/tables"))]
    dir: PathBuf,
    /// Given by cargo
    #[arg(long = "bench", hide = true)]
    _by_cargo: bool,
    #[command(subcommand)]
    mode: Option<Mode>,
}

/// What a process of its own reads.
#[derive(Subcommand)]
#[command(hide = true)]
enum Mode {
    Karat { file: PathBuf },
    Bare { file: PathBuf },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.mode {
        Some(Mode::Karat { file }) => told(|| by_karat(file)),
        Some(Mode::Bare { file }) => told(|| bare(file)),
        None => compare(&arguments),
    }
}

/// Runs a loop, and says how many rows and seconds it took, and how many MB of memory at most.
fn told(read: impl Fn() -> Result<u64>) -> Result<()> {
    let start = Instant::now();
    let rows = read()?;
    println!("{rows} {} {:.0}", start.elapsed().as_secs_f64(), peak_memory());
    Ok(())
}

/// The most memory that this process held, in MB; 0 where the system does not tell.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn by_karat(file: &Path) -> Result<u64> {
    let mut rows = 0;
    for row in Reader::open(file, Options::default())? {
        match row? {
            Row::Record(record) => {
                black_box(&record.digest);
                rows += 1;
            }
            other => return Err(eyre!("no record: {other:?}")),
        }
    }
    Ok(rows)
}

fn bare(file: &Path) -> Result<u64> {
    let mut rows = 0;
    if file.extension().is_some_and(|extension| extension == "csv") {
        let (mut reader, mut record) = (csv::Reader::from_path(file)?, csv::ByteRecord::new());
        while reader.read_byte_record(&mut record)? {
            record.iter().for_each(|cell| {
                black_box(cell);
            });
            rows += 1;
        }
    } else {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?.build()?;
        for batch in reader {
            let batch = batch?;
            for column in batch.columns().iter().filter_map(|column| column.as_any().downcast_ref::<StringArray>()) {
                column.iter().for_each(|text| {
                    black_box(text);
                });
            }
            rows += batch.num_rows() as u64;
        }
    }
    Ok(rows)
}

fn compare(arguments: &Arguments) -> Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let (csv, parquet) = (arguments.dir.join("rows.csv"), arguments.dir.join("rows.parquet"));
    write(arguments.rows, &csv, &parquet)?;
    println!("{:<28} {:>12} {:>12} {:>7} {:>9}", "what", "karat", "bare", "ratio", "memory");
    for file in [csv, parquet] {
        let (karat, memory) = fastest("karat", &file, arguments.rows)?;
        let (bare, _) = fastest("bare", &file, arguments.rows)?;
        let (size, name) = (file.metadata()?.len() >> 20, file.extension().unwrap_or_default().to_string_lossy());
        let what = format!("{name}, {size} MB");
        println!("{what:<28} {karat:>8.0} r/s {bare:>8.0} r/s {:>7.2} {memory:>6.0} MB", karat / bare);
        std::fs::remove_file(file)?;
    }
    Ok(())
}

/// Rows in a second, and MB of memory, of the fastest of three processes.
fn fastest(mode: &str, file: &Path, expected: u64) -> Result<(f64, f64)> {
    let mut best = (0.0, 0.0);
    for _ in 0..3 {
        let output = Command::new(std::env::current_exe()?).arg(mode).arg(file).output()?;
        let text = String::from_utf8(output.stdout)?;
        let figures: Vec<f64> = text.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
        let [rows, seconds, memory] = figures[..] else {
            return Err(eyre!("{}: {}", file.display(), String::from_utf8_lossy(&output.stderr)));
        };
        if rows as u64 != expected {
            return Err(eyre!("{}: {rows} rows of {expected}", file.display()));
        }
        if rows / seconds > best.0 {
            best = (rows / seconds, memory);
        }
    }
    Ok(best)
}

/// The same rows as CSV and as Parquet.
fn write(rows: u64, csv: &Path, parquet: &Path) -> Result<()> {
    let mut lines = csv::Writer::from_writer(BufWriter::new(File::create(csv)?));
    lines.write_record(["id", "input", "output", "model", "latency_ms", "team"])?;
    let mut columns = None;
    for start in (0..rows).step_by(AT_ONCE as usize) {
        let range = start..rows.min(start + AT_ONCE);
        let texts = |text: &dyn Fn(u64) -> String| range.clone().map(text).collect::<Vec<_>>();
        let (ids, inputs) = (texts(&|n| format!("r{n}")), texts(&|n| prose(n, 60)));
        let (outputs, teams) = (texts(&|n| prose(n.wrapping_mul(7), 110)), texts(&|n| format!("team {}", n % 7)));
        for (at, n) in range.clone().enumerate() {
            let latency = (n % 977).to_string();
            lines.write_record([&ids[at], &inputs[at], &outputs[at], "a-large", &latency, &teams[at]])?;
        }
        let text = |values: Vec<String>| -> ArrayRef { Arc::new(StringArray::from(values)) };
        let models = text(vec!["a-large".into(); ids.len()]);
        let latencies: ArrayRef = Arc::new(range.map(|n| Some((n % 977) as f64)).collect::<Float64Array>());
        let batch = RecordBatch::try_from_iter([
            ("id", text(ids)),
            ("input", text(inputs)),
            ("output", text(outputs)),
            ("model", models),
            ("latency_ms", latencies),
            ("team", text(teams)),
        ])?;
        if columns.is_none() {
            let zstd = Compression::ZSTD(ZstdLevel::default());
            let properties = WriterProperties::builder().set_compression(zstd).build();
            columns = Some(ArrowWriter::try_new(File::create(parquet)?, batch.schema(), Some(properties))?);
        }
        if let Some(columns) = &mut columns {
            columns.write(&batch)?;
        }
    }
    lines.into_inner().map_err(|error| eyre!("{error}"))?.flush()?;
    columns.map(ArrowWriter::close).transpose()?;
    Ok(())
}

/// So many words, which differ from row to row; now and then with a quotation mark or a line end.
fn prose(seed: u64, words: u64) -> String {
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
