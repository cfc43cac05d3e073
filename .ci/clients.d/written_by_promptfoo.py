"""karat reads the results that promptfoo writes with its echo provider, as JSON and JSON Lines: written_by_promptfoo.py
KARAT FOLDER."""

import json
import os
import subprocess
import sys

from workspace import Workspace

karat, folder = sys.argv[1:3]
os.makedirs(os.path.join(folder, "home"), exist_ok=True)
TESTS = 4
config = {
    "prompts": [{"raw": "Greet {{name}}: {{context}}", "label": "greet"}, {"raw": "Hello {{name}}", "label": "hello"}],
    "providers": ["echo"],
    "tests": [
        {"vars": {"name": f"Ana {n}", "context": f"Source {n} é🎉"},
         "assert": [{"type": "contains", "value": "Greet"}, {"type": "javascript", "value": "output.length > 3", "metric": "length"}]}
        for n in range(TESTS)
    ],
}
with open(os.path.join(folder, "config.json"), "w") as out:
    json.dump(config, out)
environment = os.environ | {
    "HOME": os.path.join(folder, "home"), "PROMPTFOO_CONFIG_DIR": os.path.join(folder, "home", "promptfoo"),
    "PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1",
}
files = [os.path.join(folder, "results." + ending) for ending in ("json", "jsonl")]
command = ["promptfoo", "eval", "-c", "config.json", "--no-cache", "--no-table", "--no-progress-bar"]
done = subprocess.run(command + [part for file in files for part in ("-o", file)], env=environment, cwd=folder, capture_output=True, text=True)
# Some tests fail: that is its exit code 100.
assert done.returncode in (0, 100), done.stderr[-3000:] + done.stdout[-3000:]
for file in files:
    workspace = Workspace(karat, os.path.join(folder, "read" + os.path.splitext(file)[1]))
    assert workspace.imports(file) == (2 * TESTS, 0, 0), file
    assert workspace.imports(file) == (0, 2 * TESTS, 0), file
    items = workspace.items().values()
    for item in items:
        names = item["meta"]["vars"]
        prompt = {"greet": f"Greet {names['name']}: {names['context']}", "hello": f"Hello {names['name']}"}[item["prompt_version"]]
        assert item["input"] == item["output"] == prompt and item["model"] == "echo", item
        assert [document["text"] for document in item["context"]] == [names["context"]], item
        said = {judgement["judge"]: judgement["verdict"] for judgement in item["judgements"]}
        assert said == {"contains": "accept" if item["prompt_version"] == "greet" else "reject", "length": "accept"}, said
    assert len({item["case"] for item in items}) == TESTS, "two prompts of a test are one case"
    print(f"{len(items)} results of promptfoo as {os.path.splitext(file)[1]}")
