//! `vonglau watch`: a live topic in a terminal, one line a change.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{SinkExt, StreamExt};
use reqwest::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::{UsageError, print};

/// Pause before a lost connection is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// Arguments of `vonglau watch`.
///
/// Prints a line `KEY TAB VALUE` for every key set and `KEY TAB -` for every key removed. A lost connection
/// is tried again and goes on where it stopped.
#[derive(Debug, clap::Args)]
pub struct WatchArgs {
    /// The server, such as http://127.0.0.1:8080
    url: String,
    /// The topic: city, site/CODE, feed, coverage
    topic: String,
    /// Print whole frames instead
    #[arg(long)]
    frames: bool,
    /// Stop after so many frames
    #[arg(long, value_name = "N")]
    count: Option<u64>,
}

/// Runs the command.
pub fn run(args: WatchArgs) -> anyhow::Result<()> {
    let base = args.url.trim_end_matches('/');
    let Some(address) = base
        .strip_prefix("http://")
        .map(|rest| format!("ws://{rest}/ws"))
        .or_else(|| {
            base.strip_prefix("ws://")
                .map(|rest| format!("ws://{}/ws", rest.trim_end_matches("/ws")))
        })
    else {
        return Err(UsageError(format!(
            "`{}` is no address; give one such as http://127.0.0.1:8080",
            args.url
        ))
        .into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut watcher = Watcher {
            args,
            place: None,
            frames: 0,
        };
        let mut connected_once = false;
        loop {
            match watcher.follow(&address).await {
                Ok(true) => return Ok(()),
                Ok(false) => connected_once = true,
                Err(e) if !connected_once && watcher.place.is_none() => return Err(e),
                Err(e) => eprintln!("vonglau: {e:#}; trying again"),
            }
            tokio::time::sleep(RETRY).await;
        }
    })
}

struct Watcher {
    args: WatchArgs,
    place: Option<(Value, Value)>,
    frames: u64,
}

impl Watcher {
    /// Follows one connection to its end; true when enough frames were seen.
    async fn follow(&mut self, address: &str) -> anyhow::Result<bool> {
        let mut request = address
            .into_client_request()
            .with_context(|| format!("{address} is no address"))?;
        if let Some(key) = super::bearer()? {
            request.headers_mut().insert(AUTHORIZATION, key);
        }
        let (mut socket, _) = connect_async(request)
            .await
            .with_context(|| format!("cannot reach {address}"))?;
        let mut request = json!({"op": "subscribe", "topic": self.args.topic});
        if let Some((epoch, offset)) = &self.place {
            request["since"] = json!({"epoch": epoch, "offset": offset});
        }
        socket.send(Message::text(request.to_string())).await?;
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text)?;
            if frame["kind"] == "error" {
                let message = frame["message"].as_str().unwrap_or("no reason given");
                return Err(UsageError(format!("{}: {message}", self.args.topic)).into());
            }
            self.place = Some((frame["epoch"].clone(), frame["offset"].clone()));
            self.show(&text, &frame)?;
            self.frames += 1;
            if self.args.count.is_some_and(|n| self.frames >= n) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn show(&self, text: &str, frame: &Value) -> anyhow::Result<()> {
        if self.args.frames {
            return print(text);
        }
        let mut lines = String::new();
        let data = &frame["data"];
        let set = if frame["kind"] == "snapshot" {
            data
        } else {
            &data["set"]
        };
        for (key, value) in set.as_object().into_iter().flatten() {
            let _ = writeln!(lines, "{key}\t{value}");
        }
        for key in data["remove"].as_array().into_iter().flatten() {
            let _ = writeln!(lines, "{}\t-", key.as_str().unwrap_or_default());
        }
        if lines.is_empty() {
            Ok(())
        } else {
            print(&lines)
        }
    }
}
