//! The outputs of a bar as they were read last. Who asks again reads only those that something has happened to
//! since, and comes to the same as who reads all: what a bar asks of an output stays as it is while the item and its
//! decision of record do, and whatever changes these stands in the log, or takes away what is kept.

use super::laid::Laid;
use super::outputs::{Kind, Output, Outputs, Reach};
use super::{Asked, Look};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::store::engine::params;
use crate::store::transaction::Tx;
use crate::store::{Result, Store, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Changes when what is kept is written otherwise.
const FORM: u32 = 1;

/// So many changes are looked up one by one; where there are more, all outputs are read.
const MOST_CHANGES: usize = 20_000;

/// Outputs are kept anew when more changes than these, or than one in so many outputs, were looked up.
const FEW_CHANGES: usize = 256;
const ONE_IN: usize = 16;

/// Outputs in a row of the table.
const IN_A_PART: usize = 1 << 15;

/// Events of no item by which no output changes. An import tells of each item that it replaces.
const HARMLESS: [&str; 11] = [
    "queue_created",
    "import_started",
    "import_finished",
    "judged",
    "waived",
    "paused",
    "lifted",
    "bar_told",
    "filter_saved",
    "filter_removed",
    "merged",
];

/// Which outputs of which bar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose<'a> {
    pub queue: &'a Queue,
    /// The bar's key.
    pub bar: &'a str,
    pub is_baseline: bool,
    pub asked: &'a Asked,
    pub laid: &'a Laid,
}

/// How far a reader knows the workspace: all that the log says up to an event, and the items up to one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mark {
    pub event: i64,
    pub item: Seq,
}

/// Outputs that were read, and are worth being kept.
#[derive(Debug)]
pub(super) struct Unkept {
    queue: i64,
    bar: String,
    is_baseline: bool,
    terms: String,
    mark: Mark,
    outputs: Outputs,
}

/// What was read for a bar, and how much of it.
pub(super) struct Found {
    pub outputs: Outputs,
    is_worth_keeping: bool,
}

impl Found {
    pub(super) fn unkept(self, whose: &Whose, mark: Option<Mark>) -> Option<Unkept> {
        let mark = mark.filter(|_| self.is_worth_keeping)?;
        Some(Unkept {
            queue: whose.queue.id,
            bar: whose.bar.into(),
            is_baseline: whose.is_baseline,
            terms: whose.terms(),
            mark,
            outputs: self.outputs,
        })
    }
}

/// What has changed since something was kept.
pub(super) enum Changes {
    Items(Vec<Seq>),
    /// So much that all is to be read.
    All,
}

impl Whose<'_> {
    /// The hash of all that says which outputs these are, and what of them counts.
    fn terms(&self) -> String {
        let Self { queue, asked, laid, .. } = self;
        let terms = format!("{FORM} {} {asked:?} {laid:?}", queue.name);
        Sha256::digest(terms).iter().fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        })
    }
}

impl Store {
    /// How far what is read from now on knows the workspace; `None`: nothing is kept of what it was.
    pub(super) fn mark(&self) -> Result<Option<Mark>> {
        if self.as_of().is_some() {
            return Ok(None);
        }
        let event = self.engine.visible_horizon("event", "seq")?;
        Ok(Some(Mark { event, item: self.engine.visible_horizon("item", "seq")? }))
    }

    /// The same, of which nothing can be but what is read.
    pub(super) fn mark_within(&self, Mark { event, item }: Mark) -> Result<Mark> {
        let newest = "SELECT COALESCE((SELECT MAX(seq) FROM event), 0), COALESCE((SELECT MAX(seq) FROM item), 0)";
        let newest = self.first(newest, &[], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?.unwrap_or_default();
        Ok(Mark { event: event.min(newest.0), item: item.min(newest.1) })
    }

    /// The outputs of a bar: those that were kept, and what has changed of them.
    pub(super) fn outputs(&self, whose: &Whose) -> Result<Found> {
        let of = (whose.queue, whose.asked, whose.laid);
        let kept = match self.as_of() {
            None => self.kept_outputs(whose)?,
            Some(_) => None,
        };
        if let Some((mark, mut outputs)) = kept
            && let Changes::Items(changed) = self.changes_since(whose.queue, mark.event, 0)?
        {
            let before = outputs.list().len();
            let is_changed: HashSet<Seq> = changed.iter().copied().collect();
            outputs.forget(|seq| seq > mark.item || (!is_changed.is_empty() && is_changed.contains(&seq)));
            let old: Vec<Seq> = changed.into_iter().filter(|seq| *seq <= mark.item).collect();
            if !old.is_empty() {
                self.read_outputs(of, &Reach::These(&old), &mut outputs)?;
            }
            self.read_outputs(of, &Reach::After(mark.item), &mut outputs)?;
            let looked_up = old.len() + outputs.list().len().saturating_sub(before);
            let is_worth_keeping = looked_up > FEW_CHANGES.max(outputs.list().len() / ONE_IN);
            return Ok(Found { outputs, is_worth_keeping });
        }
        Ok(Found { outputs: self.outputs_anew(whose)?, is_worth_keeping: true })
    }

    /// The outputs of a bar, all of them read.
    fn outputs_anew(&self, whose: &Whose) -> Result<Outputs> {
        let mut outputs = Outputs::new();
        self.read_outputs((whose.queue, whose.asked, whose.laid), &Reach::All, &mut outputs)?;
        Ok(outputs)
    }

    fn kept_outputs(&self, whose: &Whose) -> Result<Option<(Mark, Outputs)>> {
        let sql = "SELECT event_seq, item_seq, kinds FROM bar_kept
            WHERE queue_id = ?1 AND bar = ?2 AND baseline = ?3 AND terms = ?4";
        let (queue, baseline, terms) = (whose.queue.id, i64::from(whose.is_baseline), whose.terms());
        let head = self.first(sql, params![queue, whose.bar, baseline, terms.as_str()], |row| {
            Ok((Mark { event: row.need_int(0)?, item: row.need_int(1)? }, row.string(2)?))
        })?;
        let Some((mark, kinds)) = head else { return Ok(None) };
        let Ok(kept) = serde_json::from_str::<KeptKinds>(&kinds) else { return Ok(None) };
        let sql = "SELECT outputs FROM bar_kept_part WHERE queue_id = ?1 AND bar = ?2 AND baseline = ?3 ORDER BY part";
        let of_bar = params![queue, whose.bar, baseline];
        let parts = "SELECT COUNT(*) FROM bar_kept_part WHERE queue_id = ?1 AND bar = ?2 AND baseline = ?3";
        let mut list = Vec::with_capacity(self.number(parts, of_bar)? as usize * IN_A_PART);
        let mut is_whole = true;
        self.engine.stream(sql, of_bar, &mut |row| {
            let (records, rest) = row.bytes(0)?.unwrap_or_default().as_chunks::<{ Record::SIZE }>();
            list.extend(records.iter().map(Record::read));
            is_whole &= rest.is_empty();
            Ok(())
        })?;
        let outputs = if is_whole { Outputs::of(list, kept.kinds, kept.rules) } else { None };
        Ok(outputs.map(|outputs| (mark, outputs)))
    }

    /// What has changed since the event; items of so many `before` it may be among them.
    pub(super) fn changes_since(&self, queue: &Queue, event: i64, before: i64) -> Result<Changes> {
        let sql = "SELECT e.item_seq, e.kind, e.seq FROM event e WHERE e.seq > ?1 AND e.queue_id = ?2 LIMIT ?3";
        let (mut items, mut read, mut is_all) = (Vec::new(), 0, false);
        let most = params![event - before, queue.id, MOST_CHANGES as i64 + 1];
        self.engine.query(sql, most, &mut |row| {
            let is_since = row.need_int(2)? > event;
            read += 1;
            match (row.int(0)?, row.need_text(1)?) {
                (_, "repaired" | "set_aside") => is_all |= is_since,
                (Some(item), _) => items.push(item),
                (None, kind) => is_all |= is_since && !HARMLESS.contains(&kind),
            }
            Ok(())
        })?;
        if is_all || read > MOST_CHANGES {
            return Ok(Changes::All);
        }
        items.sort_unstable();
        items.dedup();
        Ok(Changes::Items(items))
    }

    /// Keeps what was read for a bar, so that who asks next reads only what changes from here on. Who may not write
    /// leaves it.
    pub fn keep(&self, look: &Look) -> Result<()> {
        if self.only_reads || look.unkept.is_empty() {
            return Ok(());
        }
        match self.write(|tx| look.unkept.iter().try_for_each(|unkept| tx.keep_outputs(unkept))) {
            Err(StoreError::Forbidden(_) | StoreError::ReadOnly { .. } | StoreError::Busy) => Ok(()),
            done => done,
        }
    }

    /// How many outputs of a bar are kept otherwise than they are; `None`: none are kept.
    pub(super) fn kept_difference(&self, whose: &Whose) -> Result<Option<u64>> {
        if self.kept_outputs(whose)?.is_none() {
            return Ok(None);
        }
        let (kept, anew) = (self.outputs(whose)?.outputs, self.outputs_anew(whose)?);
        Ok(Some(kept.difference(&anew)))
    }
}

impl Tx<'_> {
    fn keep_outputs(&self, unkept: &Unkept) -> Result<()> {
        let Unkept { queue, bar, is_baseline, terms, mark, outputs } = unkept;
        let baseline = i64::from(*is_baseline);
        for table in ["bar_kept_part", "bar_kept"] {
            let sql = format!("DELETE FROM {table} WHERE queue_id = ?1 AND bar = ?2 AND baseline = ?3");
            self.execute(&sql, params![*queue, bar, baseline])?;
        }
        let kept = KeptKinds { kinds: outputs.kinds().to_vec(), rules: outputs.rules().to_vec() };
        let kinds = serde_json::to_string(&kept).map_err(|error| StoreError::Misuse(error.to_string()))?;
        let sql = "INSERT INTO bar_kept (queue_id, bar, baseline, terms, event_seq, item_seq, kinds)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        self.execute(sql, params![*queue, bar, baseline, terms, mark.event, mark.item, &kinds])?;
        let sql = "INSERT INTO bar_kept_part (queue_id, bar, baseline, part, outputs) VALUES (?1, ?2, ?3, ?4, ?5)";
        for (part, some) in (0..).zip(outputs.list().chunks(IN_A_PART)) {
            let bytes: Vec<u8> = some.iter().flat_map(Record::of).collect();
            self.execute(sql, params![*queue, bar, baseline, part, bytes.as_slice()])?;
        }
        Ok(())
    }

    /// Takes away what is kept of the queue's bars, so that it is read anew: after what the log does not tell of
    /// each item.
    pub(in crate::store) fn drop_kept_outputs(&self, queue: i64) -> Result<()> {
        ["bar_kept_part", "bar_kept"]
            .into_iter()
            .try_for_each(|table| self.pipeline(&format!("DELETE FROM {table} WHERE queue_id = ?1"), params![queue]))
    }
}

#[derive(Serialize, Deserialize)]
struct KeptKinds {
    kinds: Vec<Kind>,
    rules: Vec<String>,
}

/// An output in bytes.
struct Record;

impl Record {
    const SIZE: usize = 36;

    fn of(output: &Output) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..16].copy_from_slice(&output.place.to_le_bytes());
        bytes[16..24].copy_from_slice(&output.seq.to_le_bytes());
        bytes[24..32].copy_from_slice(&output.drawn.to_le_bytes());
        bytes[32..].copy_from_slice(&output.kind.to_le_bytes());
        bytes
    }

    fn read(bytes: &[u8; Self::SIZE]) -> Output {
        fn at<const N: usize>(bytes: &[u8; Record::SIZE], from: usize) -> [u8; N] {
            std::array::from_fn(|i| bytes[from + i])
        }
        Output {
            place: u128::from_le_bytes(at(bytes, 0)),
            seq: Seq::from_le_bytes(at(bytes, 16)),
            drawn: f64::from_le_bytes(at(bytes, 24)),
            kind: u32::from_le_bytes(at(bytes, 32)),
        }
    }
}
