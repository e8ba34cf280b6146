//! Proves that the built program makes a pack from what a city has, tells what it left out and what that
//! does, and answers from it.

use std::path::{Path, PathBuf};

use harness::program::run;
use harness::shared;
use serde_json::Value;

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// Writes files of a small city with some mistakes, and gives the arguments that build it.
fn small_city(folder: &Path) -> Vec<String> {
    let write = |name: &str, content: &str| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    };
    let square = |west: f64| {
        let east = west + 0.04;
        format!("[[[{west},21.0],[{east},21.0],[{east},21.04],[{west},21.04],[{west},21.0]]]")
    };
    let unit = |code: &str, west: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":{}}}}}"#,
            square(west)
        )
    };
    let units = format!(
        r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
        unit("00001", 105.8),
        unit("00002", 105.84)
    );
    let roads = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":[[105.80,21.02],[105.839,21.02]]}},
{"type":"Feature","properties":{"route":"ferry"},"geometry":{"type":"LineString","coordinates":[[105.839,21.02],[105.841,21.02]]}},
{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":[[105.841,21.02],[105.88,21.02]]}}]}"#;
    let files = [
        ("--units", write("units.geojson", &units)),
        (
            "--attributes",
            write(
                "table.csv",
                "code,name,kind,area_legal,pop\n00001,Phường Một,phuong,18.5,1000\n00002,Xã Hai,xa,18.5,500\n00003,Xã Ba,xa,1,77\n",
            ),
        ),
        (
            "--population",
            write(
                "people.csv",
                "lon,lat,pop\n105.82,21.01,1\n105.86,21.01,1\n105.82,21.03,1\n105.86,21.03,1\n",
            ),
        ),
        ("--roads", write("roads.geojson", roads)),
        (
            "--points",
            write(
                "points.csv",
                "id,name,kind,lon,lat\nA,Điểm A,branch,105.82,21.02\nB,Điểm B,point,21.02,105.82\n",
            ),
        ),
        ("--out", folder.join("city.vlpack")),
        ("--report", folder.join("report.json")),
    ];
    let mut arguments = vec!["pack".to_owned(), "build".to_owned()];
    for (name, path) in files {
        arguments.extend([name.to_owned(), text(&path).to_owned()]);
    }
    arguments
}

#[test]
fn a_city_with_mistakes_is_built_told_and_asked() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let arguments = small_city(folder.path());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let built = run(&arguments).done();
    for said in [
        "points.csv: line 3: `B` at 21.02, 105.82",
        "they look exchanged",
        "table.csv: line 4 (00003): has no outline",
        "effect: units: 1 of the table are left out, and with them 77 people",
        "effect: points: 1 of 2 rows are used",
    ] {
        assert!(built.stderr.contains(said), "{said} in {}", built.stderr);
    }
    let report = std::fs::read(folder.path().join("report.json")).expect("the report is there");
    let report: Value = serde_json::from_slice(&report).expect("the report is JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(2));

    let pack = folder.path().join("city.vlpack");
    let shown = run(&["pack", "show", text(&pack), "--json"]).done().json();
    assert_eq!(shown["population"], 1500);
    assert_eq!(shown["road_parts"], 1, "the ferry joins the banks");
    assert_eq!(
        shown["sources"][0]["sha256"].as_str().map(str::len),
        Some(64)
    );

    // Over the ferry: 10 minutes of wait, and some 200 m of water at 8 km/h.
    let asked = run(&[
        "coverage",
        "--pack",
        text(&pack),
        "--mode",
        "motorbike",
        "--format",
        "json",
    ])
    .done()
    .json();
    let rows = asked["rows"].as_array();
    let minutes = |unit: &str| -> f64 {
        let of_unit = rows
            .expect("rows of cells")
            .iter()
            .filter(|row| row["unit"] == unit);
        of_unit
            .filter_map(|row| row["minutes"].as_f64())
            .fold(f64::INFINITY, f64::min)
    };
    assert!(minutes("00001") < 3.0);
    assert!(
        (10.0..20.0).contains(&minutes("00002")),
        "{}",
        minutes("00002")
    );

    // It was built without a timetable.
    let by_bus = run(&["bus", "--pack", text(&pack), "--summary"]);
    assert_eq!(by_bus.code, 2, "{}", by_bus.stderr);
    assert!(by_bus.stderr.contains("--gtfs"), "{}", by_bus.stderr);
}

#[test]
fn packs_of_another_format_say_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("old.vlpack");
    for (version, word) in [(1u16, "make it again"), (99, "newer program")] {
        let mut bytes = b"VLPACK\r\n".to_vec();
        bytes.extend_from_slice(&version.to_le_bytes());
        bytes.extend_from_slice(&[0; 20]);
        std::fs::write(&path, bytes).expect("a file can be written");
        let shown = run(&["pack", "show", text(&path)]);
        assert_eq!(shown.code, 1);
        assert!(shown.stderr.contains("old.vlpack"), "{}", shown.stderr);
        assert!(shown.stderr.contains(word), "{}", shown.stderr);
    }
}

#[test]
fn hanois_buses_are_kept_in_a_pack() {
    let test = "hanois_buses_are_kept_in_a_pack";
    let files = [
        ("--units", "data/hanoi/hanoi_126_simpl15m.geojson"),
        ("--attributes", "data/hanoi/hanoi_126_table.csv"),
        ("--population", "data/hanoi/worldpop2020_1km_hanoi_bbox.csv"),
        ("--roads", "data/roads/hanoi_osm_busroads_unique.geojson.gz"),
    ];
    let mut arguments = vec!["pack".to_owned(), "build".to_owned()];
    for (name, file) in files {
        let Some(path) = shared::file(test, file) else {
            return;
        };
        arguments.extend([name.to_owned(), text(&path).to_owned()]);
    }
    let Some(stops) = shared::file(test, "data/transit/stops.txt") else {
        return;
    };
    let feed = stops.parent().expect("a file is in a folder");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let out = folder.path().join("hanoi.vlpack");
    let rest = ["--gtfs", text(feed), "--out", text(&out)];
    arguments.extend(rest.map(str::to_owned));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let built = run(&arguments).done();
    assert!(
        built.stderr.contains("effect: timetable: "),
        "{}",
        built.stderr
    );
    let shown = run(&["pack", "show", text(&out), "--json"]).done().json();
    assert!(
        shown["timetable"]["trips"].as_u64() > Some(5_000),
        "{shown}"
    );
    // Who asks by bus with this pack needs no feed any more.
    let by_bus = ["bus", "--pack", text(&out), "--summary"];
    let of_pack = run(&by_bus).done();
    let of_feed = run(&[&by_bus[..], &["--gtfs", text(feed)]].concat()).done();
    assert_eq!(of_pack.stdout, of_feed.stdout);
}
