//! Settling opinions that disagree: one is taken whole, or the item is decided anew; then why they
//! disagree is asked.

use super::Review;
use super::overlay::CauseForm;
use crate::domain::adjudication::letter;
use crate::domain::decision::Judgement;
use crate::domain::item::Seq;
use crate::domain::policy::Cause;
use crate::tui::app_context::{AppContext, Tone};

impl Review {
    /// Takes all that an opinion put down as the decision that settles the item.
    pub(super) fn take_side(&mut self, side: usize, ctx: &mut AppContext) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        let Some(judgement) = open.judgement_of_side(side, spec, ctx.now) else {
            let why = match open.served.opinions.sides.len() {
                0 => "there are no opinions to settle on this item".to_owned(),
                sides => format!("there are {sides} opinions on this item, and no {}", letter(side)),
            };
            return ctx.set_status(Tone::Quiet, why);
        };
        if let Some(violation) = judgement.violations(spec).into_iter().next() {
            let why = format!("opinion {} does not keep the rubric in force: {violation}", letter(side));
            return ctx.set_status(Tone::Warning, why);
        }
        self.ask_cause(judgement);
    }

    /// Asks why the opinions disagree that the judgement settles, before it is recorded.
    pub(super) fn ask_cause(&mut self, judgement: Judgement) {
        let Some(open) = self.open_item() else { return };
        self.question = Some(Box::new(CauseForm::new(judgement, open)));
    }

    /// Records a judgement that settles opinions on an item, and why they disagreed.
    pub fn settle(&mut self, item: Seq, judgement: Judgement, cause: Option<Cause>, ctx: &mut AppContext) {
        if !self.may_decide(ctx) {
            return;
        }
        let Some(open) = self.open_item_mut().filter(|open| open.seq() == item) else {
            return ctx.set_status(Tone::Warning, "another item is on screen by now: nothing was settled");
        };
        if let Some(request) = open.decision(Judgement { cause, ..judgement }) {
            self.send("saving", request, ctx);
        }
    }
}
