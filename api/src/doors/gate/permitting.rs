//! The table applied to a request, and what the audit log keeps of it.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::super::Doors;
use super::super::audit::What;
use super::super::caller::{Caller, Stage};
use super::super::origin;
use super::super::right::{Reach, Right};
use super::super::routes::{self, Route};
use super::super::scope::Narrowed;
use super::{CameFrom, forbidden, unauthorized};
use crate::http::problem::Problem;

/// Lets a request on where its caller has the right, with how its answer must be narrowed.
pub async fn permit(State(doors): State<Arc<Doors>>, mut request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let pattern = request.extensions().get::<MatchedPath>();
    let Some(pattern) = pattern.map(|p| p.as_str().to_owned()) else {
        return unmatched(caller.as_ref(), request, next).await;
    };
    let Some(route) = routes::find(request.method(), &pattern) else {
        return unjudged(&pattern);
    };
    let Some(from) = request.extensions().get::<CameFrom>().cloned() else {
        // `identify` was not laid around this.
        tracing::error!(pattern, "nobody was asked who it is");
        return forbidden("not_permitted", "this cannot be asked now");
    };
    let target = format!("{} {pattern}", route.method);
    let reach = match &caller {
        Some(caller) => caller.reach(route.right),
        None if route.right == Right::Public => Reach::Allowed,
        None => {
            let detail = "sign in, or send a key (Authorization: Bearer vgl_…)";
            return unauthorized("not_signed_in", detail);
        }
    };
    let narrowed = match &caller {
        _ if reach == Reach::Denied => Err(not_permitted(caller.as_ref())),
        Some(caller) => {
            let narrowed = caller
                .scope
                .narrowed(reach, route.narrowing, &*doors.places);
            narrowed.map_err(|e| forbidden("out_of_scope", e.to_string()))
        }
        None => Ok(Narrowed::ALL),
    };
    // An answer that nobody takes anything away from does not go to who may see a part.
    let narrowed = match narrowed {
        Ok(narrowed) if !narrowed.is_all() && !routes::narrows(&pattern) => {
            let detail = "this is not yet given for a part of the city, and your account is for one: ask whoever keeps the accounts";
            Err(forbidden("out_of_scope", detail))
        }
        narrowed => narrowed,
    };
    let narrowed = match narrowed {
        Ok(narrowed) => narrowed,
        Err(refused) => {
            let who = caller
                .as_ref()
                .map_or_else(String::new, |caller| caller.who.clone());
            let is_kept = doors.refusals.take(who, doors.clock.now()).is_ok();
            if is_kept {
                // What is refused is refused, whether or not the log could be written.
                let _ = noted(&doors, caller, &from, What::Refused, target).await;
            }
            return refused;
        }
    };
    let left = leaves(route, &request);
    let path = format!("{} {}", request.method(), request.uri().path());
    request.extensions_mut().insert(narrowed);
    let response = next.run(request).await;
    match left {
        // The answer goes out when it stands in the log that it did.
        Some(what) if response.status().is_success() => {
            match noted(&doors, caller, &from, what, path).await {
                Ok(()) => response,
                Err(failed) => failed,
            }
        }
        _ => response,
    }
}

/// An address of the service's pages, or none.
async fn unmatched(caller: Option<&Caller>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    if is_api && caller.is_none() {
        return unauthorized(
            "not_signed_in",
            "sign in, or send a key (Authorization: Bearer vgl_…)",
        );
    }
    if !is_api && origin::is_unsafe(request.method()) {
        let detail = "this address has other methods";
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
            .into_response();
    }
    // The pages hold nothing of anybody; within the API this is the answer that there is nothing.
    next.run(request).await
}

fn unjudged(pattern: &str) -> Response {
    if routes::is_known(pattern) {
        let detail = "this address has other methods";
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
            .into_response();
    }
    tracing::error!(pattern, "an address stands in no table and is denied");
    forbidden("not_permitted", "nobody may ask this")
}

fn not_permitted(caller: Option<&Caller>) -> Response {
    match caller.map(|caller| caller.stage) {
        Some(Stage::ChangePassword) => forbidden(
            "change_password_first",
            "choose a password of your own first",
        ),
        Some(Stage::EnrolTotp) => forbidden(
            "enrol_totp_first",
            "your role needs a second factor: enrol an authenticator first",
        ),
        _ => forbidden(
            "not_permitted",
            "your role does not allow this: ask whoever keeps the accounts",
        ),
    }
}

/// What the log keeps of an answer: a file that is taken out counts as such.
fn leaves(route: &Route, request: &Request) -> Option<What> {
    let data = [Right::SeeFigures, Right::SeeDossiers, Right::SeeAlerts];
    let query = request.uri().query().unwrap_or_default();
    let is_file = query.split('&').any(|pair| {
        let files = ["csv", "xlsx", "pdf", "docx", "html"];
        pair.strip_prefix("format=")
            .is_some_and(|form| files.contains(&form))
    });
    let accept = request.headers().get(header::ACCEPT);
    let is_table = accept.is_some_and(|accept| accept == "application/vnd.apache.arrow.stream");
    if data.contains(&route.right) && request.method() != Method::HEAD && (is_file || is_table) {
        return Some(What::Exported);
    }
    route.leaves
}

/// Keeps something in the log; the answer to give instead when that fails.
pub(in super::super) async fn noted(
    doors: &Arc<Doors>,
    caller: Option<Caller>,
    from: &CameFrom,
    what: What,
    target: String,
) -> Result<(), Response> {
    let (doors, from) = (Arc::clone(doors), from.clone());
    let done = tokio::task::spawn_blocking(move || {
        let prefix = Some(from.prefix());
        doors.note(caller.as_ref(), prefix, (what, &target), &from.request)
    });
    let failed = match done.await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(e)) => e.to_string(),
        Err(e) => e.to_string(),
    };
    tracing::error!(error = failed, "the audit log cannot be written");
    let detail = "the audit log cannot be written, and nothing is shown without it: the server's log says why";
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "audit_unwritten", detail);
    Err(problem.retry_after(30).into_response())
}
