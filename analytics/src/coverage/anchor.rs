//! Where a place meets the network of a mode, and who finds that out.

use super::{
    network::ModeNetwork,
    time::{Label, Span, Ticks},
};
use geodata::{LonLat, SnapIndex};

/// Where a place meets the network, as one mode sees the edge it meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// A number that only places on the same edge share.
    pub edge: u32,
    /// The junction where the edge starts.
    pub from: u32,
    /// The junction where it ends.
    pub to: u32,
    /// Metres along the edge from its start.
    pub along_m: f64,
    /// Metres of the whole edge.
    pub length_m: f64,
    /// Minutes a metre on it.
    pub pace: f64,
    /// Whether the mode may only go from `from` to `to`.
    pub is_oneway: bool,
    /// Straight-line kilometres from the place to the edge, without a detour.
    pub access_km: f64,
}

/// Finds where places meet a network. Pure: the same place has the same anchor.
pub trait Snapper: Send + Sync + std::fmt::Debug {
    /// The nearest place on the nearest edge; `None` when there is no edge.
    fn anchor(&self, place: LonLat) -> Option<Anchor>;
}

impl Anchor {
    /// From here to the start of the edge: always when it is just there, else not against a
    /// one-way.
    pub(super) fn back(&self) -> Ticks {
        if self.is_oneway && self.along_m != 0.0 {
            Ticks::NEVER
        } else {
            self.ride(self.along_m)
        }
    }

    /// From here to the end of the edge.
    pub(super) fn ahead(&self) -> Ticks {
        self.ride(self.length_m - self.along_m)
    }

    /// What a point here, with its label on the road, offers to the edge's two ends.
    pub(super) fn offers(&self, label: Label) -> impl Iterator<Item = (u32, Label)> + use<> {
        let by_from = Some((self.from, label.after(self.ride(self.along_m))));
        let may_come_back = !self.is_oneway || self.along_m == self.length_m;
        let by_to = may_come_back.then(|| (self.to, label.after(self.ahead())));
        by_from.into_iter().chain(by_to)
    }

    /// Along the edge from so many metres to here; `NEVER` against a one-way.
    pub(super) fn ride_from(&self, along_m: f64) -> Ticks {
        let apart_m = self.along_m - along_m;
        if apart_m >= 0.0 || !self.is_oneway {
            self.ride(apart_m.abs())
        } else {
            Ticks::NEVER
        }
    }

    pub(super) fn span(&self) -> Span {
        Span::new(self.ride(self.length_m))
    }

    fn ride(&self, metres: f64) -> Ticks {
        Ticks::from_minutes(metres * self.pace)
    }
}

/// Snaps to a pack's roads.
#[derive(Debug)]
pub(super) struct RoadSnapper {
    pub(super) network: std::sync::Arc<ModeNetwork>,
    pub(super) index: std::sync::Arc<SnapIndex>,
}

impl Snapper for RoadSnapper {
    fn anchor(&self, place: LonLat) -> Option<Anchor> {
        let snap = self.index.nearest(place)?;
        self.network.anchor(&snap)
    }
}
