//! The points around an alert's point: what they have, and what who comes saves by going there instead.

use analytics::alerts::Scope;
use analytics::desk::Case;
use analytics::relief::{Outlook as _, Settings, reliefs};
use serde_json::{Value, json};

use super::App;

/// Neighbours that are shown.
const NEAR: usize = 5;

/// What the points nearby have, and what who comes to the case's point saves by going there instead.
pub(super) fn neighbours(app: &App, case: &Case) -> Vec<Value> {
    let here = &case.key.subject;
    if here.kind != Scope::Site {
        return Vec::new();
    }
    let now = app.core.now(&app.core.state.read());
    let near = app.alerts.ways().near(&here.id);
    let near = &near[..near.len().min(NEAR)];
    let sites = near.iter().map(|way| &way.site);
    let (seen, expected) = app
        .forecasting
        .expected(sites.chain(std::iter::once(&here.id)), now);
    let found = reliefs(
        [&here.id],
        app.alerts.ways(),
        &expected,
        &Settings::default(),
    );
    let rows = near.iter().zip(&seen).map(|(way, seen)| {
        let s = &seen.live.summary;
        let relief = found.iter().find(|relief| relief.to == way.site);
        let there = expected.expected(&way.site, way.minutes * 60.0);
        json!({
            "site": way.site, "name": s.name, "minutes": (way.minutes * 10.0).round() / 10.0,
            "state": s.state, "waiting": s.queue.as_ref().map(|q| q.waiting),
            "open_counters": s.open_counters, "mean_wait_s": s.hour.mean_wait_s,
            "wait_s": there.as_ref().and_then(|e| e.wait_s).map(f64::round),
            "basis": there.as_ref().and_then(|e| e.basis),
            "sample": there.as_ref().and_then(|e| e.wait_s.map(|_| e.sample)),
            "saves_s": relief.map(|r| r.saves_s.round()),
            "people_per_hour": relief.map(|r| r.people_per_hour),
            "minutes_saved": relief.map(|r| r.total_minutes_saved.round()),
        })
    });
    rows.collect()
}
