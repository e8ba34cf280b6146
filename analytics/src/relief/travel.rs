//! Minutes from each point to the points near it: once for a pack, then only looked up.
//!
//! **In**: a road network, [`TravelSettings`], a [`Mode`], the points, [`Bounds`]. **Out**: [`Neighbours`], for every
//! point the others that are near by time. Pure; the same question has the same answer to the last bit.
//!
//! The travel model is that of [`crate::coverage`], from point to point instead of from cell to point: an access leg at
//! both ends and the quickest way on the network between, or one access leg directly where that is quicker. The search
//! starts at the point one leaves and follows the direction of travel, one Dijkstra a point, exact within the bound. As
//! many points as are asked for may be reached directly in some time; nothing beyond that time can be among them, so it
//! bounds the search as well, and in a dense city it is what ends most of them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use geodata::{Mode, NodeIndex, RoadNetwork, Snap, SnapIndex};
use rayon::prelude::*;

use crate::coverage::{APPROXIMATE_OVER_KM, CoverageError, ModeSpeeds, PointRef, TravelSettings};
use crate::names::Name;

/// How many neighbours are kept, and how far away they may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Neighbours kept of each point, the nearest by time.
    pub neighbours: usize,
    /// The longest way, minutes.
    pub minutes: f64,
}

impl Default for Bounds {
    /// Twelve within 45 minutes: whoever is told of a shorter queue farther away than that has lost what the queue costs.
    fn default() -> Self {
        Self {
            neighbours: 12,
            minutes: 45.0,
        }
    }
}

/// One point as seen from another.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// The other point.
    pub site: Name,
    /// Minutes to it, unrounded.
    pub minutes: f64,
    /// Great-circle kilometres to it.
    pub km: f64,
    /// An access leg at either end is over [`APPROXIMATE_OVER_KM`], or there is no road at all.
    pub approximate: bool,
}

/// For every point its neighbours, in order of minutes, equal ones in order of code.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbours(HashMap<Name, Vec<Neighbour>>);

impl Neighbours {
    /// Searches them. Points with the same code count once, the first of them.
    ///
    /// # Errors
    /// [`CoverageError::Settings`] when a speed or the detour cannot be.
    pub fn of(
        roads: &RoadNetwork,
        settings: &TravelSettings,
        mode: Mode,
        points: &[PointRef<'_>],
        bounds: Bounds,
    ) -> Result<Self, CoverageError> {
        if let Some(mistake) = settings.mistake() {
            return Err(CoverageError::Settings(mistake));
        }
        let ways = Ways::of(roads, settings, mode, points);
        let lists = (0..ways.places.len())
            .into_par_iter()
            .map(|from| (ways.places[from].name.clone(), ways.around(from, bounds)))
            .collect();
        Ok(Self(lists))
    }

    /// A point's neighbours, nearest first; none for a point that was not among those asked about.
    pub fn near(&self, site: &str) -> &[Neighbour] {
        self.0.get(site).map_or(&[], Vec::as_slice)
    }

    /// The way from one point to another, where it is among its neighbours.
    pub fn way(&self, from: &str, to: &str) -> Option<&Neighbour> {
        self.near(from).iter().find(|near| &*near.site == to)
    }

    /// How many points were asked about.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No point was asked about.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// For tests and for ways that come from elsewhere: each point with its neighbours, put in order.
impl FromIterator<(Name, Vec<Neighbour>)> for Neighbours {
    fn from_iter<I: IntoIterator<Item = (Name, Vec<Neighbour>)>>(lists: I) -> Self {
        let ordered = lists.into_iter().map(|(site, mut list)| {
            in_order(&mut list);
            (site, list)
        });
        Self(ordered.collect())
    }
}

fn in_order(list: &mut [Neighbour]) {
    list.sort_by(|a, b| {
        a.minutes
            .total_cmp(&b.minutes)
            .then_with(|| a.site.cmp(&b.site))
    });
}

/// A point where it meets the network.
struct Place<'a> {
    name: Name,
    point: PointRef<'a>,
    snap: Option<Snap>,
}

/// The network for one mode, with the points on it.
struct Ways<'a> {
    roads: &'a RoadNetwork,
    /// Minutes a metre of each edge; `None` where the mode may not go.
    paces: Vec<Option<f64>>,
    obeys_oneway: bool,
    /// Minutes a straight kilometre of an access leg.
    access_pace: f64,
    places: Vec<Place<'a>>,
}

impl<'a> Ways<'a> {
    fn of(
        roads: &'a RoadNetwork,
        settings: &TravelSettings,
        mode: Mode,
        points: &[PointRef<'a>],
    ) -> Self {
        let speeds: &ModeSpeeds = settings.speeds(mode);
        let speed = |edge: &geodata::Edge| {
            let speed = speeds.on(edge.traits.class);
            speed.filter(|_| edge.traits.admits.contains(mode))
        };
        let index = SnapIndex::new(roads, |edge| speed(edge).is_some());
        let mut places: Vec<Place<'a>> = Vec::with_capacity(points.len());
        let mut known = HashSet::new();
        for point in points {
            if !known.insert(point.id) {
                continue;
            }
            places.push(Place {
                name: point.id.into(),
                point: *point,
                snap: index.nearest(point.place),
            });
        }
        let pace = |edge: &geodata::Edge| {
            let pace = speeds.pace(edge);
            pace.filter(|_| edge.traits.admits.contains(mode))
        };
        Self {
            roads,
            paces: roads.edges().iter().map(pace).collect(),
            obeys_oneway: speeds.obeys_oneway,
            access_pace: settings.detour / speeds.access_kmh * 60.0,
            places,
        }
    }

    /// The neighbours of one point.
    fn around(&self, from: usize, bounds: Bounds) -> Vec<Neighbour> {
        let origin = &self.places[from];
        let others = || (0..self.places.len()).filter(move |to| *to != from);
        let km_to = |to: usize| origin.point.place.distance_km(self.places[to].point.place);
        let mut directly: Vec<f64> = others().map(|to| km_to(to) * self.access_pace).collect();
        directly.sort_by(f64::total_cmp);
        let nearest_directly = bounds
            .neighbours
            .checked_sub(1)
            .and_then(|last| directly.get(last));
        let limit = nearest_directly.map_or(bounds.minutes, |m| m.min(bounds.minutes));
        let reached = origin.snap.map(|snap| self.search(&snap, limit));
        let mut list: Vec<Neighbour> = others()
            .filter_map(|to| {
                let km = km_to(to);
                let by_road = reached
                    .as_ref()
                    .zip(origin.snap)
                    .map_or(f64::INFINITY, |(reached, snap)| {
                        self.by_road(&snap, &self.places[to], reached)
                    });
                let minutes = by_road.min(km * self.access_pace);
                (minutes <= limit).then(|| Neighbour {
                    site: self.places[to].name.clone(),
                    minutes,
                    km,
                    approximate: is_far(origin) || is_far(&self.places[to]),
                })
            })
            .collect();
        in_order(&mut list);
        list.truncate(bounds.neighbours);
        list
    }

    /// Minutes from a point to each junction, its access leg included; infinite beyond the limit.
    fn search(&self, start: &Snap, limit: f64) -> Vec<f64> {
        let mut minutes = vec![f64::INFINITY; self.roads.nodes().len()];
        // Minutes as bits, which order as the numbers do, none being negative.
        let mut open: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
        let mut improve = |open: &mut BinaryHeap<_>, node: NodeIndex, at: f64| {
            let slot = &mut minutes[node.0 as usize];
            if at < *slot && at <= limit {
                *slot = at;
                open.push(Reverse((at.to_bits(), node.0)));
            }
        };
        let edge = &self.roads.edges()[start.edge.0 as usize];
        let Some(pace) = self.paces[start.edge.0 as usize] else {
            return minutes;
        };
        let on_road = start.access_km * self.access_pace;
        let ahead_m = edge.length_m - start.along_m;
        improve(&mut open, edge.to, on_road + ahead_m * pace);
        // At an edge's very end one is at the junction, whatever the one-way.
        if !self.is_oneway(edge) || start.along_m == 0.0 {
            improve(&mut open, edge.from, on_road + start.along_m * pace);
        }
        let mut settled = vec![false; self.roads.nodes().len()];
        while let Some(Reverse((bits, node))) = open.pop() {
            if std::mem::replace(&mut settled[node as usize], true) {
                continue;
            }
            let here = f64::from_bits(bits);
            for end in self.roads.ends_at(NodeIndex(node)) {
                let Some(pace) = self.paces[end.edge.0 as usize] else {
                    continue;
                };
                let edge = &self.roads.edges()[end.edge.0 as usize];
                let (onward, is_open) = if end.at_to {
                    (edge.from, !self.is_oneway(edge))
                } else {
                    (edge.to, true)
                };
                if is_open {
                    improve(&mut open, onward, here + edge.length_m * pace);
                }
            }
        }
        minutes
    }

    /// The quickest way over the network to a point, its access leg included.
    fn by_road(&self, start: &Snap, to: &Place<'_>, reached: &[f64]) -> f64 {
        let Some(end) = to.snap else {
            return f64::INFINITY;
        };
        let edge = &self.roads.edges()[end.edge.0 as usize];
        let Some(pace) = self.paces[end.edge.0 as usize] else {
            return f64::INFINITY;
        };
        let is_oneway = self.is_oneway(edge);
        let mut best = reached[edge.from.0 as usize] + end.along_m * pace;
        if !is_oneway || end.along_m == edge.length_m {
            let back_m = edge.length_m - end.along_m;
            best = best.min(reached[edge.to.0 as usize] + back_m * pace);
        }
        if start.edge == end.edge {
            let apart_m = end.along_m - start.along_m;
            if apart_m >= 0.0 || !is_oneway {
                let on_road = start.access_km * self.access_pace;
                best = best.min(on_road + apart_m.abs() * pace);
            }
        }
        best + end.access_km * self.access_pace
    }

    fn is_oneway(&self, edge: &geodata::Edge) -> bool {
        edge.traits.oneway && self.obeys_oneway
    }
}

fn is_far(place: &Place<'_>) -> bool {
    place
        .snap
        .is_none_or(|snap| snap.access_km > APPROXIMATE_OVER_KM)
}
