//! The review screen: an item between its source and its rubric, and the keys that
//! decide it.
//!
//! One request that moves the screen is under way at a time. While it is, and until
//! the item it brings was seen, keys that act on an item are dropped.

mod deciding;
mod diff;
mod draw;
mod end;
pub mod find;
mod header;
pub mod lens;
mod marks;
mod mouse;
pub mod output;
pub mod panes;
pub mod reader;
mod replies;
pub mod rubric;
pub mod selection;
pub mod sheet;
pub mod source;
mod trail;

use crate::domain::attachment;
use crate::domain::decision::Verdict;
use crate::domain::macros::Macro;
use crate::domain::order::Serving;
use crate::domain::pace::Pace;
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::store::view::{Counts, Next, Queue, Seq};
use crate::tui::action::{Action, Context};
use crate::tui::overlay::{
    Attachments, Correct, FindLine, GoldenForm, HistoryView, Layer, Macros, Note, Orders, Picker, PrecedentView,
    RouteForm,
};
use crate::tui::render::Look;
use crate::tui::station::{Station, Tone};
use crate::tui::worker::Request;
use end::EndView;
use panes::{Pane, Panes};
use reader::Scroll;
pub use replies::golden_change;
use sheet::Sheet;
use trail::{Step, Trail};

/// A request that takes longer than this is mentioned: two frames or so.
const MENTION_AFTER: i64 = 60;

/// A request under way that will move the screen.
#[derive(Debug, Clone)]
struct Flight {
    /// "saving", "looking for the next item".
    doing: &'static str,
    since: UtcMillis,
    mentioned: bool,
}

/// What is on screen.
enum Place {
    Item(Box<Sheet>),
    End(EndView),
}

/// A queue under review.
pub struct Review {
    queue: Box<Queue>,
    serving: Serving,
    counts: Counts,
    place: Place,
    flight: Option<Flight>,
    trail: Trail,
    pub panes: Panes,
    /// Texts are shown as they came.
    raw: bool,
    /// The lens is hidden.
    lens_off: bool,
    /// Comparisons stand side by side.
    side_by_side: bool,
    /// What was sought last.
    sought: String,
    /// What was set aside is being served.
    deferred: bool,
    /// The decisions of this sitting.
    pace: Pace,
    /// When the reviewer did something last.
    touched: UtcMillis,
    macros: Vec<Macro>,
}

impl Review {
    pub fn new(queue: Box<Queue>, serving: Serving, counts: Counts, next: Next, station: &mut Station) -> Self {
        let place = Place::End(EndView::default());
        let mut review = Self {
            queue,
            serving,
            counts,
            place,
            flight: None,
            trail: Trail::default(),
            panes: Panes::default(),
            raw: false,
            lens_off: false,
            side_by_side: false,
            sought: String::new(),
            deferred: false,
            pace: Pace::default(),
            touched: station.now,
            macros: Vec::new(),
        };
        review.arrive(next, station);
        station.ask(Request::Macros);
        review
    }

    /// How many decisions of this sitting stand.
    pub fn decided(&self) -> i64 {
        self.pace.count() as i64
    }

    pub fn macros(&self) -> &[Macro] {
        &self.macros
    }

    pub fn name(&self) -> &str {
        &self.queue.name
    }

    pub fn spec(&self) -> &Spec {
        &self.queue.spec.spec
    }

    pub fn context(&self) -> Context {
        match &self.place {
            Place::Item(sheet) if sheet.find.is_some() => Context::Found,
            Place::Item(_) => Context::Review,
            Place::End(_) => Context::End,
        }
    }

    pub fn sheet(&self) -> Option<&Sheet> {
        match &self.place {
            Place::Item(sheet) => Some(sheet),
            Place::End(_) => None,
        }
    }

    /// Items that came in while the queue was at its end.
    fn came_in(&self) -> i64 {
        match &self.place {
            Place::Item(_) => 0,
            Place::End(view) => view.came_in,
        }
    }

    pub fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        match &mut self.place {
            Place::Item(sheet) => Some(sheet),
            Place::End(_) => None,
        }
    }

    /// The spec and the sheet, for an overlay that works on the sheet.
    pub fn desk(&mut self) -> Option<(&Spec, &mut Sheet)> {
        match &mut self.place {
            Place::Item(sheet) => Some((&self.queue.spec.spec, sheet)),
            Place::End(_) => None,
        }
    }

    /// Nothing is selected any more.
    pub fn end_selection(&mut self) {
        if let Some(sheet) = self.sheet_mut() {
            sheet.marked.selection = None;
        }
    }

    fn resize(&mut self, wider: bool, station: &mut Station) {
        if !self.panes.resize(wider) {
            let how = if wider { "wider" } else { "narrower" };
            station.say(Tone::Quiet, format!("there is no room to make the pane {how}"));
        }
    }

    /// A frame with what is on screen has reached the terminal.
    pub fn painted(&mut self, now: UtcMillis) {
        if let Some(sheet) = self.sheet_mut() {
            sheet.shown = true;
            sheet.lens.painted();
            sheet.activity.shown(now);
        }
    }

    pub fn awaits_paint(&self) -> bool {
        self.sheet().is_some_and(|sheet| !sheet.shown)
    }

    /// The reviewer did something.
    pub fn touch(&mut self, now: UtcMillis) {
        self.touched = now;
        if let Some(sheet) = self.sheet_mut() {
            sheet.activity.touch(now);
        }
    }

    pub fn due(&self) -> Option<UtcMillis> {
        let mention = self.flight.as_ref().filter(|f| !f.mentioned).map(|f| f.since + MENTION_AFTER);
        let place = match &self.place {
            Place::Item(sheet) => sheet.due(),
            Place::End(end) if self.flight.is_none() => end.refresh_at(),
            Place::End(_) => None,
        };
        [mention, place].into_iter().flatten().min()
    }

    pub fn tick(&mut self, station: &mut Station) {
        if let Some(flight) = self.flight.as_mut().filter(|f| !f.mentioned && f.since + MENTION_AFTER <= station.now) {
            flight.mentioned = true;
            station.say(Tone::Quiet, format!("{} …", flight.doing));
        }
        match &mut self.place {
            Place::Item(sheet) => sheet.tick(station),
            Place::End(end) if self.flight.is_none() && end.refresh_at().is_some_and(|at| at <= station.now) => {
                self.depart("looking for an item", Request::Next { after: None, deferred: self.deferred }, station);
            }
            Place::End(_) => {}
        }
    }

    /// Saves what is under way and gives the item up, before the screen is left.
    pub fn leave(&mut self, station: &mut Station) {
        if let Some(sheet) = self.sheet_mut() {
            sheet.save_draft(station);
            sheet.release(station);
        }
    }

    pub fn save_draft(&mut self, station: &mut Station) {
        if let Some(sheet) = self.sheet_mut() {
            sheet.save_draft(station);
        }
    }

    /// A request is under way that will move the screen.
    pub fn is_busy(&self) -> bool {
        self.flight.is_some()
    }

    /// What leaving now would lose: the decision that could not be recorded.
    pub fn at_stake(&self) -> Option<String> {
        let sheet = self.sheet()?;
        let unsaved = sheet.unsaved.as_ref()?;
        Some(format!("The {} of {} is not saved.", unsaved.judgement.verdict.as_str(), sheet.served.item.id))
    }

    /// What the store has not acknowledged.
    pub fn unreached(&self) -> Option<String> {
        self.sheet()?.unacknowledged()
    }

    /// Does what a key asks. What needs more of the reviewer comes back as an overlay.
    pub fn act(&mut self, action: Action, station: &mut Station) -> Option<Layer> {
        if action == Action::Find {
            let line = FindLine::new(self.sought());
            let sought = self.sought().to_owned();
            self.find(&sought);
            return Some(Box::new(line));
        }
        if action == Action::Attachments {
            return self.attachments(station);
        }
        if action == Action::Findings {
            return self.findings(station);
        }
        if is_reading(action) {
            self.read(action, station);
            return None;
        }
        if let Some(reason) = self.not_now(action) {
            station.say(Tone::Warning, format!("key ignored: {reason}"));
            return None;
        }
        match action {
            Action::Undo => self.walk("undoing", Request::Undo, station),
            Action::Redo => self.walk("redoing", Request::Redo, station),
            Action::NextItem => self.forth(station),
            Action::PreviousItem => self.back(station),
            Action::Refresh => {
                self.depart("looking for an item", Request::Next { after: None, deferred: false }, station)
            }
            Action::ServeDeferred => self.serve_deferred(station),
            Action::Order => return Some(Box::new(Orders::new(&self.serving, self.spec().lens.enabled, station.now))),
            Action::Retry => self.retry(station),
            _ => return self.work(action, station),
        }
        None
    }

    /// Why a key that acts must be dropped: the screen is about to change, or has
    /// changed under the reviewer's hands.
    fn not_now(&self, action: Action) -> Option<String> {
        if let Some(flight) = &self.flight {
            return Some(format!("still {}", flight.doing));
        }
        let on_the_item = !matches!(action, Action::Undo | Action::Redo | Action::NextItem | Action::PreviousItem);
        (on_the_item && self.awaits_paint()).then(|| "the next item was not shown yet".into())
    }

    /// Does what changes the item's sheet.
    fn work(&mut self, action: Action, station: &mut Station) -> Option<Layer> {
        let now = station.now;
        if ends_the_work(action) && !self.may_decide(station) {
            return None;
        }
        let queue = self.queue.name.clone();
        let (spec, sheet) = self.desk()?;
        match action {
            Action::Accept => self.decide(Verdict::Accept, station),
            Action::Defer => self.defer(station),
            Action::Reject if spec.failures.is_empty() => self.decide(Verdict::Reject, station),
            Action::Reject => return Some(Box::new(Picker::new(spec, sheet))),
            Action::Escalate => return Some(Box::new(RouteForm::new(spec, sheet))),
            Action::Note => return Some(Box::new(Note::new(sheet))),
            Action::Macros => return Some(Box::new(Macros::default())),
            Action::Golden => return Some(Box::new(GoldenForm::of_sheet(&queue, sheet, station))),
            Action::Mark => return self.begin_mark(station),
            Action::Marks => return self.list_marks(station),
            Action::Correct => return Some(Box::new(Correct::new(sheet))),
            Action::Precedent => return Some(Box::new(PrecedentView::new(sheet, spec, station))),
            Action::History => return Some(Box::new(HistoryView::new(sheet, spec, station))),
            Action::NextCriterion => step_criterion(spec, sheet, 1),
            Action::PreviousCriterion => step_criterion(spec, sheet, -1),
            Action::ClearScore => {
                if let Some(criterion) = spec.criteria.get(sheet.criterion) {
                    sheet.draft.scores.remove(&criterion.key);
                    sheet.changed(now);
                }
            }
            _ => {
                if let Some(score) = action.score() {
                    self.score(score, station);
                }
            }
        }
        None
    }

    /// Serves the queue so from now on.
    pub fn serve(&mut self, serving: Serving, station: &mut Station) {
        self.leave(station); // free before the search, which may come round to it again
        self.depart("putting the queue in order", Request::Serve { serving }, station);
    }

    fn serve_deferred(&mut self, station: &mut Station) {
        self.deferred = true;
        self.depart("fetching what was set aside", Request::Next { after: None, deferred: true }, station);
    }

    /// On along the trail, and past its end to what is next in the queue.
    fn forth(&mut self, station: &mut Station) {
        let Some(sheet) = self.sheet() else { return };
        let after = Some(sheet.seq());
        match self.trail.forth() {
            Step::Visited(seq) => self.walk("turning the page", Request::Show { seq }, station),
            Step::Beyond => {
                self.leave(station); // free before the search, which may come round to it again
                let request = Request::Next { after, deferred: self.deferred };
                self.depart("looking for the next item", request, station);
            }
        }
    }

    fn back(&mut self, station: &mut Station) {
        match self.trail.back() {
            Step::Visited(seq) => self.walk("turning the page", Request::Show { seq }, station),
            Step::Beyond => {
                self.walk("turning the page", Request::Earlier { before: self.trail.first_decided() }, station)
            }
        }
    }

    /// To a certain item, whoever has decided it.
    pub fn visit(&mut self, seq: Seq, station: &mut Station) {
        self.walk("turning the page", Request::Show { seq }, station);
    }

    fn walk(&mut self, doing: &'static str, request: Request, station: &mut Station) {
        self.save_draft(station);
        self.depart(doing, request, station);
    }

    fn depart(&mut self, doing: &'static str, request: Request, station: &mut Station) {
        self.flight = Some(Flight { doing, since: station.now, mentioned: false });
        station.ask(request);
        station.stale_frame = false; // the reply is drawn, or the wait when it is long
    }

    /// Moves about in what is on screen. It harms nothing at any time.
    fn read(&mut self, action: Action, station: &mut Station) {
        match action {
            Action::NextPane => self.panes.step(1),
            Action::PreviousPane => self.panes.step(-1),
            Action::Zoom => self.panes.zoomed = !self.panes.zoomed,
            Action::Wider => self.resize(true, station),
            Action::Narrower => self.resize(false, station),
            Action::Input => {
                if let Some(sheet) = self.sheet_mut() {
                    sheet.toggle_input();
                }
            }
            Action::Diff => self.turn_diff(station),
            Action::Sides => self.turn_sides(station),
            Action::NextSentence => self.step_sentence(1, station),
            Action::PreviousSentence => self.step_sentence(-1, station),
            Action::Lens => self.toggle_lens(station),
            Action::Raw => self.toggle_raw(station),
            Action::FindNext => self.jump_and_say(1, station),
            Action::FindPrevious => self.jump_and_say(-1, station),
            Action::FindEnd => {
                self.end_find();
                station.hush();
            }
            Action::Fold | Action::Unfold => {
                let Some((spec, sheet)) = self.desk() else { return };
                let told = sheet.fold(action == Action::Fold, spec);
                station.say(Tone::Quiet, told);
            }
            _ => self.scroll_by_key(action, station),
        }
    }

    fn attachments(&self, station: &mut Station) -> Option<Layer> {
        let sheet = self.sheet()?;
        let documents = attachment::of_documents(&sheet.served.item.context);
        let all: Vec<_> = sheet.attachments.iter().cloned().chain(documents).collect();
        if all.is_empty() {
            station.say(Tone::Quiet, "the item names no image, file or page to open");
            return None;
        }
        Some(Box::new(Attachments::new(all)))
    }

    fn toggle_raw(&mut self, station: &mut Station) {
        self.raw = !self.raw;
        let raw = self.raw;
        let Some((spec, sheet)) = self.desk() else { return };
        sheet.set_look(Look { raw, ..sheet.look }, spec);
        station.say(Tone::Quiet, if raw { "texts are shown as they came" } else { "texts are laid out" });
    }

    fn scroll_by_key(&mut self, action: Action, station: &mut Station) {
        let rows = matches!(action, Action::ScrollDown | Action::ScrollUp);
        if self.panes.focus == Pane::Rubric && rows {
            let Some((spec, sheet)) = self.desk() else { return };
            return step_criterion(spec, sheet, if action == Action::ScrollDown { 1 } else { -1 });
        }
        station.hush();
        self.scroll(self.panes.focus, scroll_of(action));
    }

    pub fn scroll(&mut self, pane: Pane, scroll: Scroll) {
        let Some(sheet) = self.sheet_mut() else { return };
        match pane {
            Pane::Source => sheet.source.scroll(scroll),
            Pane::Output => match &mut sheet.diff {
                Some(diff) => diff.scroll(scroll),
                None => sheet.output.scroll(scroll),
            },
            Pane::Rubric => sheet.rubric.scroll(scroll),
        }
    }
}

/// The action only changes how the item is looked at.
fn is_reading(action: Action) -> bool {
    use Action::*;
    matches!(
        action,
        NextPane
            | PreviousPane
            | Zoom
            | Wider
            | Narrower
            | Input
            | NextSentence
            | PreviousSentence
            | Lens
            | Raw
            | Diff
            | Sides
            | Fold
            | Unfold
            | FindNext
            | FindPrevious
            | FindEnd
            | ScrollDown
            | ScrollUp
            | PageDown
            | PageUp
            | Top
            | Bottom
    )
}

/// The action records something on the item and moves on.
fn ends_the_work(action: Action) -> bool {
    matches!(action, Action::Accept | Action::Reject | Action::Escalate | Action::Defer)
}

fn scroll_of(action: Action) -> Scroll {
    match action {
        Action::ScrollUp => Scroll::Rows(-1),
        Action::PageDown => Scroll::Pages(1),
        Action::PageUp => Scroll::Pages(-1),
        Action::Top => Scroll::Top,
        Action::Bottom => Scroll::Bottom,
        _ => Scroll::Rows(1),
    }
}

fn step_criterion(spec: &Spec, sheet: &mut Sheet, by: isize) {
    let last = spec.criteria.len().saturating_sub(1);
    sheet.criterion = sheet.criterion.saturating_add_signed(by).min(last);
    sheet.rubric.follow();
}
