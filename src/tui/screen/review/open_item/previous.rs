//! The attempt before the item's own: why it was rejected, and where the words that were marked in
//! it still stand.

use super::OpenItem;
use crate::domain::decision::{Decision, Verdict};
use crate::domain::item::Seq;
use crate::domain::mark::Mark;
use crate::domain::policy::ReviewerKind;
use crate::domain::spec::{FailureCategory, Spec};
use crate::domain::time::ago;
use crate::store::{PreviousAttempt, StoreError};
use crate::text::fit::clipped;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::rich_text::{Highlight, Part, TextRange};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::panes::Pane;
use crate::tui::theme::HighlightKind;
use crate::tui::widget::text::{data, spread, width_of};
use crate::tui::worker::LookupRequest;
use ratatui::text::{Line, Span};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Rows of why it was rejected, at most; the history has all of it.
const ROWS: usize = 3;

/// The least rows of the panes below it: it gives way to them.
const LEAST_PANES: usize = 12;

/// What is known of the attempt before.
#[derive(Debug, Default)]
pub struct Previous {
    asked: Asked,
    known: Option<Box<PreviousAttempt>>,
    /// Where the words that were marked in it still stand in the output.
    marks: Vec<Range<usize>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    NotYet,
    OnItsWay,
    /// It is to be compared with as soon as it is there.
    ToCompare,
    Answered,
}

impl Previous {
    pub fn known(&self) -> Option<&PreviousAttempt> {
        self.known.as_deref()
    }

    fn rejection(&self) -> Option<&Decision> {
        self.known.as_ref()?.rejection.as_ref()
    }
}

impl OpenItem {
    /// There may be an attempt before this one, of which the store has not told yet.
    pub(super) fn may_have_previous(&self) -> bool {
        let item = &self.served.item;
        item.attempt > 1 && item.case.is_some() && self.previous.asked != Asked::Answered
    }

    /// There is an attempt before this one, or there may be.
    pub fn has_previous(&self) -> bool {
        self.previous.known.is_some() || self.may_have_previous()
    }

    /// Asks for the attempt before, where there may be one.
    pub fn ask_previous(&mut self, ctx: &mut AppContext) {
        if self.may_have_previous() && self.previous.asked == Asked::NotYet {
            self.previous.asked = Asked::OnItsWay;
            ctx.ask(LookupRequest::Previous { seq: self.seq() });
        }
    }

    /// Asks for it to be compared with; `false`: the store has told of it already, or there is none.
    pub(super) fn awaits_previous(&mut self, ctx: &mut AppContext) -> bool {
        let awaits = self.may_have_previous();
        if awaits {
            self.ask_previous(ctx);
            self.previous.asked = Asked::ToCompare;
        }
        awaits
    }

    /// Why the attempt before was rejected, where that may be told.
    pub fn last_rejection(&self) -> Option<&Decision> {
        self.previous.rejection()
    }

    /// The attempt before was rejected for this too.
    pub fn was_rejected_for(&self, failure: &FailureCategory) -> bool {
        self.last_rejection().is_some_and(|last| last.judgement.draft.categories.contains(&failure.key))
    }

    /// The names of the chosen categories for which the attempt before was rejected too; `None`: there is
    /// none of these.
    pub fn again(&self, spec: &Spec) -> Option<String> {
        let again = spec.failures.iter().filter(|failure| self.was_rejected_for(failure));
        let again: Vec<String> = again.map(|failure| failure.key.clone()).filter(|key| self.is_put_down(key)).collect();
        (!again.is_empty()).then(|| spec.failure_names(&again))
    }

    /// The category is chosen, or something is marked with it.
    pub fn is_put_down(&self, category: &str) -> bool {
        let draft = &self.draft;
        draft.categories.iter().any(|key| key == category) || draft.marks.iter().any(|mark| mark.category == category)
    }

    /// The words that were marked in the attempt before.
    pub(super) fn last_mark_highlights(&self, pane: Pane) -> Vec<Highlight> {
        let marks = self.previous.marks.iter().filter(|_| pane == Pane::Output);
        let highlight = |range: &Range<usize>| Highlight {
            range: TextRange::Source(Part::Output, range.clone()),
            kind: HighlightKind::LastMark,
        };
        marks.map(highlight).collect()
    }

    fn take_previous(&mut self, previous: Option<Box<PreviousAttempt>>) {
        self.previous = Previous { asked: Asked::Answered, known: previous, marks: Vec::new() };
        let output = &self.served.item.output.text;
        let marks = self.last_rejection().map_or(&[][..], |last| &last.judgement.draft.marks);
        self.previous.marks = marks.iter().filter_map(|mark| still_stands(mark, output)).collect();
    }

    /// Why the attempt before was rejected, where that may be told: in as many of the `free` rows as
    /// the panes below can spare, which may be none.
    pub fn last_rejection_lines(
        &self,
        spec: &Spec,
        (width, free): (usize, usize),
        ctx: &AppContext,
    ) -> Vec<Line<'static>> {
        let rows = free.saturating_sub(LEAST_PANES).min(ROWS);
        let Some(last) = self.last_rejection().filter(|_| rows > 0) else { return Vec::new() };
        let theme = &ctx.theme;
        let mut left = head(last, spec, ctx);
        let note = last.judgement.draft.note.trim();
        let quoted = data(&format!(": “{note}”"), theme.text(), theme);
        let is_whole = !note.contains('\n') && width_of(&left) + width_of(&quoted) <= width;
        let (beside, below) = if rows == 1 || is_whole { (note, "") } else { ("", note) };
        if !beside.is_empty() {
            left.extend(quoted);
        }
        let right = Span::styled(self.beside(width.saturating_sub(width_of(&left) + 2), ctx), theme.dim());
        let below = if below.is_empty() {
            Vec::new()
        } else {
            clipped(&format!("“{below}”"), width.saturating_sub(2), rows - 1)
        };
        let below = below.iter().map(|line| Line::from(data(&format!("  {line}"), theme.text(), theme)));
        std::iter::once(spread(left, vec![right], width)).chain(below).collect()
    }

    /// The key that compares, and how many of its marks still stand where there is room for that.
    fn beside(&self, room: usize, ctx: &AppContext) -> String {
        let keys = ctx.keymap.keys_for(Context::Review, Action::Diff);
        let compares = keys.first().map(|key| format!("{key} {}", Action::Diff.label())).unwrap_or_default();
        let marks = self.last_rejection().map_or(0, |last| last.judgement.draft.marks.len());
        let stand = match self.previous.marks.len() {
            _ if marks == 0 => return compares,
            0 => "nothing marked still stands".to_owned(),
            1 => format!("1 of {} still stands", count(marks as i64, "mark")),
            stand => format!("{stand} of {} still stand", count(marks as i64, "mark")),
        };
        let both = format!("{stand} · {compares}");
        if both.width() <= room { both } else { compares }
    }
}

/// Where the words of a mark stand in another output: whole words, for 250 is not in 2500.
fn still_stands(mark: &Mark, output: &str) -> Option<Range<usize>> {
    let range = mark.clone().settled(output)?.bytes(output)?;
    let ends = output.split_word_bound_indices().map(|(at, _)| at).chain([output.len()]);
    let edges = ends.filter(|at| *at == range.start || *at == range.end).count();
    (edges == 2).then_some(range)
}

/// `✗ last attempt rejected 2 h ago for Wrong tone`
fn head(last: &Decision, spec: &Spec, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let reject = theme.verdict(Verdict::Reject);
    let by = match last.part.reviewer_kind {
        ReviewerKind::Person if last.reviewer == ctx.reviewer => " by you".to_owned(),
        ReviewerKind::Person => String::new(),
        _ => format!(" by {}", last.reviewer),
    };
    let mut spans = vec![Span::styled(format!("{} ", Verdict::Reject.sign()), reject)];
    spans.extend(data(&format!("last attempt rejected{by}"), reject, theme));
    spans.push(Span::styled(format!(" {}", ago(last.decided_at, ctx.now)), theme.dim()));
    let categories = &last.judgement.draft.categories;
    if !categories.is_empty() {
        spans.push(Span::styled(" for ", theme.text()));
        spans.extend(data(&spec.failure_names(categories), theme.warning(), theme));
    }
    spans
}

impl Review {
    /// The store has told of the attempt before.
    pub(in crate::tui::screen::review) fn previous_arrived(
        &mut self,
        seq: Seq,
        previous: Option<Box<PreviousAttempt>>,
        ctx: &mut AppContext,
    ) {
        let Some(open) = self.open_item_mut().filter(|open| open.seq() == seq) else { return };
        let is_awaited = open.previous.asked == Asked::ToCompare;
        open.take_previous(previous);
        ctx.stale_frame = true;
        if is_awaited {
            self.compare_with_previous(ctx);
        }
    }

    /// It could not be read: the key that compares asks once more.
    pub(in crate::tui::screen::review) fn previous_failed(
        &mut self,
        seq: Seq,
        error: &StoreError,
        ctx: &mut AppContext,
    ) {
        let Some(open) = self.open_item_mut().filter(|open| open.seq() == seq) else { return };
        let asked = std::mem::take(&mut open.previous.asked);
        if asked == Asked::ToCompare {
            ctx.set_failure(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_marked_stand_where_they_are_whole() {
        let mark = |words: &str| Mark::on(words, 0..words.len(), "wrong", "").unwrap();
        assert_eq!(still_stands(&mark("250"), "It takes 250 g."), Some(9..12));
        assert_eq!(still_stands(&mark("250"), "It takes 2500 g."), None);
        assert_eq!(still_stands(&mark("250"), "250.5 g"), None);
        assert_eq!(still_stands(&mark("返金"), "すぐに返金します"), Some(9..15));
    }
}
