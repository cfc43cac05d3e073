//! The loop between the terminal, the worker and the state.
//!
//! Messages are drained before a frame is drawn. Events that are readable once the
//! frame has reached the terminal were made before anybody could see it, so they are
//! told before [`Message::Painted`] is.

use super::allocator;
use super::answers::{Answers, Passed};
use super::app::{App, Start};
use super::app_context::{AppContext, Tone};
use super::editor;
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
use crossterm::event::{Event, EventStream};
use futures::StreamExt;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::{Duration, Instant};
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
    /// `None` while another program has the terminal.
    events: Option<EventStream>,
    answers: Answers,
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
        let (events, answers, outside) = (Some(EventStream::new()), Answers::default(), Outside::new()?);
        Ok(Self { app, terminal, worker, replies, theme, events, answers, outside, ending: None })
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
            self.drain().await?;
            if let Some(ending) = self.ending {
                return Ok(ending);
            }
            if self.app.wants_frame() {
                self.paint().await?;
                continue; // what came meanwhile may want another frame
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
        self.answers.ask(Instant::now());
        let end = tokio::time::Instant::now() + FIRST_FRAME_WAIT;
        while self.ending.is_none() && self.answers.is_asked() {
            match tokio::time::timeout_at(end, self.wait()).await {
                Ok(Ok(Message::Terminal(Event::Key(_) | Event::Mouse(_) | Event::Paste(_)))) => {}
                Ok(message) => self.tell(message?)?,
                Err(_) => break,
            }
        }
        self.answers.painted();
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
            if let Some(message) = self.passed() {
                return Ok(message);
            }
            let held = self.answers.due().map(tokio::time::Instant::from_std);
            let expiry = async {
                match held {
                    Some(due) => tokio::time::sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            let event = async {
                match &mut self.events {
                    Some(events) => events.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                news = self.outside.next() => return Ok(self.heed(news)),
                reply = self.replies.recv() => return reply.map(Message::Reply).ok_or_else(store_gone),
                event = event => if let Some(ending) = self.read(event) { return Ok(ending) },
                () = expiry => self.answers.expire(Instant::now()),
                () = &mut tick => return Ok(Message::Tick),
            }
        }
    }

    /// Tells everything that is there already.
    async fn drain(&mut self) -> color_eyre::Result<()> {
        while self.ending.is_none() {
            let message = match self.replies.try_recv() {
                Ok(reply) => Message::Reply(reply),
                Err(TryRecvError::Disconnected) => return Err(store_gone()),
                Err(TryRecvError::Empty) => match self.readable().await {
                    Some(message) => message,
                    None => break,
                },
            };
            self.tell(message)?;
        }
        Ok(())
    }

    /// The next event that needs no waiting for.
    async fn readable(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.passed() {
                return Some(message);
            }
            if self.outside.is_terminal_lost() {
                return None; // it would be read for ever; the watcher tells
            }
            let events = self.events.as_mut()?;
            // Polled in the loop's own name: the stream wakes whoever asked it first.
            match poll_fn(|context| Poll::Ready(events.poll_next_unpin(context))).await {
                Poll::Ready(event) => {
                    if let Some(ending) = self.read(event) {
                        return Some(ending);
                    }
                }
                Poll::Pending => return None,
            }
        }
    }

    /// Takes an event; what it comes to is for [`Session::passed`], but for the end.
    fn read(&mut self, event: Option<io::Result<Event>>) -> Option<Message> {
        match event {
            Some(Ok(event)) => self.answers.take(event, Instant::now()),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Some(Err(_)) | None => return Some(self.hang_up(Ending::TerminalLost)),
        }
        None
    }

    /// The next event that is no answer of the terminal's, or what an answer changes.
    fn passed(&mut self) -> Option<Message> {
        loop {
            match self.answers.next()? {
                Passed::Event(event) => return Some(Message::Terminal(event)),
                Passed::Answer(text) => {
                    if let (Some(choice), Some(background)) = (self.theme, Background::of_answer(&text)) {
                        return Some(Message::Theme(Theme::load(choice, Some(background))));
                    }
                }
            }
        }
    }

    fn heed(&mut self, news: News) -> Message {
        match news {
            News::Signal(number) => self.hang_up(Ending::Signal(number)),
            News::TerminalLost => self.hang_up(Ending::TerminalLost),
            // The shell may have changed the terminal's mode: it is taken all anew.
            News::Continued => match self.terminal.lend(|| ()) {
                Ok(()) => Message::Resumed,
                Err(_) => self.hang_up(Ending::TerminalLost),
            },
        }
    }

    fn hang_up(&mut self, ending: Ending) -> Message {
        self.ending.get_or_insert(ending);
        Message::Hangup
    }

    fn tell(&mut self, message: Message) -> color_eyre::Result<()> {
        let effects = self.app.update(message, self.worker.now());
        self.perform(effects)
    }

    /// Draws, then tells what was pressed before the frame could be seen.
    async fn paint(&mut self) -> color_eyre::Result<()> {
        if let Err(error) = self.terminal.draw(|frame| self.app.draw(frame)) {
            if self.outside.is_terminal_lost() {
                let message = self.hang_up(Ending::TerminalLost);
                return self.tell(message);
            }
            return Err(error).wrap_err("the terminal cannot be written to");
        }
        while let Some(message) = self.readable().await {
            self.tell(message)?;
        }
        self.answers.painted();
        self.tell(Message::Painted)
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
        self.events = None;
        let edited = self.terminal.lend(|| editor::edit(text, extension))?;
        self.events = Some(EventStream::new());
        self.tell(Message::Edited(edited))
    }

    /// Stops as if the shell had done it; the same call returns once it continues us.
    fn suspend(&mut self) -> color_eyre::Result<()> {
        self.events = None;
        let stopped = self.terminal.lend(outside::stop)?;
        self.events = Some(EventStream::new());
        stopped.wrap_err("the program cannot be suspended")?;
        self.tell(Message::Resumed)
    }
}

fn store_gone() -> color_eyre::Report {
    color_eyre::eyre::eyre!("the thread that owns the workspace ended; what was shown as saved is saved")
}
