//! A case: an alert as the desk has it, from its raising to its close.

use ingest::event::EventTime;
use serde::{Deserialize, Serialize};

use crate::alerts::{Alert, Key, Owner, Priority, Reason, Scope};
use crate::figures::within::Within;
use crate::names::Name;

/// How a case stands; `docs/alerts.md` has the table of what may be done in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// The condition stands and nobody has it in hand.
    New,
    /// It stands and somebody has it.
    Acknowledged,
    /// It is gone and was never acknowledged.
    Returned,
    /// It is gone, and was acknowledged.
    Settled,
    /// Out of sight till an instant, with a reason.
    Shelved,
    /// Hidden by its cause.
    Suppressed,
    /// Over.
    Closed,
}

impl CaseState {
    /// All, in order.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Acknowledged,
        Self::Returned,
        Self::Settled,
        Self::Shelved,
        Self::Suppressed,
        Self::Closed,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Acknowledged => "acknowledged",
            Self::Returned => "returned",
            Self::Settled => "settled",
            Self::Shelved => "shelved",
            Self::Suppressed => "suppressed",
            Self::Closed => "closed",
        }
    }
}

/// What somebody said of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: EventTime,
    /// From which seat.
    pub by: String,
    /// What.
    pub text: String,
}

/// An urging (*đôn đốc*) with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urge {
    /// Its number in the case, from 1 on.
    pub urge: u32,
    /// When.
    pub at: EventTime,
    /// From which seat.
    pub by: String,
    /// To whom.
    pub agency: String,
    /// What was written.
    pub text: String,
    /// What came back.
    pub answer: Option<Said>,
}

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its number, from 1 on.
    pub number: u64,
    /// What it is of.
    pub key: Key,
    /// The rule that names it.
    pub rule: String,
    /// How serious.
    pub priority: Priority,
    /// Who acts.
    pub owner: Owner,
    /// Its state.
    pub state: CaseState,
    /// The condition stands.
    pub standing: bool,
    /// When the condition began to stand.
    pub since: EventTime,
    /// When it was first shown.
    pub raised_at: EventTime,
    /// When anything of it changed last.
    pub changed_at: EventTime,
    /// When the condition went, while it is gone.
    pub returned_at: Option<EventTime>,
    /// When it was closed.
    pub closed_at: Option<EventTime>,
    /// Late events say that it never stood.
    pub corrected: bool,
    /// How often it stood.
    pub times: u32,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The points of an alert of several.
    pub members: Vec<Name>,
    /// Who has it, where it was given to somebody.
    pub assigned_to: Option<String>,
    /// When it was taken in hand.
    pub acknowledged_at: Option<EventTime>,
    /// From which seat.
    pub acknowledged_by: Option<String>,
    /// When it was escalated.
    pub escalated_at: Option<EventTime>,
    /// Till when it is shelved.
    pub shelved_until: Option<EventTime>,
    /// Why.
    pub shelved_reason: Option<String>,
    /// The case that hides it.
    pub suppressed_by: Option<u64>,
    /// What was explained (*giải trình*).
    pub explanations: Vec<Said>,
    /// What was urged.
    pub urges: Vec<Urge>,
    /// Seconds until it is escalated; 0 never.
    pub escalate_s: i64,
    /// Seconds until receivers are told again; 0 never.
    pub repeat_s: i64,
}

impl Case {
    /// Of an alert that is shown for the first time.
    pub fn raised(number: u64, at: EventTime, alert: &Alert) -> Self {
        Self {
            number,
            key: alert.key.clone(),
            rule: alert.rule.clone(),
            priority: alert.priority,
            owner: alert.owner,
            state: CaseState::New,
            standing: true,
            since: alert.from,
            raised_at: at,
            changed_at: at,
            returned_at: None,
            closed_at: None,
            corrected: false,
            times: 1,
            reasons: alert.reasons.clone(),
            members: alert.members.clone(),
            assigned_to: None,
            acknowledged_at: None,
            acknowledged_by: None,
            escalated_at: None,
            shelved_until: None,
            shelved_reason: None,
            suppressed_by: None,
            explanations: Vec::new(),
            urges: Vec::new(),
            escalate_s: alert.escalate_s,
            repeat_s: alert.repeat_s,
        }
    }

    /// Its name in addresses.
    pub fn id(&self) -> String {
        format!("a-{}", self.number)
    }

    /// True until it is closed.
    pub const fn is_open(&self) -> bool {
        !matches!(self.state, CaseState::Closed)
    }

    /// Whether it is of a part of the city: by its point, one of its points, or its agency. What is of the whole city is of no part.
    pub fn is_within(&self, within: &Within) -> bool {
        let id = &*self.key.subject.id;
        let (sites, agencies) = (&within.sites, &within.agencies);
        match self.key.subject.kind {
            Scope::Site => sites
                .as_ref()
                .map_or(agencies.is_none(), |set| set.contains(id)),
            Scope::Agency => agencies
                .as_ref()
                .map_or(sites.is_none(), |set| set.contains(id)),
            Scope::City => sites.as_ref().map_or(agencies.is_none(), |set| {
                self.members.iter().any(|member| set.contains(&**member))
            }),
        }
    }

    /// What it falls back to when nothing hides it.
    pub(super) const fn plain_state(&self) -> CaseState {
        match (self.standing, self.acknowledged_at.is_some()) {
            (true, false) => CaseState::New,
            (true, true) => CaseState::Acknowledged,
            (false, false) => CaseState::Returned,
            (false, true) => CaseState::Settled,
        }
    }
}
