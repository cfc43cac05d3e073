//! Lines and the rows of a table: each order both ways, beside imports and decisions.

use karat::domain::item::Item;
use karat::domain::queue::Queue;
use karat::domain::record::Cell;
use karat::store::{By, Condition, Listing, Sort, Store, Value};
use std::time::Duration;
use support::fixture::*;

/// Items with equal values and without: what a table sorts by.
fn varied(store: &Store, queue: &Queue, ids: std::ops::Range<i64>) {
    let item = |n: i64| {
        let mut item: Item = plain(&format!("i{n:03}"));
        item.model = [Some("b-small"), None, Some("a-large")][n as usize % 3].map(str::to_owned);
        item.latency_ms = (n % 4 != 0).then_some((n * 7 % 10) as f64 + 0.5);
        item.priority = n % 2;
        record(item)
    };
    import(store, queue, &ids.map(item).collect::<Vec<_>>(), false);
}

fn workspace() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    varied(&store, &queue, 0..60);
    (workspace, store, queue)
}

fn ids(store: &Store, listing: &Listing) -> Vec<String> {
    store.browse(listing.seqs(), "ops-1", T0).unwrap().into_iter().map(|row| row.item.id).collect()
}

/// The order of this name in arguments.
fn order(name: &str) -> By {
    By::named().find(|(of, _)| *of == name).unwrap().1
}

fn listing(store: &Store, queue: &Queue, by: By, descending: bool) -> Listing {
    store.whole_listing(queue, Condition::default(), Sort { by, descending }).unwrap()
}

#[test]
fn every_order_holds_both_ways_with_equal_values_and_without() {
    let (_w, store, queue) = workspace();
    for (name, by) in By::named().filter(|(name, _)| !["age", "shuffled", "stream"].contains(name)) {
        let [up, down] = [false, true].map(|descending| listing(&store, &queue, by, descending));
        assert_eq!((up.seqs().len(), down.seqs().len()), (60, 60), "{by:?}");
        let rows = store.browse(up.seqs(), "ops-1", T0).unwrap();
        let values = |rows: &[karat::store::BrowseRow]| -> Vec<Option<String>> {
            let value = |row: &karat::store::BrowseRow| match by {
                By::Field(field) => match row.cell(field) {
                    Cell::Null => None,
                    Cell::Text(text) => Some(text.into_owned()),
                    Cell::Integer(number) | Cell::Time(number) => Some(format!("{number:020}")),
                    Cell::Real(number) => Some(format!("{:05.1}", number + 10.0)),
                    other => panic!("{name} has no order: {other:?}"),
                },
                _ => Some(row.item.id.clone()),
            };
            rows.iter().map(value).collect()
        };
        let missing_last = |values: &[Option<String>]| values.iter().is_sorted_by_key(std::option::Option::is_none);
        let (ascending, descending) = (values(&rows), values(&store.browse(down.seqs(), "ops-1", T0).unwrap()));
        assert!(missing_last(&ascending) && missing_last(&descending), "{by:?}");
        assert!(ascending.iter().flatten().is_sorted(), "{by:?}");
        assert!(descending.iter().flatten().is_sorted_by(|a, b| a >= b), "{by:?}");
        assert!(
            rows.is_sorted_by_key(|row| (value_place(&ascending, &rows, row), row.seq)),
            "{by:?}: equal ones by seq"
        );
    }
}

/// The first place at which a row's value stands.
fn value_place(values: &[Option<String>], rows: &[karat::store::BrowseRow], row: &karat::store::BrowseRow) -> usize {
    let at = rows.iter().position(|other| other.seq == row.seq).unwrap();
    values.iter().position(|value| *value == values[at]).unwrap()
}

#[test]
fn a_shuffled_line_is_the_same_for_a_seed() {
    let (_w, store, queue) = workspace();
    let shuffled = |seed| ids(&store, &listing(&store, &queue, By::Shuffled(seed), false));
    assert_eq!(shuffled(1), shuffled(1));
    assert_ne!(shuffled(1), shuffled(2));
    assert!(!shuffled(1).is_sorted());
}

#[test]
fn a_line_has_what_fulfils_its_condition() {
    let (_w, store, queue) = workspace();
    let condition = Condition {
        sql: "i.model = ?4 AND i.latency_ms < ?5".into(),
        values: vec![Value::Text("a-large".into()), Value::Real(4.0)],
    };
    for by in ["imported", "id", "latency"].map(order) {
        let listing = store.whole_listing(&queue, condition.clone(), Sort { by, descending: false }).unwrap();
        let rows = store.browse(listing.seqs(), "ops-1", T0).unwrap();
        assert!(!rows.is_empty(), "{by:?}");
        assert!(rows.iter().all(|row| row.item.model.as_deref() == Some("a-large") && row.item.latency_ms < Some(4.0)));
    }
}

#[test]
fn a_line_leaps_over_other_queues_and_takes_no_harm_from_imports_beside_it() {
    let (_w, store, queue) = workspace();
    let other = apply(&store, &SPEC.replace("replies", "others"));
    varied(&store, &other, 0..200);
    varied(&store, &queue, 100..110);
    let mut half = store.listing(&queue, Condition::default(), Sort::default()).unwrap();
    assert_eq!((half.seqs().len(), half.progress()), (0, 0.0));
    store.extend_listing(&mut half, Duration::ZERO).unwrap();
    let before = half.seqs().to_vec();
    varied(&store, &queue, 200..230);
    while !half.is_done() {
        store.extend_listing(&mut half, Duration::ZERO).unwrap();
        assert!(half.seqs().starts_with(&before), "what was shown stays where it is");
    }
    assert_eq!(half.seqs().len(), 70, "the items that there were when it began");
    assert_eq!(listing(&store, &queue, By::Imported, false).seqs().len(), 100);
}

#[test]
fn a_row_tells_what_a_table_shows() {
    let (w, mut store, queue) = workspace();
    let (served, _) = serve(&mut store, &queue, "ops-2", T0);
    let (deferred, token) = serve(&mut store, &queue, "ops-1", T0);
    store.defer(queue.actor("ops-1", T0), deferred.seq, &token).unwrap();
    store.decide_at_once(queue.actor("ops-2", T0 + 5), "i004", &reject("cold")).unwrap();
    let seqs = [served.seq, deferred.seq, store.seq_of(&queue, "i004").unwrap(), 100_000];
    let rows = w.open().browse(&seqs, "ops-1", T0).unwrap();
    assert_eq!(rows.len(), 3, "what is not there is left out");
    assert_eq!((rows[0].claimed_by.as_deref(), rows[0].deferred), (Some("ops-2"), false));
    assert_eq!((rows[1].claimed_by.as_deref(), rows[1].deferred), (None, true));
    let decision = rows[2].decision.as_ref().unwrap();
    assert_eq!((decision.judgement.draft.categories.join(","), decision.decided_at), ("cold".into(), T0 + 5));
    assert_eq!(rows[2].first_words, "answer i004");
    assert_eq!(rows[2].imported_at, T0);
    let mine = w.open().browse(&seqs, "ops-2", T0).unwrap().into_iter().map(|row| row.is_mine);
    assert_eq!((rows[2].is_mine, mine.collect::<Vec<_>>()), (false, vec![false, false, true]));
}

#[test]
fn the_first_words_of_a_long_text_are_whole_characters() {
    let (_w, store, queue) = workspace();
    let mut item = plain("long");
    item.output.text = "字\n 符 ".repeat(100_000);
    import(&store, &queue, &[record(item)], false);
    let rows = store.browse(&[store.seq_of(&queue, "long").unwrap()], "ops-1", T0).unwrap();
    assert!(rows[0].first_words.starts_with("字 符 字 符"), "{}", rows[0].first_words);
    assert!((100..=240).contains(&rows[0].first_words.chars().count()));
}
