//! Accepting connections: plain, or with TLS, each within bounds.
//!
//! What flows in: sockets. What flows out: requests to the router, each with the address of its peer. What holds, whatever the other side
//! does:
//! - who shakes hands or sends a request's head more slowly than [`HANDSHAKE`] or [`HEAD`] allow is let go, so that nobody holds
//!   a place by saying nothing;
//! - who pauses for longer than [`BODY`] within a request's body is let go, too;
//! - there are at most [`MOST`] connections, and of one address at most [`MOST_OF_ONE`], unless it is this machine or a proxy;
//! - a connection that fails is its own affair: the next one is accepted.
//!
//! A stop lets requests that are under way end, and takes no new ones.

pub mod tls;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower::{Service as _, ServiceExt as _};
use tower_http::timeout::{RequestBodyTimeout, TimeoutBody};

use crate::doors::address::{Prefix, Proxies};
use tls::Tls;

/// A handshake may take so long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// And a request's head, from when it may begin on: a connection that is kept for the next request is kept as long.
const HEAD: Duration = Duration::from_mins(1);
/// A sender may pause for so long within a body: a mobile session's line comes and goes.
const BODY: Duration = Duration::from_mins(1);
/// The longest head, with all that is read ahead.
const HEAD_BYTES: usize = 64 * 1024;
/// Connections at once.
const MOST: usize = 10_000;
/// Connections at once of one address, by its net ([`Prefix`]): an office behind one line has fewer.
const MOST_OF_ONE: usize = 1_000;
/// After an accept that failed, mostly for want of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Where it listens, and whether it speaks TLS there.
#[derive(Debug)]
pub struct Listening {
    /// The socket.
    pub listener: TcpListener,
    /// Its certificate.
    pub tls: Option<Arc<Tls>>,
}

/// Who is connected: how many, and how many of each net.
#[derive(Debug, Default)]
struct Places {
    taken: Mutex<(usize, HashMap<Prefix, usize>)>,
}

/// A place that is given back when it is dropped.
struct Place {
    places: Arc<Places>,
    of: Option<Prefix>,
}

impl Places {
    /// A place for a peer, unless there are too many; who is `trusted` (a proxy) has many behind it.
    fn take(self: &Arc<Self>, peer: IpAddr, trusted: bool) -> Option<Place> {
        let of = (!trusted && !peer.to_canonical().is_loopback()).then(|| Prefix::of(peer));
        let (all, each) = &mut *self.taken.lock();
        if *all >= MOST {
            return None;
        }
        if let Some(of) = of {
            let count = each.entry(of).or_default();
            if *count >= MOST_OF_ONE {
                return None;
            }
            *count += 1;
        }
        *all += 1;
        Some(Place {
            places: Arc::clone(self),
            of,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (all, each) = &mut *self.places.taken.lock();
        *all -= 1;
        if let Some(of) = self.of
            && let Some(count) = each.get_mut(&of)
        {
            *count -= 1;
            if *count == 0 {
                each.remove(&of);
            }
        }
    }
}

/// Serves until `stop` is done and what was under way has ended.
pub async fn serve(
    all: Vec<Listening>,
    router: Router,
    proxies: &Proxies,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    // Each connection holds one end; when nobody does, all have ended.
    let (open, mut ended) = mpsc::channel::<()>(1);
    let places = Arc::new(Places::default());
    for listening in all {
        let (router, stopped, open) = (router.clone(), stopped.clone(), open.clone());
        let accepting = Accepting {
            places: Arc::clone(&places),
            proxies: proxies.clone(),
            router,
            stopped,
            open,
        };
        tokio::spawn(accepting.run(listening));
    }
    drop(open);
    stop.await;
    // Everybody who listens for it holds an end of its own.
    let _ = stopping.send(true);
    let _ = ended.recv().await;
}

struct Accepting {
    places: Arc<Places>,
    proxies: Proxies,
    router: Router,
    stopped: watch::Receiver<bool>,
    open: mpsc::Sender<()>,
}

impl Accepting {
    async fn run(mut self, Listening { listener, tls }: Listening) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = told(&mut self.stopped) => return,
            };
            let (socket, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let Some(place) = self
                .places
                .take(peer.ip(), self.proxies.have(peer.ip().to_canonical()))
            else {
                metrics::counter!("vonglau_connections_refused_total").increment(1);
                continue;
            };
            // What is sent is small and is waited for.
            let _ = socket.set_nodelay(true);
            let (router, stopped, open) =
                (self.router.clone(), self.stopped.clone(), self.open.clone());
            let tls = tls.clone();
            tokio::spawn(async move {
                let _place = place;
                let _open = open;
                match tls {
                    None => converse(socket, peer, router, stopped).await,
                    Some(tls) => shake_hands(&tls, socket, peer, router, stopped).await,
                }
            });
        }
    }
}

/// Waits for the stop; a server that is gone has stopped, too.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await.is_ok();
}

async fn shake_hands(
    tls: &Tls,
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    stopped: watch::Receiver<bool>,
) {
    match tokio::time::timeout(HANDSHAKE, tls.accept(socket)).await {
        Ok(Ok(socket)) => converse(socket, peer, router, stopped).await,
        Ok(Err(error)) => {
            metrics::counter!("vonglau_tls_failures_total").increment(1);
            tracing::debug!(%error, "a handshake failed");
        }
        Err(_) => metrics::counter!("vonglau_tls_failures_total").increment(1),
    }
}

async fn converse(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let router = within(BODY, router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        // A router is always ready.
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

/// A router whose requests' bodies may pause for so long.
fn within<B>(
    pause: Duration,
    router: Router,
) -> impl tower::Service<
    Request<B>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone
+ Send
where
    B: HttpBody<Data = Bytes, Error: Into<axum::BoxError>> + Send + 'static,
{
    let router = router.map_request(|request: Request<TimeoutBody<B>>| request.map(Body::new));
    RequestBodyTimeout::new(router, pause)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::routing::post;
    use futures_util::{StreamExt as _, stream};

    use super::*;

    #[tokio::test]
    async fn who_stops_within_a_body_is_not_waited_for() {
        let router = Router::new().route("/", post(async |body: Bytes| body.len().to_string()));
        let begun = |rest| {
            let begin = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"half"))]);
            let body = Body::from_stream(begin.chain(rest));
            Request::post("/").body(body).unwrap()
        };
        let mut served = within(Duration::from_millis(50), router);
        let whole = served.call(begun(stream::empty().boxed())).await.unwrap();
        assert_eq!(whole.status(), StatusCode::OK);
        let half = served.call(begun(stream::pending().boxed())).await.unwrap();
        assert!(half.status().is_client_error(), "{}", half.status());
    }

    #[test]
    fn one_office_cannot_take_all_places_and_each_comes_back() {
        let places = Arc::new(Places::default());
        let office: IpAddr = "203.113.4.7".parse().unwrap();
        let other: IpAddr = "203.113.5.7".parse().unwrap();
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        let mut held: Vec<Place> = Vec::new();
        while let Some(place) = places.take(office, false) {
            held.push(place);
        }
        assert_eq!(held.len(), MOST_OF_ONE);
        assert!(places.take(other, false).is_some() && places.take(own, false).is_some());
        held.pop();
        assert!(places.take(office, false).is_some());
        // A proxy has everybody behind it.
        let proxy: Vec<Place> = (0..MOST).map_while(|_| places.take(office, true)).collect();
        assert_eq!(held.len() + proxy.len(), MOST);
        assert!(places.take(own, false).is_none());
        drop((held, proxy));
        assert_eq!(places.taken.lock().0, 0);
        assert!(places.taken.lock().1.is_empty());
    }
}
