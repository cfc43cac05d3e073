//! `karat demo`

use super::context::Context;
use super::import::import;
use super::output::{Hinted, line};
use super::report::Suggest;
use super::review::Review;
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::spec::Spec;
use crate::domain::time::HOUR_MILLIS;
use crate::import::{Options, Reader};
use crate::ingest::{Ingest, RejectsTo, Source};
use crate::store::{Applied, ImportOptions, Store};
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use directories::ProjectDirs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Spec and items of each sample queue; they come with the program.
const SAMPLES: [(&str, &str); 3] = [
    (
        include_str!("../../sample-data/support-replies/spec.toml"),
        include_str!("../../sample-data/support-replies/items.jsonl"),
    ),
    (
        include_str!("../../sample-data/product-copy/spec.toml"),
        include_str!("../../sample-data/product-copy/items.jsonl"),
    ),
    (
        include_str!("../../sample-data/invoice-extraction/spec.toml"),
        include_str!("../../sample-data/invoice-extraction/items.jsonl"),
    ),
];

/// Who asks in the sample queues: queue, item, route, hours ago, reason. One is overdue.
const ASKS: &str = "mira";
const QUESTIONS: [(&str, &str, &str, i64, &str); 2] = [
    (
        "support-replies",
        "sup-0066",
        "policy",
        50,
        "Two articles disagree here, and the reply says so. May we send that, or do we settle it first?",
    ),
    (
        "support-replies",
        "sup-0061",
        "safety",
        1,
        "The reply is good, but a child is hurt: does the safety desk send it?",
    ),
];

#[derive(Args)]
pub(super) struct Demo {
    /// Where the scratch workspace is; by default in the platform's cache
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Demo {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let folder = self.dir.or_else(|| ProjectDirs::from("", "", "karat").map(|dirs| dirs.cache_dir().join("demo")));
        let folder = folder.ok_or_else(|| eyre!("this platform names no cache directory"));
        let db = folder.suggestion("name one with --dir")?.join("karat.db");
        let context = context.with_db(&db);
        set_up(&context.store()?)?;
        line(&format!("sample workspace: {}", db.display()))?;
        let instead = format!("it is set up all the same: `karat queues --db {}` lists its queues", db.display());
        context.need_terminal("karat demo", &instead)?;
        Review::of(None, self.reviewer).run(&context)
    }
}

/// Makes the sample queues; existing ones are left as they are.
pub(super) fn set_up(store: &Store) -> Result<()> {
    for (source, items) in SAMPLES {
        let spec =
            crate::spec::parse(source).map_err(|problems| eyre!("a sample spec has {} problems", problems.len()))?;
        match store.find_queue(&spec.name).hinted()? {
            Some(_) => {}
            None => drop::<Applied>(store.apply_spec(&spec, source, "karat", store.now()).hinted()?),
        }
        if fill(store, &spec.name, items)? {
            ask(store, &spec)?;
        }
    }
    Ok(())
}

/// Escalates what the sample reviewer could not decide.
fn ask(store: &Store, spec: &Spec) -> Result<()> {
    let queue = store.queue(&spec.name).hinted()?;
    for (_, item, route, hours, reason) in QUESTIONS.iter().filter(|(of, ..)| *of == spec.name) {
        let draft = Draft { route: Some((*route).into()), note: (*reason).into(), ..Draft::default() };
        let actor = queue.actor(ASKS, store.now() - hours * HOUR_MILLIS);
        store.decide_at_once(actor, item, &Judgement::new(Verdict::Escalate, draft)).hinted()?;
    }
    Ok(())
}

/// Fills a sample queue; `false` where it was filled before.
fn fill(store: &Store, name: &str, items: &'static str) -> Result<bool> {
    let queue = &store.queue(name).hinted()?;
    if store.counts(queue).hinted()?.items >= items.lines().count() as i64 {
        return Ok(false);
    }
    let reading = Options::default();
    let reader = Reader::from_read("sample data", items.as_bytes(), reading.clone())?;
    let (options, rejects) = (ImportOptions::default(), RejectsTo::Nowhere);
    let ingest = Ingest { store, queue, actor: "karat", reading, options, rejects };
    match import(&ingest, vec![Source::opened("sample data", reader)])?.counts.rejected {
        0 => Ok(true),
        rejected => Err(eyre!("{rejected} records of the sample queue {name} were rejected")),
    }
}
