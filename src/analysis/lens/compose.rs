//! The cost of composing a sentence out of pieces of the source: copying on is free, a
//! jump costs, and so does a new word. The cheapest composition is found by dynamic
//! programming over the places where each word stands.

use super::source::{Source, TOO_COMMON};
use super::word::{Word, WordKind};

/// Cost of a jump forward within a passage.
const SKIP: f32 = 0.4;
/// Cost of a jump back within a passage.
const BACK: f32 = 0.8;
/// Cost of a jump to the passage before or after.
const NEAR: f32 = 0.7;
/// Cost of a jump to any other passage.
const FAR: f32 = 1.0;
/// Cost of a word that is copied with another ending.
const INFLECTED: f32 = 0.1;
/// Factor on the cost of a new word that the source has somewhere.
const SEEN: f32 = 0.8;

/// The cheapest way to compose a sentence.
pub(super) struct Composition {
    pub cost: f32,
    /// The place in the source of each word that was copied.
    pub places: Vec<Option<u32>>,
}

impl Composition {
    /// The cost as a share of that of a sentence whose words are all new.
    pub(super) fn share(&self, sentence: &[Word]) -> f32 {
        let new: f32 = sentence.iter().enumerate().map(|(at, word)| own(word, at > 0, false)).sum();
        (self.cost / new.max(f32::MIN_POSITIVE)).min(1.0)
    }
}

/// A place in the source that the last copied word may have come from.
#[derive(Clone, Copy)]
struct State {
    place: u32,
    /// The passage that the place is in.
    passage: u32,
    cost: f32,
    /// Index of the preceding state in the preceding step.
    from: Option<u32>,
    /// Whether the word of this step was copied from `place`; otherwise it is new.
    copied: bool,
}

/// States of one word by place, with the cost of the cheapest.
#[derive(Default)]
struct Step {
    states: Vec<State>,
    best: f32,
    best_state: Option<u32>,
}

pub(super) fn compose(sentence: &[Word], source: &Source) -> Composition {
    let mut steps: Vec<Step> = Vec::with_capacity(sentence.len());
    let start = Step::default();
    for (at, word) in sentence.iter().enumerate() {
        let step = advance(steps.last().unwrap_or(&start), word, at > 0, source);
        steps.push(step);
    }
    trace(&steps)
}

fn trace(steps: &[Step]) -> Composition {
    let mut places = vec![None; steps.len()];
    let mut state = steps.last().and_then(|step| step.best_state);
    for (at, step) in steps.iter().enumerate().rev() {
        let Some(index) = state else { break };
        let found = step.states[index as usize];
        places[at] = found.copied.then_some(found.place);
        state = found.from;
    }
    Composition { cost: steps.last().map_or(0.0, |step| step.best), places }
}

/// Cost of a word that is not copied.
fn own(word: &Word, inside: bool, seen: bool) -> f32 {
    let cost = match word.kind {
        WordKind::Function => 0.4,
        WordKind::Wide => 0.5,
        WordKind::Number => 1.2,
        WordKind::Content if word.capital && inside => 1.2,
        WordKind::Content => 1.0,
    };
    if seen { cost * SEEN } else { cost }
}

fn advance(before: &Step, word: &Word, inside: bool, source: &Source) -> Step {
    let places = source.places(word.stem);
    let own = own(word, inside, !places.is_empty());
    let mut states = copied(before, word, places, source);
    keep_own(&mut states, before, own);
    let best = states.iter().map(|state| state.cost).fold(f32::INFINITY, f32::min);
    if best.is_infinite() {
        return Step { states, best: before.best + own, best_state: None };
    }
    // A jump from the best state would be as cheap as going on from a dearer one.
    states.retain(|state| state.cost < best + FAR);
    let best_state = states.iter().position(|state| state.cost == best).map(|index| index as u32);
    Step { states, best, best_state }
}

/// The states after copying the word from each of its places; of a word that is too common, from
/// those near the states before.
fn copied(before: &Step, word: &Word, places: &[u32], source: &Source) -> Vec<State> {
    let groups = Groups::new(&before.states);
    let jump = if before.states.is_empty() { before.best } else { before.best + FAR };
    let near;
    let places = match places.len() > TOO_COMMON {
        true => {
            near = groups.near(places, source);
            &near
        }
        false => places,
    };
    let mut earlier = 0; // states before this index stand at smaller places
    let mut cheapest = Cheapest::default(); // of those, in the passage of the last of them
    let mut first = 0; // groups before this index are of passages too far before
    let mut found = Vec::with_capacity(places.len());
    for &place in places {
        while let Some(state) = before.states.get(earlier).filter(|state| state.place < place) {
            cheapest.take(earlier as u32, state);
            earlier += 1;
        }
        let passage = source.passage_at(place);
        let (mut cost, mut from) = (jump, before.best_state);
        while groups.0.get(first).is_some_and(|group| group.passage + 1 < passage) {
            first += 1;
        }
        let beside = groups.0[first..].iter().take_while(|group| group.passage <= passage + 1);
        for group in beside {
            let jumped = group.cost + if group.passage == passage { BACK } else { NEAR };
            if jumped < cost {
                (cost, from) = (jumped, Some(group.cheapest));
            }
        }
        let next_to = earlier.checked_sub(1).map(|index| (index as u32, before.states[index]));
        let next_to = next_to.filter(|(_, state)| state.passage == passage && state.place + 1 == place);
        if let Some((index, state)) = next_to.filter(|(_, state)| state.cost < cost) {
            (cost, from) = (state.cost, Some(index));
        }
        if cheapest.passage == passage && cheapest.skipped < cost {
            (cost, from) = (cheapest.skipped, Some(cheapest.index));
        }
        if source.words[place as usize].exact != word.exact {
            cost += INFLECTED;
        }
        found.push(State { place, passage, cost, from, copied: true });
    }
    found
}

/// Adds the states that stay where they were because the word is new.
fn keep_own(states: &mut Vec<State>, before: &Step, own: f32) {
    let copied = std::mem::take(states);
    states.reserve(copied.len() + before.states.len());
    let mut copied = copied.into_iter().peekable();
    for (index, state) in before.states.iter().enumerate() {
        let kept = State { cost: state.cost + own, from: Some(index as u32), copied: false, ..*state };
        while let Some(earlier) = copied.next_if(|other| other.place < kept.place) {
            states.push(earlier);
        }
        match copied.next_if(|other| other.place == kept.place) {
            Some(other) if other.cost <= kept.cost => states.push(other),
            _ => states.push(kept),
        }
    }
    states.extend(copied);
}

/// The index of the first place of which it is not so: of those before it is. It is mostly among
/// the first ones, so it is looked for in steps that grow.
fn first_without(places: &[u32], is_so: impl Fn(u32) -> bool) -> usize {
    let mut reach = 1;
    while places.get(reach - 1).is_some_and(|place| is_so(*place)) {
        reach *= 2;
    }
    let from = reach / 2;
    let to = places.len().min(reach);
    from + places[from..to].partition_point(|place| is_so(*place))
}

/// The cheapest of the states in one passage that were taken so far; of equal ones the last.
struct Cheapest {
    passage: u32,
    /// The cost after a jump forward.
    skipped: f32,
    index: u32,
}

impl Default for Cheapest {
    fn default() -> Self {
        Self { passage: u32::MAX, skipped: f32::INFINITY, index: 0 }
    }
}

impl Cheapest {
    fn take(&mut self, index: u32, state: &State) {
        let skipped = state.cost + SKIP;
        if self.passage != state.passage || skipped <= self.skipped {
            *self = Self { passage: state.passage, skipped, index };
        }
    }
}

/// The states of the word before in one passage.
struct Group {
    passage: u32,
    /// The cost of the cheapest, and its index.
    cost: f32,
    cheapest: u32,
}

/// The passages that have states, in order.
struct Groups(Vec<Group>);

impl Groups {
    fn new(states: &[State]) -> Self {
        let mut groups: Vec<Group> = Vec::with_capacity(states.len());
        for (index, state) in states.iter().enumerate() {
            let group = Group { passage: state.passage, cost: state.cost, cheapest: index as u32 };
            match groups.last_mut().filter(|last| last.passage == state.passage) {
                Some(last) if group.cost < last.cost => *last = group,
                Some(_) => {}
                None => groups.push(group),
            }
        }
        Self(groups)
    }

    /// Those of the places that stand in a passage with states, or in one beside it.
    fn near(&self, places: &[u32], source: &Source) -> Vec<u32> {
        let mut near = Vec::new();
        let mut rest = places;
        for group in &self.0 {
            rest = &rest[first_without(rest, |place| source.passage_at(place) + 1 < group.passage)..];
            let (beside, after) =
                rest.split_at(first_without(rest, |place| source.passage_at(place) <= group.passage + 1));
            near.extend_from_slice(beside);
            rest = after;
        }
        near
    }
}
