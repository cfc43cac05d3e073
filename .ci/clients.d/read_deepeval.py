"""DeepEval loads the goldens."""

import os
import sys

os.environ["DEEPEVAL_TELEMETRY_OPT_OUT"] = "1"
from deepeval.dataset import EvaluationDataset

dataset = EvaluationDataset()
dataset.add_goldens_from_json_file(file_path=os.path.join(sys.argv[1], "deepeval.json"))
assert len(dataset.goldens) == 40
golden = dataset.goldens[2]
assert golden.expected_output == "better 2" and golden.actual_output.startswith("answer 2") and golden.context == ["T\n\narticle 2"], golden
print(f"{len(dataset.goldens)} goldens")
