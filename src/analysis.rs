//! Pure functions over texts and decisions. They know no store and no screen.

pub mod fingerprint;
pub mod judging;
pub mod lens;
pub mod opinions;
pub mod sentence;
pub mod stats;
pub mod stretch;
pub mod versions;
