//! What ends the work on an item: scores, verdicts, deferrals, and sending again what
//! failed.

use super::Review;
use super::panes::Pane;
use super::sheet::{Remedy, Sheet};
use crate::domain::decision::{Judgement, Verdict, Violation};
use crate::domain::macros::Macro;
use crate::domain::spec::Spec;
use crate::store::view::Hold;
use crate::tui::action::{Action, Context};
use crate::tui::overlay::{After, MacroForm};
use crate::tui::station::{Station, Tone};
use crate::tui::words::until;
use crate::tui::worker::Request;

impl Review {
    /// Whether the item is the reviewer's to decide; says why not.
    pub(super) fn may_decide(&self, station: &mut Station) -> bool {
        let Some(sheet) = self.sheet() else { return false };
        if sheet.token().is_some() {
            return true;
        }
        let again = station.keymap.keys_for(Context::Review, Action::Retry).join(" or ");
        let why = match (&sheet.served.hold, &sheet.lost) {
            (Hold::Other { reviewer, until: at }, _) => {
                format!("{reviewer} holds this item; it comes free {}", until(*at, station.now))
            }
            (_, Some(Some(by))) => format!("your hold on this item expired and {by} has it now; {again} looks again"),
            _ => format!("this item is not held for you any more; {again} looks again"),
        };
        station.say(Tone::Warning, why);
        false
    }

    pub(super) fn score(&mut self, score: u8, station: &mut Station) {
        let Some((spec, sheet)) = self.desk() else { return };
        let Some(criterion) = spec.criteria.get(sheet.criterion) else {
            return station.say(Tone::Quiet, "this spec has no criteria to score");
        };
        let Some(level) = criterion.levels.get(usize::from(score) - 1) else {
            let text = format!("{} is scored from 1 to {}", criterion.name, criterion.levels.len());
            return station.say(Tone::Warning, text);
        };
        sheet.draft.scores.insert(criterion.key.clone(), score);
        sheet.changed(station.now);
        station.say(Tone::Quiet, format!("{}: {score} · {level}", criterion.name));
        sheet.criterion = next_unscored(spec, sheet).unwrap_or(sheet.criterion);
    }

    /// Records a verdict on the item, if the rules allow it.
    pub fn decide(&mut self, verdict: Verdict, station: &mut Station) {
        let Some((spec, sheet)) = self.desk() else { return };
        let judgement = sheet.judgement(verdict, station.now);
        if let Some(violation) = judgement.violations(spec).into_iter().next() {
            if let Violation::MissingScore { key, .. } | Violation::ScoreOutOfRange { key, .. } = &violation {
                sheet.criterion = spec.criteria.iter().position(|c| c.key == *key).unwrap_or(sheet.criterion);
                self.panes.focus(Pane::Rubric);
            }
            return station.say(Tone::Warning, violation.to_string());
        }
        self.send(judgement, station);
    }

    /// Judges the item as a macro says; where the rules forbid it, nothing changes.
    pub fn play(&mut self, saved: &Macro, station: &mut Station) {
        if !self.may_decide(station) {
            return;
        }
        let Some((spec, sheet)) = self.desk() else { return };
        let played = saved.over(&sheet.draft, spec);
        let before = std::mem::replace(&mut sheet.draft, played);
        self.decide(saved.verdict, station);
        if !self.is_busy()
            && let Some(sheet) = self.sheet_mut()
        {
            sheet.draft = before;
        }
    }

    /// Asks for the key and the name of a macro that says what the draft says.
    pub fn name_macro(&mut self, verdict: Verdict, station: &mut Station) -> After {
        let Some((spec, sheet)) = self.desk() else { return After::Close };
        match MacroForm::of(verdict, &sheet.draft, spec) {
            Ok(form) => After::Over(Box::new(form)),
            Err(why) => {
                station.say(Tone::Warning, why);
                After::Stay
            }
        }
    }

    fn send(&mut self, judgement: Judgement, station: &mut Station) {
        let Some(sheet) = self.sheet_mut() else { return };
        let Some(token) = sheet.token().map(str::to_owned) else { return };
        sheet.sent(judgement.verdict);
        let request = Request::Decide { seq: sheet.seq(), token, judgement };
        self.depart("saving", request, station);
    }

    pub(super) fn defer(&mut self, station: &mut Station) {
        let Some(sheet) = self.sheet_mut() else { return };
        sheet.save_draft(station);
        let Some(token) = sheet.token().map(str::to_owned) else { return };
        let request = Request::Defer { seq: sheet.seq(), token };
        self.depart("setting it aside", request, station);
    }

    /// Tries again what failed, in the way that helps.
    pub(super) fn retry(&mut self, station: &mut Station) {
        let Some(sheet) = self.sheet_mut() else { return };
        let seq = sheet.seq();
        let remedy = sheet.unsaved.as_ref().map(|unsaved| unsaved.remedy);
        match remedy {
            Some(Remedy::Again) if sheet.token().is_some() => {
                let Some(unsaved) = sheet.unsaved.take() else { return };
                return self.send(unsaved.judgement, station);
            }
            None if sheet.token().is_some() => return station.say(Tone::Quiet, "nothing failed"),
            _ => {}
        }
        sheet.save_draft(station);
        let request = if remedy == Some(Remedy::Reopen) { Request::Reopen { seq } } else { Request::Show { seq } };
        self.depart("looking again", request, station);
    }
}

/// The next criterion without a score, from the focused one on and round again.
fn next_unscored(spec: &Spec, sheet: &Sheet) -> Option<usize> {
    let count = spec.criteria.len();
    let order = (1..=count).map(|step| (sheet.criterion + step) % count);
    order.into_iter().find(|&at| !sheet.draft.scores.contains_key(&spec.criteria[at].key))
}
