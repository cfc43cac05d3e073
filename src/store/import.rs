//! Taking items in: many rows a transaction, context documents once each.

mod dry_run;
mod outcome;

pub use dry_run::DryRun;
pub use outcome::{ImportOptions, ImportOutcome};

use super::batches::Batch;
use super::columns::{self, Bound};
use super::decisions::STANDING;
use super::documents::{self, DocumentWriter};
use super::engine::{Load, Lock, Param, params};
use super::events::Subject;
use super::prompts::PromptWriter;
use super::sampling::{self, Sampler, Sampling};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::check::FailedCheck;
use crate::domain::digest::Digest;
use crate::domain::event::EventKind;
use crate::domain::imported::Record;
use crate::domain::item::Seq;
use crate::domain::judge::ImportedJudgement;
use crate::domain::queue::Queue;
use crate::domain::record::{FieldType, ITEM, ItemField, StoreColumn};
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// The import of one file into a queue.
pub struct ImportSession {
    queue: i64,
    import: i64,
    /// The queue as it was when the import began: its spec's checks were run.
    at_start: Queue,
    actor: String,
    options: ImportOptions,
    /// An agent imports: what is no attempt at a case of the queue stays out.
    brings_attempts: bool,
    /// Changes that a dry run would have made so far.
    dry_run: DryRun,
    /// The next free row number, within the present transaction.
    next_item: Seq,
    documents: DocumentWriter,
    /// `None`: a file may bring a record again.
    seen: Option<Seen>,
    sampling: Arc<Sampling>,
    /// The batch of what came in last; `None`: the next item is of a new one.
    batch: Option<Batch>,
    held_back: u64,
    replaced: u64,
    judgements: u64,
}

/// Where imported records come from.
pub struct ImportSource<'a> {
    /// What the user calls it.
    pub name: &'a str,
    /// The whole path of a file.
    pub path: Option<&'a Path>,
}

impl<'a> From<&'a str> for ImportSource<'a> {
    fn from(name: &'a str) -> Self {
        Self { name, path: None }
    }
}

/// The rows that new items take, within a transaction.
struct Inserts<'s> {
    item: Box<dyn Load + 's>,
    text: Box<dyn Load + 's>,
    document: Box<dyn Load + 's>,
    prompts: PromptWriter,
    /// The items that the queue has of those that come in, where inserting them does not
    /// tell.
    known: Option<Known>,
    /// What checks found on items that come in.
    failed: Vec<(Seq, Vec<FailedCheck>)>,
    /// What judges say of items that come in or are here.
    judged: Vec<(Seq, ImportedJudgement)>,
    sampler: Option<Sampler>,
}

/// Row number and digest of each known item, by its id.
pub(super) type Known = HashMap<String, (Seq, Digest)>;

impl Inserts<'_> {
    fn note_checks(&mut self, seq: Seq, record: &Record) {
        if !record.failed.is_empty() {
            self.failed.push((seq, record.failed.clone()));
        }
    }

    fn note_judgements<'r>(&mut self, seq: Seq, judgements: impl IntoIterator<Item = &'r ImportedJudgement>) {
        self.judged.extend(judgements.into_iter().map(|judgement| (seq, judgement.clone())));
    }

    /// An item's text refers to its row.
    fn flush(&mut self) -> Result<()> {
        self.document.flush()?;
        self.item.flush()?;
        self.text.flush()
    }
}

/// What an item's row says beside its narrow fields.
const PLACE: [&str; 7] = ["seq", "queue_id", "id", "import_id", "batch_id", "hash_a", "hash_b"];

/// The fields in an item's row that its content sets.
fn narrow() -> impl Iterator<Item = &'static ItemField> {
    columns::narrow(ITEM).filter(|field| field.holds != FieldType::Id)
}

/// The fields that stand in a row of their own.
fn large() -> impl Iterator<Item = &'static ItemField> {
    ITEM.iter().filter(|field| field.holds.is_large())
}

static ITEM_COLUMNS: LazyLock<Vec<&str>> =
    LazyLock::new(|| PLACE.into_iter().chain(narrow().flat_map(columns::of).copied()).collect());

/// With what sampling says of the item.
static SAMPLED_COLUMNS: LazyLock<Vec<&str>> =
    LazyLock::new(|| ITEM_COLUMNS.iter().copied().chain(sampling::COLUMNS).collect());

static TEXT_COLUMNS: LazyLock<Vec<&str>> =
    LazyLock::new(|| std::iter::once("seq").chain(large().flat_map(columns::of).copied()).collect());

/// Sets all of an item's row but its place: `?1` is the row, `?2` and `?3` are the digest,
/// and the narrow fields follow in their order.
static REPLACE_ITEM: LazyLock<String> = LazyLock::new(|| {
    let set = ITEM_COLUMNS[5..].iter().zip(2..).map(|(name, marker)| format!("{name} = ?{marker}"));
    format!("UPDATE item SET {} WHERE seq = ?1", set.collect::<Vec<_>>().join(", "))
});

/// Ids that one statement looks up.
const LOOKED_UP: usize = 500;

impl ImportSession {
    /// How many of its items sampling held back so far.
    pub fn held_back(&self) -> u64 {
        self.held_back
    }

    /// How many rejected attempts its items have taken the place of so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// How many judgements have come in so far.
    pub fn judgements(&self) -> u64 {
        self.judgements
    }

    /// Continues from the files before this one, whose items a dry run left out.
    pub fn after(self, before: DryRun) -> Self {
        Self { dry_run: before.next_file(), ..self }
    }

    /// The same for files that are followed over a long time.
    pub(super) fn of_what_comes_again(self) -> Self {
        Self { seen: None, ..self }
    }

    /// Goes on with another file.
    pub(super) fn go_on_with(&mut self, import: i64, batch: Option<Batch>) {
        (self.import, self.batch) = (import, batch);
    }

    pub(super) fn batch(&self) -> Option<Batch> {
        self.batch
    }

    pub(super) fn queue(&self) -> i64 {
        self.queue
    }

    pub(super) fn actor(&self) -> &str {
        &self.actor
    }

    /// Takes note of an item; `false` where the present file has brought it before.
    fn is_first(&mut self, seq: Seq) -> bool {
        self.seen.as_mut().is_none_or(|seen| seen.insert(seq))
    }

    fn subject(&self, item: Option<Seq>, now: UtcMillis) -> Subject<'_> {
        Subject { queue: self.queue, item, actor: &self.actor, now }
    }
}

impl Store {
    /// Begins an import; it stands in the log from here on.
    pub fn begin_import<'a>(
        &self,
        queue: &Queue,
        source: impl Into<ImportSource<'a>>,
        options: ImportOptions,
        actor: &str,
        now: UtcMillis,
    ) -> Result<ImportSession> {
        self.refuse_replacing(options, actor)?;
        let (import, documents) = match options.dry_run {
            true => (0, DocumentWriter::idle()),
            false => {
                self.engine.bulk(true)?;
                (self.log_import(queue.id, &source.into(), actor, now)?, self.document_writer()?)
            }
        };
        self.session_of(queue, import, documents, options, actor)
    }

    /// Begins an import of single records over a long time, for [`Store::import_attempt`]: each is on
    /// disk when it is in.
    pub fn begin_attempts(&self, queue: &Queue, source: &str, actor: &str, now: UtcMillis) -> Result<ImportSession> {
        let import = self.log_import(queue.id, &source.into(), actor, now)?;
        self.session_of(queue, import, self.document_writer()?, ImportOptions::default(), actor)
    }

    pub(super) fn refuse_replacing(&self, options: ImportOptions, actor: &str) -> Result<()> {
        match options.update && self.is_agent(actor)? {
            true => Err(StoreError::Forbidden(format!(
                "`{actor}` is an agent here, who brings attempts and replaces nothing"
            ))),
            false => Ok(()),
        }
    }

    pub(super) fn session_of(
        &self,
        queue: &Queue,
        import: i64,
        documents: DocumentWriter,
        options: ImportOptions,
        actor: &str,
    ) -> Result<ImportSession> {
        Ok(ImportSession {
            queue: queue.id,
            import,
            at_start: queue.clone(),
            actor: actor.into(),
            options,
            brings_attempts: self.is_agent(actor)?,
            dry_run: DryRun::default(),
            next_item: 0,
            documents,
            seen: Some(Seen::default()),
            sampling: Sampling::of(queue)?.into(),
            batch: None,
            held_back: 0,
            replaced: 0,
            judgements: 0,
        })
    }

    pub(super) fn log_import(&self, queue: i64, source: &ImportSource, actor: &str, now: UtcMillis) -> Result<i64> {
        let path = source.path.map(|path| path.to_string_lossy());
        self.write(|tx| {
            let sql = "INSERT INTO import (queue_id, source, started_at, started_by, path)
                       VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id";
            let import = tx.number(sql, params![queue, source.name, now, actor, path.as_deref()])?;
            let subject = Subject { queue, item: None, actor, now };
            tx.log(subject, &EventKind::ImportStarted { import, source: source.name.into() })?;
            Ok(import)
        })
    }

    /// The name of the queue that the file was last imported into.
    pub fn queue_of_file(&self, file: &Path) -> Result<Option<String>> {
        let sql = "SELECT q.name FROM import m JOIN queue q ON q.id = m.queue_id WHERE m.path = ?1
                   ORDER BY m.id DESC LIMIT 1";
        self.first(sql, params![&*file.to_string_lossy()], |row| row.string(0))
    }

    /// The files that the queue's items came from, by their whole paths; none for an import
    /// from a stream, or one by an earlier program.
    pub fn imported_files(&self, queue: &Queue) -> Result<Vec<PathBuf>> {
        let sql = "SELECT DISTINCT path FROM import WHERE queue_id = ?1 AND path IS NOT NULL";
        let mut files = Vec::new();
        self.engine.query(sql, params![queue.id], &mut |row| {
            files.push(row.string(0)?.into());
            Ok(())
        })?;
        Ok(files)
    }

    /// The file that an item came from, where that is known.
    pub fn file_of(&self, seq: Seq) -> Result<Option<PathBuf>> {
        let sql = "SELECT m.path FROM item i JOIN import m ON m.id = i.import_id
                   WHERE i.seq = ?1 AND m.path IS NOT NULL";
        self.first(sql, params![seq], |row| Ok(row.string(0)?.into()))
    }

    /// Imports records in one transaction; gives the outcome of each, in order. When this
    /// returns, a killed program loses none of them; [`Store::end_import`] syncs them to disk.
    pub fn import_records<'r>(
        &self,
        session: &mut ImportSession,
        records: impl Iterator<Item = &'r Record> + Clone,
        now: UtcMillis,
    ) -> Result<Vec<ImportOutcome>> {
        if session.options.dry_run {
            return self.predict_all(session, records);
        }
        let outcome = self.write_once(|tx| {
            tx.lock(Lock::Import)?;
            tx.take_all(session, records, None, now)
        });
        self.after_transaction(session, outcome)
    }

    /// Imports a record as the next attempt, in the place of an item that is to be made again, in
    /// one transaction. `None`: it is not any more, and nothing comes in.
    pub fn import_attempt(
        &self,
        session: &mut ImportSession,
        of: Seq,
        record: &Record,
        now: UtcMillis,
    ) -> Result<Option<ImportOutcome>> {
        let outcome = self.write_once(|tx| {
            tx.lock(Lock::Import)?;
            tx.lock(Lock::Items(&[of]))?;
            if !tx.is_to_retry(of)? {
                return Ok(None);
            }
            Ok(tx.take_all(session, std::iter::once(record), Some(of), now)?.pop())
        });
        self.after_transaction(session, outcome)
    }

    pub(super) fn after_transaction<T>(&self, session: &mut ImportSession, outcome: Result<T>) -> Result<T> {
        match &outcome {
            Ok(_) => self.spill_documents(&mut session.documents)?,
            Err(_) => {
                session.documents.forget_transaction();
                session.batch = None; // it may have begun in what was taken back
            }
        }
        outcome
    }

    /// Ends an import with its counts. When this returns, all of it is on disk. What it
    /// gives is for [`ImportSession::after`].
    pub fn end_import(&self, mut session: ImportSession, counts: &serde_json::Value, now: UtcMillis) -> Result<DryRun> {
        if session.options.dry_run {
            return Ok(session.dry_run);
        }
        self.file_documents(&mut session.documents)?;
        self.engine.bulk(false)?;
        self.log_finished(&session, session.import, counts, now)?;
        Ok(session.dry_run)
    }

    pub(super) fn log_finished(
        &self,
        session: &ImportSession,
        import: i64,
        counts: &serde_json::Value,
        now: UtcMillis,
    ) -> Result<()> {
        let finished = EventKind::ImportFinished { import, counts: counts.clone() };
        self.write(|tx| tx.log(session.subject(None, now), &finished))
    }

    /// What is held of documents is filed: those that others import meanwhile are found among them.
    pub(super) fn file_held_documents(&self, session: &mut ImportSession) -> Result<()> {
        self.file_documents(&mut session.documents)
    }

    /// Those of the ids that the queue has. Each is looked up by itself: a plan made for a list
    /// of ids while the table was small would read all of it.
    pub(super) fn known(&self, queue: i64, ids: &[&str]) -> Result<Known> {
        let rows: Vec<String> = (0..LOOKED_UP).map(|place| format!("(CAST(?{} AS TEXT))", place + 2)).collect();
        let found = |column: &str| {
            format!("(SELECT i.{column} FROM item i WHERE i.queue_id = ?1 AND i.id = v.column1) AS {column}")
        };
        let sql = format!(
            "SELECT column1, seq, hash_a, hash_b FROM (SELECT v.column1, {}, {}, {} FROM (VALUES {}) v) w
             WHERE seq IS NOT NULL",
            found("seq"),
            found("hash_a"),
            found("hash_b"),
            rows.join(", ")
        );
        let mut known = Known::new();
        for some in ids.chunks(LOOKED_UP) {
            let mut values = params![queue].to_vec();
            values.extend(some.iter().map(|id| Param::Text(id)));
            values.resize(1 + LOOKED_UP, Param::Null);
            self.engine.query(&sql, &values, &mut |row| {
                let digest = Digest(row.need_int(2)?, row.need_int(3)?);
                known.insert(row.string(0)?, (row.need_int(1)?, digest));
                Ok(())
            })?;
        }
        Ok(known)
    }

    /// What would become of records; and how many of them sampling would hold back or would take the
    /// place of a rejected attempt.
    fn predict_all<'r>(
        &self,
        session: &mut ImportSession,
        records: impl Iterator<Item = &'r Record> + Clone,
    ) -> Result<Vec<ImportOutcome>> {
        let sampler = self.sampler(&session.sampling, records.clone())?;
        let mut sampler = sampler.map(|sampler| sampler.after(session.dry_run.first_cases.take()));
        let may_replace = self.counts(&session.at_start)?.at(Stage::ToRetry) > 0;
        let mut outcomes = Vec::new();
        for record in records {
            let taken = self.predict(session, record)?;
            if let (Some(sampler), ImportOutcome::New) = (&mut sampler, &taken) {
                let drawn = sampler.draw(&record.item);
                sampler.note(&record.item, &drawn);
                session.held_back += u64::from(drawn.is_held_back);
            }
            if may_replace && taken == ImportOutcome::New {
                let replaced = self.to_be_replaced(session.queue, &record.item)?;
                let replaced = replaced.into_iter().find(|seq| !session.dry_run.replaced.contains(seq));
                session.dry_run.replaced.extend(replaced);
                session.replaced += u64::from(replaced.is_some());
            }
            outcomes.push(taken);
        }
        session.dry_run.first_cases = sampler.map(Sampler::first_cases);
        Ok(outcomes)
    }

    /// What would become of a record.
    fn predict(&self, session: &mut ImportSession, record: &Record) -> Result<ImportOutcome> {
        if let Some(taken) = session.dry_run.meet(record, session.options) {
            return Ok(taken);
        }
        let taken = match self.is_refused(session, record)? {
            true => ImportOutcome::no_attempt(),
            false => match self.meet(session, record, None)? {
                Some((seq, ImportOutcome::Unchanged)) => match self.new_judgements(seq, record, session.options)? {
                    Ok(new) => {
                        session.judgements += new.len() as u64;
                        ImportOutcome::Unchanged
                    }
                    Err(refused) => refused,
                },
                Some((_, taken)) => taken,
                None => ImportOutcome::New,
            },
        };
        if matches!(taken, ImportOutcome::New | ImportOutcome::Updated) {
            session.judgements += record.judgements.len() as u64;
        }
        if matches!(taken, ImportOutcome::New | ImportOutcome::Updated) {
            session.dry_run.remember(record);
        }
        Ok(taken)
    }

    /// Whether the record is new and no attempt at a case of the queue, where nothing else may come in.
    fn is_refused(&self, session: &ImportSession, record: &Record) -> Result<bool> {
        if !session.brings_attempts || self.find_item(session.queue, &record.item.id)?.is_some() {
            return Ok(false);
        }
        let sql = "SELECT 1 WHERE EXISTS (SELECT 1 FROM item o WHERE o.case_id = ?2 AND o.queue_id + 0 = ?1)
            OR EXISTS (SELECT 1 FROM item o WHERE o.queue_id = ?1 AND o.id = ?2)";
        let case = record.item.case.as_deref();
        Ok(case.is_none() || self.first(sql, params![session.queue, case], |_| Ok(()))?.is_none())
    }

    /// What becomes of a record whose id the queue has already, and that item's row;
    /// `None` when it does not have it.
    fn meet(
        &self,
        session: &mut ImportSession,
        record: &Record,
        known: Option<&Known>,
    ) -> Result<Option<(Seq, ImportOutcome)>> {
        let found = match known {
            Some(known) => known.get(&record.item.id).copied(),
            None => self.find_item(session.queue, &record.item.id)?,
        };
        let Some((seq, digest)) = found else { return Ok(None) };
        let taken = if !session.is_first(seq) {
            ImportOutcome::twice_in_file()
        } else if record.is_content_of(digest) {
            ImportOutcome::Unchanged
        } else if !session.options.update {
            ImportOutcome::other_content()
        } else if self.is_decided_by_person(seq)? {
            ImportOutcome::Refused("the queue has this id with other content, and a decision rests on it".into())
        } else if self.replaced_by(seq)?.is_some() {
            ImportOutcome::Refused("the queue has this id with other content, and a later attempt rests on it".into())
        } else if self.golden(seq)?.is_some() {
            ImportOutcome::Refused("the queue has this id with other content, and it is a golden example".into())
        } else {
            ImportOutcome::Updated
        };
        Ok(Some((seq, taken)))
    }

    pub(super) fn find_item(&self, queue: i64, id: &str) -> Result<Option<(Seq, Digest)>> {
        let sql = "SELECT seq, hash_a, hash_b FROM item WHERE queue_id = ?1 AND id = ?2";
        self.first(sql, params![queue, id], |row| Ok((row.need_int(0)?, Digest(row.need_int(1)?, row.need_int(2)?))))
    }

    /// A check's decision is of the content that it read, and goes with it.
    fn is_decided_by_person(&self, seq: Seq) -> Result<bool> {
        let sql = format!(
            "SELECT COUNT(*) FROM decision d WHERE d.item_seq = ?1 AND {STANDING} AND d.reviewer_kind <> 'check'"
        );
        Ok(self.number(&sql, params![seq])? > 0)
    }
}

impl Tx<'_> {
    fn inserts<'r>(
        &self,
        session: &mut ImportSession,
        records: impl Iterator<Item = &'r Record> + Clone,
    ) -> Result<Inserts<'_>> {
        let known = match self.engine.reports_duplicates() {
            true => None,
            false => Some(self.look_up(session, records.clone())?),
        };
        let sampler = self.sampler(&session.sampling, records)?;
        let item_columns: &[&str] = if sampler.is_some() { &SAMPLED_COLUMNS } else { &ITEM_COLUMNS };
        Ok(Inserts {
            item: self.load("item", item_columns)?,
            text: self.load("item_text", &TEXT_COLUMNS)?,
            document: self.load("document", &documents::COLUMNS)?,
            prompts: PromptWriter::default(),
            known,
            failed: Vec::new(),
            judged: Vec::new(),
            sampler,
        })
    }

    /// The items that the queue has of those that come in; and looks up the documents of the others.
    fn look_up<'r>(
        &self,
        session: &mut ImportSession,
        records: impl Iterator<Item = &'r Record> + Clone,
    ) -> Result<Known> {
        let ids: Vec<&str> = records.clone().map(|record| record.item.id.as_str()).collect();
        let known = self.known(session.queue, &ids)?;
        let is_unchanged =
            |record: &Record| known.get(&record.item.id).is_some_and(|(_, has)| record.is_content_of(*has));
        self.look_up_documents(&mut session.documents, records.filter(|record| !is_unchanged(record)))?;
        Ok(known)
    }

    /// Takes records in, with all that follows from them. A record that is the next attempt at the
    /// item `of` takes its place.
    pub(super) fn take_all<'r>(
        &self,
        session: &mut ImportSession,
        records: impl Iterator<Item = &'r Record> + Clone,
        of: Option<Seq>,
        now: UtcMillis,
    ) -> Result<Vec<ImportOutcome>> {
        let first = self.number("SELECT COALESCE(MAX(seq), 0) + 1 FROM item", &[])?;
        session.next_item = first;
        self.begin_documents(&mut session.documents)?;
        session.sampling = self.rules_in_force(&session.sampling)?;
        session.batch = Some(self.batch_of_import((session.queue, session.import), session.batch, now)?);
        let held_back = session.held_back;
        let mut inserts = self.inserts(session, records.clone())?;
        let taken = records.map(|record| self.take(session, &mut inserts, record, now));
        let taken = taken.collect::<Result<Vec<_>>>()?;
        inserts.flush()?;
        if let Some(sampler) = &inserts.sampler {
            let held_back = (session.held_back - held_back) as i64;
            if held_back > 0 {
                self.engine.count_new(session.queue, Stage::HeldBack, held_back)?;
            }
            self.end_sampling(sampler, session.batch, session.subject(None, now))?;
        }
        session.replaced += match of {
            None => self.replace_retried(&session.at_start, first, session.subject(None, now))?,
            Some(of) if taken.contains(&ImportOutcome::New) => {
                u64::from(self.replace_attempt(of, first, session.subject(None, now))?)
            }
            Some(_) => 0,
        };
        for (seq, failed) in &inserts.failed {
            self.keep_checks(&session.at_start, *seq, failed, now)?;
        }
        self.keep_judgements(&session.at_start, &inserts.judged, now)?;
        session.judgements += inserts.judged.len() as u64;
        let new = taken.iter().filter(|taken| **taken == ImportOutcome::New).count() as i64;
        self.execute("UPDATE queue SET items = items + ?2 WHERE id = ?1", params![session.queue, new])?;
        Ok(taken)
    }

    fn take(
        &self,
        session: &mut ImportSession,
        inserts: &mut Inserts,
        record: &Record,
        now: UtcMillis,
    ) -> Result<ImportOutcome> {
        if self.is_refused(session, record)? {
            return Ok(ImportOutcome::no_attempt());
        }
        let seq = session.next_item;
        if insert_item(session, inserts, seq, record)? {
            session.next_item += 1;
            session.is_first(seq);
            self.insert_text(session, inserts, seq, record)?;
            inserts.note_checks(seq, record);
            inserts.note_judgements(seq, &record.judgements);
            return Ok(ImportOutcome::New);
        }
        let met = self.meet(session, record, inserts.known.as_ref())?;
        let (seq, taken) = met.ok_or_else(|| StoreError::Damaged(format!("the item {} is gone", record.item.id)))?;
        match taken {
            ImportOutcome::Updated => {
                self.replace(session, inserts, seq, record, now)?;
                inserts.note_checks(seq, record);
                inserts.note_judgements(seq, &record.judgements);
            }
            ImportOutcome::Unchanged => match self.new_judgements(seq, record, session.options)? {
                Ok(new) => inserts.note_judgements(seq, new),
                Err(refused) => return Ok(refused),
            },
            _ => {}
        }
        Ok(taken)
    }

    fn insert_text(&self, session: &mut ImportSession, inserts: &mut Inserts, seq: Seq, record: &Record) -> Result<()> {
        let context = self.keep_documents(session, inserts, record)?;
        let prompt = record.item.prompt.as_ref().map(|prompt| self.keep_prompt(&mut inserts.prompts, prompt));
        let prompt = prompt.transpose()?;
        let mut bound = vec![Bound::Int(seq)];
        for field in large() {
            match field.kept().map(|kept| kept.column) {
                Some(StoreColumn::Documents(_)) => bound.push(context.as_deref().into()),
                Some(StoreColumn::Shared(_)) => bound.push(prompt.map_or(Bound::Null, Bound::Int)),
                _ => columns::bind(field, &record.item, &mut bound),
            }
        }
        inserts.text.add_new(&columns::params(&bound))
    }

    fn replace(
        &self,
        session: &mut ImportSession,
        inserts: &mut Inserts,
        seq: Seq,
        record: &Record,
        now: UtcMillis,
    ) -> Result<()> {
        self.count_before_change(seq)?;
        self.take_checks_back(session.subject(Some(seq), now))?;
        let mut bound = vec![Bound::Int(seq)];
        bind_narrow(record, &mut bound);
        self.execute(&REPLACE_ITEM, &columns::params(&bound))?;
        self.forget_texts(seq)?;
        self.forget_grounding(seq)?;
        self.forget_checks(seq, now)?;
        self.forget_judgements(seq)?;
        self.execute("DELETE FROM item_text WHERE seq = ?1", params![seq])?;
        self.insert_text(session, inserts, seq, record)?;
        // Whoever has it open has the old content before them, and must look again.
        self.execute("DELETE FROM claim WHERE item_seq = ?1", params![seq])?;
        let subject = session.subject(Some(seq), now);
        if let Some(sampler) = &mut inserts.sampler {
            self.sample_replaced(sampler, &record.item, session.batch, subject)?;
        }
        self.log(subject, &EventKind::ItemUpdated { import: session.import })
    }

    /// The JSON list of the ids of the record's documents, each stored once.
    fn keep_documents(
        &self,
        session: &mut ImportSession,
        inserts: &mut Inserts,
        record: &Record,
    ) -> Result<Option<String>> {
        if record.item.context.is_empty() {
            return Ok(None);
        }
        let documents = record.item.context.iter().zip(&record.document_digests);
        let mut ids = String::from("[");
        for (document, digest) in documents {
            let id = self.keep_document(&mut session.documents, &mut *inserts.document, document, *digest)?;
            let comma = if ids.len() > 1 { "," } else { "" };
            ids.push_str(comma);
            ids.push_str(&id.to_string());
        }
        ids.push(']');
        Ok(Some(ids))
    }
}

/// `false` when the queue has the id already.
fn insert_item(session: &mut ImportSession, inserts: &mut Inserts, seq: Seq, record: &Record) -> Result<bool> {
    if let Some(known) = &mut inserts.known {
        if known.contains_key(&record.item.id) {
            return Ok(false);
        }
        known.insert(record.item.id.clone(), (seq, record.digest));
    }
    let id = Bound::Text(record.item.id.as_str().into());
    let batch = session.batch.map_or(Bound::Null, |batch| Bound::Int(batch.id));
    let mut bound = vec![Bound::Int(seq), Bound::Int(session.queue), id, Bound::Int(session.import), batch];
    bind_narrow(record, &mut bound);
    let Some(sampler) = &mut inserts.sampler else { return inserts.item.add(&columns::params(&bound)) };
    let drawn = sampler.draw(&record.item);
    bound.extend(drawn.bound());
    let is_new = inserts.item.add(&columns::params(&bound))?;
    if is_new {
        sampler.note(&record.item, &drawn);
        session.held_back += u64::from(drawn.is_held_back);
    }
    Ok(is_new)
}

/// The digest and the narrow fields.
fn bind_narrow<'r>(record: &'r Record, bound: &mut Vec<Bound<'r>>) {
    bound.extend([Bound::Int(record.digest.0), Bound::Int(record.digest.1)]);
    narrow().for_each(|field| columns::bind(field, &record.item, bound));
}

/// Which rows the present file has met: a bit a row, so that 10 million take 1.2 MB.
#[derive(Default)]
struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// `false` when the row was in already.
    fn insert(&mut self, seq: Seq) -> bool {
        let (word, bit) = ((seq / 64) as usize, 1 << (seq % 64));
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let fresh = self.words[word] & bit == 0;
        self.words[word] |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seen_tells_the_second_time() {
        let mut seen = Seen::default();
        assert!(seen.insert(1) && seen.insert(64) && seen.insert(1_000_000));
        assert!(!seen.insert(64) && !seen.insert(1_000_000));
        assert!(seen.insert(65));
    }
}
