//! Items and decisions, hard to write, for the tests of formats.

use super::{Files, Format, Setting};
use crate::domain::decision::{Decision, Draft, Judgement, Part, Verdict};
use crate::domain::format_option::GivenOptions;
use crate::domain::item::{Content, Document, Item};
use crate::domain::mark::Mark;
use crate::domain::record::{Cell, ITEM};
use crate::domain::spec::{Criterion, FailureCategory, Severity, Spec};
use crate::domain::stage::Standing;
use crate::export::columns::{Columns, ExportColumn};
use crate::store::Rows;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

/// Texts that begin as formulas do, or with what guards them.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof!["['=+@, \"\t\r\n;\u{200b}\u{ff1d}a1-]{0,6}", "\\PC{0,12}", "_x000[0-9D]_{0,2}"]
        .prop_filter("CSV says nothing of the kind of a value", |text| !text.trim_start().starts_with(['[', '{']))
}

pub(super) fn item() -> impl Strategy<Value = Item> {
    let (names, contents) = (vec(text(), 3), vec(text(), 2));
    let parts = ("[=@a-]{1,4}", names, contents, prop::option::of(text()), vec(text(), 0..3), vec(text(), 0..3));
    parts.prop_map(|(id, names, contents, reference, tags, context)| {
        let mut item = Item::new(id, Content::text(contents[0].as_str()), Content::text(contents[1].as_str()));
        let named = |at: usize| Some(names[at].clone()).filter(|name| !name.is_empty());
        (item.case, item.model, item.prompt_version) = (named(0), named(1), named(2));
        item.reference = reference.map(Content::text);
        item.tags = tags;
        item.context = context.into_iter().map(|text| Document { text, ..Document::default() }.into()).collect();
        (item.latency_ms, item.cost_usd, item.priority) = (Some(0.1), Some(1e-9), -3);
        (item.tokens_in, item.created_at) = (Some(1 << 40), Some(1_793_880_123_456));
        item
    })
}

/// A decision on the item; of a rejection with a category, a score, a correction and a mark where there is text
/// to mark.
pub(super) fn decision(item: &Item, rejects: bool) -> Decision {
    let verdict = if rejects { Verdict::Reject } else { Verdict::Accept };
    let mut draft = Draft { note: item.output.text.clone(), ..Draft::default() };
    if rejects {
        draft.categories = vec!["cold".into(), "wrong".into()];
        draft.scores.insert("tone".into(), 2);
        draft.correction = Some(item.input.clone());
        draft.marks = Mark::on(&item.output.text, 0..1, "cold", "=1").into_iter().collect();
    }
    let judgement =
        Judgement { verdict, draft: Arc::new(draft), active_millis: 1500, lens: None, before: None, cause: None };
    Decision {
        id: "0190-decision".into(),
        judgement,
        reviewer: "ana".into(),
        decided_at: 1_793_880_999_000,
        spec_version: 1,
        due_at: None,
        part: Part::default(),
    }
}

/// Two criteria, of which nobody scores the second, and two categories.
pub(super) fn spec() -> Spec {
    let criterion = |key: &str| Criterion {
        key: key.into(),
        name: key.into(),
        question: "Is it?".into(),
        levels: vec!["No".into(), "So so".into(), "Yes".into()],
        required: false,
    };
    let failure = |key: &str| FailureCategory {
        key: key.into(),
        name: key.into(),
        severity: Severity::Minor,
        retryable: false,
        escalate_to: None,
    };
    Spec {
        name: "replies".into(),
        title: "Replies".into(),
        decision: "May it be sent?".into(),
        criteria: vec![criterion("tone"), criterion("accuracy")],
        failures: vec![failure("cold"), failure("wrong")],
        ..Spec::default()
    }
}

/// The columns of an export in the format.
pub(super) fn columns(format: &dyn Format) -> Vec<ExportColumn> {
    Columns::new(&spec(), Rows::Items, format.is_flat()).all
}

/// Hands over the cells of each item, every second of which is rejected and the others accepted.
pub(super) fn each_row(format: &dyn Format, items: &[Item], mut each: impl FnMut(&[Cell])) {
    let (spec, place) = (spec(), Standing::default());
    let columns = Columns::new(&spec, Rows::Items, format.is_flat());
    for (at, item) in items.iter().enumerate() {
        let decision = decision(item, at % 2 == 1);
        let of_item = ITEM.iter().map(|field| field.own(item)).collect();
        each(&columns.cells(of_item, &decision, &place, "standing", &[], &spec));
    }
}

/// What the format writes of the items.
pub(super) fn written(format: &dyn Format, options: &GivenOptions, items: &[Item]) -> Files {
    let spec = spec();
    let setting = Setting { options, compression: None, queue: "replies", spec: &spec, split: None };
    let mut writer = format.writer(&setting).unwrap();
    let mut files = Files { main: Vec::new(), further: vec![Vec::new(); format.further_files().len()] };
    writer.begin(&columns(format), &mut files).unwrap();
    each_row(format, items, |cells| writer.row(cells, &mut files).unwrap());
    writer.end(&mut files).unwrap();
    while writer.rest(&mut files).unwrap() {}
    files
}
