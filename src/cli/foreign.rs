//! Files whose fields have other names: where they are, as it was said, or as it is proposed.

use super::context::Context;
use super::output::{Hinted, aside, is_wanted};
use super::report::Suggest;
use super::review::theme;
use crate::domain::mapping::{Mapping, Proposal, shell_word};
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

/// What is read, how, and how the command is written that reads it.
pub(super) struct Foreign<'a> {
    pub context: &'a Context,
    pub reading: &'a Options,
    /// What the spec says of files whose fields have other names.
    pub kept: Mapping,
    /// The command up to its files: `karat import QUEUE`.
    pub command: String,
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
        if !self.context.is_at_terminal() {
            return self.without_asking(file, reader, &proposal);
        }
        let about = format!("{} is read as {}", reader.name(), reader.read_as());
        let mut screen = MappingScreen::new(about, proposal);
        match tui::mapping::run(&mut screen, theme(self.context))? {
            Answer::Leave => Err(eyre!("nothing was imported")),
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
            let mapping = self.reading.mapping.clone().or(mapping);
            format!("{} {} {mapping}", self.command, shell_word(&file.to_string_lossy()))
        };
        let places: Vec<_> =
            proposal.places.iter().take(NAMED).map(|place| sanitize::line(&place.to_string()).into_owned()).collect();
        if let Some(field) = proposal.missing().next() {
            let (field, known) = (field.target, line(&proposal.mapping()));
            let error = eyre!("nothing in `{name}` looks like the {field} (its fields are {})", places.join(", "));
            let error = error.suggestion(format!("say where it is: {known} --map {field}=PATH"));
            return Err(match field.field.name {
                "input" => error.suggestion(format!("or, where nothing was asked: {known} --set input=")),
                _ => error,
            });
        }
        let unsure = proposal.fields.iter().find(|field| field.is_required() && !field.is_sure);
        let likely = unsure.map(|field| {
            let places: Vec<_> = field.likely().take(3).map(|candidate| format!("`{}`", candidate.from)).collect();
            format!("the {} may be {}", field.target, places.join(" or "))
        });
        let error = eyre!("the fields of `{name}` have other names, and {}", likely.unwrap_or_default());
        let error = error.suggestion(line(&proposal.mapping()));
        Err(match proposal.alternative() {
            Some(other) => error.suggestion(format!("or: {}", line(&other))),
            None => error,
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
