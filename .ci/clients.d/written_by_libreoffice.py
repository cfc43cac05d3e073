"""karat reads workbooks and tables that LibreOffice saved as the items that went in: written_by_libreoffice.py KARAT
FOLDER."""

import datetime
import json
import os
import subprocess
import sys

from workspace import Workspace

karat, folder = sys.argv[1:3]
TEXTS = ["Grüße; “so”", 'a "quoted"\nsecond line', "007", "'x", "€ 1,5"]
rows = [
    {"id": f"r{n}", "input": f"question {n}", "output": text, "context": f"source {n}", "latency_ms": 12.5 * n, "tokens_in": 7 * n,
     "created_at": datetime.datetime(2026, 11, 1, 8, 30, n)}
    for n, text in enumerate(TEXTS)
]
workspace = Workspace(karat, folder)
with open(os.path.join(folder, "truth.jsonl"), "w") as out:
    out.writelines(json.dumps(row | {"created_at": row["created_at"].isoformat() + "Z"}) + "\n" for row in rows)
assert workspace.imports("truth.jsonl") == (len(rows), 0, 0)


def cell(value):
    # What has quotation marks is a text; numbers and times are cells of their type.
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)


with open(os.path.join(folder, "source.csv"), "w") as out:
    out.writelines(",".join(map(cell, row)) + "\n" for row in [list(rows[0]), *(row.values() for row in rows)])
# By number: separators, quotation mark, encoding (76: UTF-8, 1: Windows-1252), first line, columns, language, quoted
# fields as text, times told.
CSV = "Text - txt - csv (StarCalc)"
for name, save_as in {
    "book.xlsx": "xlsx", "book.ods": "ods", "book.xls": "xls", "semicolon.csv": f"csv:{CSV}:59,34,76,1", "windows.csv": f"csv:{CSV}:59,34,1,1",
    "comma.csv": f"csv:{CSV}:44,34,76,1",
}.items():
    there = os.path.join(folder, name + ".d")
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--infilter=CSV:44,34,76,1,,1033,true,true", "--convert-to", save_as,
         "--outdir", there, os.path.join(folder, "source.csv")], capture_output=True, text=True, timeout=120)
    [file] = os.listdir(there)
    counts = workspace.imports(os.path.join(there, file))
    rejects = os.path.join(there, file + ".rejects.jsonl")
    assert counts == (0, len(rows), 0), (name, counts, open(rejects).read() if os.path.exists(rejects) else done.stderr)
print(f"{len(rows)} rows of LibreOffice as .xlsx, .ods, .xls and CSV")
