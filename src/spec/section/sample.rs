//! `[[sample]]`: at which rate outputs are taken for review.

use super::{Document, Section, TableReader};
use crate::domain::filter::ItemFilter;
use crate::domain::sampling::MAX_OPINIONS;
use crate::domain::spec::{Sample, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries, field, or_none, quoted};
use crate::spec::name::KEY;
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "sample",
        form: Form::List { one: "sampling rule", several: "sampling rules", most: None },
        purpose: "At which rate outputs are taken for review: the first rule that finds one counts, and what none finds \
              is taken. What is not taken is held back: it is searched and exported, but served to nobody until a rate \
              is raised or `karat pull` takes it in. All attempts at a case are taken together. A rate that is lowered \
              gives nothing back.",
        keys: &[
            Key::optional(
                "key",
                "\"v8\"",
                "the rule's name in exports and filters (`rule:KEY`), written like a criterion's key; by its place \
             `sample-1`, `sample-2`, ... without the line",
            ),
            Key::optional(
                "when",
                "\"prompt_version:v8\"",
                "a filter over what an import fixes: no verdict, reviewer, note, tag, priority, words in texts, nor time \
             that moves; every output without the line",
            ),
            Key::optional(
                "first",
                "50",
                "so many cases, the first in the order of import, are all taken, and the others at the rate. They are \
             counted once for ever, by the rule's key",
            ),
            Key::required("rate", "0.25", "the share of the cases that is taken, from 0 to 1"),
            Key::optional("opinions", "2", "how many people each decide an output on their own; 1 without the line"),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let place = document.entries(&SECTION.shape).len() + 1;
    let key = table.optional_short_name("key", &KEY);
    let key = key.unwrap_or_else(|| Spanned::new(table.span(), format!("sample-{place}")));
    let key = document.identify_by(&SECTION.shape, key, table);
    let when = table.optional_text("when").map_or_else(|| Some(ItemFilter::default()), |text| condition(&text, table));
    let (first, rate) = (table.positive("first"), table.share("rate"));
    let opinions = table.number_within("opinions", 1..=MAX_OPINIONS).unwrap_or(1);
    if opinions > 1 {
        document.opinions.push((table.place_of("opinions"), opinions));
    }
    // What cannot be read hides nothing, and a spec that has it is never handed out.
    let Some(when) = when else { return };
    let rules = &mut document.spec.samples;
    let hides = |earlier: &&Sample| ItemFilter::parse(&earlier.when).is_ok_and(|earlier| when.implies(&earlier));
    if let Some(earlier) = rules.iter().find(hides) {
        let reason = format!("this rule takes nothing: `{}` above it finds all that it would", earlier.key);
        table.report(table.span().start, reason, "put the narrower rule first, or remove one of the two");
    }
    rules.push(Sample { key, when: when.to_string(), first, rate, opinions });
}

/// The filter of a rule; reports what is wrong with it where it stands.
fn condition(text: &Spanned<String>, table: &mut TableReader) -> Option<ItemFilter> {
    ItemFilter::parse(text.get_ref())
        .inspect_err(|error| {
            let hint = error.hint.clone().unwrap_or_else(|| "write a filter, such as prompt_version:v8".into());
            table.report(text.span().start, format!("in `when`: {}", error.message), hint);
        })
        .ok()
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.samples, &new.samples)
}

impl TableEntry for Sample {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::None
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let field = |name, old: String, new: String| field(&SECTION.shape, &self.key, name, &old, &new, Touched::None);
        let fields = [
            field("when", quoted(&self.when), quoted(&new.when)),
            field("first", or_none(self.first), or_none(new.first)),
            field("rate", self.rate.to_string(), new.rate.to_string()),
            field("opinions", self.opinions.to_string(), new.opinions.to_string()),
        ];
        fields.into_iter().flatten().collect()
    }
}
