//! The grounding lens over the item: a gutter beside the output, the sentence that is
//! looked at, and where in the source it comes from. It is an aid, and decides nothing.

mod gutter;
mod strip;

pub use strip::ROWS as STRIP_ROWS;

use super::OpenItem;
use crate::analysis::lens::{self, Finding, Grade, Place as SourcePlace, Reading, SentenceSupport};
use crate::domain::item::Item;
use crate::domain::spec::{LensTerms, Spec};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::message::Effect;
use crate::tui::overlay::Layer;
use crate::tui::rich_text::{Highlight, Part, TextRange};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::overlay::Findings;
use crate::tui::screen::review::panes::Pane;
use crate::tui::theme::HighlightKind;
use crate::tui::worker::LensRequest;
use std::ops::Range;

/// The state of the lens over the item.
enum State {
    /// The spec has turned it off.
    Off,
    /// The item has nothing to compare its output with.
    NoSource,
    TooLong,
    Waiting,
    Read(Reading),
}

/// The lens over one item.
pub struct LensView {
    state: State,
    /// The sentence that is looked at.
    at: Option<usize>,
    pub hidden: bool,
    /// Whether its reading has reached the terminal.
    seen: bool,
    /// The source pane was not seen when the item was drawn last.
    pub without_source: bool,
    /// Documents of the context.
    documents: usize,
}

impl LensView {
    pub fn new(item: &Item, spec: &Spec) -> Self {
        let state = match spec.lens.enabled {
            false => State::Off,
            true if !lens::has_source(item) => State::NoSource,
            true if LensRequest::is_too_long(item) => State::TooLong,
            true => State::Waiting,
        };
        Self { state, at: None, hidden: false, seen: false, without_source: false, documents: item.context.len() }
    }

    pub fn read(&mut self, reading: Reading) {
        self.state = State::Read(reading);
    }

    /// A frame has reached the terminal.
    pub fn painted(&mut self) {
        self.seen |= self.reading().is_some();
    }

    /// Whether it was seen; `None` where there was nothing to see.
    pub fn was_seen(&self) -> Option<bool> {
        matches!(self.state, State::Read(_)).then_some(self.seen)
    }

    /// The reading, unless it is hidden.
    pub fn reading(&self) -> Option<&Reading> {
        match &self.state {
            State::Read(reading) if !self.hidden => Some(reading),
            _ => None,
        }
    }

    /// The sentence that is looked at.
    pub fn sentence(&self) -> Option<(usize, &SentenceSupport)> {
        let at = self.at?;
        Some((at, self.reading()?.sentences.get(at)?))
    }

    /// The passages most like a sentence; none for one that was not compared.
    fn passages<'s>(&self, sentence: &'s SentenceSupport) -> &'s [SourcePlace] {
        if self.is_passed_over(sentence) { &[] } else { &sentence.passages }
    }

    /// Nothing in the sentence was compared, as in a greeting: its support says nothing.
    fn is_passed_over(&self, sentence: &SentenceSupport) -> bool {
        !self.is_translated() && sentence.content == 0 && sentence.support >= 1.0
    }

    /// Looks at no sentence any more; `false` when it did not.
    pub fn end_walk(&mut self) -> bool {
        self.at.take().is_some()
    }

    /// The passage is to be shown under the output.
    pub fn needs_strip(&self) -> bool {
        self.without_source && self.sentence().is_some()
    }

    /// The highlights in a pane: the sentence, what corresponds to it, and the findings.
    pub fn highlights(&self, pane: Pane) -> Vec<Highlight> {
        let Some(reading) = self.reading() else { return Vec::new() };
        let kind = |part, range: &Range<usize>, kind| Highlight { range: TextRange::Source(part, range.clone()), kind };
        let mut found = Vec::new();
        let source = |place: &SourcePlace, of| kind(Part::Document(place.document), &place.range, of);
        if let Some((_, sentence)) = self.sentence() {
            if pane == Pane::Output {
                found.push(kind(Part::Output, &sentence.range, HighlightKind::Sentence));
            }
            let passages = self.passages(sentence);
            found.extend(passages.iter().map(|place| source(place, HighlightKind::Sentence)));
            let within = |place: &SourcePlace| passages.iter().any(|passage| passage.holds(place));
            let copied = sentence.copied.iter().map(|(_, place)| place).filter(|place| within(place));
            found.extend(copied.map(|place| source(place, HighlightKind::Evidence)));
        }
        if pane == Pane::Output {
            found.extend(
                reading.findings.iter().map(|finding| kind(Part::Output, &finding.range, HighlightKind::Finding)),
            );
        }
        found
    }

    /// The reason why there is nothing to see.
    fn why_nothing(&self) -> &'static str {
        match &self.state {
            State::Off => "the spec of this queue has the lens turned off",
            State::NoSource => lens::NO_SOURCE,
            State::TooLong => "the texts are too long for the lens",
            State::Waiting => "the lens is still reading",
            State::Read(reading) if reading.sentences.is_empty() => "the output has no sentences",
            State::Read(_) => "the lens is hidden",
        }
    }
}

impl OpenItem {
    /// Has the output compared with its sources, unless the lens has done it ahead.
    pub fn ask_lens(&mut self, ahead: Option<(LensRequest, Reading)>, ctx: &mut AppContext) {
        if !matches!(self.lens.state, State::Waiting) {
            return;
        }
        let (seq, item) = (self.seq(), &self.served.item);
        match ahead {
            Some((read, reading)) if read.is_of(seq, item) => self.lens.read(reading),
            _ => {
                if let Some(request) = LensRequest::of(seq, item) {
                    ctx.emit(Effect::ReadWithLens(request));
                }
            }
        }
    }

    /// Looks at a sentence: it and its best passage come into sight.
    pub fn look_at(&mut self, at: usize) {
        self.lens.at = Some(at);
        let Some((_, sentence)) = self.lens.sentence() else { return };
        let (start, passage) = (sentence.range.start, self.lens.passages(sentence).first().cloned());
        self.output.reveal(Part::Output, start);
        if let Some(passage) = passage {
            self.show_source(&passage);
        }
    }

    fn show_source(&mut self, place: &SourcePlace) {
        self.source.reveal(Part::Document(place.document), place.range.start);
    }

    /// Looks at a finding, and at what the source has in its place.
    pub fn look_at_finding(&mut self, finding: &Finding) {
        let sentences = self.lens.reading().map_or(&[][..], |reading| &reading.sentences);
        let of = |sentence: &SentenceSupport| sentence.range.contains(&finding.range.start);
        let Some(at) = sentences.iter().position(of) else { return };
        self.look_at(at);
        self.output.reveal(Part::Output, finding.range.start);
        if let Some(place) = &finding.source {
            self.show_source(place);
        }
    }
}

impl Review {
    pub(in crate::tui::screen::review) fn step_sentence(&mut self, by: isize, ctx: &mut AppContext) {
        let Some(open) = self.open_item_mut() else { return };
        let count = open.lens.reading().map_or(0, |reading| reading.sentences.len());
        if count == 0 {
            return ctx.set_status(Tone::Quiet, open.lens.why_nothing());
        }
        let at = match open.lens.at {
            Some(at) => at.saturating_add_signed(by).min(count - 1),
            None if by > 0 => 0,
            None => count - 1,
        };
        open.diff = None; // the sentences stand in the output itself
        open.look_at(at);
        ctx.set_status(Tone::Quiet, open.lens.place());
    }

    pub(in crate::tui::screen::review) fn toggle_lens(&mut self, ctx: &mut AppContext) {
        self.lens_off = !self.lens_off;
        let hidden = self.lens_off;
        let Some(open) = self.open_item_mut() else { return };
        open.lens.hidden = hidden;
        ctx.set_status(
            Tone::Quiet,
            match (hidden, open.lens.reading()) {
                (true, _) => "the lens is hidden",
                (false, Some(_)) => "the lens is shown: an aid that compares words, and decides nothing",
                (false, None) => open.lens.why_nothing(),
            },
        );
    }

    pub(in crate::tui::screen::review) fn findings(&mut self, ctx: &mut AppContext) -> Option<Layer<Self>> {
        let open = self.open_item_mut()?;
        let Some(reading) = open.lens.reading() else {
            ctx.set_status(Tone::Quiet, open.lens.why_nothing());
            return None;
        };
        if reading.findings.is_empty() {
            ctx.set_status(Tone::Quiet, "the lens has no findings; it compares words, and sees not everything");
            return None;
        }
        let findings = reading.findings.clone();
        open.diff = None;
        Some(Box::new(Findings::new(findings, open)))
    }
}

impl LensView {
    /// The number of findings and the keys to them, the most useful first: `lens: 2 findings f`,
    /// `next sentence ]`
    pub fn footer_hints(&self, ctx: &AppContext) -> Vec<String> {
        let Some(reading) = self.reading().filter(|reading| !reading.sentences.is_empty()) else { return Vec::new() };
        let keys = |action| ctx.keymap.keys_for(Context::Review, action).join(" ");
        let found = match reading.findings.len() {
            0 => "no findings".into(),
            1 => format!("1 finding {}", keys(Action::Findings)),
            count => format!("{count} findings {}", keys(Action::Findings)),
        };
        let next = format!("next sentence {}", keys(Action::NextSentence));
        match reading.translated {
            true => vec![format!("values only: {found}"), "another language".into(), next],
            false => vec![format!("lens: {found}"), next],
        }
    }

    /// `sentence 2/5 · support 43% · most like document 1`
    fn place(&self) -> String {
        let Some((at, sentence)) = self.sentence() else { return String::new() };
        let count = self.reading().map_or(0, |reading| reading.sentences.len());
        let place = format!("sentence {}/{count} · {}", at + 1, self.support(sentence));
        match self.is_translated() || self.is_passed_over(sentence) {
            true => place,
            false => format!("{place} · {}", self.relation(sentence)),
        }
    }

    fn is_translated(&self) -> bool {
        self.reading().is_some_and(|reading| reading.translated)
    }

    /// `support 43%`, or why there is none.
    fn support(&self, sentence: &SentenceSupport) -> String {
        match self.is_translated() {
            true => lens::VALUES_ALONE.into(),
            false if self.is_passed_over(sentence) => "it claims nothing, so it was not compared".into(),
            false => format!("support {:.0}%", sentence.support * 100.0),
        }
    }

    /// How the source stands to a sentence: `document 2 says something else here`.
    fn relation(&self, sentence: &SentenceSupport) -> String {
        let Some(passage) = sentence.passages.first() else { return "nothing like it in the source".into() };
        let source = match self.documents {
            1 => "the source".into(),
            _ => format!("document {}", passage.document + 1),
        };
        match self.is_contradicted(sentence) {
            true => format!("{source} says something else here"),
            false if self.documents == 1 => "most like the source as shown".into(),
            false => format!("most like {source}"),
        }
    }

    fn is_contradicted(&self, sentence: &SentenceSupport) -> bool {
        let findings = self.reading().map_or(&[][..], |reading| &reading.findings).iter();
        let mut contradicted = findings.filter(|finding| finding.grade == Grade::Contradicted);
        contradicted.any(|finding| sentence.range.contains(&finding.range.start))
    }
}

impl LensTerms {
    /// The category that a finding proposes.
    pub fn category(&self, grade: Grade) -> Option<&str> {
        match grade {
            Grade::Contradicted => self.contradicted.as_deref().or(self.unsupported.as_deref()),
            Grade::Unsupported => self.unsupported.as_deref(),
            Grade::Derivable => None,
        }
    }
}
