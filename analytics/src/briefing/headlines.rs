//! The headline figures: each from the figures of its family, beside its target and the spans it is compared with.

use super::Inputs;
use super::model::{Better, Headline, Trend, Unit, Value, Verdict};
use super::span::Part;
use super::tables::{Tables, mean_of, share_of};
use super::targets::Target;
use crate::figures::Family;
use crate::figures::stats::wilson;

/// How a headline is taken from its family's figures.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    /// A count.
    Count(&'static str),
    /// A mean and the figure that is its sample, where one is told.
    Mean(&'static str, Option<&'static str>),
    /// Good cases of all.
    Share(&'static [&'static str], &'static [&'static str]),
}

/// A headline's definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) code: &'static str,
    pub(super) family: Family,
    pub(super) better: Better,
    pub(super) measure: Measure,
}

const fn spec(code: &'static str, family: Family, better: Better, measure: Measure) -> Spec {
    Spec {
        code,
        family,
        better,
        measure,
    }
}

/// Waits: the sample of the mean is the visits that were begun.
pub(super) const WAIT: Measure = Measure::Mean("visits.mean_wait_s", Some("visits.started"));
/// Dossiers settled by their due date, of those settled in the span.
pub(super) const ON_TIME: Measure = Measure::Share(
    &["dossiers.resolved_early_or_on_time"],
    &["dossiers.resolved"],
);
/// Ratings of 4 or 5.
pub(super) const SATISFIED: Measure = Measure::Share(&["ratings.satisfied"], &["ratings.ratings"]);

/// Headlines in the order of reading.
const SPECS: &[Spec] = &[
    spec(
        "visits",
        Family::Visits,
        Better::Neither,
        Measure::Count("visits.visits"),
    ),
    spec("mean_wait_s", Family::Visits, Better::Lower, WAIT),
    spec(
        "over_15min_share",
        Family::Visits,
        Better::Lower,
        Measure::Share(&["visits.over_15min"], &["visits.started"]),
    ),
    spec(
        "mean_transaction_per_dossier_s",
        Family::Visits,
        Better::Lower,
        Measure::Mean("visits.mean_transaction_per_dossier_s", None),
    ),
    spec(
        "accepted",
        Family::Dossiers,
        Better::Neither,
        Measure::Count("dossiers.accepted"),
    ),
    spec(
        "resolved",
        Family::Dossiers,
        Better::Neither,
        Measure::Count("dossiers.resolved"),
    ),
    spec("on_time_share", Family::Dossiers, Better::Higher, ON_TIME),
    spec(
        "in_progress_overdue",
        Family::Dossiers,
        Better::Lower,
        Measure::Count("dossiers.in_progress_overdue"),
    ),
    spec(
        "digitised_share",
        Family::Dossiers,
        Better::Higher,
        Measure::Share(&["dossiers.digitised_before"], &["dossiers.resolved"]),
    ),
    spec(
        "supplement_twice",
        Family::Dossiers,
        Better::Lower,
        Measure::Count("dossiers.supplement_twice"),
    ),
    spec(
        "acknowledged_share",
        Family::Duties,
        Better::Higher,
        Measure::Share(
            &["duties.acknowledge_kept"],
            // Who never answers is not to look better than who answers late.
            &[
                "duties.acknowledge_kept",
                "duties.acknowledge_broken",
                "duties.acknowledge_late",
            ],
        ),
    ),
    spec(
        "satisfied_share",
        Family::Ratings,
        Better::Higher,
        SATISFIED,
    ),
    spec(
        "answered_on_time_share",
        Family::Feedback,
        Better::Higher,
        Measure::Share(
            &["feedback.answered_on_time"],
            &["feedback.answered", "feedback.open_late"],
        ),
    ),
];

impl Spec {
    const fn unit(&self) -> Unit {
        match self.measure {
            Measure::Count(_) => Unit::Count,
            Measure::Mean(..) => Unit::Seconds,
            Measure::Share(..) => Unit::Share,
        }
    }

    fn value(&self, tables: &Tables) -> Value {
        let city = &tables.city;
        match self.measure {
            Measure::Count(name) => Value {
                value: city.get(name).filter(|_| tables.has(self.family)),
                ..Value::default()
            },
            Measure::Mean(mean, Some(n)) => {
                let sum = mean_of(city, mean, n);
                Value {
                    value: city.get(mean),
                    sample: (sum.n > 0.0).then_some(sum.n),
                    ..Value::default()
                }
            }
            Measure::Mean(mean, None) => Value {
                value: city.get(mean),
                ..Value::default()
            },
            Measure::Share(good, all) => {
                let sum = share_of(city, good, all);
                let share = share(sum.total, sum.n);
                // Who rates is a sample of the people; of dossiers and visits all are counted.
                if self.family == Family::Ratings {
                    share
                } else {
                    Value {
                        low: None,
                        high: None,
                        ..share
                    }
                }
            }
        }
    }
}

/// A share with its sample and interval.
pub(super) fn share(good: f64, all: f64) -> Value {
    if all <= 0.0 {
        return Value::default();
    }
    let interval = wilson(good.round() as u64, all.round() as u64);
    Value {
        value: Some(good / all),
        sample: Some(all),
        low: interval.map(|i| i.0),
        high: interval.map(|i| i.1),
    }
}

/// The command that gives a family's figures over a span.
pub(super) fn query(family: Family, span: &Part, by: Option<&str>) -> String {
    let by = by.map_or_else(String::new, |by| format!(" --by {by}"));
    format!(
        "vonglau report {} --data DIR --from {} --to {}{by} --format csv",
        family.as_str(),
        time(span.from),
        time(span.to)
    )
}

/// A local date where it is a midnight, else the instant.
fn time(t: ingest::event::EventTime) -> String {
    let day = t.day();
    if day.start() == t {
        day.to_string()
    } else {
        t.to_string()
    }
}

/// All headlines. Of the points' coverage and of the index nothing is known for other years.
pub(super) fn headlines(inputs: &Inputs<'_>) -> Vec<Headline> {
    let of = |tables: Option<&Tables>, spec: &Spec| {
        tables.map_or_else(Value::default, |tables| spec.value(tables))
    };
    let span = &inputs.spans.now;
    let all = SPECS.iter().map(|spec| Headline {
        code: spec.code,
        unit: spec.unit(),
        better: spec.better,
        now: spec.value(inputs.now),
        previous: of(inputs.previous, spec),
        last_year: of(inputs.last_year, spec),
        change: None,
        trend: Trend::Unknown,
        may_be_chance: None,
        target: None,
        verdict: Verdict::NoTarget,
        query: query(spec.family, span, None),
    });
    let mut all: Vec<Headline> = all.collect();
    all.extend(coverage(inputs));
    let day = span.from.day();
    for headline in &mut all {
        let target = inputs.targets.on(headline.code, day);
        judge(headline, target);
    }
    all
}

fn coverage(inputs: &Inputs<'_>) -> Option<Headline> {
    let city = &inputs.coverage?.city;
    Some(Headline {
        code: "covered_share",
        unit: Unit::Share,
        better: Better::Higher,
        now: Value {
            value: Some(city.share),
            sample: Some(city.population as f64),
            ..Value::default()
        },
        previous: Value::default(),
        last_year: Value::default(),
        change: None,
        trend: Trend::Unknown,
        may_be_chance: None,
        target: None,
        verdict: Verdict::NoTarget,
        query: "vonglau coverage --summary --format csv".to_owned(),
    })
}

fn judge(headline: &mut Headline, target: Option<&Target>) {
    let (now, before) = (headline.now, headline.previous);
    headline.change = now
        .value
        .zip(before.value)
        .map(|(now, before)| now - before);
    headline.trend = trend(headline.unit, headline.better, headline.change);
    let interval = |value: &Value| value.low.zip(value.high);
    headline.may_be_chance = interval(&now)
        .zip(interval(&before))
        .map(|((low, high), (low_before, high_before))| low <= high_before && low_before <= high);
    headline.verdict = match (target, now.value) {
        (_, None) => Verdict::NoData,
        (None, Some(_)) => Verdict::NoTarget,
        (Some(target), Some(value)) => verdict(target, value, &now),
    };
    headline.target = target.cloned();
}

/// What is a sample is judged by its interval; what is counted whole, as it is.
fn verdict(target: &Target, value: f64, now: &Value) -> Verdict {
    let is_met = target.is_met(value);
    if let (Some(low), Some(high)) = (now.low, now.high) {
        let (worst, best) = if target.at_least {
            (low, high)
        } else {
            (high, low)
        };
        return match (target.is_met(worst), target.is_met(best)) {
            (true, _) => Verdict::Met,
            (false, false) => Verdict::Missed,
            (false, true) => Verdict::Uncertain,
        };
    }
    if is_met {
        Verdict::Met
    } else {
        Verdict::Missed
    }
}

/// What a change is called; what would not show in a printed figure is none.
pub(super) fn trend(unit: Unit, better: Better, change: Option<f64>) -> Trend {
    let Some(change) = change else {
        return Trend::Unknown;
    };
    let least = match unit {
        Unit::Count => 0.5,
        // A tenth of a minute.
        Unit::Seconds => 3.0,
        // A tenth of a per cent.
        Unit::Share => 0.000_5,
        Unit::Points => 0.005,
    };
    match (change.abs() < least, change > 0.0, better) {
        (true, ..) => Trend::Same,
        (false, true, Better::Higher) | (false, false, Better::Lower) => Trend::Better,
        (false, false, Better::Higher) | (false, true, Better::Lower) => Trend::Worse,
        (false, true, Better::Neither) => Trend::Up,
        (false, false, Better::Neither) => Trend::Down,
    }
}
