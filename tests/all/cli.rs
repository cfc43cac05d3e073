//! The command line from outside: what a user types, sees and finds on the disk.

mod answers;
mod check;
mod damaged;
mod decide;
mod decline;
mod export;
mod filter;
mod golden;
mod import;
mod lens;
mod manual;
mod merge;
mod moving;
mod pipe;
mod rejects;
mod reopen;
mod restore;
mod sampling;
mod server;
mod spec;
mod stats;
mod team;
mod terminal;
mod upgrade;
mod workspace;
