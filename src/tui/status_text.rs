//! Status lines that several screens share.

use crate::domain::golden::Example;
use crate::store::Golden;

/// `★ sup-0012 is golden: accept · typical, edge-case`.
pub(super) fn golden_kept(golden: &Golden) -> String {
    let tags = match golden.example.tags.join(", ") {
        tags if tags.is_empty() => tags,
        tags => format!(" · {tags}"),
    };
    format!("★ {} is golden: {}{tags}", golden.id, golden.example.verdict.as_str())
}

/// The change that an undo or a redo made to an item's example.
pub(super) fn golden_change(id: &str, before: Option<&Example>, after: Option<&Example>) -> String {
    match (before, after) {
        (Some(_), None) => format!("{id} is golden no more"),
        (None, Some(_)) => format!("{id} is golden again"),
        (Some(before), Some(after)) if before == after => format!("an example of {id} that another has replaced since"),
        (Some(_), Some(_)) => format!("another version of the example {id} stands again"),
        (None, None) => format!("an example of {id}; it is not golden now"),
    }
}
