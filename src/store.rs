//! The store: what the program asks of a workspace, written once for every engine.

mod error;
pub mod view;

pub use error::{Result, StoreError};
