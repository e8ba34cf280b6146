//! Simulated days, and that a forecast does not look ahead.

use std::collections::BinaryHeap;

use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::queueing::moment::{MINUTE, Us, span, start_of};
use crate::queueing::record::{ALL_SERVICES, DayRecord, Now, OpenSpan, Reading, Visit};

/// The point of the simulated days.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) counters: u16,
    /// People a minute at the morning's peak.
    pub(super) peak: f64,
    pub(super) service: f64,
    pub(super) patience: f64,
}

pub(super) const PLACE: Place = Place {
    counters: 3,
    peak: 0.45,
    service: 8.0,
    patience: 90.0,
};

/// A day from 08:00 to 17:00: exponential times, a peak in the morning, one service, patience.
pub(super) fn simulated(place: Place, day: i32, seed: u64) -> DayRecord {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ (day as u64) << 20);
    let mut exponential = move |mean: f64| -(1.0 - random.random::<f64>()).ln() * mean;
    let opens = start_of(day) + 480 * MINUTE;
    let closes = opens + 540 * MINUTE;
    let mut free: BinaryHeap<std::cmp::Reverse<(Us, u16)>> = (0..place.counters)
        .map(|counter| std::cmp::Reverse((opens, counter)))
        .collect();
    let mut visits = Vec::new();
    let mut at = opens;
    loop {
        let hours = (at - opens) as f64 / (60 * MINUTE) as f64;
        let rate = place.peak * (1.0 - 0.09 * hours);
        at += span(exponential(1.0 / rate)).max(1);
        if at >= closes - 60 * MINUTE {
            break;
        }
        let mut visit = Visit {
            issued: at,
            rank: 2,
            purpose: 1,
            ..Visit::default()
        };
        let patience = at + span(exponential(place.patience));
        let work = span(exponential(place.service));
        if let Some(std::cmp::Reverse((when, counter))) = free.pop() {
            let called = when.max(at) + 1;
            let mut next = when;
            if called > patience {
                visit.abandoned = Some(patience);
            } else {
                visit.counter = counter;
                visit.called = Some(called);
                visit.started = Some(called + 1);
                next = called + 1 + work;
                visit.finished = Some(next);
            }
            free.push(std::cmp::Reverse((next, counter)));
        }
        visits.push(visit);
    }
    let spans = (0..place.counters).map(|counter| OpenSpan {
        counter,
        from: opens,
        to: closes,
        serves: ALL_SERVICES,
    });
    DayRecord {
        day,
        visits,
        spans: spans.collect(),
        readings: Vec::new(),
    }
}

/// The same day as a board tells it, every two minutes.
pub(super) fn as_board(day: &DayRecord) -> DayRecord {
    let readings = (0..270).map(|step| {
        let at = start_of(day.day) + (480 + 2 * step) * MINUTE;
        Reading {
            at,
            waiting: day.waiting_at(at),
            open: day.open_at(at + 1),
            service_seconds: None,
        }
    });
    DayRecord {
        readings: readings.collect(),
        spans: Vec::new(),
        ..day.clone()
    }
}

#[test]
fn now_is_what_the_day_says() {
    let day = simulated(PLACE, 20_000, 1);
    let at = start_of(20_000) + 600 * MINUTE;
    let now = Now::of(&day, at);
    assert_eq!(now.open, 3);
    assert_eq!(now.counters.len(), 3);
    assert_eq!(now.people.len() as u32, now.waiting);
    let issued = day.visits.iter().filter(|v| v.issued < at).count();
    assert_eq!(now.issued.iter().sum::<u32>() as usize, issued);
    let serving = now.counters.iter().filter(|c| c.serving.is_some()).count();
    let expected = day
        .visits
        .iter()
        .filter(|v| v.called.is_some_and(|c| c < at) && v.finished.is_some_and(|f| f >= at));
    assert_eq!(serving, expected.count());
    assert!(now.people.is_sorted());
}

#[test]
fn a_broken_board_is_bounded() {
    let mut day = as_board(&simulated(PLACE, 20_000, 1));
    let at = start_of(20_000) + 600 * MINUTE;
    for reading in &mut day.readings {
        (reading.waiting, reading.open) = (u32::MAX, u32::MAX);
    }
    let now = Now::of(&day, at);
    assert!(now.waiting <= 2000 && now.open <= 400);
}

proptest! {
    /// Cutting off everything at and after an instant changes nothing of what is known at it.
    #[test]
    fn nothing_looks_ahead(seed in 0_u64..40, minute in 470_i64..1040, board in any::<bool>()) {
        let mut day = simulated(PLACE, 20_001, seed);
        if board {
            day = as_board(&day);
        }
        let at = start_of(day.day) + minute * MINUTE + 30_000_000;
        prop_assert_eq!(Now::of(&day, at), Now::of(&day.cut(at), at));
    }
}
