//! The course of a day, learned from past days: sums by weekday and slot.
//!
//! A weekday that was seen once or twice says little, so it is shrunk to the mean of its kind (Monday to Friday, or the weekend).
//!
//! Invariants: sums are whole numbers, so the order of days does not matter; a kind of day that was never seen has no
//! mean.

use serde::{Deserialize, Serialize};

use super::moment::{Us, day_of, start_of, weekday};

/// The mean of the weekday's kind counts as so many days of the weekday.
const SHRINK: f64 = 2.0;
/// Fewer days than this are smoothed over more than one neighbour, at most so many.
const FEW_DAYS: u32 = 8;
const MOST_REACH: u32 = 6;
const DAY_MINUTES: usize = 1440;

/// Sums by weekday and slot of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayProfile {
    slot_minutes: usize,
    days: [u32; 7],
    sums: Vec<u64>,
    most: u32,
}

impl DayProfile {
    /// An empty profile with slots of so many minutes, a divisor of the day's 1440.
    pub fn new(slot_minutes: usize) -> Self {
        let slots = DAY_MINUTES / slot_minutes;
        Self {
            slot_minutes,
            days: [0; 7],
            sums: vec![0; 7 * slots],
            most: 0,
        }
    }

    /// Slots in a day.
    pub fn slots(&self) -> usize {
        DAY_MINUTES / self.slot_minutes
    }

    /// Days learned from.
    pub fn days(&self) -> u32 {
        self.days.iter().sum()
    }

    /// The greatest value seen in a slot.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// Adds a day's values, one a slot.
    pub fn add(&mut self, day: i32, values: impl Iterator<Item = u32>) {
        let weekday = weekday(day);
        let begin = weekday * self.slots();
        let end = begin + self.slots();
        self.days[weekday] += 1;
        for (sum, value) in self.sums[begin..end].iter_mut().zip(values) {
            *sum += u64::from(value);
            self.most = self.most.max(value);
        }
    }

    /// The middle of a slot of a day.
    pub fn middle(&self, day: i32, slot: usize) -> Us {
        let width = self.slot_minutes as i64 * super::moment::MINUTE;
        start_of(day) + slot as i64 * width + width / 2
    }

    /// The slot of an instant.
    pub fn slot_of(&self, at: Us) -> usize {
        let within = at - start_of(day_of(at));
        (within / (self.slot_minutes as i64 * super::moment::MINUTE)) as usize
    }

    /// The mean of a slot on such a weekday; `None` where its kind of day was never seen.
    pub fn mean(&self, weekday: usize, slot: usize) -> Option<f64> {
        let kind = if weekday < 5 { 0..5 } else { 5..7 };
        let slots = self.slots();
        let days: u32 = self.days[kind.clone()].iter().sum();
        if days == 0 {
            return None;
        }
        let sum: u64 = kind.map(|w| self.sums[w * slots + slot]).sum();
        let of_kind = sum as f64 / f64::from(days);
        let own = self.sums[weekday * slots + slot] as f64;
        Some((own + SHRINK * of_kind) / (f64::from(self.days[weekday]) + SHRINK))
    }

    /// The mean of a slot, smoothed with its neighbours by weights that fall in a line: over one neighbour on each side once many days are known, over
    /// more while there are few.
    pub fn smooth(&self, weekday: usize, slot: usize) -> Option<f64> {
        let reach = (FEW_DAYS / self.days().max(1)).clamp(1, MOST_REACH) as usize;
        let (mut sum, mut weights) = (0.0, 0.0);
        for other in slot.saturating_sub(reach)..=(slot + reach).min(self.slots() - 1) {
            let weight = (reach + 1 - slot.abs_diff(other)) as f64;
            sum += weight * self.mean(weekday, other)?;
            weights += weight;
        }
        Some(sum / weights)
    }
}
