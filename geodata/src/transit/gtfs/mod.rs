//! Reading GTFS (the General Transit Feed Specification, MobilityData).
//!
//! A row's mistake costs that row only and is reported by file, row and name; the rest is used.
//! Of rows that contradict each other, the one that is used is chosen by content, never by order,
//! so shuffled files give the same timetable.
//!
//! What is not read: shapes, fares, pathways, transfers.txt (transfers follow from the places),
//! and pick-up restrictions. Trips of `frequencies.txt` run at exact headways from each start.

mod clean;
mod folder;
mod parts;
mod report;
mod stop_times;
mod table;

use super::{Call, LATEST_S, Stop, StopIndex, Timetable, UnsoundTimetable, assemble::TripSpec};
use crate::LonLat;
use clean::PlacedCall;
use parts::{StopRow, TripRow};
use std::collections::{BTreeMap, HashMap};
use stop_times::{Known, RawCall};

pub use folder::read_folder;
pub use report::{Count, Finding, MAX_FINDINGS, Problem, Report};

/// Why a feed cannot be used at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtfsError {
    /// A file is missing.
    #[error("the GTFS folder has no {0}: give the folder of a whole feed")]
    NoFile(&'static str),
    /// A column is missing.
    #[error("{file} has no column `{column}`: check its first line")]
    NoColumn {
        /// The file.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// It cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// What is wrong.
        why: String,
    },
    /// It is too large.
    #[error("{0} is larger than 1 GiB: cut the feed to the city")]
    TooLarge(&'static str),
    /// What was read is not a timetable (a mistake of this program).
    #[error(transparent)]
    Unsound(#[from] UnsoundTimetable),
}

/// The calls of a feed, in one of two forms.
#[derive(Clone, Copy, Debug)]
pub enum StopTimes<'a> {
    /// stop_times.txt.
    Csv(&'a [u8]),
    /// Two objects: `trip_to_stop_ids`, `trip_to_departure_times` (seconds of the day).
    Json(&'a [u8]),
}

/// The bytes of a feed's files.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Feed<'a> {
    pub stops: &'a [u8],
    pub routes: &'a [u8],
    pub trips: &'a [u8],
    pub stop_times: StopTimes<'a>,
    pub calendar: Option<&'a [u8]>,
    pub calendar_dates: Option<&'a [u8]>,
    pub frequencies: Option<&'a [u8]>,
}

/// What is too quick for a bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpeedRule {
    /// Quickest mean speed in a straight line between two calls, km/h.
    pub max_kmh: f64,
    /// How far off a stop's place may be without any harm, km.
    pub tolerance_km: f64,
}

impl Default for SpeedRule {
    /// 80 km/h, more than a city bus may drive, and 200 m: this project's own choice.
    fn default() -> Self {
        Self {
            max_kmh: 80.0,
            tolerance_km: 0.2,
        }
    }
}

/// Reads a feed.
pub fn read(feed: &Feed<'_>, rule: &SpeedRule) -> Result<(Timetable, Report), GtfsError> {
    let mut report = Report::default();
    let stops = parts::stops(feed.stops, &mut report)?;
    let routes = parts::routes(feed.routes, &mut report)?;
    let services = parts::services(feed, &mut report)?;
    let trips = parts::trips(feed.trips, &routes, &services, &mut report)?;
    let known = Known {
        trips: positions(&trips),
        stops: positions(&stops),
    };
    let (file, mut calls) = match feed.stop_times {
        StopTimes::Csv(bytes) => (
            "stop_times.txt",
            stop_times::from_csv(bytes, &known, &mut report)?,
        ),
        StopTimes::Json(bytes) => (
            "stop_times.json",
            stop_times::from_json(bytes, &known, &mut report)?,
        ),
    };
    let starts = match feed.frequencies {
        Some(bytes) => parts::frequencies(bytes, &known.trips, &mut report)?,
        None => BTreeMap::new(),
    };
    calls.sort_unstable();
    let mut reader = TripReader {
        file,
        rule,
        stops: &stops,
        trips: &trips,
        starts,
        report: &mut report,
        specs: Vec::new(),
    };
    for of_trip in calls.chunk_by(|a, b| a.trip == b.trip) {
        reader.trip(of_trip);
    }
    let mut specs = reader.specs;
    let (stops, used_stops) = places_in_use(&stops, &mut specs);
    report.stops.used = used_stops;
    report.stop_places = stops.len() as u64;
    let mut used_routes: Vec<u32> = specs.iter().map(|spec| spec.route).collect();
    used_routes.sort_unstable();
    used_routes.dedup();
    report.routes.used = used_routes.len() as u64;
    let (timetable, doubled) = Timetable::from_trips(stops, routes, services, specs)?;
    report.doubled_trips = doubled;
    report.sort();
    Ok((timetable, report))
}

fn positions<T>(rows: &[(String, T, u64)]) -> HashMap<&str, u32> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| (row.0.as_str(), at as u32))
        .collect()
}

/// Turns the calls of one trip after the other into trips.
struct TripReader<'a> {
    file: &'static str,
    rule: &'a SpeedRule,
    stops: &'a [(String, StopRow, u64)],
    trips: &'a [(String, TripRow, u64)],
    starts: BTreeMap<u32, Vec<u32>>,
    report: &'a mut Report,
    /// The trips so far; their stops are positions among the file's stops.
    specs: Vec<TripSpec>,
}

impl TripReader<'_> {
    /// Reads a trip from its calls, which are sorted and not empty.
    fn trip(&mut self, calls: &[RawCall]) {
        let trip = calls[0].trip;
        let (id, row, _) = &self.trips[trip as usize];
        let mut usable = Vec::with_capacity(calls.len());
        for same_number in calls.chunk_by(|a, b| a.sequence == b.sequence) {
            usable.push(same_number[0]);
            for repeated in &same_number[1..] {
                self.set_aside(repeated, Problem::DuplicateCall);
            }
        }
        let usable = self.timed(usable);
        if usable.len() > clean::MAX_CALLS {
            self.report
                .add(self.file, calls[0].row, id, Problem::TooManyCalls);
            return;
        }
        let placed: Vec<PlacedCall> = usable
            .iter()
            .map(|(call, times)| self.place(call, *times))
            .collect();
        let mut stops = Vec::with_capacity(usable.len());
        let mut kept = Vec::with_capacity(usable.len());
        let judged = clean::judge(self.rule, &placed);
        for ((call, (arrival, departure)), problem) in usable.into_iter().zip(judged) {
            if let Some(problem) = problem {
                self.set_aside(&call, problem);
                continue;
            }
            stops.push(StopIndex(call.stop));
            kept.push(Call { arrival, departure });
        }
        if kept.len() < 2 {
            self.report
                .add(self.file, calls[0].row, id, Problem::TooFewCalls);
            return;
        }
        self.report.trips.used += 1;
        self.report.calls.used += kept.len() as u64;
        let spec = TripSpec {
            route: row.route,
            stops,
            calls: kept,
            service: row.service,
        };
        match self.starts.get(&trip) {
            None => self.specs.push(spec),
            Some(starts) => {
                let runs: Vec<TripSpec> = starts
                    .iter()
                    .filter_map(|start| started_at(&spec, *start))
                    .collect();
                self.report.trips_by_frequency += (runs.len() as u64).saturating_sub(1);
                self.specs.extend(runs);
            }
        }
    }

    /// The calls with times, missing ones filled where that can be.
    fn timed(&mut self, calls: Vec<RawCall>) -> Vec<(RawCall, (u32, u32))> {
        let mut times: Vec<Option<(u32, u32)>> = calls
            .iter()
            .map(|call| call.arrival.zip(call.departure))
            .collect();
        for at in clean::fill_times(&mut times) {
            self.set_aside(&calls[at], Problem::TimesFilled);
        }
        let mut timed = Vec::with_capacity(calls.len());
        for (call, times) in calls.into_iter().zip(times) {
            match times {
                Some(times) => timed.push((call, times)),
                None => self.set_aside(&call, Problem::NoTimes),
            }
        }
        timed
    }

    fn place(&self, call: &RawCall, (arrival, departure): (u32, u32)) -> PlacedCall {
        let (lon, lat) = self.stops[call.stop as usize].1.place;
        PlacedCall {
            place: LonLat { lon, lat },
            arrival,
            departure,
        }
    }

    fn set_aside(&mut self, call: &RawCall, problem: Problem) {
        let trip = &self.trips[call.trip as usize].0;
        let stop = &self.stops[call.stop as usize].0;
        let name = format!("trip {trip}, stop {stop}");
        self.report.add(self.file, call.row, name, problem);
    }
}

/// The trip moved so that it leaves its first stop at that second; `None` when it would run too
/// long.
fn started_at(spec: &TripSpec, start: u32) -> Option<TripSpec> {
    let first = spec.calls[0].departure;
    let moved = |time: u32| (time + start).checked_sub(first).or(Some(start));
    let calls = spec.calls.iter().map(|call| {
        let (arrival, departure) = (moved(call.arrival)?, moved(call.departure)?);
        (departure <= LATEST_S).then_some(Call { arrival, departure })
    });
    Some(TripSpec {
        calls: calls.collect::<Option<_>>()?,
        ..spec.clone()
    })
}

/// The stops that some trip calls at, those at one place as one, ascending by id; the trips'
/// stops become positions among them. With it, the number of the file's stops in use.
fn places_in_use(rows: &[(String, StopRow, u64)], specs: &mut [TripSpec]) -> (Vec<Stop>, u64) {
    let mut is_used = vec![false; rows.len()];
    for stop in specs.iter().flat_map(|spec| &spec.stops) {
        is_used[stop.at()] = true;
    }
    let mut by_place: HashMap<(i32, i32), u32> = HashMap::new();
    let mut renamed = vec![0; rows.len()];
    let mut stops = Vec::new();
    let mut used = 0;
    // Ascending by id, so the first at a place has the lowest.
    for (at, (id, row, _)) in rows.iter().enumerate().filter(|(at, _)| is_used[*at]) {
        let (lon, lat) = row.place;
        let place = LonLat { lon, lat };
        used += 1;
        renamed[at] = *by_place.entry(place.to_e7()).or_insert_with(|| {
            stops.push(Stop {
                id: id.clone(),
                name: row.name.clone(),
                place,
            });
            stops.len() as u32 - 1
        });
    }
    for stop in specs.iter_mut().flat_map(|spec| &mut spec.stops) {
        *stop = StopIndex(renamed[stop.at()]);
    }
    (stops, used)
}
