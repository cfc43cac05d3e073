//! Statistics of what was decided, as pure functions over numbers.

pub mod agreement;
pub mod drift;
pub mod interval;
pub mod judge;
pub mod mean;
pub mod multiplicity;
pub mod paired;
pub mod power;
pub mod proportion;
pub mod sequential;
pub mod special;
pub mod weighted;
