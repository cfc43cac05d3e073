//! What lies over the comparison of two versions.

mod form;
mod pair;

pub use form::VersionsForm;
pub use pair::Pair;
