//! A mapping for a file whose fields have other names, proposed from the names, shapes and values of its
//! first records.

mod names;
mod places;

pub(super) use names::{RecordNames, Says, names, says_of};

use super::mapping::{at, mapped, multiplied};
use super::scalar::{id, time};
use super::value::Value as FieldValue;
use crate::domain::mapping::{Candidate, FieldProposal, Mapping, Path, Proposal, Step, TakenFrom, Target};
use crate::domain::record::{FieldType, ITEM, ItemField, item_field};
use names::{is_bare, plain, says};
use places::{Kind, Place, Places, Speaker};
use serde_json::Value;

/// Records of which the values are shown.
const SHOWN: usize = 20;

/// Places of a field that are offered.
const OFFERED: usize = 30;

/// A record that was looked at.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Where it stood, as `line 3`.
    pub place: String,
    /// The record as one JSON object.
    pub object: String,
    /// Its texts may stand for other values.
    pub are_cells: bool,
}

/// Fields in the order in which they take their places: what one has another cannot.
const ORDER: [&str; 19] = [
    "output",
    "input",
    "reference",
    "context",
    "id",
    "case",
    "model",
    "prompt_version",
    "latency_ms",
    "cost_usd",
    "tokens_in",
    "tokens_out",
    "created_at",
    "tags",
    "trace_id",
    "span_id",
    "session_id",
    "user_id",
    "prompt",
];

/// Whether none of the records has all that an item needs, where `mapping` says or under its own name.
pub fn is_foreign(samples: &[Sample], mapping: &Mapping) -> bool {
    let has_all = |sample: &Sample| {
        let Ok(Value::Object(members)) = serde_json::from_str(&sample.object) else { return true };
        let required = ITEM.iter().filter(|field| field.is_required);
        required.into_iter().all(|field| mapping.get(Target::of(field)).is_some() || members.contains_key(field.name))
    };
    !samples.is_empty() && !samples.iter().any(has_all)
}

/// Whether one of the records at least becomes an item so.
pub fn fits(samples: &[Sample], mapping: &Mapping) -> bool {
    samples.iter().any(|sample| mapped(mapping, sample.object.as_bytes(), sample.are_cells).is_ok())
}

/// Where the fields that `given` leaves open are likely to be.
pub fn propose(samples: &[Sample], given: &Mapping) -> Proposal {
    let records: Vec<Value> = samples.iter().filter_map(|sample| serde_json::from_str(&sample.object).ok()).collect();
    let places = Places::of(&records);
    let mut open = Open { places: &places, records: records.len(), taken: taken_by(given) };
    let mut fields = Vec::new();
    for field in ORDER.iter().filter_map(|name| item_field(name)) {
        if given.get(Target::of(field)).is_none() {
            fields.extend(open.field(field));
        }
    }
    ask_for_pairs(&mut fields);
    // In the order in which an item is read.
    fields.sort_by_key(|field| rank(field.target));
    let shown = samples.iter().take(SHOWN);
    let is_part = |step: &Step| matches!(step, Step::Slice(..) | Step::Nth(-1));
    let whole: Vec<&Place> = places.iter().filter(|place| !place.steps.iter().any(is_part)).collect();
    let is_within =
        |inner: &Place, outer: &Place| inner.steps.len() > outer.steps.len() && inner.steps.starts_with(&outer.steps);
    let leaves = whole.iter().filter(|outer| !whole.iter().any(|inner| is_within(inner, outer)));
    let places = leaves.map(|place| Path::of(place.steps.clone())).collect();
    let mut proposal = Proposal { fields, places, records: shown.map(|sample| sample.place.clone()).collect() };
    mend(&mut proposal, samples, given);
    for candidate in proposal.fields.iter_mut().flat_map(|field| &mut field.candidates) {
        candidate.values = samples.iter().take(SHOWN).map(|sample| shown_value(&candidate.from, sample)).collect();
    }
    proposal
}

/// Of `gpt_prompt`, `gpt_response` and `output` the first two may belong together: which output is meant is not
/// sure then.
fn ask_for_pairs(fields: &mut [FieldProposal]) {
    let name = |from: &TakenFrom| match from {
        TakenFrom::Path(path) => path.steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(plain(name)),
            _ => None,
        }),
        _ => None,
    };
    let of =
        |wanted: &str| fields.iter().position(|field| field.target == Target::of(item_field(wanted).expect("a field")));
    let (Some(input), Some(output)) = (of("input"), of("output")) else { return };
    let asked = fields[input].chosen().and_then(|chosen| name(&chosen.from));
    let Some((before, last)) = asked.as_deref().and_then(|name| name.rsplit_once('_')) else { return };
    let is_of_pair = |candidate: &Candidate| {
        let name = name(&candidate.from);
        let parts = name.as_deref().and_then(|name| name.rsplit_once('_'));
        parts.is_some_and(|(start, end)| start == before && end != last)
    };
    let answer = &mut fields[output];
    if answer.chosen().is_some_and(|chosen| !is_of_pair(chosen)) && answer.likely().any(is_of_pair) {
        answer.is_sure = false;
    }
}

/// The order in which a reviewer reads: what was asked, what was answered, what it is held against.
fn rank(target: Target) -> usize {
    let first = ["input", "output", "context", "reference", "id"];
    let place = first.iter().position(|name| *name == target.field.name && target.part.is_none());
    let documents = (target.field.name == "context").then_some(2);
    let later = || first.len() + ORDER.iter().position(|name| *name == target.field.name).unwrap_or(ORDER.len());
    place.or(documents).unwrap_or_else(later)
}

/// The steps of what a mapping takes.
fn taken_by(mapping: &Mapping) -> Vec<Vec<Step>> {
    let path = |(_, from): &(Target, TakenFrom)| match from {
        TakenFrom::Path(path) => Some(path.steps.clone()),
        _ => None,
    };
    mapping.fields().iter().filter_map(path).collect()
}

/// What no field has taken yet.
struct Open<'p> {
    places: &'p [Place],
    records: usize,
    taken: Vec<Vec<Step>>,
}

/// A place that a field may be taken from.
struct Likely<'p> {
    place: &'p Place,
    says: Says,
    is_own: bool,
    /// The lower the likelier.
    rank: (usize, usize),
    reason: String,
    factor: Option<f64>,
}

impl Likely<'_> {
    /// Of an output: a name that says little, and nothing of a reference either.
    fn is_text_alone(&self, field: &ItemField) -> bool {
        field.name == "output" && says("reference", &own_name(self.place)).is_none()
    }
}

impl<'p> Open<'p> {
    /// The field's candidates, of which the first that is free is taken, and its parts.
    fn field(&mut self, field: &'static ItemField) -> Vec<FieldProposal> {
        let mut likely = self.likely_places(field);
        let is_free = |likely: &Likely| !self.taken.iter().any(|taken| likely.place.overlaps(taken));
        let free: Vec<usize> = (0..likely.len()).filter(|at| is_free(&likely[*at])).collect();
        let least = if field.is_required { Says::Little } else { Says::Something };
        let mut chosen = free.first().copied().filter(|at| likely[*at].says >= least);
        let mut is_sure = chosen.is_some_and(|at| {
            let best = &likely[at];
            let as_likely = free.iter().filter(|other| likely[**other].says == best.says).count() == 1;
            best.is_own || as_likely && !best.place.is_guess && (best.says > Says::Little || best.is_text_alone(field))
        });
        likely.truncate(OFFERED.max(chosen.map_or(0, |at| at + 1)));
        let mut parts = Vec::new();
        if let Some(at) = chosen {
            self.taken.push(likely[at].place.steps.clone());
            if field.holds == FieldType::Documents && likely[at].place.kind == Kind::Objects {
                parts = self.parts(field, likely[at].place);
            }
        }
        let mut candidates: Vec<_> = likely.iter().map(|likely| self.candidate(field, likely)).collect();
        if field.holds == FieldType::Id {
            candidates.push(self.made_of_content());
            (chosen, is_sure) = (chosen.or(Some(candidates.len() - 1)), true);
        }
        if field.name == "input" {
            let reason = "nothing was asked: every input is empty".into();
            let from = TakenFrom::Set(String::new());
            let none = Candidate { from, reason, is_likely: false, values: Vec::new() };
            // Where nothing is called so, nobody is likely to have asked.
            match chosen {
                Some(_) => candidates.push(none),
                None => candidates.insert(0, none),
            }
        }
        if candidates.is_empty() && !field.is_required {
            return Vec::new();
        }
        let whole = FieldProposal { target: Target::of(field), candidates, chosen, is_sure };
        std::iter::once(whole).chain(parts).collect()
    }

    /// The places that the field may be taken from, the likeliest first. What is within another is meant,
    /// unless that has the field's own name.
    fn likely_places(&self, field: &'static ItemField) -> Vec<Likely<'p>> {
        let all: Vec<_> = self.places.iter().filter_map(|place| self.likely(field, place)).collect();
        let holds = |outer: &Likely, inner: &Likely| {
            let is_within =
                inner.place.steps.len() > outer.place.steps.len() && inner.place.steps.starts_with(&outer.place.steps);
            is_within && inner.says >= outer.says
        };
        let is_meant: Vec<bool> =
            all.iter().map(|outer| outer.is_own || !all.iter().any(|inner| holds(outer, inner))).collect();
        let meant = all.into_iter().zip(is_meant).filter(|(_, is_meant)| *is_meant);
        let mut likely: Vec<_> = meant.map(|(likely, _)| likely).collect();
        likely.sort_by_key(|likely| (!likely.is_own, std::cmp::Reverse(likely.says), likely.rank));
        likely
    }

    /// The id that the content makes, with the reason why none was found.
    fn made_of_content(&self) -> Candidate {
        let is_named = |place: &Place| place.is_one() && says("id", &own_name(place)).is_some();
        let reason = match self.places.iter().any(is_named) {
            true => "no member that could be an id has another value in each record: it is made from the content",
            false => "no member is an id: it is made from the content",
        };
        Candidate { from: TakenFrom::Hash, reason: reason.into(), is_likely: true, values: Vec::new() }
    }

    fn candidate(&self, field: &'static ItemField, likely: &Likely) -> Candidate {
        let mut path = likely.place.path(self.records);
        path.is_optional &= !field.is_required;
        path.factor = likely.factor;
        if field.holds == FieldType::Documents
            && likely.place.kind == Kind::Objects
            && let Some(text) = self.text_member(likely.place)
        {
            path.steps.extend([Step::Each, Step::Member(text.to_owned())]);
        }
        let (reason, is_likely) = (likely.reason.clone(), likely.says > Says::Nothing);
        Candidate { from: TakenFrom::Path(path), reason, is_likely, values: Vec::new() }
    }

    /// Whether the field may be taken from the place, and how likely that is.
    fn likely(&self, field: &'static ItemField, place: &'p Place) -> Option<Likely<'p>> {
        let is_own = matches!(&place.steps[..], [Step::Member(name)] if name == field.name);
        // Under this name alone stands mostly what was asked.
        if is_own && field.name == "prompt" {
            return None;
        }
        let (says, order, told) = self.told(field, place)?;
        // What has an optional field's own name is tried: where it cannot be that, it is left out again.
        let is_tried = is_own && !field.is_required && place.kind != Kind::Objects;
        let (fits, factor) = if is_tried { Default::default() } else { self.fits(field, place)? };
        let depth = place.steps.len();
        let reason = if fits.is_empty() { told } else { format!("{told}, and {fits}") };
        // Most records would be without what every item has.
        let is_rare = field.is_required && place.seen * 2 < self.records;
        let says = match is_own {
            true => Says::Much,
            false if is_rare => Says::Nothing,
            false => says,
        };
        Some(Likely { place, says, is_own, rank: (depth, order), reason, factor })
    }

    /// What the place's name says of the field.
    fn told(&self, field: &ItemField, place: &Place) -> Option<(Says, usize, String)> {
        match (&place.steps[..], field.name) {
            ([.., Step::Nth(-1), Step::Member(_)], "output") if place.is_guess => {
                return Some((Says::Little, 0, "it is the last message".into()));
            }
            ([.., Step::Slice(None, Some(-1))], "input") if place.is_guess => {
                return Some((Says::Little, 0, "these are the messages before the last".into()));
            }
            ([.., Step::Nth(-1), Step::Member(_)], "output") => {
                return Some((Says::Much, 0, "it is the last message, the assistant's".into()));
            }
            ([.., Step::Slice(None, Some(-1))], "input") => {
                return Some((
                    Says::Much,
                    0,
                    "these are the messages before the last, which is the assistant's".into(),
                ));
            }
            ([.., Step::Nth(-1), Step::Member(_)] | [.., Step::Slice(..)], _) => return None,
            // The answer is in it.
            (_, "input" | "output") if place.kind == (Kind::Chat { last: Speaker::Model }) => return None,
            _ => {}
        }
        let name = own_name(place);
        let Some((says, rank)) = says(field.name, &name) else {
            let may_be = matches!(field.name, "output" | "input" | "reference" | "context" | "id");
            return may_be.then(|| (Says::Nothing, 0, "its name does not say so".into()));
        };
        let is_last = matches!(place.steps.last(), Some(Step::Member(last)) if plain(last) == name);
        let how = if is_last { "it is called" } else { "it stands within" };
        Some((says, rank, format!("{how} {}", name.replace('_', " "))))
    }

    /// What the values say for the field, and the factor of their unit; `None` where they speak against it.
    fn fits(&self, field: &ItemField, place: &Place) -> Option<(String, Option<f64>)> {
        let is_scalar = matches!(place.kind, Kind::Text | Kind::Number);
        let plain = |fits: bool| (fits && place.is_one()).then(|| (String::new(), None));
        match field.name {
            "output" | "input" | "reference" => {
                let says = says(field.name, &own_name(place)).map(|(says, _)| says);
                let is_content = match place.kind {
                    Kind::Nothing => false,
                    Kind::Number | Kind::Bool => field.name != "input" && says == Some(Says::Much),
                    Kind::Text => true,
                    Kind::Objects => says > Some(Says::Little),
                    _ => says != Some(Says::Little),
                };
                plain(is_content && !place.is_mostly_empty() && !is_beside(place))
            }
            "context" => match place.kind {
                Kind::Text | Kind::Texts => plain(true),
                Kind::Objects => plain(true).filter(|_| self.has_texts(place)),
                _ => None,
            },
            "id" => {
                let is_id = |value: &Value| id(as_value(&value.to_string())).is_ok();
                let is_there = place.seen == self.records && place.is_unique && place.values.iter().all(is_id);
                (is_scalar && is_there && place.is_one()).then(|| ("each record has another".to_owned(), None))
            }
            "case" => (is_scalar && place.is_one() && !place.is_unique && place.seen == self.records)
                .then(|| ("several records share one".to_owned(), None)),
            "latency_ms" => latency(place),
            "cost_usd" => {
                place.numbers()?;
                let is_cents = own_name(place).contains("cent");
                let fits = if is_cents { "cents become dollars" } else { "" };
                Some((fits.to_owned(), is_cents.then_some(0.01))).filter(|_| place.is_one())
            }
            "tokens_in" | "tokens_out" => {
                let are_whole = place.numbers()?.iter().all(|number| number.fract() == 0.0);
                plain(are_whole)
            }
            "created_at" => {
                let is_time = |value: &Value| value.is_null() || time(as_value(&value.to_string())).is_ok();
                plain(is_scalar && place.values.iter().all(is_time))
            }
            "tags" => plain(place.kind == Kind::Texts),
            _ => plain(is_scalar),
        }
    }

    /// The members of a list's elements.
    fn members(&self, list: &'p Place) -> impl Iterator<Item = (&'p str, &'p Place)> {
        self.places.iter().filter_map(move |place| match place.steps.strip_prefix(&list.steps[..])? {
            [Step::Each | Step::Nth(0), Step::Member(name)] => Some((name.as_str(), place)),
            _ => None,
        })
    }

    fn has_texts(&self, list: &'p Place) -> bool {
        self.members(list).any(|(_, member)| member.kind == Kind::Text)
    }

    /// The member that is the text of the documents in the list; `None` where they are documents as they
    /// are.
    fn text_member(&self, list: &'p Place) -> Option<&'p str> {
        const TEXT: [&str; 12] = [
            "text",
            "content",
            "page_content",
            "body",
            "passage",
            "chunk",
            "snippet",
            "document",
            "value",
            "paragraph",
            "excerpt",
            "contents",
        ];
        let texts = || self.members(list).filter(|(_, member)| member.kind == Kind::Text);
        if texts().any(|(name, _)| name == "text") {
            return None;
        }
        let named = TEXT.iter().find_map(|wanted| texts().find(|(name, _)| plain(name) == **wanted));
        named.or_else(|| texts().max_by_key(|(_, member)| member.length())).map(|(name, _)| name)
    }

    /// The titles, addresses and ids of documents whose text is under another name.
    fn parts(&self, field: &'static ItemField, list: &'p Place) -> Vec<FieldProposal> {
        const PARTS: [(&str, &[&str]); 3] = [
            ("title", &["title", "name", "heading"]),
            ("url", &["url", "link", "source", "uri"]),
            ("id", &["id", "doc_id", "document_id"]),
        ];
        let Some(text) = self.text_member(list) else { return Vec::new() };
        let part = |(part, names): &(&'static str, &[&str])| {
            let is_scalar =
                |member: &Place| matches!(member.kind, Kind::Text) || *part == "id" && member.kind == Kind::Number;
            let named = |wanted: &&str| {
                self.members(list).find(|(name, member)| plain(name) == **wanted && *name != text && is_scalar(member))
            };
            let (name, _) = names.iter().find_map(named)?;
            let steps = [&list.steps[..], &[Step::Each, Step::Member(name.to_owned())]].concat();
            let path = Path { is_optional: true, ..Path::of(steps) };
            let reason = format!("it is called {} beside the documents' text", plain(name).replace('_', " "));
            let candidates =
                vec![Candidate { from: TakenFrom::Path(path), reason, is_likely: true, values: Vec::new() }];
            let target = Target { field, part: Some(part) };
            Some(FieldProposal { target, candidates, chosen: Some(0), is_sure: true })
        };
        PARTS.iter().filter_map(part).collect()
    }
}

/// The name that tells what stands at a place: the last one, but for names that say nothing.
fn own_name(place: &Place) -> String {
    let names: Vec<_> = place
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Member(name) => Some(plain(name)),
            _ => None,
        })
        .collect();
    let telling = names.iter().rev().find(|name| !is_bare(name));
    telling.or(names.last()).cloned().unwrap_or_default()
}

/// Whether the place is among figures or settings, whatever its name.
fn is_beside(place: &Place) -> bool {
    const BESIDE: [&str; 13] = [
        "usage",
        "token_usage",
        "tokens",
        "stats",
        "metrics",
        "scores",
        "config",
        "settings",
        "parameters",
        "model_parameters",
        "feedback",
        "annotations",
        "evaluation",
    ];
    place.steps.iter().any(|step| matches!(step, Step::Member(name) if BESIDE.contains(&&*plain(name))))
}

/// In which unit a time is that it took, by its name, else by how large the numbers are.
fn latency(place: &Place) -> Option<(String, Option<f64>)> {
    let numbers = place.numbers().filter(|_| place.is_one())?;
    let name = own_name(place);
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let seconds = || Some(("seconds become milliseconds".to_owned(), Some(1000.0)));
    if ends(&["_ms", "millis", "milliseconds"]) {
        return Some((String::new(), None));
    }
    if ends(&["_us", "_micros"]) {
        return Some(("microseconds become milliseconds".into(), Some(0.001)));
    }
    if ends(&["_ns", "_nanos"]) {
        return Some(("nanoseconds become milliseconds".into(), Some(0.000001)));
    }
    if ends(&["_s", "_sec", "_secs", "seconds"]) {
        return seconds();
    }
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let is_fraction = numbers.iter().any(|number| number.fract() != 0.0);
    if most < 300.0 && (is_fraction || most < 60.0) {
        return Some((format!("{most} at most, so that they are taken for seconds"), Some(1000.0)));
    }
    Some((format!("up to {most}, so that they are taken for milliseconds"), None))
}

fn as_value(json: &str) -> FieldValue<'_> {
    FieldValue::from_json(json).unwrap_or(FieldValue::Null)
}

/// Leaves out of the proposal, of fields that may be absent, those that the records cannot have so.
fn mend(proposal: &mut Proposal, samples: &[Sample], given: &Mapping) {
    for _ in 0..proposal.fields.len() {
        let mapping = given.clone().or(&proposal.mapping());
        let faults =
            samples.iter().filter_map(|sample| mapped(&mapping, sample.object.as_bytes(), sample.are_cells).err());
        let at_fault: Vec<String> = faults
            .flat_map(|faults| faults.iter().filter_map(|fault| fault.field.clone()).collect::<Vec<_>>())
            .collect();
        let is_at_fault = |field: &FieldProposal| {
            let name = field.target.field.name;
            at_fault.iter().any(|fault| {
                fault
                    .strip_prefix(name)
                    .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) && !rest.starts_with('_'))
            })
        };
        let Some(field) = proposal
            .fields
            .iter_mut()
            .find(|field| !field.is_required() && field.chosen.is_some() && is_at_fault(field))
        else {
            return;
        };
        field.chosen = None;
    }
}

/// What a field would hold of the record, as text.
fn shown_value(from: &TakenFrom, sample: &Sample) -> Result<String, String> {
    match from {
        TakenFrom::Hash => Ok("made from the content".into()),
        TakenFrom::Set(text) => Ok(text.clone()),
        TakenFrom::Nowhere => Ok(String::new()),
        TakenFrom::Path(path) => {
            let found = at(path, &sample.object).map_err(|fault| fault.to_string())?;
            let json = found.json().unwrap_or_default();
            let json = match path.factor {
                Some(factor) => multiplied(&json, factor).map_err(|fault| fault.to_string())?,
                None => json.into_owned(),
            };
            Ok(match as_value(&json) {
                FieldValue::Text(text) => text.into_owned(),
                FieldValue::List(_) => {
                    serde_json::from_str::<Vec<String>>(&json).map_or(json, |texts| texts.join("\n"))
                }
                _ => json,
            })
        }
    }
}
