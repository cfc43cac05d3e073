//! Selecting what is to be marked. The output itself is the field: nothing lies over it.

use super::MarkForm;
use crate::analysis::stretch::Unit;
use crate::domain::mark::Mark;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::rich_text::ShownRange;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::screen::review::selection::Selection;
use crate::tui::text_view::Scroll;
use crate::tui::widget::categories::{KEYS, MARKING_KEYS};
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// A selection under way.
pub struct Marking {
    /// The beginning of a drag.
    from: Option<ShownRange>,
}

impl Marking {
    /// The rubric says which category each digit marks with.
    pub fn new(open: &OpenItem, ctx: &mut AppContext) -> Self {
        ctx.clear_status();
        Self { from: open.pointed.clone() }
    }

    fn step(open: &mut OpenItem, action: Action) -> bool {
        let Some(mut selection) = open.marked.selection.clone() else { return false };
        let output = &open.output;
        match action {
            Action::SelectNextSentence => selection.step(output, Unit::Sentence, true),
            Action::SelectPreviousSentence => selection.step(output, Unit::Sentence, false),
            Action::SelectNextWord => selection.step(output, Unit::Word, true),
            Action::SelectPreviousWord => selection.step(output, Unit::Word, false),
            Action::ExtendSentence => selection.extend(output, Unit::Sentence, true),
            Action::ShrinkSentence => selection.extend(output, Unit::Sentence, false),
            Action::ExtendWord => selection.extend(output, Unit::Word, true),
            Action::ShrinkWord => selection.extend(output, Unit::Word, false),
            Action::ExtendCharacter => selection.extend(output, Unit::Character, true),
            Action::ShrinkCharacter => selection.extend(output, Unit::Character, false),
            Action::OtherEnd => selection.turn(),
            _ => return false,
        }
        open.select(selection);
        true
    }

    /// Marks with the category of a digit at once.
    fn mark(&self, c: char, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let nth = KEYS.chars().take(MARKING_KEYS).position(|key| key == c);
        let Some((spec, open)) = review.spec_and_item() else { return Outcome::Close };
        let Some(failure) = nth.and_then(|nth| spec.failures.get(nth)) else { return Outcome::Stay };
        let Some(range) = bytes(open) else { return nothing(ctx) };
        match Mark::on(&open.served.item.output.text, range, &failure.key, "") {
            Some(mark) => super::mark_form::put(open, mark, None, &failure.name, ctx),
            None => nothing(ctx),
        }
    }

    fn choose(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match review.open_item().and_then(bytes) {
            Some(range) => Outcome::swap(MarkForm::at(range, None)),
            None => nothing(ctx),
        }
    }
}

/// The bytes of the output that are selected.
fn bytes(open: &OpenItem) -> Option<Range<usize>> {
    open.output.source_of(&open.marked.selection.as_ref()?.shown)
}

fn nothing(ctx: &mut AppContext) -> Outcome<Review> {
    ctx.set_status(Tone::Warning, "what is selected is none of the output's own text");
    Outcome::Stay
}

impl Overlay<Review> for Marking {
    fn context(&self) -> Context {
        Context::Mark
    }

    fn keys(&self) -> &'static [Action] {
        &[
            Action::ChooseCategory,
            Action::SelectNextSentence,
            Action::SelectNextWord,
            Action::ExtendWord,
            Action::ExtendCharacter,
            Action::Cancel,
            Action::OtherEnd,
            Action::ExtendSentence,
            Action::SelectPreviousSentence,
            Action::SelectPreviousWord,
        ]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Cancel), _) => {
                review.end_selection();
                ctx.clear_status();
                Outcome::Close
            }
            (Some(Action::ChooseCategory), _) => self.choose(review, ctx),
            (Some(action), _) => {
                review.open_item_mut().map(|open| Self::step(open, action));
                Outcome::Stay
            }
            (None, KeyCode::Char(c)) if key.event.modifiers == KeyModifiers::NONE => self.mark(c, review, ctx),
            _ => Outcome::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        let shown = open.output.shown_at(Position::new(mouse.column, mouse.row));
        let selection = match (mouse.kind, shown, &self.from) {
            (MouseEventKind::ScrollDown, ..) => return scroll(open, 3),
            (MouseEventKind::ScrollUp, ..) => return scroll(open, -3),
            (MouseEventKind::Down(_), Some(shown), _) => {
                let sentence = Selection::at(&open.output, shown.section, shown.range.start);
                self.from = Some(shown);
                sentence
            }
            (MouseEventKind::Drag(_), Some(shown), Some(from)) => Selection::between(&open.output, from, &shown),
            _ => None,
        };
        if let Some(selection) = selection {
            open.select(selection);
        }
        Outcome::Stay
    }

    fn draw(&mut self, _: Rect, _: &mut Buffer, _: &mut Review, _: &AppContext) {}
}

fn scroll(open: &mut OpenItem, rows: isize) -> Outcome<Review> {
    open.output.scroll(Scroll::Rows(rows));
    Outcome::Stay
}
