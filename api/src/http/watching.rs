//! What is odd: `GET /quality` and `GET /integrity`.

use std::collections::HashMap;
use std::sync::Arc;

use analytics::figures::store::Engine;
use analytics::integrity::quality::Quality;
use analytics::integrity::signs::{Rated, Signs};
use analytics::live::dossier::Dossier;
use analytics::names::Name;
use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::Int64Type;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use ingest::event::EventTime;
use ingest::event::types::RatingChannel;
use serde::Deserialize;
use serde_json::json;

use super::App;
use super::asking::{answered, span};
use super::flows::Dossiers;
use crate::answers::AnswerError;
use crate::core::Core;

/// The parameters of a span.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanParams {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /quality`: odd histories, counted with examples and how they are read.
pub async fn quality(
    app: State<Arc<App>>,
    params: Result<Query<SpanParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (from, to) = span(params.from.as_deref(), params.to.as_deref())?;
        let mut quality = Quality::new(&core.rules, &core.registry, from, to);
        let mut each = Dossiers(|code: &str, dossier: &Dossier| quality.add(code, dossier));
        core.survey(from, to, &mut each)?;
        let remarks: Vec<&String> = core.rules.remarks().collect();
        Ok(json!({
            "from": from, "to": to, "as_of": core.now(&core.state.read()), "simulated": core.is_simulated(),
            "result": quality.finish(), "rules": remarks,
        }))
    })
    .await
}

/// `GET /integrity`: signs of massaged data, each a question to the unit.
pub async fn integrity(
    app: State<Arc<App>>,
    params: Result<Query<SpanParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (from, to) = span(params.from.as_deref(), params.to.as_deref())?;
        let mut signs = Signs::new(&core.rules, from, to);
        let mut each = Dossiers(|code: &str, dossier: &Dossier| signs.dossier(code, dossier));
        core.survey(from, to, &mut each)?;
        ratings(core, from, to, &mut |rated| signs.rating(rated))?;
        Ok(json!({
            "from": from, "to": to, "as_of": core.now(&core.state.read()), "simulated": core.is_simulated(),
            "result": signs.finish(),
            "not_seen": {
                "vi": "Kết quả là giấy tờ do chính người nộp cung cấp: không sự kiện nào cho biết tệp nào đã nộp hoặc đã trả.",
                "en": "Results that are the applicant's own papers: no event tells which files were filed or returned.",
            },
        }))
    })
    .await
}

/// Shows the ratings of a span, with whether the visit that they name is known and was called by then.
fn ratings(
    core: &Core,
    from: EventTime,
    to: EventTime,
    each: &mut dyn FnMut(&Rated),
) -> Result<(), AnswerError> {
    {
        let state = core.state.read();
        if state.whole_since.is_none_or(|since| from >= since) {
            for (_, site, day) in state.days_between(from, to) {
                for mark in day
                    .ratings
                    .before(to)
                    .iter()
                    .filter(|mark| mark.time >= from)
                {
                    let rating = &mark.what;
                    let started = |code: &str| {
                        let visit =
                            day.tickets
                                .get(code)?
                                .visit(site, mark.time.day(), &code.into());
                        visit.started()
                    };
                    let lacks_visit = rating.ticket.as_deref().is_some_and(|ticket| {
                        started(ticket).is_none_or(|started| started > mark.time)
                    });
                    each(&Rated {
                        site: site.clone(),
                        counter: rating.counter.clone(),
                        time: mark.time,
                        channel: rating.channel,
                        lacks_visit,
                    });
                }
            }
            return Ok(());
        }
    }
    core.fresh_facts()?;
    let engine = core.engine();
    let started = started(core, engine, from, to)?;
    let sql = engine.select_ratings(from, to);
    let mut names: HashMap<String, Name> = HashMap::new();
    for batch in core.ask_rows(&sql)? {
        let text = |name: &str| {
            let column = batch.column_by_name(name);
            let column = column
                .and_then(|c| arrow::compute::cast(c, &arrow::datatypes::DataType::Utf8).ok());
            column.unwrap_or_else(|| {
                arrow::array::new_null_array(&arrow::datatypes::DataType::Utf8, batch.num_rows())
            })
        };
        let (site, counter, channel, ticket) = (
            text("site"),
            text("counter"),
            text("channel"),
            text("ticket"),
        );
        let (site, counter) = (site.as_string::<i32>(), counter.as_string::<i32>());
        let (channel, ticket) = (channel.as_string::<i32>(), ticket.as_string::<i32>());
        let at = batch
            .column_by_name("at_us")
            .and_then(|c| arrow::compute::cast(c, &arrow::datatypes::DataType::Int64).ok());
        let Some(at) = at else { continue };
        let at = at.as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let time = EventTime(at.value(row));
            let here = if site.is_null(row) {
                ""
            } else {
                site.value(row)
            };
            let mut name = |text: &str| {
                if let Some(name) = names.get(text) {
                    name.clone()
                } else {
                    let name = Name::from(text);
                    names.insert(text.to_owned(), name.clone());
                    name
                }
            };
            let lacks_visit = !ticket.is_null(row) && {
                let key = (here.to_owned(), time.day(), ticket.value(row).to_owned());
                started.get(&key).is_none_or(|began| *began > time)
            };
            each(&Rated {
                site: name(here),
                counter: (!counter.is_null(row)).then(|| name(counter.value(row))),
                time,
                channel: RatingChannel::from_word(channel.value(row))
                    .unwrap_or(RatingChannel::Survey),
                lacks_visit,
            });
        }
    }
    Ok(())
}

type Visits = HashMap<(String, ingest::event::time::Day, String), EventTime>;

/// When the visits that ratings of a span name had begun.
fn started(
    core: &Core,
    engine: Engine,
    from: EventTime,
    to: EventTime,
) -> Result<Visits, AnswerError> {
    let mut visits = HashMap::new();
    for batch in core.ask_rows(&engine.select_rated_visits(from, to))? {
        let column = |name: &str, kind| {
            let column = batch.column_by_name(name);
            column.and_then(|c| arrow::compute::cast(c, &kind).ok())
        };
        use arrow::datatypes::DataType::{Int64, Utf8};
        let (Some(site), Some(ticket), Some(at)) = (
            column("site", Utf8),
            column("ticket", Utf8),
            column("at_us", Int64),
        ) else {
            continue;
        };
        let (site, ticket) = (site.as_string::<i32>(), ticket.as_string::<i32>());
        let at = at.as_primitive::<Int64Type>();
        for row in (0..batch.num_rows()).filter(|row| !at.is_null(*row)) {
            let time = EventTime(at.value(row));
            let key = (
                site.value(row).to_owned(),
                time.day(),
                ticket.value(row).to_owned(),
            );
            visits.insert(key, time);
        }
    }
    Ok(visits)
}
