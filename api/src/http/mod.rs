//! HTTP and WebSocket, as the interface contract has them.
//!
//! [`router`] is the whole surface. [`events`] takes events in, [`national`] messages of the national exchange, [`questions`] answers with figures,
//! [`map`] with geography, [`planning`] what-if questions, [`ws`] pushes live views, [`assets`] serves the rooms, [`archive`] gives a backup what
//! only a running server can read; [`crate::doors`] judges every request first; [`problem`] is how every error looks (RFC 9457).

pub mod alerts;
pub mod archive;
mod asking;
pub mod assets;
pub mod briefings;
pub mod devices;
pub mod dossier;
mod entering;
pub mod events;
pub mod flows;
pub mod index;
pub mod listing;
pub mod map;
pub mod national;
mod neighbours;
pub mod outlook;
pub mod planning;
pub mod problem;
pub mod public;
pub mod questions;
pub mod registers;
pub mod remembering;
mod saying;
pub mod scorecard;
pub mod watching;
pub mod ws;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use ingest::decode::{Decoder, MAX_BODY_BYTES};
use ingest::intake::Writer;
use ingest::room::Room;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::compression::CompressionLayer;

use crate::clocks::DeviceClocks;
use crate::core::Core;
use crate::desk::AlertDesk;
use crate::doors::{Doors, gate, serving};
use crate::forecasting::Forecasting;
use crate::live::publisher::Live;
use planning::{bus, equity, export, features, gaps, groups, queue, saved, scenario, siting, week};
use problem::Problem;
use remembering::Remembered;

/// What every handler works with.
#[derive(Debug)]
pub struct App {
    /// State and facts.
    pub core: Arc<Core>,
    /// Topics.
    pub live: Arc<Live>,
    /// Who may come in.
    pub doors: Arc<Doors>,
    /// The way in.
    pub writer: Writer,
    /// What the journal may take of the disk.
    pub room: Arc<Room>,
    /// Decodes lines.
    pub decoder: Arc<Decoder>,
    /// Geography, computed once a question.
    pub geography: map::Geography,
    /// Metrics, as Prometheus reads them.
    pub metrics: PrometheusHandle,
    /// The server is going down.
    pub stopping: AtomicBool,
    /// Answers that took long to reckon.
    pub remembered: Remembered,
    /// The alert desk.
    pub alerts: Arc<AlertDesk>,
    /// What is forecast of the points.
    pub forecasting: Arc<Forecasting>,
    /// What everybody may see.
    pub public: public::PublicFeed,
    /// What arrival tells of devices' clocks.
    pub clocks: Arc<DeviceClocks>,
    /// WebSocket connections open.
    pub connections: AtomicU64,
}

/// The whole surface.
pub fn router(app: Arc<App>) -> Router {
    // What is judged case by case.
    let reckoned = Router::new()
        .route("/index766", get(index::index))
        .route("/index766/losses", get(index::losses))
        .route("/flows", get(flows::flows))
        .route("/process", get(flows::process))
        .route("/quality", get(watching::quality))
        .route("/integrity", get(watching::integrity))
        .route("/scorecard", get(scorecard::scorecard))
        .route("/sessions", get(registers::sessions))
        .route("/briefings/{span}", get(briefings::briefing))
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            remembering::remembered,
        ));
    let api = Router::new()
        .merge(reckoned)
        .route("/events", post(events::post_events))
        .route("/national", post(national::post_national))
        .route("/visits", get(questions::visits))
        .route("/boards", get(questions::boards))
        .route("/dossiers", get(questions::dossiers))
        .route("/dossiers/list", get(listing::list))
        .route("/alerts", get(alerts::list))
        .route("/alerts/rules", get(alerts::rules).put(alerts::put_rules))
        .route("/alerts/rules/check", post(alerts::check_rules))
        .route("/alerts/replay", post(alerts::replay))
        .route("/alerts/quality", get(alerts::quality))
        .route(
            "/alerts/handover",
            get(alerts::handover).post(alerts::hand_over),
        )
        .route("/alerts/{id}", get(alerts::one))
        .route("/alerts/{id}/{act}", post(alerts::act))
        .route("/public/waits", get(public::waits))
        .route("/dossiers/{id}", get(dossier::dossier))
        .route("/ratings", get(questions::ratings))
        .route("/duties", get(questions::duties))
        .route("/feedback", get(questions::feedback))
        .route("/report", get(questions::report))
        .route("/index766/values", post(index::put_value))
        .route("/index766/official", post(index::put_official))
        .route("/backlog", get(flows::backlog))
        .route("/flows/portal", post(flows::put_portal))
        .route("/forecast", get(flows::forecast))
        .route("/scorecard/entries", post(scorecard::put_entry))
        .route("/scorecard/weights", post(scorecard::put_weights))
        .route("/staff", post(scorecard::put_staff))
        .route(
            "/baselines",
            get(scorecard::baselines).post(scorecard::put_baseline),
        )
        .route("/tasks", get(registers::tasks).post(registers::put_task))
        .route("/tasks/progress", post(registers::put_progress))
        .route("/training", get(registers::training))
        .route("/training/subjects", post(registers::put_subject))
        .route("/incidents", get(registers::incidents))
        .route("/devices/clocks", get(devices::clocks))
        .route("/sites", get(map::sites))
        .route("/sites/{id}", get(map::site))
        .route("/sites/{id}/outlook", get(outlook::outlook))
        .route("/coverage", get(map::coverage))
        .route("/coverage/scenario", post(scenario::scenario))
        .route("/coverage/gaps", get(gaps::gaps_of))
        .route("/coverage/hours", get(week::hours))
        .route("/coverage/bus", get(bus::by_bus))
        .route("/coverage/groups", post(groups::groups_of))
        .route("/coverage/queue", get(queue::queue))
        .route("/coverage/equity", get(equity::equity_of))
        .route("/siting", post(siting::siting))
        .route("/ogc", get(features::landing))
        .route("/ogc/conformance", get(features::conformance))
        .route("/ogc/collections", get(features::collections))
        .route("/ogc/collections/{collection}", get(features::collection))
        .route("/ogc/collections/{collection}/items", get(features::items))
        .route(
            "/ogc/collections/{collection}/items/{feature}",
            get(features::item),
        )
        .route("/scenarios", get(saved::list).post(saved::save))
        .route(
            "/scenarios/{id}",
            get(saved::one).put(saved::replace).delete(saved::remove),
        )
        .route("/scenarios/{id}/export", get(export::export))
        .route("/map/units", get(map::units))
        .route("/map/roads", get(map::roads))
        .route("/map/cells", get(map::cells))
        .route("/about", get(map::about))
        .route("/sql", post(questions::sql))
        .route("/archive", get(archive::export))
        .route("/openapi.json", get(assets::openapi))
        .route("/asyncapi.json", get(assets::asyncapi))
        .merge(serving::routes().with_state(Arc::clone(&app.doors)))
        .fallback(|| async {
            Problem::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "there is nothing at this address",
            )
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this address has other methods",
            )
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CompressionLayer::new());
    Router::new()
        .nest("/api/v1", api)
        .route("/ws", get(ws::upgrade))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics_text))
        .fallback(axum::handler::Handler::layer(
            assets::serve,
            CompressionLayer::new(),
        ))
        // Who asks is found out first; whether it may is judged where the address is known.
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app.doors),
            gate::permit,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app.doors),
            gate::identify,
        ))
        .layer(middleware::from_fn(secured))
        .with_state(app)
}

async fn readyz(State(app): State<Arc<App>>) -> Response {
    if app.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    // Still ready: readers are served, and a sender hears when to come again.
    match app.room.shortage() {
        None => "ready\n".into_response(),
        Some(shortage) => {
            format!("ready to be read, no events are taken: {shortage}\n").into_response()
        }
    }
}

async fn metrics_text(State(app): State<Arc<App>>) -> Response {
    let state = app.core.state.read();
    metrics::gauge!("vonglau_state_events").set(state.events as f64);
    metrics::gauge!("vonglau_state_dossiers").set(state.dossiers.len() as f64);
    metrics::gauge!("vonglau_journal_position").set(state.events as f64);
    let today = app.core.now(&state).day();
    drop(state);
    app.clocks.tell(today);
    if let Some(behind) = app.core.facts_behind() {
        metrics::gauge!("vonglau_facts_behind_events").set(behind as f64);
    }
    metrics::gauge!("vonglau_journal_bytes").set(app.room.journal_bytes() as f64);
    if let Some(free) = app.room.free_bytes() {
        metrics::gauge!("vonglau_disk_free_bytes").set(free as f64);
    }
    metrics::gauge!("vonglau_websocket_connections")
        .set(app.connections.load(Ordering::Relaxed) as f64);
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, app.metrics.render()).into_response()
}

/// Headers that hold a browser to this server alone.
async fn secured(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                  font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
                  form-action 'none'; frame-ancestors 'none'";
    // A paper has a stricter one of its own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(policy));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
