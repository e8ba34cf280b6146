//! The soak: a server under a steady load for a long time, in two phases, ending in one table.
//!
//! *Memory*: the embedded store, after five simulated weeks sent as fast as they are taken; the server's resident memory is
//! sampled, and a line is laid through the second half.
//! *Outage*: ClickHouse as the store; it is ended under load for the whole time and started again on its own port;
//! how long the facts need to catch up is measured, and then every table is held against the embedded store's, which
//! is made from the same journal. In both a reader of the room notes its longest silence.
//!
//! Events are a simulated city's; their times are the clock, so that days pass as fast as events come: at Hà Nội's
//! volume and 5,000 events a second, a hundred days an hour.
//!
//! ```text
//! soak [--minutes 10] [--rate 5000] [--days-an-hour N] [--phase memory|outage]
//! ```

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use harness::clickhouse::ClickHouse;
use harness::http::Http;
use harness::measure::{Line, print_table, rerun_with, resident_mb, slope};
use harness::program;
use harness::server::{Clock, Server, Setup, free_port};
use harness::steady::{Pace, RoomReader, SETTLED, START, Seen, Sender};

const BEHIND: &str = "vonglau_facts_behind_events";
/// The room may be silent for so long.
const SILENCE: Duration = Duration::from_secs(2);
/// ClickHouse's facts may take so long to catch up.
const CAUGHT_UP: Duration = Duration::from_mins(2);
/// Events of so many seconds lie between two batches to the store when nothing is wrong.
const USUAL_LAG_S: f64 = 10.0;
/// Growth in an hour that a sound server may have beside its scatter, of its resident memory.
const FLAT_AN_HOUR: f64 = 0.02;

/// What holds both stores against each other, in words that both understand.
const TABLES: &[(&str, &str)] = &[
    (
        "visits_rows",
        "count(*), coalesce(sum(legs), 0), count(wait_s), count(ended_at)",
    ),
    (
        "dossiers_rows",
        "count(*), count(ended_at), count(due_at), count(accepted_at)",
    ),
    (
        "dossier_steps_rows",
        "count(*), count(due_at), count(distinct dossier)",
    ),
    ("ratings_rows", "count(*), coalesce(sum(score), 0)"),
    (
        "boards_rows",
        "count(*), coalesce(sum(waiting), 0), coalesce(sum(open_counters), 0)",
    ),
    ("counters_rows", "count(*), count(distinct counter)"),
    ("feedback_rows", "count(*), count(due_at)"),
];

struct Wish {
    time: Duration,
    pace: Pace,
    phases: Vec<String>,
}

fn main() -> anyhow::Result<ExitCode> {
    let wish = wish()?;
    let release = program::workspace().join("target/release/vonglau");
    if std::env::var_os("VONGLAU_BIN").is_none() && release.is_file() {
        rerun_with(&release)?;
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("soaking {}", program::path().display());
    let mut lines = Vec::new();
    for phase in &wish.phases {
        match phase.as_str() {
            "memory" => memory(&wish, &mut lines)?,
            "outage" => outage(&wish, &mut lines)?,
            other => bail!("there is no phase `{other}`: memory or outage"),
        }
    }
    print_table(&lines)?;
    let all_hold = lines.iter().all(|line| line.holds);
    Ok(ExitCode::from(u8::from(!all_hold)))
}

fn wish() -> anyhow::Result<Wish> {
    let mut wish = Wish {
        time: Duration::from_mins(10),
        pace: Pace {
            rate: 5_000,
            days_an_hour: None,
            from: START,
        },
        phases: Vec::new(),
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args
            .next()
            .with_context(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--minutes" => wish.time = Duration::from_secs_f64(value.parse::<f64>()? * 60.0),
            "--rate" => wish.pace.rate = value.parse()?,
            "--days-an-hour" => wish.pace.days_an_hour = Some(value.parse()?),
            "--phase" => wish.phases.push(value),
            _ => bail!(
                "no such setting: {name} (there are --minutes, --rate, --days-an-hour, --phase)"
            ),
        }
    }
    if wish.phases.is_empty() {
        wish.phases = vec!["memory".to_owned(), "outage".to_owned()];
    }
    Ok(wish)
}

/// A server under load.
struct Load {
    server: Server,
    sender: Sender,
    room: RoomReader,
    memory: Vec<(f64, f64)>,
    begin: Instant,
}

impl Load {
    fn start(data: &Path, args: &[&str], pace: Pace) -> anyhow::Result<Self> {
        let server = Server::start_with(data, Clock::Events, Setup::with(args));
        let sender = Sender::start(server.http(), pace, 1)?;
        // What is in progress when it begins is sent first, and weeks of it to one that has settled.
        let deadline = Instant::now() + Duration::from_mins(15);
        while !sender.sent.is_steady() {
            ensure!(
                Instant::now() < deadline && !sender.has_failed(),
                "the city's past is not taken: {}",
                server.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            room: RoomReader::start(&server.ws_url())?,
            server,
            sender,
            memory: Vec::new(),
            begin: Instant::now(),
        })
    }

    /// Goes on until `done`, at most for a time; answers whether it was.
    fn run(&mut self, most: Duration, mut done: impl FnMut(&Http) -> bool) -> anyhow::Result<bool> {
        let (begin, every) = (Instant::now(), Duration::from_secs(1));
        let http = self.server.http();
        let mut said = Instant::now();
        while begin.elapsed() < most {
            ensure!(
                !self.sender.has_failed(),
                "the sender ended: {}",
                self.server.log()
            );
            let mb = resident_mb(self.server.pid())?;
            self.memory
                .push((self.begin.elapsed().as_secs_f64() / 60.0, mb));
            if said.elapsed() > Duration::from_secs(15) {
                said = Instant::now();
                let sent = self.sender.sent.accepted.load(Ordering::SeqCst);
                let behind = http.metric(BEHIND);
                eprintln!("  {sent} events, {mb:.0} MB resident, facts {behind:.0} events behind");
            }
            if done(&http) {
                return Ok(true);
            }
            std::thread::sleep(every.min(most.saturating_sub(begin.elapsed())));
        }
        Ok(false)
    }

    /// Stops sending and reading; what was accepted, and the lines of what holds in every phase.
    fn quiet(
        self,
        wish: &Wish,
        texts: [&'static str; 2],
    ) -> anyhow::Result<(Server, u64, Vec<Line>)> {
        let sent = std::sync::Arc::clone(&self.sender.sent);
        let seen = self.room.end();
        let time = self.sender.stop()?;
        let accepted = sent.accepted.load(Ordering::SeqCst);
        let past = sent.past.load(Ordering::SeqCst);
        let rate = (accepted - past) as f64 / time.as_secs_f64();
        let refused = sent.refused.load(Ordering::SeqCst);
        let slowest = sent.slowest_us.load(Ordering::SeqCst) as f64 / 1e3;
        let steady = Line {
            what: texts[0],
            measured: format!(
                "{rate:.0} events/s for {:.1} min, {accepted} events ({past} of them before), {refused} batches refused, slowest answer {slowest:.0} ms",
                time.as_secs_f64() / 60.0
            ),
            promised: "the rate asked for, none refused",
            holds: refused == 0 && rate > 0.98 * f64::from(wish.pace.rate),
        };
        Ok((
            self.server,
            accepted,
            vec![steady, room_line(texts[1], &seen)],
        ))
    }
}

fn room_line(what: &'static str, seen: &Seen) -> Line {
    let broken = match &seen.broken {
        None => "in order".to_owned(),
        Some(why) => format!("broken: {why}"),
    };
    Line {
        what,
        measured: format!(
            "{} frames, {broken}, longest silence {:.2} s",
            seen.frames,
            seen.longest_gap.as_secs_f64()
        ),
        promised: "in order, never 2 s of silence",
        holds: seen.broken.is_none() && seen.longest_gap < SILENCE,
    }
}

fn memory(wish: &Wish, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    eprintln!("memory, with the embedded store…");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    // A server that has been at work for weeks: one that begins grows, as what it holds does.
    let pace = Pace {
        from: SETTLED,
        ..wish.pace
    };
    let mut load = Load::start(&data, &[], pace)?;
    let dossiers = |load: &Load| load.server.http().metric("vonglau_state_dossiers");
    load.run(wish.time / 2, |_| false)?;
    let before = dossiers(&load);
    load.run(wish.time / 2, |_| false)?;
    let after = dossiers(&load);
    let samples = std::mem::take(&mut load.memory);
    let texts = ["a steady load on the embedded store", "the room during it"];
    let (server, accepted, both) = load.quiet(wish, texts)?;
    lines.extend(both);
    lines.push(flat(&samples, before, after)?);
    let position = server.http().metric("vonglau_journal_position") as u64;
    lines.push(Line {
        what: "events accepted, and in the journal",
        measured: format!("{accepted} and {position}"),
        promised: "the same",
        holds: accepted == position,
    });
    ensure!(server.stop().success(), "the server did not end well");
    Ok(())
}

/// The line through the second half of the samples. Dossiers in progress are the city's: where there are more of them,
/// memory is no leak.
fn flat(samples: &[(f64, f64)], before: f64, after: f64) -> anyhow::Result<Line> {
    let half = &samples[samples.len() / 2..];
    let slope = slope(half).context("too short for a slope")?;
    let (low, high) = slope.interval();
    let (first, last) = (half[0].1, half[half.len() - 1].1);
    let allowed = FLAT_AN_HOUR * last / 60.0;
    Ok(Line {
        what: "resident memory in the second half of it",
        measured: format!(
            "{first:.0} → {last:.0} MB, slope {:+.3} ± {:.3} MB/min (standard error; 95 %: {low:+.3} … {high:+.3}, {} samples); dossiers in it {before:.0} → {after:.0}",
            slope.slope,
            slope.error,
            half.len()
        ),
        promised: "flat: the interval reaches 0, or under 2 % an hour",
        holds: low <= 0.0 || slope.slope < allowed,
    })
}

fn outage(wish: &Wish, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    eprintln!("outage of ClickHouse…");
    let folder = tempfile::tempdir()?;
    let (data, there) = (folder.path().join("data"), folder.path().join("ch"));
    let port = free_port();
    let clickhouse = ClickHouse::start_with(&there, port, &[]);
    ensure!(
        clickhouse.can_fail(),
        "a ClickHouse of others is not ended: unset VONGLAU_TEST_CLICKHOUSE"
    );
    let store = clickhouse.store();
    let mut load = Load::start(&data, &["--store", &store], wish.pace)?;
    let usual = f64::from(wish.pace.rate) * USUAL_LAG_S;
    let is_near = |http: &Http| {
        let sent = http.metric("vonglau_journal_position");
        sent > usual && http.metric(BEHIND) < usual
    };
    ensure!(
        load.run(Duration::from_mins(2), is_near)?,
        "ClickHouse does not follow even before the outage: {}",
        load.server.log()
    );
    eprintln!("  it ends");
    drop(clickhouse);
    load.run(wish.time, |_| false)?;
    let missed = load.server.http().metric(BEHIND);
    eprintln!("  it is back");
    let begin = Instant::now();
    let clickhouse = ClickHouse::start_with(&there, port, &[]);
    let is_back = load.run(2 * CAUGHT_UP, is_near)?;
    let under_load = begin.elapsed();
    let texts = [
        "a steady load while ClickHouse is away and comes back",
        "the room during it",
    ];
    let mb = load.memory.last().map_or(0.0, |sample| sample.1);
    let (server, accepted, both) = load.quiet(wish, texts)?;
    lines.extend(both);
    let http = server.http();
    while http.metric(BEHIND) > 0.0 && begin.elapsed() < 2 * CAUGHT_UP {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (all, left) = (begin.elapsed(), http.metric(BEHIND));
    lines.push(Line {
        what: "ClickHouse's facts after it is back, while events go on, and once they end",
        measured: format!(
            "{missed:.0} events behind; caught up in {:.0} s, {:.0} s to the last event ({left:.0} left), {mb:.0} MB resident",
            under_load.as_secs_f64(),
            all.as_secs_f64()
        ),
        promised: "within 120 s",
        holds: is_back && left < 0.5 && all < CAUGHT_UP,
    });
    let position = http.metric("vonglau_journal_position") as u64;
    ensure!(server.stop().success(), "the server did not end well");
    eprintln!("  the tables beside the embedded store's…");
    let ledger = clickhouse.ask("SELECT max(position) FROM ledger");
    let differences = differences(&clickhouse, &data)?;
    lines.push(Line {
        what: "events accepted, in the journal and in ClickHouse's ledger; tables that differ from the embedded ones",
        measured: format!(
            "{accepted}, {position} and {ledger}; {}",
            if differences.is_empty() { "none".to_owned() } else { differences.join(", ") }
        ),
        promised: "the same; none",
        holds: accepted == position && ledger == accepted.to_string() && differences.is_empty(),
    });
    Ok(())
}

/// Tables whose figures are not those of the embedded store over the same journal.
fn differences(clickhouse: &ClickHouse, data: &Path) -> anyhow::Result<Vec<String>> {
    let data = data.to_str().context("a path is UTF-8")?;
    let mut found = Vec::new();
    for (table, figures) in TABLES {
        let there = clickhouse.ask(&format!("SELECT {figures} FROM {table} FINAL FORMAT CSV"));
        let sql = format!("select {figures} from {table}");
        let run = program::run(&["sql", "--data", data, &sql]);
        ensure!(run.code == 0, "{}", run.stderr);
        let here = run.stdout.lines().nth(1).unwrap_or_default().to_owned();
        eprintln!("  {table}: {there}");
        if numbers(&here) != numbers(&there) {
            found.push(format!("{table} ({here} here, {there} there)"));
        }
    }
    Ok(found)
}

fn numbers(csv: &str) -> Vec<f64> {
    let cells = csv.trim().split(',');
    cells
        .map(|cell| cell.trim_matches('"').parse().unwrap_or(f64::NAN))
        .collect()
}
