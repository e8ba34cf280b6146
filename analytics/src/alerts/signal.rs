//! The signals that rules compare: each is a number of a subject at an instant, with the sample that it is of.

use serde::{Deserialize, Serialize};

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A service point.
    Site,
    /// A competent agency.
    Agency,
    /// The whole city, or one thing of it.
    City,
}

impl Scope {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Agency => "agency",
            Self::City => "city",
        }
    }
}

/// A signal. Seconds unless its unit says otherwise ([`Signal::unit`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Mean wait of those whose work began in the rolling window.
    MeanWaitS,
    /// The longest wait of those not called yet.
    LongestWaitS,
    /// The same of the time in which the point was open: neither before its doors open nor at noon could anybody be called.
    LongestOpenWaitS,
    /// The longest transaction going on.
    LongestTransactionS,
    /// By how many people the queue grew in the window: tickets issued less those called away from it.
    QueueGrowth,
    /// How many times as many people came in the window as in the same hours of yesterday, where at least a few came then.
    ArrivalsRatio,
    /// People waiting, by tickets or by boards.
    Waiting,
    /// People waiting for each open counter.
    WaitingPerCounter,
    /// Wait that a board's figures tell: people waiting, times the service time, over the open counters.
    BoardWaitS,
    /// Open counters without anybody for two minutes, that serve what people wait for.
    IdleCounters,
    /// How many counters fewer are open than at most within the last two hours, while people wait.
    CountersClosed,
    /// The same as idle counters at points within a quarter of an hour's way, while people wait here.
    NeighbourIdle,
    /// Since nobody was called while people wait.
    NoCallS,
    /// Calls that went past an appointment that was due, or a vulnerable person.
    PassedOver,
    /// Tickets of one pseudonym today.
    SameSubmitter,
    /// Since a published opening that did not come.
    LateOpeningS,
    /// Time still to come of a published opening that ended.
    EarlyClosingS,
    /// Since a mobile or community session should have begun that did not.
    SessionLateS,
    /// Silence of the whole point beyond what is usual there.
    SilentS,
    /// The longest silence of a device, in its usual gaps between two signs of life.
    DeviceBeats,
    /// Upper end of the 95 % interval of the share of satisfied today.
    SatisfiedHigh,
    /// Open dossiers past their due date.
    Overdue,
    /// Dossiers that became overdue today and are still open.
    OverdueToday,
    /// Open dossiers due within eight working hours.
    DueSoon,
    /// Dossiers handed over and not taken in time.
    HandOver,
    /// Dossiers asked a second time for a supplement today.
    SecondSupplement,
    /// Dossiers settled today before they were digitised.
    Undigitised,
    /// Online dossiers without an answer after six working hours.
    Unanswered,
    /// What the agency would have been expected to do since it last did something.
    AgencyIdle,
    /// Petitions within eight working hours of their deadline, or past it, without an answer.
    FeedbackDue,
    /// Working time since any dossier event came to the city.
    DossiersSilentS,
    /// Tasks of the plan past their deadline.
    TasksOverdue,
    /// Units whose training was to be complete.
    TrainingOverdue,
}

impl Signal {
    /// What it is a signal of.
    pub const fn scope(self) -> Scope {
        match self {
            Self::MeanWaitS
            | Self::LongestWaitS
            | Self::LongestOpenWaitS
            | Self::LongestTransactionS
            | Self::QueueGrowth
            | Self::ArrivalsRatio
            | Self::Waiting
            | Self::WaitingPerCounter
            | Self::BoardWaitS
            | Self::IdleCounters
            | Self::CountersClosed
            | Self::NeighbourIdle
            | Self::NoCallS
            | Self::PassedOver
            | Self::SameSubmitter
            | Self::LateOpeningS
            | Self::EarlyClosingS
            | Self::SessionLateS
            | Self::SilentS
            | Self::DeviceBeats
            | Self::SatisfiedHigh => Scope::Site,
            Self::Overdue
            | Self::OverdueToday
            | Self::DueSoon
            | Self::HandOver
            | Self::SecondSupplement
            | Self::Undigitised
            | Self::Unanswered
            | Self::AgencyIdle
            | Self::FeedbackDue => Scope::Agency,
            Self::DossiersSilentS | Self::TasksOverdue | Self::TrainingOverdue => Scope::City,
        }
    }

    /// The unit of its value and of a limit for it.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::MeanWaitS
            | Self::LongestWaitS
            | Self::LongestOpenWaitS
            | Self::LongestTransactionS
            | Self::BoardWaitS
            | Self::NoCallS
            | Self::LateOpeningS
            | Self::EarlyClosingS
            | Self::SessionLateS
            | Self::SilentS
            | Self::DossiersSilentS => "s",
            Self::QueueGrowth | Self::Waiting | Self::WaitingPerCounter => "people",
            Self::IdleCounters | Self::CountersClosed | Self::NeighbourIdle => "counters",
            Self::ArrivalsRatio => "times",
            Self::PassedOver => "calls",
            Self::SameSubmitter => "tickets",
            Self::DeviceBeats => "gaps",
            Self::SatisfiedHigh => "share",
            Self::Overdue
            | Self::OverdueToday
            | Self::DueSoon
            | Self::HandOver
            | Self::SecondSupplement
            | Self::Undigitised
            | Self::Unanswered => "dossiers",
            Self::AgencyIdle => "acts",
            Self::FeedbackDue => "petitions",
            Self::TasksOverdue => "tasks",
            Self::TrainingOverdue => "units",
        }
    }

    /// It is of a rolling window, whose length a rule gives.
    pub const fn has_window(self) -> bool {
        matches!(
            self,
            Self::MeanWaitS | Self::QueueGrowth | Self::ArrivalsRatio
        )
    }

    /// Its word.
    pub fn word(self) -> String {
        // A plain enum always has a JSON form, in quotes.
        let quoted = serde_json::to_string(&self).unwrap_or_default();
        quoted.trim_matches('"').to_owned()
    }
}

impl Signal {
    /// Of its word.
    pub fn of_word(word: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
    }
}

/// A signal's value at an instant; without one there is nothing to compare.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reading {
    /// The value, in the signal's unit.
    pub value: f64,
    /// Of how many people, tickets, dossiers it is.
    pub sample: u32,
}

impl Reading {
    /// Of a count, which is its own sample.
    pub fn count(n: u32) -> Self {
        Self {
            value: f64::from(n),
            sample: n,
        }
    }
}
