//! Bars: what is read of a queue for one, and what is told of it beside its recount.

mod kept;
mod laid;
mod outputs;
mod pace;
mod stream;
mod told;

pub use stream::LeftOut;

use super::engine::{Param, params};
use super::filter::unreadable;
use super::items::IN_QUEUE;
use super::listing::Value;
use super::waivers::Waiver;
use super::{Result, Store, StoreError};
use crate::analysis::bar::{self as analysis, Against, AtLeast, Influence, Recount, Said, Unit, Why};
use crate::domain::bar::{Bar, Figure, Outcome, Target};
use crate::domain::filter::{self, Filter, FilterError, Has, ResolvedFilter, SavedFilters, Term, Words};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::record::RecordField;
use crate::domain::time::UtcMillis;
use kept::{Found, Mark, Unkept, Whose};
use std::collections::HashMap;
use stream::Stream;
use told::{Earlier, Moment, Told};

/// Where a bar stands.
#[derive(Debug, Clone, PartialEq)]
pub struct BarReport {
    pub bar: Bar,
    /// What the recount shows; waived where somebody answers for what is not met.
    pub outcome: Outcome,
    pub waiver: Option<Waiver>,
    pub recount: Recount,
    pub left_out: LeftOut,
    /// Items that were looked at again after the bar had been told.
    pub reopened_after: u64,
    /// Decisions that had been made when the bar's terms were changed last; `None`: they never were.
    pub changed_after: Option<u64>,
}

impl BarReport {
    fn of(bar: &Bar, recount: Recount, left_out: LeftOut, changed_after: Option<u64>) -> Self {
        Self {
            bar: bar.clone(),
            outcome: recount.outcome,
            waiver: None,
            recount,
            left_out,
            reopened_after: 0,
            changed_after,
        }
    }

    /// What the bar hangs on, by its numbers alone; `None` of one without judgement, and of two samples that share no
    /// case.
    pub fn influence(&self) -> Option<Influence> {
        analysis::influence(&self.bar, &self.recount)
    }
}

/// A recount, with what was read for it that is worth being kept: see [`Store::keep`].
#[derive(Debug)]
pub struct Look {
    pub report: BarReport,
    unkept: Vec<Unkept>,
}

impl From<BarReport> for Look {
    fn from(report: BarReport) -> Self {
        Self { report, unkept: Vec::new() }
    }
}

impl Store {
    /// Recounts a bar on what the queue has now.
    pub fn bar(&self, queue: &Queue, bar: &Bar, now: UtcMillis) -> Result<BarReport> {
        Ok(self.look_at_bar(queue, bar, now)?.report)
    }

    /// Recounts a bar on what the queue has now, with what the next recount may go on from.
    pub fn look_at_bar(&self, queue: &Queue, bar: &Bar, now: UtcMillis) -> Result<Look> {
        let mark = self.mark()?; // before: what is read may know more, and never less
        self.read(|| {
            let mut look = self.bar_look(queue, bar, mark)?;
            let report = &mut look.report;
            report.waiver = self.waiver(queue, bar, now)?;
            report.outcome = match report.recount.outcome {
                Outcome::Failed | Outcome::Undecided if report.waiver.is_some() => Outcome::Waived,
                outcome => outcome,
            };
            Ok(look)
        })
    }

    fn bar_look(&self, queue: &Queue, bar: &Bar, mark: Option<Mark>) -> Result<Look> {
        let asked = self.asked_by(queue, bar, &bar.among)?;
        let asked_of_old = match &bar.target {
            Target::AtLeast(_) => None,
            Target::Against { baseline, .. } => Some(self.asked_by(queue, bar, baseline)?),
        };
        if !bar.is_judged {
            let counted = self.count_good(queue, &asked)?;
            let old = asked_of_old.map(|old| self.count_good(queue, &old)).transpose()?;
            let mut recount = match (&bar.target, old) {
                (Target::Against { margin, .. }, Some(old)) => analysis::counted_against(*margin, counted, old),
                (Target::AtLeast(share), _) => analysis::counted(*share, counted),
                (Target::Against { .. }, None) => return Err(StoreError::Misuse("a bar lost its baseline".into())),
            };
            recount.why.extend(self.without_value(queue, bar)?);
            return Ok(BarReport::of(bar, recount, LeftOut::default(), None).into());
        }
        let laid = self.laid_down(queue, bar)?;
        let whose = Whose { queue, bar: &bar.key, is_baseline: false, asked: &asked, laid: &laid };
        let whose_old = asked_of_old.as_ref().map(|old| Whose { is_baseline: true, asked: old, ..whose });
        let found = [Some(&whose), whose_old.as_ref()].into_iter().flatten().map(|whose| self.outputs(whose));
        let found = found.collect::<Result<Vec<Found>>>()?;
        let mut new = self.stream(queue, &asked, &found[0].outputs)?;
        let old = whose_old.as_ref().map(|old| self.stream(queue, old.asked, &found[1].outputs)).transpose()?;
        if let Some(old) = &old {
            new.left_out.add(old.left_out);
        }
        let told = self.told(queue, bar)?;
        let again = match &told {
            Some(told) => self.said_of_both(queue, [Some(&asked), asked_of_old.as_ref()], told.first)?,
            None => HashMap::new(),
        };
        let Stream { units, rules, left_out } = new;
        let old = old.map(|old| old.units);
        let earlier =
            |units: &Vec<Unit>| -> Vec<Unit> { units.iter().map(|unit| said_earlier(unit, &again)).collect() };
        let before_again = (!again.is_empty()).then(|| (earlier(&units), old.as_ref().map(earlier)));
        let mut recount = recounted(bar, units, old, &rules)?;
        let (mut before, mut stale) = (0, 0);
        for made in stream::made(found.iter().map(|found| &found.outputs).collect(), recount.settled()) {
            before += u64::from(made.is_early);
            stale += u64::from(laid.is_stale(made.version));
        }
        let stale = stale as f64 / recount.settled().count().max(1) as f64;
        let shown = recount.outcome;
        self.keep_needs(queue, bar, stale, &mut recount)?;
        if !laid.is_changed && before > 0 {
            let sentence = format!("it was laid down after {before} of the decisions that count had been made");
            recount.why.push(Why::Said(sentence));
        }
        let changed_after = laid.is_changed.then_some(before);
        let reopened_after = recount.outputs().filter(|unit| again.contains_key(&unit.seq)).count() as u64;
        if let Some((units, old)) = before_again.filter(|_| reopened_after > 0) {
            let without = recounted(bar, units, old, &rules)?;
            if without.outcome != shown {
                let it = if reopened_after == 1 { "the one that was" } else { "those that were" };
                let sentence =
                    format!("without {it} looked at again after it had been told it would be {}", without.outcome);
                recount.why.push(Why::Said(sentence));
            }
        }
        if let Some(told) = told.filter(|told| told.outcome != recount.outcome) {
            let said = self.said_of_both(queue, [Some(&asked), asked_of_old.as_ref()], told.last)?;
            recount.why.extend(what_changed(told, &recount, &said));
        }
        recount.why.extend(self.without_value(queue, bar)?);
        let report = BarReport { reopened_after, ..BarReport::of(bar, recount, left_out, changed_after) };
        let mark = mark.map(|mark| self.mark_within(mark)).transpose()?;
        let of_each = [Some(whose), whose_old].into_iter().flatten();
        let unkept = found.into_iter().zip(of_each).filter_map(|(found, whose)| found.unkept(&whose, mark));
        Ok(Look { report, unkept: unkept.collect() })
    }

    /// What people had said by then of the outputs that the bar speaks of, those of the baseline too.
    fn said_of_both(&self, queue: &Queue, asked: [Option<&Asked>; 2], at: Moment) -> Result<HashMap<Seq, Earlier>> {
        let mut said = HashMap::new();
        for asked in asked.into_iter().flatten() {
            said.extend(self.said_by(queue, asked, at)?);
        }
        Ok(said)
    }

    /// Of each number of an item that the bar asks for: how many of the items that it speaks of have none.
    fn without_value(&self, queue: &Queue, bar: &Bar) -> Result<Vec<Why>> {
        let words = self.words(queue)?;
        let of = resolved(&bar.of, &words, filter::parse_lasting)?;
        let mut fields: Vec<RecordField> = Vec::new();
        for term in of.filter().terms() {
            match term {
                Term::Number(field, ..) if field.uses().presence.is_some() && !fields.contains(field) => {
                    fields.push(*field);
                }
                _ => {}
            }
        }
        let baseline = match &bar.target {
            Target::AtLeast(_) => None,
            Target::Against { baseline, .. } => Some(baseline),
        };
        let mut told = Vec::new();
        for field in fields {
            let lacks = Filter::Not(Box::new(Filter::Term(Term::Has(Has::Value(field)))));
            let (mut items, mut good) = (0, 0);
            for among in [Some(&bar.among), baseline].into_iter().flatten() {
                let among = resolved(among, &words, filter::parse_lasting)?;
                let among = Filter::all([among.filter().clone(), lacks.clone()]);
                let of_these = self.count_good(queue, &self.asked_by(queue, bar, &among.to_string())?)?;
                (items, good) = (items + of_these.1, good + of_these.0);
            }
            told.extend((items > 0).then(|| Why::Without { field: field.name().into(), items, good }));
        }
        Ok(told)
    }

    /// How many outputs of the queue's bars are kept otherwise than they are; `None`: none are kept.
    pub(super) fn kept_bars_difference(&self, queue: &Queue) -> Result<Option<u64>> {
        let mut difference = None;
        for bar in queue.spec.spec.bars.iter().filter(|bar| bar.is_judged) {
            let laid = self.laid_down(queue, bar)?;
            let baseline = match &bar.target {
                Target::AtLeast(_) => None,
                Target::Against { baseline, .. } => Some((baseline, true)),
            };
            for (among, is_baseline) in [Some((&bar.among, false)), baseline].into_iter().flatten() {
                let asked = self.asked_by(queue, bar, among)?;
                let whose = Whose { queue, bar: &bar.key, is_baseline, asked: &asked, laid: &laid };
                if let Some(found) = self.kept_difference(&whose)? {
                    *difference.get_or_insert(0) += found;
                }
            }
        }
        Ok(difference)
    }

    /// What a need lacks leaves the bar undecided.
    fn keep_needs(&self, queue: &Queue, bar: &Bar, stale: f64, recount: &mut Recount) -> Result<()> {
        if bar.needs.is_empty() {
            return Ok(());
        }
        let words = self.words(queue)?;
        let among = resolved(&bar.among, &words, filter::parse_lasting)?;
        let among = self.condition_under(words, &among, "");
        for need in &bar.needs {
            let figure = match &need.figure {
                Figure::Stale => Some(stale),
                Figure::Agreement(coefficient, key) => self.agreement_figure(queue, *coefficient, key, &among)?,
            };
            if figure.is_some_and(|figure| need.limit.holds(figure, need.than)) {
                continue;
            }
            let found = figure.map_or("is not known".into(), |figure| format!("is {figure:.3}"));
            recount.outcome = Outcome::Undecided;
            recount.why.push(Why::Said(format!("it needs {need}, which {found}")));
        }
        Ok(())
    }

    /// Of the items that are asked for: how many are good, and how many there are.
    fn count_good(&self, queue: &Queue, asked: &Asked) -> Result<(u64, u64)> {
        let sql = format!(
            "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN {} THEN 1 ELSE 0 END), 0) AS BIGINT)
             FROM item i LEFT JOIN decision d ON d.seq = i.decision_seq
             WHERE {IN_QUEUE} AND i.seq BETWEEN ?2 AND ?3 AND {}",
            asked.good, asked.among
        );
        let counted = self.first(&sql, &asked.values(queue), |row| Ok((row.need_int(1)?, row.need_int(0)?)))?;
        let (good, items) = counted.unwrap_or_default();
        Ok((good.unsigned_abs(), items.unsigned_abs()))
    }

    /// What the bar asks of items that the filter `among` finds.
    fn asked_by(&self, queue: &Queue, bar: &Bar, among: &str) -> Result<Asked> {
        let words = self.words(queue)?;
        let among = resolved(among, &words, filter::parse_lasting)?;
        let of = resolved(&bar.of, &words, filter::parse_lasting)?;
        let among_alone = self.condition_under(words.clone(), &among, "");
        let (mut conditions, values) = self.conditions_under(words, &[&among, &of]);
        let good = conditions.pop().unwrap_or_default();
        let among = conditions.pop().unwrap_or_default();
        Ok(Asked { among, good, values, among_values: among_alone.values.len() })
    }
}

/// Recounts a bar of people's judgements.
fn recounted(bar: &Bar, units: Vec<Unit>, old: Option<Vec<Unit>>, rules: &[String]) -> Result<Recount> {
    let Bar { confidence, method, population, reviews, .. } = *bar;
    match (&bar.target, old) {
        (Target::AtLeast(share), _) => {
            Ok(analysis::at_least(AtLeast { share: *share, confidence, method, population, reviews }, units, rules))
        }
        (Target::Against { margin, .. }, Some(old)) => {
            let terms = Against { margin: *margin, confidence, method, population, reviews };
            Ok(analysis::against(terms, units, old, rules))
        }
        (Target::Against { .. }, None) => Err(StoreError::Misuse("a bar lost its baseline".into())),
    }
}

/// Which verdicts have changed since the bar was told last.
fn what_changed(told: Told, recount: &Recount, said: &HashMap<Seq, Earlier>) -> Option<Why> {
    const NAMED: usize = 5;
    let changed = recount.outputs().filter_map(|unit| {
        let earlier = said.get(&unit.seq).filter(|earlier| earlier.said != unit.said)?;
        Some(format!("{} was {} and is {}", earlier.id, word(earlier.said), word(unit.said)))
    });
    let changed: Vec<String> = changed.collect();
    let more = changed.len().saturating_sub(NAMED);
    let named = changed.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    (!changed.is_empty()).then(|| Why::Said(format!("since it was told to be {}: {named}{more}", told.outcome)))
}

/// The unit as it was when the bar had been told.
fn said_earlier(unit: &Unit, again: &HashMap<Seq, Earlier>) -> Unit {
    Unit { said: again.get(&unit.seq).map_or(unit.said, |earlier| earlier.said), ..*unit }
}

fn word(said: Said) -> &'static str {
    match said {
        Said::Good => "good",
        Said::Bad => "bad",
        Said::Open => "open",
    }
}

/// What a bar asks of `item i`, in SQL; `?1` to `?3` as in a condition.
#[derive(Debug)]
struct Asked {
    /// It is one that the bar speaks of.
    among: String,
    /// It is good.
    good: String,
    /// Those of `among` first.
    values: Vec<Value>,
    /// How many are of `among`.
    among_values: usize,
}

impl Asked {
    fn values(&self, queue: &Queue) -> Vec<Param<'_>> {
        let any = params![queue.id, i64::MIN, i64::MAX];
        any.iter().copied().chain(self.values.iter().map(Param::from)).collect()
    }

    /// For a statement that asks for `among` alone.
    fn values_of_among(&self, queue: &Queue) -> Vec<Param<'_>> {
        let mut values = self.values(queue);
        values.truncate(values.len() - (self.values.len() - self.among_values));
        values
    }
}

/// A filter of a bar, in which no time moves.
fn resolved(
    text: &str,
    words: &Words,
    parse: fn(&str, &Words) -> std::result::Result<Filter, FilterError>,
) -> Result<ResolvedFilter> {
    let filter = parse(text, words).map_err(|error| unreadable(text, error))?;
    filter.resolved(&SavedFilters::new(), 0).map_err(|error| unreadable(text, error))
}
