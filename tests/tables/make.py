"""Small tables as pandas, pyarrow, DuckDB and openpyxl write them: `python make.py FOLDER`."""
import datetime, decimal, gzip, io, sys, zipfile
import duckdb, openpyxl, pandas, pyarrow, pyarrow.feather, pyarrow.ipc, pyarrow.parquet, zstandard

folder = sys.argv[1] + "/"
rows = [
    {"id": f"r{n}", "input": f"Question {n}, “quoted”", "output": text, "created_at": pandas.Timestamp("2026-11-01T09:30:00", tz="Europe/Berlin") + pandas.Timedelta(hours=n),
     "tags": ["a", "b;c"][: n + 1], "context": [{"title": "T", "text": f"Source {n}"}], "latency_ms": [12.5, None, 3.0][n], "score": [1, 2, 3][n]}
    for n, text in enumerate(["Grüße", "line one\nline two", "- 1+1"])
]
table = pandas.DataFrame(rows)
table.to_parquet(folder + "pandas.parquet")
table.to_feather(folder + "pandas.feather")
plain = table.assign(tags=table.tags.map(";".join), context=table.context.map(lambda c: c[0]["text"]), created_at=table.created_at.dt.tz_convert("UTC").dt.tz_localize(None))
plain.to_excel(folder + "pandas.xlsx", index=False, sheet_name="Results")
plain.to_excel(folder + "pandas.ods", index=False, engine="odf")
plain.to_csv(folder + "pandas.csv.gz", index=False)
plain.to_csv(folder + "excel.csv", index=False, sep=";", encoding="utf-16", lineterminator="\r\n")
plain.to_csv(folder + "windows.csv", index=False, sep=";", encoding="cp1252", lineterminator="\r\n")
table.to_json(folder + "pandas.jsonl.zst", orient="records", lines=True)
table.to_json(folder + "pretty.json", orient="records", indent=2)
frame = table
duckdb.sql(f"COPY (SELECT *, CAST(score AS DECIMAL(10,2)) AS price, map {{'k': score}} AS map FROM frame) TO '{folder}duckdb.parquet' (FORMAT parquet, CODEC zstd)")
arrow = pyarrow.Table.from_pandas(table)
with pyarrow.OSFile(folder + "pyarrow.arrows", "wb") as out, pyarrow.ipc.new_stream(out, arrow.schema, options=pyarrow.ipc.IpcWriteOptions(compression="zstd")) as writer:
    writer.write_table(arrow, max_chunksize=2)
pyarrow.parquet.write_table(arrow, folder + "pyarrow.parquet", version="1.0", compression="brotli", use_dictionary=False, data_page_version="2.0", use_deprecated_int96_timestamps=True)
lines = table.to_json(orient="records", lines=True).encode().splitlines(keepends=True)
with open(folder + "frames.jsonl.zst", "wb") as out:
    for line in lines:
        out.write(zstandard.compress(line))
with zipfile.ZipFile(folder + "several.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("readme.txt", "Outputs, of November\n")
    archive.writestr("data/outputs.jsonl", b"".join(lines))
book = openpyxl.Workbook()
sheet = book.active
sheet.append(["Outputs"])
sheet.merge_cells("A1:D1")
sheet.append(["id", "input", "output", "day", "sum"])
sheet.append(["r0", "Question 0", "Grüße", datetime.date(2026, 11, 1), "=1+1"])
sheet.append(["r1", "Question 1", True, datetime.datetime(2026, 11, 1, 9, 30), 2.5])
book.save(folder + "openpyxl.xlsx")
