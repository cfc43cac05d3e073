//! What is offered at the foot and in the palette: what does something with the item as it is now.

use super::open_item::OpenItem;
use super::panes::Pane;
use super::visit_history::Step;
use super::{OnScreen, Review};
use crate::domain::claim::Claimed;
use crate::tui::action::Action;

/// The keys that decide.
const DECIDING: [Action; 4] = [Action::Accept, Action::Reject, Action::Escalate, Action::Defer];

/// The keys after those that decide and those that help at this moment.
const ALWAYS: [Action; 17] = [
    Action::Undo,
    Action::Note,
    Action::Mark,
    Action::Correct,
    Action::NextPane,
    Action::Browser,
    Action::Find,
    Action::NextItem,
    Action::PreviousItem,
    Action::Zoom,
    Action::Raw,
    Action::History,
    Action::Precedent,
    Action::Golden,
    Action::Decline,
    Action::Redo,
    Action::Leave,
];

/// The keys while a decision is not saved.
const UNSAVED: &[Action] = &[Action::Retry, Action::Accept, Action::Reject, Action::Escalate, Action::Leave];

/// The keys while the item is not the reviewer's to decide.
const MOVING_ON: [Action; 3] = [Action::Retry, Action::NextItem, Action::PreviousItem];

/// The keys after those, and after what helps at this moment.
const READING: [Action; 10] = [
    Action::Undo,
    Action::NextPane,
    Action::Input,
    Action::Find,
    Action::Browser,
    Action::History,
    Action::Precedent,
    Action::Zoom,
    Action::Raw,
    Action::Leave,
];

/// The keys while a search stands.
const FOUND: &[Action] = &[
    Action::FindNext,
    Action::FindPrevious,
    Action::FindEnd,
    Action::Accept,
    Action::Reject,
    Action::Escalate,
    Action::Raw,
    Action::Leave,
];

const AT_END: &[Action] = &[
    Action::ServeDeferred,
    Action::Refresh,
    Action::Undo,
    Action::Redo,
    Action::PreviousItem,
    Action::Settled,
    Action::Bars,
    Action::People,
    Action::Browser,
    Action::Order,
    Action::Leave,
];

/// What is known of the steps that can be undone and redone; `None`: only the store knows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Steps {
    pub undo: Option<bool>,
    pub redo: Option<bool>,
}

impl Steps {
    /// The reviewer has done something.
    pub(super) const DONE: Steps = Steps { undo: Some(true), redo: Some(false) };
    pub(super) const UNDONE: Steps = Steps { undo: None, redo: Some(true) };
    pub(super) const REDONE: Steps = Steps { undo: Some(true), redo: None };
}

impl Review {
    /// The keys at the foot, the most useful first.
    pub(super) fn keys(&self) -> Vec<Action> {
        let keys = match &self.on_screen {
            OnScreen::End(_) => AT_END.to_vec(),
            OnScreen::Item(open) if open.token().is_none() => self.with_helps(open, &MOVING_ON, &READING),
            OnScreen::Item(open) if open.unsaved.is_some() => UNSAVED.to_vec(),
            OnScreen::Item(open) if open.find.is_some() => FOUND.to_vec(),
            OnScreen::Item(open) => {
                let sides = (0..open.served.opinions.sides.len()).filter_map(Action::of_side);
                let first: Vec<Action> = sides.chain(DECIDING).collect();
                self.with_helps(open, &first, &ALWAYS)
            }
        };
        keys.into_iter().filter(|action| self.works(*action)).collect()
    }

    /// The keys with those that help with this item between them.
    fn with_helps(&self, open: &OpenItem, first: &[Action], others: &[Action]) -> Vec<Action> {
        let helps = self.helps(open);
        let others: Vec<_> = others.iter().copied().filter(|action| !helps.contains(action)).collect();
        [first, &helps, &others].concat()
    }

    /// The keys that help with this item, as it is now.
    fn helps(&self, open: &OpenItem) -> Vec<Action> {
        let in_rubric = self.panes.focus == Pane::Rubric;
        let is_cut = open.source.is_cut() || open.output.is_cut();
        let is_unread = self.has_unread_source(open);
        let helps = [
            (Action::Zoom, self.panes.zoomed),
            (Action::Clear, open.diff.is_some()),
            (Action::PanRight, is_cut),
            (Action::PanLeft, is_cut),
            (Action::Wrap, is_cut),
            (Action::Input, open.input.is_folded),
            (Action::NextCriterion, in_rubric),
            (Action::PreviousCriterion, in_rubric),
            (Action::Golden, open.draft.correction.is_some() && open.served.golden.is_none()),
            (Action::Macros, !self.macros.is_empty()),
            (Action::SourceDown, is_unread),
            (Action::NextDocument, is_unread),
            (Action::Findings, true),
            (Action::Diff, open.diff.is_some() || open.has_previous()),
            (Action::Attachments, true),
            (Action::Decline, open.served.declined.is_some()),
        ];
        helps.into_iter().filter_map(|(action, helps)| helps.then_some(action)).collect()
    }

    /// Whether the action is known to do something now: what may be in vain is not shown at the foot.
    fn works(&self, action: Action) -> bool {
        let has_decided = self.pace.count() > 0 || self.history.first_decided().is_some();
        self.may_work(action)
            && match action {
                Action::Undo => self.steps.undo.unwrap_or(has_decided),
                Action::Redo => self.steps.redo == Some(true),
                Action::PreviousItem => matches!(self.history.previous(), Step::Visited(_)) || has_decided,
                Action::NextItem => {
                    matches!(self.history.next(), Step::Visited(_))
                        || self.counts.remaining() > i64::from(self.is_open())
                }
                Action::Input => self.open_item().is_some_and(|open| open.input.is_folded || open.input.is_open),
                Action::Raw => [Pane::Source, Pane::Output].into_iter().any(|pane| self.panes.is_seen(pane)),
                Action::Bars => !self.bars.is_empty(),
                _ => true,
            }
    }

    /// The item on screen is one of those that are left.
    fn is_open(&self) -> bool {
        self.open_item().is_some_and(|open| open.served.mine.is_none())
    }

    /// Whether the action may do something now: what would only be refused is not in the palette.
    pub(super) fn may_work(&self, action: Action) -> bool {
        match (action, &self.on_screen) {
            (Action::Undo, _) => self.steps.undo != Some(false),
            (Action::Redo, _) => self.steps.redo != Some(false),
            (Action::PreviousItem, _) => {
                !self.history.is_whole() || matches!(self.history.previous(), Step::Visited(_))
            }
            (Action::ServeDeferred, OnScreen::End(view)) => view.end.deferred > 0,
            (Action::Settled, _) => self.asks_for_opinions(),
            (_, OnScreen::End(_)) => true,
            (_, OnScreen::Item(open)) => self.may_work_on(open, action),
        }
    }

    fn may_work_on(&self, open: &OpenItem, action: Action) -> bool {
        let spec = self.spec();
        let (document, documents) = open.source.section();
        let has_source = !open.served.item.context.is_empty();
        let has_sentences = open.lens.reading().is_some_and(|reading| !reading.sentences.is_empty());
        let is_only_looked_at = open.served.claimed == Claimed::Nobody;
        match action {
            action if action.side().is_some_and(|side| side >= open.served.opinions.sides.len()) => false,
            Action::Accept | Action::Reject | Action::RejectFor | Action::Escalate
                if open.served.settled_by_another().is_some() =>
            {
                false
            }
            action if action.decides() => open.token().is_some(),
            Action::Retry => !is_only_looked_at && (open.token().is_none() || open.unsaved.is_some()),
            Action::Reopen => open.served.opinions.may_be_reopened,
            Action::Decline => open.served.declined.is_some() || open.served.mine.is_none(),
            Action::Mark => !spec.failures.is_empty() && open.can_be_marked(),
            Action::Marks => !open.draft.marks.is_empty(),
            Action::ClearScore => !open.draft.scores.is_empty(),
            Action::NextCriterion => open.criterion + 1 < spec.criteria.len(),
            Action::PreviousCriterion => open.criterion > 0,
            Action::NextPane | Action::PreviousPane => self.panes.present().count() > 1,
            Action::Wider | Action::Narrower => self.panes.can_be_resized(),
            Action::SourceDown | Action::SourceUp => has_source,
            Action::NextDocument => document + 1 < documents,
            Action::PreviousDocument => documents > 1,
            Action::PanRight => self.panned(open).can_pan(1),
            Action::PanLeft => self.panned(open).can_pan(-1),
            Action::NextSentence | Action::PreviousSentence => has_sentences,
            Action::Findings => open.lens.reading().is_some_and(|reading| !reading.findings.is_empty()),
            Action::Lens => spec.lens.enabled && has_source,
            Action::Diff | Action::Sides => open.diff.is_some() || open.may_be_compared(),
            Action::Fold | Action::Unfold => open.has_folds(),
            Action::Attachments => open.has_attachments(),
            Action::FindNext | Action::FindPrevious => open.find.as_ref().is_some_and(|find| find.matches() > 1),
            _ => true,
        }
    }

    /// The spec has people look at what others have decided, so opinions of theirs are settled.
    pub(super) fn asks_for_opinions(&self) -> bool {
        let spec = self.spec();
        spec.review.is_some() || spec.samples.iter().any(|sample| sample.opinions > 1)
    }

    /// Some of the source was not in sight yet, or none of it is.
    fn has_unread_source(&self, open: &OpenItem) -> bool {
        !open.served.item.context.is_empty() && (!self.panes.is_seen(Pane::Source) || open.source.has_more_below())
    }
}
