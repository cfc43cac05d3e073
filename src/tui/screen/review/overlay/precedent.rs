//! The precedents of the item under review: the nearest decided items, with the
//! output of the one under the cursor.

use super::CompareItem;
use crate::domain::item::{Item, Seq};
use crate::domain::spec::Spec;
use crate::domain::time::ago;
use crate::store::{Indexed, Precedent};
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::render::Look;
use crate::tui::render::output;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::text_view::{Scroll, TextView};
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, spread};
use crate::tui::worker::{LookupReply, LookupRequest, Reply, Request};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// The least width for the output to stand beside the list, otherwise below it.
const TWO: u16 = 96;

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 160;

/// Rows of a note.
const NOTE_ROWS: usize = 2;

/// Rows that the categories take at most.
const CATEGORY_ROWS: usize = 2;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

/// The precedents of an item.
pub struct PrecedentView {
    item: Seq,
    id: String,
    spec: Spec,
    look: Look,
    /// `None` until they were found.
    found: Option<Vec<Precedent>>,
    /// The part of the queue that was searched.
    indexed: Option<Indexed>,
    cursor: Cursor,
    /// The output of the item under the cursor, once it was read.
    output: Option<(Seq, TextView)>,
    /// The item that is being read.
    reading: Option<Seq>,
    output_area: Rect,
}

impl PrecedentView {
    /// Asks for them.
    pub fn new(open: &OpenItem, spec: &Spec, ctx: &mut AppContext) -> Self {
        ctx.ask(LookupRequest::Precedents { seq: open.seq() });
        Self {
            item: open.seq(),
            id: open.served.item.id.clone(),
            spec: spec.clone(),
            look: open.look,
            found: None,
            indexed: None,
            cursor: Cursor::default(),
            output: None,
            reading: None,
            output_area: Rect::ZERO,
        }
    }

    fn rows(&self) -> &[Precedent] {
        self.found.as_deref().unwrap_or_default()
    }

    fn chosen(&self) -> Option<&Precedent> {
        self.rows().get(self.cursor.at)
    }

    /// Reads the output under the cursor, one at a time: a cursor that runs on asks for
    /// where it has come to.
    fn read_output(&mut self, ctx: &mut AppContext) {
        let Some(seq) = self.chosen().map(|precedent| precedent.seq) else { return };
        let is_read = self.output.as_ref().is_some_and(|(read, _)| *read == seq);
        if !is_read && self.reading.is_none() {
            self.reading = Some(seq);
            ctx.ask(LookupRequest::Peek { seq });
        }
    }

    fn take_output(&mut self, seq: Seq, item: &Item, ctx: &mut AppContext) {
        self.reading = None;
        if self.chosen().is_some_and(|precedent| precedent.seq == seq) {
            self.output = Some((seq, TextView::in_columns(output::rich_text(item, output::Input::Whole, self.look))));
        }
        self.read_output(ctx);
    }

    fn open(&self, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(precedent) = self.chosen() else { return Outcome::Stay };
        let verdict = precedent.verdict;
        let text = format!("{} {} by {}", verdict.sign(), verdict.past(), cut(&precedent.reviewer, 24));
        let decided = vec![(text, Role::Verdict(verdict))];
        Outcome::over(CompareItem::new(precedent.seq, &precedent.id, decided, ctx))
    }

    /// An item in a few lines: how near, which, how it was decided, and why.
    fn lines(&self, at: usize, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
        let theme = &ctx.theme;
        let Some(precedent) = self.rows().get(at) else { return Vec::new() };
        let chosen = at == self.cursor.at;
        let style = if chosen { theme.accent() } else { theme.text() };
        let near = format!("{}{:>3.0}% alike  ", if chosen { "▸ " } else { "  " }, precedent.similarity * 100.0);
        let verdict = precedent.verdict;
        let mut left = vec![Span::styled(near, style)];
        left.push(Span::styled(format!("{} {}  ", verdict.sign(), verdict.past()), theme.verdict(verdict)));
        left.extend(data(&cut(&precedent.id, width / 3), style, theme));
        let who = cut(&precedent.reviewer, width / 5);
        let right = vec![Span::styled(format!("{who} · {}", ago(precedent.decided_at, ctx.now)), theme.dim())];
        let mut lines = vec![spread(left, right, width)];
        lines.extend(self.why(precedent, width, theme));
        lines.push(Line::default());
        lines
    }

    fn why(&self, precedent: &Precedent, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        const INDENT: &str = "        ";
        let names = self.spec.failure_names(&precedent.categories);
        let mut lines = Vec::new();
        let mut add = |text: &str, rows: usize, style| {
            let mut wrapped = wrap(text, width.saturating_sub(INDENT.len()).max(1));
            if wrapped.len() > rows {
                wrapped.truncate(rows);
                wrapped.iter_mut().next_back().into_iter().for_each(|line| *line = format!("{line} …"));
            }
            lines.extend(wrapped.into_iter().map(|line| Line::styled(format!("{INDENT}{line}"), style)));
        };
        if precedent.is_near_duplicate {
            add("nearly the same text", 1, theme.warning());
        }
        if !names.is_empty() {
            add(&names, CATEGORY_ROWS, theme.text());
        }
        if !precedent.note.trim().is_empty() {
            add(&format!("“{}”", precedent.note.trim()), NOTE_ROWS, theme.dim());
        }
        lines
    }

    fn draw_list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let width = usize::from(area.width);
        let count = self.rows().len();
        let heights: Vec<usize> = (0..count).map(|at| self.lines(at, width, ctx).len()).collect();
        for (at, place) in self.cursor.arrange(area, count, |at| heights[at]) {
            let lines = self.lines(at, width, ctx);
            lines.into_iter().zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
    }

    fn draw_output(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        self.output_area = area;
        let chosen = self.chosen().map(|precedent| precedent.seq);
        match &mut self.output {
            Some((seq, view)) if Some(*seq) == chosen => view.draw(area, buf, theme, &[]),
            _ => Line::styled("reading …", theme.dim()).render(area, buf),
        }
    }

    /// The remark where nothing, or not everything, was found.
    fn remark(&self) -> Option<String> {
        let unread = self.indexed.filter(|indexed| !indexed.is_complete());
        let unread = unread.map(|indexed| {
            format!(
                "There may be more: the index is at {}%. It goes on while you read; look again later.",
                indexed.percent()
            )
        });
        match &self.found {
            Some(found) if found.is_empty() => {
                let none = "No decided item of this queue is like this one.".to_owned();
                Some([Some(none), unread].into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
            Some(_) => unread,
            None => None,
        }
    }
}

impl Overlay<Review> for PrecedentView {
    fn context(&self) -> Context {
        Context::Precedent
    }

    fn keys(&self) -> &'static [Action] {
        match self.rows() {
            [] => &[Action::Close],
            _ => &[Action::Down, Action::Up, Action::Beside, Action::Close, Action::PanRight, Action::PanLeft],
        }
    }

    fn key(&mut self, key: KeyPress, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Close) => return Outcome::Close,
            Some(Action::Beside) => return self.open(ctx),
            Some(Action::PanRight) => self.output.iter_mut().for_each(|(_, view)| view.pan(1)),
            Some(Action::PanLeft) => self.output.iter_mut().for_each(|(_, view)| view.pan(-1)),
            Some(action) => _ = self.cursor.act(action, self.rows().len()),
            None => {}
        }
        self.read_output(ctx);
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let over_output = self.output_area.contains((mouse.column, mouse.row).into());
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => 1,
            MouseEventKind::ScrollUp => -1,
            MouseEventKind::Down(_) => {
                match self.cursor.hit(mouse.column, mouse.row) {
                    Some(entry) if entry == self.cursor.at => return self.open(ctx), // a second click opens
                    Some(entry) => self.cursor.at = entry,
                    None => {}
                }
                0
            }
            _ => return Outcome::Stay,
        };
        match &mut self.output {
            Some((_, view)) if over_output => view.scroll(Scroll::Rows(by * NOTCH)),
            _ => self.cursor.step(by, self.rows().len()),
        }
        self.read_output(ctx);
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut Review, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Lookup(LookupReply::Precedents { seq, found, indexed }) if seq == self.item => {
                (self.found, self.indexed) = (Some(found), Some(indexed));
                self.read_output(ctx);
            }
            Reply::Lookup(LookupReply::Peeked { seq, item, .. }) if Some(seq) == self.reading => {
                self.take_output(seq, &item, ctx);
            }
            Reply::Failed { request, error } if is_ours(&request, self.item, self.reading) => {
                self.reading = None;
                ctx.set_status(Tone::Error, format!("the precedents cannot be read: {error}"));
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(6).min(WIDEST);
        let remark = self.remark().map(|remark| wrap(&remark, width.into())).unwrap_or_default();
        let height = match self.rows() {
            [] => (remark.len() as u16).max(1),
            _ => area.height.saturating_sub(3),
        };
        let title = format!("How items like {} were decided", cut(&self.id, usize::from(width / 2)));
        let room = popup::draw(area, (width, height), Anchor::Centre, &title, buf, theme);
        if self.found.is_none() {
            return Line::styled("looking …", theme.dim()).render(room, buf);
        }
        let rows = [Constraint::Fill(1), Constraint::Length(remark.len() as u16)];
        let [body, foot] = Layout::vertical(rows).areas(room);
        let is_empty = self.rows().is_empty();
        let (place, style) = if is_empty { (room, theme.text()) } else { (foot, theme.warning()) };
        remark.into_iter().zip(place.rows()).for_each(|(line, row)| Line::styled(line, style).render(row, buf));
        if is_empty {
            return;
        }
        let beside = room.width >= TWO;
        let parts = [Constraint::Fill(1), Constraint::Length(if beside { 3 } else { 1 }), Constraint::Fill(1)];
        let layout = if beside { Layout::horizontal(parts) } else { Layout::vertical(parts) };
        let [list, rule, output] = layout.areas(body);
        self.draw_list(list, buf, ctx);
        let sign = if beside { " │".to_owned() } else { "─".repeat(rule.width.into()) };
        rule.rows().for_each(|row| Line::styled(sign.as_str(), theme.border(false)).render(row, buf));
        self.draw_output(output, buf, theme);
    }
}

fn is_ours(request: &Request, item: Seq, reading: Option<Seq>) -> bool {
    match request {
        Request::Lookup(LookupRequest::Precedents { seq }) => *seq == item,
        Request::Lookup(LookupRequest::Peek { seq }) => Some(*seq) == reading,
        _ => false,
    }
}
