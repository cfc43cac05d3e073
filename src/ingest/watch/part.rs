//! A part of a file that grows, taken in together with the place up to which it goes.

use super::file::{FollowedFile, Form};
use super::{Step, Watch, Watching};
use crate::domain::followed::Followed;
use crate::import::{Growing, ImportError, LookBack, Options, Part, Remarks, Row};
use crate::ingest::rejects::Rejects;
use crate::ingest::{ByChecks, Counts, Failure, Ingest, Progress, Run, checked};
use crate::store::{FollowedImport, ImportSession, ImportSource, StoreError};
use crate::text::causes::with_causes;
use std::io::Read;
use std::path::Path;

impl Watch<'_> {
    /// Takes in the next part of a file.
    pub(super) fn take_part(
        &mut self,
        file: &mut FollowedFile,
        part: Part,
        watching: &mut dyn Watching,
    ) -> Result<Step, Failure> {
        let Some(Form::Growing { growing, mapping }) = &file.form else { return Ok(Step::Settled) };
        let (growing, reading) = (growing.clone(), Options { mapping: mapping.clone(), ..self.reading.clone() });
        let lines = file.lines_before()?;
        let position = file.followed.mark.position;
        let followed = file.behind(position + part.bytes, Some(lines + part.lines))?;
        let bytes = file.part_at(position)?.take(part.bytes);
        let name = file.path.display().to_string();
        let (rows, header) = match rows(&growing, &name, (position, lines), bytes, &reading) {
            Ok(read) => read,
            Err(ImportError::Io { error, .. }) => return Err(error.into()),
            Err(error) => {
                let why = with_causes(&error);
                self.tell(file, &why, watching);
                return Ok(Step::Settled);
            }
        };
        if rows.is_empty() {
            file.followed = followed; // a line of column names says too little to know a file by
            return Ok(Step::More);
        }
        self.begin_session()?;
        let (queue, checks, rejects, back) = (self.queue.clone(), self.checks.clone(), self.rejects.clone(), file.back);
        let Self { store, actor, options, .. } = *self;
        let Some(session) = &mut self.session else { return Ok(Step::Settled) };
        let import = match file.import {
            Some(import) => import,
            None => {
                let path = Path::new(&followed.path);
                store.begin_file(session, ImportSource { name: &name, path: Some(path) }, store.now())?
            }
        };
        let import = file.import.insert(import);
        let rows = rows.into_iter().map(|row| checked(&checks, &queue.spec.spec, row)).collect();
        let mut run = Run {
            ingest: &Ingest { store, queue: &queue, actor, reading, options, rejects },
            checks: checks.clone(),
            stop: watching.stop(),
            rejects: Rejects::behind(&self.rejects, back),
            counts: Counts::default(),
            remarks: Remarks::default(),
            by_checks: ByChecks::default(),
            progress: as_progress(watching),
        };
        run.rejects.begin(&file.path, header.as_deref());
        run.take_part(rows, session, import, &followed)?;
        let counts = run.counts;
        let sentences: Vec<String> = run.remarks.sentences().chain(run.by_checks.sentence()).collect();
        // The first tell of what is in the others too.
        if !file.has_remarks {
            sentences.iter().for_each(|sentence| watching.say(&format!("{name}: {sentence}")));
            file.has_remarks = !sentences.is_empty();
        }
        self.totals.add(&counts);
        file.counts.add(&counts);
        watching.came_in(&file.path, &counts);
        (file.back, file.told) = (LookBack::No, None);
        self.known.keep(followed.clone());
        file.followed = followed;
        Ok(Step::More)
    }
}

fn as_progress(watching: &mut dyn Watching) -> &mut dyn Progress {
    watching
}

/// The rows of a part, and the line of column names that belongs to them.
fn rows(
    growing: &Growing,
    name: &str,
    place: (u64, u64),
    bytes: impl Read + Send + 'static,
    reading: &Options,
) -> Result<(Vec<Row>, Option<String>), ImportError> {
    let reader = match growing.read(name, place, bytes, reading) {
        Err(ImportError::Empty(_)) => return Ok((Vec::new(), None)),
        reader => reader?,
    };
    let header = reader.header().map(str::to_owned);
    let rows = reader.collect::<std::io::Result<_>>();
    Ok((rows.map_err(|error| ImportError::Io { name: name.to_owned(), error })?, header))
}

impl Run<'_> {
    /// Takes in the rows of a part. Its rejects are in their file before it is in.
    fn take_part(
        &mut self,
        rows: Vec<Row>,
        session: &mut ImportSession,
        import: &mut FollowedImport,
        followed: &Followed,
    ) -> Result<(), Failure> {
        let (records, rejects) = self.sorted(rows);
        let store = self.ingest.store;
        let (held_back, replaced, judgements) = (session.held_back(), session.replaced(), session.judgements());
        let items = records.iter().map(AsRef::as_ref);
        store.import_part(session, import, items, followed, store.now(), |outcomes| {
            self.settle(&records, outcomes, rejects).and_then(|()| self.rejects.flush(self.progress)).map_err(
                |failure| match failure {
                    Failure::Store(error) => error,
                    Failure::Rejects { path, error } => {
                        let what = format!("the rejected record cannot be written to {}", path.display());
                        StoreError::Io { what, source: error }
                    }
                    Failure::Read(source) => StoreError::Io { what: "a rejected record cannot be read".into(), source },
                    Failure::Interrupted => StoreError::Stopped,
                },
            )
        })?;
        self.counts.held_back += session.held_back() - held_back;
        self.counts.replaced += session.replaced() - replaced;
        self.counts.judgements += session.judgements() - judgements;
        Ok(())
    }
}
