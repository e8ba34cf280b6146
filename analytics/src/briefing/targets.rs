//! What figures are held against, as data with the day from which on it holds and where it is written.

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("targets.toml");

/// The targets could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the briefing's targets cannot be read: {0}")]
pub struct TargetError(String);

/// A target of a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// Its value, in the figure's unit.
    pub value: f64,
    /// The figure is to be at least this; otherwise at most.
    pub at_least: bool,
    /// Where it is written.
    pub source: String,
    #[serde(skip)]
    figure: String,
    #[serde(skip)]
    from: Day,
}

impl Target {
    /// True where a value meets it.
    pub fn is_met(&self, value: f64) -> bool {
        if self.at_least {
            value >= self.value
        } else {
            value <= self.value
        }
    }
}

/// All targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Targets(Vec<Target>);

impl Targets {
    /// Those that ship.
    pub fn shipped() -> Result<Self, TargetError> {
        read(SHIPPED)
    }

    /// The target of a figure on a day.
    pub fn on(&self, figure: &str, day: Day) -> Option<&Target> {
        let of_it = self.0.iter().filter(|target| target.figure == figure);
        of_it
            .filter(|target| target.from <= day)
            .max_by_key(|target| target.from)
    }
}

fn read(text: &str) -> Result<Targets, TargetError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        target: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        figure: String,
        at_least: Option<f64>,
        at_most: Option<f64>,
        effective_from: String,
        source: String,
    }
    let file: File = toml::from_str(text).map_err(|e| TargetError(e.to_string()))?;
    let targets = file.target.into_iter().map(|entry| {
        let wrong = |what: &str| TargetError(format!("{}: {what}", entry.figure));
        let (value, at_least) = match (entry.at_least, entry.at_most) {
            (Some(value), None) => (value, true),
            (None, Some(value)) => (value, false),
            _ => return Err(wrong("give `at_least` or `at_most`, and not both")),
        };
        let from = Day::parse_iso(&entry.effective_from)
            .ok_or_else(|| wrong("`effective_from` is a date such as 2026-11-23"))?;
        Ok(Target {
            value,
            at_least,
            source: entry.source,
            figure: entry.figure,
            from,
        })
    });
    Ok(Targets(targets.collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemes_targets_are_those_of_its_text() {
        let targets = Targets::shipped().unwrap();
        let day = Day::parse_iso("2026-11-16").unwrap();
        let of = |figure: &str| targets.on(figure, day).map(|t| (t.value, t.at_least));
        assert_eq!(of("mean_wait_s"), Some((900.0, false)));
        assert_eq!(of("satisfied_share"), Some((0.95, true)));
        assert_eq!(of("in_progress_overdue"), Some((0.0, false)));
        assert_eq!(of("visits"), None);
        let before = Day::parse_iso("2024-09-30").unwrap();
        assert_eq!(targets.on("mean_wait_s", before), None);
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for wrong in ["", "at_least = 1\nat_most = 1\n"] {
            let text = format!(
                "[[target]]\nfigure = \"x\"\neffective_from = \"2026-01-01\"\nsource = \"thử\"\n{wrong}"
            );
            assert!(read(&text).is_err(), "{wrong}");
        }
    }
}
