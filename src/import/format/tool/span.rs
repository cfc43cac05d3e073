//! A span of a trace, whichever convention its attributes follow: OpenTelemetry's of generative AI in
//! its newer and older spellings, OpenInference's, and those of the Vercel AI SDK.

use super::Made;
use super::draft::{Draft, Judged};
use super::members::{Members, into_text, parsed};
use super::messages::{content, conversation, input, is_chat, take_last_answer};
use crate::domain::judge::JudgeKind;
use crate::domain::time::format_rfc3339;
use serde_json::{Map, Value, json};

/// A span with its attributes as a tree: `a.0.b` is the member `b` of the first element of `a`.
#[derive(Debug, Default)]
pub(super) struct Span {
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub name: Option<String>,
    /// Nanoseconds since 1970.
    pub start: Option<i128>,
    pub end: Option<i128>,
    pub attributes: Members,
    /// What happened in it: the name and the attributes of each.
    pub events: Vec<(String, Members)>,
    pub error: Option<String>,
}

/// The event that holds what a call was asked and answered, where the span does not.
const DETAILS: &str = "gen_ai.client.inference.operation.details";
const EVALUATION: &str = "gen_ai.evaluation.result";

/// Deepest tree that attributes' names make.
const DEPTH: usize = 32;

/// Longest list that attributes' names make.
const ELEMENTS: usize = 10_000;

/// The tree that attributes with dots in their names stand for. A name that is both a value and
/// the beginning of others' keeps its value under the empty name.
pub(super) fn tree(attributes: Map<String, Value>) -> Members {
    let mut root = Value::Object(Map::new());
    for (name, value) in attributes {
        let steps: Vec<_> = name.split('.').collect();
        let value = if steps.len() > 1 { value } else { nested(value) };
        if steps.len() > DEPTH {
            root[name] = value;
        } else {
            put(&mut root, &steps, value);
        }
    }
    Members::of(lists(root))
}

/// The same of an attribute that is a tree already, whose members' names may have dots.
fn nested(value: Value) -> Value {
    match value {
        Value::Object(members) if members.keys().any(|name| name.contains('.')) => {
            Value::Object(tree(members).into_map())
        }
        other => other,
    }
}

fn put(at: &mut Value, steps: &[&str], value: Value) {
    if !at.is_object() {
        let own = at.take();
        *at = Value::Object(Map::new());
        if !own.is_null() {
            at[""] = own;
        }
    }
    let Some((first, rest)) = steps.split_first() else { return };
    let next = &mut at[*first];
    match (rest.is_empty(), next.is_object(), value) {
        (true, true, Value::Object(more)) => more.into_iter().for_each(|(name, value)| next[name] = value),
        (true, true, value) => next[""] = value,
        (true, false, value) => *next = value,
        (false, _, value) => put(next, rest, value),
    }
}

/// Objects whose members are numbered are lists.
fn lists(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let numbers: Option<Vec<usize>> = members.keys().map(|name| name.parse().ok()).collect();
            let is_list =
                numbers.as_ref().is_some_and(|numbers| !numbers.is_empty() && numbers.iter().all(|at| *at < ELEMENTS));
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, lists(value))).collect();
            if is_list {
                members.sort_by_key(|(name, _)| name.parse::<usize>().unwrap_or(ELEMENTS));
                return members.into_iter().map(|(_, value)| value).collect();
            }
            Value::Object(members.into_iter().collect())
        }
        Value::Array(list) => list.into_iter().map(lists).collect(),
        other => other,
    }
}

impl Span {
    /// The documents that a span of retrieval found.
    pub(super) fn documents(&self) -> Option<Value> {
        let retrieved = self.attributes.get("retrieval").map(|found| &found["documents"]);
        let genai = self.attributes.get("gen_ai").map(|found| &found["retrieval"]["documents"]);
        retrieved.filter(|list| list.is_array()).cloned().or_else(|| genai.cloned().map(parsed)).and_then(documents)
    }

    /// The record of a call of a model; other spans are none. `found`: what its trace has retrieved.
    pub(super) fn record(mut self, found: Option<&Value>) -> Made {
        for (_, details) in self.events.extract_if(.., |(name, _)| name == DETAILS) {
            let mut genai = self.attributes.members("gen_ai");
            let mut more = details;
            more.members("gen_ai").into_map().into_iter().for_each(|(name, value)| genai.put(&name, value));
            self.attributes.put_back("gen_ai", genai);
        }
        if !self.is_call() {
            return Made::Other;
        }
        let mut draft = Draft::default();
        let own = self.documents();
        draft.set("context", own.or_else(|| found.cloned()));
        draft.set("id", self.span_id.clone().map(Value::from));
        draft.set("trace_id", self.trace_id.take().map(Value::from));
        draft.set("span_id", self.span_id.take().map(Value::from));
        draft.keep("span", self.name.take().map(Value::from));
        if let (Some(start), Some(end)) = (self.start, self.end) {
            draft.set("latency_ms", (end >= start).then(|| json!(((end - start) / 1_000) as f64 / 1e3)));
        }
        draft.set("created_at", self.end.or(self.start).map(|at| format_rfc3339((at / 1_000_000) as i64).into()));
        self.genai(&mut draft);
        self.openinference(&mut draft);
        self.vercel(&mut draft);
        self.evaluations(&mut draft);
        draft.keep_rest(self.attributes);
        match self.error {
            Some(error) if !draft.has("output") => Made::NoOutput(draft, format!("is missing: {error}")),
            None if !draft.has("output") => {
                Made::NoOutput(draft, "is missing: the program that wrote the span kept no texts".into())
            }
            _ => Made::Record(draft),
        }
    }

    fn is_call(&self) -> bool {
        const CALLS: [&str; 4] = ["chat", "text_completion", "generate_content", "completion"];
        let genai = self.attributes.get("gen_ai");
        let operation = genai.and_then(|genai| genai["operation"]["name"].as_str());
        let has_texts = genai.is_some_and(|genai| !genai["output"].is_null() || !genai["completion"].is_null());
        let kind = self.attributes.get("openinference").and_then(|own| own["span"]["kind"].as_str());
        let vercel = self.attributes.get("ai").and_then(|ai| ai["operationId"].as_str());
        operation.is_some_and(|name| CALLS.contains(&name))
            || has_texts
            || kind.is_some_and(|kind| kind.eq_ignore_ascii_case("llm"))
            || vercel.is_some_and(|name| name.ends_with(".doGenerate") || name.ends_with(".doStream"))
            || (operation.is_none()
                && kind.is_none()
                && vercel.is_none()
                && genai.is_some_and(|genai| !genai["request"]["model"].is_null()))
    }

    /// `gen_ai.*`, of now and of before.
    fn genai(&mut self, draft: &mut Draft) {
        let mut genai = self.attributes.members("gen_ai");
        let mut request = genai.members("request");
        let mut response = genai.members("response");
        draft.set("model", response.take("model").or_else(|| request.take("model")));
        let mut usage = genai.members("usage");
        draft.set("tokens_in", usage.first(&["input_tokens", "prompt_tokens"]));
        draft.set("tokens_out", usage.first(&["output_tokens", "completion_tokens"]));
        usage.take("total_tokens");
        let system = [genai.take("system_instructions"), genai.members("system").take("instructions")];
        let system = system.into_iter().flatten().next().map(parsed).map(content);
        let asked = genai.members("input").take("messages").or_else(|| genai.take("prompt")).map(parsed);
        let asked = asked.map(|asked| with_system(system, conversation(asked)));
        draft.set("input", asked.map(input));
        let answered = genai.members("output").take("messages").or_else(|| genai.take("completion")).map(parsed);
        draft.set("output", answered.and_then(answer));
        draft.set("session_id", genai.members("conversation").take("id"));
        genai.put_back("request", request);
        genai.put_back("response", response);
        self.attributes.put_back("gen_ai", genai);
    }

    /// `llm.*`, `input.value`, `output.value`, and people's annotations.
    fn openinference(&mut self, draft: &mut Draft) {
        let mut llm = self.attributes.members("llm");
        let unwrapped = |value: Value| match value {
            Value::Array(list) => list.into_iter().map(unwrapped_message).collect(),
            other => other,
        };
        let asked = llm.take("input_messages").map(parsed).map(unwrapped);
        let answered = llm.take("output_messages").map(parsed).map(unwrapped);
        set_absent(draft, "model", llm.take("model_name"));
        let mut template = llm.members("prompt_template");
        set_absent(draft, "prompt", template.take("template"));
        set_absent(draft, "prompt_version", template.take("version").and_then(into_text).map(Value::from));
        llm.put_back("prompt_template", template);
        let mut tokens = llm.members("token_count");
        set_absent(draft, "tokens_in", tokens.take("prompt"));
        set_absent(draft, "tokens_out", tokens.take("completion"));
        set_absent(draft, "cost_usd", llm.members("cost").take("total"));
        let mut given = self.attributes.members("input");
        let mut made = self.attributes.members("output");
        set_absent(draft, "input", asked.filter(is_chat).map(input).or_else(|| given.take("value").map(told)));
        set_absent(draft, "output", answered.and_then(answer).or_else(|| made.take("value").map(told)));
        self.attributes.put_back("llm", llm);
        for name in ["annotations", "evaluations"] {
            self.attributes.list(name).into_iter().for_each(|one| annotation(draft, one));
        }
        self.attributes.members("retrieval");
        for (member, field) in [("session", "session_id"), ("user", "user_id")] {
            set_absent(draft, field, self.attributes.members(member).take("id"));
        }
    }

    /// `ai.*` of the Vercel AI SDK.
    fn vercel(&mut self, draft: &mut Draft) {
        let mut ai = self.attributes.members("ai");
        let mut response = ai.members("response");
        let mut prompt = ai.members("prompt");
        set_absent(draft, "input", prompt.first(&["messages", ""]).map(parsed).map(told));
        let calls = response.first(&["toolCalls", "object"]).map(parsed);
        set_absent(draft, "output", response.take("text").filter(|text| *text != "").or(calls));
        set_absent(draft, "model", response.take("model").or_else(|| ai.members("model").take("id")));
        let mut usage = ai.members("usage");
        set_absent(draft, "tokens_in", usage.first(&["promptTokens", "inputTokens"]));
        set_absent(draft, "tokens_out", usage.first(&["completionTokens", "outputTokens"]));
        ai.put_back("response", response);
        ai.put_back("prompt", prompt);
        self.attributes.put_back("ai", ai);
    }

    /// What judges said of the answer, as events of the span.
    fn evaluations(&mut self, draft: &mut Draft) {
        for (_, mut event) in self.events.extract_if(.., |(name, _)| name == EVALUATION) {
            let mut genai = event.members("gen_ai");
            let mut evaluation = genai.members("evaluation");
            let name = evaluation.text("name").unwrap_or_else(|| "evaluation".into());
            let mut score = evaluation.members("score");
            let (value, label) = (score.take("value"), score.take("label"));
            draft.judged(Judged::by(JudgeKind::Model, name, value, label).because(evaluation.text("explanation")));
        }
    }
}

/// Gives a field a value that it does not have yet.
fn set_absent(draft: &mut Draft, field: &'static str, value: Option<Value>) {
    if !draft.has(field) {
        draft.set(field, value);
    }
}

/// A value that was written as text: a conversation, a message's text, or what it is.
fn told(value: Value) -> Value {
    match parsed(value.clone()) {
        Value::Object(mut members) if members.get("messages").is_some_and(is_chat) => {
            input(members.shift_remove("messages").unwrap_or_default())
        }
        list if is_chat(&list) => input(list),
        Value::Object(members) => Value::Object(members),
        _ => value,
    }
}

/// `{"message": {"role": …, "content": …}}` is the message; its contents are parts.
fn unwrapped_message(value: Value) -> Value {
    let mut members = Members::of(value);
    let inner = members.members("message");
    let mut message = if inner.is_empty() { members } else { inner };
    if message.get("content").is_none() {
        let parts =
            message.list("contents").into_iter().map(|part| part.get("message_content").cloned().unwrap_or(part));
        let parts: Vec<Value> = parts.collect();
        if !parts.is_empty() {
            message.put("content", content(Value::Array(parts)));
        }
    }
    Value::Object(message.into_map())
}

fn with_system(system: Option<Value>, asked: Value) -> Value {
    match (system, asked) {
        (Some(system), Value::Array(mut messages)) => {
            messages.insert(0, json!({ "role": "system", "content": system }));
            Value::Array(messages)
        }
        (_, asked) => asked,
    }
}

/// The text of the last answer in a list of messages; other values are it.
fn answer(value: Value) -> Option<Value> {
    match conversation(value) {
        Value::Array(mut messages) => take_last_answer(&mut messages).or_else(|| {
            let only = messages.pop()?;
            only.get("content").cloned().filter(|text| *text != "")
        }),
        Value::Null => None,
        other => Some(other),
    }
}

/// Documents with their texts. One without a text is none.
fn documents(list: Value) -> Option<Value> {
    let Value::Array(list) = list else { return None };
    let documents: Vec<Value> = list.into_iter().filter_map(document).collect();
    (!documents.is_empty()).then_some(Value::Array(documents))
}

fn document(value: Value) -> Option<Value> {
    let mut members = Members::of(value);
    let inner = members.members("document");
    let mut document = if inner.is_empty() { members } else { inner };
    let text = document.first(&["content", "text", "page_content"])?;
    let mut made = json!({ "text": text });
    let mut metadata = Members::of(document.take("metadata").map(parsed).unwrap_or_default());
    let id = document.take("id").map(|id| into_text(id.clone()).unwrap_or_else(|| id.to_string()));
    id.into_iter().for_each(|id| made["id"] = id.into());
    for (field, names) in [("title", ["title", "name"]), ("url", ["url", "source"])] {
        metadata.first(&names).filter(Value::is_string).into_iter().for_each(|value| made[field] = value);
    }
    document.take("score").into_iter().for_each(|score| made["score"] = score);
    Some(made)
}

fn annotation(draft: &mut Draft, value: Value) {
    let mut members = Members::of(value);
    let inner =
        [members.members("annotation"), members.members("evaluation")].into_iter().find(|inner| !inner.is_empty());
    let mut annotation = inner.unwrap_or(members);
    let name = annotation.text("name").unwrap_or_else(|| "annotation".into());
    let mut result = annotation.members("result");
    let mut of = |member: &str| annotation.take(member).or_else(|| result.take(member));
    let (score, label, reason) = (of("score"), of("label"), of("explanation").and_then(into_text));
    let judged = match annotation.text("annotator_kind").as_deref() {
        Some("HUMAN") => {
            let person = annotation.first(&["user_id", "identifier"]).and_then(into_text).filter(|id| !id.is_empty());
            Judged::answered(person.unwrap_or_else(|| "annotator".into()), &name, label, score)
        }
        Some("CODE") => Judged::by(JudgeKind::Code, name, score, label),
        _ => Judged::by(JudgeKind::Model, name, score, label),
    };
    draft.judged(judged.because(reason));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(attributes: Value) -> Value {
        let Value::Object(members) = attributes else { panic!() };
        Value::Object(tree(members).into_map())
    }

    #[test]
    fn names_with_dots_and_numbers_are_trees_and_lists() {
        let flat = json!({"llm.input_messages.0.message.role":"user","llm.input_messages.1.message.role":"assistant",
            "llm.model_name":"m","gen_ai.system":"openai","gen_ai.system.x":1});
        let expected = json!({"llm":{"input_messages":[{"message":{"role":"user"}},{"message":{"role":"assistant"}}],
            "model_name":"m"},"gen_ai":{"system":{"":"openai","x":1}}});
        assert_eq!(of(flat), expected);
        assert_eq!(of(json!({"llm":{"token_count.prompt":3}})), json!({"llm":{"token_count":{"prompt":3}}}));
        let deep = vec!["a"; 500].join(".");
        assert_eq!(of(json!({ deep.clone(): 1 })), json!({ deep: 1 }), "a name of so many steps is a name");
    }
}
