//! `karat golden freeze|show|diff|check`: sets under a name and a number.

use crate::analysis::golden::{Change, Finding, Subject, check};
use crate::cli::context::Context;
use crate::cli::output::{Hinted, Texts, aside, json_line, line};
use crate::cli::report::Suggest;
use crate::cli::{DOES_NOT_HOLD, searching};
use crate::domain::golden::SetName;
use crate::domain::item::Content;
use crate::domain::mark;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::domain::time::{day, format_rfc3339};
use crate::export::{Shares, Split};
use crate::store::{Freezing, FrozenExample, GoldenSet, Store, StoreError};
use crate::text::percent::percent;
use crate::text::plural::count;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::process::ExitCode;

#[derive(Args)]
pub(in crate::cli) struct Freeze {
    /// The queue's name
    queue: String,
    /// The set's name: the next version of it is made, NAME@1 at first
    #[arg(value_parser = name)]
    name: String,
    /// Only examples whose items it finds, such as 'tag:typical'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Show {
    /// The set, such as support@3; without a number its newest version
    set: SetName,
    #[command(flatten)]
    texts: Texts,
    /// One JSON object a line: an example each
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Diff {
    /// A version of a set, such as support@2
    before: SetName,
    /// Another, such as support@3
    after: SetName,
    #[command(flatten)]
    texts: Texts,
    /// One JSON object a line: an example each
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Check {
    /// The set, such as support@3; without a number its newest version
    set: SetName,
    /// The parts that it is split into, such as train=0.8,test=0.2: only what is nearly the same in two of them is told
    #[arg(long, value_name = "SHARES")]
    split: Option<Shares>,
    /// The number that draws the split; 0 by default
    #[arg(long, value_name = "N", requires = "split")]
    seed: Option<u64>,
    #[command(flatten)]
    texts: Texts,
    /// One JSON object a line: a finding each
    #[arg(long)]
    json: bool,
}

/// The name of a set, without a number.
fn name(text: &str) -> Result<String, String> {
    match text.parse::<SetName>()? {
        SetName { name, version: None } => Ok(name),
        _ => Err("the number is the next one; leave @N away".into()),
    }
}

impl Freeze {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let mut freezing = Freezing::default();
        if self.filter.is_some() {
            let filter = searching::read(&store, &queue, self.filter.as_deref())?;
            let filter = searching::resolve(&store, &queue, &filter)?;
            freezing.condition = store.condition(&queue, &filter, &reviewer).hinted()?;
            freezing.filter = Some(filter.to_string());
        }
        let frozen = store.freeze_golden(queue.actor(&reviewer, store.now()), &self.name, &freezing).hinted()?;
        if self.json {
            let mut object = as_json(&frozen.set);
            object["new"] = frozen.is_new.into();
            json_line(&object)?;
        } else if frozen.is_new {
            line(&format!("frozen: {}", as_line(&frozen.set)))?;
        } else {
            line(&format!("nothing has changed since {}", as_line(&frozen.set)))?;
        }
        let kept = store.goldens_kept_out(&queue, &reviewer).hinted()?;
        super::tell_kept(kept);
        Ok(ExitCode::SUCCESS)
    }
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let set = store.golden_set(&self.set).hinted()?;
        if !self.json {
            line(&as_line(&set))?;
        }
        for example in examples(&store, &set)? {
            match self.json {
                true => json_line(&example_as_json(&example))?,
                false => self.texts.line(&told(&example))?,
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Diff {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let [before, after] = [store.golden_set(&self.before).hinted()?, store.golden_set(&self.after).hinted()?];
        let by_id = |set: &GoldenSet| -> Result<BTreeMap<String, FrozenExample>> {
            Ok(examples(&store, set)?.into_iter().map(|example| (example.id.clone(), example)).collect())
        };
        let (old, new) = (by_id(&before)?, by_id(&after)?);
        let mut any = false;
        let ids: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for id in ids {
            let (sign, word, changes) = match (old.get(id), new.get(id)) {
                (None, Some(_)) => ("+", "added", Vec::new()),
                (Some(_), None) => ("-", "removed", Vec::new()),
                (Some(old), Some(new)) => ("~", "changed", changes(old, new)),
                (None, None) => continue,
            };
            if word == "changed" && changes.is_empty() {
                continue;
            }
            any = true;
            let example = new.get(id).or(old.get(id)).map(told).unwrap_or_default();
            let what: Vec<String> = changes.iter().map(|(what, a, b)| format!("{what}: {a} -> {b}")).collect();
            match self.json {
                true => {
                    let changes = changes.iter().map(|(what, a, b)| json!({ "field": what, "before": a, "after": b }));
                    json_line(&json!({ "id": id, "what": word, "changes": changes.collect::<Vec<_>>() }))?;
                }
                false if what.is_empty() => self.texts.line(&format!("{sign} {example}"))?,
                false => self.texts.line(&format!("{sign} {id}  {}", what.join("; ")))?,
            }
        }
        if !any && !self.json {
            line(&format!("{}@{} and {}@{} hold the same", before.name, before.version, after.name, after.version))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What differs between two versions of an example: the field, then its value before and after.
fn changes(before: &FrozenExample, after: &FrozenExample) -> Vec<(&'static str, String, String)> {
    let text = |content: Option<Content>| content.map_or_else(|| "none".into(), |content| excerpt(&content.text));
    let fields = |example: &FrozenExample| {
        let item = example.item();
        [
            ("verdict", example.verdict.as_str().to_owned()),
            ("expected", text(example.expected())),
            ("categories", example.categories.join(",")),
            ("tags", example.tags.join(",")),
            ("why", example.why.clone()),
            ("case", example.case.clone().unwrap_or_default()),
            ("input", excerpt(&item.input.text)),
            ("output", excerpt(&item.output.text)),
        ]
    };
    let pairs = fields(before).into_iter().zip(fields(after));
    pairs.filter(|((_, a), (_, b))| a != b).map(|((what, a), (_, b))| (what, a, b)).collect()
}

/// A text as it is told in a line; long ones by their beginning and their length, so that what differs later shows.
fn excerpt(text: &str) -> String {
    let shown = mark::excerpt(text, 60);
    if shown == text { shown } else { format!("{shown} ({})", count(text.chars().count(), "character")) }
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let set = store.golden_set(&self.set).hinted()?;
        let queue = store.queue(&set.queue).hinted()?;
        let split = self.split.map(|shares| Split { shares, seed: self.seed.unwrap_or_default() });
        let examples = examples(&store, &set)?;
        let subjects: Vec<Subject> = examples.iter().map(|example| subject(example, &set, split.as_ref())).collect();
        let earlier = earlier_specs(&store, &queue, &subjects)?;
        let found = check(&subjects, &queue.spec.spec, queue.spec.version, &earlier);
        for finding in &found {
            match self.json {
                true => json_line(&finding_as_json(finding))?,
                false => self.texts.line(&finding_as_line(finding, queue.spec.version))?,
            }
        }
        if found.is_empty() {
            if !self.json {
                line(&format!(
                    "{}@{}: nothing found among {}",
                    set.name,
                    set.version,
                    count(examples.len(), "example")
                ))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        aside(&format!("{} in {}@{}", count(found.len(), "finding"), set.name, set.version));
        Ok(ExitCode::from(DOES_NOT_HOLD))
    }
}

/// The specs under which examples were kept and which is not in force, as far as they can be read.
fn earlier_specs(store: &Store, queue: &Queue, subjects: &[Subject]) -> Result<HashMap<i64, Spec>> {
    let versions: BTreeSet<i64> = subjects.iter().map(|subject| subject.spec_version).collect();
    let mut earlier = HashMap::new();
    for version in versions.into_iter().filter(|version| *version != queue.spec.version) {
        earlier.extend(store.readable_spec(queue, version).hinted()?.map(|spec| (version, spec)));
    }
    Ok(earlier)
}

fn subject(example: &FrozenExample, set: &GoldenSet, split: Option<&Split>) -> Subject {
    let item = example.item();
    let context: String = item.context.iter().map(|document| format!("\n{}", document.text)).collect();
    let part = |split: &Split| split.shares()[split.part_of(&set.queue, example.drawn_by())].name.clone();
    Subject {
        id: example.id.clone(),
        case: example.drawn_by().to_owned(),
        asked: item.input.text + &context,
        output: item.output.text,
        verdict: example.verdict,
        expected: example.expected().map(|content| content.text),
        categories: example.categories.clone(),
        spec_version: example.spec_version,
        part: split.map(part),
    }
}

fn finding_as_line(finding: &Finding, now: i64) -> String {
    match finding {
        Finding::NearDuplicate { ids: [a, b], similarity, parts } => {
            let [in_a, in_b] = match parts {
                Some(parts) => parts.clone().map(|part| format!(" in {part}")),
                None => Default::default(),
            };
            format!("near duplicates: {a}{in_a} and {b}{in_b} ask the same to {}", percent(*similarity))
        }
        Finding::Contradiction { ids: [a, b], expected: [of_a, of_b] } => {
            format!("contradiction: {a} and {b} ask the same; expected are {} and {}", excerpt(of_a), excerpt(of_b))
        }
        Finding::SpecChanged { id, version, changed } => {
            let changed = changed.iter().map(change).collect::<Vec<_>>().join("; ");
            format!("spec changed: {id} was kept under version {version}, now it is {now}: {changed}")
        }
        Finding::WithoutExample { category } => format!("no example: no example fails for {category}"),
    }
}

/// What a spec says otherwise.
fn change(change: &Change) -> String {
    match change {
        Change::Unknown => "that version cannot be read".into(),
        Change::Decision => "the decision asked is another".into(),
        Change::Criterion(key) => format!("the criterion {key} is another"),
        Change::Category(key) => format!("the category {key} is another"),
        Change::CategoryGone(key) => format!("there is no category {key} any more"),
    }
}

fn finding_as_json(finding: &Finding) -> Value {
    match finding {
        Finding::NearDuplicate { ids, similarity, parts } => {
            json!({ "what": "near_duplicate", "ids": ids, "similarity": similarity, "parts": parts })
        }
        Finding::Contradiction { ids, expected } => {
            json!({ "what": "contradiction", "ids": ids, "expected": expected })
        }
        Finding::SpecChanged { id, version, changed } => {
            let changed: Vec<_> = changed.iter().map(change).collect();
            json!({ "what": "spec_changed", "ids": [id], "spec_version": version, "changed": changed })
        }
        Finding::WithoutExample { category } => json!({ "what": "without_example", "category": category }),
    }
}

fn example_as_json(example: &FrozenExample) -> Value {
    let item = example.item();
    json!({
        "id": example.id,
        "case": example.case,
        "input": super::content(&item.input),
        "output": super::content(&item.output),
        "verdict": example.verdict.as_str(),
        "expected": example.expects.as_str(),
        "expected_output": example.expected().as_ref().map(super::content),
        "categories": example.categories,
        "tags": example.tags,
        "why": example.why,
        "version": example.version,
        "spec_version": example.spec_version,
    })
}

/// The versions of the sets of all queues.
pub(super) fn list(store: &Store, as_objects: bool) -> Result<()> {
    let sets = store.golden_sets(None).hinted()?;
    if sets.is_empty() && !as_objects {
        return line(
            "no golden set is frozen yet; `karat golden freeze QUEUE NAME` makes one, `karat golden list QUEUE` lists examples",
        );
    }
    sets.iter().try_for_each(|set| if as_objects { json_line(&as_json(set)) } else { line(&as_line(set)) })
}

fn examples(store: &Store, set: &GoldenSet) -> Result<Vec<FrozenExample>> {
    let mut examples = Vec::new();
    let read = store.frozen_examples(set, |example| -> Result<(), StoreError> {
        examples.push(example);
        Ok(())
    });
    read.hinted()?;
    if examples.len() as i64 != set.examples {
        return Err(eyre!("{}@{} has {} of its {} examples", set.name, set.version, examples.len(), set.examples))
            .suggestion("`karat doctor` lists what is damaged");
    }
    Ok(examples)
}

/// `support@3  12 examples of replies  2026-11-28 by pm  sha256 1f2e3d4c5b6a`
pub(super) fn as_line(set: &GoldenSet) -> String {
    let filter = set.filter.as_ref().map(|filter| format!("  under {filter}")).unwrap_or_default();
    let examples = count(set.examples as usize, "example");
    format!(
        "{}@{}  {examples} of {}{filter}  {} by {}  sha256 {}",
        set.name,
        set.version,
        set.queue,
        day(set.frozen_at),
        set.frozen_by,
        &set.digest[..12]
    )
}

fn as_json(set: &GoldenSet) -> Value {
    json!({
        "set": set.name,
        "version": set.version,
        "queue": set.queue,
        "examples": set.examples,
        "digest": set.digest,
        "filter": set.filter,
        "spec_version": set.spec_version,
        "frozen_by": set.frozen_by,
        "frozen_at": format_rfc3339(set.frozen_at),
    })
}

/// `sup-0012  reject  correction  cold  #edge-case  The refund takes 5 working days.`
fn told(example: &FrozenExample) -> String {
    let tags = example.tags.iter().map(|tag| format!("#{tag}"));
    let head = [example.id.clone(), example.verdict.as_str().into(), example.expects.as_str().into()];
    let words = head.into_iter().chain(example.categories.iter().cloned()).chain(tags);
    words.chain([example.why.replace('\n', " ")]).collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
