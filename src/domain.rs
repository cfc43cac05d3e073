//! The words of reviewing as plain types, and the pure rules between them.
//!
//! Nothing here reads a clock, a file or a database.

pub mod adjudication;
pub mod agreement;
pub mod attachment;
pub mod bar;
pub mod check;
pub mod claim;
pub mod correction;
pub mod decision;
pub mod decline;
pub mod digest;
pub mod event;
pub mod filter;
pub mod followed;
pub mod format_option;
pub mod golden;
pub mod grouping;
pub mod imported;
pub mod item;
pub mod judge;
pub mod macros;
pub mod mapping;
pub mod mark;
pub mod order;
pub mod pace;
pub mod policy;
pub mod queue;
pub mod record;
pub mod sampling;
pub mod simulation;
pub mod spec;
pub mod stage;
pub mod team;
pub mod time;
pub mod versions;
