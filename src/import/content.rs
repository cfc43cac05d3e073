//! Inputs, outputs and references: which kind of content a value is.

use super::fault::Fault;
use super::json::{elements, members};
use super::scan;
use super::value::Value;
use crate::domain::item::{Content, ContentKind};
use std::borrow::Cow;

/// Members that say who wrote a message, where it has no `role`, and what its text is called then.
const SPEAKERS: [&str; 5] = ["from", "speaker", "sender", "author", "type"];
const TEXTS: [&str; 4] = ["value", "text", "content", "message"];

/// Who writes messages, as other programs call them, each with its role.
const ROLES: [(&str, &[&str]); 4] = [
    ("user", &["user", "human"]),
    ("assistant", &["assistant", "gpt", "chatgpt", "ai", "bot", "model"]),
    ("system", &["system"]),
    ("tool", &["tool", "function", "observation"]),
];

/// Text is text; a list of objects that each have a `role` is a chat, and so is one of messages `from` a
/// `human` or `gpt`, whose members are called `role` and `content` from then on; every other value is
/// JSON, exactly as it was written.
pub(super) fn content(value: Value) -> Result<Content, Fault> {
    let (kind, source) = match value {
        Value::Text(text) => (ContentKind::Text, text),
        Value::Null => (ContentKind::Json, "null".into()),
        Value::Bool(source) | Value::Number(source) => (ContentKind::Json, source.into()),
        Value::Object(source) => (ContentKind::Json, checked(source)?),
        Value::List(source) => match conversation(&source) {
            Some(chat) => (ContentKind::Chat, checked(chat.into())?),
            None => (list_kind(&source), checked(source)?),
        },
    };
    Ok(Content { kind, text: source.into_owned() })
}

fn checked(source: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    scan::check(&source).map(|()| source)
}

fn list_kind(list: &str) -> ContentKind {
    let mut messages = 0;
    let all = elements(list, |_, element| {
        messages += 1;
        if has_role(element) { Ok(()) } else { Err(Fault::new("not a message")) }
    });
    if all.is_ok() && messages > 0 { ContentKind::Chat } else { ContentKind::Json }
}

/// The list with each message's `role` and `content` under these names; `None` where it is no list of
/// messages, or they have the names.
fn conversation(list: &str) -> Option<String> {
    let mut messages = Vec::new();
    let walked = elements(list, |_, element| match message(element) {
        Some(message) => {
            messages.push(message);
            Ok(())
        }
        None => Err(Fault::new("not a message")),
    });
    (walked.is_ok() && !messages.is_empty()).then(|| format!("[{}]", messages.join(",")))
}

fn message(element: &str) -> Option<String> {
    let mut all = Vec::new();
    if !element.starts_with('{') {
        return None;
    }
    members(element, |name, value| {
        all.push((name, value));
        Ok(())
    })
    .ok()?;
    let called = |names: &[&str]| names.iter().find_map(|wanted| all.iter().position(|(name, _)| name == wanted));
    let (speaker, text) = (called(&SPEAKERS)?, called(&TEXTS)?);
    if called(&["role"]).is_some() || !all[text].1.starts_with(['"', '[']) {
        return None;
    }
    let word = serde_json::from_str::<String>(all[speaker].1).ok()?.to_lowercase();
    let (role, _) = ROLES.iter().find(|(_, words)| words.contains(&&*word))?;
    let members = all.iter().enumerate().map(|(at, (name, value))| match at {
        at if at == speaker => format!("\"role\":\"{role}\""),
        at if at == text => format!("\"content\":{value}"),
        _ => format!("{}:{value}", serde_json::Value::from(name.as_ref())),
    });
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

fn has_role(element: &str) -> bool {
    let mut found = false;
    let walked = members(element, |name, value| {
        found |= name == "role" && value.starts_with('"');
        Ok(())
    });
    walked.is_ok() && found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_under_other_names_are_a_conversation() {
        for (list, expected) in [
            (
                r#"[{"from":"human","value":"q"},{"from":"gpt","value":"a","n":1.50}]"#,
                Some(r#"[{"role":"user","content":"q"},{"role":"assistant","content":"a","n":1.50}]"#),
            ),
            (
                r#"[{"type":"ai","content":[{"type":"text"}]}]"#,
                Some(r#"[{"role":"assistant","content":[{"type":"text"}]}]"#),
            ),
            (r#"[{"from":"0x1f","value":"12"}]"#, None),
            (r#"[{"type":"text","text":"q"}]"#, None),
            (r#"[{"role":"user","content":"q"}]"#, None),
            (r#"[{"from":"human","value":7}]"#, None),
            ("[]", None),
            ("[1]", None),
        ] {
            assert_eq!(conversation(list).as_deref(), expected, "{list}");
        }
        let chat = content(Value::from_json(r#"[{"from":"human","value":"q"}]"#).unwrap()).unwrap();
        assert_eq!(chat.kind, ContentKind::Chat);
    }
}
