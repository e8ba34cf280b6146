//! The question and its answer for every cell.

use super::{
    Mode, Rule,
    network::{Label, ModeNetwork},
    settings::{ModeSpeeds, TravelSettings},
};
use geodata::{
    Cell, CellIndex, EdgeIndex, KindSet, LonLat, Pack, Point, Snap, SnapIndex, UnitIndex,
    place::Direction,
};
use rayon::prelude::*;

/// An access leg over this many kilometres marks a figure as approximate.
pub const APPROXIMATE_OVER_KM: f64 = 1.0;

/// Why coverage cannot be computed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverageError {
    /// A speed or the detour cannot be.
    #[error("the travel settings are not possible: {0}; correct them")]
    Settings(String),
}

/// A point as coverage sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointRef<'a> {
    /// Its id: equal times or distances go to the lower one.
    pub id: &'a str,
    /// Where it is.
    pub place: LonLat,
}

/// The points that count: open ones of the kinds asked for.
pub fn select(points: &[Point], kinds: KindSet) -> Vec<PointRef<'_>> {
    points
        .iter()
        .filter(|point| point.open && kinds.contains(point.kind))
        .map(|point| PointRef {
            id: &point.id,
            place: point.place,
        })
        .collect()
}

/// How one cell reaches the nearest point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CellReach {
    /// The cell.
    pub cell: CellIndex,
    /// Its unit.
    pub unit: UnitIndex,
    /// Its people.
    pub population: u32,
    /// Minutes to the nearest point by time, unrounded; infinite when no point counts.
    pub minutes: f64,
    /// Great-circle kilometres to the nearest point by distance; infinite when no point counts.
    pub km: f64,
    /// The nearest point by time, as a position among the points asked about.
    pub nearest_by_time: Option<u32>,
    /// The nearest point by distance, likewise.
    pub nearest_by_distance: Option<u32>,
    /// Whether the rule holds.
    pub covered: bool,
    /// Straight-line kilometres from its centre to the network; infinite without a network.
    pub access_km: f64,
    /// Whether that is over [`APPROXIMATE_OVER_KM`].
    pub approximate: bool,
}

/// A pack made ready for one mode. Keep it: preparing takes longer than answering.
#[derive(Debug)]
pub struct Coverage<'p> {
    pack: &'p Pack,
    mode: Mode,
    speeds: ModeSpeeds,
    detour: f64,
    network: ModeNetwork<'p>,
    index: SnapIndex,
    cells: Vec<CellStart>,
}

#[derive(Debug)]
struct CellStart {
    cell: Cell,
    centre: LonLat,
    direction: Direction,
    snap: Option<Snap>,
}

/// The points in order of id, as the search needs them.
struct Targets {
    /// Position among the points asked about, by rank.
    position: Vec<u32>,
    place: Vec<LonLat>,
    direction: Vec<Direction>,
    /// Points on the network, sorted by edge.
    on_edges: Vec<EdgeTarget>,
}

/// A point where it meets the network.
#[derive(Clone, Copy)]
struct EdgeTarget {
    edge: EdgeIndex,
    along_m: f64,
    /// From there to the point itself.
    label: Label,
}

impl<'p> Coverage<'p> {
    /// Snaps every cell to the roads of a mode.
    pub fn prepare(
        pack: &'p Pack,
        settings: &TravelSettings,
        mode: Mode,
    ) -> Result<Self, CoverageError> {
        if let Some(mistake) = settings.mistake() {
            return Err(CoverageError::Settings(mistake));
        }
        let speeds = settings.speeds(mode).clone();
        let network = ModeNetwork::new(&pack.roads, &speeds, mode);
        let index = SnapIndex::new(&pack.roads, |edge| {
            edge.traits.admits.contains(mode) && speeds.on(edge.traits.class).is_some()
        });
        let cells = pack
            .cells
            .as_slice()
            .par_iter()
            .map(|cell| {
                let centre = cell.centre();
                let snap = index.nearest(centre);
                CellStart {
                    cell: *cell,
                    centre,
                    direction: centre.direction(),
                    snap,
                }
            })
            .collect();
        Ok(Self {
            pack,
            mode,
            speeds,
            detour: settings.detour,
            network,
            index,
            cells,
        })
    }

    /// The pack it was prepared from.
    pub fn pack(&self) -> &'p Pack {
        self.pack
    }

    /// The mode it was prepared for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Straight-line kilometres from a place to the nearest road of the mode; `None` without a network.
    pub fn road_km(&self, place: LonLat) -> Option<f64> {
        self.index.nearest(place).map(|snap| snap.access_km)
    }

    /// How every cell reaches the nearest of some points, in the order of the cells.
    pub fn compute(&self, points: &[PointRef<'_>], rule: &Rule) -> Vec<CellReach> {
        let targets = self.targets(points);
        let labels = self
            .network
            .labels(targets.on_edges.iter().flat_map(|target| {
                let edge = self.network.edge(target.edge);
                let pace = edge.pace.unwrap_or(f64::INFINITY);
                let by_from = Some((edge.from, target.label.after(target.along_m * pace)));
                let back_m = edge.length_m - target.along_m;
                let by_to = edge
                    .may_come_back_to(target.along_m)
                    .then(|| (edge.to, target.label.after(back_m * pace)));
                by_from.into_iter().chain(by_to)
            }));
        self.cells
            .par_iter()
            .map(|start| self.reach(start, &targets, &labels, rule))
            .collect()
    }

    fn targets(&self, points: &[PointRef<'_>]) -> Targets {
        let mut position: Vec<u32> = (0..points.len() as u32).collect();
        position.sort_by_key(|at| points[*at as usize].id);
        let place: Vec<LonLat> = position
            .iter()
            .map(|at| points[*at as usize].place)
            .collect();
        let direction = place.iter().map(|place| place.direction()).collect();
        let snapped: Vec<Option<Snap>> = place
            .par_iter()
            .map(|place| self.index.nearest(*place))
            .collect();
        let mut on_edges = Vec::with_capacity(snapped.len());
        for (rank, snap) in snapped.into_iter().enumerate() {
            let Some(snap) = snap else { continue };
            let minutes = self.access_minutes(snap.access_km);
            let label = Label {
                minutes,
                rank: rank as u32,
            };
            on_edges.push(EdgeTarget {
                edge: snap.edge,
                along_m: snap.along_m,
                label,
            });
        }
        on_edges.sort_by_key(|target| target.edge);
        Targets {
            position,
            place,
            direction,
            on_edges,
        }
    }

    fn reach(
        &self,
        start: &CellStart,
        targets: &Targets,
        labels: &[Label],
        rule: &Rule,
    ) -> CellReach {
        let nearest = nearest_by_distance(start, targets);
        let km = nearest.map_or(f64::INFINITY, |rank| {
            start.centre.distance_km(targets.place[rank as usize])
        });
        let direct = match nearest {
            Some(rank) => Label {
                minutes: self.access_minutes(km),
                rank,
            },
            None => Label::NONE,
        };
        let by_road = start
            .snap
            .map_or(Label::NONE, |snap| self.by_road(&snap, targets, labels));
        let best = direct.or(by_road);
        let access_km = start.snap.map_or(f64::INFINITY, |snap| snap.access_km);
        CellReach {
            cell: start.cell.index,
            unit: start.cell.unit,
            population: start.cell.population,
            minutes: best.minutes,
            km,
            nearest_by_time: targets.position.get(best.rank as usize).copied(),
            nearest_by_distance: nearest.map(|rank| targets.position[rank as usize]),
            covered: rule.covers(best.minutes, km),
            access_km,
            approximate: access_km > APPROXIMATE_OVER_KM,
        }
    }

    /// The quickest way over the network from where a cell meets it.
    fn by_road(&self, snap: &Snap, targets: &Targets, labels: &[Label]) -> Label {
        let edge = self.network.edge(snap.edge);
        let Some(pace) = edge.pace else {
            return Label::NONE;
        };
        let ahead_m = edge.length_m - snap.along_m;
        let mut best = labels[edge.to.0 as usize].after(ahead_m * pace);
        if edge.may_go_back_from(snap.along_m) {
            best = best.or(labels[edge.from.0 as usize].after(snap.along_m * pace));
        }
        let first = targets
            .on_edges
            .partition_point(|target| target.edge < snap.edge);
        for target in targets.on_edges[first..]
            .iter()
            .take_while(|t| t.edge == snap.edge)
        {
            let apart_m = target.along_m - snap.along_m;
            if apart_m >= 0.0 || !edge.is_oneway {
                best = best.or(target.label.after(apart_m.abs() * pace));
            }
        }
        best.after(self.access_minutes(snap.access_km))
    }

    fn access_minutes(&self, straight_km: f64) -> f64 {
        straight_km * self.detour / self.speeds.access_kmh * 60.0
    }
}

/// The rank of the nearest point; of several equally near, the lowest.
fn nearest_by_distance(start: &CellStart, targets: &Targets) -> Option<u32> {
    let mut nearest = None;
    let mut nearest_chord2 = f64::INFINITY;
    for (rank, direction) in targets.direction.iter().enumerate() {
        let chord2 = start.direction.chord2(*direction);
        if chord2 < nearest_chord2 {
            nearest_chord2 = chord2;
            nearest = Some(rank as u32);
        }
    }
    nearest
}
