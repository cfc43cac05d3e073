//! Requests about golden sets. They name their queue: none has to be open for them.

use super::{Reply, WorkerState};
use crate::domain::golden::{Example, Narrow};
use crate::domain::order::Serving;
use crate::domain::time;
use crate::store::view::{Next, Queue, Seq};
use crate::store::{GoldenRow, Reach, Result};
use std::rc::Rc;

/// Rows of a window: some screens full.
const GOLDEN_WINDOW_ROWS: usize = 150;

impl WorkerState {
    /// The queue of that name, with the spec that the open one has where it is that.
    fn named(&self, name: &str) -> Result<Rc<Queue>> {
        match self.queue.as_ref().filter(|queue| queue.name == name) {
            Some(queue) => Ok(queue.clone()),
            None => self.store.queue(name).map(Rc::new),
        }
    }

    pub(super) fn golden_facts(&self, queue: &str, seq: Seq) -> Result<Reply> {
        let facts = self.store.golden_facts(&*self.named(queue)?, seq, &self.reviewer)?;
        Ok(Reply::GoldenFacts(facts))
    }

    pub(super) fn keep_golden(&self, queue: &str, seq: Seq, example: &Example) -> Result<Reply> {
        let golden = self.store.keep_golden(&*self.named(queue)?, seq, example, &self.reviewer, time::now())?;
        Ok(Reply::GoldenKept(Box::new(golden)))
    }

    pub(super) fn remove_golden(&self, queue: &str, seq: Seq) -> Result<Reply> {
        let golden = self.store.remove_golden(&*self.named(queue)?, seq, &self.reviewer, time::now())?;
        Ok(Reply::GoldenRemoved(Box::new(golden)))
    }

    pub(super) fn turn_golden(&self, queue: &str, back: bool) -> Result<Reply> {
        let queue = self.named(queue)?;
        Ok(match back {
            true => Reply::GoldenUndone(self.store.undo_golden(&queue, &self.reviewer, time::now())?),
            false => Reply::GoldenRedone(self.store.redo_golden(&queue, &self.reviewer, time::now())?),
        })
    }

    /// A window of the examples that `narrow` leaves; without it, of what could join them.
    pub(super) fn goldens(&self, queue: &str, narrow: Option<&str>, reach: Reach, list: u64) -> Result<Reply> {
        let queue = self.named(queue)?;
        let page = match narrow {
            Some(narrow) => {
                self.store.goldens(&queue, &Narrow::parse(narrow), reach, GOLDEN_WINDOW_ROWS)?.map(GoldenRow::Example)
            }
            None => self.store.golden_candidates(&queue, reach, GOLDEN_WINDOW_ROWS)?.map(GoldenRow::Candidate),
        };
        Ok(Reply::Goldens { list, page, set_version: self.store.golden_version(queue.id)? })
    }

    pub(super) fn open_item(&mut self, queue: &str, seq: Seq) -> Result<Reply> {
        let queue = self.store.queue(queue)?;
        self.store.free_abandoned(&queue)?;
        let order = self.store.usual_order(&queue, &self.reviewer)?;
        let serving = Serving { order, ..Serving::default() };
        self.store.serve_by(&queue, &serving, &self.reviewer, time::now())?;
        let served = self.store.show(&queue, seq, &self.reviewer, time::now())?;
        self.opened(queue, Next::Item(Box::new(served)))
    }
}
