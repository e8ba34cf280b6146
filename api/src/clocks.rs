//! What arrival tells of the clocks of devices: kept in memory, of the last days, apart from the live fold.
//!
//! It follows arrival, so none of it may go into the state, whose figures do not; and it begins anew with each start of the
//! server. Only events that came live count: an import says nothing of a clock. Where event time is the clock, the time of coming
//! is that of the newest event. Bounded in days and in devices; what finds no room is counted.

use std::collections::{BTreeMap, HashMap};

use analytics::clocks::{Offsets, Verdict};
use analytics::names::{Map, Name};
use compact_str::CompactString;
use ingest::event::time::Day;
use ingest::event::{Body, EventTime};
use ingest::intake::Accepted;
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::core::{Core, Touch};

/// Days that are kept.
const DAYS: usize = 3;
/// Devices of a day, at most: ten times a city's.
const MOST: usize = 20_000;

#[derive(Debug, Default)]
struct Clock {
    /// The point, where all was of one.
    site: Option<Name>,
    is_of_several: bool,
    offsets: Offsets,
    /// Refused, since they were ahead of the server's clock.
    refused: u64,
}

impl Clock {
    fn is_at(&mut self, site: Option<&Name>) {
        if self.site.as_ref() == site || self.is_of_several {
            return;
        }
        self.is_of_several = self.site.is_some() || self.offsets.n() > 0;
        self.site = site.filter(|_| !self.is_of_several).cloned();
    }
}

/// A source: what it says for itself, and for each device that it names.
#[derive(Debug, Default)]
struct Source {
    own: Option<Clock>,
    devices: Vec<(CompactString, Clock)>,
}

impl Source {
    fn clocks(&self) -> impl Iterator<Item = (Option<&CompactString>, &Clock)> {
        let own = self.own.iter().map(|clock| (None, clock));
        own.chain(self.devices.iter().map(|(d, clock)| (Some(d), clock)))
    }
}

#[derive(Debug, Default)]
struct OneDay {
    sources: Map<CompactString, Source>,
    n: usize,
    without_room: u64,
}

impl OneDay {
    fn of(&mut self, source: &str, device: Option<&str>) -> Option<&mut Clock> {
        let has_room = self.n < MOST;
        if !self.sources.contains_key(source) {
            if !has_room {
                self.without_room += 1;
                return None;
            }
            self.sources.insert(source.into(), Source::default());
        }
        let found = self.sources.get_mut(source)?;
        let Some(device) = device else {
            self.n += usize::from(found.own.is_none());
            return Some(found.own.get_or_insert_default());
        };
        let at = found.devices.iter().position(|(name, _)| name == device);
        if at.is_none() {
            if !has_room {
                self.without_room += 1;
                return None;
            }
            self.n += 1;
            found.devices.push((device.into(), Clock::default()));
        }
        let last = found.devices.len().saturating_sub(1);
        let (_, clock) = found.devices.get_mut(at.unwrap_or(last))?;
        Some(clock)
    }

    fn clocks(&self) -> impl Iterator<Item = (&CompactString, Option<&CompactString>, &Clock)> {
        let sources = self.sources.iter();
        sources.flat_map(|(source, of)| of.clocks().map(move |(d, clock)| (source, d, clock)))
    }
}

/// The clocks of the last days.
#[derive(Debug)]
pub struct DeviceClocks {
    since: EventTime,
    days: Mutex<BTreeMap<Day, OneDay>>,
}

impl DeviceClocks {
    /// None yet.
    pub fn new(since: EventTime) -> Self {
        Self {
            since,
            days: Mutex::default(),
        }
    }

    /// Looks at what came, with what each event touched.
    pub fn observe(&self, core: &Core, accepted: &[Accepted], touches: &[Touch]) {
        if !accepted.iter().any(|run| run.is_live) {
            return;
        }
        let now = core.is_simulated().then(|| core.now(&core.state.read()));
        let mut days = self.days.lock();
        let mut touches = touches.iter();
        let mut long_ago = 0;
        for run in accepted {
            let touched = touches.by_ref().take(run.events.len());
            if !run.is_live {
                touched.for_each(drop);
                continue;
            }
            let received = now.unwrap_or(run.received_at);
            let mut day = day_of(&mut days, received);
            for (event, touch) in run.events.iter().zip(touched) {
                let device = match &event.body {
                    Body::DeviceHeartbeat(beat) => Some(beat.device.as_str()),
                    _ => None,
                };
                let clock = day.as_mut().and_then(|d| d.of(&event.source, device));
                let Some(clock) = clock else { continue };
                let of_dossier = touch.dossier.as_ref().and_then(|(_, site)| site.as_ref());
                clock.is_at(touch.fold.site.as_ref().or(of_dossier));
                let before = clock.offsets.long_ago();
                clock.offsets.add(received.0 - event.time.0);
                long_ago += clock.offsets.long_ago() - before;
            }
        }
        if long_ago > 0 {
            metrics::counter!("vonglau_implausible_events_total", "reason" => "long_ago")
                .increment(long_ago);
        }
    }

    /// Looks at lines that were refused for being ahead of the clock, by their sources.
    pub fn refused(&self, ahead: &[CompactString], at: EventTime) {
        if ahead.is_empty() {
            return;
        }
        metrics::counter!("vonglau_implausible_events_total", "reason" => "clock_ahead")
            .increment(ahead.len() as u64);
        let mut days = self.days.lock();
        let Some(day) = day_of(&mut days, at) else {
            return;
        };
        for source in ahead {
            if let Some(clock) = day.of(source, None) {
                clock.refused += 1;
            }
        }
    }

    /// A day's clocks as JSON, what is not in step first.
    pub fn json(&self, day: Day, name_of: impl Fn(&Name) -> Option<String>) -> Value {
        let days = self.days.lock();
        let found = days.get(&day);
        let mut clocks: Vec<_> = found.into_iter().flat_map(OneDay::clocks).collect();
        let rank = |clock: &Clock| match clock.offsets.verdict() {
            Verdict::Ahead => 0,
            Verdict::Behind => 1,
            Verdict::LateBatches => 2,
            Verdict::InStep => 3,
            Verdict::TooFew => 4,
        };
        clocks.sort_by_key(|(source, device, clock)| (rank(clock), *source, *device));
        let mut verdicts: BTreeMap<&str, u64> =
            Verdict::ALL.iter().map(|v| (v.as_str(), 0)).collect();
        let rows: Vec<Value> = clocks
            .into_iter()
            .map(|(source, device, clock)| {
                let offsets = &clock.offsets;
                *verdicts.entry(offsets.verdict().as_str()).or_default() += 1;
                let site = clock.site.as_ref().filter(|_| !clock.is_of_several);
                json!({
                    "source": source,
                    "device": device,
                    "site": site,
                    "name": site.and_then(&name_of),
                    "n": offsets.n(),
                    "least_s": offsets.least_s().map(tenths),
                    "median_s": offsets.median_s().map(tenths),
                    "verdict": offsets.verdict(),
                    "set_aside": {
                        "ahead": clock.refused,
                        "over_a_day": offsets.set_aside(),
                        "long_ago": offsets.long_ago(),
                    },
                })
            })
            .collect();
        json!({
            "day": day,
            "since": self.since.max(day.start()),
            "verdicts": verdicts,
            "clocks": rows,
            "without_room": found.map_or(0, |d| d.without_room),
        })
    }

    /// How many clocks of a day have each verdict, for metrics.
    pub fn tell(&self, day: Day) {
        let days = self.days.lock();
        let clocks = days.get(&day).into_iter().flat_map(OneDay::clocks);
        let mut counts: HashMap<Verdict, u32> = HashMap::new();
        for (_, _, clock) in clocks {
            *counts.entry(clock.offsets.verdict()).or_default() += 1;
        }
        for verdict in Verdict::ALL {
            let n = counts.get(&verdict).copied().unwrap_or_default();
            metrics::gauge!("vonglau_device_clocks", "verdict" => verdict.as_str())
                .set(f64::from(n));
        }
    }
}

fn tenths(seconds: f64) -> f64 {
    (seconds * 10.0).round() / 10.0
}

/// The day of an instant, kept with those before it; `None` for one that is older than those that are kept.
fn day_of(days: &mut BTreeMap<Day, OneDay>, at: EventTime) -> Option<&mut OneDay> {
    let day = at.day();
    days.entry(day).or_default();
    while days.len() > DAYS {
        days.pop_first();
    }
    days.get_mut(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_without_room_are_counted_and_days_go() {
        let mut day = OneDay::default();
        for n in 0..MOST {
            assert!(day.of("gateway", Some(&n.to_string())).is_some());
        }
        assert!(day.of("gateway", Some("one more")).is_none());
        assert!(day.of("other", None).is_none());
        assert!(day.of("gateway", Some("7")).is_some());
        assert_eq!((day.without_room, day.clocks().count()), (2, MOST));

        let mut days = BTreeMap::new();
        for n in 0..6 {
            assert!(day_of(&mut days, Day(20_000 + n).start()).is_some());
        }
        assert_eq!(days.len(), DAYS);
        assert!(day_of(&mut days, Day(20_000).start()).is_none());
        assert_eq!(days.len(), DAYS);
    }

    #[test]
    fn a_source_of_several_points_is_of_none() {
        let mut clock = Clock::default();
        let (a, b) = (Name::from("00004"), Name::from("00008"));
        clock.is_at(Some(&a));
        clock.offsets.add(1);
        clock.is_at(Some(&a));
        assert_eq!(clock.site.as_ref(), Some(&a));
        clock.is_at(Some(&b));
        clock.is_at(Some(&a));
        assert_eq!((clock.site, clock.is_of_several), (None, true));
    }
}
