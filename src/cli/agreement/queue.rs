//! The agreement of the people who give opinions in a queue.

use super::printed::{Printed, decimal};
use crate::analysis::opinions::{Between, Compared, LeftOut, Opinions, Subject, Which};
use crate::analysis::stats::agreement::{ENOUGH, MANY};
use crate::cli::at::At;
use crate::cli::context::Context;
use crate::cli::output::{Hinted, json_line, line, tell_damaged, wrong_usage};
use crate::cli::report::Suggest;
use crate::cli::searching;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::store::SpecVersions;
use crate::text::plural::count;
use crate::text::sanitize;
use crate::text::suggest::nearest;
use clap::ValueEnum;
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

/// By what agreement is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    Reviewer,
    Pair,
    Category,
    Criterion,
    Model,
    #[value(name = "spec_version")]
    SpecVersion,
}

/// What is asked of a queue.
pub(super) struct OfQueue<'q> {
    pub name: &'q str,
    pub on: Option<&'q str>,
    pub by: Option<By>,
    pub filter: Option<&'q str>,
    pub reviewer: Option<&'q str>,
    /// What was judged elsewhere, in place of what was here.
    pub imported: bool,
    pub at: &'q At,
    pub json: bool,
}

/// One comparison of those that are told.
struct Told {
    subject: Subject,
    /// The first and the last version of the spec.
    versions: (i64, i64),
    /// The value of what is told apart: a person, two, a model.
    by: Option<String>,
    of: Of,
    compared: Compared,
}

/// Whose opinions stand in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Those that were drawn.
    Drawn,
    /// Those that were asked for because of what was said first.
    Asked,
    /// Of people who judged elsewhere, with each other.
    Elsewhere,
    /// The same with the reviewers here.
    ElsewhereAndHere,
}

impl Of {
    /// The member of the printed object that tells it.
    fn member(self) -> (&'static str, Value) {
        match self {
            Of::Drawn => ("drawn", true.into()),
            Of::Asked => ("drawn", false.into()),
            Of::Elsewhere => ("imported", "with each other".into()),
            Of::ElsewhereAndHere => ("imported", "with reviewers".into()),
        }
    }

    fn between(self) -> Between {
        match self {
            Of::Drawn | Of::Asked => Between::Everybody,
            Of::Elsewhere => Between::Elsewhere(None),
            Of::ElsewhereAndHere => Between::ElsewhereAndHere(None),
        }
    }
}

impl OfQueue<'_> {
    pub(super) fn run(&self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer)?;
        let store = self.at.store(context)?;
        let queue = store.queue(self.name).hinted()?;
        let subjects = match self.subjects(&queue) {
            Ok(subjects) => subjects,
            Err(reason) => return Ok(wrong_usage(reason)),
        };
        let filter = searching::read(&store, &queue, self.filter)?;
        let filter = searching::resolve(&store, &queue, &filter)?;
        let condition = store.condition(&queue, &filter, &reviewer).hinted()?;
        let opinions = match self.imported {
            true => store.imported_opinions(&queue, &condition),
            false => store.opinions_given(&queue, &condition, Some(&reviewer)),
        };
        let opinions = opinions.hinted()?;
        if self.imported && opinions.items.is_empty() && opinions.left_out.open == 0 {
            return Err(eyre!("no judgements of people were imported into {}", queue.name)).suggestion(
                "they come with items, as from Label Studio or Argilla, or by `karat judge import` with \"kind\": \"person\"",
            );
        }
        let versions = store.spec_versions(&queue).hinted()?;
        let others = store.compares_people(&reviewer).hinted()?;
        let own = opinions.reviewers.iter().position(|name| *name == reviewer).map(|place| place as u32);
        let told = self.told(&queue, &opinions, &versions, &subjects, (others, own));
        match self.json {
            true => told.iter().try_for_each(|told| json_line(&as_json(&queue, told, opinions.left_out)))?,
            false => self.print(&queue, &opinions, &told)?,
        }
        if matches!(self.by, Some(By::Reviewer | By::Pair)) && !others {
            crate::cli::output::aside("others one by one are for leads; here is what is yours");
        }
        Ok(tell_damaged(&store))
    }

    fn subjects(&self, queue: &Queue) -> std::result::Result<Vec<Subject>, String> {
        let spec = &queue.spec.spec;
        let all = Subject::all(spec);
        if let Some(key) = self.on {
            return Subject::named(key, spec).map(|subject| vec![subject]).ok_or_else(|| {
                let keys: Vec<&str> = all.iter().map(Subject::key).collect();
                let near = nearest(key, keys.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
                format!(
                    "--on `{key}` is nothing that is judged{}; it is one of {}",
                    near.unwrap_or_default(),
                    keys.join(", ")
                )
            });
        }
        let is_wanted = |subject: &Subject| match self.by {
            None => true,
            Some(By::Category) => matches!(subject, Subject::Category(_)),
            Some(By::Criterion) => matches!(subject, Subject::Criterion(_)),
            Some(_) => *subject == Subject::Verdict,
        };
        Ok(all.into_iter().filter(is_wanted).collect())
    }

    /// The comparisons; those of people other than the reader where `others` says so, else those in
    /// which the reader's place is one of two.
    fn told(
        &self,
        queue: &Queue,
        opinions: &Opinions,
        versions: &SpecVersions,
        subjects: &[Subject],
        (others, own): (bool, Option<u32>),
    ) -> Vec<Told> {
        let mut told = Vec::new();
        let tables = if self.imported { [Of::Elsewhere, Of::ElsewhereAndHere] } else { [Of::Drawn, Of::Asked] };
        for of in tables {
            for subject in subjects {
                let spans = match self.by {
                    // Under which sentences they judged is not known.
                    _ if of == Of::Elsewhere => vec![versions.whole()],
                    Some(By::SpecVersion) => versions.each(),
                    _ => versions.spans(subject),
                };
                for versions in spans {
                    let (drawn, between) = (of != Of::Asked, of.between());
                    let which = Which { drawn, between, versions: Some(versions), ..Which::default() };
                    for (by, which) in self.groups(opinions, &which, others, own) {
                        let compared = opinions.compare(&queue.spec.spec, subject, &which);
                        if compared.agreement.items > 0
                            || (of != Of::Asked && versions.1 == queue.spec.version && by.is_none())
                        {
                            told.push(Told { subject: subject.clone(), versions, by, of, compared });
                        }
                    }
                }
            }
        }
        told
    }

    fn groups(
        &self,
        opinions: &Opinions,
        which: &Which,
        others: bool,
        own: Option<u32>,
    ) -> Vec<(Option<String>, Which)> {
        let places = |names: &[String]| 0..names.len() as u32;
        let name = |place: u32| opinions.reviewers[place as usize].clone();
        let is_same = |one: u32, other: u32| name(one).to_lowercase() == name(other).to_lowercase();
        let first = opinions.first_elsewhere.unwrap_or(u32::MAX);
        match self.by {
            Some(By::Model) => places(&opinions.models)
                .map(|model| {
                    (Some(opinions.models[model as usize].clone()), Which { model: Some(model), ..which.clone() })
                })
                .collect(),
            Some(By::Reviewer) => {
                let mine = |one: &u32| match which.between {
                    Between::Everybody => others || Some(*one) == own,
                    _ => *one >= first,
                };
                let between = |one: u32| match which.between {
                    Between::Elsewhere(_) => Between::Elsewhere(Some(one)),
                    Between::ElsewhereAndHere(_) => Between::ElsewhereAndHere(Some(one)),
                    _ => Between::One(one),
                };
                let of = |one: u32| (Some(name(one)), Which { between: between(one), ..which.clone() });
                places(&opinions.reviewers).filter(mine).map(of).collect()
            }
            Some(By::Pair) => {
                let pairs = places(&opinions.reviewers)
                    .flat_map(|one| (one + 1..opinions.reviewers.len() as u32).map(move |other| (one, other)));
                let is_mine = |one: u32, other: u32| others || Some(one) == own || Some(other) == own;
                let mine = |(one, other): &(u32, u32)| match which.between {
                    Between::Elsewhere(_) => *one >= first,
                    Between::ElsewhereAndHere(_) => {
                        (*one < first && *other >= first) && is_mine(*one, *other) && !is_same(*one, *other)
                    }
                    _ => is_mine(*one, *other),
                };
                let of = |(one, other): (u32, u32)| {
                    let names = format!("{} and {}", name(one), name(other));
                    (Some(names), Which { between: Between::Two(one, other), ..which.clone() })
                };
                pairs.filter(mine).map(of).collect()
            }
            _ => vec![(None, which.clone())],
        }
    }

    fn print(&self, queue: &Queue, opinions: &Opinions, told: &[Told]) -> Result<()> {
        let [first_head, second_head] = match self.imported {
            false => HEADS,
            true => IMPORTED_HEADS,
        };
        let (drawn, asked): (Vec<&Told>, Vec<&Told>) =
            told.iter().partition(|told| matches!(told.of, Of::Drawn | Of::Elsewhere));
        line(&format!("{}: {first_head}", queue.name))?;
        match drawn[..] {
            [one] if self.on.is_some() && self.by.is_none() => printed(one).print()?,
            _ => self.print_table(queue, &drawn)?,
        }
        if !asked.is_empty() {
            line("")?;
            line(second_head)?;
            self.print_table(queue, &asked)?;
        }
        let left_out = left_out(opinions.left_out);
        if !left_out.is_empty() {
            line("")?;
            line(&format!("left out: {left_out}"))?;
        }
        Ok(())
    }

    fn print_table(&self, queue: &Queue, told: &[&Told]) -> Result<()> {
        let by = self.by.filter(|by| matches!(by, By::Reviewer | By::Pair | By::Model));
        let head = by.map(|by| match by {
            By::Pair => "PAIR",
            By::Model => "MODEL",
            _ => "REVIEWER",
        });
        let heads = head.into_iter().chain(HEADINGS).map(str::to_owned).collect();
        let row = |told: &&Told| -> Vec<String> {
            by.map(|_| told.by.clone().unwrap_or_default()).into_iter().chain(cells(told, &queue.spec.spec)).collect()
        };
        let rows: Vec<Vec<String>> = [heads].into_iter().chain(told.iter().map(row)).collect();
        let widths: Vec<usize> =
            (0..rows[0].len()).map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
        for row in &rows {
            let cell = |(cell, width): (&String, &usize)| {
                format!("{}{}", sanitize::line(cell), " ".repeat(width.saturating_sub(cell.width())))
            };
            line(row.iter().zip(&widths).map(cell).collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

/// What stands above each of the two tables.
const HEADS: [&str; 2] = [
    "opinions of which several were drawn, each given unseen",
    "asked for because of what was said first, and so not counted above",
];
const IMPORTED_HEADS: [&str; 2] = [
    "what people judged elsewhere, of items that are settled here, with each other",
    "the same with the opinions of the reviewers here: each pair on an item counts as one",
];

const HEADINGS: [&str; 8] = ["ON", "SPEC", "ITEMS", "BY TWO", "PEOPLE", "RAW", "AC1 OR AC2", "ALPHA"];

fn cells(told: &Told, spec: &Spec) -> [String; 8] {
    let found = &told.compared.agreement;
    let twice = found.judged_twice;
    let coefficient = |key: &str| {
        let found = found.coefficients.each().into_iter().find(|(known, _)| *known == key).map(|(_, found)| found);
        match found {
            _ if twice < ENOUGH => String::new(),
            Some(found) => match (found.value, found.interval) {
                (Some(value), Some(interval)) => {
                    format!("{} ({} to {})", decimal(value), decimal(interval.low), decimal(interval.high))
                }
                (Some(value), None) => decimal(value),
                (None, _) => found.why.map(|why| why.told(&told.compared.names)).unwrap_or_default(),
            },
            None => String::new(),
        }
    };
    let raw = match found.raw {
        Some(_) if twice < ENOUGH => format!("under {ENOUGH} by two: counts alone"),
        Some(raw) => format!("{:.1} %{}", raw * 100.0, if twice < MANY { " (few)" } else { "" }),
        None => "-".into(),
    };
    let first = if told.subject == Subject::Categories { String::new() } else { coefficient("gwet") };
    [
        told.subject.told(spec),
        span(told.versions),
        found.items.to_string(),
        twice.to_string(),
        found.raters.to_string(),
        raw,
        first,
        coefficient("krippendorff"),
    ]
}

fn span((first, last): (i64, i64)) -> String {
    if first == last { format!("v{first}") } else { format!("v{first} to v{last}") }
}

fn left_out(left_out: LeftOut) -> String {
    let parts = [(left_out.seen, "given when others could be seen"), (left_out.bulk, "given to many items at once")];
    let mut told: Vec<String> = parts
        .into_iter()
        .filter(|(times, _)| *times > 0)
        .map(|(times, what)| format!("{} {what}", count(times as usize, "opinion")))
        .collect();
    if left_out.kept > 0 {
        told.push(format!(
            "{} whose opinions are kept from you until they are settled, also where you and another differ: the figures \
             look better than they are",
            count(left_out.kept as usize, "item")
        ));
    }
    if left_out.open > 0 {
        told.push(format!("{} judged elsewhere and not settled here", count(left_out.open as usize, "item")));
    }
    told.join(", ")
}

fn printed(told: &Told) -> Printed<'_> {
    let (scale, weights) = told.subject.scale();
    let Compared { levels, names, agreement } = &told.compared;
    Printed { scale, weights, levels, names, agreement: agreement.clone() }
}

fn as_json(queue: &Queue, told: &Told, left_out: LeftOut) -> Value {
    let mut found = json!({
        "queue": queue.name,
        "on": told.subject.key(),
        "what": told.subject.kind(),
        "spec_versions": [told.versions.0, told.versions.1],
        "by": told.by,
    });
    let (member, value) = told.of.member();
    found[member] = value;
    if let (Value::Object(all), Value::Object(printed)) = (&mut found, printed(told).json()) {
        all.extend(printed);
        let LeftOut { seen, bulk, kept, open } = left_out;
        let of_imported = matches!(told.of, Of::Elsewhere | Of::ElsewhereAndHere);
        let left_out = match of_imported {
            true => json!({"seen": seen, "bulk": bulk, "open": open}),
            false => json!({"seen": seen, "bulk": bulk, "kept": kept}),
        };
        all.insert("left_out".into(), left_out);
    }
    found
}
