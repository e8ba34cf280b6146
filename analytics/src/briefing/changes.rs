//! What changed and where: each movement split over points, agencies, fields or hours of the day.

use std::collections::{BTreeMap, BTreeSet};

use super::Inputs;
use super::decompose::{Split, Sum, split};
use super::headlines::{Measure, ON_TIME, SATISFIED, WAIT, trend};
use super::model::{Better, HourWait, Movement, Unit};
use super::tables::{Tables, mean_of, share_of};
use crate::scorecard::Figures;

/// What a change is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Site,
    Agency,
    Field,
    Hour,
}

const MOVED: &[(&str, Measure, Unit, Better, &[Over])] = &[
    (
        "mean_wait_s",
        WAIT,
        Unit::Seconds,
        Better::Lower,
        &[Over::Site, Over::Hour],
    ),
    (
        "on_time_share",
        ON_TIME,
        Unit::Share,
        Better::Higher,
        &[Over::Agency, Over::Field, Over::Site],
    ),
    (
        "satisfied_share",
        SATISFIED,
        Unit::Share,
        Better::Higher,
        &[Over::Site],
    ),
];

fn sum(measure: Measure, figures: &Figures) -> Sum {
    match measure {
        Measure::Mean(mean, Some(n)) => mean_of(figures, mean, n),
        Measure::Share(good, all) => share_of(figures, good, all),
        Measure::Mean(_, None) | Measure::Count(_) => Sum::default(),
    }
}

/// The movements of which both spans have a sample.
pub(super) fn movements(inputs: &Inputs<'_>) -> Vec<Movement> {
    let Some(previous) = inputs.previous else {
        return Vec::new();
    };
    let moved = MOVED
        .iter()
        .filter_map(|(code, measure, unit, better, over)| {
            let whole = [previous, inputs.now].map(|tables| sum(*measure, &tables.city));
            let (before, after) = (whole[0].mean()?, whole[1].mean()?);
            let splits = over.iter().filter_map(|over| {
                let groups = groups(*measure, *over, [previous, inputs.now]);
                let mut split = split(over.word(), &groups, whole)?;
                name(&mut split, *over, inputs);
                Some(split)
            });
            Some(Movement {
                code,
                unit: *unit,
                before,
                after,
                change: after - before,
                trend: trend(*unit, *better, Some(after - before)),
                splits: splits.collect(),
            })
        });
    moved.collect()
}

impl Over {
    const fn word(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Agency => "agency",
            Self::Field => "field",
            Self::Hour => "hour",
        }
    }

    fn of(self, measure: Measure, tables: &Tables) -> BTreeMap<String, Sum> {
        let by_key = match self {
            Self::Hour => return tables.waits_by_hour_of_day(),
            Self::Site => &tables.by_site,
            Self::Agency => &tables.by_agency,
            Self::Field => &tables.by_field,
        };
        let sums = by_key.iter().map(|(key, f)| (key.clone(), sum(measure, f)));
        // What names no group is left over.
        sums.filter(|(key, _)| !key.is_empty()).collect()
    }
}

fn groups(measure: Measure, over: Over, spans: [&Tables; 2]) -> BTreeMap<String, [Sum; 2]> {
    let sums = spans.map(|tables| over.of(measure, tables));
    let keys: BTreeSet<&String> = sums.iter().flat_map(BTreeMap::keys).collect();
    keys.into_iter()
        .map(|key| {
            let of = |sums: &BTreeMap<String, Sum>| sums.get(key).copied().unwrap_or_default();
            (key.clone(), [of(&sums[0]), of(&sums[1])])
        })
        .collect()
}

fn name(split: &mut Split, over: Over, inputs: &Inputs<'_>) {
    for part in &mut split.parts {
        part.name = match over {
            Over::Site => inputs.registry.get(&part.key).map(|p| p.name.clone()),
            Over::Agency => inputs.rules.agencies.name(&part.key).map(str::to_owned),
            Over::Field | Over::Hour => None,
        };
    }
}

/// Mean waits by hour of the day.
pub(super) fn waits_by_hour(inputs: &Inputs<'_>) -> Vec<HourWait> {
    let now = inputs.now.waits_by_hour_of_day();
    let before = inputs.previous.map(Tables::waits_by_hour_of_day);
    let before = before.unwrap_or_default();
    let hours: BTreeSet<&String> = now.keys().chain(before.keys()).collect();
    let waits = hours.into_iter().filter_map(|hour| {
        let sum = now.get(hour).copied().unwrap_or_default();
        Some(HourWait {
            hour: hour.parse().ok()?,
            mean_wait_s: sum.mean(),
            sample: sum.n,
            before: before.get(hour).and_then(|sum| sum.mean()),
        })
    });
    waits.collect()
}
