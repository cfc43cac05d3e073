//! The contract of the store, kept on PostgreSQL: the modules of `store.rs`, and what only a
//! server promises. `.ci/postgres` starts one and runs this.

#[path = "postgres/address.rs"]
mod address;
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
#[path = "postgres/opening.rs"]
mod opening;
#[path = "store/outside.rs"]
mod outside;
#[path = "store/precedent.rs"]
mod precedent;
#[path = "shared/program.rs"]
mod program;
#[path = "postgres/roles.rs"]
mod roles;
#[path = "store/round_trip.rs"]
mod round_trip;
#[path = "store/search.rs"]
mod search;
#[path = "store/serving.rs"]
mod serving;
#[path = "store/walk.rs"]
mod walk;
#[path = "shared/database.rs"]
mod workspace;
