//! `karat decide`

use super::context::Context;
use super::output::{Hinted, json_line, line, wrong_usage};
use crate::domain::correction;
use crate::domain::decision::{Decision, Draft, Judgement, Verdict};
use crate::domain::mark::Mark;
use crate::domain::policy::Cause;
use crate::domain::queue::{Over, Queue};
use crate::domain::record::{DECISION, Exported};
use crate::domain::spec::Spec;
use crate::text::file_text::text_of_file;
use clap::Args;
use color_eyre::eyre::{Result, WrapErr};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{fs, io};

#[derive(Args)]
pub(super) struct Decide {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// accept, reject or escalate
    #[arg(long)]
    verdict: Verdict,
    /// A failure category's key; may be repeated
    #[arg(long = "category", value_name = "KEY")]
    categories: Vec<String>,
    /// A criterion's key and its level, such as tone=4; may be repeated
    #[arg(long = "score", value_name = "KEY=N", value_parser = score)]
    scores: Vec<(String, u8)>,
    /// What there is to say; an escalation needs its reason here
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Characters of the output and what is wrong with them, such as 10..24=tone or
    /// 10..24=tone:too informal; may be repeated
    #[arg(long = "mark", value_name = "START..END=KEY[:COMMENT]", value_parser = mark)]
    marks: Vec<Marked>,
    /// The output as it should have been; JSON where the output is JSON
    #[arg(long, value_name = "TEXT", conflicts_with = "correction_file")]
    correction: Option<String>,
    /// A file with the output as it should have been; `-` is standard input
    #[arg(long, value_name = "FILE")]
    correction_file: Option<PathBuf>,
    /// An escalation's route; by default that of its gravest category
    #[arg(long, value_name = "KEY")]
    route: Option<String>,
    /// Where it settles opinions that disagree, why they do: ambiguous, unclear, slip, edge_case or taste
    #[arg(long, value_name = "CAUSE")]
    cause: Option<Cause>,
    /// Also where another reviewer has decided the item: theirs is of record no more
    #[arg(long)]
    over: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// A mark as it is asked for.
#[derive(Clone)]
struct Marked {
    chars: Range<usize>,
    category: String,
    comment: String,
}

fn mark(argument: &str) -> Result<Marked, String> {
    const SHAPE: &str = "it is START..END=KEY, such as 10..24=tone; characters count from 0, and END is not among them";
    let (range, what) = argument.split_once('=').ok_or(SHAPE)?;
    let (start, end) = range.split_once("..").ok_or(SHAPE)?;
    let number = |text: &str| text.parse::<usize>().map_err(|_| SHAPE);
    let (category, comment) = what.split_once(':').unwrap_or((what, ""));
    Ok(Marked { chars: number(start)?..number(end)?, category: category.into(), comment: comment.into() })
}

pub(super) fn score(argument: &str) -> Result<(String, u8), String> {
    let (key, level) = argument.split_once('=').ok_or("it is KEY=N, such as tone=4")?;
    let level = level.parse().map_err(|_| format!("`{level}` is no level; levels count from 1"))?;
    Ok((key.to_owned(), level))
}

impl Decide {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(key) = scored_twice(&self.scores) {
            return Ok(wrong_usage(format!("--score gives `{key}` twice")));
        }
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        store.free_abandoned(&queue).hinted()?;
        let mut judgement = self.judgement(&queue.spec.spec);
        if self.correction.is_some() || self.correction_file.is_some() || !self.marks.is_empty() {
            let output = store.item_of(&queue, &self.item).hinted()?.output;
            let correction = self.correction(&output.text)?;
            judgement.draft_mut().correction = correction.and_then(|text| correction::of(&output, &text));
            match self.marks_on(&output.text) {
                Ok(marks) => judgement.draft_mut().marks = marks,
                Err(why) => return Ok(wrong_usage(why)),
            }
        }
        let over = if self.over { Over::Anybody } else { Over::Nobody };
        let actor = queue.actor(&reviewer, store.now()).over(over);
        let decision = store.decide_at_once(actor, &self.item, &judgement).hinted()?;
        if self.json {
            json_line(&as_json(&queue, &self.item, &decision)?)?;
        } else {
            line(&format!("{} {} as {reviewer}", decision.judgement.verdict.past(), self.item))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What was given as the correction of the output, without what belongs to the file that it
    /// is in.
    fn correction(&self, output: &str) -> Result<Option<String>> {
        let Some(file) = &self.correction_file else { return Ok(self.correction.clone()) };
        let read = match file.to_str() {
            Some("-") => io::read_to_string(io::stdin()),
            _ => fs::read_to_string(file),
        };
        let text = read.wrap_err_with(|| format!("the correction {} cannot be read", file.display()))?;
        Ok(Some(text_of_file(&text, output)))
    }

    /// The marks on the output, in its order.
    fn marks_on(&self, output: &str) -> Result<Vec<Mark>, String> {
        let on = |marked: &Marked| {
            let Range { start, end } = marked.chars;
            let outside = || {
                format!(
                    "--mark {start}..{end} covers nothing of the output, which has {} characters",
                    output.chars().count()
                )
            };
            Mark::on_chars(output, start..end, &marked.category, &marked.comment).ok_or_else(outside)
        };
        let mut marks = self.marks.iter().map(on).collect::<Result<Vec<_>, _>>()?;
        marks.sort();
        Ok(marks)
    }

    fn judgement(&self, spec: &Spec) -> Judgement {
        let marked = self.marks.iter().map(|marked| &marked.category);
        let mut categories: Vec<String> = self.categories.iter().chain(marked).cloned().collect();
        spec.sort_categories(&mut categories);
        let proposed = || spec.route_for(&categories).map(|route| route.key.clone());
        let route = match self.verdict {
            Verdict::Escalate => self.route.clone().or_else(proposed),
            _ => self.route.clone(),
        };
        let note = self.note.clone().unwrap_or_default();
        let draft =
            Draft { categories, scores: self.scores.iter().cloned().collect(), note, route, ..Draft::default() };
        Judgement { cause: self.cause, ..Judgement::new(self.verdict, draft) }
    }
}

/// A criterion of which one score would be lost.
pub(super) fn scored_twice(scores: &[(String, u8)]) -> Option<&str> {
    let mut seen = HashSet::new();
    scores.iter().map(|(key, _)| key.as_str()).find(|key| !seen.insert(*key))
}

/// The decision as a row of an export tells it, with where it belongs.
pub(super) fn as_json(queue: &Queue, item: &str, decision: &Decision) -> Result<Value> {
    let mut told = json!({ "decision": decision.id, "queue": queue.name, "item": item });
    for field in DECISION.iter().filter(|field| field.name != "decision_id" && field.uses.exported != Exported::Never) {
        told[field.name] = field.cell(decision, &queue.spec.spec).to_json()?;
    }
    Ok(told)
}
