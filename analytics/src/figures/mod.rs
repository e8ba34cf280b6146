//! The figures of the contract, each defined once.
//!
//! A figure is a pure function of a span `[from, to)`, a grouping, and the facts of visits, boards, dossiers and
//! ratings — those of the [`crate::live::State`] ([`answer`]), or the rows of a store ([`store`]), which are the same facts
//! written down. The wall, the reports, the briefing and SQL all take it from here. One module a family: [`visits`],
//! [`boards`], [`dossiers`], [`duties`], [`ratings`], [`feedback`]; [`alerts`] is of the desk's log and asked apart; [`group`] says what the groups are, [`within`] of which part of the city a question is, [`stats`] what a mean, a quantile and
//! an interval are, [`table`] how a result is written as JSON or CSV.

pub mod alerts;
pub mod boards;
pub mod dossiers;
pub mod duties;
pub mod feedback;
pub mod group;
pub mod ratings;
pub mod stats;
pub mod store;
pub mod table;
pub mod together;
pub mod visits;
pub mod within;

use ingest::event::EventTime;

use crate::live::{Lasting, State};
use crate::registry::Registry;
use crate::rules::Rules;
use group::By;
use table::Table;
use within::Within;

/// A family of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Waits and transactions of tickets.
    Visits,
    /// Queue boards.
    Boards,
    /// Dossiers.
    Dossiers,
    /// Satisfaction.
    Ratings,
    /// What is asked of dossiers' handling beside their due dates.
    Duties,
    /// Complaints and proposals.
    Feedback,
    /// Cases of the alert desk: of its log, not of events.
    Alerts,
}

impl Family {
    /// All families that events make.
    pub const ALL: [Self; 6] = [
        Self::Visits,
        Self::Boards,
        Self::Dossiers,
        Self::Ratings,
        Self::Duties,
        Self::Feedback,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::Boards => "boards",
            Self::Dossiers => "dossiers",
            Self::Ratings => "ratings",
            Self::Duties => "duties",
            Self::Feedback => "feedback",
            Self::Alerts => "alerts",
        }
    }

    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Alerts]);
        all.find(|family| family.as_str() == word)
    }

    /// The groupings that have a meaning for it.
    pub const fn groupings(self) -> &'static [By] {
        match self {
            Self::Visits => &[
                By::Site,
                By::Unit,
                By::Service,
                By::Counter,
                By::Hour,
                By::Day,
                By::Week,
            ],
            Self::Boards => &[By::Site, By::Unit, By::Service, By::Hour, By::Day, By::Week],
            Self::Dossiers => &[
                By::Site,
                By::Unit,
                By::Agency,
                By::Field,
                By::Hour,
                By::Day,
                By::Week,
            ],
            Self::Duties | Self::Feedback => &[By::Site, By::Unit, By::Agency, By::Field],
            Self::Ratings => &[
                By::Site,
                By::Unit,
                By::Counter,
                By::Channel,
                By::Hour,
                By::Day,
                By::Week,
            ],
            Self::Alerts => &[
                By::Site,
                By::Unit,
                By::Agency,
                By::Group,
                By::Rule,
                By::Priority,
                By::Hour,
                By::Day,
                By::Week,
            ],
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The family.
    pub family: Family,
    /// Begin of the span, included.
    pub from: EventTime,
    /// End of the span, excluded; dossiers are compared at it.
    pub to: EventTime,
    /// The time up to which the state is complete.
    pub as_of: EventTime,
    /// The grouping, if any.
    pub by: Option<By>,
    /// Also the known groups in which nothing counts.
    pub all: bool,
    /// Of which part of the city.
    pub within: Within,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// The grouping has no meaning for the family.
    #[error("`{family}` cannot be grouped by `{by}`; use one of {allowed}")]
    NoMeaning {
        /// The family.
        family: &'static str,
        /// The grouping asked for.
        by: &'static str,
        /// The groupings it has.
        allowed: String,
    },
    /// The span is empty or backwards.
    #[error("`to` must be after `from`")]
    EmptySpan,
    /// They are not of events.
    #[error("alerts are asked of the desk's log")]
    OfTheDesk,
    /// Too many groups of time.
    #[error(
        "the span has more than {limit} groups by `{by}`; ask for a shorter span or a longer unit"
    )]
    TooManyGroups {
        /// The grouping.
        by: &'static str,
        /// The most there may be.
        limit: usize,
    },
}

impl Question {
    /// The instant at which days are over or not: never before the span's end.
    fn known_at(&self) -> EventTime {
        self.as_of.max(self.to)
    }

    /// Adds the known groups that have no row, where they are asked for.
    pub fn complete(&self, table: &mut Table, lasting: &Lasting, registry: &Registry) {
        if let Some(by) = self.by.filter(|_| self.all) {
            let mut known = group::known(by, lasting, registry, self);
            known.retain(|key| self.within.names(by, key, registry));
            table.add_empty(known);
        }
    }

    /// Refuses a question without meaning.
    pub fn check(&self) -> Result<(), QuestionError> {
        if self.to <= self.from {
            return Err(QuestionError::EmptySpan);
        }
        let Some(by) = self.by else { return Ok(()) };
        let groupings = self.family.groupings();
        if !groupings.contains(&by) {
            let allowed = groupings
                .iter()
                .map(|b| b.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return Err(QuestionError::NoMeaning {
                family: self.family.as_str(),
                by: by.as_str(),
                allowed,
            });
        }
        if by
            .bucket_us()
            .is_some_and(|us| (self.to.0 - self.from.0) / us > group::MAX_BUCKETS as i64)
        {
            return Err(QuestionError::TooManyGroups {
                by: by.as_str(),
                limit: group::MAX_BUCKETS,
            });
        }
        Ok(())
    }
}

/// Answers a question from the live state, which must hold all of its span ([`State::whole_since`]).
pub fn answer(
    state: &State,
    registry: &Registry,
    rules: &Rules,
    question: &Question,
) -> Result<Table, QuestionError> {
    question.check()?;
    let mut table = match question.family {
        Family::Visits => visits::table(state, registry, question),
        Family::Boards => boards::table(state, registry, question),
        Family::Dossiers => dossiers::table(state, registry, rules, question),
        Family::Ratings => ratings::table(state, registry, question),
        Family::Duties => duties::table(state, registry, rules, question),
        Family::Feedback => feedback::table(state, registry, rules, question),
        Family::Alerts => return Err(QuestionError::OfTheDesk),
    };
    question.complete(&mut table, &state.lasting, registry);
    Ok(table)
}
