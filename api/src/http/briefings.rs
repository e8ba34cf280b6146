//! `GET /briefings/{span}`: the briefing of a week, a month or a quarter.

use std::sync::Arc;

use analytics::briefing::model::Briefing;
use analytics::briefing::paper::Language;
use analytics::briefing::span::{FORM, Span};
use analytics::briefing::words::{paper, reader::Reader};
use analytics::coverage::summary;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::App;
use super::asking::blocking;
use super::planning::question::Words;
use super::problem::Problem;
use crate::briefing::forms::{Form, KNOWN, forms};
use crate::briefing::printing::{self, Form as Printed};
use crate::briefing::{BriefingError, gather};

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    format: Option<String>,
    lang: Option<String>,
    reader: Option<String>,
}

/// How a paper is asked for.
struct Asked {
    span: Span,
    form: Form,
    language: Language,
    reader: Reader,
}

impl Asked {
    fn read(span: &str, params: &Params) -> Result<Self, Problem> {
        let wrong = |message: String| Problem::bad_request(message);
        let span = Span::parse(span).ok_or_else(|| wrong(format!("ask for {FORM}")))?;
        let form = params.format.as_deref().unwrap_or("json");
        let language = match params.lang.as_deref() {
            None | Some("vi") => Language::Vi,
            Some("en") => Language::En,
            Some(_) => return Err(wrong("`lang` must be vi or en".to_owned())),
        };
        let reader = params.reader.as_deref().unwrap_or("city");
        Ok(Self {
            span,
            form: Form::from_word(form)
                .ok_or_else(|| wrong(format!("`format` must be {KNOWN}")))?,
            language,
            reader: Reader::from_word(reader).ok_or_else(|| {
                wrong("`reader` must be city, government-office or council".to_owned())
            })?,
        })
    }
}

/// `GET /briefings/{span}`.
pub async fn briefing(
    State(app): State<Arc<App>>,
    Path(span): Path<String>,
    params: Result<Query<Params>, QueryRejection>,
) -> Response {
    let params = match params {
        Ok(Query(params)) => params,
        Err(rejection) => return Problem::from(rejection).into_response(),
    };
    blocking(move || {
        let asked = Asked::read(&span, &params)?;
        let briefing = of(&app, asked.span)?;
        let paper = paper(&briefing, asked.language, asked.reader);
        let bytes = forms(&paper, &briefing, asked.form);
        let bytes = bytes.map_err(|e| Problem::internal(&e.into()))?;
        let mut headers = HeaderMap::new();
        let kind = asked.form.media_type();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if asked.form == Form::Printed(Printed::Html)
            && let Ok(policy) = printing::policy().parse()
        {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok((headers, bytes))
    })
    .await
}

fn of(app: &App, span: Span) -> Result<Briefing, Problem> {
    let question = Words::default().read()?;
    let coverage = app.geography.prepared(app.core.pack, question.mode)?;
    let base = app.geography.base(&coverage, &question);
    let summary = summary(&coverage, &base.reaches, &question.rule);
    Ok(gather(&app.core, span, Some(&summary))?)
}

impl From<BriefingError> for Problem {
    fn from(error: BriefingError) -> Self {
        match error {
            BriefingError::NotBegun(e) => Self::refused("not_begun", e.to_string()),
            BriefingError::Answer(e) => e.into(),
            e => Self::internal(&e.into()),
        }
    }
}
