//! The generated input: records in the shape of real ones, the same for the same count,
//! shape and seed.

#[path = "inputs/output.rs"]
mod output;
#[path = "inputs/record.rs"]
mod record;
#[path = "inputs/sentences.rs"]
mod sentences;

use crate::options::Bench;
use color_eyre::eyre::Result;
use record::Records;
use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How large the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// About 220 characters of input, 600 of output and 1.2 KB of context in one to
    /// three passages.
    Usual,
    /// One sentence each: about 500 bytes with all the other fields.
    Small,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Shape::Usual => "usual",
            Shape::Small => "small",
        })
    }
}

/// One input.
pub(crate) struct Input {
    folder: PathBuf,
    items: u64,
    shape: Shape,
    seed: u64,
}

impl Input {
    pub(crate) fn of(bench: &Bench) -> Self {
        Self { folder: bench.dir.clone(), items: bench.items, shape: bench.shape(), seed: bench.seed }
    }

    pub(crate) fn name(&self) -> String {
        format!("items-{}-{}-{}", self.items, self.shape, self.seed)
    }

    /// The file, written where it is not there yet.
    pub(crate) fn file(&self) -> Result<PathBuf> {
        let path = self.folder.join(format!("{}.jsonl", self.name()));
        if !path.exists() {
            eprintln!("  writing {} ...", path.display());
            self.write(&path)?;
        }
        Ok(path)
    }

    /// Writes under another name first: a file of that name is whole.
    fn write(&self, path: &Path) -> Result<()> {
        let part = path.with_extension("part");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&part)?);
        let mut records = Records::new(self.shape, self.seed);
        for _ in 0..self.items {
            serde_json::to_writer(&mut out, &records.next())?;
            out.write_all(b"\n")?;
        }
        out.into_inner()?.sync_all()?;
        Ok(std::fs::rename(part, path)?)
    }
}
