//! The wait of a person who comes now, before calibration.
//!
//! The queue is played forward a few dozen times with fixed draws: those waiting are called in their order to the first counter that takes their
//! service, transactions last as their class does (log-normal around the class's mean), those being served go on from what they have
//! had, counters open and close as the outlook says, and some leave. Who comes later does not matter to one who is served in
//! order. For a board, which says only how many wait, everybody is of the point's mean.
//!
//! With exponential times, one class and steady counters this is the departure time of M/M/n+M
//! ([`super::erlang::departures`]), which the tests compare it with.

use super::chance::Chance;
use super::outlook::{Outlook, STEP};
use super::record::{ALL_SERVICES, Now, Person};
use super::service::ServiceTimes;

/// Times the queue is played.
const PLAYS: u64 = 32;
/// Draws again at most so often for a transaction longer than it has been.
const TRIES: u32 = 6;

/// A distribution, in short.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Base {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

impl Base {
    /// Of values.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            mean,
            deviation: (squares / n).sqrt(),
        }
    }
}

/// A counter in the play.
struct Counter {
    serves: u64,
    free: f64,
    /// The part of the outlook's open counters above which this one is open.
    order: f64,
    is_open: bool,
}

/// The wait in minutes of a person who comes at `now.at`; `None` where no counter is expected to open within the outlook.
pub fn wait(now: &Now, person: &Person, outlook: &Outlook, service: &ServiceTimes) -> Option<Base> {
    let most = outlook.open.iter().copied().fold(0.0, f64::max);
    if most < 0.25 && now.open == 0 {
        return None;
    }
    let sigma = service.variation().powi(2).ln_1p().sqrt();
    let waits: Vec<f64> = (0..PLAYS)
        .map(|play| {
            let mut chance = Chance::new(play + 1);
            Play {
                now,
                outlook,
                service,
                position: service.position_costs(now.served, now.busy),
                sigma,
                chance: &mut chance,
            }
            .wait(person, most)
        })
        .collect();
    Some(Base::of(&waits))
}

struct Play<'a> {
    now: &'a Now,
    outlook: &'a Outlook,
    service: &'a ServiceTimes,
    /// Minutes that a person of a board's queue takes of a counter.
    position: f64,
    sigma: f64,
    chance: &'a mut Chance,
}

impl Play<'_> {
    fn wait(&mut self, person: &Person, most: f64) -> f64 {
        let mut counters = self.counters(most);
        if self.now.people.is_empty() {
            for _ in 0..self.now.waiting {
                let minutes = self.chance.exponential() * self.position;
                self.serve(&mut counters, ALL_SERVICES, minutes);
            }
        }
        for other in &self.now.people {
            if other.rank > person.rank {
                break;
            }
            let minutes = self.transaction(other.service, other.purpose);
            self.serve(&mut counters, 1 << (other.service & 63), minutes);
        }
        let (_, start) = self.earliest(&counters, 1 << (person.service & 63));
        start
    }

    /// One who waits is served by the first counter that can, unless patience ends before.
    fn serve(&mut self, counters: &mut [Counter], service: u64, minutes: f64) {
        let (index, start) = self.earliest(counters, service);
        let patience = self.chance.exponential() / self.outlook.impatience.max(1e-9);
        if start <= patience {
            counters[index].free = start + minutes;
        }
    }

    fn transaction(&mut self, service: u8, purpose: u8) -> f64 {
        let mean = self.service.mean_of(service, purpose) * self.outlook.pace;
        self.chance.lognormal(mean, self.sigma) + self.service.between()
    }

    fn counters(&mut self, most: f64) -> Vec<Counter> {
        let open = self.now.open as usize;
        let all = (most.ceil() as usize).max(open).max(1);
        let rounding = self.chance.unit();
        let none_free = self.chance.unit() < self.service.all_busy();
        let mut counters = Vec::with_capacity(all);
        for index in 0..all {
            let known = self.now.counters.get(index);
            let free = match known.map(|c| c.serving.as_ref()) {
                Some(Some(serving)) => {
                    let had = super::moment::minutes(self.now.at - serving.since);
                    let mut whole = 0.0;
                    for _ in 0..TRIES {
                        whole = self.transaction(serving.service, serving.purpose);
                        if whole > had {
                            break;
                        }
                    }
                    (whole - had).max(0.3 * self.outlook.service * self.chance.exponential())
                }
                // A board: all are busy while people wait.
                None if index < open && (self.now.waiting > 0 || none_free) => {
                    self.chance.exponential() * self.position
                }
                // Idle, or not open yet.
                _ => 0.0,
            };
            counters.push(Counter {
                serves: known.map_or(ALL_SERVICES, |c| c.serves),
                free,
                order: index as f64 + rounding,
                is_open: index < open,
            });
        }
        counters
    }

    /// The counter that is first free for a service, and when.
    fn earliest(&self, counters: &[Counter], service: u64) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        for (index, counter) in counters.iter().enumerate() {
            if counter.serves & service == 0 || counter.free >= best.1 {
                continue;
            }
            let start = self.open_from(counter, counter.free);
            if start < best.1 {
                best = (index, start);
            }
        }
        if best.1.is_finite() {
            return best;
        }
        // No counter takes the service: the first free one is the best guess.
        let free = |c: &Counter| self.open_from(c, c.free);
        counters
            .iter()
            .enumerate()
            .map(|(index, counter)| (index, free(counter)))
            .fold((0, f64::INFINITY), |a, b| if b.1 < a.1 { b } else { a })
    }

    /// When a counter is open at or after some minutes; the outlook's end where it never is.
    fn open_from(&self, counter: &Counter, from: f64) -> f64 {
        if counter.is_open && from < STEP {
            return from;
        }
        let first = self.outlook.slot(from);
        let open = (first..self.outlook.open.len())
            .find(|slot| self.outlook.open[*slot] > counter.order)
            .unwrap_or(self.outlook.open.len());
        from.max(open as f64 * STEP)
    }
}
