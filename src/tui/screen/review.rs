//! The review screen: an item between its source and its rubric, and the keys that
//! decide it.
//!
//! One request that moves the screen is under way at a time. While it is, and until
//! the item it brings was seen, keys that act on an item are dropped.

mod bars;
mod deciding;
mod draw;
mod end;
mod header;
mod mouse;
mod offered;
pub mod open_item;
pub mod overlay;
pub mod panes;
mod reading;
mod reply_handling;
pub mod selection;
mod settling;
mod visit_history;

use super::{Place, Subject};
use crate::analysis::lens::Reading;
use crate::domain::attachment;
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::macros::Macro;
use crate::domain::order::Serving;
use crate::domain::pace::Pace;
use crate::domain::queue::{Counts, Queue};
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::store::{Next, Pick};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::{GoldenForm, Layer, Navigation, Outcome};
use crate::tui::rich_text::Wrap;
use crate::tui::worker::{BarStanding, LensRequest, MacroRequest, QueueRequest, Reply, Request, ReviewRequest};
use crossterm::event::MouseEvent;
use end::EndView;
use offered::Steps;
use open_item::OpenItem;
use overlay::{
    Attachments, Correction, HistoryView, Macros, Note, NoteOf, Orders, Picker, PrecedentView, Purpose, RouteForm,
    SettledView,
};
use panes::Panes;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use reading::is_reading;
use visit_history::{Step, VisitHistory};

/// A request that takes longer than this is mentioned: two frames or so.
const MENTION_AFTER_MILLIS: i64 = 60;

/// A request under way that will move the screen.
#[derive(Debug, Clone)]
struct PendingRequest {
    /// "saving", "looking for the next item".
    doing: &'static str,
    since: UtcMillis,
    mentioned: bool,
}

/// The item on screen, or the end of the queue.
enum OnScreen {
    Item(Box<OpenItem>),
    End(Box<EndView>),
}

/// A queue under review.
pub struct Review {
    queue: Box<Queue>,
    serving: Serving,
    counts: Counts,
    on_screen: OnScreen,
    pending: Option<PendingRequest>,
    history: VisitHistory,
    pub panes: Panes,
    /// Texts are shown as they came.
    raw: bool,
    /// Which lines of the source and of the output are wrapped.
    wraps: [Wrap; 2],
    /// The lens is hidden.
    lens_off: bool,
    /// The lens's reading of an item that is not on screen yet.
    lens_ahead: Option<(LensRequest, Reading)>,
    /// Comparisons stand side by side, where the reviewer has chosen; else by what the texts share.
    side_by_side: Option<bool>,
    /// The query of the last search.
    last_search: String,
    /// Whether deferred items are being served.
    deferred: bool,
    /// The decisions of this sitting.
    pace: Pace,
    steps: Steps,
    /// The time at which the reviewer did something last.
    touched: UtcMillis,
    macros: Vec<Macro>,
    /// How the bars of the queue stand; empty until they are counted.
    bars: Vec<BarStanding>,
    /// A question that a reply or an action has raised.
    question: Option<Layer<Self>>,
}

impl Review {
    pub fn new(queue: Box<Queue>, serving: Serving, counts: Counts, next: Next, ctx: &mut AppContext) -> Self {
        let on_screen = OnScreen::End(Box::default());
        let mut review = Self {
            queue,
            serving,
            counts,
            on_screen,
            pending: None,
            history: VisitHistory::default(),
            panes: Panes::default(),
            raw: false,
            wraps: [Wrap::Prose; 2],
            lens_off: false,
            lens_ahead: None,
            side_by_side: None,
            last_search: String::new(),
            deferred: false,
            pace: Pace::default(),
            steps: Steps::default(),
            touched: ctx.now,
            macros: Vec::new(),
            bars: Vec::new(),
            question: None,
        };
        review.arrive(next, ctx);
        if let Some(cost) = review.cost_of_order() {
            ctx.set_status(Tone::Warning, cost);
        }
        // Nobody waits for these: the item is on screen first.
        ctx.ask(MacroRequest::List);
        ctx.ask(ReviewRequest::Sitting);
        review
    }

    pub fn macros(&self) -> &[Macro] {
        &self.macros
    }

    pub fn spec(&self) -> &Spec {
        &self.queue.spec.spec
    }

    pub fn open_item(&self) -> Option<&OpenItem> {
        match &self.on_screen {
            OnScreen::Item(open) => Some(open),
            OnScreen::End(_) => None,
        }
    }

    /// Items that came in while the queue was at its end.
    fn came_in(&self) -> i64 {
        match &self.on_screen {
            OnScreen::Item(_) => 0,
            OnScreen::End(view) => view.came_in,
        }
    }

    pub fn open_item_mut(&mut self) -> Option<&mut OpenItem> {
        match &mut self.on_screen {
            OnScreen::Item(open) => Some(open),
            OnScreen::End(_) => None,
        }
    }

    /// The spec and the open, for an overlay that works on the open.
    pub fn spec_and_item(&mut self) -> Option<(&Spec, &mut OpenItem)> {
        match &mut self.on_screen {
            OnScreen::Item(open) => Some((&self.queue.spec.spec, open)),
            OnScreen::End(_) => None,
        }
    }

    /// Nothing is selected any more.
    pub fn end_selection(&mut self) {
        if let Some(open) = self.open_item_mut() {
            open.marked.selection = None;
        }
    }

    pub fn awaits_paint(&self) -> bool {
        self.open_item().is_some_and(|open| open.shown_at.is_none())
    }

    /// The item is on screen for less time than anybody needs to see it.
    fn is_unseen(&self, ctx: &AppContext) -> bool {
        self.open_item().and_then(|open| open.shown_at).is_some_and(|at| ctx.is_unseen(at))
    }

    /// Saves what is under way and gives the item up.
    fn give_up_item(&mut self, ctx: &mut AppContext) {
        if let Some(open) = self.open_item_mut() {
            open.save_visit(ctx);
            open.release(ctx);
        }
    }

    fn save_visit(&mut self, ctx: &mut AppContext) {
        if let Some(open) = self.open_item_mut() {
            open.save_visit(ctx);
        }
    }

    /// A request is under way that will move the screen.
    pub fn is_busy(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether a key that acts is dropped, and says why: the screen is about to change or has
    /// changed under the reviewer's hands, or the item is not theirs to decide.
    fn refuses(&self, action: Action, ctx: &mut AppContext) -> bool {
        if ctx.refuses(action) {
            return true;
        }
        let on_the_item = !matches!(action, Action::Undo | Action::Redo | Action::NextItem | Action::PreviousItem);
        let reason = match &self.pending {
            Some(pending) => format!("still {}", pending.doing),
            None if on_the_item && self.awaits_paint() => "the next item was not shown yet".into(),
            None if writes(action) && ctx.key_is_held => "it is held down".into(),
            None if writes(action) && self.is_unseen(ctx) => "the item was not shown yet for anybody to see it".into(),
            None => return action.decides() && !self.may_decide(ctx),
        };
        ctx.say_ignored(&reason);
        true
    }

    /// Carries out an action that changes the item or takes another one to the screen.
    fn work(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        if self.refuses(action, ctx) {
            return Outcome::Stay;
        }
        match action {
            Action::Accept => self.decide(Verdict::Accept, ctx),
            Action::Defer => self.defer(ctx),
            Action::Reopen => return self.ask_why_reopened(ctx),
            Action::Decline => return self.ask_why_declined(ctx),
            Action::Undo => self.leave_for("undoing", ReviewRequest::Undo, ctx),
            Action::Redo => self.leave_for("redoing", ReviewRequest::Redo, ctx),
            Action::NextItem => self.next_item(ctx),
            Action::PreviousItem => self.previous_item(ctx),
            Action::Refresh => {
                self.send("looking for an item", ReviewRequest::Next(Pick::default()), ctx);
            }
            Action::ServeDeferred => self.serve_deferred(ctx),
            Action::Order => return Outcome::over(Orders::new(&self.serving, self.spec(), ctx.now)),
            Action::Retry => self.retry(ctx),
            Action::NextCriterion => self.step_criterion(1),
            Action::PreviousCriterion => self.step_criterion(-1),
            Action::ClearScore => self.clear_score(ctx),
            action if action.side().is_some() => action.side().into_iter().for_each(|side| self.take_side(side, ctx)),
            action if action.score().is_some() => action.score().into_iter().for_each(|score| self.score(score, ctx)),
            action => return self.open_overlay(action, ctx).into(),
        }
        Outcome::Stay
    }

    /// The overlay in which an action asks more of the reviewer.
    fn open_overlay(&mut self, action: Action, ctx: &mut AppContext) -> Option<Layer<Self>> {
        let queue = self.queue.name.clone();
        let (spec, open) = self.spec_and_item()?;
        Some(match action {
            Action::Reject if spec.failures.is_empty() => {
                self.decide(Verdict::Reject, ctx);
                return None;
            }
            Action::Reject => Box::new(Picker::new(Purpose::Reject, spec, open)),
            Action::RejectFor if spec.failures.is_empty() => {
                self.decide(Verdict::Reject, ctx);
                return None;
            }
            Action::RejectFor => Box::new(Picker::new(Purpose::RejectForOne, spec, open)),
            Action::Escalate => Box::new(RouteForm::new(spec, open)),
            Action::Note => Box::new(Note::new(NoteOf::Item, open)),
            Action::Macros => Box::new(Macros::default()),
            Action::Golden => Box::new(GoldenForm::of_item(&queue, open, ctx)),
            Action::Mark => return self.begin_mark(ctx),
            Action::Marks => return self.list_marks(ctx),
            Action::Correct => Box::new(Correction::new(open)),
            Action::Precedent => Box::new(PrecedentView::new(open, spec, ctx)),
            Action::History => Box::new(HistoryView::new(open, spec, ctx)),
            _ => return None,
        })
    }

    /// Serves the queue so from now on.
    pub fn serve(&mut self, serving: Serving, ctx: &mut AppContext) {
        self.give_up_item(ctx); // free before the search, which may come round to it again
        self.send("putting the queue in order", QueueRequest::Serve { serving }, ctx);
    }

    fn serve_deferred(&mut self, ctx: &mut AppContext) {
        self.deferred = true;
        self.send("fetching what was deferred", ReviewRequest::Next(Pick::with_deferred()), ctx);
    }

    /// Goes on along the history, and past its end to what is next in the queue.
    fn next_item(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item() else { return };
        let after = Some(open.seq());
        match self.history.next() {
            Step::Visited(seq) => self.leave_for("turning the page", ReviewRequest::Show { seq }, ctx),
            Step::Beyond => {
                self.give_up_item(ctx); // free before the search, which may come round to it again
                let request = ReviewRequest::Next(Pick { after, deferred: self.deferred });
                self.send("looking for the next item", request, ctx);
            }
        }
    }

    fn previous_item(&mut self, ctx: &mut AppContext) {
        match self.history.previous() {
            Step::Visited(seq) => self.leave_for("turning the page", ReviewRequest::Show { seq }, ctx),
            Step::Beyond => {
                self.leave_for(
                    "turning the page",
                    ReviewRequest::Earlier { before: self.history.first_decided() },
                    ctx,
                );
            }
        }
    }

    /// Shows a certain item, whoever has decided it.
    pub fn visit(&mut self, seq: Seq, ctx: &mut AppContext) {
        self.leave_for("turning the page", ReviewRequest::Show { seq }, ctx);
    }

    fn leave_for(&mut self, doing: &'static str, request: impl Into<Request>, ctx: &mut AppContext) {
        self.save_visit(ctx);
        self.send(doing, request, ctx);
    }

    fn send(&mut self, doing: &'static str, request: impl Into<Request>, ctx: &mut AppContext) {
        self.pending = Some(PendingRequest { doing, since: ctx.now, mentioned: false });
        ctx.ask(request);
        ctx.stale_frame = false; // the reply is drawn, or the wait when it is long
    }

    /// Puts the focus on another criterion.
    fn step_criterion(&mut self, by: isize) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        let last = spec.criteria.len().saturating_sub(1);
        open.criterion = open.criterion.saturating_add_signed(by).min(last);
        open.rubric.follow();
    }

    fn attachments(&self, ctx: &mut AppContext) -> Option<Layer<Self>> {
        let open = self.open_item()?;
        let documents = attachment::of_documents(&open.served.item.context);
        let all: Vec<_> = open.attachments.iter().cloned().chain(documents).collect();
        if all.is_empty() {
            ctx.set_status(Tone::Quiet, "the item names no image, file or page to open");
            return None;
        }
        Some(Box::new(Attachments::new(open.seq(), all)))
    }
}

impl Place for Review {
    fn context(&self) -> Context {
        match &self.on_screen {
            OnScreen::Item(open) if open.find.is_some() => Context::Found,
            OnScreen::Item(_) => Context::Review,
            OnScreen::End(_) => Context::End,
        }
    }

    fn act(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        match action {
            // The reply would find nobody, and the item it brings would stay claimed.
            Action::Leave if self.is_busy() => {
                ctx.set_status(Tone::Warning, "key ignored: the last one is still at work");
                Outcome::Stay
            }
            Action::Leave => Outcome::leave_for(Navigation::Back),
            Action::Browser
            | Action::GoldenSet
            | Action::Inbox
            | Action::Bars
            | Action::Judges
            | Action::People
            | Action::Agreement
            | Action::Versions => Outcome::leave_for(Navigation::To(action)),
            Action::Find => self.begin_find(),
            Action::Attachments => self.attachments(ctx).into(),
            Action::Findings => self.findings(ctx).into(),
            Action::Settled => Outcome::over(SettledView::new(ctx)),
            action if is_reading(action) => {
                self.read(action, ctx);
                Outcome::Stay
            }
            action if moves_on(action) && self.at_stake().is_some() => {
                Outcome::Leave(Box::new(move |review, ctx| review.work(action, ctx)))
            }
            action => self.work(action, ctx),
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        self.handle_mouse(mouse, ctx)
    }

    /// Takes every reply: what it did not ask for, somebody asked who is gone.
    fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        self.take_reply(reply, ctx);
        None
    }

    fn take_question(&mut self) -> Option<Layer<Self>> {
        self.question.take()
    }

    fn changed(&mut self, ctx: &mut AppContext) {
        ctx.ask(ReviewRequest::Progress);
    }

    fn offers(&self, action: Action) -> bool {
        self.may_work(action)
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        draw::draw(self, area, buf, ctx);
    }

    fn painted(&mut self, ctx: &mut AppContext) {
        if let Some(open) = self.open_item_mut() {
            open.shown_at.get_or_insert(ctx.now);
            open.lens.painted();
            open.activity.shown(ctx.now);
        }
    }

    fn touched(&mut self, now: UtcMillis) {
        self.touched = now;
        if let Some(open) = self.open_item_mut() {
            open.activity.touch(now);
        }
    }

    fn due(&self) -> Option<UtcMillis> {
        let mention = self.pending.as_ref().filter(|f| !f.mentioned).map(|f| f.since + MENTION_AFTER_MILLIS);
        let place = match &self.on_screen {
            OnScreen::Item(open) => open.due(),
            OnScreen::End(end) if self.pending.is_none() => end.refresh_at(),
            OnScreen::End(_) => None,
        };
        [mention, place].into_iter().flatten().min()
    }

    fn tick(&mut self, ctx: &mut AppContext) {
        if let Some(pending) =
            self.pending.as_mut().filter(|f| !f.mentioned && f.since + MENTION_AFTER_MILLIS <= ctx.now)
        {
            pending.mentioned = true;
            ctx.set_status(Tone::Quiet, format!("{} …", pending.doing));
        }
        match &mut self.on_screen {
            OnScreen::Item(open) => open.tick(ctx),
            OnScreen::End(end) if self.pending.is_none() && end.refresh_at().is_some_and(|at| at <= ctx.now) => {
                self.send(
                    "looking for an item",
                    ReviewRequest::Next(Pick { after: None, deferred: self.deferred }),
                    ctx,
                );
            }
            OnScreen::End(_) => {}
        }
    }

    fn save(&mut self, ctx: &mut AppContext) {
        self.save_visit(ctx);
    }

    fn leave(&mut self, ctx: &mut AppContext) {
        self.give_up_item(ctx);
    }

    fn at_stake(&self) -> Option<String> {
        let open = self.open_item()?;
        let unsaved = open.unsaved.as_ref()?;
        Some(format!("The {} of {} is not saved.", unsaved.judgement.verdict.as_str(), open.served.item.id))
    }

    fn unacknowledged(&self) -> Option<String> {
        self.open_item()?.unacknowledged()
    }

    fn subject(&self) -> Option<Subject> {
        let (queue, item) = (self.queue.name.clone(), self.open_item().map(OpenItem::seq));
        let filter = self.serving.filter.clone();
        let back = Navigation::Queue { name: queue.clone(), seq: item, filter: filter.clone() };
        Some(Subject { queue, title: self.spec().title.clone(), item, filter, back })
    }

    fn decided(&self) -> i64 {
        self.pace.count() as i64
    }
}

/// The action takes the item from the screen.
fn moves_on(action: Action) -> bool {
    use Action::*;
    matches!(action, NextItem | PreviousItem | Defer | Undo | Redo | Order)
}

/// The action puts something down on the item at once.
fn writes(action: Action) -> bool {
    action.decides() || action.score().is_some() || action == Action::ClearScore
}
