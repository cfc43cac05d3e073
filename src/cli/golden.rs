//! `karat golden list|add|remove|export`, and sets that are frozen

mod sets;

use super::context::Context;
use super::export::Target;
use super::output::{Hinted, Texts, aside, json_line, line, tell_damaged, wrong_usage};
use super::progress::Stop;
use super::report::Suggest;
use crate::domain::decision::Verdict;
use crate::domain::golden::{Example, Expected, Narrow, tags};
use crate::domain::item::Seq;
use crate::domain::item::{Content, ContentKind};
use crate::domain::queue::Queue;
use crate::domain::time::format_rfc3339;
use crate::export::{Examples, GoldenExport};
use crate::store::{Golden as Kept, GoldenText, Reach, Store};
use crate::text::plural::plural;
use clap::{Args, Subcommand};
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Examples that are read at once.
const WINDOW: usize = 500;

#[derive(Subcommand)]
pub(super) enum Golden {
    /// List a queue's golden examples, those changed last first; without a queue the frozen sets
    List(List),
    /// Keep an item as a golden example, in place of the example that it may be already
    Add(Add),
    /// Keep an item as an example no more
    Remove(Remove),
    /// Write the golden set as data, undecided examples too, those changed last first
    ///
    /// A row has id, case, input, context, output, verdict, expected (the output as it should be),
    /// categories, tags, why and version.
    Export(Export),
    /// Freeze the golden examples as they are under a name and the next number: NAME@1, NAME@2
    ///
    /// A frozen set never changes; its digest is that of what is in it. Where nothing has changed since its newest
    /// version, that is told and none is made.
    Freeze(sets::Freeze),
    /// Show a frozen set
    Show(sets::Show),
    /// Compare two frozen sets: what was added, removed, and expected otherwise
    Diff(sets::Diff),
    /// Check a frozen set: near-duplicates, contradictions, examples of an earlier spec, categories without an example
    Check(sets::Check),
}

#[derive(Args)]
pub(super) struct List {
    /// The queue's name; without one the frozen sets of all queues are listed
    queue: Option<String>,
    /// Only those with these words in their id, tags or reason; #TAG and a verdict count too
    #[arg(long = "only", value_name = "WORDS")]
    narrow: Option<String>,
    /// Who reads: examples that tell an opinion which is kept from them are left out; by default as
    /// in the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    #[command(flatten)]
    texts: Texts,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Add {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// The verdict a reviewer should come to; by default the item's verdict of record
    #[arg(long)]
    verdict: Option<Verdict>,
    /// output, reference, correction or none: the output as it should be. By default the
    /// output of an accepted item, else the correction, else the reference
    #[arg(long, value_name = "TEXT")]
    expected: Option<Expected>,
    /// A failure category that a reviewer should find; may be repeated. By default those of the
    /// decision of record, where its verdict is the expected one
    #[arg(long = "category", value_name = "KEY")]
    categories: Vec<String>,
    /// A tag, such as typical or edge-case; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// What the example shows, in a sentence
    #[arg(long, value_name = "SENTENCE")]
    why: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Export {
    /// The queue's name
    queue: String,
    #[command(flatten)]
    target: Target,
    /// Only those with these words in their id, tags or reason; #TAG and a verdict count too
    #[arg(long = "only", value_name = "WORDS")]
    narrow: Option<String>,
    /// Whose own examples are in it before opinions on their items are settled; by default as in the
    /// settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

#[derive(Args)]
pub(super) struct Remove {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Golden {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match self {
            Golden::List(list) => list.run(context),
            Golden::Add(add) => add.run(context),
            Golden::Remove(remove) => remove.run(context),
            Golden::Export(export) => export.run(context),
            Golden::Freeze(freeze) => freeze.run(context),
            Golden::Show(show) => show.run(context),
            Golden::Diff(diff) => diff.run(context),
            Golden::Check(check) => check.run(context),
        }
    }
}

impl List {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let Some(queue) = &self.queue else {
            sets::list(&store, self.json)?;
            return Ok(ExitCode::SUCCESS);
        };
        let queue = store.queue(queue).hinted()?;
        let narrow = Narrow::parse(self.narrow.as_deref().unwrap_or_default());
        let set_version = store.golden_version(queue.id).hinted()?;
        let (mut reach, mut any) = (Reach::Newest, false);
        loop {
            let page = store.goldens(&queue, &narrow, &reviewer, reach, WINDOW).hinted()?;
            for golden in &page.rows {
                any = true;
                match self.json {
                    true => json_line(&as_json(&queue, &store.golden_text(golden.clone()).hinted()?, set_version))?,
                    false => self.texts.line(&as_line(golden))?,
                }
            }
            match page.rows.last() {
                Some(last) if page.more => reach = Reach::OlderThan(last.seq),
                _ => break,
            }
        }
        if !any && !self.json {
            let none = if self.narrow.is_some() {
                "none of the golden examples is like that"
            } else {
                "no golden examples yet"
            };
            line(&format!("{none}; `karat golden add {} ITEM` keeps one", queue.name))?;
        }
        tell_kept(store.goldens_kept(&queue, &reviewer).hinted()?);
        Ok(tell_damaged(&store))
    }
}

impl Add {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let seq = store.seq_of(&queue, &self.item).hinted()?;
        let verdict = self.verdict.map_or_else(|| verdict_of_record(&store, seq, &self.item), Ok)?;
        let texts = store.golden_texts(seq, &reviewer).hinted()?;
        let expected = self.expected.unwrap_or_else(|| Expected::proposed(verdict, texts));
        let why = self.why.clone().unwrap_or_default();
        let categories = self.expected_categories(&store, &queue, seq, verdict)?;
        let example = Example { verdict, expected, categories, tags: tags(&self.tags.join(",")), why };
        let golden = store.keep_golden(queue.actor(&reviewer, store.now()), seq, &example).hinted()?;
        if self.json {
            let example = store.golden_text(golden).hinted()?;
            json_line(&as_json(&queue, &example, store.golden_version(queue.id).hinted()?))?;
        } else {
            line(&format!("kept as {reviewer}: {}", as_line(&golden)))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn expected_categories(&self, store: &Store, queue: &Queue, seq: Seq, verdict: Verdict) -> Result<Vec<String>> {
        let mut categories = self.categories.clone();
        if categories.is_empty() && store.verdict_of_record(seq).hinted()? == Some(verdict) {
            categories = store.categories_of_record(queue, seq).hinted()?;
        }
        queue.spec.spec.sort_categories(&mut categories);
        Ok(categories)
    }
}

fn verdict_of_record(store: &Store, seq: Seq, item: &str) -> Result<Verdict> {
    let verdict = store.verdict_of_record(seq).hinted()?;
    verdict.ok_or_else(|| eyre!("`{item}` is undecided")).suggestion("say what is expected with --verdict")
}

impl Remove {
    fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let seq = store.seq_of(&queue, &self.item).hinted()?;
        store.remove_golden(queue.actor(&reviewer, store.now()), seq).hinted()?;
        line(&format!("{} is golden no more", self.item))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    fn run(self, context: &Context) -> Result<ExitCode> {
        if let Some(reason) = self.target.misuse(context.db()?.file()) {
            return Ok(wrong_usage(reason));
        }
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let narrow = Narrow::parse(self.narrow.as_deref().unwrap_or_default());
        let mut stop = Stop::default();
        stop.listen()?;
        let form = self.target.form(&stop);
        let examples = Examples::Now { narrow, reader: &reviewer };
        let export = GoldenExport { store: &store, queue: &queue, examples, form };
        self.target.out.write(|out| export.write(out), |path| export.publish(path))?;
        tell_kept(store.goldens_kept_out(&queue, &reviewer).hinted()?);
        Ok(tell_damaged(&store))
    }
}

/// Says how many examples were left out because they would tell an opinion that is kept.
fn tell_kept(kept: i64) {
    if kept > 0 {
        let (examples, items) = (plural(kept, "example"), if kept == 1 { "its item" } else { "their items" });
        aside(&format!("{kept} {examples} left out until the opinions on {items} are settled"));
    }
}

fn as_json(queue: &Queue, GoldenText { golden, item, expected: text }: &GoldenText, set_version: i64) -> Value {
    let Example { verdict, expected, categories, tags, why } = &golden.example;
    json!({
        "queue": queue.name,
        "item": golden.id,
        "verdict": verdict.as_str(),
        "expected": expected.as_str(),
        "tags": tags,
        "why": why,
        "version": golden.version,
        "kept_by": golden.kept_by,
        "kept_at": format_rfc3339(golden.kept_at),
        "set_version": set_version,
        "categories": categories,
        "case": item.case,
        "input": content(&item.input),
        "output": content(&item.output),
        "expected_output": text.as_ref().map(content),
    })
}

/// A text, or the value of a JSON.
fn content(content: &Content) -> Value {
    let json = (content.kind == ContentKind::Json).then(|| serde_json::from_str(&content.text).ok()).flatten();
    json.unwrap_or_else(|| content.text.as_str().into())
}

/// `sup-0012  reject  correction  #edge-case  The refund takes 5 working days.`
fn as_line(golden: &Kept) -> String {
    let Example { verdict, expected, categories, tags, why } = &golden.example;
    let tags = tags.iter().map(|tag| format!("#{tag}"));
    let head = [golden.id.clone(), verdict.as_str().into(), expected.as_str().into()];
    let words = head.into_iter().chain(categories.iter().cloned()).chain(tags).chain([why.replace('\n', " ")]);
    words.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
