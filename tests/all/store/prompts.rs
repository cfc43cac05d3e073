//! The text of a prompt, which many items share.

use karat::domain::imported::Record;
use karat::domain::item::{Content, ContentKind};
use karat::domain::record::Cell;
use karat::store::{Condition, ImportOutcome, Rows, StoreError};
use support::fixture::*;

fn with(id: &str, prompt: Option<Content>) -> Record {
    let mut item = plain(id);
    item.prompt = prompt;
    record(item)
}

#[test]
fn an_item_has_its_prompt_wherever_it_is_read() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, SPEC);
    let kind = Content::text("Be kind. 语 🎉");
    let chat = Content { kind: ContentKind::Chat, text: r#"[{"role":"system","content":"Be kind."}]"#.into() };
    let json_as_text = Content::text(chat.text.clone());
    let prompts = [Some(kind.clone()), None, Some(chat), Some(json_as_text), Some(kind), Some(Content::text(""))];
    let records: Vec<Record> =
        prompts.iter().enumerate().map(|(n, prompt)| with(&format!("i{n}"), prompt.clone())).collect();
    import(&store, &queue, &records, false);
    let again = import(&store, &queue, &records, false);
    assert!(again.iter().all(|taken| *taken == ImportOutcome::Unchanged), "{again:?}");
    for (n, prompt) in prompts.iter().enumerate() {
        assert_eq!(store.item_of(&queue, &format!("i{n}")).unwrap().prompt, *prompt, "i{n}");
    }
    let (served, _) = serve(&mut store, &queue, "ana", T0);
    assert_eq!(served.item.prompt, prompts[0]);
    for n in 0..prompts.len() {
        store.decide_at_once(queue.actor("ana", T0), &format!("i{n}"), &accept()).unwrap();
    }
    let mut exported = Vec::new();
    let each = |row: karat::store::Outgoing| {
        exported.push(match row.cell("prompt") {
            Cell::Content(kind, text) => Some(Content { kind: *kind, text: text.to_string() }),
            _ => None,
        });
        Ok::<(), StoreError>(())
    };
    store.outgoing(&queue, Rows::Items, &[], &Condition::default(), None, each).unwrap();
    assert_eq!(exported, prompts);
    let condition = |text: &str| {
        let filter = store.filter(&queue, text).unwrap();
        store.condition(&queue, &store.resolve(&queue, &filter, T0).unwrap(), "ana").unwrap()
    };
    let found =
        |text: &str| store.whole_listing(&queue, condition(text), karat::store::Sort::default()).unwrap().seqs().len();
    assert_eq!((found("has:prompt"), found("-has:prompt")), (5, 1));
    // Another prompt makes another item of it.
    for (prompt, taken) in [("Be kind.", ImportOutcome::New), ("Be brief.", ImportOutcome::Updated)] {
        let record = with("i9", Some(Content::text(prompt)));
        assert_eq!(import(&store, &queue, std::slice::from_ref(&record), true), [taken]);
        assert_eq!(store.item_of(&queue, "i9").unwrap().prompt, record.item.prompt);
    }
    for check in store.check_texts().unwrap() {
        assert!(check.ok, "{check:?}");
    }
    assert_sound(&store);
}
