//! A rule: which signal, over or under which limit, for how long, when, how serious, whose, and what to do.

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

use super::signal::{Reading, Signal};

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Four alerts in five, by the yardstick of ISA-18.2.
    Low,
    /// Three in twenty.
    Medium,
    /// One in twenty.
    High,
}

impl Priority {
    /// All, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The head of the point.
    Site,
    /// The competent agency.
    Agency,
    /// The shift of the supervision room (*Phòng Kiểm tra – Giám sát*).
    Room,
    /// Who runs machines and lines.
    Operator,
    /// Who leads the plan's task.
    Lead,
}

impl Owner {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Agency => "agency",
            Self::Room => "room",
            Self::Operator => "operator",
            Self::Lead => "lead",
        }
    }
}

/// When a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hours {
    /// While the point is open for the public.
    Open,
    /// From its first opening of the day to its last closing: noon too.
    Day,
    /// In the working hours of the subject's calendar.
    Working,
    /// At any time.
    Always,
}

/// On which side of the limit a signal is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Above it.
    Over,
    /// Below it.
    Under,
}

/// What else must hold at the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// Which signal; it has the rule's window.
    pub signal: Signal,
    /// On which side.
    pub side: Side,
    /// Of which limit.
    pub limit: f64,
}

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A rule from a day on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// From which day on.
    pub effective_from: Day,
    /// It is in force; an installation may switch one off.
    pub enabled: bool,
    /// What it reads.
    pub signal: Signal,
    /// Over how long a window, seconds, where the signal has one.
    pub window_s: i64,
    /// The wrong side.
    pub side: Side,
    /// The limit, in the signal's unit.
    pub limit: f64,
    /// How far back over the limit the signal must come to be well.
    pub deadband: f64,
    /// The least sample.
    pub min_sample: u32,
    /// What else must hold.
    pub also: Vec<Also>,
    /// Seconds over the limit until it stands.
    pub on_delay_s: i64,
    /// Seconds under it until it no longer does.
    pub off_delay_s: i64,
    /// When it applies.
    pub hours: Hours,
    /// Subjects that fall over it within `together_s` of each other, this many or more, are one alert of the city.
    pub together: u32,
    /// See `together`.
    pub together_s: i64,
    /// What it belongs to: conditions of one group at one subject are one alert.
    pub group: String,
    /// Groups of the same subject that it hides while it stands.
    pub hides: Vec<String>,
    /// How serious.
    pub priority: Priority,
    /// Who acts.
    pub owner: Owner,
    /// Seconds without acknowledgement until it is escalated; 0 never.
    pub escalate_s: i64,
    /// Seconds until receivers are told again while nobody has it; 0 never.
    pub repeat_s: i64,
    /// What it says.
    pub title: Words,
    /// What to do.
    pub response: Words,
    /// Where the limit is from.
    pub source: String,
}

impl Rule {
    /// On the wrong side of a limit that is eased by `slack`.
    fn wrong(&self, value: f64, slack: f64) -> bool {
        match self.side {
            Side::Over => value > self.limit - slack,
            Side::Under => value < self.limit + slack,
        }
    }

    /// True where a reading is beyond the limit, or, for a rule that stands, not back over it by the deadband.
    pub(super) fn is_beyond(&self, reading: Option<Reading>, stands: bool) -> bool {
        let Some(reading) = reading else { return false };
        let slack = if stands { self.deadband } else { 0.0 };
        reading.sample >= self.min_sample && self.wrong(reading.value, slack)
    }
}

impl Also {
    /// True where it holds; without a reading it does not.
    pub(super) fn holds(&self, reading: Option<Reading>) -> bool {
        reading.is_some_and(|reading| match self.side {
            Side::Over => reading.value > self.limit,
            Side::Under => reading.value < self.limit,
        })
    }
}
