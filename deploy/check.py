"""Checks what deploy/ and docs/ say against the program as it is. No network; parts whose tool is absent are skipped and say so.

    VONGLAU_BIN=target/debug/vonglau tests/clickhouse/.venv/bin/python deploy/check.py

Needs PyYAML. VONGLAU_METRICS names a file into which what the server exported is saved.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
DOCS = ROOT / "docs"
BIN = Path(os.environ.get("VONGLAU_BIN", ROOT / "target" / "debug" / "vonglau")).resolve()
HAS_BIN = os.access(BIN, os.X_OK)
NO_BIN = f"no program at {BIN}: name it in VONGLAU_BIN"

# Counted only when something happens that no quick test brings about.
RARE = {
    "vonglau_archived_total": "what leaves memory is days old",
    "vonglau_broker_connected": "a broker would have to be there",
    "vonglau_broker_messages_total": "the same",
    "vonglau_connections_refused_total": "ten thousand would have to be connected",
    "vonglau_clock_steps_total": "the machine's clock would have to be set",
    "vonglau_desk_failures_total": "the desk's log would have to be unwritable",
    "vonglau_desk_lines_total": "an alert would have to stand",
    "vonglau_forecast_day_seconds": "days are learned beside the service, in their own time",
    "vonglau_forecast_points": "the same",
    "vonglau_notices_total": "an alert would have to be told",
    "vonglau_notify_failures_total": "the same",
    "vonglau_outlook_seconds": "the first forecast has to be told",
    "vonglau_store_failures_total": "the store would have to fail",
    "vonglau_tls_certificate_ends_timestamp_seconds": "it would have to speak TLS",
    "vonglau_tls_failures_total": "it would have to speak TLS",
    "vonglau_tls_reload_failures_total": "the same",
}
# Names that look like metrics and are none.
NO_METRICS = {"vonglau_api", "vonglau_alert_"}
# Read by the program and said in no command's help; the last is this file's.
OTHER_SETTINGS = {"VONGLAU_LOG", "VONGLAU_CLICKHOUSE_PASSWORD", "VONGLAU_SHARED", "VONGLAU_BIN", "VONGLAU_METRICS"}


def texts(*suffixes: str) -> list[Path]:
    """What is read as text: deploy/, docs/ and the README."""
    found = [path for folder in (DEPLOY, DOCS) for path in folder.rglob("*") if path.is_file()]
    found.append(ROOT / "README.md")
    return sorted(p for p in found if p.suffix in suffixes or p.name in suffixes)


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def run(*words: str | Path, **kwargs) -> subprocess.CompletedProcess:
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, **kwargs)


def needs(*tools: str):
    missing = [tool for tool in tools if not shutil.which(tool)]
    return unittest.skipIf(missing, f"not here: {', '.join(missing)}")


# --- The command lines that we write down ------------------------------------------------------------------------------------


@cache
def help_of(*command: str) -> str:
    return run(BIN, *command, "--help", env={"PATH": "/usr/bin:/bin"}).stdout


@cache
def flags(*command: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<![\w-])--[a-z][a-z-]*", help_of(*command)))


@cache
def commands(*command: str) -> frozenset[str]:
    """The commands below a command."""
    below = re.search(r"^Commands:\n(.*?)\n\n", help_of(*command), re.S | re.M)
    return frozenset(re.findall(r"^  ([a-z-]+) ", below[1], re.M)) if below else frozenset()


def called(text: str) -> list[str]:
    """What stands behind the program's name in a shell's lines, up to where the shell goes on with something else."""
    lines = []
    for piece in re.split(r"[|;&\n`]|\s#|\s2?>|\$\(|\)|…", text):
        if re.search(r"\b(systemctl|journalctl)\b", piece):
            continue
        words = re.search(r"(?<!--user )(?<!-n )(?<![\w/.-])(?:/usr/local/bin/)?vonglau(?: +vonglau)? +([a-zA-Z-].*)", piece)
        if words:
            lines.append(words[1])
    return lines


def command_lines(path: Path) -> list[str]:
    """The command lines of the program that a file has."""
    text = path.read_text().replace("\\\n", " ")
    if path.suffix == ".md":
        lines = [line for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.S | re.M) for line in called(block)]
        prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        return lines + [" ".join(l.split()) for l in re.findall(r"`(?:VONGLAU_KEY=… )?vonglau +([^`]*)`", prose)]
    if path.name == "Containerfile":
        start = re.search(r"^CMD (\[.*\])$", text, re.M)
        return [shlex.join(json.loads(start[1]))] if start else []
    # What comments say is indented; a sentence is none.
    lines = called("\n".join(re.findall(r"(?m)^#   +(.*)", text)))
    if path.suffix in (".yml", ".yaml") and "templates" not in path.parts:
        lines += [shlex.join(words) for words in listed(list(yaml.safe_load_all(text)))]
    for line in re.findall(r"(?m)^Exec\w+=(.*)", text):
        lines += called(re.sub(r"/bin/sh -c 'exec (.*)'", r"\1", line).replace("$$(", "("))
    return lines


def listed(value) -> list[list[str]]:
    """Lists of words in YAML that call the program: `command` or `args`."""
    if isinstance(value, list):
        return [found for each in value for found in listed(each)]
    if not isinstance(value, dict):
        return []
    found = []
    for key, inner in value.items():
        if key in ("command", "args") and isinstance(inner, list) and all(isinstance(w, str) for w in inner):
            words = inner[1:] if inner and inner[0].endswith("vonglau") else inner
            if words and words[0] in commands():
                found.append(words)
        found += listed(inner)
    return found


def faults(line: str) -> list[str]:
    """What the program would not take of a command line."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    command: list[str] = []
    for word in words:
        if word in commands(*command) and word != "help":
            command.append(word)
        else:
            break
    if not command:
        first = words[0] if words else ""
        known = first.isupper() or first.startswith("--") and first.split("=")[0] in flags()
        return [] if known else [f"no command `{first}`"]
    if commands(*command) and words[len(command):] and words[len(command)][0].islower():
        return [f"no command `{' '.join([*command, words[len(command)]])}`"]
    given = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
    return [f"`vonglau {' '.join(command)}` has no {flag}" for flag in sorted(given - flags(*command) - {"--version"})]


@unittest.skipUnless(HAS_BIN, NO_BIN)
class CommandLines(unittest.TestCase):
    def test_every_command_line_is_one_of_the_program(self):
        seen = 0
        for path in texts(".md", ".yml", ".yaml", ".service", ".timer", ".conf", "Containerfile", "Caddyfile"):
            for line in command_lines(path):
                seen += 1
                with self.subTest(file=where(path), line=line):
                    self.assertEqual(faults(line), [])
        self.assertGreater(seen, 100)

    def test_a_wrong_command_line_is_found(self):
        for line in ("serve --data d --nothing 1", "serv --data d", "account greate x", "backup --listen a --data d t"):
            self.assertNotEqual(faults(line), [], line)
        for line in ("serve --data DIR --listen=127.0.0.1:1", "account reset --totp room-3 --data d", "COMMAND --help"):
            self.assertEqual(faults(line), [], line)

    def test_every_flag_in_prose_is_one_of_some_command(self):
        known = set(flags())
        for name in commands() - {"help"}:
            known |= flags(name)
            for inner in commands(name) - {"help"}:
                known |= flags(name, inner)
        for path in texts(".md"):
            for flag in re.findall(r"`(--[a-z][a-z-]*)", path.read_text()):
                with self.subTest(file=where(path)):
                    self.assertIn(flag, known)

    def test_every_setting_in_the_environment_is_read(self):
        known = set(OTHER_SETTINGS)
        for name in commands() - {"help"}:
            known |= set(re.findall(r"VONGLAU_[A-Z_]+", help_of(name)))
        for path in texts(".md", ".yml", ".yaml", ".service", ".conf", "Containerfile", ".tpl"):
            for setting in re.findall(r"\bVONGLAU_[A-Z_]+\b", path.read_text()):
                with self.subTest(file=where(path)):
                    self.assertIn(setting, known)


# --- The metrics that we name -------------------------------------------------------------------------------------------------


@cache
def in_source() -> dict[str, set[str]]:
    """Every metric that the program's text names, with its labels."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "api" / "src").rglob("*.rs"):
        text = path.read_text()
        for call in re.findall(r"metrics::(?:counter|gauge|histogram)!\((.*?)\)\s*[.;]", text, re.S):
            name = re.match(r'\s*"(vonglau_[a-z_]+)"', call)
            if name:
                found.setdefault(name[1], set()).update(re.findall(r'"(\w+)"\s*=>', call))
        for name in re.findall(r'const \w+: &str = "(vonglau_[a-z]\w+)"', text):
            found.setdefault(name, set())
    return found


def named(text: str) -> set[str]:
    # `vonglau_x_total{reason}` names one; `vonglau_x_seconds_bucket` a part of one.
    names = set(re.findall(r"(?<![\w./:@-])vonglau_[a-z_]+[a-z](?![\w.-]*[-/])", text)) - NO_METRICS
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}


def rules() -> list[dict]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> list[str]:
    panels = json.loads((DEPLOY / "grafana" / "vonglau.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def plain(expression: str) -> str:
    """A query of the dashboard with its variables filled in."""
    return expression.replace("$__rate_interval", "5m").replace("$job", "vonglau").replace("$instance", ".*")


def event(number: int, kind: str, at: datetime, **data) -> str:
    head = {"specversion": "1.0", "id": f"c-{number}", "source": "check", "type": kind}
    return json.dumps(head | {"time": at.isoformat(timespec="milliseconds"), "data": data})


class Exported(unittest.TestCase):
    """A server on a free loopback port, that is made to count as much as can be in a few seconds."""

    exported: set[str] = set()

    @classmethod
    def setUpClass(cls):
        if not HAS_BIN:
            raise unittest.SkipTest(NO_BIN)
        cls.folder = tempfile.TemporaryDirectory(prefix="vonglau-check-")
        cls.addClassCleanup(cls.folder.cleanup)
        data = Path(cls.folder.name) / "data"
        data.mkdir()
        (data / "secret").write_text("0123456789abcdef\n")
        (data / "notify.toml").write_text(
            '[[receiver]]\nname = "r"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\nsecret_file = "secret"\n'
        )
        log = (Path(cls.folder.name) / "log").open("w+")
        cls.addClassCleanup(log.close)
        words = [BIN, "serve", "--data", data, "--listen", "127.0.0.1:0", "--max-journal-bytes", "4kB", "--forecast-days", "0"]
        server = subprocess.Popen([str(w) for w in words], stdout=log, stderr=log)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.send_signal, signal.SIGTERM)
        until = time.monotonic() + 60
        while not (data / "server.json").exists():
            if server.poll() is not None or time.monotonic() > until:
                log.seek(0)
                raise AssertionError(f"the server does not start: {log.read()}")
            time.sleep(0.05)
        cls.url = json.loads((data / "server.json").read_text())["url"]
        made = [run(BIN, "key", "create", "--data", data, "--role", role) for role in ("source", "operator")]
        source, cls.operator = (one.stdout.strip() for one in made)

        now = datetime.now(UTC)
        some = [event(i, "ticket.issued", now - timedelta(minutes=i), site="00004", ticket=f"A{i}", service="s") for i in range(3)]
        ahead = event(90, "ticket.issued", now + timedelta(hours=1), site="00004", ticket="A90", service="s")
        # More than the journal may have, packed or not.
        texts = [os.urandom(90).hex() for _ in range(200)]
        large = [event(100 + i, "ticket.issued", now, site="00004", ticket=f"B{i}", service=t) for i, t in enumerate(texts)]
        cls.answers = [
            cls.ask("/api/v1/events", source, "\n".join([*some, ahead, "{"])),
            cls.ask("/api/v1/events", source, "\n".join(large)),
            cls.ask("/api/v1/national", source, '{"service":"none","madonvi":"x","data":[]}', "application/json"),
            cls.ask("/api/v1/national", source, '{"service":"DongBoHoSoMC","madonvi":"000.99.99.H26","data":[{"MaHoSo":""}]}', "application/json"),
            cls.ask("/api/v1/public/waits"),
        ]
        until = time.monotonic() + 30
        while True:
            cls.text = cls.ask("/metrics", cls.operator)[1]
            cls.exported = set(re.findall(r"^# TYPE (\w+) ", cls.text, re.M))
            if set(in_source()) - set(RARE) <= cls.exported or time.monotonic() > until:
                break
            time.sleep(0.2)
        if os.environ.get("VONGLAU_METRICS"):
            Path(os.environ["VONGLAU_METRICS"]).write_text(cls.text)

    @classmethod
    def ask(cls, path: str, key: str = "", body: str | None = None, kind: str = "application/x-ndjson") -> tuple[int, str]:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {key}"} if key else {})
        request = urllib.request.Request(cls.url + path, None if body is None else body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def known(self) -> set[str]:
        return self.exported | set(RARE)

    def test_a_server_exports_what_its_text_names(self):
        self.assertEqual([status for status, _ in self.answers], [200, 429, 200, 200, 200])
        self.assertEqual(set(in_source()) - self.known(), set(), "neither exported nor among the rare")
        self.assertEqual(self.exported - set(in_source()), set(), "exported and not found in the text")
        self.assertEqual(set(RARE) - set(in_source()), set(), "rare, and gone from the text")

    @needs("bash")
    def test_the_images_health_check_knows_a_ready_server(self):
        text = (DEPLOY / "container" / "Containerfile").read_text()
        words = json.loads(re.search(r"HEALTHCHECK[^\n]*\n\s*CMD (\[.*\])", text)[1])
        for port, is_ready in ((self.url.rsplit(":", 1)[1], True), ("9", False)):
            done = run(*words[:2], words[2].replace("8080", port))
            self.assertEqual(done.returncode == 0, is_ready, done.stderr)

    def test_metrics_need_the_operators_key(self):
        self.assertEqual(self.ask("/metrics")[0], 401)

    def test_alerts_and_dashboard_and_docs_name_what_is_exported(self):
        said = {f"alert {rule['alert']}": named(rule["expr"]) for rule in rules()}
        said |= {f"dashboard: {expression}": named(expression) for expression in dashboard()}
        said |= {where(path): named(path.read_text()) for path in texts(".md")}
        for what, names in said.items():
            with self.subTest(what):
                self.assertEqual(names - self.known(), set())
        self.assertEqual(set(in_source()) - set().union(*map(named, dashboard())), set(), "on no panel")


class Prometheus(unittest.TestCase):
    def test_labels_are_those_of_the_metrics(self):
        for expression in [rule["expr"] for rule in rules()] + dashboard():
            for name, inside in re.findall(r"(vonglau_[a-z_]+)\{([^}]*)\}", expression):
                labels = in_source()[re.sub(r"_(bucket|sum|count)$", "", name)] | {"job", "instance", "le"}
                with self.subTest(expression):
                    self.assertLessEqual(set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside)), labels)

    def test_every_alert_fires_in_a_test_and_is_quiet_in_another(self):
        tests = [t for f in ("rules_test.yml", "rules_days_test.yml") for t in yaml.safe_load((DEPLOY / "prometheus" / f).read_text())["tests"]]
        fires = {case["alertname"] for t in tests for case in t["alert_rule_test"] if case.get("exp_alerts")}
        quiet = {case["alertname"] for t in tests for case in t["alert_rule_test"] if not case.get("exp_alerts")}
        alerts = {rule["alert"] for rule in rules()}
        self.assertEqual((fires, quiet), (alerts, alerts))

    def test_every_alert_has_a_runbook(self):
        for rule in rules():
            page, anchor = rule["annotations"]["runbook"].split("#")
            with self.subTest(rule["alert"]):
                self.assertIn(anchor, anchors(ROOT / page))

    @needs("promtool")
    def test_promtool_takes_rules_and_configuration(self):
        folder = DEPLOY / "prometheus"
        for words in (
            ["check", "config", "--syntax-only", "prometheus.yml"],
            ["check", "rules", "rules.yml"],
            ["test", "rules", "rules_test.yml", "rules_days_test.yml"],
        ):
            done = run("promtool", *words, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs("promtool")
    def test_promtool_takes_every_query_of_the_dashboard(self):
        queries = [{"record": f"q:{i}", "expr": plain(e)} for i, e in enumerate(dashboard())]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": queries}]}, file)
            file.flush()
            done = run("promtool", "check", "rules", file.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


# --- Files that must be read ---------------------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", path.read_text(), flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


class Files(unittest.TestCase):
    def test_everything_parses(self):
        for path in texts(".yml", ".yaml", ".json", ".toml"):
            if "templates" in path.parts:
                continue
            with self.subTest(where(path)):
                if path.suffix == ".json":
                    json.loads(path.read_text())
                elif path.suffix == ".toml":
                    tomllib.loads(path.read_text())
                else:
                    self.assertTrue(all(list(yaml.safe_load_all(path.read_text()))))

    def test_links_lead_somewhere(self):
        for path in texts(".md"):
            for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
                if re.match(r"https?:", link):
                    continue
                page, _, anchor = link.partition("#")
                target = (path.parent / page).resolve() if page else path
                with self.subTest(file=where(path), link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target))

    def test_evidence_is_there(self):
        """`path` and `path::name` in the lists of evidence: the file is there, and has a function of that name."""
        seen = 0
        for page in ("level3-checklist.md", "asvs.md", "personal-data.md"):
            for path, _, name in re.findall(r"`((?:api|ingest|tests|deploy|docs|dashboards|analytics)/[\w./-]+)(::(\w+))?`", (DOCS / page).read_text()):
                seen += 1
                with self.subTest(page=page, evidence=f"{path}::{name}"):
                    self.assertTrue((ROOT / path).exists())
                    if name:
                        self.assertRegex((ROOT / path).read_text(), rf"(fn|def|class|const|static) {name}\b")
        self.assertGreater(seen, 40)


# --- Containers and Kubernetes --------------------------------------------------------------------------------------------------


def misfits(value, schema: dict, at: str = "") -> list[str]:
    """What a value has against a JSON schema, of the words that values.schema.json uses."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    unknown = set(schema) - {"$schema", "type", "additionalProperties", "required", "properties", "items", "enum", "pattern"}
    unknown -= {"minLength", "minItems", "minimum", "maximum"}
    found = [f"{at}: the check does not know {word}" for word in unknown]
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or kind == "integer" and isinstance(value, bool)):
        return [*found, f"{at}: no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: not one of {schema['enum']}")
    if isinstance(value, str):
        if not re.search(schema.get("pattern", ""), value) or len(value) < schema.get("minLength", 0):
            found.append(f"{at}: not in form")
    elif isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{at}: too few")
        for i, inner in enumerate(value):
            found += misfits(inner, schema.get("items", {}), f"{at}[{i}]")
    elif isinstance(value, dict):
        inside = schema.get("properties", {})
        found += [f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value]
        for name, inner in value.items():
            if name in inside:
                found += misfits(inner, inside[name], f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: {name} is not known")
    elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: out of bounds")
    return found


def rendered(text: str, values: dict) -> str:
    """A template of ours with values: `if`, `with` and `range` that stand on lines of their own, and the few functions that we use."""
    root = {"Values": values, "Release": {"Name": "vonglau", "Namespace": "vonglau"}}

    def of(word: str, dot):
        if word == ".":
            return dot
        if word.startswith('"'):
            return json.loads(word)
        value = root
        for name in word.lstrip(".").split("."):
            value = value[name]
        return value

    def said(expression: str, dot) -> str:
        head, *pipes = [part.strip() for part in expression.split("|")]
        words = re.findall(r'"[^"]*"|\S+', head)
        given = [of(word, dot) for word in words[1:]]
        match words[0]:
            case "printf":
                value = given[0] % tuple(given[1:])
            case "join":
                value = given[0].join(given[1])
            case "toYaml":
                value = yaml.safe_dump(given[0]).rstrip()
            case _:
                value = of(words[0], dot)
        for pipe in pipes:
            if pipe == "quote":
                value = json.dumps(value)
            else:
                space = "\n" + " " * int(re.fullmatch(r"nindent (\d+)", pipe)[1])
                value = space + space.join(value.split("\n"))
        return str(value)

    def walk(lines: list[str], dot) -> list[str]:
        out = []
        while lines:
            line = lines.pop(0)
            block = re.fullmatch(r"\s*\{\{- (if|with|range) (\S+) \}\}", line)
            if not block:
                if line.strip() == "{{- end }}":
                    raise AssertionError("an end too many")
                done = re.sub(r"\{\{-? (.*?) \}\}", lambda m: said(m[1], dot), line)
                out.append(done.lstrip(" ") if line.lstrip().startswith("{{- toYaml") else done)
                continue
            inner, depth = [], 1
            while True:
                line = lines.pop(0)
                depth += bool(re.fullmatch(r"\s*\{\{- (if|with|range) .*\}\}", line)) - (line.strip() == "{{- end }}")
                if depth == 0:
                    break
                inner.append(line)
            value = of(block[2], dot)
            for each in value if block[1] == "range" else [value] if value else []:
                out += walk(list(inner), dot if block[1] == "if" else each)
        return out

    return "\n".join(walk(text.split("\n"), root))


def chart(values: dict) -> dict[str, dict]:
    """The chart's manifests by kind."""
    found = {}
    for path in sorted((DEPLOY / "helm" / "vonglau" / "templates").glob("*.yaml")):
        manifest = yaml.safe_load(rendered(path.read_text(), values))
        if manifest:
            found[manifest["kind"]] = manifest
    return found


def plain_manifests() -> dict[str, dict]:
    return {m["kind"]: m for m in yaml.safe_load_all((DEPLOY / "kubernetes" / "vonglau.yaml").read_text())}


def without(value, *names: str):
    if isinstance(value, dict):
        return {k: without(v, *names) for k, v in value.items() if k not in names}
    return [without(v, *names) for v in value] if isinstance(value, list) else value


class Kubernetes(unittest.TestCase):
    def setUp(self):
        folder = DEPLOY / "helm" / "vonglau"
        self.values = yaml.safe_load((folder / "values.yaml").read_text())
        self.schema = json.loads((folder / "values.schema.json").read_text())

    def test_values_are_in_their_schema_and_wrong_ones_are_not(self):
        self.assertEqual(misfits(self.values, self.schema), [])
        for change in (
            {"replicas": 2},
            {"host": "https://x"},
            {"proxies": []},
            {"extraArgs": ["keep"]},
            {"storage": {"size": "lots", "className": ""}},
            {"podDisruptionBudget": {"enabled": True, "maxUnavailable": 2}},
            {"ingress": {"enabled": "yes", "className": "nginx"}},
        ):
            self.assertNotEqual(misfits(self.values | change, self.schema), [], change)

    def test_the_chart_with_its_values_is_the_plain_manifests(self):
        drawn, plain = chart(self.values), plain_manifests()
        self.assertEqual(set(drawn), set(plain))
        for kind, manifest in drawn.items():
            with self.subTest(kind):
                left = without(manifest, "namespace", "app.kubernetes.io/instance", "imagePullPolicy")
                self.assertEqual(left, without(plain[kind], "namespace", "imagePullPolicy"))

    def test_the_chart_with_all_that_can_be_set(self):
        more = self.values | {"store": "clickhouse://v@ch:8123/v", "storePasswordSecret": "ch", "extraArgs": ["--keep-journal-days=400"]}
        more["serviceMonitor"] = self.values["serviceMonitor"] | {"enabled": True}
        more["storage"] = {"size": "9Gi", "className": "fast"}
        more["networkPolicy"] = self.values["networkPolicy"] | {"egress": [{"ports": [{"port": 8123}]}]}
        self.assertEqual(misfits(more, self.schema), [])
        drawn = chart(more)
        pod = drawn["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]
        self.assertEqual([e["name"] for e in pod["env"]], ["VONGLAU_STORE", "VONGLAU_CLICKHOUSE_PASSWORD"])
        self.assertEqual(pod["args"][-1], "--keep-journal-days=400")
        self.assertEqual(drawn["NetworkPolicy"]["spec"]["egress"][-1], {"ports": [{"port": 8123}]})
        self.assertEqual(drawn["StatefulSet"]["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"], "fast")
        self.assertIn("ServiceMonitor", drawn)
        if HAS_BIN:
            self.assertEqual(faults(shlex.join(pod["args"])), [])
        none = {name: self.values[name] | {"enabled": False} for name in ("ingress", "networkPolicy", "podDisruptionBudget")}
        self.assertEqual(set(chart(self.values | none)), {"Service", "ServiceAccount", "StatefulSet"})

    def test_manifests_fit_together(self):
        found = plain_manifests()
        for kind, manifest in found.items():
            self.assertTrue(manifest["apiVersion"] and manifest["metadata"]["name"], kind)
        spec = found["StatefulSet"]["spec"]
        pod, labels = spec["template"]["spec"], spec["template"]["metadata"]["labels"].items()
        [container] = pod["containers"]
        self.assertEqual(spec["replicas"], 1)
        for selector in (
            spec["selector"]["matchLabels"],
            found["Service"]["spec"]["selector"],
            found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
            found["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        ):
            self.assertLessEqual(selector.items(), labels)
        self.assertEqual(spec["serviceName"], found["Service"]["metadata"]["name"])
        self.assertEqual(pod["serviceAccountName"], found["ServiceAccount"]["metadata"]["name"])
        self.assertTrue(pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"])
        ports = {port["name"] for port in container["ports"]}
        used = {container[probe]["httpGet"]["port"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
        self.assertEqual(used | {p["targetPort"] for p in found["Service"]["spec"]["ports"]}, ports)
        volumes = {v["name"] for v in pod["volumes"]} | {c["metadata"]["name"] for c in spec["volumeClaimTemplates"]}
        self.assertEqual({m["name"] for m in container["volumeMounts"]}, volumes)
        self.assertIn("/var/lib/vonglau", {m["mountPath"] for m in container["volumeMounts"]})
        [rule] = found["Ingress"]["spec"]["rules"]
        self.assertEqual(found["Ingress"]["spec"]["tls"][0]["hosts"], [rule["host"]])
        self.assertEqual(rule["http"]["paths"][0]["backend"]["service"]["name"], found["Service"]["metadata"]["name"])


class Containers(unittest.TestCase):
    def setUp(self):
        folder = DEPLOY / "container"
        self.text = (folder / "Containerfile").read_text()
        self.one, self.with_store = (yaml.safe_load((folder / f).read_text()) for f in ("compose.yml", "compose.clickhouse.yml"))

    def test_the_image_copies_what_is_there_and_runs_as_nobody(self):
        for words in re.findall(r"^COPY (?!--from)(.*)$", self.text, re.M):
            for source in words.split()[:-1]:
                self.assertTrue((ROOT / source).exists(), source)
        stages = re.findall(r"^FROM \S+:(?!latest)\S+ AS (\w+)", self.text, re.M)
        self.assertEqual(set(re.findall(r"--from=(\w+)", self.text)), set(stages))
        last = self.text[self.text.rindex("\nFROM") :]
        self.assertRegex(last, r"(?m)^USER 10001:10001$")
        self.assertIn('ENTRYPOINT ["/usr/local/bin/vonglau"]', last)
        needed = re.search(r'rust-version = "([\d.]+)"', (ROOT / "Cargo.toml").read_text())[1]
        self.assertIn(f"rust:{needed}-", self.text)

    def test_compose_files_fit_together(self):
        for compose in (self.one, self.with_store):
            for service in compose["services"].values():
                for volume in service.get("volumes", []):
                    source = volume.split(":")[0]
                    there = (DEPLOY / "container" / source).exists() if source.startswith(".") else source in compose["volumes"]
                    self.assertTrue(there, volume)
                self.assertLessEqual(set(service.get("networks", [])), set(self.one["networks"]))
        server = self.one["services"]["vonglau"]
        build = (DEPLOY / "container" / server["build"]["context"]).resolve()
        self.assertTrue((build / server["build"]["dockerfile"]).exists())
        self.assertTrue(server["read_only"] and server["cap_drop"] == ["ALL"])
        self.assertIn(self.one["networks"]["inside"]["ipam"]["config"][0]["subnet"], server["command"])
        store = self.with_store["services"]["vonglau"]["environment"]["VONGLAU_STORE"]
        name = re.match(r"clickhouse://(\w+)@(\w+):8123/(\w+)", store)
        clickhouse = self.with_store["services"][name[2]]["environment"]
        self.assertEqual((clickhouse["CLICKHOUSE_USER"], clickhouse["CLICKHOUSE_DB"]), (name[1], name[3]))


class Systemd(unittest.TestCase):
    @needs("systemd-analyze")
    def test_units_are_taken_and_hardened(self):
        units = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
        with tempfile.TemporaryDirectory() as folder:
            for unit in units:
                # The program is not installed here.
                (Path(folder) / unit.name).write_text(unit.read_text().replace("/usr/local/bin/vonglau", "/bin/true"))
            paths = [Path(folder) / unit.name for unit in units]
            done = run("systemd-analyze", "verify", *paths)
            said = "\n".join(line for line in done.stderr.splitlines() if folder in line or "vonglau" in line)
            self.assertEqual((done.returncode, said), (0, ""), done.stderr)
            for path in paths:
                if path.suffix == ".service":
                    done = run("systemd-analyze", "security", "--offline=true", "--threshold=25", path)
                    self.assertEqual(done.returncode, 0, done.stdout[-600:] + done.stderr)


class Nginx(unittest.TestCase):
    @needs("nginx", "openssl")
    def test_nginx_takes_the_example(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run(
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem",
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            site = (DEPLOY / "nginx.conf").read_text()
            site = re.sub(r"ssl_certificate .*;", f"ssl_certificate {folder}/cert.pem;", site)
            site = re.sub(r"ssl_certificate_key .*;", f"ssl_certificate_key {folder}/key.pem;", site)
            site = re.sub(r"listen (\[::\]:)?\d+", "listen 127.0.0.1:0", site)
            # Two listeners on one address are one.
            site = re.sub(r"listen 127\.0\.0\.1:0", lambda m, n=iter(range(18443, 18499)): f"listen 127.0.0.1:{next(n)}", site)
            (Path(folder) / "nginx.conf").write_text(
                f"pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
            )
            done = run("nginx", "-t", "-p", folder, "-c", f"{folder}/nginx.conf")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("[warn]", done.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
