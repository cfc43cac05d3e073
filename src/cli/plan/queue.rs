//! What the bars of a queue take yet.

use super::Plan;
use crate::analysis::bar::{ByRule, Course, Outlook, Whole, Why};
use crate::analysis::judging::{Alone, JudgeReport};
use crate::analysis::stats::power::{FixedPlan, fixed_plan};
use crate::analysis::stats::weighted::neyman;
use crate::cli::WRONG_USAGE;
use crate::cli::context::Context;
use crate::cli::gate::chosen;
use crate::cli::output::{Hinted, aside, json_line, line, tell_damaged};
use crate::domain::bar::{Bar, Method, Outcome, Target};
use crate::domain::judge::JudgeKind;
use crate::domain::time::HOUR_MILLIS;
use crate::store::{BarReport, Condition};
use crate::text::percent::percent;
use crate::text::plural::{self, plural};
use crate::text::sanitize;
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::process::ExitCode;

/// The chance with which a fixed number of reviews shall meet a bar.
const POWER: f64 = 0.9;

pub(super) fn plan(context: &Context, queue: &str, plan: &Plan) -> Result<ExitCode> {
    let store = context.existing_store()?;
    let queue = store.queue(queue).hinted()?;
    let bars = chosen(&queue.spec, &plan.bars)?;
    if bars.is_empty() {
        aside(&format!("version {} of the spec of {} has no [[bar]]", queue.spec.version, queue.name));
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    let judges = store.judge_figures(&queue, JudgeKind::Model, |_| true, &Condition::default()).hinted()?;
    let pace = Pace { millis: store.review_millis(&queue).hinted()?, hour_cost: queue.spec.spec.hour_cost() };
    for bar in bars {
        let planned = Planned::of(store.bar(&queue, bar, store.now()).hinted()?, plan.expect, pace);
        match plan.json {
            true => {
                let mut object = planned.json();
                object["judges"] = judges.iter().map(|figures| saved(&figures.report)).collect();
                json_line(&object)?;
            }
            false => planned.lines().iter().try_for_each(|text| line(text))?,
        }
    }
    if !plan.json {
        judges.iter().flat_map(|figures| savings(&figures.report)).try_for_each(|text| line(&text))?;
    }
    Ok(tell_damaged(&store))
}

/// What a judge would save of the reviews: a bar counts people alone.
fn savings(report: &JudgeReport) -> Vec<String> {
    let saved = report.savings();
    let head = format!("the judge {} would save, where a bar counts people alone:", report.judge);
    let head = (!saved.is_empty()).then(|| sanitize::line(&head).into_owned());
    head.into_iter().chain(saved.into_iter().map(|sentence| format!("  {sentence}"))).collect()
}

/// The same as an object: shares of the reviews; `null` where it is not to be told.
fn saved(report: &JudgeReport) -> Value {
    let is_told = !report.savings().is_empty();
    let fewer = |alone: &Option<Alone>| alone.as_ref().filter(|_| is_told).and_then(|alone| alone.fewer);
    let estimate = report.verdict.prevalence.estimate.filter(|_| is_told);
    json!({
        "judge": report.judge.name,
        "version": Some(&report.judge.version).filter(|version| !version.is_empty()),
        "accept_alone": fewer(&report.accept_alone),
        "reject_alone": fewer(&report.reject_alone),
        "saves": estimate.and_then(|estimate| estimate.saves),
    })
}

/// How long a review takes and what an hour costs, as far as it is known.
#[derive(Clone, Copy)]
struct Pace {
    millis: Option<f64>,
    hour_cost: Option<f64>,
}

impl Pace {
    fn hours(self, reviews: u64) -> Option<f64> {
        Some(self.millis? * reviews as f64 / HOUR_MILLIS as f64)
    }

    fn money(self, reviews: u64) -> Option<f64> {
        Some(self.hours(reviews)? * self.hour_cost?)
    }

    /// `2.4 hours, which cost 108.00`
    fn told(self, reviews: u64) -> Option<String> {
        let hours = self.hours(reviews)?;
        let time =
            if hours < 1.0 { format!("{:.0} minutes", (hours * 60.0).ceil()) } else { format!("{hours:.1} hours") };
        let money = self.money(reviews).map(|money| format!(", which cost {money:.2}")).unwrap_or_default();
        Some(format!("{time}{money}"))
    }
}

struct Planned {
    report: BarReport,
    outlook: Option<Outlook>,
    /// `None`: it is a fixed number anyway, what is expected is not above the bar, or it is against a baseline.
    fixed: Option<FixedPlan>,
    /// How the reviews of `fixed` are best shared out among the rules of sampling.
    by_rule: Vec<(ByRule, u64)>,
    pace: Pace,
}

impl Planned {
    fn of(report: BarReport, expect: Option<f64>, pace: Pace) -> Self {
        let is_decided = matches!(report.recount.outcome, Outcome::Met | Outcome::Failed);
        let outlook = if is_decided { None } else { Outlook::of(&report.bar, &report.recount, expect) };
        let truth = outlook.map(|outlook| outlook.expected.truth);
        let fixed = truth.and_then(|truth| fixed(&report.bar, truth));
        let by_rule = fixed.zip(truth).map(|(plan, truth)| shared_out(&report.recount.by_rule, plan.reviews, truth));
        Self { report, outlook, fixed, by_rule: by_rule.unwrap_or_default(), pace }
    }

    fn json(&self) -> Value {
        let recount = &self.report.recount;
        let course = |course: Course| json!({"truth": course.truth, "more": course.more, "power": course.power});
        let more = self.outlook.and_then(|outlook| outlook.expected.more);
        let of_rule = |(of_rule, reviews): &(ByRule, u64)| {
            let ByRule { rule, cases, read, good } = of_rule;
            json!({"rule": rule, "cases": cases, "read": read, "good": good, "reviews": reviews})
        };
        json!({
            "bar": self.report.bar.key,
            "outcome": self.report.outcome.as_str(),
            "rate": recount.rate,
            "read": recount.read,
            "eligible": recount.eligible + recount.uncovered,
            "expected": self.outlook.map(|outlook| course(outlook.expected)),
            "better": self.outlook.map(|outlook| course(outlook.better)),
            "worse": self.outlook.map(|outlook| course(outlook.worse)),
            "fixed_reviews": self.fixed.map(|plan| plan.reviews),
            "fixed_failures": self.fixed.map(|plan| plan.failures),
            "by_rule": self.by_rule.iter().map(of_rule).collect::<Vec<_>>(),
            "seconds_each": self.pace.millis.map(|millis| millis / 1000.0),
            "hours": more.and_then(|more| self.pace.hours(more)),
            "money": more.and_then(|more| self.pace.money(more)),
        })
    }

    fn lines(&self) -> Vec<String> {
        let BarReport { bar, outcome, recount, .. } = &self.report;
        let (read, all) = (grouped(recount.read), grouped(recount.eligible + recount.uncovered));
        let mut lines = vec![format!("{outcome}: {} [{}], {read} read of {all}", bar.title(), bar.key)];
        if recount.is_empty() {
            lines.extend(recount.why.iter().map(|why| format!("  {why}")));
            return lines;
        }
        let without = recount.why.iter().filter(|why| matches!(why, Why::Without { .. }));
        lines.extend(without.map(|why| format!("  {why}")));
        let Some(Outlook { expected, better, worse }) = self.outlook else {
            lines.extend((recount.outcome == Outcome::Undecided).then(|| without_outlook(bar).to_owned()));
            return lines;
        };
        lines.push(self.course(expected));
        if better.truth != expected.truth {
            lines.extend([self.course(better), self.course(worse)]);
        }
        let held_back = recount.whole.map(Whole::unread).filter(|_| recount.outcome == Outcome::Undecided);
        lines.extend(held_back.filter(|unread| *unread > 0).map(|unread| {
            format!("  {} more at most: then all of the queue is read, and nothing is left to chance", grouped(unread))
        }));
        if self.report.recount.has_no_place_left(&self.report.bar) {
            let end = "every place is read: for more reviews later batches must come, or sampling must take more";
            lines.push(format!("  {end}"));
        }
        let time = expected.more.and_then(|more| self.pace.told(more));
        lines.extend(time.map(|time| format!("  {time} at the present pace")));
        lines.extend(self.fixed.map(|FixedPlan { reviews, failures }| {
            let reviews = grouped(reviews);
            format!("  decided once instead: {reviews} from the start, at most {failures} of them bad, 9 times in 10")
        }));
        if self.by_rule.len() > 1 {
            let told: Vec<String> = self.by_rule.iter().map(of_rule).collect();
            lines.push(format!("  those are best shared out as {}", told.join(", ")));
        }
        lines
    }

    /// `about 120 more reviews if 95 % are good; with a chance of 89.2 % it is met`
    fn course(&self, course: Course) -> String {
        let bar = &self.report.bar;
        let truth = match bar.target {
            Target::AtLeast(_) => format!("{} are good", percent(course.truth)),
            Target::Against { .. } => format!("the difference is {}", percent(course.truth)),
        };
        // Without a place left the chance says nothing of what may come.
        let power = course.power.filter(|_| !self.report.recount.has_no_place_left(&self.report.bar));
        let power = power.map(|power| format!("; with a chance of {} it is met", percent(power)));
        format!("  {} if {truth}{}", more(course, bar.method), power.unwrap_or_default())
    }
}

/// `51 mail`
fn of_rule((of_rule, reviews): &(ByRule, u64)) -> String {
    let rule = if of_rule.rule.is_empty() { "of no rule" } else { &of_rule.rule };
    format!("{} {rule}", grouped(*reviews))
}

fn without_outlook(bar: &Bar) -> &'static str {
    match (bar.is_judged, &bar.target) {
        (false, _) => "  it is counted without review",
        (true, Target::Against { .. }) => {
            "  how many pairs it takes is known once some are read of cases that both versions have"
        }
        (true, Target::AtLeast(_)) => "  nothing is to be expected yet",
    }
}

fn more(course: Course, method: Method) -> String {
    let about = if method == Method::Fixed { "" } else { "about " };
    match course.more {
        Some(more) => format!("{about}{} more {}", grouped(more), plural(more as i64, "review")),
        None => "no number of reviews decides it".into(),
    }
}

fn grouped(number: u64) -> String {
    plural::thousands(i64::try_from(number).unwrap_or(i64::MAX))
}

fn fixed(bar: &Bar, truth: f64) -> Option<FixedPlan> {
    match bar.target {
        Target::AtLeast(share) if bar.method == Method::Sequential => fixed_plan(truth, share, bar.confidence, POWER),
        _ => None,
    }
}

/// Neyman's shares in whole reviews, each at most the cases that there are. The share that is good of a rule of which
/// five are read is what it is so far, with one more good and one more bad; of others the one that is expected.
fn shared_out(by_rule: &[ByRule], reviews: u64, expect: f64) -> Vec<(ByRule, u64)> {
    let share = |of_rule: &ByRule| match of_rule.read {
        0..5 => expect,
        read => (of_rule.good + 1) as f64 / (read + 2) as f64,
    };
    let strata: Vec<(u64, f64)> = by_rule.iter().map(|of_rule| (of_rule.cases, share(of_rule))).collect();
    let shares = neyman(reviews as f64, &strata);
    by_rule
        .iter()
        .cloned()
        .zip(shares)
        .map(|(of_rule, share)| {
            let most = of_rule.cases;
            (of_rule, (share.ceil() as u64).min(most))
        })
        .collect()
}
