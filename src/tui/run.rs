//! The loop between the terminal, the worker and the state.
//!
//! Messages are drained before a frame is drawn. Events that are readable once the
//! frame has reached the terminal were made before anybody could see it, so they are
//! told before [`Message::Painted`] is.

use super::allocator;
use super::app::{App, Start};
use super::app_context::{AppContext, ShellCommand, Tone};
use super::editor;
use super::input::{Input, Received};
use super::keymap::Keymap;
use super::message::{Effect, Message};
use super::opener;
use super::signals::{self, OsEvent, Signals};
use super::syntax_highlight;
use super::terminal::{self, Terminal};
use super::theme::{Background, Theme};
use crate::config::ThemeChoice;
use crate::domain::pace::Limits;
use crate::store::{Address, Store, StoreError};
use crate::tui::worker::{Reply, Worker};
use color_eyre::eyre::{WrapErr, bail};
use crossterm::event::Event;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, error::TryRecvError};

/// The options that the workstation is started with.
pub struct Options {
    /// The workspace's address.
    pub database: Address,
    /// Opens the workspace, on the thread that will own it, and says where to start.
    pub open: Box<dyn FnOnce() -> color_eyre::eyre::Result<(Store, Start)> + Send>,
    pub reviewer: String,
    pub keymap: Keymap,
    /// `None`: no colours.
    pub theme: Option<ThemeChoice>,
    /// A pause counts up to this long in the time on an item.
    pub idle_seconds: u32,
    /// The limits at which a row of alike and hasty decisions is worth a word.
    pub pace: Limits,
    /// The status line at the start, where there is something to say.
    pub notice: Option<String>,
    /// Makes the list of what is done in a shell.
    pub shell_commands: fn() -> Vec<ShellCommand>,
    /// What a command needs behind it to find this workspace, with a blank before it.
    pub db_option: String,
}

/// The way in which the workstation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The reviewer quit.
    Quit,
    /// A signal ended it: the signal's number.
    Signal(i32),
    /// The terminal went away.
    TerminalLost,
}

/// The outcome of a run of the workstation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub ending: Ending,
    /// Decisions recorded.
    pub decided: i64,
}

/// Runs the workstation until the reviewer quits, the terminal is lost or a signal comes.
pub fn run(options: Options) -> color_eyre::eyre::Result<Outcome> {
    if !terminal::present() {
        bail!("the workstation needs a terminal on its standard input and output");
    }
    let Options { database, open, reviewer, keymap, theme, idle_seconds, pace, notice, shell_commands, db_option } =
        options;
    allocator::trim();
    std::thread::spawn(syntax_highlight::warm_up);
    let place = place(&database);
    let is_server = matches!(database, Address::Server(_));
    let person = reviewer.clone();
    let open = move || {
        let (store, start) = open()?;
        let refusal = store.refuse_onlooker(&person).err().filter(StoreError::permits_reading);
        Ok((store, (start, refusal)))
    };
    let (worker, replies, (start, refusal)) = Worker::start(open, is_server, reviewer.clone())?;
    let colours = theme.map_or_else(Theme::plain, |choice| Theme::load(choice, None));
    let mut ctx = AppContext::new(keymap, colours, reviewer, i64::from(idle_seconds) * 1000);
    ctx.pace = pace;
    ctx.shell_commands = shell_commands;
    ctx.db_option = db_option;
    ctx.place = place;
    refusal.iter().for_each(|error| ctx.set_only_looks(error));
    if let Some(notice) = notice {
        ctx.set_status(Tone::Warning, notice);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let signals = Signals::new()?; // first, so that no change of the terminal's size is missed
        let (app, effects) = App::new(start, ctx, crossterm::terminal::size()?, worker.now());
        ask(&worker, effects); // the store looks for the first item while the terminal is taken
        let terminal = Terminal::take().wrap_err("the terminal cannot be set up")?;
        let mut session = Session::new(app, terminal, signals, theme, &worker, replies)?;
        let ending = session.run().await?;
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

/// The longest that the first frame waits for the terminal to tell its background. Those that know the
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
    /// The colours of code were left out of it.
    lacks_colours: bool,
    input: Input,
    signals: Signals,
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
        ask(self.worker, effects.into_iter().flatten());
    }
}

/// Asks the store for what it is to do of these effects, and does nothing of the others.
fn ask(worker: &Worker, effects: impl IntoIterator<Item = Effect>) {
    for effect in effects {
        if let Effect::Ask(request) = effect {
            worker.ask(request);
        }
    }
}

impl<'a> Session<'a> {
    fn new(
        app: App,
        terminal: Terminal,
        signals: Signals,
        theme: Option<ThemeChoice>,
        worker: &'a Worker,
        replies: UnboundedReceiver<Reply>,
    ) -> color_eyre::eyre::Result<Self> {
        let input = Input::new().wrap_err(
            "the terminal cannot be read; where it belongs to another login, as after `su`, `su --pty` gives one of your own",
        )?;
        Ok(Self {
            app,
            terminal,
            worker,
            replies,
            theme,
            is_drawn: false,
            lacks_colours: false,
            input,
            signals,
            ending: None,
        })
    }

    async fn run(&mut self) -> color_eyre::eyre::Result<Ending> {
        let outcome = self.run_until_end().await;
        if outcome.is_err() {
            let _ = self.update(Message::Hangup); // what is under way is saved all the same
        }
        outcome
    }

    async fn run_until_end(&mut self) -> color_eyre::eyre::Result<Ending> {
        if self.theme.is_some_and(ThemeChoice::asks_for_background) {
            self.ask_background().await?;
        }
        loop {
            self.drain()?;
            if let Some(ending) = self.ending {
                return Ok(ending);
            }
            if self.app.wants_frame() || self.lacks_colours {
                self.paint()?;
                continue; // what came meanwhile may want another frame
            }
            // What was pressed before the frame could be seen may still wait for its rest.
            if self.is_drawn && !self.input.may_hold_keys() {
                self.is_drawn = false;
                self.update(Message::Painted)?;
                continue;
            }
            let message = self.wait().await?;
            self.update(message)?;
        }
    }

    /// Asks whether the terminal is dark or light, and waits a moment with the first frame, which
    /// would flash in the wrong colours. A later answer changes them when it comes. What is
    /// pressed meanwhile was pressed at nothing, and does nothing unless it quits.
    async fn ask_background(&mut self) -> color_eyre::eyre::Result<()> {
        self.terminal.ask_background()?;
        self.input.ask();
        let end = tokio::time::Instant::now() + FIRST_FRAME_WAIT;
        while self.ending.is_none() && self.input.is_asked() {
            match tokio::time::timeout_at(end, self.wait()).await {
                Ok(Ok(Message::Terminal(Event::Key(key)))) if !self.app.is_quit(&key) => {}
                Ok(Ok(Message::Terminal(Event::Mouse(_) | Event::Paste(_)))) => {}
                Ok(Ok(Message::Theme(theme))) => {
                    self.app.set_theme(theme);
                    break;
                }
                Ok(message) => self.update(message?)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Waits for whatever comes first. Nothing runs meanwhile.
    async fn wait(&mut self) -> color_eyre::eyre::Result<Message> {
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
                event = self.signals.next() => return self.os_event(event),
                reply = self.replies.recv() => return reply.map(Message::Reply).ok_or_else(store_gone),
                received = self.input.next() => if let Some(message) = self.message_of(received) { return Ok(message) },
                () = &mut tick => return Ok(Message::Tick),
            }
        }
    }

    /// Tells everything that is there already.
    fn drain(&mut self) -> color_eyre::eyre::Result<()> {
        while self.ending.is_none() {
            let message = match self.replies.try_recv() {
                Ok(reply) => Message::Reply(reply),
                Err(TryRecvError::Disconnected) => return Err(store_gone()),
                Err(TryRecvError::Empty) => match self.ready() {
                    Some(message) => message,
                    None => break,
                },
            };
            self.update(message)?;
        }
        Ok(())
    }

    /// The next message of what the terminal has sent already.
    fn ready(&mut self) -> Option<Message> {
        loop {
            let received = self.input.ready()?;
            if let Some(message) = self.message_of(received) {
                return Some(message);
            }
        }
    }

    /// The message of what the terminal sent; none for an answer that was not asked for.
    fn message_of(&mut self, received: Received) -> Option<Message> {
        match received {
            Received::Event(event) => Some(Message::Terminal(event)),
            Received::Answer(answer) => {
                let background = Background::of_answer(&answer)?;
                Some(Message::Theme(Theme::load(self.theme?, Some(background))))
            }
            Received::Lost => Some(self.hang_up(Ending::TerminalLost)),
        }
    }

    fn os_event(&mut self, event: OsEvent) -> color_eyre::eyre::Result<Message> {
        Ok(match event {
            OsEvent::Terminate(number) => self.hang_up(Ending::Signal(number)),
            OsEvent::Resized => {
                let (width, height) = self.terminal.resize()?;
                Message::Terminal(Event::Resize(width, height))
            }
            // The shell may have changed the terminal's mode: it is taken all anew.
            OsEvent::Continued => match self.terminal.lend(|| ()) {
                Ok(()) => Message::Resumed,
                Err(_) => self.hang_up(Ending::TerminalLost),
            },
        })
    }

    fn hang_up(&mut self, ending: Ending) -> Message {
        self.ending.get_or_insert(ending);
        Message::Hangup
    }

    fn update(&mut self, message: Message) -> color_eyre::eyre::Result<()> {
        let effects = self.app.update(message, self.worker.now());
        self.perform(effects)
    }

    /// Draws, and takes what was pressed before the frame could be seen.
    fn paint(&mut self) -> color_eyre::eyre::Result<()> {
        let mut draw = || self.terminal.draw(|frame| self.app.draw(frame));
        let drawn;
        (drawn, self.lacks_colours) =
            if self.lacks_colours { (draw(), false) } else { syntax_highlight::text_first(draw) };
        self.is_drawn = true;
        while let Some(message) = self.ready() {
            self.update(message)?;
        }
        if self.ending.is_none() { drawn.wrap_err("the terminal cannot be written to") } else { Ok(()) }
    }

    fn perform(&mut self, effects: Vec<Effect>) -> color_eyre::eyre::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask(request) => {
                    if !self.worker.ask(request) {
                        return Err(store_gone());
                    }
                }
                Effect::ReadWithLens(request) => drop(self.worker.read_with_lens(request)),
                Effect::Edit { text, extension } => self.edit(&text, extension)?,
                Effect::Open { target, folder } => {
                    self.update(Message::Opened(opener::open(&target, folder.as_deref())))?;
                }
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => self.terminal.forget()?,
                Effect::Quit => drop(self.ending.get_or_insert(Ending::Quit)),
            }
        }
        Ok(())
    }

    /// Gives the terminal to the editor. Nobody else may read from it meanwhile.
    fn edit(&mut self, text: &str, extension: &str) -> color_eyre::eyre::Result<()> {
        let edited = self.terminal.lend(|| editor::edit(text, extension))?;
        self.update(Message::Edited(edited))
    }

    /// Stops as if the shell had done it; the same call returns once it continues us.
    fn suspend(&mut self) -> color_eyre::eyre::Result<()> {
        let stopped = self.terminal.lend(signals::stop)?;
        stopped.wrap_err("the program cannot be suspended")?;
        self.update(Message::Resumed)
    }
}

fn store_gone() -> color_eyre::eyre::Report {
    color_eyre::eyre::eyre!("the thread that owns the workspace ended; what was shown as saved is saved")
}
