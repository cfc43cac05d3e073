//! Between places on the screen and places in the texts of the item.

use super::layout::RowStart;
use super::{Fit, Highlight, Kind, Part, RichText, RowAt, ShownRange, Source, TextRange, Viewport, next_row};
use crate::text::compare::Search;
use crate::tui::theme::HighlightKind;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// The bytes of a text that a row shows: a stretch, or one in each column of a table; none for
/// headings and the like.
pub type Shown = Vec<(Part, Range<usize>)>;

impl RichText {
    /// The bytes of the text that each row that is seen shows.
    pub fn visible(&self, viewport: &Viewport) -> Vec<Shown> {
        self.seen(viewport).into_iter().map(|place| self.row_source(place, viewport.fit())).collect()
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
        let (section, body) = self.body_of(place, viewport.fit())?;
        let line = self.line(place.line);
        let layout = self.layout(place.line, viewport.fit());
        let column = usize::from(point.x - area.x) + if layout.panned().is_some() { viewport.pan } else { 0 };
        let glyph = layout.glyphs(place.row).find(|glyph| column < glyph.column + glyph.width);
        let range = match (glyph, body.last()) {
            (Some(glyph), _) => line.at + glyph.at..line.at + glyph.at + glyph.text.len(),
            (None, Some(last)) => last.end..last.end,
            (None, None) => line.at..line.at,
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
            place = next_row(place, &self.layout(place.line, viewport.fit()));
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

    fn row_source(&self, place: RowAt, fit: Fit) -> Shown {
        let Some((section, body)) = self.body_of(place, fit) else { return Vec::new() };
        let Some(Source { part, map }) = self.sections[section].section.source.as_ref() else { return Vec::new() };
        body.into_iter().filter_map(|shown| Some((*part, map.to_source_range(shown)?))).collect()
    }

    /// The section of a row, and the bytes of its body that the row shows.
    fn body_of(&self, place: RowAt, fit: Fit) -> Option<(usize, Vec<Range<usize>>)> {
        let line = self.line(place.line);
        if line.kind != Kind::Body {
            return None;
        }
        let layout = self.layout(place.line, fit);
        let bytes = layout.bytes(place.row, line.text.len());
        let bytes = bytes.map(|bytes| line.at + bytes.start..line.at + bytes.end).collect();
        Some((self.section_of(place.line), bytes))
    }

    /// The section that shows a byte of a text, or the next byte that is shown, and where.
    fn shown_byte(&self, part: Part, byte: usize) -> Option<(usize, usize)> {
        let of_part = |at: &usize| self.sections[*at].section.source.as_ref().filter(|source| source.part == part);
        (0..self.sections.len()).find_map(|at| Some((at, of_part(&at)?.map.place_of(byte)?)))
    }

    /// The row that shows a byte of a section's body, and its column there.
    fn row_at(&self, section: usize, byte: usize, fit: Fit) -> (RowAt, Option<usize>) {
        let placed = &self.sections[section];
        let nth = placed.parts[2].line_of(byte);
        let line = placed.body_line(nth);
        let start = RowStart { byte: byte - placed.parts[2].start(nth), nth: 0 };
        let layout = self.layout(line, fit);
        let row = layout.row_of(start);
        let glyph = layout.panned().and_then(|_| layout.glyphs(row).take_while(|glyph| glyph.at <= start.byte).last());
        (RowAt { line, row }, glyph.map(|glyph| glyph.column))
    }
}

impl Viewport {
    /// Puts the row that shows a byte of a text at the top, where it is shown.
    pub fn lead_to(&mut self, text: &RichText, part: Part, byte: usize) {
        if let Some((section, byte)) = text.shown_byte(part, byte) {
            let (place, column) = text.row_at(section, byte, self.fit());
            self.go(text, place);
            self.pan_to(column);
        }
    }

    /// Scrolls so that a byte of a text is in sight, where it is shown; a place that is
    /// in sight already stays where it is.
    pub fn reveal(&mut self, text: &RichText, part: Part, byte: usize) {
        if let Some((section, byte)) = text.shown_byte(part, byte) {
            self.bring_in(text, section, byte);
        }
    }

    /// Scrolls so that a stretch of what is shown is in sight.
    pub fn reveal_shown(&mut self, text: &RichText, shown: &ShownRange) {
        if shown.section < text.sections() {
            self.bring_in(text, shown.section, shown.range.start);
        }
    }

    fn bring_in(&mut self, text: &RichText, section: usize, byte: usize) {
        let (row, column) = text.row_at(section, byte, self.fit());
        if !text.seen(self).contains(&row) {
            // With what leads up to it in sight.
            let above = usize::from(self.height) / 3;
            self.go(text, text.up(row, above, self.fit()));
        }
        self.pan_to(column);
    }

    /// Moves sideways so that a column is in sight, of a row that moves at all.
    fn pan_to(&mut self, column: Option<usize>) {
        let width = usize::from(self.width);
        let Some(column) = column.filter(|column| !(self.pan..(self.pan + width).saturating_sub(1)).contains(column))
        else {
            return;
        };
        self.pan = if column + 1 < width { 0 } else { column - width / 2 };
    }
}
