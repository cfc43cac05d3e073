//! Bars: what of a queue is counted for one, in which order, and what it comes to.

mod served;
mod walk;

use karat::analysis::stats::sequential::{ln_e_failed, ln_e_met};
use karat::domain::bar::Outcome;
use karat::domain::filter::Filter;
use karat::domain::item::Item;
use karat::domain::order::{Order, Serving};
use karat::domain::queue::{Over, Queue};
use karat::domain::sampling::{SAMPLE, STREAM, draw};
use karat::domain::stage::Stage;
use karat::domain::team::Role;
use karat::store::{BarReport, BulkAction, ImportOptions, MergeTerms, Next, Store, UndoScope};
use support::fixture::*;

const HOUR: i64 = 60 * MINUTE;

/// The spec of the fixture with this bar.
fn with(bar: &str) -> String {
    format!("{SPEC}\n[[bar]]\nkey = \"b\"\n{bar}\n")
}

const TRUE_90: &str = "of = \"not category:wrong\"\nat_least = 0.9";

/// A queue of `count` items with the bar.
fn queue_with(bar: &str, count: usize) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &with(bar));
    let records: Vec<_> = (1..=count).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    (workspace, store, queue)
}

/// A copy of the whole workspace in another place.
fn copied(store: &Store, to: &Workspace) -> Store {
    let mut moving = store.begin_move(to.place()).unwrap();
    while moving.advance().unwrap() {}
    moving.finish().unwrap().store
}

fn gate(store: &Store, queue: &Queue) -> BarReport {
    gate_at(store, queue, T0)
}

/// As `karat gate` asks: what is read is kept for the next time.
fn gate_at(store: &Store, queue: &Queue, now: i64) -> BarReport {
    let look = store.look_at_bar(queue, queue.spec.spec.bar("b").unwrap(), now).unwrap();
    store.keep(&look).unwrap();
    look.report
}

/// The items by their places in the stream.
fn in_order(count: usize) -> Vec<String> {
    in_order_of("replies", count)
}

fn in_order_of(queue: &str, count: usize) -> Vec<String> {
    let mut ids: Vec<String> = (1..=count).map(|n| format!("i{n}")).collect();
    ids.sort_by(|a, b| draw(STREAM, queue, a).total_cmp(&draw(STREAM, queue, b)));
    ids
}

/// What the places of a stream come to, counted one by one, and how many of them are settled: an open one is bad for
/// what is met, and good for what has failed.
fn recounted(said: impl Iterator<Item = Option<bool>>, at_least: f64, confidence: f64) -> (Outcome, u64) {
    let (mut good, mut bad, mut open) = (0, 0, 0);
    let (mut is_met, mut is_failed) = (false, false);
    let enough = -(1.0 - confidence).ln();
    for said in said {
        match said {
            Some(true) => good += 1,
            Some(false) => bad += 1,
            None => open += 1,
        }
        is_met |= ln_e_met(good, bad + open, at_least) >= enough;
        is_failed |= ln_e_failed(good + open, bad, at_least) > enough;
    }
    let outcome = match (is_met, is_failed) {
        (true, false) => Outcome::Met,
        (false, true) => Outcome::Failed,
        _ => Outcome::Undecided,
    };
    (outcome, good + bad)
}

fn decide(store: &Store, queue: &Queue, id: &str, is_good: bool) {
    let judgement = if is_good { accept() } else { reject("wrong") };
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), id, &judgement).unwrap();
}

fn reasons(report: &BarReport) -> Vec<String> {
    report.recount.why.iter().map(ToString::to_string).collect()
}

/// 43 good ones in a row meet 0.9 with looks after every one; 42 do not.
#[test]
fn a_bar_is_met_by_the_verdict_that_shows_it_and_no_sooner() {
    let (_w, store, queue) = queue_with(TRUE_90, 60);
    let order = in_order(60);
    for id in &order[..42] {
        decide(&store, &queue, id, true);
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.read, report.recount.eligible), (Outcome::Undecided, 42, 60));
    decide(&store, &queue, &order[42], true);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.rate), (Outcome::Met, Some(1.0)));
    assert!(report.recount.range.low >= 0.9 && report.recount.range.low < 0.91, "{:?}", report.recount.range);
    decide(&store, &queue, &order[3], false);
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Undecided, "nothing of it is kept");
}

/// Whoever reads what looks easy first gains nothing: what was passed over counts as bad.
#[test]
fn what_is_passed_over_counts_against_the_bar_until_it_is_settled() {
    let (_w, store, queue) = queue_with(TRUE_90, 100);
    let order = in_order(100);
    for id in &order[20..] {
        decide(&store, &queue, id, true);
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.read, report.recount.open), (Outcome::Undecided, 80, 20));
    assert!(reasons(&report)[1].starts_with("20 before the last that is settled are open"), "{:?}", reasons(&report));
    for id in &order[..20] {
        decide(&store, &queue, id, true);
    }
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Met);
}

#[test]
fn an_escalated_item_keeps_its_place_and_so_does_what_was_decided_in_bulk() {
    let (_w, mut store, queue) = queue_with(TRUE_90, 50);
    let order = in_order(50);
    store.decide_at_once(queue.actor("ana", T0), &order[0], &escalate()).unwrap();
    let seq = store.seq_of(&queue, &order[1]).unwrap();
    store.bulk(queue.actor("ana", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    for id in &order[2..] {
        decide(&store, &queue, id, true);
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.read, report.recount.open, report.left_out.bulk), (48, 2, 1));
    assert_eq!(report.recount.outcome, Outcome::Undecided, "two bad ones of 50 would not meet it");
}

#[test]
fn what_was_decided_in_bulk_in_a_copy_counts_no_more_than_here() {
    let (_w, mut store, queue) = queue_with(TRUE_90, 20);
    let place = Workspace::unmade();
    let mut copy = copied(&store, &place);
    let seqs = (1..=3).map(|n| copy.seq_of(&queue, &format!("i{n}")).unwrap()).collect();
    copy.bulk(queue.actor("ana", T0), seqs, BulkAction::Decide(accept())).unwrap();
    let home = |store: &Store, copy: &Store| {
        let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 };
        store.merge(copy, terms, drop).unwrap();
        let report = gate(store, &queue);
        (report.recount.read, report.left_out.bulk)
    };
    assert_eq!(home(&store, &copy), (0, 3));
    store.undo(queue.actor("ana", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(gate(&store, &queue).left_out.bulk, 2, "each has a step of its own");
    store.redo(queue.actor("ana", T0)).unwrap().unwrap();
    assert_sound(&store);

    let (_other, elsewhere, _) = queue_with(TRUE_90, 20);
    copy.undo(queue.actor("ana", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(home(&elsewhere, &copy), (0, 0), "what was taken back there is taken back here");
    assert_sound(&elsewhere);
}

#[test]
fn one_bad_run_fails_a_bar_and_a_fall_after_a_rise_is_drift() {
    let (_w, store, queue) = queue_with(TRUE_90, 140);
    let order = in_order(140);
    for id in &order[..30] {
        decide(&store, &queue, id, false);
    }
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Failed);
    assert!(report.recount.range.high < 0.9);
    for (place, id) in order.iter().enumerate() {
        decide(&store, &queue, id, place < 70);
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, &*reasons(&report)[0]), (Outcome::Undecided, "drift"));
}

#[test]
fn a_fixed_bar_is_decided_once_when_its_first_places_are_settled() {
    let bar = "of = \"verdict:accept\"\nat_least = 0.9\nmethod = \"fixed\"\nreviews = 29";
    let (_w, store, queue) = queue_with(bar, 40);
    let order = in_order(40);
    for id in order[..28].iter().chain(&order[29..35]) {
        decide(&store, &queue, id, true);
    }
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Undecided);
    assert_eq!(reasons(&report), ["it is decided once, when the first 29 are settled, and 1 of them are not"]);
    decide(&store, &queue, &order[28], true);
    let report = gate(&store, &queue);
    // 29 of 29: the one-sided lower end of Clopper and Pearson is 0.05^(1/29).
    assert!((report.recount.range.low - 0.05f64.powf(1.0 / 29.0)).abs() < 1e-9);
    assert_eq!((report.recount.outcome, report.recount.read), (Outcome::Met, 29));
    let more = apply(&store, &with("of = \"verdict:accept\"\nat_least = 0.9\nmethod = \"fixed\"\nreviews = 50"));
    assert_eq!(reasons(&gate(&store, &more))[0], "it is decided once, on 50, and only 40 have been taken");
}

#[test]
fn a_bar_over_what_items_bring_is_counted_on_all_of_them() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &with("of = \"latency_ms<2000\"\nwhere = \"model:m\"\nat_least = 0.75"));
    let with_latency = |n: usize, model: &str| Item {
        latency_ms: Some(n as f64 * 500.0),
        model: Some(model.into()),
        ..plain(&format!("{model}{n}"))
    };
    let items = (0..4).map(|n| with_latency(n, "m")).chain((0..9).map(|n| with_latency(n + 4, "other")));
    import(&store, &queue, &items.map(record).collect::<Vec<_>>(), false);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.rate, report.recount.eligible), (Outcome::Met, Some(1.0), 4));
}

/// An item that came in later is of a later batch, whatever it draws.
#[test]
fn a_bar_speaks_of_the_batches_that_its_stream_has_reached() {
    let (_w, store, queue) = queue_with(TRUE_90, 3);
    let later: Vec<_> = (4..=10).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &later, false);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.eligible, report.recount.uncovered), (3, 7));
    decide(&store, &queue, "i9", true);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.eligible, report.recount.uncovered, report.recount.read), (10, 0, 1));
    assert!(report.recount.open >= 3, "the whole first batch is before it");
}

#[test]
fn an_import_that_goes_on_takes_a_batch_an_hour() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &with(TRUE_90));
    let options = ImportOptions { update: false, dry_run: false };
    let mut session = store.begin_import(&queue, "tail", options, "engineer", T0).unwrap();
    for (n, at) in [(1, 0), (2, HOUR - 1), (3, HOUR), (4, 3 * HOUR)] {
        let record = record(plain(&format!("i{n}")));
        store.import_records(&mut session, std::iter::once(&record), T0 + at).unwrap();
    }
    store.end_import(session, &serde_json::json!({}), T0 + 4 * HOUR).unwrap();
    assert_eq!(gate(&store, &queue).recount.uncovered, 2);
    decide(&store, &queue, "i3", true);
    assert_eq!(gate(&store, &queue).recount.uncovered, 1);
    assert_eq!(workspace.number("SELECT COUNT(DISTINCT batch_id) FROM item"), 3);
}

#[test]
fn what_a_greater_rate_takes_in_is_of_a_batch_of_its_own() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let sampled = |rate: f64| format!("{}\n[[sample]]\nrate = {rate}\n", with(TRUE_90));
    let queue = apply(&store, &sampled(0.3));
    let records: Vec<_> = (1..=60).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    let is_taken = |id: &str, rate: f64| draw(SAMPLE, "replies", id) < rate;
    let order = in_order(60);
    for id in order.iter().filter(|id| is_taken(id, 0.3)) {
        decide(&store, &queue, id, true);
    }
    let queue = apply(&store, &sampled(0.9));
    let report = gate(&store, &queue);
    let first = order.iter().filter(|id| is_taken(id, 0.3)).count() as u64;
    let all = order.iter().filter(|id| is_taken(id, 0.9)).count() as u64;
    assert_eq!((report.recount.read, report.recount.open, report.recount.uncovered), (first, 0, all - first));
}

/// What was taken at a greater chance than others is thinned to the least, by what was drawn.
#[test]
fn unequal_chances_are_made_equal() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let rules = "[[sample]]\nkey = \"m\"\nwhen = \"model:m\"\nrate = 0.9\n[[sample]]\nkey = \"rest\"\nrate = 0.4\n";
    let queue = apply(&store, &format!("{}\n{rules}", with(TRUE_90)));
    let item = |n: usize| Item { model: (n.is_multiple_of(2)).then(|| "m".into()), ..plain(&format!("i{n}")) };
    let items: Vec<Item> = (1..=80).map(item).collect();
    import(&store, &queue, &items.iter().cloned().map(record).collect::<Vec<_>>(), false);
    let drawn = |item: &&Item| draw(SAMPLE, "replies", &item.id);
    for item in items.iter().filter(|item| drawn(item) < if item.model.is_some() { 0.9 } else { 0.4 }) {
        decide(&store, &queue, &item.id, true);
    }
    let report = gate(&store, &queue);
    let used = items.iter().filter(|item| drawn(item) < 0.4).count() as u64;
    let unused = items.iter().filter(|item| item.model.is_some() && (0.4..0.9).contains(&drawn(item))).count();
    assert_eq!((report.recount.read, report.recount.eligible), (used, 80));
    let told = format!(
        "{unused} more verdicts count for nothing here, because their items were taken at a greater chance than 40 %"
    );
    assert_eq!(reasons(&report).last(), Some(&told));
}

#[test]
fn a_changed_bar_says_after_how_many_decisions() {
    let (_w, store, queue) = queue_with(TRUE_90, 10);
    for id in &in_order(10)[..4] {
        store.decide_at_once(queue.actor("ana", T0 - MINUTE), id, &accept()).unwrap();
    }
    let report = gate(&store, &queue);
    assert_eq!(report.changed_after, None);
    assert_eq!(reasons(&report).last().unwrap(), "it was laid down after 4 of the decisions that count had been made");
    let queue = apply(&store, &with("of = \"not category:wrong\"\nat_least = 0.8\nname = \"All true\""));
    assert_eq!(gate(&store, &queue).changed_after, Some(4));
    let renamed = apply(&store, &with("of = \"not category:wrong\"\nat_least = 0.8\nname = \"Every one true\""));
    assert_eq!(gate(&store, &renamed).changed_after, Some(4), "another name changes nothing");
}

#[test]
fn decisions_under_other_sentences_are_stale_and_those_that_could_not_say_it_count_for_nothing() {
    let (_w, store, queue) = queue_with("of = \"not category:wrong\"\nat_least = 0.5\nneeds = [\"stale <= 0.2\"]", 12);
    let order = in_order(12);
    order.iter().take(8).for_each(|id| decide(&store, &queue, id, true));
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Met);
    let source = queue.spec.source.replace("name = \"Wrong\"", "name = \"Very wrong\"");
    let queue = apply(&store, &source);
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Undecided);
    assert_eq!(reasons(&report).last().unwrap(), "it needs stale <= 0.2, which is 1.000");

    let bar = "of = \"not category:rude\"\nat_least = 0.5";
    let rude = "[[failure]]\nkey = \"rude\"\nname = \"Rude\"\nseverity = \"minor\"\n";
    let queue = apply(&store, &format!("{}{rude}", with(bar)));
    let report = gate(&store, &queue);
    assert_eq!((report.left_out.old_spec, report.recount.read, report.recount.eligible), (8, 0, 4));
}

/// The new prompt is good where the old one was bad, on enough pairs.
#[test]
fn a_bar_against_a_baseline_goes_by_pairs_of_one_case() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let bar = "of = \"verdict:accept\"\nwhere = \"prompt_version:v8\"\nagainst = \"prompt_version:v7\"";
    let queue = apply(&store, &with(bar));
    let output = |case: usize, version: &str| Item {
        case: Some(format!("c{case}")),
        prompt_version: Some(version.into()),
        ..plain(&format!("{version}-{case}"))
    };
    let outputs = (0..20).flat_map(|case| [output(case, "v7"), output(case, "v8")]);
    let alone = [output(99, "v8")];
    import(&store, &queue, &outputs.chain(alone).map(record).collect::<Vec<_>>(), false);
    for case in 0..20 {
        decide(&store, &queue, &format!("v7-{case}"), case >= 12);
        decide(&store, &queue, &format!("v8-{case}"), true);
    }
    let report = gate(&store, &queue);
    let compared = report.recount.compared.unwrap();
    assert_eq!((compared.better, compared.same, compared.worse, report.recount.read), (12, 8, 0, 20));
    assert_eq!((report.recount.outcome, report.recount.rate), (Outcome::Met, Some(0.6)));
    let told = reasons(&report);
    assert_eq!(told[0], "it is better on 12 and worse on 0 (McNemar's p is 0.0005, which decides nothing)");
    assert_eq!(told[1], "1 are left out whose case the other side does not have");

    let other = apply(&store, &with("of = \"verdict:accept\"\nwhere = \"id:v8-1*\"\nagainst = \"id:v7-2\""));
    assert_eq!(
        reasons(&gate(&store, &other))[0],
        "no case is on both sides, so two samples are compared and not pairs"
    );
}

/// Each that is served is the next place, so that nothing is passed over; what came in later comes later.
#[test]
fn a_queue_with_a_bar_is_served_in_the_order_of_its_stream() {
    let (_w, mut store, queue) = queue_with(TRUE_90, 70);
    let order = store.usual_order(&queue, "ana").unwrap();
    assert_eq!(order, Order::Stream);
    store.serve_by(queue.actor("ana", T0), &Serving { order, filter: Filter::default() }).unwrap();
    let expected = in_order(70);
    let mut present = serve(&mut store, &queue, "ana", T0);
    for (place, id) in expected.iter().enumerate() {
        assert_eq!(&present.0.item.id, id);
        let (_, next) = store.decide(queue.actor("ana", T0), present.0.seq, &present.1, &accept()).unwrap();
        let report = gate(&store, &queue);
        assert_eq!((report.recount.read, report.recount.open), (place as u64 + 1, 0));
        if place + 1 == expected.len() {
            assert!(matches!(next, Next::End(_)));
            break;
        }
        present = taken(next);
    }
    import(&store, &queue, &[record(plain("late"))], false);
    assert_eq!(serve(&mut store, &queue, "ana", T0).0.item.id, "late");

    store.remember_order(&queue, "ben", Order::Newest).unwrap();
    assert_eq!(store.usual_order(&queue, "ben").unwrap(), Order::Newest, "what somebody chose stays");
}

#[test]
fn a_waiver_stands_for_one_wording_of_a_bar_until_its_day_is_over() {
    const DAY: i64 = 24 * HOUR;
    let (_w, store, queue) = queue_with(TRUE_90, 3);
    let bar = queue.spec.spec.bar("b").unwrap();
    let at = |store: &Store, queue: &Queue, now| store.bar(queue, queue.spec.spec.bar("b").unwrap(), now).unwrap();
    let today = T0 - T0.rem_euclid(DAY);
    let actor = queue.actor("pm", T0);
    for (until, words) in [(today - DAY, "is over"), (today + 91 * DAY, "for 90 days at most")] {
        let refused = store.waive(actor, bar, until, "why").unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
    store.waive(actor, bar, today + 90 * DAY, "too long").unwrap();
    let waiver = store.waive(actor, bar, today + DAY, "the fix is out on Monday").unwrap();
    let report = at(&store, &queue, T0);
    assert_eq!((report.outcome, report.recount.outcome), (Outcome::Waived, Outcome::Undecided));
    assert_eq!(report.waiver.as_ref(), Some(&waiver), "the newest");
    assert_eq!(at(&store, &queue, today + 2 * DAY - 1).outcome, Outcome::Waived);
    assert_eq!(at(&store, &queue, today + 2 * DAY).outcome, Outcome::Undecided, "it has ended by itself");
    let other = apply(&store, &with("of = \"not category:wrong\"\nat_least = 0.8"));
    assert_eq!(at(&store, &other, T0).outcome, Outcome::Undecided, "it was given for other terms");
}

#[test]
fn a_bar_is_waived_by_its_owner_or_a_lead_alone() {
    let workspace = Workspace::in_file();
    let store = workspace.open();
    let group = "[[group]]\nkey = \"desk\"\npeople = [\"ana\"]\n";
    let queue = apply(&store, &format!("{}owner = \"desk\"\n{group}", with(TRUE_90)));
    for (person, role) in [("pm", Role::Lead), ("ana", Role::Reviewer), ("ben", Role::Reviewer)] {
        store.grant(person, role, None, "pm", T0).unwrap();
    }
    let bar = queue.spec.spec.bar("b").unwrap();
    let refused = store.waive(queue.actor("ben", T0), bar, T0, "why").unwrap_err().to_string();
    assert!(refused.contains("the bar b is owned by desk, and is waived by its owner or a lead alone"), "{refused}");
    store.waive(queue.actor("ana", T0), bar, T0, "why").unwrap();
    store.waive(queue.actor("pm", T0), bar, T0, "why").unwrap();
}

/// Two people who both say accept to all agree, and alpha is undefined where all say the same.
#[test]
fn a_bar_that_needs_agreement_is_undecided_until_people_agree() {
    let bar = |need: &str| {
        let bar = with(&format!("of = \"verdict:accept\"\nat_least = 0.5\nneeds = [\"{need}\"]"));
        format!("{bar}\n[[sample]]\nrate = 1\nopinions = 2\n")
    };
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &bar("ac1.verdict >= 0.6"));
    let records: Vec<_> = (1..=12).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    for person in ["ana", "ben"] {
        let report = gate(&store, &queue);
        assert_eq!(reasons(&report).last().unwrap(), "it needs ac1.verdict >= 0.6, which is not known");
        for n in 1..=12 {
            store.decide_at_once(queue.actor(person, T0), &format!("i{n}"), &accept()).unwrap();
        }
    }
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Met);
    let queue = apply(&store, &bar("alpha.verdict >= 0.6"));
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Undecided);
    assert_eq!(reasons(&report).last().unwrap(), "it needs alpha.verdict >= 0.6, which is not known");
}

/// What was told of a bar at a time is told of that time for ever.
#[test]
fn a_bar_as_of_a_time_is_what_it_was_then() {
    let (workspace, store, queue) = queue_with(TRUE_90, 60);
    let order = in_order(60);
    let at = |now| queue.actor("ana", now);
    for id in &order[..43] {
        store.decide_at_once(at(T0 + 1), id, &accept()).unwrap();
    }
    let then = gate(&store, &queue);
    assert_eq!(then.recount.outcome, Outcome::Met);
    store.decide_at_once(at(T0 + 10), &order[2], &reject("wrong")).unwrap();
    import(&store, &queue, &[record(plain("later"))], false);
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Undecided);
    let past = workspace.open().at(T0 + 5).unwrap();
    let as_of = past.bar(&queue, queue.spec.spec.bar("b").unwrap(), past.now()).unwrap();
    assert_eq!((as_of.recount.outcome, as_of.recount.read), (Outcome::Met, 43));
    assert_eq!(as_of.recount.range, then.recount.range);
    past.note_told(at(T0 + 5), &as_of).unwrap();
}

/// Whoever has seen what stands in the way of a bar, and looks at that again, is told on.
#[test]
fn what_is_looked_at_again_after_a_bar_was_told_is_counted_and_named() {
    let (_w, store, queue) = queue_with(TRUE_90, 60);
    let order = in_order(60);
    for (place, id) in order[..50].iter().enumerate() {
        decide(&store, &queue, id, ![3, 7].contains(&place));
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.reopened_after), (Outcome::Undecided, 0));
    let actor = |now| queue.actor("ana", now);
    store.note_told(actor(T0 + 1), &report).unwrap();
    store.note_told(actor(T0 + 2), &report).unwrap();
    let kinds = |store: &Store| {
        let mut found = 0;
        let each = |event: karat::domain::event::Event| {
            found += usize::from(event.word == "bar_told");
            Ok(())
        };
        store.events(&queue, None, None, each).unwrap();
        found
    };
    assert_eq!(kinds(&store), 1, "the same outcome is told once");
    for place in [3, 7] {
        store.decide_at_once(actor(T0 + 3), &order[place], &accept()).unwrap();
    }
    for id in &order[50..55] {
        store.decide_at_once(actor(T0 + 3), id, &accept()).unwrap();
    }
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.reopened_after), (Outcome::Met, 2));
    let told = reasons(&report);
    assert_eq!(told[0], "without those that were looked at again after it had been told it would be undecided");
    let (first, second) = (&order[3], &order[7]);
    assert_eq!(
        told[1],
        format!("since it was told to be undecided: {first} was bad and is good, {second} was bad and is good")
    );
    store.note_told(actor(T0 + 4), &report).unwrap();
    assert_eq!((kinds(&store), gate(&store, &queue).reopened_after), (2, 2));
}

#[test]
fn a_second_opinion_is_asked_of_what_a_bar_hangs_on_and_of_as_many_others() {
    let (_w, store, queue) = queue_with("of = \"not category:wrong\"\nat_least = 0.5", 60);
    let order = in_order(60);
    for (place, id) in order[..12].iter().enumerate() {
        decide(&store, &queue, id, ![1, 4, 6].contains(&place));
    }
    let mut count = 12;
    while gate(&store, &queue).recount.outcome != Outcome::Met {
        decide(&store, &queue, &order[count], true);
        count += 1;
    }
    let report = gate(&store, &queue);
    let influence = report.influence().unwrap();
    assert!(!influence.decisive.is_empty() && influence.drawn.len() == 3, "{influence:?}");
    let items: Vec<_> = influence.decisive.iter().chain(&influence.drawn).copied().collect();
    let bar = queue.spec.spec.bar("b").unwrap();
    assert_eq!(store.ask_again(queue.actor("pm", T0), bar, &items).unwrap(), items.len() as i64);
    assert_eq!(store.counts(&queue).unwrap().at(Stage::NeedsOpinion), items.len() as i64);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.read), (Outcome::Undecided, (count - items.len()) as u64));
    assert_eq!(store.ask_again(queue.actor("pm", T0), bar, &items).unwrap(), 0, "it is asked once");
    store.note_told(queue.actor("ana", T0 + 1), &report).unwrap();
    assert_eq!(gate(&store, &queue).reopened_after, 0, "it was open when the bar was told");
    assert_sound(&store);
}
