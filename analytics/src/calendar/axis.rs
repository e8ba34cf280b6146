//! One calendar as an axis: how much has been worked up to an instant.

use ingest::event::EventTime;
use ingest::event::time::Day;

use super::{END, FIRST, WorkingUs};

/// Part of a day, from and to, in microseconds since local midnight.
pub(super) type Span = (i64, i64);
/// A day's spans, in order and apart.
pub(super) type Hours = Vec<Span>;

/// Whose working time it is: the city's, an agency's or a point's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Working time before each day of the table, and at its end.
    worked: Vec<WorkingUs>,
    /// Each day's place in `hours`.
    kind: Vec<u8>,
    /// The kinds of days.
    hours: Vec<Hours>,
}

impl Calendar {
    /// Of every day's hours, from the table's first day on. Of more than 256 kinds of days the rarest ones, which come
    /// last, are read as the last kind.
    pub(super) fn of(days: impl Iterator<Item = Hours>) -> Self {
        let mut calendar = Self {
            worked: vec![0],
            kind: Vec::new(),
            hours: Vec::new(),
        };
        let mut sum = 0;
        for hours in days {
            let known = calendar.hours.iter().position(|h| *h == hours);
            let kind = known.unwrap_or_else(|| {
                if u8::try_from(calendar.hours.len()).is_ok() {
                    calendar.hours.push(hours);
                }
                calendar.hours.len() - 1
            });
            sum += length(&calendar.hours[kind]);
            calendar.kind.push(kind as u8);
            calendar.worked.push(sum);
        }
        calendar
    }

    /// True when the day is worked.
    pub fn works_on(&self, day: Day) -> bool {
        !self.hours_of(day).is_empty()
    }

    fn hours_of(&self, day: Day) -> &[Span] {
        let at = usize::try_from(day.0 - FIRST).ok();
        let kind = at.and_then(|at| self.kind.get(at));
        kind.map_or(&[], |kind| &self.hours[usize::from(*kind)])
    }

    /// Working time from the calendar's origin to an instant.
    pub fn worked_at(&self, t: EventTime) -> WorkingUs {
        let day = Day(t.day().0.clamp(FIRST, END));
        let before = self.worked[(day.0 - FIRST) as usize];
        if day != t.day() {
            return before;
        }
        let clock = t.local_time_of_day_us();
        let spans = self.hours_of(day).iter();
        before
            + spans
                .map(|(from, to)| clock.clamp(*from, *to) - from)
                .sum::<i64>()
    }

    /// Working time between two instants, negative when `to` is before `from`.
    pub fn between(&self, from: EventTime, to: EventTime) -> WorkingUs {
        self.worked_at(to) - self.worked_at(from)
    }

    /// The first instant at which `work` more has been worked since `t`; `t` itself when `work` is not positive, and the
    /// table's end when there is not so much before it.
    pub fn add(&self, t: EventTime, work: WorkingUs) -> EventTime {
        if work <= 0 {
            return t;
        }
        let target = self.worked_at(t) + work;
        // The day in whose course the target is reached: the last with less worked before it.
        let day = self.worked.partition_point(|before| *before < target) - 1;
        let mut rest = target - self.worked[day];
        let day = Day(FIRST + day as i32);
        for (from, to) in self.hours_of(day) {
            if rest <= to - from {
                return EventTime(day.start().0 + from + rest);
            }
            rest -= to - from;
        }
        Day(END).start()
    }

    /// The first instant after which `work` is worked until `t`: the other way round from [`Calendar::add`]. The table's begin
    /// where there is not so much after it.
    pub fn before(&self, t: EventTime, work: WorkingUs) -> EventTime {
        self.add(Day(FIRST).start(), self.worked_at(t) - work)
            .min(t)
    }

    /// The first worked instant at or after `t`: what is received in a gap is received when it ends.
    pub fn next_worked(&self, t: EventTime) -> EventTime {
        // One microsecond later is the first of the span that is worked.
        let first = self.add(t, 1);
        EventTime(first.0 - 1).max(t)
    }

    /// The end of the last worked span of a day; `None` for one that is not worked.
    pub fn closes(&self, day: Day) -> Option<EventTime> {
        let (_, to) = self.hours_of(day).last()?;
        Some(EventTime(day.start().0 + to))
    }

    /// The worked day that comes so many after a day, which itself is not counted.
    pub fn day_after(&self, day: Day, days: u32) -> Day {
        let mut day = day;
        for _ in 0..days {
            day = Day(day.0 + 1);
            while day.0 < END && !self.works_on(day) {
                day = Day(day.0 + 1);
            }
        }
        day
    }
}

fn length(hours: &[Span]) -> WorkingUs {
    hours.iter().map(|(from, to)| to - from).sum()
}
