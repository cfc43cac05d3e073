//! The output pane: what the model wrote, under what it was asked and how it was made.

use crate::domain::item::{Content, ContentKind, Item};
use crate::tui::humanize::thousands;
use crate::tui::render::{self, Look};
use crate::tui::rich_text::{Part, RichText, Section};
use crate::tui::theme::Role;

/// The input, in one line or whole, the output, and the output that was expected; with
/// the whole input also what else came with the item.
pub fn rich_text(item: &Item, input_open: bool, look: Look) -> RichText {
    let mut sections = match input_open {
        true => render::sections("Input", &item.input, Some(Part::Input), look),
        false => vec![closed(&item.input)],
    };
    sections.extend(render::sections("Output", &item.output, Some(Part::Output), look));
    sections.extend(
        item.reference
            .iter()
            .flat_map(|reference| render::sections("Reference", reference, Some(Part::Reference), look)),
    );
    if input_open {
        sections.extend(origin(item, look));
    }
    RichText::new(sections)
}

/// The case and the metadata.
fn origin(item: &Item, look: Look) -> Vec<Section> {
    let text = |case: &String| render::sections("Case", &Content::text(case.clone()), None, look);
    let json = |meta: &String| {
        render::sections("Metadata", &Content { kind: ContentKind::Json, text: meta.clone() }, None, look)
    };
    item.case.iter().flat_map(text).chain(item.meta.iter().flat_map(json)).collect()
}

/// The input's beginning in a line or two; of a chat, what was asked last.
fn closed(input: &Content) -> Section {
    let gist = render::gist(input, CLOSED_CHARS);
    let body = if gist.is_empty() { "(empty input)".into() } else { gist };
    Section { heading: Some("Input".into()), body, role: Role::Dim, ..Section::default() }
}

const CLOSED_CHARS: usize = 160;

/// The output's model, prompt and cost, as far as they are known.
pub fn made_by(item: &Item) -> Vec<String> {
    let tokens = match (item.tokens_in, item.tokens_out) {
        (None, None) => None,
        (i, o) => Some(format!("{} → {} tokens", number(i), number(o))),
    };
    let attempt = (item.attempt > 1).then(|| format!("attempt {}", item.attempt));
    [
        item.model.clone(),
        item.prompt_version.as_ref().map(|version| format!("prompt {version}")),
        attempt,
        item.latency_ms.map(latency),
        item.cost_usd.map(|cost| format!("${}", money(cost))),
        tokens,
    ]
    .into_iter()
    .flatten()
    .collect()
}

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
        assert!(made_by(&item).is_empty());
        item.tokens_out = Some(1240);
        item.attempt = 2;
        assert_eq!(made_by(&item), ["attempt 2", "? → 1,240 tokens"]);
    }
}
