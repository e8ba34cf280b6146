//! Calls as the feed has them: stop_times.txt, or the JSON form in which the feed of Hà Nội was
//! recovered: `trip_to_stop_ids` and `trip_to_departure_times`, each an object from the trip to a
//! list, the times in seconds of the day. It has departures only; a bus arrives when it leaves.

use super::{
    GtfsError, Problem, Report,
    table::{Column, each_row, seconds},
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use std::{borrow::Cow, collections::HashMap, fmt, marker::PhantomData};

/// One call. Ordered as a trip goes; of two with one number the first here is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RawCall {
    pub(super) trip: u32,
    pub(super) sequence: u32,
    pub(super) arrival: Option<u32>,
    pub(super) departure: Option<u32>,
    /// Position among the file's stops.
    pub(super) stop: u32,
    /// Line, or number of the trip in the JSON form.
    pub(super) row: u64,
}

/// Positions of the feed's trips and stops by id.
pub(super) struct Known<'a> {
    pub(super) trips: HashMap<&'a str, u32>,
    pub(super) stops: HashMap<&'a str, u32>,
}

pub(super) fn from_csv(
    bytes: &[u8],
    known: &Known<'_>,
    report: &mut Report,
) -> Result<Vec<RawCall>, GtfsError> {
    const FILE: &str = "stop_times.txt";
    use Column::{May, Need};
    let columns = [
        Need("trip_id"),
        Need("stop_sequence"),
        Need("stop_id"),
        May("arrival_time"),
        May("departure_time"),
    ];
    let mut calls = Vec::new();
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [trip, number, stop, arrives, leaves]| {
            report.calls.read += 1;
            let name = || format!("trip {trip}, stop {stop}");
            let Some(&trip_at) = known.trips.get(trip) else {
                return report.add(FILE, line, name(), Problem::UnknownTrip);
            };
            let Some(&stop_at) = known.stops.get(stop) else {
                return report.add(FILE, line, name(), Problem::UnknownStop);
            };
            let time = |text: &str| match text {
                "" => Some(None),
                text => seconds(text).map(Some),
            };
            let (Ok(sequence), Some(arrival), Some(departure)) =
                (number.parse(), time(arrives), time(leaves))
            else {
                let field = format!("stop_sequence `{number}`, times `{arrives}` and `{leaves}`");
                return report.add(FILE, line, name(), Problem::BadField { field });
            };
            calls.push(RawCall {
                trip: trip_at,
                sequence,
                arrival: arrival.or(departure),
                departure: departure.or(arrival),
                stop: stop_at,
                row: line,
            });
        },
    )?;
    Ok(calls)
}

#[derive(Deserialize)]
struct JsonForm<'a> {
    #[serde(borrow)]
    trip_to_stop_ids: InOrder<'a, Vec<Cow<'a, str>>>,
    trip_to_departure_times: InOrder<'a, Vec<u32>>,
}

/// A JSON object's entries in the order of the file, repeated keys included.
struct InOrder<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for InOrder<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<'a, T>(PhantomData<(&'a str, T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for Entries<'a, T> {
            type Value = InOrder<'a, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from trips to lists")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    entries.push((Cow::Owned(key), value));
                }
                Ok(InOrder(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

pub(super) fn from_json(
    bytes: &[u8],
    known: &Known<'_>,
    report: &mut Report,
) -> Result<Vec<RawCall>, GtfsError> {
    const FILE: &str = "stop_times.json";
    let form: JsonForm<'_> =
        serde_json::from_slice(bytes).map_err(|error| GtfsError::Unreadable {
            file: FILE,
            why: error.to_string(),
        })?;
    let times = form.trip_to_departure_times.0.iter();
    let times: HashMap<&str, &[u32]> = times
        .map(|(trip, list)| (trip.as_ref(), list.as_slice()))
        .collect();
    let mut calls = Vec::new();
    for (at, (trip, stops)) in form.trip_to_stop_ids.0.iter().enumerate() {
        let row = at as u64 + 1;
        report.calls.read += stops.len() as u64;
        let Some(&trip_at) = known.trips.get(trip.as_ref()) else {
            report.add(FILE, row, format!("trip {trip}"), Problem::UnknownTrip);
            continue;
        };
        let times = times.get(trip.as_ref()).copied().unwrap_or_default();
        if times.len() != stops.len() {
            report.add(FILE, row, format!("trip {trip}"), Problem::UnequalLists);
        }
        for (sequence, (stop, time)) in stops.iter().zip(times).enumerate() {
            let name = || format!("trip {trip}, stop {stop}");
            let Some(&stop_at) = known.stops.get(stop.as_ref()) else {
                report.add(FILE, row, name(), Problem::UnknownStop);
                continue;
            };
            if *time > super::super::LATEST_S {
                let field = format!("a time of {time} s");
                report.add(FILE, row, name(), Problem::BadField { field });
                continue;
            }
            calls.push(RawCall {
                trip: trip_at,
                sequence: sequence as u32,
                arrival: Some(*time),
                departure: Some(*time),
                stop: stop_at,
                row,
            });
        }
    }
    Ok(calls)
}
