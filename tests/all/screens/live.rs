//! What others do shows by itself, and a lost connection is told.

use super::fixtures::*;
use super::story::{Story, asked, queues_asked};
use karat::domain::bar::Outcome;
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, OtherDecision, Verdict};
use karat::domain::queue::{Counts, Over};
use karat::domain::stage::Stage;
use karat::store::{ConnectionState, GoldenRow, Next, Page, Pick, Served, StoreError};
use karat::tui::message::{Effect, Message};
use karat::tui::worker::{
    BarStanding, BrowseReply, BrowseRequest, GoldenRequest, InfluenceRequest, QueueReply, Reply, Request, ReviewReply,
    ReviewRequest, Since,
};
use std::time::Duration;

const SIZE: (u16, u16) = (120, 40);

fn lost(tries: u32, seconds: u64) -> Reply {
    let why = "the server closed the connection".into();
    Reply::Connection(ConnectionState::Lost { tries, next: Duration::from_secs(seconds), why })
}

fn decided(next: Next) -> Reply {
    Reply::Review(ReviewReply::Decided {
        decision: Box::new(decision(Verdict::Accept, Draft::default())),
        counts: counts(301, 112, 0),
        next,
    })
}

fn queues(decided: i64) -> Reply {
    let mut queues = summaries();
    let counts = queues[0].counts;
    let others = [Stage::Rejected, Stage::Escalated].map(|stage| (stage, counts.at(stage)));
    queues[0].counts = Counts::of_stages(counts.items, [(Stage::Accepted, decided)].into_iter().chain(others));
    Reply::Queue(QueueReply::List(queues))
}

#[test]
fn the_queues_show_what_others_do_and_nothing_is_drawn_where_nothing_changed() {
    let mut story = Story::home(SIZE);
    story.reply(queues(60));
    story.keys("j");
    story.sees("30 left");
    assert_eq!(asked(story.reply(Reply::Changed)), queues_asked());
    story.reply(queues(60));
    assert!(!story.wants_frame(), "somebody has changed something else");
    story.reply(Reply::Changed);
    story.reply(queues(70));
    assert!(story.wants_frame());
    story.sees("20 left");
    story.sees("▸ Support replies");
}

#[test]
fn who_may_not_decide_is_shown_the_queue_as_a_table() {
    let mut story = Story::home(SIZE);
    story.reply(queues(60));
    let request = asked(story.keys("enter")).remove(0);
    let error = StoreError::Forbidden("permission denied for table claim".into());
    let wanted = asked(story.reply(Reply::Failed { request: Box::new(request), error }));
    assert!(wanted.iter().any(|request| matches!(request, Request::Browse(BrowseRequest::Begin { .. }))), "{wanted:?}");
    story.sees("you may look here, and not decide: a lead grants more");
    story.line(1, 30);
    story.settle();
    story.sees("the output begins");
    assert_eq!(asked(story.keys("q")), queues_asked());
}

#[test]
fn whoever_may_only_look_is_offered_nothing_that_writes_and_told_why_at_once() {
    const WHY: &str = "the workspace may only be read: you may not write to w.db";
    let mut story = Story::onlooker(SIZE);
    story.sees("ops-1 · only looks");
    story.sees(WHY);
    for key in ["a", "x", "e", "d", "t", "P", "g", "R", "u"] {
        story.keys("p p");
        assert!(asked(story.keys(key)).is_empty());
        assert_eq!(story.said(), format!("! {WHY}"), "{key}");
        story.sees("the output begins");
    }
    story.keys("F s");
    story.sees(WHY);
    story.keys("esc space");
    let foot = story.screen().lines().last().unwrap_or_default().to_owned();
    assert!(!foot.contains("accept") && !foot.contains("tag"), "{foot}");
    story.keys(":");
    story.types("escalate");
    story.sees("no action, queue or item is called that");
    story.keys("esc enter");
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: queue(spec()),
        serving: Default::default(),
        counts: counts(300, 112, 0),
        next: next(Served { claimed: Claimed::Nobody, ..served(12, start()) }),
    }));
    story.paint();
    story.sees("Dear Ms Okafor");
    for key in ["a", "x", "X", "e", "space", "n", "m", "c", "3", "right", "O"] {
        assert!(asked(story.keys(key)).is_empty(), "{key}");
        assert_eq!(story.said(), format!("! {WHY}"), "{key}");
    }
    assert!(asked(story.keys("q")).iter().all(|request| !matches!(request, Request::Review(_))));
}

#[test]
fn the_progress_moves_while_a_note_is_written_and_nothing_else_does() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.types("half a thou");
    story.sees("412 of 1,000,000");
    assert_eq!(asked(story.reply(Reply::Changed)), [Request::Review(ReviewRequest::Progress)]);
    assert_eq!(story.reply(Reply::Review(ReviewReply::Progress { counts: counts(300, 112, 0), free: true })), []);
    assert!(!story.wants_frame());
    story.reply(Reply::Review(ReviewReply::Progress { counts: counts(305, 112, 0), free: true }));
    assert!(story.wants_frame());
    story.sees("417 of 1,000,000");
    story.types("ght");
    story.sees("half a thought");
    story.sees("sup-0012");
}

fn done_of(items: i64) -> Counts {
    Counts::of_stages(items, [(Stage::Accepted, 80), (Stage::Rejected, 19), (Stage::Escalated, 3)])
}

#[test]
fn a_queue_that_had_ended_goes_on_when_items_come_in() {
    let mut story = Story::with(spec(), end(done_of(102), Vec::new(), 0), SIZE);
    story.sees("All 102 items are decided.");
    assert_eq!(asked(story.reply(Reply::Changed)), [Request::Review(ReviewRequest::Progress)]);
    assert_eq!(story.reply(Reply::Review(ReviewReply::Progress { counts: done_of(102), free: false })), []);
    assert!(!story.wants_frame());
    let more = done_of(104);
    let asked = asked(story.reply(Reply::Review(ReviewReply::Progress { counts: more, free: true })));
    assert_eq!(asked, [Request::Review(ReviewRequest::Next(Pick::default()))]);
    story.reply(Reply::Review(ReviewReply::Next { counts: more, next: next(served(13, story.now)) }));
    story.sees("sup-0013");
    assert_eq!(story.said(), "2 new items came in");
}

#[test]
fn the_end_of_a_queue_tells_what_sampling_holds_back() {
    let stages = [(Stage::Accepted, 3), (Stage::HeldBack, 97)];
    let mut story = Story::with(spec(), end(Counts::of_stages(100, stages), Vec::new(), 0), SIZE);
    story.sees("All 3 items are decided.");
    story.sees("3 of 3 · 100%");
    story.sees("Sampling holds 97 more items back");
    let mut story = Story::with(spec(), end(Counts::of_stages(9, [(Stage::HeldBack, 9)]), Vec::new(), 0), SIZE);
    story.sees("Sampling has taken no item yet.");
}

#[test]
fn nothing_is_held_for_a_reviewer_who_has_gone() {
    let mut story = Story::with(spec(), end(done_of(102), Vec::new(), 0), SIZE);
    story.now += 11 * 60_000;
    assert_eq!(story.reply(Reply::Review(ReviewReply::Progress { counts: done_of(104), free: true })), []);
    story.sees("There is work again.");
    story.sees("2 new items came in. r serves what is free.");
    assert_eq!(asked(story.keys("r")), [Request::Review(ReviewRequest::Next(Pick::default()))]);
}

/// What the browser asks when others have changed something.
fn follows(story: &mut Story) -> Vec<Request> {
    asked(story.reply(Reply::Changed))
}

fn line(story: &mut Story, items: usize, since: Since) {
    let (known, found) = (items, items);
    story.reply(Reply::Browse(BrowseReply::Extent {
        ticket: 1,
        known,
        found,
        progress: 1.0,
        done: true,
        indexed: None,
        since,
    }));
}

#[test]
fn the_rows_that_are_seen_are_read_again_in_their_places() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("j j space");
    story.settle();
    let asked = follows(&mut story);
    assert_eq!(asked[0], Request::Browse(BrowseRequest::Follow { ticket: 1 }));
    assert_eq!(asked[1], Request::Browse(BrowseRequest::Rows { ticket: 1, from: 0, count: 64 }));
    assert!(follows(&mut story).is_empty(), "they are on their way");
    line(&mut story, 300, Since::default());
    story.reply(Reply::Browse(BrowseReply::Rows { ticket: 1, from: 0, rows: browse_rows(0, 64) }));
    assert!(!story.wants_frame(), "they are what they were");
    let before = story.screen();
    follows(&mut story);
    let mut rows = browse_rows(0, 64);
    rows[0].decision = rows[3].decision.clone();
    assert_eq!(rows[0].verdict(), Some(Verdict::Escalate));
    story.reply(Reply::Browse(BrowseReply::Rows { ticket: 1, from: 0, rows }));
    assert!(story.wants_frame());
    let after = story.screen();
    let others: Vec<_> = before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
    assert_eq!(others.len(), 1, "{others:?}");
    story.sees("1 selected");
}

#[test]
fn what_came_in_stands_at_the_end_of_the_table() {
    let mut story = Story::browser(SIZE, 70);
    story.keys("G");
    story.settle();
    story.sees("sup-0070");
    follows(&mut story);
    line(&mut story, 72, Since::default());
    story.settle();
    story.sees("72 items");
    story.keys("G");
    story.settle();
    story.sees("sup-0072");
}

#[test]
fn all_that_are_selected_stay_those_that_were_counted() {
    let mut story = Story::browser(SIZE, 300);
    follows(&mut story);
    assert!(asked(story.keys("A a")).is_empty());
    assert!(story.said().contains("new items are just coming in"), "{}", story.said());
    line(&mut story, 302, Since::default());
    story.keys("a");
    story.sees("Accept 302 items");
    story.keys("esc");
    assert!(follows(&mut story).iter().all(|request| matches!(request, Request::Browse(BrowseRequest::Rows { .. }))));
}

#[test]
fn what_a_new_line_would_show_is_told() {
    let mut story = Story::browser((80, 24), 300);
    line(&mut story, 300, Since { items: 12, verdicts: 5 });
    story.sees("300 items  since: 12 new, 5 decided · r looks again");
    let asked = asked(story.keys("r"));
    assert!(matches!(asked[..], [Request::Browse(BrowseRequest::Begin { ticket: 2, .. })]), "{asked:?}");
    story.line(2, 312);
    story.sees_no("since:");
}

#[test]
fn golden_examples_of_others_come_on_top_and_the_cursor_stays_on_its_own() {
    let example = |seq| GoldenRow::Example(golden(seq, Verdict::Accept, &["typical"], "Why it is one."));
    let page = |range: std::ops::Range<i64>| Page { rows: range.map(example).collect(), more: false };
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("j g");
    story.golden_page(page(5..9));
    story.keys("j");
    story.sees("▸ sup-0006");
    assert!(matches!(asked(story.reply(Reply::Changed))[..], [Request::Golden(GoldenRequest::Window { .. })]));
    story.golden_page(page(5..9));
    assert!(!story.wants_frame(), "it is what it was");
    story.reply(Reply::Changed);
    story.golden_page(page(3..9));
    story.sees("sup-0003");
    story.sees("▸ sup-0006");
}

#[test]
fn a_decision_during_an_outage_is_told_as_not_saved_until_the_server_has_it() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("a")).pop().unwrap();
    assert!(matches!(request, Request::Review(ReviewRequest::Decide { .. })));
    story.wait(60);
    story.reply(lost(1, 2));
    assert_eq!(story.said(), "✗ connection lost, trying again in 2 s (1) · saving …");
    story.sees("accepted NOT SAVED YET");
    assert_eq!(story.due_in(), Some(1_000));
    story.wait(1_000);
    assert!(story.wants_frame());
    assert_eq!(story.said(), "✗ connection lost, trying again in 1 s (1) · saving …");
    story.wait(1_000);
    assert_eq!(story.said(), "✗ connection lost, trying again now (1) · saving …");
    assert!(story.due_in() > Some(60_000), "nothing more is counted down");
    story.reply(lost(2, 4));
    story.keys("tab");
    story.sees("┏ Rubric");
    assert_eq!(story.keys("a"), [], "one decision is under way");
    story.reply(Reply::Connection(ConnectionState::Back));
    assert_eq!(story.said(), "connected again");
    story.sees_no("NOT SAVED");
    story.reply(decided(next(served(13, story.now))));
    assert_eq!(story.said(), "saved: ✓ accepted sup-0012 · 413 of 1,000,000 decided");
}

#[test]
fn an_outage_that_is_given_up_leaves_the_decision_to_be_sent_again() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("a")).pop().unwrap();
    story.reply(lost(9, 30));
    story.reply(Reply::Failed { request: Box::new(request.clone()), error: StoreError::Busy });
    story.sees("accepted NOT SAVED");
    assert!(story.said().contains("connection lost"), "{}", story.said());
    story.reply(Reply::Connection(ConnectionState::Back));
    assert_eq!(asked(story.keys("R")), [request]);
}

#[test]
fn one_quits_at_once_but_not_over_what_never_reached_the_server() {
    let mut story = Story::review(SIZE);
    story.reply(lost(1, 8));
    assert_eq!(story.keys("ctrl+c").last(), Some(&Effect::Quit), "nothing is lost by it");
    let mut story = Story::review(SIZE);
    story.reply(lost(1, 8));
    story.keys("3");
    assert_eq!(story.keys("ctrl+c"), []);
    story.sees("What you wrote on sup-0012 is not saved yet");
    story.keys("n a ctrl+c");
    story.sees("The accept of sup-0012 is not saved yet: the");
    assert_eq!(story.keys("y").last(), Some(&Effect::Quit));
}

#[test]
fn a_draft_is_at_stake_until_the_server_has_it() {
    let mut story = Story::review(SIZE);
    story.keys("3");
    story.wait(400);
    story.reply(lost(1, 8));
    assert_eq!(story.keys("ctrl+c"), [], "it is on its way");
    story.keys("n");
    story.reply(Reply::Review(ReviewReply::DraftSaved { seq: 12 }));
    assert_eq!(story.keys("ctrl+c").last(), Some(&Effect::Quit));
}

#[test]
fn who_works_where_is_shown() {
    let mut story = Story::on_server(SIZE);
    story.sees("ops-1 on postgres://db.host/team");
    story.keys("b");
    story.sees("ops-1 on postgres://db.host/team");
    story.keys("q");
    story.tell(Message::Painted);
    story.resize(80, 24);
    story.sees_no("postgres");
}

#[test]
fn a_decision_over_another_asks_first() {
    let mut story = Story::review(SIZE);
    let refused = |story: &mut Story, request: Request| {
        let other = OtherDecision {
            seq: 7,
            id: "their-decision".into(),
            reviewer: "ana".into(),
            verdict: Verdict::Reject,
            decided_at: start() - 180_000,
        };
        story.reply(Reply::Failed { request: Box::new(request), error: StoreError::Decided(Box::new(other)) });
    };
    let request = asked(story.keys("a")).remove(0);
    refused(&mut story, request);
    story.sees("Decided by another");
    story.sees("ana rejected this item 3 min ago");
    story.keys("n");
    story.sees("NOT SAVED");
    let request = asked(story.keys("R")).remove(0);
    refused(&mut story, request);
    let [Request::Review(ReviewRequest::Decide { over, .. })] = &asked(story.keys("y"))[..] else { panic!("not sent") };
    assert_eq!(*over, Over::Decision(7));
}

#[test]
fn whoever_looks_again_is_told_who_has_decided_meanwhile() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("a")).remove(0);
    let error = StoreError::ClaimLost { by: None, decided: None };
    story.reply(Reply::Failed { request: Box::new(request), error });
    assert!(matches!(asked(story.keys("R"))[..], [Request::Review(ReviewRequest::Show { .. })]));
    let decided = OtherDecision {
        seq: 7,
        id: "their-decision".into(),
        reviewer: "ana".into(),
        verdict: Verdict::Accept,
        decided_at: start() - 60_000,
    };
    let served = Box::new(served(12, start()));
    story.reply(Reply::Review(ReviewReply::Shown { served, decided: Some(decided) }));
    assert_eq!(story.said(), "! ana accepted this item 1 min ago");
}

fn bars(kind: (Outcome, &str, Option<u64>)) -> Reply {
    let standing = |key: &str, (outcome, shown, more): (Outcome, &str, Option<u64>)| BarStanding {
        key: key.into(),
        title: format!("Replies are {key}"),
        outcome,
        shown: shown.into(),
        more,
    };
    Reply::Bars {
        queue: "replies".into(),
        bars: vec![standing("kind", kind), standing("true", (Outcome::Undecided, "", Some(300)))],
    }
}

#[test]
fn what_a_bar_takes_yet_stands_in_the_foot_and_what_is_decided_is_told() {
    let mut story = Story::review(SIZE);
    story.reply(bars((Outcome::Undecided, "", Some(4_120))));
    story.sees("kind ≈ 4,120 more (2 bars)");
    story.reply(bars((Outcome::Met, "at least 96.1 %", Some(0))));
    story.sees("bar kind is met: at least 96.1 % · more reviews serve true");
    story.sees("true ≈ 300 more");
    story.reply(bars((Outcome::Undecided, "", None)));
    story.sees("kind: no end in sight (2 bars)");
    story.reply(bars((Outcome::Failed, "at most 80 %", Some(0))));
    story.sees("! bar kind has failed: at most 80 %");
}

/// Opened again, a queue tells nothing of what was decided before.
#[test]
fn only_what_is_decided_meanwhile_is_told() {
    let mut story = Story::review(SIZE);
    story.reply(bars((Outcome::Met, "at least 96.1 %", Some(0))));
    assert!(!story.said().contains("is met"), "{}", story.said());
}

#[test]
fn the_home_screen_shows_how_the_bars_of_a_queue_stand() {
    let mut story = Story::home(SIZE);
    story.reply(queues(60));
    story.keys("j");
    story.reply(Reply::Queue(QueueReply::Dashboard(Box::new(dashboard()))));
    story.reply(bars((Outcome::Met, "at least 96.1 %", Some(0))));
    story.sees("✓ Replies are kind");
    story.sees("met, at least 96.1 %");
    story.sees("undecided, ≈ 300 more reviews");
    // Down to the second of the bars, which Enter opens.
    story.keys("tab j j j j j j");
    let queue = summaries()[1].name.clone();
    let opened = asked(story.keys("enter"));
    assert_eq!(opened, [Request::Influence(InfluenceRequest::Read { queue })], "{}", story.screen());
}

#[test]
fn the_end_of_a_queue_lists_its_bars_and_how_many_more_reviews_they_take() {
    let mut story = Story::with(spec(), end(counts(4, 2, 0), Vec::new(), 0), (80, 24));
    story.sees_no("Replies are kind");
    story.reply(bars((Outcome::Met, "at least 96.1 %", Some(0))));
    story.sees("? Replies are true");
    story.sees("undecided, ≈ 300 more reviews");
    story.sees("✓ Replies are kind");
    assert!(matches!(&asked(story.keys("B"))[..], [.., Request::Influence(InfluenceRequest::Read { .. })]));
}
