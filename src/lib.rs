//! karat: a review workstation for model outputs that lives in the terminal.

pub mod config;
pub mod domain;
pub mod import;
pub mod spec;
pub mod store;
pub mod tui;
