//! A screen with what lies over it: the overlay on top sees events first, and what becomes of
//! an event is done here.

use super::Place;
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::{Context, Group};
use crate::tui::keymap::{KeyPattern, KeyPress};
use crate::tui::message::Effect;
use crate::tui::overlay::{Confirm, Help, Layer, Navigation, Outcome, Overlay, Palette, Step};
use crate::tui::widget::footer;
use crate::tui::worker::Reply;
use crossterm::event::{KeyCode, KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A screen and its overlays, the last on top.
pub struct Layered<S> {
    pub place: S,
    overlays: Vec<Layer<S>>,
}

impl<S: Place> Layered<S> {
    pub fn new(place: S) -> Self {
        Self { place, overlays: Vec::new() }
    }

    pub fn context(&self) -> Context {
        self.overlays.last().map_or_else(|| self.place.context(), |overlay| overlay.context())
    }

    /// Takes a key, with what it means in [`Layered::context`].
    pub fn key(&mut self, key: KeyPress, ctx: &mut AppContext) -> Option<Navigation> {
        let navigation = self.press_key(key, ctx);
        self.overlays.extend(self.place.take_question());
        navigation
    }

    fn press_key(&mut self, key: KeyPress, ctx: &mut AppContext) -> Option<Navigation> {
        match (key.action, self.overlays.is_empty()) {
            (Some(action @ (Action::Quit | Action::Suspend | Action::Redraw)), _) => self.press(action, ctx),
            (Some(Action::Help), false) if self.context() != Context::Help => self.press(Action::Help, ctx),
            (Some(action), false) if ctx.refuses(action) => None,
            (None, false) if self.context().is_in(Group::Popups) => {
                say_unbound(&key.event, ctx);
                None
            }
            (_, false) => self.with_top(ctx, |top, place, ctx| top.key(key, place, ctx)),
            (Some(action), true) => self.press(action, ctx),
            (None, true) => {
                say_unbound(&key.event, ctx);
                None
            }
        }
    }

    /// Carries out an action whose key no overlay takes.
    fn press(&mut self, action: Action, ctx: &mut AppContext) -> Option<Navigation> {
        if ctx.refuses(action) {
            return None;
        }
        let outcome = match action {
            Action::Quit => return self.quit(ctx),
            Action::Suspend => {
                self.place.save(ctx);
                ctx.emit(Effect::Suspend);
                Outcome::Stay
            }
            Action::Redraw => {
                ctx.emit(Effect::Redraw);
                Outcome::Stay
            }
            Action::Help => Outcome::over(Help::new(self.context(), self.overlays.is_empty(), ctx)),
            Action::Palette => Outcome::over(Palette::new(self.context(), |action| self.place.offers(action), ctx)),
            action => self.place.act(action, ctx),
        };
        self.finish(outcome, ctx)
    }

    /// Lets the overlay on top see an event, and does what comes of it.
    fn with_top(
        &mut self,
        ctx: &mut AppContext,
        event: impl FnOnce(&mut dyn Overlay<S>, &mut S, &mut AppContext) -> Outcome<S>,
    ) -> Option<Navigation> {
        let mut top = self.overlays.pop()?;
        let outcome = event(top.as_mut(), &mut self.place, ctx);
        if matches!(outcome, Outcome::Stay | Outcome::Over(_)) {
            self.overlays.push(top);
        }
        self.finish(outcome, ctx)
    }

    /// Carries out an event's outcome. The overlay that gave it is closed already, unless
    /// it stays.
    fn finish(&mut self, outcome: Outcome<S>, ctx: &mut AppContext) -> Option<Navigation> {
        match outcome {
            Outcome::Stay | Outcome::Close => None,
            Outcome::CloseAll => {
                self.overlays.clear();
                None
            }
            Outcome::Over(overlay) | Outcome::Swap(overlay) => {
                ctx.clear_old_status();
                self.overlays.push(overlay);
                None
            }
            Outcome::Do(step) => {
                let outcome = step(&mut self.place, ctx);
                self.finish(outcome, ctx)
            }
            Outcome::Leave(step) => self.ask(loss(&self.place), step, ctx),
            Outcome::Press(action) => {
                self.overlays.clear();
                self.press(action, ctx)
            }
            Outcome::Go(navigation) => Some(navigation),
        }
    }

    /// Quits. While the server cannot be reached, what waits for it would be lost too.
    fn quit(&mut self, ctx: &mut AppContext) -> Option<Navigation> {
        let question = self.unreached(ctx).or_else(|| loss(&self.place));
        self.ask(question, Box::new(|_, _| Outcome::Go(Navigation::Quit)), ctx)
    }

    fn unreached(&self, ctx: &AppContext) -> Option<String> {
        let draft = || ctx.has_unsaved_drafts().then(|| "The draft of an earlier item".to_owned());
        let what = if ctx.is_cut_off() { self.place.unacknowledged().or_else(draft) } else { None }?;
        Some(format!("{what} is not saved yet: the server cannot be reached. Quit without it?"))
    }

    /// Takes a step, after a question where there is one. It is asked once: the action that
    /// brought it does without when it comes again.
    fn ask(&mut self, question: Option<String>, step: Step<S>, ctx: &mut AppContext) -> Option<Navigation> {
        let asked = self.overlays.iter().any(|overlay| overlay.context() == Context::Confirm);
        let outcome = match question.filter(|_| !asked) {
            Some(question) => Outcome::over(Confirm::new("Not saved", question, step)),
            None => Outcome::Do(step),
        };
        self.finish(outcome, ctx)
    }

    pub fn paste(&mut self, text: &str, ctx: &mut AppContext) {
        match self.overlays.last_mut() {
            Some(top) => top.paste(text, &mut self.place, ctx),
            None => ctx.set_status(Tone::Quiet, "pasted text goes into a note; keys in it do nothing"),
        }
    }

    pub fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Option<Navigation> {
        let navigation = if self.overlays.is_empty() {
            let outcome = self.place.mouse(mouse, ctx);
            self.finish(outcome, ctx)
        } else {
            self.with_top(ctx, |top, place, ctx| top.mouse(mouse, place, ctx))
        };
        self.overlays.extend(self.place.take_question());
        navigation
    }

    pub fn edited(&mut self, text: &str, ctx: &mut AppContext) {
        if let Some(top) = self.overlays.last_mut() {
            top.edited(text, &mut self.place, ctx);
        }
    }

    pub fn reply(&mut self, reply: Reply, ctx: &mut AppContext) -> Option<Reply> {
        let place = &mut self.place;
        let mut overlays = self.overlays.iter_mut().rev();
        let untaken = overlays.try_fold(reply, |reply, overlay| overlay.reply(reply, place, ctx));
        self.overlays.retain(|overlay| !overlay.is_done());
        let untaken = self.place.reply(untaken?, ctx);
        self.overlays.extend(self.place.take_question());
        untaken
    }

    pub fn leave(&mut self, ctx: &mut AppContext) {
        self.overlays.clear();
        self.place.leave(ctx);
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        self.place.draw(area, buf, ctx);
        // The status and what may be said there stay in sight under an overlay.
        let above = Rect { height: area.height - footer::ROWS, ..area };
        for overlay in &mut self.overlays {
            overlay.draw(above, buf, &mut self.place, ctx);
        }
        if let Some(top) = self.overlays.last() {
            let foot = Rect { y: above.bottom(), height: footer::ROWS, ..area };
            footer::draw(foot, buf, top.context(), top.keys(), ctx);
        }
    }
}

/// Says that a key does nothing here; of another script's letter, what helps.
fn say_unbound(key: &KeyEvent, ctx: &mut AppContext) {
    let KeyCode::Char(c) = key.code else { return };
    let help = ctx.keymap.keys_for(Context::Global, Action::Help).join(" or ");
    let said = match c {
        c if c.is_control() => return,
        c if c.is_alphabetic() && !c.is_ascii() => format!(
            "{} is no key here: switch to Latin letters, or bind it under [keys] in config.toml",
            sanitize::line(c.encode_utf8(&mut [0; 4]))
        ),
        _ => format!("no action is on {} here · {help} lists the keys", KeyPattern::from(key).label()),
    };
    ctx.set_status(Tone::Quiet, said);
}

/// The question before what is at stake is lost.
fn loss(place: &impl Place) -> Option<String> {
    let stake = place.at_stake()?;
    Some(format!("{stake} Its scores, categories and note stay as a draft. Go on without it?"))
}
