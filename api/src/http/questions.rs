//! Questions about figures: the families and SQL, as JSON, CSV or Arrow.

use std::sync::Arc;

use analytics::figures::group::By;
use analytics::figures::table::{Figure, Table};
use analytics::figures::within::Within;
use analytics::figures::{Family, Question};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::ipc::writer::StreamWriter;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::asking::blocking;
use super::problem::Problem;
use crate::answers::AnswerError;
use crate::core::Core;
use crate::doors::scope::{Narrowed, OutOfScope};
use crate::sql::SqlError;

const ARROW: &str = "application/vnd.apache.arrow.stream";

/// The parameters of a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Of `/report` alone: which figures.
    family: Option<String>,
    from: Option<String>,
    to: Option<String>,
    by: Option<String>,
    #[serde(default)]
    all: bool,
    format: Option<String>,
}

const FAMILIES: &str =
    "`family` must be visits, boards, dossiers, ratings, duties, feedback or alerts";

type Params = Result<Query<Asked>, QueryRejection>;
type Of = State<Arc<App>>;
type Seen = Extension<Narrowed>;

/// `GET /visits`.
pub async fn visits(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Visits)).await
}

/// `GET /boards`.
pub async fn boards(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Boards)).await
}

/// `GET /dossiers`.
pub async fn dossiers(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Dossiers)).await
}

/// `GET /ratings`.
pub async fn ratings(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Ratings)).await
}

/// `GET /duties`.
pub async fn duties(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Duties)).await
}

/// `GET /feedback`.
pub async fn feedback(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, Some(Family::Feedback)).await
}

/// `GET /report?family=`: the figures of any family; those of alerts have no other address, since `/alerts` is their list.
pub async fn report(app: Of, seen: Seen, headers: HeaderMap, asked: Params) -> Response {
    answer(app, seen, headers, asked, None).await
}

async fn answer(
    State(app): Of,
    Extension(narrowed): Seen,
    headers: HeaderMap,
    asked: Params,
    of: Option<Family>,
) -> Response {
    let Query(asked) = match asked {
        Ok(asked) => asked,
        Err(e) => return Problem::bad_request(e.body_text()).into_response(),
    };
    let family = match (of, asked.family.as_deref()) {
        (Some(family), None) => Ok(family),
        (Some(_), Some(_)) => Err("`family` is for /report alone"),
        (None, word) => word.and_then(Family::from_word).ok_or(FAMILIES),
    };
    let family = match family {
        Ok(family) => family,
        Err(detail) => return Problem::bad_request(detail).into_response(),
    };
    // Not a nought that would look like nobody having come.
    let is_of_points = matches!(family, Family::Visits | Family::Boards | Family::Ratings);
    if is_of_points && narrowed.sites.is_none() && !narrowed.is_all() {
        let detail = OutOfScope::NoSites.to_string();
        return Problem::new(StatusCode::FORBIDDEN, "out_of_scope", detail).into_response();
    }
    let format = match format(asked.format.as_deref(), &headers) {
        Ok(format) => format,
        Err(problem) => return problem.into_response(),
    };
    let work = move || -> Result<Response, Problem> {
        let question = question(&app.core, family, &asked, narrowed.within())?;
        let table = app.core.answer(&question).map_err(|e| unanswered(&e))?;
        Ok(match format {
            Format::Json => axum::Json(table_json(&app.core, &question, &table)).into_response(),
            Format::Csv => {
                let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
                (kind, table.to_csv(question.by.map(By::as_str))).into_response()
            }
            Format::Arrow => {
                let batch = table_batch(&question, &table).map_err(|e| Problem::internal(&e))?;
                arrow_response(&[batch])?
            }
        })
    };
    blocking(work).await
}

pub(super) fn unanswered(error: &AnswerError) -> Problem {
    match error {
        AnswerError::Question(e) => Problem::bad_request(e.to_string()),
        AnswerError::Store(e) if e.can_retry() => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(status, "store_away", error.to_string()).retry_after(10)
        }
        AnswerError::Store(_) | AnswerError::Unreadable(_) | AnswerError::Desk(_) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Problem::new(status, "store_failed", error.to_string())
        }
    }
}

fn question(
    core: &Core,
    family: Family,
    asked: &Asked,
    within: Within,
) -> Result<Question, Problem> {
    let time = |name: &str, text: Option<&str>| {
        let text =
            text.ok_or_else(|| Problem::bad_request(format!("give `{name}`, {TIME_FORM}")))?;
        parse_time(text)
            .ok_or_else(|| Problem::bad_request(format!("`{name}` must be {TIME_FORM}")))
    };
    let by = match asked.by.as_deref() {
        None | Some("") => None,
        Some(word) => Some(By::from_word(word).ok_or_else(|| unknown_grouping(family, word))?),
    };
    let as_of = core.now(&core.state.read());
    Ok(Question {
        family,
        from: time("from", asked.from.as_deref())?,
        to: time("to", asked.to.as_deref())?,
        as_of,
        by,
        all: asked.all,
        within,
    })
}

fn unknown_grouping(family: Family, word: &str) -> Problem {
    let allowed = family
        .groupings()
        .iter()
        .map(|b| b.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let shown: String = word.chars().take(32).collect();
    Problem::bad_request(format!(
        "`{shown}` is no grouping of {}; use one of {allowed}",
        family.as_str()
    ))
}

/// How a time is written.
pub const TIME_FORM: &str =
    "a time such as 2026-11-23T08:00:00+07:00 or a local date such as 2026-11-23";

/// Reads a time: RFC 3339, or a local date, which is its midnight.
pub fn parse_time(text: &str) -> Option<EventTime> {
    // A plus sign in a query that was not encoded arrives as a space.
    let mended = text.replace(' ', "+");
    EventTime::parse_rfc3339(&mended).or_else(|| Day::parse_iso(text).map(Day::start))
}

/// A table as the contract writes it, saying whether it is of simulated data, and which of its days may still change by what
/// devices hold back.
pub fn table_json(core: &Core, question: &Question, table: &Table) -> Value {
    let provisional = if question.family == Family::Alerts {
        Vec::new()
    } else {
        let (state, span) = (core.state.read(), (question.from, question.to));
        analytics::view::unsettled(&state, &core.rules, span, question.as_of)
    };
    let by = question.by.map(By::as_str);
    json!({
        "from": question.from.to_string(),
        "to": question.to.to_string(),
        "as_of": question.as_of.to_string(),
        "by": by,
        "simulated": core.is_simulated(),
        "provisional": provisional,
        "rows": table.rows_json(by),
    })
}

/// A table as a record batch: the key as text, counts as whole numbers, times as text.
fn table_batch(question: &Question, table: &Table) -> anyhow::Result<RecordBatch> {
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    if let Some(by) = question.by {
        let keys: Vec<&str> = table.rows.iter().map(|r| r.key.as_str()).collect();
        columns.push((by.as_str(), Arc::new(StringArray::from(keys))));
    }
    for (i, name) in table.columns.iter().enumerate() {
        let figures: Vec<Figure> = table.rows.iter().map(|r| r.figures[i]).collect();
        let is_count = figures
            .iter()
            .all(|f| matches!(f, Figure::Count(_) | Figure::None));
        let is_time = figures.iter().any(|f| matches!(f, Figure::Time(_)));
        let column: ArrayRef = if is_time {
            let text = |f: &Figure| {
                if let Figure::Time(t) = f {
                    Some(t.to_string())
                } else {
                    None
                }
            };
            Arc::new(StringArray::from_iter(figures.iter().map(text)))
        } else if is_count && !name.starts_with("mean") {
            let count = |f: &Figure| {
                if let Figure::Count(n) = f {
                    i64::try_from(*n).ok()
                } else {
                    None
                }
            };
            Arc::new(Int64Array::from_iter(figures.iter().map(count)))
        } else {
            let number = |f: &Figure| match f {
                Figure::Number(x) => Some(*x),
                Figure::Count(n) => Some(*n as f64),
                _ => None,
            };
            Arc::new(Float64Array::from_iter(figures.iter().map(number)))
        };
        columns.push((name, column));
    }
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(n, c)| (n, c, true)),
    )?)
}

#[derive(Clone, Copy)]
enum Format {
    Json,
    Csv,
    Arrow,
}

fn format(asked: Option<&str>, headers: &HeaderMap) -> Result<Format, Problem> {
    match asked {
        Some("json") => return Ok(Format::Json),
        Some("csv") => return Ok(Format::Csv),
        Some("arrow") => return Ok(Format::Arrow),
        Some(_) => return Err(Problem::bad_request("`format` must be json, csv or arrow")),
        None => {}
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    Ok(if accept.contains(ARROW) {
        Format::Arrow
    } else if accept.contains("text/csv") {
        Format::Csv
    } else {
        Format::Json
    })
}

fn arrow_response(batches: &[RecordBatch]) -> Result<Response, Problem> {
    let encode = || -> anyhow::Result<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(first) = batches.first() {
            let mut writer = StreamWriter::try_new(&mut out, &first.schema())?;
            for batch in batches {
                writer.write(batch)?;
            }
            writer.finish()?;
        }
        Ok(out)
    };
    let bytes = encode().map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, ARROW)], bytes).into_response())
}

/// When to ask a store again that does not answer.
const STORE_PAUSE_S: u32 = 5;

/// `POST /sql`: the query as text; rows as JSON, CSV or Arrow. Read-only.
pub async fn sql(State(app): State<Arc<App>>, headers: HeaderMap, query: String) -> Response {
    let format = match format(None, &headers) {
        Ok(format) => format,
        Err(problem) => return problem.into_response(),
    };
    let core = Arc::clone(&app.core);
    let asked = tokio::task::spawn_blocking(move || core.sql(&query)).await;
    let batches = match asked {
        Ok(Ok(batches)) => batches,
        Ok(Err(e @ SqlError::Query(_))) => {
            return Problem::new(StatusCode::BAD_REQUEST, "query", e.to_string()).into_response();
        }
        Ok(Err(e @ SqlError::Store { .. })) => {
            tracing::error!(error = %e, "the store of facts does not answer");
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store", e.to_string());
            return problem.retry_after(STORE_PAUSE_S).into_response();
        }
        Err(e) => return Problem::internal(&e.into()).into_response(),
    };
    if let Format::Arrow = format {
        return arrow_response(&batches).unwrap_or_else(IntoResponse::into_response);
    }
    match sql_text(&batches, matches!(format, Format::Csv)) {
        Ok(text) if matches!(format, Format::Csv) => {
            ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response()
        }
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(e) => Problem::internal(&e).into_response(),
    }
}

/// Rows of a query as CSV, or as a JSON array of objects.
pub fn sql_text(batches: &[RecordBatch], csv: bool) -> anyhow::Result<String> {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    let options = FormatOptions::default().with_null("");
    let schema = batches.first().map(RecordBatch::schema);
    let names: Vec<String> = schema
        .iter()
        .flat_map(|s| s.fields())
        .map(|f| f.name().clone())
        .collect();
    let mut rows = Vec::new();
    let mut writer = csv::Writer::from_writer(Vec::new());
    if csv {
        writer.write_record(&names)?;
    }
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|c| ArrayFormatter::try_new(c, &options))
            .collect::<Result<_, _>>()?;
        for i in 0..batch.num_rows() {
            let cells = columns.iter().map(|c| c.value(i).to_string());
            if csv {
                writer.write_record(cells)?;
                continue;
            }
            let mut object = serde_json::Map::new();
            for ((name, cell), column) in names.iter().zip(cells).zip(batch.columns()) {
                let kind = column.data_type();
                let value = if column.is_null(i) {
                    Value::Null
                } else if kind.is_numeric() || *kind == arrow::datatypes::DataType::Boolean {
                    serde_json::from_str(&cell).unwrap_or(Value::String(cell))
                } else {
                    Value::String(cell)
                };
                object.insert(name.clone(), value);
            }
            rows.push(Value::Object(object));
        }
    }
    if csv {
        return Ok(String::from_utf8(writer.into_inner()?)?);
    }
    Ok(Value::Array(rows).to_string())
}
