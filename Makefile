# Vọng Lâu. `make run` starts the demonstration city; `make test` checks everything that CI checks.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: run build test bench bench-years soak rooms lint system clean pack

SHARED ?= $(or $(VONGLAU_SHARED),../shared)
# Debian's brokers and proxies stand where only root looks.
export PATH := $(PATH):/usr/sbin
export VONGLAU_SHARED := $(abspath $(SHARED))
ROOM_SOURCES := $(shell find dashboards/src dashboards/handbook docs/handbook docs/operations.md docs/personal-data.md docs/runbooks.md docs/security.md dashboards/public dashboards/index.html dashboards/vite.config.ts dashboards/tsconfig.json -type f 2>/dev/null)

run: dashboards/dist/index.html
	cargo build --profile demo --locked -p vonglau-api
	./target/demo/vonglau demo

build: dashboards/dist/index.html
	cargo build --release --locked -p vonglau-api

# Everything: style, types, unit and property tests, whole-system tests in the built program, and a browser.
test: system lint
	cd dashboards && npm test
	cd tests/clickhouse && .venv/bin/python -m unittest
	cargo build --locked --workspace --all-targets
	VONGLAU_BIN=$(CURDIR)/target/debug/vonglau tests/clickhouse/.venv/bin/python deploy/check.py
	cargo nextest run --locked --workspace

lint: dashboards/dist/index.html
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cd dashboards && npm run lint

# One build for the program and what measures it: two selections would compile the engine twice.
bench: dashboards/dist/index.html tests/clickhouse/.venv/.installed
	cargo build --release --locked -p vonglau-api -p vonglau-tests --bins
	./target/release/bench
	./target/release/bench_quantile
	./target/release/bench_dossiers
	./target/release/bench_siting
	./target/release/bench_coverage
	./target/release/bench_desk
	./target/release/bench_forecast
	./target/release/bench_incidents --days 2 --before 3 --warm 10

# Five years of the city: half an hour on two cores and 15 GB in the temporary folder.
bench-years: dashboards/dist/index.html
	cargo build --release --locked -p vonglau-api -p vonglau-tests --bins
	./target/release/bench_years

# Longer runs of the random tests, and a server under load for ten minutes and through an outage of ClickHouse
# (SOAK="--minutes 60 --phase memory" for others).
soak: dashboards/dist/index.html tests/clickhouse/.venv/.installed
	PROPTEST_CASES=20000 VONGLAU_SEEDS=2000000 cargo nextest run --locked --workspace --no-fail-fast
	cargo build --release --locked -p vonglau-api -p vonglau-tests --bins
	./target/release/soak $(SOAK)

rooms: dashboards/dist/index.html

dashboards/dist/index.html: dashboards/node_modules/.installed $(ROOM_SOURCES)
	cd dashboards && npm run build
	@touch $@

dashboards/node_modules/.installed: dashboards/package-lock.json
	cd dashboards && npm ci --no-audit --no-fund
	@touch $@

tests/browser/node_modules/.installed: tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund
	@touch $@

# The ClickHouse engine that the tests serve (chdb, 0.9 GB); needs Python 3.11 or later with venv.
tests/clickhouse/.venv/.installed: tests/clickhouse/requirements.txt
	python3 -m venv tests/clickhouse/.venv
	tests/clickhouse/.venv/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# Debian's packages that tests start.
PACKAGES := chromium libfaketime mosquitto mosquitto-clients nats-server prometheus nginx-light openssl

# What the tests need from the system: those packages, cargo-nextest, the browser tests' packages, and chdb.
system: tests/browser/node_modules/.installed tests/clickhouse/.venv/.installed
	@command -v cargo-nextest >/dev/null || cargo install --locked cargo-nextest
	@(for each in chromium mosquitto mosquitto_pub nats-server promtool nginx openssl; do command -v $$each || exit 1; done; ls /usr/lib/*/faketime/libfaketime.so.1) >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PACKAGES); \
	  else \
	    echo "make test needs Chromium, libfaketime, Mosquitto, NATS, Prometheus and nginx: install them (Debian: apt-get install $(PACKAGES)) and run it again" >&2; exit 1; \
	  fi; }

# Makes Hà Nội's pack again from the raw data; geodata/packs/README.md has the exact command.
pack: build
	./target/release/vonglau pack build --help

clean:
	cargo clean
	rm -rf dashboards/dist dashboards/node_modules tests/browser/node_modules tests/clickhouse/.venv
