//! `karat judge import|report`

use super::SOME_REJECTED;
use super::context::Context;
use super::import::{Shown, report, taken_by};
use super::output::{Hinted, json_line, line, tell_damaged, wrong_usage};
use super::report::Suggest;
use super::searching;
use crate::analysis::judging::{Alone, CONFIDENCE, LeftOut, MARGIN, Measured};
use crate::analysis::stats::interval::Share;
use crate::analysis::stats::judge::{Alternative, Calibration};
use crate::config;
use crate::domain::judge::{Judge as Judged, JudgeKind};
use crate::domain::queue::Queue;
use crate::ingest::{IngestJudgements, RejectsTo, beside};
use crate::store::{Disagreement, ImportOptions, JudgeFigures, Store};
use crate::text::sanitize;
use clap::{Args, Subcommand};
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// Disagreements that the text shows of a judge.
const SHOWN: usize = 10;

/// Names that are told of many.
const NAMED: usize = 5;

#[derive(Subcommand)]
pub(super) enum Judge {
    /// Bring in what model judges, code or people elsewhere say of the items of a queue
    ///
    /// JSON Lines, one judgement a line: id (the item's), judge, kind (model, which it is where it is not said, code
    /// or person), version, verdict, categories, scores, reason. It is hidden until the item is settled, and settles
    /// nothing.
    Import(Import),
    /// Say how good model judges are, measured against people's verdicts of record
    ///
    /// For each judge in each of its versions: how often it sees what people see, by verdict and by
    /// failure category, the share of good outputs corrected for its errors, whether it may stand in
    /// for a person, what following it alone would save, and where it and people disagree. Bulk decisions
    /// and later attempts at a case are left out. A model's verdicts of record are refused. Code, such as an assertion
    /// or a metric, is measured where --judge names it; what people judged elsewhere is compared by
    /// `karat agreement --imported`.
    Report(Report),
}

#[derive(Args)]
pub(super) struct Report {
    /// The queue's name
    queue: String,
    /// Only this judge, a model or code: its name, or `NAME@VERSION`; by default all models
    #[arg(long, value_name = "JUDGE")]
    judge: Option<String>,
    /// Only items that it finds, such as 'prompt_version:v8'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Whom `is:mine`, `is:deferred` and `has:draft` are about; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Import {
    /// The queue's name
    queue: String,
    /// JSON Lines, or what an earlier import of judgements rejected; `-` is standard input
    file: PathBuf,
    /// Read and check everything, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Where rejected lines go; by default FILE.rejects.jsonl beside the file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Replace what a judge in the same version has said otherwise
    #[arg(long)]
    update: bool,
    /// One JSON object with the counts
    #[arg(long)]
    json: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Judge {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match self {
            Judge::Import(import) => import.run(context),
            Judge::Report(report) => report.run(context),
        }
    }
}

impl Report {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let filter = searching::read(&store, &queue, self.filter.as_deref())?;
        let filter = searching::resolve(&store, &queue, &filter)?;
        let condition = store.condition(&queue, &filter, &reviewer).hinted()?;
        let code = store.judges(&queue, JudgeKind::Code).hinted()?;
        let kind = self.kind(&store, &queue, &code)?;
        let found = store.judge_figures(&queue, kind, |judge| self.is_wanted(judge), &condition).hinted()?;
        let refusals: Vec<_> = found.iter().filter_map(|figures| figures.report.refusal()).collect();
        if refusals.len() == found.len()
            && let Some(why) = refusals.first()
        {
            return Err(eyre!("{why}"))
                .suggestion("let people decide some of the outputs, under names of their own: `karat review`");
        }
        if self.json {
            let judges: Result<Vec<_>> = found.iter().map(|figures| as_json(&store, kind, figures)).collect();
            json_line(&json!({ "queue": queue.name, "confidence": CONFIDENCE, "judges": judges? }))?;
            return Ok(tell_damaged(&store));
        }
        for (at, figures) in found.iter().enumerate() {
            if at > 0 {
                line("")?;
            }
            self.print(&store, figures)?;
        }
        if self.judge.is_none() && !code.is_empty() {
            line("")?;
            line(&sanitize::line(&format!("code has judged too: {}; --judge NAME measures it", names(&code))))?;
        }
        Ok(tell_damaged(&store))
    }

    fn is_wanted(&self, judge: &Judged) -> bool {
        self.judge.as_deref().is_none_or(|wanted| judge.name == wanted || judge.to_string() == wanted)
    }

    /// The kind of the judges that are measured: models, and code where it is named. A judge that is not there is told
    /// with those that are.
    fn kind(&self, store: &Store, queue: &Queue, code: &[Judged]) -> Result<JudgeKind> {
        let models = store.judges(queue, JudgeKind::Model).hinted()?;
        let people = store.judges(queue, JudgeKind::Person).hinted()?;
        let is_one_of = |judges: &[Judged]| judges.iter().any(|judge| self.is_wanted(judge));
        let compares = format!("`karat agreement {} --imported` compares what people judged elsewhere", queue.name);
        match &self.judge {
            _ if is_one_of(&models) => Ok(JudgeKind::Model),
            Some(_) if is_one_of(code) => Ok(JudgeKind::Code),
            Some(wanted) if is_one_of(&people) => {
                Err(eyre!("`{wanted}` is a person, who is no judge to be measured")).suggestion(compares)
            }
            Some(wanted) if !(models.is_empty() && code.is_empty()) => {
                Err(eyre!("`{wanted}` has judged nothing in {}", queue.name))
                    .suggestion(format!("its judges are {}", names(&[&models, code].concat())))
            }
            _ => Err(eyre!("no model has judged anything in {}", queue.name)).suggestion(
                match (code.is_empty(), people.is_empty()) {
                    (false, _) => format!("code has, and --judge NAME measures it: {}", names(code)),
                    (true, false) => compares,
                    (true, true) => format!("`karat judge import {} FILE` brings in what a judge says", queue.name),
                },
            ),
        }
    }

    fn print(&self, store: &Store, figures: &JudgeFigures) -> Result<()> {
        let JudgeFigures { report, by_check, later_attempts } = figures;
        let mut sentences = report.sentences(*by_check, *later_attempts).into_iter();
        if let Some(head) = sentences.next() {
            line(&sanitize::line(&format!("{}: {head}", report.judge)))?;
        }
        for sentence in sentences {
            line(&format!("  {}", sanitize::line(&sentence)))?;
        }
        let shown = &report.disagreements[..report.disagreements.len().min(SHOWN)];
        for Disagreement { id, judgement, said, people, .. } in store.disagreements(&report.judge, shown).hinted()? {
            let said = said.past();
            let reason = if judgement.reason.is_empty() { String::new() } else { format!(": {}", judgement.reason) };
            let told = format!("    {id}  {said}, people {}{reason}", people.past());
            line(&sanitize::line(&told))?;
        }
        match report.disagreements.len() - shown.len() {
            0 => Ok(()),
            more => line(&format!("    ... and {more} more, with --json")),
        }
    }
}

/// The names of the first of some judges, and how many there are beside.
fn names(judges: &[Judged]) -> String {
    let named: Vec<String> = judges.iter().take(NAMED).map(ToString::to_string).collect();
    let more = judges.len() - named.len();
    format!("{}{}", named.join(", "), if more == 0 { String::new() } else { format!(" and {more} more") })
}

fn as_json(
    store: &Store,
    kind: JudgeKind,
    JudgeFigures { report, by_check, later_attempts }: &JudgeFigures,
) -> Result<Value> {
    let left_out = |why| report.left_out.get(&why).copied().unwrap_or_default();
    let categories = report.categories.iter().map(|(key, measured)| {
        let mut told = measured_json(measured);
        told["category"] = key.as_str().into();
        told
    });
    let disagreements = store.disagreements(&report.judge, &report.disagreements).hinted()?;
    let disagreements = disagreements.iter().map(|Disagreement { id, judgement, said, people, draft, .. }| {
        json!({
            "item": id,
            "judge": said,
            "judge_categories": judgement.categories,
            "reason": judgement.reason,
            "people": people,
            "people_categories": draft.categories,
        })
    });
    Ok(json!({
        "judge": report.judge.name,
        "version": Some(&report.judge.version).filter(|version| !version.is_empty()),
        "kind": kind,
        "judged": report.judged,
        "compared": report.compared,
        "open": report.open,
        "left_out": {
            "bulk": left_out(LeftOut::Bulk),
            "check": by_check,
            "model": left_out(LeftOut::Model),
            "later_attempt": later_attempts,
        },
        "escalated": report.escalated,
        "refused": report.refusal(),
        "verdict": measured_json(&report.verdict),
        "categories": categories.collect::<Vec<_>>(),
        "accept_alone": report.accept_alone.as_ref().map(alone_json),
        "reject_alone": report.reject_alone.as_ref().map(alone_json),
        "alternative_annotator": alternative_json(&report.alternative),
        "disagreements": disagreements.collect::<Vec<_>>(),
    }))
}

fn measured_json(measured: &Measured) -> Value {
    let Calibration { good, good_seen, bad, bad_seen } = measured.calibration;
    let share = |found: Option<Share>, seen: u64, n: u64| {
        found
            .map(|Share { share, low, high }| json!({ "share": share, "low": low, "high": high, "seen": seen, "n": n }))
    };
    let estimate = measured.prevalence.estimate;
    json!({
        "n": measured.compared(),
        "sensitivity": share(measured.sensitivity, good_seen, good),
        "specificity": share(measured.specificity, bad_seen, bad),
        "judge_says": { "yes": measured.says, "of": measured.of },
        "prevalence": {
            "method": estimate.map(|estimate| estimate.method.as_str()),
            "share": estimate.map(|estimate| estimate.share),
            "low": estimate.map(|estimate| estimate.low),
            "high": estimate.map(|estimate| estimate.high),
            "saves": estimate.and_then(|estimate| estimate.saves),
            "why": measured.prevalence.why(),
        },
    })
}

fn alone_json(Alone { read, wrong, wrong_at_most, fewer }: &Alone) -> Value {
    json!({ "read": read, "wrong": wrong, "wrong_at_most": wrong_at_most, "fewer_reviews": fewer })
}

fn alternative_json(alternative: &std::result::Result<Alternative, String>) -> Value {
    match alternative {
        Err(why) => json!({ "passes": null, "why": why }),
        Ok(test) => json!({
            "passes": test.passes(),
            "winning_rate": test.winning_rate,
            "advantage": test.advantage,
            "margin": MARGIN,
            "people": test.people.iter().map(|person| json!({
                "items": person.items,
                "advantage": person.advantage,
                "p": person.p,
                "adjusted_p": person.adjusted_p,
                "wins": person.wins,
            })).collect::<Vec<_>>(),
            "too_few": test.too_few.len(),
        }),
    }
}

impl Import {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let target = self.rejects.clone().unwrap_or_else(|| beside(&self.file));
        if let Some(what) = taken_by(&target, std::slice::from_ref(&self.file), context.db()?.file()) {
            return Ok(wrong_usage(what));
        }
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let rejects = match self.rejects {
            Some(path) => RejectsTo::File(path),
            None if self.dry_run => RejectsTo::Nowhere,
            None => RejectsTo::Beside { otherwise: config::rejects_folder() },
        };
        let options = ImportOptions { update: self.update, dry_run: self.dry_run };
        let actor = queue.actor(&reviewer, store.now());
        let ingest = IngestJudgements { store: &store, actor, options, rejects };
        let counts = ingest.run(&self.file, &mut Shown::default()).map_err(report)?;
        match self.json {
            true => json_line(&counts)?,
            false => line(&counts.summary(self.dry_run))?,
        }
        Ok(if counts.rejected > 0 { ExitCode::from(SOME_REJECTED) } else { ExitCode::SUCCESS })
    }
}
