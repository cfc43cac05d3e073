//! A stretch of the output that is being selected, in what is shown of it: so it may be
//! laid out in any way, and be one of several messages.

use super::reader::Reader;
use crate::analysis::stretch::{self, Unit};
use crate::domain::mark;
use crate::tui::paper::{Part, Spot};
use std::ops::Range;

/// The stretch, and which of its ends moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub spot: Spot,
    unit: Unit,
    /// The end moves, not the beginning.
    end_moves: bool,
}

impl Selection {
    /// The sentence that is shown at a place of a section.
    pub fn at(reader: &Reader, section: usize, byte: usize) -> Option<Self> {
        let range = stretch::at(reader.body(section, Part::Output)?, Unit::Sentence, byte)?;
        Some(Self { spot: Spot { section, range }, unit: Unit::Sentence, end_moves: true })
    }

    /// The stretch that shows bytes of the output.
    pub fn of(reader: &Reader, source: &Range<usize>) -> Option<Self> {
        let spot = reader.spot_of(Part::Output, source)?;
        Some(Self { spot, unit: Unit::Sentence, end_moves: true })
    }

    /// Everything from one place to another, both of them whole.
    pub fn between(reader: &Reader, from: &Spot, to: &Spot) -> Option<Self> {
        let body = reader.body(from.section, Part::Output)?;
        // A drag ends with the section that it began in.
        let to = match to.section.cmp(&from.section) {
            std::cmp::Ordering::Less => 0..0,
            std::cmp::Ordering::Equal => to.range.clone(),
            std::cmp::Ordering::Greater => body.len()..body.len(),
        };
        let range = mark::whole(body, from.range.start.min(to.start)..from.range.end.max(to.end));
        let spot = Spot { section: from.section, range };
        Some(Self { spot, unit: Unit::Character, end_moves: to.end >= from.range.end })
    }

    /// Selects the unit before or behind; one of another kind begins where this one does.
    pub fn step(&mut self, reader: &Reader, unit: Unit, forward: bool) {
        let Some(body) = reader.body(self.spot.section, Part::Output) else { return };
        let range = self.spot.range.clone();
        let found = match (self.unit == unit, forward) {
            (false, true) => stretch::at(body, unit, range.start),
            (false, false) => stretch::previous(body, unit, range.end),
            (true, true) => stretch::next(body, unit, range.end),
            (true, false) => stretch::previous(body, unit, range.start),
        };
        self.unit = unit;
        match found {
            Some(range) => self.spot.range = range,
            None => self.leave_section(reader, forward),
        }
    }

    /// On to the section before or behind that shows the output and has something to select.
    fn leave_section(&mut self, reader: &Reader, forward: bool) {
        let sections: Vec<usize> = match forward {
            true => (self.spot.section + 1..reader.sections()).collect(),
            false => (0..self.spot.section).rev().collect(),
        };
        for section in sections {
            let Some(body) = reader.body(section, Part::Output) else { continue };
            let found = match forward {
                true => stretch::next(body, self.unit, 0),
                false => stretch::previous(body, self.unit, body.len()),
            };
            if let Some(range) = found {
                self.spot = Spot { section, range };
                return;
            }
        }
    }

    /// Moves the end that moves; the stretch keeps something in it.
    pub fn extend(&mut self, reader: &Reader, unit: Unit, forward: bool) {
        let Some(body) = reader.body(self.spot.section, Part::Output) else { return };
        let Range { start, end } = self.spot.range;
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
            self.spot.range = range;
        }
    }

    /// The other end moves from now on.
    pub fn turn(&mut self) {
        self.end_moves = !self.end_moves;
    }

    /// The end that moves, to be kept in sight.
    pub fn head(&self) -> Spot {
        let Range { start, end } = self.spot.range;
        let at = if self.end_moves { end.saturating_sub(1).max(start) } else { start };
        Spot { section: self.spot.section, range: at..end }
    }
}
