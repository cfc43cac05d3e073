//! In which order the queue is served, and whether whole.

use crate::domain::filter::Filter;
use crate::domain::order::{Order, Serving};
use crate::domain::time::UtcMillis;
use crate::text::fit::cut;
use crate::tui::action::{Action, Context};
use crate::tui::app_context::AppContext;
use crate::tui::overlay::{Overlay, OverlayOutcome};
use crate::tui::screen::Screen;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Orders to choose from.
pub struct Orders {
    options: Vec<(String, Serving)>,
    at: usize,
    /// Where the options were drawn.
    place: Rect,
}

impl Orders {
    /// Begins at the present one. A shuffle is a new one each time; without the lens
    /// nothing is known of the grounding.
    pub fn new(present: &Serving, has_lens: bool, now: UtcMillis) -> Self {
        let fresh = |order| match order {
            Order::Shuffled(_) => Order::Shuffled(now.rem_euclid(1000) as u64 + 1),
            order => order,
        };
        let orders = Order::ALL.into_iter().filter(|order| *order != Order::Grounded || has_lens).map(fresh);
        let mut options: Vec<(String, Serving)> =
            orders.map(|order| (order.title(), Serving { order, filter: present.filter.clone() })).collect();
        if !present.filter.is_everything() {
            let whole = Serving { order: present.order, filter: Filter::default() };
            options.push(("the whole queue, without the filter".into(), whole));
        }
        let is_present = |(_, option): &(String, Serving)| option.order.word() == present.order.word();
        let at = options.iter().position(is_present).unwrap_or_default();
        Self { options, at, place: Rect::ZERO }
    }

    fn choose(&self, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        if let (Some(review), Some((_, serving))) = (screen.review_mut(), self.options.get(self.at)) {
            review.serve(serving.clone(), ctx);
        }
        OverlayOutcome::Close
    }
}

impl Overlay for Orders {
    fn context(&self) -> Context {
        Context::Orders
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::ServeSo, Action::Down, Action::Up, Action::Close]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        match ctx.keymap.lookup(Context::Orders, &key) {
            Some(Action::Up) => self.at = self.at.saturating_sub(1),
            Some(Action::Down) => self.at = (self.at + 1).min(self.options.len().saturating_sub(1)),
            Some(Action::ServeSo) => return self.choose(screen, ctx),
            Some(Action::Close) => return OverlayOutcome::Close,
            _ => {}
        }
        OverlayOutcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        let hit = self.place.contains(Position::new(mouse.column, mouse.row));
        if matches!(mouse.kind, MouseEventKind::Down(_)) && hit {
            self.at = usize::from(mouse.row - self.place.y);
            return self.choose(screen, ctx);
        }
        OverlayOutcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(48), self.options.len() as u16);
        self.place = popup::draw(area, size, Anchor::Foot, "Serve in which order?", buf, theme);
        for ((at, (title, _)), row) in self.options.iter().enumerate().zip(self.place.rows()) {
            let (sign, style) = if at == self.at { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
            Line::styled(cut(&format!("{sign}{title}"), row.width.into()), style).render(row, buf);
        }
    }
}
