//! Instances to try the methods on: seeded, clustered demand in a plane, cover by radius.

use super::{Costs, Cover, SitingError};

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Demands.
    pub demands: usize,
    /// Candidates.
    pub candidates: usize,
    /// Clusters that most demands and candidates lie around.
    pub clusters: usize,
    /// A candidate covers what is so near, in a plane of 100 by 100.
    pub radius: f64,
    /// The same seed gives the same instance.
    pub seed: u64,
}

/// Places in the plane and people.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// People of each demand, 1 to 1000, few of them large.
    pub weights: Vec<u32>,
    /// Where each demand is.
    pub demands: Vec<(f64, f64)>,
    /// Where each candidate is.
    pub candidates: Vec<(f64, f64)>,
    radius: f64,
}

/// Makes an instance. Four in five places lie around a cluster, the rest anywhere.
pub fn instance(plan: &Plan) -> Instance {
    let mut random = Random(plan.seed);
    let centres: Vec<((f64, f64), f64)> = (0..plan.clusters.max(1))
        .map(|_| (random.anywhere(), 3.0 + 9.0 * random.fraction()))
        .collect();
    let place = |random: &mut Random| {
        if random.fraction() < 0.2 {
            return random.anywhere();
        }
        let ((x, y), spread) = centres[random.below(centres.len())];
        let near =
            |middle: f64, random: &mut Random| (middle + spread * random.bell()).clamp(0.0, 100.0);
        (near(x, random), near(y, random))
    };
    let demands: Vec<(f64, f64)> = (0..plan.demands).map(|_| place(&mut random)).collect();
    let candidates = (0..plan.candidates).map(|_| place(&mut random)).collect();
    let weights = (0..plan.demands)
        .map(|_| 1 + (999.0 * random.fraction().powi(3)) as u32)
        .collect();
    Instance {
        weights,
        demands,
        candidates,
        radius: plan.radius,
    }
}

impl Instance {
    /// Who covers whom.
    pub fn cover(&self) -> Result<Cover, SitingError> {
        let near = |&at: &(f64, f64)| {
            let all = self.demands.iter().enumerate();
            all.filter(|(_, demand)| distance(at, **demand) <= self.radius)
                .map(|(index, _)| index as u32)
                .collect()
        };
        let rows = self.candidates.iter().map(near).collect();
        Cover::new(self.weights.clone(), rows, Vec::new())
    }

    /// Minutes from every demand to the candidates within `limit`, at one length a minute.
    pub fn costs(&self, limit: f64) -> Result<Costs, SitingError> {
        let rows = self.demands.iter().map(|&from| {
            let all = self.candidates.iter().enumerate();
            all.map(|(at, &to)| (at as u32, distance(from, to)))
                .filter(|(_, minutes)| *minutes <= limit)
                .collect()
        });
        let rows = rows.collect();
        Costs::new(
            self.weights.clone(),
            self.candidates.len(),
            rows,
            &[],
            limit,
        )
    }

    /// Minutes from each candidate to the others within `limit`, at one length a minute.
    pub fn travel(&self, limit: f64) -> Vec<Vec<(u32, f64)>> {
        let row = |from: usize| {
            let all = self.candidates.iter().enumerate();
            all.filter(|(to, _)| *to != from)
                .map(|(to, &place)| (to as u32, distance(self.candidates[from], place)))
                .filter(|(_, minutes)| *minutes <= limit)
                .collect()
        };
        (0..self.candidates.len()).map(row).collect()
    }
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// From 0 to under 1.
    pub fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number under `limit` (which is not 0).
    pub fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit as u64) as usize
    }

    /// About a standard normal: the sum of twelve fractions less six.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.fraction()).sum::<f64>() - 6.0
    }

    fn anywhere(&mut self) -> (f64, f64) {
        (100.0 * self.fraction(), 100.0 * self.fraction())
    }
}
