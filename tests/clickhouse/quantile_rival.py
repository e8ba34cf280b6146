"""The rival of bench_quantile: ClickHouse's engine (chdb) over the same visits.

Argument: the folder of the embedded store's Parquet files, which are loaded into tables of its own. Then it runs
what it is told to, a line each: "number of the table, function". It answers "seconds, seconds of all threads", apart by
a tab. "check" answers the groups, their visits, and the means of their figures.
"""

import shutil
import sys
import tempfile
import time

from chdb import session

COLUMNS = "issued_at DateTime('Asia/Ho_Chi_Minh'), wait_s Float64"
TABLES = [
    f"(site LowCardinality(String), {COLUMNS}) ENGINE = MergeTree ORDER BY (site, issued_at)",
    f"(site LowCardinality(String), {COLUMNS}) ENGINE = MergeTree ORDER BY (issued_at, site)",
    f"(site String, {COLUMNS}) ENGINE = MergeTree ORDER BY (site, issued_at)",
]


def query(table, function):
    head = function + "0.5, 0.9)" if "(" in function else function + "(0.5, 0.9)"
    return (
        f"SELECT site, toStartOfFifteenMinutes(issued_at) AS quarter, count() AS n, {head}(wait_s) AS q, "
        f"countIf(wait_s > 900) / count() AS share FROM b.t{table} GROUP BY site, quarter"
    )


data = tempfile.mkdtemp()
try:
    chdb = session.Session(data)
    chdb.query("SET max_threads = 2")
    chdb.query("CREATE DATABASE IF NOT EXISTS b ENGINE = Atomic")
    for at, definition in enumerate(TABLES):
        chdb.query(f"CREATE TABLE b.t{at} {definition}")
        source = f"file('{sys.argv[1]}/*.parquet', Parquet)"
        chdb.query(f"INSERT INTO b.t{at} SELECT site, toDateTime(issued_at), wait_s FROM {source}")
        chdb.query(f"OPTIMIZE TABLE b.t{at} FINAL")
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "check":
            check = f"SELECT count(), sum(n), avg(q[1]), avg(q[2]), avg(share) FROM ({query(0, 'quantilesExact')})"
            print(str(chdb.query(check, "CSV")).strip(), flush=True)
            continue
        table, function = line.rstrip("\n").split(", ", 1)
        begin, worked = time.perf_counter(), time.process_time()
        chdb.query(f"{query(table, function)} SETTINGS max_threads = 2 FORMAT Null")
        print(f"{time.perf_counter() - begin:.4f}\t{time.process_time() - worked:.4f}", flush=True)
finally:
    shutil.rmtree(data, ignore_errors=True)
