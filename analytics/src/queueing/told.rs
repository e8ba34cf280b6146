//! What a point's forecasts tell: the wait of a person who comes now, the queue in half an hour, an hour and two, and the counters to open.
//!
//! In: what was learned of the point, its day so far, and whether it is open. Out: [`Told`], in which each figure has its sample or, where it
//! is not told, the reason why. In order: too few days are known; the point is closed, or will be then; nothing is known of its
//! queue now, or nothing of what came of past forecasts; the forecasts of the last days were not better than guessing.
//!
//! The counters are planned for the scheme's wait ([`LIMIT_S`], of nine in ten), by the model that the forecasts are calibrated
//! from; so a plan is told where one of them is, and where tickets tell which counters serve: boards count a counter once for each
//! service.
//!
//! Pure, and the same for the same input.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use super::calibrate::Forecast;
use super::forecaster::{HORIZONS, Pool, Standing, TARGETS};
use super::moment::{MINUTE, Us};
use super::points::{Point, Points};
use super::record::{DayRecord, Now, Person};
use super::staffing::{Plan, Target};
use crate::figures::visits::LIMIT_S;
use crate::names::Name;

/// Nine in ten are to wait no longer than the limit.
const SHARE: f64 = 0.9;
/// People who came so lately say what one who comes now comes for.
const LATELY: Us = 120 * MINUTE;
/// So many services at most, those that most came for.
const KINDS: usize = 6;

/// Why a figure is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// Nothing is known of it.
    NoData,
    /// Too few days were learned from.
    TooFewDays,
    /// The forecasts of the last days were not better than guessing.
    NotBetter,
    /// The point is closed, or will be.
    Closed,
}

/// A wait, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitTold {
    /// Half wait at most so long.
    pub median_s: u64,
    /// Nine in ten wait at most so long.
    pub bound_s: u64,
    /// Past forecasts of the point like this one that it was calibrated on.
    pub sample: u64,
}

/// People waiting, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PeopleTold {
    /// Half of the outcomes are at most this.
    pub median: f64,
    /// Nine of ten outcomes are at most this.
    pub bound: f64,
    /// Past forecasts of the point like this one that it was calibrated on.
    pub sample: u64,
}

/// The queue after some minutes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QueueTold {
    /// After how many.
    pub minutes: u32,
    /// People waiting then.
    pub people: Option<PeopleTold>,
    /// Why that is not told.
    pub hidden: Option<Hidden>,
}

/// What the counters are planned for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TargetTold {
    /// The wait, seconds.
    pub wait_s: f64,
    /// The share of people who are to wait no longer.
    pub share: f64,
}

/// From when on so many counters are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StepTold {
    /// From when.
    pub from: EventTime,
    /// Counters.
    pub counters: u32,
}

/// Counters to open in the next two hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountersTold {
    /// Open now.
    pub open: u32,
    /// What for.
    pub target: TargetTold,
    /// How many are needed, from when on.
    pub steps: Vec<StepTold>,
    /// By when more must be open than are expected to be anyway; `None` where those are enough.
    pub too_few_from: Option<EventTime>,
    /// With these counters the target holds throughout; false where even all that the point has are too few.
    pub reaches: bool,
}

/// What a point's forecasts tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// The point.
    pub site: Name,
    /// Up to when what is known is complete.
    pub as_of: EventTime,
    /// Days learned from.
    pub days: u32,
    /// The wait of a person without priority who comes now.
    pub wait: Option<WaitTold>,
    /// Why that is not told.
    pub wait_hidden: Option<Hidden>,
    /// The queue.
    pub queue: [QueueTold; HORIZONS.len()],
    /// The counters to open.
    pub counters: Option<CountersTold>,
    /// Why they are not told.
    pub counters_hidden: Option<Hidden>,
}

/// A point now.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The instant.
    pub now: EventTime,
    /// Its day so far.
    pub day: &'a DayRecord,
    /// Closed for people who come now.
    pub is_closed: bool,
    /// Its queue is known now, by the live figures.
    pub is_known: bool,
    /// Whether it is open after each of [`HORIZONS`].
    pub is_open_then: [bool; HORIZONS.len()],
}

/// What is told of a point.
pub fn told(site: &Name, points: &Points, asked: &Asked<'_>) -> Told {
    let point = points.get(site).map(|point| &**point);
    let now = now(asked);
    let standing = |target: usize| hidden(point, target, asked);
    let wait = standing(0).and_then(|point| {
        let forecast = wait_of(point, points.pool(), &now, asked.day);
        // Open, and no counter is expected to open for hours.
        forecast.map(wait_told).ok_or(Hidden::Closed)
    });
    let asks_for_queue = (1..TARGETS).find_map(|target| standing(target).ok());
    let forecasts = asks_for_queue.map(|point| point.forecaster.queue(&now, points.pool()));
    let queue: [_; HORIZONS.len()] = std::array::from_fn(|index| {
        let people = standing(index + 1).and_then(|_| {
            let forecast = forecasts.and_then(|all| all[index]);
            let people = forecast.ok_or(Hidden::NotBetter)?;
            let is_open = asked.is_open_then[index];
            is_open.then(|| people_told(people)).ok_or(Hidden::Closed)
        });
        QueueTold {
            minutes: HORIZONS[index] as u32,
            people: people.ok(),
            hidden: people.err(),
        }
    });
    let counters = match (0..TARGETS).find_map(|target| standing(target).ok()) {
        Some(point) if asked.day.readings.is_empty() => {
            counters_told(&point.forecaster.plan(&now, target(), None), now.open)
        }
        Some(_) => Err(Hidden::NoData),
        None => Err(standing(1).err().unwrap_or(Hidden::NoData)),
    };
    let (counters, counters_hidden) = (counters.as_ref().ok().cloned(), counters.err());
    Told {
        site: site.clone(),
        as_of: asked.now,
        days: point.map_or(0, |point| point.forecaster.days()),
        wait: wait.ok(),
        wait_hidden: wait.err(),
        queue,
        counters,
        counters_hidden,
    }
}

/// The wait alone, minutes; `None` where it is not told.
pub fn wait(site: &str, points: &Points, asked: &Asked<'_>) -> Option<Forecast> {
    let point = points.get(site).map(|point| &**point);
    let point = hidden(point, 0, asked).ok()?;
    wait_of(point, points.pool(), &now(asked), asked.day)
}

/// What is known now: what happened at this very instant, too.
fn now(asked: &Asked<'_>) -> Now {
    Now::of(asked.day, asked.now.0 + 1)
}

/// The point, where a target's forecasts are told now.
fn hidden<'a>(
    point: Option<&'a Point>,
    target: usize,
    asked: &Asked<'_>,
) -> Result<&'a Point, Hidden> {
    let point = point.ok_or(Hidden::TooFewDays)?;
    let standing = point.forecaster.standing(target);
    match standing {
        Standing::TooFewDays => Err(Hidden::TooFewDays),
        _ if asked.is_closed => Err(Hidden::Closed),
        _ if !asked.is_known => Err(Hidden::NoData),
        Standing::NothingToScore => Err(Hidden::NoData),
        Standing::NotBetter => Err(Hidden::NotBetter),
        Standing::Better => Ok(point),
    }
}

fn wait_of(point: &Point, pool: &Pool, now: &Now, day: &DayRecord) -> Option<Forecast> {
    point.forecaster.wait_of_one(now, &kinds(day, now.at), pool)
}

/// What people came for lately, those without priority who come now.
fn kinds(day: &DayRecord, at: Us) -> Vec<(Person, f64)> {
    let came = || day.visits.iter().filter(|v| !v.again && v.issued < at);
    let count = |since: Us| {
        let mut services: BTreeMap<u8, u32> = BTreeMap::new();
        for visit in came().filter(|v| v.issued >= since) {
            *services.entry(visit.service).or_default() += 1;
        }
        services
    };
    let lately = count(at - LATELY);
    let services = if lately.is_empty() {
        count(Us::MIN)
    } else {
        lately
    };
    let mut services: Vec<(u8, u32)> = services.into_iter().collect();
    services.sort_by_key(|(service, people)| (std::cmp::Reverse(*people), *service));
    services.truncate(KINDS);
    if services.is_empty() {
        // The first of a day.
        services.push((0, 1));
    }
    let person = |service: u8| Person {
        rank: 2,
        since: at,
        service,
        purpose: 0,
    };
    let kinds = services.into_iter();
    kinds
        .map(|(service, people)| (person(service), f64::from(people)))
        .collect()
}

fn target() -> Target {
    Target::Longer {
        minutes: LIMIT_S / 60.0,
        share: 1.0 - SHARE,
    }
}

fn wait_told(forecast: Forecast) -> WaitTold {
    let seconds = |minutes: f64| (minutes * 60.0).round() as u64;
    WaitTold {
        median_s: seconds(forecast.median),
        bound_s: seconds(forecast.bound),
        sample: forecast.sample,
    }
}

fn people_told(forecast: Forecast) -> PeopleTold {
    let tenths = |people: f64| (people * 10.0).round() / 10.0;
    PeopleTold {
        median: tenths(forecast.median),
        bound: tenths(forecast.bound),
        sample: forecast.sample,
    }
}

fn counters_told(plan: &Plan, open: u32) -> Result<CountersTold, Hidden> {
    let mut steps: Vec<StepTold> = Vec::new();
    for quarter in plan.quarters.iter().filter(|q| !q.is_closed) {
        if steps
            .last()
            .is_none_or(|step| step.counters != quarter.needed)
        {
            steps.push(StepTold {
                from: EventTime(quarter.from - 1),
                counters: quarter.needed,
            });
        }
    }
    if steps.is_empty() {
        return Err(Hidden::Closed);
    }
    Ok(CountersTold {
        open,
        target: TargetTold {
            wait_s: LIMIT_S,
            share: SHARE,
        },
        steps,
        too_few_from: plan.too_few_from.map(|from| EventTime(from - 1)),
        reaches: plan.quarters.iter().all(|q| !q.is_beyond),
    })
}
