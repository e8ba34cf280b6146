//! A data directory whose journal begins later than at its first event.

use std::path::Path;

use crate::events::ndjson;
use crate::program::run;
use crate::server::{Clock, Server, Setup};

/// The first of the simulated days.
pub const START: &str = "2026-11-02";
/// A day after the last of them.
pub const END: &str = "2026-11-20";

/// A server that gives up what nobody needs of its journal at every stop.
pub const GIVES_UP: Setup<'_> = Setup {
    args: &[
        "--keep-journal-days",
        "0",
        "--journal-segment-bytes",
        "20kB",
    ],
    env: &[],
    disk: None,
    locked: false,
};

/// The events of ten days of a small city: some of it has left memory at the end.
pub fn days() -> Vec<String> {
    city("10", "0.002")
}

/// The events of so many days of a city of some size, but for heartbeats, which leave no facts.
pub fn city(days: &str, scale: &str) -> Vec<String> {
    let simulate = [
        "simulate", "--days", days, "--start", START, "--seed", "3", "--scale", scale, "--warm",
        "5",
    ];
    let all = run(&simulate).done().stdout;
    let lines = all
        .lines()
        .filter(|line| !line.contains("device.heartbeat"));
    lines.map(str::to_owned).collect()
}

/// Takes lines into a new directory, in some runs of a server, until the begin of its journal is gone.
#[track_caller]
pub fn make(data: &Path, lines: &[String]) {
    for piece in lines.chunks(lines.len() / 4 + 1) {
        let server = Server::start_with(data, Clock::Events, GIVES_UP);
        server.http().post_all(&ndjson(piece));
        server.stop();
    }
    let begin = data.join("journal/0000000000000000.vlj");
    assert!(!begin.exists(), "the begin is given up");
}
