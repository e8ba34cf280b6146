//! `vonglau demo`: the simulated city, live, with the dashboards.
//!
//! The city begins at half past nine on the next working day with the backlog of the weeks before, runs
//! in real time or faster, and passes over the nights: at a quarter to six in the evening it goes on at
//! seven of the next day. Everything it shows is marked simulated.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ::ingest::datadir::{Clock, DataDir, PROCEDURES};
use ::ingest::room::Limits;
use anyhow::Context as _;
use jiff::civil::{Date, Time, time};
use jiff::{Timestamp, ToSpan};

use super::serve::{How, Keeps, serve};
use super::simulate::plan;
use super::{PATIENCE, UsageError};
use crate::city::{City, Event, Incidents, Stream};
use crate::doors::settings::Settings;
use crate::forecasting::WINDOW_DAYS;
use crate::http::App;

/// Calendar days played beforehand, which leave the dossiers in progress.
const WARM_DAYS: u16 = 21;
const BEGIN: Time = time(9, 30, 0, 0);
const EVENING: Time = time(17, 45, 0, 0);
const MORNING: Time = time(7, 0, 0, 0);
/// Time between two deliveries of events.
const STEP: Duration = Duration::from_millis(100);
/// Days that have incidents, where they are asked for.
const INCIDENT_DAYS: u32 = 366;
/// Events in one batch.
const BATCH: usize = 20_000;

/// Arguments of `vonglau demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Times real time
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Same seed, same city
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Address to listen on, a loopback one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// How large a city: 1 is Hà Nội's volume
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Keep the data here; without it, in a folder that is removed at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// First day; without it, the next working day
    #[arg(long, value_name = "DATE")]
    start: Option<Date>,
    /// Ten incidents a working day, drawn from this seed
    #[arg(long, value_name = "SEED")]
    incidents: Option<u64>,
}

/// A folder that is removed when dropped, where it is not the user's.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Runs the command.
pub fn run(args: DemoArgs) -> anyhow::Result<()> {
    if !(args.speed > 0.0 && args.speed <= 10_000.0) {
        return Err(UsageError("--speed must be over 0 and at most 10000".to_owned()).into());
    }
    let plan = Arc::new(plan(args.seed, args.scale)?);
    let start = args.start.map_or_else(next_working_day, Ok)?;
    let incidents = args.incidents.map_or_else(Incidents::default, |seed| {
        Incidents::days(seed, start, INCIDENT_DAYS, &plan)
    });
    let folder = match args.data {
        Some(path) => Folder {
            path,
            temporary: false,
        },
        None => Folder {
            path: std::env::temp_dir().join(format!("vonglau-demo-{}", std::process::id())),
            temporary: true,
        },
    };
    let dir = DataDir::open(&folder.path, Clock::Events, PATIENCE)?;
    let procedures = folder.path.join(PROCEDURES);
    if !procedures.exists() {
        std::fs::write(&procedures, crate::city::procedures_toml())
            .with_context(|| format!("cannot write {}", procedures.display()))?;
    }
    let listen = args.listen.clone();
    let how = How {
        listen: &listen,
        settings: Settings {
            open: true,
            ..Settings::default()
        },
        clickhouse: None,
        limits: Limits::default(),
        keeps: Keeps::default(),
        forecast_days: WINDOW_DAYS,
        tls: None,
        mqtt: None,
        nats: None,
    };
    serve(dir, how, move |app| {
        let app = Arc::clone(app);
        let city = std::thread::Builder::new().name("city".to_owned());
        city.spawn(move || {
            let mut history = Vec::new();
            let city = City::warm(plan, start, WARM_DAYS, &mut history).with_incidents(incidents);
            let mut player = Player {
                app,
                stream: city.stream(),
            };
            player.play(history, start, args.speed);
        })?;
        Ok(())
    })
}

/// Today where it is worked, else the next day that is.
fn next_working_day() -> anyhow::Result<Date> {
    let calendars = analytics::calendar::Calendars::shipped()?;
    let mut date = Timestamp::now().to_zoned(zone()).date();
    while !calendars
        .city()
        .works_on(::ingest::event::time::Day::from_date(date))
    {
        date = date.tomorrow()?;
    }
    Ok(date)
}

fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(7))
}

fn at(date: Date, time: Time) -> Option<Timestamp> {
    date.to_datetime(time)
        .to_zoned(zone())
        .ok()
        .map(|z| z.timestamp())
}

/// Delivers the city's events as its clock passes them.
struct Player {
    app: Arc<App>,
    stream: Stream,
}

impl Player {
    fn play(&mut self, history: Vec<Event>, start: Date, speed: f64) {
        for batch in history.chunks(BATCH) {
            self.deliver(batch);
        }
        let Some(mut origin) = at(start, BEGIN) else {
            return;
        };
        let mut since = Instant::now();
        self.deliver_until(origin);
        tracing::info!("the simulated city is at {}", origin.to_zoned(zone()));
        loop {
            std::thread::sleep(STEP);
            if self.app.stopping.load(Ordering::Relaxed) {
                return;
            }
            let passed = (since.elapsed().as_secs_f64() * speed * 1e3) as i64;
            let Ok(mut now) = origin.checked_add(passed.milliseconds()) else {
                return;
            };
            let local = now.to_zoned(zone());
            if local.time() >= EVENING || local.time() < MORNING {
                let next = if local.time() < MORNING {
                    Ok(local.date())
                } else {
                    local.date().tomorrow()
                };
                let Some(morning) = next.ok().and_then(|d| at(d, MORNING)) else {
                    return;
                };
                (origin, since, now) = (morning, Instant::now(), morning);
            }
            self.deliver_until(now);
        }
    }

    fn deliver_until(&mut self, until: Timestamp) {
        let mut events = Vec::new();
        self.stream.take_until(until, &mut events);
        for batch in events.chunks(BATCH) {
            self.deliver(batch);
        }
    }

    /// Hands events to the intake as any producer's, and waits until they are taken.
    fn deliver(&self, events: &[Event]) {
        let mut text = String::with_capacity(events.len() * 256);
        for event in events {
            event.write_json(self.stream.plan(), &mut text);
            text.push('\n');
        }
        let mut batch = self.app.decoder.ndjson(text.as_bytes(), None);
        batch.is_live = true;
        let (tell, told) = std::sync::mpsc::channel();
        self.app
            .writer
            .submit_waiting(batch, Box::new(move |result| drop(tell.send(result))));
        match told.recv().context("the intake stopped") {
            Ok(Ok(_)) => {}
            Ok(Err(e)) => tracing::error!(error = %e, "the simulated events were not taken"),
            Err(e) => tracing::error!(error = %e, "the simulated events were not taken"),
        }
    }
}
