//! Following files: what is written to them comes into a queue as it is written, each record once.
//!
//! The place up to which a file was read is stored in the transaction that takes its records in, so that a program
//! that is killed at any moment goes on behind what is in. A file is known again by its bytes: one that was renamed
//! is the same, and one that was cut off or written anew is another.

mod file;
mod known;
mod listing;
mod part;
mod reading;

use super::{Counts, Failure, Ingest, Progress, RejectsTo};
use crate::check::Checks;
use crate::domain::followed::{Followed, KNOWN_BY, Mark};
use crate::domain::mapping::Mapping;
use crate::domain::queue::Queue;
use crate::import::{LookBack, Options};
use crate::store::{ImportOptions, ImportSession, Store, StoreError};
use file::{FollowedFile, Form};
use known::{Known, is_at};
use listing::{Listing, Named, Stamp, list, rotated};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A file that is read whole is taken for whole when nothing was written to it for this long.
const WHOLE_AFTER: Duration = Duration::from_secs(2);

/// A line without its end is taken for whole after this long, where it is one JSON object: nothing can follow that. So
/// is a file without any line end.
const ENDED_AFTER: Duration = Duration::from_secs(10);

/// Who writes a file may go on writing to it for a while when it has lost its name, or begin a line anew. The last row
/// of a table is taken without a line end after this long.
const LEFT_AFTER: Duration = Duration::from_secs(60);

/// Files that are kept open from one round to the next; within a round there are a quarter more at most.
const OPEN_AT_ONCE: usize = 128;

/// Whether the spec has changed is asked this often at most.
const SPEC_ASKED: Duration = Duration::from_secs(1);

/// Hears how files are followed, and says how they are read.
pub trait Watching: Progress {
    /// Where the fields of a file are; fails with what is said of a file of which that is not known.
    fn mapping(&mut self, file: &Path) -> Result<Mapping, String>;
    /// Something came in, or was rejected, from a file.
    fn came_in(&mut self, file: &Path, counts: &Counts);
    /// A file is not read, for this reason. Said once of each reason.
    fn passed_over(&mut self, file: &Path, why: &str);
    /// A file cannot be read at present, for this reason. Said once of each reason.
    fn unread(&mut self, file: &Path, why: &str) {
        self.passed_over(file, why);
    }
}

/// Files that are followed into a queue.
pub struct Watch<'a> {
    store: &'a Store,
    queue: Queue,
    actor: &'a str,
    reading: Options,
    options: ImportOptions,
    rejects: RejectsTo,
    paths: Vec<PathBuf>,
    /// The file of the workspace, which may stand in a folder that is followed.
    own: Option<PathBuf>,
    checks: Arc<Checks>,
    spec_asked: Instant,
    session: Option<ImportSession>,
    known: Known,
    files: BTreeMap<PathBuf, FollowedFile>,
    /// Files whose names have gone to others, and which may not be read to their end.
    leaving: Vec<FollowedFile>,
    /// What was said of paths that cannot be looked at.
    problems: HashMap<PathBuf, String>,
    totals: Counts,
}

/// What a round of reading has left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// There is more to read at once.
    pub is_more: bool,
    /// A file may be whole after this long, though nothing changes.
    pub again_in: Option<Duration>,
}

/// What is next for a file.
enum Step {
    /// There is more to read.
    More,
    /// Nothing before it changes.
    Settled,
    /// It is looked at again whatever happens.
    Retry,
    After(Duration),
}

impl Round {
    fn note(&mut self, step: &Step) {
        match step {
            Step::More => self.is_more = true,
            Step::After(pause) => self.again_in = Some(self.again_in.map_or(*pause, |before| before.min(*pause))),
            Step::Settled | Step::Retry => {}
        }
    }
}

impl<'a> Watch<'a> {
    /// Begins where an earlier watch has ended. Files need not be there yet.
    pub fn begin(ingest: Ingest<'a>, paths: Vec<PathBuf>) -> Result<Self, StoreError> {
        let Ingest { store, queue, actor, reading, options, rejects } = ingest;
        let own = store.address().file().and_then(|file| file.canonicalize().ok());
        Ok(Self {
            store,
            queue: queue.clone(),
            actor,
            reading,
            options,
            rejects,
            paths,
            own,
            checks: compiled(queue)?,
            spec_asked: Instant::now(),
            session: None,
            known: Known::of(store.followed(queue)?),
            files: BTreeMap::new(),
            leaving: Vec::new(),
            problems: HashMap::new(),
            totals: Counts::default(),
        })
    }

    /// What came of all files since the beginning.
    pub fn counts(&self) -> Counts {
        self.totals
    }

    /// Files whose last line has no end, so that it waits.
    pub fn waiting(&self) -> Vec<PathBuf> {
        let waits = |file: &&FollowedFile| {
            matches!(file.form, Some(Form::Growing { .. } | Form::Untold))
                && file.stamp.size > file.followed.mark.position
        };
        self.files.values().filter(waits).filter(|file| file.told.is_none()).map(|file| file.path.clone()).collect()
    }

    /// Looks at all files and reads a part of each that has more. A failure of the store leaves everything as it
    /// was: [`Watch::recover`] goes on from what is in.
    pub fn round(&mut self, watching: &mut dyn Watching) -> Result<Round, Failure> {
        self.ask_for_spec()?;
        self.look(watching);
        let mut round = Round::default();
        // The rest of what was renamed away comes before what has taken its name.
        for at in (0..self.leaving.len()).rev() {
            let mut file = self.leaving.swap_remove(at);
            let outcome = self.read_out(&mut file, watching);
            match outcome {
                Ok(Step::Settled) => self.end_import(&mut file),
                Ok(step) => {
                    round.note(&step);
                    self.leaving.push(file);
                }
                Err(failure) => {
                    self.leaving.push(file);
                    return Err(failure);
                }
            }
        }
        let paths: Vec<_> =
            self.files.iter().filter(|(_, file)| !file.is_settled).map(|(path, _)| path.clone()).collect();
        let mut opened = 0;
        for path in paths {
            if watching.stop().load(Ordering::Relaxed) {
                return Err(Failure::Interrupted);
            }
            let Some(mut file) = self.files.remove(&path) else { continue };
            let outcome = self.work(&mut file, watching);
            if let Ok(step) = &outcome {
                file.is_settled = matches!(step, Step::Settled);
                round.note(step);
            }
            opened += usize::from(file.handle.is_some());
            self.files.insert(path, file);
            outcome?;
            if opened >= OPEN_AT_ONCE / 4 {
                self.close_some();
                opened = 0;
            }
        }
        self.close_some();
        Ok(round)
    }

    /// Goes on from what is in the workspace, after its store has failed.
    pub fn recover(&mut self) -> Result<(), StoreError> {
        let known = Known::of(self.store.followed(&self.queue)?);
        for file in self.files.values_mut().chain(&mut self.leaving) {
            let was_open = file.handle.is_some();
            let again = match known.get(&file.followed.id) {
                Some(known) => Ok(Some(known.clone())),
                None => file.opened().and_then(|file| known.again(file, &HashSet::new())),
            };
            // One that cannot be read now keeps its place, which is never beyond what is in.
            if let Ok(again) = again {
                file.followed.mark = again.map(|known| known.mark).unwrap_or_default();
            }
            file.handle = file.handle.take().filter(|_| was_open);
            (file.import, file.is_settled, file.back) = (None, false, LookBack::LastLines);
        }
        (self.known, self.session) = (known, None);
        Ok(())
    }

    /// Ends the imports, with their counts in the log.
    pub fn end(mut self) -> Result<Counts, StoreError> {
        for mut file in std::mem::take(&mut self.files).into_values().chain(std::mem::take(&mut self.leaving)) {
            self.end_import(&mut file);
        }
        self.session.take().map_or(Ok(()), |session| self.store.end_following(session))?;
        Ok(self.totals)
    }

    /// What comes from now on comes under the spec that is in force.
    fn ask_for_spec(&mut self) -> Result<(), Failure> {
        if self.spec_asked.elapsed() < SPEC_ASKED {
            return Ok(());
        }
        self.spec_asked = Instant::now();
        let queue = self.store.queue(&self.queue.name)?;
        if queue.spec.version != self.queue.spec.version {
            self.checks = compiled(&queue)?;
            (self.queue, self.session) = (queue, None);
        }
        Ok(())
    }

    fn ids_in_use(&self) -> HashSet<String> {
        self.files.values().chain(&self.leaving).map(|file| file.followed.id.clone()).collect()
    }

    /// Finds out which files there are, and which of them are others than before.
    fn look(&mut self, watching: &mut dyn Watching) {
        let Listing { files: listed, mut problems } = list(&self.paths, self.own.as_deref());
        let mut before = std::mem::take(&mut self.files);
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for (path, (stamp, named)) in listed {
            match before.remove(&path) {
                Some(mut file) if file.stamp.is_same_file(&stamp) => {
                    file.see(stamp);
                    self.files.insert(path, file);
                }
                other => {
                    gone.extend(other);
                    fresh.push((path, stamp, named));
                }
            }
        }
        gone.extend(before.into_values());
        let mut in_use = self.ids_in_use();
        in_use.extend(gone.iter().map(|file| file.followed.id.clone()));
        for (path, stamp, named) in fresh {
            let renamed = gone.iter_mut().position(|file| is_renamed(file, &path, &stamp));
            let file = match renamed {
                Some(at) => {
                    let mut file = gone.swap_remove(at);
                    (file.followed.path, file.named, file.path) = (whole_path(&path), named, path.clone());
                    file.see(stamp);
                    file
                }
                None => match self.met(&path, stamp, named, &mut in_use) {
                    Ok(file) => file,
                    // What it is cannot be told, so that it has no place that could be kept.
                    Err(error) => {
                        problems.push((path, error));
                        continue;
                    }
                },
            };
            self.files.insert(path, file);
        }
        gone.into_iter().for_each(|file| self.leave(file));
        self.problems.retain(|path, _| problems.iter().any(|(other, _)| other == path));
        for (path, error) in problems {
            let why = match error.kind() {
                io::ErrorKind::NotFound => "is not there yet".to_owned(),
                _ => format!("cannot be read ({error})"),
            };
            if self.problems.insert(path.clone(), why.clone()).as_ref() != Some(&why) {
                watching.unread(&path, &why);
            }
        }
    }

    /// A file that was not seen before under this name.
    fn met(
        &mut self,
        path: &Path,
        stamp: Stamp,
        named: Named,
        in_use: &mut HashSet<String>,
    ) -> io::Result<FollowedFile> {
        let whole = whole_path(path);
        let again = self.known.again(&mut File::open(path)?, in_use)?;
        let followed = match again {
            // Of little that was read, another may begin alike.
            Some(known) if in_use.contains(&known.id) || known.mark.position < KNOWN_BY => {
                Followed { mark: known.mark, ..self.store.follow(whole.clone()) }
            }
            Some(known) => Followed { path: whole.clone(), ..known },
            // One that is read whole is written anew rather than beside what it was.
            None => match self.known.last_at(&whole).filter(|known| known.mark.lines.is_none()) {
                Some(known) if !in_use.contains(&known.id) => {
                    Followed { id: known.id.clone(), path: whole.clone(), mark: Mark::default() }
                }
                _ => self.store.follow(whole.clone()),
            },
        };
        let file = FollowedFile::new(path.to_owned(), named, stamp, followed);
        in_use.insert(file.followed.id.clone());
        if named == Named::Itself {
            self.find_rest(path, &whole, in_use);
        }
        Ok(file)
    }

    /// Looks for what was read under this name before, and goes by another now: its rest is read first. In a folder
    /// that is followed it is met by itself.
    fn find_rest(&mut self, path: &Path, whole: &str, in_use: &HashSet<String>) {
        let mut found: Vec<FollowedFile> = rotated(path)
            .into_iter()
            .filter_map(|other| {
                let mut handle = File::open(&other).ok()?;
                let stamp = Stamp::of(&handle.metadata().ok()?);
                let known = self.known.again(&mut handle, in_use).ok()??;
                let has_rest = known.path == whole && !in_use.contains(&known.id) && stamp.size > known.mark.position;
                let mut file = FollowedFile::new(other, Named::ByItsFolder, stamp, known);
                (file.left_at, file.handle) = (Some(Instant::now()), Some(handle));
                has_rest.then_some(file)
            })
            .collect();
        // The last is read first.
        found.sort_by(|one, other| other.followed.id.cmp(&one.followed.id));
        self.leaving.extend(found);
    }

    /// A file has lost its name, or another has it.
    fn leave(&mut self, mut file: FollowedFile) {
        if !matches!(file.form, Some(Form::Whole)) && file.handle.is_some() {
            file.left_at = Some(Instant::now());
            self.leaving.push(file);
        } else {
            self.end_import(&mut file);
        }
    }

    fn begin_session(&mut self) -> Result<(), StoreError> {
        if self.session.is_none() {
            self.session = Some(self.store.begin_following(&self.queue, self.options, self.actor)?);
        }
        Ok(())
    }

    /// Closes files that were quiet for the longest, where many are open.
    fn close_some(&mut self) {
        let mut open: Vec<_> = self.files.values_mut().filter(|file| file.handle.is_some()).collect();
        let Some(many) = open.len().checked_sub(OPEN_AT_ONCE) else { return };
        // Time goes on while they are sorted.
        open.sort_by_cached_key(|file| std::cmp::Reverse(file.quiet_for()));
        open.into_iter().take(many).for_each(|file| file.handle = None);
    }

    /// The import of a file ends with its counts in the log; what cannot be logged is in all the same.
    fn end_import(&self, file: &mut FollowedFile) {
        if let (Some(import), Some(session)) = (file.import.take(), &self.session) {
            let counts = serde_json::json!(file.counts);
            let _ = self.store.end_file(session, import, &counts, self.store.now());
        }
        file.counts = Counts::default();
    }
}

/// Whether the file that has lost its name is the one that has this name now.
fn is_renamed(file: &mut FollowedFile, path: &Path, stamp: &Stamp) -> bool {
    let is_same = file.stamp.is_same_file(stamp);
    let holds_the_same = |file: &FollowedFile| {
        let mut handle = File::open(path).ok()?;
        is_at(&file.followed.mark, &mut handle).ok()
    };
    // A number of a file that is not open may have gone to another.
    is_same
        && (file.handle.is_some() && cfg!(unix)
            || file.followed.mark.position > 0 && holds_the_same(file) == Some(true))
}

fn whole_path(path: &Path) -> String {
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

fn compiled(queue: &Queue) -> Result<Arc<Checks>, StoreError> {
    Checks::compile(&queue.spec.spec).map(Arc::new).map_err(StoreError::Damaged)
}
