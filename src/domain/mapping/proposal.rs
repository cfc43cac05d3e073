//! Where the fields of an item may be found in a file, told by its first records.

use super::{Mapping, Path, Step, TakenFrom, Target};

/// What the first records of a file look like, and a mapping that suits them.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub fields: Vec<FieldProposal>,
    /// Every place of the records that holds no others, in the order of the file.
    pub places: Vec<Path>,
    /// Where each of the records stood that `Candidate::values` are of.
    pub records: Vec<String>,
}

/// Where one field may be found.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldProposal {
    pub target: Target,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
    /// The one that is taken; `None` for none.
    pub chosen: Option<usize>,
    /// Nothing else is as likely.
    pub is_sure: bool,
}

/// A place where a field may be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub from: TakenFrom,
    /// Why, as the end of "because".
    pub reason: String,
    /// Something speaks for it: it is not merely there.
    pub is_likely: bool,
    /// The field's value in each of the records as text, or why there is none.
    pub values: Vec<Result<String, String>>,
}

impl FieldProposal {
    pub fn chosen(&self) -> Option<&Candidate> {
        self.chosen.and_then(|at| self.candidates.get(at))
    }

    /// Whether the field is taken from the member of its own name, which needs no word.
    fn is_own(&self) -> bool {
        self.chosen().is_some_and(|chosen| is_member(&chosen.from, self.target.field.name))
    }

    /// The candidates for which something speaks.
    pub fn likely(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| candidate.is_likely)
    }

    /// Whether an item cannot be without the field.
    pub fn is_required(&self) -> bool {
        self.target.field.is_required && self.target.part.is_none()
    }
}

fn is_member(from: &TakenFrom, name: &str) -> bool {
    let TakenFrom::Path(Path { steps, factor: None, .. }) = from else { return false };
    matches!(&steps[..], [Step::Member(member)] if member == name)
}

/// The steps up to the elements of the first list that a path goes through.
fn list_of(from: &TakenFrom) -> Vec<Step> {
    let TakenFrom::Path(path) = from else { return Vec::new() };
    path.steps.iter().take_while(|step| **step != Step::Each).cloned().collect()
}

/// The steps to the conversation whose last message, or those before, a path leads to.
fn conversation(from: &TakenFrom) -> Option<Vec<Step>> {
    let TakenFrom::Path(path) = from else { return None };
    let is_part = |step: &Step| matches!(step, Step::Nth(-1) | Step::Slice(None, Some(-1)));
    path.steps.iter().position(is_part).map(|at| path.steps[..at].to_vec())
}

impl Proposal {
    /// The mapping that is chosen; of fields under their own names it says nothing, unless another is taken from
    /// there, too.
    pub fn mapping(&self) -> Mapping {
        let mut mapping = Mapping::default();
        let is_shared =
            |from: &TakenFrom| self.fields.iter().filter(|f| f.chosen().is_some_and(|c| c.from == *from)).count() > 1;
        for field in &self.fields {
            match field.chosen() {
                Some(chosen) if !field.is_own() || is_shared(&chosen.from) => {
                    mapping.put(field.target, chosen.from.clone());
                }
                Some(_) => {}
                // A member of the name would be taken otherwise.
                None if !field.is_required()
                    && field.candidates.iter().any(|other| is_member(&other.from, field.target.field.name)) =>
                {
                    mapping.put(field.target, TakenFrom::Nowhere);
                }
                None => {}
            }
        }
        mapping
    }

    /// Takes another place for a field, or none. The parts of documents go with the list that they are in.
    pub fn choose(&mut self, field: usize, chosen: Option<usize>) {
        self.fields[field].chosen = chosen;
        let whole = &self.fields[field];
        if whole.target.part.is_some() {
            return;
        }
        let (name, list) = (whole.target.field.name, whole.chosen().map(|chosen| list_of(&chosen.from)));
        for part in self.fields.iter_mut().filter(|other| other.target.part.is_some()) {
            if part.target.field.name == name {
                let is_of_list = |candidate: &Candidate| Some(list_of(&candidate.from)) == list;
                part.chosen = part.candidates.iter().position(is_of_list);
            }
        }
    }

    /// Required fields for which no place is chosen.
    pub fn missing(&self) -> impl Iterator<Item = &FieldProposal> {
        self.fields.iter().filter(|field| field.is_required() && field.chosen().is_none())
    }

    /// Whether the mapping can be taken without asking: each required field has one likely place.
    pub fn is_safe(&self) -> bool {
        self.fields.iter().all(|field| !field.is_required() || field.is_sure && field.chosen().is_some())
    }

    /// The next likely mapping: that with the other place of the first field that is not sure.
    pub fn alternative(&self) -> Option<Mapping> {
        let unsure = self.fields.iter().position(|field| field.is_required() && !field.is_sure)?;
        let mut other = self.clone();
        let field = &mut other.fields[unsure];
        let is_other = |(at, candidate): &(usize, &Candidate)| Some(*at) != field.chosen && candidate.is_likely;
        let (at, next) = field.candidates.iter().enumerate().find(is_other)?;
        let from = next.from.clone();
        field.chosen = Some(at);
        // Of a conversation the last message is the output, and those before are the input.
        if let Some(conversation) = conversation(&from) {
            let is_of_it = |candidate: &Candidate| self::conversation(&candidate.from) == Some(conversation.clone());
            for (place, other) in other.fields.iter_mut().enumerate() {
                if place != unsure
                    && other.is_required()
                    && other.chosen().is_some_and(|c| self::conversation(&c.from).is_some())
                {
                    other.chosen = other.candidates.iter().position(is_of_it).or(other.chosen);
                }
            }
        }
        // What another field was taken from is not taken twice: that one gets what this one leaves.
        for (place, other) in other.fields.iter_mut().enumerate() {
            if place != unsure && other.chosen().is_some_and(|chosen| chosen.from == from) {
                other.chosen = None;
            }
        }
        Some(other.mapping())
    }

    /// The mapping with every input empty, where that is possible: what it was taken from goes where it would have
    /// gone without it.
    pub fn without_input(&self) -> Option<Mapping> {
        let input = self.fields.iter().position(|field| field.target.field.name == "input")?;
        let is_empty = |candidate: &Candidate| matches!(candidate.from, TakenFrom::Set(_));
        let mut other = self.clone();
        let given_up = other.fields[input].chosen().map(|chosen| chosen.from.clone());
        other.fields[input].chosen = Some(other.fields[input].candidates.iter().position(is_empty)?);
        let is_it = |candidate: &Candidate| Some(&candidate.from) == given_up.as_ref() && candidate.is_likely;
        for field in other.fields.iter_mut().filter(|field| field.chosen.is_none() && !field.is_required()) {
            field.chosen = field.candidates.iter().position(is_it);
        }
        Some(other.mapping())
    }

    /// The places that no field is taken from, which go into `meta`.
    pub fn left_over(&self) -> Vec<String> {
        let taken: Vec<_> = self
            .fields
            .iter()
            .filter_map(|field| match &field.chosen()?.from {
                TakenFrom::Path(path) => Some(path.shape()),
                _ => None,
            })
            .collect();
        let overlaps = |place: &[Step], taken: &[Step]| place.starts_with(taken) || taken.starts_with(place);
        let is_taken = |place: &Path| taken.iter().any(|taken| overlaps(&place.shape(), taken));
        self.places.iter().filter(|place| !is_taken(place)).map(Path::to_string).collect()
    }
}
