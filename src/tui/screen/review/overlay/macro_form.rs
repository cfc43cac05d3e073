//! A macro is given its key, then its name.

use super::macros::describe;
use crate::domain::decision::{Draft, Verdict};
use crate::domain::macros::{self, Macro};
use crate::domain::spec::Spec;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crate::tui::widget::text_field::TextField;
use crate::tui::worker::MacroRequest;
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// A macro under way.
pub struct MacroForm {
    saved: Macro,
    /// The note of the item that the macro is made on; it becomes the macro's where that is wanted.
    note: String,
    /// The next key is the macro's.
    awaits_key: bool,
    name: TextField,
}

impl MacroForm {
    /// The form for a macro of what a draft puts down. Says why where no item could be judged so.
    /// A note was written about one item: only an escalation, which needs its reason, takes it along
    /// unless it is asked to.
    pub fn of(verdict: Verdict, draft: &Draft, spec: &Spec) -> Result<Self, String> {
        let mut saved = Macro::of(' ', "", verdict, draft);
        if let Some(violation) = saved.violations(spec).into_iter().next() {
            return Err(violation.to_string());
        }
        let note = saved.draft.note.clone();
        if verdict != Verdict::Escalate {
            saved.draft.note.clear();
        }
        Ok(Self { name: TextField::to_replace(&proposed(&saved, spec)), saved, note, awaits_key: true })
    }

    fn toggle_note(&mut self) {
        let without = self.saved.draft.note.is_empty();
        self.saved.draft.note = if without { self.note.clone() } else { String::new() };
    }

    pub fn rename(saved: Macro) -> Self {
        Self { name: TextField::new(&saved.name), note: saved.draft.note.clone(), saved, awaits_key: false }
    }

    fn take_key(&mut self, c: char, macros: &[Macro], ctx: &mut AppContext) {
        if !macros::is_key(c) {
            return ctx.set_status(Tone::Warning, "a macro's key is a small letter or a digit");
        }
        if let Some(other) = macros.iter().find(|saved| saved.key == c) {
            ctx.set_status(Tone::Warning, format!("{c} is {} now; saving takes its place", other.name));
        } else {
            ctx.clear_status();
        }
        self.saved.key = c;
        self.awaits_key = false;
    }

    fn save(&mut self, ctx: &mut AppContext) -> Outcome<Review> {
        self.saved.name = self.name.text().trim().to_owned();
        if self.awaits_key {
            ctx.set_status(Tone::Warning, "press the key that is to play it: a small letter or a digit");
            return Outcome::Stay;
        }
        if self.saved.name.is_empty() {
            ctx.set_status(Tone::Warning, "a macro needs a name");
            return Outcome::Stay;
        }
        ctx.ask(MacroRequest::Save { saved: self.saved.clone() });
        let play = ctx.keymap.keys_for(Context::Review, Action::Macros).join(" ");
        ctx.set_status(Tone::Good, format!("macro saved: {play} {} plays {}", self.saved.key, self.saved.name));
        Outcome::Close
    }
}

/// A name to start from: what the categories or the route are called.
fn proposed(saved: &Macro, spec: &Spec) -> String {
    let bare = Draft { note: String::new(), ..saved.draft.clone() };
    match describe(&Macro { draft: bare, ..saved.clone() }, spec) {
        name if name.is_empty() => saved.verdict.as_str().into(),
        name => name,
    }
}

impl Overlay<Review> for MacroForm {
    fn context(&self) -> Context {
        Context::Macro
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Save, Action::ToggleNote, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Cancel), _) => return Outcome::Close,
            (Some(Action::Save), _) => return self.save(ctx),
            (Some(Action::ToggleNote), _) => self.toggle_note(),
            (None, KeyCode::Char(c)) if self.awaits_key => {
                self.take_key(c, review.macros(), ctx);
            }
            (None, _) if !self.awaits_key => self.name.key(key.event),
            _ => {}
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Review, _: &mut AppContext) {
        if !self.awaits_key {
            self.name.paste(&pasted.replace(['\n', '\r'], " "));
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(76);
        let noted = u16::from(!self.note.is_empty());
        let room = popup::draw(area, (width, 4 + noted), Anchor::Foot, "Macro", buf, theme);
        let [what, note, _, key, name] = Layout::vertical([1, noted, 1, 1, 1].map(Constraint::Length)).areas(room);
        let sign = if self.saved.draft.note.is_empty() { "[ ]" } else { "[x]" };
        let with_note = format!("{sign} with this note: “{}”", self.note.replace('\n', " "));
        Line::from(fit(data(&with_note, theme.text(), theme), width.into())).render(note, buf);
        let verdict = self.saved.verdict;
        let mut spans =
            vec![Span::styled(format!("{} {}  ", verdict.sign(), verdict.as_str()), theme.verdict(verdict))];
        spans.extend(data(&proposed(&self.saved, review.spec()), theme.text(), theme));
        Line::from(fit(spans, width.into())).render(what, buf);
        let label = |text: &'static str| Span::styled(text, theme.dim());
        let pressed = match self.awaits_key {
            true => Span::styled("press a letter or a digit", theme.accent()),
            false => Span::styled(self.saved.key.to_string(), theme.key()),
        };
        Line::from(vec![label("Key   "), pressed]).render(key, buf);
        label("Name  ").render(name, buf);
        if !self.awaits_key {
            self.name.draw(Rect { x: name.x + 6, width: name.width.saturating_sub(6), ..name }, buf, theme);
        }
    }
}
