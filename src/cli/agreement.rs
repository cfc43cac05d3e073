//! `karat agreement`

mod judgements;
mod labels;
mod printed;
mod queue;

use super::at::At;
use super::context::Context;
use super::output::{json_line, wrong_usage};
use super::report::aside;
use crate::analysis::stats::agreement::{Weights, agreement};
use crate::text::sanitize;
use clap::{ArgGroup, Args, ValueEnum};
use color_eyre::eyre::Result;
use judgements::{Columns, read};
use labels::{Measured, ScaleName};
use printed::Printed;
use queue::{By, OfQueue};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
#[command(group = ArgGroup::new("of").required(true))]
pub(super) struct Agreement {
    /// The queue whose people are compared: the opinions of which several were drawn
    #[arg(group = "of")]
    queue: Option<String>,
    /// What opinions are compared on: verdict, categories as a set, a category's key or a criterion's; by
    /// default on each
    #[arg(long, value_name = "KEY", requires = "queue")]
    on: Option<String>,
    /// A line for each of these
    #[arg(long, value_enum, value_name = "WHAT", requires = "queue")]
    by: Option<By>,
    /// Only items that it finds, such as 'prompt_version:v8'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true, requires = "queue")]
    filter: Option<String>,
    /// From whom opinions on what is not settled are kept; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER", requires = "queue")]
    reviewer: Option<String>,
    /// Instead of opinions given here, what people judged elsewhere and an import brought, of settled items: with
    /// each other, and with the opinions of the reviewers here
    #[arg(long, requires = "queue")]
    imported: bool,
    #[command(flatten)]
    at: At,
    /// Instead of a queue, CSV or TSV with a judgement a row; `-` is standard input
    #[arg(long, value_name = "FILE", group = "of", requires_all = ["item", "rater", "label"])]
    table: Option<PathBuf>,
    /// The column that says which item is judged
    #[arg(long, value_name = "COLUMN", requires = "table")]
    item: Option<String>,
    /// The column that says who judges
    #[arg(long, value_name = "COLUMN", requires = "table")]
    rater: Option<String>,
    /// The column that says what the item was judged to be; an empty cell is no judgement, and of a
    /// set the empty one
    #[arg(long, value_name = "COLUMN", requires = "table")]
    label: Option<String>,
    /// What the labels are: names (by default), steps in order, numbers with equal distances, numbers from a
    /// true zero, or sets of names written a|b or a;b
    #[arg(long, value_enum, value_name = "SCALE", requires = "table")]
    scale: Option<ScaleName>,
    /// The labels that could have been given, of an order the lowest first; by default those that were
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', num_args = 1, requires = "table")]
    levels: Vec<String>,
    /// How much two levels count as the same by their places in the order; by default identity for
    /// nominal, else quadratic
    #[arg(long, value_enum, value_name = "WEIGHTS", requires = "table")]
    weights: Option<WeightsName>,
    /// One JSON object; of a queue one a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WeightsName {
    Identity,
    Linear,
    Quadratic,
    Ordinal,
}

impl WeightsName {
    fn by_default(scale: ScaleName) -> Self {
        match scale {
            ScaleName::Nominal | ScaleName::Set => Self::Identity,
            ScaleName::Ordinal | ScaleName::Interval | ScaleName::Ratio => Self::Quadratic,
        }
    }

    fn weights(self) -> Weights {
        match self {
            Self::Identity => Weights::Identity,
            Self::Linear => Weights::Linear,
            Self::Quadratic => Weights::Quadratic,
            Self::Ordinal => Weights::Ordinal,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Linear => "linear",
            Self::Quadratic => "quadratic",
            Self::Ordinal => "ordinal",
        }
    }
}

impl Agreement {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match (&self.queue, &self.table) {
            (Some(queue), _) => OfQueue {
                name: queue,
                on: self.on.as_deref(),
                by: self.by,
                filter: self.filter.as_deref(),
                reviewer: self.reviewer.as_deref(),
                imported: self.imported,
                at: &self.at,
                json: self.json,
            }
            .run(context),
            (None, table) => self.of_table(table.as_deref().unwrap_or(Path::new("-"))),
        }
    }

    fn of_table(&self, table: &Path) -> Result<ExitCode> {
        let scale_name = self.scale.unwrap_or(ScaleName::Nominal);
        if let Some(reason) = self.is_contradictory(scale_name) {
            return Ok(wrong_usage(reason));
        }
        let levels: Vec<String> = self.levels.iter().map(|level| level.trim().to_owned()).collect();
        let [item, rater, label] = self.columns();
        let table = read(table, &Columns { item, rater, label }, scale_name, &levels)?;
        table.notes.iter().for_each(|note| aside(&sanitize::line(note)));
        let Measured { scale, names, .. } = &table.measured;
        let weights = self.weights.unwrap_or(WeightsName::by_default(scale_name));
        if weights != WeightsName::Identity && !table.measured.is_ordered {
            return Ok(wrong_usage(format!(
                "--weights {} needs an order: name the labels with --levels, the lowest first",
                weights.word()
            )));
        }
        let printed = Printed {
            scale: scale_name.word(),
            weights: weights.word(),
            levels: &table.measured.levels,
            names,
            agreement: agreement(&table.ratings, scale, weights.weights()),
        };
        match self.json {
            true => json_line(&printed.json())?,
            false => printed.print()?,
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The columns of the item, the rater and the label.
    fn columns(&self) -> [&str; 3] {
        [&self.item, &self.rater, &self.label].map(|column| column.as_deref().unwrap_or_default())
    }

    /// What of the arguments cannot be meant together.
    fn is_contradictory(&self, scale: ScaleName) -> Option<String> {
        if self.at.is_given() {
            return Some("--at is of a queue: a table has no time".into());
        }
        let columns = self.columns();
        if columns[0] == columns[1] || columns[1] == columns[2] || columns[0] == columns[2] {
            return Some("--item, --rater and --label each name a column of their own".into());
        }
        if scale == ScaleName::Set && self.weights.is_some_and(|weights| weights != WeightsName::Identity) {
            return Some("--weights goes by the order of levels, and sets have none".into());
        }
        let levels: Vec<&str> = self.levels.iter().map(|level| level.trim()).collect();
        if let Some(twice) = levels.iter().enumerate().find(|(at, level)| levels[..*at].contains(level)) {
            return Some(format!("--levels names `{}` twice", twice.1));
        }
        if levels.contains(&"") {
            return Some("--levels has a label without a name".into());
        }
        (levels.len() == 1 && scale != ScaleName::Set)
            .then(|| "--levels names two labels or more: of one alone nobody could have said another".into())
    }
}
