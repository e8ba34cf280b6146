//! The index's arithmetic: from counts to points.

use serde::Serialize;

use super::definition::{Counted, Indicator, Version, WhenNone};

/// What an indicator was counted to, or entered as.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Ratio {
    /// The numerator.
    pub good: f64,
    /// The denominator.
    pub all: f64,
}

impl Ratio {
    /// The share; `None` without any case.
    pub fn share(self) -> Option<f64> {
        (self.all > 0.0).then(|| self.good / self.all)
    }
}

/// Where an indicator's points come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Counted from events.
    Computed,
    /// Entered by hand, with its source.
    Entered,
    /// There was no case; the rule says what that gives.
    NoCase,
    /// It cannot be told from what is here.
    Unknown,
}

/// An indicator's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// Its code.
    pub code: String,
    /// Its group.
    pub group: String,
    /// Its most points.
    pub max: f64,
    /// What it counts.
    pub counts: Counted,
    /// Numerator and denominator; `None` where they are not known.
    pub ratio: Option<Ratio>,
    /// The share.
    pub share: Option<f64>,
    /// Its points; `None` where they are not known, or it is not counted.
    pub points: Option<f64>,
    /// Where they come from.
    pub origin: Origin,
    /// Cases of which what it asks for was not reported.
    pub unreported: u64,
    /// Points that one case more would bring.
    pub points_each: Option<f64>,
    /// Points lost.
    pub lost: Option<f64>,
}

/// The points of a share.
pub fn points(indicator: &Indicator, share: f64) -> f64 {
    let full_at = indicator.cap.unwrap_or(1.0);
    indicator.max * (share / full_at).clamp(0.0, 1.0)
}

/// Points that one bad case costs: nothing once all points are there.
pub fn points_each(indicator: &Indicator, ratio: Ratio) -> Option<f64> {
    let now = points(indicator, ratio.share()?);
    let better = Ratio {
        good: (ratio.good + 1.0).min(ratio.all),
        all: ratio.all,
    };
    Some(points(indicator, better.share()?) - now)
}

/// An indicator's result from what was counted or entered.
pub fn score(
    indicator: &Indicator,
    ratio: Option<Ratio>,
    unreported: u64,
    entered: bool,
) -> Scored {
    let share = ratio.and_then(Ratio::share);
    let (points, origin) = match (ratio, share) {
        (None, _) => (None, Origin::Unknown),
        (Some(_), Some(share)) => {
            let origin = if entered {
                Origin::Entered
            } else {
                Origin::Computed
            };
            (Some(points(indicator, share)), origin)
        }
        (Some(_), None) => {
            let points = indicator.when_none.map(|when| match when {
                WhenNone::Full => indicator.max,
                WhenNone::Zero => 0.0,
            });
            (points, Origin::NoCase)
        }
    };
    Scored {
        code: indicator.code.clone(),
        group: indicator.group.clone(),
        max: indicator.max,
        counts: indicator.formula.counted(),
        ratio,
        share,
        points,
        origin,
        unreported,
        points_each: ratio.and_then(|ratio| points_each(indicator, ratio)),
        lost: points.map(|points| indicator.max - points),
    }
}

/// A group's or the whole index's points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Total {
    /// Points that are known.
    pub points: f64,
    /// The most that the known ones could be.
    pub max_known: f64,
    /// The most of all.
    pub max: f64,
}

impl Total {
    /// Adds an indicator.
    pub fn add(&mut self, scored: &Scored) {
        self.max += scored.max;
        if let Some(points) = scored.points {
            self.points += points;
            self.max_known += scored.max;
        }
    }

    /// The most that it could be if all that is not known were full.
    pub fn at_most(&self) -> f64 {
        self.points + self.max - self.max_known
    }
}

/// Points by group, in the version's order, and of all.
pub fn totals(version: &Version, scored: &[Scored]) -> (Vec<(String, Total)>, Total) {
    let mut whole = Total::default();
    let groups = version.groups.iter().map(|group| {
        let mut total = Total::default();
        for one in scored.iter().filter(|s| s.group == group.code) {
            total.add(one);
            whole.add(one);
        }
        (group.code.clone(), total)
    });
    let groups = groups.collect();
    (groups, whole)
}

/// The band of a whole index (*xếp loại*); known at second hand.
pub const fn band(points: f64) -> &'static str {
    if points >= 90.0 {
        "excellent"
    } else if points >= 80.0 {
        "good"
    } else if points >= 70.0 {
        "fair"
    } else if points >= 50.0 {
        "average"
    } else {
        "weak"
    }
}
