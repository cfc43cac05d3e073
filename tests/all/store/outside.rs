//! What holds though somebody writes into the database past the store.

use karat::store::{BulkAction, UndoScope};
use support::fixture::*;

#[test]
fn the_log_cannot_be_changed_from_outside_either() {
    let (w, mut store, queue) = Workspace::with_items(1);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    for sql in ["UPDATE event SET actor = 'x'", "DELETE FROM event", "DELETE FROM decision"] {
        let refused = w.sql(sql).unwrap_err().to_string();
        assert!(refused.contains("append-only") || refused.contains("never"), "{sql}: {refused}");
    }
}

#[test]
fn the_doctor_finds_a_counter_out_of_step() {
    let (w, store, _queue) = Workspace::with_items(2);
    w.sql("INSERT INTO queue_counter (queue_id, stage, slot, n) VALUES (1, 'accepted', 0, 2)").unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(
        wrong[0].detail.contains("kept 2 items, 2 accepted") && wrong[0].detail.contains("counted 2 items, 0 accepted")
    );
}

#[test]
fn the_doctor_finds_a_context_document_that_is_gone() {
    let (w, store, _queue) = Workspace::with_items(1);
    w.sql("DELETE FROM document").unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    assert_eq!(wrong.iter().map(|result| result.check).collect::<Vec<_>>(), ["context"], "{wrong:#?}");
}

#[test]
fn a_dead_programs_claims_are_freed_on_its_own_machine() {
    let (w, mut store, queue) = Workspace::with_items(1);
    serve(&mut store, &queue, "ops-1", T0);
    let claims = || w.number("SELECT COUNT(*) FROM claim");
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(), 1, "a living program keeps its claim");
    let own = format!("/{}.", std::process::id());
    w.sql(&format!("UPDATE claim SET session = replace(session, '{own}', '/999999999.')")).unwrap();
    w.sql("UPDATE claim SET session = replace(session, '[', '[1')").unwrap();
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(), 1, "another container's program may have any number");
    w.sql("UPDATE claim SET session = replace(session, '[1', '[')").unwrap();
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(), 0);
}

/// A log as a program has left it whose connection was lost at the wrong moment: i1 told twice,
/// i2 told and with a verdict but without a decision, i4 standing no more, i5 not told.
fn half_recorded() -> (Workspace, karat::store::Store, karat::domain::queue::Queue) {
    let (w, store, queue) = Workspace::with_items(5);
    for item in ["i1", "i3", "i4"] {
        store.decide_at_once(queue.actor("ops-1", T0), item, &accept()).unwrap();
    }
    let columns = "at, queue_id, item_seq, actor, kind, data";
    let told = |item: i64, data: &str| {
        format!(
            "INSERT INTO event ({columns}) SELECT at, queue_id, {item}, actor, kind, {data} FROM event
             WHERE kind = 'decided' AND item_seq = 1"
        )
    };
    w.sql(&told(2, "replace(data, '\"decision\":\"', '\"decision\":\"x')")).unwrap();
    w.sql(&told(1, "data")).unwrap();
    w.sql("UPDATE item SET stage = 'accepted', verdict = 'accept', decision_seq = 4711 WHERE id = 'i2'").unwrap();
    w.sql("INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, 'ops-1', 'decision', 5)").unwrap();
    w.sql(
        "INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
             decided_at, standing)
         SELECT 'u5', (SELECT MAX(seq) FROM step), queue_id, 5, reviewer, verdict, body, active_millis, spec_version,
             decided_at, 1 FROM decision WHERE item_seq = 1",
    )
    .unwrap();
    w.sql(
        "UPDATE item SET stage = 'accepted', verdict = 'accept', settled_by = 'single', decision_seq = (SELECT seq FROM decision WHERE id = 'u5') WHERE seq = 5",
    )
    .unwrap();
    w.sql("UPDATE decision SET standing = 0 WHERE item_seq = 4").unwrap();
    (w, store, queue)
}

#[test]
fn the_doctor_tells_a_decision_that_the_log_has_twice_from_one_that_it_lacks() {
    let (_w, store, _queue) = half_recorded();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    let detail = |check| &wrong.iter().find(|result| result.check == check).unwrap().detail;
    assert_eq!(detail("log"), "1 told twice (i1); 1 told and never recorded (i2); 1 not told (i5)");
    assert_eq!(detail("verdicts of record"), "2 not what the standing decisions add up to (i2, i4)");
    assert!(detail("standing decisions").ends_with("(i4)"), "{wrong:#?}");
    assert!(wrong.iter().all(|result| result.can_be_repaired), "{wrong:#?}");
}

#[test]
fn a_repair_adds_to_the_log_and_all_is_sound() {
    let (w, mut store, queue) = half_recorded();
    let before = w.number("SELECT COUNT(*) FROM event");
    let repaired = store.repair("pm", T0 + MINUTE).unwrap();
    let mut items: Vec<_> = repaired.iter().map(|sentence| &sentence[..2]).collect();
    items.sort_unstable();
    assert_eq!(items, ["i1", "i2", "i2", "i4", "i5"], "{repaired:#?}");
    assert_sound(&store);
    assert_eq!(w.number("SELECT COUNT(*) FROM event"), before + 5, "nothing was removed");
    assert_eq!(store.repair("pm", T0 + MINUTE).unwrap(), Vec::<String>::new(), "once is enough");

    let mut told = Vec::new();
    let each = |event: karat::domain::event::Event| {
        told.push((event.word, event.data["what"].as_str().map(str::to_owned)));
        Ok(())
    };
    store.events(&queue, Some("i1"), None, each).unwrap();
    assert_eq!(told.last().unwrap(), &("repaired".to_owned(), Some("duplicate".to_owned())));
    let (served, _) = serve(&mut store, &queue, "ops-2", T0 + MINUTE);
    assert_eq!(served.item.id, "i2", "what was never decided is served again");
}

const COPY: &str = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
    SELECT at, queue_id, item_seq, actor, kind, data FROM event";

/// What the check of the log says, unless it is sound.
fn of_the_log(store: &karat::store::Store) -> Option<String> {
    let log = store.doctor(T0).unwrap().into_iter().find(|result| result.check == "log").unwrap();
    (!log.ok).then_some(log.detail)
}

#[test]
fn an_event_that_is_no_json_is_named_and_the_doctor_reads_on() {
    let (w, store, queue) = Workspace::with_items(2);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    let before = w.number("SELECT MAX(seq) FROM event");
    let add = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data) VALUES (1, 1, ";
    w.sql(&format!("{add} 1, 'x', 'decided', '{{\"decision\":')")).unwrap();
    w.sql(&format!("{add} NULL, 'x', 'merged', '')")).unwrap();
    let named = format!("2 with data that is no JSON (i1, event {})", before + 2);
    assert_eq!(of_the_log(&store), Some(named));
    assert_eq!(store.repair("pm", T0 + MINUTE).unwrap().len(), 2);
    assert_sound(&store);
}

#[test]
fn an_undo_or_a_redo_that_the_log_has_twice_or_lacks_is_named_and_repaired() {
    let (w, mut store, queue) = Workspace::with_items(4);
    let ops = queue.actor("ops-1", T0);
    for item in ["i1", "i2", "i3", "i4"] {
        store.decide_at_once(ops, item, &accept()).unwrap();
        store.undo(ops, UndoScope::Anything).unwrap();
        if item < "i3" {
            store.redo(ops).unwrap();
        }
    }
    w.sql(&format!("{COPY} WHERE kind = 'redone' AND item_seq = 1")).unwrap();
    w.sql(&format!("{COPY} WHERE kind = 'undone' AND item_seq = 3")).unwrap();
    // i2 was undone once more, and i4 is redone: nothing tells so.
    w.sql("UPDATE step SET undone_by = 4711 WHERE item_seq = 2").unwrap();
    w.sql("UPDATE decision SET standing = 0 WHERE item_seq = 2").unwrap();
    w.sql("UPDATE step SET undone_by = NULL WHERE item_seq = 4").unwrap();
    w.sql("UPDATE decision SET standing = 1 WHERE item_seq = 4").unwrap();
    let named = "2 told twice (i1, i3); 2 deferred, declined, reopened, undone or redone and not told (i2, i4)";
    assert_eq!(of_the_log(&store).as_deref(), Some(named));
    store.repair("pm", T0 + MINUTE).unwrap();
    assert_sound(&store);
    let last = |item: &str| {
        let mut last = String::new();
        let each = |event: karat::domain::event::Event| {
            last = format!("{} by {}", event.word, event.actor);
            Ok(())
        };
        store.events(&queue, Some(item), None, each).unwrap();
        last
    };
    assert_eq!((last("i2").as_str(), last("i4").as_str()), ("undone by ops-1", "redone by ops-1"));
}

#[test]
fn a_deferral_that_the_log_has_twice_or_lacks_is_named_and_repaired() {
    let (w, mut store, queue) = Workspace::with_items(3);
    let ops = queue.actor("ops-1", T0);
    for _ in 0..2 {
        let (served, token) = serve(&mut store, &queue, "ops-1", T0);
        store.defer(ops, served.seq, &token).unwrap();
    }
    assert_sound(&store);
    w.sql(&format!("{COPY} WHERE kind = 'deferred' AND item_seq = 1")).unwrap();
    w.sql("INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, 'ops-1', 'deferral', 3)").unwrap();
    let named = "1 told twice (i1); 1 deferred, declined, reopened, undone or redone and not told (i3)";
    assert_eq!(of_the_log(&store).as_deref(), Some(named));
    store.repair("pm", T0 + MINUTE).unwrap();
    assert_sound(&store);
}

/// Events that tell of the items of bulks one by one, and of their undos and redos as a whole too.
const OF_BULKS: &str = "kind IN ('deferred', 'tagged', 'prioritised', 'undone', 'redone')";

/// Bulks of every kind, undone and redone; `after` each.
fn turned_bulks(mut after: impl FnMut(&Workspace)) -> (Workspace, karat::store::Store) {
    let (w, mut store, queue) = Workspace::with_items(3);
    let bulks = [
        BulkAction::Defer,
        BulkAction::Tag { add: vec!["late".into()], remove: Vec::new() },
        BulkAction::Prioritise(3),
        BulkAction::Decide(accept()),
        BulkAction::Keep { tags: Vec::new(), why: "plain".into() },
    ];
    for bulk in bulks {
        let items = (1..=3).map(|n| store.seq_of(&queue, &format!("i{n}")).unwrap()).collect();
        let ops = queue.actor("ops-1", T0);
        assert_eq!(store.bulk(ops, items, bulk).unwrap().changed, 3);
        after(&w);
        store.undo(ops, UndoScope::Anything).unwrap().unwrap();
        after(&w);
        store.redo(ops).unwrap().unwrap();
        after(&w);
    }
    (w, store)
}

#[test]
fn each_event_of_a_bulk_that_the_log_lacks_is_missed_and_repaired() {
    let (w, store) = turned_bulks(|_| ());
    assert_sound(&store);
    let count = w.number(&format!("SELECT COUNT(*) FROM event WHERE {OF_BULKS}"));
    assert_eq!(count, 3 * 3 + 5 * 2 * 4);
    for nth in 0..count {
        let event = w.number(&format!("SELECT seq FROM event WHERE {OF_BULKS} ORDER BY seq LIMIT 1 OFFSET {nth}"));
        let newest = w.number("SELECT MAX(seq) FROM event");
        w.force(&format!("UPDATE event SET kind = 'x' || kind WHERE seq = {event}"));
        let told = of_the_log(&store).unwrap_or_else(|| panic!("event {event} is gone and nobody says so"));
        assert!(told.contains("not told"), "{told}");
        assert_eq!(store.repair("pm", T0).unwrap().len(), 1, "event {event}: {told}");
        assert_sound(&store);
        w.force(&format!("DELETE FROM event WHERE seq > {newest}"));
        w.force(&format!("UPDATE event SET kind = substr(kind, 2) WHERE seq = {event}"));
    }
    assert_sound(&store);
}

/// As transactions leave it that were done twice.
#[test]
fn each_event_of_a_bulk_that_the_log_has_twice_is_named_and_repaired() {
    let mut newest = 0;
    let (_w, store) = turned_bulks(|w| {
        w.sql(&format!("{COPY} WHERE {OF_BULKS} AND seq > {newest} ORDER BY seq")).unwrap();
        newest = w.number("SELECT MAX(seq) FROM event");
    });
    let told = of_the_log(&store).unwrap();
    assert!(told.starts_with("49 told twice (") && !told.contains(';'), "{told}");
    assert_eq!(store.repair("pm", T0).unwrap().len(), 49);
    assert_sound(&store);
}

#[test]
fn a_queue_whose_spec_cannot_be_read_stops_no_other_and_is_given_one() {
    let (w, store, _queue) = Workspace::with_items(1);
    let other = SPEC.replace("\"replies\"", "\"others\"");
    apply(&store, &other);
    w.force("UPDATE spec SET source = 'garbage' WHERE queue_id = 2");
    w.force("INSERT INTO queue (name, spec_version, created_at) VALUES ('bare', 7, 1)");
    let names = |store: &karat::store::Store| -> Vec<String> {
        store.queues(T0).unwrap().into_iter().map(|queue| queue.name).collect()
    };
    assert_eq!(names(&store), ["replies"]);
    let told: Vec<String> = store.take_damaged().iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("queue bare") && told[1].contains("version 1 does not parse"), "{told:?}");
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    assert!(wrong.iter().all(|result| result.detail.contains("`karat spec apply FILE`")), "{wrong:#?}");
    assert!(matches!(store.queue("others"), Err(karat::store::StoreError::NoSpec { .. })));
    for (source, version) in [(other.clone(), 2), (SPEC.replace("\"replies\"", "\"bare\""), 1)] {
        let spec = karat::spec::parse(&source).unwrap();
        let applied = store.apply_spec(&spec, &source, "pm", T0).unwrap();
        assert_eq!(applied, karat::store::Applied::Mended { to: version, resampled: Default::default() });
    }
    assert_eq!(names(&store), ["bare", "others", "replies"]);
    assert_sound(&store);
}

#[test]
fn what_cannot_be_read_stops_no_index_and_comes_along_in_a_move() {
    let (w, store, queue) = Workspace::with_items(4);
    for item in ["i1", "i2"] {
        store.decide_at_once(queue.actor("ops-1", T0), item, &accept()).unwrap();
    }
    let damages = [
        "UPDATE decision SET body = 'garbage' WHERE item_seq = 1",
        "UPDATE decision SET body = '{\"scores\":{\"tone\":\"high\"},\"categories\":7}' WHERE item_seq = 2",
        "UPDATE item_text SET context = 'x' WHERE seq = 3",
    ];
    damages.iter().for_each(|sql| assert_eq!(w.force(sql), 1, "{sql}"));
    store.complete_index(|_| ()).unwrap();
    let target = Workspace::unmade();
    let mut moving = store.begin_move(target.place()).unwrap();
    while moving.advance().unwrap() {}
    let copy = moving.finish().unwrap().store;
    copy.complete_index(|_| ()).unwrap();
    for store in [&store, &copy] {
        assert!(store.indexed().unwrap().is_complete());
        assert!(!store.count_groups(std::time::Duration::from_secs(60)).unwrap());
        assert_eq!(store.damaged_rows().unwrap().len(), 3);
        let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
        assert_eq!(wrong.iter().map(|result| result.check).collect::<Vec<_>>(), ["rows"], "{wrong:#?}");
    }
    assert_eq!(copy.set_aside("ops-1", T0).unwrap().len(), 3);
    assert_sound(&copy);
}
