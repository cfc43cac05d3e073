"""karat reads the logs that Inspect AI writes of an evaluation by its mock model: written_by_inspect.py KARAT FOLDER."""

import glob
import json
import os
import sys

import offline_tokens
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, get_model
from inspect_ai.scorer import includes, match

from workspace import Workspace

karat, folder = sys.argv[1:3]
offline_tokens.count_words()
SAMPLES = 6
samples = [Sample(id=f"s{n}", input=f"What is {n}? é🎉", target=f"{n}", metadata={"level": n}) for n in range(SAMPLES)]


def evaluate(log_format):
    answers = [ModelOutput.from_content("mockllm/model", f"It is {n if n % 2 else 'unknown'}") for n in range(SAMPLES) for _ in range(2)]
    model = get_model("mockllm/model", custom_outputs=answers)
    logs = os.path.join(folder, "logs-" + log_format)
    [log] = eval(
        Task(dataset=samples, scorer=[includes(), match()], name="numbers"), model=model, log_dir=logs, log_format=log_format,
        epochs=2, max_samples=1, display="none",
    )
    assert log.status == "success", log.error
    [path] = glob.glob(os.path.join(logs, f"*.{log_format}"))
    return path


for log_format in ["eval", "json"]:
    path = evaluate(log_format)
    workspace = Workspace(karat, os.path.join(folder, "read-" + log_format))
    assert workspace.imports(path) == (2 * SAMPLES, 0, 0), log_format
    assert workspace.imports(path) == (0, 2 * SAMPLES, 0), "a log that comes again is known"
    items = list(workspace.items().values())
    assert sorted((item["case"], item["attempt"]) for item in items) == sorted(
        (f"numbers/s{n}", epoch) for n in range(SAMPLES) for epoch in (1, 2)), [item["case"] for item in items]
    for item in items:
        n = int(item["case"].rsplit("s", 1)[1])
        assert item["input"] == f"What is {n}? é🎉" and item["reference"] == f"{n}" and item["model"] == "mockllm/model", item
        assert item["output"].startswith("It is ") and item["meta"]["metadata"]["level"] == n, item
        said = {judgement["judge"]: judgement["verdict"] for judgement in item["judgements"]}
        good = "accept" if item["output"] == f"It is {n}" else "reject"
        assert said == {"includes": good, "match": good}, (item["output"], said)
    print(f"{len(items)} samples of an Inspect log as {log_format}")
