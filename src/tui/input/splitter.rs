//! Cuts the bytes that a terminal sends into keys, pastes and answers.
//!
//! A terminal answers on the line that keys come by, whenever it gets to it, and on a slow line
//! its bytes come in pieces. What a piece of a sequence is shows only with the next one: `ESC` is
//! a key, or the beginning of an arrow, of Alt and a key, or of an answer. So the [`Splitter`]
//! holds what may go on, for a moment only where a person may have typed it.
//!
//! Forms after ECMA-48 (5.4, 5.6, 8.3) and xterm's control sequences: `ESC [` up to a letter
//! (CSI), and `ESC ]` (OSC), `ESC P` (DCS), `ESC _` (APC), `ESC ^` (PM) and `ESC X` (SOS) up to
//! ST (`ESC \`) or BEL.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The wait for the rest of a sequence that a person may have typed. Two keys that are
/// typed one after the other are further apart.
const KEY_WAIT: Duration = Duration::from_millis(50);

/// [`KEY_WAIT`] while the terminal owes an answer.
const ASKED_WAIT: Duration = Duration::from_millis(500);

/// The longest that a terminal owes its answer.
const ASKED: Duration = Duration::from_secs(10);

/// Beginnings of the answers that a terminal is asked for: the background (OSC 11) and its
/// attributes (DA1). What begins so while they are owed is one, however slowly it comes.
const OWED: [&[u8]; 2] = [b"\x1b]11;", b"\x1b[?"];

/// The wait for the rest of a sequence that nobody types.
const SEQUENCE_WAIT: Duration = Duration::from_secs(2);

/// The time after a wait was given up in which the rest of the sequence is recognised by itself.
const LATE: Duration = Duration::from_secs(5);

/// A text without an end this long is none.
const LONGEST_TEXT: usize = 64 * 1024;

/// A piece of what came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// The bytes of one event: a key, the mouse, the focus.
    Event(Vec<u8>),
    /// The bytes that were pasted.
    Paste(Vec<u8>),
    /// An answer of the terminal, without `ESC` and end: `]11;rgb:1e1e/1e1e/2e2e`, `[?62c`.
    Answer(Vec<u8>),
}

/// Cuts bytes into [`Piece`]s, wherever they were cut on their way. It reads no clock.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    /// The sequence under way.
    held: Vec<u8>,
    state: State,
    /// The number of bytes of the sequence that were given up: as keys,
    given_up: usize,
    given_up_at: Option<Instant>,
    /// or, where this is set, as nothing.
    dropped: bool,
    last_byte_at: Option<Instant>,
    asked_at: Option<Instant>,
    /// The `ESC` of the sequence came by itself, as the key does.
    alone: bool,
    /// The sequence began as an answer does that was owed.
    is_owed: bool,
    pieces: VecDeque<Piece>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    /// A character in UTF-8 with so many bytes missing.
    Character(u8),
    Escape,
    /// `ESC O`, before its letter.
    SingleShift,
    /// `ESC [`, before its letter.
    Control,
    /// A sequence that ends after so many bytes, whatever they are: `ESC [ [` and a letter (F1 to F5 of Linux'
    /// console), `ESC [ M` and three (the mouse of old terminals).
    Counted(u8),
    /// OSC, DCS, APC, PM, SOS, before their end.
    Text,
    /// `ESC` in one of them: the first byte of its end.
    TextEnd,
    /// Between the brackets of a paste.
    Paste,
}

impl Splitter {
    /// Tells that the terminal was asked something, and last for its attributes (DA1).
    pub(super) fn ask(&mut self, now: Instant) {
        self.asked_at = Some(now);
    }

    /// The attributes have not come yet, nor what was asked before them.
    pub(super) fn is_asked(&self) -> bool {
        self.asked_at.is_some()
    }

    /// Takes bytes as they come.
    pub(super) fn feed(&mut self, bytes: &[u8], now: Instant) {
        self.expire(now);
        let is_late = self.given_up_at.is_some_and(|at| now.duration_since(at) > LATE);
        if is_late && self.pending().is_empty() {
            self.reset();
        }
        self.last_byte_at = Some(now);
        for byte in bytes {
            self.take(*byte);
        }
        self.alone |= self.state == State::Escape;
        self.is_owed |= self.asked_until().is_some() && OWED.iter().any(|owed| self.held.starts_with(owed));
    }

    /// The next piece that is whole.
    pub(super) fn next(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// Something is held that may turn out to be keys.
    pub(super) fn may_hold_keys(&self) -> bool {
        // Half a character comes to a key only when its rest does.
        let is_other = matches!(self.state, State::Paste | State::Character(_)) || self.is_surely_no_key();
        !self.pending().is_empty() && !is_other && self.owed_until().is_none()
    }

    /// The time at which [`Splitter::expire`] has something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.pending().is_empty() || self.state == State::Paste {
            return None;
        }
        let last = self.last_byte_at?;
        let wait = if self.is_surely_no_key() {
            SEQUENCE_WAIT
        } else if self.asked_until().is_some() {
            ASKED_WAIT
        } else {
            KEY_WAIT
        };
        Some(self.owed_until().map_or(last + wait, |end| end.max(last + wait)))
    }

    /// The end of the time in which the terminal owes an answer, where the last byte came before it.
    fn asked_until(&self) -> Option<Instant> {
        let end = self.asked_at? + ASKED;
        (self.last_byte_at? < end).then_some(end)
    }

    /// The time until which what is held is taken for the beginning of an answer that is owed.
    fn owed_until(&self) -> Option<Instant> {
        let may_be_owed = self.is_owed || OWED.iter().any(|owed| owed.starts_with(&self.held));
        self.asked_until().filter(|_| may_be_owed && self.held.len() > 1) // an ESC by itself is a key
    }

    /// Gives up waiting for the rest of a sequence, where that is due: what a person may have
    /// typed was keys.
    pub(super) fn expire(&mut self, now: Instant) {
        if self.due().is_none_or(|due| due > now) {
            return;
        }
        self.dropped |= self.is_surely_no_key();
        self.give_up();
        self.given_up = self.held.len();
        self.given_up_at.get_or_insert(now);
    }

    /// The bytes that are held and were not given up.
    fn pending(&self) -> &[u8] {
        &self.held[self.given_up..]
    }

    fn take(&mut self, byte: u8) {
        use State::*;
        self.held.push(byte);
        self.state = match (self.state, byte) {
            (Ground, ESC) => Escape,
            // Alt and a key come at once.
            (Escape, other) if other == ESC || self.alone && !b"O[]P_^X".contains(&other) => return self.break_off(),
            (Ground | Escape, 0xc2..=0xdf) => Character(1),
            (Ground | Escape, 0xe0..=0xef) => Character(2),
            (Ground | Escape, 0xf0..=0xf4) => Character(3),
            (Ground, _) => return self.event(),
            (Character(1), 0x80..=0xbf) => return self.event(),
            (Character(missing), 0x80..=0xbf) => Character(missing - 1),
            (Escape, b'O') => SingleShift,
            (Escape, b'[') => Control,
            (Escape, b']' | b'P' | b'_' | b'^' | b'X') => Text,
            (Escape, _) => return self.event(),
            (SingleShift | Control, b' '..=b'?') => self.state,
            (Control, b'[') if self.held.len() == 3 => Counted(1),
            (Control, b'M') if self.held.len() == 3 => Counted(3),
            (SingleShift, b'@'..=b'~') => return self.event(),
            (Control, b'@'..=b'~') => return self.control(),
            (Counted(1), _) => return self.event(),
            (Counted(missing), _) => Counted(missing - 1),
            (Text, BEL) => return self.text(1),
            (Text, ESC) => TextEnd,
            (Text, b' '..) if self.held.len() < LONGEST_TEXT => Text,
            (TextEnd, b'\\') => return self.text(2),
            (Paste, b'~') if self.held.ends_with(PASTE_END) => return self.paste(),
            (Paste, _) => Paste,
            _ => return self.break_off(),
        };
    }

    fn event(&mut self) {
        if self.given_up > 0 {
            return self.replay();
        }
        self.pieces.push_back(Piece::Event(std::mem::take(&mut self.held)));
        self.reset();
    }

    fn control(&mut self) {
        let is_paste = self.held == PASTE_START && (self.given_up == 0 || self.dropped || self.pending().len() > 3);
        if is_paste {
            self.state = State::Paste;
        } else if is_report(&self.held[2..]) && (self.given_up == 0 || self.dropped || self.pending().len() > 1) {
            self.answer(0);
        } else if self.dropped {
            self.reset();
        } else {
            self.event();
        }
    }

    fn text(&mut self, end: usize) {
        // By itself an end is Ctrl+G, or Alt and a key.
        if self.given_up > 0 && self.pending().len() <= end && !self.dropped {
            self.replay();
        } else {
            self.answer(end);
        }
    }

    fn answer(&mut self, end: usize) {
        let answer = self.held[1..self.held.len() - end].to_vec();
        if answer.starts_with(b"[?") && answer.ends_with(b"c") {
            self.asked_at = None;
        }
        self.pieces.push_back(Piece::Answer(answer));
        self.reset();
    }

    fn paste(&mut self) {
        let text = self.held[PASTE_START.len()..self.held.len() - PASTE_END.len()].to_vec();
        self.pieces.push_back(Piece::Paste(text));
        self.reset();
    }

    /// The last byte does not go on with what is held.
    fn break_off(&mut self) {
        let from = self.held.len() - if self.state == State::TextEnd { 2 } else { 1 };
        let rest = self.held.split_off(from.max(self.given_up));
        self.give_up();
        self.take_anew(rest);
    }

    /// Takes what came after a wait was given up by itself.
    fn replay(&mut self) {
        let rest = self.held.split_off(self.given_up);
        self.take_anew(rest);
    }

    fn take_anew(&mut self, bytes: Vec<u8>) {
        self.reset();
        bytes.into_iter().for_each(|byte| self.take(byte));
    }

    fn reset(&mut self) {
        self.held.clear();
        self.state = State::Ground;
        (self.given_up, self.given_up_at) = (0, None);
        (self.dropped, self.alone, self.is_owed) = (false, false, false);
    }

    /// Makes keys of the bytes that waited in vain for their rest, or nothing where nobody types them.
    fn give_up(&mut self) {
        if self.is_surely_no_key() {
            return;
        }
        let text = String::from_utf8_lossy(self.pending()).into_owned();
        let first = if text.starts_with('\u{1b}') && !self.alone { 2 } else { 1 }; // Alt and a key
        let (first, others) = text.split_at(text.char_indices().nth(first).map_or(text.len(), |(at, _)| at));
        let keys = std::iter::once(first).chain(others.split_inclusive(|_| true));
        let whole = keys.filter(|key| !key.is_empty() && !key.contains(char::REPLACEMENT_CHARACTER));
        self.pieces.extend(whole.map(|key| Piece::Event(key.into())));
    }

    /// Whether nobody types what is held.
    fn is_surely_no_key(&self) -> bool {
        if self.is_owed {
            return true;
        }
        let (Some(introducer), Some(first)) = (self.held.get(1), self.held.get(2)) else { return false };
        let is_one = match (self.state, introducer) {
            (State::Control | State::Counted(_), _) => return self.given_up == 0,
            (State::Text | State::TextEnd, b']') => first.is_ascii_digit(),
            (State::Text | State::TextEnd, b'P') => matches!(first, b'0'..=b'9' | b'>' | b'!' | b'?' | b'|'),
            (State::Text | State::TextEnd, b'_') => *first == b'G',
            _ => false,
        };
        // A rest is known by its length: keys come one at a time.
        is_one && (self.given_up == 0 || self.pending().len() > 3 && self.pending().contains(&b';'))
    }
}

/// Whether a control sequence (without `ESC [`) tells of the terminal and is no key: DA, DSR,
/// CPR, DECRPM, XTWINOPS, DECREQTPARM, and those with a mark before their numbers.
fn is_report(sequence: &[u8]) -> bool {
    let has_mark = matches!(sequence, [b'?' | b'>' | b'=', ..]);
    has_mark || matches!(sequence, [b'0'..=b'9', .., b'c' | b'n' | b'R' | b't' | b'x' | b'y'])
}

#[cfg(test)]
mod tests;
