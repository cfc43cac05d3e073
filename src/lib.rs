//! karat: a review workstation for model outputs that lives in the terminal.
//!
//! This page is the map; ARCHITECTURE.md gives the reasons.
//!
//! | module | holds |
//! |---|---|
//! | [`domain`] | the words of reviewing as plain types, and the rules between them |
//! | [`analysis`] | pure functions over texts and decisions: sentences, grounding |
//! | [`spec`] | the spec that describes a queue: TOML in, a [`domain::spec::Spec`] out |
//! | [`check`] | the checks of a spec, run on one item
//! | [`import`] | files in, items out, rejected records with reasons |
//! | [`ingest`] | the import of files into a queue: transactions, rejects, interruption |
//! | [`store`] | what the program asks of a workspace; the only place that knows SQL |
//! | [`export`] | decided items in, files out |
//! | [`tui`] | the workstation |
//! | [`cli`] | the command line |
//! | [`clock`] | the time, by the machine or by the server that holds the workspace |
//! | [`text`] | sanitising, fitting, suggestions and positions, for every surface |
//! | [`config`] | the user's settings |
//!
//! ```text
//! file -> import -> store -> worker -> reply ┐
//! key  -> keymap -> action ------------------┼-> App::update -> effects
//!                                            └-> draw
//! store -> export -> file
//! ```

pub mod analysis;
pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod export;
pub mod import;
pub mod ingest;
pub mod spec;
pub mod store;
pub mod text;
pub mod tui;
