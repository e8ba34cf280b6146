//! `GET /coverage/equity`: how unequally minutes are shared, and how far the answer depends on what is assumed.

use std::sync::Arc;

use analytics::coverage::{Sensitivity, TravelSettings, equity, sensitivity, shares};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::gaps::rounded;
use super::question::{Asked, data};
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::problem::Problem;

/// Shares of the people whose minutes are told.
const QUANTILES: [f64; 5] = [0.5, 0.75, 0.9, 0.95, 0.99];

/// `GET /coverage/equity`.
pub async fn equity_of(
    app: State<Arc<App>>,
    params: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answered_by(app, params, |app, Query(params)| {
        let question = params.words().read()?;
        let coverage = app.geography.prepared(app.core.pack, question.mode)?;
        let base = app.geography.base(&coverage, &question);
        let bands = sensitivity(
            &coverage,
            &TravelSettings::default(),
            &base.points,
            &question.rule,
            &Sensitivity::default(),
        )
        .map_err(|e| Problem::internal(&e.into()))?;
        let bands: Vec<Value> = bands
            .iter()
            .map(|b| json!({"speed": b.speed, "detour": b.detour, "covered": b.covered, "share": b.share}))
            .collect();
        let shared = equity(&shares(&base.reaches), &QUANTILES);
        let figures = shared.map(|e| {
            let quantiles = e.quantiles.iter();
            json!({
                "people": e.people.round(), "without": e.without.round(), "mean_minutes": rounded(e.mean),
                "gini": (e.gini * 1000.0).round() / 1000.0,
                "worst_tenth_minutes": rounded(e.worst_tenth_mean), "worst_tenth_from": rounded(e.worst_tenth_from),
                "quantiles": quantiles
                    .map(|(share, minutes)| json!({"share": share, "minutes": rounded(*minutes)}))
                    .collect::<Vec<_>>(),
            })
        });
        let mut answer = figures.unwrap_or_else(|| json!({"people": 0}));
        answer["question"] = question.told();
        answer["data"] = data(&app.core);
        answer["bands"] = json!(bands);
        Ok(answer)
    })
    .await
}
