//! What rules would have come to on what has happened, beside what they have come to.

use karat::domain::agreement::{Agreement, Said};
use karat::domain::check::{CheckReport, FailedCheck, Otherwise};
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::item::Item;
use karat::domain::queue::Queue;
use karat::domain::simulation::Simulated;
use karat::domain::spec::Spec;
use karat::domain::stage::Stage;
use karat::store::{Applied, Condition, Simulation, Sort, Store};
use support::dice::Dice;
use support::fixture::*;

const HOUR: i64 = 60 * MINUTE;

/// What is read, by two people where it is of v8, and what comes of it.
const RULES: &str = "
[[sample]]
key = \"v8\"
when = \"prompt_version:v8\"
first = 4
rate = 0.5
opinions = 2
[[sample]]
key = \"rest\"
rate = 0.6
";

/// The fixture's spec, in which `cold` can be made again, with these tables.
fn source(tables: &str) -> String {
    SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true") + tables
}

fn spec(tables: &str) -> Spec {
    karat::spec::parse(&source(tables)).unwrap()
}

/// Every third item is of v8, and every fourth is of a case with another.
fn bring(store: &Store, queue: &Queue, count: usize) {
    let each = (0..count).map(|n| {
        let mut item = plain(&format!("i{n}"));
        item.prompt_version = Some(if n % 3 == 0 { "v8" } else { "v7" }.into());
        item.case = n.is_multiple_of(4).then(|| format!("case-{}", n / 8));
        record(item)
    });
    import(store, queue, &each.collect::<Vec<_>>(), false);
}

fn simulate(store: &Store, queue: &Queue, other: &Spec, now: i64) -> Simulation {
    store.simulate(queue, [&queue.spec.spec, other], (None, now), None).unwrap()
}

fn ids(store: &Store, queue: &Queue) -> Vec<String> {
    let listing = store.whole_listing(queue, Condition::default(), Sort::default()).unwrap();
    store.browse(listing.seqs(), "ana", T0).unwrap().into_iter().map(|row| row.item.id).collect()
}

/// A judgement that any of the rules may tell apart from another.
fn judgement(dice: &mut Dice) -> Judgement {
    let mut judgement = match dice.below(8) {
        0..4 => accept(),
        4 | 5 => reject("cold"),
        6 => reject("wrong"),
        _ => escalate(),
    };
    if dice.chance(700) {
        judgement.draft_mut().scores.insert("tone".into(), dice.below(3) as u8 + 1);
    }
    judgement
}

fn stage(store: &Store, queue: &Queue, id: &str) -> Stage {
    store.explained(queue, id, T0).unwrap().stage
}

/// All opinions that are asked on most of what waits, and on some of what is disputed what settles it.
fn decide_some(store: &Store, queue: &Queue, dice: &mut Dice) {
    for id in ids(store, queue) {
        if stage(store, queue, &id) == Stage::HeldBack || dice.chance(200) {
            continue;
        }
        for who in ["ana", "ben", "cy"] {
            if matches!(stage(store, queue, &id), Stage::Waiting | Stage::NeedsOpinion) {
                store.decide_at_once(queue.actor(who, T0), &id, &judgement(dice)).unwrap();
            }
        }
        if stage(store, queue, &id) == Stage::Disputed && dice.chance(300) {
            store.decide_at_once(queue.actor("lee", T0), &id, &reject("cold")).unwrap();
        }
    }
}

#[test]
fn the_rules_in_force_come_to_what_stands() {
    for (round, settle) in ["adjudicate", "strictest", "majority"].into_iter().enumerate() {
        let opinions = if settle == "majority" { "opinions = 3" } else { "opinions = 2" };
        let tables = format!(
            "{}[review]\nagree = [\"verdict\", \"severity\", \"score.tone\"]\nsettle = \"{settle}\"\n\
             [retry]\nwhen = \"retryable\"\nattempts = 3\nthen = \"desk\"\n",
            RULES.replace("opinions = 2", opinions)
        );
        let workspace = Workspace::new();
        let store = workspace.open();
        let queue = apply(&store, &source(&tables));
        bring(&store, &queue, 90);
        workspace.force("UPDATE item SET line_attempt = 3 WHERE id LIKE '%5'");
        decide_some(&store, &queue, &mut Dice::new(round as u64 + 7));

        let counts = store.counts(&queue).unwrap();
        let simulation = simulate(&store, &queue, &queue.spec.spec, T0 + HOUR);
        let [found, again] = &simulation.outcomes;
        assert_eq!(found, again, "{settle}");
        let explained = ids(&store, &queue).into_iter().map(|id| store.explained(&queue, &id, T0).unwrap());
        let several = explained.filter(|item| item.opinions_asked > 1 && item.stage != Stage::HeldBack).count() as i64;
        let at = |stage| counts.at(stage);
        assert_eq!(
            (found.items, found.held_back, found.read, found.undecided, found.read_twice),
            (90, at(Stage::HeldBack), 90 - at(Stage::HeldBack), at(Stage::Waiting), several),
            "{settle}"
        );
        let settled = workspace.number("SELECT COUNT(*) FROM item WHERE settled_by = 'adjudicated'");
        assert_eq!(found.disputed, at(Stage::Disputed) + settled, "{settle}");
        assert_eq!((found.to_retry, found.escalated), (at(Stage::ToRetry), at(Stage::Escalated)), "{settle}");
        assert!([found.undecided, found.to_retry, found.escalated, found.used_up].iter().all(|n| *n > 0), "{found:?}");
        assert_eq!(found.disputed > 0, settle == "adjudicate", "{settle}: {found:?}");
        assert_eq!((found.late, simulation.taken_in), (0, 0));
        assert_sound(&store);
    }
}

#[test]
fn other_rules_come_to_what_they_would_have_had_they_been_in_force() {
    let tables = format!("{RULES}[review]\nsecond_opinion = \"verdict:reject category:cold\"\naudit = 0.2\n");
    let (workspace, other) = (Workspace::new(), Workspace::new());
    let (store, there) = (workspace.open(), other.open());
    let (queue, there_queue) = (apply(&store, &source("")), apply(&there, &source(&tables)));
    bring(&store, &queue, 120);
    bring(&there, &there_queue, 120);
    let mut dice = Dice::new(3);
    for id in ids(&store, &queue) {
        let judgement = judgement(&mut dice);
        store.decide_at_once(queue.actor("ana", T0), &id, &judgement).unwrap();
        if stage(&there, &there_queue, &id) == Stage::Waiting {
            there.decide_at_once(there_queue.actor("ana", T0), &id, &judgement).unwrap();
        }
    }

    let simulation = simulate(&store, &queue, &spec(&tables), T0 + HOUR);
    let [in_force, found] = &simulation.outcomes;
    assert_eq!((in_force.read, in_force.read_twice, in_force.held_back), (120, 0, 0));
    let twice = other.number("SELECT COUNT(*) FROM item WHERE opinions > 1 AND held_back = 0");
    let held_back = there.counts(&there_queue).unwrap().at(Stage::HeldBack);
    assert_eq!((found.held_back, found.read, found.read_twice), (held_back, 120 - held_back, twice));
    let by_rule = other.number("SELECT COUNT(*) FROM item WHERE opinions > 1 AND held_back = 0 AND rule = 'v8'");
    assert!(twice > by_rule && by_rule > 0 && held_back > 0, "{found:?}");
    assert_eq!((found.compared, found.expected_disputes()), (0, None), "nobody has given a second opinion");
    assert_eq!(simulate(&there, &there_queue, &spec(&tables), T0 + HOUR).outcomes[1].read_twice, twice);
}

#[test]
fn what_a_greater_rate_takes_in_is_what_applying_it_takes_in() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &source(RULES));
    bring(&store, &queue, 100);
    let tables = RULES.replace("0.6", "0.8").replace("first = 4", "first = 9");
    let wanted = spec(&tables);
    let simulation = simulate(&store, &queue, &wanted, T0);
    let events = workspace.number("SELECT COUNT(*) FROM event");
    assert_eq!(simulation, simulate(&store, &queue, &wanted, T0));
    assert_eq!(workspace.number("SELECT COUNT(*) FROM event"), events, "it changes nothing");
    let before = store.counts(&queue).unwrap().at(Stage::HeldBack);
    let applied = store.apply_spec(&wanted, &source(&tables), "pm", T0).unwrap();
    let Applied::Changed { resampled, .. } = applied else { panic!("{applied:?}") };
    assert!(resampled.taken > 0);
    assert_eq!(simulation.taken_in, resampled.taken);
    let held_back = store.counts(&queue).unwrap().at(Stage::HeldBack);
    assert_eq!((simulation.outcomes[1].held_back, before - held_back), (held_back, resampled.taken));

    let queue = apply(&store, &source(RULES));
    let back = simulate(&store, &queue, &spec(""), T0);
    assert!(back.outcomes[0].held_back > held_back, "what is in stays in, and a simulation is of the rules alone");
    assert_eq!(back.taken_in, held_back, "without a rule all is taken");
}

#[test]
fn an_answer_is_late_by_the_due_time_of_the_rules() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let due = |hours: u32| {
        source("").replace(
            "name = \"Lead\"",
            &format!("name = \"Lead\"\nowner = \"lee\"\ndue_hours = {hours}\nreturns = \"reviewer\""),
        )
    };
    let queue = apply(&store, &due(4));
    bring(&store, &queue, 4);
    for (id, answered) in [("i0", Some(2)), ("i1", Some(6)), ("i2", None)] {
        store.decide_at_once(queue.actor("ana", T0), id, &escalate()).unwrap();
        if let Some(hours) = answered {
            let note = Draft { note: "as agreed".into(), ..Draft::default() };
            let verdict = if id == "i1" { Verdict::Escalate } else { Verdict::Accept };
            store.answer(queue.actor("lee", T0 + hours * HOUR), id, &Judgement::new(verdict, note)).unwrap();
        }
    }
    let late = |other: u32, now| {
        let other = karat::spec::parse(&due(other)).unwrap();
        simulate(&store, &queue, &other, now).outcomes.map(|outcome| (outcome.escalated, outcome.late))
    };
    assert_eq!(late(1, T0 + 3 * HOUR), [(3, 0), (3, 3)]);
    assert_eq!(late(24, T0 + 5 * HOUR), [(3, 2), (3, 0)], "one waits, and one was answered too late");
    assert_eq!(late(24, T0 + 30 * HOUR), [(3, 2), (3, 1)]);
    // What came back and was decided by who asked was escalated once all the same.
    store.decide_at_once(queue.actor("ana", T0 + 7 * HOUR), "i1", &accept()).unwrap();
    assert_eq!(late(24, T0 + 30 * HOUR), [(3, 2), (3, 1)]);
    // One that was never asked has no answer, however late.
    let all = spec("[[check]]\nkey = \"ask\"\nmin_chars = 900\notherwise = \"escalate\"\nroute = \"lead\"\n");
    let fails = |_: &Item| {
        let failed = FailedCheck { key: "ask".into(), outcome: Otherwise::Escalate, reason: "short".into() };
        [CheckReport::default(), CheckReport { failed: vec![failed], undecided: Vec::new() }]
    };
    let specs = [&queue.spec.spec, &Spec { routes: karat::spec::parse(&due(4)).unwrap().routes, ..all }];
    let found = store.simulate(&queue, specs, (None, T0 + 30 * HOUR), Some(&fails)).unwrap();
    let by_check = &found.outcomes[1];
    assert_eq!((by_check.escalated_by_check, by_check.escalated, by_check.read), (4, 4, 0));
    assert_eq!((by_check.late, by_check.late_unknown), (2, 1), "{by_check:?}");
}

#[test]
fn a_check_keeps_items_from_people_and_what_they_had_accepted_is_told() {
    let (_w, store, queue) = Workspace::with_items(4);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ana", T0), "i2", &reject("wrong")).unwrap();
    let tables = "[[check]]\nkey = \"a\"\nmin_chars = 900\notherwise = \"reject\"\nfailure = \"cold\"\n\
        [retry]\nwhen = \"retryable\"\nattempts = 2\n";
    let checks = |item: &Item| {
        let outcome = if item.id == "i4" { Otherwise::Refuse } else { Otherwise::Reject };
        assert!(item.output.text.starts_with("answer") && !item.context.is_empty(), "the texts are there");
        let failed = vec![FailedCheck { key: "a".into(), outcome, reason: "short".into() }];
        let is_free = item.id == "i3";
        [
            CheckReport::default(),
            CheckReport { failed: if is_free { Vec::new() } else { failed }, undecided: Vec::new() },
        ]
    };
    let specs = [&queue.spec.spec, &spec(tables)];
    let simulation = store.simulate(&queue, specs, (None, T0 + HOUR), Some(&checks)).unwrap();
    let [in_force, found] = &simulation.outcomes;
    assert_eq!((in_force.read, in_force.undecided), (4, 2));
    assert_eq!((found.refused, found.rejected_by_check, found.read, found.to_retry), (1, 2, 1, 2));
    assert_eq!(found.accepted_against_check, 1);
    assert_eq!((simulation.timed, simulation.millis), (2, 3000));
}

#[test]
fn what_is_pulled_in_is_read_and_what_came_before_is_left_out() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &source("[[sample]]\nkey = \"none\"\nrate = 0.0\n"));
    bring(&store, &queue, 5);
    store.pull(queue.actor("lee", T0), &[store.seq_of(&queue, "i1").unwrap()], "a customer asked").unwrap();
    let found = &simulate(&store, &queue, &spec(""), T0).outcomes;
    assert_eq!((found[0].read, found[0].held_back, found[1].read), (1, 4, 5));
    let since = |since| store.simulate(&queue, [&queue.spec.spec; 2], (Some(since), T0 + HOUR), None).unwrap();
    assert_eq!(since(T0).outcomes[0].items, 5);
    assert_eq!(since(T0 + 1).outcomes[0], Simulated::under(&queue.spec.spec));
}

#[test]
fn opinions_agree_as_a_spec_says() {
    let said = |judgement: &Judgement| Said { verdict: judgement.verdict, draft: (*judgement.draft).clone(), at: T0 };
    let of = |tables: &str, opinions: &[Judgement]| {
        let opinions: Vec<Said> = opinions.iter().map(said).collect();
        Agreement::of(&spec(tables), opinions.len(), &opinions)
    };
    let two = [reject("cold"), reject("wrong")];
    assert!(matches!(of("", &two), Agreement::Settled(_, 0)));
    assert_eq!(of("[review]\nagree = [\"severity\"]\n", &two), Agreement::Disputed);
    assert_eq!(of("[review]\nagree = [\"categories\"]\n", &two), Agreement::Disputed);
}

#[test]
fn what_a_filter_makes_again_is_counted() {
    let (_w, store, queue) = Workspace::with_items(3);
    for (id, judgement) in [("i1", reject("cold")), ("i2", reject("wrong")), ("i3", accept())] {
        store.decide_at_once(queue.actor("ana", T0), id, &judgement).unwrap();
    }
    let retry = |when: &str| spec(&format!("[retry]\nwhen = \"{when}\"\nattempts = 2\n"));
    let again = |when: &str| simulate(&store, &queue, &retry(when), T0).outcomes.map(|outcome| outcome.to_retry);
    assert_eq!([again("retryable"), again("category:wrong"), again("id:i*")], [[0, 1], [0, 1], [0, 2]]);
}
