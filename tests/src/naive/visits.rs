//! `report visits`, by the words of the contract.
//!
//! *Reading*, where the contract leaves a choice:
//! - `started` includes visits whose start is the stand-in of an `approximate` one; the stand-in is
//!   sought in each leg that has a `finished` and no `started`, and stands in for all purposes: a
//!   transfer after it begins a further leg.
//! - How a ticket ended is one fact: of `finished` and `abandoned` the greatest counts. After a
//!   transfer that begins a further leg, only an end in that leg ends the ticket.
//! - `unresolved`: no end in its service day, whatever *now* is; asked only of closed days.
//! - The wait runs to the *first* `started`; a transaction begins at the greatest `started` of its
//!   leg and ends at the greatest `finished` of that leg.
//! - `mean_transaction_s` is over transactions (legs), not over visits; `mean_rewait_s` likewise.
//! - Each transaction of a `finished` with one or more `dossiers` has its seconds per dossier:
//!   `mean_transaction_per_dossier_s` is the mean of those, `over_15min_per_dossier` counts those over
//!   900 s. Without `dossiers`, or with 0, there is nothing to divide by.
//! - `implausible` counts negative durations.
//! - A visit's service is that of its `issued`; its counter is where its wait ended (none: no row).
//! - A walk-in belongs to the instant of its earliest event; its transactions count nowhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{By, Event, Figures, Ms, Rows, Span, Units, local, mean, quantile, seconds, time_key};

/// How a ticket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    Abandoned,
}

/// What is known of one ticket of one day.
#[derive(Debug, Default)]
struct Visit {
    site: String,
    earliest: Ms,
    issued: Option<Ms>,
    service: Option<String>,
    counter: Option<String>,
    wait: Option<Ms>,
    started: bool,
    approximate: bool,
    end: Option<End>,
    transactions: Vec<(Ms, u64)>,
    rewaits: Vec<Ms>,
}

/// The part of a visit between two transfers that count.
#[derive(Debug, Default)]
struct Leg<'a> {
    transferred: Option<Ms>,
    called: Vec<&'a Event>,
    started: Vec<&'a Event>,
    finished: Vec<&'a Event>,
    abandoned: Vec<&'a Event>,
}

impl<'a> Leg<'a> {
    /// The last `called` before the `finished`, where `started` is missing.
    fn stand_in(&self) -> Option<&'a Event> {
        if !self.started.is_empty() {
            return None;
        }
        let finished = order(self.finished.last()?);
        self.called
            .iter()
            .rfind(|called| order(called) < finished)
            .copied()
    }

    fn end(&self) -> Option<End> {
        let finished = self.finished.last().map(|event| order(event));
        let abandoned = self.abandoned.last().map(|event| order(event));
        match (finished, abandoned) {
            (None, None) => None,
            (finished, abandoned) if finished > abandoned => Some(End::Finished),
            _ => Some(End::Abandoned),
        }
    }
}

fn order(event: &Event) -> (Ms, &str, &str) {
    (event.time, &event.source, &event.id)
}

/// Follows one ticket; `events` are its own, in order.
fn follow(site: &str, events: &[&Event]) -> Visit {
    let mut visit = Visit {
        site: site.to_owned(),
        earliest: events[0].time,
        ..Visit::default()
    };
    if let Some(issued) = events.iter().rfind(|event| event.kind == "ticket.issued") {
        visit.issued = Some(issued.time);
        visit.service = issued.text("service").map(str::to_owned);
    }

    let mut legs = vec![Leg::default()];
    for event in events {
        let leg = legs.last_mut().expect("there is always a leg");
        match event.kind.as_str() {
            "ticket.called" => leg.called.push(event),
            "ticket.started" => leg.started.push(event),
            "ticket.finished" => leg.finished.push(event),
            "ticket.abandoned" => leg.abandoned.push(event),
            "ticket.transferred" if !leg.started.is_empty() || leg.stand_in().is_some() => {
                legs.push(Leg {
                    transferred: Some(event.time),
                    ..Leg::default()
                });
            }
            _ => {}
        }
    }

    for leg in &legs {
        let stand_in = leg.stand_in();
        visit.approximate |= stand_in.is_some();
        let first = leg.started.first().copied().or(stand_in);
        let greatest = leg.started.last().copied().or(stand_in);
        if let (Some(transferred), Some(first)) = (leg.transferred, first) {
            visit.rewaits.push(first.time - transferred);
        }
        if let (Some(started), Some(finished)) = (greatest, leg.finished.last()) {
            let dossiers = finished.data["dossiers"].as_u64().unwrap_or(0);
            visit
                .transactions
                .push((finished.time - started.time, dossiers));
        }
    }

    let first_start = legs[0]
        .started
        .first()
        .copied()
        .or_else(|| legs[0].stand_in());
    if let Some(start) = first_start {
        visit.started = true;
        visit.wait = visit.issued.map(|issued| start.time - issued);
        visit.counter = start
            .text("counter")
            .map(|counter| format!("{site}/{counter}"));
    }
    visit.end = legs.last().expect("there is always a leg").end();
    visit
}

/// The visits of all tickets: a ticket is `site` + local date of the event's own time + `ticket`.
fn visits(events: &[Event]) -> Vec<Visit> {
    let mut tickets: BTreeMap<(String, String, String), Vec<&Event>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|event| event.kind.starts_with("ticket."))
    {
        let site = event.text("site").expect("a ticket has a site").to_owned();
        let ticket = event
            .text("ticket")
            .expect("a ticket has a number")
            .to_owned();
        let day = local(event.time).date().to_string();
        tickets.entry((site, day, ticket)).or_default().push(event);
    }
    tickets
        .iter()
        .map(|((site, ..), events)| follow(site, events))
        .collect()
}

/// The report: rows by key.
pub fn report(events: &[Event], span: Span, by: By, units: &Units) -> Rows {
    let mut groups: BTreeMap<String, Vec<Visit>> = BTreeMap::new();
    for visit in visits(events) {
        let belongs_to = visit.issued.unwrap_or(visit.earliest);
        if !span.has(belongs_to) {
            continue;
        }
        let key = match by {
            By::Nothing => Some(String::new()),
            By::Site => Some(visit.site.clone()),
            By::Unit => units.get(&visit.site).cloned(),
            By::Service => visit.service.clone(),
            By::Counter => visit.counter.clone(),
            By::Hour | By::Day | By::Week => Some(time_key(by, belongs_to)),
            By::Agency | By::Field | By::Channel => panic!("visits have no {by:?}"),
        };
        if let Some(key) = key {
            groups.entry(key).or_default().push(visit);
        }
    }
    groups
        .into_iter()
        .map(|(key, visits)| (key, figures(&visits)))
        .collect()
}

/// The figures of some visits.
fn figures(all: &[Visit]) -> Figures {
    let visits: Vec<&Visit> = all.iter().filter(|visit| visit.issued.is_some()).collect();
    let count =
        |which: &dyn Fn(&Visit) -> bool| Value::from(visits.iter().filter(|v| which(v)).count());

    let waits: Vec<Ms> = visits.iter().filter_map(|visit| visit.wait).collect();
    let transactions: Vec<(Ms, u64)> = visits
        .iter()
        .flat_map(|visit| visit.transactions.clone())
        .collect();
    let rewaits: Vec<Ms> = visits
        .iter()
        .flat_map(|visit| visit.rewaits.clone())
        .collect();
    let negative = waits
        .iter()
        .chain(&rewaits)
        .chain(transactions.iter().map(|(ms, _)| ms))
        .filter(|ms| **ms < 0);
    let implausible = negative.count();

    let waits: Vec<f64> = waits
        .into_iter()
        .filter(|ms| *ms >= 0)
        .map(seconds)
        .collect();
    let rewaits: Vec<f64> = rewaits
        .into_iter()
        .filter(|ms| *ms >= 0)
        .map(seconds)
        .collect();
    let plausible: Vec<(f64, u64)> = transactions
        .into_iter()
        .filter(|(ms, _)| *ms >= 0)
        .map(|(ms, n)| (seconds(ms), n))
        .collect();
    let durations: Vec<f64> = plausible.iter().map(|(s, _)| *s).collect();
    let per_dossier: Vec<f64> = plausible
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(s, n)| s / *n as f64)
        .collect();

    Figures::from([
        ("visits", Value::from(visits.len())),
        ("started", count(&|visit| visit.started)),
        ("finished", count(&|visit| visit.end == Some(End::Finished))),
        (
            "abandoned",
            count(&|visit| visit.end == Some(End::Abandoned)),
        ),
        ("unresolved", count(&|visit| visit.end.is_none())),
        ("walk_in", Value::from(all.len() - visits.len())),
        ("implausible", Value::from(implausible)),
        ("approximate", count(&|visit| visit.approximate)),
        ("mean_wait_s", mean(&waits)),
        ("p50_wait_s", quantile(&waits, 0.50)),
        ("p90_wait_s", quantile(&waits, 0.90)),
        ("p95_wait_s", quantile(&waits, 0.95)),
        (
            "over_15min",
            Value::from(waits.iter().filter(|wait| **wait > 900.0).count()),
        ),
        ("mean_transaction_s", mean(&durations)),
        ("mean_transaction_per_dossier_s", mean(&per_dossier)),
        (
            "over_15min_per_dossier",
            Value::from(per_dossier.iter().filter(|s| **s > 900.0).count()),
        ),
        ("mean_rewait_s", mean(&rewaits)),
    ])
}

#[cfg(test)]
mod tests;
