//! `karat import` of traces and of logs of evaluations, in MB of JSON a second of the processor.

use crate::rows::prose;
use crate::run::Run;
use crate::workspace::Workspace;
use crate::{Bench, line, memory};
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// MB a second, at least.
const BOUND: f64 = 20.0;

/// Spans of a batch, as a collector writes it.
const SPANS: u64 = 50;

pub(crate) fn measure(bench: &Bench) -> Result<()> {
    let workspace = Workspace::new(bench);
    let bytes = bench.megabytes * 1_000_000;
    let named = |name: &str| bench.dir.join(format!("{name}-{}", bench.megabytes));
    let files = [
        ("OpenTelemetry traces", traces(named("traces.jsonl"), bytes)?),
        ("Inspect log in deflate", log(named("deflate.eval"), bytes, CompressionMethod::Deflated)?),
        ("Inspect log in zstd", log(named("zstd.eval"), bytes, CompressionMethod::Zstd)?),
    ];
    for (what, file) in files {
        let [karat] = bench.in_turn([&|| workspace.import(&file)])?;
        told(&format!("{what}, {} MB of JSON", bench.megabytes), bytes, karat);
    }
    Ok(())
}

fn told(what: &str, bytes: u64, karat: Run) {
    let rate = bytes as f64 / 1e6 / karat.processor;
    let over = if rate < BOUND { ", over" } else { "" };
    line([what, &format!("{rate:.0} MB/s"), "", "", &format!(">= {BOUND} MB/s{over}"), &memory(karat)]);
}

/// Batches of spans, one a line: of each two one is a call of a model.
fn traces(path: PathBuf, bytes: u64) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path);
    }
    let mut file = BufWriter::new(File::create(&path)?);
    let (mut written, mut next) = (0, 0);
    while written < bytes {
        let spans: Vec<Value> = (next..next + SPANS).map(span).collect();
        next += SPANS;
        let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "support"}}]});
        let scopes = json!([{"scope": {"name": "calls", "version": "1.0"}, "spans": spans}]);
        let batch = json!({"resourceSpans": [{"resource": resource, "scopeSpans": scopes}]}).to_string();
        writeln!(file, "{batch}")?;
        written += batch.len() as u64 + 1;
    }
    file.flush()?;
    Ok(path)
}

fn span(n: u64) -> Value {
    let is_call = n.is_multiple_of(2);
    let text = |key: &str, value: String| json!({"key": key, "value": {"stringValue": value}});
    let number = |key: &str, value: u64| json!({"key": key, "value": {"intValue": value.to_string()}});
    let message = |role: &str, words: String| json!({"role": role, "parts": [{"type": "text", "content": words}]});
    let attributes = if is_call {
        let asked = json!([message("system", "Answer from the sources.".into()), message("user", prose(n, 80))]);
        vec![
            text("gen_ai.operation.name", "chat".into()),
            text("gen_ai.provider.name", "openai".into()),
            text("gen_ai.request.model", "a-large".into()),
            number("gen_ai.usage.input_tokens", 120 + n % 50),
            number("gen_ai.usage.output_tokens", 150 + n % 70),
            text("gen_ai.input.messages", asked.to_string()),
            text("gen_ai.output.messages", json!([message("assistant", prose(n + 7, 110))]).to_string()),
        ]
    } else {
        vec![
            text("http.request.method", "GET".into()),
            text("url.full", format!("https://shop.example/orders/{n}")),
            number("http.response.status_code", 200),
        ]
    };
    json!({"traceId": format!("{:032x}", n / 2 + 1), "spanId": format!("{:016x}", n + 1), "parentSpanId": "",
        "name": if is_call { "chat a-large" } else { "GET /orders" }, "kind": 3,
        "startTimeUnixNano": format!("{}", 1_793_525_400_000_000_000 + n * 1_000_000),
        "endTimeUnixNano": format!("{}", 1_793_525_400_900_000_000 + n * 1_000_000),
        "attributes": attributes, "status": {}})
}

/// The archive of an evaluation, a file a sample: most of each is what happened in it.
fn log(path: PathBuf, bytes: u64, packed: CompressionMethod) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path);
    }
    write_log(&path, bytes, SimpleFileOptions::default().compression_method(packed))?;
    Ok(path)
}

fn write_log(path: &Path, bytes: u64, options: SimpleFileOptions) -> Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(File::create(path)?));
    let mut add = |name: &str, value: Value| -> Result<u64> {
        let json = value.to_string();
        archive.start_file(name, options)?;
        archive.write_all(json.as_bytes())?;
        Ok(json.len() as u64)
    };
    let eval = json!({"version": 2, "eval": {"task": "support", "run_id": "r1", "model": "a-large"}});
    add("_journal/start.json", eval.clone())?;
    let (mut written, mut next) = (0, 0);
    while written < bytes {
        next += 1;
        written += add(&format!("samples/{next}_epoch_1.json"), sample(next))?;
    }
    add("header.json", eval)?;
    archive.finish()?.flush()?;
    Ok(())
}

fn sample(n: u64) -> Value {
    let said = |role: &str, words: &str| json!({"id": format!("m{role}{n}"), "role": role, "content": words});
    let (asked, answer) = (prose(n, 80), prose(n + 7, 110));
    let messages = [said("system", "Answer from the sources."), said("user", &asked), said("assistant", &answer)];
    let output = json!({"model": "a-large", "time": 0.9, "usage": {"input_tokens": 120, "output_tokens": 150},
        "choices": [{"message": said("assistant", &answer), "stop_reason": "stop"}]});
    let begins = |at: u64| {
        json!({"event": "span_begin", "id": format!("s{n}.{at}"), "type": "solver", "name": "generate",
        "timestamp": "2026-11-01T09:30:00.000001+00:00", "working_start": 1.5})
    };
    let mut events: Vec<Value> = (0..8).map(begins).collect();
    events.push(json!({"event": "model", "model": "a-large", "input": messages, "tools": [], "output": output,
        "call": {"request": {"messages": messages}, "response": {"choices": output["choices"]}}}));
    json!({"id": n, "epoch": 1, "input": asked, "target": "a refund", "messages": messages, "output": output,
        "scores": {"match": {"value": if n.is_multiple_of(3) { "I" } else { "C" }, "answer": answer, "explanation": answer}},
        "metadata": {"team": n % 7}, "store": {}, "events": events, "model_usage": {}, "total_time": 1.2,
        "working_time": 1.1, "uuid": format!("u{n}"), "error_retries": [], "attachments": {}})
}
