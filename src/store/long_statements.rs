//! Statements that take longer to put together than to run, put together once.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// By name, and by the part that differs from one queue to another.
#[derive(Default)]
pub(super) struct LongStatements(RefCell<HashMap<(&'static str, String), Arc<str>>>);

impl LongStatements {
    /// The statement of the name with this part; `write` puts it together where it is asked for first.
    pub(super) fn get(&self, name: &'static str, part: String, write: impl FnOnce(&str) -> String) -> Arc<str> {
        let mut written = self.0.borrow_mut();
        let entry = written.entry((name, part));
        let write = |(_, part): &(&str, String)| write(part).into();
        Arc::clone(entry.or_insert_with_key(write))
    }
}
