//! `karat spec new|check|apply|show`

use super::checking::check_waiting;
use super::context::Context;
use super::output::{self, Hinted, aside, is_wanted, line, tell_problems};
use super::report::Suggest;
use crate::domain::decision::Judgement;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec as Words;
use crate::domain::team::{Grant, Member, Role};
use crate::spec::{self, Change, Complete, Problem, Template};
use crate::store::{Applied, Resampled, Store, StoreError};
use crate::text::plural::{count, plural};
use clap::{Args, Subcommand};
use color_eyre::eyre::{Report, Result, WrapErr, eyre};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, IsTerminal, Write, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Spec {
    /// Write a commented spec to start from
    New(New),
    /// Check a spec; every problem at once, each with its place and a hint
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
    /// Say what it would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Apply it without asking, though it touches standing decisions
    #[arg(long)]
    yes: bool,
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
            Spec::Check(command) => command.run(context),
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
            output::file(&source)?;
            return Ok(ExitCode::SUCCESS);
        };
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let mut file = file.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => eyre!("{} is there already, and was left as it is", path.display())
                .suggestion("name another with --out"),
            _ => Report::new(error).wrap_err(format!("{} cannot be made", path.display())),
        })?;
        file.write_all(source.as_bytes())?;
        line(&format!("wrote {}; edit it, then `karat spec check` and `karat spec apply` it", path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Check {
    fn run(self, context: &Context) -> Result<ExitCode> {
        match read(&self.file, team(context)?.as_deref())? {
            Ok(Complete { spec: words, .. }) => {
                let (criteria, failures) = (words.criteria.len(), words.failures.len());
                let criteria = format!("{criteria} {}", if criteria == 1 { "criterion" } else { "criteria" });
                let failures = format!("{failures} failure {}", if failures == 1 { "category" } else { "categories" });
                let routes = count(words.routes.len(), "route");
                let checks = words.checks().count();
                let checks = if checks > 0 { format!(", {}", count(checks, "check")) } else { String::new() };
                line(&format!("ok: {}, {criteria}, {failures}, {routes}{checks}", words.name))?;
                spec::tie(&words).map_or(Ok(()), |tie| line(&format!("note: {tie}")))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(problems) => {
                tell_problems(&problems, &self.file);
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

/// The people who have a role in the workspace; `None` where there is no workspace, or nobody was
/// granted anything.
fn team(context: &Context) -> Result<Option<Vec<Member>>> {
    if context.db()?.file().is_some_and(|path| !path.exists()) {
        return Ok(None);
    }
    let store = context.existing_store()?;
    let (team, owner) = (store.team().hinted()?, store.owner().hinted()?);
    let granted = team.into_iter().filter_map(|Grant { person, role, .. }| Some(Member { person, role: role? }));
    let people: Vec<Member> = granted.collect();
    let owner = owner.filter(|owner| people.iter().all(|member| member.person != *owner));
    let owner = owner.map(|person| Member { person, role: Role::Lead });
    Ok((!people.is_empty()).then(|| people.into_iter().chain(owner).collect()))
}

impl Apply {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let Complete { spec: words, source } = load(&self.file)?;
        if self.dry_run {
            return rehearse(context, &words, &source);
        }
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let store = context.store()?;
        if !self.yes {
            consent(&store, &words, &source)?;
        }
        match store.apply_spec(&words, &source, &actor, store.now()).hinted()? {
            Applied::Created => line(&format!("created the queue {}, spec version 1", words.name))?,
            Applied::Unchanged { version, resampled } => {
                line(&format!("{} has this spec already, as version {version}", words.name))?;
                tell_resampled(resampled)?;
            }
            Applied::Changed { from, to, before, resampled } => {
                line(&format!("{}: spec version {from} becomes {to}", words.name))?;
                let queue = store.queue(&words.name).hinted()?;
                tell(&difference(&store, &queue, &before, &words)?)?;
                tell_resampled(resampled)?;
                check_waiting(&store, &queue, &before, &actor)?;
            }
            Applied::Mended { to, resampled } => {
                line(&format!("{}: spec version {to} takes the place of one that could not be read", words.name))?;
                tell_resampled(resampled)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let queue = context.existing_store()?.queue(&self.queue).hinted()?;
        output::file(&queue.spec.source)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads a spec that must be sound, with the schemas that it names.
pub(super) fn load(path: &Path) -> Result<Complete> {
    read(path, None)?
        .map_err(|problems| {
            tell_problems(&problems, path);
            eyre!("the spec has {}", count(problems.len(), "problem"))
        })
        .suggestion("correct what stands above; nothing was changed")
}

/// Reads a spec, whose names are people of a team where there is one.
fn read(path: &Path, team: Option<&[Member]>) -> Result<std::result::Result<Complete, Vec<Problem>>> {
    let source = fs::read_to_string(path).wrap_err_with(|| format!("{} cannot be read", path.display()))?;
    let beside = path.parent().unwrap_or(Path::new(""));
    Ok(spec::parse_for(&source, &|named| fs::read_to_string(beside.join(named)), team))
}

/// What a new version of a spec changes.
struct Difference {
    changes: Vec<Change>,
    /// Standing decisions, and those among them that the changes touch.
    decisions: i64,
    touched: i64,
}

fn difference(store: &Store, queue: &Queue, before: &Words, after: &Words) -> Result<Difference> {
    let changes = spec::changes(before, after);
    let touches = |judgement: &Judgement| changes.iter().any(|change| change.touches().includes(judgement));
    let (decisions, touched) = store.count_decisions(queue, touches).hinted()?;
    Ok(Difference { changes, decisions, touched })
}

impl Difference {
    fn lines(&self) -> Vec<String> {
        if self.changes.is_empty() {
            return vec!["  only comments or layout changed".into()];
        }
        let changes = self.changes.iter().map(|change| format!("  {change}"));
        let touched = format!("it touches {}; they keep the version they were made under", self.touched());
        changes.chain([touched]).collect()
    }

    fn touched(&self) -> String {
        format!("{} of {} standing {}", self.touched, self.decisions, plural(self.decisions, "decision"))
    }
}

fn tell(difference: &Difference) -> Result<()> {
    difference.lines().iter().try_for_each(|text| line(text))
}

/// Says what sampling makes of the items that are there.
fn tell_resampled(Resampled { raised, taken }: Resampled) -> Result<()> {
    match raised {
        0 => Ok(()),
        _ => {
            let items = plural(raised, "item");
            line(&format!(
                "sampling: {raised} {items} got a greater chance, and {taken} of them, held back until now, wait"
            ))
        }
    }
}

/// Says what the spec would change.
fn rehearse(context: &Context, words: &Words, source: &str) -> Result<ExitCode> {
    let is_there = context.db()?.file().is_none_or(Path::exists);
    let store = if is_there { Some(context.existing_store()?) } else { None };
    let queue = match store.as_ref().map(|store| store.find_queue(&words.name)).transpose() {
        Err(StoreError::NoSpec { queue, why }) => {
            line(&format!(
                "dry run, nothing changed: {queue} has no spec that can be read ({why}), and would get this one"
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        found => found.hinted()?.flatten(),
    };
    match store.zip(queue) {
        None => line(&format!("dry run, nothing changed: would create the queue {}, spec version 1", words.name))?,
        Some((_, queue)) if queue.spec.source == source => {
            line(&format!("{} has this spec already, as version {}", words.name, queue.spec.version))?;
        }
        Some((store, queue)) => {
            let version = queue.spec.version;
            let becomes = format!("spec version {version} would become {}", version + 1);
            line(&format!("dry run, nothing changed: {}: {becomes}", words.name))?;
            tell(&difference(&store, &queue, &queue.spec.spec, words)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks whether the spec is to be applied where it touches standing decisions. An error unless
/// the answer is yes; without a terminal nobody can be asked.
pub(super) fn consent(store: &Store, words: &Words, source: &str) -> Result<()> {
    let queue = match store.find_queue(&words.name) {
        Err(StoreError::NoSpec { .. }) => return Ok(()), // whatever it is, it can be reviewed by no other
        found => found.hinted()?,
    };
    let Some(queue) = queue.filter(|queue| queue.spec.source != source) else { return Ok(()) };
    let difference = difference(store, &queue, &queue.spec.spec, words)?;
    if difference.touched == 0 {
        return Ok(());
    }
    if stdin().is_terminal() {
        let version = queue.spec.version;
        aside(&format!("{}: spec version {version} is to become {}", words.name, version + 1));
        difference.lines().iter().for_each(|line| aside(line));
        return if is_wanted("apply it?")? { Ok(()) } else { Err(eyre!("nothing was changed")) };
    }
    Err(eyre!("the spec touches {}; nothing was changed", difference.touched()))
        .suggestion("`karat spec apply --dry-run` says what it changes, `--yes` applies it")
}
