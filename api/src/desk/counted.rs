//! What the plan's tasks and training count to, for alerts: at each instant of a day, by what was known then.
//!
//! A task that is done at ten o'clock was overdue until ten, so its alert returns to normal and is not taken for a mistake.

use analytics::alerts::dossiers::Counted;
use analytics::alerts::{Reading, Signal};
use ingest::event::EventTime;

use crate::core::Core;
use crate::http::registers::{Reported, overdue};

/// Tasks overdue and units whose training is.
pub(super) fn counted(core: &Core, reported: &Reported, instants: &[EventTime]) -> Vec<Counted> {
    let counts = overdue(core, reported, instants);
    let (tasks, units): (Vec<u32>, Vec<u32>) = counts.into_iter().unzip();
    let of = |signal, subject, counts: Vec<u32>| Counted {
        signal,
        subject,
        readings: counts.into_iter().map(Reading::count).collect(),
    };
    vec![
        of(Signal::TasksOverdue, "plan", tasks),
        of(Signal::TrainingOverdue, "training", units),
    ]
}
