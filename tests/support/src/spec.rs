//! The spec of the queue that most tests use.

pub const SPEC: &str = r#"name = "replies"
title = "Replies"
decision = "May it be sent?"

[[criterion]]
key = "tone"
name = "Tone"
question = "Is it kind?"
levels = ["Rude", "Plain", "Kind"]

[[criterion]]
key = "accuracy"
name = "Accuracy"
question = "Is it true?"
levels = ["No", "Yes"]

[[failure]]
key = "wrong"
name = "Wrong"
severity = "critical"
escalate_to = "desk"

[[failure]]
key = "cold"
name = "Cold"
severity = "minor"

[[route]]
key = "lead"
name = "Lead"

[[route]]
key = "desk"
name = "Policy desk"
"#;

/// [`SPEC`], where an answer of the lead is due in four hours.
pub fn due_spec() -> String {
    SPEC.replace("name = \"Lead\"", "name = \"Lead\"\ndue_hours = 4")
}
