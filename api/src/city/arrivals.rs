//! Who comes to a site on a day, when, for what, and with how much patience.
//!
//! Invariant: numbers are given in the order people come, per service, from 1 each day.

use super::clock::{MINUTE, Millis};
use super::disturbed::Comer;
use super::event::{Body, Ticket};
use super::services::{DOSSIERS_A_VISIT, PURPOSES, SERVICES};
use super::visits::{Moment, SiteDay, Visit};
use std::cmp::Reverse;

impl SiteDay<'_> {
    /// Draws the day's people and gives them their numbers in the order they come.
    pub(crate) fn arrivals(&mut self, load: f64, half: bool, opens: Millis) {
        let [(morning, noon), (afternoon, evening)] = self.site.sessions;
        let length = noon - morning;
        let evening_length = evening - afternoon;
        // Shares of the day's people by stretch: the queue before the doors, the morning peak, a
        // thin noon, a second rise. The last half hour takes nobody new.
        let mut stretches: Vec<(Millis, Millis, f64)> = vec![
            (morning - 25 * MINUTE, morning, 0.06),
            (morning, morning + length / 4, 0.19),
            (morning + length / 4, morning + length / 2, 0.18),
            (morning + length / 2, morning + length * 3 / 4, 0.13),
            (morning + length * 3 / 4, noon - 10 * MINUTE, 0.07),
        ];
        if !half {
            stretches.extend([
                (noon - 10 * MINUTE, afternoon - 20 * MINUTE, 0.01),
                (afternoon - 20 * MINUTE, afternoon, 0.04),
                (afternoon, afternoon + evening_length / 3, 0.15),
                (
                    afternoon + evening_length / 3,
                    afternoon + evening_length * 2 / 3,
                    0.11,
                ),
                (
                    afternoon + evening_length * 2 / 3,
                    evening - 30 * MINUTE,
                    0.06,
                ),
            ]);
        }
        let column = self.site.share_column();
        let service_weights: Vec<f64> = SERVICES
            .iter()
            .map(|service| service.share[column])
            .collect();
        let purpose_weights: Vec<f64> = PURPOSES.iter().map(|purpose| purpose.1).collect();
        let mut times = Vec::new();
        for &(from, to, share) in &stretches {
            let count = self.chance.poisson(self.site.visits * load * share);
            for _ in 0..count {
                let of_day = self.chance.between(from as f64, to as f64) as Millis;
                times.push(self.instant(of_day));
            }
        }
        times.sort_unstable();
        let comers = self.comers(times, &stretches, load, opens);
        let mut numbers = [0_u16; SERVICES.len()];
        let mut walk_ins = 0;
        for Comer {
            arrived,
            no_machine,
        } in comers
        {
            let service = self.chance.pick(&service_weights);
            let purpose = self.chance.pick(&purpose_weights);
            // Served without a number: only once the doors are open.
            let walk_in = no_machine || (arrived > opens && self.chance.happens(0.012));
            let ticket = if walk_in {
                walk_ins += 1;
                Ticket {
                    letter: 'W',
                    number: walk_ins,
                }
            } else {
                numbers[service] += 1;
                Ticket {
                    letter: SERVICES[service].letter,
                    number: numbers[service],
                }
            };
            let booked = if self.site.branch { 0.14 } else { 0.05 };
            let priority = self.chance.pick(&[1.0 - booked - 0.06, booked, 0.06]) as u8;
            let appointment = (priority == 1).then(|| {
                let quarter = 15 * MINUTE;
                let ahead = (self.chance.between(0.0, 20.0) * MINUTE as f64) as Millis;
                (arrived + ahead + quarter / 2).div_euclid(quarter) * quarter
            });
            let dossiers = if purpose == 0 {
                let weights: Vec<f64> =
                    DOSSIERS_A_VISIT.iter().map(|(_, weight)| *weight).collect();
                DOSSIERS_A_VISIT[self.chance.pick(&weights)].0
            } else {
                0
            };
            let applicant = super::dossiers::applicant(&mut self.chance, service);
            let patience = (self.chance.lognormal(105.0, 0.55) * MINUTE as f64) as Millis;
            let gives_back = self.chance.happens(0.3);
            let index = self.visits.len();
            if !walk_in {
                let (service, priority, purpose) = (service as u8, priority, purpose as u8);
                let told = if self.chance.happens(0.5) {
                    applicant
                } else {
                    0
                };
                self.push(
                    arrived,
                    Body::Issued {
                        ticket,
                        service,
                        priority,
                        purpose,
                        appointment,
                        applicant: told,
                    },
                );
            }
            self.visits.push(Visit {
                arrived,
                since: arrived,
                service: service as u8,
                purpose: purpose as u8,
                priority,
                appointment,
                ticket,
                patience,
                gives_back,
                walk_in,
                dossiers,
                applicant,
                served_before: false,
                moved: false,
            });
            self.moments
                .push(Reverse((arrived, Moment::Arrives(index))));
        }
    }
}
