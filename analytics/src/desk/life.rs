//! The life of a case: what may happen to it in which state, and what comes of it.
//!
//! There is one way to change a case, [`apply`], and one table that says what may be, [`may`]; the desk, its replay from the
//! log and the tests use both.

use ingest::event::EventTime;
use serde::{Deserialize, Serialize};

use super::case::{Case, CaseState, Said, Urge};
use crate::alerts::{Alert, Owner, Priority, Reason};
use crate::names::Name;

/// What people do with a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
#[allow(missing_docs, reason = "docs/alerts.md says what each is")]
pub enum Act {
    Acknowledge,
    Assign { to: String },
    Explain { text: String },
    Urge { agency: String, text: String },
    Answer { urge: u32, text: String },
    Shelve { until: EventTime, reason: String },
    Unshelve,
    Close { reason: String },
}

impl Act {
    /// Its word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Assign { .. } => "assign",
            Self::Explain { .. } => "explain",
            Self::Urge { .. } => "urge",
            Self::Answer { .. } => "answer",
            Self::Shelve { .. } => "shelve",
            Self::Unshelve => "unshelve",
            Self::Close { .. } => "close",
        }
    }
}

/// What an alert says now, where that is news.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// The rule that names it.
    pub rule: String,
    /// How serious.
    pub priority: Priority,
    /// Who acts.
    pub owner: Owner,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The points of an alert of several.
    pub members: Vec<Name>,
    /// Seconds until it is escalated.
    pub escalate_s: i64,
    /// Seconds until receivers are told again.
    pub repeat_s: i64,
}

impl News {
    /// Of an alert.
    pub fn of(alert: &Alert) -> Self {
        Self {
            rule: alert.rule.clone(),
            priority: alert.priority,
            owner: alert.owner,
            reasons: alert.reasons.clone(),
            members: alert.members.clone(),
            escalate_s: alert.escalate_s,
            repeat_s: alert.repeat_s,
        }
    }
}

/// What happens to a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// It is shown for the first time.
    Raised {
        /// The case as it begins.
        #[serde(rename = "whole")]
        case: Box<Case>,
    },
    /// The open cases as they were when a month began, so that older months need not be read.
    Carried {
        /// The case.
        #[serde(rename = "whole")]
        case: Box<Case>,
    },
    /// It stands by another rule, or is more or less serious, or has other members.
    Changed(News),
    /// Its condition is gone.
    Normal,
    /// Its condition stands again.
    Again(News),
    /// Late events say that it never stood.
    Corrected,
    /// Nobody took it in hand in time.
    Escalated,
    /// Another case hides it.
    Suppressed {
        /// Which.
        by: u64,
    },
    /// Nothing hides it any longer.
    Released,
    /// Its shelf's time is over.
    Woken,
    /// It was gone and in hand long enough.
    Lapsed,
    /// Somebody did something.
    Did {
        /// From which seat.
        by: String,
        /// What.
        did: Act,
    },
}

/// The table of `docs/alerts.md`: whether people may do something in a state.
pub const fn may(state: CaseState, act: &Act) -> bool {
    use CaseState as S;
    match act {
        Act::Acknowledge => matches!(state, S::New | S::Returned),
        Act::Assign { .. } => !matches!(state, S::Closed),
        Act::Explain { .. } => true,
        Act::Urge { .. } | Act::Answer { .. } => !matches!(state, S::Suppressed),
        Act::Shelve { .. } => matches!(state, S::New | S::Acknowledged | S::Shelved),
        Act::Unshelve => matches!(state, S::Shelved),
        Act::Close { .. } => matches!(state, S::Returned | S::Settled),
    }
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The table has nothing there.
    #[error("that cannot be done with an alert in its present state; look at it again")]
    NotNow,
    /// There is no urging of that number, or it is answered.
    #[error("there is no unanswered urging of that number")]
    NoUrge,
}

/// Does to a case what happens to it. People's acts that may not be are refused and change nothing.
pub fn apply(case: &mut Case, at: EventTime, what: &What) -> Result<(), NotDone> {
    match what {
        What::Raised { case: new } | What::Carried { case: new } => {
            *case = Case::clone(new);
            return Ok(());
        }
        What::Changed(news) => tell(case, news),
        What::Normal => {
            case.standing = false;
            case.returned_at = Some(at);
            settle(case);
        }
        What::Again(news) => {
            case.standing = true;
            case.returned_at = None;
            case.times += 1;
            tell(case, news);
            settle(case);
        }
        What::Corrected => {
            case.standing = false;
            case.corrected = true;
            close(case, at);
        }
        What::Escalated => case.escalated_at = Some(at),
        What::Suppressed { by } => {
            case.suppressed_by = Some(*by);
            case.state = CaseState::Suppressed;
        }
        What::Released => {
            case.suppressed_by = None;
            case.state = case.plain_state();
            if case.shelved_until.is_some() {
                case.state = CaseState::Shelved;
            }
        }
        What::Woken => wake(case),
        What::Lapsed => close(case, at),
        What::Did { by, did } => {
            if !may(case.state, did) {
                return Err(NotDone::NotNow);
            }
            done(case, at, by, did)?;
        }
    }
    case.changed_at = at;
    Ok(())
}

fn tell(case: &mut Case, news: &News) {
    case.rule.clone_from(&news.rule);
    case.priority = news.priority;
    case.owner = news.owner;
    case.reasons.clone_from(&news.reasons);
    case.members.clone_from(&news.members);
    case.escalate_s = news.escalate_s;
    case.repeat_s = news.repeat_s;
}

/// Falls to the plain state unless something keeps it out of sight.
fn settle(case: &mut Case) {
    if !matches!(case.state, CaseState::Shelved | CaseState::Suppressed) || !case.standing {
        case.shelved_until = None;
        case.shelved_reason = None;
        case.suppressed_by = None;
        case.state = case.plain_state();
    }
}

fn wake(case: &mut Case) {
    case.shelved_until = None;
    case.shelved_reason = None;
    case.state = case.plain_state();
}

fn close(case: &mut Case, at: EventTime) {
    case.closed_at = Some(at);
    case.state = CaseState::Closed;
    case.shelved_until = None;
    case.suppressed_by = None;
}

/// Somebody has it in hand.
fn take_up(case: &mut Case, at: EventTime, by: &str) {
    if case.acknowledged_at.is_none() {
        case.acknowledged_at = Some(at);
        case.acknowledged_by = Some(by.to_owned());
        if matches!(case.state, CaseState::New | CaseState::Returned) {
            case.state = case.plain_state();
        }
    }
}

fn done(case: &mut Case, at: EventTime, by: &str, did: &Act) -> Result<(), NotDone> {
    let said = |text: &str| Said {
        at,
        by: by.to_owned(),
        text: text.to_owned(),
    };
    match did {
        Act::Acknowledge => {
            let was_gone = case.state == CaseState::Returned;
            take_up(case, at, by);
            if was_gone {
                close(case, at);
            }
        }
        Act::Assign { to } => case.assigned_to = Some(to.clone()),
        Act::Explain { text } => {
            case.explanations.push(said(text));
            take_up(case, at, by);
        }
        Act::Urge { agency, text } => {
            case.urges.push(Urge {
                urge: case.urges.len() as u32 + 1,
                at,
                by: by.to_owned(),
                agency: agency.clone(),
                text: text.clone(),
                answer: None,
            });
            take_up(case, at, by);
        }
        Act::Answer { urge, text } => {
            let open = case
                .urges
                .iter_mut()
                .find(|u| u.urge == *urge && u.answer.is_none());
            open.ok_or(NotDone::NoUrge)?.answer = Some(said(text));
        }
        Act::Shelve { until, reason } => {
            case.shelved_until = Some(*until);
            case.shelved_reason = Some(reason.clone());
            case.state = CaseState::Shelved;
        }
        Act::Unshelve => wake(case),
        Act::Close { .. } => close(case, at),
    }
    Ok(())
}
