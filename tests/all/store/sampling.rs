//! Sampling: what is taken, at which chance, and what a new version of a spec takes in.

use karat::domain::event::{Event, EventKind};
use karat::domain::item::{Content, Item};
use karat::domain::queue::Queue;
use karat::domain::sampling::{SAMPLE, draw, drawn_by};
use karat::domain::stage::Stage;
use karat::store::{Applied, Condition, ImportOutcome, Next, Pick, Resampled, Rows, Sort, Store};
use std::collections::BTreeMap;
use support::fixture::*;

/// The spec of the fixture with these rules.
fn rules(rules: &str) -> String {
    format!("{SPEC}\n{rules}")
}

fn item(id: &str, case: Option<&str>, prompt_version: &str) -> Item {
    let mut item = plain(id);
    (item.case, item.prompt_version) = (case.map(str::to_owned), Some(prompt_version.into()));
    item
}

fn bring(store: &Store, queue: &Queue, items: &[Item]) {
    let records: Vec<_> = items.iter().cloned().map(record).collect();
    let outcomes = import(store, queue, &records, false);
    assert!(outcomes.iter().all(|outcome| *outcome == ImportOutcome::New), "{outcomes:?}");
}

/// Where each item stands, with its chance and rule.
fn standing(store: &Store, queue: &Queue) -> BTreeMap<String, (Stage, Option<f64>, Option<String>)> {
    let listing = store.whole_listing(queue, Condition::default(), Sort::default()).unwrap();
    let rows = store.browse(listing.seqs(), "ana", T0).unwrap();
    let each = rows.into_iter().map(|row| {
        let explained = store.explained(queue, &row.item.id, T0).unwrap();
        (row.item.id, (explained.stage, explained.chance, explained.rule))
    });
    each.collect()
}

fn held_back(store: &Store, queue: &Queue) -> Vec<String> {
    let standing = standing(store, queue).into_iter();
    standing.filter(|(_, (stage, ..))| *stage == Stage::HeldBack).map(|(id, _)| id).collect()
}

fn events(store: &Store, queue: &Queue, item: Option<&str>) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    let each = |event: Event| {
        kinds.push(event.kind);
        Ok(())
    };
    store.events(queue, item, None, each).unwrap();
    kinds
}

const TWO_RULES: &str = "[[sample]]\nkey = \"v8\"\nwhen = \"prompt_version:v8\"\nrate = 0.25\nopinions = 2\n\
    [[sample]]\nrate = 0.05\n";

/// Every third item is of v8, and every fourth has a case of its own name.
fn many(count: usize) -> Vec<Item> {
    let each = (0..count).map(|n| {
        let case = format!("case-{n}");
        item(&format!("i{n}"), (n % 4 == 0).then_some(case.as_str()), if n % 3 == 0 { "v8" } else { "v7" })
    });
    each.collect()
}

#[test]
fn the_first_rule_that_finds_an_item_draws_for_its_case() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, &rules(TWO_RULES));
    let items = many(200);
    bring(&store, &queue, &items);
    let standing = standing(&store, &queue);
    let mut taken = 0;
    for item in &items {
        let (rule, rate) = if item.prompt_version.as_deref() == Some("v8") { ("v8", 0.25) } else { ("sample-2", 0.05) };
        let is_taken = draw(SAMPLE, "replies", drawn_by(item)) < rate;
        taken += i64::from(is_taken);
        let stage = if is_taken { Stage::Waiting } else { Stage::HeldBack };
        assert_eq!(standing[&item.id], (stage, Some(rate), Some(rule.to_owned())), "{}", item.id);
        let asked = store.explained(&queue, &item.id, T0).unwrap().opinions_asked;
        assert_eq!(asked, if rule == "v8" { 2 } else { 1 });
    }
    assert!((5..60).contains(&taken), "{taken} of 200 are taken");
    let counts = store.counts(&queue).unwrap();
    assert_eq!((counts.remaining(), counts.at(Stage::HeldBack), counts.decided()), (taken, 200 - taken, 0));
    assert_sound(&store);

    let mut served = 0;
    let mut pick = store.next(queue.actor("ana", T0), Pick::default()).unwrap();
    while let Next::Item(item) = pick {
        assert_eq!(standing[&item.item.id].0, Stage::Waiting, "{} is served", item.item.id);
        store.defer(queue.actor("ana", T0), item.seq, &token(&item.claimed)).unwrap();
        served += 1;
        pick = store.next(queue.actor("ana", T0), Pick::default()).unwrap();
    }
    assert_eq!(served, taken, "what is held back is served to nobody");
}

#[test]
fn the_choice_is_the_same_after_importing_again_and_in_another_order() {
    let source = rules(TWO_RULES);
    let (one, other) = (Workspace::new(), Workspace::new());
    let (store, turned) = (one.open(), other.open());
    let (queue, turned_queue) = (apply(&store, &source), apply(&turned, &source));
    let mut items = many(120);
    bring(&store, &queue, &items);
    items.reverse();
    items.chunks(7).for_each(|some| bring(&turned, &turned_queue, some));
    let choice = standing(&store, &queue);
    assert_eq!(standing(&turned, &turned_queue), choice);
    let again: Vec<_> = items.into_iter().map(record).collect();
    assert!(import(&store, &queue, &again, false).iter().all(|outcome| *outcome == ImportOutcome::Unchanged));
    assert_eq!(standing(&store, &queue), choice);
}

#[test]
fn a_greater_rate_takes_more_in_and_a_smaller_one_gives_nothing_back() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let at = |rate: &str| rules(&format!("[[sample]]\nkey = \"all\"\nrate = {rate}\n"));
    let queue = apply(&store, &at("0.1"));
    bring(&store, &queue, &many(150));
    let few = held_back(&store, &queue);
    let decided = decide_next(&mut store, &queue, "ana", &accept(), T0);

    let source = at("0.4");
    let spec = karat::spec::parse(&source).unwrap();
    let applied = store.apply_spec(&spec, &source, "pm", T0).unwrap();
    let queue = store.queue("replies").unwrap();
    let fewer = held_back(&store, &queue);
    assert!(fewer.iter().all(|id| few.contains(id)), "nothing that was taken is given back");
    let taken = (few.len() - fewer.len()) as i64;
    assert!(taken > 20, "{taken}");
    let Applied::Changed { resampled, .. } = applied else { panic!("{applied:?}") };
    assert_eq!(resampled, Resampled { raised: 150, taken });
    for (id, (stage, chance, _)) in standing(&store, &queue) {
        assert_eq!(chance, Some(0.4), "{id}");
        let is_taken = draw(SAMPLE, "replies", drawn_by(&store.item_of(&queue, &id).unwrap())) < 0.4;
        assert_eq!(stage != Stage::HeldBack, is_taken, "{id}");
    }
    assert_eq!(store.verdict_of_record(decided).unwrap(), accept().verdict.into(), "what is decided stays so");
    let raised = EventKind::ChancesRaised { version: 2, raised: 150, taken };
    assert_eq!(events(&store, &queue, None).last(), Some(&raised));
    let newly = few.iter().find(|id| !fewer.contains(id)).unwrap();
    let told = EventKind::TakenIn { rule: Some("all".into()), chance: 0.4, before: Some(0.1) };
    assert!(events(&store, &queue, Some(newly)).contains(&told));
    assert_sound(&store);

    let queue = apply(&store, &at("0.05"));
    assert_eq!(held_back(&store, &queue), fewer);
    assert!(standing(&store, &queue).values().all(|(_, chance, _)| *chance == Some(0.4)));

    let queue = apply(&store, SPEC);
    assert_eq!(held_back(&store, &queue), Vec::<String>::new(), "without a rule all is taken");
    assert_eq!(store.counts(&queue).unwrap().at(Stage::HeldBack), 0);
    assert_sound(&store);
}

#[test]
fn attempts_at_a_case_are_taken_together_in_either_order() {
    // Between the two rates: v7 alone would be held back.
    let case = (0..).map(|n| format!("case-{n}")).find(|case| (0.1..0.2).contains(&draw(SAMPLE, "replies", case)));
    let case = case.unwrap();
    let attempts = [item("a", Some(&case), "v7"), item("b", Some(&case), "v8")];
    for order in [[0, 1], [1, 0]] {
        for at_once in [true, false] {
            let workspace = Workspace::new();
            let store = workspace.open();
            let queue = apply(&store, &rules(TWO_RULES));
            let items = order.map(|at| attempts[at].clone());
            match at_once {
                true => bring(&store, &queue, &items),
                false => items.iter().for_each(|item| bring(&store, &queue, std::slice::from_ref(item))),
            }
            let taken = (Stage::Waiting, Some(0.25), Some("v8".to_owned()));
            let expected = [("a".to_owned(), taken.clone()), ("b".to_owned(), taken)].into();
            assert_eq!(standing(&store, &queue), expected, "{order:?} {at_once}");
            assert_sound(&store);
        }
    }
}

#[test]
fn an_attempt_is_taken_with_the_item_whose_id_is_its_case() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let source = rules("[[sample]]\nkey = \"v8\"\nwhen = \"prompt_version:v8\"\nrate = 1.0\n[[sample]]\nrate = 0.0\n");
    let queue = apply(&store, &source);
    bring(&store, &queue, &[item("a", None, "v8"), item("b", None, "v7")]);
    let pulled = store.seq_of(&queue, "b").unwrap();
    store.pull(queue.actor("lead", T0), &[pulled], "a customer asked").unwrap();
    bring(&store, &queue, &[item("a~2", Some("a"), "v7"), item("b~2", Some("b"), "v7")]);
    let standing = standing(&store, &queue);
    assert_eq!(standing["a~2"], (Stage::Waiting, Some(1.0), Some("v8".into())));
    assert_eq!(standing["b~2"], (Stage::Waiting, Some(0.0), Some("sample-2".into())));

    bring(&store, &queue, &[item("c", None, "v7"), item("c~2", Some("c"), "v8")]);
    assert_eq!(held_back(&store, &queue), Vec::<String>::new(), "and the item with its attempt");
    assert_sound(&store);
}

const FIRST: &str = "[[sample]]\nkey = \"v8\"\nwhen = \"prompt_version:v8\"\nfirst = 3\nrate = 0.0\n\
    [[sample]]\nrate = 0.0\n";

#[test]
fn the_first_cases_of_a_rule_are_all_taken_once_for_ever() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &rules(FIRST));
    let of = |id: &str, case: &str| item(id, Some(case), "v8");
    bring(&store, &queue, &[of("a1", "a"), item("x", None, "v7"), of("a2", "a"), of("b1", "b")]);
    bring(&store, &queue, &[of("c1", "c"), of("d1", "d"), of("a3", "a")]);
    bring(&store, &queue, &[of("e1", "e"), of("b2", "b")]);
    assert_eq!(held_back(&store, &queue), ["d1", "e1", "x"]);
    let standing = standing(&store, &queue);
    for id in ["a1", "a2", "a3", "b1", "b2", "c1"] {
        assert_eq!(standing[id], (Stage::Waiting, Some(1.0), Some("v8".into())), "{id}");
    }
    assert_eq!(standing["d1"].1, Some(0.0));
    assert!(store.explained(&queue, "b2", T0).unwrap().is_first);

    let queue = apply(&store, &rules(&FIRST.replace("first = 3", "first = 4")));
    assert_eq!(held_back(&store, &queue), ["e1", "x"], "one more, in the order of import");
    let queue = apply(&store, &rules(FIRST));
    bring(&store, &queue, &[of("f1", "f")]);
    assert_eq!(held_back(&store, &queue), ["e1", "f1", "x"], "those that are counted stay counted");
    assert_sound(&store);
}

#[test]
fn what_is_pulled_in_by_hand_waits_and_later_attempts_with_it() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, &rules("[[sample]]\nkey = \"none\"\nrate = 0.0\n"));
    bring(&store, &queue, &[item("a", Some("c"), "v7"), item("b", None, "v7")]);
    let seqs = ["a", "b"].map(|id| store.seq_of(&queue, id).unwrap());
    let lead = queue.actor("lead", T0);
    assert_eq!(store.pull(lead, &seqs[..1], "a customer asked").unwrap(), 1);
    assert_eq!(store.pull(lead, &seqs[..1], "again").unwrap(), 0, "it is not held back any more");
    assert_eq!(held_back(&store, &queue), ["b"]);
    assert!(events(&store, &queue, Some("a")).contains(&EventKind::Pulled { why: "a customer asked".into() }));
    bring(&store, &queue, &[item("a2", Some("c"), "v7")]);
    let attempt = store.explained(&queue, "a2", T0).unwrap();
    assert_eq!((attempt.stage, attempt.chance, attempt.is_pulled), (Stage::Waiting, Some(0.0), true));
    assert_eq!(serve(&mut store, &queue, "ana", T0).0.item.id, "a");
    assert_sound(&store);

    // A rate that takes it makes it one of the sample.
    let queue = apply(&store, &rules("[[sample]]\nkey = \"none\"\nrate = 1.0\n"));
    let pulled = store.explained(&queue, "a", T0).unwrap();
    assert_eq!((pulled.stage, pulled.chance, pulled.is_pulled), (Stage::Waiting, Some(1.0), false));
    assert_sound(&store);
}

#[test]
fn content_that_is_replaced_is_drawn_for_by_its_new_rule() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &rules("[[sample]]\nwhen = \"prompt_version:v8\"\nrate = 1\n[[sample]]\nrate = 0\n"));
    bring(&store, &queue, &[item("a", None, "v7"), item("b", None, "v8")]);
    assert_eq!(held_back(&store, &queue), ["a"]);
    let turned = [item("a", None, "v8"), item("b", None, "v7")].map(|mut item| {
        item.output = Content::text("another");
        record(item)
    });
    assert_eq!(import(&store, &queue, &turned, true), [ImportOutcome::Updated, ImportOutcome::Updated]);
    assert_eq!(held_back(&store, &queue), Vec::<String>::new(), "the one is taken, and the other stays");
    assert_sound(&store);
}

#[test]
fn items_of_before_stay_taken_and_so_do_their_cases() {
    let (_w, store, _) = Workspace::with_items(2);
    let queue = apply(&store, SPEC);
    bring(&store, &queue, &[item("old", Some("c"), "v7")]);
    let queue = apply(&store, &rules("[[sample]]\nkey = \"none\"\nrate = 0.0\n"));
    bring(&store, &queue, &[item("new", Some("c"), "v7"), item("other", Some("d"), "v7")]);
    let standing = standing(&store, &queue);
    assert_eq!(standing["i1"], (Stage::Waiting, None, None));
    assert_eq!(standing["new"], (Stage::Waiting, Some(1.0), None));
    assert_eq!(standing["other"], (Stage::HeldBack, Some(0.0), Some("none".into())));
    assert_sound(&store);
}

#[test]
fn an_import_under_way_goes_by_the_spec_in_force() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let options = karat::store::ImportOptions { update: false, dry_run: false };
    let mut session = store.begin_import(&queue, "items.jsonl", options, "engineer", T0).unwrap();
    let [before, after] = ["before", "after"].map(|id| record(item(id, None, "v7")));
    store.import_records(&mut session, [&before].into_iter(), T0).unwrap();
    let queue = apply(&store, &rules("[[sample]]\nrate = 0.0\n"));
    store.import_records(&mut session, [&after].into_iter(), T0).unwrap();
    assert_eq!(session.held_back(), 1);
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    assert_eq!(held_back(&store, &queue), ["after"]);
}

#[test]
fn what_is_held_back_can_still_be_decided() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &rules("[[sample]]\nrate = 0.0\n"));
    bring(&store, &queue, &[item("a", None, "v7")]);
    store.decide_at_once(queue.actor("ana", T0), "a", &accept()).unwrap();
    assert_eq!(store.explained(&queue, "a", T0).unwrap().stage, Stage::Accepted);
    let mut exported = 0;
    let each = |_: karat::store::Outgoing| -> karat::store::Result<()> {
        exported += 1;
        Ok(())
    };
    store.outgoing(&queue, Rows::Items, &[], &Condition::default(), None, each).unwrap();
    assert_eq!(exported, 1);
    assert_sound(&store);
}
