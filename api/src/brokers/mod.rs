//! Events from brokers, beside those that are posted.
//!
//! What flows in: a broker's messages, each an event, lines of events or a batch, as `POST /events` takes them. What flows out:
//! acknowledgements. What holds: a message is acknowledged when all that can be taken of it is durable, and never before, so that the
//! broker keeps what a crash, a full disk or a stop would lose; what it then sends again is known by its ids. What cannot be read is
//! counted and done with: it would be no better the next time.

pub mod mqtt;
pub mod nats;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ingest::decode::MAX_BODY_BYTES;
use ingest::intake::Receipt;

use crate::http::App;
use crate::http::events::commit;

/// Before a message is tried again that could not be made durable: the disk is full, or the service cannot keep up.
const PAUSE: Duration = Duration::from_secs(2);

/// True while messages wait for the disk: it is said once.
static IS_WAITING: AtomicBool = AtomicBool::new(false);

/// A kind of broker, as metrics name it.
#[derive(Debug, Clone, Copy)]
enum Broker {
    Mqtt,
    Nats,
}

impl Broker {
    const fn word(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Nats => "nats",
        }
    }

    fn connected(self, is_so: bool) {
        let gauge = metrics::gauge!("vonglau_broker_connected", "broker" => self.word());
        gauge.set(f64::from(u8::from(is_so)));
    }

    /// Counts a message by what became of it: `taken`, `rejected` in whole or in part, `delayed` for a clock, or `dropped`.
    fn count(self, outcome: &'static str) {
        metrics::counter!("vonglau_broker_messages_total", "broker" => self.word(), "outcome" => outcome)
            .increment(1);
    }
}

/// True where there was an event in a message, and each was taken or known.
fn is_whole(receipt: &Receipt) -> bool {
    receipt.rejected.is_empty() && receipt.accepted + receipt.duplicate > 0
}

/// Takes a message in; waits until it is durable, however long that is. `None` where it cannot be read at all.
async fn take(app: &Arc<App>, payload: &Bytes) -> Option<Receipt> {
    if payload.len() > MAX_BODY_BYTES {
        return None;
    }
    loop {
        let (for_reading, text) = (Arc::clone(app), payload.clone());
        let batch = tokio::task::spawn_blocking(move || {
            let now = for_reading.core.wall_now();
            match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
                Some(b'[') => for_reading.decoder.cloudevents_batch(&text, now),
                _ => for_reading.decoder.bounded_ndjson(&text, now),
            }
        });
        let batch = match batch.await {
            Ok(read) => read.ok()?,
            // The service is stopping: what was not read is not acknowledged.
            Err(error) if error.is_cancelled() => std::future::pending().await,
            Err(error) => {
                tracing::error!(%error, "a broker's message could not be read");
                return None;
            }
        };
        match commit(app, batch).await {
            Ok(receipt) => {
                if IS_WAITING.swap(false, Ordering::AcqRel) {
                    tracing::info!("brokers' messages are taken again");
                }
                return Some(receipt);
            }
            Err(error) => {
                if !IS_WAITING.swap(true, Ordering::AcqRel) {
                    tracing::warn!(%error, "a broker's message waits; it is not acknowledged");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
