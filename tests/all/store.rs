//! The contract of the store, on either engine.

mod adjudication;
mod answers;
mod apart;
mod bulk;
mod checks;
mod contract;
mod declined;
mod filter;
mod golden;
mod groups;
mod life;
mod listing;
mod opinions;
mod outcome;
mod outside;
mod policy;
mod precedent;
mod reopened;
mod retries;
mod round_trip;
mod sampling;
mod search;
mod serving;
mod sqlite;
mod stats;
mod walk;
