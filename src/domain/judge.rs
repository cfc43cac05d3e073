//! What was said of outputs elsewhere: by models, by code, by people in other tools. It stands beside the
//! decisions that are made here, and settles nothing.

use super::decision::{Draft, Judgement, Scores, Verdict, Violation};
use super::policy::{ReviewerKind, words};
use super::spec::Spec;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

words! {
    /// What judged, which says what counts it: models are measured against people, and code where it is asked
    /// for by name; people are compared with people. None of it is ever of record.
    #[derive(Default)]
    JudgeKind, "kind of judge" {
        #[default]
        Model = "model",
        /// A program, such as an assertion or a metric.
        Code = "code",
        /// Somebody who judged in another tool.
        Person = "person",
    }
}

impl From<JudgeKind> for ReviewerKind {
    fn from(kind: JudgeKind) -> Self {
        match kind {
            JudgeKind::Model => ReviewerKind::Model,
            JudgeKind::Code => ReviewerKind::Code,
            JudgeKind::Person => ReviewerKind::Person,
        }
    }
}

/// Who judged, in one of its versions; one whose version is not said has an empty one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Judge {
    pub name: String,
    pub version: String,
}

/// `tone-judge@v3`, or the name alone.
impl fmt::Display for Judge {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.version.as_str() {
            "" => f.write_str(&self.name),
            version => write!(f, "{}@{version}", self.name),
        }
    }
}

/// What a judge says of one output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedJudgement {
    pub judge: Judge,
    pub kind: JudgeKind,
    /// What brought it, such as a tool's name; empty where nothing says so.
    pub source: String,
    /// `None`: it says neither good nor bad, as a score does.
    pub verdict: Option<Verdict>,
    /// Failure category keys, as it says them; `None`: it says nothing of them.
    pub categories: Option<Vec<String>>,
    pub scores: Scores,
    pub reason: String,
    /// What else it says: the names of the members, sorted, and the source of each.
    pub others: BTreeMap<String, String>,
}

/// The member with what a person answered, by what they were asked.
const ANSWERS: &str = "answers";

impl ImportedJudgement {
    /// Words that the spec does not have, and scores without a level: the member, and what is wrong
    /// with it.
    pub fn violations(&self, spec: &Spec) -> Vec<(&'static str, Violation)> {
        let categories = self.categories.clone().unwrap_or_default();
        let draft = Draft { categories, scores: self.scores.clone(), ..Draft::default() };
        let member = |violation: &Violation| match violation {
            Violation::UnknownCategory(..) => "categories",
            _ => "scores",
        };
        let found = Judgement::new(self.verdict.unwrap_or(Verdict::Escalate), draft).unknown_words(spec);
        found.into_iter().map(|violation| (member(&violation), violation)).collect()
    }

    /// Whether the other says the same; what brought it is no part of that.
    pub fn says_what(&self, other: &Self) -> bool {
        let without_source = |judgement: &Self| Self { source: String::new(), ..judgement.clone() };
        self == other || without_source(self) == without_source(other)
    }

    /// What it says of failure categories and criteria in the words of a spec: an answer whose question has the key
    /// of a criterion is a level of it, and of other answers those that are keys of categories. Who accepts
    /// and names no category says that there is none.
    pub fn under(&self, spec: &Spec) -> (Option<Vec<String>>, Scores) {
        let mut categories = self.categories.clone();
        let mut scores = self.scores.clone();
        let read = |answers: &String| serde_json::from_str::<BTreeMap<String, Value>>(answers).ok();
        for (question, answer) in self.others.get(ANSWERS).and_then(read).unwrap_or_default() {
            if let Some(criterion) = spec.criteria.iter().find(|criterion| criterion.key == question) {
                let level = answer.as_f64().filter(|level| level.fract() == 0.0);
                let level = level.filter(|level| (1.0..=criterion.levels.len() as f64).contains(level));
                if let Some(level) = level {
                    scores.entry(question.clone()).or_insert(level as u8);
                }
            }
            let labels = match &answer {
                Value::Array(labels) => labels.iter().filter_map(Value::as_str).collect(),
                one => Vec::from_iter(one.as_str()),
            };
            let is_category = |label: &&str| spec.failures.iter().any(|failure| failure.key == *label);
            for label in labels.into_iter().filter(is_category) {
                let named = categories.get_or_insert_default();
                if !named.iter().any(|known| known == label) {
                    named.push(label.to_owned());
                }
            }
        }
        if self.verdict == Some(Verdict::Accept) {
            categories.get_or_insert_default();
        }
        (categories, scores)
    }

    /// What it says beside the verdict, as one JSON object: equal judgements have equal ones.
    pub fn body(&self) -> String {
        let mut members = Vec::new();
        if let Some(categories) = &self.categories {
            members.push(format!(r#""categories":{}"#, json!(categories)));
        }
        if !self.scores.is_empty() {
            members.push(format!(r#""scores":{}"#, json!(self.scores)));
        }
        for (name, said) in [("reason", &self.reason), ("source", &self.source)] {
            if !said.is_empty() {
                members.push(format!(r#""{name}":{}"#, json!(said)));
            }
        }
        members.extend(self.others.iter().map(|(name, source)| format!("{}:{source}", Value::from(name.as_str()))));
        format!("{{{}}}", members.join(","))
    }

    /// Reads what [`ImportedJudgement::body`] wrote. Fails with a phrase for who repairs it.
    pub fn from_body(judge: Judge, kind: JudgeKind, verdict: Option<Verdict>, body: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Known {
            categories: Option<Vec<String>>,
            #[serde(default)]
            scores: Scores,
            #[serde(default)]
            reason: String,
        }
        let no_json = |error: serde_json::Error| format!("a judgement's body: {error}");
        let Known { categories, scores, reason } = serde_json::from_str(body).map_err(no_json)?;
        let mut others: BTreeMap<String, String> = serde_json::from_str::<BTreeMap<String, &RawValue>>(body)
            .map_err(no_json)?
            .into_iter()
            .filter(|(name, _)| !matches!(name.as_str(), "categories" | "scores" | "reason"))
            .map(|(name, source)| (name, source.get().to_owned()))
            .collect();
        // What an earlier version of karat kept under this name may be anything.
        let told = |source: &String| serde_json::from_str::<String>(source).ok();
        let source = others.get("source").and_then(told).unwrap_or_default();
        others.retain(|name, value| match name.as_str() {
            "source" => source.is_empty(),
            // It stands beside the body since.
            "kind" => serde_json::from_str::<JudgeKind>(value).is_err(),
            _ => true,
        });
        Ok(Self { judge, kind, source, verdict, categories, scores, reason, others })
    }

    /// The categories alone of what [`ImportedJudgement::body`] wrote: many are read at once.
    pub fn categories_of(body: &str) -> Result<Option<Vec<String>>, String> {
        #[derive(Deserialize)]
        struct Known {
            categories: Option<Vec<String>>,
        }
        let known: Known = serde_json::from_str(body).map_err(|error| format!("a judgement's body: {error}"))?;
        Ok(known.categories)
    }

    /// As a member of an item has it.
    pub fn to_json(&self) -> String {
        let mut head = format!(r#""judge":{}"#, json!(self.judge.name));
        if self.kind != JudgeKind::default() {
            head += &format!(r#","kind":{}"#, json!(self.kind));
        }
        if let Some(verdict) = self.verdict {
            head += &format!(r#","verdict":{}"#, json!(verdict));
        }
        if !self.judge.version.is_empty() {
            head += &format!(r#","version":{}"#, json!(self.judge.version));
        }
        let body = self.body();
        let comma = if body.len() > 2 { "," } else { "" };
        format!("{{{head}{comma}{}", &body[1..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> ImportedJudgement {
        ImportedJudgement {
            judge: Judge { name: "tone-judge".into(), version: "v3".into() },
            kind: JudgeKind::Code,
            source: "a tool".into(),
            verdict: Some(Verdict::Reject),
            categories: Some(vec!["cold".into()]),
            scores: [("tone".to_owned(), 2)].into(),
            reason: "It says \"no\".".into(),
            others: [("confidence".to_owned(), "0.90".to_owned())].into(),
        }
    }

    #[test]
    fn nothing_that_a_judge_says_is_lost() {
        let told = said();
        let again = |told: &ImportedJudgement| {
            ImportedJudgement::from_body(told.judge.clone(), told.kind, told.verdict, &told.body())
        };
        assert_eq!(again(&told), Ok(told.clone()));
        let json = told.to_json();
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
        assert!(json.starts_with(r#"{"judge":"tone-judge","kind":"code","verdict":"reject","version":"v3""#), "{json}");
        assert!(json.ends_with(r#""reason":"It says \"no\".","source":"a tool","confidence":0.90}"#), "{json}");
        let judge = Judge { name: "j".into(), version: String::new() };
        let short = ImportedJudgement { judge, verdict: Some(Verdict::Reject), ..ImportedJudgement::default() };
        assert_eq!(short.to_json(), r#"{"judge":"j","verdict":"reject"}"#);
        assert_eq!(again(&short), Ok(short.clone()));
        assert_eq!(ImportedJudgement { verdict: None, ..short }.to_json(), r#"{"judge":"j"}"#);
    }

    #[test]
    fn what_an_earlier_version_kept_is_read() {
        let read = |body: &str| ImportedJudgement::from_body(Judge::default(), JudgeKind::Person, None, body).unwrap();
        assert_eq!(read(r#"{"reason":"x","kind":"person"}"#).body(), r#"{"reason":"x"}"#);
        let odd = r#"{"kind":"robot","source":{"of":1}}"#;
        assert_eq!((read(odd).body().as_str(), read(odd).source.as_str()), (odd, ""));
        let brought = |source: &str| ImportedJudgement { source: source.into(), ..said() };
        assert!(brought("a").says_what(&brought("b")), "it may come again another way");
        assert!(!said().says_what(&ImportedJudgement { kind: JudgeKind::Person, ..said() }));
    }

    #[test]
    fn answers_are_read_by_the_words_of_the_spec() {
        let spec = crate::spec::parse(
            r#"
            name = "q"
            title = "Q"
            decision = "May it?"
            criterion = [{ key = "tone", name = "Tone", question = "Kind?", levels = ["no", "yes"] }]
            failure = [{ key = "cold", name = "Cold", severity = "minor" }, { key = "false", name = "False", severity = "major" }]
        "#,
        )
        .unwrap();
        let answered = |verdict, answers: &str| {
            let others = [(ANSWERS.to_owned(), answers.to_owned())].into();
            ImportedJudgement { verdict, others, ..ImportedJudgement::default() }.under(&spec)
        };
        let keys = |keys: &[&str]| Some(keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
        let tone = |level: u8| Scores::from([("tone".to_owned(), level)]);
        let told = answered(Some(Verdict::Reject), r#"{"tone":2,"issues":["cold","odd","cold"],"worst":"false"}"#);
        assert_eq!(told, (keys(&["cold", "false"]), tone(2)));
        assert_eq!(answered(None, r#"{"tone":3,"other":1}"#), (None, Scores::new()), "there is no such level");
        assert_eq!(answered(Some(Verdict::Accept), r#"{"tone":1.0}"#), (keys(&[]), tone(1)));
        assert_eq!(answered(Some(Verdict::Reject), "[1]"), (None, Scores::new()));
    }

    #[test]
    fn words_that_the_spec_does_not_have_are_told() {
        let spec = crate::spec::parse(
            r#"
            name = "q"
            title = "Q"
            decision = "May it?"
            criterion = [{ key = "tone", name = "Tone", question = "Kind?", levels = ["no", "yes"] }]
            failure = [{ key = "cold", name = "Cold", severity = "minor" }]
        "#,
        )
        .unwrap();
        assert_eq!(said().violations(&spec), []);
        let strange = ImportedJudgement {
            categories: Some(vec!["odd".into()]),
            scores: [("tone".to_owned(), 3), ("odd".to_owned(), 1)].into(),
            ..said()
        };
        let told = strange.violations(&spec).into_iter().map(|(member, violation)| format!("{member}: {violation}"));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "categories: the spec has no failure category `odd`; it has cold",
                "scores: the spec has no criterion `odd`; it has tone",
                "scores: the score on `tone` is 3, but its levels go from 1 to 2",
            ]
        );
    }
}
