//! What every surface does with text, on screen and on the command line.
//!
//! [`sanitize`] is a security property of all output: text from data reaches a terminal
//! through it alone.

pub mod causes;
pub mod code;
pub mod compare;
pub mod file_text;
pub mod fit;
pub mod formula;
pub mod hex;
pub mod percent;
pub mod plural;
pub mod position;
pub mod sanitize;
pub mod server_address;
pub mod suggest;
