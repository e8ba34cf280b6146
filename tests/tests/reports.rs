//! Proves that every figure of `report visits|dossiers|boards|ratings` equals a naive computation
//! over the same NDJSON: on a simulated day, after shuffling and repeating its lines, and on random
//! histories that no simulator would draw.

use std::path::{Path, PathBuf};

use harness::events::{DAY, NEXT_DAY, ndjson};
use harness::naive::{By, Event, Rows, Span, Units, boards, dossiers, ratings, read, visits};
use harness::server::{Clock, Server};
use harness::{compare, histories, program};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

type Naive = fn(&[Event], Span, By, &Units) -> Rows;

/// Each report with its naive twin and the groupings that mean something there.
const REPORTS: &[(&str, Naive, &[By])] = &[
    (
        "visits",
        visits::report,
        &[
            By::Nothing,
            By::Site,
            By::Unit,
            By::Service,
            By::Counter,
            By::Hour,
            By::Day,
            By::Week,
        ],
    ),
    (
        "dossiers",
        dossiers::report,
        &[
            By::Nothing,
            By::Site,
            By::Unit,
            By::Agency,
            By::Field,
            By::Hour,
            By::Day,
            By::Week,
        ],
    ),
    (
        "boards",
        boards::report,
        &[By::Nothing, By::Site, By::Service, By::Hour, By::Day],
    ),
    (
        "ratings",
        ratings::report,
        &[
            By::Nothing,
            By::Site,
            By::Unit,
            By::Channel,
            By::Hour,
            By::Day,
            By::Week,
        ],
    ),
];

/// A part of a simulated day, which every run of these tests draws alike.
fn simulated_day() -> String {
    program::run(&[
        "simulate", "--days", "1", "--start", DAY, "--seed", "7", "--scale", "0.2",
    ])
    .done()
    .stdout
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).expect("the temporary directory is writable");
    path
}

/// The pack's sites and their units, as the program lists them.
fn units(server: &Server) -> Units {
    let answer = server.http().get("/api/v1/sites", &[]).ok();
    let sites = answer["sites"].as_array().expect("a list of sites");
    let pair = |site: &Value| {
        Some((
            site["id"].as_str()?.to_owned(),
            site["unit"].as_str()?.to_owned(),
        ))
    };
    sites.iter().filter_map(pair).collect()
}

/// Of dossiers by hour, day or week only what happened at an instant is compared, so a row that has
/// nothing of it (but, say, open dossiers of that hour) is left out.
fn timed(mut answer: Value, by: By) -> Value {
    if matches!(by, By::Hour | By::Day | By::Week) {
        let counts = |row: &Value| {
            dossiers::TIMED
                .iter()
                .any(|name| row[*name].as_f64().is_some_and(|n| n > 0.0))
        };
        answer["rows"]
            .as_array_mut()
            .expect("a report has rows")
            .retain(counts);
    }
    answer
}

/// Compares every report by every grouping over a server of `data` with the naive figures.
fn assert_all_reports(data: &Path, events: &[Event], from: &str, to: &str) {
    let server = Server::start(data, Clock::Events);
    let units = units(&server);
    let mut found = Vec::new();
    for (kind, naive, groupings) in REPORTS {
        for by in *groupings {
            let answer = server.http().report(kind, from, to, by.name()).ok();
            let expected = naive(events, Span::of(from, to), *by, &units);
            let answer = if *kind == "dossiers" {
                timed(answer, *by)
            } else {
                answer
            };
            let differences = compare::report(&answer, *by, &expected);
            found.extend(
                differences
                    .into_iter()
                    .take(12)
                    .map(|difference| format!("{kind} by {by:?}: {difference}")),
            );
        }
    }
    assert!(found.is_empty(), "{} differences: {found:#?}", found.len());
}

#[test]
fn a_seed_gives_the_same_bytes() {
    assert_eq!(
        simulated_day(),
        simulated_day(),
        "simulate is deterministic by seed"
    );
}

#[test]
fn every_figure_of_a_simulated_day_equals_the_naive_one() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let text = simulated_day();
    let lines = text.lines().count();
    assert!(
        lines > 5_000,
        "a fifth of a city's day has thousands of events, not {lines}"
    );
    let data = dir.path().join("data");
    let counts = program::ingest(&write(dir.path(), "day.ndjson", &text), &data);
    assert_eq!(counts["accepted"], lines, "{counts}");
    assert_all_reports(&data, &read(&text), DAY, NEXT_DAY);
}

#[test]
fn shuffled_and_repeated_lines_give_the_same_figures() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let text = simulated_day();
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut lines: Vec<&str> = text.lines().collect();
    let unique = lines.len();
    lines.extend_from_within(..unique / 3);
    lines.shuffle(&mut rng);

    // In three parts, so that what is stored is met again by what arrives later.
    let data = dir.path().join("data");
    let (mut accepted, mut duplicate) = (0, 0);
    for (i, part) in lines.chunks(lines.len().div_ceil(3)).enumerate() {
        let counts = program::ingest(
            &write(dir.path(), &format!("{i}.ndjson"), &ndjson(part)),
            &data,
        );
        accepted += counts["accepted"].as_u64().expect("a count");
        duplicate += counts["duplicate"].as_u64().expect("a count");
        assert_eq!(
            counts["conflicting"], 0,
            "a repetition has the same content"
        );
    }
    assert_eq!(
        (accepted, duplicate),
        (unique as u64, (lines.len() - unique) as u64)
    );
    assert_all_reports(&data, &read(&text), DAY, NEXT_DAY);
}

#[test]
fn a_report_from_the_command_line_equals_the_naive_one_in_json_and_csv() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let text = simulated_day();
    let data = dir.path().join("data");
    program::ingest(&write(dir.path(), "day.ndjson", &text), &data);
    let events = read(&text);
    for (kind, naive, _) in REPORTS {
        let answer = program::report(kind, &data, DAY, NEXT_DAY, None);
        for field in ["from", "to", "as_of", "by", "rows"] {
            assert!(answer.get(field).is_some(), "{kind}: a report has {field}");
        }
        compare::assert_same(
            kind,
            &answer,
            By::Nothing,
            &naive(&events, Span::of(DAY, NEXT_DAY), By::Nothing, &Units::new()),
        );

        let by_day = program::report(kind, &data, DAY, NEXT_DAY, Some("day"));
        let path = data.to_str().expect("test paths are UTF-8");
        let csv = program::run(&[
            "report", kind, "--data", path, "--from", DAY, "--to", NEXT_DAY, "--by", "day",
            "--format", "csv",
        ]);
        assert_csv_is_json(kind, &csv.done().stdout, &by_day);
    }
}

/// The CSV has the JSON rows' columns and values, an empty field for a null.
fn assert_csv_is_json(kind: &str, text: &str, json: &Value) {
    let rows = json["rows"].as_array().expect("a report has rows");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .expect("a header")
        .iter()
        .map(str::to_owned)
        .collect();
    let records: Vec<csv::StringRecord> = reader
        .records()
        .map(|record| record.expect("well-formed CSV"))
        .collect();
    assert_eq!(records.len(), rows.len(), "{kind}: as many records as rows");
    for (record, row) in records.iter().zip(rows) {
        let row = row.as_object().expect("a row is an object");
        let columns: std::collections::BTreeSet<&String> = header.iter().collect();
        assert_eq!(columns, row.keys().collect(), "{kind}: the same columns");
        for (name, field) in header.iter().zip(record) {
            let same = match &row[name] {
                Value::Null => field.is_empty(),
                Value::String(text) => text == field,
                number => field.parse::<f64>().ok() == number.as_f64(),
            };
            assert!(
                same,
                "{kind}: {name} is {field:?} in CSV and {} in JSON",
                row[name]
            );
        }
    }
}

/// Random histories, each at its own site, shuffled, some of them twice.
fn wild(seed: u64, make: fn(&mut ChaCha8Rng, usize) -> Vec<String>, count: usize) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut lines: Vec<String> = (0..count).flat_map(|n| make(&mut rng, n)).collect();
    lines.extend_from_within(..lines.len() / 5);
    lines.shuffle(&mut rng);
    ndjson(&lines)
}

fn assert_wild(kind: &str, naive: Naive, text: &str, from: &str, to: &str) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let counts = program::ingest(&write(dir.path(), "wild.ndjson", text), &data);
    assert_eq!(counts["rejected"], 0, "{counts}");
    let answer = program::report(kind, &data, from, to, Some("site"));
    let expected = naive(&read(text), Span::of(from, to), By::Site, &Units::new());
    let found = compare::report(&answer, By::Site, &expected);
    // The whole history of the first site that differs, since the figures alone do not explain.
    let site = found
        .first()
        .and_then(|text| text.split(&['[', ']'][..]).nth(1))
        .unwrap_or_default();
    let needle = |line: &&str| {
        line.contains(&format!("\"{site}\""))
            || line.contains(&format!("\"{}\"", site.to_uppercase()))
    };
    let history: Vec<&str> = text.lines().filter(needle).collect();
    assert!(
        found.is_empty(),
        "{} differences: {:#?}\nthe first site's lines:\n{}",
        found.len(),
        &found[..found.len().min(25)],
        history.join("\n")
    );
}

#[test]
fn wild_tickets_are_read_by_the_contract() {
    assert_wild(
        "visits",
        visits::report,
        &wild(1, histories::ticket, 1500),
        DAY,
        NEXT_DAY,
    );
}

#[test]
fn wild_dossiers_are_read_by_the_contract_at_several_instants() {
    let text = wild(2, histories::dossier, 1000);
    for to in ["2026-11-20T10:17:00+07:00", "2026-11-25", "2026-12-01"] {
        assert_wild("dossiers", dossiers::report, &text, "2026-11-18", to);
    }
}

#[test]
fn wild_boards_are_read_by_the_contract() {
    let text = wild(3, histories::board, 150);
    assert_wild("boards", boards::report, &text, DAY, NEXT_DAY);
    assert_wild(
        "boards",
        boards::report,
        &text,
        "2026-11-23T09:30:00+07:00",
        "2026-11-23T11:00:00+07:00",
    );
}

/// A simulated day taken into a directory of its own; its report of a family, and SQL's only row.
fn report_and_sql(family: &str, sql: &str) -> (Value, Value) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("day.ndjson");
    let simulate = [
        "simulate",
        "--start",
        "2026-11-23",
        "--scale",
        "0.05",
        "--warm",
        "40",
    ];
    std::fs::write(&file, program::run(&simulate).done().stdout).expect("a file can be written");
    let data = dir.path().join("data");
    program::ingest(&file, &data);
    let (from, to) = ("2026-11-23T00:00:00+07:00", "2026-11-24T00:00:00+07:00");
    let mut report = program::report(family, &data, from, to, None);
    if family == "dossiers" {
        // As they are now, which is what SQL tells.
        let now = report["as_of"]
            .as_str()
            .expect("a report says of when it is");
        report = program::report(family, &data, from, now, None);
    }
    let data = data.to_str().expect("test paths are UTF-8");
    let rows = program::run(&["sql", "--data", data, "--format", "json", sql])
        .done()
        .json();
    (report["rows"][0].clone(), rows[0].clone())
}

fn number(row: &Value, name: &str) -> f64 {
    row[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} is a number in {row}"))
}

#[test]
fn waits_in_sql_are_those_of_the_report() {
    let sql = "select wait_stats(wait_s)['n'] as started, wait_stats(wait_s)['over_15min'] as over_15min, \
               wait_stats(wait_s)['p50'] as p50_wait_s, wait_stats(wait_s)['p90'] as p90_wait_s, \
               wait_stats(wait_s)['p95'] as p95_wait_s, wait_stats(wait_s)['mean'] as mean_wait_s, \
               sum(case when outcome = 'finished' and not walk_in then 1 else 0 end) as finished, \
               sum(case when outcome = 'abandoned' then 1 else 0 end) as abandoned, \
               sum(case when walk_in then 1 else 0 end) as walk_in, \
               sum(case when approximate then 1 else 0 end) as approximate \
               from visits where wait_s >= 0 or wait_s is null";
    let (report, row) = report_and_sql("visits", sql);
    assert!(number(&report, "started") > 200.0, "{report}");
    for name in [
        "started",
        "over_15min",
        "finished",
        "abandoned",
        "walk_in",
        "approximate",
    ] {
        assert_eq!(number(&row, name), number(&report, name), "{name}");
    }
    for name in ["p50_wait_s", "p90_wait_s", "p95_wait_s", "mean_wait_s"] {
        let (sql, exact) = (number(&row, name), number(&report, name));
        assert!(
            (sql / exact - 1.0).abs() < 0.01,
            "{name}: {sql} in SQL, {exact} in the report"
        );
    }
}

#[test]
fn dossiers_in_sql_are_those_of_the_report() {
    let sql = "select sum(case when stage = 'open' and overdue then 1 else 0 end) as in_progress_overdue, \
               sum(case when stage = 'open' and not overdue then 1 else 0 end) as in_progress_in_time \
               from dossiers";
    let (report, row) = report_and_sql("dossiers", sql);
    assert!(
        number(&report, "in_progress_overdue") > 0.0,
        "some are late: {report}"
    );
    for name in ["in_progress_overdue", "in_progress_in_time"] {
        assert_eq!(
            number(&row, name),
            number(&report, name),
            "{name}: {report}"
        );
    }
}
