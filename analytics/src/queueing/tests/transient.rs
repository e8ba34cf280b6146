//! The chain, the played queue and the plan.

use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::days::{PLACE, as_board, simulated};
use crate::queueing::erlang::{Queue, departures};
use crate::queueing::moment::{MINUTE, QUARTER, start_of};
use crate::queueing::outlook::{Outlook, STEPS};
use crate::queueing::queue::{self, Chain, Rates};
use crate::queueing::record::{CounterNow, Now, Person};
use crate::queueing::service::ServiceTimes;
use crate::queueing::staffing::{Target, plan};
use crate::queueing::wait;

fn steady(arrivals: f64, open: f64, service: f64, impatience: f64) -> Outlook {
    Outlook {
        at: 0,
        arrivals: vec![arrivals; STEPS],
        open: vec![open; STEPS],
        service,
        pace: 1.0,
        impatience,
    }
}

fn board(waiting: u32, open: u32) -> Now {
    let empty = Now::of(&as_board(&simulated(PLACE, 0, 1)), start_of(0));
    Now {
        at: 0,
        waiting,
        open,
        ..empty
    }
}

#[test]
fn with_counters_for_all_it_is_the_known_mean() {
    // M/M/∞: the mean is x e^(−μt) + (λ/μ)(1 − e^(−μt)).
    let rates = Rates {
        arrivals: 0.8,
        service: 0.1,
        open: 400.0,
        impatience: 0.0,
    };
    let mut chain = Chain::new(30, 60.0);
    for _ in 0..2000 {
        chain.step(rates, 0.01);
    }
    let mean: f64 = chain
        .states()
        .iter()
        .enumerate()
        .map(|(k, p)| k as f64 * p)
        .sum();
    let left = (-2.0_f64).exp();
    let exact = 30.0 * left + 8.0 * (1.0 - left);
    assert!((mean - exact).abs() < 0.01, "{mean} {exact}");
}

#[test]
fn in_the_long_run_it_is_erlang_a() {
    let (arrivals, service, impatience) = (0.6, 0.125, 0.01);
    let rates = Rates {
        arrivals,
        service,
        open: 5.0,
        impatience,
    };
    let mut chain = Chain::new(0, 200.0);
    for _ in 0..400 {
        chain.step(rates, 5.0);
    }
    let expected = Queue::new(arrivals, service, 5, impatience)
        .unwrap()
        .expected();
    let waiting = chain.waiting(5.0);
    assert!(
        (waiting.mean - expected.queue).abs() < 1e-6,
        "{waiting:?} {expected:?}"
    );
    let mean_wait = Target::MeanWait(1.0).figure(&chain, 5, service, impatience);
    // The wait of one of endless patience is the integral of the offered wait's tail.
    let queue = Queue::new(arrivals, service, 5, impatience).unwrap();
    let offered: f64 = (0..40_000)
        .map(|i| queue.delayed_longer((f64::from(i) + 0.5) * 0.01) * 0.01)
        .sum();
    assert!((mean_wait - offered).abs() < 1e-3, "{mean_wait} {offered}");
    let longer = Target::Longer {
        minutes: 7.0,
        share: 0.1,
    }
    .figure(&chain, 5, service, impatience);
    assert!((longer - queue.delayed_longer(7.0)).abs() < 1e-6);
}

/// Arrivals that double and a counter that closes: the chain's mean and deviation against a simulation.
#[test]
fn the_transient_is_what_a_simulation_finds() {
    let mut outlook = steady(0.3, 4.0, 10.0, 0.01);
    for slot in 4..STEPS {
        outlook.arrivals[slot] = 0.6;
        outlook.open[slot] = 3.0;
    }
    let base = queue::queue(&board(2, 4), &outlook, &[60.0])[0];
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let runs = 20_000;
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..runs {
        let (mut at, mut people) = (0.0, 6.0_f64);
        let waiting = loop {
            let (arrivals, open) = if at < 20.0 { (0.3, 4.0) } else { (0.6, 3.0) };
            let out = people.min(open) / 10.0 + 0.01 * (people - open).max(0.0);
            let step = -(1.0 - random.random::<f64>()).ln() / (arrivals + out);
            // Rates change at 20 minutes; what is memoryless begins anew there.
            if at < 20.0 && at + step >= 20.0 {
                at = 20.0;
                continue;
            }
            at += step;
            if at >= 60.0 {
                break (people - 3.0).max(0.0);
            }
            let comes = random.random::<f64>() < arrivals / (arrivals + out);
            people += if comes { 1.0 } else { -1.0 };
        };
        sum += waiting;
        squares += waiting * waiting;
    }
    let n = f64::from(runs);
    let mean = sum / n;
    let deviation = (squares / n - mean * mean).sqrt();
    // Four standard errors, and the first-order error of the Euler steps.
    assert!(
        (base.mean - mean).abs() < 4.0 * deviation / n.sqrt() + 0.02 * mean,
        "{base:?} {mean}"
    );
    assert!(
        (base.deviation - deviation).abs() < 0.03 * deviation,
        "{base:?} {deviation}"
    );
}

/// Equal people with exponential times and no impatience: the play is the departure time of M/M/n.
#[test]
fn the_played_queue_is_departures() {
    let service = ServiceTimes::default();
    let person = Person {
        rank: 2,
        since: 0,
        service: 0,
        purpose: 0,
    };
    for (waiting, open) in [(1, 1), (6, 2), (20, 4)] {
        let now = board(waiting, open);
        let outlook = steady(0.1, f64::from(open), service.mean(), 1e-9);
        let costs = service.position_costs(now.served, now.busy);
        let base = wait::wait(&now, &person, &outlook, &service).unwrap();
        let (mean, variance) = departures(waiting, f64::from(open) / costs, 0.0);
        let error = (variance / 32.0).sqrt();
        assert!(
            (base.mean - mean).abs() < 3.5 * error,
            "{base:?} {mean} ± {error}"
        );
    }
}

#[test]
fn a_free_counter_means_no_wait_and_a_closed_point_none_known() {
    let service = ServiceTimes::default();
    let person = Person {
        rank: 2,
        since: 0,
        service: 1,
        purpose: 0,
    };
    let mut now = board(0, 2);
    now.counters = vec![
        CounterNow {
            serves: 0b01,
            serving: None,
        },
        CounterNow {
            serves: 0b10,
            serving: None,
        },
    ];
    let outlook = steady(0.1, 2.0, 8.0, 0.01);
    assert!(wait::wait(&now, &person, &outlook, &service).unwrap().mean < 1e-9);
    let closed = steady(0.1, 0.0, 8.0, 0.01);
    assert_eq!(wait::wait(&board(3, 0), &person, &closed, &service), None);
    // Closed for half an hour yet: at least so long.
    let mut later = steady(0.1, 0.0, 8.0, 0.01);
    later.open[6..].fill(2.0);
    let base = wait::wait(&board(3, 0), &person, &later, &service).unwrap();
    assert!((30.0..60.0).contains(&base.mean), "{base:?}");
}

#[test]
fn a_plan_holds_its_target_and_says_when_there_are_too_few() {
    let mut outlook = steady(0.2, 3.0, 10.0, 0.005);
    for slot in 9..STEPS {
        outlook.arrivals[slot] = 0.7;
    }
    let target = Target::MeanWait(15.0);
    let plan = plan(&outlook, 2, 10, target);
    assert_eq!(plan.quarters.len(), 8);
    assert!(plan.now() <= 3 && plan.most() > 3, "{plan:?}");
    let too_few = plan.too_few_from.unwrap();
    assert!((3 * QUARTER..8 * QUARTER).contains(&too_few), "{plan:?}");
    assert!(plan.quarters.iter().all(|q| !q.is_beyond && q.needed <= 10));
    // One counter less than needed does not hold in the quarter where it is first needed.
    let first = plan.quarters.iter().position(|q| q.needed > 3).unwrap();
    let needed = plan.quarters[first].needed;
    let tight = super::super::staffing::plan(&outlook, 2, needed - 1, target);
    assert!(tight.quarters[first].is_beyond, "{tight:?}");
}

#[test]
fn a_plan_is_capped_and_a_closed_quarter_needs_none() {
    let mut outlook = steady(1.0, 2.0, 10.0, 0.002);
    outlook.open[3..9].fill(0.0);
    let plan = plan(
        &outlook,
        40,
        4,
        Target::Longer {
            minutes: 15.0,
            share: 0.1,
        },
    );
    assert!(plan.quarters.iter().all(|q| q.needed <= 4));
    assert!(plan.quarters[0].is_beyond && plan.quarters[0].needed == 4);
    assert!(plan.quarters[1].is_closed && plan.quarters[1].needed == 0);
    assert_eq!(plan.too_few_from, Some(0));
}

proptest! {
    #[test]
    fn probabilities_stay_so(
        people in 0_usize..60, arrivals in 0.0_f64..5.0, service in 0.01_f64..1.0, open in 0.0_f64..20.0, impatience in 0.0_f64..0.5,
        minutes in 0.1_f64..30.0,
    ) {
        let mut chain = Chain::new(people, arrivals * minutes * 5.0);
        for _ in 0..5 {
            chain.step(Rates { arrivals, service, open, impatience }, minutes);
        }
        let sum: f64 = chain.states().iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-9, "{}", sum);
        prop_assert!(chain.states().iter().all(|p| *p >= -1e-15));
    }

    /// More people never need fewer counters.
    #[test]
    fn plans_are_monotone(present in 0_usize..40, arrivals in 0.05_f64..1.5) {
        let target = Target::MeanWait(15.0);
        let less = plan(&steady(arrivals, 3.0, 9.0, 0.01), present, 20, target);
        let more = plan(&steady(arrivals, 3.0, 9.0, 0.01), present + 10, 20, target);
        prop_assert!(more.now() >= less.now());
        prop_assert!(less.quarters.iter().all(|q| q.from % MINUTE == 0));
    }
}
