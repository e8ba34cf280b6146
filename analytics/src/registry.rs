//! What the geographic pack knows of the points: the register against which figures are read.

use std::collections::BTreeMap;

use crate::names::Name;

/// The unit of a site that the pack does not know.
pub const UNREGISTERED: &str = "unregistered";

/// A registered point.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// Its code.
    pub id: Name,
    /// Its name.
    pub name: String,
    /// `branch`, `point`, `community`, `mobile`, `kiosk`.
    pub kind: &'static str,
    /// Its unit's code.
    pub unit: Name,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// How sure the coordinates are: `A`, `B`, `C` or `unconfirmed`.
    pub coord_class: &'static str,
    /// Counts as open for coverage.
    pub open: bool,
}

/// The registered points by code.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    points: BTreeMap<Name, Registered>,
    units: Vec<Name>,
}

impl Registry {
    /// Of points and unit codes.
    pub fn new(
        points: impl IntoIterator<Item = Registered>,
        units: impl IntoIterator<Item = Name>,
    ) -> Self {
        let points = points
            .into_iter()
            .map(|p| (Name::clone(&p.id), p))
            .collect();
        Self {
            points,
            units: units.into_iter().collect(),
        }
    }

    /// A point by its code.
    pub fn get(&self, site: &str) -> Option<&Registered> {
        self.points.get(site)
    }

    /// All points in order of code.
    pub fn points(&self) -> impl Iterator<Item = &Registered> {
        self.points.values()
    }

    /// All units' codes.
    pub fn units(&self) -> &[Name] {
        &self.units
    }

    /// The unit of a site, [`UNREGISTERED`] for one that the pack does not know.
    pub fn unit_of(&self, site: &str) -> &str {
        self.points.get(site).map_or(UNREGISTERED, |p| &p.unit)
    }
}
