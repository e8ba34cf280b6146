//! `vonglau serve`: the service on a data directory, until it is told to stop.

mod args;

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ::ingest::datadir::DataDir;
use ::ingest::event::EventTime;
use ::ingest::intake::{Receipt, Writer};
use ::ingest::room::Limits;
use ::ingest::store::Store;
use ::ingest::store::clickhouse::Address;
use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;

pub use args::{DoorsArgs, Keeps, MqttArgs, NatsArgs, TlsArgs};

use super::{ClockArg, PATIENCE, RoomArgs, UsageError, keep_pages_small};
use crate::brokers::{mqtt, nats};
use crate::clock::ClockWatch;
use crate::clocks::DeviceClocks;
use crate::core::Core;
use crate::desk::AlertDesk;
use crate::doors::Doors;
use crate::doors::at::WallClock;
use crate::doors::settings::Settings;
use crate::forecasting::{Forecasting, WINDOW_DAYS};
use crate::http::public::PublicFeed;
use crate::http::{App, map::Geography, router};
use crate::listening::tls::Tls;
use crate::listening::{self, Listening};
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
/// Time between two writings of who was seen when.
const SESSIONS_EVERY: Duration = Duration::from_mins(1);
/// Time that open requests have to end after a signal.
const GRACE: Duration = Duration::from_secs(10);

/// Arguments of `vonglau serve`.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
pub struct ServeArgs {
    /// Settings from a TOML file, named as these flags are; a flag or a variable of the environment that is given counts more
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the settings in force as TOML, with where each is from, and end
    #[arg(long)]
    print_config: bool,
    /// Print what may be set as JSON Schema, and end
    #[arg(long)]
    print_config_schema: bool,
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
    #[command(flatten)]
    doors: DoorsArgs,
    #[command(flatten)]
    tls: TlsArgs,
    #[command(flatten)]
    mqtt: MqttArgs,
    #[command(flatten)]
    nats: NatsArgs,
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

/// Runs the command.
pub fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let how = args.how()?;
    let dir = DataDir::open(&args.data, args.clock.into(), PATIENCE)?;
    serve(dir, how, |_| Ok(()))
}

impl ServeArgs {
    /// What is set, read and found to fit together; nothing is opened or changed yet.
    pub(super) fn how(&self) -> Result<How<'_>, UsageError> {
        let clickhouse = if self.store == "arrow" {
            None
        } else {
            let password = std::env::var("VONGLAU_CLICKHOUSE_PASSWORD").ok();
            let address = Address::parse(&self.store, password);
            Some(address.map_err(|e| UsageError(e.to_string()))?)
        };
        let tls = self.tls.clone().files().map(Tls::new).transpose();
        let tls = tls.map_err(|e| UsageError(e.to_string()))?.map(Arc::new);
        let broker = self.mqtt.mqtt.as_deref().map(mqtt::Address::parse);
        let broker = broker.transpose().map_err(|e| UsageError(e.to_string()))?;
        let mut settings = self.doors.clone().settings(self.open)?;
        settings.tls |= tls.is_some();
        let can_listen = settings.check(address_of(&self.listen)?);
        can_listen.map_err(|e| UsageError(e.to_string()))?;
        Ok(How {
            listen: &self.listen,
            settings,
            clickhouse,
            limits: self.room.clone().into(),
            keeps: self.keeps,
            forecast_days: self.forecast_days,
            tls,
            mqtt: broker.map(|address| (address, self.mqtt.mqtt_client.clone())),
            nats: self.nats.clone().settings()?,
        })
    }
}

/// How a directory is served.
#[derive(Debug)]
pub struct How<'a> {
    /// Where to listen.
    pub listen: &'a str,
    /// Who may come in.
    pub settings: Settings,
    /// Where facts are, when not in the directory.
    pub clickhouse: Option<Address>,
    /// What may be used of the disk.
    pub limits: Limits,
    /// How long things are kept.
    pub keeps: Keeps,
    /// Days that forecasts are learned from.
    pub forecast_days: u16,
    /// The certificate, where it speaks TLS itself.
    pub tls: Option<Arc<Tls>>,
    /// A broker's topic to follow, and under which client's name.
    pub mqtt: Option<(mqtt::Address, String)>,
    /// A stream of NATS JetStream to follow.
    pub nats: Option<nats::Settings>,
}

/// Listens and serves until a signal; `ready` is called with the running server.
pub fn serve(
    dir: DataDir,
    how: How<'_>,
    ready: impl FnOnce(&Arc<App>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let How {
        listen,
        settings,
        clickhouse,
        limits,
        keeps,
        forecast_days,
        tls,
        mqtt,
        nats,
    } = how;
    keep_pages_small();
    let address = address_of(listen)?;
    settings
        .check(address)
        .map_err(|e| UsageError(e.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    // Taken before the journal is read: a port in use is told at once.
    let listener = runtime.block_on(TcpListener::bind(address)).with_context(|| {
        format!("cannot listen on {address}: stop what uses the port, or choose another with --listen")
    })?;
    // Commands on this machine ask without TLS, where nobody else can listen.
    let own = match &tls {
        None => None,
        Some(_) => Some(Listening {
            listener: runtime
                .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
                .context("cannot listen on loopback for this machine's own commands")?,
            tls: None,
        }),
    };
    let mut dir = dir;
    let (core, mut intake, decoder) = match clickhouse {
        None => Core::open(&dir)?,
        Some(address) => Core::open_on_clickhouse(&dir, address)?,
    };
    intake.limit(&dir, limits);
    let core = Arc::new(core);
    let live = Live::new(Arc::clone(&core));
    let begun = core.begun(&core.state.read()).unwrap_or_default();
    let clocks = Arc::new(DeviceClocks::new(begun));
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
    let is_open = settings.open;
    let doors = {
        let core = Arc::clone(&core);
        let sites_of = move |unit: &str| -> Vec<String> {
            let points = core.registry.points().filter(|point| &*point.unit == unit);
            points.map(|point| point.id.to_string()).collect()
        };
        Doors::open(
            dir.path(),
            settings,
            Arc::new(WallClock),
            Arc::new(sites_of),
        )?
    };
    let doors = Arc::new(doors);
    if !is_open && let Some(password) = doors.accounts.first_start(doors.clock.now())? {
        eprintln!(
            "the first account is `operator`, its password `{password}`: shown this once, and to be changed at the first sign-in"
        );
    }
    let app = Arc::new(App {
        doors: Arc::clone(&doors),
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
    // Ready means that a reader sees the whole view.
    published
        .recv()
        .context("the live views cannot be computed")?;
    // After the views: both go through all dossiers, and would wait for memory together.
    let watching = Arc::new(AtomicBool::new(false));
    let watcher = {
        let stopping = Arc::clone(&watching);
        std::thread::Builder::new()
            .name("alerts".to_owned())
            .spawn(move || alerts.watch(&stopping))?
    };
    let address = listener.local_addr()?;
    let for_commands = match &own {
        None => address,
        Some(own) => own.listener.local_addr()?,
    };
    // From here on a signal ends the service in order. Before, it ends a start at once: there is nothing to put in order.
    let signalled = {
        let _in = runtime.enter();
        signalled()
    };
    dir.announce(&format!("http://{for_commands}"))?;
    let clock = if app.core.is_simulated() {
        "simulated"
    } else {
        "wall"
    };
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!("listening on {scheme}://{address} (clock: {clock})");
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
        tokio::spawn(flush_sessions(Arc::clone(&doors)));
        let stopping = Arc::clone(&app);
        if let Some((address, client)) = mqtt {
            let password = std::env::var("VONGLAU_MQTT_PASSWORD").ok();
            tokio::spawn(mqtt::follow(Arc::clone(&app), address, client, password));
        }
        if let Some(settings) = nats {
            tokio::spawn(nats::follow(Arc::clone(&app), settings));
        }
        if let Some(tls) = &tls {
            tokio::spawn(Arc::clone(tls).follow());
        }
        let stop = async move {
            signalled.await;
            tracing::info!("stopping");
            stopping.stopping.store(true, Ordering::Relaxed);
            stopping.live.stop();
            stopping.live.wake_readers();
        };
        let first = Listening { listener, tls };
        let all: Vec<Listening> = std::iter::once(first).chain(own).collect();
        let server = listening::serve(all, router(Arc::clone(&app)), &doors.settings.proxies, stop);
        let forced = Arc::clone(&app);
        tokio::select! {
            () = server => {}
            () = async move {
                while !forced.stopping.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                tokio::time::sleep(GRACE).await;
            } => {}
        }
    });
    app.live.stop();
    if let Err(e) = app.doors.sessions.flush(app.doors.clock.now()) {
        tracing::warn!(error = %e, "who was signed in signs in again");
    }
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

/// Where to listen.
fn address_of(listen: &str) -> Result<SocketAddr, UsageError> {
    let found = listen.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        UsageError(format!(
            "--listen `{listen}` is no address; give one such as 127.0.0.1:8080"
        ))
    })
}

/// Writes down now and then who was seen when, so that a restart signs nobody out too early.
async fn flush_sessions(doors: Arc<Doors>) {
    loop {
        tokio::time::sleep(SESSIONS_EVERY).await;
        let doors = Arc::clone(&doors);
        let flushed =
            tokio::task::spawn_blocking(move || doors.sessions.flush(doors.clock.now())).await;
        if let Ok(Err(e)) = flushed {
            tracing::warn!(error = %e, "sessions are not written");
        }
    }
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

/// Events of which the store lacks the rows at a start, for it to be brought up at once.
const LONG_BEHIND: u64 = 500_000;

/// Keeps the directory now and then ([`crate::keeping`]), so that little is left to write when facts are asked for. A
/// store that failed is tried again after a pause that grows.
async fn keep(app: Arc<App>, keeps: Keeps) {
    let usual = match app.core.facts {
        Store::Embedded(_) => FACTS_EVERY,
        Store::ClickHouse(_) => ROWS_EVERY,
    };
    // Where the whole journal was read anew, the past is answered only when its rows are there again.
    let is_long = app.core.facts_behind() >= Some(LONG_BEHIND);
    let mut pause = if is_long { Duration::ZERO } else { usual };
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

/// Heeds SIGINT and SIGTERM from now on, in a runtime's context; done when one has come.
pub(super) fn signalled() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};
    let both = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    async move {
        match both {
            [Ok(mut terminate), Ok(mut interrupt)] => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            [Ok(mut one), Err(_)] | [Err(_), Ok(mut one)] => drop(one.recv().await),
            // Neither can be heeded: the system's own way remains.
            [Err(_), Err(_)] => std::future::pending().await,
        }
    }
}
