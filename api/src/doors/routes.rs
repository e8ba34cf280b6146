//! Which right each address needs, by what its answer is narrowed, and what the audit log keeps of it.
//!
//! [`ROUTES`] lists every method and pattern of the surface. What is not in it is denied, and a test reads the router's own
//! text and fails when either has an address that the other has not.

use axum::http::Method;

use super::audit::What;
use super::right::Right;
use super::scope::Narrowing;

/// An address.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method; `GET` stands for `HEAD` too.
    pub method: &'static str,
    /// The pattern, as the router has it.
    pub pattern: &'static str,
    /// The right that it needs.
    pub right: Right,
    /// By what its answer is narrowed for a bounded caller.
    pub narrowing: Narrowing,
    /// What the audit log keeps of its success.
    pub leaves: Option<What>,
}

const fn get(pattern: &'static str, right: Right, narrowing: Narrowing) -> Route {
    Route {
        method: "GET",
        pattern,
        right,
        narrowing,
        leaves: None,
    }
}

const fn post(pattern: &'static str, right: Right, narrowing: Narrowing) -> Route {
    Route {
        method: "POST",
        ..get(pattern, right, narrowing)
    }
}

impl Route {
    const fn put(self) -> Self {
        Self {
            method: "PUT",
            ..self
        }
    }

    const fn delete(self) -> Self {
        Self {
            method: "DELETE",
            ..self
        }
    }

    const fn leaves(self, what: What) -> Self {
        Self {
            leaves: Some(what),
            ..self
        }
    }
}

use Narrowing::{Agencies, Both, Same, Sites, Whole};
use Right as R;
use What::{Acknowledged, Changed, Exported, SawDossier};

/// Addresses whose handlers take away what their caller may not see; at the others who is bounded is refused.
const NARROWING: [&str; 17] = [
    "/api/v1/backlog",
    "/api/v1/forecast",
    "/api/v1/events",
    "/api/v1/visits",
    "/api/v1/boards",
    "/api/v1/ratings",
    "/api/v1/dossiers",
    "/api/v1/duties",
    "/api/v1/feedback",
    "/api/v1/report",
    "/api/v1/alerts",
    "/api/v1/alerts/{id}",
    "/api/v1/alerts/{id}/{act}",
    "/api/v1/sites/{id}",
    "/api/v1/sites/{id}/outlook",
    "/api/v1/dossiers/list",
    "/api/v1/dossiers/{id}",
];

/// Whether a pattern's handler narrows its answer.
pub fn narrows(pattern: &str) -> bool {
    NARROWING.contains(&pattern)
}

/// Every address.
#[rustfmt::skip]
pub static ROUTES: [Route; 98] = [
    // For everybody.
    get("/healthz", R::Public, Same),
    get("/readyz", R::Public, Same),
    get("/api/v1/public/waits", R::Public, Same),
    get("/api/v1/openapi.json", R::Public, Same),
    get("/api/v1/asyncapi.json", R::Public, Same),
    // One's own session. Signing in needs nothing; the handler and its limits judge it, and it is logged there.
    post("/api/v1/session", R::Public, Same),
    get("/api/v1/session/ways", R::Public, Same),
    get("/api/v1/session/openid", R::Public, Same),
    get("/api/v1/session/openid/back", R::Public, Same),
    get("/api/v1/session", R::OwnSession, Same),
    post("/api/v1/session", R::OwnSession, Same).delete(),
    get("/api/v1/session/all", R::OwnSession, Same),
    post("/api/v1/session/all", R::OwnSession, Same).delete(),
    post("/api/v1/session/password", R::OwnSession, Same),
    post("/api/v1/session/totp", R::OwnSession, Same),
    post("/api/v1/session/totp/confirm", R::OwnSession, Same),
    post("/api/v1/session/ticket", R::Connect, Same),
    get("/ws", R::Connect, Same),
    // The audit log.
    get("/api/v1/audit", R::Audit, Whole).leaves(Exported),
    get("/api/v1/audit/check", R::Audit, Whole),
    // Sources.
    post("/api/v1/events", R::Ingest, Sites),
    post("/api/v1/national", R::Ingest, Whole),
    // Geography, and the points as they are registered.
    get("/api/v1/about", R::SeeMap, Same),
    get("/api/v1/sites", R::SeeMap, Same),
    get("/api/v1/map/units", R::SeeMap, Same),
    get("/api/v1/map/roads", R::SeeMap, Same),
    get("/api/v1/map/cells", R::SeeMap, Same),
    get("/api/v1/coverage", R::SeeMap, Same),
    get("/api/v1/coverage/gaps", R::SeeMap, Same),
    get("/api/v1/coverage/hours", R::SeeMap, Same),
    get("/api/v1/coverage/bus", R::SeeMap, Same),
    get("/api/v1/coverage/equity", R::SeeMap, Same),
    get("/api/v1/ogc", R::SeeMap, Same),
    get("/api/v1/ogc/conformance", R::SeeMap, Same),
    get("/api/v1/ogc/collections", R::SeeMap, Same),
    get("/api/v1/ogc/collections/{collection}", R::SeeMap, Same),
    get("/api/v1/ogc/collections/{collection}/items", R::SeeMap, Same),
    get("/api/v1/ogc/collections/{collection}/items/{feature}", R::SeeMap, Same),
    // Plans.
    get("/api/v1/coverage/queue", R::SeeFigures, Whole),
    post("/api/v1/coverage/scenario", R::Plan, Whole),
    post("/api/v1/coverage/groups", R::Plan, Whole),
    post("/api/v1/siting", R::Plan, Whole),
    get("/api/v1/scenarios", R::Plan, Whole),
    get("/api/v1/scenarios/{id}", R::Plan, Whole),
    get("/api/v1/scenarios/{id}/export", R::Plan, Whole).leaves(Exported),
    post("/api/v1/scenarios", R::SavePlans, Whole).leaves(Changed),
    post("/api/v1/scenarios/{id}", R::SavePlans, Whole).put().leaves(Changed),
    post("/api/v1/scenarios/{id}", R::SavePlans, Whole).delete().leaves(Changed),
    // Figures.
    get("/api/v1/sites/{id}", R::SeeFigures, Sites),
    get("/api/v1/sites/{id}/outlook", R::SeeFigures, Sites),
    get("/api/v1/visits", R::SeeFigures, Sites),
    get("/api/v1/boards", R::SeeFigures, Sites),
    get("/api/v1/ratings", R::SeeFigures, Sites),
    get("/api/v1/dossiers", R::SeeFigures, Both),
    get("/api/v1/duties", R::SeeFigures, Both),
    get("/api/v1/feedback", R::SeeFigures, Both),
    get("/api/v1/briefings/{span}", R::SeeFigures, Whole),
    get("/api/v1/report", R::SeeFigures, Both),
    get("/api/v1/backlog", R::SeeFigures, Both),
    get("/api/v1/index766", R::SeeFigures, Both),
    get("/api/v1/flows", R::SeeFigures, Whole),
    get("/api/v1/process", R::SeeFigures, Whole),
    get("/api/v1/scorecard", R::SeeFigures, Both),
    get("/api/v1/sessions", R::SeeFigures, Sites),
    get("/api/v1/training", R::SeeFigures, Whole),
    get("/api/v1/baselines", R::SeeFigures, Whole),
    get("/api/v1/tasks", R::SeeFigures, Agencies),
    // What names single dossiers.
    get("/api/v1/dossiers/list", R::SeeDossiers, Both).leaves(SawDossier),
    get("/api/v1/dossiers/{id}", R::SeeDossiers, Both).leaves(SawDossier),
    get("/api/v1/index766/losses", R::SeeDossiers, Both).leaves(SawDossier),
    get("/api/v1/forecast", R::SeeDossiers, Both).leaves(SawDossier),
    get("/api/v1/quality", R::SeeDossiers, Whole).leaves(SawDossier),
    get("/api/v1/integrity", R::SeeDossiers, Whole).leaves(SawDossier),
    post("/api/v1/sql", R::Query, Whole).leaves(Exported),
    // The alert desk.
    get("/api/v1/alerts", R::SeeAlerts, Both),
    get("/api/v1/alerts/{id}", R::SeeAlerts, Both),
    get("/api/v1/alerts/rules", R::SeeAlerts, Same),
    get("/api/v1/alerts/quality", R::SeeAlerts, Whole),
    get("/api/v1/alerts/handover", R::SeeAlerts, Whole),
    post("/api/v1/alerts/{id}/{act}", R::ActOnAlerts, Both).leaves(Acknowledged),
    post("/api/v1/alerts/handover", R::ActOnAlerts, Whole).leaves(Acknowledged),
    post("/api/v1/alerts/rules/check", R::TryRules, Whole),
    post("/api/v1/alerts/replay", R::TryRules, Whole),
    post("/api/v1/alerts/rules", R::ChangeRules, Whole).put().leaves(Changed),
    // What people enter.
    post("/api/v1/index766/values", R::Enter, Whole).leaves(Changed),
    post("/api/v1/index766/official", R::Enter, Whole).leaves(Changed),
    post("/api/v1/flows/portal", R::Enter, Whole).leaves(Changed),
    post("/api/v1/scorecard/entries", R::Enter, Whole).leaves(Changed),
    post("/api/v1/scorecard/weights", R::ChangeRules, Whole).leaves(Changed),
    post("/api/v1/staff", R::Enter, Sites).leaves(Changed),
    post("/api/v1/baselines", R::Enter, Whole).leaves(Changed),
    post("/api/v1/tasks", R::Enter, Whole).leaves(Changed),
    post("/api/v1/tasks/progress", R::Enter, Agencies).leaves(Changed),
    post("/api/v1/training/subjects", R::Enter, Whole).leaves(Changed),
    // Running it.
    get("/api/v1/devices/clocks", R::SeeHealth, Whole),
    get("/api/v1/incidents", R::SeeHealth, Whole),
    get("/api/v1/archive", R::Operate, Whole).leaves(Exported),
    get("/metrics", R::Metrics, Same),
];

/// Whether a pattern has any method.
pub fn is_known(pattern: &str) -> bool {
    ROUTES.iter().any(|route| route.pattern == pattern)
}

/// The route of a method and a pattern.
pub fn find(method: &Method, pattern: &str) -> Option<&'static Route> {
    let method = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let mut found = ROUTES.iter();
    found.find(|route| route.pattern == pattern && route.method == method)
}

#[cfg(test)]
#[path = "routes_tests.rs"]
mod tests;
