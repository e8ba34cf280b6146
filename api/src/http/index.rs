//! The index: `GET /index766`, what costs points in it, and what people enter for it.

use std::collections::HashMap;
use std::sync::Arc;

use analytics::index::definition::{Indicator, Version};
use analytics::index::judge::Loss;
use analytics::index::period::Period;
use analytics::index::score::{Ratio, Total, band, points, totals};
use analytics::index::tally::{Asked, Index, Lost, Part, PartIndex, Wanted};
use analytics::live::dossier::Dossier;
use analytics::live::petition::Petition;
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use compact_str::CompactString;
use ingest::entries::Entry;
use ingest::event::EventTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::App;
use super::asking::answered;
use super::entering::enter;
use super::problem::Problem;
use crate::core::Core;
use crate::survey::Surveyor;

/// The register of numerators and denominators that people enter.
const VALUES: &str = "index766";
/// The register of points as the national portal published them.
const OFFICIAL: &str = "index766_official";
/// Losses in an answer without a limit of its own, and at most.
const PAGE: usize = 100;
const MAX_PAGE: usize = 5_000;

/// The parameters of a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// A month, a quarter or a year; the current month without it.
    period: Option<String>,
    /// `city`, `agency`, `unit` or `site`.
    by: Option<String>,
}

/// The parameters of a question for losses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossParams {
    period: Option<String>,
    by: Option<String>,
    /// The part's code; none for the city.
    key: Option<String>,
    indicator: String,
    limit: Option<usize>,
    offset: Option<usize>,
    /// Cases, apart by commas, that are thought to be mended.
    what_if: Option<String>,
}

impl Surveyor for Index<'_> {
    fn rating(&mut self, dossier: &str, score: u8) {
        Index::rating(self, dossier, score);
    }

    fn petitions(&mut self, petitions: &[(CompactString, Petition)]) {
        Index::petitions(self, petitions);
    }

    fn dossier(&mut self, code: &str, dossier: &Dossier) {
        Index::dossier(self, code, dossier);
    }
}

/// What is asked, with the instants that it is about.
struct Question {
    period: Period,
    part: Part,
    by: &'static str,
    to: EventTime,
    now: EventTime,
}

impl Question {
    fn of(core: &Core, period: Option<&str>, by: Option<&str>) -> Result<Self, Problem> {
        let (period, now) = super::asking::period(core, period)?;
        let by = match by {
            None | Some("" | "city") => "city",
            Some("agency") => "agency",
            Some("unit") => "unit",
            Some("site") => "site",
            Some(_) => {
                return Err(Problem::bad_request(
                    "`by` must be city, agency, unit or site",
                ));
            }
        };
        // What has just happened counts.
        let to = period.end().min(EventTime(now.0 + 1));
        Ok(Self {
            period,
            part: Part::from_word(by).unwrap_or(Part::City),
            by,
            to,
            now,
        })
    }

    fn asked<'a>(&self, version: &'a Version, losses: Option<Wanted<'a>>) -> Asked<'a> {
        Asked {
            version,
            from: self.period.start(),
            to: self.to,
            period_end: self.period.end(),
            part: self.part,
            losses,
        }
    }
}

/// The index of a question, with the losses that are wanted.
fn reckon(
    core: &Core,
    question: &Question,
    version: &Version,
    losses: Option<Wanted<'_>>,
) -> Result<(Vec<PartIndex>, Vec<Lost>), Problem> {
    let asked = question.asked(version, losses);
    let mut index = Index::new(asked, &core.rules, &core.registry);
    let (from, to) = (question.period.start(), question.to);
    core.survey(from, to, &mut index)?;
    let period = question.period.to_string();
    let entered = entered_values(core, &period);
    Ok(index.finish(|key, indicator| {
        let key = value_key(&period, &indicator.code, question.by, key);
        entered.get(&key).copied()
    }))
}

/// What was entered of a period's numerators and denominators, by [`value_key`].
pub(crate) fn entered_values(core: &Core, period: &str) -> HashMap<String, Ratio> {
    let entered = core.entries.current(VALUES).into_iter();
    let entered = entered.filter(|entry| entry.key.starts_with(&format!("{period}/")));
    let read = entered.filter_map(|entry| {
        let value: EnteredValue = serde_json::from_value(entry.value).ok()?;
        let ratio = Ratio {
            good: value.good,
            all: value.all,
        };
        Some((entry.key, ratio))
    });
    read.collect()
}

/// The key of an entered value: of which period, indicator and part.
pub(crate) fn value_key(period: &str, indicator: &str, by: &str, key: &str) -> String {
    format!("{period}/{indicator}/{by}/{key}")
}

/// `GET /index766`.
pub async fn index(
    app: State<Arc<App>>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let question = Question::of(core, params.period.as_deref(), params.by.as_deref())?;
        let version = core.index.on(question.period.start().day());
        let (parts, _) = reckon(core, &question, version, None)?;
        let rows: Vec<Value> = parts.iter().map(|part| row(version, part)).collect();
        let period = question.period.to_string();
        let official = core.entries.current(OFFICIAL);
        let official = official.iter().find(|entry| entry.key == period);
        let entered = core.entries.current(VALUES);
        let entered: Vec<&Entry> = entered
            .iter()
            .filter(|entry| entry.key.starts_with(&format!("{period}/")))
            .collect();
        Ok(json!({
            "period": period,
            "from": question.period.start(),
            "to": question.period.end(),
            "as_of": question.now,
            "is_over": question.period.end() <= question.now,
            "simulated": core.is_simulated(),
            "by": question.by,
            "version": version_json(version),
            "rows": rows,
            "entered": entered,
            "official": official,
            "baselines": core.index.baselines.iter().map(|b| json!({
                "period": b.period, "total": b.total, "sum": b.sum(), "points": b.points, "source": b.source,
            })).collect::<Vec<_>>(),
        }))
    })
    .await
}

fn version_json(version: &Version) -> Value {
    json!({
        "name": version.name,
        "effective_from": version.effective_from.to_string(),
        "source": version.source,
        "is_verified": version.is_verified,
    })
}

fn row(version: &Version, part: &PartIndex) -> Value {
    let (groups, whole) = totals(version, &part.indicators);
    let total = |t: &Total| json!({"points": t.points, "max_known": t.max_known, "max": t.max, "at_most": t.at_most()});
    let groups: Vec<Value> = version
        .groups
        .iter()
        .zip(&groups)
        .map(|(group, (_, t))| {
            let mut json = total(t);
            json["code"] = json!(group.code);
            json["vi"] = json!(group.vi);
            json["en"] = json!(group.en);
            json
        })
        .collect();
    let indicators: Vec<Value> = version
        .indicators
        .iter()
        .zip(&part.indicators)
        .map(|(indicator, scored)| {
            let mut json = json!(scored);
            json["vi"] = json!(indicator.vi);
            json["en"] = json!(indicator.en);
            json["cap"] = json!(indicator.cap);
            json
        })
        .collect();
    // A band is of a whole index.
    let is_whole = whole.max_known >= whole.max;
    json!({
        "key": part.key,
        "total": total(&whole),
        "band": is_whole.then(|| band(whole.points)),
        "at_risk": part.at_risk,
        "groups": groups,
        "indicators": indicators,
    })
}

/// `GET /index766/losses`.
pub async fn losses(
    app: State<Arc<App>>,
    params: Result<Query<LossParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let question = Question::of(core, params.period.as_deref(), params.by.as_deref())?;
        let version = core.index.on(question.period.start().day());
        let indicator = indicator(version, &params.indicator)?;
        let key = params.key.as_deref().unwrap_or_default();
        let wanted = Wanted { indicator, key };
        let (parts, lost) = reckon(core, &question, version, Some(wanted))?;
        let scored = parts
            .iter()
            .find(|part| part.key == key)
            .and_then(|part| part.indicators.iter().find(|s| s.code == indicator.code));
        let Some(scored) = scored else {
            return Err(Problem::refused(
                "nothing_counts",
                format!(
                    "nothing counts for `{key}` by {} in this period",
                    question.by
                ),
            ));
        };
        let each = scored.points_each.unwrap_or(0.0);
        let (offset, limit) = (params.offset.unwrap_or(0), params.limit.unwrap_or(PAGE));
        let page = lost.iter().skip(offset).take(limit.min(MAX_PAGE));
        let items: Vec<Value> = page
            .map(|one| {
                let (said, cure) = (one.loss.said(), one.cure());
                let mut json = json!(one);
                json["vi"] = json!(said.vi);
                json["en"] = json!(said.en);
                json["cure"] = json!(cure);
                json["points"] = json!(each);
                json
            })
            .collect();
        let mended = params.what_if.as_deref().unwrap_or_default();
        let mended: Vec<&str> = mended.split(',').filter(|case| !case.is_empty()).collect();
        let is_mended = |one: &&Lost| mended.contains(&one.case.as_str());
        let what_if = scored.ratio.map(|ratio| {
            let at_risk = lost.iter().filter(|one| one.loss == Loss::AtRisk);
            let cured = lost
                .iter()
                .filter(|one| one.loss != Loss::AtRisk && one.cure().is_some());
            let risk = at_risk.clone().count() as f64;
            let (saved, cured_here) = (
                at_risk.filter(is_mended).count() as f64,
                cured.clone().filter(is_mended).count() as f64,
            );
            let of = |good: f64| {
                let share = Ratio {
                    good: good.clamp(0.0, ratio.all),
                    all: ratio.all,
                }
                .share();
                share.map(|share| points(indicator, share))
            };
            json!({
                "now": scored.points,
                "if_nothing_is_done": of(ratio.good - risk),
                "if_done": of(ratio.good - risk + saved + cured_here),
                "if_all_is_done": of(ratio.good + cured.count() as f64),
                "chosen": mended.len(),
            })
        });
        Ok(json!({
            "period": question.period.to_string(),
            "as_of": question.now,
            "simulated": core.is_simulated(),
            "by": question.by,
            "key": key,
            "indicator": scored,
            "vi": indicator.vi,
            "en": indicator.en,
            "total": lost.len(),
            "offset": offset,
            "items": items,
            "what_if": what_if,
        }))
    })
    .await
}

fn indicator<'a>(version: &'a Version, code: &str) -> Result<&'a Indicator, Problem> {
    let found = version.indicators.iter().find(|i| i.code == code);
    found.ok_or_else(|| {
        let codes: Vec<&str> = version.indicators.iter().map(|i| &*i.code).collect();
        Problem::bad_request(format!(
            "version {} has no indicator `{code}`; it has {}",
            version.name,
            codes.join(", ")
        ))
    })
}

/// A numerator and a denominator that somebody enters.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct EnteredValue {
    good: f64,
    all: f64,
}

/// What is posted to `/index766/values`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueBody {
    period: String,
    indicator: String,
    by: Option<String>,
    key: Option<String>,
    /// Numerator; with `all`, or neither to take an entry away.
    good: Option<f64>,
    all: Option<f64>,
    source: String,
}

/// `POST /index766/values`.
pub async fn put_value(
    app: State<Arc<App>>,
    body: Result<Json<ValueBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let question = Question::of(core, Some(&body.period), body.by.as_deref())?;
        let version = core.index.on(question.period.start().day());
        indicator(version, &body.indicator)?;
        let value = match (body.good, body.all) {
            (None, None) => Value::Null,
            (Some(good), Some(all)) if good >= 0.0 && all > 0.0 && good <= all && all <= 1e9 => {
                json!(EnteredValue { good, all })
            }
            _ => {
                let detail = "give `good` and `all`, with 0 ≤ good ≤ all and all over 0; neither takes an entry away";
                return Err(Problem::refused("bad_share", detail));
            }
        };
        let key = body.key.as_deref().unwrap_or_default();
        let is_key = if question.part == Part::City {
            key.is_empty()
        } else {
            ingest::event::value::is_id(key)
        };
        if !is_key {
            let detail = "`key` is the code of the agency, unit or point, and empty for the city";
            return Err(Problem::bad_request(detail));
        }
        let key = value_key(&question.period.to_string(), &body.indicator, question.by, key);
        enter(core, VALUES, &key, value, &body.source)
    })
    .await
}

/// What is posted to `/index766/official`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialBody {
    period: String,
    /// Points by group; none takes the entry away.
    points: Option<std::collections::BTreeMap<String, f64>>,
    /// The total as published, which need not be their sum.
    total: Option<f64>,
    source: String,
}

/// `POST /index766/official`.
pub async fn put_official(
    app: State<Arc<App>>,
    body: Result<Json<OfficialBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let question = Question::of(core, Some(&body.period), None)?;
        let version = core.index.on(question.period.start().day());
        let value = match &body.points {
            None => Value::Null,
            Some(points) => {
                let max_of = |code: &String| version.groups.iter().find(|g| g.code == *code);
                let is_right = |(code, points): (&String, &f64)| {
                    max_of(code).is_some_and(|g| (0.0..=g.max).contains(points))
                };
                let is_total = body
                    .total
                    .is_none_or(|total| (0.0..=100.0).contains(&total));
                if points.is_empty() || !points.iter().all(is_right) || !is_total {
                    let groups: Vec<String> = version
                        .groups
                        .iter()
                        .map(|g| format!("{} (0–{})", g.code, g.max))
                        .collect();
                    return Err(Problem::refused(
                        "bad_points",
                        format!(
                            "`points` are by group: {}; `total` is 0 to 100",
                            groups.join(", ")
                        ),
                    ));
                }
                json!({"points": points, "total": body.total, "sum": points.values().sum::<f64>()})
            }
        };
        let key = question.period.to_string();
        enter(core, OFFICIAL, &key, value, &body.source)
    })
    .await
}
