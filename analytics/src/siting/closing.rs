//! Closing or merging: which `k` of the points can go with least loss. Closing `k` of `n` is
//! keeping `n - k`: a maximal covering whose candidates are the existing points.

use super::{
    Budget, Cover, Replacement, Rescue, SitingError,
    cover::check_places,
    maximal::{best_choice, savings},
};
use serde::Serialize;

/// Which points can go, and who loses by it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClosingAnswer {
    /// The points to close: the one that loses least first, then the next beside it; equal ones by
    /// lower index.
    pub closed: Vec<Closed>,
    /// People who lose cover.
    pub objective: u64,
    /// No choice of so many points loses fewer.
    pub bound: u64,
    /// How much of the loss may be avoidable, as a share of it.
    pub gap: f64,
    /// Whether no choice loses fewer.
    pub proven: bool,
    /// Steps of the budget used.
    pub steps: u64,
    /// Nodes of the search.
    pub nodes: u64,
}

/// One point to close.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Closed {
    /// Its index among the points.
    pub point: u32,
    /// People who lose cover when it goes after those before it.
    pub loses: u64,
    /// Demands that would have cover again if this one alone stayed.
    pub orphans: Vec<Rescue>,
    /// People in them.
    pub orphaned_people: u64,
    /// The remaining point that covers most of its people, with which it can be merged; of equals
    /// the lowest index, `None` when none covers any.
    pub heir: Option<u32>,
    /// The remaining point to close in its stead with least loss; `objective` is the whole loss.
    pub next_best: Option<Replacement>,
}

/// Chooses `k` of the candidates of `points`, which are the existing points that may be closed;
/// its kept points stay whatever is chosen.
pub fn close_points(
    points: &Cover,
    k: usize,
    budget: &Budget<'_>,
) -> Result<ClosingAnswer, SitingError> {
    let count = points.candidates().len();
    check_places(k, count)?;
    let mut meter = budget.meter();
    let model = savings(points);
    let solved = best_choice(&model, count - k, None, &mut meter);
    let people = |value: i64| (value / super::maximal::PARTS) as u64;
    let all = points.reachable_people() - points.kept_people();
    let objective = all - people(solved.value);
    let bound = all.saturating_sub(people(solved.bound));
    let mut times = Times::new(points);
    let mut stays = vec![false; count];
    for &point in &solved.chosen {
        stays[point as usize] = true;
    }
    Ok(ClosingAnswer {
        closed: times.close(&stays, objective),
        objective,
        bound,
        gap: super::answer::gap(bound, objective),
        proven: bound >= objective,
        steps: meter.used(),
        nodes: solved.nodes,
    })
}

/// How many open points cover each demand.
struct Times<'c> {
    points: &'c Cover,
    times: Vec<u32>,
}

impl<'c> Times<'c> {
    fn new(points: &'c Cover) -> Self {
        let mut times = vec![0; points.weights().len()];
        for &demand in points.kept().iter().chain(points.candidates()).flatten() {
            times[demand as usize] += 1;
        }
        Self { points, times }
    }

    /// The demands of a point that so many open points cover.
    fn demands(&self, point: u32, times: u32) -> impl Iterator<Item = Rescue> {
        let row = self.points.candidates()[point as usize].iter();
        row.filter(move |demand| self.times[**demand as usize] == times)
            .map(|&demand| Rescue {
                demand,
                people: self.points.weights()[demand as usize],
            })
    }

    fn people(&self, point: u32, times: u32) -> u64 {
        let demands = self.demands(point, times);
        demands.map(|rescue| u64::from(rescue.people)).sum()
    }

    fn change(&mut self, point: u32, opens: bool) {
        for &demand in &self.points.candidates()[point as usize] {
            let times = &mut self.times[demand as usize];
            *times = if opens { *times + 1 } else { *times - 1 };
        }
    }

    /// Closes what does not stay, and tells of each.
    fn close(&mut self, stays: &[bool], loss: u64) -> Vec<Closed> {
        let all = 0..stays.len() as u32;
        let remaining: Vec<u32> = all.clone().filter(|&at| stays[at as usize]).collect();
        let mut rest: Vec<u32> = all.filter(|&at| !stays[at as usize]).collect();
        let mut order = Vec::with_capacity(rest.len());
        while let Some(point) = rest
            .iter()
            .copied()
            .min_by_key(|&at| (self.people(at, 1), at))
        {
            order.push((point, self.people(point, 1)));
            rest.retain(|&at| at != point);
            self.change(point, false);
        }
        let told = order.into_iter();
        told.map(|(point, loses)| self.tell(point, loses, &remaining, loss))
            .collect()
    }

    fn tell(&mut self, point: u32, loses: u64, remaining: &[u32], loss: u64) -> Closed {
        let orphans: Vec<Rescue> = self.demands(point, 0).collect();
        let orphaned_people: u64 = orphans.iter().map(|orphan| u64::from(orphan.people)).sum();
        let own = &self.points.candidates()[point as usize];
        let shared = |other: u32| -> u64 {
            let row = self.points.candidates()[other as usize].iter();
            row.filter(|demand| own.binary_search(demand).is_ok())
                .map(|&demand| u64::from(self.points.weights()[demand as usize]))
                .sum()
        };
        let heirs = remaining.iter().map(|&other| (shared(other), other));
        let heir = heirs
            .filter(|(people, _)| *people > 0)
            .min_by_key(|&(people, other)| (std::cmp::Reverse(people), other))
            .map(|(_, other)| other);
        self.change(point, true);
        let instead = remaining
            .iter()
            .map(|&other| (self.people(other, 1), other));
        let next_best = instead.min().map(|(lost, candidate)| Replacement {
            candidate,
            objective: loss - orphaned_people + lost,
        });
        self.change(point, false);
        Closed {
            point,
            loses,
            orphans,
            orphaned_people,
            heir,
            next_best,
        }
    }
}
