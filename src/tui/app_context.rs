//! The context that every screen works with: the settings, the line at the foot, the time of
//! the message at hand, and what has been asked of the world.

use super::action::Action;
use super::key_repeat::KeyRepeat;
use super::keymap::{KeyPattern, Keymap};
use super::message::Effect;
use super::theme::Theme;
use crate::domain::pace::Limits;
use crate::domain::time::UtcMillis;
use crate::store::{ConnectionState, DamagedRow, StoreError};
use crate::text::fit::cut;
use crate::tui::worker::{Request, ReviewRequest};
use crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use std::cell::RefCell;

/// The meaning of the line at the foot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Quiet,
    Good,
    Warning,
    Error,
}

/// The status line: what the workstation said last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    pub tone: Tone,
    pub text: String,
}

/// The connection to the server is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    tries: u32,
    /// The time of the next try.
    next_at: UtcMillis,
    /// Whole seconds until then, as they were told last; 0: it is being tried.
    seconds: i64,
    pub why: String,
}

impl Outage {
    /// The time at which the seconds shown are fewer.
    fn due(&self) -> Option<UtcMillis> {
        (self.seconds > 0).then(|| self.next_at - (self.seconds - 1) * 1000)
    }

    fn tick(&mut self, now: UtcMillis) {
        self.seconds = ((self.next_at - now).max(0) + 999) / 1000;
    }

    /// `connection lost, trying again in 2 s (3)`.
    pub fn summary(&self) -> String {
        let when = if self.seconds > 0 { format!("in {} s", self.seconds) } else { "now".into() };
        format!("connection lost, trying again {when} ({})", self.tries)
    }
}

/// What is done in a shell: the palette tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellCommand {
    /// `karat export`.
    pub name: String,
    /// `karat export [OPTIONS] --to <TO> <QUEUE>`.
    pub usage: String,
    /// What it does, in a sentence.
    pub about: String,
}

/// The context that every screen shares.
pub struct AppContext {
    pub keymap: Keymap,
    pub theme: Theme,
    pub reviewer: String,
    /// The server that the workspace is on; `None`: a file.
    pub place: Option<String>,
    /// Why the reviewer may look at the workspace and change nothing in it; `None`: they may.
    pub only_looks: Option<String>,
    /// A pause counts up to this long in the time on an item.
    pub idle_millis: i64,
    pub pace: Limits,
    /// The time at which the message at hand came.
    pub now: UtcMillis,
    pub status: Status,
    /// The status was said before the message at hand came.
    status_is_old: bool,
    /// A warning that stays beside the status until a key is pressed that does not decide.
    pub warning: Option<String>,
    key_repeat: KeyRepeat,
    /// The key at hand is held down: nobody has pressed it again.
    pub key_is_held: bool,
    /// Actions that were chosen in the palette, the last first.
    pub chosen: Vec<Action>,
    /// Makes the list of what is done in a shell, when somebody looks for it.
    pub shell_commands: fn() -> Vec<ShellCommand>,
    /// What a command needs behind it to find this workspace, such as ` --db FILE`.
    pub db_option: String,
    /// `None`: all is well.
    pub outage: Option<Outage>,
    /// Whether what is on screen may differ from what was drawn.
    pub stale_frame: bool,
    /// Where the foot that was drawn last names which keys.
    pub foot: RefCell<Vec<(Rect, KeyPattern)>>,
    effects: Vec<Effect>,
    /// Drafts of items that were left, which could not be saved, each with the time to
    /// try again.
    again: Vec<(UtcMillis, Request)>,
}

/// The least width for the server's name.
const WIDTH_FOR_SERVER: usize = 100;

/// The time after which a failure in the background is tried again.
const RETRY_DRAFT_AFTER_MILLIS: i64 = 5_000;

impl AppContext {
    pub fn new(keymap: Keymap, theme: Theme, reviewer: String, idle_millis: i64) -> Self {
        let status = Status::default();
        Self {
            keymap,
            theme,
            reviewer,
            place: None,
            only_looks: None,
            idle_millis,
            pace: Limits::default(),
            now: 0,
            status,
            status_is_old: false,
            warning: None,
            key_repeat: KeyRepeat::default(),
            key_is_held: false,
            chosen: Vec::new(),
            shell_commands: Vec::new,
            db_option: String::new(),
            outage: None,
            foot: RefCell::default(),
            stale_frame: true,
            effects: Vec::new(),
            again: Vec::new(),
        }
    }

    /// Takes note that the reviewer may only look, for this reason.
    pub fn set_only_looks(&mut self, error: &StoreError) {
        self.only_looks = Some(match error {
            StoreError::Forbidden(_) => "you may look here, and not decide: a lead grants more".into(),
            error => error.to_string(),
        });
    }

    /// Why the action is refused to whoever may only look.
    pub fn refusal(&self, action: Action) -> Option<&str> {
        self.only_looks.as_deref().filter(|_| action.writes())
    }

    /// Whether the action is refused, which says why.
    pub fn refuses(&mut self, action: Action) -> bool {
        let why = self.refusal(action).map(str::to_owned);
        let is_refused = why.is_some();
        why.into_iter().for_each(|why| self.set_status(Tone::Warning, why));
        is_refused
    }

    /// Whether what came on screen then was there for less time than anybody needs to see it.
    pub fn is_unseen(&self, shown_at: UtcMillis) -> bool {
        (0..i64::from(self.pace.guard_ms)).contains(&(self.now - shown_at))
    }

    pub fn ask(&mut self, request: impl Into<Request>) {
        let request = request.into();
        if let Request::Review(ReviewRequest::SaveDraft { seq, .. })
        | Request::Review(ReviewRequest::Decide { seq, .. }) = &request
        {
            self.again.retain(
                |(_, old)| !matches!(old, Request::Review(ReviewRequest::SaveDraft { seq: of, .. }) if of == seq),
            );
        }
        self.effects.push(Effect::Ask(request));
    }

    /// Keeps a draft that could not be saved; a newer one of its item takes its place.
    pub fn ask_again_later(&mut self, request: Request, error: &StoreError) {
        self.set_status(Tone::Error, format!("a draft is not saved yet: {error}"));
        self.again.push((self.now + RETRY_DRAFT_AFTER_MILLIS, request));
    }

    pub fn has_unsaved_drafts(&self) -> bool {
        !self.again.is_empty()
    }

    /// The connection is lost, or back.
    pub fn connection_changed(&mut self, state: ConnectionState) {
        self.stale_frame = true;
        self.outage = match state {
            ConnectionState::Lost { tries, next, why } => {
                let next_at = self.now + i64::try_from(next.as_millis()).unwrap_or(i64::MAX / 2);
                let mut outage = Outage { tries, next_at, seconds: 0, why };
                outage.tick(self.now);
                Some(outage)
            }
            ConnectionState::Back => {
                // That a decision is saved is still to be read.
                let said =
                    if self.status.tone == Tone::Good { format!("{} · ", self.status.text) } else { String::new() };
                self.set_status(Tone::Good, format!("{said}connected again"));
                None
            }
        };
    }

    /// The reviewer, and whether they may only look.
    pub fn reviewer_in(&self, width: usize) -> String {
        let only_looks = if self.only_looks.is_some() { " · only looks" } else { "" };
        format!("{}{only_looks}", cut(&self.reviewer, width))
    }

    /// The reviewer, and the server where there is room for it.
    pub fn who(&self, width: usize) -> String {
        let reviewer = self.reviewer_in((width / 3).max(12));
        match self.place.as_ref().filter(|_| width >= WIDTH_FOR_SERVER) {
            Some(place) => format!("{reviewer} on {}", cut(place, width / 4)),
            None => reviewer,
        }
    }

    /// The server cannot be reached.
    pub fn is_cut_off(&self) -> bool {
        self.outage.is_some()
    }

    pub fn due(&self) -> Option<UtcMillis> {
        let again = self.again.iter().map(|(at, _)| *at).min();
        let outage = self.outage.as_ref().and_then(Outage::due);
        [again, outage].into_iter().flatten().min()
    }

    /// Asks again for what is due.
    pub fn tick(&mut self) {
        if let Some(outage) = self.outage.as_mut().filter(|outage| outage.due().is_some_and(|at| at <= self.now)) {
            outage.tick(self.now);
            self.stale_frame = true;
        }
        for (at, request) in std::mem::take(&mut self.again) {
            if at <= self.now { self.ask(request) } else { self.again.push((at, request)) }
        }
    }

    pub fn emit(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub fn set_status(&mut self, tone: Tone, text: impl Into<String>) {
        self.status = Status { tone, text: text.into() };
        self.status_is_old = false;
        self.stale_frame = true;
    }

    /// Says what failed, and what the reader can do about it.
    pub fn set_failure(&mut self, error: &StoreError) {
        let hint = error.hint().map(|hint| format!(" · {hint}")).unwrap_or_default();
        self.set_status(Tone::Error, format!("{error}{hint}"));
    }

    /// Says that a key was ignored, behind what was saved, which is still to be read.
    pub fn say_ignored(&mut self, why: &str) {
        let ignored = format!("key ignored: {why}");
        let text = match self.status.tone {
            Tone::Good if !self.status.text.is_empty() => format!("{} · {ignored}", self.status.text),
            _ if self.status.text.ends_with(&ignored) => return,
            _ => ignored,
        };
        self.set_status(Tone::Warning, text);
    }

    /// Names the first of the rows that were passed over.
    pub fn say_damaged(&mut self, rows: &[DamagedRow]) {
        let Some(first) = rows.first() else { return };
        let more = if rows.len() > 1 { format!(", and {} more", rows.len() - 1) } else { String::new() };
        self.set_status(Tone::Warning, format!("passed over: {first}{more} · `karat doctor` lists them"));
    }

    pub fn clear_status(&mut self) {
        self.status = Status::default();
    }

    /// Takes note of a key before it acts.
    pub fn key_pressed(&mut self, key: &KeyEvent) {
        self.status_is_old = true;
        self.key_is_held = self.key_repeat.press(key, self.now, i64::from(self.pace.guard_ms));
    }

    /// Clears what was said before the key at hand: another place opens.
    pub fn clear_old_status(&mut self) {
        if self.status_is_old {
            self.clear_status();
        }
    }

    /// Takes note of an action that was chosen in the palette.
    pub fn remember_chosen(&mut self, action: Action) {
        self.chosen.retain(|before| *before != action);
        self.chosen.insert(0, action);
    }
}
