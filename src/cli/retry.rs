//! `karat retry`

mod making;
mod program;
mod trust;

use super::context::Context;
use super::export::Out;
use super::output::{Hinted, aside, line, tell_damaged, wrong_usage};
use super::progress::Stop;
use super::report::Suggest;
use super::{SOME_REJECTED, searching};
use crate::domain::queue::Queue;
use crate::domain::stage::Stage;
use crate::export::RetryExport;
use crate::store::{Condition, Sort, Store};
use crate::text::plural::count;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use color_eyre::eyre::{Result, eyre};
use making::{Making, Tally, Terms};
use program::Program;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Args)]
pub(super) struct Retry {
    /// The queue's name
    queue: String,
    /// Only items that it finds, such as 'category:tone model:a-*'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    #[command(flatten)]
    out: Out,
    /// Run the program of the spec once an item, and import what it prints as the next attempt
    #[arg(long, conflicts_with = "out")]
    run: bool,
    /// Programs at the same time
    #[arg(long, value_name = "N", requires = "run", default_value_t = 1, value_parser = RangedU64ValueParser::<usize>::new().range(1..=64))]
    jobs: usize,
    /// How long a run may take, such as 90s, 5m or 1h
    #[arg(long, value_name = "TIME", requires = "run", default_value = "60s", value_parser = time)]
    timeout: Duration,
    /// Runs for an item before it is left
    #[arg(long, value_name = "N", requires = "run", default_value_t = 3, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100))]
    tries: usize,
    /// At most this many items
    #[arg(long, value_name = "N", requires = "run")]
    limit: Option<usize>,
    /// Run the program though nobody has allowed it on this machine: for scripts
    #[arg(long, requires = "run")]
    yes: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// With --run one JSON object an item; without it there is no other form
    #[arg(long)]
    json: bool,
}

fn time(argument: &str) -> Result<Duration, String> {
    let wrong = || format!("`{argument}` is no time; write 90s, 5m or 1h");
    let unit = argument.find(|c: char| !c.is_ascii_digit()).unwrap_or(argument.len());
    let seconds = match &argument[unit..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    let number: u32 = argument[..unit].parse().map_err(|_| wrong())?;
    if number == 0 { Err(wrong()) } else { Ok(Duration::from_secs(u64::from(number) * seconds)) }
}

impl Retry {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.out.misuse(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        if self.run {
            return self.make(&store, &queue, &reviewer);
        }
        tell_nothing(&store, &queue)?;
        let (condition, filter) = self.selection(&store, &queue, &reviewer)?;
        let export = RetryExport { store: &store, queue: &queue, condition, filter };
        self.out.write(|out| export.write(out), |path| export.publish(path))?;
        Ok(tell_damaged(&store))
    }

    /// The condition that the filter makes, and the filter in a form that can be given again.
    fn selection(&self, store: &Store, queue: &Queue, reviewer: &str) -> Result<(Condition, Option<String>)> {
        if self.filter.is_none() {
            return Ok(Default::default());
        }
        let filter = searching::read(store, queue, self.filter.as_deref())?;
        let filter = searching::resolve(store, queue, &filter)?;
        let condition = store.condition(queue, &filter, reviewer).hinted()?;
        Ok((condition, Some(filter.to_string())))
    }

    /// Has the items made again.
    fn make(&self, store: &Store, queue: &Queue, reviewer: &str) -> Result<ExitCode> {
        let program = program_of(queue)?;
        if !self.yes {
            trust::need(&program, &queue.name)?;
        }
        program.unset().for_each(|name| aside(&format!("{name}, which the spec's pass_env names, is not set")));
        tell_nothing(store, queue)?;
        store.free_abandoned(queue).hinted()?;
        let (condition, _) = self.selection(store, queue, reviewer)?;
        let listing = store.whole_listing(queue, condition.to_retry(), Sort::default()).hinted()?;
        let seqs = &listing.seqs()[..listing.seqs().len().min(self.limit.unwrap_or(usize::MAX))];
        let mut stop = Stop::default();
        stop.listen()?;
        let Retry { jobs, timeout, tries, json, .. } = *self;
        let terms = Terms { jobs, timeout, tries, json };
        let tally = Making { store, queue, reviewer, program: &program, terms, stop: &stop }.run(seqs)?;
        let summary = summary(&tally);
        if stop.is_pressed() {
            return Err(eyre!("interrupted: {summary}"))
                .suggestion("what is made is in; the same command again makes the rest");
        }
        if !json && !seqs.is_empty() {
            line(&summary)?;
        }
        let damaged = tell_damaged(store);
        Ok(if tally.left > 0 { ExitCode::from(SOME_REJECTED) } else { damaged })
    }
}

/// `made 3, left 1, passed over 2 that somebody else has`
fn summary(Tally { made, left, passed }: &Tally) -> String {
    let passed = match passed {
        0 => String::new(),
        passed => format!("; passed over {}: somebody has claimed or made them", count(*passed, "item")),
    };
    format!("made {made}, left {left}{passed}")
}

/// The program of the queue's spec.
fn program_of(queue: &Queue) -> Result<Program> {
    let terms = queue.spec.spec.retry.as_ref().filter(|terms| !terms.run.is_empty());
    let terms = terms.ok_or_else(|| eyre!("the spec of {} names no program that makes attempts", queue.name));
    let terms = terms.suggestion("add one below its [retry], such as run = [\"regenerate\", \"--json\"]")?;
    let found = Program::find(&terms.run, &terms.pass_env)?;
    found
        .ok_or_else(|| eyre!("there is no program `{}`", terms.run[0]))
        .suggestion("it is looked for in the folders of PATH, and a name with a `/` from the present folder")
}

/// Says why nothing is to be made again, where that is so.
fn tell_nothing(store: &Store, queue: &Queue) -> Result<()> {
    if store.counts(queue).hinted()?.at(Stage::ToRetry) > 0 {
        return Ok(());
    }
    aside(&match queue.spec.spec.retry {
        Some(_) => format!("nothing in {} is to be made again", queue.name),
        None => format!("nothing in {} is to be made again: its spec has no [retry]", queue.name),
    });
    Ok(())
}
