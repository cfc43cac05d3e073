//! The keys of the place one is in, made from the keymap. The line under the cursor can be run.

use super::{Outcome, Overlay};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::fit;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// The help of a place.
pub struct Help {
    place: Context,
    /// Nothing lies between the help and its screen: an action can be done from here.
    can_run: bool,
    cursor: Cursor,
    /// The keys and the action of each line.
    rows: Vec<(String, Action)>,
}

impl Help {
    /// The help of a place; of a screen itself (`can_run`), or of what lies over one.
    pub fn new(place: Context, can_run: bool, ctx: &AppContext) -> Self {
        Self { place, can_run, cursor: Cursor::default(), rows: condensed(ctx.keymap.help(place)) }
    }

    fn run<S: 'static>(&self) -> Outcome<S> {
        match self.rows.get(self.cursor.at) {
            Some(&(_, action)) if self.can_run && action.score().is_none() => Outcome::Press(action),
            _ => Outcome::Close,
        }
    }
}

impl<S: 'static> Overlay<S> for Help {
    fn context(&self) -> Context {
        Context::Help
    }

    fn keys(&self) -> &'static [Action] {
        match self.can_run {
            true => &[Action::Run, Action::Down, Action::Up, Action::Close],
            false => &[Action::Down, Action::Up, Action::Close],
        }
    }

    fn key(&mut self, key: KeyPress, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match key.action {
            Some(Action::Close | Action::Help) => return Outcome::Close,
            Some(Action::Run) => return self.run(),
            Some(action) => _ = self.cursor.act(action, self.rows.len()),
            None => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.cursor.step(3, self.rows.len()),
            MouseEventKind::ScrollUp => self.cursor.step(-3, self.rows.len()),
            MouseEventKind::Down(_) => match self.cursor.hit(mouse.column, mouse.row) {
                Some(at) => self.cursor.at = at,
                None => return Outcome::Close,
            },
            _ => {}
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let rows = &self.rows;
        let width = |text: &str| Span::raw(text).width();
        let keys = rows.iter().map(|(keys, _)| width(keys)).max().unwrap_or_default();
        let labels = rows.iter().map(|(_, action)| width(label(*action))).max().unwrap_or_default();
        let sentences = rows.iter().map(|(_, action)| width(sentence(*action))).max().unwrap_or_default();
        let title = format!("Keys: {}", self.place.name());
        let height = (rows.len() as u16).min(area.height.saturating_sub(4));
        let width = (keys + labels + sentences + 5) as u16;
        let room = popup::draw(area, (width, height), Anchor::Centre, &title, buf, theme);
        let places = self.cursor.arrange(room, rows.len(), |_| 1);
        let more = places.last().is_some_and(|(at, _)| at + 1 < rows.len());
        for (at, row) in places {
            let (key, action) = &rows[at];
            let key = Span::styled(format!("{key:>keys$}  "), theme.key());
            let label = Span::styled(format!("{:labels$}   ", label(*action)), theme.text());
            let spans = vec![key, label, Span::styled(sentence(*action), theme.dim())];
            Line::from(fit(spans, row.width.into())).render(row, buf);
            if at == self.cursor.at && self.can_run {
                buf.set_style(row, theme.selection());
            }
        }
        if more {
            let below = Rect { y: room.bottom(), height: 1, ..room }.intersection(area);
            Line::styled(" ↓ more ", theme.dim()).right_aligned().render(below, buf);
        }
    }
}

/// The label; one for all scores.
fn label(action: Action) -> &'static str {
    if action.score().is_some() { "score" } else { action.label() }
}

/// The line of help; one for all scores.
fn sentence(action: Action) -> &'static str {
    match action.score() {
        Some(_) => action.help().trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '),
        None => action.help(),
    }
}

/// The rows, those of the scores as one.
fn condensed(rows: Vec<(String, Action)>) -> Vec<(String, Action)> {
    let mut out: Vec<(String, Action)> = Vec::new();
    for (keys, action) in rows {
        match out.last_mut() {
            Some((before, last)) if last.score().is_some() && action.score().is_some() => {
                let first = before.split('–').next().unwrap_or(before);
                *before = format!("{first}–{keys}");
            }
            _ => out.push((keys, action)),
        }
    }
    out
}
