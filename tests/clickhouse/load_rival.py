"""How fast ClickHouse's engine loads a file of events: the rate that `vonglau ingest FILE` is measured against.

    python load_rival.py FILE [--path DIR]

The whole process, from the first line of its code to the rows on disk: the engine is loaded, a typed MergeTree table is made,
and `INSERT … FROM INFILE … FORMAT JSONEachRow` reads the events' envelope and the fields of their data. Nothing
is validated, deduplicated or folded, and nothing is synced to disk. Prints one line of JSON.
"""

import time

BEGUN = time.perf_counter()

import argparse
import json
import os
import resource
import tempfile

from chdb.state.sqlitelike import Connection

LOADED = time.perf_counter()

TABLE = """
CREATE TABLE events
(
    specversion       LowCardinality(String),
    id                String,
    source            LowCardinality(String),
    type              LowCardinality(String),
    time              DateTime64(6, 'Asia/Ho_Chi_Minh'),
    `data.site`       LowCardinality(String),
    `data.ticket`     String,
    `data.service`    LowCardinality(String),
    `data.counter`    LowCardinality(String),
    `data.dossier`    String,
    `data.agency`     LowCardinality(String),
    `data.procedure`  LowCardinality(String),
    `data.field`      LowCardinality(String),
    `data.score`      Nullable(UInt8),
    `data.channel`    LowCardinality(String),
    `data.step`       LowCardinality(String),
    `data.due_at`     Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh')),
    `data.waiting`    Nullable(UInt32),
    `data.amount_vnd` Nullable(UInt64)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (type, time)
"""

SETTINGS = {
    # Times of RFC 3339.
    "date_time_input_format": "best_effort",
    # `data.site` is read from {"data": {"site": …}}; into a Tuple it takes as much time or more.
    "input_format_import_nested_json": 1,
    "input_format_skip_unknown_fields": 1,
}


def load(file: str, path: str, more: dict[str, object]) -> dict[str, object]:
    """Loads a file and says how long it took."""
    engine = Connection(path)
    engine.query(TABLE)
    for name, value in (SETTINGS | more).items():
        engine.query(f"SET {name} = '{value}'")
    engine.query(f"INSERT INTO events FROM INFILE '{os.path.abspath(file)}' FORMAT JSONEachRow")
    seconds = time.perf_counter() - BEGUN
    rows = int(engine.query("SELECT count() FROM events", "TSV").bytes())
    engine.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "rows": rows,
        "seconds": round(seconds, 3),
        "rows_per_s": round(rows / seconds),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "library_seconds": round(LOADED - BEGUN, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast ClickHouse's engine loads a file of events.")
    parser.add_argument("file")
    parser.add_argument("--path", help="the data directory; a temporary one without it")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting")
    given = parser.parse_args()
    more = dict(pair.split("=", 1) for pair in given.set)
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(load(given.file, given.path or temporary, more)))


if __name__ == "__main__":
    main()
