//! `GET /coverage/gaps`: who is left out, as places that have a name.

use std::collections::HashMap;
use std::sync::Arc;

use analytics::coverage::{Bearing, Gap, GapName, Join, gaps};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use geodata::{CellIndex, LonLat};
use serde::Deserialize;
use serde_json::{Value, json};

use super::question::{Question, Words, data};
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::map::Base;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    mode: Option<String>,
    rule: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    kinds: Option<String>,
    /// People that a gap must have to be told.
    #[serde(default)]
    least: u64,
}

/// `GET /coverage/gaps`.
pub async fn gaps_of(
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
        let (people, told) = told(app, &question, &base, params.least);
        Ok(json!({"question": question.told(), "data": data(&app.core), "people": people, "gaps": told}))
    })
    .await
}

/// All people who are left out, and the places where at least so many are, most people first.
pub(super) fn told(app: &App, question: &Question, base: &Base, least: u64) -> (u64, Vec<Value>) {
    let pack = app.core.pack;
    let found = gaps(
        &base.reaches,
        &pack.units,
        &[],
        &question.rule,
        Join::AcrossUnits,
    );
    let people = found.iter().map(|gap| gap.people).sum();
    let minutes: HashMap<CellIndex, (f64, u32)> = base
        .reaches
        .iter()
        .filter(|reach| !reach.covered)
        .map(|reach| (reach.cell, (reach.minutes, reach.population)))
        .collect();
    let told = found.iter().filter(|gap| gap.people >= least).enumerate();
    let told = told.map(|(at, gap)| {
        let nearest = gap.nearest.and_then(|at| base.points.get(at as usize));
        let centre = base.reaches.iter().find(|r| r.cell == gap.centre);
        let nearest = nearest.map(|point| {
            json!({
                "id": point.id,
                "name": app.core.registry.get(point.id).map(|p| p.name.clone()),
                "minutes": centre.and_then(|c| rounded(c.minutes)),
                "km": centre.and_then(|c| rounded(c.km)),
            })
        });
        let mut told = told_gap(app, at + 1, gap, nearest);
        told["mean_minutes"] = json!(mean_minutes(gap, &minutes));
        told
    });
    (people, told.collect())
}

fn told_gap(app: &App, rank: usize, gap: &Gap, nearest: Option<Value>) -> Value {
    let pack = app.core.pack;
    let unit = |at: geodata::UnitIndex| pack.units[at.at()].code.as_str();
    let centre = geodata::cells::cell_centre(gap.centre);
    let (name, bearing) = match &gap.name {
        GapName::Place(name) => (name.clone(), None),
        GapName::Unit(name, bearing) => (name.clone(), *bearing),
    };
    json!({
        "rank": rank, "name": bearing.map_or_else(|| name.clone(), |b| format!("{name}, {}", side(b))),
        "place": name, "bearing": bearing,
        "units": gap.units.iter().map(|(at, _)| unit(*at)).collect::<Vec<_>>(),
        "people": gap.people, "cells": gap.cells.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "worst_minutes": rounded(gap.worst_minutes), "over_minutes": rounded(gap.excess_minutes),
        "over_km": rounded(gap.excess_km), "approximate": gap.approximate, "nearest": nearest,
        "centre": [centre.lon, centre.lat], "bbox": bounds(gap),
    })
}

/// Of its people.
fn mean_minutes(gap: &Gap, minutes: &HashMap<CellIndex, (f64, u32)>) -> Option<f64> {
    let its = gap.cells.iter().filter_map(|cell| minutes.get(cell));
    let sum: f64 = its.map(|(m, people)| m * f64::from(*people)).sum();
    rounded(sum / gap.people as f64)
}

/// A side of a commune, as it is said.
const fn side(bearing: Bearing) -> &'static str {
    match bearing {
        Bearing::North => "phía bắc",
        Bearing::NorthEast => "phía đông bắc",
        Bearing::East => "phía đông",
        Bearing::SouthEast => "phía đông nam",
        Bearing::South => "phía nam",
        Bearing::SouthWest => "phía tây nam",
        Bearing::West => "phía tây",
        Bearing::NorthWest => "phía tây bắc",
    }
}

fn bounds(gap: &Gap) -> [f64; 4] {
    let none = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    gap.cells.iter().fold(none, |b, cell| {
        let LonLat { lon, lat } = geodata::cells::cell_centre(*cell);
        [b[0].min(lon), b[1].min(lat), b[2].max(lon), b[3].max(lat)]
    })
}

/// To a hundredth; `None` of what is no figure.
pub(super) fn rounded(value: f64) -> Option<f64> {
    value.is_finite().then(|| (value * 100.0).round() / 100.0)
}
