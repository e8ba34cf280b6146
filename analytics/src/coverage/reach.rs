//! The question and its answer for every cell.

use super::{
    Mode, Rule,
    anchor::RoadSnapper,
    ground::{AccessPace, Ground, Start},
    nearest::Nearest,
    network::ModeNetwork,
    points::{self, Targets},
    search,
    settings::{ModeSpeeds, TravelSettings},
    time::Label,
};
use geodata::{CellIndex, KindSet, LonLat, Pack, Point, SnapIndex, UnitIndex};
use rayon::prelude::*;
use std::sync::Arc;

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
    /// Minutes by road alone, access legs included; `None` where no way on the network leads from
    /// the cell to a point (an island, another part of the network).
    pub network_minutes: Option<f64>,
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
    index: Arc<SnapIndex>,
    ground: Ground,
}

impl<'p> Coverage<'p> {
    /// Snaps every cell to the roads of a mode.
    ///
    /// # Errors
    /// [`CoverageError::Settings`] when a speed or the detour cannot be.
    pub fn prepare(
        pack: &'p Pack,
        settings: &TravelSettings,
        mode: Mode,
    ) -> Result<Self, CoverageError> {
        check(settings)?;
        let speeds = settings.speeds(mode);
        let index = Arc::new(SnapIndex::new(&pack.roads, |edge| {
            edge.traits.admits.contains(mode) && speeds.on(edge.traits.class).is_some()
        }));
        let ground = ground(pack, settings, mode, &index, None);
        Ok(Self {
            pack,
            mode,
            speeds: speeds.clone(),
            index,
            ground,
        })
    }

    /// The same pack and mode at other speeds. Where they open the same classes of road, no cell
    /// is snapped again; else everything is prepared anew. The result is the same.
    ///
    /// # Errors
    /// [`CoverageError::Settings`] when a speed or the detour cannot be.
    pub fn at_speeds(&self, settings: &TravelSettings) -> Result<Ground, CoverageError> {
        check(settings)?;
        let classes = &settings.speeds(self.mode).class_kmh;
        if classes.keys().eq(self.speeds.class_kmh.keys()) {
            let known = Some(&self.ground);
            return Ok(ground(self.pack, settings, self.mode, &self.index, known));
        }
        let anew = Self::prepare(self.pack, settings, self.mode)?;
        Ok(anew.ground)
    }

    /// The pack it was prepared from.
    pub fn pack(&self) -> &'p Pack {
        self.pack
    }

    /// The mode it was prepared for.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What every computation runs on.
    pub fn ground(&self) -> &Ground {
        &self.ground
    }

    /// How every cell reaches the nearest of some points, in the order of the cells.
    pub fn compute(&self, points: &[PointRef<'_>], rule: &Rule) -> Vec<CellReach> {
        self.ground.nearest(points, rule)
    }
}

fn check(settings: &TravelSettings) -> Result<(), CoverageError> {
    settings
        .mistake()
        .map_or(Ok(()), |mistake| Err(CoverageError::Settings(mistake)))
}

/// The ground of a pack; `known` is one on the same roads, whose snapping holds.
fn ground(
    pack: &Pack,
    settings: &TravelSettings,
    mode: Mode,
    index: &Arc<SnapIndex>,
    known: Option<&Ground>,
) -> Ground {
    let speeds = settings.speeds(mode);
    let network = Arc::new(ModeNetwork::new(&pack.roads, speeds, mode));
    let access = AccessPace {
        detour: settings.detour,
        kmh: speeds.access_kmh,
    };
    let graph = network.graph();
    let snapper = Box::new(RoadSnapper {
        network: Arc::clone(&network),
        index: Arc::clone(index),
    });
    if let Some(known) = known {
        return known.on(graph, access, snapper, |snap| network.anchor(snap));
    }
    let cells = pack.cells.as_slice();
    Ground::new(graph, cells, pack.units.len(), access, snapper)
}

impl Ground {
    /// How every cell reaches the nearest of some points, in the order of the cells. Of more than
    /// [`super::MAX_POINTS`] points the first by id count.
    pub fn nearest(&self, points: &[PointRef<'_>], rule: &Rule) -> Vec<CellReach> {
        let position = points::by_rank(points);
        let places: Vec<LonLat> = position
            .iter()
            .map(|at| points[*at as usize].place)
            .collect();
        let targets = Targets::new(self, points::place(self, &places));
        let labels = search::labels(&self.graph, &targets.seeds());
        self.starts
            .par_iter()
            .map(|start| {
                let nearest = targets.tree.nearest(start.direction);
                let mut reach = self.reach(start, &targets, &labels, nearest, rule);
                let given = |rank: u32| position.get(rank as usize).copied();
                reach.nearest_by_time = reach.nearest_by_time.and_then(given);
                reach.nearest_by_distance = reach.nearest_by_distance.and_then(given);
                reach
            })
            .collect()
    }

    /// One cell's reach, its nearest points by rank.
    pub(super) fn reach(
        &self,
        start: &Start,
        targets: &Targets,
        labels: &[Label],
        nearest: Nearest,
        rule: &Rule,
    ) -> CellReach {
        let km = targets.km(start, nearest);
        let is_any = km.is_finite();
        let direct = if is_any {
            Label::new(self.access().ticks(km), nearest.rank)
        } else {
            Label::NONE
        };
        let by_road = targets.by_road(start, labels);
        let best = direct.min(by_road);
        let minutes = best.minutes();
        CellReach {
            cell: start.cell,
            unit: start.unit,
            population: start.population,
            minutes,
            network_minutes: (!by_road.is_none()).then(|| by_road.minutes()),
            km,
            nearest_by_time: (!best.is_none()).then(|| best.rank()),
            nearest_by_distance: is_any.then_some(nearest.rank),
            covered: rule.covers(minutes, km),
            access_km: start.access_km,
            approximate: start.access_km > APPROXIMATE_OVER_KM,
        }
    }
}
