//! Files that karat wrote beside those of its users, and that a pattern such as `*.json*`
//! finds with them.

use super::format;
use super::input::Input;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::Path;

/// Whether the file tells what an import rejected.
pub fn is_rejects_file(path: &Path) -> bool {
    has_suffix(path, ".rejects.jsonl") && Input::open(path).is_ok_and(|input| format::holds_rejects(input.head()))
}

/// Whether the file is the manifest of an export.
pub fn is_manifest(path: &Path) -> bool {
    #[derive(Deserialize)]
    struct Manifest {
        #[serde(rename = "file")]
        _file: String,
        #[serde(rename = "queue")]
        _queue: IgnoredAny,
        #[serde(rename = "sha256")]
        _sha256: String,
    }
    let is_manifest = |input: Input| serde_json::from_slice::<Manifest>(&input.head().bytes).is_ok();
    has_suffix(path, ".manifest.json") && Input::open(path).is_ok_and(is_manifest)
}

/// Whether the path is that of a file, which can be opened again, with such a name.
fn has_suffix(path: &Path, suffix: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(suffix)) && path.is_file()
}
