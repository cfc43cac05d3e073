//! A copy that comes home: what was decided there is done here once more, item by item, and nothing of what
//! others decided here meanwhile is overwritten.

use super::{Became, Given, Id, Model, Step};
use crate::store::outcome::Made;
use karat::domain::decision::Verdict::{self, Escalate};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a decision of the copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Fate {
    Added,
    Undone,
    Superseded,
    Settled(Verdict, &'static str),
    SecondOpinion(Verdict, &'static str),
    LeftOut,
}

/// A decision on its way in.
struct Coming {
    there: Given,
    /// Its place here, once it is in.
    at: Option<usize>,
    /// It never stands.
    is_late: bool,
    is_undone: bool,
    settled: Option<(Verdict, &'static str)>,
    beside: Option<(Verdict, &'static str)>,
}

impl Coming {
    fn fate(&self) -> Fate {
        let is_repeat = self.there.decision.made == Made::Repeat;
        match (self.settled, self.beside) {
            _ if self.is_undone || self.there.ended => Fate::Undone,
            (Some((verdict, by)), _) => Fate::Settled(verdict, by),
            _ if self.is_late && !is_repeat => Fate::Superseded,
            (_, Some((verdict, by))) => Fate::SecondOpinion(verdict, by),
            _ => Fate::Added,
        }
    }
}

fn is_opinion(made: Made) -> bool {
    matches!(made, Made::Opinion | Made::Check)
}

fn settles(made: Made) -> bool {
    matches!(made, Made::Adjudication | Made::Answer)
}

/// An item here, and what the copy knows of it.
struct Meeting<'m> {
    copy: &'m Model,
    there: usize,
    here: usize,
    known: BTreeSet<Id>,
    /// What is of record here, and will be again: whose it is has taken back in the copy what they put in its
    /// place there.
    returning: Option<Given>,
}

impl Model {
    /// Takes in what was decided in a copy; `versions` says which versions of its spec are here, and as which.
    /// Gives what became of each decision: its item, who made it, and its fate.
    pub(in super::super) fn merge(
        &mut self,
        copy: &Self,
        versions: &BTreeMap<i64, i64>,
    ) -> Vec<(String, &'static str, Fate)> {
        self.merge_declined(copy);
        let known: BTreeSet<Id> = self.items.iter().flat_map(|item| item.given.iter().map(|given| given.id)).collect();
        let is_new = |given: &&Given| !known.contains(&given.id);
        let mut items: Vec<(Id, usize)> = (0..copy.items.len())
            .filter_map(|there| Some((copy.items[there].given.iter().find(is_new)?.id, there)))
            .collect();
        items.sort_by_key(|((_, number), _)| *number);
        let mut fates = Vec::new();
        for (_, there) in items {
            let of = &copy.items[there];
            let coming: Vec<&Given> = of.given.iter().filter(is_new).collect();
            let here = self.items.iter().position(|item| item.id == of.id);
            let here = here.filter(|here| self.items[*here].is_the_same_as(of));
            let is_admitted = |given: &&&Given| here.is_some() && versions.contains_key(&given.version);
            let left_out = coming.iter().filter(|given| !is_admitted(given));
            fates.extend(left_out.map(|given| (of.id.clone(), given.who, Fate::LeftOut)));
            let admitted: Vec<Given> = coming.iter().filter(is_admitted).map(|given| (*given).clone()).collect();
            let Some(here) = here.filter(|_| !admitted.is_empty()) else { continue };
            let coming = self.merge_item(copy, there, here, admitted, versions);
            fates.extend(coming.iter().map(|coming| (of.id.clone(), coming.there.who, coming.fate())));
        }
        fates
    }

    /// What was declined there is declined here, and what was taken back there is taken back here.
    fn merge_declined(&mut self, copy: &Self) {
        let find = |model: &Self, id: &str| model.items.iter().position(|item| item.id == id);
        let mut declined: Vec<(i64, usize, &'static str)> = Vec::new();
        for (there, item) in copy.items.iter().enumerate() {
            declined.extend(item.declined.iter().map(|(who, at)| (*at, there, *who)));
        }
        declined.sort_unstable();
        for (at, there, who) in declined {
            let Some(here) = find(self, &copy.items[there].id) else { continue };
            let is_told = self.items[here].told_declined.contains(&(who, at));
            let gave = self.standing(here).any(|(_, given)| given.who == who);
            if !self.has_declined(who, here) && !is_told && !gave {
                self.set_declined(who, here, at);
                self.did(who, Step::Decline { item: here });
            }
        }
        for here in 0..self.items.len() {
            let Some(there) = find(copy, &self.items[here].id) else { continue };
            let of = &copy.items[there];
            let declined: Vec<(&'static str, i64)> =
                self.items[here].declined.iter().map(|(who, at)| (*who, *at)).collect();
            let is_back = |(who, at): &(&'static str, i64)| {
                of.told_declined.contains(&(who, *at)) && !of.declined.contains_key(who)
            };
            for (who, _) in declined.into_iter().filter(is_back) {
                self.items[here].declined.remove(who);
                self.take_back_decline(who, here);
            }
        }
    }

    /// The step that declined the item is taken back.
    fn take_back_decline(&mut self, who: &'static str, item: usize) {
        self.undos += 1;
        let undos = self.undos;
        let steps = self.steps.entry(who).or_default().iter_mut().rev();
        let is_it = |step: &Step| matches!(step, Step::Decline { item: of } if *of == item);
        if let Some(done) = steps.into_iter().find(|done| done.undone.is_none() && is_it(&done.step)) {
            done.undone = Some(undos);
        }
    }

    fn merge_item(
        &mut self,
        copy: &Self,
        there: usize,
        here: usize,
        admitted: Vec<Given>,
        versions: &BTreeMap<i64, i64>,
    ) -> Vec<Coming> {
        let asked = &mut self.items[here].opinions;
        *asked = (*asked).max(copy.items[there].opinions);
        self.settle(here);
        let known = copy.items[there].given.iter().map(|given| given.id).collect();
        let mut meeting = Meeting { copy, there, here, known, returning: None };
        let is_undone_at_the_end = |id: Id| {
            let last = copy.items[there].log.iter().rfind(|(_, of)| *of == id);
            last.is_some_and(|(became, _)| *became == Became::Undone)
        };
        meeting.returning = self.kept_record(&meeting).filter(|record| {
            admitted.iter().filter(|given| given.who == record.who).all(|given| is_undone_at_the_end(given.id))
        });
        let new =
            |there: Given| Coming { there, at: None, is_late: false, is_undone: false, settled: None, beside: None };
        let mut coming: Vec<Coming> = admitted.into_iter().map(new).collect();
        for (became, id) in &copy.items[there].log {
            let Some(one) = coming.iter_mut().find(|coming| coming.there.id == *id) else { continue };
            match (became, one.at) {
                (Became::Made, None) => self.bring_in(&meeting, one, versions[&one.there.version]),
                (Became::Undone, Some(at)) if !one.is_undone => self.turn_in(&meeting, one, at, false),
                (Became::Redone, Some(at)) if one.is_undone => self.turn_in(&meeting, one, at, true),
                _ => {}
            }
        }
        coming
    }

    fn bring_in(&mut self, meeting: &Meeting, coming: &mut Coming, version: i64) {
        let (here, there) = (meeting.here, coming.there.clone());
        let (who, made) = (there.who, there.decision.made);
        let own = self.own(who, here, made);
        if settles(made) && own.is_none() {
            coming.settled = self.settled_by_another_than(meeting, who);
        }
        let is_replaced = self.items[here].replaced_by.is_some();
        coming.is_late = match own {
            _ if there.ended || made == Made::Repeat || coming.settled.is_some() => true,
            Some(own) => is_replaced || self.is_later(meeting, own, &there),
            None if is_replaced && settles(made) => true,
            // Of one person an opinion stands or what settles opinions.
            None => self.standing(here).any(|(_, given)| given.who == who),
        };
        if !coming.is_late && is_opinion(made) {
            // Who asked about it, and has the answer, decides it alone.
            let question = self.items[here].question.as_ref().filter(|_| self.is_returned_to_another(who, here));
            let question = question.map(|question| (Escalate, question.by));
            coming.beside = self.record_of_others(meeting, who).or(question);
        }
        if let Some(own) = own.filter(|_| !coming.is_late) {
            self.items[here].given[own].decision.stands = false;
        }
        // Beside another's verdict of record it is one too many.
        let slot = there.decision.slot.filter(|_| coming.beside.is_none());
        let slot = slot.and_then(|slot| self.slot_for(here, who, slot));
        let mut given = there;
        (given.version, given.undone, given.ended) = (version, false, false);
        given.supersedes = own.filter(|_| !coming.is_late);
        (given.decision.slot, given.decision.stands) = (slot, !coming.is_late);
        let (id, is_bulk) = (given.id, given.is_bulk);
        self.items[here].given.push(given);
        self.items[here].log.push((Became::Made, id));
        let at = self.items[here].given.len() - 1;
        coming.at = Some(at);
        match made {
            Made::Repeat => {
                self.set_repeated(who, here, true);
                self.did(who, Step::Repeat { item: here, at });
            }
            _ if coming.is_late => {}
            _ if is_bulk => self.did(who, Step::Bulk(vec![(here, at, true)])),
            _ => self.did(who, Step::Decision { item: here, at }),
        }
        self.settle(here);
    }

    fn turn_in(&mut self, meeting: &Meeting, coming: &mut Coming, at: usize, stands: bool) {
        let (here, who) = (meeting.here, coming.there.who);
        coming.is_undone = !stands;
        if coming.is_late {
            self.items[here].given[at].undone = !stands;
            self.tell(here, at, if stands { Became::Redone } else { Became::Undone });
        } else {
            self.turn(here, at, stands);
        }
        if coming.there.decision.made == Made::Repeat {
            self.set_repeated(who, here, stands);
        }
        self.undos += usize::from(!stands);
        let undone = (!stands).then_some(self.undos);
        let steps = self.steps.entry(who).or_default().iter_mut();
        for done in steps {
            match &mut done.step {
                Step::Decision { item, at: of } | Step::Repeat { item, at: of } if (*item, *of) == (here, at) => {
                    done.undone = undone;
                }
                Step::Bulk(items) if items[0].0 == here && items[0].1 == at => {
                    (items[0].2, done.undone) = (stands, undone);
                }
                _ => {}
            }
        }
    }

    /// What stands of a person here was made after what comes in: by the order in the copy where it knows both.
    fn is_later(&self, meeting: &Meeting, own: usize, coming: &Given) -> bool {
        let own = &self.items[meeting.here].given[own];
        let place = |id: Id| meeting.copy.items[meeting.there].given.iter().position(|given| given.id == id);
        place(own.id).map_or(own.at > coming.at, |there| Some(there) > place(coming.id))
    }

    /// What is of record here, where the copy does not know it or the next attempt rests on it.
    fn kept_record(&self, meeting: &Meeting) -> Option<Given> {
        let record = self.record(meeting.here).0?;
        let is_replaced = self.items[meeting.here].replaced_by.is_some();
        (is_replaced || !meeting.known.contains(&record.id)).then(|| record.clone())
    }

    fn record_of_others(&self, meeting: &Meeting, who: &str) -> Option<(Verdict, &'static str)> {
        let is_replaced = self.items[meeting.here].replaced_by.is_some();
        let record = self.kept_record(meeting).or_else(|| meeting.returning.clone())?;
        let counts = record.who != who && (record.decision.made != Made::Check || is_replaced);
        counts.then_some((record.decision.verdict, record.who))
    }

    fn settled_by_another_than(&self, meeting: &Meeting, who: &str) -> Option<(Verdict, &'static str)> {
        let record = self.kept_record(meeting)?;
        let decision = &record.decision;
        let has_settled = settles(decision.made) && decision.verdict != Escalate && record.who != who;
        has_settled.then_some((decision.verdict, record.who))
    }

    /// Their own slot, the one that it had there, or another that is free.
    fn slot_for(&self, item: usize, who: &str, there: i64) -> Option<i64> {
        if self.items[item].opinions == 1 {
            return Some(there);
        }
        let own = self.standing(item).find(|(_, given)| given.who == who).and_then(|(_, given)| given.decision.slot);
        own.or(Some(there).filter(|slot| self.is_free_slot(who, item, *slot))).or(self.free_slot(who, item))
    }
}

impl super::Item {
    /// Its content is that of an item of the copy.
    fn is_the_same_as(&self, there: &Self) -> bool {
        let content = |item: &Self| (item.case.clone(), item.number, item.model, item.is_v8);
        content(self) == content(there)
    }
}
