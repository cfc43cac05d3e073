//! Exports of annotation tools: tasks of Label Studio, records of Argilla. Who annotated is a
//! person, who suggested a model.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text};
use super::named;
use super::{Made, Tool, no_list};
use crate::domain::judge::JudgeKind;
use serde_json::Value;

pub(in super::super) const LABEL_STUDIO: Tool = Tool {
    name: "label-studio",
    title: "Label Studio export",
    about: "tasks with their annotations and predictions, as JSON",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_task = outline.has(&["data", "annotations"]) || outline.has(&["data", "predictions"]);
        (is_task && !outline.has(&["attributes"])).then_some("it holds tasks of Label Studio")
    },
    list: no_list,
    converter: |_| Ok(Box::new(task)),
    fields: &[
        ("id", "id"),
        ("data", "input, output, context and reference, by the names of its members"),
        (
            "annotations[].result, completed_by",
            "judgements of people by their names: what says good or bad is the verdict",
        ),
        ("textarea results of an annotation", "its reason"),
        ("other results: choices, ratings, marked text", "answers, by from_name"),
        ("predictions[].result, model_version", "judgements of a model"),
        ("created_at", "created_at"),
        ("others", "meta"),
    ],
};

pub(in super::super) const ARGILLA: Tool = Tool {
    name: "argilla",
    title: "Argilla records",
    about: "records with fields, suggestions and responses, as JSON",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_record = outline.has(&["fields"]) && outline.has_any(&["responses", "suggestions"]);
        is_record.then_some("it holds records of Argilla")
    },
    list: |outline| outline.is_list_at("items").then_some("/items"),
    converter: |_| Ok(Box::new(record)),
    fields: &[
        ("id", "id"),
        ("fields", "input, output, context and reference, by the names of its members"),
        (
            "responses.QUESTION[].value, user_id",
            "judgements of people by their names: the verdict, and answers by QUESTION",
        ),
        ("suggestions.QUESTION.value, agent", "judgements of a model"),
        ("metadata, status", "meta"),
    ],
};

/// The fields of a task by the names of its members. A task that asks nothing is told by its number.
fn of_members(draft: &mut Draft, mut members: Members, what: &str) {
    named::take(draft, &mut members);
    if !draft.has("input") {
        let rest = members.texts();
        draft.set("input", if rest.is_empty() { Value::from(what) } else { rest.join("\n\n").into() });
    }
    draft.keep_rest(members);
}

fn task(value: Value, made: &mut Vec<Made>) {
    let mut task = Members::of(value);
    let mut draft = Draft::default();
    let id = task.first(&["id", "inner_id"]).map(|id| into_text(id.clone()).unwrap_or_else(|| id.to_string()));
    let what = id.as_ref().map_or_else(|| "a task".to_owned(), |id| format!("task {id}"));
    draft.set("id", id.map(Value::from));
    of_members(&mut draft, task.members("data"), &what);
    draft.set("created_at", task.take("created_at"));
    for annotation in task.list("annotations") {
        let mut annotation = Members::of(annotation);
        if annotation.take("was_cancelled") == Some(Value::Bool(true)) {
            continue;
        }
        let who = match annotation.take("completed_by") {
            Some(Value::Object(person)) => person.get("email").and_then(Value::as_str).map(str::to_owned),
            Some(number) => Some(format!("annotator {number}")),
            None => None,
        };
        annotated(&mut draft, &who.unwrap_or_else(|| "annotator".into()), annotation.list("result"));
    }
    for prediction in task.list("predictions") {
        let mut prediction = Members::of(prediction);
        let version = prediction.text("model_version");
        for result in prediction.list("result") {
            let (question, label, answer) = of_result(&result);
            let judged = Judged::by(JudgeKind::Model, format!("prediction {question}"), None, label);
            draft.judged(Judged { version: version.clone(), ..judged }.with("answer", answer));
        }
    }
    ["drafts", "file_upload"].iter().for_each(|name| drop(task.take(name)));
    draft.keep_rest(task);
    made.push(Made::Record(draft));
}

/// What one annotation says, a result after the other. Its note, where it has one, is the reason.
fn annotated(draft: &mut Draft, who: &str, results: Vec<Value>) {
    let (notes, results): (Vec<Value>, Vec<Value>) =
        results.into_iter().partition(|result| result["type"] == "textarea");
    for result in results {
        let (question, label, answer) = of_result(&result);
        draft.judged(Judged::answered(who, &question, label, None).with("answer", answer));
    }
    for note in notes {
        draft.judged(Judged::new(JudgeKind::Person, who, None).because(Some(words(&note["value"]["text"]))));
    }
}

/// What was asked, with the choices or the number that was chosen, or whatever else was answered. A rating of 1 says
/// neither good nor bad.
fn of_result(result: &Value) -> (String, Option<Value>, Option<Value>) {
    let question = result["from_name"].as_str().unwrap_or("label").to_owned();
    let mut members = Members::of(result["value"].clone());
    let label = members.first(&["choices", "rating", "number"]).map(only);
    let answer = label.is_none().then(|| Value::Object(members.into_map()));
    (question, label, answer)
}

/// A list of one is that.
fn only(value: Value) -> Value {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        other => other,
    }
}

/// Text, or several with commas between them.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn record(value: Value, made: &mut Vec<Made>) {
    let mut record = Members::of(value);
    let mut draft = Draft::default();
    let id = record.first(&["id", "_server_id"]);
    let what = id.as_ref().map_or_else(|| "a record".to_owned(), |id| format!("record {}", words(id)));
    draft.set("id", id);
    of_members(&mut draft, record.members("fields"), &what);
    for (question, answers) in record.members("responses").into_map() {
        let Value::Array(answers) = answers else { continue };
        let is_given = |answer: &Value| !matches!(answer["status"].as_str(), Some("discarded" | "draft"));
        for answer in answers.into_iter().filter(is_given) {
            let who = answer["user_id"].as_str().unwrap_or("annotator");
            draft.judged(Judged::answered(who, &question, Some(only(answer["value"].clone())), None));
        }
    }
    for (question, suggestion) in record.members("suggestions").into_map() {
        let who = suggestion["agent"].as_str().unwrap_or("suggestion");
        let label = Some(only(suggestion["value"].clone()));
        draft.judged(Judged::by(JudgeKind::Model, format!("{who} {question}"), None, label));
    }
    ["vectors", "_server_id"].iter().for_each(|name| drop(record.take(name)));
    draft.keep_rest(record);
    made.push(Made::Record(draft));
}
