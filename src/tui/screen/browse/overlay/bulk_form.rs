//! The verdict on many items: its categories, its route, its note.

use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::spec::Spec;
use crate::store::BulkAction;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::browse::Browse;
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

/// A verdict on many items, under way.
pub struct BulkForm {
    verdict: Verdict,
    draft: Draft,
    note: TextField,
    /// The note is being written; else the lines above it are chosen by their keys.
    writing: bool,
}

impl BulkForm {
    pub fn new(verdict: Verdict) -> Self {
        Self { verdict, draft: Draft::default(), note: TextField::new(""), writing: false }
    }

    /// The choices of the verdict, a line each.
    fn lines(&self, spec: &Spec, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
        let theme = &ctx.theme;
        let keys = KEYS.chars();
        match self.verdict {
            Verdict::Accept => Vec::new(),
            Verdict::Reject => {
                let line = |(failure, key): (&crate::domain::spec::FailureCategory, char)| {
                    let chosen = self.draft.categories.contains(&failure.key);
                    failure_line(failure, Choice::Many, chosen, (key, None), width, theme)
                };
                spec.failures.iter().zip(keys).map(line).collect()
            }
            Verdict::Escalate => {
                let line = |(route, key): (&crate::domain::spec::Route, char)| {
                    let chosen = self.draft.route.as_ref() == Some(&route.key);
                    let style = if chosen { theme.accent() } else { theme.text() };
                    Line::styled(format!("{key} {} {}", if chosen { "▸" } else { " " }, route.name), style)
                };
                spec.routes.iter().zip(keys).map(line).collect()
            }
        }
    }

    fn choose(&mut self, key: char, spec: &Spec) {
        let Some(at) = KEYS.chars().position(|of| of == key) else { return };
        match self.verdict {
            Verdict::Reject => {
                if let Some(failure) = spec.failures.get(at) {
                    toggle(&mut self.draft.categories, failure, spec);
                }
            }
            Verdict::Escalate => {
                if let Some(route) = spec.routes.get(at) {
                    self.draft.route = Some(route.key.clone());
                }
            }
            Verdict::Accept => {}
        }
    }

    fn commit(&mut self, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        let Some(spec) = browse.spec() else { return Outcome::Close };
        self.draft.note = self.note.text().trim().to_owned();
        let judgement = Judgement::new(self.verdict, self.draft.clone());
        match judgement.violations(spec).into_iter().next() {
            Some(violation) => {
                ctx.set_status(Tone::Warning, violation.to_string());
                Outcome::Stay
            }
            None => Outcome::swap(browse.ask(BulkAction::Decide(judgement))),
        }
    }
}

impl Overlay<Browse> for BulkForm {
    fn context(&self) -> Context {
        if self.writing { Context::Prompt } else { Context::Bulk }
    }

    fn keys(&self) -> &'static [Action] {
        if self.writing { &[Action::Run, Action::Cancel] } else { &[Action::Commit, Action::Note, Action::Cancel] }
    }

    fn key(&mut self, key: KeyPress, browse: &mut Browse, ctx: &mut AppContext) -> Outcome<Browse> {
        match (key.action, key.event.code) {
            (Some(Action::Commit), _) => return self.commit(browse, ctx),
            (Some(Action::Run | Action::Cancel), _) if self.writing => self.writing = false,
            (Some(Action::Cancel), _) => return Outcome::Close,
            (Some(Action::Note), _) => self.writing = true,
            _ if self.writing => self.note.key(key.event),
            (None, KeyCode::Char(c)) if key.event.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                if let Some(spec) = browse.spec() {
                    self.choose(c, spec);
                }
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Browse, _: &mut AppContext) {
        if self.writing {
            self.note.paste(pasted);
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, browse: &mut Browse, ctx: &AppContext) {
        let theme = &ctx.theme;
        let Some(spec) = browse.spec() else { return };
        let width = area.width.saturating_sub(8).min(72);
        let lines = self.lines(spec, usize::from(width), ctx);
        let title = format!("{} {}", capital(self.verdict.as_str()), count(browse.chosen_count() as i64, "item"));
        let height = (lines.len() as u16 + 2 + NOTE_ROWS).min(area.height.saturating_sub(2));
        let room = popup::draw(area, (width, height), Anchor::Foot, &title, buf, theme);
        let listed = lines.len() as u16;
        lines.into_iter().zip(room.rows()).for_each(|(line, row)| line.render(row, buf));
        let below = |from: u16, rows: u16| Rect { y: room.y + from, height: rows, ..room }.intersection(room);
        let keys = ctx.keymap.keys_for(Context::Bulk, Action::Note).join(" or ");
        let label = if self.writing { "Note".into() } else { format!("Note · {keys} writes one") };
        Line::styled(label, theme.dim()).render(below(listed + 1, 1), buf);
        self.note.draw(below(listed + 2, NOTE_ROWS), buf, theme);
    }
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    word[..1].make_ascii_uppercase();
    word
}
