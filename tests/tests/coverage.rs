//! Proves coverage against the legal populations, against kilometres computed here from H3's own cell
//! centres, and by rules that any travel model of the contract must keep.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use h3o::{CellIndex, LatLng};
use harness::program::run;
use harness::shared;
use serde_json::Value;
use tempfile::TempDir;

/// The city's people, by law.
const CITY: u64 = 8_807_523;
/// The earth's radius of the contract.
const RADIUS_KM: f64 = 6_371.008_8;
/// Straight lines off the network are taken times this.
const DETOUR: f64 = 1.3;

/// One row of `coverage --format csv`.
#[derive(Debug, Clone, serde::Deserialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are the contract's columns"
)]
struct Cell {
    cell: String,
    unit: String,
    population: u64,
    minutes: f64,
    km: f64,
    nearest_by_time: String,
    nearest_by_distance: String,
    covered: bool,
    access_km: f64,
    approximate: bool,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    id: &'static str,
    kind: &'static str,
    lon: f64,
    lat: f64,
    open: bool,
}

const fn place(id: &'static str, kind: &'static str, lon: f64, lat: f64) -> Place {
    Place {
        id,
        kind,
        lon,
        lat,
        open: true,
    }
}

/// A few places about the city, far from one another.
const PLACES: &[Place] = &[
    place("ba-dinh", "branch", 105.844_547, 21.040_441),
    place("son-tay", "point", 105.505, 21.138),
    place("ha-dong", "point", 105.776, 20.971),
    place("soc-son", "community", 105.849, 21.257),
    place("my-duc", "mobile", 105.742, 20.685),
];

fn points_file(dir: &Path, name: &str, places: &[Place]) -> PathBuf {
    let mut text = "id,name,kind,lon,lat,unit,open\n".to_owned();
    for p in places {
        let Place {
            id,
            kind,
            lon,
            lat,
            open,
        } = p;
        writeln!(text, "{id},Điểm {id},{kind},{lon},{lat},,{open}").expect("memory can be written");
    }
    let path = dir.join(name);
    std::fs::write(&path, text).expect("the temporary directory is writable");
    path
}

/// `coverage … --format csv`, as rows by cell.
fn coverage(args: &[&str]) -> BTreeMap<String, Cell> {
    let run = run(&[&["coverage"], args, &["--format", "csv"]].concat()).done();
    let mut reader = csv::Reader::from_reader(run.stdout.as_bytes());
    let rows: Vec<Cell> = reader
        .deserialize()
        .map(|row| row.expect("a row of the contract's columns"))
        .collect();
    let count = rows.len();
    let cells: BTreeMap<String, Cell> = rows
        .into_iter()
        .map(|row| (row.cell.clone(), row))
        .collect();
    assert_eq!(cells.len(), count, "a cell has one row");
    cells
}

fn with_points(dir: &TempDir, places: &[Place], more: &[&str]) -> BTreeMap<String, Cell> {
    let path = points_file(dir.path(), "points.csv", places);
    let path = path.to_str().expect("test paths are UTF-8");
    coverage(&[&["--points", path], more].concat())
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// The great-circle distance by the haversine formula.
fn haversine_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let ((lon1, lat1), (lon2, lat2)) = (a, b);
    let (dlat, dlon) = ((lat2 - lat1).to_radians(), (lon2 - lon1).to_radians());
    let h = (dlat / 2.0).sin().powi(2)
        + lat1.to_radians().cos() * lat2.to_radians().cos() * (dlon / 2.0).sin().powi(2);
    2.0 * RADIUS_KM * h.sqrt().asin()
}

fn centre(cell: &str) -> (f64, f64) {
    let index: CellIndex = cell.parse().expect("a cell in H3's hexadecimal form");
    assert_eq!(u8::from(index.resolution()), 9, "{cell}");
    let centre = LatLng::from(index);
    (centre.lng(), centre.lat())
}

#[test]
fn people_add_up_to_the_legal_figures_of_the_city_and_each_unit() {
    let cells = coverage(&[]);
    assert_eq!(
        cells.values().map(|cell| cell.population).sum::<u64>(),
        CITY
    );
    let Some(path) = shared::file(
        "legal populations by unit",
        "data/hanoi/hanoi_126_table.csv",
    ) else {
        return;
    };
    let mut by_unit: HashMap<&str, u64> = HashMap::new();
    for cell in cells.values() {
        *by_unit.entry(&cell.unit).or_default() += cell.population;
    }
    let table = std::fs::read_to_string(path).expect("the table can be read");
    let units = shared::rows(&table);
    assert_eq!(units.len(), 126);
    for unit in &units {
        let legal: u64 = unit["pop"].parse().expect("a population");
        assert_eq!(
            by_unit.get(unit["code"].as_str()),
            Some(&legal),
            "{} {}",
            unit["code"],
            unit["name"]
        );
    }
    assert_eq!(by_unit.len(), 126, "no cell lies in another unit");
}

#[test]
fn the_csv_has_the_contracts_columns_in_order() {
    let run = run(&["coverage", "--format", "csv"]).done();
    let header = run.stdout.lines().next().unwrap_or_default();
    assert_eq!(
        header.trim_end(),
        "cell,unit,population,minutes,km,nearest_by_time,nearest_by_distance,covered,access_km,approximate"
    );
}

#[test]
fn the_summary_adds_up_the_cells_for_the_city_and_each_unit() {
    let cells = coverage(&[]);
    let summary = run(&["coverage", "--summary", "--format", "json"])
        .done()
        .json();
    let covered: u64 = cells
        .values()
        .filter(|cell| cell.covered)
        .map(|cell| cell.population)
        .sum();
    let far: u64 = cells
        .values()
        .filter(|cell| cell.approximate)
        .map(|cell| cell.population)
        .sum();
    let city = &summary["city"];
    assert_eq!(
        (
            &city["population"],
            &city["covered"],
            &city["far_population"]
        ),
        (&CITY.into(), &covered.into(), &far.into())
    );
    let share = city["share"].as_f64().expect("a share");
    assert!(
        (share - covered as f64 / CITY as f64).abs() < 1e-6,
        "{share}"
    );
    let units = summary["units"].as_array().expect("units");
    assert_eq!(units.len(), 126);
    for unit in units {
        let code = unit["unit"].as_str().expect("a code");
        let here: u64 = cells
            .values()
            .filter(|cell| cell.unit == code && cell.covered)
            .map(|cell| cell.population)
            .sum();
        assert_eq!(unit["covered"], here, "{unit}");
    }
}

#[test]
fn kilometres_are_great_circles_from_the_cells_centres() {
    let cells = with_points(&temp(), PLACES, &[]);
    let mut wrong = Vec::new();
    for cell in cells.values() {
        let from = centre(&cell.cell);
        let km = |p: &Place| haversine_km(from, (p.lon, p.lat));
        let nearest = PLACES
            .iter()
            .min_by(|a, b| km(a).total_cmp(&km(b)))
            .expect("there are places");
        if (cell.km - km(nearest)).abs() > 0.001 || cell.nearest_by_distance != nearest.id {
            wrong.push(format!(
                "{cell:?} is {} km from {}",
                km(nearest),
                nearest.id
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {:#?}",
        wrong.len(),
        cells.len(),
        &wrong[..wrong.len().min(5)]
    );
}

#[test]
fn minutes_lie_between_the_fastest_road_and_the_direct_leg() {
    let cells = with_points(&temp(), PLACES, &[]);
    for cell in cells.values() {
        let direct = cell.km * DETOUR / 15.0 * 60.0;
        let fastest = cell.km / 25.0 * 60.0;
        assert!(
            cell.minutes <= direct + 0.02,
            "longer than the direct leg of {direct}: {cell:?}"
        );
        // Simplified roads may cut a corner by a little.
        assert!(
            cell.minutes >= fastest * 0.99 - 0.02,
            "faster than a straight road of {fastest}: {cell:?}"
        );
        let on_the_edge = (cell.access_km - 1.0).abs() < 0.000_6;
        assert!(
            on_the_edge || cell.approximate == (cell.access_km > 1.0),
            "{cell:?}"
        );
        assert!(
            PLACES.iter().any(|p| p.id == cell.nearest_by_time),
            "{cell:?}"
        );
    }
}

/// What a rule makes of *in time* and *near*.
type Rule = fn(bool, bool) -> bool;

#[test]
fn each_rule_means_what_the_contract_says() {
    let dir = temp();
    let rules: [(&str, Rule); 4] = [
        ("any", |t, d| t || d),
        ("all", |t, d| t && d),
        ("time", |t, _| t),
        ("distance", |_, d| d),
    ];
    for (rule, means) in rules {
        for cell in with_points(
            &dir,
            PLACES,
            &["--rule", rule, "--minutes", "20", "--km", "4"],
        )
        .values()
        {
            let on_the_edge =
                (cell.minutes - 20.0).abs() < 0.006 || (cell.km - 4.0).abs() < 0.000_6;
            let expected = means(cell.minutes < 20.0, cell.km <= 4.0);
            assert!(on_the_edge || cell.covered == expected, "{rule}: {cell:?}");
        }
    }
    let defaults = with_points(&dir, PLACES, &[]);
    let spelled = with_points(
        &dir,
        PLACES,
        &[
            "--mode",
            "motorbike",
            "--rule",
            "any",
            "--minutes",
            "30",
            "--km",
            "5",
        ],
    );
    assert!(
        defaults
            .values()
            .zip(spelled.values())
            .all(|(a, b)| a.covered == b.covered && a.minutes == b.minutes)
    );
}

/// Every cell is as near or nearer, and as covered or more, than before.
fn assert_no_worse(before: &BTreeMap<String, Cell>, after: &BTreeMap<String, Cell>) {
    assert_eq!(
        before.len(),
        after.len(),
        "the cells are the pack's, whatever the points"
    );
    for (was, is) in before.values().zip(after.values()) {
        assert!(
            is.minutes <= was.minutes && is.km <= was.km && is.covered >= was.covered,
            "{was:?} became {is:?}"
        );
        assert_eq!(is.population, was.population);
    }
}

#[test]
fn adding_a_point_never_lowers_coverage() {
    let dir = temp();
    let mut before = with_points(&dir, &PLACES[..1], &[]);
    for n in 2..=PLACES.len() {
        let after = with_points(&dir, &PLACES[..n], &[]);
        assert_no_worse(&before, &after);
        before = after;
    }
    let people = |cells: &BTreeMap<String, Cell>| {
        cells
            .values()
            .filter(|cell| cell.covered)
            .map(|cell| cell.population)
            .sum::<u64>()
    };
    assert!(people(&before) > people(&with_points(&dir, &PLACES[..1], &[])));
}

#[test]
fn a_closed_point_and_a_kind_not_asked_for_do_not_count() {
    let dir = temp();
    let alone = with_points(&dir, &PLACES[..1], &[]);
    let with_closed = [
        PLACES[0],
        Place {
            open: false,
            ..PLACES[1]
        },
    ];
    let with_kiosk = [
        PLACES[0],
        Place {
            kind: "kiosk",
            ..PLACES[1]
        },
    ];
    let minutes = |cells: &BTreeMap<String, Cell>| {
        cells.values().map(|cell| cell.minutes).collect::<Vec<_>>()
    };
    assert_eq!(
        minutes(&with_points(&dir, &with_closed, &[])),
        minutes(&alone),
        "closed"
    );
    assert_eq!(
        minutes(&with_points(&dir, &with_kiosk, &[])),
        minutes(&alone),
        "a kiosk, by default"
    );
    assert_ne!(
        minutes(&with_points(
            &dir,
            &with_kiosk,
            &["--kinds", "branch,kiosk"]
        )),
        minutes(&alone),
        "a kiosk, asked for"
    );
    assert_eq!(
        minutes(&with_points(&dir, PLACES, &["--kinds", "branch"])),
        minutes(&alone),
        "branches only"
    );
}

#[test]
fn walking_is_never_quicker() {
    let dir = temp();
    let (ride, walk) = (
        with_points(&dir, PLACES, &[]),
        with_points(&dir, PLACES, &["--mode", "walk"]),
    );
    for (ride, walk) in ride.values().zip(walk.values()) {
        assert!(walk.minutes >= ride.minutes, "{ride:?} {walk:?}");
        assert_eq!(walk.km, ride.km);
    }
}

#[test]
fn a_place_too_far_away_is_rejected_and_the_others_are_used() {
    let dir = temp();
    let far = [PLACES[0], place("saigon", "point", 106.7, 10.78)];
    let path = points_file(dir.path(), "far.csv", &far);
    let run = run(&[
        "coverage",
        "--points",
        path.to_str().expect("UTF-8"),
        "--format",
        "csv",
    ]);
    assert!(
        run.stderr.contains("saigon")
            || run.stderr.contains("row 2")
            || run.stderr.contains("line 3"),
        "{}",
        run.stderr
    );
    let run = run.done();
    assert!(!run.stdout.contains("saigon"));
    assert!(run.stdout.contains("ba-dinh"));
}

#[test]
fn the_pack_is_described_and_the_geojson_holds_the_same_cells() {
    let geojson: Value = run(&["coverage", "--format", "geojson"]).done().json();
    assert_eq!(geojson["type"], "FeatureCollection");
    let features = geojson["features"].as_array().expect("features");
    assert_eq!(features.len(), coverage(&[]).len());
    assert_eq!(features[0]["geometry"]["type"], "Polygon");
    assert!(features[0]["properties"]["cell"].is_string());
}
