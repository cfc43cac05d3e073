//! Stories of judging: corrections, marks, macros and pace.

use super::fixtures::*;
use super::story::{Story, asked};
use karat::domain::decision::Judgement;
use karat::domain::item::Content;
use karat::tui::message::{Effect, Message};
use karat::tui::worker::Request;

const SIZE: (u16, u16) = (120, 40);

#[track_caller]
fn judgement(effects: Vec<Effect>) -> Judgement {
    let requests = asked(effects);
    match requests.as_slice() {
        [Request::Decide { judgement, .. }] => judgement.clone(),
        other => panic!("one decision was expected, not {other:?}"),
    }
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
    let Some(Request::SaveDraft { draft, .. }) = saved.first() else { panic!("{saved:?}") };
    assert!(draft.correction.as_ref().unwrap().text.starts_with("Hello. Dear Ms Okafor"));
    assert_eq!(story.keys("a"), [], "accepted means good as it is");
    assert!(story.said().starts_with("! an accepted output is good as it is"), "{}", story.said());
    let judgement = judgement(story.keys("x 1 enter"));
    assert!(judgement.is_golden_candidate());
    assert_eq!(judgement.draft.correction.unwrap().text, format!("Hello. {}", item(12).output.text));
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
    let effects = story.keys("c ctrl+e");
    let [Effect::Edit { text, extension: "json" }] = &effects[..] else { panic!("{effects:?}") };
    assert!(text.starts_with("{\"total\":1249.50"));
    story.tell(Message::Edited(Ok(Some("{\"total\": 1250.50}".into()))));
    story.sees("1250.50");
    story.keys("esc");
    let draft = judgement(story.keys("x 1 enter")).draft;
    assert_eq!(draft.correction.unwrap().text, "{\"total\": 1250.50}");
}

#[test]
fn ten_megabytes_are_corrected_in_the_users_own_editor_alone() {
    let mut served = served(12, start());
    served.item.output = Content::text("word ".repeat(2_000_000));
    let mut story = Story::with(spec(), next(served), SIZE);
    story.keys("c");
    story.sees("10.0 MB are too much to edit here; Ctrl+E opens them in $EDITOR.");
    story.keys("x");
    assert!(matches!(&story.keys("ctrl+e")[..], [Effect::Edit { text, .. }] if text.len() == 10_000_000));
}
