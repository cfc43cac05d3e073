//! The marks of the item: each is one step away in the output.

use super::{After, MarkForm, Overlay};
use crate::domain::mark::{Mark, excerpt};
use crate::domain::spec::Spec;
use crate::tui::action::{Action, Context};
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::{Station, Tone};
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{cut, data, fit};
use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// More rows would hide the output that they speak of.
const MOST_ROWS: usize = 7;

/// The marks to choose from.
pub struct Marks {
    cursor: Cursor,
}

impl Marks {
    /// Looks at the first.
    pub fn new(sheet: &mut Sheet) -> Self {
        sheet.look_at_mark(0);
        Self { cursor: Cursor::default() }
    }

    fn edit(&self, sheet: &Sheet) -> After {
        let at = self.cursor.at;
        match (sheet.draft.marks.get(at), sheet.marked.places.get(at)) {
            (Some(mark), Some(range)) => After::Over(Box::new(MarkForm::edit(at, mark, range.clone()))),
            _ => After::Stay,
        }
    }

    fn remove(&mut self, review: &mut Review, station: &mut Station) -> After {
        let Some(sheet) = review.sheet_mut() else { return After::Close };
        sheet.remove_mark(self.cursor.at, station.now);
        if sheet.draft.marks.is_empty() {
            station.say(Tone::Quiet, "the last mark is taken off");
            review.end_selection();
            return After::Close;
        }
        station.say(Tone::Quiet, "the mark is taken off");
        After::Stay
    }
}

impl Overlay for Marks {
    fn context(&self) -> Context {
        Context::Marks
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::EditMark, Action::Remove, Action::Close]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        let Some(sheet) = review.sheet_mut() else { return After::Close };
        let after = match station.keymap.lookup(Context::Marks, &key) {
            Some(Action::Close) => {
                review.end_selection();
                return After::Close;
            }
            Some(Action::EditMark) => self.edit(sheet),
            Some(Action::Remove) => self.remove(review, station),
            Some(action) => {
                self.cursor.act(action, sheet.draft.marks.len());
                After::Stay
            }
            None => After::Stay,
        };
        if let (After::Stay, Some(sheet)) = (&after, review.sheet_mut()) {
            self.cursor.step(0, sheet.draft.marks.len());
            sheet.look_at_mark(self.cursor.at);
        }
        after
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, _: &mut Station) -> After {
        let Some(sheet) = screen.review_mut().and_then(Review::sheet_mut) else { return After::Close };
        if let MouseEventKind::Down(_) = mouse.kind
            && let Some(at) = self.cursor.hit(mouse.column, mouse.row)
        {
            self.cursor.at = at;
            sheet.look_at_mark(at);
        }
        After::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, station: &Station) {
        let Some((spec, sheet)) = screen.review_mut().and_then(Review::desk) else { return };
        let marks = &sheet.draft.marks;
        let rows = marks.len().min(MOST_ROWS).min(usize::from(area.height / 3)) as u16;
        let size = (area.width.saturating_sub(4), rows);
        let room = popup::draw(area, size, Anchor::Foot, "Marks", buf, &station.theme);
        for (at, place) in self.cursor.arrange(room, marks.len(), |_| 1) {
            let sign = if at == self.cursor.at { "▸ " } else { "  " };
            let mut spans = vec![Span::styled(sign, station.theme.accent())];
            spans.extend(line(at, &marks[at], spec, place.width.into(), &station.theme));
            Line::from(fit(spans, place.width.into())).render(place, buf);
        }
    }
}

/// `2 Tone or brand “kindly regards” too informal`.
fn line(at: usize, mark: &Mark, spec: &Spec, width: usize, theme: &Theme) -> Vec<Span<'static>> {
    let name = spec.failure(&mark.category).map_or(&mark.category, |failure| &failure.name);
    let mut spans = vec![
        Span::styled(format!("{} ", at + 1), theme.key()),
        Span::styled(format!("{}  ", cut(name, width / 2)), theme.warning()),
    ];
    spans.extend(data(&format!("“{}”", cut(&excerpt(&mark.text, width), width / 3)), theme.text(), theme));
    if !mark.comment.is_empty() {
        spans.extend(data(&format!("  {}", mark.comment), theme.dim(), theme));
    }
    spans
}
