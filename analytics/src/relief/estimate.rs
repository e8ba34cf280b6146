//! What may be expected at the points by today's figures, without a forecast.
//!
//! **In**: live figures of the sites and their [`Opening`]s. **Out**: an [`Outlook`]. [`Today`] stands behind the public feed and the
//! desk's relief; where a forecast of a point's wait is better than guessing, it is expected instead ([`Today::expect`]).
//!
//! Two readings, the better one that the sample allows:
//! - *hour*: the waits of the tickets issued in the last hour whose work began, from ten of them on: their median, and
//!   as the high bound their 90th percentile or the longest wait of those still waiting, whichever is longer. It lags
//!   behind a queue that grows, for the longest waits have not ended; hence the second half of the bound;
//! - *queue*: fewer began. With `n` waiting, `c` counters open and a mean transaction `s` of today's, all counters busy
//!   and memoryless, a newcomer's wait is Erlang-distributed with `n + 1` stages of rate `c / s`: mean `(n + 1)·s / c`,
//!   standard deviation that over `√(n + 1)` (the sum of independent exponential times). The mean stands for the
//!   median, which is a little lower, and the high bound is 1.2816 deviations above, the normal's 90 % point.
//!
//! Neither: the wait is *no data*.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use super::decision::{Expected, Outlook};
use super::opening::Opening;
use crate::names::Name;
use crate::view::{SiteLive, SiteState};

/// Waits that the *hour* reading takes at least.
const MIN_WAITS: u64 = 10;
/// Transactions that a mean takes at least.
const MIN_TRANSACTIONS: u64 = 5;
/// The 90 % point of the standard normal distribution.
const NORMAL_90: f64 = 1.281_6;

/// What an expected wait rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Waits of the last hour.
    Hour,
    /// The queue, the counters and today's mean transaction.
    Queue,
    /// A forecast of the wait of a person who comes now.
    Forecast,
}

/// An expected wait with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The median, seconds.
    pub wait_s: f64,
    /// Nine in ten stay under it, seconds.
    pub high_s: f64,
    /// By which reading.
    pub basis: Basis,
    /// Waits, transactions or past days that it was reckoned from, by its basis.
    pub sample: u64,
}

/// The wait of somebody who arrives now; `None` is *no data*.
pub fn estimate(live: &SiteLive) -> Option<Estimate> {
    by_hour(live).or_else(|| by_queue(live))
}

fn by_hour(live: &SiteLive) -> Option<Estimate> {
    let sample = live.hour.waits.n;
    if sample < MIN_WAITS {
        return None;
    }
    let [median, high] = live.hour.distribution.quantiles([0.5, 0.9]);
    let (wait_s, high_s) = (median?, high?);
    let queue = live.summary.queue.as_ref();
    let longest_s = queue.and_then(|q| q.longest_wait_s).unwrap_or(0.0);
    Some(Estimate {
        wait_s,
        high_s: high_s.max(longest_s),
        basis: Basis::Hour,
        sample,
    })
}

fn by_queue(live: &SiteLive) -> Option<Estimate> {
    let queue = live.summary.queue.as_ref()?;
    let counters = live.summary.open_counters.filter(|n| *n > 0)?;
    let (transaction_s, sample) = mean_transaction(live)?;
    let stages = queue.waiting as f64 + 1.0;
    let wait_s = stages * transaction_s / counters as f64;
    Some(Estimate {
        wait_s,
        high_s: wait_s + NORMAL_90 * wait_s / stages.sqrt(),
        basis: Basis::Queue,
        sample,
    })
}

/// Of the last hour, or of today where the hour has too few; with its sample.
fn mean_transaction(live: &SiteLive) -> Option<(f64, u64)> {
    [live.hour.transactions, live.day.transactions]
        .into_iter()
        .find(|sum| sum.n >= MIN_TRANSACTIONS)
        .and_then(|sum| Some((sum.mean()?, sum.n)))
}

/// Today's figures of the sites as an outlook: whoever arrives later today meets what is there now.
#[derive(Debug)]
pub struct Today {
    now: EventTime,
    sites: BTreeMap<Name, SiteToday>,
}

#[derive(Debug)]
struct SiteToday {
    opening: Opening,
    estimate: Option<Estimate>,
    open_counters: Option<u64>,
    transaction_s: Option<f64>,
    arrivals_per_hour: f64,
}

impl Today {
    /// Of the sites as they are at `now`. A site that is *no data* is left out: nothing is expected of it.
    pub fn of<'a>(
        sites: impl IntoIterator<Item = (&'a SiteLive, Opening)>,
        now: EventTime,
    ) -> Self {
        let known = sites
            .into_iter()
            .filter(|(live, _)| live.summary.state != SiteState::NoData);
        let sites = known.map(|(live, opening)| {
            let site = SiteToday {
                opening,
                estimate: estimate(live),
                open_counters: live.summary.open_counters,
                transaction_s: mean_transaction(live).map(|(mean, _)| mean),
                arrivals_per_hour: live.hour.visits as f64,
            };
            (live.summary.id.clone(), site)
        });
        Self {
            now,
            sites: sites.collect(),
        }
    }

    /// Expects at a site what a better reading says; the rest stays today's. A site that is *no data* stays so.
    pub fn expect(&mut self, site: &str, estimate: Estimate) {
        if let Some(known) = self.sites.get_mut(site) {
            known.estimate = Some(estimate);
        }
    }
}

impl Outlook for Today {
    fn expected(&self, site: &str, in_s: f64) -> Option<Expected> {
        let site = self.sites.get(site)?;
        let wait_s = site.estimate.map(|e| e.wait_s);
        let called_in_s = in_s + wait_s.unwrap_or(0.0);
        let stays_open = site
            .opening
            .closes_at
            .is_none_or(|closes| closes.seconds_since(self.now) >= called_in_s);
        Some(Expected {
            wait_s,
            high_s: site.estimate.map(|e| e.high_s),
            basis: site.estimate.map(|e| e.basis),
            sample: site.estimate.map_or(0, |e| e.sample),
            open_counters: site.open_counters,
            transaction_s: site.transaction_s,
            arrivals_per_hour: Some(site.arrivals_per_hour),
            is_open: site.opening.is_open && stays_open,
            // Procedures are taken at any point of the city; what a point declines is not in the events.
            services: None,
        })
    }
}
