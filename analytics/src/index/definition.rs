//! What the index is made of, as data with the day from which on it holds.

use std::collections::BTreeMap;

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

const SHIPPED: &str = include_str!("definition.toml");

/// The definitions could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the index's definitions cannot be read: {0}")]
pub struct DefinitionError(String);

/// How an indicator's ratio comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the module `judge` says what each counts")]
pub enum Formula {
    PublishedOnTime,
    UpdatedOnTime,
    ContentFull,
    Synced,
    SettledOnTime,
    OfferedOnline,
    UsedOnline,
    FiledOnline,
    FullOnline,
    PaymentOffered,
    PaymentUsed,
    PaidOnline,
    EResult,
    DigitisedWithResult,
    Reused,
    FromStore,
    PopulationProcedures,
    PopulationDossiers,
    ECertified,
    PetitionsOnTime,
    PetitionsSatisfied,
    DossiersSatisfied,
}

impl Formula {
    /// All, in order.
    pub const ALL: [Self; 22] = [
        Self::PublishedOnTime,
        Self::UpdatedOnTime,
        Self::ContentFull,
        Self::Synced,
        Self::SettledOnTime,
        Self::OfferedOnline,
        Self::UsedOnline,
        Self::FiledOnline,
        Self::FullOnline,
        Self::PaymentOffered,
        Self::PaymentUsed,
        Self::PaidOnline,
        Self::EResult,
        Self::DigitisedWithResult,
        Self::Reused,
        Self::FromStore,
        Self::PopulationProcedures,
        Self::PopulationDossiers,
        Self::ECertified,
        Self::PetitionsOnTime,
        Self::PetitionsSatisfied,
        Self::DossiersSatisfied,
    ];

    /// What it counts.
    pub const fn counted(self) -> Counted {
        match self {
            Self::PublishedOnTime
            | Self::UpdatedOnTime
            | Self::ContentFull
            | Self::Synced
            | Self::ECertified => Counted::Elsewhere,
            Self::OfferedOnline
            | Self::UsedOnline
            | Self::PaymentOffered
            | Self::PaymentUsed
            | Self::PopulationProcedures => Counted::Procedures,
            Self::PetitionsOnTime | Self::PetitionsSatisfied => Counted::Petitions,
            _ => Counted::Dossiers,
        }
    }
}

/// What an indicator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Dossiers of the period.
    Dossiers,
    /// Procedures.
    Procedures,
    /// Petitions.
    Petitions,
    /// What no event tells: it is entered with its source.
    Elsewhere,
}

/// What an indicator has without any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenNone {
    /// All its points.
    Full,
    /// None.
    Zero,
}

/// An indicator (*chỉ số thành phần*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its code.
    pub code: String,
    /// Its group's code.
    pub group: String,
    /// Its most points.
    pub max: f64,
    /// The share from which on it has them all; without it, at a whole one.
    pub cap: Option<f64>,
    /// What it has without any case; nothing said, it is not counted then.
    pub when_none: Option<WhenNone>,
    /// How its ratio comes about.
    pub formula: Formula,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

/// A group (*nhóm chỉ số*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its code.
    pub code: String,
    /// Its most points.
    pub max: f64,
    /// Its name in Vietnamese.
    pub vi: String,
    /// Its name in English.
    pub en: String,
}

/// The index from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// From when on.
    pub effective_from: Day,
    /// Where it is written.
    pub source: String,
    /// The text itself was read.
    pub is_verified: bool,
    /// Groups, in order.
    pub groups: Vec<Group>,
    /// Indicators, in order.
    pub indicators: Vec<Indicator>,
}

/// Points that were published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The month, quarter or year.
    pub period: String,
    /// The total as it was published.
    pub total: f64,
    /// Where.
    pub source: String,
    /// Points by group.
    pub points: BTreeMap<String, f64>,
}

impl Baseline {
    /// What the groups add up to, which need not be the total.
    pub fn sum(&self) -> f64 {
        self.points.values().sum()
    }
}

/// All versions of the index, and what was published of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Definitions {
    versions: Vec<Version>,
    /// What was published.
    pub baselines: Vec<Baseline>,
}

impl Definitions {
    /// Those that ship.
    pub fn shipped() -> Result<Self, DefinitionError> {
        read(SHIPPED)
    }

    /// The version in force on a day: the first there ever was before that.
    pub fn on(&self, day: Day) -> &Version {
        let after = self.versions.partition_point(|v| v.effective_from <= day);
        &self.versions[after.saturating_sub(1)]
    }

    /// All versions, in order.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }
}

fn read(text: &str) -> Result<Definitions, DefinitionError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        version: Vec<VersionEntry>,
        #[serde(default)]
        baseline: Vec<Baseline>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct VersionEntry {
        name: String,
        effective_from: String,
        source: String,
        #[serde(default)]
        is_verified: bool,
        /// The version that it is but for what it says.
        r#as: Option<String>,
        #[serde(default)]
        without: Vec<String>,
        #[serde(default)]
        group: Vec<Group>,
        #[serde(default)]
        indicator: Vec<Indicator>,
    }
    let file: File = toml::from_str(text).map_err(|e| DefinitionError(e.to_string()))?;
    let mut versions: Vec<Version> = Vec::new();
    for entry in file.version {
        let wrong = |what: String| DefinitionError(format!("version {}: {what}", entry.name));
        let day = Day::parse_iso(&entry.effective_from);
        let day = day.ok_or_else(|| wrong(format!("`{}` is not a date", entry.effective_from)))?;
        let (mut groups, mut indicators) = (entry.group, entry.indicator);
        if let Some(other) = &entry.r#as {
            let known = versions.iter().find(|v| v.name == *other);
            let known = known.ok_or_else(|| wrong(format!("there is no version `{other}`")))?;
            groups.extend(known.groups.iter().cloned());
            let kept = known.indicators.iter();
            let kept = kept.filter(|i| !entry.without.contains(&i.code));
            indicators.extend(kept.cloned());
            indicators.sort_by(|a, b| a.code.cmp(&b.code));
        }
        for group in &groups {
            let of_it = indicators.iter().filter(|i| i.group == group.code);
            let sum: f64 = of_it.map(|i| i.max).sum();
            if (sum - group.max).abs() > 1e-9 {
                let message = format!("the indicators of group {} have {sum} points", group.code);
                return Err(wrong(message));
            }
        }
        let is_odd = |i: &Indicator| {
            let is_share = i.cap.is_none_or(|cap| cap > 0.0 && cap <= 1.0);
            !is_share || !groups.iter().any(|g| g.code == i.group)
        };
        if let Some(odd) = indicators.iter().find(|i| is_odd(i)) {
            return Err(wrong(format!(
                "indicator {} has an odd cap or group",
                odd.code
            )));
        }
        versions.push(Version {
            name: entry.name,
            effective_from: day,
            source: entry.source,
            is_verified: entry.is_verified,
            groups,
            indicators,
        });
    }
    if versions.is_empty() {
        return Err(DefinitionError("there is no version".to_owned()));
    }
    versions.sort_by_key(|v| v.effective_from);
    Ok(Definitions {
        versions,
        baselines: file.baseline,
    })
}
