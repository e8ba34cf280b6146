//! The clocks of devices over HTTP: what arrival tells of them ([`crate::clocks`]).

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use ingest::event::time::Day;
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::asking::answered_by;
use super::problem::Problem;

/// Which day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayQuery {
    day: Option<String>,
}

/// `GET /devices/clocks?day=`: each source's, and each device's, differences of a local day, today without one. What was
/// before the server's start, and before the last days, is not known.
pub async fn clocks(
    app: State<Arc<App>>,
    query: Result<Query<DayQuery>, QueryRejection>,
) -> Response {
    answered_by(app, query, |app, Query(query)| {
        let now = app.core.now(&app.core.state.read());
        let day = match query.day.as_deref() {
            None | Some("") => now.day(),
            Some(text) => Day::parse_iso(text).ok_or_else(|| {
                Problem::bad_request("`day` must be a local date such as 2026-11-23")
            })?,
        };
        let name = |site: &analytics::names::Name| {
            let registered = app.core.registry.get(site);
            registered.map(|r| r.name.clone())
        };
        let mut value = app.clocks.json(day, name);
        value["as_of"] = json!(now);
        value["simulated"] = json!(app.core.is_simulated());
        Ok(value)
    })
    .await
}
