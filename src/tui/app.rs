//! The workstation's state. `update` takes a message and gives effects: it does no
//! IO and reads no clock. `draw` changes nothing but what it measured of the view.

mod navigation;

use super::action::Action;
use super::app_context::{AppContext, Tone};
use super::context::{Context, Takes};
use super::keymap::KeyPress;
use super::message::{Effect, Message};
use super::screen::Screen;
use super::screen::home::Home;
use super::screen::opening::Opening;
use super::theme::Theme;
use super::widget::footer;
use super::widget::text_field::TextField;
use super::worker::{QueueReply, QueueRequest, Reply, Request, ReviewReply, ReviewRequest};
use crate::domain::claim::Claimed;
use crate::domain::filter::Filter;
use crate::domain::order::Order;
use crate::domain::time::UtcMillis;
use crate::store::Served;
use crate::text::fit::wrap;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;
use std::io;

/// The smallest terminal that everything fits in.
const MIN_SIZE: (u16, u16) = (60, 16);

/// The screen that the workstation starts with.
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
    /// The screen that one came from to open an item, and goes back to.
    behind: Option<Screen>,
    ctx: AppContext,
    /// Columns and rows of the terminal.
    size: (u16, u16),
    /// Decisions recorded on screens that were left.
    decided: i64,
}

impl App {
    /// The workstation as it starts, and what it asks for first.
    pub fn new(start: Start, mut ctx: AppContext, size: (u16, u16), now: UtcMillis) -> (Self, Vec<Effect>) {
        ctx.now = now;
        let opening = match start {
            Start::Home => None,
            Start::Queue(queue) => Some(QueueRequest::open(&queue)),
            Start::QueueBy { queue, order, filter } => Some(QueueRequest::Open { queue, order, filter }),
        };
        let screen = match opening {
            None => Home::read(None, &mut ctx).into(),
            Some(request) => {
                let opening = Opening::new(request, &mut ctx);
                ctx.stale_frame = false;
                opening.into()
            }
        };
        let effects = ctx.take_effects();
        (Self { screen, behind: None, ctx, size, decided: 0 }, effects)
    }

    /// Decisions recorded since the start.
    pub fn decided(&self) -> i64 {
        self.decided + self.screen.decided()
    }

    /// Whether what is on screen may differ from what was drawn.
    pub fn wants_frame(&self) -> bool {
        self.ctx.stale_frame
    }

    /// Whether the key quits wherever it is pressed.
    pub fn is_quit(&self, key: &KeyEvent) -> bool {
        self.ctx.keymap.lookup(Context::Global, key) == Some(Action::Quit)
    }

    /// Sets the colours of the frames to come.
    pub fn set_theme(&mut self, theme: Theme) {
        self.ctx.theme = theme;
    }

    /// The time at which [`Message::Tick`] is due. Without it nothing happens until somebody acts.
    pub fn due(&self) -> Option<UtcMillis> {
        [self.screen.due(), self.ctx.due()].into_iter().flatten().min()
    }

    /// Takes a message, and gives what is to be done outside of the workstation.
    pub fn update(&mut self, message: Message, now: UtcMillis) -> Vec<Effect> {
        self.ctx.now = now;
        match message {
            Message::Terminal(Event::Key(key)) => self.key(key),
            Message::Terminal(Event::Paste(text)) => self.paste(&text),
            Message::Terminal(Event::Mouse(mouse)) => self.mouse(mouse),
            Message::Terminal(Event::Resize(width, height)) => {
                self.size = (width, height);
                self.ctx.stale_frame = true;
            }
            Message::Terminal(_) => {}
            Message::Reply(reply) => self.reply(reply),
            Message::Painted if self.is_too_small() => {}
            Message::Painted => self.screen.painted(&mut self.ctx),
            Message::Tick => {
                self.ctx.tick();
                self.screen.tick(&mut self.ctx);
            }
            Message::Theme(theme) => {
                self.set_theme(theme);
                self.ctx.stale_frame = true;
            }
            Message::Edited(edited) => self.edited(edited),
            Message::Opened(opened) => self.opened(opened),
            Message::Resumed => self.ctx.stale_frame = true,
            Message::Hangup => self.quit(),
        }
        self.ctx.take_effects()
    }

    fn key(&mut self, event: KeyEvent) {
        self.screen.touched(self.ctx.now);
        if event.kind == KeyEventKind::Release {
            return;
        }
        self.ctx.stale_frame = true;
        self.ctx.key_pressed(&event);
        if let Some(letter) = self.after_escape(&event) {
            self.press(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
            return self.press(letter);
        }
        self.press(event);
    }

    /// The key that Escape was pressed before, where the terminal sent both as one: a quick hand,
    /// or a multiplexer that waits for the rest of a sequence, makes Alt of it.
    fn after_escape(&self, event: &KeyEvent) -> Option<KeyEvent> {
        let KeyCode::Char(letter) = event.code else { return None };
        let context = self.screen.context();
        let is_bound = self.ctx.keymap.lookup(context, event).is_some();
        let is_edit = context.takes() == Takes::Text && TextField::takes_alt(letter);
        let with_alt = event.modifiers.contains(KeyModifiers::ALT) && !is_bound && !is_edit;
        with_alt.then(|| KeyEvent::new(event.code, event.modifiers - KeyModifiers::ALT))
    }

    fn press(&mut self, event: KeyEvent) {
        let action = self.ctx.keymap.lookup(self.screen.context(), &event);
        if !action.is_some_and(Action::decides) {
            self.ctx.warning = None;
        }
        let works_unseen = matches!(action, Some(Action::Quit | Action::Suspend | Action::Redraw));
        if self.is_too_small() && !works_unseen {
            return; // nothing is seen, so nothing is done
        }
        let navigation = self.screen.key(KeyPress { action, event }, &mut self.ctx);
        self.go(navigation);
    }

    fn paste(&mut self, text: &str) {
        self.screen.touched(self.ctx.now);
        self.ctx.stale_frame = true;
        self.screen.paste(text, &mut self.ctx);
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        self.screen.touched(self.ctx.now);
        if mouse.kind == MouseEventKind::Moved {
            return;
        }
        self.ctx.stale_frame = true;
        if mouse.kind == MouseEventKind::Down(MouseButton::Left)
            && let Some(key) = footer::key_at((mouse.column, mouse.row).into(), &self.ctx)
        {
            return self.key(key.press()); // a word at the foot is its key
        }
        let navigation = self.screen.mouse(mouse, &mut self.ctx);
        self.go(navigation);
    }

    fn edited(&mut self, edited: io::Result<Option<String>>) {
        self.ctx.stale_frame = true;
        match edited {
            Ok(Some(text)) => self.screen.edited(&text, &mut self.ctx),
            Ok(None) => {}
            Err(error) => self.ctx.set_status(Tone::Error, format!("the editor gave nothing: {error}")),
        }
    }

    fn opened(&mut self, opened: Result<String, String>) {
        match opened {
            Ok(what) => self.ctx.set_status(Tone::Quiet, format!("given to the system to open: {what}")),
            Err(why) => self.ctx.set_status(Tone::Error, why),
        }
    }

    fn reply(&mut self, reply: Reply) {
        match reply {
            Reply::Changed => self.screen.changed(&mut self.ctx),
            Reply::Connection(state) => self.ctx.connection_changed(state),
            Reply::Damaged(rows) => self.ctx.say_damaged(&rows),
            reply => {
                if let Some(untaken) = self.screen.reply(reply, &mut self.ctx) {
                    self.untaken(untaken);
                }
            }
        }
    }

    /// Takes a reply that is for no screen as such.
    fn untaken(&mut self, reply: Reply) {
        match reply {
            Reply::Queue(QueueReply::Opened { queue, serving, counts, next }) => {
                self.show_review(queue, serving, counts, next);
            }
            Reply::Failed { request, error } => match *request {
                Request::Review(ReviewRequest::Release { .. }) => {} // it expires
                request @ Request::Review(ReviewRequest::SaveDraft { .. }) => {
                    self.ctx.ask_again_later(request, &error);
                }
                request => self.failed_to_open(&request, &error),
            },
            reply => self.came_too_late(&reply),
        }
    }

    /// Takes the reply to a screen that was left meanwhile: what it claimed is given up, for nobody
    /// looks at it. Where an item is being opened it may be that one, so its claim stays.
    fn came_too_late(&mut self, reply: &Reply) {
        if let Reply::Review(ReviewReply::Decided { decision, .. }) = reply {
            let verdict = decision.judgement.verdict;
            self.ctx.set_status(Tone::Good, format!("saved: {} {}", verdict.sign(), verdict.past()));
            self.ctx.stale_frame = true;
        }
        if let Some(Served { seq, claimed: Claimed::Mine(claim), .. }) = reply.served()
            && !matches!(self.screen, Screen::Opening(_))
        {
            self.ctx.ask(ReviewRequest::Release { seq: *seq, token: claim.token.clone() });
        }
    }

    fn is_too_small(&self) -> bool {
        self.size.0 < MIN_SIZE.0 || self.size.1 < MIN_SIZE.1
    }

    /// Draws the workstation, and measures the views.
    pub fn draw(&mut self, frame: &mut Frame) {
        let (area, buf) = (frame.area(), frame.buffer_mut());
        self.size = (area.width, area.height);
        self.ctx.stale_frame = false;
        self.ctx.foot.borrow_mut().clear();
        buf.set_style(area, self.ctx.theme.base());
        match self.is_too_small() {
            true => draw_too_small(area, buf, &self.ctx),
            false => self.screen.draw(area, buf, &self.ctx),
        }
    }
}

fn draw_too_small(area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let (width, height) = MIN_SIZE;
    let quit = ctx.keymap.keys_for(Context::Global, Action::Quit).join(" or ");
    let (columns, rows) = (area.width, area.height);
    let text = format!("karat needs {width}×{height}; this terminal has {columns}×{rows}. {quit} quits.");
    let lines = wrap(&text, usize::from(area.width)).into_iter();
    lines.zip(area.rows()).for_each(|(line, row)| Line::styled(line, ctx.theme.text()).render(row, buf));
}
