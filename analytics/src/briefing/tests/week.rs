//! A small week of three points, made up, with true names.

use std::collections::BTreeMap;

use ingest::event::EventTime;

use crate::briefing::model::Briefing;
use crate::briefing::span::{Span, Spans};
use crate::briefing::tables::Tables;
use crate::briefing::targets::Targets;
use crate::briefing::{Inputs, TrainingInput, brief};
use crate::register::tasks::{Row as Task, Standing};
use crate::registry::{Registered, Registry};
use crate::rules::Rules;
use crate::scorecard::Figures;

/// What a briefing is made of, owned.
pub(in crate::briefing) struct Week {
    pub(in crate::briefing) registry: Registry,
    rules: Rules,
    targets: Targets,
    pub(in crate::briefing) spans: Spans,
    pub(in crate::briefing) now: Tables,
    pub(in crate::briefing) previous: Option<Tables>,
    pub(in crate::briefing) simulated: bool,
    tasks: Vec<Task>,
}

pub(in crate::briefing) fn at(text: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{text}:00+07:00")).unwrap()
}

fn set(figures: &mut Figures, all: &[(&str, f64)]) {
    for (name, value) in all {
        figures.set(*name, *value);
    }
}

/// A point's visits, mean wait and ratings.
type Point = (&'static str, f64, f64, f64, f64);

fn tables(points: &[Point], agencies: &[(&str, f64, f64, f64)], days: [&str; 5]) -> Tables {
    let mut tables = Tables::default();
    let (mut started, mut waited, mut ratings, mut satisfied) = (0.0, 0.0, 0.0, 0.0);
    for (site, n, wait, rated, good) in points {
        let figures = tables.by_site.entry((*site).to_owned()).or_default();
        set(
            figures,
            &[
                ("visits.visits", *n),
                ("visits.started", *n),
                ("visits.mean_wait_s", *wait),
                ("ratings.ratings", *rated),
                ("ratings.satisfied", *good),
            ],
        );
        started += n;
        waited += n * wait;
        ratings += rated;
        satisfied += good;
    }
    let (mut resolved, mut late, mut open) = (0.0, 0.0, 0.0);
    for (agency, settled, late_here, open_here) in agencies {
        let figures = tables.by_agency.entry((*agency).to_owned()).or_default();
        set(
            figures,
            &[
                ("dossiers.resolved", *settled),
                ("dossiers.resolved_early_or_on_time", settled - late_here),
                ("dossiers.resolved_overdue", *late_here),
                ("dossiers.in_progress_overdue", *open_here),
                ("dossiers.total", settled + open_here),
            ],
        );
        resolved += settled;
        late += late_here;
        open += open_here;
    }
    // Every day alike: half before ten, half after, the first half waiting twice as long.
    for day in days {
        for (hour, share) in [("08", 4.0 / 3.0), ("10", 2.0 / 3.0)] {
            let key = format!("{day}T{hour}:00+07:00");
            let n = started / 10.0;
            set(
                tables.by_hour.entry(key).or_default(),
                &[
                    ("visits.visits", n),
                    ("visits.started", n),
                    ("visits.mean_wait_s", waited / started * share),
                ],
            );
        }
    }
    set(
        &mut tables.city,
        &[
            ("visits.visits", started),
            ("visits.started", started),
            ("visits.mean_wait_s", waited / started),
            ("visits.over_15min", started / 5.0),
            ("visits.mean_transaction_per_dossier_s", 560.0),
            ("visits.walk_in", 3.0),
            ("visits.implausible", 2.0),
            ("visits.approximate", 11.0),
            ("visits.unresolved", 4.0),
            ("dossiers.submitted", resolved + 20.0),
            ("dossiers.accepted", resolved + 10.0),
            ("dossiers.total", resolved + open + 200.0),
            ("dossiers.resolved", resolved),
            ("dossiers.resolved_early_or_on_time", resolved - late),
            ("dossiers.resolved_overdue", late),
            ("dossiers.in_progress_overdue", open),
            ("dossiers.digitised_before", resolved * 0.9),
            ("dossiers.supplement_twice", 0.0),
            ("dossiers.no_due_date", 0.0),
            ("duties.acknowledge_kept", 380.0),
            ("duties.acknowledge_broken", 20.0),
            ("duties.acknowledge_late", 5.0),
            ("duties.apology_kept", 1.0),
            ("duties.apology_broken", 3.0),
            ("ratings.ratings", ratings),
            ("ratings.satisfied", satisfied),
            ("feedback.received", 12.0),
            ("feedback.answered", 9.0),
            ("feedback.answered_on_time", 8.0),
            ("feedback.open_late", 2.0),
            ("feedback.about_staff", 1.0),
            ("feedback.judged", 4.0),
            ("feedback.unsatisfied", 1.0),
            ("alerts.raised", 14.0),
            ("alerts.acknowledged", 13.0),
            ("alerts.escalated", 1.0),
            ("alerts.urged", 5.0),
            ("alerts.answered", 4.0),
            ("alerts.open", 2.0),
        ],
    );
    tables
}

impl Week {
    /// 16 to 22 November 2026: a little worse than the week before, since one point's wait grew.
    pub(in crate::briefing) fn usual() -> Self {
        let days = [
            "2026-11-16",
            "2026-11-17",
            "2026-11-18",
            "2026-11-19",
            "2026-11-20",
        ];
        let days_before = [
            "2026-11-09",
            "2026-11-10",
            "2026-11-11",
            "2026-11-12",
            "2026-11-13",
        ];
        let now = tables(
            &[
                ("00004", 500.0, 600.0, 100.0, 97.0),
                ("00008", 300.0, 840.0, 80.0, 74.0),
                ("00070", 200.0, 1_350.0, 20.0, 14.0),
            ],
            &[
                ("dept/health", 300.0, 6.0, 9.0),
                ("dept/justice", 100.0, 0.0, 3.0),
            ],
            days,
        );
        let previous = tables(
            &[
                ("00004", 500.0, 600.0, 100.0, 98.0),
                ("00008", 300.0, 840.0, 80.0, 75.0),
                ("00070", 200.0, 840.0, 20.0, 19.0),
            ],
            &[
                ("dept/health", 280.0, 3.0, 15.0),
                ("dept/justice", 90.0, 1.0, 4.0),
            ],
            days_before,
        );
        Self {
            registry: Registry::new(
                [
                    point("00004", "Phường Ba Đình"),
                    point("00008", "Phường Ngọc Hà"),
                    point("00025", "Phường Giảng Võ"),
                    point("00070", "Phường Hoàn Kiếm"),
                ],
                [],
            ),
            rules: Rules::with(crate::rules::Own {
                agencies: Some("[[agency]]\ncode = \"dept/health\"\nname = \"Sở Y tế\"\n"),
                ..crate::rules::Own::default()
            })
            .unwrap(),
            targets: Targets::shipped().unwrap(),
            spans: Spans::at(Span::parse("2026-W47").unwrap(), at("2026-11-25T08:00")).unwrap(),
            now,
            previous: Some(previous),
            simulated: true,
            tasks: vec![Task {
                id: "transfer/06".to_owned(),
                vi: Some("Hoàn thiện Đề án vị trí việc làm".to_owned()),
                en: Some("Complete the job-position scheme".to_owned()),
                lead: Some("Trung tâm".to_owned()),
                partners: Vec::new(),
                due: Some(at("2026-01-31T23:59")),
                standing: Standing::Overdue,
                told_at: None,
                evidence: None,
            }],
        }
    }

    /// Its briefing.
    pub(in crate::briefing) fn brief(&self) -> Briefing {
        let subjects = BTreeMap::new();
        brief(&Inputs {
            spans: &self.spans,
            simulated: self.simulated,
            registry: &self.registry,
            rules: &self.rules,
            targets: &self.targets,
            now: &self.now,
            previous: self.previous.as_ref(),
            last_year: None,
            index: None,
            coverage: None,
            sessions: &[],
            tasks: &self.tasks,
            training: TrainingInput {
                rows: &[],
                subjects: &subjects,
            },
            provisional: &[],
            odd: None,
        })
    }
}

/// An open reception point.
pub(in crate::briefing) fn point(id: &str, name: &str) -> Registered {
    Registered {
        id: id.into(),
        name: name.to_owned(),
        kind: "point",
        unit: id.into(),
        lon: 105.8,
        lat: 21.0,
        coord_class: "A",
        open: true,
    }
}
