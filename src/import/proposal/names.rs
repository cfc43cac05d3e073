//! The names under which other programs keep what an item's fields hold.

/// How much a name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// It is no name of the field, which may be there all the same.
    Nothing,
    /// It is used of many things.
    Little,
    /// It may be of another field, where that has no better one.
    Something,
    /// It is of this field.
    Much,
}

/// The names of a field, those that say most first.
struct Names {
    field: &'static str,
    much: &'static [&'static str],
    something: &'static [&'static str],
    little: &'static [&'static str],
}

const NAMES: &[Names] = &[
    Names {
        field: "output",
        much: &[
            "output",
            "response",
            "completion",
            "model_output",
            "model_response",
            "model_answer",
            "llm_output",
            "llm_response",
            "llm_answer",
            "ai_response",
            "ai_output",
            "bot_response",
            "assistant_response",
            "assistant",
            "generated_text",
            "generated_answer",
            "generated_output",
            "generation",
            "actual_output",
            "prediction",
            "predicted_answer",
            "output_text",
            "response_text",
            "answer_text",
            "generated_response",
            "choices",
            "completions",
            "candidate_response",
            "model_completion",
            "chatbot_response",
            "agent_response",
            "model_patch",
            "outputs",
            "output_messages",
            "hypothesis",
            "candidates",
            "antwort",
            "ausgabe",
            "réponse",
            "respuesta",
            "risposta",
            "resposta",
            "antwoord",
            "odpowiedź",
            "ответ",
            "回答",
            "答案",
            "输出",
            "出力",
            "답변",
            "jawaban",
        ],
        something: &[
            "answer",
            "result",
            "reply",
            "summary",
            "translation",
            "generated",
            "predicted",
            "resps",
            "candidate",
            "bot",
            "patch",
            "generated_code",
            "generated_sql",
            "model_reply",
            "solution",
            "pred",
        ],
        little: &["text", "content", "message", "body", "target", "mt", "value"],
    },
    Names {
        field: "input",
        much: &[
            "input",
            "prompt",
            "question",
            "query",
            "user_input",
            "user_prompt",
            "user_query",
            "user_message",
            "user_question",
            "instruction",
            "messages",
            "input_text",
            "inputs",
            "input_messages",
            "conversation",
            "turns",
            "origin_prompt",
            "chat_history",
            "dialogue",
            "dialog",
            "contents",
            "chat_messages",
            "frage",
            "eingabe",
            "pregunta",
            "domanda",
            "pergunta",
            "vraag",
            "pytanie",
            "вопрос",
            "問題",
            "问题",
            "質問",
            "提示",
            "输入",
            "入力",
            "질문",
            "pertanyaan",
        ],
        something: &[
            "request",
            "problem",
            "task",
            "user",
            "topic",
            "instructions",
            "source_text",
            "src",
            "source",
            "article",
            "history",
            "ticket",
            "email",
            "subject",
            "goal",
        ],
        little: &["title", "document", "passage", "context", "text", "message", "body", "content"],
    },
    Names {
        field: "prompt",
        much: &[
            "prompt_template",
            "system_prompt",
            "system_message",
            "system_instruction",
            "system_instructions",
            "prompt_text",
        ],
        something: &["system", "template"],
        little: &[],
    },
    Names {
        field: "reference",
        much: &[
            "reference",
            "expected",
            "expected_output",
            "expected_answer",
            "expected_response",
            "ideal",
            "ground_truth",
            "ground_truths",
            "groundtruth",
            "gold",
            "gold_answer",
            "golden",
            "golden_answer",
            "target",
            "targets",
            "reference_answer",
            "reference_output",
            "reference_response",
            "correct_answer",
            "best_answer",
            "gold_standard",
        ],
        something: &["answer", "answers", "solution", "correct", "references", "human_answer", "ref"],
        little: &[],
    },
    Names {
        field: "context",
        much: &[
            "context",
            "contexts",
            "documents",
            "docs",
            "retrieved_contexts",
            "retrieval_context",
            "retrieved_documents",
            "retrieved_docs",
            "retrieved_chunks",
            "retrieved_passages",
            "passages",
            "passage",
            "source_documents",
            "source_docs",
            "chunks",
            "search_results",
            "evidence",
            "knowledge",
            "ctxs",
            "source_info",
            "grounding",
            "retrieved_context",
            "document",
        ],
        something: &[
            "sources",
            "source",
            "article",
            "references",
            "background",
            "facts",
            "retrieved",
            "retrieval",
            "source_text",
        ],
        little: &[],
    },
    Names {
        field: "id",
        much: &[
            "id",
            "uuid",
            "_id",
            "guid",
            "uid",
            "item_id",
            "example_id",
            "sample_id",
            "record_id",
            "custom_id",
            "row_id",
        ],
        something: &[
            "request_id",
            "response_id",
            "completion_id",
            "generation_id",
            "message_id",
            "question_id",
            "prompt_id",
            "query_id",
            "doc_id",
            "task_id",
            "case_id",
            "qid",
            "key",
            "hash",
            "ticket_id",
        ],
        little: &["index", "idx", "row", "no", "number", "nr", "unnamed:_0"],
    },
    Names {
        field: "case",
        much: &["case", "case_id"],
        something: &[
            "question_id",
            "prompt_id",
            "query_id",
            "qid",
            "doc_id",
            "task_id",
            "problem_id",
            "example_id",
            "id",
        ],
        little: &[],
    },
    Names {
        field: "model",
        much: &[
            "model",
            "model_name",
            "model_id",
            "llm",
            "model_version",
            "engine",
            "ls_model_name",
            "model_used",
            "model_name_or_path",
            "modell",
            "modèle",
            "modelo",
            "modello",
        ],
        something: &["deployment", "generator", "provider", "system_id"],
        little: &[],
    },
    Names {
        field: "prompt_version",
        much: &["prompt_version", "prompt_template_version", "template_version", "prompt_hash"],
        something: &["prompt_name", "prompt_label", "template_name"],
        little: &[],
    },
    Names {
        field: "latency_ms",
        much: &[
            "latency_ms",
            "latency",
            "latency_s",
            "latency_seconds",
            "latency_sec",
            "response_time",
            "response_time_ms",
        ],
        something: &[
            "duration",
            "duration_ms",
            "duration_s",
            "duration_seconds",
            "elapsed",
            "elapsed_ms",
            "elapsed_s",
            "elapsed_seconds",
            "time_taken",
            "total_time",
            "processing_time",
            "runtime",
            "latency_us",
            "latency_ns",
        ],
        little: &[],
    },
    Names {
        field: "cost_usd",
        much: &["cost_usd", "cost", "total_cost", "usd", "cost_cents", "total_cost_usd"],
        something: &["price", "price_usd", "token_cost"],
        little: &[],
    },
    Names {
        field: "tokens_in",
        much: &[
            "tokens_in",
            "prompt_tokens",
            "input_tokens",
            "num_input_tokens",
            "n_input_tokens",
            "prompt_token_count",
            "input_token_count",
            "tokens_prompt",
            "num_prompt_tokens",
        ],
        something: &[],
        little: &[],
    },
    Names {
        field: "tokens_out",
        much: &[
            "tokens_out",
            "completion_tokens",
            "output_tokens",
            "num_output_tokens",
            "n_output_tokens",
            "completion_token_count",
            "output_token_count",
            "tokens_completion",
            "num_completion_tokens",
            "candidates_token_count",
        ],
        something: &[],
        little: &[],
    },
    Names {
        field: "created_at",
        much: &["created_at", "created", "timestamp", "created_time", "generated_at", "creation_time", "logged_at"],
        something: &["time", "date", "datetime", "ts", "start_time", "date_created"],
        little: &[],
    },
    Names { field: "tags", much: &["tags"], something: &["labels", "keywords"], little: &[] },
    Names { field: "trace_id", much: &["trace_id", "traceid"], something: &[], little: &[] },
    Names { field: "span_id", much: &["span_id", "spanid", "observation_id"], something: &[], little: &[] },
    Names {
        field: "session_id",
        much: &["session_id", "sessionid", "conversation_id", "thread_id", "chat_id"],
        something: &[],
        little: &[],
    },
    Names { field: "user_id", much: &["user_id", "userid", "customer_id", "end_user_id"], something: &[], little: &[] },
];

/// Names that say nothing of what they hold: the name of what they are in does.
const BARE: [&str; 11] =
    ["text", "content", "value", "message", "body", "data", "parts", "messages", "turns", "string", "raw"];

/// The names that say at least so much for the field, those that say most first.
pub(crate) fn names(field: &str, least: Says) -> impl Iterator<Item = &'static str> {
    let of_field = NAMES.iter().find(|names| names.field == field);
    let lists = of_field
        .into_iter()
        .flat_map(|names| [(Says::Much, names.much), (Says::Something, names.something), (Says::Little, names.little)]);
    lists.filter(move |(says, _)| *says >= least).flat_map(|(_, list)| list.iter().copied())
}

/// How much the name says for the field, and its rank among the names that say as much.
pub(crate) fn says(field: &str, name: &str) -> Option<(Says, usize)> {
    let text_of = || {
        let (of, last) = name.rsplit_once('_')?;
        let (says, _) = known(field, of).filter(|(says, _)| *says > Says::Little)?;
        matches!(last, "text" | "content" | "str" | "raw").then_some((says.min(Says::Something), LAST))
    };
    known(field, name).or_else(text_of).or_else(|| by_words(field, name)).or_else(|| one_of_several(field, name))
}

/// How much a name says for the field, however its words are joined.
pub(crate) fn says_of(field: &str, name: &str) -> Option<Says> {
    says(field, &plain(name)).map(|(says, _)| says)
}

/// `response1` or `answer_b`: one of several outputs, of which an item holds one.
fn one_of_several(field: &str, name: &str) -> Option<(Says, usize)> {
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    let bare = name.strip_suffix("_a").or(name.strip_suffix("_b")).unwrap_or(bare);
    known(field, bare).filter(|_| field == "output" && bare != name).map(|(says, _)| (says.min(Says::Something), LAST))
}

fn known(field: &str, name: &str) -> Option<(Says, usize)> {
    let names = NAMES.iter().find(|names| names.field == field)?;
    let among = |list: &[&str]| list.iter().position(|known| *known == name);
    let much = among(names.much).map(|rank| (Says::Much, rank));
    let something = || among(names.something).map(|rank| (Says::Something, rank));
    much.or_else(something).or_else(|| among(names.little).map(|rank| (Says::Little, rank)))
}

/// Behind all names that are known.
const LAST: usize = usize::MAX;

/// What the words of a name say that is not known as a whole: `bot_reply`, `customer_message`, `gold_label`,
/// `ticket_id`.
fn by_words(field: &str, name: &str) -> Option<(Says, usize)> {
    let (first, last) = name.rsplit_once('_')?;
    let has = |words: &[&str]| first.split('_').any(|word| words.contains(&word));
    let is_expected =
        has(&["expected", "reference", "gold", "golden", "ideal", "correct", "human", "true", "ground", "best"]);
    let is_of_a_person = has(&["user", "customer", "client", "visitor"]);
    let is_of_a_model = has(&["model", "bot", "assistant", "agent", "llm", "ai", "generated", "predicted"]);
    let is_text = matches!(last, "message" | "text" | "answer" | "output" | "response" | "label" | "email");
    match field {
        "reference" if is_expected && is_text => Some((Says::Something, LAST)),
        "output" if is_expected => None,
        "input" if is_of_a_person && is_text => Some((Says::Something, LAST)),
        "output" if is_of_a_person => None,
        "output" if is_of_a_model && is_text => Some((Says::Something, LAST)),
        "output" | "input" => known(field, last).map(|(says, _)| (says.min(Says::Something), LAST)),
        "id" if last == "id" && FIELDS_OF_IDS.iter().all(|field| known(field, name).is_none()) => {
            Some((Says::Something, LAST))
        }
        _ => None,
    }
}

/// Fields of their own whose names end as those of ids do.
const FIELDS_OF_IDS: [&str; 5] = ["model", "trace_id", "span_id", "session_id", "user_id"];

/// Whether a name says nothing by itself.
pub(crate) fn is_bare(name: &str) -> bool {
    BARE.contains(&name)
}

/// Whether an object is a record, told by the names of its members as they come.
#[derive(Debug, Default)]
pub(crate) struct RecordNames {
    is_record: bool,
    /// Fields of an item that have a name of theirs.
    known: usize,
    /// One of them is what was asked, or answered.
    is_asked: bool,
}

impl RecordNames {
    /// Notes a member, whose value begins with this byte.
    pub(crate) fn note(&mut self, name: &str, begins_with: Option<u8>) {
        let plain = plain(name);
        let says = |field| says(field, &plain).map(|(says, _)| says);
        let asked = says("output").max(says("input"));
        let is_text = begins_with == Some(b'"') && asked >= Some(Says::Something);
        let is_chat = begins_with == Some(b'[') && matches!(&*plain, "messages" | "choices" | "conversations");
        self.is_record |= matches!(name, "input" | "output") || is_text || is_chat;
        self.is_asked |= asked == Some(Says::Much);
        let is_known = asked.max(says("context")).max(says("reference")).max(says("id")) == Some(Says::Much);
        self.known += usize::from(is_known);
    }

    pub(crate) fn is_record(&self) -> bool {
        self.is_record || self.is_asked && self.known > 1
    }

    /// Whether one of them is a field's name.
    pub(crate) fn knows(&self) -> bool {
        self.known > 0
    }
}

/// A name in small letters with words apart: `modelName`, `Model Name` and `model-name` are `model_name`.
pub(crate) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.trim().chars() {
        if c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
            plain.push('_');
        }
        match c {
            ' ' | '-' | '.' | '/' => plain.push('_'),
            c => plain.extend(c.to_lowercase()),
        }
        before = c;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_its_words_are_joined() {
        for name in ["modelOutput", "Model Output", "model-output", "MODEL_OUTPUT", " model.output "] {
            assert_eq!(says("output", &plain(name)).map(|(says, _)| says), Some(Says::Much), "{name}");
        }
        assert_eq!(says("output", "answer").map(|(says, _)| says), Some(Says::Something));
        assert_eq!(says("output", "colour"), None);
        for (field, name) in [
            ("output", "bot_reply"),
            ("input", "customer_message"),
            ("reference", "gold_label"),
            ("id", "ticket_no_id"),
        ] {
            assert_eq!(says(field, name).map(|(says, _)| says), Some(Says::Something), "{name}");
        }
        for (field, name) in
            [("output", "expected_reply"), ("output", "user_message"), ("id", "user_id"), ("output", "reply_id")]
        {
            assert_eq!(says(field, name), None, "{name}");
        }
        let is_record = |members: &[(&str, u8)]| {
            let mut names = RecordNames::default();
            members.iter().for_each(|(name, byte)| names.note(name, Some(*byte)));
            names.is_record()
        };
        assert!(is_record(&[("Answer", b'"')]) && is_record(&[("uuid", b'1'), ("response", b'{')]));
        assert!(is_record(&[("messages", b'[')]) && is_record(&[("input", b'[')]));
        for envelope in [&[("name", b'"'), ("results", b'[')][..], &[("response", b'{'), ("data", b'[')]] {
            assert!(!is_record(envelope));
        }
    }

    #[test]
    fn each_field_has_names_once() {
        for names in NAMES {
            assert!(crate::domain::record::item_field(names.field).is_some(), "{}", names.field);
            let all: Vec<_> = [names.much, names.something, names.little].concat();
            assert!(all.iter().enumerate().all(|(at, name)| !all[..at].contains(name)), "{}", names.field);
            assert!(all.iter().all(|name| plain(name) == *name), "{}", names.field);
        }
    }
}
