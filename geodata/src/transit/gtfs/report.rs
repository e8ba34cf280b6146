//! What was set aside while reading a feed, and how much was used.

use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// Most findings kept one by one; the counts go on.
pub const MAX_FINDINGS: usize = 10_000;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum Problem {
    /// It is not UTF-8.
    NotUtf8,
    /// Its id is empty.
    NoId,
    /// Another row has its id; the other one is used.
    DuplicateId,
    /// Its coordinates are no place, or are 0, 0.
    NoPlace,
    /// A field that must be a date, a day, a time or a number is not.
    BadField {
        /// The field with its content.
        field: String,
    },
    /// It names a stop that stops.txt does not have, or whose row was set aside.
    UnknownStop,
    /// It names a trip that trips.txt does not have, or whose row was set aside.
    UnknownTrip,
    /// It names a route that routes.txt does not have.
    UnknownRoute,
    /// It names a service that neither calendar file has.
    UnknownService,
    /// The trip has another call with this number; the other one is used.
    DuplicateCall,
    /// The JSON lists of the trip's stops and times are not equally long; what has no
    /// counterpart is left out.
    UnequalLists,
    /// The call has no times; they were set evenly between the calls before and after, and it is
    /// used.
    TimesFilled,
    /// The call has no times, and none before or after to set them between.
    NoTimes,
    /// The call's times go back against the calls around it.
    BackwardsTime,
    /// No bus is so quick: the stop is wrongly placed or the time is wrong.
    ImpossibleSpeed {
        /// Straight line to the nearest call that is used, in kilometres.
        km: f64,
        /// Time between the two, in seconds.
        seconds: u32,
    },
    /// Fewer than two calls of the trip are left.
    TooFewCalls,
    /// The trip has so many calls that it is a mistake.
    TooManyCalls,
}

impl Problem {
    /// The kind of problem without its figures, as it is counted.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::NoId => "no_id",
            Self::DuplicateId => "duplicate_id",
            Self::NoPlace => "no_place",
            Self::BadField { .. } => "bad_field",
            Self::UnknownStop => "unknown_stop",
            Self::UnknownTrip => "unknown_trip",
            Self::UnknownRoute => "unknown_route",
            Self::UnknownService => "unknown_service",
            Self::DuplicateCall => "duplicate_call",
            Self::UnequalLists => "unequal_lists",
            Self::TimesFilled => "times_filled",
            Self::NoTimes => "no_times",
            Self::BackwardsTime => "backwards_time",
            Self::ImpossibleSpeed { .. } => "impossible_speed",
            Self::TooFewCalls => "too_few_calls",
            Self::TooManyCalls => "too_many_calls",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NotUtf8 => "is not UTF-8: save the file as UTF-8",
            Self::NoId => "has no id",
            Self::DuplicateId => "has the id of another row: the other one is used",
            Self::NoPlace => "has no place: check lon and lat",
            Self::BadField { field } => return write!(f, "has {field}, which cannot be read"),
            Self::UnknownStop => "names a stop that is not in stops.txt",
            Self::UnknownTrip => "names a trip that is not in trips.txt",
            Self::UnknownRoute => "names a route that is not in routes.txt",
            Self::UnknownService => {
                "names a service that is in neither calendar.txt nor calendar_dates.txt"
            }
            Self::DuplicateCall => "repeats a call number of its trip: the other one is used",
            Self::UnequalLists => "has not as many times as stops",
            Self::TimesFilled => "has no times: they were set evenly between those around it",
            Self::NoTimes => "has no times, nor has the trip before or after it",
            Self::BackwardsTime => "goes back in time",
            Self::ImpossibleSpeed { km, seconds } => {
                return write!(
                    f,
                    "lies {km:.2} km from the next call used, {seconds} s apart: its stop is \
                     wrongly placed or its time is wrong"
                );
            }
            Self::TooFewCalls => "has fewer than two usable calls",
            Self::TooManyCalls => "has far too many calls",
        };
        f.write_str(text)
    }
}

/// One row with a problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The file.
    pub file: &'static str,
    /// Line in the file, from 1; in the JSON form, the trip's number, from 1.
    pub row: u64,
    /// What the row is about: the trip and stop, or the id.
    pub name: String,
    /// What is wrong.
    #[serde(flatten)]
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} row {} ({}) {}",
            self.file, self.row, self.name, self.problem
        )
    }
}

/// How many of something were in the feed and how many are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// In the feed.
    pub read: u64,
    /// In the timetable.
    pub used: u64,
}

/// What a feed held.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Stops; used are those that some call needs.
    pub stops: Count,
    /// Distinct places of the used stops: the stops of the timetable.
    pub stop_places: u64,
    /// Routes; used are those of which a trip is used.
    pub routes: Count,
    /// Trips of trips.txt; used are those that run as written or by frequencies.
    pub trips: Count,
    /// Trips added by frequencies.txt, beyond the one that each pattern of calls stands for.
    pub trips_by_frequency: u64,
    /// Trips left out because another of the same route and service is the same.
    pub doubled_trips: u64,
    /// Calls.
    pub calls: Count,
    /// Number of findings by kind of problem.
    pub problems: BTreeMap<&'static str, u64>,
    /// The findings by file and row, at most [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn add(
        &mut self,
        file: &'static str,
        row: u64,
        name: impl Into<String>,
        problem: Problem,
    ) {
        *self.problems.entry(problem.kind()).or_default() += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                file,
                row,
                name: name.into(),
                problem,
            });
        }
    }

    pub(super) fn sort(&mut self) {
        self.findings
            .sort_by(|a, b| (a.file, a.row, &a.name).cmp(&(b.file, b.row, &b.name)));
    }
}
