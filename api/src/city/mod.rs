//! The simulated city: Hà Nội's 156 points on ordinary days, told in the event contract.
//!
//! **Plain that it is simulated**: every `source` begins with `sim/`. **Deterministic**: a plan's
//! seed, scale and points give the same bytes on any machine ([`chance`] says how). No clock is read:
//! days are asked for by date, and [`City`] hands them out in order.
//!
//! A day is made of parts, each with draws of its own: `arrivals` and `visits` play every site's queue, `boards`
//! turns a queue into a plain board's figures, `dossiers` draws each dossier's whole life at its
//! filing, `background` adds hours, pulses, complaints, training and tasks; `profile` says what each
//! site is like, `services` what people come for, `event` and `line` how it is told.
//!
//! **Calibration**, from the scheme's digests: 4,055,230 dossiers a year over 250 working days
//! (Bảng 01, 2023, L598) at scale 1, so 16.2 thousand a working day; overdue 0.2–0.5 % of those
//! settled; 54.7–83.5 thousand in progress; 6,766 complaints a year; staff and machines per old
//! district ([`Tables`]). What no source gives (visits per dossier, service times, channels, shares
//! by field) is assumed where it stands and says so.
//!
//! **Carry-over**: a dossier's later steps fall on later days and are kept until then, some 40 bytes
//! each; the city starts empty, so a caller who wants a standing backlog runs days beforehand with
//! [`City::warm`].
//!
//! **Incidents**: [`City::with_incidents`] puts seeded ones into the days to come (`incidents` plans them and
//! `disturbed` plays them). Without them every draw is as if they did not exist.
//!
//! Not simulated: mobile and community points, `need.registered`, `site.moved`, cameras' content.

mod arrivals;
mod background;
mod boards;
mod chance;
mod clock;
mod disturbed;
mod doors;
mod dossiers;
mod event;
#[cfg(test)]
mod figures;
mod incidents;
mod line;
mod profile;
mod services;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod visits;

pub use event::Event;
pub use incidents::{Incident, IncidentKind, Incidents, Trace};
pub use profile::QueueSource;
pub(crate) use services::procedures_toml;
pub use stream::Stream;
pub use tables::{District, Tables};

use chance::Chance;
use clock::{Day, HOUR, Millis};
use disturbed::{Disturbed, Notes};
use dossiers::Filing;
use event::{Agency, Body, Dossier, Step};
use jiff::civil::Date;
use profile::Site;
use services::SERVICES;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use visits::Today;

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A reception point of a branch.
    Branch,
    /// A commune point.
    Point,
}

/// A place of the city, as the simulator needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct SitePlace {
    /// Its code, as events carry it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// The commune it stands in.
    pub unit_code: String,
    /// The old district of that commune, with or without its kind.
    pub old_district: String,
    /// People of its commune; a branch's load follows its old district instead.
    pub population: u64,
}

/// Why a city cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// No points were given.
    #[error("no points to simulate: give a pack with points")]
    NoPoints,
    /// Ids repeat, are not ids of the event contract, or there are more than 999.
    #[error(
        "points need distinct ids of letters, digits and ._:/- up to 30 characters, at most 999 of them"
    )]
    Points,
    /// The scale is not a positive number up to 20.
    #[error("scale must be over 0 and at most 20")]
    Scale,
    /// The table of districts cannot be read.
    #[error("district table: {0}")]
    Table(String),
}

/// The city as planned: its sites and the seed. Days follow from it.
#[derive(Debug)]
pub struct CityPlan {
    seed: u64,
    scale: f64,
    sites: Vec<Site>,
}

impl CityPlan {
    /// Plans a city. `scale` multiplies people and counters; 1 is Hà Nội.
    pub fn new(
        points: &[SitePlace],
        tables: &Tables,
        seed: u64,
        scale: f64,
    ) -> Result<Self, CityError> {
        if !(scale > 0.0 && scale <= 20.0) {
            return Err(CityError::Scale);
        }
        let is_id = |id: &str| {
            (1..=30).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
        };
        if points
            .iter()
            .any(|place| !is_id(&place.id) || !is_id(&place.unit_code))
        {
            return Err(CityError::Points);
        }
        Ok(Self {
            seed,
            scale,
            sites: profile::sites(points, tables, scale)?,
        })
    }

    /// The ids of the sites and how each tells of its queue, in the order of ids.
    pub fn queue_sources(&self) -> impl Iterator<Item = (&str, QueueSource)> {
        self.sites.iter().map(|site| (site.id.as_str(), site.queue))
    }

    fn site(&self, index: u16) -> &Site {
        &self.sites[usize::from(index)]
    }

    fn sites(&self) -> &[Site] {
        &self.sites
    }
}

/// A run of the city from a date on.
#[derive(Debug)]
pub struct City {
    plan: Arc<CityPlan>,
    first: Day,
    next: Day,
    /// Steps still to come, by their local day.
    pending: BTreeMap<Day, Vec<Event>>,
    incidents: Incidents,
}

impl City {
    /// A run whose first day is `start`. It starts without a backlog.
    pub fn new(plan: Arc<CityPlan>, start: Date) -> Self {
        let first = clock::day_of(start);
        Self {
            plan,
            first,
            next: first,
            pending: BTreeMap::new(),
            incidents: Incidents::default(),
        }
    }

    /// A run whose first day is `start`, with the backlog that the `days` calendar days before it
    /// leave. Of those days, only the dossiers with steps still to come are told: their past goes into
    /// `history`, in order of time, so that no step comes of a dossier that nobody has seen filed.
    pub fn warm(plan: Arc<CityPlan>, start: Date, days: u16, history: &mut Vec<Event>) -> Self {
        let first = clock::day_of(start);
        let next = first - Day::from(days);
        let mut city = Self {
            plan,
            first,
            next,
            pending: BTreeMap::new(),
            incidents: Incidents::default(),
        };
        let begin = history.len();
        let mut day = Vec::new();
        while city.next < first {
            day.clear();
            city.day(&mut day);
            history.extend(
                day.iter()
                    .filter(|event| matches!(event.body, Body::Dossier { .. })),
            );
        }
        let key = |event: &Event| match event.body {
            Body::Dossier { dossier, .. } => Some(dossier.key()),
            _ => None,
        };
        let open: HashSet<_> = city.pending.values().flatten().filter_map(key).collect();
        let mut told = history.split_off(begin);
        told.retain(|event| key(event).is_some_and(|key| open.contains(&key)));
        history.append(&mut told);
        // Steps of anything but dossiers whose beginning was not told are not told either.
        for events in city.pending.values_mut() {
            events.retain(|event| matches!(event.body, Body::Dossier { .. }));
        }
        city
    }

    /// The same run with incidents in the days to come.
    pub fn with_incidents(mut self, incidents: Incidents) -> Self {
        self.incidents = incidents;
        self
    }

    /// The incidents, with what the days played so far showed of them.
    pub fn incidents(&self) -> &Incidents {
        &self.incidents
    }

    /// The plan, which writes the events' lines.
    pub fn plan(&self) -> &Arc<CityPlan> {
        &self.plan
    }

    /// The date of the next day.
    pub fn date(&self) -> Date {
        clock::date_of(self.next)
    }

    /// Steps known but not yet given.
    pub fn pending(&self) -> usize {
        self.pending.values().map(Vec::len).sum()
    }

    /// Puts the next day's events into `out`, in order of arrival, and moves on. Without incidents that
    /// is the order of time; [`Incidents::arrives`] gives each event's instant.
    pub fn day(&mut self, out: &mut Vec<Event>) {
        let day = self.next;
        let plan = Arc::clone(&self.plan);
        let mut events = self.pending.remove(&day).unwrap_or_default();

        let works = clock::works(day);
        let half = !works && clock::weekday(day) == 5 && clock::works(day - 1);
        let mut later = Vec::new();
        let mut filings = Vec::new();
        if works || half {
            background::schedule(&plan, day, half, &mut events);
            background::devices(&plan, day, half, &mut later, &mut events);
        }
        if works {
            background::plans(&plan, day, self.first, &mut events);
        }
        background::feedback(&plan, day, &mut later);
        let today = Today {
            day,
            load: day_load(&plan, day, half),
            half,
        };
        for index in 0..plan.sites.len() {
            let site = &plan.sites[index];
            let index = index as u16;
            filings.clear();
            if works || (half && site.saturday) {
                let disturbed = self.incidents.at_site(index, day);
                let notes = at_counters(&plan, index, today, disturbed, &mut filings, &mut events);
                self.incidents.note(index, day, notes);
            }
            online(&plan, index, day, works, &mut filings);
            file(&plan, index, day, &mut filings, &mut later);
        }
        self.incidents
            .stop_agencies(&plan, day, &mut events, &mut later, &mut self.pending);
        for event in later {
            let falls = clock::local_day(event.at);
            if falls <= day {
                events.push(event);
            } else {
                self.pending.entry(falls).or_default().push(event);
            }
        }
        self.incidents.silence_machines(day, &mut events);
        number(&mut events);
        self.incidents.hold_back(day, &mut events);
        out.append(&mut events);
        self.next += 1;
    }

    /// All events from here on, without end, in order of arrival.
    pub fn stream(self) -> Stream {
        Stream::new(self)
    }
}

/// How busy a day is against the mean: Mondays and days after a holiday more, with a little chance.
fn day_load(plan: &CityPlan, day: Day, half: bool) -> f64 {
    const WEEK: [f64; 7] = [1.20, 1.04, 0.97, 0.93, 0.88, 0.97, 0.97];
    let mut chance = Chance::new(plan.seed, 11, 0, day);
    let noise = 1.0 + 0.04 * chance.normal();
    if half {
        return 0.30 * noise;
    }
    let after_holiday = clock::weekday(day) != 0 && !clock::works(day - 1);
    let rest = if after_holiday { 1.15 } else { 1.0 };
    WEEK[clock::weekday(day)] * rest * noise
}

/// Plays a site's counters. A site without a machine tells of its dossiers alone.
fn at_counters(
    plan: &CityPlan,
    index: u16,
    today: Today,
    disturbed: Option<Disturbed>,
    filings: &mut Vec<Filing>,
    out: &mut Vec<Event>,
) -> Notes {
    let site = plan.site(index);
    let mut local = Chance::new(plan.seed, 12, u64::from(index), today.day);
    let load = today.load * (1.0 + 0.07 * local.normal()).clamp(0.6, 1.5);
    let draws = Chance::new(plan.seed, 13, u64::from(index), today.day);
    let mut played = visits::play(site, index, Today { load, ..today }, draws, disturbed);
    for visit in &played.filed {
        let parts = i64::from(visit.dossiers) + 1;
        for n in 1..parts {
            let at = visit.started + (visit.finished - visit.started) * n / parts;
            filings.push(Filing {
                at,
                site: index,
                service: visit.service,
                channel: u8::from(local.happens(0.03)) * 2,
                home: home(plan, index, &mut local),
                performer: visit.performer,
                applicant: visit.applicant,
            });
        }
    }
    boards::told_by(site, index, &mut played);
    out.append(&mut played.events);
    played.notes
}

/// Dossiers filed online to a site's unit, at all hours.
fn online(plan: &CityPlan, index: u16, day: Day, works: bool, filings: &mut Vec<Filing>) {
    /// Weights of the hours 0–23: office hours, and a second rise in the evening.
    const HOURS: [f64; 24] = [
        0.6, 0.3, 0.2, 0.1, 0.1, 0.3, 0.8, 2.5, 7.0, 9.5, 9.0, 6.0, 3.5, 5.0, 8.0, 8.5, 7.0, 4.5,
        3.0, 3.5, 5.0, 5.0, 3.5, 1.6,
    ];
    let site = plan.site(index);
    let mut chance = Chance::new(plan.seed, 14, u64::from(index), day);
    let mean = site.online_dossiers
        * if works {
            1.0
        } else {
            profile::ONLINE_ON_DAY_OFF
        };
    let weights: Vec<f64> = SERVICES.iter().map(|service| service.share[2]).collect();
    for _ in 0..chance.poisson(mean) {
        let hour = chance.pick(&HOURS) as Millis;
        let at = clock::at(day, hour * HOUR + (chance.unit() * HOUR as f64) as Millis);
        let service = chance.pick(&weights);
        let applicant = dossiers::applicant(&mut chance, service);
        let home = home(plan, index, &mut chance);
        filings.push(Filing {
            at,
            site: index,
            service: service as u8,
            channel: 1,
            home,
            performer: 0,
            applicant,
        });
    }
}

/// Where an applicant lives: three in four in the site's own commune, most others next to it.
fn home(plan: &CityPlan, index: u16, chance: &mut Chance) -> u16 {
    let neighbours = &plan.site(index).neighbours;
    match chance.unit() {
        draw if draw < 0.74 => index,
        draw if draw < 0.92 && !neighbours.is_empty() => neighbours[chance.below(neighbours.len())],
        _ => chance.below(plan.sites.len()) as u16,
    }
}

/// Numbers a site's filings of the day and draws the life of each.
fn file(plan: &CityPlan, index: u16, day: Day, filings: &mut [Filing], later: &mut Vec<Event>) {
    // Stable, and draws are per site: the order of equal instants is that of the draws.
    filings.sort_by_key(|filing| filing.at);
    let mut chance = Chance::new(plan.seed, 15, u64::from(index), day);
    for (order, filing) in filings.iter().enumerate() {
        let mut steps = dossiers::life(filing, &mut chance);
        let department = steps.iter().find_map(|(_, step)| match step {
            Step::Submitted {
                agency: Agency::Department(department),
                ..
            } => Some(*department),
            _ => None,
        });
        let dossier = Dossier {
            site: index,
            day,
            number: order as u32 + 1,
            department,
        };
        steps.sort_by_key(|(at, step)| (*at, !matches!(step, Step::Submitted { .. })));
        for (number, (at, step)) in steps.into_iter().enumerate() {
            let body = Body::Dossier { dossier, step };
            later.push(Event {
                at,
                site: index,
                number: number as u32 + 1,
                body,
            });
        }
    }
}

/// Sorts a day and numbers the events of each producer in it.
fn number(events: &mut [Event]) {
    events.sort_by_key(|event| (event.at, event.site, event.producer()));
    let mut counts: BTreeMap<(u16, u16), u32> = BTreeMap::new();
    for event in events.iter_mut().filter(|event| event.is_numbered_by_day()) {
        let producer = event.producer();
        // What speaks for the whole city counts in one row.
        let site = if matches!(producer, 10 | 11) {
            u16::MAX
        } else {
            event.site
        };
        let count = counts.entry((site, producer)).or_default();
        *count += 1;
        event.number = *count;
    }
}
