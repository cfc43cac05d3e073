//! What figures are grouped by: a field of the record, by the name that filters have for it.

use super::record::{Compare, RecordField};
use crate::text::suggest;
use std::str::FromStr;

/// A field whose values make the groups; of a list of words an item is in the group of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// The name as it was given: `model`, `score.tone`.
    pub name: String,
    pub field: RecordField,
    /// What follows the name of scores and of metadata: the criterion, the member.
    pub key: Option<String>,
}

impl Grouping {
    /// How filters compare the field's values.
    pub fn compare(&self) -> Compare {
        self.field.uses().filter.map_or(Compare::Word, |filter| filter.compare)
    }

    /// Whether the values are numbers.
    pub fn is_number(&self) -> bool {
        matches!(self.compare(), Compare::Number | Compare::Score)
    }
}

impl FromStr for Grouping {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = fields().find_map(|(known, field)| {
            let key = match known.strip_suffix('.') {
                Some(_) => Some(name.strip_prefix(known).filter(|key| !key.is_empty())?.to_owned()),
                None if known == name || field.name() == name => None,
                None => return None,
            };
            Some(Self { name: name.into(), field, key })
        });
        found.ok_or_else(|| {
            let known = || fields().map(|(name, _)| name);
            let hint = suggest::nearest(name, known()).map(|near| format!("; did you mean `{near}`?"));
            let all = known().map(|name| if name.ends_with('.') { format!("{name}KEY") } else { name.into() });
            let all: Vec<String> = all.collect();
            format!("`{name}` is nothing to group by{}; it is one of {}", hint.unwrap_or_default(), all.join(", "))
        })
    }
}

/// The fields with values that groups can have: a text has too many.
fn fields() -> impl Iterator<Item = (&'static str, RecordField)> {
    let filtered = RecordField::all().filter_map(|field| Some((field.uses().filter?, field)));
    let grouped = filtered.filter(|(filter, _)| !matches!(filter.compare, Compare::Text(_)));
    grouped.map(|(filter, field)| (filter.name, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_names_in_filters() {
        for name in ["model", "tag", "category", "prompt_version", "decided", "cost_usd", "verdict"] {
            assert_eq!(name.parse::<Grouping>().unwrap().key, None, "{name}");
        }
        let score: Grouping = "score.tone".parse().unwrap();
        assert_eq!((score.field.name(), score.key.as_deref()), ("scores", Some("tone")));
        assert_eq!("meta.tier".parse::<Grouping>().unwrap().key.as_deref(), Some("tier"));
    }

    #[test]
    fn what_groups_nothing_is_told_with_what_does() {
        let error = |name: &str| name.parse::<Grouping>().unwrap_err();
        assert!(
            error("modle").starts_with("`modle` is nothing to group by; did you mean `model`?"),
            "{}",
            error("modle")
        );
        assert!(error("output").contains("one of verdict, category"), "{}", error("output"));
        assert!(error("score.").contains("score.KEY"), "a criterion is missing");
    }
}
