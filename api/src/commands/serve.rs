//! `vonglau serve`: the service on a data directory, until it is told to stop.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ::ingest::checkpoint::Checkpoints;
use ::ingest::datadir::DataDir;
use ::ingest::event::EventTime;
use ::ingest::intake::{Receipt, Writer};
use ::ingest::room::Limits;
use ::ingest::store::Store;
use ::ingest::store::clickhouse::Address;
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;

use super::{ClockArg, PATIENCE, RoomArgs, UsageError};
use crate::clock::ClockWatch;
use crate::clocks::DeviceClocks;
use crate::core::Core;
use crate::desk::AlertDesk;
use crate::forecasting::{Forecasting, WINDOW_DAYS};
use crate::http::public::PublicFeed;
use crate::http::{App, map::Geography, router};
use crate::live::publisher::Live;
use crate::sql::STORE_FAILURES;

/// Time between two writings of facts while events arrive: whole files here, rows elsewhere.
const FACTS_EVERY: Duration = Duration::from_mins(1);
const ROWS_EVERY: Duration = Duration::from_secs(5);
/// The longest pause before a store that failed is tried again: asking one that is away costs nothing, and the wait is part
/// of catching up.
const FACTS_PATIENCE: Duration = Duration::from_secs(15);
/// Time between two looks at the machine's clock.
const CLOCK_EVERY: Duration = Duration::from_secs(1);
/// Time that open requests have to end after a signal.
const GRACE: Duration = Duration::from_secs(10);

/// Arguments of `vonglau serve`.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub struct ServeArgs {
    /// Settings from a TOML file, named as these flags are; a flag that is given counts more
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data directory; created where it is new
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The store of facts: `arrow`, embedded, or `clickhouse://user@host:8123/database`, with `?cluster=NAME` on a
    /// cluster, `?keep=5 YEAR` to forget and `?timeout=1m` for how long a request may take; the password may stand in
    /// `VONGLAU_CLICKHOUSE_PASSWORD`
    #[arg(
        long,
        value_name = "STORE",
        default_value = "arrow",
        env = "VONGLAU_STORE",
        hide_env_values = true
    )]
    store: String,
    /// Need no credentials; loopback addresses only
    #[arg(long)]
    open: bool,
    /// Where *now* comes from
    #[arg(long, value_enum, default_value = "wall")]
    clock: ClockArg,
    #[command(flatten)]
    room: RoomArgs,
    #[command(flatten)]
    keeps: Keeps,
    /// Days before today that forecasts of waits are learned from, beside the service after a start; 0 for no forecasts
    #[arg(long, value_name = "DAYS", default_value_t = WINDOW_DAYS, value_parser = clap::value_parser!(u16).range(..=366),
        env = "VONGLAU_FORECAST_DAYS")]
    forecast_days: u16,
}

/// How long things are kept.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Keeps {
    /// Give up the journal's begin once all stores have it and it is so many days old, and with it the last trace of
    /// applicants' pseudonyms; by default the whole journal is kept
    #[arg(
        id = "keep_journal_days",
        long = "keep-journal-days",
        value_name = "DAYS",
        env = "VONGLAU_KEEP_JOURNAL_DAYS"
    )]
    journal_days: Option<u32>,
    /// Forget facts that are older than so many days, by the first day of what they are about; by default all are kept.
    /// In ClickHouse the store's `keep=` says it
    #[arg(
        id = "keep_facts_days",
        long = "keep-facts-days",
        value_name = "DAYS",
        env = "VONGLAU_KEEP_FACTS_DAYS"
    )]
    facts_days: Option<u32>,
}

/// Runs the command.
pub fn run(args: ServeArgs) -> anyhow::Result<()> {
    let clickhouse = if args.store == "arrow" {
        None
    } else {
        let password = std::env::var("VONGLAU_CLICKHOUSE_PASSWORD").ok();
        let address = Address::parse(&args.store, password);
        Some(address.map_err(|e| UsageError(e.to_string()))?)
    };
    let dir = DataDir::open(&args.data, args.clock.into(), PATIENCE)?;
    let limits = args.room.into();
    serve(
        dir,
        &args.listen,
        clickhouse,
        limits,
        args.keeps,
        args.forecast_days,
        |_| Ok(()),
    )
}

/// A huge page stays whole while anything in it is in use, and a server's state is small things that come and go for years:
/// without huge pages a ninth less is resident (measured after three million events).
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_thp_disable(true) {
        tracing::debug!(%error, "huge pages stay in use");
    }
}

/// Listens and serves until a signal; `ready` is called with the running server.
pub fn serve(
    dir: DataDir,
    listen: &str,
    clickhouse: Option<Address>,
    limits: Limits,
    keeps: Keeps,
    forecast_days: u16,
    ready: impl FnOnce(&Arc<App>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let address = loopback(listen)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    // Taken before the journal is read: a port in use is told at once.
    let listener = runtime.block_on(TcpListener::bind(address)).with_context(|| {
        format!("cannot listen on {address}: stop what uses the port, or choose another with --listen")
    })?;
    let mut dir = dir;
    // A state folded from the journal alone is made faster on huge pages (by a fourteenth over nine million events): the
    // processor finds more of it. What comes after is small things again.
    let folds_all = Checkpoints::new(dir.checkpoint()).all().is_empty();
    if !folds_all {
        keep_pages_small();
    }
    let (core, mut intake, decoder) = match clickhouse {
        None => Core::open(&dir)?,
        Some(address) => Core::open_on_clickhouse(&dir, address)?,
    };
    keep_pages_small();
    intake.limit(&dir, limits);
    let core = Arc::new(core);
    let live = Live::new(Arc::clone(&core));
    let clocks = Arc::new(DeviceClocks::new(core.now(&core.state.read())));
    let sink = {
        let (core, live, clocks) = (Arc::clone(&core), Arc::clone(&live), Arc::clone(&clocks));
        move |receipts: &[Receipt], accepted: Vec<_>| {
            let touches = core.apply(&accepted);
            clocks.observe(&core, &accepted, &touches);
            live.told(receipts, &accepted, touches);
        }
    };
    let alerts = {
        // Receivers have their workers on it.
        let _here = runtime.enter();
        AlertDesk::open(dir.path(), Arc::clone(&core), Arc::clone(&live))?
    };
    let alerts = Arc::new(alerts);
    let forecasting = Arc::new(Forecasting::new(
        dir.forecasts(),
        forecast_days,
        Arc::clone(&core),
        Arc::clone(&live),
    ));
    let app = Arc::new(App {
        alerts: Arc::clone(&alerts),
        forecasting: Arc::clone(&forecasting),
        public: PublicFeed::default(),
        room: intake.room(),
        writer: Writer::start(intake, sink).context("cannot start the intake")?,
        decoder,
        geography: Geography::default(),
        metrics: recorder()?,
        stopping: false.into(),
        clocks,
        connections: 0.into(),
        remembered: crate::http::remembering::Remembered::default(),
        core,
        live,
    });
    let (tell, published) = std::sync::mpsc::channel();
    let publisher = {
        let live = Arc::clone(&app.live);
        std::thread::Builder::new()
            .name("publisher".to_owned())
            .spawn(move || live.run(&tell))?
    };
    let watching = Arc::new(AtomicBool::new(false));
    let watcher = {
        let stopping = Arc::clone(&watching);
        std::thread::Builder::new()
            .name("alerts".to_owned())
            .spawn(move || alerts.watch(&stopping))?
    };
    // Ready means that a reader sees the whole view.
    published
        .recv()
        .context("the live views cannot be computed")?;
    let address = listener.local_addr()?;
    dir.announce(&format!("http://{address}"))?;
    let clock = if app.core.is_simulated() {
        "simulated"
    } else {
        "wall"
    };
    tracing::info!("listening on http://{address} (clock: {clock})");
    ready(&app)?;
    // What past days teach is learned beside the service, not before it.
    let learner = {
        let stopping = Arc::clone(&watching);
        std::thread::Builder::new()
            .name("forecasts".to_owned())
            .spawn(move || forecasting.learn(&stopping))?
    };
    runtime.block_on(async {
        tokio::spawn(keep(Arc::clone(&app), keeps));
        tokio::spawn(watch_clock());
        let stopping = Arc::clone(&app);
        let server =
            axum::serve(listener, router(Arc::clone(&app))).with_graceful_shutdown(async move {
                signalled().await;
                tracing::info!("stopping");
                stopping.stopping.store(true, Ordering::Relaxed);
                stopping.live.stop();
                stopping.live.wake_readers();
            });
        let forced = Arc::clone(&app);
        tokio::select! {
            result = server => result.context("the server failed"),
            () = async move {
                while !forced.stopping.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                tokio::time::sleep(GRACE).await;
            } => Ok(()),
        }
    })?;
    app.live.stop();
    runtime.block_on(app.alerts.stop_telling());
    runtime.shutdown_timeout(Duration::from_secs(2));
    watching.store(true, Ordering::Relaxed);
    if watcher.join().is_err() {
        tracing::error!("the alert desk's watch ended with a fault");
    }
    if learner.join().is_err() {
        tracing::error!("the forecasts' learning ended with a fault");
    }
    if publisher.join().is_err() {
        tracing::error!("the publisher ended with a fault");
    }
    if let Err(e) = app.core.flush_facts() {
        // A store elsewhere may be away; the next start goes on from its position.
        tracing::warn!(error = %e, "the last facts wait in the journal");
    }
    if let Err(e) = app.alerts.send() {
        tracing::warn!(
            error = format!("{e:#}"),
            "the last alerts wait in the desk's log"
        );
    }
    match app.core.settle() {
        Ok(needed_from) => give_up_journal(&app, keeps, needed_from),
        Err(e) => tracing::warn!(error = format!("{e:#}"), "the next start takes longer"),
    }
    Ok(())
    // Dropping the app ends the intake's thread after what is queued, and then the lock is free.
}

/// Only this machine may be served until accounts exist.
fn loopback(listen: &str) -> anyhow::Result<SocketAddr> {
    let wrong = |why: String| anyhow::Error::from(UsageError(why));
    let mut found = listen.to_socket_addrs().map_err(|_| {
        wrong(format!(
            "--listen `{listen}` is no address; give one such as 127.0.0.1:8080"
        ))
    })?;
    let address = found
        .next()
        .ok_or_else(|| wrong(format!("--listen `{listen}` is no address")))?;
    if !address.ip().is_loopback() {
        let why = format!(
            "{address} is not a loopback address: until accounts exist the service is open, and only to this machine"
        );
        return Err(wrong(why));
    }
    Ok(address)
}

fn recorder() -> anyhow::Result<metrics_exporter_prometheus::PrometheusHandle> {
    let seconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    ];
    // Looks of the alert desk: a hold of the state's lock is judged by the publisher's tick of 25 ms, a look by the grid's 15 s.
    let looks = [
        0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5,
        1.0, 2.5, 5.0, 10.0, 15.0,
    ];
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Prefix("vonglau_alert_".to_owned()), &looks)?
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .install_recorder()?)
}

/// Keeps the directory now and then ([`crate::keeping`]), so that little is left to write when facts are asked for. A
/// store that failed is tried again after a pause that grows.
async fn keep(app: Arc<App>, keeps: Keeps) {
    let usual = match app.core.facts {
        Store::Embedded(_) => FACTS_EVERY,
        Store::ClickHouse(_) => ROWS_EVERY,
    };
    let mut pause = usual;
    loop {
        tokio::time::sleep(pause).await;
        let kept = {
            let app = Arc::clone(&app);
            tokio::task::spawn_blocking(move || {
                let needed_from = app.core.keep(keeps.facts_days)?;
                app.alerts.send()?;
                Ok(needed_from)
            })
            .await
        };
        match kept {
            Ok(Err(e)) => {
                let e: anyhow::Error = e;
                metrics::counter!(STORE_FAILURES).increment(1);
                let error = format!("{e:#}");
                tracing::error!(
                    error,
                    "facts could not be written; events are safe in the journal"
                );
                pause = (pause * 2)
                    .min(FACTS_PATIENCE)
                    .max(usual.min(Duration::from_secs(1)));
            }
            Ok(Ok(needed_from)) => {
                pause = usual;
                give_up_journal(&app, keeps, needed_from);
            }
            Err(_) => pause = usual,
        }
    }
}

/// Gives up what nobody needs of the journal, where the operator wants that.
fn give_up_journal(app: &App, keeps: Keeps, needed_from: u64) {
    if let Some(days) = keeps.journal_days {
        let arrived_before = EventTime::now().plus_seconds(-86_400 * i64::from(days));
        app.writer.retire(needed_from, arrived_before);
    }
}

/// Tells when the machine's clock is set while the server runs.
async fn watch_clock() {
    let mut watch = ClockWatch::new(EventTime::now(), Instant::now());
    loop {
        tokio::time::sleep(CLOCK_EVERY).await;
        if let Some(step) = watch.look(EventTime::now(), Instant::now()) {
            metrics::counter!("vonglau_clock_steps_total", "direction" => step.direction())
                .increment(1);
            tracing::warn!("{step}");
        }
    }
}

/// Waits for SIGINT or SIGTERM.
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
