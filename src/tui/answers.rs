//! Tells what the terminal answers from what a person types.
//!
//! A terminal answers on the line that keys come by, whenever it gets to it, and the answer may
//! come in pieces. The parser of keys knows few answers and reads the others as keys: an
//! `ESC ] 11;rgb:…` becomes Alt+], then `1`, `1`, `;` and so on, and where the piece ended behind
//! the `ESC`, an Esc and a plain `]`. [`Answers`] takes those out of the events again.
//!
//! Forms after ECMA-48 (5.6, 8.3) and xterm's control sequences: `ESC ]` (OSC), `ESC P` (DCS),
//! `ESC _` (APC) up to ST (`ESC \`) or BEL, and `ESC [` (CSI) up to a letter.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long an Esc waits for the rest of an answer. A person's next key comes later.
const ESC_WAIT: Duration = Duration::from_millis(50);

/// How long it waits while a question is open.
const ESC_WAIT_ASKED: Duration = Duration::from_millis(300);

/// How long the beginning of an answer waits for what makes it one, while a question is open.
const BEGINNING_WAIT_ASKED: Duration = Duration::from_secs(1);

/// How long an answer under way waits for more. What came of it is dropped then.
const END_WAIT: Duration = Duration::from_secs(2);

/// How long a question stays open: a terminal that has not answered by then will not.
const OPEN: Duration = Duration::from_secs(30);

/// A longer answer is none: the keys behind it are a person's.
const LONGEST: usize = 256;

/// Takes the terminal's answers out of its events.
#[derive(Default)]
pub struct Answers {
    state: State,
    /// Events that may be the beginning of an answer.
    held: Vec<Event>,
    /// When the last of them came.
    since: Option<Instant>,
    /// They came before the present frame was seen.
    is_stale: bool,
    asked: Option<Instant>,
    /// The last event that was let through is an Esc.
    after_esc: bool,
    passed: VecDeque<Passed>,
}

/// What is left of the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// Made by a person.
    Event(Event),
    /// An operating-system command of the terminal's, without its frame: `11;rgb:0000/0000/0000`.
    Answer(String),
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Person,
    /// An Esc was pressed, or an answer begins.
    Esc,
    /// The first two bytes of an answer are there, or Alt and a key.
    Beginning(Form),
    /// An answer, as far as it came; its last event may be the Esc of its end.
    Answer { form: Form, text: String, is_ending: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `ESC ]`: numbers and a `;` come first.
    Command,
    /// `ESC P` and `ESC _`.
    Text,
    /// `ESC [`: parameters, then a letter.
    Control,
}

impl Answers {
    /// A question was put to the terminal.
    pub fn ask(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// Whether a question is open.
    pub fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// Takes an event as it comes.
    pub fn take(&mut self, event: Event, now: Instant) {
        self.expire(now);
        match &event {
            Event::Key(key) if key.kind == KeyEventKind::Release => self.passed.push_back(Passed::Event(event)),
            Event::Key(key) => {
                let key = *key;
                self.key(key, event, now);
            }
            // They come by another way, or between two pieces.
            _ if matches!(self.state, State::Answer { .. }) => self.passed.push_back(Passed::Event(event)),
            Event::Resize(..) => self.passed.push_back(Passed::Event(event)),
            _ => {
                self.let_through();
                self.pass(event);
            }
        }
    }

    /// What has come through, in order.
    pub fn next(&mut self) -> Option<Passed> {
        self.passed.pop_front()
    }

    /// When [`Answers::expire`] has something to let through or to drop.
    pub fn due(&self) -> Option<Instant> {
        let wait = match self.state {
            State::Person => return None,
            State::Esc => self.waits(ESC_WAIT, ESC_WAIT_ASKED),
            State::Beginning(_) => self.waits(ESC_WAIT, BEGINNING_WAIT_ASKED),
            State::Answer { .. } => END_WAIT,
        };
        self.since.map(|since| since + wait)
    }

    /// Gives up waiting for what is overdue.
    pub fn expire(&mut self, now: Instant) {
        if self.asked.is_some_and(|asked| now.saturating_duration_since(asked) > OPEN) {
            self.asked = None;
        }
        if self.due().is_some_and(|due| due <= now) {
            self.let_through();
        }
    }

    /// A frame has been seen: what is still held was pressed without seeing it.
    pub fn painted(&mut self) {
        self.is_stale = !self.held.is_empty();
    }

    fn waits(&self, usual: Duration, asked: Duration) -> Duration {
        if self.asked.is_some() { asked } else { usual }
    }

    fn key(&mut self, key: KeyEvent, event: Event, now: Instant) {
        match std::mem::take(&mut self.state) {
            State::Person => self.first(key, event, now),
            State::Esc => match begins(key.code).filter(|_| is_plain(key)) {
                Some(form) => self.hold(event, State::Beginning(form), now),
                None => {
                    self.let_through();
                    self.first(key, event, now);
                }
            },
            State::Beginning(form) => match makes_one(form, key) {
                Some(text) => {
                    self.held.clear();
                    self.go_on(form, text, now);
                }
                None => {
                    self.let_through();
                    self.first(key, event, now);
                }
            },
            State::Answer { form, text, is_ending } => self.within(form, text, is_ending, key, now),
        }
    }

    /// An event with nothing before it that waits.
    fn first(&mut self, key: KeyEvent, event: Event, now: Instant) {
        let alone = key.modifiers.difference(KeyModifiers::SHIFT);
        match key.code {
            KeyCode::Esc if alone.is_empty() => self.hold(event, State::Esc, now),
            // `ESC [` is never read as Alt+[.
            code if alone == KeyModifiers::ALT && begins(code).is_some_and(|form| form != Form::Control) => {
                let form = begins(code).unwrap_or(Form::Text);
                self.hold(event, State::Beginning(form), now);
            }
            // The wait behind the Esc was too short: an open question is worth another one.
            code if self.after_esc && self.asked.is_some() && is_plain(key) && begins(code).is_some() => {
                let form = begins(code).unwrap_or(Form::Text);
                self.hold(event, State::Beginning(form), now);
            }
            _ => self.pass(event),
        }
    }

    fn within(&mut self, form: Form, mut text: String, is_ending: bool, key: KeyEvent, now: Instant) {
        let alone = key.modifiers.difference(KeyModifiers::SHIFT);
        let ends = match (key.code, form) {
            (KeyCode::Char('g'), Form::Command | Form::Text) => alone == KeyModifiers::CONTROL,
            (KeyCode::Char('\\'), Form::Command | Form::Text) => is_ending || alone == KeyModifiers::ALT,
            (KeyCode::Char('@'..='~'), Form::Control) => alone.is_empty(),
            _ => false,
        };
        if ends {
            self.end(form, text);
            return;
        }
        match key.code {
            KeyCode::Char(c) if alone.is_empty() && !is_ending && text.len() < LONGEST => {
                text.push(c);
                self.go_on(form, text, now);
            }
            KeyCode::Esc if form != Form::Control => {
                self.since = Some(now);
                self.state = State::Answer { form, text, is_ending: true };
            }
            // Cut off: what comes is a person's, or another answer.
            _ => {
                self.let_through();
                self.key(key, Event::Key(key), now);
            }
        }
    }

    fn go_on(&mut self, form: Form, text: String, now: Instant) {
        self.since = Some(now);
        self.state = State::Answer { form, text, is_ending: false };
    }

    fn end(&mut self, form: Form, text: String) {
        self.let_through();
        if form == Form::Command {
            self.asked = None;
            self.passed.push_back(Passed::Answer(text));
        }
    }

    fn hold(&mut self, event: Event, state: State, now: Instant) {
        self.after_esc = false;
        self.held.push(event);
        self.since = Some(now);
        self.state = state;
    }

    /// What was held is a person's, or, from an answer that never ended, nobody's.
    fn let_through(&mut self) {
        self.state = State::Person;
        self.since = None;
        let stale = std::mem::take(&mut self.is_stale);
        for event in std::mem::take(&mut self.held) {
            if !stale {
                self.pass(event);
            }
        }
    }

    fn pass(&mut self, event: Event) {
        self.after_esc = matches!(&event, Event::Key(key) if key.code == KeyCode::Esc);
        self.passed.push_back(Passed::Event(event));
    }
}

/// The form that begins with an Esc and this key.
fn begins(code: KeyCode) -> Option<Form> {
    match code {
        KeyCode::Char(']') => Some(Form::Command),
        KeyCode::Char('P' | '_') => Some(Form::Text),
        KeyCode::Char('[') => Some(Form::Control),
        _ => None,
    }
}

/// The answer's text so far, where the key that follows its first two bytes is one that a person
/// does not press there.
fn makes_one(form: Form, key: KeyEvent) -> Option<String> {
    let KeyCode::Char(c) = key.code else { return None };
    let fits = is_plain(key)
        && match form {
            Form::Command => c.is_ascii_digit(),
            Form::Text => c.is_ascii_digit() || matches!(c, '>' | '!' | 'G'),
            Form::Control => c.is_ascii_digit() || matches!(c, '?' | '>' | '<' | '='),
        };
    fits.then(|| c.to_string())
}

/// Pressed without Ctrl or Alt.
fn is_plain(key: KeyEvent) -> bool {
    key.modifiers.difference(KeyModifiers::SHIFT).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The events that the parser of keys makes of the pieces, each read by itself.
    fn events(pieces: &[&[u8]]) -> Vec<Vec<Event>> {
        let key = |c: char, modifiers| {
            let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers | shift))
        };
        let of_piece = |piece: &&[u8]| {
            let mut events = Vec::new();
            let mut bytes = piece.iter().copied().peekable();
            while let Some(byte) = bytes.next() {
                events.push(match byte {
                    0x1b if bytes.peek().is_none_or(|next| *next == 0x1b) => {
                        bytes.next();
                        Event::Key(KeyCode::Esc.into())
                    }
                    0x1b => key(char::from(bytes.next().unwrap()), KeyModifiers::ALT),
                    0x07 => key('g', KeyModifiers::CONTROL),
                    byte => key(char::from(byte), KeyModifiers::NONE),
                });
            }
            events
        };
        pieces.iter().map(of_piece).collect()
    }

    fn drain(answers: &mut Answers) -> Vec<Passed> {
        std::iter::from_fn(|| answers.next()).collect()
    }

    /// What passes of pieces that come with pauses, and of waiting long enough behind them.
    fn passed(pieces: &[&[u8]], asked: bool, pause: Duration) -> Vec<Passed> {
        let mut answers = Answers::default();
        let mut now = Instant::now();
        if asked {
            answers.ask(now);
        }
        for piece in events(pieces) {
            for event in piece {
                answers.take(event, now);
            }
            now += pause;
            answers.expire(now);
        }
        answers.expire(now + Duration::from_secs(5));
        drain(&mut answers)
    }

    fn person(keys: &str) -> Vec<Passed> {
        events(&[keys.as_bytes()]).into_iter().flatten().map(Passed::Event).collect()
    }

    const ANSWERS: [&str; 6] = [
        "\x1b]11;rgb:1e1e/1E1E/2e2e\x1b\\",
        "\x1b]10;rgb:ffff/ffff/ffff\x07",
        "\x1bP>|term 1.2\x1b\\",
        "\x1bP1$r0m\x1b\\",
        "\x1b_Gi=1;OK\x1b\\",
        "\x1b]4;1;rgb:0000/0000/0000\x07",
    ];

    #[test]
    fn an_answer_split_at_any_byte_is_no_key() {
        for answer in ANSWERS {
            for at in 1..answer.len() {
                let (start, end) = answer.as_bytes().split_at(at);
                for pause in [0, 20, 45] {
                    let left = passed(&[b"a", start, end, b"j"], false, Duration::from_millis(pause));
                    let keys: Vec<_> = left.into_iter().filter(|left| matches!(left, Passed::Event(_))).collect();
                    assert_eq!(keys, [person("a"), person("j")].concat(), "{answer:?} at {at}, {pause} ms");
                }
            }
        }
    }

    #[test]
    fn while_a_question_is_open_every_byte_may_come_by_itself() {
        for answer in ANSWERS {
            let pieces: Vec<&[u8]> = answer.as_bytes().chunks(1).collect();
            for pause in [0, 100, 250, 900] {
                let left = passed(&pieces, true, Duration::from_millis(pause));
                let keys = left.iter().filter(|left| **left != Passed::Event(Event::Key(KeyCode::Esc.into())));
                let keys = keys.filter(|left| matches!(left, Passed::Event(_)));
                assert_eq!(keys.count(), 0, "{answer:?}, {pause} ms: {left:?}");
            }
        }
    }

    #[test]
    fn the_answer_comes_out_without_its_frame() {
        let left = passed(&[ANSWERS[0].as_bytes()], true, Duration::ZERO);
        assert_eq!(left, [Passed::Answer("11;rgb:1e1e/1E1E/2e2e".into())]);
    }

    #[test]
    fn a_persons_keys_come_through_in_order() {
        for keys in ["\x1b", "]", "[", "]a", "\x1b]x", "\x1bPx", "a\x1b", "1]2[3", "\x07"] {
            for asked in [false, true] {
                let left = passed(&[keys.as_bytes()], asked, Duration::ZERO);
                assert_eq!(left, person(keys), "{keys:?}");
            }
        }
        let left = passed(&[b"\x1b", b"]", b"1"], false, Duration::from_millis(60));
        assert_eq!(left, [person("\x1b"), person("]"), person("1")].concat(), "Esc, ] and 1, as fast as hands are");
    }

    #[test]
    fn an_answer_that_never_ends_is_dropped() {
        let mut answers = Answers::default();
        let now = Instant::now();
        for event in events(&[b"\x1b]11;rgb:00"]).remove(0) {
            answers.take(event, now);
        }
        let later = now + END_WAIT;
        answers.expire(later);
        for event in events(&[b"a"]).remove(0) {
            answers.take(event, later);
        }
        assert_eq!(drain(&mut answers), person("a"));
    }

    #[test]
    fn keys_held_while_a_frame_is_drawn_were_pressed_without_seeing_it() {
        let mut answers = Answers::default();
        let now = Instant::now();
        for event in events(&[b"\x1b", b"]"]).concat() {
            answers.take(event, now);
        }
        answers.painted();
        answers.expire(now + Duration::from_secs(1));
        assert_eq!(drain(&mut answers), []);
    }

    proptest! {
        /// Nothing that a person types is lost or put out of order, but where it is an answer.
        #[test]
        fn plain_keys_are_never_held(keys in "[a-z0-9;:/ ]{0,40}") {
            prop_assert_eq!(passed(&[keys.as_bytes()], true, Duration::ZERO), person(&keys));
        }

        #[test]
        fn answers_between_keys_leave_the_keys(keys in "[ac-z]{0,6}", which in 0..ANSWERS.len(), cut in 0..60_usize) {
            let line = format!("{keys}{}{keys}", ANSWERS[which]);
            let (start, end) = line.as_bytes().split_at(cut.min(line.len()));
            let left = passed(&[start, end], false, Duration::from_millis(10));
            let left: Vec<_> = left.into_iter().filter(|left| matches!(left, Passed::Event(_))).collect();
            prop_assert_eq!(left, [person(&keys), person(&keys)].concat());
        }
    }
}
