//! What every screen works with: the settings, the line at the foot, the time of
//! the message at hand, and what has been asked of the world.

use super::keymap::Keymap;
use super::message::Effect;
use super::theme::Theme;
use super::worker::Request;
use crate::domain::pace::Limits;
use crate::domain::time::UtcMillis;
use crate::store::StoreError;

/// How the line at the foot is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Quiet,
    Good,
    Warning,
    Error,
}

/// What the workstation said last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    pub tone: Tone,
    pub text: String,
}

/// What every screen shares.
pub struct Station {
    pub keymap: Keymap,
    pub theme: Theme,
    pub reviewer: String,
    /// A pause counts up to this long in the time on an item.
    pub idle_millis: i64,
    pub pace: Limits,
    /// When the message at hand came.
    pub now: UtcMillis,
    pub status: Status,
    /// What is on screen may differ from what was drawn.
    pub stale_frame: bool,
    effects: Vec<Effect>,
    /// Drafts of items that were left, which could not be saved, each with the time to
    /// try again.
    again: Vec<(UtcMillis, Request)>,
}

/// What failed in the background is tried again after this long.
const AGAIN_AFTER: i64 = 5_000;

impl Station {
    pub fn new(keymap: Keymap, theme: Theme, reviewer: String, idle_millis: i64) -> Self {
        let status = Status::default();
        Self {
            keymap,
            theme,
            reviewer,
            idle_millis,
            pace: Limits::default(),
            now: 0,
            status,
            stale_frame: true,
            effects: Vec::new(),
            again: Vec::new(),
        }
    }

    pub fn ask(&mut self, request: Request) {
        if let Request::SaveDraft { seq, .. } | Request::Decide { seq, .. } = &request {
            self.again.retain(|(_, old)| !matches!(old, Request::SaveDraft { seq: of, .. } if of == seq));
        }
        self.effects.push(Effect::Ask(request));
    }

    /// Keeps a draft that could not be saved; a newer one of its item takes its place.
    pub fn ask_again_later(&mut self, request: Request, error: &StoreError) {
        self.say(Tone::Error, format!("a draft is not saved yet: {error}"));
        self.again.push((self.now + AGAIN_AFTER, request));
    }

    pub fn due(&self) -> Option<UtcMillis> {
        self.again.iter().map(|(at, _)| *at).min()
    }

    /// Asks again for what is due.
    pub fn tick(&mut self) {
        for (at, request) in std::mem::take(&mut self.again) {
            if at <= self.now { self.ask(request) } else { self.again.push((at, request)) }
        }
    }

    pub fn cause(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.status = Status { tone, text: text.into() };
        self.stale_frame = true;
    }

    pub fn hush(&mut self) {
        self.status = Status::default();
    }
}
