//! The process as it ran: which event directly follows which, how often and after how long; whole courses; and what was
//! done again.
//!
//! An activity is an event's kind, with the step's name where a handing over names one. Events of one dossier at one instant follow
//! each other in the contract's order of precedence. Durations are wall-clock time; their medians are exact up to
//! [`crate::quantile::EXACT`] of them and within 1 % beyond.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use ingest::event::EventTime;
use serde::Serialize;

use crate::live::dossier::{Dossier, StepKind};
use crate::names::Name;
use crate::quantile::Histogram;

/// What begins and ends every course.
const BEGIN: u16 = 0;
const END: u16 = 1;
/// Activities are told apart up to so many; the rest is one.
const MAX_ACTIVITIES: usize = 1_000;
/// Courses are told apart up to so many; the rest is counted as others.
const MAX_VARIANTS: usize = 50_000;
/// Activities of a course that are kept: longer ones are cut.
const MAX_COURSE: usize = 64;

/// A graph in the making.
#[derive(Debug)]
pub struct Process {
    labels: Vec<String>,
    ids: HashMap<(StepKind, Option<Name>), u16, RandomState>,
    /// Of events without a step's name, by kind.
    plain: [u16; StepKind::ALL.len()],
    edges: HashMap<u32, Histogram, RandomState>,
    variants: HashMap<Box<[u16]>, Variant, RandomState>,
    /// How often an activity was done, in how many dossiers, and in how many of them again.
    counts: Vec<[u64; 3]>,
    others: u64,
    reworked: u64,
    dossiers: u64,
    events: u64,
    course: Vec<u16>,
    seen: Vec<u32>,
}

#[derive(Debug, Default)]
struct Variant {
    dossiers: u64,
    duration: Histogram,
}

/// An activity of the graph.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Activity {
    /// Its kind, with the step's name behind a colon where there is one.
    pub activity: String,
    /// How often it was done.
    pub count: u64,
    /// In how many dossiers.
    pub dossiers: u64,
    /// In how many of them more than once.
    pub repeated_in: u64,
}

/// An activity directly followed by another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edge {
    /// The first; `begin` of every course.
    pub from: String,
    /// The second; `end` of every course.
    pub to: String,
    /// How often.
    pub count: u64,
    /// Median time between the two, in hours; none for begins and ends.
    pub median_hours: Option<f64>,
    /// The time that nine in ten of them stay under, in hours.
    pub p90_hours: Option<f64>,
}

/// A whole course.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Course {
    /// Its activities, in order.
    pub activities: Vec<String>,
    /// Dossiers that took it.
    pub dossiers: u64,
    /// Their share of all.
    pub share: f64,
    /// Median time from first to last event, in hours.
    pub median_hours: Option<f64>,
}

/// The graph.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Graph {
    /// Dossiers in it.
    pub dossiers: u64,
    /// Their events.
    pub events: u64,
    /// Activities, the most frequent first.
    pub activities: Vec<Activity>,
    /// Edges, the most frequent first.
    pub edges: Vec<Edge>,
    /// How many different courses there were.
    pub courses: usize,
    /// The most frequent courses.
    pub variants: Vec<Course>,
    /// Dossiers whose course was not told apart, there being too many.
    pub other_courses: u64,
    /// Dossiers in which something was done more than once.
    pub reworked: u64,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            labels: vec!["begin".to_owned(), "end".to_owned()],
            ids: HashMap::default(),
            plain: [u16::MAX; StepKind::ALL.len()],
            edges: HashMap::default(),
            variants: HashMap::default(),
            counts: vec![[0; 3]; 2],
            others: 0,
            reworked: 0,
            dossiers: 0,
            events: 0,
            course: Vec::new(),
            seen: Vec::new(),
        }
    }
}

impl Process {
    /// Adds a dossier's course from its events before an instant.
    pub fn add(&mut self, dossier: &Dossier, until: EventTime) {
        let marks = dossier.marks.before(until);
        let steps = marks.iter().map(|mark| {
            let more = mark.what.hand_over();
            (
                mark.time,
                mark.what.kind(),
                more.and_then(|m| m.step.as_ref()),
            )
        });
        self.add_course(steps);
    }

    fn add_course<'a>(
        &mut self,
        steps: impl Iterator<Item = (EventTime, StepKind, Option<&'a Name>)>,
    ) {
        let mut course = std::mem::take(&mut self.course);
        course.clear();
        let mut last = (BEGIN, None::<EventTime>);
        let mut first = None;
        for (time, kind, step) in steps {
            let id = self.id(kind, step);
            self.edge(last, (id, Some(time)));
            self.counts[usize::from(id)][0] += 1;
            if course.len() < MAX_COURSE {
                course.push(id);
            }
            first = first.or(Some(time));
            last = (id, Some(time));
            self.events += 1;
        }
        let (Some(first), (_, Some(end))) = (first, last) else {
            self.course = course;
            return;
        };
        self.edge(last, (END, None));
        self.dossiers += 1;
        self.count_once(&course);
        let hours = end.seconds_since(first) / 3600.0;
        let has_room = self.variants.len() < MAX_VARIANTS;
        if let Some(variant) = self.variants.get_mut(course.as_slice()) {
            variant.dossiers += 1;
            variant.duration.push(hours);
        } else if has_room {
            let variant = self.variants.entry(course.as_slice().into()).or_default();
            variant.dossiers = 1;
            variant.duration.push(hours);
        } else {
            self.others += 1;
        }
        self.course = course;
    }

    /// Counts the activities of a course once each, and those that come again.
    fn count_once(&mut self, course: &[u16]) {
        let mut is_reworked = false;
        self.seen.resize(self.labels.len(), 0);
        for id in course {
            self.seen[usize::from(*id)] += 1;
        }
        for id in course {
            let seen = std::mem::take(&mut self.seen[usize::from(*id)]);
            let [_, dossiers, repeated] = &mut self.counts[usize::from(*id)];
            *dossiers += u64::from(seen > 0);
            *repeated += u64::from(seen > 1);
            is_reworked |= seen > 1;
        }
        self.reworked += u64::from(is_reworked);
    }

    fn edge(&mut self, from: (u16, Option<EventTime>), to: (u16, Option<EventTime>)) {
        let key = u32::from(from.0) << 16 | u32::from(to.0);
        let seconds = match (from.1, to.1) {
            (Some(from), Some(to)) => to.seconds_since(from),
            _ => 0.0,
        };
        self.edges.entry(key).or_default().push(seconds);
    }

    fn id(&mut self, kind: StepKind, step: Option<&Name>) -> u16 {
        let plain = self.plain[kind as usize];
        if step.is_none() && plain != u16::MAX {
            return plain;
        }
        if let Some(step) = step
            && let Some(id) = self.ids.get(&(kind, Some(step.clone())))
        {
            return *id;
        }
        if self.labels.len() >= MAX_ACTIVITIES && step.is_some() {
            return self.id(kind, None);
        }
        // Under a thousand.
        let id = self.labels.len() as u16;
        self.labels.push(match step {
            Some(step) => format!("{}: {step}", kind.as_str()),
            None => kind.as_str().to_owned(),
        });
        self.counts.push([0; 3]);
        match step {
            Some(step) => {
                self.ids.insert((kind, Some(step.clone())), id);
            }
            None => self.plain[kind as usize] = id,
        }
        id
    }

    /// The graph, with so many of the most frequent courses.
    pub fn finish(self, variants: usize) -> Graph {
        let label = |id: u16| self.labels[usize::from(id)].clone();
        let activities = self.counts.iter().enumerate().skip(2);
        let mut activities: Vec<Activity> = activities
            .map(|(id, [count, dossiers, repeated_in])| Activity {
                activity: label(id as u16),
                count: *count,
                dossiers: *dossiers,
                repeated_in: *repeated_in,
            })
            .collect();
        activities.sort_by(|a, b| (b.count, &a.activity).cmp(&(a.count, &b.activity)));
        let hours = |seconds: Option<f64>| seconds.map(|s| s / 3600.0);
        let edges = self.edges.iter().map(|(key, times)| {
            let (from, to) = ((key >> 16) as u16, *key as u16);
            let is_timed = from != BEGIN && to != END;
            let timed = |p: f64| is_timed.then(|| hours(times.quantile(p))).flatten();
            Edge {
                from: label(from),
                to: label(to),
                count: times.len(),
                median_hours: timed(0.5),
                p90_hours: timed(0.9),
            }
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort_by(|a, b| (b.count, &a.from, &a.to).cmp(&(a.count, &b.from, &b.to)));
        let mut all: Vec<Course> = self
            .variants
            .iter()
            .map(|(course, variant)| Course {
                activities: course.iter().map(|id| label(*id)).collect(),
                dossiers: variant.dossiers,
                share: variant.dossiers as f64 / self.dossiers as f64,
                median_hours: variant.duration.quantile(0.5),
            })
            .collect();
        all.sort_by(|a, b| (b.dossiers, &a.activities).cmp(&(a.dossiers, &b.activities)));
        let courses = all.len();
        all.truncate(variants);
        Graph {
            dossiers: self.dossiers,
            events: self.events,
            activities,
            edges,
            courses,
            variants: all,
            other_courses: self.others,
            reworked: self.reworked,
        }
    }
}
