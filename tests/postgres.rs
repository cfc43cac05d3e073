//! The contract of the store, kept on PostgreSQL: the modules of `store.rs`, and what only a
//! server promises. `.ci/postgres` starts one and runs this.

#[path = "postgres/address.rs"]
mod address;
#[path = "store/apart.rs"]
mod apart;
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
#[path = "postgres/moving.rs"]
mod moving;
#[path = "postgres/opening.rs"]
mod opening;
#[path = "store/outside.rs"]
mod outside;
#[path = "store/precedent.rs"]
mod precedent;
#[path = "shared/program.rs"]
mod program;
#[path = "shared/proxy.rs"]
mod proxy;
#[path = "terminal/pty.rs"]
#[allow(dead_code)] // the stories on a file use the rest
mod pty;
#[path = "postgres/roles.rs"]
mod roles;
#[path = "store/round_trip.rs"]
mod round_trip;
#[path = "postgres/screen.rs"]
mod screen;
#[path = "store/search.rs"]
mod search;
#[path = "store/serving.rs"]
mod serving;
#[path = "postgres/trips.rs"]
mod trips;
#[path = "store/walk.rs"]
mod walk;
#[path = "shared/whole.rs"]
mod whole;
#[path = "shared/database.rs"]
mod workspace;
