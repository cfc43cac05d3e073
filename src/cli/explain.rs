//! `karat explain`

use super::check::failed_json;
use super::context::Context;
use super::output::{Hinted, json_line, line};
use crate::domain::decision::Verdict;
use crate::domain::decline::{DeclineReason, told};
use crate::domain::policy::ReviewerKind;
use crate::domain::queue::Queue;
use crate::domain::sampling::{AUDIT, SAMPLE, draw, drawn_by, share};
use crate::domain::stage::Stage;
use crate::domain::time::format_rfc3339;
use crate::store::{Explained, Share};
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Explain {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let explained = store.explained(&queue, &self.item, store.now()).hinted()?;
        let share = store.share_reached(queue.actor(&reviewer, store.now())).hinted()?;
        let share = share.filter(|_| explained.stage.is_open()).map(|share| over_share(&reviewer, share));
        let why: Vec<String> = why(&queue, &explained).into_iter().chain(share).collect();
        let next = next(&explained);
        if self.json {
            json_line(&json!({
                "item": explained.item.id,
                "stage": explained.stage.as_str(),
                "rule": explained.rule,
                "chance": explained.chance,
                "opinions": explained.opinions,
                "opinions_asked": explained.opinions_asked,
                "waits_for": waits_for(&explained),
                "claimed_by": explained.claimed_by,
                "next": next,
                "checks": explained.checks.iter().map(failed_json).collect::<Vec<_>>(),
                "why": why,
            }))?;
        } else {
            line(&sanitize::line(&format!("{}: {}", explained.item.id, explained.stage.phrase())))?;
            why.iter().chain([&next]).try_for_each(|sentence| line(&sanitize::line(&format!("  {sentence}"))))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What an item waits for; `None`: for nothing.
fn waits_for(explained: &Explained) -> Option<String> {
    Some(match explained.stage {
        Stage::Waiting => "a reviewer".into(),
        Stage::NeedsOpinion => "another opinion".into(),
        Stage::Disputed => "an adjudicator".into(),
        Stage::Escalated => match explained.question.as_ref().filter(|question| !question.route.is_empty()) {
            Some(question) => format!("an answer from {}", question.route),
            None => "an answer".into(),
        },
        Stage::Returned => explained.question.as_ref().map_or("who asked".into(), |question| question.asked_by.clone()),
        Stage::ToRetry => "a new attempt".into(),
        Stage::HeldBack | Stage::Accepted | Stage::Rejected | Stage::Replaced => return None,
    })
}

/// What comes next.
fn next(explained: &Explained) -> String {
    if let (Some(reviewer), true) = (&explained.claimed_by, explained.stage.is_open()) {
        return format!("{reviewer} has it now");
    }
    if explained.is_left_to_nobody {
        return "nobody is left for it: everybody on the team has declined it or given an opinion; one of them takes \
                that back (`karat decline --take-back`), or `karat team grant` adds somebody"
            .into();
    }
    if let (Some(reviewer), true) = (&explained.reserved_for, explained.stage.is_open()) {
        return format!("it is served to {reviewer} and nobody else, until they have decided or declined it");
    }
    match explained.stage {
        Stage::HeldBack => "nobody is served it; a greater rate takes it in, or `karat pull`".into(),
        Stage::Waiting => "it is served to the next reviewer who comes to it".into(),
        Stage::NeedsOpinion => "it is served to somebody who has given no opinion on it".into(),
        Stage::Disputed => "it is served to who settles disputes".into(),
        Stage::Escalated => match explained.question.as_ref().and_then(|question| question.due_at) {
            Some(due) => format!("an answer is due by {}", format_rfc3339(due)),
            None => "an answer settles it or sends it back".into(),
        },
        Stage::Returned => "who asked decides it".into(),
        Stage::ToRetry => "a new attempt takes its place; `karat retry` prints what a program needs to make it".into(),
        Stage::Replaced => "the later attempt is what counts".into(),
        Stage::Accepted | Stage::Rejected => {
            "nothing; its decision may still be changed, and a lead puts it back with `karat reopen`".into()
        }
    }
}

/// What put the item there, a sentence each.
fn why(queue: &Queue, explained: &Explained) -> Vec<String> {
    let checks = explained.checks.iter();
    let checks = checks.map(|check| format!("the check `{}` says {}: {}", check.key, check.outcome, check.reason));
    let opinions = (explained.opinions_asked > 1 || explained.stage == Stage::NeedsOpinion).then(|| {
        let (given, asked) = (explained.opinions, explained.opinions_asked);
        format!("{given} of {asked} {} given", if asked == 1 { "opinion is" } else { "opinions are" })
    });
    let audited = audited(queue, explained);
    let declined = explained.declined.iter();
    let declined = declined.map(|declined| {
        // Words of one's own may tell what one thinks of the output.
        let why = match declined.why.parse::<DeclineReason>() {
            Err(_) if explained.decided.is_none() => "for a reason of their own",
            _ => told(&declined.why),
        };
        format!("{} declined it: {why}", declined.reviewer)
    });
    let reopened = explained.reopened.as_ref().map(|(by, why)| format!("{by} reopened it: {why}"));
    let attempt = (explained.attempt > 1).then(|| format!("it is attempt {}", explained.attempt));
    let replaced = explained.replaced_by.as_ref().map(|id| format!("{id} has taken its place"));
    let asked = explained.question.as_ref().map(|question| match &question.asked_by {
        by if by == ReviewerKind::Program.as_str() => "its attempts are used up, so an answer is asked".into(),
        by => format!("{by} asked"),
    });
    sampled(queue, explained)
        .into_iter()
        .chain(checks)
        .chain(opinions)
        .chain(audited)
        .chain(declined)
        .chain(reopened)
        .chain(decided(explained))
        .chain(asked)
        .chain(attempt)
        .chain(replaced)
        .collect()
}

fn over_share(reviewer: &str, Share { held, settled, most }: Share) -> String {
    format!(
        "{reviewer} holds {held} of the {settled} that are settled, and the spec lets one reviewer hold a share of \
         {most}: it is served to others"
    )
}

fn decided(explained: &Explained) -> Option<String> {
    let (reviewer, verdict) = explained.decided.as_ref()?;
    let done = match verdict {
        Verdict::Accept => "accepted",
        Verdict::Reject => "rejected",
        Verdict::Escalate => "escalated",
    };
    let way = explained.settled_by.as_ref().filter(|way| *way != "single").map(|way| format!(" ({way})"));
    Some(format!("{reviewer} {done} it{}", way.unwrap_or_default()))
}

/// A second opinion is asked of the item because it was drawn.
fn audited(queue: &Queue, explained: &Explained) -> Option<String> {
    let spec = &queue.spec.spec;
    let audit = spec.review.as_ref()?.audit?;
    let rule = spec.samples.iter().find(|sample| explained.rule.as_ref() == Some(&sample.key));
    let is_asked_by_rule = rule.is_some_and(|rule| i64::from(rule.opinions) >= explained.opinions_asked);
    let drawn = draw(AUDIT, &queue.name, drawn_by(&explained.item));
    (explained.opinions_asked == 2 && !is_asked_by_rule && drawn < audit).then(|| {
        format!("an audit takes {} of the cases; this one drew {drawn:.6}, so a second opinion is asked", share(audit))
    })
}

/// What sampling made of the item.
fn sampled(queue: &Queue, explained: &Explained) -> Vec<String> {
    let Some(chance) = explained.chance else { return vec!["no rule of sampling applied, so it was taken".into()] };
    let (what, drawn_by) = match &explained.item.case {
        Some(case) => (format!("its case {case}"), case.as_str()),
        None => ("it".into(), drawn_by(&explained.item)),
    };
    let version = explained.rule_version.map_or_else(String::new, |version| format!(" of spec version {version}"));
    let drawn = draw(SAMPLE, &queue.name, drawn_by);
    let mut told = vec![match &explained.rule {
        None => format!("{what} was taken when no rule of sampling applied, and is taken whole"),
        Some(rule) if explained.is_first => {
            format!("{what} is among the first of the rule `{rule}`, which are all taken")
        }
        Some(rule) => {
            let outcome = if drawn < chance { "taken" } else { "held back" };
            format!(
                "the rule `{rule}`{version} takes {} of its cases; {what} drew {drawn:.6}, so it is {outcome}",
                share(chance)
            )
        }
    }];
    if explained.is_pulled {
        told.push("it was pulled in by hand, so no estimate counts it".into());
    }
    told
}
