//! What the home screen tells of a queue.

use karat::domain::decision::{Draft, Judgement};
use karat::domain::queue::Queue;
use karat::store::{Dashboard, Group, Store, UndoScope};
use std::time::Duration;
use support::fixture::*;

const LONG: Duration = Duration::from_secs(60);

/// `a` and `b` by m-1 with prompts p-1 and p-2, `c` and `d` by nobody known.
fn made() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let by = |id: &str, prompt: &str| {
        let mut item = plain(id);
        (item.model, item.prompt_version) = (Some("m-1".into()), Some(prompt.into()));
        record(item)
    };
    import(&store, &queue, &[by("a", "p-1"), by("b", "p-2"), record(plain("c")), record(plain("d"))], false);
    (workspace, store, queue)
}

fn decide(store: &Store, queue: &Queue, id: &str, judgement: &Judgement, at: i64) {
    store.decide_at_once(queue.actor("ops-1", at), id, judgement).unwrap();
}

fn at_a_glance(store: &Store, queue: &Queue, at: i64) -> Dashboard {
    assert!(!store.count_groups(LONG).unwrap(), "all is counted");
    let dashboard = store.dashboard(queue.actor("ops-1", at)).unwrap();
    assert_eq!(dashboard.uncounted.0, 0);
    assert_sound(store);
    dashboard
}

/// `key/sub accepted/decided` of each.
fn told(groups: &[Group]) -> Vec<String> {
    groups.iter().map(|group| format!("{}/{} {}/{}", group.key, group.sub, group.accepted, group.decided)).collect()
}

#[test]
fn groups_follow_decisions_and_their_undo() {
    let (_w, mut store, queue) = made();
    decide(&store, &queue, "a", &accept(), T0);
    decide(&store, &queue, "b", &reject("cold"), T0);
    decide(&store, &queue, "c", &reject("cold"), T0);
    let glance = at_a_glance(&store, &queue, T0);
    assert_eq!(told(&glance.made), ["/ 0/1", "m-1/p-1 1/1", "m-1/p-2 0/1"]);
    assert_eq!((told(&glance.categories), glance.categories[0].name.as_str()), (vec!["cold/ 0/2".into()], "Cold"));
    assert_eq!((told(&glance.reviewers), glance.days.last()), (vec!["ops-1/ 1/3".into()], Some(&3)));
    let newest: Vec<_> = glance.newest.iter().map(|newest| newest.item.as_str()).collect();
    assert_eq!(newest, ["c", "b", "a"]);

    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    decide(&store, &queue, "b", &accept(), T0);
    let glance = at_a_glance(&store, &queue, T0);
    assert_eq!(told(&glance.made), ["m-1/p-1 1/1", "m-1/p-2 1/1"]);
    assert_eq!(told(&glance.categories), [""; 0]);
    store.redo(queue.actor("ops-1", T0)).unwrap();
}

#[test]
fn what_was_decided_is_told_day_by_day_of_each_model() {
    const DAY: i64 = 24 * 60 * MINUTE;
    let (_w, store, queue) = made();
    decide(&store, &queue, "a", &accept(), T0 - 2 * DAY);
    decide(&store, &queue, "b", &reject("cold"), T0 - DAY);
    decide(&store, &queue, "c", &accept(), T0);
    decide(&store, &queue, "d", &reject("cold"), T0 - 99 * DAY);
    let glance = at_a_glance(&store, &queue, T0);
    assert_eq!(glance.days[11..], [1, 1, 1], "the oldest is out of sight");
    let days = |model: usize| -> Vec<(i64, i64)> {
        glance.made[model].days[11..].iter().map(|day| (day.accepted, day.decided)).collect()
    };
    assert_eq!(told(&glance.made), ["/ 1/2", "m-1/p-1 1/1", "m-1/p-2 0/1"]);
    assert_eq!(days(0), [(0, 0), (0, 0), (1, 1)]);
    assert_eq!(days(1), [(1, 1), (0, 0), (0, 0)]);
    assert_eq!(days(2), [(0, 0), (0, 1), (0, 0)]);
}

#[test]
fn drafts_of_ones_own_are_counted() {
    let (_w, store, queue) = made();
    let seq = store.seq_of(&queue, "a").unwrap();
    let noted = Draft { note: "wait".into(), ..Draft::default() };
    store.save_draft(seq, "ops-1", &noted, 0, T0).unwrap();
    store.save_draft(seq, "ops-2", &noted, 0, T0).unwrap();
    store.save_draft(store.seq_of(&queue, "b").unwrap(), "ops-1", &Draft::default(), 4_000, T0).unwrap();
    assert_eq!(at_a_glance(&store, &queue, T0).drafts, 1, "time alone is no draft");
}

#[test]
fn an_item_that_an_import_replaces_is_counted_by_what_it_was() {
    let (_w, mut store, queue) = made();
    decide(&store, &queue, "a", &accept(), T0);
    at_a_glance(&store, &queue, T0);
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    let mut other = plain("a");
    (other.model, other.output) = (Some("m-2".into()), karat::domain::item::Content::text("another"));
    import(&store, &queue, &[record(other)], true);
    assert_eq!(told(&at_a_glance(&store, &queue, T0).made), [""; 0]);
    decide(&store, &queue, "a", &accept(), T0);
    assert_eq!(told(&at_a_glance(&store, &queue, T0).made), ["m-2/ 1/1"]);
}

#[test]
fn waiting_escalations_are_told_by_desk_until_they_are_answered() {
    let (_w, mut store, queue) = made();
    for (id, at) in [("a", T0), ("b", T0 + 90 * MINUTE)] {
        decide(&store, &queue, id, &escalate(), at);
    }
    let lead = at_a_glance(&store, &queue, T0).desks.swap_remove(0);
    assert_eq!((lead.name.as_str(), lead.waiting, lead.oldest), ("Lead", 2, Some(T0 - T0 % MINUTE)));
    decide(&store, &queue, "a", &accept(), T0 + 100 * MINUTE);
    let lead = at_a_glance(&store, &queue, T0).desks.swap_remove(0);
    assert_eq!((lead.waiting, lead.oldest), (1, Some((T0 + 90 * MINUTE) / MINUTE * MINUTE)));
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(at_a_glance(&store, &queue, T0).desks[0].waiting, 2);
}

#[test]
fn what_is_counted_wrongly_is_found_and_counted_anew() {
    let (w, store, queue) = made();
    decide(&store, &queue, "a", &accept(), T0);
    let before = at_a_glance(&store, &queue, T0);
    for damage in ["UPDATE group_count SET accepted = 7", "DELETE FROM group_counted"] {
        w.sql(damage).unwrap();
        let results = store.doctor(T0).unwrap();
        let found = results.iter().find(|result| result.check == "groups").unwrap();
        assert!(!found.ok && found.can_be_repaired, "{found:?}");
        store.repair("ops-1", T0).unwrap();
        assert_eq!(at_a_glance(&store, &queue, T0), before);
    }
}
