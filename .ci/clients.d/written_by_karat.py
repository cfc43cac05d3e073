"""Makes a workspace with every field and writes it in every format: written_by_karat.py KARAT FOLDER."""

import json
import os
import sys

from workspace import Workspace

karat, folder = sys.argv[1:3]
home = os.path.join(folder, "home")


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
workspace = Workspace(karat, home)
with open(os.path.join(home, "items.jsonl"), "w") as out:
    out.writelines(json.dumps(item(number)) + "\n" for number in range(ITEMS))
assert workspace.imports("items.jsonl") == (ITEMS, 0, 0)
for number in range(ITEMS):
    arguments = ["decide", "replies", f"i{number}", "--as", "ana", "--score", f"tone={1 + number % 3}"]
    if number % 2:
        workspace.run(*arguments, "--verdict", "accept")
    else:
        workspace.run(*arguments, "--verdict", "reject", "--category", "cold", "--correction", f"better {number}", "--note", "too, cold")


def export(*arguments):
    """The last of the arguments is the file's name."""
    workspace.run("export", "replies", *arguments[:-1], "--out", os.path.join(folder, arguments[-1]))


for to, ending in [
    ("csv", "csv"), ("tsv", "tsv"), ("jsonl", "jsonl"), ("json", "json"), ("parquet", "parquet"), ("arrow", "arrow"),
    ("xlsx", "xlsx"), ("markdown", "md"), ("promptfoo", "json"), ("inspect", "jsonl"), ("openai-evals", "jsonl"),
    ("openai-finetune", "jsonl"), ("preference", "jsonl"), ("label-studio", "json"), ("argilla", "json"),
    ("deepeval", "json"), ("langfuse", "jsonl"), ("langsmith", "jsonl"), ("phoenix", "jsonl"),
]:
    export("--to", to, f"{to}.{ending}")
export("--to", "promptfoo", "--as-csv", "promptfoo.csv")
export("--to", "jsonl", "--compress", "zstd", "packed.jsonl.zst")
export("--to", "csv", "--compress", "gzip", "packed.csv.gz")
export("--to", "huggingface", "--split", "train=0.7,test=0.3", "--seed", "7", "--license", "cc-by-4.0", "hub")
print(f"{ITEMS} items decided and written in every format")
