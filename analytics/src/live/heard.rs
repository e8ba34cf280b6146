//! In which minutes of its day a device gave a sign of life: a set, so that order and repetition do not matter, and as
//! small after a thousand signs as after one.

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

const MINUTE_US: i64 = 60_000_000;
const MINUTES: usize = 24 * 60;
const WORDS: usize = MINUTES.div_ceil(64);

/// The minutes of a local day in which a device was heard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard(Vec<u64>);

impl Heard {
    /// A sign of life.
    pub fn hear(&mut self, at: EventTime) {
        if self.0.is_empty() {
            self.0 = vec![0; WORDS];
        }
        let minute = (at.local_time_of_day_us() / MINUTE_US) as usize;
        if let Some(word) = self.0.get_mut(minute / 64) {
            *word |= 1 << (minute % 64);
        }
    }

    /// The minutes, from midnight on, in order.
    pub fn minutes(&self) -> impl Iterator<Item = u32> + '_ {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| {
            let bits = (0..64_u32).filter(move |bit| word & (1 << bit) != 0);
            bits.map(move |bit| at as u32 * 64 + bit)
        })
    }

    /// The begins of those minutes on a day.
    pub fn instants(&self, day: Day) -> impl Iterator<Item = EventTime> + '_ {
        let midnight = day.start();
        self.minutes()
            .map(move |minute| midnight.plus_seconds(i64::from(minute) * 60))
    }

    /// The usual time between two signs up to a minute, in minutes: the middle one of the gaps that are no longer than
    /// `most`; `None` under three gaps.
    pub fn usual_gap_until(&self, most: u32, until: u32) -> Option<u32> {
        let minutes: Vec<u32> = self.minutes().take_while(|m| *m <= until).collect();
        let gaps = minutes.windows(2).map(|pair| pair[1] - pair[0]);
        let mut gaps: Vec<u32> = gaps.filter(|gap| *gap <= most).collect();
        if gaps.len() < 3 {
            return None;
        }
        gaps.sort_unstable();
        Some(gaps[gaps.len() / 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_heard_once_however_often_and_in_whatever_order() {
        let midnight = Day(20_000).start();
        let at = |minute: i64, second: i64| midnight.plus_seconds(minute * 60 + second);
        let (mut one, mut other) = (Heard::default(), Heard::default());
        for t in [at(0, 0), at(485, 3), at(490, 59), at(1439, 59)] {
            one.hear(t);
        }
        for t in [at(1439, 0), at(490, 0), at(490, 1), at(485, 0), at(0, 59)] {
            other.hear(t);
        }
        assert_eq!(one, other);
        assert_eq!(one.minutes().collect::<Vec<_>>(), [0, 485, 490, 1439]);
        assert_eq!(one.instants(Day(20_000)).nth(1), Some(at(485, 0)));
        assert!(Heard::default().minutes().next().is_none());
    }

    #[test]
    fn the_usual_gap_is_the_middle_one_without_the_nights() {
        let mut heard = Heard::default();
        for minute in [480, 485, 490, 495, 700, 705] {
            heard.hear(Day(1).start().plus_seconds(minute * 60));
        }
        assert_eq!(heard.usual_gap_until(60, 1439), Some(5));
        assert_eq!(heard.usual_gap_until(60, 490), None);
    }
}
