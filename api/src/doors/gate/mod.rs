//! The middleware: [`identify`] finds out who asks, [`permit`] whether it may.
//!
//! `identify` is the outer one. It believes, in this order, a bearer key, a signature, a ticket (at `/ws` alone), a session's cookie;
//! several at once are refused. Wrong keys, signatures and tickets are `401` wherever they are sent; a cookie that does not hold is as
//! none. It leaves in the request's extensions a [`Caller`] where there is one, and a [`CameFrom`] always.
//!
//! `permit` must see the pattern that matched, so that it is laid around routes (`Router::layer`), inside `identify`.

mod credentials;
mod permitting;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Doors;
use super::address::Prefix;
use super::at::At;
use super::caller::{By, Caller};
use super::origin::{self, Foreign};
use super::right::Right;
use super::role::Role;
use super::routes;
use super::secret::{hex, random};
use crate::http::problem::Problem;
pub(super) use credentials::cookie_in;
use credentials::credentials;
pub(super) use permitting::noted;
pub use permitting::permit;

/// The header with a request's id, by which a line of the log is found.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// CameFrom where a request comes, and its id.
#[derive(Debug, Clone)]
pub struct CameFrom {
    /// The caller's address, behind proxies that are believed.
    pub address: IpAddr,
    /// The request's id.
    pub request: String,
}

impl CameFrom {
    /// The address without its last part.
    pub fn prefix(&self) -> Prefix {
        Prefix::of(self.address)
    }
}

fn unauthorized(code: &'static str, detail: impl Into<String>) -> Response {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, code, detail).into_response();
    let asks = HeaderValue::from_static("Bearer realm=\"vonglau\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, asks);
    response
}

fn forbidden(code: &'static str, detail: impl Into<String>) -> Response {
    Problem::new(StatusCode::FORBIDDEN, code, detail).into_response()
}

/// An answer to who comes too often.
pub(super) fn too_many(seconds: u32) -> Response {
    let detail = format!("too many requests: try again in {seconds} s");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
    problem.retry_after(seconds).into_response()
}

/// A refusal for whose page it is.
pub(super) fn foreign(why: Foreign) -> Response {
    match why {
        Foreign::Host => Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "foreign_host",
            why.to_string(),
        )
        .into_response(),
        Foreign::Origin => forbidden("foreign_origin", why.to_string()),
        Foreign::Header => forbidden("header_wanted", why.to_string()),
    }
}

/// What an address is counted by: all of IPv4, and of IPv6 what a household has.
pub(super) fn counted(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) >> 64 << 64).into(),
    }
}

/// Finds out who asks.
pub async fn identify(
    State(doors): State<Arc<Doors>>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = doors.clock.now();
    let Ok(id) = random::<8>().map(|bytes| hex(&bytes)) else {
        let detail = "the server cannot answer now; its log says why";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "internal", detail).into_response();
    };
    // Without the connection's address nobody is taken for somebody at the machine.
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
    let address = doors.settings.proxies.client(peer, request.headers());
    let from = CameFrom {
        address,
        request: id.clone(),
    };
    let mut response = match coming_in(&doors, &mut request, &from, now).await {
        Ok(caller) => {
            let is_known = caller.is_some();
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            request.extensions_mut().insert(from);
            let mut response = next.run(request).await;
            if is_known {
                let store = HeaderValue::from_static("no-store");
                response
                    .headers_mut()
                    .entry(header::CACHE_CONTROL)
                    .or_insert(store);
            }
            response
        }
        Err(refused) => refused,
    };
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

async fn coming_in(
    doors: &Arc<Doors>,
    request: &mut Request,
    from: &CameFrom,
    now: At,
) -> Result<Option<Caller>, Response> {
    if !from.address.is_loopback() {
        doors
            .by_address
            .take(counted(from.address), now)
            .map_err(too_many)?;
    }
    let authority = request.uri().authority().map(ToString::to_string);
    let authority = authority.as_deref();
    origin::check_host(
        &doors.settings,
        request.headers(),
        authority,
        from.address.is_loopback(),
    )
    .map_err(foreign)?;
    let caller = credentials(doors, request, from, now).await?;
    if let Some(caller) = &caller {
        match caller.by {
            By::Session => {
                origin::check_meant(request.method(), request.headers(), authority)
                    .map_err(foreign)?;
            }
            By::Open if !is_public(request) => {
                origin::check_origin(request.headers(), authority).map_err(foreign)?;
            }
            By::Open | By::Key | By::Ticket => {}
        }
        if caller.by != By::Open && caller.role != Role::Source {
            doors
                .by_caller
                .take(caller.who.clone(), now)
                .map_err(too_many)?;
        }
    }
    Ok(caller)
}

fn is_public(request: &Request) -> bool {
    let route = routes::find(request.method(), request.uri().path());
    route.is_some_and(|route| route.right == Right::Public && !origin::is_unsafe(request.method()))
}
