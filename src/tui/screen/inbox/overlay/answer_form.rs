//! An answer that says more than a key: the categories of a rejection, or the note with which an
//! item goes back.

use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::item::Seq;
use crate::domain::spec::Spec;
use crate::store::Asked;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::inbox::Inbox;
use crate::tui::widget::categories::{Choice, KEYS, failure_line, toggle};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Rows for the note.
const NOTE_ROWS: u16 = 3;

/// An answer under way: a rejection, or an item that goes back.
pub struct AnswerForm {
    verdict: Verdict,
    seq: Seq,
    /// The item's id.
    item: String,
    categories: Vec<String>,
    note: TextField,
    /// The note is being written; else categories are chosen by their keys.
    writing: bool,
}

impl AnswerForm {
    pub fn new(verdict: Verdict, question: &Asked) -> Self {
        let writing = verdict == Verdict::Escalate;
        let (seq, item) = (question.seq, question.item.clone());
        Self { verdict, seq, item, categories: Vec::new(), note: TextField::new(""), writing }
    }

    fn sends_back(&self) -> bool {
        self.verdict == Verdict::Escalate
    }

    fn choose(&mut self, key: char, spec: &Spec) {
        let place = KEYS.chars().position(|of| of == key);
        if let Some(failure) = place.and_then(|at| spec.failures.get(at)) {
            toggle(&mut self.categories, failure, spec);
        }
    }

    fn commit(&self, inbox: &mut Inbox, ctx: &mut AppContext) -> Outcome<Inbox> {
        let note = self.note.text().trim().to_owned();
        if self.sends_back() && note.is_empty() {
            ctx.set_status(Tone::Warning, "say what who asked must know: the note goes back with the item");
            return Outcome::Stay;
        }
        let draft = Draft { categories: self.categories.clone(), note, ..Draft::default() };
        if inbox.answer(self.seq, Judgement::new(self.verdict, draft), ctx) { Outcome::Close } else { Outcome::Stay }
    }
}

impl Overlay<Inbox> for AnswerForm {
    fn context(&self) -> Context {
        if self.writing { Context::Prompt } else { Context::Answer }
    }

    fn keys(&self) -> &'static [Action] {
        if self.writing { &[Action::Run, Action::Cancel] } else { &[Action::Commit, Action::Note, Action::Cancel] }
    }

    fn key(&mut self, key: KeyPress, inbox: &mut Inbox, ctx: &mut AppContext) -> Outcome<Inbox> {
        match (key.action, key.event.code) {
            (Some(Action::Commit), _) => return self.commit(inbox, ctx),
            (Some(Action::Run), _) if self.sends_back() => return self.commit(inbox, ctx),
            (Some(Action::Run | Action::Cancel), _) if self.writing && !self.sends_back() => self.writing = false,
            (Some(Action::Cancel), _) => return Outcome::Close,
            (Some(Action::Note), _) => self.writing = true,
            _ if self.writing => self.note.key(key.event),
            (None, KeyCode::Char(c)) if key.event.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                if let Some(spec) = inbox.spec_for(self.seq) {
                    self.choose(c, spec);
                }
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Inbox, _: &mut AppContext) {
        if self.writing {
            self.note.paste(pasted);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, inbox: &mut Inbox, ctx: &AppContext) {
        let theme = &ctx.theme;
        let spec = inbox.spec_for(self.seq);
        let width = area.width.saturating_sub(8).min(72);
        let failures = spec.filter(|_| !self.sends_back()).map(|spec| spec.failures.as_slice()).unwrap_or_default();
        let lines: Vec<Line> = failures
            .iter()
            .zip(KEYS.chars())
            .map(|(failure, key)| {
                let chosen = self.categories.contains(&failure.key);
                failure_line(failure, Choice::Many, chosen, (key, None), usize::from(width), theme)
            })
            .collect();
        let does = if self.sends_back() { "Send back" } else { "Reject" };
        let title = format!("{does} {}", cut(&self.item, usize::from(width) / 2));
        let height = (lines.len() as u16 + 2 + NOTE_ROWS).min(area.height.saturating_sub(2));
        let room = popup::draw(area, (width, height), Anchor::Foot, &title, buf, theme);
        let listed = lines.len() as u16;
        lines.into_iter().zip(room.rows()).for_each(|(line, row)| line.render(row, buf));
        let below = |from: u16, rows: u16| Rect { y: room.y + from, height: rows, ..room }.intersection(room);
        let keys = ctx.keymap.keys_for(Context::Answer, Action::Note).join(" or ");
        let label = match (self.sends_back(), self.writing) {
            (true, _) => "What who asked must know".to_owned(),
            (false, true) => "Note".to_owned(),
            (false, false) => format!("Note · {keys} writes one"),
        };
        Line::styled(label, theme.dim()).render(below(listed + u16::from(listed > 0), 1), buf);
        self.note.draw(below(listed + 1 + u16::from(listed > 0), NOTE_ROWS), buf, theme);
    }
}
