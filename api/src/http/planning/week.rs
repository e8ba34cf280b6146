//! `GET /coverage/hours`: who reaches an open point at each quarter of an hour of a week, by what points published, and by the
//! working calendar where they published nothing.

use std::sync::Arc;

use analytics::coverage::{OpenPoint, Opening, WeekCoverage, WeekSet};
use analytics::live::place::PlaceEvent;
use analytics::names::Name;
use analytics::relief::opening::is_within_hours;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;
use serde_json::json;

use super::gaps::rounded;
use super::question::{Words, data};
use crate::core::Core;
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::map::Base;
use crate::http::problem::Problem;

const QUARTER_S: i64 = 15 * 60;
const QUARTERS: i64 = 24 * 4;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    mode: Option<String>,
    rule: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    kinds: Option<String>,
    /// Any day of the week that is meant; this one where none is.
    week: Option<String>,
}

/// `GET /coverage/hours`.
pub async fn hours(
    app: State<Arc<App>>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    answered_by(app, params, |app, Query(params)| {
        let question = Words {
            mode: params.mode.as_deref(),
            rule: params.rule.as_deref(),
            minutes: params.minutes,
            km: params.km,
            kinds: params.kinds.as_deref(),
        }
        .read()?;
        let coverage = app.geography.prepared(app.core.pack, question.mode)?;
        let base = app.geography.base(&coverage, &question);
        let day = match params.week.as_deref() {
            Some(text) => Day::parse_iso(text).ok_or_else(|| {
                Problem::refused("bad_day", "`week` must be a day such as 2026-12-31")
            })?,
            None => app.core.now(&app.core.state.read()).day(),
        };
        let monday = Day(day.0 - i32::from(day.weekday()));
        let (points, published) = open_points(&app.core, &base, monday)?;
        let week = WeekCoverage::new(coverage.ground(), &points, &question.rule);
        let quarters = (0..7u8).flat_map(|weekday| (0..QUARTERS).map(move |q| (weekday, q)));
        let slots: Vec<u64> = quarters
            .map(|(weekday, q)| week.at(weekday, (q * 15) as u16).map_or(0, |people| people.covered))
            .collect();
        let mut of_people: Vec<(f64, u64)> = base
            .reaches
            .iter()
            .zip(week.cells())
            .map(|(reach, week)| (week.hours(), u64::from(reach.population)))
            .collect();
        of_people.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(json!({
            "question": question.told(), "data": data(&app.core), "week": monday.to_string(),
            "population": week.population(), "slots": slots,
            "hours_a_week": {"mean": rounded(week.mean_hours()), "worst_tenth": worst_tenth(&of_people).and_then(rounded)},
            "published": published, "points": points.len(), "assumed": published == 0,
        }))
    })
    .await
}

/// Whether a point is open at a time, by what it published or the working calendar.
pub fn is_open_at(core: &Core, id: &str, at: EventTime) -> bool {
    let name: Name = id.into();
    let calendar = core.rules.calendars.of_site(&name);
    let state = core.state.read();
    is_within_hours(state.lasting.places.get(&name), calendar, at)
}

/// The points with the week's hours, and how many of them published any.
fn open_points(core: &Core, base: &Base, monday: Day) -> Result<(Vec<OpenPoint>, usize), Problem> {
    let mut published = 0;
    let mut points = Vec::with_capacity(base.points.len());
    for point in &base.points {
        let name: Name = point.id.into();
        let calendar = core.rules.calendars.of_site(&name);
        // One point under a lock: events go on being folded in between.
        let state = core.state.read();
        let place = state.lasting.places.get(&name);
        let is_told = place.is_some_and(|place| {
            let marks = place.doors.all().iter();
            marks
                .filter(|m| m.time >= EventTime(monday.start().0 - 60 * 86_400_000_000))
                .any(|m| matches!(m.what, PlaceEvent::Scheduled { .. }))
        });
        published += usize::from(is_told);
        let mut openings: Vec<Opening> = Vec::new();
        for weekday in 0..7u8 {
            let midnight = Day(monday.0 + i32::from(weekday)).start();
            for quarter in 0..QUARTERS {
                let at = midnight.plus_seconds(quarter * QUARTER_S);
                if !is_within_hours(place, calendar, at) {
                    continue;
                }
                let (from, to) = ((quarter * 15) as u16, (quarter * 15 + 15) as u16);
                match openings.last_mut() {
                    Some(last) if last.weekday == weekday && last.to == from => last.to = to,
                    _ => openings.push(Opening { weekday, from, to }),
                }
            }
        }
        drop(state);
        let week =
            WeekSet::new(&openings).map_err(|e| Problem::internal(&anyhow::anyhow!("{e}")))?;
        points.push(OpenPoint {
            place: point.place,
            week,
        });
    }
    Ok((points, published))
}

/// Mean hours of the tenth of the people who have fewest; ascending hours with people.
fn worst_tenth(of_people: &[(f64, u64)]) -> Option<f64> {
    let all: u64 = of_people.iter().map(|(_, people)| people).sum();
    let wanted = all as f64 / 10.0;
    let (mut taken, mut sum) = (0.0, 0.0);
    for (hours, people) in of_people {
        let part = (*people as f64).min(wanted - taken);
        taken += part;
        sum += part * hours;
    }
    (taken > 0.0).then(|| sum / taken)
}
