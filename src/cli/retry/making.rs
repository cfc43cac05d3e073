//! Making outputs again: the program of the spec is run once an item, several at the same time,
//! and what it prints is taken in as the next attempt.

use super::program::{Failure, Program, Ran};
use crate::cli::output::{Hinted, aside, json_line, line};
use crate::cli::progress::Stop;
use crate::domain::claim::{Claim, EXTEND_MILLIS};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
use crate::export::retry_line;
use crate::import::Asked;
use crate::ingest::{Attempts, Taken, asked};
use crate::store::{Condition, Store, StoreError};
use crate::text::plural::count;
use color_eyre::eyre::Result;
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

/// Pauses before a program is run for an item again.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// Interval between two looks at the clock and at Ctrl-C.
const GLANCE: Duration = Duration::from_millis(50);

/// Lines of a program's standard error that are told.
const TOLD_LINES: usize = 5;

/// Characters of each of them.
const TOLD_CHARS: usize = 200;

/// How the program is run.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// Programs at the same time, at least 1.
    pub jobs: usize,
    pub timeout: Duration,
    /// Runs for an item at most, at least 1.
    pub tries: usize,
    /// An object an item instead of a sentence.
    pub json: bool,
}

/// What came of all items.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub made: usize,
    /// Nothing could be made of them.
    pub left: usize,
    /// Somebody has them, or they are not to be made again any more.
    pub passed: usize,
}

/// Makes outputs of a queue again.
pub(super) struct Making<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub reviewer: &'a str,
    pub program: &'a Program,
    pub terms: Terms,
    pub stop: &'a Stop,
}

/// An item whose next attempt is being made.
struct Job {
    id: String,
    claim: Claim,
    asked: Asked,
    line: String,
    tries: usize,
}

/// What a program's run came to, for the item of this row.
type Outcome = (Seq, Ran);

impl Making<'_> {
    /// Makes the items of these rows again, as far as they still are to be; gives what came of them
    /// also where it was stopped before the last.
    pub(super) fn run(&self, seqs: &[Seq]) -> Result<Tally> {
        if seqs.is_empty() {
            return Ok(Tally::default());
        }
        let name = self.program.run.join(" ");
        // Before the program is run: where nothing may come in, it is not.
        let mut attempts = Attempts::begin(self.store, self.queue, self.reviewer, &name).hinted()?;
        let tally = thread::scope(|scope| {
            let outcome = self.all(scope, seqs, &mut attempts);
            if outcome.is_err() {
                self.stop.pressed.store(true, Ordering::Relaxed); // what runs is in vain
            }
            outcome
        });
        let ended = attempts.end().hinted();
        tally.and_then(|tally| ended.map(|()| tally))
    }

    fn all<'s>(&'s self, scope: &'s Scope<'s, '_>, seqs: &[Seq], attempts: &mut Attempts) -> Result<Tally> {
        let (sender, outcomes) = channel();
        let (mut seqs, mut running, mut tally) = (seqs.iter(), HashMap::new(), Tally::default());
        loop {
            while running.len() < self.terms.jobs && !self.stop.is_pressed() {
                let Some(&seq) = seqs.next() else { break };
                match self.begin(seq)? {
                    Some(job) => {
                        self.start(scope, seq, &job, sender.clone());
                        running.insert(seq, job);
                    }
                    None => tally.passed += 1,
                }
            }
            if running.is_empty() {
                return Ok(tally);
            }
            let (seq, ran) = self.next(&outcomes, &mut running)?;
            let Some(job) = running.remove(&seq) else { continue };
            if let Some(job) = self.finish(seq, job, ran, attempts, &mut tally)? {
                self.start(scope, seq, &job, sender.clone());
                running.insert(seq, job);
            }
        }
    }

    /// Claims an item and reads what the program is told of it; `None`: somebody has it, or it is
    /// not to be made again any more.
    fn begin(&self, seq: Seq) -> Result<Option<Job>> {
        let actor = self.queue.actor(self.reviewer, self.store.now());
        let Some(claim) = self.store.claim_retry(actor, seq).hinted()? else { return Ok(None) };
        let mut job = None;
        self.store
            .to_retry(self.queue, Condition::of_item(seq), |to_retry| -> Result<(), StoreError> {
                let version = to_retry.rejected.decision.spec_version;
                let spec = self.store.readable_spec(self.queue, version)?;
                let spec = spec.as_ref().unwrap_or(&self.queue.spec.spec);
                let unreadable = |error: std::io::Error| StoreError::Damaged(error.to_string());
                let line = retry_line(&to_retry, spec).map_err(unreadable)?;
                let asked = asked(&to_retry).map_err(unreadable)?;
                job = Some(Job { id: to_retry.rejected.id().to_owned(), claim: claim.clone(), asked, line, tries: 1 });
                Ok(())
            })
            .hinted()?;
        if job.is_none() {
            self.store.release(seq, &claim.token).hinted()?;
        }
        Ok(job)
    }

    /// Runs the program for an item on a thread of its own: after a pause where it has failed.
    fn start<'s>(&'s self, scope: &'s Scope<'s, '_>, seq: Seq, job: &Job, sender: Sender<Outcome>) {
        let (line, pause) = (job.line.clone(), pause_before(job.tries));
        let (program, timeout, stop) = (self.program, self.terms.timeout, &*self.stop.pressed);
        scope.spawn(move || {
            let ran = match wait(pause, stop) {
                true => program.run(&line, timeout, stop),
                false => Ran { outcome: Err(Failure::Stopped), errors: String::new() },
            };
            let _ = sender.send((seq, ran)); // nobody waits after an error
        });
    }

    /// The next outcome; extends the claims meanwhile.
    fn next(&self, outcomes: &Receiver<Outcome>, running: &mut HashMap<Seq, Job>) -> Result<Outcome> {
        loop {
            match outcomes.recv_timeout(Duration::from_secs(1)) {
                Ok(outcome) => return Ok(outcome),
                Err(RecvTimeoutError::Timeout) => self.extend(running)?,
                Err(RecvTimeoutError::Disconnected) => unreachable!("its sender is held beside it"),
            }
        }
    }

    fn extend(&self, running: &mut HashMap<Seq, Job>) -> Result<()> {
        let now = self.store.now();
        for (seq, job) in running.iter_mut().filter(|(_, job)| job.claim.expires_at - now < EXTEND_MILLIS) {
            match self.store.extend(*seq, &job.claim.token, now) {
                Ok(until) => job.claim.expires_at = until,
                // Somebody has decided otherwise: what comes of the program will tell.
                Err(StoreError::ClaimLost { .. }) => job.claim.expires_at = UtcMillis::MAX,
                Err(error) => return Err(error).hinted(),
            }
        }
        Ok(())
    }

    /// Takes in what the program printed; gives the job back where it is to be run again.
    fn finish(&self, seq: Seq, job: Job, ran: Ran, attempts: &mut Attempts, tally: &mut Tally) -> Result<Option<Job>> {
        let why = match ran.outcome {
            Ok(printed) => match attempts.take(seq, printed, job.asked.clone()).hinted()? {
                Taken::Made { id, failed } => {
                    tally.made += 1;
                    let checks = failed.iter().map(|check| format!("the check `{}` says {}", check.key, check.outcome));
                    let checks = checks.collect::<Vec<_>>().join(", ");
                    self.tell(&job, Some(&id), (!checks.is_empty()).then_some(&checks))?;
                    self.release(seq, &job)?;
                    return Ok(None);
                }
                Taken::TooLate => {
                    tally.passed += 1;
                    self.tell(&job, None, Some("it is not to be made again any more, and nothing came in"))?;
                    self.release(seq, &job)?;
                    return Ok(None);
                }
                Taken::Refused(reason) => format!("what the program printed is no item: {reason}"),
            },
            Err(Failure::Stopped) => {
                self.release(seq, &job)?;
                return Ok(None);
            }
            Err(failure) => format!("the program {failure}"),
        };
        if job.tries < self.terms.tries && !self.stop.is_pressed() {
            let pause = count(pause_before(job.tries + 1).as_secs() as usize, "second");
            aside(&format!("{}: {why}; again in {pause}", job.id));
            tell_errors(&ran.errors);
            return Ok(Some(Job { tries: job.tries + 1, ..job }));
        }
        tally.left += 1;
        self.tell(&job, None, Some(&format!("left after {}: {why}", count_tries(job.tries))))?;
        tell_errors(&ran.errors);
        self.release(seq, &job)?;
        Ok(None)
    }

    fn release(&self, seq: Seq, job: &Job) -> Result<()> {
        self.store.release(seq, &job.claim.token).hinted()
    }

    /// Says what became of an item: the id of what was made, and what there is to know.
    fn tell(&self, job: &Job, made: Option<&str>, why: Option<&str>) -> Result<()> {
        if self.terms.json {
            let (item, attempt, tries) = (&job.id, job.asked.attempt, job.tries);
            return json_line(&json!({ "item": item, "attempt": attempt, "made": made, "tries": tries, "why": why }));
        }
        let made = made.map(|id| format!("made {id}"));
        let told: Vec<&str> = made.as_deref().into_iter().chain(why).collect();
        line(&format!("{}: {}", job.id, told.join("; ")))
    }
}

/// How long is waited before a run for an item, of which this is the number.
fn pause_before(tries: usize) -> Duration {
    tries.checked_sub(2).map_or(Duration::ZERO, |place| PAUSES[place.min(PAUSES.len() - 1)])
}

/// Waits; `false`: it was stopped meanwhile.
fn wait(pause: Duration, stop: &AtomicBool) -> bool {
    let start = Instant::now();
    while start.elapsed() < pause && !stop.load(Ordering::Relaxed) {
        thread::sleep(GLANCE.min(pause));
    }
    !stop.load(Ordering::Relaxed)
}

/// `one try`, `3 tries`
fn count_tries(tries: usize) -> String {
    if tries == 1 { "one try".into() } else { format!("{tries} tries") }
}

/// Says the last lines that a program wrote on standard error.
fn tell_errors(errors: &str) {
    let lines: Vec<&str> = errors.lines().filter(|line| !line.trim().is_empty()).collect();
    for line in &lines[lines.len().saturating_sub(TOLD_LINES)..] {
        let shown: String = line.chars().take(TOLD_CHARS).collect();
        aside(&format!("  | {shown}"));
    }
}
