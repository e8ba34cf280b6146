//! Points, units, cells and gaps as OGC API Features (Part 1: Core, OGC 17-069r4), for a GIS: `GET /ogc` and what it links to.
//!
//! Cells and gaps carry the answer to the question in the parameters (`mode`, `rule`, `minutes`, `km`, `kinds`), by default the contract's.

use std::sync::Arc;

use analytics::coverage::row;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use geodata::{LonLat, geojson_out};
use serde::Deserialize;
use serde_json::{Value, json};

use super::gaps;
use super::question::Words;
use crate::http::App;
use crate::http::asking::{NOTHING, answered, blocking};
use crate::http::map::Base;
use crate::http::problem::Problem;

const ROOT: &str = "/api/v1/ogc";
const GEOJSON: &str = "application/geo+json";
/// Features of an answer, where nobody says how many, and at most.
const LIMIT: usize = 10;
const MAX_LIMIT: usize = 10_000;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Collection {
    Points,
    Units,
    Cells,
    Gaps,
}

impl Collection {
    const ALL: [Self; 4] = [Self::Points, Self::Units, Self::Cells, Self::Gaps];

    const fn id(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Units => "units",
            Self::Cells => "cells",
            Self::Gaps => "gaps",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Points => "Service points",
            Self::Units => "Communes and wards",
            Self::Cells => "Population cells and how they reach a point",
            Self::Gaps => "Places whose people are left out",
        }
    }

    fn of(id: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|c| c.id() == id).ok_or_else(|| {
            let detail = "there is no such collection: see `/api/v1/ogc/collections`";
            Problem::new(StatusCode::NOT_FOUND, "unknown_collection", detail)
        })
    }

    fn told(self) -> Value {
        let here = format!("{ROOT}/collections/{}", self.id());
        json!({
            "id": self.id(), "title": self.title(), "itemType": "feature",
            "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
            "links": [
                link("self", "application/json", &here),
                link("items", GEOJSON, &format!("{here}/items")),
            ],
        })
    }
}

fn link(rel: &str, kind: &str, href: &str) -> Value {
    json!({"rel": rel, "type": kind, "href": href})
}

/// `GET /ogc`: where everything is.
pub async fn landing(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        Ok(json!({
            "title": format!("Vọng Lâu — {}", core.pack.meta.name),
            "links": [
                link("self", "application/json", ROOT),
                link("service-desc", "application/vnd.oai.openapi+json;version=3.1", "/api/v1/openapi.json"),
                link("conformance", "application/json", &format!("{ROOT}/conformance")),
                link("data", "application/json", &format!("{ROOT}/collections")),
            ],
        }))
    })
    .await
}

/// `GET /ogc/conformance`.
pub async fn conformance() -> Json<Value> {
    let class =
        |name: &str| format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}");
    let classes = ["core", "geojson"].map(class);
    Json(json!({"conformsTo": classes}))
}

/// `GET /ogc/collections`.
pub async fn collections() -> Json<Value> {
    let all = Collection::ALL.map(Collection::told);
    let links = [link(
        "self",
        "application/json",
        &format!("{ROOT}/collections"),
    )];
    Json(json!({"collections": all, "links": links}))
}

/// `GET /ogc/collections/{collection}`.
pub async fn collection(Path(id): Path<String>) -> Response {
    match Collection::of(&id) {
        Ok(collection) => Json(collection.told()).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// The parameters of a list of features.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    limit: Option<usize>,
    #[serde(default)]
    offset: usize,
    bbox: Option<String>,
    mode: Option<String>,
    rule: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    kinds: Option<String>,
}

/// `GET /ogc/collections/{collection}/items`.
pub async fn items(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    blocking(move || {
        let Query(params) = params?;
        let collection = Collection::of(&id)?;
        let bbox = params.bbox.as_deref().map(bbox).transpose()?;
        let limit = params.limit.unwrap_or(LIMIT).min(MAX_LIMIT);
        if limit == 0 {
            return Err(Problem::bad_request("`limit` must be from 1 up"));
        }
        let source = Source::of(&app, collection, &params)?;
        let matched: Vec<usize> = (0..source.len())
            .filter(|at| bbox.is_none_or(|bbox| overlaps(bbox, source.bounds(*at))))
            .collect();
        let page: Vec<usize> = matched
            .iter()
            .skip(params.offset)
            .take(limit)
            .copied()
            .collect();
        let more = params.offset + page.len() < matched.len();
        let features = page.iter().map(|at| source.feature(*at));
        Ok(answer(
            &features.collect::<Vec<_>>(),
            matched.len(),
            &links(collection, &params, limit, more),
        ))
    })
    .await
}

/// `GET /ogc/collections/{collection}/items/{feature}`.
pub async fn item(
    State(app): State<Arc<App>>,
    Path((id, feature)): Path<(String, String)>,
) -> Response {
    blocking(move || {
        let source = Source::of(&app, Collection::of(&id)?, &Params::default())?;
        let found = (0..source.len()).find(|at| source.id(*at) == feature);
        let at = found.ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                "unknown_feature",
                "there is no such feature",
            )
        })?;
        Ok(([(header::CONTENT_TYPE, GEOJSON)], source.feature(at)))
    })
    .await
}

fn links(collection: Collection, params: &Params, limit: usize, more: bool) -> Vec<Value> {
    let items = format!("{ROOT}/collections/{}/items", collection.id());
    let at = |offset: usize| {
        let mut query = vec![format!("limit={limit}"), format!("offset={offset}")];
        let words = [
            ("bbox", params.bbox.clone()),
            ("mode", params.mode.clone()),
            ("rule", params.rule.clone()),
            ("minutes", params.minutes.map(|x| x.to_string())),
            ("km", params.km.map(|x| x.to_string())),
            ("kinds", params.kinds.clone()),
        ];
        query.extend(words.into_iter().filter_map(|(name, value)| {
            // All have been read as words and numbers: but for spaces there is nothing to be escaped in them.
            Some(format!(
                "{name}={}",
                value?.replace(char::is_whitespace, "")
            ))
        }));
        format!("{items}?{}", query.join("&"))
    };
    let mut links = vec![link("self", GEOJSON, &at(params.offset))];
    if more {
        links.push(link("next", GEOJSON, &at(params.offset + limit)));
    }
    links
}

fn answer(features: &[String], matched: usize, links: &[Value]) -> Response {
    let body = format!(
        r#"{{"type":"FeatureCollection","numberMatched":{matched},"numberReturned":{},"links":{},"features":[{}]}}"#,
        features.len(),
        Value::from(links.to_vec()),
        features.join(",")
    );
    ([(header::CONTENT_TYPE, GEOJSON)], body).into_response()
}

/// West, south, east, north.
type Bounds = [f64; 4];

fn bbox(text: &str) -> Result<Bounds, Problem> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    let four = match numbers.as_deref() {
        // Six have heights among them, which nothing here has.
        Some([west, south, east, north] | [west, south, _, east, north, _]) => {
            Some([*west, *south, *east, *north])
        }
        _ => None,
    };
    let is_box = |b: &Bounds| b.iter().all(|x| x.is_finite()) && b[0] <= b[2] && b[1] <= b[3];
    four.filter(is_box).ok_or_else(|| {
        Problem::bad_request(
            "`bbox` must be west,south,east,north in degrees, such as 105.7,20.9,105.9,21.1",
        )
    })
}

fn overlaps(a: Bounds, b: Bounds) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// A collection's features, in order.
struct Source<'a> {
    app: &'a App,
    collection: Collection,
    base: Option<Arc<Base>>,
    gaps: Vec<Value>,
}

impl<'a> Source<'a> {
    fn of(app: &'a App, collection: Collection, params: &Params) -> Result<Self, Problem> {
        let question = Words {
            mode: params.mode.as_deref(),
            rule: params.rule.as_deref(),
            minutes: params.minutes,
            km: params.km,
            kinds: params.kinds.as_deref(),
        }
        .read()?;
        let base = if matches!(collection, Collection::Cells | Collection::Gaps) {
            let coverage = app.geography.prepared(app.core.pack, question.mode)?;
            Some(app.geography.base(&coverage, &question))
        } else {
            None
        };
        let gaps = match (&base, collection) {
            (Some(base), Collection::Gaps) => gaps::told(app, &question, base, 0).1,
            _ => Vec::new(),
        };
        Ok(Self {
            app,
            collection,
            base,
            gaps,
        })
    }

    fn len(&self) -> usize {
        let pack = self.app.core.pack;
        match self.collection {
            Collection::Points => pack.points.len(),
            Collection::Units => pack.units.len(),
            Collection::Cells => pack.cells.as_slice().len(),
            Collection::Gaps => self.gaps.len(),
        }
    }

    fn id(&self, at: usize) -> String {
        let pack = self.app.core.pack;
        match self.collection {
            Collection::Points => pack.points[at].id.clone(),
            Collection::Units => pack.units[at].code.to_string(),
            Collection::Cells => pack.cells.as_slice()[at].index.to_string(),
            // Of its cells the first in order: it is of no other gap.
            Collection::Gaps => cells_of(&self.gaps[at])
                .min()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    fn bounds(&self, at: usize) -> Bounds {
        let pack = self.app.core.pack;
        let around = |places: &mut dyn Iterator<Item = LonLat>| {
            let none = [
                f64::INFINITY,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::NEG_INFINITY,
            ];
            places.fold(none, |b, p| {
                [
                    b[0].min(p.lon),
                    b[1].min(p.lat),
                    b[2].max(p.lon),
                    b[3].max(p.lat),
                ]
            })
        };
        match self.collection {
            Collection::Points => around(&mut std::iter::once(pack.points[at].place)),
            Collection::Units => pack.units[at].bounds().unwrap_or_default(),
            Collection::Cells => {
                let boundary = pack.cells.as_slice()[at].index.boundary();
                around(&mut boundary.iter().map(|c| LonLat {
                    lon: c.lng(),
                    lat: c.lat(),
                }))
            }
            Collection::Gaps => {
                let bbox = self.gaps[at]["bbox"].as_array();
                let numbers = bbox.into_iter().flatten().filter_map(Value::as_f64);
                numbers.collect::<Vec<_>>().try_into().unwrap_or_default()
            }
        }
    }

    fn feature(&self, at: usize) -> String {
        let pack = self.app.core.pack;
        let id = self.id(at);
        match self.collection {
            Collection::Points => {
                let p = &pack.points[at];
                let properties = json!({
                    "id": p.id, "name": p.name, "kind": p.kind, "unit": p.unit, "open": p.open, "coord_class": p.coord_class,
                });
                geojson_out::feature_of(&id, &properties, "Point", &geojson_out::position(p.place))
            }
            Collection::Units => {
                let u = &pack.units[at];
                let properties = json!({
                    "code": u.code, "name": u.name, "kind": u.kind, "population": u.population, "area_km2": u.area_km2,
                    "old_district": u.old_district,
                });
                let outline = geojson_out::outline(&u.outline);
                geojson_out::feature_of(&id, &properties, "MultiPolygon", &outline)
            }
            Collection::Cells => {
                let properties = self
                    .base
                    .as_ref()
                    .map(|base| json!(row(pack, &base.points, &base.reaches[at])));
                let polygon = geojson_out::cell_polygon(pack.cells.as_slice()[at].index);
                geojson_out::feature_of(&id, &properties.unwrap_or_default(), "Polygon", &polygon)
            }
            Collection::Gaps => {
                let cells = cells_of(&self.gaps[at]).filter_map(|cell| cell.parse().ok());
                let polygons: Vec<String> = cells.map(geojson_out::cell_polygon).collect();
                let polygons = format!("[{}]", polygons.join(","));
                geojson_out::feature_of(&id, &self.gaps[at], "MultiPolygon", &polygons)
            }
        }
    }
}

fn cells_of(gap: &Value) -> impl Iterator<Item = &str> {
    let cells = gap["cells"].as_array().into_iter().flatten();
    cells.filter_map(Value::as_str)
}
