//! The sample data: it reads like real work, and every failure is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const QUEUES: [&str; 3] = ["support-replies", "product-copy", "invoice-extraction"];

struct Sample {
    spec: karat::domain::spec::Spec,
    items: Vec<serde_json::Value>,
    /// Verdict and categories by item.
    expected: BTreeMap<String, (String, Vec<String>)>,
}

fn sample(queue: &str) -> Sample {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample-data").join(queue);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let expected = csv::Reader::from_reader(read("expected.csv").as_bytes())
        .records()
        .map(|row| {
            let row = row.unwrap();
            let categories = row[2].split(';').filter(|key| !key.is_empty()).map(str::to_owned).collect();
            (row[0].to_owned(), (row[1].to_owned(), categories))
        })
        .collect();
    Sample {
        spec: karat::spec::parse(&read("spec.toml")).unwrap_or_else(|problems| panic!("{queue}: {problems:#?}")),
        items: read("items.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        expected,
    }
}

fn values(sample: &Sample, field: &str) -> BTreeSet<String> {
    sample.items.iter().filter_map(|item| item[field].as_str()).map(str::to_owned).collect()
}

#[test]
fn each_queue_has_sixty_items_of_two_models_and_two_prompts_with_latency_and_cost() {
    for queue in QUEUES {
        let sample = sample(queue);
        assert!(sample.items.len() >= 60, "{queue}");
        assert_eq!((values(&sample, "model").len(), values(&sample, "prompt_version").len()), (2, 2), "{queue}");
        assert!(sample.items.iter().all(|item| item["latency_ms"].is_number() && item["cost_usd"].is_number()));
        assert!(sample.items.iter().filter(|item| item["attempt"].as_i64() > Some(1)).count() >= 3, "{queue}");
        assert!(sample.items.iter().all(|item| item["context"].is_array()), "{queue}");
    }
}

#[test]
fn every_category_of_the_spec_is_planted_and_the_key_keeps_the_rules() {
    for queue in QUEUES {
        let sample = sample(queue);
        let ids: BTreeSet<&str> = sample.items.iter().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(ids, sample.expected.keys().map(String::as_str).collect(), "{queue}: the key names every item");
        let planted: BTreeSet<&String> = sample.expected.values().flat_map(|(_, categories)| categories).collect();
        let known: BTreeSet<&String> = sample.spec.failures.iter().map(|failure| &failure.key).collect();
        assert_eq!(planted, known, "{queue}");
        for (id, (verdict, categories)) in &sample.expected {
            let accepted = verdict == "accept";
            assert!(!accepted || categories.is_empty(), "{queue} {id}: an accepted item has no category");
            assert!(verdict != "reject" || !categories.is_empty(), "{queue} {id}: a rejection has a category");
        }
    }
}
