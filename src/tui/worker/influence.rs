//! What the bars of a queue hang on, and a second opinion of it.

use super::bars::BarStanding;
use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::analysis::bar::Influence;
use crate::domain::item::Seq;
use crate::store::{BarReport, Result, Store, StoreError};

/// Verdicts of each kind that are listed.
const LISTED: usize = 500;

/// A request about what bars hang on.
#[derive(Debug, Clone, PartialEq)]
pub enum InfluenceRequest {
    /// Recounts the bars of a queue.
    Read { queue: String },
    /// Asks a second opinion of the verdicts that a bar hangs on, and of as many others.
    AskAgain { queue: String, bar: String },
}

/// A reply about what bars hang on.
#[derive(Debug)]
pub enum InfluenceReply {
    Read {
        queue: String,
        bars: Vec<HangingBar>,
    },
    /// Of so many items a second opinion is asked now.
    Asked {
        bar: String,
        items: i64,
    },
}

/// A bar with the verdicts that it hangs on.
#[derive(Debug, Clone, PartialEq)]
pub struct HangingBar {
    pub standing: BarStanding,
    /// What is asked, what is read, and why it stands so: sentences without a full stop.
    pub told: Vec<String>,
    /// The verdicts that, each by itself, would change the outcome if they were otherwise, then as many others,
    /// drawn. `None`: it hangs on no single verdict, because it is counted without any or compares two samples.
    pub items: Option<Vec<HangingItem>>,
}

/// An item on which a bar hangs, or that was drawn beside those.
#[derive(Debug, Clone, PartialEq)]
pub struct HangingItem {
    pub seq: Seq,
    pub id: String,
    pub is_decisive: bool,
}

fn hanging(store: &Store, report: &BarReport) -> Result<HangingBar> {
    let items = match report.influence() {
        None => None,
        Some(Influence { decisive, drawn }) => {
            let decisive = decisive.into_iter().take(LISTED).map(|seq| (seq, true));
            let all: Vec<(Seq, bool)> =
                decisive.chain(drawn.into_iter().take(LISTED).map(|seq| (seq, false))).collect();
            let ids = store.ids_of(&all.iter().map(|(seq, _)| *seq).collect::<Vec<_>>())?;
            let item = |(seq, is_decisive): (Seq, bool)| HangingItem {
                seq,
                id: ids.get(&seq).cloned().unwrap_or_default(),
                is_decisive,
            };
            Some(all.into_iter().map(item).collect())
        }
    };
    let told = report.recount.sentences(&report.bar);
    Ok(HangingBar { standing: BarStanding::of(report), told, items })
}

impl Feature for InfluenceRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let store = &state.store;
        Ok(Reply::Influence(match self {
            Self::Read { queue } => {
                let found = state.named_queue(queue)?;
                let mut bars = Vec::new();
                for bar in &found.spec.spec.bars {
                    let report = store.bar(&found, bar, store.now())?;
                    if bar.is_judged {
                        store.note_told(found.actor(&state.reviewer, store.now()), &report)?;
                    }
                    bars.push(hanging(store, &report)?);
                }
                InfluenceReply::Read { queue: queue.clone(), bars }
            }
            Self::AskAgain { queue, bar: key } => {
                let found = state.named_queue(queue)?;
                let bar = found.spec.spec.bar(key);
                let bar = bar.ok_or_else(|| StoreError::Misuse(format!("there is no bar {key}")))?;
                let Influence { decisive, drawn } =
                    store.bar(&found, bar, store.now())?.influence().unwrap_or_default();
                let actor = found.actor(&state.reviewer, store.now());
                let items = store.ask_again(actor, bar, &[decisive, drawn].concat())?;
                InfluenceReply::Asked { bar: key.clone(), items }
            }
        }))
    }

    fn is_count(&self) -> bool {
        matches!(self, Self::Read { .. })
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::Read { .. })
    }
}

impl From<InfluenceRequest> for Request {
    fn from(request: InfluenceRequest) -> Self {
        Self::Influence(request)
    }
}
