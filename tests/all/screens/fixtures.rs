//! A queue of support replies, small enough to know by heart.

use karat::domain::claim::{Claim, Claimant, Claimed};
use karat::domain::decision::{Decision, Draft, Escalation, Judgement, Part, Verdict};
use karat::domain::event::{Event, EventKind};
use karat::domain::golden::{Example, Expected};
use karat::domain::item::{Content, ContentKind, Document, Item, Seq};
use karat::domain::queue::{Counts, Queue, SpecVersion};
use karat::domain::spec::{Criterion, FailureCategory, LensTerms, Route, Severity, Spec};
use karat::domain::stage::{Stage, Standing};
use karat::domain::time::{UtcMillis, parse_rfc3339};
use karat::store::{
    Asked, Attempt, Because, BrowseRow, Candidate, Dashboard, Day, Decided, Desk, End, Entry, Golden, Group, History,
    Newest, Next, Opinions, Precedent, QueueSummary, Served, State,
};
use serde_json::json;
use std::sync::Arc;

/// When every story begins.
pub(super) fn start() -> UtcMillis {
    parse_rfc3339("2026-11-24T09:00:00Z").unwrap()
}

fn criterion(key: &str, name: &str, question: &str, levels: &[&str], required: bool) -> Criterion {
    let levels = levels.iter().map(std::string::ToString::to_string).collect();
    Criterion { key: key.into(), name: name.into(), question: question.into(), levels, required }
}

pub(super) fn failure(key: &str, name: &str, severity: Severity, escalate_to: Option<&str>) -> FailureCategory {
    let escalate_to = escalate_to.map(str::to_owned);
    FailureCategory {
        key: key.into(),
        name: name.into(),
        severity,
        retryable: severity != Severity::Critical,
        escalate_to,
    }
}

fn route(key: &str, name: &str, due_hours: u32) -> Route {
    Route {
        key: key.into(),
        name: name.into(),
        owner: Some(format!("{key}-team")),
        due_hours: Some(due_hours),
        overdue: None,
        returns: true,
    }
}

pub(super) fn spec() -> Spec {
    let accuracy =
        ["Contradicts the source", "Adds unsupported facts", "Minor imprecision", "Accurate", "Complete too"];
    Spec {
        name: "replies".into(),
        title: "Support replies".into(),
        decision: "May this reply be sent to the customer as it stands?".into(),
        owner: Some("support-operations".into()),
        source_of_truth: Some("Help centre articles, snapshot of 2026-11-01".into()),
        criteria: vec![
            criterion("accuracy", "Factual accuracy", "Does every statement agree?", &accuracy, false),
            criterion("tone", "Tone", "Does it suit a worried customer?", &["Cold", "Neutral", "Warm"], false),
            criterion("complete", "Completeness", "Is all that was asked answered?", &["No", "Partly", "Yes"], false),
        ],
        failures: vec![
            failure("unsupported", "Unsupported claim", Severity::Critical, Some("policy")),
            failure("incomplete", "Incomplete", Severity::Major, None),
            failure("tone", "Tone or brand", Severity::Minor, None),
        ],
        routes: vec![route("safety", "Safety desk", 4), route("policy", "Policy desk", 24)],
        lens: LensTerms { unsupported: Some("unsupported".into()), ..LensTerms::default() },
        ..Spec::default()
    }
}

/// A spec that asks for a verdict and nothing else.
pub(super) fn bare_spec() -> Spec {
    let Spec { name, title, decision, owner, .. } = spec();
    Spec { name, title, decision, owner, ..Spec::default() }
}

pub(super) fn queue(spec: Spec) -> Box<Queue> {
    let spec = SpecVersion { version: 1, spec, source: String::new() };
    Box::new(Queue { id: 1, name: "replies".into(), spec })
}

pub(super) fn counts(accepted: i64, rejected: i64, escalated: i64) -> Counts {
    Counts::of_stages(
        1_000_000,
        [(Stage::Accepted, accepted), (Stage::Rejected, rejected), (Stage::Escalated, escalated)],
    )
}

const ARTICLE: &str = "You may return an appliance within 30 days of delivery.\n\nKeep the box. We collect parcels \
    above 10 kg at your door, free of charge; lighter ones go back through any post office.\n\nThe money is back on \
    the card 5 working days after we have received the parcel.";

fn documents() -> Vec<Arc<Document>> {
    let document = |title: &str, text: &str, url: &str| {
        Arc::new(Document {
            title: Some(title.into()),
            text: text.into(),
            url: Some(url.into()),
            id: None,
            updated_at: parse_rfc3339("2026-10-05T08:00:00Z"),
        })
    };
    vec![
        document("Returns", ARTICLE, "https://help.example/returns"),
        document("Opening times", "Monday to Friday, 08:00 to 20:00.", "https://help.example/times"),
    ]
}

pub(super) fn item(seq: Seq) -> Item {
    let input = Content::text("My kettle leaks.\nHow do I send it back, and when do I get my money?");
    let output = Content::text(
        "Dear Ms Okafor,\n\nYou can return the kettle within 30 days. Take it to any post office; the money is back \
         on your card after 3 working days.\n\nKind regards",
    );
    Item {
        context: documents(),
        case: Some("case-7".into()),
        attempt: 2,
        model: Some("a-large".into()),
        prompt_version: Some("v7".into()),
        latency_ms: Some(1240.0),
        cost_usd: Some(0.0031),
        tokens_in: Some(1812),
        tokens_out: Some(240),
        tags: vec!["returns".into(), "kettle".into()],
        ..Item::new(format!("sup-{seq:04}"), input, output)
    }
}

/// An item that the reviewer holds for five minutes from `now`.
pub(super) fn served(seq: Seq, now: UtcMillis) -> Served {
    let claimed = Claimed::Mine(Claim { token: format!("token-{seq}"), expires_at: now + 300_000 });
    Served {
        seq,
        item: item(seq),
        claimed,
        draft: None,
        active_millis: 0,
        mine: None,
        escalation: None,
        checks: Vec::new(),
        opinions: Opinions::default(),
        line_attempt: 1,
        deferred: false,
        declined: None,
        golden: None,
    }
}

pub(super) fn next(served: Served) -> Next {
    Next::Item(Box::new(served))
}

pub(super) fn end(counts: Counts, claimed: Vec<Claimant>, deferred: i64) -> Next {
    Next::End(End { counts, claimed, deferred, ..End::default() }.into())
}

pub(super) fn claimant(reviewer: &str, items: i64, first_free_at: UtcMillis) -> Claimant {
    Claimant { reviewer: reviewer.into(), items, first_free_at }
}

pub(super) fn decision(verdict: Verdict, draft: Draft) -> Decision {
    Decision {
        id: "d-1".into(),
        judgement: Judgement { active_millis: 42_000, ..Judgement::new(verdict, draft) },
        reviewer: "ops-1".into(),
        decided_at: start() - 600_000,
        spec_version: 1,
        due_at: None,
        part: Part::default(),
    }
}

/// Everything that can be put down on an item.
pub(super) fn full_draft() -> Draft {
    Draft {
        categories: vec!["unsupported".into(), "tone".into()],
        scores: [("accuracy".to_owned(), 2), ("tone".to_owned(), 3)].into(),
        note: "The article says 5 working days, not 3.".into(),
        ..Draft::default()
    }
}

fn event(seq: i64, minutes: i64, actor: &str, kind: &str, item: &str, data: serde_json::Value) -> Event {
    let at = start() - minutes * 60_000;
    Event {
        seq,
        at,
        actor: actor.into(),
        queue: 1,
        item: Some(item.into()),
        case: None,
        attempt: Some(1),
        kind: EventKind::read(kind, &data),
        word: kind.into(),
        data,
    }
}

fn entry(event: Event) -> Entry {
    Entry { event, decision: None, withheld: false }
}

fn attempt(seq: Seq, attempt: i64, verdict: Option<Verdict>) -> Attempt {
    Attempt {
        seq,
        id: format!("sup-{seq:04}"),
        attempt,
        model: Some("a-large".into()),
        prompt_version: Some(format!("v{}", attempt + 5)),
        verdict,
        withheld: false,
        is_mine: false,
        is_done_with: false,
    }
}

/// All that can happen to an item, told to a reviewer who has decided it.
pub(super) fn history() -> History {
    let body = full_draft();
    let decided = Decided {
        part: Part::default(),
        verdict: Verdict::Reject,
        body,
        correction: None,
        active_millis: 42_000,
        spec_version: 2,
        state: State::Standing,
        cause: None,
    };
    let superseded = Decided {
        part: Part::default(),
        verdict: Verdict::Accept,
        body: Draft::default(),
        correction: Some("Dear Ms Okafor,\n\nthe money is back on your card after 5 working days.".into()),
        active_millis: 8_200,
        spec_version: 1,
        state: State::Superseded,
        cause: None,
    };
    let of = |event, decided: &Decided| Entry { decision: Some(decided.clone()), ..entry(event) };
    let undone = json!({ "what": "decision", "verdict": "escalate", "stands": null });
    History {
        item: 12,
        blind: false,
        attempts: vec![attempt(12, 2, Some(Verdict::Reject)), attempt(7, 1, Some(Verdict::Escalate))],
        entries: vec![
            of(event(91, 4, "ops-1", "decided", "sup-0012", json!({})), &decided),
            of(event(80, 95, "ops-1", "decided", "sup-0012", json!({})), &superseded),
            entry(event(71, 60 * 5, "ops-2", "undone", "sup-0007", undone)),
            entry(event(64, 60 * 30, "ops-2", "deferred", "sup-0012", json!({}))),
            entry(event(0, 60 * 24 * 9, "pipeline", "imported", "sup-0012", json!({ "source": "replies.jsonl" }))),
        ],
        settled: None,
        judgements: Vec::new(),
        older: None,
    }
}

/// The same before the reviewer has decided.
pub(super) fn blind_history() -> History {
    let mut history = history();
    history.blind = true;
    for attempt in &mut history.attempts {
        (attempt.verdict, attempt.withheld) = (None, true);
    }
    for entry in history.entries.iter_mut().take(3) {
        *entry = Entry { decision: None, withheld: true, ..entry.clone() };
        entry.event.actor = "ops-2".into();
    }
    history
}

pub(super) fn precedents() -> Vec<Precedent> {
    let precedent = |seq: Seq, similarity, verdict, categories: &[&str], note: &str| Precedent {
        seq,
        id: format!("sup-{seq:04}"),
        similarity,
        is_near_duplicate: similarity > 0.8,
        verdict,
        categories: categories.iter().map(std::string::ToString::to_string).collect(),
        note: note.into(),
        reviewer: "ops-2".into(),
        decided_at: start() - seq * 7_200_000,
    };
    vec![
        precedent(7, 0.93, Verdict::Reject, &["unsupported", "tone"], "5 working days, not 3."),
        precedent(9, 0.41, Verdict::Accept, &[], ""),
        precedent(31, 0.22, Verdict::Escalate, &[], &"どちらの方針が有効か分からない。".repeat(9)),
        precedent(8, 0.07, Verdict::Reject, &["tone"], "\x1b[31mred\x07"),
    ]
}

/// An inbox with whatever can stand in one: overdue, due soon, without a time, from the program,
/// hostile.
pub(super) fn questions() -> Vec<Asked> {
    let question = |seq: Seq, minutes: i64, due: Option<i64>, by: &str, reason: &str| Asked {
        queue: "replies".into(),
        seq,
        item: format!("sup-{seq:04}"),
        asked: Escalation {
            by: by.into(),
            at: start() - minutes * 60_000,
            route: Some("policy".into()),
            due_at: due.map(|due| start() + due * 60_000),
            reason: reason.into(),
            returned: None,
        },
    };
    let long = "Two articles disagree on who pays for the parcel, and the reply names both. May we send that, or does \
                the desk settle first which of them holds? The customer has asked for the third time.";
    let mut some = vec![
        question(12, 60 * 26, Some(-120), "root", long),
        question(13, 30, Some(45), "ops-2", "May we promise that?"),
        question(14, 60 * 5, Some(60 * 19), "program", "all attempts are used up"),
        question(15, 60 * 50, None, "審査担当者", "どちらの方針が有効か分からない。".repeat(9).as_str()),
        question(16, 3, None, "\u{202e}evil", "\x1b[31mred\x07\n\nand more"),
    ];
    some[3].item = "非常に長い識別子".repeat(12);
    some[4].asked.route = Some("gone".into());
    some
}

/// An example of the golden set.
pub(super) fn golden(seq: Seq, verdict: Verdict, tags: &[&str], why: &str) -> Golden {
    let expected = if verdict == Verdict::Accept { Expected::Output } else { Expected::Correction };
    let tags = tags.iter().map(std::string::ToString::to_string).collect();
    let categories = if verdict == Verdict::Reject { vec!["unsupported".into()] } else { Vec::new() };
    Golden {
        seq: 1000 - seq,
        item: seq,
        id: format!("sup-{seq:04}"),
        example: Example { verdict, expected, categories, tags, why: why.into() },
        version: 1 + seq % 2,
        kept_by: "ops-1".into(),
        kept_at: start() - seq * 3_600_000,
    }
}

/// A golden set with whatever can stand in one.
pub(super) fn goldens() -> Vec<Golden> {
    let mut some = vec![
        golden(12, Verdict::Accept, &["typical"], "Answers both questions from the article, and nothing else."),
        golden(13, Verdict::Reject, &["edge-case", "dates"], "The refund takes 5 working days, not 3."),
        golden(14, Verdict::Escalate, &[], ""),
        golden(15, Verdict::Reject, &["エッジケース"], "返金までの日数が記事と一致しない。".repeat(6).as_str()),
        golden(16, Verdict::Accept, &["\x1b[31mred", "a", "b"], "\u{202e}hostile\x1b]0;owned\x07 why"),
    ];
    some[3].id = "非常に長い識別子".repeat(12);
    some
}

pub(super) fn candidates() -> Vec<Candidate> {
    let candidate = |seq: Seq, note: &str, because: Because| Candidate {
        seq: 500 - seq,
        item: seq,
        id: format!("sup-{seq:04}"),
        categories: vec!["unsupported".into(), "tone".into()],
        note: note.into(),
        because,
        verdict: Verdict::Reject,
        reviewer: "ops-2".into(),
        decided_at: start() - seq * 60_000,
    };
    vec![
        candidate(
            21,
            "5 working days, not 3",
            Because::Corrected("Dear Ms Okafor,\n\nthe money is back on your card after 5 working days.".into()),
        ),
        candidate(22, "", Because::Corrected("とても長い訂正。".repeat(40))),
        Candidate {
            verdict: Verdict::Accept,
            categories: Vec::new(),
            ..candidate(
                23,
                "The article of May holds",
                Because::Answered { asked_by: "ana".into(), asked: "Which of the two articles holds?".into() },
            )
        },
    ]
}

/// Text that tries to do something to the terminal, in every field.
pub(super) fn hostile(now: UtcMillis) -> Served {
    let mut served = served(13, now);
    let item = &mut served.item;
    item.id = "evil\x1b]0;owned\x07".into();
    item.input = Content::text("\x1b]52;c;ZXZpbA==\x07 copy");
    item.output = Content::text(
        "\x1b[31mred\x1b[0m \u{9b}2J nul\0 back\x08 cr\rline\n\u{202e}gnp.exe\u{202c} zero\u{200b}width \
         e\u{301} 👩\u{200d}🚒 家族 اردو",
    );
    let hostile = Document { title: Some("\x1b[2J title".into()), text: "\x1bc".into(), ..Document::default() };
    item.context = vec![hostile.into()];
    item.model = Some("\x1b[7mmodel".into());
    item.tags = vec!["\x1b]8;;http://evil\x07tag".into()];
    served.draft = Some(Draft { note: "\x1b[5mnote\u{202e}".into(), ..Draft::default() });
    served
}

/// An item whose metadata names what is to be seen beside it.
pub(super) fn illustrated(now: UtcMillis) -> Served {
    let mut served = served(12, now);
    let meta = r#"{"image_url":"https://help.example@phish.example/kettle.png?size=large",
        "files":["scans/\u001b[2Jinvoice.pdf","scans/invoice 7.pdf"]}"#;
    served.item.meta = Some(meta.into());
    served
}

/// No source, no output, nothing known, under a name that is too long.
pub(super) fn empty(now: UtcMillis) -> Served {
    let mut served = served(14, now);
    served.item = Item::new("非常に長い識別子".repeat(12), Content::text(""), Content::text(""));
    served
}

/// A chat in, JSON out.
pub(super) fn structured(now: UtcMillis) -> Served {
    let mut served = served(15, now);
    let chat = r#"[{"role":"system","content":"Be brief."},{"role":"user","content":"Total?\nAnd the date?"}]"#;
    served.item.input = Content { kind: ContentKind::Chat, text: chat.into() };
    let json =
        r#"{"total":1249.50,"date":"2026-11-01","lines":[{"sku":"K-17","n":1},{"sku":"K-18","n":2}],"notes":[]}"#;
    served.item.output = Content { kind: ContentKind::Json, text: json.into() };
    served
}

pub(super) fn summaries() -> Vec<QueueSummary> {
    let summary = |name: &str, title: &str, counts, claimants, last_hour| QueueSummary {
        name: name.into(),
        title: title.into(),
        counts,
        claimants,
        last: (last_hour > 0).then(|| ("ops-1".into(), start() - 240_000)),
        last_hour,
    };
    let some = |items, accepted, rejected, escalated| {
        Counts::of_stages(
            items,
            [(Stage::Accepted, accepted), (Stage::Rejected, rejected), (Stage::Escalated, escalated)],
        )
    };
    vec![
        summary("invoices", "Invoice extraction", some(104, 90, 12, 2), vec![], 12),
        summary("replies", "Support replies", counts(300_000, 112_000, 413), vec![claimant("ops-2", 3, start())], 96),
        summary("copy", "商品説明文の確認", some(96, 0, 0, 0), vec![], 0),
        summary("new", "new", some(0, 0, 0, 0), vec![], 0),
    ]
}

/// Rows of the browser, `count` of them from a place on.
pub(super) fn browse_rows(from: usize, count: usize) -> Vec<BrowseRow> {
    let row = |at: usize| BrowseRow {
        standing: Standing { opinions: 1, ..Standing::default() },
        seq: at as i64 + 1,
        item: Item {
            id: format!("sup-{:04}", at + 1),
            attempt: 1,
            model: Some(if at.is_multiple_of(2) { "a-large".into() } else { "a-small-preview-2026".into() }),
            prompt_version: Some("v7".into()),
            created_at: Some(start() - at as i64 * 7_200_000),
            latency_ms: Some(812.0 + at as f64),
            cost_usd: Some(0.0031),
            tags: vec!["returns".into()],
            ..Item::default()
        },
        decision: [None, Some(Verdict::Accept), Some(Verdict::Reject), Some(Verdict::Escalate)][at % 4].map(
            |verdict| {
                let categories = if at % 4 == 2 { vec!["unsupported".into(), "tone".into()] } else { Vec::new() };
                Decision {
                    id: String::new(),
                    judgement: Judgement::new(verdict, Draft { categories, ..Draft::default() }),
                    reviewer: format!("ops-{}", at % 3 + 1),
                    decided_at: 0,
                    spec_version: 1,
                    due_at: None,
                    part: Part::default(),
                }
            },
        ),
        is_corrected: at == 6,
        is_mine: at.is_multiple_of(4),
        salutation: 0,
        imported_at: start(),
        first_words: match at % 5 {
            0 => "Dear Ms Okafor, you can return the kettle within 30 days of delivery.".into(),
            1 => "返金は配達から三十日以内に承ります。レシートをお持ちください。".into(),
            2 => "Thanks 👩‍🚒👍🏽 — all good!".into(),
            3 => "\u{1b}[31mred\u{202e}desrever".into(),
            _ => String::new(),
        },
        claimed_by: (at == 4).then(|| "ops-2".into()),
        deferred: at == 8,
    };
    (from..from + count).map(row).collect()
}

/// The support replies at a glance.
pub(super) fn dashboard() -> Dashboard {
    let group = |key: &str, sub: &str, name: &str, accepted, decided| Group {
        key: key.into(),
        sub: sub.into(),
        name: name.into(),
        accepted,
        decided,
        days: Vec::new(),
    };
    let day = |(accepted, decided)| Day { accepted, decided };
    let since = |days: [(i64, i64); 7], group: Group| Group { days: days.map(day).to_vec(), ..group };
    let desk = |key: &str, name: &str, waiting, overdue, hours: i64| Desk {
        key: key.into(),
        name: name.into(),
        waiting,
        overdue,
        oldest: (waiting > 0).then(|| start() - hours * 3_600_000),
        next_due: (waiting > overdue).then(|| start() + 7_200_000),
    };
    let newest = |item: &str, verdict, reviewer: &str, minutes: i64| Newest {
        item: item.into(),
        verdict: Some(verdict),
        reviewer: reviewer.into(),
        at: start() - minutes * 60_000,
    };
    Dashboard {
        queue: "replies".into(),
        question: spec().decision,
        owner: Some("support-operations".into()),
        spec_version: 2,
        counts: counts(300_000, 112_000, 413),
        deferred: 2,
        declined: 0,
        drafts: 1,
        disputed: 0,
        made: vec![
            since(
                [(1, 3), (0, 0), (9, 20), (30, 41), (40, 48), (55, 60), (21, 21)],
                group("aurora-large-2", "support-v8", "", 201_000, 240_100),
            ),
            since(
                [(9, 10), (0, 0), (5, 10), (1, 3), (3, 10), (1, 9), (0, 4)],
                group("aurora-mini-2", "support-v7", "", 98_900, 172_300),
            ),
            group("", "", "", 100, 413),
        ],
        categories: vec![
            group("tone", "", "Tone or brand", 0, 61_000),
            group("unsupported", "", "Unsupported claim", 0, 48_200),
        ],
        reviewers: vec![group("ops-1", "", "", 180_000, 262_000), group("ops-2", "", "", 120_000, 150_413)],
        desks: vec![desk("policy", "Policy desk", 2, 1, 27), desk("safety", "Safety desk", 0, 0, 0)],
        days: vec![0, 0, 3, 9, 27, 30, 41, 12, 0, 0, 33, 52, 60, 21],
        golden_examples: 3,
        golden_version: 4,
        golden_candidates: 2,
        newest: vec![newest("sup-0007", Verdict::Reject, "ops-1", 4), newest("sup-0006", Verdict::Accept, "ops-2", 9)],
        uncounted: (0, 412_413),
    }
}
