//! `GET /api/v1/public/waits`: for everybody, how long one waits where, so that people choose before they travel.
//!
//! [`analytics::relief::public`] fixes the shape and what may be told. The list is reckoned at most once in [`KEPT`],
//! however many ask, and any page may read it: it holds nothing that is not for the public, and it cannot be asked
//! anything. Who reckons it takes the state for one point at a time.
//!
//! What is expected at the points is a forecast where there is one that is better than guessing, and today's figures elsewhere
//! ([`Forecasting::expected`]).

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use analytics::coverage::{Mode, TravelSettings, select};
use analytics::relief::public::{PointNow, feed};
use analytics::relief::{Bounds, Neighbours, Settings};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use geodata::PointKind;
use parking_lot::Mutex;

use super::App;
use super::asking::blocking;
use super::problem::Problem;
use crate::core::Core;
use crate::forecasting::Forecasting;

/// For how long it is given again; `CACHE` says the same to whoever stands between.
const KEPT: Duration = Duration::from_secs(10);
const CACHE: &str = "public, max-age=10";

/// The list while it is kept, and the ways between the points, which are searched once.
#[derive(Debug, Default)]
pub struct PublicFeed {
    neighbours: OnceLock<Neighbours>,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    since: Instant,
    body: Bytes,
}

/// `GET /public/waits`.
pub async fn waits(State(app): State<Arc<App>>) -> Response {
    let mut response = blocking(move || {
        let body = app.public.body(&app.core, &app.forecasting)?;
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, CACHE),
        ];
        Ok((headers, body))
    })
    .await;
    // A problem too, so that a page elsewhere can say what is wrong.
    response.headers_mut().insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}

impl PublicFeed {
    /// The list, at most [`KEPT`] old. Who asks while it is reckoned waits for it.
    fn body(&self, core: &Core, forecasting: &Forecasting) -> Result<Bytes, Problem> {
        let mut kept = self.kept.lock();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.since.elapsed() < KEPT) {
            return Ok(kept.body.clone());
        }
        let since = Instant::now();
        let body = reckoned(core, forecasting, self.neighbours(core)?)?;
        metrics::histogram!("vonglau_public_waits_seconds").record(since.elapsed().as_secs_f64());
        *kept = Some(Kept {
            since,
            body: body.clone(),
        });
        Ok(body)
    }

    /// The ways by motorbike between the points that stay in one place and are attended.
    fn neighbours(&self, core: &Core) -> Result<&Neighbours, Problem> {
        if let Some(neighbours) = self.neighbours.get() {
            return Ok(neighbours);
        }
        let kinds = [PointKind::Branch, PointKind::Point, PointKind::Community];
        let points = select(&core.pack.points, kinds.into_iter().collect());
        let found = Neighbours::of(
            &core.pack.roads,
            &TravelSettings::default(),
            Mode::Motorbike,
            &points,
            Bounds::default(),
        )
        .map_err(|e| Problem::internal(&e.into()))?;
        Ok(self.neighbours.get_or_init(|| found))
    }
}

fn reckoned(
    core: &Core,
    forecasting: &Forecasting,
    neighbours: &Neighbours,
) -> Result<Bytes, Problem> {
    let now = core.now(&core.state.read());
    let registered = core.registry.points().map(|point| &point.id);
    let (seen, expected) = forecasting.expected(registered, now);
    let points = seen.iter().map(|seen| PointNow {
        summary: &seen.live.summary,
        opening: seen.opening,
    });
    let list = feed(
        points,
        &expected,
        neighbours,
        &Settings::default(),
        now,
        core.is_simulated(),
    );
    let body = serde_json::to_vec(&list).map_err(|e| Problem::internal(&e.into()))?;
    Ok(body.into())
}
