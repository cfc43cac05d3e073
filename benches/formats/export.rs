//! `karat export` of a workspace in each format, and the same table written by DuckDB's `COPY`.

#[path = "../shared/decided.rs"]
mod decided;

use crate::run::{self, Run};
use crate::workspace::{QUEUE, Workspace};
use crate::{Bench, alone, beside, rows};
use color_eyre::eyre::Result;
use rusqlite::Connection;
use std::path::Path;
use std::process::Command;

/// How fast the export to Parquet is at least, in the share of DuckDB's speed.
const BOUND: f64 = 0.5;

/// Writes a table that it has read from Parquet, and says how many seconds of the processor the writing took.
const COPY: &str = include_str!("copy_table.py");

pub(crate) fn measure(bench: &Bench) -> Result<()> {
    let workspace = Workspace::new(bench);
    workspace.import(&rows::table(bench, "parquet")?)?;
    decided::decide(&Connection::open(&workspace.db)?)?;
    for format in ["jsonl", "csv", "arrow", "xlsx", "huggingface"] {
        let [karat] = bench.in_turn([&|| export(bench, &workspace, format)])?;
        alone(&format!("export to {format}"), karat);
    }
    let Some(python) = &bench.duckdb else {
        let [karat] = bench.in_turn([&|| export(bench, &workspace, "parquet")])?;
        alone("export to parquet; DuckDB was not asked for", karat);
        return Ok(());
    };
    let table = bench.dir.join("table.parquet");
    run::run(workspace.karat().args(["export", QUEUE, "--to", "parquet", "--out"]).arg(&table))?;
    for codec in ["snappy", "zstd"] {
        let copy = || copy(python, &table, codec);
        let [floor, karat] = bench.in_turn([&copy, &|| export(bench, &workspace, "parquet")])?;
        beside(&format!("export to parquet beside DuckDB's COPY in {codec}"), karat, floor, BOUND);
    }
    Ok(())
}

fn export(bench: &Bench, workspace: &Workspace, format: &str) -> Result<Run> {
    let out = bench.dir.join(format!("out.{format}"));
    let run = run::run(workspace.karat().args(["export", QUEUE, "--to", format, "--out"]).arg(&out));
    if out.is_dir() {
        std::fs::remove_dir_all(&out)?;
    } else {
        std::fs::remove_file(&out)?;
    }
    let _ = std::fs::remove_file(bench.dir.join(format!("out.{format}.manifest.json")));
    run
}

/// What DuckDB takes to write the table, without reading it.
fn copy(python: &Path, table: &Path, codec: &str) -> Result<Run> {
    let output = Command::new(python).args(["-c", COPY]).arg(table).arg(codec).output()?;
    color_eyre::eyre::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let figures: Vec<f64> =
        String::from_utf8(output.stdout)?.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let [seconds, processor, peak] = figures[..] else { color_eyre::eyre::bail!("three figures: {figures:?}") };
    Ok(Run { seconds, processor, peak })
}
