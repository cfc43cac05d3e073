//! Whole stories: what is pressed and replied, what is asked and said.

use super::fixtures::*;
use super::story::{Story, asked, queues_asked};
use crossterm::event::{Event, MouseEventKind};
use karat::domain::attachment::Target;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::item::{Content, ContentKind, Document, Item, Seq};
use karat::domain::order::{Order, Serving};
use karat::domain::spec::{LensTerms, Severity, Spec};

use karat::domain::claim::Claimed;
use karat::domain::filter::Filter;
use karat::domain::golden::Expected;
use karat::domain::queue::{Counts, Over};
use karat::domain::stage::Stage;
use karat::store::{
    BulkAction, BulkOutcome, Change, Dashboard, GoldenFacts, GoldenRow, History, Indexed, Next, Page, Pick,
    PreviousAttempt, Reach, Reverted, Served, StoreError, Totals,
};
use karat::tui::message::{Effect, Message};
use karat::tui::worker::{
    BrowseReply, BrowseRequest, Chosen, GoldenReply, GoldenRequest, InboxReply, InboxRequest, LensRequest, LookupReply,
    LookupRequest, QueueReply, QueueRequest, Reply, Request, ReviewReply, ReviewRequest,
};

const SIZE: (u16, u16) = (120, 40);

fn decided(seq: Seq, verdict: Verdict, next: Next) -> Reply {
    let mut decision = decision(verdict, Draft::default());
    decision.id = format!("d-{seq}");
    Reply::Review(ReviewReply::Decided { decision: Box::new(decision), counts: counts(301, 112, 0), next })
}

fn failed(request: &Request, error: StoreError) -> Reply {
    Reply::Failed { request: Box::new(request.clone()), error }
}

#[track_caller]
fn judgement(effects: Vec<Effect>) -> Judgement {
    let requests = asked(effects);
    match requests.as_slice() {
        [Request::Review(ReviewRequest::Decide { judgement, .. })] => judgement.clone(),
        other => panic!("one decision was expected, not {other:?}"),
    }
}

/// What is asked as soon as a second attempt comes on screen.
fn attempt_before(seq: Seq) -> Request {
    Request::Lookup(LookupRequest::Previous { seq })
}

fn release(seq: Seq) -> Request {
    Request::Review(ReviewRequest::Release { seq, token: format!("token-{seq}") })
}

#[test]
fn an_acceptance_shows_the_next_item_once_it_is_on_disk() {
    let mut story = Story::review(SIZE);
    story.now += 3_000;
    let request = asked(story.keys("a"));
    let Request::Review(ReviewRequest::Decide { seq: 12, token, judgement, over: Over::Nobody }) = &request[0] else {
        panic!("{request:?}")
    };
    assert_eq!((token.as_str(), judgement.verdict, judgement.active_millis), ("token-12", Verdict::Accept, 3_000));
    story.sees("sup-0012");
    let after = story.reply(decided(12, Verdict::Accept, next(served(13, story.now))));
    assert_eq!(asked(after), [attempt_before(13)], "the claim went with the decision");
    story.sees("sup-0013");
    assert_eq!(story.said(), "saved: ✓ accepted sup-0012 · 413 of 1,000,000 decided");
}

#[test]
fn what_is_served_to_a_screen_that_was_left_is_free_again() {
    let mut story = Story::review(SIZE);
    story.keys("a b");
    let late = decided(12, Verdict::Accept, next(served(13, story.now)));
    assert_eq!(asked(story.reply(late)), [release(13)], "nobody looks at it");
    assert_eq!(story.said(), "saved: ✓ accepted");
    let mut story = Story::review(SIZE);
    story.keys("space b");
    let late = Reply::Review(ReviewReply::Deferred { counts: counts(300, 112, 0), next: next(served(13, story.now)) });
    assert_eq!(asked(story.reply(late)), [release(13)]);
}

#[test]
fn keys_pressed_before_the_next_item_is_seen_are_never_applied_to_it() {
    let mut story = Story::review(SIZE);
    story.keys("a");
    assert_eq!(story.keys("a x e n 3 space"), [], "while it is being saved");
    assert_eq!(story.said(), "! key ignored: still saving");
    story.reply(decided(12, Verdict::Accept, next(served(13, story.now))));
    assert_eq!(story.keys("a 3 x e space n"), [], "before a frame with it was seen");
    assert!(story.said().ends_with("key ignored: the next item was not shown yet"), "{}", story.said());
    story.paint();
    story.sees("Rubric 0/3");
    assert_eq!(judgement(story.keys("a")).verdict, Verdict::Accept);
}

#[test]
fn reading_keys_work_at_any_time() {
    let mut story = Story::review((80, 24));
    story.keys("a tab");
    story.sees("┏ Rubric 0/3");
}

#[test]
fn a_long_save_is_mentioned_and_a_short_one_is_not() {
    let mut story = Story::review(SIZE);
    story.paint();
    story.keys("a");
    assert_eq!(story.due_in(), Some(60));
    story.wait(60);
    assert_eq!(story.said(), "saving …");
    story.sees("sup-0012");
}

#[test]
fn a_failed_save_keeps_the_decision_and_can_be_sent_again() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    let request = asked(story.keys("x 1 enter")).pop().unwrap();
    story.reply(failed(&request, StoreError::DiskFull));
    story.sees("✗ rejected NOT SAVED");
    story.sees("make room (or raise the");
    story.sees("[x] !! Unsupported claim");
    assert_eq!(asked(story.keys("R")), [request], "the same decision, with the time it took");
    story.reply(decided(12, Verdict::Reject, next(served(13, story.now))));
    assert!(story.said().starts_with("saved: ✗ rejected sup-0012"));
    story.sees_no("NOT SAVED");
}

#[test]
fn a_decision_that_is_not_saved_is_not_left_by_accident() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("a")).pop().unwrap();
    story.reply(failed(&request, StoreError::Busy));
    for key in ["q", "ctrl+c", "right", "u"] {
        assert_eq!(story.keys(key), [], "{key}");
        story.sees("The accept of sup-0012 is not saved.");
        story.keys("n");
    }
    let effects = story.keys("ctrl+c y");
    assert_eq!(effects, [Effect::Ask(release(12)), Effect::Quit]);
}

#[test]
fn a_lost_hold_offers_to_look_again_and_keeps_the_draft() {
    let mut story = Story::review(SIZE);
    story.keys("2");
    let request = asked(story.keys("a")).pop().unwrap();
    story.reply(failed(&request, StoreError::ClaimLost { by: Some("ops-2".into()), decided: None }));
    story.sees("⚑ lost to ops-2");
    assert_eq!(story.keys("a"), []);
    assert!(story.said().contains("R looks again"));
    let requests = asked(story.keys("R"));
    assert!(matches!(requests[0], Request::Review(ReviewRequest::SaveDraft { seq: 12, .. })), "{requests:?}");
    assert_eq!(requests[1], Request::Review(ReviewRequest::Show { seq: 12 }));
}

#[test]
fn a_changed_rubric_is_shown_before_the_decision_is_made_again() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("a")).pop().unwrap();
    story.reply(failed(&request, StoreError::SpecChanged { from: 1, to: 2 }));
    assert_eq!(asked(story.keys("R")), [Request::Queue(QueueRequest::Reopen { seq: 12 })]);
    let fewer = Spec { title: "Second version".into(), criteria: Vec::new(), ..spec() };
    let served = Served { draft: Some(full_draft()), ..served(12, story.now) };
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: queue(fewer),
        serving: Default::default(),
        counts: counts(0, 0, 0),
        next: next(served),
    }));
    story.paint();
    story.sees("Second version");
    let draft = judgement(story.keys("a")).draft;
    assert!(draft.scores.is_empty(), "what the rubric knows no more is gone");
}

#[test]
fn categories_are_chosen_by_key_in_the_order_of_the_spec() {
    let mut story = Story::review(SIZE);
    story.keys("x 3 1");
    story.sees("[x] !! Unsupported claim");
    let judgement = judgement(story.keys("enter"));
    assert_eq!(
        (judgement.verdict, judgement.draft.categories.clone()),
        (Verdict::Reject, vec!["unsupported".into(), "tone".into()])
    );
}

#[test]
fn a_picker_that_is_closed_keeps_what_was_chosen_and_one_without_a_choice_saves_nothing() {
    let mut story = Story::review(SIZE);
    story.keys("x 1 3 esc");
    story.sees_no("Reject: what is wrong with it?");
    story.keys("x");
    story.sees("[x] !! Unsupported claim");
    assert_eq!(asked(story.keys("1 3 enter")), []);
    assert_eq!(story.said(), "! choose at least one failure category, by its key");
}

#[test]
fn two_keys_reject_for_one_category() {
    let mut story = Story::review(SIZE);
    story.keys("x 1 esc");
    let judgement = judgement(story.keys("X 3"));
    assert_eq!((judgement.verdict, judgement.draft.categories.clone()), (Verdict::Reject, vec!["tone".into()]));
}

#[test]
fn a_note_is_written_from_within_the_reject_form() {
    let mut story = Story::review(SIZE);
    story.keys("x 3 tab");
    story.types("too informal");
    story.keys("esc");
    story.sees("Note  too informal");
    let judgement = judgement(story.keys("enter"));
    assert_eq!((judgement.draft.note.as_str(), judgement.draft.categories.len()), ("too informal", 1));
}

#[test]
fn an_escalation_has_the_categories_that_were_chosen() {
    let mut story = Story::review(SIZE);
    story.keys("x 1 esc e");
    story.sees("Categories  Unsupported claim");
    story.types("Who owns this?");
    story.keys("tab 3 enter");
    story.sees("Categories  Unsupported claim, Tone or brand");
    let judgement = judgement(story.keys("enter"));
    assert_eq!((judgement.verdict, judgement.draft.categories.len()), (Verdict::Escalate, 2));
}

#[test]
fn from_the_categories_of_an_escalation_one_comes_back_to_its_reason() {
    let mut story = Story::review(SIZE);
    story.keys("e");
    story.types("Who owns ");
    story.keys("tab 1 tab");
    story.sees("Reason");
    story.types("this?");
    story.keys("tab");
    story.sees("Escalate: what is wrong with it?");
    story.sees_no("Enter save");
    story.keys("ctrl+t enter");
    let judgement = judgement(story.keys("enter"));
    assert_eq!((judgement.verdict, judgement.draft.note.as_str()), (Verdict::Escalate, "Who owns this?"));
}

#[test]
fn rejecting_for_one_category_takes_no_several_that_are_ticked() {
    let mut story = Story::review(SIZE);
    story.keys("x 1 3 esc X");
    story.sees("( ) !! Unsupported claim");
    assert_eq!(asked(story.keys("enter")), []);
    assert_eq!(story.said(), "! choose the failure category, by its key");
    let judgement = judgement(story.keys("3"));
    assert_eq!(judgement.draft.categories, ["tone"]);
}

#[test]
fn what_stands_in_columns_does_not_wrap_beside_a_list_or_an_item() {
    let row = |name: &str| format!("{name:<40}{:>40}{:>40}{:>40}\n", "12.50", "4", "END");
    let mut wide = served(7, start());
    wide.item.output = Content::text(["Filter", "Screws", "Gasket"].map(row).concat());
    let peeked = |seq| {
        let item = Box::new(Item { id: "wide".into(), ..wide.item.clone() });
        Reply::Lookup(LookupReply::Peeked { seq, item, is_mine: false })
    };
    let in_one_row = |story: &mut Story| {
        let screen = story.screen();
        let row = screen.lines().find(|line| line.contains("Filter")).map(str::to_owned);
        assert!(row.is_some_and(|row| row.contains("12.50")), "{screen}");
        story.sees_no("END");
        story.keys("shift+right shift+right shift+right shift+right");
        story.sees("END");
    };
    let mut story = Story::browser(SIZE, 30);
    story.reply(peeked(1));
    in_one_row(&mut story);
    let mut story = Story::review((200, 40));
    story.keys("h");
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
    story.keys("enter");
    story.reply(peeked(7));
    in_one_row(&mut story);
}

#[test]
fn escape_clears_and_never_leaves_the_queue() {
    let mut story = Story::review(SIZE);
    story.keys("z");
    for _ in 0..5 {
        assert_eq!(asked(story.keys("esc")), []);
    }
    story.sees("sup-0012");
    story.sees("Rubric");
}

#[test]
fn alt_and_a_letter_is_escape_and_the_letter_where_nothing_is_bound_to_it() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.types("my note");
    story.keys("alt+x");
    story.sees("Reject: what is wrong with it?");
    story.keys("esc n alt+b");
    story.types("own ");
    story.sees("my own note");
}

#[test]
fn text_is_edited_as_in_a_shell() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.types("one two three");
    story.keys("ctrl+w");
    story.types("four");
    story.keys("ctrl+a");
    story.types("zero ");
    story.sees("zero one two four");
    story.keys("ctrl+e ctrl+u");
    story.sees_no("zero");
    story.keys("ctrl+_");
    story.sees("zero one two four");
}

#[test]
fn a_verdict_is_not_taken_from_a_held_key_nor_before_anybody_has_seen_the_item() {
    let mut story = Story::guarded(SIZE, 120);
    assert_eq!(asked(story.keys("a")), []);
    assert!(story.said().contains("key ignored: the item was not shown yet"), "{}", story.said());
    story.wait(119);
    assert_eq!(asked(story.keys("a")), [], "the key may be held down");
    assert_eq!(story.said(), "! key ignored: it is held down");
    story.wait(120);
    assert_eq!(judgement(story.keys("a")).verdict, Verdict::Accept);
}

#[test]
fn a_key_without_an_action_says_so() {
    let mut story = Story::review(SIZE);
    story.keys("y");
    assert_eq!(story.said(), "no action is on y here · ? lists the keys");
    story.types("ф");
    assert!(story.said().starts_with("ф is no key here: switch to Latin letters"), "{}", story.said());
}

#[test]
fn the_palette_finds_by_name_by_synonym_and_by_id() {
    let first = |typed: &str| {
        let mut story = Story::review(SIZE);
        story.keys(":");
        story.types(typed);
        let screen = story.screen();
        let rule = screen.lines().position(|line| line.contains("│ ───")).expect("the line under the query");
        let at = screen.lines().nth(rule).and_then(|line| line.split("│ ───").next()).unwrap().chars().count();
        let first: String = screen.lines().nth(rule + 1).unwrap().chars().skip(at + 2).collect();
        first.split("  ").next().unwrap().to_owned()
    };
    for (typed, label) in [
        ("undo", "undo"),
        ("redo", "redo"),
        ("history", "history"),
        ("precedent", "similar"),
        ("zoom", "zoom"),
        ("diff", "diff"),
        ("browse", "browse"),
        ("comment", "note"),
        ("skip", "defer"),
        ("metadata", "input"),
        ("raw", "raw"),
        ("quit", "quit"),
        ("theme", "theme dark"),
        ("stats", "karat stats"),
        ("completions", "karat completions"),
    ] {
        assert_eq!(first(typed), label, "{typed}");
    }
    let mut story = Story::review(SIZE);
    story.keys(":");
    story.types("sup-1");
    let items = vec![("sup-1044".to_owned(), 1044)];
    let (prefix, queue) = ("sup-1".to_owned(), "support-replies".to_owned());
    story.reply(Reply::Lookup(LookupReply::Ids { prefix, queue, items }));
    story.sees("sup-1044");
    let asked = asked(story.keys("enter"));
    let opens = |request: &Request| matches!(request, Request::Queue(QueueRequest::OpenItem { seq: 1044, .. }));
    assert!(asked.iter().any(opens), "{asked:?}");
}

#[test]
fn the_palette_tells_what_is_done_in_a_shell() {
    let mut story = Story::review(SIZE);
    story.keys(":");
    story.sees_no("karat export");
    story.types("export");
    story.sees("Write what was decided as an eval dataset");
    story.keys("enter");
    assert_eq!(story.said(), "in a shell: karat export [OPTIONS] --to <TO> <QUEUE>");
}

#[test]
fn a_line_of_the_help_can_be_run() {
    let mut story = Story::review(SIZE);
    story.keys("? down");
    story.keys("enter");
    story.sees("Reject: what is wrong with it?");
}

#[test]
fn with_a_single_category_its_key_is_the_whole_answer() {
    let mut one = spec();
    one.failures.truncate(1);
    let mut story = Story::with(one, next(served(12, start())), SIZE);
    assert_eq!(judgement(story.keys("x 1")).draft.categories, ["unsupported"]);
}

#[test]
fn an_acceptance_carries_no_categories() {
    let served = Served { draft: Some(full_draft()), ..served(12, start()) };
    let mut story = Story::with(spec(), next(served), SIZE);
    let draft = judgement(story.keys("a")).draft;
    assert_eq!(*draft, Draft { categories: Vec::new(), ..full_draft() });
}

#[test]
fn a_missing_score_is_said_and_focused() {
    let mut strict = spec();
    strict.criteria[2].required = true;
    let mut story = Story::with(strict, next(served(12, start())), SIZE);
    assert_eq!(story.keys("a"), []);
    assert!(story.said().contains("(`complete`) is required"));
    story.sees("▸Completeness *");
    story.keys("3");
    assert_eq!(judgement(story.keys("a")).draft.scores["complete"], 3);
}

#[test]
fn digits_score_and_go_on_to_the_next_criterion() {
    let mut story = Story::review(SIZE);
    story.keys("4 9");
    assert_eq!(story.said(), "! Tone is scored from 1 to 3");
    story.keys("2 1 J K");
    let scores = judgement(story.keys("a")).draft.scores.clone();
    assert_eq!(scores, [("accuracy".into(), 4), ("tone".into(), 2), ("complete".into(), 1)].into());
}

#[test]
fn an_escalation_takes_the_route_of_its_categories_and_needs_a_reason() {
    let served = Served { draft: Some(Draft { note: String::new(), ..full_draft() }), ..served(12, start()) };
    let mut story = Story::with(spec(), next(served), SIZE);
    story.keys("e");
    story.sees("▸ Policy desk");
    assert_eq!(story.keys("enter"), []);
    assert!(story.said().contains("needs a reason"));
    story.types("ask?jk");
    story.keys("ctrl+j");
    story.types("now");
    let judgement = judgement(story.keys("up enter"));
    assert_eq!((judgement.draft.route.as_deref(), judgement.draft.note.as_str()), (Some("safety"), "ask?jk\nnow"));
    assert_eq!(judgement.before.unwrap().note, "", "what an undo brings back");
}

#[test]
fn an_escalation_cancelled_keeps_the_words() {
    let mut story = Story::review(SIZE);
    story.keys("e");
    story.types("careful");
    story.keys("esc");
    assert_eq!(story.said(), "not escalated; the reason is kept as the note");
    let draft = judgement(story.keys("a")).draft;
    assert_eq!((draft.note.as_str(), draft.route.clone()), ("careful", None));
}

#[test]
fn what_is_pasted_into_a_note_is_text_and_nothing_else() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.tell(Message::Terminal(Event::Paste("a\x1b[31m\r\nx\u{202e}b\x07".into())));
    story.keys("esc");
    assert_eq!(judgement(story.keys("a")).draft.note, "a[31m\nxb");
}

#[test]
fn what_is_pasted_elsewhere_presses_no_keys() {
    let mut story = Story::review(SIZE);
    assert_eq!(story.tell(Message::Terminal(Event::Paste("aaax1\n".into()))), []);
    story.sees("Rubric 0/3");
}

#[test]
fn a_note_may_be_written_in_an_editor() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.types("start");
    assert_eq!(story.keys("ctrl+x"), [Effect::Edit { text: "start".into(), extension: "md" }]);
    story.tell(Message::Edited(Ok(Some("start\nand end\x1b".into()))));
    story.tell(Message::Edited(Err(std::io::Error::other("no such editor"))));
    assert!(story.said().contains("no such editor"));
    story.keys("esc");
    assert_eq!(judgement(story.keys("a")).draft.note, "start\nand end");
}

#[test]
fn a_deferral_and_its_undo_say_what_they_did() {
    let mut story = Story::review(SIZE);
    let token = "token-12".to_owned();
    assert_eq!(asked(story.keys("space")), [Request::Review(ReviewRequest::Defer { seq: 12, token })]);
    story
        .reply(Reply::Review(ReviewReply::Deferred { counts: counts(300, 112, 0), next: next(served(13, story.now)) }));
    story.paint();
    assert!(story.said().starts_with("deferred: sup-0012"));
    assert_eq!(asked(story.keys("u")), [Request::Review(ReviewRequest::Undo)]);
    let back = Reverted { change: Change::Deferral, served: served(12, story.now), counts: counts(300, 112, 0) };
    let effects = story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(back)))));
    assert_eq!(asked(effects), [release(13), attempt_before(12)], "the item that was on screen is free again");
    assert_eq!(story.said(), "undone: deferral of sup-0012 — it is back in the queue");
}

#[test]
fn undo_and_redo_say_what_came_back() {
    let mut story = Story::review(SIZE);
    story.keys("u");
    let rejected = Box::new(decision(Verdict::Reject, full_draft()));
    let change = Change::Decision { decision: rejected, stands: None };
    let served = Served { draft: Some(full_draft()), ..served(7, story.now) };
    let back = Reverted { change, served, counts: counts(300, 111, 0) };
    story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(back.clone())))));
    assert_eq!(story.said(), "undone: reject of sup-0007 — it is undecided again (Unsupported claim, Tone or brand)");
    story.sees("[x] !! Unsupported claim");
    story.paint();
    assert_eq!(asked(story.keys("ctrl+r")), [Request::Review(ReviewRequest::Redo)]);
    let Change::Decision { decision, .. } = back.change else { unreachable!() };
    let change = Change::Decision { decision, stands: Some(Verdict::Reject) };
    story.reply(Reply::Review(ReviewReply::Redone(Some(Box::new(Reverted { change, ..back })))));
    assert!(story.said().starts_with("redone: reject of sup-0007"));
    story.paint();
    story.keys("u");
    story.reply(Reply::Review(ReviewReply::Undone(None)));
    assert_eq!(story.said(), "there is nothing to undo");
}

#[test]
fn drafts_are_saved_soon_and_at_once_when_the_item_is_left() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    assert_eq!(story.due_in(), Some(400));
    story.now += 300;
    story.keys("2");
    assert_eq!(story.due_in(), Some(400), "from the last change");
    let saved = asked(story.wait(400));
    let [Request::Review(ReviewRequest::SaveDraft { seq: 12, draft, .. })] = saved.as_slice() else {
        panic!("{saved:?}")
    };
    assert_eq!(draft.scores.len(), 2);
    story.keys("1");
    let left = asked(story.keys("right"));
    assert!(matches!(left[0], Request::Review(ReviewRequest::SaveDraft { seq: 12, .. })));
    assert_eq!(left[1..], [release(12), Request::Review(ReviewRequest::Next(Pick::after(12)))]);
}

#[test]
fn a_draft_that_cannot_be_saved_is_tried_again() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    let request = asked(story.wait(400)).pop().unwrap();
    story.reply(failed(&request, StoreError::Busy));
    assert!(story.said().contains("the draft is not saved yet"));
    let saved = |request: &Request| match request {
        Request::Review(ReviewRequest::SaveDraft { draft, active_millis, .. }) => (draft.clone(), *active_millis),
        other => panic!("{other:?}"),
    };
    let again = asked(story.wait(5_000)).pop().unwrap();
    assert_eq!(saved(&again), (saved(&request).0, 5_400), "with the time since");
}

#[test]
fn a_decision_ends_the_draft() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    story.keys("a");
    assert_eq!(asked(story.wait(400)), [], "it went with the decision");
}

#[test]
fn whatever_ends_the_workstation_saves_what_is_under_way() {
    for end in [Message::Hangup, Message::Terminal(Event::Key(crossterm::event::KeyCode::Char('q').into()))] {
        let mut story = Story::review(SIZE);
        story.keys("4");
        let requests = asked(story.tell(end));
        assert!(matches!(requests[0], Request::Review(ReviewRequest::SaveDraft { seq: 12, .. })), "{requests:?}");
        assert_eq!(requests[1], release(12));
    }
    let mut story = Story::review(SIZE);
    story.keys("4");
    let effects = story.keys("ctrl+z");
    assert!(
        matches!(effects[..], [Effect::Ask(Request::Review(ReviewRequest::SaveDraft { .. })), Effect::Suspend]),
        "{effects:?}"
    );
}

#[test]
fn time_counts_from_the_first_frame_without_the_pauses() {
    let mut story = Story::review(SIZE);
    story.now += 10_000;
    story.keys("j");
    story.now += 3_600_000;
    story.keys("j");
    story.now += 500;
    assert_eq!(judgement(story.keys("a")).active_millis, 10_000 + 60_000 + 500);
}

#[test]
fn a_claim_is_extended_while_the_reviewer_is_there() {
    let mut story = Story::review(SIZE);
    assert_eq!(story.due_in(), Some(150_000));
    assert_eq!(
        asked(story.wait(150_000)),
        [Request::Review(ReviewRequest::Extend { seq: 12, token: "token-12".into() })]
    );
    assert_eq!(story.due_in(), None, "asked once");
    story.reply(Reply::Review(ReviewReply::Extended { seq: 12, expires_at: story.now + 300_000 }));
    assert_eq!(story.due_in(), Some(150_000));
}

#[test]
fn a_claim_is_left_to_expire_when_nobody_is_there_and_asked_for_on_return() {
    let mut story = Story::review(SIZE);
    let mut extended = 0;
    while story.due_in().is_some() {
        extended += asked(story.wait(story.due_in().unwrap())).len();
        story.reply(Reply::Review(ReviewReply::Extended { seq: 12, expires_at: story.now + 300_000 }));
    }
    assert_eq!((extended, story.now - start()), (11, 11 * 150_000), "half an hour");
    story.now += 3_600_000;
    story.keys("j");
    let request = asked(story.wait(0)).pop().unwrap();
    assert!(matches!(request, Request::Review(ReviewRequest::Extend { .. })));
    story.reply(failed(&request, StoreError::ClaimLost { by: Some("ops-2".into()), decided: None }));
    assert!(story.said().contains("ops-2 has it now"));
    assert_eq!(story.keys("a"), []);
}

#[test]
fn one_walks_back_to_what_was_seen_and_decided_and_forth_again() {
    let mut story = Story::review(SIZE);
    story.keys("a");
    story.reply(decided(12, Verdict::Accept, next(served(13, story.now))));
    story.paint();
    assert_eq!(asked(story.keys("left")), [Request::Review(ReviewRequest::Show { seq: 12 })]);
    let mine = Some(decision(Verdict::Accept, Draft::default()));
    let effects = story.reply(Reply::Review(ReviewReply::Shown {
        served: Box::new(Served { mine, ..served(12, story.now) }),
        decided: None,
    }));
    assert_eq!(asked(effects), [release(13), attempt_before(12)]);
    story.paint();
    story.sees("You accepted it");
    assert_eq!(asked(story.keys("left")), [Request::Review(ReviewRequest::Earlier { before: Some(12) })]);
    story.reply(Reply::Review(ReviewReply::Earlier { served: None }));
    assert_eq!(story.said(), "there is no earlier item of yours");
    assert_eq!(asked(story.keys("right")), [Request::Review(ReviewRequest::Show { seq: 13 })]);
}

#[test]
fn the_only_item_left_comes_round_again_and_says_so() {
    let mut story = Story::review(SIZE);
    story.keys("right");
    story.reply(Reply::Review(ReviewReply::Next { counts: counts(0, 0, 0), next: next(served(12, story.now)) }));
    assert_eq!(story.said(), "this is the only item left to you");
}

#[test]
fn an_item_that_somebody_else_holds_is_read_and_not_decided() {
    let claimed = Claimed::Other { reviewer: "ops-2".into(), until: start() + 200_000 };
    let mut story = Story::with(spec(), next(Served { claimed, ..served(12, start()) }), SIZE);
    for key in ["a", "x", "e", "space"] {
        assert_eq!(story.keys(key), [], "{key}");
        assert_eq!(story.said(), "! ops-2 has claimed this item; it comes free in 3 min");
    }
    assert_eq!(asked(story.keys("R")), [Request::Review(ReviewRequest::Show { seq: 12 })]);
}

#[test]
fn the_end_looks_again_when_the_first_held_item_comes_free() {
    let some = Counts::of_stages(10, [(Stage::Accepted, 8)]);
    let held = vec![claimant("ops-2", 2, start() + 60_000)];
    let mut story = Story::with(spec(), end(some, held, 0), SIZE);
    story.sees("ops-2 has claimed 2 items; the first comes free in 60 s");
    assert_eq!(story.due_in(), Some(5_000), "it may be given up before its hold expires");
    assert_eq!(asked(story.wait(5_000)), [Request::Review(ReviewRequest::Next(Pick::default()))]);
    story.reply(Reply::Review(ReviewReply::Next { counts: some, next: next(served(12, story.now)) }));
    story.sees("sup-0012");
}

#[test]
fn what_was_set_aside_is_served_one_after_the_other() {
    let some = Counts::of_stages(10, [(Stage::Accepted, 8)]);
    let mut story = Story::with(spec(), end(some, vec![], 2), SIZE);
    assert_eq!(asked(story.keys("d")), [Request::Review(ReviewRequest::Next(Pick::with_deferred()))]);
    story.reply(Reply::Review(ReviewReply::Next { counts: some, next: next(served(12, story.now)) }));
    story.paint();
    story.keys("a");
    let effects = story.reply(decided(12, Verdict::Accept, end(some, vec![], 1)));
    assert_eq!(asked(effects), [Request::Review(ReviewRequest::Next(Pick { after: Some(12), deferred: true }))]);
    assert!(story.said().starts_with("saved: ✓"));
    story.reply(Reply::Review(ReviewReply::Next {
        counts: some,
        next: end(Counts::of_stages(10, [(Stage::Accepted, 10)]), vec![], 0),
    }));
    story.sees("All 10 items are decided.");
}

#[test]
fn another_size_loses_nothing() {
    let mut story = Story::review(SIZE);
    story.keys("4 tab z");
    for size in [(80, 24), (20, 5), (200, 60), SIZE] {
        story.resize(size.0, size.1);
    }
    story.keys("z");
    story.sees("Rubric 1/3");
    story.sees("▸Tone");
}

#[test]
fn what_cannot_be_seen_cannot_be_decided() {
    let mut story = Story::review(SIZE);
    story.resize(40, 10);
    assert_eq!(story.keys("a x 1 enter"), []);
    story.resize(120, 40);
    assert_eq!(judgement(story.keys("a")).verdict, Verdict::Accept);
}

#[test]
fn the_mouse_focuses_scrolls_and_chooses() {
    let mut story = Story::review(SIZE);
    story.click("Completeness");
    story.sees("▸Completeness");
    story.mouse(MouseEventKind::ScrollDown, (5, 10));
    story.click("2 Partly");
    story.sees("Completeness 2");
    story.click("2 [ ] !  Incomplete");
    story.sees("2 [x] !  Incomplete");
    let draft = judgement(story.keys("x enter")).draft;
    assert_eq!((draft.categories.as_slice(), draft.scores["complete"]), (&["incomplete".to_owned()][..], 2));
}

#[test]
fn a_long_question_is_cut_where_a_row_ends_and_a_key_goes_to_it() {
    let mut long = served(12, start());
    let sentence = "The kettle leaks at the lid when it boils, and the handle grows hot. ";
    long.item.input = Content::text(format!("{}The last words.", sentence.repeat(30)));
    let mut story = Story::with(spec(), next(long), (80, 24));
    story.sees("rows more · i shows them");
    story.sees("Dear Ms Okafor,");
    story.sees_no("The last words.");
    story.keys("i");
    story.sees("The kettle leaks at the lid");
    story.sees_no("rows more");
    story.keys("end");
    story.sees("Case");
    story.keys("i");
    story.sees("rows more · i shows them");
    story.resize(200, 60);
    story.sees("The last words.");
}

#[test]
fn a_conversation_shows_its_last_message_and_says_how_many_came_before() {
    let mut chat = served(12, start());
    let message = |role: &str, words: &str| format!(r#"{{"role":"{role}","content":"{words}"}}"#);
    let words = "words that take some rows ".repeat(12);
    let messages = [message("user", &words), message("assistant", &words), message("user", "And now?")];
    chat.item.input = Content { kind: ContentKind::Chat, text: format!("[{}]", messages.join(",")) };
    let mut story = Story::with(spec(), next(chat), (80, 24));
    story.sees("⋯ 2 earlier messages, ");
    story.sees("And now?");
    story.keys("i");
    story.sees("words that take some rows");
    story.sees_no("earlier messages");
}

#[test]
fn without_a_source_the_output_has_the_whole_width() {
    let mut bare = served(12, start());
    bare.item.context = Vec::new();
    let mut story = Story::with(spec(), next(bare), (80, 24));
    story.sees_no("Source");
    story.sees("no source came with it · Help centre articles");
    story.sees("How do I send it back, and when do I get my money?");
    story.keys("tab tab");
    story.sees("┏ Output");
}

#[test]
fn the_source_is_turned_over_from_the_output() {
    let mut long = served(12, start());
    let page = |name: &str| Document {
        text: (1..80).map(|line| format!("{name} line {line}\n")).collect(),
        title: Some(name.to_owned()),
        ..Document::clone(&long.item.context[0])
    };
    long.item.context = vec![page("First").into(), page("Second").into()];
    let mut story = Story::with(spec(), next(long.clone()), (80, 24));
    story.keys("}");
    story.sees("First line 18");
    story.sees("┏ Output");
    story.keys(")");
    story.sees("Source 2/2 · Second");
    story.sees("Second line 1");
    assert_eq!(story.said(), "document 2 of 2");
    story.keys("( {");
    story.sees("First line 1");
    let mut story = Story::with(spec(), next(long.clone()), (60, 20));
    story.keys("}");
    story.sees("┏ Source 1/2 · First");
    story.sees("First line 1");
    long.item.context = Vec::new();
    let mut story = Story::with(spec(), next(long), SIZE);
    story.keys("}");
    assert_eq!(story.said(), "the item came without a source");
}

#[test]
fn the_foot_names_what_helps_now_and_how_to_find_the_rest() {
    let foot = |story: &mut Story| story.screen().lines().next_back().unwrap_or_default().to_owned();
    let mut served = served(12, start());
    served.item.input = Content::text("Many words to read before the answer. ".repeat(60));
    served.item.context.truncate(1);
    let mut story = Story::with(spec(), next(served), (80, 24));
    let keys = foot(&mut story);
    assert!(keys.contains("i input") && keys.contains("d diff"), "{keys}");
    assert!(keys.ends_with(": all  ? help"), "{keys}");
    story.keys("i z");
    let keys = foot(&mut story);
    assert!(keys.contains("z zoom") && !keys.contains("i input"), "{keys}");
    story.sees("z zooms out");
}

#[test]
fn what_cannot_be_seen_in_an_output_is_told() {
    let mut unseen = served(12, start());
    unseen.item.output = Content::text("Flat 3\u{200b}\u{200b}, Tannery Row\u{202e}");
    Story::with(spec(), next(unseen.clone()), SIZE).sees("2 invisible");
    unseen.item.output = Content::text(" \n\t ");
    Story::with(spec(), next(unseen), SIZE).sees("(white space alone: 4 characters)");
}

#[test]
fn scoring_moves_no_row_but_its_own() {
    let mut story = Story::review(SIZE);
    let before = story.screen();
    story.keys("4");
    let rows = |screen: &str| screen.lines().position(|line| line.contains("Note"));
    assert_eq!(rows(&before), rows(&story.screen()));
    story.keys("tab 2 3");
    story.reply(decided(12, Verdict::Accept, next(served(13, start()))));
    story.sees("┏ Output");
}

#[test]
fn home_opens_a_queue_and_comes_back_to_it() {
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let glance = Request::Queue(QueueRequest::Dashboard { queue: "replies".into() });
    let open = Request::Queue(QueueRequest::open("replies"));
    assert_eq!(asked(story.keys("j enter enter")), [glance, open], "once");
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: queue(spec()),
        serving: Default::default(),
        counts: counts(0, 0, 0),
        next: next(served(12, story.now)),
    }));
    story.paint();
    assert_eq!(asked(story.keys("q")), [vec![release(12)], queues_asked().into()].concat());
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.sees("▸ Support replies");
    assert_eq!(story.keys("q"), [Effect::Quit]);
}

/// What the row of the figures opens that is so many below the first one.
fn opened_by_row(below: usize) -> String {
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("j");
    story.reply(Reply::Queue(QueueReply::Dashboard(Box::new(dashboard()))));
    story.line(1, 30);
    story.keys("tab");
    (0..below).for_each(|_| drop(story.keys("j")));
    let opened = asked(story.keys("enter")).into_iter().find_map(|request| match request {
        Request::Browse(BrowseRequest::Begin { filter, .. }) => Some(filter.to_string()),
        Request::Golden(_) => Some("the golden set".into()),
        _ => None,
    });
    opened.unwrap_or_default()
}

#[test]
fn each_figure_at_home_opens_what_it_counts() {
    let opened: Vec<String> = (0..15).map(opened_by_row).collect();
    let since = opened[5].clone();
    assert!(since.starts_with("decided>=2026-"), "{since}");
    let expected = [
        "verdict:accept",
        "verdict:reject",
        "verdict:escalate",
        "is:deferred",
        "has:draft",
        &since,
        "verdict:escalate route:policy",
        "model:aurora-large-2 prompt_version:support-v8 is:decided",
        "model:aurora-mini-2 prompt_version:support-v7 is:decided",
        "category:tone",
        "category:unsupported",
        "the golden set",
        "reviewer:ops-1",
        "reviewer:ops-2",
        "id:sup-0007",
    ];
    assert_eq!(opened, expected);
}

#[test]
fn figures_are_read_again_while_they_are_behind_and_with_each_queue() {
    let mut story = Story::home(SIZE);
    let glance = |queue: &str| Request::Queue(QueueRequest::Dashboard { queue: queue.into() });
    assert_eq!(asked(story.reply(Reply::Queue(QueueReply::List(summaries())))), [glance("invoices")]);
    assert_eq!(asked(story.keys("j")), [glance("replies")]);
    let behind = Dashboard { uncounted: (9_000, 412_413), ..dashboard() };
    story.reply(Reply::Queue(QueueReply::Dashboard(Box::new(behind))));
    story.sees("counting what was decided: 98%");
    assert_eq!(asked(story.wait(1_000)), [glance("replies")]);
    story.reply(Reply::Queue(QueueReply::Dashboard(Box::new(dashboard()))));
    story.sees_no("counting");
    assert_eq!(asked(story.wait(1_000)), []);
}

#[test]
fn a_queue_that_cannot_be_opened_is_said_at_home() {
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let request = asked(story.keys("enter")).pop().unwrap();
    story.reply(failed(&request, StoreError::Busy));
    assert!(story.said().contains("try again"));
    assert_eq!(asked(story.keys("enter")), [request]);
}

#[test]
fn help_tells_the_keys_of_the_place() {
    let mut story = Story::review(SIZE);
    story.keys("x ?");
    story.sees("Keys: picker");
    story.keys("esc esc ?");
    story.sees("accept the output");
    assert_eq!(story.keys("a"), [], "an overlay sees keys first");
}

#[test]
fn the_screen_is_not_left_while_a_decision_is_on_its_way() {
    let mut story = Story::review(SIZE);
    story.keys("a");
    assert_eq!(story.keys("q"), []);
    assert!(story.said().contains("key ignored"));
}

#[test]
fn a_draft_is_not_saved_behind_the_decision_that_ends_it() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    let request = asked(story.keys("a")).pop().unwrap();
    assert_eq!(asked(story.tell(Message::Hangup)), [release(12)]);
    story.reply(failed(&request, StoreError::Busy));
    assert!(
        matches!(asked(story.wait(400))[..], [Request::Review(ReviewRequest::SaveDraft { seq: 12, .. })]),
        "but again when it failed"
    );
}

#[test]
fn the_draft_of_an_item_that_was_left_is_saved_in_the_end() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    let draft = asked(story.keys("q")).swap_remove(0);
    story.reply(failed(&draft, StoreError::Busy));
    assert!(story.said().contains("a draft is not saved yet"));
    assert_eq!(asked(story.wait(5_000)), [draft]);
    assert_eq!(story.due_in(), None);
}

#[test]
fn the_history_is_read_in_stretches_and_an_attempt_opens_beside() {
    let mut story = Story::review(SIZE);
    assert_eq!(asked(story.keys("h")), [Request::Lookup(LookupRequest::History { seq: 12, before: None })]);
    let newest = History { older: Some(64), ..history() };
    story.reply(Reply::Lookup(LookupReply::History(Box::new(newest))));
    assert_eq!(asked(story.keys("end")), [Request::Lookup(LookupRequest::History { seq: 12, before: Some(64) })]);
    assert_eq!(story.keys("end"), [], "one stretch is asked for at a time");
    let older = History { attempts: Vec::new(), entries: vec![history().entries.pop().unwrap()], ..history() };
    story.reply(Reply::Lookup(LookupReply::History(Box::new(older))));
    assert_eq!(asked(story.keys("home j enter")), [Request::Lookup(LookupRequest::Peek { seq: 7 })]);
    story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
    story.sees("Output of sup-0007");
    story.keys("tab");
    story.sees("Source of sup-0007");
    story.keys("esc");
    story.sees("History of sup-0012");
    story.keys("esc");
    assert_eq!(judgement(story.keys("4 a")).draft.scores["accuracy"], 4, "the item's own work goes on");
}

#[test]
fn the_item_under_review_is_decided_with_another_beside_it_while_it_is_in_sight() {
    let beside = |size| {
        let mut story = Story::review(size);
        story.keys("4 h");
        story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
        story.keys("enter");
        story.paint();
        story
    };
    let mut story = beside((120, 40));
    story.sees("a accept");
    assert_eq!(judgement(story.keys("a")).draft.scores["accuracy"], 4);
    story.sees_no("History of");
    let mut story = beside((120, 40));
    story.keys("x");
    story.sees("Reject: what is wrong with it?");
    story.sees_no("Output of this item");
    let mut story = beside((80, 24));
    story.sees_no("a accept");
    assert_eq!(asked(story.keys("a")), []);
    assert_eq!(story.said(), "only the other item is in sight; close it, then decide");
}

#[test]
fn one_goes_on_with_the_item_beside_and_the_draft_is_kept() {
    let mut story = Story::review(SIZE);
    story.keys("4 h");
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
    story.keys("enter");
    let requests = asked(story.keys("enter"));
    assert!(
        matches!(
            &requests[..],
            [
                Request::Review(ReviewRequest::SaveDraft { seq: 12, .. }),
                Request::Review(ReviewRequest::Show { seq: 7 })
            ]
        ),
        "{requests:?}"
    );
    story.sees_no("History of");
    let after =
        asked(story.reply(Reply::Review(ReviewReply::Shown { served: Box::new(served(7, story.now)), decided: None })));
    assert_eq!(after, [release(12), attempt_before(7)]);
    story.sees("sup-0007");
}

#[test]
fn a_history_that_comes_late_or_never_disturbs_nothing() {
    let mut story = Story::review(SIZE);
    let request = asked(story.keys("h")).pop().unwrap();
    story.keys("esc");
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
    story.sees_no("History of");
    story.reply(failed(&request, StoreError::Busy));
    assert_eq!(story.said(), "");
    story.keys("h");
    story.reply(failed(&request, StoreError::Busy));
    assert!(story.said().contains("the history cannot be read"), "{}", story.said());
}

#[test]
fn what_is_sought_is_found_in_every_pane_and_its_keys_give_way_at_the_end() {
    let mut story = Story::review((80, 24));
    story.keys("/");
    story.types("DAYS");
    assert!(story.screen().contains("no match"), "a capital counts");
    story.keys("backspace backspace backspace backspace");
    story.types("days");
    assert!(story.screen().contains("1/"), "{}", story.screen());
    let first = story.screen();
    story.keys("enter n");
    assert!(story.screen().contains("2/") && story.screen() != first, "{}", story.screen());
    story.keys("N N");
    assert!(story.screen().contains("Source"), "the search goes on round the end, into the source");
    story.keys("esc n");
    assert!(story.screen().contains("Note"), "n writes a note again");
}

#[test]
fn a_verdict_can_be_given_while_a_search_stands() {
    let mut story = Story::review((120, 40));
    story.keys("/");
    story.types("days");
    story.paint();
    let asked = asked(story.keys("enter a"));
    assert!(asked.iter().any(|request| matches!(request, Request::Review(ReviewRequest::Decide { .. }))), "{asked:?}");
}

#[test]
fn an_attachment_is_opened_after_its_whole_target_was_shown() {
    let mut story = Story::with(spec(), next(illustrated(start())), SIZE);
    story.sees("2 attachments (o)");
    assert_eq!(story.keys("o"), [], "nothing opens by itself");
    story.sees("a page of phish.example:");
    story.sees("https://help.example@phish.example/kettle.png?size=large");
    let target = Target::File("scans/invoice 7.pdf".into());
    let wanted = LookupRequest::Attachment { seq: 12, target: target.clone() };
    assert_eq!(asked(story.keys("j enter")), [Request::Lookup(wanted)], "beside the file that names it");
    let folder = Some("/data/run 7".into());
    let found = LookupReply::Attachment { target: target.clone(), folder: folder.clone() };
    assert_eq!(story.reply(Reply::Lookup(found)), [Effect::Open { target, folder }]);
    story.tell(Message::Opened(Ok("/data/scans/invoice 7.pdf".into())));
    assert_eq!(story.said(), "given to the system to open: /data/scans/invoice 7.pdf");
    story.tell(Message::Opened(Err("scans/invoice 7.pdf cannot be opened: no such file".into())));
    assert_eq!(story.said(), "✗ scans/invoice 7.pdf cannot be opened: no such file");
}

#[test]
fn the_pages_of_the_source_can_be_opened_too() {
    let mut story = Story::review(SIZE);
    story.keys("o");
    story.sees("https://help.example/times");
    assert_eq!(story.keys("esc a").len(), 1, "closed, and the item is accepted");
    let mut story = Story::with(bare_spec(), next(empty(start())), SIZE);
    story.keys("o");
    assert_eq!(story.said(), "the item names no image, file or page to open");
}

#[test]
fn an_output_is_compared_with_what_there_is_and_no_more() {
    let mut story = Story::review((120, 40));
    assert_eq!(asked(story.keys("d")), [], "it is on its way since the item came");
    let output = Content::text("Dear Ms Okafor,\n\nYou can return the kettle.");
    let previous = PreviousAttempt { id: "sup-0003".into(), attempt: 1, output, rejection: None };
    story.reply(Reply::Lookup(LookupReply::Previous { seq: 12, previous: Some(Box::new(previous)) }));
    let screen = story.screen();
    assert!(screen.contains("attempt 1 (sup-0003) → output") && screen.contains("−0 +"), "{screen}");
    story.keys("d");
    assert!(!story.screen().contains("sup-0003"), "after the last comparison there is none");
}

#[test]
fn a_comparison_that_does_not_exist_is_said() {
    let mut story = Story::review((120, 40));
    story.keys("d");
    story.reply(Reply::Lookup(LookupReply::Previous { seq: 12, previous: None }));
    assert!(story.screen().contains("nothing to compare the output with"));
}

fn kept(requests: &[Request]) -> karat::domain::golden::Example {
    match requests {
        [Request::Golden(GoldenRequest::Keep { example, .. })] => example.clone(),
        other => panic!("one example was expected, not {other:?}"),
    }
}

#[test]
fn after_a_decision_two_keys_keep_the_item_as_an_example() {
    let mut rejected = Served { mine: Some(decision(Verdict::Reject, full_draft())), ..served(12, start()) };
    rejected.mine.as_mut().unwrap().judgement.draft_mut().correction =
        Some(karat::domain::item::Content::text("mended"));
    let mut story = Story::with(spec(), next(rejected), SIZE);
    let asks = asked(story.keys("g"));
    assert_eq!(asks, [Request::Golden(GoldenRequest::Facts { queue: "replies".into(), seq: 12 })]);
    let example = kept(&asked(story.keys("enter")));
    assert_eq!((example.verdict, example.expected), (Verdict::Reject, Expected::Correction));
    story.sees("Keep sup-0012 as a golden example");
    assert_eq!(story.keys("enter"), [], "it is sent once");
    let golden = golden(12, Verdict::Reject, &[], "");
    story.reply(Reply::Golden(GoldenReply::Kept(Box::new(golden))));
    story.sees_no("Keep sup-0012");
    assert_eq!(story.said(), "★ sup-0012 is golden: reject");
    story.sees("★ golden");
}

#[test]
fn an_example_takes_a_reason_and_completed_tags_and_survives_a_failure() {
    let mut story = Story::review((80, 24));
    story.keys("g");
    let facts = GoldenFacts { item: 12, tags: vec!["dates".into()], ..GoldenFacts::default() };
    story.reply(Reply::Golden(GoldenReply::Facts(facts)));
    story.types("Both questions? Yes.");
    story.keys("down");
    story.types("ty");
    story.keys("tab");
    story.types(", da");
    story.keys("tab up up up up right");
    let request = asked(story.keys("enter")).pop().unwrap();
    let example = kept(std::slice::from_ref(&request));
    assert_eq!(example.tags, ["typical", "dates"]);
    assert_eq!(example.why, "Both questions? Yes.");
    assert_eq!((example.verdict, example.expected), (Verdict::Reject, Expected::Nothing), "what is expected follows");
    story.reply(failed(&request, StoreError::DiskFull));
    assert!(story.said().contains("not kept: the disk is full"), "{}", story.said());
    assert_eq!(asked(story.keys("enter")), [request], "nothing that was typed is lost");
}

#[test]
fn the_golden_set_is_read_in_windows_and_stale_ones_are_dropped() {
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("j");
    let asks = asked(story.keys("g"));
    let all = |list, reach| {
        Request::Golden(GoldenRequest::Window { queue: "replies".into(), narrow: Some(String::new()), reach, list })
    };
    assert_eq!(asks, [all(0, Reach::Newest)]);
    let rows = |from: Seq, count| Page {
        rows: (from..from + count).map(|seq| GoldenRow::Example(golden(seq, Verdict::Accept, &[], "why"))).collect(),
        more: true,
    };
    story.reply(Reply::Golden(GoldenReply::Window { list: 0, page: rows(1, 150), set_version: 7 }));
    assert_eq!(asked(story.keys("end")), [all(1, Reach::Oldest)], "the end is not reached by reading all");
    story.reply(Reply::Golden(GoldenReply::Window { list: 1, page: rows(700, 150), set_version: 7 }));
    story.sees("sup-0849");
    assert_eq!(story.keys("pagedown"), []);
    story.keys("/");
    let narrow = asked(story.types("#x"));
    assert!(
        matches!(&narrow[1], Request::Golden(GoldenRequest::Window { narrow: Some(narrow), list: 3, .. }) if narrow == "#x"),
        "{narrow:?}"
    );
    story.reply(Reply::Golden(GoldenReply::Window { list: 2, page: rows(300, 3), set_version: 7 }));
    story.sees_no("sup-0300");
    story.reply(Reply::Golden(GoldenReply::Window { list: 3, page: rows(400, 3), set_version: 7 }));
    story.sees("sup-0400");
}

#[test]
fn an_example_is_removed_brought_back_and_opened_and_one_comes_back_to_the_set() {
    let mut story = Story::home(SIZE);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("j g");
    let rows = || Page { rows: goldens().into_iter().map(GoldenRow::Example).collect(), more: false };
    story.golden_page(rows());
    let queue = || "replies".to_owned();
    assert_eq!(asked(story.keys("j D")), [Request::Golden(GoldenRequest::Remove { queue: queue(), seq: 13 })]);
    story.reply(Reply::Golden(GoldenReply::Removed(Box::new(goldens().remove(1)))));
    assert_eq!(story.said(), "sup-0013 is golden no more · u or Backspace brings it back");
    story.golden_page(rows());
    assert_eq!(asked(story.keys("u")), [Request::Golden(GoldenRequest::Undo { queue: queue() })]);
    let change = Change::Golden { before: None, after: Some(goldens().remove(1).example) };
    story.reply(Reply::Golden(GoldenReply::Undone(Some(("sup-0013".into(), change)))));
    assert_eq!(story.said(), "undone: sup-0013 is golden again");
    story.golden_page(rows());
    assert_eq!(
        asked(story.keys("home enter")),
        [Request::Queue(QueueRequest::OpenItem { queue: queue(), seq: 12, filter: Filter::default() })]
    );
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: super::fixtures::queue(spec()),
        serving: Default::default(),
        counts: counts(3, 1, 0),
        next: next(served(12, story.now)),
    }));
    story.paint();
    story.sees("sup-0012");
    let left = asked(story.keys("q"));
    assert!(
        matches!(
            &left[..],
            [Request::Review(ReviewRequest::Release { seq: 12, .. }), Request::Golden(GoldenRequest::Window { .. })]
        ),
        "{left:?}"
    );
    story.sees("★ Golden set");
    assert_eq!(asked(story.keys("q")), queues_asked());
}

#[test]
fn the_lens_leads_through_the_sentences_and_their_source() {
    let mut story = Story::review((120, 40));
    story.keys("]");
    assert!(story.said().contains("still reading"), "{}", story.said());
    story.lens();
    story.keys("] ]");
    assert!(story.said().contains("sentence 2/4") && story.said().contains("most like document 1"), "{}", story.said());
    story.keys("]");
    assert!(story.said().contains("document 1 says something else here"), "{}", story.said());
    story.keys("[ [ [");
    assert!(story.said().contains("sentence 1/4"), "{}", story.said());
}

#[test]
fn the_lens_says_of_a_greeting_that_it_was_not_compared() {
    for (width, keys) in [(120, "]"), (70, "]")] {
        let mut served = served(12, start());
        served.item.output = Content::text("Dear Ms Okafor,\n\nYou have 30 days to send the kettle back.");
        let mut story = Story::with(spec(), next(served), (width, 40));
        story.lens();
        story.keys(keys);
        assert_eq!(story.said(), "sentence 1/2 · it claims nothing, so it was not compared");
        story.sees_no("nothing like it in the source");
        story.sees_no("support 100%");
    }
}

#[test]
fn the_lens_says_in_little_room_what_it_has_found() {
    let german = "Sie haben 30 Tage, um den Wasserkocher zurückzusenden, und wir erstatten Ihnen das Geld dafür.";
    for (width, text, said) in [
        (80, TWO_WRONG, "lens: 2 findings f"),
        (120, TWO_WRONG, "lens: 2 findings f · next sentence ]"),
        (80, german, "values only: no findings"),
        (120, german, "values only: no findings · another language"),
    ] {
        let mut served = served(12, start());
        served.item.output = Content::text(text);
        let mut story = Story::with(spec(), next(served), (width, 24));
        story.lens();
        story.sees(said);
    }
}

const TWO_WRONG: &str = "You have 37 days to send the kettle back, at a fee of 19 euros.";

#[test]
fn what_the_lens_has_read_ahead_comes_with_its_item_and_no_other() {
    for is_changed in [false, true] {
        let mut story = Story::review((120, 40));
        let (on_screen, mut coming) = (story.screen(), served(13, start()));
        let request = LensRequest::of(13, &coming.item).unwrap();
        story.read_by_lens(request);
        assert!(!story.wants_frame() && story.screen() == on_screen, "nothing is to be seen of it yet");
        if is_changed {
            coming.item.output.text.push_str(" We refund 99 euros."); // by an import, meanwhile
        }
        story.keys("a");
        story.reply(decided(12, Verdict::Accept, next(coming)));
        story.paint();
        story.keys("]");
        assert_eq!(story.said().contains("still reading"), is_changed, "{}", story.said());
    }
}

#[test]
fn a_finding_begins_a_mark_with_its_category() {
    let mut story = Story::review((120, 40));
    story.lens();
    story.keys("f");
    story.sees("contradicted number");
    story.sees("3 working days");
    story.keys("enter");
    story.sees("(•)");
    let judgement = |effects| {
        let decided = asked(effects).into_iter().find_map(|request| match request {
            Request::Review(ReviewRequest::Decide { judgement, .. }) => Some(judgement),
            _ => None,
        });
        decided.expect("it is recorded")
    };
    story.keys("enter");
    let judgement = judgement(story.keys("x enter"));
    assert_eq!(judgement.draft.marks[0].text, "3 working days");
    assert_eq!((judgement.draft.categories.clone(), judgement.lens), (vec!["unsupported".to_owned()], Some(true)));
}

#[test]
fn whether_the_lens_was_seen_goes_with_the_decision() {
    let lens = |keys: &str, reads: bool| {
        let mut story = Story::review((120, 40));
        if !keys.is_empty() {
            story.keys(keys);
        }
        if reads {
            story.lens();
        }
        asked(story.keys("a")).into_iter().find_map(|request| match request {
            Request::Review(ReviewRequest::Decide { judgement, .. }) => Some(judgement.lens),
            _ => None,
        })
    };
    assert_eq!(lens("", false), Some(None), "it had not read the item yet");
    assert_eq!(lens("", true), Some(Some(true)));
    assert_eq!(lens("l", true), Some(Some(false)), "hidden before it was seen");
}

#[test]
fn a_spec_can_turn_the_lens_off() {
    let off = LensTerms { enabled: false, ..LensTerms::default() };
    let mut story = Story::with(Spec { lens: off, ..spec() }, next(served(12, start())), (120, 40));
    story.keys("f");
    assert!(story.said().contains("turned off"), "{}", story.said());
}

#[test]
fn the_palette_does_what_the_key_does_and_by_the_same_rules() {
    let mut story = Story::review(SIZE);
    story.keys(":");
    story.types("reject");
    story.keys("enter");
    assert!(story.screen().contains("Reject: what is wrong with it?"), "{}", story.screen());

    let held = Claimed::Other { reviewer: "ops-2".into(), until: start() + 200_000 };
    let mut story = Story::with(spec(), next(Served { claimed: held, ..served(12, start()) }), SIZE);
    story.keys("ctrl+p");
    story.types("accept the");
    story.sees("no action, queue or item is called that");
    assert!(asked(story.keys("enter esc a")).is_empty());
    assert!(story.screen().contains("ops-2 has claimed this item"), "{}", story.screen());
}

#[test]
fn another_queue_is_a_few_letters_away() {
    let mut story = Story::review(SIZE);
    story.keys(":");
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let name = summaries()[1].name.clone();
    story.types(&format!("open {name}"));
    let asked = asked(story.keys("enter"));
    assert!(
        asked.iter().any(|request| matches!(request, Request::Review(ReviewRequest::Release { seq: 12, .. }))),
        "{asked:?}"
    );
    assert!(
        asked
            .iter()
            .any(|request| matches!(request, Request::Queue(QueueRequest::Open { queue, .. }) if *queue == name)),
        "{asked:?}"
    );
}

#[test]
fn what_is_folded_is_unfolded_to_be_found() {
    let mut story = Story::with(spec(), next(structured(start())), SIZE);
    story.keys("- -");
    story.sees_no("K-18");
    story.keys("/");
    story.types("k-18");
    story.sees("1/1");
    story.sees("\"sku\": \"K-18\"");
}

#[test]
fn precedents_are_read_one_at_a_time_and_one_opens_beside() {
    let mut story = Story::review(SIZE);
    story.keys("4");
    assert_eq!(asked(story.keys("p")), [Request::Lookup(LookupRequest::Precedents { seq: 12 })]);
    let found =
        Reply::Lookup(LookupReply::Precedents { seq: 12, found: precedents(), indexed: Indexed { rows: 9, of: 9 } });
    assert_eq!(asked(story.reply(found)), [Request::Lookup(LookupRequest::Peek { seq: 7 })]);
    story.sees("nearly the same text");
    assert_eq!(story.keys("j j j"), [], "what is passed over is not read");
    assert_eq!(
        asked(story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }))),
        [Request::Lookup(LookupRequest::Peek { seq: 8 })]
    );
    story.reply(Reply::Lookup(LookupReply::Peeked { seq: 8, item: Box::new(item(8)), is_mine: false }));
    story.sees("Dear Ms Okafor");
    assert_eq!(asked(story.keys("home enter")).last(), Some(&Request::Lookup(LookupRequest::Peek { seq: 7 })));
    story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
    story.sees("Output of sup-0007  ✗ rejected by ops-2");
    story.keys("m");
    assert_eq!(story.said(), "no action is on m here · ? lists the keys");
    story.keys("esc p");
    story.sees_no("How items like");
    assert_eq!(judgement(story.keys("a")).draft.scores["accuracy"], 4, "the item's own work goes on");
}

#[test]
fn another_order_gives_the_item_up_and_serves_the_next_by_it() {
    let mut story = Story::review((120, 40));
    story.sees("priority, then oldest");
    story.keys("O j j");
    let asked = asked(story.keys("enter"));
    let oldest = Serving { order: Order::Oldest, ..Serving::default() };
    assert!(
        matches!(&asked[..], [Request::Review(ReviewRequest::Release { seq: 12, .. }), Request::Queue(QueueRequest::Serve { serving })] if *serving == oldest),
        "{asked:?}"
    );
    story.reply(Reply::Queue(QueueReply::Serves {
        serving: oldest,
        counts: counts(300, 112, 0),
        next: next(served(13, story.now)),
    }));
    story.paint();
    assert_eq!(story.said(), "served oldest first");
    story.sees("sup-0013");
    story.sees("oldest first");
}

#[test]
fn the_filter_can_be_taken_off() {
    let mut story = Story::review((80, 24));
    let filter = karat::domain::filter::parse("model:a").unwrap();
    let narrowed = Serving { filter, ..Serving::default() };
    story.reply(Reply::Queue(QueueReply::Serves {
        serving: narrowed,
        counts: counts(300, 112, 0),
        next: next(served(12, story.now)),
    }));
    story.paint();
    story.sees("only model:a");
    let asked = asked(story.keys("O j j j j j j enter"));
    assert!(asked.contains(&Request::Queue(QueueRequest::Serve { serving: Serving::default() })), "{asked:?}");
}

#[test]
fn what_was_sought_last_is_sought_again_or_typed_over() {
    let mut story = Story::review(SIZE);
    story.keys("/");
    story.types("days");
    story.keys("enter esc / enter");
    assert!(story.said().starts_with("1/"), "{}", story.said());
    story.keys("/");
    story.types("kettle");
    story.sees("│ kettle ");
}

#[test]
fn the_table_is_read_a_window_at_a_time() {
    let mut story = Story::browser(SIZE, 1_000_000);
    story.keys("G");
    story.draw();
    let rows: Vec<_> = asked(story.tell(Message::Painted));
    let far = |request: &Request| matches!(request, Request::Browse(BrowseRequest::Rows { from, count, .. }) if *from > 999_000 && *count < 200);
    assert!(rows.iter().any(far), "{rows:?}");
    assert!(rows.iter().filter(|request| matches!(request, Request::Browse(BrowseRequest::Rows { .. }))).count() <= 3);
    assert!(story.screen().contains('…'), "a row that has not come is a place, and nobody waits");
    for request in rows {
        let Request::Browse(BrowseRequest::Rows { ticket, from, count }) = request else { continue };
        story.reply(Reply::Browse(BrowseReply::Rows { ticket, from, rows: browse_rows(from, count) }));
    }
    assert!(story.screen().contains("sup-1000000"), "{}", story.screen());
}

#[test]
fn the_table_follows_the_filter_as_one_types_and_forgets_what_came_late() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("/");
    let asked = asked(story.types("verdict:reject"));
    let tickets: Vec<_> = asked
        .iter()
        .filter_map(|request| match request {
            Request::Browse(BrowseRequest::Begin { ticket, filter, .. }) => Some((*ticket, filter.to_string())),
            _ => None,
        })
        .collect();
    let (last, filter) = tickets.last().cloned().expect("a line was asked for");
    assert_eq!(filter, "verdict:reject");
    story.line(last - 1, 7);
    assert!(!story.screen().contains("7 match"), "that was another filter");
    story.line(last, 42);
    assert!(story.screen().contains("42 match"), "{}", story.screen());
    story.keys("esc");
    story.line(last + 1, 300);
    assert!(story.screen().contains("300 items"), "Esc puts the filter back: {}", story.screen());
}

#[test]
fn a_suggestion_is_taken_with_tab() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("/");
    story.types("category:to");
    story.keys("tab enter");
    assert!(story.screen().contains("category:tone"), "{}", story.screen());
}

#[test]
fn many_are_rejected_after_a_question_and_taken_back_at_once() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("space space x enter");
    assert!(story.screen().contains("at least one failure category"), "{}", story.screen());
    let none = asked(story.keys("1 enter"));
    assert!(none.is_empty(), "nothing happens before the question is answered: {none:?}");
    assert!(story.screen().contains("Reject 2 items (Unsupported claim)?"), "{}", story.screen());
    let bulk = asked(story.keys("y"));
    let [Request::Browse(BrowseRequest::Bulk { chosen, action: BulkAction::Decide(judgement), .. })] = &bulk[..] else {
        panic!("{bulk:?}")
    };
    assert_eq!(*chosen, Chosen::These(vec![12, 13]));
    assert_eq!(
        (judgement.verdict, judgement.draft.categories.as_slice()),
        (Verdict::Reject, &["unsupported".to_owned()][..])
    );
    let outcome = BulkOutcome { changed: 1, claimed: 1, ..BulkOutcome::default() };
    story.reply(Reply::Browse(BrowseReply::BulkDone { outcome }));
    assert!(
        story.screen().contains("1 rejected · u takes it back · left out: 1 claimed by others"),
        "{}",
        story.screen()
    );
    assert!(asked(story.keys("u")).contains(&Request::Review(ReviewRequest::Undo)));
}

#[test]
fn columns_are_as_wide_as_their_rows_and_those_without_room_are_told() {
    let mut story = Story::browser((200, 60), 300);
    story.sees("a-small-preview-2026");
    story.sees("!! Unsupported claim · Tone or brand");
    let mut story = Story::browser((80, 24), 300);
    story.sees_no("a-small-pre");
    story.keys("C");
    let screen = story.screen();
    let line = |title: &str| screen.lines().find(|line| line.contains(title)).unwrap_or_default();
    assert!(line("[x] cost").contains("no room") && !line("[x] verdict").contains("no room"), "{screen}");
}

#[test]
fn what_a_bulk_was_done_to_is_selected_again_once_it_is_undone() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("space space x 1 enter y");
    let outcome = BulkOutcome { changed: 2, ..BulkOutcome::default() };
    story.reply(Reply::Browse(BrowseReply::BulkDone { outcome }));
    assert_eq!(story.said(), "2 rejected · u takes it back");
    story.sees_no("2 selected");
    story.keys("u");
    let change = Change::Bulk { what: "decision", items: 2, kept: 0 };
    let back = Reverted { change, served: served(12, story.now), counts: counts(300, 112, 0) };
    story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(back)))));
    story.sees("2 selected");
}

#[test]
fn escape_clears_the_filter_then_the_selection_and_never_leaves_the_table() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("/");
    story.types("tag:new");
    story.keys("enter");
    story.sees("filter  tag:new");
    let begun = asked(story.keys("esc"));
    let everything = |request: &Request| matches!(request, Request::Browse(BrowseRequest::Begin { filter, .. }) if filter.is_everything());
    assert!(begun.iter().any(everything), "{begun:?}");
    story.sees("no filter");
    story.keys("space");
    story.sees("1 selected");
    story.keys("esc");
    story.sees_no("1 selected");
    story.keys("esc");
    assert_eq!(story.said(), "nothing to clear · q goes back");
    story.sees("the output begins");
}

#[test]
fn the_filter_of_a_review_is_the_tables_and_the_way_back_keeps_it() {
    let mut story = Story::review(SIZE);
    let filter = karat::domain::filter::parse("verdict:escalate").unwrap();
    let serving = Serving { filter: filter.clone(), ..Serving::default() };
    story.reply(Reply::Queue(QueueReply::Serves {
        serving,
        counts: counts(300, 112, 0),
        next: next(served(12, start())),
    }));
    story.paint();
    let begun = asked(story.keys("b"));
    let is_narrow = |request: &Request| matches!(request, Request::Browse(BrowseRequest::Begin { filter: of, .. }) if *of == filter);
    assert!(begun.iter().any(is_narrow), "{begun:?}");
    story.sees("filter  verdict:escalate");
    let back = asked(story.keys("q"));
    let opens = Request::Queue(QueueRequest::OpenItem { queue: "replies".into(), seq: 12, filter });
    assert!(back.contains(&opens), "{back:?}");
}

#[test]
fn one_comes_back_to_the_row_one_left() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("j j j");
    let visit = asked(story.keys("enter"));
    assert!(
        visit.contains(&Request::Queue(QueueRequest::OpenItem {
            queue: "replies".into(),
            seq: 15,
            filter: Filter::default()
        })),
        "{visit:?}"
    );
    story.reply(Reply::Queue(QueueReply::Opened {
        queue: queue(spec()),
        counts: counts(300, 112, 0),
        next: next(served(15, start())),
        serving: Default::default(),
    }));
    story.paint();
    assert!(story.screen().contains("sup-0015"));
    let back = asked(story.keys("q"));
    assert!(
        back.iter().any(|request| matches!(request, Request::Review(ReviewRequest::Release { seq: 15, .. }))),
        "{back:?}"
    );
    assert!(back.iter().any(|request| matches!(request, Request::Browse(BrowseRequest::Begin { .. }))), "{back:?}");
}

#[test]
fn the_saved_filters_name_the_keys_that_do_something() {
    let mut story = Story::browser(SIZE, 300);
    story.keys("F");
    story.reply(Reply::Browse(BrowseReply::SavedFilters { filters: Vec::new(), done: None }));
    story.sees("none yet; / writes a filter, which can be saved here");
    for key in ["s save", "Enter", "D remove"] {
        story.sees_no(key);
    }
}

#[test]
fn queues_out_of_sight_are_counted_and_come_into_sight_where_there_is_room() {
    let mut story = Story::home((80, 24));
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let hidden = summaries().len() - 2;
    story.sees(&format!("↓ {hidden} more"));
    story.keys("G");
    story.sees(&format!("↑ {hidden} more"));
    story.resize(200, 60);
    story.sees_no("↑");
}

#[test]
fn a_click_on_a_head_sorts_by_its_column() {
    let mut story = Story::browser(SIZE, 300);
    story.click("model");
    story.sees("model ↑");
    story.click("model ↑");
    story.sees("model ↓");
    assert_eq!(asked(story.click("the output begins")), [], "by a text nothing is sorted");
}

#[test]
fn how_to_filter_by_a_total_is_told_in_little_room_too() {
    for (width, hint) in [(120, "/ category:unsupported finds them"), (80, "/ category:unsupported")] {
        let mut story = Story::browser((width, 24), 300);
        let stages = vec![(Stage::Waiting, 291), (Stage::Rejected, 6), (Stage::Escalated, 3)];
        let totals = Totals { stages, categories: vec![("unsupported".into(), 4)] };
        story.reply(Reply::Browse(BrowseReply::Totals { ticket: 1, totals }));
        story.sees(hint);
    }
}

#[test]
fn a_filter_that_was_saved_is_said() {
    let mut story = Story::browser(SIZE, 300);
    story.reply(Reply::Browse(BrowseReply::SavedFilters { filters: Vec::new(), done: Some("saved as @late".into()) }));
    assert!(story.screen().contains("saved as @late"), "{}", story.screen());
}

/// A spec that hides what could sway a reviewer.
fn hiding_spec() -> Spec {
    Spec { hide: vec!["model", "prompt_version", "cost_usd", "latency_ms"], ..spec() }
}

#[test]
fn what_the_spec_hides_is_seen_once_the_item_is_decided() {
    let mut story = Story::with(hiding_spec(), next(served(12, start())), (160, 40));
    for keys in ["tab", "i", "z", "z h"] {
        story.keys(keys);
        if keys.ends_with('h') {
            story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
        }
        for hidden in ["a-large", "prompt v7", "v7", "$0.0031", "812 ms"] {
            story.sees_no(hidden);
        }
    }
    story.keys("enter");
    story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
    story.sees_no("a-large");
    let mut decided = served(12, start());
    decided.mine = Some(decision(Verdict::Accept, Draft::default()));
    let mut story = Story::with(hiding_spec(), next(decided), (160, 40));
    story.sees("a-large");
    story.sees("prompt v7");
}

#[test]
fn the_text_of_the_prompt_stands_with_what_else_came_with_the_item() {
    let told = |spec: Spec, is_decided: bool| {
        let mut served = served(12, start());
        served.item.prompt = Some(Content::text("Be kind to guests."));
        served.mine = is_decided.then(|| decision(Verdict::Accept, Draft::default()));
        let mut story = Story::with(spec, next(served), (160, 60));
        story.sees_no("Be kind to guests.");
        story.keys("i");
        story.screen()
    };
    assert!(told(spec(), false).contains("Be kind to guests."));
    assert!(!told(hiding_spec(), false).contains("Be kind to guests."), "it tells the version");
    assert!(told(hiding_spec(), true).contains("Be kind to guests."));
}

#[test]
fn the_table_hides_until_decided_what_the_spec_says() {
    let mut story = Story::browser_of(hiding_spec(), (200, 30), 300);
    let screen = story.screen();
    let row = |id: &str| screen.lines().find(|line| line.contains(id)).unwrap_or_default();
    assert!(row("sup-0002").contains("hidden") && !row("sup-0002").contains("v7"), "{screen}");
    assert!(row("sup-0005").contains("v7") && !row("sup-0005").contains("hidden"), "decided by the viewer: {screen}");
}

#[test]
fn the_drawer_names_nine_categories_whole_where_there_is_room() {
    let names = [
        "Unsupported claim or superlative",
        "Contradicts the fact sheet",
        "Wrong product or variant",
        "Missing mandatory statement",
        "Off brand or off tone",
        "Price, date or quantity is wrong",
        "Promises what is not on sale",
        "Legal or medical statement",
        "Privacy breach of a customer",
    ];
    let keys = ["claim", "fact", "variant", "missing", "brand", "figure", "promise", "legal", "privacy"];
    let failures = std::iter::zip(keys, names).map(|(key, name)| failure(key, name, Severity::Major, None)).collect();
    let nine = Spec { failures, ..spec() };
    for size in [(120, 40), (140, 45), (200, 60)] {
        let mut story = Story::with(nine.clone(), next(served(12, start())), size);
        names.iter().for_each(|name| story.sees(name));
    }
    let mut story = Story::with(nine, next(served(12, start())), (80, 24));
    (1..=9).for_each(|key| story.sees(&format!("{key} ")));
}

#[test]
fn the_source_is_paged_only_while_more_of_it_is_below() {
    let mut story = Story::review((80, 24));
    let key = "} source";
    story.sees(key);
    story.keys("} } } } } }");
    story.sees_no(key);
    let mut story = Story::review((200, 60));
    story.sees_no(key);
    story.sees_no(") document");
}

#[test]
fn two_items_beside_each_other_are_in_step() {
    let mut story = Story::review((120, 40));
    story.keys("h");
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
    story.keys("enter");
    story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
    let screen = story.screen();
    let in_step = |line: &&str| line.matches("Dear Ms Okafor").count() == 2;
    assert!(screen.lines().any(|line| in_step(&line)), "{screen}");
}

/// The inbox with two questions, as the queues' key opens it.
fn inbox() -> Story {
    let mut story = Story::home_guarded(SIZE, 120);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    assert_eq!(asked(story.keys("i")), [Request::Inbox(InboxRequest::List)]);
    waiting(&mut story, 2);
    reads(&mut story, 12);
    story
}

/// The texts of the question's item come, and are on screen for long enough to be seen.
fn reads(story: &mut Story, seq: i64) {
    story.reply(Reply::Inbox(InboxReply::Text { seq, item: Box::new(item(seq)) }));
    story.paint();
    story.wait(1_000);
}

fn waiting(story: &mut Story, count: usize) {
    let specs = [("replies".to_owned(), spec())].into();
    let questions = questions().into_iter().take(count).collect();
    story.reply(Reply::Inbox(InboxReply::List { questions, specs }));
}

#[test]
fn the_text_beside_the_inbox_is_read_to_its_end_by_keys() {
    let mut story = inbox();
    let mut long = item(12);
    long.output = Content::text(format!("The beginning.\n{}The end.", "A line of it.\n".repeat(60)));
    story.reply(Reply::Inbox(InboxReply::Text { seq: 12, item: Box::new(long) }));
    story.paint();
    story.sees("} text");
    story.sees_no("The end.");
    for _ in 0..9 {
        story.keys("}");
        story.paint();
    }
    story.sees("The end.");
    story.sees("100%");
    story.sees_no("} text");
    for _ in 0..9 {
        story.keys("{");
        story.paint();
    }
    story.sees("The beginning.");
}

#[track_caller]
fn answer(effects: Vec<Effect>) -> (String, Judgement) {
    match asked(effects).as_slice() {
        [Request::Inbox(InboxRequest::Answer { item, judgement, .. })] => (item.clone(), judgement.clone()),
        other => panic!("one answer was expected, not {other:?}"),
    }
}

#[test]
fn a_question_is_answered_from_the_inbox() {
    let mut story = inbox();
    story.sees("! sup-0012");
    story.keys("j");
    reads(&mut story, 13);
    let (item, judgement) = answer(story.keys("a"));
    assert_eq!((item.as_str(), judgement.verdict), ("sup-0013", Verdict::Accept));
    assert_eq!(story.keys("a"), [], "one answer is on its way at a time");
    let saved = Box::new(decision(Verdict::Accept, Draft::default()));
    let next = asked(story.reply(Reply::Inbox(InboxReply::Answered { item, decision: saved })));
    assert_eq!(next, [Request::Inbox(InboxRequest::List)]);
    assert!(story.said().starts_with("accepted sup-0013, saved"), "{}", story.said());
    waiting(&mut story, 1);
    assert_eq!(asked(story.keys("u")), [Request::Inbox(InboxRequest::Undo { queue: "replies".into() })]);

    reads(&mut story, 12);
    story.keys("x");
    story.keys("enter");
    assert!(story.said().contains("needs at least one failure category"), "{}", story.said());
    let (item, judgement) = answer(story.keys("2 enter"));
    assert_eq!((item.as_str(), judgement.verdict), ("sup-0012", Verdict::Reject));
    assert_eq!(judgement.draft.categories, ["incomplete"]);
}

#[test]
fn no_question_is_answered_whose_item_nobody_has_seen() {
    let mut story = inbox();
    story.keys("j");
    assert_eq!(story.keys("a"), []);
    assert!(story.said().contains("the item was not shown yet"), "{}", story.said());
    story.reply(Reply::Inbox(InboxReply::Text { seq: 13, item: Box::new(item(13)) }));
    story.paint();
    assert_eq!(story.keys("x"), []);
    assert!(story.said().contains("not shown yet for anybody to see it"), "{}", story.said());
    reads(&mut story, 13);
    answer(story.keys("a"));

    let saved = Box::new(decision(Verdict::Accept, Draft::default()));
    story.reply(Reply::Inbox(InboxReply::Answered { item: "sup-0013".into(), decision: saved }));
    waiting(&mut story, 1);
    story.wait(20);
    assert_eq!(story.keys("a"), [], "a key held down answers one");
    reads(&mut story, 12);
    answer(story.keys("a"));
}

#[test]
fn an_item_goes_back_with_a_note_and_never_another_than_was_looked_at() {
    let mut story = inbox();
    story.keys("j");
    reads(&mut story, 13);
    story.keys("R enter");
    assert!(story.said().contains("the note goes back with the item"), "{}", story.said());
    story.keys("o k");
    let (item, judgement) = answer(story.keys("enter"));
    assert_eq!((item.as_str(), judgement.verdict), ("sup-0013", Verdict::Escalate));
    assert_eq!(judgement.draft.note, "ok");

    let mut story = inbox();
    story.keys("j");
    reads(&mut story, 13);
    story.keys("R o k");
    waiting(&mut story, 1); // somebody else has answered the second
    assert_eq!(story.keys("enter"), []);
    assert!(story.said().contains("somebody else has answered it meanwhile"), "{}", story.said());
}

#[test]
fn an_item_of_the_inbox_is_opened_with_the_question_on_top_and_one_comes_back() {
    let mut story = inbox();
    let open = QueueRequest::OpenItem { queue: "replies".into(), seq: 12, filter: Filter::default() };
    assert_eq!(asked(story.keys("enter")), [Request::Queue(open)]);
    let escalation = Some(questions().remove(0).asked);
    let next = next(Served { escalation, ..served(12, story.now) });
    story.open(spec(), next);
    story.sees("root → Policy desk");
    assert!(asked(story.keys("q")).contains(&Request::Inbox(InboxRequest::List)));
    story.sees("▲ Inbox");
}
