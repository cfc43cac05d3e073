//! The form that asks which two versions are compared.

use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::versions::VersionsScreen;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::data;
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::{Reply, Request, VersionsReply, VersionsRequest};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Versions that are proposed at once.
const PROPOSED: u16 = 8;

const LABELS: [&str; 3] = ["the one that there was", "the one asked about", "only items that keep this filter"];

/// The field of the filter that both versions keep.
const WITHIN: usize = 2;

/// Filters under way: of both versions, and of what is compared at all, with the versions that the queue has.
pub struct VersionsForm {
    queue: String,
    fields: [TextField; 3],
    /// The field that is written in.
    at: usize,
    known: Vec<String>,
    cursor: Cursor,
    /// The comparison is on its way.
    waiting: bool,
    done: bool,
}

impl VersionsForm {
    pub fn new(queue: &str, [a, b]: [String; 2], within: &str, known: Vec<String>) -> Self {
        let fields = [&a, &b, within].map(TextField::new);
        Self { queue: queue.into(), fields, at: 1, known, cursor: Cursor::default(), waiting: false, done: false }
    }

    fn run(&mut self, ctx: &mut AppContext) {
        let [a, b, within] = self.fields.each_ref().map(|field| field.text().trim().to_owned());
        let filters = [a, b];
        if let Some(empty) = filters.iter().position(String::is_empty) {
            self.at = empty;
            return ctx.set_status(Tone::Warning, "write a filter for each version, such as prompt_version:v8");
        }
        if filters[0] == filters[1] {
            return ctx.set_status(Tone::Warning, "both filters are the same; a version is compared with another");
        }
        self.waiting = true;
        ctx.set_status(Tone::Quiet, "comparing …");
        ctx.ask(VersionsRequest::Compare { queue: self.queue.clone(), filters, within });
    }

    /// Puts the next version that there is into the field.
    fn propose(&mut self, action: Action) {
        if self.at == WITHIN {
            return;
        }
        let text = self.fields[self.at].text();
        self.cursor.at = self.known.iter().position(|known| *known == text).unwrap_or(self.cursor.at);
        self.cursor.act(action, self.known.len());
        if let Some(known) = self.known.get(self.cursor.at) {
            self.fields[self.at] = TextField::new(known);
        }
    }
}

impl Overlay<VersionsScreen> for VersionsForm {
    fn context(&self) -> Context {
        Context::VersionsForm
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Run, Action::OtherField, Action::Down, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, _: &mut VersionsScreen, ctx: &mut AppContext) -> Outcome<VersionsScreen> {
        match key.action {
            Some(Action::Cancel) => return Outcome::Close,
            _ if self.waiting => {}
            Some(Action::Run) => self.run(ctx),
            Some(Action::OtherField) => self.at = (self.at + 1) % LABELS.len(),
            Some(Action::PreviousField) => self.at = (self.at + LABELS.len() - 1) % LABELS.len(),
            Some(action @ (Action::Down | Action::Up)) => self.propose(action),
            _ => self.fields[self.at].key(key.event),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut VersionsScreen, _: &mut AppContext) {
        self.fields[self.at].paste(&pasted.replace(['\n', '\r'], " "));
    }

    fn reply(&mut self, reply: Reply, screen: &mut VersionsScreen, ctx: &mut AppContext) -> Option<Reply> {
        match reply {
            Reply::Versions(VersionsReply::Compared { filters, within, versions, comparison }) if self.waiting => {
                self.waiting = false;
                match screen.show(filters, within, *versions, &comparison) {
                    Ok(()) => {
                        self.done = true;
                        ctx.clear_status();
                    }
                    Err(why) => ctx.set_status(Tone::Warning, why),
                }
            }
            Reply::Failed { request, error }
                if matches!(*request, Request::Versions(VersionsRequest::Compare { .. })) =>
            {
                self.waiting = false;
                ctx.set_failure(&error);
            }
            other => return Some(other),
        }
        ctx.stale_frame = true;
        None
    }

    fn is_done(&self) -> bool {
        self.done
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut VersionsScreen, ctx: &AppContext) {
        let theme = &ctx.theme;
        let proposed = u16::try_from(self.known.len()).unwrap_or(PROPOSED).min(PROPOSED);
        let rows = 3 * LABELS.len() as u16 + if proposed > 0 { proposed + 1 } else { 1 };
        let room = popup::draw(
            area,
            (area.width.saturating_sub(8).min(72), rows),
            Anchor::Centre,
            "Compare two versions",
            buf,
            theme,
        );
        let row = |nth: u16| Rect { y: room.y + nth, height: 1, ..room }.intersection(room);
        for (at, (label, field)) in LABELS.into_iter().zip(&mut self.fields).enumerate() {
            let style = if at == self.at { theme.accent() } else { theme.dim() };
            Line::from(vec![Span::styled(if at == self.at { "▸ " } else { "  " }, style), Span::styled(label, style)])
                .render(row(3 * at as u16), buf);
            let line = row(3 * at as u16 + 1);
            match at == self.at {
                true => field.draw(line, buf, theme),
                false => {
                    Line::from(data(&cut(&field.text(), line.width.into()), theme.text(), theme)).render(line, buf);
                }
            }
        }
        if self.known.is_empty() {
            let hint = "filters, such as prompt_version:v8, model:a-* or tag:new";
            return Line::styled(cut(hint, room.width.into()), theme.dim()).render(row(9), buf);
        }
        Line::styled("versions that there are", theme.dim()).render(row(9), buf);
        let list = Rect { y: room.y + 10, height: proposed, ..room }.intersection(room);
        let text = self.fields[self.at].text();
        for (of, place) in self.cursor.arrange(list, self.known.len(), |_| 1) {
            let style = if self.known[of] == text { theme.accent() } else { theme.text() };
            Line::from(data(&cut(&format!("  {}", self.known[of]), place.width.into()), style, theme))
                .render(place, buf);
        }
    }
}
