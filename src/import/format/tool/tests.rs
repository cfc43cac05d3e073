//! What a user of each tool would notice of what it wrote.

use crate::domain::decision::Verdict;
use crate::domain::item::Item;
use crate::domain::judge::ImportedJudgement;
use crate::import::{Options, Reader, Row};
use serde_json::{Value, json};
use std::io::Cursor;

/// What came of a file: the items, the judgements of each, and the reasons of the rejects.
#[derive(Default)]
struct Read {
    items: Vec<Item>,
    judgements: Vec<Vec<ImportedJudgement>>,
    rejects: Vec<String>,
    passed_over: usize,
}

/// Reads a file that is told by its content alone.
fn read(text: impl Into<String>) -> Read {
    read_with(text, Options::default())
}

fn read_with(text: impl Into<String>, options: Options) -> Read {
    let reader = Reader::from_read("a file", Cursor::new(text.into().into_bytes()), options).unwrap();
    let mut read = Read::default();
    for row in reader {
        match row.unwrap() {
            Row::Record(record) => {
                read.items.push(record.item);
                read.judgements.push(record.judgements);
            }
            Row::Reject(reject) => read.rejects.push(reject.faults.to_string()),
            Row::PassedOver(..) => read.passed_over += 1,
        }
    }
    read
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

impl Read {
    /// The judgements of an item: who, and whether it is good, `-` where they do not say.
    fn said(&self, at: usize) -> Vec<String> {
        let told = |said: &ImportedJudgement| {
            let verdict = said.verdict.map_or("-", Verdict::as_str);
            format!("{} {} {verdict} {}", said.kind, said.judge, said.reason)
        };
        self.judgements[at].iter().map(|said| told(said).trim_end().to_owned()).collect()
    }
}

fn prompt(item: &Item) -> Option<&str> {
    item.prompt.as_ref().map(|prompt| prompt.text.as_str())
}

fn meta(item: &Item) -> Value {
    item.meta.as_ref().map_or(Value::Null, |meta| serde_json::from_str(meta).unwrap())
}

#[test]
fn promptfoo_of_both_versions_and_by_lines() {
    let result = |id: Option<&str>| {
        json!({"id": id, "provider": {"id": "openai:gpt-5", "label": ""}, "prompt": {"raw": "Greet Ana", "label": "Greet {{name}}"},
            "vars": {"name": "Ana", "context": "Ana is a guest."}, "response": {"output": "Hello Ana", "tokenUsage": {"total": 9, "prompt": 5, "completion": 4}},
            "success": false, "score": 0.5, "latencyMs": 120, "cost": 0.002, "namedScores": {"tone": 0.5}, "failureReason": 1, "error": "Expected output to contain Hi",
            "testIdx": 0, "promptIdx": 0,
            "testCase": {"vars": {"name": "Ana"}, "assert": [{"type": "contains", "value": "Hi"}, {"type": "llm-rubric", "value": "is kind"}]},
            "gradingResult": {"pass": false, "score": 0.5, "reason": "…", "comment": "stiff", "componentResults": [
                {"pass": false, "score": 0, "reason": "Expected output to contain Hi", "assertion": {"type": "contains", "value": "Hi"}},
                {"pass": true, "score": 1, "reason": "It is kind.", "assertion": {"type": "llm-rubric", "metric": "kindness", "provider": "judge-1"}},
                {"pass": false, "score": 0, "reason": "Manual result", "assertion": {"type": "human"}}]}})
    };
    let failed = json!({"id": "r2", "provider": {"id": "openai:gpt-5"}, "prompt": {"raw": "Greet Bo"}, "vars": {"name": "Bo"},
        "error": "rate limited", "failureReason": 2, "success": false});
    let three = json!({"evalId": "e", "results": {"version": 3, "timestamp": "t", "prompts": [{"raw": "x"}],
        "results": [result(Some("r1")), failed], "stats": {}}, "config": {"tests": [{"vars": {}}]}});
    let read_three = read(three.to_string());
    assert_eq!(read_three.rejects, ["output: is missing: rate limited"]);
    let item = &read_three.items[0];
    assert_eq!(
        (item.id.as_str(), item.input.text.as_str(), item.output.text.as_str()),
        ("r1", "Greet Ana", "Hello Ana")
    );
    assert_eq!((item.model.as_deref(), item.prompt_version.as_deref()), (Some("openai:gpt-5"), Some("Greet {{name}}")));
    assert_eq!(prompt(item), Some("Greet {{name}}"), "the template, and not what was made of it");
    assert_eq!(
        (item.latency_ms, item.cost_usd, item.tokens_in, item.tokens_out),
        (Some(120.0), Some(0.002), Some(5), Some(4))
    );
    assert_eq!(
        (item.reference.as_ref().unwrap().text.as_str(), item.context[0].text.as_str()),
        ("Hi", "Ana is a guest.")
    );
    let said = read_three.said(0);
    let expected = [
        "code contains reject Expected output to contain Hi",
        "model kindness@judge-1 accept It is kind.",
        "person human reject stiff",
        "code tone -",
    ];
    assert_eq!((said, read_three.judgements[0][3].source.as_str()), (expected.map(str::to_owned).into(), "promptfoo"));
    assert_eq!((&meta(item)["namedScores"], &meta(item)["vars"]["name"]), (&Value::Null, &json!("Ana")));

    let two = json!({"results": {"version": 2, "results": [result(None)], "stats": {}, "table": {"body": []}}, "shareableUrl": null});
    let by_line = read(lines(&[result(None), result(Some("b"))]));
    let read_two = read(two.to_string());
    assert_eq!(
        read_two.items[0].id, by_line.items[0].id,
        "the same result has the same id, where it has none of its own"
    );
    assert_eq!(
        (read_two.items[0].case.as_ref(), by_line.items.len()),
        (item.case.as_ref(), 2),
        "equal variables, one case"
    );
}

#[test]
fn lm_eval_gives_an_item_for_each_document_and_filter() {
    let sample = |filter: &str| {
        json!({"doc_id": 3, "doc": {"question": "Why?"}, "target": "Because", "arguments": {"gen_args_0": {"arg_0": "Q: Why?\nA:", "arg_1": {"until": ["\n"]}}},
            "resps": [["lol"]], "filtered_resps": ["lol"], "filter": filter, "metrics": ["exact_match", "bleu"], "doc_hash": "cdf6ac92a91792492c7237d29702c1ab",
            "prompt_hash": "p", "target_hash": "t", "exact_match": 0.0, "bleu": 3.5})
    };
    let read = read(lines(&[sample("none"), sample("strict")]));
    assert_eq!(
        read.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
        ["cdf6ac92a9179249", "cdf6ac92a9179249/strict"]
    );
    let item = &read.items[0];
    assert_eq!((item.input.text.as_str(), item.output.text.as_str()), ("Q: Why?\nA:", "lol"));
    assert_eq!(item.reference.as_ref().unwrap().text, "Because");
    assert_eq!(
        (read.said(0), read.judgements[0][1].others["score"].as_str(), &meta(item)["doc"]["question"]),
        (vec!["code exact_match reject".to_owned(), "code bleu -".into()], "3.5", &json!("Why?"))
    );
}

#[test]
fn inspect_puts_attachments_where_they_are_named_and_keeps_what_scorers_say() {
    let log = json!({"version": 2, "status": "success", "eval": {"task": "popularity", "run_id": "r", "model": "m"}, "plan": {}, "results": {}, "stats": {}, "samples": [
        {"id": 1, "epoch": 2, "uuid": "u1", "input": "attachment://abc", "target": ["Yes"],
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "attachment://abc"}, {"role": "assistant", "content": "Yes\n"}],
            "output": {"model": "gemma3", "choices": [{"message": {"role": "assistant", "content": [{"type": "text", "text": "Yes"}]}, "stop_reason": "stop"}],
                "usage": {"input_tokens": 66, "output_tokens": 3}, "time": 0.2823},
            "scores": {"match": {"value": "C", "answer": "Yes", "explanation": "as asked"}, "tone": {"value": 0.4},
                "model_graded_fact": {"value": "C", "history": [{"value": "I"}, {"value": "C", "explanation": "it is so", "provenance": {"author": "ana", "timestamp": "t"}}]}},
            "metadata": {"level": 2}, "events": [{"event": "x"}], "attachments": {"abc": "Is it so?"}, "total_time": 0.4},
        {"id": "b", "epoch": 1, "input": "Well?", "target": "", "messages": [], "output": {"model": "gemma3", "choices": []}, "error": {"message": "timed out", "traceback": "…"}}]});
    let read = read(log.to_string());
    assert_eq!(read.rejects, ["output: is missing: timed out"]);
    let item = &read.items[0];
    assert_eq!((item.id.as_str(), item.attempt, item.output.text.as_str()), ("u1", 2, "Yes"));
    let asked: Value = serde_json::from_str(&item.input.text).unwrap();
    assert_eq!(asked[1]["content"], "Is it so?", "{asked}");
    assert_eq!(prompt(item), Some("Be brief."));
    assert_eq!(
        (item.latency_ms, item.tokens_in, item.reference.as_ref().unwrap().text.as_str()),
        (Some(282.3), Some(66), "Yes")
    );
    let said =
        ["code match accept as asked", "code tone -", "person ana accept it is so", "model model_graded_fact reject"];
    assert_eq!(read.said(0), said);
    assert_eq!(read.judgements[0][2].others["answers"], r#"{"model_graded_fact":"C"}"#);
    assert_eq!(
        (&meta(item)["scores"], &meta(item)["metadata"]["level"], &meta(item)["events"]),
        (&Value::Null, &json!(2), &Value::Null)
    );
}

#[test]
fn a_batch_is_joined_with_what_it_was_asked() {
    let answer = |name: &str, body: Value| json!({"id": format!("batch_{name}"), "custom_id": name, "response": body, "error": null});
    let body = json!({"status_code": 200, "request_id": "q", "body": {"id": "c", "object": "chat.completion", "created": 1729730156, "model": "gpt-4o",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Blue.", "refusal": null}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}});
    let refused = json!({"id": "x", "custom_id": "c", "response": null, "error": {"code": "expired", "message": "it took too long"}});
    let file = lines(&[answer("b", body.clone()), answer("a", body.clone()), answer("z", body), refused]);
    let alone = Reader::from_read("a file", Cursor::new(file.clone().into_bytes()), Options::default()).err().unwrap();
    assert!(alone.to_string().contains("name it with `--requests FILE`"), "{alone}");
    let folder = tempfile::tempdir().unwrap();
    let requests = folder.path().join("requests.jsonl");
    let request = |name: &str, text: &str| json!({"custom_id": name, "method": "POST", "url": "/v1", "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}});
    std::fs::write(&requests, lines(&[request("a", "The sky?"), request("b", "The sea?")])).unwrap();
    let mut options = Options::default();
    options.given.add(&super::openai::OPENAI_BATCH.options[0], requests.to_str().unwrap());
    let joined = read_with(file.clone(), options);
    let told = |item: &Item| (item.id.clone(), item.input.text.clone(), item.output.text.clone());
    assert_eq!(
        joined.items.iter().map(told).collect::<Vec<_>>(),
        [("b".into(), "The sea?".into(), "Blue.".into()), ("a".into(), "The sky?".into(), "Blue.".into())]
    );
    assert_eq!(
        joined.rejects,
        ["input: is missing: the file of requests has no such custom_id", "output: is missing: it took too long"]
    );
    let answers = folder.path().join("answers.jsonl");
    std::fs::write(&answers, &file).unwrap();
    std::fs::write(folder.path().join("others.jsonl"), lines(&[request("other", "The sun?")])).unwrap();
    let reader = Reader::open(&answers, Options::default()).unwrap();
    assert!(reader.note().unwrap().contains("requests.jsonl beside it"), "{:?}", reader.note());
    assert_eq!(reader.filter(|row| matches!(row, Ok(Row::Record(_)))).count(), 2);
    let asked = Reader::open(&requests, Options::default()).err().unwrap().to_string();
    assert!(asked.contains("is the input of an OpenAI batch"), "{asked}");
    std::fs::copy(&requests, folder.path().join("again.jsonl")).unwrap();
    assert!(Reader::open(&answers, Options::default()).is_err(), "it may be either of the two");
}

#[test]
fn calls_examples_and_conversations_of_openai() {
    let call = json!({"request": {"model": "gpt-5", "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        "response": {"id": "chatcmpl-1", "model": "gpt-5-0101", "choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [{"id": "t", "function": {"name": "f"}}]}}],
            "usage": {"prompt_tokens": 4, "completion_tokens": 2}}, "latency": 1.5});
    let log = read(lines(&[call.clone(), call]));
    assert_eq!(
        (log.items[0].id.as_str(), log.items[0].latency_ms, log.items[0].model.as_deref()),
        ("chatcmpl-1", Some(1500.0), Some("gpt-5-0101"))
    );
    assert_eq!(prompt(&log.items[0]), Some("Be kind."));
    assert!(log.items[0].output.text.contains("tool_calls") && log.items[0].input.text.contains(r#""content":"Hi""#));
    let evals = read(lines(&[
        json!({"input": [{"role": "user", "content": "Which hold?"}], "ideal": ["crimp", "edge"]}),
        json!({"input": "Q", "ideal": "A"}),
    ]));
    assert_eq!((evals.items[0].input.text.as_str(), evals.items[0].output.text.as_str()), ("Which hold?", "crimp"));
    assert_ne!(evals.items[0].id, evals.items[1].id);
    let tuning = |last: &str| json!({"messages": [{"role": "user", "content": "Hi"}, {"role": last, "content": "Hello"}], "weight": 1});
    let tuned = read(lines(&[tuning("assistant"), tuning("user")]));
    assert_eq!((tuned.items[0].input.text.as_str(), tuned.items[0].output.text.as_str()), ("Hi", "Hello"));
    assert_eq!(tuned.rejects, ["output: is missing: the last message is no assistant's"]);
}

/// One call as OTLP writes it.
fn otlp(span: &str, attributes: Value) -> Value {
    fn typed(value: &Value) -> Value {
        match value {
            Value::String(text) => json!({ "stringValue": text }),
            Value::Number(number) if number.is_i64() => json!({"intValue": number.to_string()}),
            Value::Number(number) => json!({ "doubleValue": number }),
            Value::Array(list) => json!({"arrayValue": {"values": list.iter().map(typed).collect::<Vec<_>>()}}),
            Value::Object(members) => {
                json!({"kvlistValue": {"values": members.iter().map(|(key, value)| json!({"key": key, "value": typed(value)})).collect::<Vec<_>>()}})
            }
            other => json!({ "boolValue": other }),
        }
    }
    let Value::Object(members) = attributes else { panic!() };
    let attributes: Vec<_> = members.iter().map(|(key, value)| json!({"key": key, "value": typed(value)})).collect();
    json!({"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": span, "name": "chat", "startTimeUnixNano": "1754000000000000000",
        "endTimeUnixNano": "1754000001830000000", "attributes": attributes, "status": {}})
}

fn batch(spans: &[Value]) -> Value {
    json!({"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {"name": "s"}, "spans": spans}]}]})
}

#[test]
fn a_call_is_read_in_every_spelling_of_opentelemetry() {
    let asked = json!([{"role": "user", "parts": [{"type": "text", "content": "Tell me a joke"}]}]);
    let answered =
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "No."}], "finish_reason": "stop"}]);
    let common = json!({"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4", "gen_ai.response.model": "gpt-4-0613", "gen_ai.usage.input_tokens": 52, "gen_ai.usage.output_tokens": 47});
    let with = |more: Value| {
        let (Value::Object(mut all), Value::Object(more)) = (common.clone(), more) else { panic!() };
        all.extend(more);
        Value::Object(all)
    };
    let as_text = with(
        json!({"gen_ai.input.messages": asked.to_string(), "gen_ai.output.messages": answered.to_string(), "user.id": "u7", "app.tier": "gold"}),
    );
    let structured = with(json!({"gen_ai.input.messages": asked, "gen_ai.output.messages": answered}));
    let older = with(
        json!({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Tell me a joke", "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "No."}),
    );
    let openinference = json!({"openinference.span.kind": "LLM", "llm.model_name": "gpt-4-0613", "llm.token_count.prompt": 52, "llm.token_count.completion": 47,
        "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Tell me a joke", "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "No.", "llm.cost.total": 0.01});
    let mut on_event = otlp("05", common.clone());
    on_event["events"] = json!([{"name": "gen_ai.client.inference.operation.details", "attributes": otlp("", json!({"gen_ai.input.messages": asked.to_string(), "gen_ai.output.messages": answered.to_string()}))["attributes"]},
        {"name": "gen_ai.evaluation.result", "attributes": otlp("", json!({"gen_ai.evaluation.name": "humour", "gen_ai.evaluation.score.label": "fail", "gen_ai.evaluation.score.value": 0.2, "gen_ai.evaluation.explanation": "flat"}))["attributes"]}]);
    let file = lines(&[
        batch(&[otlp("01", as_text), otlp("02", structured)]),
        batch(&[otlp("03", older)]),
        batch(&[otlp("04", openinference), on_event]),
        batch(&[otlp("06", common.clone()), otlp("07", json!({"http.method": "GET"}))]),
    ]);
    let read = read(file);
    assert_eq!(read.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["01", "02", "03", "04", "05"]);
    for item in &read.items {
        assert_eq!((item.input.text.as_str(), item.output.text.as_str()), ("Tell me a joke", "No."), "{}", item.id);
        assert_eq!(
            (item.model.as_deref(), item.tokens_in, item.latency_ms),
            (Some("gpt-4-0613"), Some(52), Some(1830.0)),
            "{}",
            item.id
        );
    }
    assert_eq!((read.said(4), read.passed_over), (vec!["model humour reject flat".to_owned()], 1));
    assert_eq!(read.rejects, ["output: is missing: the program that wrote the span kept no texts"]);
    assert_eq!(meta(&read.items[0])["app"]["tier"], "gold");
}

#[test]
fn what_a_trace_retrieved_is_the_context_of_its_calls() {
    let found = json!({"openinference.span.kind": "RETRIEVER", "retrieval.documents.0.document.content": "Refunds take 5 days.", "retrieval.documents.0.document.id": "d1", "retrieval.documents.1.document.content": "No cash."});
    let call = json!({"openinference.span.kind": "LLM", "input.value": "When?", "output.value": "In 5 days."});
    let read = read(lines(&[batch(&[otlp("01", found), otlp("02", call)]), batch(&[])]));
    assert_eq!((read.items.len(), read.passed_over), (1, 2), "what was retrieved, and a batch of nothing");
    let texts: Vec<_> = read.items[0].context.iter().map(|document| document.text.as_str()).collect();
    assert_eq!((texts, read.items[0].context[0].id.as_deref()), (vec!["Refunds take 5 days.", "No cash."], Some("d1")));
}

#[test]
fn spans_of_sdks_and_notebooks() {
    let vercel = json!([{"name": "ai.generateText.doGenerate", "spanContext": {"traceId": "t", "spanId": "39d6"}, "attributes": {"ai.operationId": "ai.generateText.doGenerate",
        "ai.prompt.messages": r#"[{"role":"user","content":[{"type":"text","text":"A haiku"}]}]"#, "ai.response.text": "Lines", "ai.response.model": "gpt-4o-mini", "gen_ai.system": "openai",
        "ai.usage.promptTokens": 14, "ai.usage.completionTokens": 20}, "startTime": [1770131992, 0], "endTime": [1770131994, 500000000], "events": []}]);
    let read_vercel = read(vercel.to_string());
    let item = &read_vercel.items[0];
    assert_eq!((item.id.as_str(), item.input.text.as_str(), item.output.text.as_str()), ("39d6", "A haiku", "Lines"));
    assert_eq!((item.latency_ms, item.tokens_out), (Some(2500.0), Some(20)));
    let phoenix = json!({"name": "llm", "context": {"trace_id": "t", "span_id": "s1"}, "span_kind": "LLM", "parent_id": null, "start_time": "2026-01-01T00:00:00+00:00", "end_time": "2026-01-01T00:00:01+00:00",
        "status_code": "OK", "attributes": {"llm": {"model_name": "m", "prompt_template": {"template": "Ask {q}", "version": "v7", "variables": "{}"}, "input_messages": [{"message": {"role": "user", "content": "Q"}}], "output_messages": [{"message": {"role": "assistant", "content": "A"}}]},
        "annotations": [{"annotation": {"name": "quality", "annotator_kind": "HUMAN", "label": "good", "explanation": "clear"}}]}});
    let read_phoenix = read(lines(&[phoenix.clone(), phoenix]));
    assert_eq!(
        (prompt(&read_phoenix.items[0]), read_phoenix.items[0].prompt_version.as_deref()),
        (Some("Ask {q}"), Some("v7"))
    );
    assert_eq!(
        (read_phoenix.items[0].output.text.as_str(), read_phoenix.said(0)),
        ("A", vec!["person annotator accept clear".to_owned()])
    );
}

#[test]
fn langfuse_in_both_spellings_and_a_whole_trace() {
    let camel = json!({"id": "o1", "traceId": "t1", "type": "GENERATION", "input": {"messages": [{"role": "user", "content": "Q"}]}, "output": {"role": "assistant", "content": "A"}, "model": "m",
        "promptName": "greet", "promptVersion": 3, "latency": 1.25, "totalCost": 0.01, "usageDetails": {"input": 5, "output": 2, "total": 7}, "startTime": "2026-01-01T00:00:00Z", "parentObservationId": null});
    let snake = json!({"id": "o2", "trace_id": "t1", "type": "GENERATION", "input": r#"[{"role":"user","content":"Q"}]"#, "output": "A", "provided_model_name": "m", "usage_details": r#"{"input":5,"output":2}"#,
        "total_cost": 0.01, "latency": 1.25, "start_time": "2026-01-01 00:00:00.123456", "parent_observation_id": ""});
    let span = json!({"id": "o3", "traceId": "t1", "type": "SPAN", "input": "x", "output": "y"});
    for (file, id) in [(lines(&[camel.clone(), span.clone()]), "o1"), (lines(&[snake, span.clone()]), "o2")] {
        let read = read(file);
        let item = &read.items[0];
        assert_eq!((item.id.as_str(), item.input.text.as_str(), item.output.text.as_str()), (id, "Q", "A"));
        assert_eq!(
            (item.latency_ms, item.cost_usd, item.tokens_in, item.model.as_deref()),
            (Some(1250.0), Some(0.01), Some(5), Some("m"))
        );
        assert!(item.created_at.is_some());
        assert_eq!(read.passed_over, 1);
    }
    let trace = json!({"trace": {"id": "t1"}, "observations": [camel, span], "scores": [{"id": "s", "traceId": "t1", "observationId": "o1", "name": "helpful", "source": "ANNOTATION", "dataType": "BOOLEAN", "value": 0, "comment": "curt", "authorUserId": "u7"},
        {"name": "length", "observationId": "o1", "source": "EVAL", "value": 0.3}, {"name": "seen", "observationId": "o1", "source": "API", "value": 1, "stringValue": ""}]});
    let read = read(trace.to_string());
    assert_eq!(
        (read.items[0].prompt_version.as_deref(), read.said(0)),
        (Some("greet@3"), vec!["person u7 reject curt".to_owned(), "model length -".into(), "code seen accept".into()])
    );
    assert_eq!(read.judgements[0][1].others["score"], "0.3");
}

#[test]
fn the_two_halves_of_a_run_are_one() {
    let begun = json!({"id": "run1", "start_time": "2024-10-11T20:58:23.000000+00:00", "extra": {"metadata": {"ls_model_name": "gpt-4o-mini"}}, "dotted_order": "d", "trace_id": "run1", "outputs": {},
        "inputs": {"messages": [{"role": "user", "content": "howdy"}], "model": "gpt-4o-mini", "stream": false}, "run_type": "llm"});
    let ended = json!({"id": "run1", "dotted_order": "d", "trace_id": "run1", "end_time": "2024-10-11T20:58:24.500000+00:00", "outputs": {"choices": [{"message": {"role": "assistant", "content": "Howdy!"}}],
        "model": "gpt-4o-mini-2024", "usage_metadata": {"input_tokens": 9, "output_tokens": 3}}});
    let whole = json!({"post": [begun], "patch": [ended]});
    let apart = lines(&[json!({"post": [begun]}), json!({"patch": [ended]})]);
    for file in [whole.to_string(), apart] {
        let read = read(file);
        assert_eq!(read.items.len(), 1, "{:?}", read.rejects);
        let item = &read.items[0];
        assert_eq!(
            (item.id.as_str(), item.input.text.as_str(), item.output.text.as_str()),
            ("run1", "howdy", "Howdy!")
        );
        assert_eq!(
            (item.latency_ms, item.tokens_in, item.model.as_deref()),
            (Some(1500.0), Some(9), Some("gpt-4o-mini"))
        );
    }
    let root = |kind: &str, parent: Value| {
        json!({"id": format!("{kind}{parent}"), "run_type": kind, "parent_run_id": parent, "trace_id": "t", "inputs": {"question": "Q"}, "outputs": {"answer": "A"},
        "start_time": "2024-10-11T20:58:23", "end_time": "2024-10-11T20:58:24", "feedback": [{"key": "thumbs", "score": 1, "comment": "nice", "feedback_source": {"type": "app", "user_name": "Ana"}},
            {"key": "fits", "score": 0, "feedback_source": {"type": "model"}}]})
    };
    let read = read(lines(&[root("chain", Value::Null), root("chain", json!("x")), root("tool", Value::Null)]));
    assert_eq!(
        (read.items.len(), read.passed_over, read.said(0)),
        (1, 2, vec!["person Ana accept nice".to_owned(), "model fits reject".into()])
    );
    assert_eq!((read.items[0].input.text.as_str(), read.items[0].output.text.as_str()), ("Q", "A"));
}

#[test]
fn braintrust_phoenix_deepeval_ragas_and_mlflow() {
    let event = json!({"id": "e1", "_xact_id": "1", "created": "2026-01-01T00:00:00Z", "input": "Q", "output": "A", "expected": "B", "comments": [{"id": "c", "comment": {"text": "too short"}, "user": {"email": "zoe@x.org"}}], "scores": {"exact": 0, "Factuality": 0.8}, "metadata": {"model": "m", "x": 1},
        "metrics": {"start": 10.0, "end": 11.5, "prompt_tokens": 3, "completion_tokens": 1}, "root_span_id": "r", "span_id": "r", "span_parents": null});
    let child = json!({"id": "e2", "_xact_id": "1", "input": "Q", "output": "A", "span_parents": ["r"]});
    let read_events = read(lines(&[event, child]));
    let item = &read_events.items[0];
    assert_eq!(
        (item.latency_ms, item.reference.as_ref().unwrap().text.as_str(), read_events.passed_over),
        (Some(1500.0), "B", 1)
    );
    assert_eq!(
        (read_events.said(0), read_events.judgements[0][1].others["score"].as_str()),
        (
            vec!["code exact reject".to_owned(), "model Factuality -".into(), "person zoe@x.org - too short".into()],
            "0.8"
        )
    );

    let phoenix = read(lines(&[
        json!({"id": "x1", "node_id": "n", "input": {"question": "Q"}, "output": {"messages": [{"role": "assistant", "content": "A"}]}, "metadata": {"k": 1}, "splits": []}),
    ]));
    assert_eq!((phoenix.items[0].input.text.as_str(), phoenix.items[0].output.text.as_str()), ("Q", "A"));

    let run = json!({"testCases": [{"name": "case_0", "input": "Q", "actualOutput": "A", "expectedOutput": "B", "retrievalContext": ["d1", "d2"], "success": false, "order": 0,
        "metricsData": [{"name": "Answer Relevancy", "threshold": 0.5, "success": true, "score": 0.92, "reason": "to the point", "evaluationModel": "judge-1"}]}], "metricsScores": []});
    let run = read(run.to_string());
    assert_eq!(
        (run.items[0].context.len(), run.said(0)),
        (2, vec!["model Answer Relevancy@judge-1 accept to the point".to_owned()])
    );
    let goldens =
        read(json!([{"input": "Q", "actual_output": "A", "expected_output": "B", "context": ["c"]}]).to_string());
    assert_eq!(goldens.items[0].output.text, "A");

    let annotated = json!({"helpfulness": [{"metric_input": {"user_input": "Q", "response": "A"}, "metric_output": 1, "prompts": {"p": {"prompt_output": {"reason": "helps", "verdict": 1}, "edited_output": {"reason": "it does not", "verdict": 0}}}, "is_accepted": false}]});
    let annotated = read(annotated.to_string());
    assert_eq!(annotated.said(0), ["model helpfulness accept helps", "person annotator reject it does not"]);
    let turns = read(lines(&[
        json!({"user_input": [{"type": "human", "content": "Hi"}, {"type": "ai", "content": "Hello"}], "retrieved_contexts": ["c"], "reference": "Hi"}),
    ]));
    assert_eq!((turns.items[0].input.text.as_str(), turns.items[0].output.text.as_str()), ("Hi", "Hello"));

    let table = json!({"columns": ["inputs", "ground_truth", "outputs", "token_count", "toxicity/v1/score", "answer_correctness/v1/score", "answer_correctness/v1/justification"],
        "data": [["Q", "B", "A", 12, 0.001, 0, "wrong"], ["Q2", "B2", "A2", 3, 0.002, 1, null]]});
    let table = read(table.to_string());
    assert_eq!(
        (table.items.len(), table.items[0].reference.as_ref().unwrap().text.as_str(), table.items[0].tokens_out),
        (2, "B", Some(12))
    );
    assert_eq!(table.said(0), ["code toxicity/v1 -", "model answer_correctness/v1 reject wrong"]);
}

#[test]
fn what_people_said_in_label_studio_and_argilla_comes_along() {
    let choice = |value: &str| json!({"from_name": "verdict", "to_name": "text", "type": "choices", "value": {"choices": [value]}});
    let task = json!([{"id": 12, "data": {"prompt": "Q", "response": "A", "lang": "en"}, "annotations": [
        {"id": 7, "completed_by": {"id": 1, "email": "ana@x.org"}, "result": [choice("Good"), {"from_name": "stars", "type": "rating", "value": {"rating": 1}}, {"from_name": "why", "type": "textarea", "value": {"text": ["clear"]}}], "was_cancelled": false},
        {"id": 8, "completed_by": 2, "result": [choice("Bad")], "was_cancelled": false}, {"id": 9, "completed_by": 3, "result": [choice("Bad")], "was_cancelled": true}],
        "predictions": [{"model_version": "model 0", "score": 0.7, "result": [choice("off topic")]}], "created_at": "2022-10-27T19:40:48.838241Z", "agreement": 50.0},
        {"id": 13, "data": {"text": "Only a text"}, "annotations": [], "predictions": []}]);
    let read_tasks = read(task.to_string());
    assert_eq!(
        read_tasks.said(0),
        ["person ana@x.org accept clear", "person annotator 2 reject", "model prediction verdict@model 0 -"]
    );
    assert_eq!(read_tasks.judgements[0][0].others["answers"], r#"{"verdict":"Good","stars":1}"#);
    assert_eq!(
        (read_tasks.judgements[0][2].others["label"].as_str(), &meta(&read_tasks.items[0])["scores"]),
        (r#""off topic""#, &Value::Null)
    );
    let both =
        r#"[{"id": 1, "data": {"response": "A", "text": "T", "prompt": "Q"}, "annotations": [], "predictions": []}]"#;
    let both = read(both);
    assert_eq!(
        (both.items[0].output.text.as_str(), &meta(&both.items[0])["text"]),
        ("A", &json!("T")),
        "nothing is lost"
    );
    let only = &read_tasks.items[1];
    assert_eq!(
        (only.id.as_str(), only.input.text.as_str(), only.output.text.as_str()),
        ("13", "task 13", "Only a text")
    );
    let record = json!([{"id": "a1", "fields": {"instruction": "Q", "completion": "A"}, "metadata": {}, "suggestions": {"quality": {"value": "bad", "score": 0.9, "agent": "judge"}},
        "responses": {"quality": [{"value": "good", "user_id": "u1", "status": "submitted"}, {"value": "bad", "user_id": "u2", "status": "discarded"}, {"value": "bad", "user_id": "u3", "status": "draft"}]}, "status": "completed"}]);
    let read_records = read(record.to_string());
    assert_eq!(read_records.said(0), ["person u1 accept", "model judge quality reject"]);
    assert_eq!(read_records.items[0].output.text, "A");
}

#[test]
fn broken_cut_and_mixed_files_lose_no_record_silently() {
    let good =
        json!({"custom_id": "a", "id": "x", "response": {"status_code": 200, "body": {"choices": []}}, "error": null});
    let requests = tempfile::NamedTempFile::new().unwrap();
    let mut options = Options::default();
    options.given.add(&super::openai::OPENAI_BATCH.options[0], requests.path().to_str().unwrap());
    let read_mixed = read_with(format!("{good}\n{{\"custom_id\": \n{good}\n42\n"), options);
    assert_eq!((read_mixed.items.len(), read_mixed.rejects.len()), (0, 4));
    let cut = json!({"version": 2, "status": "started", "eval": {"task": "t"}, "samples": [{"id": 1, "epoch": 1, "uuid": "u", "input": "Q", "target": "", "output": {"completion": "A"}}]}).to_string();
    let reader =
        Reader::from_read("a file", Cursor::new(cut.as_bytes()[..cut.len() - 2].to_vec()), Options::default()).unwrap();
    let rows: Vec<_> = reader.collect();
    assert!(matches!(&rows[0], Ok(Row::Record(record)) if record.item.id == "u"), "{rows:?}");
    assert!(rows[1].as_ref().unwrap_err().to_string().contains("cut off"), "{rows:?}");
    for odd in [
        "{\"resourceSpans\": 7}",
        "{\"resourceSpans\": [1, {\"scopeSpans\": [{\"spans\": [null, 3]}]}]}",
        "{\"post\": [1], \"patch\": [{\"dotted_order\": 1}]}",
        "{\"columns\": [1], \"data\": [[2], 3]}",
    ] {
        read(odd.to_owned());
    }
}

#[test]
fn a_conversation_of_chatgpt_is_the_branch_that_was_seen() {
    let node = |id: &str, parent: Value, role: &str, text: &str| {
        let content = json!({"content_type": "text", "parts": [text]});
        json!({"id": id, "parent": parent, "message": {"author": {"role": role}, "content": content, "metadata": {"model_slug": "gpt-x"}}})
    };
    let tree = json!({
        "title": "A talk", "create_time": 1760000000.5, "update_time": 1.0, "conversation_id": "c1", "current_node": "d",
        "mapping": {
            "root": {"id": "root", "message": null, "parent": null, "children": ["a"]},
            "a": node("a", json!("root"), "system", ""), "b": node("b", json!("a"), "user", "Hello?"),
            "other": node("other", json!("b"), "assistant", "Not seen."), "d": node("d", json!("b"), "assistant", "Hi."),
            "loop": {"id": "loop", "message": null, "parent": "loop"}
        }
    });
    let mut asking = tree.clone();
    (asking["current_node"], asking["conversation_id"]) = (json!("b"), json!("c2"));
    let read = read(json!([tree, asking]).to_string());
    let item = &read.items[0];
    assert_eq!((item.id.as_str(), item.input.text.as_str(), item.output.text.as_str()), ("c1", "Hello?", "Hi."));
    assert_eq!((item.model.as_deref(), &meta(item)["title"]), (Some("gpt-x"), &json!("A talk")));
    assert_eq!(read.rejects, ["output: is missing: the last message is no assistant's"]);
}
