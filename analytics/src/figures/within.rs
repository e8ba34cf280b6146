//! Of which points and agencies a question is.
//!
//! A bound can only take away: what counts in an answer that is bounded counts in the one that is not. What has no point is in no
//! set of points, and what has no agency in none of agencies.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::group::By;
use crate::live::dossier::Filing;
use crate::registry::Registry;

/// Codes of points or agencies.
pub type Codes = BTreeSet<String>;

/// The bounds of a question; `None` is no bound. What has both a point and an agency must be in every set that there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// These points alone.
    pub sites: Option<Arc<Codes>>,
    /// These agencies alone.
    pub agencies: Option<Arc<Codes>>,
}

impl Within {
    /// The whole city.
    pub const ALL: Self = Self {
        sites: None,
        agencies: None,
    };

    /// Whether something of a point and an agency counts.
    pub fn has(&self, site: Option<&str>, agency: Option<&str>) -> bool {
        let within = |set: &Option<Arc<Codes>>, code: Option<&str>| {
            set.as_ref()
                .is_none_or(|set| code.is_some_and(|code| set.contains(code)))
        };
        within(&self.sites, site) && within(&self.agencies, agency)
    }

    /// Whether what a point says of its visitors counts. Such things have no agency, so that who is bounded to agencies sees none.
    pub fn has_site(&self, site: &str) -> bool {
        self.has(Some(site), None)
    }

    /// Whether a dossier counts, by what its filing says.
    pub(super) fn has_filing(&self, filing: Option<&Filing>) -> bool {
        self.has(filing.map(|f| &*f.site), filing.map(|f| &*f.agency))
    }

    /// Whether a known group may be named though nothing counts in it.
    pub(super) fn names(&self, by: By, key: &str, registry: &Registry) -> bool {
        let site = |site: &str| self.sites.as_ref().is_none_or(|set| set.contains(site));
        match by {
            By::Site => site(key),
            By::Counter => key.split_once('/').is_some_and(|(code, _)| site(code)),
            By::Unit => self
                .sites
                .as_ref()
                .is_none_or(|set| set.iter().any(|site| registry.unit_of(site) == key)),
            By::Agency => self.agencies.as_ref().is_none_or(|set| set.contains(key)),
            _ => true,
        }
    }

    /// The bound as a condition on a column of points, with `and` before it; nothing where there is none. A quotation mark in a
    /// code is doubled, as both engines read it.
    pub(super) fn sql(&self) -> String {
        // Rows of points have no agency.
        if self.agencies.is_some() {
            return " and 1 = 0".to_owned();
        }
        let Some(sites) = &self.sites else {
            return String::new();
        };
        if sites.is_empty() {
            return " and 1 = 0".to_owned();
        }
        let quoted = sites.iter().map(|site| {
            let safe = site.replace('\\', "").replace('\'', "''");
            format!("'{safe}'")
        });
        format!(" and site in ({})", quoted.collect::<Vec<_>>().join(", "))
    }
}
