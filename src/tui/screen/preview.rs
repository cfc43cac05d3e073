//! The text of the row under the cursor, to be read beside its list.

use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::rich_text::RichText;
use crate::tui::text_view::{Scroll, TextView};
use crate::tui::widget::text::fit;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};

/// The text of a row that is known by a key. It never waits: the one before stays until the
/// next comes.
pub struct Preview<K> {
    pub hidden: bool,
    /// The row that was asked for last.
    asked: Option<K>,
    /// A text is on its way.
    waiting: bool,
    shown: Option<Shown<K>>,
}

struct Shown<K> {
    key: K,
    title: String,
    view: TextView,
}

impl<K> Default for Preview<K> {
    fn default() -> Self {
        Self { hidden: false, asked: None, waiting: false, shown: None }
    }
}

impl<K: Clone + PartialEq> Preview<K> {
    pub fn toggle(&mut self) {
        self.hidden = !self.hidden;
        self.asked = None;
    }

    /// Whether the text of this row is to be asked for now. One at a time is on its way.
    pub fn wants(&mut self, key: &K) -> bool {
        if self.hidden || self.waiting || self.asked.as_ref() == Some(key) {
            return false;
        }
        (self.asked, self.waiting) = (Some(key.clone()), true);
        true
    }

    pub fn fill(&mut self, key: K, title: String, text: RichText) {
        self.waiting = false;
        self.shown = Some(Shown { key, title, view: TextView::in_columns(text) });
    }

    /// Does what the action asks of the text: a page of it, or what stands beyond its sides.
    pub fn act(&mut self, action: Action) {
        let Some(Shown { view, .. }) = &mut self.shown else { return };
        match action {
            Action::PreviewDown => view.scroll(Scroll::Pages(1)),
            Action::PreviewUp => view.scroll(Scroll::Pages(-1)),
            Action::PanRight => view.pan(1),
            Action::PanLeft => view.pan(-1),
            _ => {}
        }
    }

    /// Whether there is text that the action would bring into sight.
    pub fn offers(&self, action: Action) -> bool {
        let view = self.shown.as_ref().filter(|_| !self.hidden).map(|shown| &shown.view);
        view.is_some_and(|view| match action {
            Action::PreviewDown => view.has_more_below(),
            Action::PreviewUp => view.has_more_above(),
            Action::PanRight => view.can_pan(1),
            Action::PanLeft => view.can_pan(-1),
            _ => false,
        })
    }

    pub fn failed(&mut self) {
        self.waiting = false;
    }

    /// Whether it is the text of this row that is seen.
    pub fn shows(&self, key: &K) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.key == *key)
    }

    /// The areas of the list and of the text, which is beside it, or below a list that is as high as its rows.
    pub fn divide(&self, body: Rect, is_beside: bool, rows: u16) -> (Rect, Option<Rect>) {
        if self.hidden {
            return (body, None);
        }
        let [list, text] = match is_beside {
            true => Layout::horizontal([Constraint::Percentage(60), Constraint::Fill(1)]).areas(body),
            false => {
                let most = u32::from(body.height) * 60 / 100;
                Layout::vertical([Constraint::Length(rows.min(most as u16)), Constraint::Fill(1)]).areas(body)
            }
        };
        (list, Some(text))
    }

    /// Draws the text in a frame, with what is said of the row behind its title.
    pub fn draw(&mut self, area: Rect, said: Vec<Span<'static>>, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let block = Block::bordered().border_type(BorderType::Rounded).border_style(theme.border(false));
        let mut block = block.padding(Padding::horizontal(1));
        if let Some(shown) = &self.shown {
            let title = Span::styled(format!(" {} ", cut(&shown.title, 40)), theme.title(false));
            let room = usize::from(area.width).saturating_sub(4);
            block = block.title(Line::from(fit([vec![title], said].concat(), room)));
        }
        let inner = block.inner(area);
        block.render(area, buf);
        let Some(shown) = &mut self.shown else { return };
        shown.view.draw(inner, buf, theme, &[]);
        if let Some(place) = shown.view.place() {
            let place = Line::styled(format!(" {place} "), theme.dim()).right_aligned();
            let foot = Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }.inner(Margin::new(1, 0));
            place.render(foot, buf);
        }
    }
}
