//! The moment before the first item of a queue that was named at the start.

use crate::domain::time::UtcMillis;
use crate::text::fit::cut;
use crate::tui::app_context::AppContext;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Nothing is drawn before this has passed: the item itself is mostly there by then.
const MENTION_AFTER_MILLIS: i64 = 60;

/// A queue on its way to the screen.
pub struct Opening {
    pub queue: String,
    since: UtcMillis,
    mentioned: bool,
}

impl Opening {
    pub fn new(queue: String, now: UtcMillis) -> Self {
        Self { queue, since: now, mentioned: false }
    }

    pub fn due(&self) -> Option<UtcMillis> {
        (!self.mentioned).then_some(self.since + MENTION_AFTER_MILLIS)
    }

    pub fn tick(&mut self, ctx: &mut AppContext) {
        if self.due().is_some_and(|at| at <= ctx.now) {
            self.mentioned = true;
            ctx.stale_frame = true;
        }
    }

    pub fn draw(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let text = format!(" opening {} …", cut(&self.queue, 40));
        Line::styled(text, ctx.theme.dim()).render(area, buf);
    }
}
