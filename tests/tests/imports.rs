//! Proves the importers on real data that nobody here wrote: the figures of Warsaw's queue boards and
//! of a Dutch permit log, through `import`, `ingest` and `report`, equal a plain computation over the
//! CSV that knows nothing of the importer.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use harness::naive::{
    By, Event, Figures, HOUR, Ms, Rows, Span, Units, boards, bound, calendar, instant, local, mean,
};
use harness::program::{self, run};
use harness::server::{Clock, Server};
use harness::{compare, shared};
use serde_json::{Value, json};

type Row = HashMap<String, String>;

/// Imports a CSV by a mapping that ships, ingests the events, and gives the data directory.
fn import(dir: &Path, mapping: &str, csv: &Path) -> (PathBuf, u64) {
    let map = program::workspace().join("ingest/mappings").join(mapping);
    let imported = run(&[
        "import",
        "--map",
        map.to_str().expect("test paths are UTF-8"),
        csv.to_str().expect("test paths are UTF-8"),
    ])
    .done();
    assert!(
        !imported.stderr.is_empty(),
        "the importer reports what it found in a summary"
    );
    let events = dir.join("events.ndjson");
    std::fs::write(&events, &imported.stdout).expect("the temporary directory is writable");
    let data = dir.join("data");
    let counts = program::ingest(&events, &data);
    assert_eq!(
        (&counts["rejected"], &counts["conflicting"]),
        (&json!(0), &json!(0)),
        "{counts}"
    );
    assert_eq!(
        counts["dropped_fields"], 0,
        "a mapping writes only fields of the contract: {counts}"
    );
    let again = program::ingest(&events, &data);
    assert_eq!(
        (&again["accepted"], &again["duplicate"]),
        (&json!(0), &counts["accepted"]),
        "ids are derived, so twice is once"
    );
    (data, counts["accepted"].as_u64().expect("a count"))
}

/// What the boards said, read plainly: Warsaw is at UTC+1 on all four winter days.
fn warsaw_snapshots(rows: &[Row]) -> Vec<Event> {
    let snapshot = |(i, row): (usize, &Row)| {
        let number = |name: &str| row[name].parse::<u64>().expect("a number");
        Event {
            time: instant(&format!("{}T{}:00+01:00", row["date"], row["time"])),
            source: String::new(),
            id: format!("{i:08}"),
            kind: "queue.snapshot".to_owned(),
            data: json!({"site": row["name"], "service": row["nazwaGrupy"], "waiting": number("liczbaKlwKolejce"),
                "open_counters": number("liczbaCzynnychStan")}),
        }
    };
    let mut events: Vec<Event> = rows.iter().enumerate().map(snapshot).collect();
    events.sort_by_key(|event| event.time);
    events
}

#[test]
fn warsaws_boards_give_the_figures_of_a_plain_reading() {
    let test = "Warsaw's queue boards";
    let Some(packed) = shared::file(test, "data/events/warsaw_queues_4days.csv.gz") else {
        return;
    };
    let text = shared::gunzip(&packed);
    let rows = shared::rows(&text);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let plain = dir.path().join("boards.csv");
    std::fs::write(&plain, &text).expect("the temporary directory is writable");
    let (data, accepted) = import(dir.path(), "warsaw-boards.toml", &plain);
    assert_eq!(
        accepted,
        rows.len() as u64,
        "every row is a snapshot of its own"
    );

    let events = warsaw_snapshots(&rows);
    let server = Server::start(&data, Clock::Events);
    for (from, to, by) in [
        ("2019-12-31", "2020-01-21", By::Nothing),
        ("2019-12-31", "2020-01-21", By::Site),
        ("2019-12-31", "2020-01-21", By::Day),
        (
            "2020-01-15T08:00:00+01:00",
            "2020-01-15T16:00:00+01:00",
            By::Site,
        ),
        (
            "2020-01-15T08:00:00+01:00",
            "2020-01-15T16:00:00+01:00",
            By::Hour,
        ),
        ("2020-01-20", "2020-01-21", By::Service),
    ] {
        let answer = server.http().report("boards", from, to, by.name()).ok();
        let expected = boards::report(&events, Span::of(from, to), by, &Units::new());
        compare::assert_same(
            &format!("{test}, {from} to {to} by {by:?}"),
            &answer,
            by,
            &expected,
        );
    }
}

#[test]
fn boards_that_wrote_a_wrong_year_or_garbage_are_skipped_and_reported() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let csv = dir.path().join("boards.csv");
    let header = "name,time,date,status,czasObslugi,lp,idGrupy,liczbaCzynnychStan,nazwaGrupy,literaGrupy,liczbaKlwKolejce,aktualnyNumer";
    let row = |time: &str, date: &str, waiting: &str| {
        format!("UD_Wola,{time},{date},,10,,182,4,Meldunki,A,{waiting},A007")
    };
    let rows = [
        header.to_owned(),
        row("08:00", "2019-12-31", "3"),
        row("08:05", "2020-12-31", "4"), // the year of the week
        row("08:10", "2019-12-31", "many"),
        row("25:61", "2019-12-31", "5"),
        row("08:00", "2019-12-31", "3"), // the same again
        row("08:15", "2019-12-31", "6"),
    ];
    std::fs::write(&csv, rows.join("\n") + "\n").expect("the temporary directory is writable");
    let map = program::workspace().join("ingest/mappings/warsaw-boards.toml");
    let path = |path: &Path| path.to_str().expect("test paths are UTF-8").to_owned();
    let imported = run(&["import", "--map", &path(&map), &path(&csv)]).done();
    let events = harness::naive::read(&imported.stdout);
    let waiting: Vec<&Value> = events.iter().map(|event| &event.data["waiting"]).collect();
    assert_eq!(waiting, [3, 6], "{}", imported.stdout);
    assert!(
        !imported.stderr.trim().is_empty(),
        "what was skipped is said"
    );
}

#[test]
fn a_mapping_or_file_that_cannot_be_read_is_said() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| {
        dir.path()
            .join(name)
            .to_str()
            .expect("test paths are UTF-8")
            .to_owned()
    };
    std::fs::write(path("broken.toml"), "version = [")
        .expect("the temporary directory is writable");
    std::fs::write(path("data.csv"), "a,b\n1,2\n").expect("the temporary directory is writable");
    let broken = run(&["import", "--map", &path("broken.toml"), &path("data.csv")]);
    assert!(
        [1, 2].contains(&broken.code) && broken.stderr.contains("broken.toml"),
        "{} {}",
        broken.code,
        broken.stderr
    );
    let map = program::workspace().join("ingest/mappings/warsaw-boards.toml");
    let map = map.to_str().expect("test paths are UTF-8");
    let missing = run(&["import", "--map", map, &path("missing.csv")]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("missing.csv"), "{}", missing.stderr);
    let other = run(&["import", "--map", map, &path("data.csv")]);
    assert_eq!(other.code, 1, "a file without the mapping's columns");
    assert!(!other.stderr.is_empty());
}

/// One permit: received on the day the case starts, planned to end, and ended or not.
#[derive(Debug, Clone)]
struct Permit {
    department: String,
    start: Ms,
    planned: Ms,
    end: Option<Ms>,
}

/// `2011-10-11 13:42:22.688000+02:00`.
fn log_time(text: &str) -> Ms {
    instant(&text.replacen(' ', "T", 1))
}

fn permits(rows: &[Row]) -> Vec<Permit> {
    let mut cases: BTreeMap<String, Permit> = BTreeMap::new();
    for row in rows {
        cases
            .entry(row["case:concept:name"].clone())
            .or_insert_with(|| Permit {
                department: row["case:department"].clone(),
                start: log_time(&row["case:startdate"]),
                planned: log_time(&row["case:enddate_planned"]),
                end: Some(row["case:enddate"].as_str())
                    .filter(|text| !text.is_empty())
                    .map(log_time),
            });
    }
    cases.into_values().collect()
}

/// The counts by state at `to`, said plainly: no permit here was ever stopped or extended.
fn permit_figures(permits: &[Permit], from: Ms, to: Ms) -> Figures {
    let known: Vec<&Permit> = permits
        .iter()
        .filter(|permit| permit.start < to || permit.end.is_some_and(|end| end < to))
        .collect();
    let begun = known
        .iter()
        .filter(|permit| permit.start >= from && permit.start < to)
        .count();
    let mut settled: Vec<(&Permit, Ms)> = Vec::new();
    let mut open: Vec<&Permit> = Vec::new();
    for permit in known {
        match permit.end.filter(|end| *end < to) {
            Some(end) if end >= from => settled.push((permit, end)),
            Some(_) => {}
            None => open.push(permit),
        }
    }
    let late = settled
        .iter()
        .filter(|(permit, end)| *end > permit.planned)
        .count();
    let late_by_date = settled
        .iter()
        .filter(|(permit, end)| local(*end).date() > local(permit.planned).date())
        .count();
    let early = settled
        .iter()
        .filter(|(permit, end)| local(*end).date() < local(permit.planned).date())
        .count();
    let open_late = open.iter().filter(|permit| to > permit.planned).count();
    let hours: Vec<f64> = settled
        .iter()
        .filter(|(permit, end)| *end >= permit.start)
        .map(|(permit, end)| calendar::working(permit.start, *end) as f64 / HOUR as f64)
        .collect();
    let mut figures: Figures = [
        ("submitted", begun),
        ("accepted", begun),
        ("refused", 0),
        ("withdrawn", 0),
        ("stopped", 0),
        ("awaiting_acceptance", 0),
        ("total", settled.len() + open.len()),
        ("resolved", settled.len()),
        ("resolved_early_or_on_time", settled.len() - late),
        ("resolved_overdue", late),
        ("resolved_overdue_by_date", late_by_date),
        ("in_progress_in_time", open.len() - open_late),
        ("in_progress_overdue", open_late),
        ("no_due_date", 0),
        ("supplement_twice", 0),
        ("digitised_before", 0),
        ("resolved_early", early),
    ]
    .into_iter()
    .map(|(name, count)| (name, Value::from(count)))
    .collect();
    figures.insert("mean_working_hours", mean(&hours));
    figures
}

#[test]
fn the_permit_logs_counts_by_state_equal_a_plain_count() {
    let Some(packed) = shared::file("the permit log", "data/events/receipt.csv.gz") else {
        return;
    };
    let all = permits(&shared::rows(&shared::gunzip(&packed)));
    assert_eq!(all.len(), 1434);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, _) = import(dir.path(), "permit-log.toml", &packed);
    let server = Server::start(&data, Clock::Events);

    for (from, to) in [
        ("2010-01-01", "2013-06-01"),
        ("2011-01-01", "2011-07-01"),
        ("2011-10-03", "2011-10-10"),
    ] {
        let what = format!("permits, {from} to {to}");
        let answer = server.http().report("dossiers", from, to, None).ok();
        let expected = Rows::from([(String::new(), permit_figures(&all, bound(from), bound(to)))]);
        compare::assert_same(&what, &answer, By::Nothing, &expected);

        let answer = server
            .http()
            .report("dossiers", from, to, Some("field"))
            .ok();
        let mut departments: BTreeMap<String, Vec<Permit>> = BTreeMap::new();
        for permit in &all {
            departments
                .entry(permit.department.clone())
                .or_default()
                .push(permit.clone());
        }
        let mut expected: Rows = departments
            .into_iter()
            .map(|(name, permits)| (name, permit_figures(&permits, bound(from), bound(to))))
            .collect();
        expected.retain(|_, row| {
            row.values()
                .any(|value| value.as_f64().is_some_and(|number| number > 0.0))
        });
        compare::assert_same(&format!("{what} by field"), &answer, By::Field, &expected);
    }
}

/// Which activity directly follows which in dossiers that ended in a span, with the hours between, read plainly from lines.
fn followed(lines: &str, from: Ms, to: Ms) -> BTreeMap<(String, String), Vec<f64>> {
    let mut courses: BTreeMap<String, Vec<(Ms, String, String, String)>> = BTreeMap::new();
    for line in lines.lines() {
        let event: Value = serde_json::from_str(line).expect("lines are JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let Some(kind) = event["type"]
            .as_str()
            .and_then(|t| t.strip_prefix("dossier."))
        else {
            continue;
        };
        let time = instant(event["time"].as_str().expect("a time"));
        let step = event["data"]["step"]
            .as_str()
            .filter(|_| matches!(kind, "taken" | "transferred"));
        let activity = step.map_or(kind.to_owned(), |step| format!("{kind}: {step}"));
        let course = courses.entry(text(&event["data"]["dossier"])).or_default();
        course.push((time, text(&event["source"]), text(&event["id"]), activity));
    }
    let mut edges: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for course in courses.values_mut() {
        course.retain(|(time, ..)| *time < to);
        course.sort();
        let ends = ["resolved", "refused", "withdrawn", "stopped"];
        let end = course
            .iter()
            .rfind(|(.., activity)| ends.contains(&activity.as_str()));
        if end.is_none_or(|(time, ..)| *time < from) {
            continue;
        }
        for pair in course.windows(2) {
            let key = (pair[0].3.clone(), pair[1].3.clone());
            let hours = (pair[1].0 - pair[0].0) as f64 / HOUR as f64;
            edges.entry(key).or_default().push(hours);
        }
    }
    edges
}

#[test]
fn the_permit_logs_process_is_that_of_a_plain_count() {
    let Some(packed) = shared::file("the permit log", "data/events/receipt.csv.gz") else {
        return;
    };
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, _) = import(dir.path(), "permit-log.toml", &packed);
    let lines = std::fs::read_to_string(dir.path().join("events.ndjson")).expect("just written");
    let server = Server::start(&data, Clock::Events);
    for (from, to) in [("2010-01-01", "2013-06-01"), ("2011-01-01", "2011-07-01")] {
        let expected = followed(&lines, bound(from), bound(to));
        assert!(expected.len() > 20, "{} edges", expected.len());
        let query = [("from", from), ("to", to), ("variants", "1000")];
        let answer = server.http().get("/api/v1/process", &query).ok();
        let edges = answer["graph"]["edges"].as_array().expect("edges");
        let inner = edges
            .iter()
            .filter(|e| e["from"] != "begin" && e["to"] != "end");
        let mut found = 0;
        for edge in inner {
            let key = (
                edge["from"].as_str().unwrap().to_owned(),
                edge["to"].as_str().unwrap().to_owned(),
            );
            let hours = &mut expected
                .get(&key)
                .unwrap_or_else(|| panic!("{edge} is not in the log"))
                .clone();
            assert_eq!(edge["count"], hours.len(), "{edge}");
            hours.sort_by(f64::total_cmp);
            let median = hours[hours.len().div_ceil(2) - 1];
            let told = edge["median_hours"].as_f64().expect("a median");
            assert!(
                (told - median).abs() <= 0.01 * median.abs() + 1e-6,
                "{edge}: {median}"
            );
            found += 1;
        }
        assert_eq!(found, expected.len(), "every edge of the log is told");
    }
}
