//! The usable calls of one trip.
//!
//! A wrongly placed stop makes the bus fly there and back; a wrong time does the same to one call
//! or turns time back. Which of two calls is wrong cannot be told from the two alone. So the
//! fewest calls are set aside that leave a possible journey: the longest chain of calls in which
//! each can follow the one before (found as the longest increasing subsequence is, by dynamic
//! programming). Of equally long chains the one that ends latest, and has the latest calls, is
//! kept.

use super::{Problem, SpeedRule};
use crate::LonLat;

/// Most calls of one trip that are looked at.
pub(super) const MAX_CALLS: usize = 2_000;

/// A call with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PlacedCall {
    pub(super) place: LonLat,
    pub(super) arrival: u32,
    pub(super) departure: u32,
}

/// How a call relates to one before it.
enum Step {
    Possible,
    Backwards,
    TooFast { km: f64, seconds: u32 },
}

fn step(rule: &SpeedRule, from: &PlacedCall, to: &PlacedCall) -> Step {
    if to.arrival < from.departure {
        return Step::Backwards;
    }
    let seconds = to.arrival - from.departure;
    let km = from.place.distance_km(to.place);
    // Where both times are whole minutes, up to a minute may have been rounded away.
    let is_rounded = to.arrival.is_multiple_of(60) && from.departure.is_multiple_of(60);
    let slack = if is_rounded { 59 } else { 0 };
    let possible_km = rule.tolerance_km + rule.max_kmh * f64::from(seconds + slack) / 3600.0;
    if km <= possible_km {
        Step::Possible
    } else {
        Step::TooFast { km, seconds }
    }
}

/// For each call, in order, `None` when it is used and otherwise what is wrong with it.
pub(super) fn judge(rule: &SpeedRule, calls: &[PlacedCall]) -> Vec<Option<Problem>> {
    let is_possible =
        |from: usize, to: usize| matches!(step(rule, &calls[from], &calls[to]), Step::Possible);
    let is_sound = |at: usize| calls[at].arrival <= calls[at].departure;
    let all_fit =
        (0..calls.len()).all(is_sound) && (1..calls.len()).all(|to| is_possible(to - 1, to));
    if all_fit {
        return vec![None; calls.len()];
    }
    // Longest chain that ends at each call, and the call before it there.
    let mut chains: Vec<(usize, Option<usize>)> = vec![(0, None); calls.len()];
    for to in (0..calls.len()).filter(|at| is_sound(*at)) {
        let mut best = (0, None);
        for from in (0..to).rev() {
            if chains[from].0 > best.0 && is_possible(from, to) {
                best = (chains[from].0, Some(from));
            }
        }
        chains[to] = (best.0 + 1, best.1);
    }
    let mut is_used = vec![false; calls.len()];
    let mut at = (0..calls.len()).max_by_key(|at| chains[*at].0);
    while let Some(used) = at.filter(|at| chains[*at].0 > 0) {
        is_used[used] = true;
        at = chains[used].1;
    }
    let reasons =
        (0..calls.len()).map(|at| (!is_used[at]).then(|| reason(rule, calls, &is_used, at)));
    reasons.collect()
}

/// Why a call does not fit between the used ones around it.
fn reason(rule: &SpeedRule, calls: &[PlacedCall], is_used: &[bool], at: usize) -> Problem {
    let before = (0..at).rev().find(|other| is_used[*other]);
    let after = (at + 1..calls.len()).find(|other| is_used[*other]);
    let steps = [
        before.map(|before| step(rule, &calls[before], &calls[at])),
        after.map(|after| step(rule, &calls[at], &calls[after])),
    ];
    for found in steps.into_iter().flatten() {
        if let Step::TooFast { km, seconds } = found {
            return Problem::ImpossibleSpeed { km, seconds };
        }
    }
    Problem::BackwardsTime
}

/// Sets the times of calls that have none evenly between those before and after. Returns which
/// were set; those at an end without times stay without.
pub(super) fn fill_times(times: &mut [Option<(u32, u32)>]) -> Vec<usize> {
    let timed: Vec<usize> = (0..times.len()).filter(|at| times[*at].is_some()).collect();
    let mut filled = Vec::new();
    for pair in timed.windows(2) {
        let (Some((_, leaves)), Some((arrives, _))) = (times[pair[0]], times[pair[1]]) else {
            continue;
        };
        let steps = (pair[1] - pair[0]) as u64;
        for done in 1..steps {
            let time = leaves + (u64::from(arrives.saturating_sub(leaves)) * done / steps) as u32;
            let at = pair[0] + done as usize;
            times[at] = Some((time, time));
            filled.push(at);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Calls at kilometres along a meridian, at seconds.
    fn calls(at: &[(f64, u32)]) -> Vec<PlacedCall> {
        at.iter()
            .map(|(km, time)| PlacedCall {
                place: LonLat {
                    lon: 105.8,
                    lat: 21.0 + km / 111.195,
                },
                arrival: *time,
                departure: *time,
            })
            .collect()
    }

    fn used(at: &[(f64, u32)]) -> Vec<bool> {
        let judged = judge(&SpeedRule::default(), &calls(at));
        judged.iter().map(Option::is_none).collect()
    }

    #[test]
    fn one_misplaced_stop_or_one_wrong_time_costs_that_call_alone() {
        let good = [(0.0, 1), (1.0, 151), (2.0, 301), (3.0, 451)];
        assert_eq!(used(&good), [true; 4]);
        let mut misplaced = good;
        misplaced[1].0 = 30.0;
        assert_eq!(used(&misplaced), [true, false, true, true]);
        let mut first = good;
        first[0].0 = 30.0;
        assert_eq!(used(&first), [false, true, true, true]);
        let mut backwards = good;
        backwards[2].1 = 31;
        assert_eq!(used(&backwards), [true, true, false, true]);
    }

    #[test]
    fn times_in_whole_minutes_are_given_their_rounding() {
        assert_eq!(used(&[(0.0, 60), (0.9, 60), (1.8, 120)]), [true; 3]);
        assert_eq!(
            used(&[(0.0, 61), (0.9, 61), (1.8, 161)]),
            [false, true, true]
        );
    }

    #[test]
    fn missing_times_are_set_between_those_around() {
        let mut times = vec![None, Some((10, 20)), None, None, Some((50, 50)), None];
        assert_eq!(fill_times(&mut times), [2, 3]);
        assert_eq!(times[2..4], [Some((30, 30)), Some((40, 40))]);
        assert_eq!((times[0], times[5]), (None, None));
    }

    proptest! {
        /// Against trying every subset.
        #[test]
        fn what_is_left_is_possible_and_as_much_as_can_be(
            at in prop::collection::vec((0.0..9.0f64, 1..900u32), 0..9),
        ) {
            let rule = SpeedRule::default();
            let calls = calls(&at);
            let fits = |set: &[usize]| set.windows(2)
                .all(|pair| matches!(step(&rule, &calls[pair[0]], &calls[pair[1]]), Step::Possible));
            let judged = judge(&rule, &calls);
            let kept: Vec<usize> = (0..calls.len()).filter(|at| judged[*at].is_none()).collect();
            prop_assert!(fits(&kept));
            let most = (0u32..1 << calls.len())
                .map(|bits| (0..calls.len()).filter(|at| bits & (1 << at) != 0).collect::<Vec<_>>())
                .filter(|set| fits(set))
                .map(|set| set.len())
                .max();
            prop_assert_eq!(Some(kept.len()), most);
        }
    }
}
