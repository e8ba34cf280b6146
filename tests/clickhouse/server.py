"""ClickHouse's HTTP interface over the real engine of chdb, for tests. README.md says what it is not.

    python server.py --path DIR [--port 0] [--user NAME --password WORD] [--until-stdin-closes]

Prints `{"port": 12345, "version": "26.…"}` as one line on stdout when it is ready.
"""

import argparse
import base64
import binascii
import hmac
import json
import os
import re
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from engine import CHUNK_BYTES, Answer, Engine, Request
from errors import ClickHouseError, not_supported
from faults import Fault, Faults

SPOOL_BYTES = 16 << 20
"""Bodies above this wait in a temporary file."""

IDLE_S = 60

# Parameters of the URL that are no settings: read elsewhere, or without effect here.
NOT_SETTINGS = {
    *("user", "password", "query_id", "compress", "decompress"),
    *("wait_end_of_query", "buffer_size", "quota_key", "stacktrace", "client_protocol_version"),
}
REFUSED = {"session_id", "session_check", "session_timeout", "role"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

CONTENT_TYPES = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "JSON": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
}


class HungUp(Exception):
    """The connection ends here, without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_S
    server: "Server"

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:
        if self.server.verbose:
            super().log_message(format, *args)

    # One request.

    def _handle(self) -> None:
        self.query_id = str(uuid.uuid4())
        try:
            with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as body:
                self._read_body(body)
                body.seek(0)
                self._route(body)
        except (HungUp, ConnectionError, TimeoutError):
            self.close_connection = True

    def _route(self, body: BinaryIO) -> None:
        url = urlsplit(self.path)
        if url.path == "/__fault":
            return self._fault(body)
        params = dict(parse_qsl(url.query, keep_blank_values=True))
        if self.command == "GET" and "query" not in params:
            if url.path not in ("/", "/ping"):
                return self._send(404, b"There is no handle " + url.path.encode() + b"\n")
            self._with_fault("", lambda: Answer(b"Ok.\n"), "TabSeparated")
            return None
        statement, format_ = params.get("query", ""), "TabSeparated"
        if not statement:
            statement = body.read(4096).decode(errors="replace")
            body.seek(0)

        def work() -> Answer:
            nonlocal format_
            self._authenticate(params)
            request = self._request(params, body)
            format_ = request.default_format
            return self.server.engine.run(request)

        self.query_id = params.get("query_id", self.query_id)
        self._with_fault(statement, work, lambda: format_)
        return None

    def _request(self, params: dict[str, str], body: BinaryIO) -> Request:
        """Sorts the parameters of the URL into what they are."""
        request = Request(body, database=self.headers.get("X-ClickHouse-Database", ""))
        request.default_format = self.headers.get("X-ClickHouse-Format", request.default_format)
        content_type = self.headers.get("Content-Type", "")
        if content_type.startswith("multipart/form-data"):
            params = params | dict(_form(content_type, body.read()))
        if params.get("decompress", "0") not in ("0", "false"):
            request.body = _decompressed(body)
        for name, value in params.items():
            if name == "query":
                request.query = value
            elif name == "database":
                request.database = value
            elif name == "default_format":
                request.default_format = value
            elif name == "compress" and value not in ("0", "false"):
                raise not_supported("compress=1 (a compressed answer)")
            elif name in REFUSED:
                raise not_supported(f"the URL parameter {name}")
            elif name.startswith("param_"):
                request.params[name.removeprefix("param_")] = value
            elif not NAME.match(name):
                raise ClickHouseError(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
            elif name not in NOT_SETTINGS:
                request.settings[name] = value
        if self.command == "GET":
            request.settings["readonly"] = "2"
        return request

    def _authenticate(self, params: dict[str, str]) -> None:
        wanted = self.server.credentials
        if wanted is None:
            return
        if (basic := self.headers.get("Authorization", "")).startswith("Basic "):
            try:
                user, _, password = base64.b64decode(basic[6:]).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                user = password = ""
        elif "X-ClickHouse-User" in self.headers or "X-ClickHouse-Key" in self.headers:
            user = _utf8(self.headers.get("X-ClickHouse-User", "default"))
            password = _utf8(self.headers.get("X-ClickHouse-Key", ""))
        else:
            user, password = params.get("user", "default"), params.get("password", "")
        if not hmac.compare_digest(f"{user}\0{password}".encode(), "\0".join(wanted).encode()):
            raise ClickHouseError(
                516,
                "AUTHENTICATION_FAILED",
                f"{user}: Authentication failed: password is incorrect, or there is no user with such name",
            )

    # The body.

    def _read_body(self, into: BinaryIO) -> None:
        """Reads the whole body; one that breaks off hangs up before the engine sees any of it."""
        chunks = self._chunks()
        match self.headers.get("Content-Encoding", "identity"):
            case "identity" | "":
                pass
            case "gzip":
                chunks = _inflated(chunks)
            case other:
                self.close_connection = True
                error = not_supported(f"Content-Encoding: {other}")
                self._send_error(error)
                raise HungUp
        try:
            for chunk in chunks:
                into.write(chunk)
        except zlib.error as error:
            self.close_connection = True
            self._send_error(ClickHouseError(354, "ZLIB_INFLATE_FAILED", f"inflate failed: {error}"))
            raise HungUp from error

    def _chunks(self) -> Iterator[bytes]:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline(1024).split(b";")[0].strip() or b"-1", 16):
                if size < 0:
                    raise HungUp
                yield from self._exactly(size)
                self.rfile.readline(1024)
            while self.rfile.readline(1024).strip():
                pass
        else:
            yield from self._exactly(int(self.headers.get("Content-Length", 0)))

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            chunk = self.rfile.read(min(size, CHUNK_BYTES))
            if not chunk:
                raise HungUp
            size -= len(chunk)
            yield chunk

    # The answer.

    def _with_fault(self, statement: str, work, format_) -> None:
        """Does the work and answers, unless the fault in force strikes before or after."""
        drawn = self.server.faults.draw(statement)
        fault, before = drawn or (Fault(), False)
        if drawn and before:
            return self._strike(fault)
        try:
            answer = work()
        except ClickHouseError as error:
            return self._send_error(error)
        if drawn and fault.mode in ("error", "timeout"):
            return self._strike(fault)
        head = self._head_of(answer, format_ if isinstance(format_, str) else format_())
        if fault.mode == "late_error":
            return self._send_late_error(fault, head, answer.body)
        if fault.mode == "half_response":
            return self._send_half(head, answer.body)
        if fault.mode == "short_response":  # as a proxy does that gives up: less, and nothing says so
            return self._send(200, answer.body[: fault.keep_bytes or len(answer.body) // 2], head)
        return self._send(200, answer.body, head)

    def _head_of(self, answer: Answer, format_: str) -> dict[str, str]:
        summary = {name: str(value) for name, value in answer.summary.items()}
        return {
            "Content-Type": CONTENT_TYPES.get(format_, "application/octet-stream"),
            "X-ClickHouse-Format": format_,
            "X-ClickHouse-Timezone": self.server.engine.timezone,
            "X-ClickHouse-Summary": json.dumps(summary),
        }

    def _begin(self, status: int, length: int, head: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in head.items():
            self.send_header(name, value)
        self.send_header("X-ClickHouse-Query-Id", self.query_id)
        self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")

    def _send(self, status: int, body: bytes, head: dict[str, str] | None = None) -> None:
        self._begin(status, len(body), head or {"Content-Type": "text/plain; charset=UTF-8"})
        self.end_headers()
        self.wfile.write(body)

    def _send_error(self, error: ClickHouseError) -> None:
        head = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-ClickHouse-Exception-Code": str(error.code),
        }
        self._send(error.status, error.body(self.server.engine.version), head)

    # Faults.

    def _fault(self, body: BinaryIO) -> None:
        if self.command == "POST":
            try:
                self.server.faults.set(Fault.of_json(json.load(body)))
            except (ValueError, TypeError) as error:
                return self._send(400, f"{error}\n".encode())
        return self._send(200, json.dumps(self.server.faults.report()).encode() + b"\n")

    def _strike(self, fault: Fault) -> None:
        if fault.mode == "error":
            return self._send_error(ClickHouseError(fault.code, fault.name, "Injected fault"))
        if fault.mode == "timeout":
            time.sleep(fault.seconds)
        else:  # refuse: a reset instead of an orderly end
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        raise HungUp

    def _send_half(self, head: dict[str, str], body: bytes) -> None:
        """Hangs up in the middle: of the body, or of the head where there is no body."""
        self._begin(200, len(body), head)
        if body:
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
        else:
            lines = b"".join(self._headers_buffer)
            self._headers_buffer.clear()
            self.wfile.write(lines[: len(lines) // 2])
        raise HungUp

    def _send_late_error(self, fault: Fault, head: dict[str, str], body: bytes) -> None:
        """Half a body under status 200, then the exception, as ClickHouse marks it since 25.11."""
        tag = "vonglaufaultmark"
        text = ClickHouseError(fault.code, fault.name, "Injected fault").body(self.server.engine.version)
        mark = b"\r\n__exception__\r\n"
        end = mark + tag.encode() + b"\r\n" + text + f"{len(text)} {tag}".encode() + mark
        half = body[: len(body) // 2]
        self._begin(200, len(half) + len(end), head | {"X-ClickHouse-Exception-Tag": tag})
        self.end_headers()
        self.wfile.write(half)
        self.wfile.flush()
        self.wfile.write(end)


def _utf8(header: str) -> str:
    """Python reads headers as Latin-1, ClickHouse as bytes."""
    return header.encode("latin-1").decode(errors="replace")


def _inflated(chunks: Iterator[bytes]) -> Iterator[bytes]:
    gunzip = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        yield gunzip.decompress(chunk)
    if not gunzip.eof:
        raise zlib.error("the gzip stream ends too early")


def _form(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    """The fields of multipart/form-data, in which the Rust client sends query parameters."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if not boundary:
        raise ClickHouseError(36, "BAD_ARGUMENTS", "multipart/form-data without a boundary")
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        if not name or b"filename=" in head:
            raise not_supported("an external table in multipart/form-data")
        yield unquote_plus(name[1].decode()), value.decode()


def _decompressed(body: BinaryIO) -> BinaryIO:
    """Undoes ClickHouse's own blocks (LZ4, ZSTD or none). Their checksums are not verified."""
    import pyarrow  # only here: it takes a quarter of a second to load

    codecs = {0x82: pyarrow.Codec("lz4_raw"), 0x90: pyarrow.Codec("zstd")}
    plain = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)
    try:
        while head := body.read(25):
            method, packed, size = struct.unpack("<16xBII", head)
            block = body.read(packed - 9)
            if method in codecs:
                block = codecs[method].decompress(block, size, asbytes=True)
            plain.write(block)
    except (struct.error, OSError, ValueError) as error:
        raise ClickHouseError(271, "CANNOT_DECOMPRESS", f"Cannot decompress: {error}") from error
    plain.seek(0)
    return plain


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, engine: Engine, credentials: tuple[str, str] | None, verbose: bool):
        self.engine, self.credentials, self.verbose = engine, credentials, verbose
        self.faults = Faults()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request, client_address) -> None:
        if self.verbose or not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="ClickHouse's HTTP interface over chdb, for tests.")
    parser.add_argument("--path", required=True, help="the data directory")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--config", help="a server's configuration file: clusters, macros")
    parser.add_argument("--user", help="the only user; anyone may enter without it")
    parser.add_argument("--password", default="")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the parent")
    parser.add_argument("--verbose", action="store_true", help="log requests to stderr")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    credentials = (given.user, given.password) if given.user else None
    engine = Engine(given.path, given.config)
    server = Server(given.port, engine, credentials, given.verbose)

    def stop(*_: object) -> None:
        # From a thread of its own: shutdown() waits for serve_forever() to return.
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if given.until_stdin_closes:
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()
    print(json.dumps({"port": server.server_address[1], "version": engine.version}), flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    engine.close()
    # The engine's own threads may still run; there is nothing left to wait for.
    os._exit(0)


if __name__ == "__main__":
    main()
