//! The output pane: what the model was asked, what it wrote, and what was expected of it.

use crate::domain::item::{Content, ContentKind, Item};
use crate::domain::record::RecordField;
use crate::domain::spec::Spec;
use crate::tui::humanize::thousands;
use crate::tui::render::{self, Look};
use crate::tui::rich_text::{Fit, Part, RichText, Section};
use crate::tui::theme::Role;

/// How much of what was asked stands above the output.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// The rows that there is room for in a pane; the last messages of a chat first. A row
    /// says what is left out, and which key shows it.
    Rows {
        rows: usize,
        fit: Fit,
        key: &'a str,
    },
    Whole,
    /// The whole, and at the end what else came with the item: its case, metadata and, as far as that is not hidden,
    /// its prompt's text, which may be the longest.
    Everything {
        hides_prompt: bool,
    },
}

/// The input, the output, and the output that was expected.
pub fn rich_text(item: &Item, input: Input, look: Look) -> RichText {
    let mut sections = input_sections(item, look);
    if let Input::Rows { rows, fit, key } = input {
        sections = folded(sections, rows, fit, key);
    }
    sections.extend(output_sections(item, look));
    if let Input::Everything { hides_prompt } = input {
        sections.extend(origin(item, item.prompt.as_ref().filter(|_| !hides_prompt), look));
    }
    RichText::new(sections)
}

fn input_sections(item: &Item, look: Look) -> Vec<Section> {
    render::sections(INPUT, &item.input, Some(Part::Input), look)
}

/// The output and the reference, each below a rule. The pane is called after the output, so
/// that an output of one piece needs no heading.
fn output_sections(item: &Item, look: Look) -> Vec<Section> {
    let mut output = render::sections(OUTPUT, &item.output, Some(Part::Output), look);
    for section in &mut output {
        section.heading.take_if(|heading| heading == OUTPUT);
    }
    let reference = item.reference.as_ref();
    let mut reference = reference
        .map(|reference| render::sections("Reference", reference, Some(Part::Reference), look))
        .unwrap_or_default();
    for first in [output.first_mut(), reference.first_mut()].into_iter().flatten() {
        first.ruled = true;
    }
    output.into_iter().chain(reference).collect()
}

const INPUT: &str = "Input";
const OUTPUT: &str = "Output";

/// The number of sections that show the input.
pub fn input_len(item: &Item, look: Look) -> usize {
    input_sections(item, look).len()
}

/// The last messages that there is room for, and the beginning of the last one where it is
/// too long itself.
fn folded(sections: Vec<Section>, rows: usize, fit: Fit, key: &str) -> Vec<Section> {
    let mut room = rows.saturating_sub(REMARK_ROWS);
    let mut hidden = sections;
    let mut shown = Vec::new();
    while let Some(section) = hidden.pop_if(|section| section.rows(fit, rows + 1) <= room) {
        room = room.saturating_sub(section.rows(fit, rows) + 1);
        shown.insert(0, section);
    }
    if shown.is_empty()
        && let Some(last) = hidden.pop()
    {
        let room = if hidden.is_empty() { rows } else { room };
        shown.push(last.folded(room, fit, |rows| remark(&in_rows(rows), key, fit.width)));
    }
    if !hidden.is_empty() {
        let messages = match hidden.len() {
            1 => "1 earlier message".into(),
            several => format!("{several} earlier messages"),
        };
        let rows: usize = hidden.iter().map(|section| section.rows(fit, MOST_COUNTED)).sum();
        let body = remark(&format!("{messages}, {}", in_rows(rows)), key, fit.width);
        shown.insert(0, Section { body, role: Role::Warning, ..Section::default() });
    }
    shown
}

/// The row that says what is left out; in a narrow pane with the key alone.
fn remark(left_out: &str, key: &str, width: usize) -> String {
    let whole = format!("⋯ {left_out} more · {key} shows them");
    if whole.chars().count() <= width { whole } else { format!("⋯ {left_out} · {key}") }
}

/// The remark on the messages left out, and the blank row after it.
const REMARK_ROWS: usize = 2;

/// The rows of a message are counted up to this number.
const MOST_COUNTED: usize = 1_000;

fn in_rows(rows: usize) -> String {
    match rows {
        1 => "1 row".into(),
        MOST_COUNTED.. => format!("over {} rows", thousands(MOST_COUNTED as i64)),
        _ => format!("{rows} rows"),
    }
}

/// The case, the metadata and the prompt's text.
fn origin(item: &Item, prompt: Option<&Content>, look: Look) -> Vec<Section> {
    let text = |case: &String| render::sections("Case", &Content::text(case.clone()), None, look);
    let json = |meta: &String| {
        render::sections("Metadata", &Content { kind: ContentKind::Json, text: meta.clone() }, None, look)
    };
    let prompt = prompt.into_iter().flat_map(|prompt| render::sections("Prompt", prompt, None, look));
    item.case.iter().flat_map(text).chain(item.meta.iter().flat_map(json)).chain(prompt).collect()
}

/// Whether the text of the prompt is hidden from a reviewer of whom is known whether their own decision stands: it
/// tells the version too.
pub fn hides_prompt(spec: &Spec, is_decided: bool) -> bool {
    [PROMPT, PROMPT_TEXT].iter().any(|field| field.is_hidden(spec, is_decided))
}

/// The output's model, prompt, cost and the like, the most telling first: as far as they are known,
/// and not hidden from a reviewer of whom is known whether their own decision stands.
pub fn made_by(item: &Item, spec: &Spec, is_decided: bool) -> Vec<String> {
    let seen = |field: RecordField| !field.is_hidden(spec, is_decided);
    let tokens = (item.tokens_in.filter(|_| seen(TOKENS_IN)), item.tokens_out.filter(|_| seen(TOKENS_OUT)));
    let tokens = match tokens {
        (None, None) => None,
        (i, o) => Some(format!("{} → {} tokens", number(i), number(o))),
    };
    let attempt = (item.attempt > 1).then(|| format!("attempt {}", item.attempt));
    [
        item.model.clone().filter(|_| seen(MODEL)),
        item.prompt_version.as_ref().filter(|_| seen(PROMPT)).map(|version| format!("prompt {version}")),
        item.cost_usd.filter(|_| seen(COST)).map(|cost| format!("${}", money(cost))),
        item.latency_ms.filter(|_| seen(LATENCY)).map(latency),
        tokens,
        attempt,
    ]
    .into_iter()
    .flatten()
    .collect()
}

const MODEL: RecordField = RecordField::item("model");
const PROMPT: RecordField = RecordField::item("prompt_version");
const PROMPT_TEXT: RecordField = RecordField::item("prompt");
const COST: RecordField = RecordField::item("cost_usd");
const LATENCY: RecordField = RecordField::item("latency_ms");
const TOKENS_IN: RecordField = RecordField::item("tokens_in");
const TOKENS_OUT: RecordField = RecordField::item("tokens_out");

fn number(value: Option<i64>) -> String {
    value.map_or("?".into(), thousands)
}

fn latency(millis: f64) -> String {
    if millis < 1000.0 { format!("{millis:.0} ms") } else { format!("{:.1} s", millis / 1000.0) }
}

/// Small sums keep the digits that tell them apart.
fn money(cost: f64) -> String {
    let text = format!("{cost:.6}");
    let kept = text.trim_end_matches('0');
    let decimals = kept.split('.').nth(1).map_or(0, str::len);
    if decimals < 2 { format!("{cost:.2}") } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!((money(0.0031).as_str(), money(1.5).as_str(), money(2.0).as_str()), ("0.0031", "1.50", "2.00"));
        assert_eq!((latency(840.4).as_str(), latency(1240.0).as_str()), ("840 ms", "1.2 s"));
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let mut item = Item::new("a", Content::text("in"), Content::text("out"));
        let mut spec = crate::spec::general();
        assert!(made_by(&item, &spec, false).is_empty());
        (item.tokens_out, item.attempt, item.cost_usd) = (Some(1240), 2, Some(0.5));
        assert_eq!(made_by(&item, &spec, false), ["$0.50", "? → 1,240 tokens", "attempt 2"]);
        spec.hide = vec!["cost_usd", "tokens_out"];
        assert_eq!(made_by(&item, &spec, false), ["attempt 2"]);
        assert_eq!(made_by(&item, &spec, true).len(), 3, "who has decided it sees all of it");
    }
}
