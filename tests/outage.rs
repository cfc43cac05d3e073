//! What a team lives through on one server: 64 reviewers on 8 machines, connections that are
//! cut, a server that loses its power. A binary of its own, for it restarts the server under
//! everybody on it.

#[path = "shared/child.rs"]
mod child;
#[path = "postgres/crowd.rs"]
mod crowd;
#[path = "store/fixture.rs"]
#[allow(dead_code)] // the contract of the store uses the rest
mod fixture;
#[path = "shared/notes.rs"]
mod notes;
#[path = "shared/database.rs"]
mod workspace;
