//! `karat completions` and `karat man`

use super::Cli;
use clap::builder::StyledStr;
use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::roff::{Roff, bold, roman};
use color_eyre::eyre::Result;
use std::io::{Write, stdout};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Completions {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

#[derive(Args)]
pub(super) struct Man {}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut script = Vec::new(); // the generator panics where a pipe is closed
        clap_complete::generate(self.shell, &mut Cli::command(), "karat", &mut script);
        stdout().write_all(&script)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Man {
    /// Prints a single page for all commands: pages of their own would have to be installed.
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut command = Cli::command();
        command.build();
        let man = clap_mangen::Man::new(command.clone());
        let mut page = Vec::new();
        man.render_title(&mut page)?;
        man.render_name_section(&mut page)?;
        man.render_synopsis_section(&mut page)?;
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
        let mut commands = Roff::new();
        commands.control("SH", ["COMMANDS"]);
        leaves(&command).for_each(|leaf| describe(leaf, &mut commands));
        commands.to_writer(&mut page)?;
        man.render_version_section(&mut page)?;
        stdout().write_all(&page)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The commands that do something, in the order of the help: `spec check`, not `spec`.
fn leaves(command: &Command) -> Box<dyn Iterator<Item = &Command> + '_> {
    let commands = command.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set());
    Box::new(commands.flat_map(|command| match command.has_subcommands() {
        true => leaves(command),
        false => Box::new(std::iter::once(command)),
    }))
}

/// The name of every command, its usage, and what it does.
pub(super) fn commands() -> Vec<(String, String, String)> {
    let mut command = Cli::command();
    command.build();
    leaves(&command).map(|leaf| (name(leaf).to_owned(), usage(leaf), text(leaf.get_about()))).collect()
}

fn name(command: &Command) -> &str {
    command.get_bin_name().unwrap_or(command.get_name())
}

fn usage(command: &Command) -> String {
    command.clone().render_usage().to_string().trim_start_matches("Usage: ").into()
}

/// What the command does and takes, beyond what all of them take.
fn describe(command: &Command, page: &mut Roff) {
    page.control("SS", [usage(command).as_str()]);
    page.text([roman(text(command.get_about()))]);
    let own = |argument: &&Arg| !argument.is_global_set() && argument.get_id() != "help";
    for argument in command.get_arguments().filter(own) {
        page.control("TP", []);
        page.text([bold(argument.to_string())]);
        page.text([roman(text(argument.get_help()))]);
    }
}

/// Every command with its usage and what it takes, in Markdown: the body of `docs/commands.md`.
pub fn reference() -> String {
    let mut command = Cli::command().term_width(usize::MAX);
    command.build();
    leaves(&command).map(section).collect()
}

fn section(command: &Command) -> String {
    let (name, usage) = (name(command), usage(command));
    let own = |argument: &&Arg| !argument.is_global_set() && argument.get_id() != "help";
    let rows: String = command.get_arguments().filter(own).map(row).collect();
    let table = if rows.is_empty() { String::new() } else { format!("\n| | |\n|---|---|\n{rows}") };
    format!("\n## {name}\n\n{}.\n\n```\n{usage}\n```\n{table}", text(command.get_about()))
}

fn row(argument: &Arg) -> String {
    let values: Vec<String> =
        argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    let choice = argument.get_action().takes_values() && !values.is_empty();
    let values = if choice { format!(": {}", values.join(", ")) } else { String::new() };
    format!("| `{argument}` | {}{values} |\n", text(argument.get_help()).replace('|', "\\|"))
}

fn text(help: Option<&StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default()
}
