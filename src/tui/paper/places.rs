//! Between places on the screen and places in the texts of the item.

use super::layout::RowStart;
use super::{Glowing, Highlight, Kind, Paper, Part, Place, Source, View, next_row};
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// What a row shows of which text, in bytes; `None` for headings and the like.
pub type Shown = Option<(Part, Range<usize>)>;

impl Paper {
    /// What each row that is seen shows of which text; `None` for headings and the like.
    pub fn visible(&self, view: &View) -> Vec<Shown> {
        self.seen(view).into_iter().map(|place| self.source_of(place, view.columns())).collect()
    }

    /// The text and its byte that is shown at a point of the area that the paper was last
    /// drawn in; beside a row's text, the row's end.
    pub fn at(&self, view: &View, area: Rect, point: Position) -> Option<(Part, usize)> {
        if !area.contains(point) {
            return None;
        }
        let place = *self.seen(view).get(usize::from(point.y - area.y))?;
        let (section, body) = self.body_of(place, view.columns())?;
        let Source { part, map } = self.sections[section].section.source.as_ref()?;
        let line = self.line(place.line);
        let layout = self.layout(place.line, view.columns());
        let mut right = usize::from(area.x);
        let glyph = layout.glyphs(place.row).find(|glyph| {
            right += glyph.width;
            usize::from(point.x) < right
        });
        Some((*part, map.to_source(glyph.map_or(body.end, |glyph| line.at + glyph.at))?))
    }

    /// The places of the rows that are seen.
    pub(super) fn seen(&self, view: &View) -> Vec<Place> {
        let mut places = Vec::new();
        let mut place = view.place(self);
        while places.len() < view.height.into() && place.line < self.lines && view.width > 0 {
            places.push(place);
            place = next_row(place, &self.layout(place.line, view.columns()));
        }
        places
    }

    /// The highlights that fall into the rows that are seen, by section.
    pub(super) fn glows(&self, seen: &[Place], highlights: &[Highlight]) -> Vec<Glowing> {
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return Vec::new() };
        let mut glows = Vec::new();
        for section in self.section_of(first.line)..=self.section_of(last.line) {
            let Some(source) = &self.sections[section].section.source else { continue };
            let lines = self.body_lines(section, first.line, last.line + 1);
            for highlight in highlights.iter().filter(|highlight| highlight.part == source.part) {
                let shown = source.map.to_shown(highlight.range.clone());
                let shown = shown.filter(|range| range.start < lines.end && range.end > lines.start);
                glows.extend(shown.map(|range| Glowing { section, range, glow: highlight.glow }));
            }
        }
        glows
    }

    /// The bytes of a section's body that stand on the lines from one to before another.
    fn body_lines(&self, section: usize, from: usize, to: usize) -> Range<usize> {
        let placed = &self.sections[section];
        let first = placed.body_line(0);
        let start = |line: usize| match line.checked_sub(first) {
            Some(nth) if nth < placed.parts[2].len() => placed.parts[2].start(nth),
            Some(_) => placed.section.body.len(),
            None => 0,
        };
        start(from)..start(to)
    }

    fn source_of(&self, place: Place, columns: usize) -> Option<(Part, Range<usize>)> {
        let (section, body) = self.body_of(place, columns)?;
        let Source { part, map } = self.sections[section].section.source.as_ref()?;
        Some((*part, map.to_source_range(body)?))
    }

    /// The section of a row, and the bytes of its body that the row shows.
    fn body_of(&self, place: Place, columns: usize) -> Option<(usize, Range<usize>)> {
        let line = self.line(place.line);
        if line.kind != Kind::Body {
            return None;
        }
        let layout = self.layout(place.line, columns);
        let start = line.at + layout.row_start(place.row).byte;
        let end = match place.row + 1 < layout.rows() {
            true => line.at + layout.row_start(place.row + 1).byte,
            false => line.at + line.text.len(),
        };
        Some((self.section_of(place.line), start..end))
    }

    /// The row that shows a byte of a text, or the next byte that is shown.
    fn place_of(&self, part: Part, byte: usize, columns: usize) -> Option<Place> {
        let of_part = |at: &usize| self.sections[*at].section.source.as_ref().filter(|source| source.part == part);
        let shown = |at: usize| Some((at, of_part(&at)?.map.place_of(byte)?));
        let (section, shown) = (0..self.sections.len()).find_map(shown)?;
        let placed = &self.sections[section];
        let nth = placed.parts[2].line_of(shown);
        let line = placed.body_line(nth);
        let start = RowStart { byte: shown - placed.parts[2].start(nth), nth: 0 };
        Some(Place { line, row: self.layout(line, columns).row_of(start) })
    }
}

impl View {
    /// Scrolls so that a byte of a text is in sight, where it is shown; a place that is
    /// in sight already stays where it is.
    pub fn reveal(&mut self, paper: &Paper, part: Part, byte: usize) {
        let Some(place) = paper.place_of(part, byte, self.columns()) else { return };
        if paper.seen(self).contains(&place) {
            return;
        }
        // With what leads up to it in sight.
        let above = usize::from(self.height) / 3;
        self.go(paper, paper.up(place, above, self.columns()));
    }
}
