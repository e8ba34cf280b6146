//! NATS JetStream: a stream's messages, by a durable pull consumer.
//!
//! The broker keeps, under the consumer's name, which messages were acknowledged. They are asked for in batches, never more than are
//! taken together, so that what this service cannot take stays in the stream. A message is acknowledged by itself, after what is in it
//! is durable; while that takes long, the broker is told that it goes on, or it would send it again. A message of which nothing can be
//! taken is terminated: the broker never sends it again. When the connection breaks all is set up anew; what was not acknowledged comes
//! again [`ACK_WAIT`] later, and is known by its ids.

mod address;

use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::context::{GetStreamErrorKind, RequestErrorKind};
use async_nats::jetstream::{self, AckKind, ErrorCode, Message};
use async_nats::{ConnectErrorKind, ConnectOptions, Event};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use ingest::intake::Receipt;
use tokio::sync::watch;

pub use address::{Address, BadAddress};

use super::{Broker, take};
use crate::http::App;

/// Messages that are taken together.
const TOGETHER: usize = 256;
/// How long a question for messages stands at the broker.
const EXPIRES: Duration = Duration::from_secs(5);
/// After which a message that was not acknowledged comes again.
const ACK_WAIT: Duration = Duration::from_secs(10);
/// How often the broker hears that messages are still being taken.
const STILL: Duration = Duration::from_secs(3);
/// Messages that the broker holds to be on their way.
const ON_THEIR_WAY: i64 = 4 * TOGETHER as i64;
/// Between two attempts to connect, at first and at last.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(30)];

/// What to follow, and as whom.
#[derive(Debug)]
pub struct Settings {
    /// The broker and the stream.
    pub address: Address,
    /// The durable consumer's name, this service's alone.
    pub consumer: String,
    /// What the broker asks for.
    pub secret: Secret,
    /// Who signs the broker's certificate, beside those whom this machine trusts.
    pub ca: Option<PathBuf>,
}

/// What lets this service in.
#[derive(Default)]
pub struct Secret {
    /// The password of the address's user.
    pub password: Option<String>,
    /// A token instead of a user.
    pub token: Option<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why no messages come.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the broker cannot be reached: {0}")]
    Away(async_nats::ConnectError),
    #[error(
        "the broker refuses the credentials: look at the user in --nats and at VONGLAU_NATS_PASSWORD or VONGLAU_NATS_TOKEN"
    )]
    Refused,
    #[error(
        "the broker has no JetStream for this account: start it with -js or a `jetstream` part in its settings"
    )]
    NoJetStream,
    #[error("the broker has no stream {0}: make it there, or name another in --nats")]
    NoStream(String),
    #[error("the stream {stream} cannot be asked for: {detail}; may this user use $JS.API?")]
    Stream { stream: String, detail: String },
    #[error("the consumer {name} cannot be used: {detail}")]
    Consumer { name: String, detail: String },
    #[error("the line to the broker broke: {0}")]
    Lost(String),
}

/// Follows a stream until the service ends.
pub async fn follow(app: Arc<App>, settings: Settings) {
    let mut pause = PAUSES[0];
    Broker::Nats.connected(false);
    loop {
        let begun = Instant::now();
        let Err(trouble) = follow_once(&app, &settings).await;
        Broker::Nats.connected(false);
        tracing::warn!(
            host = settings.address.host(),
            "{trouble}; it is tried again"
        );
        if begun.elapsed() > PAUSES[1] {
            pause = PAUSES[0];
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES[1]);
    }
}

/// Follows a stream on one connection.
async fn follow_once(app: &Arc<App>, settings: &Settings) -> Result<Infallible, Trouble> {
    let (tell, mut is_lost) = watch::channel(false);
    let client = connect(settings, tell).await?;
    let consumer = consumer(client, settings).await?;
    Broker::Nats.connected(true);
    tracing::info!(
        host = settings.address.host(),
        stream = settings.address.stream(),
        "connected to the broker"
    );
    let lost = |detail: &dyn std::fmt::Display| Trouble::Lost(detail.to_string());
    loop {
        let asked = consumer.batch().max_messages(TOGETHER).expires(EXPIRES);
        let messages = tokio::select! {
            messages = asked.messages() => messages.map_err(|e| lost(&e))?,
            () = told(&mut is_lost) => return Err(lost(&"disconnected")),
        };
        // As many as are there, at once: one wait for the disk is for all of them.
        let mut some = messages.ready_chunks(TOGETHER);
        loop {
            let came = tokio::select! {
                came = some.next() => came,
                () = told(&mut is_lost) => return Err(lost(&"disconnected")),
            };
            let Some(came) = came else { break };
            let mut broken = None;
            let messages = came.into_iter().filter_map(|each| match each {
                Ok(message) => Some(message),
                Err(error) => {
                    broken = Some(lost(&error));
                    None
                }
            });
            let messages: Vec<Message> = messages.collect();
            take_all(app, &messages).await;
            if let Some(broken) = broken {
                return Err(broken);
            }
        }
    }
}

/// Waits until the connection is lost.
async fn told(is_lost: &mut watch::Receiver<bool>) {
    let _ = is_lost.wait_for(|lost| *lost).await.is_ok();
}

async fn connect(
    settings: &Settings,
    lost: watch::Sender<bool>,
) -> Result<async_nats::Client, Trouble> {
    let address = &settings.address;
    let mut options = ConnectOptions::new()
        .name("vonglau")
        // When the line breaks all is asked for anew, here.
        .max_reconnects(1)
        .require_tls(address.is_encrypted())
        .event_callback(move |event| {
            match &event {
                Event::Disconnected | Event::Closed => {
                    lost.send_replace(true);
                }
                // What this user may not do is told here alone.
                Event::ServerError(error) => tracing::warn!(%error, "the broker complains"),
                _ => {}
            }
            std::future::ready(())
        });
    if let Some(user) = address.user() {
        let password = settings.secret.password.clone().unwrap_or_default();
        options = options.user_and_password(user.to_owned(), password);
    }
    if let Some(token) = &settings.secret.token {
        options = options.token(token.clone());
    }
    if let Some(ca) = &settings.ca {
        options = options.add_root_certificates(ca.clone());
    }
    let connected = options.connect(address.url()).await;
    connected.map_err(|error| match error.kind() {
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
            Trouble::Refused
        }
        _ => Trouble::Away(error),
    })
}

/// The durable consumer; made where the broker has none of the name.
async fn consumer(
    client: async_nats::Client,
    settings: &Settings,
) -> Result<Consumer<pull::Config>, Trouble> {
    let name = settings.address.stream();
    let stream = jetstream::new(client).get_stream(name).await;
    let stream = stream.map_err(|error| no_stream(name, &error))?;
    let wanted = pull::Config {
        durable_name: Some(settings.consumer.clone()),
        description: Some("events for Vong Lau".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_ack_pending: ON_THEIR_WAY,
        filter_subject: settings.address.subject().to_owned(),
        ..pull::Config::default()
    };
    let trouble = |detail: String| Trouble::Consumer {
        name: settings.consumer.clone(),
        detail,
    };
    let found: Consumer<pull::Config> = stream
        .get_or_create_consumer(&settings.consumer, wanted)
        .await
        .map_err(|error| trouble(error.to_string()))?;
    // One that is there stays as it was made: it must be one that loses nothing.
    let made = &found.cached_info().config;
    if made.ack_policy != AckPolicy::Explicit || made.max_deliver > 0 {
        let detail = "it is not acknowledged message by message, or gives up after some attempts: remove it at the broker, or name another";
        return Err(trouble(detail.to_owned()));
    }
    if made.filter_subject != settings.address.subject() {
        let detail = format!(
            "it follows the subject `{}` and --nats says `{}`: remove it at the broker, or name another",
            made.filter_subject,
            settings.address.subject()
        );
        return Err(trouble(detail));
    }
    Ok(found)
}

fn no_stream(name: &str, error: &jetstream::context::GetStreamError) -> Trouble {
    let is_of = |codes: &[ErrorCode]| match error.kind() {
        GetStreamErrorKind::JetStream(error) => codes.contains(&error.error_code()),
        _ => false,
    };
    if is_of(&[ErrorCode::STREAM_NOT_FOUND]) {
        return Trouble::NoStream(name.to_owned());
    }
    let source = std::error::Error::source(error);
    let nobody_answers = source
        .and_then(|source| source.downcast_ref::<jetstream::context::RequestError>())
        .is_some_and(|request| request.kind() == RequestErrorKind::NoResponders);
    if nobody_answers
        || is_of(&[
            ErrorCode::JETSTREAM_NOT_ENABLED,
            ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT,
        ])
    {
        return Trouble::NoJetStream;
    }
    Trouble::Stream {
        stream: name.to_owned(),
        detail: error.to_string(),
    }
}

/// Takes messages in and tells the broker what became of each.
async fn take_all(app: &Arc<App>, messages: &[Message]) {
    let mut taking = pin!(join_all(
        messages.iter().map(|message| take(app, &message.payload))
    ));
    let mut still = tokio::time::interval_at(tokio::time::Instant::now() + STILL, STILL);
    let taken = loop {
        tokio::select! {
            taken = taking.as_mut() => break taken,
            _ = still.tick() => {
                for message in messages {
                    answer(message, AckKind::Progress).await;
                }
            }
        }
    };
    for (message, receipt) in messages.iter().zip(taken) {
        let fate = Fate::of(receipt.as_ref());
        Broker::Nats.count(if fate == Fate::Taken {
            "taken"
        } else {
            "rejected"
        });
        if fate != Fate::Taken {
            tell_of(message, receipt.as_ref());
        }
        let is_of_use = fate != Fate::Useless;
        answer(
            message,
            if is_of_use {
                AckKind::Ack
            } else {
                AckKind::Term
            },
        )
        .await;
    }
}

async fn answer(message: &Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        tracing::debug!(%error, "the broker did not hear what became of a message; it comes again");
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Taken,
    /// Some of its events could not be read.
    InPart,
    /// Nothing of it could.
    Useless,
}

impl Fate {
    fn of(receipt: Option<&Receipt>) -> Self {
        match receipt {
            Some(receipt) if receipt.rejected.is_empty() => Self::Taken,
            Some(receipt) if receipt.accepted + receipt.duplicate > 0 => Self::InPart,
            None | Some(_) => Self::Useless,
        }
    }
}

/// Says why a message was set aside: by codes alone, for a message's text may name people.
fn tell_of(message: &Message, receipt: Option<&Receipt>) {
    let number = message.info().map(|info| info.stream_sequence);
    let first = receipt.and_then(|receipt| receipt.rejected.first());
    tracing::warn!(
        message = number.unwrap_or_default(),
        lines = receipt.map_or(1, |receipt| receipt.rejected.len()),
        first_line = first.map_or(1, |rejection| rejection.line),
        reason = first.map_or("malformed_json", |rejection| rejection.code.as_str()),
        "a broker's message could not be read, or not all of it"
    );
}

#[cfg(test)]
mod tests {
    use ingest::decode::{Code, Rejection};

    use super::*;

    #[test]
    fn a_message_of_which_nothing_is_taken_is_not_asked_for_again() {
        let rejected = vec![Rejection {
            line: 1,
            code: Code::UnknownType,
            message: String::new(),
        }];
        let receipt = |accepted, duplicate, rejected: &[Rejection]| Receipt {
            accepted,
            duplicate,
            rejected: rejected.to_vec(),
            ..Receipt::default()
        };
        assert_eq!(Fate::of(None), Fate::Useless);
        assert_eq!(Fate::of(Some(&receipt(0, 0, &rejected))), Fate::Useless);
        assert_eq!(Fate::of(Some(&receipt(0, 1, &rejected))), Fate::InPart);
        assert_eq!(Fate::of(Some(&receipt(0, 1, &[]))), Fate::Taken);
        assert_eq!(Fate::of(Some(&receipt(0, 0, &[]))), Fate::Taken, "blank");
    }
}
