//! The choice of the order that the queue is served in, and of all items or a filter's.

use crate::domain::filter::Filter;
use crate::domain::order::{Order, Serving};
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Orders to choose from.
pub struct Orders {
    options: Vec<(String, Serving)>,
    at: usize,
    /// The area of the options as drawn last.
    place: Rect,
}

impl Orders {
    /// Begins at the present one. A shuffle is a new one each time; without the lens
    /// nothing is known of the grounding, and without a bar nothing counts in an order.
    pub fn new(present: &Serving, spec: &Spec, now: UtcMillis) -> Self {
        let fresh = |order| match order {
            Order::Shuffled(_) => Order::Shuffled(now.rem_euclid(1000) as u64 + 1),
            order => order,
        };
        let is_offered = |order: &Order| match order {
            Order::Grounded => spec.lens.enabled,
            Order::Stream => spec.judged_bars().next().is_some(),
            _ => true,
        };
        let orders = Order::ALL.into_iter().filter(is_offered).map(fresh);
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

    fn choose(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        if let Some((_, serving)) = self.options.get(self.at) {
            review.serve(serving.clone(), ctx);
        }
        Outcome::Close
    }
}

impl Overlay<Review> for Orders {
    fn context(&self) -> Context {
        Context::Orders
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::ServeSo, Action::Down, Action::Up, Action::Close]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Up) => self.at = self.at.saturating_sub(1),
            Some(Action::Down) => self.at = (self.at + 1).min(self.options.len().saturating_sub(1)),
            Some(Action::ServeSo) => return self.choose(review, ctx),
            Some(Action::Close) => return Outcome::Close,
            _ => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let hit = self.place.contains(Position::new(mouse.column, mouse.row));
        if matches!(mouse.kind, MouseEventKind::Down(_)) && hit {
            self.at = usize::from(mouse.row - self.place.y);
            return self.choose(review, ctx);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(48), self.options.len() as u16);
        self.place = popup::draw(area, size, Anchor::Foot, "Serve in which order?", buf, theme);
        for ((at, (title, _)), row) in self.options.iter().enumerate().zip(self.place.rows()) {
            let (sign, style) = if at == self.at { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
            Line::styled(cut(&format!("{sign}{title}"), row.width.into()), style).render(row, buf);
        }
    }
}
