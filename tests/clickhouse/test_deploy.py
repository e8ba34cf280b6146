"""deploy/clickhouse/: its DDL runs in the engine, both variants agree, the compose file holds together."""

import os
import re
import unittest
import xml.etree.ElementTree as ET

import yaml

from test_server import HERE, served

ROOT = HERE.parent.parent
DEPLOY = ROOT / "deploy" / "clickhouse"
TABLES = (
    "visits",
    "dossiers",
    "dossier_steps",
    "ratings",
    "boards",
    "counters",
    "feedback",
    "alerts",
)
VERSIONED = ["version", "deleted"]
# The tables of rows; a view of the same name without the ending shows those that count.
ROWS = tuple(f"{table}_rows" for table in TABLES)
# What a kind of column of the facts may be in ClickHouse.
KINDS = {
    "Text": {"String", "LowCardinality(String)", "LowCardinality(Nullable(String))", "Nullable(String)"},
    "Whole": {"UInt8", "UInt32", "Nullable(UInt32)", "Int64", "Nullable(Int64)"},
    "Bytes": {"String"},
    "Number": {"Float64", "Nullable(Float64)"},
    "Flag": {"Bool", "Nullable(Bool)"},
    "Time": {"DateTime64(6, 'Asia/Ho_Chi_Minh')", "Nullable(DateTime64(6, 'Asia/Ho_Chi_Minh'))"},
    "Date": {"Date"},
}


def statements(name: str) -> list[str]:
    """The statements of a file; no string in them has a semicolon."""
    text = re.sub(r"^--.*\n", "", (DEPLOY / name).read_text(), flags=re.M)
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def alone(statement: str) -> str:
    """A statement of cluster.sql for an engine without Keeper: the same, but not replicated."""
    statement = statement.replace(" ON CLUSTER '{cluster}'", "")
    statement = re.sub(r"Replicated(ReplacingMergeTree\()'[^']*', '[^']*', ", r"\1", statement)
    statement = re.sub(r", replicated_deduplication_window_seconds = \d+", "", statement)
    return statement.replace("SETTINGS replicated_", "SETTINGS non_replicated_")


class Schema(unittest.TestCase):
    """Both variants in one engine that has the cluster's own configuration."""

    @classmethod
    def setUpClass(cls):
        os.environ |= {"SHARD": "1", "REPLICA": "clickhouse-1-1", "CLUSTER_SECRET": "test"}
        cls.server = served(cls, "--config", str(DEPLOY / "config" / "server.xml"))
        for database in ("single", "cluster"):
            cls.server.ask(f"CREATE DATABASE {database}")
        for statement in statements("single.sql"):
            cls.server.ask(statement, database="single")
        for statement in statements("cluster.sql"):
            cls.server.ask(alone(statement), database="cluster")

    def columns(self, database: str, table: str) -> dict[str, str]:
        rows = self.server.ask(f"DESCRIBE TABLE {database}.{table} FORMAT TSVRaw").splitlines()
        return dict(row.split("\t")[:2] for row in rows)

    def test_the_tables(self):
        for database, names in (
            ("single", ROWS),
            ("cluster", (*ROWS, *(f"{table}_local" for table in TABLES))),
        ):
            shown = self.server.ask(f"SHOW TABLES FROM {database}").split()
            self.assertEqual(shown, sorted((*names, *TABLES, "ledger")))

    def test_both_variants_have_the_same_columns_keys_and_partitions(self):
        for table in TABLES:
            with self.subTest(table):
                columns = self.columns("single", f"{table}_rows")
                self.assertEqual(list(columns)[-2:], VERSIONED)
                self.assertEqual((columns["version"], columns["deleted"]), ("UInt64", "UInt8"))
                for other in (f"{table}_rows", f"{table}_local"):
                    self.assertEqual(list(self.columns("cluster", other).items()), list(columns.items()))
                keys = (
                    "SELECT sorting_key, partition_key, engine FROM system.tables"
                    " WHERE database = '{}' AND name = '{}'"
                )
                single = self.server.ask(keys.format("single", f"{table}_rows"))
                self.assertEqual(self.server.ask(keys.format("cluster", f"{table}_local")), single)
                self.assertRegex(single, r"\ttoYYYYMM\((day|at)\)\tReplacingMergeTree$")

    def test_every_statement_of_the_cluster_parses_as_it_is(self):
        written = statements("cluster.sql")
        self.assertEqual(len(written), 3 * len(TABLES) + 1)
        for statement in written:
            with self.subTest(statement.splitlines()[0]):
                self.assertRegex(self.server.ask(f"EXPLAIN AST {statement}"), "^Create(Query|View)")
                self.assertIn("ON CLUSTER '{cluster}'", statement.splitlines()[0])

    def test_engines_of_the_cluster(self):
        tables = statements("cluster.sql")[: 2 * len(TABLES)]
        for table, (local, distributed) in zip(
            TABLES, zip(*[iter(tables)] * 2, strict=True), strict=True
        ):
            with self.subTest(table):
                self.assertIn(
                    "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}',"
                    " '{replica}', version, deleted)",
                    local,
                )
                self.assertIn("replicated_deduplication_window = 10000", local)
                sharding = re.search(
                    rf"Distributed\('{{cluster}}', currentDatabase\(\), {table}_local, cityHash64\((.*)\)\)",
                    distributed,
                )[1]
                # A version must meet its key on one shard.
                key = re.search(r"ORDER BY \((.*)\)", local)[1].split(", ")
                self.assertIn(re.sub(r"ifNull\((\w+), ''\)", r"\1", sharding), key)

    def test_plain_tables_take_a_batch_once(self):
        for table in ROWS:
            full = self.server.ask(
                f"SELECT engine_full FROM system.tables WHERE database = 'single' AND name = '{table}'"
            )
            self.assertIn("non_replicated_deduplication_window = 10000", full, table)
        batch = "INSERT INTO visits_rows (site, day, ticket, version) FORMAT JSONEachRow"
        # Two months, so two blocks under one token.
        rows = "".join(
            f'{{"site":"10354","day":"2026-{month}-02","ticket":"A001","version":7}}\n' for month in (10, 11)
        )
        for _ in range(3):
            reply = self.server.send(
                rows, query=batch, database="single", insert_deduplication_token="7", async_insert="0"
            )
            self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(self.server.ask("SELECT count() FROM single.visits_rows"), "2")

    def test_a_row_moves_between_months_by_deleting_the_old_key(self):
        def put(day: str, version: int, deleted: int = 0):
            values = f"'{day}', '000.00.119.H26-261101-0001', {version}, {deleted}"
            self.server.ask(f"INSERT INTO single.dossiers_rows (day, dossier, version, deleted) VALUES ({values})")

        put("2026-11-01", 1)
        put("2026-10-31", 2)
        put("2026-11-01", 2, deleted=1)
        put("2026-11-01", 1)  # late, and too old
        ask = "SELECT day FROM single.dossiers_rows FINAL WHERE "
        self.assertEqual(self.server.ask(ask + "1"), "2026-10-31")
        self.assertEqual(self.server.ask(ask + "day >= '2026-11-01'"), "")
        self.assertEqual(self.server.ask(ask + "day < '2026-11-01'"), "2026-10-31")

    def test_ratings_of_one_moment_stay_two(self):
        for _ in range(2):
            for number in (1, 2):
                self.server.ask(
                    "INSERT INTO single.ratings_rows (at, score, channel, source, id, version)"
                    f" VALUES ('2026-11-01 08:00:00', 5, 'kiosk', 's', '{number}', 1)"
                )
        self.assertEqual(self.server.ask("SELECT count() FROM single.ratings"), "2")

    def test_the_placeholder_for_a_period(self):
        for name in ("single.sql", "cluster.sql"):
            text = (DEPLOY / name).read_text()
            with_ttl = re.sub(r"/\* (TTL .*) \*/", r"\1", text).replace("{keep}", "5 YEAR")
            self.assertEqual(with_ttl.count("\nTTL "), len(TABLES))
        database = "kept"
        self.server.ask(f"CREATE DATABASE {database}")
        for statement in statements("single.sql"):
            kept = re.sub(r"/\* (TTL .*) \*/", r"\1", statement).replace("{keep}", "5 YEAR")
            self.server.ask(kept, database=database)
        full = self.server.ask("SELECT engine_full FROM system.tables WHERE database = 'kept'")
        self.assertEqual(full.count("TTL "), len(TABLES))

    def test_the_columns_are_those_of_the_facts(self):
        source = (ROOT / "analytics" / "src" / "facts" / "table.rs").read_text()
        found = re.findall(r'name: "(\w+)",\s*columns: &\[(.*?)\],\s*key', source, flags=re.S)
        facts = {name: dict(re.findall(r'\("(\w+)", (\w+)\)', body)) for name, body in found}
        self.assertEqual(set(facts), set(TABLES))
        for table, expected in facts.items():
            with self.subTest(table):
                columns = self.columns("single", f"{table}_rows")
                own = {name: kind for name, kind in columns.items() if name not in VERSIONED}
                self.assertEqual(list(own), list(expected))
                for name, kind in expected.items():
                    self.assertIn(columns[name], KINDS[kind], name)

    def test_the_views_tell_what_changes_by_time_alone(self):
        ask = self.server.ask
        ask(
            "INSERT INTO single.visits_rows (site, day, ticket, outcome, version) VALUES"
            " ('00004', '2020-01-06', 'A1', 'in_progress', 1), ('00004', '2020-01-06', 'A2', 'finished', 1),"
            " ('00004', today() + 2, 'A3', 'in_progress', 1)"
        )
        outcomes = "SELECT ticket, outcome FROM single.visits WHERE site = '00004' ORDER BY ticket FORMAT CSV"
        self.assertEqual(
            ask(outcomes).splitlines(), ['"A1","unresolved"', '"A2","finished"', '"A3","in_progress"']
        )
        ask(
            "INSERT INTO single.dossiers_rows (day, dossier, due_at, ended_at, last_event_at, paused, version) VALUES"
            " ('2020-01-06', 'o1', '2020-01-07 17:00:00', NULL, '2020-01-06 08:00:00', false, 1),"
            " ('2020-01-06', 'o2', '2020-01-07 17:00:00', NULL, '2020-01-06 08:00:00', true, 1),"
            " ('2020-01-06', 'o3', '2020-01-07 17:00:00', '2020-01-07 17:00:00', '2020-01-07 17:00:00', false, 1),"
            " ('2020-01-06', 'o4', NULL, NULL, '2020-01-07 17:00:00', false, 1)"
        )
        late = "SELECT dossier FROM single.dossiers WHERE day = '2020-01-06' AND overdue"
        self.assertEqual(ask(late), "o1")


class Compose(unittest.TestCase):
    """What docker compose and the servers would read, as far as it can be checked without them."""

    @classmethod
    def setUpClass(cls):
        cls.text = (DEPLOY / "docker-compose.yml").read_text()
        cls.compose = yaml.safe_load(cls.text)
        cls.server_xml = ET.parse(DEPLOY / "config" / "server.xml").getroot()
        cls.keeper_xml = ET.parse(DEPLOY / "config" / "keeper.xml").getroot()
        cls.servers = {n: s for n, s in cls.compose["services"].items() if "-server:" in s["image"]}
        cls.keepers = {n: s for n, s in cls.compose["services"].items() if "-keeper:" in s["image"]}

    def test_it_says_that_it_was_not_run(self):
        self.assertTrue(self.text.startswith("# not run here: "))
        for name in ("server.xml", "keeper.xml"):
            self.assertTrue((DEPLOY / "config" / name).read_text().startswith("<!-- not run here: "))

    def test_images_are_pinned_to_the_engine_of_the_tests(self):
        engine = re.search(r"chdb-core==(\d+\.\d+)", (HERE / "requirements.txt").read_text())[1]
        images = {service["image"] for service in self.compose["services"].values()}
        self.assertEqual(
            images, {f"clickhouse/clickhouse-server:{engine}", f"clickhouse/clickhouse-keeper:{engine}"}
        )

    def test_two_shards_of_two_replicas(self):
        shards = [
            [replica.findtext("host") for replica in shard.iter("replica")]
            for shard in self.server_xml.iter("shard")
            if shard.find("replica") is not None
        ]
        placed = {}
        for name, service in self.servers.items():
            environment = service["environment"]
            placed.setdefault(environment["SHARD"], []).append(name)
            self.assertEqual(environment["REPLICA"], name)
            self.assertEqual(service["hostname"], name)
        self.assertEqual(shards, [placed["1"], placed["2"]])
        self.assertEqual([len(shard) for shard in shards], [2, 2])
        for shard in self.server_xml.find("remote_servers/vonglau").iter("shard"):
            self.assertEqual(shard.findtext("internal_replication"), "true")
        self.assertEqual(self.server_xml.findtext("macros/cluster"), "vonglau")

    def test_three_keepers_know_each_other_and_are_known(self):
        members = {
            server.findtext("hostname"): server.findtext("id") for server in self.keeper_xml.iter("server")
        }
        self.assertEqual(len(self.keepers), 3)
        self.assertEqual(members, {n: s["environment"]["KEEPER_ID"] for n, s in self.keepers.items()})
        port = self.keeper_xml.findtext("keeper_server/tcp_port")
        nodes = [(n.findtext("host"), n.findtext("port")) for n in self.server_xml.iter("node")]
        self.assertEqual(nodes, [(name, port) for name in self.keepers])
        for service in self.servers.values():
            waits = service["depends_on"]
            self.assertEqual(waits, {name: {"condition": "service_healthy"} for name in self.keepers})
        for keeper in self.keepers.values():
            self.assertIn(port, keeper["healthcheck"]["test"][1].split())

    def test_what_the_configuration_takes_from_the_environment_is_given(self):
        for root, services in ((self.server_xml, self.servers), (self.keeper_xml, self.keepers)):
            wanted = {element.get("from_env") for element in root.iter()} - {None}
            self.assertTrue(wanted)
            for name, service in services.items():
                self.assertLessEqual(wanted, set(service["environment"]), name)

    def test_volumes_files_and_ports(self):
        known = {
            "image", "restart", "depends_on", "ulimits", "healthcheck", "hostname", "environment",
            "ports", "volumes",
        }  # fmt: skip
        own, ports = [], []
        for name, service in self.compose["services"].items():
            self.assertLessEqual(set(service), known, name)
            file, volume = (entry.split(":") for entry in service["volumes"])
            self.assertTrue((DEPLOY / file[0]).is_file(), file)
            self.assertEqual(file[2], "ro")
            own.append(volume[0])
            ports += service.get("ports", [])
            self.assertTrue(service["healthcheck"]["test"])
        self.assertEqual(sorted(own), sorted(self.compose["volumes"]))
        self.assertEqual(len(ports), len(set(ports)))
        for port in ports:
            self.assertRegex(port, r"^127\.0\.0\.1:\d+:8123$")

    def test_no_secret_is_written_down(self):
        for service in self.servers.values():
            for name in ("CLICKHOUSE_PASSWORD", "CLUSTER_SECRET"):
                self.assertRegex(service["environment"][name], rf"^\${{{name}:\?")


if __name__ == "__main__":
    unittest.main()
