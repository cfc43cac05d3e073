//! Any text is a spec, or has problems that can be told.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for problem in karat_fuzz::spec::parse(text).err().into_iter().flatten() {
        let _ = format!("{problem:?}");
    }
});
