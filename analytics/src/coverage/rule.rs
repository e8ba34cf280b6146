//! When a cell counts as covered.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Which of the two limits must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleKind {
    /// Time or distance, as the city's scheme words it: "under 30 minutes or at most 5 km".
    #[default]
    Any,
    /// Time and distance.
    All,
    /// Time alone.
    Time,
    /// Distance alone.
    Distance,
}

impl RuleKind {
    const ALL: [Self; 4] = [Self::Any, Self::All, Self::Time, Self::Distance];

    /// The name used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::Time => "time",
            Self::Distance => "distance",
        }
    }
}

impl fmt::Display for RuleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rule: use any, all, time or distance")]
pub struct UnknownRule(pub String);

impl FromStr for RuleKind {
    type Err = UnknownRule;

    fn from_str(name: &str) -> Result<Self, UnknownRule> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| UnknownRule(name.to_owned()))
    }
}

/// A rule with its limits. Time is strict (*under* 30 minutes), distance is not (*at most* 5 km).
/// Both are judged on unrounded values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Which limits must hold.
    pub kind: RuleKind,
    /// Minutes that must not be reached.
    pub minutes: f64,
    /// Kilometres that must not be exceeded.
    pub km: f64,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            kind: RuleKind::Any,
            minutes: 30.0,
            km: 5.0,
        }
    }
}

impl Rule {
    /// Whether a place so far away is covered.
    pub fn covers(&self, minutes: f64, km: f64) -> bool {
        let in_time = minutes < self.minutes;
        let in_reach = km <= self.km;
        match self.kind {
            RuleKind::Any => in_time || in_reach,
            RuleKind::All => in_time && in_reach,
            RuleKind::Time => in_time,
            RuleKind::Distance => in_reach,
        }
    }
}
