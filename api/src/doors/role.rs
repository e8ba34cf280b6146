//! The roles: who sits where in the Centre's scheme, and what the role is for.
//!
//! A role says what kinds of things its holder may do ([`super::right`]); a scope ([`super::scope`]) says of which points and
//! agencies. Nobody is both the operator and the auditor: who could change the log must not be who vouches for it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Chuyên viên giám sát, of the inspection and supervision room: sees the whole city and its cases, and works the alert
    /// desk.
    Supervisor,
    /// Trưởng ca giám sát: a supervisor who also answers for the shift: its rules, weights and hand-over.
    ShiftLead,
    /// Chuyên viên quy hoạch mạng lưới: plans points and their reach; needs no single case.
    Planner,
    /// Lãnh đạo (of the city or the Centre): sees figures, alerts and the case behind a figure, and changes nothing.
    Leader,
    /// Cán bộ đơn vị, of a branch or point: sees its own points and answers their alerts.
    UnitOfficer,
    /// Đầu mối cơ quan giải quyết: sees its agency's dossiers, and answers what it is urged about.
    AgencyLiaison,
    /// Quản trị hệ thống, of the centre that runs the service: keeps it running, without any single case.
    Operator,
    /// Thanh tra, kiểm toán: reads everything, the audit log too, and changes nothing.
    Auditor,
    /// Màn hình giám sát: a screen on a wall, at which anybody may look: no single case.
    Display,
    /// Nguồn dữ liệu: a system that sends events, and nothing else.
    Source,
}

/// A word is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role: there is {all}", all = Role::words())]
pub struct NoSuchRole(pub String);

impl Role {
    /// All of them, in the order of the permission table's columns.
    pub const ALL: [Self; 10] = [
        Self::Supervisor,
        Self::ShiftLead,
        Self::Planner,
        Self::Leader,
        Self::UnitOfficer,
        Self::AgencyLiaison,
        Self::Operator,
        Self::Auditor,
        Self::Display,
        Self::Source,
    ];

    /// Its word in commands, files and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::ShiftLead => "shift_lead",
            Self::Planner => "planner",
            Self::Leader => "leader",
            Self::UnitOfficer => "unit_officer",
            Self::AgencyLiaison => "agency_liaison",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::Display => "display",
            Self::Source => "source",
        }
    }

    /// Its name in Vietnamese.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Supervisor => "Chuyên viên giám sát",
            Self::ShiftLead => "Trưởng ca giám sát",
            Self::Planner => "Chuyên viên quy hoạch mạng lưới",
            Self::Leader => "Lãnh đạo",
            Self::UnitOfficer => "Cán bộ đơn vị",
            Self::AgencyLiaison => "Đầu mối cơ quan giải quyết",
            Self::Operator => "Quản trị hệ thống",
            Self::Auditor => "Thanh tra, kiểm toán",
            Self::Display => "Màn hình giám sát",
            Self::Source => "Nguồn dữ liệu",
        }
    }

    /// Whether somebody may sign in with it; the others are for keys alone.
    pub const fn is_a_persons(self) -> bool {
        !matches!(self, Self::Source | Self::Display)
    }

    /// Its place in [`Role::ALL`].
    pub(crate) const fn column(self) -> usize {
        self as usize
    }

    fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = NoSuchRole;

    fn from_str(word: &str) -> Result<Self, NoSuchRole> {
        let found = Self::ALL.into_iter().find(|role| role.word() == word);
        found.ok_or_else(|| NoSuchRole(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_own_word_name_and_column() {
        for (at, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role.column(), at);
            assert_eq!(role.word().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
            let same = Role::ALL
                .iter()
                .filter(|r| r.vietnamese() == role.vietnamese());
            assert_eq!(same.count(), 1);
        }
        let error = "boss".parse::<Role>().unwrap_err().to_string();
        assert!(
            error.contains("boss") && error.contains("shift_lead"),
            "{error}"
        );
    }
}
