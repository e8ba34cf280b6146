//! Floating catchment: how much capacity stands open to each person, when all compete for it.
//!
//! In two steps (2SFCA, Luo & Wang 2003): each point's capacity is divided by the people of its
//! catchment; each cell adds up the ratios of the points whose catchment it lies in. The enhanced
//! form (E2SFCA, Luo & Qi 2009) weights people and ratios by zones of minutes. The capacity that
//! cells get, times their people, adds up to the capacity given.

use super::{Ground, Within};
use geodata::LonLat;

/// A point with what it can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Supply {
    /// Where it is.
    pub place: LonLat,
    /// Its capacity in any unit: counters, dossiers a day. Negative counts as none.
    pub capacity: f64,
}

/// Zones of minutes, each up to and with its own limit, ascending, with a weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Zones(Vec<(f64, f64)>);

impl Zones {
    /// Zones in ascending order of their limits.
    pub fn new(mut zones: Vec<(f64, f64)>) -> Self {
        zones.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self(zones)
    }

    /// One zone in which all weigh the same: 2SFCA.
    pub fn flat(minutes: f64) -> Self {
        Self(vec![(minutes, 1.0)])
    }

    /// The zones to 10, 20 and 30 minutes with the first set of Gaussian weights of Luo & Qi
    /// (2009), the slower decay: 1, 0.68, 0.22.
    pub fn enhanced() -> Self {
        Self(vec![(10.0, 1.0), (20.0, 0.68), (30.0, 0.22)])
    }

    /// The same zones with their second set, the sharper decay: 1, 0.42, 0.09.
    pub fn enhanced_sharp() -> Self {
        Self(vec![(10.0, 1.0), (20.0, 0.42), (30.0, 0.09)])
    }

    /// The weight at so many minutes; 0 beyond the last zone.
    pub fn weight(&self, minutes: f64) -> f64 {
        let zone = self.0.iter().find(|zone| minutes <= zone.0);
        zone.map_or(0.0, |zone| zone.1)
    }

    fn limit(&self) -> f64 {
        self.0.last().map_or(0.0, |zone| zone.0)
    }
}

/// The result of both steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Catchment {
    /// Capacity per (weighted) person of each point's catchment; `None` where nobody lives in it.
    pub ratios: Vec<Option<f64>>,
    /// Capacity per person open to each cell, in the order of the cells; 0 in no catchment.
    pub access: Vec<f64>,
}

/// Both steps.
pub fn catchment(ground: &Ground, supplies: &[Supply], zones: &Zones) -> Catchment {
    let places: Vec<LonLat> = supplies.iter().map(|supply| supply.place).collect();
    let matrix = ground.matrix(&places, Within::Minutes(zones.limit()));
    let people = |cell: u32| f64::from(ground.starts[cell as usize].population);
    let ratios: Vec<Option<f64>> = supplies
        .iter()
        .enumerate()
        .map(|(at, supply)| {
            let cells = matrix.of(at).iter();
            let demand: f64 = cells
                .map(|c| people(c.cell) * zones.weight(c.minutes))
                .sum();
            (demand > 0.0).then(|| supply.capacity.max(0.0) / demand)
        })
        .collect();
    let mut access = vec![0.0; ground.cell_count()];
    for (at, ratio) in ratios.iter().enumerate() {
        let Some(ratio) = ratio else { continue };
        for reached in matrix.of(at) {
            access[reached.cell as usize] += ratio * zones.weight(reached.minutes);
        }
    }
    Catchment { ratios, access }
}
