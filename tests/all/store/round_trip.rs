//! Whatever a reviewer puts down comes back as it was.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::item::{Content, ContentKind};
use karat::domain::mark::Mark;
use karat::store::Rows;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::Config;
use support::fixture::*;

fn draft() -> impl Strategy<Value = Draft> {
    let categories = subsequence(vec!["wrong".to_owned(), "cold".to_owned()], 0..=2);
    let scores = prop::collection::btree_map(Just("tone".to_owned()), 1..=3_u8, 0..=1);
    let route = prop::option::of(Just("lead".to_owned()));
    let parts = (categories, scores, any::<String>(), route, prop::option::of(correction()), marks());
    parts.prop_map(|(categories, scores, note, route, correction, marks)| Draft {
        marks,
        categories,
        scores,
        note,
        route,
        correction,
    })
}

fn marks() -> impl Strategy<Value = Vec<Mark>> {
    let category = select(vec!["wrong", "cold"]);
    let mark = (any::<String>(), 0usize..40, 1usize..40, category, any::<String>());
    let mark = mark.prop_filter_map("covers something", |(text, start, length, category, comment)| {
        Mark::on(&text, start..start + length, category, &comment)
    });
    prop::collection::vec(mark, 0..3)
}

fn correction() -> impl Strategy<Value = Content> {
    let text = || any::<String>().prop_map(|text| text.replace('\0', ""));
    let json = text().prop_map(|text| serde_json::json!({ "text": text }).to_string());
    prop_oneof![text().prop_map(Content::text), json.prop_map(|text| Content { kind: ContentKind::Json, text }),]
}

/// One that keeps the rules of the spec.
fn judgement() -> impl Strategy<Value = Judgement> {
    let parts = (select(&Verdict::ALL[..]), draft(), 0..=i64::MAX);
    parts.prop_map(|(verdict, mut draft, active_millis)| {
        match verdict {
            Verdict::Accept => draft = Draft { scores: draft.scores, note: draft.note, ..Draft::default() },
            Verdict::Reject if draft.categories.is_empty() => draft.categories.push("cold".into()),
            Verdict::Reject => {}
            Verdict::Escalate => draft.note.insert_str(0, "because"),
        }
        draft.route = (verdict == Verdict::Escalate).then(|| "lead".into());
        let lens = [None, Some(false), Some(true)][active_millis as usize % 3];
        Judgement { verdict, draft: draft.into(), active_millis, lens, before: None, cause: None }
    })
}

proptest! {
    #![proptest_config(Config { cases: 16, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_judgement_comes_back(judgements in prop::collection::vec(judgement(), 1..12)) {
        let (w, store, queue) = Workspace::with_items(1);
        for (n, judgement) in judgements.iter().enumerate() {
            store.decide_at_once(queue.actor("ops-1", T0 + n as i64), "i1", judgement).unwrap();
        }
        drop(store);
        let mut found = Vec::new();
        let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
            found.push(row.decision.judgement);
            Ok(())
        };
        let store = w.open();
        store.outgoing(&queue, Rows::Decisions, &[], &karat::store::Condition::default(), None, each).unwrap();
        prop_assert_eq!(found, judgements);
        assert_sound(&store);
    }

    #[test]
    fn any_draft_comes_back(drafts in prop::collection::vec(draft(), 1..12)) {
        let (w, store, queue) = Workspace::with_items(1);
        let seq = store.seq_of(&queue, "i1").unwrap();
        for draft in &drafts {
            store.save_draft(seq, "ops-1", draft, 0, T0).unwrap();
        }
        drop(store);
        let last = drafts.last().filter(|draft| !draft.is_empty()).cloned();
        prop_assert_eq!(w.open().show(queue.actor("ops-1", T0), seq).unwrap().draft, last);
    }
}
