//! Golden examples: items kept as truth, with what is expected of them.

use super::decision::{Draft, Judgement, Verdict, Violation};
use super::spec::Spec;
use std::fmt;

/// Tags that are offered in every queue.
pub const TAGS: [&str; 2] = ["typical", "edge-case"];

/// What is true of an item that is kept as an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The verdict that a reviewer should come to.
    pub verdict: Verdict,
    pub expected: Expected,
    /// Keys of the failure categories that a reviewer should find, in the order of the spec.
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    /// What the example shows, in a sentence.
    pub why: String,
}

impl Example {
    /// Violations of the spec's rules: categories that it does not have, or that a verdict has
    /// none of. An example may leave open what exactly is wrong.
    pub fn violations(&self, spec: &Spec) -> Vec<Violation> {
        let draft = Draft { categories: self.categories.clone(), ..Draft::default() };
        let all = Judgement::new(self.verdict, draft).violations(spec);
        all.into_iter().filter(Violation::is_of_categories).collect()
    }
}

/// Which text is the output as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// The item's own output.
    Output,
    Reference,
    /// The correction of a decision on it.
    Correction,
    /// No text: the example is kept for its verdict alone.
    #[serde(rename = "none")]
    Nothing,
}

impl Expected {
    pub const ALL: [Expected; 4] = [Expected::Output, Expected::Reference, Expected::Correction, Expected::Nothing];

    /// The word in files, tables and arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Expected::Output => "output",
            Expected::Reference => "reference",
            Expected::Correction => "correction",
            Expected::Nothing => "none",
        }
    }

    /// The default expectation: the output itself if it was accepted, else the correction, else
    /// the reference.
    pub fn proposed(verdict: Verdict, texts: Texts) -> Self {
        match verdict {
            Verdict::Accept => Expected::Output,
            _ if texts.correction => Expected::Correction,
            _ if texts.reference => Expected::Reference,
            _ => Expected::Nothing,
        }
    }
}

impl std::str::FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Expected::ALL.into_iter().find(|expected| expected.as_str() == text);
        found.ok_or_else(|| format!("`{text}` cannot be expected; it is output, reference, correction or none"))
    }
}

/// The other texts of an item, beside its output.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Texts {
    pub reference: bool,
    pub correction: bool,
}

impl Texts {
    pub fn has(self, expected: Expected) -> bool {
        match expected {
            Expected::Output | Expected::Nothing => true,
            Expected::Reference => self.reference,
            Expected::Correction => self.correction,
        }
    }
}

/// The name of a frozen set, and the number of one of its versions: `support@3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetName {
    pub name: String,
    /// From 1; `None`: the newest.
    pub version: Option<i64>,
}

impl fmt::Display for SetName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.name)?;
        self.version.map_or(Ok(()), |version| write!(f, "@{version}"))
    }
}

impl std::str::FromStr for SetName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once('@').map_or((text, None), |(name, version)| (name, Some(version)));
        let is_name_char = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 60 || !name.chars().all(is_name_char) {
            return Err(format!("`{name}` is no name of a set; it is up to 60 small letters, digits, - and _"));
        }
        let version = match version.map(str::parse) {
            None => None,
            Some(Ok(number)) if number > 0 => Some(number),
            Some(_) => return Err(format!("`{text}` names no version; write {name}@3")),
        };
        Ok(Self { name: name.to_owned(), version })
    }
}

/// The tags in a text, separated by commas or line breaks: each once, in its order, with
/// single spaces inside.
pub fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split([',', '\n']) {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Narrows a set to the examples with all of the words in their id, tags, verdict or why;
/// `#typical` asks for the tag itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrow {
    pub words: Vec<String>,
    pub tags: Vec<String>,
    pub verdicts: Vec<Verdict>,
}

impl Narrow {
    pub fn parse(text: &str) -> Self {
        let mut narrow = Narrow::default();
        for word in text.split_whitespace() {
            let tag = word.strip_prefix('#').or_else(|| word.strip_prefix("tag:")).filter(|tag| !tag.is_empty());
            match (tag, word.strip_prefix("verdict:").unwrap_or(word).parse()) {
                (Some(tag), _) => narrow.tags.push(tag.to_owned()),
                (None, Ok(verdict)) => narrow.verdicts.push(verdict),
                (None, Err(_)) => narrow.words.push(word.to_owned()),
            }
        }
        narrow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_text_there_is_is_proposed() {
        let proposed = |verdict, reference, correction| Expected::proposed(verdict, Texts { reference, correction });
        assert_eq!(proposed(Verdict::Accept, true, true), Expected::Output);
        assert_eq!(proposed(Verdict::Reject, true, true), Expected::Correction);
        assert_eq!(proposed(Verdict::Reject, true, false), Expected::Reference);
        assert_eq!(proposed(Verdict::Escalate, false, false), Expected::Nothing);
    }

    #[test]
    fn tags_are_taken_from_what_one_types() {
        assert_eq!(tags(" typical,edge-case, ,typical\nlong  input "), ["typical", "edge-case", "long input"]);
    }

    #[test]
    fn a_set_is_named_with_or_without_a_number() {
        let read = |text: &str| text.parse::<SetName>().map(|set| (set.name, set.version));
        assert_eq!(read("support@3"), Ok(("support".into(), Some(3))));
        assert_eq!(read("q3_replies-eu"), Ok(("q3_replies-eu".into(), None)));
        for wrong in ["", "@3", "Support", "a/b", "support@0", "support@x", "support@"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!("support@3".parse::<SetName>().unwrap().to_string(), "support@3");
    }

    #[test]
    fn words_tags_and_verdicts_narrow() {
        let narrow = Narrow::parse("refund #edge-case tag:typical rejected verdict:accept #");
        assert_eq!(
            (narrow.words, narrow.tags),
            (vec!["refund".into(), "#".into()], vec!["edge-case".into(), "typical".into()])
        );
        assert_eq!(narrow.verdicts, [Verdict::Reject, Verdict::Accept]);
    }
}
