//! The comparison of two versions in words, for the command line and the screen.

use super::{Answer, CategoryChange, Comparison, Difference, MeanChange, Verdicts};
use crate::domain::versions::{Said, Version, Versions};
use crate::text::fit::cut;
use crate::text::plural::{plural, thousands};
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;

/// What the versions are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Of A and of B.
    pub names: [String; 2],
    /// The filters that find their items.
    pub filters: [String; 2],
}

/// Columns that a version's name may take.
const WIDEST_NAME: usize = 24;

/// Cases and people that are named where there are many.
const NAMED: usize = 5;

impl Names {
    /// The versions by their filters: where both ask for one field alone (`model:x`), by the values.
    pub fn of(filters: [String; 2]) -> Self {
        let term = |filter: &String| {
            let (field, value) = filter.split_once(':')?;
            let is_term = !value.is_empty() && !filter.contains([' ', '(', ')', '"']);
            is_term.then(|| (field.to_owned(), cut(value, WIDEST_NAME)))
        };
        let names = match filters.each_ref().map(term) {
            [Some((one, a)), Some((other, b))] if one == other && a != b => [a, b],
            _ => ["A".to_owned(), "B".to_owned()],
        };
        Self { names, filters }
    }
}

/// A part of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: &'static str,
    /// Sentences, which may be broken into lines.
    pub sentences: Vec<String>,
    /// Lines whose columns stand below each other.
    pub table: Vec<String>,
}

/// The comparison, a section for each question that somebody asks of it.
pub fn report(comparison: &Comparison, versions: &Versions, names: &Names) -> Vec<Section> {
    let words = Words { comparison, versions, names: &names.names };
    let said = |heading, sentences| Section { heading, sentences, table: Vec::new() };
    let table = |heading, table| Section { heading, sentences: Vec::new(), table };
    let sections = [
        said("VERDICTS", words.verdicts()),
        said("WHO SAYS SO", words.who()),
        said("WHAT WOULD CHANGE IT", words.what_would_change_it()),
        said("NOT COUNTED", words.not_counted()),
        table("FAILURE CATEGORIES", words.categories()),
        table("MEANS", words.means()),
    ];
    sections.into_iter().filter(|section| !section.sentences.is_empty() || !section.table.is_empty()).collect()
}

struct Words<'c> {
    comparison: &'c Comparison,
    versions: &'c Versions,
    /// Of A and of B.
    names: &'c [String; 2],
}

impl Words<'_> {
    fn verdicts(&self) -> Vec<String> {
        let Comparison { table, shared, undecided, .. } = self.comparison;
        match &self.comparison.verdicts {
            Verdicts::Nothing => {
                let open: u64 = undecided.iter().sum();
                vec![format!(
                    "No answer yet: of {} in both versions none is judged in both by a person, one by one; {} \
                     for a verdict.",
                    cases(*shared),
                    if open == 1 { "1 waits".into() } else { format!("{} wait", number(open)) }
                )]
            }
            Verdicts::Unpaired { judged, accepted, difference } => {
                let why =
                    "No case is in both versions: these are samples of different cases, which say less than pairs.";
                let answer = match difference {
                    None => {
                        let name = &self.names[usize::from(judged[0] > 0)];
                        format!("No answer yet: people have judged no output of {name}.")
                    }
                    Some(difference) => {
                        let of = judged.map(|judged| format!(" of {}", number(judged)));
                        let shares = [0, 1].map(|at| accepted[at] as f64 / judged[at] as f64);
                        format!("{} (Newcombe).", self.answer(difference, shares, of))
                    }
                };
                vec![why.into(), answer]
            }
            Verdicts::Paired { difference, p, .. } => {
                let [a, b] = self.names;
                let shares = table.accepted().map(|accepted| accepted as f64 / table.cases() as f64);
                let of = [format!(" of the same {}", cases(table.cases())), String::new()];
                vec![
                    format!("{} (Tango).", self.answer(difference, shares, of)),
                    format!(
                        "{b} won {} against {a} and lost {}; both are accepted in {} and rejected in {}.",
                        cases(table.won),
                        number(table.lost),
                        number(table.both_accepted),
                        number(table.both_rejected)
                    ),
                    format!("Of two equal versions one would come out so far ahead {} (McNemar, exact).", chance(*p)),
                ]
            }
        }
    }

    /// `v8 is better than v7: 92.1 % of v8 accepted, 88.2 % of v7 of the same 380 cases; 3.9 points
    /// more, with 95 % confidence between 0.8 and 7.1 points more`
    fn answer(&self, difference: &Difference, shares: [f64; 2], [of_a, of_b]: [String; 2]) -> String {
        let [a, b] = self.names;
        let answer = match difference.answer() {
            Answer::Better => format!("{b} is better than {a}"),
            Answer::Worse => format!("{b} is worse than {a}"),
            Answer::Open => format!("Whether {b} is better than {a} is not shown"),
        };
        let [share_a, share_b] = shares.map(|share| format!("{:.1} %", share * 100.0));
        format!(
            "{answer}: {share_b}{of_b} accepted in {b}, {share_a}{of_a} in {a}; {}, with 95 % confidence {}",
            points_more(difference.value),
            between(difference)
        )
    }

    fn who(&self) -> Vec<String> {
        let Comparison { table, reviewers, same_reviewer, by_several, other_spec, .. } = self.comparison;
        let all = table.cases();
        if all == 0 {
            return Vec::new();
        }
        let [a, b] = self.names;
        let person = |(name, [of_a, of_b]): &(Arc<str>, [u64; 2])| {
            format!("{name} ({} of {a}, {} of {b})", number(*of_a), number(*of_b))
        };
        let mut people: Vec<String> = reviewers.iter().take(NAMED).map(person).collect();
        people.extend((reviewers.len() > NAMED).then(|| format!("{} more", reviewers.len() - NAMED)));
        let mut sentences = vec![
            format!("The verdicts are those of {}.", people.join(", ")),
            format!(
                "The same person judged both outputs in {} of {}; {} of the {} verdicts rest on several people's \
                 decisions.",
                number(*same_reviewer),
                cases(all),
                number(*by_several),
                number(2 * all)
            ),
        ];
        if *other_spec > 0 {
            let of = cases(*other_spec);
            sentences.push(format!("The two outputs of {of} were judged under different versions of the spec."));
        }
        sentences
    }

    fn what_would_change_it(&self) -> Vec<String> {
        let Comparison { table, undecided, extremes, .. } = self.comparison;
        let Verdicts::Paired { difference, ends_at, decided_at, .. } = &self.comparison.verdicts else {
            return Vec::new();
        };
        let [_, b] = self.names;
        let mut sentences = vec![match (ends_at, decided_at) {
            (Some(ends_at), _) => {
                let is_better = difference.answer() == Answer::Better;
                let (word, of) = if is_better { ("won", table.won) } else { ("lost", table.lost) };
                let (ends_at, of) = (number(*ends_at), cases(of));
                format!("It is shown no more if {ends_at} of the {of} that {b} {word} are judged alike in both.")
            }
            (None, Some(needed)) => format!(
                "If more cases come out as these have, some {} decide it: {} more than are judged in both.",
                number(*needed),
                number(needed.saturating_sub(table.cases()))
            ),
            (None, None) => "More cases that come out as these have would not decide it.".into(),
        }];
        let open: u64 = undecided.iter().sum();
        if let (1.., [Some(worst), Some(best)]) = (open, *extremes) {
            let are = if open == 1 { "is" } else { "are" };
            sentences.push(format!(
                "{} {are} not judged in both. If all came out against {b}: {}; all for it: {}.",
                cases(open),
                points_more(worst),
                points_more(best)
            ));
        }
        sentences.push(
            "This is for one look: whoever looks again and again, and stops when something is shown, is wrong more \
             often. A bar `against` may be looked at at any time."
                .into(),
        );
        sentences
    }

    fn not_counted(&self) -> Vec<String> {
        let Comparison { undecided, in_bulk, by_check, .. } = self.comparison;
        let Versions { later_attempts, under_both, .. } = *self.versions;
        let [a, b] = self.names;
        let mut sentences = Vec::new();
        let sides = [format!("in {a}"), format!("in {b}"), "in both".into()];
        let sides = undecided.iter().zip(sides).filter(|(count, _)| **count > 0);
        let sides: Vec<String> = sides.map(|(count, side)| format!("{} {side}", number(*count))).collect();
        if !sides.is_empty() {
            sentences.push(format!("Not accepted or rejected: {}.", sides.join(", ")));
        }
        for (table, how) in [(in_bulk, "in bulk"), (by_check, "by a check")] {
            if table.cases() > 0 {
                sentences.push(format!(
                    "Decided {how}: {}, of which {b} won {} and lost {}.",
                    cases(table.cases()),
                    number(table.won),
                    number(table.lost)
                ));
            }
        }
        sentences.extend([Version::A, Version::B].into_iter().filter_map(|version| self.only(version)));
        if later_attempts != [0, 0] {
            let [of_a, of_b] = later_attempts.map(number);
            sentences.push(format!("Later attempts: {of_a} of {a}, {of_b} of {b}; the first one at a case counts."));
        }
        if under_both > 0 {
            let items = format!("{} {}", number(under_both), plural(under_both, "item"));
            sentences.push(format!("Found by both filters, so of neither version: {items}."));
        }
        sentences
    }

    fn only(&self, version: Version) -> Option<String> {
        let count = self.comparison.only[version as usize];
        let found = self.versions.cases.iter().filter(|case| case.said() == Said::Only(version));
        let mut named: Vec<&str> = found.take(NAMED).map(|case| case.name.as_str()).collect();
        named.extend((count as usize > NAMED).then_some("…"));
        let name = &self.names[version as usize];
        (count > 0).then(|| format!("Only in {name}: {} ({}).", cases(count), named.join(", ")))
    }

    fn categories(&self) -> Vec<String> {
        let row = |change: &CategoryChange| {
            let Difference { value, interval } = change.difference;
            let cells = [
                number(change.gone),
                number(change.new),
                number(change.both),
                points(value),
                format!("{} to {}", points(interval.low), points(interval.high)),
                if change.p_holm < 0.001 { "<0.001".into() } else { format!("{:.3}", change.p_holm) },
            ];
            (change.key.clone(), cells)
        };
        lined_up(
            ["GONE", "NEW", "BOTH", "POINTS", "95 %", "P (HOLM)"],
            self.comparison.categories.iter().map(row).collect(),
        )
    }

    fn means(&self) -> Vec<String> {
        let Comparison { scores, latency_ms, cost_usd, length, .. } = self.comparison;
        let measures = [("latency, ms", latency_ms), ("cost, $", cost_usd), ("length, characters", length)];
        let measures = measures.into_iter().filter_map(|(name, change)| Some((name, change.as_ref()?)));
        let scores = scores.iter().map(|(key, change)| (key.as_str(), change));
        let row = |(name, change): (&str, &MeanChange)| {
            let places = places(change.means);
            let signed = |value: f64| {
                let shown = format!("{value:+.places$}");
                let is_nothing = shown.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
                if is_nothing { shown.replace('-', "") } else { shown }
            };
            let interval = change.interval.map(|found| format!("{} to {}", signed(found.low), signed(found.high)));
            let [a, b] = change.means.map(|mean| format!("{mean:.places$}"));
            let cells = [number(change.pairs), a, b, signed(change.difference), interval.unwrap_or_else(|| "-".into())];
            (name.to_owned(), cells)
        };
        let [a, b] = self.names;
        lined_up(["CASES", a, b, "MORE", "95 %"], scores.chain(measures).map(row).collect())
    }
}

/// Rows of figures by name, their columns below each other; nothing where there is no row.
fn lined_up<const N: usize>(heads: [&str; N], rows: Vec<(String, [String; N])>) -> Vec<String> {
    const WIDEST: usize = 22;
    if rows.is_empty() {
        return Vec::new();
    }
    let head = (String::new(), heads.map(|head| cut(head, 12)));
    let rows = rows.into_iter().map(|(name, cells)| (cut(&name, WIDEST), cells));
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    let names = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let widths: [usize; N] =
        std::array::from_fn(|at| rows.iter().map(|(_, cells)| cells[at].width()).max().unwrap_or(0));
    let line = |(name, cells): &(String, [String; N])| {
        let cells = cells.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("  {}{cell}", " ".repeat(width - cell.width())));
        format!("{name}{}{}", " ".repeat(names - name.width()), cells.collect::<String>())
    };
    rows.iter().map(line).collect()
}

/// Decimal places that show some four digits of the larger one.
fn places(means: [f64; 2]) -> usize {
    match means[0].abs().max(means[1].abs()) {
        1000.0.. => 0,
        100.0.. => 1,
        small @ 0.000_001..1.0 => (2.0 - small.log10()).ceil() as usize,
        _ => 2,
    }
}

fn number(count: u64) -> String {
    thousands(count.try_into().unwrap_or(i64::MAX))
}

/// `1 case`, `12,345 cases`
fn cases(count: u64) -> String {
    format!("{} {}", number(count), plural(count, "case"))
}

/// A difference of shares in percentage points, with its sign.
fn points(difference: f64) -> String {
    let shown = format!("{:+.1}", difference * 100.0);
    if shown == "-0.0" || shown == "+0.0" { "0.0".into() } else { shown }
}

/// `3.9 points more`, `1.2 points less`
fn points_more(difference: f64) -> String {
    let shown = format!("{:.1}", difference.abs() * 100.0);
    match difference {
        _ if shown == "0.0" => "0.0 points apart".into(),
        0.0.. => format!("{shown} points more"),
        _ => format!("{shown} points less"),
    }
}

/// `between 0.8 and 7.1 points more`
fn between(Difference { interval, .. }: &Difference) -> String {
    let [low, high] = [interval.low, interval.high].map(|end| format!("{:.1}", end.abs() * 100.0));
    match (interval.low >= 0.0, interval.high <= 0.0) {
        (true, _) => format!("between {low} and {high} points more"),
        (_, true) => format!("between {high} and {low} points less"),
        _ => format!("between {low} points less and {high} more"),
    }
}

/// `in 3.6 % of such comparisons`
fn chance(p: f64) -> String {
    match p * 100.0 {
        ..0.1 => "in fewer than 0.1 % of such comparisons".into(),
        percent => format!("in {percent:.1} % of such comparisons"),
    }
}
