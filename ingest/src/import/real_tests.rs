//! The two real files, figure by figure against plain code over the CSV.

use super::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

fn shipped(name: &str) -> Mapping {
    let text = SHIPPED
        .iter()
        .find(|(shipped, _)| *shipped == name)
        .unwrap()
        .1;
    Mapping::parse(text).unwrap()
}

/// A real file, or `None` where it is not there; that is an error in CI.
fn real(file: &str) -> Option<Vec<u8>> {
    let root = std::env::var("VONGLAU_SHARED").map_or_else(
        |_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let path = root.join("data/events").join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{}: {error}",
                path.display()
            );
            eprintln!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn imported(name: &str, bytes: &[u8]) -> (Vec<Value>, Vec<u8>, Summary) {
    let mut out = Vec::new();
    let summary = import(&shipped(name), unpacked(bytes).unwrap(), &mut out).unwrap();
    let events = out.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    (
        events
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect(),
        out,
        summary,
    )
}

type Plain = BTreeMap<String, String>;

fn plain_rows(bytes: &[u8]) -> Vec<Plain> {
    let mut reader = csv::Reader::from_reader(MultiGzDecoder::new(bytes));
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn warsaw_boards_row_by_row() {
    let Some(bytes) = real("warsaw_queues_4days.csv.gz") else {
        return;
    };
    let (events, out, summary) = imported("warsaw-boards", &bytes);
    let rows = plain_rows(&bytes);
    assert_eq!((rows.len(), events.len()), (163_371, 163_371));
    let mut ids = HashSet::new();
    for (row, event) in rows.iter().zip(&events) {
        let data = &event["data"];
        assert_eq!(data["site"], row["name"].as_str());
        assert_eq!(data["service"], row["nazwaGrupy"].as_str());
        // All four days are in winter.
        assert_eq!(
            event["time"],
            format!("{}T{}:00+01:00", row["date"], row["time"])
        );
        assert_eq!(
            data["waiting"],
            row["liczbaKlwKolejce"].parse::<i64>().unwrap()
        );
        assert_eq!(
            data["open_counters"],
            row["liczbaCzynnychStan"].parse::<i64>().unwrap()
        );
        let minutes: i64 = row["czasObslugi"].parse().unwrap();
        assert_eq!(data["service_seconds"].as_i64().unwrap_or(0), minutes * 60);
        assert_eq!(data["serving"].as_str().unwrap_or(""), row["aktualnyNumer"]);
        assert!(ids.insert((event["source"].to_string(), event["id"].to_string())));
    }
    let found = |name: &str| {
        summary
            .checks
            .iter()
            .find(|check| check.name == name)
            .unwrap()
    };
    assert_eq!(found("frozen board").count, frozen(&rows));
    assert_eq!(found("time goes back").count, 0);
    // Thirteen of twenty offices say nothing on 31 December.
    let silent = found("silent office")
        .keys
        .values()
        .filter(|key| !key.silent_days.is_empty())
        .count();
    assert_eq!(silent, 13);
    let (_, again, _) = imported("warsaw-boards", &bytes);
    assert!(out == again, "same file, same bytes");
}

/// Frozen rows counted by plain code: for each board and day, the rows over 30 minutes after the first
/// of their run of equal values, with people waiting.
fn frozen(rows: &[Plain]) -> u64 {
    let mut boards: BTreeMap<[&str; 3], Vec<&Plain>> = BTreeMap::new();
    for row in rows {
        boards
            .entry([row["name"].as_str(), &row["nazwaGrupy"], &row["date"]])
            .or_default()
            .push(row);
    }
    let minute = |row: &Plain| {
        let (hour, minute) = row["time"].split_once(':').unwrap();
        hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
    };
    let shows = |row: &Plain| {
        [
            "liczbaKlwKolejce",
            "aktualnyNumer",
            "liczbaCzynnychStan",
            "czasObslugi",
        ]
        .map(|column| row[column].clone())
    };
    let mut count = 0;
    for board in boards.values() {
        for run in board.chunk_by(|a, b| shows(a) == shows(b)) {
            let waiting = run[0]["liczbaKlwKolejce"] != "0";
            count += run
                .iter()
                .filter(|row| waiting && minute(row) - minute(run[0]) > 30)
                .count() as u64;
        }
    }
    count
}

#[test]
fn permit_log_case_by_case() {
    let Some(bytes) = real("receipt.csv.gz") else {
        return;
    };
    let (events, out, summary) = imported("permit-log", &bytes);
    let rows = plain_rows(&bytes);
    let mut cases: BTreeMap<&str, Vec<&Plain>> = BTreeMap::new();
    for row in &rows {
        cases
            .entry(&row["case:concept:name"])
            .or_default()
            .push(row);
    }
    assert_eq!((rows.len(), cases.len()), (8577, 1434));
    assert_eq!((summary.rows, summary.cases), (8577, Some(1434)));
    let of = |kind: &str| {
        events
            .iter()
            .filter(|event| event["type"] == kind)
            .collect::<Vec<_>>()
    };

    let ended = cases
        .values()
        .filter(|rows| !rows[0]["case:enddate"].is_empty())
        .count();
    assert_eq!(
        (of("dossier.submitted").len(), of("dossier.accepted").len()),
        (1434, 1434)
    );
    assert_eq!((of("dossier.resolved").len(), ended), (1329, 1329));

    // Overdue by the planned end, from the events and from the table.
    let instant = |text: &str| -> jiff::Timestamp { text.replacen(' ', "T", 1).parse().unwrap() };
    let due: BTreeMap<&str, jiff::Timestamp> = of("dossier.accepted")
        .iter()
        .map(|event| {
            (
                event["data"]["dossier"].as_str().unwrap(),
                instant(event["data"]["due_at"].as_str().unwrap()),
            )
        })
        .collect();
    let overdue = of("dossier.resolved")
        .iter()
        .filter(|event| {
            instant(event["time"].as_str().unwrap())
                > due[event["data"]["dossier"].as_str().unwrap()]
        })
        .count();
    let plain = cases.values().map(|rows| rows[0]).filter(|row| {
        !row["case:enddate"].is_empty()
            && instant(&row["case:enddate"]) > instant(&row["case:enddate_planned"])
    });
    assert_eq!((overdue, plain.count()), (389, 389));

    // Hand-overs between known groups.
    let mut hand_overs = 0;
    for rows in cases.values() {
        let known: Vec<&str> = rows
            .iter()
            .map(|row| row["org:group"].as_str())
            .filter(|group| *group != "EMPTY")
            .collect();
        hand_overs += known.windows(2).filter(|pair| pair[0] != pair[1]).count();
    }
    assert_eq!(
        (of("dossier.transferred").len(), of("dossier.taken").len()),
        (hand_overs, hand_overs)
    );

    let check = |name: &str| {
        summary
            .checks
            .iter()
            .find(|check| check.name == name)
            .unwrap()
            .count
    };
    assert_eq!(check("case without an end"), 105);
    assert_eq!(check("case ends before it starts"), 2);
    let after_end = rows.iter().filter(|row| {
        !row["case:enddate"].is_empty()
            && instant(&row["case:enddate"]) < instant(&row["time:timestamp"])
    });
    assert_eq!(
        check("step after the end of its case"),
        after_end.count() as u64
    );

    // No officer is carried, and every id is the contract's.
    let text = String::from_utf8(out.clone()).unwrap();
    assert!(!text.contains("Resource"));
    for event in &events {
        assert!(
            rules::is_id(event["id"].as_str().unwrap())
                && rules::is_id(event["source"].as_str().unwrap())
        );
    }
    let (_, again, _) = imported("permit-log", &bytes);
    assert!(out == again, "same file, same bytes");
}

#[test]
fn a_truncated_gzip_keeps_what_came_before() {
    let Some(bytes) = real("warsaw_queues_4days.csv.gz") else {
        return;
    };
    let mut out = Vec::new();
    let cut = &bytes[..bytes.len() / 2];
    let error = import(&shipped("warsaw-boards"), unpacked(cut).unwrap(), &mut out).unwrap_err();
    assert!(error.to_string().contains("after line"), "{error}");
    assert!(out.len() > 1_000_000);
}
