//! Both versions' outputs to a case beside each other, with what differs.

use crate::analysis::versions::Names;
use crate::domain::item::{Item, Seq};
use crate::domain::versions::{Case, Output};
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::render::difference::Difference;
use crate::tui::render::{self, Look};
use crate::tui::rich_text::{RichText, Section};
use crate::tui::screen::versions::VersionsScreen;
use crate::tui::screen::versions::draw::{style, told};
use crate::tui::text_view::{Scroll, TextView};
use crate::tui::theme::Theme;
use crate::tui::widget::text::{data, fit};
use crate::tui::worker::{Reply, Request, VersionsReply, VersionsRequest};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};

/// The least width for both outputs to stand beside each other.
const TWO: u16 = 100;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

/// The outputs to a case.
pub struct Pair {
    case: String,
    names: [String; 2],
    outputs: [Output; 2],
    /// The output that is read where there is room for one, and that is gone on with.
    at: usize,
    /// `None` until they were read.
    texts: Option<[TextView; 2]>,
}

impl Pair {
    /// Asks for the outputs of a case that both versions have.
    pub fn new(case: &Case, names: &Names, ctx: &mut AppContext) -> Option<Self> {
        let outputs = case.pair()?.map(Clone::clone);
        let pair = Self { case: case.name.clone(), names: names.names.clone(), outputs, at: 1, texts: None };
        ctx.ask(VersionsRequest::Pair { seqs: pair.seqs() });
        Some(pair)
    }

    fn seqs(&self) -> [Seq; 2] {
        self.outputs.each_ref().map(|output| output.seq)
    }

    /// Goes on with the output that is read.
    fn go_there(&self) -> Outcome<VersionsScreen> {
        let seq = self.outputs[self.at].seq;
        Outcome::Do(Box::new(move |screen: &mut VersionsScreen, ctx| {
            screen.open_item(seq, ctx);
            Outcome::Stay
        }))
    }

    /// Scrolls both, so that they stay in step.
    fn scroll(&mut self, scroll: Scroll) {
        self.texts.iter_mut().flatten().for_each(|text| text.scroll(scroll));
    }

    fn pan(&mut self, by: isize) {
        self.texts.iter_mut().flatten().for_each(|text| text.pan(by));
    }

    fn draw_side(&mut self, of: usize, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let (is_focused, width) = (of == self.at, usize::from(area.width).saturating_sub(6));
        let output = &self.outputs[of];
        let mut title = data(&format!("{} · ", self.names[of]), theme.title(is_focused), theme);
        title.extend(data(&cut(&output.id, width / 2), theme.title(is_focused), theme));
        title.push(Span::raw("  "));
        title.extend(data(&told(output), style(output, theme), theme));
        if let Some(judged) = &output.judged {
            title.extend(data(&format!("  {}", judged.reviewer), theme.dim(), theme));
        }
        let padded = [vec![Span::raw(" ")], fit(title, width), vec![Span::raw(" ")]].concat();
        let block = Block::bordered()
            .border_type(if is_focused { BorderType::Thick } else { BorderType::Rounded })
            .border_style(theme.border(is_focused))
            .title(Line::from(padded))
            .padding(Padding::horizontal(1));
        let inner = block.inner(area);
        block.render(area, buf);
        let Some(texts) = &mut self.texts else {
            return Line::styled("reading …", theme.dim()).render(inner, buf);
        };
        texts[of].draw(inner, buf, theme, &[]);
        if let Some(place) = texts[of].place() {
            let foot =
                Rect { y: area.bottom().saturating_sub(1), height: 1, width: area.width.saturating_sub(1), ..area };
            Line::styled(format!(" {place} "), theme.dim()).right_aligned().render(foot, buf);
        }
    }
}

impl Overlay<VersionsScreen> for Pair {
    fn context(&self) -> Context {
        Context::Pair
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::GoThere, Action::NextPane, Action::ScrollDown, Action::Close, Action::PanRight, Action::PanLeft]
    }

    fn key(&mut self, key: KeyPress, _: &mut VersionsScreen, _: &mut AppContext) -> Outcome<VersionsScreen> {
        match key.action {
            Some(Action::Close) => return Outcome::Close,
            Some(Action::GoThere) => return self.go_there(),
            Some(Action::NextPane) => self.at = 1 - self.at,
            Some(Action::ScrollDown) => self.scroll(Scroll::Rows(1)),
            Some(Action::ScrollUp) => self.scroll(Scroll::Rows(-1)),
            Some(Action::PageDown) => self.scroll(Scroll::Pages(1)),
            Some(Action::PageUp) => self.scroll(Scroll::Pages(-1)),
            Some(Action::PanRight) => self.pan(1),
            Some(Action::PanLeft) => self.pan(-1),
            Some(Action::Top) => self.scroll(Scroll::Top),
            Some(Action::Bottom) => self.scroll(Scroll::Bottom),
            _ => {}
        }
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut VersionsScreen, _: &mut AppContext) -> Outcome<VersionsScreen> {
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(Scroll::Rows(NOTCH)),
            MouseEventKind::ScrollUp => self.scroll(Scroll::Rows(-NOTCH)),
            _ => {}
        }
        Outcome::Stay
    }

    fn reply(&mut self, reply: Reply, _: &mut VersionsScreen, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Versions(VersionsReply::Pair { seqs, items }) if seqs == self.seqs() => {
                self.texts = Some(texts(&items));
            }
            Reply::Failed { request, error } if matches!(*request, Request::Versions(VersionsRequest::Pair { seqs }) if seqs == self.seqs()) =>
            {
                ctx.set_status(Tone::Error, format!("the outputs to {} cannot be read: {error}", self.case));
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut VersionsScreen, ctx: &AppContext) {
        Clear.render(area, buf);
        buf.set_style(area, ctx.theme.base());
        if area.width < TWO {
            return self.draw_side(self.at, area, buf, &ctx.theme);
        }
        let columns = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).split(area);
        (0..2).for_each(|of| self.draw_side(of, columns[of], buf, &ctx.theme));
    }
}

/// The outputs with what differs, then what was asked.
fn texts(items: &[Item; 2]) -> [TextView; 2] {
    let look = Look::default();
    let [a, b] = items.each_ref().map(|item| render::as_text(&item.output));
    let difference = Difference::between(&a, &b);
    let outputs: [Vec<Section>; 2] = match difference.has_little_in_common() {
        true => items.each_ref().map(|item| render::sections("Output", &item.output, None, look)),
        false => [difference.before(), difference.after()].map(|page| vec![page.into_section("Output", None)]),
    };
    let mut inputs = items.iter().map(|item| render::sections("Input", &item.input, None, look));
    outputs.map(|output| {
        let input = inputs.next().unwrap_or_default();
        TextView::in_columns(RichText::new(output.into_iter().chain(input).collect()))
    })
}
