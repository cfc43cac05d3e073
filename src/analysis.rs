//! Pure functions over texts and decisions. They know no store and no screen.

pub mod bar;
pub mod fingerprint;
pub mod golden;
pub mod judging;
pub mod lens;
pub mod opinions;
pub mod reviewer;
pub mod sentence;
pub mod stats;
pub mod stretch;
pub mod versions;
