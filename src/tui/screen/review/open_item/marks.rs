//! The marks on the output of the item: kept with its draft, seen in its text.

use super::OpenItem;
use crate::domain::mark::{Mark, layers};
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::overlay::Layer;
use crate::tui::rich_text::{Highlight, Part, ShownRange, TextRange};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::overlay::{Marking, Marks};
use crate::tui::screen::review::panes::Pane;
use crate::tui::screen::review::selection::Selection;
use crate::tui::theme::HighlightKind;
use ratatui::layout::Position;
use std::ops::Range;

/// The marks of the draft on the output as it came, and what is being marked.
#[derive(Debug, Default)]
pub struct Marked {
    /// The bytes under each mark of the draft.
    pub places: Vec<Range<usize>>,
    /// The number of marks that belonged to an output that was replaced, or to a category that is no more.
    pub gone: usize,
    /// The selection under way, or the mark looked at.
    pub selection: Option<Selection>,
}

/// The marks that can stand on the output under the spec, in its order.
pub(super) fn settled(marks: Vec<Mark>, output: &str, spec: &Spec) -> Vec<Mark> {
    let known = marks.into_iter().filter(|mark| spec.failure(&mark.category).is_some());
    let mut marks: Vec<Mark> = known.filter_map(|mark| mark.settled(output)).collect();
    marks.sort();
    marks
}

impl OpenItem {
    /// Puts a mark down: a new one, or in the place of another.
    pub fn put_mark(&mut self, mark: Mark, replaces: Option<usize>, now: UtcMillis) {
        if let Some(at) = replaces.filter(|at| *at < self.draft.marks.len()) {
            self.draft_mut().marks.remove(at);
        }
        if !self.draft.marks.contains(&mark) {
            self.draft_mut().marks.push(mark);
        }
        self.draft_mut().marks.sort();
        self.place_marks();
        self.changed(now);
    }

    pub fn remove_mark(&mut self, at: usize, now: UtcMillis) {
        if at < self.draft.marks.len() {
            self.draft_mut().marks.remove(at);
        }
        self.place_marks();
        self.changed(now);
    }

    /// Finds the marks in the output again.
    pub(in crate::tui::screen::review) fn place_marks(&mut self) {
        let output = &self.served.item.output.text;
        self.marked.places = self.draft.marks.iter().filter_map(|mark| mark.bytes(output)).collect();
    }

    /// The marks, those that lie over each other stronger, and the selection over them.
    pub(in crate::tui::screen::review) fn mark_highlights(&self, pane: Pane) -> Vec<Highlight> {
        if pane != Pane::Output {
            return Vec::new();
        }
        let layers = layers(&self.marked.places).into_iter().map(|(range, count)| Highlight {
            range: TextRange::Source(Part::Output, range),
            kind: if count > 1 { HighlightKind::Marks } else { HighlightKind::Mark },
        });
        let selection = self.marked.selection.iter().map(|selection| Highlight {
            range: TextRange::Shown(selection.shown.clone()),
            kind: HighlightKind::Selection,
        });
        layers.chain(selection).collect()
    }

    /// Selects a stretch and keeps the end that moves in sight.
    pub fn select(&mut self, selection: Selection) {
        self.output.reveal_shown(&selection.head());
        self.marked.selection = Some(selection);
    }

    /// Looks at a mark: its beginning comes to the top, above what lies over the foot.
    pub fn look_at_mark(&mut self, at: usize) {
        let Some(range) = self.marked.places.get(at) else { return };
        self.output.lead_to(Part::Output, range.start);
        self.marked.selection = Selection::of(&self.output, range);
    }

    /// There is something in the output to mark.
    pub fn can_be_marked(&self) -> bool {
        self.first_selection().is_some()
    }

    /// The selection that marking begins with: the sentence that was pointed at or is looked at, else
    /// the first one in sight.
    fn first_selection(&self) -> Option<Selection> {
        let pointed = self.pointed.as_ref().filter(|shown| self.is_in_sight(shown));
        let pointed = pointed.and_then(|shown| Selection::at(&self.output, shown.section, shown.range.start));
        let looked_at = || Selection::of(&self.output, &self.lens.sentence()?.1.range.clone());
        let seen = || {
            let output = self.output.visible().1.into_iter().flatten().find(|(part, _)| *part == Part::Output);
            let shown = self.output.shown_of(Part::Output, &output?.1)?;
            Selection::at(&self.output, shown.section, shown.range.start)
        };
        let any = || (0..self.output.sections()).find_map(|section| Selection::at(&self.output, section, 0));
        pointed.or_else(looked_at).or_else(seen).or_else(any)
    }
}

impl OpenItem {
    fn is_in_sight(&self, shown: &ShownRange) -> bool {
        let Some(at) = self.output.source_of(shown).map(|range| range.start) else { return false };
        let (_, rows) = self.output.visible();
        rows.into_iter().flatten().any(|(part, range)| part == Part::Output && range.contains(&at))
    }
}

impl Review {
    pub(in crate::tui::screen::review) fn begin_mark(&mut self, ctx: &mut AppContext) -> Option<Layer<Self>> {
        if let Some(open) = self.open_item_mut() {
            open.diff = None; // what is marked is the output itself
        }
        let selection = self.open_item()?.first_selection();
        self.mark_from(selection, ctx)
    }

    /// Begins to mark what is dragged over.
    pub(in crate::tui::screen::review) fn drag(
        &mut self,
        point: Position,
        ctx: &mut AppContext,
    ) -> Option<Layer<Self>> {
        let open = self.open_item()?;
        let (from, to) = (open.pointed.as_ref()?, open.output.shown_at(point)?);
        let selection = Selection::between(&open.output, from, &to);
        self.mark_from(selection, ctx)
    }

    fn mark_from(&mut self, selection: Option<Selection>, ctx: &mut AppContext) -> Option<Layer<Self>> {
        if self.spec().failures.is_empty() {
            ctx.set_status(Tone::Quiet, "this spec has no failure categories to mark with");
            return None;
        }
        let Some(selection) = selection else {
            ctx.set_status(Tone::Quiet, "the output has nothing to mark");
            return None;
        };
        self.panes.focus(Pane::Output);
        let marking = Marking::new(self.open_item()?, ctx);
        self.open_item_mut()?.select(selection);
        Some(Box::new(marking))
    }

    pub(in crate::tui::screen::review) fn list_marks(&mut self, ctx: &mut AppContext) -> Option<Layer<Self>> {
        if self.open_item()?.draft.marks.is_empty() {
            let key = ctx.keymap.keys_for(Context::Review, Action::Mark).join(" ");
            ctx.set_status(Tone::Quiet, format!("nothing is marked yet; {key} marks"));
            return None;
        }
        self.panes.focus(Pane::Output);
        let open = self.open_item_mut()?;
        open.diff = None;
        Some(Box::new(Marks::new(open)))
    }
}
