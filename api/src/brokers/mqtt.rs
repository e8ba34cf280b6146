//! MQTT 3.1.1: kiosks and displays that publish to a broker.
//!
//! The session is kept by the broker (`clean_session` off) under a client's name that must be this service's alone, so that what is
//! published while the service is away waits there. Messages are subscribed to at least once and acknowledged by hand, in their
//! order. An acknowledgement is of the connection on which its message came: after a reconnection the broker sends the message again.
//! What a kiosk publishes at most once may be lost on the way, as it asked for. An event ahead of the clock is counted and acknowledged:
//! this protocol has no word for *later*.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, Publish, QoS, SubscribeReasonCode};
use tokio::sync::mpsc;

use super::{Broker, is_whole, take};
use crate::http::App;

/// The port without a name.
const PORT: u16 = 1_883;
/// The largest message, bytes.
const MESSAGE: usize = 1024 * 1024;
/// Messages that wait to be taken.
const WAITING: usize = 1_000;
/// Messages that are taken together.
const TOGETHER: usize = 256;
/// Acknowledgements on their way: more than there can be between two looks at the connection, or each would wait for the other.
const ON_THEIR_WAY: usize = 4 * (WAITING + TOGETHER);
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Between two attempts to connect, at first and at last.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(30)];

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    user: Option<String>,
    topic: String,
}

/// An address that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no address of a broker's topic: give one such as mqtt://kiosks@127.0.0.1:1883/vonglau/events/#"
)]
pub struct BadAddress(String);

impl Address {
    /// Reads `mqtt://[user@]host[:port]/topic`.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let read = || {
            let rest = text.strip_prefix("mqtt://")?;
            let (place, topic) = rest.split_once('/')?;
            let (user, place) = place
                .rsplit_once('@')
                .map_or((None, place), |(user, place)| (Some(user), place));
            let (host, port) = match place.rsplit_once(':') {
                Some((host, port)) => (host, port.parse().ok()?),
                None => (place, PORT),
            };
            let is_topic = rumqttc::valid_filter(topic);
            (is_topic && !host.is_empty() && user != Some("")).then(|| Self {
                host: host.to_owned(),
                port,
                user: user.map(str::to_owned),
                topic: topic.to_owned(),
            })
        };
        read().ok_or_else(|| BadAddress(text.to_owned()))
    }
}

/// A message with the connection on which it came.
type Came = (u64, Publish);

/// Follows a topic until the service ends. `client` is the name under which the broker keeps the session.
pub async fn follow(app: Arc<App>, address: Address, client: String, password: Option<String>) {
    let mut options = MqttOptions::new(client, address.host.clone(), address.port);
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(false)
        .set_manual_acks(true)
        .set_max_packet_size(MESSAGE, MESSAGE);
    if let Some(user) = &address.user {
        options.set_credentials(user, password.unwrap_or_default());
    }
    let (client, mut connection) = AsyncClient::new(options, ON_THEIR_WAY);
    let (hand, came) = mpsc::channel::<Came>(WAITING);
    let number = Arc::new(AtomicU64::new(0));
    tokio::spawn(take_all(app, client.clone(), came, Arc::clone(&number)));
    let mut pause = PAUSES[0];
    loop {
        match connection.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                number.fetch_add(1, Ordering::AcqRel);
                pause = PAUSES[0];
                Broker::Mqtt.connected(true);
                tracing::info!(
                    host = address.host,
                    topic = address.topic,
                    "connected to the broker"
                );
                // There is room: acknowledgements of the connection before are not sent.
                if let Err(error) = client.try_subscribe(&address.topic, QoS::AtLeastOnce) {
                    tracing::error!(%error, "the topic could not be subscribed to");
                }
            }
            Ok(Event::Incoming(Packet::SubAck(answer))) => {
                let is_refused =
                    |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Failure);
                if answer.return_codes.iter().any(is_refused) {
                    tracing::error!(
                        topic = address.topic,
                        "the broker refuses the topic: see its access list"
                    );
                }
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                let is_kept = message.qos != QoS::AtMostOnce;
                let message = (number.load(Ordering::Acquire), message);
                if is_kept {
                    if hand.send(message).await.is_err() {
                        return;
                    }
                } else if hand.try_send(message).is_err() {
                    Broker::Mqtt.count("dropped");
                }
            }
            Ok(_) => {}
            Err(error) => {
                Broker::Mqtt.connected(false);
                tracing::warn!(%error, host = address.host, "the broker is away; it is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSES[1]);
            }
        }
    }
}

/// Takes messages in and acknowledges them, in their order.
async fn take_all(
    app: Arc<App>,
    client: AsyncClient,
    mut came: mpsc::Receiver<Came>,
    number: Arc<AtomicU64>,
) {
    let mut some: Vec<Came> = Vec::with_capacity(TOGETHER);
    while came.recv_many(&mut some, TOGETHER).await > 0 {
        // One wait for the disk is for all of them.
        let taken = join_all(some.iter().map(|(_, message)| take(&app, &message.payload)));
        for receipt in taken.await {
            let is_whole = receipt.as_ref().is_some_and(is_whole);
            Broker::Mqtt.count(if is_whole { "taken" } else { "rejected" });
        }
        for (connection, message) in some.drain(..) {
            let is_kept = message.qos != QoS::AtMostOnce;
            if is_kept
                && connection == number.load(Ordering::Acquire)
                && let Err(error) = client.ack(&message).await
            {
                tracing::debug!(%error, "a message was not acknowledged; it comes again");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_a_topic() {
        let read = Address::parse("mqtt://kiosks@10.0.0.4:1884/vonglau/+/events/#").unwrap();
        assert_eq!(
            read,
            Address {
                host: "10.0.0.4".to_owned(),
                port: 1_884,
                user: Some("kiosks".to_owned()),
                topic: "vonglau/+/events/#".to_owned(),
            }
        );
        assert_eq!(Address::parse("mqtt://broker/a").unwrap().port, PORT);
        for bad in [
            "mqtts://broker/a",
            "broker:1883/a",
            "mqtt://broker",
            "mqtt://broker/",
            "mqtt:///a",
            "mqtt://broker:port/a",
            "mqtt://@broker/a",
            "mqtt://broker/a/#/b",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
