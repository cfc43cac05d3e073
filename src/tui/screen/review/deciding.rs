//! What ends the work on an item: scores, verdicts, deferrals, and sending again what
//! failed.

use super::Review;
use super::open_item::{OpenItem, Retry};
use super::panes::Pane;
use super::reply_handling::decided_meanwhile;
use crate::domain::claim::Claimed;
use crate::domain::decision::{Draft, Judgement, OtherDecision, Verdict, Violation};
use crate::domain::decline::told;
use crate::domain::macros::Macro;
use crate::domain::queue::Over;
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::humanize::until;
use crate::tui::overlay::{Confirm, Layer, Outcome};
use crate::tui::screen::review::overlay::{DeclineForm, MacroForm, ReopenForm};
use crate::tui::worker::{QueueRequest, Request, ReviewRequest};
use std::sync::Arc;

impl Review {
    /// Whether the item is the reviewer's to decide; says why not.
    pub(super) fn may_decide(&self, ctx: &mut AppContext) -> bool {
        let Some(open) = self.open_item() else { return false };
        if open.token().is_some() {
            return true;
        }
        let again = ctx.keymap.keys_for(Context::Review, Action::Retry).join(" or ");
        if let Some(why) = &open.served.declined {
            let key = ctx.keymap.keys_for(Context::Review, Action::Decline).join(" or ");
            let why = sanitize::line(told(why));
            ctx.set_status(Tone::Warning, format!("you have declined this item: {why}; {key} takes that back"));
            return false;
        }
        let why = match (&open.served.claimed, &open.lost) {
            (Claimed::Other { reviewer, until: at }, _) => {
                format!("{reviewer} has claimed this item; it comes free {}", until(*at, ctx.now))
            }
            (_, Some(Some(by))) => format!("your claim on this item expired and {by} has it now; {again} looks again"),
            _ => format!("this item is not claimed for you any more; {again} looks again"),
        };
        ctx.set_status(Tone::Warning, why);
        false
    }

    pub(super) fn score(&mut self, score: u8, ctx: &mut AppContext) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        let Some(criterion) = spec.criteria.get(open.criterion) else {
            return ctx.set_status(Tone::Quiet, "this spec has no criteria to score");
        };
        let Some(level) = criterion.levels.get(usize::from(score) - 1) else {
            let text = format!("{} is scored from 1 to {}", criterion.name, criterion.levels.len());
            return ctx.set_status(Tone::Warning, text);
        };
        open.draft_mut().scores.insert(criterion.key.clone(), score);
        open.changed(ctx.now);
        ctx.set_status(Tone::Quiet, format!("{}: {score} · {level}", criterion.name));
        open.criterion = next_unscored(spec, open).unwrap_or(open.criterion);
    }

    pub(super) fn clear_score(&mut self, ctx: &AppContext) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        if let Some(criterion) = spec.criteria.get(open.criterion) {
            open.draft_mut().scores.remove(&criterion.key);
            open.changed(ctx.now);
        }
    }

    /// Records a verdict on the item, if the rules allow it.
    pub fn decide(&mut self, verdict: Verdict, ctx: &mut AppContext) {
        if let Some(before) = self.open_item().map(|open| Arc::clone(&open.draft)) {
            self.decide_from(before, verdict, ctx);
        }
    }

    /// Records a verdict by a step that has changed the draft, which was `before`.
    pub(super) fn decide_from(&mut self, before: Arc<Draft>, verdict: Verdict, ctx: &mut AppContext) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        let judgement = Judgement { before: Some(before), ..open.judgement(verdict, ctx.now) };
        if let Some(violation) = judgement.violations(spec).into_iter().next() {
            if let Violation::MissingScore { key, .. } | Violation::ScoreOutOfRange { key, .. } = &violation {
                open.criterion = spec.criteria.iter().position(|c| c.key == *key).unwrap_or(open.criterion);
                self.panes.focus(Pane::Rubric);
            }
            let keys = |context, action| ctx.keymap.keys_for(context, action).join(" or ");
            let help = match &violation {
                Violation::AcceptWithMarks(_) => format!(" · {} lists them", keys(Context::Review, Action::Marks)),
                Violation::AcceptWithCorrection => {
                    let correct = keys(Context::Review, Action::Correct);
                    format!(" · {correct}, then {} takes it back", keys(Context::Correct, Action::PutBack))
                }
                _ => String::new(),
            };
            return ctx.set_status(Tone::Warning, format!("{violation}{help}"));
        }
        if open.settles(verdict) {
            return self.ask_cause(judgement);
        }
        if let Some(request) = open.decision(judgement) {
            self.send("saving", request, ctx);
        }
    }

    /// Judges the item as a macro says; where the rules forbid it, nothing changes.
    pub fn play(&mut self, saved: &Macro, ctx: &mut AppContext) {
        if !self.may_decide(ctx) {
            return;
        }
        let Some((spec, open)) = self.spec_and_item() else { return };
        let played = saved.over(&open.draft, spec);
        let before = std::mem::replace(&mut open.draft, Arc::new(played));
        self.decide_from(Arc::clone(&before), saved.verdict, ctx);
        if !self.is_busy()
            && let Some(open) = self.open_item_mut()
        {
            open.draft = before;
        }
    }

    /// The names of the failure categories that the draft has, in the order of the spec.
    pub(super) fn chosen_categories(&self) -> String {
        self.open_item().map(|open| self.spec().failure_names(&open.draft.categories)).unwrap_or_default()
    }

    /// Asks for the key and the name of a macro that says what the draft says.
    pub fn name_macro(&mut self, verdict: Verdict, ctx: &mut AppContext) -> Outcome<Self> {
        let Some((spec, open)) = self.spec_and_item() else { return Outcome::Close };
        match MacroForm::of(verdict, &open.draft, spec) {
            Ok(form) => Outcome::over(form),
            Err(why) => {
                ctx.set_status(Tone::Warning, why);
                Outcome::Stay
            }
        }
    }

    pub(super) fn defer(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        open.save_visit(ctx);
        let Some(token) = open.token().map(str::to_owned) else { return };
        let request = ReviewRequest::Defer { seq: open.seq(), token };
        self.send("setting it aside", request, ctx);
    }

    /// Asks why the item is left to others; where it is already, takes that back.
    pub(super) fn ask_why_declined(&mut self, ctx: &mut AppContext) -> Outcome<Self> {
        let Some(open) = self.open_item() else { return Outcome::Stay };
        let seq = open.seq();
        if open.served.declined.is_some() {
            self.send("taking it back", ReviewRequest::TakeDeclineBack { seq }, ctx);
            return Outcome::Stay;
        }
        if open.served.mine.is_some() {
            let undo = ctx.keymap.keys_for(Context::Review, Action::Undo).join(" or ");
            ctx.set_status(Tone::Warning, format!("you have decided this item; {undo} takes that back"));
            return Outcome::Stay;
        }
        Outcome::over(DeclineForm::default())
    }

    /// Asks why what was decided on an item is put back.
    pub(super) fn ask_why_reopened(&self, ctx: &mut AppContext) -> Outcome<Self> {
        let Some(open) = self.open_item() else { return Outcome::Stay };
        if !open.served.opinions.may_be_reopened {
            ctx.set_status(Tone::Quiet, "nothing was decided on this item that could be put back");
            return Outcome::Stay;
        }
        Outcome::over(ReopenForm::default())
    }

    /// Puts the item back, for everybody or for one person.
    pub fn reopen(&mut self, why: String, to: Option<String>, ctx: &mut AppContext) {
        let Some(open) = self.open_item() else { return };
        let request = ReviewRequest::Reopen { seq: open.seq(), why, to };
        self.leave_for("putting it back", request, ctx);
    }

    /// Leaves the item to others, for a reason.
    pub fn decline(&mut self, why: String, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        open.save_visit(ctx);
        let request = ReviewRequest::Decline { seq: open.seq(), why };
        self.send("leaving it to others", request, ctx);
    }

    /// Asks whether the decision that was refused takes the place of another's.
    pub(super) fn ask_over(&self, other: &OtherDecision, now: UtcMillis) -> Layer<Self> {
        let unsaved = self.open_item().and_then(|open| open.unsaved.as_ref());
        let verdict = unsaved.map_or("decision", |unsaved| unsaved.judgement.verdict.as_str());
        let question = format!("{}. Does your {verdict} take the place of that?", decided_meanwhile(other, now));
        let over = Over::Decision(other.seq);
        let on_yes = move |review: &mut Self, ctx: &mut AppContext| {
            if let Some(open) = review.open_item_mut() {
                open.over = over;
            }
            review.send_again(ctx);
            Outcome::Stay
        };
        Box::new(Confirm::new("Decided by another", question, Box::new(on_yes)))
    }

    fn send_again(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        let request = open.unsaved.take().and_then(|unsaved| open.decision(unsaved.judgement));
        request.into_iter().for_each(|request| self.send("saving", request, ctx));
    }

    /// Tries again what failed, in the way that helps.
    pub(super) fn retry(&mut self, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        let seq = open.seq();
        let retry = open.unsaved.as_ref().map(|unsaved| unsaved.retry);
        match retry {
            Some(Retry::Again) if open.token().is_some() => return self.send_again(ctx),
            None if open.token().is_some() => return ctx.set_status(Tone::Quiet, "nothing failed"),
            _ => {}
        }
        open.save_draft(ctx);
        let request = if retry == Some(Retry::Reopen) {
            Request::Queue(QueueRequest::Reopen { seq })
        } else {
            Request::Review(ReviewRequest::Show { seq })
        };
        self.send("looking again", request, ctx);
    }
}

/// The next criterion without a score, from the focused one on and round again.
fn next_unscored(spec: &Spec, open: &OpenItem) -> Option<usize> {
    let count = spec.criteria.len();
    let order = (1..=count).map(|step| (open.criterion + step) % count);
    order.into_iter().find(|&at| !open.draft.scores.contains_key(&spec.criteria[at].key))
}
