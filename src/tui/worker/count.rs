//! What the store's thread leaves to the one that counts.

use super::Request;

/// What is to be counted.
pub(super) enum Count {
    /// What a screen asks for.
    Asked(Request),
    /// The bars of this queue; `is_new`: they are told though they stand as before.
    Bars { queue: String, is_new: bool },
}
