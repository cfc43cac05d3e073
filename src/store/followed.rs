//! Files that are followed: what is read of one comes in together with the place up to which it was read.

use super::batches::Batch;
use super::claims::id_at;
use super::engine::{Lock, params};
use super::import::{ImportOptions, ImportOutcome, ImportSession, ImportSource};
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::followed::{Followed, Mark};
use crate::domain::imported::Record;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;

/// The import of one of the files that a session follows.
#[derive(Debug, Clone, Copy)]
pub struct FollowedImport {
    id: i64,
    batch: Option<Batch>,
}

impl Store {
    /// A file that is followed from its beginning.
    pub fn follow(&self, path: String) -> Followed {
        Followed::new(id_at(self.now()).to_string(), path)
    }

    /// Begins to follow files into a queue. A file may bring a record again; what comes in is on disk when it is in.
    pub fn begin_following(&self, queue: &Queue, options: ImportOptions, actor: &str) -> Result<ImportSession> {
        self.refuse_replacing(options, actor)?;
        Ok(self.session_of(queue, 0, self.document_writer()?, options, actor)?.of_what_comes_again())
    }

    /// The import of a file begins; it stands in the log from here on.
    pub fn begin_file<'a>(
        &self,
        session: &ImportSession,
        source: impl Into<ImportSource<'a>>,
        now: UtcMillis,
    ) -> Result<FollowedImport> {
        let id = self.log_import(session.queue(), &source.into(), session.actor(), now)?;
        Ok(FollowedImport { id, batch: None })
    }

    /// Takes in what was read of a file, with the place up to which that was, in one transaction. Before it
    /// commits, `settle` hears what became of each record, and may refuse all of it.
    pub fn import_part<'r>(
        &self,
        session: &mut ImportSession,
        file: &mut FollowedImport,
        records: impl Iterator<Item = &'r Record> + Clone,
        followed: &Followed,
        now: UtcMillis,
        settle: impl FnOnce(&[ImportOutcome]) -> Result<()>,
    ) -> Result<()> {
        session.go_on_with(file.id, file.batch);
        let outcome = self.write_once(|tx| {
            tx.lock(Lock::Import)?;
            let taken = match records.clone().next() {
                Some(_) => tx.take_all(session, records, None, now)?,
                None => Vec::new(),
            };
            tx.keep_place(session, followed, now)?;
            settle(&taken)
        });
        self.after_transaction(session, outcome)?;
        file.batch = session.batch();
        Ok(())
    }

    /// Notes how far a file was read whose records are in.
    pub fn note_place(&self, session: &ImportSession, followed: &Followed, now: UtcMillis) -> Result<()> {
        self.write(|tx| tx.keep_place(session, followed, now))
    }

    /// The import of a file ends with its counts.
    pub fn end_file(
        &self,
        session: &ImportSession,
        file: FollowedImport,
        counts: &serde_json::Value,
        now: UtcMillis,
    ) -> Result<()> {
        self.log_finished(session, file.id, counts, now)
    }

    /// Ends the following.
    pub fn end_following(&self, mut session: ImportSession) -> Result<()> {
        self.file_held_documents(&mut session)
    }

    /// The files that were followed into the queue, in the order in which they were met; on a server those that
    /// this person has followed.
    pub fn followed(&self, queue: &Queue) -> Result<Vec<Followed>> {
        let sql = "SELECT id, path, position, lines, head, tail FROM followed WHERE queue_id = ?1 ORDER BY id";
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        self.all(sql, params![queue.id], |row| {
            let (position, lines) = (count(row.need_int(2)?), row.int(3)?.map(count));
            let mark = Mark { position, lines, head: row.string(4)?, tail: row.string(5)? };
            Ok(Followed { id: row.string(0)?, path: row.string(1)?, mark })
        })
    }
}

impl Tx<'_> {
    fn keep_place(&self, session: &ImportSession, followed: &Followed, now: UtcMillis) -> Result<()> {
        let Followed { id, path, mark: Mark { position, lines, head, tail } } = followed;
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (position, lines) = (number(*position), lines.map(number));
        let place = params![id.as_str(), path.as_str(), position, lines, head.as_str(), tail.as_str(), now];
        let sql = "UPDATE followed SET path = ?2, position = ?3, lines = ?4, head = ?5, tail = ?6, read_at = ?7
                   WHERE id = ?1";
        if self.execute(sql, place)? == 0 {
            let sql = "INSERT INTO followed (id, path, position, lines, head, tail, read_at, queue_id, reader)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let all = [place.as_slice(), params![session.queue(), session.actor()].as_slice()].concat();
            self.execute(sql, &all)?;
        }
        Ok(())
    }
}
