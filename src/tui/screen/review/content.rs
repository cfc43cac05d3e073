//! Contents as sections to read: text as it is, JSON laid out, chats by role.

use crate::domain::item::{Content, ContentKind};
use crate::tui::paper::{Part, Section, Source, SourceMap};
use crate::tui::theme::Role;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The content under a heading. What does not parse is shown as it is, and says why.
pub fn sections(heading: &str, content: &Content, part: Option<Part>) -> Vec<Section> {
    match content.kind {
        _ if content.text.is_empty() => {
            vec![section(heading, &format!("(empty {})", heading.to_lowercase()), Role::Dim)]
        }
        ContentKind::Text => vec![Section {
            source: part.map(|part| whole(part, &content.text)),
            ..section(heading, &content.text, Role::Text)
        }],
        ContentKind::Json => vec![json(heading, &content.text)],
        ContentKind::Chat => chat(heading, &content.text),
    }
}

fn section(heading: &str, body: &str, role: Role) -> Section {
    Section { heading: Some(heading.into()), body: body.into(), role, ..Section::default() }
}

fn whole(part: Part, text: &str) -> Source {
    Source { part, map: SourceMap::verbatim(0, text.len()) }
}

fn json(heading: &str, source: &str) -> Section {
    match serde_json::from_str::<IgnoredAny>(source) {
        Ok(_) => section(heading, &indented(source), Role::Text),
        Err(error) => {
            let detail = Some(format!("shown raw: {error}"));
            Section { detail, ..section(heading, source, Role::Text) }
        }
    }
}

fn chat(heading: &str, source: &str) -> Vec<Section> {
    let Ok(messages) = serde_json::from_str::<Vec<Value>>(source) else { return vec![json(heading, source)] };
    messages.iter().map(|message| turn(heading, message)).collect()
}

/// One message: its role as the heading, its text; what is not text, as JSON.
fn turn(heading: &str, message: &Value) -> Section {
    let role = message["role"].as_str().unwrap_or("?");
    let mut parts = vec![text_of(&message["content"])];
    let others = message.as_object().into_iter().flatten();
    let others = others.filter(|(key, value)| !["role", "content"].contains(&key.as_str()) && !value.is_null());
    parts.extend(others.map(|(key, value)| format!("{key}: {}", indented(&value.to_string()))));
    parts.retain(|part| !part.is_empty());
    section(&format!("{heading} · {role}"), &parts.join("\n"), Role::Text)
}

fn text_of(content: &Value) -> String {
    match content {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(part_text).collect::<Vec<_>>().join("\n"),
        other => indented(&other.to_string()),
    }
}

fn part_text(part: &Value) -> String {
    part["text"].as_str().map_or_else(|| indented(&part.to_string()), str::to_owned)
}

/// Sound JSON with a line for each entry. Only space between the tokens changes:
/// numbers keep their digits, and a key that stands twice is seen twice.
pub fn indented(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + source.len() / 4);
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        if in_string {
            out.push(c);
            (in_string, escaped) = (c != '"' || escaped, c == '\\' && !escaped);
            continue;
        }
        match c {
            ' ' | '\t' | '\r' | '\n' => continue,
            '{' | '[' => {
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                out.push(c);
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => out.push(close),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_string = c == '"';
                out.push(c);
            }
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: ContentKind, text: &str) -> Vec<(String, String)> {
        let sections = sections("Output", &Content { kind, text: text.into() }, None);
        sections.into_iter().map(|s| (s.heading.unwrap_or_default(), s.body)).collect()
    }

    #[test]
    fn json_is_laid_out_with_its_digits_and_doubles() {
        let source = r#"{"a":1.50,"a":[1E5,{}, [ ]],"s":"x: \"{,}\" \\"}"#;
        let expected =
            "{\n  \"a\": 1.50,\n  \"a\": [\n    1E5,\n    {},\n    []\n  ],\n  \"s\": \"x: \\\"{,}\\\" \\\\\"\n}";
        assert_eq!(indented(source), expected);
    }

    #[test]
    fn json_that_does_not_parse_is_shown_raw_and_says_why() {
        let section = json("Output", "{\"a\": ");
        assert_eq!(section.body, "{\"a\": ");
        assert!(section.detail.is_some_and(|why| why.contains("line 1 column")));
    }

    #[test]
    fn chat_is_shown_by_role() {
        let source = r#"[{"role":"system","content":"Be kind."},
            {"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image","url":"x"}]},
            {"role":"assistant","content":null,"tool_calls":[1]}]"#;
        let turns = shown(ContentKind::Chat, source);
        assert_eq!(turns[0], ("Output · system".into(), "Be kind.".into()));
        assert_eq!(turns[1].1, "Hi\n{\n  \"type\": \"image\",\n  \"url\": \"x\"\n}");
        assert_eq!(turns[2].1, "tool_calls: [\n  1\n]");
    }

    #[test]
    fn an_empty_output_says_so() {
        assert_eq!(shown(ContentKind::Text, "")[0].1, "(empty output)");
    }
}
