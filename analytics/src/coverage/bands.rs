//! What the figures hang on: other speeds, another detour, other hours of the day.
//!
//! No speed of the model is measured. The share covered is therefore shown as a band: what it is
//! when everything is so much slower or faster and access legs wind more or less.

use super::{Coverage, CoverageError, Mode, ModeSpeeds, PointRef, Rule, TravelSettings};
use geodata::RoadClass;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The settings a band runs over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// Factors on every speed.
    pub speeds: Vec<f64>,
    /// Detours of the access legs.
    pub detours: Vec<f64>,
}

impl Default for Sensitivity {
    /// Speeds a fifth slower to a fifth faster, detours of 1.2 to 1.5.
    fn default() -> Self {
        Self {
            speeds: vec![0.8, 0.9, 1.0, 1.1, 1.2],
            detours: vec![1.2, 1.3, 1.4, 1.5],
        }
    }
}

/// People covered under some settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BandShare {
    /// Factor on every speed.
    pub speed: f64,
    /// Detour of the access legs.
    pub detour: f64,
    /// People covered.
    pub covered: u64,
    /// Their share, 0 to 1.
    pub share: f64,
}

/// A span of hours with its traffic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HourBand {
    /// Its name.
    pub name: String,
    /// Weekdays, 0 for Monday.
    pub weekdays: Vec<u8>,
    /// Minute of the day when it begins.
    pub from: u16,
    /// Minute of the day when it ends.
    pub to: u16,
    /// Factors on the speeds of vehicles by class of road; a class that is not here keeps its own.
    pub classes: BTreeMap<RoadClass, f64>,
    /// Factor where no class is known.
    pub unclassed: f64,
}

/// The bands that stand unless the city gives others: the two rush hours of working days. A
/// working assumption like the speeds themselves, not measured.
pub fn default_hour_bands() -> Vec<HourBand> {
    let peak = |name: &str, from, to| HourBand {
        name: name.into(),
        weekdays: (0..5).collect(),
        from,
        to,
        classes: [
            (RoadClass::Motorway, 0.9),
            (RoadClass::Trunk, 0.7),
            (RoadClass::Primary, 0.6),
            (RoadClass::Secondary, 0.6),
            (RoadClass::Tertiary, 0.7),
        ]
        .into_iter()
        .collect(),
        unclassed: 0.8,
    };
    vec![
        peak("morning_peak", 7 * 60, 9 * 60),
        peak("evening_peak", 16 * 60 + 30, 19 * 60),
    ]
}

impl HourBand {
    /// The first band that holds a weekday and minute; `None` off-peak.
    pub fn at(bands: &[Self], weekday: u8, minute: u16) -> Option<&Self> {
        let holds = |band: &&Self| {
            band.weekdays.contains(&weekday) && (band.from..band.to).contains(&minute)
        };
        bands.iter().find(holds)
    }

    /// The settings in its hours. People on foot go as ever, and so do access legs.
    pub fn apply(&self, settings: &TravelSettings) -> TravelSettings {
        let mut settings = settings.clone();
        for speeds in [&mut settings.motorbike, &mut settings.car] {
            speeds.unclassed_kmh *= self.unclassed;
            for (class, kmh) in &mut speeds.class_kmh {
                *kmh *= self.classes.get(class).unwrap_or(&1.0);
            }
        }
        settings
    }
}

/// All settings with every speed so many times as fast, and another detour.
fn scaled(settings: &TravelSettings, mode: Mode, speed: f64, detour: f64) -> TravelSettings {
    let mut settings = settings.clone();
    settings.detour = detour;
    let speeds: &mut ModeSpeeds = match mode {
        Mode::Motorbike => &mut settings.motorbike,
        Mode::Walk => &mut settings.walk,
        Mode::Car => &mut settings.car,
    };
    speeds.access_kmh *= speed;
    speeds.unclassed_kmh *= speed;
    for kmh in speeds.class_kmh.values_mut() {
        *kmh *= speed;
    }
    settings
}

/// The people covered at every speed and detour, speeds first.
///
/// # Errors
/// [`CoverageError::Settings`] when a factor or a detour makes settings that cannot be.
pub fn sensitivity(
    coverage: &Coverage<'_>,
    settings: &TravelSettings,
    points: &[PointRef<'_>],
    rule: &Rule,
    over: &Sensitivity,
) -> Result<Vec<BandShare>, CoverageError> {
    let mut band = Vec::with_capacity(over.speeds.len() * over.detours.len());
    for &speed in &over.speeds {
        for &detour in &over.detours {
            let other = scaled(settings, coverage.mode(), speed, detour);
            let (covered, share) = covered(coverage, &other, points, rule)?;
            band.push(BandShare {
                speed,
                detour,
                covered,
                share,
            });
        }
    }
    Ok(band)
}

/// People covered in each band of hours, with their share, in the order of the bands.
///
/// # Errors
/// [`CoverageError::Settings`] when a factor makes settings that cannot be.
pub fn by_hour_band(
    coverage: &Coverage<'_>,
    settings: &TravelSettings,
    points: &[PointRef<'_>],
    rule: &Rule,
    bands: &[HourBand],
) -> Result<Vec<(u64, f64)>, CoverageError> {
    bands
        .iter()
        .map(|band| covered(coverage, &band.apply(settings), points, rule))
        .collect()
}

fn covered(
    coverage: &Coverage<'_>,
    settings: &TravelSettings,
    points: &[PointRef<'_>],
    rule: &Rule,
) -> Result<(u64, f64), CoverageError> {
    let ground = coverage.at_speeds(settings)?;
    let reaches = ground.nearest(points, rule);
    let in_reach = reaches.iter().filter(|reach| reach.covered);
    let covered: u64 = in_reach.map(|reach| u64::from(reach.population)).sum();
    let all = ground.population().max(1);
    Ok((covered, covered as f64 / all as f64))
}
