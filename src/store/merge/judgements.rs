//! What judges say of items in a copy, and did not say here.

use super::{Meeting, MergeTerms};
use crate::domain::event::{EventKind, Judged};
use crate::domain::item::Seq;
use crate::store::engine::{Lock, params};
use crate::store::events::Subject;
use crate::store::judgements::{self, KeptJudgement};
use crate::store::{Result, Store};
use std::collections::HashMap;

/// Judgements of the copy that are looked at in one transaction.
const AT_ONCE: i64 = 1000;

/// How many judgements came with a merge, of models, code and people elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergedJudgements {
    pub came: u64,
    /// They stay in the copy: who merges may not bring them in.
    pub left_out: u64,
}

impl Store {
    /// Brings in what judges say in the copy of items with the same content, where the judge has not
    /// judged the item here. Judgements are a lead's to bring in: with another's merge none come.
    pub(super) fn merge_judgements(&self, meeting: &Meeting, terms: MergeTerms) -> Result<MergedJudgements> {
        let may_bring = !self.has_rules()? || self.leads(terms.actor)?;
        let mut left_out = 0;
        let (mut past, mut judged) = (0, Judged { source: meeting.name.into(), ..Judged::default() });
        let Some(ours) = &meeting.ours else { return Ok(MergedJudgements::default()) };
        loop {
            let found = meeting.other.judgements_after(meeting.theirs.id, past, AT_ONCE)?;
            let Some(last) = found.last() else { break };
            past = last.0;
            if !may_bring {
                left_out += self.not_judged(meeting, &found)?.len() as u64;
                continue;
            }
            let body = |tx: &crate::store::transaction::Tx| {
                tx.lock(Lock::Import)?;
                let new = tx.not_judged(meeting, &found)?;
                tx.keep_judgement_rows(ours.id, &new)?;
                Ok(new)
            };
            let new = if terms.dry_run { self.rehearse(body)? } else { self.write(body)? };
            for (_, kept) in new {
                *judged.judges.entry(kept.judgement.judge.to_string()).or_default() += 1;
            }
        }
        let came = judged.judges.values().sum();
        if came > 0 && !terms.dry_run {
            let subject = Subject { queue: ours.id, item: None, actor: terms.actor, now: terms.now };
            self.write(|tx| tx.log(subject, &EventKind::Judged(judged.clone())))?;
        }
        Ok(MergedJudgements { came, left_out })
    }

    /// The first so many judgements of the queue behind the row `past`: the row, the item, what is said.
    fn judgements_after(&self, queue: i64, past: i64, limit: i64) -> Result<Vec<(i64, Seq, Option<KeptJudgement>)>> {
        let sql = format!(
            "SELECT {}, j.seq, j.item_seq FROM judgement j WHERE j.queue_id = ?1 AND j.seq > ?2 ORDER BY j.seq LIMIT ?3",
            judgements::COLUMNS
        );
        self.all(&sql, params![queue, past, limit], |row| {
            let seq = row.need_int(judgements::WIDTH)?;
            Ok((seq, row.need_int(judgements::WIDTH + 1)?, self.readable("judgement", &seq, judgements::kept(row))?))
        })
    }

    /// Those of the copy's judgements whose item is here with the same content, and of which the judge
    /// says nothing here; by the item's row here.
    fn not_judged(
        &self,
        meeting: &Meeting,
        found: &[(i64, Seq, Option<KeptJudgement>)],
    ) -> Result<Vec<(Seq, KeptJudgement)>> {
        let mut here: HashMap<Seq, Option<Seq>> = HashMap::new();
        let mut new = Vec::new();
        for (_, theirs, kept) in found {
            let Some(kept) = kept else { continue };
            if !here.contains_key(theirs) {
                let (id, digest) = meeting.other.named(*theirs)?;
                here.insert(*theirs, self.target(meeting, &id, digest)?.ok().map(|(_, item)| item));
            }
            let (Some(Some(item)), Some(version)) = (here.get(theirs), meeting.versions.get(&kept.spec_version)) else {
                continue;
            };
            new.push((*item, KeptJudgement { spec_version: *version, ..kept.clone() }));
        }
        let items: Vec<Seq> = new.iter().map(|(item, _)| *item).collect();
        let said = self.said_of(&items)?;
        new.retain(|(item, kept)| !said.contains_key(&(*item, kept.judgement.judge.clone())));
        Ok(new)
    }
}
