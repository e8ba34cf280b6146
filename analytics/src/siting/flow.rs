//! Who is served by whom when places hold only so many: an assignment that is exact for given
//! open places, and its Lagrangian relaxation.
//!
//! A demand's people may be split between places. For open places the most people that can be
//! served is a maximum flow, kept up to date by augmenting paths (Ford and Fulkerson 1956) from the
//! place that opens, or from those with room when one closes. Relaxing "each person is served once"
//! with a price for each demand leaves a fractional knapsack for each place (Dantzig 1957): it
//! fills up with the cheapest demands.

use super::engine::Model;
use std::collections::VecDeque;

/// Prices are parts of a person.
const GRID: i64 = 1 << 12;

/// A place: how many it can serve, and the demands it covers.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) capacity: i64,
    pub(super) demands: Vec<u32>,
}

/// Candidates, places that are open in any case, and people.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    people: Vec<i64>,
    ceilings: Vec<i64>,
    candidates: usize,
    /// The candidates, then the places open in any case.
    sites: Vec<Site>,
    /// Where each site's entries begin.
    starts: Vec<usize>,
    /// For each demand, the sites that cover it and their entries.
    by_demand: Vec<Vec<(u32, usize)>>,
}

impl Serving {
    pub(super) fn new(people: Vec<i64>, mut candidates: Vec<Site>, open: Vec<Site>) -> Self {
        let count = candidates.len();
        candidates.extend(open);
        let sites = candidates;
        let mut by_demand = vec![Vec::new(); people.len()];
        let mut starts = vec![0];
        let mut entries = 0;
        for (at, site) in sites.iter().enumerate() {
            for &demand in &site.demands {
                by_demand[demand as usize].push((at as u32, entries));
                entries += 1;
            }
            starts.push(entries);
        }
        Self {
            ceilings: vec![GRID; people.len()],
            people,
            candidates: count,
            sites,
            starts,
            by_demand,
        }
    }

    /// What each site serves of each of its demands, in the order of its demands.
    pub(super) fn served(&self, state: &Served, site: usize) -> Vec<(u32, u64)> {
        let flows = &state.flows[self.starts[site]..self.starts[site + 1]];
        let pairs = self.sites[site].demands.iter().zip(flows);
        pairs
            .filter(|(_, flow)| **flow > 0)
            .map(|(&demand, &flow)| (demand, flow as u64))
            .collect()
    }

    /// Fills a site with its cheapest demands, and gives what it is worth at these prices.
    fn fill(&self, site: &Site, prices: &[i64], mut take: impl FnMut(u32, i64)) -> i64 {
        let mut order: Vec<(i64, u32)> = site
            .demands
            .iter()
            .map(|&demand| (prices[demand as usize], demand))
            .filter(|(price, _)| *price < GRID)
            .collect();
        order.sort_unstable();
        let mut room = site.capacity;
        let mut worth = 0;
        for (price, demand) in order {
            let people = self.people[demand as usize].min(room);
            worth += people * (GRID - price);
            take(demand, people);
            room -= people;
            if room == 0 {
                break;
            }
        }
        worth
    }

    /// Serves as many more as room at this open site allows, moving others where that helps.
    fn augment(&self, state: &mut Served, site: usize) {
        for (at, &demand) in self.sites[site].demands.iter().enumerate() {
            let people = state.room[site].min(state.unserved[demand as usize]);
            if people > 0 {
                state.flows[self.starts[site] + at] += people;
                state.room[site] -= people;
                state.unserved[demand as usize] -= people;
                state.served += people;
            }
        }
        while state.room[site] > 0 {
            let Some(path) = self.path(state, site) else {
                return;
            };
            self.push(state, site, &path);
        }
    }

    /// The shortest augmenting path from a site: entries to raise and to lower, in turn, from the
    /// unserved demand back to the site.
    fn path(&self, state: &Served, from: usize) -> Option<Vec<usize>> {
        let mut into_demand: Vec<Option<(usize, usize)>> = vec![None; self.people.len()];
        let mut into_site: Vec<Option<(u32, usize)>> = vec![None; self.sites.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(site) = queue.pop_front() {
            for (at, &demand) in self.sites[site].demands.iter().enumerate() {
                if into_demand[demand as usize].is_some() {
                    continue;
                }
                into_demand[demand as usize] = Some((site, self.starts[site] + at));
                if state.unserved[demand as usize] > 0 {
                    return Some(trace(demand, from, &into_demand, &into_site));
                }
                for &(other, entry) in &self.by_demand[demand as usize] {
                    let is_new = other as usize != from && into_site[other as usize].is_none();
                    if is_new && state.flows[entry] > 0 {
                        into_site[other as usize] = Some((demand, entry));
                        queue.push_back(other as usize);
                    }
                }
            }
        }
        None
    }

    fn push(&self, state: &mut Served, site: usize, path: &[usize]) {
        let lowered = path.iter().skip(1).step_by(2);
        let end = self.demand_of(path[0]);
        let most = state.room[site].min(state.unserved[end]);
        let people = lowered.fold(most, |least, &entry| least.min(state.flows[entry]));
        for (at, &entry) in path.iter().enumerate() {
            state.flows[entry] += if at % 2 == 0 { people } else { -people };
        }
        state.room[site] -= people;
        state.unserved[end] -= people;
        state.served += people;
    }

    fn demand_of(&self, entry: usize) -> usize {
        let site = self.starts.partition_point(|&start| start <= entry) - 1;
        self.sites[site].demands[entry - self.starts[site]] as usize
    }

    fn open(&self, state: &mut Served, site: usize) {
        state.is_open[site] = true;
        state.room[site] = self.sites[site].capacity;
        self.augment(state, site);
    }
}

/// Entries along a path, from its end back.
fn trace(
    end: u32,
    from: usize,
    into_demand: &[Option<(usize, usize)>],
    into_site: &[Option<(u32, usize)>],
) -> Vec<usize> {
    let mut path = Vec::new();
    let mut demand = end;
    while let Some((site, raised)) = into_demand[demand as usize] {
        path.push(raised);
        if site == from {
            break;
        }
        let Some((earlier, lowered)) = into_site[site] else {
            break;
        };
        path.push(lowered);
        demand = earlier;
    }
    path
}

/// An assignment that serves as many as the open places can.
#[derive(Clone, Debug)]
pub(super) struct Served {
    is_open: Vec<bool>,
    room: Vec<i64>,
    unserved: Vec<i64>,
    flows: Vec<i64>,
    served: i64,
}

impl Model for Serving {
    type State = Served;

    fn candidates(&self) -> usize {
        self.candidates
    }

    fn ceilings(&self) -> &[i64] {
        &self.ceilings
    }

    fn unit(&self) -> i64 {
        GRID
    }

    fn relax(&self, multipliers: &[i64], scores: &mut [i64]) -> i64 {
        let (candidates, open) = self.sites.split_at(self.candidates);
        for (score, site) in scores.iter_mut().zip(candidates) {
            *score = self.fill(site, multipliers, |_, _| ());
        }
        let paid = self.people.iter().zip(multipliers);
        let constant: i64 = paid.map(|(people, price)| people * price).sum();
        let kept = open
            .iter()
            .map(|site| self.fill(site, multipliers, |_, _| ()));
        constant + kept.sum::<i64>()
    }

    fn slopes(&self, multipliers: &[i64], chosen: &[u32], slopes: &mut [f64]) {
        for (slope, &people) in slopes.iter_mut().zip(&self.people) {
            *slope = people as f64;
        }
        let open = self.candidates..self.sites.len();
        for site in chosen.iter().map(|&at| at as usize).chain(open) {
            self.fill(&self.sites[site], multipliers, |demand, people| {
                slopes[demand as usize] -= people as f64;
            });
        }
    }

    fn state(&self) -> Served {
        let mut state = Served {
            is_open: vec![false; self.sites.len()],
            room: vec![0; self.sites.len()],
            unserved: self.people.clone(),
            flows: vec![0; self.starts[self.sites.len()]],
            served: 0,
        };
        for site in self.candidates..self.sites.len() {
            self.open(&mut state, site);
        }
        state
    }

    fn value(&self, state: &Served) -> i64 {
        state.served * GRID
    }

    fn add(&self, state: &mut Served, candidate: u32) {
        self.open(state, candidate as usize);
    }

    fn remove(&self, state: &mut Served, candidate: u32) {
        let site = candidate as usize;
        state.is_open[site] = false;
        state.room[site] = 0;
        for (at, &demand) in self.sites[site].demands.iter().enumerate() {
            let flow = std::mem::take(&mut state.flows[self.starts[site] + at]);
            state.unserved[demand as usize] += flow;
            state.served -= flow;
        }
        for other in 0..self.sites.len() {
            if state.is_open[other] && state.room[other] > 0 {
                self.augment(state, other);
            }
        }
    }

    /// What each would serve at least: those whom nobody serves now. Moving others may add more.
    fn gains(&self, state: &Served, gains: &mut [i64]) {
        for (gain, site) in gains.iter_mut().zip(&self.sites) {
            let waiting = site
                .demands
                .iter()
                .map(|&demand| state.unserved[demand as usize]);
            *gain = waiting.sum::<i64>().min(site.capacity) * GRID;
        }
    }

    fn best_addition(&self, state: &Served, is_out: &dyn Fn(u32) -> bool) -> Option<(u32, i64)> {
        let unserved: i64 = state.unserved.iter().sum();
        let most = |site: &Site| {
            let people = site
                .demands
                .iter()
                .map(|&demand| self.people[demand as usize]);
            people.sum::<i64>().min(site.capacity).min(unserved)
        };
        let mut hopes: Vec<(i64, u32)> = (0..self.candidates as u32)
            .filter(|&at| !is_out(at))
            .map(|at| (-most(&self.sites[at as usize]), at))
            .collect();
        hopes.sort_unstable();
        let mut best: Option<(i64, u32)> = None;
        for (hope, at) in hopes {
            if best.is_some_and(|(served, _)| state.served - hope < served) {
                break;
            }
            let mut with = state.clone();
            self.add(&mut with, at);
            let is_better = |&(served, other): &(i64, u32)| {
                with.served > served || (with.served == served && at < other)
            };
            if best.as_ref().is_none_or(is_better) {
                best = Some((with.served, at));
            }
        }
        best.map(|(served, at)| (at, served * GRID))
    }

    fn reduce(&self, enter: &[u32], leave: &[bool], multipliers: &[i64]) -> (Self, Vec<i64>) {
        let (candidates, open) = self.sites.split_at(self.candidates);
        let all = candidates.iter().enumerate();
        let stays = all
            .filter(|(at, _)| !leave[*at] && !enter.contains(&(*at as u32)))
            .map(|(_, site)| site.clone());
        let entered = enter.iter().map(|&at| candidates[at as usize].clone());
        let open = open.iter().cloned().chain(entered).collect();
        let reduced = Self::new(self.people.clone(), stays.collect(), open);
        (reduced, multipliers.to_vec())
    }
}
