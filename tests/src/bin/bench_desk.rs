//! The alert desk under load, ending in one table: ten thousand rules × points within the tick while 5,000 events come each
//! second, and how soon an alert that is raised is at a desk.
//!
//! Two servers, one after the other, each with five simulated weeks behind it and then the simulated city at the rate over HTTP:
//! one with the rules that ship, one with an installation's own beside them. Most of those rarely stand; a few have low limits,
//! so that alerts are raised. What a look takes and how long it holds the state's lock are the server's own histograms, of the
//! time at the rate alone. The way of an alert runs from the line that raises it (the machine's clock, before the line is on
//! the disk) to the frame with its case at a subscriber on the same machine.
//!
//! Event times are the clock and go as fast as events come: at Hà Nội's volume and 5,000 events a second an hour passes in
//! under two seconds, so that each look goes through dozens of the grid's instants where one in real time goes through one.
//!
//! ```text
//! bench_desk [--minutes 3] [--rate 5000]
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use analytics::alerts::watch::GRID_S;
use analytics::alerts::{RuleSet, Scope};
use anyhow::{Context as _, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use harness::histogram::Histogram;
use harness::http::Http;
use harness::live::Readers;
use harness::measure::{Line, print_table, rerun_with, resident_mb};
use harness::program;
use harness::server::{Clock, Server};
use harness::steady::{Pace, RoomReader, SETTLED, Seen, Sender};
use ingest::event::time::Day;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// Rules × points, at least.
const PAIRS: usize = 10_000;
/// A look is to be over before the grid's next instant.
const TICK_S: f64 = GRID_S as f64;
/// The publisher's tick: who holds the state's lock for longer makes screens late. Of all but the longest: here an hour's instants are gone
/// through at once where it is one, and whoever holds a lock may have to wait for a processor.
const LOCK_S: f64 = 0.025;
/// From raised to the desk, 99 of 100.
const DESK_MS: f64 = 200.0;
/// Alerts that are to be raised, at least, and those whose history is asked for, at most.
const RAISED: usize = 200;
const ASKED: usize = 500;
/// Longest time for the weeks before.
const PAST: Duration = Duration::from_mins(30);
/// Time at the rate before anything is counted.
const CALM: Duration = Duration::from_secs(10);
/// The room may be silent for so long.
const SILENCE: Duration = Duration::from_secs(2);
/// Copies of each rule that rarely stands.
const COPIES: usize = 4;

/// What rules that rarely stand read, each with the rest of the rule.
const QUIET: &[(&str, &str)] = &[
    ("silent_s", "over=1e8,hours='open'"),
    ("device_beats", "over=1e8,hours='open'"),
    ("mean_wait_s", "over=1e8,hours='open',window='30m'"),
    ("longest_wait_s", "over=1e8,hours='open'"),
    ("board_wait_s", "over=1e8,hours='open'"),
    (
        "queue_growth",
        "over=1e8,hours='open',window='30m',also=[{signal='waiting_per_counter',over=6}]",
    ),
    (
        "idle_counters",
        "over=1e8,hours='open',also=[{signal='longest_wait_s',over=900}]",
    ),
    (
        "neighbour_idle",
        "over=1e8,hours='open',also=[{signal='waiting',over=15}]",
    ),
    ("no_call_s", "over=1e8,hours='open'"),
    ("longest_transaction_s", "over=1e8,hours='open'"),
    ("passed_over", "over=1e8,hours='open'"),
    ("same_submitter", "over=1e8,hours='open'"),
    ("late_opening_s", "over=1e8"),
    ("early_closing_s", "over=1e8"),
    ("session_late_s", "over=1e8"),
    ("satisfied_high", "under=0,hours='open'"),
];
/// What rules that raise alerts read.
const LOW: &[(&str, &str)] = &[
    ("waiting", "over=5,hours='open'"),
    ("longest_wait_s", "over=600,hours='open'"),
];

struct Wish {
    time: Duration,
    pace: Pace,
}

fn main() -> anyhow::Result<ExitCode> {
    let wish = wish()?;
    let release = program::workspace().join("target/release/vonglau");
    if std::env::var_os("VONGLAU_BIN").is_none() && release.is_file() {
        rerun_with(&release)?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("measuring {}", program::path().display());
    let own = own_rules();
    eprintln!("with the rules that ship…");
    let shipped = run(&wish, None)?;
    eprintln!("with an installation's own beside them…");
    let all = run(&wish, Some(&own))?;
    let lines = table(&wish, &shipped, &all);
    print_table(&lines)?;
    let all_hold = lines.iter().all(|line| line.holds);
    Ok(ExitCode::from(u8::from(!all_hold)))
}

fn wish() -> anyhow::Result<Wish> {
    let mut wish = Wish {
        time: Duration::from_mins(3),
        pace: Pace {
            rate: 5_000,
            days_an_hour: None,
            from: SETTLED,
        },
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--minutes" => wish.time = Duration::from_secs_f64(value.parse::<f64>()? * 60.0),
            "--rate" => wish.pace.rate = value.parse()?,
            _ => bail!("no such setting: {name} (there are --minutes, --rate)"),
        }
    }
    Ok(wish)
}

/// An installation's own rules, as short as they may be: a file of them has a greatest length.
fn own_rules() -> String {
    let mut text = String::from("rule=[\n");
    let mut add = |id: String, group: &str, signal: &str, rest: &str| {
        writeln!(
            text,
            "{{id='{id}',effective_from='2024-10-01',signal='{signal}',{rest},group='{group}',title={{vi='Đo tải',en='Load'}},response={{vi='Không',en='None'}}}},"
        )
        .expect("a text can be written to");
    };
    for (number, (signal, rest)) in QUIET.iter().cycle().take(QUIET.len() * COPIES).enumerate() {
        add(format!("quiet{number}"), "quiet", signal, rest);
    }
    for (number, (signal, rest)) in LOW.iter().enumerate() {
        add(
            format!("low{number}"),
            &format!("low{number}"),
            signal,
            rest,
        );
    }
    text.push(']');
    text
}

/// What one server gave.
struct Measured {
    rules: usize,
    points: usize,
    /// Instants of the grid that were gone through.
    instants: f64,
    look: Histogram,
    pass: Histogram,
    lock: Histogram,
    dossiers: Histogram,
    publish: Histogram,
    resident_mb: f64,
    rate: f64,
    accepted: u64,
    position: u64,
    refused: u64,
    slowest_ms: f64,
    room: Seen,
    raised: usize,
    /// From raised to the frame, milliseconds, in order.
    ways_ms: Vec<f64>,
}

fn run(wish: &Wish, own: Option<&str>) -> anyhow::Result<Measured> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(&folder.path().join("data"), Clock::Events);
    let http = server.http();
    let set = match own {
        None => RuleSet::shipped()?,
        Some(toml) => {
            let body = json!({"toml": toml, "by": "bench", "reason": "a load of rules"});
            http.put_json("/api/v1/alerts/rules", &body).ok();
            RuleSet::with(toml)?
        }
    };
    let day = Day::parse_iso(SETTLED).context("a date")?;
    let of_points = |rule: &analytics::alerts::Rule| rule.signal.scope() == Scope::Site;
    let rules = set.on(day).into_iter().filter(of_points).count();

    let sender = Sender::start(server.http(), wish.pace, 1)?;
    let is_well = || ensure_sending(&sender);
    wait(PAST, || sender.sent.is_steady(), is_well)?;
    let desk = DeskReader::start(&server.ws_url())?;
    let room = RoomReader::start(&server.ws_url())?;
    wait(CALM, || false, is_well).ok();

    let (before, from) = (metrics(&http), evaluated(&http)?);
    let mut memory = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < wish.time {
        is_well()?;
        memory.push(resident_mb(server.pid())?);
        std::thread::sleep(Duration::from_secs(1).min(wish.time.saturating_sub(begin.elapsed())));
    }
    let (after, to) = (metrics(&http), evaluated(&http)?);
    let raised = desk.end()?;
    let room = room.end();
    let points = points(&server);
    let sent = std::sync::Arc::clone(&sender.sent);
    let time = sender.stop()?;
    let counts = |n: &std::sync::atomic::AtomicU64| n.load(Ordering::SeqCst);
    let (accepted, past) = (counts(&sent.accepted), counts(&sent.past));
    let position = http.metric("vonglau_journal_position") as u64;
    let ways_ms = ways(&http, &raised)?;
    ensure!(server.stop().success(), "the server did not end well");

    let between = |name: &str, label: Option<&str>| {
        let read = |text: &str| Histogram::read(text, name, label);
        read(&after).since(&read(&before))
    };
    // The last minute's mean: one sample falls into a moment.
    let last = &memory[memory.len().saturating_sub(60)..];
    let measured = Measured {
        rules,
        points,
        instants: to.duration_since(from).as_secs_f64() / TICK_S,
        look: between("vonglau_alert_look_seconds", None),
        pass: between("vonglau_alert_points_seconds", None),
        lock: between("vonglau_alert_lock_seconds", Some("of=\"points\"")),
        dossiers: between("vonglau_alert_lock_seconds", Some("of=\"dossiers\"")),
        publish: between("vonglau_publish_seconds", None),
        resident_mb: last.iter().sum::<f64>() / last.len() as f64,
        rate: (accepted - past) as f64 / time.as_secs_f64(),
        accepted,
        position,
        refused: counts(&sent.refused),
        slowest_ms: counts(&sent.slowest_us) as f64 / 1e3,
        room,
        raised: raised.len(),
        ways_ms,
    };
    eprintln!(
        "  {rules} rules, {points} points: a look {}; its points {}, under a lock {}; dossiers under a lock {}; a publication {}; {:.0} MB",
        measured.look,
        measured.pass,
        measured.lock,
        measured.dossiers,
        measured.publish,
        measured.resident_mb
    );
    Ok(measured)
}

/// Refuses where the sender has ended, which it does on an error alone.
fn ensure_sending(sender: &Sender) -> anyhow::Result<()> {
    ensure!(!sender.has_failed(), "the sender ended");
    Ok(())
}

/// Waits until it is done, at most for a time.
fn wait(
    most: Duration,
    is_done: impl Fn() -> bool,
    is_well: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + most;
    while !is_done() {
        is_well()?;
        ensure!(Instant::now() < deadline, "it takes too long");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn metrics(http: &Http) -> String {
    http.get("/metrics", &[]).text
}

/// Up to when the desk has looked.
fn evaluated(http: &Http) -> anyhow::Result<jiff::Timestamp> {
    let answer = http.get("/api/v1/alerts", &[("limit", "0")]).ok();
    let at = answer["counts"]["evaluated_at"].as_str();
    Ok(at.context("the desk has looked")?.parse()?)
}

/// Points that were heard of, as the room shows them.
fn points(server: &Server) -> usize {
    let readers = Readers::new();
    let view = readers.subscribe(&server.ws_url(), "city").first();
    let sites = view
        .values
        .iter()
        .filter(|(key, value)| key.starts_with("site/") && value["last_event_at"].is_string());
    sites.count()
}

/// A subscriber of the desk's topic, which notes when each case came for the first time.
struct DeskReader {
    runtime: tokio::runtime::Runtime,
    parser: JoinHandle<anyhow::Result<BTreeMap<String, i64>>>,
}

impl DeskReader {
    /// Subscribes.
    fn start(url: &str) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let mut socket = runtime.block_on(async {
            let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
            let wish = r#"{"op":"subscribe","topic":"alerts"}"#;
            socket.send(Message::text(wish)).await?;
            anyhow::Ok(socket)
        })?;
        let (frames, arrived) = channel::<(i64, String)>();
        runtime.spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                // Noted before anything is made of it; what is made of it does not hold up the next.
                let at = wall_us();
                if let Message::Text(text) = message
                    && frames.send((at, text.to_string())).is_err()
                {
                    break;
                }
            }
        });
        let parser = std::thread::Builder::new()
            .name("parser".to_owned())
            .spawn(move || {
                let mut known = BTreeSet::new();
                let mut first = BTreeMap::new();
                for (at, text) in arrived {
                    let frame: Value = serde_json::from_str(&text)?;
                    let is_snapshot = frame["kind"] == "snapshot";
                    let data = &frame["data"];
                    let set = if is_snapshot { data } else { &data["set"] };
                    let keys = set.as_object().into_iter().flatten();
                    for id in keys.filter_map(|(key, _)| key.strip_prefix("a/")) {
                        if known.insert(id.to_owned()) && !is_snapshot {
                            first.insert(id.to_owned(), at);
                        }
                    }
                }
                Ok(first)
            })?;
        Ok(Self { runtime, parser })
    }

    /// When each case that was raised meanwhile came, by the machine's clock in microseconds.
    fn end(self) -> anyhow::Result<BTreeMap<String, i64>> {
        self.runtime.shutdown_timeout(Duration::from_secs(1));
        match self.parser.join() {
            Ok(first) => first,
            Err(_) => bail!("the reader of the desk panicked"),
        }
    }
}

fn wall_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_micros() as i64
}

/// From the line that raised a case to its frame, milliseconds, in order; of some evenly spread where there are very many.
fn ways(http: &Http, raised: &BTreeMap<String, i64>) -> anyhow::Result<Vec<f64>> {
    let every = raised.len().div_ceil(ASKED).max(1);
    let mut ways = Vec::new();
    for (id, arrived) in raised.iter().step_by(every) {
        let told = http.get(&format!("/api/v1/alerts/{id}"), &[]).ok();
        let lines = told["history"].as_array().context("a case has a history")?;
        let line = lines.iter().find(|line| line["what"] == "raised");
        let line = line.with_context(|| format!("{id} was raised"))?;
        let wall: jiff::Timestamp = line["wall"]
            .as_str()
            .context("a line has a wall")?
            .parse()?;
        ways.push((arrived - wall.as_microsecond()) as f64 / 1e3);
    }
    ways.sort_unstable_by(f64::total_cmp);
    Ok(ways)
}

fn table(wish: &Wish, shipped: &Measured, all: &Measured) -> Vec<Line> {
    let pairs = all.rules * all.points;
    let minutes = wish.time.as_secs_f64() / 60.0;
    let both = [shipped, all];
    let refused: u64 = both.iter().map(|m| m.refused).sum();
    let rate = shipped.rate.min(all.rate);
    let slowest = shipped.slowest_ms.max(all.slowest_ms);
    let at = |share: f64| {
        let place = (all.ways_ms.len() as f64 * share) as usize;
        let last = all.ways_ms.len().saturating_sub(1);
        all.ways_ms
            .get(place.min(last))
            .copied()
            .unwrap_or(f64::INFINITY)
    };
    let broken = both.iter().find_map(|m| m.room.broken.clone());
    let gap = shipped.room.longest_gap.max(all.room.longest_gap);
    vec![
        Line {
            what: "alert rules × points, watched under 5,000 events/s",
            measured: format!(
                "{} rules × {} points = {pairs}; in {minutes:.1} min {} looks went through {:.0} instants of the grid ({:.1} each), {:.1} million readings/s by all hours",
                all.rules,
                all.points,
                all.look.count(),
                all.instants,
                all.instants / all.look.count().max(1) as f64,
                all.instants * pairs as f64 / wish.time.as_secs_f64() / 1e6,
            ),
            promised: "at least 10,000",
            holds: pairs >= PAIRS,
        },
        Line {
            what: "the load meanwhile, on both servers",
            measured: format!(
                "{rate:.0} events/s, {refused} batches refused, slowest answer {slowest:.0} ms; accepted and in the journal {} and {}, {} and {}",
                shipped.accepted, shipped.position, all.accepted, all.position
            ),
            promised: "the rate asked for, none refused, the same",
            holds: refused == 0
                && rate > 0.98 * f64::from(wish.pace.rate)
                && both.iter().all(|m| m.accepted == m.position),
        },
        Line {
            what: "a look of the desk: points, dossiers, cases, the log",
            measured: format!(
                "{}; with the {} that ship {}",
                all.look, shipped.rules, shipped.look
            ),
            promised: "each within the tick of 15 s",
            holds: all.look.count() > 0 && all.look.greatest() < TICK_S,
        },
        Line {
            what: "its points alone",
            measured: format!("{}; with those that ship {}", all.pass, shipped.pass),
            promised: "—",
            holds: true,
        },
        Line {
            what: "the state's lock held for points at a time",
            measured: format!("{}; with those that ship {}", all.lock, shipped.lock),
            promised: "99 of 100 at most 25 ms, the publisher's tick",
            holds: all.lock.quantile(0.99).is_some_and(|held| held <= LOCK_S),
        },
        Line {
            what: "the same for dossiers; a publication of the views meanwhile",
            measured: format!("{}; {}", all.dossiers, all.publish),
            promised: "—",
            holds: true,
        },
        Line {
            what: "the room during it",
            measured: format!(
                "{}, longest silence {:.2} s",
                broken.as_deref().unwrap_or("in order"),
                gap.as_secs_f64()
            ),
            promised: "in order, never 2 s of silence",
            holds: broken.is_none() && gap < SILENCE,
        },
        Line {
            what: "alert raised → frame at a desk, on the same machine",
            measured: format!(
                "p50 {:.0} ms, p99 {:.0} ms, at most {:.0} ms ({} of {} raised)",
                at(0.5),
                at(0.99),
                at(1.0),
                all.ways_ms.len(),
                all.raised
            ),
            promised: "p99 under 200 ms, of at least 200",
            holds: at(0.99) < DESK_MS && all.ways_ms.len() >= RAISED,
        },
        Line {
            what: "memory of the server, the last minute's mean",
            measured: format!(
                "{:.0} MB resident with {} rules, {:.0} MB with {}",
                shipped.resident_mb, shipped.rules, all.resident_mb, all.rules
            ),
            promised: "—",
            holds: true,
        },
    ]
}
