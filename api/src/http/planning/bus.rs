//! `GET /coverage/bus`: who reaches a point by bus and on foot, by the pack's timetable and a window of departures.

use std::sync::Arc;

use analytics::coverage::bus::{
    BusQuestion, CellsByBus, PERCENTILES, PeopleByBus, ReachByBus, Window, bus_summary,
    cells_by_bus, clock, time_of_day,
};
use analytics::coverage::select;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use geodata::transit::{Day, Weekday};
use geodata::{KindSet, Pack};
use serde::Deserialize;
use serde_json::{Value, json};

use super::question::data;
use crate::http::App;
use crate::http::asking::answered_by;
use crate::http::problem::Problem;

/// The longest limit that is meant, minutes.
const LONGEST: u32 = 180;
/// The longest window, seconds.
const LONGEST_WINDOW_S: u32 = 24 * 3600;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// 1 for Monday to 7.
    weekday: Option<u8>,
    from: Option<String>,
    until: Option<String>,
    minutes: Option<u32>,
    kinds: Option<String>,
    #[serde(default)]
    cells: Cells,
}

/// Which cells are told.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Cells {
    /// None: people by unit alone.
    #[default]
    None,
    /// All of them.
    All,
}

/// `GET /coverage/bus`.
pub async fn by_bus(
    app: State<Arc<App>>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    answered_by(app, params, |app, Query(params)| {
        let asked = Asked::read(&params)?;
        let pack = app.core.pack;
        let timetable = pack.timetable.as_ref().ok_or_else(|| {
            let detail = format!(
                "the pack of {} has no timetable: build it with one (`vonglau pack build --gtfs`)",
                pack.meta.name
            );
            Problem::refused("no_timetable", detail)
        })?;
        let points = select(&pack.points, asked.kinds);
        let computed = cells_by_bus(pack, timetable, &points, &asked.question())
            .map_err(|e| Problem::bad_request(e.to_string()))?;
        Ok(told(app, &asked, &computed, params.cells))
    })
    .await
}

/// What is asked.
struct Asked {
    weekday: u8,
    window: Window,
    minutes: u32,
    kinds: KindSet,
}

impl Asked {
    fn read(params: &Params) -> Result<Self, Problem> {
        let weekday = params.weekday.unwrap_or(2);
        if !(1..=7).contains(&weekday) {
            let detail = "`weekday` must be 1, for Monday, to 7";
            return Err(Problem::bad_request(detail));
        }
        let minutes = params.minutes.unwrap_or(30);
        if !(1..=LONGEST).contains(&minutes) {
            let detail = format!("`minutes` must be from 1 to {LONGEST}");
            return Err(Problem::bad_request(detail));
        }
        let time = |name: &str, text: Option<&str>, default| {
            text.map_or(Some(default), time_of_day).ok_or_else(|| {
                Problem::bad_request(format!("`{name}` must be a time such as 07:30"))
            })
        };
        let window = Window::each_minute(
            time("from", params.from.as_deref(), (10, 0))?,
            time("until", params.until.as_deref(), (11, 0))?,
        );
        if window.until_s <= window.from_s || window.until_s - window.from_s > LONGEST_WINDOW_S {
            let detail = "`until` must be after `from`, by 24 hours at most";
            return Err(Problem::refused("bad_window", detail));
        }
        let kinds = match params.kinds.as_deref() {
            None => KindSet::attended(),
            Some(text) => text
                .parse()
                .map_err(|e| Problem::bad_request(format!("{e}")))?,
        };
        Ok(Self {
            weekday,
            window,
            minutes,
            kinds,
        })
    }

    fn question(&self) -> BusQuestion {
        BusQuestion {
            day: Day::Weekday(Weekday::ALL[usize::from(self.weekday) - 1]),
            window: self.window,
            limit_s: self.minutes * 60,
        }
    }
}

fn told(app: &App, asked: &Asked, computed: &CellsByBus, cells: Cells) -> Value {
    let pack = app.core.pack;
    let summary = bus_summary(pack, &computed.reach, asked.question().limit_s);
    let units = pack.units.iter().zip(&summary.units).map(|(unit, people)| {
        let mut told = people_told(people);
        told["unit"] = json!(unit.code);
        told["name"] = json!(unit.name);
        told
    });
    let window = asked.window;
    let mut answer = json!({
        "question": {
            "weekday": asked.weekday, "from": clock(window.from_s), "until": clock(window.until_s),
            "minutes": asked.minutes,
        },
        "data": data(&app.core),
        "timetable": {
            "credit": credit(pack),
            "runs": computed.hours.map(|(first, last)| json!({"from": clock(first), "until": clock(last)})),
            // Outside of them nobody rides, and the answer is that of people on foot.
            "window_is_beyond": computed.is_beyond,
        },
        "city": people_told(&summary.city),
        "units": units.collect::<Vec<_>>(),
    });
    if cells == Cells::All {
        answer["rows"] = rows(pack, &computed.reach);
    }
    answer
}

fn people_told(people: &PeopleByBus) -> Value {
    let [p10, p50, p90] = people.under;
    json!({
        "population": people.population, "riding": people.riding,
        "under": {"p10": p10, "p50": p50, "p90": p90},
    })
}

fn rows(pack: &Pack, reach: &[ReachByBus]) -> Value {
    let rows = pack.cells.iter().zip(reach).map(|(cell, reach)| {
        let minutes = |seconds: Option<u32>| seconds.map(|s| (f64::from(s) / 0.6).round() / 100.0);
        let mut row = json!({
            "cell": cell.index.to_string(), "unit": pack.units[cell.unit.at()].code, "population": cell.population,
            "share_under": (reach.share_under() * 1000.0).round() / 1000.0, "buses": reach.buses,
        });
        for (percentile, seconds) in PERCENTILES.iter().zip(reach.seconds) {
            row[format!("p{percentile}")] = json!(minutes(seconds));
        }
        row
    });
    rows.collect()
}

/// Whom to credit for the timetable, with its date and licence.
fn credit(pack: &Pack) -> Value {
    let source = pack.meta.sources.iter().find(|s| s.part == "gtfs");
    source.map_or(
        Value::Null,
        |s| json!({"credit": s.credit, "licence": s.licence, "date": s.date}),
    )
}
