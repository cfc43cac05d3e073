//! The workstation.

pub mod action;
pub mod keymap;
pub mod paper;
pub mod safe;
pub mod theme;
pub mod worker;
