//! `GET /session/ways`, `/session/openid…`: signing in at the city's identity provider.
//!
//! The browser goes to the provider with a state that it has in a cookie as well, and comes back with it and a code. Whatever comes of it
//! ends at the page: signed in, or with a word of why not in the address (`/?refused=…`).

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::super::Doors;
use super::super::accounts::NotLinked;
use super::super::audit::What;
use super::super::caller::{By, Caller, Holder};
use super::super::gate::{CameFrom, cookie_in, counted, noted};
use super::super::openid::{OpenIdError, Provider, word};
use super::super::sessions::Proved;
use super::{Answer, end, hashing, internal, waiting, with_cookie};
use crate::http::problem::Problem;

/// Where the provider sends browsers back to.
const BACK: &str = "/api/v1/session/openid/back";
/// The page that says to come again.
const BUSY: &str = "/?refused=busy";
const NOT_BEGUN: &str = "not_begun";
/// Seconds that the state's cookie holds.
const HOLDS_S: u32 = 600;

/// `GET /session/ways`: how somebody may sign in.
pub(super) async fn ways(State(doors): State<Arc<Doors>>) -> Response {
    let provider = doors.openid.as_ref();
    let provider = provider.map(|provider| json!({"name": provider.name()}));
    Json(json!({"password": true, "openid": provider})).into_response()
}

fn provider(doors: &Doors) -> Result<&Provider, Problem> {
    let none = || {
        let detail = "no identity provider is set: sign in with a name and a password";
        Problem::new(StatusCode::NOT_FOUND, "no_provider", detail)
    };
    doors.openid.as_ref().ok_or_else(none)
}

/// `GET /session/openid`: to the provider.
pub(super) async fn begin(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
) -> Answer {
    let provider = provider(&doors)?;
    // Begun by the own page or by hand: a foreign page begins nothing for anybody.
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return Ok(to(&page(&OpenIdError::NotBegun), &[]));
    }
    let now = doors.clock.now();
    let taken = doors.provider_sign_ins.take(counted(from.address), now);
    if taken.is_err() {
        return Ok(to(BUSY, &[]));
    }
    let former = caller.and_then(|Extension(caller)| match caller.holder {
        Holder::Session(digest) => Some(digest),
        _ => None,
    });
    match provider.begin(former, now).await {
        Ok(sent) => {
            let kept = cookie(&doors, &sent.cookie, HOLDS_S);
            Ok(to(&sent.to, &[kept]))
        }
        Err(error) => {
            tracing::warn!(error = %error, "a sign-in at the identity provider cannot be begun");
            Ok(to(&page(&error), &[]))
        }
    }
}

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub(super) struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// `GET /session/openid/back`: from the provider. Whatever comes of it is told by the page: nobody is left with a line of JSON.
pub(super) async fn back(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    headers: HeaderMap,
    back: Result<Query<Back>, QueryRejection>,
) -> Answer {
    let provider = provider(&doors)?;
    let gone = cookie(&doors, "", 0);
    let Ok(Query(back)) = back else {
        return Ok(to(&page(&OpenIdError::NotBegun), &[gone]));
    };
    let cookie = cookie_in(&headers, state_name(&doors)).unwrap_or_default();
    match came_back(&doors, provider, &from, back, cookie).await {
        Ok(id) => {
            let seconds = doors.settings.sessions.absolute_s;
            let signed_in = to("/", &[gone]);
            Ok(with_cookie(&doors, &id, seconds, signed_in))
        }
        Err(Refusal { word, error, who }) => {
            if let Some(error) = error {
                tracing::warn!(%error, "nobody was signed in by the identity provider");
            }
            // What was not begun here is anybody's link: it fills no log.
            let address = counted(from.address);
            let is_kept = word != NOT_BEGUN
                && doors
                    .refusals
                    .take(format!("openid {address}"), doors.clock.now())
                    .is_ok();
            if is_kept {
                let target = format!("GET {BACK} {word}");
                let who = who.and_then(|name| named(&doors, &name));
                // It is refused though the log cannot be written.
                drop(noted(&doors, who, &from, What::SignInFailed, target).await);
            }
            Ok(to(&format!("/?refused={word}"), &[gone]))
        }
    }
}

/// Why nobody was signed in.
struct Refusal {
    /// The page's word for it.
    word: &'static str,
    /// For the operator's log.
    error: Option<OpenIdError>,
    /// The account that it was about, where that is known.
    who: Option<String>,
}

impl From<OpenIdError> for Refusal {
    fn from(error: OpenIdError) -> Self {
        Self {
            word: word_of(&error),
            error: Some(error),
            who: None,
        }
    }
}

const fn only(word: &'static str) -> Refusal {
    Refusal {
        word,
        error: None,
        who: None,
    }
}

/// Nothing that waited for the disk or a hash came to its end.
fn failed(_: Response) -> Refusal {
    only("busy")
}

/// Signs in whom the provider proved; answers the session's id.
async fn came_back(
    doors: &Arc<Doors>,
    provider: &Provider,
    from: &CameFrom,
    back: Back,
    cookie: &str,
) -> Result<String, Refusal> {
    let now = doors.clock.now();
    // A sign-in that was begun elsewhere is somebody else's: nobody is signed in as whom they did not mean.
    let state = back.state.unwrap_or_default();
    let begun = provider.came_back(&state, cookie, now)?;
    let Some(code) = back.code else {
        let said = word(&back.error.unwrap_or_default());
        return Err(OpenIdError::Refused(said).into());
    };
    let former = begun.former;
    let known = provider.finish(code, begun, now).await?;
    let has_second_factor = known.has_second_factor;
    let subject = hashing(doors, move |_| known.subject.digest()).await;
    let subject = subject.map_err(failed)?.map_err(|error| {
        tracing::error!(%error, "a subject cannot be looked up");
        only("busy")
    })?;
    let proved = Proved {
        subject,
        has_second_factor,
    };
    let name = doors.accounts.of_subject(proved).map_err(|why| match why {
        NotLinked::Unknown => only("not_linked"),
        NotLinked::OneFactor(name) => Refusal {
            who: Some(name),
            ..only("second_factor")
        },
    })?;
    let begun = waiting(doors, move |doors| {
        doors.sessions.begin_as(&name, Some(proved), now)
    });
    let id = begun.await.map_err(failed)?.map_err(|error| {
        tracing::error!(%error, "a session cannot be begun");
        only("busy")
    })?;
    let begun = doors.sessions.find(&id, now);
    let begun = begun.and_then(|(digest, session)| doors.of_session(digest, &session, By::Session));
    let begun = begun.ok_or_else(|| only("changed"))?;
    // The browser's former session ends: nobody is left signed in behind somebody else.
    if let Some(former) = former {
        end(doors, former).await.map_err(failed)?;
    }
    let holder = begun.holder.clone();
    let target = format!("GET {BACK}");
    if let Err(unwritten) = noted(doors, Some(begun), from, What::SignedIn, target).await {
        if let Holder::Session(digest) = &holder {
            end(doors, *digest).await.map_err(failed)?;
        }
        return Err(failed(unwritten));
    }
    Ok(id)
}

/// An account as the log names who failed.
fn named(doors: &Doors, name: &str) -> Option<Caller> {
    let standing = doors.accounts.standing(name)?;
    Some(Caller {
        who: name.to_owned(),
        role: standing.role,
        ..Caller::open()
    })
}

/// The page with a word of why nobody is signed in.
fn page(error: &OpenIdError) -> String {
    format!("/?refused={}", word_of(error))
}

const fn word_of(error: &OpenIdError) -> &'static str {
    match error {
        OpenIdError::Unreachable(_) | OpenIdError::Random(_) => "unreachable",
        OpenIdError::NotBegun => NOT_BEGUN,
        OpenIdError::Refused(_) => "refused",
        OpenIdError::Unsigned(_) | OpenIdError::Untrue(_) => "untrue",
    }
}

/// The name of the state's cookie. It comes back from a foreign page, and so is `Lax`.
const fn state_name(doors: &Doors) -> &'static str {
    if doors.settings.tls {
        "__Host-vonglau-openid"
    } else {
        "vonglau-openid"
    }
}

fn cookie(doors: &Doors, state: &str, seconds: u32) -> String {
    let secure = if doors.settings.tls { "; Secure" } else { "" };
    let name = state_name(doors);
    format!("{name}={state}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// Sends a browser on, with cookies.
fn to(address: &str, cookies: &[String]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    match HeaderValue::from_str(address) {
        Ok(address) => headers.insert(header::LOCATION, address),
        Err(e) => return internal(e),
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    // States are hexadecimal.
    for cookie in cookies.iter().filter_map(|c| HeaderValue::from_str(c).ok()) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
