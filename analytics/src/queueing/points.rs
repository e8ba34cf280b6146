//! The forecasters of all points, as they are learned day by day and kept on a disk.
//!
//! A day is learned once, and only after the days before it: each point's day is forecast by what was known of the days before
//! ([`Points::learn`]), and when all of them are learned the pool is made anew ([`Points::end_day`]). A late event for a learned day
//! changes nothing here; who learns has the weights of the days that were learned ([`Points::learned`]) and may begin again where much
//! has come since.
//!
//! # On the disk
//! Blocks of bytes, to be kept with a checksum each: first the days, then a point each. What they mean is told by [`KIND`],
//! whose last figure is raised when a forecaster is made otherwise: it is learned anew then.
//!
//! Invariants: the same days in the same order give the same forecasters, whatever the order of the points within a day; memory is
//! bounded by [`MOST_POINTS`], each of some 80 kB (computed from its tables).

use std::collections::BTreeMap;
use std::sync::Arc;

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

use super::forecaster::{Forecaster, Pool};
use super::of_day::{self, Numbers};
use crate::live::site_day::SiteDay;
use crate::names::Name;

/// The kind of file.
pub const KIND: [u8; 8] = *b"VLFCAST1";
/// Points that are learned at most; a further one is not.
pub const MOST_POINTS: usize = 1_000;
/// Learned days that are remembered.
const DAYS_REMEMBERED: usize = 64;

/// A point: its forecaster, and the numbers of its services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What is learned of it.
    pub forecaster: Forecaster,
    /// The numbers of its services.
    pub numbers: Numbers,
}

/// How much there was to learn of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// Points that had something.
    pub points: u32,
    /// Tickets, and what boards and counters said.
    pub told: u64,
}

impl Weight {
    /// Adds a point's day.
    pub fn add(&mut self, day: &SiteDay) {
        let told = told(day);
        self.points += u32::from(told > 0);
        self.told += told;
    }
}

/// What a point's day tells that can be learned; 0 is nothing.
fn told(day: &SiteDay) -> u64 {
    let boards: usize = day.boards.values().map(|marks| marks.all().len()).sum();
    let counters: usize = day.counters.values().map(|marks| marks.all().len()).sum();
    (day.tickets.len() + boards + counters) as u64
}

/// All points. A copy shares with its original what neither has learned since.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    points: BTreeMap<Name, Arc<Point>>,
    pool: Pool,
    days: BTreeMap<Day, Weight>,
    /// Of the day that is being learned.
    begun: Weight,
}

/// The first block.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    days: BTreeMap<Day, Weight>,
}

impl Points {
    /// A point, where it has learned a day.
    pub fn get(&self, site: &str) -> Option<&Arc<Point>> {
        self.points.get(site)
    }

    /// What all points missed by together.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The last learned day.
    pub fn last(&self) -> Option<Day> {
        self.days.keys().next_back().copied()
    }

    /// The last learned days, with what there was to learn of each.
    pub const fn learned(&self) -> &BTreeMap<Day, Weight> {
        &self.days
    }

    /// Learns a point's day, which is after all days that have ended; false where there is nothing to learn, or no room for a further
    /// point.
    pub fn learn(&mut self, site: &Name, day: Day, site_day: &SiteDay) -> bool {
        let is_known = self.points.contains_key(site);
        let is_late = self.last().is_some_and(|last| day <= last);
        if is_late || told(site_day) == 0 || (!is_known && self.points.len() >= MOST_POINTS) {
            return false;
        }
        let point = self.points.entry(site.clone()).or_default();
        let point = Arc::make_mut(point);
        point.numbers.take(site_day);
        let record = of_day::record(day, site_day, &point.numbers, true);
        point.forecaster.learn(&record, &self.pool);
        self.begun.add(site_day);
        true
    }

    /// Ends a day: what the points missed by on it counts for all from now on.
    pub fn end_day(&mut self, day: Day) {
        if self.last().is_some_and(|last| day <= last) {
            return;
        }
        self.days.insert(day, std::mem::take(&mut self.begun));
        while self.days.len() > DAYS_REMEMBERED {
            self.days.pop_first();
        }
        self.pool = Pool::of(self.points.values().map(|point| &point.forecaster));
    }

    /// As blocks of bytes.
    pub fn blocks(&self) -> impl Iterator<Item = Vec<u8>> {
        // Plain structures of numbers and texts always have a binary form.
        let head = Head {
            days: self.days.clone(),
        };
        let head = postcard::to_stdvec(&head).unwrap_or_default();
        let points = self.points.iter();
        let points =
            points.map(|(site, point)| postcard::to_stdvec(&(site, &**point)).unwrap_or_default());
        std::iter::once(head).chain(points)
    }

    /// From blocks; an error says what is wrong with them.
    pub fn read(blocks: &[Vec<u8>]) -> Result<Self, String> {
        let (head, rest) = blocks.split_first().ok_or("there is no first block")?;
        let head: Head = postcard::from_bytes(head).map_err(|e| e.to_string())?;
        let mut points = BTreeMap::new();
        for block in rest {
            let (site, point): (Name, Point) =
                postcard::from_bytes(block).map_err(|e| e.to_string())?;
            points.insert(site, Arc::new(point));
        }
        Ok(Self {
            pool: Pool::of(points.values().map(|point| &point.forecaster)),
            points,
            days: head.days,
            begun: Weight::default(),
        })
    }
}
