//! The rubric: the decision asked, the criteria with their scores, what can be wrong, and what
//! the reviewer has put down. A drawer below the texts, in full or in a few rows; a column
//! beside them on a wide screen.

mod page;
mod row;

use super::OpenItem;
use crate::domain::spec::Spec;
use crate::tui::app_context::AppContext;
use crate::tui::text_view::Scroll;
use page::Page;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;
use row::Row;
use std::ops::Range;

/// The thing that stands at a place of the rubric, for the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Criterion(usize),
    /// A score of the focused criterion.
    Level(u8),
    Failure(usize),
    Note,
    Mark,
}

/// The form that the rubric has where it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One thing under the other.
    Column,
    /// Criteria at the left, what is wrong at the right, in a frame.
    Halves,
    /// A few rows without a frame.
    Rows(u16),
}

/// The least height of the body for the levels of the focused criterion to stand there always.
const ROOM_FOR_LEVELS: u16 = 30;

/// The least width of a drawer with two halves.
const ROOM_FOR_HALVES: u16 = 96;

/// Columns of a frame with its padding; its rows; the columns beside rows without one.
const FRAME_COLUMNS: u16 = 4;
const FRAME_ROWS: u16 = 2;
const ROW_MARGINS: u16 = 2;

impl Form {
    /// The form of the drawer in a body of a size, when it is opened and when it is not.
    pub fn of_drawer(body: Rect, opened: bool) -> Self {
        match (opened || body.height >= ROOM_FOR_LEVELS, body.height) {
            (true, _) if body.width >= ROOM_FOR_HALVES => Form::Halves,
            (true, _) => Form::Column,
            (false, ..16) => Form::Rows(1),
            (false, 16..24) => Form::Rows(3),
            (false, 24..) => Form::Rows(4),
        }
    }

    pub fn has_frame(self) -> bool {
        !matches!(self, Form::Rows(_))
    }
}

/// The place in the rubric, and what was seen where.
#[derive(Debug)]
pub struct RubricView {
    top: usize,
    /// Keep the focused criterion in sight.
    follow: bool,
    rows: usize,
    area: Rect,
    targets: Vec<(Rect, Target)>,
}

impl Default for RubricView {
    fn default() -> Self {
        Self { top: 0, follow: true, rows: 0, area: Rect::ZERO, targets: Vec::new() }
    }
}

impl RubricView {
    /// The focused criterion comes into sight.
    pub fn follow(&mut self) {
        self.follow = true;
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        self.follow = false;
        let page = usize::from(self.area.height).max(1);
        let by = match scroll {
            Scroll::Rows(rows) => rows,
            Scroll::Pages(pages) => pages * page as isize,
            Scroll::Top => -(self.rows as isize),
            Scroll::Bottom => self.rows as isize,
        };
        self.top = self.top.saturating_add_signed(by).min(self.rows.saturating_sub(page));
    }

    /// The thing that was drawn at a point of the screen.
    pub fn target(&self, point: Position) -> Option<Target> {
        self.targets.iter().find(|(area, _)| area.contains(point)).map(|(_, target)| *target)
    }

    /// Draws what is seen of the rows, with the focused criterion among them.
    pub fn draw(&mut self, content: Content, area: Rect, buf: &mut Buffer) {
        let Content { rows, focus, .. } = content;
        let height = usize::from(area.height);
        (self.area, self.rows) = (area, rows.len());
        if self.follow {
            self.top = self.top.max(focus.end.saturating_sub(height)).min(focus.start);
        }
        self.top = self.top.min(rows.len().saturating_sub(height));
        self.targets.clear();
        for (row, place) in rows.into_iter().skip(self.top).zip(area.rows()) {
            self.targets.extend(row.targets_in(place));
            row.line.render(place, buf);
        }
    }

    pub fn more_above(&self) -> bool {
        self.top > 0
    }

    pub fn more_below(&self) -> bool {
        self.top + usize::from(self.area.height) < self.rows
    }
}

/// The rubric of an item, laid out.
pub struct Content {
    rows: Vec<Row>,
    /// The rows of the focused criterion.
    focus: Range<usize>,
    /// The column of the rule between two halves, and what the right one is called.
    pub rule: Option<u16>,
    form: Form,
}

impl Content {
    /// Lays the drawer out for a body of some size.
    pub fn of_drawer(open: &OpenItem, spec: &Spec, body: Rect, opened: bool, ctx: &AppContext) -> Self {
        let form = Form::of_drawer(body, opened);
        let frame = if form.has_frame() { FRAME_COLUMNS } else { ROW_MARGINS };
        let most = usize::from(most_rows(body, opened).saturating_sub(FRAME_ROWS));
        Self::new(open, spec, (form, body.width.saturating_sub(frame), most), opened, ctx)
    }

    /// Lays the column out that stands beside the texts, of a width within its frame.
    pub fn of_column(open: &OpenItem, spec: &Spec, width: u16, ctx: &AppContext) -> Self {
        Self::new(open, spec, (Form::Column, width, usize::MAX), true, ctx)
    }

    fn new(
        open: &OpenItem,
        spec: &Spec,
        (form, width, most): (Form, u16, usize),
        opened: bool,
        ctx: &AppContext,
    ) -> Self {
        let page = Page::new(open, spec, ctx, opened);
        let (rows, focus, rule) = match form {
            Form::Column => page.column(width),
            Form::Halves => page.halves(width, most),
            Form::Rows(rows) => (page.rows(rows.into(), width.into()), 0..0, None),
        };
        Self { rows, focus, rule, form }
    }

    pub fn has_frame(&self) -> bool {
        self.form.has_frame()
    }

    /// The rows that the drawer takes of a body: as many as it needs, and there may be.
    pub fn height(&self, body: Rect, opened: bool) -> u16 {
        let frame = if self.has_frame() { FRAME_ROWS } else { 0 };
        (self.rows.len() as u16 + frame).min(most_rows(body, opened))
    }
}

/// Rows of the drawer with its frame, at most: the texts keep the greater part.
fn most_rows(body: Rect, opened: bool) -> u16 {
    if opened { body.height / 2 } else { body.height * 2 / 5 }
}
