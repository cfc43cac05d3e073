//! Looking again: a second opinion is asked of the decisions on which a bar hangs, and of as many others.

use super::engine::{Lock, params};
use super::events::Subject;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::bar::Bar;
use crate::domain::event::EventKind;
use crate::domain::item::Seq;
use crate::domain::queue::Actor;
use crate::domain::team::Role;

/// Items that one transaction asks about.
const AT_ONCE: usize = 200;

impl Store {
    /// Asks a second opinion of those of the items that one opinion has settled; gives how many those are. For
    /// leads: it is asked because of what was said, and no figure of agreement counts it.
    pub fn ask_again(&self, actor: Actor, bar: &Bar, items: &[Seq]) -> Result<i64> {
        let mut asked = 0;
        for some in items.chunks(AT_ONCE) {
            asked += self.write(|tx| {
                tx.need(actor.reviewer, Role::Lead)?;
                tx.lock(Lock::Items(some))?;
                some.iter().try_fold(0, |asked, seq| Ok(asked + i64::from(tx.ask_again(actor, bar, *seq)?)))
            })?;
        }
        Ok(asked)
    }
}

impl Tx<'_> {
    /// `false`: another opinion is asked already, or it is settled otherwise.
    fn ask_again(&self, actor: Actor, bar: &Bar, item: Seq) -> Result<bool> {
        let sql = "UPDATE item SET opinions = 2 WHERE seq = ?1 AND opinions = 1 AND stage IN ('accepted', 'rejected')
            AND settled_by = 'single'";
        let is_asked = self.execute(sql, params![item])? == 1;
        if is_asked {
            self.recompute_record(item)?;
            self.log(Subject::of(actor, Some(item)), &EventKind::AskedAgain { bar: bar.key.clone() })?;
        }
        Ok(is_asked)
    }
}
