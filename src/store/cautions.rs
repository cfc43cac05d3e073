//! What had better be changed about where a workspace is: its file, its folder, the clock.

use super::{Result, Store};
use crate::domain::time::{UtcMillis, format_rfc3339};
use std::path::Path;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// 2020 and 2100: a clock that shows a time before or after is wrong.
const BELIEVED: std::ops::Range<UtcMillis> = 1_577_836_800_000..4_102_444_800_000;

impl Store {
    /// What had better be changed, as sentences: others may write the file, it has two names, the
    /// clock is wrong.
    pub fn cautions(&self) -> Result<Vec<String>> {
        let mut cautions = self.address.file().map(of_file).unwrap_or_default();
        let newest = "SELECT at FROM event ORDER BY seq DESC LIMIT 1";
        cautions.extend(of_clock(self.now(), self.first(newest, &[], |row| row.need_int(0))?));
        Ok(cautions)
    }
}

fn of_clock(now: UtcMillis, newest: Option<UtcMillis>) -> Option<String> {
    let shown = format_rfc3339(now);
    if !BELIEVED.contains(&now) {
        return Some(format!("the clock shows {shown}, which cannot be: decisions are dated by it, so set it first"));
    }
    let newest = newest.filter(|newest| newest - now > DAY_MILLIS)?;
    let newest = format_rfc3339(newest);
    Some(format!("the clock shows {shown}, and the log's newest event is of {newest}: one of the two clocks is wrong"))
}

#[cfg(unix)]
fn of_file(path: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    const OTHERS_WRITE: u32 = 0o002;
    const ONLY_OWNERS_REMOVE: u32 = 0o1000;
    let mut cautions = Vec::new();
    let Ok(real) = path.canonicalize() else { return cautions };
    let shown = path.display();
    if let Ok(file) = real.metadata() {
        if file.nlink() > 1 {
            cautions.push(format!(
                "{shown} has {} names (hard links), and whoever opens it by another one has another log, so that \
                 decisions get lost: keep one name",
                file.nlink()
            ));
        }
        if file.mode() & OTHERS_WRITE != 0 {
            let mode = file.mode() & 0o7777;
            cautions.push(format!("{shown} may be written by everybody (mode {mode:04o}): `chmod o-w {shown}`"));
        }
    }
    let folder = real.parent().unwrap_or(&real);
    let mode = folder.metadata().map_or(0, |folder| folder.mode());
    if mode & OTHERS_WRITE != 0 && mode & ONLY_OWNERS_REMOVE == 0 {
        let folder = folder.display();
        cautions.push(format!("everybody may replace the files in {folder}, where {shown} is: `chmod o-w {folder}`"));
    }
    cautions
}

/// Rights are lists there, which are left to whoever keeps the machine.
#[cfg(not(unix))]
fn of_file(_path: &Path) -> Vec<String> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_told() {
        let now = 1_800_000_000_000;
        assert_eq!(of_clock(now, Some(now + 1000)), None);
        assert_eq!(of_clock(now, Some(1)), None);
        assert!(of_clock(-5, None).is_some_and(|told| told.contains("1969-12-31") && told.contains("set it")));
        assert!(of_clock(now + 40 * 366 * DAY_MILLIS * 10, None).is_some());
        assert!(of_clock(now, Some(now + 2 * DAY_MILLIS)).is_some_and(|told| told.contains("newest event")));
    }
}
