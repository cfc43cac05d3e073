//! `karat spec new|check|apply|show`

use super::context::Context;
use super::output::{Hinted, aside, line};
use crate::domain::decision::Judgement;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec as Words;
use crate::spec::{self, Change, Problem, Template};
use crate::store::{Applied, Store};
use crate::text::plural::count;
use clap::{Args, Subcommand};
use color_eyre::Section;
use color_eyre::eyre::{Result, WrapErr, eyre};
use std::fs::OpenOptions;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Spec {
    /// Write a commented spec to start from
    New(New),
    /// Check a spec; every problem at once, each with its place and its mend
    Check(Check),
    /// Create the queue, or give it a new version of its spec
    Apply(Apply),
    /// Print the spec in force
    Show(Show),
}

#[derive(Args)]
pub(super) struct New {
    /// The queue's name
    name: String,
    /// general, support, copy or extraction
    #[arg(long, default_value = "general", value_name = "TEMPLATE")]
    from: Template,
    /// The file; it must not exist. Standard output by default
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Check {
    /// The spec
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Apply {
    /// The spec
    file: PathBuf,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

#[derive(Args)]
pub(super) struct Show {
    /// The queue's name
    queue: String,
}

impl Spec {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match self {
            Spec::New(command) => command.run(),
            Spec::Check(command) => command.run(),
            Spec::Apply(command) => command.run(context),
            Spec::Show(command) => command.run(context),
        }
    }
}

impl New {
    fn run(self) -> Result<ExitCode> {
        let source = self.from.named(&self.name).map_err(|error| {
            let hint = error.hint.clone();
            color_eyre::eyre::Report::new(error).suggestion(hint)
        })?;
        let Some(path) = self.out else {
            stdout().write_all(source.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        };
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = file.wrap_err_with(|| format!("{} cannot be made", path.display()))?;
        file.write_all(source.as_bytes())?;
        line(&format!("wrote {}; edit it, then `karat spec check` and `karat spec apply` it", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Check {
    fn run(self) -> Result<ExitCode> {
        match spec::parse(&read(&self.file)?) {
            Ok(words) => {
                let (criteria, failures, routes) = (words.criteria.len(), words.failures.len(), words.routes.len());
                let name = &words.name;
                line(&format!("ok: {name}, {criteria} criteria, {failures} failure categories, {routes} routes"))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(problems) => {
                tell_problems(&problems, &self.file);
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

impl Apply {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let (words, source) = load(&self.file)?;
        let store = context.store()?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        match store.apply_spec(&words, &source, &actor, store.now()).hinted()? {
            Applied::Created => line(&format!("created the queue {}, spec version 1", words.name))?,
            Applied::Unchanged { version } => {
                line(&format!("{} has this spec already, as version {version}", words.name))?;
            }
            Applied::Changed { from, to, before } => {
                line(&format!("{}: spec version {from} becomes {to}", words.name))?;
                tell_changes(&store, &store.queue(&words.name).hinted()?, &spec::changes(&before, &words))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let queue = context.existing_store()?.queue(&self.queue).hinted()?;
        stdout().write_all(queue.spec.source.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads a spec that must be sound.
pub(super) fn load(path: &Path) -> Result<(Words, String)> {
    let source = read(path)?;
    match spec::parse(&source) {
        Ok(words) => Ok((words, source)),
        Err(problems) => {
            tell_problems(&problems, path);
            Err(eyre!("the spec has {}", count(problems.len(), "problem")))
                .suggestion("mend what stands above; nothing was changed")
        }
    }
}

fn tell_problems(problems: &[Problem], path: &Path) {
    for problem in problems {
        aside(&problem.located(path.display()).to_string());
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).wrap_err_with(|| format!("{} cannot be read", path.display()))
}

fn tell_changes(store: &Store, queue: &Queue, changes: &[Change]) -> Result<()> {
    if changes.is_empty() {
        return line("  only comments or layout changed");
    }
    for change in changes {
        line(&format!("  {change}"))?;
    }
    let touches = |judgement: &Judgement| changes.iter().any(|change| change.touches().includes(judgement));
    let (all, touched) = store.count_decisions(queue, touches).hinted()?;
    line(&format!("it touches {touched} of {all} standing decisions; they keep the version they were made under"))
}
