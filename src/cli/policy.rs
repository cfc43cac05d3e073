//! `karat policy simulate`

mod table;

use super::at::time;
use super::checking::compile;
use super::context::Context;
use super::output::{Hinted, json_line, line, tell_damaged};
use super::report::Suggest;
use super::spec::load;
use crate::check::Checks;
use crate::domain::check::CheckReport;
use crate::domain::filter::When;
use crate::domain::item::Item;
use crate::domain::pace;
use crate::domain::simulation::Simulated;
use crate::domain::spec::Spec;
use crate::domain::time::{UtcMillis, format_rfc3339};
use crate::spec;
use crate::store::Simulation;
use crate::text::plural::plural;
use clap::{Args, Subcommand};
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::{Row, difference};

#[derive(Subcommand)]
pub(super) enum Policy {
    /// Count what the rules of a spec would have come to on what has happened; changes nothing
    Simulate(Simulate),
}

#[derive(Args)]
pub(super) struct Simulate {
    /// The spec whose rules are tried
    file: PathBuf,
    /// The queue's name
    queue: String,
    /// Only items that came in since: 30d, today, 2026-11-01 or a moment by RFC 3339
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<When>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Policy {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match self {
            Policy::Simulate(command) => command.run(context),
        }
    }
}

impl Simulate {
    fn run(self, context: &Context) -> Result<ExitCode> {
        context.reviewer(self.reviewer.as_deref())?;
        let words = load(&self.file)?.spec;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        if words.name != queue.name {
            let file = self.file.display();
            return Err(eyre!("{file} is the spec of the queue {}, not of {}", words.name, queue.name)
                .suggestion(format!("`karat policy simulate {file} {}`, or change `name` in the file", words.name)));
        }
        let specs = [&queue.spec.spec, &words];
        let now = store.now();
        let since = self.since.as_ref().map(|when| when.stretch(now).start);
        let checks = BothChecks::of(specs)?;
        let run = |item: &Item| checks.run(item);
        let simulation = store.simulate(&queue, specs, (since, now), (!checks.is_empty()).then_some(&run)).hinted()?;
        let report =
            Report { queue: &queue.name, version: queue.spec.version, file: &self.file, specs, since, simulation };
        match self.json {
            true => json_line(&report.json())?,
            false => report.lines().iter().try_for_each(|text| line(text))?,
        }
        Ok(tell_damaged(&store))
    }
}

/// The checks of the spec in force and of the file.
struct BothChecks {
    in_force: Checks,
    /// `None`: the same.
    file: Option<Checks>,
}

impl BothChecks {
    fn of(specs: [&Spec; 2]) -> Result<Self> {
        let [in_force, file] = specs;
        let is_same = in_force.checks().eq(file.checks()) && in_force.schemas == file.schemas;
        Ok(Self { in_force: compile(in_force)?, file: if is_same { None } else { Some(compile(file)?) } })
    }

    fn is_empty(&self) -> bool {
        self.in_force.is_empty() && self.file.as_ref().is_none_or(Checks::is_empty)
    }

    fn run(&self, item: &Item) -> [CheckReport; 2] {
        let in_force = self.in_force.run(item);
        let file = self.file.as_ref().map_or_else(|| in_force.clone(), |checks| checks.run(item));
        [in_force, file]
    }
}

/// What a simulation came to, and of what.
struct Report<'s> {
    queue: &'s str,
    /// The version of the spec in force.
    version: i64,
    file: &'s Path,
    specs: [&'s Spec; 2],
    since: Option<UtcMillis>,
    simulation: Simulation,
}

impl Report<'_> {
    fn outcomes(&self) -> &[Simulated; 2] {
        &self.simulation.outcomes
    }

    fn decision_millis(&self) -> Option<f64> {
        pace::mean_millis(self.simulation.millis, self.simulation.timed)
    }

    fn hours(&self) -> [Option<f64>; 2] {
        let pace = self.decision_millis();
        self.outcomes().each_ref().map(|outcome| pace.map(|millis| outcome.hours(millis)))
    }

    /// What an hour costs, by each spec: by the other where one does not say.
    fn hour_costs(&self) -> [Option<f64>; 2] {
        let [in_force, file] = self.specs.map(Spec::hour_cost);
        [in_force.or(file), file.or(in_force)]
    }

    fn money(&self) -> [Option<f64>; 2] {
        let (hours, costs) = (self.hours(), self.hour_costs());
        [0, 1].map(|at| Some(hours[at]? * costs[at]?))
    }

    /// The name of the file without the folders in which it lies.
    fn file_name(&self) -> Cow<'_, str> {
        self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy()
    }

    fn changes(&self) -> Vec<String> {
        spec::changes(self.specs[0], self.specs[1]).iter().map(ToString::to_string).collect()
    }

    fn json(&self) -> Value {
        let (hours, money) = (self.hours(), self.money());
        let column = |at: usize| {
            let outcome = &self.outcomes()[at];
            json!({
                "refused": outcome.refused,
                "rejected_by_check": outcome.rejected_by_check,
                "escalated_by_check": outcome.escalated_by_check,
                "accepted_against_check": outcome.accepted_against_check,
                "held_back": outcome.held_back,
                "read": outcome.read,
                "undecided": outcome.undecided,
                "read_twice": outcome.read_twice,
                "opinions": outcome.opinions,
                "disputed": outcome.disputed,
                "disputed_expected": outcome.expected_disputes(),
                "escalated": outcome.escalated,
                "late": outcome.late,
                "late_unknown": outcome.late_unknown,
                "to_retry": outcome.to_retry,
                "attempts_used_up": outcome.used_up,
                "decisions": outcome.decisions(),
                "hours": hours[at],
                "money": money[at],
            })
        };
        json!({
            "queue": self.queue,
            "spec_version": self.version,
            "file": self.file.display().to_string(),
            "since": self.since.map(format_rfc3339),
            "items": self.outcomes()[0].items,
            "seconds": self.decision_millis().map(|millis| millis / 1000.0),
            "in_force": column(0),
            "simulated": column(1),
            "taken_in": self.simulation.taken_in,
            "changes": self.changes(),
            "notes": self.notes(),
        })
    }

    fn lines(&self) -> Vec<String> {
        let since = self.since.map_or_else(String::new, |since| format!(" since {}", format_rfc3339(since)));
        let items = self.outcomes()[0].items;
        if items == 0 {
            return vec![format!("{}: no item came in{since}, so there is nothing to try the rules on", self.queue)];
        }
        let came = format!("{}: {items} {} came in{since}; nothing is changed", self.queue, plural(items, "item"));
        let changes = self.changes();
        let changes = if changes.is_empty() { vec!["no rule differs".to_owned()] } else { changes };
        let changes = changes.into_iter().map(|change| format!("  {change}"));
        let heads = [format!("VERSION {}", self.version), self.file_name().into_owned()];
        let table = [String::new()].into_iter().chain(table::lines(heads, &self.rows())).chain([String::new()]);
        [came].into_iter().chain(changes).chain(table).chain([self.closing()]).chain(self.notes()).collect()
    }

    fn rows(&self) -> Vec<Row> {
        let outcomes = self.outcomes();
        let count = |name: &'static str, of: fn(&Simulated) -> i64| {
            Row::new(name, outcomes.each_ref().map(|outcome| Some(of(outcome) as f64)), 0)
        };
        let are_reckoned = outcomes.each_ref().map(|outcome| outcome.open > 0 && outcome.expected_disputes().is_some());
        let decisions = outcomes.each_ref().map(|outcome| Some(outcome.decisions()));
        let mut rows = vec![
            count("refused by a check", |outcome| outcome.refused),
            count("rejected by a check", |outcome| outcome.rejected_by_check),
            count("escalated by a check", |outcome| outcome.escalated_by_check),
            count("held back by sampling", |outcome| outcome.held_back),
            count("read by people", |outcome| outcome.read).always(),
            count("  twice or more", |outcome| outcome.read_twice),
            count("opinions", |outcome| outcome.opinions),
            Row::new("disputed", outcomes.each_ref().map(Simulated::expected_disputes), 0).reckoned(are_reckoned),
            count("escalated", |outcome| outcome.escalated),
            count("  late", |outcome| outcome.late),
            count("to be made again", |outcome| outcome.to_retry),
            count("attempts used up", |outcome| outcome.used_up),
            Row::new("decisions", decisions, 0).reckoned(are_reckoned).always(),
            Row::new("hours", self.hours(), 1).always(),
        ];
        if self.hour_costs() != [None, None] {
            rows.push(Row::new("money", self.money(), 2));
        }
        rows
    }

    /// What it comes to, in a sentence.
    fn closing(&self) -> String {
        let [in_force, file] = self.outcomes();
        let reads = |by: i64| match by {
            0 => "no more outputs".into(),
            1.. => format!("{by} {} more", plural(by, "output")),
            _ => format!("{} {} fewer", -by, plural(-by, "output")),
        };
        let decisions = difference(in_force.decisions(), file.decisions(), 0);
        let hours = match self.hours() {
            [Some(in_force), Some(file)] => format!(", {} h", difference(in_force, file, 1)),
            _ => String::new(),
        };
        let (read, name) = (reads(file.read - in_force.read), self.file_name());
        if file.read == in_force.read && decisions == "0" {
            return format!("by {name} people have as much to do as by version {}", self.version);
        }
        format!("by {name} people read {read} than by version {}: {decisions} decisions{hours}", self.version)
    }

    /// What stands behind the figures, and what cannot be known.
    fn notes(&self) -> Vec<String> {
        let [in_force, file] = self.outcomes();
        let pace = match self.decision_millis() {
            Some(millis) => {
                let timed = self.simulation.timed;
                format!("hours are at {:.1} s a decision, the mean of {timed} on screen", millis / 1000.0)
            }
            None => "hours are not known: fewer than 5 decisions on these items took time on screen".into(),
        };
        let told = |number: i64, sentence: &dyn Fn(i64) -> String| (number > 0).then(|| sentence(number));
        let outputs = |number: i64| format!("{number} {}", plural(number, "output"));
        let sampling = if self.simulation.taken_in > 0 {
            let taken_in = outputs(self.simulation.taken_in);
            Some(format!("as soon as it is applied it takes in {taken_in} that sampling holds back now"))
        } else {
            told(file.held_back - in_force.held_back, &|_| {
                "what is taken stays taken: a smaller rate holds back only what comes in from then on".into()
            })
        };
        let repeats = self.specs[1].review.as_ref().is_some_and(|review| review.repeat.is_some());
        let open = told(file.open, &|open| match file.expected_disputes() {
            _ if file.compared == 0 => {
                format!(
                    "no output has two opinions yet, so how many of {} will be disputed is not known",
                    outputs(open)
                )
            }
            _ => {
                let share = 100.0 * file.differing as f64 / file.compared as f64;
                format!(
                    "{} still need opinions; disputes among them are reckoned at the {share:.0} % of the {} that have two",
                    outputs(open),
                    file.compared
                )
            }
        });
        let notes = [
            Some(pace),
            sampling,
            told(file.undecided, &|undecided| {
                format!(
                    "{} that it has read are not decided yet: whether they will be escalated or made again is not known",
                    outputs(undecided)
                )
            }),
            open,
            told(file.late_unknown, &|unknown| {
                format!(
                    "{unknown} of its escalations never happened: whether an answer would have been late is not known"
                )
            }),
            told(file.to_retry - in_force.to_retry, &|_| {
                "new attempts that were never made are not counted among what is read".into()
            }),
            repeats.then(|| "what `repeat` asks once more is not counted".into()),
            told(file.accepted_against_check, &|accepted| {
                format!("people have accepted {} that its checks refuse or reject", outputs(accepted))
            }),
        ];
        notes.into_iter().flatten().collect()
    }
}
