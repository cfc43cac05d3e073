//! Hands attachments to the system's programs.

use crate::domain::attachment::Target;
use std::fs;
use std::path::{Path, PathBuf};

/// Opens a page or a file with the program that the system has for it; says what was
/// opened, or why it was not. A path is looked for in `folder`, which is that of the file that
/// names it, and then in the present one.
pub(super) fn open(target: &Target, folder: Option<&Path>) -> Result<String, String> {
    match target {
        Target::Page(url) => {
            opener::open_browser(url.as_str()).map_err(|error| format!("{url} cannot be opened: {error}"))?;
            Ok(url.to_string())
        }
        Target::File(path) => {
            let whole = find(path, folder).map_err(|why| format!("{path} cannot be opened: {why}"))?;
            opener::open(&whole).map_err(|error| format!("{path} cannot be opened: {error}"))?;
            Ok(whole.display().to_string())
        }
    }
}

/// The whole path of a file, which can be no option of the program that gets it.
fn find(path: &str, folder: Option<&Path>) -> Result<PathBuf, String> {
    let present = std::env::current_dir().ok();
    let folders: Vec<&Path> = match Path::new(path).is_absolute() {
        true => vec![Path::new("")],
        false => folder.into_iter().chain(present.as_deref().filter(|present| Some(*present) != folder)).collect(),
    };
    let found = folders.iter().find_map(|folder| fs::canonicalize(folder.join(path)).ok());
    match found {
        Some(whole) if whole.is_file() => Ok(whole),
        Some(_) => Err("it is no file".into()),
        None if folders == [Path::new("")] => Err("there is no such file".into()),
        None => {
            let looked: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
            Err(format!("there is no such file in {}", looked.join(" or in ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_opened_and_said() {
        let file = |path: &str| Target::File(path.into());
        let missing = open(&file("no/such/file.png"), Some(Path::new("/else"))).unwrap_err();
        assert!(
            missing.starts_with("no/such/file.png cannot be opened: there is no such file in /else or in /"),
            "{missing}"
        );
        assert_eq!(open(&file("/no/such"), None), Err("/no/such cannot be opened: there is no such file".into()));
        assert_eq!(open(&file("/"), None), Err("/ cannot be opened: it is no file".into()));
    }

    #[test]
    fn a_file_is_looked_for_beside_the_one_that_names_it_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("Cargo.toml"); // which is in the present folder too
        fs::write(&file, "").unwrap();
        assert_eq!(find("Cargo.toml", Some(folder.path())), Ok(fs::canonicalize(file).unwrap()));
        assert_eq!(find("Cargo.lock", Some(folder.path())), Ok(fs::canonicalize("Cargo.lock").unwrap()));
    }
}
