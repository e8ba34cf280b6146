//! Rights, and which role has which: the permission table.
//!
//! The table is the whole rule. A right is a kind of thing that can be done; each role has it, has it within its scope, or
//! has it not. Which right an address needs is [`super::routes`]' to say, which a topic needs [`super::topics`]'.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::role::Role;

/// A kind of thing that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// What everybody may see, signed in or not.
    Public,
    /// One's own session: who am I, my password, sign out.
    OwnSession,
    /// A connection for live views; each topic has a right of its own.
    Connect,
    /// Geography and the register of points.
    SeeMap,
    /// Figures of many cases.
    SeeFigures,
    /// Single dossiers.
    SeeDossiers,
    /// The alert desk.
    SeeAlerts,
    /// Acts at the alert desk.
    ActOnAlerts,
    /// Trying rules on past days, which changes nothing.
    TryRules,
    /// Rules and weights.
    ChangeRules,
    /// Entering what no event says.
    Enter,
    /// Asking what would be if.
    Plan,
    /// Keeping plans for others to see.
    SavePlans,
    /// Read-only SQL over all facts.
    Query,
    /// Clocks of devices, odd data, incidents.
    SeeHealth,
    /// Backups and the running of the service.
    Operate,
    /// The audit log.
    Audit,
    /// Sending events.
    Ingest,
    /// Metrics as Prometheus reads them.
    Metrics,
}

/// How far a role has a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// For the whole city, unless its holder's scope bounds it.
    Allowed,
    /// Within its holder's scope, and without a scope not at all.
    Scoped,
    /// Not.
    Denied,
}

use Reach::{Allowed as A, Denied as D, Scoped as S};
use Right as R;

/// Who has what. Columns are [`Role::ALL`]: supervisor, shift lead, planner, leader, unit officer, agency liaison, operator,
/// auditor, display, source.
#[rustfmt::skip]
const TABLE: [(Right, [Reach; Role::ALL.len()]); 19] = [
    //                sup sl  pl  le  uo  al  op  au  di  so
    (R::Public,      [A,  A,  A,  A,  A,  A,  A,  A,  A,  A]),
    (R::OwnSession,  [A,  A,  A,  A,  A,  A,  A,  A,  A,  D]),
    (R::Connect,     [A,  A,  A,  A,  A,  A,  A,  A,  A,  D]),
    (R::SeeMap,      [A,  A,  A,  A,  A,  A,  A,  A,  A,  D]),
    (R::SeeFigures,  [A,  A,  A,  A,  S,  S,  A,  A,  A,  D]),
    (R::SeeDossiers, [A,  A,  D,  A,  S,  S,  D,  A,  D,  D]),
    (R::SeeAlerts,   [A,  A,  D,  A,  S,  S,  D,  A,  A,  D]),
    (R::ActOnAlerts, [A,  A,  D,  D,  S,  S,  D,  D,  D,  D]),
    (R::TryRules,    [A,  A,  D,  D,  D,  D,  D,  A,  D,  D]),
    (R::ChangeRules, [D,  A,  D,  D,  D,  D,  D,  D,  D,  D]),
    (R::Enter,       [A,  A,  D,  D,  S,  S,  D,  D,  D,  D]),
    (R::Plan,        [A,  A,  A,  A,  D,  D,  D,  A,  D,  D]),
    (R::SavePlans,   [D,  D,  A,  D,  D,  D,  D,  D,  D,  D]),
    (R::Query,       [A,  A,  D,  D,  D,  D,  D,  A,  D,  D]),
    (R::SeeHealth,   [A,  A,  D,  D,  D,  D,  A,  A,  D,  D]),
    (R::Operate,     [D,  D,  D,  D,  D,  D,  A,  D,  D,  D]),
    (R::Audit,       [D,  D,  D,  D,  D,  D,  D,  A,  D,  D]),
    (R::Ingest,      [D,  D,  D,  D,  D,  D,  D,  D,  D,  A]),
    (R::Metrics,     [D,  D,  D,  D,  D,  D,  A,  D,  D,  D]),
];

impl Right {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(right, _)| *right)
    }

    /// How far a role has it.
    pub fn reach(self, role: Role) -> Reach {
        let row = TABLE.iter().find(|(right, _)| *right == self);
        row.map_or(Reach::Denied, |(_, reaches)| reaches[role.column()])
    }

    /// Its word in JSON and in commands.
    pub fn word(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::all().find(|right| right.word() == word)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}

/// Whether a role sees single dossiers, and so must have a second factor.
pub fn sees_dossiers(role: Role) -> bool {
    [Right::SeeDossiers, Right::Query, Right::Operate]
        .into_iter()
        .any(|right| right.reach(role) != Reach::Denied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_one_row() {
        for right in Right::all() {
            assert_eq!(
                TABLE.iter().filter(|(r, _)| *r == right).count(),
                1,
                "{right}"
            );
            assert_eq!(Right::from_word(&right.word()), Some(right));
        }
        assert_eq!(
            TABLE.len(),
            Right::Metrics as usize + 1,
            "the last one's place"
        );
    }

    #[test]
    fn duties_are_kept_apart() {
        let has = |right: Right, role| right.reach(role) != D;
        for role in Role::ALL {
            assert!(!(has(R::Audit, role) && has(R::Operate, role)), "{role}");
            assert!(
                !(has(R::Audit, role) && has(R::ChangeRules, role)),
                "{role}"
            );
            let changes = [
                R::ActOnAlerts,
                R::ChangeRules,
                R::Enter,
                R::SavePlans,
                R::Ingest,
            ];
            if matches!(
                role,
                Role::Auditor | Role::Leader | Role::Display | Role::Operator
            ) {
                assert!(
                    changes.iter().all(|right| !has(*right, role)),
                    "{role} changes nothing"
                );
            }
        }
        assert!(
            !has(R::SeeDossiers, Role::Display),
            "anybody may look at a wall"
        );
        let only_ingest: Vec<Right> = Right::all().filter(|r| has(*r, Role::Source)).collect();
        assert_eq!(only_ingest, [R::Public, R::Ingest]);
    }

    #[test]
    fn who_can_take_dossiers_out_needs_a_second_factor() {
        for role in [
            Role::Supervisor,
            Role::ShiftLead,
            Role::Leader,
            Role::UnitOfficer,
            Role::AgencyLiaison,
            Role::Auditor,
            Role::Operator,
        ] {
            assert!(sees_dossiers(role), "{role}");
        }
        for role in [Role::Planner, Role::Display, Role::Source] {
            assert!(!sees_dossiers(role), "{role}");
        }
    }
}
