//! The columns of the browser: which are shown, and which it is sorted by.

use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::browse::Browse;
use crate::tui::screen::browse::column::Column;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::spread;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

/// A choice among the columns.
pub struct Columns {
    sorts: bool,
    columns: Vec<Column>,
    cursor: Cursor,
}

impl Columns {
    /// Shows and hides columns.
    pub fn to_show() -> Self {
        Self { sorts: false, columns: Column::all().collect(), cursor: Cursor::default() }
    }

    /// Sorts by a column; by the one it is sorted by, the other way round.
    pub fn to_sort() -> Self {
        let columns = Column::all().filter(|column| column.order().is_some()).collect();
        Self { sorts: true, columns, cursor: Cursor::default() }
    }

    fn choose(&self, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        let Some(column) = self.columns.get(self.cursor.at) else { return Outcome::Close };
        match column.order() {
            Some(by) if self.sorts => {
                browse.sort_by(by, ctx);
                Outcome::Close
            }
            _ => {
                toggle(&mut browse.columns, *column);
                Outcome::Stay
            }
        }
    }

    fn sign(&self, column: Column, browse: &Browse) -> &'static str {
        match self.sorts {
            true if column.order() != Some(browse.sort.by) => "   ",
            true if browse.sort.descending => " ↓ ",
            true => " ↑ ",
            false if browse.columns.contains(&column) => "[x]",
            false => "[ ]",
        }
    }
}

/// Shown columns stay in the order of all of them.
fn toggle(shown: &mut Vec<Column>, column: Column) {
    match shown.iter().position(|of| *of == column) {
        Some(at) => drop(shown.remove(at)),
        None => shown.push(column),
    }
    shown.sort_by_key(|column| Column::all().position(|of| of == *column));
}

impl Overlay<Browse> for Columns {
    fn context(&self) -> Context {
        Context::Choice
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Choose, Action::Down, Action::Up, Action::Close]
    }

    fn key(&mut self, key: KeyPress, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match key.action {
            Some(Action::Close) => Outcome::Close,
            Some(Action::Choose) => self.choose(browse, ctx),
            Some(action) => {
                self.cursor.act(action, self.columns.len());
                Outcome::Stay
            }
            None => Outcome::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match (mouse.kind, self.cursor.hit(mouse.column, mouse.row)) {
            (MouseEventKind::Down(_), Some(at)) => {
                self.cursor.at = at;
                self.choose(browse, ctx)
            }
            _ => Outcome::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, browse: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let title = if self.sorts { "Sort by" } else { "Columns" };
        let size = (30, (self.columns.len() as u16).min(area.height.saturating_sub(4)));
        let room = popup::draw(area, size, Anchor::Centre, title, buf, theme);
        for (at, row) in self.cursor.arrange(room, self.columns.len(), |_| 1) {
            let column = self.columns[at];
            let line = format!("{} {}", self.sign(column, browse), column.title());
            let has_no_room = !self.sorts
                && browse.columns.contains(&column)
                && !browse.shown.iter().any(|(shown, _)| *shown == column);
            let why = if has_no_room { "no room" } else { "" };
            let line = vec![Span::styled(line, theme.text())];
            spread(line, vec![Span::styled(why, theme.warning())], row.width.into()).render(row, buf);
            if at == self.cursor.at {
                buf.set_style(row, theme.selection());
            }
        }
    }
}
