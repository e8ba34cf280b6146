//! Calendars from their data: the file that ships, and one of the operator's that adds to it.
//!
//! ```toml
//! [[hours]]                       # of everybody, from a day on
//! effective_from = "2026-03-01"
//! weekdays = ["07:30-11:30", "13:30-17:00"]
//! saturday = ["08:00-12:00"]      # a weekday of its own: monday … sunday
//!
//! [[hours]]                       # of an agency or a point, in the place of everybody's
//! of = ["agency/dept/justice", "site/00004"]
//! effective_from = "2026-06-01"
//! weekdays = ["08:00-12:00", "13:00-17:00"]
//!
//! [[day]]                         # a day that is worked otherwise; without spans, not at all
//! of = ["site/00004"]
//! day = "2026-12-01"
//! spans = ["08:00-11:30"]
//!
//! [[announced]]                   # a year's days off as announced: swapped days, and the Saturdays that make up for them
//! year = 2027
//! off = ["2027-05-04"]
//! working = ["2027-05-08"]
//! instead = []                    # the weekdays off, where they are not the computed ones
//! provisional = false             # true while it is expected and not announced
//! ```
//!
//! Of two entries for the same days, the later one in the files counts; spans that overlap count once. Both are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash as _, Hasher as _};

use ingest::event::time::Day;
use serde::Deserialize;

use super::axis::{Calendar, Hours, Span};
use super::{CalendarError, Calendars, END, FIRST, holidays};

/// What ships.
pub(super) const SHIPPED: &str = include_str!("days.toml");
const MINUTE_US: i64 = 60_000_000;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    hours: Vec<HoursEntry>,
    #[serde(default)]
    day: Vec<DayEntry>,
    #[serde(default)]
    announced: Vec<Announced>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursEntry {
    #[serde(default)]
    of: Vec<String>,
    effective_from: String,
    #[serde(default)]
    weekdays: Vec<String>,
    monday: Option<Vec<String>>,
    tuesday: Option<Vec<String>>,
    wednesday: Option<Vec<String>>,
    thursday: Option<Vec<String>>,
    friday: Option<Vec<String>>,
    #[serde(default)]
    saturday: Vec<String>,
    #[serde(default)]
    sunday: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct DayEntry {
    #[serde(default)]
    of: Vec<String>,
    day: String,
    #[serde(default)]
    spans: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announced {
    year: i16,
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    working: Vec<String>,
    instead: Option<Vec<String>>,
    #[serde(default)]
    provisional: bool,
}

/// A week's hours from a day on.
#[derive(Debug, Clone, PartialEq)]
struct Week {
    from: Day,
    /// Monday to Sunday.
    days: [Hours; 7],
    /// Of a Saturday or Sunday that is worked for a day off.
    swapped: Hours,
}

/// What the entries for one set of hours say.
#[derive(Debug, Clone, Default)]
struct Entries {
    weeks: BTreeMap<Day, Week>,
    days: BTreeMap<Day, Hours>,
}

/// Reads the calendars of some files, the later adding to those before.
pub(super) fn read(texts: &[&str]) -> Result<Calendars, CalendarError> {
    let mut reader = Reader::default();
    for text in texts {
        let file: File = toml::from_str(text).map_err(|e| CalendarError(e.to_string()))?;
        reader.take(file)?;
    }
    let mut digest = std::hash::DefaultHasher::new();
    texts.hash(&mut digest);
    Ok(reader.calendars(format!("{:016x}", digest.finish())))
}

#[derive(Default)]
struct Reader {
    /// Under no name: everybody's.
    entries: BTreeMap<Option<String>, Entries>,
    announced: BTreeMap<i16, Year>,
    remarks: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Year {
    off: BTreeSet<Day>,
    working: BTreeSet<Day>,
    instead: Option<BTreeSet<Day>>,
    provisional: bool,
}

impl Reader {
    fn take(&mut self, file: File) -> Result<(), CalendarError> {
        for entry in &file.hours {
            let week = self.week(entry)?;
            for of in owners(&entry.of)? {
                let weeks = &mut self.entries.entry(of.clone()).or_default().weeks;
                if weeks.insert(week.from, week.clone()).is_some() {
                    self.remark(
                        of.as_deref(),
                        &format!("hours from {} are given twice", week.from),
                    );
                }
            }
        }
        for entry in &file.day {
            let (day, hours) = (date(&entry.day)?, self.hours(&entry.spans)?);
            for of in owners(&entry.of)? {
                let days = &mut self.entries.entry(of.clone()).or_default().days;
                if days.insert(day, hours.clone()).is_some() {
                    self.remark(of.as_deref(), &format!("{day} is given twice"));
                }
            }
        }
        for entry in &file.announced {
            let year = Year {
                off: dates(&entry.off, entry.year)?,
                working: dates(&entry.working, entry.year)?,
                provisional: entry.provisional,
                instead: match &entry.instead {
                    Some(days) => Some(dates(days, entry.year)?),
                    None => None,
                },
            };
            let before = self.announced.insert(entry.year, year);
            // What was expected is announced now: no contradiction.
            if before.is_some_and(|before| !before.provisional) {
                self.remark(None, &format!("{} is announced twice", entry.year));
            }
        }
        Ok(())
    }

    fn remark(&mut self, of: Option<&str>, what: &str) {
        let of = of.unwrap_or("everybody");
        self.remarks
            .push(format!("{of}: {what}; the later one counts"));
    }

    fn week(&mut self, entry: &HoursEntry) -> Result<Week, CalendarError> {
        let own = [
            entry.monday.as_ref(),
            entry.tuesday.as_ref(),
            entry.wednesday.as_ref(),
            entry.thursday.as_ref(),
            entry.friday.as_ref(),
            Some(&entry.saturday),
            Some(&entry.sunday),
        ];
        let mut days: [Hours; 7] = Default::default();
        for (day, spans) in days.iter_mut().zip(own) {
            *day = self.hours(spans.unwrap_or(&entry.weekdays))?;
        }
        Ok(Week {
            from: date(&entry.effective_from)?,
            days,
            swapped: self.hours(&entry.weekdays)?,
        })
    }

    /// Spans in order, those that overlap or touch joined.
    fn hours(&mut self, texts: &[String]) -> Result<Hours, CalendarError> {
        let mut spans: Vec<Span> = texts.iter().map(|s| span(s)).collect::<Result<_, _>>()?;
        spans.sort_unstable();
        let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match joined.last_mut() {
                Some((_, end)) if from <= *end => {
                    if from < *end {
                        let remark = format!("{} overlap; they count once", texts.join(" and "));
                        if !self.remarks.contains(&remark) {
                            self.remarks.push(remark);
                        }
                    }
                    *end = to.max(*end);
                }
                _ => joined.push((from, to)),
            }
        }
        Ok(joined)
    }

    fn calendars(self, digest: String) -> Calendars {
        let everybody = self.entries.get(&None).cloned().unwrap_or_default();
        let holidays: HashMap<i16, BTreeSet<Day>> = years()
            .map(|year| {
                let Some(announced) = self.announced.get(&year) else {
                    return (year, holidays::fixed(year));
                };
                let instead = announced.instead.clone();
                let mut off = instead.unwrap_or_else(|| holidays::of(year));
                off.extend(&announced.off);
                (year, off)
            })
            .collect();
        let made = |own: Option<&Entries>| {
            let hours = (FIRST..END).map(Day).map(|day| {
                let year = day.date().year();
                let announced = self.announced.get(&year);
                let is_swapped = announced.is_some_and(|a| a.working.contains(&day));
                let is_off = holidays[&year].contains(&day);
                // A day on which everybody closes, as in a storm, is stronger than an agency's usual hours.
                let single = own.and_then(|own| own.days.get(&day));
                if let Some(hours) = single.or_else(|| everybody.days.get(&day)) {
                    return hours.clone();
                }
                own.and_then(|own| own.usual(day, is_off, is_swapped))
                    .or_else(|| everybody.usual(day, is_off, is_swapped))
                    .unwrap_or_default()
            });
            Calendar::of(hours)
        };
        let own = self.entries.iter().filter_map(|(of, entries)| {
            let of = of.as_deref()?;
            Some((of.into(), made(Some(entries))))
        });
        let announced = self.announced.iter().filter(|(_, a)| !a.provisional);
        Calendars {
            city: made(None),
            own: own.collect(),
            announced: announced.map(|(year, _)| *year).collect(),
            remarks: self.remarks,
            digest,
        }
    }
}

impl Entries {
    /// The usual hours of a day, where there are any yet.
    fn usual(&self, day: Day, is_off: bool, is_swapped: bool) -> Option<Hours> {
        let (_, week) = self.weeks.range(..=day).next_back()?;
        Some(if is_swapped {
            week.swapped.clone()
        } else if is_off {
            Hours::new()
        } else {
            week.days[usize::from(day.weekday())].clone()
        })
    }
}

fn years() -> impl Iterator<Item = i16> {
    Day(FIRST).date().year()..=Day(END - 1).date().year()
}

/// Whose hours an entry gives: nobody's in particular are everybody's.
fn owners(of: &[String]) -> Result<Vec<Option<String>>, CalendarError> {
    if of.is_empty() {
        return Ok(vec![None]);
    }
    let owners = of.iter().map(|name| {
        let is_known = name.starts_with("agency/") || name.starts_with("site/");
        is_known.then(|| Some(name.clone())).ok_or_else(|| {
            CalendarError(format!(
                "`{name}` is nobody; write `agency/…` with an agency's code or `site/…` with a point's"
            ))
        })
    });
    owners.collect()
}

fn date(text: &str) -> Result<Day, CalendarError> {
    Day::parse_iso(text).ok_or_else(|| {
        CalendarError(format!(
            "`{text}` is not a date; write it such as 2026-11-23"
        ))
    })
}

fn dates(texts: &[String], year: i16) -> Result<BTreeSet<Day>, CalendarError> {
    let days = texts.iter().map(|text| {
        let day = date(text)?;
        if day.date().year() == year {
            return Ok(day);
        }
        let message = format!("`{text}` stands under the announcement of {year}");
        Err(CalendarError(message))
    });
    days.collect()
}

/// `08:00-12:00`, in microseconds since midnight.
fn span(text: &str) -> Result<Span, CalendarError> {
    let minutes = |clock: &str| -> Option<i64> {
        let (hour, minute) = clock.trim().split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        let is_clock = (0..=24).contains(&hour) && (0..60).contains(&minute);
        let all = hour * 60 + minute;
        (is_clock && all <= 24 * 60).then_some(all)
    };
    let read = text
        .split_once('-')
        .and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
    match read {
        Some((from, to)) if from < to => Ok((from * MINUTE_US, to * MINUTE_US)),
        _ => Err(CalendarError(format!(
            "`{text}` is not a span of a day; write it such as 08:00-12:00"
        ))),
    }
}
