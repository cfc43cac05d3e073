//! What models say of outputs: judgements that stand beside those of people and settle nothing.

use super::decision::{Draft, Judgement, Scores, Verdict, Violation};
use super::spec::Spec;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// A model judge in one of its versions; a judge whose version is not said has an empty one.
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

/// What a model judge says of one output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelJudgement {
    pub judge: Judge,
    pub verdict: Verdict,
    /// Failure category keys, as it says them; `None`: it says nothing of them.
    pub categories: Option<Vec<String>>,
    pub scores: Scores,
    pub reason: String,
    /// What else it says: the names of the members, sorted, and the source of each.
    pub others: BTreeMap<String, String>,
}

impl ModelJudgement {
    /// Words that the spec does not have, and scores without a level: the member, and what is wrong
    /// with it.
    pub fn violations(&self, spec: &Spec) -> Vec<(&'static str, Violation)> {
        let categories = self.categories.clone().unwrap_or_default();
        let draft = Draft { categories, scores: self.scores.clone(), ..Draft::default() };
        let member = |violation: &Violation| match violation {
            Violation::UnknownCategory(..) => "categories",
            _ => "scores",
        };
        let found = Judgement::new(self.verdict, draft).unknown_words(spec);
        found.into_iter().map(|violation| (member(&violation), violation)).collect()
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
        if !self.reason.is_empty() {
            members.push(format!(r#""reason":{}"#, json!(self.reason)));
        }
        members.extend(self.others.iter().map(|(name, source)| format!("{}:{source}", Value::from(name.as_str()))));
        format!("{{{}}}", members.join(","))
    }

    /// Reads what [`ModelJudgement::body`] wrote. Fails with a phrase for who repairs it.
    pub fn from_body(judge: Judge, verdict: Verdict, body: &str) -> Result<Self, String> {
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
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(body).map_err(no_json)?;
        let others =
            members.into_iter().filter(|(name, _)| !matches!(name.as_str(), "categories" | "scores" | "reason"));
        let others = others.map(|(name, source)| (name, source.get().to_owned())).collect();
        Ok(Self { judge, verdict, categories, scores, reason, others })
    }

    /// The categories alone of what [`ModelJudgement::body`] wrote: many are read at once.
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
        let head = json!({ "judge": self.judge.name, "verdict": self.verdict });
        let version = match self.judge.version.as_str() {
            "" => String::new(),
            version => format!(r#","version":{}"#, json!(version)),
        };
        let (head, body) = (head.to_string(), self.body());
        let comma = if body.len() > 2 { "," } else { "" };
        format!("{}{version}{comma}{}", &head[..head.len() - 1], &body[1..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> ModelJudgement {
        ModelJudgement {
            judge: Judge { name: "tone-judge".into(), version: "v3".into() },
            verdict: Verdict::Reject,
            categories: Some(vec!["cold".into()]),
            scores: [("tone".to_owned(), 2)].into(),
            reason: "It says \"no\".".into(),
            others: [("confidence".to_owned(), "0.90".to_owned())].into(),
        }
    }

    #[test]
    fn nothing_that_a_judge_says_is_lost() {
        let told = said();
        assert_eq!(ModelJudgement::from_body(told.judge.clone(), told.verdict, &told.body()), Ok(told.clone()));
        let json = told.to_json();
        assert!(serde_json::from_str::<Value>(&json).is_ok(), "{json}");
        assert!(json.ends_with(r#""reason":"It says \"no\".","confidence":0.90}"#), "{json}");
        let short = ModelJudgement {
            judge: Judge { name: "j".into(), version: String::new() },
            categories: None,
            scores: Scores::new(),
            reason: String::new(),
            others: BTreeMap::new(),
            ..told
        };
        assert_eq!(short.to_json(), r#"{"judge":"j","verdict":"reject"}"#);
        assert_eq!(ModelJudgement::from_body(short.judge.clone(), short.verdict, &short.body()), Ok(short));
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
        let strange = ModelJudgement {
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
