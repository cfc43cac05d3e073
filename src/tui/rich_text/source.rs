//! The source of what is shown: which text of the item, and which bytes of it.

use std::ops::Range;

/// A text of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Input,
    Output,
    Reference,
    /// A context document, from 0.
    Document(usize),
}

/// A stretch that is shown as it stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First byte in what is shown.
    pub shown: u32,
    /// First byte in the source.
    pub source: u32,
    /// Bytes.
    pub len: u32,
}

impl Run {
    fn shown_end(self) -> usize {
        (self.shown + self.len) as usize
    }

    fn source_end(self) -> usize {
        (self.source + self.len) as usize
    }
}

/// Ties what is shown to the bytes it was rendered from. What a renderer adds (bullets,
/// table lines) or leaves out (markup) lies between the runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceMap {
    /// Ascending in both, without overlaps.
    runs: Vec<Run>,
}

impl SourceMap {
    /// The text as it is, from a byte of the source on.
    pub fn verbatim(source: usize, len: usize) -> Self {
        let mut map = Self::default();
        map.push(0, source, len);
        map
    }

    /// Adds a run behind those that are there; one that continues the last one joins it.
    pub fn push(&mut self, shown: usize, source: usize, len: usize) {
        let (Ok(start), Ok(from), Ok(bytes)) = (u32::try_from(shown), u32::try_from(source), u32::try_from(len)) else {
            return; // no database holds a text that long
        };
        match self.runs.last_mut() {
            _ if len == 0 => {}
            Some(last) if last.shown_end() == shown && last.source_end() == source => last.len += bytes,
            _ => self.runs.push(Run { shown: start, source: from, len: bytes }),
        }
    }

    /// Keeps what is shown before a byte.
    pub fn cut(&mut self, shown: usize) {
        self.runs.retain(|run| (run.shown as usize) < shown);
        if let Some(last) = self.runs.last_mut() {
            last.len = last.len.min(shown as u32 - last.shown);
        }
    }

    /// Adds another map, of what is shown from a byte on.
    pub fn append(&mut self, other: &SourceMap, shown: usize) {
        for run in &other.runs {
            self.push(shown + run.shown as usize, run.source as usize, run.len as usize);
        }
    }

    /// The map from what is shown to the source of its source.
    pub fn through(&self, outer: &SourceMap) -> SourceMap {
        let mut through = SourceMap::default();
        for run in &self.runs {
            let (start, end) = (run.source as usize, run.source_end());
            let from = outer.runs.partition_point(|outer| outer.shown_end() <= start);
            for outer in outer.runs[from..].iter().take_while(|outer| (outer.shown as usize) < end) {
                let (first, last) = (start.max(outer.shown as usize), end.min(outer.shown_end()));
                let source = outer.source as usize + first - outer.shown as usize;
                through.push(run.shown as usize + first - start, source, last - first);
            }
        }
        through
    }

    /// The source byte of a shown one; of what was added, the end of what stands before it.
    pub fn to_source(&self, shown: usize) -> Option<usize> {
        let after = self.runs.partition_point(|run| run.shown as usize <= shown);
        match after.checked_sub(1).map(|at| self.runs[at]) {
            Some(run) => Some((run.source as usize + (shown - run.shown as usize)).min(run.source_end())),
            None => self.runs.first().map(|run| run.source as usize),
        }
    }

    /// The source bytes behind a shown range, from the first that is in it to the last.
    pub fn to_source_range(&self, shown: Range<usize>) -> Option<Range<usize>> {
        let from = self.runs.partition_point(|run| run.shown_end() <= shown.start);
        let to = self.runs.partition_point(|run| (run.shown as usize) < shown.end);
        let runs = self.runs.get(from..to).filter(|runs| !runs.is_empty())?;
        let (first, last) = (runs[0], runs[runs.len() - 1]);
        let start = first.source as usize + shown.start.saturating_sub(first.shown as usize);
        let end = last.source_end() - last.shown_end().saturating_sub(shown.end);
        Some(start..end)
    }

    /// The shown ranges of a source range.
    pub fn to_shown(&self, source: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let from = self.runs.partition_point(|run| run.source_end() <= source.start);
        let runs = self.runs[from..].iter().take_while(move |run| (run.source as usize) < source.end);
        runs.map(move |run| {
            let start = source.start.max(run.source as usize) - run.source as usize;
            let end = source.end.min(run.source_end()) - run.source as usize;
            run.shown as usize + start..run.shown as usize + end
        })
    }

    /// The place that shows a source byte; for one that was left out, the next place shown.
    /// `None` past the end of what the map holds.
    pub fn place_of(&self, source: usize) -> Option<usize> {
        let run = *self.runs.get(self.runs.partition_point(|run| run.source_end() <= source))?;
        Some(run.shown as usize + source.saturating_sub(run.source as usize))
    }

    /// The first and the last source byte that is shown.
    pub fn reach(&self) -> Option<Range<usize>> {
        Some(self.runs.first()?.source as usize..self.runs.last()?.source_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `**bold** and more` shown as `bold and more`.
    fn bold() -> SourceMap {
        let mut map = SourceMap::default();
        map.push(0, 2, 4);
        map.push(4, 8, 9);
        map
    }

    #[test]
    fn what_is_shown_knows_its_source_and_back() {
        let map = bold();
        assert_eq!((map.to_source(0), map.to_source(3), map.to_source(4)), (Some(2), Some(5), Some(8)));
        assert_eq!(map.to_shown(4..10).collect::<Vec<_>>(), [2..4, 4..6]);
        assert_eq!(map.to_source_range(2..6), Some(4..10));
        assert_eq!(map.reach(), Some(2..17));
    }

    #[test]
    fn what_is_left_out_is_shown_at_the_next_place() {
        let map = bold();
        assert_eq!((map.place_of(0), map.place_of(6), map.place_of(16)), (Some(0), Some(4), Some(12)));
        assert_eq!(map.place_of(17), None);
    }

    #[test]
    fn runs_that_continue_are_one() {
        let mut map = SourceMap::verbatim(10, 5);
        map.push(5, 15, 5);
        map.push(10, 20, 0);
        assert_eq!(map, SourceMap::verbatim(10, 10));
        assert_eq!(SourceMap::default().to_source(3), None);
    }
}
