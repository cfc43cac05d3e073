//! How far the people of a queue agree, and where they differ.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::analysis::opinions::{Compared, Disagreement, LeftOut, Subject, Which};
use crate::domain::decision::Decision;
use crate::domain::item::{Item, Seq};
use crate::domain::policy::Cause;
use crate::domain::spec::Spec;
use crate::store::{Condition, Result};
use std::collections::HashMap;

/// Items to talk about that are named.
const TALKS: usize = 200;

/// A request about agreement.
#[derive(Debug, Clone, PartialEq)]
pub enum AgreementRequest {
    /// Counts all opinions of a queue.
    Count { queue: String },
    /// Reads an item, and the opinions on it.
    Item { queue: String, seq: Seq },
}

/// A reply about agreement.
#[derive(Debug)]
pub enum AgreementReply {
    Counted(Box<Counted>),
    Item {
        seq: Seq,
        item: Box<Item>,
        /// Those that the reviewer may see, in the order of their sides; a name only once they are settled.
        opinions: Vec<(Option<String>, Decision)>,
    },
}

/// How far the people of a queue agree, as a reviewer may know it.
#[derive(Debug)]
pub struct Counted {
    pub queue: String,
    pub spec: Spec,
    /// On each subject, under the sentences in force.
    pub rows: Vec<Row>,
    pub left_out: LeftOut,
    /// Names by their places.
    pub reviewers: Vec<String>,
    pub disagreement: Disagreement,
    /// The ids of the items to talk about.
    pub ids: HashMap<Seq, String>,
    /// The causes that were given, and how many have none.
    pub causes: (Vec<(Cause, i64)>, i64),
    /// Colleagues are named to whom leads.
    pub names_people: bool,
}

/// What the opinions on one subject come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub subject: Subject,
    /// The first and the last version of the spec.
    pub versions: (i64, i64),
    /// The opinions were drawn, and not asked for because of the first.
    pub is_drawn: bool,
    pub compared: Compared,
}

fn counted(state: &WorkerState, name: &str) -> Result<Counted> {
    let (store, reviewer) = (&state.store, state.reviewer.as_str());
    let queue = state.named_queue(name)?;
    let spec = &queue.spec.spec;
    let opinions = store.opinions_given(&queue, &Condition::default(), Some(reviewer))?;
    let versions = store.spec_versions(&queue)?;
    let mut rows = Vec::new();
    for is_drawn in [true, false] {
        for subject in Subject::all(spec) {
            let Some(span) = versions.spans(&subject).last().copied() else { continue };
            let which = Which { drawn: is_drawn, versions: Some(span), ..Which::default() };
            let compared = opinions.compare(spec, &subject, &which);
            if is_drawn || compared.agreement.items > 0 {
                rows.push(Row { subject, versions: span, is_drawn, compared });
            }
        }
    }
    let names_people = store.compares_people(reviewer)?;
    let mut disagreement = opinions.disagreement(spec);
    if !names_people {
        let own = opinions.reviewers.iter().position(|name| name == reviewer).map(|place| place as u32);
        let is_own = |place: u32| Some(place) == own;
        disagreement.pairs.retain(|pair| is_own(pair.reviewers.0) || is_own(pair.reviewers.1));
        let judged: Vec<Seq> = opinions
            .each()
            .filter(|(_, given)| given.iter().any(|opinion| is_own(opinion.reviewer)))
            .map(|(item, _)| item.seq)
            .collect();
        disagreement.items.retain(|item| judged.binary_search(&item.seq).is_ok());
    }
    disagreement.items.truncate(TALKS);
    let seqs: Vec<Seq> = disagreement.items.iter().map(|item| item.seq).collect();
    Ok(Counted {
        queue: queue.name.clone(),
        spec: spec.clone(),
        rows,
        left_out: opinions.left_out,
        ids: store.ids_of(&seqs)?,
        reviewers: opinions.reviewers,
        disagreement,
        causes: store.causes(&queue)?,
        names_people,
    })
}

impl Feature for AgreementRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        Ok(Reply::Agreement(match self {
            Self::Count { queue } => AgreementReply::Counted(Box::new(counted(state, queue)?)),
            Self::Item { queue, seq } => {
                let opinions = state.store.opinions_on(&*state.named_queue(queue)?, *seq, &state.reviewer)?;
                AgreementReply::Item { seq: *seq, item: Box::new(state.store.peek(*seq)?), opinions }
            }
        }))
    }

    fn is_count(&self) -> bool {
        matches!(self, Self::Count { .. })
    }

    fn is_lookup(&self) -> bool {
        true
    }
}

impl From<AgreementRequest> for Request {
    fn from(request: AgreementRequest) -> Self {
        Self::Agreement(request)
    }
}
