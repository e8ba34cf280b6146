//! Tasks of a plan: who leads, by when, and whether it is done.
//!
//! Those of the transfer plan ship as data; others are added by people, or by events that name them (`task.reported`). What counts of
//! a task's state is the last word in time: an event's, or what somebody entered with its evidence.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::TaskState;
use serde::{Deserialize, Serialize};

use crate::live::TaskReport;
use crate::mark::Marks;
use crate::names::Name;

const SHIPPED: &str = include_str!("tasks.toml");

/// The tasks could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plan's tasks cannot be read: {0}")]
pub struct TaskError(String);

/// A task as a plan or somebody sets it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// What is to be done, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// Who leads.
    pub lead: String,
    /// Who helps.
    #[serde(default)]
    pub partners: Vec<String>,
    /// The last day; none for a continuous task.
    #[serde(default)]
    pub due: Option<String>,
}

/// The transfer plan's.
pub fn shipped() -> Result<Vec<Task>, TaskError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        task: Vec<Task>,
    }
    let file: File = toml::from_str(SHIPPED).map_err(|e| TaskError(e.to_string()))?;
    let is_odd = |task: &&Task| {
        let due = task.due.as_deref();
        due.is_some_and(|due| Day::parse_iso(due).is_none())
    };
    match file.task.iter().find(is_odd) {
        Some(odd) => Err(TaskError(format!(
            "{} has no date for its deadline",
            odd.id
        ))),
        None => Ok(file.task),
    }
}

/// What somebody entered of a task's progress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Open or done.
    pub state: TaskState,
    /// What shows it: a document's number, an address.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not done, and past its deadline.
    Overdue,
    /// Not done, and due within thirty days.
    DueSoon,
    /// Not done.
    Open,
    /// Without a deadline.
    Continuous,
    /// Done.
    Done,
}

/// A task with its state at an instant.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What is to be done; `None` for one that only events have named.
    pub vi: Option<String>,
    /// In English.
    pub en: Option<String>,
    /// Who leads.
    pub lead: Option<String>,
    /// Who helps.
    pub partners: Vec<String>,
    /// Its deadline, to its end.
    pub due: Option<EventTime>,
    /// How it stands.
    pub standing: Standing,
    /// Of when its state is; `None` where nobody has said anything.
    pub told_at: Option<EventTime>,
    /// What shows it.
    pub evidence: Option<String>,
}

const SOON_S: i64 = 30 * 86_400;

/// All tasks at an instant, the most pressing first. `entered` are progresses with the instants at which they were entered.
pub fn rows(
    plan: &[Task],
    reported: &BTreeMap<Name, Marks<TaskReport>>,
    entered: &BTreeMap<String, (EventTime, Progress)>,
    now: EventTime,
) -> Vec<Row> {
    let of_plan = plan.iter().map(|task| task.id.as_str());
    let of_events = reported.keys().map(|id| &**id);
    let mut ids: Vec<&str> = of_plan.chain(of_events).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows: Vec<Row> = ids
        .into_iter()
        .map(|id| {
            let task = plan.iter().rfind(|task| task.id == id);
            let marks = reported.get(id);
            let last = marks.and_then(|marks| marks.until(now).last());
            let due_of_events = marks.and_then(|marks| {
                let told = marks.until(now).iter().rev();
                told.into_iter().find_map(|mark| mark.what.due)
            });
            let due_of_plan = task.and_then(|task| Day::parse_iso(task.due.as_deref()?));
            let due = due_of_events.or(due_of_plan.map(|day| EventTime(day.end().0 - 1)));
            let of_people = entered.get(id).filter(|(at, _)| *at <= now);
            let (told_at, state) = match (last, of_people) {
                (Some(mark), Some((at, progress))) if mark.time <= *at => {
                    (Some(*at), Some(progress.state))
                }
                (Some(mark), _) => (Some(mark.time), Some(mark.what.state)),
                (None, Some((at, progress))) => (Some(*at), Some(progress.state)),
                (None, None) => (None, None),
            };
            let standing = match (state, due) {
                (Some(TaskState::Done), _) => Standing::Done,
                (_, None) => Standing::Continuous,
                (_, Some(due)) if now > due => Standing::Overdue,
                (_, Some(due)) if now.plus_seconds(SOON_S) > due => Standing::DueSoon,
                _ => Standing::Open,
            };
            let lead = last
                .and_then(|mark| mark.what.lead.as_ref())
                .map(ToString::to_string);
            Row {
                id: id.to_owned(),
                vi: task.map(|t| t.vi.clone()),
                en: task.map(|t| t.en.clone()),
                lead: lead.or(task.map(|t| t.lead.clone())),
                partners: task.map(|t| t.partners.clone()).unwrap_or_default(),
                due,
                standing,
                told_at,
                evidence: of_people.and_then(|(_, progress)| progress.evidence.clone()),
            }
        })
        .collect();
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.standing, row.due.unwrap_or(EventTime(i64::MAX)));
        key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
    });
    rows
}
