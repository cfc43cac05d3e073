//! What is proposed for records of other names.

use super::*;
use crate::domain::mapping::{Mapping, Proposal};
use serde_json::{Value, json};

fn proposed(records: &[Value]) -> Proposal {
    let sample = |(at, record): (usize, &Value)| Sample {
        place: format!("line {}", at + 1),
        object: record.to_string(),
        are_cells: false,
    };
    let samples: Vec<_> = records.iter().enumerate().map(sample).collect();
    assert!(is_foreign(&samples, &Mapping::default()));
    let proposal = propose(&samples, &Mapping::default());
    let mapping = proposal.mapping();
    assert!(!proposal.is_safe() || fits(&samples, &mapping), "{mapping}");
    proposal
}

/// The mapping that is proposed for three records.
fn mapping(record: impl Fn(usize) -> Value) -> String {
    proposed(&[record(1), record(2), record(3)]).mapping().to_string().replace("--map ", "")
}

#[test]
fn what_other_programs_write_is_known() {
    let chat = |n: usize| {
        json!({
            "id": format!("chatcmpl-{n}"), "created": 1_760_000_000 + n, "model": "a-1",
            "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": format!("q{n}")}],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": format!("a{n}")}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 20, "completion_tokens": 4}
        })
    };
    assert_eq!(
        mapping(chat),
        "input=.messages 'output=.choices[0].message.content' tokens_in=.usage.prompt_tokens \
         tokens_out=.usage.completion_tokens created_at=.created"
    );
    let tuning = |n: usize| json!({"messages": [{"role": "user", "content": n.to_string()}, {"role": "assistant", "content": "a"}]});
    assert_eq!(mapping(tuning), "id=hash 'input=.messages[:-1]' 'output=.messages[-1].content'");
    let shared =
        |n: usize| json!({"id": n, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]});
    assert_eq!(mapping(shared), "'input=.conversations[:-1]' 'output=.conversations[-1].value'");
    let rag = |n: usize| {
        json!({
            "query": format!("q{n}"), "generated_answer": "a", "expected_answer": "e", "requestId": n, "traceId": "t",
            "retrieved_documents": [{"page_content": "d", "metadata": {"source": "f"}, "title": "T"}, {"page_content": "e"}],
            "latency_seconds": 1.5, "cost_cents": 0.2
        })
    };
    assert_eq!(
        mapping(rag),
        "id=.requestId input=.query output=.generated_answer reference=.expected_answer \
         'context=.retrieved_documents[].page_content' 'context.title=.retrieved_documents[].title?' \
         'latency_ms=.latency_seconds*1000' 'cost_usd=.cost_cents*0.01' trace_id=.traceId"
    );
    let tuned = |n: usize| json!({"instruction": format!("Do {n}"), "input": "", "output": "Done"});
    assert_eq!(mapping(tuned), "id=hash input=.instruction");
    let text = |n: usize| {
        let request = json!({"messages": [{"role": "user", "content": "hey"}]}).to_string();
        let response = json!({"choices": [{"message": {"role": "assistant", "content": "yo"}}]}).to_string();
        json!({"uuid": n, "request": request, "response": response})
    };
    assert_eq!(mapping(text), "id=.uuid input=.request.messages 'output=.response.choices[0].message.content'");
}

#[test]
fn the_names_of_a_spreadsheet_are_read_by_their_words() {
    let row = |n: usize| json!({"Ticket No": n, "Customer message": "late", "Bot reply": "sorry", "Created": "2026-01-02 10:00"});
    assert_eq!(mapping(row), "id=hash 'input=.\"Customer message\"' 'output=.\"Bot reply\"' created_at=.Created");
}

#[test]
fn names_of_other_languages_and_of_texts_are_known() {
    let row = |n: usize| json!({"Frage": format!("Wie {n}?"), "Antwort": "So", "Modell": "a-1", "Latenz": "1,5"});
    assert_eq!(mapping(row), "id=hash input=.Frage output=.Antwort model=.Modell");
    let flat = |n: usize| json!({"run id": n, "prompt.text": "p", "completion.text": "c", "latency": format!("{n},5")});
    assert_eq!(
        mapping(flat),
        "'id=.\"run id\"' 'input=.\"prompt.text\"' 'output=.\"completion.text\"' 'latency_ms=.latency*1000'"
    );
    let gemini = |n: usize| {
        json!({
            "request": {"contents": [{"role": "user", "parts": [{"text": format!("q{n}")}]}]},
            "response": {"candidates": [{"content": {"role": "model", "parts": [{"text": "a"}]}}]}
        })
    };
    assert_eq!(
        mapping(gemini),
        "id=hash input=.request.contents 'output=.response.candidates[0].content.parts[0].text'"
    );
    let bench = |n: usize| json!({"question_id": n, "model_id": "m", "choices": [{"index": 0, "turns": ["a", "b"]}]});
    let proposal = proposed(&[bench(1), bench(2)]);
    assert_eq!(
        proposal.mapping().to_string(),
        "--map id=.question_id --map 'output=.choices[0].turns' --map model=.model_id"
    );
    let arena = |name: &str| json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": name}]);
    let pair = proposed(&[json!({"conversation_a": arena("a"), "conversation_b": arena("b")})]);
    let other = pair.alternative().unwrap().to_string();
    assert!(other.contains("input=.conversation_b[:-1]") && other.contains("output=.conversation_b[-1]"), "{other}");
}

#[test]
fn what_is_unsure_is_said() {
    let two = proposed(&[json!({"prompt": "p", "question": "q", "response": "r"})]);
    assert!(!two.is_safe());
    assert!(two.alternative().unwrap().to_string().contains("input=.question"));
    let translated = proposed(&[json!({"source": "Das", "target": "This", "seg_id": 1})]);
    assert_eq!(translated.mapping().to_string(), "--map id=.seg_id --map input=.source --map output=.target");
    assert!(!translated.is_safe(), "a target is a reference as often");
    let pair = proposed(&[json!({"prompt": "p", "response1": "r", "response2": "s"})]);
    assert!(!pair.is_safe() && pair.alternative().unwrap().to_string().contains("output=.response2"));
    let dataset =
        proposed(&[json!({"question": "q", "context": "c", "answers": {"text": ["a"], "answer_start": [0]}})]);
    assert_eq!(dataset.missing().map(|field| field.target.to_string()).collect::<Vec<_>>(), ["output"]);
}

#[test]
fn the_last_message_is_the_output_only_where_a_model_wrote_it() {
    let conversation = |last: &str| json!({"session": "s", "turns": [{"role": "patient", "content": "I wait"}, {"role": last, "content": "Soon"}]});
    let unsure = proposed(&[conversation("nurse")]);
    assert!(!unsure.is_safe(), "who a nurse is nobody knows");
    assert_eq!(
        unsure.mapping().to_string(),
        "--map id=hash --map 'input=.turns[:-1]' --map 'output=.turns[-1].content'"
    );
    assert!(proposed(&[conversation("assistant")]).is_safe());
    let asked = proposed(&[conversation("user")]);
    assert_eq!(asked.missing().map(|field| field.target.to_string()).collect::<Vec<_>>(), ["output"]);
}

#[test]
fn a_text_that_is_json_in_some_records_alone_is_a_text() {
    let record = |prompt: &str| json!({"id": prompt.len(), "prompt": prompt, "response": "r"});
    let mixed = proposed(&[record("{\"question\": \"q\"}"), record("Why?")]);
    assert_eq!(mixed.mapping().to_string(), "--map input=.prompt --map output=.response");
    let json = proposed(&[record("{\"question\": \"q\"}"), record("{\"question\": \"why\"}")]);
    assert_eq!(json.mapping().to_string(), "--map input=.prompt.question --map output=.response");
}

#[test]
fn an_output_beside_a_pair_of_one_name_is_asked_for() {
    let record = json!({"output": "a wall", "gpt_prompt": "p", "gpt_response": "r"});
    let asked = proposed(&[record]);
    assert!(!asked.is_safe() && asked.alternative().unwrap().to_string().contains("output=.gpt_response"));
    assert!(proposed(&[json!({"user_prompt": "p", "model_response": "r"})]).is_safe());
}

#[test]
fn what_has_a_fields_name_and_is_something_else_is_left_in_meta() {
    let record = json!({"prompt": "p", "response": "r", "created_at": "yesterday", "tags": "a", "latency_ms": "fast"});
    let records = [record];
    let said = proposed(&records).mapping().to_string();
    assert!(said.ends_with("--map latency_ms=none --map created_at=none --map tags=none"), "{said}");
}

#[test]
fn a_field_that_some_records_lack_may_be_missing() {
    let records = [json!({"prompt": "p", "response": "r", "model_name": "m"}), json!({"prompt": "q", "response": "s"})];
    assert_eq!(
        proposed(&records).mapping().to_string(),
        "--map id=hash --map input=.prompt --map output=.response --map 'model=.model_name?'"
    );
}

#[test]
fn a_record_with_lists_of_its_own_holds_no_records() {
    let text = "{\n \"question\": \"q\",\n \"docs\": [{\"t\": 1}],\n \"answer\": \"a\"\n}\n{\"question\": \"r\", \"docs\": [], \"answer\": \"b\"}";
    let mut reader = Reader::from_read("a file", Cursor::new(text), Options::default()).unwrap();
    assert_eq!(reader.samples(9).unwrap().len(), 2);
    assert_eq!(reader.count(), 2, "they are read all the same");
}
