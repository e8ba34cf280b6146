//! Registers of the plans: tasks, training, sessions of mobile and community points, incidents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::figures::group::By;
use analytics::figures::within::Within;
use analytics::figures::{Family, Question};
use analytics::live::archive::Key;
use analytics::live::dossier::{Dossier, DossierEvent as E};
use analytics::live::place::PlaceEvent;
use analytics::live::site_day::SiteDay;
use analytics::live::{State as Live, TaskReport, TrainingReport};
use analytics::mark::Marks;
use analytics::names::Name;
use analytics::register::sessions::{Session, of_point};
use analytics::register::tasks::{Progress, Standing, Task, rows};
use analytics::register::training;
use analytics::scorecard::{Figures, equity, gather};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use ingest::entries::{Entry, as_of};
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::{SpanKind, TaskState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::asking::{NOTHING, answered, span};
use super::entering::{enter, line};
use super::flows::Dossiers;
use super::problem::Problem;
use crate::core::Core;

const TASKS: &str = "tasks";
const PROGRESS: &str = "task_progress";
const SUBJECTS: &str = "training_subjects";
/// Days before a span in which its sessions may have been published.
const PUBLISHED_DAYS: i32 = 60;
/// Days of a span of sessions, at most.
const MAX_DAYS: i32 = 200;

/// `GET /tasks`: the plans' tasks, the most pressing first.
pub async fn tasks(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        let plan = plan(core);
        let progress = progresses(core);
        let state = core.state.read();
        let now = core.now(&state);
        let rows = rows(&plan, &state.lasting.tasks, &progress, now);
        Ok(json!({"as_of": now, "simulated": core.is_simulated(), "rows": rows}))
    })
    .await
}

/// What was entered of tasks' progress, with the instants at which it was.
pub(crate) fn progresses(core: &Core) -> Progresses {
    progresses_of(core.entries.current(PROGRESS))
}

type Progresses = BTreeMap<String, (EventTime, Progress)>;

fn progresses_of(entered: Vec<Entry>) -> Progresses {
    let read = entered.into_iter().filter_map(|entry| {
        let progress: Progress = serde_json::from_value(entry.value).ok()?;
        Some((entry.key, (entry.entered_at, progress)))
    });
    read.collect()
}

/// The deadlines of training's subjects.
pub(crate) fn subjects_due(core: &Core) -> BTreeMap<String, EventTime> {
    subjects_due_of(core.entries.current(SUBJECTS))
}

fn subjects_due_of(entered: Vec<Entry>) -> BTreeMap<String, EventTime> {
    let read = entered.into_iter().filter_map(|entry| {
        let due = Day::parse_iso(entry.value.as_str()?)?;
        Some((entry.key, EventTime(due.end().0 - 1)))
    });
    read.collect()
}

/// The tasks that ship, with those that people set.
pub(crate) fn plan(core: &Core) -> Vec<Task> {
    plan_of(core, core.entries.current(TASKS))
}

fn plan_of(core: &Core, entered: Vec<Entry>) -> Vec<Task> {
    let entered = entered.into_iter();
    let entered = entered.filter_map(|entry| serde_json::from_value(entry.value).ok());
    core.tasks.iter().cloned().chain(entered).collect()
}

/// Tasks past their deadline, and units whose training was to be complete, at each of some instants, by what was known then.
pub(crate) fn overdue(core: &Core, reported: &Reported, at: &[EventTime]) -> Vec<(u32, u32)> {
    let [tasks, progress, subjects] =
        [TASKS, PROGRESS, SUBJECTS].map(|register| core.entries.history(register));
    let at_one = |at: &EventTime| {
        let plan = plan_of(core, as_of(&tasks, *at));
        let progress = progresses_of(as_of(&progress, *at));
        let rows = rows(&plan, &reported.tasks, &progress, *at);
        let late = rows.iter().filter(|row| row.standing == Standing::Overdue);
        let dues = subjects_due_of(as_of(&subjects, *at));
        let due = |subject: &str| dues.get(subject).copied();
        let (training, _) = training::rows(&reported.training, due, *at);
        let late_units: BTreeSet<&Name> = training
            .iter()
            .filter(|row| row.is_overdue)
            .map(|row| &row.unit)
            .collect();
        (late.count() as u32, late_units.len() as u32)
    };
    at.iter().map(at_one).collect()
}

/// What events told of tasks and training.
#[derive(Debug, Clone)]
pub(crate) struct Reported {
    tasks: BTreeMap<Name, Marks<TaskReport>>,
    training: BTreeMap<(Name, Name), Marks<TrainingReport>>,
}

impl Reported {
    /// Of the live state.
    pub(crate) fn of(state: &Live) -> Self {
        Self {
            tasks: state.lasting.tasks.clone(),
            training: state.lasting.training.clone(),
        }
    }
}

/// A task with where it is set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskBody {
    id: String,
    vi: String,
    en: String,
    lead: String,
    #[serde(default)]
    partners: Vec<String>,
    /// The last day; none for a continuous task.
    due: Option<String>,
    source: String,
}

fn id(text: &str) -> Result<&str, Problem> {
    let is_id = ingest::event::value::is_id(text);
    is_id.then_some(text).ok_or_else(|| {
        Problem::refused(
            "bad_id",
            "`id` must be 1 to 64 characters A-Z a-z 0-9 . _ : / -",
        )
    })
}

/// `POST /tasks`: sets a task, or another wording or deadline of one.
pub async fn put_task(
    app: State<Arc<App>>,
    body: Result<Json<TaskBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        if body
            .due
            .as_deref()
            .is_some_and(|due| Day::parse_iso(due).is_none())
        {
            return Err(Problem::refused(
                "bad_day",
                "`due` must be a day such as 2026-12-31",
            ));
        }
        let partners: Result<Vec<String>, Problem> =
            body.partners.iter().map(|p| line("partners", p)).collect();
        let task = Task {
            id: id(&body.id)?.to_owned(),
            vi: line("vi", &body.vi)?,
            en: line("en", &body.en)?,
            lead: line("lead", &body.lead)?,
            partners: partners?,
            due: body.due,
        };
        let value = json!(task);
        enter(core, TASKS, &task.id, value, &body.source)
    })
    .await
}

/// A task's progress.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressBody {
    id: String,
    state: TaskState,
    /// A document's number or an address; no names.
    evidence: Option<String>,
    source: String,
}

/// `POST /tasks/progress`.
pub async fn put_progress(
    app: State<Arc<App>>,
    body: Result<Json<ProgressBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let known = plan(core).iter().any(|task| task.id == body.id)
            || core.state.read().lasting.tasks.contains_key(&*body.id);
        if !known {
            return Err(Problem::refused(
                "unknown_task",
                "there is no such task; set it first",
            ));
        }
        let evidence = body
            .evidence
            .as_deref()
            .map(|text| line("evidence", text))
            .transpose()?;
        let value = json!(Progress {
            state: body.state,
            evidence
        });
        enter(core, PROGRESS, &body.id, value, &body.source)
    })
    .await
}

/// `GET /training`: coverage by unit and subject.
pub async fn training(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        let dues = subjects_due(core);
        let state = core.state.read();
        let now = core.now(&state);
        let due = |subject: &str| dues.get(subject).copied();
        let (rows, subjects) = training::rows(&state.lasting.training, due, now);
        let silent = core.registry.units().len();
        let told: std::collections::BTreeSet<&Name> = rows.iter().map(|row| &row.unit).collect();
        let reported = core
            .registry
            .units()
            .iter()
            .filter(|unit| told.contains(unit))
            .count();
        Ok(json!({
            "as_of": now, "simulated": core.is_simulated(), "rows": rows, "subjects": subjects,
            "units": silent, "units_reported": reported,
        }))
    })
    .await
}

/// A subject's deadline.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectBody {
    subject: String,
    /// The last day.
    due: Option<String>,
    /// The day on which the internal process was issued: training is due fifteen days after it.
    issued: Option<String>,
    source: String,
}

/// Days after the issue of an internal process in which staff are trained on it (training plan, section D).
const TRAINED_IN_DAYS: i32 = 15;

/// `POST /training/subjects`.
pub async fn put_subject(
    app: State<Arc<App>>,
    body: Result<Json<SubjectBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let day = |text: &str| {
            Day::parse_iso(text)
                .ok_or_else(|| Problem::refused("bad_day", "a day is such as 2026-12-31"))
        };
        let value = match (&body.due, &body.issued) {
            (None, None) => Value::Null,
            (Some(due), None) => json!(day(due)?.to_string()),
            (None, Some(issued)) => json!(Day(day(issued)?.0 + TRAINED_IN_DAYS).to_string()),
            (Some(_), Some(_)) => {
                return Err(Problem::refused(
                    "due_or_issued",
                    "give `due` or `issued`, not both",
                ));
            }
        };
        let subject = line("subject", &body.subject)?;
        enter(core, SUBJECTS, &subject, value, &body.source)
    })
    .await
}

/// The parameters of sessions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionParams {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /sessions`: published against kept, and mobile points against fixed ones of the same units.
pub async fn sessions(
    app: State<Arc<App>>,
    params: Result<Query<SessionParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (from, to) = span(params.from.as_deref(), params.to.as_deref())?;
        if to.day().0 - from.day().0 > MAX_DAYS {
            return Err(Problem::refused(
                "too_many_days",
                "ask for at most 200 days",
            ));
        }
        let now = core.now(&core.state.read());
        let sites = mobile_sites(core);
        let mut filed: BTreeMap<Name, Vec<EventTime>> = BTreeMap::new();
        let mut each = Dossiers(|_: &str, dossier: &Dossier| {
            for mark in dossier.marks.before(to) {
                if let E::Submitted(filing) = &mark.what
                    && mark.time >= from
                    && sites.contains(&filing.site)
                {
                    filed
                        .entry(filing.site.clone())
                        .or_default()
                        .push(mark.time);
                }
            }
        });
        core.survey(from, to, &mut each)?;
        let all = sessions_between(core, (from, to), &filed, now);
        let all = all.map_err(|e| Problem::internal(&e))?;
        let compared = compared(core, &sites, from, to.min(EventTime(now.0 + 1)), now)?;
        Ok(json!({
            "from": from, "to": to, "as_of": now, "simulated": core.is_simulated(),
            "rows": all, "compared": compared,
        }))
    })
    .await
}

/// The sessions that mobile and community points published for a span, with what became of them; `filed` tells when dossiers
/// were filed there.
pub(crate) fn sessions_between(
    core: &Core,
    (from, to): (EventTime, EventTime),
    filed: &BTreeMap<Name, Vec<EventTime>>,
    now: EventTime,
) -> anyhow::Result<Vec<Session>> {
    let mut all: Vec<Session> = Vec::new();
    for site in &mobile_sites(core) {
        let first = Day(from.day().0 - PUBLISHED_DAYS);
        let days = core.site_days(site, first, to.day())?;
        let of_site = filed.get(site);
        let count = |from: EventTime, to: EventTime| {
            let times = of_site.map_or(&[][..], Vec::as_slice).iter();
            times.filter(|t| from <= **t && **t < to).count() as u64
        };
        let days = days.iter().map(|(day, site_day)| (*day, site_day));
        let sessions = of_point(site, days, count, now);
        all.extend(
            sessions
                .into_iter()
                .filter(|s| from <= s.from && s.from < to),
        );
    }
    all.sort_by(|a, b| (a.from, &a.site).cmp(&(b.from, &b.site)));
    Ok(all)
}

/// Mobile and community points, and others that have published sessions lately.
pub(crate) fn mobile_sites(core: &Core) -> std::collections::BTreeSet<Name> {
    let points = core.registry.points();
    let by_kind = points
        .filter(|p| matches!(p.kind, "mobile" | "community"))
        .map(|p| p.id.clone());
    let state = core.state.read();
    let places = state.lasting.places.iter();
    let by_session = places.filter(|(_, place)| {
        place.doors.all().iter().any(|mark| {
            matches!(
                mark.what,
                PlaceEvent::Scheduled {
                    kind: SpanKind::Session,
                    ..
                }
            )
        })
    });
    by_kind
        .chain(by_session.map(|(site, _)| site.clone()))
        .collect()
}

/// Mobile points beside the fixed ones of their units.
fn compared(
    core: &Core,
    mobile: &std::collections::BTreeSet<Name>,
    from: EventTime,
    to: EventTime,
    now: EventTime,
) -> Result<Value, Problem> {
    if to <= from {
        return Ok(Value::Null);
    }
    let mut all: BTreeMap<String, Figures> = BTreeMap::new();
    for family in [Family::Visits, Family::Dossiers, Family::Ratings] {
        let question = Question {
            family,
            from,
            to,
            as_of: now,
            by: Some(By::Site),
            all: false,
            within: Within::ALL,
        };
        let table = core.answer(&question)?;
        gather(&mut all, family.as_str(), &table);
    }
    let units: std::collections::BTreeSet<&str> = mobile
        .iter()
        .map(|site| core.registry.unit_of(site))
        .collect();
    let side = |site: &str| {
        if mobile.contains(site) {
            Some(true)
        } else {
            units.contains(core.registry.unit_of(site)).then_some(false)
        }
    };
    let equity = equity::of_points(&all, side);
    Ok(json!({"mobile": equity.urban, "fixed": equity.rural}))
}

/// `GET /incidents`: incidents at points, those that go on first.
pub async fn incidents(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        let state = core.state.read();
        let now = core.now(&state);
        let mut rows: Vec<(bool, EventTime, Value)> = state
            .lasting
            .incidents
            .iter()
            .filter_map(|(id, marks)| {
                let all = marks.until(now);
                let (first, last) = (all.first()?, all.last()?);
                let said = |of: fn(&analytics::live::IncidentWord) -> Option<Value>| {
                    all.iter().rev().find_map(|mark| of(&mark.what))
                };
                let closed = (!last.what.is_open).then_some(last.time);
                let hours = closed.unwrap_or(now).seconds_since(first.time) / 3600.0;
                let row = json!({
                    "incident": id, "reported_at": first.time, "closed_at": closed,
                    "site": said(|w| w.site.as_ref().map(|s| json!(s))),
                    "kind": said(|w| w.kind.map(|k| json!(k))),
                    "hours": hours,
                });
                Some((closed.is_some(), first.time, row))
            })
            .collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let rows: Vec<Value> = rows
            .into_iter()
            .map(|(_, _, row)| row)
            .take(5_000)
            .collect();
        Ok(json!({"as_of": now, "simulated": core.is_simulated(), "rows": rows}))
    })
    .await
}

impl Core {
    /// The days of a point from `first` to `last`, wherever they lie.
    fn site_days(&self, site: &Name, first: Day, last: Day) -> anyhow::Result<Vec<(Day, SiteDay)>> {
        let mut days = Vec::new();
        for day in (first.0..=last.0).map(Day) {
            let key = Key::SiteDay(day, site.clone());
            days.extend(self.site_day(&key)?.map(|found| (day, found)));
        }
        Ok(days)
    }
}
