//! The filter as it is written, and what it means.

use crate::domain::filter::{Filter, FilterError, Words, parse_under};

/// A filter under way. What it meant last stays in force while it is being mended.
#[derive(Debug, Default)]
pub struct FilterText {
    pub text: String,
    pub filter: Filter,
    pub error: Option<FilterError>,
}

impl FilterText {
    /// A filter that is in force already.
    pub fn of(filter: Filter) -> Self {
        let text = if filter.is_everything() { String::new() } else { filter.to_string() };
        Self { text, filter, error: None }
    }

    /// Takes another text; `true` when it means something else than before.
    pub fn set(&mut self, text: &str, words: &Words) -> bool {
        self.text = text.into();
        match parse_under(text, words) {
            Ok(filter) => {
                self.error = None;
                let is_other = filter != self.filter;
                self.filter = filter;
                is_other
            }
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_being_mended_changes_nothing() {
        let mut filter = FilterText::default();
        assert!(filter.set("verdict:reject", &Words::default()));
        let before = filter.filter.clone();
        assert!(!filter.set("verdict:rejec", &Words::default()));
        assert!(filter.error.is_some() && filter.filter == before);
        assert!(!filter.set("verdict:rejected", &Words::default()), "another word for the same");
        assert!(filter.error.is_none());
    }
}
