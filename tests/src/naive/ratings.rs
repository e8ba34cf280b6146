//! `report ratings`: every `rating.given` is a rating of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{By, Event, Figures, Rows, Span, Units, mean, time_key};

/// The standard normal's 97.5 % point.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % Wilson interval of `k` in `n`.
pub fn wilson(k: f64, n: f64) -> (f64, f64) {
    let share = k / n;
    let centre = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    ((centre - half) / scale, (centre + half) / scale)
}

/// The report: rows by key; a rating without the field grouped by is in no row.
pub fn report(events: &[Event], span: Span, by: By, units: &Units) -> Rows {
    let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|event| event.kind == "rating.given" && span.has(event.time))
    {
        let site = event.text("site");
        let key = match by {
            By::Nothing => Some(String::new()),
            By::Site => site.map(str::to_owned),
            By::Unit => site.and_then(|site| units.get(site).cloned()),
            By::Counter => site
                .zip(event.text("counter"))
                .map(|(site, counter)| format!("{site}/{counter}")),
            By::Channel => event.text("channel").map(str::to_owned),
            By::Hour | By::Day | By::Week => Some(time_key(by, event.time)),
            By::Service | By::Agency | By::Field => panic!("ratings have no {by:?} here"),
        };
        if let Some(key) = key {
            groups
                .entry(key)
                .or_default()
                .push(event.data["score"].as_f64().expect("a score"));
        }
    }
    groups
        .into_iter()
        .map(|(key, scores)| (key, figures(&scores)))
        .collect()
}

fn figures(scores: &[f64]) -> Figures {
    let n = scores.len() as f64;
    let satisfied = scores.iter().filter(|score| **score >= 4.0).count();
    let (low, high) = wilson(satisfied as f64, n);
    Figures::from([
        ("ratings", Value::from(scores.len())),
        ("mean_score", mean(scores)),
        ("satisfied", Value::from(satisfied)),
        ("satisfied_share", Value::from(satisfied as f64 / n)),
        ("low", Value::from(low)),
        ("high", Value::from(high)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_gives_the_textbook_interval() {
        // 8 of 10: 0.4902 to 0.9433 (Wilson without continuity correction).
        let (low, high) = wilson(8.0, 10.0);
        assert!(
            (low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4,
            "{low} {high}"
        );
        let (low, high) = wilson(10.0, 10.0);
        assert!(
            (low - 0.7225).abs() < 1e-4 && (high - 1.0).abs() < 1e-9,
            "{low} {high}"
        );
    }
}
