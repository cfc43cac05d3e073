"""Phoenix's client takes the examples and the annotations in the types of its API."""

import json
import os
import sys

from phoenix.client.__generated__ import v1

folder = sys.argv[1]
lines = lambda name: [json.loads(line) for line in open(os.path.join(folder, name))]
examples, annotations = lines("phoenix.jsonl"), lines("phoenix.jsonl.annotations.jsonl")
assert len(examples) == 40 and all(set(row) == {"id", "input", "output", "metadata", "splits"} for row in examples)
known = set(v1.SpanAnnotationData.__annotations__)
assert all(set(row) <= known for row in annotations), known
print(f"{len(examples)} examples, {len(annotations)} annotations")
