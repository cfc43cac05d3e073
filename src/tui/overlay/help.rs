//! The keys of the place one is in, made from the keymap.

use super::{Outcome, Overlay};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// The help of a place.
pub struct Help {
    place: Context,
    top: usize,
    /// Rows that are seen at once.
    page: usize,
    rows: usize,
}

impl Help {
    pub fn new(place: Context) -> Self {
        Self { place, top: 0, page: 1, rows: 0 }
    }

    fn scroll(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by).min(self.rows.saturating_sub(self.page));
    }
}

impl<S: 'static> Overlay<S> for Help {
    fn context(&self) -> Context {
        Context::Help
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::ScrollDown, Action::ScrollUp, Action::Close]
    }

    fn key(&mut self, key: KeyPress, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        let page = self.page as isize;
        match key.action {
            Some(Action::Close | Action::Help) => return Outcome::Close,
            Some(Action::ScrollDown) => self.scroll(1),
            Some(Action::ScrollUp) => self.scroll(-1),
            Some(Action::PageDown) => self.scroll(page),
            Some(Action::PageUp) => self.scroll(-page),
            Some(Action::Top) => self.top = 0,
            Some(Action::Bottom) => self.scroll(self.rows as isize),
            _ => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(3),
            MouseEventKind::ScrollUp => self.scroll(-3),
            MouseEventKind::Down(_) => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let rows = condensed(ctx.keymap.help(self.place));
        let keys = rows.iter().map(|(key, _)| Span::raw(key.as_str()).width()).max().unwrap_or_default();
        let widest = rows.iter().map(|(_, help)| Span::raw(*help).width()).max().unwrap_or_default();
        let title = format!("Keys: {}", self.place.name());
        let height = (rows.len() as u16).min(area.height.saturating_sub(4));
        let width = (keys + widest + 3) as u16;
        let room = popup::draw(area, (width, height), Anchor::Centre, &title, buf, theme);
        (self.page, self.rows) = (usize::from(room.height), rows.len());
        self.scroll(0);
        for ((key, help), row) in rows.into_iter().skip(self.top).zip(room.rows()) {
            let key = Span::styled(format!("{key:>keys$}"), theme.key());
            Line::from(vec![key, Span::raw("   "), Span::styled(help, theme.text())]).render(row, buf);
        }
        if self.top + self.page < self.rows {
            let below = Rect { y: room.bottom(), height: 1, ..room }.intersection(area);
            Line::styled(" ↓ more ", theme.dim()).right_aligned().render(below, buf);
        }
    }
}

/// Rows that differ in a number alone, as one.
fn condensed(rows: Vec<(String, &'static str)>) -> Vec<(String, &'static str)> {
    let stem = |help: &'static str| help.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let mut out: Vec<(String, &'static str)> = Vec::new();
    for (keys, help) in rows {
        match out.last_mut() {
            Some((before, last)) if help.ends_with(|c: char| c.is_ascii_digit()) && stem(last) == stem(help) => {
                *last = stem(help);
                before.push_str(&format!(" {keys}"));
            }
            _ => out.push((keys, help)),
        }
    }
    out
}
