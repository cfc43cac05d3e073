"""Makes a workspace with every field and writes it in every format: write.py KARAT FOLDER."""

import json
import os
import subprocess
import sys

karat, folder = sys.argv[1:3]
home = os.path.join(folder, "home")
os.makedirs(home, exist_ok=True)
environment = {"HOME": home, "PATH": os.environ["PATH"], "KARAT_DB": os.path.join(home, "w.db")}

SPEC = """name = "replies"
title = "Replies to customers"
decision = "May it be sent?"

[[criterion]]
key = "tone"
name = "Tone"
question = "Is it kind?"
levels = ["Rude", "Plain", "Kind"]

[[failure]]
key = "wrong"
name = "Wrong"
severity = "critical"

[[failure]]
key = "cold"
name = "Cold"
severity = "minor"
"""


def run(*arguments):
    done = subprocess.run([karat, *arguments], env=environment, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"karat {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def item(number):
    return {
        "id": f"i{number}",
        "case": f"c{number // 2}",
        "attempt": 1 + number % 2,
        "input": f"=question {number // 2}, \"quoted\"\nsecond line" if number % 3 else [{"role": "user", "content": f"é🎉 {number // 2}"}],
        "output": f"answer {number}; it takes 3 days",
        "reference": f"reference {number}" if number % 5 == 0 else None,
        "context": [{"title": "T", "text": f"article {number % 7}", "updated_at": "2026-10-05T08:00:00Z"}],
        "model": "m-1",
        "latency_ms": number + 0.5,
        "cost_usd": 0.0001 * number,
        "tokens_in": 100 + number,
        "tokens_out": number,
        "created_at": "2026-11-01T10:11:19.250Z",
        "tags": ["a;b", "ü"] if number % 2 else [],
        "trace_id": f"{number:032x}",
        "span_id": f"{number:016x}",
        "meta": {"k": [1, None]},
    }


ITEMS = 40
with open(os.path.join(home, "spec.toml"), "w") as out:
    out.write(SPEC)
with open(os.path.join(home, "items.jsonl"), "w") as out:
    out.writelines(json.dumps(item(number)) + "\n" for number in range(ITEMS))
run("spec", "apply", os.path.join(home, "spec.toml"))
run("import", "replies", os.path.join(home, "items.jsonl"))
for number in range(ITEMS):
    arguments = ["decide", "replies", f"i{number}", "--as", "ana", "--score", f"tone={1 + number % 3}"]
    if number % 2:
        run(*arguments, "--verdict", "accept")
    else:
        run(*arguments, "--verdict", "reject", "--category", "cold", "--correction", f"better {number}", "--note", "too, cold")

for to, ending in [
    ("csv", "csv"), ("tsv", "tsv"), ("jsonl", "jsonl"), ("json", "json"), ("parquet", "parquet"), ("arrow", "arrow"),
    ("xlsx", "xlsx"), ("markdown", "md"), ("promptfoo", "json"), ("inspect", "jsonl"), ("openai-evals", "jsonl"),
    ("openai-finetune", "jsonl"), ("preference", "jsonl"), ("label-studio", "json"), ("argilla", "json"),
    ("deepeval", "json"), ("langfuse", "jsonl"), ("langsmith", "jsonl"), ("phoenix", "jsonl"),
]:
    run("export", "replies", "--to", to, "--out", f"{to}.{ending}")
run("export", "replies", "--to", "promptfoo", "--as-csv", "--out", "promptfoo.csv")
run("export", "replies", "--to", "jsonl", "--compress", "zstd", "--out", "packed.jsonl.zst")
run("export", "replies", "--to", "csv", "--compress", "gzip", "--out", "packed.csv.gz")
run("export", "replies", "--to", "huggingface", "--split", "train=0.7,test=0.3", "--seed", "7", "--license", "cc-by-4.0", "--out", "hub")
print(f"{ITEMS} items decided and written in every format")
