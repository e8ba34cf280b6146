//! `POST /coverage/scenario`: what changes to the points would change, for whom.

use std::sync::Arc;

use analytics::coverage::{CellReach, Coverage, PointRef, Row, Rule, row, select};
use analytics::scenario::change::{Change, Changed, Warning, WarningCode, change};
use analytics::scenario::difference::{Side, difference};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use geodata::{Point, whereabouts::whereabouts};
use ingest::event::EventTime;
use serde::Deserialize;
use serde_json::{Value, json};

use super::question::{Question, With, data};
use super::week::is_open_at;
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::problem::Problem;
use crate::http::questions::{TIME_FORM, parse_time};

/// Changes in one question, at most.
pub const MAX_CHANGES: usize = 500;
/// Points of which is said whom they alone rescue, at most: each is another computation.
const MAX_RESCUES: usize = 12;
/// Characters of an id, at most; a name may have four times as many.
const MAX_ID: usize = 64;

/// The body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    #[serde(default)]
    changes: Vec<Change>,
    #[serde(default)]
    cells: Cells,
    /// Afterwards, points count only where they are open at this time.
    #[serde(default)]
    at: Option<String>,
}

/// Which cells are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cells {
    /// Those of which anything differs.
    #[default]
    Changed,
    /// Each.
    All,
    /// None of them.
    None,
}

/// `POST /coverage/scenario`.
pub async fn scenario(
    app: State<Arc<App>>,
    body: Result<Json<With<Body>>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(With { asked, body })| {
        let question = asked.words().read()?;
        let at = body.at.as_deref().map(time).transpose()?;
        computed(app, &question, body.changes, body.cells, at)
    })
    .await
}

fn time(text: &str) -> Result<EventTime, Problem> {
    parse_time(text)
        .ok_or_else(|| Problem::refused("bad_time", format!("`at` must be {TIME_FORM}")))
}

/// What changes would change, as it is answered: for whoever comes in the daytime, or for who comes at a time. Then the points as
/// they are count where they are open, and those that are added count in any case: their hours are what is being planned.
pub fn computed(
    app: &App,
    question: &Question,
    changes: Vec<Change>,
    cells: Cells,
    at: Option<EventTime>,
) -> Result<Value, Problem> {
    sound(&changes)?;
    let coverage = app.geography.prepared(app.core.pack, question.mode)?;
    Ok(answer(app, question, &coverage, &changes, cells, at))
}

/// Refuses changes that no page makes.
pub fn sound(changes: &[Change]) -> Result<(), Problem> {
    if changes.len() > MAX_CHANGES {
        let detail = format!("give at most {MAX_CHANGES} changes");
        return Err(Problem::refused("too_many_changes", detail));
    }
    let is_named = |text: &str, most: usize| {
        !text.trim().is_empty()
            && text.chars().count() <= most
            && !text.chars().any(char::is_control)
    };
    let are_named = changes.iter().all(|change| {
        let has_name = match change {
            Change::Add { name, .. } => is_named(name, MAX_ID * 4),
            Change::Move { .. } | Change::Remove { .. } => true,
        };
        is_named(change.id(), MAX_ID) && has_name
    });
    are_named.then_some(()).ok_or_else(|| {
        let detail = format!(
            "each change needs an `id` of at most {MAX_ID} characters, and a point that is added a name of a line"
        );
        Problem::refused("bad_change", detail)
    })
}

fn answer(
    app: &App,
    question: &Question,
    coverage: &Coverage<'static>,
    changes: &[Change],
    cells: Cells,
    at: Option<EventTime>,
) -> Value {
    let pack = app.core.pack;
    let base = app.geography.base(coverage, question);
    let mut changed = change(pack, &pack.points, changes);
    if let Some(at) = at {
        let is_new = |id: &str| {
            let mut changes = changes.iter();
            changes.any(|change| matches!(change, Change::Add { .. }) && change.id() == id)
        };
        changed
            .points
            .retain(|point| is_new(&point.id) || is_open_at(&app.core, &point.id, at));
    }
    let points = select(&changed.points, question.kinds);
    let reaches = coverage.compute(&points, &question.rule);
    let before = Side {
        points: &base.points,
        reaches: &base.reaches,
    };
    let after = Side {
        points: &points,
        reaches: &reaches,
    };
    let d = difference(coverage, &question.rule, before, after);
    let told: Vec<usize> = match cells {
        Cells::Changed => d.cells.clone(),
        Cells::All => (0..reaches.len()).collect(),
        Cells::None => Vec::new(),
    };
    let cells: Vec<Value> = told
        .into_iter()
        .map(|at| {
            let was = row(pack, before.points, &before.reaches[at]);
            let is = row(pack, after.points, &after.reaches[at]);
            json!({
                "cell": is.cell, "unit": is.unit, "population": is.population, "approximate": is.approximate,
                "before": side(&was), "after": side(&is),
            })
        })
        .collect();
    let (touched, warnings) = touched(coverage, question, &changed, after);
    changed.warnings.extend(warnings);
    json!({
        "question": question.told(), "data": data(&app.core), "at": at, "open": points.len(),
        "before": d.before, "after": d.after, "gained": d.gained, "lost": d.lost,
        "units": d.units, "cells": cells, "points": touched, "warnings": changed.warnings,
    })
}

fn side(row: &Row<'_>) -> Value {
    json!({"minutes": row.minutes, "km": row.km, "covered": row.covered, "nearest": row.nearest_by_time})
}

/// The points that were moved or added, with whom they serve, and what is to be said of them.
fn touched(
    coverage: &Coverage<'static>,
    question: &Question,
    changed: &Changed,
    after: Side<'_>,
) -> (Vec<Value>, Vec<Warning>) {
    let mut warnings = Vec::new();
    let touched = changed
        .points
        .iter()
        .filter(|p| changed.touched.contains(&p.id));
    let told = touched.enumerate().map(|(n, point)| {
        let at = after.points.iter().position(|p| p.id == point.id);
        let road_km = coverage.ground().anchor(point.place).map(|a| a.access_km);
        if road_km.is_none_or(|km| km > analytics::coverage::APPROXIMATE_OVER_KM) {
            warnings.push(Warning {
                code: WarningCode::FarFromRoad,
                id: point.id.clone(),
                detail: "it lies over 1 km from any known road: its minutes are approximate"
                    .to_owned(),
            });
        }
        let people = at.map(|at| nearest_people(after.reaches, at as u32));
        let rescued = at
            .filter(|_| n < MAX_RESCUES)
            .map(|at| rescued(coverage, &question.rule, after, at));
        point_told(point, road_km, people, rescued, coverage)
    });
    let told = told.collect();
    (told, warnings)
}

fn point_told(
    point: &Point,
    road_km: Option<f64>,
    people: Option<u64>,
    rescued: Option<u64>,
    coverage: &Coverage<'_>,
) -> Value {
    let found = whereabouts(coverage.pack(), point.place.lon, point.place.lat);
    let unit = match found {
        geodata::whereabouts::Whereabouts::Inside(unit) => Some(unit),
        _ => None,
    };
    json!({
        "id": point.id, "name": point.name, "kind": point.kind, "lon": point.place.lon, "lat": point.place.lat,
        "unit": unit, "road_km": road_km.map(|km| (km * 1000.0).round() / 1000.0), "people": people, "rescued": rescued,
    })
}

fn nearest_people(reaches: &[CellReach], point: u32) -> u64 {
    let its = reaches.iter().filter(|r| r.nearest_by_time == Some(point));
    its.map(|r| u64::from(r.population)).sum()
}

/// People whom nobody else covers.
fn rescued(coverage: &Coverage<'_>, rule: &Rule, after: Side<'_>, at: usize) -> u64 {
    let others: Vec<PointRef<'_>> = after
        .points
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, point)| *point)
        .collect();
    let without = coverage.compute(&others, rule);
    let lost = after
        .reaches
        .iter()
        .zip(&without)
        .filter(|(is, without)| is.covered && !without.covered);
    lost.map(|(is, _)| u64::from(is.population)).sum()
}
