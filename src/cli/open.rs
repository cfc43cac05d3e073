//! `karat open`

use super::context::Context;
use super::import::import;
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, line};
use super::review::Review;
use super::spec::load;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::import::{Options, Reader, Reject, Row, format};
use crate::ingest::{Counts, Ingest, RejectsTo, Source, beside};
use crate::spec::{self, Template};
use crate::store::{ImportOptions, Store};
use clap::Args;
use color_eyre::Section;
use color_eyre::eyre::{Result, eyre};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const INSTEAD: &str =
    "in a script: `karat spec new NAME --out FILE`, `karat spec apply FILE`, `karat import NAME FILE...`";

/// Records that are read to find one that can be reviewed. They are kept in memory, for a pipe
/// gives them once.
const LOOKED_AT: usize = 1_000;

#[derive(Args)]
pub(super) struct Open {
    #[arg(required = true, help = file_help("the queue is named after the first"))]
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: ImportFormat,
    /// The queue's spec; by default the built-in general one
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Open {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        context.need_terminal("karat open", INSTEAD)?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let name = queue_name(&self.files[0])?;
        let reading = self.format.options();
        // First what may fail: a mistyped path must leave no queue behind.
        let files = self.files.iter().map(|file| with_a_record(file, &reading)).collect::<Result<_>>()?;
        let counts = {
            let store = context.store()?;
            let queue = &queue(&store, &name, self.spec.as_deref(), &actor)?;
            let (options, rejects) = (ImportOptions::default(), RejectsTo::Beside);
            let (store, actor) = (&store, actor.as_str());
            import(&Ingest { store, queue, actor, reading, options, rejects }, files)?
        };
        line(&format!("queue {name}: {}", counts.summary(false)))?;
        Review::of(Some(name), self.reviewer).with_notice(notice(&counts, &self.files)).run(context)
    }
}

/// What was rejected scrolls away as the workstation opens, so it says it too.
fn notice(counts: &Counts, files: &[PathBuf]) -> Option<String> {
    let records = if counts.rejected == 1 { "record was" } else { "records were" };
    let place = match files {
        [file] => format!("{} tells", beside(file).display()),
        _ => "the .rejects.jsonl beside each file tells".into(),
    };
    (counts.rejected > 0).then(|| format!("{} {records} rejected; {place} why", counts.rejected))
}

/// The file, if it can be read and something in it can be reviewed.
fn with_a_record(path: &Path, reading: &Options) -> Result<Source> {
    let mut reader = Reader::open(path, reading.clone())?;
    let mut rows = Vec::new();
    while rows.len() < LOOKED_AT
        && let Some(row) = reader.next().transpose()?
    {
        let found = matches!(row, Row::Record(_));
        rows.push(row);
        if found {
            reader.put_back(rows);
            return Ok(Source::looked_at(path, reader));
        }
    }
    let why = rows.into_iter().find_map(|row| match row {
        Row::Reject(Reject { origin, field, reason, .. }) => {
            let field = field.map(|field| format!("{field} ")).unwrap_or_default();
            Some(format!("{}: {field}{reason}", origin.place))
        }
        Row::Record(_) => None,
    });
    let why = why.unwrap_or_else(|| "it is empty".into());
    Err(eyre!("{} holds no record that can be reviewed ({why})", path.display()))
        .suggestion(format!("a record has id, input and output; karat reads {}", format::titles()))
}

/// The queue, created if it is missing. A spec that was applied since stays current unless
/// another one is given.
fn queue(store: &Store, name: &str, given: Option<&Path>, actor: &str) -> Result<Queue> {
    if given.is_some() || store.find_queue(name).hinted()?.is_none() {
        let (words, source) = spec_for(name, given)?;
        store.apply_spec(&words, &source, actor, store.now()).hinted()?;
    }
    store.queue(name).hinted()
}

fn spec_for(name: &str, given: Option<&Path>) -> Result<(Spec, String)> {
    let source = match given {
        Some(path) => spec::renamed(&load(path)?.1, name)?,
        None => Template::General.named(name)?,
    };
    let words = spec::parse(&source).map_err(|_| eyre!("the spec does not parse under the name {name}"))?;
    Ok((words, source))
}

/// The file's name as a queue's: `Outputs (final).jsonl` is `outputs-final`.
fn queue_name(file: &Path) -> Result<String> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<_>>().join("-").chars().take(64).collect();
    let name = name.trim_matches(['-', '_']);
    if name.is_empty() {
        return Err(eyre!("{} gives no name for a queue", file.display()))
            .suggestion("use `karat spec apply` and `karat import`, which take a queue's name");
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_named_after_its_file() {
        for (file, name) in [
            ("outputs.jsonl", "outputs"),
            ("/data/Outputs (final).v2.jsonl", "outputs-final-v2"),
            ("a_b.csv", "a_b"),
            ("-", "-"),
            ("___.jsonl", "-"),
        ] {
            assert_eq!(queue_name(Path::new(file)).unwrap_or("-".into()), name, "{file}");
        }
    }
}
