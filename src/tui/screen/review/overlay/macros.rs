//! The reviewer's macros: the next key plays one.

use super::MacroForm;
use crate::domain::macros::{self, Macro};
use crate::domain::spec::Spec;
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crate::tui::worker::MacroRequest;
use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

/// Most columns for a name.
const NAME: usize = 28;

/// The macros to choose from.
#[derive(Default)]
pub struct Macros {
    cursor: Cursor,
    /// There was none when they were drawn last.
    is_empty: bool,
}

impl Macros {
    fn play(&self, key: char, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match review.macros().iter().find(|saved| saved.key == key).cloned() {
            Some(saved) => {
                review.play(&saved, ctx);
                Outcome::Close
            }
            None => {
                ctx.set_status(Tone::Warning, format!("no macro stands under {key}"));
                Outcome::Stay
            }
        }
    }
}

impl Overlay<Review> for Macros {
    fn context(&self) -> Context {
        Context::Macros
    }

    fn keys(&self) -> &'static [Action] {
        match self.is_empty {
            true => &[Action::Close],
            false => &[Action::PlayMacro, Action::Up, Action::Down, Action::Rename, Action::Remove, Action::Close],
        }
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let chosen = review.macros().get(self.cursor.at).cloned();
        match (key.action, chosen) {
            (Some(Action::Close), _) => return Outcome::Close,
            (Some(Action::PlayMacro), Some(chosen)) => return self.play(chosen.key, review, ctx),
            (Some(Action::Rename), Some(chosen)) => return Outcome::over(MacroForm::rename(chosen)),
            (Some(Action::Remove), Some(chosen)) => {
                ctx.ask(MacroRequest::Remove { key: chosen.key });
                ctx.set_status(Tone::Quiet, format!("removed: {} {}", chosen.key, chosen.name));
            }
            (None, _) => match key.event.code {
                KeyCode::Char(c) if key.event.modifiers == KeyModifiers::NONE && macros::is_key(c) => {
                    return self.play(c, review, ctx);
                }
                _ => {}
            },
            (Some(action), _) => _ = self.cursor.act(action, review.macros().len()),
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let width = area.width.saturating_sub(8).min(84);
        let macros = review.macros();
        self.is_empty = macros.is_empty();
        let help = if macros.is_empty() { none(ctx, width.into()) } else { Vec::new() };
        let rows = (macros.len().max(help.len()) as u16).min(area.height.saturating_sub(4));
        let room = popup::draw(area, (width, rows), Anchor::Foot, "Macros: a key plays one", buf, &ctx.theme);
        help.into_iter().zip(room.rows()).for_each(|(line, row)| line.render(row, buf));
        for (at, place) in self.cursor.arrange(room, macros.len(), |_| 1) {
            let chosen = at == self.cursor.at;
            line(&macros[at], chosen, review.spec(), ctx, place.width.into()).render(place, buf);
        }
    }
}

/// Lines on what to do where there is none.
fn none(ctx: &AppContext, width: usize) -> Vec<Line<'static>> {
    let key = |context, action| ctx.keymap.keys_for(context, action).join(" ");
    let said = format!(
        "None yet. While you choose categories ({}) or a route ({}), {} saves what you chose under a key.",
        key(Context::Review, Action::Reject),
        key(Context::Review, Action::Escalate),
        key(Context::Picker, Action::SaveMacro)
    );
    wrap(&said, width).into_iter().map(|line| Line::styled(line, ctx.theme.text())).collect()
}

fn line(saved: &Macro, chosen: bool, spec: &Spec, ctx: &AppContext, width: usize) -> Line<'static> {
    let theme = &ctx.theme;
    let sign = if chosen { "▸ " } else { "  " };
    let mut spans = vec![
        Span::styled(sign, theme.accent()),
        Span::styled(format!("{} ", saved.key), theme.key()),
        Span::styled(format!(" {} ", saved.verdict.sign()), theme.verdict(saved.verdict)),
        Span::styled(format!(" {:NAME$}  ", cut(&saved.name, NAME)), theme.text()),
    ];
    // A macro is called by what it puts down, unless it was given another name.
    let described = describe(saved, spec);
    let more = described.strip_prefix(saved.name.as_str()).filter(|more| more.is_empty() || more.starts_with(" · "));
    let more =
        more.filter(|_| saved.name.width() <= NAME).map_or(described.as_str(), |more| more.trim_start_matches(" · "));
    spans.extend(data(more, theme.dim(), theme));
    Line::from(fit(spans, width))
}

/// A description of what a macro puts down: `Tone or brand · “too informal”`.
pub(super) fn describe(saved: &Macro, spec: &Spec) -> String {
    let named = |key: &String| spec.failure(key).map_or_else(|| format!("{key} (gone)"), |f| f.name.clone());
    let categories = saved.draft.categories.iter().map(named).collect::<Vec<_>>().join(", ");
    let route = saved.draft.route.iter().map(|key| spec.route(key).map_or(key, |route| &route.name).clone());
    let note = Some(saved.draft.note.trim()).filter(|note| !note.is_empty()).map(|note| format!("“{note}”"));
    let parts = [Some(categories).filter(|categories| !categories.is_empty())].into_iter().flatten();
    parts.chain(route).chain(note).collect::<Vec<_>>().join(" · ")
}
