//! Reading what was decided, for export: a row at a time, in the order of import or by case.

use super::blind::{is_kept_out, shows_judgements};
use super::columns;
use super::damaged::{HAS_SPEC, has_spec};
use super::decisions::OF_RECORD;
use super::decisions::{self, decision};
use super::engine::{Param, Row, params};
use super::items::{self, document_ids};
use super::judgements::KeptJudgement;
use super::listing::Condition;
use super::steps::TAKEN_BACK;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Draft, Judgement, Part, Verdict};
use crate::domain::item::{Document, Seq};
use crate::domain::policy::Purpose;
use crate::domain::queue::Queue;
use crate::domain::record::{Cell, FieldType, ITEM, STANDING};
use crate::domain::stage::Standing;
use std::collections::HashMap;
use std::sync::Arc;

/// Documents kept between two rows: neighbours share their context.
const KEPT: usize = 256;

/// Bytes of text above which a document is read again rather than kept.
const KEPT_BYTES: usize = 64 * 1024;

/// What a row of an export is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// A decided item with its verdict of record.
    Items,
    /// The same, all outputs to a case after each other.
    ItemsByCase,
    /// A decision that was not taken back, or the verdict of a judge on a settled item.
    Decisions,
}

/// An item with one of its decisions.
pub struct Outgoing<'r> {
    /// The item's fields, in the order of [`ITEM`]: lent by the database, not copied.
    pub item: Vec<Cell<'r>>,
    pub decision: Decision,
    pub place: Standing,
    /// `false`: the reviewer has replaced it by a later one.
    pub standing: bool,
    /// Whether the decision stands beside the verdict of record of another reviewer.
    pub second_opinion: bool,
    /// What judges say of the item, once it is settled.
    pub judgements: &'r [KeptJudgement],
}

impl Outgoing<'_> {
    /// The item's id.
    pub fn id(&self) -> &str {
        if let Cell::Text(id) = self.cell("id") { id } else { "" }
    }

    /// The item's case: its id, where it names none.
    pub fn case(&self) -> &str {
        if let Cell::Text(case) = self.cell("case") { case } else { self.id() }
    }

    /// The item's field of this name.
    pub fn cell(&self, name: &str) -> &Cell<'_> {
        let place = ITEM.iter().position(|field| field.name == name);
        place.and_then(|place| self.item.get(place)).unwrap_or(&Cell::Null)
    }
}

impl Store {
    /// Hands over what was decided with one of `verdicts` (any, when empty) on items
    /// that keep the condition, as it stood at one moment, whatever others decide meanwhile.
    /// What cannot be read is left out, and so are others' opinions that are not settled, where a
    /// reader is named whom they may reach: of an escalation there is what it asks. Ends with the
    /// first error that `each` gives.
    pub fn outgoing<E: From<StoreError>>(
        &self,
        queue: &Queue,
        rows: Rows,
        verdicts: &[Verdict],
        condition: &Condition,
        reader: Option<&str>,
        mut each: impl FnMut(Outgoing) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut values = params![queue.id].to_vec();
        if !condition.sql.is_empty() {
            values.extend(params![i64::MIN, i64::MAX]); // any item
            values.extend(condition.values.iter().map(Param::from));
        }
        values.extend(reader.map(Param::Text));
        let kept = reader.map(|_| is_kept_out("d", &format!("?{}", values.len())));
        let sql = statement(rows, &condition.sql, kept.as_deref().unwrap_or("1 = 0"));
        let mut documents = DocumentCache::default();
        let mut refused = None;
        let mut hand_over = |outgoing: Outgoing| match verdicts {
            some if !some.is_empty() && !some.contains(&outgoing.decision.judgement.verdict) => Ok(()),
            _ => each(outgoing).map_err(|error| {
                refused = Some(error);
                StoreError::Stopped
            }),
        };
        let mut judged: Judged = (None, Vec::new());
        let outcome = self.read_once(|| {
            let has_judgements = self.has_judgements(queue)?;
            self.engine.stream(&sql, &values, &mut |row| {
                if has_judgements && self.meet_judgements_of(row, &mut judged)? && rows == Rows::Decisions {
                    for decision in judged.1.iter().filter_map(by_judge) {
                        let item = self.cells(row, &mut documents)?;
                        let place = place(row)?;
                        let judgements = &judged.1;
                        hand_over(Outgoing {
                            item,
                            decision,
                            place,
                            standing: true,
                            second_opinion: false,
                            judgements,
                        })?;
                    }
                }
                let judgements = &judged.1;
                let Some(decision) = self.readable("decision", &row.need_int(MARKS + 2)?, known(row))? else {
                    return Ok(());
                };
                let decision = if is_set(row, 5)? { decision.what_is_asked() } else { decision };
                let read = self.cells(row, &mut documents).and_then(|cells| Ok((cells, place(row)?)));
                let Some((item, place)) = self.readable("item", &row.need_int(MARKS + 3)?, read)? else {
                    return Ok(());
                };
                let (standing, second_opinion) = (is_set(row, 0)?, is_set(row, 1)?);
                hand_over(Outgoing { item, decision, place, standing, second_opinion, judgements })
            })
        });
        refused.map_or(outcome.map_err(E::from), Err)
    }

    /// Reads what judges say of the row's item, once it is settled; gives whether the item is another
    /// than before.
    fn meet_judgements_of(&self, row: &dyn Row, judged: &mut Judged) -> Result<bool> {
        let item = row.need_int(MARKS + 3)?;
        if judged.0 == Some(item) {
            return Ok(false);
        }
        let shows = place(row).is_ok_and(|place| shows_judgements(&place));
        *judged = (Some(item), if shows { self.judgements_of(item)? } else { Vec::new() });
        Ok(true)
    }

    /// The item's cells, with the documents themselves where the row has their numbers.
    fn cells<'r>(&self, row: &'r dyn Row, documents: &mut DocumentCache) -> Result<Vec<Cell<'r>>> {
        let mut cells = columns::cells(ITEM, row, 0).collect::<Result<Vec<_>>>()?;
        for (field, cell) in ITEM.iter().zip(&mut cells) {
            if field.holds == FieldType::Documents {
                let documents = document_ids(row)?.into_iter().map(|id| documents.document(self, id));
                *cell = Cell::Documents(documents.collect::<Result<_>>()?);
            }
        }
        Ok(cells)
    }
}

/// An item, and what judges say of it.
type Judged = (Option<Seq>, Vec<KeptJudgement>);

/// What a judge says, in the form of a decision; none where it gives no verdict.
fn by_judge(KeptJudgement { id, judgement, spec_version, arrived_at }: &KeptJudgement) -> Option<Decision> {
    let draft = Draft {
        categories: judgement.categories.clone().unwrap_or_default(),
        scores: judgement.scores.clone(),
        note: judgement.reason.clone(),
        ..Draft::default()
    };
    let (reviewer_kind, purpose) = (judgement.kind.into(), Purpose::Imported);
    Some(Decision {
        id: id.clone(),
        judgement: Judgement::new(judgement.verdict?, draft),
        reviewer: judgement.judge.to_string(),
        decided_at: *arrived_at,
        spec_version: *spec_version,
        due_at: None,
        part: Part { reviewer_kind, purpose, slot: None, ..Part::default() },
    })
}

/// The columns behind those of the item and the decision: two marks, the row numbers of the decision
/// and the item, whether the spec has the decision's version, and whether the opinion is kept.
const MARKS: usize = items::WIDTH + decisions::WIDTH;

/// Reads a mark behind the columns of the item and the decision.
fn is_set(row: &dyn Row, at: usize) -> Result<bool> {
    Ok(row.need_int(MARKS + at)? == 1)
}

/// The decision, made by a version of the spec that there is.
fn known(row: &dyn Row) -> Result<Decision> {
    let decision = decision(row, items::WIDTH)?;
    has_spec(is_set(row, 4)?, decision.spec_version)?;
    Ok(decision)
}

/// Reads where the item stands, behind the marks.
fn place(row: &dyn Row) -> Result<Standing> {
    let mut place = Standing::default();
    columns::read(STANDING, row, MARKS + 6, &mut place).map(|()| place)
}

/// `kept`: the opinion is kept from the reader; of one that escalates there is what it asks.
fn statement(rows: Rows, condition: &str, kept: &str) -> String {
    let range = match condition {
        "" => String::new(),
        condition => format!("AND i.seq >= ?2 AND i.seq <= ?3 AND ({condition})"),
    };
    let test = format!("AND NOT (d.verdict <> 'escalate' AND {kept}) {range}");
    let second = "CASE WHEN d.slot IS NULL AND d.reviewer_kind = 'person' AND d.purpose = 'opinion'
        AND i.decision_seq <> d.seq THEN 1 ELSE 0 END";
    let place: String = STANDING.iter().map(|field| format!(", {}", columns::standing_sql(field))).collect();
    let columns = format!(
        "{}, {}, d.standing, {second}, d.seq, i.seq, {HAS_SPEC}, CASE WHEN {kept} THEN 1 ELSE 0 END{place}",
        *items::COLUMNS,
        *decisions::COLUMNS
    );
    match rows {
        Rows::Items | Rows::ItemsByCase => {
            let order = match rows {
                Rows::ItemsByCase => "COALESCE(i.case_id, i.id), d.item_seq",
                _ => "d.item_seq",
            };
            format!(
                "SELECT {columns} FROM decision d JOIN item i ON i.seq = d.item_seq AND {OF_RECORD}
                 JOIN item_text t ON t.seq = i.seq
                 WHERE d.queue_id = ?1 AND d.item_seq + 0 > 0 {test} ORDER BY {order}"
            )
        }
        Rows::Decisions => format!(
            "SELECT {columns} FROM decision d JOIN step s ON s.seq = d.step_seq AND NOT {TAKEN_BACK}
             JOIN item i ON i.seq = d.item_seq JOIN item_text t ON t.seq = i.seq
             WHERE d.queue_id = ?1 AND d.item_seq + 0 > 0 {test} ORDER BY d.item_seq, d.seq"
        ),
    }
}

/// The documents read last.
#[derive(Default)]
pub(super) struct DocumentCache {
    kept: HashMap<i64, Arc<Document>>,
}

impl DocumentCache {
    pub(super) fn document(&mut self, store: &Store, id: i64) -> Result<Arc<Document>> {
        if let Some(document) = self.kept.get(&id) {
            return Ok(document.clone());
        }
        let document = Arc::new(store.document(id)?);
        if document.text.len() <= KEPT_BYTES {
            if self.kept.len() == KEPT {
                self.kept.clear();
            }
            self.kept.insert(id, document.clone());
        }
        Ok(document)
    }
}
