//! Limits other than a procedure's own: how soon an online dossier is answered, how often a supplement may be asked for,
//! how soon a petition is.
//!
//! ```toml
//! [[limit]]
//! name = "acknowledge_hours"
//! effective_from = "2020-05-22"
//! value = 8
//! source = "…"
//! is_verified = false
//! ```

use std::collections::BTreeMap;

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("limits.toml");
/// A greater limit is an error of writing.
const MAX: f64 = 100_000.0;

/// The limits could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limits cannot be read: {0}")]
pub struct LimitError(String);

/// What a limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// Working hours in which an online dossier is answered.
    AcknowledgeHours,
    /// Requests for a supplement that a dossier may have.
    Supplements,
    /// Working days after which a result that is ready counts as not collected.
    CollectDays,
    /// Working hours in which a dossier that was handed over is taken.
    HandOverHours,
    /// Working days in which a petition is forwarded or refused.
    PetitionForwardDays,
    /// Working days in which a petition is answered.
    PetitionAnswerDays,
    /// Dossiers that an officer receives in a year, in towns.
    NormUrban,
    /// The same in the country.
    NormRural,
    /// The same in remote places.
    NormRemote,
}

/// A limit from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// What it is about.
    pub name: Named,
    /// How much; the unit is the name's.
    pub value: f64,
    /// From when on.
    #[serde(rename = "effective_from")]
    from: String,
    /// Where it is written.
    pub source: String,
    /// Its text was read; otherwise it is known second-hand.
    #[serde(default)]
    pub is_verified: bool,
}

/// All limits.
#[derive(Debug)]
pub struct Limits {
    by_name: BTreeMap<Named, BTreeMap<Day, Limit>>,
    remarks: Vec<String>,
}

impl Limits {
    /// Those that ship.
    pub fn shipped() -> Result<Self, LimitError> {
        read(&[SHIPPED])
    }

    /// Those that ship with what an operator's file adds.
    pub fn with(text: &str) -> Result<Self, LimitError> {
        read(&[SHIPPED, text])
    }

    /// The limit in force on a day; the first there ever was before that, and `None` where none is set.
    pub fn on(&self, name: Named, day: Day) -> Option<&Limit> {
        let versions = self.by_name.get(&name)?;
        let in_force = versions.range(..=day).next_back();
        in_force.or_else(|| versions.iter().next()).map(|(_, l)| l)
    }

    /// Its value, where one is set.
    pub fn value(&self, name: Named, day: Day) -> Option<f64> {
        self.on(name, day).map(|limit| limit.value)
    }

    /// All, by name and day.
    pub fn all(&self) -> impl Iterator<Item = &Limit> {
        self.by_name.values().flat_map(BTreeMap::values)
    }

    /// What the data says twice.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

fn read(texts: &[&str]) -> Result<Limits, LimitError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        limit: Vec<Limit>,
    }
    let mut limits = Limits {
        by_name: BTreeMap::new(),
        remarks: Vec::new(),
    };
    for (number, text) in texts.iter().enumerate() {
        let file: File = toml::from_str(text).map_err(|e| LimitError(e.to_string()))?;
        let mut here = Vec::new();
        for limit in file.limit {
            let day = Day::parse_iso(&limit.from).ok_or_else(|| {
                LimitError(format!(
                    "`{}` is not a date; write it such as 2026-11-23",
                    limit.from
                ))
            })?;
            if !(limit.value >= 0.0 && limit.value <= MAX) {
                let message = format!("{:?}: {} is no limit", limit.name, limit.value);
                return Err(LimitError(message));
            }
            if here.contains(&(limit.name, day)) {
                limits.remarks.push(format!(
                    "limit {:?} from {day} is given twice; the later one counts",
                    limit.name
                ));
            }
            here.push((limit.name, day));
            let versions = limits.by_name.entry(limit.name).or_default();
            // An installation's own limit stands for the shipped ones from its day on.
            if number > 0 {
                versions.retain(|known, _| *known < day || here.contains(&(limit.name, *known)));
            }
            versions.insert(day, limit);
        }
    }
    Ok(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installations_limit_stands_from_its_day_on() {
        let own = "[[limit]]\nname = \"supplements\"\neffective_from = \"2026-07-01\"\nvalue = 2\nsource = \"thử\"";
        let limits = Limits::with(own).unwrap();
        let on = |day: &str| limits.value(Named::Supplements, Day::parse_iso(day).unwrap());
        assert_eq!(on("2026-06-30"), Some(1.0));
        assert_eq!(on("2026-07-01"), Some(2.0));
        assert_eq!(on("1999-01-01"), Some(1.0));
        let hours = limits.value(
            Named::AcknowledgeHours,
            Day::parse_iso("2026-07-01").unwrap(),
        );
        assert_eq!(hours, Some(8.0));
        assert_eq!(limits.value(Named::HandOverHours, Day(20_000)), None);
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        let head = "[[limit]]\nname = \"supplements\"\nsource = \"thử\"\n";
        for wrong in [
            "effective_from = \"2026-07-01\"\nvalue = -1",
            "effective_from = \"July\"\nvalue = 1",
            "effective_from = \"2026-07-01\"\nvalue = 1\nunit = \"days\"",
        ] {
            assert!(Limits::with(&format!("{head}{wrong}")).is_err(), "{wrong}");
        }
        assert!(Limits::with("[[limit]]\nname = \"nothing\"\n").is_err());
    }
}
