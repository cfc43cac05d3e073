//! The word that a mistyped one most likely stands for.

use strsim::osa_distance;

/// The candidate that `word` was probably meant to be: at most one slip away for words of
/// up to five letters, two for up to eight, three for longer ones. A slip is a letter
/// added, left out, changed or swapped with its neighbour. Case does not count, and `-`,
/// `_` and a space are one sign.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = folded(word);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((slips(&word, &folded(candidate))?, candidate)))
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// The slips between two words, unless they are too many to stand for each other.
fn slips(word: &str, candidate: &str) -> Option<usize> {
    let [length, other] = [word, candidate].map(|word| word.chars().count());
    let forgiven = match length.max(other) {
        0..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    if length.abs_diff(other) > forgiven {
        return None; // without the work of comparing them
    }
    Some(osa_distance(word, candidate)).filter(|slips| *slips <= forgiven)
}

fn folded(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_understood() {
        let keys = ["key", "name", "question", "levels", "required", "escalate_to", "criterion", "high-contrast"];
        let pairs = [
            ("nmae", "name"),
            ("Key", "key"),
            ("kye", "key"),
            ("escalate-to", "escalate_to"),
            ("escalate", "escalate_to"),
            ("criteria", "criterion"),
            ("high_contrast", "high-contrast"),
        ];
        for (slip, meant) in pairs {
            assert_eq!(nearest(slip, keys), Some(meant), "{slip}");
        }
        assert_eq!(nearest("note", keys), None);
        assert_eq!(nearest("", keys), None);
    }
}
