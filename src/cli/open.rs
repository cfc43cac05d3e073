//! `karat open`

use super::context::Context;
use super::import::{self, Counts, Mode, told};
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, line};
use super::review::Review;
use super::spec::load;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::import::{Options, Reader, Row};
use crate::spec::{self, Template};
use crate::store::{ImportOptions, Store};
use clap::Args;
use color_eyre::Section;
use color_eyre::eyre::{Result, eyre};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const INSTEAD: &str =
    "in a script: `karat spec new NAME --out FILE`, `karat spec apply FILE`, `karat import NAME FILE...`";

#[derive(Args)]
pub struct Open {
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
    pub fn run(self, context: &Context) -> Result<ExitCode> {
        context.need_terminal("karat open", INSTEAD)?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let name = queue_name(&self.files[0])?;
        // First what may fail: a mistyped path must leave no queue behind.
        self.files.iter().try_for_each(|file| need_a_record(file, self.format.options()))?;
        let counts = {
            let store = context.store()?;
            let queue = queue(&store, &name, self.spec.as_deref(), &actor)?;
            let mode = Mode {
                reading: self.format.options(),
                options: ImportOptions::default(),
                rejects: None,
                actor: &actor,
            };
            import::import(&store, &queue, &self.files, &mode)?
        };
        line(&format!("queue {name}: {}", told(&counts, false)))?;
        Review::of(Some(name), self.reviewer).with_notice(notice(&counts, &self.files)).run(context)
    }
}

/// What was rejected scrolls away as the workstation opens, so it says it too.
fn notice(counts: &Counts, files: &[PathBuf]) -> Option<String> {
    let records = if counts.rejected == 1 { "record was" } else { "records were" };
    let place = match files {
        [file] => format!("{}.rejects.jsonl tells", file.display()),
        _ => "the .rejects.jsonl beside each file tells".into(),
    };
    (counts.rejected > 0).then(|| format!("{} {records} rejected; {place} why", counts.rejected))
}

/// The file can be read, and something in it can be reviewed.
fn need_a_record(file: &Path, options: Options) -> Result<()> {
    let mut first = None;
    for row in Reader::open(file, options)? {
        match row? {
            Row::Record(_) => return Ok(()),
            Row::Reject(reject) => drop(first.get_or_insert(reject)),
        }
    }
    let why = first.map_or("it is empty".to_owned(), |reject| {
        let field = reject.field.map(|field| format!("{field} ")).unwrap_or_default();
        format!("{}: {field}{}", reject.origin.place, reject.reason)
    });
    Err(eyre!("{} holds no record that can be reviewed ({why})", file.display()))
        .suggestion("a record is a JSON object a line with id, input and output, or a CSV row with these columns")
}

/// The queue, made where it is missing. A spec that was applied since stays in force
/// unless another one is given.
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
