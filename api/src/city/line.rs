//! How an event is written: one line of contract version 1, by hand, since a day has 250,000 of them.
//!
//! Invariants: every `source` begins with `sim/`; no text needs an escape, because all of it is the
//! catalogue's own or an id that the plan has checked.

use super::CityPlan;
use super::clock::{self, Day, Millis};
use super::event::{Agency, Body, DEVICES, Dossier, Event, FeedbackStep, SUBJECTS, Step, Ticket};
use super::services::{DEPARTMENTS, PURPOSES, SERVICES};
use std::fmt::Write;

const PRIORITIES: [&str; 3] = ["normal", "appointment", "vulnerable"];
const CHANNELS: [&str; 4] = ["counter", "online", "postal", "mobile"];
const PERFORMERS: [&str; 3] = ["official", "postal", "volunteer"];
const RATING_CHANNELS: [&str; 3] = ["device", "kiosk", "qr"];
const STEPS: [&str; 4] = ["reception", "appraisal", "financial_obligation", "approval"];
const ABOUT: [&str; 3] = ["procedure", "staff", "other"];
/// Reasons, as codes of the list that ships: two for a supplement, two for a refusal.
const REASONS: [&str; 4] = ["incomplete", "wrong_form", "not_competent", "not_eligible"];
const INCIDENTS: [&str; 3] = ["outage", "security", "premises"];
impl Event {
    /// Appends its line, without the line feed, to `out`.
    pub fn write_json(&self, plan: &CityPlan, out: &mut String) {
        let mut line = Line { out, plan };
        line.event(self);
    }
}

/// The writer of one line. Writing to a `String` cannot fail, so its results are let go.
struct Line<'a> {
    out: &'a mut String,
    plan: &'a CityPlan,
}

impl Line<'_> {
    fn event(&mut self, event: &Event) {
        let site = self.plan.site(event.site);
        self.out.push_str(r#"{"specversion":"1.0","id":""#);
        if let Body::Dossier { dossier, .. } = event.body {
            self.code(dossier);
            let _ = write!(self.out, "/{}", event.number);
        } else {
            self.compact_day(clock::local_day(event.at));
            let _ = write!(self.out, "-{:05}", event.number);
        }
        self.out.push_str(r#"","source":"sim/"#);
        match event.producer() {
            10 => self.out.push_str("city/1022"),
            11 => self.out.push_str("city/centre"),
            producer => {
                let _ = write!(self.out, "site/{}/", site.id);
                match producer {
                    0 => self.out.push_str("desk"),
                    1 => self.out.push_str("kiosk/1"),
                    2 => self.out.push_str("board/1"),
                    3 => self.out.push_str("rating/1"),
                    4 => self.out.push_str("onestop"),
                    5..=9 => {
                        let _ = write!(self.out, "{}/pulse", DEVICES[usize::from(producer - 5)].0);
                    }
                    _ => {
                        let _ = write!(self.out, "counter/{}", producer - 15);
                    }
                }
            }
        }
        let _ = write!(self.out, r#"","type":"{}","time":""#, event.kind());
        self.time(event.at);
        self.out.push_str(r#"","data":{"#);
        self.body(event);
        self.out.push_str("}}");
    }

    fn body(&mut self, event: &Event) {
        let plan = self.plan;
        let site_id = plan.site(event.site).id.as_str();
        match event.body {
            Body::SiteScheduled { from, to } => {
                self.text("site", site_id);
                self.instant("from", from);
                self.instant("to", to);
                self.text("kind", "regular");
            }
            Body::SiteOpened | Body::SiteClosed => self.text("site", site_id),
            Body::CounterOpened { counter } => {
                self.counter(site_id, counter);
                let set = &plan.site(event.site).counters[usize::from(counter)];
                self.key("services");
                self.out.push('[');
                let mut first = true;
                for (index, service) in SERVICES.iter().enumerate() {
                    if set.services & (1 << index) != 0 {
                        let comma = if first { "" } else { "," };
                        let _ = write!(self.out, r#"{comma}"{}""#, service.code);
                        first = false;
                    }
                }
                self.out.push(']');
                self.text("performer", PERFORMERS[usize::from(set.performer)]);
            }
            Body::CounterPaused { counter }
            | Body::CounterResumed { counter }
            | Body::CounterClosed { counter } => {
                self.counter(site_id, counter);
            }
            Body::Issued {
                ticket,
                service,
                priority,
                purpose,
                appointment,
                applicant,
            } => {
                self.ticket(site_id, ticket);
                self.text("service", SERVICES[usize::from(service)].code);
                self.text("priority", PRIORITIES[usize::from(priority)]);
                if let Some(at) = appointment {
                    self.instant("appointment_at", at);
                }
                self.text("purpose", PURPOSES[usize::from(purpose)].0);
                if applicant != 0 {
                    self.pseudonym(applicant);
                }
            }
            Body::Called { ticket, counter } | Body::Started { ticket, counter } => {
                self.ticket(site_id, ticket);
                self.number_text("counter", u32::from(counter) + 1);
            }
            Body::Finished {
                ticket,
                counter,
                dossiers,
            } => {
                self.ticket(site_id, ticket);
                self.number_text("counter", u32::from(counter) + 1);
                self.number("dossiers", u64::from(dossiers));
            }
            Body::Abandoned { ticket } => self.ticket(site_id, ticket),
            Body::MovedOn {
                ticket, service, ..
            } => {
                self.ticket(site_id, ticket);
                self.text("service", SERVICES[usize::from(service)].code);
            }
            Body::Board {
                service,
                waiting,
                open,
                serving,
                seconds,
            } => {
                self.text("site", site_id);
                self.text("service", SERVICES[usize::from(service)].code);
                self.number("waiting", u64::from(waiting));
                self.number("open_counters", u64::from(open));
                if let Some(ticket) = serving {
                    self.key("serving");
                    let _ = write!(self.out, r#""{}{:03}""#, ticket.letter, ticket.number);
                }
                self.number("service_seconds", u64::from(seconds));
            }
            Body::Rating {
                score,
                channel,
                counter,
                ticket,
            } => {
                self.number("score", u64::from(score));
                self.text("channel", RATING_CHANNELS[usize::from(channel)]);
                self.counter(site_id, counter);
                if let Some(ticket) = ticket {
                    self.key("ticket");
                    let _ = write!(self.out, r#""{}{:03}""#, ticket.letter, ticket.number);
                }
            }
            Body::Dossier { dossier, step } => self.dossier(site_id, dossier, step),
            Body::Feedback {
                feedback,
                month,
                step,
            } => {
                self.key("feedback");
                let _ = write!(self.out, r#""PA-{month:04}-{feedback:05}""#);
                self.feedback(site_id, step);
            }
            Body::Heartbeat { device } => {
                self.text("site", site_id);
                let (name, kind) = DEVICES[usize::from(device)];
                self.text("device", name);
                self.text("kind", kind);
            }
            Body::Task { task, done, due } => {
                self.key("task");
                let _ = write!(self.out, r#""transfer/{task:02}""#);
                self.text("state", if done { "done" } else { "open" });
                self.instant("due_at", due);
                self.text("lead", "centre");
            }
            Body::Training { subject, count, of } => {
                self.text("unit", &plan.site(event.site).unit);
                self.text("subject", SUBJECTS[usize::from(subject)]);
                self.number("count", u64::from(count));
                self.number("of", u64::from(of));
            }
            Body::Incident {
                number,
                kind,
                closed: _,
            } => {
                self.key("incident");
                let _ = write!(self.out, r#""INC-{number:06}""#);
                self.text("site", site_id);
                self.text("kind", INCIDENTS[usize::from(kind)]);
            }
        }
    }

    fn dossier(&mut self, site_id: &str, dossier: Dossier, step: Step) {
        let plan = self.plan;
        self.key("dossier");
        self.out.push('"');
        self.code(dossier);
        self.out.push('"');
        match step {
            Step::Submitted {
                service,
                procedure,
                agency,
                channel,
                home,
                applicant,
                performer,
                verified,
                has_fee,
            } => {
                let service = &SERVICES[usize::from(service)];
                self.text(
                    "procedure",
                    service.procedures[usize::from(procedure) % service.procedures.len()],
                );
                self.text("field", service.code);
                self.text("site", site_id);
                self.agency("agency", agency);
                self.text("channel", CHANNELS[usize::from(channel)]);
                self.text("home_unit", &plan.site(home).unit);
                self.pseudonym(applicant);
                self.text("performer", PERFORMERS[usize::from(performer)]);
                self.flag("verified_account", verified);
                self.flag("has_fee", has_fee);
            }
            Step::Accepted { due } => self.instant("due_at", due),
            Step::Refused { reason } | Step::SupplementRequested { reason } => {
                self.text("reason", REASONS[usize::from(reason)]);
            }
            Step::Withdrawn => self.text("reason", "withdrawn_by_applicant"),
            Step::Stopped => self.text("reason", "no_answer"),
            Step::Supplemented => {}
            Step::Suspended | Step::Resumed => self.text("reason", "financial_obligation"),
            Step::Digitised {
                parts,
                reused,
                from_store,
            } => {
                self.number("parts", u64::from(parts));
                self.number("reused", u64::from(reused));
                self.number("from_store", u64::from(from_store));
            }
            Step::Transferred {
                to,
                step,
                due,
                paper,
            } => {
                self.agency("to_agency", to);
                self.hand_over(step, due, paper);
            }
            Step::Taken {
                agency,
                step,
                due,
                paper,
            } => {
                self.agency("agency", agency);
                self.hand_over(step, due, paper);
            }
            Step::Extended { due, apology } => {
                self.instant("due_at", due);
                self.flag("apology", apology);
            }
            Step::Resolved { approved, e_result } => {
                self.text("result", if approved { "approved" } else { "rejected" });
                self.flag("e_result", e_result);
            }
            Step::Returned { channel } => {
                self.text("site", site_id);
                self.text("channel", CHANNELS[usize::from(channel)]);
            }
            Step::Paid { method, amount } => {
                self.text("method", if method == 0 { "cash" } else { "online" });
                self.number("amount_vnd", u64::from(amount));
                self.text(
                    "via",
                    if method == 0 {
                        "counter"
                    } else {
                        "national_portal"
                    },
                );
            }
        }
    }

    fn feedback(&mut self, site_id: &str, step: FeedbackStep) {
        match step {
            FeedbackStep::Received {
                agency,
                service,
                about,
                due,
            } => {
                self.text("site", site_id);
                self.agency("agency", agency);
                self.text("field", SERVICES[usize::from(service)].code);
                self.text("about", ABOUT[usize::from(about)]);
                self.instant("due_at", due);
            }
            FeedbackStep::Forwarded { agency } => self.agency("agency", agency),
            FeedbackStep::Explained | FeedbackStep::Answered => {}
            FeedbackStep::Closed { satisfied } => self.flag("satisfied", satisfied),
        }
    }

    fn hand_over(&mut self, step: u8, due: Millis, paper: bool) {
        self.text("step", STEPS[usize::from(step)]);
        self.instant("step_due_at", due);
        self.flag("paper", paper);
    }

    fn agency(&mut self, key: &str, agency: Agency) {
        match agency {
            Agency::Commune(site) => {
                let unit = self.plan.site(site).unit.as_str();
                self.key(key);
                let _ = write!(self.out, r#""commune/{unit}""#);
            }
            Agency::Department(department) => self.text(key, DEPARTMENTS[usize::from(department)]),
        }
    }

    /// The code of rules.md §2.5, `{agency code}-{yyMMdd}-{sequence}`: group 2 is 01 at branches and
    /// 00 at commune points, group 3 the site's place in the plan.
    fn code(&mut self, dossier: Dossier) {
        let level = u8::from(self.plan.site(dossier.site).branch);
        let _ = write!(self.out, "000.{level:02}.{:03}.H26-", dossier.site + 1);
        self.compact_day(dossier.day);
        let _ = write!(self.out, "-{:04}", dossier.number);
    }

    fn compact_day(&mut self, day: Day) {
        let date = clock::date_of(day);
        let _ = write!(
            self.out,
            "{:02}{:02}{:02}",
            date.year().rem_euclid(100),
            date.month(),
            date.day()
        );
    }

    fn time(&mut self, at: Millis) {
        let date = clock::date_of(clock::local_day(at));
        let ms = clock::of_day(at);
        let (seconds, rest) = (ms / 1000, ms % 1000);
        let _ = write!(
            self.out,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{rest:03}+07:00",
            date.year(),
            date.month(),
            date.day(),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
        );
    }

    fn key(&mut self, key: &str) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// A string that needs no escape: the catalogue's own, or an id checked by the plan.
    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push('"');
        self.out.push_str(value);
        self.out.push('"');
    }

    fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        let _ = write!(self.out, "{value}");
    }

    fn number_text(&mut self, key: &str, value: u32) {
        self.key(key);
        let _ = write!(self.out, r#""{value}""#);
    }

    fn flag(&mut self, key: &str, value: bool) {
        self.key(key);
        self.out.push_str(if value { "true" } else { "false" });
    }

    fn instant(&mut self, key: &str, at: Millis) {
        self.key(key);
        self.out.push('"');
        self.time(at);
        self.out.push('"');
    }

    fn pseudonym(&mut self, applicant: u64) {
        self.key("applicant");
        let _ = write!(self.out, r#""sim-{applicant:012x}""#);
    }

    fn ticket(&mut self, site_id: &str, ticket: Ticket) {
        self.text("site", site_id);
        self.key("ticket");
        let _ = write!(self.out, r#""{}{:03}""#, ticket.letter, ticket.number);
    }

    fn counter(&mut self, site_id: &str, counter: u8) {
        self.text("site", site_id);
        self.number_text("counter", u32::from(counter) + 1);
    }
}
