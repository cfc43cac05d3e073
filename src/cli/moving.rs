//! `karat move`

use super::context::is_same_file;
use super::output::{Hinted, aside, json_line, line, wrong_usage};
use super::progress::{self, Stop};
use super::report::Suggest;
use super::searching;
use crate::domain::queue::Counts;
use crate::store::{Address, Moved, Moving, Store, StoreError};
use crate::text::plural::count;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::ffi::OsString;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Move {
    /// The workspace to copy; it stays as it is
    #[arg(long, value_name = "PLACE")]
    from: OsString,
    /// Where to: an empty workspace, made when it is missing
    #[arg(long, value_name = "PLACE")]
    to: OsString,
    /// One JSON object with what was copied
    #[arg(long)]
    json: bool,
}

const HOW_TO_FINISH: &str = "the same command goes on where it stopped";

impl Move {
    pub(super) fn run(self) -> Result<ExitCode> {
        let place = |text| Address::from_os(text).hinted();
        let (source, target) = (place(&self.from)?, place(&self.to)?);
        if source == target || source.file().zip(target.file()).is_some_and(|(one, other)| is_same_file(one, other)) {
            return Ok(wrong_usage("--from and --to are one workspace"));
        }
        let from = Store::open_existing(&source).hinted()?;
        let mut stop = Stop::default();
        stop.listen()?;
        let moving = match from.begin_move(&target) {
            Err(error @ StoreError::AlreadyMoved) => {
                aside(&error.to_string());
                return self.tell(&Store::open_existing(&target).hinted()?, &source);
            }
            begun => begun.hinted()?,
        };
        let moved = copy(moving, &stop)?;
        if moved.is_behind {
            aside(&format!("{source} was worked on meanwhile; the copy lacks what was done since"));
        }
        searching::complete_index(&moved.store)?;
        tell_damaged(&moved.store)?;
        self.tell(&moved.store, &source)
    }

    fn tell(&self, store: &Store, source: &Address) -> Result<ExitCode> {
        let queues = store.queues(store.now()).hinted()?;
        let sum = |of: fn(&Counts) -> i64| queues.iter().map(|queue| of(&queue.counts)).sum::<i64>();
        let (items, decided) = (sum(|counts| counts.items), sum(Counts::decided));
        let (from, to) = (source.to_string(), store.address().to_string());
        if self.json {
            json_line(&json!({ "from": from, "to": to, "queues": queues.len(), "items": items, "decided": decided }))?;
        } else {
            let queues = count(queues.len(), "queue");
            line(&format!("copied {queues} with {items} items, {decided} of them decided, from {from} to {to}"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn copy(mut moving: Moving, stop: &Stop) -> Result<Moved> {
    let bar = progress::of_rows(moving.progress().of.try_into().unwrap_or(0));
    let outcome = loop {
        let progress = moving.progress();
        bar.set_position(progress.rows.try_into().unwrap_or(0));
        bar.set_message(format!("{} of {} rows", progress.rows, progress.of));
        if stop.is_pressed() {
            let interrupted = eyre!("interrupted after {} of {} rows", progress.rows, progress.of);
            break Err(interrupted).suggestion(HOW_TO_FINISH);
        }
        match moving.advance() {
            Ok(true) => {}
            Ok(false) => break moving.finish().hinted().suggestion(HOW_TO_FINISH),
            Err(error @ StoreError::NotCopied { .. }) => break Err(error).hinted(),
            Err(error) => break Err(error).hinted().suggestion(HOW_TO_FINISH),
        }
    };
    bar.finish_and_clear();
    outcome
}

/// Names the rows that came along and cannot be read.
fn tell_damaged(copy: &Store) -> Result<()> {
    let rows = copy.damaged_rows().hinted()?;
    rows.iter().for_each(|row| aside(&row.to_string()));
    if !rows.is_empty() {
        let rows = count(rows.len(), "row");
        aside(&format!("{rows} copied as they are; `karat doctor --set-aside` takes them out of the way"));
    }
    Ok(())
}
