//! What can be wrong with a question.

/// Why a siting question cannot be answered. Rows are positions in the caller's arrays, from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SitingError {
    /// More people than can be added up exactly.
    #[error(
        "with demand {demand} there are more than {limit} people; check the weights, or split the area"
    )]
    TooManyPeople {
        /// The demand at which the sum passes the limit.
        demand: usize,
        /// The limit.
        limit: u64,
    },
    /// A row names a demand that does not exist.
    #[error(
        "{list} {row} names demand {demand}, but there are only {demands}; correct the index or add the demand"
    )]
    NoSuchDemand {
        /// Which list: candidate, kept point or place.
        list: &'static str,
        /// The row in that list.
        row: usize,
        /// The demand it names.
        demand: usize,
        /// How many demands there are.
        demands: usize,
    },
    /// A row names a candidate that does not exist.
    #[error(
        "{list} {row} names candidate {candidate}, but there are only {candidates}; correct the index or add the candidate"
    )]
    NoSuchCandidate {
        /// Which list.
        list: &'static str,
        /// The row in that list.
        row: usize,
        /// The candidate it names.
        candidate: usize,
        /// How many candidates there are.
        candidates: usize,
    },
    /// A row names the same thing twice.
    #[error("{list} {row} names {what} {index} twice; remove one of the two")]
    Duplicate {
        /// Which list.
        list: &'static str,
        /// The row in that list.
        row: usize,
        /// What is named: demand or candidate.
        what: &'static str,
        /// The index named twice.
        index: usize,
    },
    /// More places are asked for than there are.
    #[error("{asked} places are asked for, but there are only {there}; ask for at most {there}")]
    TooManyPlaces {
        /// Asked for.
        asked: usize,
        /// There are.
        there: usize,
    },
    /// Minutes that cannot be.
    #[error(
        "{list} {row} has {minutes} minutes to {what} {index}; minutes are finite, from 0 to {limit}: correct it, or leave the pair out where there is no way"
    )]
    BadMinutes {
        /// Which list.
        list: &'static str,
        /// The row in that list.
        row: usize,
        /// What the minutes lead to: demand, candidate or place.
        what: &'static str,
        /// Its index.
        index: usize,
        /// The minutes.
        minutes: f64,
        /// The most that is allowed.
        limit: f64,
    },
    /// A setting in minutes that cannot be.
    #[error("the {setting} is {minutes} minutes; it must be finite, from 0 to {limit}")]
    BadSetting {
        /// Which setting.
        setting: &'static str,
        /// Its value.
        minutes: f64,
        /// The most that is allowed.
        limit: f64,
    },
    /// A target share outside 0 to 1.
    #[error("a target share of {share} is not from 0 to 1; give 0.95 for 95 %")]
    BadShare {
        /// The share.
        share: f64,
    },
    /// The target cannot be reached even with every candidate.
    #[error(
        "even with every candidate at most {most} of {all} people are covered, and {wanted} are asked for; lower the share, add candidates, or ask for everyone who can be covered"
    )]
    OutOfReach {
        /// People covered with every candidate.
        most: u64,
        /// All people.
        all: u64,
        /// People asked for.
        wanted: u64,
    },
    /// A list has the wrong length.
    #[error("{list} has {got} rows, but {expected} are needed: one for each {what}")]
    WrongLength {
        /// Which list.
        list: &'static str,
        /// Its rows.
        got: usize,
        /// The rows needed.
        expected: usize,
        /// What each row stands for.
        what: &'static str,
    },
    /// A week with no day, too many days, or a day twice.
    #[error("the days of the week are {days:?}; give one to seven different days, 0 (Monday) to 6")]
    BadWeek {
        /// The days given.
        days: Vec<u8>,
    },
}
