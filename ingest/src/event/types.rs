//! The table of event types: every type of the contract with its fields.
//!
//! `!` marks a required field, `?` an optional one. The structs, [`Body::decode`],
//! [`Body::write_json`] and the journal's records ([`super::record`]) are generated from the table and cannot differ from it.

use super::fields::{FieldError, Fields, Json};
use super::record::{Packer, Unpacker};
use super::time::{Day, EventTime};
use super::value::{
    Agency, Amount, Applicant, Count, CounterId, DeviceId, DossierId, IncidentId, Lat, Lon,
    PetitionId, Reason, Score, Shown, SiteId, TaskId, Text, Texts, TicketId, UnitCode, Value,
};

/// An enumeration of the contract: its variants and their words. What is kept in binary form tells variants by
/// their order: a new one goes to the end.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $expected:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The contract's word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
            /// Of the contract's word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl Value for $name {
            const EXPECTED: &'static str = $expected;
            fn read(json: Json<'_>) -> Option<Self> {
                match json {
                    Json::Str(s) => Self::from_word(&s),
                    _ => None,
                }
            }
            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'"');
                out.extend_from_slice(self.as_str().as_bytes());
                out.push(b'"');
            }
            fn pack(&self, out: &mut Packer<'_>) {
                out.byte(*self as u8);
            }
            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                [$(Self::$variant,)*].get(usize::from(from.byte()?)).copied()
            }
        }
    )*};
}

words! {
    /// What a published opening span is for.
    SpanKind "one of regular, session" { Regular = "regular", Session = "session", }
    /// Who works at a counter.
    Performer "one of official, postal, volunteer" {
        Official = "official", Postal = "postal", Volunteer = "volunteer",
    }
    /// A ticket's priority.
    Priority "one of normal, appointment, vulnerable" {
        Normal = "normal", Appointment = "appointment", Vulnerable = "vulnerable",
    }
    /// What a visit is for.
    Purpose "one of submit, collect, self_service, pay, other" {
        Submit = "submit", Collect = "collect", SelfService = "self_service", Pay = "pay", Other = "other",
    }
    /// How a rating was given.
    RatingChannel "one of device, kiosk, qr, app, survey, officer" {
        Device = "device", Kiosk = "kiosk", Qr = "qr", App = "app", Survey = "survey", Officer = "officer",
    }
    /// How a dossier was filed, or its result handed over.
    DossierChannel "one of counter, online, postal, mobile, community" {
        Counter = "counter", Online = "online", Postal = "postal", Mobile = "mobile", Community = "community",
    }
    /// How a dossier was settled.
    Outcome "one of approved, rejected" { Approved = "approved", Rejected = "rejected", }
    /// How a fee was paid.
    PaymentMethod "one of cash, online" { Cash = "cash", Online = "online", }
    /// What a petition is about.
    About "one of procedure, staff, other" { Procedure = "procedure", Staff = "staff", Other = "other", }
    /// A kind of device.
    DeviceKind "one of ticket_machine, rating, camera, kiosk, board" {
        TicketMachine = "ticket_machine", Rating = "rating", Camera = "camera", Kiosk = "kiosk", Board = "board",
    }
    /// A task's state.
    TaskState "one of open, done" { Open = "open", Done = "done", }
    /// A kind of incident.
    IncidentKind "one of outage, security, premises, other" {
        Outage = "outage", Security = "security", Premises = "premises", Other = "other",
    }
}

macro_rules! slot_type {
    (! $ty:ty) => { $ty };
    (? $ty:ty) => { Option<$ty> };
}
macro_rules! slot_take {
    (! $fields:ident $name:literal) => {
        $fields.required($name)?
    };
    (? $fields:ident $name:literal) => {
        $fields.optional($name)?
    };
}
macro_rules! slot_write {
    (! $out:ident $first:ident $value:expr, $name:literal) => {
        member($out, &mut $first, $name, $value)
    };
    (? $out:ident $first:ident $value:expr, $name:literal) => {
        if let Some(value) = $value {
            member($out, &mut $first, $name, value)
        }
    };
}

macro_rules! slot_given {
    (! $given:ident $bit:ident $value:expr) => {};
    (? $given:ident $bit:ident $value:expr) => {
        if $value.is_some() {
            $given |= $bit;
        }
        $bit <<= 1;
    };
}
macro_rules! slot_pack {
    (! $out:ident $value:expr) => {
        $value.pack($out)
    };
    (? $out:ident $value:expr) => {
        if let Some(value) = &$value {
            value.pack($out)
        }
    };
}
macro_rules! slot_unpack {
    (! $from:ident $given:ident) => {
        Value::unpack($from)?
    };
    (? $from:ident $given:ident) => {{
        let is_given = $given & 1 == 1;
        $given >>= 1;
        if is_given {
            Some(Value::unpack($from)?)
        } else {
            None
        }
    }};
}

fn member<V: Value>(out: &mut Vec<u8>, first: &mut bool, name: &str, value: &V) {
    if !std::mem::take(first) {
        out.push(b',');
    }
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    value.write(out);
}

macro_rules! events {
    ($($(#[$doc:meta])* $word:literal $variant:ident { $($req:tt $field:ident $name:literal: $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $variant { $(#[doc = concat!("`", $name, "`")] pub $field: slot_type!($req $ty),)* }
        )*

        /// What happened: one variant a type of the contract.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body { $($(#[$doc])* $variant($variant),)* }

        impl Body {
            /// Every type's word.
            pub const TYPES: &'static [&'static str] = &[$($word,)*];

            /// The type's word, such as `ticket.issued`.
            pub const fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $word,)* }
            }

            /// Reads the `data` of a type; `None` when the type is unknown. What remains in `fields`
            /// afterwards is unknown to the contract.
            pub fn decode(type_name: &str, fields: &mut Fields<'_>) -> Option<Result<Self, FieldError>> {
                match type_name {
                    $($word => Some($variant::decode(fields).map(Self::$variant)),)*
                    _ => None,
                }
            }

            /// Appends the `data` object in the table's order.
            pub fn write_json(&self, out: &mut Vec<u8>) {
                out.push(b'{');
                let mut first = true;
                match self {
                    $(Self::$variant(body) => { $(slot_write!($req out first &body.$field, $name);)* })*
                }
                out.push(b'}');
            }
        }

        /// The types' places in the table.
        #[repr(u8)]
        enum Number { $($variant,)* }

        impl Body {
            /// The type's place in the table.
            pub(super) const fn number(&self) -> u8 {
                match self { $(Self::$variant(_) => Number::$variant as u8,)* }
            }

            /// Appends the fields to a record.
            pub(super) fn pack(&self, out: &mut Packer<'_>) {
                match self { $(Self::$variant(body) => body.pack(out),)* }
            }

            /// Takes the fields of a type from a record; `None` when there is no such type or they are not its fields.
            pub(super) fn unpack(number: u8, from: &mut Unpacker<'_>) -> Option<Self> {
                match number {
                    $(n if n == Number::$variant as u8 => $variant::unpack(from).map(Self::$variant),)*
                    _ => None,
                }
            }

            /// The table, a line for each type: its word and its fields.
            #[cfg(test)]
            pub(super) fn table() -> Vec<String> {
                vec![$([$word.to_owned(), $(format!("{} {}: {}", stringify!($req), $name, stringify!($ty)),)*].join(" "),)*]
            }
        }

        $(impl $variant {
            #[allow(unused_mut, unused_assignments, reason = "of types without optional fields")]
            fn pack(&self, out: &mut Packer<'_>) {
                let (mut given, mut bit) = (0, 1);
                $(slot_given!($req given bit self.$field);)*
                out.number(given);
                let _ = bit;
                $(slot_pack!($req out self.$field);)*
            }

            #[allow(unused_mut, reason = "of types without optional fields")]
            fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
                let mut given = from.number()?;
                let body = Self { $($field: slot_unpack!($req from given),)* };
                (given == 0).then_some(body)
            }

            fn decode(fields: &mut Fields<'_>) -> Result<Self, FieldError> {
                Ok(Self { $($field: slot_take!($req fields $name),)* })
            }
        })*
    };
}

events! {
    /// A published opening span, or a mobile or community session.
    "site.scheduled" SiteScheduled { ! site "site": SiteId, ! from "from": EventTime, ! to "to": EventTime, ? kind "kind": SpanKind, ? published_at "published_at": EventTime, }
    /// The point really opens for the public.
    "site.opened" SiteOpened { ! site "site": SiteId, }
    /// The point really closes for the public.
    "site.closed" SiteClosed { ! site "site": SiteId, }
    /// A mobile point is at a new place.
    "site.moved" SiteMoved { ! site "site": SiteId, ! lon "lon": Lon, ! lat "lat": Lat, }
    /// A counter opens.
    "counter.opened" CounterOpened { ! site "site": SiteId, ! counter "counter": CounterId, ? services "services": Texts, ? performer "performer": Performer, }
    /// A counter closes.
    "counter.closed" CounterClosed { ! site "site": SiteId, ! counter "counter": CounterId, ? services "services": Texts, ? performer "performer": Performer, }
    /// A counter pauses.
    "counter.paused" CounterPaused { ! site "site": SiteId, ! counter "counter": CounterId, ? services "services": Texts, ? performer "performer": Performer, }
    /// A counter goes on after a pause.
    "counter.resumed" CounterResumed { ! site "site": SiteId, ! counter "counter": CounterId, ? services "services": Texts, ? performer "performer": Performer, }
    /// A number is given: the wait begins.
    "ticket.issued" TicketIssued { ! site "site": SiteId, ! ticket "ticket": TicketId, ! service "service": Text, ? priority "priority": Priority, ? appointment_at "appointment_at": EventTime, ? purpose "purpose": Purpose, ? applicant "applicant": Applicant, }
    /// Called to a counter; again is a recall.
    "ticket.called" TicketCalled { ! site "site": SiteId, ! ticket "ticket": TicketId, ! counter "counter": CounterId, }
    /// The officer begins working with the person: the wait ends, the transaction begins.
    "ticket.started" TicketStarted { ! site "site": SiteId, ! ticket "ticket": TicketId, ! counter "counter": CounterId, }
    /// The transaction ends.
    "ticket.finished" TicketFinished { ! site "site": SiteId, ! ticket "ticket": TicketId, ? counter "counter": CounterId, ? dossiers "dossiers": Count, }
    /// Left, or did not come.
    "ticket.abandoned" TicketAbandoned { ! site "site": SiteId, ! ticket "ticket": TicketId, }
    /// Sent on to another service.
    "ticket.transferred" TicketTransferred { ! site "site": SiteId, ! ticket "ticket": TicketId, ! service "service": Text, }
    /// A board that only reports figures.
    "queue.snapshot" QueueSnapshot { ! site "site": SiteId, ! service "service": Text, ! waiting "waiting": Count, ! open_counters "open_counters": Count, ? serving "serving": Shown, ? service_seconds "service_seconds": Amount, }
    /// Satisfaction.
    "rating.given" RatingGiven { ! score "score": Score, ! channel "channel": RatingChannel, ? site "site": SiteId, ? counter "counter": CounterId, ? ticket "ticket": TicketId, ? dossier "dossier": DossierId, }
    /// A person registers a need in advance at a community or mobile point.
    "need.registered" NeedRegistered { ! site "site": SiteId, ? purpose "purpose": Purpose, ? for_day "for_day": Day, }
    /// Filed: `site` receives, `agency` is competent, `home_unit` is where the applicant lives.
    "dossier.submitted" DossierSubmitted { ! dossier "dossier": DossierId, ! procedure "procedure": Text, ! field "field": Text, ! site "site": SiteId, ! agency "agency": Agency, ? channel "channel": DossierChannel, ? home_unit "home_unit": UnitCode, ? applicant "applicant": Applicant, ? performer "performer": Performer, ? verified_account "verified_account": bool, ? has_fee "has_fee": bool, }
    /// Valid reception; a receipt with an appointment date is issued.
    "dossier.accepted" DossierAccepted { ! dossier "dossier": DossierId, ? due_at "due_at": EventTime, }
    /// Refused at reception.
    "dossier.refused" DossierRefused { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// Withdrawn by the applicant.
    "dossier.withdrawn" DossierWithdrawn { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// Processing stopped for good.
    "dossier.stopped" DossierStopped { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// A supplement is asked for: the clock stops.
    "dossier.supplement_requested" SupplementRequested { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// The supplement came: the clock goes on.
    "dossier.supplemented" DossierSupplemented { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// Digitised; due before settlement.
    "dossier.digitised" DossierDigitised { ! dossier "dossier": DossierId, ? parts "parts": Count, ? reused "reused": Count, ? from_store "from_store": Count, }
    /// Handed over.
    "dossier.transferred" DossierTransferred { ! dossier "dossier": DossierId, ! to_agency "to_agency": Agency, ? step "step": Text, ? step_due_at "step_due_at": EventTime, ? paper "paper": bool, }
    /// Received by the next holder.
    "dossier.taken" DossierTaken { ! dossier "dossier": DossierId, ! agency "agency": Agency, ? step "step": Text, ? step_due_at "step_due_at": EventTime, ? paper "paper": bool, }
    /// The clock stops, for instance while a financial obligation is open.
    "dossier.suspended" DossierSuspended { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// The clock goes on.
    "dossier.resumed" DossierResumed { ! dossier "dossier": DossierId, ? reason "reason": Reason, }
    /// A new appointment date.
    "dossier.extended" DossierExtended { ! dossier "dossier": DossierId, ! due_at "due_at": EventTime, ? apology "apology": bool, }
    /// Settled; compared with the due date.
    "dossier.resolved" DossierResolved { ! dossier "dossier": DossierId, ? result "result": Outcome, ? e_result "e_result": bool, }
    /// The result is handed over.
    "dossier.returned" DossierReturned { ! dossier "dossier": DossierId, ? site "site": SiteId, ? channel "channel": DossierChannel, }
    /// The fee is paid.
    "dossier.paid" DossierPaid { ! dossier "dossier": DossierId, ? method "method": PaymentMethod, ? amount_vnd "amount_vnd": Amount, ? via "via": Text, }
    /// A complaint or proposal is received.
    "feedback.received" FeedbackReceived { ! feedback "feedback": PetitionId, ? site "site": SiteId, ? agency "agency": Agency, ? field "field": Text, ? dossier "dossier": DossierId, ? about "about": About, ? due_at "due_at": EventTime, ? satisfied "satisfied": bool, ? repeat_of "repeat_of": PetitionId, }
    /// Forwarded to the competent body.
    "feedback.forwarded" FeedbackForwarded { ! feedback "feedback": PetitionId, ? site "site": SiteId, ? agency "agency": Agency, ? field "field": Text, ? dossier "dossier": DossierId, ? about "about": About, ? due_at "due_at": EventTime, ? satisfied "satisfied": bool, ? repeat_of "repeat_of": PetitionId, }
    /// The competent body explained.
    "feedback.explained" FeedbackExplained { ! feedback "feedback": PetitionId, ? site "site": SiteId, ? agency "agency": Agency, ? field "field": Text, ? dossier "dossier": DossierId, ? about "about": About, ? due_at "due_at": EventTime, ? satisfied "satisfied": bool, ? repeat_of "repeat_of": PetitionId, }
    /// The person was answered.
    "feedback.answered" FeedbackAnswered { ! feedback "feedback": PetitionId, ? site "site": SiteId, ? agency "agency": Agency, ? field "field": Text, ? dossier "dossier": DossierId, ? about "about": About, ? due_at "due_at": EventTime, ? satisfied "satisfied": bool, ? repeat_of "repeat_of": PetitionId, }
    /// Closed.
    "feedback.closed" FeedbackClosed { ! feedback "feedback": PetitionId, ? site "site": SiteId, ? agency "agency": Agency, ? field "field": Text, ? dossier "dossier": DossierId, ? about "about": About, ? due_at "due_at": EventTime, ? satisfied "satisfied": bool, ? repeat_of "repeat_of": PetitionId, }
    /// The device is alive.
    "device.heartbeat" DeviceHeartbeat { ! site "site": SiteId, ! device "device": DeviceId, ? kind "kind": DeviceKind, }
    /// A plan's task.
    "task.reported" TaskReported { ! task "task": TaskId, ! state "state": TaskState, ? due_at "due_at": EventTime, ? lead "lead": Text, }
    /// Staff trained so far, and of how many.
    "training.attended" TrainingAttended { ! unit "unit": UnitCode, ! subject "subject": Text, ! count "count": Count, ? of "of": Count, }
    /// An incident at a point.
    "incident.reported" IncidentReported { ! incident "incident": IncidentId, ? site "site": SiteId, ? kind "kind": IncidentKind, }
    /// The incident is over.
    "incident.closed" IncidentClosed { ! incident "incident": IncidentId, ? site "site": SiteId, ? kind "kind": IncidentKind, }
}

impl Body {
    /// The dossier, of the types whose name begins with it.
    pub const fn dossier(&self) -> Option<&DossierId> {
        Some(match self {
            Self::DossierSubmitted(b) => &b.dossier,
            Self::DossierAccepted(b) => &b.dossier,
            Self::DossierRefused(b) => &b.dossier,
            Self::DossierWithdrawn(b) => &b.dossier,
            Self::DossierStopped(b) => &b.dossier,
            Self::SupplementRequested(b) => &b.dossier,
            Self::DossierSupplemented(b) => &b.dossier,
            Self::DossierDigitised(b) => &b.dossier,
            Self::DossierTransferred(b) => &b.dossier,
            Self::DossierTaken(b) => &b.dossier,
            Self::DossierSuspended(b) => &b.dossier,
            Self::DossierResumed(b) => &b.dossier,
            Self::DossierExtended(b) => &b.dossier,
            Self::DossierResolved(b) => &b.dossier,
            Self::DossierReturned(b) => &b.dossier,
            Self::DossierPaid(b) => &b.dossier,
            _ => return None,
        })
    }

    /// The applicant's pseudonym, where the type has one and the event gives it.
    pub const fn applicant(&self) -> Option<&Applicant> {
        match self {
            Self::TicketIssued(b) => b.applicant.as_ref(),
            Self::DossierSubmitted(b) => b.applicant.as_ref(),
            _ => None,
        }
    }

    /// Takes the applicant's pseudonym out.
    pub fn forget_applicant(&mut self) {
        match self {
            Self::TicketIssued(b) => b.applicant = None,
            Self::DossierSubmitted(b) => b.applicant = None,
            _ => {}
        }
    }

    /// The same, to be changed.
    pub fn applicant_mut(&mut self) -> Option<&mut Applicant> {
        match self {
            Self::TicketIssued(b) => b.applicant.as_mut(),
            Self::DossierSubmitted(b) => b.applicant.as_mut(),
            _ => None,
        }
    }
}
