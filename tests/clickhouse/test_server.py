"""The harness itself: what a client of ClickHouse relies on holds through it."""

import base64
import gzip
import http.client
import json
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pyarrow

HERE = Path(__file__).parent


class Reply(NamedTuple):
    status: int
    body: bytes
    headers: http.client.HTTPMessage

    @property
    def code(self) -> int:
        return int(self.headers.get("X-ClickHouse-Exception-Code", 0))


class Process:
    """A harness in a process of its own."""

    def __init__(self, path: str, *more: str):
        command = [sys.executable, str(HERE / "server.py"), "--path", path, "--until-stdin-closes", *more]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(timeout=20)
        self.process.stdin.close()
        self.process.stdout.close()
        return code

    def send(
        self, body: bytes | str = b"", method: str = "POST", path: str = "/", headers=None, **params: str
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            target = f"{path}?{urlencode(params)}" if params else path
            body = body.encode() if isinstance(body, str) else body
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.read(), response.headers)
        finally:
            connection.close()

    def ask(self, sql: str, **params: str) -> str:
        """The answer to a statement that must succeed."""
        reply = self.send(sql, **params)
        assert reply.status == 200, reply.body.decode()
        return reply.body.decode().rstrip("\n")

    def fault(self, **fault: object) -> dict:
        reply = self.send(json.dumps(fault), path="/__fault")
        assert reply.status == 200, reply.body
        return json.loads(reply.body)


def served(test: type[unittest.TestCase], *more: str) -> Process:
    """A harness on a new directory that ends with the class of tests."""
    directory = tempfile.TemporaryDirectory()
    test.addClassCleanup(directory.cleanup)
    server = Process(f"{directory.name}/data", *more)
    test.addClassCleanup(server.end)
    return server


class Harness(unittest.TestCase):
    """One server for the class; each test has its own database."""

    @classmethod
    def setUpClass(cls):
        cls.server = served(cls)

    def setUp(self):
        self.server.fault(mode="none")
        self.database = self.id().rpartition(".")[2]
        self.server.ask(f"CREATE DATABASE {self.database}")

    def send(self, body=b"", **params) -> Reply:
        return self.server.send(body, **{"database": self.database} | params)

    def ask(self, sql: str, **params) -> str:
        return self.server.ask(sql, **{"database": self.database} | params)

    def table(self, name="t", engine="MergeTree", more=""):
        self.ask(f"CREATE TABLE {name} (id UInt64, word String) ENGINE = {engine} ORDER BY id {more}")


def binary(*rows: tuple[int, bytes]) -> bytes:
    """Rows of (UInt64, String) as RowBinary."""
    return b"".join(struct.pack("<QB", n, len(word)) + word for n, word in rows)


class Queries(Harness):
    def test_ping(self):
        self.assertEqual(self.server.send(method="GET", path="/ping").body, b"Ok.\n")
        self.assertEqual(self.server.send(method="GET").body, b"Ok.\n")

    def test_the_query_is_in_the_url_or_the_body_or_both(self):
        self.assertEqual(self.send("SELECT 1, 'a'").body, b"1\ta\n")
        self.assertEqual(self.send(query="SELECT 1, 'a'").body, b"1\ta\n")
        self.assertEqual(self.send(", 'a';", query="SELECT 1").body, b"1\ta\n")
        self.assertEqual(self.server.send(method="GET", query="SELECT 1").body, b"1\n")

    def test_formats(self):
        self.assertEqual(self.send("SELECT 1 FORMAT JSONEachRow").body, b'{"1":1}\n')
        self.assertEqual(self.send("SELECT 1", default_format="CSV").body, b"1\n")
        by_header = self.server.send("SELECT 'a'", headers={"X-ClickHouse-Format": "CSV"})
        self.assertEqual(by_header.body, b'"a"\n')
        self.assertEqual(self.send("SELECT 1 FORMAT Parquet").body[:4], b"PAR1")
        arrow = self.send("SELECT number FROM numbers(3) FORMAT ArrowStream").body
        self.assertEqual(pyarrow.ipc.open_stream(arrow).read_all().num_rows, 3)

    def test_binary_answers_are_exact(self):
        every_byte = "SELECT arrayStringConcat(arrayMap(n -> char(n), range(256))) FORMAT RowBinary"
        self.assertEqual(self.send(every_byte).body, b"\x80\x02" + bytes(range(256)))
        numbers = self.send("SELECT number FROM numbers(100000) FORMAT RowBinary").body
        self.assertEqual(numbers, struct.pack("<100000Q", *range(100000)))

    def test_settings_hold_for_one_request(self):
        ask = "SELECT getSetting('max_block_size')"
        before = self.ask(ask)
        self.assertEqual(self.ask(ask, max_block_size="777", wait_end_of_query="1"), "777")
        self.assertEqual(self.ask(ask), before)

    def test_query_parameters(self):
        ask = "SELECT {word:String}, {list:Array(UInt8)}"
        values = {"param_word": "it's", "param_list": "[1,2]"}
        self.assertEqual(self.ask(ask, **values), "it\\'s\t[1,2]")
        parts = {"query": ask} | values
        form = "".join(
            f'--mark\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        reply = self.server.send(
            form + "--mark--\r\n", headers={"Content-Type": "multipart/form-data; boundary=mark"}
        )
        self.assertEqual(reply.body, b"it\\'s\t[1,2]\n")

    def test_query_id_and_summary(self):
        self.table()
        reply = self.send(binary((1, b"a")), query="INSERT INTO t FORMAT RowBinary", query_id="mine")
        self.assertEqual(reply.headers["X-ClickHouse-Query-Id"], "mine")
        self.assertEqual(json.loads(reply.headers["X-ClickHouse-Summary"])["written_rows"], "1")

    def test_queries_run_beside_each_other(self):
        begun = time.monotonic()
        threads = [threading.Thread(target=self.ask, args=("SELECT sleep(0.5)",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLess(time.monotonic() - begun, 1.5)


class Inserts(Harness):
    def words(self, table="t") -> str:
        return self.ask(f"SELECT id, word FROM {table} ORDER BY id FORMAT CSV")

    def test_every_format_goes_in_as_it_comes_out(self):
        self.table()
        self.ask("INSERT INTO t VALUES (1, 'a;\\'b'), (2, 'Vọng Lâu')")
        for name in (
            "RowBinary",
            "RowBinaryWithNamesAndTypes",
            "Native",
            "JSONEachRow",
            "NDJSON",
            "ArrowStream",
            "Parquet",
            "CSV",
            "TabSeparated",
            "Values",
        ):
            with self.subTest(name):
                rows = self.send(f"SELECT * FROM t ORDER BY id FORMAT {name}").body
                self.table("copy")
                reply = self.send(rows, query=f"INSERT INTO copy (id, word) FORMAT {name}")
                self.assertEqual((reply.status, reply.body), (200, b""))
                self.assertEqual(self.words("copy"), self.words())
                self.ask("DROP TABLE copy SYNC")

    def test_rows_after_the_statement_in_the_body(self):
        self.table()
        self.send(b"INSERT INTO t FORMAT RowBinary\n" + binary((1, b"\xff\n;"), (2, b"FORMAT")))
        self.send('INSERT INTO t FORMAT JSONEachRow {"id":3,"word":"c"}')
        self.send("INSERT INTO t VALUES (4, 'FORMAT CSV'); ")
        self.send("(5, 'e')", query="INSERT INTO t VALUES")
        self.ask("INSERT INTO t SELECT id + 10, word FROM t WHERE id = 3")
        self.assertEqual(
            self.ask("SELECT groupArray(id) FROM (SELECT id FROM t ORDER BY id)"), "[1,2,3,4,5,13]"
        )

    def test_chunked_and_gzipped_bodies(self):
        self.table()
        rows = b"".join(b'{"id":%d,"word":"x"}\n' % n for n in range(10_000))
        path = "/?" + urlencode({"database": self.database, "query": "INSERT INTO t FORMAT JSONEachRow"})
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        for body, headers in (
            (iter([rows[:70_001], rows[70_001:]]), {}),
            (gzip.compress(rows), {"Content-Encoding": "gzip"}),
        ):
            connection.request("POST", path, body, headers, encode_chunked=not headers)
            response = connection.getresponse()
            self.assertEqual((response.status, response.read()), (200, b""))
        connection.close()
        # The second is the same block again: dropped only where the table has a window.
        self.assertEqual(self.ask("SELECT count() FROM t"), "20000")

    def test_lz4_blocks_of_the_rust_client(self):
        self.table()
        rows = binary(*((n, b"x" * 100) for n in range(1000)))
        packed = pyarrow.Codec("lz4_raw").compress(rows, asbytes=True)
        block = bytes(16) + struct.pack("<BII", 0x82, len(packed) + 9, len(rows)) + packed
        reply = self.send(block, query="INSERT INTO t FORMAT RowBinary", decompress="1")
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(self.ask("SELECT count(), sum(id) FROM t"), "1000\t499500")
        self.assertEqual(self.send(b"junk", query="INSERT INTO t FORMAT RowBinary", decompress="1").code, 271)
        self.assertEqual(self.send("SELECT 1", compress="1").status, 501)

    def test_a_body_that_breaks_off_inserts_nothing(self):
        self.table()
        target = "/?" + urlencode({"query": f"INSERT INTO {self.database}.t FORMAT JSONEachRow"})
        with socket.create_connection(("127.0.0.1", self.server.port)) as connection:
            head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
            connection.sendall(head.encode() + b'{"id":1,"word":"a"}\n')
        time.sleep(0.2)
        self.assertEqual(self.ask("SELECT count() FROM t"), "0")

    def test_a_large_body(self):
        self.table(more=Deduplication.WINDOW)
        rows = b"".join(b"%d\tx\n" % n for n in range(3_000_000))
        for _ in range(2):  # Three blocks under one token, all dropped the second time.
            query = "INSERT INTO t FORMAT TabSeparated"
            self.assertEqual(self.send(rows, query=query, insert_deduplication_token="big").status, 200)
        self.assertEqual(self.ask("SELECT count() FROM t"), "3000000")


class Deduplication(Harness):
    WINDOW = "SETTINGS non_replicated_deduplication_window = 100"
    INSERT = "INSERT INTO t FORMAT RowBinary"

    def insert(self, *rows, **settings) -> Reply:
        return self.send(binary(*rows), query=self.INSERT, **settings)

    def count(self) -> int:
        return int(self.ask("SELECT count() FROM t"))

    def test_a_token_is_taken_once(self):
        self.table(more=self.WINDOW)
        self.insert((1, b"a"), insert_deduplication_token="one")
        self.insert((2, b"b"), insert_deduplication_token="one")
        self.assertEqual(self.ask("SELECT id FROM t"), "1")
        self.insert((1, b"a"), insert_deduplication_token="two")
        self.assertEqual(self.count(), 2)

    def test_a_token_is_taken_once_in_each_partition(self):
        self.table(engine="ReplacingMergeTree PARTITION BY id % 3", more=self.WINDOW)
        rows = [(n, b"a") for n in range(9)]
        for _ in range(3):
            self.insert(*rows, insert_deduplication_token="one", async_insert="0")
        self.assertEqual(self.count(), 9)

    def test_without_a_token_the_content_counts(self):
        self.table(more=self.WINDOW)
        self.insert((1, b"a"))
        self.insert((1, b"a"))
        self.assertEqual(self.count(), 1)
        self.insert((1, b"b"))
        self.assertEqual(self.count(), 2)

    def test_without_a_window_nothing_is_dropped(self):
        self.table()
        self.insert((1, b"a"), insert_deduplication_token="one")
        self.insert((1, b"a"), insert_deduplication_token="one")
        self.assertEqual(self.count(), 2)

    def test_replacing_takes_the_last_version_and_drops_the_deleted(self):
        self.ask(
            "CREATE TABLE r (id UInt64, word String, version UInt64, deleted UInt8)"
            " ENGINE = ReplacingMergeTree(version, deleted) ORDER BY id"
        )
        for row in ("(1, 'old', 1, 0)", "(1, 'new', 3, 0)", "(1, 'late', 2, 0)", "(2, 'gone', 1, 0)"):
            self.ask(f"INSERT INTO r VALUES {row}")
        self.ask("INSERT INTO r VALUES (2, 'gone', 2, 1)")
        self.assertEqual(self.ask("SELECT id, word FROM r FINAL ORDER BY id"), "1\tnew")


class Errors(Harness):
    def expect(self, reply: Reply, status: int, code: int, name: str):
        self.assertEqual((reply.status, reply.code), (status, code), reply.body)
        text = reply.body.decode()
        self.assertTrue(text.startswith(f"Code: {code}. DB::Exception: "), text)
        self.assertIn(f". ({name}) (version ", text)
        self.assertEqual(text.count("Code: "), 1, text)

    def test_codes_and_statuses(self):
        self.table()
        for sql, status, code, name in (
            ("SELECT * FROM nope", 404, 60, "UNKNOWN_TABLE"),
            ("SELECT nope", 404, 47, "UNKNOWN_IDENTIFIER"),
            ("SELEC 1 FROM", 400, 62, "SYNTAX_ERROR"),
            ("", 400, 62, "SYNTAX_ERROR"),
            ("SELECT 1; SELECT 2", 400, 62, "SYNTAX_ERROR"),
            ("SELECT 1 FORMAT Nope", 404, 73, "UNKNOWN_FORMAT"),
            ("CREATE TABLE t (id UInt8) ENGINE = Memory", 500, 57, "TABLE_ALREADY_EXISTS"),
            ("SELECT throwIf(1, 'boom')", 500, 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
            ('INSERT INTO t FORMAT JSONEachRow\n{"id":"x"}', 400, 27, "CANNOT_PARSE_INPUT_ASSERTION_FAILED"),
            ("INSERT INTO nope FORMAT JSONEachRow\n{}", 404, 60, "UNKNOWN_TABLE"),
            ("INSERT INTO t FORMAT RowBinary\nabc", 500, 33, "CANNOT_READ_ALL_DATA"),
        ):
            with self.subTest(sql):
                self.expect(self.send(sql), status, code, name)

    def test_parameters_of_the_url(self):
        self.expect(self.send("SELECT 1", nope="1"), 404, 115, "UNKNOWN_SETTING")
        self.expect(self.send("SELECT 1", database="nope"), 404, 81, "UNKNOWN_DATABASE")
        self.expect(self.send("SELECT 1", session_id="s"), 501, 48, "NOT_IMPLEMENTED")

    def test_limits(self):
        slow = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"
        self.expect(self.send(slow, max_execution_time="0.2"), 408, 159, "TIMEOUT_EXCEEDED")

    def test_a_get_only_reads(self):
        reply = self.server.send(method="GET", query=f"DROP DATABASE {self.database}")
        self.expect(reply, 500, 164, "READONLY")

    def test_unknown_paths_and_damaged_gzip(self):
        self.assertEqual(self.server.send(method="GET", path="/nope").status, 404)
        damaged = gzip.compress(b"SELECT 1")[:-4]
        reply = self.server.send(damaged, headers={"Content-Encoding": "gzip"})
        self.expect(reply, 500, 354, "ZLIB_INFLATE_FAILED")


class FaultInjection(Harness):
    def setUp(self):
        super().setUp()
        self.table(more=Deduplication.WINDOW)

    def insert(self, token="one") -> Reply:
        return self.send(
            binary((1, b"a")), query="INSERT INTO t FORMAT RowBinary", insert_deduplication_token=token
        )

    def count(self) -> int:
        self.server.fault(mode="none")
        return int(self.ask("SELECT count() FROM t"))

    def test_an_error_before_or_after_the_work(self):
        for when, rows in (("before", 0), ("after", 1)):
            self.server.fault(mode="error", when=when)
            reply = self.insert()
            self.assertEqual((reply.status, reply.code), (500, 252))
            self.assertEqual(self.count(), rows)

    def test_a_retry_with_the_token_makes_it_once(self):
        self.server.fault(mode="error", when="either", probability=0.6, seed=7, match="INSERT")
        for n in range(20):
            while self.insert(f"batch-{n}").status != 200:
                pass
        report = json.loads(self.server.send(method="GET", path="/__fault").body)
        self.assertEqual(report["seen"] - report["injected"], 20)
        self.assertGreater(report["injected"], 10)
        self.assertEqual(self.count(), 20)

    def test_dice_are_repeatable(self):
        def throws():
            self.server.fault(mode="error", probability=0.5, seed=3)
            return [self.send("SELECT 1").status for _ in range(12)]

        first = throws()
        self.assertEqual(first, throws())
        self.assertEqual({200, 500}, set(first))

    def test_only_what_matches_and_so_many_times(self):
        self.server.fault(mode="error", match="INSERT", count=2)
        self.assertEqual(self.ask("SELECT 1"), "1")
        self.assertEqual([self.insert().status for _ in range(3)], [500, 500, 200])
        report = json.loads(self.server.send(method="GET", path="/__fault").body)
        self.assertEqual((report["seen"], report["injected"]), (3, 2))

    def test_half_a_response(self):
        self.server.fault(mode="half_response")
        with self.assertRaises(http.client.IncompleteRead) as broken:
            self.send("SELECT 'abcdefg'")
        self.assertEqual(broken.exception.partial, b"abcd")
        insert = {"database": self.database, "query": "INSERT INTO t VALUES (1, 'a')"}
        with socket.create_connection(("127.0.0.1", self.server.port)) as connection:
            head = f"POST /?{urlencode(insert)} HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
            connection.sendall(head.encode())
            answer = connection.makefile("rb").read()
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"))
        self.assertNotIn(b"\r\n\r\n", answer)
        self.assertEqual(self.count(), 1)

    def test_less_of_a_response_that_ends_in_order(self):
        self.server.fault(mode="short_response")
        self.assertEqual(self.send("SELECT 'abcdefg'").body, b"abcd")
        self.server.fault(mode="short_response", keep_bytes=-3)
        self.assertEqual(self.send("SELECT 'abcdefg'").body, b"abcde")

    def test_an_error_in_the_middle_of_an_answer(self):
        self.server.fault(mode="late_error", code=241, name="MEMORY_LIMIT_EXCEEDED")
        reply = self.send("SELECT 'abcdefg'")
        self.assertEqual(reply.status, 200)
        tag = reply.headers["X-ClickHouse-Exception-Tag"].encode()
        self.assertTrue(reply.body.startswith(b"abcd\r\n__exception__\r\n" + tag))
        self.assertTrue(reply.body.endswith(tag + b"\r\n__exception__\r\n"))

    def test_silence(self):
        for when, rows in (("before", 0), ("after", 1)):
            self.server.fault(mode="timeout", seconds=0.2, when=when)
            begun = time.monotonic()
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionError)):
                self.insert()
            self.assertGreater(time.monotonic() - begun, 0.2)
            self.assertEqual(self.count(), rows)

    def test_refused(self):
        self.server.fault(mode="refuse")
        with self.assertRaises(ConnectionError):
            self.insert()
        with self.assertRaises(ConnectionError):
            self.server.send(method="GET", path="/ping")
        self.assertEqual(self.count(), 0)

    def test_a_fault_that_is_none(self):
        self.assertEqual(self.server.send('{"mode":"nope"}', path="/__fault").status, 400)
        self.assertEqual(self.server.send("{", path="/__fault").status, 400)


class Life(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = f"{directory.name}/data"

    def test_data_and_tokens_outlive_a_kill(self):
        insert = {"query": "INSERT INTO t FORMAT RowBinary", "insert_deduplication_token": "one"}
        server = Process(self.path)
        server.ask(
            f"CREATE TABLE t (id UInt64, word String) ENGINE = MergeTree ORDER BY id {Deduplication.WINDOW}"
        )
        server.send(binary((1, b"a")), **insert)
        server.end(signal.SIGKILL)
        server = Process(self.path)
        self.assertEqual(server.ask("SELECT id, word FROM t"), "1\ta")
        server.send(binary((1, b"a")), **insert)
        self.assertEqual(server.ask("SELECT count() FROM t"), "1")
        port = server.port
        self.assertEqual(server.end(), 0)
        server = Process(self.path, "--port", str(port))
        self.assertEqual((server.port, server.ask("SELECT count() FROM t")), (port, "1"))
        server.process.stdin.close()
        self.assertEqual(server.wait(), 0)

    def test_only_who_knows_the_password(self):
        server = Process(self.path, "--user", "lau", "--password", "vọng")
        self.addCleanup(server.end)
        basic = base64.b64encode("lau:vọng".encode()).decode()
        for allowed in (
            {"user": "lau", "password": "vọng"},
            {"headers": {"X-ClickHouse-User": "lau", "X-ClickHouse-Key": "vọng".encode()}},
            {"headers": {"Authorization": f"Basic {basic}"}},
        ):
            self.assertEqual(server.send("SELECT 1", **allowed).body, b"1\n", allowed)
        for refused in (
            {},
            {"user": "lau"},
            {"user": "lau", "password": "vong"},
            {"headers": {"X-ClickHouse-User": "lau", "X-ClickHouse-Key": "no"}},
            {"headers": {"Authorization": "Basic !"}},
        ):
            reply = server.send("SELECT 1", **refused)
            self.assertEqual((reply.status, reply.code), (403, 516), refused)
            self.assertIn(b"AUTHENTICATION_FAILED", reply.body)
        self.assertEqual(server.send(method="GET", path="/ping").status, 200)


if __name__ == "__main__":
    unittest.main()
