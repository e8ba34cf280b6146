//! A reader of live views: a WebSocket that mirrors one topic.
//!
//! The mirror is strict: a delta whose `prev` is not the last offset, an offset that does not grow,
//! or a frame without its fields is an error that the test sees.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// How long a test waits for a view to show something.
pub const SOON: Duration = Duration::from_secs(20);

/// A place in a topic's sequence of frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The server's run, as far as offsets are concerned.
    pub epoch: String,
    /// The last offset seen.
    pub offset: u64,
}

/// A topic as its frames tell it.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Where the view stands; `None` before the first frame.
    pub place: Option<Place>,
    /// The values by key.
    pub values: BTreeMap<String, Value>,
    /// The time up to which it is complete, as the last frame said.
    pub as_of: String,
    /// `recovered` of the first answer.
    pub recovered: Option<bool>,
    /// The kinds of the frames applied, in order.
    pub kinds: Vec<String>,
}

impl View {
    /// Applies one frame of the view's topic.
    pub fn apply(&mut self, frame: &Value) -> anyhow::Result<()> {
        let epoch = frame["epoch"]
            .as_str()
            .context("a frame has an epoch")?
            .to_owned();
        let offset = frame["offset"].as_u64().context("a frame has an offset")?;
        let as_of = frame["as_of"].as_str().context("a frame has an as_of")?;
        as_of
            .parse::<jiff::Timestamp>()
            .context("as_of is a time with an offset")?;
        let first = self.kinds.is_empty();
        match frame.get("recovered") {
            Some(recovered) => {
                ensure!(first, "recovered stands only in the first answer: {frame}");
                self.recovered = Some(recovered.as_bool().context("recovered is a boolean")?);
            }
            None => ensure!(
                !first,
                "the first answer says whether it recovered: {frame}"
            ),
        }
        let kind = frame["kind"].as_str().context("a frame has a kind")?;
        match kind {
            "snapshot" => {
                let data = frame["data"].as_object().context("a snapshot has values")?;
                self.values = data.clone().into_iter().collect();
            }
            "delta" => {
                let place = self.place.as_ref().context("a delta follows something")?;
                ensure!(place.epoch == epoch, "a delta stays in its epoch: {frame}");
                let prev = frame["prev"].as_u64().context("a delta has prev")?;
                ensure!(
                    prev == place.offset,
                    "prev {prev} is not the last offset {}",
                    place.offset
                );
                ensure!(offset >= prev, "an offset never falls: {frame}");
                for (key, value) in frame["data"]["set"].as_object().into_iter().flatten() {
                    self.values.insert(key.clone(), value.clone());
                }
                for key in frame["data"]["remove"].as_array().into_iter().flatten() {
                    self.values
                        .remove(key.as_str().context("a removed key is text")?);
                }
            }
            other => bail!("a topic has snapshots and deltas, not {other}"),
        }
        self.place = Some(Place { epoch, offset });
        as_of.clone_into(&mut self.as_of);
        self.kinds.push(kind.to_owned());
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Shared {
    view: View,
    /// Frames without a topic: `pong` and `error`.
    others: Vec<Value>,
    error: Option<String>,
    closed: Option<u16>,
}

/// The runtime that subscribers read on.
#[derive(Debug)]
pub struct Readers {
    runtime: Runtime,
}

impl Default for Readers {
    fn default() -> Self {
        Self::new()
    }
}

impl Readers {
    /// A runtime of one thread beside the test's own.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        Self {
            runtime: runtime.expect("a runtime can be made"),
        }
    }

    /// Subscribes to a topic from nothing.
    #[track_caller]
    pub fn subscribe(&self, url: &str, topic: &str) -> Subscriber {
        self.open(url, vec![subscription(topic, None)], View::default())
    }

    /// Subscribes again from where an earlier view stood, keeping its values.
    #[track_caller]
    pub fn resume(&self, url: &str, topic: &str, earlier: &View) -> Subscriber {
        let kept = View {
            place: earlier.place.clone(),
            values: earlier.values.clone(),
            ..View::default()
        };
        self.open(url, vec![subscription(topic, earlier.place.as_ref())], kept)
    }

    /// Opens a socket, sends these texts, and mirrors what comes.
    #[track_caller]
    pub fn open(&self, url: &str, texts: Vec<String>, view: View) -> Subscriber {
        let shared = Arc::new(Mutex::new(Shared {
            view,
            ..Shared::default()
        }));
        let (socket, _) = self
            .runtime
            .block_on(connect_async(url))
            .expect("the WebSocket opens");
        let theirs = Arc::clone(&shared);
        let task = self.runtime.spawn(async move {
            let (mut write, mut read) = socket.split();
            for text in texts {
                if write.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
            while let Some(message) = read.next().await {
                let mut shared = lock(&theirs);
                match message {
                    Ok(Message::Text(text)) => shared.take(&text),
                    Ok(Message::Close(frame)) => {
                        shared.closed = Some(frame.map_or(1005, |frame| frame.code.into()));
                    }
                    Ok(_) => {}
                    // A lost connection is an outcome: tests see it through `closed`.
                    Err(_) => break,
                }
            }
            lock(&theirs).closed.get_or_insert(1006);
        });
        Subscriber { shared, task }
    }
}

fn subscription(topic: &str, since: Option<&Place>) -> String {
    let mut wish = json!({"op": "subscribe", "topic": topic});
    if let Some(place) = since {
        wish["since"] = json!({"epoch": place.epoch, "offset": place.offset});
    }
    wish.to_string()
}

fn lock(shared: &Arc<Mutex<Shared>>) -> MutexGuard<'_, Shared> {
    shared
        .lock()
        .expect("no reader panics while it holds the view")
}

impl Shared {
    fn take(&mut self, text: &str) {
        let applied = serde_json::from_str::<Value>(text)
            .map_err(anyhow::Error::from)
            .and_then(|frame| {
                if frame.get("topic").is_some_and(Value::is_string) && frame["kind"] != "error" {
                    self.view.apply(&frame)
                } else {
                    self.others.push(frame);
                    Ok(())
                }
            });
        if let Err(error) = applied {
            self.error.get_or_insert(format!("{error:#}"));
        }
    }
}

/// One reader of one topic; dropping it drops the connection.
#[derive(Debug)]
pub struct Subscriber {
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Subscriber {
    /// The view as it stands; panics if a frame broke the protocol.
    #[track_caller]
    pub fn view(&self) -> View {
        let shared = lock(&self.shared);
        if let Some(error) = &shared.error {
            panic!("a frame breaks the protocol: {error}");
        }
        shared.view.clone()
    }

    /// The frames that belong to no topic.
    pub fn others(&self) -> Vec<Value> {
        lock(&self.shared).others.clone()
    }

    /// The close code, once the connection has ended.
    pub fn closed(&self) -> Option<u16> {
        lock(&self.shared).closed
    }

    /// Waits until the view satisfies `what`, and gives it.
    #[track_caller]
    pub fn until(&self, what: &str, satisfied: impl Fn(&View) -> bool) -> View {
        let deadline = Instant::now() + SOON;
        loop {
            let view = self.view();
            if satisfied(&view) {
                return view;
            }
            assert!(
                Instant::now() < deadline,
                "not within {SOON:?}: {what}; the view: {}",
                short(&view)
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the first frame.
    #[track_caller]
    pub fn first(&self) -> View {
        self.until("a first frame", |view| !view.kinds.is_empty())
    }

    /// Waits for a frame without a topic that satisfies `what`.
    #[track_caller]
    pub fn until_other(&self, what: &str, satisfied: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + SOON;
        loop {
            if let Some(found) = self.others().into_iter().find(|frame| satisfied(frame)) {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "not within {SOON:?}: {what}; got {:?}",
                self.others()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn short(view: &View) -> String {
    let keys: Vec<&String> = view.values.keys().take(12).collect();
    format!(
        "{:?} with {} keys, such as {keys:?}",
        view.place,
        view.values.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: &str, prev: Option<u64>, offset: u64, data: Value) -> Value {
        let mut frame = json!({"topic": "city", "epoch": "e", "offset": offset, "kind": kind,
            "as_of": "2026-11-23T08:00:00+07:00", "data": data});
        if let Some(prev) = prev {
            frame["prev"] = json!(prev);
        } else {
            frame["recovered"] = json!(false);
        }
        frame
    }

    #[test]
    fn a_mirror_sets_and_removes_and_refuses_a_gap() {
        let mut view = View::default();
        view.apply(&frame("snapshot", None, 3, json!({"a": 1, "b": 2})))
            .expect("a snapshot");
        view.apply(&frame(
            "delta",
            Some(3),
            5,
            json!({"set": {"c": 3}, "remove": ["a"]}),
        ))
        .expect("a delta");
        assert_eq!(view.values.keys().collect::<Vec<_>>(), ["b", "c"]);
        let gap = view.apply(&frame("delta", Some(6), 7, json!({"set": {}})));
        assert!(gap.is_err(), "offset 5 is not followed by prev 6");
    }
}
