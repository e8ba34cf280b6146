//! The city: the sites added up.

use serde::Serialize;

use super::{Period, QueueSource, SiteLive, SiteState, share, tenths};
use crate::figures::ratings::RatingFigures;
use crate::figures::visits::{LIMIT_S, VisitFigures};

/// The city's figures against their targets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CityFigures {
    /// Today.
    pub day: Period,
    /// The last hour.
    pub hour: Period,
    /// People waiting, ticket by ticket; `None` when no site has data.
    pub waiting: Option<u64>,
    /// People waiting by boards alone, coarser, not in `waiting`.
    pub waiting_boards: Option<u64>,
    /// The longest wait of those waiting, seconds.
    pub longest_wait_s: Option<f64>,
    /// Counters open, where known.
    pub open_counters: Option<u64>,
    /// Sites by state.
    pub sites: Sites,
    /// Dossiers.
    pub dossiers: Dossiers,
    /// Ratings today.
    pub ratings: Ratings,
    /// Transactions today over 15 minutes a dossier.
    pub transaction_over_15min_per_dossier: u64,
    /// The targets that the figures stand against.
    pub targets: Targets,
}

/// Sites by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sites {
    total: u64,
    ok: u64,
    busy: u64,
    over: u64,
    closed: u64,
    no_data: u64,
}

/// The city's dossiers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Dossiers {
    in_progress: u64,
    due_today: u64,
    overdue: u64,
    submitted_today: u64,
    resolved_today: u64,
    resolved_overdue_today: u64,
}

/// The city's ratings today.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratings {
    ratings: u64,
    mean_score: Option<f64>,
    satisfied: u64,
    satisfied_share: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

/// Targets (scheme part 1, T4, T6, T8; part 2, mean wait at most 15 minutes).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Targets {
    wait_s: f64,
    transaction_s: f64,
    satisfied_share: f64,
    overdue: u64,
}

impl Targets {
    const CITY: Self = Self {
        wait_s: LIMIT_S,
        transaction_s: LIMIT_S,
        satisfied_share: 0.95,
        overdue: 0,
    };
}

/// Adds the sites up. `ratings` are all of today, also those that name no site.
pub fn city<'a>(sites: impl Iterator<Item = &'a SiteLive>, ratings: RatingFigures) -> CityFigures {
    let (mut day, mut hour) = (VisitFigures::default(), VisitFigures::default());
    let (mut waiting, mut waiting_boards, mut open_counters) = (None, None, None);
    let mut longest: Option<f64> = None;
    let (mut counts, mut dossiers) = (Sites::default(), Dossiers::default());
    let add = |sum: &mut Option<u64>, n: u64| *sum = Some(sum.unwrap_or(0) + n);
    for live in sites {
        let site = &live.summary;
        day.merge(&live.day);
        hour.merge(&live.hour);
        if let Some(queue) = &site.queue {
            match queue.source {
                QueueSource::Tickets => add(&mut waiting, queue.waiting),
                QueueSource::Board => add(&mut waiting_boards, queue.waiting),
            }
            longest = longest.max_by_total(queue.longest_wait_s);
        }
        if let Some(n) = site.open_counters {
            add(&mut open_counters, n);
        }
        counts.total += 1;
        *match site.state {
            SiteState::NoData => &mut counts.no_data,
            SiteState::Closed => &mut counts.closed,
            SiteState::Ok => &mut counts.ok,
            SiteState::Busy => &mut counts.busy,
            SiteState::Over => &mut counts.over,
        } += 1;
        let d = &site.dossiers;
        dossiers.in_progress += d.in_progress;
        dossiers.due_today += d.due_today;
        dossiers.overdue += d.overdue;
        dossiers.submitted_today += d.submitted_today;
        dossiers.resolved_today += d.resolved_today;
        dossiers.resolved_overdue_today += d.resolved_overdue_today;
    }
    let interval = ratings.interval();
    CityFigures {
        transaction_over_15min_per_dossier: day.per_dossier_over,
        day: Period::of(&day),
        hour: Period::of(&hour),
        waiting,
        waiting_boards,
        longest_wait_s: longest,
        open_counters,
        sites: counts,
        dossiers,
        ratings: Ratings {
            ratings: ratings.ratings,
            mean_score: ratings.mean_score().map(tenths),
            satisfied: ratings.satisfied,
            satisfied_share: ratings.satisfied_share().map(share),
            low: interval.map(|i| share(i.0)),
            high: interval.map(|i| share(i.1)),
        },
        targets: Targets::CITY,
    }
}

trait MaxByTotal {
    fn max_by_total(self, other: Self) -> Self;
}

impl MaxByTotal for Option<f64> {
    fn max_by_total(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        }
    }
}
