//! What the lens is measured against: the share of n-grams that the source does not have.

use std::collections::HashSet;

pub(crate) struct Source {
    words: Vec<String>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        Self { words: words(text) }
    }

    pub(crate) fn novelty(&self, sentence: &str, n: usize) -> f64 {
        let known: HashSet<&[String]> = self.words.windows(n).collect();
        let words = words(sentence);
        let grams: Vec<&[String]> = words.windows(n).collect();
        let new = grams.iter().filter(|gram| !known.contains(*gram)).count();
        new as f64 / grams.len().max(1) as f64
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
