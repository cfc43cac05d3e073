//! Text of any size, laid out as far as it is seen.
//!
//! A [`RichText`] is sections one after the other; a [`Viewport`] is the place that is
//! read. Building a text finds where lines begin and no more. Drawing and
//! scrolling lay out the lines they touch, whatever the length of the text.
//!
//! A section may know which text of the item it was rendered from, so that places in
//! that text can be highlighted, shown and pointed at, however it is rendered.

mod aligned;
mod code;
mod fold;
mod hang;
mod index;
mod layout;
mod ranges;
mod source;
mod table;

pub use code::Code;
pub use index::LONGEST_LINE;
pub use ranges::Shown;
pub use source::{Part, Run, SourceMap};
pub use table::{BAR, Column, Side, Table};

use super::theme::{HighlightKind, Role, Theme};
use code::Coloured;
use foldhash::HashMap;
use index::Lines;
pub(super) use layout::Layout;
use layout::{Glyph, RowStart};
use ratatui::buffer::{Buffer, CellDiffOption, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::cell::RefCell;
use std::num::NonZeroU16;
use std::ops::Range;
use std::rc::Rc;

/// A text with its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    pub heading: Option<String>,
    /// A quiet line under the heading.
    pub detail: Option<String>,
    pub body: String,
    /// The style of the body.
    pub role: Role,
    /// Stretches of the body with a style of their own, ascending, without overlaps.
    pub styles: Vec<StyleSpan>,
    /// Stretches of the body that are code, ascending; their styles are found as they are seen.
    pub code: Vec<Code>,
    /// Stretches of the body that are tables, ascending.
    pub tables: Vec<Table>,
    /// Whether a rule stands before it in the place of a blank line.
    pub ruled: bool,
    /// Whether wrapped rows stay below bullets and behind bars.
    pub hangs: bool,
    /// The text that the body was rendered from.
    pub source: Option<Source>,
}

/// A stretch of a body in a style of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleSpan {
    pub range: Range<u32>,
    pub role: Role,
}

/// The text of the item behind a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub part: Part,
    pub map: SourceMap,
}

/// A stretch of what is shown: bytes of a section's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRange {
    pub section: usize,
    pub range: Range<usize>,
}

/// A stretch that is named by what is shown, or by bytes of a text of the item, wherever
/// and however that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextRange {
    Shown(ShownRange),
    Source(Part, Range<usize>),
}

/// A stretch that stands out. Of those that overlap, the later lies over the earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    pub range: TextRange,
    pub kind: HighlightKind,
}

/// Sections one after the other, a blank line between them, to be read in a pane.
#[derive(Debug, Clone, Default)]
pub struct RichText {
    sections: Vec<Placed>,
    /// Lines in all.
    lines: usize,
    /// Bytes in all.
    bytes: usize,
    laid: RefCell<Laid>,
    coloured: RefCell<Coloured>,
}

/// A section and what stands before it.
#[derive(Debug, Clone)]
struct Placed {
    section: Section,
    /// The lines of heading, detail and body.
    parts: [Lines; 3],
    /// The number of its first line.
    first: usize,
    /// Bytes of the sections before it.
    before: usize,
}

/// A line of the text: what it says and how.
struct Line<'a> {
    text: &'a str,
    kind: Kind,
    /// First byte of the line in its section.
    start: usize,
    /// First byte of the line in its heading, detail or body.
    at: usize,
}

impl Line<'_> {
    const GAP: Line<'static> = Line { text: "", kind: Kind::Gap, start: 0, at: 0 };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gap,
    Heading,
    Detail,
    Body,
}

/// A row of the text at some width.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct RowAt {
    line: usize,
    row: usize,
}

/// Which lines are wrapped. The others are moved sideways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wrap {
    #[default]
    All,
    /// All but code and what stands in columns.
    Prose,
    None,
}

/// The room that lines are laid out in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fit {
    /// Columns.
    pub width: usize,
    pub wrap: Wrap,
}

/// Lines laid out of late, in one room.
#[derive(Debug, Clone, Default)]
struct Laid {
    fit: Fit,
    size: usize,
    lines: HashMap<usize, Rc<Layout>>,
}

/// Columns of a table that is not wrapped, at most.
const WIDEST_TABLE: usize = 4096;

/// Lines above and below one in which it is looked for what stands in columns too.
const NEAR: usize = 3;

/// Most cells that are kept laid out: a few megabytes.
const MOST_LAID: usize = 1 << 17;

impl RichText {
    pub fn new(sections: Vec<Section>) -> Self {
        let mut text = RichText::default();
        for section in sections {
            text.add(section);
        }
        text
    }

    /// The number of sections.
    pub fn sections(&self) -> usize {
        self.sections.len()
    }

    /// Draws what is seen from the view's place, and measures the view.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, viewport: &mut Viewport, highlights: &[Highlight]) {
        let area = area.intersection(buf.area);
        (viewport.width, viewport.height) = (area.width, area.height);
        let seen = self.seen(viewport);
        let panned = seen.iter().filter_map(|place| self.layout(place.line, viewport.fit()).panned());
        viewport.reach = panned.max().unwrap_or_default().saturating_sub(area.width.into());
        let highlighted = self.highlighted(&seen, highlights);
        for (place, row) in seen.into_iter().zip(area.rows()) {
            self.draw_row(place, viewport, row, buf, theme, &highlighted);
        }
    }

    /// Draws a scrollbar over a column, unless everything is seen at once.
    pub fn draw_scrollbar(&self, column: Rect, buf: &mut Buffer, theme: &Theme, viewport: &Viewport) {
        let column = column.intersection(buf.area);
        let end = self.offset(self.end(viewport.fit(), viewport.height.into()), viewport.fit());
        if end == 0 || column.is_empty() {
            return;
        }
        let share = (self.bytes - end) as f64 / self.bytes as f64;
        let track = f64::from(column.height);
        let thumb = (share * track).ceil().clamp(1.0, track);
        let top = ((track - thumb) * viewport.position(self) / 100.0).round() as u16;
        for (y, cell) in column.rows().enumerate() {
            let on = (top..top.saturating_add(thumb as u16)).contains(&(y as u16));
            let (symbol, style) = if on { ("┃", theme.border(true)) } else { ("│", theme.track()) };
            buf[(cell.x, cell.y)].set_symbol(symbol).set_style(style);
        }
    }

    fn add(&mut self, section: Section) {
        let parts = section.parts().map(|(_, text)| Lines::of(text));
        let (first, before) = (self.lines, self.bytes);
        self.lines += usize::from(first > 0) + parts.iter().map(Lines::len).sum::<usize>();
        self.bytes += section.parts().iter().map(|(_, text)| text.len()).sum::<usize>();
        self.sections.push(Placed { section, parts, first, before });
    }

    fn section_of(&self, line: usize) -> usize {
        self.sections.partition_point(|placed| placed.first <= line).saturating_sub(1)
    }

    fn line(&self, number: usize) -> Line<'_> {
        self.sections.get(self.section_of(number)).map_or(Line::GAP, |placed| placed.line(number))
    }

    fn draw_row(
        &self,
        place: RowAt,
        viewport: &Viewport,
        row: Rect,
        buf: &mut Buffer,
        theme: &Theme,
        highlighted: &[(ShownRange, HighlightKind)],
    ) {
        let style = self.style(place.line, theme);
        let layout = self.layout(place.line, viewport.fit());
        let pan = if layout.panned().is_some() { viewport.pan } else { 0 };
        let section = self.section_of(place.line);
        let line = self.line(place.line);
        let placed = &self.sections[section];
        if line.kind == Kind::Gap && placed.section.ruled {
            let rule = "─".repeat(row.width.into());
            buf.set_stringn(row.x, row.y, rule, row.width.into(), theme.track());
            return;
        }
        let is_body = line.kind == Kind::Body;
        let coloured = is_body.then(|| self.coloured(section, placed.parts[2].line_of(line.at))).flatten();
        let styles = coloured.as_ref().map_or(&placed.section.styles, |coloured| &coloured.styles);
        let styles = if is_body { from_byte(styles, line.at + layout.row_start(place.row).byte) } else { &[] };
        let mut styles = styles.iter().peekable();
        let hang: String = layout.hang(place.row).chars().skip(pan).collect();
        buf.set_stringn(row.x, row.y, hang, row.width.into(), theme.dim());
        for glyph in layout.glyphs(place.row) {
            let Some(column) = glyph.column.checked_sub(pan) else { continue };
            if column + glyph.width > row.width.into() {
                continue; // beyond the edge, or a space that hangs over the end
            }
            let x = row.x + column as u16;
            let byte = line.at + glyph.at;
            while styles.next_if(|span| span.range.end as usize <= byte).is_some() {}
            let span = styles.peek().filter(|span| span.range.start as usize <= byte && !glyph.marked);
            let mut style = if glyph.marked { theme.mark() } else { style };
            style = span.map_or(style, |span| style.patch(theme.role(span.role)));
            if is_body {
                let over =
                    highlighted.iter().filter(|(shown, _)| shown.section == section && shown.range.contains(&byte));
                style = over.fold(style, |style, (_, kind)| style.patch(theme.highlight(*kind)));
            }
            put(buf, (x, row.y), glyph, style);
        }
        let has_more = layout.panned().is_some_and(|columns| columns > pan + usize::from(row.width));
        let ends = [(pan > 0, row.x, "‹"), (has_more, row.right().saturating_sub(1), "›")];
        for (_, x, sign) in ends.into_iter().filter(|(is_there, ..)| *is_there) {
            buf[(x, row.y)].set_symbol(sign).set_style(theme.warning());
        }
    }

    fn style(&self, line: usize, theme: &Theme) -> Style {
        match self.line(line).kind {
            Kind::Heading => theme.heading(),
            Kind::Detail => theme.dim(),
            Kind::Gap | Kind::Body => {
                theme.role(self.sections.get(self.section_of(line)).map_or(Role::Text, |placed| placed.section.role))
            }
        }
    }

    fn layout(&self, line: usize, fit: Fit) -> Rc<Layout> {
        let mut laid = self.laid.borrow_mut();
        if laid.fit != fit || laid.size > MOST_LAID {
            *laid = Laid { fit, ..Laid::default() };
        }
        if let Some(layout) = laid.lines.get(&line) {
            return Rc::clone(layout);
        }
        let layout = Rc::new(self.lay_out(line, fit));
        laid.size += layout.size();
        laid.lines.insert(line, Rc::clone(&layout));
        layout
    }

    fn lay_out(&self, number: usize, Fit { width, wrap }: Fit) -> Layout {
        let Line { text, kind, at, .. } = self.line(number);
        let section = self.sections.get(self.section_of(number)).filter(|_| kind == Kind::Body);
        let Some(Placed { section, .. }) = section else { return Layout::wrapped(text, width, String::new()) };
        if let Some(table) = section.table_at(at) {
            let width = if wrap == Wrap::None { WIDEST_TABLE } else { width };
            return table.layout(text, at, width, wrap != Wrap::All);
        }
        let is_long = wrap == Wrap::None || wrap == Wrap::Prose && self.has_columns(number, text, section, at);
        if is_long {
            return Layout::unwrapped(text);
        }
        let hang = if section.hangs { hang::hang(text, width) } else { String::new() };
        Layout::wrapped(text, width, hang)
    }

    /// Whether a line is code, or stands in columns with those around it.
    fn has_columns(&self, number: usize, text: &str, section: &Section, at: usize) -> bool {
        let near = (number.saturating_sub(NEAR)..=number + NEAR).filter(|near| *near != number && *near < self.lines);
        let near = near.map(|near| self.line(near)).filter(|line| line.kind == Kind::Body).map(|line| line.text);
        text.len() <= aligned::LONGEST && (section.code_at(at).is_some() || aligned::is_aligned(text, near))
    }

    /// The place some rows further down, at most one past the last row's line.
    fn down(&self, mut place: RowAt, mut rows: usize, fit: Fit) -> RowAt {
        while rows > 0 && place.line < self.lines {
            let left = self.layout(place.line, fit).rows() - place.row;
            if rows < left {
                return RowAt { row: place.row + rows, ..place };
            }
            rows -= left;
            place = RowAt { line: place.line + 1, row: 0 };
        }
        place
    }

    /// The place some rows further up, at most the first.
    fn up(&self, mut place: RowAt, mut rows: usize, fit: Fit) -> RowAt {
        while rows > place.row {
            if place.line == 0 {
                return RowAt::default();
            }
            rows -= place.row + 1;
            place.line -= 1;
            place.row = self.layout(place.line, fit).rows() - 1;
        }
        RowAt { row: place.row - rows, ..place }
    }

    /// The lowest place for the top of a view: the last row is at its bottom.
    /// Laid out backwards from the end, so the length of the text is no matter.
    fn end(&self, fit: Fit, height: usize) -> RowAt {
        self.up(RowAt { line: self.lines, row: 0 }, height.max(1), fit)
    }

    /// The number of bytes of the text before a place.
    fn offset(&self, place: RowAt, fit: Fit) -> usize {
        let Some(placed) = self.sections.get(self.section_of(place.line)) else { return 0 };
        placed.before + self.line(place.line).start + self.layout(place.line, fit).row_start(place.row).byte
    }
}

/// The styles that end behind a byte of the body.
fn from_byte(styles: &[StyleSpan], byte: usize) -> &[StyleSpan] {
    &styles[styles.partition_point(|span| span.range.end as usize <= byte)..]
}

fn next_row(place: RowAt, layout: &Layout) -> RowAt {
    match place.row + 1 < layout.rows() {
        true => RowAt { row: place.row + 1, ..place },
        false => RowAt { line: place.line + 1, row: 0 },
    }
}

/// Writes what stands in one place: a mark or a tab a column at a time, as any
/// other text, and a grapheme whole.
pub(super) fn put(buf: &mut Buffer, (x, y): (u16, u16), glyph: Glyph, style: Style) {
    match glyph.is_plain_text() {
        true => _ = buf.set_stringn(x, y, glyph.text, glyph.width, style),
        false => put_grapheme(buf, (x, y), glyph, style),
    }
}

/// Writes a grapheme, and blanks the columns it reaches over.
fn put_grapheme(buf: &mut Buffer, (x, y): (u16, u16), glyph: Glyph, style: Style) {
    let width = glyph.width as u16;
    for covered in x + 1..x + width {
        buf[(covered, y)].set_symbol(" ").set_style(style);
    }
    let cell = buf[(x, y)].set_symbol(glyph.text).set_style(style);
    // ratatui counts half-width voice marks twice (0.30 with unicode-width 0.2.3).
    if let Some(width) = NonZeroU16::new(width).filter(|width| glyph.text.cell_width() != width.get()) {
        cell.set_diff_option(CellDiffOption::ForcedWidth(width));
    }
}

impl Section {
    /// A text of the item as it is.
    pub fn verbatim(heading: impl Into<String>, text: &str, part: Part) -> Self {
        let source = Source { part, map: SourceMap::verbatim(0, text.len()) };
        Self { heading: Some(heading.into()), body: text.into(), source: Some(source), ..Self::default() }
    }

    fn table_at(&self, byte: usize) -> Option<&Table> {
        let table = self.tables.get(self.tables.partition_point(|table| table.range.end as usize <= byte))?;
        (table.range.start as usize <= byte).then_some(table)
    }

    fn parts(&self) -> [(Kind, &str); 3] {
        let heading = self.heading.as_deref().unwrap_or_default();
        let detail = self.detail.as_deref().unwrap_or_default();
        [(Kind::Heading, heading), (Kind::Detail, detail), (Kind::Body, &self.body)]
    }
}

impl Placed {
    /// The number of a line of the body.
    fn body_line(&self, nth: usize) -> usize {
        self.first + usize::from(self.first > 0) + self.parts[0].len() + self.parts[1].len() + nth
    }

    fn line(&self, number: usize) -> Line<'_> {
        let gap = usize::from(self.first > 0);
        let Some(mut nth) = (number - self.first).checked_sub(gap) else { return Line::GAP };
        let mut before = 0;
        for ((kind, text), lines) in self.section.parts().into_iter().zip(&self.parts) {
            if nth < lines.len() {
                let at = lines.start(nth);
                return Line { text: lines.get(text, nth), kind, start: before + at, at };
            }
            nth -= lines.len();
            before += text.len();
        }
        Line::GAP
    }
}

/// The place in a text that is read, and the size it is read at. The place is
/// kept by line and byte, so that a resize keeps it, there and back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Viewport {
    line: usize,
    /// The row at the top, where it begins.
    at: RowStart,
    width: u16,
    height: u16,
    pub wrap: Wrap,
    /// Columns that lie left of the view.
    pan: usize,
    /// Columns that the rows drawn last have beyond the width.
    reach: usize,
}

impl Viewport {
    /// Moves sideways by half the width, right where positive.
    pub fn pan(&mut self, by: isize) {
        let step = isize::try_from(self.width / 2).unwrap_or_default().max(1);
        let pan = self.pan.saturating_add_signed(step.saturating_mul(by));
        self.pan = pan.min(self.reach.max(self.pan));
    }

    /// Wraps other lines than before, from their beginnings on.
    pub fn set_wrap(&mut self, wrap: Wrap) {
        (self.wrap, self.pan) = (wrap, 0);
    }

    /// Whether the rows drawn last can be moved sideways, right where positive.
    pub fn can_pan(&self, by: isize) -> bool {
        if by > 0 { self.pan < self.reach } else { self.pan > 0 }
    }

    /// Whether some of the rows drawn last go on beyond an edge.
    pub fn is_cut(&self) -> bool {
        self.reach > 0 || self.pan > 0
    }

    /// Scrolls by rows, down where positive.
    pub fn scroll(&mut self, text: &RichText, rows: isize) {
        let (place, fit) = (self.place(text), self.fit());
        let place = match rows < 0 {
            true => text.up(place, rows.unsigned_abs(), fit),
            false => text.down(place, rows.unsigned_abs(), fit),
        };
        self.go(text, place);
    }

    /// Scrolls by pages, down where positive. A row stays in sight.
    pub fn page(&mut self, text: &RichText, pages: isize) {
        let page = isize::try_from(self.height.saturating_sub(1).max(1)).unwrap_or(1);
        self.scroll(text, pages.saturating_mul(page));
    }

    pub fn top(&mut self) {
        (self.line, self.at) = (0, RowStart::default());
    }

    /// Whether some of the text lies above.
    pub fn is_below_top(&self) -> bool {
        self.line > 0 || self.at != RowStart::default()
    }

    pub fn bottom(&mut self, text: &RichText) {
        self.go(text, text.end(self.fit(), self.height.into()));
    }

    /// Puts the beginning of a section at the top, as far down as the text goes.
    pub fn to_section(&mut self, text: &RichText, section: usize) {
        if let Some(placed) = text.sections.get(section) {
            self.go(text, RowAt { line: placed.first + usize::from(placed.first > 0), row: 0 });
        }
    }

    /// The section at the top of the view, from 0.
    pub fn section_at_top(&self, text: &RichText) -> usize {
        text.section_of(self.place(text).line)
    }

    /// Everything is seen at once.
    pub fn fits(&self, text: &RichText) -> bool {
        text.end(self.fit(), self.height.into()) == RowAt::default()
    }

    /// The view's distance from the top (0) to the bottom (100), in percent; 100
    /// when everything is seen.
    pub fn position(&self, text: &RichText) -> f64 {
        let fit = self.fit();
        let (here, end) = (self.place(text), text.end(fit, self.height.into()));
        match (here < end, text.offset(end, fit)) {
            (true, end @ 1..) => 100.0 * text.offset(here, fit) as f64 / end as f64,
            (true, _) => 0.0,
            (false, _) => 100.0,
        }
    }

    /// The place for a pane's title: `2/3 · 45%`; empty when there is one section
    /// and all of it is seen.
    pub fn label(&self, text: &RichText) -> String {
        let section = (text.sections() > 1).then(|| format!("{}/{}", self.section_at_top(text) + 1, text.sections()));
        let percent = (!self.fits(text)).then(|| format!("{:.0}%", self.position(text)));
        [section, percent].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    /// The room to lay out in; a view that was never drawn has none.
    fn fit(&self) -> Fit {
        Fit { width: usize::from(self.width).max(1), wrap: self.wrap }
    }

    /// The row at the top, as far down as the text goes. To find it in a view that was never drawn, lines
    /// would be laid out at a width that none has.
    fn place(&self, text: &RichText) -> RowAt {
        if self.width == 0 {
            return RowAt { line: self.line, row: 0 };
        }
        let end = text.end(self.fit(), self.height.into());
        if self.line > end.line {
            return end;
        }
        let row = text.layout(self.line, self.fit()).row_of(self.at);
        RowAt { line: self.line, row }.min(end)
    }

    fn go(&mut self, text: &RichText, place: RowAt) {
        let place = place.min(text.end(self.fit(), self.height.into()));
        self.line = place.line;
        self.at = text.layout(place.line, self.fit()).row_start(place.row);
    }
}

#[cfg(test)]
mod tests;
