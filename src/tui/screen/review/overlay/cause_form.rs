//! Why opinions disagreed, asked of who settles them: one key answers, or leaves it out.

use crate::domain::decision::{Decision, Judgement};
use crate::domain::item::Seq;
use crate::domain::policy::Cause;
use crate::domain::time::UtcMillis;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{KeyCode, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Columns of a cause's word.
const WORD: usize = 11;

/// A judgement that settles opinions, before it is recorded.
pub struct CauseForm {
    item: Seq,
    judgement: Judgement,
    /// The cause of the reviewer's adjudication that stands: it stays unless another is chosen.
    present: Option<Cause>,
    /// The time at which the question was drawn first.
    shown_at: Option<UtcMillis>,
    /// The area of each cause as drawn last.
    places: Vec<Rect>,
}

impl CauseForm {
    pub fn new(judgement: Judgement, open: &OpenItem) -> Self {
        let present = open.served.mine.as_ref().and_then(|Decision { judgement, .. }| judgement.cause);
        Self { item: open.seq(), judgement, present, shown_at: None, places: Vec::new() }
    }

    fn settle(&self, cause: Option<Cause>) -> Outcome<Review> {
        let (item, judgement) = (self.item, self.judgement.clone());
        Outcome::Do(Box::new(move |review, ctx| {
            review.settle(item, judgement, cause, ctx);
            Outcome::Stay
        }))
    }

    /// Whether a key is dropped, and says why: nobody can have read the question yet.
    fn refuses(&self, ctx: &mut AppContext) -> bool {
        let is_unseen = self.shown_at.is_none_or(|at| ctx.is_unseen(at));
        let why = match is_unseen {
            _ if ctx.key_is_held => "it is held down",
            true => "the question was not shown yet for anybody to see it",
            false => return false,
        };
        ctx.say_ignored(why);
        true
    }
}

impl Overlay<Review> for CauseForm {
    fn context(&self) -> Context {
        Context::Cause
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::WithoutCause, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, _: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Cancel), _) => {
                ctx.set_status(Tone::Quiet, "not settled; the opinions stand as they were");
                Outcome::Close
            }
            (Some(Action::WithoutCause), _) if !self.refuses(ctx) => self.settle(self.present),
            (None, KeyCode::Char(digit)) => {
                let at = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
                match at.and_then(|at| Cause::ALL.get(at)) {
                    Some(cause) if !self.refuses(ctx) => self.settle(Some(*cause)),
                    _ => Outcome::Stay,
                }
            }
            _ => Outcome::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        match (mouse.kind, hit.and_then(|at| Cause::ALL.get(at))) {
            (MouseEventKind::Down(_), Some(cause)) => self.settle(Some(*cause)),
            _ => Outcome::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        self.shown_at.get_or_insert(ctx.now);
        let verdict = self.judgement.verdict;
        let title = format!("{} {}: why did they disagree?", verdict.sign(), verdict.past());
        let size = (area.width.saturating_sub(8).min(64), Cause::ALL.len() as u16 + 1);
        let room = popup::draw(area, size, Anchor::Foot, &title, buf, theme);
        self.places = room.rows().take(Cause::ALL.len()).collect();
        let width = usize::from(room.width);
        for ((digit, cause), row) in (1..).zip(Cause::ALL).zip(room.rows()) {
            let is_present = self.present == Some(*cause);
            let (sign, style) = if is_present { ("● ", theme.accent()) } else { ("  ", theme.text()) };
            let word = format!("{:<WORD$}", cause.phrase());
            let detail = cut(cause.detail(), width.saturating_sub(WORD + 4));
            let spans = [
                Span::styled(format!("{digit}"), theme.key()),
                Span::styled(sign, style),
                Span::styled(word, style),
                Span::styled(detail, theme.dim()),
            ];
            Line::from_iter(spans).render(row, buf);
        }
        let keys = ctx.keymap.keys_for(Context::Cause, Action::WithoutCause).join(" or ");
        let rest = match self.present {
            Some(cause) => format!("{keys} leaves it at {}", cause.phrase()),
            None => format!("{keys} leaves it out"),
        };
        let last = Rect { y: room.bottom().saturating_sub(1), height: 1, ..room };
        Line::styled(cut(&rest, width), theme.dim()).render(last, buf);
    }
}
