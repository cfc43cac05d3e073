//! A program in a pseudo-terminal, and the moments at which its screen changed.

use color_eyre::eyre::{Report, Result, bail, eyre};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

const COLUMNS: u16 = 120;
const ROWS: u16 = 40;

/// Longest wait for a screen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What programs ask of a terminal, and what one with a dark background answers.
const ANSWERS: [(&[u8], &[u8]); 3] = [
    (b"\x1b]10;?", b"\x1b]10;rgb:cccc/cccc/cccc\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
    (b"\x1b[c", b"\x1b[?62;22c"),
];

/// A running program with its screen.
pub(crate) struct Terminal {
    screen: vt100::Parser,
    output: Receiver<(Instant, Vec<u8>)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    started: Instant,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub(crate) fn start(program: &std::path::Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).map_err(told)?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let output = listen(pty.master.try_clone_reader().map_err(told)?);
        let keys = pty.master.take_writer().map_err(told)?;
        let started = Instant::now();
        let child = pty.slave.spawn_command(command).map_err(told)?;
        Ok(Self { screen: screen()?, output, keys, child, started, _master: pty.master })
    }

    pub(crate) fn process(&self) -> Result<u32> {
        self.child.process_id().ok_or_else(|| eyre!("the program has no process"))
    }

    /// The time from the start until the screen shows all of `texts`.
    pub(crate) fn shown_after_start(&mut self, texts: &[String]) -> Result<Duration> {
        Ok(self.wait_for(texts)? - self.started)
    }

    /// The time from pressing the key until the screen shows all of `texts`.
    pub(crate) fn shown_after_key(&mut self, key: &str, texts: &[String]) -> Result<Duration> {
        if self.shows(texts) {
            bail!("the screen shows {texts:?} before the key");
        }
        let pressed = Instant::now();
        self.keys.write_all(key.as_bytes())?;
        Ok(self.wait_for(texts)? - pressed)
    }

    /// The time from pressing the key until the screen shows anything else.
    pub(crate) fn changed_after_key(&mut self, key: &str) -> Result<Duration> {
        let before = self.text();
        let pressed = Instant::now();
        self.press(key)?;
        let end = pressed + PATIENCE;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Ok((at, bytes)) = self.output.recv_timeout(left) else { break };
            self.paint(&bytes)?;
            if self.text() != before {
                return Ok(at - pressed);
            }
        }
        bail!("{key:?} changes nothing:\n{before}")
    }

    pub(crate) fn press(&mut self, keys: &str) -> Result<()> {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    /// What the screen shows.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Lets the program work for a while, reading what it paints.
    pub(crate) fn rest(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match self.output.recv_timeout(left) {
                Ok((_, bytes)) => self.paint(&bytes)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(left), // it has ended
            }
        }
        Ok(())
    }

    /// Presses `q` on one screen after the other, until the program ends.
    pub(crate) fn quit(mut self) -> Result<()> {
        for _ in 0..20 {
            let _ = self.keys.write_all(b"q"); // nobody may be left to read it
            self.rest(Duration::from_millis(100))?;
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
        }
        bail!("the program does not quit:\n{}", self.screen.screen().contents())
    }

    /// The moment at which the bytes that completed the picture arrived.
    fn wait_for(&mut self, texts: &[String]) -> Result<Instant> {
        let end = Instant::now() + PATIENCE;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Ok((at, bytes)) = self.output.recv_timeout(left) else { break };
            self.paint(&bytes)?;
            if self.shows(texts) {
                return Ok(at);
            }
        }
        bail!("the screen does not show {texts:?}:\n{}", self.screen.screen().contents())
    }

    fn shows(&self, texts: &[String]) -> bool {
        let contents = self.screen.screen().contents();
        texts.iter().all(|text| contents.contains(text))
    }

    fn paint(&mut self, bytes: &[u8]) -> Result<()> {
        self.screen.process(bytes);
        for (question, answer) in ANSWERS {
            if bytes.windows(question.len()).any(|window| window == question) {
                self.keys.write_all(answer)?;
            }
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill(); // gone already, after `quit`
        let _ = self.child.wait();
    }
}

/// Reads on a thread of its own: each piece with the moment at which it came.
fn listen(mut output: Box<dyn Read + Send>) -> Receiver<(Instant, Vec<u8>)> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(count @ 1..) = output.read(&mut piece) {
            if sender.send((Instant::now(), piece[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    receiver
}

fn screen() -> Result<vt100::Parser> {
    let sides = NonZeroU16::new(ROWS).zip(NonZeroU16::new(COLUMNS));
    let (rows, columns) = sides.ok_or_else(|| eyre!("a screen has rows and columns"))?;
    Ok(vt100::Parser::new(rows, columns, 0))
}

/// portable-pty has errors of another library.
fn told(error: impl std::fmt::Display) -> Report {
    eyre!("{error}")
}
