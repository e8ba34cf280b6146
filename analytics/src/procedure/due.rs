//! Due dates computed from a limit, where no receipt gives one (domain rules §3.3, §4.3).
//!
//! The day of reception is not counted (*Bộ luật Dân sự 2015*, Điều 147), and a period by days ends with its last day
//! (Điều 148). What is received after the close of the day, or after the procedure's own hour for that, is received on the
//! next working day.

use ingest::event::EventTime;
use ingest::event::time::Day;

use super::{Limit, Procedure};
use crate::calendar::Calendar;

/// A computed due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Computed {
    /// When reception counts.
    pub counted_from: EventTime,
    /// When the dossier is due.
    pub due: EventTime,
}

pub(super) fn due(
    procedure: &Procedure,
    received: EventTime,
    calendar: &Calendar,
) -> Option<Computed> {
    let limit = procedure.limit?;
    let counted_from = counted_from(procedure, limit, received, calendar);
    let day = counted_from.day();
    let by_days = |day: Day| {
        let closes = calendar.closes(day)?;
        let same_time = EventTime(day.start().0 + counted_from.local_time_of_day_us());
        Some(if procedure.ends_with_day {
            closes
        } else {
            same_time.min(closes)
        })
    };
    let due = match limit {
        Limit::WorkingHours(us) => calendar.add(counted_from, us),
        Limit::WorkingDays(days) => by_days(calendar.day_after(day, days))?,
        Limit::SameDay => calendar.closes(day)?,
        Limit::Days(days) => {
            let last = Day(day.0.saturating_add_unsigned(days));
            let last = if calendar.works_on(last) {
                last
            } else {
                calendar.day_after(last, 1)
            };
            by_days(last)?
        }
    };
    Some(Computed { counted_from, due })
}

/// When a reception counts: in working time, and on the next working day where it came too late in its own.
fn counted_from(
    procedure: &Procedure,
    limit: Limit,
    received: EventTime,
    calendar: &Calendar,
) -> EventTime {
    let at = calendar.next_worked(received);
    let cutoff = match limit {
        Limit::SameDay => procedure.same_day_cutoff.or(procedure.late_receipt),
        _ => procedure.late_receipt,
    };
    let is_late = cutoff.is_some_and(|cutoff| at.local_time_of_day_us() > cutoff);
    if is_late {
        let next = calendar.day_after(at.day(), 1);
        return calendar.next_worked(next.start());
    }
    at
}
