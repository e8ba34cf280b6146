//! Points watched: the episodes of a day, brought up to an instant again and again.
//!
//! What a watch has after any sequence of instants is what a new one has at the last of them: events that come late, a
//! device that turns out to be known, hours published afterwards make it begin its day anew. So an episode is a
//! function of the events and the instant ([`super`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::SpanKind;

use super::happening::{self, Wanted};
use super::latch::{Episode, Latch, Seen};
use super::point::{Around, Devices, Sweep};
use super::rule::{Hours, Rule};
use super::signal::{Reading, Scope, Signal};
use crate::live::State;
use crate::live::place::{Place, PlaceEvent};
use crate::live::site_day::SiteDay;
use crate::live::visit::TicketEvent;
use crate::names::Name;
use crate::rules::Rules;

/// Seconds between two instants of the grid.
pub const GRID_S: i64 = 15;
const GRID_US: i64 = GRID_S * 1_000_000;
const MINUTE_US: i64 = 60_000_000;
/// Days without a word after which a point, or a device, is not missed any longer.
const FORGOTTEN_DAYS: i64 = 7;
/// A device's gap between two signs before it has shown its own, seconds.
const USUAL_GAP_S: f64 = 300.0;
/// A longer gap is none between two signs of a device at work, minutes.
const LONGEST_GAP_MIN: u32 = 30;

/// What points are watched against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The state.
    pub state: &'a State,
    /// Calendars.
    pub rules: &'a Rules,
    /// The rules of the day.
    pub alerts: &'a [Rule],
}

/// The last instant of the grid at or before an instant.
pub const fn grid(at: EventTime) -> EventTime {
    EventTime(at.0.div_euclid(GRID_US) * GRID_US)
}

/// A point's day as it is watched.
#[derive(Debug)]
struct PointWatch {
    sweep: Sweep,
    latches: Vec<Latch>,
    episodes: Vec<Episode>,
    done: EventTime,
    /// Events that the state had when it was brought up to `done`.
    seen: u64,
    /// What it began with.
    begin: Begin,
    /// Signs of life up to `done`.
    heard: u32,
    devices: Devices,
    /// By minute of the day: counters that could take somebody, and people waiting.
    spare: Vec<(u16, u16)>,
}

/// What the watch of a day rests on beside the day's events.
#[derive(Debug, Clone, PartialEq, Default)]
struct Begin {
    /// The point was heard of not too long ago.
    is_known: bool,
    /// It said on an earlier day that it opened or closed: one that never does is not late.
    tells_doors: bool,
    published: Vec<(EventTime, EventTime, SpanKind)>,
    devices: Vec<Name>,
    yesterday: Yesterday,
}

/// When people came the day before, where that is in memory, and up to which event that is known.
#[derive(Debug, Clone, Default)]
struct Yesterday {
    changed: u64,
    came: Arc<[EventTime]>,
}

impl PartialEq for Yesterday {
    fn eq(&self, other: &Self) -> bool {
        self.came == other.came
    }
}

impl Yesterday {
    /// Of a point; `known` is what was known of it before.
    fn of(state: &State, day: Day, site: &Name, known: &Self) -> Self {
        let Some(before) = state.day_of(Day(day.0 - 1), site) else {
            return Self::default();
        };
        if before.changed == known.changed {
            return known.clone();
        }
        let issued = before.tickets.values().filter_map(|entry| {
            let mut marks = entry.marks.all().iter();
            let first = marks.find(|m| matches!(m.what, TicketEvent::Issued { .. }))?;
            Some(first.time)
        });
        let mut came: Vec<EventTime> = issued.collect();
        came.sort_unstable();
        Self {
            changed: before.changed,
            came: came.into(),
        }
    }
}

/// All points of a day.
#[derive(Debug)]
pub struct Points {
    day: Day,
    done: EventTime,
    by_site: BTreeMap<Name, PointWatch>,
    /// Of what is read of several points at once.
    between: BTreeMap<Name, Vec<Episode>>,
    rules: Vec<Rule>,
}

impl Points {
    /// Of a day, of which nothing is watched yet, by rules.
    pub fn new(day: Day, rules: Vec<Rule>) -> Self {
        Self {
            day,
            done: day.start(),
            by_site: BTreeMap::new(),
            between: BTreeMap::new(),
            rules,
        }
    }

    /// The day.
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The rules that it is watched by.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Up to when.
    pub const fn done(&self) -> EventTime {
        self.done
    }

    /// Goes on to the grid's last instant at or before an instant of the day.
    pub fn advance(
        &mut self,
        state: &State,
        rules: &Rules,
        near: &BTreeMap<Name, Vec<Name>>,
        at: EventTime,
    ) {
        self.gather(rules, near, at, |step| step(state));
    }

    /// As [`Points::advance`], of a state that may go on between two points: `read` is called with each step, and gives it the
    /// state as it then is. No step reads more than one point, so that who locks the state for a step locks it for a moment.
    pub fn gather(
        &mut self,
        rules: &Rules,
        near: &BTreeMap<Name, Vec<Name>>,
        at: EventTime,
        mut read: impl FnMut(&mut dyn FnMut(&State)),
    ) {
        let until = grid(at).min(EventTime(self.day.end().0 - GRID_US));
        if until <= self.day.start() {
            return;
        }
        let mut sites = Vec::new();
        read(&mut |state| sites = self.watched(state));
        for site in &sites {
            read(&mut |state| self.advance_site(state, rules, site, until));
        }
        // A point that all events of came since the last time is watched by all rules from the day's begin.
        let minute = |t: EventTime| t.0.div_euclid(MINUTE_US);
        if minute(until) != minute(self.done) || self.between.is_empty() {
            self.between = self.read_between(near, until);
        }
        self.done = until;
    }

    /// The points that are watched, or begin to be: those that were heard of not too long ago.
    fn watched(&self, state: &State) -> Vec<Name> {
        let oldest = self.day.start().plus_seconds(-FORGOTTEN_DAYS * 86_400);
        let places = state.lasting.places.iter().filter(|(site, place)| {
            place.last_event.is_some_and(|t| t >= oldest) || self.by_site.contains_key(*site)
        });
        places.map(|(site, _)| site.clone()).collect()
    }

    fn advance_site(&mut self, state: &State, rules: &Rules, site: &Name, until: EventTime) {
        let Some(place) = state.lasting.places.get(site) else {
            return;
        };
        let context = Context {
            state,
            rules,
            alerts: &self.rules,
        };
        let watch = self
            .by_site
            .entry(site.clone())
            .or_insert_with(|| PointWatch::new(self.day, &self.rules, Begin::default()));
        watch.advance(self.day, &context, site, place, until);
    }

    /// The day's episodes of every point.
    pub fn episodes(&self) -> impl Iterator<Item = (&Name, &Episode)> {
        let own = self
            .by_site
            .iter()
            .flat_map(|(site, watch)| watch.episodes.iter().map(move |e| (site, e)));
        let between = self
            .between
            .iter()
            .flat_map(|(site, episodes)| episodes.iter().map(move |e| (site, e)));
        own.chain(between)
    }

    /// The points of which nothing is heard at the instant come to.
    pub fn silent(&self) -> BTreeSet<Name> {
        let is_silence =
            |e: &Episode| e.until.is_none() && self.rules[e.rule].signal == Signal::SilentS;
        self.episodes()
            .filter(|(_, e)| is_silence(e))
            .map(|(site, _)| site.clone())
            .collect()
    }

    /// What a signal read at a point over a span of the day, a reading each minute: what is shown beside an alert.
    pub fn evidence(
        &self,
        state: &State,
        rules: &Rules,
        site: &Name,
        (signal, window_s): (Signal, i64),
        (from, to): (EventTime, EventTime),
    ) -> Vec<(EventTime, Option<Reading>)> {
        let mut out = Vec::new();
        let Some(place) = state.lasting.places.get(site) else {
            return out;
        };
        let context = Context {
            state,
            rules,
            alerts: &[],
        };
        let yesterday = Yesterday::of(state, self.day, site, &Yesterday::default());
        let begin = Begin::of(self.day, place, yesterday);
        let mut watch = PointWatch::new(self.day, &[], begin);
        let to = grid(to).min(EventTime(self.day.end().0 - GRID_US));
        watch.replay(self.day, &context, site, to, |watch, around| {
            if around.at >= from && around.at.0 % MINUTE_US == 0 {
                let (reading, _) = watch.sweep.read(signal, window_s, around);
                out.push((around.at, reading));
            }
        });
        out
    }

    /// Idle counters of neighbours (`near_of`: for each point, those within a quarter of an hour's way), minute by minute from the
    /// day's begin.
    fn read_between(
        &self,
        near_of: &BTreeMap<Name, Vec<Name>>,
        until: EventTime,
    ) -> BTreeMap<Name, Vec<Episode>> {
        let rules = self.rules.iter().enumerate();
        let rules: Vec<(usize, &Rule)> = rules
            .filter(|(_, rule)| rule.signal == Signal::NeighbourIdle)
            .collect();
        let mut found = BTreeMap::new();
        if rules.is_empty() {
            return found;
        }
        for (site, watch) in &self.by_site {
            let near = near_of.get(site).map_or(&[][..], Vec::as_slice);
            let near: Vec<(&Name, &PointWatch)> = near
                .iter()
                .filter_map(|other| Some((other, self.by_site.get(other)?)))
                .collect();
            if near.is_empty() || watch.spare.iter().all(|s| s.1 == 0) {
                continue;
            }
            let mut episodes = Vec::new();
            for (place, rule) in &rules {
                let mut latch = Latch::default();
                for (minute, (_, waiting)) in watch.spare.iter().enumerate() {
                    let at = EventTime(self.day.start().0 + minute as i64 * MINUTE_US);
                    if at > until {
                        break;
                    }
                    let idle = near
                        .iter()
                        .filter_map(|(other, w)| Some((*other, w.spare.get(minute)?.0)));
                    let best = idle.max_by_key(|(_, idle)| *idle);
                    let waiting = u32::from(*waiting);
                    let reading = best.filter(|_| waiting > 0).map(|(_, idle)| Reading {
                        value: f64::from(idle),
                        sample: waiting,
                    });
                    let also = rule.also.iter().all(|also| {
                        also.signal == Signal::Waiting && also.holds(Some(Reading::count(waiting)))
                    });
                    let seen = Seen {
                        at,
                        applies: true,
                        reading,
                        also,
                        detail: best.map(|(other, _)| other),
                        began: None,
                    };
                    latch.step(*place, rule, &seen, &mut episodes);
                }
            }
            if !episodes.is_empty() {
                found.insert(site.clone(), episodes);
            }
        }
        found
    }
}

impl Begin {
    fn of(day: Day, place: &Place, yesterday: Yesterday) -> Self {
        let oldest = day.start().plus_seconds(-FORGOTTEN_DAYS * 86_400);
        let devices = place.devices.iter();
        let mut devices: Vec<Name> = devices
            .filter(|(_, d)| d.first < day.start() && d.last >= oldest)
            .map(|(name, _)| name.clone())
            .collect();
        devices.sort_unstable();
        let doors = place.doors.before(day.start()).iter();
        let tells = |what: &PlaceEvent| matches!(what, PlaceEvent::Opened | PlaceEvent::Closed);
        Self {
            is_known: place.last_event.is_some_and(|t| t >= oldest),
            tells_doors: doors.into_iter().any(|mark| tells(&mark.what)),
            published: happening::published(place, day.start(), day.end()).collect(),
            devices,
            yesterday,
        }
    }
}

impl PointWatch {
    fn new(day: Day, rules: &[Rule], begin: Begin) -> Self {
        Self {
            sweep: Sweep::new(
                begin.published.iter().copied(),
                begin.tells_doors,
                Arc::clone(&begin.yesterday.came),
            ),
            latches: vec![Latch::default(); rules.len()],
            episodes: Vec::new(),
            done: day.start(),
            seen: 0,
            begin,
            heard: 0,
            devices: Devices::default(),
            spare: Vec::new(),
        }
    }

    fn advance(
        &mut self,
        day: Day,
        context: &Context<'_>,
        site: &Name,
        place: &Place,
        until: EventTime,
    ) {
        if until <= self.done {
            return;
        }
        let yesterday = Yesterday::of(context.state, day, site, &self.begin.yesterday);
        let begin = Begin::of(day, place, yesterday);
        let today = context.state.day_of(day, site);
        let as_before = begin == self.begin && signs(today, day, self.done) == self.heard;
        let alerts = context.alerts;
        let mut step = |watch: &mut Self, around: Around<'_>, is_open: bool| {
            watch.read(alerts, around, is_open);
        };
        if as_before && self.go_on(day, context, site, until, &mut step) {
            return;
        }
        *self = Self::new(day, alerts, begin);
        self.go_on(day, context, site, until, &mut step);
    }

    /// Goes through the day with something to do at each instant of the grid.
    fn replay(
        &mut self,
        day: Day,
        context: &Context<'_>,
        site: &Name,
        until: EventTime,
        mut at_each: impl FnMut(&Self, Around<'_>),
    ) {
        let mut step = |watch: &mut Self, around: Around<'_>, _: bool| at_each(watch, around);
        self.go_on(day, context, site, until, &mut step);
    }

    /// Goes on to an instant; false where something that came since happened before where it has come to.
    fn go_on(
        &mut self,
        day: Day,
        context: &Context<'_>,
        site: &Name,
        until: EventTime,
        step: &mut impl FnMut(&mut Self, Around<'_>, bool),
    ) -> bool {
        let today = context.state.day_of(day, site);
        let empty = SiteDay::default();
        let today = today.unwrap_or(&empty);
        // The day's first microsecond is after the end of the day before.
        let after = if self.done == day.start() {
            EventTime(day.start().0 - 1)
        } else {
            self.done
        };
        let wanted = Wanted {
            after,
            until,
            seen: self.seen,
        };
        let Some(happenings) = happening::between(today, wanted) else {
            return false;
        };
        let calendar = context.rules.calendars.of_site(site);
        let mut next = happenings.iter().peekable();
        let mut at = EventTime(self.done.0 + GRID_US);
        while at <= until {
            while let Some(one) = next.next_if(|h| h.at <= at) {
                self.sweep.take(one);
            }
            if at.0 % MINUTE_US == 0 || self.done == day.start() {
                self.devices = devices(today, &self.begin, day, at);
                self.keep_spare(day, at);
            }
            let devices = std::mem::take(&mut self.devices);
            let around = Around {
                at,
                calendar,
                devices: &devices,
            };
            let is_open = self.begin.is_known && self.sweep.reach(around);
            step(self, around, is_open);
            self.devices = devices;
            self.done = at;
            at = EventTime(at.0 + GRID_US);
        }
        self.seen = context.state.events;
        self.heard = signs(Some(today), day, self.done);
        true
    }

    fn keep_spare(&mut self, day: Day, at: EventTime) {
        let minute = ((at.0 - day.start().0) / MINUTE_US) as usize;
        let (idle, waiting) = self.sweep.spare(at);
        let short = |n: u32| u16::try_from(n).unwrap_or(u16::MAX);
        self.spare.resize(minute, (0, 0));
        self.spare.push((short(idle), short(waiting)));
    }

    fn read(&mut self, alerts: &[Rule], around: Around<'_>, is_open: bool) {
        let may_rest =
            !is_open && !self.sweep.is_in_day() && !self.latches.iter().any(Latch::stands);
        for (place, rule) in alerts.iter().enumerate() {
            if rule.signal.scope() != Scope::Site || rule.signal == Signal::NeighbourIdle {
                continue;
            }
            if may_rest && rule.hours != Hours::Always {
                // Nothing stands and nothing applies: the night costs nothing.
                if let Some(latch) = self.latches.get_mut(place) {
                    *latch = Latch::default();
                }
                continue;
            }
            let applies = match rule.hours {
                Hours::Open => is_open,
                Hours::Day => self.begin.is_known && self.sweep.is_in_day(),
                Hours::Working => {
                    around
                        .calendar
                        .between(around.at, around.at.plus_seconds(60))
                        > 0
                }
                Hours::Always => self.begin.is_known,
            };
            let (reading, detail) = self.sweep.read(rule.signal, rule.window_s, around);
            // Several at once are an outage at noon too, and where each has one device.
            let (reading, began) = if rule.signal == Signal::SilentS {
                let at_noon = rule.together > 0;
                let began = self.sweep.fell_silent(around, at_noon);
                (self.sweep.silent(around, at_noon), began)
            } else {
                (reading, None)
            };
            let also = applies
                && rule
                    .also
                    .iter()
                    .all(|also| also.holds(self.sweep.read(also.signal, rule.window_s, around).0));
            let seen = Seen {
                at: around.at,
                applies,
                reading,
                also,
                detail,
                began,
            };
            if let Some(latch) = self.latches.get_mut(place) {
                latch.step(place, rule, &seen, &mut self.episodes);
            }
        }
    }
}

/// How many signs of life devices gave on a day up to an instant.
fn signs(today: Option<&SiteDay>, day: Day, until: EventTime) -> u32 {
    let heard = today.into_iter().flat_map(|t| t.heard.values());
    heard
        .map(|h| h.instants(day).take_while(|t| *t <= until).count() as u32)
        .sum()
}

/// The devices that are missed when they are silent, and when each was heard last.
fn devices(today: &SiteDay, begin: &Begin, day: Day, at: EventTime) -> Devices {
    let midnight = day.start();
    let heard = |name: &Name| -> Option<(EventTime, f64)> {
        let until = ((at.0 - midnight.0) / MINUTE_US) as u32;
        let heard = today.heard.get(name)?;
        let last = heard.minutes().take_while(|m| *m <= until).last()?;
        let gap = heard.usual_gap_until(LONGEST_GAP_MIN, until);
        let gap = gap.map_or(USUAL_GAP_S, |minutes| f64::from(minutes.max(1)) * 60.0);
        Some((midnight.plus_seconds(i64::from(last) * 60), gap))
    };
    let known = begin.devices.iter();
    let new = today
        .heard
        .keys()
        .filter(|name| !begin.devices.contains(name));
    let all = known
        .map(|name| (name, heard(name).unwrap_or((midnight, USUAL_GAP_S))))
        .chain(new.filter_map(|name| Some((name, heard(name)?))));
    Devices {
        all: all
            .map(|(name, (last, gap))| (name.clone(), last, gap))
            .collect(),
    }
}
