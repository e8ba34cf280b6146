//! `GET /api/v1/sites/{id}/outlook`: the wait of a person who comes now, the queue in the next hours, and the counters to open.
//!
//! [`analytics::queueing::told`] fixes the shape and says why something is not told; the topic of the site has the same.

use std::convert::Infallible;
use std::sync::Arc;

use analytics::names::Name;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::App;
use super::asking::answered_by;
use super::map::unknown_site;
use super::problem::Problem;
use crate::doors::scope::Narrowed;

/// `GET /sites/{id}/outlook`.
pub async fn outlook(
    app: State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    Path(id): Path<String>,
) -> Response {
    let id: Result<String, Infallible> = Ok(id);
    answered_by(app, id, move |app, id| {
        let is_known = app.core.registry.get(&id).is_some()
            || app
                .core
                .state
                .read()
                .lasting
                .places
                .contains_key(id.as_str());
        if !is_known || !narrowed.has_site(&id) {
            return Err(unknown_site());
        }
        let told = app.forecasting.told(&Name::from(id.as_str()));
        serde_json::to_value(told).map_err(|e| Problem::internal(&e.into()))
    })
    .await
}
