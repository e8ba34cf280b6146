//! What the scorecard is made of, as data.

use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("definition.toml");

/// The criteria could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the scorecard's criteria cannot be read: {0}")]
pub struct CriteriaError(String);

/// Whose scorecard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Branches' and points' (*giám sát nội bộ*).
    Internal,
    /// Departments', communes' and vertical agencies' (*giám sát bên ngoài*).
    External,
}

/// A group of criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupOf {
    /// Its code in the scheme.
    pub code: String,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

/// How a metric is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// A share.
    Share {
        /// Figures that are added up to the numerator.
        good: Vec<String>,
        /// Figures that are added up to the denominator.
        all: Vec<String>,
        /// The numerator counts bad ones.
        inverted: bool,
    },
    /// A mean that is full up to a target.
    Mean {
        /// The mean.
        mean: String,
        /// Of how many.
        n: String,
        /// The target.
        target: f64,
    },
    /// Entered by people, 0 to 100.
    Entered,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Metric {
    /// Its code.
    pub code: String,
    /// Its group's code.
    pub group: String,
    /// How it is measured.
    pub measure: Measure,
    /// In whose scorecards it is.
    pub views: Vec<View>,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

/// A yearly index of the city that stands beside ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Its name.
    pub index: String,
    /// The year.
    pub year: i16,
    /// The city's rank.
    pub rank: Option<u16>,
    /// Its value.
    pub value: Option<f64>,
    /// Where it is published.
    pub source: String,
}

/// All criteria.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Criteria {
    /// Groups, in order.
    pub groups: Vec<GroupOf>,
    /// Metrics, in order.
    pub metrics: Vec<Metric>,
    /// Yearly indices.
    #[serde(skip)]
    pub baselines: Vec<Baseline>,
}

impl Criteria {
    /// Those that ship.
    pub fn shipped() -> Result<Self, CriteriaError> {
        read(SHIPPED)
    }
}

fn read(text: &str) -> Result<Criteria, CriteriaError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        group: Vec<GroupOf>,
        metric: Vec<Entry>,
        baseline: Vec<Baseline>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        code: String,
        group: String,
        good: Option<Vec<String>>,
        all: Option<Vec<String>>,
        #[serde(default)]
        inverted: bool,
        mean: Option<String>,
        n: Option<String>,
        target: Option<f64>,
        #[serde(default)]
        entered: bool,
        views: Vec<View>,
        vi: String,
        en: String,
    }
    let file: File = toml::from_str(text).map_err(|e| CriteriaError(e.to_string()))?;
    let mut metrics: Vec<Metric> = Vec::with_capacity(file.metric.len());
    for entry in file.metric {
        let wrong = |what: &str| CriteriaError(format!("metric {}: {what}", entry.code));
        if !file.group.iter().any(|group| group.code == entry.group) {
            return Err(wrong("its group is not there"));
        }
        if metrics.iter().any(|known| known.code == entry.code) {
            return Err(wrong("it is there twice"));
        }
        let parts = (entry.good, entry.all, entry.mean, entry.n, entry.target);
        let measure = match (parts, entry.entered) {
            ((Some(good), Some(all), None, None, None), false) => Measure::Share {
                good,
                all,
                inverted: entry.inverted,
            },
            ((None, None, Some(mean), Some(n), Some(target)), false) if target > 0.0 => {
                Measure::Mean { mean, n, target }
            }
            ((None, None, None, None, None), true) => Measure::Entered,
            _ => {
                return Err(wrong(
                    "it is one of good and all, mean and n and target, or entered",
                ));
            }
        };
        metrics.push(Metric {
            code: entry.code,
            group: entry.group,
            measure,
            views: entry.views,
            vi: entry.vi,
            en: entry.en,
        });
    }
    Ok(Criteria {
        groups: file.group,
        metrics,
        baselines: file.baseline,
    })
}
