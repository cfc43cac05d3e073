//! A small queue to test the store with.

pub use crate::spec::{SPEC, due_spec};
pub use crate::workspace::Workspace;
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::imported::{Origin, Record};
use karat::domain::item::{Content, Document, Item, Seq};
use karat::domain::queue::Queue;
use karat::store::{ImportOptions, ImportOutcome, Next, Pick, Served, Store};

/// A moment in 2026; tests move on from it by hand.
pub const T0: i64 = 1_790_000_000_000;
pub const MINUTE: i64 = 60_000;

impl Workspace {
    /// A store with the queue `replies` and items `i1` to `i<count>`.
    pub fn with_items(count: usize) -> (Self, Store, Queue) {
        Self::new().filled(count)
    }

    /// The workspace, open, with the queue `replies` and items `i1` to `i<count>`.
    pub fn filled(self, count: usize) -> (Self, Store, Queue) {
        let store = self.open();
        let queue = apply(&store, SPEC);
        let records: Vec<Record> = (1..=count).map(|n| record(plain(&format!("i{n}")))).collect();
        import(&store, &queue, &records, false);
        (self, store, queue)
    }
}

pub fn apply(store: &Store, source: &str) -> Queue {
    let spec = karat::spec::parse(source).unwrap();
    store.apply_spec(&spec, source, "pm", T0).unwrap();
    store.queue(&spec.name).unwrap()
}

pub fn plain(id: &str) -> Item {
    let mut item = Item::new(id, Content::text(format!("question {id}")), Content::text(format!("answer {id}")));
    let article = Document { title: Some("Article".into()), text: "the source".into(), ..Document::default() };
    item.context = vec![article.into()];
    item
}

pub fn record(item: Item) -> Record {
    Record::new(Origin::of_line("items.jsonl", 1), Vec::new(), item)
}

pub fn import(store: &Store, queue: &Queue, records: &[Record], update: bool) -> Vec<ImportOutcome> {
    let mut session =
        store.begin_import(queue, "items.jsonl", ImportOptions { update, dry_run: false }, "engineer", T0).unwrap();
    let taken = store.import_records(&mut session, records.iter(), T0).unwrap();
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    taken
}

pub fn accept() -> Judgement {
    Judgement {
        verdict: Verdict::Accept,
        draft: Draft::default().into(),
        active_millis: 1500,
        lens: None,
        before: None,
        cause: None,
    }
}

pub fn reject(category: &str) -> Judgement {
    let draft = Draft { categories: vec![category.into()], note: "why".into(), ..Draft::default() };
    Judgement { verdict: Verdict::Reject, draft: draft.into(), ..accept() }
}

/// To the only route of the fixture's spec.
pub fn escalate() -> Judgement {
    let draft = Draft { route: Some("lead".into()), note: "who decides?".into(), ..Draft::default() };
    Judgement { verdict: Verdict::Escalate, draft: draft.into(), ..accept() }
}

/// The item that is next, with its claim's token.
pub fn serve(store: &mut Store, queue: &Queue, reviewer: &str, now: i64) -> (Box<Served>, String) {
    taken(store.next(queue.actor(reviewer, now), Pick::default()).unwrap())
}

pub fn taken(next: Next) -> (Box<Served>, String) {
    match next {
        Next::Item(served) => {
            let token = token(&served.claimed);
            (served, token)
        }
        Next::End(end) => panic!("an item was expected, the queue ended: {end:?}"),
    }
}

pub fn token(claimed: &Claimed) -> String {
    match claimed {
        Claimed::Mine(claim) => claim.token.clone(),
        Claimed::Other { reviewer, .. } => panic!("claimed by {reviewer}"),
        Claimed::Nobody => panic!("it may only be looked at"),
    }
}

/// Takes the next item and decides it.
pub fn decide_next(store: &mut Store, queue: &Queue, reviewer: &str, judgement: &Judgement, now: i64) -> Seq {
    let (served, token) = serve(store, queue, reviewer, now);
    let (_, next) = store.decide(queue.actor(reviewer, now), served.seq, &token, judgement).unwrap();
    if let Next::Item(next) = next {
        store.release(next.seq, &self::token(&next.claimed)).unwrap();
    }
    served.seq
}

pub fn assert_sound(store: &Store) {
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
