"""Label Studio's SDK finds every task and annotation valid under the interface beside them."""

import json
import os
import sys

from label_studio_sdk.label_interface import LabelInterface

folder = sys.argv[1]
interface = LabelInterface(open(os.path.join(folder, "label-studio.json.config.xml")).read())
interface.validate()
tasks = json.load(open(os.path.join(folder, "label-studio.json")))
assert len(tasks) == 40
for task in tasks:
    assert interface.validate_task({"data": task["data"]}), task
    for annotation in task["annotations"]:
        assert interface.validate_annotation(annotation), annotation
print(f"{len(tasks)} tasks with their annotations")
