//! Hands attachments to the system's programs.

use crate::domain::attachment::Target;
use std::fs;

/// Opens a page or a file with the program that the system has for it; says what was
/// opened, or why it was not.
pub(super) fn open(target: &Target) -> Result<String, String> {
    match target {
        Target::Page(url) => {
            opener::open_browser(url.as_str()).map_err(|error| format!("{url} cannot be opened: {error}"))?;
            Ok(url.to_string())
        }
        Target::File(path) => {
            let error_line = |error: &dyn std::fmt::Display| format!("{path} cannot be opened: {error}");
            // The whole path can be no option of the program that gets it.
            let whole = fs::canonicalize(path).map_err(|error| error_line(&error))?;
            if !whole.is_file() {
                return Err(error_line(&"it is no file"));
            }
            opener::open(&whole).map_err(|error| error_line(&error))?;
            Ok(whole.display().to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_opened_and_said() {
        let missing = open(&Target::File("no/such/file.png".into()));
        assert!(missing.is_err_and(|why| why.starts_with("no/such/file.png cannot be opened: ")));
        assert_eq!(open(&Target::File("/".into())), Err("/ cannot be opened: it is no file".into()));
    }
}
