//! The workstation's state. `update` takes a message and gives effects: it does no
//! IO and reads no clock. `draw` changes nothing but what it measured of the view.

mod places;

use super::action::{Action, Context};
use super::app_context::{AppContext, Tone};
use super::message::{Effect, Message};
use super::overlay::{Confirm, Confirmed, Help, Layer, Overlay, OverlayOutcome, Palette};
use super::screen::Screen;
use super::screen::home::Home;
use super::screen::opening::Opening;
use super::screen::review::Review;
use super::widget::footer;
use super::worker::{QueueReply, QueueRequest, Reply, Request, ReviewRequest};
use crate::domain::filter::Filter;
use crate::domain::order::Order;
use crate::domain::time::UtcMillis;
use crate::store::StoreError;
use crate::store::view::Seq;
use crate::text::fit::wrap;
use crossterm::event::{Event, KeyEvent, KeyEventKind, MouseEvent};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The smallest terminal that everything fits in.
const MIN_SIZE: (u16, u16) = (60, 16);

/// Where the workstation starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    Home,
    Queue(String),
    /// A queue, served by a filter, and by an order where one is given.
    QueueBy {
        queue: String,
        order: Option<Order>,
        filter: Filter,
    },
}

/// The workstation.
pub struct App {
    screen: Screen,
    overlays: Vec<Layer>,
    /// The screen that one came from to open an item, and goes back to.
    behind: Option<Screen>,
    ctx: AppContext,
    size: (u16, u16),
    decided: i64,
}

impl App {
    /// The workstation as it starts, and what it asks for first.
    pub fn new(start: Start, mut ctx: AppContext, size: (u16, u16), now: UtcMillis) -> (Self, Vec<Effect>) {
        let screen = match start {
            Start::Home => {
                ctx.ask(QueueRequest::List);
                Screen::Home(Home::default())
            }
            Start::Queue(queue) => {
                ctx.ask(QueueRequest::open(&queue));
                ctx.stale_frame = false;
                Screen::Opening(Opening::new(queue, now))
            }
            Start::QueueBy { queue, order, filter } => {
                ctx.ask(QueueRequest::Open { queue: queue.clone(), order, filter });
                ctx.stale_frame = false;
                Screen::Opening(Opening::new(queue, now))
            }
        };
        ctx.now = now;
        let effects = ctx.take_effects();
        (Self { screen, overlays: Vec::new(), behind: None, ctx, size, decided: 0 }, effects)
    }

    /// Decisions recorded since the start.
    pub fn decided(&self) -> i64 {
        self.decided + self.review().map_or(0, |review| review.decided())
    }

    /// What is on screen may differ from what was drawn.
    pub fn wants_frame(&self) -> bool {
        self.ctx.stale_frame
    }

    /// When [`Message::Tick`] is due. Without it nothing happens until somebody acts.
    pub fn due(&self) -> Option<UtcMillis> {
        let screen = match &self.screen {
            Screen::Opening(opening) => opening.due(),
            Screen::Home(_) | Screen::Golden(_) | Screen::Browse(_) => None,
            Screen::Review(review) => review.due(),
        };
        [screen, self.ctx.due()].into_iter().flatten().min()
    }

    pub fn update(&mut self, message: Message, now: UtcMillis) -> Vec<Effect> {
        self.ctx.now = now;
        match message {
            Message::Terminal(event) => self.event(event),
            Message::Reply(reply) => self.reply(reply),
            Message::Painted => self.painted(),
            Message::Tick => self.tick(),
            Message::Edited(edited) => self.edited(edited),
            Message::Opened(opened) => self.opened(opened),
            Message::Resumed => self.ctx.stale_frame = true,
            Message::Theme(theme) => self.ctx.set_theme(theme),
            Message::Hangup => self.quit(),
        }
        self.ctx.take_effects()
    }

    fn event(&mut self, event: Event) {
        let acts = matches!(&event, Event::Key(_) | Event::Paste(_) | Event::Mouse(_));
        if acts && let Screen::Review(review) = &mut self.screen {
            review.touch(self.ctx.now);
        }
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Event::Paste(text) => self.paste(&text),
            Event::Mouse(mouse) => self.mouse(mouse),
            Event::Resize(width, height) => {
                self.size = (width, height);
                self.ctx.stale_frame = true;
            }
            _ => {}
        }
    }

    fn key(&mut self, key: KeyEvent) {
        self.ctx.stale_frame = true;
        let context = self.context();
        let action = self.ctx.keymap.lookup(context, &key);
        if let Some(action @ (Action::Quit | Action::Suspend | Action::Redraw)) = action {
            return self.press(action);
        }
        if self.is_too_small() {
            return; // nothing is seen, so nothing is done
        }
        match (self.overlays.is_empty(), action) {
            (false, Some(Action::Help)) if context != Context::Help => self.overlays.push(Box::new(Help::new(context))),
            (false, _) => self.with_overlay(|overlay, screen, ctx| overlay.key(key, screen, ctx)),
            (true, Some(action)) => self.press(action),
            (true, None) => {}
        }
    }

    /// Does what an action's key does where no overlay is.
    fn press(&mut self, action: Action) {
        match action {
            Action::Quit => self.ask_to_leave(Confirmed::Quit),
            Action::Suspend => self.suspend(),
            Action::Redraw => self.ctx.emit(Effect::Redraw),
            Action::Help => self.overlays.push(Box::new(Help::new(self.context()))),
            Action::Palette => self.overlays.push(Box::new(Palette::new(self.context(), &mut self.ctx))),
            action => self.act(action),
        }
    }

    fn context(&self) -> Context {
        match (self.overlays.last(), &self.screen) {
            (Some(overlay), _) => overlay.context(),
            (None, Screen::Review(review)) => review.context(),
            (None, Screen::Golden(_)) => Context::Golden,
            (None, Screen::Browse(_)) => Context::Browse,
            (None, Screen::Home(_) | Screen::Opening(_)) => Context::Home,
        }
    }

    fn act(&mut self, action: Action) {
        if action == Action::Leave {
            return match &self.screen {
                // The reply would find nobody, and the item it brings would stay held.
                Screen::Review(review) if review.is_busy() => {
                    self.ctx.set_status(Tone::Warning, "key ignored: the last one is still at work");
                }
                Screen::Browse(browse) if browse.is_working() => browse.say_working(&mut self.ctx),
                Screen::Review(_) | Screen::Golden(_) | Screen::Browse(_) => self.ask_to_leave(Confirmed::Back),
                Screen::Home(_) | Screen::Opening(_) => self.quit(),
            };
        }
        match action {
            Action::GoldenSet => return self.ask_to_leave(Confirmed::GoldenSet),
            Action::Browser => return self.ask_to_leave(Confirmed::Browser),
            _ => {}
        }
        match &mut self.screen {
            Screen::Opening(_) => {}
            Screen::Golden(golden) => self.overlays.extend(golden.act(action, &mut self.ctx)),
            Screen::Home(home) => home.act(action, &mut self.ctx),
            Screen::Browse(browse) => self.overlays.extend(browse.act(action, &mut self.ctx)),
            Screen::Review(review) if moves_on(action) && review.at_stake().is_some() => {
                self.ask_to_leave(Confirmed::Act(action));
            }
            Screen::Review(review) => self.overlays.extend(review.act(action, &mut self.ctx)),
        }
    }

    /// Leaves what is on screen, unless a decision would be lost by it: then it asks.
    fn ask_to_leave(&mut self, then: Confirmed) {
        let asked = self.overlays.iter().any(|overlay| overlay.context() == Context::Confirm);
        match self.question_before(&then) {
            Some(question) if !asked => self.overlays.push(Box::new(Confirm::new(question, then))),
            _ => self.go(then),
        }
    }

    fn question_before(&self, then: &Confirmed) -> Option<String> {
        let unreached = (*then == Confirmed::Quit && self.ctx.is_cut_off()).then(|| self.unreached()).flatten();
        if let Some(what) = unreached {
            return Some(format!("{what} is not saved yet: the server cannot be reached. Quit without it?"));
        }
        let stake = self.review().and_then(Review::at_stake)?;
        Some(format!("{stake} Its scores, categories and note stay as a draft. Go on without it?"))
    }

    /// What waits for the server to come back, and would not if the workstation went.
    fn unreached(&self) -> Option<String> {
        let draft = || self.ctx.has_unsaved_drafts().then(|| "The draft of an earlier item".to_owned());
        self.review().and_then(Review::unreached).or_else(draft)
    }

    fn go(&mut self, then: Confirmed) {
        match then {
            Confirmed::Quit => self.quit(),
            Confirmed::Back => self.back(),
            Confirmed::Browser => self.show_browser(),
            Confirmed::Bulk(action) => {
                if let Screen::Browse(browse) = &mut self.screen {
                    browse.do_bulk(*action, &mut self.ctx);
                }
            }
            Confirmed::Show(seq) => self.show(seq),
            Confirmed::GoldenSet => self.show_golden_set(),
            Confirmed::Open(queue) => self.open(queue),
            Confirmed::Press(action) => self.press(action),
            Confirmed::Act(action) => {
                if let Screen::Review(review) = &mut self.screen {
                    self.overlays.extend(review.act(action, &mut self.ctx));
                }
            }
        }
    }

    fn show(&mut self, seq: Seq) {
        self.overlays.clear();
        if let Screen::Review(review) = &mut self.screen {
            review.visit(seq, &mut self.ctx);
        }
    }

    fn quit(&mut self) {
        if let Screen::Review(review) = &mut self.screen {
            review.leave(&mut self.ctx);
        }
        self.ctx.emit(Effect::Quit);
    }

    fn suspend(&mut self) {
        if let Screen::Review(review) = &mut self.screen {
            review.save_draft(&mut self.ctx);
        }
        self.ctx.emit(Effect::Suspend);
    }

    /// Lets the overlay on top see an event, and does what it wants afterwards.
    fn with_overlay(&mut self, event: impl FnOnce(&mut dyn Overlay, &mut Screen, &mut AppContext) -> OverlayOutcome) {
        let Some(mut overlay) = self.overlays.pop() else { return };
        match event(overlay.as_mut(), &mut self.screen, &mut self.ctx) {
            OverlayOutcome::Stay => self.overlays.push(overlay),
            OverlayOutcome::Close => {}
            OverlayOutcome::Do(then) => self.go(then),
            OverlayOutcome::Leave(then) => self.ask_to_leave(then),
            OverlayOutcome::Swap(other) => self.overlays.push(other),
            OverlayOutcome::Over(other) => self.overlays.extend([overlay, other]),
        }
    }

    fn paste(&mut self, text: &str) {
        self.ctx.stale_frame = true;
        if self.overlays.is_empty() {
            return self.ctx.set_status(Tone::Quiet, "pasted text goes into a note; keys in it do nothing");
        }
        self.with_overlay(|overlay, screen, ctx| {
            overlay.paste(text, screen, ctx);
            OverlayOutcome::Stay
        });
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        if matches!(mouse.kind, crossterm::event::MouseEventKind::Moved) {
            return;
        }
        self.ctx.stale_frame = true;
        if !self.overlays.is_empty() {
            return self.with_overlay(|overlay, screen, ctx| overlay.mouse(mouse, screen, ctx));
        }
        match &mut self.screen {
            Screen::Opening(_) => {}
            Screen::Golden(golden) => golden.mouse(mouse, &mut self.ctx),
            Screen::Home(home) => home.mouse(mouse, &mut self.ctx),
            Screen::Browse(browse) => browse.mouse(mouse, &mut self.ctx),
            Screen::Review(review) => self.overlays.extend(review.mouse(mouse, &mut self.ctx)),
        }
    }

    fn edited(&mut self, edited: std::io::Result<Option<String>>) {
        self.ctx.stale_frame = true;
        match (edited, self.overlays.last_mut()) {
            (Ok(Some(text)), Some(overlay)) => overlay.edited(&text, &mut self.screen, &mut self.ctx),
            (Err(error), _) => self.ctx.set_status(Tone::Error, format!("the editor gave nothing: {error}")),
            _ => {}
        }
    }

    fn opened(&mut self, opened: Result<String, String>) {
        match opened {
            Ok(what) => self.ctx.set_status(Tone::Quiet, format!("given to the system to open: {what}")),
            Err(why) => self.ctx.set_status(Tone::Error, why),
        }
    }

    fn painted(&mut self) {
        if self.is_too_small() {
            return;
        }
        match &mut self.screen {
            Screen::Review(review) => review.painted(self.ctx.now),
            Screen::Browse(browse) => browse.painted(&mut self.ctx),
            Screen::Home(_) | Screen::Opening(_) | Screen::Golden(_) => {}
        }
    }

    fn tick(&mut self) {
        self.ctx.tick();
        match &mut self.screen {
            Screen::Opening(opening) => opening.tick(&mut self.ctx),
            Screen::Home(_) | Screen::Golden(_) | Screen::Browse(_) => {}
            Screen::Review(review) => review.tick(&mut self.ctx),
        }
    }

    fn reply(&mut self, reply: Reply) {
        let reply = match reply {
            Reply::Changed => return self.changed(),
            Reply::Link(link) => return self.ctx.linked(link),
            reply => reply,
        };
        let (screen, ctx) = (&mut self.screen, &mut self.ctx);
        let mut overlays = self.overlays.iter_mut().rev();
        let untaken = overlays.try_fold(reply, |reply, overlay| overlay.reply(reply, screen, ctx));
        self.overlays.retain(|overlay| !overlay.is_done());
        let Some(reply) = untaken else { return };
        let reply = match &mut self.screen {
            Screen::Browse(browse) => browse.reply(reply, &mut self.ctx),
            _ => Some(reply),
        };
        let Some(reply) = reply else { return };
        match (&mut self.screen, reply) {
            (Screen::Home(home), Reply::Queue(QueueReply::List(queues))) => self.ctx.stale_frame |= home.fill(queues),
            (Screen::Review(review), reply) => review.reply(reply, &mut self.ctx),
            (_, Reply::Queue(QueueReply::Opened { queue, serving, counts, next })) => {
                // What was said before the first screen was there is still to be read.
                if !matches!(self.screen, Screen::Opening(_)) {
                    self.ctx.clear_status();
                }
                self.ctx.stale_frame = true;
                let review = Review::new(queue, serving, counts, next, &mut self.ctx);
                let before = std::mem::replace(&mut self.screen, Screen::Review(Box::new(review)));
                self.behind = Some(before).filter(|screen| matches!(screen, Screen::Golden(_) | Screen::Browse(_)));
            }
            (_, Reply::Failed { request, error })
                if matches!(*request, Request::Review(ReviewRequest::SaveDraft { .. })) =>
            {
                self.ctx.ask_again_later(*request, &error);
            }
            (_, Reply::Failed { request, .. })
                if matches!(*request, Request::Review(ReviewRequest::Release { .. })) => {}
            (Screen::Golden(golden), reply) => golden.reply(reply, &mut self.ctx),
            (Screen::Browse(browse), Reply::Failed { request, error }) => {
                browse.failed(*request, &error, &mut self.ctx);
            }
            (Screen::Home(_), Reply::Failed { request, .. }) if request.is_lookup() => {}
            (Screen::Home(_) | Screen::Opening(_), Reply::Failed { request, error }) => {
                self.failed_to_open(&request, &error);
            }
            _ => {}
        }
    }

    /// Others have changed the workspace: what is shown of it is read again.
    fn changed(&mut self) {
        match &mut self.screen {
            Screen::Opening(_) => {}
            Screen::Home(_) => self.ctx.ask(QueueRequest::List),
            Screen::Review(_) => self.ctx.ask(ReviewRequest::Progress),
            Screen::Golden(golden) => golden.changed(&mut self.ctx),
            Screen::Browse(browse) => browse.changed(&mut self.ctx),
        }
    }

    /// Back among the queues, of which one may be opened again. Who may not decide may look.
    fn failed_to_open(&mut self, request: &Request, error: &StoreError) {
        if let (Request::Queue(request), StoreError::Forbidden(_)) = (request, error)
            && let Some(queue) = request.opened_queue()
        {
            return self.only_look(queue.into());
        }
        let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
        self.ctx.set_status(Tone::Error, format!("{error}{hint}"));
        match &mut self.screen {
            Screen::Home(home) => home.opening = None,
            _ => {
                self.screen = Screen::Home(Home::default());
                self.ctx.ask(QueueRequest::List);
            }
        }
    }

    fn review(&self) -> Option<&Review> {
        self.screen.review()
    }

    fn is_too_small(&self) -> bool {
        self.size.0 < MIN_SIZE.0 || self.size.1 < MIN_SIZE.1
    }

    /// Draws the workstation, and measures the views.
    pub fn draw(&mut self, frame: &mut Frame) {
        let (area, buf) = (frame.area(), frame.buffer_mut());
        self.size = (area.width, area.height);
        self.ctx.stale_frame = false;
        buf.set_style(area, self.ctx.theme.base());
        if self.is_too_small() {
            return draw_too_small(area, buf, &self.ctx);
        }
        let ctx = &self.ctx;
        match &mut self.screen {
            Screen::Opening(opening) => opening.draw(area, buf, ctx),
            Screen::Home(home) => home.draw(area, buf, ctx),
            Screen::Golden(golden) => golden.draw(area, buf, ctx),
            Screen::Browse(browse) => browse.draw(area, buf, ctx),
            Screen::Review(review) => review.draw(area, buf, ctx),
        }
        // The status and what may be said there stay in sight under an overlay.
        let above = Rect { height: area.height - footer::ROWS, ..area };
        for overlay in &mut self.overlays {
            overlay.draw(above, buf, &mut self.screen, ctx);
        }
        if let Some(overlay) = self.overlays.last() {
            let foot = Rect { y: above.bottom(), height: footer::ROWS, ..area };
            footer::draw(foot, buf, overlay.context(), overlay.keys(), ctx);
        }
    }
}

/// The action takes the item from the screen.
fn moves_on(action: Action) -> bool {
    use Action::*;
    matches!(action, NextItem | PreviousItem | Defer | Undo | Redo | Order)
}

fn draw_too_small(area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let (width, height) = MIN_SIZE;
    let text = format!("karat needs {width}×{height}; this terminal has {}×{}.", area.width, area.height);
    let lines = wrap(&text, usize::from(area.width)).into_iter();
    lines.zip(area.rows()).for_each(|(line, row)| Line::styled(line, ctx.theme.text()).render(row, buf));
}
