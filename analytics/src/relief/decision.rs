//! Which neighbour serves the newcomers of an overloaded point sooner, and how many of them, travel included.
//!
//! **In**: [`Neighbours`], what is expected at each point ([`Outlook`]), [`Settings`]. **Out**: [`Relief`]s. Pure.
//!
//! # The reckoning
//! Over one horizon, an hour, a point *here* has newcomers who expect to wait `W`. One who goes to *there* instead
//! travels `t` and waits `w`, what is expected there on arrival. Nobody is sent for that difference alone, for each
//! one sent changes what the next one meets:
//! - it makes the wait there longer by `g` = mean transaction / open counters, and the wait here shorter by the same
//!   figure of here. This is what one person is to a queue that does not run empty; where it does run empty the raise is
//!   smaller, so a neighbour is never loaded more than is reckoned;
//! - whoever comes to *there* anyway and after that one waits `g` longer too, for as long as the queue does not run
//!   empty. With `λ` of them a second the counters are busy for `ρ = λ·g` of the time, and a queue of `w` seconds is
//!   worked off in `w / (1 − ρ)` (fluid queue: it shrinks by `1 − ρ` a second); never in the hour where `ρ ≥ 1`. On the
//!   mean half of the hour is left. So the k-th one costs them `e(k) = g·λ · min(H / 2, (w + g·k) / (1 − ρ))`.
//!
//! The n-th person sent, the k-th of them to *there*, therefore saves
//! `W − g_here·(n − 1) − (t + w + g·(k − 1)) − e(k)`. People are given one by one to the neighbour where the next one
//! saves most, until that is less than the margin, the newcomers are used up, or no neighbour may take more. As each
//! further person saves less, this is the allocation that saves most over the margin for one overloaded point (greedy
//! filling of a sum of concave terms). Several overloaded points are filled together, so that they do not all count on
//! the same neighbour; then it is a good allocation, not always the best, and each step still saves. That those who
//! stay here wait less as well is not counted.
//!
//! # Invariants
//! - everybody sent saves at least the margin, and the neighbours' own newcomers are paid for: a proposal never makes
//!   the sum of minutes worse;
//! - nobody is sent to a point that is closed, or whose wait, arrivals, counters or transactions are unknown, or that
//!   would pass [`Settings::ceiling_s`], or whose bad case is worse than the bad case here, or that is known not to
//!   serve something that is served here: *no data* is no advice;
//! - what was said does not depend on the order of the points.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::estimate::Basis;
use super::travel::{Neighbour, Neighbours};
use crate::figures::visits::LIMIT_S;
use crate::names::Name;

/// What somebody who arrives at a point may expect. A figure that is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expected {
    /// The median wait, seconds.
    pub wait_s: Option<f64>,
    /// The wait that nine in ten stay under, seconds.
    pub high_s: Option<f64>,
    /// How the wait was reckoned; `None` where it is not known, or not said.
    pub basis: Option<Basis>,
    /// What the wait rests on: waits, transactions or past days, by its basis.
    pub sample: u64,
    /// Counters that serve.
    pub open_counters: Option<u64>,
    /// The mean transaction, seconds.
    pub transaction_s: Option<f64>,
    /// People who come in an hour.
    pub arrivals_per_hour: Option<f64>,
    /// Takes people at that instant, and long enough that this one is served.
    pub is_open: bool,
    /// What is served there; `None` where that is not known, which is not held against it.
    pub services: Option<BTreeSet<Name>>,
}

impl Expected {
    /// By how many seconds one person more lengthens the wait.
    fn raise_s(&self) -> Option<f64> {
        let counters = self.open_counters.filter(|n| *n > 0)?;
        let raise = sound(self.transaction_s)? / counters as f64;
        (raise > 0.0).then_some(raise)
    }
}

/// What is expected at the points. The one seam between this module and whatever forecasts.
pub trait Outlook {
    /// What somebody who arrives at a site so many seconds from now may expect; `None` for a site nothing is known of.
    fn expected(&self, site: &str, in_s: f64) -> Option<Expected>;
}

/// The same at every time of arrival.
impl Outlook for BTreeMap<Name, Expected> {
    fn expected(&self, site: &str, _in_s: f64) -> Option<Expected> {
        self.get(site).cloned()
    }
}

/// When somebody is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// A point is overloaded when its expected wait is over this, seconds.
    pub overloaded_over_s: f64,
    /// A neighbour's expected wait may not pass this by those who are sent, seconds.
    pub ceiling_s: f64,
    /// What a person must save at least, seconds.
    pub margin_s: f64,
    /// Over how long newcomers are counted, seconds.
    pub horizon_s: f64,
}

impl Default for Settings {
    /// Overload and ceiling are the 15 minutes of the scheme; five minutes' saving and an hour's horizon are this
    /// project's assumption.
    fn default() -> Self {
        Self {
            overloaded_over_s: LIMIT_S,
            ceiling_s: LIMIT_S,
            margin_s: 300.0,
            horizon_s: 3600.0,
        }
    }
}

/// Why not more people are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// One more would save less than the margin.
    Gain,
    /// One more would bring the neighbour over its ceiling.
    Ceiling,
    /// There are no more newcomers.
    Arrivals,
}

/// The figures behind a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Why {
    /// The wait expected here, seconds.
    pub wait_here_s: f64,
    /// The wait expected there by the first one who is sent, seconds.
    pub wait_there_s: f64,
    /// The bad case there, where known.
    pub high_there_s: Option<f64>,
    /// The wait there once all are sent, seconds.
    pub wait_there_after_s: f64,
    /// What those sent cost the neighbour's own newcomers, minutes in all; already taken off what is saved.
    pub cost_there_min: f64,
    /// Why not more.
    pub ended_by: EndedBy,
}

/// A proposal: who comes to *from* is better served at *to*.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Relief {
    /// The overloaded point.
    pub from: Name,
    /// Its neighbour.
    pub to: Name,
    /// Travel, minutes.
    pub minutes: f64,
    /// Great-circle kilometres.
    pub km: f64,
    /// The travel minutes are approximate: a point lies far from the roads.
    pub approximate: bool,
    /// What a person who goes saves on the mean, seconds, travel taken off.
    pub saves_s: f64,
    /// What the first one who goes saves, seconds.
    pub first_saves_s: f64,
    /// Newcomers of an hour for whom it pays, if all of them go.
    pub people_per_hour: u32,
    /// Saved in the horizon by all of them, minutes, what it costs the neighbour's own newcomers taken off.
    pub total_minutes_saved: f64,
    /// The figures behind it.
    pub why: Why,
}

/// An overloaded point while it is filled.
struct Here {
    site: Name,
    wait_s: f64,
    raise_s: f64,
    newcomers: u32,
    sent: u32,
}

/// A way from an overloaded point to a neighbour that may take somebody.
struct Way<'a> {
    here: usize,
    there: usize,
    near: &'a Neighbour,
    wait_s: f64,
    high_s: Option<f64>,
    sent: u32,
    own_s: f64,
    first_s: f64,
    cost_s: f64,
}

/// A neighbour while it is filled. The same for whoever is sent there.
struct There {
    raise_s: f64,
    /// Its own newcomers, a second.
    newcomers_per_s: f64,
    sent: u32,
}

/// The proposals for every overloaded point among `sites`, by point, the best neighbour first.
pub fn reliefs<'a>(
    sites: impl IntoIterator<Item = &'a Name>,
    neighbours: &Neighbours,
    outlook: &impl Outlook,
    settings: &Settings,
) -> Vec<Relief> {
    let sites: BTreeSet<&Name> = sites.into_iter().collect();
    let mut filling = Filling {
        settings,
        heres: Vec::new(),
        theres: Vec::new(),
        ways: Vec::new(),
    };
    let mut numbers: BTreeMap<&Name, usize> = BTreeMap::new();
    for site in sites {
        let Some((here, expected)) = overloaded(site, outlook, settings) else {
            continue;
        };
        for near in neighbours.near(site) {
            let Some((way, there)) = fit(&here, &expected, near, outlook) else {
                continue;
            };
            let number = *numbers.entry(&near.site).or_insert_with(|| {
                filling.theres.push(there);
                filling.theres.len() - 1
            });
            let here = filling.heres.len();
            filling.ways.push(Way {
                here,
                there: number,
                ..way
            });
        }
        filling.heres.push(here);
    }
    while let Some(next) = filling.best() {
        filling.send(next);
    }
    filling.proposals()
}

fn overloaded(
    site: &Name,
    outlook: &impl Outlook,
    settings: &Settings,
) -> Option<(Here, Expected)> {
    let expected = outlook.expected(site, 0.0)?;
    let wait_s = sound(expected.wait_s).filter(|wait| *wait > settings.overloaded_over_s)?;
    let newcomers = sound(expected.arrivals_per_hour)? * settings.horizon_s / 3600.0;
    if !expected.is_open {
        return None;
    }
    let here = Here {
        site: site.clone(),
        wait_s,
        raise_s: expected.raise_s()?,
        newcomers: newcomers as u32,
        sent: 0,
    };
    Some((here, expected))
}

/// A neighbour that may be spoken of at all.
fn fit<'a>(
    here: &Here,
    expected_here: &Expected,
    near: &'a Neighbour,
    outlook: &impl Outlook,
) -> Option<(Way<'a>, There)> {
    let travel_s = near.minutes * 60.0;
    let expected = outlook.expected(&near.site, travel_s)?;
    let wait_s = sound(expected.wait_s)?;
    let raise_s = expected.raise_s()?;
    let newcomers_per_s = sound(expected.arrivals_per_hour)? / 3600.0;
    let bad_case = sound(expected.high_s);
    let is_worse_at_worst = bad_case
        .zip(sound(expected_here.high_s))
        .is_some_and(|(there, here)| travel_s + there > here);
    let lacks_a_service = expected
        .services
        .as_ref()
        .zip(expected_here.services.as_ref())
        .is_some_and(|(there, here)| !here.is_subset(there));
    if !expected.is_open || near.site == here.site || is_worse_at_worst || lacks_a_service {
        return None;
    }
    let there = There {
        raise_s,
        newcomers_per_s,
        sent: 0,
    };
    let way = Way {
        here: 0,
        there: 0,
        near,
        wait_s,
        high_s: bad_case,
        sent: 0,
        own_s: 0.0,
        first_s: 0.0,
        cost_s: 0.0,
    };
    Some((way, there))
}

struct Filling<'a> {
    settings: &'a Settings,
    heres: Vec<Here>,
    theres: Vec<There>,
    ways: Vec<Way<'a>>,
}

impl Filling<'_> {
    /// What the next one on a way saves for itself.
    fn own_s(&self, way: &Way<'_>) -> f64 {
        let (here, there) = (&self.heres[way.here], &self.theres[way.there]);
        let stays = here.wait_s - here.raise_s * f64::from(here.sent);
        let goes = way.near.minutes * 60.0 + way.wait_s + there.raise_s * f64::from(there.sent);
        stays - goes
    }

    /// What the next one on a way costs the neighbour's own newcomers.
    fn cost_s(&self, way: &Way<'_>) -> f64 {
        let there = &self.theres[way.there];
        let idle_share = 1.0 - there.newcomers_per_s * there.raise_s;
        let queue_s = way.wait_s + there.raise_s * f64::from(there.sent + 1);
        let left_s = self.settings.horizon_s / 2.0;
        let lasts_s = if idle_share > 0.0 {
            left_s.min(queue_s / idle_share)
        } else {
            left_s
        };
        there.raise_s * there.newcomers_per_s * lasts_s
    }

    fn net_s(&self, way: &Way<'_>) -> f64 {
        self.own_s(way) - self.cost_s(way)
    }

    /// What holds the next one back.
    fn obstacle(&self, way: &Way<'_>) -> Option<EndedBy> {
        let (here, there) = (&self.heres[way.here], &self.theres[way.there]);
        let after_s = way.wait_s + there.raise_s * f64::from(there.sent + 1);
        if self.net_s(way) < self.settings.margin_s {
            Some(EndedBy::Gain)
        } else if after_s > self.settings.ceiling_s {
            Some(EndedBy::Ceiling)
        } else if here.sent >= here.newcomers {
            Some(EndedBy::Arrivals)
        } else {
            None
        }
    }

    /// The way on which the next one saves most; of equal ones the first, which is the lower code, then the nearer.
    fn best(&self) -> Option<usize> {
        let open = (0..self.ways.len()).filter(|at| self.obstacle(&self.ways[*at]).is_none());
        open.max_by(|a, b| {
            let net = |at: &usize| self.net_s(&self.ways[*at]);
            net(a).total_cmp(&net(b)).then_with(|| b.cmp(a))
        })
    }

    fn send(&mut self, at: usize) {
        let (own_s, cost_s) = (self.own_s(&self.ways[at]), self.cost_s(&self.ways[at]));
        let way = &mut self.ways[at];
        if way.sent == 0 {
            way.first_s = own_s;
        }
        way.sent += 1;
        way.own_s += own_s;
        way.cost_s += cost_s;
        self.heres[way.here].sent += 1;
        self.theres[way.there].sent += 1;
    }

    fn proposals(self) -> Vec<Relief> {
        let used = self.ways.iter().filter(|way| way.sent > 0);
        let mut all: Vec<Relief> = used.map(|way| self.proposal(way)).collect();
        all.sort_by(|a, b| {
            let better_first = b.first_saves_s.partial_cmp(&a.first_saves_s);
            a.from
                .cmp(&b.from)
                .then(better_first.unwrap_or(Ordering::Equal))
                .then_with(|| a.to.cmp(&b.to))
        });
        all
    }

    fn proposal(&self, way: &Way<'_>) -> Relief {
        let (here, there) = (&self.heres[way.here], &self.theres[way.there]);
        let per_hour = f64::from(way.sent) * 3600.0 / self.settings.horizon_s;
        Relief {
            from: here.site.clone(),
            to: way.near.site.clone(),
            minutes: way.near.minutes,
            km: way.near.km,
            approximate: way.near.approximate,
            saves_s: way.own_s / f64::from(way.sent),
            first_saves_s: way.first_s,
            people_per_hour: per_hour as u32,
            total_minutes_saved: (way.own_s - way.cost_s) / 60.0,
            why: Why {
                wait_here_s: here.wait_s,
                wait_there_s: way.wait_s,
                high_there_s: way.high_s,
                wait_there_after_s: way.wait_s + there.raise_s * f64::from(there.sent),
                cost_there_min: way.cost_s / 60.0,
                ended_by: self.obstacle(way).unwrap_or(EndedBy::Gain),
            },
        }
    }
}

/// A figure that can be reckoned with.
fn sound(figure: Option<f64>) -> Option<f64> {
    figure.filter(|x| x.is_finite() && *x >= 0.0)
}
