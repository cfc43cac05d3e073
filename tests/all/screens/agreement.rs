//! How far people agree, and where they differ, at four sizes and in a story.

use super::fixtures::*;
use super::shots::shots;
use super::story::{Story, asked};
use karat::analysis::opinions::{AskedItem, Body, LeftOut, Opinion, Opinions, Subject, Which};
use karat::domain::decision::{Decision, Draft, Scores, Verdict};
use karat::domain::policy::Cause;
use karat::tui::worker::{AgreementReply, AgreementRequest, Counted, QueueReply, QueueRequest, Reply, Request, Row};

/// So many items, on each of which ana and ben give an opinion and on every third cy: they differ on
/// every fifth.
fn opinions(items: usize) -> Opinions {
    let names = ["ana", "ben", "c\u{202e}非常に長い名前 of a colleague"];
    let mut opinions = Opinions { reviewers: names.map(str::to_owned).to_vec(), ..Opinions::default() };
    let body = |categories: &[&str], levels: [u8; 2]| Body {
        categories: Some(categories.iter().map(|key| (*key).to_owned()).collect()),
        scores: Scores::from([("accuracy".to_owned(), levels[0]), ("tone".to_owned(), levels[1])]),
    };
    opinions.bodies = vec![body(&[], [4, 3]), body(&["unsupported"], [1, 3]), body(&[], [4, 2])];
    for seq in 0..items {
        let bad = seq % 4 == 0;
        let mut give = |reviewer: u32, body: u32| {
            let verdict = if body == 1 { Verdict::Reject } else { Verdict::Accept };
            opinions.given.push(Opinion { reviewer, verdict: Some(verdict), version: 1, body });
        };
        give(0, u32::from(bad));
        give(1, if seq % 5 == 0 { 1 - u32::from(bad) } else { u32::from(bad) });
        if seq % 3 == 0 {
            give(2, if bad { 1 } else { 2 });
        }
        let end = opinions.given.len();
        opinions.items.push(AskedItem {
            seq: seq as i64 + 1,
            case: seq as u32,
            model: None,
            is_drawn: seq % 7 > 0,
            is_settled: true,
            end,
        });
    }
    opinions.left_out = LeftOut { seen: 2, bulk: 12, kept: 3, open: 0 };
    opinions
}

fn counted(items: usize) -> Counted {
    let (opinions, spec) = (opinions(items), spec());
    let rows = [true, false]
        .into_iter()
        .flat_map(|is_drawn| Subject::all(&spec).into_iter().map(move |subject| (subject, is_drawn)));
    let row = |(subject, is_drawn): (Subject, bool)| {
        let which = Which { drawn: is_drawn, ..Which::default() };
        let compared = opinions.compare(&spec, &subject, &which);
        Row { subject, versions: (1, 3), is_drawn, compared }
    };
    let disagreement = opinions.disagreement(&spec);
    let ids = disagreement.items.iter().map(|talk| (talk.seq, format!("r-{}", 4800 + talk.seq)));
    Counted {
        queue: "support-replies".into(),
        rows: rows.map(row).collect(),
        left_out: opinions.left_out,
        ids: ids.collect(),
        reviewers: opinions.reviewers.clone(),
        causes: if items > 0 { (vec![(Cause::Unclear, 4), (Cause::Slip, 2)], 3) } else { (Vec::new(), 0) },
        names_people: true,
        disagreement,
        spec: spec.clone(),
    }
}

fn opinions_on() -> Vec<(Option<String>, Decision)> {
    let accepted = Draft { scores: Scores::from([("accuracy".to_owned(), 4)]), ..Draft::default() };
    vec![(None, decision(Verdict::Reject, full_draft())), (None, decision(Verdict::Accept, accepted))]
}

/// The screen, opened from the queues.
fn screen(counted: Counted, keys: &str, size: (u16, u16)) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("A");
    let queue = summaries()[0].name.clone();
    story.reply(Reply::Agreement(AgreementReply::Counted(Box::new(Counted { queue, ..counted }))));
    story.keys(keys);
    story.paint();
    let seq = 1;
    story.reply(Reply::Agreement(AgreementReply::Item { seq, item: Box::new(item(12)), opinions: opinions_on() }));
    story.paint();
    story
}

#[test]
fn at_every_size() {
    shots("agreement", |size| screen(counted(120), "j", size));
    shots("agreement-few", |size| screen(counted(20), "j j", size));
    shots("agreement-none", |size| screen(counted(0), "r", size));
    shots("agreement-differ", |size| screen(counted(120), "tab", size));
    shots("agreement-differ-none", |size| screen(counted(0), "tab", size));
}

#[test]
fn an_item_to_talk_about_is_read_with_its_opinions_and_opened_by_one_key() {
    let mut story = screen(counted(120), "tab", (120, 40));
    let text = story.screen();
    for part in ["A: ✗ rejected", "unsupported, tone", "B: ✓ accepted", "causes: unclear 4, slip 2"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let is_open = |request: &Request| matches!(request, Request::Queue(QueueRequest::OpenItem { .. }));
    assert!(asked(story.keys("enter")).iter().any(is_open));
    let is_count = |request: &Request| matches!(request, Request::Agreement(AgreementRequest::Count { .. }));
    assert!(asked(story.keys("r")).iter().any(is_count));
}
