//! FaithBench: summaries in which people marked what the passage does not say.

use color_eyre::eyre::{Result, WrapErr};
use serde::Deserialize;
use std::ops::Range;
use std::path::Path;

pub(crate) struct Sample {
    pub source: String,
    pub output: String,
    /// Bytes of the output that somebody marked as unwanted.
    marked: Vec<Range<usize>>,
}

#[derive(Deserialize)]
struct Batch {
    samples: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    source: String,
    summary: String,
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    label: Vec<String>,
    /// In characters.
    summary_start: Option<usize>,
    summary_end: Option<usize>,
}

pub(crate) fn read(folder: &Path) -> Result<Vec<Sample>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    files.retain(|file| file.path().extension().is_some_and(|extension| extension == "json"));
    files.sort_by_key(std::fs::DirEntry::path);
    let mut samples = Vec::new();
    for file in files {
        let path = file.path();
        let batch: Batch = serde_json::from_slice(&std::fs::read(&path)?).wrap_err(path.display().to_string())?;
        samples.extend(batch.samples.into_iter().map(Sample::from));
    }
    Ok(samples)
}

impl From<Written> for Sample {
    fn from(written: Written) -> Self {
        let byte = |character: usize| {
            written.summary.char_indices().nth(character).map_or(written.summary.len(), |(byte, _)| byte)
        };
        let unwanted = written.annotations.iter().filter(|a| a.label.iter().any(|label| label.starts_with("Unwanted")));
        let marked = unwanted.filter_map(|a| Some(byte(a.summary_start?)..byte(a.summary_end?))).collect();
        Self { marked, source: written.source, output: written.summary }
    }
}

impl Sample {
    pub(crate) fn is_marked(&self, sentence: &Range<usize>) -> bool {
        self.marked.iter().any(|mark| mark.start < sentence.end && sentence.start < mark.end)
    }
}
