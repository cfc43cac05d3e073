//! The command line from outside: what a user types, sees and finds on the disk.

#[path = "cli/decide.rs"]
mod decide;
#[path = "cli/export.rs"]
mod export;
#[path = "cli/filter.rs"]
mod filter;
#[path = "cli/golden.rs"]
mod golden;
#[path = "cli/import.rs"]
mod import;
#[path = "cli/lens.rs"]
mod lens;
#[path = "cli/manual.rs"]
mod manual;
#[path = "cli/merge.rs"]
mod merge;
#[path = "cli/moving.rs"]
mod moving;
#[path = "cli/pipe.rs"]
mod pipe;
#[path = "shared/program.rs"]
mod program;
#[path = "shared/terminal.rs"]
mod pseudo_terminal;
#[path = "cli/rejects.rs"]
mod rejects;
#[path = "cli/server.rs"]
mod server;
#[path = "cli/spec.rs"]
mod spec;
#[path = "cli/team.rs"]
mod team;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "shared/whole.rs"]
mod whole;
#[path = "cli/workspace.rs"]
mod workspace;
