//! What is wrong now: rules over signals, the episodes in which they stand, and the alerts that episodes make.
//!
//! What flows in: the live state, calendars, [`rule`]s as data and an instant. What flows out: the [`cause::Alert`]s of that
//! instant's day, those that stand and those that have ended. `docs/alerts.md` says what a rule, an episode and an alert
//! are.
//!
//! Invariants:
//! - the alerts of an instant are a function of the events, the rules and the instant: [`watch`] and [`dossiers`] give the
//!   same however they came there, in any order of arrival (`tests.rs` compares them with a watch that begins anew);
//! - only what has happened by an instant counts for it;
//! - a signal without data is no reading, and no rule stands on none: silence is a signal of its own.

pub mod cause;
pub mod dossiers;
pub mod file;
mod happening;
mod latch;
mod point;
pub mod rule;
pub mod signal;
pub mod watch;

#[cfg(test)]
mod tests;

pub use cause::{Alert, Key, Reason, Subject};
pub use file::{Fault, RuleError, RuleSet};
pub use latch::Episode;
pub use rule::{Owner, Priority, Rule};
pub use signal::{Reading, Scope, Signal};
