"""LibreOffice opens the workbook and saves it as a table with the texts and counts that were written."""

import csv
import json
import os
import subprocess
import sys

folder = sys.argv[1]
home = os.path.join(folder, "home")
rows = [json.loads(line) for line in open(os.path.join(folder, "jsonl.jsonl"))]
subprocess.run(
    ["soffice", f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", home,
     os.path.join(folder, "xlsx.xlsx")], check=True, capture_output=True, timeout=120)
found = list(csv.DictReader(open(os.path.join(home, "xlsx.csv"), newline="")))
assert [row["id"] for row in found] == [row["id"] for row in rows]
assert found[1]["input"] == rows[1]["input"] and found[1]["input"].startswith("=question"), "a text, no formula"
assert [int(row["tokens_in"]) for row in found] == [row["tokens_in"] for row in rows]
assert all(row["decided_at"].startswith("20") for row in found)
print(f"{len(found)} rows of the workbook")
