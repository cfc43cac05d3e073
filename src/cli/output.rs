//! What commands print, and how they report errors.

use super::{Cli, Color};
use crate::domain::filter::FilterError;
use crate::spec::Problem;
use crate::store::{NO_ROOM, StoreError};
use crate::text::sanitize;
use clap::{Args, CommandFactory};
use color_eyre::Section;
use color_eyre::config::{HookBuilder, Theme};
use color_eyre::eyre::{Report, Result};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
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
        to_stderr(&harmless(line));
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

/// Prints a line on standard error, where texts from data cannot drive the terminal. Its reader is
/// optional, so a closed one is no failure (`eprintln!` would end the program).
pub(super) fn aside(text: &str) {
    for line in text.lines() {
        to_stderr(&sanitize::line(line));
    }
}

/// Says on standard error what is to be mended.
pub(super) fn tell_problems(problems: &[Problem], path: &Path) {
    for problem in problems {
        aside(&problem.located(path.display()).to_string());
    }
}

fn to_stderr(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Says what is wrong with the arguments, where their syntax alone could not tell;
/// gives the exit code for it.
pub(super) fn wrong_usage(reason: impl std::fmt::Display) -> ExitCode {
    usage(&Cli::command().error(clap::error::ErrorKind::ArgumentConflict, reason))
}

/// Prints what clap has to say, which may repeat an argument; gives the exit code.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    if error.use_stderr() && sanitize::hidden(&text).next().is_some() {
        aside(&text);
    } else {
        let _ = error.print(); // nowhere is left to say so
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
}

/// Prints a JSON object on a line.
pub(super) fn json_line(value: &impl Serialize) -> Result<()> {
    // Written at once: an error of the output stays one, and is not dressed as one of JSON.
    to_stdout(&json_text(&serde_json::to_string(value)?))
}

/// The JSON with everything escaped in it that would drive a terminal: it says the same.
pub(super) fn json_text(json: &str) -> Cow<'_, str> {
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(json);
    }
    let (mut escaped, mut done) = (String::with_capacity(json.len()), 0);
    for range in sanitize::hidden(json) {
        escaped.push_str(&json[done..range.start]);
        for unit in json[range.clone()].encode_utf16() {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
        done = range.end;
    }
    escaped.push_str(&json[done..]);
    Cow::Owned(escaped)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_and_drives_nothing() {
        for text in ["plain", "é \u{9b}2J \u{202e}\u{200b}\u{7f} \u{1b}[31m 😀\u{e0041}", "a\nb"] {
            let json = serde_json::to_string(text).unwrap();
            let escaped = json_text(&json);
            assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
            assert!(sanitize::hidden(&escaped).next().is_none(), "{escaped:?}");
        }
    }
}
