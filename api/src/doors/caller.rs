//! Who asks: found by [`super::gate::identify`], and read by every handler from the request's extensions.

use serde::Serialize;

use super::right::{Reach, Right};
use super::role::Role;
use super::scope::Scope;
use super::secret::Digest;

/// How a caller was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A session's cookie.
    Session,
    /// A key, as a bearer or by a signature.
    Key,
    /// A one-time ticket for a WebSocket.
    Ticket,
    /// Nobody asked: the server is open to its own machine.
    Open,
}

/// What a session still lacks before its role holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing.
    Full,
    /// Its holder must choose a password.
    ChangePassword,
    /// Its holder must enrol a second factor.
    EnrolTotp,
}

/// What a caller's right to be here hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A session, by the digest of its id.
    Session(Digest),
    /// A key, by its id.
    Key(String),
    /// The machine.
    Machine,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account's name or `key:` with the key's id; never a person's name.
    pub who: String,
    /// The role.
    pub role: Role,
    /// What it is bounded to.
    pub scope: Scope,
    /// How it was known.
    pub by: By,
    /// What is lacking.
    pub stage: Stage,
    /// What it hangs on.
    pub holder: Holder,
}

impl Caller {
    /// Whoever is at the machine, where the server is open: as a shift lead, who may do whatever a page has.
    pub fn open() -> Self {
        Self {
            who: "open".to_owned(),
            role: Role::ShiftLead,
            scope: Scope::default(),
            by: By::Open,
            stage: Stage::Full,
            holder: Holder::Machine,
        }
    }

    /// How far this caller has a right. Until its session is complete it has its own session alone; an open server refuses
    /// nothing, since whoever is at the machine has the files too.
    pub fn reach(&self, right: Right) -> Reach {
        if self.by == By::Open {
            return Reach::Allowed;
        }
        let within = self.scope.rights.as_ref();
        let is_within = within.is_none_or(|rights| rights.contains(&right));
        let is_due = self.stage == Stage::Full || right == Right::OwnSession;
        if right == Right::Public {
            Reach::Allowed
        } else if is_within && is_due {
            right.reach(self.role)
        } else {
            Reach::Denied
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_session_has_itself_alone() {
        let mut caller = Caller {
            by: By::Session,
            ..Caller::open()
        };
        for stage in [Stage::ChangePassword, Stage::EnrolTotp] {
            caller.stage = stage;
            let has: Vec<Right> = Right::all()
                .filter(|right| caller.reach(*right) != Reach::Denied)
                .collect();
            assert_eq!(has, [Right::Public, Right::OwnSession]);
        }
    }

    #[test]
    fn a_key_may_be_for_one_right_alone() {
        let caller = Caller {
            by: By::Key,
            role: Role::Operator,
            scope: Scope {
                rights: Some([Right::Metrics, Right::Audit].into()),
                ..Scope::default()
            },
            ..Caller::open()
        };
        assert_eq!(caller.reach(Right::Metrics), Reach::Allowed);
        assert_eq!(caller.reach(Right::Operate), Reach::Denied);
        assert_eq!(
            caller.reach(Right::Audit),
            Reach::Denied,
            "no more than the role has"
        );
    }
}
