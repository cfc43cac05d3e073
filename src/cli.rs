//! The command line: a file a subcommand. First the syntax (clap), then the meaning.

mod agreement;
mod answer;
mod at;
mod backup;
mod check;
mod checking;
mod compare;
mod context;
mod decide;
mod decline;
mod demo;
mod doctor;
mod explain;
mod export;
mod filter;
mod foreign;
mod format_options;
mod formats;
mod gate;
mod golden;
mod import;
mod import_format;
mod inbox;
mod judge;
mod lens;
mod lift;
mod list;
mod log;
mod manual;
mod merge;
mod moving;
mod open;
mod output;
mod people;
mod plan;
mod policy;
mod progress;
mod pull;
mod queues;
mod recheck;
mod regenerate;
mod reopen;
mod report;
mod restore;
mod retry;
mod review;
mod searching;
mod spec;
mod stats;
mod team;
mod tick;
mod undo;
mod waive;
mod watch;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use color_eyre::eyre::{Report, Result};
use context::Context;
pub use manual::reference;
pub use review::shell_commands;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};

/// Not done.
const FAILED: u8 = 1;

/// The arguments make no sense.
const WRONG_USAGE: u8 = 2;

/// Done, but some records were rejected.
const SOME_REJECTED: u8 = 3;

/// Done, and what was asked does not hold.
const DOES_NOT_HOLD: u8 = 10;

/// Done, and whether what was asked holds is not known.
const UNDECIDED: u8 = 11;

/// The heading over the options that every command takes, below its own.
const EVERYWHERE: &str = "Everywhere";

/// A review workstation for model outputs that lives in the terminal.
///
/// Without a command, karat opens the home screen.
#[derive(Parser)]
#[command(name = "karat", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    /// Under whose name the home screen is opened; a command takes it behind its own name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args, Clone)]
struct Globals {
    /// The workspace: a file or postgres://USER@HOST/DATABASE
    #[arg(
        long,
        global = true,
        env = context::DB_VARIABLE,
        hide_env_values = true, // it may hold a password
        value_name = "PLACE",
        help_heading = EVERYWHERE
    )]
    db: Option<OsString>,
    /// The settings
    #[arg(long, global = true, env = "KARAT_CONFIG", value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// Colours (NO_COLOR is honoured under `auto`)
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t = Color::Auto,
        value_name = "WHEN",
        help_heading = EVERYWHERE
    )]
    color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    /// Set up the sample queues in a scratch workspace and open it
    Demo(demo::Demo),
    /// Review any file of outputs at once, in a queue named after it
    Open(open::Open),
    /// Write, check, apply and show specs
    #[command(subcommand)]
    Spec(spec::Spec),
    /// List the queues with their progress
    Queues(queues::Queues),
    /// Stream items into a queue
    Import(import::Import),
    /// Follow growing files and new files in a folder into a queue
    Watch(watch::Watch),
    /// List the formats that are read and written, and what becomes of their fields
    Formats(formats::Formats),
    /// Run the checks of a spec on the items of a queue or a file
    Check(check::Check),
    /// Compare outputs with their sources, sentence by sentence
    Lens(lens::Lens),
    /// Print the items of a queue, those that a filter finds
    List(list::List),
    /// Keep filters under names
    #[command(subcommand)]
    Filter(filter::Filter),
    /// Open the workstation
    Review(review::Review),
    /// Record one decision without the screen
    Decide(decide::Decide),
    /// Leave an item to others: it is not offered to you again
    Decline(decline::Decline),
    /// Say why an item stands where it stands, and what comes next
    Explain(explain::Explain),
    /// Look at what rules would come to before they are in force
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Take items in by hand that sampling holds back
    Pull(pull::Pull),
    /// List what waits for your answer
    Inbox(inbox::Inbox),
    /// Answer an escalation without the screen
    Answer(answer::Answer),
    /// Do what is due: overdue escalations go on to their next route
    Tick(tick::Tick),
    /// Put back what was decided on an item: what stands on it stands no more
    Reopen(reopen::Reopen),
    /// Print what is to be made again, or have the program of the spec make it
    Retry(retry::Retry),
    /// Stand in for the program that asks a model: make an output again from a line of `karat retry`
    #[command(hide = true)]
    Regenerate(regenerate::Regenerate),
    /// Take back what a reviewer decided, declined or reopened last
    Undo(undo::Undo),
    /// List, keep and remove golden examples
    #[command(subcommand)]
    Golden(golden::Golden),
    /// Measure model judges against people
    #[command(subcommand)]
    Judge(judge::Judge),
    /// Write what was decided as an eval dataset
    Export(export::Export),
    /// Say how many reviews the bars of a queue take, or what counts show without a workspace
    Plan(plan::Plan),
    /// Say whether the bars of a spec are met, and stop a release where they are not
    Gate(gate::Gate),
    /// Answer for a bar that is not met, until a day
    Waive(waive::Waive),
    /// Ask a second opinion of the decisions on which a bar hangs, and of as many others
    Recheck(recheck::Recheck),
    /// Print figures of a queue: shares, times, categories, by groups
    Stats(stats::Stats),
    /// Print how often reviewers are right on known examples, and agree with themselves
    People(people::People),
    /// Let a reviewer be served again who was paused
    Lift(lift::Lift),
    /// Compare two versions of the outputs, such as two prompts, case by case
    Compare(compare::Compare),
    /// Say how far people agree: raw, and beyond what chance would bring
    Agreement(agreement::Agreement),
    /// Print the events of a queue or an item
    Log(log::Log),
    /// Say who may do what in the workspace
    #[command(subcommand)]
    Team(team::Team),
    /// Check the workspace
    Doctor(doctor::Doctor),
    /// Copy the workspace, while others work
    Backup(backup::Backup),
    /// Put a backup in the place of the workspace, which is kept aside
    Restore(restore::Restore),
    /// Copy a workspace whole into another database, of whichever engine
    Move(moving::Move),
    /// Add the decisions that a reviewer made in a copy
    Merge(merge::Merge),
    /// Print shell completions
    Completions(manual::Completions),
    /// Print the man page
    Man(manual::Man),
}

/// Runs the command; gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 done but
/// some records were rejected, 10 done and what was asked does not hold, 11 done and whether it holds is not known.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match parse(Cli::command().mut_args(without_empty_variable), &arguments) {
        Ok(cli) => cli,
        Err(error) if is_help(&error) => return report::usage(&error, Color::Auto),
        Err(error) => {
            // clap counts an option that the environment sets as typed, and its usage line names it.
            let typed = parse(Cli::command().mut_args(|option| option.env(None::<&str>)), &arguments);
            return report::usage(&typed.err().unwrap_or(error), Color::Auto);
        }
    };
    let color = cli.globals.color;
    report::install(color);
    survive_file_size_limit();
    match Context::new(cli.globals).and_then(|context| dispatch(&context, cli.reviewer, cli.command)) {
        Ok(code) => code,
        Err(report) if is_broken_pipe(&report) => ExitCode::SUCCESS,
        Err(report) => {
            report::report(&report, color);
            ExitCode::from(if report.is::<output::WrongFilter>() { WRONG_USAGE } else { FAILED })
        }
    }
}

/// What was asked for, or is shown where a subcommand is missing: it tells of the environment too.
fn is_help(error: &clap::Error) -> bool {
    !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

/// An option whose variable is empty is as one whose variable is not set.
fn without_empty_variable(option: clap::Arg) -> clap::Arg {
    let is_empty = option.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    if is_empty { option.env(None::<&str>) } else { option }
}

fn parse(mut command: clap::Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let cli = Cli::from_arg_matches(&command.try_get_matches_from_mut(arguments)?)?;
    match cli.reviewer.is_some() && cli.command.is_some() {
        true => Err(command.error(ErrorKind::ArgumentConflict, "`--as` stands behind the command's name")),
        false => Ok(cli),
    }
}

/// Makes a write beyond the limit on file size fail with an error, which can be reported: by
/// default its signal ends the program.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::<AtomicBool>::default());
}

fn dispatch(context: &Context, reviewer: Option<String>, command: Option<Command>) -> Result<ExitCode> {
    match command.unwrap_or_else(|| Command::Review(review::Review::of(None, reviewer))) {
        Command::Demo(command) => command.run(context),
        Command::Open(command) => command.run(context),
        Command::Spec(command) => command.run(context),
        Command::Queues(command) => command.run(context),
        Command::Import(command) => command.run(context),
        Command::Watch(command) => command.run(context),
        Command::Formats(command) => command.run(),
        Command::Check(command) => command.run(context),
        Command::Lens(command) => command.run(),
        Command::List(command) => command.run(context),
        Command::Filter(command) => command.run(context),
        Command::Review(command) => command.run(context),
        Command::Decide(command) => command.run(context),
        Command::Decline(command) => command.run(context),
        Command::Explain(command) => command.run(context),
        Command::Policy(command) => command.run(context),
        Command::Pull(command) => command.run(context),
        Command::Inbox(command) => command.run(context),
        Command::Answer(command) => command.run(context),
        Command::Tick(command) => command.run(context),
        Command::Reopen(command) => command.run(context),
        Command::Retry(command) => command.run(context),
        Command::Regenerate(command) => command.run(),
        Command::Undo(command) => command.run(context),
        Command::Golden(command) => command.run(context),
        Command::Judge(command) => command.run(context),
        Command::Export(command) => command.run(context),
        Command::Plan(command) => command.run(context),
        Command::Gate(command) => command.run(context),
        Command::Waive(command) => command.run(context),
        Command::Recheck(command) => command.run(context),
        Command::Stats(command) => command.run(context),
        Command::People(command) => command.run(context),
        Command::Lift(command) => command.run(context),
        Command::Compare(command) => command.run(context),
        Command::Agreement(command) => command.run(context),
        Command::Log(command) => command.run(context),
        Command::Team(command) => command.run(context),
        Command::Doctor(command) => command.run(context),
        Command::Backup(command) => command.run(context),
        Command::Restore(command) => command.run(context),
        Command::Move(command) => command.run(),
        Command::Merge(command) => command.run(context),
        Command::Completions(command) => command.run(),
        Command::Man(command) => command.run(),
    }
}

/// Whether the error is a closed output: a reader that stopped reading is no error.
fn is_broken_pipe(report: &Report) -> bool {
    report
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
