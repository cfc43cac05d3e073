//! Filters: what they find, saved ones, values for completion. In SQL a filter finds
//! exactly the items of which it is true in memory.

use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::filter::{Comparison, FIELDS, Filter, Has, Is, ItemFilter, Moment, Pattern, Piece, Term, parse};
use karat::domain::golden::{Example, Expected};
use karat::domain::item::{Content, Document, Item};
use karat::domain::mark::Mark;
use karat::domain::queue::Queue;
use karat::domain::record::{Cell, RecordField, Scope, item_field};
use karat::domain::spec::{Severity, Spec};
use karat::domain::stage::Stage;
use karat::store::{BrowseRow, Condition, Sort, Store, StoreError};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use support::fixture::*;

const HOUR: i64 = 60 * MINUTE;
const NOW: i64 = T0 + 24 * HOUR;

fn find(store: &Store, queue: &Queue, filter: &Filter) -> Vec<String> {
    store.complete_index(|_| ()).unwrap();
    let resolved = store.resolve(queue, filter, NOW).unwrap();
    let condition = store.condition(queue, &resolved, "ana").unwrap();
    let listing = store.whole_listing(queue, condition, Sort::default()).unwrap();
    let rows = store.browse(listing.seqs(), "ana", NOW).unwrap();
    let found: Vec<String> = rows.into_iter().map(|row| row.item.id).collect();
    if let Ok(filter) = ItemFilter::new(resolved.filter().clone()) {
        let all = store.whole_listing(queue, Condition::default(), Sort::default()).unwrap();
        let items = all.seqs().iter().map(|seq| store.peek(*seq).unwrap());
        for item in items.filter(|item| item.meta.as_ref().is_none_or(|meta| is_importable(meta))) {
            assert_eq!(filter.finds(&item), found.contains(&item.id), "{filter} in memory: {item:?}");
        }
    }
    found
}

/// No import lets half a character in.
fn is_importable(meta: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(meta).is_ok()
}

fn found(store: &Store, queue: &Queue, text: &str) -> String {
    find(store, queue, &store.filter(queue, text).unwrap()).join(" ")
}

/// Five items of many kinds: `a` is accepted, `b` rejected by ben, `c` escalated, `d`
/// deferred by ana, `e` bare and claimed by cyd.
fn mixed() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, SPEC);
    let mut items: Vec<Item> = ["a", "b", "c", "d", "e"].map(plain).into();
    items[0].model = Some("a-large".into());
    items[0].prompt = Some(Content::text("Be kind."));
    items[0].latency_ms = Some(2500.0);
    items[0].tags = vec!["edge-case".into(), "billing".into()];
    items[0].created_at = Some(T0 - 48 * HOUR);
    items[1].model = Some("a-small".into());
    items[1].cost_usd = Some(0.01);
    items[1].priority = 5;
    items[1].output = Content::text("The Refund window is 30 days");
    items[2].prompt_version = Some("v7".into());
    items[2].meta = Some(r#"{"tier":"gold","seats":12,"trial":true}"#.into());
    items[3].case = Some("case-1".into());
    items[3].attempt = 2;
    items[3].reference = Some(Content::text("as it should be"));
    items[3].created_at = Some(NOW - HOUR);
    items[4].context = Vec::new();
    items[4].input = Content::text("退款什么时候到账");
    let records: Vec<_> = items.into_iter().map(record).collect();
    import(&store, &queue, &records, false);

    store.decide_at_once(queue.actor("ana", T0), "a", &scored(accept(), 3)).unwrap();
    let mut rejected = scored(reject("wrong"), 1);
    rejected.draft_mut().marks = Mark::on("The Refund window is 30 days", 0..3, "wrong", "").into_iter().collect();
    store.decide_at_once(queue.actor("ben", T0 + HOUR), "b", &rejected).unwrap();
    store.decide_at_once(queue.actor("ben", T0 + 2 * HOUR), "c", &escalate()).unwrap();
    let (served, token) = serve(&mut store, &queue, "ana", T0);
    assert_eq!(served.item.id, "d");
    store.defer(queue.actor("ana", T0), served.seq, &token).unwrap();
    // Claims of the day before, which have expired, and one that has not.
    let seq = |id| store.seq_of(&queue, id).unwrap();
    let (expired, live) = (seq("d"), seq("e"));
    store.show(queue.actor("cyd", T0), expired).unwrap();
    store.show(queue.actor("cyd", NOW - MINUTE), live).unwrap();
    (workspace, store, queue)
}

fn scored(mut judgement: Judgement, score: u8) -> Judgement {
    judgement.draft_mut().scores.insert("tone".into(), score);
    judgement
}

#[test]
fn a_filter_finds_the_items_that_it_describes() {
    let (_w, store, queue) = mixed();
    let example = Example {
        verdict: Verdict::Reject,
        expected: Expected::Nothing,
        categories: Vec::new(),
        tags: Vec::new(),
        why: String::new(),
    };
    store.keep_golden(queue.actor("ana", T0), store.seq_of(&queue, "b").unwrap(), &example).unwrap();
    for (filter, expected) in [
        ("", "a b c d e"),
        ("verdict:accepted,escalate", "a c"),
        ("verdict:undecided", "d e"),
        ("category:wrong", "b"),
        ("severity>=minor", "b"),
        ("severity:minor", ""),
        ("score.tone<3", "b"),
        ("score.tone>=1", "a b"),
        ("route:lead", "c"),
        ("reviewer:ben", "b c"),
        ("reviewer!=ben", "a d e"),
        ("decided>=2026-09-21", "a b c"),
        ("decided>24h", "b c"),
        ("seconds<2", "a b c"),
        ("spec_version:1 -verdict:accept", "b c"),
        ("id:a,e", "a e"),
        ("case:case-*", "d"),
        ("attempt>1", "d"),
        ("priority>=5", "b"),
        ("priority<5 -id:e", "a c d"),
        ("model:a-large", "a"),
        ("model:a-*", "a b"),
        ("model:*", "a b"),
        ("-model:a-large", "b c d e"),
        ("model:A-*", ""),
        ("prompt_version:v7", "c"),
        ("tag:edge-case", "a"),
        ("tag:b*", "a"),
        ("latency_ms>2000", "a"),
        ("-latency_ms>2000", "b c d e"),
        ("cost_usd>=0.01", "b"),
        ("created<1d", "a"),
        ("created>2h", "d"),
        ("age>25h", "a"),
        ("age<=24h", "b c d e"),
        ("imported:today", ""),
        ("has:note", "b c"),
        ("has:category", "b"),
        ("has:marks", "b"),
        ("-has:marks", "a c d e"),
        ("has:reference", "d"),
        ("has:prompt", "a"),
        ("-has:context", "e"),
        ("has:meta", "c"),
        ("is:mine", "a"),
        ("is:deferred", "d"),
        ("is:decided", "a b c"),
        ("is:claimed", "e"),
        ("is:held", "e"), // as saved filters have it from before
        ("-is:claimed", "a b c d"),
        ("is:golden", "b"),
        ("meta.tier:gold", "c"),
        ("meta.tier:g*", "c"),
        ("meta.seats:12", "c"),
        ("meta.seats>=12", "c"),
        ("meta.trial:true", "c"),
        ("meta.none:x or meta.tier>3", ""),
        ("\"refund window\"", "b"),
        ("output:days", "b"),
        ("input:days", ""),
        ("note:decides", "c"),
        ("why", "b"),
        ("context:source", "a b c d"),
        ("退款", "e"),
        ("model:a-* -verdict:accept or tag:edge-case", "a b"),
        ("-(verdict:accept or verdict:reject)", "c d e"),
    ] {
        assert_eq!(found(&store, &queue, filter), expected, "{filter}");
    }
}

/// A row of the record that names a column wrongly fails here, on either engine.
#[test]
fn every_field_can_be_asked_for() {
    let (_w, store, queue) = mixed();
    for field in FIELDS.iter() {
        find(&store, &queue, &parse(field.example).unwrap());
    }
    let whole = store.whole_listing(&queue, Condition::default(), Sort::default()).unwrap();
    let rows = store.browse(whole.seqs(), "ana", NOW).unwrap();
    for has in Has::all() {
        let having = find(&store, &queue, &Filter::Term(Term::Has(has)));
        if let Has::Value(field) = has
            && !field.holds().is_large()
        {
            let has_it = |row: &&BrowseRow| match row.cell(field) {
                Cell::Null => false,
                Cell::Text(text) => !text.is_empty(),
                Cell::Words(words) => !words.is_empty(),
                Cell::Marks(marks) => !marks.is_empty(),
                _ => true,
            };
            let expected: Vec<String> = rows.iter().filter(has_it).map(|row| row.item.id.clone()).collect();
            assert_eq!(having, expected, "has:{}", has.word());
        }
    }
}

/// Texts, and the metadata of the first of them, as they come from elsewhere.
#[test]
fn what_reads_alike_is_found_and_signs_count() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let texts = [
        "We use C++ and C#, a 10% fee",
        "Plan C: 10 fees, cafe\u{301} re\u{ad}fund \u{fb01}nal Straße",
        "don’t use\nC++ here",
    ];
    let mut items: Vec<Item> = ["a", "b", "c"].map(plain).into();
    for (item, text) in items.iter_mut().zip(texts) {
        item.output = Content::text(text);
        item.context = Vec::new();
    }
    let meta = r#"{"risk area":"high","score":"0.50","gpt":{"version":4,"x y":{"z":"deep"}},"a.b":1,"no":"1 apple"}"#;
    items[0].meta = Some(meta.into());
    items[1].context = vec![Document { text: "Written in F#".into(), ..Document::default() }.into()];
    let records: Vec<_> = items.into_iter().map(record).collect();
    import(&store, &queue, &records, false);
    for (filter, expected) in [
        ("C", "a b c"),
        ("C++", "a c"),
        ("\"use C++\"", "a c"),
        ("-\"C++\"", "b"),
        ("C#", "a"),
        ("F#", "b"),
        ("context:F#", "b"),
        ("output:F#", ""),
        ("10%", "a"),
        ("10", "a b"),
        ("café", "b"),
        ("refund", "b"),
        ("final", "b"),
        ("STRASSE", "b"),
        ("don't", "c"),
        ("meta.score>0.3", "a"),
        ("meta.score<0.3", ""),
        ("meta.no>0", ""),
        ("meta.\"risk area\":high", "a"),
        ("meta.gpt.version:4", "a"),
        ("meta.gpt.version>3", "a"),
        ("meta.gpt.\"x y\".z:d*", "a"),
        ("meta.a.b:1", "a"),
        ("meta.\"a.b\":1", "a"),
        ("meta.score.x:1 or meta.none.y>1", ""),
    ] {
        assert_eq!(found(&store, &queue, filter), expected, "{filter}");
    }
}

#[test]
fn what_a_filter_names_must_be_there() {
    let (_w, store, queue) = mixed();
    for (filter, hint) in [("category:wrnog", "did you mean `wrong`?"), ("@late", "")] {
        let error = store.filter(&queue, filter).unwrap_err();
        assert!(matches!(&error, StoreError::Filter { .. }), "{error}");
        assert_eq!(error.hint().unwrap_or_default(), hint);
    }
}

#[test]
fn words_of_an_older_spec_are_still_known() {
    let (_w, store, _) = mixed();
    let without = SPEC.replace("key = \"wrong\"\nname = \"Wrong\"", "key = \"false\"\nname = \"False\"");
    let queue = apply(&store, &without);
    assert_eq!(found(&store, &queue, "category:wrong severity:critical"), "b");
}

#[test]
fn saved_filters_refer_to_each_other_but_not_in_a_circle() {
    let (_w, store, queue) = mixed();
    store.save_filter(&queue, "ours", "model:a-*", "ana", T0).unwrap();
    store.save_filter(&queue, "bad", "@ours verdict:reject", "ana", T0).unwrap();
    assert_eq!(found(&store, &queue, "@bad or id:e"), "b e");
    assert_eq!(found(&store, &queue, "-@ours"), "c d e");

    let error = store.save_filter(&queue, "ours", "id:x or @bad", "ana", T0).unwrap_err();
    assert!(error.to_string().ends_with("this leads back to itself: @ours → @bad → @ours"), "{error}");
    let error = store.remove_filter(&queue, "ours", "ana", T0).unwrap_err();
    assert!(matches!(&error, StoreError::FilterInUse { by, .. } if by == "bad"), "{error}");
    assert!(matches!(store.save_filter(&queue, "a b", "id:x", "ana", T0), Err(StoreError::FilterName(_))));

    assert!(store.remove_filter(&queue, "bad", "ana", T0).unwrap());
    assert!(store.remove_filter(&queue, "ours", "ana", T0).unwrap());
    assert!(!store.remove_filter(&queue, "ours", "ana", T0).unwrap(), "it is gone");
    let mut kinds = Vec::new();
    let each = |event: karat::domain::event::Event| {
        kinds.push(event.word);
        Ok(())
    };
    store.events(&queue, None, None, each).unwrap();
    assert_eq!(kinds.iter().filter(|kind| kind.starts_with("filter_")).count(), 4, "{kinds:?}");
}

#[test]
fn saved_filters_cannot_grow_without_end() {
    let (_w, store, queue) = mixed();
    store.save_filter(&queue, "f0", &"id:x ".repeat(100), "ana", T0).unwrap();
    let error = (1..9).find_map(|n| {
        let twice = format!("@f{0} or @f{0}", n - 1);
        store.save_filter(&queue, &format!("f{n}"), &twice, "ana", T0).err()
    });
    assert!(error.unwrap().to_string().contains("more than 400 terms"));
}

#[test]
fn values_are_known_for_completion() {
    let (_w, store, queue) = mixed();
    let item = |name| RecordField::Item(item_field(name).unwrap());
    let known = |field, begun: &str| store.known_values(&queue, field, begun).unwrap().join(" ");
    assert_eq!(known(item("model"), "a-"), "a-large a-small");
    assert_eq!(known(item("tags"), ""), "billing edge-case");
    assert_eq!(known(const { RecordField::decision("reviewer") }, "b"), "ben");
    assert_eq!(known(item("id"), "c"), "c");
    assert_eq!(known(item("case"), ""), "case-1");
    assert_eq!(known(item("prompt_version"), "v"), "v7");
}

/// What a filter may ask, in many forms that some of the random items have.
const TERMS: &[&str] = &[
    "verdict:accept",
    "verdict:reject",
    "verdict:undecided",
    "category:wrong",
    "category:c*",
    "severity>=minor",
    "severity<critical",
    "score.tone<2",
    "score.tone:3",
    "score.tone>=2",
    "reviewer:ana",
    "reviewer:b*",
    "note:kind",
    "decided>=2026-09-21",
    "decided<23h",
    "seconds>2",
    "seconds:1.5",
    "spec_version:1",
    "due<2h",
    "due>=1h",
    "is:overdue",
    "id:i1",
    "id:i*",
    "case:x",
    "attempt>1",
    "priority>0",
    "priority<=0",
    "model:m",
    "model:m*",
    "model:*x",
    "prompt_version:v1",
    "tag:red",
    "tag:*e*",
    "latency_ms>100",
    "latency_ms<=100",
    "cost_usd:0.5",
    "tokens_in<10",
    "tokens_out>=10",
    "created>2h",
    "created<=2026-09-21",
    "age>30h",
    "age<30h",
    "imported<1h",
    "has:note",
    "has:category",
    "has:context",
    "has:tag",
    "has:model",
    "has:created",
    "has:meta",
    "has:reference",
    "is:mine",
    "is:deferred",
    "is:decided",
    "is:claimed",
    "meta.k:v",
    "meta.k:*",
    "meta.n>1",
    "meta.n:2",
    "i1",
    "i*",
    "apple",
    "output:apple",
    "input:pear",
    "context:plum",
    "\"apple pear\"",
];

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = select(TERMS).prop_map(|text| karat::domain::filter::parse(text).unwrap());
    parts(leaf)
}

/// A filter over what an import fixes.
fn fixed_filter() -> impl Strategy<Value = Filter> {
    let fixed = TERMS.iter().map(|text| karat::domain::filter::parse(text).unwrap());
    let fixed: Vec<Filter> = fixed.filter(|term| ItemFilter::new(term.clone()).is_ok()).collect();
    assert!(fixed.len() > 20, "{fixed:?}");
    parts(select(fixed))
}

fn parts(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Filter::all),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Filter::any),
            inner.prop_map(Filter::negated),
        ]
    })
}

/// An item with what was done to it.
#[derive(Debug, Clone)]
struct Facts {
    item: Item,
    decision: Option<(Judgement, &'static str, i64)>,
    deferred: bool,
    /// When somebody claimed it last, which may have expired since.
    claimed_at: Option<i64>,
}

fn facts() -> impl Strategy<Value = Facts> {
    let maybe = |values: &'static [&'static str]| prop::option::of(select(values).prop_map(str::to_owned));
    let words = || select(vec!["apple pear", "pear", "plum apple", "fig"]);
    let names = (maybe(&["m", "mx", "n"]), maybe(&["v1", "v2"]), maybe(&["x", "y"]));
    let numbers = (
        prop::option::of(select(vec![50.0, 100.0, 150.5])),
        prop::option::of(select(vec![0.5, 0.25])),
        prop::option::of(0i64..20),
        1i64..3,
        -1i64..2,
    );
    let texts = (words(), words(), prop::option::of(words()), any::<bool>());
    let rest = (
        prop::option::of(0i64..72),
        prop::collection::vec(select(vec!["red", "blue"]).prop_map(str::to_owned), 0..2),
        maybe(&[r#"{"k":"v"}"#, r#"{"n":2,"k":"w"}"#, r#"{"n":"2"}"#]),
        prop::option::of(judgement()),
        any::<bool>(),
        prop::option::of(select(vec![NOW - HOUR, NOW - MINUTE])),
    );
    (names, numbers, texts, rest).prop_map(|(names, numbers, texts, rest)| {
        let (input, output, context, has_reference) = texts;
        let mut item = Item::new("", Content::text(input), Content::text(output));
        (item.model, item.prompt_version, item.case) = names;
        (item.latency_ms, item.cost_usd, item.tokens_in, item.attempt, item.priority) = numbers;
        item.tokens_out = item.tokens_in.map(|tokens| tokens * 2);
        let document = |text: String| Document { text, ..Document::default() }.into();
        item.context = context.into_iter().map(|text| document(text.into())).collect();
        item.reference = has_reference.then(|| Content::text("ref"));
        let (created, tags, meta, decision, deferred, claimed_at) = rest;
        item.created_at = created.map(|hours| NOW - hours * HOUR - MINUTE);
        (item.tags, item.meta) = (tags, meta);
        Facts { item, deferred: deferred && decision.is_none(), decision, claimed_at }
    })
}

fn judgement() -> impl Strategy<Value = (Judgement, &'static str, i64)> {
    let category = prop::option::of(select(vec!["wrong", "cold"]));
    (category, prop::option::of(1u8..4), any::<bool>(), select(vec!["ana", "ben"]), 0i64..24, 1i64..4).prop_map(
        |(category, score, has_note, reviewer, hours, seconds)| {
            let verdict = match category {
                Some(_) => Verdict::Reject,
                None if has_note && score.is_none() => Verdict::Escalate,
                None => Verdict::Accept,
            };
            let route = (verdict == Verdict::Escalate).then(|| "lead".to_owned());
            let draft = Draft {
                categories: category.iter().map(|key| (*key).to_owned()).collect(),
                scores: score.map(|score| ("tone".to_owned(), score)).into_iter().collect(),
                route,
                note: if has_note { "be kind".into() } else { String::new() },
                ..Draft::default()
            };
            let judgement = Judgement { active_millis: seconds * 750, ..Judgement::new(verdict, draft) };
            (judgement, reviewer, T0 + hours * HOUR)
        },
    )
}

/// The meaning of a filter, written once more in plain Rust.
impl Facts {
    fn are(&self, filter: &Filter, spec: &Spec) -> bool {
        match filter {
            Filter::All(parts) => parts.iter().all(|part| self.are(part, spec)),
            Filter::Any(parts) => parts.iter().any(|part| self.are(part, spec)),
            Filter::Not(part) => !self.are(part, spec),
            Filter::Term(term) => self.fit(term, spec),
        }
    }

    fn stage(&self) -> Stage {
        match self.decision.as_ref().map(|(judgement, ..)| judgement.verdict) {
            None => Stage::Waiting,
            Some(Verdict::Accept) => Stage::Accepted,
            Some(Verdict::Reject) => Stage::Rejected,
            Some(Verdict::Escalate) => Stage::Escalated,
        }
    }

    fn fit(&self, term: &Term, spec: &Spec) -> bool {
        let item = &self.item;
        let judgement = self.decision.as_ref().map(|(judgement, ..)| judgement);
        let draft = judgement.map(|judgement| &judgement.draft);
        let number = |value: Option<f64>, comparison: &Comparison, than: &f64| {
            value.is_some_and(|value| comparison.holds(&value, than))
        };
        match term {
            Term::Word(field, pattern) => {
                let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
                let words = match field.name() {
                    "id" => vec![item.id.clone()],
                    "case" => one(&item.case),
                    "model" => one(&item.model),
                    "prompt_version" => one(&item.prompt_version),
                    "tags" => item.tags.clone(),
                    "categories" => draft.map(|draft| draft.categories.clone()).unwrap_or_default(),
                    "route" => draft.and_then(|draft| draft.route.clone()).into_iter().collect(),
                    "reviewer" => self.decision.iter().map(|(_, reviewer, _)| (*reviewer).to_owned()).collect(),
                    other => unreachable!("{other} is no word"),
                };
                words.iter().any(|word| covers(pattern.pieces(), word))
            }
            Term::Verdict(verdict) => judgement.map(|judgement| judgement.verdict) == *verdict,
            Term::Severity(comparison, than) => draft.is_some_and(|draft| {
                let severity = |key: &String| spec.failure(key).map(|failure| failure.severity);
                let mut severities = draft.categories.iter().filter_map(severity);
                severities.any(|found: Severity| comparison.holds(&found, than))
            }),
            Term::Number(field, comparison, than) => {
                let value = match field.name() {
                    "attempt" => Some(item.attempt as f64),
                    "priority" => Some(item.priority as f64),
                    "latency_ms" => item.latency_ms,
                    "cost_usd" => item.cost_usd,
                    "tokens_in" => item.tokens_in.map(|tokens| tokens as f64),
                    "tokens_out" => item.tokens_out.map(|tokens| tokens as f64),
                    "seconds" => judgement.map(|judgement| judgement.active_millis as f64 / 1000.0),
                    "spec_version" => judgement.map(|_| 1.0),
                    other => unreachable!("{other} is no number"),
                };
                number(value, comparison, than)
            }
            Term::Score(key, comparison, than) => {
                number(draft.and_then(|draft| draft.scores.get(key)).map(|score| f64::from(*score)), comparison, than)
            }
            Term::Time(moment, comparison, when) => {
                let at = match moment {
                    Moment::Imported => Some(T0),
                    Moment::Of(RecordField::Item(_)) => item.created_at,
                    Moment::Of(field) if field.name() == "due_at" => self.due_at(spec),
                    Moment::Of(RecordField::Standing(_)) => None,
                    Moment::Of(RecordField::Decision(_)) => self.decision.as_ref().map(|(.., at)| *at),
                };
                let stretch = when.stretch(NOW);
                at.is_some_and(|at| match comparison {
                    Comparison::Equal => stretch.contains(&at),
                    Comparison::Less => at < stretch.start,
                    Comparison::AtMost => at < stretch.end,
                    Comparison::More => at >= stretch.end,
                    Comparison::AtLeast => at >= stretch.start,
                })
            }
            Term::Age(..) | Term::Saved(_) => unreachable!("the filter is pinned"),
            Term::Judge(..) => false, // no model has judged anything
            Term::Has(has) => match has.word() {
                "note" => draft.is_some_and(|draft| !draft.note.is_empty()),
                "category" => draft.is_some_and(|draft| !draft.categories.is_empty()),
                "marks" => draft.is_some_and(|draft| !draft.marks.is_empty()),
                "context" => !item.context.is_empty(),
                "tag" => !item.tags.is_empty(),
                "model" => item.model.is_some(),
                "created" => item.created_at.is_some(),
                "meta" => item.meta.is_some(),
                "reference" => item.reference.is_some(),
                other => unreachable!("{other} is not among the terms"),
            },
            Term::Is(Is::Mine) => self.decision.as_ref().is_some_and(|(_, reviewer, _)| *reviewer == "ana"),
            Term::Is(Is::Deferred) => self.deferred,
            Term::Is(Is::Decided) => self.decision.is_some(),
            Term::Is(Is::Claimed) => self.claimed_at.is_some_and(|at| NOW < at + CLAIM_MILLIS),
            Term::Is(Is::Overdue) => self.due_at(spec).is_some_and(|due| due < NOW),
            Term::Is(Is::Golden | Is::Declined) => false,
            Term::Is(Is::Retryable) => judgement.is_some_and(|judgement| {
                let mut failures = judgement.draft.categories.iter().filter_map(|key| spec.failure(key));
                judgement.verdict == Verdict::Reject && failures.any(|failure| failure.retryable)
            }),
            Term::Is(Is::Stage(stage)) => *stage == self.stage(),
            Term::Text(scope, phrase) => {
                let mut texts = vec![];
                if matches!(scope, Scope::Anywhere | Scope::Input) {
                    texts.push(item.input.text.as_str());
                }
                if matches!(scope, Scope::Anywhere | Scope::Output) {
                    texts.push(&item.output.text);
                }
                if matches!(scope, Scope::Anywhere | Scope::Context) {
                    texts.extend(item.context.iter().map(|document| document.text.as_str()));
                }
                if matches!(scope, Scope::Anywhere | Scope::Note) {
                    texts.extend(draft.map(|draft| draft.note.as_str()));
                }
                let id = item.id.as_str();
                let is_called = id == phrase.text || phrase.may_begin_id() && id.starts_with(&phrase.text);
                (*scope == Scope::Anywhere && is_called) || texts.iter().any(|text| text.contains(&phrase.text))
            }
            Term::Meta(key, pattern) => self.meta(key).is_some_and(|value| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                covers(pattern.pieces(), &text)
            }),
            Term::MetaNumber(key, comparison, than) => {
                let as_text = |value: &serde_json::Value| value.as_str().and_then(|text| text.parse().ok());
                number(self.meta(key).and_then(|value| value.as_f64().or_else(|| as_text(&value))), comparison, than)
            }
        }
    }

    fn due_at(&self, spec: &Spec) -> Option<i64> {
        self.decision.as_ref().and_then(|(judgement, _, at)| judgement.due_at(spec, *at))
    }

    fn meta(&self, key: &str) -> Option<serde_json::Value> {
        let meta: serde_json::Value = serde_json::from_str(self.item.meta.as_ref()?).unwrap();
        meta.get(key).cloned()
    }
}

fn covers(pieces: &[Piece], text: &str) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Literal(literal), rest @ ..] => {
            text.strip_prefix(literal.as_str()).is_some_and(|text| covers(rest, text))
        }
        [Piece::Any, rest @ ..] => (0..=text.len()).any(|at| text.get(at..).is_some_and(|text| covers(rest, text))),
    }
}

#[test]
fn signs_in_a_pattern_stand_for_themselves() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let models = ["a[b]c", "a?c", "aXc", "a*c", "a%c", "a_c"];
    let records: Vec<_> = models
        .map(|model| {
            let mut item = plain(model);
            item.model = Some(model.into());
            record(item)
        })
        .into();
    import(&store, &queue, &records, false);
    for model in models {
        let pattern = Pattern::of([Piece::Literal(model.into()), Piece::Any]);
        assert_eq!(find(&store, &queue, &Term::Word(const { RecordField::item("model") }, pattern).into()), [model]);
    }
}

#[test]
fn no_value_of_an_item_makes_a_filter_fail() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let metas = [
        r#"{"k":"v","n":12}"#,
        r#"{"k":"v","z":"a\u0000b","half":"\ud83d","\ude00":1,"n":1e400}"#,
        r#"{"k":"\\u0000","n":-1e400}"#,
        r#"{"k":"\ud83d\ude00","n":1e-400}"#,
        r#"{"k":{"k":"v"},"n":"12"}"#,
        r#"{"k":["v"],"n":null}"#,
        r#"{"k":true,"n":12.50}"#,
    ];
    let records = (0..).zip(metas).map(|(n, meta)| {
        let mut item = plain(&format!("i{n}"));
        item.meta = Some(meta.into());
        record(item)
    });
    import(&store, &queue, &records.collect::<Vec<_>>(), false);
    for (filter, expected) in [
        ("meta.k:v", "i0 i1"),
        ("-meta.k:v", "i2 i3 i4 i5 i6"),
        ("meta.n>1", "i0 i1 i4 i6"),
        ("meta.n>=12.5", "i1 i6"),
        ("meta.n<0", "i2"),
        ("-meta.n<0", "i0 i1 i3 i4 i5 i6"),
        ("meta.k:true", "i6"),
        ("meta.k:😀", "i3"),
        (r#"meta.k:"\\u0000""#, "i2"),
        ("meta.z:a*", "i1"),
        ("has:marks", ""),
    ] {
        assert_eq!(found(&store, &queue, filter), expected, "{filter}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]
    #[test]
    fn sql_agrees_with_the_meaning(
        facts in prop::collection::vec(facts(), 1..12),
        filters in prop::collection::vec(prop_oneof![filter(), fixed_filter()], 12),
    ) {
        let workspace = Workspace::new();
        let mut store = workspace.open();
        let queue = apply(&store, &due_spec());
        let mut facts = facts;
        for (at, facts) in facts.iter_mut().enumerate() {
            facts.item.id = format!("i{at}");
        }
        let records: Vec<_> = facts.iter().map(|facts| record(facts.item.clone())).collect();
        import(&store, &queue, &records, false);
        for Facts { item, decision, deferred, claimed_at } in &facts {
            if let Some((judgement, reviewer, at)) = decision {
                store.decide_at_once(queue.actor(reviewer, *at), &item.id, judgement).unwrap();
            }
            if *deferred {
                let seq = store.seq_of(&queue, &item.id).unwrap();
                let served = store.show(queue.actor("ana", T0), seq).unwrap();
                store.defer(queue.actor("ana", T0), seq, &token(&served.claimed)).unwrap();
            }
            if let Some(at) = claimed_at {
                store.show(queue.actor("cyd", *at), store.seq_of(&queue, &item.id).unwrap()).unwrap();
            }
        }
        for filter in filters {
            let resolved = store.resolve(&queue, &filter, NOW).unwrap();
            let expected = facts.iter().filter(|facts| facts.are(resolved.filter(), &queue.spec.spec));
            let expected: Vec<&str> = expected.map(|facts| facts.item.id.as_str()).collect();
            prop_assert_eq!(find(&store, &queue, &filter), expected, "{}", filter);
        }
    }
}

#[test]
fn a_bare_word_finds_the_items_that_are_called_so() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let records: Vec<_> = ["sup-0021", "sup-0022", "sup-00220", "sup", "order"].map(|id| record(plain(id))).into();
    import(&store, &queue, &records, false);
    assert_eq!(found(&store, &queue, "sup-0022"), "sup-0022 sup-00220", "an id, and what begins with it");
    assert_eq!(found(&store, &queue, "output:sup-0022"), "sup-0022", "a text is asked for alone");
    assert_eq!(found(&store, &queue, "sup-0021 or order"), "sup-0021 order");
    assert_eq!(found(&store, &queue, "-sup-002*"), "sup order");
}

#[test]
fn words_that_join_are_read_in_every_case() {
    let (_w, store, queue) = mixed();
    for text in
        ["verdict:escalate and route:lead", "verdict:escalate AND route:lead", "verdict:escalate And route:lead"]
    {
        assert_eq!(found(&store, &queue, text), "c", "{text}");
    }
}
