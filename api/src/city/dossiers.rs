//! A dossier's life, drawn whole at the moment it is filed.
//!
//! All later steps are known then, so a day's generator only keeps the steps still to come. The
//! clock is the working calendar of [`super::clock`]; lateness is drawn first, by the service's rate,
//! and the time of settlement follows it, so that the overdue share of settled dossiers is the one
//! asked for. Stopped spans (a supplement, the financial obligation) move the settlement by their
//! own working time, as the contract moves the due date.
//!
//! Who is competent: the scheme says both that 80 % of dossiers are settled at departments (L909)
//! and, by its norms and staff (L3701–3704, Phụ lục 01), that district and commune one-stops can
//! take 3.07 of 4.06 million. Both cannot hold; the services' own rates put 45 % at departments.

use super::chance::Chance;
use super::clock::{self, HOUR, MINUTE, Millis, SECOND};
use super::event::{Agency, Step};
use super::services::{LAND, SERVICES, TAX};

/// What is known of a dossier when it is filed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filing {
    pub(crate) at: Millis,
    pub(crate) site: u16,
    pub(crate) service: u8,
    /// Index of `CHANNELS`: 0 counter, 1 online, 2 postal.
    pub(crate) channel: u8,
    pub(crate) home: u16,
    pub(crate) performer: u8,
    pub(crate) applicant: u64,
}

/// A pseudonym of an applicant. One land dossier in eight comes from one of forty who file for
/// others, as at the land offices (field notes on Branch 1).
pub(crate) fn applicant(chance: &mut Chance, service: usize) -> u64 {
    if service == LAND && chance.happens(0.12) {
        return 1 + chance.below(40) as u64;
    }
    // 2^47 of them: a citizen files a few times a year, and repeats do not matter to the figures.
    (chance.unit() * 140_000_000_000_000.0) as u64 + 1000
}

/// The later of two instants, with `gap` between them at least.
fn after(earliest: Millis, gap: Millis, wanted: Millis) -> Millis {
    wanted.max(earliest + gap)
}

/// All steps of one dossier, in order of time.
pub(crate) fn life(filing: &Filing, chance: &mut Chance) -> Vec<(Millis, Step)> {
    let service = &SERVICES[usize::from(filing.service)];
    let online = filing.channel == 1;
    let competent = if chance.happens(service.department.0) {
        Agency::Department(service.department.1 as u8)
    } else {
        Agency::Commune(filing.site)
    };
    let has_fee = chance.happens(service.fee.0);
    let mut steps = Vec::with_capacity(10);
    steps.push((
        filing.at,
        Step::Submitted {
            service: filing.service,
            procedure: chance.below(service.procedures.len()) as u8,
            agency: competent,
            channel: filing.channel,
            home: filing.home,
            applicant: filing.applicant,
            performer: filing.performer,
            verified: online || chance.happens(0.35),
            has_fee,
        },
    ));

    // Reception. Online: within 8 working hours, but for one in forty.
    let accepted = if online {
        let hours = if chance.happens(0.025) {
            chance.between(8.2, 20.0)
        } else {
            chance.between(0.05, 7.0).min(6.8)
        };
        clock::add_working(filing.at, (hours * HOUR as f64) as Millis) + SECOND
    } else {
        filing.at + (chance.between(15.0, 110.0) * SECOND as f64) as Millis
    };
    if chance.happens(if online { 0.022 } else { 0.006 }) {
        steps.push((
            accepted,
            Step::Refused {
                reason: 2 + chance.below(2) as u8,
            },
        ));
        return steps;
    }
    let due = due_date(accepted, service.limit_hours);
    steps.push((accepted, Step::Accepted { due }));
    if has_fee {
        let method = u8::from(online || chance.happens(0.42));
        let amount = service.fee.1 * [1, 1, 1, 2, 3][chance.below(5)];
        let at = accepted + (chance.between(5.0, 90.0) * SECOND as f64) as Millis;
        steps.push((at, Step::Paid { method, amount }));
    }

    // The working time there is; same-day dossiers have what is left of the day.
    let limit = working_between(accepted, due).max(30 * MINUTE);
    let late = chance.happens(service.late);
    let work = if late {
        limit as f64 + chance.lognormal(14.0, 0.9) * HOUR as f64
    } else {
        limit as f64 * (0.12 + 0.86 * chance.unit().max(chance.unit()))
    } as Millis;

    // Few are withdrawn or stopped on the way.
    let ends_otherwise = chance.happens(0.003);
    let mut stopped: Millis = 0;
    let digitised = accepted + (chance.lognormal(25.0, 0.8) * MINUTE as f64) as Millis;
    if chance.happens(0.955) {
        let parts = 1 + chance.below(6) as u8;
        let reused = if chance.happens(0.18) {
            1 + chance.below(usize::from(parts)) as u8
        } else {
            0
        };
        let from_store = u8::from(online && chance.happens(0.25));
        steps.push((
            digitised,
            Step::Digitised {
                parts,
                reused,
                from_store,
            },
        ));
    }

    // Hand-overs.
    let paper = !online && chance.happens(0.55);
    let mut holder_since = accepted;
    if let Agency::Department(_) = competent {
        let sent = after(
            accepted,
            MINUTE,
            clock::add_working(accepted, (limit as f64 * 0.02) as Millis + 20 * MINUTE),
        );
        let taken = clock::add_working(
            sent,
            (chance.lognormal(if paper { 3.5 } else { 1.2 }, 0.7) * HOUR as f64) as Millis,
        );
        let step_due = clock::add_working(accepted, limit * 7 / 10);
        let fits = working_between(accepted, taken) < work * 8 / 10;
        if fits {
            steps.push((
                sent,
                Step::Transferred {
                    to: competent,
                    step: 1,
                    due: step_due,
                    paper,
                },
            ));
            steps.push((
                taken + SECOND,
                Step::Taken {
                    agency: competent,
                    step: 1,
                    due: step_due,
                    paper,
                },
            ));
            holder_since = taken + SECOND;
        }
    }

    // A request for papers, seldom a second one.
    if chance.happens(service.supplement) && limit >= 6 * HOUR {
        let mut asked =
            clock::add_working(holder_since, (work as f64 * 0.12) as Millis + 10 * MINUTE);
        let rounds = if chance.happens(0.04) { 2 } else { 1 };
        for _ in 0..rounds {
            steps.push((
                asked,
                Step::SupplementRequested {
                    reason: chance.below(2) as u8,
                },
            ));
            if chance.happens(0.025) {
                let dropped = clock::add_working(asked, 200 * HOUR);
                steps.push((dropped, Step::Stopped));
                return steps;
            }
            let given =
                clock::add_working(asked, (chance.lognormal(18.0, 0.8) * HOUR as f64) as Millis);
            let given = after(asked, MINUTE, given);
            steps.push((given, Step::Supplemented));
            stopped += working_between(asked, given);
            asked = clock::add_working(given, (work as f64 * 0.12) as Millis + 10 * MINUTE);
        }
        holder_since = asked;
    }
    // Land and the tax office: the clock stops until the obligation is met.
    if usize::from(filing.service) == LAND && chance.happens(0.22) {
        let sent = clock::add_working(holder_since, (work as f64 * 0.2) as Millis);
        let tax = Agency::Department(TAX as u8);
        let step_due = clock::add_working(sent, 24 * HOUR);
        let taken =
            clock::add_working(sent, (chance.between(0.3, 5.0) * HOUR as f64) as Millis) + SECOND;
        steps.push((
            sent,
            Step::Transferred {
                to: tax,
                step: 2,
                due: step_due,
                paper: false,
            },
        ));
        steps.push((
            taken,
            Step::Taken {
                agency: tax,
                step: 2,
                due: step_due,
                paper: false,
            },
        ));
        let paid = clock::add_working(taken, (chance.lognormal(26.0, 0.7) * HOUR as f64) as Millis);
        let paid = after(taken, MINUTE, paid);
        steps.push((taken + SECOND, Step::Suspended));
        steps.push((paid, Step::Resumed));
        let back = paid + (chance.between(30.0, 300.0) * SECOND as f64) as Millis;
        steps.push((
            back,
            Step::Transferred {
                to: competent,
                step: 3,
                due,
                paper: false,
            },
        ));
        steps.push((
            back + 40 * SECOND,
            Step::Taken {
                agency: competent,
                step: 3,
                due,
                paper: false,
            },
        ));
        stopped += working_between(taken + SECOND, paid);
        holder_since = back + 40 * SECOND;
    }
    if ends_otherwise {
        let at = clock::add_working(holder_since, (limit as f64 * 0.3) as Millis);
        steps.push((at + MINUTE, Step::Withdrawn));
        return steps;
    }

    // A new appointment before the old one runs out, with a letter of apology as a rule.
    let mut work = work;
    if chance.happens(0.003) && limit > 8 * HOUR && !late {
        let told = clock::add_working(accepted, stopped + limit * 9 / 10);
        let more = (limit / 2).max(8 * HOUR);
        let due = clock::add_working(accepted, stopped + limit + more);
        if told > holder_since {
            steps.push((
                told,
                Step::Extended {
                    due,
                    apology: chance.happens(0.7),
                },
            ));
            work = limit + more / 2;
        }
    }

    let resolved = after(
        holder_since,
        MINUTE,
        clock::add_working(accepted, work + stopped),
    );
    steps.push((
        resolved,
        Step::Resolved {
            approved: chance.happens(0.986),
            e_result: chance.happens(0.74),
        },
    ));
    // Handed over: on the spot or sent, when it is short; within days when someone must come.
    if chance.happens(0.96) {
        let channel = if online && chance.happens(0.7) {
            1
        } else if chance.happens(0.12) {
            2
        } else {
            0
        };
        let wait = match channel {
            1 => chance.between(0.02, 0.4),
            2 => chance.lognormal(14.0, 0.5),
            _ if service.limit_hours == 0 => chance.lognormal(0.6, 0.8),
            _ => chance.lognormal(10.0, 0.9),
        };
        let returned = clock::add_working(resolved, (wait * HOUR as f64) as Millis);
        steps.push((
            after(resolved, SECOND, returned),
            Step::Returned { channel },
        ));
    }
    steps
}

/// The appointment: the limit in working time, or the same day if received before 15:00 and else
/// the next working day (rules.md §3.3).
fn due_date(accepted: Millis, limit_hours: i64) -> Millis {
    if limit_hours > 0 {
        return clock::add_working(accepted, limit_hours * HOUR);
    }
    let day = clock::local_day(accepted);
    let today = clock::works(day) && clock::of_day(accepted) < 15 * HOUR;
    clock::at(
        if today { day } else { clock::next_working(day) },
        17 * HOUR,
    )
}

/// Working time between two instants.
pub(crate) fn working_between(from: Millis, to: Millis) -> Millis {
    let mut total = 0;
    for day in clock::local_day(from)..=clock::local_day(to) {
        if clock::works(day) {
            for (open, close) in clock::SESSIONS {
                let begin = clock::at(day, open).max(from);
                let end = clock::at(day, close).min(to);
                total += (end - begin).max(0);
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn same_day_has_its_cut_off() {
        let monday = clock::day_of(date(2026, 11, 23));
        assert_eq!(
            due_date(clock::at(monday, 9 * HOUR), 0),
            clock::at(monday, 17 * HOUR)
        );
        // 24 November is a day off from 2026.
        assert_eq!(
            due_date(clock::at(monday, 15 * HOUR), 0),
            clock::at(monday + 2, 17 * HOUR)
        );
    }

    #[test]
    fn a_life_keeps_its_order_and_its_limits() {
        let monday = clock::day_of(date(2026, 11, 23));
        let mut chance = Chance::new(7, 7, 7, 7);
        let mut late = 0.0;
        let mut settled = 0.0;
        for n in 0..20_000_u64 {
            let filing = Filing {
                at: clock::at(monday, 8 * HOUR + (n as i64 % 480) * MINUTE),
                site: 0,
                service: (n % 11) as u8,
                channel: (n % 3) as u8,
                home: 0,
                performer: 0,
                applicant: n,
            };
            let steps = life(&filing, &mut chance);
            assert!(matches!(steps[0].1, Step::Submitted { .. }));
            assert!(steps.iter().all(|(at, _)| *at >= filing.at));
            let mut due = None;
            let mut stop = None;
            for (at, step) in &steps {
                match step {
                    Step::Accepted { due: to } | Step::Extended { due: to, .. } => due = Some(*to),
                    Step::SupplementRequested { .. } | Step::Suspended => stop = Some(*at),
                    Step::Supplemented | Step::Resumed => {
                        let span = working_between(stop.take().unwrap(), *at);
                        due = due.map(|due| clock::add_working(due, span));
                    }
                    Step::Resolved { .. } => {
                        assert_eq!(stop, None);
                        settled += 1.0;
                        late += f64::from(u8::from(*at > due.unwrap()));
                    }
                    _ => {}
                }
            }
        }
        // Every service alike here, so more of the slow ones than in the city.
        let expected: f64 = SERVICES.iter().map(|service| service.late).sum::<f64>() / 11.0;
        let share = late / settled;
        assert!(
            (share / expected - 1.0).abs() < 0.5,
            "{share} against {expected}"
        );
    }
}
