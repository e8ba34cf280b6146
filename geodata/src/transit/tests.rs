//! Timetables from small and random feeds, their compact form, and what reading refuses.

use super::{
    gtfs::{Feed, GtfsError, Report, SpeedRule, StopTimes, read},
    *,
};
use proptest::prelude::*;

/// A feed as text, a list of rows for each file.
#[derive(Clone, Debug)]
struct Text {
    stops: Vec<String>,
    routes: Vec<String>,
    trips: Vec<String>,
    stop_times: Vec<String>,
    calendar: Vec<String>,
    calendar_dates: Vec<String>,
    frequencies: Vec<String>,
}

fn lines(rows: &[&str]) -> Vec<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

impl Text {
    /// Three stops a kilometre apart, one route, one trip, one service on weekdays.
    fn small() -> Self {
        Self {
            stops: lines(&[
                "a,A,105.80,21.0",
                "b,B,105.81,21.0",
                "c,\"C, chợ\",105.82,21.0",
            ]),
            routes: lines(&["r,01,Bến A - Bến C"]),
            trips: lines(&["r,s,t"]),
            stop_times: lines(&[
                "t,07:00:00,07:00:00,a,1",
                "t,07:03:00,07:03:30,b,2",
                "t,07:07:00,07:07:00,c,3",
            ]),
            calendar: lines(&["s,1,1,1,1,1,0,0,20180101,20181231"]),
            calendar_dates: vec![],
            frequencies: vec![],
        }
    }

    fn read(&self) -> (Timetable, Report) {
        let file = |header: &str, rows: &[String]| format!("{header}\n{}\n", rows.join("\n"));
        let stops = file("stop_id,stop_name,stop_lon,stop_lat", &self.stops);
        let routes = file("route_id,route_short_name,route_long_name", &self.routes);
        let trips = file("route_id,service_id,trip_id", &self.trips);
        let times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence";
        let stop_times = file(times, &self.stop_times);
        let days = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday";
        let calendar = file(&format!("{days},start_date,end_date"), &self.calendar);
        let dates = file("service_id,date,exception_type", &self.calendar_dates);
        let headways = "trip_id,start_time,end_time,headway_secs";
        let frequencies = file(headways, &self.frequencies);
        let feed = Feed {
            stops: stops.as_bytes(),
            routes: routes.as_bytes(),
            trips: trips.as_bytes(),
            stop_times: StopTimes::Csv(stop_times.as_bytes()),
            calendar: Some(calendar.as_bytes()),
            calendar_dates: Some(dates.as_bytes()),
            frequencies: Some(frequencies.as_bytes()),
        };
        read(&feed, &SpeedRule::default()).unwrap()
    }
}

fn findings(report: &Report) -> Vec<String> {
    report.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_small_feed_is_read_whole() {
    let (timetable, report) = Text::small().read();
    assert_eq!(findings(&report), Vec::<String>::new());
    assert_eq!(
        (report.stops.read, report.trips.used, report.calls.used),
        (3, 1, 3)
    );
    assert_eq!(timetable.stops()[2].name, "C, chợ");
    let pattern = &timetable.patterns()[0];
    assert_eq!(pattern.stops, [StopIndex(0), StopIndex(1), StopIndex(2)]);
    let (_, calls) = pattern.trips().next().unwrap();
    assert_eq!((calls[1].arrival, calls[1].departure), (25_380, 25_410));
    assert_eq!(
        timetable.hours(Day::Weekday(Weekday::Friday)),
        Some((25_200, 25_620))
    );
    assert_eq!(timetable.hours(Day::Weekday(Weekday::Saturday)), None);
    // A kilometre is too far for a transfer.
    assert_eq!(timetable.transfers(StopIndex(0)), []);
}

#[test]
fn every_mistake_is_told_by_file_row_and_name_and_costs_its_row_only() {
    let mut text = Text::small();
    text.stops
        .extend(lines(&["a,A2,105.80,21.0", "z,Z,0,0", ",N,105.8,21.0"]));
    text.trips
        .extend(lines(&["x,s,t2", "r,nobody,t3", "r,s,t4", "r,s,t5"]));
    text.stop_times.extend(lines(&[
        "t,07:08:00,07:08:00,a,3",
        "t,07:10:00,07:10:00,nowhere,4",
        "t,soon,soon,b,5",
        "t9,07:00:00,07:00:00,a,1",
        "t4,24:50:00,24:50:00,a,1",
        "t4,,,b,2",
        "t4,24:40:00,24:40:00,c,3",
        "t4,25:10:00,25:10:00,a,4",
        "t5,07:00:01,07:00:01,a,1",
    ]));
    text.calendar
        .push("bad,1,1,1,1,1,0,2,20180101,20181231".into());
    text.calendar_dates = lines(&["s,20180230,1", "s,20180101,2"]);
    let (timetable, report) = text.read();
    let expected = [
        "calendar.txt row 3 (bad) has `2`, which cannot be read",
        "calendar_dates.txt row 2 (s) has date `20180230`, exception_type `1`, which cannot be read",
        "stop_times.txt row 5 (trip t, stop a) repeats a call number of its trip: the other one is used",
        "stop_times.txt row 6 (trip t, stop nowhere) names a stop that is not in stops.txt",
        "stop_times.txt row 7 (trip t, stop b) has stop_sequence `5`, times `soon` and `soon`, which cannot be read",
        "stop_times.txt row 8 (trip t9, stop a) names a trip that is not in trips.txt",
        "stop_times.txt row 10 (trip t4, stop b) has no times: they were set evenly between those around it",
        "stop_times.txt row 11 (trip t4, stop c) goes back in time",
        "stop_times.txt row 13 (t5) has fewer than two usable calls",
        "stops.txt row 5 (a) has the id of another row: the other one is used",
        "stops.txt row 6 (z) has no place: check lon and lat",
        "stops.txt row 7 () has no id",
        "trips.txt row 3 (t2, route x) names a route that is not in routes.txt",
        "trips.txt row 4 (t3, service nobody) names a service that is in neither calendar.txt nor calendar_dates.txt",
    ];
    assert_eq!(findings(&report), expected);
    assert_eq!(report.problems.values().sum::<u64>(), expected.len() as u64);
    assert_eq!((report.trips.used, report.calls.used), (2, 6));
    assert_eq!(timetable.trip_count(), 2);
    let new_year = Date::parse("20180101").unwrap();
    assert!(!timetable.services()[0].runs_on(Day::Date(new_year)));
}

#[test]
fn a_stop_placed_wrongly_costs_its_call() {
    let mut text = Text::small();
    text.stops[1] = "b,B,105.9,21.3".into();
    let (timetable, report) = text.read();
    assert_eq!(report.problems["impossible_speed"], 1);
    assert!(
        findings(&report)[0].starts_with("stop_times.txt row 3 (trip t, stop b) lies 34.93 km"),
        "{:?}",
        findings(&report)
    );
    assert_eq!(timetable.stops().len(), 2);
    assert_eq!((report.stops.read, report.stops.used), (3, 2));
}

#[test]
fn headways_become_trips_and_trips_that_overtake_stand_apart() {
    let mut text = Text::small();
    text.frequencies = lines(&[
        "t,24:00:00,25:00:00,1200",
        "t,06:00:00,06:30:00,900",
        "t,06:00:00,07:00:00,1",
    ]);
    let (timetable, report) = text.read();
    let starts: Vec<u32> = timetable.patterns()[0]
        .trips()
        .map(|trip| trip.1[0].departure)
        .collect();
    assert_eq!(starts, [21_600, 22_500, 86_400, 87_600, 88_800]);
    assert_eq!((report.trips.used, report.trips_by_frequency), (1, 4));
    assert_eq!(report.problems["bad_field"], 1);

    let mut text = Text::small();
    text.trips.extend(lines(&["r,s,quick", "r,s,same"]));
    text.stop_times.extend(lines(&[
        "quick,07:00:30,07:00:30,a,1",
        "quick,07:02:30,07:02:30,b,2",
        "quick,07:05:00,07:05:00,c,3",
        "same,07:00:00,07:00:00,a,1",
        "same,07:03:00,07:03:30,b,2",
        "same,07:07:00,07:07:00,c,3",
    ]));
    let (timetable, report) = text.read();
    assert_eq!(timetable.patterns().len(), 2);
    assert_eq!((report.trips.used, report.doubled_trips), (3, 1));
}

#[test]
fn the_json_form_says_the_same_as_the_table() {
    let text = Text::small();
    let json = br#"{"trip_to_stop_ids":{"t":["a","b","c"],"u":["a","b","c"]},
        "trip_to_departure_times":{"t":[25200,25410,25620],"u":[25200,25410]},"more":1}"#;
    let trips = b"route_id,service_id,trip_id\nr,s,t\nr,s,u\n";
    let feed = Feed {
        stops: b"stop_id,stop_lon,stop_lat\na,105.80,21.0\nb,105.81,21.0\nc,105.82,21.0\n",
        routes: b"route_id\nr\n",
        trips,
        stop_times: StopTimes::Json(json),
        calendar: Some(
            b"service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\ns,1,1,1,1,1,0,0,20180101,20181231",
        ),
        calendar_dates: None,
        frequencies: None,
    };
    let (timetable, report) = read(&feed, &SpeedRule::default()).unwrap();
    assert_eq!(
        findings(&report),
        ["stop_times.json row 2 (trip u) has not as many times as stops"]
    );
    assert_eq!(timetable.trip_count(), 2);
    let (table, _) = text.read();
    let departures = |timetable: &Timetable| -> Vec<u32> {
        let pattern = timetable
            .patterns()
            .iter()
            .find(|pattern| pattern.stops.len() == 3);
        pattern
            .unwrap()
            .calls
            .iter()
            .map(|call| call.departure)
            .collect()
    };
    assert_eq!(departures(&timetable), departures(&table));

    let broken = Feed {
        stop_times: StopTimes::Json(b"{"),
        ..feed
    };
    assert!(matches!(
        read(&broken, &SpeedRule::default()),
        Err(GtfsError::Unreadable {
            file: "stop_times.json",
            ..
        })
    ));
    let no_column = Feed {
        stops: b"stop_id,stop_lon\n",
        ..feed
    };
    assert_eq!(
        read(&no_column, &SpeedRule::default()).unwrap_err(),
        GtfsError::NoColumn {
            file: "stops.txt",
            column: "stop_lat"
        }
    );
}

/// Feeds with every kind of row, good and bad.
fn feeds() -> impl Strategy<Value = Text> {
    let stop = (0..6u32, 0..40u32, 0..40u32).prop_map(|(id, east, north)| {
        format!(
            "s{id},N{east},{},{}",
            105.8 + f64::from(east) * 1e-3,
            21.0 + f64::from(north) * 1e-3
        )
    });
    let call = (0..5u32, 0..3_600u32, 0..60u32, 0..7u32, 0..6u32).prop_map(
        |(trip, at, wait, stop, number)| {
            let clock = |time: u32| {
                format!(
                    "{}:{:02}:{:02}",
                    23 + time / 3600,
                    time / 60 % 60,
                    time % 60
                )
            };
            match at % 17 {
                0 => format!("t{trip},,,s{stop},{number}"),
                _ => format!(
                    "t{trip},{},{},s{stop},{number}",
                    clock(at),
                    clock(at + wait)
                ),
            }
        },
    );
    let trip = (0..3u32, 0..4u32, 0..5u32)
        .prop_map(|(route, service, trip)| format!("r{route},v{service},t{trip}"));
    let date = (0..4u32, 1..29u32, 1..4u32)
        .prop_map(|(service, day, kind)| format!("v{service},201802{day:02},{kind}"));
    let headway = (0..5u32, 20..2_000u32)
        .prop_map(|(trip, step)| format!("t{trip},05:00:00,06:00:00,{step}"));
    (
        prop::collection::vec(stop, 0..9),
        prop::collection::vec(trip, 0..8),
        prop::collection::vec(call, 0..40),
        prop::collection::vec(date, 0..5),
        prop::collection::vec(headway, 0..3),
    )
        .prop_map(
            |(stops, trips, stop_times, calendar_dates, frequencies)| Text {
                stops,
                routes: lines(&["r0,0,", "r1,1,", "r1,x,"]),
                trips,
                stop_times,
                calendar: lines(&[
                    "v0,1,1,1,1,1,1,1,20180101,20181231",
                    "v1,1,0,0,0,0,0,1,20180101,20181231",
                ]),
                calendar_dates,
                frequencies,
            },
        )
}

fn shuffled(text: Text) -> impl Strategy<Value = (Text, Text)> {
    let mixed = (
        Just(text.stops.clone()).prop_shuffle(),
        Just(text.routes.clone()).prop_shuffle(),
        Just(text.trips.clone()).prop_shuffle(),
        Just(text.stop_times.clone()).prop_shuffle(),
        Just(text.calendar.clone()).prop_shuffle(),
        Just(text.calendar_dates.clone()).prop_shuffle(),
        Just(text.frequencies.clone()).prop_shuffle(),
    );
    mixed.prop_map(
        move |(stops, routes, trips, stop_times, calendar, calendar_dates, frequencies)| {
            let mixed = Text {
                stops,
                routes,
                trips,
                stop_times,
                calendar,
                calendar_dates,
                frequencies,
            };
            (text.clone(), mixed)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_rows_never_matters((text, mixed) in feeds().prop_flat_map(shuffled)) {
        let ((one, first), (other, second)) = (text.read(), mixed.read());
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(first.problems, second.problems);
        prop_assert_eq!(first.calls, second.calls);
    }

    #[test]
    fn the_compact_form_gives_the_timetable_back(text in feeds()) {
        let (timetable, _) = text.read();
        let bytes = postcard::to_allocvec(&timetable).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Timetable>(&bytes).unwrap(), timetable);
    }

    /// Damaged bytes are refused, or give a timetable that holds all invariants: reading it is
    /// checking it, and its own bytes read again.
    #[test]
    fn damaged_bytes_never_panic_nor_pass_unchecked(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = postcard::to_allocvec(&Text::small().read().0).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(timetable) = postcard::from_bytes::<Timetable>(&bytes) {
            let again = postcard::to_allocvec(&timetable).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Timetable>(&again).unwrap(), timetable);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = postcard::from_bytes::<Timetable>(&bytes);
        let feed = Feed {
            stops: &bytes,
            routes: &bytes,
            trips: &bytes,
            stop_times: StopTimes::Csv(&bytes),
            calendar: Some(&bytes),
            calendar_dates: Some(&bytes),
            frequencies: Some(&bytes),
        };
        let _ = read(&feed, &SpeedRule::default());
    }
}

#[test]
fn unsound_parts_are_refused() {
    let (timetable, _) = Text::small().read();
    let pattern = timetable.patterns()[0].clone();
    let build = |change: &dyn Fn(&mut Pattern)| {
        let mut pattern = pattern.clone();
        change(&mut pattern);
        Timetable::new(
            timetable.stops().to_vec(),
            timetable.routes().to_vec(),
            timetable.services().to_vec(),
            vec![pattern],
        )
    };
    assert!(build(&|_| {}).is_ok());
    assert!(build(&|pattern| pattern.stops[0] = StopIndex(7)).is_err());
    assert!(build(&|pattern| pattern.route = 1).is_err());
    assert!(build(&|pattern| pattern.services[0] = 1).is_err());
    assert!(build(&|pattern| pattern.calls[1].arrival = 0).is_err());
    assert!(build(&|pattern| pattern.calls[2].departure = LATEST_S + 1).is_err());
    assert!(build(&|pattern| pattern.calls.truncate(2)).is_err());
    let overtaking = build(&|pattern| {
        pattern.services.push(0);
        let mut late = pattern.calls.clone();
        late[0].arrival += 10;
        late[0].departure += 10;
        late[2].arrival -= 10;
        late[2].departure -= 10;
        pattern.calls.extend(late);
    });
    assert!(overtaking.unwrap_err().to_string().contains("overtakes"));
}
