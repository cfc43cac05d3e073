//! Statistics of what was decided, as pure functions over numbers.

pub mod interval;
pub mod proportion;
pub mod sequential;
pub mod special;
