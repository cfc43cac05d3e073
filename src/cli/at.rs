//! `--at`: the workspace as it was.

use super::context::Context;
use super::output::{Hinted, aside};
use super::report::Suggest;
use crate::domain::filter::When;
use crate::domain::time::format_rfc3339;
use crate::store::Store;
use clap::Args;
use color_eyre::eyre::{Result, eyre};

#[derive(Args)]
pub(super) struct At {
    /// What was known here at that time, such as 2026-11-01 (to its end), 7d or a moment by RFC 3339: decisions,
    /// golden examples and the spec as of then, tags and priority as they are now
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<When>,
}

/// Reads a time that has been.
pub(super) fn time(text: &str) -> Result<When, String> {
    When::parse(text).ok_or_else(|| format!("`{text}` is no time; it is such as 7d, 12h, today, 2026-11-01 or 2026-11"))
}

impl At {
    pub(super) fn is_given(&self) -> bool {
        self.at.is_some()
    }

    /// The workspace as it was at the time, to be read; without one, as it is.
    pub(super) fn store(&self, context: &Context) -> Result<Store> {
        let store = context.existing_store()?;
        let Some(when) = &self.at else { return Ok(store) };
        let now = store.now();
        let stretch = when.stretch(now);
        if stretch.start > now {
            return Err(eyre!("--at {} lies ahead", format_rfc3339(stretch.start)))
                .suggestion("name a time that has been, such as 7d, yesterday or 2026-11-01");
        }
        // A day, to its end; of today, to now.
        let at = (stretch.end - 1).min(now);
        aside(&format!("as of {}: tags, priority and what imports replaced are as they are now", format_rfc3339(at)));
        store.at(at).hinted()
    }
}
