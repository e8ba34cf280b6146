//! The communes and wards: the units by which the city counts its people.

use crate::LonLat;
use geo::{BoundingRect, Contains, MultiPolygon};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A unit's official code, five digits as text ("00004"): leading zeros matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitCode(pub String);

impl UnitCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a unit is in law since 1 July 2025.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitKind {
    /// *Phường*, an urban ward.
    Ward,
    /// *Xã*, a rural commune.
    Commune,
}

impl UnitKind {
    /// The name used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ward => "ward",
            Self::Commune => "commune",
        }
    }
}

/// How sure a coordinate is. Shown wherever the place is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CoordClass {
    /// The place itself, as the official atlas marks it.
    A,
    /// Placed from a bus stop at its gate.
    B,
    /// The centroid of the old town or commune, ±1–2 km.
    C,
    /// Not confirmed by the city.
    #[serde(rename = "unconfirmed")]
    Unconfirmed,
}

impl CoordClass {
    /// The name used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::A, Self::B, Self::C, Self::Unconfirmed]
            .into_iter()
            .find(|class| class.as_str() == name)
    }
}

/// One commune or ward.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Official code.
    pub code: UnitCode,
    /// Name with its kind in front, NFC ("Phường Ba Đình").
    pub name: String,
    /// Ward or commune.
    pub kind: UnitKind,
    /// Legal area in km²; the outline's own area may differ.
    pub area_km2: f64,
    /// Legal population, people.
    pub population: u32,
    /// The old district that held the largest share of its area, where known.
    pub old_district: Option<String>,
    /// Seat of its committee.
    pub seat: LonLat,
    /// How sure the seat's coordinates are.
    pub seat_class: CoordClass,
    /// Outline in degrees, simplified; neighbours share their vertices.
    pub outline: MultiPolygon<f64>,
}

impl Unit {
    /// Whether the (simplified) outline holds a place.
    pub fn contains(&self, place: LonLat) -> bool {
        self.outline
            .contains(&geo::Point::new(place.lon, place.lat))
    }

    /// West, south, east, north of its outline, degrees; `None` of an empty one.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let r = self.outline.bounding_rect()?;
        Some([r.min().x, r.min().y, r.max().x, r.max().y])
    }
}
