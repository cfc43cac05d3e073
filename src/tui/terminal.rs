//! The terminal, taken and given back: on every way out it is as it was.

mod backend;

use backend::ExactBackend;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Frame;
use ratatui::backend::Backend;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

type Screen = ratatui::Terminal<ExactBackend<BufWriter<Stdout>>>;

/// Big enough for most frames to leave in one write.
const FRAME_BYTES: usize = 64 * 1024;

/// Whether the terminal is ours. The panic hook must know it, whatever thread panics.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours. Dropped, it is given back.
pub(super) struct Terminal {
    screen: Screen,
    may_be_resized: bool,
}

impl Terminal {
    /// Takes the terminal.
    pub(super) fn take() -> io::Result<Self> {
        restore_on_panic();
        enter().inspect_err(|_| give_back())?;
        let writer = BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        Ok(Self { screen: Screen::new(ExactBackend::new(writer))?, may_be_resized: false })
    }

    /// Draws a frame and waits until the terminal has taken it. The terminal shows it
    /// at one go, where it can.
    pub(super) fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()> {
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        // Not ratatui's own `draw`: it asks for the size, hides the cursor and flushes each time.
        if std::mem::take(&mut self.may_be_resized) {
            self.screen.autoresize()?;
        }
        render(&mut self.screen.get_frame());
        self.screen.flush()?;
        self.screen.swap_buffers();
        execute!(self.screen.backend_mut(), EndSynchronizedUpdate)
    }

    /// Takes note that the terminal may have another size; gives it in columns and rows.
    pub(super) fn resize(&mut self) -> io::Result<(u16, u16)> {
        self.may_be_resized = true;
        self.size()
    }

    /// Asks for the colour of the background (OSC 11, xterm's control sequences), and then for
    /// what every terminal tells (DA1): a terminal answers in order, so that it owes nothing
    /// after that. The answers come as [`super::input::Received::Answer`].
    pub(super) fn ask_background(&mut self) -> io::Result<()> {
        let out = self.screen.backend_mut();
        out.write_all(b"\x1b]11;?\x07\x1b[c")?;
        Write::flush(out)
    }

    /// The next frame writes every cell.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        // Not the terminal's own `clear`: it asks for the cursor's place, and the answer
        // would be read as keys.
        self.screen.backend_mut().clear()?;
        self.screen.swap_buffers(); // what was drawn is compared with an empty screen
        Ok(())
    }

    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        self.screen.size().map(|size| (size.width, size.height))
    }

    /// Gives the terminal back while `other` runs, and takes it again.
    pub(super) fn lend<T>(&mut self, other: impl FnOnce() -> T) -> io::Result<T> {
        give_back();
        let value = other();
        enter()?;
        self.may_be_resized = true;
        self.forget()?;
        Ok(value)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Whether both the standard input and output are a terminal.
pub(super) fn present() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, Hide)
}

/// Undoes [`enter`], once. Whatever step fails, the others are still worth trying.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = queue!(out, EndSynchronizedUpdate, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// Puts the terminal in order before a panic is reported, so that the report is read.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            report(panic);
        }));
    });
}
