//! Where the sentences of a text are.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// The sentences of a text as byte ranges, in order, without the white space around
/// them. A line break ends a sentence. Segmentation is that of Unicode (UAX 29).
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, piece) in text.split_sentence_bound_indices() {
        let mut start = at;
        for line in piece.split_inclusive('\n') {
            let trimmed = line.trim();
            if !trimmed.is_empty() {
                let lead = line.len() - line.trim_start().len();
                found.push(start + lead..start + lead + trimmed.len());
            }
            start += line.len();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_at_stops_and_at_line_breaks() {
        assert_eq!(
            split("It opens at nine. We close at six!\n- Bring it back"),
            ["It opens at nine.", "We close at six!", "- Bring it back"]
        );
        assert_eq!(split("店は九時に開きます。六時に閉まります。"), ["店は九時に開きます。", "六時に閉まります。"]);
        assert!(split(" \n ").is_empty());
    }
}
