//! Dossiers by the site that received them: counted at one look, or kept up as events and time pass.
//!
//! What a dossier counts as is decided in one place ([`count`]), with the instant up to which that holds: until its next event in
//! memory, its due date, or the day's end. So [`DossierTally`] reads again only those that an event touched or whose instant has
//! come; after [`DossierTally::pass`] it says the same as [`site_dossiers`] for every site.

use std::collections::BTreeSet;

use compact_str::CompactString;
use ingest::event::EventTime;
use serde::Serialize;

use crate::figures::dossiers::DossierFigures;
use crate::live::State;
use crate::live::dossier::{Dossier, Stage};
use crate::names::{Map, Name};
use crate::rules::Rules;

/// Dossiers received at a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SiteDossiers {
    /// Accepted and open.
    pub in_progress: u64,
    /// Open and due today.
    pub due_today: u64,
    /// Open and past due.
    pub overdue: u64,
    /// Filed today.
    #[serde(skip)]
    pub submitted_today: u64,
    /// Settled today.
    #[serde(skip)]
    pub resolved_today: u64,
    /// Settled today, after their due instant.
    #[serde(skip)]
    pub resolved_overdue_today: u64,
}

impl SiteDossiers {
    const fn add(&mut self, one: Counts) {
        self.in_progress += one.one(0);
        self.due_today += one.one(1);
        self.overdue += one.one(2);
        self.submitted_today += one.one(3);
        self.resolved_today += one.one(4);
        self.resolved_overdue_today += one.one(5);
    }

    const fn subtract(&mut self, one: Counts) {
        self.in_progress -= one.one(0);
        self.due_today -= one.one(1);
        self.overdue -= one.one(2);
        self.submitted_today -= one.one(3);
        self.resolved_today -= one.one(4);
        self.resolved_overdue_today -= one.one(5);
    }
}

/// What one dossier counts as: a bit for each count of [`SiteDossiers`], in its order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts(u8);

impl Counts {
    fn of(counts: [bool; 6]) -> Self {
        let bits = counts.into_iter().enumerate();
        Self(bits.fold(0, |all, (place, counts)| all | (u8::from(counts) << place)))
    }

    const fn one(self, place: u32) -> u64 {
        (self.0 >> place & 1) as u64
    }
}

/// A dossier at an instant, for the site that received it.
struct Counted<'a> {
    site: &'a Name,
    counts: Counts,
    /// From when on it may count as something else on the same day; `None`: it takes an event.
    until: Option<EventTime>,
}

/// What a dossier counts as at an instant; `None` while nobody knows who received it.
fn count<'a>(dossier: &'a Dossier, rules: &'a Rules, now: EventTime) -> Option<Counted<'a>> {
    let next = EventTime(now.0 + 1);
    let d = dossier.at(next, rules);
    let later = dossier.marks.all().get(dossier.marks.until(now).len());
    let later = later.map(|mark| mark.time);
    let Some(filing) = d.filing else {
        // Its first word may lie ahead of the clock.
        let site = dossier.site()?;
        let counts = Counts::default();
        return Some(Counted {
            site,
            counts,
            until: later,
        });
    };
    let mut figures = DossierFigures::default();
    figures.add(&d, now.day().start(), next);
    let is_due_today = |due: EventTime| due.day() == now.day() && due >= now;
    let is_open = d.stage == Stage::Open;
    let counts = Counts::of([
        figures.in_progress() > 0,
        is_open && d.due.is_some_and(is_due_today),
        figures.open_overdue > 0,
        figures.submitted > 0,
        figures.resolved() > 0,
        figures.resolved_overdue > 0,
    ]);
    // While its clock stands still, its due date moves with the time.
    let due = match d.due.filter(|_| is_open) {
        Some(_) if d.paused => Some(next),
        Some(due) if due > now => Some(due),
        Some(due) if due == now => Some(next),
        _ => None,
    };
    Some(Counted {
        site: &filing.site,
        counts,
        until: due.into_iter().chain(later).min(),
    })
}

/// Dossiers received at a site, as they are now.
pub fn site_dossiers<'a>(
    site: &str,
    dossiers: impl Iterator<Item = &'a Dossier>,
    rules: &Rules,
    now: EventTime,
) -> SiteDossiers {
    let mut sum = SiteDossiers::default();
    for counted in dossiers.filter_map(|dossier| count(dossier, rules, now)) {
        if &**counted.site == site {
            sum.add(counted.counts);
        }
    }
    sum
}

/// A dossier as it was counted last.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Its place among the sites.
    site: u32,
    counts: Counts,
    until: Option<EventTime>,
}

/// The dossiers of all sites, kept up.
///
/// What counts nowhere and will not without an event is not kept.
#[derive(Debug, Default)]
pub struct DossierTally {
    /// The instant of the last [`DossierTally::pass`].
    at: EventTime,
    /// The newest instant of which anything is counted.
    newest: EventTime,
    entries: Map<CompactString, Entry>,
    places: Map<Name, u32>,
    sums: Vec<(Name, SiteDossiers)>,
}

impl DossierTally {
    /// Dossiers of a site by the last counts.
    pub fn of(&self, site: &str) -> SiteDossiers {
        let place = self.places.get(site);
        place.map_or_else(SiteDossiers::default, |place| self.sums[*place as usize].1)
    }

    /// Counts dossiers again that events have touched; gives the sites concerned.
    pub fn touch<'a>(
        &mut self,
        codes: impl Iterator<Item = &'a CompactString>,
        state: &State,
        rules: &Rules,
        now: EventTime,
    ) -> impl Iterator<Item = Name> {
        if now < self.newest || now.day() != self.at.day() {
            // What is counted already is of another time: the next pass counts everything.
            self.at = EventTime::default();
        }
        self.newest = self.newest.max(now);
        let mut places = BTreeSet::new();
        for code in codes {
            places.extend(self.take(code));
            places.extend(self.put(code, state, rules, now));
        }
        let sums = &self.sums;
        places
            .into_iter()
            .map(|place| Name::clone(&sums[place as usize].0))
    }

    /// Time has passed: counts again what it may have changed; on another day, or where the clock went back, everything.
    pub fn pass(&mut self, state: &State, rules: &Rules, now: EventTime) {
        if self.at.day() != now.day() || now < self.newest {
            *self = Self::default();
            for code in state.dossiers.keys() {
                self.put(code, state, rules, now);
            }
        } else {
            let has_come = |entry: &Entry| entry.until.is_some_and(|until| until <= now);
            let entries = self.entries.iter();
            let come = entries.filter(|(_, entry)| has_come(entry));
            let come: Vec<CompactString> = come.map(|(code, _)| code.clone()).collect();
            for code in &come {
                self.take(code);
                self.put(code, state, rules, now);
            }
        }
        (self.at, self.newest) = (now, now);
    }

    /// Takes a dossier out; gives its site's place.
    fn take(&mut self, code: &CompactString) -> Option<u32> {
        let entry = self.entries.remove(code)?;
        self.sums[entry.site as usize].1.subtract(entry.counts);
        Some(entry.site)
    }

    /// Puts a dossier in that is not; gives its site's place.
    fn put(
        &mut self,
        code: &CompactString,
        state: &State,
        rules: &Rules,
        now: EventTime,
    ) -> Option<u32> {
        let counted = count(state.dossiers.get(code)?, rules, now)?;
        let site = self.place(counted.site);
        if counted.counts != Counts::default() || counted.until.is_some() {
            self.sums[site as usize].1.add(counted.counts);
            let entry = Entry {
                site,
                counts: counted.counts,
                until: counted.until,
            };
            self.entries.insert(code.clone(), entry);
        }
        Some(site)
    }

    fn place(&mut self, site: &Name) -> u32 {
        if let Some(place) = self.places.get(site) {
            return *place;
        }
        // A city has some hundreds.
        let place = self.sums.len() as u32;
        self.places.insert(Name::clone(site), place);
        self.sums.push((Name::clone(site), SiteDossiers::default()));
        place
    }
}

#[cfg(test)]
mod tests;
