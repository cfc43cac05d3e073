//! `karat merge`

use super::SOME_REJECTED;
use super::context::{Context, is_same_file};
use super::output::{Hinted, json_line, line, tell_damaged, wrong_usage};
use super::report::Suggest;
use crate::domain::decision::Verdict;
use crate::domain::time::format_rfc3339;
use crate::store::{Fate, MergeTerms, Merged, MergedJudgements, Store};
use crate::text::plural;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Merge {
    /// The copy, as `karat backup` made it, with what was decided in it since
    other: PathBuf,
    /// Only tell what would be merged
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line, for each decision that was not here
    #[arg(long)]
    json: bool,
    /// Under whose name the log has the merge; by default that of the settings, else the
    /// login name. The decisions keep the names of those who made them
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

/// Numbers of decisions by outcome.
#[derive(Default)]
struct Counts {
    merged: u64,
    second_opinions: u64,
    left_out: u64,
    /// Of models, which came with them.
    judgements: MergedJudgements,
}

impl Merge {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        if context.db()?.file().is_some_and(|db| is_same_file(&self.other, db)) {
            return Ok(wrong_usage("a workspace cannot be merged with itself"));
        }
        if !self.other.exists() {
            return Err(eyre!("there is no workspace at {}", self.other.display()))
                .suggestion("name the copy that decisions were made in");
        }
        let actor = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let other = Store::open_existing(&self.other).hinted()?;
        let name = self.other.file_name().unwrap_or(self.other.as_os_str()).to_string_lossy();
        let terms = MergeTerms { name: &name, actor: &actor, dry_run: self.dry_run, now: store.now() };
        let mut counts = Counts::default();
        let mut printed = Ok(());
        let each = |merged: Merged| {
            counts.add(&merged.fate);
            if printed.is_ok() {
                printed = self.print(&merged);
            }
        };
        counts.judgements = store.merge(&other, terms, each).hinted()?;
        printed?;
        if !self.json {
            line(&counts.describe(self.dry_run))?;
        }
        let told = tell_damaged(&other);
        Ok(if counts.left_out > 0 { ExitCode::from(SOME_REJECTED) } else { told })
    }

    fn print(&self, merged: &Merged) -> Result<()> {
        if self.json { json_line(&as_json(merged)) } else { line(&as_line(merged)) }
    }
}

impl Counts {
    fn add(&mut self, fate: &Fate) {
        match fate {
            Fate::LeftOut(_) => self.left_out += 1,
            Fate::SecondOpinion { .. } => {
                self.merged += 1;
                self.second_opinions += 1;
            }
            _ => self.merged += 1,
        }
    }

    fn describe(&self, dry_run: bool) -> String {
        let Counts { merged, second_opinions, left_out, judgements } = self;
        let done = match dry_run {
            true => format!("dry run, nothing changed: {merged} would be merged"),
            false => format!("merged {merged}"),
        };
        let told = |judgements: u64| plural::count(judgements as usize, "judgement");
        let judged = match judgements {
            MergedJudgements { came: 0, left_out: 0 } => String::new(),
            MergedJudgements { came, left_out: 0 } => format!("; and {}", told(*came)),
            MergedJudgements { left_out, .. } => {
                format!("; {} left in the copy, which a lead's merge brings in", told(*left_out))
            }
        };
        format!("{done}, {second_opinions} of them second opinions; left out {left_out}{judged}")
    }
}

fn as_json(merged: &Merged) -> Value {
    let Merged { queue, item, decision, fate, .. } = merged;
    json!({
        "decision": decision.id,
        "queue": queue,
        "item": item,
        "verdict": told_verdict(merged),
        "reviewer": decision.reviewer,
        "decided_at": format_rfc3339(decision.decided_at),
        "outcome": outcome(fate),
        "why": why(fate),
    })
}

/// The verdict; `None`: it is kept from who merges.
fn told_verdict(merged: &Merged) -> Option<&'static str> {
    let verdict = merged.decision.judgement.verdict;
    (!merged.is_kept || verdict == Verdict::Escalate).then(|| verdict.as_str())
}

/// `second opinion  replies  i7  reject by ana at 2026-11-01T09:00:00Z: ...`
fn as_line(merged: &Merged) -> String {
    let Merged { queue, item, decision, fate, .. } = merged;
    let why = why(fate).map(|why| format!(": {why}")).unwrap_or_default();
    let (verdict, at) = (told_verdict(merged).unwrap_or("an opinion"), format_rfc3339(decision.decided_at));
    format!("{:<14}  {queue}  {item}  {verdict} by {} at {at}{why}", outcome(fate), decision.reviewer)
}

fn outcome(fate: &Fate) -> &'static str {
    match fate {
        Fate::Added => "merged",
        Fate::Undone => "undone",
        Fate::Superseded => "superseded",
        Fate::Settled { .. } => "settled",
        Fate::SecondOpinion { .. } => "second opinion",
        Fate::LeftOut(_) => "left out",
    }
}

fn why(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Added => None,
        Fate::Undone => Some("it was taken back in the copy".into()),
        Fate::Superseded => Some("a decision of its reviewer here stands in its place".into()),
        Fate::Settled { of_record, by } | Fate::SecondOpinion { of_record, by } => {
            Some(format!("{} by {by} stays of record", of_record.as_str()))
        }
        Fate::LeftOut(reason) => Some(reason.as_str().into()),
    }
}
