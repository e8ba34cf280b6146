//! Events that the server will never take: which, and why. Bounded, and without what could name a person.
//!
//! A line has the event's identity, type and time, the server's code, and its message where the code is the contract's. Of the event's
//! data there is nothing.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use ingest::event::{Event, EventTime};
use serde_json::json;

/// The file's name in a relay's directory, and of the one before it.
const FILES: [&str; 2] = ["refused.ndjson", "refused.before.ndjson"];
/// A file that has grown past this is put in the place of the one before.
const MOST_BYTES: u64 = 1024 * 1024;
/// The longest reason, in characters.
const REASON: usize = 200;

/// An event that was refused.
#[derive(Debug)]
pub struct Refusal<'a> {
    /// The event.
    pub event: &'a Event,
    /// The server's word.
    pub code: &'a str,
    /// Its sentence.
    pub message: &'a str,
}

/// Adds to the file, durable on return.
pub fn note(dir: &Path, refusals: &[Refusal<'_>], now: EventTime) -> std::io::Result<()> {
    let [path, before] = FILES.map(|name| dir.join(name));
    if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > MOST_BYTES) {
        std::fs::rename(&path, before)?;
    }
    let mut text = String::new();
    for Refusal {
        event,
        code,
        message,
    } in refusals
    {
        let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let line = json!({
            "at": now.to_string(), "source": event.source, "id": event.id, "type": event.body.type_name(),
            "time": event.time.to_string(), "code": cut(code, 40), "message": cut(message, REASON),
        });
        // Writing to a text does not fail.
        let _ = writeln!(text, "{line}");
    }
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use ingest::decode::Decoder;

    use super::*;

    #[test]
    fn it_says_which_and_why_and_stays_small() {
        let dir = tempfile::tempdir().unwrap();
        let line = br#"{"specversion":"1.0","id":"17","source":"k1","type":"ticket.issued","time":"2026-11-23T08:00:00Z","data":{"site":"00004","ticket":"A1","service":"s","applicant":"pseudo-1"}}"#;
        let batch = Decoder::for_handing_on().ndjson(line, None);
        let event = batch.events().next().unwrap();
        let long = "x".repeat(1_000);
        let refusal = || Refusal {
            event,
            code: "clock_ahead",
            message: &long,
        };
        for _ in 0..40 {
            let many: Vec<_> = (0..500).map(|_| refusal()).collect();
            note(dir.path(), &many, EventTime(0)).unwrap();
        }
        let text = std::fs::read_to_string(dir.path().join(FILES[0])).unwrap();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(
            (&first["id"], &first["code"]),
            (&json!("17"), &json!("clock_ahead"))
        );
        assert!(!text.contains("pseudo-1") && !text.contains("00004"));
        let total: u64 = FILES
            .map(|name| std::fs::metadata(dir.path().join(name)).unwrap().len())
            .iter()
            .sum();
        assert!(total < 3 * MOST_BYTES, "{total}");
    }
}
