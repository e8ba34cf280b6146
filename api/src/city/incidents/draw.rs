//! Which incidents a day has: kinds, subjects and hours, drawn from the seed and the date.
//!
//! Invariants: no site and no agency twice on one day; whatever is timed by sessions lies within one.
//!
//! Choices, since no source gives them: counters close where a mean day's work is over what the others can
//! do by four fifths of a counter, or else at the tightest points there are, and in the morning, when most
//! people come; closings and rushes begin in the first two hours of a session; a district's neighbour is the next in the order of commune
//! codes, which run from district to district over the map.

use super::super::CityPlan;
use super::super::clock::{self, Day, HOUR, MINUTE, Millis, SECOND};
use super::super::event::{Agency, DEVICES};
use super::super::profile::{QueueSource, Site};
use super::super::services::{DEPARTMENTS, LAND, SERVICES, TAX};
use super::{Chance, Incident, IncidentKind, Span, timestamp};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Sites in one network outage; at most a quarter of all.
const OUTAGE_SITES: usize = 20;
/// A day on which a late opening takes the place of one of the ten.
const LATE_OPENING: f64 = 0.4;
/// A stopped agency is a commune's committee, not a department.
const COMMUNE: f64 = 0.3;
/// The kinds that every day has, twice.
const DAILY: [IncidentKind; 5] = [
    // First, since it needs the most sites that are still free.
    IncidentKind::NetworkOutage,
    IncidentKind::CountersClosed,
    IncidentKind::Rush,
    IncidentKind::MachineFailure,
    IncidentKind::AgencyStops,
];

/// Who can be a subject of what.
struct Subjects<'a> {
    sites: &'a [Site],
    machines: Vec<u16>,
    tight: Vec<u16>,
    branches: Vec<u16>,
    doors: Vec<u16>,
    communes: Vec<u16>,
    /// Sites by old district, districts in the order of their lowest commune code.
    districts: Vec<Vec<u16>>,
    /// How much of the city's work each department settles.
    departments: Vec<f64>,
}

/// The incidents of the days from `first` up to `end`, in order of beginning.
pub(super) fn days(seed: u64, first: Day, end: Day, plan: &CityPlan) -> Vec<Incident> {
    let subjects = Subjects::of(plan.sites());
    let mut incidents: Vec<Incident> = (first..end)
        .filter(|day| clock::works(*day))
        .flat_map(|day| {
            let draw = DayDraw {
                subjects: &subjects,
                chance: Chance::new(seed, 31, 0, day),
                day,
                used: vec![false; subjects.sites.len()],
                departments: subjects.departments.clone(),
            };
            draw.all()
        })
        .collect();
    incidents.sort_by_key(|incident| (incident.span.begin, incident.kind));
    incidents
}

impl<'a> Subjects<'a> {
    fn of(sites: &'a [Site]) -> Self {
        let those = |wanted: &dyn Fn(&Site) -> bool| -> Vec<u16> {
            (0..sites.len() as u16)
                .filter(|index| wanted(&sites[usize::from(*index)]))
                .collect()
        };
        let has_machine = |site: &Site| site.queue == QueueSource::Tickets;
        let mut tight = those(&|site| has_machine(site) && site.counters.len() >= 3);
        let excess = |index: &u16| sites[usize::from(*index)].excess_work(2);
        tight.sort_by(|a, b| excess(b).total_cmp(&excess(a)).then(a.cmp(b)));
        let enough = tight.iter().filter(|index| excess(index) > 0.8).count();
        tight.truncate(enough.max(4));

        let mut branches = those(&|site| site.branch && has_machine(site));
        if branches.is_empty() {
            branches = those(&has_machine);
        }
        let mut by_district: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
        for (index, site) in sites.iter().enumerate() {
            by_district
                .entry(&site.district)
                .or_default()
                .push(index as u16);
        }
        let mut districts: Vec<Vec<u16>> = by_district.into_values().collect();
        districts.sort_by_key(|district| {
            let units = district.iter().map(|i| &sites[usize::from(*i)].unit);
            units.min().cloned()
        });
        let mut departments = vec![0.0; DEPARTMENTS.len()];
        for service in &SERVICES {
            let work: f64 = service.share.iter().sum();
            departments[service.department.1] += work * service.department.0;
        }
        // Land dossiers pass the tax office, one in five of them (see `dossiers`).
        departments[TAX] = SERVICES[LAND].share.iter().sum::<f64>() * 0.22;
        Self {
            sites,
            machines: those(&has_machine),
            tight,
            branches,
            doors: those(&|site| site.queue != QueueSource::Nothing),
            communes: those(&|site| !site.branch),
            districts,
            departments,
        }
    }
}

/// The drawing of one day.
struct DayDraw<'a> {
    subjects: &'a Subjects<'a>,
    chance: Chance,
    day: Day,
    used: Vec<bool>,
    /// Weights of the departments that still work all day.
    departments: Vec<f64>,
}

impl DayDraw<'_> {
    fn all(mut self) -> Vec<Incident> {
        let mut kinds: Vec<IncidentKind> = DAILY.iter().flat_map(|kind| [*kind; 2]).collect();
        if self.chance.happens(LATE_OPENING) {
            let place = self.chance.below(kinds.len());
            kinds[place] = IncidentKind::OpensLate;
        }
        kinds
            .into_iter()
            .filter_map(|kind| self.one(kind))
            .collect()
    }

    fn one(&mut self, kind: IncidentKind) -> Option<Incident> {
        let subjects = self.subjects;
        match kind {
            IncidentKind::MachineFailure => {
                let index = self.free(&subjects.machines)?;
                let [(opens, _), (_, closes)] = self.site(index).sessions;
                let length = self.hours(1.0, 4.0);
                let span = self.within(opens + 20 * MINUTE, closes - 30 * MINUTE, length);
                let mut incident = self.incident(kind, span, vec![index]);
                incident.device = Some(DEVICES[0].0);
                Some(incident)
            }
            IncidentKind::CountersClosed => {
                let index = self.free(&subjects.tight)?;
                let length = self.hours(1.0, 3.0);
                let span = self.within_a_session(index, 0, length);
                let shut = self.two_counters(index);
                let mut incident = self.incident(kind, span, vec![index]);
                incident.counters = shut.iter().map(|n| (n + 1).to_string()).collect();
                incident.shut = shut;
                Some(incident)
            }
            IncidentKind::NetworkOutage => {
                let sites = self.neighbouring_sites();
                let length = self.hours(1.0 / 3.0, 1.5);
                let span = self.within(8 * HOUR + 30 * MINUTE, 16 * HOUR + 30 * MINUTE, length);
                (!sites.is_empty()).then(|| self.incident(kind, span, sites))
            }
            IncidentKind::Rush => {
                let index = self.free(&subjects.branches)?;
                let length = self.hours(1.0, 2.0);
                let session = self.chance.below(2);
                let span = self.within_a_session(index, session, length);
                Some(self.incident(kind, span, vec![index]))
            }
            IncidentKind::AgencyStops => {
                let (agent, name) = self.agency()?;
                let begin = self.within(9 * HOUR, 14 * HOUR + 30 * MINUTE, 0).begin;
                let end = clock::at(clock::next_working(self.day), 8 * HOUR);
                let mut incident = self.incident(kind, Span { begin, end }, Vec::new());
                incident.agency = Some(name);
                incident.agent = Some(agent);
                Some(incident)
            }
            IncidentKind::OpensLate => {
                let index = self.free(&subjects.doors)?;
                let begin = clock::at(self.day, self.site(index).sessions[0].0);
                let end = begin + self.hours(0.5, 1.5);
                Some(self.incident(kind, Span { begin, end }, vec![index]))
            }
        }
    }

    fn incident(&self, kind: IncidentKind, span: Span, mut indices: Vec<u16>) -> Incident {
        indices.sort_unstable();
        Incident {
            number: 0,
            kind,
            sites: indices.iter().map(|i| self.site(*i).id.clone()).collect(),
            counters: Vec::new(),
            device: None,
            agency: None,
            begin: timestamp(span.begin),
            end: timestamp(span.end),
            traces: Vec::new(),
            span,
            day: self.day,
            indices,
            shut: Vec::new(),
            agent: None,
        }
    }

    fn site(&self, index: u16) -> &Site {
        &self.subjects.sites[usize::from(index)]
    }

    /// One of the sites that no incident of the day has yet.
    fn free(&mut self, among: &[u16]) -> Option<u16> {
        let free: Vec<u16> = among
            .iter()
            .copied()
            .filter(|index| !self.used[usize::from(*index)])
            .collect();
        let chosen = *free.get(self.chance.below(free.len()))?;
        self.used[usize::from(chosen)] = true;
        Some(chosen)
    }

    /// Whole seconds.
    fn hours(&mut self, low: f64, high: f64) -> Millis {
        (self.chance.between(low, high) * 3600.0) as Millis * SECOND
    }

    /// A span of the given length, or of what there is, between two times of day.
    fn within(&mut self, from: Millis, to: Millis, length: Millis) -> Span {
        let length = length.min(to - from);
        let room = (to - from - length) / SECOND;
        let begin = from + (self.chance.unit() * room as f64) as Millis * SECOND;
        Span {
            begin: clock::at(self.day, begin),
            end: clock::at(self.day, begin + length),
        }
    }

    /// A span inside the morning or the afternoon of a site, clear of opening and closing, that begins in
    /// the session's first hours.
    fn within_a_session(&mut self, index: u16, session: usize, length: Millis) -> Span {
        let (opens, closes) = self.site(index).sessions[session];
        let from = opens + 20 * MINUTE;
        let length = length.min(closes - 30 * MINUTE - from);
        let to = (from + 90 * MINUTE + length).min(closes - 30 * MINUTE);
        self.within(from, to, length)
    }

    /// Two of the counters that take the most services.
    fn two_counters(&mut self, index: u16) -> Vec<u8> {
        let counters = &self.subjects.sites[usize::from(index)].counters;
        let mut ordered: Vec<u8> = (0..counters.len() as u8).collect();
        ordered.sort_by_key(|n| Reverse(counters[usize::from(*n)].services.count_ones()));
        let widest = counters[usize::from(ordered[0])].services.count_ones();
        let wide = counters
            .iter()
            .filter(|counter| counter.services.count_ones() == widest)
            .count()
            .max(2);
        let first = self.chance.below(wide);
        let second = (first + 1 + self.chance.below(wide - 1)) % wide;
        let mut two = vec![ordered[first], ordered[second]];
        two.sort_unstable();
        two
    }

    /// The sites of a district and of those after it, until there are enough.
    fn neighbouring_sites(&mut self) -> Vec<u16> {
        let districts = &self.subjects.districts;
        let wanted = OUTAGE_SITES.min(self.subjects.sites.len() / 4);
        let begin = self.chance.below(districts.len());
        let sites: Vec<u16> = (0..districts.len())
            .flat_map(|step| &districts[(begin + step) % districts.len()])
            .copied()
            .filter(|index| !self.used[usize::from(*index)])
            .take(wanted)
            .collect();
        for index in &sites {
            self.used[usize::from(*index)] = true;
        }
        sites
    }

    /// A department by its work, or a commune's committee.
    fn agency(&mut self) -> Option<(Agency, String)> {
        if self.chance.happens(COMMUNE) {
            let index = self.free(&self.subjects.communes)?;
            let name = format!("commune/{}", self.site(index).unit);
            return Some((Agency::Commune(index), name));
        }
        let department = self.chance.pick(&self.departments);
        self.departments[department] = 0.0;
        let name = DEPARTMENTS[department].to_owned();
        Some((Agency::Department(department as u8), name))
    }
}
