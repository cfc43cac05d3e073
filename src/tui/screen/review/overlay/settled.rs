//! How the reviewer's own opinions were settled, what was settled last first.

use crate::domain::time::ago;
use crate::store::Settlement;
use crate::text::fit::{clipped, cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::settlement;
use crate::tui::widget::text::{data, spread};
use crate::tui::worker::{LookupReply, LookupRequest, Reply, Request};
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 110;

/// Rows of the chosen one's note.
const NOTE_ROWS: usize = 4;

const NOTHING: &str = "Nothing yet. Where opinions disagree, or a question of yours is answered, it is told here how \
                       that was settled.";

/// The reviewer's opinions that were settled last.
#[derive(Default)]
pub struct SettledView {
    /// `None` until they were read.
    read: Option<Vec<Settlement>>,
    cursor: Cursor,
}

impl SettledView {
    /// Asks for them.
    pub fn new(ctx: &mut AppContext) -> Self {
        ctx.ask(LookupRequest::Settlements);
        Self::default()
    }

    fn rows(&self) -> &[Settlement] {
        self.read.as_deref().unwrap_or_default()
    }

    /// Goes to the item under the cursor.
    fn open(&self) -> Outcome<Review> {
        let Some(seq) = self.rows().get(self.cursor.at).map(|settled| settled.seq) else { return Outcome::Stay };
        Outcome::Leave(Box::new(move |review, ctx| {
            review.visit(seq, ctx);
            Outcome::Stay
        }))
    }
}

impl Overlay<Review> for SettledView {
    fn context(&self) -> Context {
        Context::Settled
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::OpenItem, Action::Down, Action::Up, Action::Close]
    }

    fn key(&mut self, key: KeyPress, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Close) => return Outcome::Close,
            Some(Action::OpenItem) => return self.open(),
            Some(action) => _ = self.cursor.act(action, self.read.as_ref().map_or(0, Vec::len)),
            None => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let count = self.rows().len();
        if self.cursor.mouse(mouse, count) {
            return self.open();
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut Review, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Lookup(LookupReply::Settlements(settled)) => self.read = Some(settled),
            Reply::Failed { request, error } if matches!(*request, Request::Lookup(LookupRequest::Settlements)) => {
                ctx.set_status(Tone::Error, format!("it cannot be read how opinions were settled: {error}"));
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let (width, most) = (area.width.saturating_sub(6).min(WIDEST), area.height.saturating_sub(3));
        let title = match self.rows() {
            [] => "How your opinions were settled".to_owned(),
            rows => {
                let others = rows.iter().filter(|settled| settled.is_other()).count();
                let all = match rows.len() {
                    1 => "opinion was".to_owned(),
                    several => format!("{several} opinions were"),
                };
                format!("How your last {all} settled · ≠ {others} otherwise")
            }
        };
        let title = cut(&title, usize::from(width));
        let note =
            |text: &str| wrap(text, width.into()).into_iter().map(|line| Line::styled(line, theme.dim())).collect();
        let lines: Option<Vec<Line>> = match self.read.as_deref() {
            None => Some(note("reading …")),
            Some([]) => Some(note(NOTHING)),
            Some(_) => None,
        };
        if let Some(lines) = lines {
            let room = popup::draw(area, (width, lines.len() as u16), Anchor::Centre, &title, buf, theme);
            return lines.into_iter().zip(room.rows()).for_each(|(line, row)| line.render(row, buf));
        }
        let rows = self.read.as_deref().unwrap_or_default();
        let at = self.cursor.at;
        let of = |row: usize| lines_of(&rows[row], row == at, width.into(), ctx);
        let height = (0..rows.len().min(most.into())).map(|row| of(row).len()).sum::<usize>().min(most.into());
        let room = popup::draw(area, (width, height as u16), Anchor::Centre, &title, buf, theme);
        for (row, place) in self.cursor.arrange(room, rows.len(), |row| of(row).len()) {
            of(row).into_iter().zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
    }
}

/// An item, what the reader said and what came of it; with the note of the one under the cursor.
fn lines_of(settled: &Settlement, chosen: bool, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    const INDENT: &str = "    ";
    let theme = &ctx.theme;
    let style = if chosen { theme.accent() } else { theme.text() };
    let differs = if settled.is_other() { "≠ " } else { "  " };
    let mut left = vec![Span::styled(format!("{}{differs}", if chosen { "▸ " } else { "  " }), style)];
    left.extend(data(&cut(&settled.item, width / 3), style, theme));
    left.push(Span::raw("  "));
    left.extend(settlement::verdicts(settled, theme.text(), ctx));
    let mut lines = vec![spread(left, vec![Span::styled(ago(settled.at, ctx.now), theme.dim())], width)];
    let room = width.saturating_sub(INDENT.len());
    let sentence = settlement::sentence(settled, &ctx.reviewer);
    let note = Some(settled.note.trim()).filter(|note| chosen && !note.is_empty());
    let note = note.map(|note| clipped(&format!("“{note}”"), room, NOTE_ROWS)).unwrap_or_default();
    let told = wrap(&sentence, room).into_iter().map(|line| (line, theme.dim()));
    let told = told.chain(note.into_iter().map(|line| (line, theme.text())));
    lines.extend(told.map(|(line, style)| Line::from([vec![Span::raw(INDENT)], data(&line, style, theme)].concat())));
    lines
}
