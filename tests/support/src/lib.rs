//! What the tests share. Here is what they hold a queue, a workspace, the program and a terminal with;
//! what they find out with it stands in the tests.

pub mod child;
pub mod crowd;
pub mod dice;
pub mod earlier;
pub mod fixture;
pub mod overdue;
pub mod planted;
pub mod program;
pub mod proxy;
pub mod spec;
pub mod terminal;
pub mod wait;
pub mod whole;
pub mod workspace;
