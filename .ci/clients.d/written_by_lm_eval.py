"""karat reads the samples that lm-evaluation-harness logs of its dummy model: written_by_lm_eval.py KARAT FOLDER."""

import glob
import json
import os
import subprocess
import sys

from workspace import Workspace

karat, folder = sys.argv[1:3]
os.makedirs(os.path.join(folder, "tasks"), exist_ok=True)
DOCUMENTS = 5
documents = os.path.join(folder, "documents.jsonl")
with open(documents, "w") as out:
    out.writelines(json.dumps({"question": f"What is {n}? é", "answer": f"{n}", "options": ["zero", "one", f"{n}"], "right": 2}) + "\n" for n in range(DOCUMENTS))

COMMON = f"""dataset_path: json
dataset_kwargs: {{data_files: {{test: {json.dumps(documents)}}}}}
test_split: test
doc_to_text: "Q: {{{{question}}}}\\nA:"
"""
TASKS = {
    "free": """output_type: generate_until
doc_to_target: "{{answer}}"
generation_kwargs: {until: ["\\n"]}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
""",
    "choice": """output_type: multiple_choice
doc_to_choice: "{{options}}"
doc_to_target: right
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
""",
}
for name, task in TASKS.items():
    with open(os.path.join(folder, "tasks", name + ".yaml"), "w") as out:
        out.write(f"task: {name}\n{COMMON}{task}")
environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": os.path.join(folder, "home"), "HF_DATASETS_OFFLINE": "1"}
done = subprocess.run(
    [sys.executable, "-m", "lm_eval", "--model", "dummy", "--tasks", "free,choice", "--include_path", os.path.join(folder, "tasks"),
     "--output_path", os.path.join(folder, "out"), "--log_samples"],
    env=environment, cwd=folder, capture_output=True, text=True)
assert done.returncode == 0, done.stderr[-3000:]
workspace = Workspace(karat, os.path.join(folder, "read"))
for name in TASKS:
    [path] = glob.glob(os.path.join(folder, "out", "**", f"samples_{name}_*.jsonl"), recursive=True)
    assert workspace.imports(path) == (DOCUMENTS, 0, 0), name
    assert workspace.imports(path) == (0, DOCUMENTS, 0), name
items = workspace.items().values()
for name in TASKS:
    found = [item for item in items if item["meta"]["task"] == name]
    assert {item["input"] for item in found} == {f"Q: What is {n}? é\nA:" for n in range(DOCUMENTS)}, found
    for item in found:
        n = item["meta"]["doc"]["answer"]
        assert item["reference"] == n, item
        assert name == "choice" or item["output"] == "lol", item
        assert name == "free" or item["output"].strip() in item["meta"]["doc"]["options"], item
        [said] = item["judgements"]
        good = "accept" if item["output"].strip() == n else "reject"
        assert (said["judge"], said["verdict"]) == ({"free": "exact_match", "choice": "acc"}[name], good), (item["output"], said)
print(f"{len(items)} samples of two tasks of lm-eval")
