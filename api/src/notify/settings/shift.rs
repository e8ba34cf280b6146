//! A shift: the spans of a week in which a receiver is told, as minutes of the week in local time.
//!
//! Local time is UTC+7 the year round. Official days off are not known here: a span of a weekday is in force on them too.

const MINUTE_US: i64 = 60_000_000;
const DAY_MIN: u32 = 1440;
const WEEK_MIN: u32 = 7 * DAY_MIN;
const LOCAL_US: i64 = 7 * 60 * MINUTE_US;
/// 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday.
const EPOCH_MIN: i64 = 3 * DAY_MIN as i64;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A span that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no span of a shift; write \"always\", or spans like \"Mon-Fri 07:30-17:30\" or \"Sat,Sun 22:00-06:00\""
)]
pub struct ShiftError(pub String);

/// When a receiver is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shift {
    /// Minutes of the week, from and until, apart and rising; none for always.
    spans: Vec<(u32, u32)>,
}

impl Shift {
    /// At every time.
    pub const ALWAYS: Self = Self { spans: Vec::new() };

    /// From spans as they are written; `always` stands alone.
    ///
    /// # Errors
    /// The first text that is no span.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, ShiftError> {
        let texts: Vec<&str> = texts.into_iter().collect();
        if texts == ["always"] {
            return Ok(Self::ALWAYS);
        }
        let mut spans = Vec::new();
        for text in &texts {
            spans.extend(week_spans(text).ok_or_else(|| ShiftError((*text).to_owned()))?);
        }
        if spans.is_empty() {
            return Err(ShiftError(String::new()));
        }
        Ok(Self {
            spans: joined(spans),
        })
    }

    /// True at an instant, microseconds since 1970.
    pub fn covers(&self, at: i64) -> bool {
        let minute = minute_of_week(at);
        self.spans.is_empty()
            || self
                .spans
                .iter()
                .any(|(from, to)| (*from..*to).contains(&minute))
    }

    /// The first instant of the shift at or after one, microseconds since 1970.
    pub fn begins(&self, at: i64) -> i64 {
        if self.covers(at) {
            return at;
        }
        let minute = minute_of_week(at);
        let until = |(from, _): &(u32, u32)| (*from + WEEK_MIN - minute) % WEEK_MIN;
        let wait = self.spans.iter().map(until).min().unwrap_or(0);
        at - at.rem_euclid(MINUTE_US) + i64::from(wait) * MINUTE_US
    }
}

fn minute_of_week(at: i64) -> u32 {
    let minutes = (at + LOCAL_US).div_euclid(MINUTE_US) + EPOCH_MIN;
    minutes.rem_euclid(i64::from(WEEK_MIN)) as u32
}

/// The spans of a week of one text such as `Mon-Fri 07:30-17:30`; one over midnight belongs to the day on which it begins.
fn week_spans(text: &str) -> Option<Vec<(u32, u32)>> {
    let (days, hours) = text.trim().split_once(' ')?;
    let (from, to) = hours.trim().split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    if from == to || from == DAY_MIN {
        return None;
    }
    let length = if to > from {
        to - from
    } else {
        to + DAY_MIN - from
    };
    let mut spans = Vec::new();
    for day in days.split(',') {
        for day in days_of(day)? {
            let begin = day * DAY_MIN + from;
            let end = begin + length;
            spans.push((begin, end.min(WEEK_MIN)));
            if end > WEEK_MIN {
                spans.push((0, end - WEEK_MIN));
            }
        }
    }
    Some(spans)
}

fn days_of(text: &str) -> Option<Vec<u32>> {
    let place = |word: &str| {
        let word = word.to_ascii_lowercase();
        DAYS.iter()
            .position(|day| *day == word)
            .map(|day| day as u32)
    };
    let Some((first, last)) = text.split_once('-') else {
        return place(text).map(|day| vec![day]);
    };
    let (first, last) = (place(first)?, place(last)?);
    let length = (last + 7 - first) % 7 + 1;
    Some((first..first + length).map(|day| day % 7).collect())
}

/// `07:30` as minutes of the day; `24:00` is the day's end.
fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY_MIN).then_some(minute)
}

fn joined(mut spans: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    spans.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => joined.push((from, to)),
        }
    }
    joined
}
