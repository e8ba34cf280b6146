//! The small files of a feed: stops, routes, services, trips, frequencies.

use super::{
    super::{Date, LATEST_S, Route, Service, WeekdaySet, calendar::Weekday},
    Feed, GtfsError, Problem, Report,
    table::{Column, each_row, seconds, unique},
};
use crate::LonLat;
use std::collections::{BTreeMap, HashMap};

/// A stop as the file has it.
#[derive(PartialEq, PartialOrd)]
pub(super) struct StopRow {
    pub(super) name: String,
    /// Longitude and latitude.
    pub(super) place: (f64, f64),
}

/// Stops by id, ascending.
pub(super) fn stops(
    bytes: &[u8],
    report: &mut Report,
) -> Result<Vec<(String, StopRow, u64)>, GtfsError> {
    const FILE: &str = "stops.txt";
    use Column::{May, Need};
    let columns = [
        Need("stop_id"),
        May("stop_name"),
        Need("stop_lon"),
        Need("stop_lat"),
    ];
    let mut rows = Vec::new();
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [id, name, lon, lat]| {
            report.stops.read += 1;
            let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
            // 0, 0 lies in the sea: it is what an empty field becomes.
            let place = LonLat::new(number(lon), number(lat))
                .filter(|place| place.lon != 0.0 || place.lat != 0.0);
            let Some(place) = place.map(LonLat::quantised) else {
                return report.add(FILE, line, id, Problem::NoPlace);
            };
            let row = StopRow {
                name: name.to_owned(),
                place: (place.lon, place.lat),
            };
            rows.push((id.to_owned(), row, line));
        },
    )?;
    Ok(unique(FILE, rows, report))
}

/// Routes, ascending by id.
pub(super) fn routes(bytes: &[u8], report: &mut Report) -> Result<Vec<Route>, GtfsError> {
    const FILE: &str = "routes.txt";
    use Column::{May, Need};
    let columns = [
        Need("route_id"),
        May("route_short_name"),
        May("route_long_name"),
    ];
    let mut rows = Vec::new();
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [id, short, long]| {
            report.routes.read += 1;
            rows.push((id.to_owned(), (short.to_owned(), long.to_owned()), line));
        },
    )?;
    let rows = unique(FILE, rows, report).into_iter();
    let routes = rows.map(|(id, (short_name, long_name), _)| Route {
        id,
        short_name,
        long_name,
    });
    Ok(routes.collect())
}

/// Services of both calendar files, ascending by id.
pub(super) fn services(feed: &Feed<'_>, report: &mut Report) -> Result<Vec<Service>, GtfsError> {
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    if let Some(bytes) = feed.calendar {
        weekly_services(bytes, &mut services, report)?;
    }
    if let Some(bytes) = feed.calendar_dates {
        exceptions(bytes, &mut services, report)?;
    }
    for service in services.values_mut() {
        for dates in [&mut service.added, &mut service.removed] {
            dates.sort_unstable();
            dates.dedup();
        }
    }
    Ok(services.into_values().collect())
}

fn weekly_services(
    bytes: &[u8],
    services: &mut BTreeMap<String, Service>,
    report: &mut Report,
) -> Result<(), GtfsError> {
    const FILE: &str = "calendar.txt";
    use Column::Need;
    let columns = [
        Need("service_id"),
        Need("monday"),
        Need("tuesday"),
        Need("wednesday"),
        Need("thursday"),
        Need("friday"),
        Need("saturday"),
        Need("sunday"),
        Need("start_date"),
        Need("end_date"),
    ];
    let mut rows = Vec::new();
    each_row(FILE, bytes, columns, report, |report, line, fields| {
        let [id, .., start, end] = fields;
        let days = &fields[1..8];
        let odd_day = days.iter().find(|day| !matches!(**day, "0" | "1"));
        let odd_date = [start, end]
            .into_iter()
            .find(|date| Date::parse(date).is_none());
        if let Some(odd) = odd_day.copied().or(odd_date) {
            let field = format!("`{odd}`");
            return report.add(FILE, line, id, Problem::BadField { field });
        }
        let on = Weekday::ALL
            .into_iter()
            .zip(days)
            .filter(|(_, day)| **day == "1");
        let weekdays: WeekdaySet = on.map(|(weekday, _)| weekday).collect();
        let valid = Date::parse(start).zip(Date::parse(end));
        rows.push((id.to_owned(), (weekdays, valid), line));
    })?;
    for (id, (weekdays, valid), _) in unique(FILE, rows, report) {
        let service = Service {
            id: id.clone(),
            weekdays,
            valid,
            added: vec![],
            removed: vec![],
        };
        services.insert(id, service);
    }
    Ok(())
}

fn exceptions(
    bytes: &[u8],
    services: &mut BTreeMap<String, Service>,
    report: &mut Report,
) -> Result<(), GtfsError> {
    const FILE: &str = "calendar_dates.txt";
    use Column::Need;
    let columns = [Need("service_id"), Need("date"), Need("exception_type")];
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [id, date, kind]| {
            if id.is_empty() {
                return report.add(FILE, line, "", Problem::NoId);
            }
            let (Some(day), "1" | "2") = (Date::parse(date), kind) else {
                let field = format!("date `{date}`, exception_type `{kind}`");
                return report.add(FILE, line, id, Problem::BadField { field });
            };
            let service = services.entry(id.to_owned()).or_insert_with(|| Service {
                id: id.to_owned(),
                weekdays: WeekdaySet::NONE,
                valid: None,
                added: vec![],
                removed: vec![],
            });
            if kind == "1" {
                service.added.push(day);
            } else {
                service.removed.push(day);
            }
        },
    )
}

/// A trip as trips.txt has it: positions of its route and service.
#[derive(PartialEq, PartialOrd)]
pub(super) struct TripRow {
    pub(super) route: u32,
    pub(super) service: u32,
}

/// Trips by id, ascending, those with a known route and service.
pub(super) fn trips(
    bytes: &[u8],
    routes: &[Route],
    services: &[Service],
    report: &mut Report,
) -> Result<Vec<(String, TripRow, u64)>, GtfsError> {
    const FILE: &str = "trips.txt";
    use Column::Need;
    let columns = [Need("trip_id"), Need("route_id"), Need("service_id")];
    let mut rows = Vec::new();
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [id, route, service]| {
            report.trips.read += 1;
            let route_at = routes.binary_search_by(|known| known.id.as_str().cmp(route));
            let service_at = services.binary_search_by(|known| known.id.as_str().cmp(service));
            match (route_at, service_at) {
                (Ok(route), Ok(service)) => {
                    let row = TripRow {
                        route: route as u32,
                        service: service as u32,
                    };
                    rows.push((id.to_owned(), row, line));
                }
                (Err(_), _) => {
                    report.add(
                        FILE,
                        line,
                        format!("{id}, route {route}"),
                        Problem::UnknownRoute,
                    );
                }
                (_, Err(_)) => {
                    let name = format!("{id}, service {service}");
                    report.add(FILE, line, name, Problem::UnknownService);
                }
            }
        },
    )?;
    Ok(unique(FILE, rows, report))
}

/// The starts of trips that run by a headway, by the trip's position: seconds, ascending.
pub(super) fn frequencies(
    bytes: &[u8],
    trips: &HashMap<&str, u32>,
    report: &mut Report,
) -> Result<BTreeMap<u32, Vec<u32>>, GtfsError> {
    const FILE: &str = "frequencies.txt";
    /// Shortest headway believed, seconds: a shorter one is a slip, and would make trips without end.
    const SHORTEST_HEADWAY_S: u32 = 30;
    use Column::Need;
    let columns = [
        Need("trip_id"),
        Need("start_time"),
        Need("end_time"),
        Need("headway_secs"),
    ];
    let mut starts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    each_row(
        FILE,
        bytes,
        columns,
        report,
        |report, line, [id, start, end, headway]| {
            let Some(&trip) = trips.get(id) else {
                return report.add(FILE, line, id, Problem::UnknownTrip);
            };
            let step = headway.parse::<u32>().ok();
            let step = step.filter(|step| (SHORTEST_HEADWAY_S..=LATEST_S).contains(step));
            let (Some(from), Some(to), Some(step)) = (seconds(start), seconds(end), step) else {
                let field = format!("`{start}` to `{end}` every `{headway}` s");
                return report.add(FILE, line, id, Problem::BadField { field });
            };
            let list = starts.entry(trip).or_default();
            list.extend((from..to).step_by(step as usize));
            list.sort_unstable();
            list.dedup();
        },
    )?;
    Ok(starts)
}
