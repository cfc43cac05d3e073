//! What the members of a crowd leave behind in a folder.

use karat::store::view::Seq;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where each puts the item that is before them: a second one there would collide.
pub fn desk(folder: &Path) -> PathBuf {
    folder.join("desk")
}

/// Verdicts by item, from everybody's own notes; an item in two of them fails.
pub fn acknowledged(folder: &Path) -> BTreeMap<Seq, String> {
    let mut all = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "notes") {
            continue;
        }
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let (seq, verdict) = line.split_once(' ').unwrap();
            let before = all.insert(seq.parse().unwrap(), verdict.to_owned());
            assert_eq!(before, None, "item {seq} was decided twice");
        }
    }
    all
}
