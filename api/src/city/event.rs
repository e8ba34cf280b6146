//! The simulator's events: small values that become contract lines only when written.
//!
//! A day holds some 250,000 of them, so an [`Event`] is a plain value of a few words, and
//! [`Event::write_json`] makes its NDJSON line with the plan's names. Invariants: what the lines call
//! (`source`, `id`) is unique over the whole stream; nothing tells of a person but the opaque
//! `applicant`.

use super::clock::{Day, Millis};
use jiff::Timestamp;

/// One event of the simulated city.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    pub(crate) at: Millis,
    pub(crate) site: u16,
    /// The producer's own number within the day; a dossier's step number for dossier events.
    pub(crate) number: u32,
    pub(crate) body: Body,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ticket {
    pub(crate) letter: char,
    pub(crate) number: u16,
}

/// A dossier: the site that received it, the day, and the number there that day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dossier {
    pub(crate) site: u16,
    pub(crate) day: Day,
    pub(crate) number: u32,
    /// The department that settles it; none when the commune's own committee does.
    pub(crate) department: Option<u8>,
}

impl Dossier {
    /// Who settles it.
    pub(crate) fn competent(&self) -> Agency {
        self.department
            .map_or(Agency::Commune(self.site), Agency::Department)
    }

    /// What tells it from every other.
    pub(crate) fn key(&self) -> (u16, Day, u32) {
        (self.site, self.day, self.number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Body {
    SiteScheduled {
        from: Millis,
        to: Millis,
    },
    SiteOpened,
    SiteClosed,
    CounterOpened {
        counter: u8,
    },
    CounterPaused {
        counter: u8,
    },
    CounterResumed {
        counter: u8,
    },
    CounterClosed {
        counter: u8,
    },
    Issued {
        ticket: Ticket,
        service: u8,
        priority: u8,
        purpose: u8,
        appointment: Option<Millis>,
        applicant: u64,
    },
    Called {
        ticket: Ticket,
        counter: u8,
    },
    Started {
        ticket: Ticket,
        counter: u8,
    },
    Finished {
        ticket: Ticket,
        counter: u8,
        dossiers: u8,
    },
    Abandoned {
        ticket: Ticket,
    },
    MovedOn {
        ticket: Ticket,
        counter: u8,
        service: u8,
    },
    Board {
        service: u8,
        waiting: u16,
        open: u8,
        serving: Option<Ticket>,
        seconds: u16,
    },
    Rating {
        score: u8,
        channel: u8,
        counter: u8,
        ticket: Option<Ticket>,
    },
    Dossier {
        dossier: Dossier,
        step: Step,
    },
    Feedback {
        feedback: u32,
        month: u32,
        step: FeedbackStep,
    },
    Heartbeat {
        device: u8,
    },
    Task {
        task: u8,
        done: bool,
        due: Millis,
    },
    Training {
        subject: u8,
        count: u16,
        of: u16,
    },
    Incident {
        number: u32,
        kind: u8,
        closed: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    Submitted {
        service: u8,
        procedure: u8,
        agency: Agency,
        channel: u8,
        home: u16,
        applicant: u64,
        performer: u8,
        verified: bool,
        has_fee: bool,
    },
    Accepted {
        due: Millis,
    },
    Refused {
        reason: u8,
    },
    Withdrawn,
    Stopped,
    SupplementRequested {
        reason: u8,
    },
    Supplemented,
    Digitised {
        parts: u8,
        reused: u8,
        from_store: u8,
    },
    Transferred {
        to: Agency,
        step: u8,
        due: Millis,
        paper: bool,
    },
    Taken {
        agency: Agency,
        step: u8,
        due: Millis,
        paper: bool,
    },
    Suspended,
    Resumed,
    Extended {
        due: Millis,
        apology: bool,
    },
    Resolved {
        approved: bool,
        e_result: bool,
    },
    Returned {
        channel: u8,
    },
    Paid {
        method: u8,
        amount: u32,
    },
}

/// Who holds or is competent for a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agency {
    /// The people's committee of a site's commune.
    Commune(u16),
    /// A department.
    Department(u8),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FeedbackStep {
    Received {
        agency: Agency,
        service: u8,
        about: u8,
        due: Millis,
    },
    Forwarded {
        agency: Agency,
    },
    Explained,
    Answered,
    Closed {
        satisfied: bool,
    },
}

/// Devices of a site: name and kind.
pub(crate) const DEVICES: [(&str, &str); 4] = [
    ("kiosk/1", "ticket_machine"),
    ("rating/1", "rating"),
    ("board/1", "board"),
    ("camera/1", "camera"),
];
/// Subjects of the training plan (other-plans.md, D).
pub(crate) const SUBJECTS: [&str; 4] = [
    "one_stop_mechanism",
    "internal_processes",
    "settlement_system",
    "service_skills",
];

impl Event {
    /// When it happens.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_millisecond(self.at).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Its contract type.
    pub fn kind(&self) -> &'static str {
        match self.body {
            Body::SiteScheduled { .. } => "site.scheduled",
            Body::SiteOpened => "site.opened",
            Body::SiteClosed => "site.closed",
            Body::CounterOpened { .. } => "counter.opened",
            Body::CounterPaused { .. } => "counter.paused",
            Body::CounterResumed { .. } => "counter.resumed",
            Body::CounterClosed { .. } => "counter.closed",
            Body::Issued { .. } => "ticket.issued",
            Body::Called { .. } => "ticket.called",
            Body::Started { .. } => "ticket.started",
            Body::Finished { .. } => "ticket.finished",
            Body::Abandoned { .. } => "ticket.abandoned",
            Body::MovedOn { .. } => "ticket.transferred",
            Body::Board { .. } => "queue.snapshot",
            Body::Rating { .. } => "rating.given",
            Body::Dossier { step, .. } => match step {
                Step::Submitted { .. } => "dossier.submitted",
                Step::Accepted { .. } => "dossier.accepted",
                Step::Refused { .. } => "dossier.refused",
                Step::Withdrawn => "dossier.withdrawn",
                Step::Stopped => "dossier.stopped",
                Step::SupplementRequested { .. } => "dossier.supplement_requested",
                Step::Supplemented => "dossier.supplemented",
                Step::Digitised { .. } => "dossier.digitised",
                Step::Transferred { .. } => "dossier.transferred",
                Step::Taken { .. } => "dossier.taken",
                Step::Suspended => "dossier.suspended",
                Step::Resumed => "dossier.resumed",
                Step::Extended { .. } => "dossier.extended",
                Step::Resolved { .. } => "dossier.resolved",
                Step::Returned { .. } => "dossier.returned",
                Step::Paid { .. } => "dossier.paid",
            },
            Body::Feedback { step, .. } => match step {
                FeedbackStep::Received { .. } => "feedback.received",
                FeedbackStep::Forwarded { .. } => "feedback.forwarded",
                FeedbackStep::Explained => "feedback.explained",
                FeedbackStep::Answered => "feedback.answered",
                FeedbackStep::Closed { .. } => "feedback.closed",
            },
            Body::Heartbeat { .. } => "device.heartbeat",
            Body::Task { .. } => "task.reported",
            Body::Training { .. } => "training.attended",
            Body::Incident { closed: false, .. } => "incident.reported",
            Body::Incident { closed: true, .. } => "incident.closed",
        }
    }

    /// The producer within the city, as a small number: events of one producer are numbered together.
    pub(crate) fn producer(&self) -> u16 {
        match self.body {
            Body::SiteScheduled { .. } | Body::SiteOpened | Body::SiteClosed => 0,
            Body::Issued { .. } | Body::Abandoned { .. } => 1,
            Body::Board { .. } => 2,
            Body::Rating { .. } => 3,
            Body::Dossier { .. } => 4,
            Body::Heartbeat { device } => 5 + u16::from(device),
            Body::Feedback { .. } => 10,
            Body::Task { .. } | Body::Training { .. } | Body::Incident { .. } => 11,
            Body::CounterOpened { counter }
            | Body::CounterPaused { counter }
            | Body::CounterResumed { counter }
            | Body::CounterClosed { counter }
            | Body::Called { counter, .. }
            | Body::Started { counter, .. }
            | Body::Finished { counter, .. }
            | Body::MovedOn { counter, .. } => 16 + u16::from(counter),
        }
    }

    /// Whether the producer numbers its events by the day; a dossier's step has its own number.
    pub(crate) fn is_numbered_by_day(&self) -> bool {
        !matches!(self.body, Body::Dossier { .. })
    }
}
