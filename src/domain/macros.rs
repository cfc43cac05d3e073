//! Macros: a judgement that one key plays again on other items.

use super::decision::{Draft, Judgement, Verdict, Violation};
use super::spec::Spec;

/// A verdict with categories, note and route, under a key of one reviewer of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Key: a small letter or a digit.
    pub key: char,
    pub name: String,
    pub verdict: Verdict,
    /// Categories, note and route. Scores and corrections belong to one item, so it has none.
    pub draft: Draft,
}

impl Macro {
    /// Macro of what a draft has that can be said of another item too.
    pub fn of(key: char, name: &str, verdict: Verdict, draft: &Draft) -> Self {
        let Draft { categories, note, route, .. } = draft.clone();
        let route = route.filter(|_| verdict == Verdict::Escalate);
        Self { key, name: name.into(), verdict, draft: Draft { categories, note, route, ..Draft::default() } }
    }

    /// Violations that keep the macro from being used on any item under the spec.
    pub fn violations(&self, spec: &Spec) -> Vec<Violation> {
        let judgement = Judgement::new(self.verdict, self.draft.clone());
        let mut found = judgement.violations(spec);
        found.retain(|violation| !matches!(violation, Violation::MissingScore { .. }));
        found
    }

    /// A draft with what the macro adds; what the reviewer has written stays.
    pub fn over(&self, draft: &Draft, spec: &Spec) -> Draft {
        let mut draft = draft.clone();
        draft.categories.extend(self.draft.categories.iter().cloned());
        spec.sort_categories(&mut draft.categories);
        draft.route = self.draft.route.clone().or(draft.route);
        if draft.note.trim().is_empty() {
            draft.note.clone_from(&self.draft.note);
        } else if !draft.note.contains(self.draft.note.trim()) {
            draft.note = format!("{}\n{}", draft.note.trim_end(), self.draft.note);
        }
        draft
    }
}

/// The keys that a macro may have.
pub fn is_key(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str = r#"
        name = "q"
        title = "Q"
        decision = "May it?"
        failure = [
            { key = "cold", name = "Cold", severity = "minor" },
            { key = "wrong", name = "Wrong", severity = "critical" },
        ]
        route = [{ key = "lead", name = "Lead" }]
    "#;

    fn spec() -> Spec {
        crate::spec::parse(SPEC).unwrap()
    }

    fn draft(categories: &[&str], note: &str) -> Draft {
        let categories = categories.iter().map(ToString::to_string).collect();
        Draft { categories, note: note.into(), ..Draft::default() }
    }

    #[test]
    fn it_takes_what_can_be_said_of_another_item() {
        let mut put_down = draft(&["cold"], "too informal");
        put_down.scores.insert("tone".into(), 2);
        put_down.route = Some("lead".into());
        let saved = Macro::of('k', "Informal", Verdict::Reject, &put_down);
        assert_eq!(saved.draft, draft(&["cold"], "too informal"));
        assert_eq!(Macro::of('k', "", Verdict::Escalate, &put_down).draft.route.as_deref(), Some("lead"));
    }

    #[test]
    fn played_it_keeps_what_the_reviewer_has_written() {
        let saved = Macro::of('k', "Informal", Verdict::Reject, &draft(&["wrong"], "too informal"));
        let mut mine = draft(&["wrong", "cold"], "Line 3.");
        mine.scores.insert("tone".into(), 2);
        let played = saved.over(&mine, &spec());
        assert_eq!((played.categories.join(" "), played.note.as_str()), ("cold wrong".into(), "Line 3.\ntoo informal"));
        assert_eq!(played.scores, mine.scores);
        assert_eq!(saved.over(&played, &spec()), played, "twice is once");
        assert_eq!(saved.over(&Draft::default(), &spec()).note, "too informal");
    }

    #[test]
    fn what_the_spec_knows_no_more_is_told() {
        let gone = Macro::of('k', "Odd", Verdict::Reject, &draft(&["odd"], ""));
        assert_eq!(gone.violations(&spec()).len(), 1);
        assert_eq!(Macro::of('k', "", Verdict::Reject, &draft(&["cold"], "")).violations(&spec()), []);
    }
}
