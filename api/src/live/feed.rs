//! The feed: single events as they come, without anything that could name a person.

use analytics::registry::Registry;
use ingest::event::{Body, Event, EventTime};
use serde_json::{Map, Value, json};

/// Events shown.
pub const LENGTH: usize = 100;

/// An event's line in the feed; `None` for heartbeats, which say nothing to a person.
pub fn entry(
    position: u64,
    event: &Event,
    received_at: EventTime,
    registry: &Registry,
) -> Option<(u64, String)> {
    if matches!(event.body, Body::DeviceHeartbeat(_)) {
        return None;
    }
    let mut data = Vec::new();
    event.body.write_json(&mut data);
    let data: Map<String, Value> = serde_json::from_slice(&data).unwrap_or_default();
    let shown = [
        "ticket",
        "counter",
        "service",
        "dossier",
        "score",
        "state",
        "agency",
        "to_agency",
    ];
    let detail: Map<String, Value> = shown
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), data.get(*key)?.clone())))
        .collect();
    let site = data.get("site").and_then(Value::as_str);
    let name = site.and_then(|s| registry.get(s)).map(|r| r.name.as_str());
    let line = json!({
        "at": event.time.to_string(),
        "received_at": received(received_at),
        "type": event.body.type_name(),
        "site": site,
        "name": name,
        "detail": detail,
    });
    Some((position, line.to_string()))
}

fn received(t: EventTime) -> String {
    t.to_string()
}
