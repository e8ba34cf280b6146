//! The ideal observer: it hears every event when it happens, knows the limits and delays of the rules, and says from which
//! instant of the grid on an incident can be known.

use std::collections::{BTreeMap, BTreeSet};

use analytics::alerts::{Rule, Signal};
use analytics::rules::Rules;
use anyhow::Context as _;
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;

use super::queue::{self, QueueLimits};
use super::{Incident, Kind, site_of};

/// Seconds between two instants of the points' grid.
pub const GRID_S: i64 = 15;
/// Seconds between two instants of the dossiers' grid.
const PAPER_GRID_S: i64 = 300;
/// Seconds between two signs of life of a device of the simulated city.
const GAP_S: f64 = 300.0;
/// Seconds between two words of a point without devices, as the rules take them to be usual.
const QUIET_S: f64 = 780.0;
/// Calendar days from which an agency's pace is taken.
const PAST_DAYS: i64 = 5;

/// What an event tells, as far as it is asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Data {
    /// The ticket.
    pub ticket: Option<String>,
    /// The counter.
    pub counter: Option<String>,
    /// The device.
    pub device: Option<String>,
    /// The dossier.
    pub dossier: Option<String>,
    /// The agency that is to settle it, or that took it over.
    pub agency: Option<String>,
    /// To whom it is handed.
    pub to_agency: Option<String>,
    /// Of hours published: from when.
    pub from: Option<String>,
    /// And until when.
    pub to: Option<String>,
}

/// An event as it was told.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it happened.
    pub at: EventTime,
    /// The event's type.
    pub word: String,
    /// What it tells.
    pub data: Data,
}

#[derive(Deserialize)]
struct Line {
    source: String,
    #[serde(rename = "type")]
    word: String,
    time: String,
    data: Data,
}

/// The limits and delays that the observer knows.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A device's silence, in gaps.
    pub device_gaps: f64,
    /// A point's silence past its gap, seconds, where several are silent.
    pub outage_s: f64,
    /// How many points are an outage.
    pub together: usize,
    /// A late opening, seconds.
    pub late_s: f64,
    /// An agency's expected acts without one.
    pub acts: f64,
    /// The least acts of its past.
    pub past_acts: usize,
    /// Those of a queue.
    pub queue: QueueLimits,
}

impl Limits {
    /// Of a day's rules.
    pub fn of(rules: &[Rule]) -> anyhow::Result<Self> {
        let rule = |signal: Signal, together: bool| {
            // What another rule hides says nothing by itself.
            let is_hidden = |rule: &Rule| rules.iter().any(|r| r.hides.contains(&rule.id));
            let found = rules
                .iter()
                .find(|r| r.signal == signal && (r.together > 0) == together && !is_hidden(r));
            found.with_context(|| format!("no rule reads {}", signal.word()))
        };
        let outage = rule(Signal::SilentS, true)?;
        let agency = rule(Signal::AgencyIdle, false)?;
        Ok(Self {
            device_gaps: rule(Signal::DeviceBeats, false)?.limit,
            outage_s: outage.limit,
            together: outage.together as usize,
            late_s: rule(Signal::LateOpeningS, false)?.limit,
            acts: agency.limit,
            past_acts: agency.min_sample as usize,
            queue: QueueLimits {
                mean: queue::Limit::of(rule(Signal::MeanWaitS, false)?),
                longest: queue::Limit::of(rule(Signal::LongestOpenWaitS, false)?),
                growth: queue::Limit::of(rule(Signal::QueueGrowth, false)?),
                quiet: queue::Limit::of(rule(Signal::NoCallS, false)?),
                closed: queue::Limit::of(rule(Signal::CountersClosed, false)?),
                crowd: queue::Limit::of(rule(Signal::ArrivalsRatio, false)?),
            },
        })
    }
}

/// What was heard of what incidents concern.
#[derive(Debug, Default)]
pub struct Observer {
    wanted: BTreeSet<(String, Day)>,
    by_site: BTreeMap<(String, Day), Vec<Told>>,
    /// Published hours by site and day.
    hours: BTreeMap<(String, Day), Vec<(EventTime, EventTime)>>,
    agencies: BTreeSet<String>,
    holders: BTreeMap<String, String>,
    acts: BTreeMap<String, Vec<EventTime>>,
}

impl Observer {
    /// Of a list of incidents.
    pub fn of(incidents: &[Incident]) -> Self {
        let mut observer = Self::default();
        for incident in incidents {
            let day = incident.begin.day();
            let sites = incident.sites.iter().map(|site| (site.clone(), day));
            observer.wanted.extend(sites);
            let before = incident
                .sites
                .iter()
                .map(|site| (site.clone(), Day(day.0 - 1)));
            observer.wanted.extend(before);
            observer.agencies.extend(incident.agency.clone());
        }
        observer
    }

    /// Hears a line of the stream.
    pub fn hear(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let line: Line = serde_json::from_slice(line).context("a line is no event")?;
        let at = EventTime::parse_rfc3339(&line.time).context("an event has a time")?;
        if line.word.starts_with("dossier.") {
            self.act(at, &line);
        }
        let Some(site) = site_of(&line.source) else {
            return Ok(());
        };
        if let (Some(from), Some(to)) = (&line.data.from, &line.data.to) {
            let instant = |text| EventTime::parse_rfc3339(text).context("hours are instants");
            let (from, to) = (instant(from)?, instant(to)?);
            let hours = self.hours.entry((site.to_owned(), from.day())).or_default();
            hours.push((from, to));
        }
        let key = (site.to_owned(), at.day());
        if self.wanted.contains(&key) {
            self.by_site.entry(key).or_default().push(Told {
                at,
                word: line.word,
                data: line.data,
            });
        }
        Ok(())
    }

    /// Notes whose act a step of a dossier is.
    fn act(&mut self, at: EventTime, line: &Line) {
        let Some(dossier) = line.data.dossier.clone() else {
            return;
        };
        let holder = self.holders.get(&dossier).cloned();
        let (actor, next) = match line.word.as_str() {
            "dossier.submitted" => (None, line.data.agency.clone()),
            "dossier.taken" => (line.data.agency.clone(), line.data.agency.clone()),
            // The hand-over to the agency that is to settle it is the reception's act, not the agency's.
            "dossier.transferred" => (
                holder.filter(|holder| Some(holder) != line.data.to_agency.as_ref()),
                line.data.to_agency.clone(),
            ),
            "dossier.resolved" | "dossier.supplement_requested" | "dossier.extended" => {
                (holder, None)
            }
            _ => return,
        };
        if let Some(next) = next {
            self.holders.insert(dossier, next);
        }
        if let Some(actor) = actor.filter(|actor| self.agencies.contains(actor)) {
            self.acts.entry(actor).or_default().push(at);
        }
    }

    /// Puts what was heard in order of time, after the last line.
    pub fn finish(&mut self) {
        for told in self.by_site.values_mut() {
            told.sort_by_key(|told| told.at);
        }
        for acts in self.acts.values_mut() {
            acts.sort_unstable();
        }
    }

    fn day_of(&self, site: &str, day: Day) -> &[Told] {
        self.by_site
            .get(&(site.to_owned(), day))
            .map_or(&[], Vec::as_slice)
    }

    /// The first instant of the grid at which an incident can be known; none where it cannot while it is looked for.
    pub fn knowable(
        &self,
        incident: &Incident,
        limits: &Limits,
        rules: &Rules,
    ) -> Option<EventTime> {
        let day = incident.begin.day();
        let site = incident.sites.iter().next().map_or("", String::as_str);
        match incident.kind {
            Kind::MachineFailure => {
                let pulses = self.day_of(site, day).iter().filter(|told| {
                    told.word == "device.heartbeat"
                        && told.data.device.as_deref() == Some("kiosk/1")
                });
                let last = pulses
                    .map(|told| told.at)
                    .take_while(|at| *at < incident.begin)
                    .last()?;
                let at = next(after(last, limits.device_gaps * GAP_S), GRID_S);
                (at < incident.end).then_some(at)
            }
            Kind::NetworkOutage => self.outage(incident, limits),
            Kind::OpensLate => {
                let at = next(after(incident.begin, limits.late_s), GRID_S);
                (at < incident.end).then_some(at)
            }
            Kind::AgencyStops => self.stop(incident, limits, rules),
            Kind::CountersClosed | Kind::Rush => {
                let hours = self.hours.get(&(site.to_owned(), day));
                let heard = queue::Heard {
                    told: self.day_of(site, day),
                    yesterday: self.day_of(site, Day(day.0 - 1)),
                    hours: hours.map_or(&[][..], Vec::as_slice),
                };
                queue::first(&heard, &limits.queue, (incident.begin, incident.until()))
            }
        }
    }

    /// When the point that makes it an outage has been silent for long enough.
    fn outage(&self, incident: &Incident, limits: &Limits) -> Option<EventTime> {
        let day = incident.begin.day();
        let mut silent: Vec<EventTime> = Vec::new();
        for site in &incident.sites {
            let before = self
                .day_of(site, day)
                .iter()
                .filter(|told| told.at < incident.begin);
            let is_door =
                |told: &&Told| matches!(told.word.as_str(), "site.opened" | "site.closed");
            let door = before.clone().rfind(is_door);
            if door.is_none_or(|door| door.word == "site.closed") {
                continue;
            }
            let has_devices = before.clone().any(|told| told.word == "device.heartbeat");
            let Some(last) = before.map(|told| told.at).max() else {
                continue;
            };
            let usual_s = if has_devices { GAP_S } else { QUIET_S };
            silent.push(next(after(last, usual_s + limits.outage_s), GRID_S));
        }
        silent.retain(|at| *at < incident.end);
        silent.sort_unstable();
        // All of them lost their line at one instant: the one that makes them enough tells.
        silent.get(limits.together.checked_sub(1)?).copied()
    }

    /// When an agency has done nothing for as long as it takes for so many acts at its pace.
    fn stop(&self, incident: &Incident, limits: &Limits, rules: &Rules) -> Option<EventTime> {
        let agency = incident.agency.as_deref()?;
        let acts = self.acts.get(agency)?;
        let calendar = rules.calendar_of(Some(agency));
        let midnight = incident.begin.day().start();
        let oldest = midnight.plus_seconds(-PAST_DAYS * 86_400);
        let past = acts
            .iter()
            .filter(|at| (oldest..midnight).contains(at))
            .count();
        let worked_s = calendar.between(oldest, midnight) as f64 / 1e6;
        if past < limits.past_acts || worked_s <= 0.0 {
            return None;
        }
        let today = acts
            .iter()
            .filter(|at| (midnight..incident.begin).contains(at));
        let last = today.copied().last().unwrap_or(midnight);
        let wanted_s = limits.acts * worked_s / past as f64;
        let mut at = next(incident.begin, PAPER_GRID_S);
        while at < incident.begin.day().end() {
            let is_worked = calendar.between(at, at.plus_seconds(60)) > 0;
            if is_worked && calendar.between(last, at) as f64 / 1e6 > wanted_s {
                return Some(at);
            }
            at = at.plus_seconds(PAPER_GRID_S);
        }
        None
    }
}

fn after(at: EventTime, seconds: f64) -> EventTime {
    EventTime(at.0 + (seconds * 1e6) as i64)
}

/// The first instant of a grid at or after an instant.
pub fn next(at: EventTime, grid_s: i64) -> EventTime {
    let grid = grid_s * 1_000_000;
    EventTime((at.0 + grid - 1).div_euclid(grid) * grid)
}
