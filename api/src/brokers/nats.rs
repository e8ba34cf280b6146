//! NATS JetStream: a stream's messages, by a durable pull consumer.
//!
//! The broker keeps, under the consumer's name, which messages were acknowledged. They are asked for in batches, never more than are
//! taken together, so that what this service cannot take stays in the stream. A message is acknowledged by itself, after what is in it
//! is durable; while that takes long, the broker is told that it goes on, or it would send it again. A message of which nothing can be
//! taken is terminated: the broker never sends it again. One with events that are ahead of the clock comes again later, for it may be
//! this machine's clock that is wrong. When the connection breaks all is set up anew; what was not acknowledged comes again
//! [`ACK_WAIT`] later, and is known by its ids.

mod address;

use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{self, AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::context::{GetStreamErrorKind, RequestErrorKind};
use async_nats::jetstream::{self, AckKind, ErrorCode, Message};
use async_nats::{ConnectErrorKind, ConnectOptions, Event};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use ingest::decode::Code;
use ingest::intake::Receipt;
use tokio::sync::watch;

pub use address::{Address, BadAddress};

use super::{Broker, is_whole, take};
use crate::http::App;

/// Messages that are taken together.
const TOGETHER: usize = 256;
/// How long a question for messages stands at the broker.
const EXPIRES: Duration = Duration::from_secs(5);
/// After which a message that was not acknowledged comes again.
const ACK_WAIT: Duration = Duration::from_secs(10);
/// How often the broker hears that messages are still being taken.
const STILL: Duration = Duration::from_secs(3);
/// Messages that the broker holds to be on their way, with those that wait for a clock: at this bound it hands out no others.
const ON_THEIR_WAY: i64 = 20_000;
/// What a question for messages asks for at most, bytes: with it the memory is bounded. Never less than two of the largest messages,
/// or one could never come.
const BATCH_BYTES: usize = 32 * 1024 * 1024;
/// After which a message that is ahead of the clock comes again, at first, and at last.
const CLOCKS: [Duration; 2] = [Duration::from_mins(1), Duration::from_hours(1)];
/// What it says to a user who may not.
const IS_DENIED: &str = "permissions violation";
/// What the broker says at the bound of bytes.
const IS_FULL: &str = "Exceeds MaxBytes";
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
    /// Who signs the broker's certificate, instead of those whom this machine trusts.
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
    #[error(
        "the broker does not let this user do what it must ({detail}): it may publish to $JS.API.STREAM.INFO.{stream}, $JS.API.CONSUMER.INFO.{stream}.{name}, $JS.API.CONSUMER.CREATE.{stream}.{name}.> ($JS.API.CONSUMER.CREATE.{stream}.{name} without a subject), $JS.API.CONSUMER.MSG.NEXT.{stream}.{name} and $JS.ACK.{stream}.{name}.>, and subscribe to _INBOX.>"
    )]
    Denied {
        stream: String,
        name: String,
        detail: String,
    },
}

/// What the connection tells besides.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Connected,
    Lost,
    Denied(String),
}

/// Follows a stream until the service ends.
pub async fn follow(app: Arc<App>, settings: Settings) {
    let mut pause = PAUSES[0];
    let address = &settings.address;
    let has_secret = settings.secret.password.is_some() || settings.secret.token.is_some();
    if has_secret && !address.is_encrypted() && !address.is_here() {
        tracing::warn!(
            host = address.host(),
            "the password or token goes to the broker unencrypted: take tls:// in --nats, or protect the line otherwise"
        );
    }
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
    let (tell, mut told) = watch::channel(Told::Connected);
    let client = connect(settings, tell).await?;
    let bytes = client.server_info().max_payload.saturating_mul(2);
    let bytes = bytes.max(BATCH_BYTES);
    let consumer = tokio::select! {
        biased;
        trouble = ended(&mut told, settings) => return Err(trouble),
        consumer = consumer(client, settings) => consumer?,
    };
    Broker::Nats.connected(true);
    tracing::info!(
        host = settings.address.host(),
        stream = settings.address.stream(),
        "connected to the broker"
    );
    let lost = |detail: &dyn std::fmt::Display| Trouble::Lost(detail.to_string());
    loop {
        let asked = consumer.batch().max_messages(TOGETHER).max_bytes(bytes);
        let messages = tokio::select! {
            messages = asked.expires(EXPIRES).messages() => messages.map_err(|e| lost(&e))?,
            trouble = ended(&mut told, settings) => return Err(trouble),
        };
        let mut count = 0;
        // As many as are there, at once: one wait for the disk is for all of them.
        let mut some = messages.ready_chunks(TOGETHER);
        loop {
            let came = tokio::select! {
                came = some.next() => came,
                trouble = ended(&mut told, settings) => return Err(trouble),
            };
            let Some(came) = came else { break };
            let mut broken = None;
            let messages = came.into_iter().filter_map(|each| match each {
                Ok(message) => Some(message),
                Err(error) => {
                    broken = Some(error);
                    None
                }
            });
            let messages: Vec<Message> = messages.collect();
            take_all(app, &messages).await;
            count += messages.len();
            match broken {
                // The next one would be more than was asked for: it is asked for by itself.
                Some(error) if count > 0 && error.to_string().contains(IS_FULL) => break,
                Some(error) => return Err(lost(&error)),
                None => {}
            }
        }
    }
}

/// Waits until the connection is lost, or the broker says that this user may not do something.
async fn ended(told: &mut watch::Receiver<Told>, settings: &Settings) -> Trouble {
    let said = match told.wait_for(|told| *told != Told::Connected).await {
        Ok(said) => said.clone(),
        Err(_) => Told::Lost,
    };
    match said {
        Told::Denied(detail) => Trouble::Denied {
            stream: settings.address.stream().to_owned(),
            name: settings.consumer.clone(),
            detail,
        },
        Told::Connected | Told::Lost => Trouble::Lost("disconnected".to_owned()),
    }
}

async fn connect(
    settings: &Settings,
    tell: watch::Sender<Told>,
) -> Result<async_nats::Client, Trouble> {
    let address = &settings.address;
    let mut options = ConnectOptions::new()
        .name("vonglau")
        // When the line breaks all is asked for anew, here.
        .max_reconnects(1)
        // The broker that was named, and none that it names.
        .ignore_discovered_servers()
        .require_tls(address.is_encrypted())
        .event_callback(move |event| {
            match &event {
                Event::Disconnected | Event::Closed => {
                    tell.send_if_modified(|told| {
                        let is_new = *told == Told::Connected;
                        if is_new {
                            *told = Told::Lost;
                        }
                        is_new
                    });
                }
                // What this user may not do is told here alone.
                Event::ServerError(error) => {
                    let detail = error.to_string();
                    if detail.to_ascii_lowercase().contains(IS_DENIED) {
                        tell.send_replace(Told::Denied(detail));
                    } else {
                        tracing::warn!(%error, "the broker complains");
                    }
                }
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
    let context = jetstream::new(client);
    let stream = context.get_stream(name).await;
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
    if let Some(detail) = not_of_use(made) {
        return Err(trouble(format!(
            "{detail}: remove it at the broker, or name another with --nats-consumer"
        )));
    }
    // The library knows no filter of several subjects.
    let question = format!("CONSUMER.INFO.{name}.{}", settings.consumer);
    let told: Result<serde_json::Value, _> =
        context.request(question, &serde_json::json!({})).await;
    let told = told.map_err(|error| trouble(error.to_string()))?;
    let subjects = &told["config"]["filter_subjects"];
    if subjects.as_array().is_some_and(|all| !all.is_empty()) {
        let detail = "it follows a list of subjects: remove it at the broker, or name another with --nats-consumer";
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

/// Why a consumer that is there would lose messages, or bring them too often.
fn not_of_use(made: &consumer::Config) -> Option<&'static str> {
    if made.ack_policy != AckPolicy::Explicit {
        return Some("it is not acknowledged message by message");
    }
    if made.max_deliver > 0 {
        return Some("it gives up after some attempts");
    }
    if made.headers_only {
        return Some("it gives messages without their content (headers only)");
    }
    if made.deliver_policy != DeliverPolicy::All {
        return Some("it does not begin with the first message of the stream");
    }
    if !made.backoff.is_empty() || made.ack_wait < ACK_WAIT {
        return Some(
            "it sends messages again before they can be taken (ack_wait under 10 s, or a backoff)",
        );
    }
    None
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
        Broker::Nats.count(match fate {
            Fate::Taken => "taken",
            Fate::Early => "delayed",
            Fate::InPart | Fate::Useless => "rejected",
        });
        if fate != Fate::Taken {
            tell_of(message, receipt.as_ref());
        }
        let kind = match fate {
            Fate::Taken | Fate::InPart => AckKind::Ack,
            Fate::Early => {
                let delivered = message.info().map_or(1, |info| info.delivered);
                AckKind::Nak(Some(until_the_clock(delivered)))
            }
            Fate::Useless => AckKind::Term,
        };
        answer(message, kind).await;
    }
}

async fn answer(message: &Message, kind: AckKind) {
    if let Err(error) = message.ack_with(kind).await {
        tracing::debug!(%error, "the broker did not hear what became of a message; it comes again");
    }
}

/// When a message that is ahead of the clock comes again: later each time.
fn until_the_clock(delivered: i64) -> Duration {
    let times = u32::try_from(delivered.max(1)).unwrap_or(u32::MAX);
    CLOCKS[0].saturating_mul(times).min(CLOCKS[1])
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Taken,
    /// Some of its events are ahead of the clock.
    Early,
    /// Some of its events could not be read.
    InPart,
    /// Nothing of it could.
    Useless,
}

impl Fate {
    fn of(receipt: Option<&Receipt>) -> Self {
        match receipt {
            Some(receipt) if is_whole(receipt) => Self::Taken,
            Some(receipt) if is_early(receipt) => Self::Early,
            Some(receipt) if receipt.accepted + receipt.duplicate > 0 => Self::InPart,
            None | Some(_) => Self::Useless,
        }
    }
}

/// Whether some of it may be taken later, though all else of it is done with.
fn is_early(receipt: &Receipt) -> bool {
    let mut rejected = receipt.rejected.iter();
    rejected.any(|each| each.code == Code::ClockAhead)
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
    use ingest::decode::Rejection;

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
        assert_eq!(Fate::of(Some(&receipt(0, 0, &[]))), Fate::Useless, "blank");
        let ahead = Rejection {
            code: Code::ClockAhead,
            ..rejected[0].clone()
        };
        let (early, mixed) = ([ahead.clone(), ahead.clone()], [rejected[0].clone(), ahead]);
        assert_eq!(Fate::of(Some(&receipt(0, 0, &early))), Fate::Early);
        assert_eq!(Fate::of(Some(&receipt(1, 0, &early))), Fate::Early);
        assert_eq!(Fate::of(Some(&receipt(1, 0, &mixed))), Fate::Early);
        let pauses = [1, 2, 30, 60, 10_000].map(|n| until_the_clock(n).as_secs() / 60);
        assert_eq!(pauses, [1, 2, 30, 60, 60]);
    }

    #[test]
    fn a_consumer_that_would_lose_something_is_of_no_use() {
        let good = || consumer::Config {
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            ..consumer::Config::default()
        };
        assert_eq!(not_of_use(&good()), None);
        for bad in [
            consumer::Config {
                ack_policy: AckPolicy::None,
                ..good()
            },
            consumer::Config {
                max_deliver: 3,
                ..good()
            },
            consumer::Config {
                headers_only: true,
                ..good()
            },
            consumer::Config {
                deliver_policy: DeliverPolicy::New,
                ..good()
            },
            consumer::Config {
                ack_wait: Duration::from_secs(1),
                ..good()
            },
            consumer::Config {
                backoff: vec![Duration::from_secs(20)],
                ..good()
            },
        ] {
            assert!(not_of_use(&bad).is_some(), "{bad:?}");
        }
    }
}
