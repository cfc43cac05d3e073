//! Overlays of the queue as a table.

mod bulk_form;
mod columns;
mod filter_line;
mod prompt;
mod saved_filters;

pub use bulk_form::BulkForm;
pub use columns::Columns;
pub use filter_line::FilterLine;
pub use prompt::Prompt;
pub use saved_filters::SavedFilters;
