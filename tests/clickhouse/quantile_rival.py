"""The rival of bench_quantile: ClickHouse's engine (chdb) over the same Parquet files.

Arguments: the folder of files, the number of runs. Prints "what, seconds, seconds of all
threads" a line, apart by tabs: the fastest of the runs.
"""

import resource
import shutil
import sys
import tempfile
import time

from chdb import session

folder, runs = sys.argv[1], int(sys.argv[2])
data = tempfile.mkdtemp()
try:
    chdb = session.Session(data)
    chdb.query("SET max_threads = 2")
    columns = "quarter DateTime('Asia/Ho_Chi_Minh'), wait Float64"
    tables = {
        "by site, time": f"(site LowCardinality(String), {columns}) ENGINE = MergeTree ORDER BY (site, quarter)",
        "by time, site": f"(site LowCardinality(String), {columns}) ENGINE = MergeTree ORDER BY (quarter, site)",
        "plain strings": f"(site String, {columns}) ENGINE = MergeTree ORDER BY (quarter, site)",
    }
    chdb.query("CREATE DATABASE IF NOT EXISTS b ENGINE = Atomic")
    for at, definition in enumerate(tables.values()):
        chdb.query(f"CREATE TABLE b.t{at} {definition}")
        chdb.query(
            f"INSERT INTO b.t{at} SELECT site, toDateTime(quarter), wait FROM file('{folder}/*.parquet', Parquet)"
        )
        chdb.query(f"OPTIMIZE TABLE b.t{at} FINAL")

    functions = ["quantiles", "quantilesExact", "quantilesBFloat16", "quantilesDD(0.01, ", "quantilesTDigest"]
    for at, name in enumerate(tables):
        for function in functions if at == 0 else functions[:1]:
            head = function + "0.5, 0.9)" if "(" in function else function + "(0.5, 0.9)"
            query = (
                f"SELECT site, quarter, count() AS n, {head}(wait) AS q, countIf(wait > 900) / count() AS share "
                f"FROM b.t{at} GROUP BY site, quarter"
            )
            best = (float("inf"), 0)
            for _ in range(runs):
                begin, worked = time.perf_counter(), time.process_time()
                chdb.query(f"{query} SETTINGS max_threads = 2 FORMAT Null")
                best = min(best, (time.perf_counter() - begin, time.process_time() - worked))
            print(f"{function.split('(')[0]} {name}\t{best[0]:.4f}\t{best[1]:.4f}", flush=True)
            if at == 0:
                check = f"SELECT count(), sum(n), avg(q[1]), avg(q[2]), avg(share) FROM ({query})"
                print("  " + str(chdb.query(check, "CSV")).strip(), flush=True)
    print(f"  peak memory of its process          {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
finally:
    shutil.rmtree(data, ignore_errors=True)
