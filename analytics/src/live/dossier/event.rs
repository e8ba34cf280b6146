//! What an event says about a dossier.

use ingest::event::EventTime;
use ingest::event::types::{DossierChannel, Outcome, PaymentMethod, Performer};
use serde::{Deserialize, Serialize};

use crate::names::Name;

/// A reason's code, where one was given.
pub type Reason = Option<Name>;

/// What an event says about a dossier. What only a few of them say is kept apart, so that all are short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DossierEvent {
    /// Filed.
    Submitted(Box<Filing>),
    /// Valid reception, with the due date where given.
    Accepted(Option<EventTime>),
    /// Refused at reception.
    Refused(Reason),
    /// Withdrawn.
    Withdrawn(Reason),
    /// Stopped for good.
    Stopped(Reason),
    /// A supplement is asked for.
    SupplementRequested(Reason),
    /// The supplement came.
    Supplemented(Reason),
    /// Digitised, with what is known of its parts.
    Digitised(Option<Box<Parts>>),
    /// Handed over to an agency.
    Transferred(Name, Option<Box<HandOver>>),
    /// Taken by an agency.
    Taken(Name, Option<Box<HandOver>>),
    /// The clock stops.
    Suspended(Reason),
    /// The clock goes on.
    Resumed(Reason),
    /// A new due date, and whether an apology went with it (*văn bản xin lỗi*).
    Extended(EventTime, Option<bool>),
    /// Settled.
    Resolved(Settlement),
    /// Handed over to the applicant.
    Returned(Option<Box<HandOut>>),
    /// Paid.
    Paid(Option<Box<Payment>>),
}

/// What a filing says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The procedure.
    pub procedure: Name,
    /// The field (*lĩnh vực*).
    pub field: Name,
    /// The receiving site.
    pub site: Name,
    /// The competent agency.
    pub agency: Name,
    /// How it was filed.
    pub channel: Option<DossierChannel>,
    /// Where the applicant lives.
    pub home_unit: Option<Name>,
    /// Who received it.
    pub performer: Option<Performer>,
    /// The applicant's account is verified (VNeID).
    pub verified_account: Option<bool>,
    /// A fee is due.
    pub has_fee: Option<bool>,
}

/// The digitised parts of a dossier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Parts {
    /// How many.
    pub parts: Option<u32>,
    /// Of them reused.
    pub reused: Option<u32>,
    /// Of them taken from the personal store (*kho dữ liệu*).
    pub from_store: Option<u32>,
}

/// What a handing over says beside the agency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOver {
    /// The step.
    pub step: Option<Name>,
    /// When the step is due.
    pub step_due: Option<EventTime>,
    /// Whether paper goes along.
    pub paper: Option<bool>,
}

/// How a dossier was settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Approved or rejected.
    pub result: Option<Outcome>,
    /// An electronic result was issued.
    pub e_result: Option<bool>,
}

/// How a result was handed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HandOut {
    /// Where.
    pub site: Option<Name>,
    /// By which channel.
    pub channel: Option<DossierChannel>,
}

/// A payment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// How.
    pub method: Option<PaymentMethod>,
    /// How much, in đồng.
    pub amount_vnd: Option<f64>,
    /// By which portal or provider.
    pub via: Option<Name>,
}

/// A kind of event, by which rules name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[allow(missing_docs, reason = "they are the contract's words")]
pub enum StepKind {
    Submitted,
    Accepted,
    Refused,
    Withdrawn,
    Stopped,
    SupplementRequested,
    Supplemented,
    Digitised,
    Transferred,
    Taken,
    Suspended,
    Resumed,
    Extended,
    Resolved,
    Returned,
    Paid,
}

impl StepKind {
    /// All, in the contract's order.
    pub const ALL: [Self; 16] = [
        Self::Submitted,
        Self::Accepted,
        Self::Refused,
        Self::Withdrawn,
        Self::Stopped,
        Self::SupplementRequested,
        Self::Supplemented,
        Self::Digitised,
        Self::Transferred,
        Self::Taken,
        Self::Suspended,
        Self::Resumed,
        Self::Extended,
        Self::Resolved,
        Self::Returned,
        Self::Paid,
    ];

    /// The contract's word, `dossier.` left out.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::SupplementRequested => "supplement_requested",
            Self::Supplemented => "supplemented",
            Self::Digitised => "digitised",
            Self::Transferred => "transferred",
            Self::Taken => "taken",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Extended => "extended",
            Self::Resolved => "resolved",
            Self::Returned => "returned",
            Self::Paid => "paid",
        }
    }

    /// True for a kind that ends a dossier.
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Withdrawn | Self::Stopped | Self::Resolved
        )
    }
}

impl DossierEvent {
    /// Its kind.
    pub const fn kind(&self) -> StepKind {
        match self {
            Self::Submitted(_) => StepKind::Submitted,
            Self::Accepted(_) => StepKind::Accepted,
            Self::Refused(_) => StepKind::Refused,
            Self::Withdrawn(_) => StepKind::Withdrawn,
            Self::Stopped(_) => StepKind::Stopped,
            Self::SupplementRequested(_) => StepKind::SupplementRequested,
            Self::Supplemented(_) => StepKind::Supplemented,
            Self::Digitised(_) => StepKind::Digitised,
            Self::Transferred(..) => StepKind::Transferred,
            Self::Taken(..) => StepKind::Taken,
            Self::Suspended(_) => StepKind::Suspended,
            Self::Resumed(_) => StepKind::Resumed,
            Self::Extended(..) => StepKind::Extended,
            Self::Resolved(_) => StepKind::Resolved,
            Self::Returned(_) => StepKind::Returned,
            Self::Paid(_) => StepKind::Paid,
        }
    }

    /// True for an event that ends a dossier.
    pub const fn is_end(&self) -> bool {
        self.kind().is_end()
    }

    /// The word by which the steps' table names it.
    pub const fn step(&self) -> &'static str {
        self.kind().as_str()
    }

    /// The reason that it gives.
    pub const fn reason(&self) -> Option<&Name> {
        match self {
            Self::Refused(reason)
            | Self::Withdrawn(reason)
            | Self::Stopped(reason)
            | Self::SupplementRequested(reason)
            | Self::Supplemented(reason)
            | Self::Suspended(reason)
            | Self::Resumed(reason) => reason.as_ref(),
            _ => None,
        }
    }

    /// The agency that it names as the next holder, or as the competent one.
    pub fn agency(&self) -> Option<&Name> {
        match self {
            Self::Submitted(filing) => Some(&filing.agency),
            Self::Transferred(agency, _) | Self::Taken(agency, _) => Some(agency),
            _ => None,
        }
    }

    /// The due date that it sets.
    pub fn due(&self) -> Option<EventTime> {
        match self {
            Self::Accepted(due) => *due,
            Self::Extended(due, _) => Some(*due),
            _ => None,
        }
    }

    /// What a handing over says beside the agency.
    pub fn hand_over(&self) -> Option<&HandOver> {
        match self {
            Self::Transferred(_, more) | Self::Taken(_, more) => more.as_deref(),
            _ => None,
        }
    }
}
