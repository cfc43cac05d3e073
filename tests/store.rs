//! The contract of the store, kept on SQLite. `postgres.rs` has the same modules.

#[path = "store/bulk.rs"]
mod bulk;
#[path = "store/contract.rs"]
mod contract;
#[path = "store/filter.rs"]
mod filter;
#[path = "store/finding.rs"]
mod finding;
#[path = "store/fixture.rs"]
mod fixture;
#[path = "store/golden.rs"]
mod golden;
#[path = "store/outside.rs"]
mod outside;
#[path = "store/precedent.rs"]
mod precedent;
#[path = "store/round_trip.rs"]
mod round_trip;
#[path = "store/search.rs"]
mod search;
#[path = "store/serving.rs"]
mod serving;
#[path = "store/sqlite.rs"]
mod sqlite;
#[path = "store/walk.rs"]
mod walk;
#[path = "shared/file.rs"]
mod workspace;
