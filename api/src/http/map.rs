//! Geography over HTTP: the points, their coverage, and what the map is drawn from.

use std::collections::HashMap;
use std::sync::Arc;

use analytics::coverage::{
    CellReach, Coverage, Mode, PointRef, TravelSettings, rows, select, summary, to_geojson,
};
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use geodata::Pack;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::planning::question::{Question, Words};
use super::problem::Problem;
use crate::doors::scope::Narrowed;

/// Geography that is computed once and kept.
#[derive(Debug, Default)]
pub struct Geography {
    units: std::sync::OnceLock<Bytes>,
    roads: std::sync::OnceLock<Bytes>,
    prepared: Mutex<HashMap<&'static str, Arc<Coverage<'static>>>>,
    /// The last questions about the points as they are, the newest last.
    bases: Mutex<Vec<(Question, Arc<Base>)>>,
}

/// Questions about the points as they are that are remembered.
const BASES: usize = 8;

/// The points as they are, and how each cell reaches them.
#[derive(Debug)]
pub struct Base {
    /// The points that count.
    pub points: Vec<PointRef<'static>>,
    /// Every cell.
    pub reaches: Vec<CellReach>,
}

impl Geography {
    /// Coverage by a mode, which is prepared once.
    pub fn prepared(
        &self,
        pack: &'static Pack,
        mode: Mode,
    ) -> Result<Arc<Coverage<'static>>, Problem> {
        let mut prepared = self.prepared.lock();
        let key = mode.as_str();
        if let Some(coverage) = prepared.get(key) {
            return Ok(Arc::clone(coverage));
        }
        let coverage = Coverage::prepare(pack, &TravelSettings::default(), mode)
            .map_err(|e| Problem::internal(&e.into()))?;
        let coverage = Arc::new(coverage);
        prepared.insert(key, Arc::clone(&coverage));
        Ok(coverage)
    }

    /// How each cell reaches the points as they are.
    pub fn base(&self, coverage: &Coverage<'static>, question: &Question) -> Arc<Base> {
        let known = self
            .bases
            .lock()
            .iter()
            .find(|(q, _)| q == question)
            .map(|(_, base)| Arc::clone(base));
        known.unwrap_or_else(|| {
            let points = select(&coverage.pack().points, question.kinds);
            let reaches = coverage.compute(&points, &question.rule);
            let base = Arc::new(Base { points, reaches });
            let mut bases = self.bases.lock();
            if bases.len() >= BASES {
                bases.remove(0);
            }
            bases.push((*question, Arc::clone(&base)));
            base
        })
    }
}

/// The parameters of a coverage question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    mode: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    rule: Option<String>,
    kinds: Option<String>,
    #[serde(default)]
    summary: bool,
}

type Params = Result<Query<Asked>, QueryRejection>;

/// A computed answer with the points it is about.
struct Computed {
    coverage: Arc<Coverage<'static>>,
    base: Arc<Base>,
    question: Question,
}

fn compute(app: &App, asked: &Asked) -> Result<Computed, Problem> {
    let question = Words {
        mode: asked.mode.as_deref(),
        rule: asked.rule.as_deref(),
        minutes: asked.minutes,
        km: asked.km,
        kinds: asked.kinds.as_deref(),
    }
    .read()?;
    let coverage = app.geography.prepared(app.core.pack, question.mode)?;
    let base = app.geography.base(&coverage, &question);
    Ok(Computed {
        coverage,
        base,
        question,
    })
}

async fn answer(
    app: Arc<App>,
    asked: Params,
    write: fn(&App, &Asked, &Computed) -> Result<Response, Problem>,
) -> Response {
    let Query(asked) = match asked {
        Ok(asked) => asked,
        Err(e) => return Problem::bad_request(e.body_text()).into_response(),
    };
    let work = move || write(&app, &asked, &compute(&app, &asked)?);
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(e) => Problem::internal(&e.into()).into_response(),
    }
}

/// `GET /coverage`.
pub async fn coverage(State(app): State<Arc<App>>, asked: Params) -> Response {
    answer(app, asked, |app, asked, c| {
        if asked.summary {
            let summary = summary(&c.coverage, &c.base.reaches, &c.question.rule);
            return Ok(axum::Json(summary).into_response());
        }
        let rows: Vec<_> = rows(app.core.pack, &c.base.points, &c.base.reaches).collect();
        Ok(axum::Json(json!({ "rows": rows })).into_response())
    })
    .await
}

/// `GET /map/cells`.
pub async fn cells(State(app): State<Arc<App>>, asked: Params) -> Response {
    answer(app, asked, |app, _, c| {
        Ok(geojson(to_geojson(
            app.core.pack,
            &c.base.points,
            &c.base.reaches,
        )))
    })
    .await
}

/// `GET /map/units`.
pub async fn units(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let body = app
        .geography
        .units
        .get_or_init(|| geodata::geojson_out::units(app.core.pack).into());
    kept(body, &app.core.pack.meta.version, &headers)
}

/// `GET /map/roads`.
pub async fn roads(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let body = app
        .geography
        .roads
        .get_or_init(|| geodata::geojson_out::roads(app.core.pack).into());
    kept(body, &app.core.pack.meta.version, &headers)
}

const GEOJSON: &str = "application/geo+json";

fn geojson(body: String) -> Response {
    ([(header::CONTENT_TYPE, GEOJSON)], body).into_response()
}

/// A body that changes only with the pack.
fn kept(body: &Bytes, version: &str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}-{version}-{}\"", env!("CARGO_PKG_VERSION"), body.len());
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|v| v.as_bytes() == tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, GEOJSON.to_owned()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, body.clone()).into_response()
}

/// `GET /sites`.
pub async fn sites(State(app): State<Arc<App>>) -> Response {
    let sites: Vec<_> = app.core.registry.points().map(site_json).collect();
    axum::Json(json!({ "sites": sites })).into_response()
}

fn site_json(r: &analytics::registry::Registered) -> serde_json::Value {
    json!({
        "id": &*r.id, "name": r.name, "kind": r.kind, "unit": &*r.unit,
        "lon": r.lon, "lat": r.lat, "coord_class": r.coord_class, "open": r.open,
    })
}

/// `GET /sites/{id}`: the register's entry and the site now.
pub async fn site(
    State(app): State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    Path(id): Path<String>,
) -> Response {
    if !narrowed.has_site(&id) {
        return unknown_site().into_response();
    }
    let state = app.core.state.read();
    let registered = app.core.registry.get(&id);
    if registered.is_none() && !state.lasting.places.contains_key(id.as_str()) {
        return unknown_site().into_response();
    }
    let now = app.core.now(&state);
    let name: analytics::names::Name = id.as_str().into();
    let dossiers = state.dossiers.values().filter(|d| d.site() == Some(&name));
    let counts = analytics::view::site_dossiers(&id, dossiers, &app.core.rules, now);
    let live = analytics::view::site_live(
        &state,
        &app.core.registry,
        &app.core.rules,
        &name,
        counts,
        now,
    );
    let days = analytics::view::unsettled_days(now)
        .map(|day| analytics::view::day_standing(&state, &app.core.rules, &name, day, now));
    let body = json!({
        "as_of": now.to_string(),
        "site": registered.map(site_json),
        "now": live.summary,
        "days": days,
    });
    axum::Json(body).into_response()
}

/// The refusal of a site that nobody knows.
pub(super) fn unknown_site() -> Problem {
    let detail = "no site of this code is registered, and none has sent anything";
    Problem::new(StatusCode::NOT_FOUND, "unknown_site", detail)
}

/// `GET /about`.
pub async fn about(State(app): State<Arc<App>>) -> Response {
    let meta = &app.core.pack.meta;
    let credits: Vec<String> = meta
        .sources
        .iter()
        .map(|s| format!("{} ({})", s.credit, s.licence))
        .collect();
    let mut distinct: Vec<String> = Vec::new();
    for credit in credits {
        if !distinct.contains(&credit) {
            distinct.push(credit);
        }
    }
    let mode = if app.core.is_simulated() {
        "events"
    } else {
        "wall"
    };
    let body = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "pack": {"name": meta.name, "version": meta.version, "credits": distinct},
        "clock": {"mode": mode, "simulated": app.core.is_simulated()},
    });
    axum::Json(body).into_response()
}
