//! Which way dossiers go: from the receiving point to the competent agency and to where the result is handed out; and how
//! many were filed outside the unit in which the applicant lives.

use std::collections::HashMap;

use ingest::event::EventTime;
use serde::Serialize;

use crate::live::dossier::{Dossier, DossierEvent as E};
use crate::names::Name;
use crate::registry::{Registry, UNREGISTERED};
use crate::rules::Rules;

/// A way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Way {
    /// The receiving point.
    pub site: Name,
    /// The competent agency.
    pub agency: Name,
    /// Where the result was handed out, where that is known.
    pub returned_at: Option<Name>,
}

/// A way with how many took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Which.
    #[serde(flatten)]
    pub way: Way,
    /// Dossiers filed in the span.
    pub dossiers: u64,
}

/// Ways of a span.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Routes {
    /// Dossiers filed in the span.
    pub dossiers: u64,
    /// Of them with the applicant's unit and the receiving point's unit known.
    pub home_known: u64,
    /// Of those filed in another unit (*phi địa giới hành chính*).
    pub cross_boundary: u64,
    /// Of all, with a result that was handed out elsewhere than it was received.
    pub returned_elsewhere: u64,
    /// By the system that settles them: the city's, or a ministry's.
    pub by_system: HashMap<String, u64>,
    /// Different ways.
    pub different: usize,
    /// The most frequent ones.
    pub ways: Vec<Taken>,
}

/// Ways in the making.
#[derive(Debug)]
pub struct Routing<'a> {
    rules: &'a Rules,
    registry: &'a Registry,
    from: EventTime,
    to: EventTime,
    routes: Routes,
    ways: HashMap<Way, u64>,
}

impl<'a> Routing<'a> {
    /// Of dossiers filed in `[from, to)`.
    pub fn new(rules: &'a Rules, registry: &'a Registry, from: EventTime, to: EventTime) -> Self {
        Self {
            rules,
            registry,
            from,
            to,
            routes: Routes::default(),
            ways: HashMap::new(),
        }
    }

    /// Adds a dossier.
    pub fn add(&mut self, dossier: &Dossier) {
        let marks = dossier.marks.before(self.to);
        let filed = marks.iter().rev().find_map(|mark| match &mark.what {
            E::Submitted(filing) => Some((mark.time, filing)),
            _ => None,
        });
        let Some((time, filing)) = filed else { return };
        if time < self.from {
            return;
        }
        self.routes.dossiers += 1;
        let unit = self.registry.unit_of(&filing.site);
        if let Some(home) = &filing.home_unit
            && unit != UNREGISTERED
        {
            self.routes.home_known += 1;
            self.routes.cross_boundary += u64::from(**home != *unit);
        }
        let system = self.rules.agencies.system(&filing.agency);
        match self.routes.by_system.get_mut(system) {
            Some(count) => *count += 1,
            None => {
                self.routes.by_system.insert(system.to_owned(), 1);
            }
        }
        let returned_at = marks.iter().rev().find_map(|mark| match &mark.what {
            E::Returned(Some(out)) => out.site.clone(),
            _ => None,
        });
        let is_elsewhere = returned_at
            .as_ref()
            .is_some_and(|site| *site != filing.site);
        self.routes.returned_elsewhere += u64::from(is_elsewhere);
        let way = Way {
            site: filing.site.clone(),
            agency: filing.agency.clone(),
            returned_at,
        };
        *self.ways.entry(way).or_default() += 1;
    }

    /// The ways, with so many of the most frequent.
    pub fn finish(mut self, most: usize) -> Routes {
        self.routes.different = self.ways.len();
        let ways = self.ways.into_iter();
        let mut ways: Vec<Taken> = ways
            .map(|(way, dossiers)| Taken { way, dossiers })
            .collect();
        ways.sort_by(|a, b| (b.dossiers, &a.way).cmp(&(a.dossiers, &b.way)));
        ways.truncate(most);
        self.routes.ways = ways;
        self.routes
    }
}
