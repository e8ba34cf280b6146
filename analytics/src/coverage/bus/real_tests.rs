//! The feed of Hà Nội, when it is there: what was set aside, trips against the raw file, and the
//! city's answer against the naive model for some cells.

use super::{naive::Question, *};
use geodata::{
    LonLat,
    transit::{Weekday, gtfs},
};
use std::path::PathBuf;

fn feed() -> Option<(Timetable, gtfs::Report)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let root = std::env::var("VONGLAU_SHARED").unwrap_or_else(|_| beside.to_owned());
    let folder = PathBuf::from(root).join("data/transit");
    if !folder.is_dir() {
        eprintln!(
            "skipped: {} is not there (set VONGLAU_SHARED)",
            folder.display()
        );
        return None;
    }
    Some(gtfs::read_folder(&folder, &gtfs::SpeedRule::default()).unwrap())
}

const TUESDAY: Day = Day::Weekday(Weekday::Tuesday);

/// The numbers of rows and of calls set aside were found by a short script in another language, too.
#[test]
fn the_feed_is_read_with_its_counts() {
    let Some((timetable, report)) = feed() else {
        return;
    };
    let counts = [report.stops, report.routes, report.trips, report.calls]
        .map(|count| (count.read, count.used));
    assert_eq!(
        counts,
        [
            (7_670, 7_627),
            (224, 224),
            (6_713, 6_713),
            (224_166, 223_572)
        ]
    );
    assert_eq!(report.stop_places, 3_110);
    assert_eq!(
        report.problems.into_iter().collect::<Vec<_>>(),
        [("impossible_speed", 594)]
    );
    assert_eq!((report.doubled_trips, timetable.patterns().len()), (0, 224));
    // The feed has the middle of the day only: 9:30:00 to 18:58:40, the same every day of 2018.
    assert_eq!(timetable.hours(TUESDAY), Some((34_200, 68_320)));
    let bytes = postcard::to_allocvec(&timetable).unwrap();
    assert!(bytes.len() < 300_000, "{}", bytes.len());
    assert_eq!(
        postcard::from_bytes::<Timetable>(&bytes).unwrap(),
        timetable
    );
}

/// Times copied by hand from stop_times.json: trip 01_1_MD_1, the first of route 01_1.
#[test]
fn a_trip_has_the_times_of_the_raw_file() {
    let Some((timetable, _)) = feed() else { return };
    let route = timetable
        .routes()
        .iter()
        .position(|route| route.id == "01_1")
        .unwrap();
    let pattern = timetable
        .patterns()
        .iter()
        .find(|pattern| pattern.route as usize == route)
        .unwrap();
    let (_, calls) = pattern.trips().next().unwrap();
    let times: Vec<u32> = calls.iter().map(|call| call.departure).collect();
    assert_eq!(times.len(), 36);
    assert_eq!(times[..6], [34_200, 34_467, 34_697, 34_843, 35_538, 35_707]);
    assert_eq!(times[33..], [39_296, 39_381, 39_500]);
    assert_eq!(pattern.services.len(), 43);
    let first = timetable.stops()[pattern.stops[0].at()].place;
    assert_eq!((first.lon, first.lat), (105.878_335, 21.048_408));
}

#[test]
fn some_cells_of_the_city_agree_with_the_naive_model() {
    let Some((timetable, _)) = feed() else { return };
    let pack = geodata::Pack::hanoi().unwrap();
    let points: Vec<LonLat> = pack.points.iter().map(|point| point.place).collect();
    let origins: Vec<LonLat> = pack.cells.iter().map(geodata::Cell::centre).collect();
    let settings = BusSettings {
        transfers: 1,
        max_journey_s: 3_000,
        ..BusSettings::default()
    };
    let window = Window::each_minute((10, 0), (10, 30));
    let walks = Origins::by_line(&timetable, &origins, &settings);
    let coverage = BusCoverage::prepare(&timetable, walks, TUESDAY, window, &settings).unwrap();
    let targets = Targets::by_line(&timetable, &origins, &points, &settings);
    let answer = coverage.compute(targets, 1_800).unwrap();
    let by_bus = answer
        .reach
        .iter()
        .enumerate()
        .filter(|(_, reach)| reach.by_bus.is_some());
    let some: Vec<usize> = by_bus.map(|(origin, _)| origin).step_by(2_500).collect();
    assert!(some.len() > 2, "{}", some.len());
    for origin in some {
        let question = Question {
            timetable: &timetable,
            day: TUESDAY,
            settings,
            legs: coverage.origins().legs(origin),
            from_stops: &answer.targets().from_stops,
            walk_s: answer.targets().from_origins[origin],
        };
        let mut seconds: Vec<i64> = window
            .departures()
            .step_by(10)
            .filter_map(|leaves| naive::best_way(&question, i64::from(leaves)).map(|way| way.0))
            .collect();
        seconds.sort_unstable();
        let reach = coverage_of(&coverage, &answer, origin, &settings, &timetable, window);
        assert_eq!(reach, seconds, "{}", pack.cells.as_slice()[origin].index);
    }
}

/// The same origin asked at every tenth departure, each a window of its own.
fn coverage_of(
    coverage: &BusCoverage,
    answer: &Answer,
    origin: usize,
    settings: &BusSettings,
    timetable: &Timetable,
    window: Window,
) -> Vec<i64> {
    let legs = coverage.origins().legs(origin).to_vec();
    let one = Origins::from_legs(timetable, vec![legs]).unwrap();
    let targets = Targets::from_seconds(
        answer.targets().from_stops.clone(),
        vec![answer.targets().from_origins[origin]],
    );
    let tenth = Window {
        step_s: window.step_s * 10,
        ..window
    };
    let prepared = BusCoverage::prepare(timetable, one, TUESDAY, tenth, settings).unwrap();
    let reach = &prepared.compute(targets, 1_800).unwrap().reach[0];
    // Three departures: the 10th, 50th and 90th percentile are the three in order.
    assert_eq!(reach.departures, 3);
    reach
        .seconds
        .iter()
        .flatten()
        .map(|seconds| i64::from(*seconds))
        .collect()
}
