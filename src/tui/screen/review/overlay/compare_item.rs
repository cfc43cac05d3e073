//! Another item beside the one under review, to be read and no more: what is under
//! way on the item stays as it is.

use crate::domain::item::{Item, Seq};
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::render::{Look, output, source};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::screen::review::panes::Pane;
use crate::tui::text_view::{Scroll, TextView};
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::text::{data, fit};
use crate::tui::worker::{LookupReply, LookupRequest, Reply, Request};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};

/// The least width for the item under review to stand beside the other.
const TWO: u16 = 100;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

/// The other item.
pub struct CompareItem {
    item: Seq,
    id: String,
    /// Lines on how it was decided.
    decided: Vec<(String, Role)>,
    /// `None` until it was read.
    texts: Option<Texts>,
    pane: Pane,
    /// The area of the item under review as drawn last.
    own: Rect,
}

struct Texts {
    made_by: String,
    output: TextView,
    source: TextView,
}

impl CompareItem {
    /// Asks for the item. `decided` is what is known of how it was decided.
    pub fn new(item: Seq, id: &str, decided: Vec<(String, Role)>, ctx: &mut AppContext) -> Self {
        ctx.ask(LookupRequest::Peek { seq: item });
        Self { item, id: id.into(), decided, texts: None, pane: Pane::Output, own: Rect::ZERO }
    }

    /// Goes on with this item; all that lies over the screen closes.
    fn go_there(&self) -> Outcome<Review> {
        let seq = self.item;
        Outcome::Leave(Box::new(move |review: &mut Review, ctx| {
            review.visit(seq, ctx);
            Outcome::CloseAll
        }))
    }

    fn turn(&mut self) {
        self.pane = if self.pane == Pane::Output { Pane::Source } else { Pane::Output };
    }

    fn scroll(&mut self, scroll: Scroll) {
        if let Some(texts) = &mut self.texts {
            texts.view(self.pane).scroll(scroll);
        }
    }

    /// Moves both items' texts sideways, so that they stay in step.
    fn pan(&mut self, by: isize, review: &mut Review) {
        let pane = self.pane;
        self.texts.iter_mut().for_each(|texts| texts.view(pane).pan(by));
        if let Some(open) = review.open_item_mut().filter(|_| !self.own.is_empty()) {
            let own = if pane == Pane::Source { &mut open.source } else { &mut open.output };
            own.pan(by);
        }
    }

    fn draw_own(&self, open: &mut OpenItem, spec: &Spec, buf: &mut Buffer, theme: &Theme) {
        let title = vec![Span::styled(format!("{} of this item", self.pane.name()), theme.title(false))];
        let room = frame(self.own, title, false, buf, theme);
        let made_by = output::made_by(&open.served.item, spec, open.served.mine.is_some()).join(" · ");
        let room = draw_head(&made_by, room, buf, theme);
        let highlights = open.highlights(self.pane);
        let view = if self.pane == Pane::Source { &mut open.source } else { &mut open.output };
        view.draw(room, buf, theme, &highlights);
    }

    fn draw_other(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let width = usize::from(area.width).saturating_sub(6);
        let mut title = vec![Span::styled(format!("{} of ", self.pane.name()), theme.title(true))];
        title.extend(data(&cut(&self.id, width / 2), theme.title(true), theme));
        for (text, role) in &self.decided {
            title.push(Span::raw("  "));
            title.extend(data(text, theme.role(*role), theme));
        }
        let room = frame(area, fit(title, width), true, buf, theme);
        let Some(texts) = &mut self.texts else {
            return Line::styled("reading …", theme.dim()).render(room, buf);
        };
        let text = draw_head(&texts.made_by, room, buf, theme);
        let view = texts.view(self.pane);
        view.draw(text, buf, theme, &[]);
        if let Some(place) = view.place() {
            let foot =
                Rect { y: area.bottom().saturating_sub(1), height: 1, width: area.width.saturating_sub(1), ..area };
            Line::styled(format!(" {place} "), theme.dim()).right_aligned().render(foot, buf);
        }
    }
}

impl Overlay<Review> for CompareItem {
    fn context(&self) -> Context {
        Context::Beside
    }

    fn keys(&self) -> &'static [Action] {
        // What is decided is the item under review, so it must be in sight.
        match self.own.is_empty() {
            true => &[
                Action::NextPane,
                Action::ScrollDown,
                Action::GoThere,
                Action::Close,
                Action::PanRight,
                Action::PanLeft,
            ],
            false => &[
                Action::NextPane,
                Action::ScrollDown,
                Action::Accept,
                Action::Reject,
                Action::Escalate,
                Action::GoThere,
                Action::Close,
                Action::PanRight,
                Action::PanLeft,
            ],
        }
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(action @ (Action::Accept | Action::Reject | Action::Escalate)) => {
                if !self.own.is_empty() {
                    return Outcome::Press(action);
                }
                ctx.set_status(Tone::Quiet, "only the other item is in sight; close it, then decide");
            }
            Some(Action::Close) => return Outcome::Close,
            Some(Action::GoThere) => return self.go_there(),
            Some(Action::NextPane) => self.turn(),
            Some(Action::ScrollDown) => self.scroll(Scroll::Rows(1)),
            Some(Action::ScrollUp) => self.scroll(Scroll::Rows(-1)),
            Some(Action::PageDown) => self.scroll(Scroll::Pages(1)),
            Some(Action::PageUp) => self.scroll(Scroll::Pages(-1)),
            Some(Action::PanRight) => self.pan(1, review),
            Some(Action::PanLeft) => self.pan(-1, review),
            Some(Action::Top) => self.scroll(Scroll::Top),
            Some(Action::Bottom) => self.scroll(Scroll::Bottom),
            _ => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let by = match mouse.kind {
            MouseEventKind::ScrollDown => NOTCH,
            MouseEventKind::ScrollUp => -NOTCH,
            _ => return Outcome::Stay,
        };
        match self.own.contains((mouse.column, mouse.row).into()) {
            true => review.scroll(self.pane, Scroll::Rows(by)),
            false => self.scroll(Scroll::Rows(by)),
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, review: &mut Review, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Lookup(LookupReply::Peeked { seq, item, is_mine }) if seq == self.item => {
                self.texts = Some(Texts::new(&item, is_mine, review));
            }
            Reply::Failed { request, error } if matches!(*request, Request::Lookup(LookupRequest::Peek { seq }) if seq == self.item) =>
            {
                ctx.set_status(Tone::Error, format!("the item cannot be read: {error}"));
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        Clear.render(area, buf);
        buf.set_style(area, theme.base());
        let columns = [Constraint::Fill(1), Constraint::Fill(1)];
        let [own, other] = if area.width >= TWO { Layout::horizontal(columns).areas(area) } else { [Rect::ZERO, area] };
        self.own = own;
        if let Some((spec, open)) = review.spec_and_item().filter(|_| !own.is_empty()) {
            self.draw_own(open, spec, buf, theme);
        }
        self.draw_other(other, buf, theme);
    }
}

impl Texts {
    fn new(item: &Item, is_mine: bool, review: &Review) -> Self {
        let look = review.open_item().map_or(Look::default(), |open| open.look);
        Self {
            made_by: output::made_by(item, review.spec(), is_mine).join(" · "),
            output: TextView::in_columns(output::rich_text(item, output::Input::Whole, look)),
            source: TextView::in_columns(source::rich_text(&item.context, review.spec(), look)),
        }
    }

    fn view(&mut self, pane: Pane) -> &mut TextView {
        if pane == Pane::Source { &mut self.source } else { &mut self.output }
    }
}

/// Writes what an item was made by at the head of its pane, and gives the room below. A blank head
/// has its rows too: the texts of both items begin in the same one.
fn draw_head(made_by: &str, room: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
    let rows = if room.height < 8 { 0 } else { 2 };
    let [head, text] = Layout::vertical([Constraint::Length(rows), Constraint::Fill(1)]).areas(room);
    if rows > 0 {
        Line::from(fit(data(made_by, theme.dim(), theme), head.width.into())).render(head, buf);
    }
    text
}

/// A bordered pane; gives the room inside.
fn frame(area: Rect, title: Vec<Span<'static>>, focused: bool, buf: &mut Buffer, theme: &Theme) -> Rect {
    let border = if focused { BorderType::Thick } else { BorderType::Rounded };
    let padded = [vec![Span::raw(" ")], title, vec![Span::raw(" ")]].concat();
    let block = Block::bordered()
        .border_type(border)
        .border_style(theme.border(focused))
        .title(Line::from(padded))
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}
