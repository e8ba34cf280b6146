//! `report dossiers`, by the words of the contract.
//!
//! *Reading*, where the contract leaves a choice:
//! - How a dossier ended is one fact: of `resolved`, `refused`, `withdrawn` and `stopped` the greatest
//!   before `to` counts. `refused`, `withdrawn`, `stopped` count those that ended so in `[from, to)`.
//! - `submitted`, `accepted`: dossiers whose (greatest) such event lies in `[from, to)`.
//! - `awaiting_acceptance`: submitted at any time before `to`, neither accepted nor ended by then.
//! - The due date is that of the greatest `accepted` or `extended` that carries a `due_at`.
//! - A stopped span without its end lasts until `resolved`, or `to`; a repeated beginning adds nothing.
//! - A due date moved by working time is the first instant at which that time has passed.
//! - Settled without a due date is early or on time (nothing was missed), and not in `no_due_date`,
//!   which is of the open ones.
//! - Open at `to` is overdue when `to` lies after the due instant; by date, when the local date of `to`
//!   lies after the due date's.
//! - `digitised_before`: any `digitised` at or before `resolved`.
//! - A negative or missing dossier time is in no mean.
//! - Grouped by hour, day or week only what happened at an instant is compared ([`TIMED`]): the open
//!   ones have no instant of their own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{By, Event, Figures, HOUR, Ms, Rows, Span, Units, calendar, local, mean, time_key};

/// The figures of things that happen at an instant, meaningful for any grouping.
pub const TIMED: &[&str] = &[
    "submitted",
    "accepted",
    "refused",
    "withdrawn",
    "stopped",
    "resolved",
    "resolved_early_or_on_time",
    "resolved_overdue",
    "resolved_early_or_on_time_by_date",
    "resolved_overdue_by_date",
    "supplement_twice",
    "digitised_before",
    "mean_working_hours",
    "resolved_early",
];

/// One dossier as its events before `to` tell it.
#[derive(Debug)]
struct Dossier<'a> {
    events: Vec<&'a Event>,
    to: Ms,
}

impl<'a> Dossier<'a> {
    fn greatest(&self, kinds: &[&str]) -> Option<&'a Event> {
        self.events
            .iter()
            .rfind(|event| kinds.contains(&&event.kind["dossier.".len()..]))
            .copied()
    }

    fn time_of(&self, kind: &str) -> Option<Ms> {
        self.greatest(&[kind]).map(|event| event.time)
    }

    fn end(&self) -> Option<&'a Event> {
        self.greatest(&["resolved", "refused", "withdrawn", "stopped"])
    }

    /// When it ended in this way, if it did.
    fn ended(&self, kind: &str) -> Option<Ms> {
        self.end()
            .filter(|event| event.kind["dossier.".len()..] == *kind)
            .map(|event| event.time)
    }

    /// The spans in which the clock stood still, each as [from, to), merged where they overlap.
    fn stopped_spans(&self, until: Ms) -> Vec<(Ms, Ms)> {
        let mut spans = Vec::new();
        for (begins, ends) in [
            ("supplement_requested", "supplemented"),
            ("suspended", "resumed"),
        ] {
            let mut since = None;
            for event in &self.events {
                let kind = &event.kind["dossier.".len()..];
                if kind == begins && since.is_none() {
                    since = Some(event.time);
                } else if kind == ends
                    && let Some(from) = since.take()
                {
                    spans.push((from, event.time.min(until)));
                }
            }
            spans.extend(since.map(|from| (from, until)));
        }
        spans.retain(|(from, to)| from < to);
        spans.sort_unstable();
        let mut merged: Vec<(Ms, Ms)> = Vec::new();
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    /// The working time in stopped spans inside [from, until).
    fn stopped_working(&self, from: Ms, until: Ms) -> Ms {
        let spans = self.stopped_spans(until);
        spans
            .iter()
            .map(|(begin, end)| (begin.max(&from), end))
            .filter(|(a, b)| a < b)
            .map(|(a, b)| calendar::working(*a, *b))
            .sum()
    }

    /// The due instant, moved by the stopped time since it was set, as it stands at `at`.
    fn due(&self, at: Ms) -> Option<Ms> {
        let sets = |event: &&&Event| {
            matches!(event.kind.as_str(), "dossier.accepted" | "dossier.extended")
                && event.text("due_at").is_some()
        };
        let set = self.events.iter().rfind(|event| sets(event))?;
        Some(calendar::later_by(
            set.instant("due_at")?,
            self.stopped_working(set.time, at),
        ))
    }

    /// Whether it is late at `at`: by the instant, and by the calendar date.
    fn late(&self, at: Ms) -> (bool, bool) {
        self.due(at).map_or((false, false), |due| {
            (at > due, local(at).date() > local(due).date())
        })
    }

    fn second_request(&self) -> Option<Ms> {
        let mut requests = self
            .events
            .iter()
            .filter(|event| event.kind == "dossier.supplement_requested");
        requests.nth(1).map(|event| event.time)
    }

    fn working_hours(&self, resolved: Ms) -> Option<f64> {
        let from = self.time_of("accepted").or(self.time_of("submitted"))?;
        let worked = calendar::working(from, resolved) - self.stopped_working(from, resolved);
        (from <= resolved).then_some(worked as f64 / HOUR as f64)
    }

    fn is_open(&self) -> bool {
        self.time_of("accepted").is_some() && self.end().is_none()
    }

    fn submission(&self) -> Option<&'a Event> {
        self.greatest(&["submitted"])
    }
}

/// The report: rows by key. For hour, day and week see [`TIMED`].
pub fn report(events: &[Event], span: Span, by: By, units: &Units) -> Rows {
    let mut dossiers: BTreeMap<&str, Dossier> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|event| event.kind.starts_with("dossier.") && event.time < span.to)
    {
        let code = event.text("dossier").expect("a dossier has a code");
        dossiers
            .entry(code)
            .or_insert_with(|| Dossier {
                events: Vec::new(),
                to: span.to,
            })
            .events
            .push(event);
    }
    let all: Vec<Dossier> = dossiers.into_values().collect();

    if matches!(by, By::Hour | By::Day | By::Week) {
        return by_time(&all, span, by);
    }
    let mut groups: BTreeMap<String, Vec<Dossier>> = BTreeMap::new();
    for dossier in all {
        let field = |name: &str| {
            dossier
                .submission()
                .and_then(|event| event.text(name))
                .map(str::to_owned)
        };
        let key = match by {
            By::Nothing => Some(String::new()),
            By::Site => field("site"),
            By::Unit => field("site").and_then(|site| units.get(&site).cloned()),
            By::Agency => field("agency"),
            By::Field => field("field"),
            _ => panic!("dossiers have no {by:?}"),
        };
        if let Some(key) = key {
            groups.entry(key).or_default().push(dossier);
        }
    }
    let mut rows: Rows = groups
        .into_iter()
        .map(|(key, group)| (key, figures(&group, span)))
        .collect();
    rows.retain(|key, row| key.is_empty() || counts(row));
    rows
}

/// A figure belongs to the hour, day or week of the event that it counts.
fn by_time(all: &[Dossier], span: Span, by: By) -> Rows {
    let mut spans: BTreeMap<String, (Ms, Ms)> = BTreeMap::new();
    for event in all
        .iter()
        .flat_map(|dossier| &dossier.events)
        .filter(|event| span.has(event.time))
    {
        let times = spans
            .entry(time_key(by, event.time))
            .or_insert((event.time, event.time));
        *times = (times.0.min(event.time), times.1.max(event.time));
    }
    // Each key's events lie between its first and its last, so counting there counts the key.
    let mut rows: Rows = spans
        .into_iter()
        .map(|(key, (first, last))| {
            (
                key,
                figures(
                    all,
                    Span {
                        from: first,
                        to: last + 1,
                    },
                ),
            )
        })
        .collect();
    for row in rows.values_mut() {
        row.retain(|name, _| TIMED.contains(name));
    }
    rows.retain(|_, row| counts(row));
    rows
}

fn counts(row: &Figures) -> bool {
    row.values()
        .any(|value| value.as_f64().is_some_and(|number| number > 0.0))
}

fn figures(all: &[Dossier], span: Span) -> Figures {
    let within = |time: Option<Ms>| time.is_some_and(|time| span.has(time));
    let count =
        |which: &dyn Fn(&Dossier) -> bool| all.iter().filter(|dossier| which(dossier)).count();
    let ended = |how: &'static str| count(&|dossier| within(dossier.ended(how)));

    let settled: Vec<(&Dossier, Ms)> = all
        .iter()
        .filter_map(|dossier| dossier.ended("resolved").map(|at| (dossier, at)))
        .filter(|(_, at)| span.has(*at))
        .collect();
    let open: Vec<&Dossier> = all.iter().filter(|dossier| dossier.is_open()).collect();

    let settled_late = settled
        .iter()
        .filter(|(dossier, at)| dossier.late(*at).0)
        .count();
    let settled_late_by_date = settled
        .iter()
        .filter(|(dossier, at)| dossier.late(*at).1)
        .count();
    let open_late = open
        .iter()
        .filter(|dossier| dossier.late(dossier.to).0)
        .count();
    let open_late_by_date = open
        .iter()
        .filter(|dossier| dossier.late(dossier.to).1)
        .count();
    let digitised_in_time = |(dossier, at): &&(&Dossier, Ms)| {
        dossier
            .events
            .iter()
            .any(|event| event.kind == "dossier.digitised" && event.time <= *at)
    };
    let is_early = |(dossier, at): &&(&Dossier<'_>, Ms)| {
        let due = dossier.due(*at);
        due.is_some_and(|due| local(*at).date() < local(due).date())
    };
    let hours: Vec<f64> = settled
        .iter()
        .filter_map(|(dossier, at)| dossier.working_hours(*at))
        .collect();

    let counts = [
        (
            "submitted",
            count(&|dossier| within(dossier.time_of("submitted"))),
        ),
        (
            "accepted",
            count(&|dossier| within(dossier.time_of("accepted"))),
        ),
        ("refused", ended("refused")),
        ("withdrawn", ended("withdrawn")),
        ("stopped", ended("stopped")),
        (
            "awaiting_acceptance",
            count(&|dossier| {
                dossier.submission().is_some()
                    && dossier.time_of("accepted").is_none()
                    && dossier.end().is_none()
            }),
        ),
        ("total", settled.len() + open.len()),
        ("resolved", settled.len()),
        ("resolved_early_or_on_time", settled.len() - settled_late),
        ("resolved_overdue", settled_late),
        ("in_progress_in_time", open.len() - open_late),
        ("in_progress_overdue", open_late),
        (
            "resolved_early_or_on_time_by_date",
            settled.len() - settled_late_by_date,
        ),
        ("resolved_overdue_by_date", settled_late_by_date),
        (
            "in_progress_in_time_by_date",
            open.len() - open_late_by_date,
        ),
        ("in_progress_overdue_by_date", open_late_by_date),
        (
            "no_due_date",
            open.iter()
                .filter(|dossier| dossier.due(dossier.to).is_none())
                .count(),
        ),
        (
            "supplement_twice",
            count(&|dossier| within(dossier.second_request())),
        ),
        (
            "digitised_before",
            settled.iter().filter(digitised_in_time).count(),
        ),
        ("resolved_early", settled.iter().filter(is_early).count()),
    ];
    let mut figures: Figures = counts
        .into_iter()
        .map(|(name, count)| (name, Value::from(count)))
        .collect();
    figures.insert("mean_working_hours", mean(&hours));
    figures
}

#[cfg(test)]
mod tests;
