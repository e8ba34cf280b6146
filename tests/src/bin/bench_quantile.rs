//! Quantiles by group against ClickHouse: ten million visits, per site and quarter of an hour.
//!
//! The visits are simulated ([`harness::city`], fixed seeds), handed to the embedded store as the program does,
//! joined to a file a month, and asked for count, median, 90th percentile and share over fifteen minutes through
//! the store. The same files are loaded into `MergeTree` tables of ClickHouse's engine (the Python package `chdb`)
//! and asked the same with its `quantiles`. Both use two threads, and their runs alternate.
//!
//! The Python is that of the tests' environment, or the one that `VONGLAU_CHDB_PYTHON` names; without either only our
//! own side is measured. Arguments: the number of visits, and a folder for the store, which is kept there and not written
//! again.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use analytics::quantile::sql;
use anyhow::{Context as _, ensure};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use harness::city;
use ingest::event::time::Day;
use ingest::store::{Batch, FactStore, Question, Table};
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const VISITS: usize = 10_000_000;
/// Eleven months from 1 January 2026 on.
const FIRST: Day = Day(20_454);
const DAYS: i32 = 334;
const RUNS: usize = 7;
const SCRIPT: &str = include_str!("../../clickhouse/quantile_rival.py");
/// The rival's tables, as its script has them.
const TABLES: [&str; 3] = ["by site, time", "by time, site", "plain strings"];
/// Its other functions, for comparison.
const OTHERS: [&str; 4] = [
    "quantilesExact",
    "quantilesBFloat16",
    "quantilesDD(0.01, ",
    "quantilesTDigest",
];

const OURS: &str = "select site, date_bin(interval '15 minutes', issued_at) as quarter, count(*) as n, \
    wait_stats(wait_s)['p50'] as p50, wait_stats(wait_s)['p90'] as p90, \
    cast(wait_stats(wait_s)['over_15min'] as double) / count(*) as share \
    from visits group by site, quarter";
/// What grouping alone costs.
const COUNT_ONLY: &str = "select site, date_bin(interval '15 minutes', issued_at) as quarter, count(*) as n \
    from visits group by site, quarter";
/// The groups, their visits, and figures of all of them, to compare with ClickHouse's.
const CHECK: &str = "select count(*), sum(n), avg(p50), avg(p90), avg(share) from";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let visits = arguments
        .next()
        .map_or(Ok(VISITS), |a| a.parse())
        .context("the number of visits")?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments
        .next()
        .map_or(temporary.path().to_owned(), PathBuf::from);
    let table = city::table("visits").context("the table of visits")?;
    let store = FactStore::open(folder.clone())?;
    if store.position() == 0 {
        eprintln!("writing {visits} visits…");
        write(&store, &table, visits / DAYS as usize)?;
    }
    let ours = Ours {
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?,
        tables: vec![table],
        store,
    };
    let counting = fastest(RUNS, || ours.run(COUNT_ONLY))?;
    println!("DataFusion, count alone               {counting}");
    let check = ours.ask(&format!("{CHECK} ({OURS}) q"))?;
    println!("{}", pretty_format_batches(&check)?);

    let Some(mut rival) = Rival::start(&folder.join("visits"))? else {
        println!(
            "DataFusion, wait_stats                {}",
            fastest(RUNS, || ours.run(OURS))?
        );
        println!("ClickHouse was not measured: make tests/clickhouse/.venv/.installed");
        return Ok(());
    };
    let (mut mine, mut theirs) = (Vec::new(), vec![Vec::new(); TABLES.len()]);
    for _ in 0..RUNS {
        for (at, runs) in theirs.iter_mut().enumerate() {
            mine.push(ours.run(OURS)?);
            runs.push(rival.run(at, "quantiles")?);
        }
    }
    let mine = middle(mine)?;
    println!("DataFusion, wait_stats                {mine}");
    println!("  peak memory of this process         {} MB", peak_mb()?);
    let mut best: Option<Taken> = None;
    for (name, runs) in TABLES.iter().zip(theirs) {
        let taken = middle(runs)?;
        let ratio = mine.wall / taken.wall;
        println!("ClickHouse, quantiles {name:<15} {taken}, ratio {ratio:.2}");
        if best.is_none_or(|b| taken.wall < b.wall) {
            best = Some(taken);
        }
    }
    for function in OTHERS {
        let taken = fastest(3, || rival.run(0, function))?;
        let name = function.split('(').next().unwrap_or_default();
        let ratio = mine.wall / taken.wall;
        println!("ClickHouse, {name:<25} {taken}, ratio {ratio:.2}");
    }
    println!("  its figures: {}", rival.ask("check")?);
    let best = best.context("no figure of ClickHouse's")?;
    println!(
        "wait_stats over the fastest ordinary quantiles, middle runs: {:.2} ({}); of all threads {:.2}",
        mine.wall / best.wall,
        if mine.wall <= best.wall {
            "no slower"
        } else {
            "SLOWER"
        },
        mine.cpu / best.cpu
    );
    Ok(())
}

/// What a run took, in seconds.
#[derive(Clone, Copy)]
struct Taken {
    wall: f64,
    /// Of all threads together.
    cpu: f64,
}

impl std::fmt::Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2} s ({:.2} s of all threads)", self.wall, self.cpu)
    }
}

fn fastest(n: usize, mut run: impl FnMut() -> anyhow::Result<Taken>) -> anyhow::Result<Taken> {
    let mut best = run()?;
    for _ in 1..n {
        let next = run()?;
        if next.wall < best.wall {
            best = next;
        }
    }
    Ok(best)
}

/// The middle one of some runs.
fn middle(mut runs: Vec<Taken>) -> anyhow::Result<Taken> {
    runs.sort_unstable_by(|a, b| a.wall.total_cmp(&b.wall));
    runs.get(runs.len() / 2).copied().context("no run")
}

fn write(store: &FactStore, table: &Table, a_day: usize) -> anyhow::Result<()> {
    let days = (0..DAYS).map(|at| Day(FIRST.0 + at)).collect::<Vec<_>>();
    for (at, days) in days.chunks(31).enumerate() {
        let make = |table: &Table, day, random: &mut _| city::visits(table, day, a_day, random);
        let batch = Batch {
            position: at as u64 + 1,
            is_last: true,
            tables: vec![city::days(table, days.iter().copied(), make)],
        };
        store.take(&batch)?;
    }
    let long_after = Day(FIRST.0 + DAYS + 100);
    let months = store.compact(std::slice::from_ref(table), long_after)?;
    ensure!(months == 11, "eleven months, not {months}");
    Ok(())
}

/// The embedded store, and what is asked of it.
struct Ours {
    store: FactStore,
    tables: Vec<Table>,
    runtime: Runtime,
}

impl Ours {
    fn ask(&self, sql: &str) -> anyhow::Result<Vec<RecordBatch>> {
        let question = Question {
            sql,
            tables: self.tables.clone(),
            views: vec![("visits", "select * from visits_rows".to_owned())],
            in_memory: Vec::new(),
            prepare: sql::register,
        };
        Ok(self.runtime.block_on(self.store.query(question))?)
    }

    /// From the text of a query to its last row.
    fn run(&self, sql: &str) -> anyhow::Result<Taken> {
        let (begin, worked) = (Instant::now(), cpu()?);
        let answer = self.ask(sql)?;
        ensure!(answer.iter().any(|b| b.num_rows() > 0), "no rows");
        Ok(Taken {
            wall: begin.elapsed().as_secs_f64(),
            cpu: cpu()? - worked,
        })
    }
}

/// ClickHouse's engine in a process of its own.
struct Rival {
    process: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Rival {
    /// Starts it and loads the files; nothing where its Python is not there.
    fn start(files: &Path) -> anyhow::Result<Option<Self>> {
        let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("clickhouse/.venv/bin/python");
        let python = std::env::var_os("VONGLAU_CHDB_PYTHON")
            .map(PathBuf::from)
            .or_else(|| made.is_file().then_some(made));
        let Some(python) = python else {
            return Ok(None);
        };
        let mut process = Command::new(python)
            .args(["-c", SCRIPT])
            .arg(files)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the Python of VONGLAU_CHDB_PYTHON")?;
        let to = process.stdin.take().context("its input")?;
        let from = process.stdout.take().context("its output")?;
        let mut rival = Self {
            process,
            to,
            from: BufReader::new(from).lines(),
        };
        let ready = rival.line()?;
        ensure!(ready == "ready", "{ready}");
        Ok(Some(rival))
    }

    fn line(&mut self) -> anyhow::Result<String> {
        Ok(self.from.next().context("ClickHouse's engine ended")??)
    }

    fn ask(&mut self, what: &str) -> anyhow::Result<String> {
        writeln!(self.to, "{what}")?;
        self.to.flush()?;
        self.line()
    }

    fn run(&mut self, table: usize, function: &str) -> anyhow::Result<Taken> {
        let answer = self.ask(&format!("{table}, {function}"))?;
        let (wall, cpu) = answer.split_once('\t').context("two numbers")?;
        Ok(Taken {
            wall: wall.parse()?,
            cpu: cpu.parse()?,
        })
    }
}

/// Seconds that all threads of this process have worked.
fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().context("stat")?;
    let ticks = after_name.split(' ').skip(11).take(2);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>()?;
    // Linux counts these in hundredths.
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}

/// The most memory that this process has had, in megabytes.
fn peak_mb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.split_whitespace().next());
    Ok(kb.context("VmHWM")?.parse::<u64>()? / 1024)
}
