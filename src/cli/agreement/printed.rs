//! Agreement as it is printed: one object, or a table for people.

use crate::analysis::stats::agreement::{Agreement, Coefficient, ENOUGH, MANY, Undefined, chance_of_at_least, name};
use crate::analysis::stats::interval::Interval;
use crate::cli::output::line;
use crate::text::plural::count;
use color_eyre::eyre::Result;
use serde_json::{Map, Value, json};

/// Words that say yes: of two levels, the one that is such is positive.
const POSITIVE: [&str; 14] = [
    "1", "yes", "y", "true", "t", "positive", "pos", "accept", "accepted", "pass", "passed", "good", "correct",
    "present",
];

/// What is printed of one comparison.
pub(super) struct Printed<'p> {
    pub scale: &'static str,
    pub weights: &'static str,
    /// What could have been given.
    pub levels: &'p [String],
    /// The levels as they are told: of sets the whole sets.
    pub names: &'p [String],
    pub agreement: Agreement,
}

impl Printed<'_> {
    pub(super) fn json(&self) -> Value {
        let found = &self.agreement;
        let positive = self.positive();
        let specific = |level: Option<usize>| level.and_then(|level| found.specific.by_level[level]);
        let coefficients: Map<String, Value> = found
            .coefficients
            .each()
            .into_iter()
            .map(|(key, coefficient)| (key.to_owned(), self.coefficient(key, coefficient)))
            .collect();
        json!({
            "scale": self.scale,
            "weights": self.weights,
            "levels": self.levels,
            "items": found.items,
            "judged_twice": found.judged_twice,
            "raters": found.raters,
            "raw": found.raw,
            "positive": positive.map(|level| &self.levels[level]),
            "positive_agreement": specific(positive),
            "negative_agreement": specific(positive.map(|level| 1 - level)),
            "prevalence_index": found.specific.prevalence_index,
            "bias_index": found.specific.bias_index,
            "coefficients": coefficients,
        })
    }

    fn coefficient(&self, key: &str, Coefficient { value, se, interval, why }: &Coefficient) -> Value {
        let holds = interval.and_then(|_| self.agreement.shortfall(key));
        let (low, high) = (interval.map(|interval| interval.low), interval.map(|interval| interval.high));
        let why = why.map(|why| why.told(self.names));
        json!({"value": value, "se": se, "low": low, "high": high, "holds": holds, "why": why})
    }

    /// Of two levels the one that says yes, else the first.
    fn positive(&self) -> Option<usize> {
        let is_positive = |level: &String| POSITIVE.contains(&level.to_lowercase().as_str());
        (self.levels.len() == 2 && self.scale != "set")
            .then(|| self.levels.iter().position(is_positive).unwrap_or_default())
    }

    pub(super) fn print(&self) -> Result<()> {
        let found = &self.agreement;
        let (items, twice) = (found.items as usize, found.judged_twice);
        line(&format!("{}, {twice} judged by two or more; {}", count(items, "item"), count(found.raters, "rater")))?;
        line(&format!("{}, weights {}: {}", self.scale, self.weights, self.levels.join(", ")))?;
        line("")?;
        match (found.raw, twice) {
            (None, _) => line("no item was judged by two"),
            (Some(_), 0..ENOUGH) => {
                line(&format!("all say the same on {} of {}", found.unanimous, count(twice as usize, "item")))?;
                line("too few for a coefficient; --json computes them all the same")
            }
            (Some(raw), _) => {
                let few = if twice < MANY { ", which are few" } else { "" };
                line(&format!("raw agreement {:.1} % on {}{few}", raw * 100.0, count(twice as usize, "item")))?;
                if self.scale != "set" {
                    self.print_levels()?;
                }
                line("")?;
                self.print_coefficients()
            }
        }
    }

    /// Whoever says so finds so much company: the less often a level is given, the less that is by chance.
    fn print_levels(&self) -> Result<()> {
        let by_level = self.agreement.specific.by_level.iter().zip(self.names);
        for (agreement, name) in by_level.filter(|_| self.levels.len() <= 12) {
            let told = agreement.map_or("nobody says so".into(), |share| format!("{:.1} %", share * 100.0));
            line(&format!("  where one says {name}, another does: {told}"))?;
        }
        let index = |name: &str, index: Option<f64>| index.map(|index| format!("{name} index {index:.3}"));
        let specific = &self.agreement.specific;
        let indexes: Vec<String> = [index("prevalence", specific.prevalence_index), index("bias", specific.bias_index)]
            .into_iter()
            .flatten()
            .collect();
        if indexes.is_empty() { Ok(()) } else { line(&format!("  {}", indexes.join(", "))) }
    }

    fn print_coefficients(&self) -> Result<()> {
        line(&format!("{:<20} {:>7}  {:<17} {:>6}  {}", "COEFFICIENT", "VALUE", "95 %", "SE", "PROBABLY AT LEAST"))?;
        let is_of_these = |coefficient: &Coefficient| coefficient.why != Some(Undefined::Sets);
        let each = self.agreement.coefficients.each().into_iter();
        for (key, coefficient) in each.filter(|(_, coefficient)| is_of_these(coefficient)) {
            let name = name(key, self.weights != "identity");
            let Coefficient { value, se, interval, why } = coefficient;
            let why = why.map(|why| why.told(self.names));
            let number = |number: &Option<f64>| number.map_or("-".into(), decimal);
            let interval = interval
                .map_or(String::new(), |Interval { low, high }| format!("{} to {}", decimal(low), decimal(high)));
            let sure = value.zip(*se).filter(|(_, se)| *se > 0.0).map_or(String::new(), |(value, se)| {
                let at_least = |least: f64| format!("{least}: {}", percent(chance_of_at_least(value, se, least)));
                let holds = self.agreement.shortfall(key);
                let holds = holds.map_or(String::new(), |holds| format!("; holds in {:.0} %", holds * 100.0));
                format!("{}, {}{holds}", at_least(0.6), at_least(0.8))
            });
            let (value, se) = (number(value), se.map_or(String::new(), decimal));
            line(format!("{name:<20} {value:>7}  {interval:<17} {se:>6}  {}", why.unwrap_or(sure)).trim_end())?;
        }
        let each = self.agreement.coefficients.each().into_iter();
        if each.clone().any(|(key, found)| found.interval.is_some() && self.agreement.shortfall(key).is_some()) {
            line("")?;
            line("holds in: in that share of simulations of judgements as few and as lopsided, such an interval held")?;
            line("the truth; it should in 95 % (docs/agreement.md)")?;
        }
        Ok(())
    }
}

/// A chance in whole percent, of which none is certain.
fn percent(chance: f64) -> String {
    match chance * 100.0 {
        0.0..0.5 => "under 1 %".into(),
        99.5.. => "over 99 %".into(),
        percent => format!("{percent:.0} %"),
    }
}

/// Three decimals, without a sign of what rounds to nothing.
pub(super) fn decimal(number: f64) -> String {
    format!("{:.3}", (number * 1000.0).round() / 1000.0 + 0.0)
}
