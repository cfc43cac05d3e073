//! Shares: who holds more of what is settled than the spec lets one is served what is theirs alone.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::queue::Queue;
use karat::store::{End, Next, Pick, Share, Store};
use support::fixture::*;

fn next(store: &mut Store, queue: &Queue, reviewer: &str) -> Result<String, Box<End>> {
    let next = store.next(queue.actor(reviewer, T0), Pick::default()).unwrap();
    store.release_all().unwrap();
    match next {
        Next::Item(served) => Ok(served.item.id),
        Next::End(end) => Err(end),
    }
}

#[test]
fn nobody_holds_more_than_the_greatest_share() {
    let (_w, mut store, _) = Workspace::with_items(70);
    let returns = SPEC.replace("name = \"Lead\"", "name = \"Lead\"\nowner = \"cy\"\nreturns = \"reviewer\"");
    let queue = apply(&store, &format!("{returns}\n[review]\nmax_share = 0.6\n"));
    let decide = |store: &Store, reviewer: &str, items: std::ops::Range<usize>| {
        for item in items {
            store.decide_at_once(queue.actor(reviewer, T0), &format!("i{item}"), &accept()).unwrap();
        }
    };
    store.decide_at_once(queue.actor("ana", T0), "i70", &escalate()).unwrap();
    decide(&store, "ana", 1..50);
    assert!(next(&mut store, &queue, "ana").is_ok(), "shares are counted from the 50th on");
    decide(&store, "ben", 50..51);
    let end = next(&mut store, &queue, "ana").unwrap_err();
    assert_eq!(end.share, Some(Share { held: 49, settled: 50, most: 0.6 }));
    assert_eq!(store.next_free(queue.actor("ana", T0), None).unwrap(), None);
    assert!(next(&mut store, &queue, "ben").is_ok());
    while store.count_groups(std::time::Duration::ZERO).unwrap() {}
    let counted = next(&mut store, &queue, "ana").unwrap_err();
    assert_eq!(counted.share, end.share, "counted or not");

    let (served, token) = serve(&mut store, &queue, "ben", T0);
    let (_, after) = store.decide(queue.actor("ben", T0), served.seq, &token, &accept()).unwrap();
    assert!(matches!(after, Next::Item(_)));
    store.release_all().unwrap();
    let back = Judgement::new(Verdict::Escalate, Draft { note: "yours".into(), ..Draft::default() });
    store.answer(queue.actor("cy", T0), "i70", &back).unwrap();
    assert_eq!(next(&mut store, &queue, "ana").unwrap(), "i70", "what came back is theirs alone");
    let (own, token) = serve(&mut store, &queue, "ana", T0);
    let (_, after) = store.decide(queue.actor("ana", T0), own.seq, &token, &reject("cold")).unwrap();
    assert!(matches!(after, Next::End(_)));

    let unbound = apply(&store, &format!("{returns}\n[review]\nmax_share = 0\n"));
    assert!(next(&mut store, &unbound, "ana").is_ok(), "0 is no limit");
    assert_sound(&store);
}
