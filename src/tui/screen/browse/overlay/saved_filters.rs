//! The saved filters of a queue: taken, saved, removed.

use super::Prompt;
use crate::store::SavedFilter;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::browse::Browse;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, spread};
use crate::tui::worker::{BrowseReply, BrowseRequest, Reply};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// The saved filters. `None` until they were read.
pub struct SavedFilters {
    queue: String,
    /// The filter that may be saved.
    present: String,
    filters: Option<Vec<SavedFilter>>,
    cursor: Cursor,
}

impl SavedFilters {
    pub fn new(present: &str, queue: &str, ctx: &mut AppContext) -> Self {
        ctx.ask(BrowseRequest::SavedFilters { queue: queue.into() });
        Self { queue: queue.into(), present: present.trim().into(), filters: None, cursor: Cursor::default() }
    }

    fn chosen(&self) -> Option<&SavedFilter> {
        self.filters.as_ref()?.get(self.cursor.at)
    }
}

impl Overlay<Browse> for SavedFilters {
    fn context(&self) -> Context {
        Context::Saved
    }

    fn keys(&self) -> &'static [Action] {
        match (self.chosen().is_some(), self.present.is_empty()) {
            (true, false) => &[Action::Choose, Action::SaveFilter, Action::Remove, Action::Close],
            (true, true) => &[Action::Choose, Action::Remove, Action::Close],
            (false, false) => &[Action::SaveFilter, Action::Close],
            (false, true) => &[Action::Close],
        }
    }

    fn key(&mut self, key: KeyPress, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match key.action {
            Some(Action::Close) => return Outcome::Close,
            Some(Action::Choose) => {
                let Some(filter) = self.chosen() else { return Outcome::Stay };
                browse.set_filter(&format!("@{}", filter.name), ctx);
                return Outcome::Close;
            }
            Some(Action::SaveFilter) if self.present.is_empty() => {
                ctx.set_status(Tone::Warning, "there is no filter to save: write one first");
            }
            Some(Action::SaveFilter) => return Outcome::swap(Prompt::filter_name(&self.present)),
            Some(Action::Remove) => {
                if let Some(name) = self.chosen().map(|filter| filter.name.clone()) {
                    ctx.ask(BrowseRequest::RemoveFilter { queue: self.queue.clone(), name });
                }
            }
            Some(action) => {
                self.cursor.act(action, self.filters.as_ref().map_or(0, Vec::len));
            }
            None => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut Browse, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Browse(BrowseReply::SavedFilters { filters, done }) => {
                self.filters = Some(filters);
                if let Some(done) = done {
                    ctx.set_status(Tone::Good, done);
                }
                ctx.stale_frame = true;
                None
            }
            other => Some(other),
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let filters = self.filters.as_deref().unwrap_or_default();
        let size = (area.width.saturating_sub(8).min(84), (filters.len() as u16).clamp(1, 12));
        let room = popup::draw(area, size, Anchor::Centre, "Saved filters", buf, theme);
        if filters.is_empty() {
            let key = |context, action| ctx.keymap.keys_for(context, action).join(" or ");
            let text = match (&self.filters, self.present.is_empty()) {
                (None, _) => "reading …".into(),
                (Some(_), false) => {
                    format!("none yet; {} saves the one in force", key(Context::Saved, Action::SaveFilter))
                }
                (Some(_), true) => format!(
                    "none yet; {} writes a filter, which can be saved here",
                    key(Context::Browse, Action::Filter)
                ),
            };
            return Line::styled(text, theme.dim()).render(room, buf);
        }
        for (at, row) in self.cursor.arrange(room, filters.len(), |_| 1) {
            let filter = &filters[at];
            let text = cut(&filter.filter, usize::from(row.width) * 2 / 3);
            let left = data(&format!("@{}", filter.name), theme.accent(), theme);
            spread(left, vec![Span::styled(text, theme.dim())], row.width.into()).render(row, buf);
            if at == self.cursor.at {
                buf.set_style(row, theme.selection());
            }
        }
    }
}
