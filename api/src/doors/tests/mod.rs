//! Requests through the middleware, as outsiders, people and programs send them.

mod hostile;
mod keys;
mod openid;
mod people;
mod walk;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::middleware;
use axum::routing::{MethodFilter, get, on};
use axum::{Extension, Router};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::at::{At, HandClock};
use super::caller::Caller;
use super::keys::{Use, Wanted};
use super::role::Role;
use super::routes::ROUTES;
use super::scope::{Narrowed, Scope};
use super::settings::Settings;
use super::{Doors, gate, serving};
use crate::http::problem::Problem;

const NOW: At = At::of_seconds(1_795_651_200);
const PASSWORD: &str = "thuyền giấy mùa đông";
const FAR: &str = "203.0.113.9";

/// A server with doors, and a clock that the test moves.
struct House {
    dir: tempfile::TempDir,
    clock: Arc<HandClock>,
    doors: Arc<Doors>,
    router: Router,
}

/// An answer.
#[derive(Debug)]
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Got {
    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The session's cookie that the answer sets, as a `Cookie` header.
    fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
}

/// Places of the tests: the unit `u1` has the points `s1` and `s2`.
fn places(unit: &str) -> Vec<String> {
    if unit == "u1" {
        vec!["s1".to_owned(), "s2".to_owned()]
    } else {
        Vec::new()
    }
}

/// Every address of the table, answering what the handler would be told; and one that nobody judged.
fn router(doors: &Arc<Doors>) -> Router {
    async fn answer(
        caller: Option<Extension<Caller>>,
        narrowed: Extension<Narrowed>,
        body: String,
    ) -> axum::Json<Value> {
        let who = caller.map(|caller| caller.0.who);
        axum::Json(
            json!({"who": who, "sites": narrowed.sites, "agencies": narrowed.agencies, "body": body}),
        )
    }
    let mut api = Router::new().route("/forgotten", get(|| async { "never" }));
    let mut root = Router::new();
    for route in &ROUTES {
        let is_own = ["/api/v1/session", "/api/v1/audit"].iter().any(|own| {
            route
                .pattern
                .strip_prefix(own)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if is_own {
            continue;
        }
        let method: Method = route.method.parse().unwrap();
        let handler = on(MethodFilter::try_from(method).unwrap(), answer);
        match route.pattern.strip_prefix("/api/v1") {
            Some(path) => api = api.route(path, handler),
            None => root = root.route(route.pattern, handler),
        }
    }
    let nothing = || async { Problem::new(StatusCode::NOT_FOUND, "not_found", "nothing") };
    let api = api
        .merge(serving::routes().with_state(Arc::clone(doors)))
        .fallback(nothing);
    root.nest("/api/v1", api)
        .fallback(|| async { "a page" })
        .layer(middleware::from_fn_with_state(
            Arc::clone(doors),
            gate::permit,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(doors),
            gate::identify,
        ))
}

impl House {
    fn with(settings: Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock::at(NOW));
        let doors = Doors::open(
            dir.path(),
            settings,
            Arc::clone(&clock) as _,
            Arc::new(places),
        )
        .unwrap();
        let doors = Arc::new(doors);
        let router = router(&doors);
        Self {
            dir,
            clock,
            doors,
            router,
        }
    }

    fn new() -> Self {
        Self::with(Settings {
            tls: true,
            ..Settings::default()
        })
    }

    /// Sends a request from an address with headers.
    async fn send(&self, from: &str, asked: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let (method, uri) = asked.split_once(' ').unwrap();
        let from: IpAddr = from.parse().unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .extension(ConnectInfo(SocketAddr::new(from, 4_711)));
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "vl.hanoi.vn");
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 24).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Got {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        self.send(FAR, &format!("GET {path}"), headers, "").await
    }

    /// What a page sends that changes something.
    async fn page(&self, asked: &str, cookie: &str, body: &Value) -> Got {
        let headers = [
            ("cookie", cookie),
            ("x-vonglau-request", "1"),
            ("origin", "https://vl.hanoi.vn"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send(FAR, asked, &headers, &body).await
    }

    async fn sign_in(&self, name: &str, password: &str, code: Option<&str>) -> Got {
        let body = json!({"name": name, "password": password, "code": code});
        self.page("POST /api/v1/session", "x=y", &body).await
    }

    /// An account with a password of its own; only for roles that need no second factor, or where none is asked for.
    fn account(&self, name: &str, role: Role, scope: Scope) {
        let from = super::address::Prefix::of([127, 0, 0, 1].into());
        let once = self.doors.accounts.create(name, role, scope, NOW).unwrap();
        let passwords = (once.as_str(), PASSWORD);
        self.doors
            .accounts
            .change_password(name, passwords, from, NOW)
            .unwrap();
    }

    fn key(&self, role: Role, scope: Scope, used: Use) -> (String, String) {
        let wanted = Wanted {
            role,
            scope,
            used,
            expires: None,
            note: "a test".to_owned(),
        };
        self.doors.keys.create(wanted, NOW).unwrap()
    }

    /// A bearer key's header.
    fn bearer(&self, role: Role, scope: Scope) -> String {
        format!("Bearer {}", self.key(role, scope, Use::Bearer).1)
    }

    /// What the audit log has, as `who what target`.
    fn log(&self) -> Vec<String> {
        let mut out = Vec::new();
        super::audit::export(self.doors.audit.folder(), At(0), At(i64::MAX), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let told = |line: Value| {
            let word = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", word("who"), word("what"), word("target"))
        };
        lines
            .filter(|line| line["head"].is_null())
            .map(told)
            .collect()
    }
}

fn scope_of(role: Role) -> Scope {
    let set = |code: &str| Some([code.to_owned()].into());
    match role {
        Role::UnitOfficer | Role::Source => Scope {
            sites: set("s1"),
            ..Scope::default()
        },
        Role::AgencyLiaison => Scope {
            agencies: set("a1"),
            ..Scope::default()
        },
        _ => Scope::default(),
    }
}
