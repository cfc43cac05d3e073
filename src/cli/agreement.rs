//! `karat agreement`

mod judgements;
mod labels;
mod printed;

use super::output::{json_line, wrong_usage};
use super::report::aside;
use crate::analysis::stats::agreement::{Weights, agreement};
use crate::text::sanitize;
use clap::{Args, ValueEnum};
use color_eyre::eyre::Result;
use judgements::{Columns, read};
use labels::{Measured, ScaleName};
use printed::Printed;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Agreement {
    /// CSV or TSV with a judgement a row; `-` is standard input
    #[arg(long, value_name = "FILE")]
    table: PathBuf,
    /// The column that says which item is judged
    #[arg(long, value_name = "COLUMN")]
    item: String,
    /// The column that says who judges
    #[arg(long, value_name = "COLUMN")]
    rater: String,
    /// The column that says what the item was judged to be; an empty cell is no judgement, and of a
    /// set the empty one
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// What the labels are: names, steps in order, numbers with equal distances, numbers from a true
    /// zero, or sets of names written a|b or a;b
    #[arg(long, value_enum, default_value_t = ScaleName::Nominal, value_name = "SCALE")]
    scale: ScaleName,
    /// The labels that could have been given, of an order the lowest first; by default those that were
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', num_args = 1)]
    levels: Vec<String>,
    /// How much two levels count as the same by their places in the order; by default identity for
    /// nominal, else quadratic
    #[arg(long, value_enum, value_name = "WEIGHTS")]
    weights: Option<WeightsName>,
    /// One JSON object
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
    pub(super) fn run(self) -> Result<ExitCode> {
        if let Some(reason) = self.is_contradictory() {
            return Ok(wrong_usage(reason));
        }
        let levels: Vec<String> = self.levels.iter().map(|level| level.trim().to_owned()).collect();
        let columns = Columns { item: &self.item, rater: &self.rater, label: &self.label };
        let table = read(&self.table, &columns, self.scale, &levels)?;
        table.notes.iter().for_each(|note| aside(&sanitize::line(note)));
        let Measured { scale, names, .. } = &table.measured;
        let weights = self.weights.unwrap_or(WeightsName::by_default(self.scale));
        if weights != WeightsName::Identity && !table.measured.is_ordered {
            return Ok(wrong_usage(format!(
                "--weights {} needs an order: name the labels with --levels, the lowest first",
                weights.word()
            )));
        }
        let printed = Printed {
            scale: self.scale.word(),
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

    /// What of the arguments cannot be meant together.
    fn is_contradictory(&self) -> Option<String> {
        let columns = [&self.item, &self.rater, &self.label];
        if columns[0] == columns[1] || columns[1] == columns[2] || columns[0] == columns[2] {
            return Some("--item, --rater and --label each name a column of their own".into());
        }
        if self.scale == ScaleName::Set && self.weights.is_some_and(|weights| weights != WeightsName::Identity) {
            return Some("--weights goes by the order of levels, and sets have none".into());
        }
        let levels: Vec<&str> = self.levels.iter().map(|level| level.trim()).collect();
        if let Some(twice) = levels.iter().enumerate().find(|(at, level)| levels[..*at].contains(level)) {
            return Some(format!("--levels names `{}` twice", twice.1));
        }
        if levels.contains(&"") {
            return Some("--levels has a label without a name".into());
        }
        (levels.len() == 1 && self.scale != ScaleName::Set)
            .then(|| "--levels names two labels or more: of one alone nobody could have said another".into())
    }
}
