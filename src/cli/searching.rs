//! A filter as an argument of a command, and the index of texts that it may need.

use super::output::Hinted;
use crate::domain::filter::{Filter, ResolvedFilter};
use crate::domain::queue::Queue;
use crate::store::Store;
use color_eyre::eyre::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// Reads the filter; without one it finds everything.
pub(super) fn read(store: &Store, queue: &Queue, text: Option<&str>) -> Result<Filter> {
    store.filter(queue, text.unwrap_or_default()).hinted()
}

/// Resolves the filter now, and completes the index of texts where it looks for words in them.
pub(super) fn resolve(store: &Store, queue: &Queue, filter: &Filter) -> Result<ResolvedFilter> {
    let resolved = store.resolve(queue, filter, store.now()).hinted()?;
    if resolved.seeks_text() {
        complete_index(store)?;
    }
    Ok(resolved)
}

/// Completes the index of texts, with a bar: what was imported lately may not be in it yet,
/// and who asks on the command line wants all of it.
pub(super) fn complete_index(store: &Store) -> Result<()> {
    let bar = ProgressBar::new(100).with_message("reading texts");
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} %, {eta} left") {
        bar.set_style(style);
    }
    let outcome = store.complete_index(|indexed| bar.set_position(indexed.percent().try_into().unwrap_or(0)));
    bar.finish_and_clear();
    outcome.hinted()
}
