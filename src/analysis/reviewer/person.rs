//! What is known of a reviewer, and the sentences in which they and those who lead are told it.

use super::{Part, ReviewerFigures};
use crate::domain::time::{UtcMillis, format_rfc3339};
use crate::text::percent::percent;
use crate::text::plural::count;

/// What is known of a reviewer of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub reviewer: String,
    /// Examples that they were served, and of those the ones that they escalated and should not have: these are
    /// neither right nor wrong.
    pub served: i64,
    pub escalated: i64,
    pub figures: ReviewerFigures,
    pub paused: Option<Paused>,
}

impl Person {
    /// What is known of them, in sentences without a full stop; `pass` is the share that the spec asks for.
    pub fn sentences(&self, pass: Option<f64>) -> Vec<String> {
        let Self { served, escalated, figures, .. } = self;
        let asked = pass.map(|pass| format!("; the queue asks for {}", percent(pass))).unwrap_or_default();
        let mut told = Vec::new();
        told.extend(self.paused.as_ref().map(|paused| {
            let what = if paused.stops { "paused" } else { "told" };
            format!("{what} since {}: {}", day(paused.at), paused.why())
        }));
        told.push(match figures.right.whole {
            0 if *served == 0 => "no known example was served yet".into(),
            0 => format!("{} served, none answered yet", count(*served as usize, "known example")),
            _ => format!("right on known examples: {}{asked}", of(&figures.right)),
        });
        if *escalated > 0 {
            let were = if *escalated == 1 { "was" } else { "were" };
            told.push(format!("{escalated} of those served {were} escalated, which is neither right nor wrong"));
        }
        if figures.over_time.len() > 1 {
            let shares =
                figures.over_time.iter().map(|stretch| format!("{} of {}", stretch.right.part, stretch.right.whole));
            told.push(format!("over time: {}", shares.collect::<Vec<_>>().join(", then ")));
        }
        if let Some(since) = figures.drift.alarm {
            told.push(format!("drift: more errors than usual since {}", day(since)));
        }
        let used = figures.categories.iter().filter(|category| category.seen.whole > 0 || category.said.part > 0);
        told.extend(used.map(|category| {
            let (seen, said) = (of(&category.seen), of(&category.said));
            format!("{}: seen where it is there {seen}; said where it is not {said}", category.key)
        }));
        told.extend(self.with_oneself());
        told
    }

    fn with_oneself(&self) -> Vec<String> {
        let oneself = &self.figures.oneself;
        let mut told = Vec::new();
        if oneself.same.whole > 0 {
            let ac1 = oneself.ac1.map(|ac1| format!("; AC1 {ac1:.2}")).unwrap_or_default();
            told.push(format!("decided the same again: {}{ac1}", of(&oneself.same)));
        }
        told.extend(oneself.p.map(|p| {
            let [stricter, milder] =
                [oneself.accept_to_reject, oneself.reject_to_accept].map(|times| count(times as usize, "time"));
            let more = if p < 0.05 { ", more than chance would bring" } else { "" };
            format!("accept became reject {stricter}, reject became accept {milder} (p {p:.3}{more})")
        }));
        told
    }
}

/// That the answers of a reviewer spoke against what the spec asks for, and nobody has lifted it.
#[derive(Debug, Clone, PartialEq)]
pub struct Paused {
    pub reviewer: String,
    pub at: UtcMillis,
    /// Answers that were right and wrong when it came.
    pub good: i64,
    pub bad: i64,
    /// The share that should have been right.
    pub pass: f64,
    /// Nothing is served until it is lifted; else it is told alone.
    pub stops: bool,
    /// The number of its row in the workspace.
    pub seq: i64,
}

impl Paused {
    /// `of 24 known examples 13 were answered as they should be, which speaks against the 80 % that the queue asks for`
    pub fn why(&self) -> String {
        let Self { good, bad, pass, .. } = self;
        let pass = (pass * 1000.0).round() / 10.0;
        format!(
            "of {} known examples {good} were answered as they should be, which speaks a hundred to one against the \
             {pass} % that this queue asks for",
            good + bad
        )
    }
}

/// `19 of 24, 79.2 % (59.5 to 90.8 %)`
fn of(part: &Part) -> String {
    part.share.map_or_else(
        || "0 of 0".into(),
        |share| {
            let [whole, low, high] = [share.share, share.low, share.high].map(percent);
            let low = low.trim_end_matches(" %");
            format!("{} of {}, {whole} ({low} to {high})", part.part, part.whole)
        },
    )
}

/// `2026-11-28`, in UTC.
fn day(at: UtcMillis) -> String {
    format_rfc3339(at).chars().take(10).collect()
}
