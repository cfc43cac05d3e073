//! The handling of the store's replies on the review screen.

use super::end::EndView;
use super::offered::Steps;
use super::open_item::OpenItem;
use super::{OnScreen, Review};
use crate::analysis::lens::Reading;
use crate::domain::decision::{Decision, OtherDecision, Verdict};
use crate::domain::item::Seq;
use crate::domain::pace;
use crate::domain::policy::Purpose;
use crate::domain::queue::Counts;
use crate::domain::spec::Spec;
use crate::domain::time::{UtcMillis, ago};
use crate::store::{Change, Golden, Next, Pick, Reverted, Served, StoreError};
use crate::text::sanitize;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::humanize::{count, thousands};
use crate::tui::message::Effect;
use crate::tui::render::Look;
use crate::tui::status_text::{golden_change, golden_kept};
use crate::tui::worker::{
    GoldenReply, LensRequest, LookupReply, LookupRequest, MacroRequest, QueueReply, Reply, Request, ReviewReply,
    ReviewRequest,
};

/// A reviewer who did nothing for longer is not served what comes in.
const PRESENT_FOR_MILLIS: i64 = 10 * 60 * 1000;

impl Review {
    pub(super) fn take_reply(&mut self, reply: Reply, ctx: &mut AppContext) {
        match reply {
            Reply::Review(ReviewReply::DraftSaved { seq }) => return self.on_item(seq, OpenItem::draft_saved),
            Reply::Review(ReviewReply::Released { .. })
            | Reply::Queue(QueueReply::List(_) | QueueReply::Dashboard(_)) => {
                return;
            }
            Reply::Review(ReviewReply::Progress { counts, free }) => return self.progressed(counts, free, ctx),
            Reply::Bars { queue, bars } => return self.bars_counted(&queue, bars, ctx),
            Reply::Lens { request, reading } => return self.read_by_lens(*request, *reading, ctx),
            Reply::Lookup(LookupReply::Precedents { .. })
            | Reply::Lookup(LookupReply::History(_))
            | Reply::Lookup(LookupReply::Settlements(_))
            | Reply::Lookup(LookupReply::Peeked { .. })
            | Reply::Lookup(LookupReply::Ids { .. })
            | Reply::Golden(GoldenReply::Facts(_)) => return, // whoever asked is gone
            Reply::Lookup(LookupReply::Attachment { target, folder }) => {
                return ctx.emit(Effect::Open { target, folder });
            }
            Reply::Golden(GoldenReply::Kept(golden)) => return self.kept(*golden, ctx),
            Reply::Macros(macros) => return self.macros = macros,
            Reply::Review(ReviewReply::Sitting(pace)) => {
                ctx.stale_frame |= pace.count() > 0;
                return self.pace = pace;
            }
            Reply::Review(ReviewReply::Extended { seq, expires_at }) => {
                return self.on_item(seq, |open| open.extended(expires_at));
            }
            Reply::Lookup(LookupReply::Previous { seq, previous }) => return self.previous_arrived(seq, previous, ctx),
            Reply::Failed { request, error } => return self.failed(*request, &error, ctx),
            _ => {}
        }
        self.pending = None;
        ctx.stale_frame = true;
        match reply {
            Reply::Queue(QueueReply::Opened { queue, serving, counts, next }) => {
                (self.queue, self.serving) = (queue, serving);
                self.next(counts, next, ctx);
                ctx.set_status(Tone::Good, "the rubric in force is shown; look again, then decide");
            }
            Reply::Queue(QueueReply::Serves { serving, counts, next }) => {
                let title = serving.order.title();
                self.serving = serving;
                self.deferred = false;
                self.counts = counts;
                self.arrive(next, ctx);
                match self.cost_of_order() {
                    Some(cost) => ctx.set_status(Tone::Warning, format!("served {title}: {cost}")),
                    None => ctx.set_status(Tone::Good, format!("served {title}")),
                }
            }
            Reply::Review(ReviewReply::Next { counts, next }) => self.next(counts, next, ctx),
            Reply::Review(ReviewReply::Shown { served, decided }) => self.shown(*served, decided, ctx),
            Reply::Review(ReviewReply::Earlier { served: Some(served) }) => {
                self.history.arrive_before(served.seq);
                self.put(*served, ctx);
            }
            Reply::Review(ReviewReply::Earlier { served: None }) => {
                self.history.reached_first();
                ctx.set_status(Tone::Quiet, "there is no earlier item of yours");
            }
            Reply::Review(ReviewReply::Decided { decision, counts, next }) => {
                self.recorded(&decision, counts, next, ctx);
            }
            Reply::Review(ReviewReply::Told(Some(paused))) if !paused.stops => {
                ctx.warning = Some(format!("look at your answers: {}", paused.why()));
            }
            Reply::Review(ReviewReply::Deferred { counts, next }) => self.set_aside(counts, next, ctx),
            Reply::Review(ReviewReply::Declined { counts, next }) => self.declined(counts, next, ctx),
            Reply::Review(ReviewReply::Reopened { counts, served }) => self.reopened(counts, *served, ctx),
            Reply::Review(ReviewReply::Undone(reverted)) => self.reverted(["undone", "undo"], reverted, ctx),
            Reply::Review(ReviewReply::Redone(reverted)) => self.reverted(["redone", "redo"], reverted, ctx),
            _ => {}
        }
    }

    /// What an order or a filter that somebody has chosen costs the bars; `None`: nothing.
    pub(super) fn cost_of_order(&self) -> Option<String> {
        let bar = self.spec().judged_bars().next().filter(|_| !self.serving.is_stream())?;
        Some(format!("what you pass over counts as bad for the bar {} until it is decided", bar.key))
    }

    /// Others have worked on the queue. One that had come to its end goes on at once, unless
    /// the reviewer has gone: then nothing is claimed for them.
    fn progressed(&mut self, counts: Counts, free: bool, ctx: &mut AppContext) {
        let before = std::mem::replace(&mut self.counts, counts);
        ctx.stale_frame |= before != counts;
        let OnScreen::End(view) = &mut self.on_screen else { return };
        view.end.counts = counts;
        view.came_in += (counts.items - before.items).max(0);
        let has_grown = counts.items > before.items || counts.remaining() > before.remaining();
        if self.pending.is_some() || !(free || has_grown) {
            return;
        }
        if ctx.now - self.touched < PRESENT_FOR_MILLIS {
            let request = ReviewRequest::Next(Pick { after: None, deferred: self.deferred });
            return self.send("looking for an item", request, ctx);
        }
        view.goes_on = true;
        ctx.stale_frame = true;
    }

    /// The item is golden now.
    fn kept(&mut self, golden: Golden, ctx: &mut AppContext) {
        self.steps = Steps::DONE;
        ctx.set_status(Tone::Good, golden_kept(&golden));
        self.on_item(golden.item, |open| open.served.golden = Some(golden));
    }

    /// The lens has read the item on screen, or the one that is served next.
    fn read_by_lens(&mut self, request: LensRequest, reading: Reading, ctx: &mut AppContext) {
        match self.open_item_mut().filter(|open| open.seq() == request.seq) {
            Some(open) => {
                open.lens.read(reading);
                ctx.stale_frame = true;
            }
            None => self.lens_ahead = Some((request, reading)),
        }
    }

    fn on_item(&mut self, seq: Seq, change: impl FnOnce(&mut OpenItem)) {
        if let Some(open) = self.open_item_mut().filter(|open| open.seq() == seq) {
            change(open);
        }
    }

    /// Puts the next item on screen, in answer to a step on.
    fn next(&mut self, counts: Counts, next: Next, ctx: &mut AppContext) {
        self.counts = counts;
        let before = self.open_item().map(OpenItem::seq);
        let came_in = self.came_in();
        ctx.clear_status();
        self.arrive(next, ctx);
        if came_in > 0 && self.open_item().is_some() {
            ctx.set_status(Tone::Good, format!("{} came in", count(came_in, "new item")));
        }
        if before.is_some() && before == self.open_item().map(OpenItem::seq) {
            ctx.set_status(Tone::Quiet, "this is the only item left to you");
        }
    }

    /// Whoever looks again at an item that another has decided meanwhile is told.
    fn shown(&mut self, served: Served, decided: Option<OtherDecision>, ctx: &mut AppContext) {
        ctx.clear_status();
        let looked_again = self.open_item().is_some_and(|open| open.seq() == served.seq);
        self.history.arrive(served.seq);
        self.put(served, ctx);
        if let Some(other) = decided.filter(|_| looked_again) {
            ctx.set_status(Tone::Warning, decided_meanwhile(&other, ctx.now));
        }
    }

    pub(super) fn arrive(&mut self, next: Next, ctx: &mut AppContext) {
        match next {
            Next::Item(served) => {
                self.history.arrive(served.seq);
                self.put(*served, ctx);
            }
            Next::End(end) => {
                self.deferred = false;
                self.history.end();
                self.counts = end.counts;
                self.on_screen = OnScreen::End(Box::new(EndView::new(*end, ctx.now)));
            }
        }
    }

    /// Puts an item on screen. The one that was there is given up.
    fn put(&mut self, served: Served, ctx: &mut AppContext) {
        if let Some(old) = self.open_item_mut().filter(|old| old.seq() != served.seq) {
            old.release(ctx);
        }
        if self.open_item().is_none_or(|old| old.seq() != served.seq) {
            self.panes.begin_item(!served.item.context.is_empty());
        }
        let look = Look { raw: self.raw, fold: None };
        let mut open = OpenItem::new(served, self.spec(), look, ctx.idle_millis);
        open.lens.hidden = self.lens_off;
        open.ask_lens(self.lens_ahead.take(), ctx);
        open.ask_previous(ctx);
        self.on_screen = OnScreen::Item(Box::new(open));
        self.wrap();
    }

    fn recorded(&mut self, decision: &Decision, counts: Counts, next: Next, ctx: &mut AppContext) {
        let words = self.open_item().map_or(0, |open| open.word_count);
        let is_rejection = decision.judgement.verdict == Verdict::Reject;
        let again = self.open_item().filter(|_| is_rejection).and_then(|open| open.again(self.spec()));
        let again = again.map(|names| format!(" · again for {names}")).unwrap_or_default();
        self.pace.record(decision, words, ctx.pace);
        let done = self.conclude();
        let verdict = decision.judgement.verdict;
        let saved = format!("saved: {} {} {done}", verdict.sign(), verdict.past());
        let (decided, items) = (thousands(counts.decided()), thousands(counts.items));
        self.go_on(counts, next, ctx);
        let candidate = if decision.judgement.is_golden_candidate() { " · a golden candidate" } else { "" };
        ctx.set_status(Tone::Good, format!("{saved}{again} · {decided} of {items} decided{candidate}"));
        if decision.part.purpose == Purpose::Golden {
            ctx.ask(ReviewRequest::Told { since: decision.decided_at });
        }
        if let Some(row) = self.pace.hasty_row(ctx.pace) {
            ctx.warning = Some(format!("{row} alike, each faster than it can be read"));
        }
    }

    fn set_aside(&mut self, counts: Counts, next: Next, ctx: &mut AppContext) {
        let id = self.conclude();
        self.go_on(counts, next, ctx);
        ctx.set_status(Tone::Quiet, format!("deferred: {id} · it waits at the end of the queue"));
    }

    fn reopened(&mut self, counts: Counts, served: Served, ctx: &mut AppContext) {
        (self.counts, self.steps) = (counts, Steps::DONE);
        let id = served.item.id.clone();
        self.put(served, ctx);
        ctx.set_status(Tone::Good, format!("reopened: {id} · what stood on it stands no more"));
    }

    fn declined(&mut self, counts: Counts, next: Next, ctx: &mut AppContext) {
        let id = self.conclude();
        self.go_on(counts, next, ctx);
        ctx.set_status(Tone::Quiet, format!("declined: {id} · it is left to others"));
    }

    /// The item on screen is done with; gives its id.
    fn conclude(&mut self) -> String {
        self.steps = Steps::DONE;
        let Some(open) = self.open_item_mut() else { return String::new() };
        open.let_go();
        let (seq, id) = (open.seq(), open.served.item.id.clone());
        self.history.decided(seq);
        id
    }

    /// Shows what the store served; while what was deferred is served, the rest of that.
    fn go_on(&mut self, counts: Counts, next: Next, ctx: &mut AppContext) {
        self.counts = counts;
        match (next, self.open_item().map(OpenItem::seq)) {
            (Next::End(end), Some(after)) if self.deferred && end.deferred > 0 => {
                let request = ReviewRequest::Next(Pick { after: Some(after), deferred: true });
                self.send("fetching what was deferred", request, ctx);
            }
            (next, _) => self.arrive(next, ctx),
        }
    }

    fn reverted(&mut self, [what, verb]: [&str; 2], reverted: Option<Box<Reverted>>, ctx: &mut AppContext) {
        let Some(reverted) = reverted else {
            match verb {
                "undo" => self.steps.undo = Some(false),
                _ => self.steps.redo = Some(false),
            }
            return ctx.set_status(Tone::Quiet, format!("there is nothing to {verb}"));
        };
        let Reverted { change, served, counts } = *reverted;
        let line = describe_reverted(what, &change, &served, self.spec());
        if let Change::Decision { decision, .. } = &change {
            match verb {
                "undo" => self.pace.undo(&decision.id),
                _ => self.pace.record(decision, pace::words(&served.item.output.text), ctx.pace),
            }
        }
        self.steps = if verb == "undo" { Steps::UNDONE } else { Steps::REDONE };
        self.counts = counts;
        self.history.arrive(served.seq);
        self.put(served, ctx);
        ctx.set_status(Tone::Good, line);
    }

    fn failed(&mut self, request: Request, error: &StoreError, ctx: &mut AppContext) {
        let now = ctx.now;
        match request {
            Request::Review(ReviewRequest::Decide { judgement, .. }) => {
                self.pending = None;
                let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
                let line = format!("{} not saved: {error}{hint}", judgement.verdict.as_str());
                if let Some(open) = self.open_item_mut() {
                    open.refused(judgement, error, now);
                }
                ctx.set_status(Tone::Error, line);
                if let StoreError::Decided(other) = error {
                    self.question = Some(self.ask_over(other, ctx.now));
                }
            }
            Request::Review(ReviewRequest::SaveDraft { seq, .. })
                if self.open_item().is_some_and(|open| open.seq() == seq) =>
            {
                self.on_item(seq, |open| open.draft_not_saved(now));
                ctx.set_status(Tone::Error, format!("the draft is not saved yet: {error}"));
            }
            request @ Request::Review(ReviewRequest::SaveDraft { .. }) => ctx.ask_again_later(request, error),
            Request::Review(ReviewRequest::Extend { seq, .. }) => {
                self.on_item(seq, |open| open.not_extended(error, now));
                ctx.set_status(Tone::Warning, error.to_string());
            }
            Request::Review(ReviewRequest::Release { .. }) => {} // it expires
            Request::Macros(MacroRequest::Save { .. }) | Request::Macros(MacroRequest::Remove { .. }) => {
                ctx.set_status(Tone::Error, format!("the macros are as they were: {error}"));
            }
            Request::Lookup(LookupRequest::Previous { seq }) => self.previous_failed(seq, error, ctx),
            request if request.is_lookup() => {}
            request => self.not_moved(&request, error, ctx),
        }
    }

    fn not_moved(&mut self, request: &Request, error: &StoreError, ctx: &mut AppContext) {
        self.pending = None;
        if let (Request::Review(ReviewRequest::Defer { .. }), StoreError::ClaimLost { by, .. }, Some(open)) =
            (request, error, self.open_item_mut())
        {
            open.lost = Some(by.clone());
        }
        let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
        ctx.set_status(Tone::Error, format!("{error}{hint}"));
    }
}

/// `ana accepted this item 3 min ago`
pub(super) fn decided_meanwhile(other: &OtherDecision, now: UtcMillis) -> String {
    format!("{} {} this item {}", sanitize::line(&other.reviewer), other.verdict.past(), ago(other.decided_at, now))
}

/// The status line of what came back: `undone: reject of sup-0007 — it is undecided again (Wrong tone)`.
fn describe_reverted(what: &str, change: &Change, served: &Served, spec: &Spec) -> String {
    let id = &served.item.id;
    match change {
        Change::Bulk { what: noun, items, kept: 0 } => {
            format!("{what}: {noun} of {} items, {id} among them", thousands(*items))
        }
        Change::Bulk { what: noun, items, kept } => {
            format!("{what}: {noun} of {}; {} had to stay", count(*items, "item"), thousands(*kept))
        }
        Change::Deferral if served.deferred => format!("{what}: deferral of {id} — it is deferred again"),
        Change::Deferral => format!("{what}: deferral of {id} — it is back in the queue"),
        Change::Decline if served.declined.is_some() => format!("{what}: decline of {id} — it is left to others again"),
        Change::Decline => format!("{what}: decline of {id} — it may be served to you again"),
        Change::Reopening { stands } => {
            let now = stands.map_or("undecided", Verdict::past);
            format!("{what}: reopening of {id} — it is {now} again")
        }
        Change::Golden { before, after } => format!("{what}: {}", golden_change(id, before.as_ref(), after.as_ref())),
        Change::Decision { decision, stands } => {
            let verdict = decision.judgement.verdict.as_str();
            let categories = match decision.judgement.draft.categories.as_slice() {
                [] => String::new(),
                keys => format!(" ({})", spec.failure_names(keys)),
            };
            let is_disputed = stands.is_none() && !served.opinions.sides.is_empty();
            let now = if is_disputed { "disputed" } else { stands.map_or("undecided", Verdict::past) };
            // What is cut off where there is no room is what is least missed.
            format!("{what}: {verdict} of {id} — it is {now} again{categories}")
        }
    }
}
