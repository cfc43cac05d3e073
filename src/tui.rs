//! The workstation.

pub mod worker;
