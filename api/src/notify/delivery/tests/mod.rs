//! The queue on random courses, and deliveries to servers in this process.

mod http;
mod queue;
mod servers;
mod smtp;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use tokio::sync::mpsc;

use super::*;
use crate::notify::message::What;
use crate::notify::message::tests::notice;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);
const SECRET: &str = "0123456789abcdef";

/// Bounds under which tests are quick.
fn quick() -> Bounds {
    Bounds {
        join_us: 20_000,
        limit_us: 5_000_000,
        first_retry_us: 20_000,
        longest_retry_us: 60_000,
        ..Bounds::SERVER
    }
}

/// What comes over a channel, or the test fails.
async fn next<T>(from: &mut mpsc::UnboundedReceiver<T>) -> T {
    tokio::time::timeout(PATIENCE, from.recv())
        .await
        .expect("it came in time")
        .expect("its sender lives")
}

/// Starts the receivers of a text, with the secrets that it may name; reports come over the channel.
fn start(text: &str, bounds: Bounds, folder: &Path) -> (Delivery, mpsc::UnboundedReceiver<Report>) {
    std::fs::write(folder.join("secret"), SECRET).unwrap();
    std::fs::write(folder.join("password"), "hunter2\n").unwrap();
    let path = folder.join("notify.toml");
    std::fs::write(&path, text).unwrap();
    let settings = Settings::load(&path).unwrap();
    let (sender, reports) = mpsc::unbounded_channel();
    let report: OnReport = Arc::new(move |report| drop(sender.send(report)));
    (
        Delivery::start(&settings, bounds, &HashMap::new(), report).unwrap(),
        reports,
    )
}

/// Waits until the health of a receiver is so.
async fn until(delivery: &Delivery, receiver: usize, is_so: impl Fn(&Health) -> bool) -> Health {
    let look = async {
        loop {
            let health = delivery.health().swap_remove(receiver);
            if is_so(&health) {
                return health;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look)
        .await
        .unwrap_or_else(|_| panic!("{:?}", delivery.health()))
}
