//! `karat demo`

mod colleagues;

use super::context::Context;
use super::import::import;
use super::output::{Hinted, line};
use super::report::Suggest;
use super::review::Review;
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::mark::Mark;
use crate::domain::queue::Queue;
use crate::domain::time::HOUR_MILLIS;
use crate::import::{Options, Reader};
use crate::ingest::{Ingest, RejectsTo, Source};
use crate::store::{Applied, ImportOptions, Store};
use clap::Args;
use colleagues::{Decided, FILLED_HOURS_AGO, HAPPENED, Happened, Said, What};
use color_eyre::eyre::{Result, eyre};
use directories::ProjectDirs;
use std::io::Cursor;
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
    let now = store.now();
    let hours_ago = |hours: i64| store.clock().follow(now - hours * HOUR_MILLIS);
    for (source, items) in SAMPLES {
        let spec =
            crate::spec::parse(source).map_err(|problems| eyre!("a sample spec has {} problems", problems.len()))?;
        hours_ago(FILLED_HOURS_AGO);
        match store.find_queue(&spec.name).hinted()? {
            Some(_) => {}
            None => drop::<Applied>(store.apply_spec(&spec, source, "karat", store.now()).hinted()?),
        }
        let queue = store.queue(&spec.name).hinted()?;
        if store.counts(&queue).hinted()?.items >= items.lines().count() as i64 {
            continue;
        }
        let happened = || HAPPENED.iter().filter(|happened| happened.queue == queue.name);
        let is_later = |id: &str| happened().any(|happened| matches!(happened.what, What::Came(later) if later == id));
        fill(store, &queue, items.lines().filter(|line| !is_later(id_of(line))))?;
        for Happened { hours_ago: hours, what, .. } in happened() {
            hours_ago(*hours);
            match what {
                What::Came(item) => fill(store, &queue, items.lines().filter(|line| id_of(line) == *item))?,
                What::Decided(decided) => decide(store, &queue, decided)?,
            }
        }
    }
    Ok(())
}

/// Records what a colleague has decided, unless that is done.
fn decide(store: &Store, queue: &Queue, decided: &Decided) -> Result<()> {
    let Decided { item, by, said, note } = decided;
    let seq = store.seq_of(queue, item).hinted()?;
    if store.is_decided_by(seq, by).hinted()? {
        return Ok(());
    }
    let draft = Draft { note: (*note).into(), ..Draft::default() };
    let (verdict, draft) = match said {
        Said::Accept => (Verdict::Accept, draft),
        Said::Escalate(route) => (Verdict::Escalate, Draft { route: Some((*route).into()), ..draft }),
        Said::Reject(categories, marked) => {
            let output = store.peek(seq).hinted()?.output.text;
            let marks = marked.iter().filter_map(|(words, category, comment)| {
                let start = output.find(words)?;
                Mark::on(&output, start..start + words.len(), category, comment)
            });
            let categories = categories.iter().map(|key| (*key).to_owned()).collect();
            (Verdict::Reject, Draft { categories, marks: marks.collect(), ..draft })
        }
    };
    let judgement = Judgement::new(verdict, draft);
    store.decide_at_once(queue.actor(by, store.now()), item, &judgement).hinted()?;
    Ok(())
}

/// Imports lines of sample items.
fn fill<'l>(store: &Store, queue: &Queue, lines: impl Iterator<Item = &'l str>) -> Result<()> {
    let lines = lines.collect::<Vec<_>>().join("\n");
    let reading = Options::default();
    let reader = Reader::from_read("sample data", Cursor::new(lines), reading.clone())?;
    let (options, rejects) = (ImportOptions::default(), RejectsTo::Nowhere);
    let ingest = Ingest { store, queue, actor: "karat", reading, options, rejects };
    match import(&ingest, vec![Source::opened("sample data", reader)])?.counts.rejected {
        0 => Ok(()),
        rejected => Err(eyre!("{rejected} records of the sample queue {} were rejected", queue.name)),
    }
}

/// The id of a line of sample items, which begins with it.
fn id_of(line: &str) -> &str {
    line.split('"').nth(3).unwrap_or_default()
}
