//! karat: a review workstation for model outputs that lives in the terminal.

pub mod domain;
pub mod import;
