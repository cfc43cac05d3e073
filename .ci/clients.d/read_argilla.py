"""Argilla's client makes records of what is written."""

import json
import os
import sys

from argilla.records import Record

records = [Record.from_dict(record) for record in json.load(open(os.path.join(sys.argv[1], "argilla.json")))]
assert len(records) == 40 and records[0].fields["output"].startswith("answer 0")
suggested = {suggestion.question_name: suggestion.value for suggestion in records[0].suggestions}
assert suggested["verdict"] == "reject" and suggested["categories"] == ["cold"] and suggested["score_tone"] == 1
print(f"{len(records)} records")
