//! Credentials in a request's headers and address.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::super::at::At;
use super::super::caller::{By, Caller};
use super::super::keys::Use;
use super::super::signing::{self, BadSignature, Signature};
use super::super::{Doors, of_key};
use super::{CameFrom, too_many, unauthorized};
use crate::http::problem::Problem;

/// The longest address of a request that is looked into for a ticket.
const LONGEST_QUERY: usize = 1_024;

/// Who the credentials say it is.
pub(super) async fn credentials(
    doors: &Arc<Doors>,
    request: &mut Request,
    from: &CameFrom,
    now: At,
) -> Result<Option<Caller>, Response> {
    let headers = request.headers();
    let is_bearer = headers.contains_key(header::AUTHORIZATION);
    let is_signed = headers.contains_key(signing::SIGNATURE) || headers.contains_key(signing::KEY);
    let ticket = ticket_in(request);
    if u8::from(is_bearer) + u8::from(is_signed) + u8::from(ticket.is_some()) > 1 {
        let detail = "send one kind of credentials: a bearer key, a signature, or a ticket";
        return Err(unauthorized("two_credentials", detail));
    }
    if is_bearer {
        let found = bearer_in(headers).and_then(|whole| doors.keys.bearer(whole, now));
        let (id, key) = found.ok_or_else(|| {
            unauthorized(
                "bad_key",
                "the key is none, has ended, or was revoked: ask the operator for another",
            )
        })?;
        used_today(doors, &id, now);
        return Ok(Some(of_key(&id, key, By::Key)));
    }
    if is_signed {
        return signed(doors, request, now).await.map(Some);
    }
    if let Some(ticket) = ticket {
        let holder = doors.tickets.take(&ticket, now);
        let caller = holder.and_then(|holder| doors.resolve(&holder, By::Ticket, now));
        let detail = "the ticket is none, was used, or is older than 30 s: ask for another";
        return caller
            .map(Some)
            .ok_or_else(|| unauthorized("bad_ticket", detail));
    }
    let session = cookie_in(headers, doors.settings.cookie());
    let session = session.and_then(|id| doors.sessions.find(id, now));
    let caller =
        session.and_then(|(digest, session)| doors.of_session(digest, &session, By::Session));
    let is_at_machine = doors.settings.open && from.address.is_loopback();
    Ok(caller.or_else(|| is_at_machine.then(Caller::open)))
}

/// The key of the one `Authorization` header.
fn bearer_in(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    (values.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then_some(key)
}

/// The one cookie of a name: several are somebody else's doing.
pub(in super::super) fn cookie_in<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter();
    let pairs = values.flat_map(|value| value.to_str().unwrap_or_default().split(';'));
    let mut found = pairs.filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    });
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

/// The ticket in the address of a WebSocket.
fn ticket_in(request: &Request) -> Option<String> {
    if request.uri().path() != "/ws" {
        return None;
    }
    let query = request.uri().query()?;
    if query.len() > LONGEST_QUERY {
        return None;
    }
    let ticket = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("ticket="));
    ticket.map(str::to_owned)
}

/// The value of a header that stands once.
fn only(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| value.to_owned())
}

/// The caller of a signed request. Its body is read, checked, and put back.
async fn signed(doors: &Arc<Doors>, request: &mut Request, now: At) -> Result<Caller, Response> {
    let wrong = |why: BadSignature| match why {
        BadSignature::TooMany => too_many(60),
        why => unauthorized("bad_signature", why.to_string()),
    };
    let headers = request.headers();
    let (Some(id), Some(header)) = (
        only(headers, signing::KEY),
        only(headers, signing::SIGNATURE),
    ) else {
        return Err(wrong(BadSignature::Form));
    };
    let signature = Signature::parse(&header).map_err(wrong)?;
    // What can be refused without reading the body is.
    signature.is_of_now(now).map_err(wrong)?;
    let key = doors
        .keys
        .find(&id, now)
        .filter(|key| key.used == Use::Signing);
    let key = key.ok_or_else(|| wrong(BadSignature::Wrong))?;
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let read = axum::body::to_bytes(body, doors.settings.signed_body).await;
    let body = read.map_err(|_| {
        let detail = "a signed request's body is too large, or did not come whole";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail).into_response()
    })?;
    signature.fits(key.signing_secret(), &body).map_err(wrong)?;
    doors.signatures.once(&id, &signature, now).map_err(wrong)?;
    *request.body_mut() = Body::from(body);
    used_today(doors, &id, now);
    Ok(of_key(&id, key, By::Key))
}

/// Notes a key's day of use, beside the request.
fn used_today(doors: &Arc<Doors>, id: &str, now: At) {
    if doors.keys.was_used(id, now) {
        return;
    }
    let (doors, id) = (Arc::clone(doors), id.to_owned());
    tokio::task::spawn_blocking(move || {
        if let Err(e) = doors.keys.used(&id, now) {
            tracing::error!(error = %e, key = id, "a key's day of use is not kept");
        }
    });
}
