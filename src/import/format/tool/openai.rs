//! What OpenAI's interfaces read and write, which many others speak too: batches, calls with their
//! answers, data sets of evals and of fine-tuning.

use super::draft::Draft;
use super::members::Members;
use super::messages::{conversation, first_answer, input, take_last_answer};
use super::outline::Outline;
use super::{Converter, Made, Source, Tool, no_list};
use crate::domain::format_option::FormatOption;
use crate::import::fault::ImportError;
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

const REQUESTS: FormatOption = FormatOption {
    name: "requests",
    value: Some("FILE"),
    help: "The input file of an OpenAI batch, which holds what was asked; by default the one beside its output",
};

pub(in super::super) const OPENAI_BATCH: Tool = Tool {
    name: "openai-batch",
    title: "OpenAI Batch output",
    about: "the output file of a batch; --requests FILE names its input, which is found beside it otherwise",
    extensions: &[],
    options: &[REQUESTS],
    recognise: |outline| {
        let is_answer = outline.has(&["custom_id", "response", "error"]) && !outline.has(&["url", "body"]);
        let is_answer = is_answer.then_some("its first line answers a request of a batch");
        is_answer.or_else(|| is_request(outline).then_some("its first line is a request of a batch"))
    },
    list: no_list,
    converter: batch,
    fields: &[
        ("custom_id", "id, case"),
        ("body.messages, body.input of the request", "input; its system message prompt"),
        ("response.body.choices[0].message", "output: its content, refusal or tool calls"),
        ("response.body.model", "model"),
        ("response.body.usage.prompt_tokens, completion_tokens", "tokens_in, tokens_out"),
        ("response.body.created", "created_at"),
        ("error, response.status_code from 400", "the reason of a reject"),
    ],
};

pub(in super::super) const OPENAI_CHAT: Tool = Tool {
    name: "openai-chat",
    title: "OpenAI chat completions",
    about: "calls with their answers: {request, response}, or both in one object",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_call = (outline.has_any(&["request.messages", "request.input", "request.body.messages"])
            && outline.has_any(&["response.choices", "response.output", "response.body.choices"]))
            || outline.has(&["messages", "choices"]);
        is_call.then_some("it holds calls of a chat interface with their answers")
    },
    list: no_list,
    converter: |_| Ok(Box::new(call)),
    fields: &[
        ("response.id", "id"),
        ("request.messages, request.input", "input; its system message prompt"),
        ("response.choices[0].message", "output: its content, refusal or tool calls"),
        ("response.model, request.model", "model"),
        ("response.usage", "tokens_in, tokens_out"),
        ("response.created", "created_at"),
        ("latency_ms, duration_ms; latency, duration (seconds)", "latency_ms"),
    ],
};

pub(in super::super) const OPENAI_EVALS: Tool = Tool {
    name: "openai-evals",
    title: "OpenAI evals data set",
    about: "examples with `input` and `ideal`: the ideal answer is what is judged",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        (outline.has(&["input", "ideal"]) && !outline.has_any(&["output", "response", "completion"]))
            .then_some("its examples have `input` and `ideal`")
    },
    list: no_list,
    converter: |_| Ok(Box::new(example)),
    fields: &[
        ("input", "input; its system message prompt"),
        ("ideal", "output (the first), reference (all)"),
        ("others", "meta"),
    ],
};

pub(in super::super) const OPENAI_FINETUNE: Tool = Tool {
    name: "openai-finetune",
    title: "OpenAI fine-tuning examples",
    about: "a conversation a line, whose last message is what is judged",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        (outline.has(&["messages.role", "messages.content"])
            && !outline.has_any(&["choices", "output", "response", "id", "request", "input"]))
        .then_some("its examples are conversations")
    },
    list: no_list,
    converter: |_| Ok(Box::new(tuning)),
    fields: &[
        ("messages before the last", "input; its system message prompt"),
        ("the last message, an assistant's", "output"),
        ("others", "meta"),
    ],
};

/// What was asked, by the names of requests.
type Requests = HashMap<String, Value>;

/// The answers of a batch, each with what was asked.
struct Batch {
    requests: Requests,
    /// The file of the requests, where nobody named it.
    found: Option<PathBuf>,
}

impl Converter for Batch {
    fn value(&mut self, value: Value, made: &mut Vec<Made>) {
        made.push(answered(value, &mut self.requests));
    }

    fn note(&self) -> Option<String> {
        let found = self.found.as_ref()?;
        Some(format!("what was asked is in {} beside it, which holds the same requests", found.display()))
    }
}

fn batch(source: &Source) -> Result<Box<dyn Converter>, ImportError> {
    if is_request(source.outline) {
        return Err(ImportError::BatchInput(source.file.to_owned()));
    }
    let batch = match source.options.value(&REQUESTS) {
        Some(path) => Batch { requests: requests(Path::new(path))?, found: None },
        None => beside(source).ok_or_else(|| ImportError::NoRequests(source.file.to_owned()))?,
    };
    Ok(Box::new(batch))
}

/// Whether the first value is a request, and not what was answered.
fn is_request(outline: &Outline) -> bool {
    outline.has(&["custom_id", "url", "body"]) && !outline.has(&["response"])
}

/// Files beside the answers that are looked at.
const LOOKED_AT: usize = 200;

/// Longest first line of such a file, in bytes.
const LONGEST: u64 = 4 << 20;

/// The requests of the only file in the folder that holds one of the first answer's name.
fn beside(source: &Source) -> Option<Batch> {
    let file = Path::new(source.file);
    let folder = file.is_file().then(|| file.parent())??;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let first = source.head.split(|byte| *byte == b'\n').next()?;
    let name = Members::of(serde_json::from_slice(first).ok()?).text("custom_id")?;
    let paths = std::fs::read_dir(folder).ok()?.take(LOOKED_AT).filter_map(|entry| Some(entry.ok()?.path()));
    let of_requests = paths.filter(|path| path.extension().is_some_and(|end| end == "jsonl") && begins_requests(path));
    let mut found = of_requests.filter_map(|path| {
        let requests = requests(&path).ok().filter(|requests| requests.contains_key(&name))?;
        Some(Batch { requests, found: Some(path) })
    });
    found.next().filter(|_| found.next().is_none())
}

/// Whether the file's first line is a request of a batch.
fn begins_requests(path: &Path) -> bool {
    let mut line = Vec::new();
    let read = File::open(path).and_then(|file| BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line));
    read.is_ok() && is_request(&Outline::of(&line))
}

fn requests(path: &Path) -> Result<Requests, ImportError> {
    let failed = |error| ImportError::Io { name: path.display().to_string(), error };
    let mut requests = Requests::new();
    for line in BufReader::new(File::open(path).map_err(failed)?).lines() {
        let line = line.map_err(failed)?;
        let mut request = Members::of(serde_json::from_str(&line).unwrap_or_default());
        let Some(name) = request.text("custom_id") else { continue };
        let mut body = request.members("body");
        if let Some(asked) = asked(&mut body) {
            requests.insert(name, asked);
        }
    }
    Ok(requests)
}

/// What a request's body asks.
fn asked(body: &mut Members) -> Option<Value> {
    body.first(&["messages", "input", "prompt"]).map(input)
}

fn answered(value: Value, requests: &mut Requests) -> Made {
    let mut answer = Members::of(value);
    let mut draft = Draft::default();
    let name = answer.text("custom_id");
    draft.set("id", name.clone().map(Value::from));
    draft.set("case", name.clone().map(Value::from));
    draft.keep("batch_request", answer.take("id"));
    draft.set("input", name.as_ref().and_then(|name| requests.remove(name)));
    let mut response = answer.members("response");
    let status = response.take("status_code").and_then(|status| status.as_i64());
    let mut body = response.members("body");
    let refused =
        [answer.members("error"), body.members("error")].into_iter().find_map(|mut error| error.text("message"));
    respond(&mut draft, &mut body);
    draft.keep_rest(body);
    match (refused, status) {
        (Some(reason), _) => Made::NoOutput(draft, format!("is missing: {reason}")),
        (None, Some(status @ 400..)) => Made::NoOutput(draft, format!("is missing: the request failed with {status}")),
        _ if !draft.has("input") => Made::NoInput(draft, "is missing: the file of requests has no such custom_id"),
        _ => Made::Record(draft),
    }
}

/// Takes what a response's body says.
fn respond(draft: &mut Draft, body: &mut Members) {
    let has_choices = body.get("choices").is_some();
    draft.set("model", body.take("model"));
    draft.set("created_at", body.first(&["created", "created_at"]));
    let mut usage = body.members("usage");
    draft.set("tokens_in", usage.first(&["prompt_tokens", "input_tokens"]));
    draft.set("tokens_out", usage.first(&["completion_tokens", "output_tokens"]));
    draft.set("output", first_answer(body));
    ["object", "system_fingerprint", "service_tier"].iter().for_each(|name| drop(body.take(name)));
    if !has_choices {
        body.take("output");
    }
}

fn call(value: Value, made: &mut Vec<Made>) {
    let mut call = Members::of(value);
    let mut draft = Draft::default();
    let mut request = call.members("request");
    let mut response = call.members("response");
    let is_apart = !response.is_empty();
    let mut request_body = request.members("body");
    let mut response_body = response.members("body");
    let response = if response_body.is_empty() { &mut response } else { &mut response_body };
    let request = if request_body.is_empty() { &mut request } else { &mut request_body };
    draft.set("input", if is_apart { asked(request) } else { asked(&mut call) });
    let asked_of = request.take("model");
    let body = if is_apart { response } else { &mut call };
    draft.set("id", body.take("id"));
    respond(&mut draft, body);
    if !draft.has("model") {
        draft.set("model", asked_of);
    }
    let millis = call.first(&["latency_ms", "duration_ms"]);
    match millis {
        Some(millis) => draft.set("latency_ms", millis),
        None => draft.set_seconds(call.first(&["latency", "duration"]).as_ref()),
    }
    draft.keep_rest(call);
    made.push(Made::Record(draft));
}

fn example(value: Value, made: &mut Vec<Made>) {
    let mut example = Members::of(value);
    let mut draft = Draft::default();
    draft.set("id", example.take("id"));
    draft.set("input", example.take("input").map(input));
    let ideal = example.take("ideal");
    draft.set(
        "output",
        match &ideal {
            Some(Value::Array(list)) => list.first().cloned(),
            other => other.clone(),
        },
    );
    draft.set("reference", ideal.filter(Value::is_array));
    draft.keep_rest(example);
    made.push(Made::Record(draft));
}

fn tuning(value: Value, made: &mut Vec<Made>) {
    let mut example = Members::of(value);
    let mut draft = Draft::default();
    let Value::Array(mut messages) = conversation(example.take("messages").unwrap_or_default()) else {
        return made.push(Made::Other);
    };
    draft.set("output", take_last_answer(&mut messages));
    draft.set("input", input(Value::Array(messages)));
    draft.keep_rest(example);
    made.push(if draft.has("output") {
        Made::Record(draft)
    } else {
        Made::NoOutput(draft, "is missing: the last message is no assistant's".into())
    });
}
