//! The output beside what it is compared with, by word.

use super::OpenItem;
use crate::domain::item::Content;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::render::{self, difference::Difference};
use crate::tui::rich_text::RichText;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::panes::Pane;
use crate::tui::text_view::{Scroll, TextView};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The text that an output is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    Reference,
    Correction,
    /// The last attempt at the same case before this one.
    Previous,
}

/// What the output is compared with, one after the other; and where the last attempt was rejected.
const ORDER: [Against; 3] = [Against::Reference, Against::Correction, Against::Previous];
const AFTER_REJECTION: [Against; 3] = [Against::Previous, Against::Reference, Against::Correction];

/// A text that is compared.
struct Side<'a> {
    name: String,
    content: &'a Content,
}

/// A comparison on screen.
pub struct Diff {
    against: Against,
    /// The title: what is compared, and how much of it differs.
    title: String,
    /// The views: one for both texts in one, or one for each of them.
    views: Vec<TextView>,
}

impl Diff {
    /// `side_by_side` is what the reviewer has chosen; else texts with little in common stand beside each other.
    fn new(against: Against, [before, after]: [Side; 2], side_by_side: Option<bool>, with_signs: bool) -> Self {
        let difference = Difference::between(&render::as_text(before.content), &render::as_text(after.content));
        let side_by_side = side_by_side.unwrap_or_else(|| difference.has_little_in_common());
        let both = format!("{} → {}", before.name, after.name);
        let title = format!("{both} · {}", difference.summary());
        let pages = match side_by_side {
            true => vec![(before.name, difference.before()), (after.name, difference.after())],
            false => vec![(both, difference.both(with_signs))],
        };
        let text = |(heading, page): (String, render::Page)| RichText::new(vec![page.into_section(&heading, None)]);
        Self { against, title, views: pages.into_iter().map(text).map(TextView::new).collect() }
    }

    pub fn is_side_by_side(&self) -> bool {
        self.views.len() > 1
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        self.views.iter_mut().for_each(|view| view.scroll(scroll));
    }

    pub fn place(&self) -> Option<String> {
        self.views.first().and_then(TextView::place)
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = vec![Constraint::Fill(1); self.views.len()];
        let areas = Layout::horizontal(parts).spacing(3).split(area);
        for (nth, (view, area)) in self.views.iter_mut().zip(areas.iter()).enumerate() {
            if nth > 0 {
                let rule = Rect { x: area.x - 2, width: 1, ..*area };
                rule.rows().for_each(|row| Line::styled("│", ctx.theme.track()).render(row, buf));
            }
            view.draw(*area, buf, &ctx.theme, &[]);
        }
    }
}

impl OpenItem {
    /// The texts of a comparison, where there are both.
    fn sides(&self, against: Against) -> Option<[Side<'_>; 2]> {
        let side = |name: &str, content| Side { name: name.into(), content };
        let output = side("output", &self.served.item.output);
        Some(match against {
            Against::Reference => [side("reference", self.served.item.reference.as_ref()?), output],
            Against::Correction => [output, side("correction", self.correction()?)],
            Against::Previous => {
                let previous = self.previous.known()?;
                [side(&format!("attempt {} ({})", previous.attempt, previous.id), &previous.output), output]
            }
        })
    }

    fn correction(&self) -> Option<&Content> {
        self.draft.correction.as_ref()
    }

    /// There is, or may be, something to compare the output with.
    pub fn may_be_compared(&self) -> bool {
        ORDER.into_iter().any(|against| self.sides(against).is_some()) || self.may_have_previous()
    }
}

impl Review {
    /// Compares the output with the next thing it can be compared with; after the last, with nothing.
    pub(in crate::tui::screen::review) fn turn_diff(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        let order = if open.last_rejection().is_some() { AFTER_REJECTION } else { ORDER };
        let present = open.diff.as_ref().and_then(|diff| order.iter().position(|of| *of == diff.against));
        for against in order.into_iter().skip(present.map_or(0, |at| at + 1)) {
            let Some(open) = self.open_item_mut() else { return };
            if against == Against::Previous && open.awaits_previous(ctx) {
                return ctx.set_status(Tone::Quiet, "looking for the attempt before …");
            }
            if self.compare(against, ctx) {
                return;
            }
        }
        let was_on = self.open_item_mut().is_some_and(|open| open.diff.take().is_some());
        let text = if was_on { "no comparison" } else { "there is nothing to compare the output with" };
        ctx.set_status(Tone::Quiet, text);
    }

    /// Shows what the correction changes. Without one, no comparison with it stands.
    pub fn show_correction(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        if open.diff.as_ref().is_some_and(|diff| diff.against == Against::Correction) {
            open.diff = None;
        }
        self.compare(Against::Correction, ctx);
    }

    /// Switches between both texts in one and one beside the other.
    pub(in crate::tui::screen::review) fn turn_sides(&mut self, ctx: &mut AppContext) {
        let present = self.open_item().and_then(|open| open.diff.as_ref());
        let present = present.map(|diff| (diff.against, diff.is_side_by_side()));
        self.side_by_side = Some(!present.map_or(self.side_by_side.unwrap_or_default(), |(_, beside)| beside));
        match present {
            Some((against, _)) => drop(self.compare(against, ctx)),
            None => self.turn_diff(ctx),
        }
    }

    /// Compares the output with the attempt before, where there is one.
    pub(super) fn compare_with_previous(&mut self, ctx: &mut AppContext) {
        if !self.compare(Against::Previous, ctx) {
            self.turn_diff(ctx);
        }
    }

    /// Puts a comparison on screen; `false`: one of its texts is missing.
    fn compare(&mut self, against: Against, ctx: &mut AppContext) -> bool {
        let (side_by_side, with_signs) = (self.side_by_side, !ctx.theme.has_colours());
        let Some(open) = self.open_item_mut() else { return false };
        let Some(sides) = open.sides(against) else { return false };
        let diff = Diff::new(against, sides, side_by_side, with_signs);
        ctx.set_status(Tone::Quiet, diff.title.clone());
        open.diff = Some(diff);
        self.panes.focus(Pane::Output);
        true
    }
}
