use super::*;
use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Erlang B by its definition, in logarithms: an independent computation.
fn b_directly(counters: u32, load: f64) -> f64 {
    let ln_term =
        |n: u32| f64::from(n) * load.ln() - (1..=n).map(|k| f64::from(k).ln()).sum::<f64>();
    let last = ln_term(counters);
    let below: f64 = (0..=counters).map(|n| (ln_term(n) - last).exp()).sum();
    1.0 / below
}

/// The birth-death chain of M/M/n+M solved state by state: P(W > 0), P(Ab), E[Q], and its states.
fn chain(arrivals: f64, service: f64, counters: u32, impatience: f64) -> (f64, f64, f64, Vec<f64>) {
    let n = f64::from(counters);
    let mut ln = vec![0.0_f64];
    let mut top = 0.0_f64;
    for state in 1..2_000_000 {
        let k = f64::from(state);
        let out = service * k.min(n) + impatience * (k - n).max(0.0);
        let next = ln[state as usize - 1] + (arrivals / out).ln();
        top = top.max(next);
        ln.push(next);
        if next < top - 60.0 && k > n {
            break;
        }
    }
    let weights: Vec<f64> = ln.iter().map(|l| (l - top).exp()).collect();
    let all: f64 = weights.iter().sum();
    let states: Vec<f64> = weights.iter().map(|w| w / all).collect();
    let waits: f64 = states.iter().skip(counters as usize).sum();
    let queue: f64 = states
        .iter()
        .enumerate()
        .map(|(k, p)| p * (k as f64 - n).max(0.0))
        .sum();
    (waits, impatience * queue / arrivals, queue, states)
}

fn near(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) + 1e-13
}

#[test]
fn erlang_b_is_that_of_the_tables() {
    // Offered load at 1 % blocking, as every Erlang B table has it.
    for (counters, load) in [(10, 4.461), (20, 12.03), (50, 37.90), (100, 84.06)] {
        let blocked = erlang_b(counters, load);
        assert!((blocked - 0.01).abs() < 2e-5, "{counters}: {blocked}");
    }
    for (counters, load, blocked) in [
        (1, 1.0, 0.5),
        (2, 1.0, 0.2),
        (3, 2.0, 4.0 / 19.0),
        (5, 3.0, 0.1101),
        (10, 10.0, 0.2146),
        (20, 15.0, 0.0456),
        (100, 100.0, 0.0757),
    ] {
        assert!(
            (erlang_b(counters, load) - blocked).abs() < 5e-5,
            "{counters}"
        );
    }
}

#[test]
fn erlang_c_is_that_of_the_tables() {
    for (counters, load, waits) in [
        (1, 0.8, 0.8),
        (2, 1.5, 9.0 / 14.0),
        (3, 2.0, 4.0 / 9.0),
        (5, 4.0, 0.5541),
        (10, 8.0, 0.4092),
    ] {
        assert!(
            (erlang_c(counters, load) - waits).abs() < 5e-5,
            "{counters}"
        );
    }
    // M/M/1: P(W > t) = ρ e^(−(μ−λ)t), E[W] = ρ / (μ − λ).
    let queue = Queue::new(0.8, 1.0, 1, 0.0).unwrap();
    assert!(near(queue.expected().wait, 4.0, 1e-12));
    assert!(near(queue.waits_longer(3.0), 0.8 * (-0.6_f64).exp(), 1e-12));
}

#[test]
fn erlang_a_is_the_call_centre_of_the_literature() {
    // Garnett, Mandelbaum, Reiman (2002): 50 agents, 48 calls a minute, a minute each, patience of two minutes; with
    // and without leaving. Their table has three digits.
    let patient = Queue::new(48.0, 1.0, 50, 0.0).unwrap();
    assert!((patient.expected().wait * 60.0 - 20.8).abs() < 0.05);
    assert!((patient.wait_quantile(0.9) * 60.0 - 58.1).abs() < 0.05);
    let leaving = Queue::new(48.0, 1.0, 50, 0.5).unwrap();
    let expected = leaving.expected();
    assert!((expected.abandons - 0.031).abs() < 5e-4, "{expected:?}");
    assert!((expected.wait * 60.0 - 3.7).abs() < 0.05, "{expected:?}");
    assert!((expected.busy - 0.93).abs() < 5e-3);
}

/// Waits in the chain: one who comes in a state with k ahead has the stages of [`departures`].
#[test]
fn erlang_a_is_its_chain() {
    for (arrivals, service, counters, impatience) in [
        (0.3, 0.1, 2, 0.01),
        (4.0, 1.0, 5, 0.2),
        (6.0, 1.0, 5, 2.0),
        (190.0, 1.0, 200, 0.05),
        (400.0, 1.0, 200, 0.5),
        (3000.0, 1.0, 200, 1.0),
        (20.0, 0.1, 200, 0.001),
        (1.0, 1.0, 200, 0.5),
    ] {
        let queue = Queue::new(arrivals, service, counters, impatience).unwrap();
        let (waits, abandons, people, states) = chain(arrivals, service, counters, impatience);
        let expected = queue.expected();
        assert!(
            near(expected.waits, waits, 1e-8),
            "{queue:?} {expected:?} {waits}"
        );
        assert!(
            near(expected.abandons, abandons, 1e-7),
            "{queue:?} {expected:?} {abandons}"
        );
        assert!(
            near(expected.queue, people, 1e-7),
            "{queue:?} {expected:?} {people}"
        );
        for minutes in [0.5, 3.0, 12.0] {
            let capacity = f64::from(counters) * service;
            let longer: f64 = states
                .iter()
                .skip(counters as usize)
                .enumerate()
                .map(|(ahead, p)| {
                    p * departures_longer(ahead as u32, capacity, impatience, minutes)
                })
                .sum();
            let ours = queue.delayed_longer(minutes);
            assert!(
                near(ours, longer, 1e-7),
                "{queue:?} {minutes}: {ours} {longer}"
            );
        }
    }
}

/// A simulation of people with patience; P(W > 0), P(Ab) and E[W] within four of its own standard errors.
#[test]
fn erlang_a_is_what_a_simulation_finds() {
    let (arrivals, service, counters, impatience) = (1.1, 0.1, 10_usize, 0.03);
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut exponential = move |rate: f64| -(1.0 - random.random::<f64>()).ln() / rate;
    let mut batches: Vec<[f64; 3]> = Vec::new();
    let mut free = vec![0.0_f64; counters];
    let mut now = 0.0;
    for batch in 0..61 {
        let people = 4_000;
        let (mut waits, mut gone, mut minutes) = (0.0, 0.0, 0.0);
        for _ in 0..people {
            now += exponential(arrivals);
            let (patience, work) = (exponential(impatience), exponential(service));
            let at = (0..counters)
                .min_by(|a, b| free[*a].total_cmp(&free[*b]))
                .unwrap();
            let offered = (free[at] - now).max(0.0);
            waits += f64::from(u8::from(offered > 0.0));
            minutes += offered.min(patience);
            if offered > patience {
                gone += 1.0;
            } else {
                free[at] = now + offered + work;
            }
        }
        // The first batch only fills the queue.
        if batch > 0 {
            batches.push([waits, gone, minutes].map(|sum| sum / f64::from(people)));
        }
    }
    let expected = Queue::new(arrivals, service, counters as u32, impatience)
        .unwrap()
        .expected();
    for (index, exact) in [expected.waits, expected.abandons, expected.wait]
        .into_iter()
        .enumerate()
    {
        let n = batches.len() as f64;
        let mean = batches.iter().map(|b| b[index]).sum::<f64>() / n;
        let variance = batches
            .iter()
            .map(|b| (b[index] - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0);
        let error = (variance / n).sqrt();
        assert!(
            (mean - exact).abs() < 4.0 * error,
            "{index}: {mean} ± {error}, exact {exact}"
        );
        assert!(
            error < 0.02 * exact,
            "the simulation is too short to say anything: {error}"
        );
    }
}

#[test]
fn what_is_no_queue_is_refused() {
    assert_eq!(Queue::new(-1.0, 1.0, 1, 0.0), Err(QueueError::Rate));
    assert_eq!(Queue::new(1.0, 0.0, 1, 0.0), Err(QueueError::Rate));
    assert_eq!(Queue::new(1.0, f64::NAN, 1, 0.0), Err(QueueError::Rate));
    assert_eq!(Queue::new(1.0, 1.0, 0, 0.1), Err(QueueError::NoCounter));
    assert_eq!(Queue::new(2.0, 1.0, 2, 0.0), Err(QueueError::Overloaded));
    assert!(Queue::new(2.0, 1.0, 2, 1e-12).is_ok());
}

#[test]
fn departures_without_impatience_are_erlangs() {
    // Three stages of rate 2: mean 1.5, variance 0.75, P(> 1) = e^(−2)(1 + 2 + 2).
    let (mean, variance) = departures(2, 2.0, 0.0);
    assert!(near(mean, 1.5, 1e-12) && near(variance, 0.75, 1e-12));
    assert!(near(
        departures_longer(2, 2.0, 0.0, 1.0),
        5.0 * (-2.0_f64).exp(),
        1e-12
    ));
    assert!(near(
        departures_longer(2, 2.0, 1e-9, 1.0),
        5.0 * (-2.0_f64).exp(),
        1e-7
    ));
    assert_eq!(departures_longer(4, 0.0, 0.1, 5.0), 1.0);
}

proptest! {
    #[test]
    fn erlang_b_is_its_definition(counters in 1_u32..200, load in 0.01_f64..400.0) {
        prop_assert!(near(erlang_b(counters, load), b_directly(counters, load), 1e-9));
    }

    #[test]
    fn figures_are_possible(
        arrivals in 0.0_f64..50.0, service in 0.01_f64..2.0, counters in 1_u32..200, impatience in 0.0001_f64..2.0,
    ) {
        let queue = Queue::new(arrivals, service, counters, impatience).unwrap();
        let e = queue.expected();
        for share in [e.waits, e.abandons, e.busy, queue.waits_longer(5.0)] {
            prop_assert!((0.0..=1.0 + 1e-9).contains(&share), "{:?} {:?}", queue, e);
        }
        prop_assert!(e.abandons <= e.waits + 1e-12);
        prop_assert!(queue.waits_longer(9.0) <= queue.waits_longer(2.0) + 1e-12);
        let more = Queue::new(arrivals, service, counters + 1, impatience).unwrap().expected();
        prop_assert!(more.wait <= e.wait + 1e-9 && more.waits <= e.waits + 1e-9);
    }

    #[test]
    fn departures_tail_integrates_to_their_mean(ahead in 0_u32..60, capacity in 0.05_f64..5.0, impatience in 0.0_f64..0.2) {
        let (mean, variance) = departures(ahead, capacity, impatience);
        let end = mean + 12.0 * variance.sqrt() + 20.0 / capacity;
        let steps = 4000;
        let width = end / f64::from(steps);
        let sum: f64 = (0..steps)
            .map(|i| departures_longer(ahead, capacity, impatience, (f64::from(i) + 0.5) * width) * width)
            .sum();
        prop_assert!(near(sum, mean, 1e-3), "{sum} {mean}");
    }
}
