//! What the screens are sent: keyed views of the live state at an instant.
//!
//! `docs/live-views.md` fixes the keys and shapes. Every figure here comes from [`crate::figures`]: a site's
//! *day* is the answer for `[midnight, now)`, its *hour* the one for the hour before now. [`SiteLive`] is all
//! that is shown of one site, computed from its own tickets alone; [`city`] adds them up.

mod city;
mod detail;
mod dossiers;
mod queue;
mod site;
mod standing;

pub use city::{CityFigures, city};
pub use detail::{
    BoardView, CounterView, ServiceView, Waits, boards, counters, services, visits_today, waits,
};
pub use dossiers::{DossierTally, SiteDossiers, site_dossiers};
pub use queue::{PLAUSIBLE_S, waiting};
pub use site::{Queue, QueueSource, Reason, SiteLive, SiteState, SiteSummary, site_live};
pub use standing::{DayStanding, UnsettledDay, WAITED_H, day_standing, unsettled, unsettled_days};

use serde::Serialize;

use crate::figures::visits::VisitFigures;

/// Visits of a day or an hour, as a screen shows them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Period {
    /// Tickets issued: the sample of what follows.
    pub visits: u64,
    /// Of them begun: the sample of the waits.
    pub started: u64,
    /// Of them finished.
    pub finished: u64,
    /// Of them abandoned.
    pub abandoned: u64,
    /// Mean wait, seconds.
    pub mean_wait_s: Option<f64>,
    /// Median wait.
    pub p50_wait_s: Option<f64>,
    /// 90th percentile of the waits.
    pub p90_wait_s: Option<f64>,
    /// 95th percentile of the waits.
    pub p95_wait_s: Option<f64>,
    /// Waits over 15 minutes.
    pub over_15min: u64,
    /// Mean transaction, seconds.
    pub mean_transaction_s: Option<f64>,
    /// Some start is a call standing in.
    pub approximate: u64,
}

impl Period {
    /// Of a group of visits.
    pub fn of(f: &VisitFigures) -> Self {
        let [p50, p90, p95] = f.distribution.quantiles([0.5, 0.9, 0.95]);
        Self {
            visits: f.visits,
            started: f.started,
            finished: f.finished,
            abandoned: f.abandoned,
            mean_wait_s: f.waits.mean().map(tenths),
            p50_wait_s: p50.map(tenths),
            p90_wait_s: p90.map(tenths),
            p95_wait_s: p95.map(tenths),
            over_15min: f.over_15min(),
            mean_transaction_s: f.transactions.mean().map(tenths),
            approximate: f.approximate,
        }
    }
}

/// To one decimal, as screens show seconds.
fn tenths(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// To a tenth of a per mille, as screens show shares.
fn share(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}
