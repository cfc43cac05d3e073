//! Whole records, one after the other.

use super::Shape;
use super::output::Outputs;
use super::sentences::{question, sentence, title};
use serde::Serialize;
use support::dice::Dice;

#[derive(Serialize)]
pub(super) struct Record {
    id: String,
    input: String,
    context: Vec<Passage>,
    output: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    model: &'static str,
    prompt_version: &'static str,
    latency_ms: u64,
    cost_usd: f64,
    tokens_in: usize,
    tokens_out: usize,
    created_at: String,
    tags: Vec<&'static str>,
}

#[derive(Serialize)]
struct Passage {
    title: String,
    text: String,
}

const MODELS: [&str; 5] = ["finch-large", "finch-small", "wren-70b", "wren-8b", "heron-pro-2"];
const PROMPTS: [&str; 5] = ["reply-v3", "reply-v4", "summary-v2", "extract-v9", "grounded-2026-04"];
const TAGS: [&str; 10] =
    ["billing", "returns", "shipping", "legal", "travel", "energy", "medical", "hardware", "vip", "other-language"];

/// Sentences to choose from: making each anew would take longer than all the rest.
const POOL: usize = 20_000;

/// The first moment of 2026, in seconds.
const NEW_YEAR: i64 = 1_767_225_600;

pub(super) struct Records {
    shape: Shape,
    dice: Dice,
    sentences: Vec<String>,
    questions: Vec<String>,
    titles: Vec<String>,
    outputs: Outputs,
    made: usize,
}

impl Records {
    pub(super) fn new(shape: Shape, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut pool = |make: fn(&mut Dice) -> String, count| (0..count).map(|_| make(&mut dice)).collect();
        let (sentences, questions, titles) = (pool(sentence, POOL), pool(question, 4000), pool(title, 3000));
        Self { shape, dice, sentences, questions, titles, outputs: Outputs::default(), made: 0 }
    }

    pub(super) fn next(&mut self) -> Record {
        let (nth, ticket) = (self.made, format!("T-{:06}", (self.made * 7919) % 1_000_000));
        self.made += 1;
        let input = self.input(&ticket);
        let context = self.context(&ticket);
        let output = self.output(&ticket);
        let (tokens_in, tokens_out) = (input.len() / 4 + 300, output.len() / 4);
        let model = self.dice.below(MODELS.len());
        Record {
            id: format!("item-{nth:08}-{:04x}", (nth * 40_503) & 0xffff),
            input,
            context,
            output,
            reference: self.dice.chance(400).then(|| self.passage(if self.shape == Shape::Small { 1 } else { 2 })),
            model: MODELS[model],
            prompt_version: self.dice.pick(&PROMPTS),
            latency_ms: 180 + self.dice.below(2400) as u64,
            cost_usd: ((tokens_in + 3 * tokens_out) * (6 - model)) as f64 / 2e6,
            tokens_in,
            tokens_out,
            created_at: karat::domain::time::format_rfc3339((NEW_YEAR + nth as i64 * 13) * 1000),
            tags: (0..1 + self.dice.below(2)).map(|_| self.dice.pick(&TAGS)).collect(),
        }
    }

    fn input(&mut self, ticket: &str) -> String {
        let question = self.questions[self.dice.below(self.questions.len())].clone();
        match self.shape {
            Shape::Small => format!("{ticket}: {question}"),
            Shape::Usual => format!("{question} Ticket {ticket}. {}", self.passage(2)),
        }
    }

    fn context(&mut self, ticket: &str) -> Vec<Passage> {
        if self.shape == Shape::Small {
            return vec![Passage { title: format!("Note {ticket}"), text: self.passage(1) }];
        }
        let count = 1 + self.dice.below(3);
        let sentences = [13, 7, 4][count - 1];
        (0..count)
            .map(|_| {
                let length = sentences - 1 + self.dice.below(4);
                Passage { title: self.titles[self.dice.below(self.titles.len())].clone(), text: self.passage(length) }
            })
            .collect()
    }

    fn output(&mut self, ticket: &str) -> String {
        let count = if self.shape == Shape::Small { 1 } else { 4 + self.dice.below(5) };
        let at = self.dice.below(self.sentences.len() - 100);
        self.outputs.next(&mut self.dice, ticket, &self.sentences[at..at + 100], count)
    }

    /// Sentences that follow one another.
    fn passage(&mut self, count: usize) -> String {
        let at = self.dice.below(self.sentences.len() - count);
        self.sentences[at..at + count].join(" ")
    }
}
