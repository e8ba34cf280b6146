//! What the simulated city measures: queues that are queues, and a year of the published figures.

use super::tests::{lines, plan};
use super::*;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use std::collections::HashMap;

#[test]
fn queues_are_queues() {
    let all = lines(&mut City::new(plan(5, 1.0), date(2026, 11, 23)), 1);
    let mut issued: HashMap<(String, String), Timestamp> = HashMap::new();
    let mut started: HashMap<(String, String), Timestamp> = HashMap::new();
    let mut waits = Vec::new();
    let mut busy: HashMap<(String, String), (String, Timestamp)> = HashMap::new();
    let (mut finished, mut abandoned, mut walk_ins) = (0, 0, 0);
    for line in &all {
        let event: Value = serde_json::from_str(line).unwrap();
        let data = &event["data"];
        let text = |key: &str| data[key].as_str().unwrap_or("").to_owned();
        let key = (text("site"), text("ticket"));
        let time: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
        match event["type"].as_str().unwrap() {
            "ticket.issued" => assert!(
                issued.insert(key, time).is_none(),
                "number given twice: {line}"
            ),
            "ticket.started" => {
                let counter = (text("site"), text("counter"));
                busy.insert(counter, (text("ticket"), time));
                if started.insert(key.clone(), time).is_none() {
                    if let Some(since) = issued.get(&key) {
                        waits.push(
                            (time.as_millisecond() - since.as_millisecond()) as f64 / 60_000.0,
                        );
                    } else {
                        walk_ins += 1;
                    }
                }
            }
            "ticket.finished" => {
                finished += 1;
                if let Some((ticket, since)) = busy.remove(&(text("site"), text("counter"))) {
                    assert_eq!(ticket, text("ticket"), "two at one counter: {line}");
                    assert!(time > since);
                }
            }
            "ticket.abandoned" => abandoned += 1,
            _ => {}
        }
    }
    assert!(waits.iter().all(|wait| *wait >= 0.0));
    waits.sort_by(f64::total_cmp);
    let mean = waits.iter().sum::<f64>() / waits.len() as f64;
    let p90 = waits[waits.len() * 9 / 10];
    eprintln!(
        "issued {} started {} finished {finished} abandoned {abandoned} walk-ins {walk_ins} wait mean {mean:.1} p50 {:.1} p90 {p90:.1} max {:.0}",
        issued.len(),
        started.len(),
        waits[waits.len() / 2],
        waits[waits.len() - 1],
    );
    assert!((3.0..30.0).contains(&mean), "mean wait {mean}");
    assert!(walk_ins > 0 && abandoned > 0);
    let share = f64::from(abandoned) / issued.len() as f64;
    assert!((0.005..0.08).contains(&share), "abandoned {share}");
}

/// A dossier on its way.
#[derive(Default)]
struct Open {
    service: u8,
    due: i64,
    stopped: Option<i64>,
    digital: bool,
}

/// A whole year: the volume of Bảng 01 and its overdue share, with land the worst.
#[test]
fn a_year_meets_the_published_figures() {
    let scale = 0.1;
    let mut city = City::new(plan(1, scale), date(2026, 1, 1));
    let (mut submitted, mut settled, mut late, mut feedback, mut digitised) =
        (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut open: HashMap<(u16, i64, u32), Open> = HashMap::new();
    let mut land = (0.0, 0.0);
    let mut departments = 0.0;
    let mut in_progress = Vec::new();
    let mut events = Vec::new();
    for _ in 0..365 {
        events.clear();
        city.day(&mut events);
        for event in &events {
            match event.body {
                Body::Dossier { dossier, step } => {
                    let key = (dossier.site, dossier.day, dossier.number);
                    match step {
                        Step::Submitted {
                            service, agency, ..
                        } => {
                            submitted += 1.0;
                            departments +=
                                f64::from(u8::from(matches!(agency, event::Agency::Department(_))));
                            open.insert(
                                key,
                                Open {
                                    service,
                                    ..Open::default()
                                },
                            );
                        }
                        Step::Accepted { due } | Step::Extended { due, .. } => {
                            open.get_mut(&key).unwrap().due = due;
                        }
                        Step::SupplementRequested { .. } | Step::Suspended => {
                            open.get_mut(&key).unwrap().stopped = Some(event.at);
                        }
                        Step::Supplemented | Step::Resumed => {
                            let entry = open.get_mut(&key).unwrap();
                            let from = entry.stopped.take().unwrap();
                            entry.due = clock::add_working(
                                entry.due,
                                dossiers::working_between(from, event.at),
                            );
                        }
                        Step::Digitised { .. } => {
                            if let Some(entry) = open.get_mut(&key) {
                                entry.digital = true;
                            }
                        }
                        Step::Resolved { .. } => {
                            let Open {
                                service,
                                due,
                                digital,
                                ..
                            } = open.remove(&key).unwrap();
                            settled += 1.0;
                            digitised += f64::from(u8::from(digital));
                            let overdue = f64::from(u8::from(event.at > due));
                            late += overdue;
                            if usize::from(service) == services::LAND {
                                land = (land.0 + 1.0, land.1 + overdue);
                            }
                        }
                        Step::Refused { .. } | Step::Withdrawn | Step::Stopped => {
                            open.remove(&key);
                        }
                        _ => {}
                    }
                }
                Body::Feedback {
                    step: event::FeedbackStep::Received { .. },
                    ..
                } => feedback += 1.0,
                _ => {}
            }
        }
        in_progress.push(open.len() as f64 / scale);
    }
    let year = submitted / scale;
    let share = late / settled * 100.0;
    let stock = in_progress[100..].iter().sum::<f64>() / 265.0;
    eprintln!(
        "year {year:.0} overdue {share:.3} % land {:.2} % feedback {:.0} in progress {stock:.0} departments {:.2} digitised before {:.3} pending {}",
        land.1 / land.0 * 100.0,
        feedback / scale,
        departments / submitted,
        digitised / settled,
        city.pending(),
    );
    assert!(
        (year / 4_055_230.0 - 1.0).abs() < 0.04,
        "dossiers a year {year}"
    );
    assert!((0.2..=0.5).contains(&share), "overdue {share} % of settled");
    assert!(land.1 / land.0 * 100.0 > 2.0 * share, "land is the worst");
    assert!(
        (feedback / scale / 6766.0 - 1.0).abs() < 0.15,
        "complaints a year {}",
        feedback / scale
    );
    assert!((45_000.0..95_000.0).contains(&stock), "in progress {stock}");
}
