"""Inspect AI loads the dataset and evaluates it with its mock model."""

import os
import sys

from inspect_ai import Task, eval
from inspect_ai.dataset import json_dataset
from inspect_ai.scorer import includes

import offline_tokens

offline_tokens.count_words()
folder = sys.argv[1]
dataset = json_dataset(os.path.join(folder, "inspect.jsonl"))
assert len(dataset) == 40 and dataset[0].id == "i0"
assert dataset[1].target == "answer 1; it takes 3 days" and dataset[2].target == "better 2"
[log] = eval(Task(dataset=dataset, scorer=includes()), model="mockllm/model", log_dir=os.path.join(folder, "home", "logs"), display="none")
assert log.status == "success" and len(log.samples) == 40, log.error
print(f"{len(log.samples)} samples evaluated")
