//! Code within a body, coloured as far as it is seen: reading 64 KB of it by its grammar
//! takes a quarter of a second.

use super::{RichText, Section, StyleSpan};
use crate::tui::syntax_highlight::{HighlightState, Language};
use crate::tui::theme::Role;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// A line that is looked at far from any that was is read from this many lines above on.
/// What was opened still further up is not known there, and its colours may be wrong.
const LEAD: usize = 100;

/// Most lines whose colours are kept.
const MOST_KEPT: usize = 4096;

/// A stretch of a body that is code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub range: Range<u32>,
    /// The prefix of each line that is no code, in bytes.
    pub prefix: usize,
    pub language: Language,
}

/// Lines of code that were read of late, by section and line of its body.
pub(super) type Coloured = HashMap<(usize, usize), Rc<Line>>;

/// The colours of a line of code.
#[derive(Debug)]
pub(super) struct Line {
    pub styles: Vec<StyleSpan>,
    /// The highlighter's state behind it.
    after: HighlightState,
}

impl RichText {
    /// The colours of a line of a body, where it is code, unless they are left for the next frame.
    pub(super) fn coloured(&self, section: usize, nth: usize) -> Option<Rc<Line>> {
        let placed = &self.sections[section];
        let lines = &placed.parts[2];
        let code = placed.section.code_at(lines.start(nth)).filter(|code| !code.language.is_left_out())?;
        let mut coloured = self.coloured.borrow_mut();
        if coloured.len() > MOST_KEPT {
            coloured.clear();
        }
        let first = nth.saturating_sub(LEAD).max(lines.line_of(code.range.start as usize));
        let known = (first..=nth).rev().find_map(|at| Some((at, coloured.get(&(section, at))?.after.clone())));
        let (from, mut place) = known.map_or_else(|| (first, code.language.start()), |(at, place)| (at + 1, place));
        for at in from..=nth {
            let start = lines.start(at);
            let end = if at + 1 < lines.len() { lines.start(at + 1) } else { placed.section.body.len() };
            let styles = code.styles(&placed.section.body[start..end], start, &mut place);
            coloured.insert((section, at), Rc::new(Line { styles, after: place.clone() }));
        }
        coloured.get(&(section, nth)).cloned()
    }
}

impl Section {
    pub(super) fn code_at(&self, byte: usize) -> Option<&Code> {
        let code = self.code.get(self.code.partition_point(|code| code.range.end as usize <= byte))?;
        (code.range.start as usize <= byte).then_some(code)
    }
}

impl Code {
    /// The styles of a line that begins at a byte of the body.
    fn styles(&self, line: &str, start: usize, place: &mut HighlightState) -> Vec<StyleSpan> {
        let Some((prefix, line)) = line.split_at_checked(self.prefix) else { return Vec::new() };
        let span = |from: usize, to: usize, role| StyleSpan { range: (start + from) as u32..(start + to) as u32, role };
        let (mut styles, mut at) = (Vec::new(), prefix.len());
        styles.extend((at > 0).then(|| span(0, at, Role::Dim)));
        for (end, role) in place.read(line) {
            let end = prefix.len() + end;
            styles.extend((at < end).then(|| span(at, end, role)));
            at = end;
        }
        styles
    }
}
