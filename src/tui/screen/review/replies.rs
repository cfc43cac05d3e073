//! What the store's replies do to the review screen.

use super::end::EndView;
use super::sheet::Sheet;
use super::{Place, Review};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::golden::Example;
use crate::domain::pace;
use crate::store::view::{Change, Counts, Next, Reverted, Seq, Served};
use crate::store::{Golden, StoreError};
use crate::tui::render::Look;
use crate::tui::screen::golden;
use crate::tui::station::{Station, Tone};
use crate::tui::words::{count, thousands};
use crate::tui::worker::{Reply, Request};

/// A reviewer who did nothing for longer is not served what comes in.
const THERE_FOR: i64 = 10 * 60 * 1000;

impl Review {
    pub fn reply(&mut self, reply: Reply, station: &mut Station) {
        match reply {
            Reply::DraftSaved { seq } => return self.on_sheet(seq, Sheet::draft_saved),
            Reply::Released { .. } | Reply::Home(_) => return,
            Reply::Progress { counts, free } => return self.progressed(counts, free, station),
            Reply::Lens { seq, reading } => {
                station.stale_frame = true;
                return self.on_sheet(seq, |sheet| sheet.lens.read(*reading));
            }
            Reply::Precedents { .. } | Reply::History(_) | Reply::Peeked { .. } | Reply::GoldenFacts(_) => return, // whoever asked is gone
            Reply::GoldenKept(golden) => return self.kept(*golden, station),
            Reply::Macros(macros) => return self.macros = macros,
            Reply::Extended { seq, expires_at } => return self.on_sheet(seq, |sheet| sheet.extended(expires_at)),
            Reply::Previous { seq, previous } => return self.previous_arrived(seq, previous, station),
            Reply::Failed { request, error } => return self.failed(*request, &error, station),
            _ => {}
        }
        self.flight = None;
        station.stale_frame = true;
        match reply {
            Reply::Opened { queue, serving, counts, next } => {
                (self.queue, self.serving) = (queue, serving);
                self.next(counts, next, station);
                station.say(Tone::Good, "the rubric in force is shown; look again, then decide");
            }
            Reply::Serves { serving, counts, next } => {
                let told = serving.order.title();
                self.serving = serving;
                self.deferred = false;
                self.counts = counts;
                self.arrive(next, station);
                station.say(Tone::Good, format!("served {told}"));
            }
            Reply::Next { counts, next } => self.next(counts, next, station),
            Reply::Shown { served } => self.shown(*served, station),
            Reply::Earlier { served: Some(served) } => {
                self.trail.arrive_before(served.seq);
                self.put(*served, station);
            }
            Reply::Earlier { served: None } => station.say(Tone::Quiet, "there is no earlier item of yours"),
            Reply::Decided { decision, counts, next } => self.recorded(&decision, counts, next, station),
            Reply::Deferred { counts, next } => self.set_aside(counts, next, station),
            Reply::Undone(reverted) => self.reverted(["undone", "undo"], reverted, station),
            Reply::Redone(reverted) => self.reverted(["redone", "redo"], reverted, station),
            _ => {}
        }
    }

    /// Others have worked on the queue. One that had come to its end goes on at once, unless
    /// the reviewer has gone: then nothing is held for them.
    fn progressed(&mut self, counts: Counts, free: bool, station: &mut Station) {
        let before = std::mem::replace(&mut self.counts, counts);
        station.stale_frame |= before != counts;
        let Place::End(view) = &mut self.place else { return };
        view.end.counts = counts;
        view.came_in += (counts.items - before.items).max(0);
        let has_grown = counts.items > before.items || counts.remaining() > before.remaining();
        if self.flight.is_some() || !(free || has_grown) {
            return;
        }
        if station.now - self.touched < THERE_FOR {
            let request = Request::Next { after: None, deferred: self.deferred };
            return self.depart("looking for an item", request, station);
        }
        view.goes_on = true;
        station.stale_frame = true;
    }

    /// The item is golden now.
    fn kept(&mut self, golden: Golden, station: &mut Station) {
        station.say(Tone::Good, golden::kept(&golden));
        self.on_sheet(golden.item, |sheet| sheet.served.golden = Some(golden));
    }

    fn on_sheet(&mut self, seq: Seq, change: impl FnOnce(&mut Sheet)) {
        if let Some(sheet) = self.sheet_mut().filter(|sheet| sheet.seq() == seq) {
            change(sheet);
        }
    }

    /// What is next comes to the screen, in answer to a step on.
    fn next(&mut self, counts: Counts, next: Next, station: &mut Station) {
        self.counts = counts;
        let before = self.sheet().map(Sheet::seq);
        let came_in = self.came_in();
        station.hush();
        self.arrive(next, station);
        if came_in > 0 && self.sheet().is_some() {
            station.say(Tone::Good, format!("{} came in", count(came_in, "new item")));
        }
        if before.is_some() && before == self.sheet().map(Sheet::seq) {
            station.say(Tone::Quiet, "this is the only item left to you");
        }
    }

    fn shown(&mut self, served: Served, station: &mut Station) {
        station.hush();
        self.trail.arrive(served.seq);
        self.put(served, station);
    }

    pub(super) fn arrive(&mut self, next: Next, station: &mut Station) {
        match next {
            Next::Item(served) => {
                self.trail.arrive(served.seq);
                self.put(*served, station);
            }
            Next::End(end) => {
                self.deferred = false;
                self.trail.end();
                self.counts = end.counts;
                self.place = Place::End(EndView::new(end, station.now));
            }
        }
    }

    /// Puts an item on screen. The one that was there is given up.
    fn put(&mut self, served: Served, station: &mut Station) {
        if let Some(old) = self.sheet_mut().filter(|old| old.seq() != served.seq) {
            old.release(station);
        }
        if self.sheet().is_none_or(|old| old.seq() != served.seq) {
            self.panes.begin_item();
        }
        let look = Look { raw: self.raw, fold: None };
        let mut sheet = Sheet::new(served, self.spec(), look, station.idle_millis);
        sheet.lens.hidden = self.lens_off;
        sheet.ask_lens(station);
        self.place = Place::Item(Box::new(sheet));
    }

    fn recorded(&mut self, decision: &Decision, counts: Counts, next: Next, station: &mut Station) {
        let words = self.sheet().map_or(0, |sheet| pace::words(&sheet.served.item.output.text));
        self.pace.record(decision, words, station.pace);
        let done = self.conclude();
        let verdict = decision.judgement.verdict;
        let saved = format!("saved: {} {} {done}", verdict.sign(), verdict.past());
        let (decided, items) = (thousands(counts.decided()), thousands(counts.items));
        self.go_on(counts, next, station);
        match self.pace.hasty_row(station.pace) {
            None if decision.judgement.is_golden_candidate() => {
                station.say(Tone::Good, format!("{saved} · {decided} of {items} decided · a golden candidate"));
            }
            None => station.say(Tone::Good, format!("{saved} · {decided} of {items} decided")),
            Some(row) => station.say(Tone::Warning, format!("{saved} · {row} alike, each faster than it can be read")),
        }
    }

    fn set_aside(&mut self, counts: Counts, next: Next, station: &mut Station) {
        let id = self.conclude();
        self.go_on(counts, next, station);
        station.say(Tone::Quiet, format!("set aside: {id} · it waits at the end of the queue"));
    }

    /// The item on screen is done with; gives its id.
    fn conclude(&mut self) -> String {
        let Some(sheet) = self.sheet_mut() else { return String::new() };
        sheet.let_go();
        let (seq, id) = (sheet.seq(), sheet.served.item.id.clone());
        self.trail.decided(seq);
        id
    }

    /// Shows what the store served; while what was set aside is served, the rest of that.
    fn go_on(&mut self, counts: Counts, next: Next, station: &mut Station) {
        self.counts = counts;
        match (next, self.sheet().map(Sheet::seq)) {
            (Next::End(end), Some(after)) if self.deferred && end.deferred > 0 => {
                let request = Request::Next { after: Some(after), deferred: true };
                self.depart("fetching what was set aside", request, station);
            }
            (next, _) => self.arrive(next, station),
        }
    }

    fn reverted(&mut self, [what, verb]: [&str; 2], reverted: Option<Box<Reverted>>, station: &mut Station) {
        let Some(reverted) = reverted else {
            return station.say(Tone::Quiet, format!("there is nothing to {verb}"));
        };
        let Reverted { change, served, counts } = *reverted;
        let line = told(what, &change, &served);
        if let Change::Decision { decision, .. } = &change {
            match verb {
                "undo" => self.pace.undo(&decision.id),
                _ => self.pace.redo(&decision.id),
            }
        }
        self.counts = counts;
        self.trail.arrive(served.seq);
        self.put(served, station);
        station.say(Tone::Good, line);
    }

    fn failed(&mut self, request: Request, error: &StoreError, station: &mut Station) {
        let now = station.now;
        match request {
            Request::Decide { judgement, .. } => {
                self.flight = None;
                let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
                let line = format!("{} not saved: {error}{hint}", judgement.verdict.as_str());
                if let Some(sheet) = self.sheet_mut() {
                    sheet.refused(judgement, error, now);
                }
                station.say(Tone::Error, line);
            }
            Request::SaveDraft { seq, .. } if self.sheet().is_some_and(|sheet| sheet.seq() == seq) => {
                self.on_sheet(seq, |sheet| sheet.draft_not_saved(now));
                station.say(Tone::Error, format!("the draft is not saved yet: {error}"));
            }
            request @ Request::SaveDraft { .. } => station.ask_again_later(request, error),
            Request::Extend { seq, .. } => {
                self.on_sheet(seq, |sheet| sheet.not_extended(error, now));
                station.say(Tone::Warning, error.to_string());
            }
            Request::Release { .. } => {} // it expires
            Request::SaveMacro { .. } | Request::RemoveMacro { .. } => {
                station.say(Tone::Error, format!("the macros are as they were: {error}"));
            }
            request if request.is_a_look() => {}
            request => self.not_moved(&request, error, station),
        }
    }

    fn not_moved(&mut self, request: &Request, error: &StoreError, station: &mut Station) {
        self.flight = None;
        if let (Request::Defer { .. }, StoreError::ClaimLost { by }, Some(sheet)) = (request, error, self.sheet_mut()) {
            sheet.lost = Some(by.clone());
        }
        let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
        station.say(Tone::Error, format!("{error}{hint}"));
    }
}

/// What came back: `undone: reject of sup-0007 (tone) — it is undecided again`.
fn told(what: &str, change: &Change, served: &Served) -> String {
    let id = &served.item.id;
    match change {
        Change::Bulk { what: noun, items } => format!("{what}: {noun} of {} items, {id} among them", thousands(*items)),
        Change::Deferral if served.deferred => format!("{what}: deferral of {id} — it is set aside again"),
        Change::Deferral => format!("{what}: deferral of {id} — it is back in the queue"),
        Change::Golden { before, after } => format!("{what}: {}", golden_change(id, before.as_ref(), after.as_ref())),
        Change::Decision { decision, stands } => {
            let verdict = decision.judgement.verdict.as_str();
            let categories = match decision.judgement.draft.categories.as_slice() {
                [] => String::new(),
                keys => format!(" ({})", keys.join(", ")),
            };
            let now = stands.map_or("undecided", Verdict::past);
            format!("{what}: {verdict} of {id}{categories} — it is {now} again")
        }
    }
}

/// What an undo or a redo has made of an item's example.
pub fn golden_change(id: &str, before: Option<&Example>, after: Option<&Example>) -> String {
    match (before, after) {
        (Some(_), None) => format!("{id} is golden no more"),
        (None, Some(_)) => format!("{id} is golden again"),
        (Some(before), Some(after)) if before == after => format!("an example of {id} that another has replaced since"),
        (Some(_), Some(_)) => format!("another version of the example {id} stands again"),
        (None, None) => format!("an example of {id}; it is not golden now"),
    }
}
