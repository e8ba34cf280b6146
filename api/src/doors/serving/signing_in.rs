//! `POST /session`: signing in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use serde::Deserialize;

use super::super::Doors;
use super::super::accounts::SignInError;
use super::super::audit::What;
use super::super::caller::{By, Caller, Holder};
use super::super::gate::{CameFrom, counted, foreign, noted, too_many};
use super::super::origin;
use super::{Answer, Body, body, end, hashing, internal, problem, told, waiting, with_cookie};
use crate::http::problem::Problem;

/// What is sent to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    name: String,
    password: String,
    code: Option<String>,
}

/// `POST /session`.
pub(super) async fn sign_in(
    State(doors): State<Arc<Doors>>,
    Extension(from): Extension<CameFrom>,
    caller: Option<Extension<Caller>>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body<SignIn>,
) -> Answer {
    // A foreign page must not sign somebody in as somebody else.
    let authority = uri.authority().map(ToString::to_string);
    origin::check_meant(&Method::POST, &headers, authority.as_deref()).map_err(foreign)?;
    let now = doors.clock.now();
    doors
        .sign_ins
        .take(counted(from.address), now)
        .map_err(too_many)?;
    let SignIn {
        name,
        password,
        code,
    } = body(sent)?;
    let prefix = from.prefix();
    let asked = name.clone();
    let signed = hashing(&doors, move |doors| {
        doors
            .accounts
            .sign_in(&asked, &password, code.as_deref(), prefix, now)
    })
    .await?;
    let signed = match signed {
        Ok(signed) => signed,
        Err(error) => return Err(not_signed_in(&doors, &from, &name, error).await.into()),
    };
    let begun = waiting(&doors, move |doors| doors.sessions.begin(&signed.name, now)).await?;
    let id = begun.map_err(internal)?;
    let begun = doors.sessions.find(&id, now);
    let begun = begun.and_then(|(digest, session)| doors.of_session(digest, &session, By::Session));
    let Some(begun) = begun else {
        let detail = "the account has just been changed: sign in again";
        return Err(Problem::new(StatusCode::CONFLICT, "changed", detail).into());
    };
    // The browser's former session ends: nobody is left signed in behind somebody else.
    if let Some(Extension(Caller {
        holder: Holder::Session(former),
        ..
    })) = &caller
    {
        end(&doors, *former).await?;
    }
    let holder = begun.holder.clone();
    if let Err(failed) = noted(
        &doors,
        Some(begun.clone()),
        &from,
        What::SignedIn,
        "POST /session".to_owned(),
    )
    .await
    {
        if let Holder::Session(digest) = &holder {
            end(&doors, *digest).await?;
        }
        return Err(failed.into());
    }
    let response = Json(told(&doors, &begun)).into_response();
    Ok(with_cookie(
        &doors,
        &id,
        doors.settings.sessions.absolute_s,
        response,
    ))
}

async fn not_signed_in(
    doors: &Arc<Doors>,
    from: &CameFrom,
    name: &str,
    error: SignInError,
) -> Response {
    let (code, detail) = match error {
        SignInError::Wait(seconds) => return too_many(seconds),
        SignInError::Account(error) => return problem(error),
        SignInError::CodeWanted => ("code_wanted", error.to_string()),
        SignInError::Wrong => {
            // A name that is no account's may be a password, typed in the wrong place: it is not kept.
            let standing = doors.accounts.standing(name);
            let caller = standing.map(|standing| Caller {
                who: name.to_owned(),
                role: standing.role,
                ..Caller::open()
            });
            let target = "POST /session".to_owned();
            if let Err(failed) = noted(doors, caller, from, What::SignInFailed, target).await {
                return failed;
            }
            ("not_signed_in", error.to_string())
        }
    };
    Problem::new(StatusCode::UNAUTHORIZED, code, detail).into_response()
}
