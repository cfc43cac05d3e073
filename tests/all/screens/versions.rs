//! Two versions on the screen: chosen, compared, and a changed case opened.

use super::fixtures::*;
use super::story::{Story, asked};
use karat::analysis::versions::compare;
use karat::domain::item::{Content, Item, Seq};
use karat::domain::versions::{Basis, Judged, Output, Pairing, Remarks, Version, Versions};
use karat::tui::worker::{QueueReply, QueueRequest, Reply, Request, VersionsReply, VersionsRequest};
use std::sync::Arc;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
const FILTERS: [&str; 2] = ["prompt_version:v7", "prompt_version:v8"];

fn filters() -> [String; 2] {
    FILTERS.map(str::to_owned)
}

fn output(seq: Seq, id: &str, is_accepted: bool, category: &str) -> Output {
    let categories = if is_accepted { Vec::new() } else { vec![category.to_owned()] };
    let remarks = Remarks { categories, scores: [("accuracy".to_owned(), if is_accepted { 4 } else { 2 })].into() };
    let judged = Judged {
        is_accepted,
        basis: Basis::Person,
        reviewer: if seq % 3 == 0 { "ben" } else { "ana" }.into(),
        is_by_several: seq % 5 == 0,
        spec_version: 1,
        remarks: Arc::new(remarks),
    };
    let (latency_ms, cost_usd) = (Some(1200.0 + (seq * 37 % 100) as f64), Some(0.0012));
    Output { seq, id: id.into(), attempt: 1, latency_ms, cost_usd, length: 300 + seq, judged: Some(judged) }
}

/// Sixty cases, of which v8 won twelve and lost two; one is undecided and one has no output of v7.
fn versions(name: impl Fn(i64) -> String) -> Versions {
    let mut pairing = Pairing::default();
    for nth in 1..=60 {
        let [a, b] = match nth {
            1..=12 => [false, true],
            13 | 14 => [true, false],
            15..=18 => [false, false],
            _ => [true, true],
        };
        let case = name(nth);
        let category = if nth % 2 == 0 { "tone" } else { "unsupported" };
        pairing.add(Version::A, &case, output(2 * nth, &format!("{case}-v7"), a, category));
        let mut other = output(2 * nth + 1, &format!("{case}-v8"), b, category);
        other.judged = other.judged.filter(|_| nth != 60);
        pairing.add(Version::B, &case, other);
    }
    pairing.add(Version::B, "case-alone", output(200, "alone", true, ""));
    pairing.finish()
}

fn compared(versions: Versions, filters: [String; 2]) -> Reply {
    let comparison = Box::new(compare(&versions));
    Reply::Versions(VersionsReply::Compared {
        filters,
        within: String::new(),
        versions: Box::new(versions),
        comparison,
    })
}

/// The form, opened from the queues.
fn form(known: &[&str], size: (u16, u16)) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    assert_eq!(asked(story.keys("v")), [Request::Versions(VersionsRequest::Known { queue: "invoices".into() })]);
    story.reply(Reply::Versions(VersionsReply::Known(known.iter().map(|&filter| filter.to_owned()).collect())));
    story
}

#[test]
fn the_last_two_prompts_are_proposed_before_models() {
    let known = ["prompt_version:v7", "prompt_version:v8", "model:a", "model:b"];
    let asked_for = |known: &[&str]| asked(form(known, (80, 24)).keys("enter"));
    let compare = |filters: [&str; 2]| {
        let filters = filters.map(str::to_owned);
        [Request::Versions(VersionsRequest::Compare { queue: "invoices".into(), filters, within: String::new() })]
    };
    assert_eq!(asked_for(&known), compare(["prompt_version:v7", "prompt_version:v8"]));
    assert_eq!(asked_for(&known[1..]), compare(["model:a", "model:b"]), "one prompt is not compared with itself");
}

/// The third field of the form narrows both versions, and the head of the screen says so.
#[test]
fn only_items_that_keep_a_filter_are_compared() {
    let mut story = form(&FILTERS, (120, 40));
    story.keys("shift+tab shift+tab");
    story.types("tag:refund");
    let asked_for = asked(story.keys("enter"));
    let [Request::Versions(VersionsRequest::Compare { within, .. })] = &asked_for[..] else { panic!("{asked_for:?}") };
    assert_eq!(within, "tag:refund");
    let (versions, within) = (versions(|nth| format!("case-{nth:02}")), within.clone());
    let comparison = Box::new(compare(&versions));
    let versions = Box::new(versions);
    story.reply(Reply::Versions(VersionsReply::Compared { filters: filters(), within, versions, comparison }));
    story.sees("prompt_version:v8 against prompt_version:v7, within tag:refund");
    let again = asked(story.keys("r"));
    assert!(
        matches!(&again[..], [Request::Versions(VersionsRequest::Compare { within, .. })] if within == "tag:refund")
    );
}

fn shown(versions: Versions, filters: [String; 2], size: (u16, u16)) -> Story {
    let mut story = form(&FILTERS, size);
    story.keys("enter");
    story.reply(compared(versions, filters));
    story
}

fn texts() -> Box<[Item; 2]> {
    let of = |seq: Seq, text: &str| Item { output: Content::text(text), ..item(seq) };
    let v7 = "You can return the kettle within 30 days. The money is back after 3 working days.";
    let v8 = "You can return the kettle within 30 days, free of charge. The money is back after 5 working days.";
    Box::new([of(26, v7), of(27, v8)])
}

#[test]
fn two_versions_are_chosen_compared_and_a_lost_case_is_opened() {
    let mut story = form(&["prompt_version:v6", "prompt_version:v7", "prompt_version:v8"], (120, 40));
    story.sees("Compare two versions");
    story.sees("prompt_version:v7"); // the last two are proposed
    let request = VersionsRequest::Compare { queue: "invoices".into(), filters: filters(), within: String::new() };
    assert_eq!(asked(story.keys("enter")), [Request::Versions(request)]);
    story.reply(compared(versions(|nth| format!("case-{nth:02}")), filters()));
    story.sees("v8 is better than v7");
    story.sees("14 changed verdicts");
    story.sees("▸ ✗ lost  case-13");

    let pair = VersionsRequest::Pair { seqs: [26, 27] };
    assert_eq!(asked(story.keys("enter")), [Request::Versions(pair)]);
    story.reply(Reply::Versions(VersionsReply::Pair { seqs: [26, 27], items: texts() }));
    story.sees("v8 · case-13-v8");
    story.sees("after 5 working days");
    let opened = asked(story.keys("tab enter"));
    assert!(matches!(&opened[..], [Request::Queue(QueueRequest::OpenItem { seq: 26, .. })]), "{opened:?}");
}

#[test]
fn what_is_no_version_is_told_in_the_form() {
    let mut story = form(&[], (80, 24));
    story.sees("filters, such as prompt_version:v8");
    story.keys("enter");
    story.sees("write a filter for each version");
    story.keys("a tab a enter");
    story.sees("both filters are the same");
    let mut story = form(&FILTERS, (80, 24));
    story.keys("enter");
    story.reply(compared(Versions { items: [0, 3], ..Versions::default() }, filters()));
    story.sees("prompt_version:v7, finds no item");
    story.sees("Compare two versions");
    story.keys("esc q");
    story.sees("reading the queues");
}

#[test]
fn versions_at_three_sizes() {
    for size in SIZES {
        let shot = |name: &str, mut story: Story| {
            insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), story.screen());
        };
        shot("versions-form", form(&["prompt_version:v7", "prompt_version:v8", "model:a-large"], size));
        shot("versions", shown(versions(|nth| format!("case-{nth:02}")), filters(), size));
        shot("versions-none", shown(Versions { items: [3, 3], ..Versions::default() }, filters(), size));
        let long = |nth| format!("審査担当者は返金までの日数が\x1b[31m{nth:02}と判断した-{}", "x".repeat(40));
        let model = ["model:一番大きなモデルの名前-2026-11-01".to_owned(), "model:b\u{202e}".to_owned()];
        shot("versions-strange", shown(versions(long), model, size));
        let mut story = shown(versions(|nth| format!("case-{nth:02}")), filters(), size);
        story.keys("enter");
        story.reply(Reply::Versions(VersionsReply::Pair { seqs: [26, 27], items: texts() }));
        shot("versions-pair", story);
    }
}
