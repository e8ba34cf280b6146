//! A data directory's health: what is wrong with it, and what to do. Nothing in it is changed.
//!
//! [`examine`] looks at the directory, the disk, the journal, what is derived of it, and the clock, and answers
//! with one [`Finding`] for each thing looked at and each thing found. It works while a server holds the
//! directory; what cannot be looked at then is said. The instant is an argument.
//!
//! What is derived is judged by the journal: an index or facts **behind** it are as they should be, and are
//! brought up when they are needed; ahead of it they are witnesses of events that the journal has lost. A journal that
//! begins later than at the first event is whole where a checkpoint reads from which it goes on.

mod derived;
mod desk;
mod journal;
mod memory;

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::Access;
use serde::Serialize;

use crate::datadir::{self, Clock, DataDir, DataDirError, Holder, PackName, SECRET, SETTINGS};
use crate::decode::CLOCK_TOLERANCE_S;
use crate::event::EventTime;
use crate::room::{Limits, free_bytes};
use crate::size::Size;

/// Clocks are not compared more finely than this.
const CLOCK_SLACK_S: f64 = 2.0;
/// A journal that fills so much of its bound is told of.
const NEARLY_FULL: f64 = 0.9;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing must be done.
    Note,
    /// Something must be done.
    Wrong,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `directory`, `disk`, `journal`, `index`, `facts`, `archive`, `checkpoint`, `desk`,
    /// `clock` or `pack`.
    pub part: &'static str,
    /// A word for programs, stable.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is there.
    pub detail: String,
    /// What to do, where something must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// The findings on one part.
#[derive(Debug)]
struct Notebook {
    part: &'static str,
    findings: Vec<Finding>,
}

impl Notebook {
    fn of(part: &'static str) -> Self {
        Self {
            part,
            findings: Vec::new(),
        }
    }

    fn add(&mut self, level: Level, code: &'static str, detail: String, advice: Option<String>) {
        self.findings.push(Finding {
            part: self.part,
            code,
            level,
            detail,
            advice,
        });
    }

    fn ok(&mut self, detail: String) {
        self.add(Level::Ok, "ok", detail, None);
    }

    fn note(&mut self, code: &'static str, detail: String) {
        self.add(Level::Note, code, detail, None);
    }

    fn wrong(&mut self, code: &'static str, detail: String, advice: &str) {
        self.add(Level::Wrong, code, detail, Some(advice.to_owned()));
    }
}

/// What a directory is held against.
#[derive(Debug, Clone)]
pub struct Expected {
    /// What may be used of the disk.
    pub limits: Limits,
    /// The program's geographic pack, where it has one that reads.
    pub pack: Option<PackName>,
    /// The machine's clock.
    pub now: EventTime,
}

/// Looks at everything.
pub fn examine(dir: &Path, expected: &Expected) -> Vec<Finding> {
    let (mut findings, clock) = directory(dir, expected);
    let Some(clock) = clock else {
        return findings;
    };
    let is_held = !matches!(DataDir::holder(dir), Ok(Holder::Nobody));
    // Before the journal, which only grows: what is derived of it is never ahead of it then. Checkpoints go before its
    // begin does, so that it is asked for first.
    let begin = journal::begin(&dir.join("journal"));
    let derived = derived::look(dir, is_held);
    let memory = memory::look(dir, is_held);
    let goes_on = memory.goes_on_from() >= Some(begin);
    let (journal, found) = journal::look(&dir.join("journal"), is_held, goes_on);
    findings.extend(disk(dir, expected.limits, journal.bytes));
    findings.extend(found);
    findings.extend(derived.judged(&journal));
    findings.extend(memory.judged(&journal));
    findings.extend(desk::look(dir));
    findings.extend(clocks(clock, &journal, expected.now));
    findings
}

/// What the journal turned out to hold.
#[derive(Debug, Default)]
struct Held {
    bytes: u64,
    /// Position of the first event; later than 0 where the begin was given up.
    begin: u64,
    /// Position after the last event.
    position: u64,
    /// True where every event up to there could be read.
    is_whole: bool,
    newest_event: Option<EventTime>,
    newest_arrival: Option<EventTime>,
    /// The greatest step back between two arrivals: before which position, and by how many seconds.
    step_back: Option<(u64, f64)>,
}

/// Settings, secret, permissions, holder. The clock where the rest can be looked at.
fn directory(dir: &Path, expected: &Expected) -> (Vec<Finding>, Option<Clock>) {
    let mut book = Notebook::of("directory");
    let settings = match datadir::settings(dir) {
        Ok(settings) => settings,
        Err(e) => {
            let (code, advice) = match &e {
                DataDirError::Absent { .. } if dir.join(SECRET).exists() => (
                    "settings_missing",
                    "restore a backup into a new directory: `vonglau restore`",
                ),
                DataDirError::Absent { .. } => (
                    "absent",
                    "name the directory that `vonglau serve` or `vonglau ingest` made",
                ),
                DataDirError::Unfinished { .. } => (
                    "unfinished",
                    "remove the directory and run `vonglau restore` again",
                ),
                DataDirError::Format { .. } => {
                    ("format", "use the version of the program that wrote it")
                }
                DataDirError::Damaged { .. } => (
                    "settings_damaged",
                    "restore a backup into a new directory: `vonglau restore`",
                ),
                _ => ("unreadable", "run as the user who owns the directory"),
            };
            book.wrong(code, e.to_string(), advice);
            return (book.findings, None);
        }
    };
    let city = settings.pack.as_ref();
    let about = city.map_or("no city noted".to_owned(), |pack| format!("city {pack}"));
    let clock = match settings.clock {
        Clock::Wall => "the machine's clock",
        Clock::Events => "simulated clock",
    };
    book.ok(format!(
        "{} reads: {clock}, {about}",
        dir.join(SETTINGS).display()
    ));
    if let (Some(found), Some(ours)) = (city, &expected.pack)
        && found.name != ours.name
    {
        book.wrong(
            "other_city",
            format!("it holds the events of {found}, this program has the pack of {ours}"),
            "use the program with that city's pack, or name another directory",
        );
    }
    secret(dir, &mut book);
    match DataDir::holder(dir) {
        Ok(Holder::Nobody) => book.ok("nobody holds it".to_owned()),
        Ok(Holder::Command) => book.ok("a command holds it".to_owned()),
        Ok(Holder::Server(server)) => book.ok(format!(
            "the server at {} holds it (process {})",
            server.url, server.pid
        )),
        Err(e) => book.wrong(
            "lock",
            format!("its lock cannot be looked at: {e}"),
            "run as the user who owns the directory; locks need a local file system",
        ),
    }
    let folders = [
        "",
        "journal",
        "dedup",
        "facts",
        "archive",
        "checkpoint",
        datadir::DESK,
    ];
    for folder in folders {
        let path = dir.join(folder);
        let may = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
        if path.exists() && rustix::fs::access(&path, may).is_err() {
            book.wrong(
                "not_writable",
                format!("this user may not read and write {}", path.display()),
                "run as the user who owns the directory, or give it to that user: chown -R",
            );
        }
    }
    (book.findings, Some(settings.clock))
}

fn secret(dir: &Path, book: &mut Notebook) {
    let path = dir.join(SECRET);
    let restore = "restore it from a backup: pseudonyms and known pairs are keyed with it, and a new one is no substitute";
    match (datadir::secret(dir), std::fs::metadata(&path)) {
        (Ok(_), Ok(meta)) if meta.mode() & 0o077 != 0 => book.wrong(
            "secret_open",
            format!(
                "{} may be read by others (mode {:o})",
                path.display(),
                meta.mode() & 0o777
            ),
            "take that away: chmod 600; whoever had it can tell whose pseudonyms are whose",
        ),
        (Ok(_), _) => {}
        (Err(DataDirError::Damaged { .. }), _) => {
            let detail = format!("{} is not 64 hexadecimal digits", path.display());
            book.wrong("secret_damaged", detail, restore);
        }
        (Err(_), Err(e)) if e.kind() == std::io::ErrorKind::NotFound => {
            book.wrong(
                "secret_missing",
                format!("{} is missing", path.display()),
                restore,
            );
        }
        (Err(e), _) => book.wrong(
            "secret_unreadable",
            e.to_string(),
            "run as the user who owns the directory",
        ),
    }
}

/// Free space and the journal's bound.
fn disk(dir: &Path, limits: Limits, journal_bytes: u64) -> Vec<Finding> {
    let mut book = Notebook::of("disk");
    let least = limits.min_free;
    match free_bytes(dir).map(Size) {
        Ok(free) if free < least => book.wrong(
            "disk_low",
            format!("{free} are free, and {least} are kept free: no events are taken"),
            "free space on the disk, or lower --min-free-bytes",
        ),
        Ok(free) => book.ok(format!("{free} are free")),
        Err(e) => book.note("disk_unknown", format!("free space is not told: {e}")),
    }
    if let Some(most) = limits.max_journal {
        let used = Size(journal_bytes);
        if used >= most {
            book.wrong(
                "journal_full",
                format!("the journal has {used} and may have {most}: no events are taken"),
                "raise --max-journal-bytes",
            );
        } else if used.0 as f64 > most.0 as f64 * NEARLY_FULL {
            let detail =
                format!("the journal has {used} and may have {most}: raise the bound soon");
            book.note("journal_nearly_full", detail);
        }
    }
    book.findings
}

/// The machine's clock against what the journal has seen.
fn clocks(clock: Clock, journal: &Held, now: EventTime) -> Vec<Finding> {
    let mut book = Notebook::of("clock");
    let set = "set the machine's clock and let it be kept (timedatectl set-ntp true)";
    let mut is_sound = true;
    if let Some(arrival) = journal.newest_arrival
        && arrival.seconds_since(now) > CLOCK_SLACK_S
    {
        is_sound = false;
        book.wrong(
            "clock_back",
            format!(
                "the machine's clock says {now}, and the last events arrived at {arrival}: it was set back by {}",
                span(arrival.seconds_since(now))
            ),
            set,
        );
    }
    if let Some(event) = journal.newest_event
        && clock == Clock::Wall
        && event.seconds_since(now) > CLOCK_TOLERANCE_S as f64
    {
        is_sound = false;
        book.wrong(
            "clock_behind",
            format!(
                "the newest event happened at {event}, {} ahead of the machine's clock ({now})",
                span(event.seconds_since(now))
            ),
            "see whether the machine's clock is behind (timedatectl); if it is right, it was ahead when the event was taken, and times up to then are not to be trusted",
        );
    }
    if let Some((position, seconds)) = journal.step_back {
        book.note(
            "clock_stepped",
            format!(
                "the machine's clock was set back by {} before event {position} arrived; arrival times around it are not in order",
                span(seconds)
            ),
        );
    }
    if is_sound {
        book.ok(match journal.newest_arrival {
            None => format!("{now}"),
            Some(arrival) => format!("{now}; the last events arrived at {arrival}"),
        });
    }
    book.findings
}

/// A length of time in words.
fn span(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3_600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

#[cfg(test)]
mod tests;
