//! By which mode and rule, and of which points, something is asked: the same words in parameters and in bodies.

use analytics::coverage::{Mode, Rule, RuleKind};
use geodata::{KindSet, PointKind};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use crate::core::Core;
use crate::http::problem::Problem;

/// The members of a question, as they are asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words<'a> {
    /// How people travel.
    pub mode: Option<&'a str>,
    /// Which limits must hold.
    pub rule: Option<&'a str>,
    /// The limit in time.
    pub minutes: Option<f64>,
    /// The limit in distance.
    pub km: Option<f64>,
    /// Kinds of points that count, with commas between.
    pub kinds: Option<&'a str>,
}

/// A question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// How people travel.
    pub mode: Mode,
    /// When a cell is covered.
    pub rule: Rule,
    /// Which points count.
    pub kinds: KindSet,
}

/// The members of a question, as parameters, in a body, and as scenarios keep them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    mode: Option<String>,
    rule: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    #[serde(default, deserialize_with = "kinds")]
    kinds: Option<String>,
}

/// A body with the members of a question beside its own, none of which may be unknown.
#[derive(Debug)]
pub struct With<T> {
    /// The question's.
    pub asked: Asked,
    /// Its own.
    pub body: T,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for With<T> {
    fn deserialize<D: Deserializer<'de>>(body: D) -> Result<Self, D::Error> {
        const ASKED: [&str; 5] = ["mode", "rule", "minutes", "km", "kinds"];
        let (asked, body): (Map<String, Value>, Map<String, Value>) = Map::deserialize(body)?
            .into_iter()
            .partition(|(name, _)| ASKED.contains(&name.as_str()));
        Ok(Self {
            asked: serde_json::from_value(asked.into()).map_err(D::Error::custom)?,
            body: serde_json::from_value(body.into()).map_err(D::Error::custom)?,
        })
    }
}

impl Asked {
    /// The question's words.
    pub fn words(&self) -> Words<'_> {
        Words {
            mode: self.mode.as_deref(),
            rule: self.rule.as_deref(),
            minutes: self.minutes,
            km: self.km,
            kinds: self.kinds.as_deref(),
        }
    }
}

impl Words<'_> {
    /// The question; what is not said is as the contract's defaults.
    pub fn read(self) -> Result<Question, Problem> {
        fn word<T: std::str::FromStr>(text: Option<&str>, default: T) -> Result<T, Problem>
        where
            T::Err: std::fmt::Display,
        {
            text.map_or(Ok(default), |text| {
                text.parse()
                    .map_err(|e: T::Err| Problem::bad_request(e.to_string()))
            })
        }
        let defaults = Rule::default();
        let rule = Rule {
            kind: word(self.rule, RuleKind::Any)?,
            minutes: self.minutes.unwrap_or(defaults.minutes),
            km: self.km.unwrap_or(defaults.km),
        };
        let sensible = |x: f64| x.is_finite() && x >= 0.0;
        if !sensible(rule.minutes) || !sensible(rule.km) {
            return Err(Problem::bad_request(
                "`minutes` and `km` must be numbers from 0 up",
            ));
        }
        Ok(Question {
            mode: word(self.mode, Mode::Motorbike)?,
            rule,
            kinds: word(self.kinds, KindSet::attended())?,
        })
    }
}

impl Question {
    /// As answers repeat it.
    pub fn told(&self) -> Value {
        let kinds: Vec<&str> = PointKind::ALL
            .into_iter()
            .filter(|kind| self.kinds.contains(*kind))
            .map(PointKind::as_str)
            .collect();
        json!({
            "mode": self.mode, "rule": self.rule.kind, "minutes": self.rule.minutes, "km": self.rule.km,
            "kinds": kinds,
        })
    }
}

/// Kinds in a body: a list, or one text with commas between.
fn kinds<'de, D: Deserializer<'de>>(body: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kinds {
        Text(String),
        List(Vec<String>),
    }
    Ok(
        Option::<Kinds>::deserialize(body)?.map(|kinds| match kinds {
            Kinds::Text(text) => text,
            Kinds::List(list) => list.join(","),
        }),
    )
}

/// What answers are computed from.
pub fn data(core: &Core) -> Value {
    let meta = &core.pack.meta;
    let points = core.pack.points.iter().filter(|p| p.open).count();
    json!({"pack": meta.name, "version": meta.version, "points": points})
}
