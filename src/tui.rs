//! The workstation.

pub mod action;
pub mod activity;
pub mod app;
mod editor;
mod grammar;
pub mod keymap;
mod memory;
pub mod message;
mod opener;
mod outside;
pub mod overlay;
pub mod paper;
pub mod render;
mod run;
pub mod safe;
pub mod screen;
pub mod station;
mod terminal;
pub mod theme;
pub mod widget;
pub mod words;
pub mod worker;

pub use app::Start;
pub use run::{Ending, Options, Outcome, run};
