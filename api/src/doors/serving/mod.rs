//! `/api/v1/session…`: signing in and out, one's password and second factor, tickets; `/api/v1/audit…`: the log.

mod log;
mod openid;
mod signing_in;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Doors;
use super::accounts::AccountError;
use super::audit::What;
use super::caller::{By, Caller, Holder};
use super::gate::{CameFrom, noted, too_many};
use super::right::{Reach, Right};
use super::secret::{Digest, hex};
use super::sessions::SessionError;
use super::tickets::{HOLDS_S, NoTicket};
use crate::http::problem::Problem;

/// The longest body of these, bytes.
const LONGEST_BODY: usize = 4 * 1024;
/// Who waits longer for a password to be hashed is told to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The addresses, below `/api/v1`.
pub fn routes() -> Router<Arc<Doors>> {
    Router::new()
        .route(
            "/session",
            post(signing_in::sign_in).get(me).delete(sign_out),
        )
        .route("/session/ways", get(openid::ways))
        .route("/session/openid", get(openid::begin))
        .route("/session/openid/back", get(openid::back))
        .route("/session/all", get(own_sessions).delete(sign_out_all))
        .route("/session/password", post(change_password))
        .route("/session/totp", post(begin_totp))
        .route("/session/totp/confirm", post(confirm_totp))
        .route("/session/ticket", post(ticket))
        .route("/audit", get(log::export))
        .route("/audit/check", get(log::check))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

type Body<T> = Result<Json<T>, JsonRejection>;
/// Any refusal that is a response of its own goes out by `?`.
type Answer = axum::response::Result<Response>;

fn body<T>(body: Body<T>) -> Result<T, Problem> {
    let refused = |_| Problem::bad_request("the body must be the JSON that this address takes");
    body.map(|Json(body)| body).map_err(refused)
}

fn internal(error: impl Into<anyhow::Error>) -> Response {
    Problem::internal(&error.into()).into_response()
}

fn problem(error: AccountError) -> Response {
    let detail = error.to_string();
    let (status, code) = match &error {
        AccountError::Wait(seconds) => return too_many(*seconds),
        AccountError::Wrong => (StatusCode::FORBIDDEN, "wrong_password"),
        AccountError::Code => (StatusCode::FORBIDDEN, "wrong_code"),
        AccountError::NotBegun => (StatusCode::CONFLICT, "totp_not_begun"),
        AccountError::Weak(_) | AccountError::Same => (StatusCode::BAD_REQUEST, "weak_password"),
        AccountError::Absent(_) => (StatusCode::NOT_FOUND, "no_account"),
        _ => return internal(error),
    };
    Problem::new(status, code, detail).into_response()
}

/// Runs what hashes passwords, so many at once.
async fn hashing<T: Send + 'static>(
    doors: &Arc<Doors>,
    work: impl FnOnce(&Doors) -> T + Send + 'static,
) -> Result<T, Response> {
    let busy = || {
        let problem = Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "too many sign in at once",
        );
        problem.retry_after(5).into_response()
    };
    let permit = tokio::time::timeout(PATIENCE, doors.hashing.acquire()).await;
    let Ok(Ok(_permit)) = permit else {
        return Err(busy());
    };
    waiting(doors, work).await
}

/// Runs what waits for the disk where that is allowed.
async fn waiting<T: Send + 'static>(
    doors: &Arc<Doors>,
    work: impl FnOnce(&Doors) -> T + Send + 'static,
) -> Result<T, Response> {
    let doors = Arc::clone(doors);
    let done = tokio::task::spawn_blocking(move || work(&doors)).await;
    done.map_err(internal)
}

/// Ends a session.
async fn end(doors: &Arc<Doors>, digest: Digest) -> Result<(), Response> {
    let ended = waiting(doors, move |doors| doors.sessions.end(&digest)).await?;
    ended.map_err(internal)
}

/// The account of a caller who came by a session's cookie.
fn own(caller: &Caller) -> Result<(String, Digest), Problem> {
    if let (Holder::Session(digest), By::Session) = (&caller.holder, caller.by) {
        return Ok((caller.who.clone(), *digest));
    }
    let detail = "this is for who signed in with a name and a password";
    Err(Problem::new(StatusCode::CONFLICT, "no_session", detail))
}

fn with_cookie(doors: &Doors, id: &str, seconds: u32, mut response: Response) -> Response {
    let secure = if doors.settings.tls { "; Secure" } else { "" };
    let name = doors.settings.cookie();
    let cookie =
        format!("{name}={id}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    // An id is hexadecimal.
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// What a caller is told of itself.
fn told(doors: &Doors, caller: &Caller) -> Value {
    let rights: serde_json::Map<String, Value> = Right::all()
        .map(|right| (right, caller.reach(right)))
        .filter(|(_, reach)| *reach != Reach::Denied)
        .map(|(right, reach)| (right.word(), json!(reach)))
        .collect();
    json!({
        "who": caller.who, "role": caller.role, "role_vi": caller.role.vietnamese(), "by": caller.by,
        "stage": caller.stage, "scope": caller.scope, "rights": rights,
        "idle_s": doors.settings.sessions.idle_s, "absolute_s": doors.settings.sessions.absolute_s,
    })
}

/// `GET /session`: who am I.
async fn me(State(doors): State<Arc<Doors>>, Extension(caller): Extension<Caller>) -> Response {
    Json(told(&doors, &caller)).into_response()
}

/// `DELETE /session`.
async fn sign_out(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    let (_, digest) = own(&caller)?;
    end(&doors, digest).await?;
    // Signing out works though the log does not: the session is over.
    let noted = noted(
        &doors,
        Some(caller),
        &from,
        What::SignedOut,
        "DELETE /session".to_owned(),
    )
    .await;
    drop(noted);
    Ok(with_cookie(
        &doors,
        "",
        0,
        StatusCode::NO_CONTENT.into_response(),
    ))
}

/// `GET /session/all`: one's own sessions, by the first digits of a digest.
async fn own_sessions(
    State(doors): State<Arc<Doors>>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    let (account, own) = own(&caller)?;
    let sessions = doors.sessions.of(&account, doors.clock.now());
    let sessions: Vec<Value> = sessions
        .iter()
        .map(|(digest, session)| {
            json!({
                "session": hex(&digest.0[..6]), "is_this": *digest == own,
                "signed_in": session.signed_in, "seen": session.seen,
            })
        })
        .collect();
    Ok(Json(json!({"sessions": sessions})).into_response())
}

/// `DELETE /session/all`: signs out everywhere, here too.
async fn sign_out_all(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    let (account, _) = own(&caller)?;
    let ended = waiting(&doors, move |doors| doors.sessions.end_all(&account, None)).await?;
    ended.map_err(internal)?;
    let noted = noted(
        &doors,
        Some(caller),
        &from,
        What::SignedOut,
        "DELETE /session/all".to_owned(),
    )
    .await;
    drop(noted);
    Ok(with_cookie(
        &doors,
        "",
        0,
        StatusCode::NO_CONTENT.into_response(),
    ))
}

/// Gives a session whose rights rose another id, and tells it who it is now.
async fn risen(
    doors: &Arc<Doors>,
    from: &CameFrom,
    caller: Caller,
    target: &str,
    mut also: Value,
) -> Answer {
    let (account, digest) = own(&caller)?;
    let now = doors.clock.now();
    let rotated = waiting(doors, move |doors| -> Result<_, SessionError> {
        let id = doors.sessions.rotate(&digest, now)?;
        let own = id.as_ref().map(|id| Digest::of(id.as_bytes()));
        doors.sessions.end_all(&account, own.as_ref())?;
        Ok(id)
    });
    let id = rotated.await?.map_err(internal)?;
    let found = id.and_then(|id| Some((doors.sessions.find(&id, now)?, id)));
    let risen = found.and_then(|((digest, session), id)| {
        Some((doors.of_session(digest, &session, By::Session)?, id))
    });
    noted(
        doors,
        Some(caller),
        from,
        What::AccountChanged,
        target.to_owned(),
    )
    .await?;
    let Some((risen, id)) = risen else {
        let detail = "it is done, and the session has ended: sign in again";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail).into());
    };
    also["session"] = told(doors, &risen);
    let response = Json(also).into_response();
    Ok(with_cookie(
        doors,
        &id,
        doors.settings.sessions.absolute_s,
        response,
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passwords {
    present: String,
    new: String,
}

/// `POST /session/password`. One's other sessions end.
async fn change_password(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    Extension(caller): Extension<Caller>,
    sent: Body<Passwords>,
) -> Answer {
    let (account, _) = own(&caller)?;
    let Passwords { present, new } = body(sent)?;
    let (now, prefix) = (doors.clock.now(), from.prefix());
    let changed = hashing(&doors, move |doors| {
        doors
            .accounts
            .change_password(&account, (&present, &new), prefix, now)
    });
    changed.await?.map_err(problem)?;
    risen(&doors, &from, caller, "POST /session/password", json!({})).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    password: String,
}

/// `POST /session/totp`: begins to enrol a second factor.
async fn begin_totp(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    Extension(caller): Extension<Caller>,
    sent: Body<Password>,
) -> Answer {
    let (account, _) = own(&caller)?;
    let Password { password } = body(sent)?;
    let (now, prefix) = (doors.clock.now(), from.prefix());
    let begun = hashing(&doors, move |doors| {
        doors.accounts.begin_totp(&account, &password, prefix, now)
    });
    let totp = begun.await?.map_err(problem)?;
    let shown = json!({"secret": totp.typed(), "uri": totp.uri(&caller.who)});
    Ok(Json(shown).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

/// `POST /session/totp/confirm`: enrols it, and shows the recovery codes once.
async fn confirm_totp(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    Extension(caller): Extension<Caller>,
    sent: Body<Code>,
) -> Answer {
    let (account, _) = own(&caller)?;
    let Code { code } = body(sent)?;
    let (now, prefix) = (doors.clock.now(), from.prefix());
    let confirmed = hashing(&doors, move |doors| {
        doors.accounts.confirm_totp(&account, &code, prefix, now)
    });
    let codes = confirmed.await?.map_err(problem)?;
    let shown = json!({"recovery_codes": codes});
    risen(&doors, &from, caller, "POST /session/totp/confirm", shown).await
}

/// `POST /session/ticket`: a ticket for `/ws?ticket=…`.
async fn ticket(State(doors): State<Arc<Doors>>, Extension(caller): Extension<Caller>) -> Answer {
    let given = doors.tickets.give(caller.holder, doors.clock.now());
    match given {
        Ok(ticket) => Ok(Json(json!({"ticket": ticket, "holds_s": HOLDS_S})).into_response()),
        Err(NoTicket::TooMany) => Err(too_many(HOLDS_S as u32).into()),
        Err(NoTicket::Random(e)) => Err(internal(e).into()),
    }
}
