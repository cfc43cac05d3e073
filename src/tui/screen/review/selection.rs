//! A stretch of the output that is being selected, in what is shown of it: so it may be
//! laid out in any way, and be one of several messages.

use crate::analysis::stretch::{self, Unit};
use crate::domain::mark;
use crate::tui::rich_text::{Part, ShownRange};
use crate::tui::text_view::TextView;
use std::ops::Range;

/// The stretch, and which of its ends moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub shown: ShownRange,
    unit: Unit,
    /// The end moves, not the beginning.
    end_moves: bool,
}

impl Selection {
    /// The sentence that is shown at a place of a section.
    pub fn at(view: &TextView, section: usize, byte: usize) -> Option<Self> {
        let range = stretch::at(view.body(section, Part::Output)?, Unit::Sentence, byte)?;
        Some(Self { shown: ShownRange { section, range }, unit: Unit::Sentence, end_moves: true })
    }

    /// The stretch that shows bytes of the output.
    pub fn of(view: &TextView, source: &Range<usize>) -> Option<Self> {
        let shown = view.shown_of(Part::Output, source)?;
        Some(Self { shown, unit: Unit::Sentence, end_moves: true })
    }

    /// Everything from one place to another, both of them whole.
    pub fn between(view: &TextView, from: &ShownRange, to: &ShownRange) -> Option<Self> {
        let body = view.body(from.section, Part::Output)?;
        // A drag ends with the section that it began in.
        let to = match to.section.cmp(&from.section) {
            std::cmp::Ordering::Less => 0..0,
            std::cmp::Ordering::Equal => to.range.clone(),
            std::cmp::Ordering::Greater => body.len()..body.len(),
        };
        let range = mark::whole(body, from.range.start.min(to.start)..from.range.end.max(to.end));
        let shown = ShownRange { section: from.section, range };
        Some(Self { shown, unit: Unit::Character, end_moves: to.end >= from.range.end })
    }

    /// Selects the unit before or behind; one of another kind begins where this one does.
    pub fn step(&mut self, view: &TextView, unit: Unit, forward: bool) {
        let Some(body) = view.body(self.shown.section, Part::Output) else { return };
        let range = self.shown.range.clone();
        let found = match (self.unit == unit, forward) {
            (false, true) => stretch::at(body, unit, range.start),
            (false, false) => stretch::previous(body, unit, range.end),
            (true, true) => stretch::next(body, unit, range.end),
            (true, false) => stretch::previous(body, unit, range.start),
        };
        self.unit = unit;
        match found {
            Some(range) => self.shown.range = range,
            None => self.leave_section(view, forward),
        }
    }

    /// Moves on to the section before or behind that shows the output and has something to select.
    fn leave_section(&mut self, view: &TextView, forward: bool) {
        let sections: Vec<usize> = match forward {
            true => (self.shown.section + 1..view.sections()).collect(),
            false => (0..self.shown.section).rev().collect(),
        };
        for section in sections {
            let Some(body) = view.body(section, Part::Output) else { continue };
            let found = match forward {
                true => stretch::next(body, self.unit, 0),
                false => stretch::previous(body, self.unit, body.len()),
            };
            if let Some(range) = found {
                self.shown = ShownRange { section, range };
                return;
            }
        }
    }

    /// Moves the end that moves; the stretch keeps something in it.
    pub fn extend(&mut self, view: &TextView, unit: Unit, forward: bool) {
        let Some(body) = view.body(self.shown.section, Part::Output) else { return };
        let Range { start, end } = self.shown.range;
        let place = if self.end_moves { end } else { start };
        let moved = match (unit, forward, self.end_moves) {
            (Unit::Character, true, _) => Some(mark::after(body, place)),
            (Unit::Character, false, _) => Some(mark::before(body, place)),
            (_, true, true) => stretch::next(body, unit, place).map(|found| found.end),
            (_, false, false) => stretch::previous(body, unit, place).map(|found| found.start),
            // The end moves back to that of the unit before; the beginning on to the next.
            (_, false, true) => stretch::previous(body, unit, mark::before(body, place)).map(|found| found.end),
            (_, true, false) => stretch::next(body, unit, mark::after(body, place)).map(|found| found.start),
        };
        let Some(moved) = moved else { return };
        let range = if self.end_moves { start..moved } else { moved..end };
        if !range.is_empty() {
            self.shown.range = range;
        }
    }

    /// The other end moves from now on.
    pub fn turn(&mut self) {
        self.end_moves = !self.end_moves;
    }

    /// The end that moves, to be kept in sight.
    pub fn head(&self) -> ShownRange {
        let Range { start, end } = self.shown.range;
        let at = if self.end_moves { end.saturating_sub(1).max(start) } else { start };
        ShownRange { section: self.shown.section, range: at..end }
    }
}
