//! A list of entries of any height with a cursor on one of them: which are seen.

use crate::tui::action::Action;
use crate::tui::theme::Theme;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The cursor, and the entry at the top of what is seen.
#[derive(Debug, Clone, Default)]
pub struct Cursor {
    pub at: usize,
    top: usize,
    /// The entries that were seen last, and the area of each.
    seen: Vec<(usize, Rect)>,
}

impl Cursor {
    /// Moves as an action says; `false` when it is none that moves.
    pub fn act(&mut self, action: Action, count: usize) -> bool {
        let page = self.seen.len().saturating_sub(1).max(1) as isize;
        match action {
            Action::Up => self.step(-1, count),
            Action::Down => self.step(1, count),
            Action::PageUp => self.step(-page, count),
            Action::PageDown => self.step(page, count),
            Action::First => self.at = 0,
            Action::Last => self.at = count.saturating_sub(1),
            _ => return false,
        }
        true
    }

    pub fn step(&mut self, by: isize, count: usize) {
        self.at = self.at.saturating_add_signed(by).min(count.saturating_sub(1));
    }

    /// Entries were put before the first one.
    pub fn shift(&mut self, entries: isize) {
        self.at = self.at.saturating_add_signed(entries);
        self.top = self.top.saturating_add_signed(entries);
    }

    /// The cursor's entry stands elsewhere now. It stays where it is seen, but for where the
    /// first entry is seen: what has come before it is seen too.
    pub fn stay_on(&mut self, at: usize) {
        if self.top > 0 {
            self.top = self.top.saturating_add_signed(at as isize - self.at as isize);
        }
        self.at = at;
    }

    /// The entries that are seen with the cursor among them, each with its place; the
    /// last one may be cut off.
    pub fn arrange(&mut self, area: Rect, count: usize, height: impl Fn(usize) -> usize) -> Vec<(usize, Rect)> {
        self.seen.clear();
        if count == 0 {
            (self.at, self.top) = (0, 0);
            return Vec::new();
        }
        self.at = self.at.min(count - 1);
        self.top = self.top.min(self.at);
        let room = usize::from(area.height);
        let mut above: usize = (self.top..=self.at).take(room + 1).map(&height).sum();
        if self.at - self.top > room {
            (self.top, above) = (self.at, height(self.at)); // a jump: nothing in between is measured
            while self.top > 0 && above + height(self.top - 1) <= room {
                self.top -= 1;
                above += height(self.top);
            }
        }
        while above > room && self.top < self.at {
            above -= height(self.top);
            self.top += 1;
        }
        // Where the area has grown, or entries are gone, none is hidden above while rows are free below.
        let mut below: usize = (self.top..count).take(room + 1).map(&height).sum();
        while self.top > 0 && below + height(self.top - 1) <= room {
            self.top -= 1;
            below += height(self.top);
        }
        let mut y = area.y;
        for entry in self.top..count {
            if y >= area.bottom() {
                break;
            }
            let rows = (height(entry) as u16).min(area.bottom() - y);
            self.seen.push((entry, Rect { y, height: rows, ..area }));
            y += rows;
        }
        self.seen.clone()
    }

    /// The entries that were drawn last.
    pub fn seen(&self) -> std::ops::Range<usize> {
        self.seen.first().map_or(0, |(at, _)| *at)..self.seen.last().map_or(0, |(at, _)| at + 1)
    }

    /// Moves as the wheel and a click say; whether the entry under the cursor was clicked once more, which
    /// opens it.
    pub fn mouse(&mut self, mouse: MouseEvent, count: usize) -> bool {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.step(1, count),
            MouseEventKind::ScrollUp => self.step(-1, count),
            MouseEventKind::Down(_) => match self.hit(mouse.column, mouse.row) {
                Some(entry) if entry == self.at => return true,
                Some(entry) => self.at = entry,
                None => {}
            },
            _ => {}
        }
        false
    }

    /// The entry that was drawn at a point.
    pub fn hit(&self, column: u16, row: u16) -> Option<usize> {
        self.seen.iter().find(|(_, place)| place.contains((column, row).into())).map(|(entry, _)| *entry)
    }

    /// There are entries above or below those that were seen.
    pub fn more(&self, count: usize) -> (bool, bool) {
        (self.top > 0, self.seen.last().is_some_and(|(entry, _)| entry + 1 < count))
    }
}

/// Says on the frame around a list where there is more than is seen.
pub fn draw_more((above, below): (bool, bool), room: Rect, buf: &mut Buffer, theme: &Theme) {
    let row = |y: u16| Rect { y, height: 1, ..room };
    if above {
        Line::styled(" ↑ more ", theme.dim()).right_aligned().render(row(room.y.saturating_sub(1)), buf);
    }
    if below {
        Line::styled(" ↓ more ", theme.dim()).right_aligned().render(row(room.bottom()), buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyModifiers, MouseButton};

    fn seen(cursor: &mut Cursor, heights: &[usize]) -> Vec<usize> {
        let area = Rect::new(0, 2, 10, 5);
        cursor.arrange(area, heights.len(), |entry| heights[entry]).into_iter().map(|(entry, _)| entry).collect()
    }

    #[test]
    fn the_cursor_is_seen_whole() {
        let heights = [1, 2, 1, 3, 1, 1, 2];
        let mut cursor = Cursor::default();
        assert_eq!(seen(&mut cursor, &heights), [0, 1, 2, 3], "the last one is cut off");
        cursor.act(Action::Down, 7);
        cursor.step(2, 7);
        assert_eq!(seen(&mut cursor, &heights), [2, 3, 4]);
        cursor.act(Action::Last, 7);
        assert_eq!(seen(&mut cursor, &heights), [4, 5, 6]);
        cursor.act(Action::First, 7);
        assert_eq!(seen(&mut cursor, &heights), [0, 1, 2, 3]);
    }

    #[test]
    fn a_click_moves_the_cursor_and_a_second_one_opens() {
        let mouse = |kind, row| MouseEvent { kind, column: 3, row, modifiers: KeyModifiers::NONE };
        let click = |row| mouse(MouseEventKind::Down(MouseButton::Left), row);
        let mut cursor = Cursor::default();
        seen(&mut cursor, &[1, 2, 1]);
        assert!(!cursor.mouse(click(4), 3) && cursor.at == 1, "the second row of the second entry");
        assert!(cursor.mouse(click(3), 3) && cursor.at == 1);
        assert!(!cursor.mouse(click(9), 3) && cursor.at == 1, "below the last one");
        assert!(!cursor.mouse(mouse(MouseEventKind::ScrollDown, 2), 3) && cursor.at == 2);
        assert!(!cursor.mouse(mouse(MouseEventKind::ScrollUp, 2), 3) && cursor.at == 1);
    }

    #[test]
    fn no_entry_is_hidden_above_while_there_is_room_below() {
        let mut cursor = Cursor { at: 5, ..Cursor::default() };
        assert_eq!(seen(&mut cursor, &[1, 2, 1, 2, 1, 1]), [2, 3, 4, 5]);
        let all = cursor.arrange(Rect::new(0, 0, 10, 20), 6, |_| 1).len();
        assert_eq!(all, 6, "the area has grown");
        cursor.act(Action::Last, 6);
        assert_eq!(seen(&mut cursor, &[1, 1]), [0, 1], "entries are gone");
    }

    #[test]
    fn a_jump_over_a_million_entries_measures_a_screen() {
        let measured = std::cell::Cell::new(0);
        let mut cursor = Cursor::default();
        let draw = |cursor: &mut Cursor| {
            let height = |_| {
                measured.set(measured.get() + 1);
                1
            };
            cursor.arrange(Rect::new(0, 0, 10, 20), 1_000_000, height)
        };
        draw(&mut cursor);
        cursor.act(Action::Last, 1_000_000);
        assert_eq!(draw(&mut cursor).last().map(|(entry, _)| *entry), Some(999_999));
        assert!(measured.get() < 200, "{}", measured.get());
    }

    #[test]
    fn an_entry_higher_than_the_screen_and_no_entries_are_no_crash() {
        let mut cursor = Cursor { at: 1, ..Cursor::default() };
        assert_eq!(seen(&mut cursor, &[1, 9, 1]), [1]);
        assert!(seen(&mut Cursor::default(), &[]).is_empty());
        assert!(Cursor::default().arrange(Rect::ZERO, 3, |_| 1).is_empty());
    }
}
