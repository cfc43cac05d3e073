//! Finding: filing all texts, the first page of a search, a table that scrolls and sorts,
//! many items decided at once and undone, precedents.

use crate::figure::Figure;
use crate::options::Bench;
use crate::samples::Samples;
use crate::workspace::{QUEUE, REVIEWER, Workspace};
use color_eyre::eyre::Result;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::order::{Order, Serving};
use karat::domain::queue::Queue;
use karat::store::{BulkAction, By, Condition, Listing, Pick, Sort, Store, UndoScope};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Words in every text and in few, in a row, begun, and nowhere.
const SEARCHES: [&str; 8] = [
    "the",
    "refund",
    "\"meter reading\"",
    "\"boarding pass\" thermostat",
    "context:refund",
    "output:vouch*",
    "退款",
    "nowhere-at-all",
];

/// What most items are, what few are, and what none is.
const FILTERS: [&str; 6] = [
    "latency_ms>500",
    "model:a-* -is:decided",
    "created>=2026-01-01 cost_usd>=0.01 (tokens_out<50 or latency_ms>2000)",
    "tag:nothing-has-this",
    "category:incomplete score.tone<2",
    "model:nothing-is-this",
];

/// Items claimed one after the other.
const CLAIMS: usize = 500;

/// Rows of a page, and pages that are scrolled.
const PAGE: usize = 50;
const PAGES: usize = 500;

/// Items decided at once.
const MANY: usize = 10_000;

pub(crate) fn measure(_bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    drop(workspace.open()?); // imported, if it is not
    let mut store = Store::open(&workspace.db)?;
    let queue = store.queue(QUEUE)?;
    let mut figures = fill(&store, workspace)?;
    figures.push(search(&store, &queue)?);
    figures.push(filters(&store, &queue)?);
    figures.extend(serving(&mut store, &queue)?);
    figures.extend(scroll(&store, &queue)?);
    figures.extend(bulk(&mut store, &queue)?);
    Ok(figures)
}

/// The index from where it stands to its end.
fn fill(store: &Store, workspace: &Workspace) -> Result<Vec<Figure>> {
    let (before, size) = (store.indexed()?, std::fs::metadata(&workspace.db)?.len());
    let start = Instant::now();
    store.complete_index(|_| ())?;
    let rows = (before.of - before.rows) as f64 / start.elapsed().as_secs_f64();
    let grown = (std::fs::metadata(&workspace.db)?.len() - size) as f64 / 1e6;
    Ok(vec![Figure::told("texts filed", format!("{rows:.0} rows/s, {grown:.0} MB of {:.0} MB", size as f64 / 1e6))])
}

fn search(store: &Store, queue: &Queue) -> Result<Figure> {
    first_page(store, queue, "search", &SEARCHES, 100.0)
}

/// Without an index of their own: what few items have is looked for in all of them.
fn filters(store: &Store, queue: &Queue) -> Result<Figure> {
    first_page(store, queue, "filter", &FILTERS, 1000.0)
}

/// Another order at a whole queue: the line made once, then the claims along it.
fn serving(store: &mut Store, queue: &Queue) -> Result<Vec<Figure>> {
    let shuffled = Serving { order: Order::Shuffled(7), filter: store.filter(queue, "latency_ms>500")? };
    let made = time_of(|| Ok(store.serve_by(queue.actor(REVIEWER, store.now()), &shuffled)?))?;
    let claim = |store: &mut Store| -> Result<Duration> {
        let start = Instant::now();
        black_box(store.next(queue.actor(REVIEWER, store.now()), Pick::default())?);
        Ok(start.elapsed())
    };
    let claims = (0..CLAIMS).map(|_| claim(store)).collect::<Result<Vec<_>>>()?;
    store.release_all()?;
    store.serve_by(queue.actor(REVIEWER, store.now()), &Serving::default())?;
    Ok(vec![
        Figure::told("a filtered queue shuffled", format!("{made:.0} ms")),
        Figure::at_most("claim and read the next of it, p99", Samples::new(claims).percentile(0.99), "ms", 16.0),
    ])
}

fn first_page(store: &Store, queue: &Queue, what: &str, texts: &[&'static str], bound: f64) -> Result<Figure> {
    let mut slowest = (0.0, "");
    for text in texts {
        let start = Instant::now();
        let filter = store.filter(queue, text)?;
        let filter = store.resolve(queue, &filter, store.now())?;
        let condition = store.condition(queue, &filter, REVIEWER)?;
        let mut listing = store.listing(queue, condition, Sort::default())?;
        while listing.seqs().len() < PAGE && !listing.is_done() {
            store.extend_listing(&mut listing, Duration::ZERO)?;
        }
        let first = &listing.seqs()[..listing.seqs().len().min(PAGE)];
        let rows = black_box(store.browse(first, REVIEWER, store.now())?);
        let millis = start.elapsed().as_secs_f64() * 1e3;
        let whole = time_of(|| while_open(store, &mut listing))?;
        eprintln!(
            "  {text}: {} rows after {millis:.1} ms, all {} after {whole:.0} ms more",
            rows.len(),
            listing.found()
        );
        if millis > slowest.0 {
            slowest = (millis, text);
        }
    }
    Ok(Figure::at_most(&format!("first page of a {what}, slowest ({})", slowest.1), slowest.0, "ms", bound))
}

fn while_open(store: &Store, listing: &mut Listing) -> Result<()> {
    while !listing.is_done() {
        store.extend_listing(listing, Duration::from_millis(10))?;
    }
    Ok(())
}

fn time_of(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1e3)
}

fn scroll(store: &Store, queue: &Queue) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut longest = 0.0_f64;
    for what in ["latency", "model", "id"] {
        let (_, by) = By::named().find(|(name, _)| *name == what).unwrap_or_default();
        let mut listing = store.listing(queue, Condition::default(), Sort { by, descending: true })?;
        let start = Instant::now();
        while !listing.is_done() {
            longest = longest.max(time_of(|| Ok(store.extend_listing(&mut listing, Duration::from_millis(10))?))?);
        }
        figures
            .push(Figure::told(&format!("sort by {what}"), format!("{:.0} ms", start.elapsed().as_secs_f64() * 1e3)));
        if what == "latency" {
            figures.push(Figure::at_most("scroll a page, p99", pages(store, &listing)?.percentile(0.99), "ms", 16.0));
        }
    }
    figures.push(Figure::told("sort, longest slice", format!("{longest:.0} ms")));
    Ok(figures)
}

/// Pages all over the listing.
fn pages(store: &Store, listing: &Listing) -> Result<Samples> {
    let step = (listing.seqs().len() / PAGES).max(1);
    let page = |from: usize| -> Result<Duration> {
        let start = Instant::now();
        let to = (from + PAGE).min(listing.seqs().len());
        black_box(store.browse(&listing.seqs()[from..to], REVIEWER, store.now())?);
        Ok(start.elapsed())
    };
    let times = (0..listing.seqs().len()).step_by(step).map(page);
    Ok(Samples::new(times.collect::<Result<_>>()?))
}

fn bulk(store: &mut Store, queue: &Queue) -> Result<Vec<Figure>> {
    let open = Condition { sql: "i.stage = 'waiting'".into(), values: Vec::new() };
    let listing = store.whole_listing(queue, open, Sort { by: By::Imported, descending: true })?;
    let items = listing.seqs()[..listing.seqs().len().min(MANY)].to_vec();
    let (count, probe) = (items.len(), items[0]);
    let draft = Draft { categories: vec!["incomplete".into()], ..Draft::default() };
    let action = BulkAction::Decide(Judgement::new(Verdict::Reject, draft));
    let mut longest = Duration::ZERO;
    let start = Instant::now();
    let mut bulk = store.begin_bulk(queue, items, action, REVIEWER)?;
    while !bulk.is_done() {
        let chunk = Instant::now();
        store.continue_bulk(&mut bulk, store.now())?;
        longest = longest.max(chunk.elapsed());
    }
    let decided = start.elapsed().as_secs_f64() * 1e3;
    store.complete_index(|_| ())?;
    let nearest = time_of(|| {
        black_box(store.precedents(queue.actor(REVIEWER, store.now()), probe, 10)?);
        Ok(())
    })?;
    let undone = time_of(|| {
        store.undo(queue.actor(REVIEWER, store.now()), UndoScope::Anything)?;
        Ok(())
    })?;
    store.release_all()?;
    Ok(vec![
        Figure::told(&format!("decide {count} at once"), format!("{decided:.0} ms")),
        Figure::at_most("decide many, longest that another waits", longest.as_secs_f64() * 1e3, "ms", 200.0),
        Figure::told(&format!("undo {count} at once"), format!("{undone:.0} ms")),
        Figure::at_most("precedents", nearest, "ms", 50.0),
    ])
}
