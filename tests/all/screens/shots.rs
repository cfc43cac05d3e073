//! Every screen and state, at four sizes.

use super::fixtures::*;
use super::settling::{disputed, hostile_sides, settled, sides, three_sides};
use super::story::Story;
use karat::analysis::reviewer::Paused;
use karat::config::ThemeChoice;
use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Escalation, Returned, Verdict};
use karat::domain::item::Content;
use karat::domain::macros::Macro;
use karat::domain::order::{Order, Serving};
use karat::domain::policy::Retry;
use karat::domain::queue::Counts;
use karat::domain::spec::{RetryTerms, Spec};
use karat::domain::stage::Stage;
use karat::store::{
    Asked, ConnectionState, Dashboard, End, GoldenRow, Group, History, InboxSize, Indexed, Next, Opinion, Opinions,
    Page, SavedFilter, Served, Share, StoreError, Totals,
};
use karat::tui::worker::{
    BrowseReply, GoldenReply, InboxReply, LookupReply, QueueReply, Reply, Request, ReviewRequest, Since,
};

const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (120, 40), (200, 60)];

/// Takes the state's picture at every size.
pub(super) fn shots(name: &str, mut state: impl FnMut((u16, u16)) -> Story) {
    for size in SIZES {
        let screen = state(size).screen();
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), screen);
    }
}

/// The support replies at an item.
fn at(served: Served, size: (u16, u16)) -> Story {
    Story::with(spec(), next(served), size)
}

fn worked_on() -> Served {
    Served { draft: Some(full_draft()), ..served(12, start()) }
}

fn after_keys(mut story: Story, keys: &str) -> Story {
    story.keys(keys);
    story
}

#[test]
fn home() {
    shots("home", |size| {
        let mut story = Story::home(size);
        story.reply(Reply::Queue(QueueReply::List(summaries())));
        after_keys(story, "j")
    });
    let at_a_glance = |dashboard: Dashboard, keys: &str, size| {
        let mut story = Story::home(size);
        story.reply(Reply::Queue(QueueReply::List(summaries())));
        story.keys("j");
        story.reply(Reply::Queue(QueueReply::Dashboard(Box::new(dashboard))));
        after_keys(story, keys)
    };
    shots("home-figures", |size| at_a_glance(dashboard(), "r", size));
    shots("home-figures-chosen", |size| at_a_glance(dashboard(), "tab j j j j j j", size));
    let new = || Dashboard { queue: "replies".into(), question: dashboard().question, ..Dashboard::default() };
    let strange =
        Group {
            key: "evil\x1b[31m非常に長い名前".repeat(4), sub: "v\u{202e}8".into(), decided: 3, ..Group::default()
        };
    let strange = || Dashboard { uncounted: (300, 1_000), made: vec![strange.clone()], ..new() };
    shots("home-figures-new", |size| at_a_glance(new(), "r", size));
    shots("home-figures-strange", |size| at_a_glance(strange(), "tab", size));
    shots("home-empty", |size| {
        let mut story = Story::home(size);
        story.reply(Reply::Queue(QueueReply::List(Vec::new())));
        story
    });
}

#[test]
fn served_otherwise() {
    let serves = |size, serving: Serving, next| {
        let mut story = Story::review(size);
        story.reply(Reply::Queue(QueueReply::Serves { serving, counts: counts(300, 112, 0), next }));
        story.paint();
        story
    };
    let filter = karat::domain::filter::parse("model:a-* created>7d (tag:refund or \"退款 window\")").unwrap();
    let narrowed = || Serving { order: Order::Shuffled(481), filter: filter.clone() };
    shots("orders", |size| after_keys(Story::review(size), "O j"));
    shots("orders-filter", |size| after_keys(serves(size, narrowed(), next(served(12, start()))), "O"));
    shots("review-filter", |size| serves(size, narrowed(), next(served(12, start()))));
    shots("end-filter", |size| serves(size, narrowed(), end(counts(300, 112, 0), Vec::new(), 2)));
}

#[test]
fn review() {
    shots("review", Story::review);
    shots("review-worked-on", |size| at(worked_on(), size));
    shots("review-rubric", |size| after_keys(at(worked_on(), size), "tab"));
    shots("review-source", |size| after_keys(Story::review(size), "tab tab"));
    shots("review-zoomed", |size| after_keys(Story::review(size), "z i"));
    shots("review-bare", |size| Story::with(bare_spec(), next(empty(start())), size));
    shots("review-structured", |size| after_keys(at(structured(start()), size), "i"));
    shots("review-hostile", |size| at(hostile(start()), size));
}

#[test]
fn what_is_special_about_an_item() {
    let decided = || Served { mine: Some(decision(Verdict::Reject, full_draft())), ..served(12, start()) };
    shots("review-decided", |size| at(decided(), size));
    let asked = || {
        let reason = "Tells the customer to go on using a recalled kettle until a photo of its label is checked. \
                      The article says to stop at once.";
        let at = start() - 12 * 60_000;
        let (route, due_at) = (Some("policy".into()), Some(at + 4 * 60 * 60_000));
        Escalation { by: "root".into(), at, route, due_at, reason: reason.into(), returned: None }
    };
    shots("review-asked", |size| at(Served { escalation: Some(asked()), ..served(12, start()) }, size));
    let held = || {
        let claimed = Claimed::Other { reviewer: "ops-2".into(), until: start() + 200_000 };
        Served { claimed, deferred: true, ..served(12, start()) }
    };
    shots("review-held", |size| after_keys(at(held(), size), "a"));
}

#[test]
fn the_header_counts_opinions_and_attempts() {
    let retry = RetryTerms { when: Retry::Retryable, attempts: 3, then: None, run: Vec::new(), pass_env: Vec::new() };
    let spec = || Spec { retry: Some(retry.clone()), ..spec() };
    let opinions = || Opinions { own: Some(Opinion { number: 2, asked: 2 }), ..Opinions::default() };
    let second = || Served { opinions: opinions(), line_attempt: 2, ..served(12, start()) };
    shots("review-counted", |size| Story::with(spec(), next(second()), size));
}

#[test]
fn opinions_that_disagree() {
    shots("settle", |size| at(disputed(sides()), size));
    shots("settle-read", |size| after_keys(at(disputed(sides()), size), "tab"));
    shots("settle-anew", |size| after_keys(at(disputed(sides()), size), "tab tab"));
    shots("settle-three", |size| at(disputed(three_sides()), size));
    shots("settle-three-read", |size| after_keys(at(disputed(three_sides()), size), "tab"));
    shots("settle-hostile", |size| at(disputed(hostile_sides()), size));
    shots("settle-cause", |size| after_keys(at(disputed(sides()), size), "A"));
    shots("settled", |size| settled(Story::review(size)));
}

#[test]
fn what_checks_found_stands_on_top() {
    let failed = |key: &str, outcome, reason: &str| FailedCheck { key: key.into(), outcome, reason: reason.into() };
    let checks = vec![
        failed("shape", Otherwise::Reject, "the output at /lines/3/price: \"12,50\" is not of type \"number\""),
        failed("slow", Otherwise::Flag, "latency_ms is 7200, more than 5000"),
    ];
    shots("review-checked", |size| at(Served { checks: checks.clone(), ..served(12, start()) }, size));
}

#[test]
fn a_decision_that_is_not_saved() {
    let failed = |size| {
        let mut story = at(worked_on(), size);
        let asked = super::story::asked(story.keys("a"));
        let request =
            Box::new(asked.into_iter().find(|r| matches!(r, Request::Review(ReviewRequest::Decide { .. }))).unwrap());
        story.reply(Reply::Failed { request, error: StoreError::DiskFull });
        story
    };
    shots("unsaved", failed);
    shots("unsaved-leaving", |size| after_keys(failed(size), "q"));
}

#[test]
fn overlays() {
    shots("picker", |size| after_keys(at(worked_on(), size), "x 2"));
    shots("route", |size| after_keys(at(worked_on(), size), "e"));
    shots("decline", |size| after_keys(Story::review(size), "N"));
    shots("decline-own-words", |size| {
        let mut story = after_keys(Story::review(size), "N down");
        story.types("My brother wrote this \u{1b}[31m 退款 policy, and I would judge him, not the answer.");
        story
    });
    let declined = Served { declined: Some("conflict".into()), claimed: Claimed::Nobody, ..served(12, start()) };
    shots("declined", |size| after_keys(at(declined.clone(), size), "a"));
    let why = "The article was changed: 14 days, no longer 30. 新しい規則では十四日です。".to_owned();
    let opinions = || Opinions { reopened: Some(("lee\u{1b}[31m".into(), why.repeat(3))), ..Opinions::default() };
    let reopened = || Served { opinions: opinions(), ..served(12, start()) };
    shots("reopened", |size| at(reopened(), size));
    let settled = || Served { opinions: Opinions { may_be_reopened: true, ..Opinions::default() }, ..worked_on() };
    shots("reopen", |size| {
        let mut story = after_keys(at(settled(), size), "U");
        story.types("The article was changed: 14 days, no longer 30.");
        story.keys("tab");
        story.types("非常に長い名前");
        story
    });
    shots("correct", |size| after_keys(at(worked_on(), size), "c"));
    shots("correct-fault", |size| after_keys(at(structured(start()), size), "c right backspace esc"));
    shots("corrected", |size| {
        let mut story = after_keys(at(worked_on(), size), "c");
        story.types("Hello. ");
        after_keys(story, "esc")
    });
    shots("note", |size| after_keys(at(worked_on(), size), "n"));
    shots("attachments", |size| after_keys(at(illustrated(start()), size), "o"));
    shots("help", |size| after_keys(Story::review(size), "?"));
    shots("help-home", |size| after_keys(Story::home(size), "?"));
}

fn with_history(history: History, size: (u16, u16)) -> Story {
    let mut story = after_keys(Story::review(size), "h");
    story.reply(Reply::Lookup(LookupReply::History(Box::new(history))));
    story
}

#[test]
fn what_happened_to_an_item() {
    shots("history", |size| with_history(history(), size));
    shots("history-blind", |size| with_history(blind_history(), size));
    let mut strange = history();
    strange.attempts.truncate(1);
    strange.attempts[0].id = "evil\x1b]0;owned\x07".into();
    strange.entries[0].event.actor = "非常に長い名前".repeat(9);
    strange.entries[0].decision.as_mut().unwrap().body.note = "\x1b[31m".repeat(400);
    shots("history-strange", |size| with_history(strange.clone(), size));
}

#[test]
fn how_items_like_this_one_were_decided() {
    let found = |found: Vec<_>, indexed, size| {
        let mut story = after_keys(Story::review(size), "p");
        story.reply(Reply::Lookup(LookupReply::Precedents { seq: 12, found, indexed }));
        story
    };
    let all = Indexed { rows: 10, of: 10 };
    shots("precedent", |size| {
        let mut story = found(precedents(), all, size);
        story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
        story
    });
    shots("precedent-filling", |size| found(precedents(), Indexed { rows: 63, of: 100 }, size));
    shots("precedent-none", |size| found(Vec::new(), all, size));
}

#[test]
fn keeping_an_item_as_an_example() {
    shots("golden-form", |size| after_keys(Story::review(size), "g"));
    let decided = || {
        let mut served = Served { mine: Some(decision(Verdict::Reject, full_draft())), ..served(12, start()) };
        served.golden = Some(golden(12, Verdict::Reject, &["edge-case", "dates"], "The refund takes 5 working days."));
        served
    };
    shots("golden-form-edit", |size| after_keys(at(decided(), size), "g tab"));
}

/// The inbox, opened from the queues, with the question under the cursor read.
fn inbox_of(questions: Vec<Asked>, keys: &str, size: (u16, u16)) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.reply(Reply::Inbox(InboxReply::Size(InboxSize { questions: 5, overdue: 1 })));
    story.keys("i");
    let specs = [("replies".to_owned(), spec())].into();
    story.reply(Reply::Inbox(InboxReply::List { questions, specs }));
    story.paint();
    story.reply(Reply::Inbox(InboxReply::Text { seq: 12, item: Box::new(item(12)) }));
    story.paint();
    story.wait(1_000);
    after_keys(story, keys)
}

#[test]
fn what_waits_for_an_answer() {
    shots("home-inbox", |size| {
        let mut story = Story::home(size);
        story.reply(Reply::Queue(QueueReply::List(summaries())));
        story.reply(Reply::Inbox(InboxReply::Size(InboxSize { questions: 5, overdue: 1 })));
        story
    });
    shots("inbox", |size| inbox_of(questions(), "r", size));
    shots("inbox-empty", |size| inbox_of(Vec::new(), "r", size));
    shots("inbox-strange", |size| inbox_of(questions(), "j j j", size));
    shots("inbox-reject", |size| inbox_of(questions(), "x 2", size));
    shots("inbox-return", |size| inbox_of(questions(), "R", size));
    let returned = || {
        let note = "Send it, but name the article: customers ask which one holds. 記事の題名を書いてください。";
        let at = start() - 5 * 60_000;
        let asked = questions().remove(0).asked;
        Escalation { returned: Some(Returned { by: "lee".into(), at, note: note.into() }), ..asked }
    };
    let mine = || Some(decision(Verdict::Escalate, Draft::default()));
    shots("review-returned", |size| {
        at(Served { escalation: Some(returned()), mine: mine(), ..served(12, start()) }, size)
    });
}

/// The golden set of the support replies, with some of its rows.
fn golden_set(rows: Vec<GoldenRow>, keys: &str, size: (u16, u16)) -> Story {
    let mut story = Story::home(size);
    story.reply(Reply::Queue(QueueReply::List(summaries())));
    story.keys("j g");
    let more = rows.len() > 100;
    story.golden_page(Page { rows, more });
    after_keys(story, keys)
}

#[test]
fn the_golden_set_of_a_queue() {
    let examples = || goldens().into_iter().map(GoldenRow::Example).collect::<Vec<_>>();
    shots("golden", |size| {
        let mut story = golden_set(examples(), "j", size);
        let expected = Some(Content::text("Dear Ms Okafor,\n\nthe refund takes 5 working days."));
        let (key, item) = (goldens()[1].seq, Box::new(item(13)));
        story.reply(Reply::Golden(GoldenReply::Text { key, item, expected }));
        story
    });
    shots("golden-empty", |size| golden_set(Vec::new(), "r", size));
    let one = |seq| GoldenRow::Example(golden(seq, Verdict::Accept, &["typical"], "Why it is one."));
    shots("golden-many", |size| golden_set((1..=150).map(one).collect(), "pagedown pagedown", size));
    shots("golden-narrow", |size| {
        let mut story = golden_set(examples(), "/", size);
        story.types("#dates");
        story.golden_page(Page { rows: examples().into_iter().skip(1).take(1).collect(), more: false });
        story
    });
    shots("golden-candidates", |size| {
        let mut story = golden_set(examples(), "c", size);
        let rows = candidates().into_iter().map(GoldenRow::Candidate).collect();
        story.golden_page(Page { rows, more: false });
        story
    });
    shots("golden-candidates-empty", |size| {
        let mut story = golden_set(examples(), "c", size);
        story.golden_page(Page { rows: Vec::new(), more: false });
        story
    });
}

#[test]
fn another_item_beside_the_one_under_review() {
    shots("beside", |size| {
        let mut story = after_keys(with_history(history(), size), "enter");
        story.reply(Reply::Lookup(LookupReply::Peeked { seq: 7, item: Box::new(item(7)), is_mine: false }));
        story
    });
}

#[test]
fn marks() {
    shots("marking", |size| after_keys(Story::review(size), "m j w w W"));
    shots("mark-form", |size| {
        let mut story = after_keys(Story::review(size), "m j enter 3 tab");
        story.types("too sure");
        story
    });
    let overlapping = |size| after_keys(Story::review(size), "m j j 1 m w w W W 3 m k k 2");
    shots("marks-overlapping", overlapping);
    shots("marks", |size| after_keys(overlapping(size), "M j"));
    let mut story =
        after_keys(Story::coloured(ThemeChoice::Dark, served(12, start()), (120, 24)), "m j j 1 m w w W W 3 m");
    insta::assert_snapshot!("styles-marks", format!("{:?}", story.draw()));
}

#[test]
fn macros() {
    let with_macros = |size| {
        let policy = Draft { note: "Whose rule is this?".into(), route: Some("policy".into()), ..Draft::default() };
        let escalate = Macro::of('p', "Ask the policy desk", Verdict::Escalate, &policy);
        let mut story = Story::review(size);
        story.reply(Reply::Macros(vec![super::judging::informal(), escalate]));
        story
    };
    shots("macros", |size| after_keys(with_macros(size), ". down"));
    shots("macros-none", |size| after_keys(Story::review(size), "."));
    shots("macro-form", |size| after_keys(with_macros(size), "x 1 3 ctrl+t k"));
}

#[test]
fn pace() {
    let at_pace = |size, count, millis| {
        let mut story = Story::review(size);
        super::judging::accepts(&mut story, count, millis);
        story
    };
    shots("pace", |size| at_pace(size, 7, 8_500));
    shots("pace-hasty", |size| at_pace(size, 10, 900));
}

#[test]
fn finding_in_the_item() {
    let finding = |size, text: &str| {
        let mut story = Story::review(size);
        story.keys("/");
        story.types(text);
        story
    };
    shots("find", |size| finding(size, "day"));
    shots("find-fault", |size| finding(size, "30 ("));
    shots("found", |size| after_keys(finding(size, "day"), "enter n n"));
}

#[test]
fn texts_laid_out_and_as_they_came() {
    let text = "# Your return\n\nYou have **30 days**:\n\n1. Pack the *kettle*\n2. Ask [here](https://shop.example/r)\n\n\
        | Step | Days |\n|---|--:|\n| Refund | 5 |\n\n```python\nif days < 30:  # in time\n    refund(\"full\")\n```\n";
    let markdown = || {
        let mut served = served(12, start());
        served.item.output = Content::text(text);
        served
    };
    shots("review-markdown", |size| at(markdown(), size));
    shots("review-markdown-raw", |size| after_keys(at(markdown(), size), "v"));
    shots("review-folded", |size| after_keys(at(structured(start()), size), "-"));
}

#[test]
fn browser() {
    shots("browse", |size| Story::browser(size, 1_000_000));
    shots("browse-totals", |size| {
        let mut story = Story::browser(size, 300);
        let stages = vec![(Stage::Waiting, 291), (Stage::Rejected, 6), (Stage::Escalated, 3)];
        let categories = vec![("unsupported".into(), 4), ("tone".into(), 2)];
        story.reply(Reply::Browse(BrowseReply::Totals { ticket: 1, totals: Totals { stages, categories } }));
        story
    });
    shots("browse-empty", |size| Story::browser(size, 0));
    shots("browse-no-preview", |size| after_keys(Story::browser(size, 1_000_000), "p"));
    shots("browse-end", |size| after_keys(Story::browser(size, 1_000_000), "G"));
    shots("browse-selected", |size| after_keys(Story::browser(size, 1_000_000), "A j space space"));
    shots("browse-columns", |size| after_keys(Story::browser(size, 300), "C j j space"));
    shots("browse-sort", |size| after_keys(Story::browser(size, 300), "s"));
    let filtered = |size, text: &str| {
        let mut story = after_keys(Story::browser(size, 300), "/");
        story.types(text);
        story
    };
    shots("browse-filter", |size| filtered(size, "category:"));
    shots("browse-filter-error", |size| filtered(size, "tag:new verdct:reject"));
    shots("browse-saved", |size| {
        let mut story = after_keys(Story::browser(size, 300), "F");
        let saved = |name: &str, filter: &str| SavedFilter {
            name: name.into(),
            filter: filter.into(),
            saved_by: "ops-1".into(),
            saved_at: start(),
        };
        let filters = vec![saved("late", "created>7d latency_ms>2000"), saved("tone", "category:tone")];
        story.reply(Reply::Browse(BrowseReply::SavedFilters { filters, done: None }));
        story
    });
    shots("browse-bulk", |size| after_keys(Story::browser(size, 300), "space space x 1 3"));
    shots("browse-bulk-confirm", |size| after_keys(Story::browser(size, 300), "A x 1 enter"));
}

#[test]
fn palette() {
    let opened = |size| {
        let mut story = after_keys(Story::review(size), ":");
        story.reply(Reply::Queue(QueueReply::List(summaries())));
        story
    };
    shots("palette", opened);
    shots("palette-typed", |size| {
        let mut story = opened(size);
        story.types("wid");
        story
    });
}

#[test]
fn comparisons() {
    let with_reference = || {
        let mut served = served(12, start());
        served.item.reference = Some(Content::text(
            "Dear Ms Okafor,\n\nYou can return the kettle within 30 days of delivery. Take it to any post office; the \
             money is back on your card 5 working days after we have it.\n\nKind regards",
        ));
        served
    };
    shots("diff", |size| after_keys(at(with_reference(), size), "d"));
    shots("diff-sides", |size| after_keys(at(with_reference(), size), "D d"));
    insta::assert_snapshot!("styles-diff", format!("{:?}", after_keys(at(with_reference(), (80, 24)), "d").draw()));
}

#[test]
fn a_comparison_is_laid_out_by_what_the_texts_share() {
    let with_reference = |text: &str| {
        let mut served = served(12, start());
        served.item.reference = Some(Content::text(text));
        served
    };
    let alike = "Dear Ms Okafor,\n\nYou can return the kettle within 30 days. Take it to any post office.";
    let mut inline = after_keys(Story::coloured(ThemeChoice::Dark, with_reference(alike), (100, 30)), "d");
    let screen = inline.screen();
    assert!(screen.contains("reference → output") && screen.contains("Source 1/2"), "{screen}");
    assert!(!screen.contains("[-") && !screen.contains("{+"), "colour and strokes tell it: {screen}");

    let mut beside = after_keys(at(with_reference("Sympathy first; the desk rings."), (100, 30)), "d");
    let screen = beside.screen();
    assert!(screen.contains("│ output") && !screen.contains("Source 1/2"), "{screen}");
    beside.keys("}");
    let screen = beside.screen();
    assert!(screen.contains("Source 1/2") && screen.contains("│ output"), "the source is a key away: {screen}");
    beside.keys("D");
    let screen = beside.screen();
    assert!(screen.contains("reference → output") && screen.contains("{+"), "by hand, in one: {screen}");
}

#[test]
fn the_end_of_the_queue() {
    let done = Counts::of_stages(102, [(Stage::Accepted, 80), (Stage::Rejected, 19), (Stage::Escalated, 3)]);
    let some = Counts::of_stages(102, [(Stage::Accepted, 70), (Stage::Rejected, 19), (Stage::Escalated, 3)]);
    shots("end-done", |size| Story::with(spec(), end(done, vec![], 0), size));
    let held = || vec![claimant("ops-2", 7, start() + 240_000), claimant("ops-3", 1, start() + 90_000)];
    shots("end-held", |size| Story::with(spec(), end(some, held(), 2), size));
    shots("end-deferred", |size| Story::with(spec(), end(some, vec![], 10), size));
    let left = End { counts: some, declined: 10, left_to_nobody: 2, ..End::default() };
    shots("end-declined", |size| Story::with(spec(), Next::End(left.clone().into()), size));
    let share = Some(Share { held: 41, settled: 89, most: 0.4 });
    let over = End { counts: some, share, ..End::default() };
    shots("end-share", |size| Story::with(spec(), Next::End(over.clone().into()), size));
    let paused = Paused { reviewer: "ops-1".into(), at: start(), good: 11, bad: 13, pass: 0.8, stops: true, seq: 1 };
    let paused = End { counts: some, paused: Some(paused), ..End::default() };
    shots("end-paused", |size| Story::with(spec(), Next::End(paused.clone().into()), size));
    shots("end-empty", |size| Story::with(spec(), end(Counts::default(), vec![], 0), size));
}

#[test]
fn a_team_on_a_server() {
    let lost = |story: &mut Story, tries, seconds| {
        let (next, why) = (std::time::Duration::from_secs(seconds), "the server closed the connection".into());
        story.reply(Reply::Connection(ConnectionState::Lost { tries, next, why }));
    };
    shots("server-home", |size| {
        let mut story = Story::home_on_server(size);
        story.reply(Reply::Queue(QueueReply::List(summaries())));
        lost(&mut story, 1, 1);
        story
    });
    shots("server-saving", |size| {
        let mut story = after_keys(Story::on_server(size), "a");
        story.wait(60);
        lost(&mut story, 3, 4);
        story
    });
    shots("server-quit", |size| {
        let mut story = after_keys(Story::on_server(size), "a");
        lost(&mut story, 3, 4);
        after_keys(story, "ctrl+c")
    });
    shots("browse-since", |size| {
        let mut story = Story::browser(size, 300);
        let since = Since { items: 12, verdicts: 5 };
        let (known, found) = (300, 300);
        story.reply(Reply::Browse(BrowseReply::Extent {
            ticket: 1,
            known,
            found,
            progress: 1.0,
            done: true,
            indexed: None,
            since,
        }));
        story
    });
}

#[test]
fn odd_sizes() {
    for size in [(60, 16), (100, 30), (119, 24), (59, 10), (20, 3), (1, 1)] {
        let screen = after_keys(at(worked_on(), size), "x").screen();
        insta::assert_snapshot!(format!("odd-{}x{}", size.0, size.1), screen);
    }
}

#[test]
fn colours() {
    for (name, choice) in [("dark", ThemeChoice::Dark), ("light", ThemeChoice::Light)] {
        let mut story = after_keys(Story::coloured(choice, served(12, start()), (120, 24)), "4 x 1");
        insta::assert_snapshot!(format!("styles-{name}"), format!("{:?}", story.draw()));
    }
    let mut story = after_keys(at(worked_on(), (120, 24)), "x");
    insta::assert_snapshot!("styles-no-colour", format!("{:?}", story.draw()));
}

#[test]
fn every_screen_in_the_light_theme() {
    const SIZE: (u16, u16) = (100, 30);
    let light = |name: &str, story: Story| {
        let mut story = story.in_colours(ThemeChoice::Light);
        insta::assert_snapshot!(format!("light-{name}"), format!("{:?}", story.draw()));
    };
    let mut home = Story::home(SIZE);
    home.reply(Reply::Queue(QueueReply::List(summaries())));
    home.keys("j");
    home.reply(Reply::Queue(QueueReply::Dashboard(Box::new(dashboard()))));
    light("home", home);
    let mut review = at(worked_on(), SIZE);
    review.lens();
    light("review", after_keys(review, "] m"));
    light("browse", after_keys(Story::browser(SIZE, 300), "space j"));
    light("golden", golden_set(goldens().into_iter().map(GoldenRow::Example).collect(), "j", SIZE));
    let some = Counts::of_stages(102, [(Stage::Accepted, 70), (Stage::Rejected, 19), (Stage::Escalated, 3)]);
    light("end", Story::with(spec(), end(some, vec![claimant("ops-2", 7, start() + 240_000)], 2), SIZE));
    light("history", with_history(history(), SIZE));
    light("settle", at(disputed(three_sides()), SIZE));
    light("settled", settled(Story::review(SIZE)));
    light("palette", after_keys(Story::review(SIZE), ":"));
}

/// Wide, empty, blank and endless texts, as models write them.
#[test]
fn odd_texts() {
    let of = |text: &str| {
        let mut served = served(12, start());
        (served.item.input, served.item.output) = (Content::text(text), Content::text(text));
        served
    };
    let wide =
        "\u{260e}\u{fe0f}の\u{2764}\u{fe0f} 東京都庁の担当者へ 👩\u{200d}🚒👍🏽 e\u{301} x\u{200b} اردو \n".repeat(6);
    shots("odd-wide", |size| at(of(&wide), size));
    shots("odd-wide-beside", |size| {
        let mut story = Story::browser(size, 300);
        let item = Box::new(of(&wide).item);
        story.reply(Reply::Lookup(LookupReply::Peeked { seq: 1, item, is_mine: false }));
        story
    });
    shots("odd-empty", |size| at(of(""), size));
    shots("odd-blank", |size| at(of(" \n\t "), size));
    shots("odd-endless", |size| at(of(&"word".repeat(4_000)), size));
}

#[test]
fn the_grounding_lens() {
    let read = |size| {
        let mut story = Story::review(size);
        story.lens();
        story
    };
    shots("lens", read);
    shots("lens-sentence", |size| after_keys(read(size), "] ] ]"));
    shots("lens-findings", |size| after_keys(read(size), "f"));
    shots("lens-category", |size| after_keys(read(size), "f enter"));
    shots("lens-hostile", |size| {
        let mut story = at(hostile(start()), size);
        story.lens();
        after_keys(story, "] ]")
    });
}
