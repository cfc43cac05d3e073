"""karat reads tables that pandas, pyarrow, DuckDB and openpyxl wrote, in every manner, as the items that went in:
written_by_tables.py KARAT FOLDER."""

import datetime
import decimal
import json
import os
import sys

import duckdb
import openpyxl
import pandas
import pyarrow
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

from workspace import Workspace

karat, folder = sys.argv[1:3]
UTC = datetime.timezone.utc
TEXTS = {
    # What Windows-1252 has, and what needs Unicode.
    "western": ["Grüße, “quoted”; \"and\" more", "line one\nline two\ttab", "=1+1", "'quoted'", "€ 5; – so\\n"],
    "wide": ["日本語の答え", "🎉👩‍👩‍👧 e\u0301", "-1", "ｆｕｌｌ\u200bwidth", "Ωмега \"x\", y"],
}


def rows_of(texts):
    return [
        {
            "id": f"r{n}", "case": f"c{n // 2}", "attempt": 1 + n % 2, "input": f"question {n}: {texts[-1 - n]}", "output": text,
            "reference": text if n % 2 else None, "context": [{"text": f"source of {text}"}], "model": "m-1",
            "latency_ms": None if n == 1 else 12.5 * n, "tokens_in": 7 * n, "tokens_out": None if n == 2 else n,
            "created_at": datetime.datetime(2026, 11, 1, 8, 30, n, 250_000, UTC), "tags": ["a", "ü"][: n % 3],
        }
        for n, text in enumerate(texts)
    ]


def flat(rows):
    """As cells of a sheet have them."""
    return [row | {"context": row["context"][0]["text"], "tags": ";".join(row["tags"]) or None, "created_at": row["created_at"].replace(tzinfo=None)}
            for row in rows]


def written(rows, at, is_western):
    """The files, each by what wrote it and how."""
    nested, cells = pandas.DataFrame(rows), pandas.DataFrame(flat(rows))
    path = lambda name: os.path.join(at, name)
    # pandas
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"] + (["cp1252"] if is_western else [])
    for encoding in encodings:
        for name, separator in [("comma", ","), ("semicolon", ";"), ("tab", "\t")]:
            for end, line_end in [("lf", "\n"), ("crlf", "\r\n")]:
                file = path(f"pandas-{name}-{encoding}-{end}.csv")
                cells.to_csv(file, index=False, sep=separator, encoding=encoding, lineterminator=line_end)
                yield file
    cells.to_csv(path("pandas-quoted.csv"), index=False, quoting=1)
    cells.to_csv(path("pandas.csv.zip"), index=False)
    yield from [path("pandas-quoted.csv"), path("pandas.csv.zip")]
    for name, options in [("lines.jsonl", {"lines": True}), ("lines.jsonl.gz", {"lines": True}), ("pretty.json", {"indent": 2}), ("ascii.json", {"force_ascii": True})]:
        nested.to_json(path("pandas-" + name), orient="records", date_format="iso", **options)
        yield path("pandas-" + name)
    for compression in [None, "snappy", "gzip", "brotli", "zstd", "lz4"]:
        file = path(f"pandas-{compression}.parquet")
        nested.to_parquet(file, compression=compression)
        yield file
    nested.to_feather(path("pandas.feather"))
    yield path("pandas.feather")
    # It writes a text that begins with `=` as a formula, and what that comes to nobody has worked out.
    cells[~cells["output"].str.startswith("=")].to_excel(path("pandas.xlsx"), index=False)
    yield path("pandas.xlsx")
    # pyarrow
    table = pyarrow.Table.from_pandas(nested, preserve_index=False)
    encoded = table.set_column(table.schema.get_field_index("model"), "model", table["model"].dictionary_encode())
    for name, options in {
        "plain": {"use_dictionary": False}, "old": {"version": "1.0", "use_deprecated_int96_timestamps": True},
        "pages": {"data_page_version": "2.0", "compression": "zstd"}, "groups": {"row_group_size": 2, "compression": "lz4"},
        "small": {"data_page_size": 32, "write_page_index": True, "write_page_checksum": True},
    }.items():
        pyarrow.parquet.write_table(encoded, path(f"pyarrow-{name}.parquet"), **options)
        yield path(f"pyarrow-{name}.parquet")
    for compression in ["uncompressed", "lz4", "zstd"]:
        pyarrow.feather.write_feather(encoded, path(f"pyarrow-{compression}.arrow"), compression=compression, chunksize=2)
        yield path(f"pyarrow-{compression}.arrow")
    with pyarrow.OSFile(path("pyarrow.arrows"), "wb") as out, pyarrow.ipc.new_stream(out, encoded.schema) as stream:
        stream.write_table(encoded)
    pyarrow.csv.write_csv(pyarrow.Table.from_pandas(cells, preserve_index=False), path("pyarrow.csv"))
    yield from [path("pyarrow.arrows"), path("pyarrow.csv")]
    # DuckDB
    with duckdb.connect() as connection:
        connection.register("nested", table)
        connection.register("cells", cells)
        for name, options in {
            "snappy.parquet": "FORMAT parquet, CODEC snappy", "zstd.parquet": "FORMAT parquet, CODEC zstd", "gzip.parquet": "FORMAT parquet, CODEC gzip",
            "brotli.parquet": "FORMAT parquet, CODEC brotli", "lz4.parquet": "FORMAT parquet, CODEC lz4_raw",
            "v2.parquet": "FORMAT parquet, PARQUET_VERSION v2", "lines.jsonl": "FORMAT json", "list.json": "FORMAT json, ARRAY true",
            "lines.jsonl.zst": "FORMAT json, COMPRESSION zstd",
        }.items():
            connection.sql(f"COPY (SELECT * FROM nested ORDER BY id) TO '{path('duckdb-' + name)}' ({options})")
            yield path("duckdb-" + name)
        for name, options in {"duckdb.csv": "HEADER", "duckdb-semicolon.csv": "HEADER, DELIMITER ';'", "duckdb.tsv": "HEADER, DELIMITER '\t'", "duckdb.csv.gz": "HEADER, COMPRESSION gzip"}.items():
            connection.sql(f"COPY (SELECT * FROM cells ORDER BY id) TO '{path(name)}' (FORMAT csv, {options})")
            yield path(name)
    # openpyxl, told that texts are texts
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Outputs of November"])
    sheet.merge_cells("A1:D1")
    sheet.append(list(cells.columns))
    for number, row in enumerate(flat(rows), 3):
        for column, value in enumerate(row.values(), 1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    book.create_sheet("Notes").append(["nothing"])
    book.save(path("openpyxl.xlsx"))
    yield path("openpyxl.xlsx")


def check_tables():
    count = 0
    for name, texts in TEXTS.items():
        rows = rows_of(texts)
        at = os.path.join(folder, name)
        workspace = Workspace(karat, at)
        with open(os.path.join(at, "truth.jsonl"), "w") as out:
            out.writelines(json.dumps(row, default=lambda time: time.isoformat()) + "\n" for row in rows)
        assert workspace.imports("truth.jsonl") == (len(rows), 0, 0)
        for file in written(rows, at, name == "western"):
            # An item that differs in any field is rejected: its id is taken.
            counts = workspace.imports(file)
            rejects = file + ".rejects.jsonl"
            formulas = sum(row["output"].startswith("=") for row in rows) if file.endswith("pandas.xlsx") else 0
            assert counts == (0, len(rows) - formulas, 0), (file, counts, open(rejects).read() if os.path.exists(rejects) else "")
            count += 1
    return count


def check_types():
    """What a Parquet column of any type becomes, of a table whose other columns are kept in meta."""
    day = datetime.date(2026, 11, 1)
    moment = datetime.datetime(2026, 11, 1, 9, 30, 0, 123_456)
    columns = {
        "id": pyarrow.array(["1"]), "input": pyarrow.array(["q"]), "output": pyarrow.array(["a"], pyarrow.large_string()),
        "dictionary": pyarrow.array(["x"]).dictionary_encode(), "decimal": pyarrow.array([decimal.Decimal("-1.050")], pyarrow.decimal128(10, 3)),
        "day": pyarrow.array([day]), "clock": pyarrow.array([datetime.time(9, 30)], pyarrow.time64("us")),
        "local": pyarrow.array([moment], pyarrow.timestamp("us")), "zoned": pyarrow.array([moment], pyarrow.timestamp("ns", "Asia/Tokyo")),
        "list": pyarrow.array([[{"a": [1, None], "b": "é"}, None]]), "fixed": pyarrow.array([[1, 2]], pyarrow.list_(pyarrow.int8(), 2)),
        "map": pyarrow.array([[("k", 7)]], pyarrow.map_(pyarrow.string(), pyarrow.int32())), "large": pyarrow.array([2**64 - 1], pyarrow.uint64()),
        "real": pyarrow.array([0.1], pyarrow.float32()), "yes": pyarrow.array([True]), "bytes": pyarrow.array([b"\xff\xfe"]), "utf8": pyarrow.array(["ü".encode()]),
    }
    expected = {
        "dictionary": "x", "decimal": -1.05, "day": "2026-11-01", "clock": "09:30:00", "local": "2026-11-01T09:30:00.123456",
        "zoned": "2026-11-01T09:30:00.123456Z", "list": [{"a": [1, None], "b": "é"}, None], "fixed": [1, 2], "map": {"k": 7}, "large": 2**64 - 1,
        "real": 0.1, "yes": True, "bytes": "//4=", "utf8": "ü",
    }
    table = pyarrow.table(columns)
    for name, write in {
        "types.parquet": pyarrow.parquet.write_table,
        "types.arrow": lambda table, path: pyarrow.feather.write_feather(table, path),
    }.items():
        workspace = Workspace(karat, os.path.join(folder, name.replace(".", "-")))
        path = os.path.join(workspace.folder, name)
        write(table, path)
        assert workspace.imports(path) == (1, 0, 0)
        assert workspace.items()["1"]["meta"] == expected, workspace.items()["1"]["meta"]


files = check_tables()
check_types()
print(f"{files} tables of pandas, pyarrow, DuckDB and openpyxl are read as the items that went in")
