"""A workspace in a folder of its own, and karat run on it."""

import json
import os
import subprocess
import sys

SPEC = """name = "replies"
title = "Replies to customers"
decision = "May it be sent?"

[[criterion]]
key = "tone"
name = "Tone"
question = "Is it kind?"
levels = ["Rude", "Plain", "Kind"]

[[failure]]
key = "wrong"
name = "Wrong"
severity = "critical"

[[failure]]
key = "cold"
name = "Cold"
severity = "minor"
"""


class Workspace:
    """The queue `replies`, without items."""

    def __init__(self, karat, folder):
        self.karat, self.folder = karat, folder
        os.makedirs(folder, exist_ok=True)
        self.environment = {"HOME": folder, "PATH": os.environ["PATH"], "KARAT_DB": os.path.join(folder, "w.db")}
        with open(os.path.join(folder, "spec.toml"), "w") as out:
            out.write(SPEC)
        self.run("spec", "apply", os.path.join(folder, "spec.toml"))

    def run(self, *arguments, codes=(0,)):
        """What karat prints; ends the program where it fails."""
        done = subprocess.run([self.karat, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True)
        if done.returncode not in codes:
            sys.exit(f"karat {' '.join(arguments)}: exit code {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout

    def imports(self, path, *arguments):
        """Imported, unchanged and rejected records of a file."""
        counts = json.loads(self.run("import", "replies", path, "--json", *arguments, codes=(0, 3)))
        return counts["imported"], counts["unchanged"], counts["rejected"]

    def items(self):
        """Every item by its id, as it is exported once it is accepted."""
        listed = [json.loads(line) for line in self.run("list", "replies", "--json").splitlines()]
        for item in listed:
            self.run("decide", "replies", item["id"], "--verdict", "accept", "--as", "ana", "--over")
        rows = self.run("export", "replies", "--to", "jsonl").splitlines()
        return {row["id"]: row for row in map(json.loads, rows)}
