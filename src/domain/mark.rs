//! Marks: a failure category attached to a stretch of an output.

use serde::{Deserialize, Serialize};
use std::ops::Range;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// A stretch of the output's original text, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// Unicode scalar values before it, and before its end. Both lie between graphemes.
    pub start: usize,
    pub end: usize,
    /// The text that it covers.
    pub text: String,
    /// Key of the failure category.
    pub category: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

impl Mark {
    /// A mark on bytes of an output, grown to whole graphemes; `None` where they cover nothing.
    pub fn on(output: &str, bytes: Range<usize>, category: &str, comment: &str) -> Option<Self> {
        let bytes = whole(output, bytes);
        let text = output.get(bytes.clone()).filter(|text| !text.is_empty())?;
        let start = output[..bytes.start].chars().count();
        let end = start + text.chars().count();
        Some(Self { start, end, text: text.into(), category: category.into(), comment: comment.trim().into() })
    }

    /// A mark on Unicode scalar values of an output, grown to whole graphemes.
    pub fn on_chars(output: &str, chars: Range<usize>, category: &str, comment: &str) -> Option<Self> {
        let byte = |nth: usize| output.char_indices().map(|(at, _)| at).chain([output.len()]).nth(nth);
        Self::on(output, byte(chars.start)?..byte(chars.end)?, category, comment)
    }

    /// Bytes of an output that the mark covers; `None` where the output says something else.
    pub fn bytes(&self, output: &str) -> Option<Range<usize>> {
        let start = output.char_indices().map(|(at, _)| at).nth(self.start)?;
        output[start..].starts_with(&self.text).then(|| start..start + self.text.len())
    }

    /// The mark on what the output is now: where it was, else where its words stand, if
    /// that is one place.
    pub fn settled(self, output: &str) -> Option<Self> {
        if self.text.is_empty() || self.bytes(output).is_some() {
            return Some(self).filter(|mark| !mark.text.is_empty());
        }
        let mut places = output.match_indices(&self.text);
        let (at, _) = places.next().filter(|_| places.next().is_none())?;
        Self::on(output, at..at + self.text.len(), &self.category, &self.comment)
    }
}

/// Grows a range of bytes outwards to whole graphemes.
pub fn whole(text: &str, bytes: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(bytes.start.min(text.len()));
    let end = text.ceil_char_boundary(bytes.end.min(text.len()));
    let start = if is_boundary(text, start) { start } else { before(text, start) };
    let end = if is_boundary(text, end) { end } else { after(text, end) };
    start..end.max(start)
}

fn is_boundary(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// Start of the grapheme before a place.
pub fn before(text: &str, at: usize) -> usize {
    GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}

/// End of the grapheme behind a place.
pub fn after(text: &str, at: usize) -> usize {
    GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

/// Stretches of a text under one or more marks, in order, each with the number of its marks.
pub fn layers(marks: &[Range<usize>]) -> Vec<(Range<usize>, usize)> {
    let mut edges: Vec<usize> = marks.iter().flat_map(|range| [range.start, range.end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let over = |from: usize| marks.iter().filter(|range| range.contains(&from)).count();
    let stretches = edges.windows(2).map(|edge| (edge[0]..edge[1], over(edge[0])));
    stretches.filter(|(_, count)| *count > 0).collect()
}

/// The beginning of what a mark covers, in a line.
pub fn excerpt(text: &str, graphemes: usize) -> String {
    let line = text.split_whitespace().take(graphemes).collect::<Vec<_>>().join(" ");
    match line.grapheme_indices(true).nth(graphemes) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts with what is more than one scalar value to a reader.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<String>(),
            prop::sample::select(vec!["e\u{301}", "👩‍🚒", "🇪🇺", "東京", "\r\n", " word", "اردو"]).prop_map(str::to_owned),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn offsets_come_back(text in text(), a in 0usize..200, b in 0usize..200) {
            let (a, b) = (a.min(b), a.max(b));
            if let Some(mark) = Mark::on(&text, a..b, "tone", "") {
                let bytes = mark.bytes(&text).unwrap();
                prop_assert_eq!(&text[bytes.clone()], &mark.text);
                prop_assert_eq!(text.chars().skip(mark.start).take(mark.end - mark.start).collect::<String>(), mark.text.as_str());
                prop_assert!(bytes.start <= a && bytes.end >= b.min(text.len()));
                prop_assert!(is_boundary(&text, bytes.start) && is_boundary(&text, bytes.end));
                prop_assert_eq!(Mark::on(&text, bytes, "tone", ""), Some(mark.clone()));
                prop_assert_eq!(Mark::on_chars(&text, mark.start..mark.end, "tone", ""), Some(mark.clone()));
                prop_assert_eq!(mark.clone().settled(&text), Some(mark));
            } else {
                prop_assert!(a >= text.len() || a == b);
            }
        }

        #[test]
        fn layers_cover_what_the_marks_cover(ranges in prop::collection::vec((0usize..40, 1usize..20), 0..8)) {
            let ranges: Vec<_> = ranges.into_iter().map(|(start, len)| start..start + len).collect();
            let layers = layers(&ranges);
            for at in 0..64 {
                let over = layers.iter().find(|(range, _)| range.contains(&at)).map_or(0, |(_, count)| *count);
                prop_assert_eq!(over, ranges.iter().filter(|range| range.contains(&at)).count());
            }
        }
    }

    #[test]
    fn a_mark_grows_to_whole_graphemes() {
        let text = "e\u{301}t 👩‍🚒.";
        let mark = Mark::on(text, 1..2, "tone", " odd ").unwrap();
        assert_eq!((mark.start, mark.end, mark.text.as_str(), mark.comment.as_str()), (0, 2, "e\u{301}", "odd"));
        assert_eq!(Mark::on(text, 6..7, "tone", "").unwrap().text, "👩‍🚒");
        assert_eq!(Mark::on(text, 3..3, "tone", ""), None);
        assert_eq!(Mark::on_chars(text, 0..99, "tone", ""), None);
    }

    #[test]
    fn a_mark_follows_its_words_into_another_output_where_they_stand_once() {
        let mark = Mark::on("It takes 3 days.", 9..15, "wrong", "").unwrap();
        let moved = mark.clone().settled("Usually it takes 3 days.").unwrap();
        assert_eq!((moved.start, moved.end, moved.text.as_str()), (17, 23, "3 days"));
        assert_eq!(mark.clone().settled("3 days, or 3 days."), None);
        assert_eq!(mark.settled("It takes 5 days."), None);
    }

    #[test]
    fn an_excerpt_is_one_line() {
        assert_eq!(excerpt("a\n b", 10), "a b");
        assert_eq!(excerpt("one two three", 8), "one two…");
    }
}
