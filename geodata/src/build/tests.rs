//! Building from the real files, and from small ones with mistakes.

use super::*;
use crate::{LonLat, Mode, RoadClass, SnapIndex};
use std::path::PathBuf;

/// Where the real files are.
fn shared_data() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let root = std::env::var("VONGLAU_SHARED").unwrap_or_else(|_| beside.to_owned());
    PathBuf::from(root).join("data")
}

/// A real file, or `None` (told in one line) where the shared folder is absent.
fn shared(path: &str) -> Option<Vec<u8>> {
    let file = shared_data().join(path);
    match std::fs::read(&file) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!is_ci, "{} is needed: {error}", file.display());
            eprintln!("skipped: {} is not there", file.display());
            None
        }
    }
}

fn file<'a>(name: &'a str, bytes: &'a [u8]) -> InputFile<'a> {
    InputFile::in_memory(name, bytes)
}

fn build(inputs: &Inputs<'_>) -> Result<Pack, BuildError> {
    super::build(inputs).map(|built| built.pack)
}

fn read_pbf(file: InputFile<'_>, bounds: geo::Rect<f64>) -> Result<Lines, BuildError> {
    super::read_pbf(file, bounds, &mut Report::default()).map(|extract| extract.lines)
}

fn all_of_the_earth() -> geo::Rect<f64> {
    geo::Rect::new((-180.0, -90.0), (180.0, 90.0))
}

const PBF: &str = "roads/hanoi_center_bbbike_2026-05-05.osm.pbf";

#[test]
fn hanoi_builds_from_the_shared_files_to_what_is_committed() {
    let paths = [
        "hanoi/hanoi_126.geojson",
        "hanoi/hanoi_126_table.csv",
        "hanoi/worldpop2020_1km_hanoi_bbox.csv",
        "roads/hanoi_osm_busroads_unique.geojson.gz",
        "hanoi/hanoi_126_simpl15m.geojson",
        "hanoi/old_districts.csv",
        "hanoi/old_district_seats.csv",
    ];
    let Some(files) = paths
        .iter()
        .map(|path| shared(path))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let input = |at: usize| file(paths[at], &files[at]);
    let committed = Pack::hanoi().unwrap();
    let terms = include_bytes!("../../packs/hanoi.terms.csv");
    let feed = shared_data().join("transit");
    let inputs = Inputs {
        name: &committed.meta.name,
        version: &committed.meta.version,
        command: &committed.meta.command,
        units: input(0),
        attributes: input(1),
        population: input(2),
        roads: input(3),
        outlines: Some(input(4)),
        districts: Some(input(5)),
        branches: Some(input(6)),
        points: None,
        gtfs: Some(&feed),
        terms: Some(file("hanoi.terms.csv", terms)),
    };
    let super::Built {
        pack: built,
        report,
    } = super::build(&inputs).unwrap();
    // Calls of the bus timetable at stops that no bus could have come from in the time.
    let (calls, others): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|finding| finding.file == "stop_times.json");
    assert_eq!(calls.len(), 594);
    assert!(
        others.is_empty(),
        "the other files have no odd row: {others:?}"
    );
    println!("{:#?}", report.effects);
    assert!(
        built.write().unwrap() == committed.write().unwrap(),
        "the committed pack is stale"
    );

    // Every cell's centre lies in the detailed outline of its unit.
    let detailed = geometry::read_outlines(input(0), &mut Report::default()).unwrap();
    for cell in built.cells.iter().step_by(7) {
        let centre = cell.centre();
        let outline = &detailed[&built.units[cell.unit.at()].code];
        assert!(geo::Contains::contains(
            outline,
            &geo::Point::new(centre.lon, centre.lat)
        ));
    }

    // With the contract's four files alone, the same people and cells.
    let least = Inputs {
        outlines: None,
        districts: None,
        branches: None,
        gtfs: None,
        terms: None,
        ..inputs
    };
    let least = build(&least).unwrap();
    assert_eq!(least.cells, built.cells);
    assert_eq!(least.points.len(), 126);
    assert!(least.write().unwrap().len() < 5_000_000);
}

#[test]
fn a_classed_extract_reads_with_classes_directions_and_access() {
    let Some(bytes) = shared(PBF) else { return };
    let lines = read_pbf(file("centre.osm.pbf", &bytes), all_of_the_earth()).unwrap();
    assert!(lines.len() > 1_000, "{} lines", lines.len());
    let network = chain::network(lines).unwrap();
    let edges = network.edges();
    let count = |is: &dyn Fn(&crate::Edge) -> bool| edges.iter().filter(|edge| is(edge)).count();
    println!(
        "{} junctions, {} edges, {:.1} km",
        network.nodes().len(),
        edges.len(),
        network.length_km()
    );
    assert_eq!(count(&|edge| edge.traits.class.is_none()), 0);
    assert!(count(&|edge| edge.traits.oneway) > 100);
    assert!(count(&|edge| !edge.traits.oneway) > 100);
    assert!(count(&|edge| edge.traits.class == Some(RoadClass::Residential)) > 100);
    assert!(count(&|edge| !edge.traits.admits.contains(Mode::Car)) > 0);
    assert!(
        edges
            .iter()
            .all(|edge| edge.length_m > 0.0 && edge.length_m < 5_000.0)
    );
    // In the middle of town no place is far from a road.
    let nodes = network.nodes();
    let sum = |of: fn(&LonLat) -> f64| nodes.iter().map(of).sum::<f64>() / nodes.len() as f64;
    let middle = LonLat {
        lon: sum(|node| node.lon),
        lat: sum(|node| node.lat),
    };
    println!("middle {middle:?}");
    let index = SnapIndex::new(&network, |_| true);
    assert!(index.nearest(middle).unwrap().access_km < 0.3);
}

#[test]
fn a_city_builds_on_a_classed_extract_and_survives_writing() {
    let paths = [
        "hanoi/hanoi_126_simpl15m.geojson",
        "hanoi/hanoi_126_table.csv",
        "hanoi/worldpop2020_1km_hanoi_bbox.csv",
        PBF,
    ];
    let Some(files) = paths
        .iter()
        .map(|path| shared(path))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let input = |at: usize| file(paths[at], &files[at]);
    let pack = build(&Inputs {
        name: "Hà Nội",
        version: "test",
        command: "",
        units: input(0),
        attributes: input(1),
        population: input(2),
        roads: input(3),
        outlines: None,
        districts: None,
        branches: None,
        points: None,
        gtfs: None,
        terms: None,
    })
    .unwrap();
    let again = Pack::read(&pack.write().unwrap()).unwrap();
    assert_eq!(again, pack);
    assert_eq!(again.write().unwrap(), pack.write().unwrap());
}

#[test]
fn a_damaged_extract_is_an_error_and_no_panic() {
    let Some(bytes) = shared(PBF) else { return };
    for keep in [0, 1, 4, 100, 5_000, bytes.len() / 2] {
        let cut = &bytes[..keep];
        // An empty file is an extract of nothing; any other is refused or holds less.
        let _ = read_pbf(file("cut.osm.pbf", cut), all_of_the_earth());
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20 {
        let mut damaged = bytes.clone();
        for _ in 0..8 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let at = (state >> 20) as usize % damaged.len();
            damaged[at] = state as u8;
        }
        let _ = read_pbf(file("damaged.osm.pbf", &damaged), all_of_the_earth());
    }
}

const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"00001"},
    "geometry":{"type":"Polygon","coordinates":[[[105.8,21.0],[105.83,21.0],[105.83,21.03],[105.8,21.03],[105.8,21.0]]]}}]}"#;
const TABLE: &str = "code,name,kind,area_legal,pop\n00001,Phường Thử,phuong,10.3,1001\n";
const GRID: &str =
    "lon,lat,pop\n105.80,21.00,10\n105.82,21.00,10\n105.80,21.02,30\n105.82,21.02,30\n";
const ROADS: &str = r#"{"type":"FeatureCollection","features":[
    {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[]}},
    {"type":"Feature","properties":{"highway":"primary","oneway":"-1"},"geometry":{"type":"LineString","coordinates":[[105.8,21.0],[105.81,21.01]]}},
    {"type":"Feature","properties":null,"geometry":{"type":"LineString","coordinates":[[105.81,21.01],[105.82,21.01]]}}]}"#;

fn small<'a>(units: &'a str, table: &'a str, grid: &'a str, roads: &'a str) -> Inputs<'a> {
    Inputs {
        name: "Thử",
        version: "1",
        command: "",
        units: file("units", units.as_bytes()),
        attributes: file("table", table.as_bytes()),
        population: file("grid", grid.as_bytes()),
        roads: file("roads", roads.as_bytes()),
        outlines: None,
        districts: None,
        branches: None,
        points: None,
        gtfs: None,
        terms: None,
    }
}

#[test]
fn a_small_city_builds_without_the_optional_files() {
    let pack = build(&small(SQUARE, TABLE, GRID, ROADS)).unwrap();
    assert_eq!(
        pack.cells.iter().map(|cell| cell.population).sum::<u32>(),
        1001
    );
    assert!(
        pack.units[0].contains(pack.units[0].seat),
        "a seat inside is found"
    );
    assert_eq!(pack.units[0].seat_class, CoordClass::C);
    // The line drawn against its direction of traffic is turned round.
    let oneway = pack
        .roads
        .edges()
        .iter()
        .find(|edge| edge.traits.oneway)
        .unwrap();
    assert_eq!(
        pack.roads.nodes()[oneway.to.0 as usize],
        LonLat {
            lon: 105.8,
            lat: 21.0
        }
    );
    assert_eq!(pack.meta.sources[3].licence, "ODbL 1.0");
}

#[test]
fn mistakes_name_their_file_and_say_what_is_wrong() {
    let cases = [
        (small("{}", TABLE, GRID, ROADS), "units"),
        (
            small(SQUARE, "code,name\n1,a\n", GRID, ROADS),
            "table: line 2",
        ),
        (
            small(
                SQUARE,
                "code,name,kind,area_legal,pop\n00002,A,xa,1,1\n",
                GRID,
                ROADS,
            ),
            "00002",
        ),
        (small(SQUARE, TABLE, "lon,lat,pop\n", ROADS), "grid"),
        (
            small(
                SQUARE,
                TABLE,
                GRID,
                "{\"type\":\"FeatureCollection\",\"features\":[]}",
            ),
            "roads",
        ),
        (small(SQUARE, TABLE, GRID, "not json"), "roads"),
    ];
    for (inputs, expected) in cases {
        let message = build(&inputs).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}
