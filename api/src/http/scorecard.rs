//! The scorecard: `GET /scorecard`, and what people enter for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::figures::group::By;
use analytics::figures::within::Within;
use analytics::figures::{Family, Question};
use analytics::index::definition::Definitions;
use analytics::index::tally::{Asked, Index, Part};
use analytics::rules::Named;
use analytics::scorecard::{Figures, View, cards, equity, gather, productivity};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use geodata::UnitKind;
use ingest::event::EventTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::App;
use super::asking::{NOTHING, answered, period};
use super::entering::{enter, line};
use super::problem::Problem;
use crate::core::Core;

const ENTERED: &str = "scorecard";
const WEIGHTS: &str = "scorecard_weights";
const STAFF: &str = "staff";
const BASELINES: &str = "baselines";

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    period: Option<String>,
    view: Option<String>,
}

fn view(word: Option<&str>) -> Result<(View, &'static str), Problem> {
    match word {
        None | Some("" | "internal") => Ok((View::Internal, "internal")),
        Some("external") => Ok((View::External, "external")),
        Some(_) => Err(Problem::bad_request("`view` must be internal or external")),
    }
}

/// The figures of points or agencies over a span.
fn figures(
    core: &Core,
    view: View,
    from: EventTime,
    to: EventTime,
    now: EventTime,
) -> Result<BTreeMap<String, Figures>, Problem> {
    let (by, part, families): (_, _, &[Family]) = match view {
        View::Internal => (
            By::Site,
            Part::Site,
            &[
                Family::Visits,
                Family::Dossiers,
                Family::Ratings,
                Family::Duties,
                Family::Feedback,
            ],
        ),
        View::External => (
            By::Agency,
            Part::Agency,
            &[Family::Dossiers, Family::Duties, Family::Feedback],
        ),
    };
    let mut all = BTreeMap::new();
    for family in families {
        let question = Question {
            family: *family,
            from,
            to,
            as_of: now,
            by: Some(by),
            all: false,
            within: Within::ALL,
        };
        let table = core.answer(&question)?;
        gather(&mut all, family.as_str(), &table);
    }
    let definitions: &Definitions = &core.index;
    // The first version has every count that the criteria name.
    let version = &definitions.versions()[0];
    let asked = Asked {
        version,
        from,
        to,
        period_end: to,
        part,
        losses: None,
    };
    let mut index = Index::new(asked, &core.rules, &core.registry);
    core.survey(from, to, &mut index)?;
    let (parts, _) = index.finish(|_, _| None);
    for part in parts {
        let figures: &mut Figures = all.entry(part.key.clone()).or_default();
        for (indicator, scored) in version.indicators.iter().zip(&part.indicators) {
            let name = json!(indicator.formula);
            if let (Some(ratio), Some(name)) = (scored.ratio, name.as_str()) {
                figures.set(format!("index.{name}.good"), ratio.good);
                figures.set(format!("index.{name}.all"), ratio.all);
            }
        }
    }
    Ok(all)
}

fn weights(core: &Core) -> (BTreeMap<String, f64>, Value) {
    let entries = core.entries.current(WEIGHTS);
    let Some(entry) = entries.first() else {
        return (BTreeMap::new(), Value::Null);
    };
    let weights = serde_json::from_value(entry.value.clone()).unwrap_or_default();
    (weights, json!(entry))
}

/// `GET /scorecard`.
pub async fn scorecard(
    app: State<Arc<App>>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (period, now) = period(core, params.period.as_deref())?;
        let (view, word) = view(params.view.as_deref())?;
        let (from, to) = (period.start(), period.end().min(EventTime(now.0 + 1)));
        let all = figures(core, view, from, to, now)?;
        let (weights, weights_entry) = weights(core);
        let entered = core.entries.current(ENTERED);
        let told = period.to_string();
        let cards = cards(&core.criteria, view, &all, &weights, |key, metric| {
            let wanted = format!("{told}/{word}/{}/{key}", metric.code);
            let entry = entered.iter().find(|entry| entry.key == wanted)?;
            entry.value.as_f64()
        });
        let rows: Vec<Value> = cards.iter().map(|card| row(core, view, card)).collect();
        let mut answer = json!({
            "period": told, "from": from, "to": period.end(), "as_of": now, "simulated": core.is_simulated(),
            "view": word, "criteria": core.criteria, "weights": weights_entry,
            "weights_note": {
                "vi": "Đề án không quy định trọng số: các trọng số là thiết lập, mặc định bằng nhau.",
                "en": "The scheme gives no weights: they are settings, and equal by default.",
            },
            "rows": rows,
        });
        if view == View::Internal {
            let days = (to.seconds_since(from) / 86_400.0).max(1.0);
            answer["productivity"] = json!(of_staff(core, &all, from, days));
            let is_urban = |site: &str| unit_kind(core, site).map(|kind| kind == UnitKind::Ward);
            answer["equity"] = json!(equity::of_points(&all, is_urban));
        }
        Ok(answer)
    })
    .await
}

fn row(core: &Core, view: View, card: &analytics::scorecard::Card) -> Value {
    let mut row = json!(card);
    match view {
        View::Internal => {
            let point = core.registry.get(&card.key);
            row["name"] = json!(point.map(|p| &p.name));
            row["kind"] = json!(point.map(|p| p.kind));
        }
        View::External => {
            row["name"] = json!(core.rules.agencies.name(&card.key));
            row["kind"] = json!(core.rules.agencies.level(&card.key));
        }
    }
    row
}

fn unit_kind(core: &Core, site: &str) -> Option<UnitKind> {
    let unit = core.registry.unit_of(site);
    let unit = core.pack.units.iter().find(|u| u.code.as_str() == unit)?;
    Some(unit.kind)
}

/// Staff of a point, as entered.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Staff {
    staff: f64,
    /// `urban`, `rural` or `remote`, where it is not what the unit's kind says.
    area: Option<String>,
}

/// Points with their productivity.
fn of_staff(
    core: &Core,
    all: &BTreeMap<String, Figures>,
    from: EventTime,
    days: f64,
) -> Vec<Value> {
    let entries = core.entries.current(STAFF);
    let staff = |site: &str| -> Option<Staff> {
        let entry = entries.iter().find(|entry| entry.key == site)?;
        serde_json::from_value(entry.value.clone()).ok()
    };
    let of = |(site, figures): (&String, &Figures)| {
        let received = figures.get("dossiers.accepted")?;
        let staff = staff(site);
        let area = staff.as_ref().and_then(|s| s.area.clone());
        let area = area.or_else(|| {
            let kind = unit_kind(core, site)?;
            Some(
                if kind == UnitKind::Ward {
                    "urban"
                } else {
                    "rural"
                }
                .to_owned(),
            )
        })?;
        let norm = match area.as_str() {
            "urban" => Named::NormUrban,
            "rural" => Named::NormRural,
            _ => Named::NormRemote,
        };
        let norm = core.rules.limits.value(norm, from.day())?;
        let staff = staff.map(|s| s.staff);
        let mut json = json!(productivity::of(received as u64, days, staff, norm));
        json["site"] = json!(site);
        json["area"] = json!(area);
        Some(json)
    };
    all.iter().filter_map(of).collect()
}

/// What is posted to `/scorecard/entries`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    period: String,
    view: Option<String>,
    metric: String,
    /// The point or agency.
    key: String,
    /// 0 to 100; none takes the entry away.
    points: Option<f64>,
    source: String,
}

/// `POST /scorecard/entries`: a judged criterion, with its source.
pub async fn put_entry(
    app: State<Arc<App>>,
    body: Result<Json<EntryBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let (period, _) = period(core, Some(&body.period))?;
        let (view, word) = view(body.view.as_deref())?;
        let is_it = |m: &&analytics::scorecard::Metric| {
            let is_entered = m.measure == analytics::scorecard::Measure::Entered;
            m.code == body.metric && is_entered && m.views.contains(&view)
        };
        if !core.criteria.metrics.iter().any(|m| is_it(&m)) {
            let all = core.criteria.metrics.iter();
            let all = all.filter(|m| m.measure == analytics::scorecard::Measure::Entered);
            let all: Vec<&str> = all.map(|m| m.code.as_str()).collect();
            return Err(Problem::bad_request(format!(
                "`metric` must be one of {}",
                all.join(", ")
            )));
        }
        let value = match body.points {
            None => Value::Null,
            Some(points) if (0.0..=100.0).contains(&points) => json!(points),
            Some(_) => return Err(Problem::refused("bad_points", "`points` must be 0 to 100")),
        };
        let key = format!(
            "{period}/{word}/{}/{}",
            body.metric,
            line("key", &body.key)?
        );
        enter(core, ENTERED, &key, value, &body.source)
    })
    .await
}

/// What is posted to `/scorecard/weights`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsBody {
    /// By group; none makes them equal again.
    weights: Option<BTreeMap<String, f64>>,
    source: String,
}

/// `POST /scorecard/weights`.
pub async fn put_weights(
    app: State<Arc<App>>,
    body: Result<Json<WeightsBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        if let Some(weights) = &body.weights {
            let is_group = |code: &String| core.criteria.groups.iter().any(|g| g.code == *code);
            let is_right = weights
                .iter()
                .all(|(code, w)| is_group(code) && (0.0..=100.0).contains(w));
            if !is_right || weights.values().sum::<f64>() <= 0.0 {
                let detail = "`weights` are by group, 5.1 to 5.9, each 0 to 100, and not all 0";
                return Err(Problem::refused("bad_weights", detail));
            }
        }
        let value = json!(body.weights);
        enter(core, WEIGHTS, "weights", value, &body.source)
    })
    .await
}

/// What is posted to `/staff`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffBody {
    site: String,
    /// Officers who receive; none takes the entry away.
    staff: Option<f64>,
    area: Option<String>,
    source: String,
}

/// `POST /staff`: how many officers receive at a point.
pub async fn put_staff(
    app: State<Arc<App>>,
    body: Result<Json<StaffBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let is_area = |area: &String| ["urban", "rural", "remote"].contains(&area.as_str());
        if !body.area.as_ref().is_none_or(is_area) {
            return Err(Problem::bad_request(
                "`area` must be urban, rural or remote",
            ));
        }
        let value = match body.staff {
            None => Value::Null,
            Some(staff) if staff > 0.0 && staff <= 1_000.0 => json!(Staff {
                staff,
                area: body.area
            }),
            Some(_) => {
                return Err(Problem::refused(
                    "bad_staff",
                    "`staff` must be over 0 and at most 1000",
                ));
            }
        };
        let site = line("site", &body.site)?;
        enter(core, STAFF, &site, value, &body.source)
    })
    .await
}

/// What is posted to `/baselines`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineBody {
    index: String,
    year: i16,
    rank: Option<u16>,
    value: Option<f64>,
    source: String,
}

/// `GET /baselines`: yearly indices of the city (SIPAS, PAR INDEX, PCI), shipped and entered.
pub async fn baselines(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        let shipped = core
            .criteria
            .baselines
            .iter()
            .map(|baseline| json!(baseline));
        let entered = core.entries.current(BASELINES).into_iter().map(|entry| {
            let mut value = entry.value;
            value["source"] = json!(entry.source);
            value["entered_at"] = json!(entry.entered_at);
            value
        });
        Ok(json!({"rows": shipped.chain(entered).collect::<Vec<_>>()}))
    })
    .await
}

/// `POST /baselines`.
pub async fn put_baseline(
    app: State<Arc<App>>,
    body: Result<Json<BaselineBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        if !(2000..=2099).contains(&body.year) {
            return Err(Problem::refused("bad_year", "`year` must be such as 2026"));
        }
        let index = line("index", &body.index)?;
        let is_nothing = body.rank.is_none() && body.value.is_none();
        let value = if is_nothing {
            Value::Null
        } else {
            json!({"index": index, "year": body.year, "rank": body.rank, "value": body.value})
        };
        let key = format!("{index}/{}", body.year);
        enter(core, BASELINES, &key, value, &body.source)
    })
    .await
}
