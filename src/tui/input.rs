//! What a person does and what the terminal answers, read from the terminal's bytes.
//!
//! crossterm's own reader takes most answers for keys (`ESC ]` is Alt+] to it), and blocks in the
//! middle of a sequence whose rest is late. So the bytes are cut here, and parsed piece by piece.

mod splitter;

use crossterm::event::{Event, KeyModifiers};
use rustix::fs::{Mode, OFlags};
use splitter::{Piece, Splitter};
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::time::Instant;
use tokio::net::unix::pipe::Receiver;

/// Read at once: more than anybody types, and a good part of a paste.
const READ_BYTES: usize = 4096;

/// Something that came from the terminal.
#[derive(Debug)]
pub(super) enum Received {
    /// Made by a person.
    Event(Event),
    /// An answer of the terminal, without its frame: `]11;rgb:1e1e/1e1e/2e2e`, `[?62c`.
    Answer(Vec<u8>),
    /// The terminal is gone.
    Lost,
}

/// Reads the terminal that is the standard input.
pub(super) struct Input {
    terminal: Receiver,
    splitter: Splitter,
}

impl Input {
    /// Begins to read. Needs a running event loop.
    pub(super) fn new() -> io::Result<Self> {
        let terminal = Receiver::from_file_unchecked(open_terminal()?)?;
        Ok(Self { terminal, splitter: Splitter::default() })
    }

    /// Tells that the terminal was asked something, and last for its attributes (DA1).
    pub(super) fn ask(&mut self) {
        self.splitter.ask(Instant::now());
    }

    /// The terminal still owes an answer.
    pub(super) fn is_asked(&self) -> bool {
        self.splitter.is_asked()
    }

    /// Bytes have come that may be keys, or the beginning of something else.
    pub(super) fn may_hold_keys(&self) -> bool {
        self.splitter.may_hold_keys()
    }

    /// The next thing that has come already, without waiting.
    pub(super) fn ready(&mut self) -> Option<Received> {
        loop {
            if let Some(received) = self.next_piece() {
                return Some(received);
            }
            // Not by way of the event loop, which knows only what was there when it last looked.
            let mut bytes = [0; READ_BYTES];
            let count = rustix::io::read(&self.terminal, &mut bytes).map_err(io::Error::from);
            match self.take(count, &bytes) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(_) => return Some(Received::Lost),
            }
        }
    }

    /// Waits for what comes next.
    pub(super) async fn next(&mut self) -> Received {
        if let Some(received) = self.ready() {
            return received;
        }
        loop {
            let due = self.splitter.due();
            let rest = async {
                match due {
                    Some(due) => tokio::time::sleep_until(due.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                readable = self.terminal.readable() => {
                    let mut bytes = [0; READ_BYTES];
                    let count = readable.and_then(|()| self.terminal.try_read(&mut bytes));
                    if self.take(count, &bytes).is_err() {
                        return Received::Lost;
                    }
                }
                () = rest => self.splitter.expire(Instant::now()),
            }
            if let Some(received) = self.next_piece() {
                return received;
            }
        }
    }

    /// The next of what was read.
    fn next_piece(&mut self) -> Option<Received> {
        std::iter::from_fn(|| self.splitter.next()).find_map(|piece| match piece {
            Piece::Event(bytes) => event(&bytes).map(Received::Event),
            Piece::Paste(text) => Some(Received::Event(Event::Paste(String::from_utf8_lossy(&text).into_owned()))),
            Piece::Answer(answer) => Some(Received::Answer(answer)),
        })
    }

    /// Takes what was read; gives how much that was. A terminal has no end but its loss.
    fn take(&mut self, count: io::Result<usize>, bytes: &[u8]) -> io::Result<usize> {
        match count {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.splitter.feed(&bytes[..count], Instant::now());
                Ok(count)
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// The terminal, opened once more: the standard input is shared with the shell, which would not
/// expect it to never block.
fn open_terminal() -> io::Result<File> {
    let open = |path: &OsStr| {
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::open(path, flags, Mode::empty())
    };
    let by_name = rustix::termios::ttyname(io::stdin(), Vec::new());
    let opened = by_name.and_then(|name| open(OsStr::from_bytes(name.as_bytes())));
    // The name may lead nowhere in a container, and belong to somebody else after `su`.
    Ok(opened.or_else(|_| open(OsStr::new("/dev/tty")))?.into())
}

/// The event that the bytes stand for, where the parser knows it.
fn event(bytes: &[u8]) -> Option<Event> {
    if let Some(event) = parse(bytes) {
        return Some(event);
    }
    // `ESC [` and `ESC O` are beginnings to the parser.
    match (bytes.strip_prefix(b"\x1b").and_then(parse)?, bytes.len()) {
        (Event::Key(mut key), 2) => {
            key.modifiers |= KeyModifiers::ALT;
            Some(Event::Key(key))
        }
        _ => None,
    }
}

fn parse(bytes: &[u8]) -> Option<Event> {
    let event = terminput::Event::parse_from(bytes).ok()??;
    terminput_crossterm::to_crossterm(event).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};

    #[test]
    fn keys_are_what_they_were_to_crossterm() {
        let key = |code, modifiers| Event::Key(KeyEvent::new(code, modifiers));
        let expected = [
            ("a", key(KeyCode::Char('a'), KeyModifiers::NONE)),
            ("A", key(KeyCode::Char('A'), KeyModifiers::SHIFT)),
            ("ä", key(KeyCode::Char('ä'), KeyModifiers::NONE)),
            ("\r", key(KeyCode::Enter, KeyModifiers::NONE)),
            ("\x12", key(KeyCode::Char('r'), KeyModifiers::CONTROL)),
            ("\x7f", key(KeyCode::Backspace, KeyModifiers::NONE)),
            ("\x1b", key(KeyCode::Esc, KeyModifiers::NONE)),
            ("\x1b[", key(KeyCode::Char('['), KeyModifiers::ALT)),
            ("\x1bO", key(KeyCode::Char('O'), KeyModifiers::ALT | KeyModifiers::SHIFT)),
            ("\x1b]", key(KeyCode::Char(']'), KeyModifiers::ALT)),
            ("\x1bx", key(KeyCode::Char('x'), KeyModifiers::ALT)),
            ("\x1b[Z", key(KeyCode::BackTab, KeyModifiers::SHIFT)),
            ("\x1b[1;5C", key(KeyCode::Right, KeyModifiers::CONTROL)),
            ("\x1bOP", key(KeyCode::F(1), KeyModifiers::NONE)),
            ("\x1b[24~", key(KeyCode::F(12), KeyModifiers::NONE)),
            ("\x1b[[A", key(KeyCode::F(1), KeyModifiers::NONE)),
            ("\x1b[I", Event::FocusGained),
        ];
        for (bytes, event) in expected {
            assert_eq!(super::event(bytes.as_bytes()), Some(event), "{bytes:?}");
        }
        let press = MouseEventKind::Down(MouseButton::Left);
        let mouse = MouseEvent { kind: press, column: 9, row: 4, modifiers: KeyModifiers::NONE };
        assert_eq!(event(b"\x1b[<0;10;5M"), Some(Event::Mouse(mouse)));
        assert_eq!(event(b"\x1b[M \x2a\x25"), Some(Event::Mouse(mouse)));
    }
}
