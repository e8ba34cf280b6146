//! Visits read off a board that shows the number called and how many wait.
//!
//! Number m was given when the number called and those waiting reached m together, and was served when the number called did. A leap
//! is another series of numbers, or a board set anew: nothing is made of it.
//!
//! Invariant: who waited at the first row has no visit, since nobody knows when they came.

use super::moment::Us;
use super::record::Visit;

/// A number that moves further than this between two rows has leapt.
const LEAP: u32 = 8;

/// What a board showed at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// When.
    pub at: Us,
    /// The number called; `None` where none was shown.
    pub number: Option<u32>,
    /// People waiting.
    pub waiting: u32,
}

/// The visits that a board's rows tell of, in time order; a `service` as the caller numbers them.
pub fn visits(rows: &[Shown], service: u8) -> Vec<Visit> {
    let mut visits: Vec<(u32, Visit)> = Vec::new();
    // Those called are a begin of the list, since numbers are given and called in order.
    let mut served = 0;
    let (mut given, mut called) = (None::<u32>, 0_u32);
    for row in rows {
        let Some(number) = row.number else {
            continue;
        };
        let front = number.saturating_add(row.waiting);
        let Some(before) = given else {
            (given, called) = (Some(front), number);
            continue;
        };
        if number > called.saturating_add(LEAP) || front > before.saturating_add(LEAP) {
            (given, called) = (Some(front.max(before)), number.max(called));
            continue;
        }
        for ticket in before.saturating_add(1)..=front {
            let visit = Visit {
                issued: row.at,
                rank: 2,
                service,
                ..Visit::default()
            };
            visits.push((ticket, visit));
        }
        while let Some((ticket, visit)) = visits.get_mut(served)
            && *ticket <= number
        {
            (visit.called, visit.started) = (Some(row.at), Some(row.at));
            served += 1;
        }
        (given, called) = (Some(front.max(before)), number.max(called));
    }
    visits.into_iter().map(|(_, visit)| visit).collect()
}
