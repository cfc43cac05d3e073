//! The form for what is wrong with a stretch of the output: its category, and a comment.

use crate::domain::mark::{Mark, excerpt};
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::categories::{Choice, KEYS, cells, columns, failure_line};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crate::tui::widget::text_field::TextField;
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use std::ops::Range;

/// A mark under way.
pub struct MarkForm {
    /// Bytes of the output.
    range: Range<usize>,
    category: Option<String>,
    comment: TextField,
    in_comment: bool,
    /// The draft's mark that it takes the place of.
    replaces: Option<usize>,
    /// The area of each category as drawn last.
    places: Vec<Rect>,
}

impl MarkForm {
    /// The form for bytes of the output, with a category to start from.
    pub fn at(range: Range<usize>, category: Option<&str>) -> Self {
        Self {
            range,
            category: category.map(str::to_owned),
            comment: TextField::new(""),
            in_comment: false,
            replaces: None,
            places: Vec::new(),
        }
    }

    /// The draft's mark, to be changed.
    pub fn edit(at: usize, mark: &Mark, range: Range<usize>) -> Self {
        let form = Self::at(range, Some(&mark.category));
        Self { comment: TextField::new(&mark.comment), replaces: Some(at), ..form }
    }

    fn choose(&mut self, nth: Option<usize>, review: &Review) {
        if let Some(failure) = nth.and_then(|nth| review.spec().failures.get(nth)) {
            self.category = Some(failure.key.clone());
        }
    }

    fn save(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some((spec, open)) = review.spec_and_item() else { return Outcome::Close };
        let Some(failure) = self.category.as_ref().and_then(|key| spec.failure(key)) else {
            ctx.set_status(Tone::Warning, "choose a failure category, by its key");
            return Outcome::Stay;
        };
        let output = &open.served.item.output.text;
        match Mark::on(output, self.range.clone(), &failure.key, &self.comment.text()) {
            Some(mark) => put(open, mark, self.replaces, &failure.name, ctx),
            None => Outcome::Close,
        }
    }
}

/// Puts a mark down, and says what follows from it.
pub(super) fn put(
    open: &mut OpenItem,
    mark: Mark,
    replaces: Option<usize>,
    name: &str,
    ctx: &mut AppContext,
) -> Outcome<Review> {
    let text = cut(&excerpt(&mark.text, 40), 22);
    open.put_mark(mark, replaces, ctx.now);
    // The next one is looked for from here on.
    open.pointed = open.marked.selection.take().map(|selection| selection.shown);
    let reject = ctx.keymap.keys_for(Context::Review, Action::Reject).join(" ");
    let marks = count(open.draft.marks.len() as i64, "mark");
    ctx.set_status(Tone::Good, format!("marked as {name}: “{text}” · {reject} rejects with {marks}"));
    Outcome::Close
}

impl Overlay<Review> for MarkForm {
    fn context(&self) -> Context {
        Context::MarkForm
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Save, Action::Comment, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Save), _) => return self.save(review, ctx),
            (Some(Action::Cancel), _) => {
                review.end_selection();
                ctx.clear_status();
                return Outcome::Close;
            }
            (Some(Action::Comment), _) => self.in_comment = !self.in_comment,
            (None, _) if self.in_comment => self.comment.key(key.event),
            (None, KeyCode::Char(c)) if key.event.modifiers == KeyModifiers::NONE => {
                self.choose(KEYS.chars().position(|key| key == c), review);
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Review, _: &mut AppContext) {
        self.in_comment = true;
        self.comment.paste(&pasted.replace(['\n', '\r'], " "));
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        if let MouseEventKind::Down(_) = mouse.kind {
            self.choose(self.places.iter().position(|place| place.contains(point)), review);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let Some((spec, open)) = review.spec_and_item() else { return };
        let theme = &ctx.theme;
        let count = spec.failures.len() as u16;
        let columns = columns(count, Rect { height: area.height.saturating_sub(4), ..area });
        let rows = count.div_ceil(columns);
        let size = ((columns * 72).min(area.width.saturating_sub(4)), rows + 4);
        let room = popup::draw(area, size, Anchor::Foot, "Mark: what is wrong with it?", buf, theme);
        let [text, _, list, _, comment] = Layout::vertical([1, 1, rows, 1, 1].map(Constraint::Length)).areas(room);
        let marked = open.served.item.output.text.get(self.range.clone()).unwrap_or_default();
        let quoted = format!("“{}”", excerpt(marked, room.width.into()));
        Line::from(fit(data(&quoted, theme.accent(), theme), room.width.into())).render(text, buf);
        self.places = cells(list, columns, count);
        for ((failure, key), &place) in spec.failures.iter().zip(KEYS.chars()).zip(&self.places) {
            let chosen = self.category.as_ref() == Some(&failure.key);
            failure_line(failure, Choice::One, chosen, (key, None), place.width.into(), theme).render(place, buf);
        }
        let style = if self.in_comment { theme.accent() } else { theme.dim() };
        Span::styled("Comment  ", style).render(comment, buf);
        let field = Rect { x: comment.x + 9, width: comment.width.saturating_sub(9), ..comment };
        match self.in_comment {
            true => self.comment.draw(field, buf, theme),
            false => {
                Line::from(fit(data(&self.comment.text(), theme.text(), theme), field.width.into())).render(field, buf);
            }
        }
    }
}
