//! `GET /dossiers/list`: dossiers searched and filtered, as JSON by pages, or whole as CSV or XLSX.
//!
//! What is open never leaves memory, so a list of open dossiers comes from there; any other comes from the store, from the youngest
//! back. Without a first day of filing it reaches back until there are [`ENOUGH`] rows, and its answer says how far
//! (`filed_from`).

use std::sync::Arc;

use analytics::figures::store::survey;
use analytics::listing::{Order, Row, Wanted, row, sort, typed_code};
use analytics::live::dossier::Stage;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::DossierChannel;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::asking::blocking;
use super::problem::Problem;
use super::questions::{TIME_FORM, parse_time};
use crate::answers::AnswerError;
use crate::core::Core;
use crate::doors::scope::Narrowed;

const PAGE: usize = 200;
const MAX_PAGE: usize = 5_000;
/// Rows of a file, at most: a sheet is made in memory.
const MAX_CSV: usize = 100_000;
const MAX_XLSX: usize = 50_000;
/// Rows from which on a list without a first day reaches no further back.
const ENOUGH: usize = 20_000;
/// Rows of a list with one, at most.
const MAX_ROWS: usize = 300_000;
/// Days back that it reaches at most.
const DAYS_BACK: i32 = 400;
/// Days that the store is asked for at once.
const PIECE_DAYS: i32 = 10;
/// Letters of a code from which on it is looked for in all years.
const WHOLE_CODE: usize = 8;

/// The parameters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    q: Option<String>,
    stage: Option<String>,
    overdue: Option<bool>,
    paused: Option<bool>,
    has_due: Option<bool>,
    agency: Option<String>,
    holder: Option<String>,
    site: Option<String>,
    field: Option<String>,
    procedure: Option<String>,
    channel: Option<String>,
    due_from: Option<String>,
    due_to: Option<String>,
    filed_from: Option<String>,
    filed_to: Option<String>,
    sort: Option<String>,
    limit: Option<usize>,
    offset: Option<usize>,
    format: Option<String>,
}

/// Answers with the list.
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    let work = move || -> Result<Response, Problem> {
        let Query(params) = params?;
        let core = &app.core;
        let mut wanted = wanted(&params)?;
        let order = match params.sort.as_deref() {
            None | Some("") => Order::default(),
            Some(word) => Order::from_word(word)
                .ok_or_else(|| Problem::bad_request("`sort` must be due, filed, ended or code"))?,
        };
        let now = core.now(&core.state.read());
        let is_open = |stage: &Stage| matches!(stage, Stage::Open | Stage::AwaitingAcceptance);
        let only_open = !wanted.stages.is_empty() && wanted.stages.iter().all(is_open);
        let at = EventTime(now.0 + 1);
        let mut rows = if only_open {
            let state = core.state.read();
            let rows = state.dossiers.iter();
            rows.filter_map(|(code, d)| row(code, d, &wanted, at, &core.rules))
                .collect()
        } else {
            stored(core, &mut wanted, at)?
        };
        // Before anything is counted.
        if !narrowed.is_all() {
            rows.retain(|row| narrowed.has(row.site.as_deref(), row.agency.as_deref()));
        }
        sort(&mut rows, order);
        match params.format.as_deref() {
            None | Some("" | "json") => {
                let (offset, limit) = (params.offset.unwrap_or(0), params.limit.unwrap_or(PAGE));
                let page: Vec<&Row> = rows.iter().skip(offset).take(limit.min(MAX_PAGE)).collect();
                Ok(axum::Json(json!({
                    "as_of": now, "simulated": core.is_simulated(), "total": rows.len(),
                    "filed_from": wanted.filed[0], "offset": offset, "rows": page,
                }))
                .into_response())
            }
            Some(format @ ("csv" | "xlsx")) => {
                let most = if format == "csv" { MAX_CSV } else { MAX_XLSX };
                if rows.len() > most {
                    return Err(Problem::refused(
                        "too_many_rows",
                        format!(
                            "{} dossiers match, and a file has at most {most}: ask for fewer days or one agency",
                            rows.len()
                        ),
                    ));
                }
                export(format, &rows)
            }
            Some(_) => Err(Problem::bad_request("`format` must be json, csv or xlsx")),
        }
    };
    blocking(work).await
}

fn wanted(params: &Params) -> Result<Wanted, Problem> {
    let time = |name: &str, text: &Option<String>| match text.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => parse_time(text)
            .map(Some)
            .ok_or_else(|| Problem::bad_request(format!("`{name}` must be {TIME_FORM}"))),
    };
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let stages = params
        .stage
        .as_deref()
        .unwrap_or("open,awaiting_acceptance")
        .split(',');
    let stages: Result<Vec<Stage>, Problem> = stages
        .filter(|word| !word.is_empty() && *word != "all")
        .map(|word| {
            let found = Stage::ALL.into_iter().find(|stage| stage.as_str() == word);
            found.ok_or_else(|| {
                let words = Stage::ALL.map(Stage::as_str).join(", ");
                Problem::bad_request(format!("`stage` must be all, or of {words}"))
            })
        })
        .collect();
    let channel = match params.channel.as_deref() {
        None | Some("") => None,
        Some(word) => Some(DossierChannel::from_word(word).ok_or_else(|| {
            Problem::bad_request("`channel` must be counter, online, postal, mobile or community")
        })?),
    };
    Ok(Wanted {
        code: typed_code(params.q.as_deref().unwrap_or_default()),
        stages: stages?,
        overdue: params.overdue,
        paused: params.paused,
        has_due: params.has_due,
        agency: text(&params.agency),
        holder: text(&params.holder),
        site: text(&params.site),
        field: text(&params.field),
        procedure: text(&params.procedure),
        channel,
        due: [
            time("due_from", &params.due_from)?,
            time("due_to", &params.due_to)?,
        ],
        filed: [
            time("filed_from", &params.filed_from)?,
            time("filed_to", &params.filed_to)?,
        ],
    })
}

/// The rows that are wanted, from the store, in no order; `wanted` says afterwards how far back they reach.
fn stored(core: &Core, wanted: &mut Wanted, now: EventTime) -> Result<Vec<Row>, Problem> {
    core.fresh_facts().map_err(AnswerError::from)?;
    let stages: Vec<&str> = wanted.stages.iter().map(|stage| stage.as_str()).collect();
    let (agency, holder) = (wanted.agency.clone(), wanted.holder.clone());
    let (site, field) = (wanted.site.clone(), wanted.field.clone());
    let texts = [
        ("agency", agency.as_ref()),
        ("holder", holder.as_ref()),
        ("site", site.as_ref()),
        ("field", field.as_ref()),
    ];
    let ask = |wanted: &Wanted, days: [Option<Day>; 2], rows: &mut Vec<Row>| {
        let sql = survey::listing_query(core.engine(), &stages, &texts, &wanted.code, days);
        for batch in core.ask_rows(&sql).map_err(AnswerError::from)? {
            let read = survey::dossiers(&batch, |code, dossier| {
                rows.extend(row(code, dossier, wanted, now, &core.rules));
            });
            read.map_err(AnswerError::from)?;
        }
        Ok::<(), Problem>(())
    };
    let mut rows = Vec::new();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let is_code = wanted.code.len() >= WHOLE_CODE && wanted.code.chars().all(is_plain);
    if is_code && wanted.filed == [None, None] {
        ask(wanted, [None, None], &mut rows)?;
        return Ok(rows);
    }
    // A dossier's day is that of its first event, which its filing need not be: some days more on either side.
    let last = wanted.filed[1].map_or(now.day(), EventTime::day);
    let (first, is_given) = match wanted.filed[0] {
        Some(t) => (Day(t.day().0 - 31), true),
        None => (Day(last.0 - DAYS_BACK), false),
    };
    let mut end = Day(last.0 + 1);
    while end >= first {
        let begin = Day((end.0 - PIECE_DAYS + 1).max(first.0));
        ask(wanted, [Some(begin), Some(end)], &mut rows)?;
        if is_given && rows.len() > MAX_ROWS {
            return Err(Problem::refused(
                "too_many_rows",
                format!("over {MAX_ROWS} dossiers match: ask for fewer days or one agency"),
            ));
        }
        if !is_given && (rows.len() >= ENOUGH || begin == first) {
            wanted.filed[0] = Some(begin.start());
            break;
        }
        end = Day(begin.0 - 1);
    }
    Ok(rows)
}

const HEADS: [&str; 16] = [
    "dossier",
    "procedure",
    "field",
    "site",
    "agency",
    "holder",
    "channel",
    "stage",
    "submitted",
    "accepted",
    "due",
    "due_is_computed",
    "ended",
    "overdue",
    "paused",
    "working_hours",
];

enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Time(EventTime),
    Flag(bool),
    Number(f64),
}

fn cells(row: &Row) -> [Cell<'_>; 16] {
    fn text(name: Option<&analytics::names::Name>) -> Cell<'_> {
        name.map_or(Cell::Nothing, |name| Cell::Text(name))
    }
    let time = |t: Option<EventTime>| t.map_or(Cell::Nothing, Cell::Time);
    [
        Cell::Text(&row.dossier),
        text(row.procedure.as_ref()),
        text(row.field.as_ref()),
        text(row.site.as_ref()),
        text(row.agency.as_ref()),
        text(row.holder.as_ref()),
        row.channel
            .map_or(Cell::Nothing, |c| Cell::Text(c.as_str())),
        Cell::Text(row.stage),
        time(row.submitted),
        time(row.accepted),
        time(row.due),
        Cell::Flag(row.due_is_computed),
        time(row.ended),
        row.overdue.map_or(Cell::Nothing, Cell::Flag),
        Cell::Flag(row.paused),
        row.working_hours.map_or(Cell::Nothing, Cell::Number),
    ]
}

fn export(format: &str, rows: &[Row]) -> Result<Response, Problem> {
    let (kind, body) = match format {
        "csv" => ("text/csv; charset=utf-8", csv(rows)),
        _ => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx(rows).map_err(|e| Problem::internal(&e.into()))?,
        ),
    };
    let name = format!("attachment; filename=\"dossiers.{format}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let mut out = HEADS.join(",");
    out.push('\n');
    for row in rows {
        let cells = cells(row).map(|cell| match cell {
            Cell::Nothing => String::new(),
            Cell::Text(text) => quoted(text),
            Cell::Time(t) => t.to_string(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Number(x) => x.to_string(),
        });
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    out.into_bytes()
}

/// A text as a cell (RFC 4180); one that a spreadsheet would reckon is told to be text.
pub(super) fn quoted(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn xlsx(rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("Hồ sơ")?;
    let head = Format::new().set_bold();
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, name) in HEADS.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *name, &head)?;
    }
    for (at, row) in rows.iter().enumerate() {
        let line = at as u32 + 1;
        for (column, cell) in cells(row).into_iter().enumerate() {
            let column = column as u16;
            match cell {
                Cell::Nothing => {}
                Cell::Text(text) => {
                    sheet.write_string(line, column, text)?;
                }
                Cell::Flag(flag) => {
                    sheet.write_boolean(line, column, flag)?;
                }
                Cell::Number(x) => {
                    sheet.write_number(line, column, x)?;
                }
                Cell::Time(t) => {
                    // Local time, which a sheet's times are.
                    let day = t.day().date();
                    let seconds = t.local_time_of_day_us() / 1_000_000;
                    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
                    let local = ExcelDateTime::from_ymd(
                        day.year() as u16,
                        day.month() as u8,
                        day.day() as u8,
                    )
                    .and_then(|d| d.and_hms(h as u16, m as u8, s as f64));
                    match local {
                        Ok(local) => {
                            sheet.write_datetime_with_format(line, column, &local, &time)?
                        }
                        // A year before 1900 is no date of a sheet's.
                        Err(_) => sheet.write_string(line, column, t.to_string())?,
                    };
                }
            }
        }
    }
    book.save_to_buffer()
}
