//! What commands print, and how they report errors.

pub(super) use super::report::aside;
use super::report::{self, Suggest};
use super::{Cli, Color, SOME_REJECTED};
use crate::spec::Problem;
use crate::store::{NO_ROOM, Store, StoreError};
use crate::text::plural::count;
use crate::text::sanitize;
use clap::{Args, CommandFactory};
use color_eyre::eyre::{Report, Result};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write, stdin, stdout};
use std::path::Path;
use std::process::ExitCode;

/// Adds a store's hint to its error.
pub(super) trait Hinted<T> {
    fn hinted(self) -> Result<T>;
}

impl<T, E: Into<StoreError>> Hinted<T> for std::result::Result<T, E> {
    fn hinted(self) -> Result<T> {
        self.map_err(|error| {
            let error = error.into();
            if let StoreError::Filter { text, error } = &error {
                let message = error.pointing(text, |part| sanitize::line(part).into_owned()).to_string();
                return with_hint(Report::new(WrongFilter(message)), error.hint.clone());
            }
            let hint = error.hint();
            with_hint(Report::new(error), hint)
        })
    }
}

/// A filter that cannot be read, with carets below the place: reported as wrong usage.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongFilter(String);

/// Adds what the reader can do about it, where that is known.
pub(super) fn with_hint(report: Report, hint: Option<String>) -> Report {
    match hint {
        Some(hint) => report.suggestion(hint),
        None => report,
    }
}

/// An error of a file that is written; says so where there is no room for it.
pub(super) fn unwritten(error: std::io::Error) -> Report {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Report::new(error).wrap_err("the disk is full").suggestion(NO_ROOM)
        }
        _ => Report::new(error),
    }
}

/// Names on standard error the rows that could not be read and were left out; gives the exit code.
pub(super) fn tell_damaged(store: &Store) -> ExitCode {
    let rows = store.take_damaged();
    if rows.is_empty() {
        return ExitCode::SUCCESS;
    }
    rows.iter().for_each(|row| aside(&row.to_string()));
    aside(&format!("{} left out; `karat doctor` lists what cannot be read", count(rows.len(), "row")));
    ExitCode::from(SOME_REJECTED)
}

/// Asks at the terminal; anything but a yes is a no.
pub(super) fn is_wanted(question: &str) -> Result<bool> {
    aside(&format!("{question} [y/N]"));
    if stdin().is_terminal() {
        return Ok(matches!(pressed()?, Some('y' | 'Y')));
    }
    let mut answer = String::new();
    stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// The key that is pressed at the terminal, without enter; nothing for one that writes no letter.
fn pressed() -> Result<Option<char>> {
    struct Raw;
    impl Drop for Raw {
        fn drop(&mut self) {
            drop(disable_raw_mode());
        }
    }
    enable_raw_mode()?;
    let _raw = Raw;
    loop {
        if let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press, .. }) = read()? {
            return Ok(match code {
                KeyCode::Char(letter) if !modifiers.contains(KeyModifiers::CONTROL) => Some(letter),
                _ => None,
            });
        }
    }
}

/// Says on standard error what is to be mended.
pub(super) fn tell_problems(problems: &[Problem], path: &Path) {
    for problem in problems {
        aside(&problem.located(path.display()).to_string());
    }
}

/// Says what is wrong with the arguments, where their syntax alone could not tell;
/// gives the exit code for it.
pub(super) fn wrong_usage(reason: impl std::fmt::Display) -> ExitCode {
    report::usage(&Cli::command().error(clap::error::ErrorKind::ArgumentConflict, reason), Color::Auto)
}

/// Prints a JSON object on a line.
pub(super) fn json_line(value: &impl Serialize) -> Result<()> {
    // Written at once: an error of the output stays one, and is not dressed as one of JSON.
    to_stdout(&sanitize::json(&serde_json::to_string(value)?))
}

/// A line of text; marks stand in it for what would drive a terminal, also in a pipe, at whose
/// other end may be one.
pub(super) fn line(text: &str) -> Result<()> {
    to_stdout(&sanitize::line(text))
}

fn to_stdout(line: &str) -> Result<()> {
    stdout().lock().write_all(format!("{line}\n").as_bytes())?;
    Ok(())
}

/// A whole file: at a terminal line by line, as [`line()`] shows them.
pub(super) fn file(text: &str) -> Result<()> {
    if stdout().is_terminal() {
        return text.lines().try_for_each(line);
    }
    Ok(stdout().lock().write_all(text.as_bytes())?)
}

/// How texts from data are printed.
#[derive(Args, Clone, Copy)]
pub(super) struct Texts {
    /// Texts as they are, for a program that reads them; at a terminal never
    #[arg(long)]
    raw: bool,
}

impl Texts {
    pub(super) fn shown(self, text: &str) -> Cow<'_, str> {
        if self.raw && !stdout().is_terminal() { Cow::Borrowed(text) } else { sanitize::line(text) }
    }

    pub(super) fn line(self, text: &str) -> Result<()> {
        to_stdout(&self.shown(text))
    }
}
