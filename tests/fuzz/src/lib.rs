//! What is fuzzed and what that stands on, taken from karat's sources without its database, network and
//! terminal: these are most of what would have to be built with instrumentation.

#[path = "../../../src"]
mod floors {
    pub mod analysis;
    pub mod check;
    pub mod config;
    pub mod domain;
    pub mod import;
    pub mod spec;
    pub mod text;
    pub mod tui {
        pub mod humanize;
        pub mod render;
        pub mod rich_text;
        pub mod syntax_highlight;
        pub mod theme;
    }
}

pub use floors::*;
