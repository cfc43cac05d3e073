//! How well items are grounded in their source, as the lens sees it, for serving the
//! worst first. It is read while nobody asks for anything, and only for a queue that is
//! served in that order: reading a million items takes an hour.

use super::engine::params;
use super::items::IN_QUEUE;
use super::stage;
use super::transaction::Tx;
use super::{Result, Store};
use crate::analysis::lens::Compared;
use crate::domain::item::Seq;
use crate::domain::order::Order;
use crate::domain::queue::Queue;
use std::time::{Duration, Instant};

/// Items that one transaction writes at most.
const BATCH: usize = 64;

/// Longest wait of a reviewer who asks for the order, for support that was not read yet.
const AT_FIRST: Duration = Duration::from_millis(300);

impl Store {
    /// Reads the support of undecided items of the open queue for about `budget`, if it is
    /// served by it. `true`: more are left. When none are, the queue is sorted again.
    pub fn ground_slice(&mut self, queue: &Queue, budget: Duration) -> Result<bool> {
        let Some(mut past) = self.ungrounded_past(queue) else { return Ok(false) };
        let start = Instant::now();
        let mut read = Vec::new();
        let mut is_done = false;
        while read.len() < BATCH && start.elapsed() < budget {
            let Some(seq) = self.next_ungrounded(queue, past)? else {
                is_done = true;
                break;
            };
            read.push((seq, self.grounding(seq)?));
            past = seq;
        }
        self.write(|tx| {
            let sql = "INSERT INTO item_lens (item_seq, support) VALUES (?1, ?2)
                ON CONFLICT (item_seq) DO UPDATE SET support = excluded.support";
            read.iter().try_for_each(|(seq, support)| tx.pipeline(sql, params![*seq, *support]))
        })?;
        self.grounded(past, is_done);
        Ok(!is_done)
    }

    /// Reads what can be read before anybody waits for long; a small queue whole.
    /// `true`: something was.
    pub(super) fn ground_at_first(&mut self, queue: &Queue) -> Result<bool> {
        let start = Instant::now();
        let is_wanted = self.ungrounded_past(queue).is_some();
        while start.elapsed() < AT_FIRST && self.ground_slice(queue, AT_FIRST)? {}
        Ok(is_wanted)
    }

    fn next_ungrounded(&self, queue: &Queue, past: Seq) -> Result<Option<Seq>> {
        let sql = format!(
            "SELECT i.seq FROM item i WHERE {IN_QUEUE} AND i.seq > ?2 AND {}
             AND NOT EXISTS (SELECT 1 FROM item_lens l WHERE l.item_seq = i.seq) ORDER BY i.seq LIMIT 1",
            stage::is_open("i")
        );
        self.first(&sql, params![queue.id, past], |row| row.need_int(0))
    }

    /// `None`: there is nothing to compare with.
    fn grounding(&self, seq: Seq) -> Result<Option<f64>> {
        Ok(Compared::of(&self.peek(seq)?).and_then(|texts| texts.read().support()))
    }

    /// Whether the open queue is served by support, and the item past which reading continues.
    fn ungrounded_past(&self, queue: &Queue) -> Option<Seq> {
        let is_wanted = self.serving().order == Order::Grounded && queue.spec.spec.lens.enabled && !self.only_reads;
        self.grounded_to.filter(|_| is_wanted)
    }

    fn grounded(&mut self, to: Seq, is_done: bool) {
        self.grounded_to = (!is_done).then_some(to);
        if is_done {
            self.renew_list();
        }
    }
}

impl Tx<'_> {
    /// An import has replaced the item.
    pub(super) fn forget_grounding(&self, seq: Seq) -> Result<()> {
        self.execute("DELETE FROM item_lens WHERE item_seq = ?1", params![seq]).map(drop)
    }
}
