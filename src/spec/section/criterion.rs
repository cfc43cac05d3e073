//! `[[criterion]]`: a quality that is scored on a scale.

use super::{Document, Section, TableReader};
use crate::domain::spec::{Criterion, MAX_CRITERIA, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries, field, quoted};
use crate::spec::shape::{Form, Key, Shape};

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "criterion",
        form: Form::List { one: "criterion", several: "criteria", most: Some(MAX_CRITERIA) },
        purpose: "A quality that is scored. A score is the number of a level, so a scale that is changed changes what \
              earlier scores meant.",
        keys: &[
            Key::required(
                "key",
                "\"factual_accuracy\"",
                "the name in exports (`score_KEY`) and filters (`score.KEY`): lower-case letters, digits and `_`, beginning \
             with a letter. Another key is another criterion",
            ),
            Key::required("name", "\"Factual accuracy\"", "what reviewers see, unlike any other criterion's"),
            Key::required(
                "question",
                "\"Does every statement agree with the source?\"",
                "what the reviewer asks of the output",
            ),
            Key::required(
                "levels",
                "[\"Contradicts the source\", \"Agrees with the source\"]",
                "2 to 9 sentences from worst to best, each saying what earns it; the first scores 1",
            ),
            Key::optional(
                "required",
                "true",
                "whether accepting or rejecting needs this score; `false` without the line",
            ),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let (key, name) = document.identify(&SECTION.shape, table);
    let question = table.text("question").into_inner();
    let levels = table.scale("levels");
    document.spec.criteria.push(Criterion { key, name, question, levels, required: table.flag("required") });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.criteria, &new.criteria)
}

impl TableEntry for Criterion {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::ScoresOn(self.key.clone())
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let field =
            |name, old: String, new: String, touches| field(&SECTION.shape, &self.key, name, &old, &new, touches);
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name), self.supports()),
            field("question", quoted(&self.question), quoted(&new.question), self.supports()),
            // What is asked of decisions to come says nothing about those that there are.
            field("required", self.required.to_string(), new.required.to_string(), Touched::None),
        ];
        fields.into_iter().flatten().chain(level_changes(self, new)).collect()
    }
}

/// A score is the number of a level, so levels are compared number by number.
fn level_changes(old: &Criterion, new: &Criterion) -> Vec<Change> {
    let numbers = 0..old.levels.len().max(new.levels.len());
    let pairs = numbers.map(|at| (at + 1, old.levels.get(at), new.levels.get(at)));
    let changed = pairs.filter(|(_, old, new)| old != new).map(|(number, before, after)| {
        let what = match (before, after) {
            (Some(before), Some(after)) => format!("reads {} instead of {}", quoted(after), quoted(before)),
            (None, level) => format!("added, {}", quoted(level.map_or("", String::as_str))),
            (Some(level), None) => format!("removed, {}", quoted(level)),
        };
        Change::new(format!("criterion `{}`: level {number} {what}", old.key), old.supports())
    });
    changed.collect()
}
