//! The history of an item and of the other attempts at its case, newest first.

mod entry;

use super::CompareItem;
use crate::domain::item::Seq;
use crate::domain::spec::Spec;
use crate::store::History;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::list::{Cursor, draw_more};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::worker::{LookupReply, LookupRequest, Reply, Request};
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The next stretch is asked for when the cursor is this near to the end of the last.
const AHEAD: usize = 20;

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 110;

/// The history of one item, as far as it was read.
pub struct HistoryView {
    item: Seq,
    id: String,
    spec: Spec,
    /// `None` until the first stretch is there.
    read: Option<History>,
    asked: bool,
    cursor: Cursor,
}

impl HistoryView {
    /// Asks for the newest stretch.
    pub fn new(open: &OpenItem, spec: &Spec, ctx: &mut AppContext) -> Self {
        ctx.ask(LookupRequest::History { seq: open.seq(), before: None });
        let id = open.served.item.id.clone();
        Self { item: open.seq(), id, spec: spec.clone(), read: None, asked: true, cursor: Cursor::default() }
    }

    fn take(&mut self, history: History) {
        match &mut self.read {
            Some(read) => {
                read.entries.extend(history.entries);
                read.older = history.older;
            }
            None => {
                // What one can open is another attempt.
                let other = history.attempts.iter().position(|attempt| attempt.seq != self.item);
                self.cursor.at = other.unwrap_or(0);
                self.read = Some(history);
            }
        }
    }

    fn count(&self) -> usize {
        self.read.as_ref().map_or(0, |read| read.attempts.len() + read.entries.len())
    }

    fn ask_for_more(&mut self, ctx: &mut AppContext) {
        let before = self.read.as_ref().and_then(|read| read.older);
        if before.is_some() && !self.asked && self.cursor.at + AHEAD >= self.count() {
            ctx.ask(LookupRequest::History { seq: self.item, before });
            self.asked = true;
        }
    }

    /// Opens the attempt under the cursor, or the one that the event concerns.
    fn open(&self, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(read) = &self.read else { return Outcome::Stay };
        let attempt = match self.cursor.at.checked_sub(read.attempts.len()) {
            None => read.attempts.get(self.cursor.at),
            Some(event) => {
                let id = read.entries.get(event).and_then(|entry| entry.event.item.as_ref());
                read.attempts.iter().find(|attempt| Some(&attempt.id) == id)
            }
        };
        match attempt.filter(|attempt| attempt.seq != self.item) {
            Some(attempt) => {
                let decided = entry::verdict(attempt);
                Outcome::over(CompareItem::new(attempt.seq, &attempt.id, decided, ctx))
            }
            None => {
                ctx.set_status(Tone::Quiet, "that is this item; another attempt opens beside it");
                Outcome::Stay
            }
        }
    }
}

impl Overlay<Review> for HistoryView {
    fn context(&self) -> Context {
        Context::History
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::Beside, Action::Close]
    }

    fn key(&mut self, key: KeyPress, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(action) = key.action else { return Outcome::Stay };
        match action {
            Action::Close => return Outcome::Close,
            Action::Beside => return self.open(ctx),
            action => _ = self.cursor.act(action, self.count()),
        }
        self.ask_for_more(ctx);
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let count = self.count();
        if self.cursor.mouse(mouse, count) {
            return self.open(ctx);
        }
        self.ask_for_more(ctx);
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut Review, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Lookup(LookupReply::History(history)) if history.item == self.item => self.take(*history),
            Reply::Failed { request, error } if is_ours(&request, self.item) => {
                ctx.set_status(Tone::Error, format!("the history cannot be read: {error}"));
            }
            other => return Some(other),
        }
        self.asked = false;
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let (width, most) = (area.width.saturating_sub(6).min(WIDEST), area.height.saturating_sub(3));
        let title = format!("History of {}", cut(&self.id, usize::from(width / 2)));
        let Some(read) = &self.read else {
            let room = popup::draw(area, (width, 1), Anchor::Centre, &title, buf, theme);
            return Line::styled("reading …", theme.dim()).render(room, buf);
        };
        let pen = entry::Pen { read, item: self.item, spec: &self.spec, width: width.into(), ctx };
        let count = read.attempts.len() + read.entries.len();
        let heights = (0..count.min(most.into())).map(|at| pen.lines(at, false).len());
        let rows = heights.sum::<usize>().min(most.into()) as u16;
        let room = popup::draw(area, (width, rows), Anchor::Centre, &title, buf, theme);
        let places = self.cursor.arrange(room, count, |at| pen.lines(at, false).len());
        for (at, place) in places {
            let lines = pen.lines(at, at == self.cursor.at);
            lines.into_iter().zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
        let (above, below) = self.cursor.more(count);
        draw_more((above, below || read.older.is_some()), room, buf, theme);
    }
}

fn is_ours(request: &Request, item: Seq) -> bool {
    matches!(request, Request::Lookup(LookupRequest::History { seq, .. }) if *seq == item)
}
