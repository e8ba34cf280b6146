//! Bad input, each kind once: what is wrong is told by file, row and name, the rest is used, and
//! the effect is said. And what the shared data has none of: ferries, feeds with mistakes.

use super::{
    small::{GRID, Small, TABLE, UNITS, assert_told},
    *,
};
use crate::{LonLat, Mode, RoadClass};

#[path = "../../examples/bench_pack/pbf.rs"]
mod pbf;

#[test]
fn good_files_have_no_finding() {
    let (pack, findings, effects) = Small::default().told();
    assert_told(&findings, &[]);
    assert_eq!(pack.population(), 1_500);
    // Cells up to 2.2 km from the one road: told, for its owner to know.
    assert!(effects.contains("over 1 km from any road"), "{effects}");
}

#[test]
fn units_without_a_partner_duplicates_and_bad_rows_cost_themselves_only() {
    let units = UNITS.replace(
        "\"features\":[",
        r#""features":[
{"type":"Feature","properties":{},"geometry":null},
{"type":"Feature","properties":{"code":"00009"},"geometry":{"type":"Polygon","coordinates":[[[21.0,105.8],[21.0,105.84],[21.04,105.84],[21.0,105.8]]]}},
{"type":"Feature","properties":{"code":"00002"},"geometry":{"type":"Polygon","coordinates":[[[105.84,21.0],[105.88,21.0],[105.88,21.04],[105.84,21.04],[105.84,21.0]]]}},"#,
    );
    let table = format!(
        "{TABLE}00001,Phường Một,phuong,18.5,7000\n00003,Xã Ba,xa,18.5,300\n00004,Xã Bốn,huyen,1,1\n00005,Xã Năm,xa,rộng,1\n"
    );
    let small = Small {
        units: &units,
        table: &table,
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    assert_told(
        &findings,
        &[
            ("units.geojson: feature 1: ", "code"),
            ("units.geojson: feature 2 (00009): ", "exchanged"),
            ("units.geojson: feature 5 (00002): ", "the first is used"),
            ("table.csv: line 7 (00005): ", "field 4"),
            ("table.csv: line 4 (00001): ", "the first row is used"),
            ("table.csv: line 6 (00004): ", "huyen"),
            ("table.csv: line 5 (00003): ", "300 people"),
        ],
    );
    assert_eq!(pack.population(), 1_500);
    assert!(
        effects.contains("1 of the table are left out, and with them 300 people"),
        "{effects}"
    );
}

#[test]
fn an_outline_that_crosses_itself_is_told_where() {
    let bow_tie = UNITS.replace(
        "[[[105.84,21.0],[105.88,21.0],[105.88,21.04],[105.84,21.04],[105.84,21.0]]]",
        "[[[105.84,21.0],[105.88,21.04],[105.88,21.0],[105.84,21.04],[105.84,21.0]]]",
    );
    let small = Small {
        units: &bow_tie,
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    assert_told(
        &findings,
        &[("units.geojson: feature 2 (00002): ", "105.86000, 21.02000")],
    );
    assert_eq!(pack.units.len(), 2);
    assert!(
        effects.contains("unit 00002 (Xã Hai): its outline has"),
        "{effects}"
    );
}

#[test]
fn seats_and_branches_out_of_town_are_replaced_and_left_out() {
    let table = "code,name,kind,area_legal,pop,hq_lon,hq_lat,hq_src\n\
        00001,Phường Một,phuong,18.5,1000,21.02,105.82,A_x\n00002,Xã Hai,xa,18.5,500,15.86,21.02,A_x\n";
    let branches = "old_district,seat_unit_code,lon,lat\n\
        Quận A,00001,105.82,21.02\nQuận B,00001,21.02,105.82\nQuận C,00002,106.9,21.02\nQuận D,00077,105.82,21.02\n";
    let small = Small {
        table,
        branches: Some(branches),
        ..Small::default()
    };
    let (pack, findings, _) = small.told();
    assert_told(
        &findings,
        &[
            ("table.csv: line 2 (00001): ", "exchanged"),
            ("table.csv: unit (00002): ", "km outside"),
            ("branches.csv: line 3 (Quận B): ", "exchanged"),
            ("branches.csv: line 4 (Quận C): ", "km outside"),
            ("branches.csv: line 5 (Quận D): ", "00077"),
        ],
    );
    assert_eq!(pack.points.len(), 3);
    assert!(pack.units.iter().all(|unit| unit.contains(unit.seat)));
    assert!(
        pack.units
            .iter()
            .all(|unit| unit.seat_class == CoordClass::C)
    );
}

#[test]
fn the_citys_own_points_replace_the_seats() {
    let points = "id,name,kind,lon,lat,unit,open\n\
        A,Điểm A,branch,105.82,21.02,00001,true\n\
        B,Điểm B,point,105.9,21.02,,\n\
        C,Điểm C,point,106.9,21.02,,\n\
        D,Điểm D,point,21.02,105.82,,\n\
        A,Điểm A,branch,105.83,21.02,00001,true\n\
        E,Điểm E,kiosk,105.82,21.02,,false\n\
        F,Điểm F,shop,105.82,21.02,,\n";
    let small = Small {
        points: Some(points),
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    let ids: Vec<&str> = pack.points.iter().map(|point| point.id.as_str()).collect();
    assert_eq!(ids, ["A", "B", "E"]);
    assert_told(
        &findings,
        &[
            ("points.csv: line 4: ", "`C` at 106.9, 21.02"),
            ("points.csv: line 5: ", "exchanged"),
            ("points.csv: line 6: ", "`A` stands in the file twice"),
            ("points.csv: line 8: ", "shop"),
            ("points.csv: line 3 (B): ", "2.1 km outside"),
            ("points.csv: point (E): ", "very place of `A`"),
        ],
    );
    assert!(
        effects.contains("points: 3 of 7 rows are used, 1 of them outside"),
        "{effects}"
    );
    let none = Small {
        points: Some("id,name,kind,lon,lat\nx,X,point,1,1\n"),
        ..Small::default()
    };
    let message = none.build().unwrap_err().to_string();
    assert!(
        message.starts_with("points.csv: holds no usable point (line 2: "),
        "{message}"
    );
}

#[test]
fn squares_that_are_none_and_repeated_ones_are_left_out() {
    let grid = format!("{GRID}21.03,105.87,5\n105.87,21.03,-1\n105.81,21.01,999\n105.83,x,1\n");
    let small = Small {
        grid: grid.as_bytes(),
        ..Small::default()
    };
    let (pack, findings, _) = small.told();
    assert_told(
        &findings,
        &[
            ("people: line 13 (105.83): ", "field 2"),
            ("people: line 10: ", "exchanged"),
            ("people: line 11: ", "-1 people"),
            ("people: line 12: ", "the first is used"),
        ],
    );
    assert_eq!(pack.cells, Small::default().told().0.cells);
}

#[test]
fn a_unit_without_people_in_the_grid_is_told() {
    let grid = "lon,lat,pop\n105.81,21.01,10\n105.82,21.01,10\n105.81,21.03,10\n";
    let small = Small {
        grid: grid.as_bytes(),
        ..Small::default()
    };
    let (pack, findings, _) = small.told();
    assert_told(
        &findings,
        &[("people: unit (00002): ", "500 people are spread by area")],
    );
    assert_eq!(pack.population(), 1_500);
}

#[test]
fn roads_in_two_pieces_are_told_with_who_is_cut_off() {
    // The second piece lies in the second unit, far from the first and without a point.
    let roads = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"Phố Tây"},"geometry":{"type":"LineString","coordinates":[[105.80,21.02],[105.84,21.02]]}},
{"type":"Feature","properties":{"name":"Phố Tây"},"geometry":{"type":"LineString","coordinates":[[105.80,21.02],[105.84,21.02]]}},
{"type":"Feature","properties":{"name":"Phố Lạ"},"geometry":{"type":"LineString","coordinates":[[21.02,105.80],[21.02,105.84]]}},
{"type":"Feature","properties":{"name":"Đường Đảo"},"geometry":{"type":"LineString","coordinates":[[105.86,21.0],[105.86,21.03]]}}]}"#;
    let points = "id,name,kind,lon,lat\nA,Điểm A,branch,105.82,21.02\n";
    let small = Small {
        roads: ("roads.geojson", roads.as_bytes()),
        points: Some(points),
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    assert_told(
        &findings,
        &[
            ("roads.geojson: feature 2 (Phố Tây): ", "used once"),
            ("roads.geojson: feature 3 (Phố Lạ): ", "exchanged"),
        ],
    );
    assert_eq!(pack.roads.component_count(), 2);
    assert!(
        effects.contains("in 2 parts with no road or ferry between them"),
        "{effects}"
    );
    assert!(effects.contains("no point is on it"), "{effects}");
    // Not the whole second unit: its western cells are nearer to the first piece.
    let island = effects
        .lines()
        .find(|line| line.contains("is an island"))
        .unwrap();
    let people: u64 = island
        .split("cells with ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((300..=500).contains(&people), "{island}");
}

const WORDS: [&str; 10] = [
    "",
    "highway",
    "primary",
    "residential",
    "route",
    "ferry",
    "motor_vehicle",
    "no",
    "oneway",
    "yes",
];

/// Two banks of a river, each with a street, and a ferry between; with a way that lacks a node.
fn river() -> Vec<u8> {
    let at = |lon: f64, lat: f64| ((lon * 1e7) as i64, (lat * 1e7) as i64);
    let places = [
        at(105.80, 21.02),
        at(105.83, 21.02),
        at(105.85, 21.02),
        at(105.88, 21.02),
        at(105.83, 21.03),
    ];
    let nodes: Vec<pbf::Node> = (1..)
        .zip(places)
        .map(|(id, (lon, lat))| (id, lon, lat))
        .collect();
    let way = |id, nodes: &[i64], tags: &[(u64, u64)]| pbf::Way {
        id,
        nodes: nodes.to_vec(),
        tags: tags.to_vec(),
    };
    let ways = [
        way(11, &[1, 2], &[(1, 2)]),
        way(12, &[2, 3], &[(4, 5)]),
        way(13, &[3, 4], &[(1, 3), (8, 9)]),
        way(14, &[2, 5, 99], &[(1, 3)]),
    ];
    let mut bytes = Vec::new();
    pbf::header(&mut bytes, 1_758_672_000).unwrap();
    pbf::nodes(&mut bytes, &nodes).unwrap();
    pbf::ways(&mut bytes, &WORDS, &ways[..2]).unwrap();
    pbf::ways(&mut bytes, &WORDS, &ways[2..]).unwrap();
    bytes
}

#[test]
fn a_ferry_joins_two_banks_and_nobody_gets_on_in_the_river() {
    let bytes = river();
    let small = Small {
        roads: ("river.osm.pbf", &bytes),
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    assert_told(
        &findings,
        &[(
            "river.osm.pbf: way 14: ",
            "1 of its 3 nodes are not in the file",
        )],
    );
    assert_eq!(pack.roads.component_count(), 1, "{effects}");
    let ferry = pack
        .roads
        .edges()
        .iter()
        .find(|edge| edge.traits.class == Some(RoadClass::Ferry))
        .unwrap();
    assert!(
        ferry.traits.admits.contains(Mode::Motorbike) && !ferry.traits.admits.contains(Mode::Car)
    );
    let middle = LonLat {
        lon: 105.84,
        lat: 21.02,
    };
    let snap = crate::SnapIndex::new(&pack.roads, |_| true)
        .nearest(middle)
        .unwrap();
    assert!(snap.access_km > 0.9, "the nearest road is a bank, {snap:?}");
    assert_eq!(pack.meta.sources[3].date.as_deref(), Some("2025-09-24"));
    assert_eq!(pack.meta.sources[3].sha256.len(), 64);
}

#[test]
fn an_extract_that_is_cut_is_used_up_to_the_cut() {
    let bytes = river();
    let cut = &bytes[..bytes.len() - 10];
    let small = Small {
        roads: ("cut.osm.pbf", cut),
        ..Small::default()
    };
    let (pack, findings, _) = small.told();
    assert_told(
        &findings,
        &[("cut.osm.pbf: after byte ", "the 3 blocks before are used")],
    );
    assert_eq!(pack.roads.edges().len(), 2);
    // Where no road is left, there is no pack, and the message says that the file is cut.
    let small = Small {
        roads: ("cut.osm.pbf", &bytes[..bytes.len() / 2]),
        ..Small::default()
    };
    let message = small.build().unwrap_err().to_string();
    assert!(
        message.contains("cut short") && message.contains("download"),
        "{message}"
    );
    // A block damaged inside costs that block.
    let mut damaged = bytes.clone();
    let last = damaged.len() - 5;
    damaged[last] ^= 0xff;
    let small = Small {
        roads: ("damaged.osm.pbf", &damaged),
        ..Small::default()
    };
    let (_, findings, _) = small.told();
    assert_told(&findings, &[("damaged.osm.pbf: byte ", "left out")]);
}

#[test]
fn a_feed_is_kept_in_the_pack_and_its_bad_rows_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "stops.txt",
        "stop_id,stop_name,stop_lat,stop_lon\nS1,Một,21.02,105.81\nS2,Hai,21.02,105.85\n",
    );
    write(
        "routes.txt",
        "route_id,route_short_name,route_long_name\nR,01,Tây – Đông\n",
    );
    write("trips.txt", "route_id,service_id,trip_id\nR,W,T1\nR,W,T2\n");
    write(
        "calendar.txt",
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,0,0,20250101,20261231\n",
    );
    write(
        "stop_times.txt",
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n\
         T1,23:50:00,23:50:00,S1,1\nT1,24:10:00,24:10:00,S2,2\nT1,24:20:00,24:20:00,S9,3\n\
         T2,08:00:00,08:00:00,S1,1\nT2,08:xx:00,08:20:00,S2,2\n",
    );
    let small = Small {
        gtfs: Some(folder.path()),
        ..Small::default()
    };
    let (pack, findings, effects) = small.told();
    let timetable = pack.timetable.as_ref().unwrap();
    assert_eq!(timetable.stops().len(), 2);
    let latest = timetable
        .patterns()
        .iter()
        .flat_map(|pattern| &pattern.calls)
        .map(|call| call.arrival)
        .max();
    assert_eq!(latest, Some(24 * 3600 + 600));
    assert!(
        findings[0].starts_with("stop_times.txt: row 4 ("),
        "{findings:#?}"
    );
    assert!(findings[0].contains("S9"), "{findings:#?}");
    assert!(
        findings
            .iter()
            .any(|finding| finding.starts_with("stop_times.txt: row 6 (")),
        "{findings:#?}"
    );
    assert!(effects.contains("1 trips run past midnight"), "{effects}");
    let parts: Vec<&str> = pack
        .meta
        .sources
        .iter()
        .filter(|s| s.part == "gtfs")
        .map(|s| s.file.as_str())
        .collect();
    assert_eq!(
        parts,
        [
            "stops.txt",
            "routes.txt",
            "trips.txt",
            "stop_times.txt",
            "calendar.txt"
        ]
    );

    let missing = Small {
        gtfs: Some(Path::new("/no/such/feed")),
        ..Small::default()
    };
    let message = missing.build().unwrap_err().to_string();
    assert!(
        message.starts_with("/no/such/feed: ") && message.contains("stops.txt"),
        "{message}"
    );
}
