//! The passage that a sentence is most like, under the output, where the source pane is
//! not seen.

use crate::analysis::lens::Place;
use crate::text::fit::{cut, wrap};
use crate::tui::app_context::AppContext;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::text::data;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// A line that says where the passage is from, and two of it.
pub const ROWS: u16 = 3;

/// The most that is shown of a passage, in characters.
const MAX_STRIP_CHARS: usize = 2_000;

impl OpenItem {
    pub fn draw_passage(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut rows = area.rows();
        let (Some(head), Some((_, sentence))) = (rows.next(), self.lens.sentence()) else { return };
        let (from, text) = self.passage(self.lens.passages(sentence).first());
        let says = if self.lens.is_contradicted(sentence) { " says something else here" } else { "" };
        let title = match self.lens.is_passed_over(sentence) {
            true => format!("── {} ", self.lens.support(sentence)),
            false => format!("── {from}{says} · {} ", self.lens.support(sentence)),
        };
        let title = cut(&title, area.width.into());
        Line::styled(title, theme.dim()).render(head, buf);
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for (line, row) in wrap(&words, area.width.into()).into_iter().zip(rows) {
            Line::from(data(&line, theme.text(), theme)).render(row, buf);
        }
    }

    /// The title and the text of a passage.
    fn passage(&self, place: Option<&Place>) -> (String, &str) {
        let Some(Place { document, range }) = place else { return ("nothing like it in the source".into(), "") };
        let document = &self.served.item.context[*document];
        let title = cut(document.title.as_deref().unwrap_or("the source"), 40).to_string();
        let end = document.text.floor_char_boundary(range.end.min(range.start + MAX_STRIP_CHARS));
        (title, document.text.get(range.start..end).unwrap_or_default())
    }
}
