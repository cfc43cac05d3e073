//! Reading the item on screen: scrolling, looking for words, and clearing away what lies over it.

use super::Review;
use super::open_item::OpenItem;
use super::overlay::FindLine;
use super::panes::Pane;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::overlay::Outcome;
use crate::tui::render::Look;
use crate::tui::rich_text::Wrap;
use crate::tui::text_view::{Scroll, TextView};

impl Review {
    /// Moves about in what is on screen. It harms nothing at any time.
    pub(super) fn read(&mut self, action: Action, ctx: &mut AppContext) {
        match action {
            Action::NextPane => self.panes.step(1),
            Action::PreviousPane => self.panes.step(-1),
            Action::Zoom => self.panes.zoomed = !self.panes.zoomed,
            Action::Wider => self.resize(true, ctx),
            Action::Narrower => self.resize(false, ctx),
            Action::Input => {
                if let Some(open) = self.open_item_mut() {
                    open.toggle_input();
                }
            }
            Action::SourceDown => self.page_source(1, ctx),
            Action::SourceUp => self.page_source(-1, ctx),
            Action::NextDocument => self.step_document(1, ctx),
            Action::PreviousDocument => self.step_document(-1, ctx),
            Action::Wrap => self.turn_wrap(ctx),
            Action::PanRight => self.pan(1),
            Action::PanLeft => self.pan(-1),
            Action::Diff => self.turn_diff(ctx),
            Action::Sides => self.turn_sides(ctx),
            Action::NextSentence => self.step_sentence(1, ctx),
            Action::PreviousSentence => self.step_sentence(-1, ctx),
            Action::Lens => self.toggle_lens(ctx),
            Action::Clear => self.clear(ctx),
            Action::Raw => self.toggle_raw(ctx),
            Action::FindNext => self.jump_and_say(1, ctx),
            Action::FindPrevious => self.jump_and_say(-1, ctx),
            Action::FindEnd => {
                self.end_find();
                ctx.clear_status();
            }
            Action::Fold | Action::Unfold => {
                let Some((spec, open)) = self.spec_and_item() else { return };
                let level = open.fold(action == Action::Fold, spec);
                ctx.set_status(Tone::Quiet, level);
            }
            _ => self.scroll_by_key(action, ctx),
        }
    }

    fn scroll_by_key(&mut self, action: Action, ctx: &mut AppContext) {
        let rows = matches!(action, Action::ScrollDown | Action::ScrollUp);
        if self.panes.focus == Pane::Rubric && rows {
            return self.step_criterion(if action == Action::ScrollDown { 1 } else { -1 });
        }
        ctx.clear_status();
        self.scroll(self.panes.focus, scroll_of(action));
    }

    pub fn scroll(&mut self, pane: Pane, scroll: Scroll) {
        let Some(open) = self.open_item_mut() else { return };
        match pane {
            Pane::Source => open.source.scroll(scroll),
            Pane::Output => match &mut open.diff {
                Some(diff) => diff.scroll(scroll),
                None => open.output.scroll(scroll),
            },
            Pane::Opinions => open.opinions.scroll(scroll),
            Pane::Rubric => open.rubric.scroll(scroll),
        }
    }

    /// Turns a page of the source, whichever pane is read.
    fn page_source(&mut self, pages: isize, ctx: &mut AppContext) {
        if self.show_source(ctx) {
            self.scroll(Pane::Source, Scroll::Pages(pages));
        }
    }

    /// Goes to the next document of the source, or to the one before.
    fn step_document(&mut self, by: isize, ctx: &mut AppContext) {
        if !self.show_source(ctx) {
            return;
        }
        let Some(open) = self.open_item_mut() else { return };
        let (at, count) = open.source.section();
        let to = at.saturating_add_signed(by).min(count.saturating_sub(1));
        open.source.to_section(to);
        let place = format!("document {} of {count}", to + 1);
        ctx.set_status(Tone::Quiet, place);
    }

    /// Whether the source is in sight; brings it to the front where it is not.
    fn show_source(&mut self, ctx: &mut AppContext) -> bool {
        if self.panes.is_seen(Pane::Source) {
            return true;
        }
        let has_source = self.panes.present().any(|pane| pane == Pane::Source);
        match has_source {
            true => self.panes.focus(Pane::Source),
            false => ctx.set_status(Tone::Quiet, "the item came without a source"),
        }
        false
    }

    fn resize(&mut self, wider: bool, ctx: &mut AppContext) {
        if !self.panes.resize(wider) {
            let how = if wider { "wider" } else { "narrower" };
            ctx.set_status(Tone::Quiet, format!("there is no room to make the pane {how}"));
        }
    }

    /// Takes off the screen what lies over the item, one thing a press: the comparison, the
    /// sentence that the lens points at, the zoom; and what was said last.
    fn clear(&mut self, ctx: &mut AppContext) {
        ctx.clear_status();
        let zoomed = self.panes.zoomed;
        let Some(open) = self.open_item_mut() else { return };
        if open.diff.take().is_some() || open.lens.end_walk() || !zoomed {
            return;
        }
        self.panes.zoomed = false;
    }

    fn toggle_raw(&mut self, ctx: &mut AppContext) {
        self.raw = !self.raw;
        let raw = self.raw;
        let Some((spec, open)) = self.spec_and_item() else { return };
        open.set_look(Look { raw, ..open.look }, spec);
        ctx.set_status(Tone::Quiet, if raw { "texts are shown as they came" } else { "texts are laid out" });
    }

    /// Wraps every line of the pane where some go on beyond its edge; else only prose, or none.
    fn turn_wrap(&mut self, ctx: &mut AppContext) {
        let at = usize::from(self.panes.focus != Pane::Source);
        let Some(open) = self.open_item_mut() else { return };
        let view = if at == 0 { &open.source } else { &open.output };
        let (wrap, said) = match view.wrap() {
            Wrap::Prose if view.is_cut() => (Wrap::All, "every line wraps"),
            Wrap::Prose => (Wrap::None, "no line wraps"),
            Wrap::All | Wrap::None => (Wrap::Prose, "prose wraps, code and what stands in columns does not"),
        };
        self.wraps[at] = wrap;
        self.wrap();
        ctx.set_status(Tone::Quiet, said);
    }

    /// Wraps the texts of the item as the reviewer wants them.
    pub(super) fn wrap(&mut self) {
        let [source, output] = self.wraps;
        let Some(open) = self.open_item_mut() else { return };
        open.source.set_wrap(source);
        open.output.set_wrap(output);
        open.refit_input();
    }

    /// Moves sideways what is wider than its pane: the pane that is read, or the other one.
    fn pan(&mut self, by: isize) {
        let Some(is_source) = self.open_item().map(|open| self.pans_source(open)) else { return };
        let Some(open) = self.open_item_mut() else { return };
        if is_source { open.source.pan(by) } else { open.output.pan(by) }
    }

    fn pans_source(&self, open: &OpenItem) -> bool {
        match self.panes.focus {
            Pane::Source => open.source.is_cut() || !open.output.is_cut(),
            _ => open.source.is_cut() && !open.output.is_cut(),
        }
    }

    /// The text that is moved sideways.
    pub(super) fn panned<'o>(&self, open: &'o OpenItem) -> &'o TextView {
        if self.pans_source(open) { &open.source } else { &open.output }
    }

    pub(super) fn begin_find(&mut self) -> Outcome<Self> {
        let query = self.last_search.clone();
        self.find(&query);
        Outcome::over(FindLine::new(&query))
    }
}

/// The action only changes how the item is looked at.
pub(super) fn is_reading(action: Action) -> bool {
    use Action::*;
    matches!(
        action,
        NextPane
            | PreviousPane
            | Zoom
            | Wider
            | Narrower
            | SourceDown
            | SourceUp
            | NextDocument
            | PreviousDocument
            | Input
            | NextSentence
            | PreviousSentence
            | Lens
            | Clear
            | Raw
            | Wrap
            | PanRight
            | PanLeft
            | Diff
            | Sides
            | Fold
            | Unfold
            | FindNext
            | FindPrevious
            | FindEnd
            | ScrollDown
            | ScrollUp
            | PageDown
            | PageUp
            | Top
            | Bottom
    )
}

fn scroll_of(action: Action) -> Scroll {
    match action {
        Action::ScrollUp => Scroll::Rows(-1),
        Action::PageDown => Scroll::Pages(1),
        Action::PageUp => Scroll::Pages(-1),
        Action::Top => Scroll::Top,
        Action::Bottom => Scroll::Bottom,
        _ => Scroll::Rows(1),
    }
}
