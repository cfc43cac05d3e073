//! What model judges said, on the screen of judges and in the history of an item.

use super::fixtures::{history, summaries};
use super::story::{Story, asked};
use karat::analysis::judging::{JudgeReport, JudgedOutput, People};
use karat::domain::decision::{Draft, Verdict};
use karat::domain::judge::{ImportedJudgement, Judge, JudgeKind};
use karat::store::{Disagreement, History, JudgeFigures, KeptJudgement};
use karat::tui::worker::{
    JudgeOfQueue, JudgesReply, JudgesRequest, LookupReply, QueueReply, QueueRequest, Reply, Request,
};
use std::collections::HashMap;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn shots(name: &str, mut state: impl FnMut((u16, u16)) -> Story) {
    for size in SIZES {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), state(size).screen());
    }
}

fn judge(name: &str, version: &str) -> Judge {
    Judge { name: name.into(), version: version.into() }
}

fn said(judge: &Judge, verdict: Verdict, categories: &[&str], reason: &str) -> ImportedJudgement {
    ImportedJudgement {
        judge: judge.clone(),
        verdict: Some(verdict),
        categories: Some(categories.iter().map(|key| (*key).to_owned()).collect()),
        reason: reason.into(),
        ..ImportedJudgement::default()
    }
}

/// A judge that accepts 46 of 50 good and 6 of 50 bad outputs, and judged 400 that people have not.
fn measured(judge: Judge, disagreements: Vec<Disagreement>) -> JudgeOfQueue {
    let counts = [
        (Verdict::Accept, Some(true), 46),
        (Verdict::Reject, Some(true), 4),
        (Verdict::Reject, Some(false), 44),
        (Verdict::Accept, Some(false), 6),
        (Verdict::Accept, None, 348),
        (Verdict::Reject, None, 52),
    ];
    let outputs = counts.iter().flat_map(|(verdict, good, count)| std::iter::repeat_n((*verdict, *good), *count));
    let judged: Vec<_> = outputs
        .zip(1..)
        .map(|((verdict, good), item)| {
            let wrong = |is_wrong: bool| if is_wrong { vec!["unsupported".to_owned()] } else { Vec::new() };
            let people = match good {
                Some(is_good) => People::Settled { is_good, categories: wrong(!is_good) },
                None => People::Open,
            };
            let categories = Some(wrong(verdict == Verdict::Reject));
            JudgedOutput { item, verdict, categories, people, chance: None, is_drawn: false }
        })
        .collect();
    let report = JudgeReport::of(judge, &judged, &["unsupported".into()], &HashMap::new());
    JudgeOfQueue { figures: JudgeFigures { report, by_check: 3, later_attempts: 12 }, disagreements }
}

fn disagreement(seq: i64, id: &str, verdict: Verdict, reason: &str) -> Disagreement {
    let people = if verdict == Verdict::Accept { Verdict::Reject } else { Verdict::Accept };
    let categories = if people == Verdict::Reject { vec!["unsupported".to_owned()] } else { Vec::new() };
    Disagreement {
        seq,
        id: id.into(),
        judgement: said(&judge("grounding-judge", "v2"), verdict, &[], reason),
        said: verdict,
        people,
        draft: Draft { categories, ..Draft::default() },
    }
}

fn disagreements() -> Vec<Disagreement> {
    let agrees = "Each statement is in the articles: the reply names the refund window, the address and the hours in \
                  which somebody answers the telephone, and none of them differs from what the articles say.";
    vec![
        disagreement(12, "sup-0012", Verdict::Accept, agrees),
        disagreement(31, "sup-0031", Verdict::Accept, "Each statement is in the articles."),
        disagreement(44, "sup-0044", Verdict::Reject, "The article does not say this in these words."),
        disagreement(45, "sup-0045", Verdict::Reject, ""),
    ]
}

fn judges_of(judges: Vec<JudgeOfQueue>, keys: &str, size: (u16, u16)) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("J");
    story.reply(Reply::Judges(JudgesReply::Report(judges)));
    story.paint();
    story.keys(keys);
    story
}

fn two() -> Vec<JudgeOfQueue> {
    vec![
        measured(judge("grounding-judge", "v2"), disagreements()),
        measured(judge("tone-judge", ""), disagreements().split_off(3)),
    ]
}

#[test]
fn the_judges_of_a_queue() {
    shots("judges", |size| judges_of(two(), "j", size));
    shots("judges-other", |size| judges_of(two(), "tab", size));
    shots("judges-none", |size| judges_of(Vec::new(), "r", size));
    let unread = || {
        let report = JudgeReport::of(judge("new-judge", "v1"), &[], &[], &HashMap::new());
        vec![JudgeOfQueue {
            figures: JudgeFigures { report, by_check: 0, later_attempts: 0 },
            disagreements: Vec::new(),
        }]
    };
    shots("judges-unread", |size| judges_of(unread(), "r", size));
    let strange = || {
        let reason = "返品は三十日以内に\u{1b}[31m 受け付けます\u{202e}🎉 ".repeat(12);
        let id = "x".repeat(300);
        let name = judge(&"审查员🎉".repeat(20), "\u{1b}[2J");
        vec![measured(name, vec![disagreement(1, &id, Verdict::Accept, &reason)])]
    };
    shots("judges-strange", |size| judges_of(strange(), "r", size));
}

#[test]
fn one_key_opens_the_item_that_a_judge_and_people_disagree_on() {
    let mut story = Story::home((120, 40));
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let queue = summaries()[0].name.clone();
    assert_eq!(asked(story.keys("J")), [Request::Judges(JudgesRequest::Report { queue: queue.clone() })]);
    story.sees("measuring");
    story.reply(Reply::Judges(JudgesReply::Report(two())));
    story.paint();
    story.sees("1 of 2 judges");
    story.sees("grounding-judge@v2");
    let opened = asked(story.keys("j enter"));
    assert!(
        matches!(&opened[..], [Request::Queue(QueueRequest::OpenItem { seq: 31, queue: of, .. })] if *of == queue),
        "{opened:?}"
    );
    story.keys("tab");
    story.sees("2 of 2 judges");
    story.sees("sup-0045");
    story.keys("shift+tab");
    story.sees("1 of 2 judges");
}

#[test]
fn the_history_of_a_settled_item_tells_what_models_said() {
    let with_judgements = || {
        let kept = |judgement| KeptJudgement { id: "j".into(), judgement, spec_version: 2, arrived_at: 0 };
        let grounding = judge("grounding-judge", "v2");
        let judgements = vec![
            kept(said(&grounding, Verdict::Reject, &["unsupported"], "It says 30 days; the article says 14.")),
            kept(said(&judge("tone-judge", ""), Verdict::Accept, &[], "")),
        ];
        History { judgements, ..history() }
    };
    shots("history-judgements", |size| {
        let mut story = Story::review(size);
        story.keys("h");
        story.reply(Reply::Lookup(LookupReply::History(Box::new(with_judgements()))));
        story
    });
}

#[test]
fn a_history_tells_models_code_and_people_elsewhere_apart() {
    let by = |name: &str, kind: JudgeKind, verdict: Option<Verdict>, body: &str| {
        let judgement = ImportedJudgement::from_body(judge(name, ""), kind, verdict, body).unwrap();
        KeptJudgement { id: "j".into(), judgement, spec_version: 2, arrived_at: 0 }
    };
    let answers = r#"{"source":"label-studio","answers":{"tone":2,"issues":["cold","审查员🎉"]},"reason":"curt\u001b[31m there"}"#;
    let judgements = vec![
        by("contains", JudgeKind::Code, Some(Verdict::Reject), r#"{"reason":"no price","source":"promptfoo"}"#),
        by("length", JudgeKind::Code, None, r#"{"score":0.4}"#),
        by("zoe@example.org", JudgeKind::Person, Some(Verdict::Reject), answers),
    ];
    let history = || History { judgements: judgements.clone(), ..history() };
    shots("history-elsewhere", |size| {
        let mut story = Story::review(size);
        story.keys("h");
        story.reply(Reply::Lookup(LookupReply::History(Box::new(history()))));
        story
    });
}
