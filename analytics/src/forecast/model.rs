//! Learned from the late and the timely, and asked of the open.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use ingest::event::EventTime;
use serde::Serialize;

use super::course::Course;
use crate::names::Name;

/// Parts into which the allotted time is cut.
const PARTS: usize = 20;
/// So many cases of its own weigh as much as all that the wider group says.
pub const WEIGHT: f64 = 25.0;
/// Chances by which the calibration is told: each from one to the next.
const EDGES: [f64; 10] = [0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0];

/// How wide a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// All dossiers.
    City,
    /// Those of the agency.
    Agency,
    /// Those of the agency's procedure.
    Procedure,
    /// Of these, those in the same hands or step.
    Step,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    open: u32,
    late: u32,
}

type Counts = [Count; PARTS];

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Group {
    City,
    Agency(Name),
    Procedure(Name, Name),
    Step(Name, Name, Name),
}

/// What was learned.
#[derive(Debug, Default)]
pub struct Model {
    groups: HashMap<Group, Counts, RandomState>,
    /// Dossiers learned from.
    pub dossiers: u64,
    /// Of them late.
    pub late: u64,
}

/// A chance, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// The chance of being late.
    pub late: f64,
    /// The part of the allotted time that is used.
    pub used: f64,
    /// The groups compared with, from wide to narrow.
    pub groups: Vec<Compared>,
}

/// A group that an open dossier was compared with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// How wide.
    pub width: Width,
    /// Dossiers of it that were open with as much time used.
    pub open: u32,
    /// Of them late in the end.
    pub late: u32,
    /// The estimate with it.
    pub estimate: f64,
}

fn part_of(used: i64, allotted: i64) -> usize {
    let part = i128::from(used.max(0)) * PARTS as i128 / i128::from(allotted.max(1));
    (part as usize).min(PARTS - 1)
}

/// The last part of its time in which a course was still open.
fn last_part(course: &Course, late: bool) -> usize {
    if late {
        PARTS - 1
    } else {
        part_of(course.used, course.allotted)
    }
}

impl Model {
    /// Learns from a course whose outcome is known.
    pub fn learn(&mut self, course: &Course) {
        let Some(late) = course.late else { return };
        self.dossiers += 1;
        self.late += u64::from(late);
        let last = last_part(course, late);
        for part in 0..=last {
            let used = course.allotted / PARTS as i64 * part as i64;
            for group in groups(course, used) {
                let count = &mut self
                    .groups
                    .entry(group)
                    .or_insert([Count::default(); PARTS])[part];
                count.open += 1;
                count.late += u32::from(late);
            }
        }
    }

    /// The chance of a course that is open: of one past due, it is certain.
    pub fn chance(&self, course: &Course) -> Chance {
        let used = course.part();
        if course.late == Some(true) {
            return Chance {
                late: 1.0,
                used,
                groups: Vec::new(),
            };
        }
        self.at(course, course.used)
    }

    fn at(&self, course: &Course, used: i64) -> Chance {
        let part = part_of(used, course.allotted);
        let mut compared = Vec::with_capacity(4);
        // Before anything is known it is one in two, and a single case decides little (the rule of succession).
        let mut estimate = (self.late as f64 + 1.0) / (self.dossiers as f64 + 2.0);
        for (group, width) in groups(course, used).into_iter().zip(WIDTHS) {
            let Some(counts) = self.groups.get(&group) else {
                continue;
            };
            let Count { open, late } = counts[part];
            estimate = (f64::from(late) + WEIGHT * estimate) / (f64::from(open) + WEIGHT);
            compared.push(Compared {
                width,
                open,
                late,
                estimate,
            });
        }
        Chance {
            late: estimate.clamp(0.0, 1.0),
            used: used as f64 / course.allotted as f64,
            groups: compared,
        }
    }

    /// How well it says what came: of courses that it has not learned from, at each part of their time at which they were
    /// open.
    pub fn calibration<'c>(&self, courses: impl Iterator<Item = &'c Course>) -> Calibration {
        let mut bins = [Bin::default(); EDGES.len() - 1];
        let (mut brier, mut base, mut n) = (0_u128, 0_u128, 0_u64);
        let rate = self.late as f64 / self.dossiers.max(1) as f64;
        for course in courses {
            let Some(late) = course.late else { continue };
            let outcome = f64::from(u8::from(late));
            let last = last_part(course, late);
            for part in 0..=last {
                let used = course.allotted / PARTS as i64 * part as i64;
                let chance = self.at(course, used).late;
                let bin = EDGES[1..].partition_point(|edge| *edge <= chance);
                let bin = &mut bins[bin.min(EDGES.len() - 2)];
                bin.n += 1;
                bin.said += billionths(chance);
                bin.came += u64::from(late);
                brier += billionths((chance - outcome).powi(2));
                base += billionths((rate - outcome).powi(2));
                n += 1;
            }
        }
        let told = bins
            .iter()
            .zip(EDGES.windows(2))
            .filter(|(bin, _)| bin.n > 0);
        let told = told.map(|(bin, edge)| Told {
            from: edge[0],
            to: edge[1],
            n: bin.n,
            said: of_billionths(bin.said) / bin.n as f64,
            came: bin.came as f64 / bin.n as f64,
        });
        let mean = |sum: u128| (n > 0).then(|| of_billionths(sum) / n as f64);
        Calibration {
            n,
            bins: told.collect(),
            brier: mean(brier),
            brier_of_rate: mean(base),
        }
    }
}

/// A share as a whole number: sums of them are the same in any order.
pub fn billionths(share: f64) -> u128 {
    (share * 1e9).round().max(0.0) as u128
}

/// A sum of [`billionths`] as a number.
pub fn of_billionths(sum: u128) -> f64 {
    sum as f64 / 1e9
}

const WIDTHS: [Width; 4] = [Width::City, Width::Agency, Width::Procedure, Width::Step];

fn groups(course: &Course, used: i64) -> [Group; 4] {
    let (agency, procedure) = (course.agency.clone(), course.procedure.clone());
    let step = course.step_at(used).clone();
    [
        Group::City,
        Group::Agency(agency.clone()),
        Group::Procedure(agency.clone(), procedure.clone()),
        Group::Step(agency, procedure, step),
    ]
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    n: u64,
    said: u128,
    came: u64,
}

/// What was said against what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Estimates compared.
    pub n: u64,
    /// By the chance that was said.
    pub bins: Vec<Told>,
    /// Mean squared difference between what was said and what came.
    pub brier: Option<f64>,
    /// The same, had the share of all been said of each.
    pub brier_of_rate: Option<f64>,
}

/// Estimates of about one chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// From which chance on.
    pub from: f64,
    /// To which.
    pub to: f64,
    /// How many.
    pub n: u64,
    /// The mean chance that was said.
    pub said: f64,
    /// The share that was late.
    pub came: f64,
}

/// What to learn from and what to be tried on, as of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Due dates from here on are learned from.
    pub from: EventTime,
    /// Due dates from here on are tried on.
    pub try_from: EventTime,
    /// To here.
    pub until: EventTime,
}

impl Split {
    /// Sixty days to learn from, the last fourteen of them to be tried on.
    pub const fn at(now: EventTime) -> Self {
        const DAY_S: i64 = 86_400;
        Self {
            from: now.plus_seconds(-60 * DAY_S),
            try_from: now.plus_seconds(-14 * DAY_S),
            until: now,
        }
    }
}

/// A model and how well its like was right: the one that is asked has learned from all days, and the one that was tried from the
/// earlier ones alone.
#[derive(Debug)]
pub struct Tried {
    /// The model to ask.
    pub model: Model,
    /// How well one that had not seen the last days foretold them.
    pub calibration: Calibration,
    /// Which days.
    pub split: Split,
}

impl Tried {
    /// Of courses as they were at the split's end.
    pub fn of(courses: &[Course], split: Split) -> Self {
        let is_in = |course: &&Course, from: EventTime, to: EventTime| {
            from <= course.due && course.due < to && course.late.is_some()
        };
        let (mut earlier, mut whole) = (Model::default(), Model::default());
        for course in courses.iter().filter(|c| is_in(c, split.from, split.until)) {
            whole.learn(course);
            if course.due < split.try_from {
                earlier.learn(course);
            }
        }
        let tried_on = courses
            .iter()
            .filter(|c| is_in(c, split.try_from, split.until));
        Self {
            calibration: earlier.calibration(tried_on),
            model: whole,
            split,
        }
    }
}
