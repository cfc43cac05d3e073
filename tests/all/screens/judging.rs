//! Stories of judging: corrections, marks, macros and pace.

use super::fixtures::*;
use super::story::{Story, asked};
use crossterm::event::{MouseButton, MouseEventKind};
use karat::domain::decision::{Decision, Draft, Judgement, Verdict};
use karat::domain::item::{Content, ContentKind};
use karat::domain::macros::Macro;
use karat::domain::mark::Mark;
use karat::domain::pace::{Pace, Timed};
use karat::store::{Change, Reverted, Served};
use karat::tui::message::{Effect, Message};
use karat::tui::worker::{MacroRequest, Reply, Request, ReviewReply, ReviewRequest};

const SIZE: (u16, u16) = (120, 40);

#[track_caller]
fn judgement(effects: Vec<Effect>) -> Judgement {
    let requests = asked(effects);
    match requests.as_slice() {
        [Request::Review(ReviewRequest::Decide { judgement, .. })] => judgement.clone(),
        other => panic!("one decision was expected, not {other:?}"),
    }
}

fn decided(id: usize, millis: i64) -> Decision {
    let mut decision = decision(Verdict::Accept, Default::default());
    (decision.id, decision.judgement.active_millis) = (format!("d-{id}"), millis);
    decision
}

/// Accepts some items, each in some milliseconds.
pub(super) fn accepts(story: &mut Story, count: usize, millis: i64) {
    for id in 0..count {
        story.keys("a");
        let next = next(served(100 + id as i64, story.now));
        story.reply(Reply::Review(ReviewReply::Decided {
            decision: Box::new(decided(id, millis)),
            counts: counts(301, 112, 0),
            next,
        }));
        story.paint();
    }
}

#[test]
fn the_pace_of_the_sitting_is_told_and_an_undo_takes_its_part_back() {
    let mut story = Story::review(SIZE);
    story.sees_no("each");
    accepts(&mut story, 2, 20_000);
    story.sees("2 done · 20 s each  ops-1");
    accepts(&mut story, 3, 20_000);
    story.sees("5 · 20 s · ≈ 5,553 h left  ops-1");
    let change = Change::Decision { decision: Box::new(decided(1, 20_000)), stands: None };
    let reverted = Reverted { change, served: served(101, story.now), counts: counts(300, 112, 0) };
    story.reply(Reply::Review(ReviewReply::Undone(Some(Box::new(reverted)))));
    story.sees("4 done · 20 s each  ops-1");
}

#[test]
fn the_sitting_that_is_under_way_is_told_once_it_was_read() {
    let mut story = Story::review(SIZE);
    let timed = |id: &str| Timed { id: id.into(), at: story.now, millis: 30_000 };
    let pace = Pace::resumed(vec![timed("d-90"), timed("d-91")]);
    story.sees_no("each");
    story.reply(Reply::Review(ReviewReply::Sitting(pace)));
    story.paint();
    story.sees("2 done · 30 s each  ops-1");
    accepts(&mut story, 1, 30_000);
    story.sees("3 done · 30 s each  ops-1");
}

#[test]
fn many_alike_faster_than_one_reads_are_mentioned() {
    let mut story = Story::review(SIZE);
    accepts(&mut story, 9, 900);
    assert!(story.said().starts_with("saved: "), "{}", story.said());
    accepts(&mut story, 1, 900);
    let warning = "! 10 alike, each faster than it can be read · saved: ";
    assert!(story.said().starts_with(warning), "{}", story.said());
    accepts(&mut story, 1, 900);
    assert!(story.said().starts_with(warning), "the next decision does not take it away: {}", story.said());
    story.keys("j");
    accepts(&mut story, 9, 60_000);
    assert!(story.said().starts_with("saved: "), "who reads is left alone");
}

/// Where there is little room the warning is cut, and not what was saved.
#[test]
fn what_was_saved_is_told_whole_beside_a_warning() {
    let mut story = Story::review((60, 24));
    accepts(&mut story, 10, 900);
    let said = story.said();
    assert!(said.starts_with("! 10 alike, each faster"), "{said}");
    assert!(said.contains(" · saved: ✓ accepted sup-0108"), "{said}");
}

#[test]
fn an_output_is_corrected_in_place_and_the_correction_goes_with_the_rejection() {
    let mut story = Story::review(SIZE);
    story.keys("c");
    story.sees("Correct the output");
    story.types("Hello. ");
    assert_eq!(story.keys("a c"), [], "keys are text there");
    story.keys("backspace backspace esc");
    assert_eq!(story.said(), "output → correction · −0 +1 words");
    story.sees("✎ corrected");
    let saved = asked(story.wait(400));
    let Some(Request::Review(ReviewRequest::SaveDraft { draft, .. })) = saved.first() else { panic!("{saved:?}") };
    assert!(draft.correction.as_ref().unwrap().text.starts_with("Hello. Dear Ms Okafor"));
    assert_eq!(story.keys("a"), [], "accepted means good as it is");
    assert!(story.said().starts_with("! an accepted output is good as it is"), "{}", story.said());
    let judgement = judgement(story.keys("x 1 enter"));
    assert!(judgement.is_golden_candidate());
    assert_eq!(judgement.draft.correction.as_ref().unwrap().text, format!("Hello. {}", item(12).output.text));
}

#[test]
fn a_correction_is_taken_back_by_putting_the_output_back() {
    let mut story = Story::review(SIZE);
    story.keys("c x ctrl+o esc");
    assert_eq!(story.said(), "nothing is corrected: the text is the output's");
    story.sees_no("✎ corrected");
    story.keys("c");
    story.types("x");
    story.keys("backspace esc");
    story.sees_no("✎ corrected");
    assert_eq!(judgement(story.keys("a")).draft.correction, None);
}

#[test]
fn json_that_was_corrected_badly_is_told_with_its_place_and_not_recorded() {
    let mut story = Story::with(spec(), next(structured(start())), SIZE);
    story.keys("c right backspace esc");
    assert!(story.said().starts_with("! line 1, column 8: "), "{}", story.said());
    story.sees("Correct the output: JSON");
    story.keys("esc");
    assert!(story.said().starts_with("! kept, and unsound"), "{}", story.said());
    assert_eq!(story.keys("x 1 enter"), []);
    assert!(story.said().starts_with("! the correction is unsound: line 1, column 8"), "{}", story.said());
    story.keys("esc c");
    story.types("{");
    story.keys("esc");
    story.sees_no("✎ corrected");
}

#[test]
fn a_correction_can_be_written_in_the_users_own_editor() {
    let mut story = Story::with(spec(), next(structured(start())), SIZE);
    let effects = story.keys("c ctrl+x");
    let [Effect::Edit { text, extension: "json" }] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with("{\"total\":1249.50"));
    story.tell(Message::Edited(Ok(Some("{\"total\": 1250.50}".into()))));
    story.sees("1250.50");
    story.keys("esc");
    let draft = judgement(story.keys("x 1 enter")).draft;
    assert_eq!(draft.correction.as_ref().unwrap().text, "{\"total\": 1250.50}");
}

#[test]
fn ten_megabytes_are_corrected_in_the_users_own_editor_alone() {
    let mut served = served(12, start());
    served.item.output = Content::text("word ".repeat(2_000_000));
    let mut story = Story::with(spec(), next(served), SIZE);
    story.keys("c");
    story.sees("10.0 MB are too much to edit here; Ctrl+X opens them in $EDITOR.");
    story.keys("x");
    assert!(matches!(&story.keys("ctrl+x")[..], [Effect::Edit { text, .. }] if text.len() == 10_000_000));
}

/// "Too informal" under k.
pub(super) fn informal() -> Macro {
    let draft = Draft { categories: vec!["tone".into()], note: "too informal".into(), ..Draft::default() };
    Macro::of('k', "Too informal", Verdict::Reject, &draft)
}

#[test]
fn what_was_chosen_is_saved_under_a_key_and_played_with_two() {
    let mut story = Story::review(SIZE);
    story.keys("n");
    story.types("too informal");
    story.keys("esc x 3 ctrl+t");
    story.sees("press a letter or a digit");
    story.keys("k");
    story.sees("[ ] with this note: “too informal”");
    story.keys("tab");
    story.sees("[x] with this note");
    story.sees("Name  Tone or brand");
    story.types("Tone or"); // in place of the name that was proposed
    let asked = asked(story.keys("enter"));
    let expected = Macro { name: "Tone or".into(), ..informal() };
    assert_eq!(asked, [Request::Macros(MacroRequest::Save { saved: expected.clone() })]);
    assert_eq!(story.said(), "macro saved: . k plays Tone or");
    story.sees("Reject: what is wrong with it?");
    story.reply(Reply::Macros(vec![expected]));
    story.keys("esc n");
    (0..12).for_each(|_| drop(story.keys("backspace")));
    story.keys("esc .");
    story.sees("Tone or brand · “too informal”");
    let judgement = judgement(story.keys("k"));
    assert_eq!((judgement.verdict, judgement.draft.note.as_str()), (Verdict::Reject, "too informal"));
    assert_eq!(judgement.draft.categories, ["tone"]);
}

#[test]
fn a_macro_keeps_what_was_written_and_the_rules() {
    let mut strict = spec();
    strict.criteria[0].required = true;
    let mut story = Story::with(strict, next(served(12, start())), SIZE);
    story.reply(Reply::Macros(vec![informal()]));
    story.keys("n");
    story.types("Line 3.");
    assert_eq!(story.keys("esc . k"), []);
    assert!(story.said().starts_with("! the criterion Factual accuracy"), "{}", story.said());
    story.sees_no("[x]");
    let judgement = judgement(story.keys("2 . k"));
    assert_eq!(judgement.draft.note, "Line 3.\ntoo informal");
    assert_eq!(judgement.before.unwrap().note, "Line 3.", "what an undo brings back");
}

#[test]
fn a_macro_of_an_older_rubric_is_told_and_plays_nothing() {
    let mut spec = spec();
    spec.failures.remove(2);
    let mut story = Story::with(spec, next(served(12, start())), SIZE);
    story.reply(Reply::Macros(vec![informal()]));
    story.keys(".");
    story.sees("tone (gone)");
    assert_eq!(story.keys("k"), []);
    assert_eq!(story.said(), "! the spec has no failure category `tone`; it has unsupported, incomplete");
}

#[test]
fn macros_are_renamed_and_removed() {
    let mut story = Story::review(SIZE);
    story.keys(".");
    story.sees("None yet.");
    story.sees_no("Enter play");
    story.reply(Reply::Macros(vec![informal()]));
    story.sees("Enter play");
    story.sees("Too informal                  Tone or brand · “too informal”");
    let plain = Macro { name: "Tone or brand".into(), ..informal() };
    story.reply(Reply::Macros(vec![plain]));
    story.sees("Tone or brand                 “too informal”");
    story.reply(Reply::Macros(vec![informal()]));
    story.keys("ctrl+r backspace");
    let asked_for = asked(story.keys("enter"));
    assert_eq!(
        asked_for,
        [Request::Macros(MacroRequest::Save { saved: Macro { name: "Too informa".into(), ..informal() } })]
    );
    assert_eq!(asked(story.keys("ctrl+d")), [Request::Macros(MacroRequest::Remove { key: 'k' })]);
    story.reply(Reply::Macros(Vec::new()));
    story.sees("None yet.");
}

#[test]
fn a_macro_is_never_played_on_an_item_that_was_not_seen() {
    let mut story = Story::review(SIZE);
    story.reply(Reply::Macros(vec![informal()]));
    story.keys("a");
    let next = next(served(13, story.now));
    story.reply(Reply::Review(ReviewReply::Decided {
        decision: Box::new(decided(1, 900)),
        counts: counts(301, 112, 0),
        next,
    }));
    assert_eq!(story.keys(". k"), []);
    story.paint();
    assert_eq!(judgement(story.keys(". k")).verdict, Verdict::Reject);
}

#[test]
fn nothing_chosen_makes_no_macro() {
    let mut story = Story::review(SIZE);
    story.keys("x ctrl+t");
    assert!(story.said().starts_with("! a rejection needs at least one"), "{}", story.said());
    story.keys("esc e ctrl+t");
    assert_eq!(story.said(), "! an escalation needs a reason in its note");
}

#[test]
fn a_rejection_with_a_note_takes_four_keys_and_the_text() {
    let mut story = Story::review(SIZE);
    story.keys("x 3 tab");
    story.types("too informal");
    story.keys("ctrl+j");
    story.types("and curt");
    let judgement = judgement(story.keys("enter"));
    assert_eq!((judgement.verdict, judgement.draft.categories.as_slice()), (Verdict::Reject, &["tone".to_owned()][..]));
    assert_eq!(judgement.draft.note, "too informal\nand curt");
    story.sees_no("begins a line");
}

#[test]
fn a_note_before_a_category_is_chosen_goes_back_to_the_form() {
    for (form, rejects) in [("x", "3 enter"), ("X", "3")] {
        let mut story = Story::review(SIZE);
        story.keys(&format!("{form} tab"));
        story.types("curt");
        story.sees_no("Enter save");
        assert_eq!(asked(story.keys("enter")), [], "{form}");
        story.sees(if form == "x" { "what is wrong with it?" } else { "for one category" });
        story.sees("Note  curt");
        assert_eq!(judgement(story.keys(rejects)).draft.note, "curt", "{form}");
    }
}

/// What a key of mark mode leaves marked.
fn marked(story: &mut Story, keys: &str) -> Vec<(String, String)> {
    story.keys("m");
    if !keys.is_empty() {
        story.keys(keys);
    }
    story.keys("1");
    let judgement = judgement(story.keys("x enter"));
    judgement.draft.marks.iter().map(|mark| (mark.text.clone(), mark.category.clone())).collect()
}

#[test]
fn a_sentence_is_marked_with_two_keys_and_proposes_its_category() {
    let mut story = Story::review(SIZE);
    story.keys("m");
    story.sees("Mark it as");
    story.sees("1 [ ] !! Unsupported claim");
    story.keys("j j 1");
    assert!(story.said().starts_with("marked as Unsupported claim: “Take it to any post o…”"), "{}", story.said());
    story.sees("1 [x] !! Unsupported claim");
    story.sees("1 mark M");
    assert_eq!(story.keys("a"), [], "accepted means that nothing is marked");
    assert_eq!(story.said(), "! an accepted output has no marks; take its mark off, or reject · M lists them");
    story.keys("x");
    story.sees("[x] !! Unsupported claim");
    let judgement = judgement(story.keys("enter"));
    assert_eq!(judgement.draft.categories, ["unsupported"]);
    let mark = &judgement.draft.marks[0];
    let text: String = item(12).output.text.chars().skip(mark.start).take(mark.end - mark.start).collect();
    assert_eq!(text, mark.text);
    assert_eq!(text, "Take it to any post office; the money is back on your card after 3 working days.");
}

#[test]
fn words_and_characters_are_selected_too() {
    let text = |keys: &str| marked(&mut Story::review(SIZE), keys).remove(0).0;
    assert_eq!(text(""), "Dear Ms Okafor,");
    assert_eq!(text("w w"), "Ms");
    assert_eq!(text("w W"), "Dear Ms");
    assert_eq!(text("w l l"), "Dear M");
    assert_eq!(text("j w o W"), "You", "the beginning stays before the end");
    assert_eq!(text("w w W o b"), "Dear");
    assert_eq!(text("J"), "Dear Ms Okafor,\n\nYou can return the kettle within 30 days.");
    assert_eq!(text("J K"), "Dear Ms Okafor,");
    assert_eq!(text("k k"), "Dear Ms Okafor,", "before the first there is none");
    assert_eq!(text("j j j j j j"), "Kind regards");
}

#[test]
fn a_category_and_a_comment_are_chosen_in_the_form_and_changed_in_the_list() {
    let mut story = Story::review(SIZE);
    story.keys("m j enter 3 tab");
    story.types("too sure? 1");
    story.keys("enter m k 2 M");
    story.sees("1 Incomplete  “Dear Ms Okafor,”");
    story.sees("2 Tone or brand  “You can return the kettle");
    story.sees("”  too sure? 1");
    story.keys("j enter 1 enter");
    story.sees("2 Unsupported claim  “You can return");
    story.keys("k x");
    story.sees("1 Unsupported claim  “You can return");
    story.keys("x");
    assert_eq!(story.said(), "the last mark is taken off");
    assert_eq!(judgement(story.keys("a")).draft.marks, []);
}

#[test]
fn marks_lie_over_each_other_and_the_draft_keeps_them() {
    let mut story = Story::review(SIZE);
    story.keys("m j 1 m w w W 3");
    let Some(Request::Review(ReviewRequest::SaveDraft { draft, .. })) = asked(story.wait(400)).pop() else {
        panic!("no draft was saved")
    };
    let texts: Vec<_> = draft.marks.iter().map(|mark| mark.text.as_str()).collect();
    assert_eq!(texts, ["You can return the kettle within 30 days.", "can return"]);
    let again = Served { draft: Some(Draft::clone(&draft)), ..served(12, story.now) };
    let mut story = Story::with(spec(), next(again), SIZE);
    story.sees("2 marks M");
    story.keys("tab");
    story.sees("▸2 Tone or brand “can return”");
}

#[test]
fn marks_of_an_output_that_was_replaced_follow_their_words_or_are_told() {
    let mark = |text: &str, range| Mark::on(text, range, "tone", "").unwrap();
    let old = "You can return the kettle within 30 days. Sorry!";
    let marks = vec![mark(old, 0..41), mark(old, 42..48)];
    let again = Served { draft: Some(Draft { marks, ..Draft::default() }), ..served(12, start()) };
    let mut story = Story::with(spec(), next(again), SIZE);
    story.sees("1 mark gone: the output or the rubric has changed");
    story.sees("3 [x] ·  Tone or brand");
    let judgement = judgement(story.keys("x enter"));
    assert_eq!(judgement.draft.marks, [mark(&item(12).output.text, 17..58)]);
}

#[test]
fn what_is_marked_in_a_chat_and_in_json_is_the_text_as_it_came() {
    let mut chat = served(12, start());
    let source = r#"[{"role":"user","content":"Hi"},{"role":"assistant","content":"He said \"no\".\nWe are open."}]"#;
    chat.item.output = Content { kind: ContentKind::Chat, text: source.into() };
    let mut story = Story::with(spec(), next(chat), SIZE);
    assert_eq!(marked(&mut story, "j j"), [("We are open.".to_owned(), "unsupported".to_owned())]);
    let mut story = Story::with(spec(), next(structured(start())), SIZE);
    assert_eq!(marked(&mut story, "w w"), [("1249.50".to_owned(), "unsupported".to_owned())]);
}

#[test]
fn the_mouse_marks_what_it_is_dragged_over() {
    let mut story = Story::review(SIZE);
    story.paint();
    let screen = story.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains("You can return")).unwrap();
    let column = line.split("You can").next().unwrap().chars().count() as u16;
    let at = |by: u16| (column + by, row as u16);
    story.mouse(MouseEventKind::Down(MouseButton::Left), at(4));
    story.mouse(MouseEventKind::Drag(MouseButton::Left), at(8));
    story.mouse(MouseEventKind::Drag(MouseButton::Left), at(13));
    story.mouse(MouseEventKind::Up(MouseButton::Left), at(13));
    story.keys("3");
    assert!(story.said().starts_with("marked as Tone or brand: “can return”"), "{}", story.said());
}

#[test]
fn without_categories_or_text_there_is_nothing_to_mark() {
    let mut story = Story::with(bare_spec(), next(served(12, start())), SIZE);
    story.keys("m");
    assert_eq!(story.said(), "this spec has no failure categories to mark with");
    let mut story = Story::with(spec(), next(empty(start())), SIZE);
    story.keys("m");
    assert_eq!(story.said(), "the output has nothing to mark");
    story.keys("M");
    assert_eq!(story.said(), "nothing is marked yet; m marks");
}
