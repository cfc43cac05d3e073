//! What is known of the people of a queue.

use super::fixtures::{start, summaries};
use super::story::{Story, asked};
use karat::analysis::reviewer::{Answer, Paused, Person, ReviewerFigures};
use karat::domain::decision::Verdict;
use karat::tui::worker::{PeopleOfQueue, PeopleReply, PeopleRequest, QueueReply, Reply, Request};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

fn shots(name: &str, mut state: impl FnMut((u16, u16)) -> Story) {
    for size in SIZES {
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), state(size).screen());
    }
}

/// A person who was right on so many of their answers, the later ones, and decided ten items twice.
fn person(name: &str, right: usize, answered: usize) -> Person {
    let answers: Vec<Answer> = (0..answered)
        .map(|n| {
            let is_right = n >= answered - right;
            let (said, named) = if is_right { (Verdict::Reject, "tone") } else { (Verdict::Accept, "wrong") };
            let there = Some(vec!["tone".to_owned()]);
            Answer { at: start(), expected: Verdict::Reject, said, there, named: vec![named.to_owned()] }
        })
        .collect();
    let mut twice = vec![(Verdict::Accept, Verdict::Accept); 9 * usize::from(answered > 0)];
    twice.extend((answered > 0).then_some((Verdict::Accept, Verdict::Reject)));
    let figures = ReviewerFigures::of(&answers, &twice, &["tone".into()], 0.8);
    Person { reviewer: name.into(), served: answered as i64 + 1, escalated: 1, figures, paused: None }
}

fn paused(name: &str) -> Person {
    let paused = Paused { reviewer: name.into(), at: start(), good: 11, bad: 13, pass: 0.8, stops: true, seq: 1 };
    Person { paused: Some(paused), ..person(name, 11, 24) }
}

fn opened(size: (u16, u16), people: Vec<Person>, leads: bool) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("p");
    let read = PeopleOfQueue { people, pass: Some(0.8), leads };
    story.reply(Reply::People(PeopleReply::Figures(Box::new(read))));
    story
}

#[test]
fn a_reviewer_sees_their_own_and_a_lead_everybodys() {
    shots("people-own", |size| opened(size, vec![person("ops-1", 38, 44)], false));
    let all = || vec![person("lee", 0, 0), paused("ana"), person("ben-of-the-night-shift-in-\u{6771}\u{4eac}", 44, 44)];
    shots("people-lead", |size| {
        let mut story = opened(size, all(), true);
        story.keys("j");
        story
    });
    shots("people-lift", |size| {
        let mut story = opened(size, all(), true);
        story.keys("j L");
        story
    });
}

#[test]
fn a_lead_lifts_a_pause_with_a_reason() {
    let mut story = opened((120, 40), vec![person("lee", 0, 0), paused("ana")], true);
    story.keys("L");
    assert!(story.screen().contains("nothing to lift"), "{}", story.screen());
    story.keys("j L enter");
    assert!(story.screen().contains("say why"), "{}", story.screen());
    story.types("we talked");
    let sent = story.keys("enter");
    let lift =
        PeopleRequest::Lift { queue: summaries()[0].name.clone(), person: "ana".into(), why: "we talked".into() };
    assert_eq!(asked(sent), [Request::People(lift)]);
    let read = PeopleOfQueue { people: vec![person("lee", 0, 0), person("ana", 11, 24)], pass: Some(0.8), leads: true };
    story.reply(Reply::People(PeopleReply::Lifted { person: "ana".into(), people: Box::new(read) }));
    assert!(story.screen().contains("lifted: ana goes on"), "{}", story.screen());
}
