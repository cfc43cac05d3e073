//! Doing one thing to many items.

use super::overlay::{BulkForm, Prompt};
use super::{Browse, Working};
use crate::domain::claim::Claimed;
use crate::domain::decision::Verdict;
use crate::domain::spec::Spec;
use crate::store::{BulkAction, BulkOutcome, Change, Reverted};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::{count, listed, thousands};
use crate::tui::overlay::{Confirm, Outcome};
use crate::tui::worker::{BrowseRequest, Chosen, ReviewRequest};

impl Browse {
    /// Starts on a bulk: what more it needs is asked in an overlay.
    pub(super) fn begin_bulk(&mut self, action: Action, ctx: &mut AppContext) -> Outcome<Self> {
        if self.is_working() {
            self.say_working(ctx);
            return Outcome::Stay;
        }
        if self.is_following && self.selection.is_all() {
            ctx.set_status(Tone::Warning, "key ignored: new items are just coming in");
            return Outcome::Stay;
        }
        match action {
            _ if self.chosen().is_none() => Outcome::Stay,
            Action::Accept => Outcome::over(BulkForm::new(Verdict::Accept)),
            Action::Reject => Outcome::over(BulkForm::new(Verdict::Reject)),
            Action::Escalate => Outcome::over(BulkForm::new(Verdict::Escalate)),
            Action::Defer => Outcome::over(self.ask(BulkAction::Defer)),
            Action::ReleaseHolds => Outcome::over(self.ask(BulkAction::Release)),
            Action::Golden => Outcome::over(Prompt::golden()),
            Action::Tag => Outcome::over(Prompt::tags()),
            Action::Prioritise => Outcome::over(Prompt::priority()),
            _ => Outcome::Stay,
        }
    }

    pub fn chosen(&self) -> Option<Chosen> {
        self.selection.chosen(self.row().map(|row| row.seq))
    }

    /// The number of items that a bulk is about.
    pub fn chosen_count(&self) -> usize {
        self.selected().max(usize::from(self.chosen().is_some()))
    }

    /// The question before a bulk.
    pub fn ask(&self, action: BulkAction) -> Confirm<Self> {
        let question = question(&action, self.chosen_count(), self.filter.text.trim(), self.spec());
        let on_yes = move |browse: &mut Self, ctx: &mut AppContext| {
            browse.do_bulk(action, ctx);
            Outcome::Stay
        };
        Confirm::new("Many at once", question, Box::new(on_yes))
    }

    /// Starts the bulk that was confirmed.
    fn do_bulk(&mut self, action: BulkAction, ctx: &mut AppContext) {
        let Some(chosen) = self.chosen() else { return };
        self.working = Some(Working { done: 0, of: self.chosen_count(), doing: done_to_items(&action) });
        self.before_bulk = (self.selected() > 0).then(|| self.selection.clone());
        let (queue, ticket) = (self.name.clone(), self.ticket);
        ctx.ask(BrowseRequest::Bulk { queue, ticket, chosen, action });
    }

    pub(super) fn bulk_done(&mut self, outcome: BulkOutcome, ctx: &mut AppContext) {
        let doing = self.working.take().map_or("changed", |working| working.doing);
        self.selection.clear();
        let tone = if outcome.changed > 0 { Tone::Good } else { Tone::Warning };
        let undo = ctx.keymap.keys_for(Context::Browse, Action::Undo);
        ctx.set_status(tone, summary(&outcome, doing, undo.first().map_or("undo", String::as_str)));
        self.look_again(ctx);
    }

    /// Something was undone or redone. Its item is not looked at here, so it is not claimed.
    pub(super) fn reverted(&mut self, [what, verb]: [&str; 2], reverted: Option<Box<Reverted>>, ctx: &mut AppContext) {
        let Some(reverted) = reverted else {
            return ctx.set_status(Tone::Quiet, format!("there is nothing to {verb}"));
        };
        if let Claimed::Mine(claim) = &reverted.served.claimed {
            ctx.ask(ReviewRequest::Release { seq: reverted.served.seq, token: claim.token.clone() });
        }
        let change = match &reverted.change {
            Change::Bulk { what: which, items, kept } => {
                self.selection = self.before_bulk.clone().filter(|_| what == "undone").unwrap_or_default();
                let stay = if *kept > 0 { format!("; {} had to stay", thousands(*kept)) } else { String::new() };
                format!("{what}: {which} of {}{stay}", count(*items, "item"))
            }
            Change::Deferral => format!("{what}: a deferral"),
            Change::Decline => format!("{what}: a decline of {}", reverted.served.item.id),
            Change::Reopening { .. } => format!("{what}: a reopening of {}", reverted.served.item.id),
            Change::Decision { decision, .. } => format!("{what}: {}", decision.judgement.verdict.as_str()),
            Change::Golden { .. } => format!("{what}: a change of the golden examples"),
        };
        ctx.set_status(Tone::Good, change);
        self.look_again(ctx);
    }
}

fn question(action: &BulkAction, items: usize, filter: &str, spec: Option<&Spec>) -> String {
    let items = count(items as i64, "item");
    let what = match action {
        BulkAction::Decide(judgement) => {
            let verdict = judgement.verdict.as_str();
            let categories = match (judgement.draft.categories.as_slice(), spec) {
                ([], _) => String::new(),
                (keys, Some(spec)) => format!(" ({})", spec.failure_names(keys)),
                (keys, None) => format!(" ({})", keys.join(", ")),
            };
            format!("{verdict} {items}{categories}? Those that others have claimed or decided are left out.")
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

/// What the action does to an item, as a summary says it.
fn done_to_items(action: &BulkAction) -> &'static str {
    match action {
        BulkAction::Decide(judgement) => judgement.verdict.past(),
        BulkAction::Defer => "deferred",
        BulkAction::Tag { .. } => "tagged",
        BulkAction::Prioritise(_) => "given the priority",
        BulkAction::Keep { .. } => "kept as golden",
        BulkAction::Release => "released",
    }
}

/// `2 rejected · u takes it back · left out: 1 claimed by others`
fn summary(outcome: &BulkOutcome, doing: &str, undo: &str) -> String {
    let left_out = [
        (outcome.claimed, "claimed by others"),
        (outcome.decided, "decided"),
        (outcome.undecided, "not decided"),
        (outcome.declined, "declined by you"),
        (outcome.unchanged, "so already"),
        (outcome.gone, "gone"),
    ];
    let left_out: Vec<String> = left_out
        .iter()
        .filter(|(items, _)| *items > 0)
        .map(|(items, why)| format!("{} {why}", thousands(*items)))
        .collect();
    let mut parts = vec![match outcome.changed {
        0 => format!("nothing {doing}"),
        changed => format!("{} {doing}", thousands(changed)),
    }];
    // A release is no decision: there is nothing to take back.
    if outcome.changed > 0 && doing != done_to_items(&BulkAction::Release) {
        parts.push(format!("{undo} takes it back"));
    }
    if !left_out.is_empty() {
        parts.push(format!("left out: {}", listed(&left_out)));
    }
    parts.join(" · ")
}
