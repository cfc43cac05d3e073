//! Samples of the lm-evaluation-harness: a line a document and filter.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, number};
use super::outline::Outline;
use super::{Converter, Made, Source, Tool, no_list};
use crate::domain::judge::JudgeKind;
use crate::import::fault::ImportError;
use serde_json::{Value, json};
use std::path::Path;

pub(in super::super) const LM_EVAL: Tool = Tool {
    name: "lm-eval",
    title: "lm-evaluation-harness samples",
    about: "samples_TASK_DATE.jsonl, which `lm_eval --log_samples` writes",
    extensions: &[],
    options: &[],
    recognise,
    list: no_list,
    converter,
    fields: &[
        ("doc_hash, filter", "id"),
        ("doc_hash", "case"),
        ("arguments.gen_args_0.arg_0", "input"),
        ("filtered_resps, resps", "output; of a choice the one that is likeliest"),
        ("target", "reference; of a choice its text"),
        ("the folder's name", "model"),
        ("the file's name", "meta.task"),
        ("each of metrics (0 and 1; others without a verdict)", "judgements of code"),
        ("doc, doc_id", "meta"),
    ],
};

fn recognise(outline: &Outline) -> Option<&'static str> {
    let is_sample = outline.has(&["doc_id", "doc", "resps", "arguments", "target"]);
    is_sample.then_some("its first line is a sample of the lm-evaluation-harness")
}

fn converter(source: &Source) -> Result<Box<dyn Converter>, ImportError> {
    let (model, task) = told_by_name(Path::new(source.file));
    Ok(Box::new(move |value: Value, made: &mut Vec<Made>| {
        made.push(Made::Record(sample(value, model.as_deref(), task.as_deref())));
    }))
}

/// The model and the task that `MODEL/samples_TASK_DATE.jsonl` tells.
fn told_by_name(path: &Path) -> (Option<String>, Option<String>) {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let Some(rest) = name.as_deref().and_then(|name| name.strip_prefix("samples_")) else { return (None, None) };
    let task = rest.rsplit_once("_20").map(|(task, _)| task.to_owned());
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().replace("__", "/"));
    (folder, task)
}

fn sample(value: Value, model: Option<&str>, task: Option<&str>) -> Draft {
    let mut sample = Members::of(value);
    let mut draft = Draft::default();
    let filter = sample.text("filter").filter(|filter| filter != "none");
    let hash = sample.text("doc_hash").map(|hash| hash.chars().take(16).collect::<String>());
    if let Some(hash) = hash {
        let of_task = |task: &str| format!("{task}/{hash}");
        let name = task.map_or_else(|| hash.clone(), of_task);
        draft.set("case", Value::from(name.clone()));
        let who = model.map(|model| format!("{model}:")).unwrap_or_default();
        let filter = filter.as_ref().map(|filter| format!("/{filter}")).unwrap_or_default();
        draft.set("id", Value::from(format!("{who}{name}{filter}")));
    }
    let choices = choices(&mut sample);
    let (all, filtered) = (sample.list("resps"), sample.list("filtered_resps"));
    let target = sample.take("target");
    if choices.texts.len() > 1 {
        let likeliest = likeliest(if filtered.is_empty() { &all } else { &filtered });
        draft.set("output", likeliest.and_then(|at| choices.texts.get(at)).map(|text| Value::from(text.trim())));
        let named = target.as_ref().and_then(number).and_then(|at| choices.texts.get(at as usize));
        draft.set("reference", named.map(|text| Value::from(text.trim())).or(target));
        draft.keep("choices", json!(choices.texts));
        draft.keep("resps", Value::Array(all));
    } else {
        draft.set("output", first(filtered).or_else(|| first(all)));
        draft.set("reference", target);
    }
    draft.set("input", choices.prompt);
    draft.set("model", model.map(Value::from));
    draft.keep("task", task.map(Value::from));
    draft.keep("filter", filter.map(Value::from));
    for metric in sample.list("metrics").into_iter().filter_map(into_text) {
        let score = sample.take(&metric);
        let is_good = match score.as_ref().and_then(number) {
            Some(0.0) => Some(false),
            Some(1.0) => Some(true),
            _ => None,
        };
        let is_told = is_good.is_some();
        draft.judged(Judged::new(JudgeKind::Code, metric, is_good).with("score", score.filter(|_| !is_told)));
    }
    ["prompt_hash", "target_hash"].iter().for_each(|name| drop(sample.take(name)));
    draft.keep_rest(sample);
    draft
}

/// What the model was asked, and the continuations that it was asked to weigh.
#[derive(Default)]
struct Choices {
    prompt: Option<Value>,
    texts: Vec<String>,
}

fn choices(sample: &mut Members) -> Choices {
    let mut choices = Choices::default();
    let asked: Vec<Value> = match sample.take("arguments") {
        Some(Value::Object(members)) => members.into_iter().map(|(_, value)| value).collect(),
        // Of older versions: a list of lists.
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    for one in asked {
        let (prompt, rest) = match one {
            Value::Object(mut members) => (members.shift_remove("arg_0"), members.shift_remove("arg_1")),
            Value::Array(list) => {
                let mut list = list.into_iter();
                (list.next(), list.next())
            }
            _ => (None, None),
        };
        choices.prompt = choices.prompt.take().or(prompt);
        choices.texts.extend(rest.and_then(into_text));
    }
    choices
}

/// The number of the continuation with the greatest log-likelihood, the first number of each.
fn likeliest(weighed: &[Value]) -> Option<usize> {
    fn weight(value: &Value) -> Option<f64> {
        match value {
            Value::Array(list) => list.first().and_then(weight),
            other => number(other),
        }
    }
    let weights = weighed.iter().enumerate().filter_map(|(at, value)| Some((at, weight(value)?)));
    weights.max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(at, _)| at)
}

/// The first answer, which may stand in a list of its own.
fn first(answers: Vec<Value>) -> Option<Value> {
    match answers.into_iter().next()? {
        Value::Array(list) => first(list),
        answer => Some(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Map;

    #[test]
    fn a_name_tells_model_and_task() {
        let told = |path: &str| told_by_name(Path::new(path));
        let path = "out/meta__llama-3/samples_my_task_2026-11-23T07-57-12.764534.jsonl";
        assert_eq!(told(path), (Some("meta/llama-3".into()), Some("my_task".into())));
        assert_eq!(told("out/other.jsonl"), (None, None));
    }

    #[test]
    fn of_several_continuations_the_likeliest_is_the_output() {
        let line = json!({"doc_id":0,"doc":{},"target":"1","arguments":{"gen_args_0":{"arg_0":"Q","arg_1":" Plants"},
            "gen_args_1":{"arg_0":"Q","arg_1":" Rocks"}},"resps":[[["-3.5","False"]],[["-0.5","True"]]],
            "filtered_resps":[["-3.5","False"],["-0.5","True"]],"filter":"none","metrics":["acc"],"doc_hash":"ab","acc":1.0});
        let made: Map<String, Value> = serde_json::from_str(&sample(line, None, None).into_json("lm-eval")).unwrap();
        assert_eq!(
            (&made["output"], &made["reference"], &made["id"]),
            (&json!("Rocks"), &json!("Rocks"), &json!("ab"))
        );
        assert_eq!(made["judgements"], json!([{"judge":"acc","kind":"code","verdict":"accept","source":"lm-eval"}]));
    }
}
