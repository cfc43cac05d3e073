//! The columns of an export: the fields of the item, then those of its decision.

use crate::domain::decision::Decision;
use crate::domain::record::{Cell, DECISION, DecisionField, Exported, FieldType, ITEM, STANDING, StandingField};
use crate::domain::spec::Spec;
use crate::domain::stage::Standing;
use crate::store::{KeptJudgement, Outgoing, Rows};

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportColumn {
    pub name: String,
    pub holds: FieldType,
}

/// Where the cells of a decision come from.
enum Source {
    Field(&'static DecisionField),
    /// The level on the criterion of this key.
    Score(String),
    Status,
    Standing(&'static StandingField),
    /// What judges say of the item: a JSON list.
    Judgements,
}

/// The columns of an export, and how a row fills them. They depend on the current spec alone,
/// not on the reviewers.
pub(super) struct Columns {
    pub all: Vec<ExportColumn>,
    sources: Vec<Source>,
}

impl Columns {
    /// The columns of a flat format, with one for each criterion, or of any other, with one for
    /// all scores.
    pub(super) fn new(spec: &Spec, rows: Rows, is_flat: bool) -> Self {
        let item = ITEM.iter().map(|field| ExportColumn { name: field.name.into(), holds: field.holds });
        let mut columns = Self { all: item.collect(), sources: Vec::new() };
        let is_here = |field: &&DecisionField| match field.uses.exported {
            Exported::Always => true,
            Exported::WithDecisions => rows == Rows::Decisions,
            Exported::Never => false,
        };
        for field in DECISION.iter().filter(is_here) {
            match field.holds {
                FieldType::Scores if is_flat => spec.criteria.iter().for_each(|criterion| {
                    let level = FieldType::Integer { least: 1 };
                    columns.push(format!("score_{}", criterion.key), level, Source::Score(criterion.key.clone()));
                }),
                holds => columns.push(field.name.into(), holds, Source::Field(field)),
            }
        }
        if rows == Rows::Decisions {
            columns.push("status".into(), FieldType::Text, Source::Status);
        }
        STANDING.iter().for_each(|field| columns.push(field.name.into(), field.holds, Source::Standing(field)));
        columns
    }

    /// With a column for what judges say, of a queue in which they say something.
    pub(super) fn with_judgements(mut self) -> Self {
        self.push("judgements".into(), FieldType::Object, Source::Judgements);
        self
    }

    fn push(&mut self, name: String, holds: FieldType, source: Source) {
        self.all.push(ExportColumn { name, holds });
        self.sources.push(source);
    }

    /// The cells of a row, in the order of the columns; `spec` is the one that the decision
    /// was made under.
    pub(super) fn cells<'r>(
        &self,
        item: Vec<Cell<'r>>,
        decision: &'r Decision,
        place: &'r Standing,
        status: &'r str,
        judgements: &[KeptJudgement],
        spec: &Spec,
    ) -> Vec<Cell<'r>> {
        let mut cells = item;
        cells.reserve(self.sources.len());
        cells.extend(self.sources.iter().map(|source| match source {
            Source::Field(field) => field.cell(decision, spec),
            Source::Score(key) => {
                let level = decision.judgement.draft.scores.get(key);
                level.map_or(Cell::Null, |level| Cell::Integer(i64::from(*level)))
            }
            Source::Status => status.into(),
            Source::Standing(field) => field.own(place),
            Source::Judgements if judgements.is_empty() => Cell::Null,
            Source::Judgements => {
                let list: Vec<String> = judgements.iter().map(|kept| kept.judgement.to_json()).collect();
                Cell::Json(format!("[{}]", list.join(",")).into())
            }
        }));
        cells
    }
}

/// The names of the columns of an export whose rows are items, but for those of the spec's criteria in a flat
/// format.
pub fn columns(is_flat: bool) -> Vec<String> {
    let columns = Columns::new(&Spec::default(), Rows::Items, is_flat);
    columns.all.into_iter().map(|column| column.name).collect()
}

/// How a decision stands among those of its item.
pub(super) fn status(outgoing: &Outgoing) -> &'static str {
    match (outgoing.standing, outgoing.second_opinion) {
        (false, _) => "superseded",
        (true, true) => "second opinion",
        (true, false) => "standing",
    }
}
