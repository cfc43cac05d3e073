"""pandas, DuckDB, pyarrow and openpyxl read the tables, with the types and counts that were written."""

import datetime
import json
import os
import sys

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

folder = sys.argv[1]
path = lambda name: os.path.join(folder, name)
ROWS = 40
rows = [json.loads(line) for line in open(path("jsonl.jsonl"))]
assert len(rows) == ROWS, len(rows)

# pandas
for frame in [
    pandas.read_csv(path("csv.csv")),
    pandas.read_csv(path("tsv.tsv"), sep="\t"),
    pandas.read_csv(path("packed.csv.gz")),
    pandas.read_json(path("jsonl.jsonl"), lines=True),
    pandas.read_json(path("json.json")),
    pandas.read_parquet(path("parquet.parquet")),
    pandas.read_feather(path("arrow.arrow")),
    pandas.read_excel(path("xlsx.xlsx")),
]:
    assert len(frame) == ROWS and list(frame["id"]) == [row["id"] for row in rows]
    assert str(frame["tokens_in"].dtype) == "int64" and str(frame["latency_ms"].dtype) == "float64", frame.dtypes
frame = pandas.read_parquet(path("parquet.parquet"))
assert str(frame["decided_at"].dtype) == "datetime64[ms, UTC]", frame["decided_at"].dtype
assert list(frame["categories"][0]) == ["cold"] and frame["scores"][0] == {"tone": 1}
csv = pandas.read_csv(path("csv.csv"))
assert csv["input"][1].startswith("'=question") and csv["correction"][2] == "better 2"

# pyarrow
table = pyarrow.parquet.read_table(path("parquet.parquet"))
types = {
    "id": "string", "attempt": "int64", "priority": "int64", "input": "string", "tokens_in": "int64", "tokens_out": "int64",
    "cost_usd": "double", "latency_ms": "double", "created_at": "timestamp[ms, tz=UTC]",
    "decided_at": "timestamp[ms, tz=UTC]", "scores": "struct<tone: int64>",
}
for name, is_ in types.items():
    assert str(table.schema.field(name).type) == is_, (name, table.schema.field(name).type)
for name in ["categories", "tags"]:
    assert table.schema.field(name).type.value_type == pyarrow.string(), name
assert table.num_rows == ROWS
assert [row["input"] for row in table.to_pylist()][1] == rows[1]["input"]
assert table.to_pylist()[0]["context"][0]["text"] == rows[0]["context"][0]["text"]
with pyarrow.ipc.open_file(path("arrow.arrow")) as reader:
    assert reader.read_all().equals(table), "Arrow and Parquet say the same"

# DuckDB
one = lambda sql: duckdb.sql(sql).fetchall()
parquet, csv = path("parquet.parquet"), path("csv.csv")
assert one(f"SELECT COUNT(*), SUM(tokens_in) FROM '{parquet}'") == [(ROWS, sum(row["tokens_in"] for row in rows))]
assert one(f"SELECT typeof(categories), typeof(scores), typeof(decided_at) FROM '{parquet}' LIMIT 1") == [
    ("VARCHAR[]", "STRUCT(tone BIGINT)", "TIMESTAMP WITH TIME ZONE")]
assert one(f"SELECT COUNT(*) FROM '{parquet}' WHERE list_contains(categories, 'cold')") == [(20,)]
assert one(f"SELECT COUNT(*), SUM(latency_ms) FROM '{csv}'") == [(ROWS, sum(row["latency_ms"] for row in rows))]
assert one(f"SELECT COUNT(*) FROM read_json('{path('packed.jsonl.zst')}')") == [(ROWS,)]

# openpyxl
sheet = openpyxl.load_workbook(path("xlsx.xlsx")).active
names = [cell.value for cell in sheet[1]]
assert sheet.max_row == ROWS + 1 and sheet.freeze_panes == "A2" and sheet.auto_filter.ref.startswith("A1:")
cell = lambda row, name: sheet.cell(row=row, column=names.index(name) + 1)
assert cell(3, "input").value == rows[1]["input"] and cell(3, "input").data_type in ("s", "inlineStr"), "a text, no formula"
assert isinstance(cell(2, "tokens_in").value, int) and cell(2, "tokens_in").data_type == "n"
assert isinstance(cell(2, "decided_at").value, datetime.datetime)
print(f"{ROWS} rows as CSV, TSV, JSON, JSON Lines, Parquet, Arrow and XLSX: pandas {pandas.__version__}, "
      f"pyarrow {pyarrow.__version__}, DuckDB {duckdb.__version__}, openpyxl {openpyxl.__version__}")
