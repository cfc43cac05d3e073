//! The marks of the item: each is one step away in the output.

use super::MarkForm;
use crate::domain::mark::{Mark, excerpt};
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crossterm::event::{MouseEvent, MouseEventKind};
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
    pub fn new(open: &mut OpenItem) -> Self {
        open.look_at_mark(0);
        Self { cursor: Cursor::default() }
    }

    fn edit(&self, open: &OpenItem) -> Outcome<Review> {
        let at = self.cursor.at;
        match (open.draft.marks.get(at), open.marked.places.get(at)) {
            (Some(mark), Some(range)) => Outcome::over(MarkForm::edit(at, mark, range.clone())),
            _ => Outcome::Stay,
        }
    }

    fn remove(&mut self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        open.remove_mark(self.cursor.at, ctx.now);
        if open.draft.marks.is_empty() {
            ctx.set_status(Tone::Quiet, "the last mark is taken off");
            review.end_selection();
            return Outcome::Close;
        }
        ctx.set_status(Tone::Quiet, "the mark is taken off");
        Outcome::Stay
    }
}

impl Overlay<Review> for Marks {
    fn context(&self) -> Context {
        Context::Marks
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::EditMark, Action::Remove, Action::Close]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        let after = match key.action {
            Some(Action::Close) => {
                review.end_selection();
                return Outcome::Close;
            }
            Some(Action::EditMark) => self.edit(open),
            Some(Action::Remove) => self.remove(review, ctx),
            Some(action) => {
                self.cursor.act(action, open.draft.marks.len());
                Outcome::Stay
            }
            None => Outcome::Stay,
        };
        if let (Outcome::Stay, Some(open)) = (&after, review.open_item_mut()) {
            self.cursor.step(0, open.draft.marks.len());
            open.look_at_mark(self.cursor.at);
        }
        after
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        if let MouseEventKind::Down(_) = mouse.kind
            && let Some(at) = self.cursor.hit(mouse.column, mouse.row)
        {
            self.cursor.at = at;
            open.look_at_mark(at);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let Some((spec, open)) = review.spec_and_item() else { return };
        let marks = &open.draft.marks;
        let rows = marks.len().min(MOST_ROWS).min(usize::from(area.height / 3)) as u16;
        let size = (area.width.saturating_sub(4), rows);
        let room = popup::draw(area, size, Anchor::Foot, "Marks", buf, &ctx.theme);
        for (at, place) in self.cursor.arrange(room, marks.len(), |_| 1) {
            let sign = if at == self.cursor.at { "▸ " } else { "  " };
            let mut spans = vec![Span::styled(sign, ctx.theme.accent())];
            spans.extend(line(at, &marks[at], spec, place.width.into(), &ctx.theme));
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
