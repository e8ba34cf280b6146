//! Mobile points: vehicles that hold half-day sessions through the week.
//!
//! A person is covered who has a session in reach at least once a week, so only the set of visited
//! places counts, and what a vehicle can do in one day is the unit of choice: a morning and an
//! afternoon place near enough to each other. With a *day* as the candidate (it covers what either
//! of its places covers) the question is a maximal covering with `p` = vehicles × days, and its
//! bound is at least as close as that of `2p` single places.

use super::{
    Answer, Budget, Cover, SitingError,
    answer::{gap, places},
    costs::{MAX_MINUTES, check_length, thousandths},
    engine::{Model, Solved},
    maximal::{best_choice, savings},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The most kinds of day that are weighed. Where there are more, each place keeps its best
/// partners, and the bound comes from single places.
pub const MAX_DAYS: usize = 8_000;

/// The vehicles and their week.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// How many vehicles.
    pub vehicles: usize,
    /// Days of the week on which they go out, 0 (Monday) to 6 (Sunday).
    pub days: Vec<u8>,
    /// The most minutes from the morning's to the afternoon's place.
    pub most_minutes: f64,
}

/// One vehicle's day. Both places are the same where it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VehicleDay {
    /// Day of the week, 0 (Monday) to 6.
    pub day: u8,
    /// Place in the morning.
    pub morning: u32,
    /// Place in the afternoon.
    pub afternoon: u32,
}

/// The week of every vehicle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MobileAnswer {
    /// A timetable for each vehicle, its days in order. Days that would add nobody are left free.
    pub timetables: Vec<Vec<VehicleDay>>,
    /// The places visited and the people newly covered. A place that stands in for another one is
    /// near enough to the other place of its day.
    pub answer: Answer,
}

/// Chooses places and sessions. `travel` holds for each place the minutes to others; a pair that
/// is left out is too far. A vehicle may always stay where it is.
pub fn mobile_routes(
    cover: &Cover,
    travel: &[Vec<(u32, f64)>],
    fleet: &Fleet,
    budget: &Budget<'_>,
) -> Result<MobileAnswer, SitingError> {
    let mut week = fleet.days.clone();
    week.sort_unstable();
    let is_week = week.len() <= 7 && week.last().is_some_and(|last| *last < 7);
    if !is_week || week.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(SitingError::BadWeek {
            days: fleet.days.clone(),
        });
    }
    let mut meter = budget.meter();
    let ways = ways(travel, cover.candidates().len(), fleet.most_minutes)?;
    let single = savings(cover);
    let (pairs, is_complete) = day_kinds(cover, &ways);
    let unions = pairs.iter().map(|&pair| union(cover, pair)).collect();
    let kept = cover.kept().to_vec();
    let by_day = Cover::of_checked(cover.weights().to_vec(), unions, kept);
    let model = savings(&by_day);
    let slots = fleet.vehicles.saturating_mul(week.len());
    let p = slots.min(pairs.len());
    let share = if is_complete { 1.0 } else { 0.6 };
    let days = meter.portion(share, |meter| best_choice(&model, p, None, meter));
    let mut bound = days.bound;
    let mut nodes = days.nodes;
    if !is_complete {
        let twice = slots.saturating_mul(2).min(cover.candidates().len());
        let relaxed = best_choice(&single, twice, None, &mut meter);
        bound = relaxed.bound;
        nodes += relaxed.nodes;
    }

    let chosen = useful_days(&model, &days);
    let pairs: Vec<(u32, u32)> = chosen.iter().map(|&at| pairs[at as usize]).collect();
    let visited: BTreeSet<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    let visited: Vec<u32> = visited.into_iter().collect();
    let may_replace = |out: u32, other: u32| {
        pairs.iter().all(|&(a, b)| match (a == out, b == out) {
            (false, false) | (true, true) => true,
            (true, false) => are_near(&ways, other, b),
            (false, true) => are_near(&ways, a, other),
        })
    };
    let objective = (days.value / model.unit()) as u64;
    let bound = (bound / model.unit()) as u64;
    Ok(MobileAnswer {
        timetables: timetables(&pairs, &ways, fleet.vehicles, &week),
        answer: Answer {
            chosen: places(&single, cover, &visited, &may_replace),
            objective,
            bound,
            gap: gap(objective, bound),
            proven: bound <= objective,
            steps: meter.used(),
            nodes,
        },
    })
}

/// For each place, where one can go from it at noon.
fn ways(
    travel: &[Vec<(u32, f64)>],
    count: usize,
    most_minutes: f64,
) -> Result<Vec<BTreeSet<u32>>, SitingError> {
    let most = thousandths(most_minutes).ok_or(SitingError::BadSetting {
        setting: "most minutes between places",
        minutes: most_minutes,
        limit: MAX_MINUTES,
    })?;
    check_length("travel minutes", travel.len(), count, "candidate")?;
    let mut ways = Vec::with_capacity(count);
    for (from, row) in travel.iter().enumerate() {
        let mut seen = BTreeSet::new();
        let mut near = BTreeSet::new();
        for &(to, minutes) in row {
            if to as usize >= count {
                return Err(SitingError::NoSuchCandidate {
                    list: "travel from place",
                    row: from,
                    candidate: to as usize,
                    candidates: count,
                });
            }
            if !seen.insert(to) {
                return Err(SitingError::Duplicate {
                    list: "travel from place",
                    row: from,
                    what: "candidate",
                    index: to as usize,
                });
            }
            let parts = thousandths(minutes).ok_or(SitingError::BadMinutes {
                list: "travel from place",
                row: from,
                what: "place",
                index: to as usize,
                minutes,
                limit: MAX_MINUTES,
            })?;
            if parts <= most {
                near.insert(to);
            }
        }
        ways.push(near);
    }
    Ok(ways)
}

fn are_near(ways: &[BTreeSet<u32>], a: u32, b: u32) -> bool {
    a == b || ways[a as usize].contains(&b) || ways[b as usize].contains(&a)
}

/// The pairs of places a day can have (a place with itself where it has no other), and whether
/// these are all.
fn day_kinds(cover: &Cover, ways: &[BTreeSet<u32>]) -> (Vec<(u32, u32)>, bool) {
    let count = ways.len();
    let mut partners = vec![BTreeSet::new(); count];
    for (from, row) in ways.iter().enumerate() {
        for &to in row.iter().filter(|to| **to as usize != from) {
            partners[from].insert(to);
            partners[to as usize].insert(from as u32);
        }
    }
    let total: usize = partners.iter().map(BTreeSet::len).sum::<usize>() / 2;
    let is_complete = total <= MAX_DAYS;
    let most_each = (MAX_DAYS / count.max(1)).max(1);
    let mut pairs = BTreeSet::new();
    for (at, near) in partners.iter().enumerate() {
        let at = at as u32;
        let mut near: Vec<u32> = near.iter().copied().collect();
        if near.is_empty() {
            pairs.insert((at, at));
        }
        if !is_complete {
            near.sort_by_cached_key(|&other| {
                let people = |demand: &u32| u64::from(cover.weights()[*demand as usize]);
                let both = union(cover, (at, other));
                (
                    std::cmp::Reverse(both.iter().map(people).sum::<u64>()),
                    other,
                )
            });
            near.truncate(most_each);
        }
        pairs.extend(near.iter().map(|&other| (at.min(other), at.max(other))));
    }
    (pairs.into_iter().collect(), is_complete)
}

/// Demands that either place covers, ascending.
fn union(cover: &Cover, (a, b): (u32, u32)) -> Vec<u32> {
    let row = |at: u32| cover.candidates()[at as usize].iter().copied();
    let both: BTreeSet<u32> = row(a).chain(row(b)).collect();
    both.into_iter().collect()
}

/// The chosen days that add someone, most first.
fn useful_days<M: Model>(model: &M, days: &Solved) -> Vec<u32> {
    let mut state = model.state();
    let mut gains = vec![0; model.candidates()];
    let mut rest = days.chosen.clone();
    let mut ordered = Vec::new();
    loop {
        model.gains(&state, &mut gains);
        rest.retain(|&at| gains[at as usize] > 0);
        let best = |at: &usize| (std::cmp::Reverse(gains[rest[*at] as usize]), *at);
        let Some(first) = (0..rest.len()).min_by_key(best) else {
            return ordered;
        };
        let day = rest.remove(first);
        model.add(&mut state, day);
        ordered.push(day);
    }
}

/// Hands the days out in turn: Monday to every vehicle, then the next day. Of a pair that can be
/// driven either way the lower index comes in the morning.
fn timetables(
    pairs: &[(u32, u32)],
    ways: &[BTreeSet<u32>],
    vehicles: usize,
    week: &[u8],
) -> Vec<Vec<VehicleDay>> {
    let mut timetables = vec![Vec::new(); vehicles];
    let slots = week
        .iter()
        .flat_map(|&day| (0..vehicles).map(move |at| (day, at)));
    for ((day, vehicle), &(low, high)) in slots.zip(pairs) {
        let is_forward = low == high || ways[low as usize].contains(&high);
        let (morning, afternoon) = if is_forward { (low, high) } else { (high, low) };
        timetables[vehicle].push(VehicleDay {
            day,
            morning,
            afternoon,
        });
    }
    timetables
}
