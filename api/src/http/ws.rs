//! `/ws`: live views over WebSocket.
//!
//! A connection is one task that pulls. It remembers, for each topic it reads, its place; whenever a topic
//! changed it takes what it lacks ([`Topic::since`]) and sends it. While a send waits on a slow network
//! nothing is queued for it: the next pull is merged by key. When what it lacks is no longer kept it is
//! closed with [`TOO_SLOW`], and the client begins again.
//!
//! [`Topic::since`]: crate::live::topic::Topic::since

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;

use tokio::time::Instant;

use super::App;
use super::problem::Problem;
use crate::doors::caller::Caller;
use crate::doors::topics;
use crate::live::parts::part_of;
use crate::live::publisher::{Live, Reading};
use crate::live::topic::{Missed, Part, Place};

/// Close code for a reader that falls further behind than history is kept.
pub const TOO_SLOW: u16 = 4008;
/// Close code for a reader whose session or key has ended, or is for something else now.
pub const NOT_SIGNED_IN: u16 = 4401;
/// Close code for a server that goes down (RFC 6455).
const GOING_AWAY: u16 = 1001;
/// The longest that one send may wait.
const SEND_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection without any message from the other side is pinged after this, and given up after twice.
const QUIET: Duration = Duration::from_secs(30);
/// Time between two looks at whether the reader may still read.
const STILL: Duration = Duration::from_secs(30);
/// Topics that one connection may read.
const MAX_TOPICS: usize = 64;
/// Connections that the server takes.
const MAX_CONNECTIONS: u64 = 5_000;
/// The longest message from a client.
const MAX_MESSAGE_BYTES: usize = 4_096;

#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Request {
    Subscribe { topic: String, since: Option<Since> },
    Unsubscribe { topic: String },
    Ping,
}

#[derive(Debug, Deserialize)]
struct Since {
    epoch: String,
    offset: u64,
}

/// Takes a WebSocket.
pub async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if app.connections.load(Ordering::Relaxed) >= MAX_CONNECTIONS {
        let status = axum::http::StatusCode::SERVICE_UNAVAILABLE;
        return Problem::new(
            status,
            "too_many_connections",
            "the server has all the readers it can serve",
        )
        .retry_after(10)
        .into_response();
    }
    upgrade
        .read_buffer_size(4 * 1024)
        .write_buffer_size(4 * 1024)
        .max_write_buffer_size(4 * 1024 * 1024)
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| async move {
            app.connections.fetch_add(1, Ordering::Relaxed);
            Connection::new(Arc::clone(&app.live), caller)
                .run(socket, &app)
                .await;
            app.connections.fetch_sub(1, Ordering::Relaxed);
        })
}

/// Why a connection ends.
enum End {
    /// The other side went.
    Gone,
    /// It is closed from here.
    Close(u16, &'static str),
}

struct Connection {
    live: Arc<Live>,
    caller: Caller,
    topics: HashMap<String, (Reading, Part, Place)>,
}

type Sender = futures_util::stream::SplitSink<WebSocket, Message>;

impl Connection {
    fn new(live: Arc<Live>, caller: Caller) -> Self {
        Self {
            live,
            caller,
            topics: HashMap::new(),
        }
    }

    async fn run(mut self, socket: WebSocket, app: &App) {
        let (mut sender, mut receiver) = socket.split();
        let mut changes = self.live.changes();
        let mut pinged = false;
        let mut quiet_until = Instant::now() + QUIET;
        let mut asks_again = tokio::time::interval_at(Instant::now() + STILL, STILL);
        let end = loop {
            tokio::select! {
                _ = asks_again.tick() => {
                    let now = app.doors.still(&self.caller);
                    let is_same = now.is_some_and(|now| now.role == self.caller.role && now.scope == self.caller.scope);
                    if !is_same {
                        break End::Close(NOT_SIGNED_IN, "the session or key has ended: sign in again");
                    }
                }
                () = tokio::time::sleep_until(quiet_until) => {
                    if pinged {
                        break End::Gone;
                    }
                    pinged = true;
                    quiet_until = Instant::now() + QUIET;
                    if let Err(end) = send(&mut sender, Message::Ping(bytes::Bytes::new())).await {
                        break end;
                    }
                }
                message = receiver.next() => match message {
                    None | Some(Err(_) | Ok(Message::Close(_))) => break End::Gone,
                    Some(Ok(message)) => {
                        pinged = false;
                        quiet_until = Instant::now() + QUIET;
                        let text = match message {
                            Message::Text(text) => text,
                            Message::Binary(_) => Utf8Bytes::from_static(""),
                            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => continue,
                        };
                        if let Some(answer) = self.answer(app, &text)
                            && let Err(end) = send(&mut sender, Message::Text(answer)).await
                        {
                            break end;
                        }
                    }
                },
                changed = changes.changed() => {
                    if changed.is_err() || app.stopping.load(Ordering::Relaxed) {
                        break End::Close(GOING_AWAY, "the server is going down");
                    }
                    if let Err(end) = self.catch_up(&mut sender).await {
                        break end;
                    }
                }
            }
        };
        if let End::Close(code, reason) = end {
            let frame = CloseFrame {
                code,
                reason: Utf8Bytes::from_static(reason),
            };
            let _ = send(&mut sender, Message::Close(Some(frame))).await;
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), sender.close()).await;
    }

    /// Sends what each topic has that the reader lacks.
    async fn catch_up(&mut self, sender: &mut Sender) -> Result<(), End> {
        for (reading, part, place) in self.topics.values_mut() {
            match reading.topic.since(place, false, part) {
                Missed::Nothing => {}
                Missed::Frame(frame, offset) => {
                    send(sender, Message::Text(frame)).await?;
                    place.offset = offset;
                }
                Missed::TooMuch => {
                    return Err(End::Close(
                        TOO_SLOW,
                        "too slow: more was missed than is kept",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Answers a client's message; leaving a topic has no answer.
    fn answer(&mut self, app: &App, text: &str) -> Option<Utf8Bytes> {
        match serde_json::from_str(text) {
            Ok(Request::Ping) => Some(Utf8Bytes::from_static(r#"{"kind":"pong"}"#)),
            Ok(Request::Unsubscribe { topic }) => {
                self.topics.remove(&topic);
                None
            }
            Ok(Request::Subscribe { topic, since }) => Some(self.subscribe(app, topic, since)),
            Err(_) => {
                let expected = "send {\"op\":\"subscribe\",\"topic\":…}, unsubscribe or ping";
                Some(error("bad_request", None, expected))
            }
        }
    }

    fn subscribe(&mut self, app: &App, topic: String, since: Option<Since>) -> Utf8Bytes {
        if self.topics.len() >= MAX_TOPICS && !self.topics.contains_key(&topic) {
            return error(
                "too_many_topics",
                Some(&topic),
                "a connection reads at most 64 topics; unsubscribe from one first",
            );
        }
        let unknown = |topic: &str| {
            let message = "there is no topic of this name";
            error("unknown_topic", Some(topic), message)
        };
        // A topic that is not for the reader is as if it were not there.
        let may = topics::may_read(&self.caller, &topic, &*app.doors.places);
        let Some(part) = may.and_then(|narrowed| part_of(&topic, &narrowed.within())) else {
            return unknown(&topic);
        };
        let Some(reading) = self.live.read(&topic) else {
            return unknown(&topic);
        };
        let held = since.map(|s| Place {
            epoch: s.epoch,
            offset: s.offset,
        });
        let (frame, place) = match held {
            Some(mut place) => match reading.topic.since(&place, true, &part) {
                Missed::Frame(frame, offset) => {
                    place.offset = offset;
                    (frame, place)
                }
                Missed::Nothing | Missed::TooMuch => reading.topic.snapshot(&part),
            },
            None => reading.topic.snapshot(&part),
        };
        self.topics.insert(topic, (reading, part, place));
        frame
    }
}

fn error(code: &str, topic: Option<&str>, message: &str) -> Utf8Bytes {
    json!({"kind": "error", "code": code, "topic": topic, "message": message})
        .to_string()
        .into()
}

async fn send(sender: &mut Sender, message: Message) -> Result<(), End> {
    match tokio::time::timeout(SEND_TIMEOUT, sender.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(End::Close(
            TOO_SLOW,
            "too slow: a frame could not be sent in time",
        )),
    }
}
