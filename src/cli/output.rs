//! What commands print, and how errors are told.

use super::Color;
use crate::store::StoreError;
use crate::tui::safe;
use color_eyre::Section;
use color_eyre::config::{HookBuilder, Theme};
use color_eyre::eyre::{Report, Result};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{IsTerminal, Write, stderr, stdout};

/// Adds a store's hint to its error.
pub trait Hinted<T> {
    fn hinted(self) -> Result<T>;
}

impl<T, E: Into<StoreError>> Hinted<T> for std::result::Result<T, E> {
    fn hinted(self) -> Result<T> {
        self.map_err(|error| {
            let error = error.into();
            let hint = error.hint();
            let report = Report::new(error);
            match hint {
                Some(hint) => report.suggestion(hint),
                None => report,
            }
        })
    }
}

/// Errors as cause and hint; a panic as a report that says where.
pub fn install_reports(color: Color) {
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
pub fn report(report: &Report) {
    eprintln!("Error: {report:?}");
}

/// One JSON object on a line.
pub fn json_line(value: &impl Serialize) -> Result<()> {
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(())
}

/// A line of text.
pub fn line(text: &str) -> Result<()> {
    writeln!(stdout().lock(), "{text}")?;
    Ok(())
}

/// A text from data, fit for the place where it is printed: marks instead of what
/// would drive a terminal, the text itself in a pipe.
pub fn shown(text: &str) -> Cow<'_, str> {
    if stdout().is_terminal() { safe::plain(text) } else { Cow::Borrowed(text) }
}
