//! Full-text search: every script, every sign, and only what is there.

use karat::domain::filter::{Filter, Phrase, Term};
use karat::domain::item::{Content, ContentKind, Document, Item};
use karat::domain::queue::Queue;
use karat::domain::record::Scope;
use karat::store::{Indexed, Sort, Store};
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use support::fixture::*;

fn item(id: &str, input: &str, output: &str, context: &[&str]) -> Item {
    let mut item = Item::new(id, Content::text(input), Content::text(output));
    let document = |text: &&str| Document { text: (*text).into(), ..Document::default() }.into();
    item.context = context.iter().map(document).collect();
    item
}

fn workspace(items: Vec<Item>) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &items.into_iter().map(record).collect::<Vec<_>>(), false);
    store.complete_index(|_| ()).unwrap();
    (workspace, store, queue)
}

/// The ids of the items that have the phrase; `*` at its end leaves the last word open.
fn found_in(store: &Store, queue: &Queue, scope: Scope, text: &str) -> String {
    let (text, open) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
    let filter = Filter::Term(Term::Text(scope, Phrase { text: text.into(), open }));
    let filter = store.resolve(queue, &filter, T0).unwrap();
    let condition = store.condition(queue, &filter, "ops-1").unwrap();
    let listing = store.whole_listing(queue, condition, Sort::default()).unwrap();
    let rows = store.browse(listing.seqs(), "ops-1", T0).unwrap();
    rows.into_iter().map(|row| row.item.id).collect::<Vec<_>>().join(" ")
}

fn found(store: &Store, queue: &Queue, text: &str) -> String {
    found_in(store, queue, Scope::Anywhere, text)
}

#[test]
fn words_phrases_and_beginnings_are_found_where_they_are() {
    let (_w, mut store, queue) = workspace(vec![
        item("a", "When does the Refund window end?", "It ends after 30 days.", &["Refunds take a window seat."]),
        item("b", "window refund", "Café — naïve", &["The shared handbook: refund window"]),
        item("c", "hello", "world", &["The shared handbook: refund window", "another"]),
    ]);
    assert_eq!(found(&store, &queue, "refund window"), "a b c");
    assert_eq!(found_in(&store, &queue, Scope::Input, "refund window"), "a");
    assert_eq!(found_in(&store, &queue, Scope::Context, "REFUND WINDOW"), "b c");
    assert_eq!(found_in(&store, &queue, Scope::Output, "window"), "");
    assert_eq!(found(&store, &queue, "refunds"), "a");
    assert_eq!(found(&store, &queue, "han*"), "b c");
    assert_eq!(found(&store, &queue, "cafe"), "b");
    assert_eq!(found(&store, &queue, "CAFÉ"), "b");

    store.decide_at_once(queue.actor("ops-1", T0), "c", &reject("cold")).unwrap();
    assert_eq!(found_in(&store, &queue, Scope::Note, "why"), "", "not in the index yet");
    assert!(!store.indexed().unwrap().is_complete());
    store.complete_index(|_| ()).unwrap();
    assert_eq!((found_in(&store, &queue, Scope::Note, "why"), found(&store, &queue, "why")), ("c".into(), "c".into()));
    store.undo(queue.actor("ops-1", T0), karat::store::UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(found(&store, &queue, "why"), "", "the note of an undone decision is not of record");
    assert_sound(&store);
}

#[test]
fn scripts_without_spaces_are_found_by_one_character_two_and_more() {
    let (_w, store, queue) = workspace(vec![
        item("zh", "退款窗口什么时候关闭？", "三十天。", &[]),
        item("ja", "カード払いの返金", "はい", &["東京都"]),
        item("ko", "환불은 언제 되나요", "30일", &[]),
        item("th", "ขอคืนเงินได้ไหม", "ได้", &[]),
        item("mixed", "iPhone手机壳", "ok", &[]),
    ]);
    for (text, ids) in [
        ("退", "zh"),
        ("退款", "zh"),
        ("退款窗口", "zh"),
        ("款口", ""),
        ("闭", "zh"),
        ("天", "zh"),
        ("返金", "ja"),
        ("金", "ja"),
        ("京都", "ja"),
        ("カード", "ja"),
        ("환불", "ko"),
        ("คืนเงิน", "th"),
        ("手机", "mixed"),
        ("iphone手机", "mixed"),
        ("iphone 手机壳", "mixed"),
    ] {
        assert_eq!(found(&store, &queue, text), ids, "{text}");
    }
}

#[test]
fn signs_are_never_operators() {
    let (_w, store, queue) = workspace(vec![
        item("a", "well-known \"quoted\" AND (odd) text:input", "50% off 🎉👍🏽!", &[]),
        item("b", "known well", "100 off", &[]),
    ]);
    for (text, ids) in [
        ("well-known", "a"),
        ("\"quoted\"", "a"),
        ("AND (odd", "a"),
        ("quoted AND (odd", ""),
        ("text:input", "a"),
        ("NEAR(known well)", ""),
        ("known\0 well", "b"),
        ("50%", "a"),
        ("🎉", "a"),
        ("👍", "a"),
        ("off 🎉", "a"),
        ("' OR 1=1 --", ""),
        ("--", ""),
        ("\"", ""),
        ("^ * {", ""),
    ] {
        assert_eq!(found(&store, &queue, text), ids, "{text}");
    }
}

#[test]
fn the_escapes_of_json_are_read() {
    let mut chat = item("j", "x", "", &[]);
    let text = r#"[{"role":"assistant","content":"first\nsecond \u9000\u6b3e \"said\""}]"#;
    chat.output = Content { kind: ContentKind::Chat, text: text.into() };
    let (_w, store, queue) = workspace(vec![chat]);
    for text in ["second", "退款", "said", "assistant", "first second"] {
        assert_eq!(found(&store, &queue, text), "j", "{text}");
    }
}

#[test]
fn an_updated_item_is_found_by_its_new_texts_alone() {
    let (_w, store, queue) = workspace(vec![
        item("a", "old question", "old answer", &["old source"]),
        item("b", "same", "same", &["old source"]),
    ]);
    import(&store, &queue, &[record(item("a", "new question", "new answer", &["new source"]))], true);
    assert_eq!(found(&store, &queue, "old"), "b");
    let indexed = store.indexed().unwrap();
    assert!(!indexed.is_complete() && indexed.percent() < 100, "{indexed:?}");
    store.complete_index(|_| ()).unwrap();
    assert_eq!((found(&store, &queue, "old"), found(&store, &queue, "new source")), ("b".into(), "a".into()));
    assert_eq!(found_in(&store, &queue, Scope::Output, "new answer"), "a");
    assert_sound(&store);
}

#[test]
fn the_index_grows_in_slices_of_one_program_at_a_time() {
    let (w, store, queue) = Workspace::with_items(500);
    let other = w.open();
    let begun = store.index_slice(Duration::ZERO, &AtomicBool::new(false), T0).unwrap();
    assert!(begun.rows > 0 && begun.rows < begun.of, "{begun:?}");
    assert_eq!(
        other.index_slice(Duration::ZERO, &AtomicBool::new(false), T0).unwrap().rows,
        begun.rows,
        "another is at it"
    );
    let mut reached = store.index_slice(Duration::from_secs(60), &AtomicBool::new(true), T0).unwrap();
    assert!(reached.rows > begun.rows && !reached.is_complete(), "it ends for whoever waits");
    while !reached.is_complete() {
        let next = store.index_slice(Duration::ZERO, &AtomicBool::new(false), T0).unwrap();
        assert!(next.rows > reached.rows);
        reached = next;
    }
    assert_eq!(found(&store, &queue, "answer i37"), "i37");
    assert_eq!(found(&store, &queue, "source").split(' ').count(), 500, "one document of all items");
    assert_eq!(Indexed { rows: 999, of: 1000 }.percent(), 99);
    assert_sound(&store);
}

#[test]
fn other_queues_are_not_searched() {
    let (_w, store, queue) = workspace(vec![item("a", "refund", "x", &["shared"])]);
    let other = apply(&store, &SPEC.replace("replies", "others"));
    import(&store, &other, &[record(item("z", "refund", "x", &["shared"]))], false);
    store.complete_index(|_| ()).unwrap();
    assert_eq!((found(&store, &queue, "refund"), found(&store, &other, "refund")), ("a".into(), "z".into()));
    assert_eq!((found(&store, &queue, "shared"), found(&store, &other, "shared")), ("a".into(), "z".into()));
}

#[test]
fn a_long_text_is_found_to_its_end() {
    let words: Vec<String> = (0..12_000).map(|n| format!("word{n}")).collect();
    let (_w, store, queue) = workspace(vec![
        item("long", "x", &words.join(" "), &[]),
        item("one", "x", &format!("{}needle", "again ".repeat(20_000)), &[]),
        item(
            "signs",
            "x",
            &format!("{} haystack", "/9j4AAQSkZJRgABAQ".repeat(1_000)),
            &["退款".repeat(9_000).as_str()],
        ),
    ]);
    for at in [0, 3800, 4000, 4095, 4096, 7900, 8191, 11_990] {
        let phrase = words[at..at + 10].join(" ");
        assert_eq!(found(&store, &queue, &phrase), "long", "{phrase}");
    }
    assert_eq!(found(&store, &queue, "word7 word9"), "");
    assert_eq!(found(&store, &queue, "again needle"), "one");
    assert_eq!(found(&store, &queue, "hays*"), "signs");
    assert_eq!(found_in(&store, &queue, Scope::Context, "款退款退"), "signs");
    assert_sound(&store);
}

#[test]
fn a_word_of_many_items_is_found_in_each_as_it_begins_and_in_their_documents() {
    let items = (0..1500).map(|n| {
        let own = format!("own source {n}");
        let shared = format!("shared source {}", n % 40);
        item(&format!("i{n:04}"), "common", &format!("refund{n} done"), &[&own, &shared])
    });
    let (_w, store, queue) = workspace(items.collect());
    for (scope, text, count) in [
        (Scope::Input, "common", 1500),
        (Scope::Output, "common", 0),
        (Scope::Output, "refu*", 1500),
        (Scope::Output, "refund14*", 111),
        (Scope::Context, "sour*", 1500),
        (Scope::Context, "shared source 7", 38),
        (Scope::Context, "own source 1207", 1),
        (Scope::Anywhere, "source 39", 37),
    ] {
        let ids = found_in(&store, &queue, scope, text);
        assert_eq!(ids.split(' ').filter(|id| !id.is_empty()).count(), count, "{text}");
    }
    assert_sound(&store);
}
