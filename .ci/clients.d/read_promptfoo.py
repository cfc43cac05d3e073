"""promptfoo validates the tests and runs them with its echo provider, as JSON and as CSV."""

import json
import os
import subprocess
import sys

folder = sys.argv[1]
home = os.path.join(folder, "home")
environment = os.environ | {
    "HOME": home, "PROMPTFOO_CONFIG_DIR": os.path.join(home, "promptfoo"), "PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1",
}


def promptfoo(*arguments, codes=(0,)):
    done = subprocess.run(["promptfoo", *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode in codes, done.stdout[-3000:] + done.stderr[-3000:]


for tests in ["promptfoo.json", "promptfoo.csv"]:
    config, out = os.path.join(home, f"config-{tests}.json"), os.path.join(home, f"results-{tests}.json")
    with open(config, "w") as file:
        json.dump({"prompts": ["{{input}}"], "providers": ["echo"], "tests": "file://" + os.path.join(folder, tests)}, file)
    promptfoo("validate", "-c", config)
    # Some tests fail, as an echo is no answer: that is its exit code 100.
    promptfoo("eval", "-c", config, "--no-cache", "--no-table", "--no-progress-bar", "-o", out, codes=(0, 100))
    results = json.load(open(out))["results"]["results"]
    errors = [row for row in results if row.get("failureReason") == 2]
    assert len(results) == 40 and not errors, (len(results), errors[:1])
    print(f"{len(results)} tests of {tests} run")
