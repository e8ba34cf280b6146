//! Changes to the points, done in order; what cannot be is left out and told.

use std::collections::BTreeSet;

use geodata::whereabouts::{Whereabouts, whereabouts};
use geodata::{CoordClass, LonLat, Pack, Point, PointKind, UnitCode};
use serde::{Deserialize, Serialize};

/// Two points nearer than this are most often one entered twice, kilometres.
const SAME_PLACE_KM: f64 = 0.05;

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// A point elsewhere.
    Move {
        /// Its id.
        id: String,
        /// Degrees east.
        lon: f64,
        /// Degrees north.
        lat: f64,
    },
    /// A point more.
    Add {
        /// An id that no point has.
        id: String,
        /// What it is called.
        name: String,
        /// Its kind.
        kind: PointKind,
        /// Degrees east.
        lon: f64,
        /// Degrees north.
        lat: f64,
    },
    /// A point fewer.
    Remove {
        /// Its id.
        id: String,
    },
}

impl Change {
    /// The point that it is about.
    pub fn id(&self) -> &str {
        match self {
            Self::Move { id, .. } | Self::Add { id, .. } | Self::Remove { id } => id,
        }
    }
}

/// What a planner should know of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// No point has the id; left out.
    UnknownPoint,
    /// A point has the id already, or stands within 50 m: the first is left out, the second done.
    Duplicate,
    /// It lies outside the units' outline: within 20 km done, farther left out.
    Outside,
    /// Longitude and latitude look exchanged; left out.
    Swapped,
    /// It lies over 1 km from any known road: its minutes are approximate. Done.
    FarFromRoad,
}

/// A warning about a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What kind.
    pub code: WarningCode,
    /// The point.
    pub id: String,
    /// In words, for a log; screens have their own by the code.
    pub detail: String,
}

/// The points after changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changed {
    /// All points, in their order, added ones at the end.
    pub points: Vec<Point>,
    /// Ids of those that were moved or added and are there.
    pub touched: BTreeSet<String>,
    /// What is to be said, in the order of the changes.
    pub warnings: Vec<Warning>,
}

/// Does changes in order.
pub fn change(pack: &Pack, points: &[Point], changes: &[Change]) -> Changed {
    let mut changed = Changed {
        points: points.to_vec(),
        ..Changed::default()
    };
    for one in changes {
        changed.take(pack, one);
    }
    changed
}

impl Changed {
    fn take(&mut self, pack: &Pack, change: &Change) {
        let at = self.points.iter().position(|p| p.id == change.id());
        match (change, at) {
            (Change::Move { lon, lat, id }, Some(at)) => {
                if let Ok(unit) = self.place(pack, id, *lon, *lat) {
                    let point = &mut self.points[at];
                    point.place = LonLat {
                        lon: *lon,
                        lat: *lat,
                    };
                    point.unit = unit;
                    // A place that somebody chose on a map is as sure as they say.
                    point.coord_class = CoordClass::Unconfirmed;
                    self.touched.insert(id.clone());
                }
            }
            (Change::Remove { id }, Some(at)) => {
                self.points.remove(at);
                self.touched.remove(id);
            }
            (
                Change::Add {
                    id,
                    name,
                    kind,
                    lon,
                    lat,
                },
                None,
            ) => {
                if let Ok(unit) = self.place(pack, id, *lon, *lat) {
                    self.points.push(Point {
                        id: id.clone(),
                        name: name.clone(),
                        kind: *kind,
                        place: LonLat {
                            lon: *lon,
                            lat: *lat,
                        },
                        unit,
                        open: true,
                        coord_class: CoordClass::Unconfirmed,
                    });
                    self.touched.insert(id.clone());
                }
            }
            (Change::Add { id, .. }, Some(_)) => self.warn(
                WarningCode::Duplicate,
                id,
                "a point has this id: give the new one its own; left out".to_owned(),
            ),
            (Change::Move { id, .. } | Change::Remove { id }, None) => self.warn(
                WarningCode::UnknownPoint,
                id,
                "no point has this id; left out".to_owned(),
            ),
        }
    }

    /// The unit of a place that a point may have; an error, which is told, where it may not.
    fn place(&mut self, pack: &Pack, id: &str, lon: f64, lat: f64) -> Result<Option<UnitCode>, ()> {
        let found = whereabouts(pack, lon, lat);
        if let Some(why) = found.refusal() {
            let is_swapped = matches!(
                found,
                Whereabouts::Far {
                    is_swapped: true,
                    ..
                }
            );
            let code = if is_swapped {
                WarningCode::Swapped
            } else {
                WarningCode::Outside
            };
            self.warn(code, id, format!("it {why}; left out"));
            return Err(());
        }
        let here = LonLat { lon, lat };
        let near = self
            .points
            .iter()
            .find(|p| p.id != id && p.place.distance_km(here) < SAME_PLACE_KM);
        if let Some(other) = near.map(|p| p.id.clone()) {
            let detail = format!("it stands within 50 m of `{other}`");
            self.warn(WarningCode::Duplicate, id, detail);
        }
        match found {
            Whereabouts::Inside(unit) => Ok(Some(unit)),
            Whereabouts::Near(km) => {
                if km > 0.0 {
                    let detail = format!("it lies {km:.1} km outside the units' outline");
                    self.warn(WarningCode::Outside, id, detail);
                }
                Ok(None)
            }
            Whereabouts::Far { .. } => Err(()),
        }
    }

    fn warn(&mut self, code: WarningCode, id: &str, detail: String) {
        self.warnings.push(Warning {
            code,
            id: id.to_owned(),
            detail,
        });
    }
}
