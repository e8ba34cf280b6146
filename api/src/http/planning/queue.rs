//! `GET /coverage/queue`: minutes from the door to being served — the way and the wait expected there now.

use std::sync::Arc;

use analytics::names::Name;
use analytics::relief::Outlook as _;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::gaps::rounded;
use super::question::{Asked, data};
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::problem::Problem;

/// `GET /coverage/queue`.
pub async fn queue(app: State<Arc<App>>, params: Result<Query<Asked>, QueryRejection>) -> Response {
    answered_by(app, params, |app, Query(params)| {
        let question = params.words().read()?;
        let coverage = app.geography.prepared(app.core.pack, question.mode)?;
        let base = app.geography.base(&coverage, &question);
        let now = app.core.now(&app.core.state.read());
        let names: Vec<Name> = base.points.iter().map(|p| p.id.into()).collect();
        let (_, expected) = app.forecasting.expected(names.iter(), now);
        // Who sets out now: the wait is that of now, and the way is told apart from it.
        let waits: Vec<_> = names.iter().map(|name| expected.expected(name, 0.0)).collect();
        let minutes: Vec<Option<f64>> = waits
            .iter()
            .map(|wait| wait.as_ref().and_then(|w| w.wait_s).map(|s| s / 60.0))
            .collect();
        let served = coverage
            .ground()
            .served_soonest(&base.points, &minutes)
            .map_err(|e| Problem::internal(&e.into()))?;

        let mut people_at = vec![0u64; base.points.len()];
        let mut sums = Sums::default();
        let mut cells = Vec::with_capacity(served.len());
        for (reach, served) in base.reaches.iter().zip(&served) {
            let people = u64::from(reach.population);
            let Some(point) = served.point else { continue };
            people_at[point as usize] += people;
            sums.add(people, served);
            if people > 0 {
                let id = |at: Option<u32>| at.map(|at| base.points[at as usize].id);
                cells.push(json!({
                    "cell": reach.cell.to_string(), "population": people,
                    "travel": rounded(served.travel_minutes), "wait": served.wait_minutes.and_then(rounded),
                    "total": rounded(served.minutes), "point": id(served.point), "nearest": id(served.nearest),
                    "is_known": served.wait_minutes.is_some(),
                }));
            }
        }
        let points: Vec<Value> = base
            .points
            .iter()
            .zip(&waits)
            .zip(&people_at)
            .map(|((point, wait), people)| {
                let known = wait.as_ref().filter(|w| w.wait_s.is_some());
                json!({
                    "id": point.id, "wait": known.and_then(|w| w.wait_s).and_then(|s| rounded(s / 60.0)),
                    "basis": known.and_then(|w| w.basis).map_or(json!("none"), |b| json!(b)), "sample": known.map(|w| w.sample), "people": people,
                })
            })
            .collect();
        Ok(json!({
            "as_of": now, "simulated": app.core.is_simulated(), "question": question.told(), "data": data(&app.core),
            "summary": sums.told(), "cells": cells, "points": points,
        }))
    })
    .await
}

/// People, and what they would wait and travel in all.
#[derive(Default)]
struct Sums {
    people: u64,
    travel: f64,
    known: u64,
    wait: f64,
    total: f64,
    elsewhere: u64,
}

impl Sums {
    fn add(&mut self, people: u64, served: &analytics::coverage::ServedReach) {
        if !served.minutes.is_finite() {
            return;
        }
        let weight = people as f64;
        self.people += people;
        self.travel += weight * served.travel_minutes;
        self.elsewhere += if served.differs { people } else { 0 };
        if let Some(wait) = served.wait_minutes {
            self.known += people;
            self.wait += weight * wait;
            self.total += weight * served.minutes;
        }
    }

    fn told(&self) -> Value {
        let mean = |sum: f64, people: u64| rounded(sum / people as f64);
        json!({
            "people": self.people, "mean_travel": mean(self.travel, self.people), "mean_wait": mean(self.wait, self.known),
            "mean_total": mean(self.total, self.known), "elsewhere_people": self.elsewhere,
            "unknown_people": self.people - self.known,
        })
    }
}
