//! The checks of a spec on what is in a queue.

use super::output::Hinted;
use crate::check::Checks;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::store::Store;
use color_eyre::eyre::{Result, eyre};

/// Items that are checked before what was found on them is kept.
pub(super) const BATCH: usize = 100;

/// Makes the checks of a spec ready.
pub(super) fn compile(spec: &Spec) -> Result<Checks> {
    Checks::compile(spec).map_err(|reason| eyre!(reason))
}

/// Runs the checks of the spec in force on what waits in the queue, and keeps what they find.
/// Gives how many items were checked and how many decided.
pub(super) fn check_waiting(store: &Store, queue: &Queue, actor: &str) -> Result<(usize, usize)> {
    let checks = compile(&queue.spec.spec)?;
    let (waiting, mut decided) = (store.waiting(queue).hinted()?, 0);
    for batch in waiting.chunks(BATCH) {
        let run = |seq: &Seq| Ok((*seq, checks.run(&store.peek(*seq).hinted()?).failed));
        let found = batch.iter().map(run).collect::<Result<Vec<_>>>()?;
        decided += store.renew_checks(queue.actor(actor, store.now()), &found).hinted()?;
    }
    Ok((waiting.len(), decided))
}
