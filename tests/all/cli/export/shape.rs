//! Which columns, in which parts, how compressed; and why there is nothing.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::program::{Program, assert_tells};

const EXPORT: [&str; 4] = ["export", "replies", "--to", "csv"];

fn accepted(count: usize) -> Program {
    let program = Program::with_items(count);
    (1..=count).for_each(|n| program.accept(&format!("i{n}")));
    program
}

#[test]
fn columns_are_chosen_in_their_order_and_renamed() {
    let program = accepted(1);
    let out = program.ok(&[&EXPORT[..], &["--columns", "verdict,output,id", "--rename", "output=answer"]].concat());
    assert_eq!(out, "verdict,answer,id\naccept,answer 1,i1\n");
    let line = program.ok(&["export", "replies", "--to", "jsonl", "--columns", "id,scores", "--rename", "id=key"]);
    assert_eq!(line, "{\"key\":\"i1\",\"scores\":{}}\n");
    for (arguments, parts) in [
        (&["--columns", "verdikt"][..], ["no column `verdikt`", "did you mean `verdict`?"]),
        (&["--columns", "id,id"], ["two columns would be called `id`", "--rename"]),
        (&["--rename", "output=input"], ["two columns would be called `input`", "--rename"]),
        (&["--columns", "id", "--rename", "output=x"], ["leaves out the column `output`", "--columns too"]),
    ] {
        assert_tells(&program.fails(&[&EXPORT[..], arguments].concat()), &parts);
    }
    assert_eq!(program.run(&[&EXPORT[..], &["--rename", "id"]].concat()).code, Some(2));
}

#[cfg(feature = "compressed")]
#[test]
fn what_is_compressed_is_the_same_once_it_is_unpacked() {
    let program = accepted(20);
    let plain = program.ok(&EXPORT);
    let to = |how: &str, file: &str| {
        program.ok(&[&EXPORT[..], &["--compress", how, "--out", file]].concat());
        program.bytes(file)
    };
    let mut unpacked = String::new();
    use std::io::Read;
    flate2::read::GzDecoder::new(&to("gzip", "a.csv.gz")[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    let packed = to("zstd", "a.csv.zst");
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), plain.as_bytes());
    let manifest: Value = serde_json::from_str(&program.read("a.csv.zst.manifest.json")).unwrap();
    assert_eq!((&manifest["compression"], &manifest["bytes"]), (&json!("zstd"), &json!(packed.len())));
    assert_eq!(manifest["sha256"], super::digest(&packed), "of the file as it is");
    assert_eq!(program.run(&[&EXPORT[..], &["--compress", "rar"]].concat()).code, Some(2));
    let told = |file: &str| program.run(&[&EXPORT[..], &["--compress", "gzip", "--out", file]].concat()).err;
    let note = "compressed with gzip, which the name does not say";
    assert!(told("a.csv").contains(note) && !told("a.csv.gz").contains(note));
}

#[test]
fn a_folder_that_is_not_there_is_named_with_what_to_do() {
    let program = accepted(1);
    for format in ["csv", "huggingface"].into_iter().filter(|format| cfg!(feature = "parquet") || *format == "csv") {
        let run = program.run(&["export", "replies", "--to", format, "--out", "no/such/file"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_tells(&run.err, &["there is no folder no/such", "mkdir -p no/such"]);
    }
}

/// The part that each id is in.
fn parts(program: &Program, seed: &str) -> BTreeMap<String, &'static str> {
    let split = ["--split", "train=0.6,test=0.4", "--by", "case", "--seed", seed, "--out", "rows.jsonl"];
    program.ok(&[&["export", "replies", "--to", "jsonl"], &split[..]].concat());
    let mut parts = BTreeMap::new();
    for part in ["train", "test"] {
        for line in program.read(&format!("rows-{part}.jsonl")).lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let before = parts.insert(row["id"].as_str().unwrap().to_owned(), part);
            assert_eq!(before, None, "an item is in one part");
        }
    }
    parts
}

#[test]
fn a_split_keeps_cases_together_and_moves_none_when_examples_come() {
    let program = Program::with_queue();
    let items = |cases: std::ops::Range<usize>| -> String {
        let item = |case: usize, attempt: usize| {
            json!({"id": format!("c{case}-{attempt}"), "case": format!("c{case}"), "attempt": attempt,
                "input": "?", "output": format!("{case} {attempt}")})
            .to_string()
        };
        cases.flat_map(|case| [item(case, 1), item(case, 2)]).map(|line| line + "\n").collect()
    };
    let grow = |cases: std::ops::Range<usize>| {
        program.write("more.jsonl", items(cases.clone()));
        program.ok(&["import", "replies", "more.jsonl"]);
        for case in cases {
            (1..=2).for_each(|attempt| program.accept(&format!("c{case}-{attempt}")));
        }
    };
    grow(0..12);
    let few = parts(&program, "7");
    assert_eq!(few.len(), 24);
    for (id, part) in &few {
        assert_eq!(few[&id.replace("-1", "-2")], *part, "a case is in one part");
    }
    let manifest: Value = serde_json::from_str(&program.read("rows.jsonl.manifest.json")).unwrap();
    let rows = |part: &str| few.values().filter(|is| **is == part).count();
    let told = json!({"by": "case", "seed": 7, "parts": [
        {"name": "train", "share": 0.6, "rows": rows("train")}, {"name": "test", "share": 0.4, "rows": rows("test")}]});
    assert_eq!(manifest["splits"], told);
    let files: Vec<_> = std::iter::once(&manifest).chain(manifest["further_files"].as_array().unwrap()).collect();
    for (entry, part) in files.iter().zip(["train", "test"]) {
        let file = entry["file"].as_str().unwrap();
        assert_eq!((file, &entry["split"]), (format!("rows-{part}.jsonl").as_str(), &json!(part)));
        assert_eq!(entry["sha256"], super::digest(&program.bytes(file)));
    }
    grow(12..20);
    let more = parts(&program, "7");
    assert!(few.iter().all(|(id, part)| more[id] == *part), "what is added moves none");
    assert_ne!(more, parts(&program, "8"), "another seed draws another split");
}

#[test]
fn a_split_that_is_none_is_refused_with_the_reason() {
    let program = accepted(1);
    let wrong = program.run(&[&EXPORT[..], &["--split", "train=0.8,test=0.1"]].concat());
    assert_eq!(wrong.code, Some(2));
    assert_tells(&wrong.err, &["the shares add up to 0.9, not to 1"]);
    let streamed = program.fails(&[&EXPORT[..], &["--split", "train=0.8,test=0.2"]].concat());
    assert_tells(&streamed, &["a split is written as several files", "--out FILE"]);
    let alone = program.run(&[&EXPORT[..], &["--seed", "1"]].concat());
    assert_eq!(alone.code, Some(2), "a seed is of a split");
}

#[test]
fn an_empty_export_says_which_part_found_nothing() {
    let program = Program::with_items(3);
    let told = |rest: &[&str]| program.run(&[&EXPORT[..], rest].concat()).err;
    assert_tells(&told(&[]), &["no rows: nothing of replies is decided yet"]);
    program.accept("i1");
    program.ok(&["decide", "replies", "i2", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    assert_tells(&told(&["--filter", "category:cold model:nosuch"]), &["of the 2 rows", "`model:nosuch` finds none"]);
    assert_tells(&told(&["--verdict", "escalate"]), &["--verdict escalate finds none"]);
    assert_tells(&told(&["--rows", "marks"]), &["no rows: of the 2 rows that are decided none has a mark"]);
    let together = told(&["--filter", "id:i1 category:cold"]);
    assert_tells(&together, &["each part finds some (`id:i1` 1, `category:cold` 1) and all together none"]);
    assert_eq!(told(&["--filter", "id:i1"]), "");
}

#[test]
fn what_nobody_outside_is_to_read_is_taken_out_and_counted() {
    let program = Program::with_queue();
    let item = json!({"id": "i1", "input": "I am ana@mail.example, call +49 30 1234567", "output": "Dear Ana, it takes 3 days.",
        "context": [{"title": "T", "text": "see https://a.example/x"}], "meta": {"from": "ana@mail.example"}, "tags": ["PO-77"]});
    program.write("items.jsonl", item.to_string());
    program.ok(&["import", "replies", "items.jsonl"]);
    program.accept("i1");
    let outcome = program.run(&[
        "export",
        "replies",
        "--to",
        "jsonl",
        "--out",
        "out.jsonl",
        "--redact",
        "email,phone,url,secret,/PO-[0-9]{1,9}/",
    ]);
    assert_tells(&outcome.err, &["taken out: email 2, phone 1, url 1, secret 0, /PO-[0-9]{1,9}/ 1"]);
    let row: Value = serde_json::from_str(&program.read("out.jsonl")).unwrap();
    assert_eq!(row["input"], "I am [email], call [phone]");
    assert_eq!((&row["context"][0]["text"], &row["meta"]["from"]), (&json!("see [url]"), &json!("[email]")));
    assert_eq!((&row["tags"], &row["output"]), (&json!(["[redacted]"]), &item["output"]));
    let manifest: Value = serde_json::from_str(&program.read("out.jsonl.manifest.json")).unwrap();
    let counts = json!({"email": 2, "phone": 1, "url": 1, "secret": 0, "/PO-[0-9]{1,9}/": 1});
    assert_eq!(manifest["redacted"], counts);
    let wrong = program.run(&[&EXPORT[..], &["--redact", "names"]].concat());
    assert_tells(&wrong.err, &["`names` is no pattern", "email, phone, url, secret, ids or /REGEX/"]);
}

#[test]
fn twice_the_same_workspace_is_twice_the_same_bytes_in_every_format() {
    let program = accepted(5);
    for format in karat::export::format::FORMATS.iter().filter(|format| format.folder().is_none()) {
        let export = |out: &str| program.ok(&["export", "replies", "--to", format.name(), "--out", out]);
        export("file-1");
        export("file-2");
        assert_eq!(program.bytes("file-1"), program.bytes("file-2"), "{}", format.name());
    }
}
