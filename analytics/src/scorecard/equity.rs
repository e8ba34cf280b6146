//! How equal service is between town and country, and between points (scheme L3220, L3720, L3823).

use std::collections::BTreeMap;

use serde::Serialize;

use super::Figures;

/// A figure's two sums: shares are sums over sums, so that a large point counts for what it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Side {
    /// Points.
    pub points: usize,
    /// Started visits.
    pub visits: f64,
    /// Mean wait, in seconds, of all their started visits.
    pub mean_wait_s: Option<f64>,
    /// Share of their dossiers in time.
    pub on_time: Option<f64>,
    /// Share of their ratings of 4 or 5.
    pub satisfied: Option<f64>,
    #[serde(skip)]
    sums: [f64; 6],
}

/// How a figure is spread over points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// Points with at least [`SAMPLE`] cases.
    pub points: usize,
    /// The value that a tenth of them stay under.
    pub p10: Option<f64>,
    /// The middle one.
    pub p50: Option<f64>,
    /// The value that nine tenths stay under.
    pub p90: Option<f64>,
}

/// Cases from which on a point is in a spread.
pub const SAMPLE: f64 = 30.0;

/// Town against country, and the spread over all points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Equity {
    /// Wards' points (*phường*).
    pub urban: Side,
    /// Communes' points (*xã*).
    pub rural: Side,
    /// Mean waits of points.
    pub wait: Spread,
    /// Shares of dossiers in time of points.
    pub on_time: Spread,
    /// Shares of satisfied of points.
    pub satisfied: Spread,
}

fn of(figures: &Figures, name: &str) -> f64 {
    figures.get(name).unwrap_or(0.0)
}

/// Numerator and denominator of a point's three figures.
fn parts(figures: &Figures) -> [f64; 6] {
    let started = of(figures, "visits.started");
    let wait = figures.get("visits.mean_wait_s");
    let in_time = of(figures, "dossiers.resolved_early_or_on_time")
        + of(figures, "dossiers.in_progress_in_time");
    [
        wait.unwrap_or(0.0) * started,
        if wait.is_some() { started } else { 0.0 },
        in_time,
        of(figures, "dossiers.total"),
        of(figures, "ratings.satisfied"),
        of(figures, "ratings.ratings"),
    ]
}

fn ratio(parts: &[f64; 6], figure: usize) -> Option<f64> {
    let (sum, n) = (parts[2 * figure], parts[2 * figure + 1]);
    (n > 0.0).then(|| sum / n)
}

/// Of points by code; `is_urban` tells wards' from communes', `None` for one that is neither.
pub fn of_points(
    all: &BTreeMap<String, Figures>,
    is_urban: impl Fn(&str) -> Option<bool>,
) -> Equity {
    let (mut urban, mut rural) = (Side::default(), Side::default());
    let mut spreads: [Vec<f64>; 3] = Default::default();
    for (key, figures) in all {
        let parts = parts(figures);
        for (figure, spread) in spreads.iter_mut().enumerate() {
            if parts[2 * figure + 1] >= SAMPLE {
                spread.extend(ratio(&parts, figure));
            }
        }
        let side = match is_urban(key) {
            Some(true) => &mut urban,
            Some(false) => &mut rural,
            None => continue,
        };
        side.points += 1;
        side.visits += of(figures, "visits.started");
        side.sums
            .iter_mut()
            .zip(parts)
            .for_each(|(sum, part)| *sum += part);
    }
    for side in [&mut urban, &mut rural] {
        side.mean_wait_s = ratio(&side.sums, 0);
        side.on_time = ratio(&side.sums, 1);
        side.satisfied = ratio(&side.sums, 2);
    }
    let [wait, on_time, satisfied] = spreads.map(|mut values| {
        values.sort_by(f64::total_cmp);
        let at = |p: f64| {
            let rank = crate::figures::stats::rank(p, values.len() as u64) as usize;
            values.get(rank - 1).copied()
        };
        Spread {
            points: values.len(),
            p10: at(0.1),
            p50: at(0.5),
            p90: at(0.9),
        }
    });
    Equity {
        urban,
        rural,
        wait,
        on_time,
        satisfied,
    }
}
