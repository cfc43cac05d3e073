//! What comes in: idempotent, in two formats, from files and standard input.

use serde_json::Value;
use std::process::Command;
use support::program::{Outcome, Program, SPEC, assert_tells, item, items, program_file};

#[test]
fn importing_again_changes_nothing() {
    let program = Program::with_queue();
    program.write("items.jsonl", items(1..=5));
    let outcome = program.run(&["import", "replies", "items.jsonl", "--json"]);
    assert_eq!(outcome.out, "{\"imported\":5,\"unchanged\":0,\"rejected\":0}\n", "exactly these counts");
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
    assert_eq!(program.import(&["items.jsonl"]), ((0, 5, 0), Some(0)));
    assert_eq!(program.ok(&["import", "replies", "items.jsonl"]), "imported 0, unchanged 5, rejected 0\n");
    assert_eq!(program.queue()["items"], 5);
    assert_eq!(program.files(), ["items.jsonl", "spec.toml", "w.db"], "and no rejects file");
    program.assert_sound();
}

#[test]
fn fields_in_another_order_are_the_same_content() {
    let program = Program::with_queue();
    program.write("a.jsonl", "{\"id\":\"1\",\"input\":\"q\",\"output\":\"a\",\"latency_ms\":5,\"x\":1,\"y\":2}\n");
    program.write("b.jsonl", "{\"y\":2,\"x\":1,\"latency_ms\":5.0,\"output\":\"a\",\"input\":\"q\",\"id\":1}\n");
    assert_eq!(program.import(&["a.jsonl"]), ((1, 0, 0), Some(0)));
    assert_eq!(program.import(&["b.jsonl"]), ((0, 1, 0), Some(0)));
}

#[test]
fn other_content_needs_update_and_no_decision_on_it() {
    let program = Program::with_items(2);
    program.accept("i2");
    let changed = items(1..=2).replace("answer", "better answer");
    program.write("items.jsonl", changed);
    assert_eq!(program.import(&["items.jsonl"]), ((0, 0, 2), Some(3)));
    assert_tells(&program.read("items.jsonl.rejects.jsonl"), &["other content", "--update"]);
    assert_eq!(program.import(&["items.jsonl", "--update"]), ((1, 0, 1), Some(3)));
    let rejects = program.read("items.jsonl.rejects.jsonl");
    assert_eq!(rejects.lines().count(), 1, "{rejects}");
    assert_tells(&rejects, &["a decision rests on it", "\"line\":2", "\"field\":\"id\""]);
    program.accept("i1");
    assert_eq!(program.csv(&[])[0]["output"], "better answer 1");
    assert_eq!(program.csv(&[])[1]["output"], "answer 2");
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["item_updated"]);
    program.assert_sound();
}

#[test]
fn a_dry_run_tells_the_same_counts_and_changes_nothing() {
    let program = Program::with_items(3);
    program.accept("i1");
    let changed = items(1..=2).replace("answer", "other");
    program.write("more.jsonl", format!("{}{changed}{}broken\n", items(3..=5), item(5) + "\n"));
    for terms in [&[][..], &["--update"]] {
        let before = (program.bytes("w.db"), program.files(), program.ok(&["log", "replies"]));
        let dry = program.import(&[&["more.jsonl", "--dry-run"], terms].concat());
        assert_eq!((program.bytes("w.db"), program.files(), program.ok(&["log", "replies"])), before);
        let copy = Program::new();
        std::fs::copy(program.db(), copy.db()).unwrap();
        copy.write("more.jsonl", program.read("more.jsonl"));
        assert_eq!(copy.import(&[&["more.jsonl"], terms].concat()), dry);
    }
    assert_tells(
        &program.run(&["import", "replies", "more.jsonl", "--dry-run"]).out,
        &["dry run, nothing changed: ", " would be imported, "],
    );
    program.run(&["import", "replies", "more.jsonl", "--dry-run", "--rejects", "why.jsonl"]);
    assert_eq!(program.read("why.jsonl").lines().count(), 4, "rejects are written where they are asked for");
}

#[test]
fn a_dry_run_of_several_files_tells_the_same_counts() {
    let program = Program::with_queue();
    program.write("a.jsonl", items(1..=3));
    program.write("b.jsonl", items(2..=4));
    program.write("c.jsonl", items(4..=5).replace("answer", "other"));
    for terms in [&[][..], &["--update"]] {
        let files = ["a.jsonl", "b.jsonl", "c.jsonl"];
        let dry = program.import(&[&files[..], terms, &["--dry-run"]].concat());
        let copy = Program::with_queue();
        files.iter().for_each(|file| copy.write(file, program.read(file)));
        assert_eq!(dry, copy.import(&[&files[..], terms].concat()), "{terms:?}");
    }
}

#[test]
fn standard_input_is_a_file_called_dash() {
    let program = Program::with_queue();
    let outcome = program.run_with(&["import", "replies", "-", "--json"], items(1..=3) + "broken\n");
    assert_eq!(outcome.out, "{\"imported\":3,\"unchanged\":0,\"rejected\":1}\n");
    assert_eq!(outcome.code, Some(3));
    assert_tells(&outcome.err, &["standard input:4:", "karat-stdin.rejects.jsonl"]);
    assert!(program.exists("karat-stdin.rejects.jsonl"));
    let csv = "id,input,output\ni1,question,answer\nc1,q,a\n";
    let outcome = program.run_with(&["import", "replies", "-", "--json", "--rejects", "r.jsonl"], csv);
    assert_eq!(outcome.out, "{\"imported\":1,\"unchanged\":0,\"rejected\":1}\n");
}

#[test]
fn a_pipe_gives_every_record_by_whatever_name() {
    let program = Program::with_queue();
    let three = |first: usize| items(first..first + 3) + "broken\n";
    let outcome = program.run_with(&["import", "replies", "/dev/stdin", "--json"], three(1));
    assert_eq!(outcome.out, "{\"imported\":3,\"unchanged\":0,\"rejected\":1}\n", "{}", outcome.err);
    assert_tells(&outcome.err, &["/dev/stdin:4:", "1 rejected record is in karat-stdin.rejects.jsonl"]);

    let fifo = program.path("items.fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let writer = std::thread::spawn(move || std::fs::write(fifo, three(4)).unwrap());
    assert_eq!(program.import(&["items.fifo"]), ((3, 0, 1), Some(3)));
    writer.join().unwrap();

    program.write("more.jsonl", three(7));
    let two_pipes =
        format!("'{}' import replies <(cat more.jsonl) <(echo '{}') --json", program_file().display(), item(10));
    let mut shell = program.command_of("bash");
    let outcome = Outcome::of(shell.args(["-c", &two_pipes]));
    assert_eq!(outcome.out, "{\"imported\":4,\"unchanged\":0,\"rejected\":1}\n", "{}", outcome.err);
    assert_eq!(program.queue()["items"], 10);
}

#[test]
fn the_format_is_told_by_content_or_named() {
    let program = Program::with_queue();
    program.write("rows.jsonl", "id,input,output\nc1,q,a\n");
    assert_eq!(program.import(&["rows.jsonl"]), ((1, 0, 0), Some(0)), "content goes before the name");
    program.write("half.csv", "id;input;output\nc2;q;a\n");
    assert_eq!(program.import(&["half.csv"]), ((1, 0, 0), Some(0)));
    program.write("odd.csv", "id;question;colour\nc2;q;a\n");
    let told = program.fails(&["import", "replies", "odd.csv"]);
    assert_tells(&told, &["nothing in `odd.csv` looks like the output", ".id, .question, .colour"]);
    let told = program.fails(&["lens", "odd.csv"]);
    assert_tells(&told, &["no column input, output", "read as CSV because its first line", "--format"]);
    program.write("tabs", "question\tid\tinput\toutput\na, b\tt1\tq\ta\n");
    assert_eq!(program.import(&["tabs", "--format", "tsv"]), ((1, 0, 0), Some(0)));
    let outcome = program.run(&["import", "replies", "tabs", "--format", "tvs"]);
    assert_eq!(outcome.code, Some(2));
    assert_tells(&outcome.err, &["'tvs'", "jsonl, csv, tsv, json"]);
    assert_tells(&program.ok(&["lens", "rows.jsonl", "--format", "csv"]), &["c1"]);
}

#[test]
fn json_is_read_as_it_comes() {
    let program = Program::with_queue();
    let list = |numbers: std::ops::RangeInclusive<usize>| numbers.map(item).collect::<Vec<_>>().join(",\n  ");
    program.write("list.json", format!("[\n  {}\n]\n", list(1..=3)));
    assert_eq!(program.import(&["list.json"]), ((3, 0, 0), Some(0)));
    let outcome =
        program.run_with(&["import", "replies", "-", "--json"], format!("[{},\n{}]", list(3..=4), list(5..=5)));
    assert_eq!(outcome.out, "{\"imported\":2,\"unchanged\":1,\"rejected\":0}\n", "{}", outcome.err);
    program.write("run.json", format!("{{\"version\": 3, \"results\": [{}], \"stats\": {{}}}}", list(6..=7)));
    let outcome = program.run(&["import", "replies", "run.json"]);
    assert_eq!(outcome.out, "imported 2, unchanged 0, rejected 0\n");
    assert_tells(&outcome.err, &["run.json: the records are those of /results; left out: version, stats"]);
    program.write("cut.json", format!("[\n{},\n", list(8..=9)));
    assert_tells(
        &program.fails(&["import", "replies", "cut.json"]),
        &["imported 2", "list that begins on line 1", "cut off"],
    );
    assert_eq!(program.queue()["items"], 9);
}

#[test]
fn csv_and_json_lines_give_the_same_export() {
    let jsonl = r#"{"id":"a","input":"line 1\nline \"2\", ü","output":{"total":"12.50","lines":[1,2]},"reference":"r","context":[{"title":"T","text":"日本語"},"plain"],"case":"c","attempt":2,"priority":5,"model":"m","prompt_version":"v","latency_ms":7.5,"cost_usd":0.01,"tokens_in":1,"tokens_out":2,"created_at":"2026-11-01T09:30:00Z","tags":["x","y"],"meta":{"k":1},"extra":"e"}
{"id":"b","input":"q","output":""}
"#;
    let csv = "id,input,output,reference,context,case,attempt,priority,model,prompt_version,latency_ms,cost_usd,tokens_in,tokens_out,created_at,tags,meta,extra\r\n\
        a,\"line 1\nline \"\"2\"\", ü\",\"{\"\"total\"\":\"\"12.50\"\",\"\"lines\"\":[1,2]}\",r,\"[{\"\"title\"\":\"\"T\"\",\"\"text\"\":\"\"日本語\"\"},\"\"plain\"\"]\",c,2,5,m,v,7.5,0.01,1,2,2026-11-01T09:30:00Z,x;y,\"{\"\"k\"\":1}\",e\r\n\
        b,q,,,,,,,,,,,,,,,,\r\n";
    let exported = |name: &str, content: &str| {
        let program = Program::with_queue();
        program.write(name, content);
        assert_eq!(program.import(&[name]), ((2, 0, 0), Some(0)));
        program.accept("a");
        program.accept("b");
        let rows = program.jsonl(&[]);
        rows.into_iter()
            .map(|mut row| {
                ["decided_at", "decision_id"].iter().for_each(|own| row[own] = Value::Null);
                row
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(exported("in.jsonl", jsonl), exported("in.csv", csv));
}

#[test]
fn a_byte_order_mark_and_blank_lines_are_no_records() {
    let program = Program::with_queue();
    program.write("bom.jsonl", format!("\u{feff}{}\r\n\n  \n{}", item(1), item(2)));
    assert_eq!(program.import(&["bom.jsonl"]), ((2, 0, 0), Some(0)));
}

#[test]
fn a_file_that_cannot_be_read_is_told_before_another_is_in() {
    let program = Program::with_queue();
    program.write("items.jsonl", items(1..=2));
    assert_tells(
        &program.fails(&["import", "replies", "items.jsonl", "missing.jsonl"]),
        &["missing.jsonl", "No such file"],
    );
    assert_eq!(program.queue()["items"], 0);
    program.write("lists.json", "{\"a\":[{\"id\":\"x\"}],\"b\":[{}]}");
    assert_tells(&program.fails(&["import", "replies", "lists.json"]), &["/a, /b", "--at /a"]);
    for (arguments, reason) in [
        (&["--at", "/c"][..], "lists.json` holds no list at `/c`"),
        (&["--at", "/b", "--format", "jsonl"], "--at is for --format json alone"),
    ] {
        let command = [&["import", "replies", "lists.json"][..], arguments].concat();
        assert_tells(&program.fails(&command), &[reason]);
    }
    program.write("columns.csv", "id,question\n1,2\n");
    assert_tells(
        &program.fails(&["import", "replies", "columns.csv"]),
        &["nothing in `columns.csv` looks like the output"],
    );
    program.write("items.db", b"SQLite format 3\0\x10\0");
    assert_tells(&program.fails(&["import", "replies", "items.db"]), &["is an SQLite database", "duckdb"]);
    program.write("items.jsonl.xz", b"\xfd7zXZ\0\0");
    assert_tells(&program.fails(&["import", "replies", "items.jsonl.xz"]), &["is compressed with xz", "xz -dc"]);
}

#[test]
fn the_highest_and_lowest_priorities_are_kept() {
    let program = Program::with_queue();
    let line = |id: &str, priority: i64| {
        format!("{{\"id\":\"{id}\",\"input\":\"q\",\"output\":\"a\",\"priority\":{priority}}}\n")
    };
    program.write("items.jsonl", line("low", -i64::MAX) + &line("high", i64::MAX));
    assert_eq!(program.import(&["items.jsonl"]), ((2, 0, 0), Some(0)));
    program.accept("low");
    program.accept("high");
    let rows = program.csv(&[]);
    assert_eq!((&rows[0]["priority"], &rows[1]["priority"]), (&(-i64::MAX).to_string(), &i64::MAX.to_string()));
    program.write("lowest.jsonl", line("lowest", i64::MIN));
    let outcome = program.run(&["import", "replies", "lowest.jsonl"]);
    assert_eq!(outcome.code, Some(3), "a number that cannot be turned round is rejected: {outcome:#?}");
}

#[test]
fn items_of_two_queues_do_not_meet() {
    let program = Program::with_items(2);
    program.write("other.toml", SPEC.replace("\"replies\"", "\"other\""));
    program.ok(&["spec", "apply", "other.toml"]);
    let told = program.ok(&["import", "other", "items.jsonl", "--json"]);
    assert_eq!(told, "{\"imported\":2,\"unchanged\":0,\"rejected\":0}\n");
    program.accept("i1");
    let queues = program.json(&["queues"]);
    assert_eq!((&queues[0]["queue"], &queues[0]["decided"]), (&"other".into(), &0.into()));
}

#[test]
fn a_broken_first_line_does_not_make_cells_of_what_follows() {
    let program = Program::with_queue();
    program.write("odd.txt", format!("garbage\n{}\n", item(1)));
    assert_eq!(program.import(&["odd.txt"]), ((1, 0, 1), Some(3)));
}

#[test]
fn a_folder_is_told_with_what_to_do() {
    let program = Program::with_items(1);
    std::fs::create_dir(program.path("runs")).unwrap();
    let error = program.fails(&["import", "replies", "runs"]);
    assert_tells(&error, &["`runs` is a folder", "`runs/*`", "karat watch"]);
}

#[test]
fn an_empty_file_is_told() {
    let program = Program::with_queue();
    program.write("empty.jsonl", "");
    program.write("blank.csv", "\u{feff}\n \n");
    program.write("items.jsonl", items(1..=2));
    for file in ["empty.jsonl", "blank.csv", "/dev/null"] {
        assert_tells(&program.fails(&["import", "replies", file]), &[&format!("`{file}` is empty")]);
    }
    let outcome = program.run_with(&["import", "replies", "-"], "");
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_tells(&outcome.err, &["`standard input` is empty"]);
    let outcome = program.run(&["import", "replies", "empty.jsonl", "items.jsonl"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "imported 2, unchanged 0, rejected 0\n"));
    assert_tells(&outcome.err, &["`empty.jsonl` is empty"]);
    program.write("header.csv", "id,input,output\n");
    assert_tells(&program.run(&["import", "replies", "header.csv"]).err, &["header.csv holds no record"]);
}

#[test]
fn what_is_read_otherwise_than_it_stands_is_told_once() {
    let program = Program::with_queue();
    let rows = "1,q,a,2026-11-01 09:30:00,\n,,,,\n2,q,a,1793525400,\n3,q,a,2026-11-01,\n,,,,\n";
    program.write("items.csv", format!("id,input,output,created_at,\n{rows}"));
    let outcome = program.run(&["import", "replies", "items.csv"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "imported 3, unchanged 0, rejected 0\n"));
    assert_eq!(
        outcome.err.lines().collect::<Vec<_>>(),
        [
            "items.csv: 2 times of created_at without a zone: taken for UTC (the first on line 2)",
            "items.csv: 2 rows of nothing but delimiters: passed over (the first on line 3)",
            "items.csv: 1 time of created_at as a number: taken for the time since 1970, in UTC (on line 4)",
        ]
    );
}

#[test]
fn files_that_karat_wrote_come_in_only_by_their_own_name() {
    let program = Program::with_queue();
    program.write("a.jsonl", items(1..=1) + "broken\n");
    program.import(&["a.jsonl"]);
    program.accept("i1");
    program.ok(&["export", "replies", "--to", "jsonl", "--out", "b.jsonl"]);
    program.write("a.jsonl", items(1..=2) + "broken\n");
    let outcome = program.run(&["import", "replies", "a.jsonl", "a.jsonl.rejects.jsonl", "b.jsonl.manifest.json"]);
    assert_eq!(outcome.out, "imported 1, unchanged 1, rejected 1\n", "{}", outcome.err);
    assert_tells(&outcome.err, &["a.jsonl.rejects.jsonl: passed over", "b.jsonl.manifest.json: passed over"]);
    assert_eq!(program.import(&["a.jsonl.rejects.jsonl"]), ((0, 0, 1), Some(3)), "which is named alone");
}
