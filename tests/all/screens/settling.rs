//! Stories of settling: opinions that disagree, one of which is taken or none, and why.

use super::fixtures::*;
use super::story::{Story, asked};
use karat::config::ThemeChoice;
use karat::domain::adjudication::Side;
use karat::domain::decision::{Decision, Draft, Judgement, Part, Verdict};
use karat::domain::item::Content;
use karat::domain::mark::Mark;
use karat::domain::policy::{Cause, Purpose, SettledBy};
use karat::domain::spec::{ReviewTerms, Spec};
use karat::store::{Change, History, Opinions, Reverted, Served, Settlement, StoreError};
use karat::tui::worker::{LookupReply, LookupRequest, Reply, Request, ReviewReply, ReviewRequest};

const SIZE: (u16, u16) = (120, 40);

fn mark(text: &str, category: &str) -> Mark {
    let output = item(12).output.text;
    let start = output.find(text).unwrap();
    Mark::on(&output, start..start + text.len(), category, "").unwrap()
}

/// Two who disagree on the reply about the kettle.
pub(super) fn sides() -> Vec<Side> {
    let rejects = Draft { marks: vec![mark("after 3 working days", "unsupported")], ..full_draft() };
    let accepts = Draft { scores: [("accuracy".to_owned(), 4), ("tone".to_owned(), 3)].into(), ..Draft::default() };
    let side = |verdict, draft: Draft| Side { verdict, draft: draft.into() };
    vec![side(Verdict::Reject, rejects), side(Verdict::Accept, accepts)]
}

/// One more, who says most of it.
pub(super) fn three_sides() -> Vec<Side> {
    let draft = Draft {
        categories: vec!["incomplete".into()],
        scores: [("accuracy".to_owned(), 3), ("complete".to_owned(), 1)].into(),
        note:
            "It says nothing of parcels above 10 kg, which are collected at the door: a kettle is lighter, and so it \
               may be right to leave that out, but the customer did not say which kettle it is."
                .into(),
        marks: vec![mark("any post office; the money is back", "incomplete")],
        correction: Some(Content::text("Dear Ms Okafor,\n\nyou can return the kettle within 30 days of its delivery.")),
        ..Draft::default()
    };
    [sides(), vec![Side { verdict: Verdict::Reject, draft: draft.into() }]].concat()
}

/// What must not reach the terminal, and what is wide.
pub(super) fn hostile_sides() -> Vec<Side> {
    let side = |verdict, categories: &[&str], note: &str| {
        let categories = categories.iter().map(|key| (*key).to_owned()).collect();
        Side { verdict, draft: Draft { categories, note: note.into(), ..Draft::default() }.into() }
    };
    vec![
        side(Verdict::Reject, &["tone", "gone\x1b[2J"], &"\x1b[31m退款政策要求在三十天内退货 \u{202e}evil ".repeat(20)),
        side(Verdict::Accept, &[], "اردو 家族 👩\u{200d}🚒 zero\u{200b}width"),
    ]
}

pub(super) fn disputed(sides: Vec<Side>) -> Served {
    Served { opinions: Opinions { sides, ..Opinions::default() }, ..served(12, start()) }
}

fn at(sides: Vec<Side>) -> Story {
    Story::with(spec(), next(disputed(sides)), SIZE)
}

#[track_caller]
fn judgement(story: &mut Story, keys: &str) -> Judgement {
    let requests = asked(story.keys(keys));
    match requests.as_slice() {
        [Request::Review(ReviewRequest::Decide { judgement, .. })] => judgement.clone(),
        other => panic!("one decision was expected, not {other:?}"),
    }
}

#[test]
fn both_opinions_stand_beside_each_other_without_names() {
    let mut story = at(sides());
    story.sees("≠ 2 opinions disagree");
    story.sees("Opinion A  ✗ rejected");
    story.sees("Opinion B  ✓ accepted");
    story.sees("≠ Factual accuracy 2: Adds unsupported facts");
    story.sees("≠ Factual accuracy 4: Accurate");
    story.sees("▸ Unsupported claim “after 3 working days”");
    story.sees("“The article says 5 working days, not 3.”");
    story.sees("A take A");
    story.sees_no("C take C");
}

#[test]
fn one_key_takes_all_of_an_opinion_and_a_second_says_why_they_disagreed() {
    let mut story = at(sides());
    assert_eq!(asked(story.keys("A")), []);
    story.sees("✗ rejected: why did they disagree?");
    let taken = judgement(&mut story, "3");
    assert_eq!((taken.verdict, taken.cause), (Verdict::Reject, Some(Cause::Slip)));
    assert_eq!(taken.draft, sides()[0].draft);
    assert_eq!(taken.before.as_deref(), Some(&Draft::default()), "an undo brings back what was there");
    story.sees_no("why did they disagree?");
}

#[test]
fn the_cause_may_be_left_out_and_nothing_is_settled_by_closing() {
    for (key, cause) in [("enter", None), ("space", None), ("5", Some(Cause::Taste))] {
        let mut story = at(sides());
        story.keys("B");
        story.sees("✓ accepted: why did they disagree?");
        assert_eq!(story.keys("esc"), []);
        assert_eq!(story.said(), "not settled; the opinions stand as they were");
        story.keys("B");
        story.paint();
        let taken = judgement(&mut story, key);
        assert_eq!((taken.verdict, taken.cause), (Verdict::Accept, cause), "{key}");
    }
}

#[test]
fn an_item_may_be_decided_anew() {
    let mut story = at(sides());
    assert_eq!(asked(story.keys("x 3 enter")), []);
    story.paint();
    let anew = judgement(&mut story, "2");
    assert_eq!((anew.verdict, anew.cause), (Verdict::Reject, Some(Cause::Unclear)));
    assert_eq!(anew.draft.categories, ["tone"]);

    let mut story = at(sides());
    story.keys("a");
    story.paint();
    assert_eq!(judgement(&mut story, "4").cause, Some(Cause::EdgeCase));

    let mut story = at(sides());
    story.keys("e");
    story.types("Who may say?");
    let asks = judgement(&mut story, "enter");
    assert_eq!((asks.verdict, asks.cause), (Verdict::Escalate, None), "a question settles nothing yet");
}

#[test]
fn a_macro_asks_for_the_cause_too_and_leaves_the_draft_as_it_was() {
    let mut story = at(sides());
    story.reply(Reply::Macros(vec![super::judging::informal()]));
    story.keys(". k");
    story.paint();
    story.sees("✗ rejected: why did they disagree?");
    let played = judgement(&mut story, "1");
    assert_eq!((played.draft.note.as_str(), played.cause), ("too informal", Some(Cause::Ambiguous)));
    assert_eq!(played.before.as_deref(), Some(&Draft::default()));
}

#[test]
fn of_an_opinion_that_the_rubric_forbids_by_now_it_is_told_why_it_cannot_be_taken() {
    let mut gone = sides();
    gone[0].draft = Draft { categories: vec!["gone".into()], ..Draft::default() }.into();
    let mut story = at(gone);
    assert_eq!(asked(story.keys("A")), []);
    let said = story.said();
    assert!(said.starts_with("! opinion A does not keep the rubric in force: a rejection needs"), "{said}");
    story.keys("C");
    assert_eq!(story.said(), "there are 2 opinions on this item, and no C");
    let mut story = Story::review(SIZE);
    story.keys("A");
    assert_eq!(story.said(), "there are no opinions to settle on this item");
}

#[test]
fn a_settlement_that_could_not_be_saved_is_sent_again_without_a_second_question() {
    let mut story = at(sides());
    story.keys("A");
    story.paint();
    let request = asked(story.keys("1")).remove(0);
    story.reply(Reply::Failed { request: Box::new(request), error: StoreError::Busy });
    story.sees("rejected NOT SAVED");
    assert_eq!(judgement(&mut story, "R").cause, Some(Cause::Ambiguous));
}

#[test]
fn a_held_key_answers_no_question_that_nobody_has_read() {
    let mut story = Story::guarded(SIZE, 120);
    story.open(spec(), next(disputed(sides())));
    story.now += 1_000;
    story.keys("x 3");
    story.now += 200;
    assert_eq!(asked(story.keys("enter")), []);
    story.paint();
    story.now += 40;
    assert_eq!(asked(story.keys("enter")), [], "it is held down");
    story.now += 130;
    assert_eq!(judgement(&mut story, "enter").cause, None);
}

#[test]
fn an_undone_settlement_is_a_dispute_again_and_the_cause_that_stands_stays() {
    let mut story = at(sides());
    let settled = || {
        let part = Part { purpose: Purpose::Adjudication, slot: None, ..Part::default() };
        let mut decision = Decision { part, ..decision(Verdict::Reject, full_draft()) };
        decision.judgement.cause = Some(Cause::Unclear);
        decision
    };
    let change = Change::Decision { decision: Box::new(settled()), stands: None };
    let reverted = Reverted { change, served: disputed(sides()), counts: counts(300, 112, 0) };
    story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(reverted)))));
    assert_eq!(story.said(), "undone: reject of sup-0012 — it is disputed again (Unsupported claim, Tone or brand)");
    story.sees("Opinion A  ✗ rejected");

    let own = Served { mine: Some(settled()), ..disputed(sides()) };
    let mut story = Story::with(spec(), next(own), SIZE);
    story.keys("B");
    story.sees("leaves it at unclear");
    assert_eq!(judgement(&mut story, "enter").cause, Some(Cause::Unclear));
}

#[test]
fn the_opinions_are_a_pane_that_is_read_and_scrolled() {
    let mut story = Story::with(spec(), next(disputed(three_sides())), (80, 24));
    story.sees("A ✗ rejected   B ✓ accepted   C ✗ rejected");
    story.sees_no("corrected to");
    story.keys("tab z");
    story.sees("Opinion C");
    story.keys("end");
    story.sees("corrected to: Dear Ms Okafor");
    story.keys("z tab");
    story.sees("3 opinions that disagree");
}

#[test]
fn marks_of_each_opinion_have_a_style_and_a_letter_of_their_own() {
    let mut story = at(three_sides()).in_colours(ThemeChoice::Dark);
    let buffer = story.draw();
    let style_of = |text: &str| {
        let rows = buffer.content.chunks(buffer.area.width.into());
        let found = rows.filter_map(|row| {
            let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
            line.find(text).map(|at| row[line[..at].chars().count()].style())
        });
        found.collect::<Vec<_>>()
    };
    let (a, c) = (style_of("after 3")[0], style_of("post office; the")[0]);
    assert_ne!(a, c, "{a:?}");
    assert_ne!(a.add_modifier, c.add_modifier, "not by colour alone");
}

fn settlement(seq: i64, own: Verdict, verdict: Verdict, by: SettledBy) -> Settlement {
    Settlement {
        seq,
        item: format!("sup-{seq:04}"),
        own: Some(own),
        verdict,
        by,
        who: "lee".into(),
        at: start() - seq * 3_600_000,
        cause: None,
        note: String::new(),
        taken_from: None,
    }
}

/// What came of opinions of ops-1, one of them on an item with a hostile name.
pub(super) fn settlements() -> Vec<Settlement> {
    use Verdict::{Accept, Escalate, Reject};
    let adjudicated = |seq, own, verdict| settlement(seq, own, verdict, SettledBy::Adjudicated);
    let ana = || Some("ana".to_owned());
    vec![
        Settlement {
            cause: Some(Cause::Unclear),
            taken_from: ana(),
            note: "Three days is not what the article says; the rubric will say that dates are facts.".into(),
            ..adjudicated(2, Accept, Reject)
        },
        Settlement { cause: Some(Cause::Slip), taken_from: Some("ops-1".into()), ..adjudicated(3, Reject, Reject) },
        Settlement { cause: Some(Cause::EdgeCase), ..adjudicated(5, Accept, Accept) },
        settlement(8, Accept, Reject, SettledBy::Majority),
        Settlement { item: "evil\x1b[2J退款政策".repeat(6), ..settlement(9, Accept, Reject, SettledBy::Strictest) },
        settlement(12, Escalate, Accept, SettledBy::Answer),
    ]
}

pub(super) fn settled(mut story: Story) -> Story {
    story.keys("H");
    story.reply(Reply::Lookup(LookupReply::Settlements(settlements())));
    story
}

#[test]
fn one_sees_how_ones_own_opinions_were_settled_and_goes_to_the_item() {
    let mut story = Story::review(SIZE);
    assert_eq!(asked(story.keys("H")), [Request::Lookup(LookupRequest::Settlements)]);
    story.sees("reading …");
    story.reply(Reply::Lookup(LookupReply::Settlements(settlements())));
    story.sees("How your last 6 opinions were settled · ≠ 4 otherwise");
    story.sees("▸ ≠ sup-0002  you ✓ accepted → ✗ rejected");
    story.sees("settled by lee, with the opinion of ana · unclear: the rubric does not say");
    story.sees("“Three days is not what the article says;");
    story.sees("settled by lee, who took your opinion · slip: somebody overlooked something");
    story.sees("answered by lee");
    story.keys("j");
    story.sees_no("“Three days is not");
    let gone = asked(story.keys("enter"));
    assert!(gone.contains(&Request::Review(ReviewRequest::Show { seq: 3 })), "{gone:?}");
}

#[test]
fn at_the_end_of_the_queue_too() {
    let mut story = Story::with(spec(), end(counts(300, 112, 0), Vec::new(), 0), SIZE);
    story.sees_no("H settled");
    story.sees_no("tells how opinions of yours");
    let review = Some(ReviewTerms::default());
    let mut story = Story::with(Spec { review, ..spec() }, end(counts(300, 112, 0), Vec::new(), 0), SIZE);
    story.sees("H settled");
    story.sees("H tells how opinions of yours were settled.");
    story.keys("H");
    story.reply(Reply::Lookup(LookupReply::Settlements(Vec::new())));
    story.sees("Nothing yet. Where opinions disagree");
    story.keys("H");
    story.sees_no("Nothing yet.");
}

#[test]
fn who_comes_back_to_an_item_that_was_settled_is_told_so_and_offered_no_verdict() {
    let mine = || Some(decision(Verdict::Accept, Draft::default()));
    let was = |settled| {
        let opinions = Opinions { settled: Some(settled), ..Opinions::default() };
        Served { mine: mine(), opinions, ..served(12, start()) }
    };
    let mut story = Story::with(spec(), next(was(settlements().swap_remove(0))), SIZE);
    story.sees("✓ accepted  → settled: ✗ rejected");
    story.sees("✓ You accepted it · 10 min ago · ✗ rejected since by lee");
    story.sees_no("a accept");
    let agreed =
        Settlement { who: "ops-1".into(), ..settlement(12, Verdict::Accept, Verdict::Accept, SettledBy::Unanimous) };
    let mut story = Story::with(spec(), next(was(agreed)), SIZE);
    story.sees("another verdict takes its place");
    story.sees("a accept");
}

#[test]
fn the_history_says_how_an_item_was_settled() {
    let mut story = Story::review(SIZE);
    story.keys("h");
    let settled = settlements().swap_remove(0);
    let history = History { settled: Some(settled), ..history() };
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history))));
    story.sees("How it was settled");
    story.sees("you ✓ accepted → ✗ rejected");
    story.sees("settled by lee, with the opinion of ana · unclear: the rubric does not say");
}
