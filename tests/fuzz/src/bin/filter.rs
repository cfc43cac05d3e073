//! Any text is a filter that prints and parses to the same, or an error that points into
//! it; and anything can be completed.

#![no_main]

use karat_fuzz::domain::filter::{SavedFilters, Words, complete, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            assert_eq!(parse(&printed).as_ref(), Ok(&filter), "{printed}");
            if let Ok(resolved) = filter.resolved(&SavedFilters::new(), 1_790_000_000_000) {
                assert_eq!(parse(&resolved.to_string()).as_ref(), Ok(resolved.filter()));
            }
        }
        Err(error) => {
            let _ = error.pointing(text, str::to_owned).to_string();
        }
    }
    for cursor in [0, text.len() / 2, text.len()] {
        let completion = complete(text, cursor, &Words::default(), &mut |_, begun| vec![begun.to_owned()]);
        assert!(text.get(completion.range).is_some());
    }
});
