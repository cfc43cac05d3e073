//! Errors as every command tells them: `error:` what, `cause:` why, `hint:` what to do.

use super::Color;
use crate::text::causes::with_causes;
use crate::text::sanitize;
use clap::error::ErrorKind;
use color_eyre::config::{HookBuilder, Theme};
use color_eyre::eyre::{EyreHandler, Report, Result};
use std::error::Error;
use std::fmt;
use std::io::{IsTerminal, Write, stderr};
use std::process::ExitCode;
use textwrap::{Options, WordSplitter};

/// Keeps with an error what can be done about it.
#[derive(Default)]
struct Handler {
    hints: Vec<String>,
}

impl EyreHandler for Handler {
    fn debug(&self, error: &(dyn Error + 'static), f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{error} {:?}", self.hints)
    }
}

/// Adds what the reader can do about an error.
pub(super) trait Suggest {
    type Told;

    fn suggestion(self, hint: impl Into<String>) -> Self::Told;
}

impl Suggest for Report {
    type Told = Report;

    fn suggestion(mut self, hint: impl Into<String>) -> Report {
        if let Some(handler) = self.handler_mut().downcast_mut::<Handler>() {
            handler.hints.push(hint.into());
        }
        self
    }
}

impl<T, E: Into<Report>> Suggest for std::result::Result<T, E> {
    type Told = Result<T>;

    fn suggestion(self, hint: impl Into<String>) -> Result<T> {
        self.map_err(|error| error.into().suggestion(hint))
    }
}

/// Makes errors keep their hints, and a panic tell where it came from, from here on.
pub(super) fn install(color: Color) {
    let theme = if Teller::new(color).colours { Theme::dark() } else { Theme::new() };
    let (panics, _) = HookBuilder::default().theme(theme).display_env_section(false).into_hooks();
    panics.install();
    // The report of an error is told here: the other hook numbers the causes and knows no hints of one line.
    let _ = color_eyre::eyre::set_hook(Box::new(|_| Box::new(Handler::default()))); // a second run in one process (tests) keeps the first
}

/// Tells an error on standard error: what, why, and what to do.
pub(super) fn report(report: &Report, color: Color) {
    let teller = Teller::new(color);
    let mut told = report.to_string();
    teller.tell(Head::Error, &told);
    for cause in report.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            teller.tell(Head::Cause, &cause);
            told = cause;
        }
    }
    for hint in report.handler().downcast_ref::<Handler>().map(|handler| &handler.hints[..]).unwrap_or_default() {
        teller.tell(Head::Hint, hint);
    }
}

/// An error with its causes and hints in a line, for what is told beside something else.
pub(super) fn in_a_line(report: &Report) -> String {
    let told = with_causes(report.as_ref());
    let hints = report.handler().downcast_ref::<Handler>().map(|handler| &handler.hints[..]).unwrap_or_default();
    hints.iter().fold(told, |told, hint| format!("{told}; {hint}"))
}

/// Tells what is wrong with the arguments, or prints the help that was asked for; gives the exit
/// code. The text may repeat an argument.
pub(super) fn usage(error: &clap::Error, color: Color) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print(); // nowhere is left to say so
        return exit_code(error);
    }
    let teller = Teller::new(color);
    let rendered = error.render().to_string();
    for line in rendered.lines().filter(|line| !line.trim().is_empty()) {
        let begun = |start| line.trim_start().strip_prefix(start);
        if let Some(what) = begun("error: ") {
            teller.tell(Head::Error, what);
        } else if let Some(tip) = begun("tip: ") {
            teller.tell(Head::Hint, tip);
        } else if let Some(usage) = begun("Usage: ") {
            teller.tell(Head::Usage, usage);
        } else if line.starts_with("For more information") {
            teller.tell(Head::Hint, "--help tells what there is");
        } else {
            teller.plain(line);
        }
    }
    exit_code(error)
}

fn exit_code(error: &clap::Error) -> ExitCode {
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
}

/// Prints a text on standard error. Its reader is optional, so a closed one is no failure
/// (`eprintln!` would end the program).
pub(super) fn aside(text: &str) {
    let teller = Teller::new(Color::Never);
    text.lines().for_each(|line| teller.plain(line));
}

/// How a part of what is told begins.
#[derive(Clone, Copy)]
enum Head {
    Error,
    Cause,
    Hint,
    Usage,
}

impl Head {
    /// The word, and the number of its colour in a terminal.
    fn word(self) -> (&'static str, u8) {
        match self {
            Head::Error => ("error", 31),
            Head::Cause => ("cause", 33),
            Head::Hint => ("hint", 36),
            Head::Usage => ("usage", 34),
        }
    }
}

/// Writes on standard error: nothing in a text drives the terminal, and no word breaks at its edge.
struct Teller {
    colours: bool,
    /// Columns of the terminal; `None`: it is none.
    width: Option<usize>,
}

impl Teller {
    fn new(color: Color) -> Self {
        let width = width();
        let colours = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => width.is_some() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        };
        Self { colours, width }
    }

    /// The text after its head, lines after the first as they are.
    fn tell(&self, head: Head, text: &str) {
        let (word, colour) = head.word();
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let line = self.wrapped(&format!("{word}: {}", sanitize::line(first)));
        match line.strip_prefix(word).filter(|_| self.colours) {
            Some(after) => write(&format!("\u{1b}[1;{colour}m{word}\u{1b}[0m{after}")),
            None => write(&line),
        }
        rest.lines().for_each(|line| self.plain(line));
    }

    fn plain(&self, line: &str) {
        write(&self.wrapped(&sanitize::line(line)));
    }

    /// The line in as many as the terminal needs, broken between words. What is indented stays as it is:
    /// it points at places of the line above it.
    fn wrapped(&self, line: &str) -> String {
        match self.width.filter(|_| !line.starts_with("  ")) {
            Some(width) => {
                let options = Options::new(width).break_words(false).word_splitter(WordSplitter::NoHyphenation);
                textwrap::fill(line, options.subsequent_indent("       "))
            }
            None => line.to_owned(),
        }
    }
}

fn write(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

#[cfg(unix)]
fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stderr()).ok().filter(|_| stderr().is_terminal())?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns >= 20)
}

#[cfg(not(unix))]
fn width() -> Option<usize> {
    let (columns, _) = crossterm::terminal::size().ok().filter(|_| stderr().is_terminal())?;
    Some(columns.into())
}
