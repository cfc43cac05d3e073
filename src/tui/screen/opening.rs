//! The moment before the first item of a queue that was named at the start.

use super::Place;
use crate::domain::time::UtcMillis;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::overlay::{Navigation, Outcome};
use crate::tui::worker::{QueueRequest, Reply};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Nothing is drawn before this has passed: the item itself is mostly there by then.
const MENTION_AFTER_MILLIS: i64 = 60;

/// A queue on its way to the screen.
pub struct Opening {
    queue: String,
    since: UtcMillis,
    mentioned: bool,
}

impl Opening {
    /// Asks for the queue.
    pub fn new(request: QueueRequest, ctx: &mut AppContext) -> Self {
        let queue = request.queue().unwrap_or_default().to_owned();
        ctx.ask(request);
        Self { queue, since: ctx.now, mentioned: false }
    }
}

impl Place for Opening {
    fn context(&self) -> Context {
        Context::Home
    }

    fn act(&mut self, action: Action, _: &mut AppContext) -> Outcome<Self> {
        match action {
            Action::Leave => Outcome::Go(Navigation::Quit),
            _ => Outcome::Stay,
        }
    }

    fn reply(&mut self, reply: Reply, _: &mut AppContext) -> Option<Reply> {
        Some(reply)
    }

    fn due(&self) -> Option<UtcMillis> {
        (!self.mentioned).then_some(self.since + MENTION_AFTER_MILLIS)
    }

    fn tick(&mut self, ctx: &mut AppContext) {
        if self.due().is_some_and(|at| at <= ctx.now) {
            self.mentioned = true;
            ctx.stale_frame = true;
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let text = format!(" opening {} …", cut(&self.queue, 40));
        Line::styled(text, ctx.theme.dim()).render(area, buf);
    }
}
