//! The loop between the terminal, the worker and the state.
//!
//! Messages are drained before a frame is drawn. Events that are readable once the
//! frame has reached the terminal were made before anybody could see it, so they are
//! told before [`Message::Painted`] is.

use super::allocator;
use super::app::{App, Start};
use super::app_context::{AppContext, Tone};
use super::editor;
use super::input::{Heard, Input};
use super::keymap::Keymap;
use super::message::{Effect, Message};
use super::opener;
use super::outside::{self, News, Outside};
use super::syntax_highlight;
use super::terminal::{self, Terminal};
use super::theme::{Background, Theme};
use crate::config::ThemeChoice;
use crate::domain::pace::Limits;
use crate::store::Address;
use crate::tui::worker::{Reply, Worker};
use color_eyre::eyre::{WrapErr, bail};
use crossterm::event::Event;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, error::TryRecvError};

/// What the workstation is started with.
pub struct Options {
    /// The workspace.
    pub database: Address,
    pub start: Start,
    pub reviewer: String,
    pub keymap: Keymap,
    /// `None`: no colours.
    pub theme: Option<ThemeChoice>,
    /// A pause counts up to this long in the time on an item.
    pub idle_seconds: u32,
    /// When a row of alike and hasty decisions is worth a word.
    pub pace: Limits,
    /// Said first, where there is something to say.
    pub notice: Option<String>,
}

/// How the workstation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By the reviewer.
    Quit,
    /// By a signal: its number.
    Signal(i32),
    /// The terminal went away.
    TerminalLost,
}

/// What the workstation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub ending: Ending,
    /// Decisions recorded.
    pub decided: i64,
}

/// Runs the workstation until the reviewer quits, the terminal is lost or a signal comes.
pub fn run(options: Options) -> color_eyre::Result<Outcome> {
    if !terminal::present() {
        bail!("the workstation needs a terminal on its standard input and output");
    }
    let Options { database, start, reviewer, keymap, theme, idle_seconds, pace, notice } = options;
    allocator::trim();
    std::thread::spawn(syntax_highlight::warm_up);
    let place = place(&database);
    let (worker, replies) = Worker::start(database, reviewer.clone())?;
    let colours = theme.map_or_else(Theme::plain, |choice| Theme::load(choice, None));
    let mut ctx = AppContext::new(keymap, colours, reviewer, i64::from(idle_seconds) * 1000);
    ctx.pace = pace;
    ctx.place = place;
    if let Some(notice) = notice {
        ctx.set_status(Tone::Warning, notice);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let terminal = Terminal::take().wrap_err("the terminal cannot be set up")?;
        let (app, effects) = App::new(start, ctx, terminal.size()?, worker.now());
        let mut session = Session::new(app, terminal, theme, &worker, replies)?;
        let ending = session.run(effects).await?;
        Ok(Outcome { ending, decided: session.app.decided() })
    });
    drop(worker); // the last requests are answered, and the claims given up
    outcome
}

/// A server and its database, `postgres://db.host/team`; who works there stands beside it.
fn place(address: &Address) -> Option<String> {
    let Address::Server(_) = address else { return None };
    let whole = address.to_string();
    let (scheme, rest) = whole.split_once("://")?;
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    Some(format!("{scheme}://{}", place.replace(":5432/", "/")))
}

/// How long the first frame waits for the terminal to tell its background. Those that know the
/// question answer at once.
const FIRST_FRAME_WAIT: Duration = Duration::from_millis(150);

struct Session<'a> {
    app: App,
    terminal: Terminal,
    worker: &'a Worker,
    replies: UnboundedReceiver<Reply>,
    theme: Option<ThemeChoice>,
    /// A frame was drawn, and not yet all told that was pressed before it could be seen.
    is_drawn: bool,
    input: Input,
    outside: Outside,
    ending: Option<Ending>,
}

/// A panic goes through here on its way out: work under way is kept as after any other end.
impl Drop for Session<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let (app, now) = (&mut self.app, self.worker.now());
        // What panicked once may do so again; then there is nothing more to save.
        let effects = catch_unwind(AssertUnwindSafe(|| app.update(Message::Hangup, now)));
        for effect in effects.into_iter().flatten() {
            if let Effect::Ask(request) = effect {
                self.worker.ask(request);
            }
        }
    }
}

impl<'a> Session<'a> {
    fn new(
        app: App,
        terminal: Terminal,
        theme: Option<ThemeChoice>,
        worker: &'a Worker,
        replies: UnboundedReceiver<Reply>,
    ) -> io::Result<Self> {
        let (input, outside) = (Input::new()?, Outside::new()?);
        Ok(Self { app, terminal, worker, replies, theme, is_drawn: false, input, outside, ending: None })
    }

    async fn run(&mut self, effects: Vec<Effect>) -> color_eyre::Result<Ending> {
        let outcome = self.turn(effects).await;
        if outcome.is_err() {
            let _ = self.tell(Message::Hangup); // what is under way is saved all the same
        }
        outcome
    }

    async fn turn(&mut self, effects: Vec<Effect>) -> color_eyre::Result<Ending> {
        self.perform(effects)?;
        if self.theme.is_some_and(ThemeChoice::asks_for_background) {
            self.ask_background().await?;
        }
        loop {
            self.drain()?;
            if let Some(ending) = self.ending {
                return Ok(ending);
            }
            if self.app.wants_frame() {
                self.paint()?;
                continue; // what came meanwhile may want another frame
            }
            // What was pressed before the frame could be seen may still wait for its rest.
            if self.is_drawn && !self.input.may_hold_keys() {
                self.is_drawn = false;
                self.tell(Message::Painted)?;
                continue;
            }
            let message = self.wait().await?;
            self.tell(message)?;
        }
    }

    /// Asks whether the terminal is dark or light, and waits a moment with the first frame, which
    /// would flash in the wrong colours. A later answer changes them when it comes. What is
    /// pressed meanwhile was pressed at nothing.
    async fn ask_background(&mut self) -> color_eyre::Result<()> {
        self.terminal.ask_background()?;
        self.input.ask();
        let end = tokio::time::Instant::now() + FIRST_FRAME_WAIT;
        while self.ending.is_none() && self.input.is_asked() {
            match tokio::time::timeout_at(end, self.wait()).await {
                Ok(Ok(Message::Terminal(Event::Key(_) | Event::Mouse(_) | Event::Paste(_)))) => {}
                Ok(Ok(theme @ Message::Theme(_))) => return self.tell(theme),
                Ok(message) => self.tell(message?)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Waits for whatever comes first. Nothing runs meanwhile.
    async fn wait(&mut self) -> color_eyre::Result<Message> {
        let due = self.app.due().map(|at| Duration::from_millis((at - self.worker.now()).max(0).unsigned_abs()));
        let tick = async {
            match due {
                Some(due) => tokio::time::sleep(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(tick);
        loop {
            tokio::select! {
                biased;
                news = self.outside.next() => return self.heed(news),
                reply = self.replies.recv() => return reply.map(Message::Reply).ok_or_else(store_gone),
                heard = self.input.next() => if let Some(message) = self.hear(heard) { return Ok(message) },
                () = &mut tick => return Ok(Message::Tick),
            }
        }
    }

    /// Tells everything that is there already.
    fn drain(&mut self) -> color_eyre::Result<()> {
        while self.ending.is_none() {
            let message = match self.replies.try_recv() {
                Ok(reply) => Message::Reply(reply),
                Err(TryRecvError::Disconnected) => return Err(store_gone()),
                Err(TryRecvError::Empty) => match self.ready() {
                    Some(message) => message,
                    None => break,
                },
            };
            self.tell(message)?;
        }
        Ok(())
    }

    /// What the terminal sent that needs no waiting for.
    fn ready(&mut self) -> Option<Message> {
        loop {
            let heard = self.input.ready()?;
            if let Some(message) = self.hear(heard) {
                return Some(message);
            }
        }
    }

    /// What there is to tell of it: an answer that was not asked for tells nothing.
    fn hear(&mut self, heard: Heard) -> Option<Message> {
        match heard {
            Heard::Event(event) => Some(Message::Terminal(event)),
            Heard::Answer(answer) => {
                let background = Background::of_answer(&answer)?;
                Some(Message::Theme(Theme::load(self.theme?, Some(background))))
            }
            Heard::Lost => Some(self.hang_up(Ending::TerminalLost)),
        }
    }

    fn heed(&mut self, news: News) -> color_eyre::Result<Message> {
        Ok(match news {
            News::Signal(number) => self.hang_up(Ending::Signal(number)),
            News::Resized => {
                let (width, height) = self.terminal.size()?;
                Message::Terminal(Event::Resize(width, height))
            }
            // The shell may have changed the terminal's mode: it is taken all anew.
            News::Continued => match self.terminal.lend(|| ()) {
                Ok(()) => Message::Resumed,
                Err(_) => self.hang_up(Ending::TerminalLost),
            },
        })
    }

    fn hang_up(&mut self, ending: Ending) -> Message {
        self.ending.get_or_insert(ending);
        Message::Hangup
    }

    fn tell(&mut self, message: Message) -> color_eyre::Result<()> {
        let effects = self.app.update(message, self.worker.now());
        self.perform(effects)
    }

    /// Draws, and takes what was pressed before the frame could be seen.
    fn paint(&mut self) -> color_eyre::Result<()> {
        let drawn = self.terminal.draw(|frame| self.app.draw(frame));
        self.is_drawn = true;
        while let Some(message) = self.ready() {
            self.tell(message)?;
        }
        if self.ending.is_none() { drawn.wrap_err("the terminal cannot be written to") } else { Ok(()) }
    }

    fn perform(&mut self, effects: Vec<Effect>) -> color_eyre::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask(request) => {
                    if !self.worker.ask(request) {
                        return Err(store_gone());
                    }
                }
                Effect::ReadWithLens(request) => drop(self.worker.read_with_lens(request)),
                Effect::Edit { text, extension } => self.edit(&text, extension)?,
                Effect::Open(target) => self.tell(Message::Opened(opener::open(&target)))?,
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => self.terminal.forget()?,
                Effect::Quit => drop(self.ending.get_or_insert(Ending::Quit)),
            }
        }
        Ok(())
    }

    /// Gives the terminal to the editor. Nobody else may read from it meanwhile.
    fn edit(&mut self, text: &str, extension: &str) -> color_eyre::Result<()> {
        let edited = self.terminal.lend(|| editor::edit(text, extension))?;
        self.tell(Message::Edited(edited))
    }

    /// Stops as if the shell had done it; the same call returns once it continues us.
    fn suspend(&mut self) -> color_eyre::Result<()> {
        let stopped = self.terminal.lend(outside::stop)?;
        stopped.wrap_err("the program cannot be suspended")?;
        self.tell(Message::Resumed)
    }
}

fn store_gone() -> color_eyre::Report {
    color_eyre::eyre::eyre!("the thread that owns the workspace ended; what was shown as saved is saved")
}
