//! Reach that counts the queue: the least way **and** wait over all points.
//!
//! A point's wait is added where the search sets out from it, so one search answers for all. A
//! point whose wait is not known competes with its way alone, and a cell that it wins is marked.

use super::{
    Ground, PointRef, Rule,
    ground::Start,
    nearest::Nearest,
    points::{self, Targets},
    search,
    time::{Label, Ticks},
};
use geodata::{EARTH_RADIUS_KM, LonLat};
use rayon::prelude::*;

/// Why waits cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// Not one for each point.
    #[error("there are {points} points and {waits} waits: give one for each point, or none known")]
    Count {
        /// Points asked about.
        points: usize,
        /// Waits given.
        waits: usize,
    },
    /// Negative or not a number.
    #[error("the wait at point `{0}` is not a number of minutes of at least 0: correct it")]
    NoWait(String),
}

/// How one cell is served soonest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServedReach {
    /// Minutes of way and wait, unrounded; infinite when no point counts.
    pub minutes: f64,
    /// Minutes of the way to the point that wins.
    pub travel_minutes: f64,
    /// Its wait; `None` when not known, and then `minutes` are those of the way alone.
    pub wait_minutes: Option<f64>,
    /// The point that wins, as a position among those asked about.
    pub point: Option<u32>,
    /// The nearest point by time, likewise.
    pub nearest: Option<u32>,
    /// Whether another than the nearest point wins.
    pub differs: bool,
}

impl Ground {
    /// Where every cell is served soonest, in the order of the cells; `waits` are minutes, one
    /// for each point. Equal sums go to the lower id.
    ///
    /// # Errors
    /// [`WaitError`] when there is not one wait for each point or one cannot be.
    pub fn served_soonest(
        &self,
        points: &[PointRef<'_>],
        waits: &[Option<f64>],
    ) -> Result<Vec<ServedReach>, WaitError> {
        if points.len() != waits.len() {
            return Err(WaitError::Count {
                points: points.len(),
                waits: waits.len(),
            });
        }
        for (point, wait) in points.iter().zip(waits) {
            if wait.is_some_and(|wait| !(wait >= 0.0 && wait.is_finite())) {
                return Err(WaitError::NoWait(point.id.to_owned()));
            }
        }
        let position = points::by_rank(points);
        let places: Vec<LonLat> = position
            .iter()
            .map(|at| points[*at as usize].place)
            .collect();
        let mut placed = points::place(self, &places);
        for (point, at) in placed.iter_mut().zip(&position) {
            point.extra = Ticks::from_minutes(waits[*at as usize].unwrap_or(0.0));
        }
        let least_wait = placed.iter().map(|point| point.extra).min();
        let targets = Targets::new(self, placed);
        let labels = search::labels(&self.graph, &targets.seeds());
        let nearest = self.nearest(points, &Rule::default());
        let served = self
            .starts
            .par_iter()
            .zip(&nearest)
            .map(|(start, nearest)| {
                let by_road = targets.by_road(start, &labels);
                let least_wait = least_wait.unwrap_or(Ticks::ZERO);
                let best = self.directly(start, &targets, by_road, least_wait);
                let point = (!best.is_none()).then(|| position[best.rank() as usize]);
                let wait = point.and_then(|point| waits[point as usize]);
                let extra = Ticks::from_minutes(wait.unwrap_or(0.0));
                let travel = if best.is_none() {
                    Ticks::NEVER
                } else {
                    Ticks(best.ticks().0.saturating_sub(extra.0))
                };
                ServedReach {
                    minutes: best.minutes(),
                    travel_minutes: travel.minutes(),
                    wait_minutes: wait,
                    point,
                    nearest: nearest.nearest_by_time,
                    differs: point != nearest.nearest_by_time,
                }
            });
        Ok(served.collect())
    }

    /// The better of a label and of what any point offers directly, its wait included.
    fn directly(&self, start: &Start, targets: &Targets, by_road: Label, wait: Ticks) -> Label {
        let mut best = by_road;
        let reach = |best: &Label| {
            if best.is_none() {
                return f64::INFINITY;
            }
            // Farther than this, not even the shortest wait makes it the better one.
            let left = Ticks(best.ticks().0.saturating_sub(wait.0) + 1);
            let angle = self.access().km_in(left) / EARTH_RADIUS_KM;
            let chord = 2.0 * (angle / 2.0).min(1.5).sin();
            chord * chord * (1.0 + 1e-9) + 1e-24
        };
        targets
            .tree
            .visit(start.direction, &mut best, reach, |best, found: Nearest| {
                if found.chord2 <= reach(best) {
                    let point = &targets.placed[found.rank as usize];
                    let way = self.access().ticks(start.centre.distance_km(point.place));
                    *best = (*best).min(Label::new(way.plus(point.extra), found.rank));
                }
            });
        best
    }
}
