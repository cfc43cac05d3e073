//! Specs to begin with: commented files that their new owner edits.

use super::name::{QUEUE_NAME, shown};
use super::parse;
use crate::domain::spec::Spec;
use std::str::FromStr;
use toml::de::DeTable;

/// A spec that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    General,
    Support,
    Copy,
    Extraction,
}

/// A word that cannot name a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not {rule}")]
pub struct InvalidName {
    name: String,
    rule: &'static str,
    /// What to write instead.
    pub hint: String,
}

impl Template {
    pub const ALL: [Template; 4] = [Template::General, Template::Support, Template::Copy, Template::Extraction];

    /// The word in arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Template::General => "general",
            Template::Support => "support",
            Template::Copy => "copy",
            Template::Extraction => "extraction",
        }
    }

    /// The file as it comes with the program.
    pub fn source(self) -> &'static str {
        match self {
            Template::General => include_str!("../../assets/templates/general.toml"),
            Template::Support => include_str!("../../assets/templates/support.toml"),
            Template::Copy => include_str!("../../assets/templates/copy.toml"),
            Template::Extraction => include_str!("../../assets/templates/extraction.toml"),
        }
    }

    /// The file for a queue of the given name: another name and title, all else kept.
    pub fn named(self, name: &str) -> Result<String, InvalidName> {
        renamed(&with_text(self.source(), "title", &title_of(name)), name)
    }
}

/// A sound spec's source for a queue of another name.
pub fn renamed(source: &str, name: &str) -> Result<String, InvalidName> {
    if !QUEUE_NAME.allows(name) {
        let hint = QUEUE_NAME.hint(name);
        return Err(InvalidName { name: shown(name), rule: QUEUE_NAME.rule, hint });
    }
    Ok(with_text(source, "name", name))
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Template::ALL.into_iter();
        known().find(|template| template.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = known().map(Template::as_str).collect();
            format!("`{}` is no template; there are {}", shown(text), names.join(", "))
        })
    }
}

/// The spec for queues that name none.
pub fn general() -> Spec {
    parse(Template::General.source()).expect("the tests parse every template")
}

/// "support-replies" as a title: "Support replies".
fn title_of(name: &str) -> String {
    let mut words = name.replace(['-', '_'], " ").trim().to_owned();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A source with another text under a key at its top. The text needs no escapes.
fn with_text(source: &str, key: &str, text: &str) -> String {
    let (table, _) = DeTable::parse_recoverable(source);
    let mut changed = source.to_owned();
    if let Some(value) = table.get_ref().get(key) {
        changed.replace_range(value.span(), &format!("\"{text}\""));
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        for template in Template::ALL {
            parse(template.source()).unwrap_or_else(|problems| panic!("{}: {problems:#?}", template.as_str()));
            assert_eq!(template.as_str().parse(), Ok(template));
        }
    }

    #[test]
    fn the_general_spec_has_its_criteria_and_categories() {
        let spec = general();
        let criteria: Vec<_> = spec.criteria.iter().map(|criterion| criterion.key.as_str()).collect();
        let expected = ["factual_accuracy", "completeness", "brand_fit", "safety", "commercial_usefulness", "tone"];
        assert_eq!(criteria, expected);
        assert_eq!(spec.failures.len(), 8);
        assert_eq!(spec.routes.len(), 1);
    }

    #[test]
    fn a_named_template_differs_in_its_name_and_title_alone() {
        for template in Template::ALL {
            let original = parse(template.source()).unwrap();
            let source = template.named("q3_replies-eu").unwrap();
            let expected = Spec { name: "q3_replies-eu".into(), title: "Q3 replies eu".into(), ..original };
            assert_eq!(parse(&source), Ok(expected), "{}", template.as_str());
            let comments = |source: &str| source.lines().filter(|line| line.contains('#')).count();
            assert_eq!(comments(&source), comments(template.source()));
        }
    }

    #[test]
    fn a_name_that_cannot_be_is_refused_with_one_that_can() {
        let error = Template::General.named("Support Replies\u{1b}").unwrap_err();
        assert_eq!(error.hint, "write \"support-replies\"");
        assert!(error.to_string().starts_with("`Support Replies\\u{1b}` is not a queue's name: at most 64"), "{error}");
    }

    #[test]
    fn an_unknown_template_is_told_the_known_ones() {
        let error = "suport".parse::<Template>().unwrap_err();
        assert_eq!(error, "`suport` is no template; there are general, support, copy, extraction");
    }
}
