//! The attachments that an item names. The whole target of the chosen one is shown
//! before it is opened: an address may not lead where its name says.

use crate::domain::attachment::{Attachment, Target};
use crate::domain::item::Seq;
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::message::Effect;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crate::tui::worker::LookupRequest;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Most rows for a target.
const TARGET_ROWS: usize = 6;

/// Most columns for a name.
const NAME: usize = 24;

/// Attachments to choose from.
pub struct Attachments {
    item: Seq,
    list: Vec<Attachment>,
    at: usize,
    /// The area of the list as drawn last, and the first entry that is seen.
    place: (Rect, usize),
}

impl Attachments {
    pub fn new(item: Seq, list: Vec<Attachment>) -> Self {
        Self { item, list, at: 0, place: (Rect::ZERO, 0) }
    }
}

impl Overlay<Review> for Attachments {
    fn context(&self) -> Context {
        Context::Attachments
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::OpenAttachment, Action::Down, Action::Up, Action::Close]
    }

    fn key(&mut self, key: KeyPress, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Up) => self.at = self.at.saturating_sub(1),
            Some(Action::Down) => self.at = (self.at + 1).min(self.list.len().saturating_sub(1)),
            Some(Action::OpenAttachment) => {
                match self.list.get(self.at).map(|chosen| chosen.target.clone()) {
                    Some(target @ Target::File(_)) => ctx.ask(LookupRequest::Attachment { seq: self.item, target }),
                    Some(target) => ctx.emit(Effect::Open { target, folder: None }),
                    None => {}
                }
                return Outcome::Close;
            }
            Some(Action::Close) => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let (area, first) = self.place;
        if matches!(mouse.kind, MouseEventKind::Down(_)) && area.contains(Position::new(mouse.column, mouse.row)) {
            self.at = first + usize::from(mouse.row - area.y);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let Some(Attachment { target, .. }) = self.list.get(self.at) else { return };
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(76);
        let whole = whole(target, width.into());
        let listed = self.list.len().min(usize::from(area.height / 3).max(1)) as u16;
        let size = (width, listed + 2 + whole.len() as u16);
        let room = popup::draw(area, size, Anchor::Foot, "Open with the system's program", buf, theme);
        let rows = [listed, 1, 1, whole.len() as u16].map(Constraint::Length);
        let [list, _, kind_row, place] = Layout::vertical(rows).areas(room);
        let first = (self.at + 1).saturating_sub(usize::from(list.height));
        self.place = (list, first);
        for ((at, attachment), row) in self.list.iter().enumerate().skip(first).zip(list.rows()) {
            line(attachment, at == self.at, ctx, row.width.into()).render(row, buf);
        }
        let kind = target.host().map_or("a file on this machine:".into(), |host| format!("a page of {host}:"));
        Line::styled(cut(&kind, kind_row.width.into()), theme.dim()).render(kind_row, buf);
        for (text, row) in whole.into_iter().zip(place.rows()) {
            Line::from(data(&text, theme.text(), theme)).render(row, buf);
        }
    }
}

fn line(attachment: &Attachment, chosen: bool, ctx: &AppContext, width: usize) -> Line<'static> {
    let theme = &ctx.theme;
    let (sign, style) = if chosen { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
    let name = cut(&attachment.name, NAME);
    let target = cut(&attachment.target.to_string(), width);
    Line::from(fit(vec![Span::styled(format!("{sign}{name}  "), style), Span::styled(target, theme.dim())], width))
}

/// The whole target in lines, as far as anybody would read it.
fn whole(target: &Target, width: usize) -> Vec<String> {
    let mut lines = wrap(&target.to_string(), width);
    if lines.len() > TARGET_ROWS {
        lines.truncate(TARGET_ROWS - 1);
        lines.push("…".into());
    }
    lines
}
