//! Results of promptfoo: versions 2 and 3 of its file, and a result a line.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, parsed};
use super::messages::{input, is_chat};
use super::outline::Outline;
use super::{Made, Tool};
use crate::domain::digest;
use crate::domain::judge::JudgeKind;
use crate::import::proposal::{Says, names};
use serde_json::Value;

pub(in super::super) const PROMPTFOO: Tool = Tool {
    name: "promptfoo",
    title: "promptfoo results",
    about: "what `promptfoo eval -o FILE` writes, as .json or .jsonl",
    extensions: &[],
    options: &[],
    recognise,
    list,
    converter: |_| Ok(Box::new(result)),
    fields: &[
        ("id", "id"),
        ("vars", "case (equal variables are one case), meta.vars"),
        ("prompt.raw", "input"),
        ("prompt.label", "prompt_version; prompt, where it is the template ({{…}})"),
        ("vars.context, vars.documents, ...", "context"),
        ("response.output", "output"),
        ("testCase.assert[].value", "reference, of an assertion that compares with one"),
        ("provider.id", "model"),
        ("latencyMs", "latency_ms"),
        ("cost", "cost_usd"),
        ("response.tokenUsage.prompt", "tokens_in"),
        ("response.tokenUsage.completion", "tokens_out"),
        (
            "gradingResult.componentResults[]",
            "judgements, by the assertion's metric or type: of a model (graded by one), code, or a person (human)",
        ),
        ("gradingResult.comment, namedScores", "judgements"),
        ("error, where failureReason is 2", "the reason of a reject"),
    ],
};

/// Assertions whose value is an expected output.
const EXPECTING: [&str; 8] =
    ["equals", "similar", "factuality", "model-graded-factuality", "icontains", "contains", "rouge-n", "levenshtein"];

fn recognise(outline: &Outline) -> Option<&'static str> {
    let is_result = |start: &str| {
        let member = |name: &str| format!("{start}{name}");
        outline.has(&[&member("provider"), &member("prompt.raw"), &member("vars")])
            && outline.has_any(&[&member("success"), &member("gradingResult"), &member("response")])
    };
    let is_file = outline.is_object_at("results")
        && (outline.has(&["results.version"]) || is_result("results.results."))
        && (outline.has_any(&["results.results", "results.prompts", "results.stats"]));
    (is_file || is_result("") || is_result("results.")).then_some("it has results of promptfoo")
}

fn list(outline: &Outline) -> Option<&'static str> {
    match (outline.is_object_at("results"), outline.is_list_at("results")) {
        (true, _) => Some("/results/results"),
        (_, true) => Some("/results"),
        _ => None,
    }
}

fn result(value: Value, made: &mut Vec<Made>) {
    let mut result = Members::of(value);
    let mut draft = Draft::default();
    draft.set("id", result.take("id"));
    let mut prompt = result.members("prompt");
    let raw = prompt.take("raw");
    draft.set(
        "input",
        raw.clone().map(parsed).map(|prompt| if is_chat(&prompt) { input(prompt) } else { raw_of(raw, prompt) }),
    );
    let label = prompt.first(&["label", "display"]);
    // What has places for variables is the template; what has none is the input itself, or a name.
    draft.set(
        "prompt",
        label.clone().filter(|label| label.as_str().is_some_and(|text| text.contains("{{"))).map(parsed),
    );
    draft.set("prompt_version", label.map(version));
    let mut vars = result.members("vars");
    vars.take("_conversation");
    let mut test = result.members("testCase");
    test.take("vars");
    let named = Value::Object(vars.into_map());
    draft.set("case", (named != Value::Object(Default::default())).then(|| case(&named)));
    draft.set("context", names("context", Says::Something).find_map(|name| named.get(name)).cloned());
    draft.keep("vars", named);
    let mut provider = result.members("provider");
    draft.set("model", provider.first(&["id", "label"]));
    draft.set("latency_ms", result.take("latencyMs"));
    draft.set("cost_usd", result.take("cost"));
    let mut response = result.members("response");
    let mut usage = [response.members("tokenUsage"), result.members("tokenUsage")]
        .into_iter()
        .find(|usage| !usage.is_empty())
        .unwrap_or_default();
    draft.set("tokens_in", usage.take("prompt"));
    draft.set("tokens_out", usage.take("completion"));
    let output = response.take("output").or_else(|| result.take("output"));
    draft.set("output", output);
    let asserted = test.list("assert");
    draft.set("reference", reference(&asserted));
    let was_good = result.take("success").and_then(|success| success.as_bool());
    judged(&mut draft, result.members("gradingResult"), result.members("namedScores"), was_good);
    let failure = result.take("failureReason").and_then(|reason| reason.as_i64());
    let error = [result.text("error"), response.text("error")].into_iter().flatten().next();
    ["promptIdx", "testIdx", "promptId", "score"].iter().for_each(|name| drop(result.take(name)));
    draft.keep("test", test.take("description"));
    draft.keep_rest(result);
    made.push(match error {
        // Of a failed assertion it tells what the assertion says.
        Some(error) if failure == Some(2) || !draft.has("output") => {
            Made::NoOutput(draft, format!("is missing: {error}"))
        }
        _ => Made::Record(draft),
    });
}

/// The prompt as it was written, where it is no conversation.
fn raw_of(raw: Option<Value>, prompt: Value) -> Value {
    raw.unwrap_or(prompt)
}

/// A label that is the prompt itself is told by its hash.
fn version(label: Value) -> Value {
    const LONGEST: usize = 60;
    match into_text(label) {
        Some(label) if label.chars().count() <= LONGEST && !label.contains('\n') => label.into(),
        Some(label) => digest::short(label.as_bytes()).into(),
        None => Value::Null,
    }
}

/// Results of equal variables answer one question.
fn case(vars: &Value) -> Value {
    digest::short(vars.to_string().as_bytes()).into()
}

fn reference(asserted: &[Value]) -> Option<Value> {
    let expects =
        |kind: &str| asserted.iter().find(|assertion| assertion["type"] == kind).map(|found| found["value"].clone());
    EXPECTING.iter().find_map(|kind| expects(kind)).filter(Value::is_string)
}

/// The judgement of each assertion, or the whole test's where there are none of them; and scores that go by the name
/// of none.
fn judged(draft: &mut Draft, mut grading: Members, named: Members, was_good: Option<bool>) {
    let mut comment = grading.text("comment");
    let components = grading.list("componentResults");
    let mut metrics = Vec::new();
    if let (true, Some(is_good)) = (components.is_empty() && grading.get("assertion").is_some(), was_good) {
        let judged = of_assertion(&grading.take("assertion").unwrap_or_default(), is_good);
        metrics.push(judged.name.clone());
        draft.judged(judged.because(grading.text("reason")));
    }
    for component in components {
        let mut component = Members::of(component);
        let assertion = component.take("assertion").unwrap_or_default();
        let Some(is_good) = component.take("pass").and_then(|pass| pass.as_bool()) else { continue };
        let judged = of_assertion(&assertion, is_good).with("score", component.take("score"));
        metrics.push(judged.name.clone());
        let reason = component.text("reason");
        draft.judged(match judged.kind {
            JudgeKind::Person => judged.because(comment.take().or(reason)),
            _ => judged.because(reason),
        });
    }
    draft.judged(Judged::new(JudgeKind::Person, HUMAN, None).because(comment));
    for (name, score) in named.into_map().into_iter().filter(|(name, _)| !metrics.contains(name)) {
        draft.judged(Judged::new(JudgeKind::Code, name, None).with("score", Some(score)));
    }
}

/// The type of an assertion that is what somebody said in promptfoo's viewer, who has no name there.
const HUMAN: &str = "human";

/// Assertions that ask a model, by the beginnings of their types.
const BY_MODEL: [&str; 15] = [
    "llm-rubric",
    "agent-rubric",
    "factuality",
    "g-eval",
    "answer-relevance",
    "context-",
    "conversation-relevance",
    "select-best",
    "classifier",
    "moderation",
    "model-graded",
    "similar",
    "pi",
    "search-rubric",
    "trajectory:goal-success",
];

fn of_assertion(assertion: &Value, is_good: bool) -> Judged {
    let kind = assertion["type"].as_str().unwrap_or("promptfoo");
    let plain = kind.trim_start_matches("not-");
    let who = match plain {
        HUMAN => JudgeKind::Person,
        _ if BY_MODEL.iter().any(|start| plain.starts_with(start)) => JudgeKind::Model,
        _ => JudgeKind::Code,
    };
    let grader = assertion["provider"].as_str().or(assertion["provider"]["id"].as_str());
    let version = grader.filter(|_| who == JudgeKind::Model).map(str::to_owned);
    let name = assertion["metric"].as_str().filter(|_| who != JudgeKind::Person).unwrap_or(kind);
    Judged { version, ..Judged::new(who, name, is_good) }
}
