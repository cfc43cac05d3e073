//! Drawing alone: no store, no keys.

pub mod bar;
pub mod categories;
pub mod edited_text;
pub mod escalation;
pub mod footer;
pub mod list;
pub mod popup;
pub mod settlement;
pub mod standing;
pub mod text;
pub mod text_field;
