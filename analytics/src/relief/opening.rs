//! Until when a point is open, or when it opens.
//!
//! **In**: what is known of a point, its calendar, an instant. **Out**: an [`Opening`]. What a point said today goes
//! before what it published for today, and that before the working calendar, as in the live views.

use ingest::event::EventTime;

use crate::calendar::Calendar;
use crate::live::place::{Place, PlaceEvent};

/// A point's door at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Open for the public, as far as was said, published or is usual.
    pub is_open: bool,
    /// While open: when it closes, where published or usual; `None` when it is open outside all hours.
    pub closes_at: Option<EventTime>,
    /// While closed: when it opens next.
    pub opens_at: Option<EventTime>,
}

/// A point's door at `now`; of a point nothing was heard of, by the calendar alone.
pub fn opening(place: Option<&Place>, calendar: &Calendar, now: EventTime) -> Opening {
    let hours = Hours::of(place, calendar, now);
    let covering = hours.end_of_span(now);
    let is_open = place
        .and_then(|place| said_today(place, now))
        .unwrap_or(covering.is_some());
    if is_open {
        return Opening {
            is_open,
            closes_at: covering,
            opens_at: None,
        };
    }
    // Closed inside its hours: it does not open in the course of them.
    let opens_at = Some(hours.next_begin(covering.unwrap_or(now)));
    Opening {
        is_open,
        closes_at: None,
        opens_at,
    }
}

/// Whether an instant lies in the hours that were published for its day or, where none were, in the calendar's.
pub fn is_within_hours(place: Option<&Place>, calendar: &Calendar, at: EventTime) -> bool {
    Hours::of(place, calendar, at).end_of_span(at).is_some()
}

/// What it said last today of its door.
fn said_today(place: &Place, now: EventTime) -> Option<bool> {
    let midnight = now.day().start();
    let marks = place.doors.until(now).iter().rev();
    marks
        .take_while(|mark| mark.time >= midnight)
        .find_map(|mark| match mark.what {
            PlaceEvent::Opened => Some(true),
            PlaceEvent::Closed => Some(false),
            _ => None,
        })
}

/// Published spans, and the calendar for days without one.
struct Hours<'a> {
    /// In order of begin.
    published: Vec<(EventTime, EventTime)>,
    /// Some of them touches today, so that the calendar does not count today.
    is_published_today: bool,
    calendar: &'a Calendar,
    today_ends: EventTime,
}

impl<'a> Hours<'a> {
    fn of(place: Option<&Place>, calendar: &'a Calendar, now: EventTime) -> Self {
        let (midnight, today_ends) = (now.day().start(), now.day().end());
        let marks = place.into_iter().flat_map(|place| place.doors.all());
        let mut published: Vec<_> = marks
            .filter_map(|mark| match mark.what {
                PlaceEvent::Scheduled { from, to, .. } if from < to => Some((from, to)),
                _ => None,
            })
            .collect();
        published.sort_unstable();
        let touches_today =
            |(from, to): &(EventTime, EventTime)| *from < today_ends && *to > midnight;
        Self {
            is_published_today: published.iter().any(touches_today),
            published,
            calendar,
            today_ends,
        }
    }

    /// The end of the span in which an instant of today lies.
    fn end_of_span(&self, t: EventTime) -> Option<EventTime> {
        if !self.is_published_today {
            return end_of_worked_span(self.calendar, t);
        }
        let mut end = None;
        for (from, to) in &self.published {
            let reached = end.unwrap_or(t);
            if *from <= reached && *to > reached {
                end = Some(*to);
            }
        }
        end
    }

    /// The next begin of a span at or after an instant of today.
    fn next_begin(&self, t: EventTime) -> EventTime {
        let published = self.published.iter().map(|(from, _)| *from);
        let published = published.filter(|from| *from >= t).min();
        let usual_from = if self.is_published_today {
            self.today_ends.max(t)
        } else {
            t
        };
        let usual = self.calendar.next_worked(usual_from);
        match published {
            // What is published for a day stands for that whole day.
            Some(from) if from.day() <= usual.day() => from,
            _ => usual,
        }
    }
}

/// The end of the worked span of the calendar in which an instant lies.
fn end_of_worked_span(calendar: &Calendar, t: EventTime) -> Option<EventTime> {
    let is_worked_until = |end: i64| calendar.between(t, EventTime(end)) == end - t.0;
    if !is_worked_until(t.0 + 1) {
        return None;
    }
    // Worked without a gap up to `low`, no longer so at `high`.
    let (mut low, mut high) = (t.0 + 1, calendar.closes(t.day())?.0.max(t.0 + 1) + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_worked_until(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(EventTime(low))
}
