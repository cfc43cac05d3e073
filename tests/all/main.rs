//! karat from outside: what its user types, sees and finds on the disk, and what its store keeps to.
//! Where `.ci/postgres` has started a server, the store's contract is kept on it.

mod cli;
mod documents;
mod following;
mod lens;
mod samples;
mod screens;
mod store;
mod structure;
mod terminal;
