//! The report on a judge in sentences, a line each.

use super::{Alone, CONFIDENCE, Estimate, JudgeReport, LeftOut, MARGIN, Measured, Method};
use crate::analysis::stats::interval::Share;
use crate::text::percent::{at_most, percent};
use crate::text::plural::count;

/// Below so many outputs of a kind a share says little.
const FEW: u64 = 30;

impl JudgeReport {
    /// The report as sentences. `by_check` and `later_attempts` are judged outputs that are not in it.
    pub fn sentences(&self, by_check: u64, later_attempts: u64) -> Vec<String> {
        let mut told = vec![format!("judged {}, {} with people's verdict", outputs(self.judged), self.compared)];
        let left_out = |why| self.left_out.get(&why).copied().unwrap_or_default();
        let not_compared = [
            (self.open, "not settled"),
            (left_out(LeftOut::Bulk), "decided in bulk"),
            (left_out(LeftOut::Model), "decided under a judge's name"),
            (by_check, "decided by a check"),
            (later_attempts, "later attempts at a case"),
        ];
        let not_compared: Vec<_> =
            not_compared.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if !not_compared.is_empty() {
            told.push(format!("not compared: {}", not_compared.join(", ")));
        }
        if self.escalated > 0 {
            told.push(format!("it passes {} on, which counts as not accepting", outputs(self.escalated)));
        }
        match self.refusal() {
            Some(why) => told.push(format!("refused: {why}")),
            None if self.compared == 0 => told.push("nothing to compare yet: no output has a person's verdict".into()),
            None => self.measured(&mut told),
        }
        told
    }

    fn measured(&self, told: &mut Vec<String>) {
        let verdict = &self.verdict;
        told.push(format!("accepts {} of what people accept", share(verdict.sensitivity, verdict.calibration.good)));
        told.push(format!(
            "does not accept {} of what people reject",
            share(verdict.specificity, verdict.calibration.bad)
        ));
        told.push(prevalence("good outputs", verdict));
        if let Some(alone) = &self.accept_alone {
            told.push(self.alone(alone, "accept", "bad"));
        }
        if let Some(alone) = &self.reject_alone {
            told.push(self.alone(alone, "reject", "good"));
        }
        told.push(self.stand_in());
        let named = self.categories.iter().filter(|(_, measured)| measured.calibration.good + measured.says > 0);
        told.extend(named.map(|(key, measured)| category(key, measured)));
        told.push(match self.disagreements.len() {
            0 => "agrees with people on all that they have judged".into(),
            many => format!("disagrees with people on {}", outputs(many as u64)),
        });
    }

    /// `accept alone where it says accept: at most 1.2 % bad with 95 % confidence (0 of 240 read); 61 % fewer reviews`
    fn alone(&self, alone: &Alone, verdict: &str, wrong: &str) -> String {
        let Alone { read, wrong: found, wrong_at_most, fewer } = alone;
        let unlike = match self.verdict.prevalence.estimate.map(|estimate| estimate.method) {
            Some(Method::RoganGladen) | None => ", if those read are like the others",
            _ => "",
        };
        let saved = fewer.map(|fewer| format!("; {} fewer reviews", percent(fewer))).unwrap_or_default();
        format!(
            "{verdict} alone where it says {verdict}: at most {} {wrong} with {} confidence \
             ({found} of {read} read{unlike}){saved}",
            at_most(*wrong_at_most),
            percent(CONFIDENCE),
        )
    }

    /// What following the judge would save, in sentences; nothing where that is not to be told.
    pub fn savings(&self) -> Vec<String> {
        if self.refusal().is_some() || self.compared == 0 {
            return Vec::new();
        }
        let alone = [(&self.accept_alone, "accept", "bad"), (&self.reject_alone, "reject", "good")];
        let alone = alone.into_iter().filter_map(|(alone, verdict, wrong)| {
            let alone = alone.as_ref().filter(|alone| alone.fewer.is_some_and(|fewer| fewer > 0.0))?;
            Some(self.alone(alone, verdict, wrong))
        });
        let saves = self.verdict.prevalence.estimate.and_then(|estimate| estimate.saves).filter(|saves| *saves > 0.0);
        let saves = saves.map(|saves| {
            format!("told with it, the share of good outputs takes {} fewer reviews by PPI++", percent(saves))
        });
        alone.chain(saves).collect()
    }

    fn stand_in(&self) -> String {
        match &self.alternative {
            Err(why) => format!("may it stand in for a person? Not tested: {why}"),
            Ok(test) => {
                let answer = if test.passes() { "yes" } else { "no" };
                let people = count(test.people.len(), "person");
                let people = if test.people.len() == 1 { people } else { format!("{} people", test.people.len()) };
                format!(
                    "may it stand in for a person? {answer}: it is as good as {} of {people}, and agrees with the others \
                     as well as one does on {} of their outputs (alternative-annotator test, margin {MARGIN})",
                    percent(test.winning_rate),
                    percent(test.advantage)
                )
            }
        }
    }
}

/// `good outputs: 85 % (76.9 % to 97.3 %) by Rogan-Gladen (which ...); the judge alone says 80 %`
fn prevalence(what: &str, measured: &Measured) -> String {
    let (alone, why) = (percent(measured.says as f64 / measured.of.max(1) as f64), measured.prevalence.why());
    match measured.prevalence.estimate {
        None => format!("{what}: not to be told: {why}; the judge alone says {alone}"),
        Some(Estimate { method: Method::Counted, share, .. }) => {
            format!("{what}: {} ({why}); the judge alone says {alone}", percent(share))
        }
        Some(Estimate { method, share, low, high, saves }) => {
            let saves = match saves {
                Some(saved) => format!("; it saves {} of the reviews that this takes", percent(saved)),
                None => String::new(),
            };
            let (share, interval, method) = (percent(share), interval(low, high), method.title());
            format!("{what}: {share} {interval} by {method} ({why}); the judge alone says {alone}{saves}")
        }
    }
}

/// `tone: named on 80 % (…, 4 of 5, few) with it, left out on 97.1 % (…, 34 of 35) without; outputs with it: 9.4 % (…), by the judge alone 7.5 %`
fn category(key: &str, measured: &Measured) -> String {
    let Measured { sensitivity, specificity, calibration, .. } = measured;
    let with = match sensitivity {
        None => "people name it on none".to_owned(),
        found => format!("named on {} with it", share(*found, calibration.good)),
    };
    let without = match specificity {
        None => "people name it on all".to_owned(),
        found => format!("left out on {} without", share(*found, calibration.bad)),
    };
    let alone = percent(measured.says as f64 / measured.of.max(1) as f64);
    let outputs = match (measured.prevalence.estimate, &measured.prevalence.refused) {
        (Some(Estimate { method: Method::Counted, share, .. }), _) => percent(share),
        (Some(Estimate { share, low, high, .. }), _) => format!("{} {}", percent(share), interval(low, high)),
        (None, Some(refused)) => format!("not to be told ({refused})"),
        (None, None) => "not to be told".to_owned(),
    };
    format!("{key}: {with}, {without}; outputs with it: {outputs}, by the judge alone {alone}")
}

fn outputs(number: u64) -> String {
    count(number as usize, "output")
}

/// `92 % (81.2 % to 96.8 %, 46 of 50)`
fn share(found: Option<Share>, of: u64) -> String {
    match found {
        None => "none of 0".into(),
        Some(Share { share, low, high }) => {
            let few = if of < FEW { ", few" } else { "" };
            let interval = format!("{} to {}", percent(low), percent(high));
            format!("{} ({interval}, {} of {of}{few})", percent(share), (share * of as f64).round())
        }
    }
}

fn interval(low: f64, high: f64) -> String {
    format!("({} to {})", percent(low), percent(high))
}
