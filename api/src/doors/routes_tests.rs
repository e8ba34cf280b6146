//! The table of addresses against the router's own text, and every address with every role.

use std::collections::BTreeSet;

use super::super::caller::{By, Caller};
use super::super::right::Reach;
use super::super::role::Role;
use super::super::scope::Scope;
use super::*;

/// The router's text.
const SURFACE: &str = include_str!("../http/mod.rs");
/// Addresses that this module serves itself.
const OWN: &str = include_str!("serving/mod.rs");

/// Every method and pattern of `.route("…", get(…).post(…))` in a text.
fn routes_in(text: &str, prefix: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for piece in text.split(".route(").skip(1) {
        let Some((_, rest)) = piece.split_once('"') else {
            continue;
        };
        let Some((pattern, rest)) = rest.split_once('"') else {
            continue;
        };
        let mut depth = 1;
        let end = rest.find(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let methods = &rest[..end.unwrap_or(rest.len())];
        for method in [
            "get", "post", "put", "delete", "patch", "any", "on", "options", "head", "trace",
            "connect",
        ] {
            let called = format!("{method}(");
            let is_called = methods.match_indices(&called).any(|(at, _)| {
                let before = methods[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            });
            if is_called {
                found.insert((method.to_uppercase(), format!("{prefix}{pattern}")));
            }
        }
    }
    found
}

fn surface() -> BTreeSet<(String, String)> {
    let text = SURFACE.split("#[cfg(test)]").next().unwrap();
    let (api, root) = text
        .split_once(".nest(\"/api/v1\"")
        .expect("the router nests its API");
    let mut all = routes_in(api, "/api/v1");
    all.extend(routes_in(root, ""));
    all.extend(routes_in(OWN, "/api/v1"));
    all
}

#[test]
fn the_table_and_the_router_have_the_same_addresses() {
    let table: BTreeSet<_> = ROUTES
        .iter()
        .map(|r| (r.method.to_owned(), r.pattern.to_owned()))
        .collect();
    assert_eq!(table.len(), ROUTES.len(), "an address stands twice");
    let surface = surface();
    let missing: Vec<_> = surface.difference(&table).collect();
    assert!(
        missing.is_empty(),
        "give these a right in ROUTES: {missing:?}"
    );
    let gone: Vec<_> = table.difference(&surface).collect();
    assert!(gone.is_empty(), "take these from ROUTES: {gone:?}");
    assert!(surface.len() > 90, "the router's text was read");
}

#[test]
fn a_new_address_in_a_routers_text_is_found_however_it_is_laid_out() {
    let text = r#"
        .route("/one", get(a::one).post(b::two))
        .route(
            "/two/{id}",
            axum::routing::put(c).delete(forget),
        )
        .route_layer(x)
        .route("/three", get(|| async { "post(x)".len() }).patch(d))
    "#;
    let found = routes_in(text, "/api/v1");
    let expected = [
        ("GET", "/one"),
        ("POST", "/one"),
        ("PUT", "/two/{id}"),
        ("DELETE", "/two/{id}"),
        ("GET", "/three"),
        ("PATCH", "/three"),
    ];
    for (method, path) in expected {
        let wanted = (method.to_owned(), format!("/api/v1{path}"));
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
}

#[test]
fn an_address_that_nobody_judged_is_not_found() {
    assert!(find(&Method::GET, "/api/v1/everything").is_none());
    assert!(find(&Method::DELETE, "/api/v1/visits").is_none());
    assert!(
        find(&Method::HEAD, "/api/v1/visits").is_some(),
        "HEAD is a GET"
    );
    assert!(find(&Method::from_bytes(b"get").unwrap(), "/api/v1/visits").is_none());
}

/// What a role may do at an address, from its column written down by hand: `A` whole, `S` within its scope, `-` not.
#[test]
fn every_role_at_every_address() {
    let nowhere = |_: &str| Vec::new();
    let mut seen = 0;
    for route in &ROUTES {
        for role in Role::ALL {
            let mut scope = Scope::default();
            match role {
                Role::UnitOfficer | Role::Source => scope.sites = Some(["s1".to_owned()].into()),
                Role::AgencyLiaison => scope.agencies = Some(["a1".to_owned()].into()),
                _ => {}
            }
            let caller = Caller {
                role,
                scope,
                by: By::Session,
                ..Caller::open()
            };
            let reach = caller.reach(route.right);
            let answer = if reach == Reach::Denied {
                '-'
            } else {
                match caller.scope.narrowed(reach, route.narrowing, &nowhere) {
                    Ok(narrowed) if narrowed.is_all() => 'A',
                    Ok(_) => 'S',
                    Err(_) => '-',
                }
            };
            let wanted = by_hand(route, role);
            assert_eq!(
                answer, wanted,
                "{role} at {} {}",
                route.method, route.pattern
            );
            seen += 1;
        }
    }
    assert_eq!(seen, ROUTES.len() * Role::ALL.len());
}

/// The same, thought through a second time by what an address is about and not by rights.
fn by_hand(route: &Route, role: Role) -> char {
    use Role::{
        AgencyLiaison, Auditor, Display, Leader, Operator, Planner, ShiftLead, Source, Supervisor,
        UnitOfficer,
    };
    let path = route
        .pattern
        .strip_prefix("/api/v1")
        .unwrap_or(route.pattern);
    let (is_get, room) = (
        route.method == "GET",
        [Supervisor, ShiftLead].contains(&role),
    );
    let yes = |is: bool, word: char| if is { word } else { '-' };
    let sites = yes(role == UnitOfficer, 'S');
    let agencies = yes(role == AgencyLiaison, 'S');
    let both = yes([UnitOfficer, AgencyLiaison].contains(&role), 'S');
    let or = |whole: bool, part: char| if whole { 'A' } else { part };
    let staff = ![UnitOfficer, AgencyLiaison, Source].contains(&role);
    match (route.method, path) {
        (_, "/healthz" | "/readyz" | "/public/waits" | "/openapi.json" | "/asyncapi.json")
        | ("POST", "/session")
        | ("GET", "/session/ways" | "/session/openid" | "/session/openid/back") => 'A',
        (_, p) if p.starts_with("/session") && p != "/sessions" || p == "/ws" => {
            yes(role != Source, 'A')
        }
        (_, p) if p.starts_with("/audit") => yes(role == Auditor, 'A'),
        (_, "/events") => yes(role == Source, 'S'),
        // A source that is bounded to points sends no messages of the whole city.
        (_, "/national") => '-',
        (_, "/metrics" | "/archive") => yes(role == Operator, 'A'),
        (_, "/sql" | "/alerts/rules/check" | "/alerts/replay") => yes(room || role == Auditor, 'A'),
        (_, "/devices/clocks" | "/incidents") => {
            yes(room || [Operator, Auditor].contains(&role), 'A')
        }
        ("PUT", "/alerts/rules") | (_, "/scorecard/weights") => yes(role == ShiftLead, 'A'),
        (_, "/coverage/scenario" | "/coverage/groups" | "/siting")
        | ("GET", "/scenarios" | "/scenarios/{id}" | "/scenarios/{id}/export") => {
            yes(room || [Planner, Leader, Auditor].contains(&role), 'A')
        }
        (_, "/scenarios" | "/scenarios/{id}") => yes(role == Planner, 'A'),
        (_, "/alerts/handover") if !is_get => yes(room, 'A'),
        (_, "/alerts/{id}/{act}") => or(room, both),
        (_, "/alerts/rules") => yes(
            room || [Leader, UnitOfficer, AgencyLiaison, Auditor, Display].contains(&role),
            'A',
        ),
        (_, "/alerts/quality" | "/alerts/handover") => {
            yes(room || [Leader, Auditor, Display].contains(&role), 'A')
        }
        (_, p) if p.starts_with("/alerts") => {
            or(room || [Leader, Auditor, Display].contains(&role), both)
        }
        (_, "/quality" | "/integrity") => yes(room || [Leader, Auditor].contains(&role), 'A'),
        (_, "/dossiers/list" | "/dossiers/{id}" | "/index766/losses" | "/forecast") => {
            or(room || [Leader, Auditor].contains(&role), both)
        }
        ("POST", "/staff") => or(room, sites),
        ("POST", "/tasks/progress") => or(room, agencies),
        ("POST", _) => yes(room, 'A'),
        (
            _,
            "/coverage/queue" | "/flows" | "/process" | "/training" | "/baselines"
            | "/briefings/{span}",
        ) => yes(staff, 'A'),
        (
            _,
            "/sites/{id}"
            | "/sites/{id}/outlook"
            | "/visits"
            | "/boards"
            | "/ratings"
            | "/sessions",
        ) => or(staff, sites),
        (_, "/tasks") => or(staff, agencies),
        (
            _,
            "/dossiers" | "/duties" | "/feedback" | "/report" | "/backlog" | "/index766"
            | "/scorecard",
        ) => or(staff, both),
        (_, p)
            if ["/about", "/sites", "/map", "/coverage", "/ogc"]
                .iter()
                .any(|s| p.starts_with(s)) =>
        {
            yes(role != Source, 'A')
        }
        other => panic!("think about {other:?}"),
    }
}

#[test]
fn what_changes_something_or_shows_a_dossier_leaves_a_trace() {
    for route in &ROUTES {
        let changes = [
            Right::ActOnAlerts,
            Right::ChangeRules,
            Right::Enter,
            Right::SavePlans,
        ];
        let shows = [Right::SeeDossiers, Right::Query, Right::Operate];
        if changes.contains(&route.right) || shows.contains(&route.right) {
            assert!(route.leaves.is_some(), "{} {}", route.method, route.pattern);
        }
        if route
            .leaves
            .is_some_and(|what| matches!(what, Changed | Acknowledged))
        {
            assert_ne!(route.method, "GET", "{}", route.pattern);
        }
    }
}
