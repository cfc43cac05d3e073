//! The workstation.

pub mod action;
pub mod activity;
mod allocator;
pub mod app;
pub mod app_context;
pub mod context;
mod editor;
pub mod humanize;
mod input;
mod key_repeat;
pub mod keymap;
pub mod mapping;
pub mod message;
mod opener;
pub mod overlay;
pub mod render;
pub mod rich_text;
mod run;
pub mod screen;
mod signals;
mod status_text;
mod syntax_highlight;
mod terminal;
pub mod text_view;
pub mod theme;
pub mod widget;
pub mod worker;

pub use app::Start;
pub use run::{Ending, Options, Outcome, run};
