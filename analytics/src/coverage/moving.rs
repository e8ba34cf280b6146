//! Moving a point: what changes for whom, without computing the rest again.
//!
//! The engine holds every junction's best label and every cell's reach. When a point goes, only
//! the junctions that it held lose their label, and they are found by walking outwards from it:
//! a junction held by a point is reached through junctions held by the same point. They are
//! offered what their neighbours, the other points and the point's new place lead to, and one
//! search that starts from these offers repairs the rest (the idea of dynamic shortest paths by
//! Ramalingam & Reps 1996, for one region at once). Labels are whole steps whose order addition
//! keeps ([`super::time`]), so the result is the one of a computation from scratch, bit for bit.

use super::{
    CellReach, MAX_POINTS, PointRef, Rule,
    change::{CellChange, Change, ChangeError, Delta, HeldPoint, PeopleChange},
    ground::Ground,
    nearest::Nearest,
    points::{self, Placed, Targets},
    queue::Queue,
    search::{self, Offers},
    time::Label,
};
use geodata::LonLat;
use rayon::prelude::*;

/// Cells that one thread takes at a time.
const CELLS_AT_ONCE: usize = 1 << 15;

/// Points on a ground, and every cell's reach, kept right through changes.
#[derive(Debug)]
pub struct Mover<'g> {
    ground: &'g Ground,
    rule: Rule,
    points: Vec<HeldPoint>,
    targets: Targets,
    labels: Vec<Label>,
    nearest: Vec<Nearest>,
    reaches: Vec<CellReach>,
    covered: u64,
    queue: Queue,
    /// Cells to look at again, each once: by position, and as marks.
    stale: Vec<u32>,
    is_stale: Vec<bool>,
}

impl<'g> Mover<'g> {
    /// Starts with some points.
    ///
    /// # Errors
    /// [`ChangeError::Known`] when two have one id, [`ChangeError::Full`] when they are too many.
    pub fn new(
        ground: &'g Ground,
        points: &[PointRef<'_>],
        rule: Rule,
    ) -> Result<Self, ChangeError> {
        if points.len() > MAX_POINTS {
            return Err(ChangeError::Full);
        }
        let held: Vec<HeldPoint> = points::by_rank(points)
            .into_iter()
            .map(|at| &points[at as usize])
            .map(|point| HeldPoint {
                id: point.id.to_owned(),
                place: point.place,
            })
            .collect();
        if let Some(pair) = held.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(ChangeError::Known(pair[0].id.clone()));
        }
        let places: Vec<LonLat> = held.iter().map(|point| point.place).collect();
        let targets = Targets::new(ground, points::place(ground, &places));
        let labels = search::labels(&ground.graph, &targets.seeds());
        let nearest: Vec<Nearest> = ground
            .starts
            .par_iter()
            .map(|start| targets.tree.nearest(start.direction))
            .collect();
        let reaches: Vec<CellReach> = ground
            .starts
            .par_iter()
            .zip(&nearest)
            .map(|(start, nearest)| ground.reach(start, &targets, &labels, *nearest, &rule))
            .collect();
        let covered = reaches.iter().map(covered_people).sum();
        // Built now, so that the first change does not wait for it.
        if ground.node_count() > 0 {
            drop(ground.cells_at(0));
        }
        Ok(Self {
            ground,
            rule,
            points: held,
            targets,
            labels,
            nearest,
            is_stale: vec![false; reaches.len()],
            reaches,
            covered,
            queue: Queue::default(),
            stale: Vec::new(),
        })
    }

    /// The points, in order of id: nearest points are positions here.
    pub fn points(&self) -> &[HeldPoint] {
        &self.points
    }

    /// Every cell's reach, in the order of the cells.
    pub fn reaches(&self) -> &[CellReach] {
        &self.reaches
    }

    /// People covered.
    pub fn covered(&self) -> u64 {
        self.covered
    }

    /// Makes one change.
    ///
    /// # Errors
    /// [`ChangeError`], with nothing changed.
    pub fn apply(&mut self, change: &Change) -> Result<Delta, ChangeError> {
        let (Change::Add { id, .. } | Change::Move { id, .. } | Change::Remove { id }) = change;
        let found = self.points.binary_search_by(|point| point.id.cmp(id));
        match (change, found) {
            (Change::Add { place, .. }, Err(at)) => {
                if self.points.len() >= MAX_POINTS {
                    return Err(ChangeError::Full);
                }
                let new = self.placed(id, *place)?;
                let held = HeldPoint {
                    id: id.clone(),
                    place: *place,
                };
                self.points.insert(at, held);
                self.shift_up(at as u32);
                Ok(self.settle(at as u32, None, Some(new)))
            }
            (Change::Move { place, .. }, Ok(at)) => {
                let new = self.placed(id, *place)?;
                self.points[at].place = *place;
                let old = self.targets.placed[at];
                Ok(self.settle(at as u32, Some(old), Some(new)))
            }
            (Change::Remove { .. }, Ok(at)) => {
                self.points.remove(at);
                let old = self.targets.placed[at];
                Ok(self.settle(at as u32, Some(old), None))
            }
            (Change::Add { .. }, Ok(_)) => Err(ChangeError::Known(id.clone())),
            (Change::Move { .. } | Change::Remove { .. }, Err(_)) => {
                Err(ChangeError::Unknown(id.clone()))
            }
        }
    }

    fn placed(&self, id: &str, place: LonLat) -> Result<Placed, ChangeError> {
        let place = LonLat::new(place.lon, place.lat);
        let place = place.ok_or_else(|| ChangeError::NoPlace(id.to_owned()))?;
        let placed = points::place(self.ground, &[place]);
        placed
            .into_iter()
            .next()
            .ok_or_else(|| ChangeError::NoPlace(id.to_owned()))
    }

    /// The point of a rank goes from one place to another, or comes, or goes for good.
    fn settle(&mut self, rank: u32, old: Option<Placed>, new: Option<Placed>) -> Delta {
        let mut seeds = Offers::new();
        if old.is_some() {
            let region = self.release(rank);
            seeds = self.offers_to(&region);
        }
        for placed in [old, new].into_iter().flatten() {
            self.mark_same_edge(&placed);
        }
        self.replace_target(rank, old.is_some(), new);
        if old.is_some() && new.is_none() {
            self.shift_down(rank);
            for (_, label) in &mut seeds {
                if label.rank() > rank {
                    *label = label.with_rank(label.rank() - 1);
                }
            }
        }
        seeds.extend(self.targets.seeds());
        self.improve(&seeds);
        self.find_nearest(rank, new);
        self.look_again()
    }

    /// Takes the label from every junction that a point holds, and gives those junctions.
    fn release(&mut self, rank: u32) -> Vec<u32> {
        let mut region = Vec::new();
        let anchor = self.targets.placed[rank as usize].anchor;
        let ends = anchor
            .into_iter()
            .flat_map(|anchor| [anchor.from, anchor.to]);
        for node in ends {
            self.release_one(node, rank, &mut region);
        }
        let mut next = 0;
        while let Some(&node) = region.get(next) {
            next += 1;
            let ground = self.ground;
            for arc in ground.graph.arcs(node) {
                if arc.is_inward() {
                    self.release_one(arc.node(), rank, &mut region);
                }
            }
        }
        region
    }

    fn release_one(&mut self, node: u32, rank: u32, region: &mut Vec<u32>) {
        let label = &mut self.labels[node as usize];
        if !label.is_none() && label.rank() == rank {
            *label = Label::NONE;
            region.push(node);
            self.mark_at(node);
        }
    }

    /// What the junctions around a region lead to in it.
    fn offers_to(&self, region: &[u32]) -> Offers {
        let mut offers = Offers::new();
        for &node in region {
            for arc in self.ground.graph.arcs(node) {
                let label = self.labels[arc.node() as usize];
                if arc.is_outward() && !label.is_none() {
                    offers.push((node, label.after(arc.span.ticks())));
                }
            }
        }
        offers
    }

    fn replace_target(&mut self, rank: u32, was_there: bool, new: Option<Placed>) {
        let mut placed = std::mem::take(&mut self.targets.placed);
        let at = rank as usize;
        match (was_there, new) {
            (true, Some(new)) => placed[at] = new,
            (false, Some(new)) => placed.insert(at, new),
            (true, None) => drop(placed.remove(at)),
            (false, None) => {}
        }
        self.targets = Targets::new(self.ground, placed);
    }

    fn improve(&mut self, seeds: &Offers) {
        let ground = self.ground;
        let mut improved = Vec::new();
        search::settle(
            &ground.graph,
            &mut self.labels,
            &mut self.queue,
            seeds,
            |node, _| improved.push(node),
        );
        for node in improved {
            self.mark_at(node);
        }
    }

    /// Finds the nearest point anew for the cells that the change may touch.
    fn find_nearest(&mut self, rank: u32, new: Option<Placed>) {
        let tree = &self.targets.tree;
        let new = new.map(|placed| placed.place.direction());
        let chunks = self.nearest.par_chunks_mut(CELLS_AT_ONCE);
        let starts = self.ground.starts.par_chunks(CELLS_AT_ONCE);
        let touched = chunks
            .zip(starts)
            .enumerate()
            .flat_map_iter(|(chunk, (nearest, starts))| {
                let mut touched = Vec::new();
                let first = (chunk * CELLS_AT_ONCE) as u32;
                for ((nearest, start), at) in nearest.iter_mut().zip(starts).zip(first..) {
                    // Cells of the point that went carry `GONE`, which a rank never is.
                    let had_it = nearest.rank == rank && new.is_some() || nearest.rank == GONE;
                    let offered = new.map(|direction| Nearest {
                        chord2: start.direction.chord2(direction),
                        rank,
                    });
                    if had_it {
                        *nearest = tree.nearest(start.direction);
                        touched.push(at);
                    } else if let Some(offered) = offered.filter(|found| nearest.yields_to(found)) {
                        *nearest = offered;
                        touched.push(at);
                    }
                }
                touched
            });
        let touched: Vec<u32> = touched.collect();
        for at in touched {
            self.mark(at);
        }
    }

    /// Looks at the marked cells and tells what is different.
    fn look_again(&mut self) -> Delta {
        let mut delta = Delta::default();
        let mut stale = std::mem::take(&mut self.stale);
        stale.sort_unstable();
        for at in stale.drain(..) {
            let cell = at as usize;
            self.is_stale[cell] = false;
            let start = &self.ground.starts[cell];
            let nearest = self.nearest[cell];
            let now = self
                .ground
                .reach(start, &self.targets, &self.labels, nearest, &self.rule);
            let before = std::mem::replace(&mut self.reaches[cell], now);
            if before == now {
                continue;
            }
            let people = u64::from(now.population);
            match (before.covered, now.covered) {
                (false, true) => {
                    self.covered += people;
                    delta.people.gained += people;
                    delta.units.entry(now.unit).or_default().gained += people;
                }
                (true, false) => {
                    self.covered -= people;
                    delta.people.lost += people;
                    delta.units.entry(now.unit).or_default().lost += people;
                }
                _ => {}
            }
            delta.cells.push(CellChange {
                at,
                cell: now.cell,
                minutes_before: before.minutes,
                km_before: before.km,
                covered_before: before.covered,
                now,
            });
        }
        self.stale = stale;
        delta
            .units
            .retain(|_, people| *people != PeopleChange::default());
        delta.covered = self.covered;
        delta
    }

    fn mark(&mut self, at: u32) {
        if !std::mem::replace(&mut self.is_stale[at as usize], true) {
            self.stale.push(at);
        }
    }

    fn mark_at(&mut self, node: u32) {
        let ground = self.ground;
        for (at, _) in ground.cells_at(node) {
            self.mark(at);
        }
    }

    fn mark_same_edge(&mut self, placed: &Placed) {
        let Some(anchor) = placed.anchor else { return };
        let ground = self.ground;
        for (at, _) in ground.cells_at(anchor.from) {
            let foot = ground.starts[at as usize].foot;
            if foot.is_some_and(|foot| foot.edge == anchor.edge) {
                self.mark(at);
            }
        }
    }

    /// Makes room for a new rank: the higher ones move up.
    fn shift_up(&mut self, from: u32) {
        self.renumber(|rank| if rank >= from { rank + 1 } else { rank });
    }

    /// Closes the gap of a rank that went.
    fn shift_down(&mut self, gone: u32) {
        self.renumber(|rank| match rank.cmp(&gone) {
            std::cmp::Ordering::Less => rank,
            std::cmp::Ordering::Equal => GONE,
            std::cmp::Ordering::Greater => rank - 1,
        });
    }

    fn renumber(&mut self, new: impl Fn(u32) -> u32 + Sync) {
        self.labels
            .par_iter_mut()
            .with_min_len(CELLS_AT_ONCE)
            .for_each(|label| {
                if !label.is_none() {
                    *label = label.with_rank(new(label.rank()));
                }
            });
        let cells = self.nearest.par_iter_mut().zip(&mut self.reaches);
        cells
            .with_min_len(CELLS_AT_ONCE)
            .for_each(|(nearest, reach)| {
                if nearest.chord2.is_finite() {
                    nearest.rank = new(nearest.rank);
                }
                reach.nearest_by_time = reach.nearest_by_time.map(&new);
                reach.nearest_by_distance = reach.nearest_by_distance.map(&new);
            });
    }
}

/// Stands for the rank of a point that is no more, until its cells are looked at again.
const GONE: u32 = u32::MAX - 1;

fn covered_people(reach: &CellReach) -> u64 {
    if reach.covered {
        u64::from(reach.population)
    } else {
        0
    }
}
