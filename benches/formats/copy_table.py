"""python copy_table.py TABLE.parquet CODEC: writes the table again with COPY; prints the seconds, those of the
processor, and the most memory in MB."""

import os, resource, sys, tempfile, time
import duckdb

table, codec = sys.argv[1:]
with tempfile.TemporaryDirectory(dir=os.path.dirname(table)) as folder:
    connection = duckdb.connect(os.path.join(folder, "table.duckdb"))
    connection.execute("SET enable_progress_bar = false")
    connection.execute("CREATE TABLE item AS SELECT * FROM read_parquet(?)", [table])
    connection.execute("CHECKPOINT")
    used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    start, before = time.monotonic(), used()
    connection.execute(f"COPY item TO '{os.path.join(folder, 'out.parquet')}' (FORMAT parquet, COMPRESSION {codec})")
    print(time.monotonic() - start, used() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
