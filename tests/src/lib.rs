//! What the whole-system tests share: they drive the **built program** over its command line, HTTP
//! and WebSocket, and compare whole answers with a second computation made here.
//!
//! - [`program`] finds and runs the program; [`server`] starts, stops and kills `vonglau serve`, [`relay`] `vonglau relay`;
//!   [`clickhouse`] is a store for it;
//!   [`http`] and [`live`] are its clients, [`caller`] one with credentials; [`browser`] runs a page in Chromium.
//! - [`naive`] computes every figure of the reports straight from NDJSON by the words of the event
//!   contract. It shares no code with the program, and is written for obviousness, not speed.
//! - [`compare`] sets a report beside naive figures and says every difference.
//! - [`city`] makes up years of facts for benchmarks; [`incidents`] says when those of the simulated city are knowable.
//! - [`measure`] is what the benchmarks and the soak share; [`steady`] sends a city's events at a steady rate;
//!   [`histogram`] reads those of `/metrics`.
//! - [`nats`] is a broker with a client; [`disk`] is a small disk that can be full. [`events`] writes event lines; [`short`] makes a directory whose
//!   journal's begin was given up; [`shared`] finds the real data, or says what is skipped; [`waiting`] waits for what comes about by itself.

pub mod browser;
pub mod caller;
pub mod city;
pub mod clickhouse;
pub mod compare;
pub mod disk;
pub mod events;
pub mod histogram;
pub mod histories;
pub mod http;
pub mod incidents;
pub mod live;
pub mod measure;
pub mod naive;
pub mod nats;
pub mod program;
pub mod relay;
pub mod server;
pub mod shared;
pub mod short;
pub mod steady;
pub mod waiting;

use std::path::{Path, PathBuf};

/// The file of a data directory that holds its journal's end: in a path that says `journal`, the one
/// changed last.
pub fn newest_journal(data: &Path) -> PathBuf {
    let mut files = Vec::new();
    let mut dirs = vec![data.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).expect("a data directory can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                dirs.push(path);
            } else if path
                .strip_prefix(data)
                .is_ok_and(|inside| inside.to_string_lossy().contains("journal"))
            {
                let changed = path
                    .metadata()
                    .and_then(|meta| meta.modified())
                    .expect("a file has a time");
                files.push((changed, path));
            }
        }
    }
    files
        .into_iter()
        .max()
        .expect("a data directory has a journal")
        .1
}
