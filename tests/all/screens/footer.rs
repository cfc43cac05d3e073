//! The keys at the foot: each that is offered does something now, and none is cut.

use super::fixtures::*;
use super::story::Story;
use crossterm::event::{MouseButton, MouseEventKind};
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Verdict};
use karat::domain::item::{Content, Seq};
use karat::domain::macros::Macro;
use karat::domain::queue::Counts;
use karat::domain::stage::Stage;
use karat::store::{Change, PreviousAttempt, Reverted, Served, StoreError};
use karat::tui::action::Action;
use karat::tui::worker::{LookupReply, QueueReply, Reply, Request, ReviewReply, ReviewRequest};
use ratatui::buffer::Buffer;

type Size = (u16, u16);
type State = (&'static str, fn(Size) -> Story);

/// Every state of the review screen that has keys of its own.
const STATES: &[State] = &[
    ("first item", Story::review),
    ("in the rubric", |size| pressed(Story::review(size), "tab")),
    ("at the last criterion", |size| pressed(Story::review(size), "tab J J J")),
    ("in the source", |size| pressed(Story::review(size), "tab tab")),
    ("at the end of the source", |size| pressed(Story::review(size), "} } } } ) ) )")),
    ("zoomed", |size| pressed(Story::review(size), "z")),
    ("zoomed on the rubric", |size| pressed(Story::review(size), "tab z")),
    ("no rubric, nothing in it", |size| Story::with(bare_spec(), next(empty(start())), size)),
    ("JSON", |size| at(structured(start()), size)),
    ("its input whole", |size| pressed(at(structured(start()), size), "i")),
    ("hostile", |size| at(hostile(start()), size)),
    ("pages to open", |size| at(illustrated(start()), size)),
    ("worked on", |size| at(Served { draft: Some(full_draft()), ..served(12, start()) }, size)),
    ("decided", |size| at(decided(), size)),
    ("claimed by another", |size| at(Served { claimed: other(), ..served(12, start()) }, size)),
    ("only to look at", only_to_look_at),
    ("not saved", not_saved),
    ("found", |size| found(size, "day")),
    ("found once", |size| found(size, "Okafor")),
    ("found nowhere", |size| found(size, "zebra")),
    ("compared", |size| pressed(at(with_reference(), size), "d")),
    ("compared side by side", |size| pressed(at(with_reference(), size), "D d")),
    ("a second attempt", second_attempt),
    ("a second attempt without a first", |size| {
        let mut story = pressed(second_attempt(size), "d");
        story.reply(Reply::Lookup(LookupReply::Previous { seq: 12, previous: None }));
        story
    }),
    ("wide", |size| at(wide(), size)),
    ("wide, at its right end", |size| pressed(at(wide(), size), &["shift+right"; 9].join(" "))),
    ("read by the lens", |size| {
        let mut story = Story::review(size);
        story.lens();
        story
    }),
    ("with macros", |size| {
        let mut story = Story::review(size);
        let draft = Draft { categories: vec!["incomplete".into()], ..Draft::default() };
        story.reply(Reply::Macros(vec![Macro::of('k', "Incomplete", Verdict::Reject, &draft)]));
        story
    }),
    ("undone", |size| {
        let mut story = Story::review(size);
        story.keys("u");
        let (served, counts) = (served(12, start()), counts(300, 112, 0));
        let reverted = Reverted { change: Change::Deferral, served, counts };
        story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(reverted)))));
        story.paint();
        story
    }),
    ("nothing to undo", |size| {
        let mut story = Story::review(size);
        story.keys("u");
        story.reply(Reply::Review(ReviewReply::Undone(None)));
        story
    }),
    ("the end", |size| ended(1, 0, size)),
    ("the end, with others", |size| {
        Story::with(spec(), end(some_of(102), vec![claimant("ops-2", 7, start() + 240_000)], 0), size)
    }),
    ("the end, deferred", |size| ended(1, 10, size)),
    ("the end of nothing", |size| Story::with(spec(), end(Counts::default(), vec![], 0), size)),
];

fn pressed(mut story: Story, keys: &str) -> Story {
    for key in keys.split(' ') {
        story.keys(key);
        story.paint();
    }
    story
}

fn at(served: Served, size: Size) -> Story {
    Story::with(spec(), next(served), size)
}

/// Of so many items 92 are decided.
fn some_of(items: i64) -> Counts {
    Counts::of_stages(items, [(Stage::Accepted, 70), (Stage::Rejected, 19), (Stage::Escalated, 3)])
}

fn ended(left: i64, deferred: i64, size: Size) -> Story {
    Story::with(spec(), end(some_of(92 + left), vec![], deferred), size)
}

fn decided() -> Served {
    Served { mine: Some(decision(Verdict::Reject, full_draft())), ..served(12, start()) }
}

fn other() -> Claimed {
    Claimed::Other { reviewer: "ops-2".into(), until: start() + 200_000 }
}

fn with_reference() -> Served {
    let mut served = served(12, start());
    served.item.reference = Some(Content::text("Dear Ms Okafor,\n\nYou can return the kettle within 30 days."));
    served
}

fn second_attempt(size: Size) -> Story {
    let mut served = served(12, start());
    served.item.case = Some("case-1".into());
    served.item.attempt = 2;
    at(served, size)
}

fn wide() -> Served {
    let mut served = served(12, start());
    let row = |name: &str| format!("{name:<60}{:>60}{:>60}\n", 1, 2);
    served.item.output = Content::text(["Filter", "Screws", "Gasket"].map(row).concat());
    served
}

fn found(size: Size, text: &str) -> Story {
    let mut story = Story::review(size);
    story.keys("/");
    story.types(text);
    pressed(story, "enter")
}

fn not_saved(size: Size) -> Story {
    let mut story = Story::review(size);
    let asked = super::story::asked(story.keys("a"));
    let request = asked.into_iter().find(|request| matches!(request, Request::Review(ReviewRequest::Decide { .. })));
    story.reply(Reply::Failed { request: Box::new(request.expect("it is asked")), error: StoreError::DiskFull });
    story.paint();
    story
}

fn only_to_look_at(size: Size) -> Story {
    let mut story = Story::onlooker(size);
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: queue(spec()),
        serving: Default::default(),
        counts: counts(300, 112, 0),
        next: next(Served { claimed: Claimed::Nobody, ..served(12, start()) }),
    }));
    story.paint();
    story
}

/// The answer to what is asked as soon as a second attempt comes on screen.
fn attempt_before(seq: Seq) -> Reply {
    let output = Content::text("Dear Ms Okafor,");
    let previous = PreviousAttempt { id: "sup-0003".into(), attempt: 1, output, rejection: None };
    Reply::Lookup(LookupReply::Previous { seq, previous: Some(Box::new(previous)) })
}

/// The keys at the foot, each with its label.
fn offered(story: &mut Story) -> Vec<(String, String)> {
    let screen = story.screen();
    let foot = screen.lines().last().unwrap_or_default().trim();
    let hints = foot.split("  ").map(|hint| hint.split_once(' ').unwrap_or((hint, "")));
    hints.map(|(key, label)| (key.to_owned(), label.to_owned())).collect()
}

/// The name of a key by which a story presses it.
fn name(key: &str) -> String {
    let (before, key) = key.rsplit_once('+').filter(|(_, key)| !key.is_empty()).unwrap_or(("", key));
    let key = match key {
        "→" => "right".into(),
        "←" => "left".into(),
        "Space" | "Enter" | "Tab" | "Esc" => key.to_lowercase(),
        key if before.is_empty() => key.to_owned(),
        key => key.to_lowercase(),
    };
    if before.is_empty() { key } else { format!("{}+{key}", before.to_lowercase()) }
}

/// The frame without the line that says what was done last.
fn frame(buffer: Buffer) -> Buffer {
    let area = buffer.area;
    let mut frame = buffer;
    for x in 0..area.width {
        frame[(x, area.height - 2)].reset();
    }
    frame
}

#[test]
fn what_the_foot_offers_does_something_now() {
    let mut in_vain = Vec::new();
    for (state, make) in STATES {
        for size in [(60, 16), (80, 24), (160, 30)] {
            for (key, label) in offered(&mut make(size)) {
                let mut story = make(size);
                (1..=20).for_each(|seq| drop(story.reply(attempt_before(seq))));
                let before = frame(story.draw());
                let effects = story.keys(&name(&key));
                let is_changed = !effects.is_empty() || frame(story.draw()) != before;
                let said = story.said();
                if !is_changed || said.contains("ignored") {
                    in_vain.push(format!("{state}, {size:?}: {key} {label}: {said}"));
                }
            }
        }
    }
    assert!(in_vain.is_empty(), "{}", in_vain.join("\n"));
}

#[test]
fn a_click_on_a_word_at_the_foot_does_what_its_key_does() {
    let overlays: &[State] =
        &[("help", |size| pressed(Story::review(size), "?")), ("a note", |size| pressed(Story::review(size), "n"))];
    for (state, make) in STATES.iter().chain(overlays) {
        for (key, label) in offered(&mut make((80, 24))) {
            let (mut pressed, mut clicked) = (make((80, 24)), make((80, 24)));
            let foot = clicked.screen().lines().last().unwrap_or_default().to_owned();
            let words = format!("{key} {label}");
            let before = &foot[..foot.find(&words).expect("it is there")];
            let last = before.chars().count() + words.chars().count() - 1;
            let effects = clicked.mouse(MouseEventKind::Down(MouseButton::Left), (last as u16, 23));
            let expected = pressed.keys(&name(&key));
            assert_eq!(effects.len(), expected.len(), "{state}: {words}");
            assert!(clicked.draw() == pressed.draw(), "{state}: {words}");
        }
    }
}

#[test]
fn no_key_at_the_foot_is_cut_at_any_width() {
    let labels: Vec<_> = Action::all().map(Action::label).collect();
    for (state, make) in STATES {
        for width in (60..=200).step_by(4) {
            let hints = offered(&mut make((width, 24)));
            let cut = hints.iter().find(|(_, label)| !labels.contains(&label.as_str()));
            assert_eq!(cut, None, "{state}, {width} columns: {hints:?}");
        }
    }
}
