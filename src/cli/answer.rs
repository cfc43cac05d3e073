//! `karat answer`

use super::context::Context;
use super::decide::{as_json, score, scored_twice};
use super::output::{Hinted, json_line, line, wrong_usage};
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::spec::Spec;
use clap::{ArgGroup, Args};
use color_eyre::eyre::Result;
use std::process::ExitCode;

#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true))]
pub(super) struct Answer {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// The output is accepted
    #[arg(long, group = "what")]
    accept: bool,
    /// The output is rejected
    #[arg(long, group = "what")]
    reject: bool,
    /// Send it back to who asked, with a note; they decide
    #[arg(long = "return", group = "what", requires = "note")]
    sends_back: bool,
    /// A failure category's key, of a rejection; may be repeated
    #[arg(long = "category", value_name = "KEY", conflicts_with = "sends_back")]
    categories: Vec<String>,
    /// A criterion's key and its level, such as tone=4; may be repeated
    #[arg(long = "score", value_name = "KEY=N", value_parser = score, conflicts_with = "sends_back")]
    scores: Vec<(String, u8)>,
    /// What there is to say to who asked
    #[arg(long)]
    note: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Answer {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(key) = scored_twice(&self.scores) {
            return Ok(wrong_usage(format!("--score gives `{key}` twice")));
        }
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        store.free_abandoned(&queue).hinted()?;
        let judgement = self.judgement(&queue.spec.spec);
        let decision = store.answer(queue.actor(&reviewer, store.now()), &self.item, &judgement).hinted()?;
        if self.json {
            json_line(&as_json(&queue, &self.item, &decision)?)?;
        } else {
            let done = if self.sends_back { "sent back" } else { judgement.verdict.past() };
            line(&format!("{done} {} as {reviewer}", self.item))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn judgement(&self, spec: &Spec) -> Judgement {
        let verdict = match (self.accept, self.reject) {
            (true, _) => Verdict::Accept,
            (_, true) => Verdict::Reject,
            _ => Verdict::Escalate,
        };
        let mut categories = self.categories.clone();
        spec.sort_categories(&mut categories);
        let (scores, note) = (self.scores.iter().cloned().collect(), self.note.clone().unwrap_or_default());
        Judgement::new(verdict, Draft { categories, scores, note, ..Draft::default() })
    }
}
