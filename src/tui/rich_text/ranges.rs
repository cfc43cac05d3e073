//! Between places on the screen and places in the texts of the item.

use super::layout::RowStart;
use super::{Highlight, Kind, Part, RichText, RowAt, ShownRange, Source, TextRange, Viewport, next_row};
use crate::text::compare::Search;
use crate::tui::theme::HighlightKind;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// The bytes of a text that a row shows; `None` for headings and the like.
pub type Shown = Option<(Part, Range<usize>)>;

impl RichText {
    /// The bytes of the text that each row that is seen shows; `None` for headings and the like.
    pub fn visible(&self, viewport: &Viewport) -> Vec<Shown> {
        self.seen(viewport).into_iter().map(|place| self.row_source(place, viewport.columns())).collect()
    }

    /// The body of a section that shows a part of the item.
    pub fn body(&self, section: usize, part: Part) -> Option<&str> {
        let section = &self.sections.get(section)?.section;
        section.source.as_ref().filter(|source| source.part == part).map(|_| section.body.as_str())
    }

    /// The bytes of its text that a stretch shows, from the first to the last.
    pub fn source_of(&self, shown: &ShownRange) -> Option<Range<usize>> {
        self.sections.get(shown.section)?.section.source.as_ref()?.map.to_source_range(shown.range.clone())
    }

    /// The stretch of one section that shows bytes of a text, from the first to the last.
    pub fn shown_of(&self, part: Part, bytes: &Range<usize>) -> Option<ShownRange> {
        (0..self.sections.len()).find_map(|section| {
            let mut shown_ranges = self.shown_ranges(section, part, bytes);
            let first = shown_ranges.next()?;
            let end = shown_ranges.last().map_or(first.range.end, |last| last.range.end);
            Some(ShownRange { section, range: first.range.start..end })
        })
    }

    /// The stretch shown at a point of the area that the text was last drawn in; beside a
    /// row's text, the row's end.
    pub fn shown_at(&self, viewport: &Viewport, area: Rect, point: Position) -> Option<ShownRange> {
        if !area.contains(point) {
            return None;
        }
        let place = *self.seen(viewport).get(usize::from(point.y - area.y))?;
        let (section, body) = self.body_of(place, viewport.columns())?;
        let line = self.line(place.line);
        let layout = self.layout(place.line, viewport.columns());
        let mut right = usize::from(area.x) + layout.hang(place.row).chars().count();
        let glyph = layout.glyphs(place.row).find(|glyph| {
            right += glyph.width;
            usize::from(point.x) < right
        });
        let range = match glyph {
            Some(glyph) => line.at + glyph.at..line.at + glyph.at + glyph.text.len(),
            None => body.end..body.end,
        };
        Some(ShownRange { section, range })
    }

    /// The text and its byte that is shown at a point of the area that the text was last
    /// drawn in; beside a row's text, the row's end.
    pub fn at(&self, viewport: &Viewport, area: Rect, point: Position) -> Option<(Part, usize)> {
        let shown = self.shown_at(viewport, area, point)?;
        let Source { part, map } = self.sections[shown.section].section.source.as_ref()?;
        Some((*part, map.to_source(shown.range.start)?))
    }

    /// The places of the rows that are seen.
    pub(super) fn seen(&self, viewport: &Viewport) -> Vec<RowAt> {
        let mut places = Vec::new();
        let mut place = viewport.place(self);
        while places.len() < viewport.height.into() && place.line < self.lines && viewport.width > 0 {
            places.push(place);
            place = next_row(place, &self.layout(place.line, viewport.columns()));
        }
        places
    }

    /// The highlights that fall into the rows that are seen.
    pub(super) fn highlighted(&self, seen: &[RowAt], highlights: &[Highlight]) -> Vec<(ShownRange, HighlightKind)> {
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return Vec::new() };
        let sections = self.section_of(first.line)..=self.section_of(last.line);
        let lines: Vec<Range<usize>> =
            sections.clone().map(|section| self.body_lines(section, first.line, last.line + 1)).collect();
        let is_seen = |shown: &ShownRange| {
            let nth = shown.section.checked_sub(*sections.start());
            let lines = nth.and_then(|nth| lines.get(nth));
            lines.is_some_and(|lines| shown.range.start < lines.end && shown.range.end > lines.start)
        };
        let mut found = Vec::new();
        for Highlight { range, kind } in highlights {
            match range {
                TextRange::Shown(shown) => found.extend(is_seen(shown).then(|| (shown.clone(), *kind))),
                TextRange::Source(part, range) => {
                    let shown_ranges = sections.clone().flat_map(|section| self.shown_ranges(section, *part, range));
                    found.extend(shown_ranges.filter(is_seen).map(|shown| (shown, *kind)));
                }
            }
        }
        found
    }

    /// The stretches of a section that show a stretch of a text.
    fn shown_ranges(&self, section: usize, part: Part, range: &Range<usize>) -> impl Iterator<Item = ShownRange> {
        let source = self.sections[section].section.source.as_ref().filter(|source| source.part == part);
        let shown = source.into_iter().flat_map(|source| source.map.to_shown(range.clone()));
        shown.map(move |range| ShownRange { section, range })
    }

    /// What a search finds in the bodies, in reading order.
    pub fn find(&self, search: &Search) -> impl Iterator<Item = ShownRange> {
        self.sections.iter().enumerate().flat_map(move |(section, placed)| {
            let found = search.find(&placed.section.body);
            found.into_iter().map(move |range| ShownRange { section, range })
        })
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

    fn row_source(&self, place: RowAt, columns: usize) -> Option<(Part, Range<usize>)> {
        let (section, body) = self.body_of(place, columns)?;
        let Source { part, map } = self.sections[section].section.source.as_ref()?;
        Some((*part, map.to_source_range(body)?))
    }

    /// The section of a row, and the bytes of its body that the row shows.
    fn body_of(&self, place: RowAt, columns: usize) -> Option<(usize, Range<usize>)> {
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
    fn place_of(&self, part: Part, byte: usize, columns: usize) -> Option<RowAt> {
        let of_part = |at: &usize| self.sections[*at].section.source.as_ref().filter(|source| source.part == part);
        let shown = |at: usize| Some((at, of_part(&at)?.map.place_of(byte)?));
        let (section, shown) = (0..self.sections.len()).find_map(shown)?;
        Some(self.row_at(section, shown, columns))
    }

    /// The row that shows a byte of a section's body.
    fn row_at(&self, section: usize, byte: usize, columns: usize) -> RowAt {
        let placed = &self.sections[section];
        let nth = placed.parts[2].line_of(byte);
        let line = placed.body_line(nth);
        let start = RowStart { byte: byte - placed.parts[2].start(nth), nth: 0 };
        RowAt { line, row: self.layout(line, columns).row_of(start) }
    }
}

impl Viewport {
    /// Puts the row that shows a byte of a text at the top, where it is shown.
    pub fn lead_to(&mut self, text: &RichText, part: Part, byte: usize) {
        if let Some(place) = text.place_of(part, byte, self.columns()) {
            self.go(text, place);
        }
    }

    /// Scrolls so that a byte of a text is in sight, where it is shown; a place that is
    /// in sight already stays where it is.
    pub fn reveal(&mut self, text: &RichText, part: Part, byte: usize) {
        if let Some(row) = text.place_of(part, byte, self.columns()) {
            self.bring_in(text, row);
        }
    }

    /// Scrolls so that a stretch of what is shown is in sight.
    pub fn reveal_shown(&mut self, text: &RichText, shown: &ShownRange) {
        if shown.section < text.sections() {
            self.bring_in(text, text.row_at(shown.section, shown.range.start, self.columns()));
        }
    }

    fn bring_in(&mut self, text: &RichText, row: RowAt) {
        if text.seen(self).contains(&row) {
            return;
        }
        // With what leads up to it in sight.
        let above = usize::from(self.height) / 3;
        self.go(text, text.up(row, above, self.columns()));
    }
}
