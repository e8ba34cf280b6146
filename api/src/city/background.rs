//! The rest of a day: published hours, device pulses, complaints, training, tasks, incidents.
//!
//! Complaints and proposals (PAKN) number 6,766 a year (2023, L914–916), a quarter of them about
//! land. Their limits are those of the state's memo (rules.md §1.3): forwarded within 2 working days,
//! answered within 15.

use super::CityPlan;
use super::chance::Chance;
use super::clock::{self, Day, HOUR, MINUTE, Millis, SECOND};
use super::event::{Agency, Body, DEVICES, Event, FeedbackStep, SUBJECTS};
use super::profile::{QueueSource, WORKING_DAYS};
use super::services::{LAND, SERVICES};
use jiff::civil::date;

/// PAKN a year: L914–916.
pub(crate) const FEEDBACK_A_YEAR: f64 = 6766.0;
/// Between two pulses of one device.
const PULSE: Millis = 5 * MINUTE;

/// The published hours of a working day, told at six in the morning.
pub(crate) fn schedule(plan: &CityPlan, day: Day, half: bool, out: &mut Vec<Event>) {
    for (index, site) in plan.sites().iter().enumerate() {
        if half && !site.saturday {
            continue;
        }
        let spans = if half {
            &site.sessions[..1]
        } else {
            &site.sessions[..]
        };
        for (order, (from, to)) in spans.iter().enumerate() {
            let body = Body::SiteScheduled {
                from: clock::at(day, *from),
                to: clock::at(day, *to),
            };
            let at = clock::at(day, 6 * HOUR) + index as Millis * 20 + order as Millis;
            out.push(Event {
                at,
                site: index as u16,
                number: 0,
                body,
            });
        }
    }
}

/// Pulses of the devices of open sites, and the incidents that silence them.
pub(crate) fn devices(
    plan: &CityPlan,
    day: Day,
    half: bool,
    later: &mut Vec<Event>,
    out: &mut Vec<Event>,
) {
    let mut chance = Chance::new(plan.seed, 21, 0, day);
    let until = if half {
        12 * HOUR + 30 * MINUTE
    } else {
        17 * HOUR + 45 * MINUTE
    };
    let mut number = 0;
    for (index, site) in plan.sites().iter().enumerate() {
        if half && !site.saturday {
            continue;
        }
        let has = [
            site.queue == QueueSource::Tickets,
            site.rating_device,
            site.queue == QueueSource::Board,
            // Sites without any other device are seen by their camera.
            site.queue == QueueSource::Nothing && !site.rating_device,
        ];
        let outage = chance.happens(0.004).then(|| {
            let from = (chance.between(8.0, 15.0) * HOUR as f64) as Millis;
            (
                from,
                from + (chance.lognormal(1.2, 0.7) * HOUR as f64) as Millis,
            )
        });
        for (device, has) in has.iter().enumerate().take(DEVICES.len()) {
            if !has {
                continue;
            }
            let phase = (chance.unit() * PULSE as f64) as Millis;
            let mut of_day = 7 * HOUR + phase;
            while of_day < until {
                let silent = outage.is_some_and(|(from, to)| (from..to).contains(&of_day));
                if !silent && !chance.happens(0.004) {
                    let at =
                        clock::at(day, of_day) + (chance.unit() * 2.0 * SECOND as f64) as Millis;
                    out.push(Event {
                        at,
                        site: index as u16,
                        number: 0,
                        body: Body::Heartbeat {
                            device: device as u8,
                        },
                    });
                }
                of_day += PULSE;
            }
        }
        if let Some((from, to)) = outage {
            number += 1;
            // Unique over the run: the day and the order in it.
            let id = (day.rem_euclid(9999) as u32) * 100 + number;
            let kind = if chance.happens(0.85) {
                0
            } else {
                1 + chance.below(2) as u8
            };
            let site = index as u16;
            let reported = clock::at(day, from) + 7 * MINUTE;
            later.push(Event {
                at: reported,
                site,
                number: 0,
                body: Body::Incident {
                    number: id,
                    kind,
                    closed: false,
                },
            });
            let closed = clock::at(day, to).max(reported) + 3 * MINUTE;
            later.push(Event {
                at: closed,
                site,
                number: 0,
                body: Body::Incident {
                    number: id,
                    kind,
                    closed: true,
                },
            });
        }
    }
}

/// Complaints received this day with all that follows; steps may lie on later days.
pub(crate) fn feedback(plan: &CityPlan, day: Day, later: &mut Vec<Event>) {
    let mut chance = Chance::new(plan.seed, 22, 0, day);
    let mean = FEEDBACK_A_YEAR / WORKING_DAYS * plan.scale;
    // Days off bring a sixth: the hotline is always open; the year's sum is kept.
    let weight = WORKING_DAYS / (WORKING_DAYS + (365.0 - WORKING_DAYS) / 6.0);
    let count = chance.poisson(mean * weight * if clock::works(day) { 1.0 } else { 1.0 / 6.0 });
    let civil = clock::date_of(day);
    let month = u32::from(civil.year().rem_euclid(100) as u16) * 100 + civil.month() as u32;
    for n in 0..count {
        let number = civil.day() as u32 * 1000 + n as u32;
        let site = chance.below(plan.sites().len()) as u16;
        let service = if chance.happens(0.25) {
            LAND
        } else {
            chance.below(SERVICES.len())
        };
        let department = SERVICES[service].department;
        let agency = if chance.happens(department.0) {
            Agency::Department(department.1 as u8)
        } else {
            Agency::Commune(site)
        };
        let received = clock::at(day, (chance.between(7.0, 21.5) * HOUR as f64) as Millis);
        let due = clock::add_working(received, 15 * 8 * HOUR);
        let about = chance.pick(&[0.7, 0.22, 0.08]) as u8;
        let hours = |chance: &mut Chance, mean: f64, sigma: f64| {
            (chance.lognormal(mean, sigma) * HOUR as f64) as Millis
        };
        let forwarded = clock::add_working(received, hours(&mut chance, 5.0, 0.7)) + SECOND;
        let explained = clock::add_working(forwarded, hours(&mut chance, 30.0, 0.6)) + SECOND;
        let answered = clock::add_working(explained, hours(&mut chance, 16.0, 0.6)) + SECOND;
        let closed = clock::add_working(answered, hours(&mut chance, 10.0, 0.6)) + SECOND;
        let mut push = |at, step| {
            let body = Body::Feedback {
                feedback: number,
                month,
                step,
            };
            later.push(Event {
                at,
                site,
                number: 0,
                body,
            });
        };
        push(
            received,
            FeedbackStep::Received {
                agency,
                service: service as u8,
                about,
                due,
            },
        );
        push(forwarded, FeedbackStep::Forwarded { agency });
        if chance.happens(0.6) {
            push(explained, FeedbackStep::Explained);
        }
        push(answered, FeedbackStep::Answered);
        push(
            closed,
            FeedbackStep::Closed {
                satisfied: chance.happens(0.82),
            },
        );
    }
}

/// Tasks of the transfer plan (other-plans.md, B: fourteen of them) and training by unit (D).
pub(crate) fn plans(plan: &CityPlan, day: Day, first: Day, out: &mut Vec<Event>) {
    let due_days = [
        date(2025, 12, 5),
        date(2025, 12, 5),
        date(2025, 12, 5),
        date(2025, 12, 5),
        date(2025, 12, 5),
        date(2026, 1, 31),
        date(2026, 1, 31),
        date(2025, 12, 5),
    ];
    let morning = clock::at(day, 9 * HOUR);
    if day == first {
        for task in 1..=14_u8 {
            let fixed = due_days
                .get(usize::from(task) - 1)
                .map(|due| clock::day_of(*due));
            // The continuous tasks are reported on until a month from the start.
            let due = clock::at(fixed.unwrap_or(day + 30), 17 * HOUR);
            let done = due < morning && task != 7;
            let at = morning + Millis::from(task) * SECOND;
            out.push(Event {
                at,
                site: 0,
                number: 0,
                body: Body::Task { task, done, due },
            });
        }
    }
    if clock::weekday(day) != 4 {
        return;
    }
    // Fridays: a sixth of the units report how far they are.
    let week = day.div_euclid(7);
    let mut chance = Chance::new(plan.seed, 23, 0, day);
    for (index, site) in plan.sites().iter().enumerate() {
        if (index as i64 + week).rem_euclid(6) != 0 {
            continue;
        }
        let subject = ((week / 6 + index as i64).rem_euclid(SUBJECTS.len() as i64)) as u8;
        let of = (site.counters.len() as u16) * 2;
        let count = (f64::from(of) * chance.between(0.7, 1.03)).min(f64::from(of)) as u16;
        let at = morning + index as Millis * 1500;
        out.push(Event {
            at,
            site: index as u16,
            number: 0,
            body: Body::Training { subject, count, of },
        });
    }
}
