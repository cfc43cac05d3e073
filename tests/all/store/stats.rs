//! Figures by groups, on both engines.

use karat::domain::decision::Judgement;
use karat::domain::queue::Queue;
use karat::store::{Condition, Figures, Store};
use support::fixture::*;

/// Four items: `a` and `b` by one model, with tags and metadata; `c` and `d` bare. `a` is
/// accepted, `b` rejected, `c` escalated.
fn decided() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let known = |id: &str, tags: &[&str], tier: &str, cost| {
        let mut item = plain(id);
        item.model = Some("m-1".into());
        item.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        item.meta = Some(format!("{{\"tier\":\"{tier}\"}}"));
        item.cost_usd = Some(cost);
        record(item)
    };
    let records = [
        known("a", &["x", "y"], "gold", 0.5),
        known("b", &["x"], "iron", 0.25),
        record(plain("c")),
        record(plain("d")),
    ];
    import(&store, &queue, &records, false);
    let scored = |judgement: Judgement, level| {
        let mut judgement = judgement;
        judgement.draft_mut().scores.insert("accuracy".into(), level);
        judgement
    };
    let slow = Judgement { active_millis: 4500, ..scored(reject("cold"), 1) };
    for (id, judgement, at) in [("a", scored(accept(), 2), T0), ("b", slow, T0), ("c", escalate(), T0 + 60 * MINUTE)] {
        store.decide_at_once(queue.actor("ops-1", at), id, &judgement).unwrap();
    }
    (workspace, store, queue)
}

fn figures(store: &Store, queue: &Queue, by: &[&str], since: Option<i64>) -> Vec<Figures> {
    let by: Vec<_> = by.iter().map(|name| name.parse().unwrap()).collect();
    store.figures(queue.actor("pm", T0), &by, since, &Condition::default()).unwrap()
}

/// Value, items and decided of each group.
fn told(groups: &[Figures]) -> String {
    let group = |group: &Figures| {
        let by: Vec<&str> = group.by.iter().map(|value| value.as_deref().unwrap_or("-")).collect();
        format!("{} {}/{}", by.join(","), group.decided(), group.items)
    };
    groups.iter().map(group).collect::<Vec<_>>().join(" · ")
}

#[test]
fn a_queue_adds_up() {
    let (_w, store, queue) = decided();
    let all = &figures(&store, &queue, &[], None)[0];
    assert_eq!([all.items, all.accepted, all.rejected, all.escalated], [4, 1, 1, 1]);
    assert_eq!((all.median_millis, all.cost_usd), (Some(1500), Some(0.75)));
    assert_eq!(all.categories, [("cold".to_owned(), 1)].into());
}

#[test]
fn any_field_makes_groups() {
    let (_w, store, queue) = decided();
    let by = |by: &[&str]| told(&figures(&store, &queue, by, None));
    assert_eq!(by(&["model"]), "m-1 2/2 · - 1/2");
    assert_eq!(by(&["tag"]), "x 2/2 · y 1/1 · - 1/2", "an item is in the group of each tag");
    assert_eq!(by(&["meta.tier"]), "gold 1/1 · iron 1/1 · - 1/2");
    assert_eq!(by(&["score.accuracy"]), "1 1/1 · 2 1/1 · - 1/2");
    assert_eq!(by(&["category"]), "cold 1/1 · - 2/3");
    assert_eq!(by(&["severity"]), "minor 1/1 · - 2/3");
    assert_eq!(by(&["route"]), "lead 1/1 · - 2/3");
    assert_eq!(by(&["decided"]), "2026-09-21 3/3 · - 0/1");
    assert_eq!(by(&["cost_usd"]), "0.25 1/1 · 0.5 1/1 · - 1/2");
    assert_eq!(by(&["verdict", "model"]), "accept,m-1 1/1 · escalate,- 1/1 · reject,m-1 1/1 · -,- 0/1");
    assert_eq!(by(&["attempt"]), "1 3/4");
}

#[test]
fn what_was_decided_before_does_not_count() {
    let (_w, store, queue) = decided();
    assert_eq!(told(&figures(&store, &queue, &["verdict"], Some(T0 + 1))), "escalate 1/1 · - 0/3");
}
