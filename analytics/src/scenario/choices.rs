//! What siting chooses from, made of coverage: whom each place would cover beside the points there are, and in how many
//! minutes it would be reached.
//!
//! **In**: coverage made ready, its reaches with the points that stay, the rule, and places. **Out**: the plain arrays of
//! [`crate::siting`], with cells as demands.
//!
//! What holds: a choice covers by [`Choices::cover`] whom [`Coverage::compute`] would count as covered with the chosen places
//! among the points (where the rule wants time *and* distance, of one new place, beside the points that stay); no cell that
//! is covered already is anybody's to win.

use std::collections::BTreeMap;

use geodata::{CellIndex, LonLat, Resolution};

use crate::coverage::{CellReach, Coverage, Rule, RuleKind, Within};
use crate::siting::{Costs, Cover, SitingError};

/// Places whose surroundings are held at once.
const AT_ONCE: usize = 512;
/// Cells that may be a place are one in each parent of this resolution: about 5 km² each.
const COARSE: Resolution = Resolution::Seven;

/// What there is to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choices<'a> {
    /// The city, made ready.
    pub coverage: &'a Coverage<'a>,
    /// How each cell reaches the points that stay.
    pub reaches: &'a [CellReach],
    /// Who counts as covered.
    pub rule: Rule,
}

/// How finely minutes are added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demands {
    /// Each cell.
    Cells,
    /// Cells gathered by their parents of resolution 8, each at the cell with most people: a seventh of the demands.
    Gathered,
}

impl<'a> Choices<'a> {
    /// Whom each place would cover beside the points that stay.
    ///
    /// # Errors
    /// As [`Cover::new`].
    pub fn cover(&self, places: &[LonLat]) -> Result<Cover, SitingError> {
        let covered = (0u32..).zip(self.reaches).filter(|(_, r)| r.covered);
        self.cover_beside(places, vec![covered.map(|(at, _)| at).collect()])
    }

    /// The same with a row of cells for each point that stays, or none: then it matters who else a place would cover, too.
    ///
    /// # Errors
    /// As [`Cover::new`].
    pub fn cover_beside(
        &self,
        places: &[LonLat],
        kept: Vec<Vec<u32>>,
    ) -> Result<Cover, SitingError> {
        let weights = self.reaches.iter().map(|reach| reach.population).collect();
        let mut lists = Vec::with_capacity(places.len());
        let is_shared = kept.len() != 1;
        for some in places.chunks(AT_ONCE) {
            let matrix = self.coverage.ground().matrix(some, self.within());
            lists.extend((0..matrix.len()).map(|at| {
                let won = matrix.of(at).iter().filter(|reached| {
                    let reach = &self.reaches[reached.cell as usize];
                    if reach.covered {
                        return is_shared && self.rule.covers(reached.minutes, reached.km);
                    }
                    let (minutes, km) =
                        (reached.minutes.min(reach.minutes), reached.km.min(reach.km));
                    self.rule.covers(minutes, km)
                });
                won.map(|reached| reached.cell).collect()
            }));
        }
        Cover::new(weights, lists, kept)
    }

    /// Time and distance may come of two points: a place with one of them is looked at, too.
    const fn within(&self) -> Within {
        let kind = match self.rule.kind {
            RuleKind::All => RuleKind::Any,
            kind => kind,
        };
        Within::Rule(Rule { kind, ..self.rule })
    }

    /// Minutes from where people are to each place, up to `far`, beside those to the points that stay.
    ///
    /// # Errors
    /// As [`Costs::new`].
    pub fn costs(
        &self,
        places: &[LonLat],
        demands: Demands,
        far: f64,
    ) -> Result<Costs, SitingError> {
        let demands = Gathered::of(self.reaches, demands);
        let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); demands.at.len()];
        for (chunk, some) in places.chunks(AT_ONCE).enumerate() {
            let matrix = self.coverage.ground().matrix(some, Within::Minutes(far));
            for at in 0..matrix.len() {
                let candidate = (chunk * AT_ONCE + at) as u32;
                for reached in matrix.of(at) {
                    if let Some(demand) = demands.of_cell[reached.cell as usize] {
                        rows[demand as usize].push((candidate, reached.minutes));
                    }
                }
            }
        }
        let nearest = demands.at.iter().map(|at| self.reaches[*at].minutes);
        let nearest: Vec<f64> = nearest.collect();
        Costs::new(demands.people, places.len(), rows, &nearest, far)
    }

    /// All cells with people, in their order: who may put a point anywhere puts it among people.
    pub fn cells(&self) -> Vec<&'a CellReach> {
        let all = self.reaches.iter();
        all.filter(|reach| reach.population > 0).collect()
    }

    /// Of each 5 km² the cell with most people.
    pub fn coarse_cells(&self) -> Vec<&'a CellReach> {
        let mut best: BTreeMap<CellIndex, &'a CellReach> = BTreeMap::new();
        for reach in self.cells() {
            let Some(parent) = reach.cell.parent(COARSE) else {
                continue;
            };
            let most = best.entry(parent).or_insert(reach);
            if most.population < reach.population {
                *most = reach;
            }
        }
        best.into_values().collect()
    }
}

/// Where minutes are counted from.
struct Gathered {
    /// Position of the cell of each demand.
    at: Vec<usize>,
    people: Vec<u32>,
    /// The demand that stands at a cell.
    of_cell: Vec<Option<u32>>,
}

impl Gathered {
    fn of(reaches: &[CellReach], demands: Demands) -> Self {
        let peopled = reaches.iter().enumerate().filter(|(_, r)| r.population > 0);
        let (at, people): (Vec<usize>, Vec<u32>) = match demands {
            Demands::Cells => peopled.map(|(at, r)| (at, r.population)).unzip(),
            Demands::Gathered => {
                let mut by_parent: BTreeMap<CellIndex, (usize, u32)> = BTreeMap::new();
                for (at, reach) in peopled {
                    let Some(parent) = reach.cell.parent(Resolution::Eight) else {
                        continue;
                    };
                    let (most, people) = by_parent.entry(parent).or_insert((at, 0));
                    *people += reach.population;
                    if reaches[*most].population < reach.population {
                        *most = at;
                    }
                }
                by_parent.into_values().unzip()
            }
        };
        let mut of_cell = vec![None; reaches.len()];
        for (demand, at) in (0u32..).zip(&at) {
            of_cell[*at] = Some(demand);
        }
        Self {
            at,
            people,
            of_cell,
        }
    }
}
