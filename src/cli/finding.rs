//! A filter as an argument: read, and with the index of texts complete where it needs it.

use super::output::Hinted;
use crate::domain::filter::{Filter, Term};
use crate::domain::queue::Queue;
use crate::store::Store;
use color_eyre::eyre::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// Reads the filter; without one it finds everything.
pub fn read(store: &Store, queue: &Queue, text: Option<&str>) -> Result<Filter> {
    let filter = store.filter(queue, text.unwrap_or_default()).hinted()?;
    let expanded = store.expanded(queue, filter.clone()).hinted()?;
    if expanded.terms().into_iter().any(Term::is_text) {
        complete_index(store)?;
    }
    Ok(filter)
}

/// What was imported lately may not be in the index yet: who asks on the command line
/// wants all of it.
pub fn complete_index(store: &Store) -> Result<()> {
    let bar = ProgressBar::new(100).with_message("reading texts");
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} %") {
        bar.set_style(style);
    }
    let outcome = store.complete_index(|indexed| bar.set_position(indexed.percent().try_into().unwrap_or(0)));
    bar.finish_and_clear();
    outcome.hinted()
}
