//! Where the bars of a queue stand, and what each hangs on.

use super::fixtures::summaries;
use super::story::{Story, asked};
use karat::domain::bar::Outcome;
use karat::tui::worker::{
    BarStanding, HangingBar, HangingItem, InfluenceReply, InfluenceRequest, QueueReply, QueueRequest, Reply, Request,
};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn queue() -> String {
    summaries()[0].name.clone()
}

fn standing(key: &str, title: &str, outcome: Outcome, shown: &str, more: Option<u64>) -> BarStanding {
    BarStanding { key: key.into(), title: title.into(), outcome, shown: shown.into(), more }
}

/// One that is just met, one that is undecided, one that is counted.
fn bars(hangs_on: i64) -> Vec<HangingBar> {
    let items = |from: i64, count: i64, is_decisive| {
        (from..from + count).map(move |seq| HangingItem { seq, id: format!("sup-{seq:04}"), is_decisive })
    };
    let told = |told: &[&str]| told.iter().map(|sentence| (*sentence).to_owned()).collect();
    vec![
        HangingBar {
            standing: standing("true", "No reply contradicts its source", Outcome::Met, "at least 90.1 %", Some(0)),
            told: told(&["90 % are asked, with 95 % confidence", "43 of 43 read are good, 100 %, of 4,800"]),
            items: Some(items(1, hangs_on, true).chain(items(100, 3, false)).collect()),
        },
        HangingBar {
            standing: standing(
                "kind",
                "Replies are kind, \u{6771}\u{4eac} \u{1b}[31m",
                Outcome::Undecided,
                "",
                Some(74),
            ),
            told: told(&["95 % are asked, with 95 % confidence", "30 of 30 read are good, 100 %, of 4,800"]),
            items: Some(Vec::new()),
        },
        HangingBar {
            standing: standing("fast", "Replies come in time", Outcome::Failed, "91.2 %", Some(0)),
            told: told(&["95 % are asked", "91.2 % of 4,800 items, counted without review"]),
            items: None,
        },
    ]
}

fn opened(size: (u16, u16), hangs_on: i64) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    let read = InfluenceRequest::Read { queue: queue() };
    assert_eq!(asked(story.keys("B")), [Request::Influence(read)]);
    story.reply(Reply::Influence(InfluenceReply::Read { queue: queue(), bars: bars(hangs_on) }));
    story
}

#[test]
fn a_bar_is_shown_with_the_verdicts_that_it_hangs_on() {
    for size in SIZES {
        let mut story = opened(size, 43);
        insta::assert_snapshot!(format!("bars-{}x{}", size.0, size.1), story.screen());
    }
    let mut story = opened((120, 40), 43);
    story.sees("43 verdicts change the outcome, each by itself");
    let opened_item = asked(story.keys("j enter"));
    assert!(matches!(&opened_item[..], [Request::Queue(QueueRequest::OpenItem { seq: 2, .. })]), "{opened_item:?}");
}

#[test]
fn the_next_bar_hangs_on_none_and_one_that_is_counted_on_no_verdict() {
    let mut story = opened((80, 24), 1);
    story.sees("1 verdict changes the outcome if it is otherwise");
    story.keys("tab");
    story.sees("no single verdict changes the outcome");
    story.keys("tab");
    story.sees("it hangs on no single verdict");
    story.keys("tab");
    story.sees("sup-0001");
}

#[test]
fn a_second_opinion_is_asked_after_a_question() {
    let mut story = opened((120, 40), 3);
    assert_eq!(asked(story.keys("S")), []);
    story.sees("Ask a second opinion of 6 items (3 decisive)?");
    let ask = InfluenceRequest::AskAgain { queue: queue(), bar: "true".into() };
    assert_eq!(asked(story.keys("y")), [Request::Influence(ask)]);
    story.reply(Reply::Influence(InfluenceReply::Asked { bar: "true".into(), items: 6 }));
    story.sees("a second opinion is asked of 6 items for true");
}

#[test]
fn a_queue_without_bars_says_what_a_bar_is() {
    let mut story = Story::home((80, 24));
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("B");
    story.reply(Reply::Influence(InfluenceReply::Read { queue: queue(), bars: Vec::new() }));
    story.sees("has no bar");
}
