//! The checks of a spec on what is in a queue.

use super::output::{Hinted, line};
use crate::check::Checks;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::store::Store;
use crate::text::plural::count;
use color_eyre::eyre::{Result, eyre};

/// Items that are checked before what was found on them is kept.
pub(super) const BATCH: usize = 100;

/// Makes the checks of a spec ready.
pub(super) fn compile(spec: &Spec) -> Result<Checks> {
    Checks::compile(spec).map_err(|reason| eyre!(reason))
}

/// Runs the checks of a spec that has just come into force on what waits in the queue, keeps what
/// they find, and says how many items that decided. `before` is the spec until then.
pub(super) fn check_waiting(store: &Store, queue: &Queue, before: &Spec, actor: &str) -> Result<()> {
    let words = &queue.spec.spec;
    if before.checks().chain(words.checks()).next().is_none() {
        return Ok(());
    }
    let checks = compile(words)?;
    let (waiting, mut decided) = (store.waiting(queue).hinted()?, 0);
    for batch in waiting.chunks(BATCH) {
        let run = |seq: &Seq| Ok((*seq, checks.run(&store.peek(*seq).hinted()?).failed));
        let found = batch.iter().map(run).collect::<Result<Vec<_>>>()?;
        decided += store.renew_checks(queue.actor(actor, store.now()), &found).hinted()?;
    }
    line(&format!("its checks were run on {}, and decided {decided}", count(waiting.len(), "waiting item")))
}
