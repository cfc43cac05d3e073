//! `karat watch`

mod events;

use super::context::Context;
use super::foreign::{Foreign, WhereUnsure};
use super::import::told;
use super::import_format::{ImportFormat, file_help};
use super::output::{Hinted, aside, json_line, line};
use super::progress::Stop;
use super::report::{Suggest, in_a_line};
use super::{FAILED, SOME_REJECTED};
use crate::config;
use crate::domain::mapping::Mapping;
use crate::import::{Reject, RejectFile};
use crate::ingest::{Counts, Failure, Ingest, Progress, RejectsTo, Round, Watching};
use crate::store::{ConnectionState, ImportOptions, StoreError};
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::{Report, Result, eyre};
use events::Changes;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What came in is told this often at most.
const TOLD_EVERY: Duration = Duration::from_secs(5);

/// Rejects of a file that standard error says; the file has all of them.
const SHOWN_REJECTS: u64 = 10;

/// After a failure of the workspace it is tried again after this long, then after twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// With `--once`, a file that is still being written is waited for this long.
const ONCE_WAITS: Duration = Duration::from_secs(15);

#[derive(Args)]
pub(super) struct Watch {
    /// The queue's name
    queue: String,
    #[arg(required = true, value_name = "PATH", help = file_help("of a folder its files, those that are yet to come too"))]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    format: ImportFormat,
    /// Read what is there and has not been read before, and end
    #[arg(long)]
    once: bool,
    /// Look every so many seconds, and wait for no event of the system: for files on a network
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    poll: Option<Duration>,
    /// Replace items whose content changed and on which no decision of a person rests
    #[arg(long)]
    update: bool,
    /// One JSON object with the counts, at the end
    #[arg(long)]
    json: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.05..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "a number of seconds, from 0.05 to 86400".into())
}

impl Watch {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let actor = context.reviewer(self.reviewer.as_deref())?;
        if self.paths.iter().any(|path| path == Path::new("-")) {
            return Err(eyre!("standard input is no file that could be followed"))
                .suggestion(format!("a pipe is read as it comes by: karat import {} -", self.queue));
        }
        let reading = self.format.options();
        let command = format!("karat watch{} {}", context.db_option(), self.queue);
        let kept = Mapping::of_spec(&queue.spec.spec.import);
        let foreign = Foreign { context, reading: &reading, kept, command, where_unsure: WhereUnsure::Refuse };
        let mut shown = Shown::of(&foreign, &self.paths);
        shown.stop.listen()?;
        let stop = shown.stop.pressed.clone();
        store.on_connection_change(Box::new(tell_connection), stop.clone());
        let options = ImportOptions { update: self.update, dry_run: false };
        let rejects = RejectsTo::Beside { otherwise: config::rejects_folder() };
        let ingest = Ingest { store: &store, queue: &queue, actor: &actor, reading: reading.clone(), options, rejects };
        let mut watch = crate::ingest::Watch::begin(ingest, self.paths.clone()).hinted()?;
        let mut changes = self.changes();
        if !self.once {
            shown.say("following; Ctrl-C ends it, and the next time goes on from there");
        }
        let outcome = self.follow(&mut watch, &mut changes, &mut shown);
        shown.tell_came_in();
        for path in watch.waiting() {
            shown.say(&format!("{}: its last line has no end yet, and waits for it", path.display()));
        }
        let counts = watch.counts();
        let ended = watch.end();
        outcome?;
        if !stop.load(Ordering::Relaxed) {
            ended.hinted()?;
        }
        match self.json {
            true => json_line(&counts)?,
            false => line(&counts.summary(false))?,
        }
        Ok(match self.once && !shown.stop.is_pressed() {
            true if shown.has_passed_over => ExitCode::from(FAILED),
            true if counts.rejected > 0 || shown.has_unread => ExitCode::from(SOME_REJECTED),
            _ => ExitCode::SUCCESS,
        })
    }

    fn changes(&self) -> Changes {
        if let Some(interval) = self.poll {
            return Changes::polled(interval);
        }
        let (changes, why_none) = Changes::of(&self.paths);
        if let Some(why) = why_none.filter(|_| !self.once) {
            aside(&sanitize::line(&format!(
                "the system gives no events of files ({why}); they are looked at every second"
            )));
        }
        changes
    }

    /// Reads until the watch is to end, or with `--once` until nothing is left.
    fn follow(&self, watch: &mut crate::ingest::Watch, changes: &mut Changes, shown: &mut Shown) -> Result<()> {
        let (stop, start, mut pause) = (shown.stop.pressed.clone(), Instant::now(), FIRST_PAUSE);
        while !stop.load(Ordering::Relaxed) {
            let round = match watch.round(shown) {
                Ok(round) => round,
                Err(Failure::Interrupted) => break,
                Err(failure) => {
                    let report = self.may_pass(failure)?;
                    shown.say(&format!("{}; trying again in {:.1} s", in_a_line(&report), pause.as_secs_f64()));
                    sleep(pause, &stop);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    recover(watch, shown);
                    continue;
                }
            };
            pause = FIRST_PAUSE;
            shown.tell_now_and_then();
            match round {
                Round { is_more: true, .. } => {}
                Round { again_in: None, .. } if self.once => break,
                Round { again_in: Some(again), .. } if self.once && start.elapsed() + again > ONCE_WAITS => {
                    shown.say("a file is still being written; what is left of it comes in the next time");
                    break;
                }
                Round { again_in, .. } => changes.wait(shown.next_due(again_in), &stop),
            }
        }
        Ok(())
    }

    /// The failure as it is told, where it may pass; with `--once` none is waited for.
    fn may_pass(&self, failure: Failure) -> Result<Report> {
        let may_pass = match &failure {
            Failure::Store(error) => {
                error.may_pass()
                    || matches!(error, StoreError::OutcomeUnknown | StoreError::DiskFull | StoreError::Io { .. })
            }
            Failure::Rejects { .. } | Failure::Read(_) => true,
            Failure::Interrupted => false,
        };
        let report = super::import::failure_report(failure);
        if may_pass && !self.once { Ok(report) } else { Err(report) }
    }
}

/// Goes on from what is in; where that cannot be read yet, the next round fails again.
fn recover(watch: &mut crate::ingest::Watch, shown: &mut Shown) {
    if let Err(error) = watch.recover() {
        shown.say(&error.to_string());
    }
}

fn sleep(pause: Duration, stop: &AtomicBool) {
    let end = Instant::now() + pause;
    while Instant::now() < end && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn tell_connection(state: ConnectionState) {
    match state {
        ConnectionState::Lost { tries: 1, why, .. } => {
            aside(&sanitize::line(&format!("the connection to the server is lost ({why}); trying again")));
        }
        ConnectionState::Lost { .. } => {}
        ConnectionState::Back => aside("connected again"),
    }
}

/// What standard error shows of a watch.
struct Shown<'a> {
    stop: Stop,
    foreign: &'a Foreign<'a>,
    /// What came in and was not told yet, a file each.
    came_in: Vec<(PathBuf, Counts)>,
    told_at: Option<Instant>,
    /// Rejects that were said, a file each.
    rejects: Vec<(Arc<str>, u64)>,
    /// Rejects files that were named.
    named: HashSet<PathBuf>,
    /// What was named, and not only found in a folder.
    paths: Vec<PathBuf>,
    /// Something that was named could not be read.
    has_passed_over: bool,
    /// A file could not be read, named or not.
    has_unread: bool,
}

impl<'a> Shown<'a> {
    fn of(foreign: &'a Foreign<'a>, paths: &[PathBuf]) -> Self {
        let (came_in, rejects, named, paths) = (Vec::new(), Vec::new(), HashSet::new(), paths.to_owned());
        Self {
            stop: Stop::default(),
            foreign,
            came_in,
            told_at: None,
            rejects,
            named,
            paths,
            has_passed_over: false,
            has_unread: false,
        }
    }

    fn tell_now_and_then(&mut self) {
        if self.told_at.is_none_or(|at| at.elapsed() >= TOLD_EVERY) {
            self.tell_came_in();
        }
    }

    fn tell_came_in(&mut self) {
        for (path, counts) in std::mem::take(&mut self.came_in) {
            self.told_at = Some(Instant::now());
            self.say(&format!("{}: {}", path.display(), counts.summary(false)));
        }
    }

    /// The pause at most: until a file may be whole, or what came in is to be told.
    fn next_due(&self, again_in: Option<Duration>) -> Option<Duration> {
        let told = self.told_at.filter(|_| !self.came_in.is_empty());
        let due = told.map(|at| TOLD_EVERY.saturating_sub(at.elapsed()).max(Duration::from_millis(10)));
        [again_in, due].into_iter().flatten().min()
    }
}

impl Progress for Shown<'_> {
    fn stop(&self) -> Arc<AtomicBool> {
        self.stop.pressed.clone()
    }

    fn begin(&mut self, _: Option<u64>) -> io::Result<()> {
        Ok(())
    }

    fn advance(&mut self, _: u64, _: &str) {}

    fn end(&mut self) {}

    fn say(&mut self, sentence: &str) {
        aside(&sanitize::line(sentence));
    }

    fn rejected(&mut self, reject: &Reject) {
        let file = &reject.origin.file;
        let said = match self.rejects.iter().position(|(other, _)| other == file) {
            Some(at) => &mut self.rejects[at].1,
            None => {
                self.rejects.push((file.clone(), 0));
                let last = self.rejects.len() - 1;
                &mut self.rejects[last].1
            }
        };
        *said += 1;
        match *said {
            ..=SHOWN_REJECTS => aside(&sanitize::line(&told(reject))),
            n if n == SHOWN_REJECTS + 1 => {
                aside(&sanitize::line(&format!("{file}: more is rejected, and stands in its rejects file")));
            }
            _ => {}
        }
    }

    fn kept(&mut self, file: &RejectFile) {
        if self.named.insert(file.path.clone()) {
            aside(&sanitize::line(&format!("rejected records are in {}", file.path.display())));
        }
    }
}

impl Watching for Shown<'_> {
    fn mapping(&mut self, file: &Path) -> Result<Mapping, String> {
        self.foreign.mapping(file).map_err(|error| in_a_line(&error))
    }

    fn came_in(&mut self, file: &Path, counts: &Counts) {
        match self.came_in.iter_mut().find(|(path, _)| path == file) {
            Some((_, before)) => before.add(counts),
            None => self.came_in.push((file.to_owned(), *counts)),
        }
    }

    fn passed_over(&mut self, file: &Path, why: &str) {
        self.has_passed_over |= self.paths.iter().any(|path| path == file);
        self.say(&format!("{}: {why}", file.display()));
    }

    fn unread(&mut self, file: &Path, why: &str) {
        self.has_unread = true;
        self.passed_over(file, why);
    }
}
