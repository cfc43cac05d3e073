//! Doing one thing to many items.

use super::Browse;
use super::selection::Chosen;
use crate::domain::decision::Verdict;
use crate::store::view::{Change, Hold, Reverted};
use crate::store::{BulkAction, BulkOutcome};
use crate::tui::action::Action;
use crate::tui::overlay::{BulkForm, Confirm, Layer, Prompt, Then};
use crate::tui::station::{Station, Tone};
use crate::tui::words::{count, listed, thousands};
use crate::tui::worker::Request;

impl Browse {
    /// Starts on a bulk: what more it needs is asked in an overlay.
    pub(super) fn begin_bulk(&mut self, action: Action, station: &mut Station) -> Option<Layer> {
        if self.is_working() {
            self.say_working(station);
            return None;
        }
        if self.is_following && self.selection.is_all() {
            station.say(Tone::Warning, "key ignored: new items are just coming in");
            return None;
        }
        self.chosen()?;
        let form = |verdict| -> Option<Layer> { Some(Box::new(BulkForm::new(verdict))) };
        match action {
            Action::Accept => form(Verdict::Accept),
            Action::Reject => form(Verdict::Reject),
            Action::Escalate => form(Verdict::Escalate),
            Action::Defer => Some(self.ask(BulkAction::Defer)),
            Action::ReleaseHolds => Some(self.ask(BulkAction::Release)),
            Action::Golden => Some(Box::new(Prompt::golden())),
            Action::Tag => Some(Box::new(Prompt::tags())),
            Action::Prioritise => Some(Box::new(Prompt::priority())),
            _ => None,
        }
    }

    pub fn chosen(&self) -> Option<Chosen> {
        self.selection.chosen(self.row().map(|row| row.seq))
    }

    /// How many items a bulk is about.
    pub fn chosen_count(&self) -> usize {
        self.selected().max(usize::from(self.chosen().is_some()))
    }

    /// The question before a bulk.
    pub fn ask(&self, action: BulkAction) -> Layer {
        let question = question(&action, self.chosen_count(), self.filter.text.trim());
        Box::new(Confirm::titled("Many at once", question, Then::Bulk(Box::new(action))))
    }

    /// Does what was confirmed.
    pub fn do_bulk(&mut self, action: BulkAction, station: &mut Station) {
        let Some(chosen) = self.chosen() else { return };
        self.working = Some((0, self.chosen_count()));
        let (queue, ticket) = (self.name.clone(), self.ticket);
        station.ask(Request::Bulk { queue, ticket, chosen, action });
    }

    pub(super) fn bulk_done(&mut self, outcome: BulkOutcome, station: &mut Station) {
        self.working = None;
        self.selection.clear();
        let tone = if outcome.changed > 0 { Tone::Good } else { Tone::Warning };
        station.say(tone, told(&outcome));
        self.look_again(station);
    }

    /// Something was undone or redone. Its item is not looked at here, so it is not held.
    pub(super) fn reverted(&mut self, what: &str, reverted: Option<Box<Reverted>>, station: &mut Station) {
        let Some(reverted) = reverted else {
            return station.say(Tone::Quiet, format!("there is nothing to be {what}"));
        };
        if let Hold::Mine(claim) = &reverted.served.hold {
            station.ask(Request::Release { seq: reverted.served.seq, token: claim.token.clone() });
        }
        let told = match &reverted.change {
            Change::Bulk { what: which, items } => format!("{what}: {which} of {}", count(*items, "item")),
            Change::Deferral => format!("{what}: a deferral"),
            Change::Decision { decision, .. } => format!("{what}: {}", decision.judgement.verdict.as_str()),
            Change::Golden { .. } => format!("{what}: a change of the golden examples"),
        };
        station.say(Tone::Good, told);
        self.look_again(station);
    }
}

fn question(action: &BulkAction, items: usize, filter: &str) -> String {
    let items = count(items as i64, "item");
    let what = match action {
        BulkAction::Decide(judgement) => {
            let verdict = judgement.verdict.as_str();
            let categories = match judgement.draft.categories.as_slice() {
                [] => String::new(),
                keys => format!(" ({})", keys.join(", ")),
            };
            format!("{verdict} {items}{categories}? Those that others hold or have decided are left out.")
        }
        BulkAction::Defer => format!("set {items} aside for you? Those that are decided are left out."),
        BulkAction::Tag { add, remove } => {
            let signs = |sign: char, tags: &[String]| tags.iter().map(|tag| format!("{sign}{tag}")).collect::<Vec<_>>();
            format!("tag {items}: {}?", [signs('+', add), signs('-', remove)].concat().join(" "))
        }
        BulkAction::Prioritise(priority) => format!("give {items} the priority {priority}?"),
        BulkAction::Keep { tags, .. } => {
            let tags: String = tags.iter().map(|tag| format!(" #{tag}")).collect();
            format!("keep {items} as golden examples{tags}? Those that are not decided are left out.")
        }
        BulkAction::Release => format!("free {items} of whoever holds them? Their work under way stays as a draft."),
    };
    let mut what = what;
    if let Some(first) = what.get(..1).map(str::to_uppercase) {
        what.replace_range(..1, &first);
    }
    let filter = if filter.is_empty() { String::new() } else { format!("\n\nFilter: {filter}") };
    let undo = if matches!(action, BulkAction::Release) { "" } else { " One undo takes it back." };
    format!("{what}{undo}{filter}")
}

fn told(outcome: &BulkOutcome) -> String {
    let left_out = [
        (outcome.held, "held by others"),
        (outcome.decided, "decided"),
        (outcome.undecided, "not decided"),
        (outcome.unchanged, "so already"),
        (outcome.gone, "gone"),
    ];
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(items, _)| *items > 0)
        .map(|(items, why)| format!("{} {why}", thousands(*items)))
        .collect();
    let changed = format!("{} changed", count(outcome.changed, "item"));
    if left_out.is_empty() { changed } else { format!("{changed} · left out: {}", listed(&left_out)) }
}
