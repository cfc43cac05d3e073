//! From the file to items with the rules of every field and their digests, beside a loop that decodes the same
//! file with the same crate, looks at each value and keeps none.

use crate::{Bench, beside, rows, run};
use color_eyre::eyre::{Result, bail};
use karat::import::{Options, Reader, Row};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

/// How fast reading is at least, in the share of the bare loop's speed.
const BOUND: f64 = 0.7;

pub(crate) fn measure(bench: &Bench) -> Result<()> {
    for extension in ["csv", "parquet", "arrow"] {
        let file = rows::table(bench, extension)?;
        let part = |mode: &str| run::run(Command::new(std::env::current_exe()?).arg(mode).arg(&file));
        let [floor, karat] = bench.in_turn([&|| part("look"), &|| part("items")])?;
        beside(&format!("{extension} to items, {} MB", file.metadata()?.len() / 1_000_000), karat, floor, BOUND);
    }
    Ok(())
}

pub(crate) fn items(file: &Path) -> Result<()> {
    for row in Reader::open(file, Options::default())? {
        match row? {
            Row::Record(record) => black_box(&record.digest),
            other => bail!("no record: {other:?}"),
        };
    }
    Ok(())
}
