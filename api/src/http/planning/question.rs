//! By which mode and rule, and of which points, something is asked: the same words in parameters and in bodies.

use analytics::coverage::{Mode, Rule, RuleKind};
use geodata::{KindSet, PointKind};
use serde::Deserialize;
use serde_json::{Value, json};

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

/// The parameters of a question without more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    mode: Option<String>,
    rule: Option<String>,
    minutes: Option<f64>,
    km: Option<f64>,
    kinds: Option<String>,
}

impl Params {
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
pub fn kinds<'de, D: serde::Deserializer<'de>>(body: D) -> Result<Option<String>, D::Error> {
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
