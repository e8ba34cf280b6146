//! `POST /coverage/groups`: how groups of people reach the points, of whom the planner has a list: the elderly, poor households.
//!
//! The list is answered and not kept: it holds weights by cell or unit, and nobody's name.

use std::sync::Arc;

use analytics::coverage::{GroupRow, Groups};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::gaps::rounded;
use super::question::{With, data};
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::problem::Problem;

/// Lines of a list: each cell of the city, for some groups.
const MOST_ROWS: usize = 200_000;
/// Groups of a list: each has a weight for every cell.
const MOST_GROUPS: usize = 50;
/// Lines that do not count which are told one by one.
const TOLD: usize = 100;

/// The body, beside the members of the question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    rows: Vec<GroupRow>,
}

/// `POST /coverage/groups`.
pub async fn groups_of(
    app: State<Arc<App>>,
    body: Result<Json<With<Body>>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(With { asked, body })| {
        let question = asked.words().read()?;
        let names: std::collections::BTreeSet<&str> =
            body.rows.iter().map(|row| row.group.as_str()).collect();
        if body.rows.len() > MOST_ROWS || names.len() > MOST_GROUPS {
            let detail = format!("give at most {MOST_ROWS} rows of {MOST_GROUPS} groups");
            return Err(Problem::refused("list_too_long", detail));
        }
        let pack = app.core.pack;
        let coverage = app.geography.prepared(pack, question.mode)?;
        let base = app.geography.base(&coverage, &question);
        let units: Vec<&str> = pack.units.iter().map(|unit| unit.code.as_str()).collect();
        let groups = Groups::new(coverage.ground(), &units, &body.rows);
        let figures: Vec<Value> = groups
            .figures(&base.reaches)
            .into_iter()
            .map(|g| {
                json!({
                    "group": g.group, "weight": rounded(g.weight), "covered": rounded(g.covered),
                    "share": g.share, "far": rounded(g.far),
                    "mean_minutes": g.mean_minutes.and_then(rounded), "p90_minutes": g.p90_minutes.and_then(rounded),
                })
            })
            .collect();
        let faults = groups.faults();
        let told: Vec<Value> = faults
            .iter()
            .take(TOLD)
            .map(|(row, fault)| json!({"row": row + 1, "place": body.rows[*row].place, "fault": fault}))
            .collect();
        Ok(json!({
            "question": question.told(), "data": data(&app.core), "groups": figures,
            "left_out": {"rows": faults.len(), "told": told},
        }))
    })
    .await
}
