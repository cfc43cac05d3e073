//! `karat review`, and `karat` alone

use super::context::{Context, cautioned, settings_report};
use super::manual;
use super::output::Hinted;
use super::searching;
use crate::config::{ConfigError, ThemeChoice};
use crate::domain::order::Order;
use crate::store::{Address, Store};
use crate::tui::app_context::ShellCommand;
use crate::tui::keymap::{Keymap, KeymapError};
use crate::tui::{self, Ending, Start};
use clap::Args;
use color_eyre::eyre::{Report, Result};
use std::process::ExitCode;

const INSTEAD: &str = "in a script, `karat decide` records decisions, `karat queues` and `karat export` read them";

#[derive(Args)]
pub(super) struct Review {
    /// The queue; without it, the home screen
    queue: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// Serve only what it finds, such as 'model:a-* -tag:spam'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, requires = "queue")]
    filter: Option<String>,
    /// priority, newest, oldest, waiting, grounded (worst first), shuffled or shuffled:SEED, or stream (as bars count); by default
    /// as last time, at first stream where the spec has a bar
    #[arg(long, value_name = "ORDER", requires = "queue")]
    order: Option<Order>,
    /// Said first.
    #[arg(skip)]
    notice: Option<String>,
}

impl Review {
    pub(super) fn of(queue: Option<String>, reviewer: Option<String>) -> Self {
        Self { queue, reviewer, filter: None, order: None, notice: None }
    }

    pub(super) fn with_notice(self, notice: Option<String>) -> Self {
        Self { notice, ..self }
    }

    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let command = if self.queue.is_some() { "karat review" } else { "karat" };
        context.need_terminal(command, INSTEAD)?;
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let keymap = keymap(context)?;
        let database = context.checked_db()?;
        let may_be_made = self.queue.is_none() && context.is_first_use()?;
        let outcome = tui::run(tui::Options {
            database: database.clone(),
            reviewer,
            keymap,
            theme: theme(context),
            idle_seconds: context.config.idle_seconds,
            pace: context.config.pace,
            notice: self.notice.clone(),
            shell_commands,
            db_option: context.db_option(),
            open: Box::new(move || self.open(database, may_be_made)),
        })?;
        Ok(match outcome.ending {
            Ending::Quit => ExitCode::SUCCESS,
            Ending::Signal(number) => ExitCode::from(128 + u8::try_from(number).unwrap_or(0)),
            Ending::TerminalLost => ExitCode::FAILURE,
        })
    }

    /// Opens the workspace, and says where the review starts. The screen is not taken yet: what is
    /// wrong is said on a plain terminal.
    fn open(self, address: Address, may_be_made: bool) -> Result<(Store, Start)> {
        let opened = if may_be_made { Store::open(address) } else { Store::open_existing(address) };
        let store = cautioned(opened.hinted()?)?;
        let Some(name) = self.queue else { return Ok((store, Start::Home)) };
        let queue = store.queue(&name).hinted()?;
        if self.filter.is_none() && self.order.is_none() {
            return Ok((store, Start::Queue(name)));
        }
        let filter = searching::read(&store, &queue, self.filter.as_deref())?;
        searching::resolve(&store, &queue, &filter)?;
        Ok((store, Start::QueueBy { queue: name, order: self.order, filter }))
    }
}

/// What the palette of the workstation finds of the command line.
pub fn shell_commands() -> Vec<ShellCommand> {
    let commands = manual::commands().into_iter();
    commands.map(|(name, usage, about)| ShellCommand { name, usage, about }).collect()
}

/// The keys of screens, as the settings have them.
pub(super) fn keymap(context: &Context) -> Result<Keymap> {
    Keymap::new(&context.config).map_err(|errors| wrong_keys(context, &errors))
}

fn wrong_keys(context: &Context, errors: &[KeymapError]) -> Report {
    let mut problems: Vec<_> = errors
        .iter()
        .map(|error| context.config.key_problem(&error.names(), error.to_string(), error.hint()))
        .collect();
    problems.sort();
    settings_report(ConfigError::Invalid { path: context.settings.clone(), problems })
}

/// The colours of screens; `None` for none.
pub(super) fn theme(context: &Context) -> Option<ThemeChoice> {
    // crossterm looks at NO_COLOR by itself, and knows nothing of --color.
    crossterm::style::force_color_output(context.colours());
    context.colours().then_some(context.config.theme)
}
