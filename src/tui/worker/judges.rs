//! What model judges are worth in a queue, and where they and people disagree.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::judge::{Judge, JudgeKind};
use crate::store::{Condition, Disagreement, JudgeFigures, Result};

/// Disagreements of a judge that are listed; those behind them are counted.
const LISTED: usize = 500;

/// A request about the judges of a queue.
#[derive(Debug, Clone, PartialEq)]
pub enum JudgesRequest {
    Report { queue: String },
}

/// A reply about the judges of a queue.
#[derive(Debug)]
pub enum JudgesReply {
    Report(Vec<JudgeOfQueue>),
}

/// A judge, and the first of its disagreements with people.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeOfQueue {
    pub figures: JudgeFigures,
    pub disagreements: Vec<Disagreement>,
}

impl JudgeOfQueue {
    pub fn judge(&self) -> &Judge {
        &self.figures.report.judge
    }
}

impl Feature for JudgesRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let Self::Report { queue } = self;
        let queue = state.named_queue(queue)?;
        let store = &state.store;
        let mut judges = Vec::new();
        for figures in store.judge_figures(&queue, JudgeKind::Model, |_| true, &Condition::default())? {
            let items = &figures.report.disagreements;
            let disagreements = store.disagreements(&figures.report.judge, &items[..items.len().min(LISTED)])?;
            judges.push(JudgeOfQueue { figures, disagreements });
        }
        Ok(Reply::Judges(JudgesReply::Report(judges)))
    }

    fn is_count(&self) -> bool {
        true
    }
}

impl From<JudgesRequest> for Request {
    fn from(request: JudgesRequest) -> Self {
        Self::Judges(request)
    }
}
