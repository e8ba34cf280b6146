//! The state against the exact sample, one group and many, and what it reads from bytes.

use proptest::prelude::*;

use super::groups::{Groups, Part};
use super::histogram::{Damaged, EXACT, Histogram};
use super::{Limit, bucket};
use crate::figures::stats::Sample;

const PROBABILITIES: [f64; 9] = [0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0];

/// A duration as it comes: seconds, milliseconds, exact limits, and what clocks make of it.
fn duration() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => (0..7_200_u32).prop_map(f64::from),
        6 => (0..7_200_000_u32).prop_map(|ms| f64::from(ms) / 1e3),
        2 => Just(900.0),
        1 => Just(900.0_f64.next_up()),
        1 => Just(0.0),
        1 => Just(-0.0),
        1 => (-20.0..32.0_f64).prop_map(f64::exp2),
        1 => (-20.0..32.0_f64).prop_map(|e| -e.exp2()),
        1 => 86_400.0..1e7_f64,
    ]
}

/// Few values or many, of many sizes or of few.
fn durations() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        prop::collection::vec(duration(), 0..12),
        prop::collection::vec(duration(), 50..80),
        prop::collection::vec(duration(), 0..3_000),
        prop::collection::vec((1..40_u32).prop_map(f64::from), 0..3_000),
    ]
}

fn sample(values: &[f64]) -> Sample {
    let mut sample = Sample::default();
    for x in values {
        sample.push(*x + 0.0);
    }
    sample
}

fn histogram(values: &[f64]) -> Histogram {
    values.iter().copied().collect()
}

/// Holds an answer against the exact one, by what the module promises.
fn hold(histogram: &Histogram, values: &[f64]) -> Result<(), TestCaseError> {
    let exact = sample(values);
    prop_assert_eq!(histogram.len(), values.len() as u64);
    for minutes in [5, 10, 15, 20, 30, 60] {
        let limit = Limit::new(f64::from(minutes) * 60.0).unwrap();
        prop_assert_eq!(histogram.over(limit), exact.over(limit.seconds()));
    }
    let quantiles = histogram.quantiles(PROBABILITIES);
    for ((p, got), want) in PROBABILITIES
        .iter()
        .zip(quantiles)
        .zip(exact.quantiles(PROBABILITIES))
    {
        let (Some(got), Some(want)) = (got, want) else {
            prop_assert_eq!(got, want);
            continue;
        };
        let exactly = values.len() <= EXACT || *p == 0.0 || *p == 1.0;
        let bound = if exactly { 0.0 } else { want.abs() / 256.0 };
        // Below 2⁻¹⁰ s is zero.
        let near = (got - want).abs() <= bound.max(if exactly { 0.0 } else { bucket::SMALLEST });
        prop_assert!(near, "p {}: {} for {}", p, got, want);
    }
    match (histogram.mean(), exact.mean()) {
        (Some(got), Some(want)) if values.len() > EXACT => {
            let size = want
                .abs()
                .max(values.iter().map(|x| x.abs()).sum::<f64>() / values.len() as f64);
            prop_assert!(
                (got - want).abs() <= 1e-6 + size * 1e-12,
                "{} for {}",
                got,
                want
            );
        }
        (got, want) => prop_assert_eq!(got, want),
    }
    Ok(())
}

proptest! {
    #[test]
    fn answers_are_within_the_bound(values in durations()) {
        hold(&histogram(&values), &values)?;
    }

    #[test]
    fn merging_is_pushing_in_any_order_and_split(
        values in durations(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 2), seed: u64
    ) {
        let whole = histogram(&values);
        let mut cuts: Vec<usize> = cuts.iter().map(|c| c.index(values.len() + 1)).collect();
        cuts.sort_unstable();
        let parts = [&values[..cuts[0]], &values[cuts[0]..cuts[1]], &values[cuts[1]..]];
        let [a, b, c] = parts.map(histogram);
        let merged = |of: [&Histogram; 3]| {
            let mut all = of[0].clone();
            all.merge(of[1]);
            all.merge(of[2]);
            all
        };
        let mut right = b.clone();
        right.merge(&c);
        let mut left = a.clone();
        left.merge(&right);
        prop_assert_eq!(&merged([&a, &b, &c]), &whole);
        prop_assert_eq!(&merged([&c, &a, &b]), &whole);
        prop_assert_eq!(&left, &whole);
        let mut shuffled = values.clone();
        shuffle(&mut shuffled, seed);
        prop_assert_eq!(&histogram(&shuffled), &whole);
        // Not only are the bytes the same, but every answer.
        prop_assert_eq!(left.quantiles(PROBABILITIES), whole.quantiles(PROBABILITIES));
        prop_assert_eq!(left.mean(), whole.mean());
    }

    #[test]
    fn bytes_give_the_same_state(values in durations()) {
        let histogram = histogram(&values);
        let bytes = histogram.encode();
        let again = Histogram::decode(&bytes).unwrap();
        prop_assert_eq!(&again, &histogram);
        prop_assert_eq!(again.encode(), bytes);
        hold(&again, &values)?;
    }

    #[test]
    fn any_bytes_are_a_state_or_damaged(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in 0..4 {
            let mut bytes = bytes.clone();
            if let Some(first) = bytes.first_mut() {
                *first = kind;
            }
            check_read(&bytes);
        }
    }

    #[test]
    fn damaged_states_are_refused_or_consistent(
        values in durations(), at: prop::sample::Index, to: u8, cut: prop::sample::Index
    ) {
        let bytes = histogram(&values).encode();
        let mut changed = bytes.clone();
        let at = at.index(changed.len());
        changed[at] = to;
        check_read(&changed);
        check_read(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn groups_are_histograms_side_by_side(
        steps in prop::collection::vec((0..40_usize, prop_oneof![
            8 => prop::collection::vec(duration(), 0..6),
            1 => prop::collection::vec(duration(), 40..200),
        ], any::<bool>()), 0..200),
        forget in 0..40_usize,
    ) {
        let mut groups = Groups::default();
        groups.resize(40);
        let mut apart = vec![Histogram::default(); 40];
        let (before, after) = steps.split_at(steps.len() / 2);
        fill(&mut groups, &mut apart, before, 0);
        compare(&mut groups, &apart, forget);
        groups.forget(forget);
        apart.drain(..forget);
        groups.resize(40);
        apart.resize(40, Histogram::default());
        fill(&mut groups, &mut apart, after, forget);
        prop_assert!(groups.bytes() > 0);
        compare(&mut groups, &apart, 40);
        groups.forget(40);
        prop_assert_eq!(groups.bytes(), 0);
    }
}

/// What can be read is whole: it answers, merges and is written the same again.
fn check_read(bytes: &[u8]) {
    let Ok(read) = Histogram::decode(bytes) else {
        return;
    };
    assert_eq!(Histogram::decode(&read.encode()).as_ref(), Ok(&read));
    let (n, quantiles) = (read.len(), read.quantiles(PROBABILITIES));
    for pair in quantiles.windows(2) {
        assert!(pair[0] <= pair[1], "{quantiles:?}");
    }
    assert_eq!(quantiles[4].is_some(), n > 0);
    assert!(read.over(Limit::QUARTER_HOUR) <= n);
    let mut twice = read.clone();
    twice.merge(&read);
    assert!(twice.len() <= 2 * n);
}

fn fill(
    groups: &mut Groups,
    apart: &mut [Histogram],
    steps: &[(usize, Vec<f64>, bool)],
    shift: usize,
) {
    for (group, values, serialised) in steps {
        let group = (group + shift) % 40;
        if *serialised {
            let part = histogram(values);
            groups.merge_encoded(group, &part.encode()).unwrap();
            apart[group].merge(&part);
        } else {
            for x in values {
                groups.push(group, *x).unwrap();
                apart[group].push(*x);
            }
        }
    }
}

fn compare(groups: &mut Groups, apart: &[Histogram], n: usize) {
    let mut parts = Vec::new();
    groups.show_parts(n, |part| {
        let mut bytes = Vec::new();
        match part {
            Part::None => {}
            Part::One(x) => bytes = histogram(&[x]).encode(),
            Part::Many(view) => view.encode(&mut bytes),
        }
        parts.push(bytes);
    });
    let mut shown = Vec::new();
    groups.show(n, |view| {
        let mut bytes = Vec::new();
        view.encode(&mut bytes);
        shown.push(bytes);
    });
    assert_eq!((parts.len(), shown.len()), (n, n));
    for ((part, shown), histogram) in parts.iter().zip(&shown).zip(apart) {
        assert_eq!(shown, &histogram.encode());
        match part.as_slice() {
            [] => assert!(histogram.is_empty()),
            part => assert_eq!(&Histogram::decode(part).unwrap(), histogram),
        }
    }
}

/// Fisher and Yates, with a linear congruential generator.
fn shuffle(values: &mut [f64], seed: u64) {
    let mut state = seed | 1;
    for i in (1..values.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        values.swap(i, (state >> 33) as usize % (i + 1));
    }
}

#[test]
fn nothing_answers_nothing() {
    let none = Histogram::default();
    assert!(none.is_empty());
    assert_eq!((none.mean(), none.min(), none.max()), (None, None, None));
    assert_eq!(none.quantiles([0.5, 2.0]), [None, None]);
    assert_eq!(none.over(Limit::QUARTER_HOUR), 0);
    assert_eq!(Histogram::decode(&none.encode()), Ok(none));
}

#[test]
fn odd_values_are_as_documented() {
    let mut odd = Histogram::default();
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        odd.push(x);
    }
    assert!(odd.is_empty(), "what is no number is skipped");
    for x in [-0.0, 1e-9, -1e300, 1e300, 100_000.0] {
        (0..20).for_each(|_| odd.push(x));
    }
    assert_eq!(odd.len(), 100);
    assert_eq!((odd.min(), odd.max()), (Some(-1e300), Some(1e300)));
    assert_eq!(odd.quantile(0.4), Some(0.0), "under a millisecond is zero");
    let over_a_day = odd.quantile(0.7).unwrap();
    assert!(
        (over_a_day / 100_000.0 - 1.0).abs() < 1.0 / 256.0,
        "{over_a_day}"
    );
    assert_eq!(odd.over(Limit::QUARTER_HOUR), 40);
    let end = bucket::middle(bucket::LAST);
    assert_eq!(odd.quantile(0.9), Some(end), "the end of the range");
    assert_eq!(
        odd.mean(),
        Some(20_000.0),
        "1e300 is taken as 2³² either way"
    );
}

#[test]
fn memory_stays_small() {
    let mut groups = Groups::default();
    groups.resize(1000);
    for round in 0..8 {
        for group in 0..1000 {
            groups.push(group, f64::from(round)).unwrap();
        }
    }
    // Slots, eight places a group, and the blocks of four on their way to be used again.
    assert!(
        groups.bytes() < 1000 * (8 + 64 + 36) + (1 << 18),
        "{}",
        groups.bytes()
    );
    let day: Histogram = (0..100_000).map(|i| f64::from(i % 7_200)).collect();
    assert!(day.heap() < 12_000, "{}", day.heap());
    assert!(day.encode().len() < 4_000, "{}", day.encode().len());
}

#[test]
fn a_foreign_state_is_refused() {
    for bytes in [&b""[..], b"\x00", b"\x03", b"\x01short", &[1; 8 * 65 + 1]] {
        assert_eq!(Histogram::decode(bytes), Err(Damaged));
    }
}
