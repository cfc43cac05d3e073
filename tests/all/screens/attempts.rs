//! A new attempt, with why the last one was rejected.

use super::fixtures::*;
use super::story::{Story, asked};
use karat::config::ThemeChoice;
use karat::domain::decision::{Decision, Draft, Part, Verdict};
use karat::domain::item::{Content, ContentKind};
use karat::domain::mark::Mark;
use karat::domain::policy::{Retry, ReviewerKind};
use karat::domain::spec::{RetryTerms, Spec};
use karat::store::{PreviousAttempt, Served, StoreError};
use karat::tui::worker::{LookupReply, LookupRequest, Reply, Request};
use ratatui::buffer::Cell;
use ratatui::style::Modifier;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

const LAST: &str = "Dear Ms Okafor,\n\nTake the kettle to any post office. It is all your own fault, and the money is \
    back on your card after 3 working days.";

fn retried() -> Spec {
    Spec {
        retry: Some(RetryTerms {
            when: Retry::Retryable,
            attempts: 3,
            then: None,
            run: Vec::new(),
            pass_env: Vec::new(),
        }),
        ..spec()
    }
}

fn third() -> Served {
    let mut served = Served { line_attempt: 3, ..served(12, start()) };
    served.item.attempt = 3;
    served
}

/// The words of the last output marked.
fn marked(words: &str, category: &str) -> Mark {
    let start = LAST.find(words).unwrap();
    Mark::on(LAST, start..start + words.len(), category, "").unwrap()
}

fn reasons() -> Draft {
    let marks = vec![marked("It is all your own fault", "tone"), marked("3 working days", "unsupported")];
    let note = "The article says 5 working days, not 3; and nobody is to be blamed.".into();
    Draft { categories: vec!["unsupported".into(), "tone".into()], note, marks, ..Draft::default() }
}

fn rejected(draft: Draft) -> Decision {
    Decision { reviewer: "ops-2".into(), decided_at: start() - 7_200_000, ..decision(Verdict::Reject, draft) }
}

fn previous(rejection: Option<Decision>) -> Reply {
    let previous = PreviousAttempt { id: "sup-0007".into(), attempt: 2, output: Content::text(LAST), rejection };
    Reply::Lookup(LookupReply::Previous { seq: 12, previous: Some(Box::new(previous)) })
}

/// The third attempt, after its predecessor was rejected so.
fn after(rejection: Decision, size: (u16, u16)) -> Story {
    let mut story = Story::with(retried(), next(third()), size);
    story.reply(previous(Some(rejection)));
    story.paint();
    story
}

fn shots(name: &str, mut state: impl FnMut((u16, u16)) -> Story) {
    for size in SIZES {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), state(size).screen());
    }
}

fn after_keys(mut story: Story, keys: &str) -> Story {
    story.keys(keys);
    story
}

#[test]
fn a_third_attempt_opens_with_why_the_last_was_rejected() {
    shots("attempt", |size| after(rejected(reasons()), size));
    shots("attempt-compared", |size| after_keys(after(rejected(reasons()), size), "d"));
    shots("attempt-again", |size| after_keys(after(rejected(reasons()), size), "x 1"));
    shots("attempt-long", |size| {
        let note = "審査担当者は、返金までの日数が記事と一致しないと判断した。".repeat(8);
        let categories = spec().failures.into_iter().map(|failure| failure.key).collect();
        let marks = vec![marked("It is all your own fault", "tone")];
        after(rejected(Draft { categories, note, marks, ..Draft::default() }), size)
    });
    shots("attempt-hostile", |size| {
        let note = "\x1b[31mred\x07\n\u{202e}and more".into();
        let part = Part { reviewer_kind: ReviewerKind::Check, slot: None, ..Part::default() };
        let last = rejected(Draft { note, ..Draft::default() });
        after(Decision { reviewer: "check:shape\x1b[2J".into(), part, ..last }, size)
    });
    let mut light = after_keys(after(rejected(reasons()), (100, 30)), "x 1 esc").in_colours(ThemeChoice::Light);
    insta::assert_snapshot!("attempt-light", format!("{:?}", light.draw()));
}

#[test]
fn the_reasons_are_asked_for_as_the_attempt_comes_and_compared_by_one_key() {
    let mut story = Story::with(retried(), next(Served { line_attempt: 1, ..served(11, start()) }), (120, 40));
    let came = asked(story.reply(decided_then(third())));
    assert!(came.contains(&Request::Lookup(LookupRequest::Previous { seq: 12 })), "{came:?}");
    story.paint();
    story.reply(previous(Some(rejected(reasons()))));
    story.sees("attempt 3 of 3");
    story.sees("✗ last attempt rejected 2 h ago for Unsupported claim, Tone or brand");
    story.sees("“The article says 5 working days, not 3; and nobody is to be blamed.”");
    story.sees("1 of 2 marks still stands · d diff");
    assert_eq!(asked(story.keys("d")), []);
    story.sees("attempt 2 (sup-0007) → output");
}

fn decided_then(served: Served) -> Reply {
    use karat::tui::worker::ReviewReply;
    let decision = Box::new(decision(Verdict::Accept, Draft::default()));
    Reply::Review(ReviewReply::Decided { decision, counts: counts(301, 112, 0), next: next(served) })
}

#[test]
fn the_same_category_again_is_said_where_it_is_chosen_and_when_it_is_saved() {
    let mut story = after(rejected(reasons()), (120, 40));
    story.sees_no("again");
    story.keys("x");
    story.sees("last time");
    story.keys("2");
    story.sees_no("again"); // it was not rejected for that
    story.keys("2 3");
    story.sees("Reject: what is wrong with it? · again: Tone or brand");
    story.keys("enter");
    let mut decision = rejected(Draft { categories: vec!["tone".into()], ..Draft::default() });
    decision.reviewer = "ops-1".into();
    let reply = karat::tui::worker::ReviewReply::Decided {
        decision: Box::new(decision),
        counts: counts(300, 113, 0),
        next: next(served(13, start())),
    };
    story.reply(Reply::Review(reply));
    assert!(story.said().contains("rejected sup-0012 · again for Tone or brand"), "{}", story.said());
    story.sees_no("last attempt rejected");
}

#[test]
fn in_a_small_terminal_the_header_says_that_the_last_attempt_was_rejected() {
    let mut small = after(rejected(reasons()), (60, 16));
    small.sees("✗ last one rejected (h)");
    small.sees_no("last attempt");
    let mut low = after(rejected(reasons()), (80, 18));
    low.sees("✗ last attempt rejected 2 h ago");
    low.sees_no("last one rejected");
}

#[test]
fn the_words_that_were_marked_are_slanted_in_json_too() {
    let mut served = third();
    let json = r#"{"lines": [{"quantity": 2500}, {"quantity": 10}], "net": 2854.9, "vat": 570.98}"#;
    served.item.output = Content { kind: ContentKind::Json, text: json.into() };
    let mut story = Story::with(retried(), next(served), (120, 40));
    let marks = [r#""quantity": 250"#, r#""net": 2854.9"#].map(|words| Mark::on(words, 0..words.len(), "tone", ""));
    let marks = marks.into_iter().flatten().collect();
    story.reply(previous(Some(rejected(Draft { marks, ..reasons() }))));
    story.sees("1 of 2 marks still stands");
    let buffer = story.draw();
    let slanted = buffer.content.iter().filter(|cell| cell.modifier.contains(Modifier::ITALIC));
    let slanted: String = slanted.map(Cell::symbol).collect();
    assert_eq!(slanted, r#""net":2854.9"#, "the blank between them is the layout's");
}

#[test]
fn after_a_rejection_the_key_that_compares_begins_with_the_last_attempt() {
    let mut served = third();
    served.item.reference = Some(Content::text("Dear Ms Okafor, 5 working days."));
    let mut story = Story::with(retried(), next(served), (120, 40));
    story.reply(previous(Some(rejected(reasons()))));
    story.keys("d");
    story.sees("attempt 2 (sup-0007) → output");
    story.keys("d");
    story.sees("reference → output");
}

#[test]
fn nothing_is_said_of_an_attempt_whose_rejection_is_not_to_be_known() {
    let mut story = Story::with(retried(), next(third()), (120, 40));
    story.reply(previous(None));
    story.paint();
    story.sees_no("rejected");
    story.keys("d");
    story.sees("attempt 2 (sup-0007) → output");
}

#[test]
fn what_cannot_be_read_of_the_last_attempt_is_asked_for_by_the_key_that_compares() {
    let mut story = Story::with(retried(), next(third()), (120, 40));
    let request = Request::Lookup(LookupRequest::Previous { seq: 12 });
    let failed = || Reply::Failed { request: Box::new(request.clone()), error: StoreError::Busy };
    story.reply(failed());
    assert_eq!(story.said(), "", "nobody has asked for it");
    assert_eq!(asked(story.keys("d")), std::slice::from_ref(&request));
    story.reply(failed());
    assert!(story.said().contains(&StoreError::Busy.to_string()), "{}", story.said());
    assert_eq!(asked(story.keys("d")), std::slice::from_ref(&request));
    story.reply(previous(Some(rejected(reasons()))));
    story.sees("attempt 2 (sup-0007) → output");
}
