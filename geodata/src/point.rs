//! The points where people are served, and which of them a question is about.

use crate::{CoordClass, LonLat, UnitCode};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What sort of point it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PointKind {
    /// A reception point of the centre's branches.
    Branch,
    /// A commune's or ward's own service point.
    Point,
    /// A community point (a culture house, a post office).
    Community,
    /// A mobile team.
    Mobile,
    /// An unattended kiosk.
    Kiosk,
}

impl PointKind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 5] = [
        Self::Branch,
        Self::Point,
        Self::Community,
        Self::Mobile,
        Self::Kiosk,
    ];

    /// The name used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Point => "point",
            Self::Community => "community",
            Self::Mobile => "mobile",
            Self::Kiosk => "kiosk",
        }
    }
}

impl fmt::Display for PointKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of point.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of point: use branch, point, community, mobile or kiosk")]
pub struct UnknownKind(pub String);

impl FromStr for PointKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A set of kinds: the difference between *branches only* and *any point*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSet(u8);

impl KindSet {
    /// No kind.
    pub const EMPTY: Self = Self(0);

    /// All kinds but the kiosk: what counts unless asked otherwise.
    pub fn attended() -> Self {
        PointKind::ALL
            .into_iter()
            .filter(|kind| *kind != PointKind::Kiosk)
            .collect()
    }

    /// Whether the set holds a kind.
    pub fn contains(self, kind: PointKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    fn bit(kind: PointKind) -> u8 {
        1 << kind as u8
    }
}

impl Default for KindSet {
    fn default() -> Self {
        Self::attended()
    }
}

impl FromIterator<PointKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = PointKind>>(kinds: I) -> Self {
        Self(
            kinds
                .into_iter()
                .fold(0, |bits, kind| bits | Self::bit(kind)),
        )
    }
}

impl FromStr for KindSet {
    type Err = UnknownKind;

    /// Reads a comma-separated list of kinds.
    fn from_str(list: &str) -> Result<Self, UnknownKind> {
        list.split(',').map(|name| name.trim().parse()).collect()
    }
}

/// A place where people are served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Its code: a unit's code, "CN01" to "CN30" for the branches' reception points, or what a
    /// points file calls it.
    pub id: String,
    /// Name, NFC.
    pub name: String,
    /// What sort of point it is.
    pub kind: PointKind,
    /// Where it is.
    #[serde(flatten)]
    pub place: LonLat,
    /// The unit it lies in; `None` just outside the city.
    pub unit: Option<UnitCode>,
    /// Whether it serves people now.
    pub open: bool,
    /// How sure its coordinates are.
    pub coord_class: CoordClass,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_from_their_names() {
        for kind in PointKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("shop".parse::<PointKind>().is_err());
    }

    #[test]
    fn the_default_set_leaves_kiosks_out() {
        let set = KindSet::default();
        assert!(set.contains(PointKind::Branch) && !set.contains(PointKind::Kiosk));
        assert_eq!(
            "branch, kiosk"
                .parse::<KindSet>()
                .map(|s| s.contains(PointKind::Kiosk)),
            Ok(true)
        );
    }
}
