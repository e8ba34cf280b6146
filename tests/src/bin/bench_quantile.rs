//! Quantiles by group against ClickHouse: ten million visits, per site and quarter of an hour.
//!
//! The visits are generated (fixed seed), written as Parquet, one file a day in the order of arrival as the
//! store of facts keeps them, and asked for count, median, 90th percentile and share over fifteen minutes by
//! DataFusion with `wait_stats` on two threads. The same files are loaded into a `MergeTree` table of
//! ClickHouse's engine (the Python package `chdb`) and asked the same with its ordinary `quantiles`, on two
//! threads too. Both answer everything and print nothing; of five runs each the fastest counts.
//!
//! The Python is that of the tests' environment, or the one that `VONGLAU_CHDB_PYTHON` names; without either only our
//! own side is measured. Arguments: the number of visits, a folder for the files, which
//! are kept there and not written again, and how many days a file has. `VONGLAU_SETTINGS` sets options of DataFusion
//! (`name=value;name=value`).

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use analytics::quantile::sql;
use anyhow::{Context as _, ensure};
use datafusion::arrow::array::{
    ArrayRef, Float64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::execution::context::{SessionConfig, SessionContext};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use futures_util::StreamExt as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const VISITS: usize = 10_000_000;
const SITES: u32 = 126;
const DAYS: u32 = 335;
/// Quarters of an hour of a working day: 07:30 to 11:30 and 13:00 to 17:00.
const QUARTERS: u32 = 32;
/// Monday, 5 January 2026, 00:00 in Hà Nội.
const START_S: i64 = 1_767_546_000;
const RUNS: usize = 5;
const SCRIPT: &str = include_str!("../../clickhouse/quantile_rival.py");

const OURS: &str = "select site, quarter, count(*) as n, wait_stats(wait)['p50'] as p50, \
    wait_stats(wait)['p90'] as p90, \
    cast(wait_stats(wait)['over_15min'] as double) / count(*) as share \
    from visits group by site, quarter";
/// What grouping alone costs.
const COUNT_ONLY: &str = "select site, quarter, count(*) as n from visits group by site, quarter";
/// The groups, their visits, and figures of all of them, to compare with ClickHouse's.
const CHECK: &str = "select count(*), sum(n), avg(p50), avg(p90), avg(share) from";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let visits = arguments
        .next()
        .map_or(Ok(VISITS), |a| a.parse())
        .context("the number of visits")?;
    let temporary = tempfile::tempdir()?;
    let path = arguments
        .next()
        .map_or(temporary.path().to_owned(), PathBuf::from);
    let days_a_file = arguments
        .next()
        .map_or(Ok(1), |a| a.parse())
        .context("days a file")?;
    if !path.join("000.parquet").exists() {
        eprintln!("writing {visits} visits…");
        std::fs::create_dir_all(&path)?;
        write(&path, visits, days_a_file)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let (ours, counting) = runtime.block_on(ours(&path))?;
    println!("DataFusion, count alone               {counting}");
    println!("DataFusion, wait_stats                {ours}");
    println!("  peak memory of this process         {} MB", peak_mb()?);

    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("clickhouse/.venv/bin/python");
    let python = std::env::var_os("VONGLAU_CHDB_PYTHON")
        .map(PathBuf::from)
        .or_else(|| made.is_file().then_some(made));
    let Some(python) = python else {
        println!("ClickHouse was not measured: make tests/clickhouse/.venv/.installed");
        return Ok(());
    };
    let answer = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(&path)
        .arg(RUNS.to_string())
        .output()
        .context("the Python of VONGLAU_CHDB_PYTHON")?;
    ensure!(
        answer.status.success(),
        "{}",
        String::from_utf8_lossy(&answer.stderr)
    );
    let mut rival: Option<Taken> = None;
    for line in String::from_utf8(answer.stdout)?.lines() {
        let mut columns = line.split('\t');
        let (Some(what), Some(wall), Some(cpu)) = (columns.next(), columns.next(), columns.next())
        else {
            println!("{line}");
            continue;
        };
        let taken = Taken {
            wall: wall.parse()?,
            cpu: cpu.parse()?,
        };
        println!(
            "ClickHouse, {what:<25} {taken}, ratio {:.2}",
            ours.wall / taken.wall
        );
        if what.starts_with("quantiles ") && rival.is_none_or(|r| taken.wall < r.wall) {
            rival = Some(taken);
        }
    }
    let rival = rival.context("no figure of ClickHouse's")?;
    println!(
        "wait_stats over the fastest ordinary quantiles: {:.2} ({}); of all threads {:.2}",
        ours.wall / rival.wall,
        if ours.wall <= rival.wall {
            "no slower"
        } else {
            "SLOWER"
        },
        ours.cpu / rival.cpu
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

/// Seconds that all threads of this process have worked.
fn cpu() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(") ").next().context("stat")?;
    let ticks = after_name.split(' ').skip(11).take(2);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>()?;
    // Linux counts these in hundredths.
    Ok(ticks.iter().sum::<u64>() as f64 / 100.0)
}

fn schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("+07:00".into()));
    Arc::new(Schema::new(vec![
        Field::new("site", DataType::Utf8, true),
        Field::new("quarter", time, true),
        Field::new("wait", DataType::Float64, true),
    ]))
}

/// Writes the visits, a file every so many days, in the order of arrival.
fn write(folder: &Path, visits: usize, days_a_file: u32) -> anyhow::Result<()> {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let sites: Vec<String> = (0..SITES)
        .map(|s| format!("HN-{:05}", 10_001 + 7 * s))
        .collect();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer: Option<ArrowWriter<File>> = None;
    for day in 0..DAYS {
        let until = visits * (day as usize + 1) / DAYS as usize;
        let from = visits * day as usize / DAYS as usize;
        let mut arrivals: Vec<(u32, u32)> = (from..until)
            .map(|_| {
                // A second of the working day, and a site: the larger ones twice as often.
                let second = random.random_range(0..QUARTERS * 900);
                let site = random.random_range(0..SITES * 3 / 2);
                (
                    second,
                    if site < SITES {
                        site
                    } else {
                        (site - SITES) * 2
                    },
                )
            })
            .collect();
        arrivals.sort_unstable();
        let mut columns = (
            StringBuilder::new(),
            TimestampMicrosecondBuilder::new().with_timezone("+07:00"),
            Float64Builder::new(),
        );
        for (second, site) in arrivals {
            let quarter = second / 900;
            let lunch = if quarter >= 16 { 6 } else { 0 };
            let start = START_S + i64::from(day) * 86_400 + i64::from(30 + quarter + lunch) * 900;
            columns.0.append_value(&sites[site as usize]);
            columns.1.append_value(start * 1_000_000);
            columns.2.append_value(wait(&mut random));
        }
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(columns.0.finish()),
            Arc::new(columns.1.finish()),
            Arc::new(columns.2.finish()),
        ];
        let batch = RecordBatch::try_new(schema(), arrays)?;
        if day % days_a_file == 0 {
            let file = File::create(folder.join(format!("{day:03}.parquet")))?;
            let next = ArrowWriter::try_new(file, schema(), Some(properties.clone()))?;
            if let Some(before) = writer.replace(next) {
                before.close()?;
            }
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
    }
    if let Some(last) = writer {
        last.close()?;
    }
    Ok(())
}

/// A wait to the millisecond: log-normal around nine minutes.
fn wait(random: &mut ChaCha8Rng) -> f64 {
    let normal: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let seconds = 540.0 * (0.7 * normal).exp();
    (seconds * 1e3).round() / 1e3
}

/// The fastest runs of our query and of counting alone.
async fn ours(folder: &Path) -> anyhow::Result<(Taken, Taken)> {
    let mut config = SessionConfig::new().with_target_partitions(2);
    // With over a tenth as many groups as rows, values are handed on as they are: a partial state of a few
    // values takes as much memory as they do.
    let execution = &mut config.options_mut().execution;
    execution.skip_partial_aggregation_probe_ratio_threshold = 0.1;
    let context = SessionContext::new_with_config(config);
    sql::register(&context);
    for setting in std::env::var("VONGLAU_SETTINGS")
        .iter()
        .flat_map(|s| s.split(';'))
    {
        context
            .sql(&format!("set {setting}"))
            .await?
            .collect()
            .await?;
    }
    let url = ListingTableUrl::parse(format!("{}/", folder.display()))?;
    let options =
        ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let table = ListingTableConfig::new(url)
        .with_listing_options(options)
        .with_schema(schema());
    context.register_table("visits", Arc::new(ListingTable::try_new(table)?))?;

    let mut ours = Vec::new();
    let mut counting = Vec::new();
    for _ in 0..RUNS {
        ours.push(run(&context, OURS).await?);
        counting.push(run(&context, COUNT_ONLY).await?);
    }
    let fastest = |runs: Vec<Taken>| {
        let fastest = runs.into_iter().min_by(|a, b| a.wall.total_cmp(&b.wall));
        fastest.context("no run")
    };
    let best = (fastest(ours)?, fastest(counting)?);
    let check = context.sql(&format!("{CHECK} ({OURS}) q")).await?;
    let check = check.collect().await?;
    let shown = datafusion::arrow::util::pretty::pretty_format_batches(&check)?;
    println!("{shown}");
    Ok(best)
}

/// Seconds from the text of a query to its last row.
async fn run(context: &SessionContext, query: &str) -> anyhow::Result<Taken> {
    let (begin, worked) = (Instant::now(), cpu()?);
    let mut streams = context
        .sql(query)
        .await?
        .execute_stream_partitioned()
        .await?;
    let mut tasks = Vec::new();
    for mut stream in streams.drain(..) {
        tasks.push(tokio::spawn(async move {
            let mut rows = 0;
            while let Some(batch) = stream.next().await {
                rows += batch?.num_rows();
            }
            anyhow::Ok(rows)
        }));
    }
    let mut rows = 0;
    for task in tasks {
        rows += task.await??;
    }
    ensure!(rows > 0, "no rows");
    Ok(Taken {
        wall: begin.elapsed().as_secs_f64(),
        cpu: cpu()? - worked,
    })
}

/// The most memory that this process has had, in megabytes.
fn peak_mb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kb = line.and_then(|l| l.split_whitespace().next());
    Ok(kb.context("VmHWM")?.parse::<u64>()? / 1024)
}
