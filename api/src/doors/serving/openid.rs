//! `GET /session/ways`, `/session/openid…`: signing in at the city's identity provider.
//!
//! The browser goes to the provider with a state that it has in a cookie as well, and comes back with it and a code. Whatever comes of it
//! ends at the page: signed in, or with a word of why not in the address (`/?refused=…`).

use std::sync::Arc;

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
use super::super::gate::{CameFrom, cookie_in, counted, noted, too_many};
use super::super::openid::{OpenIdError, Provider, word};
use super::super::secret::Digest;
use super::{Answer, end, internal, waiting, with_cookie};
use crate::http::problem::Problem;

/// Where the provider sends browsers back to.
const BACK: &str = "/api/v1/session/openid/back";
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
) -> Answer {
    let provider = provider(&doors)?;
    let now = doors.clock.now();
    doors
        .sign_ins
        .take(counted(from.address), now)
        .map_err(too_many)?;
    match provider.begin(now).await {
        Ok(sent) => {
            let state = cookie(&doors, &sent.state, HOLDS_S);
            Ok(to(&sent.to, &[state]))
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

/// `GET /session/openid/back`: from the provider.
pub(super) async fn back(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    caller: Option<Extension<Caller>>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Answer {
    let provider = provider(&doors)?;
    let now = doors.clock.now();
    doors
        .sign_ins
        .take(counted(from.address), now)
        .map_err(too_many)?;
    let gone = cookie(&doors, "", 0);
    let refused = |error: &OpenIdError| {
        tracing::warn!(error = %error, "nobody was signed in by the identity provider");
        to(&page(error), std::slice::from_ref(&gone))
    };
    // A sign-in that was begun elsewhere is somebody else's: nobody is signed in as whom they did not mean.
    let own = cookie_in(&headers, state_name(&doors)).map(|own| Digest::of(own.as_bytes()));
    let state = back.state.unwrap_or_default();
    if own != Some(Digest::of(state.as_bytes())) {
        return Ok(refused(&OpenIdError::NotBegun));
    }
    let Some(code) = back.code else {
        provider.give_up(&state, now);
        let said = word(&back.error.unwrap_or_default());
        return Ok(refused(&OpenIdError::Refused(said)));
    };
    let known = match provider.finish(code, &state, now).await {
        Ok(known) => known,
        Err(error) => return Ok(refused(&error)),
    };
    let name = match doors
        .accounts
        .of_subject(known.subject, known.has_second_factor)
    {
        Ok(name) => name,
        Err(why) => {
            let target = format!("GET {BACK}");
            noted(&doors, None, &from, What::SignInFailed, target).await?;
            let why = match why {
                NotLinked::Unknown => "not_linked",
                NotLinked::OneFactor => "second_factor",
            };
            return Ok(to(&format!("/?refused={why}"), &[gone]));
        }
    };
    let begun = waiting(&doors, move |doors| {
        doors.sessions.begin_by_provider(&name, now)
    });
    let id = begun.await?.map_err(internal)?;
    let begun = doors.sessions.find(&id, now);
    let begun = begun.and_then(|(digest, session)| doors.of_session(digest, &session, By::Session));
    let Some(begun) = begun else {
        return Ok(to("/?refused=changed", &[gone]));
    };
    if let Some(Extension(Caller {
        holder: Holder::Session(former),
        ..
    })) = &caller
    {
        end(&doors, *former).await?;
    }
    let holder = begun.holder.clone();
    let target = format!("GET {BACK}");
    if let Err(failed) = noted(&doors, Some(begun), &from, What::SignedIn, target).await {
        if let Holder::Session(digest) = &holder {
            end(&doors, *digest).await?;
        }
        return Err(failed.into());
    }
    let signed_in = to("/", &[gone]);
    let seconds = doors.settings.sessions.absolute_s;
    Ok(with_cookie(&doors, &id, seconds, signed_in))
}

/// The page with a word of why nobody is signed in.
fn page(error: &OpenIdError) -> String {
    let word = match error {
        OpenIdError::Busy => "busy",
        OpenIdError::Unreachable(_) | OpenIdError::Random(_) => "unreachable",
        OpenIdError::NotBegun => "not_begun",
        OpenIdError::Refused(_) => "refused",
        OpenIdError::Untrue(_) => "untrue",
    };
    format!("/?refused={word}")
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
