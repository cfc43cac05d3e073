//! Reads a spec's tables: which values each has, and where those stand that are
//! compared with others.

use super::problem::Problems;
use super::read::Reader;
use super::shape::{CRITERION, FAILURE, LENS, ROUTE};
use super::syntax::Sound;
use super::words::{KEY, QUEUE_NAME};
use crate::domain::spec::{Criterion, FailureCategory, LensTerms, Route, Severity, Spec};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// A spec, and the places of the words that name something in it.
pub(super) struct Document {
    pub spec: Spec,
    pub criteria: Vec<Identity>,
    pub failures: Vec<Identity>,
    pub routes: Vec<Identity>,
    /// Every `escalate_to`.
    pub escalations: Vec<Spanned<String>>,
    /// The failure categories that the lens proposes.
    pub proposals: Vec<Spanned<String>>,
}

/// What tells an entry from the others of its kind.
pub(super) struct Identity {
    /// The entry's header.
    pub span: Range<usize>,
    pub key: Spanned<String>,
    pub name: Spanned<String>,
}

const SEVERITIES: [(&str, Severity); 3] =
    [("critical", Severity::Critical), ("major", Severity::Major), ("minor", Severity::Minor)];

/// Reads the whole file.
pub(super) fn read(table: &DeTable, sound: &Sound, problems: &mut Problems) -> Document {
    let mut top = Reader::top(table, sound, problems);
    let spec = top_of_file(&mut top);
    let mut document = Document {
        spec,
        criteria: Vec::new(),
        failures: Vec::new(),
        routes: Vec::new(),
        escalations: Vec::new(),
        proposals: Vec::new(),
    };
    for entry in top.entries("criterion") {
        document.add_criterion(entry.1.clone(), &mut top.within(entry, &CRITERION));
    }
    for entry in top.entries("failure") {
        document.add_failure(entry.1.clone(), &mut top.within(entry, &FAILURE));
    }
    for entry in top.entries("route") {
        document.add_route(entry.1.clone(), &mut top.within(entry, &ROUTE));
    }
    if let Some(table) = top.table("lens") {
        document.set_lens(&mut top.within(table, &LENS));
    }
    document
}

fn top_of_file(top: &mut Reader) -> Spec {
    Spec {
        name: top.short_name("name", &QUEUE_NAME).into_inner(),
        title: top.text("title").into_inner(),
        decision: top.text("decision").into_inner(),
        owner: top.optional_text("owner").map(Spanned::into_inner),
        source_of_truth: top.optional_text("source_of_truth").map(Spanned::into_inner),
        criteria: Vec::new(),
        failures: Vec::new(),
        routes: Vec::new(),
        lens: LensTerms::default(),
    }
}

impl Identity {
    fn read(span: Range<usize>, entry: &mut Reader) -> Self {
        Self { span, key: entry.short_name("key", &KEY), name: entry.text("name") }
    }

    fn key(&self) -> String {
        self.key.get_ref().clone()
    }

    fn name(&self) -> String {
        self.name.get_ref().clone()
    }
}

impl Document {
    fn add_criterion(&mut self, span: Range<usize>, entry: &mut Reader) {
        let identity = Identity::read(span, entry);
        let question = entry.text("question").into_inner();
        let levels = entry.scale("levels");
        self.spec.criteria.push(Criterion {
            key: identity.key(),
            name: identity.name(),
            question,
            levels,
            required: entry.flag("required"),
        });
        self.criteria.push(identity);
    }

    fn add_failure(&mut self, span: Range<usize>, entry: &mut Reader) {
        let identity = Identity::read(span, entry);
        let severity = entry.one_of("severity", &SEVERITIES).unwrap_or(Severity::Critical);
        let retryable = entry.flag("retryable");
        let escalate_to = entry.optional_text("escalate_to");
        self.escalations.extend(escalate_to.clone());
        self.spec.failures.push(FailureCategory {
            key: identity.key(),
            name: identity.name(),
            severity,
            retryable,
            escalate_to: escalate_to.map(Spanned::into_inner),
        });
        self.failures.push(identity);
    }

    fn set_lens(&mut self, table: &mut Reader) {
        let enabled = table.optional_flag("enabled").unwrap_or(true);
        let [unsupported, contradicted] = ["unsupported", "contradicted"].map(|key| {
            let category = table.optional_text(key);
            self.proposals.extend(category.clone());
            category.map(Spanned::into_inner)
        });
        self.spec.lens = LensTerms { enabled, unsupported, contradicted };
    }

    fn add_route(&mut self, span: Range<usize>, entry: &mut Reader) {
        let identity = Identity::read(span, entry);
        self.spec.routes.push(Route {
            key: identity.key(),
            name: identity.name(),
            owner: entry.optional_text("owner").map(Spanned::into_inner),
            due_hours: entry.positive("due_hours"),
        });
        self.routes.push(identity);
    }
}
