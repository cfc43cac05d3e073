//! The user's own editor on a text, through a private temporary file.

use crate::text::file_text::text_of_file;
use std::io::{self, Write};
use std::process::Command;

/// Opens `$VISUAL`, `$EDITOR` or `vi` on the text. Gives what was written; `None`
/// when the editor left it as it was.
pub(super) fn edit(text: &str, extension: &str) -> io::Result<Option<String>> {
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    edit_with(editor.as_deref().unwrap_or("vi"), text, extension)
}

fn edit_with(editor: &str, text: &str, extension: &str) -> io::Result<Option<String>> {
    // Temporary files are made for their owner alone (mode 0600).
    let mut file = tempfile::Builder::new().prefix("karat-").suffix(&format!(".{extension}")).tempfile()?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    // The variable may hold arguments; as in git, the shell takes it apart.
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg(editor).arg(file.path()).status()?;
    match status.code() {
        Some(0) => {}
        // What the shell says where there is no such program.
        Some(127) => return Err(io::Error::other(format!("`{editor}` is not found; set EDITOR to an editor"))),
        _ => return Err(io::Error::other(format!("`{editor}` ended with {status}"))),
    }
    // Read by its path: editors like to write a new file in the old one's place.
    let bytes = std::fs::read(file.path())?;
    let written = String::from_utf8(bytes).map_err(|_| io::Error::other("the text is not UTF-8"))?;
    Ok(Some(text_of_file(&written, text)).filter(|written| *written != text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_editor_writes_comes_back() {
        assert_eq!(edit_with("printf 'mended\\n' >", "old", "md").unwrap().as_deref(), Some("mended"));
        assert_eq!(edit_with("printf 'a\\r\\nb\\r\\n' >", "a\r\nc", "md").unwrap().as_deref(), Some("a\r\nb"));
    }

    #[test]
    fn an_editor_that_changes_nothing_or_fails_changes_nothing() {
        assert_eq!(edit_with("true", "old", "md").unwrap(), None);
        assert_eq!(edit_with("printf 'a\\nb\\n' >", "a\r\nb", "md").unwrap(), None, "line ends are no edit");
        assert_eq!(edit_with("true", "old\n", "md").unwrap(), None, "a line break at the end is the text's own");
        let missing = edit_with("karat-no-such-editor", "old", "md").unwrap_err().to_string();
        assert!(missing.ends_with("is not found; set EDITOR to an editor"), "{missing}");
        assert!(edit_with("false", "old", "md").unwrap_err().to_string().starts_with("`false` ended with"));
    }
}
