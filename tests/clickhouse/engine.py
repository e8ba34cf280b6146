"""The engine of chdb, with a fresh session for every request."""

import os
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

# Servers run in UTC as a rule; the engine takes the zone when it is loaded.
os.environ.setdefault("TZ", "UTC")

from chdb.state.sqlitelike import Connection

from errors import ClickHouseError, not_supported
from statement import insert_with_data, refuse_many

HEAD_BYTES = 1 << 20
"""A statement in front of its data in a request's body is looked for in this much of it."""

CHUNK_BYTES = 1 << 20


@dataclass
class Request:
    """A statement with what it runs under."""

    body: BinaryIO
    query: str = ""
    database: str = ""
    default_format: str = "TabSeparated"
    settings: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class Answer:
    """What a statement gave."""

    body: bytes = b""
    summary: dict[str, int] = field(default_factory=dict)


class Engine:
    """One data directory. Requests may come from several threads at a time."""

    def __init__(self, path: str, config: str | None = None):
        os.makedirs(path, exist_ok=True)
        self._path = os.path.abspath(path)
        if config:
            self._path += f"?config-file={os.path.abspath(config)}"
        # Kept open: the engine stops with its last connection.
        self._anchor = Connection(self._path)
        self.version = self._ask("SELECT version()")
        self.timezone = self._ask("SELECT timezone()")

    def _ask(self, sql: str) -> str:
        return self._anchor.query(sql, "TSVRaw").bytes().decode().strip()

    def close(self) -> None:
        self._anchor.close()

    def run(self, request: Request) -> Answer:
        """Runs a request; raises ClickHouseError."""
        begun = time.perf_counter_ns()
        try:
            with closing(self._session(request)) as session:
                answer = self._run(session, request)
        except ClickHouseError:
            raise
        except Exception as error:  # chdb raises RuntimeError and its children
            raise ClickHouseError.of_engine(error) from error
        answer.summary["elapsed_ns"] = time.perf_counter_ns() - begun
        return answer

    def _session(self, request: Request) -> Connection:
        session = Connection(self._path)
        try:
            if request.database:
                session.query(f"USE {quoted(request.database, '`')}")
            for name, value in request.settings.items():
                session.query(f"SET {quoted(name, '`')} = {quoted(value)}")
        except Exception:
            session.close()
            raise
        return session

    def _run(self, session: Connection, request: Request) -> Answer:
        # ClickHouse reads the query of the URL, an end of line, and the body as one text.
        head = f"{request.query}\n".encode() if request.query else request.body.read(HEAD_BYTES)
        if insert := insert_with_data(head):
            if request.params:
                raise not_supported("a query parameter in an INSERT with data")
            rows = head[insert.data_at :]
            return _insert(session, insert.statement, insert.format, rows, request.body)
        text = head + request.body.read()
        if not text.strip():
            raise ClickHouseError(62, "SYNTAX_ERROR", "Syntax error: Empty query")
        refuse_many(text)
        result = session.query(text.decode(), request.default_format, params=request.params)
        body = result.bytes() or b""
        return Answer(
            body,
            {
                "read_rows": result.storage_rows_read(),
                "read_bytes": result.storage_bytes_read(),
                "written_rows": result.rows_written(),
                "written_bytes": result.bytes_written(),
                "result_rows": result.rows_read(),
                "result_bytes": len(body),
            },
        )


def _insert(session: Connection, statement: str, format_: str, rows: bytes, rest: BinaryIO) -> Answer:
    inserter = session.send_insert(statement, format_)
    try:
        while rows or (rows := rest.read(CHUNK_BYTES)):
            inserter.append(rows)
            rows = b""
        done = inserter.finish()
    except Exception:
        with suppress(Exception):
            inserter.cancel()
        raise
    return Answer(summary={"written_rows": done.rows_written, "written_bytes": done.bytes_written})


def quoted(text: str, quote: str = "'") -> str:
    """A string literal, or an identifier in backticks."""
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote
