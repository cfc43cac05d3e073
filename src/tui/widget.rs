//! Drawing alone: no store, no keys.

pub mod bar;
pub mod footer;
pub mod list;
pub mod popup;
pub mod text;
