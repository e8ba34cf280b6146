//! Live topics: which right each needs, and how it narrows.
//!
//! `feed` is about everything and cannot be narrowed: a bounded caller is refused. `site/{id}` is the point's. `city` is keyed by
//! point and `alerts` by case: a bounded caller's connection takes away what is not its own ([`crate::live::parts`]).

use super::caller::Caller;
use super::right::{Reach, Right};
use super::scope::{Narrowed, Narrowing, Places};

/// Topics by name, or by what they begin with where there are many.
const TOPICS: [(&str, Right, Narrowing); 5] = [
    ("city", Right::SeeFigures, Narrowing::Sites),
    ("site/", Right::SeeFigures, Narrowing::Sites),
    ("alerts", Right::SeeAlerts, Narrowing::Both),
    ("coverage", Right::SeeMap, Narrowing::Same),
    // It names single dossiers.
    ("feed", Right::SeeDossiers, Narrowing::Whole),
];

/// The right that a topic needs and what it can be narrowed by; none for a topic that is not known.
pub fn right_of(topic: &str) -> Option<(Right, Narrowing)> {
    let found = TOPICS
        .iter()
        .find(|(name, ..)| match name.strip_suffix('/') {
            Some(_) => topic.len() > name.len() && topic.starts_with(name),
            None => topic == *name,
        });
    found.map(|(_, right, narrowing)| (*right, *narrowing))
}

/// Whether a caller may read a topic, and what it may see of it; none when not at all.
pub fn may_read(caller: &Caller, topic: &str, places: &(impl Places + ?Sized)) -> Option<Narrowed> {
    let (right, narrowing) = right_of(topic)?;
    let reach = caller.reach(right);
    if reach == Reach::Denied {
        return None;
    }
    let narrowed = caller.scope.narrowed(reach, narrowing, places).ok()?;
    match topic.strip_prefix("site/") {
        Some(site) => narrowed.has_site(site).then_some(Narrowed::ALL),
        None => Some(narrowed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::caller::By;
    use super::super::role::Role;
    use super::super::scope::Scope;
    use super::*;

    fn nowhere(_: &str) -> Vec<String> {
        Vec::new()
    }

    /// Every topic and role: whole (`A`), in part (`S`) or not (`-`). Officers have the point `s1`, liaisons the agency `a1`.
    #[test]
    fn each_role_reads_its_topics() {
        #[rustfmt::skip]
        let expected = [
            //            sup  sl   pl   le   uo   al   op   au   di   so
            ("city",     ["A", "A", "A", "A", "S", "-", "A", "A", "A", "-"]),
            ("site/s1",  ["A", "A", "A", "A", "A", "-", "A", "A", "A", "-"]),
            ("site/s2",  ["A", "A", "A", "A", "-", "-", "A", "A", "A", "-"]),
            ("alerts",   ["A", "A", "-", "A", "S", "S", "-", "A", "A", "-"]),
            ("coverage", ["A", "A", "A", "A", "A", "A", "A", "A", "A", "-"]),
            ("feed",     ["A", "A", "-", "A", "-", "-", "-", "A", "-", "-"]),
            ("site/",    ["-", "-", "-", "-", "-", "-", "-", "-", "-", "-"]),
            ("secrets",  ["-", "-", "-", "-", "-", "-", "-", "-", "-", "-"]),
        ];
        for (topic, row) in expected {
            for (role, wanted) in Role::ALL.into_iter().zip(row) {
                let mut scope = Scope::default();
                match role {
                    Role::UnitOfficer => scope.sites = Some(["s1".to_owned()].into()),
                    Role::AgencyLiaison => scope.agencies = Some(["a1".to_owned()].into()),
                    _ => {}
                }
                let caller = Caller {
                    role,
                    scope,
                    by: By::Session,
                    ..Caller::open()
                };
                let found = match may_read(&caller, topic, &nowhere) {
                    None => "-",
                    Some(narrowed) if narrowed.is_all() => "A",
                    Some(_) => "S",
                };
                assert_eq!(found, wanted, "{role} reading {topic}");
            }
        }
    }
}
