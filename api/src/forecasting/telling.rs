//! What is forecast of a point now, and what is expected at points when somebody is sent from one to another.
//!
//! A point's day so far is read under one lock with its live figures, so that both are of one instant; what is forecast with them is
//! reckoned without it.

use std::time::Instant;

use analytics::names::Name;
use analytics::queueing::forecaster::HORIZONS;
use analytics::queueing::of_day::{self, Numbers};
use analytics::queueing::points::Points;
use analytics::queueing::record::DayRecord;
use analytics::queueing::told::{self, Asked, Told};
use analytics::relief::estimate::Estimate;
use analytics::relief::opening::{Opening, is_within_hours, opening};
use analytics::relief::public::{Door, PointNow, door};
use analytics::relief::{Basis, Today};
use analytics::view::{self, SiteDossiers, SiteLive, SiteState};
use ingest::event::EventTime;

use super::{Forecasting, SHOWN_EVERY};

/// A point as it is now. Its dossiers are not counted.
#[derive(Debug)]
pub struct Seen {
    /// Its figures.
    pub live: SiteLive,
    /// Its door.
    pub opening: Opening,
    day: DayRecord,
    is_open_then: [bool; HORIZONS.len()],
}

impl Seen {
    fn asked(&self, now: EventTime) -> Asked<'_> {
        let summary = &self.live.summary;
        let point = PointNow {
            summary,
            opening: self.opening,
        };
        Asked {
            now,
            day: &self.day,
            is_closed: door(&point) == Door::Closed,
            is_known: summary.state != SiteState::NoData && summary.queue.is_some(),
            is_open_then: self.is_open_then,
        }
    }
}

impl Forecasting {
    /// What is told of a point now.
    pub fn told(&self, site: &Name) -> Told {
        let begin = Instant::now();
        let points = self.points();
        let now = self.core.now(&self.core.state.read());
        let seen = self.see(&points, site, now);
        let told = told::told(site, &points, &seen.asked(now));
        metrics::histogram!("vonglau_outlook_seconds").record(begin.elapsed().as_secs_f64());
        told
    }

    /// Points as they are at an instant, and what is expected there: by forecasts where they are told, else by today's figures.
    pub fn expected<'a>(
        &self,
        sites: impl Iterator<Item = &'a Name>,
        now: EventTime,
    ) -> (Vec<Seen>, Today) {
        let points = self.points();
        let seen: Vec<Seen> = sites.map(|site| self.see(&points, site, now)).collect();
        let mut today = Today::of(seen.iter().map(|seen| (&seen.live, seen.opening)), now);
        for seen in &seen {
            let site = &seen.live.summary.id;
            if let Some(wait) = told::wait(site, &points, &seen.asked(now)) {
                let days = points.get(site).map_or(0, |p| p.forecaster.days());
                let estimate = Estimate {
                    wait_s: wait.median * 60.0,
                    high_s: wait.bound * 60.0,
                    basis: Basis::Forecast,
                    sample: u64::from(days),
                };
                today.expect(site, estimate);
            }
        }
        (seen, today)
    }

    fn see(&self, points: &Points, site: &Name, now: EventTime) -> Seen {
        let known = points.get(site);
        let mut numbers = known.map_or_else(Numbers::default, |point| point.numbers.clone());
        let (core, state) = (&self.core, self.core.state.read());
        let none = SiteDossiers::default();
        let live = view::site_live(&state, &core.registry, &core.rules, site, none, now);
        let place = state.lasting.places.get(site);
        let calendar = core.rules.calendars.of_site(site);
        let opening = opening(place, calendar, now);
        // A point that is open outside all hours is taken to stay so.
        let stays = opening.is_open && opening.closes_at.is_none();
        let is_open_then = HORIZONS.map(|minutes| {
            let then = now.plus_seconds((minutes * 60.0) as i64);
            stays || is_within_hours(place, calendar, then)
        });
        let day = match (known, state.day_of(now.day(), site)) {
            (Some(_), Some(day)) => {
                numbers.take(day);
                of_day::record(now.day(), day, &numbers, false)
            }
            // Nothing is told of it.
            _ => DayRecord {
                day: now.day().0,
                ..DayRecord::default()
            },
        };
        Seen {
            live,
            opening,
            day,
            is_open_then,
        }
    }

    /// Shows outlooks of the sites that are watched, where they are due.
    pub(super) fn show_watched(&self) {
        let watched = self.live.watched();
        self.live.keep_outlooks(&watched);
        let mut shown = self.shown.lock();
        shown.retain(|site, _| watched.contains(site));
        for site in watched {
            let is_due = |at: &Instant| at.elapsed() >= SHOWN_EVERY;
            if shown.get(&site).is_none_or(is_due) {
                self.live.show_outlook(&site, &self.told(&site));
                shown.insert(site, Instant::now());
            }
        }
    }
}
