//! `karat open`

use super::checking::check_waiting;
use super::context::Context;
use super::foreign::{Foreign, Mapped, WhereUnsure, offer_to_keep};
use super::import::{Imported, import, meant};
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, line};
use super::report::Suggest;
use super::review::Review;
use super::spec::{consent, load};
use crate::config;
use crate::domain::mapping::Mapping;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::import::{Options, RawRecord, Reject, Row, format};
use crate::ingest::{Counts, Ingest, RejectsTo, Source};
use crate::spec::{self, Template};
use crate::store::{Applied, ImportOptions, Store};
use crate::text::sanitize;
use clap::Args;
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
    /// The queue to import into, made where it is missing; by default that of the file
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
    /// The queue's spec; by default the built-in general one
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Open {
    pub(super) fn run(mut self, context: &Context) -> Result<ExitCode> {
        context.need_terminal("karat open", INSTEAD)?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        self.files = meant(self.files);
        let reading = self.format.options();
        // First what may fail: a mistyped path must leave no queue behind.
        let command = format!("karat open{}", context.db_option());
        let kept = self.kept(context)?;
        let Mapped { sources: files, chosen } =
            Foreign { context, reading: &reading, kept, command, where_unsure: WhereUnsure::Ask }
                .mapped(self.files.clone())?;
        let files = files.into_iter().map(|file| with_a_record(file, &reading)).collect::<Result<_>>()?;
        let (name, Imported { counts, rejects }) = {
            let store = context.store()?;
            let Some(name) = self.queue.map_or_else(|| queue_of(&store, &self.files[0]), |name| Ok(Some(name)))? else {
                return Ok(ExitCode::SUCCESS);
            };
            let queue = &queue(&store, &name, self.spec.as_deref(), &actor)?;
            let (options, rejects) =
                (ImportOptions::default(), RejectsTo::Beside { otherwise: config::rejects_folder() });
            let (store, actor) = (&store, actor.as_str());
            let imported = import(&Ingest { store, queue, actor, reading, options, rejects }, files)?;
            if let Some(chosen) = chosen {
                offer_to_keep(store, queue, &chosen, actor)?;
            }
            (name, imported)
        };
        line(&format!("queue {name}: {}", counts.summary(false)))?;
        Review::of(Some(name), self.reviewer).with_notice(notice(&counts, &rejects)).run(context)
    }
}

impl Open {
    /// What the spec says of files whose fields have other names: the one that is given, else that of the
    /// queue, where it is there already.
    fn kept(&self, context: &Context) -> Result<Mapping> {
        if let Some(path) = &self.spec {
            let spec = spec::parse(&load(path)?.source).map(|spec| spec.import);
            return Ok(spec.as_ref().map(Mapping::of_spec).unwrap_or_default());
        }
        if context.db()?.file().is_some_and(|file| !file.exists()) {
            return Ok(Mapping::default());
        }
        let store = context.existing_store()?;
        let whole = Source::new(&self.files[0]).whole_path();
        let known = whole.map(|whole| store.queue_of_file(&whole)).transpose().hinted()?.flatten();
        let name = self.queue.clone().or(known).or_else(|| queue_name(&self.files[0]).ok());
        let queue = name.map(|name| store.find_queue(&name)).transpose().hinted()?.flatten();
        Ok(queue.map(|queue| Mapping::of_spec(&queue.spec.spec.import)).unwrap_or_default())
    }
}

/// What was rejected scrolls away as the workstation opens, so it says it too.
fn notice(counts: &Counts, rejects: &[PathBuf]) -> Option<String> {
    let records = if counts.rejected == 1 { "record was" } else { "records were" };
    let place = match rejects {
        [file] => format!("{} tells", file.display()),
        _ => "the .rejects.jsonl of each file tells".into(),
    };
    (counts.rejected > 0).then(|| format!("{} {records} rejected; {place} why", counts.rejected))
}

/// The file, if it can be read and something in it can be reviewed.
fn with_a_record(source: Source, reading: &Options) -> Result<Source> {
    let (path, mapping) = (source.path.clone(), source.mapping.clone());
    let mut reader = source.open(reading)?;
    let mut rows = Vec::new();
    while rows.len() < LOOKED_AT
        && let Some(row) = reader.next().transpose()?
    {
        let found = matches!(row, Row::Record(_));
        rows.push(row);
        if found {
            reader.put_back(rows);
            return Ok(Source::looked_at(&path, reader, mapping));
        }
    }
    let reject = rows.into_iter().find_map(|row| match row {
        Row::Reject(reject) => Some(reject),
        Row::Record(_) | Row::PassedOver(..) => None,
    });
    let why = match &reject {
        Some(Reject { origin, faults, .. }) => format!("{}: {faults}", origin.place),
        None => "it is empty".into(),
    };
    let names = reject.as_ref().map(member_names).unwrap_or_default();
    let hint = match names.is_empty() {
        true => format!("karat reads {}", format::titles()),
        false => format!("this one has {}; `--map output=.NAME` says which is which", names.join(", ")),
    };
    Err(eyre!("{} holds no record that can be reviewed ({why})", path.display()))
        .suggestion(format!("a record has id, input and output; {hint}"))
}

/// The names of a record's members, where it is an object of JSON.
fn member_names(reject: &Reject) -> Vec<String> {
    let RawRecord::Bytes(raw) = &reject.raw else { return Vec::new() };
    let members = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(raw).unwrap_or_default();
    members.keys().map(|name| sanitize::line(name).into_owned()).collect()
}

/// The queue, created if it is missing. A spec that was applied since stays current unless
/// another one is given.
fn queue(store: &Store, name: &str, given: Option<&Path>, actor: &str) -> Result<Queue> {
    if given.is_some() || store.find_queue(name).hinted()?.is_none() {
        let (words, source) = spec_for(name, given)?;
        consent(store, &words, &source)?;
        let applied = store.apply_spec(&words, &source, actor, store.now()).hinted()?;
        if let Applied::Changed { before, .. } = applied {
            check_waiting(store, &store.queue(name).hinted()?, &before, actor)?;
        }
    }
    store.queue(name).hinted()
}

fn spec_for(name: &str, given: Option<&Path>) -> Result<(Spec, String)> {
    let source = match given {
        Some(path) => spec::renamed(&load(path)?.source, name)?,
        None => Template::General.named(name)?,
    };
    let words = spec::parse(&source).map_err(|_| eyre!("the spec does not parse under the name {name}"))?;
    Ok((words, source))
}

/// The queue that knows the file, or one of the file's name; `None` where the person leaves
/// when asked whether that of another file is meant.
fn queue_of(store: &Store, file: &Path) -> Result<Option<String>> {
    let whole = Source::new(file).whole_path();
    if let Some(whole) = &whole
        && let Some(name) = store.queue_of_file(whole).hinted()?
    {
        return Ok(Some(name));
    }
    let name = queue_name(file)?;
    let Some(taken) = store.find_queue(&name).hinted()? else { return Ok(Some(name)) };
    let own = own_name(store, whole.as_deref().unwrap_or(file), &name)?;
    let holds = store.imported_files(&taken).hinted()?;
    let holds = holds.first().map_or("items from elsewhere".into(), |file| format!("the items of {}", file.display()));
    let file = file.display();
    let choices = [
        ('a', format!("add {file} to it (--queue {name})")),
        ('n', format!("make a new queue for {file} (--queue {own})")),
        ('q', "leave".to_owned()),
    ];
    Ok(match ask(&format!("The queue {name} has {holds}."), &choices)? {
        Some('a') => Some(name),
        Some('n') => Some(own),
        _ => None,
    })
}

/// A name that no queue has: that of the file after its folder's.
fn own_name(store: &Store, file: &Path, name: &str) -> Result<String> {
    let folder = file.parent().and_then(Path::file_name).map(|folder| key(&folder.to_string_lossy()));
    let own =
        folder.filter(|folder| !folder.is_empty()).map_or(name.to_owned(), |folder| key(&format!("{folder}-{name}")));
    let (mut candidate, mut number) = (own.clone(), 1);
    while store.find_queue(&candidate).hinted()?.is_some() {
        number += 1;
        candidate = format!("{}-{number}", &own[..own.len().min(58)]);
    }
    Ok(candidate)
}

/// Asks until one of the letters is given; `None` at the end of the input.
fn ask(question: &str, choices: &[(char, String)]) -> Result<Option<char>> {
    line(question)?;
    for (letter, what) in choices {
        line(&format!("  {letter}  {what}"))?;
    }
    for answer in std::io::stdin().lines() {
        let letter = answer?.trim().to_lowercase().chars().next();
        if let Some((letter, _)) = choices.iter().find(|(choice, _)| Some(*choice) == letter) {
            return Ok(Some(*letter));
        }
        let letters: Vec<_> = choices.iter().map(|(letter, _)| letter.to_string()).collect();
        line(&format!("answer with {}", letters.join(", ")))?;
    }
    Ok(None)
}

/// The file's name as a queue's: `Outputs (final).jsonl` is `outputs-final`.
fn queue_name(file: &Path) -> Result<String> {
    let is_packed = file.extension().is_some_and(|extension| ["gz", "zst"].iter().any(|packed| extension == *packed));
    let within = if is_packed { file.with_extension("") } else { file.to_owned() };
    let name = key(&within.file_stem().unwrap_or_default().to_string_lossy());
    if name.is_empty() {
        return Err(eyre!("{} gives no name for a queue", file.display())).suggestion("name the queue with --queue");
    }
    Ok(name)
}

/// A text of any script as a key: its words in small letters of ASCII.
fn key(text: &str) -> String {
    let latin = deunicode::deunicode(text).to_lowercase();
    let words = latin.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let key: String = words.collect::<Vec<_>>().join("-").chars().take(64).collect();
    key.trim_matches(['-', '_']).to_owned()
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
            ("outputs.jsonl.gz", "outputs"),
            ("all.zip/part/outputs.csv", "outputs"),
            ("Ответы модели.csv", "otvety-modeli"),
            ("出力.jsonl", "chu-li"),
            ("Größe.jsonl", "grosse"),
            ("-", "-"),
            ("___.jsonl", "-"),
        ] {
            assert_eq!(queue_name(Path::new(file)).unwrap_or("-".into()), name, "{file}");
        }
    }
}
