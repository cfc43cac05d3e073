//! Files whose fields have other names: where they are, as it was said, or as it is proposed.

use super::context::Context;
use super::output::{Hinted, aside, is_wanted};
use super::report::Suggest;
use super::review::{keymap, theme};
use crate::domain::mapping::{self, Mapping, Proposal, Step, shell_word};
use crate::domain::queue::Queue;
use crate::import::{Options, Reader, fits, is_foreign, propose};
use crate::ingest::Source;
use crate::spec::{self, import_lines, with_import};
use crate::store::Store;
use crate::text::sanitize;
use crate::tui;
use crate::tui::mapping::{Answer, MappingScreen};
use color_eyre::eyre::{Result, eyre};
use std::path::{Path, PathBuf};

/// Records that are looked at for a proposal.
const LOOKED_AT: usize = 200;

/// Places that an error names.
const NAMED: usize = 12;

/// Characters of a place that it names.
const LONGEST: usize = 60;

/// What is read, how, and how the command is written that reads it.
pub(super) struct Foreign<'a> {
    pub context: &'a Context,
    pub reading: &'a Options,
    /// What the spec says of files whose fields have other names.
    pub kept: Mapping,
    /// The command up to its files: `karat import QUEUE`.
    pub command: String,
    pub where_unsure: WhereUnsure,
}

/// What is done about a file of which it is not sure where its fields are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhereUnsure {
    /// A person at the terminal is shown what is likely.
    Ask,
    /// It is refused, with the likely command lines.
    Refuse,
}

/// The files, each with its mapping.
pub(super) struct Mapped {
    pub sources: Vec<Source>,
    /// What a person chose on the screen.
    pub chosen: Option<Mapping>,
}

impl Foreign<'_> {
    /// Where fields have other names and nothing says where they are, a person at a terminal is shown
    /// what is likely; without one a proposal is taken that is the only likely one, and told.
    pub(super) fn mapped(&self, files: Vec<PathBuf>) -> Result<Mapped> {
        let is_alone = files.len() == 1;
        let mut mapped = Mapped { sources: Vec::new(), chosen: None };
        for file in files {
            let source = self.source(file, is_alone, &mut mapped.chosen)?;
            mapped.sources.push(source);
        }
        Ok(mapped)
    }

    /// Where the fields of a file are.
    pub(super) fn mapping(&self, file: &Path) -> Result<Mapping> {
        let source = self.source(file.to_owned(), true, &mut None)?;
        Ok(source.mapping.unwrap_or_else(|| self.reading.mapping.clone()))
    }

    fn source(&self, file: PathBuf, is_alone: bool, chosen: &mut Option<Mapping>) -> Result<Source> {
        let is_stream = Source::new(&file).is_stream();
        if is_stream && !is_alone {
            return Ok(Source::new(file)); // it may have no bytes before the others are read
        }
        let mut reader = match Reader::look(&file, self.reading.clone()) {
            Ok(reader) => reader,
            Err(error) if is_stream => return Err(error.into()),
            Err(_) => return Ok(Source::new(file)), // it is told where all files are checked
        };
        let given = &self.reading.mapping;
        let samples = match is_foreign(&reader.samples(1)?, given) {
            true => reader.samples(LOOKED_AT)?,
            false => Vec::new(),
        };
        if !is_foreign(&samples, given) {
            return Ok(if is_stream { Source::opened(&file, reader.mapped(given)?) } else { Source::new(file) });
        }
        // What was taken for a file before is likely to be right for the next.
        let before = chosen.as_ref().unwrap_or(&self.kept);
        let kept = given.clone().or(before);
        let mapping = if !before.is_empty() && fits(&samples, &kept) {
            kept
        } else {
            let proposal = propose(&samples, given);
            given.clone().or(&self.decided(&file, &reader, proposal, chosen)?)
        };
        Ok(match is_stream {
            true => Source::opened(&file, reader.mapped(&mapping)?),
            false => Source::new(file).mapped(mapping),
        })
    }

    /// What the person chooses; without one the proposal where it is safe, which is told, else the error
    /// with the likely command lines.
    fn decided(
        &self,
        file: &Path,
        reader: &Reader,
        proposal: Proposal,
        chosen: &mut Option<Mapping>,
    ) -> Result<Mapping> {
        if self.where_unsure == WhereUnsure::Refuse || !self.context.is_at_terminal() {
            return self.without_asking(file, reader, &proposal);
        }
        let about = format!("{} is read as {}", reader.name(), reader.read_as());
        let mut screen = MappingScreen::new(about, proposal, keymap(self.context)?);
        match tui::mapping::run(&mut screen, theme(self.context))? {
            Answer::Leave | Answer::Redraw | Answer::Suspend => Err(eyre!("nothing was imported")),
            Answer::Take => {
                let mapping = screen.proposal.mapping();
                aside(&sanitize::line(&format!("{}: read with {mapping}", reader.name())));
                *chosen = Some(mapping.clone());
                Ok(mapping)
            }
        }
    }

    fn without_asking(&self, file: &Path, reader: &Reader, proposal: &Proposal) -> Result<Mapping> {
        if proposal.is_safe() {
            tell(reader, proposal);
            return Ok(proposal.mapping());
        }
        let name = reader.name();
        let line = |mapping: &Mapping| {
            let mapping = self.reading.mapping.clone().or(mapping).to_string();
            let between = if mapping.is_empty() { "" } else { " " };
            format!("{} {}{between}{mapping}", self.command, shell_word(&file.to_string_lossy()))
        };
        let missing: Vec<_> = proposal.missing().map(|field| field.target).collect();
        if let Some(field) = missing.first() {
            let known = line(&proposal.mapping());
            let (field, others) = (field.to_string(), missing.get(1));
            let none = others.map_or(field.clone(), |other| format!("{field} or the {other}"));
            let error = eyre!("nothing in `{name}` looks like the {none} (its fields are {})", self::places(proposal));
            let mapped = missing.iter().map(|field| format!("--map {field}=PATH")).collect::<Vec<_>>().join(" ");
            let where_it_is = format!("say where it is: {known} {mapped}");
            // An output without a question can be read all the same.
            return Err(match (&*field, others) {
                ("input", None) => error
                    .suggestion(format!("where nothing was asked: {known} --set input="))
                    .suggestion(format!("else {where_it_is}")),
                _ if reader.header().is_some() && proposal.places.iter().any(is_no_name) => error.suggestion(
                    "its first line seems to be a record: put a line with the names of the columns before it, such as \
                     id,input,output",
                ),
                _ => error.suggestion(where_it_is),
            });
        }
        let unsure = proposal.fields.iter().find(|field| field.is_required() && !field.is_sure);
        let likely = unsure.map(|field| {
            let places: Vec<_> = field.likely().take(3).map(|candidate| format!("`{}`", candidate.from)).collect();
            format!("the {} may be {}", field.target, places.join(" or "))
        });
        let error = eyre!("the fields of `{name}` have other names, and {}", likely.unwrap_or_default());
        if are_messages(proposal) {
            return Err(error.suggestion(format!(
                "each record seems to be one message, and karat reads a conversation a record; joined, for example, by \
                 duckdb -c \"COPY (SELECT session_id AS id, list({{role: role, content: content}}) AS messages FROM '{name}' \
                 GROUP BY session_id) TO '/dev/stdout' (FORMAT json)\" | {} -",
                self.command
            )));
        }
        let error = error.suggestion(line(&proposal.mapping()));
        Err(match (proposal.alternative(), proposal.without_input()) {
            (Some(other), _) => error.suggestion(format!("or: {}", line(&other))),
            (None, Some(outputs)) if unsure.is_some_and(|field| field.target.field.name == "input") => {
                error.suggestion(format!("or, where nothing was asked: {}", line(&outputs)))
            }
            (None, _) => error,
        })
    }
}

/// Offers to keep in the queue's spec what was chosen, so that the next file of the kind needs no words.
pub(super) fn offer_to_keep(store: &Store, queue: &Queue, chosen: &Mapping, actor: &str) -> Result<()> {
    let terms = chosen.to_spec();
    let lines = import_lines(&terms);
    let Some(source) = with_import(&queue.spec.source, &terms) else {
        aside("the spec's [import] says otherwise; for the next files it would be:");
        lines.lines().for_each(|line| aside(&sanitize::line(&format!("  {line}"))));
        return Ok(());
    };
    if store.refuse_onlooker(actor).is_err()
        || !is_wanted(&format!("keep this in the spec of {} for the next files?", queue.name))?
    {
        return Ok(());
    }
    let words = spec::parse(&source).map_err(|_| eyre!("the spec does not parse with {lines}"))?;
    store.apply_spec(&words, &source, actor, store.now()).hinted()?;
    aside(&format!("kept; `karat spec show {}` has it", queue.name));
    Ok(())
}

/// The first places of the records. A name may be as long as a text, where the first line of a table holds no
/// names.
fn places(proposal: &Proposal) -> String {
    let places = proposal.places.iter().take(NAMED).map(|place| {
        let place = sanitize::line(&place.to_string()).into_owned();
        match place.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}…", &place[..at]),
            None => place,
        }
    });
    let more = proposal.places.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", places.collect::<Vec<_>>().join(", "))
}

/// Whether a record is a message of a conversation, and not one: who wrote it is beside its text.
fn are_messages(proposal: &Proposal) -> bool {
    let has = |name: &str| {
        let is_it = |place: &mapping::Path| matches!(&place.steps[..], [Step::Member(member)] if member == name);
        proposal.places.iter().any(is_it)
    };
    has("role") && has("content")
}

/// Whether a column's name looks like a value: a number, or a long text.
fn is_no_name(column: &mapping::Path) -> bool {
    let [Step::Member(name)] = &column.steps[..] else { return false };
    name.parse::<f64>().is_ok() || name.chars().count() > LONGEST || name.contains('\n')
}

/// Says on standard error how the file is read, and why so.
fn tell(reader: &Reader, proposal: &Proposal) {
    let name = reader.name();
    aside(&sanitize::line(&format!("{name}: is read as {}; its fields have other names", reader.read_as())));
    for field in &proposal.fields {
        if let Some(chosen) = field.chosen() {
            let told = format!("  {} from {}: {}", field.target, chosen.from, chosen.reason);
            aside(&sanitize::line(&told));
        }
    }
    let left = proposal.left_over();
    if !left.is_empty() {
        let more = left.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        aside(&sanitize::line(&format!("  kept in meta: {}{more}", left[..left.len().min(NAMED)].join(", "))));
    }
    aside(&sanitize::line(&format!("  the same with: {}", proposal.mapping())));
}
