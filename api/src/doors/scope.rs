//! Scope: of which points, agencies and kinds of events somebody's role holds, and how it narrows a question.
//!
//! A scope can only take away. Each dimension is `None` (no bound) or the set of what is in it; the empty set is nothing.
//! Where a role holds *scoped* ([`super::right::Reach::Scoped`]), a dimension without a set is nothing as well: an officer whose points
//! were forgotten sees none.

use std::collections::BTreeSet;
use std::sync::Arc;

use analytics::figures::within::Within;
use serde::{Deserialize, Serialize};

use super::right::{Reach, Right};

/// Codes of points, units, agencies or kinds of events.
pub type Codes = BTreeSet<String>;

/// What somebody's role is bounded to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<Codes>,
    /// Units (communes and wards), for all their points, those to come too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Codes>,
    /// Agencies that settle dossiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agencies: Option<Codes>,
    /// Kinds of events that may be sent, as `ticket.issued`, or `ticket.*` for all of a family.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<Codes>,
    /// Of the role's rights these alone: a key that may read the metrics and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<BTreeSet<Right>>,
}

/// Which points a unit has; the register of points answers it.
pub trait Places {
    /// Codes of the unit's points.
    fn sites_of(&self, unit: &str) -> Vec<String>;
}

impl<F: Fn(&str) -> Vec<String>> Places for F {
    fn sites_of(&self, unit: &str) -> Vec<String> {
        self(unit)
    }
}

/// What a route's answer can be narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Narrowing {
    /// It is the same for everybody who has the right: geography, rules, one's own session.
    Same,
    /// By points.
    Sites,
    /// By agencies.
    Agencies,
    /// By points and agencies, whichever the scope bounds.
    Both,
    /// Not at all: it is about the whole city, and whoever is bounded is refused.
    Whole,
}

/// How an answer must be narrowed before it leaves; `None` is no bound. What has both a point and an agency must be in every
/// set that there is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrowed {
    /// These points alone.
    pub sites: Option<Codes>,
    /// These agencies alone.
    pub agencies: Option<Codes>,
}

impl Narrowed {
    /// No bound.
    pub const ALL: Self = Self {
        sites: None,
        agencies: None,
    };

    /// Whether nothing has to be taken away.
    pub const fn is_all(&self) -> bool {
        self.sites.is_none() && self.agencies.is_none()
    }

    /// Whether something of a point and an agency may be seen. A side that is not known, or that the thing has not, is in no set.
    pub fn has(&self, site: Option<&str>, agency: Option<&str>) -> bool {
        let within = |set: &Option<Codes>, code: Option<&str>| {
            set.as_ref()
                .is_none_or(|set| code.is_some_and(|code| set.contains(code)))
        };
        within(&self.sites, site) && within(&self.agencies, agency)
    }

    /// As bounds of a question about figures, or of cases.
    pub fn within(&self) -> Within {
        let of = |set: &Option<Codes>| set.clone().map(Arc::new);
        Within {
            sites: of(&self.sites),
            agencies: of(&self.agencies),
        }
    }

    /// Whether a point may be seen.
    pub fn has_site(&self, site: &str) -> bool {
        self.sites.as_ref().is_none_or(|set| set.contains(site))
    }

    /// Whether an agency may be seen.
    pub fn has_agency(&self, agency: &str) -> bool {
        self.agencies
            .as_ref()
            .is_none_or(|set| set.contains(agency))
    }
}

/// The caller's scope leaves nothing of what a route is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfScope {
    /// It cannot be narrowed.
    #[error(
        "this is about the whole city, and your account is for a part of it: ask whoever keeps the accounts"
    )]
    Whole,
    /// The scope has no points.
    #[error("this is about points, and your account has none: ask whoever keeps the accounts")]
    NoSites,
    /// The scope has no agencies.
    #[error("this is about agencies, and your account has none: ask whoever keeps the accounts")]
    NoAgencies,
    /// The scope has neither.
    #[error("your account has neither points nor agencies: ask whoever keeps the accounts")]
    Nothing,
}

impl Scope {
    /// Whether it bounds points or agencies.
    pub const fn is_bounded(&self) -> bool {
        self.sites.is_some() || self.units.is_some() || self.agencies.is_some()
    }

    /// Its points with those of its units; none where neither is bounded.
    pub fn all_sites(&self, places: &(impl Places + ?Sized)) -> Option<Codes> {
        let of_units = self.units.as_ref().map(|units| {
            let sites = units.iter().flat_map(|unit| places.sites_of(unit));
            sites.collect::<Codes>()
        });
        match (&self.sites, of_units) {
            (None, None) => None,
            (Some(sites), None) => Some(sites.clone()),
            (None, Some(sites)) => Some(sites),
            (Some(sites), Some(others)) => Some(sites.union(&others).cloned().collect()),
        }
    }

    /// How a route's answer must be narrowed.
    pub fn narrowed(
        &self,
        reach: Reach,
        narrowing: Narrowing,
        places: &(impl Places + ?Sized),
    ) -> Result<Narrowed, OutOfScope> {
        if narrowing == Narrowing::Same || reach != Reach::Scoped && !self.is_bounded() {
            return Ok(Narrowed::ALL);
        }
        let (sites, agencies) = (self.all_sites(places), self.agencies.clone());
        match narrowing {
            Narrowing::Same => Ok(Narrowed::ALL),
            Narrowing::Whole => Err(OutOfScope::Whole),
            Narrowing::Sites => match sites {
                Some(_) => Ok(Narrowed {
                    sites,
                    agencies: None,
                }),
                None => Err(OutOfScope::NoSites),
            },
            Narrowing::Agencies => match agencies {
                Some(_) => Ok(Narrowed {
                    sites: None,
                    agencies,
                }),
                None => Err(OutOfScope::NoAgencies),
            },
            Narrowing::Both if sites.is_none() && agencies.is_none() => Err(OutOfScope::Nothing),
            Narrowing::Both => Ok(Narrowed { sites, agencies }),
        }
    }

    /// Whether an event of a kind and a point may be sent. Of an event without a point the kind alone counts, unless points are
    /// bounded: then it may not.
    pub fn may_send(
        &self,
        kind: &str,
        site: Option<&str>,
        places: &(impl Places + ?Sized),
    ) -> bool {
        let of_kind = self.types.as_ref().is_none_or(|types| {
            types.iter().any(|allowed| match allowed.strip_suffix('*') {
                Some(family) => family.ends_with('.') && kind.starts_with(family),
                None => allowed == kind,
            })
        });
        let of_site = self
            .all_sites(places)
            .is_none_or(|sites| site.is_some_and(|site| sites.contains(site)));
        of_kind && of_site
    }
}

/// A scope that nobody may be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadScope {
    /// A code is none.
    #[error(
        "`{0}` cannot be a code in a scope: use 1 to 64 letters, digits and ._:/-, and for kinds of events a last `.*`"
    )]
    Code(String),
    /// A role that is always scoped has no scope.
    #[error("a {0} must have a scope: name its points, units or agencies")]
    Missing(super::role::Role),
    /// Too many codes.
    #[error("a scope may have up to {MOST} codes of a kind; name units instead of points")]
    TooMany,
}

/// Codes of a kind, at most.
const MOST: usize = 2_000;

impl Scope {
    /// Checks a scope for a role.
    pub fn check(&self, role: super::role::Role) -> Result<(), BadScope> {
        let is_code = |code: &str| {
            (1..=64).contains(&code.len())
                && code
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
        };
        for codes in [&self.sites, &self.units, &self.agencies, &self.types] {
            let Some(codes) = codes else { continue };
            if codes.len() > MOST {
                return Err(BadScope::TooMany);
            }
        }
        let plain = [&self.sites, &self.units, &self.agencies];
        let plain = plain.into_iter().flatten().flatten();
        let kinds = self.types.iter().flatten();
        let kinds = kinds.map(|kind| (kind, kind.strip_suffix(".*").unwrap_or(kind)));
        for (whole, code) in plain.map(|code| (code, code.as_str())).chain(kinds) {
            if !is_code(code) {
                return Err(BadScope::Code(whole.clone()));
            }
        }
        let needs = matches!(
            role,
            super::role::Role::UnitOfficer | super::role::Role::AgencyLiaison
        );
        if needs && !self.is_bounded() {
            return Err(BadScope::Missing(role));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::*;
    use proptest::prelude::*;

    #[allow(clippy::unnecessary_wraps, reason = "as the scope's fields want it")]
    fn codes(words: &[&str]) -> Option<Codes> {
        Some(words.iter().map(|w| (*w).to_owned()).collect())
    }

    fn places(unit: &str) -> Vec<String> {
        match unit {
            "u1" => vec!["s1".to_owned(), "s2".to_owned()],
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_units_points_are_in_its_officers_scope() {
        let scope = Scope {
            sites: codes(&["s9"]),
            units: codes(&["u1", "gone"]),
            ..Scope::default()
        };
        let narrowed = scope.narrowed(Reach::Scoped, Narrowing::Sites, &places);
        assert_eq!(narrowed.unwrap().sites, codes(&["s1", "s2", "s9"]));
        let whole = scope.narrowed(Reach::Scoped, Narrowing::Whole, &places);
        assert_eq!(whole, Err(OutOfScope::Whole));
        let agencies = scope.narrowed(Reach::Scoped, Narrowing::Agencies, &places);
        assert_eq!(agencies, Err(OutOfScope::NoAgencies));
    }

    #[test]
    fn who_is_scoped_and_has_no_scope_sees_nothing() {
        let none = Scope::default();
        for narrowing in [
            Narrowing::Sites,
            Narrowing::Agencies,
            Narrowing::Both,
            Narrowing::Whole,
        ] {
            assert!(none.narrowed(Reach::Scoped, narrowing, &places).is_err());
            assert_eq!(
                none.narrowed(Reach::Allowed, narrowing, &places),
                Ok(Narrowed::ALL)
            );
        }
    }

    #[test]
    fn who_is_not_scoped_by_role_may_be_by_account() {
        let wall_of_a_branch = Scope {
            sites: codes(&["s1"]),
            ..Scope::default()
        };
        let narrowed = wall_of_a_branch
            .narrowed(Reach::Allowed, Narrowing::Both, &places)
            .unwrap();
        assert!(narrowed.has(Some("s1"), None) && !narrowed.has(Some("s2"), None));
        assert!(
            !narrowed.has(None, Some("a1")),
            "what has no point is in no set of points"
        );
    }

    #[test]
    fn a_source_sends_its_kinds_of_its_points() {
        let scope = Scope {
            sites: codes(&["s1"]),
            types: codes(&["ticket.*", "counter.opened"]),
            ..Scope::default()
        };
        assert!(scope.may_send("ticket.issued", Some("s1"), &places));
        assert!(scope.may_send("counter.opened", Some("s1"), &places));
        for (kind, site) in [
            ("counter.closed", Some("s1")),
            ("ticket.issued", Some("s2")),
            ("ticket.issued", None),
            ("tickets.issued", Some("s1")),
            ("ticket", Some("s1")),
        ] {
            assert!(!scope.may_send(kind, site, &places), "{kind} {site:?}");
        }
        let everything = Scope {
            types: codes(&["*"]),
            ..Scope::default()
        };
        assert!(
            !everything.may_send("ticket.issued", None, &places),
            "no scope by accident"
        );
        assert!(everything.check(Role::Source).is_err());
        assert!(scope.check(Role::Source).is_ok());
    }

    #[test]
    fn an_officer_cannot_be_made_without_points() {
        let error = Scope::default().check(Role::UnitOfficer).unwrap_err();
        assert!(error.to_string().contains("unit_officer"), "{error}");
    }

    fn any_codes() -> impl Strategy<Value = Option<Codes>> {
        proptest::option::of(proptest::collection::btree_set("[abc]", 0..3))
    }

    proptest! {
        /// Taking codes away never shows more, whatever is asked.
        #[test]
        fn a_smaller_scope_never_shows_more(
            sites in any_codes(), agencies in any_codes(), site in proptest::option::of("[abc]"),
            agency in proptest::option::of("[abc]"), gone in "[abc]",
        ) {
            let wide = Scope { sites: sites.clone(), agencies: agencies.clone(), ..Scope::default() };
            let mut tight = wide.clone();
            if let Some(sites) = &mut tight.sites { sites.remove(&gone); }
            if let Some(agencies) = &mut tight.agencies { agencies.remove(&gone); }
            for narrowing in [Narrowing::Sites, Narrowing::Agencies, Narrowing::Both] {
                let sees = |scope: &Scope| scope
                    .narrowed(Reach::Scoped, narrowing, &places)
                    .is_ok_and(|n| n.has(site.as_deref(), agency.as_deref()));
                prop_assert!(!sees(&tight) || sees(&wide));
            }
        }
    }
}
