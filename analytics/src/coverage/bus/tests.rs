//! The search against the naive model on random small timetables, and what must hold of answers.

use super::{naive::Question, *};
use geodata::{
    LonLat,
    transit::{Call, Route, Service, Stop, StopIndex, TripSpec, Weekday, WeekdaySet},
};
use proptest::prelude::*;

/// A small world: stops and trips, origins and points.
#[derive(Clone, Debug)]
struct World {
    stops: Vec<LonLat>,
    trips: Vec<TripSpec>,
    origins: Vec<LonLat>,
    points: Vec<LonLat>,
    /// Walks given by the caller instead of straight lines: origin to stops, stops to points,
    /// origins to points.
    given: Option<GivenWalks>,
    window: Window,
    settings: BusSettings,
}

type GivenWalks = (Vec<Vec<Leg>>, Vec<Option<u32>>, Vec<Option<u32>>);

const DAY: Day = Day::Weekday(Weekday::Monday);

impl World {
    fn timetable_of(&self, trips: &[TripSpec]) -> Timetable {
        let stops = self.stops.iter().enumerate().map(|(at, place)| Stop {
            id: format!("s{at:02}"),
            name: String::new(),
            place: *place,
        });
        let routes = vec![Route {
            id: "r".into(),
            short_name: String::new(),
            long_name: String::new(),
        }];
        let service = |id: &str, weekdays: WeekdaySet| Service {
            id: id.into(),
            weekdays,
            valid: None,
            added: vec![],
            removed: vec![],
        };
        let monday = [Weekday::Monday].into_iter().collect();
        let sunday = [Weekday::Sunday].into_iter().collect();
        let services = vec![
            service("all", WeekdaySet::ALL),
            service("monday", monday),
            service("sunday", sunday),
        ];
        let parts = Timetable::from_trips(stops.collect(), routes, services, trips.to_vec());
        parts.unwrap().0
    }

    fn timetable(&self) -> Timetable {
        self.timetable_of(&self.trips)
    }

    fn prepare(&self, timetable: &Timetable) -> BusCoverage {
        let origins = match &self.given {
            Some((legs, _, _)) => Origins::from_legs(timetable, legs.clone()).unwrap(),
            None => Origins::by_line(timetable, &self.origins, &self.settings),
        };
        BusCoverage::prepare(timetable, origins, DAY, self.window, &self.settings).unwrap()
    }

    fn targets(&self, timetable: &Timetable, points: &[LonLat]) -> Targets {
        match &self.given {
            Some((_, stops, origins)) => Targets::from_seconds(stops.clone(), origins.clone()),
            None => Targets::by_line(timetable, &self.origins, points, &self.settings),
        }
    }

    fn answer(&self, timetable: &Timetable, limit_s: u32) -> Answer {
        let targets = self.targets(timetable, &self.points);
        self.prepare(timetable).compute(targets, limit_s).unwrap()
    }

    /// The answer for an origin from the naive model, summed up by plain code.
    fn naive(&self, timetable: &Timetable, origin: usize, limit_s: u32) -> ReachByBus {
        let targets = self.targets(timetable, &self.points);
        let legs = self.prepare(timetable).origins().legs(origin).to_vec();
        let question = Question {
            timetable,
            day: DAY,
            settings: self.settings,
            legs: &legs,
            from_stops: &targets.from_stops,
            walk_s: targets.from_origins[origin],
        };
        let ways: Vec<(u32, Option<(i64, u8)>)> = (self.window.from_s..self.window.until_s)
            .step_by(self.window.step_s as usize)
            .map(|leaves| (leaves, naive::best_way(&question, i64::from(leaves))))
            .collect();
        let mut sorted: Vec<(i64, u8)> = ways
            .iter()
            .map(|way| way.1.unwrap_or((i64::MAX, 0)))
            .collect();
        sorted.sort_unstable();
        let ranked = |percent: f64| {
            let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
            Some(sorted[rank - 1]).filter(|way| way.0 != i64::MAX)
        };
        let ends = |holds: &dyn Fn((i64, u8)) -> bool| {
            let mut good = ways
                .iter()
                .filter(|way| way.1.is_some_and(holds))
                .map(|way| way.0);
            let first = good.next()?;
            Some((first, good.next_back().unwrap_or(first)))
        };
        let is_under = |way: (i64, u8)| way.0 < i64::from(limit_s);
        ReachByBus {
            seconds: [10.0, 50.0, 90.0].map(|percent| ranked(percent).map(|way| way.0 as u32)),
            departures_under: ways
                .iter()
                .filter(|way| way.1.is_some_and(is_under))
                .count() as u32,
            departures: ways.len() as u32,
            buses: ranked(50.0).map(|way| way.1),
            under: ends(&is_under),
            by_bus: ends(&|way| way.1 > 0),
        }
    }
}

fn place() -> impl Strategy<Value = LonLat> {
    (105.80..105.84f64, 21.00..21.03f64).prop_map(|(lon, lat)| LonLat { lon, lat }.quantised())
}

/// Trips on a few sequences of stops around a time of day, some of the day before or after.
fn trips(stops: usize, base: u32) -> impl Strategy<Value = Vec<TripSpec>> {
    let sequence = prop::collection::vec((0..stops as u32).prop_map(StopIndex), 2..6);
    let trip = (
        any::<prop::sample::Index>(),
        0..7_200u32,
        prop::collection::vec((0..400u32, prop::sample::select(vec![0u32, 0, 30])), 6),
        0..3u32,
        prop::sample::select(vec![0i64, 0, 86_400, -86_400]),
    );
    (
        prop::collection::vec(sequence, 1..5),
        prop::collection::vec(trip, 0..16),
    )
        .prop_map(move |(sequences, trips)| {
            let spec = |(at, start, steps, service, shift): (
                prop::sample::Index,
                u32,
                Vec<(u32, u32)>,
                u32,
                i64,
            )| {
                let stops = at.get(&sequences).clone();
                let begin = i64::from(base + start) - 600 + shift;
                let mut time = u32::try_from(begin).unwrap_or(base + start);
                let calls = steps.iter().take(stops.len()).map(|(ride, wait)| {
                    let arrival = time + ride;
                    time = arrival + wait;
                    Call {
                        arrival,
                        departure: time,
                    }
                });
                TripSpec {
                    route: 0,
                    calls: calls.collect(),
                    stops,
                    service,
                }
            };
            trips.into_iter().map(spec).collect()
        })
}

fn given_walks(stops: usize, origins: usize) -> impl Strategy<Value = GivenWalks> {
    let leg = (0..stops as u32, 0..900u32).prop_map(|(stop, seconds)| Leg {
        stop: StopIndex(stop),
        seconds,
    });
    let walk = |longest: u32| prop::option::of(0..longest);
    (
        prop::collection::vec(prop::collection::vec(leg, 0..4), origins),
        prop::collection::vec(walk(900), stops),
        prop::collection::vec(walk(5_000), origins),
    )
}

fn worlds() -> impl Strategy<Value = World> {
    let settings = (0..3u8, 0..2u32, 0..2u32, 200.0..1_200.0f64).prop_map(
        |(transfers, change, long, max_walk_m)| BusSettings {
            transfers,
            change_s: change * 45,
            max_journey_s: 2_400 + long * 7_200,
            max_walk_m,
            ..BusSettings::default()
        },
    );
    let base = prop::sample::select(vec![1_200u32, 30_000, 85_000]);
    (2usize..9, 1usize..4, base).prop_flat_map(move |(stops, origins, base)| {
        (
            prop::collection::vec(place(), stops),
            trips(stops, base),
            prop::collection::vec(place(), origins),
            prop::collection::vec(place(), 1..4),
            prop::option::of(given_walks(stops, origins)),
            settings.clone(),
        )
            .prop_map(
                move |(stops, trips, origins, points, given, settings)| World {
                    stops,
                    trips,
                    origins,
                    points,
                    given,
                    window: Window {
                        from_s: base,
                        until_s: base + 2_400,
                        step_s: 113,
                    },
                    settings,
                },
            )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_the_naive_model_to_the_second(world in worlds()) {
        let timetable = world.timetable();
        let answer = world.answer(&timetable, 1_800);
        for (origin, reach) in answer.reach.iter().enumerate() {
            prop_assert_eq!(reach, &world.naive(&timetable, origin, 1_800));
        }
    }

    #[test]
    fn more_trips_or_transfers_are_never_worse(world in worlds(), kept in 0.0..1.0f64) {
        let some = (world.trips.len() as f64 * kept) as usize;
        let fewer = world.answer(&world.timetable_of(&world.trips[..some]), 1_800);
        let all = world.answer(&world.timetable(), 1_800);
        let mut with_change = world.clone();
        with_change.settings.transfers += 1;
        let more = with_change.answer(&world.timetable(), 1_800);
        for (less, much) in [(&fewer, &all), (&all, &more)] {
            for (less, much) in less.reach.iter().zip(&much.reach) {
                for (less, much) in less.seconds.iter().zip(much.seconds) {
                    prop_assert!(much.unwrap_or(u32::MAX) <= less.unwrap_or(u32::MAX));
                }
                prop_assert!(much.departures_under >= less.departures_under);
            }
        }
    }

    #[test]
    fn a_moved_point_gives_the_answer_of_a_whole_computation(world in worlds(), to in place()) {
        let timetable = world.timetable();
        let coverage = world.prepare(&timetable);
        let before = coverage.compute(world.targets(&timetable, &world.points), 1_800).unwrap();
        let mut points = world.points.clone();
        points[0] = to;
        let targets = world.targets(&timetable, &points);
        let moved = coverage.after_move(&before, targets.clone()).unwrap();
        prop_assert_eq!(moved, coverage.compute(targets, 1_800).unwrap());
    }

    #[test]
    fn nobody_is_slower_than_on_foot(world in worlds()) {
        let timetable = world.timetable();
        let answer = world.answer(&timetable, 1_800);
        for (reach, walk) in answer.reach.iter().zip(&answer.targets().from_origins) {
            for seconds in reach.seconds {
                prop_assert!(seconds.unwrap_or(u32::MAX) <= walk.unwrap_or(u32::MAX));
            }
        }
    }
}

/// One bus every ten minutes, five minutes long, from a stop at the door to a point at the other.
fn shuttle() -> World {
    let (home, far) = (
        LonLat {
            lon: 105.80,
            lat: 21.0,
        },
        LonLat {
            lon: 105.83,
            lat: 21.0,
        },
    );
    let trip = |start: u32| TripSpec {
        route: 0,
        stops: vec![StopIndex(0), StopIndex(1)],
        calls: [start, start + 300]
            .map(|time| Call {
                arrival: time,
                departure: time,
            })
            .to_vec(),
        service: 0,
    };
    World {
        stops: vec![home, far],
        trips: (0..6).map(|at| trip(36_000 + at * 600)).collect(),
        origins: vec![home],
        points: vec![far],
        given: None,
        window: Window::each_minute((10, 0), (11, 0)),
        settings: BusSettings::default(),
    }
}

#[test]
fn a_shuttle_is_as_one_reckons() {
    let world = shuttle();
    let reach = &world.answer(&world.timetable(), 600).reach[0];
    // A ride of 5 minutes after a wait of 0 (six departures) up to 9 (five of each); after 10:50
    // one walks: 3.1 km, 54 minutes.
    let walk_s = world
        .settings
        .walk_seconds(world.stops[0].distance_km(world.stops[1]) * 1000.0);
    assert_eq!(reach.seconds, [Some(300), Some(600), Some(walk_s)]);
    assert_eq!(reach.departures, 60);
    assert_eq!(reach.buses, Some(1));
    assert_eq!(reach.by_bus, Some((36_000, 39_000)));
}

#[test]
fn a_limit_is_strict() {
    let world = shuttle();
    let timetable = world.timetable();
    // Ways of 300 s stand at 10:00, 10:10 … 10:50.
    assert_eq!(world.answer(&timetable, 300).reach[0].departures_under, 0);
    let reach = &world.answer(&timetable, 301).reach[0];
    assert_eq!(reach.departures_under, 6);
    assert_eq!(reach.under, Some((36_000, 39_000)));
    assert!((reach.share_under() - 0.1).abs() < 1e-12);
}

#[test]
fn without_points_nobody_arrives_and_mistakes_are_told() {
    let mut world = shuttle();
    world.points.clear();
    let timetable = world.timetable();
    let reach = &world.answer(&timetable, 1_800).reach[0];
    assert_eq!(
        (reach.seconds, reach.buses, reach.by_bus),
        ([None; 3], None, None)
    );
    let coverage = world.prepare(&timetable);
    let wrong = coverage.compute(Targets::from_seconds(vec![], vec![None]), 1_800);
    assert!(matches!(
        wrong,
        Err(BusError::Walks {
            what: "stops",
            given: 0,
            expected: 2
        })
    ));
    let nowhere = Leg {
        stop: StopIndex(9),
        seconds: 1,
    };
    assert_eq!(
        Origins::from_legs(&timetable, vec![vec![nowhere]]),
        Err(BusError::NoStop(9))
    );
    let odd = BusSettings {
        walk_kmh: 0.0,
        ..BusSettings::default()
    };
    let origins = Origins::by_line(&timetable, &[], &BusSettings::default());
    let refused = BusCoverage::prepare(&timetable, origins, DAY, world.window, &odd);
    assert!(matches!(refused, Err(BusError::Settings(_))));
}
