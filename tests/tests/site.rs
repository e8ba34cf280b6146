//! Proves `site` against `coverage`: what its places add is what coverage counts, no choice among few candidates is better,
//! and its bound holds; that minutes added up are coverage's; and `coverage --at`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use harness::program::run;
use serde_json::Value;
use tempfile::TempDir;

/// Where people of the city's edge gather; ids with places.
const CANDIDATES: &[(&str, f64, f64)] = &[
    ("ba-vi", 105.37, 21.08),
    ("chuong-my", 105.66, 20.88),
    ("dong-anh", 105.85, 21.14),
    ("gia-lam", 105.95, 21.02),
    ("my-duc", 105.74, 20.69),
    ("phu-xuyen", 105.91, 20.74),
    ("soc-son", 105.85, 21.26),
    ("thach-that", 105.55, 21.03),
];
const KEPT: &[(&str, f64, f64)] = &[("ba-dinh", 105.8445, 21.0404), ("son-tay", 105.505, 21.138)];
/// A rule that leaves many to be won.
const RULE: &[&str] = &["--rule", "time", "--minutes", "18"];

fn file(dir: &TempDir, name: &str, places: &[(&str, f64, f64)], more: &str) -> String {
    let mut text = "id,name,kind,lon,lat\n".to_owned();
    for (id, lon, lat) in places {
        writeln!(text, "{id},Nhà văn hoá {id},community,{lon},{lat}")
            .expect("memory can be written");
    }
    text.push_str(more);
    let path = dir.path().join(name);
    std::fs::write(&path, text).expect("the temporary directory is writable");
    path.to_str().expect("test paths are UTF-8").to_owned()
}

/// People and minutes of each cell, and whether it is covered, with some points.
fn coverage(points: &str, more: &[&str]) -> BTreeMap<String, (u64, f64, bool)> {
    let args = [&["coverage", "--points", points, "--format", "csv"], more].concat();
    let run = run(&args).done();
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    let rows = reader.deserialize().map(|row| {
        let row: BTreeMap<String, String> = row.expect("a row");
        let number = |name: &str| row[name].parse::<f64>().expect("a number");
        let people = number("population") as u64;
        (
            row["cell"].clone(),
            (people, number("minutes"), row["covered"] == "true"),
        )
    });
    rows.collect()
}

fn site(points: &str, candidates: &str, more: &[&str]) -> Value {
    let args = [
        &[
            "site",
            "--points",
            points,
            "--candidates",
            candidates,
            "--format",
            "json",
        ],
        more,
    ]
    .concat();
    run(&args).done().json()
}

fn ids(answer: &Value) -> Vec<&str> {
    let places = answer["places"].as_array().expect("places");
    places.iter().filter_map(|p| p["id"].as_str()).collect()
}

/// The points with the places of an answer, as a file.
fn joined(dir: &TempDir, answer: &Value) -> String {
    let added = CANDIDATES.iter().filter(|c| ids(answer).contains(&c.0));
    let all: Vec<_> = KEPT.iter().chain(added).copied().collect();
    file(dir, "joined.csv", &all, "")
}

fn covered(cells: &BTreeMap<String, (u64, f64, bool)>) -> u64 {
    cells.values().filter(|c| c.2).map(|c| c.0).sum()
}

#[test]
fn no_choice_of_three_covers_more_and_what_is_told_is_what_coverage_counts() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", KEPT, "");
    let candidates = file(&dir, "candidates.csv", CANDIDATES, "");
    let answer = site(&points, &candidates, &[RULE, &["--add", "3"]].concat());
    let after = covered(&coverage(&joined(&dir, &answer), RULE));
    assert_eq!(answer["population"], after);
    let base = coverage(&points, RULE);
    let adds = answer["places"].as_array().expect("places").iter();
    let adds: Vec<u64> = adds
        .map(|p| p["adds_population"].as_u64().expect("people"))
        .collect();
    assert_eq!(covered(&base) + adds.iter().sum::<u64>(), after);
    assert!(adds.is_sorted_by(|a, b| a >= b), "{adds:?}");

    // Every three of the eight, from each one's own cells.
    let alone: Vec<BTreeSet<String>> = CANDIDATES
        .iter()
        .map(|one| {
            let path = file(&dir, "one.csv", &[*one], "");
            let cells = coverage(&path, RULE).into_iter();
            cells.filter(|(_, cell)| cell.2).map(|(id, _)| id).collect()
        })
        .collect();
    let mut best = 0;
    for a in 0..8 {
        for b in a + 1..8 {
            for c in b + 1..8 {
                let won = base.iter().filter(|(id, cell)| {
                    cell.2 || [a, b, c].iter().any(|at| alone[*at].contains(*id))
                });
                best = best.max(won.map(|(_, cell)| cell.0).sum::<u64>());
            }
        }
    }
    assert_eq!(
        (&answer["population"], &answer["bound"]),
        (&best.into(), &best.into())
    );
    assert_eq!(answer["gap"], 0.0);

    let geojson = run(&[
        &[
            "site",
            "--points",
            &points,
            "--candidates",
            &candidates,
            "--add",
            "3",
            "--format",
            "geojson",
        ],
        RULE,
    ]
    .concat())
    .done()
    .json();
    assert_eq!(geojson["type"], "FeatureCollection");
    assert_eq!(geojson["population"], best);
    let features = geojson["features"].as_array().expect("features");
    let named: Vec<_> = features.iter().filter_map(|f| f["id"].as_str()).collect();
    assert_eq!(named, ids(&answer));
}

#[test]
fn a_share_is_reached_with_as_few_places_as_can_be() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", KEPT, "");
    let candidates = file(&dir, "candidates.csv", CANDIDATES, "");
    let four = site(&points, &candidates, &[RULE, &["--add", "4"]].concat());
    let share = four["share"].as_f64().expect("a share") - 1e-6;
    let answer = site(
        &points,
        &candidates,
        &[RULE, &["--share", &share.to_string()]].concat(),
    );
    assert_eq!(
        ids(&answer).len(),
        4,
        "what four can, three cannot: {answer}"
    );
    assert!(answer["share"].as_f64() >= Some(share));
    assert_eq!(
        (&answer["fewest"], &answer["is_fewest"]),
        (&4.into(), &true.into())
    );
    assert!(answer["bound"].as_u64() >= answer["population"].as_u64());
}

#[test]
fn minutes_added_up_are_coverages_and_no_pair_takes_fewer() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", KEPT, "");
    let few = &CANDIDATES[..4];
    let candidates = file(&dir, "candidates.csv", few, "");
    let answer = site(&points, &candidates, &["--objective", "time", "--add", "2"]);
    let total = |with: &[(&str, f64, f64)]| {
        let all: Vec<_> = KEPT.iter().chain(with).copied().collect();
        let cells = coverage(&file(&dir, "all.csv", &all, ""), &[]);
        let people: u64 = cells.values().map(|c| c.0).sum();
        let minutes: f64 = cells.values().map(|c| c.0 as f64 * c.1.min(120.0)).sum();
        (minutes, people as f64)
    };
    let mut best = f64::INFINITY;
    for a in 0..4 {
        for b in a + 1..4 {
            best = best.min(total(&[few[a], few[b]]).0);
        }
    }
    let told = answer["person_minutes"].as_f64().expect("minutes");
    // Minutes are told to a hundredth.
    let rounding = 0.006 * total(few).1;
    assert!((told - best).abs() < rounding, "{told} {best}");
    let bound = answer["person_minutes_bound"].as_f64().expect("a bound");
    assert!(
        bound <= told && answer["gap"].as_f64() < Some(0.01),
        "{answer}"
    );
}

#[test]
fn any_cell_may_be_a_place() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", &[KEPT, CANDIDATES].concat(), "");
    let answer = site(&points, "cells", &["--add", "2"]);
    assert_eq!(ids(&answer).len(), 2);
    let before = answer["population_before"].as_u64().expect("people");
    let (after, bound) = (answer["population"].as_u64(), answer["bound"].as_u64());
    assert!(after > Some(before) && after <= bound, "{answer}");
    // No listed place that is a cell's neighbour can beat it.
    assert!(answer["gap"].as_f64() <= Some(0.01), "{answer}");
}

#[test]
fn what_cannot_be_asked_is_refused_and_bad_rows_are_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", KEPT, "");
    let bad = "sea,Biển,community,110.5,18.0\ntwice-1,,community,abc,21\nba-vi,Again,community,105.3,21.0\n";
    let candidates = file(&dir, "candidates.csv", CANDIDATES, bad);
    let base = [
        "site",
        "--points",
        &points,
        "--candidates",
        &candidates,
        "--format",
        "json",
    ];
    let told = run(&[&base[..], &["--add", "1"]].concat()).done();
    for line in ["line 10", "line 11", "line 12"] {
        assert!(told.stderr.contains(line), "{}", told.stderr);
    }
    for wrong in [
        &["--add", "9"][..],
        &["--share", "1.5"],
        &["--share", "0.9", "--add", "1"],
        &["--share", "0.9", "--objective", "time"],
        &["--add", "1", "--rule", "perhaps"],
        &[],
    ] {
        assert_eq!(run(&[&base[..], wrong].concat()).code, 2, "{wrong:?}");
    }
    let missing = [
        "site",
        "--candidates",
        "nowhere.csv",
        "--add",
        "1",
        "--format",
        "json",
    ];
    assert_eq!(run(&missing).code, 1);
    assert!(!Path::new("nowhere.csv").exists());
}

#[test]
fn at_a_time_only_what_is_open_then_counts() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let points = file(&dir, "points.csv", KEPT, "");
    let at = |t: &str| {
        let args = [
            "coverage",
            "--points",
            &points,
            "--summary",
            "--format",
            "json",
            "--at",
            t,
        ];
        let run = run(&args).done();
        assert!(run.stderr.contains("working calendar"), "{}", run.stderr);
        run.json()["city"]["covered"].as_u64().expect("people")
    };
    let all = covered(&coverage(&points, &[]));
    assert_eq!(at("2026-11-26T10:00:00+07:00"), all, "a Thursday's morning");
    assert_eq!(at("2026-11-26T19:00:00+07:00"), 0, "a Thursday's evening");
    assert_eq!(at("2026-11-29"), 0, "a Sunday");
    let wrong = ["coverage", "--format", "csv", "--at", "noon"];
    assert_eq!(run(&wrong).code, 2);
}
