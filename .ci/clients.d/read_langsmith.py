"""LangSmith's client takes the examples in its own types."""

import json
import os
import sys

from langsmith.schemas import ExampleCreate

folder = sys.argv[1]
rows = [json.loads(line) for line in open(os.path.join(folder, "langsmith.jsonl"))]
examples = [ExampleCreate(**row) for row in rows]
assert len(examples) == 40 and examples[2].model_dump(by_alias=True)["outputs"] == {"output": "better 2"}
print(f"{len(examples)} examples")
