//! What each site is like: its load, its counters, its hours and the machines it has.
//!
//! Pure and made once per plan. The choices, since no source gives them:
//! * Load follows population. Commune points get 65 % of the dossiers filed at counters, the branch
//!   points 35 %, each group shared by population (a branch's is that of its old district).
//! * Counters follow staff: the scheme counts staff and machines, never counters. A quarter of the
//!   staff is taken to sit at an open counter, and a point that could not cope with its mean load
//!   gets more. So waits differ between places as staffing did in 2024.
//! * Machines: a district's queue machines equip its points from the most populous down. A point
//!   left without one sends no ticket. In each such district the first point without has a plain
//!   board that only reports figures (`queue.snapshot`); the others are seen by their dossiers alone.
//! * Hours: urban 08:00–12:00 and 13:00–17:00, others 07:30–11:30 and 13:30–17:00 (rules.md §4.4).

use super::clock::{HOUR, MINUTE, Millis};
use super::services::{LAND, PURPOSES, SERVICES, mean_dossiers};
use super::tables::Tables;
use super::{CityError, PlaceKind, SitePlace};
use std::collections::BTreeMap;

/// Dossiers a year, the whole city: Bảng 01, 2023 (L598).
pub(crate) const DOSSIERS_A_YEAR: f64 = 4_055_230.0;
/// Working days that the digest divides by.
pub(crate) const WORKING_DAYS: f64 = 250.0;
/// Share filed online. Not published; the online group of index 766 stood at 3.2 of 12 (L803–805).
pub(crate) const ONLINE_SHARE: f64 = 0.36;
/// A weekend or holiday brings this share of a working day's online dossiers.
pub(crate) const ONLINE_ON_DAY_OFF: f64 = 0.35;
const BRANCH_SHARE: f64 = 0.35;
/// Minutes of a day at which a counter can take people.
const OPEN_MINUTES: f64 = 440.0;
/// Share of staff at an open counter.
const AT_COUNTER: f64 = 0.26;
/// A filing visit in this many is lost to abandonment or to the day's end: measured on the simulator.
const LOST_VISITS: f64 = 0.035;

/// How a site tells of its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueSource {
    /// A ticket machine: every ticket is an event.
    Tickets,
    /// A board that only reports figures.
    Board,
    /// Nothing: its dossiers alone are seen.
    Nothing,
}

/// One counter.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    /// The services it takes, one bit each.
    pub(crate) services: u16,
    /// Who sits there: 0 official, 1 postal, 2 volunteer.
    pub(crate) performer: u8,
}

/// One site.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) unit: String,
    /// The old district of its commune, as the pack writes it.
    pub(crate) district: String,
    pub(crate) branch: bool,
    pub(crate) queue: QueueSource,
    /// The machine sends `ticket.started`. Common sets do not (rules.md §6.4).
    pub(crate) tells_start: bool,
    pub(crate) rating_device: bool,
    pub(crate) saturday: bool,
    pub(crate) counters: Vec<Counter>,
    /// Sessions of a day, as times of day.
    pub(crate) sessions: [(Millis, Millis); 2],
    /// Expected dossiers filed online to it on a mean working day.
    pub(crate) online_dossiers: f64,
    /// Expected visits on a mean working day.
    pub(crate) visits: f64,
    /// Sites of the same old district, for people who file away from home.
    pub(crate) neighbours: Vec<u16>,
}

impl Site {
    /// Which of the three columns of [`super::services::Service::share`] its counters follow.
    pub(crate) fn share_column(&self) -> usize {
        usize::from(self.branch)
    }

    /// A mean day's work, in counters kept busy all day, beyond what there are when `fewer` are closed:
    /// over 0, the queue grows all day.
    pub(crate) fn excess_work(&self, fewer: usize) -> f64 {
        let open = self.counters.len().saturating_sub(fewer);
        self.visits * busy_minutes(self.share_column()) / OPEN_MINUTES - open as f64
    }
}

/// Makes the profiles, in the order of the points' ids.
pub(crate) fn sites(
    points: &[SitePlace],
    tables: &Tables,
    scale: f64,
) -> Result<Vec<Site>, CityError> {
    let mut ordered: Vec<&SitePlace> = points.iter().collect();
    ordered.sort_by(|a, b| a.id.cmp(&b.id));
    if ordered.is_empty() {
        return Err(CityError::NoPoints);
    }
    if ordered.len() > 999 || ordered.windows(2).any(|pair| pair[0].id == pair[1].id) {
        return Err(CityError::Points);
    }

    let mut district_people: BTreeMap<&str, f64> = BTreeMap::new();
    let mut district_points: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, place) in ordered.iter().enumerate() {
        if place.kind == PlaceKind::Point {
            *district_people.entry(&place.old_district).or_default() += people(place);
            district_points
                .entry(&place.old_district)
                .or_default()
                .push(index);
        }
    }
    for group in district_points.values_mut() {
        group.sort_by(|a, b| {
            people(ordered[*b])
                .total_cmp(&people(ordered[*a]))
                .then(a.cmp(b))
        });
    }
    let weight = |place: &SitePlace| match place.kind {
        PlaceKind::Point => people(place),
        PlaceKind::Branch => district_people
            .get(place.old_district.as_str())
            .copied()
            .unwrap_or(1.0),
    };
    let of_kind = |kind| {
        ordered
            .iter()
            .filter(|place| place.kind == kind)
            .map(|place| weight(place))
            .sum::<f64>()
    };
    let (all_points, all_branches) = (of_kind(PlaceKind::Point), of_kind(PlaceKind::Branch));
    let branch_share = match (all_points > 0.0, all_branches > 0.0) {
        (true, true) => BRANCH_SHARE,
        (false, _) => 1.0,
        (_, false) => 0.0,
    };

    let a_day = DOSSIERS_A_YEAR / WORKING_DAYS * scale;
    let counters_a_day = a_day * (1.0 - ONLINE_SHARE);
    // The year's online dossiers fall on all days, fewer on days off.
    let online_weight = WORKING_DAYS + (365.0 - WORKING_DAYS) * ONLINE_ON_DAY_OFF;
    let online_a_day = DOSSIERS_A_YEAR * scale * ONLINE_SHARE / online_weight;

    let mut sites = Vec::with_capacity(ordered.len());
    for (index, place) in ordered.iter().enumerate() {
        let branch = place.kind == PlaceKind::Branch;
        let part = if branch {
            branch_share * weight(place) / all_branches
        } else {
            (1.0 - branch_share) * weight(place) / all_points
        };
        let district = tables.find(&place.old_district);
        let urban = district.is_some_and(|district| district.urban);
        let group = district_points.get(place.old_district.as_str());
        let rank = group
            .and_then(|group| group.iter().position(|i| *i == index))
            .unwrap_or(0);
        let peers = group.map_or(1, Vec::len).max(1);

        let (machines, ratings, staff) = match (district, branch) {
            (Some(d), true) => (
                d.district_machines,
                d.district_ratings,
                f64::from(d.district_staff),
            ),
            (Some(d), false) => (
                d.commune_machines,
                d.commune_ratings,
                f64::from(d.commune_staff) / peers as f64,
            ),
            (None, _) => (1, 1, 10.0),
        };
        let queue = match rank.cmp(&(machines as usize)) {
            std::cmp::Ordering::Less => QueueSource::Tickets,
            std::cmp::Ordering::Equal if !branch => QueueSource::Board,
            _ => QueueSource::Nothing,
        };
        let counter_dossiers = counters_a_day * part;
        let visits = counter_dossiers / mean_dossiers() / PURPOSES[0].1 / (1.0 - LOST_VISITS);
        let sessions = if urban {
            [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)]
        } else {
            [
                (7 * HOUR + 30 * MINUTE, 11 * HOUR + 30 * MINUTE),
                (13 * HOUR + 30 * MINUTE, 17 * HOUR),
            ]
        };
        sites.push(Site {
            id: place.id.clone(),
            unit: place.unit_code.clone(),
            district: place.old_district.clone(),
            branch,
            queue,
            // Every seventh set is of the kind that only knows "next".
            tells_start: index % 7 != 3,
            rating_device: ratings as usize > rank,
            saturday: index % 8 == 5,
            counters: counters(usize::from(branch), visits, staff * scale.max(0.05), index),
            sessions,
            online_dossiers: online_a_day * part,
            visits,
            neighbours: group
                .map(|group| {
                    group
                        .iter()
                        .filter(|i| **i != index)
                        .map(|i| *i as u16)
                        .collect()
                })
                .unwrap_or_default(),
        });
    }
    Ok(sites)
}

fn people(place: &SitePlace) -> f64 {
    (place.population as f64).max(100.0)
}

/// Mean minutes a visit keeps a counter busy, walking and the gap after it included.
fn busy_minutes(column: usize) -> f64 {
    let filing: f64 = SERVICES
        .iter()
        .map(|service| service.share[column] * service.minutes.0)
        .sum();
    // A second dossier in one visit takes half as long again (see `visits`).
    let filing = filing * (1.0 + 0.5 * (mean_dossiers() - 1.0));
    PURPOSES
        .iter()
        .map(|(_, share, minutes)| share * if *minutes > 0.0 { *minutes } else { filing })
        .sum::<f64>()
        + 0.8
}

/// The counters of a site: enough for its mean load, more where staff allows, and some kept for
/// what the site sees most.
fn counters(column: usize, visits: f64, staff: f64, index: usize) -> Vec<Counter> {
    let load = visits * busy_minutes(column) / OPEN_MINUTES;
    let needed = (load * 1.08).ceil();
    // Nor does a place keep more than three times the counters its load fills.
    let count = (staff * AT_COUNTER)
        .round()
        .min((load * 3.0).ceil())
        .max(needed)
        .clamp(2.0, 60.0) as usize;
    let all = (1_u16 << SERVICES.len()) - 1;
    let kept = if column == 1 {
        // Land has its own counters at a branch, by its part of the work.
        (count * 2 / 5, 1_u16 << LAND)
    } else {
        // Certification and civil status: the same-day counters (Phụ lục 04, L5458–5460).
        (count / 3, 0b11)
    };
    (0..count)
        .map(|n| Counter {
            services: if n < kept.0 && count > 3 { kept.1 } else { all },
            performer: match (n + index) % 10 {
                3 | 7 => 1,
                9 if !index.is_multiple_of(4) => 2,
                _ => 0,
            },
        })
        .collect()
}
