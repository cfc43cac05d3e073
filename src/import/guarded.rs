//! Decoders of others, run on bytes that nobody vouches for: where one panics, the file is damaged
//! and the program goes on.

use std::cell::Cell;
use std::fmt::Display;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is caught, and not to be told as one of the program.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What the decoder comes to. The decoder is not to be used again after it failed.
pub(super) fn guarded<T, E: Display>(decode: impl FnOnce() -> Result<T, E>) -> io::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_CAUGHT.get() {
                told(panic);
            }
        }));
    });
    let was_caught = IS_CAUGHT.replace(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    IS_CAUGHT.set(was_caught);
    match decoded {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(damaged(&error.to_string())),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            Err(damaged(said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it makes no sense")))
        }
    }
}

/// The error of data that is not as it must be.
pub(super) fn damaged(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_an_error() {
        let told = |decode: fn() -> Result<u8, String>| guarded(decode).map_err(|error| error.to_string());
        assert_eq!(told(|| Ok(1)), Ok(1));
        assert_eq!(told(|| Err("short".into())), Err("short".into()));
        assert_eq!(told(|| panic!("index {}", 7)), Err("index 7".into()));
    }
}
