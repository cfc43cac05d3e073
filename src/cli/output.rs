//! What commands print, and how they report errors.

use super::{Cli, Color, WRONG_USAGE};
use crate::domain::filter::FilterError;
use crate::store::{NO_ROOM, StoreError};
use crate::text::sanitize;
use clap::CommandFactory;
use color_eyre::Section;
use color_eyre::config::{HookBuilder, Theme};
use color_eyre::eyre::{Report, Result};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
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
                return Report::new(WrongFilter::new(text, error));
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

impl WrongFilter {
    fn new(text: &str, error: &FilterError) -> Self {
        let message = error.pointing(text, |part| sanitize::line(part).into_owned());
        let tip = error.hint.as_ref().map(|hint| format!("\n\n  tip: {}", sanitize::line(hint))).unwrap_or_default();
        Self(format!("{message}{tip}"))
    }
}

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

/// Errors as cause and hint; a panic as a report that says where.
pub(super) fn install_reports(color: Color) {
    let colours = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) && stderr().is_terminal(),
    };
    let theme = if colours { Theme::dark() } else { Theme::new() };
    let hooks = HookBuilder::default().theme(theme).display_env_section(false);
    let _ = hooks.install(); // a second run in one process (tests) keeps the first hooks
}

/// Tells an error on standard error: what, why, and what to do. Texts from data in it
/// cannot drive the terminal.
pub(super) fn report(report: &Report) {
    let mut text = format!("Error: {report:?}");
    // While it is known which texts are not the report's own: they lose their colours too.
    for cause in report.chain().map(ToString::to_string) {
        for line in cause.lines().filter(|line| line.contains('\u{1b}')) {
            text = text.replace(line, &sanitize::line(line));
        }
    }
    for line in text.lines() {
        aside(&harmless(line));
    }
}

/// A line of a report in which only the report's own colours are left of what drives a
/// terminal: names of columns and reviewers stand in it.
fn harmless(line: &str) -> String {
    let mut safe = String::new();
    for (at, piece) in line.split("\u{1b}[").enumerate() {
        let colour = piece.find('m').filter(|&end| at > 0 && piece[..end].bytes().all(is_of_colour));
        let (code, text) = colour.map_or(("", piece), |end| piece.split_at(end + 1));
        match code {
            "" if at > 0 => safe.push_str(&sanitize::line("\u{1b}[")),
            "" => {}
            code => safe.extend(["\u{1b}[", code]),
        }
        safe.push_str(&sanitize::line(text));
    }
    safe
}

fn is_of_colour(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b';'
}

/// Prints a line on standard error. Its reader is optional, so a closed one is no failure
/// (`eprintln!` would end the program).
pub(super) fn aside(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Says what is wrong with the arguments, where their syntax alone could not tell;
/// gives the exit code for it.
pub(super) fn wrong_usage(reason: impl std::fmt::Display) -> ExitCode {
    let error = Cli::command().error(clap::error::ErrorKind::ArgumentConflict, reason);
    let _ = error.print(); // nowhere is left to say so
    ExitCode::from(WRONG_USAGE)
}

/// Prints a JSON object on a line.
pub(super) fn json_line(value: &impl Serialize) -> Result<()> {
    // Written at once: an error of the output stays one, and is not dressed as one of JSON.
    line(&shown(&serde_json::to_string(value)?))
}

/// A line of text.
pub(super) fn line(text: &str) -> Result<()> {
    stdout().lock().write_all(format!("{text}\n").as_bytes())?;
    Ok(())
}

/// A text from data, fit for the place where it is printed: marks instead of what
/// would drive a terminal, the text itself in a pipe.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    if stdout().is_terminal() { sanitize::line(text) } else { Cow::Borrowed(text) }
}
