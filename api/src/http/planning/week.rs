//! `GET /coverage/hours`: who reaches an open point at each quarter of an hour of this week, by what points published, and by the
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
use serde_json::json;

use super::gaps::rounded;
use super::question::{Params, data};
use crate::core::Core;
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::map::Base;
use crate::http::problem::Problem;

const QUARTER_S: i64 = 15 * 60;
const QUARTERS: i64 = 24 * 4;

/// `GET /coverage/hours`.
pub async fn hours(
    app: State<Arc<App>>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    answered_by(app, params, |app, Query(params)| {
        let question = params.words().read()?;
        let coverage = app.geography.prepared(app.core.pack, question.mode)?;
        let base = app.geography.base(&coverage, &question);
        let now = app.core.now(&app.core.state.read());
        let monday = Day(now.day().0 - i32::from(now.day().weekday()));
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

/// The points with this week's hours, and how many of them published any.
fn open_points(
    core: &Core,
    base: &Base,
    monday: Day,
) -> Result<(Vec<OpenPoint>, usize), Problem> {
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
            marks.filter(|m| m.time >= EventTime(monday.start().0 - 60 * 86_400_000_000))
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
        let week = WeekSet::new(&openings).map_err(|e| Problem::internal(&anyhow::anyhow!("{e}")))?;
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
