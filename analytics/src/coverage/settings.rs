//! Speeds and the detour: settings, with the model's values as defaults.
//!
//! The speeds by road class are this project's working assumption for daytime traffic in and
//! around the city, set so that ordinary streets lie about the unclassed speed; they are not
//! measured and not law. Speeds where nothing is known of the road, access speeds and the detour
//! are those of the travel model.
//!
//! A ferry is a road of its own: it is crossed at its class's speed after a wait, [`FERRY_WAIT_MIN`]
//! minutes unless set otherwise. Both are working assumptions for the boats over the Red River and its
//! arms (a crossing every quarter of an hour or so, boarding and landing included), not measured.

use geodata::{Edge, Mode, RoadClass};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one mode moves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeSpeeds {
    /// Off the network, km/h along a leg that already has its detour.
    pub access_kmh: f64,
    /// On an edge whose class is not known, km/h.
    pub unclassed_kmh: f64,
    /// On an edge of a class, km/h. A class that is not here is closed to the mode.
    pub class_kmh: BTreeMap<RoadClass, f64>,
    /// Whether the mode is bound by one-ways (people on foot are not).
    pub obeys_oneway: bool,
    /// Minutes waited and spent on boarding at each ferry, before its way at its class's speed.
    #[serde(default = "ferry_wait_min")]
    pub ferry_wait_min: f64,
}

/// Minutes waited at a ferry unless set otherwise.
pub const FERRY_WAIT_MIN: f64 = 10.0;

fn ferry_wait_min() -> f64 {
    FERRY_WAIT_MIN
}

/// All speeds and the detour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TravelSettings {
    /// How much longer an access leg is than its straight line.
    pub detour: f64,
    /// By motorbike.
    pub motorbike: ModeSpeeds,
    /// On foot.
    pub walk: ModeSpeeds,
    /// By car.
    pub car: ModeSpeeds,
}

/// A class and its kilometres an hour by motorbike, by car and on foot; `None` where the mode may
/// not or cannot go.
type ClassRow = (RoadClass, Option<f64>, Option<f64>, Option<f64>);

/// The table behind [`TravelSettings::default`]. Motorbikes and people on foot are barred from
/// expressways (Law 36/2024/QH15 on road traffic order and safety).
const CLASS_SPEEDS: [ClassRow; 16] = [
    (RoadClass::Motorway, None, Some(70.0), None),
    (RoadClass::Trunk, Some(35.0), Some(40.0), Some(4.5)),
    (RoadClass::Primary, Some(30.0), Some(30.0), Some(4.5)),
    (RoadClass::Secondary, Some(28.0), Some(26.0), Some(4.5)),
    (RoadClass::Tertiary, Some(25.0), Some(22.0), Some(4.5)),
    (RoadClass::Unclassified, Some(25.0), Some(22.0), Some(4.5)),
    (RoadClass::Residential, Some(20.0), Some(15.0), Some(4.5)),
    (RoadClass::LivingStreet, Some(15.0), Some(10.0), Some(4.5)),
    (RoadClass::Service, Some(15.0), Some(10.0), Some(4.5)),
    (RoadClass::Track, Some(12.0), None, Some(4.5)),
    (RoadClass::Path, Some(10.0), None, Some(4.5)),
    (RoadClass::Cycleway, None, None, Some(4.5)),
    (RoadClass::Pedestrian, None, None, Some(4.5)),
    (RoadClass::Footway, None, None, Some(4.5)),
    (RoadClass::Steps, None, None, Some(3.0)),
    (RoadClass::Ferry, Some(8.0), Some(8.0), Some(8.0)),
];

impl Default for TravelSettings {
    fn default() -> Self {
        let classes = |speed: fn(&ClassRow) -> Option<f64>| {
            CLASS_SPEEDS
                .iter()
                .filter_map(|row| Some((row.0, speed(row)?)))
                .collect()
        };
        Self {
            detour: 1.3,
            motorbike: ModeSpeeds {
                access_kmh: 15.0,
                unclassed_kmh: 25.0,
                class_kmh: classes(|row| row.1),
                obeys_oneway: true,
                ferry_wait_min: FERRY_WAIT_MIN,
            },
            walk: ModeSpeeds {
                access_kmh: 4.5,
                unclassed_kmh: 4.5,
                class_kmh: classes(|row| row.3),
                obeys_oneway: false,
                ferry_wait_min: FERRY_WAIT_MIN,
            },
            car: ModeSpeeds {
                access_kmh: 15.0,
                unclassed_kmh: 22.0,
                class_kmh: classes(|row| row.2),
                obeys_oneway: true,
                ferry_wait_min: FERRY_WAIT_MIN,
            },
        }
    }
}

impl TravelSettings {
    /// The speeds of a mode.
    pub fn speeds(&self, mode: Mode) -> &ModeSpeeds {
        match mode {
            Mode::Motorbike => &self.motorbike,
            Mode::Walk => &self.walk,
            Mode::Car => &self.car,
        }
    }

    /// The first setting that cannot be, in words; `None` when all can.
    pub fn mistake(&self) -> Option<String> {
        if !(self.detour >= 1.0 && self.detour.is_finite()) {
            return Some(format!(
                "a detour of {} is shorter than a straight line",
                self.detour
            ));
        }
        for mode in Mode::ALL {
            let speeds = self.speeds(mode);
            let all = speeds
                .class_kmh
                .values()
                .chain([&speeds.access_kmh, &speeds.unclassed_kmh]);
            for kmh in all {
                if !(*kmh > 0.0 && kmh.is_finite()) {
                    return Some(format!("{kmh} km/h by {mode} is no speed"));
                }
            }
            let wait = speeds.ferry_wait_min;
            if !(wait >= 0.0 && wait.is_finite()) {
                return Some(format!("{wait} minutes at a ferry by {mode} are no wait"));
            }
        }
        None
    }
}

impl ModeSpeeds {
    /// Speed on an edge of that class, km/h; `None` where it is closed to the mode.
    pub fn on(&self, class: Option<RoadClass>) -> Option<f64> {
        match class {
            None => Some(self.unclassed_kmh),
            Some(class) => self.class_kmh.get(&class).copied(),
        }
    }

    /// Minutes a metre on an edge; `None` where its class is closed to the mode. A ferry's wait is spread
    /// over its length, so that crossing all of it, the only thing one can do, costs it once.
    pub fn pace(&self, edge: &Edge) -> Option<f64> {
        let pace = 60.0 / (self.on(edge.traits.class)? * 1000.0);
        if edge.traits.class == Some(RoadClass::Ferry) && edge.length_m > 0.0 {
            return Some(pace + self.ferry_wait_min / edge.length_m);
        }
        Some(pace)
    }
}
